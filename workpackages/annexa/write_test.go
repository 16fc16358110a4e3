package annexa

import (
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

// TestErrorsThatAreKeptBackAreNotCounted: what leaves the authority says nothing
// of 1 to 5 late visits.
func TestErrorsThatAreKeptBackAreNotCounted(t *testing.T) {
	r := annexatest.New(51, 3000)
	late(r, 3)
	if p := page(t, checkedReturn(t, r).Shared(), TextOptions{}); strings.Contains(p, "about practice") {
		t.Error(p)
	}
}
