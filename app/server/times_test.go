package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"readiness/workpackages"
)

func TestPeopleChooseWhenTheyAreReminded(t *testing.T) {
	p, slack := slackFor(t, "lead.one@example.gov.uk")
	b, lead := p.person("Lead One", workpackages.Lead)
	page := b.get("/mine/times")
	has(t, "the form", page.Body, []string{`value="08:00"`, `value="18:00"`, `value="5" checked`, "waits for the next of these times", "Europe/London"}, []string{`value="6" checked`})
	for _, fault := range soundness(page.Body) {
		t.Error(fault)
	}
	form := b.filled(page, "from", "10:30", "to", "12:00")
	form["days"] = []string{"2", "4"}
	if a := b.post("/mine/times", form); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/mine/times?done=times" {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	page = b.get("/mine/times?done=times")
	has(t, "after it", page.Body, []string{"Times saved", `value="10:30"`, `value="2" checked`, `value="4" checked`}, []string{`value="1" checked`})
	// The form that was open before it is told what changed, and nothing typed is lost.
	form.Set("to", "13:00")
	form["days"] = []string{"3"}
	stale := b.post("/mine/times", form)
	has(t, "a form that is overtaken", stale.Body, []string{"Now you are reminded from 10:30 to 12:00 on Tuesday, Thursday", `value="13:00"`, `value="3" checked`}, []string{`value="2" checked`})
	if stale.Status != http.StatusConflict {
		t.Errorf("a form that is overtaken: %d", stale.Status)
	}
	bad := b.filled(page, "from", "late", "to", "25:00", "zone", "Mars/Olympus")
	bad.Del("days")
	a := b.post("/mine/times", bad)
	has(t, "what cannot be", a.Body, []string{"such as 08:00", "such as 18:00", "Choose one day at least", "Enter a time zone", `value="late"`, `href="#days"`}, []string{"checked"})
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("what cannot be: %d", a.Status)
	}
	for _, fault := range append(soundness(a.Body), soundness(stale.Body)...) {
		t.Error(fault)
	}
	// It is Tuesday 08:50: what is due waits until half past ten.
	m := letter(lead, "2026-11-24", "A milestone")
	p.post(m)
	has(t, "the message", b.get(oneURL(m.ID)).Body, []string{"Waiting", "It goes at the first moment that its reader may be disturbed: 24 November 2026 at 10:30"}, nil)
	p.advance(90 * time.Minute)
	p.deliver()
	if n := len(slack.Posts()); n != 0 {
		t.Errorf("sent %d at 10:20", n)
	}
	p.advance(11 * time.Minute)
	p.deliver()
	if n := len(slack.Posts()); n != 1 {
		t.Errorf("sent %d at 10:31", n)
	}
}

// session sends JSON as the browser's session, as a page's script or a program with
// a session does.
func (b *browser) session(method, path, body string, headers ...string) answer {
	b.p.t.Helper()
	req, err := http.NewRequestWithContext(b.p.t.Context(), method, b.p.URL+path, strings.NewReader(body))
	if err != nil {
		b.p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return do(b.p.t, b.client, req)
}

func TestPreferencesThroughTheAPIAreOnesOwn(t *testing.T) {
	p := run(t, t.TempDir())
	const path = "/api/v1/me/preferences"
	b, _ := p.person("Lead One", workpackages.Lead)
	other, _ := p.person("Lead Two", workpackages.Lead)
	hold := documented(t, p)
	a := b.session("GET", path, "")
	if a.Status != http.StatusOK || a.Header.Get("ETag") != `"0"` || a.Body != `{"zone":"","from":"08:00","to":"18:00","days":[1,2,3,4,5],"version":0}` {
		t.Fatalf("%d %s %s", a.Status, a.Header.Get("ETag"), a.Body)
	}
	hold("GET", path, a)
	const body = `{"zone":"Europe/Madrid","from":"09:00","to":"12:00","days":[5,1,5]}`
	for _, c := range []struct {
		what, body, match string
		want              int
		says              string
	}{
		{"without a version", body, "", http.StatusPreconditionRequired, "If-Match"},
		{"with no number", body, `"x"`, http.StatusBadRequest, "If-Match"},
		{"against the defaults", body, `"0"`, http.StatusOK, `"days":[1,5],"version":1`},
		{"against the defaults once more", body, `"0"`, http.StatusPreconditionFailed, `"current":{"zone":"Europe/Madrid","from":"09:00","to":"12:00","days":[1,5],"version":1}`},
		{"against what is in force", `{"from":"09:00","to":"12:00","days":[1]}`, `"1"`, http.StatusOK, `"zone":"","from":"09:00","to":"12:00","days":[1],"version":2`},
		{"against what is no longer", body, `"1"`, http.StatusPreconditionFailed, `"version":2`},
		{"no such day", `{"from":"09:00","to":"12:00","days":[7]}`, `"2"`, http.StatusUnprocessableEntity, `"field":"days"`},
		{"no such time", `{"from":"9","to":"12:00","days":[1]}`, `"2"`, http.StatusUnprocessableEntity, `"field":"from"`},
		{"days that are no list", `{"from":"09:00","to":"12:00","days":"1"}`, `"2"`, http.StatusUnprocessableEntity, `Send a list, not a string`},
		{"a field there is not", `{"person":"somebody"}`, `"2"`, http.StatusUnprocessableEntity, `"field":"person"`},
	} {
		var headers []string
		if c.match != "" {
			headers = []string{"If-Match", c.match}
		}
		a := b.session("PUT", path, c.body, headers...)
		hold("PUT", path, a)
		if a.Status != c.want || !strings.Contains(a.Body, c.says) {
			t.Errorf("%s: %d %s", c.what, a.Status, a.Body)
		}
		if a.Status == http.StatusOK && a.Header.Get("ETag") == "" {
			t.Errorf("%s: no ETag", c.what)
		}
	}
	if a := other.session("GET", path, ""); !strings.Contains(a.Body, `"version":0`) {
		t.Errorf("somebody else has them: %s", a.Body)
	}
	if a := p.api(workpackages.Lead, "GET", path, nil); a.Status != http.StatusNotFound || !strings.Contains(a.Body, "A token is nobody") {
		t.Errorf("a token: %d %s", a.Status, a.Body)
	}
}

// TestMessagesInABrowserAtBothWidths looks at a ledger in which everything happens.
