package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"readiness/app/server"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
	"readiness/workpackages/annexa/annexatest"
)

// engine stands in for the one that checks lists: what it gives is set by the test.
type engine func(ctx context.Context, sources []annexa.Source, o annexa.Options) (*annexa.Report, error)

// gives is an engine that finds the same in whatever it is given.
func gives(r *annexa.Report) engine {
	return func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) {
		c := *r
		return &c, nil
	}
}

// checked starts a product with an engine of the test's own.
func checked(t testing.TB, e engine, env ...string) *product {
	t.Helper()
	return runWith(t, t.TempDir(), server.Options{Check: e}, env...)
}

// part is one input of a form with files: a file when it has a name.
type part struct{ field, name, value string }

// multi writes parts as a form.
func multi(parts ...part) (contentType string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		var to io.Writer
		if p.field == "file" {
			to, _ = w.CreateFormFile("file", p.name)
		} else {
			to, _ = w.CreateFormField(p.field)
		}
		_, _ = io.WriteString(to, p.value)
	}
	_ = w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// someList is a file that is long enough to be one; the engines here do not read it.
var someList = strings.Repeat("Child Unique ID,Gender\n", 20)

// upload sends files as the form of /annexa/check does.
func (b *browser) upload(parts ...part) answer {
	b.p.t.Helper()
	all := append([]part{{"csrf", "", csrfOf(b)}, {"as_of-day", "", "23"}, {"as_of-month", "", "11"}, {"as_of-year", "", "2026"}}, parts...)
	contentType, body := multi(all...)
	req, err := http.NewRequestWithContext(b.p.t.Context(), http.MethodPost, b.p.URL+"/annexa/checks", bytes.NewReader(body))
	if err != nil {
		b.p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	return do(b.p.t, b.client, req)
}

// result uploads a file and waits for the page of its result.
func (b *browser) result(parts ...part) (path string, a answer) {
	b.p.t.Helper()
	if len(parts) == 0 {
		parts = []part{{"file", "return.csv", someList}}
	}
	a = b.upload(parts...)
	if a.Status != http.StatusSeeOther {
		b.p.t.Fatalf("the upload gave %d: %s", a.Status, a.Body)
	}
	path = a.Header.Get("Location")
	b.p.until("the check ends", func() bool {
		a = b.get(path)
		return !strings.Contains(a.Body, `id="progress"`)
	})
	return path, a
}

// until waits for something that happens by itself.
func (p *product) until(what string, ok func() bool) {
	p.t.Helper()
	limit := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			p.t.Fatalf("20 seconds, and still not: %s", what)
		}
	}
}

// sent posts parts to the API as a role.
func (p *product) sent(r workpackages.Role, parts ...part) answer {
	p.t.Helper()
	contentType, body := multi(parts...)
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.URL+"/api/v1/annexa/checks", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if r != "" {
		req.Header.Set("Authorization", "Bearer "+p.token(r))
	}
	return do(p.t, http.DefaultClient, req)
}

// lists are the eleven, all fit to send.
func lists() []annexa.ListReport {
	var out []annexa.ListReport
	for i, short := range []string{"Contacts", "Early Help", "Referrals", "Assessments", "Section 47 and ICPC", "Children in Need", "Child Protection", "Children in Care", "Care Leavers", "Adoption", "Adopters"} {
		out = append(out, annexa.ListReport{
			Number: i + 1, Title: fmt.Sprintf("List %d: %s", i+1, short), Short: short, Found: true, Where: "secret-name.xlsx, tab x", Rows: 748,
			Fit: annexa.Fit{Verdict: annexa.FitToSend}, Columns: []annexa.ColumnMap{{Heading: "Child Unique ID", Match: "exact"}},
		})
	}
	return out
}

