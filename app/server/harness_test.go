package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"readiness/app/server"
	"readiness/config"
	"readiness/workpackages"
)

// start is a Tuesday; clocks of tests begin there.
var start = time.Date(2026, 11, 24, 8, 50, 0, 0, time.UTC)

// product is a running product of a test's own.
type product struct {
	t      testing.TB
	Server *server.Server
	URL    string
	Log    *syncBuffer
	mu     sync.Mutex
	now    time.Time
	tokens map[string]string
}

// syncBuffer is a log that can be read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (p *product) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// advance moves the product's clock.
func (p *product) advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// run starts a product in a folder; env are pairs of settings.
func run(t testing.TB, dir string, env ...string) *product {
	t.Helper()
	return runWith(t, dir, server.Options{}, env...)
}

// runWith starts a product with options of the test's own.
func runWith(t testing.TB, dir string, o server.Options, env ...string) *product {
	t.Helper()
	settings := map[string]string{"ADDR": "127.0.0.1:0", "DATA_DIR": dir}
	for i := 0; i < len(env); i += 2 {
		settings[env[i]] = env[i+1]
	}
	cfg, err := config.Load(func(name string) string { return settings[name] })
	if err != nil {
		t.Fatal(err)
	}
	p := &product{t: t, now: start, Log: &syncBuffer{}, tokens: map[string]string{}}
	o.Config, o.Now, o.Version = cfg, p.clock, "test"
	o.Log = slog.New(slog.NewTextHandler(p.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p.Server, err = server.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	p.Server.Start()
	p.URL = "http://" + p.Server.Addr()
	t.Cleanup(func() {
		if err := p.Server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

const (
	groupOfsted  = "ofsted-steering-group"
	groupSystem  = "system-and-performance-core-group"
	packageSelf  = "self-evaluation-and-evidence"
	packageData  = "annexe-a-data-quality"
	goodPassword = "copper kettle thirteen"
)

// groupFor is the group a role needs.
func groupFor(r workpackages.Role) string {
	if r == workpackages.Lead {
		return groupOfsted
	}
	return ""
}

// token gives a bearer token for a role; leads lead the Ofsted Steering Group.
func (p *product) token(r workpackages.Role) string {
	p.t.Helper()
	if p.tokens[string(r)] == "" {
		text, _, err := p.Server.System.Auth.CreateToken(p.t.Context(), r.Label()+" Example", r, groupFor(r))
		if err != nil {
			p.t.Fatal(err)
		}
		p.tokens[string(r)] = text
	}
	return p.tokens[string(r)]
}

// answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(a.Body), &m); err != nil {
		t.Fatalf("%d: %v in %s", a.Status, err, a.Body)
	}
	return m
}

// api sends JSON as a role; headers are pairs.
func (p *product) api(r workpackages.Role, method, path string, body any, headers ...string) answer {
	p.t.Helper()
	var reader io.Reader
	if body != nil {
		j, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		reader = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.URL+path, reader)
	if err != nil {
		p.t.Fatal(err)
	}
	if r != "" {
		req.Header.Set("Authorization", "Bearer "+p.token(r))
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return do(p.t, http.DefaultClient, req)
}

func do(t testing.TB, c *http.Client, req *http.Request) answer {
	t.Helper()
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// browser is somebody with a cookie jar and no JavaScript.
type browser struct {
	p      *product
	client *http.Client
}

func (p *product) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return &browser{p, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// person adds somebody with a role and gives a browser signed in as them.
func (p *product) person(name string, r workpackages.Role) (*browser, workpackages.Person) {
	p.t.Helper()
	ctx := p.t.Context()
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.gov.uk"
	who, err := p.Server.System.Packages.AddPerson(ctx, workpackages.System(), workpackages.Person{Name: name, Email: email, Role: r, GroupID: groupFor(r)})
	if err != nil {
		p.t.Fatal(err)
	}
	link, _, err := p.Server.System.Auth.InviteLink(ctx, who.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	b := p.browser()
	if a := b.submit("/link/"+link, "password", goodPassword); a.Status != http.StatusSeeOther {
		p.t.Fatalf("signing in gave %d: %s", a.Status, a.Body)
	}
	return b, who
}

func (b *browser) get(path string) answer {
	b.p.t.Helper()
	req, err := http.NewRequestWithContext(b.p.t.Context(), http.MethodGet, b.p.URL+path, nil)
	if err != nil {
		b.p.t.Fatal(err)
	}
	return do(b.p.t, b.client, req)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// submit opens a page's form, fills it in and posts it, as a browser would:
// hidden inputs come along.
func (b *browser) submit(path string, pairs ...string) answer {
	b.p.t.Helper()
	page := b.get(path)
	if page.Status != http.StatusOK {
		b.p.t.Fatalf("%s gave %d: %s", path, page.Status, page.Body)
	}
	return b.post(path, b.filled(page, pairs...))
}

// filled gives the form of a page with values put in.
func (b *browser) filled(page answer, pairs ...string) url.Values {
	form := url.Values{}
	body := page.Body
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		if form.Get(m[1]) == "" {
			form.Set(m[1], m[2])
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func (b *browser) post(path string, form url.Values) answer {
	b.p.t.Helper()
	req, err := http.NewRequestWithContext(b.p.t.Context(), http.MethodPost, b.p.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(b.p.t, b.client, req)
}

// update posts a status update through the API and gives the new version.
func (p *product) update(id string, version int, status string, more ...string) answer {
	p.t.Helper()
	body := map[string]any{"status": status, "narrative": "What has changed"}
	for i := 0; i < len(more); i += 2 {
		body[more[i]] = more[i+1]
	}
	return p.api(workpackages.AssistantDirector, "POST", "/api/v1/workpackages/"+id+"/updates", body, "If-Match", fmt.Sprintf("%q", fmt.Sprint(version)))
}

func background() context.Context { return context.Background() }
