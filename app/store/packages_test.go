package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"readiness/app/store/storetest"
	"readiness/workpackages"
)

func service(t testing.TB, s interface {
	workpackages.PackageStore
	workpackages.GroupStore
	workpackages.PeopleStore
}) *workpackages.Service {
	t.Helper()
	return &workpackages.Service{
		Packages: s, Groups: s, People: s, Zone: time.UTC, StaleAfter: workpackages.DefaultStaleAfter,
		Now: func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) },
	}
}

func entry(id string, version int64, narrative string) workpackages.Entry {
	return workpackages.Entry{
		ID: workpackages.EntryID(id, version), PackageID: id, Version: version, Kind: workpackages.Updated,
		State: workpackages.WorkPackage{ID: id, Version: version, Narrative: narrative},
	}
}

func TestOfManyCommitsOfOneVersionExactlyOneWins(t *testing.T) {
	s := storetest.New(t)
	ctx := t.Context()
	if err := s.Commit(ctx, entry("p", 1, "begin")); err != nil {
		t.Fatal(err)
	}
	for version := int64(2); version <= 20; version++ {
		var mu sync.Mutex
		var won []string
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				text := fmt.Sprintf("%d by %d", version, i)
				err := s.Commit(ctx, entry("p", version, text))
				switch {
				case err == nil:
					mu.Lock()
					won = append(won, text)
					mu.Unlock()
				case workpackages.KindOf(err) != workpackages.Stale:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Fatalf("version %d has %d winners", version, len(won))
		}
		w, err := s.Package(ctx, "p")
		if err != nil || w.Narrative != won[0] || w.Version != version {
			t.Fatalf("the package says %q at %d, the winner said %q: %v", w.Narrative, w.Version, won[0], err)
		}
	}
}

func TestAChangeCutShortIsFinishedByTheNextStart(t *testing.T) {
	dir := t.TempDir()
	s := storetest.Open(t, dir)
	ctx := t.Context()
	if err := s.Commit(ctx, entry("p", 1, "one")); err != nil {
		t.Fatal(err)
	}
	// The first half of a commit only, twice: the program died in between.
	for _, v := range []int64{2, 3} {
		if err := s.InsertEntry(ctx, entry("p", v, fmt.Sprint(v))); err != nil {
			t.Fatal(err)
		}
	}
	if w, _ := s.Package(ctx, "p"); w.Version != 1 {
		t.Fatalf("the test did not cut anything short: version %d", w.Version)
	}
	if err := s.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	if w, err := s.Package(ctx, "p"); err != nil || w.Version != 3 || w.Narrative != "3" {
		t.Errorf("the package stands at %d, %q: %v", w.Version, w.Narrative, err)
	}
}

func TestARivalFinishesAChangeCutShortAndIsToldItIsStale(t *testing.T) {
	s := storetest.New(t)
	ctx := t.Context()
	for _, v := range []int64{1, 2} {
		if err := s.InsertEntry(ctx, entry("p", v, fmt.Sprint(v))); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(ctx, entry("p", v, "rival")); workpackages.KindOf(err) != workpackages.Stale {
			t.Fatalf("the rival got %v", err)
		}
		if w, err := s.Package(ctx, "p"); err != nil || w.Version != v || w.Narrative != fmt.Sprint(v) {
			t.Errorf("the package stands at %d, %q: %v", w.Version, w.Narrative, err)
		}
	}
}

func TestSeedingTwiceChangesNothing(t *testing.T) {
	s := storetest.New(t)
	svc := service(t, s)
	for range 2 {
		if err := svc.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	packages, err := s.Packages(t.Context())
	if err != nil || len(packages) != 6 {
		t.Fatalf("%d packages: %v", len(packages), err)
	}
	groups, err := s.Groups(t.Context())
	if err != nil || len(groups) != 3 {
		t.Fatalf("%d groups: %v", len(groups), err)
	}
	for _, w := range packages {
		if w.Version != 1 || !w.DefaultName || w.OwnerID != "" || len(w.Milestones) < 3 || len(w.Actions) < 3 {
			t.Errorf("%s is not the package that was set up: %+v", w.ID, w)
		}
	}
}

func TestAnEMailAddressIsTakenOnce(t *testing.T) {
	s := storetest.New(t)
	var mu sync.Mutex
	added := 0
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			err := s.AddPerson(context.Background(), workpackages.Person{ID: fmt.Sprint(i), Email: "lead@example.gov.uk", Version: 1})
			switch {
			case err == nil:
				mu.Lock()
				added++
				mu.Unlock()
			case workpackages.KindOf(err) != workpackages.Conflict:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if added != 1 {
		t.Errorf("%d people got the one address", added)
	}
}

func TestASavedPersonIsNeverOverwrittenByAnOlderVersion(t *testing.T) {
	s := storetest.New(t)
	ctx := t.Context()
	p := workpackages.Person{ID: "p", Email: "a@example.gov.uk", Name: "A", Version: 1}
	if err := s.AddPerson(ctx, p); err != nil {
		t.Fatal(err)
	}
	p.Version, p.Name = 2, "B"
	if err := s.SavePerson(ctx, p); err != nil {
		t.Fatal(err)
	}
	p.Name = "C"
	if err := s.SavePerson(ctx, p); workpackages.KindOf(err) != workpackages.Stale {
		t.Errorf("the second save of version 2 gave %v", err)
	}
	if got, _ := s.Person(ctx, "p"); got.Name != "B" {
		t.Errorf("the person is %q", got.Name)
	}
}

func TestASettingIsWrittenOnce(t *testing.T) {
	s := storetest.New(t)
	got := make(chan string, 8)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			v, err := s.AddSetting(context.Background(), "key", []byte(fmt.Sprint(i)))
			if err != nil {
				t.Error(err)
			}
			got <- string(v)
		})
	}
	wg.Wait()
	close(got)
	first := <-got
	for v := range got {
		if v != first {
			t.Errorf("two racers got %q and %q", first, v)
		}
	}
}

// TestReadersAndWritersTogether looks for a reader who leaves an old state
// behind: after each write that returned, everybody reads it.
func TestReadersAndWritersTogether(t *testing.T) {
	s := storetest.New(t)
	ctx := t.Context()
	if err := s.Commit(ctx, entry("p", 1, "1")); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					s.Packages(ctx)
				}
			}
		})
	}
	for v := int64(2); v <= 150; v++ {
		if err := s.Commit(ctx, entry("p", v, fmt.Sprint(v))); err != nil {
			t.Fatal(err)
		}
		all, err := s.Packages(ctx)
		one, err1 := s.Package(ctx, "p")
		if err != nil || err1 != nil || all[0].Version != v || one.Version != v {
			t.Fatalf("after version %d readers see %d and %d: %v %v", v, all[0].Version, one.Version, err, err1)
		}
	}
	close(done)
	wg.Wait()
}
