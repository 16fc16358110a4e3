package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"readiness/app/server"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// raw posts a body as it is, with a browser's cookies; headers are pairs.
func (b *browser) raw(path, contentType string, body io.Reader, headers ...string) answer {
	b.p.t.Helper()
	req, err := http.NewRequestWithContext(b.p.t.Context(), http.MethodPost, b.p.URL+path, body)
	if err != nil {
		b.p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return do(b.p.t, b.client, req)
}

func TestForgedUploadsAreRefused(t *testing.T) {
	var ran atomic.Int32
	p := checked(t, func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) {
		ran.Add(1)
		return faulty(), nil
	})
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	file := part{"file", "a.csv", someList}
	good := part{"csrf", "", csrfOf(b)}
	for what, c := range map[string]struct {
		path    string
		parts   []part
		headers []string
	}{
		"no token":                           {"/annexa/checks", []part{{"as_of", "", "2026-11-23"}, file}, nil},
		"another's token":                    {"/annexa/checks", []part{{"csrf", "", "made up"}, {"as_of", "", "2026-11-23"}, file}, nil},
		"the token after the file":           {"/annexa/checks", []part{{"as_of", "", "2026-11-23"}, file, good}, nil},
		"from another site":                  {"/annexa/checks", []part{good, {"as_of", "", "2026-11-23"}, file}, []string{"Sec-Fetch-Site", "cross-site"}},
		"a session at the API, as a form is": {"/api/v1/annexa/checks", []part{{"as_of", "", "2026-11-23"}, file}, nil},
		"the API from another site":          {"/api/v1/annexa/checks", []part{{"as_of", "", "2026-11-23"}, file}, []string{"X-Requested-With", "x", "Origin", "https://evil.example"}},
	} {
		contentType, body := multi(c.parts...)
		if a := b.raw(c.path, contentType, bytes.NewReader(body), c.headers...); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d", what, a.Status)
		}
	}
	if ran.Load() != 0 {
		t.Errorf("%d forged uploads were checked", ran.Load())
	}
	contentType, body := multi(part{"as_of", "", "2026-11-23"}, file)
	if a := b.raw("/api/v1/annexa/checks", contentType, bytes.NewReader(body), "X-Requested-With", "readiness"); a.Status != http.StatusCreated {
		t.Errorf("a session of this site at the API: %d %s", a.Status, a.Body)
	}
}

func TestUploadsThatSayTooLittle(t *testing.T) {
	p := checked(t, gives(faulty()))
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	for what, c := range map[string]struct {
		parts  []part
		status int
		says   string
	}{
		"no file":             {[]part{{"file", "", ""}}, 422, "Choose the workbook or the files"},
		"a day that is none":  {[]part{{"as_of-day", "", "31"}, {"file", "a.csv", someList}}, 422, ""},
		"too many files":      {slicesOf(33, part{"file", "a.csv", "x"}), 413, "more than the 32 files"},
		"too many inputs":     {slicesOf(80, part{"x", "", "x"}), 413, "too many parts"},
		"a very long input":   {[]part{{"x", "", strings.Repeat("x", 1000)}}, 413, "more text than its questions"},
		"a form that is none": {nil, 422, "Choose the workbook"},
	} {
		a := b.upload(c.parts...)
		if what == "a day that is none" { // the first box wins: 23 November stands
			c.status = http.StatusSeeOther
		}
		if a.Status != c.status || !strings.Contains(a.Body, c.says) {
			t.Errorf("%s: %d, and it does not say %q", what, a.Status, c.says)
		}
	}
	for day, says := range map[string]string{"": "Enter the day the lists were made, such as", "31/2/2026": "as a real date", "2026-11-25": "today or earlier"} {
		a := p.sent(workpackages.Analyst, part{"as_of", "", day}, part{"file", "a.csv", someList})
		if a.Status != 422 || !strings.Contains(a.Body, says) || !strings.Contains(a.Body, `"field":"as_of"`) {
			t.Errorf("as_of %q: %d %s", day, a.Status, a.Body)
		}
	}
	if a := b.raw("/annexa/checks", "application/x-www-form-urlencoded", strings.NewReader("csrf=x")); a.Status != http.StatusUnsupportedMediaType {
		t.Errorf("a form without files: %d", a.Status)
	}
	contentType, body := multi(part{"as_of", "", "2026-11-23"})
	if a := b.raw("/annexa/checks", contentType, bytes.NewReader(body), "Content-Encoding", "gzip"); a.Status != http.StatusUnsupportedMediaType {
		t.Errorf("a compressed form: %d", a.Status)
	}
}

