package schedules

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"readiness/workpackages/phrase"
)

// Copy is one running process, as it says of itself at each look that went well.
type Copy struct {
	ID        string    `bson:"_id" json:"id"` // by chance, for each process
	Host      string    `bson:"host" json:"host"`
	StartedAt time.Time `bson:"started_at" json:"started_at"`
	TickAt    time.Time `bson:"tick_at" json:"tick_at"`
	Late      bool      `bson:"-" json:"late"` // no look for over two minutes
}

func newCopy(now time.Time) Copy {
	host, _ := os.Hostname() // for a person to tell copies apart; one without a name has its id
	return Copy{ID: strings.ToLower(rand.Text()[:16]), Host: host, StartedAt: now.UTC().Truncate(time.Millisecond)}
}

const (
	tickLate    = 2 * time.Minute
	jobLate     = 10 * time.Minute
	forgetAfter = 24 * time.Hour
	tidyEvery   = time.Hour
)

// ticked records that a look went well.
func (r *Runner) ticked(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	self, tidy := r.self, now.Sub(r.tidied) >= tidyEvery
	r.mu.Unlock()
	self.TickAt = now
	if err := r.store.SaveCopy(ctx, self); err != nil {
		return err
	}
	if tidy {
		if err := r.store.DeleteCopies(ctx, now.Add(-forgetAfter)); err != nil {
			return err
		}
	}
	copies, err := r.store.Copies(ctx)
	if err != nil {
		return err
	}
	alive := 0
	for _, c := range copies {
		if now.Sub(c.TickAt) < 3*tickEvery { // one that died is soon not counted
			alive++
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.self, r.alive = self, alive
	if tidy {
		r.tidied = now
	}
	return nil
}

// Alive gives how many copies of the program are at work, this one among them, as
// of its last look.
func (r *Runner) Alive() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(r.alive, 1)
}

func (r *Runner) lastTick() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.self.TickAt
}

// LateJob is an instant that has not come to an end: not done, skipped or given up.
type LateJob struct {
	Job     string    `json:"job"`
	Title   string    `json:"title"`
	Instant time.Time `json:"instant"`
}

// Health says whether the schedules are looked at and jobs come to their end.
type Health struct {
	LastTick time.Time     `json:"last_tick"` // of this copy: its last look that went well; zero: none yet
	TickAge  time.Duration `json:"-"`         // since then, or since the start
	TickLate bool          `json:"tick_late"` // over two minutes
	Late     []LateJob     `json:"late"`      // over ten minutes after their instants, oldest first
	Copies   []Copy        `json:"copies"`    // every copy that looked within a day, itself among them, the one that started last first
}

