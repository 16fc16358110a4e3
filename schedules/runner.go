package schedules

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"readiness/workpackages"
)

// RunState says where a run stands.
type RunState string

// The states of a run.
const (
	Running RunState = "running"
	Done    RunState = "done"
	Failed  RunState = "failed"
	Skipped RunState = "skipped" // too late to be of use
)

// Run is one run in the ledger.
type Run struct {
	ID         string    `bson:"_id"` // runID(job, instant, attempt)
	Job        string    `bson:"job"`
	Instant    time.Time `bson:"instant"`
	Attempt    int       `bson:"attempt"`
	State      RunState  `bson:"state"`
	StartedAt  time.Time `bson:"started_at"`
	FinishedAt time.Time `bson:"finished_at"`
	LeaseUntil time.Time `bson:"lease_until"` // after it, another copy may take over
	Summary    string    `bson:"summary"`
	Error      string    `bson:"error"`
}

func runID(job string, instant time.Time, attempt int) string {
	return fmt.Sprintf("%s/%s/%d", job, instant.UTC().Format("2006-01-02T15:04Z"), attempt)
}

// Store keeps the ledger of runs; app/store provides it.
type Store interface {
	// AddRun claims a run: added is false when somebody has it.
	AddRun(ctx context.Context, r Run) (added bool, err error)
	// Run gives a run by its id, or NotFound.
	Run(ctx context.Context, id string) (Run, error)
	// SaveRun records how a claimed run ended.
	SaveRun(ctx context.Context, r Run) error
	// Runs gives the newest runs first.
	Runs(ctx context.Context, limit int) ([]Run, error)
	// LastDone gives the newest instant of a job that needs no more looking at.
	// When there is none it stores begin and gives that.
	LastDone(ctx context.Context, job string, begin time.Time) (time.Time, error)
	// SetLastDone moves it forward, never back.
	SetLastDone(ctx context.Context, job string, instant time.Time) error
}

// Runner runs jobs.
type Runner struct {
	store     Store
	now       func() time.Time
	log       *slog.Logger
	schedules []schedule
	mu        sync.Mutex
	busy      map[string]bool // jobs running in this process
	running   sync.WaitGroup
	stop      context.CancelFunc
	ctx       context.Context
}

const (
	tickEvery  = 15 * time.Second
	maxCatchUp = 500
	// A run that fails is tried again after 1, 2, 4 and 8 minutes: what it leans
	// on may be away for longer than a few ticks.
	maxAttempts = 5
	firstWait   = time.Minute
	byHandLimit = 100
)

// New makes a Runner, or says which job cannot be scheduled and why.
func New(store Store, now func() time.Time, log *slog.Logger, jobs ...Job) (*Runner, error) {
	r := &Runner{store: store, now: now, log: log, busy: map[string]bool{}}
	var errs []error
	seen := map[string]bool{}
	for _, j := range jobs {
		s, err := parse(j)
		errs = append(errs, err)
		switch {
		case seen[j.Name]:
			errs = append(errs, fmt.Errorf("there are two jobs called %s", j.Name))
		case j.Run == nil || j.Timeout <= 0:
			errs = append(errs, fmt.Errorf("the job %s cannot be scheduled: it needs something to do and a limit on its time", j.Name))
		}
		seen[j.Name] = true
		r.schedules = append(r.schedules, s)
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r, errors.Join(errs...)
}

// Start begins to run jobs, until Stop.
func (r *Runner) Start() {
	r.running.Go(func() {
		t := time.NewTicker(tickEvery)
		defer t.Stop()
		for {
			if err := r.Tick(r.ctx); err != nil && r.ctx.Err() == nil {
				r.log.Error("schedules cannot be looked at", "category", "schedules", "error", err)
			}
			select {
			case <-t.C:
			case <-r.ctx.Done():
				return
			}
		}
	})
}

// Stop ends the ticking, tells running jobs to stop, and waits for them until
// the context ends. What is cut short is taken up again at the next start.
func (r *Runner) Stop(ctx context.Context) error {
	r.stop()
	done := make(chan struct{})
	go func() { r.running.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("jobs did not stop in time: %w", ctx.Err())
	}
}

// Tick looks once at every job and starts what is due.
func (r *Runner) Tick(ctx context.Context) error {
	now := r.now().UTC().Truncate(time.Millisecond)
	var errs []error
	for _, s := range r.schedules {
		last, err := r.store.LastDone(ctx, s.job.Name, now)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		due := s.due(last, now, maxCatchUp)
		if len(due) == 0 || !r.take(s.job.Name) {
			continue
		}
		r.running.Go(func() {
			defer r.give(s.job.Name)
			if err := r.catchUp(ctx, s, due, now); err != nil && ctx.Err() == nil {
				r.log.Error("job could not be run", "category", "schedules", "job", s.job.Name, "error", err)
			}
		})
	}
	return errors.Join(errs...)
}

// Busy reports whether a job is running in this process.
func (r *Runner) Busy() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.busy) > 0
}

