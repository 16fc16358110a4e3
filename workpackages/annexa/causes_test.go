package annexa

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"readiness/workpackages/annexa/annexatest"
)

// spoil changes cells of a made-up return: change gets each row of a list as a
// map of headings to places.
func spoil(r *annexatest.Return, list int, change func(cell func(heading string) *string)) {
	l := r.Lists[list-1]
	for _, row := range l.Rows {
		change(func(heading string) *string { return &row[slices.Index(l.Headings, heading)] })
	}
}

func checkedReturn(t testing.TB, r *annexatest.Return) *Report {
	t.Helper()
	data, err := r.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	return checked(t, Options{AsOf: r.AsOf}, Source{Name: "return.xlsx", Data: data})
}

// teamOf names the team of a list with the most rows.
func teamOf(l *annexatest.List) string {
	n := map[string]int{}
	best := ""
	for _, row := range l.Rows {
		name := row[slices.Index(l.Headings, team)]
		if n[name]++; n[name] > n[best] {
			best = name
		}
	}
	return best
}

func causeOf(r *Report, key string) *Cause {
	i := slices.IndexFunc(r.Causes, func(c Cause) bool { return c.Key == key })
	if i < 0 {
		return nil
	}
	return &r.Causes[i]
}

// TestPatternsSpeakForExtractOrRecording spoils a return in ways that councils'
// returns are spoilt, and looks at the verdict.
func TestPatternsSpeakForExtractOrRecording(t *testing.T) {
	for _, c := range []struct {
		what   string
		spoil  func(r *annexatest.Return)
		key    string
		want   Verdict
		reason string
	}{
		{"a code that the mapping leaves out, in every team", func(r *annexatest.Return) {
			spoil(r, 8, func(cell func(string) *string) {
				if e := cell(ethnicity); *e == "a) WBRI" {
					*e = "British (White) legacy"
				}
			})
		}, "S04/8/Ethnicity", Extract, "The same value stands in"},
		{"codes typed by hand", func(r *annexatest.Return) {
			n := 0
			spoil(r, 8, func(cell func(string) *string) {
				if n++; n%9 == 0 {
					*cell(ethnicity) = "typed " + strconv.Itoa(n)
				}
			})
		}, "S04/8/Ethnicity", Recording, "typed by hand"},
		{"visits that one team records late", func(r *annexatest.Return) {
			name := teamOf(r.Lists[7])
			spoil(r, 8, func(cell func(string) *string) {
				if *cell(team) == name && *cell(ceased) == "" {
					*cell("Date of Last Social Work Visit") = "01/06/2026"
				}
			})
		}, "T05/8/Date of Last Social Work Visit", Recording, "in one of"},
		{"a column mapped to nothing", func(r *annexatest.Return) {
			spoil(r, 8, func(cell func(string) *string) { *cell("Placement Location") = "" })
		}, "S07/8/Placement Location", Extract, "whole column"},
		{"a column mapped to a default", func(r *annexatest.Return) {
			spoil(r, 3, func(cell func(string) *string) { *cell("Referral Source") = "u) 10: Unknown" })
		}, "S07C/3/Referral Source", Extract, "whole column"},
		{"closed cases that List 6 leaves out", func(r *annexatest.Return) {
			gone := map[string]bool{}
			spoil(r, 8, func(cell func(string) *string) {
				if *cell(ceased) != "" {
					gone[*cell(childID)] = true
				}
			})
			r.Lists[5].Rows = slices.DeleteFunc(r.Lists[5].Rows, func(row []string) bool { return gone[row[0]] })
		}, "X02/8/Child Unique ID", Extract, "closed cases out"},
		{"dates in American order", func(r *annexatest.Return) {
			spoil(r, 1, func(cell func(string) *string) {
				d := strings.Split(*cell("Date of Contact"), "/")
				*cell("Date of Contact") = d[1] + "/" + d[0] + "/" + d[2]
			})
		}, "S05M/1/Date of Contact", Extract, "a program wrote it"},
		{"late assessments here and there", func(r *annexatest.Return) {
			n := 0
			spoil(r, 4, func(cell func(string) *string) {
				if n++; n%8 == 0 && *cell("Continuous Assessment Date of Authorisation") != "" {
					*cell("Continuous Assessment Start Date") = "02/03/2026"
				}
			})
		}, "T01/4/Continuous Assessment Date of Authorisation", Recording, "done late, or recorded late"},
		{"closures without a date here and there", func(r *annexatest.Return) {
			n := 0
			spoil(r, 6, func(cell func(string) *string) {
				if d := cell("CIN Closure Date"); *d != "" {
					if n++; n%8 == 0 {
						*d = ""
					}
				}
			})
		}, "C01/6/Reason for Closure", Recording, "were recorded otherwise, or not at all"},
		{"three rows of nothing in particular", func(r *annexatest.Return) {
			for _, row := range r.Lists[0].Rows[:3] {
				row[1] = "?"
			}
		}, "S04/1/Gender", Unclear, "Too few rows"},
	} {
		r := annexatest.New(11, 6000)
		c.spoil(r)
		report := checkedReturn(t, r)
		got := causeOf(report, c.key)
		if got == nil {
			t.Errorf("%s: no cause %s", c.what, c.key)
			continue
		}
		if got.Verdict != c.want || !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: %s, because %q", c.what, got.Verdict, got.Reason)
		}
	}
}

