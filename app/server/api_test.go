package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"readiness/workpackages"
)

func TestTheAPIShowsTheStartingPlan(t *testing.T) {
	p := run(t, t.TempDir())
	groups := p.api(workpackages.Viewer, "GET", "/api/v1/groups", nil).json(t)["groups"].([]any)
	if len(groups) != 3 {
		t.Fatalf("%d groups", len(groups))
	}
	for _, g := range groups {
		g := g.(map[string]any)
		if len(g["workpackages"].([]any)) != 2 || g["remit"] == "" {
			t.Errorf("group %v has %v", g["name"], g["workpackages"])
		}
	}
	packages := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages", nil).json(t)["workpackages"].([]any)
	if len(packages) != 6 {
		t.Fatalf("%d packages", len(packages))
	}
	one := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageData, nil)
	if one.Header.Get("ETag") != `"1"` || one.json(t)["status"] != "not_started" || len(one.json(t)["milestones"].([]any)) < 3 {
		t.Errorf("ETag %s of %s", one.Header.Get("ETag"), one.Body)
	}
	if r := p.api(workpackages.Viewer, "GET", "/api/v1/readiness", nil).json(t); r["total"] != 6.0 || r["overdue"] != 0.0 {
		t.Errorf("readiness is %v", r)
	}
}

func TestEachStatusDemandsWhatItSays(t *testing.T) {
	p := run(t, t.TempDir())
	long := strings.Repeat("x", 3001)
	for _, c := range []struct {
		what   string
		body   map[string]any
		fields string // of the errors, in order; "" for none
	}{
		{"no status", map[string]any{"narrative": "n"}, "status"},
		{"an unknown status", map[string]any{"status": "purple", "narrative": "n"}, "status"},
		{"no narrative", map[string]any{"status": "green"}, "narrative"},
		{"an over-long narrative", map[string]any{"status": "green", "narrative": long}, "narrative"},
		{"control characters", map[string]any{"status": "green", "narrative": "a\x00b"}, "narrative"},
		{"amber without a plan", map[string]any{"status": "amber", "narrative": "n"}, "recovery_plan recovery_date"},
		{"amber with a past date", map[string]any{"status": "amber", "narrative": "n", "recovery_plan": "p", "recovery_date": "2026-11-23"}, "recovery_date"},
		{"amber with a date that is none", map[string]any{"status": "amber", "narrative": "n", "recovery_plan": "p", "recovery_date": "31/02/2027"}, "recovery_date"},
		{"red without a reason", map[string]any{"status": "red", "narrative": "n"}, "reason decision"},
		{"blue without evidence", map[string]any{"status": "blue", "narrative": "n"}, "status"},
		{"101 per cent", map[string]any{"status": "green", "narrative": "n", "percent": 101}, "percent"},
		{"a percent in words", map[string]any{"status": "green", "narrative": "n", "percent": "ten"}, "percent"},
		{"an unknown field", map[string]any{"status": "green", "narrative": "n", "colour": "green"}, "colour"},
	} {
		a := p.api(workpackages.AssistantDirector, "POST", "/api/v1/workpackages/"+packageSelf+"/updates", c.body, "If-Match", `"1"`)
		var fields []string
		for _, e := range a.json(t)["errors"].([]any) {
			fields = append(fields, e.(map[string]any)["field"].(string))
		}
		if a.Status != http.StatusUnprocessableEntity || strings.Join(fields, " ") != c.fields {
			t.Errorf("%s: %d with errors on %q", c.what, a.Status, fields)
		}
		if a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s came as %s", c.what, a.Header.Get("Content-Type"))
		}
	}
	if v := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t)["version"]; v != 1.0 {
		t.Fatalf("refused updates left version %v", v)
	}
	for i, c := range [][]string{
		{"green"}, {"amber", "recovery_plan", "p", "recovery_date", "2026-12-24"}, {"red", "reason", "r", "decision", "d"}, {"paused"}, {"not_started"},
	} {
		if a := p.update(packageSelf, i+1, c[0], c[1:]...); a.Status != http.StatusCreated || a.Header.Get("ETag") != fmt.Sprintf("%q", fmt.Sprint(i+2)) {
			t.Errorf("%s gave %d %s: %s", c[0], a.Status, a.Header.Get("ETag"), a.Body)
		}
	}
	h := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf+"/history?limit=2", nil).json(t)
	if entries := h["history"].([]any); len(entries) != 2 || entries[0].(map[string]any)["version"] != 6.0 || h["before"] != 5.0 {
		t.Errorf("the history begins %v", h)
	}
}

