package schedules

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"readiness/workpackages"
)

// Calendar is what would be sent in a span of time if nobody did anything and the
// rules stayed as they are.
type Calendar struct {
	From  workpackages.Date `json:"from"`
	Until workpackages.Date `json:"until"` // not in it
	Days  []CalendarDay     `json:"days"`  // those on which something is sent
	// People who get anything, with how many messages in all and on their worst day.
	People []CalendarPerson `json:"people"`
}

// CalendarDay is what is sent on one day.
type CalendarDay struct {
	Date     workpackages.Date `json:"date"`
	Messages []CalendarMessage `json:"messages"` // in order of time
}

// CalendarMessage is one message that would be sent.
type CalendarMessage struct {
	At  time.Time `json:"at"`
	Job string    `json:"job"`
	Planned
}

// CalendarPerson counts one recipient's messages.
type CalendarPerson struct {
	Recipient string `json:"recipient"`
	Total     int    `json:"total"`
	Most      int    `json:"most"` // on one day
}

// maxOccasions bounds the work of one simulation.
const maxOccasions = 2000

// Simulate runs every job that sends messages, for each of its instants in a span,
// without sending or keeping anything. withOff takes in the rules that are
// switched off, as a council looks before it switches them on.
func (r *Runner) Simulate(ctx context.Context, from, until time.Time, withOff bool) (Calendar, error) {
	zone := r.zone()
	c := Calendar{From: workpackages.DateOf(from, zone), Until: workpackages.DateOf(until, zone), Days: []CalendarDay{}, People: []CalendarPerson{}}
	occasions, err := r.Between(ctx, from, until, maxOccasions, withOff)
	if err != nil {
		return c, err
	}
	seen := map[string]bool{}
	perDay := map[string]map[workpackages.Date]int{}
	for _, o := range occasions {
		if r.silent(o.Job) {
			continue
		}
		report, err := r.RunNow(ctx, o.Job, o.Instant, true)
		if err != nil {
			return c, err
		}
		day := workpackages.DateOf(o.Instant, zone)
		for _, p := range report.Planned {
			if seen[p.Key] {
				continue // one message a day, whichever rule came up first
			}
			seen[p.Key] = true
			if n := len(c.Days); n == 0 || c.Days[n-1].Date != day {
				c.Days = append(c.Days, CalendarDay{Date: day})
			}
			d := &c.Days[len(c.Days)-1]
			d.Messages = append(d.Messages, CalendarMessage{At: o.Instant, Job: o.Job, Planned: p})
			if perDay[p.Recipient] == nil {
				perDay[p.Recipient] = map[workpackages.Date]int{}
			}
			perDay[p.Recipient][day]++
		}
	}
	for who, days := range perDay {
		p := CalendarPerson{Recipient: who}
		for _, n := range days {
			p.Total += n
			p.Most = max(p.Most, n)
		}
		c.People = append(c.People, p)
	}
	slices.SortFunc(c.People, func(a, b CalendarPerson) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), strings.Compare(a.Recipient, b.Recipient))
	})
	return c, nil
}

// silent reports whether a job sends nothing that can be known beforehand.
func (r *Runner) silent(job string) bool {
	for _, s := range r.schedules {
		if s.job.Name == job {
			return s.job.Silent
		}
	}
	return true
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
