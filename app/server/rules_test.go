package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"readiness/schedules"
	"readiness/workpackages"
)

// wants looks for texts on a page.
func (a answer) wants(t *testing.T, what string, status int, texts ...string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%s: %d to %s: %s", what, a.Status, a.Header.Get("Location"), a.Body)
	}
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			t.Errorf("%s lacks %q", what, text)
		}
	}
}

// lacks looks for texts that are not to be on a page.
func (a answer) lacks(t *testing.T, what string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(a.Body, text) {
			t.Errorf("%s has %q", what, text)
		}
	}
}

func (p *product) rule(id string) schedules.Rule {
	p.t.Helper()
	r, err := p.Server.System.Rules.Rule(background(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func TestEverybodyReadsTheRulesAndDirectorsChangeThem(t *testing.T) {
	p := run(t, t.TempDir())
	viewer, _ := p.person("Viewer One", workpackages.Viewer)
	page := viewer.get("/rules")
	page.wants(t, "a viewer's page", http.StatusOK,
		"Milestone overdue", "Monday to Friday at 09:00", "Owners and group leads", "Group leads and the group’s chair",
		"Passed on to the chair after 3 working days, to the assistant directors after 5<", "5 working days ahead", "Monday at 08:00", "Meeting tomorrow")
	page.lacks(t, "a viewer's page", "Changed by", `href="/rules/milestone-overdue"`, `href="/calendar"`, "Change the closed days")
	if a := viewer.get("/rules/milestone-overdue"); a.Status != http.StatusForbidden {
		t.Errorf("a viewer opens the form: %d", a.Status)
	}

	director, _ := p.person("Director One", workpackages.AssistantDirector)
	director.get("/rules").wants(t, "a director's page", http.StatusOK, `href="/rules/milestone-overdue"`, `href="/calendar"`, `href="/jobs"`, "Change the closed days")
	path := "/rules/milestone-overdue"
	form := director.filled(director.get(path), "on", "on", "time", "8.30", "chair_after", "2", "director_after", "")
	form["days"], form["audience"] = []string{"1", "3", "5"}, []string{"owners", "assistant_directors"}
	if a := director.post(path, form); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/rules?done=rule" {
		t.Fatalf("saving: %d %s", a.Status, a.Body)
	}
	viewer.get("/rules?done=rule").wants(t, "the page afterwards", http.StatusOK,
		"Rule saved", "Monday, Wednesday and Friday at 08:30", "Owners and assistant directors", "Passed on to the chair after 2 working days<", "Changed by Director One on 24 November 2026 at 08:50")
	r := p.rule("milestone-overdue")
	if r.Version != 2 || !r.On || r.Spec() != "30 8 * * 1,3,5" || r.ChairAfter != 2 || r.DirectorAfter != 0 {
		t.Errorf("the rule is %+v", r)
	}
	// A form that shows what is kept, sent as it is, keeps it.
	director.get(path).wants(t, "the form", http.StatusOK, `name="days" type="checkbox" value="3" checked`, `name="days" type="checkbox" value="2">`, `value="08:30"`, `id="days"`, `id="days-5"`,
		`name="audience" type="checkbox" value="assistant_directors" checked`, "Pass it on to the group’s chair")
	director.get("/rules/milestone-due-soon").lacks(t, "a rule that passes nothing on", "Pass it on")
	director.get("/rules/milestone-due-soon").wants(t, "a rule that looks ahead", http.StatusOK, "How far ahead the rule looks")

	form = director.filled(director.get(path), "on", "off", "time", "08:30")
	form["days"], form["audience"] = []string{"1"}, []string{"owners"}
	if a := director.post(path, form); a.Status != http.StatusSeeOther || p.rule("milestone-overdue").On {
		t.Errorf("switching it off: %d", a.Status)
	}
	viewer.get("/rules").wants(t, "with a rule off", http.StatusOK, `<strong class="app-warn">Off</strong>`)
	if a := director.get("/rules/none"); a.Status != http.StatusNotFound {
		t.Errorf("no such rule: %d", a.Status)
	}
}

func TestARuleWithErrorsKeepsWhatWasTyped(t *testing.T) {
	p := run(t, t.TempDir())
	b, _ := p.person("Director One", workpackages.AssistantDirector)
	path := "/rules/action-due"
	form := b.filled(b.get(path), "on", "off", "time", "after lunch", "chair_after", "many", "director_after", "61")
	form["audience"] = []string{"leads", "chair"}
	a := b.post(path, form)
	a.wants(t, "the form with errors", http.StatusUnprocessableEntity,
		"<title>Error: Action due", `href="#days"`, "Choose at least one day", `href="#time"`, `value="after lunch"`, `value="many"`, `value="61"`,
		`value="leads" checked`, `value="chair" checked`, `value="off" checked`, `href="#chair_after"`, `href="#director_after"`)
	a.lacks(t, "the form with errors", `value="owners" checked`, `value="1" checked`)
	for _, fault := range soundness(a.Body) {
		t.Error(fault)
	}
	form["audience"], form["days"] = []string{"channel"}, []string{"6", "x"}
	b.post(path, form).wants(t, "values that were not offered", http.StatusUnprocessableEntity, "Choose days from Monday to Friday", "This rule cannot tell")
	if r := p.rule("action-due"); r.Version != 1 {
		t.Errorf("the rule is %+v", r)
	}
}

func TestOfTwoWhoChangeARuleTheSecondIsShownTheFirst(t *testing.T) {
	p := run(t, t.TempDir())
	one, _ := p.person("Director One", workpackages.AssistantDirector)
	two, _ := p.person("Director Two", workpackages.AssistantDirector)
	path := "/rules/evidence-out-of-date"
	ticked := func(b *browser, pairs ...string) url.Values {
		form := b.filled(b.get(path), append([]string{"on", "on", "time", "09:00"}, pairs...)...)
		form["days"], form["audience"] = []string{"1", "2"}, []string{"owners"}
		return form
	}
	late := ticked(two, "soon", "20")
	if a := one.post(path, ticked(one, "soon", "15")); a.Status != http.StatusSeeOther {
		t.Fatalf("the first: %d", a.Status)
	}
	a := two.post(path, late)
	a.wants(t, "the second", http.StatusConflict, "Somebody changed this while you were writing", "Looks 15 working days ahead", "Director One", `value="20"`, `name="version" value="2"`)
	again := two.filled(a, "on", "on", "time", "09:00", "soon", "20")
	again["days"], again["audience"] = []string{"1"}, []string{"owners"}
	if a := two.post(path, again); a.Status != http.StatusSeeOther || p.rule("evidence-out-of-date").Soon != 20 {
		t.Errorf("saving after reading: %d", a.Status)
	}
}

func TestClosedDays(t *testing.T) {
	p := run(t, t.TempDir())
	viewer, _ := p.person("Viewer One", workpackages.Viewer)
	director, _ := p.person("Director One", workpackages.AssistantDirector)
	const path = "/rules/closed"
	first := director.get(path)
	first.wants(t, "the page", http.StatusOK, `id="from-3"`, "such as 24/12/2026")
	first.lacks(t, "the page", `id="from-4"`)
	viewer.get(path).wants(t, "a viewer's page", http.StatusOK, "None.")
	if a := viewer.post(path, url.Values{"csrf": {csrfOf(viewer)}, "version": {"1"}, "from-1": {"2026-12-24"}}); a.Status != http.StatusForbidden {
		t.Errorf("a viewer saves: %d", a.Status)
	}

	stale := director.filled(first, "from-1", "1/4/2027", "to-1", "", "name-1", "Fools’ day")
	wrong := director.post(path, director.filled(first, "from-1", "29/12/2026", "to-1", "24/12/2026", "name-1", "Christmas", "from-2", "", "to-2", "", "name-2", "", "from-3", "sometime", "to-3", "", "name-3", ""))
	wrong.wants(t, "with errors", http.StatusUnprocessableEntity, `href="#to-1"`, "Enter a last day that is not before the first", `href="#from-3"`, `href="#name-3"`, `value="sometime"`, `value="29/12/2026"`)
	for _, fault := range soundness(wrong.Body) {
		t.Error(fault)
	}
	right := director.post(path, director.filled(wrong, "from-1", "29/12/2026", "to-1", "31/12/2026", "name-1", "Christmas", "from-2", "", "to-2", "", "name-2", "", "from-3", "4/1/2027", "to-3", "", "name-3", "Training"))
	if right.Status != http.StatusSeeOther {
		t.Fatalf("saving: %d %s", right.Status, right.Body)
	}
	director.get(path+"?done=closed").wants(t, "the page afterwards", http.StatusOK, "Closed days saved", `value="29/12/2026"`, `value="31/12/2026"`, `value="4/1/2027"`, `value="Training"`, `id="from-5"`, "Changed by Director One")
	viewer.get(path).wants(t, "a viewer's page", http.StatusOK, "Christmas: 29 December 2026 to 31 December 2026", "Training: 4 January 2027")
	viewer.get("/rules").wants(t, "the rules", http.StatusOK, "Christmas: 29 December 2026 to 31 December 2026")

	over := director.post(path, stale)
	over.wants(t, "overtaken", http.StatusConflict, "Somebody changed this while you were writing", "The closed days are now: Christmas", `value="1/4/2027"`, `name="version" value="2"`)
	// Emptying a row takes it away.
	if a := director.post(path, director.filled(director.get(path), "from-1", "", "to-1", "", "name-1", "", "from-2", "4/1/2027", "name-2", "Training")); a.Status != http.StatusSeeOther {
		t.Fatalf("emptying a row: %d", a.Status)
	}
	if d, err := p.Server.System.Rules.ClosedDays(t.Context()); err != nil || len(d.Periods) != 1 || d.Periods[0].Name != "Training" {
		t.Errorf("the closed days are %+v, %v", d, err)
	}
}

func TestRulesThroughTheAPI(t *testing.T) {
	p := run(t, t.TempDir())
	const path = "/api/v1/rules/status-update-due"
	rule := p.api(workpackages.Viewer, "GET", path, nil)
	if rule.Header.Get("ETag") != `"1"` || rule.json(t)["soon"] != nil || rule.json(t)["chair_after"] != 3.0 {
		t.Errorf("%s %s", rule.Header.Get("ETag"), rule.Body)
	}
	if a := p.api(workpackages.Lead, "PATCH", path, map[string]any{"on": false}, "If-Match", `"1"`); a.Status != http.StatusForbidden {
		t.Errorf("a lead: %d", a.Status)
	}
	if a := p.api(workpackages.AssistantDirector, "PATCH", path, map[string]any{"on": false}); a.Status != http.StatusPreconditionRequired {
		t.Errorf("without a version: %d", a.Status)
	}
	for body, field := range map[string]string{
		`{"soon": 3}`: "soon", `{"days": []}`: "days", `{"days": [6]}`: "days", `{"days": ["Monday"]}`: "days", `{"audience": ["everybody"]}`: "audience",
		`{"time": "25:00"}`: "time", `{"chair_after": -1}`: "chair_after", `{"colour": "red"}`: "colour",
	} {
		a := p.raw(workpackages.AssistantDirector, "PATCH", path, body, "If-Match", `"1"`)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `"field":"`+field) {
			t.Errorf("%s: %d %s", body, a.Status, a.Body)
		}
	}
	a := p.api(workpackages.AssistantDirector, "PATCH", path, map[string]any{"days": []int{5, 1}, "director_after": 0}, "If-Match", `"1"`)
	if r := p.rule("status-update-due"); a.Status != http.StatusOK || a.Header.Get("ETag") != `"2"` || r.Spec() != "0 9 * * 1,5" || r.ChairAfter != 3 || r.DirectorAfter != 0 || !r.On {
		t.Errorf("%d: %+v", a.Status, r)
	}
	late := p.api(workpackages.AssistantDirector, "PATCH", path, map[string]any{"on": false}, "If-Match", `"1"`)
	if current, _ := late.json(t)["current"].(map[string]any); late.Status != http.StatusPreconditionFailed || current["version"] != 2.0 {
		t.Errorf("late: %d %s", late.Status, late.Body)
	}
}

// raw sends a body as it is.
func (p *product) raw(r workpackages.Role, method, path, body string, headers ...string) answer {
	p.t.Helper()
	req, err := http.NewRequest(method, p.URL+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token(r))
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return do(p.t, http.DefaultClient, req)
}
