package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"readiness/notifications/notifytest"
	"readiness/schedules"
	"readiness/workpackages"
)

// holds says what a page lacks of what it should say.
func holds(t *testing.T, what string, a answer, wants ...string) {
	t.Helper()
	if a.Status != http.StatusOK {
		t.Errorf("%s: %d %s", what, a.Status, a.Body)
	}
	for _, want := range wants {
		if !strings.Contains(a.Body, want) {
			t.Errorf("%s lacks %q", what, want)
		}
	}
}

const statusJob = "/jobs/status-update-due"

func TestEverybodySeesWhatRunsByItselfAndDirectorsMayRunIt(t *testing.T) {
	p := run(t, t.TempDir())
	p.work()
	p.addPerson("Lead One", workpackages.Lead)
	p.morning("2026-12-08")
	browsers := map[workpackages.Role]*browser{}
	for _, r := range workpackages.Roles() {
		browsers[r], _ = p.person("Some "+r.Label(), r)
	}
	for role, b := range browsers {
		list := b.get("/jobs")
		holds(t, "the list", list, `<a class="govuk-link" href="`+statusJob+`">`, "Monday to Friday at 09:00, on working days", "Wednesday 9 December, 09:00", "Done, under a second",
			"Tuesday 8 December, 09:00", `href="/rules"`)
		one := b.get(statusJob)
		holds(t, "a job", one, "Of the times that were missed, the newest is made up for. A time may be made up for until 9 hours after it.", "2 minutes", "Tuesday 8 December, 09:00", "message")
		if got := strings.Contains(one.Body, "/dry-run"); got != (role == workpackages.AssistantDirector) {
			t.Errorf("%s is offered to run it: %v", role, got)
		}
		editor := role == workpackages.AssistantDirector || role == workpackages.Lead
		if got := strings.Contains(list.Body, `href="/calendar"`); got != editor {
			t.Errorf("%s is shown the calendar: %v", role, got)
		}
		if a := b.get("/jobs/none"); a.Status != http.StatusNotFound {
			t.Errorf("a job that there is not: %d", a.Status)
		}
	}
}

func TestADryRunShowsWhatWouldBeSentAndSendsNothing(t *testing.T) {
	slack := notifytest.New(t, slackToken, "lead.one@example.gov.uk")
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL)
	p.work()
	b, _ := p.person("Director", workpackages.AssistantDirector)
	p.addPerson("Lead One", workpackages.Lead)
	try := func(pairs ...string) answer {
		return b.post(statusJob+"/dry-run", b.filled(b.get(statusJob), pairs...))
	}
	holds(t, "for now", try(), "Nothing is due by this rule: nobody to tell", "Nothing was sent or kept")
	on := []string{"day-day", "8", "day-month", "12", "day-year", "2026"}
	report := try(on...)
	holds(t, "for a day, at the job’s own time", report, "As it would be on Tuesday 8 December, 09:00", "To <strong>Lead One</strong>", "lead.one@example.gov.uk",
		"status updates due", "You get this because you lead the Ofsted Steering Group.")
	for _, fault := range soundness(report.Body) {
		t.Error(fault)
	}
	holds(t, "for a day and a time", try(append(on, "time", "2pm")...), "As it would be on Tuesday 8 December, 14:00")
	holds(t, "for a time", try("time", "9.30"), "As it would be on Tuesday 24 November, 09:30")
	for what, c := range map[string]struct {
		pairs []string
		says  string
	}{
		"a day that is none":           {[]string{"day-day", "31", "day-month", "2", "day-year", "2027"}, "Enter a day such as"},
		"a day long gone":              {[]string{"day-day", "1", "day-month", "2", "day-year", "2026"}, "Enter today or a day within a year"},
		"a day on which it is not run": {[]string{"day-day", "5", "day-month", "12", "day-year", "2026"}, "It does not run on Saturday 5 December 2026"},
		"a time that is none":          {[]string{"time", "early"}, "Enter a time such as 09:00"},
	} {
		a := try(c.pairs...)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, c.says) || !strings.Contains(a.Body, `value="`+c.pairs[1]+`"`) {
			t.Errorf("%s: %d, or it does not say %q, or what was typed is lost", what, a.Status, c.says)
		}
		for _, fault := range soundness(a.Body) {
			t.Errorf("%s: %s", what, fault)
		}
	}
	p.work()
	runs, err := p.Server.System.Runner.Runs(t.Context(), "status-update-due", 10)
	if err != nil || len(runs) > 0 || len(p.ledger()) > 0 || len(slack.Posts()) > 0 {
		t.Errorf("%d runs, %d messages and %d posts: %v", len(runs), len(p.ledger()), len(slack.Posts()), err)
	}
}