// faulty is a report with something of every sort in it.
func faulty() *annexa.Report {
	r := &annexa.Report{
		AsOf: "2026-11-23", Files: []annexa.FileRead{{Name: "secret-name.xlsx", Kind: "xlsx", Tables: 12}}, Lists: lists(),
		Fit:      annexa.Fit{Verdict: annexa.NotFit, Reasons: []string{"List 8 is not fit to send: 312 of 640 rows hold an ethnicity that is no permitted code"}},
		Totals:   annexa.Totals{Errors: 412, Warnings: 96, Infos: 40, Found: 10, Empty: 1, Rows: 8230},
		Unread:   []annexa.Unread{{Where: "tab 1 of file 1", Why: "It holds guidance, no list", Kind: "guidance"}},
		Settings: []string{"Rule X10 is switched off: our system records the referral alone"}, Notes: []string{"The bank holidays of 2028 are not known yet"},
	}
	for i := range r.Lists {
		l := &r.Lists[i]
		l.Columns = []annexa.ColumnMap{{Heading: "Child Unique ID", Match: "exact"}, {Heading: "Gender", Match: "folded", Written: "GENDER"}, {Heading: "Date of Birth", Match: "exact"}}
		switch l.Number {
		case 6:
			l.Fit, l.Errors = annexa.Fit{Verdict: annexa.FitKnown, Reasons: []string{"10 of 748 rows have a closure date and no reason"}}, 10
			l.Unknown = []string{"Area office"}
		case 8:
			l.Fit, l.Errors, l.Warnings, l.Rows = annexa.Fit{Verdict: annexa.NotFit, Reasons: []string{"312 of 640 rows hold an ethnicity that is no permitted code"}}, 402, 90, 640
			l.Columns = append(l.Columns, annexa.ColumnMap{Heading: "Ethnicity", Match: "alias", Written: "Ethnic origin", Values: &annexa.ValueMatch{Exact: 300, Words: 20, Guessed: 8, Unknown: 312}}, annexa.ColumnMap{Heading: "Placement postcode", Match: "missing"})
		case 11:
			l.Found, l.Rows, l.Columns, l.Fit = false, 0, nil, annexa.Fit{Verdict: annexa.NotFit, Reasons: []string{"The list is missing"}}
		}
	}
	cause := func(rule, title string, sev annexa.Severity, list int, column string, count, of int, v annexa.Verdict, reason, do string) annexa.Cause {
		c := annexa.Cause{Key: annexa.CauseKey(rule, list, column), Rule: rule, Title: title, Severity: sev, List: list, Column: column, Count: count, Of: of, Verdict: v, Reason: reason, Do: do}
		if of > 0 {
			c.Share = float64(count) / float64(of)
		}
		return c
	}
	ethnicity := cause("S04", "The value is not a permitted code", annexa.SeverityError, 8, "Ethnicity", 312, 640, annexa.Extract, "The same 4 spellings stand in all 9 teams: a mapping leaves them out, people did not each write them", "Map the value to the template’s code in the extract.")
	ethnicity.Spellings, ethnicity.Teams, ethnicity.TeamsAll = 4, 9, 9
	gone := cause("X04", "A child in care has no ethnicity in List 6", annexa.SeverityWarning, 6, "Ethnicity", 280, 748, annexa.Extract, "It is in the rows whose ethnicity is no permitted code", "Mend the mapping first, then check again")
	gone.Follows = ethnicity.Key
	visit := cause("T05", "The last visit is longer ago than the regulations allow", annexa.SeverityWarning, 8, "Date of Last Social Work Visit", 90, 520, annexa.Recording, "81 of 90 are in 1 of 9 teams, while the others have visits in time", "Ask the team’s manager which visits are not recorded yet")
	visit.Teams, visit.TeamsAll = 2, 9
	closure := cause("C01", "It and CIN Closure Date are not both filled or both blank", annexa.SeverityError, 6, "Reason for Closure", 10, 748, annexa.Unclear, "The 10 are spread as thinly as the rows are", "Fill in the one that is missing")
	twice := cause("S03Q", "The same young person is there more than once", annexa.SeverityWarning, 9, "Child Unique ID", 3, 748, annexa.Extract, "A join in the extract multiplies rows", "Mend the extract’s join.")
	twice.Inferred, twice.Disputed = true, "the guidance speaks of one row for each young person, the template of one for each spell"
	r.Causes = []annexa.Cause{
		ethnicity, cause("S01", "The list is missing", annexa.SeverityError, 11, "", 1, 0, annexa.Extract, "A whole list is a matter of the extract", "Add the list, with its headings"), gone, visit, closure, twice,
		cause("N03", "An age is given with a fraction of a year", annexa.SeverityInfo, 1, "Age of Child (Years)", 40, 748, annexa.Extract, "Every row of the column is like this", "Have the extract round down"),
	}
	for i := range 9 {
		r.Causes = append(r.Causes, cause(fmt.Sprintf("F%02d", i), "The column is blank where it should be filled", annexa.SeverityInfo, 1+i, "Allocated Worker", 20+i, 748, annexa.Recording, "The blanks are spread over every team", "Ask the teams to fill it in"))
	}
	return r
}

