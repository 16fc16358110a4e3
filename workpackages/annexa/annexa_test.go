package annexa

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
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
	if err := Validate([]Rule{whole()}); err != nil {
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
		if Validate([]Rule{r}) == nil {
			t.Errorf("%s was accepted", what)
		}
	}
	if Validate([]Rule{whole(), whole()}) == nil {
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

// TestCells puts one value into one column of an otherwise faultless row.
func TestCells(t *testing.T) {
	asOf := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		what   string
		list   int
		column string
		value  any
		want   string // rule, or "" for none
	}{
		{"a date as the template asks", 1, "Date of Contact", "24/11/2026", ""},
		{"a date with one-figure day and month", 1, "Date of Contact", "1/2/2026", ""},
		{"a date cell", 1, "Date of Contact", time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC), ""},
		{"an ISO date with a time", 1, "Date of Contact", "2026-05-06T10:11:12Z", ""},
		{"a date with a time", 1, "Date of Contact", "06/05/2026 10:11", ""},
		{"the 29th of February in no leap year", 1, "Date of Contact", "29/02/2026", "S05"},
		{"a date in words", 1, "Date of Contact", "last week", "S05"},
		{"a date with the year first and slashes", 1, "Date of Contact", "2026/05/06", ""},
		{"a date of eight figures", 1, "Date of Contact", "20260506", ""},
		{"eight figures that are no day", 1, "Date of Contact", "20261306", "S05"},
		{"September as newer programs shorten it", 1, "Date of Contact", "24 Sept 2026", ""},
		{"a date as SQL Server writes it unasked", 1, "Date of Contact", "May  6 2026 12:00AM", ""},
		{"a month in words and no day", 1, "Date of Contact", "May 2026", "S05"},
		{"a two-figure year after a month in words", 1, "Date of Contact", "24-NOV-26", "S05"},
		{"a two-figure year", 1, "Date of Contact", "01/02/26", "S05"},
		{"a negative serial number", 1, "Date of Contact", -3, "S05"},
		{"an American date", 1, "Date of Contact", "11/24/2026", "S05M"},
		{"a stand-in date", 1, "Date of Contact", "01/01/1900", "S06"},
		{"a date after the lists were made", 1, "Date of Contact", "25/11/2026", "S13"},
		{"an expected date of birth", 1, "Date of Birth", "25/12/2026", ""},
		{"no date of birth for an unborn child", 1, "Date of Birth", "", ""},
		{"a blank required date", 1, "Date of Contact", "", "R01"},
		{"a dash for a required date", 1, "Date of Contact", "-", "R01"},
		{"null for a required code", 1, "Gender", "NULL", "R01"},
		{"no identity number", 1, "Child Unique ID", " ", "S02"},
		{"an identity number made a number", 1, "Child Unique ID", "123456.0", "S08"},
		{"an identity number in scientific notation", 1, "Child Unique ID", "1.23457E+11", "S08"},
		{"a plain identity number", 1, "Child Unique ID", 123456, ""},
		{"an age of -1 for an unborn child", 1, "Age of Child (Years)", -1, ""},
		{"an age of -1 in care", 8, "Age of Child (Years)", -1, "N02"},
		{"an age of -2", 1, "Age of Child (Years)", -2, "N02"},
		{"an age of 22", 1, "Age of Child (Years)", 22, "N02"},
		{"an age with a fraction", 1, "Age of Child (Years)", 6.138, "N03"},
		{"an age in words", 1, "Age of Child (Years)", "six", "N01"},
		{"a count with .0", 3, "Number of Referrals in Last 12 Months", "2.0", ""},
		{"a count with a fraction", 3, "Number of Referrals in Last 12 Months", "2.5", "N01"},
		{"a huge count", 3, "Number of Referrals in Last 12 Months", "1e300", "N01"},
		{"an error cell", 1, "Date of Contact", "#N/A", "S10"},
		{"a non-breaking space in a name", 3, "Allocated Worker", "A\u00a0B", "S10S"},
		{"a non-breaking space around a code", 1, "Gender", "\u00a0b) Female\u00a0", "S10S"},

		{"a code as the template writes it", 1, "Gender", "b) Female", ""},
		{"a code in capitals", 1, "Gender", "B) FEMALE", ""},
		{"the words of a code", 1, "Gender", "female", ""},
		{"a code's longer form", 1, "Gender", "c) Not stated/recorded (or unborn)", ""},
		{"a letter and words", 1, "Gender", "M - Male", ""},
		{"a letter", 1, "Gender", "F", "S04Q"},
		{"a letter of one and words of another", 1, "Gender", "a) Female", "S04Q"},
		{"no gender at all", 1, "Gender", "Purple", "S04"},
		{"letters of List 11 that sources disagree on", 11, "Gender", "c) Not stated/recorded", ""},
		{"a bare letter in List 11, on which sources disagree", 11, "Gender", "c", "S04L"},
		{"a word's first letter in List 11, on which none disagrees", 11, "Gender", "F", "S04Q"},
		{"nought as Excel shows it", 1, "Date of Contact", "00/01/1900", "S06"},
		{"ethnicity by its four letters", 1, "Ethnicity", "wbri", ""},
		{"ethnicity in words with a number", 1, "Ethnicity", "1. White British", ""},
		{"ethnicity with the other lettering", 1, "Ethnicity", "t) NOBT", ""},
		{"ethnicity in a finer code of the same data set", 1, "Ethnicity", "WALB", "S04Q"},
		{"a letter of the list before the first letter of its word", 1, "Gender", "b) F", ""},
		{"a letter of the list before the first letter of another word", 1, "Gender", "a) F", "S04Q"},
		{"a letter of the list before words of nobody's", 1, "Gender", "b) Lady", "S04Q"},
		{"a code that came after the template", 8, "Placement Type", "K3", "S04N"},
		{"ethnicity grouped", 1, "Ethnicity", "a) White", "S11"},
		{"ethnicity that an extract could not map", 1, "Ethnicity", "u) UNKNOWN", "S04G"},
		{"a source by its code", 1, "Contact Source", "5A", ""},
		{"a source in words that six share", 1, "Contact Source", "Health services", "S11"},
		{"a source that is no code", 1, "Contact Source", "The school", "S04"},
		{"need with other capitals", 6, "Primary Need Code", "N1 - Abuse or Neglect", ""},
		{"need by its code", 6, "Primary Need Code", "n1", ""},
		{"need with a colon", 6, "Primary Need Code", "N1: Abuse or neglect", ""},
		{"need of another list", 8, "Child's Category of Need", "N9", "S04"},
		{"abuse in words", 7, "Initial Category of Abuse", "Physical abuse", ""},
		{"abuse by its census code", 7, "Initial Category of Abuse", "PHY", ""},
		{"a provider with a dash", 8, "Placement Provider", "e) PR4 - Private provision", ""},
		{"legal status by its code", 8, "Child's Legal Status", "C2", ""},
		{"the name of an authority", 8, "LA of Placement", "Anytown", ""},
		{"a status by its letter alone", 6, "Case status", "c", ""},
		{"a word's first letter", 3, "Referral NFA?", "Y", "S04Q"},
		{"a group of one code", 1, "Contact Source", "b) Schools", "S11"},
		{"yes without a letter", 3, "Referral NFA?", "Yes", ""},
		{"a lettered yes where the template has none", 11, "Is the (prospective) adopter fostering for adoption?", "a) Yes", ""},
		{"yes and no swapped", 3, "Referral NFA?", "a) No", "S04Q"},
	} {
		row := fullRow(c.list)
		i := slices.IndexFunc(headings(c.list), func(h any) bool { return h == c.column })
		if i < 0 {
			t.Fatalf("list %d has no column %q", c.list, c.column)
		}
		row[i] = c.value
		r := checked(t, Options{AsOf: asOf, Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{fmt.Sprintf("List %d", c.list), [][]any{headings(c.list), another(c.list), row}})})
		got := ""
		for _, f := range r.Causes {
			if f.Column == c.column && slices.Equal(f.Rows, []int{3}) && slices.ContainsFunc(aboutCells, func(r *Rule) bool { return r.ID == f.Rule }) {
				got += f.Rule
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}

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

func TestDatesCountedFrom1904(t *testing.T) {
	for serial, want := range map[string]string{"0": "1904-01-01", "44090": "2024-09-17"} {
		d, v := readDate(serial, true)
		if v != goodDate || d.time().Format(time.DateOnly) != want {
			t.Errorf("%s is %s in a workbook of 1904, not %s", serial, d.time().Format(time.DateOnly), want)
		}
	}
	for serial, want := range map[string]string{"1": "1900-01-01", "59": "1900-02-28", "61": "1900-03-01", "44090": "2020-09-16", "44090.75": "2020-09-16"} {
		d, v := readDate(serial, false)
		if v != goodDate || d.time().Format(time.DateOnly) != want {
			t.Errorf("%s is %s, not %s", serial, d.time().Format(time.DateOnly), want)
		}
	}
}

func TestRowNumbersAreThoseOfExcel(t *testing.T) {
	bad := fullRow(1)
	bad[5] = "never"
	r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", [][]any{{"title"}, {}, headings(1), fullRow(1), {}, bad, {}, {}, bad}})})
	if got := causesOf(r); !slices.Equal(got, []string{"S05 1/Date of Contact [6 9]"}) || r.Lists[0].Rows != 3 {
		t.Errorf("got %v over %d rows", got, r.Lists[0].Rows)
	}
}

func TestARowOfTotalsIsNoChild(t *testing.T) {
	r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", [][]any{headings(1), fullRow(1), {"Total", 1}}})})
	if got := causesOf(r); !slices.Equal(got, []string{"F05 1/ [3]"}) || r.Lists[0].Rows != 1 {
		t.Errorf("%v over %d rows", got, r.Lists[0].Rows)
	}
}

func TestWhatStandsAmongTheRowsAndIsNoneIsLeftOut(t *testing.T) {
	upper := headings(1)
	for i, h := range upper {
		upper[i] = strings.ToUpper(h.(string))
	}
	for name, c := range map[string]struct {
		row  []any
		none bool
	}{
		"a line at the foot, with a day in it":          {[]any{"Report run on 24/11/2026 by A. Clerk"}, true},
		"a line at the foot, in words alone":            {[]any{"End of report"}, true},
		"a marking of one word":                         {[]any{"OFFICIAL-SENSITIVE"}, true},
		"a count of the rows":                           {[]any{"37 rows"}, true},
		"a name and a day":                              {[]any{"Run:", "24/11/2026"}, true},
		"the headings again":                            {headings(1), true},
		"the headings again, in capitals":               {upper, true},
		"another list's headings":                       {headings(3), true},
		"what each column holds":                        {[]any{"text", "code", "code", "dd/mm/yyyy", "years", "dd/mm/yyyy", "code"}, true},
		"a list with nothing in it":                     {[]any{"Nil return"}, true},
		"an identity number alone":                      {[]any{"7000123"}, false},
		"an identity number with a letter in it alone":  {[]any{"P7000123"}, false},
		"an identity number without a figure, and days": {[]any{"UNBORN", nil, nil, nil, nil, "03/11/2026"}, false},
		"no identity number, and a gender":              {[]any{nil, "a) Male"}, false},
		"an identity number and what is no day":         {[]any{"7000123", nil, nil, "not known"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", [][]any{headings(1), fullRow(1), c.row}})})
			none := slices.Equal(causesOf(r), []string{"F05 1/ [3]"}) && r.Lists[0].Rows == 1
			if kept := r.Lists[0].Rows == 2; none != c.none || kept == c.none {
				t.Errorf("%v over %d rows", causesOf(r), r.Lists[0].Rows)
			}
		})
	}
}

// TestTheColumnsNumbersUnderTheHeadingsAreNoChild: some templates number their
// columns, in a row of its own.
func TestTheColumnsNumbersUnderTheHeadingsAreNoChild(t *testing.T) {
	ordinals := func(form string, from, n int) (out []any) {
		for i := range n {
			out = append(out, fmt.Sprintf(form, from+i))
		}
		return out
	}
	width := len(headings(1))
	for name, c := range map[string]struct {
		rows [][]any
		want string
	}{
		"plain":                             {[][]any{headings(1), ordinals("%d", 1, width), fullRow(1)}, "F05 1/ [2]"},
		"in brackets":                       {[][]any{headings(1), ordinals("(%d)", 1, width), fullRow(1)}, "F05 1/ [2]"},
		"under a title, with a blank row":   {[][]any{{"Contacts"}, headings(1), {}, ordinals("%d", 1, width), fullRow(1)}, "F05 1/ [4]"},
		"beside a column of nobody's":       {[][]any{append([]any{"Row"}, headings(1)...), ordinals("%d", 1, width+1), append([]any{"x"}, fullRow(1)...)}, "F05 1/ [2]"},
		"beside a column left blank":        {[][]any{append([]any{""}, headings(1)...), append([]any{""}, ordinals("%d", 1, width)...), append([]any{""}, fullRow(1)...)}, "F05 1/ [2]"},
		"an identity number of 1, no more":  {[][]any{headings(1), {1}, fullRow(1)}, ""},
		"numbers that are not the columns'": {[][]any{headings(1), ordinals("%d", 2, width), fullRow(1)}, ""},
		"numbers further down":              {[][]any{headings(1), fullRow(1), ordinals("%d", 1, width)}, ""},
	} {
		r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", c.rows})})
		got := causesOf(r)
		aside := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, "F05") })
		if c.want == "" && (aside >= 0 || r.Lists[0].Rows != 2) {
			t.Errorf("%s: left out: %v", name, got)
		}
		if c.want != "" && (aside < 0 || got[aside] != c.want || r.Lists[0].Rows != 1) {
			t.Errorf("%s: %v over %d rows", name, got, r.Lists[0].Rows)
		}
	}
}

