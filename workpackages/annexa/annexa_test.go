package annexa

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"readiness/workpackages/annexa/annexatest"
)

// tab is one tab of a workbook made for a test.
type tab struct {
	name string
	rows [][]any
}

func workbook(t testing.TB, tabs ...tab) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, tb := range tabs {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", tb.name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(tb.name); err != nil {
			t.Fatal(err)
		}
		for n, row := range tb.rows {
			if err := f.SetSheetRow(tb.name, fmt.Sprintf("A%d", n+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// headings of a list, in the edition of August 2019.
func headings(n int) []any {
	var out []any
	for _, c := range load().lists[n-1].Columns {
		if !c.Later {
			out = append(out, c.Heading)
		}
	}
	return out
}

// fullRow is a row of a list in which nothing is wrong.
func fullRow(n int) []any {
	var out []any
	for _, c := range load().lists[n-1].Columns {
		if c.Later {
			continue
		}
		if c.Heading == "CIN Closure Date" || c.Heading == "Reason for Closure" {
			out = append(out, "") // the case is open
			continue
		}
		switch c.Type {
		case codeColumn:
			out = append(out, c.codes.values[0].Value)
		case dateColumn:
			out = append(out, "05/06/2026")
		case numberColumn:
			out = append(out, 2)
		default:
			out = append(out, "A12345")
		}
	}
	return out
}

// another is a full row about somebody else.
func another(n int) []any {
	row := fullRow(n)
	row[0] = "B67890"
	return row
}

func checked(t testing.TB, o Options, sources ...Source) *Report {
	t.Helper()
	r, err := Check(t.Context(), sources, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// causesOf gives the findings of a report as "rule list/column rows".
func causesOf(r *Report) []string {
	var out []string
	for _, f := range r.Causes {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d/%s %v", f.Rule, f.List, f.Column, f.Rows)))
	}
	return out
}

func TestTheSpecificationIsWhole(t *testing.T) {
	s := load()
	columns, codes := 0, 0
	for i, l := range s.lists {
		if l.Number != i+1 {
			t.Errorf("list %d stands at place %d", l.Number, i+1)
		}
		columns += len(l.Columns)
		seen := map[string]bool{}
		for _, c := range l.Columns {
			if seen[c.folded] {
				t.Errorf("list %d has two columns that fold to %q", l.Number, c.folded)
			}
			seen[c.folded] = true
			for _, a := range c.aliases {
				other := slices.IndexFunc(l.Columns, func(o *column) bool { return o != c && (o.folded == a || slices.Contains(o.aliases, a)) })
				if other >= 0 {
					t.Errorf("list %d: %q may mean %s or %s", l.Number, a, c.Heading, l.Columns[other].Heading)
				}
			}
			_, source := s.sources[c.Source]
			_, basis := s.sources[c.Basis]
			if !source || c.Required && !basis {
				t.Errorf("list %d, %s has no known source", l.Number, c.Heading)
			}
		}
		for _, h := range append(l.Key, l.Window.Dates...) {
			if _, ok := l.place[h]; !ok {
				t.Errorf("list %d has no column %q", l.Number, h)
			}
		}
	}
	for _, c := range s.codes {
		codes += len(c.values)
	}
	if len(s.lists) != 11 || columns != 169 || len(s.codes) != 26 || codes != 232 {
		t.Errorf("%d lists, %d columns, %d code sets, %d codes", len(s.lists), columns, len(s.codes), codes)
	}
}

func TestRulesWithoutTheirPapersAreRefused(t *testing.T) {
	whole := func() Rule {
		r := *ruleCode
		r.Lists = []int{1}
		return r
	}
	if err := validate([]Rule{whole()}); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(r *Rule){
		"no reason":              func(r *Rule) { r.Why = "" },
		"nothing to do":          func(r *Rule) { r.Do = "" },
		"an inferred error":      func(r *Rule) { r.Inferred = true },
		"a disputed error":       func(r *Rule) { r.Disputed = "Two sources disagree." },
		"a source of no name":    func(r *Rule) { r.Source = []string{"hearsay"} },
		"no severity":            func(r *Rule) { r.Severity = "" },
		"a column of no list":    func(r *Rule) { r.checks = []check{{list: 1, columns: []string{"Shoe size"}}} },
		"a finding out of place": func(r *Rule) { r.checks = []check{{list: 1, columns: []string{gender}, at: ethnicity}} },
	} {
		r := whole()
		spoil(&r)
		if validate([]Rule{r}) == nil {
			t.Errorf("%s was accepted", what)
		}
	}
	if validate([]Rule{whole(), whole()}) == nil {
		t.Error("a clash of ids was accepted")
	}
}

// TestAFullReturnHasNoFindings checks a whole made-up return that is right by
// the facts, written by a generator that shares no code with the rules.
func TestAFullReturnHasNoFindings(t *testing.T) {
	for what, o := range map[string]annexatest.Options{
		"a plain extract":                     {Seed: 1, Rows: 3000},
		"the official layout, on another day": {Seed: 2, Rows: 1500, Official: true, AsOf: time.Date(2027, 3, 30, 0, 0, 0, 0, time.UTC)},
		"List 9 in its 13 columns":            {Seed: 3, Rows: 800, ThirteenCols: true},
	} {
		made := annexatest.Make(o)
		data, err := made.XLSX()
		if err != nil {
			t.Fatal(err)
		}
		r := checked(t, Options{AsOf: made.AsOf}, Source{Name: "return.xlsx", Data: data})
		for _, c := range r.Causes {
			if c.Rule != ruleCodeLater.ID {
				t.Errorf("%s: %s", what, c.Sentence())
			}
		}
		if r.Totals.Found != 11 || r.Fit.Verdict != FitToSend {
			t.Errorf("%s: %s, %+v", what, r.Fit.Verdict, r.Totals)
		}
	}
}

func TestListsAreRecognised(t *testing.T) {
	three := headings(3)
	shouting := make([]any, len(three))
	for i, h := range three {
		shouting[i] = "  " + strings.ToUpper(strings.ReplaceAll(h.(string), " ", "  ")) + " "
	}
	smart := slices.Clone(headings(8))
	for i, h := range smart {
		smart[i] = strings.ReplaceAll(h.(string), "'", "’")
	}
	camelCase := []any{"ChildUniqueID", "Gender", "Ethnicity", "DateOfBirth", "Age", "ReferralDate", "ReferralSource", "ReferralNFA", "ReferralsLast12Months", "AllocatedTeam", "AllocatedWorker"}
	partly := slices.Clone(camelCase)
	partly[0], partly[5], partly[8] = "PER_ID", "REF_DT", "REF_N"
	low := [][]any{}
	for range 29 {
		low = append(low, []any{"Team:", "All"})
	}
	var nine17 []any
	for _, c := range load().lists[8].Columns {
		nine17 = append(nine17, c.Heading)
	}
	for _, c := range []struct {
		what    string
		tab     tab
		list    int
		row     int
		columns int
	}{
		{"by the template's tab and headings", tab{"List_3", [][]any{{"List 3: Referral"}, three}}, 3, 2, 11},
		{"with a tab name that says nothing", tab{"Export (2)", [][]any{three}}, 3, 1, 11},
		{"in other case with other spaces", tab{"List 3", [][]any{shouting}}, 3, 1, 11},
		{"with curly quotation marks", tab{"list-08", [][]any{smart}}, 8, 1, 34},
		{"under an extract's own headings", tab{"Referrals", [][]any{camelCase}}, 3, 1, 11},
		{"with its headings in the thirtieth row", tab{"List 3", append(slices.Clone(low), three)}, 3, 30, 11},
		{"under a row of a case system's own names that fit less well", tab{"List 3", [][]any{partly, three}}, 3, 2, 11},
		{"in the edition of 13 columns", tab{"List 9", [][]any{headings(9)}}, 9, 1, 13},
		{"in the edition of 17 columns", tab{"List 9", [][]any{nine17}}, 9, 1, 17},
		{"by its name, when its few columns are in many lists", tab{"list_8", [][]any{headings(8)[:5]}}, 8, 1, 34},
		{"not mistaking List 10 for List 1", tab{"List 10", [][]any{headings(10)}}, 10, 1, 16},
	} {
		r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, c.tab)})
		l := r.Lists[c.list-1]
		short := len(c.tab.rows[0]) == 5 // the rest is missing, and found to be
		if !l.Found || l.HeadingRow != c.row || len(l.Columns) != c.columns || len(r.Causes) != 0 && !short {
			t.Errorf("%s: found %v in row %d with %d columns and %v", c.what, l.Found, l.HeadingRow, len(l.Columns), causesOf(r))
		}
	}
}

// TestHeadingsAmongTheRowsMakeNoOtherList: lists that were put one below the other
// are the first, however well the headings further down fit.
func TestHeadingsAmongTheRowsMakeNoOtherList(t *testing.T) {
	short := slices.Clone(headings(3))
	short[5], short[8] = "When they rang", "How often"
	for what, below := range map[string][]any{"its own, all in order": headings(3), "another list's": headings(4)} {
		rows := [][]any{short}
		for range 23 {
			rows = append(rows, fullRow(3))
		}
		r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"Export", append(rows, below, fullRow(3))})})
		if l := r.Lists[2]; !l.Found || l.HeadingRow != 1 || l.Rows != 24 || r.Totals.Found != 1 {
			t.Errorf("%s: List 3 found %v in row %d with %d rows, of %d lists", what, l.Found, l.HeadingRow, l.Rows, r.Totals.Found)
		}
		if c := causeOf(r, CauseKey("F05", 3, "")); c == nil || !slices.Equal(c.Rows, []int{25}) {
			t.Errorf("%s: the headings in row 25 are taken for a child: %v", what, causesOf(r))
		}
	}
}

