package slackapp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/workpackages"
)

// nowhere is a database that is away.
type nowhere struct {
	workpackages.PackageStore
	workpackages.PeopleStore
	workpackages.GroupStore
}

var errAway = workpackages.Errorf(workpackages.Unavailable, "The database does not answer")

func (nowhere) Account(context.Context, string) (notifications.Account, error) {
	return notifications.Account{}, errAway
}
func (nowhere) SaveAccount(context.Context, notifications.Account) error { return errAway }
func (nowhere) Package(context.Context, string) (workpackages.WorkPackage, error) {
	return workpackages.WorkPackage{}, errAway
}
func (nowhere) Claim(_ context.Context, c notifications.Claim) (notifications.Claim, error) {
	return c, nil
}

const secret = "a signing secret"

// away is an App whose database does not answer, and which calls nobody.
func away(t testing.TB, log io.Writer) *App {
	t.Helper()
	a := New(Options{
		Packages: &workpackages.Service{Packages: nowhere{}, People: nowhere{}, Groups: nowhere{}}, Accounts: nowhere{}, Claim: nowhere{}.Claim,
		SigningSecret: secret, BotToken: "xoxb-none", APIURL: "http://127.0.0.1:1/", BaseURL: "https://r.example", Zone: time.UTC, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	t.Cleanup(func() {
		if err := a.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return a
}

func signed(body string) http.Header {
	ts := fmt.Sprint(time.Now().Unix())
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", ts)
	h.Set("X-Slack-Signature", notifytest.Sign(secret, ts, body))
	return h
}

// submission is a form that was sent.
func submission(state string, typed map[string]any) string {
	j, err := json.Marshal(map[string]any{
		"type": "view_submission", "user": map[string]any{"id": "U1"}, "team": map[string]any{"id": "T1"},
		"view": map[string]any{"id": "V1", "callback_id": formID, "private_metadata": state, "state": map[string]any{"values": typed}},
	})
	if err != nil {
		panic(err)
	}
	return string(j)
}

func TestAFormIsNotLostWhileTheDatabaseIsAway(t *testing.T) {
	a := away(t, io.Discard)
	body := "payload=" + url.QueryEscape(submission(`{"p":"one","v":3}`, map[string]any{
		"status":    map[string]any{"value": map[string]any{"type": "static_select", "selected_option": map[string]any{"value": "red"}}},
		"narrative": map[string]any{"value": map[string]any{"type": "plain_text_input", "value": "What was typed"}},
		"reason":    map[string]any{"value": map[string]any{"type": "plain_text_input", "value": "The reason"}},
	}))
	status, answer := a.Receive(Interactions, signed(body), []byte(body))
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	for _, want := range []string{`"response_action":"update"`, "Not saved. The database does not answer", `"initial_value":"What was typed"`, `"initial_value":"The reason"`, `\"v\":3`} {
		if !strings.Contains(string(answer), want) {
			t.Errorf("the answer lacks %s: %s", want, answer)
		}
	}
}

func TestAnAddressToReplyToIsSlacks(t *testing.T) {
	for _, c := range []struct {
		api, address string
		want         bool
	}{
		{"", "https://hooks.slack.com/commands/T1/2/3", true},
		{"", "https://hooks.slack-gov.com/actions/T1/2/3", true},
		{"", "http://hooks.slack.com/commands/T1/2/3", false},
		{"", "https://hooks.slack.com.example/commands", false},
		{"", "https://user@evil.example/hooks.slack.com", false},
		{"", "https://169.254.169.254/latest", false},
		{"", "", false},
		{"", "://", false},
		{"https://proxy.example/api/", "https://proxy.example/hook/1", true},
		{"https://proxy.example/api/", "http://proxy.example/hook/1", false},
		{"https://proxy.example/api/", "https://hooks.slack.com/commands/T1/2/3", false},
	} {
		a := &App{Options: Options{APIURL: c.api}}
		if got := a.slacks(c.address); got != c.want {
			t.Errorf("with %q, %q: %t", c.api, c.address, got)
		}
	}
}

func TestSlacksOwnQuestionsAreAnswered(t *testing.T) {
	a := away(t, io.Discard)
	body := `{"type":"url_verification","challenge":"abc","token":"x"}`
	if status, answer := a.Receive(Events, signed(body), []byte(body)); status != 200 || string(answer) != `{"challenge":"abc"}` {
		t.Errorf("%d %s", status, answer)
	}
	body = "ssl_check=1&token=x"
	if status, answer := a.Receive(Commands, signed(body), []byte(body)); status != 200 || len(answer) != 0 {
		t.Errorf("%d %s", status, answer)
	}
	if status, _ := a.Receive("else", signed(body), []byte(body)); status != 400 {
		t.Errorf("another address: %d", status)
	}
}

// FuzzDispatch: whatever is signed, nothing panics, and nothing of it is logged.
func FuzzDispatch(f *testing.F) {
	f.Add(Commands, "command=%2Freadiness&text=update+x&user_id=U1&trigger_id=1&response_url=https%3A%2F%2Fhooks.slack.com%2Fx")
	f.Add(Interactions, "payload="+url.QueryEscape(submission(`{"p":"one","v":3,"t":{"reason":"x"}}`, map[string]any{"status": map[string]any{"value": map[string]any{"type": "static_select"}}})))
	f.Add(Interactions, "payload="+url.QueryEscape(`{"type":"block_actions","trigger_id":"1","user":{"id":"U1"},"actions":[{"block_id":"line status-update-due p","action_id":"answer","type":"static_select","selected_option":{"value":"have_it"}}],"message":{"blocks":[{"type":"header","block_id":"message k","text":{"type":"plain_text","text":"x"}}]}}`))
	f.Add(Interactions, "payload="+url.QueryEscape(`{"type":"block_actions","actions":[null,{}],"view":{"callback_id":"update","blocks":[{"type":"what"}]}}`))
	f.Add(Events, `{"type":"event_callback","event_id":"E1","event":{"type":"app_home_opened","user":"U1","tab":"home"}}`)
	f.Add(Events, `{"type":"url_verification","challenge":"abc"}`)
	f.Fuzz(func(t *testing.T, kind, body string) {
		var log strings.Builder
		a := away(t, &log)
		for _, form := range []form{fromForm, fromSocket} {
			if _, err := a.dispatch(kind, []byte(body), form); err != nil && err != errUnread {
				t.Errorf("an error with words of its own: %v", err)
			}
		}
		a.work.Wait()
		if strings.Contains(log.String(), "panicked") {
			t.Errorf("%s", log.String())
		}
	})
}

func TestWhatWasTypedUnderAnotherStatusIsKept(t *testing.T) {
	a := away(t, io.Discard)
	w := workpackages.WorkPackage{ID: "p", Title: "One", Status: workpackages.Green, Reason: "what it says now"}
	in := answers{statusBlock: "amber", "narrative": "n", "recovery_plan": "the plan", "reason": "half a reason", "decision": ""}
	view := a.form(w, in, formState{Package: "p", Version: 1})
	state, err := readState(slack.View{PrivateMetadata: view.PrivateMetadata})
	if err != nil || state.Kept["reason"] != "half a reason" || len(state.Kept) != 1 {
		t.Errorf("%+v, %v", state, err)
	}
	in[statusBlock] = "red"
	back := typed(slack.View{}, state)
	if back["reason"] != "half a reason" {
		t.Errorf("%v", back)
	}
	in["reason"] = strings.Repeat("long ", 600)
	in[statusBlock] = "amber"
	view = a.form(w, in, formState{Package: "p", Version: 1})
	if n := len(view.PrivateMetadata); n > maxMetadata {
		t.Errorf("%d characters of metadata", n)
	}
}
