package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"readiness/workpackages"
)

func TestTheFirstAssistantDirectorComesInByLink(t *testing.T) {
	p := run(t, t.TempDir())
	link, err := p.Server.System.Auth.FirstLink(t.Context())
	if err != nil || link == "" {
		t.Fatal(link, err)
	}
	b := p.browser()
	a := b.submit("/link/"+link, "name", "", "email", "no address", "password", "short")
	for _, want := range []string{"Enter a name", "Enter an e-mail address in the form", "12 characters or more", `value="no address"`} {
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, want) {
			t.Errorf("a wrong form: %d without %q", a.Status, want)
		}
	}
	if strings.Contains(a.Body, "short") && strings.Contains(a.Body, `value="short"`) {
		t.Error("the password came back on the page")
	}
	if a := b.submit("/link/"+link, "name", "Alex Example", "email", "AD@example.gov.uk", "password", goodPassword); a.Status != http.StatusSeeOther {
		t.Fatalf("the right form: %d %s", a.Status, a.Body)
	}
	if a := b.get("/"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Alex Example") {
		t.Errorf("the dashboard: %d", a.Status)
	}
	if a := p.browser().get("/link/" + link); a.Status != http.StatusNotFound {
		t.Errorf("the link a second time: %d", a.Status)
	}
	if again, err := p.Server.System.Auth.FirstLink(t.Context()); again != "" || err != nil {
		t.Errorf("a second first link: %q %v", again, err)
	}
	other := p.browser()
	if a := other.submit("/sign-in", "email", "ad@example.gov.uk", "password", goodPassword); a.Status != http.StatusSeeOther {
		t.Errorf("signing in with the password: %d", a.Status)
	}
}

func TestLinksRunOutAndAreReplaced(t *testing.T) {
	p := run(t, t.TempDir())
	_, who := p.person("Somebody", workpackages.Viewer)
	older, _, err := p.Server.System.Auth.InviteLink(t.Context(), who.ID)
	if err != nil {
		t.Fatal(err)
	}
	newer, _, err := p.Server.System.Auth.InviteLink(t.Context(), who.ID)
	if err != nil {
		t.Fatal(err)
	}
	if a := p.browser().get("/link/" + older); a.Status != http.StatusNotFound {
		t.Errorf("a link that was replaced: %d", a.Status)
	}
	for range 3 { // programs that preview links
		if a := p.browser().get("/link/" + newer); a.Status != http.StatusOK {
			t.Errorf("looking at a link: %d", a.Status)
		}
	}
	p.advance(73 * time.Hour)
	if a := p.browser().get("/link/" + newer); a.Status != http.StatusNotFound {
		t.Errorf("a link after three days: %d", a.Status)
	}
}

func TestSigningOutAndSessionsThatEnd(t *testing.T) {
	p := run(t, t.TempDir())
	b, _ := p.person("Somebody", workpackages.Viewer)
	p.advance(119 * time.Minute)
	if a := b.get("/"); a.Status != http.StatusOK {
		t.Errorf("after 119 minutes: %d", a.Status)
	}
	p.advance(119 * time.Minute)
	if a := b.get("/"); a.Status != http.StatusOK {
		t.Errorf("after another 119 minutes, with a request between: %d", a.Status)
	}
	p.advance(121 * time.Minute)
	if a := b.get("/packages/" + packageSelf); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/sign-in?next="+url.QueryEscape("/packages/"+packageSelf) {
		t.Errorf("after two idle hours: %d to %s", a.Status, a.Header.Get("Location"))
	}
	a := b.submit("/sign-in?next="+url.QueryEscape("/packages/"+packageSelf), "email", "somebody@example.gov.uk", "password", goodPassword)
	if a.Status != http.StatusSeeOther {
		// the form posts to /sign-in
		a = b.submit("/sign-in", "email", "somebody@example.gov.uk", "password", goodPassword)
	}
	if a.Status != http.StatusSeeOther {
		t.Fatalf("signing in again: %d", a.Status)
	}
	out := b.post("/sign-out", url.Values{"csrf": {csrfOf(b)}})
	if out.Status != http.StatusSeeOther || b.get("/").Status != http.StatusSeeOther {
		t.Errorf("signing out: %d", out.Status)
	}
	b, who := p.person("Another", workpackages.Viewer)
	director, _ := p.person("Director", workpackages.AssistantDirector)
	if a := director.submit("/people/"+who.ID, "name", who.Name, "email", who.Email, "role", "viewer", "disabled", "yes"); a.Status != http.StatusSeeOther {
		t.Fatalf("disabling somebody: %d %s", a.Status, a.Body)
	}
	if a := b.get("/"); a.Status != http.StatusSeeOther {
		t.Errorf("somebody disabled is still in: %d", a.Status)
	}
}