// Health gives it. With an error, what needs no database is there all the same.
func (r *Runner) Health(ctx context.Context) (Health, error) {
	now := r.instant()
	r.mu.Lock()
	h := Health{LastTick: r.self.TickAt, Late: []LateJob{}, Copies: []Copy{}}
	h.TickAge = max(0, now.Sub(later(r.self.TickAt, r.self.StartedAt)))
	r.mu.Unlock()
	h.TickLate = h.TickAge > tickLate
	copies, err := r.store.Copies(ctx)
	if err != nil {
		return h, err
	}
	for _, c := range copies {
		if age := now.Sub(c.TickAt); age <= forgetAfter {
			c.Late = age > tickLate
			h.Copies = append(h.Copies, c)
		}
	}
	plan, err := r.plan(ctx)
	if err != nil {
		return h, err
	}
	var errs []error
	for _, s := range r.schedules {
		s, err := s.by(plan)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		instants, err := r.late(ctx, s, now)
		errs = append(errs, err)
		for _, t := range instants {
			h.Late = append(h.Late, LateJob{s.job.Name, s.job.Title, t})
		}
	}
	slices.SortStableFunc(h.Late, func(a, b LateJob) int { return a.Instant.Compare(b.Instant) })
	return h, errors.Join(errs...)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// late gives the instants of a job that should have come to an end by now, and
// could still be run.
func (r *Runner) late(ctx context.Context, s schedule, now time.Time) ([]time.Time, error) {
	if !s.on() {
		return nil, nil
	}
	last, err := r.store.LastDone(ctx, s.job.Name, time.Time{})
	if err != nil || last.IsZero() {
		return nil, err
	}
	due := s.due(later(s.since(last), now.Add(-s.job.Grace-time.Millisecond)), now.Add(-jobLate-time.Millisecond), maxCatchUp)
	if s.job.Misfire == Once && len(due) > 1 {
		due = due[len(due)-1:]
	}
	return due, nil
}

// JobInfo is a job as it is shown.
type JobInfo struct {
	Name           string      `json:"name"`
	Title          string      `json:"title"`
	Description    string      `json:"description"`
	On             bool        `json:"on"`
	Rule           bool        `json:"rule"` // its times are a rule's, which assistant directors change
	Spec           string      `json:"spec"`
	Zone           string      `json:"zone"`
	WorkingDays    bool        `json:"working_days"`
	Misfire        string      `json:"misfire"` // what becomes of times that were missed, in a sentence
	Grace          string      `json:"grace"`   // in words, as the next
	GraceMinutes   int         `json:"grace_minutes"`
	Timeout        string      `json:"timeout"`
	TimeoutMinutes int         `json:"timeout_minutes"`
	Next           []time.Time `json:"next"`       // the next five instants; none while it is off
	NextWords      []string    `json:"next_words"` // the same in its zone, as Monday 30 November, 09:00
	Late           bool        `json:"late"`       // an instant of over ten minutes ago has not come to its end
	When           string      `json:"when"`       // the spec in words, as Monday to Friday at 09:00
	Last           *LastRun    `json:"last_run"`   // nil: none yet
}

// says is the policy in a sentence.
func (m Misfire) says() string {
	switch m {
	case Once:
		return "Of the times that were missed, the newest is made up for"
	case All:
		return "Every time that was missed is made up for"
	}
	return "Times that were missed are left out"
}

// Jobs lists every job as the plan has it, with its next five instants.
func (r *Runner) Jobs(ctx context.Context) ([]JobInfo, error) {
	plan, err := r.plan(ctx)
	if err != nil {
		return nil, err
	}
	now := r.now()
	out := []JobInfo{}
	for _, s := range r.schedules {
		s, err := s.by(plan)
		if err != nil {
			return nil, err
		}
		j := s.job
		info := JobInfo{
			Name: j.Name, Title: j.Title, Description: j.Description, On: s.on(), Rule: s.ruled, Spec: j.Spec, Zone: j.Zone.String(),
			WorkingDays: j.WorkingDays, Misfire: j.Misfire.says(), Grace: inWords(j.Grace), GraceMinutes: int(j.Grace.Minutes()),
			Timeout: inWords(j.Timeout), TimeoutMinutes: int(j.Timeout.Minutes()), Next: []time.Time{}, NextWords: []string{},
			When: specWords(j.Spec),
		}
		late, err := r.late(ctx, s, now.UTC())
		if err != nil {
			return nil, err
		}
		info.Late = len(late) > 0
		for t := now; s.on() && len(info.Next) < 5; {
			if t = s.next(t); t.IsZero() {
				break
			}
			info.Next, info.NextWords = append(info.Next, t), append(info.NextWords, dayAndTime(t.In(j.Zone), now.In(j.Zone)))
		}
		out = append(out, info)
	}
	return out, r.addLast(ctx, out)
}

// dayAndTime gives a day and time in words, with the year unless it is now's.
func dayAndTime(t, now time.Time) string {
	if t.Year() == now.Year() {
		return t.Format("Monday 2 January, 15:04")
	}
	return t.Format("Monday 2 January 2006, 15:04")
}

// inWords gives a length of time in the largest units that it is whole in.
func inWords(d time.Duration) string {
	units := []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}}
	for _, u := range units {
		if d >= u.length && d%u.length == 0 {
			return phrase.Count(int(d/u.length), u.name)
		}
	}
	if d < time.Second {
		return "no time"
	}
	return fmt.Sprintf("%s %s", phrase.Count(int(d/time.Minute), "minute"), phrase.Count(int(d%time.Minute/time.Second), "second"))
}

// Occurrence is one instant of a job.
type Occurrence struct {
	Job     string    `json:"job"`
	Instant time.Time `json:"instant"`
}

// Between gives every instant of the jobs from one instant up to and without
// another, in order, and at most limit of them, by the plan as it is now. Jobs
// whose rule is off are left out unless includeOff.
func (r *Runner) Between(ctx context.Context, from, to time.Time, limit int, includeOff bool) ([]Occurrence, error) {
	plan, err := r.plan(ctx)
	if err != nil {
		return nil, err
	}
	out := []Occurrence{}
	for _, s := range r.schedules {
		s, err := s.by(plan)
		if err != nil {
			return nil, err
		}
		if !s.on() && !includeOff {
			continue
		}
		t := from.Add(-time.Nanosecond)
		for range limit {
			if t = s.next(t); t.IsZero() || !t.Before(to) {
				break
			}
			out = append(out, Occurrence{s.job.Name, t})
		}
	}
	// At one instant, jobs keep the order of their list.
	slices.SortStableFunc(out, func(a, b Occurrence) int { return cmp.Compare(a.Instant.UnixNano(), b.Instant.UnixNano()) })
	return out[:min(len(out), limit)], nil
}
