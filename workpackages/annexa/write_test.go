package annexa

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"readiness/workpackages/annexa/annexatest"
)

// page is a report as a person reads it.
func page(t *testing.T, r *Report, o TextOptions) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteText(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// late gives the first so many children in care a last visit of half a year before.
func late(r *annexatest.Return, n int) {
	l := r.Lists[7]
	visit, ceased := slices.Index(l.Headings, "Date of Last Social Work Visit"), slices.Index(l.Headings, "Date Ceased to be Looked After")
	for _, row := range l.Rows {
		if n > 0 && row[ceased] == "" {
			row[visit] = "20/05/2026"
			n--
		}
	}
}

// TestErrorsOfPracticeLeaveAReturnFitAndThePageSaysSo: "13 errors. Fit to send."
// contradicts itself to whoever does not know that late visits are errors too.
func TestErrorsOfPracticeLeaveAReturnFitAndThePageSaysSo(t *testing.T) {
	for _, c := range []struct {
		what       string
		late       int
		bad        bool
		says, ends string
	}{
		{"no errors", 0, false, "\nFit to send\n", "causes. Fit to send.\n"},
		{"one late visit", 1, false, "\nFit to send\n  The 1 error is about practice, not about the data: act on", "Fit to send. The 1 error is about practice, not about the data.\n"},
		{"late visits", 13, false, "\nFit to send\n  All 13 errors are about practice, not about the data: act on", "Fit to send. All 13 errors are about practice, not about the data.\n"},
		{"late visits and a wrong code", 13, true, "\nFit to send, with known faults\n  List 8: Ethnicity", "Fit to send, with known faults.\n"},
	} {
		r := annexatest.New(51, 3000)
		late(r, c.late)
		if c.bad {
			r.Lists[7].Rows[0][slices.Index(r.Lists[7].Headings, ethnicity)] = "Martian"
		}
		p := page(t, checkedReturn(t, r), TextOptions{})
		if !strings.Contains(p, c.says) || !strings.HasSuffix(p, c.ends) {
			t.Errorf("%s:\n%s", c.what, p)
		}
	}
}

func TestErrorsOfPracticeInAListByItselfAreSaidToBeThose(t *testing.T) {
	r := annexatest.New(51, 3000)
	late(r, 13)
	for name, data := range r.CSV() {
		if !strings.Contains(name, "8") {
			continue
		}
		p := page(t, checked(t, Options{AsOf: r.AsOf, Single: true}, Source{Name: name, Data: data}), TextOptions{})
		if !strings.Contains(p, "All 13 errors are about practice, not about the data: act on what was late or not done\n") || strings.Contains(p, "send the lists") {
			t.Errorf("%s", p)
		}
		return
	}
	t.Fatal("there is no List 8")
}

// TestErrorsThatAreKeptBackAreNotCounted: what leaves the authority says nothing
// of 1 to 5 late visits.
func TestErrorsThatAreKeptBackAreNotCounted(t *testing.T) {
	r := annexatest.New(51, 3000)
	late(r, 3)
	if p := page(t, checkedReturn(t, r).Shared(), TextOptions{}); strings.Contains(p, "about practice") {
		t.Error(p)
	}
}

// TestAPageHasNoPartOfNotesOnly: each was a title with "and 1 cause more" under it.
func TestAPageHasNoPartOfNotesOnly(t *testing.T) {
	clean := checkedReturn(t, annexatest.New(52, 600))
	if clean.Totals.Errors+clean.Totals.Warnings > 0 || clean.Totals.Infos < 2 {
		t.Fatalf("the return has %+v", clean.Totals)
	}
	faulty := annexatest.New(52, 600)
	faulty.Lists[7].Rows[0][slices.Index(faulty.Lists[7].Headings, ethnicity)] = "Martian"
	const extract, unclear = "For the extract or the mapping", "The pattern does not say"
	for _, c := range []struct {
		what      string
		report    *Report
		o         TextOptions
		has, less []string
	}{
		{"notes only", clean, TextOptions{}, []string{"\n\n9 notes: --all shows them.\n\n"}, []string{extract, unclear, "more: --all", "\n\n\n"}},
		{"notes only, all of it", clean, TextOptions{All: true}, []string{extract, unclear, "  info List 9"}, []string{"--all"}},
		{"a fault and notes", checkedReturn(t, faulty), TextOptions{}, []string{unclear + "\n  error List 8", "\n9 notes: --all shows them.\n"}, []string{extract, "more: --all"}},
	} {
		p := page(t, c.report, c.o)
		for _, s := range c.has {
			if !strings.Contains(p, s) {
				t.Errorf("%s: no %q in\n%s", c.what, s, p)
			}
		}
		for _, s := range c.less {
			if strings.Contains(p, s) {
				t.Errorf("%s: %q in\n%s", c.what, s, p)
			}
		}
	}
}

func TestTheNotesLeftOutAreCounted(t *testing.T) {
	for n, want := range map[int]string{0: "There are notes: --all shows them.", 1: "1 note: --all shows it.", 2: "2 notes: --all shows them."} {
		r := &Report{Totals: Totals{Infos: n}, Causes: []Cause{{Severity: SeverityInfo}}}
		if p := page(t, r, TextOptions{}); strings.Count(p, want) != 1 {
			t.Errorf("%d: %s", n, p)
		}
	}
}

// TestOneColumnThatManyListsLackIsToldOnce, and those that the same lists lack
// on one line.
func TestOneColumnThatManyListsLackIsToldOnce(t *testing.T) {
	lacks := func(headings ...string) []ColumnMap {
		out := []ColumnMap{{Heading: "Gender", Match: matchExact}}
		for _, h := range headings {
			out = append(out, ColumnMap{Heading: h, Match: matchMissing})
		}
		return out
	}
	r := &Report{Lists: []ListReport{
		{Number: 3, Columns: lacks("Allocated Worker")}, {Number: 4, Columns: lacks("Allocated Worker")},
		{Number: 5, Columns: lacks("Date of ICPC", "Allocated Worker", "Case status")}, {Number: 6, Columns: lacks()},
	}}
	const want = "\nWhat could not be matched, and was not checked\n  Lists 3, 4 and 5 lack: Allocated Worker\n  List 5 lacks: Date of ICPC; Case status\n\n"
	if p := page(t, r, TextOptions{}); !strings.Contains(p, want) {
		t.Error(p)
	}
}

func TestAPageNamesTheColumnsWithTheMostUnknownValues(t *testing.T) {
	l := ListReport{Number: 8}
	for i := range 14 {
		l.Columns = append(l.Columns, ColumnMap{Heading: fmt.Sprintf("C%d", i+1), Match: matchExact, Values: &ValueMatch{Exact: 20, Guessed: i % 2, Unknown: i / 2}})
	}
	r := &Report{Lists: []ListReport{l}}
	const line = "  List 8, values matched to codes: C14 (1 guessed, 6 not known, of 27); C13 (0 guessed, 6 not known, of 26); C12 (1 guessed, 5 not known, of 26); C11 (0 guessed, 5 not known, of 25); C10 (1 guessed, 4 not known, of 25); "
	if p := page(t, r, TextOptions{}); !strings.Contains(p, line+"and 8 more\n") {
		t.Error(p)
	}
	if p := page(t, r, TextOptions{All: true}); !strings.Contains(p, line+"C9 (") || !strings.Contains(p, "C2 (1 guessed, 0 not known, of 21)\n") {
		t.Error(p)
	}
}

func TestTheDayOfTheListsIsWrittenAsThePagesWriteIt(t *testing.T) {
	for asOf, want := range map[string]string{"": "", "2026-11-24": ", made on 24 November 2026", "some day": ", made on some day"} {
		if got := asOfText(asOf); got != want {
			t.Errorf("%q is written %q, not %q", asOf, got, want)
		}
	}
}