func slicesOf(n int, p part) (out []part) {
	for range n {
		out = append(out, p)
	}
	return out
}

func TestAFileThatCannotBeReadSaysWhichAndWhatToDo(t *testing.T) {
	p := checked(t, func(_ context.Context, s []annexa.Source, _ annexa.Options) (*annexa.Report, error) {
		return nil, &annexa.ReadError{File: s[0].Name, Sentence: "The workbook is damaged or cut short. Open it in Excel, save it again, and try again"}
	})
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	other, _ := p.person("Some Viewer", workpackages.Viewer)
	path, a := b.result(part{"file", "broken.xlsx", someList})
	if a.Status != 422 || !strings.Contains(a.Body, "broken.xlsx") || !strings.Contains(a.Body, "damaged or cut short") || !strings.Contains(a.Body, `href="/annexa/check"`) {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if o := other.get(path); strings.Contains(o.Body, "broken.xlsx") || !strings.Contains(o.Body, "could not be read") {
		t.Error("somebody else is told the file's name, or nothing")
	}
	api := p.sent(workpackages.Analyst, part{"as_of", "", "2026-11-23"}, part{"file", "broken.xlsx", someList})
	if api.Status != 422 || !strings.Contains(api.Body, `"field":"file"`) || !strings.Contains(api.Body, "damaged or cut short") {
		t.Errorf("the API: %d %s", api.Status, api.Body)
	}
	if v := p.api(workpackages.Viewer, "GET", "/api/v1/annexa/checks", nil).json(t); len(v["checks"].([]any)) != 0 {
		t.Error("a check that failed was recorded")
	}
	if strings.Contains(p.Log.String(), "broken.xlsx") {
		t.Error("the log names a file")
	}
}

func TestFilesWithoutAListAreRefusedAndNotRecorded(t *testing.T) {
	p := checked(t, annexa.Check)
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	staff := part{"file", "staff.csv", "Name,Phone\nA. Clerk,01234\n"}
	if _, a := b.result(staff); a.Status != 422 || !strings.Contains(a.Body, "No list of Annexe A was found") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	api := p.sent(workpackages.Analyst, part{"as_of", "", "2026-11-23"}, staff)
	if api.Status != 422 || !strings.Contains(api.Body, `"field":"file"`) || !strings.Contains(api.Body, "No list of Annexe A was found") {
		t.Errorf("the API: %d %s", api.Status, api.Body)
	}
	if v := p.api(workpackages.Viewer, "GET", "/api/v1/annexa/checks", nil).json(t); len(v["checks"].([]any)) != 0 {
		t.Error("a check without a list was recorded")
	}
}

func TestAPanicInACheckIsAnErrorAndSaysNothingOfTheFile(t *testing.T) {
	p := checked(t, func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) {
		panic("a cell holds Jane Doe")
	})
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	_, a := b.result()
	if a.Status != 500 || !strings.Contains(a.Body, "Something went wrong on our side") || strings.Contains(a.Body, "Jane Doe") || strings.Contains(p.Log.String(), "Jane Doe") {
		t.Errorf("%d: the page or the log has what the panic said", a.Status)
	}
	if a := b.get("/annexa"); a.Status != http.StatusOK {
		t.Errorf("afterwards: %d", a.Status)
	}
}

func TestAnUploadThatStopsHalfWayIsNotChecked(t *testing.T) {
	var ran atomic.Int32
	p := checked(t, func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) {
		ran.Add(1)
		return faulty(), nil
	})
	token := p.token(workpackages.Analyst)
	contentType, body := multi(part{"as_of", "", "2026-11-23"}, part{"file", "a.csv", strings.Repeat("x", 100<<10)})
	for what, send := range map[string]string{
		"less than it said": fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body[:len(body)/2]),
		"chunks that end":   fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(body)/2, body[:len(body)/2]),
		"a form that ends":  fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body)/2, body[:len(body)/2]),
	} {
		c, err := net.Dial("tcp", p.Server.Addr())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "POST /api/v1/annexa/checks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n%s", token, contentType, send)
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(c)
		if err != nil || !strings.HasPrefix(string(all), "HTTP/1.1 400") || !strings.Contains(string(all), "cut off on the way") {
			t.Errorf("%s: %v %.300s", what, err, all)
		}
		c.Close()
	}
	if ran.Load() != 0 {
		t.Errorf("%d were checked", ran.Load())
	}
	// The room they took is there again.
	if a := p.sent(workpackages.Analyst, part{"as_of", "", "2026-11-23"}, part{"file", "a.csv", someList}); a.Status != http.StatusCreated {
		t.Errorf("afterwards: %d %s", a.Status, a.Body)
	}
}

