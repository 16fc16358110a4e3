package web

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

func TestWhatIsKeptIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	d := &desk{now: func() time.Time { return now }}
	keep := func(id, by string, bytes int64) {
		d.keep(kept{id: id, by: by, bytes: bytes, until: now.Add(keepFor)})
	}
	has := func(id, by string) bool { _, ok := d.upload(id, by); return ok }
	keep("1", "ann", 10)
	keep("2", "ann", 10)
	if has("1", "ann") || !has("2", "ann") || has("2", "bob") {
		t.Error("not the newest of each person, or not theirs alone")
	}
	for i := range keepPeople {
		keep(fmt.Sprint("p", i), fmt.Sprint("person ", i), 10)
	}
	if has("2", "ann") || !has("p0", "person 0") {
		t.Error("not the newest of four people")
	}
	keep("big", "bob", keepBytes-15)
	if !has("big", "bob") || has("p2", "person 2") || !has("p3", "person 3") {
		t.Error("not as many bytes as there is room for")
	}
	keep("too big", "cyd", keepBytes+1)
	if has("too big", "cyd") {
		t.Error("more bytes than there is room for")
	}
	now = now.Add(keepFor)
	if has("big", "bob") {
		t.Error("kept for longer than is said")
	}
}

func TestNothingIsKeptOfWhoSignsOutDuringTheCheck(t *testing.T) {
	for _, by := range []string{"ann", "bob"} {
		gate := make(chan struct{})
		d := &desk{
			run: func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) {
				<-gate
				return &annexa.Report{}, nil
			},
			record: func(context.Context, *job, *annexa.Report) error { return nil },
			now:    time.Now, log: slog.New(slog.DiscardHandler), count: newMetrics(), slots: make(chan struct{}, 1), ctx: t.Context(), jobs: map[string]*job{},
		}
		j := &job{ID: "1", By: workpackages.Actor{ID: "ann"}}
		d.start(j)
		d.forget(by)
		close(gate)
		<-j.done
		if _, ok := d.upload("1", "ann"); ok != (by != "ann") {
			t.Errorf("%s has signed out, and Ann's upload is kept: %t", by, ok)
		}
	}
}

