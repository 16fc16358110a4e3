package schedules

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// LastRun is how a job last ran.
type LastRun struct {
	Instant    time.Time  `json:"instant"` // the one it was scheduled for
	State      RunState   `json:"state"`
	Attempt    int        `json:"attempt"`
	StartedAt  time.Time  `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"` // nil while it runs
	Took       string     `json:"took"`        // in words; empty while it runs
	Summary    string     `json:"summary"`
	Error      string     `json:"error"`
}

// Outcome is a run's state as people read it.
func (s RunState) Outcome() string {
	switch s {
	case Running:
		return "Running now"
	case Done:
		return "Done"
	case Failed:
		return "Failed"
	case Skipped:
		return "Left out"
	case CutShort:
		return "Cut short"
	}
	return string(s)
}

// Took says how long a run took, or "" while it runs and where it was left out.
func (r Run) Took() string {
	if r.FinishedAt.IsZero() || r.State == Skipped {
		return ""
	}
	switch d := r.FinishedAt.Sub(r.StartedAt); {
	case d < time.Second:
		return "under a second"
	case d < time.Minute:
		return inWords(d.Truncate(time.Second))
	default:
		return inWords(d.Truncate(time.Minute))
	}
}

// inOrder puts runs that began at one instant, as those do that are made up for, in
// the order of what they were for.
func inOrder(runs []Run) {
	slices.SortStableFunc(runs, func(a, b Run) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), b.Instant.Compare(a.Instant), cmp.Compare(b.Attempt, a.Attempt))
	})
}

// lookBack is how many of the newest runs are read in one go for the last of each
// job: more than a ledger holds.
const lookBack = 2000

// addLast says how each job last ran. One read of the ledger serves all: the
// embedded engine decodes all of it for each question.
func (r *Runner) addLast(ctx context.Context, jobs []JobInfo) error {
	runs, err := r.Runs(ctx, "", lookBack)
	if err != nil {
		return err
	}
	for i, j := range jobs {
		mine := runs
		if n := slices.IndexFunc(runs, func(run Run) bool { return run.Job == j.Name }); n >= 0 {
			mine = runs[n : n+1]
		} else if len(runs) < lookBack {
			continue
		} else if mine, err = r.Runs(ctx, j.Name, 1); err != nil {
			return err
		}
		for _, run := range mine {
			jobs[i].Last = &LastRun{
				Instant: run.Instant, State: run.State, Attempt: run.Attempt, StartedAt: run.StartedAt,
				Took: run.Took(), Summary: run.Summary, Error: run.Error,
			}
			if !run.FinishedAt.IsZero() {
				jobs[i].Last.FinishedAt = &run.FinishedAt
			}
		}
	}
	return nil
}