func TestTheTemplatesHeadingsUnderAFilesOwnAreNoChild(t *testing.T) {
	own := slices.Clone(headings(3))
	own[0], own[5] = "ChildUniqueID", "ReferralDate"
	for _, first := range [][]any{own, headings(3)} {
		r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"Export", [][]any{first, fullRow(3), headings(3)}})})
		if got := causesOf(r); !slices.Equal(got, []string{"F05 3/ [3]"}) || r.Lists[2].Rows != 1 {
			t.Errorf("%v over %d rows", got, r.Lists[2].Rows)
		}
	}
}

func TestWhatIsNoListIsSaidSo(t *testing.T) {
	r := checked(t, Options{}, Source{Name: "w.xlsx", Data: workbook(t,
		tab{"Front_Sheet", [][]any{{"Annex A"}}},
		tab{"Codes_used", [][]any{headings(3)}},
		tab{"Holidays", [][]any{{"Name", "Days"}, {"x", 1}}},
		tab{"Children", [][]any{headings(1)[:5], fullRow(1)[:5]}},
		tab{"List 1", [][]any{headings(1)}},
		tab{"List 1 old", [][]any{headings(1), fullRow(1)}},
		tab{"List 4", [][]any{headings(3)}},
	)})
	if unread(r, "guidance") != 2 || unread(r, "unrecognised") != 2 || unread(r, "second copy") != 1 {
		t.Errorf("%+v", r.Unread)
	}
	got := causesOf(r)
	for _, want := range []string{"F02 1/ []", "F03 3/ []", "S01 4/ []", "S01 11/ []"} {
		if !slices.Contains(got, want) {
			t.Errorf("no finding %q in %v", want, got)
		}
	}
}