func TestNextNeverLeadsAway(t *testing.T) {
	p := run(t, t.TempDir())
	p.person("Somebody", workpackages.Viewer)
	for next, want := range map[string]string{
		"/people": "/people", "https://evil.example/": "/", "//evil.example/": "/", `/\evil.example`: "/", "javascript:alert(1)": "/", "": "/",
	} {
		b := p.browser()
		form := b.filled(b.get("/sign-in"), "email", "somebody@example.gov.uk", "password", goodPassword, "next", next)
		if a := b.post("/sign-in", form); a.Header.Get("Location") != want {
			t.Errorf("next %q leads to %q", next, a.Header.Get("Location"))
		}
	}
}

func TestSignInIsThrottled(t *testing.T) {
	p := run(t, t.TempDir())
	p.person("Somebody", workpackages.Viewer)
	try := func(email, password string) answer {
		return p.browser().submit("/sign-in", "email", email, "password", password)
	}
	unknown, wrong := try("nobody@example.gov.uk", "wrong"), try("somebody@example.gov.uk", "wrong")
	const sentence = "The e-mail address or the password is not right"
	if unknown.Status != wrong.Status || !strings.Contains(unknown.Body, sentence) || !strings.Contains(wrong.Body, sentence) {
		t.Errorf("an unknown address gives %d, a wrong password %d", unknown.Status, wrong.Status)
	}
	for range 4 {
		try("somebody@example.gov.uk", "wrong")
	}
	if a := try("somebody@example.gov.uk", goodPassword); a.Status != http.StatusTooManyRequests || !strings.Contains(a.Body, "Wait 1 minute,") {
		t.Errorf("the sixth try: %d", a.Status)
	}
	p.advance(61 * time.Second)
	if a := try("somebody@example.gov.uk", goodPassword); a.Status != http.StatusSeeOther {
		t.Errorf("after the wait: %d", a.Status)
	}
}

func TestFormsWithoutTheirTokenAreRefused(t *testing.T) {
	p := run(t, t.TempDir())
	b, _ := p.person("Lead One", workpackages.Lead)
	path := "/packages/" + packageSelf + "/update"
	good := b.filled(b.get(path), "status", "green", "narrative", "n")
	other, _ := p.person("Lead Two", workpackages.Lead)
	for what, change := range map[string]func(url.Values){
		"no token":          func(v url.Values) { v.Del("csrf") },
		"a made-up token":   func(v url.Values) { v.Set("csrf", "AAAA") },
		"another's token":   func(v url.Values) { v.Set("csrf", csrfOf(other)) },
		"a visitor's token": func(v url.Values) { v.Set("csrf", csrfOf(p.browser())) },
	} {
		form, err := url.ParseQuery(good.Encode())
		if err != nil {
			t.Fatal(err)
		}
		change(form)
		if a := b.post(path, form); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d", what, a.Status)
		}
	}
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		req, err := http.NewRequest("POST", p.URL+path, strings.NewReader(good.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set(name, value)
		if a := do(t, b.client, req); a.Status != http.StatusForbidden {
			t.Errorf("%s %s: %d", name, value, a.Status)
		}
	}
	if a := b.post(path, good); a.Status != http.StatusSeeOther {
		t.Errorf("the form itself: %d", a.Status)
	}
	if a := p.browser().post("/sign-in", url.Values{"email": {"a@b"}, "password": {"x"}}); a.Status != http.StatusForbidden {
		t.Errorf("signing in without a form: %d", a.Status)
	}
}

