package notifytest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"readiness/notifications/notifytest"
)

const (
	token = "xoxb-stand-in"
	email = "lead@example.gov.uk"
	block = `{"type":"section","text":{"type":"mrkdwn","text":"x"}}`
)

func call(t *testing.T, s *notifytest.Slack, method string, form ...string) map[string]any {
	t.Helper()
	v := url.Values{"token": {token}}
	for i := 0; i < len(form); i += 2 {
		v.Set(form[i], form[i+1])
	}
	res, err := http.PostForm(s.URL+method, v)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheStandInRefusesWhatSlackRefuses(t *testing.T) {
	s := notifytest.New(t, token, email)
	s.Channels = []notifytest.Channel{{ID: "C0000001", Name: "old", Archived: true}, {ID: "C0000002", Name: "others", Without: true}}
	blocks := "[" + block + "]"
	for _, c := range []struct {
		what, method string
		form         []string
		want         string
	}{
		{"a wrong token", "auth.test", []string{"token", "xoxb-other"}, "invalid_auth"},
		{"an unknown address", "users.lookupByEmail", []string{"email", "nobody@example.gov.uk"}, "users_not_found"},
		{"an unknown person", "conversations.open", []string{"users", "U9999"}, "user_not_found"},
		{"an unknown channel", "chat.postMessage", []string{"channel", "D9999", "text", "x", "blocks", blocks}, "channel_not_found"},
		{"a channel by its name", "chat.postMessage", []string{"channel", "others", "text", "x", "blocks", blocks}, "channel_not_found"},
		{"an archived channel", "chat.postMessage", []string{"channel", "C0000001", "text", "x", "blocks", blocks}, "is_archived"},
		{"a channel the app is not in", "chat.postMessage", []string{"channel", "C0000002", "text", "x", "blocks", blocks}, "not_in_channel"},
		{"history of a channel the app is not in", "conversations.history", []string{"channel", "C0000002"}, "not_in_channel"},
		{"no text", "chat.postMessage", []string{"channel", "D0001", "blocks", blocks}, "no_text"},
		{"no blocks", "chat.postMessage", []string{"channel", "D0001", "text", "x"}, "invalid_blocks"},
		{"too many blocks", "chat.postMessage", []string{"channel", "D0001", "text", "x", "blocks", "[" + strings.Repeat(block+",", 50) + block + "]"}, "invalid_blocks"},
		{"blocks that are no JSON", "chat.postMessage", []string{"channel", "D0001", "text", "x", "blocks", "["}, "invalid_blocks_format"},
		{"a text that is too long", "chat.postMessage", []string{"channel", "D0001", "text", strings.Repeat("x", 40001), "blocks", blocks}, "msg_too_long"},
		{"metadata without a type", "chat.postMessage", []string{"channel", "D0001", "text", "x", "blocks", blocks, "metadata", `{"event_payload":{}}`}, "invalid_metadata_format"},
		{"metadata without a payload", "chat.postMessage", []string{"channel", "D0001", "text", "x", "blocks", blocks, "metadata", `{"event_type":"t"}`}, "invalid_metadata_format"},
		{"a change to a message that is not there", "chat.update", []string{"channel", "D0001", "ts", "1.1", "text", "x", "blocks", blocks}, "message_not_found"},
		{"history of an unknown channel", "conversations.history", []string{"channel", "D9999"}, "channel_not_found"},
		{"replies in an unknown channel", "conversations.replies", []string{"channel", "D9999", "ts", "1.000001"}, "channel_not_found"},
		{"replies to a message that is not there", "conversations.replies", []string{"channel", "D0001", "ts", "1.000001"}, "thread_not_found"},
		{"a reply to what is no timestamp", "chat.postMessage", []string{"channel", "D0001", "text", "x", "blocks", blocks, "thread_ts", "0"}, "invalid_thread_ts"},
		{"a link to a message that is not there", "chat.getPermalink", []string{"channel", "D0001", "message_ts", "1.000001"}, "message_not_found"},
		{"a method nobody wrote", "chat.scheduleMessage", nil, "unknown_method"},
	} {
		if got := call(t, s, c.method, c.form...); got["ok"] != false || got["error"] != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
	if n := len(s.Posts()); n != 0 {
		t.Errorf("%d of them were posted", n)
	}
}

func TestTheStandInHoldsBlocksToTheirLimits(t *testing.T) {
	text := func(kind string, n int) map[string]any {
		in := "mrkdwn"
		if kind == "header" {
			in = "plain_text"
		}
		return map[string]any{"type": kind, "text": map[string]any{"type": in, "text": strings.Repeat("x", n)}}
	}
	button := func(label int, address string) map[string]any {
		return map[string]any{"type": "actions", "elements": []any{map[string]any{
			"type": "button", "action_id": "a", "text": map[string]any{"type": "plain_text", "text": strings.Repeat("x", label)}, "url": address,
		}}}
	}
	many := func(b map[string]any, n int) (out []map[string]any) {
		for range n {
			out = append(out, b)
		}
		return out
	}
	for _, c := range []struct {
		what   string
		blocks []map[string]any
		fits   bool
	}{
		{"a full header", many(text("header", 150), 1), true},
		{"a header too long", many(text("header", 151), 1), false},
		{"a full section", many(text("section", 3000), 1), true},
		{"a section too long", many(text("section", 3001), 1), false},
		{"an empty section", many(text("section", 0), 1), false},
		{"a full button", many(button(75, "https://x.example"), 1), true},
		{"a button too long", many(button(76, "https://x.example"), 1), false},
		{"an address too long", many(button(5, strings.Repeat("x", 3001)), 1), false},
		{"all it may hold", many(text("section", 3000), 4), true},
		{"more than it may hold", many(text("section", 2500), 5), false},
		{"a kind that is not known", many(text("poem", 10), 1), false},
	} {
		if err := notifytest.CheckBlocks(c.blocks); (err == nil) != c.fits {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestTheStandInKeepsWhatItIsGiven(t *testing.T) {
	s := notifytest.New(t, token, email)
	if got := call(t, s, "auth.test"); got["ok"] != true || got["user_id"] == "" {
		t.Errorf("auth.test: %v", got)
	}
	user := call(t, s, "users.lookupByEmail", "email", email)["user"].(map[string]any)["id"].(string)
	channel := call(t, s, "conversations.open", "users", user)["channel"].(map[string]any)["id"].(string)
	var last string
	for i := range 3 {
		posted := call(t, s, "chat.postMessage", "channel", channel, "text", fmt.Sprint("message ", i), "blocks", "["+block+"]",
			"metadata", fmt.Sprintf(`{"event_type":"t","event_payload":{"key":"k%d"}}`, i))
		last = posted["ts"].(string)
	}
	if got := call(t, s, "chat.update", "channel", channel, "ts", last, "text", "changed", "blocks", "["+block+"]"); got["ok"] != true {
		t.Errorf("chat.update: %v", got)
	}
	p := s.Posts()[2]
	if p.Text != "changed" || p.Key != "k2" || p.Edits != 1 {
		t.Errorf("after the change: %+v", p)
	}
	page := call(t, s, "conversations.history", "channel", channel, "limit", "2", "include_all_metadata", "1")
	first := page["messages"].([]any)[0].(map[string]any)
	if page["has_more"] != true || first["text"] != "changed" || first["metadata"] == nil {
		t.Errorf("history: %v", page)
	}
	cursor := page["response_metadata"].(map[string]any)["next_cursor"].(string)
	rest := call(t, s, "conversations.history", "channel", channel, "limit", "2", "cursor", cursor)
	if m := rest["messages"].([]any); rest["has_more"] != false || len(m) != 1 || m[0].(map[string]any)["metadata"] != nil {
		t.Errorf("the rest of it, without metadata: %v", rest)
	}
}

func TestTheStandInListsChannelsInPages(t *testing.T) {
	s := notifytest.New(t, token)
	s.Channels = []notifytest.Channel{{ID: "C0000001", Name: "one"}, {ID: "C0000002", Name: "two"}}
	first := call(t, s, "conversations.list", "limit", "1")
	cursor := first["response_metadata"].(map[string]any)["next_cursor"].(string)
	second := call(t, s, "conversations.list", "limit", "1", "cursor", cursor)
	name := func(page map[string]any) any { return page["channels"].([]any)[0].(map[string]any)["name"] }
	if name(first) != "one" || name(second) != "two" || second["response_metadata"] != nil {
		t.Errorf("%v, then %v", first, second)
	}
}