func TestBlueIsSignedOffBySomeoneOtherThanTheOwner(t *testing.T) {
	p := run(t, t.TempDir())
	lead, owner := p.person("Lead One", workpackages.Lead)
	if a := p.api(workpackages.Lead, "PATCH", "/api/v1/workpackages/"+packageSelf, map[string]any{"owner": owner.Email}, "If-Match", `"1"`); a.Status != http.StatusOK || a.json(t)["owner"] != owner.ID {
		t.Fatalf("naming an owner gave %d: %s", a.Status, a.Body)
	}
	e := p.api(workpackages.Lead, "POST", "/api/v1/workpackages/"+packageSelf+"/evidence", map[string]any{"title": "Minutes", "location": "https://example.gov.uk/minutes"}, "If-Match", `"2"`)
	if e.Status != http.StatusCreated || e.json(t)["version"] != 3.0 {
		t.Fatalf("adding evidence gave %d: %s", e.Status, e.Body)
	}
	a := lead.submit("/packages/"+packageSelf+"/update", "status", "blue", "narrative", "Done")
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "someone else must sign it off") {
		t.Errorf("the owner's own sign-off gave %d", a.Status)
	}
	other, _ := p.person("Director", workpackages.AssistantDirector)
	if a := other.submit("/packages/"+packageSelf+"/update", "status", "blue", "narrative", "Seen and agreed"); a.Status != http.StatusSeeOther {
		t.Errorf("another's sign-off gave %d: %s", a.Status, a.Body)
	}
	if w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t); w["status"] != "blue" || w["signed_off_by"] != "Director" || w["percent"] != 100.0 {
		t.Errorf("the package is %v, signed off by %v", w["status"], w["signed_off_by"])
	}
}

func TestWritesNeedTheVersionTheyWereMadeAgainst(t *testing.T) {
	p := run(t, t.TempDir())
	path := "/api/v1/workpackages/" + packageSelf + "/updates"
	body := map[string]any{"status": "green", "narrative": "first"}
	if a := p.api(workpackages.Lead, "POST", path, body); a.Status != http.StatusPreconditionRequired {
		t.Errorf("without If-Match: %d", a.Status)
	}
	if a := p.api(workpackages.Lead, "POST", path, body, "If-Match", "seven"); a.Status != http.StatusBadRequest {
		t.Errorf("with a strange If-Match: %d", a.Status)
	}
	if a := p.api(workpackages.Lead, "POST", path, body, "If-Match", `"1"`); a.Status != http.StatusCreated {
		t.Fatalf("the first write: %d %s", a.Status, a.Body)
	}
	a := p.api(workpackages.Lead, "POST", path, map[string]any{"status": "green", "narrative": "second"}, "If-Match", `"1"`)
	current, _ := a.json(t)["current"].(map[string]any)
	if a.Status != http.StatusPreconditionFailed || current["version"] != 2.0 || current["narrative"] != "first" {
		t.Errorf("a stale write: %d with %v", a.Status, current)
	}
	if w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t); w["narrative"] != "first" {
		t.Errorf("the stale write is there: %v", w["narrative"])
	}
}

func TestOfManyWritersOneWinsEachVersion(t *testing.T) {
	p := run(t, t.TempDir())
	p.token(workpackages.AssistantDirector)
	var mu sync.Mutex
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			a := p.update(packageSelf, 1, "green")
			mu.Lock()
			defer mu.Unlock()
			statuses[a.Status]++
		})
	}
	wg.Wait()
	if statuses[http.StatusCreated] != 1 || statuses[http.StatusPreconditionFailed] != 19 {
		t.Errorf("the writers got %v", statuses)
	}
}

func TestARetriedWriteChangesNothingMore(t *testing.T) {
	p := run(t, t.TempDir())
	path := "/api/v1/workpackages/" + packageSelf
	write := func(key string) answer {
		return p.api(workpackages.Lead, "POST", path+"/updates", map[string]any{"status": "green", "narrative": "n"}, "If-Match", `"1"`, "Idempotency-Key", key)
	}
	first := write("abc")
	again := write("abc")
	if first.Status != http.StatusCreated || again.Status != http.StatusCreated || first.Body != again.Body {
		t.Errorf("first %d %s, again %d %s", first.Status, first.Body, again.Status, again.Body)
	}
	if a := write("other"); a.Status != http.StatusPreconditionFailed {
		t.Errorf("another key: %d", a.Status)
	}
	item := func() answer {
		return p.api(workpackages.Lead, "POST", path+"/milestones", map[string]any{"title": "M", "due": "2027-01-29"}, "If-Match", `"2"`, "Idempotency-Key", "m")
	}
	a, b := item(), item()
	if a.Status != http.StatusCreated || a.json(t)["id"] != b.json(t)["id"] {
		t.Errorf("a milestone added twice with one key: %s and %s", a.Body, b.Body)
	}
	if w := p.api(workpackages.Viewer, "GET", path, nil).json(t); w["version"] != 3.0 {
		t.Errorf("the package is at version %v", w["version"])
	}
}