func TestHeadingsThatAreMissingUnknownOrDoubled(t *testing.T) {
	h := slices.Clone(headings(1))
	h[5] = "When they rang"
	h = append(h, "Gender")
	r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", [][]any{h, fullRow(1)}})})
	want := []string{"S01H 1/Date of Contact []", "F04 1/Gender []", "F01 1/ []"}
	if got := causesOf(r); !slices.Equal(got, want) || !slices.Equal(r.Lists[0].Unknown, []string{"When they rang"}) {
		t.Errorf("got %v with %v, want %v", got, r.Lists[0].Unknown, want)
	}
}

// aboutCells are the rules that look at one cell.
var aboutCells = append([]*Rule{ruleID, ruleRequired, ruleRequiredInferred, ruleNoPlans, ruleNumberRange, ruleFuture, ruleIDForm, ruleCodeLater}, fileRules...)

// unread counts the tabs and files that were passed over for a reason.
func unread(r *Report, kind string) int {
	n := 0
	for _, u := range r.Unread {
		if u.Kind == kind {
			n++
		}
	}
	return n
}

// TestNoCellEverLeaves plants a canary in every cell of every list, where a
// fault makes each of them a finding, and looks for it in all that comes out.
func TestNoCellEverLeaves(t *testing.T) {
	const canary = "CANARY"
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var tabs []tab
	for n := 1; n <= 11; n++ {
		rows := [][]any{{canary + " title"}, headings(n)}
		for i := range 30 {
			row := make([]any, len(headings(n)))
			for j := range row {
				row[j] = fmt.Sprintf("%s-%d-%d-%d", canary, n, i, j)
			}
			rows = append(rows, row)
		}
		tabs = append(tabs, tab{fmt.Sprintf("List %d", n), rows})
	}
	r := checked(t, Options{AsOf: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}, Source{Name: "w.xlsx", Data: workbook(t, tabs...)})
	if r.Totals.Errors < 1000 {
		t.Fatalf("only %d errors: the canaries were not found fault with", r.Totals.Errors)
	}
	j, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.WriteText(&text, TextOptions{All: true}); err != nil {
		t.Fatal(err)
	}
	for what, out := range map[string]string{"JSON": string(j), "text": text.String()} {
		if strings.Contains(strings.ToUpper(out), canary) {
			t.Errorf("a cell shows in the %s", what)
		}
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("the check left %v in the temporary folder: %v", left, err)
	}
}

