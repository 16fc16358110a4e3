package notifytest_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"readiness/notifications/notifytest"
)

// client is Slack's Go client at a stand-in: what it makes of an answer is what
// the product sees.
func client(s *notifytest.Slack) *slack.Client {
	return slack.New(token, slack.OptionAPIURL(s.URL))
}

// say posts a message under a key, as a reply where thread names a message.
func say(t *testing.T, c *slack.Client, key, thread string) (ts string, err error) {
	t.Helper()
	options := []slack.MsgOption{
		slack.MsgOptionText(key, false),
		slack.MsgOptionBlocks(slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", key, false, false), nil, nil)),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "t", EventPayload: map[string]any{"key": key}}),
	}
	if thread != "" {
		options = append(options, slack.MsgOptionTS(thread))
	}
	_, ts, err = c.PostMessageContext(t.Context(), "D0001", options...)
	return ts, err
}

func mustSay(t *testing.T, c *slack.Client, key, thread string) string {
	t.Helper()
	ts, err := say(t, c, key, thread)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return ts
}

// keys are those of messages as Slack's client gives them; "-" is of none of ours.
func keys(all []slack.Message) string {
	var out []string
	for _, m := range all {
		key, ok := m.Metadata.EventPayload["key"].(string)
		if !ok {
			key = "-"
		}
		out = append(out, key)
	}
	return strings.Join(out, " ")
}

func TestRepliesStandInTheirThreadAndNotInTheHistory(t *testing.T) {
	s := notifytest.New(t, token, email)
	c := client(s)
	root := mustSay(t, c, "root", "")
	other := mustSay(t, c, "other", "")
	var reply string
	for i := range 5 {
		reply = mustSay(t, c, fmt.Sprint("reply-", i), root)
	}
	s.Write("D0001", root, "Thank you")
	mustSay(t, c, "last", "")

	history, err := c.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: "D0001", IncludeAllMetadata: true})
	if err != nil || keys(history.Messages) != "last other root" {
		t.Fatalf("the history is %q: %v", keys(history.Messages), err)
	}
	if m := history.Messages[2]; m.ReplyCount != 6 || m.ThreadTimestamp != root {
		t.Errorf("the message with replies has %d, thread %q", m.ReplyCount, m.ThreadTimestamp)
	}
	for ts, want := range map[string]string{
		root:  "root reply-0 reply-1 reply-2 reply-3 reply-4 -",
		reply: "root reply-0 reply-1 reply-2 reply-3 reply-4 -", // any message of a thread stands for it
		other: "other",
	} {
		all, more, _, err := c.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: "D0001", Timestamp: ts, IncludeAllMetadata: true})
		if err != nil || more || keys(all) != want {
			t.Errorf("the thread is %q: %v", keys(all), err)
		}
	}
	bare, _, _, err := c.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: "D0001", Timestamp: root})
	if err != nil || keys(bare) != "- - - - - - -" {
		t.Errorf("without asking for metadata: %q %v", keys(bare), err)
	}
	thread := s.Thread("D0001", root)
	if len(thread) != 7 || thread[0].Key != "root" || thread[1].ThreadTS != root || thread[6].By == "" {
		t.Errorf("kept as %+v", thread)
	}
}

func TestAThreadIsGivenInPagesThatEachBeginWithItsFirstMessage(t *testing.T) {
	s := notifytest.New(t, token, email)
	c := client(s)
	root := mustSay(t, c, "root", "")
	for i := range 5 {
		mustSay(t, c, fmt.Sprint(i), root)
	}
	var pages []string
	p := &slack.GetConversationRepliesParameters{ChannelID: "D0001", Timestamp: root, Limit: 3, IncludeAllMetadata: true}
	for {
		all, more, cursor, err := c.GetConversationRepliesContext(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if pages = append(pages, keys(all)); !more {
			break
		}
		p.Cursor = cursor
	}
	if want := []string{"root 0 1", "root 2 3", "root 4"}; !slices.Equal(pages, want) {
		t.Errorf("pages %q", pages)
	}
}

func TestAPageOfHistoryIsNotMovedByWhatIsPostedMeanwhile(t *testing.T) {
	s := notifytest.New(t, token, email)
	c := client(s)
	for i := range 4 {
		mustSay(t, c, fmt.Sprint(i), "")
	}
	p := &slack.GetConversationHistoryParameters{ChannelID: "D0001", Limit: 2, IncludeAllMetadata: true}
	first, err := c.GetConversationHistoryContext(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	mustSay(t, c, "new", "")
	p.Cursor = first.ResponseMetaData.NextCursor
	second, err := c.GetConversationHistoryContext(t.Context(), p)
	if err != nil || keys(first.Messages) != "3 2" || keys(second.Messages) != "1 0" || second.HasMore {
		t.Errorf("%q, then %q: %v", keys(first.Messages), keys(second.Messages), err)
	}
}

func TestOnSlacksClockHistoryAndThreadsKeepToTheTimeAskedFor(t *testing.T) {
	s := notifytest.New(t, token, email)
	now := time.Unix(1_800_000_000, 0)
	s.Now = func() time.Time { return now }
	c := client(s)
	root := mustSay(t, c, "root", "")
	now = now.Add(time.Hour)
	mustSay(t, c, "early", root)
	old := mustSay(t, c, "old", "")
	now = now.Add(time.Hour)
	mustSay(t, c, "late", root)
	mustSay(t, c, "new", "")
	for _, x := range []struct {
		oldest, latest      string
		inclusive           bool
		ofHistory, ofThread string
	}{
		{"", "", false, "new old root", "root early late"},
		{old, "", false, "new", "root late"},
		{old, "", true, "new old", "root late"},
		{"", old, false, "root", "root early"},
		{"", old, true, "old root", "root early"},
	} {
		history, err := c.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: "D0001", Oldest: x.oldest, Latest: x.latest, Inclusive: x.inclusive, IncludeAllMetadata: true})
		if err != nil || keys(history.Messages) != x.ofHistory {
			t.Errorf("history from %q to %q: %q %v", x.oldest, x.latest, keys(history.Messages), err)
		}
		thread, _, _, err := c.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: "D0001", Timestamp: root, Oldest: x.oldest, Latest: x.latest, Inclusive: x.inclusive, IncludeAllMetadata: true})
		if err != nil || keys(thread) != x.ofThread {
			t.Errorf("thread from %q to %q: %q %v", x.oldest, x.latest, keys(thread), err)
		}
	}
}

