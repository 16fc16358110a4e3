package server_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/schedules"
	"readiness/workpackages"
)

const slackToken = "xoxb-test-token"

const statusDue = schedules.StatusUpdateDue

// morning moves the clock to 09:00 on a day and lets jobs and sends run.
func (p *product) morning(day string) {
	p.t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.now = at.Add(9*time.Hour + 10*time.Second)
	p.mu.Unlock()
	p.work()
}

// only switches every rule off but one.
func (p *product) only(rule string) {
	p.t.Helper()
	book := p.Server.System.Rules
	rules, err := book.Rules(background())
	if err != nil {
		p.t.Fatal(err)
	}
	for _, r := range rules {
		if r.ID != rule {
			in := schedules.RuleInput{Days: r.Days, Time: r.Time, Audience: r.Audience, Soon: fmt.Sprint(r.Soon), ChairAfter: "3", DirectorAfter: "5"}
			if _, err := book.EditRule(background(), workpackages.System(), r.ID, r.Version, in); err != nil {
				p.t.Fatal(err)
			}
		}
	}
}

func (p *product) work() {
	p.t.Helper()
	if err := p.Server.System.Runner.Tick(background()); err != nil {
		p.t.Fatal(err)
	}
	p.settle()
	if _, err := p.Server.System.Outbox.Deliver(background()); err != nil {
		p.t.Fatal(err)
	}
}

// settle waits until no run of a job is under way: a job that Start's own tick
// began belongs to this too.
func (p *product) settle() {
	p.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); p.Server.System.Runner.Busy(); {
		if time.Now().After(deadline) {
			p.t.Fatal("jobs did not end")
		}
		runtime.Gosched()
	}
}

func (p *product) ledger() []notifications.Message {
	p.t.Helper()
	all, err := p.Server.System.Outbox.Messages(background(), notifications.Filter{Limit: 100})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

func TestALeadIsRemindedOnceAWorkingDayUntilTheUpdateComes(t *testing.T) {
	slack := notifytest.New(t, slackToken, "lead.one@example.gov.uk")
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL, "BASE_URL", "https://readiness.example.gov.uk")
	p.only(statusDue)
	p.work() // jobs begin to count from here; a first run of each is not owed
	lead := p.addPerson("Lead One", workpackages.Lead)
	_ = lead
	count := func() int { return len(slack.Posts()) }
	p.morning("2026-12-07") // nine working days after
	if count() != 0 {
		t.Fatalf("told after nine working days: %d", count())
	}
	p.morning("2026-12-08") // ten
	p.work()
	if count() != 1 {
		t.Fatalf("told %d times on the tenth day", count())
	}
	post := slack.Posts()[0]
	if !strings.HasPrefix(post.Text, "2 status updates due: ") {
		t.Errorf("the phone shows %q", post.Text)
	}
	p.advance(3 * time.Hour)
	p.work()
	if count() != 1 {
		t.Errorf("told again the same day")
	}
	p.morning("2026-12-09")
	if count() != 2 {
		t.Errorf("not told the next day: %d", count())
	}
	p.morning("2026-12-12") // a Saturday
	if count() != 2 {
		t.Errorf("told on a Saturday")
	}
	p.update(packageSelf, 1, "green")
	p.update("practice-quality", 1, "green")
	p.morning("2026-12-14")
	if count() != 2 {
		t.Errorf("told after the update came")
	}
	for _, m := range p.ledger() {
		if m.State != notifications.Sent || m.Timestamp == "" || m.Attempts != 1 {
			t.Errorf("the ledger has %s: %s after %d tries", m.ID, m.State, m.Attempts)
		}
	}
}

