package annexa

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"readiness/workpackages/annexa/annexatest"
)

// spoiltReturn has causes of a few rows and of many.
func spoiltReturn(t *testing.T) *Report {
	t.Helper()
	r := annexatest.New(41, 3000)
	annexatest.Plant(r, 41, 300)
	for _, row := range r.Lists[0].Rows[:40] {
		row[1] = "?"
	}
	return checkedReturn(t, r)
}

func TestWhatIsStoredHasNoRowsAndNoNamesOfFiles(t *testing.T) {
	report := spoiltReturn(t)
	if report.Causes[0].Rows == nil || report.Files[0].Name == "" || report.Lists[0].Where == "" {
		t.Fatal("the live report has nothing to leave out")
	}
	j, err := json.Marshal(report.Stored())
	if err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{`"rows":[`, "return.xlsx"} {
		if strings.Contains(string(j), no) {
			t.Errorf("a stored report holds %s", no)
		}
	}
	if report.Causes[0].Rows == nil || report.Files[0].Name == "" {
		t.Error("storing spoilt the live report")
	}
}

// withoutRange takes away what stands for a small count.
func withoutRange(s string) string {
	return strings.NewReplacer("all but 1 to 5 of ", "of ", "1 to 5 rows", "", "1 to 5 of ", "of ").Replace(s)
}

// TestNoSmallCountLeavesTheAuthority looks for every number from 1 to 5 that
// counts children, in the fields and in the sentences.
func TestNoSmallCountLeavesTheAuthority(t *testing.T) {
	report := spoiltReturn(t)
	few := 0
	for _, c := range report.Causes {
		if c.Of > 0 && (small(c.Count) || small(c.Of-c.Count) || small(report.Lists[c.List-1].Rows-c.Count)) {
			few++
		}
	}
	if few < 10 {
		t.Fatalf("only %d causes have few rows", few)
	}
	shared := report.Shared()
	counts := regexp.MustCompile(`\b[1-5] of \d|\b[1-5] rows?\b`)
	suppressed := 0
	for _, c := range shared.Causes {
		if c.Suppressed {
			suppressed++
		}
		rows := shared.Lists[c.List-1].Rows
		if c.Of > 0 && small(c.Count) || small(c.Of) || c.Count > 0 && (small(c.Of-c.Count) || small(rows-c.Count)) || small(rows-c.Of) {
			t.Errorf("%s shows %d of %d, in a list of %d rows", c.Key, c.Count, c.Of, rows)
		}
		if c.Suppressed && !c.AllBut && c.Verdict != Unclear {
			t.Errorf("%s is suppressed and %s: that takes five", c.Key, c.Verdict)
		}
		if counts.MatchString(c.Reason) || counts.MatchString(withoutRange(c.Sentence())) {
			t.Errorf("%s says %q and %q", c.Key, c.Reason, c.Sentence())
		}
	}
	if suppressed != few {
		t.Errorf("%d of %d small counts were suppressed", suppressed, few)
	}
	for i, l := range shared.Lists {
		sum := 0
		for _, c := range shared.Causes {
			if c.List == l.Number && c.Severity == SeverityError {
				sum += c.Count
			}
		}
		if sum != l.Errors {
			t.Errorf("List %d: the total of errors, %d, gives away what is suppressed: %d are shown", l.Number, l.Errors, sum)
		}
		if l.Fit.Verdict != report.Lists[i].Fit.Verdict {
			t.Errorf("List %d: the verdict changed", l.Number)
		}
		for _, reason := range l.Fit.Reasons {
			if counts.MatchString(withoutRange(reason)) {
				t.Errorf("List %d says %q", l.Number, reason)
			}
		}
		for _, c := range l.Columns {
			if v := c.Values; v != nil && (small(v.Exact) || small(v.Code) || small(v.Words) || small(v.Guessed) || small(v.Unknown)) {
				t.Errorf("List %d, %s: %+v", l.Number, c.Heading, *v)
			}
		}
	}
	for _, reason := range shared.Fit.Reasons {
		if counts.MatchString(withoutRange(reason)) {
			t.Errorf("the return says %q", reason)
		}
	}
}

