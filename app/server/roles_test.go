package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"readiness/workpackages"
)

var param = regexp.MustCompile(`:(\w+)`)

// concrete fills in a route's parameters with things that are there.
func concrete(path string) string {
	return param.ReplaceAllStringFunc(path, func(p string) string {
		switch {
		case p == ":id" && strings.HasPrefix(path, "/groups"):
			return groupOfsted
		case p == ":id" && strings.HasPrefix(path, "/people"):
			return "nobody"
		case p == ":id":
			return packageSelf
		case p == ":kind":
			return "milestones"
		case p == ":name":
			return "clean-up"
		}
		return "none"
	})
}

// theDomainSays are the routes that the table opens to more than may use them, as it
// depends on the group's chair or on being a person. See TestWhoPlansMeetings and
// TestATokenHasNothingToAnswer.
var theDomainSays = map[string]bool{
	"GET /groups/:id/meetings/new": true, "POST /groups/:id/meetings/new": true, "POST /groups/:id/meetings/:meeting/cancel": true,
	"POST /api/v1/groups/:id/meetings": true, "DELETE /api/v1/groups/:id/meetings/:meeting": true,
	"GET /api/v1/me/reminders": true, "POST /api/v1/me/responses": true,
}

// TestEveryRouteIsOpenToItsRolesAndToNobodyElse walks the table as everybody.
func TestEveryRouteIsOpenToItsRolesAndToNobodyElse(t *testing.T) {
	p := run(t, t.TempDir())
	browsers := map[workpackages.Role]*browser{"": p.browser()}
	for _, r := range workpackages.Roles() {
		browsers[r], _ = p.person("Some "+r.Label(), r)
	}
	for _, row := range p.Server.Web().Access() {
		path := concrete(row.Path)
		api := strings.HasPrefix(path, "/api/")
		for _, role := range append([]workpackages.Role{""}, workpackages.Roles()...) {
			if path == "/sign-out" && role != "" {
				continue // it would sign the browser out; TestSigningOut has it
			}
			var a answer
			switch {
			case api:
				a = p.api(role, row.Method, path, map[string]any{}, "If-Match", `"1"`)
			case row.Method == "GET":
				a = browsers[role].get(path)
			default:
				form := url.Values{"csrf": {csrfOf(browsers[role])}}
				a = browsers[role].post(path, form)
			}
			refused := a.Status == http.StatusForbidden || a.Status == http.StatusUnauthorized ||
				!api && a.Status == http.StatusSeeOther && strings.HasPrefix(a.Header.Get("Location"), "/sign-in")
			allowed := row.Roles == nil || slices.Contains(row.Roles, role)
			if allowed && refused && role != "" && theDomainSays[row.Method+" "+row.Path] && a.Status == http.StatusForbidden {
				refused = false
			}
			if allowed && refused || !allowed && !refused {
				t.Errorf("%s %s as %q: %d, allowed %v", row.Method, row.Path, role, a.Status, allowed)
			}
			if a.Status >= 500 {
				t.Errorf("%s %s as %q: %d %s", row.Method, row.Path, role, a.Status, a.Body)
			}
		}
	}
}

// csrfOf gives a token for the browser's forms from any page that has one.
func csrfOf(b *browser) string {
	page := b.get("/")
	if page.Status != http.StatusOK {
		page = b.get("/sign-in")
	}
	m := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(page.Body)
	if m == nil {
		return ""
	}
	return m[1]
}

// TestEveryRouteIsInTheTable looks for what answers without a row.
func TestEveryRouteIsInTheTable(t *testing.T) {
	p := run(t, t.TempDir())
	rows := map[string]bool{"GET /static/*": true}
	for _, r := range p.Server.Web().Access() {
		rows[r.Method+" "+r.Path] = true
	}
	for _, r := range p.Server.Web().App.GetRoutes(true) {
		if r.Method != "HEAD" && !rows[r.Method+" "+r.Path] {
			t.Errorf("%s %s answers and is not in the table", r.Method, r.Path)
		}
	}
}

// TestWhoMayChangeWhat says in words what the table must come to.
func TestWhoMayChangeWhat(t *testing.T) {
	p := run(t, t.TempDir())
	update := func(r workpackages.Role, id string) int {
		w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+id, nil)
		return p.api(r, "POST", "/api/v1/workpackages/"+id+"/updates", map[string]any{"status": "green", "narrative": "n"}, "If-Match", w.Header.Get("ETag")).Status
	}
	for _, c := range []struct {
		role workpackages.Role
		id   string
		want int
	}{
		{workpackages.AssistantDirector, packageSelf, http.StatusCreated},
		{workpackages.AssistantDirector, packageData, http.StatusCreated},
		{workpackages.Lead, packageSelf, http.StatusCreated},
		{workpackages.Lead, packageData, http.StatusForbidden},
		{workpackages.Comms, packageSelf, http.StatusForbidden},
		{workpackages.Analyst, packageData, http.StatusForbidden},
		{workpackages.Viewer, packageSelf, http.StatusForbidden},
	} {
		if got := update(c.role, c.id); got != c.want {
			t.Errorf("%s on %s: %d, not %d", c.role, c.id, got, c.want)
		}
	}
	lead, _ := p.person("Lead One", workpackages.Lead)
	for _, path := range []string{"/packages/" + packageData + "/update", "/packages/" + packageData + "/edit", "/packages/" + packageData + "/milestones/new", "/people/new", "/groups/" + groupOfsted + "/edit"} {
		if a := lead.get(path); a.Status != http.StatusForbidden {
			t.Errorf("a lead's %s: %d", path, a.Status)
		}
	}
	if a := lead.get("/packages/" + packageData); a.Status != http.StatusOK || strings.Contains(a.Body, "/packages/"+packageData+"/update") {
		t.Errorf("another group's package: %d, or it offers to be changed", a.Status)
	}
}

func TestTokensThatDoNotWork(t *testing.T) {
	p := run(t, t.TempDir())
	for what, header := range map[string]string{
		"a made-up token": "Bearer rdy_AAAA", "another scheme": "Basic YTpi", "no prefix": "Bearer abc", "a filter": `Bearer {"$ne":""}`, "a long one": "Bearer rdy_" + strings.Repeat("A", 5000),
	} {
		req, err := http.NewRequest("GET", p.URL+"/api/v1/groups", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", header)
		if a := do(t, http.DefaultClient, req); a.Status != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %d", what, a.Status)
		}
	}
	token := p.token(workpackages.Viewer)
	all, err := p.Server.System.Store.Tokens(t.Context())
	if err != nil || len(all) != 1 || strings.Contains(all[0].ID, token) {
		t.Fatalf("%v %v", all, err)
	}
	if err := p.Server.System.Auth.DisableToken(t.Context(), all[0].ShortID); err != nil {
		t.Fatal(err)
	}
	if a := p.api(workpackages.Viewer, "GET", "/api/v1/groups", nil); a.Status != http.StatusUnauthorized {
		t.Errorf("a token that was switched off: %d", a.Status)
	}
}
