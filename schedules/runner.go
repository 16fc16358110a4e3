package schedules

import (
	"cmp"
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
	Running  RunState = "running"
	Done     RunState = "done"
	Failed   RunState = "failed"
	Skipped  RunState = "skipped"   // too late to be of use
	CutShort RunState = "cut_short" // the program stopped, or lost touch with the database; taken up again
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
	LeaseUntil time.Time `bson:"lease_until"` // after it, another copy may take over; moved on while the job runs
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
	// SaveRun records how a claimed run stands, unless it has ended. Only who
	// claimed it writes it.
	SaveRun(ctx context.Context, r Run) error
	// Runs gives the newest runs first, of one job or, when it is empty, of all.
	Runs(ctx context.Context, job string, limit int) ([]Run, error)
	// LastDone gives the newest instant of a job that needs no more looking at.
	// When there is none it stores begin and gives that, unless begin is zero.
	LastDone(ctx context.Context, job string, begin time.Time) (time.Time, error)
	// SetLastDone moves it forward, never back.
	SetLastDone(ctx context.Context, job string, instant time.Time) error
	// SaveCopy stores what a copy of the program says of itself.
	SaveCopy(ctx context.Context, c Copy) error
	// Copies gives what all copies say, the one that started last first.
	Copies(ctx context.Context) ([]Copy, error)
	// DeleteCopy forgets a copy.
	DeleteCopy(ctx context.Context, id string) error
	// DeleteRuns forgets the runs of a job, or of all where it is empty, that began
	// before an instant.
	DeleteRuns(ctx context.Context, job string, before time.Time) error
	// DeleteCopies forgets the copies whose last look was before an instant.
	DeleteCopies(ctx context.Context, before time.Time) error
}

// Runner runs jobs. Plan and Lease are set before Start, and not after.
type Runner struct {
	// Plan gives the rules and closed days in force; nil: there are none, and
	// every job has its own spec. It is asked at each look, so it must be quick.
	Plan func(ctx context.Context) (Plan, error)
	// Lease is how long a run is safe from being taken over without a word from
	// who runs it, who renews it three times in that time; 0: a minute.
	Lease time.Duration

	store     Store
	now       func() time.Time
	log       *slog.Logger
	schedules []schedule
	mu        sync.Mutex
	busy      map[string]bool // jobs running in this process
	self      Copy            // TickAt is the last look that went well
	alive     int             // copies at work, as of then
	tidied    time.Time       // when copies that are gone were last forgotten
	running   sync.WaitGroup
	stop      context.CancelFunc
	ctx       context.Context
}

const (
	tickEvery    = 15 * time.Second
	maxCatchUp   = 500
	defaultLease = time.Minute
	// A run that fails is tried again after 1, 2, 4 and 8 minutes: what it leans
	// on may be away for longer than a few ticks.
	maxFailures = 5
	firstWait   = time.Minute
	// What is cut short is no failure of the job, and is taken up again however
	// often; but a job that brings the program down must come to an end.
	maxAttempts = 200
	byHandLimit = maxAttempts + 100
)

// New makes a Runner, or says which job cannot be scheduled and why.
func New(store Store, now func() time.Time, log *slog.Logger, jobs ...Job) (*Runner, error) {
	r := &Runner{store: store, now: now, log: log, busy: map[string]bool{}, self: newCopy(now())}
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
	case <-ctx.Done():
		return fmt.Errorf("jobs did not stop in time: %w", ctx.Err())
	}
	if r.lastTick().IsZero() {
		return nil
	}
	// Without it the others see a copy that is late, until a day has passed.
	if err := r.store.DeleteCopy(ctx, r.self.ID); err != nil {
		r.log.Warn("this copy cannot be taken off the list of copies", "category", "schedules", "error", err)
	}
	return nil
}