// TestTheReasonSurvivesSharing: what makes a list unfit is named outside the
// authority too, before the errors it could be sent with.
func TestTheReasonSurvivesSharing(t *testing.T) {
	r := annexatest.New(41, 3000)
	for i, row := range r.Lists[5].Rows {
		row[1] = ""
		if i < 3 {
			row[3] = "nobody knows"
		}
	}
	report := checkedReturn(t, r)
	shared := report.Shared()
	for i, l := range report.Lists {
		if after := shared.Lists[i].Fit; len(after.Reasons) != len(l.Fit.Reasons) {
			t.Errorf("List %d: %q became %q", l.Number, l.Fit.Reasons, after.Reasons)
		}
	}
	six := report.Lists[5].Fit
	if six.Verdict != NotFit || len(six.Causes) == 0 {
		t.Fatalf("List 6: %+v", six)
	}
	for i, reason := range shared.Lists[5].Fit.Reasons {
		if before, _, _ := strings.Cut(six.Reasons[i], " ("); !strings.HasPrefix(reason, before) {
			t.Errorf("reason %d: %q became %q", i+1, six.Reasons[i], reason)
		}
	}
}

// TestNothingSharedLeavesASmallCountToBeWorkedOut shares a list of 100 rows with
// one cause at a time, and its verdict's reason.
func TestNothingSharedLeavesASmallCountToBeWorkedOut(t *testing.T) {
	for name, of := range map[string]struct {
		cause  Cause
		values ValueMatch
		says   string // the reason's numbers
		want   Cause
		shown  bool // the values are
	}{
		"a large count is told":                           {Cause{Count: 40, Of: 80, Verdict: Extract}, ValueMatch{Exact: 80}, "(40 of 80 rows)", Cause{Count: 40, Of: 80, Share: 0.5, Verdict: Extract}, true},
		"a small one is not":                              {Cause{Count: 3, Of: 80, Teams: 2, Verdict: Unclear}, ValueMatch{Exact: 80}, "(1 to 5 of 80 rows)", Cause{Of: 80, Suppressed: true, Verdict: Unclear}, true},
		"a verdict would tell that a small one is five":   {Cause{Count: 5, Of: 80, Verdict: Recording}, ValueMatch{Exact: 80}, "(1 to 5 of 80 rows)", Cause{Of: 80, Suppressed: true, Verdict: Unclear}, true},
		"all but a few of the rows it applies to":         {Cause{Count: 78, Of: 80, Teams: 2, Verdict: Extract}, ValueMatch{Exact: 80}, "(all but 1 to 5 of 80 rows)", Cause{Of: 80, Share: 1, Suppressed: true, AllBut: true, Verdict: Extract}, true},
		"all but a few of the list":                       {Cause{Count: 97, Of: 100, Verdict: Extract}, ValueMatch{Exact: 100}, "(all but 1 to 5 of 100 rows)", Cause{Of: 100, Share: 1, Suppressed: true, AllBut: true, Verdict: Extract}, true},
		"it applies to all but a few of the list":         {Cause{Count: 48, Of: 96, Verdict: Extract}, ValueMatch{Exact: 100}, "(48 of 100 rows)", Cause{Count: 48, Of: 100, Share: 0.48, Verdict: Extract}, true},
		"all that it applies to, all but a few":           {Cause{Count: 96, Of: 96, Verdict: Extract}, ValueMatch{Exact: 100}, "(all but 1 to 5 of 100 rows)", Cause{Of: 100, Share: 1, Suppressed: true, AllBut: true, Verdict: Extract}, true},
		"it applies to a few":                             {Cause{Count: 4, Of: 4, Verdict: Unclear}, ValueMatch{Exact: 100}, "(1 to 5 rows)", Cause{Suppressed: true, Verdict: Unclear}, true},
		"all of the list":                                 {Cause{Count: 100, Of: 100, Verdict: Extract}, ValueMatch{Exact: 100}, "(100 of 100 rows)", Cause{Count: 100, Of: 100, Share: 1, Verdict: Extract}, true},
		"a few cells are blank, as the others have codes": {Cause{Count: 40, Of: 80, Verdict: Extract}, ValueMatch{Exact: 60, Code: 37}, "(40 of 80 rows)", Cause{Count: 40, Of: 80, Share: 0.5, Verdict: Extract}, false},
		"a few values are guessed":                        {Cause{Count: 40, Of: 80, Verdict: Extract}, ValueMatch{Exact: 60, Guessed: 2}, "(40 of 80 rows)", Cause{Count: 40, Of: 80, Share: 0.5, Verdict: Extract}, false},
	} {
		c := of.cause
		c.Key, c.Rule, c.Title, c.Severity, c.List, c.Column = "S04/2/Gender", "S04", "The value is not a permitted code", SeverityError, 2, "Gender"
		r := &Report{Causes: []Cause{c}, Fit: Fit{Verdict: NotFit, Reasons: []string{"Only Lists 1 and 2 were checked", ofList(2, c.Sentence())}}}
		for n := range 2 {
			r.Lists = append(r.Lists, ListReport{Number: n + 1, Found: true, Rows: 100, Unknown: []string{"Notes on Jo"}, Columns: []ColumnMap{{Heading: "Gender", Values: &of.values}}})
		}
		r.Lists[1].Fit, r.Lists[1].Errors = Fit{Verdict: NotFit, Causes: []string{c.Key}, Reasons: []string{c.Sentence(), "Gender: worded by an older version (3 of 100 rows)"}}, c.Count
		shared := r.Shared()
		got := shared.Causes[0]
		got.Key, got.Rule, got.Title, got.Severity, got.List, got.Column, got.Reason = "", "", "", "", 0, "", ""
		if !reflect.DeepEqual(got, of.want) {
			t.Errorf("%s: %+v, not %+v", name, got, of.want)
		}
		l := shared.Lists[1]
		if want := []string{"Gender: the value is not a permitted code " + of.says}; !slices.Equal(l.Fit.Reasons, want) {
			t.Errorf("%s: the list's reasons are %q, not %q", name, l.Fit.Reasons, want)
		}
		if want := []string{"Only Lists 1 and 2 were checked", "List 2: Gender: the value is not a permitted code " + of.says}; !slices.Equal(shared.Fit.Reasons, want) {
			t.Errorf("%s: the return's reasons are %q, not %q", name, shared.Fit.Reasons, want)
		}
		if l.Errors != got.Count || shared.Totals.Errors != got.Count {
			t.Errorf("%s: %d errors in the list, %d in all; %d are told", name, l.Errors, shared.Totals.Errors, got.Count)
		}
		if shown := l.Columns[0].Values != nil; shown != of.shown {
			t.Errorf("%s: values are shown: %t", name, shown)
		}
		if len(l.Unknown) > 0 || len(r.Lists[1].Unknown) == 0 {
			t.Errorf("%s: headings that somebody made up are %q, and %q in what stays", name, l.Unknown, r.Lists[1].Unknown)
		}
	}
}

