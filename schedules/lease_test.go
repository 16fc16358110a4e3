package schedules

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"readiness/workpackages"
)

// flaky is a store whose saves can be made to fail; whoever is cut off from it
// is cut off for every call.
type flaky struct {
	*memory
	away atomic.Bool
}

var errAway = errors.New("away")

func (f *flaky) SaveRun(ctx context.Context, r Run) error {
	if f.away.Load() {
		return errAway
	}
	return f.memory.SaveRun(ctx, r)
}

// atTen is a job that is due at ten each day.
func atTen(run func(ctx context.Context, o Occasion) (Outcome, error)) Job {
	return Job{Name: "j", Spec: "0 10 * * *", Zone: time.UTC, Misfire: Once, Grace: 20 * time.Hour, Timeout: 10 * time.Minute, Run: run}
}

// TestALongRunIsNotTakenOverWhileItsCopyLives: it lasts many leases, and another
// copy looks all the time.
func TestALongRunIsNotTakenOverWhileItsCopyLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		var began atomic.Int32
		job := atTen(func(ctx context.Context, _ Occasion) (Outcome, error) {
			began.Add(1)
			select {
			case <-time.After(9 * time.Minute):
				return Outcome{Summary: "well"}, nil
			case <-ctx.Done():
				return Outcome{}, ctx.Err()
			}
		})
		job.Spec = "30 0 * * *" // synctest begins at midnight, 1 January 2000
		for range 2 {
			r, err := New(store, time.Now, slog.New(slog.DiscardHandler), job)
			if err != nil {
				t.Fatal(err)
			}
			r.Start()
			defer r.Stop(context.Background())
		}
		time.Sleep(35 * time.Minute)
		if run, _ := store.Run(t.Context(), "j/2000-01-01T00:30Z/1"); run.State != Running || time.Until(run.LeaseUntil) <= 0 || time.Until(run.LeaseUntil) > time.Minute {
			t.Errorf("in the middle it is %+v, at %s", run, time.Now())
		}
		time.Sleep(10 * time.Minute)
		if got := fmt.Sprint(store.states()); began.Load() != 1 || got != "map[j/2000-01-01T00:30Z/1:done]" {
			t.Errorf("it began %d times: %s", began.Load(), got)
		}
	})
}

// TestALeaseThatCannotBeRenewedEndsTheRun: by then another copy may have it.
func TestALeaseThatCannotBeRenewedEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{memory: newMemory()}
		var cause error
		var ended time.Time
		r, err := New(store, time.Now, slog.New(slog.DiscardHandler), atTen(func(ctx context.Context, _ Occasion) (Outcome, error) {
			time.Sleep(70 * time.Second)
			store.away.Store(true)
			<-ctx.Done()
			cause, ended = context.Cause(ctx), time.Now()
			store.away.Store(false) // it is back by the time the end is recorded
			return Outcome{}, ctx.Err()
		}))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := r.RunNow(t.Context(), "j", time.Time{}, false); err == nil {
			t.Error("the run is said to have gone well")
		}
		// The last renewal was after 60 seconds.
		if cause != errLost || ended.Sub(began) != 2*time.Minute {
			t.Errorf("it was stopped after %s: %v", ended.Sub(began), cause)
		}
		run := store.runs[runID("j", began, 1)]
		if run.State != CutShort || !strings.Contains(run.Error, "The database could not be reached") {
			t.Errorf("the ledger says %+v", run)
		}
	})
}

func TestAJobThatDoesNotHeedItsTimeLosesItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		job := atTen(func(context.Context, Occasion) (Outcome, error) {
			time.Sleep(time.Hour)
			return Outcome{}, nil
		})
		r, err := New(store, time.Now, slog.New(slog.DiscardHandler), job)
		if err != nil {
			t.Fatal(err)
		}
		r.Lease = 30 * time.Second
		began := time.Now()
		var done sync.WaitGroup
		done.Go(func() {
			if _, err := r.RunNow(t.Context(), "j", time.Time{}, false); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(30 * time.Minute)
		run, _ := store.Run(t.Context(), runID("j", began, 1))
		if until := run.LeaseUntil.Sub(began); until < job.Timeout || until > job.Timeout+r.Lease {
			t.Errorf("it is held for %s", until)
		}
		done.Wait()
		if run, _ = store.Run(t.Context(), run.ID); run.State != Done {
			t.Errorf("once it ended after all, the ledger says %s", run.State)
		}
	})
}

