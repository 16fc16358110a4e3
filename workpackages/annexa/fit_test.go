package annexa

import (
	"slices"
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