func TestWhatWasNotLookedForIsNotGone(t *testing.T) {
	report := func(change func(r *Report), causes ...Cause) *Report {
		r := &Report{Causes: causes}
		for n := range 11 {
			r.Lists = append(r.Lists, ListReport{Number: n + 1, Found: true, Fit: Fit{Verdict: FitToSend}, Columns: []ColumnMap{{Heading: "Gender", Match: matchExact}}})
		}
		change(r)
		return r
	}
	as := func(*Report) {}
	x := Cause{Key: CauseKey("S04", 6, "Gender"), List: 6, Column: "Gender", Severity: SeverityError, Count: 40, Of: 100}
	for what, c := range map[string]struct {
		after func(r *Report)
		gone  int
	}{
		"it was looked for":             {as, 1},
		"the rule was not applied":      {func(r *Report) { r.NotRun = []string{x.Key} }, 0},
		"the column was missing":        {func(r *Report) { r.Lists[5].Columns[0].Match = matchMissing }, 0},
		"the list was left out":         {func(r *Report) { r.Lists[5].Fit.Verdict = NotChecked }, 0},
		"the list was missing":          {func(r *Report) { r.Lists[5].Found = false }, 0},
		"another list's was not looked": {func(r *Report) { r.NotRun = []string{CauseKey("S04", 7, "Gender")} }, 1},
	} {
		if got := Compare(report(as, x), report(c.after)); len(got.Gone) != c.gone {
			t.Errorf("%s: gone are %+v", what, got.Gone)
		}
	}
}

func TestWhatFollowsFromAnotherCauseIsNoChangeOfItsOwn(t *testing.T) {
	report := func(causes ...Cause) *Report {
		r := &Report{Causes: causes}
		for n := range 11 {
			r.Lists = append(r.Lists, ListReport{Number: n + 1, Found: true, Fit: Fit{Verdict: FitToSend}})
		}
		return r
	}
	cause := func(key string, count int, follows string) Cause {
		return Cause{Key: key, List: 6, Severity: SeverityError, Count: count, Of: 100, Share: float64(count) / 100, Follows: follows}
	}
	blank, age, few := cause("S07", 100, ""), cause("P01", 90, "S07"), cause("P01", 10, "")
	for what, c := range map[string]struct {
		before, after                  *Report
		fresh, worse, better, vanished int
	}{
		"a column goes blank":              {report(), report(blank, age), 1, 0, 0, 0},
		"it comes back":                    {report(blank, age), report(), 0, 0, 0, 1},
		"a fault of its own is overlaid":   {report(few), report(blank, age), 1, 0, 0, 0},
		"a fault is told again by itself":  {report(blank, age), report(few), 0, 0, 1, 1},
		"nothing follows, and one is gone": {report(few), report(), 0, 0, 0, 1},
	} {
		got := Compare(c.before, c.after)
		if len(got.New) != c.fresh || len(got.Worse) != c.worse || len(got.Better) != c.better || len(got.Gone) != c.vanished {
			t.Errorf("%s: %+v", what, got)
		}
	}
}

