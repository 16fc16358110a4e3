package annexa

import (
	"slices"
	"strings"
	"testing"

	"readiness/workpackages/annexa/annexatest"
)

// TestWhichColumnAListCannotBeSentWithout blanks a column of List 6 throughout,
// and then takes it away.
func TestWhichColumnAListCannotBeSentWithout(t *testing.T) {
	for heading, want := range map[string]FitVerdict{
		"Gender": NotFit, "CIN Start Date": NotFit, "Date of Birth": NotFit,
		"Age of Child (Years)": FitToSend, // which the date of birth tells
	} {
		r := annexatest.New(5, 2000)
		l := r.Lists[5]
		at := slices.Index(l.Headings, heading)
		for _, row := range l.Rows {
			row[at] = ""
		}
		if fit := checkedReturn(t, r).Lists[5].Fit; fit.Verdict != want {
			t.Errorf("%s is blank in every row: %+v", heading, fit)
		}
		l.Headings[at] = "Something else"
		if fit := checkedReturn(t, r).Lists[5].Fit; (fit.Verdict == NotFit) != (want == NotFit) {
			t.Errorf("%s is not there: %+v", heading, fit)
		}
	}
}

// TestPartOfAReturnIsNeverFitToSend: of single lists that were given nothing
// follows for the whole, but that it is not fit if one of them is not.
func TestPartOfAReturnIsNeverFitToSend(t *testing.T) {
	for _, c := range []struct {
		what   string
		spoil  func(l *annexatest.List)
		want   FitVerdict
		label  string
		reason string // the last
	}{
		{"a list without a fault", func(*annexatest.List) {}, FitPart, "Only part of the return was checked", "Only List 6 was checked"},
		{"a list with a fault", func(l *annexatest.List) { l.Rows[0][1] = "nobody knows" }, FitPart, "Only part of the return was checked", "List 6: Gender: the value is not a permitted code (1 of 532 rows)"},
		{"a list that is not fit", func(l *annexatest.List) {
			for _, row := range l.Rows {
				row[1] = "nobody knows"
			}
		}, NotFit, "Not fit to send", "List 6: Gender: the value is not a permitted code (532 of 532 rows)"},
	} {
		r := annexatest.New(43, 3000)
		six := r.Lists[5]
		c.spoil(six)
		for name, data := range r.CSV() {
			if !strings.Contains(name, "6") {
				continue
			}
			report := checked(t, Options{AsOf: r.AsOf, Single: true}, Source{Name: name, Data: data})
			fit := report.Fit
			if fit.Verdict != c.want || fit.Verdict.Label() != c.label || fit.Reasons[0] != "Only List 6 was checked" || fit.Reasons[len(fit.Reasons)-1] != c.reason {
				t.Errorf("%s: %+v", c.what, fit)
			}
			if shared := report.Shared().Fit; shared.Verdict != c.want || len(shared.Reasons) != len(fit.Reasons) {
				t.Errorf("%s, shared: %+v", c.what, shared)
			}
		}
	}
}

// TestAWrongDayIsSaidBesideTheVerdict, as nothing that is found means much then.
func TestAWrongDayIsSaidBesideTheVerdict(t *testing.T) {
	r := annexatest.New(43, 3000)
	if fit := checkedReturn(t, r).Fit; len(fit.Reasons) != 0 {
		t.Errorf("on the right day: %+v", fit)
	}
	r.AsOf = r.AsOf.AddDate(3, 0, 0)
	report := checkedReturn(t, r)
	const want = "Most rows are outside the time that their lists speak of: check that the lists were made on 24 November 2029"
	if report.Fit.Reasons[0] != want || report.Shared().Fit.Reasons[0] != want {
		t.Errorf("three years later: %q", report.Fit.Reasons)
	}
}