// TestLostNoughtsAreCountedOfNumbersThatHadSome: of children who are in one list
// alone nobody knows, so they are no rows in order.
func TestLostNoughtsAreCountedOfNumbersThatHadSome(t *testing.T) {
	for _, c := range []struct {
		what string
		lost func(list, row int) bool
		all  bool
	}{
		{"every list but the first", func(list, _ int) bool { return list > 1 }, true},
		{"a few rows of List 3", func(list, row int) bool { return list == 3 && row%40 == 0 }, false},
	} {
		r := annexatest.New(11, 3000)
		for _, l := range r.Lists[:10] {
			for n, row := range l.Rows {
				if !c.lost(l.Number, n) {
					row[0] = "000" + row[0]
				}
			}
		}
		report, found := checkedReturn(t, r), 0
		for _, x := range report.Causes {
			if x.Rule != "S08" {
				continue
			}
			found++
			if c.all && (x.Of != x.Count || x.Count >= fewRows && x.Verdict != Extract) || !c.all && (x.List != 3 || x.Of < 40*x.Count-80) {
				t.Errorf("%s: %s in List %d, %d of %d: %s", c.what, x.Verdict, x.List, x.Count, x.Of, x.Reason)
			}
		}
		if found == 0 {
			t.Errorf("%s: nothing was found", c.what)
		}
	}
}

func TestWhatFollowsFromABrokenColumnIsNoCauseOfItsOwn(t *testing.T) {
	r := annexatest.New(12, 4000)
	spoil(r, 8, func(cell func(string) *string) { *cell(birth) = "not a date" })
	report := checkedReturn(t, r)
	root := causeOf(report, "S05/8/Date of Birth")
	if root == nil || root.Follows != "" {
		t.Fatalf("the broken column is %+v", root)
	}
	blank := annexatest.New(12, 4000)
	spoil(blank, 8, func(cell func(string) *string) { *cell("Placement Location") = "" })
	report = checkedReturn(t, blank)
	if c := causeOf(report, "R01/8/Placement Location"); c == nil || c.Follows != "S07/8/Placement Location" {
		t.Errorf("a blank column is told of twice: %+v", c)
	}
}

// TestIdentityNumbersWrittenInTwoWays: every cross-list rule would misfire; the
// report says that they are written in two ways, and nothing else.
func TestIdentityNumbersWrittenInTwoWays(t *testing.T) {
	noughts := func(r *annexatest.Return) {
		for _, l := range r.Lists[:10] {
			for _, row := range l.Rows {
				row[slices.Index(l.Headings, childID)] = "00" + strings.TrimLeft(row[slices.Index(l.Headings, childID)], "0")
			}
		}
	}
	for what, spoilt := range map[string]func(id string) string{
		"noughts lost in List 8":  func(id string) string { return strings.TrimLeft(id, "0") },
		".0 at the end":           func(id string) string { return id + ".0" },
		"spaces before and after": func(id string) string { return "  " + id + " " },
	} {
		r := annexatest.New(13, 4000)
		noughts(r)
		for _, row := range r.Lists[7].Rows {
			row[0] = spoilt(row[0])
		}
		data, err := r.XLSX()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range checked(t, Options{AsOf: r.AsOf}, Source{Name: "r.xlsx", Data: data}).Causes {
			if c.Severity != SeverityInfo {
				got = append(got, c.Key)
			}
		}
		if !slices.Equal(got, []string{"S08/8/Child Unique ID"}) {
			t.Errorf("%s: %v", what, got)
		}
	}
}

// TestTwentyThousandFindingsMakeAPage is what the checker is for.
func TestAnEvenSpreadSaysHowManyTeamsHaveIt(t *testing.T) {
	for teams, want := range map[int]string{5: "All 5 teams have it, at much the same rate", 3: "3 of 5 teams have it, at much the same rate"} {
		c := &Cause{Count: 40, Of: 100, Share: 0.4}
		if v, reason := (&checker{}).judge(c, &Rule{UsualCause: CauseEither}, &found{}, nil, spread{teams: teams, all: 5, even: true, most: teams, mostRows: 0.9}); v != Extract || reason != want {
			t.Errorf("%d teams of 5: %s, %q", teams, v, reason)
		}
	}
}