func TestAMilestoneKeepsEveryDateItHad(t *testing.T) {
	p := run(t, t.TempDir())
	path := "/api/v1/workpackages/" + packageSelf
	m := p.api(workpackages.Lead, "POST", path+"/milestones", map[string]any{"title": "M", "due": "2026-12-10"}, "If-Match", `"1"`).json(t)
	item := path + "/milestones/" + m["id"].(string)
	if a := p.api(workpackages.Lead, "PATCH", item, map[string]any{"due": "2027-01-10"}, "If-Match", `"2"`); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a date moved without a reason: %d", a.Status)
	}
	p.api(workpackages.Lead, "PATCH", item, map[string]any{"due": "2027-01-10", "reason": "Auditor away"}, "If-Match", `"2"`)
	p.api(workpackages.Lead, "PATCH", item, map[string]any{"due": "2026-12-20", "reason": "Back early"}, "If-Match", `"3"`)
	got := p.api(workpackages.Lead, "PATCH", item, map[string]any{"done_on": "2026-11-24"}, "If-Match", `"4"`).json(t)
	if got["slips"] != 1.0 || got["first_due"] != "2026-12-10" || got["due"] != "2026-12-20" || len(got["baselines"].([]any)) != 3 || got["done_on"] != "2026-11-24" {
		t.Errorf("the milestone is %v", got)
	}
	if a := p.api(workpackages.Lead, "PATCH", path+"/milestones/none", map[string]any{"title": "x"}, "If-Match", `"5"`); a.Status != http.StatusNotFound {
		t.Errorf("a milestone that is not there: %d", a.Status)
	}
}

func TestThePastCanBeRead(t *testing.T) {
	p := run(t, t.TempDir())
	p.update(packageSelf, 1, "green")
	p.advance(48 * 3600e9)
	p.update(packageSelf, 2, "red", "reason", "r", "decision", "d")
	for at, want := range map[string]string{"2026-11-24": "green", "2026-11-26": "red", "2026-11-25T00:00:00Z": "green"} {
		if w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf+"?as_at="+at, nil).json(t); w["status"] != want {
			t.Errorf("as at %s the package is %v", at, w["status"])
		}
		r := p.api(workpackages.Viewer, "GET", "/api/v1/readiness?as_at="+at, nil).json(t)
		if n := r["statuses"].(map[string]any)[want]; n != 1.0 {
			t.Errorf("as at %s %v packages are %s", at, n, want)
		}
	}
	if a := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf+"?as_at=2026-11-23", nil); a.Status != http.StatusNotFound {
		t.Errorf("before it existed: %d", a.Status)
	}
	if a := p.api(workpackages.Viewer, "GET", "/api/v1/readiness?as_at=yesterday", nil); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a day that is none: %d", a.Status)
	}
}

func TestListsOfPackagesCanBeNarrowed(t *testing.T) {
	p := run(t, t.TempDir())
	p.update(packageSelf, 1, "green")
	p.advance(21 * 24 * 3600e9) // 15 working days: those never updated are stale
	count := func(query string) int {
		return len(p.api(workpackages.Viewer, "GET", "/api/v1/workpackages"+query, nil).json(t)["workpackages"].([]any))
	}
	for query, want := range map[string]int{"": 6, "?status=green": 1, "?group=" + groupOfsted: 2, "?stale=true": 6, "?stale=false": 0, "?group=none": 0} {
		if got := count(query); got != want {
			t.Errorf("%q gives %d, not %d", query, got, want)
		}
	}
	if a := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages?status=purple", nil); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown status: %d", a.Status)
	}
}

func TestBodiesThatAreNoJSON(t *testing.T) {
	p := run(t, t.TempDir())
	for what, c := range map[string]struct {
		kind, body string
		want       int
	}{
		"a form":      {"application/x-www-form-urlencoded", "status=green", http.StatusUnsupportedMediaType},
		"nothing":     {"application/json", "", http.StatusBadRequest},
		"broken JSON": {"application/json", "{", http.StatusBadRequest},
		"two values":  {"application/json", "{}{}", http.StatusBadRequest},
		"a huge body": {"application/json", `{"narrative":"` + strings.Repeat("x", 300<<10) + `"}`, http.StatusRequestEntityTooLarge},
		"a list":      {"application/json", "[]", http.StatusBadRequest},
	} {
		req, err := http.NewRequest("POST", p.URL+"/api/v1/workpackages/"+packageSelf+"/updates", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+p.token(workpackages.Lead))
		req.Header.Set("If-Match", `"1"`)
		req.Header.Set("Content-Type", c.kind)
		if a := do(t, http.DefaultClient, req); a.Status != c.want {
			t.Errorf("%s: %d %s", what, a.Status, a.Body)
		}
	}
}
