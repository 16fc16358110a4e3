package store_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"readiness/app/store/storetest"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// check is a made-up one that sets a field of each kind.
func check(id string) workpackages.Check {
	at := time.Date(2026, 11, 24, 9, 0, 0, int(time.Millisecond), time.UTC)
	return workpackages.Check{
		CheckSummary: workpackages.CheckSummary{
			ID: id, At: at, By: workpackages.System(), Origin: workpackages.Scheduled, AsOf: "2026-11-23",
			Fit: annexa.Fit{Verdict: annexa.NotFit, Reasons: []string{"List 8 is not fit to send"}}, Totals: annexa.Totals{Errors: 3, Rows: 4},
			Lists: []workpackages.ListSummary{{Number: 8, Found: true, Rows: 640, Errors: 312, Fit: annexa.NotFit}},
		},
		Report: annexa.Report{
			AsOf: "2026-11-23", Files: []annexa.FileRead{{Kind: "xlsx", Tables: 12}}, Fit: annexa.Fit{Verdict: annexa.NotFit, Reasons: []string{}},
			Lists: []annexa.ListReport{{
				Number: 8, Title: "List 8: Children in Care", Short: "Children in Care", Found: true, Rows: 640, Unknown: []string{},
				Columns: []annexa.ColumnMap{{Heading: "Ethnicity", Match: "exact", Values: &annexa.ValueMatch{Exact: 328, Unknown: 312}}},
				Fit:     annexa.Fit{Verdict: annexa.NotFit, Reasons: []string{}},
			}},
			Causes: []annexa.Cause{{Key: "S04/8/Ethnicity", Rule: "S04", List: 8, Column: "Ethnicity", Count: 312, Of: 640, Share: 0.4875, Verdict: annexa.Extract}},
			Unread: []annexa.Unread{}, Settings: []string{}, Notes: []string{}, NotRun: []string{},
		},
		Previous: "before",
		Change: annexa.Change{
			Since: "2026-11-20", New: []annexa.CauseChange{{Key: "S04/8/Ethnicity", List: 8, To: 312}}, Gone: []annexa.CauseChange{}, Worse: []annexa.CauseChange{},
			Better: []annexa.CauseChange{}, Lists: []annexa.ListChange{{List: 8, From: annexa.FitToSend, To: annexa.NotFit}},
		},
	}
}

func TestACheckIsReadBackWhole(t *testing.T) {
	s := storetest.New(t)
	want := check("a")
	if err := s.AddCheck(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time the list of checks is kept in memory
		got, err := s.Check(t.Context(), "a")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("stored %+v\nread %+v\n%v", want, got, err)
		}
		all, err := s.Checks(t.Context(), 0)
		if err != nil || len(all) != 1 || !reflect.DeepEqual(all[0], want.CheckSummary) {
			t.Errorf("the list is %+v: %v", all, err)
		}
	}
	if _, err := s.Check(t.Context(), "b"); err == nil || workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestChecksAreListedNewestFirst(t *testing.T) {
	s := storetest.New(t)
	for _, id := range []string{"2", "1", "4", "3"} {
		if err := s.AddCheck(t.Context(), check(id)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Checks(t.Context(), 1); err != nil { // what is kept has to be forgotten again
			t.Fatal(err)
		}
	}
	for limit, want := range map[int]string{0: "4321", 2: "43", 9: "4321"} {
		all, err := s.Checks(t.Context(), limit)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range all {
			got += c.ID
		}
		if got != want {
			t.Errorf("%d of them are %s", limit, got)
		}
	}
}

func TestOfManyChecksOfOneIDOneIsKeptWhole(t *testing.T) {
	s := storetest.New(t)
	ctx := context.Background()
	var mu sync.Mutex
	var won []int
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			c := check("a")
			c.Totals.Errors, c.Report.Totals.Errors, c.Previous = i, i, fmt.Sprint(i)
			err := s.AddCheck(ctx, c)
			switch {
			case err == nil:
				mu.Lock()
				won = append(won, i)
				mu.Unlock()
			case workpackages.KindOf(err) != workpackages.Conflict:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%v were kept", won)
	}
	c, err := s.Check(ctx, "a")
	if err != nil || c.Totals.Errors != won[0] || c.Report.Totals.Errors != won[0] || c.Previous != fmt.Sprint(won[0]) {
		t.Errorf("of %d the summary says %d and the report %d: %v", won[0], c.Totals.Errors, c.Report.Totals.Errors, err)
	}
}

func TestACheckCutShortIsNotThereAndInNobodysWay(t *testing.T) {
	s := storetest.New(t)
	if err := s.InsertReport(t.Context(), check("a")); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Checks(t.Context(), 0); err != nil || len(all) != 0 {
		t.Errorf("half a check is listed: %+v %v", all, err)
	}
	if _, err := s.Check(t.Context(), "a"); err == nil || workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("half a check is there: %v", err)
	}
	if err := s.AddCheck(t.Context(), check("a")); err != nil {
		t.Errorf("tried again: %v", err)
	}
	if c, err := s.Check(t.Context(), "a"); err != nil || c.Previous != "before" {
		t.Errorf("read back: %+v %v", c.Previous, err)
	}
}

