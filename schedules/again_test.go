package schedules

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"readiness/workpackages"
)

func TestAFailingJobIsTriedFiveTimesAndThenByHand(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	calls, mended := 0, false
	r, err := New(store, clk.now, slog.New(slog.DiscardHandler), Job{
		Name: "j", Spec: "0 10 * * *", Zone: time.UTC, Misfire: Once, Grace: 9 * time.Hour, Timeout: time.Minute,
		Run: func(context.Context, Occasion) (Outcome, error) {
			if calls++; mended {
				return Outcome{}, nil
			}
			return Outcome{}, workpackages.Errorf(workpackages.Unavailable, "The database does not answer")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	tick(t, r)
	var at []string
	for range 40 {
		clk.add(time.Minute)
		was := calls
		tick(t, r)
		if calls > was {
			at = append(at, clk.now().Format("15:04"))
		}
	}
	if want := []string{"10:00", "10:01", "10:03", "10:07", "10:15"}; !slices.Equal(at, want) {
		t.Errorf("tried at %v", at)
	}
	if e := store.runs["j/2026-11-24T10:00Z/5"].Error; e != "The database does not answer" {
		t.Errorf("the ledger says %q", e)
	}
	mended = true
	instant, _ := time.Parse(time.RFC3339, "2026-11-24T10:00:00Z")
	for i, want := range []bool{true, false} {
		report, err := r.RunNow(t.Context(), "j", instant, false)
		if err != nil || report.Ran != want {
			t.Errorf("by hand, %d: %+v %v", i+1, report, err)
		}
	}
}

func TestASkippedInstantCanBeRunByHand(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	r, err := New(store, clk.now, slog.New(slog.DiscardHandler), Job{
		Name: "j", Spec: "0 10 * * *", Zone: time.UTC, Misfire: Once, Grace: time.Hour, Timeout: time.Minute, Run: nothing,
	})
	if err != nil {
		t.Fatal(err)
	}
	tick(t, r)
	clk.add(3 * time.Hour)
	tick(t, r)
	if s := store.states()["j/2026-11-24T10:00Z/1"]; s != Skipped {
		t.Fatalf("it is %s", s)
	}
	instant, _ := time.Parse(time.RFC3339, "2026-11-24T10:00:00Z")
	if report, err := r.RunNow(t.Context(), "j", instant, false); err != nil || !report.Ran {
		t.Errorf("%+v %v", report, err)
	}
}