// endless gives bytes for ever, and counts them.
type endless struct{ n atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	clear(p)
	e.n.Add(int64(len(p)))
	return len(p), nil
}

func TestAnUploadThatIsTooLargeIsToldSoWithoutReadingItAll(t *testing.T) {
	p := checked(t, gives(faulty()))
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	contentType, body := multi(part{"csrf", "", csrfOf(b)}, part{"as_of", "", "2026-11-23"}, part{"file", "a.csv", ""})
	head := body[:bytes.LastIndex(body, []byte("\r\n--"))]
	const twoGB = 2 << 30
	for what, length := range map[string]int64{"it says how long it is": twoGB, "in chunks": -1} {
		rest := &endless{}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL+"/annexa/checks", io.LimitReader(io.MultiReader(bytes.NewReader(head), rest), twoGB))
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = length
		req.Header.Set("Content-Type", contentType)
		a := do(t, b.client, req)
		if a.Status != http.StatusRequestEntityTooLarge || !strings.Contains(a.Body, "more than the 256 MB") || !strings.Contains(a.Body, "save the lists as CSV files") {
			t.Errorf("%s: %d %.200s", what, a.Status, a.Body)
		}
		most := int64(600 << 20)
		if length > 0 {
			most = 100 << 20
		}
		if n := rest.n.Load(); n > most {
			t.Errorf("%s: %d MB were sent", what, n>>20)
		}
	}
}

func TestWhatIsLeftOfARefusedBodyIsNotTakenForARequest(t *testing.T) {
	p := checked(t, gives(faulty()))
	token := p.token(workpackages.Analyst)
	inner := "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
	pad := strings.Repeat("x", 300<<10)
	for what, head := range map[string]string{
		"a form that is too long": "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n",
		"no page":                 "POST /nowhere HTTP/1.1\r\nHost: x\r\n",
		"no method":               "BREW /sign-in HTTP/1.1\r\nHost: x\r\n",
		"a static file":           "GET /static/x HTTP/1.1\r\nHost: x\r\n",
		"a page with a body":      "GET /sign-in HTTP/1.1\r\nHost: x\r\n",
		"an upload by nobody":     "POST /annexa/checks HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n",
		"an upload of no kind":    "POST /api/v1/annexa/checks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n",
	} {
		c, err := net.Dial("tcp", p.Server.Addr())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n%s%s", head, len(pad)+len(inner), pad, inner)
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(c)
		if err != nil || strings.Count(string(all), "HTTP/1.1 ") != 1 || !strings.Contains(string(all), "Connection: close") {
			t.Errorf("%s: %v, %d answers: %.200s", what, err, strings.Count(string(all), "HTTP/1.1 "), all)
		}
		c.Close()
	}
}

