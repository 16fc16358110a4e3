package workpackages_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// found is one finding's cause in a made-up report.
func found(rule string, list int, column string, count int) annexa.Cause {
	return annexa.Cause{
		Key: annexa.CauseKey(rule, list, column), Rule: rule, Title: "The value is not a permitted code", Severity: annexa.SeverityError,
		List: list, Column: column, Count: count, Of: 640,
	}
}

// report has all eleven lists, with one column each, and the causes given.
func report(causes ...annexa.Cause) *annexa.Report {
	r := &annexa.Report{AsOf: "2026-11-24", Fit: annexa.Fit{Verdict: annexa.NotFit}, Causes: causes}
	for n := range 11 {
		r.Lists = append(r.Lists, annexa.ListReport{
			Number: n + 1, Title: fmt.Sprint("List ", n+1), Found: true, Rows: 10 * n, Errors: n, Fit: annexa.Fit{Verdict: annexa.FitToSend},
			Columns: []annexa.ColumnMap{{Heading: "Ethnicity", Match: "exact"}},
		})
	}
	return r
}

// check records a report an hour after the one before, as the analyst.
func (c *council) check(r *annexa.Report) workpackages.Check {
	c.t.Helper()
	c.now = c.now.Add(time.Hour)
	k, err := c.RecordCheck(c.t.Context(), analyst.Actor("api"), workpackages.NewCheckID(c.now, ""), workpackages.ByAPI, workpackages.Date(r.AsOf), r)
	if err != nil {
		c.t.Fatal(err)
	}
	return k
}

func TestIDsOfChecksSortByTimeAndFitAnAddress(t *testing.T) {
	london := londonZone(t)
	summer := time.Date(2026, 10, 25, 1, 30, 0, 0, london) // the repeated hour, the first time
	var ids []string
	for _, at := range []time.Time{start, start.Add(time.Millisecond), start.Add(10 * time.Millisecond), start.Add(time.Hour)} {
		ids = append(ids, workpackages.NewCheckID(at, ""))
	}
	if !slices.IsSorted(ids) {
		t.Errorf("not in order of time: %v", ids)
	}
	if a, b := workpackages.NewCheckID(summer.Add(50*time.Minute), "z"), workpackages.NewCheckID(summer.Add(65*time.Minute), "a"); a >= b {
		t.Errorf("%s comes before %s by the clock, not in time", b, a)
	}
	if a, b := workpackages.NewCheckID(start, ""), workpackages.NewCheckID(start, ""); a == b {
		t.Errorf("two checks of one instant share %s", a)
	}
	if a := workpackages.NewCheckID(start, "schedule"); a != "20261124T090000.000-schedule" {
		t.Errorf("the scheduled one is %s", a)
	}
}

func TestOnlyThoseMayCheckWhoWorkWithAnnexeA(t *testing.T) {
	for _, x := range []struct {
		by  workpackages.Actor
		may bool
	}{
		{director.Actor("api"), true}, {analyst.Actor("api"), true}, {workpackages.System(), true},
		{leadA.Actor("api"), false}, {comms.Actor("api"), false}, {viewer.Actor("api"), false}, {workpackages.Actor{}, false},
	} {
		c := newCouncilAtWork(t)
		before := c.store.whole()
		_, err := c.RecordCheck(t.Context(), x.by, "id", workpackages.Uploaded, "", report())
		if x.may != (err == nil) {
			t.Errorf("%s: %v", x.by.Role, err)
		}
		if !x.may {
			c.wantKind(workpackages.Forbidden, before, err)
		}
	}
}

