package schedules

import (
	"fmt"
	"log/slog"
	"testing"
	"time"
)

func TestAJobIsShownWithItsLastRun(t *testing.T) {
	m := newMemory()
	r, err := New(m, func() time.Time { return nine }, slog.New(slog.DiscardHandler),
		Job{Name: "often", Spec: "0 9 * * *", Zone: time.UTC, Timeout: time.Minute, Run: nothing},
		Job{Name: "seldom", Spec: "0 9 * * *", Zone: time.UTC, Timeout: time.Minute, Run: nothing},
		Job{Name: "never", Spec: "0 9 * * *", Zone: time.UTC, Timeout: time.Minute, Run: nothing})
	if err != nil {
		t.Fatal(err)
	}
	add := func(job string, n int, at time.Time, s RunState, took time.Duration) {
		run := Run{ID: fmt.Sprint(job, n), Job: job, Instant: at, StartedAt: at, State: s, Attempt: 1, Summary: "s"}
		if s != Running {
			run.FinishedAt = at.Add(took)
		}
		m.runs[run.ID] = run
	}
	add("seldom", 1, nine.AddDate(0, 0, -30), Failed, 90*time.Second)
	for i := range lookBack { // more than are read in one go
		add("often", i, nine.Add(-time.Duration(i)*time.Minute), Done, 0)
	}
	jobs, err := r.Jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if l := jobs[0].Last; l == nil || !l.Instant.Equal(nine) || l.Took != "under a second" || l.FinishedAt == nil {
		t.Errorf("often: %+v", l)
	}
	if l := jobs[1].Last; l == nil || l.State != Failed || l.Took != "1 minute" {
		t.Errorf("seldom: %+v", l)
	}
	if jobs[2].Last != nil || jobs[2].When != "Every day at 09:00" {
		t.Errorf("never: %+v", jobs[2])
	}
}

func TestHowLongARunTookIsSaidInWords(t *testing.T) {
	for took, want := range map[time.Duration]string{
		0: "under a second", 999 * time.Millisecond: "under a second", 1500 * time.Millisecond: "1 second", 59 * time.Second: "59 seconds", 61 * time.Second: "1 minute", 2 * time.Hour: "2 hours",
	} {
		if got := (Run{State: Done, StartedAt: nine, FinishedAt: nine.Add(took)}).Took(); got != want {
			t.Errorf("%s: %q", took, got)
		}
	}
	if got := (Run{State: Running, StartedAt: nine}).Took(); got != "" {
		t.Errorf("while it runs: %q", got)
	}
}
