package server_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"readiness/notifications/notifytest"
	"readiness/workpackages"
	"readiness/workpackages/annexa/annexatest"
)

// The canaries: what a child's record would show, in forms that nothing else here
// has. A date of birth is looked for in every way that it may be written.
var canaries = []string{
	"CANARY", "canary", "Canary", "ZZ99 3CZ", "ZZ993CZ", "zz99 3cz",
	"17/03/2013", "2013-03-17", "17 March 2013", "41350", // 17 March 2013 as a workbook counts
	"998877665544", "9.98877665544E+11",
}

// caged looks for canaries in what is said to hold none.
func caged(t *testing.T, where string, text []byte) {
	t.Helper()
	for _, c := range canaries {
		if i := bytes.Index(text, []byte(c)); i >= 0 {
			t.Errorf("%s holds %q: …%q…", where, c, text[max(0, i-60):min(len(text), i+60)])
			return
		}
	}
}

// plantedReturn is a made-up return with a canary in every column of every list:
// ids, names and places in all rows, and in one row of each list every cell.
func plantedReturn(t *testing.T, whole bool) *annexatest.Return {
	t.Helper()
	r := annexatest.New(99, 2000)
	annexatest.Plant(r, 99, 300) // so that much is said about the rows
	for _, l := range r.Lists {
		for n, row := range l.Rows {
			for i, h := range l.Headings {
				switch {
				case whole || n == 0:
					row[i] = fmt.Sprintf("CANARY %d-%d-%d", l.Number, n, i)
				case n%7 == 1 && h == "Date of Birth":
					row[i] = "17/03/2013"
				case n%7 == 2 && h == "Placement postcode":
					row[i] = "ZZ99 3CZ"
				case n%7 == 3 && h == "URN of Placement":
					row[i] = "998877665544"
				case h == "Child Unique ID" || h == "Individual adopter identifier" || h == "Family identifier":
					row[i] = "Canary" + row[i]
				case h == "Allocated Worker" || h == "Allocated Personal Advisor" || h == "Allocated Team" || h == "Organisation completing assessment":
					row[i] = "Canary " + row[i]
				}
			}
		}
		l.Headings = append(l.Headings, "CANARY 998877665544") // a row of data that runs on into the headings
		for n := range l.Rows {
			l.Rows[n] = append(l.Rows[n], "Canary Bird")
		}
	}
	return r
}

// traffic records all that goes to Slack.
type traffic struct {
	mu   sync.Mutex
	sent bytes.Buffer
}