func TestACheckIsKeptOnceWithItsCounts(t *testing.T) {
	c := newCouncilAtWork(t)
	k := c.check(report(found("S04", 8, "Ethnicity", 312)))
	if len(k.Lists) != 11 || k.Lists[7].Rows != 70 || k.Lists[7].Errors != 7 || k.Lists[7].Fit != annexa.FitToSend || !k.Lists[7].Found || k.Lists[7].Number != 8 {
		t.Errorf("the summary of List 8 is %+v", k.Lists[7])
	}
	if k.Fit.Verdict != annexa.NotFit || k.AsOf != "2026-11-24" || k.By.ID != analyst.ID || k.At.IsZero() || k.Previous != "" {
		t.Errorf("the check is %+v", k.CheckSummary)
	}
	before := c.store.whole()
	again, err := c.RecordCheck(t.Context(), workpackages.System(), k.ID, workpackages.Scheduled, "2026-01-01", report())
	if err != nil || again.By.ID != analyst.ID || len(again.Report.Causes) != 1 {
		t.Errorf("recorded again it is %+v: %v", again.CheckSummary, err)
	}
	if c.store.whole() != before {
		t.Error("recording it again stored something")
	}
	got, err := c.CheckOf(t.Context(), k.ID)
	if err != nil || got.ID != k.ID || len(got.Report.Causes) != 1 {
		t.Errorf("read back it is %+v: %v", got.CheckSummary, err)
	}
	if _, err := c.CheckOf(t.Context(), "none"); workpackages.KindOf(err) != workpackages.NotFound || err == nil {
		t.Errorf("no such check: %v", err)
	}
}

func TestARivalsCheckOfTheSameIDIsGivenBack(t *testing.T) {
	c := newCouncilAtWork(t)
	c.store.fault = func(op string) error {
		if op == "AddCheck" {
			c.store.fault = nil
			return c.store.AddCheck(t.Context(), workpackages.Check{CheckSummary: workpackages.CheckSummary{ID: "id", Origin: workpackages.Scheduled}})
		}
		return nil
	}
	k, err := c.RecordCheck(t.Context(), workpackages.System(), "id", workpackages.ByAPI, "", report())
	if err != nil || k.Origin != workpackages.Scheduled {
		t.Errorf("%+v %v", k.CheckSummary, err)
	}
}

func TestACheckIsComparedWithTheNewestBeforeIt(t *testing.T) {
	c := newCouncilAtWork(t)
	first := c.check(report())
	second := c.check(report())
	if second.Previous != first.ID {
		t.Errorf("compared with %q, want %q", second.Previous, first.ID)
	}
	// One that was due in between and comes late.
	late, err := c.RecordCheck(t.Context(), workpackages.System(), workpackages.NewCheckID(c.now.Add(-time.Minute), "schedule"), workpackages.Scheduled, "", report())
	if err != nil || late.Previous != first.ID {
		t.Errorf("the late one is compared with %q: %v", late.Previous, err)
	}
	all, err := c.Checks(t.Context(), 2)
	if err != nil || len(all) != 2 || all[0].ID != second.ID || all[1].ID != late.ID {
		t.Errorf("the newest two are %+v: %v", all, err)
	}
}

// TestTrialsOfSingleListsDoNotStandBeforeTheReturn, however many there are, and
// the next return is compared with the last one.
func TestTrialsOfSingleListsDoNotStandBeforeTheReturn(t *testing.T) {
	c := newCouncil(t)
	if _, err := c.NewestReturn(t.Context()); workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("before any: %v", err)
	}
	part := report()
	part.Part = true
	trial := c.check(part)
	if k, err := c.NewestReturn(t.Context()); err != nil || k.ID != trial.ID {
		t.Errorf("with a trial alone: %s, %v", k.ID, err)
	}
	whole := c.check(report())
	for range 60 {
		trial = c.check(part)
	}
	if trial.Previous == "" || trial.Previous == whole.ID {
		t.Errorf("a trial is compared with %s, not with the one before it", trial.Previous)
	}
	if k, err := c.NewestReturn(t.Context()); err != nil || k.ID != whole.ID {
		t.Errorf("after many trials: %s, %v", k.ID, err)
	}
	if next := c.check(report()); next.Previous != whole.ID {
		t.Errorf("the next return is compared with %s", next.Previous)
	}
}

func TestACheckThatCannotBeStoredIsAnError(t *testing.T) {
	for _, op := range []string{"Check", "Checks", "AddCheck"} {
		c := newCouncilAtWork(t)
		before := c.store.whole()
		c.store.away(1, op)
		_, err := c.RecordCheck(t.Context(), workpackages.System(), "id", workpackages.ByAPI, "", report())
		c.wantKind(workpackages.Unavailable, before, err)
	}
}