func TestASharedReportIsWrittenWithoutFalseNoughts(t *testing.T) {
	cause := func(list, count int) Cause {
		return Cause{Key: CauseKey("S04", list, "Gender"), Rule: "S04", Title: "The value is not a permitted code", Severity: SeverityError, List: list, Column: "Gender", Count: count, Of: 100, Share: float64(count) / 100, Verdict: Unclear}
	}
	report := func(causes ...Cause) *Report {
		r := &Report{Files: []FileRead{{Name: "Jo.csv"}, {Name: "Sam.csv"}}, Causes: causes}
		for _, l := range load().lists {
			r.Lists = append(r.Lists, ListReport{Number: l.Number, Short: l.Short, Found: true, Rows: 100})
		}
		r.Lists[9].Rows, r.Lists[10].Rows = 3, 0
		return r.Shared()
	}
	fewer := cause(7, 29)
	fewer.Of, fewer.Share = 50, 0.58
	before, after := report(cause(1, 3), cause(2, 40), cause(3, 2), cause(4, 30), cause(7, 30)), report(cause(1, 60), cause(2, 4), cause(5, 1), cause(6, 20), fewer)
	change := Compare(before, after)
	var page strings.Builder
	if err := after.WriteText(&page, TextOptions{Change: &change}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Annexe A check of 2 files\n",
		"  10 Adoption                 1 to 5        0         0       0  Not checked\n", "  11 Adopters                      0        0         0       0  Not checked (empty)\n",
		"Worse: List 1, Gender: the value is not a permitted code (60, was not given)\n", "Better: List 2, Gender: the value is not a permitted code (not given, was 40)\n",
		"Worse: List 7, Gender: the value is not a permitted code (29 of 50, was 30 of 100)\n",
		"New: List 5, Gender: the value is not a permitted code (not given)\n", "New: List 6, Gender: the value is not a permitted code (20)\n",
		"Gone: List 3, Gender: the value is not a permitted code (was not given)\n", "Gone: List 4, Gender: the value is not a permitted code (was 30)\n",
		"Counts of 1 to 5 are not given, and are in no total.\n",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in\n%s", want, page.String())
		}
	}
}

func TestARowOfDataTakenForHeadingsIsNotShown(t *testing.T) {
	for text, want := range map[string]string{
		"Area office": "Area office", "List of NHS numbers": "List of NHS numbers",
		"9434765919": "(a heading with a number in it)", "12/03/2016": "(a heading with a number in it)", "CH41 6AE": "(a heading with a number in it)", "born 3.4.16": "(a heading with a number in it)",
	} {
		if got := heading(text); got != want {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
}

func TestWhatChangedSinceTheCheckBefore(t *testing.T) {
	before, after := annexatest.New(42, 3000), annexatest.New(42, 3000)
	bad := func(r *annexatest.Return, list, n int, value string) {
		for _, row := range r.Lists[list-1].Rows[:n] {
			row[1] = value
		}
	}
	bad(before, 1, 100, "?") // gets better
	bad(after, 1, 20, "?")
	bad(before, 3, 10, "?") // gone
	bad(after, 4, 150, "?") // new, and the list is no longer fit
	bad(before, 6, 10, "?") // worse
	bad(after, 6, 60, "?")
	bad(before, 2, 50, "?") // much as it was
	bad(after, 2, 51, "?")
	c := Compare(checkedReturn(t, before), checkedReturn(t, after))
	keys := func(changes []CauseChange) string {
		var s []string
		for _, x := range changes {
			s = append(s, x.Key)
		}
		return strings.Join(s, " ")
	}
	if keys(c.New) != "S04/4/Gender" || keys(c.Gone) != "S04/3/Gender" || keys(c.Worse) != "S04/6/Gender" || keys(c.Better) != "S04/1/Gender" {
		t.Errorf("new %q, gone %q, worse %q, better %q", keys(c.New), keys(c.Gone), keys(c.Worse), keys(c.Better))
	}
	if len(c.Lists) == 0 || c.Since != "2026-11-24" || c.Empty() {
		t.Errorf("%+v", c)
	}
	same := checkedReturn(t, before)
	if c := Compare(same, same); !c.Empty() {
		t.Errorf("a check differs from itself: %+v", c)
	}
}