// mended is faulty a while later.
func mended() *annexa.Report {
	r := faulty()
	r.Totals.Errors, r.Totals.Warnings = 31, 110
	r.Lists[7].Fit = annexa.Fit{Verdict: annexa.FitKnown, Reasons: []string{"21 of 640 rows hold an ethnicity that is no permitted code"}}
	r.Causes[0].Count, r.Causes[0].Share = 21, 21.0/640
	r.Causes[3].Count = 104
	return r
}

func TestAReturnIsCheckedInTheBrowserWithoutJavaScript(t *testing.T) {
	var got []annexa.Source
	var asked annexa.Options
	p := checked(t, func(_ context.Context, sources []annexa.Source, o annexa.Options) (*annexa.Report, error) {
		for _, s := range sources {
			got = append(got, annexa.Source{Name: s.Name, Data: bytes.Clone(s.Data)})
		}
		asked = o
		return faulty(), nil
	})
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	if empty := b.get("/annexa"); !strings.Contains(empty.Body, "Nobody has checked a return yet") || !strings.Contains(empty.Body, `href="/annexa/check"`) {
		t.Error("before the first check the page does not say what to do")
	}
	if form := b.get("/annexa/check"); !strings.Contains(form.Body, `enctype="multipart/form-data"`) || !strings.Contains(form.Body, `name="as_of-day" type="text" inputmode="numeric" value="24"`) {
		t.Error("the form is not one for files, or does not offer today")
	}
	big := strings.Repeat("x", 3<<20)
	path, a := b.result(part{"file", `C:\work\List 1.csv`, "a,b\n1,2\n"}, part{"file", "List 2.csv", big})
	if len(got) != 2 || got[0].Name != "List 1.csv" || string(got[0].Data) != "a,b\n1,2\n" || string(got[1].Data) != big {
		t.Fatalf("the engine was given %d files", len(got))
	}
	if day := workpackages.DateOf(asked.AsOf, time.UTC); day != "2026-11-23" {
		t.Errorf("the lists were made on %s", day)
	}
	for _, want := range []string{
		"Not fit to send", "uploaded by Ann Analyst", "Lists made on 23 November 2026", "312 of 640 rows (49%)", "in all 9 teams", "For the extract or mapping", "For recording, by teams", "Unclear",
		"No source states this rule", "Sources disagree: the guidance", "1 fault that follows", "1 heading not recognised, so not checked: Area office", "1 heading missing: Placement postcode", "312 values that are no permitted code",
		"“Ethnic origin” in the file", "Rule X10 is switched off", "The bank holidays of 2028", "It holds guidance, no list", "Download the findings", "until 24 November 2026 at 09:20", "children’s data", "Take up as an issue",
	} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the result does not say %q", want)
		}
	}
	if strings.Contains(a.Body, "secret-name") {
		t.Error("the result names a file")
	}
	if home := b.get("/annexa"); !strings.Contains(home.Body, path) || !strings.Contains(home.Body, "It shows from the second check on") || strings.Contains(home.Body, "<svg") {
		t.Error("the page of Annexe A does not lead to the check, or draws a trend of one")
	}
	if logged := p.Log.String(); !strings.Contains(logged, "msg=\"annexa check\"") || !strings.Contains(logged, "files=2") || strings.Contains(logged, "List 1.csv") || strings.Contains(logged, "secret-name") {
		t.Error("the log does not have the check, or names a file")
	}
	if m := p.api("", "GET", "/metrics", nil).Body; !strings.Contains(m, `readiness_annexa_checks_total{outcome="not_fit"} 1`) || !strings.Contains(m, "readiness_annexa_check_seconds_count 1") {
		t.Error("the check was not counted")
	}
}