func TestAnUpdateWithErrorsKeepsWhatWasTyped(t *testing.T) {
	p := run(t, t.TempDir())
	b, _ := p.person("Lead One", workpackages.Lead)
	path := "/packages/" + packageSelf + "/update"
	a := b.submit(path, "status", "amber", "narrative", "Typed <b>here</b>", "percent", "lots", "recovery_plan", "",
		"recovery_date-day", "31", "recovery_date-month", "2", "recovery_date-year", "2027")
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("got %d", a.Status)
	}
	for _, want := range []string{
		"<title>Error: Update status", "There is a problem", `href="#percent"`, `href="#recovery_plan"`, `href="#recovery_date-day"`,
		"Typed &lt;b&gt;here&lt;/b&gt;", `value="lots"`, `name="recovery_date-day" type="text" inputmode="numeric" value="31"`,
		`value="amber" checked`,
	} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	// The summary follows the page: the fields under amber come before narrative.
	if i, j := strings.Index(a.Body, `href="#recovery_plan"`), strings.Index(a.Body, `href="#percent"`); i > j {
		t.Error("the errors are not in the order of the page")
	}
}

func TestASecondTabIsShownWhatChanged(t *testing.T) {
	p := run(t, t.TempDir())
	one, _ := p.person("Lead One", workpackages.Lead)
	two, _ := p.person("Lead Two", workpackages.Lead)
	path := "/packages/" + packageSelf + "/update"
	stale := two.filled(two.get(path), "status", "green", "narrative", "My own words")
	if a := one.submit(path, "status", "red", "narrative", "It broke", "reason", "r", "decision", "d"); a.Status != http.StatusSeeOther {
		t.Fatalf("the first: %d", a.Status)
	}
	a := two.post(path, stale)
	for _, want := range []string{"Somebody changed this while you were writing", "Not started to Red", "It broke", "Lead One", "My own words", `name="version" value="2"`} {
		if a.Status != http.StatusConflict || !strings.Contains(a.Body, want) {
			t.Errorf("the second: %d without %q", a.Status, want)
		}
	}
	if w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t); w["status"] != "red" || w["version"] != 2.0 {
		t.Errorf("the package is %v at %v", w["status"], w["version"])
	}
	// Having read it, the second saves again.
	if a := two.post(path, two.filled(a, "status", "green", "narrative", "My own words")); a.Status != http.StatusSeeOther {
		t.Errorf("saving after reading: %d", a.Status)
	}
}

func TestADoubleClickIsOneChange(t *testing.T) {
	p := run(t, t.TempDir())
	b, _ := p.person("Lead One", workpackages.Lead)
	path := "/packages/" + packageSelf + "/update"
	form := b.filled(b.get(path), "status", "green", "narrative", "Once")
	for range 2 {
		if a := b.post(path, form); a.Status != http.StatusSeeOther {
			t.Errorf("got %d", a.Status)
		}
	}
	if w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t); w["version"] != 2.0 {
		t.Errorf("version %v", w["version"])
	}
}

func TestEveryItemCanBeAddedAndChangedInTheBrowser(t *testing.T) {
	p := run(t, t.TempDir())
	b, who := p.person("Lead One", workpackages.Lead)
	for _, c := range []struct {
		kind string
		add  []string
		edit []string
		want string
	}{
		{"milestones", []string{"title", "A milestone", "due-day", "1", "due-month", "12", "due-year", "2026"},
			[]string{"due-day", "4", "reason", "Room not free"}, "Moved from 1 December 2026 by Lead One on 24 November 2026: Room not free"},
		{"actions", []string{"title", "An action", "owner", who.ID, "due-day", "2", "due-month", "12", "due-year", "2026"},
			[]string{"done_on-day", "24", "done_on-month", "11", "done_on-year", "2026"}, "Done 24 November 2026"},
		{"evidence", []string{"title", "A paper", "location", "Shared drive", "review_by-day", "3", "review_by-month", "12", "review_by-year", "2026"},
			[]string{"location", "https://example.gov.uk/paper"}, `href="https://example.gov.uk/paper"`},
	} {
		base := "/packages/" + packageSelf + "/" + c.kind
		if a := b.submit(base+"/new", "title", ""); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s with nothing in it: %d", c.kind, a.Status)
		}
		if a := b.submit(base+"/new", c.add...); a.Status != http.StatusSeeOther {
			t.Fatalf("adding to %s: %d %s", c.kind, a.Status, a.Body)
		}
		links := regexp.MustCompile(base+`/([a-z]+-[a-z0-9]+)"`).FindAllStringSubmatch(b.get("/packages/"+packageSelf).Body, -1)
		item := base + "/" + links[len(links)-1][1]
		edit := append(append([]string{}, c.add...), c.edit...)
		if a := b.submit(item, edit...); a.Status != http.StatusSeeOther {
			t.Errorf("changing %s: %d %s", c.kind, a.Status, a.Body)
		}
		if page := b.get("/packages/" + packageSelf); !strings.Contains(page.Body, c.want) {
			t.Errorf("%s: the page lacks %q", c.kind, c.want)
		}
	}
	h := b.get("/packages/" + packageSelf + "/history").Body
	for _, want := range []string{"Milestone slipped", "Action done", "Evidence changed", "Package set up"} {
		if !strings.Contains(h, want) {
			t.Errorf("the history lacks %q", want)
		}
	}
}