// raise takes up the first cause of a check on package A, as the analyst.
func (c *council) raise(k workpackages.Check) workpackages.Issue {
	c.t.Helper()
	in := issue("system_defect")
	in.CheckID, in.CauseKey = k.ID, k.Report.Causes[0].Key
	r := must(c.t)(c.AddIssue(c.t.Context(), analyst.Actor("browser"), packageA, c.fresh(), in))
	return c.issue(r.ItemID)
}

func (c *council) issue(id string) workpackages.Issue {
	c.t.Helper()
	all := c.current().Issues
	i := slices.IndexFunc(all, func(v workpackages.Issue) bool { return v.ID == id })
	if i < 0 {
		c.t.Fatalf("there is no issue %s", id)
	}
	return all[i]
}

func issue(class string) workpackages.IssueInput {
	return workpackages.IssueInput{Class: ptr(class), OwnerID: ptr(ownerA.ID), Fix: ptr("Map the codes"), Retest: ptr("2026-12-08")}
}

// The life of an issue over a row of checks, a letter each:
//
//	F  its cause is found, in 10 rows      G  in 20 rows
//	-  its cause is not there              m  nor is its column
//	x  nor is its list                     d  nor could the rule be applied
func TestWhatChecksMakeOfAnIssue(t *testing.T) {
	for _, x := range []struct {
		what, checks    string
		by              func(c *council, id string) // before the checks
		open            bool
		count, come     int
		entries         int // in the history, beside those of people
		newest, changes string
	}{
		{what: "found again in as many rows, nothing is said", checks: "FFF", open: true, count: 10},
		{what: "found in more rows", checks: "G", open: true, count: 20, entries: 1, newest: "1 issue with another count", changes: "10 findings to 20 findings"},
		{what: "gone once, it stays open", checks: "-", open: true, entries: 1, newest: "1 issue with another count", changes: "10 findings to none, once"},
		{what: "gone twice, it closes itself", checks: "--", entries: 2, newest: "1 issue closed", changes: "open to closed: gone from 2 checks one after the other"},
		{what: "gone for long, nothing more is said", checks: "-----", entries: 2, newest: "1 issue closed"},
		{what: "gone, back and gone, it stays open", checks: "-F-", open: true, entries: 3},
		{what: "come back, it opens again and counts that", checks: "--F", open: true, count: 10, come: 1, entries: 3, newest: "1 issue came back", changes: "closed on 24 November 2026 to open again: 10 findings"},
		{what: "come back twice", checks: "--F--G", open: true, count: 20, come: 2, entries: 6},
		{what: "its list was not looked at", checks: "-x", open: true, entries: 1},
		{what: "its column was not looked at", checks: "-m", open: true, entries: 1},
		{what: "the rule could not be applied", checks: "-d", open: true, entries: 1},
		{what: "not looked at in between, gone twice all the same", checks: "-xmd-", entries: 2},
		{what: "closed by hand, and still there", checks: "F", by: (*council).close, open: true, count: 10, come: 1, entries: 1},
		{what: "closed by hand, and gone", checks: "---", by: (*council).close, entries: 1, newest: "1 issue with another count"},
		{what: "not a fault, whatever is found", checks: "G-F", by: (*council).notAFault, count: 10},
	} {
		c := newCouncilAtWork(t)
		i := c.raise(c.check(report(found("S04", 8, "Ethnicity", 10))))
		if x.by != nil {
			x.by(c, i.ID)
		}
		before := c.current().Version
		for _, how := range x.checks {
			r := report()
			switch how {
			case 'F':
				r.Causes = []annexa.Cause{found("S04", 8, "Ethnicity", 10)}
			case 'G':
				r.Causes = []annexa.Cause{found("S04", 8, "Ethnicity", 20)}
			case 'm':
				r.Lists[7].Columns[0].Match = "missing"
			case 'x':
				r.Lists[7].Found = false
			case 'd':
				r.NotRun = []string{annexa.CauseKey("S04", 8, "Ethnicity")}
			}
			c.check(r)
		}
		w, i := c.current(), c.issue(i.ID)
		if i.Open() != x.open || i.Count != x.count || i.Recurrences != x.come || int(w.Version-before) != x.entries {
			t.Errorf("%s: open %v, %d findings, came back %d times, %d entries", x.what, i.Open(), i.Count, i.Recurrences, w.Version-before)
		}
		if x.newest == "" {
			continue
		}
		e, err := c.store.Entry(t.Context(), packageA, w.Version)
		if err != nil || e.Kind != workpackages.IssueChanged || e.By.ID != "system" || e.ItemID != i.ID || e.Summary != "Annexe A check of 24 November 2026: "+x.newest {
			t.Errorf("%s: the newest entry is %s by %s, %q: %v", x.what, e.Kind, e.By.ID, e.Summary, err)
		}
		if got := e.Changes[0].From + " to " + e.Changes[0].To; x.changes != "" && got != x.changes {
			t.Errorf("%s: it says %q", x.what, got)
		}
	}
}

