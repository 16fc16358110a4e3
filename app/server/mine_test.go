package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// api sends JSON as whoever is signed in in the browser.
func (b *browser) api(method, path string, body any) answer {
	b.p.t.Helper()
	var reader io.Reader
	if body != nil {
		j, err := json.Marshal(body)
		if err != nil {
			b.p.t.Fatal(err)
		}
		reader = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(b.p.t.Context(), method, b.p.URL+path, reader)
	if err != nil {
		b.p.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return do(b.p.t, b.client, req)
}

// at moves the clock to an instant without running anything.
func (p *product) at(instant string) {
	p.t.Helper()
	at, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = at
}

// overdueMilestone gives the id of a milestone of the package, made due on a day.
func (p *product) overdueMilestone(title, due string) string {
	p.t.Helper()
	path := "/api/v1/workpackages/" + packageSelf
	v := p.api(workpackages.Viewer, "GET", path, nil).Header.Get("ETag")
	a := p.api(workpackages.AssistantDirector, "POST", path+"/milestones", map[string]any{"title": title, "due": due}, "If-Match", v)
	if a.Status != http.StatusCreated {
		p.t.Fatal(a.Body)
	}
	return a.json(p.t)["id"].(string)
}

// respond answers a reminder with a form.
func (b *browser) respond(concern, subject, kind string, more ...string) answer {
	b.p.t.Helper()
	form := url.Values{"csrf": {csrfOf(b)}, "concern": {concern}, "subject": {subject}, "kind": {kind}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return b.post("/mine/respond", form)
}

func TestWhatIsYoursIsOnOnePageAndCanBeAnswered(t *testing.T) {
	p := run(t, t.TempDir(), "BASE_URL", "https://readiness.example.gov.uk")
	p.work()
	m := p.overdueMilestone("Draft <agreed>", "2026-11-30")
	lead, who := p.person("Lead One", workpackages.Lead)
	other, _ := p.person("Lead Two", workpackages.Lead)
	viewer, _ := p.person("Viewer One", workpackages.Viewer)
	empty := viewer.get("/mine")
	empty.wants(t, "a page with nothing on it", http.StatusOK, "Nothing is open for you.", `href="/mine/times"`, `href="/mine" aria-current="true"`)
	empty.lacks(t, "a page with nothing on it", "Snooze")

	p.at("2026-12-01T08:00:00Z") // an hour before any rule comes up
	lead = p.signInAgain(lead, who.Email)
	page := lead.get("/mine")
	page.wants(t, "the page", http.StatusOK, "Overdue", "Draft &lt;agreed&gt;", "Was due 30 November 2026, 1 working day ago (Self-evaluation and evidence library).",
		"This is yours because you lead the Ofsted Steering Group.", `href="/packages/`+packageSelf+`"`, `value="have_it"`, `value="snoozed"`, `value="not_mine"`, `<option value="10">10 working days</option>`)
	for _, fault := range soundness(page.Body) {
		t.Error(fault)
	}

	subject := packageSelf + "/" + m
	for _, c := range []struct {
		kind, days, want string
	}{
		{"snoozed", "5", "You snoozed it until 7 December 2026"},
		{"not_mine", "5", "You said that it is not yours"},
		{"have_it", "10", "You have it until 2 December 2026"}, // the days are the snooze's
	} {
		if a := lead.respond("milestone-overdue", subject, c.kind, "days", c.days); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/mine?done=answered" {
			t.Fatalf("%s: %d %s", c.kind, a.Status, a.Body)
		}
		page = lead.get("/mine?done=answered")
		page.wants(t, c.kind, http.StatusOK, "Answer saved", c.want, "Take back")
		page.lacks(t, c.kind, `name="subject" value="`+subject+`"`)
	}
	other = p.signInAgain(other, "lead.two@example.gov.uk")
	other.get("/mine").lacks(t, "what is another's while somebody has it", "Draft &lt;agreed&gt;")
	pkg := other.get("/packages/" + packageSelf)
	pkg.wants(t, "the package", http.StatusOK, "Answers to reminders", "Draft &lt;agreed&gt;: Lead One has it until 2 December 2026")
	viewer = p.signInAgain(viewer, "viewer.one@example.gov.uk")
	viewer.get("/packages/"+packageSelf).lacks(t, "the package for one who may not change it", "Answers to reminders")

	form := lead.filled(lead.get("/mine"))
	if a := other.post("/mine/withdraw", url.Values{"csrf": {csrfOf(other)}, "id": {form.Get("id")}}); a.Status != http.StatusForbidden {
		t.Errorf("another takes it back: %d", a.Status)
	}
	if a := lead.post("/mine/withdraw", form); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/mine?done=withdrawn" {
		t.Fatalf("taking it back: %d %s", a.Status, a.Body)
	}
	lead.get("/mine?done=withdrawn").wants(t, "the page afterwards", http.StatusOK, "Answer taken back", `name="subject" value="`+subject+`"`)
	lead.post("/mine/withdraw", form).wants(t, "taking it back twice", http.StatusNotFound, "There is no such answer any more", "What is yours")
}

// signInAgain signs somebody in anew after the clock moved.
func (p *product) signInAgain(_ *browser, email string) *browser {
	p.t.Helper()
	b := p.browser()
	if a := b.submit("/sign-in", "email", email, "password", goodPassword); a.Status != http.StatusSeeOther {
		p.t.Fatalf("signing in again: %d", a.Status)
	}
	return b
}

func TestAnAnswerThatCannotBeTakenSaysWhy(t *testing.T) {
	p := run(t, t.TempDir())
	m := p.overdueMilestone("Draft", "2026-11-30")
	lead, _ := p.person("Lead One", workpackages.Lead)
	subject := packageSelf + "/" + m
	for _, c := range []struct {
		what, concern, subject, kind, days string
		status                             int
		want                               string
	}{
		{"nothing of that name", "milestone-overdue", packageSelf + "/none", "have_it", "", 422, "not open any more"},
		{"no such package", "status-update-due", "none", "have_it", "", 404, "There is no such work package"},
		{"no answer", "milestone-overdue", subject, "", "", 422, "Choose an answer"},
		{"days that are none", "milestone-overdue", subject, "snoozed", "long", 422, "Choose from 1 to 10 working days"},
		{"too many days", "milestone-overdue", subject, "snoozed", "11", 422, "Choose from 1 to 10 working days"},
		{"snoozed without days", "milestone-overdue", subject, "snoozed", "", 422, "Choose from 1 to 10 working days"},
	} {
		a := lead.respond(c.concern, c.subject, c.kind, "days", c.days)
		a.wants(t, c.what, c.status, "There is a problem", c.want, "<h1 class=\"govuk-heading-l\">What is yours</h1>")
		for _, fault := range soundness(a.Body) {
			t.Errorf("%s: %s", c.what, fault)
		}
	}
	if a := lead.post("/mine/respond", url.Values{"concern": {"milestone-overdue"}, "subject": {subject}, "kind": {"have_it"}}); a.Status != http.StatusForbidden {
		t.Errorf("without the form's token: %d", a.Status)
	}
	if all, err := p.Server.System.Packages.Responses(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("kept: %+v, %v", all, err)
	}
}

// TestWhatWasAnsweredIsSilentInTheNextMessage is the whole way: the page, the
// store, the rules and the outbox.
func TestWhatWasAnsweredIsSilentInTheNextMessage(t *testing.T) {
	p := run(t, t.TempDir())
	p.work()
	m := p.overdueMilestone("Draft", "2026-11-30")
	_, who := p.person("Lead One", workpackages.Lead)
	_, second := p.person("Lead Two", workpackages.Lead)
	told := func(day string) string {
		var out []string
		for _, l := range p.ledger() {
			if l.Op == notifications.Post && strings.HasSuffix(l.ID, day) {
				out = append(out, fmt.Sprintf("%s: %v", l.RecipientName, strings.Contains(l.Content.Plain(), "Draft")))
			}
		}
		return strings.Join(out, ", ")
	}
	p.morning("2026-12-01")
	if got := told("2026-12-01"); !strings.Contains(got, "Lead One: true") || !strings.Contains(got, "Lead Two: true") {
		t.Fatalf("on the first day told: %q", got)
	}
	lead := p.signInAgain(nil, who.Email)
	if a := lead.respond("milestone-overdue", packageSelf+"/"+m, "have_it"); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	p.morning("2026-12-02")
	if got := told("2026-12-02"); strings.Contains(got, "true") {
		t.Errorf("while somebody has it told: %q", got)
	}
	p.morning("2026-12-03")
	if got := told("2026-12-03"); !strings.Contains(got, "Lead One: true") || !strings.Contains(got, "Lead Two: true") {
		t.Errorf("after it ran out told: %q", got)
	}
	other := p.signInAgain(nil, second.Email)
	if a := other.respond("milestone-overdue", packageSelf+"/"+m, "not_mine"); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	p.morning("2026-12-04")
	if got := told("2026-12-04"); !strings.Contains(got, "Lead One: true") || strings.Contains(got, "Lead Two: true") {
		t.Errorf("after one said that it is not theirs told: %q", got)
	}
}

func TestWhatIsYoursThroughTheAPI(t *testing.T) {
	p := run(t, t.TempDir())
	m := p.overdueMilestone("Draft", "2026-11-26")
	lead, _ := p.person("Lead One", workpackages.Lead)
	hold := documented(t, p)
	ask := func(method, path string, body any, want int) answer {
		t.Helper()
		a := lead.api(method, path, body)
		if a.Status != want {
			t.Fatalf("%s %s: %d %s", method, path, a.Status, a.Body)
		}
		hold(method, path, a)
		return a
	}
	const mine, responses = "/api/v1/me/reminders", "/api/v1/me/responses"
	line := func() map[string]any {
		t.Helper()
		for _, l := range ask("GET", mine, nil, 200).json(t)["reminders"].([]any) {
			if l := l.(map[string]any); l["subject"] == packageSelf+"/"+m {
				return l
			}
		}
		t.Fatal("the milestone is not there")
		return nil
	}
	l := line()
	if l["concern"] != "milestone-due-soon" || l["section"] != "Due soon" || l["answer"] != nil || l["late_working_days"] != -2.0 || l["may_change"] != true {
		t.Errorf("the line is %v", l)
	}
	body := map[string]any{"concern": l["concern"], "subject": l["subject"], "kind": "snoozed", "days": 3}
	made := ask("POST", responses, body, 201).json(t)
	if made["until"] != "2026-11-26" || made["kind"] != "snoozed" {
		t.Errorf("made %v", made)
	}
	if got, _ := line()["answer"].(map[string]any); got["id"] != made["id"] {
		t.Errorf("the line has %v", got)
	}
	ask("POST", responses, map[string]any{"concern": l["concern"], "subject": l["subject"], "kind": "not_mine"}, 201)
	ask("POST", responses, map[string]any{"concern": l["concern"], "subject": l["subject"], "kind": "never"}, 422)
	at := responses + "?id=" + url.QueryEscape(made["id"].(string))
	ask("DELETE", at, nil, 204)
	ask("DELETE", at, nil, 404)
	if line()["answer"] != nil {
		t.Error("it is still answered")
	}
}

func TestATokenHasNothingToAnswer(t *testing.T) {
	p := run(t, t.TempDir())
	for _, r := range workpackages.Roles() {
		if a := p.api(r, "GET", "/api/v1/me/reminders", nil); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "a token is nobody") {
			t.Errorf("%s reads: %d %s", r, a.Status, a.Body)
		}
		if a := p.api(r, "POST", "/api/v1/me/responses", map[string]any{"concern": "status-update-due", "subject": packageSelf, "kind": "have_it"}); a.Status != http.StatusForbidden {
			t.Errorf("%s answers: %d", r, a.Status)
		}
	}
}