func TestOneListCanBeLookedAtAlone(t *testing.T) {
	p := checked(t, gives(faulty()))
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	path, whole := b.result()
	one := b.get(path + "?list=8")
	if !strings.Contains(one.Body, "List 8, Ethnicity") || strings.Contains(one.Body, "List 6, Reason for Closure") || !strings.Contains(one.Body, "Show every list") {
		t.Error("the causes are not those of list 8")
	}
	if !strings.Contains(whole.Body, "which weigh less") || strings.Contains(b.get(path+"?all=1").Body, "which weigh less") {
		t.Error("what weighs less is not folded away, or stays so")
	}
}

func TestHowListsWereMatchedIsFoldedAwayWhenNothingWantsLookingAt(t *testing.T) {
	clean := faulty()
	clean.Lists = lists()
	reports := make(chan *annexa.Report, 2)
	reports <- faulty()
	reports <- clean
	p := checked(t, func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) { return <-reports, nil })
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	for _, want := range []string{"Nothing to look at in 8 other lists", "How each list was matched"} {
		_, a := b.result()
		open, folded, ok := strings.Cut(a.Body, want)
		if !ok || strings.Contains(folded, "Look:") || strings.Contains(open, "List 1: Contacts</span>") || !strings.Contains(folded, "List 1: Contacts</span>") {
			t.Errorf("not folded away under %q", want)
		}
		p.advance(time.Minute)
	}
}

func TestWhatStopsTheReturnIsNeverFoldedAway(t *testing.T) {
	r := faulty()
	last := r.Causes[len(r.Causes)-1]
	r.Lists[last.List-1].Fit = annexa.Fit{Verdict: annexa.NotFit, Reasons: []string{last.Sentence()}, Causes: []string{last.Key}}
	p := checked(t, gives(r))
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	_, a := b.result()
	_, causes, _ := strings.Cut(a.Body, `id="recording"`)
	stops, folded := strings.Index(causes, "Stops the return:"), strings.Index(causes, "which weigh less")
	if stops < 0 || folded < 0 || stops > folded || strings.Count(a.Body, "Stops the return:") != 1 {
		t.Errorf("what stops the return is at %d, and what weighs less from %d", stops, folded)
	}
}