func csvOf(sep string, rows ...[]any) string {
	var b strings.Builder
	for _, row := range rows {
		for i, v := range row {
			if i > 0 {
				b.WriteString(sep)
			}
			fmt.Fprintf(&b, "%q", fmt.Sprint(v))
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func TestCSVInEveryFormThatCouncilsSave(t *testing.T) {
	row := fullRow(3)
	row[9] = "Équipe"
	text := csvOf(",", headings(3), row)
	utf16 := []byte{0xFF, 0xFE}
	for _, r := range text {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for what, data := range map[string][]byte{
		"UTF-8":            []byte(text),
		"UTF-8 with a BOM": append([]byte{0xEF, 0xBB, 0xBF}, text...),
		"Windows-1252":     bytes.ReplaceAll([]byte(text), []byte("É"), []byte{0xC9}),
		"UTF-16":           utf16,
		"semicolons":       []byte(csvOf(";", headings(3), row)),
		"tabs":             []byte(csvOf("\t", headings(3), row)),
	} {
		r := checked(t, Options{Single: true}, Source{Name: "list3.csv", Data: data})
		if !r.Lists[2].Found || r.Lists[2].Rows != 1 || len(r.Causes) != 0 {
			t.Errorf("%s: found %v with %d rows and %v", what, r.Lists[2].Found, r.Lists[2].Rows, causesOf(r))
		}
	}
}

func TestFilesThatCannotBeReadGetOneSentence(t *testing.T) {
	good := workbook(t, tab{"List 1", [][]any{headings(1), fullRow(1)}})
	var noBook bytes.Buffer
	z := zip.NewWriter(&noBook)
	if _, err := z.Create("hello.txt"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, name string
		data       []byte
		says       string
	}{
		{"an empty file", "a.xlsx", nil, "empty"},
		{"a truncated workbook", "a.xlsx", good[:len(good)/2], "damaged or cut short"},
		{"a zip that is no workbook", "a.xlsx", noBook.Bytes(), "not a workbook"},
		{"text called a workbook", "a.xlsx", []byte("hello"), "not a workbook"},
		{"a picture", "a.png", []byte("\x89PNG"), "cannot be read"},
		{"bytes called CSV", "a.csv", []byte{1, 0, 2, 0}, "not text"},
		{"a zip bomb", "a.xlsx", bomb(t), "more than a gigabyte"},
	} {
		_, err := Check(t.Context(), []Source{{Name: c.name, Data: c.data}}, Options{})
		var e *ReadError
		if !errors.As(err, &e) || !strings.Contains(e.Sentence, c.says) || e.File != c.name {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// bomb is a small workbook that says it unpacks to two gigabytes.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: 5, UncompressedSize64: 1 << 30})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
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

// TestAReturnAsARegionWritesIt has the habits of the regional sample: a short
// heading, ages with a fraction, words beside the codes, #N/A for the team,
// non-breaking spaces in names, a step of the system for an outcome.
func TestAReturnAsARegionWritesIt(t *testing.T) {
	ret := annexatest.Make(annexatest.Options{Seed: 5, Rows: 400})
	set := func(n int, heading string, value func(i int, old string) string) {
		t.Helper()
		l := ret.Lists[n-1]
		at := slices.Index(l.Headings, heading)
		if at < 0 {
			t.Fatalf("List %d has no %q", n, heading)
		}
		for i, row := range l.Rows {
			row[at] = value(i, row[at])
		}
	}
	always := func(v string) func(int, string) string { return func(int, string) string { return v } }
	set(1, "Age of Child (Years)", func(_ int, old string) string { return old + ".138" })
	ret.Lists[0].Headings[slices.Index(ret.Lists[0].Headings, "Age of Child (Years)")] = "Age"
	set(2, "Gender", always("b) Female"))
	set(3, "Allocated Worker", func(_ int, old string) string { return strings.ReplaceAll(old, " ", "\u00a0") })
	set(4, "Was the child assessed as requiring LA children’s social care support", always("CS Assessment Updated"))
	set(6, "Allocated Team", always("#N/A"))
	set(6, "Primary Need Code", func(i int, old string) string {
		if i == 0 {
			return "PSRMEM - Support with a matter of its own"
		}
		return old
	})
	set(8, "Placement Location", always("0"))
	r := checkedReturn(t, ret)
	if r.Totals.Found != 11 || r.Totals.Empty != 0 || unread(r, "unrecognised") != 0 {
		t.Errorf("%+v, %+v", r.Totals, r.Unread)
	}
	rows := map[string]int{}
	for _, c := range r.Causes {
		rows[c.Key] = len(c.Rows)
	}
	all := func(n int) int { return len(ret.Lists[n-1].Rows) }
	for key, n := range map[string]int{
		CauseKey("N03", 1, "Age of Child (Years)"):                                                  all(1),
		CauseKey("S10S", 3, "Allocated Worker"):                                                     all(3),
		CauseKey("S04", 4, "Was the child assessed as requiring LA children’s social care support"): all(4),
		CauseKey("S10", 6, "Allocated Team"):                                                        all(6),
		CauseKey("S04", 6, "Primary Need Code"):                                                     1,
		CauseKey("S04", 8, "Placement Location"):                                                    all(8),
	} {
		if rows[key] != n || n == 0 {
			t.Errorf("%s: %d rows, want %d", key, rows[key], n)
		}
	}
	if n, there := rows[CauseKey("S04", 2, "Gender")]; there {
		t.Errorf("the words beside the code of a gender are no code in %d rows", n)
	}
}

// TestTheOfficialLayout is Ofsted's workbook as it is published: tabs of guidance
// before the lists, a title over the headings, and five rows of example in List 3.
func TestTheOfficialLayout(t *testing.T) {
	ret := annexatest.Make(annexatest.Options{Seed: 5, Rows: 400, Official: true})
	for _, l := range ret.Lists {
		l.Rows = l.Rows[:0]
	}
	three := ret.Lists[2]
	for i, gender := range []string{"F", "F", "M", "M", "F"} {
		source := []string{"School", "Health", "Police", "School", "School"}[i]
		times := []string{"1", "2", "1", "", "1"}[i]
		three.Rows = append(three.Rows, []string{fmt.Sprint(i + 1), gender, "WBRI", "01/01/2014", "1", "15/03/2015", source, "no", times, "AT", "AW"})
	}
	data, err := ret.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	r := checked(t, Options{}, Source{Name: "return.xlsx", Data: data}) // as of no day: the example is of 2015
	if r.Totals.Found != 11 || r.Totals.Empty != 10 || unread(r, "guidance") != 4 || unread(r, "unrecognised") != 0 {
		t.Errorf("%+v, %+v", r.Totals, r.Unread)
	}
	want := []string{"R01 3/Number of Referrals in Last 12 Months [6]", "S04 3/Referral Source [4]", "S04Q 3/Gender [3 4 5 6 7]"}
	if got := causesOf(r); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func FuzzReadWorkbook(f *testing.F) {
	f.Add(workbook(f, tab{"List 1", [][]any{headings(1), fullRow(1)}}))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte{0xD0, 0xCF, 0x11, 0xE0})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Check(t.Context(), []Source{{Name: "a.xlsx", Data: data}}, Options{})
		var e *ReadError
		if err != nil && !errors.As(err, &e) {
			t.Errorf("not a sentence for a person: %v", err)
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte(csvOf(",", headings(3), fullRow(3))))
	f.Add([]byte("\xEF\xBB\xBFa;b\n\"c"))
	f.Add([]byte{0xFF, 0xFE, 'a', 0, ',', 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Check(t.Context(), []Source{{Name: "a.csv", Data: data}}, Options{})
		var e *ReadError
		if err != nil && !errors.As(err, &e) {
			t.Errorf("not a sentence for a person: %v", err)
		}
	})
}

func TestYOrNOfInTouchIsGuessedAsYesOrNo(t *testing.T) {
	s := load().codes["in_touch"]
	for cell, want := range map[string]string{"Y": "YES", "N": "NO"} {
		v, i, _ := s.match(cell)
		if v != codeUnsure || i < 0 || s.values[i].Code != want {
			t.Errorf("%s: %v, value %d", cell, v, i)
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
