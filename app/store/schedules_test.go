package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"readiness/app/store/storetest"
	"readiness/schedules"
	"readiness/workpackages"
)

var morning = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// race runs a function in eight goroutines at once and counts those that won.
func race(t *testing.T, do func() (bool, error)) int {
	t.Helper()
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			ok, err := do()
			if err != nil {
				t.Error(err)
			}
			if ok {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	return int(won.Load())
}

func TestOfManyCopiesOneClaimsARun(t *testing.T) {
	s := storetest.New(t)
	for i := range 20 {
		r := schedules.Run{ID: fmt.Sprintf("job/%d/1", i), Job: "job", Instant: morning, Attempt: 1, State: schedules.Running, StartedAt: morning}
		if n := race(t, func() (bool, error) { return s.AddRun(t.Context(), r) }); n != 1 {
			t.Fatalf("round %d: %d claimed it", i, n)
		}
	}
}

func TestTheLedgerOfRunsIsNewestFirst(t *testing.T) {
	s := storetest.New(t)
	for i := range 5 {
		r := schedules.Run{ID: fmt.Sprint(i), Job: "job", State: schedules.Running, StartedAt: morning.Add(time.Duration(i) * time.Minute)}
		if _, err := s.AddRun(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		r.State, r.Summary = schedules.Done, "done"
		if err := s.SaveRun(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := s.Runs(t.Context(), "", 2)
	if err != nil || len(runs) != 2 || runs[0].ID != "4" || runs[1].ID != "3" || runs[0].State != schedules.Done {
		t.Errorf("%+v %v", runs, err)
	}
	other := schedules.Run{ID: "other", Job: "other", State: schedules.Done, StartedAt: morning}
	if _, err := s.AddRun(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if runs, err := s.Runs(t.Context(), "other", 2); err != nil || len(runs) != 1 || runs[0].ID != "other" {
		t.Errorf("of one job: %+v %v", runs, err)
	}
	if _, err := s.Run(t.Context(), "9"); workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestAJobsMarkIsSetOnceAndOnlyMovesOn(t *testing.T) {
	s := storetest.New(t)
	var marks sync.Map
	var n atomic.Int32
	race(t, func() (bool, error) {
		at, err := s.LastDone(t.Context(), "job", morning.Add(time.Duration(n.Add(1))*time.Second))
		marks.Store(at.UnixMilli(), true)
		return true, err
	})
	different := 0
	marks.Range(func(any, any) bool { different++; return true })
	if different != 1 {
		t.Errorf("racing first starts see %d marks", different)
	}
	for _, at := range []time.Time{morning.Add(time.Hour), morning.Add(time.Minute)} {
		if err := s.SetLastDone(t.Context(), "job", at); err != nil {
			t.Fatal(err)
		}
	}
	if at, err := s.LastDone(t.Context(), "job", morning); err != nil || !at.Equal(morning.Add(time.Hour)) {
		t.Errorf("the mark is at %s: %v", at, err)
	}
}