// Slack takes such a message and shows it to nobody.
func TestAReplyToWhatIsNotThereIsTakenAndSeenNowhere(t *testing.T) {
	s := notifytest.New(t, token, email)
	c := client(s)
	root := mustSay(t, c, "root", "")
	reply := mustSay(t, c, "reply", root)
	for _, thread := range []string{"1700000000.000001", reply} {
		mustSay(t, c, "ghost", thread)
	}
	history, err := c.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: "D0001", IncludeAllMetadata: true})
	if err != nil || keys(history.Messages) != "root" {
		t.Errorf("the history is %q: %v", keys(history.Messages), err)
	}
	all, _, _, err := c.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: "D0001", Timestamp: root, IncludeAllMetadata: true})
	if err != nil || keys(all) != "root reply" {
		t.Errorf("the thread is %q: %v", keys(all), err)
	}
	if n := s.TimesPosted()["ghost"]; n != 2 {
		t.Errorf("posted %d times", n)
	}
}

func TestOnlyTheAppsOwnMessagesCanBeChangedAndTheirPlaceAndKeyStay(t *testing.T) {
	s := notifytest.New(t, token, email)
	c := client(s)
	root := mustSay(t, c, "root", "")
	reply := mustSay(t, c, "reply", root)
	text := slack.MsgOptionBlocks(slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "changed", false, false), nil, nil))
	if _, _, _, err := c.UpdateMessageContext(t.Context(), "D0001", reply, slack.MsgOptionText("changed", false), text); err != nil {
		t.Fatal(err)
	}
	if p := s.Thread("D0001", root)[1]; p.Text != "changed" || p.Key != "reply" || p.ThreadTS != root || p.Edits != 1 {
		t.Errorf("after the change: %+v", p)
	}
	theirs := s.Write("D0001", "", "Hello")
	_, _, _, err := c.UpdateMessageContext(t.Context(), "D0001", theirs, slack.MsgOptionText("changed", false), text)
	if err == nil || err.Error() != "cant_update_message" {
		t.Errorf("changing another's message: %v", err)
	}
	link, err := c.GetPermalinkContext(t.Context(), &slack.PermalinkParameters{Channel: "D0001", Ts: reply})
	if err != nil || !strings.HasSuffix(link, "/archives/D0001/p"+strings.ReplaceAll(reply, ".", "")) {
		t.Errorf("its link is %q: %v", link, err)
	}
}

// waits is what a client is told to wait; -1 is a 429 that does not say.
func waits(err error) time.Duration {
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	switch {
	case errors.As(err, &limited):
		return limited.RetryAfter
	case errors.As(err, &status) && status.Code == http.StatusTooManyRequests:
		return -1
	}
	return 0
}