func TestNoFileOfAnUploadTouchesTheDisk(t *testing.T) {
	// Only the tests that run after one another may change TMPDIR; those here do.
	temporary := t.TempDir()
	data := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	mark := "Zyzzyva-Quetzal"
	looked := make(chan struct{})
	p := runWith(t, data, server.Options{Check: func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) {
		<-looked
		return faulty(), nil
	}})
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	nothing := func(when string) {
		t.Helper()
		for _, dir := range []string{temporary, data} {
			err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() || !d.Type().IsRegular() {
					return err
				}
				if dir == temporary {
					t.Errorf("%s: there is a file %s", when, path)
				}
				body, err := os.ReadFile(path)
				if err == nil && bytes.Contains(body, []byte(mark)) {
					t.Errorf("%s: %s holds what was uploaded", when, path)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	a := b.upload(part{"file", mark + ".csv", strings.Repeat(mark+"\n", 500_000)})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	nothing("while it is checked")
	close(looked)
	p.until("the check ends", func() bool { return !strings.Contains(b.get(a.Header.Get("Location")).Body, `id="progress"`) })
	nothing("afterwards")
	contentType, body := multi(part{"csrf", "", csrfOf(b)}, part{"file", "x", strings.Repeat(mark+"\n", 10_000)})
	b.raw("/packages/"+packageSelf+"/edit", contentType, bytes.NewReader(body)) // where no files are expected
	nothing("after a form with files sent elsewhere")
	if strings.Contains(p.Log.String(), mark) {
		t.Error("the log has what was uploaded")
	}
}

func TestTheProgressOfAnUploadIsShown(t *testing.T) {
	goOn := make(chan struct{})
	half := make(chan struct{})
	p := checked(t, func(_ context.Context, _ []annexa.Source, o annexa.Options) (*annexa.Report, error) {
		o.Progress("Checking List 8", 0.42)
		half <- struct{}{}
		<-goOn
		return faulty(), nil
	})
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	other, _ := p.person("Some Viewer", workpackages.Viewer)
	file := part{"file", "a.csv", someList}
	first := b.upload(file).Header.Get("Location")
	<-half
	a := b.get(first)
	for _, want := range []string{"Checking List 8: 42%", `<progress`, `value="42"`, `hx-trigger="every 2s"`, `<noscript><meta http-equiv="refresh" content="3"></noscript>`, "Look again"} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	for _, fault := range soundness(a.Body) {
		t.Error(fault)
	}
	if o := other.get(first); !strings.Contains(o.Body, "Ann Analyst sent it") {
		t.Error("somebody else is not told whose check it is")
	}
	// Two run at once; a third waits and says so.
	b.upload(file)
	<-half
	third := b.upload(file).Header.Get("Location")
	if a := b.get(third); !strings.Contains(a.Body, "Waiting for another check to end") {
		t.Errorf("the third check does not wait: %s", a.Body)
	}
	close(goOn)
	<-half
	p.until("the first ends", func() bool { return strings.Contains(b.get(first).Body, "Not fit to send") })
	p.until("the third ends", func() bool { return strings.Contains(b.get(third).Body, "Not fit to send") })
}

func TestACheckThatARestartCutShortSaysSo(t *testing.T) {
	p := checked(t, gives(faulty()))
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	if a := b.get("/annexa/checks/20261124-085000-none"); a.Status != 404 || !strings.Contains(a.Body, "cut short by a restart. Upload the files again") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

func TestStoppingTheProductEndsAChecksRun(t *testing.T) {
	started := make(chan struct{})
	p := checked(t, func(ctx context.Context, _ []annexa.Source, _ annexa.Options) (*annexa.Report, error) {
		close(started)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	b.upload(part{"file", "a.csv", someList})
	<-started
	if err := p.Server.Stop(); err != nil {
		t.Error(err)
	}
}

func TestOnlyWhoeverUploadedCanDownloadAndOnlyForAWhile(t *testing.T) {
	p := checked(t, nil)
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	other, _ := p.person("Bob Analyst", workpackages.Analyst)
	path, a := b.result(part{"file", "List 1.csv", listOne})
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	book := b.get(path + "/findings.xlsx")
	if book.Status != http.StatusOK || !strings.HasPrefix(book.Body, "PK") || book.Header.Get("Cache-Control") != "no-store" ||
		book.Header.Get("Content-Disposition") != `attachment; filename="annexe-a-findings-2026-11-23.xlsx"` {
		t.Errorf("%d %v %.20q", book.Status, book.Header, book.Body)
	}
	gone := func(what string, a answer) {
		t.Helper()
		if a.Status != http.StatusNotFound || !strings.Contains(a.Body, "The upload has gone from memory") {
			t.Errorf("%s: %d", what, a.Status)
		}
	}
	gone("another analyst", other.get(path+"/findings.xlsx"))
	gone("a token", p.api(workpackages.Analyst, "GET", "/api/v1"+path+"/findings.xlsx", nil))
	if o := other.get(path); strings.Contains(o.Body, "Download the findings") {
		t.Error("another analyst is offered the download")
	}
	p.advance(29 * time.Minute)
	if a := b.get(path + "/findings.xlsx"); a.Status != http.StatusOK {
		t.Errorf("after 29 minutes: %d", a.Status)
	}
	p.advance(time.Minute)
	gone("after half an hour", b.get(path+"/findings.xlsx"))
	path, _ = b.result(part{"file", "List 1.csv", listOne})
	form := url.Values{"csrf": {csrfOf(b)}}
	b.post("/sign-out", form)
	if a := b.submit("/sign-in", "email", "ann.analyst@example.gov.uk", "password", goodPassword); a.Status != http.StatusSeeOther {
		t.Fatalf("signing in again: %d", a.Status)
	}
	gone("after signing out", b.get(path+"/findings.xlsx"))
	// The same token can.
	made := p.sent(workpackages.Analyst, part{"as_of", "", "2026-11-23"}, part{"file", "List 1.csv", listOne})
	if a := p.api(workpackages.Analyst, "GET", made.Header.Get("Location")+"/findings.xlsx", nil); a.Status != http.StatusOK {
		t.Errorf("the token that uploaded: %d", a.Status)
	}
	gone("another token", p.api(workpackages.AssistantDirector, "GET", made.Header.Get("Location")+"/findings.xlsx", nil))
}