func (r *Runner) take(job string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy[job] {
		return false
	}
	r.busy[job] = true
	return true
}

func (r *Runner) give(job string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.busy, job)
}

// catchUp runs or skips each due instant in order, and stops at one that
// another copy is still at work on.
func (r *Runner) catchUp(ctx context.Context, s schedule, due []time.Time, now time.Time) error {
	for i, instant := range due {
		late := now.Sub(instant)
		superseded := s.job.Misfire == Once && i < len(due)-1
		missed := s.job.Misfire == Skip && late > time.Minute*2
		settled := true
		var err error
		if late > s.job.Grace || superseded || missed {
			err = r.skip(ctx, s.job, instant)
		} else {
			var how standing
			how, _, err = r.run(ctx, s.job, instant, false)
			if how == failed {
				return nil // logged and recorded; tried again at a later tick
			}
			settled = how != running && how != waiting
		}
		if err != nil || !settled {
			return err
		}
		if err := r.store.SetLastDone(ctx, s.job.Name, instant); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) skip(ctx context.Context, j Job, instant time.Time) error {
	now := r.now().UTC().Truncate(time.Millisecond)
	_, err := r.store.AddRun(ctx, Run{
		ID: runID(j.Name, instant, 1), Job: j.Name, Instant: instant, Attempt: 1, State: Skipped,
		StartedAt: now, FinishedAt: now, Summary: "Skipped: nothing was running at the time, and it is too late now",
	})
	return err
}

// standing is how an instant of a job stands after run.
type standing int

const (
	ran     standing = iota // by us, now
	failed                  // by us, now
	before                  // done before
	running                 // by somebody, now
	waiting                 // failed before, and not to be tried again yet
	gaveUp                  // failed too often
)

// run claims an instant and runs the job for it, unless it has been dealt with.
// By hand a failed or skipped instant is run at once, however often it failed.
func (r *Runner) run(ctx context.Context, j Job, instant time.Time, byHand bool) (standing, Outcome, error) {
	limit := maxAttempts
	if byHand {
		limit = byHandLimit
	}
	for attempt := 1; attempt <= limit; attempt++ {
		// Taking over, and trying again, are inserts too, under the next attempt.
		other, err := r.store.Run(ctx, runID(j.Name, instant, attempt))
		if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
			how, out, err := r.claim(ctx, j, instant, attempt, byHand || attempt == maxAttempts)
			if how != before {
				return how, out, err
			}
			if other, err = r.store.Run(ctx, runID(j.Name, instant, attempt)); err != nil {
				return running, Outcome{}, err
			}
		} else if err != nil {
			return running, Outcome{}, err
		}
		now := r.now()
		switch {
		case other.State == Done, other.State == Skipped && !byHand:
			return before, Outcome{}, nil
		case other.State == Running && other.LeaseUntil.After(now):
			return running, Outcome{}, nil
		case other.State == Failed && !byHand && other.FinishedAt.Add(firstWait<<(attempt-1)).After(now) && attempt < limit:
			return waiting, Outcome{}, nil
		}
	}
	return gaveUp, Outcome{}, nil
}