func (c *council) close(id string) {
	c.t.Helper()
	must(c.t)(c.ChangeIssue(c.t.Context(), leadA.Actor("api"), packageA, id, c.fresh(), workpackages.IssueInput{ClosedOn: ptr("2026-11-24")}))
}

func (c *council) notAFault(id string) {
	c.t.Helper()
	must(c.t)(c.ChangeIssue(c.t.Context(), leadA.Actor("api"), packageA, id, c.fresh(), workpackages.IssueInput{Class: ptr("not_a_fault"), Fix: ptr("The template says so")}))
}

func TestAnIssueKeepsTheDayItClosed(t *testing.T) {
	c := newCouncilAtWork(t)
	i := c.raise(c.check(report(found("S04", 8, "Ethnicity", 10))))
	for range 4 {
		c.now = c.now.AddDate(0, 0, 1)
		c.check(report())
	}
	if v := c.issue(i.ID); v.ClosedOn != "2026-11-26" || c.current().Version != 4 {
		t.Errorf("at version %d it is %+v", c.current().Version, v)
	}
}

func TestAMissingListIsAnIssueThatTheListsComingCloses(t *testing.T) {
	c := newCouncilAtWork(t)
	gone := report(found("S01", 11, "", 1))
	gone.Lists[10].Found = false
	i := c.raise(c.check(gone))
	other := report() // of one list alone: nothing is said of List 11
	other.Lists[10].Found = false
	c.check(other)
	if v := c.issue(i.ID); v.Passes != 0 || v.Title != "List 11: The value is not a permitted code" {
		t.Errorf("a check without the list made of it %+v", v)
	}
	c.check(report())
	c.check(gone)
	c.check(report())
	if v := c.issue(i.ID); !v.Open() || v.Passes != 1 {
		t.Errorf("gone, there and gone again made of it %+v", v)
	}
	c.check(report())
	if v := c.issue(i.ID); v.Open() {
		t.Errorf("the list came twice, and it is open: %+v", v)
	}
}

func TestWhatWasFoundWithoutTheDayIsLookedForWithoutIt(t *testing.T) {
	c := newCouncilAtWork(t)
	r := report(found("S04", 8, "Ethnicity", 10))
	r.AsOf = ""
	i := c.raise(c.check(r))
	for range 2 {
		r := report()
		r.AsOf = ""
		c.check(r)
	}
	if v := c.issue(i.ID); v.Open() {
		t.Errorf("it stays open: %+v", v)
	}
}

func TestARuleThatComparesListsIsLookedForWhereAllOfThemAre(t *testing.T) {
	n := slices.IndexFunc(annexa.Rules(), func(r annexa.Rule) bool { return r.ID == "X01" })
	if n < 0 {
		t.Fatal("there is no rule X01")
	}
	for _, list := range annexa.Rules()[n].Lists {
		c := newCouncilAtWork(t)
		i := c.raise(c.check(report(found("X01", annexa.Rules()[n].Lists[0], "", 10))))
		for range 2 {
			r := report()
			r.Lists[list-1].Found = false
			c.check(r)
		}
		if v := c.issue(i.ID); !v.Open() || v.Passes != 0 {
			t.Errorf("without List %d: %+v", list, v)
		}
	}
}

