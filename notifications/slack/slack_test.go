package slack_test

import (
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

var lead = workpackages.Person{ID: "person-1", Name: "Lead One", Email: "lead@example.gov.uk"}

func message() notifications.Message {
	stale := []workpackages.PackageReadiness{{
		WorkPackage: workpackages.WorkPackage{ID: "p1", GroupID: "g", Title: "Annexe A <!channel> & data", Status: workpackages.Amber, UpdatedBy: "Lead One", UpdatedAt: time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)},
		IdleDays:    13,
	}}
	m := notifications.StatusUpdateDue(lead, "You get this because you lead the System and Performance Core Group.", stale, "https://readiness.example.gov.uk", "2026-11-24", time.UTC)
	m.CreatedAt = time.Now()
	return m
}

func TestAReminderAsItReachesAPhone(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	r, err := slack.New(token, strings.TrimRight(s.URL, "/")).Send(t.Context(), lead, message())
	if err != nil {
		t.Fatal(err)
	}
	posts := s.Posts()
	if len(posts) != 1 || posts[0].Timestamp != r.Timestamp || posts[0].Channel != r.Channel || posts[0].Key != "status-update-due/person-1/2026-11-24" {
		t.Fatalf("%+v for %+v", posts, r)
	}
	if want := "Status update due: 1 package: Annexe A &lt;!channel&gt; &amp; data"; posts[0].Text != want {
		t.Errorf("the phone shows %q", posts[0].Text)
	}
	j, err := json.Marshal(posts[0].Blocks)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(j))
	for _, want := range []string{
		`"Status update due: 1 package"`,
		"*<https://readiness.example.gov.uk/packages/p1/update|Annexe A &lt;!channel&gt; &amp; data>*",
		"no update for 13 working days. Lead One gave the last one, on 5 November, as Amber",
		"You get this because you lead the System and Performance Core Group. You get one message each working day until it is updated.",
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
		// The total is not documented, and only ever reached by text like this.
		if err := notifytest.CheckBlocks(blocks); err != nil && !strings.HasSuffix(err.Error(), "in all") {
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
		{"a missing scope", notifytest.Fault{Method: "users.lookupByEmail", Error: "missing_scope"}, "permanent"},
	} {
		s := notifytest.New(t, token, lead.Email)
		s.Fail(c.fault)
		_, err := slack.New(token, s.URL).Send(t.Context(), lead, message())
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
		_, err := sender.Send(t.Context(), lead, message())
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
	if _, found, err := sender.Find(t.Context(), lead, message()); found || err != nil {
		t.Errorf("before: %v %v", found, err)
	}
	s.Fail(notifytest.Fault{Method: "chat.postMessage", Lost: true})
	if _, err := sender.Send(t.Context(), lead, message()); err == nil {
		t.Fatal("the answer was not lost")
	}
	r, found, err := sender.Find(t.Context(), lead, message())
	if !found || err != nil || r.Timestamp != s.Posts()[0].Timestamp {
		t.Errorf("after: %v %v %v", r, found, err)
	}
	other := message()
	other.ID = "another"
	if _, found, err := sender.Find(t.Context(), lead, other); found || err != nil {
		t.Errorf("another message: %v %v", found, err)
	}
	s.Fail(notifytest.Fault{Method: "conversations.history", Status: http.StatusInternalServerError})
	if _, found, err := sender.Find(t.Context(), lead, message()); found || err == nil {
		t.Errorf("while Slack is broken: %v %v", found, err)
	}
}
