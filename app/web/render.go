package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// pages holds every page's template, parsed once; rendering only executes.
type pages map[string]*template.Template

// page is what every page is given besides its own data.
type page struct {
	Title   string // of the window; the h1 is the page's own
	Service string
	User    *workpackages.Person // nil before sign-in
	Nav     []navItem
	CSRF    string
	Errors  []formError // in the order of the form
	Done    string      // what was just done, in words
	Refresh bool        // the page may refresh its own parts
	Reload  int         // seconds after which the page loads again where there is no script; 0 for never
	Data    any
}

type navItem struct {
	URL, Text string
	Current   bool
}

func loadPages(a assets, zone *time.Location) (pages, error) {
	funcs := template.FuncMap{
		"asset":    a.url,
		"date":     func(t time.Time) string { return t.In(zone).Format("2 January 2006") },
		"datetime": func(t time.Time) string { return t.In(zone).Format("2 January 2006 at 15:04") },
		"clock":    func(t time.Time) string { return t.In(zone).Format("15:04") },
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"status":   newStatusTag,
		"fit":      newFitTag,
		"severity": newSeverityTag,
		"dict":     dict,
		"sentence": sentenceCase,
		"dot":      withDot,
		"plural":   phrase.Count,
		"longday":  longDay,
		"remarks":  newRemarks,
		"groups":   groups,
	}
	layout, err := template.New("layout").Funcs(funcs).ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	all := pages{}
	for _, name := range names {
		base := strings.TrimSuffix(path.Base(name), ".html")
		if base == "layout" {
			continue
		}
		t, err := layout.Clone()
		if err != nil {
			return nil, err
		}
		if all[base], err = t.ParseFS(templateFiles, name); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// statusTag is a status as word and colour: never colour alone.
type statusTag struct{ Word, Class string }

func newStatusTag(s workpackages.Status) statusTag {
	return statusTag{s.Short(), "app-tag--" + strings.ReplaceAll(string(s), "_", "-")}
}

// withDot ends a sentence that may have its full stop already.
func withDot(s string) string {
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// dict passes several named values to a template part.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict wants pairs")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m, nil
}

// render writes a page whole, or nothing: a template that fails half-way must
// not leave half a page under a good status.
func (s *Server) render(c *fiber.Ctx, status int, name string, p page) error {
	t, ok := s.pages[name]
	if !ok {
		return fmt.Errorf("no page is called %q", name)
	}
	if p.User = personOf(c); p.User != nil {
		p.Nav = navFor(p.User.Role, c.Path())
	}
	p.Service = serviceName
	p.CSRF = s.csrf(c)
	if len(p.Errors) > 0 {
		p.Title = "Error: " + p.Title
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", p); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Status(status).Send(b.Bytes())
}

const serviceName = "Readiness"

func navFor(role workpackages.Role, at string) []navItem {
	items := []navItem{{URL: "/", Text: "Dashboard"}, {URL: "/mine", Text: "Yours"}, {URL: "/annexa", Text: "Annexe A"}, {URL: "/comms", Text: "Communications"}, {URL: "/messages", Text: "Messages"}, {URL: "/jobs", Text: "Reminders"}}
	if slices.Contains(editors, role) {
		items = append(items, navItem{URL: "/people", Text: "People"})
	}
	under := func(url string) bool { return at == url || url != "/" && strings.HasPrefix(at, url+"/") }
	for i := range items {
		items[i].Current = under(items[i].URL) || items[i].URL == "/jobs" && slices.ContainsFunc(underReminders, under) || items[i].URL == "/messages" && under("/slack")
	}
	return items
}

// underReminders are the pages that the navigation of the reminders leads to.
var underReminders = []string{"/rules", "/calendar"}
