package annexa

import (
	"encoding/json"
	"regexp"
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
	return strings.NewReplacer("1 to 5 rows", "", "1 to 5 of ", "of ").Replace(s)
}

// TestNoSmallCountLeavesTheAuthority looks for every number from 1 to 5 that
// counts children, in the fields and in the sentences.
func TestNoSmallCountLeavesTheAuthority(t *testing.T) {
	report := spoiltReturn(t)
	few := 0
	for _, c := range report.Causes {
		if small(c.Count) {
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
		if small(c.Count) && !wholeRule(c.Rule) || small(c.Of) || small(c.Of-c.Count) && !c.Suppressed {
			t.Errorf("%s shows %d of %d", c.Key, c.Count, c.Of)
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