func TestSeveralIssuesOfOnePackageMakeOneEntryOfACheck(t *testing.T) {
	c := newCouncilAtWork(t)
	a, b := found("S04", 8, "Ethnicity", 10), found("S04", 6, "Ethnicity", 10)
	c.raise(c.check(report(a)))
	c.raise(c.check(report(b, a)))
	version := c.current().Version
	a.Count, b.Count = 11, 12
	c.check(report(a, b))
	w := c.current()
	e, err := c.store.Entry(t.Context(), packageA, w.Version)
	if err != nil || w.Version != version+1 || len(e.Changes) != 2 || e.ItemID != "" || !strings.HasSuffix(e.Summary, ": 2 issues with another count") {
		t.Errorf("version %d after %d: %q with %v, %v", w.Version, version, e.Summary, e.Changes, err)
	}
}

func TestIssuesCatchUpWithChecksThatWereNotApplied(t *testing.T) {
	c := newCouncilAtWork(t)
	i := c.raise(c.check(report(found("S04", 8, "Ethnicity", 10))))
	version := c.current().Version
	// Each check is stored, and the program dies before the issues have it.
	for _, r := range []*annexa.Report{report(), report(), report(found("S04", 8, "Ethnicity", 7))} {
		c.store.away(1, "Packages")
		c.check(r)
		c.store.fault = nil
	}
	if v := c.current().Version; v != version {
		t.Fatalf("the test cut nothing short: version %d", v)
	}
	for range 2 {
		if err := c.ApplyChecks(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v := c.issue(i.ID); !v.Open() || v.Count != 7 || v.Recurrences != 1 || c.current().Version != version+3 {
			t.Errorf("caught up it is %+v at version %d", v, c.current().Version)
		}
	}
}

func TestAnotherProcessAppliesNothingTwice(t *testing.T) {
	c := newCouncilAtWork(t)
	c.raise(c.check(report(found("S04", 8, "Ethnicity", 10))))
	for range 3 {
		c.check(report())
	}
	before := c.store.whole()
	other := &workpackages.Service{Packages: c.store, Groups: c.store, People: c.store, Kept: c.store, Now: c.Now, Zone: c.Zone, StaleAfter: 10}
	if err := other.ApplyChecks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.store.whole() != before {
		t.Error("applying the same checks in another process changed something")
	}
}

// A check that changed nothing is looked at again by the next process, and must
// not overrule who has closed or reopened the issue since.
func TestWhoClosesOrReopensKnowsOfEarlierChecks(t *testing.T) {
	for _, x := range []struct {
		what   string
		checks []*annexa.Report // after the one that it was taken up from
		by     func(c *council, id string)
		open   bool
	}{
		{"closed by hand after a check that found as many", []*annexa.Report{report(found("S04", 8, "Ethnicity", 10))}, (*council).close, false},
		{"reopened by hand after checks that found none", []*annexa.Report{report(), report(), report(), report()}, func(c *council, id string) {
			must(t)(c.ChangeIssue(t.Context(), leadA.Actor("api"), packageA, id, c.fresh(), workpackages.IssueInput{ClosedOn: ptr("")}))
		}, true},
		{"no fault after all, then one, and closed", []*annexa.Report{report(found("S04", 8, "Ethnicity", 10))}, func(c *council, id string) {
			c.notAFault(id)
			c.check(report(found("S04", 8, "Ethnicity", 10)))
			must(t)(c.ChangeIssue(t.Context(), leadA.Actor("api"), packageA, id, c.fresh(), workpackages.IssueInput{Class: ptr("training"), ClosedOn: ptr("2026-11-24")}))
		}, false},
	} {
		c := newCouncilAtWork(t)
		i := c.raise(c.check(report(found("S04", 8, "Ethnicity", 10))))
		for _, r := range x.checks {
			c.check(r)
		}
		x.by(c, i.ID)
		before := c.store.whole()
		other := &workpackages.Service{Packages: c.store, Groups: c.store, People: c.store, Kept: c.store, Now: c.Now, Zone: c.Zone, StaleAfter: 10}
		if err := other.ApplyChecks(t.Context()); err != nil || c.store.whole() != before {
			t.Errorf("%s: another process makes of it %+v: %v", x.what, c.issue(i.ID), err)
		}
		if v := c.issue(i.ID); v.Open() != x.open || v.Recurrences != 0 || v.Passes != 0 && x.open {
			t.Errorf("%s: %+v", x.what, v)
		}
	}
}

func TestAnIssueMeetsNoCheckTwiceForTheSakeOfAnother(t *testing.T) {
	c := newCouncilAtWork(t)
	a, b := found("S04", 8, "Ethnicity", 10), found("S04", 6, "Ethnicity", 10)
	steady := c.raise(c.check(report(a, b)))
	// The other one stays as it is, so that every check since is one it may lack.
	in := issue("training")
	in.CheckID, in.CauseKey = steady.LastCheck, b.Key
	other := must(t)(c.AddIssue(t.Context(), analyst.Actor("api"), packageA, c.fresh(), in)).ItemID
	c.check(report(b))
	c.check(report(a, b))
	c.check(report(b))
	again := &workpackages.Service{Packages: c.store, Groups: c.store, People: c.store, Kept: c.store, Now: c.Now, Zone: c.Zone, StaleAfter: 10}
	before := c.store.whole()
	if err := again.ApplyChecks(t.Context()); err != nil || c.store.whole() != before {
		t.Errorf("applied twice, the issues are %+v: %v", c.current().Issues, err)
	}
	if v := c.issue(other); v.Count != 10 || v.LastCheck != steady.LastCheck {
		t.Errorf("the steady one is %+v", v)
	}
}

func TestWithNothingNewNoReportIsRead(t *testing.T) {
	c := newCouncilAtWork(t)
	c.raise(c.check(report(found("S04", 8, "Ethnicity", 10))))
	for range 5 {
		c.check(report(found("S04", 8, "Ethnicity", 10)))
	}
	was := c.store.reads
	if err := c.ApplyChecks(t.Context()); err != nil || c.store.reads != was {
		t.Errorf("%d reports were read: %v", c.store.reads-was, err)
	}
}

func TestWhatIsNoFaultHasNoReportReadInAnotherProcess(t *testing.T) {
	c := newCouncilAtWork(t)
	a, b := found("S04", 8, "Ethnicity", 10), found("S04", 6, "Ethnicity", 10)
	c.notAFault(c.raise(c.check(report(a))).ID)
	for range 5 {
		c.check(report(a))
	}
	other := func() *workpackages.Service {
		return &workpackages.Service{Packages: c.store, Groups: c.store, People: c.store, Kept: c.store, Now: c.Now, Zone: c.Zone, StaleAfter: 10}
	}
	was := c.store.reads
	if err := other().ApplyChecks(t.Context()); err != nil || c.store.reads != was {
		t.Errorf("alone: %d reports were read: %v", c.store.reads-was, err)
	}
	c.raise(c.check(report(b, a)))
	was = c.store.reads
	if err := other().ApplyChecks(t.Context()); err != nil || c.store.reads != was {
		t.Errorf("beside one that is up to date: %d reports were read: %v", c.store.reads-was, err)
	}
}

func TestACheckGivesWayToThoseWhoChangeThePackage(t *testing.T) {
	c := newCouncilAtWork(t)
	i := c.raise(c.check(report(found("S04", 8, "Ethnicity", 10))))
	c.store.beforeCommit(func() { c.green("meanwhile") })
	c.check(report(found("S04", 8, "Ethnicity", 20)))
	if v := c.issue(i.ID); v.Count != 20 || c.current().Narrative != "meanwhile" {
		t.Errorf("%d findings, %q", v.Count, c.current().Narrative)
	}
}

func TestACheckIsKeptWhenIssuesCannotBeBroughtUp(t *testing.T) {
	c := newCouncilAtWork(t)
	c.raise(c.check(report(found("S04", 8, "Ethnicity", 10))))
	c.store.away(1, "Commit")
	c.check(report())
	if err := c.ApplyChecks(t.Context()); workpackages.KindOf(err) != workpackages.Unavailable {
		t.Errorf("the daily job is told %v", err)
	}
	c.store.fault = nil
	if err := c.ApplyChecks(t.Context()); err != nil || c.current().Issues[0].Passes != 1 {
		t.Errorf("%+v %v", c.current().Issues[0], err)
	}
}
