package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"readiness/workpackages"
)

func TestWhoPlansMeetings(t *testing.T) {
	p := run(t, t.TempDir())
	director, _ := p.person("Director One", workpackages.AssistantDirector)
	chair, who := p.person("Chair One", workpackages.Viewer)
	lead, _ := p.person("Lead One", workpackages.Lead)
	viewer, _ := p.person("Viewer One", workpackages.Viewer)
	const group = "/groups/" + groupOfsted
	const plan = group + "/meetings/new"
	if a := chair.get(plan); a.Status != http.StatusForbidden {
		t.Errorf("one who is not the chair yet: %d", a.Status)
	}
	director.get(group+"/edit").wants(t, "the form", http.StatusOK, "Chair One", "Nobody yet")
	if a := director.submit(group+"/edit", "name", "Ofsted Steering Group", "remit", "R", "chair", who.ID); a.Status != http.StatusSeeOther {
		t.Fatalf("naming the chair: %d %s", a.Status, a.Body)
	}
	viewer.get(group).wants(t, "the group", http.StatusOK, "Chaired by Chair One", "Next meetings", "None is planned.")
	for _, c := range []struct {
		what string
		b    *browser
		may  bool
		on   string
	}{{"the chair", chair, true, "1"}, {"a lead", lead, true, "2"}, {"an assistant director", director, true, "3"}, {"a viewer", viewer, false, "4"}} {
		page := c.b.get(group)
		if has := strings.Contains(page.Body, `href="`+plan+`"`); has != c.may {
			t.Errorf("%s is offered to plan: %v", c.what, has)
		}
		if !c.may {
			if a := c.b.get(plan); a.Status != http.StatusForbidden {
				t.Errorf("%s opens the form: %d", c.what, a.Status)
			}
			if a := c.b.post(plan, url.Values{"csrf": {csrfOf(c.b)}, "version": {"5"}, "date-day": {"4"}, "date-month": {"12"}, "date-year": {"2026"}}); a.Status != http.StatusForbidden {
				t.Errorf("%s plans: %d", c.what, a.Status)
			}
			page.lacks(t, c.what, "/cancel")
			continue
		}
		a := c.b.submit(plan, "date-day", c.on, "date-month", "12", "date-year", "2026", "time", "2pm", "place", "Committee room "+c.on)
		if a.Status != http.StatusSeeOther || a.Header.Get("Location") != group+"?done=meeting" {
			t.Errorf("%s plans: %d %s", c.what, a.Status, a.Body)
		}
	}
	page := chair.get(group + "?done=meeting")
	page.wants(t, "the group", http.StatusOK, "Meeting planned", "Tuesday 1 December 2026 at 14:00", "Committee room 1", "Wednesday 2 December 2026 at 14:00")
	for _, fault := range soundness(page.Body) {
		t.Error(fault)
	}
	cancel := regexp.MustCompile(group+`/meetings/[a-z0-9-]+/cancel`).FindAllString(page.Body, -1)
	if len(cancel) != 3 {
		t.Fatalf("meetings to cancel: %v", cancel)
	}
	if a := viewer.post(cancel[0], url.Values{"csrf": {csrfOf(viewer)}}); a.Status != http.StatusForbidden {
		t.Errorf("a viewer cancels: %d", a.Status)
	}
	if a := chair.post(cancel[0], url.Values{}); a.Status != http.StatusForbidden {
		t.Errorf("without the form's token: %d", a.Status)
	}
	if a := chair.post(cancel[0], url.Values{"csrf": {csrfOf(chair)}}); a.Status != http.StatusSeeOther || a.Header.Get("Location") != group+"?done=cancelled" {
		t.Fatalf("cancelling: %d %s", a.Status, a.Body)
	}
	page = chair.get(group + "?done=cancelled")
	page.wants(t, "the group", http.StatusOK, "Meeting cancelled", "Wednesday 2 December 2026")
	page.lacks(t, "the group", "Tuesday 1 December 2026")
	chair.post(cancel[0], url.Values{"csrf": {csrfOf(chair)}}).wants(t, "cancelling twice", http.StatusNotFound, "This meeting is not planned any more")
	// A chair is taken away as they were named.
	if a := director.submit(group+"/edit", "name", "Ofsted Steering Group", "remit", "R", "chair", ""); a.Status != http.StatusSeeOther {
		t.Fatalf("naming nobody: %d", a.Status)
	}
	chair.get(group).wants(t, "the group", http.StatusOK, "No chair is named yet.")
}