func TestADryRunTellsWhatOnlyChangesAMessageInPlace(t *testing.T) {
	slack := notifytest.New(t, slackToken, "lead.one@example.gov.uk")
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL)
	p.work()
	p.addPerson("Lead One", workpackages.Lead)
	p.morning("2026-12-08")
	b, _ := p.person("Director", workpackages.AssistantDirector)
	p.update(packageSelf, 1, "green")
	holds(t, "after one of two was done", b.post("/jobs/follow-ups/dry-run", b.filled(b.get("/jobs/follow-ups"))), "What would only change a message in place", "nobody is told", "✓ ")
}

func TestAJobRunByHandSendsOnce(t *testing.T) {
	slack := notifytest.New(t, slackToken, "lead.one@example.gov.uk")
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL)
	p.work()
	p.addPerson("Lead One", workpackages.Lead)
	book := p.Server.System.Rules // off: only by hand
	off := schedules.RuleInput{Days: []time.Weekday{1, 2, 3, 4, 5}, Time: "09:00", Audience: []schedules.Audience{schedules.Owners, schedules.Leads}, ChairAfter: "3", DirectorAfter: "5"}
	for _, rule := range schedules.RuleInfos() {
		in := off
		if rule.LooksAhead {
			in.Soon = "5"
		}
		in.Audience = rule.Default.Audience
		if _, err := book.EditRule(t.Context(), workpackages.System(), rule.ID, 1, in); err != nil {
			t.Fatal(err)
		}
	}
	p.morning("2026-12-08")
	if len(slack.Posts()) > 0 {
		t.Fatal("told by rules that are off")
	}
	b, _ := p.person("Director", workpackages.AssistantDirector)
	confirm := b.get(statusJob + "/run")
	holds(t, "the question", confirm, "If you run it now:", "1 message would be sent.", "To <strong>Lead One</strong>", "The rule is switched off", `action="`+statusJob+`/run"`)
	if len(p.ledger()) > 0 {
		t.Error("the question itself sent something")
	}
	for _, fault := range soundness(confirm.Body) {
		t.Error(fault)
	}
	form := b.filled(confirm)
	holds(t, "the first time", b.post(statusJob+"/run", form), "1 message put in the outbox", `href="/messages"`)
	holds(t, "a second time", b.post(statusJob+"/run", form), "It has run for this instant already, so nothing was done")
	p.advance(time.Hour)
	holds(t, "an hour after", b.post(statusJob+"/run", form), "0 messages put in the outbox, 1 made already for this day")
	p.work()
	if n := len(slack.Posts()); n != 1 {
		t.Errorf("%d posts", n)
	}
	holds(t, "the job", b.get(statusJob), "Off", "Tuesday 8 December, 10:00", "Done")
	form.Set("csrf", "")
	if a := b.post(statusJob+"/run", form); a.Status != http.StatusForbidden {
		t.Errorf("without its token: %d", a.Status)
	}
	lead, _ := p.person("Lead Two", workpackages.Lead)
	if a := lead.post(statusJob+"/run", url.Values{"csrf": {csrfOf(lead)}}); a.Status != http.StatusForbidden {
		t.Errorf("by a lead: %d", a.Status)
	}
}

