package schedules

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// Calendar is what would be sent in a span of time if nobody did anything and the
// rules stayed as they are.
type Calendar struct {
	From  workpackages.Date `json:"from"`
	Until workpackages.Date `json:"until"` // not in it
	Off   bool              `json:"off"`   // rules that are switched off are taken in
	Days  []CalendarDay     `json:"days"`  // those on which something is sent, in order
	// People who get anything, with how many messages in all and on their worst day.
	People []CalendarPerson `json:"people"`
	Closed []ClosedPeriod   `json:"closed"` // the council's own closed days in the span
}

// CalendarDay is what is sent on one day.
type CalendarDay struct {
	Date     workpackages.Date `json:"date"`
	Messages []CalendarMessage `json:"messages"` // in order of time
}

// CalendarMessage is one message that would be sent.
type CalendarMessage struct {
	At  time.Time `json:"at"`  // within its reader's hours
	Job string    `json:"job"` // that makes it
	Planned
}

// CalendarPerson counts one recipient's messages.
type CalendarPerson struct {
	Recipient string            `json:"recipient"`
	Total     int               `json:"total"`
	Most      int               `json:"most"`    // on one day
	MostOn    workpackages.Date `json:"most_on"` // the first such day
}

// MaxCalendar is the longest span that can be looked ahead: half a year.
const MaxCalendar = 26 * week

// maxOccasions bounds the work of one simulation: every rule at its time on every
// working day of the longest span, and as much again.
const maxOccasions = 2500

// simulation is what is kept while a span of time is looked at: the state of each
// day, which the day's jobs share, and the messages that would be there by then.
type simulation struct {
	withOff bool
	days    map[workpackages.Date]*day
	made    map[string]notifications.Message
	known   map[string]found // in the real outbox, or not
	// lastMade is the newest day for which messages may have been made: today, or
	// a later one for which somebody ran a job by hand.
	lastMade workpackages.Date
}

type found struct {
	message notifications.Message
	err     error
}

// Simulate runs every job that sends messages, for each of its instants in a span,
// without sending or keeping anything: a message is on the day on which its reader
// may be disturbed. withOff takes in the rules that are switched off, as a council
// looks before it switches them on. It gives Invalid for a span over MaxCalendar.
func (r *Runner) Simulate(ctx context.Context, from, until time.Time, withOff bool) (Calendar, error) {
	zone := r.zone()
	c := Calendar{
		From: workpackages.DateOf(from, zone), Until: workpackages.DateOf(until, zone), Off: withOff,
		Days: []CalendarDay{}, People: []CalendarPerson{}, Closed: []ClosedPeriod{},
	}
	if until.Sub(from) > MaxCalendar+24*time.Hour { // and the hour of a clock change
		return c, workpackages.Errorf(workpackages.Invalid, "Look at most %d weeks ahead", int(MaxCalendar/week))
	}
	plan, err := r.plan(ctx)
	if err != nil {
		return c, err
	}
	for _, p := range plan.Closed.Periods {
		if p.From < c.Until && p.To >= c.From {
			c.Closed = append(c.Closed, p)
		}
	}
	turns, err := r.turns(plan, from, until, withOff)
	if err != nil {
		return c, err
	}
	runs, err := r.store.Runs(ctx, "", lookBack)
	if err != nil {
		return c, err
	}
	newest := r.now()
	for _, run := range runs {
		newest = later(newest, run.Instant)
	}
	sim := &simulation{
		withOff: withOff, days: map[workpackages.Date]*day{},
		made: map[string]notifications.Message{}, known: map[string]found{}, lastMade: workpackages.DateOf(newest, zone),
	}
	var all []CalendarMessage
	for _, t := range turns {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		o := t.schedule.job.occasion(t.at, true)
		o.sim = sim
		out, err := guard(ctx, t.schedule.job, o)
		if err != nil {
			return c, fmt.Errorf("%s at %s: %w", t.schedule.job.Name, t.at, err)
		}
		for _, p := range out.Planned {
			if p.InPlace {
				continue // it tells nobody
			}
			all = append(all, CalendarMessage{At: later(p.at, t.at).UTC(), Job: t.schedule.job.Name, Planned: p})
		}
	}
	slices.SortStableFunc(all, func(a, b CalendarMessage) int { return a.At.Compare(b.At) })
	c.fill(all, zone)
	return c, nil
}

// turn is one job's turn in a simulation.
type turn struct {
	schedule schedule
	at       time.Time
}

// turns gives every instant of the jobs whose messages can be known beforehand, in
// order; at one instant jobs keep the order of their list.
func (r *Runner) turns(plan Plan, from, until time.Time, withOff bool) ([]turn, error) {
	var out []turn
	for _, s := range r.schedules {
		s, err := s.by(plan)
		if err != nil {
			return nil, err
		}
		if s.job.Silent || !s.on() && !withOff {
			continue
		}
		for t := s.next(from.Add(-time.Nanosecond)); !t.IsZero() && t.Before(until); t = s.next(t) {
			if out = append(out, turn{s, t}); len(out) > maxOccasions {
				return nil, workpackages.Errorf(workpackages.Invalid, "That is more than can be looked at in one go: look at fewer weeks")
			}
		}
	}
	slices.SortStableFunc(out, func(a, b turn) int { return a.at.Compare(b.at) })
	return out, nil
}

// fill puts messages, in order of time, under their days, and counts them.
func (c *Calendar) fill(all []CalendarMessage, zone *time.Location) {
	perDay := map[string]map[workpackages.Date]int{}
	people := map[string]*CalendarPerson{}
	for _, m := range all {
		date := workpackages.DateOf(m.At, zone)
		if date >= c.Until {
			continue // made on the last days, and told after them
		}
		if n := len(c.Days); n == 0 || c.Days[n-1].Date != date {
			c.Days = append(c.Days, CalendarDay{Date: date})
		}
		d := &c.Days[len(c.Days)-1]
		d.Messages = append(d.Messages, m)
		p := people[m.Recipient]
		if p == nil {
			p = &CalendarPerson{Recipient: m.Recipient}
			people[m.Recipient], perDay[m.Recipient] = p, map[workpackages.Date]int{}
		}
		perDay[m.Recipient][date]++
		p.Total++
		if n := perDay[m.Recipient][date]; n > p.Most {
			p.Most, p.MostOn = n, date
		}
	}
	for _, p := range people {
		c.People = append(c.People, *p)
	}
	slices.SortFunc(c.People, func(a, b CalendarPerson) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), strings.Compare(a.Recipient, b.Recipient))
	})
}

// zone is the council's: that of the jobs.
func (r *Runner) zone() *time.Location {
	for _, s := range r.schedules {
		if s.job.Zone != nil {
			return s.job.Zone
		}
	}
	return time.UTC
}