func TestRoomForUploadsRunsOutAndComesBack(t *testing.T) {
	d := &desk{room: uploadRoom}
	for range 2 {
		if err := d.reserve(maxUpload); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.reserve(1); workpackages.KindOf(err) != workpackages.Unavailable {
		t.Errorf("a third one: %v", err)
	}
	d.release(maxUpload)
	if err := d.reserve(maxUpload); err != nil {
		t.Error(err)
	}
}

func TestListsThatWentTheSameWayAreNamedTogether(t *testing.T) {
	got := listChanges([]annexa.ListChange{
		{List: 1, From: annexa.FitToSend, To: annexa.NotFit}, {List: 2, From: annexa.NotFit, To: annexa.FitToSend}, {List: 6, From: annexa.FitToSend, To: annexa.NotFit},
		{List: 8, From: annexa.FitToSend, To: annexa.NotFit}, {List: 9, From: annexa.FitToSend},
	})
	want := []string{
		"Lists 1, 6 and 8 were “Fit to send” and are now “Not fit to send”",
		"List 2 was “Not fit to send” and is now “Fit to send”",
		"List 9 was “Fit to send” and is now “Not checked”",
	}
	for i, w := range want {
		if len(got) != len(want) || got[i].Text != w {
			t.Fatalf("%v", got)
		}
	}
}

func TestEmptyListsAreNamedBesideTheVerdict(t *testing.T) {
	some := workpackages.ListSummary{Number: 1, Found: true, Rows: 3}
	empty := workpackages.ListSummary{Number: 4, Found: true}
	missing := workpackages.ListSummary{Number: 5}
	other := workpackages.ListSummary{Number: 7, Found: true}
	for _, c := range []struct {
		lists []workpackages.ListSummary
		want  string
	}{
		{[]workpackages.ListSummary{some, missing}, ""},
		{[]workpackages.ListSummary{some, empty, missing}, "List 4 is empty: that is right only if there is nobody to put in it"},
		{[]workpackages.ListSummary{some, empty, other}, "Lists 4 and 7 are empty: that is right only if there is nobody to put in them"},
	} {
		if got := newCheckHead(workpackages.CheckSummary{Lists: c.lists}).Empty(); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestAListThatMayBeSentInSpiteOfItsErrorsSaysWhy(t *testing.T) {
	for _, c := range []struct {
		fit    annexa.FitVerdict
		errors int
		want   bool
	}{{annexa.FitToSend, 2, true}, {annexa.FitToSend, 0, false}, {annexa.FitKnown, 2, false}, {annexa.NotFit, 2, false}} {
		l := listView{ListReport: annexa.ListReport{Errors: c.errors, Fit: annexa.Fit{Verdict: c.fit}}}
		if l.PracticeOnly() != c.want {
			t.Errorf("%s with %d errors: not %t", c.fit, c.errors, c.want)
		}
	}
}

func TestWhatIsFoldedAwayIsNamed(t *testing.T) {
	some := func(n int) []causeView { return make([]causeView, n) }
	for _, c := range []struct {
		shown, folded int
		want          string
	}{{0, 1, "1 for information"}, {0, 3, "3 for information"}, {8, 1, "The other one, which weighs less"}, {8, 7, "The other 7, which weigh less"}} {
		if got := (causeGroupView{Causes: some(c.shown), Rest: some(c.folded)}).Folded(); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestCountsInWords(t *testing.T) {
	for _, c := range []struct {
		cause annexa.Cause
		want  string
	}{
		{annexa.Cause{Column: "Gender", Count: 312, Of: 640}, "312 of 640 rows (49%)"},
		{annexa.Cause{Column: "Gender", Count: 1, Of: 1}, "1 of 1 row (100%)"},
		{annexa.Cause{Column: "Gender", Count: 1, Of: 748}, "1 of 748 rows (under 1%)"},
		{annexa.Cause{Column: "Gender", Count: 747, Of: 748}, "747 of 748 rows (over 99%)"},
		{annexa.Cause{Column: "Gender", Of: 748, Suppressed: true}, "1 to 5 of 748 rows"},
		{annexa.Cause{Column: "Gender", Suppressed: true}, "1 to 5 rows"},
		{annexa.Cause{Suppressed: true}, "1 to 5 rows"},
		{annexa.Cause{Column: "Gender", Of: 748, Suppressed: true, AllBut: true}, "all but 1 to 5 of 748 rows"},
		{annexa.Cause{Column: "Gender", Count: 1}, "the column as a whole"},
		{annexa.Cause{Count: 1}, "the list as a whole"},
	} {
		if got := countText(c.cause); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestAFaultThatGrewIsToldWithItsRowsWhereTheseChanged(t *testing.T) {
	for want, c := range map[string]annexa.CauseChange{
		"from 29 of 648 rows to 28 of 300": {From: 29, FromOf: 648, To: 28, ToOf: 300},
		"from 29 to 40":                    {From: 29, FromOf: 648, To: 40, ToOf: 648},
		"from 1 to 2":                      {From: 1, To: 2},
	} {
		if got := fromTo(c); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestWhatAPackageSaysOfAnIssue(t *testing.T) {
	s := &Server{Options: Options{Now: func() time.Time { return time.Date(2026, 12, 9, 9, 0, 0, 0, time.UTC) }, Zone: time.UTC}}
	for _, x := range []struct {
		issue        workpackages.Issue
		state, found string
		overdue      bool
	}{
		{workpackages.Issue{Count: 12, Retest: "2026-12-09"}, "Open", "12 findings when last looked for", false},
		{workpackages.Issue{Count: 1, Retest: "2026-12-08", Recurrences: 1}, "Open, reopened once", "1 finding when last looked for", true},
		{workpackages.Issue{Passes: 1, Retest: "2026-12-09", Recurrences: 2}, "Open, reopened 2 times", "not found in the last check", false},
		{workpackages.Issue{Passes: 2, Retest: "2026-12-01", ClosedOn: "2026-12-04"}, "Closed 4 December 2026", "not found in the last 2 checks", false},
		{workpackages.Issue{Count: 3, Class: workpackages.NotAFault, ClosedOn: "2026-12-04"}, "Closed 4 December 2026", "3 findings when it was looked into", false},
	} {
		v := s.issueViews(workpackages.WorkPackage{Issues: []workpackages.Issue{x.issue}}, nil)[0]
		if v.State != x.state || v.Found != x.found || v.Overdue != x.overdue {
			t.Errorf("%+v is %q, %q, overdue %t", x.issue, v.State, v.Found, v.Overdue)
		}
	}
}

func TestACauseThatFollowsStandsUnderTheOneItFollowsFrom(t *testing.T) {
	causes := []annexa.Cause{{Key: "a", Rule: "A", List: 8}, {Key: "b", Rule: "B", List: 6, Follows: "a"}, {Key: "c", Rule: "C", List: 6, Follows: "gone"}, {Key: "d", Rule: "D", List: 6, Follows: "d"}}
	keys := func(all []causeView) (s string) {
		for _, v := range all {
			s += v.Key
			for _, f := range v.Follows {
				s += "(" + f.Key + ")"
			}
		}
		return s
	}
	if got := keys(causeViews(causes, 0)); got != "a(b)cd" {
		t.Errorf("of all lists: %s", got)
	}
	if got := keys(causeViews(causes, 6)); got != "bcd" {
		t.Errorf("of list 6, where what it follows from is not shown: %s", got)
	}
}

func TestTheTrendIsDrawnWithinItsPicture(t *testing.T) {
	at := func(day, errors, warnings int) workpackages.CheckSummary {
		return workpackages.CheckSummary{At: time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC), Totals: annexa.Totals{Errors: errors, Warnings: warnings}}
	}
	if v := newTrend([]workpackages.CheckSummary{at(1, 5, 5)}, time.UTC); v.Rows != nil {
		t.Error("one check alone is drawn")
	}
	for what, all := range map[string][]workpackages.CheckSummary{
		"nothing found":   {at(2, 0, 0), at(1, 0, 0)},
		"many":            {at(3, 1, 123456), at(2, 99999, 7), at(1, 0, 0)},
		"the same labels": {at(2, 50, 50), at(1, 50, 50)},
	} {
		v := newTrend(all, time.UTC)
		for _, p := range append(v.Errors.Points, v.Warnings.Points...) {
			if p.X < trendLeft || p.X > trendRight || p.Y < trendTop || p.Y > trendBottom {
				t.Errorf("%s: a point at %d, %d", what, p.X, p.Y)
			}
		}
		if gap := v.Errors.LabelY - v.Warnings.LabelY; gap > -18 && gap < 18 {
			t.Errorf("%s: the labels are %d apart", what, gap)
		}
	}
	for n, want := range map[int]int{1: 2, 2: 2, 9: 10, 11: 20, 412: 600, 940: 1000, 1001: 2000} {
		if got := niceTop(n); got != want {
			t.Errorf("the scale for %d ends at %d, not %d", n, got, want)
		}
	}
}

func TestWhatChangedIsSaidInSentences(t *testing.T) {
	change := annexa.Change{Since: "2026-11-17",
		New:    []annexa.CauseChange{{Title: "The list is missing", List: 11, To: 1}},
		Better: []annexa.CauseChange{{Title: "The value is not a permitted code", List: 8, Column: "Ethnicity", From: 312, To: 21}},
		Lists:  []annexa.ListChange{{List: 8, From: annexa.NotFit, To: annexa.FitKnown}},
	}
	for i := range 9 {
		change.Gone = append(change.Gone, annexa.CauseChange{Title: "x", List: i + 1, From: 2})
	}
	v := (&Server{}).changeView(workpackages.Check{Previous: "p", Change: change})
	got := ""
	for _, g := range v.Groups {
		got += fmt.Sprintf("%s [%s] +%d\n", g.Heading, g.Lines[0].Text, g.More)
	}
	want := "Lists [List 8 was “Not fit to send” and is now “Fit to send, with known faults”] +0\n" +
		"1 new fault [List 11: The list is missing. 1 finding] +0\n" +
		"1 fault got better [List 8, Ethnicity: The value is not a permitted code. From 312 to 21] +0\n" +
		"9 faults gone [List 1: x. There were 2] +3\n"
	if got != want {
		t.Errorf("it says\n%s", got)
	}
}