// TestARunCutShortByStoppingIsTakenUpAtTheNextStart, at once, and is no failure of
// the job's.
func TestARunCutShortByStoppingIsTakenUpAtTheNextStart(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	attempts := 0
	start := func() *Runner {
		r, err := New(store, clk.now, slog.New(slog.DiscardHandler), atTen(func(ctx context.Context, o Occasion) (Outcome, error) {
			if attempts++; attempts == 8 {
				return Outcome{}, nil
			}
			if o.Last {
				t.Error("it is said to be the last try")
			}
			<-ctx.Done()
			return Outcome{}, ctx.Err()
		}))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	tick(t, start())
	clk.add(time.Minute)
	for range 7 {
		r := start()
		if err := r.Tick(r.ctx); err != nil {
			t.Fatal(err)
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tick(t, start())
	if s := store.states(); attempts != 8 || s["j/2026-11-24T10:00Z/7"] != CutShort || s["j/2026-11-24T10:00Z/8"] != Done {
		t.Errorf("%d attempts: %v", attempts, s)
	}
	if e := store.runs["j/2026-11-24T10:00Z/1"].Error; e != "The program was stopped while it ran" {
		t.Errorf("the ledger says %q", e)
	}
}

// killed stands for a copy that was killed while it ran an attempt.
func killed(t *testing.T, store Store, at time.Time, attempt int) {
	t.Helper()
	instant := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	added, err := store.AddRun(t.Context(), Run{ID: runID("j", instant, attempt), Job: "j", Instant: instant, Attempt: attempt, State: Running, StartedAt: at, LeaseUntil: at.Add(time.Minute)})
	if err != nil || !added {
		t.Fatal(added, err)
	}
}

// TestCrashesAreNoFailuresOfTheJob: killed thirty times between its failures, it
// still gets all its five tries.
func TestCrashesAreNoFailuresOfTheJob(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	var last []bool
	r, err := New(store, clk.now, slog.New(slog.DiscardHandler), atTen(func(_ context.Context, o Occasion) (Outcome, error) {
		last = append(last, o.Last)
		return Outcome{}, workpackages.Errorf(workpackages.Unavailable, "The database does not answer")
	}))
	if err != nil {
		t.Fatal(err)
	}
	tick(t, r)
	attempt := 0
	for range 10 {
		for range 6 {
			attempt++
			killed(t, store, clk.now(), attempt)
			clk.add(61 * time.Second)
		}
		clk.add(16 * time.Minute) // past every wait
		tick(t, r)
		attempt++
	}
	if got := fmt.Sprint(last); got != "[false false false false true]" {
		t.Errorf("tried %d times; the last was said to be so: %s", len(last), got)
	}
	if done := store.last["j"].Format(time.RFC3339); done != "2026-11-24T10:00:00Z" {
		t.Errorf("after five failures it is dealt with up to %s", done)
	}
}

// TestAJobThatBringsEveryCopyDownComesToAnEnd, which the ledger says in a sentence.
func TestAJobThatBringsEveryCopyDownComesToAnEnd(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	ran := 0
	r, err := New(store, clk.now, slog.New(slog.DiscardHandler), atTen(func(_ context.Context, o Occasion) (Outcome, error) {
		ran++
		return Outcome{}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	tick(t, r)
	clk.set("2026-11-24T10:00:00Z")
	for n := range maxAttempts {
		killed(t, store, clk.now(), n+1)
		clk.add(61 * time.Second)
	}
	tick(t, r)
	tick(t, r)
	run := store.runs["j/2026-11-24T10:00Z/201"]
	if ran != 0 || run.State != Failed || run.Error != "It was begun 200 times and never came to its end, so it is not tried again: the log says what stopped it" {
		t.Errorf("it ran %d times, and the ledger says %+v", ran, run)
	}
	if len(store.runs) != maxAttempts+1 || !store.last["j"].Equal(run.Instant) {
		t.Errorf("%d runs, dealt with up to %s", len(store.runs), store.last["j"])
	}
	if report, err := r.RunNow(t.Context(), "j", run.Instant, false); err != nil || !report.Ran {
		t.Errorf("by hand: %+v %v", report, err)
	}
}

func TestARunWhoseCopyDiedIsShownAsCutShort(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T10:00:00Z")
	r, err := New(store, clk.now, slog.New(slog.DiscardHandler), atTen(nothing))
	if err != nil {
		t.Fatal(err)
	}
	killed(t, store, clk.now(), 1)
	for _, want := range []RunState{Running, CutShort} {
		runs, err := r.Runs(t.Context(), "", 10)
		if err != nil || len(runs) != 1 || runs[0].State != want || (runs[0].Error == "") != (want == Running) {
			t.Errorf("at %s: %+v %v", clk.now().Format("15:04"), runs, err)
		}
		clk.add(time.Minute)
	}
}