func (s *traffic) before(t *testing.T, target string) *httptest.Server {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(u)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		fmt.Fprintf(&s.sent, "%s %s %s\n", r.Method, r.URL, body)
		s.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

// TestNoChildsDataRestsAnywhere uploads returns full of canaries in every way
// there is, uses every page of the results, and looks for them in all that is
// left: database files, logs, Slack, metrics, pages, the API, an export, and
// temporary folders.
func TestNoChildsDataRestsAnywhere(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	slack := notifytest.New(t, slackToken)
	slack.Channels = []notifytest.Channel{{ID: "C0ANNEXEA", Name: "annexe-a"}}
	var wire traffic
	front := wire.before(t, slack.URL)
	folder, data := filepath.Join(t.TempDir(), "lists"), t.TempDir()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	book, err := plantedReturn(t, false).XLSX()
	if err != nil {
		t.Fatal(err)
	}
	wholly, err := plantedReturn(t, true).XLSX()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "Canary Bird.xlsx"), book, 0o600); err != nil {
		t.Fatal(err)
	}
	p := run(t, data, "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", front.URL, "SLACK_CHANNEL", "#annexe-a", "ANNEXA_DIR", folder)
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	p.work()

	// In the browser, as one workbook, as CSV files, and as files that cannot be read.
	var pages []answer
	var addresses []string
	upload := func(parts ...part) string {
		t.Helper()
		path, a := b.result(parts...)
		pages, addresses = append(pages, a), append(addresses, path)
		return path
	}
	first := upload(part{"file", "Canary Bird.xlsx", string(book)})
	upload(part{"file", "canary.xlsx", string(wholly)})
	var files []part
	for name, text := range plantedReturn(t, false).CSV() {
		files = append(files, part{"file", "canary " + name, string(text)})
	}
	upload(files...)
	upload(part{"file", "other.xlsx", string(book[:len(book)/2])})
	upload(part{"file", "List 1.csv", "Child Unique ID,Gender\nCANARY-1,\"never closed\n"})

	// What holds them by right is only for whoever uploaded, and only now.
	made := p.sent(workpackages.Analyst, part{"as_of", "", "2026-11-24"}, part{"file", "canary.xlsx", string(book)})
	findings := p.api(workpackages.Analyst, "GET", made.Header.Get("Location")+"/findings.xlsx", nil)
	if made.Status != http.StatusCreated || findings.Status != http.StatusOK || len(findings.Body) < 10_000 {
		t.Fatalf("the API: %d, findings %d of %d bytes", made.Status, findings.Status, len(findings.Body))
	}
	pages = append(pages, made)
	bad := p.sent(workpackages.Analyst, part{"as_of", "", "2026-11-24"}, part{"file", "other.csv", "\x00CANARY"})
	if bad.Status != 422 {
		t.Errorf("a file that is not text: %d", bad.Status)
	}
	pages = append(pages, bad)

	// A cause is taken up, the schedule runs, and everything is read.
	key := regexp.MustCompile(`cause=([^"]+)`).FindStringSubmatch(b.get(first).Body)
	if key == nil {
		t.Fatal("the result offers no cause to take up")
	}
	pages = append(pages, b.submit(first+"/issue?cause="+html.UnescapeString(key[1]), "package", packageData, "class", "extract_logic"))
	p.atSix("2026-11-25")
	if n := len(slack.Posts()); n != 1 {
		t.Fatalf("Slack heard %d times", n)
	}
	director, _ := p.person("Dee Director", workpackages.AssistantDirector)
	for _, c := range p.checks() {
		addresses = append(addresses, "/annexa/checks/"+c.ID)
	}
	for _, path := range addresses {
		for _, more := range []string{"", "?all=1", "?list=8", "/share"} {
			pages = append(pages, director.get(path+more))
		}
		pages = append(pages, p.api(workpackages.Viewer, "GET", "/api/v1"+path, nil), p.api(workpackages.Viewer, "GET", "/api/v1"+path+"?share=true", nil))
	}
	for _, path := range []string{"/", "/annexa", "/annexa/rules", "/messages", "/packages/" + packageData, "/packages/" + packageData + "/history"} {
		pages = append(pages, director.get(path))
	}
	for _, path := range []string{"/api/v1/annexa/checks", "/api/v1/notifications", "/api/v1/jobs/runs", "/api/v1/workpackages/" + packageData, "/metrics"} {
		pages = append(pages, p.api(workpackages.AssistantDirector, "GET", path, nil))
	}
	looked := 0
	for i, a := range pages {
		if a.Status == http.StatusOK || a.Status == http.StatusCreated {
			looked++
		}
		text := []byte(a.Body)
		// The page of a failed upload names the file to whoever sent it, and to nobody else.
		if i < 5 {
			text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("Canary Bird.xlsx"), nil), []byte("canary.xlsx"), nil)
		}
		caged(t, fmt.Sprintf("page %d", i), text)
	}
	if looked < 60 {
		t.Errorf("only %d pages were read", looked)
	}

	var export bytes.Buffer
	if err := p.Server.System.Store.Export(t.Context(), &export); err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(&export)
	if err != nil {
		t.Fatal(err)
	}
	exported, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(exported, []byte("S04/8/Ethnicity")) {
		t.Error("the export has nothing of the checks: nothing was looked at")
	}
	caged(t, "the export", exported)
	caged(t, "the log", []byte(p.Log.String()))
	wire.mu.Lock()
	if !strings.Contains(wire.sent.String(), "Annexe A check") && !strings.Contains(wire.sent.String(), "Annexe+A+check") {
		t.Error("nothing of the check went to Slack: nothing was looked at")
	}
	decoded, _ := url.QueryUnescape(wire.sent.String())
	caged(t, "Slack", wire.sent.Bytes())
	caged(t, "Slack, decoded", []byte(decoded))
	wire.mu.Unlock()

	if err := p.Server.Stop(); err != nil {
		t.Fatal(err)
	}
	onDiskCaged(t, "the data folder", data, true)
	onDiskCaged(t, "the temporary folder", temp, false)
}

// onDiskCaged looks through every file of a folder, and wants one where there
// has to be.
func onDiskCaged(t *testing.T, what, dir string, some bool) {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		names = append(names, d.Name())
		caged(t, what+", "+d.Name(), text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	database := slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, ".sqlite") })
	if some && !database || !some && len(names) > 0 {
		t.Errorf("%s holds %v", what, names)
	}
}