func TestWhatChangedBetweenTwoChecks(t *testing.T) {
	reports := []*annexa.Report{faulty(), mended(), mended()}
	var n atomic.Int32
	p := checked(t, func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) {
		return reports[n.Add(1)-1], nil
	})
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	b.result()
	p.advance(7 * 24 * time.Hour)
	b, _ = p.person("Ann Other", workpackages.Analyst)
	b.result()
	home := b.get("/annexa")
	for _, want := range []string{`role="img"`, "<title id=\"trend-title\">", "Over 2 checks, from 24 November 2026 to 1 December 2026: errors went from 412 to 31", "Earlier checks", "The figures of this picture", "What changed since the check before"} {
		if !strings.Contains(home.Body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, fault := range soundness(home.Body) {
		t.Error(fault)
	}
	v := p.api(workpackages.Viewer, "GET", "/api/v1/annexa/checks", nil).json(t)
	if trend := v["trend"].([]any); len(trend) != 2 || trend[1].(map[string]any)["errors"] != 31.0 || trend[0].(map[string]any)["lists_fit"] != 9.0 {
		t.Errorf("the trend is %v", v["trend"])
	}
}

func TestWhoMayCheck(t *testing.T) {
	p := checked(t, gives(faulty()))
	for _, r := range workpackages.Roles() {
		b, _ := p.person("Some "+r.Label(), r)
		may := r == workpackages.AssistantDirector || r == workpackages.Analyst
		a := b.upload(part{"file", "a.csv", someList})
		if (a.Status == http.StatusSeeOther) != may || !may && a.Status != http.StatusForbidden {
			t.Errorf("an upload as %s gives %d", r, a.Status)
		}
		if home := b.get("/annexa"); home.Status != http.StatusOK || strings.Contains(home.Body, "/annexa/check\"") != may {
			t.Errorf("the page as %s gives %d, or offers what it should not", r, home.Status)
		}
		if a := p.sent(r, part{"as_of", "", "2026-11-23"}, part{"file", "a.csv", someList}); (a.Status == http.StatusCreated) != may {
			t.Errorf("the API as %s gives %d", r, a.Status)
		}
	}
	if a := p.sent("", part{"as_of", "", "2026-11-23"}, part{"file", "a.csv", someList}); a.Status != http.StatusUnauthorized {
		t.Errorf("the API as nobody gives %d", a.Status)
	}
}

// listOne is a List 1 that the real engine reads, with a day that is none.
const listOne = "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),Date of Contact,Contact Source\n" +
	"A1,b) Female,a) WBRI,01/02/2015,11,yesterday,q) 6: Police\n" +
	"A2,a) Male,a) WBRI,01/02/2016,10,03/11/2026,q) 6: Police\n"

func TestOneListOfTheReturnIsNeverCalledFitToSend(t *testing.T) {
	p := checked(t, annexa.Check)
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	path, _ := b.result(part{"file", "List 1.csv", goodListOne})
	for _, at := range []string{"/", "/annexa", path, path + "/share"} {
		a := b.get(at)
		verdict := regexp.MustCompile(`(?s)<main.*?</strong>`).FindString(a.Body)
		if at == "/" {
			verdict = regexp.MustCompile(`(?s)Annexe A:</span>.*?</strong>`).FindString(a.Body)
		}
		if at == path && strings.Count(a.Body, `data-label="Errors"><div>–</div>`) != 10 {
			t.Errorf("%s counts the errors of lists that were not looked at", at)
		}
		if !strings.Contains(verdict, "Only 1 of 11 lists checked</strong>") || strings.Contains(a.Body, "app-verdict--fit") {
			t.Errorf("%s gives the verdict %q", at, verdict)
		}
	}
}

// TestATrialOfOneListDoesNotStandBeforeTheReturn: whoever looks at 08:50 wants to
// know of the return, whatever was tried since.
func TestATrialOfOneListDoesNotStandBeforeTheReturn(t *testing.T) {
	p := checked(t, annexa.Check)
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	ret := annexatest.New(7, 1000)
	for _, row := range ret.Lists[5].Rows {
		row[1] = "nobody knows"
	}
	data, err := ret.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := b.result(part{"file", "return.xlsx", string(data)})
	p.advance(time.Hour)
	trial, _ := b.result(part{"file", "List 1.csv", goodListOne})
	p.advance(time.Hour)
	for at, wants := range map[string][]string{
		"/":       {"Not fit to send</strong>", whole},
		"/annexa": {"Newest check of the whole return</h2>", "Not fit to send</strong>", "Other checks</h2>", trial, "It shows from the second check on"},
	} {
		a := b.get(at)
		for _, want := range wants {
			if !strings.Contains(a.Body, want) {
				t.Errorf("%s does not say %q", at, want)
			}
		}
	}
	if strings.Contains(b.get("/").Body, trial) {
		t.Error("the dashboard leads to the trial")
	}
	again, _ := b.result(part{"file", "return.xlsx", string(data)})
	a := p.api(workpackages.Viewer, "GET", "/api/v1/annexa/checks"+strings.TrimPrefix(again, "/annexa/checks"), nil).json(t)
	if got, want := a["previous"], strings.TrimPrefix(whole, "/annexa/checks/"); got != want {
		t.Errorf("the return is compared with %v, not %s", got, want)
	}
	all := p.api(workpackages.Viewer, "GET", "/api/v1/annexa/checks", nil).json(t)
	if checks, trend := all["checks"].([]any), all["trend"].([]any); len(checks) != 3 || len(trend) != 2 {
		t.Errorf("%d checks, and %d in the trend", len(checks), len(trend))
	}
}

func TestTheVersionForSharingSuppressesSmallCounts(t *testing.T) {
	p := checked(t, gives(faulty()))
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	path, _ := b.result()
	a := b.get(path + "/share")
	if a.Status != http.StatusOK || strings.Contains(a.Body, ">3 of 748") || !strings.Contains(a.Body, "1 to 5 of 748 rows") || !strings.Contains(a.Body, "312 of 640 rows") {
		t.Errorf("%d: a small count is there, or a large one is not", a.Status)
	}
	if strings.Contains(strings.Split(a.Body, "<main")[1], "Ann Analyst") {
		t.Error("it names somebody")
	}
	shared := p.api(workpackages.Viewer, "GET", "/api/v1"+path+"?share=true", nil)
	if strings.Contains(shared.Body, `"count":3,`) || !strings.Contains(shared.Body, `"suppressed":true`) || strings.Contains(shared.Body, "Ann Analyst") {
		t.Errorf("the API: %s", shared.Body)
	}
}

func TestACauseIsTakenUpAsAnIssue(t *testing.T) {
	p := checked(t, gives(faulty()))
	b, ann := p.person("Ann Analyst", workpackages.Analyst)
	path, a := b.result()
	m := regexp.MustCompile(`href="(/annexa/checks/[^"]+/issue\?cause=[^"]+)"`).FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatal("the result does not offer to take a cause up")
	}
	form := strings.ReplaceAll(m[1], "&amp;", "&")
	if bad := b.submit(form, "package", packageData); bad.Status != 422 || !strings.Contains(bad.Body, "There is a problem") {
		t.Errorf("an empty form: %d", bad.Status)
	}
	if bad := b.submit(form, "package", "none"); bad.Status != 422 || !strings.Contains(bad.Body, "Choose a package from the list") {
		t.Errorf("no package: %d", bad.Status)
	}
	typed := []string{"package", packageData, "class", "extract_logic", "owner", ann.ID, "fix", "The four spellings go into the mapping", "retest-day", "8", "retest-month", "12", "retest-year", "2026"}
	made := b.submit(form, typed...)
	if made.Status != http.StatusSeeOther || !strings.HasPrefix(made.Header.Get("Location"), "/packages/"+packageData) {
		t.Fatalf("%d %s", made.Status, made.Body)
	}
	page := b.get("/packages/" + packageData)
	for _, want := range []string{"The value is not a permitted code", "The four spellings go into the mapping", "8 December 2026", "Ann Analyst", "312 findings when last looked for"} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the package does not say %q", want)
		}
	}
	if a := b.get(path); !strings.Contains(a.Body, "Taken up in") || !strings.Contains(a.Body, "owner Ann Analyst, retest 8 December 2026") {
		t.Error("the check does not say that the cause is taken up")
	}
	if again := b.submit(form, typed...); again.Status != http.StatusConflict {
		t.Errorf("a second issue of the same cause: %d", again.Status)
	}
	item := regexp.MustCompile(`href="(/packages/[^"]+/issues/[^"]+)"`).FindStringSubmatch(page.Body)
	if item == nil {
		t.Fatal("the issue cannot be changed")
	}
	if a := b.submit(item[1], "fix", "Mended", "class", "extract_logic", "owner", ann.ID, "retest-day", "8", "retest-month", "12", "retest-year", "2026", "closed_on-day", "24", "closed_on-month", "11", "closed_on-year", "2026"); a.Status != http.StatusSeeOther {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if page := b.get("/packages/" + packageData); !strings.Contains(page.Body, "Closed 24 November 2026") {
		t.Error("the issue is not closed")
	}
	if a := b.get("/packages/" + packageData + "/milestones/new"); a.Status != http.StatusForbidden {
		t.Errorf("an analyst's new milestone: %d", a.Status)
	}
	viewer, _ := p.person("Some Viewer", workpackages.Viewer)
	if a := viewer.get(path); strings.Contains(a.Body, "/issue?cause=") {
		t.Error("a viewer is offered to take a cause up")
	}
}

