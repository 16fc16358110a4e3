// Package schedules runs jobs at their times: each intended local time once,
// over clock changes, restarts and several copies of the program.
//
// The cron library only reads the specs. The truth is a ledger of runs, one
// document for each job and scheduled instant: inserting it is the claim. A
// short tick asks which instants since the last one done have no run yet, so
// that running on time, catching up after downtime and taking over from a dead
// copy are one code path. A job may therefore run twice for one instant, and
// must do nothing the second time; messages do not, having keys of their own.
//
// Whoever runs an instant holds it on a short lease, renewed while it runs. The
// times of reminders are rules, which people change while the product runs; the
// runner reads them at each look. The runner is watched in turn: see Health.
package schedules

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Misfire says what happens to instants that passed while nothing ran.
type Misfire int

// The policies. All keep to the job's grace.
const (
	Skip Misfire = iota // they are skipped
	Once                // the newest is run
	All                 // each is run
)

// Job is something done at set times.
type Job struct {
	Name        string // in addresses and on the command line
	Title       string
	Description string         // what it does, in a sentence or two
	Spec        string         // five cron fields
	Zone        *time.Location // of the spec
	WorkingDays bool           // only on working days in England on which the council is open
	KeepRuns    time.Duration  // how long its runs are kept in the ledger; 90 days when 0
	Silent      bool           // what it sends, if anything, cannot be known beforehand
	Misfire     Misfire
	Grace       time.Duration // how late an instant may still be run
	Timeout     time.Duration
	Run         func(ctx context.Context, o Occasion) (Outcome, error)
}

// Occasion is one run of a job.
type Occasion struct {
	Instant time.Time   // the scheduled instant, not now: what makes two runs the same
	Day     string      // of the instant, in the job's zone, as 2026-11-24
	DryRun  bool        // say what would be done, and do nothing
	Last    bool        // a run that fails now is not tried again by itself
	sim     *simulation // a dry run among others of a span of time
}

// Outcome is what a run did, or would do.
type Outcome struct {
	Summary string
	Planned []Planned
}

// Planned is one message of a run.
type Planned struct {
	Recipient string `json:"recipient"`
	Text      string `json:"text"`
	Why       string `json:"why"`
	Key       string `json:"key"`      // of the message
	InPlace   bool   `json:"in_place"` // it changes an earlier message, which tells nobody

	at time.Time // when its recipient may be disturbed
}

// schedule gives a job's instants.
type schedule struct {
	job    Job
	cron   cron.Schedule
	closed ClosedDays // left out by jobs of working days

	// What the plan says of the job; see Runner.planned.
	rule  Rule
	ruled bool
}

// on reports whether the job runs by itself at all.
func (s schedule) on() bool { return !s.ruled || s.rule.On }

// parse reads a job's spec, or says in a sentence what is wrong with it.
func parse(j Job) (schedule, error) {
	s, err := read(j)
	if err != nil {
		return s, fmt.Errorf("the job %s cannot be scheduled at %q: %w", j.Name, j.Spec, err)
	}
	return s, nil
}

// CheckSpec says what is wrong with a spec that a council sets, or gives nil.
func CheckSpec(spec string, zone *time.Location) error {
	_, err := read(Job{Spec: spec, Zone: zone})
	return err
}

func read(j Job) (s schedule, err error) {
	if strings.Contains(j.Spec, "TZ=") || strings.HasPrefix(strings.TrimSpace(j.Spec), "@") {
		return s, errors.New("give five cron fields, such as 0 9 * * 1-5; the zone is a setting of its own")
	}
	if j.Zone == nil {
		return s, errors.New("it has no zone")
	}
	if len(j.Spec) > maxSpec {
		return s, fmt.Errorf("it is longer than %d characters", maxSpec)
	}
	fields := strings.Fields(j.Spec)
	if len(fields) == 5 && !every(fields[2]) && !every(fields[4]) {
		return s, errors.New("with both a day of the month and a day of the week, cron means either: leave one as *")
	}
	defer func() {
		if recover() != nil {
			err = errors.New("it cannot be read")
		}
	}()
	c, parseErr := cron.ParseStandard(j.Spec)
	if parseErr != nil {
		return s, errors.New("it cannot be read; give five cron fields, such as 0 9 * * 1-5")
	}
	s = schedule{job: j, cron: c}
	if s.next(someDay).IsZero() {
		return s, errors.New("no such day ever comes")
	}
	if tooOften(c) {
		return s, fmt.Errorf("it fires too often: leave at least %d minutes between two times", int(leastApart.Minutes()))
	}
	return s, nil
}

const (
	maxSpec    = 200
	leastApart = 5 * time.Minute
)

// someDay is where specs are tried out from.
var someDay = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// tooOften reports whether two times of a day, or the last of one and the first
// of the next, are too close together. The minutes and hours of a spec are the
// same on each day it names, so that a day and a night are looked at.
func tooOften(c cron.Schedule) bool {
	first := c.Next(someDay.Add(-time.Second))
	for t := first; t.Before(first.Add(24 * time.Hour)); {
		next := c.Next(t)
		if next.IsZero() {
			return false
		}
		if next.Sub(t) < leastApart {
			return true
		}
		t = next
	}
	return false
}

// every reports whether a field is one that cron leaves out of its "either":
// steps, such as */2, are not.
func every(field string) bool { return field == "*" || field == "?" }

// lookAhead is how many years next looks for an instant: long enough for a leap
// day, which 2100 has none of.
const lookAhead = 9

// next gives the first instant after t, or zero when there is none for years.
// The spec is walked in wall-clock time, where days have no jumps, and each
// local time is then given its instant: see resolve.
func (s schedule) next(t time.Time) time.Time {
	local := t.In(s.job.Zone)
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), time.UTC)
	// A repeated hour makes the wall clock run back: begin before it.
	wall = wall.Add(-2 * time.Hour)
	end := wall.AddDate(lookAhead, 0, 0)
	for {
		// Every Saturday that is a working day would be looked for without end.
		if wall = s.cron.Next(wall); wall.IsZero() || wall.After(end) {
			return time.Time{}
		}
		if s.job.WorkingDays && !Working(wall, s.closed) {
			wall = time.Date(wall.Year(), wall.Month(), wall.Day(), 23, 59, 59, 0, time.UTC)
			continue
		}
		if instant := resolve(wall, s.job.Zone); instant.After(t) {
			return instant.UTC()
		}
	}
}

// resolve gives the instant of a local time: one that does not exist is the
// moment the clock changes, one that comes twice is the first.
func resolve(wall time.Time, zone *time.Location) time.Time {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	begin, end := t.ZoneBounds()
	if t.Hour() != wall.Hour() || t.Minute() != wall.Minute() { // in the gap
		if t.Hour() > wall.Hour() {
			return begin
		}
		return end
	}
	if !begin.IsZero() {
		_, before := begin.Add(-time.Second).Zone()
		_, now := t.Zone()
		earlier := t.Add(-time.Duration(before-now) * time.Second)
		if before > now && earlier.Before(begin) {
			return earlier
		}
	}
	return t
}

// due gives the instants after one and up to another, oldest first, and no more
// than a limit, the newest ones.
func (s schedule) due(after, upTo time.Time, limit int) []time.Time {
	var out []time.Time
	for t := s.next(after); !t.IsZero() && !t.After(upTo); t = s.next(t) {
		out = append(out, t)
		if len(out) > limit {
			out = out[1:]
		}
	}
	return out
}