func TestChecksAndIssuesGoWithAnExport(t *testing.T) {
	from, to := storetest.New(t), storetest.New(t)
	ctx := t.Context()
	if err := from.AddCheck(ctx, check("a")); err != nil {
		t.Fatal(err)
	}
	e := entry("p", 1, "one")
	e.State.Issues = []workpackages.Issue{{ID: "i", CauseKey: "S04/8/Ethnicity", Class: workpackages.Training, Retest: "2026-12-08", Count: 312, LastCheck: "a", OpenedAt: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}}
	if err := from.Commit(ctx, e); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Checks(ctx, 0); err != nil { // kept in memory as empty
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := from.Export(ctx, &file); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Import(ctx, bytes.NewReader(file.Bytes())); err != nil {
		t.Fatal(err)
	}
	got, err := to.Check(ctx, "a")
	if err != nil || !reflect.DeepEqual(got, check("a")) {
		t.Errorf("after the import it is %+v: %v", got, err)
	}
	if all, err := to.Checks(ctx, 0); err != nil || len(all) != 1 {
		t.Errorf("after the import the list is %+v: %v", all, err)
	}
	if w, err := to.Package(ctx, "p"); err != nil || !reflect.DeepEqual(w.Issues, e.State.Issues) {
		t.Errorf("after the import the issues are %+v: %v", w.Issues, err)
	}
}

// From the check to the issue closed by itself, over the database itself.
func TestAnIssueClosesItselfOverTheDatabase(t *testing.T) {
	s := storetest.New(t)
	svc := service(t, s)
	svc.Kept = s
	if err := svc.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	owner, err := svc.AddPerson(t.Context(), workpackages.System(), workpackages.Person{Name: "Analyst One", Email: "a@example.gov.uk", Role: workpackages.Analyst})
	if err != nil {
		t.Fatal(err)
	}
	record := func(id string, r annexa.Report) {
		t.Helper()
		if _, err := svc.RecordCheck(t.Context(), workpackages.System(), id, workpackages.Scheduled, "2026-11-23", &r); err != nil {
			t.Fatal(err)
		}
	}
	record("1", check("").Report)
	const pkg = "annexe-a-data-quality"
	text := func(s string) *string { return &s }
	_, err = svc.AddIssue(t.Context(), owner.Actor("api"), pkg, workpackages.Write{Version: 1}, workpackages.IssueInput{
		CheckID: "1", CauseKey: "S04/8/Ethnicity", Class: text("extract_logic"), OwnerID: &owner.ID, Fix: text("Map it"), Retest: text("2026-12-08"),
	})
	if err != nil {
		t.Fatal(err)
	}
	clean := check("").Report
	clean.Causes = []annexa.Cause{}
	record("2", clean)
	record("3", clean)
	w, err := s.Package(t.Context(), pkg)
	if err != nil || w.Version != 4 || w.Issues[0].ClosedOn != "2026-11-24" {
		t.Errorf("at version %d it is %+v: %v", w.Version, w.Issues, err)
	}
	history, _, err := svc.History(t.Context(), pkg, 0, 1)
	if err != nil || !strings.HasSuffix(history[0].Summary, "1 issue closed") {
		t.Errorf("the history says %+v: %v", history, err)
	}
}

func TestSeveralProcessesApplyEachCheckOnce(t *testing.T) {
	s := storetest.New(t)
	ctx := context.Background()
	e := entry("p", 1, "one")
	e.State.Issues = []workpackages.Issue{{ID: "i", CauseKey: "S04/8/Ethnicity", Rule: "S04", List: 8, Column: "Ethnicity", Class: workpackages.Training, Count: 312, LastCheck: "0"}}
	if err := s.Commit(ctx, e); err != nil {
		t.Fatal(err)
	}
	for n, causes := range []int{0, 0, 1, 0, 0, 1, 1} { // gone twice and back, twice, and then as it was
		c := check(fmt.Sprint(n + 1))
		c.Report.Causes = c.Report.Causes[:causes]
		if err := s.AddCheck(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for range 4 {
		svc := service(t, s)
		svc.Kept = s
		wg.Go(func() {
			// One that gives way too often is told so, and goes on at the next run.
			for err := svc.ApplyChecks(ctx); err != nil; err = svc.ApplyChecks(ctx) {
				if workpackages.KindOf(err) != workpackages.Stale {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	w, err := s.Package(ctx, "p")
	if err != nil || w.Version != 7 || w.Issues[0].Recurrences != 2 || w.Issues[0].Count != 312 || !w.Issues[0].Open() {
		t.Errorf("at version %d it is %+v: %v", w.Version, w.Issues, err)
	}
}

func BenchmarkRecordACheckOfFourHundredCauses(b *testing.B) {
	s := storetest.New(b)
	svc := service(b, s)
	svc.Kept = s
	r := check("").Report
	cause := r.Causes[0]
	cause.Title, cause.Reason, cause.Do = strings.Repeat("t", 50), strings.Repeat("r", 120), strings.Repeat("d", 80)
	for i := range 400 {
		cause.Key = fmt.Sprint(i)
		r.Causes = append(r.Causes, cause)
	}
	n := 0
	for b.Loop() {
		n++
		if _, err := svc.RecordCheck(b.Context(), workpackages.System(), fmt.Sprintf("%09d", n), workpackages.Scheduled, "", &r); err != nil {
			b.Fatal(err)
		}
	}
}