// everyPage lists the pages an assistant director can open.
func everyPage(personID, milestone string) []string {
	pkg := "/packages/" + packageSelf
	return []string{
		"/", "/groups/" + groupOfsted, "/groups/" + groupOfsted + "/edit", pkg, pkg + "/history", pkg + "/update", pkg + "/edit",
		pkg + "/milestones/new", pkg + "/actions/new", pkg + "/evidence/new", pkg + "/milestones/" + milestone,
		"/mine", "/rules", "/rules/milestone-overdue", "/rules/closed", "/groups/" + groupOfsted + "/meetings/new",
		"/people", "/people/new", "/people/" + personID, "/messages", "/accessibility", "/nowhere",
		"/jobs", "/jobs/status-update-due", "/jobs/status-update-due/run", "/calendar", "/calendar?off=true", "/calendar?day=2026-12-15",
		"/messages?state=dead", "/mine/times",
		"/comms", "/comms/calendar", "/comms/audiences", "/comms/audiences/new", "/comms/audiences/members", "/comms/events", "/comms/events/publication",
		"/comms/new", "/comms/new?audience=staff&phase=embargo", "/comms/new?audience=members&phase=after", "/comms/plan-call-day-staff", "/comms/plan-call-day-staff/edit", "/comms/plan-call-day-members/history",
		"/comms/plan-after-members/briefing", "/comms/plan-after-members/mail", "/comms/plan-after-members/access", "/comms/plan-after-members/sent",
	}
}

// TestEveryPageIsSound opens every page and looks for what a screen reader and
// the content policy need.
func TestEveryPageIsSound(t *testing.T) {
	p := run(t, t.TempDir())
	b, who := p.person("Director", workpackages.AssistantDirector)
	m := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t)["milestones"].([]any)[0].(map[string]any)["id"].(string)
	bodies := map[string]string{"/sign-in": p.browser().get("/sign-in").Body}
	for _, path := range everyPage(who.ID, m) {
		a := b.get(path)
		if a.Status != http.StatusOK && path != "/nowhere" {
			t.Errorf("%s gives %d", path, a.Status)
		}
		if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s has the policy %q", path, policy)
		}
		bodies[path] = a.Body
	}
	bodies["update with errors"] = b.submit("/packages/"+packageSelf+"/update", "status", "amber").Body
	for path, body := range bodies {
		for _, fault := range soundness(body) {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

// soundness lists what is wrong with a page.
func soundness(body string) (faults []string) {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	ids, labels := map[string]int{}, map[string]bool{}
	var inputs, links []string
	h1, forms, tokens := 0, 0, 0
	last := 1
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			attr := map[string]string{}
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					faults = append(faults, "an inline "+a.Key+" on "+n.Data)
				}
			}
			if attr["id"] != "" {
				ids[attr["id"]]++
			}
			switch n.Data {
			case "html":
				if attr["lang"] == "" {
					faults = append(faults, "no language")
				}
			case "h1", "h2", "h3":
				level := int(n.Data[1] - '0')
				if level == 1 {
					h1++
				}
				if level > last+1 {
					faults = append(faults, "a heading level is jumped at "+n.Data)
				}
				last = level
			case "label":
				labels[attr["for"]] = true
			case "input", "select", "textarea":
				if attr["type"] == "hidden" {
					if attr["name"] == "csrf" && attr["value"] != "" {
						tokens++
					}
				} else {
					inputs = append(inputs, attr["id"])
				}
			case "form":
				if attr["action"] == "" {
					faults = append(faults, "a form without an action")
				}
				if attr["method"] == "post" {
					forms++
				}
			case "a":
				if strings.HasPrefix(attr["href"], "#") {
					links = append(links, attr["href"][1:])
				}
			case "script":
				if attr["src"] == "" {
					faults = append(faults, "inline script")
				}
			case "style":
				faults = append(faults, "inline style")
			case "img":
				if attr["alt"] == "" {
					faults = append(faults, "a picture without words")
				}
			}
			links = append(links, strings.Fields(attr["aria-describedby"]+" "+attr["aria-labelledby"])...)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	if h1 != 1 {
		faults = append(faults, fmt.Sprintf("%d first headings", h1))
	}
	if forms != tokens {
		faults = append(faults, fmt.Sprintf("%d forms and %d tokens", forms, tokens))
	}
	for _, id := range inputs {
		if !labels[id] {
			faults = append(faults, "no label for "+id)
		}
	}
	for _, id := range links {
		if ids[id] == 0 {
			faults = append(faults, "nothing has the id "+id)
		}
	}
	for id, n := range ids {
		if n > 1 {
			faults = append(faults, fmt.Sprintf("%d things have the id %s", n, id))
		}
	}
	if strings.Contains(body, "GDS Transport") || strings.Contains(body, "crown") || strings.Contains(body, "GOV.UK") {
		faults = append(faults, "GOV.UK's own marks")
	}
	return faults
}