// Tick looks once at every job and starts what is due.
func (r *Runner) Tick(ctx context.Context) error {
	now := r.instant()
	plan, err := r.plan(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range r.schedules {
		s, err := s.by(plan)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if !s.on() {
			continue
		}
		last, err := r.store.LastDone(ctx, s.job.Name, now)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		due := s.due(s.since(last), now, maxCatchUp)
		if s.job.Misfire == Skip && len(due) > 1 {
			due = due[len(due)-1:] // those before it are of no interest, one by one
		}
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
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return r.ticked(ctx, now)
}

// instant is now as it is stored.
func (r *Runner) instant() time.Time { return r.now().UTC().Truncate(time.Millisecond) }

func (r *Runner) plan(ctx context.Context) (Plan, error) {
	if r.Plan == nil {
		return Plan{}, nil
	}
	p, err := r.Plan(ctx)
	if err != nil {
		return Plan{}, fmt.Errorf("the rules and closed days cannot be read: %w", err)
	}
	return p, nil
}

// by gives the schedule as a plan has it: a job that has a rule runs at the
// rule's times.
func (s schedule) by(p Plan) (schedule, error) {
	s.closed = p.Closed
	rule, ruled := p.Rules[s.job.Name]
	if !ruled {
		return s, nil
	}
	job := s.job
	job.Spec = rule.Spec()
	out, err := parse(job)
	out.closed, out.rule, out.ruled = p.Closed, rule, true
	return out, err
}

// since is the instant after which a schedule's instants are owed, when one has
// been dealt with: what passed while a rule was off, or had other times, is not.
func (s schedule) since(last time.Time) time.Time {
	if s.ruled && s.rule.Since.After(last) {
		return s.rule.Since
	}
	return last
}

// keepRuns is how long runs are kept, unless the job says.
const keepRuns = 90 * 24 * time.Hour

// Tidy takes away runs that are too old to be of interest. An instant whose run is
// gone is not run again: it is long before the last one done.
func (r *Runner) Tidy(ctx context.Context) error {
	errs := []error{r.store.DeleteRuns(ctx, "", r.instant().Add(-keepRuns))}
	for _, s := range r.schedules {
		if keep := s.job.KeepRuns; keep > 0 {
			errs = append(errs, r.store.DeleteRuns(ctx, s.job.Name, r.instant().Add(-keep)))
		}
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
			how, _, err = r.run(ctx, s, instant, false)
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
	now := r.instant()
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
	failed                  // by us, now: it failed, or was cut short
	before                  // done before
	running                 // by somebody, now
	waiting                 // failed before, and not to be tried again yet
	gaveUp                  // failed too often
)

// run claims an instant and runs the job for it, unless it has been dealt with.
// By hand a failed or skipped instant is run at once, however often it failed.
// An attempt whose copy died, or that was cut short, is no failure of the job.
func (r *Runner) run(ctx context.Context, s schedule, instant time.Time, byHand bool) (standing, Outcome, error) {
	limit, failures := maxAttempts, 0
	if byHand {
		limit = byHandLimit
	}
	for attempt := 1; attempt <= limit; attempt++ {
		// Taking over, and trying again, are inserts too, under the next attempt.
		other, err := r.store.Run(ctx, runID(s.job.Name, instant, attempt))
		if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
			how, out, err := r.claim(ctx, s, instant, attempt, byHand || failures == maxFailures-1 || attempt == maxAttempts)
			if how != before {
				return how, out, err
			}
			if other, err = r.store.Run(ctx, runID(s.job.Name, instant, attempt)); err != nil {
				return running, Outcome{}, err
			}
		} else if err != nil {
			return running, Outcome{}, err
		}
		switch {
		case other.State == Done, other.State == Skipped && !byHand:
			return before, Outcome{}, nil
		case other.State == Running && other.LeaseUntil.After(r.now()):
			return running, Outcome{}, nil
		case other.State == Failed && !byHand:
			if failures++; failures == maxFailures {
				return gaveUp, Outcome{}, nil
			}
			if other.FinishedAt.Add(firstWait << (failures - 1)).After(r.now()) {
				return waiting, Outcome{}, nil
			}
		}
	}
	if byHand {
		return gaveUp, Outcome{}, nil
	}
	return gaveUp, Outcome{}, r.giveUp(ctx, s.job, instant)
}

// giveUp says in the ledger that an instant is not tried again, though its last
// attempt did not come to an end that would say so.
func (r *Runner) giveUp(ctx context.Context, j Job, instant time.Time) error {
	now := r.instant()
	added, err := r.store.AddRun(ctx, Run{
		ID: runID(j.Name, instant, maxAttempts+1), Job: j.Name, Instant: instant, Attempt: maxAttempts + 1, State: Failed,
		StartedAt: now, FinishedAt: now,
		Error: fmt.Sprintf("It was begun %d times and never came to its end, so it is not tried again: the log says what stopped it", maxAttempts),
	})
	if added {
		r.log.Error("job is given up", "category", "schedules", "job", j.Name, "instant", instant, "attempts", maxAttempts)
	}
	return err
}

// claim takes an attempt and runs it; before means that somebody else has it.
// last says that a failure is not followed by another attempt.
func (r *Runner) claim(ctx context.Context, s schedule, instant time.Time, attempt int, last bool) (standing, Outcome, error) {
	now := r.instant()
	lease := newLease(cmp.Or(r.Lease, defaultLease))
	claim := Run{
		ID: runID(s.job.Name, instant, attempt), Job: s.job.Name, Instant: instant, Attempt: attempt, State: Running,
		StartedAt: now, LeaseUntil: now.Add(lease.length),
	}
	added, err := r.store.AddRun(ctx, claim)
	switch {
	case err != nil:
		return running, Outcome{}, err
	case !added:
		return before, Outcome{}, nil
	}
	out, err := r.do(ctx, s, claim, lease, last)
	if err != nil {
		return failed, out, err
	}
	return ran, out, nil
}

// errLost is why a job is told to stop whose lease ran out.
var errLost = errors.New("the lease on the run could not be renewed")

// lease is what is left of a lease on a run, by this process's own clock, which
// nobody sets.
type lease struct {
	length time.Duration
	ends   time.Time
}

func newLease(length time.Duration) *lease { return &lease{length, time.Now().Add(length)} }

// hold renews the lease on a run until the context ends, and calls lost when
// it has run out nevertheless: another copy may have the run by then.
func (r *Runner) hold(ctx context.Context, l *lease, claim Run, lost func()) {
	every := time.NewTicker(l.length / 3)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		// A process that was stopped, or a machine that slept, may be past it.
		if !time.Now().Before(l.ends) || r.now().After(claim.LeaseUntil) {
			lost()
			return
		}
		began := time.Now()
		next := claim
		next.LeaseUntil = r.instant().Add(l.length)
		saveCtx, cancel := context.WithDeadline(ctx, l.ends)
		err := r.store.SaveRun(saveCtx, next)
		cancel()
		switch {
		case err == nil:
			claim, l.ends = next, began.Add(l.length)
		case ctx.Err() == nil:
			r.log.Warn("the lease on a run cannot be renewed", "category", "schedules", "job", claim.Job, "error", err)
		}
	}
}

// do runs a claimed job within its time and records how it ended.
func (r *Runner) do(ctx context.Context, s schedule, claim Run, l *lease, last bool) (out Outcome, err error) {
	limited, cancelLimit := context.WithTimeout(ctx, s.job.Timeout)
	defer cancelLimit()
	jobCtx, cancel := context.WithCancelCause(limited)
	defer cancel(nil)
	// A job that does not heed its time loses its lease: it is held only as long
	// as the job may run.
	holding, letGo := context.WithCancel(jobCtx)
	defer letGo()
	var held sync.WaitGroup
	held.Go(func() { r.hold(holding, l, claim, func() { cancel(errLost) }) })

	o := s.job.occasion(claim.Instant, false)
	o.Last = last
	out, runErr := guard(jobCtx, s.job, o)
	// Nothing is to be written after how it ended.
	letGo()
	held.Wait()

	claim.FinishedAt, claim.State, claim.Summary = r.instant(), Done, out.Summary
	claim.LeaseUntil = claim.FinishedAt
	switch {
	case runErr == nil:
	case context.Cause(jobCtx) == errLost:
		claim.State, claim.Error = CutShort, "The database could not be reached while it ran, so it was stopped"
	case errors.Is(ctx.Err(), context.Canceled):
		claim.State, claim.Error = CutShort, "The program was stopped while it ran"
	default:
		claim.State, claim.Error = Failed, reason(runErr)
	}
	level := slog.LevelInfo
	if runErr != nil {
		level = slog.LevelError
	}
	r.log.Log(ctx, level, "job", "category", "schedules", "job", s.job.Name, "instant", claim.Instant, "attempt", claim.Attempt, "state", claim.State,
		"took", claim.FinishedAt.Sub(claim.StartedAt), "summary", claim.Summary, "error", runErr)
	saveCtx, cancelSave := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancelSave()
	saveErr := r.store.SaveRun(saveCtx, claim)
	if saveErr != nil {
		r.log.Error("how a job ended cannot be recorded", "category", "schedules", "job", s.job.Name, "error", saveErr)
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