func TestIssuesThroughTheAPI(t *testing.T) {
	p := checked(t, gives(faulty()))
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	path, _ := b.result()
	id := strings.TrimPrefix(path, "/annexa/checks/")
	made := p.api(workpackages.Analyst, "POST", "/api/v1/workpackages/"+packageData+"/issues", map[string]any{
		"check": id, "cause": "S04/8/Ethnicity", "class": "extract_logic", "owner": "ann.analyst@example.gov.uk", "fix": "Map them", "retest": "2026-12-08",
	}, "If-Match", `"1"`)
	if made.Status != http.StatusCreated || made.json(t)["count"] != 312.0 {
		t.Fatalf("%d %s", made.Status, made.Body)
	}
	item := "/api/v1/workpackages/" + packageData + "/issues/" + made.json(t)["id"].(string)
	if a := p.api(workpackages.Analyst, "PATCH", item, map[string]any{"closed_on": "2026-11-24"}, "If-Match", `"2"`); a.Status != http.StatusOK || a.json(t)["closed_on"] != "2026-11-24" {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageData, nil).json(t)
	if issues := w["issues"].([]any); len(issues) != 1 {
		t.Errorf("the package has %v", issues)
	}
	if a := p.api(workpackages.Comms, "POST", "/api/v1/workpackages/"+packageData+"/issues", map[string]any{}, "If-Match", `"3"`); a.Status != http.StatusForbidden {
		t.Errorf("a communications token: %d", a.Status)
	}
}

