package server_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"readiness/app/server"
	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/workpackages"
)

const goodListOne = "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),Date of Contact,Contact Source\nA1,b) Female,a) WBRI,01/02/2015,11,03/11/2026,q) 6: Police\n"

// listsFolder makes a folder with one list in it, under a name that must not show.
func listsFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "child-name.csv"), []byte(goodListOne), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// atSix moves the clock to just after six on a day and lets jobs run; and then to
// eight, when people may be told.
func (p *product) atSix(day string) {
	p.t.Helper()
	p.onTheStroke(day)
	p.advance(2 * time.Hour)
	p.work()
}

// onTheStroke does the first half of it.
func (p *product) onTheStroke(day string) {
	p.t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.now = at.Add(6*time.Hour + 10*time.Second)
	p.mu.Unlock()
	p.work()
}

func (p *product) checks() []workpackages.CheckSummary {
	p.t.Helper()
	all, err := p.Server.System.Packages.Checks(background(), 0)
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

func TestTheFolderIsCheckedEachMorningAndTheChannelHearsOfIt(t *testing.T) {
	slack := notifytest.New(t, slackToken)
	slack.Channels = []notifytest.Channel{{ID: "C0ANNEXEA", Name: "annexe-a"}}
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL, "SLACK_CHANNEL", "#annexe-a", "ANNEXA_DIR", listsFolder(t), "BASE_URL", "https://r.example")
	p.only("")
	p.work()
	p.atSix("2026-11-25") // a Wednesday
	if all := p.checks(); len(all) != 1 || all[0].Origin != workpackages.Scheduled || all[0].AsOf == "" || len(all[0].Lists) != 11 {
		t.Fatalf("kept are %+v", all)
	}
	posts := slack.Posts()
	if len(posts) != 1 || posts[0].Channel != "C0ANNEXEA" || !strings.HasPrefix(posts[0].Text, "Annexe A check: ") || posts[0].Key != "annexa-check/channel:annexe-a/2026-11-25T06:00Z" {
		t.Fatalf("Slack has %+v", posts)
	}
	m := p.ledger()[0]
	if m.State != notifications.Sent || m.RecipientName != "#annexe-a" || !strings.Contains(m.Preview, "https://r.example/annexa/checks/"+p.checks()[0].ID) {
		t.Errorf("the ledger has %+v", m)
	}
	// The same instant again, by hand and by another look at the clock.
	if r, err := p.Server.System.Runner.RunNow(background(), "annexa-check", time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC), false); err != nil || r.Ran {
		t.Errorf("run again: %+v %v", r, err)
	}
	p.work()
	p.atSix("2026-11-26") // nothing has changed
	if n := len(slack.Posts()); n != 1 {
		t.Errorf("told %d times", n)
	}
	p.atSix("2026-11-28") // a Saturday
	if n := len(p.checks()); n != 2 {
		t.Errorf("after two working days and a Saturday there are %d checks", n)
	}
	p.atSix("2026-11-30") // a Monday
	if n := len(slack.Posts()); n != 2 {
		t.Errorf("on Monday told %d times", n)
	}
	if log := p.Log.String(); strings.Contains(log, "child-name") {
		t.Errorf("the log shows a file's name:\n%s", log)
	}
}

func TestAFolderThatIsAwayIsLookedForAgainAndThenTold(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not-there-yet")
	p := run(t, t.TempDir(), "ANNEXA_DIR", dir)
	if !strings.Contains(p.Log.String(), "ANNEXA_DIR") {
		t.Error("the start does not warn of it")
	}
	p.work()
	p.addPerson("Director", workpackages.AssistantDirector)
	p.onTheStroke("2026-11-25")
	for range 14 {
		p.advance(time.Minute)
		p.work()
	}
	if n := len(p.ledger()); n != 0 {
		t.Fatalf("told %d times before the last try", n)
	}
	p.advance(2 * time.Minute)
	p.work()
	all := p.ledger()
	if len(all) != 1 || !strings.Contains(all[0].Preview, "The folder cannot be found") || strings.Contains(all[0].Preview, dir) ||
		!strings.HasPrefix(all[0].Reason, "You get this because you are an assistant director, and nobody leads the System and Performance Core Group.") {
		t.Fatalf("the ledger has %+v", all)
	}
	p.advance(time.Hour)
	p.work()
	if n := len(p.ledger()); n != 1 {
		t.Errorf("told %d times", n)
	}
	if err := os.Rename(listsFolder(t), dir); err != nil {
		t.Fatal(err)
	}
	p.atSix("2026-11-26")
	if n := len(p.checks()); n != 1 {
		t.Errorf("once it is there, %d checks", n)
	}
}

// A send to the channel that was cut short is settled like one to a person.
func TestAChannelIsAskedBeforeItIsToldAgain(t *testing.T) {
	slack := notifytest.New(t, slackToken)
	slack.Channels = []notifytest.Channel{{ID: "C0ANNEXEA", Name: "annexe-a"}}
	slack.Fail(notifytest.Fault{Method: "chat.postMessage", Lost: true})
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL, "SLACK_CHANNEL", "annexe-a", "ANNEXA_DIR", listsFolder(t))
	p.work()
	p.atSix("2026-11-25")
	if s := p.ledger()[0].State; s != notifications.Uncertain {
		t.Fatalf("it is %s", s)
	}
	p.advance(time.Minute)
	p.work()
	if m := p.ledger()[0]; m.State != notifications.Sent || len(slack.Posts()) != 1 {
		t.Errorf("%s, posted %d times", m.State, len(slack.Posts()))
	}
}

func TestSettingsOfAnnexeAThatCannotBeUsedKeepTheProductFromStarting(t *testing.T) {
	for _, c := range []struct {
		what  string
		pairs []string
		says  string
	}{
		{"a schedule that is none", []string{"ANNEXA_SCHEDULE", "daily"}, "ANNEXA_SCHEDULE must say when"},
		{"a day that never comes", []string{"ANNEXA_SCHEDULE", "0 0 31 2 *"}, "no such day ever comes"},
		{"a settings file that is not there", []string{"ANNEXA_SETTINGS", "/nowhere/own.yaml"}, "/nowhere/own.yaml, which cannot be read"},
	} {
		dir := t.TempDir()
		sys, err := server.OpenSystem(context.Background(), settings(t, append(c.pairs, "DATA_DIR", dir)...), slog.New(slog.DiscardHandler), time.Now)
		if err == nil {
			sys.Close(context.Background())
		}
		if workpackages.KindOf(err) != workpackages.Invalid || err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%s: left %v behind: %v", c.what, left, err)
		}
	}
}