func TestTwentyThousandFindingsMakeAPage(t *testing.T) {
	r := annexatest.New(14, 30_000)
	for n := 1; n <= 10; n++ {
		spoil(r, n, func(cell func(string) *string) {
			*cell(age) = "6.138"
			if e := cell(ethnicity); *e == "a) WBRI" {
				*e = "WB"
			}
		})
	}
	spoil(r, 8, func(cell func(string) *string) { *cell("Date of Last Health Assessment") = "" })
	report := checkedReturn(t, r)
	if n := report.Totals.Errors + report.Totals.Warnings + report.Totals.Infos; n < 20_000 {
		t.Fatalf("only %d findings", n)
	}
	var page bytes.Buffer
	if err := report.WriteText(&page, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(page.Bytes(), []byte("\n")); lines > 120 {
		t.Errorf("%d lines are no page:\n%s", lines, page.String())
	}
	if !strings.Contains(page.String(), "Lists 1, 2, 3, 4, 5, 6, 7, 8, 9 and 10  Ethnicity: the value is not a permitted code") {
		t.Errorf("one fault of ten lists is not told once:\n%s", page.String())
	}
}

// TestMarksThatKeepANumberTextAreNotPartOfIt: an apostrophe, and the formula
// ="0012", keep noughts in Excel; through a CSV file they come out as text.
func TestMarksThatKeepANumberTextAreNotPartOfIt(t *testing.T) {
	for _, mark := range []string{"'%s", `="%s"`, "‘%s"} {
		r := annexatest.New(3, 600)
		for _, n := range []int{2, 6} {
			for _, row := range r.Lists[n-1].Rows {
				row[0] = fmt.Sprintf(mark, row[0])
			}
		}
		report := checkedReturn(t, r)
		for _, c := range report.Causes {
			if c.Rule != "S08" && c.Severity != SeverityInfo {
				t.Errorf("%s: %s", mark, c.Key)
			}
		}
		for _, n := range []int{2, 6} {
			if c := causeOf(report, CauseKey("S08", n, childID)); c == nil || c.Count != len(r.Lists[n-1].Rows) {
				t.Errorf("%s: not said in List %d", mark, n)
			}
		}
	}
}

// rewritten is a return as CSV whose dates all have another form.
func rewritten(t *testing.T, form func(day, month, year string) string) *Report {
	t.Helper()
	r := annexatest.New(43, 3000)
	date := regexp.MustCompile(`^(\d\d)/(\d\d)/(\d{4})$`)
	for _, l := range r.Lists {
		for _, row := range l.Rows {
			for i, cell := range row {
				if m := date.FindStringSubmatch(cell); m != nil {
					row[i] = form(m[1], m[2], m[3])
				}
			}
		}
	}
	var sources []Source
	for name, data := range r.CSV() {
		sources = append(sources, Source{Name: name, Data: data})
	}
	slices.SortFunc(sources, func(a, b Source) int { return strings.Compare(a.Name, b.Name) })
	return checked(t, Options{AsOf: r.AsOf}, sources...)
}

// TestDatesInAnotherFormAreOneThingToMend: whoever writes the extract has one
// line to change, and should read of one fault.
func TestDatesInAnotherFormAreOneThingToMend(t *testing.T) {
	for _, of := range []struct {
		what, rule string
		form       func(day, month, year string) string
	}{
		{"years of two digits", "S05", func(d, m, y string) string { return d + "/" + m + "/" + y[2:] }},
		{"American dates", "S05M", func(d, m, y string) string { return m + "/" + d + "/" + y }},
	} {
		report := rewritten(t, of.form)
		for i, g := range Groups(report.Causes) {
			c := g.Causes[0]
			switch {
			case i == 0 && c.Rule == of.rule:
				if g.Columns() < 30 || len(g.Lists()) != 11 || !strings.HasPrefix(g.Sentence(), fmt.Sprintf("In %d columns: the ", g.Columns())) || !strings.HasSuffix(g.Sentence(), " cells)") {
					t.Errorf("%s: %d columns of lists %v: %s", of.what, g.Columns(), g.Lists(), g.Sentence())
				}
			case i == 0 || c.Severity == SeverityError:
				t.Errorf("%s: fault %d is %s %s: %s", of.what, i+1, g.Where(), c.Rule, g.Sentence())
			}
		}
	}
}

// TestAGroupWhoseCausesSayNoReasonSaysNone: the version for sharing takes them away.
func TestAGroupWhoseCausesSayNoReasonSaysNone(t *testing.T) {
	for reason, want := range map[string]string{"": "", "It is so": "In List 2: it is so. The others are alike"} {
		var g Group
		for n, count := range []int{0: 10, 1: 20} {
			g.Add(Cause{Rule: "S07", List: n + 1, Column: birth, Count: count, Reason: reason})
		}
		if got := g.Reason(); got != want {
			t.Errorf("%q: %q", reason, got)
		}
	}
}