func TestTheRulesAreOnAPage(t *testing.T) {
	p := checked(t, nil)
	b, _ := p.person("Some Viewer", workpackages.Viewer)
	a := b.get("/annexa/rules")
	for _, r := range annexa.Rules() {
		if !strings.Contains(a.Body, `id="`+r.ID+`"`) {
			t.Errorf("rule %s is not there", r.ID)
		}
	}
	for _, fault := range soundness(a.Body) {
		t.Error(fault)
	}
	if got := p.api(workpackages.Viewer, "GET", "/api/v1/annexa/rules", nil).json(t)["rules"].([]any); len(got) != len(annexa.Rules()) {
		t.Errorf("the API has %d rules", len(got))
	}
}

func TestTheDashboardSaysWhetherTheReturnIsFitToSend(t *testing.T) {
	p := checked(t, gives(faulty()))
	b, _ := p.person("Ann Analyst", workpackages.Analyst)
	if strings.Contains(b.get("/").Body, "Annexe A:</span>") {
		t.Error("before any check it says something")
	}
	path, _ := b.result()
	if a := b.get("/"); !strings.Contains(a.Body, "Not fit to send") || !strings.Contains(a.Body, `href="`+path+`"`) || !strings.Contains(a.Body, "checked on 24 November 2026") {
		t.Errorf("the dashboard: %s", a.Body)
	}
}