func TestTheCalendarOfASeededDatabase(t *testing.T) {
	p := run(t, t.TempDir())
	p.work()
	b, _ := p.person("Director", workpackages.AssistantDirector)
	p.addPerson("Lead One", workpackages.Lead)
	lead, _ := p.person("Lead Two", workpackages.Lead)
	page := b.get("/calendar")
	holds(t, "the calendar", page, "if nobody does anything and the rules stay as they are", "until Monday 15 February 2027", "23 November", "Fullest day", "Christmas Day",
		`href="/calendar?day=2026-12-14"`, "Messages a person", "Lead One", "up to 2 each")
	if strings.Contains(page.Body, "Saturday") || strings.Contains(page.Body, "off=true") {
		t.Error("it has weekends on which nothing is sent, or offers rules that are off where none is")
	}
	holds(t, "a lead’s", lead.get("/calendar"), "Messages by day")
	day := b.get("/calendar?day=2026-12-14")
	holds(t, "a day", day, "Monday 14 December 2026", "Lead One", "You get this because you lead the Ofsted Steering Group.", "Read it", "08:30", "09:00", "Most to one person: <strong>2</strong>")
	holds(t, "Christmas Day", b.get("/calendar?day=2026-12-25"), "Nothing will be sent on this day: Christmas Day")
	for _, far := range []string{"2026-11-23", "2027-02-16", "never"} {
		if a := b.get("/calendar?day=" + far); a.Status != http.StatusNotFound || !strings.Contains(a.Body, "The calendar has the days from") {
			t.Errorf("the day %s: %d", far, a.Status)
		}
	}
	viewer, _ := p.person("Viewer", workpackages.Viewer)
	if a := viewer.get("/calendar"); a.Status != http.StatusForbidden {
		t.Errorf("a viewer: %d", a.Status)
	}

	cal := p.api(workpackages.Lead, "GET", "/api/v1/calendar?weeks=2", nil).json(t)
	if cal["from"] != "2026-11-24" || cal["until"] != "2026-12-08" || len(cal["days"].([]any)) == 0 {
		t.Errorf("from %v until %v", cal["from"], cal["until"])
	}
	if n := len(p.ledger()); n > 0 {
		t.Errorf("looking made %d messages", n)
	}

	rule, err := p.Server.System.Rules.Rule(t.Context(), "group-digest")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Server.System.Rules.EditRule(t.Context(), workpackages.System(), rule.ID, rule.Version, schedules.RuleInput{Days: rule.Days, Time: rule.Time, Audience: rule.Audience}); err != nil {
		t.Fatal(err)
	}
	if a := b.get("/calendar?day=2026-12-14"); strings.Contains(a.Body, "08:30") {
		t.Error("a rule that is off is in the calendar")
	}
	holds(t, "with one off", b.get("/calendar"), `href="/calendar?off=true"`, "With the 1 rule that is switched off")
	holds(t, "that day with it", b.get("/calendar?day=2026-12-14&off=true"), "08:30", "with the rules that are switched off")
}

func TestWhatIsWrongWithTheRemindersIsSaidWhereItIsSeen(t *testing.T) {
	p := run(t, t.TempDir())
	p.work()
	director, _ := p.person("Director", workpackages.AssistantDirector)
	viewer, _ := p.person("Viewer", workpackages.Viewer)
	says := func(b *browser, path, what string) bool { return strings.Contains(b.get(path).Body, what) }
	const warning = "govuk-warning-text"
	for _, path := range []string{"/", "/jobs"} {
		if says(director, path, warning) || says(viewer, path, warning) {
			t.Errorf("%s warns while all is well", path)
		}
	}
	// The clock goes on, and nobody looks: Start's own ticks are 15 real seconds apart.
	p.advance(25 * time.Minute)
	const tick, late = "Reminders have not been looked at since 08:50: restart the program.", "Milestone overdue should have run at 09:00 and has not."
	for _, says := range []string{tick, late} {
		holds(t, "the dashboard", director.get("/"), says, `href="/jobs"`)
		holds(t, "the jobs, for everybody", viewer.get("/jobs"), says)
	}
	if says(viewer, "/", warning) {
		t.Error("a viewer's dashboard warns of what a viewer cannot mend")
	}
	holds(t, "a job that is late", viewer.get("/jobs/milestone-overdue"), "has not come to its end")
	p.work()
	p.advance(20 * time.Second)
	for _, path := range []string{"/", "/jobs"} {
		if says(director, path, warning) {
			t.Errorf("%s warns after all was made up for", path)
		}
	}
}

func TestACopyThatWentAwayIsNamedUnlessAnotherTookItsPlace(t *testing.T) {
	p := run(t, t.TempDir())
	p.work()
	director, _ := p.person("Director", workpackages.AssistantDirector)
	host := p.clock()
	copies, err := p.Server.System.Store.Copies(t.Context())
	if err != nil || len(copies) != 1 {
		t.Fatal(copies, err)
	}
	gone := schedules.Copy{ID: "gone", Host: copies[0].Host, StartedAt: host.Add(-2 * time.Hour), TickAt: host.Add(-time.Hour)}
	if err := p.Server.System.Store.SaveCopy(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	if a := director.get("/"); strings.Contains(a.Body, "govuk-warning-text") {
		t.Error("a program that was started again is warned of")
	}
	gone.ID, gone.Host = "other", "another-machine"
	if err := p.Server.System.Store.SaveCopy(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	p.advance(15 * time.Second)
	holds(t, "the dashboard", director.get("/"), fmt.Sprintf("The copy of the program on %s has not looked at reminders since 07:50: restart it, unless it was taken away.", gone.Host))
}