func TestTheReportIsTheSameEveryTime(t *testing.T) {
	data := workbook(t, tab{"List 3", [][]any{headings(3), {"x"}, {"", "y"}, {"#N/A"}}})
	first, _ := json.Marshal(checked(t, Options{}, Source{Name: "w.xlsx", Data: data}))
	for range 20 {
		again, _ := json.Marshal(checked(t, Options{}, Source{Name: "w.xlsx", Data: data}))
		if !bytes.Equal(first, again) {
			t.Fatal("two checks of one workbook differ")
		}
	}
}

func TestRowRangesAreShort(t *testing.T) {
	for want, rows := range map[string][]int{
		"row 3":          {3},
		"rows 3 to 5":    {3, 4, 5},
		"rows 3 to 4, 9": {3, 4, 9},
		"rows 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, and 2 more": {1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27},
	} {
		if got := ranges(rows, len(rows)); got != want {
			t.Errorf("%v: got %q, want %q", rows, got, want)
		}
	}
}

func TestTheNameOfAListKeepsItsCapital(t *testing.T) {
	for s, want := range map[string]string{
		"List 8 was found before it: a list is read once": "List 8 was found before it: a list is read once",
		"Lists differ": "lists differ",
	} {
		if got := lowerFirst(s); got != want {
			t.Errorf("%q", got)
		}
	}
}

func TestTwoHundredLocalColumnsTakeALine(t *testing.T) {
	row, wide := headings(1), []string{}
	for i := range 200 {
		row = append(row, fmt.Sprintf("Local column %d", 1000+i))
		wide = append(wide, "Plain local column "+strings.Repeat("x", i))
	}
	for _, w := range wide {
		row = append(row, w)
	}
	r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", [][]any{row, fullRow(1)}})})
	var b strings.Builder
	if err := r.WriteText(&b, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "(a heading with a number in it); Plain local column; ") || !strings.Contains(b.String(), "; and 388 more") {
		t.Error(b.String())
	}
}
