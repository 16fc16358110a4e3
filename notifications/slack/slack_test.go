package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/notifications/slack"
	"readiness/workpackages"
)

const token = "xoxb-secret-token"

var to = notifications.Recipient{Name: "Lead One", Email: "lead@example.gov.uk"}

var lead = workpackages.Person{ID: "person-1", Name: "Lead One", Email: "lead@example.gov.uk", Role: workpackages.Lead, GroupID: "g"}

func message() notifications.Message {
	m := notifications.DayReminder(lead, "You get this because you lead the System and Performance Core Group.", []notifications.Line{{MayChange: true, Concern: workpackages.Concern{
		Kind: workpackages.StatusDue, PackageID: "p1", PackageTitle: "Annexe A <!channel> & data", GroupID: "g", Subject: "p1", Title: "Annexe A <!channel> & data",
		Detail: "no update for 13 working days. Last: 5 November 2026, by Lead One (Amber)",
	}}}, "https://readiness.example.gov.uk", "2026-11-24")
	m.CreatedAt = time.Now()
	return m
}

func TestAReminderAsItReachesAPhone(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	r, err := slack.New(token, strings.TrimRight(s.URL, "/")).Send(t.Context(), to, message())
	if err != nil {
		t.Fatal(err)
	}
	posts := s.Posts()
	if len(posts) != 1 || posts[0].Timestamp != r.Timestamp || posts[0].Channel != r.Channel || posts[0].Key != "reminders/person-1/2026-11-24" {
		t.Fatalf("%+v for %+v", posts, r)
	}
	if want := "1 status update due: Annexe A &lt;!channel&gt; &amp; data"; posts[0].Text != want {
		t.Errorf("the phone shows %q", posts[0].Text)
	}
	j, err := json.Marshal(posts[0].Blocks)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(j))
	for _, want := range []string{
		`"1 status update due"`,
		"• <https://readiness.example.gov.uk/packages/p1/update|Annexe A &lt;!channel&gt; &amp; data>",
		"no update for 13 working days. Last: 5 November 2026, by Lead One (Amber)",
		"You get this because you lead the System and Performance Core Group. You get one message a working day while anything is open.",
		`"url":"https://readiness.example.gov.uk/packages/p1/update"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the message lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "<!channel>") {
		t.Error("a title can call everybody")
	}
}

func TestAMessageKeepsToSlacksLimitsWhateverItsText(t *testing.T) {
	for what, unit := range map[string]string{"ampersands": "&", "emoji": "👩‍👧", "right to left": "שלום ", "bars": "|", "line breaks": "a\n"} {
		long := strings.Repeat(unit, 5000)
		c := notifications.Content{Heading: long, Intro: long, Why: long, Button: notifications.Button{Text: long, URL: "https://x.example/"}}
		for i := range 200 {
			c.Items = append(c.Items, notifications.Item{Title: long, Detail: long, URL: fmt.Sprintf("https://x.example/%d", i)})
		}
		j, err := json.Marshal(slack.Blocks(c))
		if err != nil {
			t.Fatal(err)
		}
		var blocks []map[string]any
		if err := json.Unmarshal(j, &blocks); err != nil {
			t.Fatal(err)
		}
		if err := notifytest.CheckBlocks(blocks); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestFaultsAreSortedByWhetherAnotherTryIsOfUse(t *testing.T) {
	post := "chat.postMessage"
	for _, c := range []struct {
		what  string
		fault notifytest.Fault
		want  string // retry, permanent or unknown
	}{
		{"asked to wait", notifytest.Fault{Method: post, Status: 429, RetryAfter: 30}, "retry"},
		{"asked to wait without saying how long", notifytest.Fault{Method: post, Status: 429}, "retry"},
		{"asked to wait while looking somebody up", notifytest.Fault{Method: "users.lookupByEmail", Status: 429, RetryAfter: 5}, "retry"},
		{"a fault of Slack's before posting", notifytest.Fault{Method: "conversations.open", Status: 500}, "retry"},
		{"a fault of Slack's in posting", notifytest.Fault{Method: post, Status: 500}, "unknown"},
		{"an answer that was lost", notifytest.Fault{Method: post, Lost: true}, "unknown"},
		{"Slack's own internal error", notifytest.Fault{Method: post, Error: "internal_error"}, "unknown"},
		{"a channel that is gone", notifytest.Fault{Method: post, Error: "channel_not_found"}, "permanent"},
		{"a revoked token", notifytest.Fault{Method: post, Error: "token_revoked"}, "permanent"},
		{"an answer that never comes", notifytest.Fault{Method: post, Hang: true}, "unknown"},
		{"a page that is not Slack's in place of its answer", notifytest.Fault{Method: post, Body: "<html>Sign in</html>"}, "unknown"},
		{"a proxy that refuses", notifytest.Fault{Method: post, Status: 403}, "retry"},
		{"an address that has moved", notifytest.Fault{Method: post, Status: 308}, "retry"},
		{"a service that is away", notifytest.Fault{Method: post, Error: "service_unavailable"}, "retry"},
		{"an internal error before posting", notifytest.Fault{Method: "users.lookupByEmail", Error: "internal_error"}, "retry"},
		{"an answer that nobody listed", notifytest.Fault{Method: post, Error: "new_rule_of_slacks"}, "permanent"},
		{"a person Slack does not know", notifytest.Fault{Method: "users.lookupByEmail", Error: "users_not_found"}, "permanent"},
		{"an account that was closed", notifytest.Fault{Method: "conversations.open", Error: "user_disabled"}, "permanent"},
		{"an app that was switched off", notifytest.Fault{Method: "users.lookupByEmail", Error: "account_inactive"}, "permanent"},
		{"a missing scope", notifytest.Fault{Method: "users.lookupByEmail", Error: "missing_scope"}, "permanent"},
	} {
		s := notifytest.New(t, token, lead.Email)
		s.Fail(c.fault)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if c.fault.Hang { // a shorter wait than a real one's
			ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
		}
		_, err := slack.New(token, s.URL).Send(ctx, to, message())
		cancel()
		var retry *notifications.Retry
		var permanent *notifications.Permanent
		var unknown *notifications.Unknown
		got := map[bool]string{true: "retry"}[errors.As(err, &retry)] + map[bool]string{true: "permanent"}[errors.As(err, &permanent)] + map[bool]string{true: "unknown"}[errors.As(err, &unknown)]
		if got != c.want {
			t.Errorf("%s is %q: %v", c.what, got, err)
		}
		if retry != nil && c.fault.RetryAfter > 0 && retry.After != time.Duration(c.fault.RetryAfter)*time.Second {
			t.Errorf("%s: wait %s", c.what, retry.After)
		}
		if permanent != nil && !strings.Contains(permanent.Sentence, "Lead One") && !strings.Contains(permanent.Sentence, "token") {
			t.Errorf("%s says %q", c.what, permanent.Sentence)
		}
	}
}

func TestNoErrorShowsTheTokenOrAnAddress(t *testing.T) {
	dead := notifytest.New(t, token)
	for what, sender := range map[string]*slack.Sender{
		"nobody listens":     slack.New(token, "http://127.0.0.1:1/api/"),
		"nobody is known":    slack.New(token, dead.URL),
		"the token is wrong": slack.New("xoxb-other-secret", dead.URL),
	} {
		_, err := sender.Send(t.Context(), to, message())
		if err == nil {
			t.Fatalf("%s: it was sent", what)
		}
		for _, secret := range []string{"xoxb", "secret", "127.0.0.1", "http://"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %v shows %s", what, err, secret)
			}
		}
	}
}

func TestAMessageIsFoundByItsKey(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	sender := slack.New(token, s.URL)
	if _, found, err := sender.Find(t.Context(), to, message()); found || err != nil {
		t.Errorf("before: %v %v", found, err)
	}
	s.Fail(notifytest.Fault{Method: "chat.postMessage", Lost: true})
	if _, err := sender.Send(t.Context(), to, message()); err == nil {
		t.Fatal("the answer was not lost")
	}
	r, found, err := sender.Find(t.Context(), to, message())
	if !found || err != nil || r.Timestamp != s.Posts()[0].Timestamp {
		t.Errorf("after: %v %v %v", r, found, err)
	}
	other := message()
	other.ID = "another"
	if _, found, err := sender.Find(t.Context(), to, other); found || err != nil {
		t.Errorf("another message: %v %v", found, err)
	}
	s.Fail(notifytest.Fault{Method: "conversations.history", Status: http.StatusInternalServerError})
	if _, found, err := sender.Find(t.Context(), to, message()); found || err == nil {
		t.Errorf("while Slack is broken: %v %v", found, err)
	}
}

func TestAnAddressWhereNobodyListensLosesNothing(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	sender := slack.New(token, s.URL)
	if _, err := sender.Send(t.Context(), to, message()); err != nil { // the conversation is known from here
		t.Fatal(err)
	}
	s.Close()
	var retry *notifications.Retry
	if _, err := sender.Send(t.Context(), to, message()); !errors.As(err, &retry) {
		t.Errorf("what cannot have gone is %v", err)
	}
}

func TestAMessageIsFoundAmongManyAndOverAClockThatIsOut(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	s.Now = func() time.Time { return now }
	sender := slack.New(token, s.URL)
	mine := message()
	mine.CreatedAt = now.Add(6 * time.Hour) // our clock is ahead of Slack's
	if _, err := sender.Send(t.Context(), to, mine); err != nil {
		t.Fatal(err)
	}
	for i := range 450 {
		other := message()
		other.ID = fmt.Sprintf("other-%d", i)
		if _, err := sender.Send(t.Context(), to, other); err != nil {
			t.Fatal(err)
		}
	}
	if r, found, err := sender.Find(t.Context(), to, mine); !found || err != nil || r.Timestamp != s.Posts()[0].Timestamp {
		t.Errorf("%v %v %v", r, found, err)
	}
}

func TestAConversationIsLookedUpOnceAndAgainAfterTrouble(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	sender := slack.New(token, s.URL)
	for range 2 {
		if _, err := sender.Send(t.Context(), to, message()); err != nil {
			t.Fatal(err)
		}
	}
	s.Fail(notifytest.Fault{Method: "chat.postMessage", Error: "channel_not_found"})
	if _, err := sender.Send(t.Context(), to, message()); err == nil {
		t.Fatal("it was sent")
	}
	if _, err := sender.Send(t.Context(), to, message()); err != nil {
		t.Fatal(err)
	}
	want := "users.lookupByEmail conversations.open chat.postMessage chat.postMessage chat.postMessage users.lookupByEmail conversations.open chat.postMessage"
	if got := strings.Join(s.Calls(), " "); got != want {
		t.Errorf("called %s", got)
	}
}

func TestAMessageWithLittleInItIsStillOneThatSlackTakes(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	m := message()
	m.Content = notifications.Content{Heading: "Heading", Items: []notifications.Item{{Title: "One"}}, Button: notifications.Button{Text: "Go", URL: "https://x.example/a b"}}
	if _, err := slack.New(token, s.URL).Send(t.Context(), to, m); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Posts()[0].Blocks); n != 2 {
		t.Errorf("%d blocks", n)
	}
}

func TestALongListIsCutWithALinkToTheRest(t *testing.T) {
	c := notifications.Content{Heading: "Heading", Button: notifications.Button{Text: "See them", URL: "https://x.example/groups/g"}}
	for i := range 17 {
		c.Items = append(c.Items, notifications.Item{Title: fmt.Sprint("Package ", i), Detail: "detail"})
	}
	j, err := json.Marshal(slack.Blocks(c))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(j))
	if !strings.Contains(text, "<https://x.example/groups/g|and 7 more>") || strings.Contains(text, "Package 10") {
		t.Error(text)
	}
}

var channel = notifications.Recipient{Name: "#annexe-a", Channel: "annexe-a"}

// channels are enough of them to make two pages, with ours at the end.
func channels(ours notifytest.Channel) []notifytest.Channel {
	var all []notifytest.Channel
	for i := range 1200 {
		all = append(all, notifytest.Channel{ID: fmt.Sprintf("C%07d", i), Name: fmt.Sprint("other-", i)})
	}
	return append(all, ours)
}

func TestAMessageToAChannelIsFoundAgainThere(t *testing.T) {
	for _, name := range []string{"annexe-a", "C0ANNEXEA"} {
		s := notifytest.New(t, token)
		s.Channels = channels(notifytest.Channel{ID: "C0ANNEXEA", Name: "annexe-a"})
		to := notifications.Recipient{Name: "#" + name, Channel: name}
		m := message()
		sent, err := slack.New(token, s.URL).Send(t.Context(), to, m)
		if err != nil || sent.Channel != "C0ANNEXEA" {
			t.Fatalf("%s: %+v %v", name, sent, err)
		}
		// By another process, which has to look the channel up for itself.
		got, found, err := slack.New(token, s.URL).Find(t.Context(), to, m)
		if err != nil || !found || got != sent {
			t.Errorf("%s: found %v %+v, sent %+v: %v", name, found, got, sent, err)
		}
		m.ID = "another"
		if _, found, err := slack.New(token, s.URL).Find(t.Context(), to, m); err != nil || found {
			t.Errorf("%s: found what was never sent: %v", name, err)
		}
	}
}

func TestAChannelIsLookedUpOnce(t *testing.T) {
	s := notifytest.New(t, token)
	s.Channels = []notifytest.Channel{{ID: "C0ANNEXEA", Name: "annexe-a"}}
	sender := slack.New(token, s.URL)
	for range 3 {
		if _, err := sender.Send(t.Context(), channel, message()); err != nil {
			t.Fatal(err)
		}
	}
	if calls := strings.Join(s.Calls(), " "); calls != "conversations.list chat.postMessage chat.postMessage chat.postMessage" {
		t.Errorf("called %s", calls)
	}
}

func TestWhatToDoAboutAChannelThatCannotBeTold(t *testing.T) {
	for _, c := range []struct {
		what string
		ours notifytest.Channel
		code string
		says string
	}{
		{"it is not there", notifytest.Channel{ID: "C0ANNEXEA", Name: "others"}, "channel_not_found", "Slack has no channel #annexe-a that the app can see: set SLACK_CHANNEL"},
		{"the app is not in it", notifytest.Channel{ID: "C0ANNEXEA", Name: "annexe-a", Without: true}, "not_in_channel", "/invite"},
		{"it was archived", notifytest.Channel{ID: "C0ANNEXEA", Name: "annexe-a", Archived: true}, "is_archived", "set SLACK_CHANNEL to another"},
	} {
		s := notifytest.New(t, token)
		s.Channels = channels(c.ours)
		_, err := slack.New(token, s.URL).Send(t.Context(), channel, message())
		var permanent *notifications.Permanent
		if !errors.As(err, &permanent) || permanent.Code != c.code || !strings.Contains(permanent.Sentence, c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	s := notifytest.New(t, token)
	s.Fail(notifytest.Fault{Method: "conversations.list", Error: "missing_scope"})
	_, err := slack.New(token, s.URL).Send(t.Context(), channel, message())
	if err == nil || !strings.Contains(err.Error(), "channels:read") || !strings.Contains(err.Error(), "#annexe-a") {
		t.Errorf("without the permission: %v", err)
	}
}