func TestAMeetingWithErrorsKeepsWhatWasTyped(t *testing.T) {
	p := run(t, t.TempDir())
	lead, _ := p.person("Lead One", workpackages.Lead)
	const plan = "/groups/" + groupOfsted + "/meetings/new"
	a := lead.submit(plan, "date-day", "31", "date-month", "2", "date-year", "2027", "time", "noonish", "place", "Room <2>")
	a.wants(t, "the form with errors", http.StatusUnprocessableEntity, `href="#date-day"`, `href="#time"`, `value="31"`, `value="noonish"`, `value="Room &lt;2&gt;"`)
	for _, fault := range soundness(a.Body) {
		t.Error(fault)
	}
	stale := lead.filled(lead.get(plan), "date-day", "8", "date-month", "12", "date-year", "2026", "place", "My room")
	if a := lead.submit(plan, "date-day", "1", "date-month", "12", "date-year", "2026", "time", "", "place", ""); a.Status != http.StatusSeeOther {
		t.Fatalf("planning: %d %s", a.Status, a.Body)
	}
	lead.post(plan, stale).wants(t, "overtaken", http.StatusConflict, "Somebody changed this while you were writing", "It meets on Tuesday 1 December 2026", `value="My room"`, `name="version" value="2"`)
}

func TestMeetingsThroughTheAPI(t *testing.T) {
	p := run(t, t.TempDir())
	const path = "/api/v1/groups/" + groupOfsted + "/meetings"
	if a := p.api(workpackages.Lead, "POST", path, map[string]any{"date": "2026-12-01"}); a.Status != http.StatusPreconditionRequired {
		t.Errorf("without a version: %d", a.Status)
	}
	if a := p.api(workpackages.Viewer, "POST", path, map[string]any{"date": "2026-12-01"}, "If-Match", `"1"`); a.Status != http.StatusForbidden {
		t.Errorf("a viewer: %d", a.Status)
	}
	if a := p.api(workpackages.Lead, "POST", "/api/v1/groups/"+groupSystem+"/meetings", map[string]any{"date": "2026-12-01"}, "If-Match", `"1"`); a.Status != http.StatusForbidden {
		t.Errorf("a lead of another group: %d", a.Status)
	}
	if a := p.api(workpackages.Lead, "POST", path, map[string]any{"date": "never", "time": "late"}, "If-Match", `"1"`); a.Status != http.StatusUnprocessableEntity || len(a.json(t)["errors"].([]any)) != 2 {
		t.Errorf("with errors: %d %s", a.Status, a.Body)
	}
	a := p.api(workpackages.Lead, "POST", path, map[string]any{"date": "2026-12-01", "time": "9am"}, "If-Match", `"1"`)
	meetings, _ := a.json(t)["meetings"].([]any)
	if a.Status != http.StatusCreated || a.Header.Get("ETag") != `"2"` || len(meetings) != 1 || meetings[0].(map[string]any)["time"] != "09:00" {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	at := path + "/" + meetings[0].(map[string]any)["id"].(string)
	late := p.api(workpackages.Lead, "DELETE", at, nil, "If-Match", `"1"`)
	if current, _ := late.json(t)["current"].(map[string]any); late.Status != http.StatusPreconditionFailed || current["version"] != 2.0 {
		t.Errorf("late: %d %s", late.Status, late.Body)
	}
	if a := p.api(workpackages.Lead, "DELETE", at, nil, "If-Match", `"2"`); a.Status != http.StatusOK || len(a.json(t)["meetings"].([]any)) != 0 {
		t.Errorf("cancelling: %d %s", a.Status, a.Body)
	}
}
