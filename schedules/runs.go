package schedules

import (
	"cmp"
	"context"
	"slices"
	"time"

	"readiness/workpackages"
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

// Report is the answer to running a job by hand.
type Report struct {
	Job     string    `json:"job"`
	Instant time.Time `json:"instant"`
	DryRun  bool      `json:"dry_run"`
	Ran     bool      `json:"ran"` // false for a dry run, and when it had run for that instant
	Summary string    `json:"summary"`
	Planned []Planned `json:"planned"`
}

// RunNow runs a job by hand, for an instant or, when it is zero, this minute,
// whether its rule is on or off. A dry run says what would be done; nothing is
// sent or stored.
func (r *Runner) RunNow(ctx context.Context, name string, at time.Time, dryRun bool) (Report, error) {
	if at.IsZero() {
		at = r.now()
	}
	at = at.UTC().Truncate(time.Minute)
	for _, s := range r.schedules {
		if s.job.Name != name {
			continue
		}
		report := Report{Job: name, Instant: at, DryRun: dryRun, Planned: []Planned{}}
		plan, err := r.plan(ctx)
		if err != nil {
			return report, err
		}
		if s, err = s.by(plan); err != nil {
			return report, err
		}
		if dryRun {
			out, err := guard(ctx, s.job, s.job.occasion(at, true))
			report.Summary, report.Planned = out.Summary, append(report.Planned, out.Planned...)
			return report, err
		}
		how, out, err := r.run(ctx, s, at, true)
		switch {
		case err != nil:
			return report, err
		case how == ran:
			report.Ran, report.Summary, report.Planned = true, out.Summary, append(report.Planned, out.Planned...)
		case how == before:
			report.Summary = "It has run for this instant already, so nothing was done"
		case how == running:
			report.Summary = "It is running for this instant now, so nothing more was done"
		default:
			report.Summary = "It has failed for this instant too often, so nothing was done"
		}
		return report, nil
	}
	return Report{}, workpackages.Errorf(workpackages.NotFound, "There is no job called %s: readiness job list shows them", name)
}

// Runs gives the newest runs first, of one job or, when it is empty, of all. One
// whose copy died is shown as cut short.
func (r *Runner) Runs(ctx context.Context, job string, limit int) ([]Run, error) {
	runs, err := r.store.Runs(ctx, job, limit)
	inOrder(runs)
	now := r.now()
	for i, run := range runs {
		if run.State == Running && !run.LeaseUntil.After(now) {
			runs[i].State, runs[i].FinishedAt, runs[i].Error = CutShort, run.LeaseUntil, "The program ended without a word while it ran"
		}
	}
	return runs, err
}