func TestStaticFilesHaveNoMarksOfGOVUK(t *testing.T) {
	p := run(t, t.TempDir())
	page := p.browser().get("/sign-in").Body
	for _, m := range regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		a := p.browser().get(m[1])
		if a.Status != http.StatusOK || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %s", m[1], a.Status, a.Header.Get("Cache-Control"))
		}
		if strings.Contains(a.Body, "GDS Transport") || strings.Contains(a.Body, "@font-face") {
			t.Errorf("%s names a font that is not ours to use", m[1])
		}
	}
}

func TestUsersTextIsOnlyEverText(t *testing.T) {
	p := run(t, t.TempDir())
	const evil = `<script>alert(1)</script>{{.}}"'`
	p.api(workpackages.AssistantDirector, "PATCH", "/api/v1/workpackages/"+packageSelf, map[string]any{"title": evil, "summary": evil}, "If-Match", `"1"`)
	p.update(packageSelf, 2, "red", "reason", evil, "decision", evil)
	b, _ := p.person("Director", workpackages.AssistantDirector)
	for _, path := range []string{"/", "/packages/" + packageSelf, "/packages/" + packageSelf + "/history", "/packages/" + packageSelf + "/update"} {
		body := b.get(path).Body
		if strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert(1)") {
			t.Errorf("%s does not show the text as text", path)
		}
	}
	for _, path := range []string{"/packages/" + url.PathEscape(`{"$ne":null}`), "/groups/" + url.PathEscape(`{"$gt":""}`)} {
		if a := b.get(path); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
}

// TestWhatWasWrittenComesBackFromEveryErrorPage: a form can fail in ways that
// no second try from the same page mends.
func TestWhatWasWrittenComesBackFromEveryErrorPage(t *testing.T) {
	const words = "Two hours of careful words"
	path := "/packages/" + packageSelf + "/update"
	for what, spoil := range map[string]func(p *product, b *browser, form url.Values){
		"signed out meanwhile":   func(p *product, _ *browser, _ url.Values) { p.advance(3 * time.Hour) },
		"a form that is too old": func(_ *product, _ *browser, form url.Values) { form.Set("csrf", "old") },
		"the database away": func(p *product, _ *browser, _ url.Values) {
			if err := p.Server.System.Store.Close(background()); err != nil {
				t.Error(err)
			}
		},
	} {
		p := run(t, t.TempDir())
		b, _ := p.person("Lead One", workpackages.Lead)
		form := b.filled(b.get(path), "status", "green", "narrative", words)
		spoil(p, b, form)
		a := b.post(path, form)
		if a.Status < 400 || !strings.Contains(a.Body, words) {
			t.Errorf("%s: %d, and the words are lost", what, a.Status)
		}
		for _, fault := range soundness(a.Body) {
			t.Errorf("%s: %s", what, fault)
		}
	}
	p := run(t, t.TempDir())
	req, err := http.NewRequest("POST", p.URL+path, strings.NewReader(url.Values{"narrative": {words}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := do(t, http.DefaultClient, req); strings.Contains(a.Body, words) {
		t.Error("another site can put its words on our page")
	}
	if a := p.browser().post("/sign-in", url.Values{"password": {"open sesame"}}); strings.Contains(a.Body, "sesame") {
		t.Error("a password came back")
	}
}