// claim takes an attempt and runs it; before means that somebody else has it.
// last says that a failure is not followed by another attempt.
func (r *Runner) claim(ctx context.Context, j Job, instant time.Time, attempt int, last bool) (standing, Outcome, error) {
	now := r.now().UTC().Truncate(time.Millisecond)
	claim := Run{
		ID: runID(j.Name, instant, attempt), Job: j.Name, Instant: instant, Attempt: attempt, State: Running,
		// Longer than the job may take, so that it needs no renewing.
		StartedAt: now, LeaseUntil: now.Add(j.Timeout + time.Minute),
	}
	added, err := r.store.AddRun(ctx, claim)
	switch {
	case err != nil:
		return running, Outcome{}, err
	case !added:
		return before, Outcome{}, nil
	}
	out, err := r.do(ctx, j, claim, last)
	if err != nil {
		return failed, out, err
	}
	return ran, out, nil
}

// do runs a claimed job within its time and records how it ended.
func (r *Runner) do(ctx context.Context, j Job, claim Run, last bool) (out Outcome, err error) {
	jobCtx, cancel := context.WithTimeout(ctx, j.Timeout)
	defer cancel()
	o := j.occasion(claim.Instant, false)
	o.Last = last
	out, runErr := guard(jobCtx, j, o)
	claim.FinishedAt, claim.State, claim.Summary = r.now().UTC().Truncate(time.Millisecond), Done, out.Summary
	if runErr != nil {
		claim.State, claim.Error = Failed, reason(runErr)
	}
	level := slog.LevelInfo
	if runErr != nil {
		level = slog.LevelError
	}
	r.log.Log(ctx, level, "job", "category", "schedules", "job", j.Name, "instant", claim.Instant, "attempt", claim.Attempt, "state", claim.State,
		"took", claim.FinishedAt.Sub(claim.StartedAt), "summary", claim.Summary, "error", runErr)
	saveCtx, cancelSave := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancelSave()
	saveErr := r.store.SaveRun(saveCtx, claim)
	if saveErr != nil {
		r.log.Error("how a job ended cannot be recorded", "category", "schedules", "job", j.Name, "error", saveErr)
	}
	return out, errors.Join(runErr, saveErr)
}

// reason is what the ledger says of a failure.
func reason(err error) string {
	var e *workpackages.Error
	if errors.As(err, &e) && e.Kind != workpackages.Internal {
		return e.Message
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "It took longer than it may"
	}
	return "Something went wrong on our side: the log says what"
}

// guard turns a panic into an error, so that one bad run is one bad run.
func guard(ctx context.Context, j Job, o Occasion) (out Outcome, err error) {
	err = workpackages.Safely("the job", func() error {
		out, err = j.Run(ctx, o)
		return err
	})
	return out, err
}

func (j Job) occasion(instant time.Time, dryRun bool) Occasion {
	return Occasion{Instant: instant, Day: instant.In(j.Zone).Format(time.DateOnly), DryRun: dryRun}
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

// RunNow runs a job by hand, for an instant or, when it is zero, this minute.
// A dry run says what would be done; nothing is sent or stored.
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
		if dryRun {
			out, err := guard(ctx, s.job, s.job.occasion(at, true))
			report.Summary, report.Planned = out.Summary, append(report.Planned, out.Planned...)
			return report, err
		}
		how, out, err := r.run(ctx, s.job, at, true)
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

// JobInfo is a job as it is shown.
type JobInfo struct {
	Name        string      `json:"name"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Spec        string      `json:"spec"`
	Zone        string      `json:"zone"`
	Next        []time.Time `json:"next"` // the next five instants
}

// Jobs lists every job with its next five instants.
func (r *Runner) Jobs() []JobInfo {
	out := []JobInfo{}
	for _, s := range r.schedules {
		info := JobInfo{s.job.Name, s.job.Title, s.job.Description, s.job.Spec, s.job.Zone.String(), []time.Time{}}
		t := r.now()
		for range 5 {
			if t = s.next(t); t.IsZero() {
				break
			}
			info.Next = append(info.Next, t)
		}
		out = append(out, info)
	}
	return out
}

// Runs gives the newest runs first.
func (r *Runner) Runs(ctx context.Context, limit int) ([]Run, error) {
	return r.store.Runs(ctx, limit)
}