// addPerson adds somebody without signing them in.
func (p *product) addPerson(name string, r workpackages.Role) workpackages.Person {
	p.t.Helper()
	who, err := p.Server.System.Packages.AddPerson(background(), workpackages.System(), workpackages.Person{
		Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.gov.uk", Role: r, GroupID: groupFor(r)})
	if err != nil {
		p.t.Fatal(err)
	}
	return who
}

func TestWithoutSlackTheMessageIsOnThePage(t *testing.T) {
	p := run(t, t.TempDir())
	p.only(statusDue)
	p.work()
	p.addPerson("Lead One", workpackages.Lead)
	p.morning("2026-12-08")
	all := p.ledger()
	if len(all) != 1 || all[0].State != notifications.NotSent {
		t.Fatalf("the ledger holds %+v", all)
	}
	b, _ := p.person("Director", workpackages.AssistantDirector)
	page := b.get("/messages").Body
	for _, want := range []string{"Not sent", "Slack is not connected.", "2 status updates due", "You get this because you lead the Ofsted Steering Group.", "/mine", "Lead One"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	n := p.api(workpackages.Viewer, "GET", "/api/v1/notifications?state=not_sent", nil).json(t)["notifications"].([]any)
	if len(n) != 1 {
		t.Errorf("the API gives %d messages", len(n))
	}
}

func TestTroubleWithSlackNeitherLosesNorDoublesAMessage(t *testing.T) {
	for _, c := range []struct {
		what   string
		faults []notifytest.Fault
	}{
		{"asked to wait", []notifytest.Fault{{Method: "chat.postMessage", Status: 429, RetryAfter: 30}}},
		{"a fault before posting", []notifytest.Fault{{Method: "users.lookupByEmail", Status: 500}}},
		{"an answer that was lost", []notifytest.Fault{{Method: "chat.postMessage", Lost: true}}},
		{"a fault in posting", []notifytest.Fault{{Method: "chat.postMessage", Status: 502}}},
		{"an answer lost, and then no history", []notifytest.Fault{{Method: "chat.postMessage", Lost: true}, {Method: "conversations.history", Status: 500}}},
	} {
		slack := notifytest.New(t, slackToken, "lead.one@example.gov.uk")
		slack.Fail(c.faults...)
		p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL)
		p.only(statusDue)
		p.work()
		p.addPerson("Lead One", workpackages.Lead)
		p.morning("2026-12-08")
		if s := p.ledger()[0].State; s == notifications.Sent {
			t.Fatalf("%s: sent at the first try", c.what)
		}
		for range 4 {
			p.advance(time.Minute)
			p.work()
		}
		if m := p.ledger()[0]; m.State != notifications.Sent || m.Timestamp == "" {
			t.Errorf("%s: %s, %s", c.what, m.State, m.Detail)
		}
		if n := len(slack.Posts()); n != 1 {
			t.Errorf("%s: posted %d times", c.what, n)
		}
	}
}

func TestWhatNobodyCanSendSaysWhatToDo(t *testing.T) {
	slack := notifytest.New(t, slackToken) // knows nobody
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL)
	p.only(statusDue)
	p.work()
	p.addPerson("Lead One", workpackages.Lead)
	p.morning("2026-12-08")
	b, _ := p.person("Director", workpackages.AssistantDirector)
	if page := b.get("/messages").Body; !strings.Contains(page, "Slack knows nobody with the e-mail address of Lead One: correct it under People") {
		t.Error("the page does not say what to do")
	}
	if strings.Contains(p.Log.String(), slackToken) || strings.Contains(p.Log.String(), "lead.one@") {
		t.Error("the log shows the token or an address")
	}
}

func TestASendCutShortIsSettledWithSlackBeforeAnyOther(t *testing.T) {
	slack := notifytest.New(t, slackToken, "lead.one@example.gov.uk")
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL)
	p.only(statusDue)
	p.work()
	p.addPerson("Lead One", workpackages.Lead)
	p.morning("2026-12-08")
	// As a program leaves it that dies between Slack's answer and its record.
	m := p.ledger()[0]
	m.State, m.LeaseUntil, m.SentAt, m.Timestamp = notifications.Sending, p.clock().Add(time.Minute), time.Time{}, ""
	m.Version++
	if err := p.Server.System.Store.SaveMessage(background(), m); err != nil {
		t.Fatal(err)
	}
	if err := p.Server.System.Outbox.Requeue(background()); err != nil {
		t.Fatal(err)
	}
	p.work()
	if s := p.ledger()[0].State; s != notifications.Sending {
		t.Fatalf("taken over within the lease: %s", s)
	}
	p.advance(2 * time.Minute)
	p.work()
	if m := p.ledger()[0]; m.State != notifications.Sent || len(slack.Posts()) != 1 {
		t.Errorf("%s, posted %d times", m.State, len(slack.Posts()))
	}
}

func TestRacingWorkersSendOnce(t *testing.T) {
	slack := notifytest.New(t, slackToken, "lead.one@example.gov.uk")
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL)
	p.only(statusDue)
	p.work()
	p.addPerson("Lead One", workpackages.Lead)
	for _, day := range []string{"2026-12-08", "2026-12-09", "2026-12-10", "2026-12-11"} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		p.mu.Lock()
		p.now = at.Add(9 * time.Hour)
		p.mu.Unlock()
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				p.Server.System.Runner.Tick(background())
				p.Server.System.Outbox.Deliver(background())
			})
		}
		wg.Wait()
		p.work()
	}
	if n := len(slack.Posts()); n != 4 {
		t.Errorf("posted %d times over four days", n)
	}
}

func TestADryRunSendsAndStoresNothing(t *testing.T) {
	slack := notifytest.New(t, slackToken, "lead.one@example.gov.uk")
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL)
	p.addPerson("Lead One", workpackages.Lead)
	a := p.api(workpackages.AssistantDirector, "POST", "/api/v1/jobs/status-update-due/run", map[string]any{"dry_run": true, "at": "2027-01-20T09:00:00Z"})
	planned := a.json(t)["planned"].([]any)
	if a.Status != http.StatusOK || len(planned) != 1 || !strings.Contains(planned[0].(map[string]any)["why"].(string), "you lead the Ofsted Steering Group") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if len(p.ledger()) != 0 || len(slack.Calls()) != 0 {
		t.Errorf("a dry run left %d messages and made %d calls", len(p.ledger()), len(slack.Calls()))
	}
	for i, want := range []bool{true, false} {
		r := p.api(workpackages.AssistantDirector, "POST", "/api/v1/jobs/status-update-due/run", map[string]any{"at": "2027-01-20T09:00:00Z"}).json(t)
		if r["ran"] != want {
			t.Errorf("run %d: %v", i+1, r)
		}
	}
}

func TestAnOwnerWhoLeadsAnotherGroupIsToldWhyToo(t *testing.T) {
	p := run(t, t.TempDir())
	p.only(statusDue)
	p.work()
	lead := p.addPerson("Lead One", workpackages.Lead)
	owner := p.addPerson("Owner", workpackages.Analyst)
	p.api(workpackages.AssistantDirector, "PATCH", "/api/v1/workpackages/"+packageSelf, map[string]any{"owner": owner.ID}, "If-Match", `"1"`)
	p.morning("2026-12-08")
	why := map[string]string{}
	for _, m := range p.ledger() {
		why[m.RecipientID] = m.Reason
	}
	if len(why) != 2 || !strings.Contains(why[lead.ID], "you lead the Ofsted Steering Group") || !strings.Contains(why[owner.ID], "you own Self-evaluation and evidence library") {
		t.Errorf("told: %v", why)
	}
}