func TestTheLimitsAreSlacks(t *testing.T) {
	start := func(t *testing.T, o notifytest.Options) (*notifytest.Slack, func(time.Duration)) {
		now := time.Unix(1_800_000_000, 0)
		o.Emails, o.Now = []string{email, "two@example.gov.uk"}, func() time.Time { return now }
		s, err := notifytest.Start(token, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s, func(d time.Duration) { now = now.Add(d) }
	}
	t.Run("one message a second in each conversation", func(t *testing.T) {
		s, pass := start(t, notifytest.Options{PerChannel: time.Second})
		c := client(s)
		mustSay(t, c, "one", "")
		pass(400 * time.Millisecond)
		if _, err := say(t, c, "two", ""); waits(err) != time.Second {
			t.Errorf("a second message at once: %v", err)
		}
		if got := call(t, s, "chat.postMessage", "channel", "D0002", "text", "x", "blocks", "["+block+"]"); got["ok"] != true {
			t.Errorf("another conversation: %v", got)
		}
		if got := call(t, s, "chat.postMessage", "channel", "D0002", "text", "x", "blocks", "["+block+"]"); got["error"] != "ratelimited" {
			t.Errorf("and once more there: %v", got)
		}
		pass(600 * time.Millisecond)
		mustSay(t, c, "two", "")
		if s.Count() != 3 || s.Faults()["429 for a conversation's limit"] != 2 {
			t.Errorf("%d posted, %v", s.Count(), s.Faults())
		}
	})
	t.Run("so many a minute in all", func(t *testing.T) {
		s, pass := start(t, notifytest.Options{PerMinute: 2})
		c := client(s)
		mustSay(t, c, "one", "")
		pass(10 * time.Second)
		mustSay(t, c, "two", "")
		if _, err := say(t, c, "three", ""); waits(err) != 50*time.Second {
			t.Errorf("a third within the minute: %v", err)
		}
		if _, err := c.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: "D0001"}); err != nil {
			t.Errorf("reading meanwhile: %v", err)
		}
		pass(50 * time.Second)
		mustSay(t, c, "three", "")
	})
	t.Run("none unless set", func(t *testing.T) {
		s, _ := start(t, notifytest.Options{})
		for i := range 50 {
			mustSay(t, client(s), fmt.Sprint(i), "")
		}
	})
}

func TestAFaultLeavesTheMessageWhereSlackWould(t *testing.T) {
	for _, x := range []struct {
		fault  notifytest.Fault
		kind   string
		posted int
		wait   time.Duration
	}{
		{notifytest.Fault{Status: 500}, "500 before the work", 0, 0},
		{notifytest.Fault{Status: 502, After: true}, "502 after the work", 1, 0},
		{notifytest.Fault{Error: "internal_error"}, "internal_error before the work", 0, 0},
		{notifytest.Fault{Error: "internal_error", After: true}, "internal_error after the work", 1, 0},
		{notifytest.Fault{Lost: true}, "connection broken after the work", 1, 0},
		{notifytest.Fault{Status: 429, RetryAfter: 7}, "429 with Retry-After", 0, 7 * time.Second},
		{notifytest.Fault{Status: 429}, "429 without Retry-After", 0, -1},
	} {
		s := notifytest.New(t, token, email)
		s.Fail(x.fault)
		_, err := say(t, client(s), "k", "")
		if err == nil || waits(err) != x.wait || s.TimesPosted()["k"] != x.posted {
			t.Errorf("%s: %v, posted %d times", x.kind, err, s.TimesPosted()["k"])
		}
		if s.Faults()[x.kind] != 1 {
			t.Errorf("%s is counted as %v", x.kind, s.Faults())
		}
	}
}

func TestChaosIsOneCallInSoManyTheSameForASeedAndOfEveryKind(t *testing.T) {
	const n = 4000
	var before map[string]int
	for range 2 {
		s, err := notifytest.Start(token, notifytest.Options{Emails: []string{email}, Chaos: notifytest.Chaos{Seed: 7, OneIn: 5}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		c := slack.New(token, slack.OptionAPIURL(s.URL), slack.OptionHTTPClient(&http.Client{Timeout: 100 * time.Millisecond}))
		failed := 0
		for range n {
			if _, err := c.AuthTestContext(t.Context()); err != nil {
				failed++
			}
		}
		met, sum := s.Faults(), 0
		for _, times := range met {
			sum += times
		}
		if failed < sum || sum < n/6 || sum > n/4 || len(met) != 7 {
			t.Errorf("%d calls of %d failed, for %v", failed, n, met)
		}
		if before != nil && fmt.Sprint(before) != fmt.Sprint(met) {
			t.Errorf("the same seed gave %v, then %v", before, met)
		}
		before = met
	}
}

func TestASignedRequestIsOneThatSlacksClientBelieves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at, body := fmt.Sprint(time.Now().Unix()), `payload=%7B%22type%22%3A%22block_actions%22%7D`
		for secret, believed := range map[string]bool{"secret": true, "another": false} {
			h := http.Header{"X-Slack-Request-Timestamp": {at}, "X-Slack-Signature": {notifytest.Sign(secret, at, body)}}
			v, err := slack.NewSecretsVerifier(h, "secret")
			if err != nil {
				t.Fatal(err)
			}
			v.Write([]byte(body))
			if err := v.Ensure(); (err == nil) != believed {
				t.Errorf("signed with %q: %v", secret, err)
			}
		}
	})
	// The example on Slack's page about requests and their signatures.
	got := notifytest.Sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c")
	if got != "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" {
		t.Errorf("Slack's own example is signed %s", got)
	}
}
