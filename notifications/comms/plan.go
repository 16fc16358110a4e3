package comms

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"readiness/workpackages"
)

// Row is a message of the plan with what can be worked out about it.
type Row struct {
	Message
	Audience string    // its name
	Owner    string    // names; empty for nobody
	Approver string    //
	Next     time.Time // when it goes, or should have; zero when that is not known
	Late     bool      // its time has passed, and it did not go
	Due      bool      // it goes within DueWithin and is not approved, or is to be sent by hand
	Why      string    // what has to be done, or why it does not go; empty for nothing
}

// Plan is the whole plan as it stands.
type Plan struct {
	At     time.Time
	Today  workpackages.Date
	Rows   []Row
	Told   []Told // the audiences, in their order
	Events Events
	// Embargoed says that an outcome may be known that is not published yet.
	Embargoed bool
}

// DueWithin is how far ahead something that is not approved counts as due.
const DueWithin = 7 * 24 * time.Hour

// Plan works out how the plan stands for somebody.
func (s *Service) Plan(ctx context.Context, by workpackages.Actor) (Plan, error) {
	return s.PlanAt(ctx, by, s.now())
}

// PlanAt is Plan for another time, as it will be if nobody does anything until then.
func (s *Service) PlanAt(ctx context.Context, by workpackages.Actor, now time.Time) (Plan, error) {
	p := Plan{At: now, Today: workpackages.DateOf(now, s.Zone)}
	messages, err := s.Messages(ctx, by)
	if err != nil {
		return p, err
	}
	audiences, err := s.Audiences(ctx)
	if err != nil {
		return p, err
	}
	cal, err := s.calendar(ctx)
	if err != nil {
		return p, err
	}
	people, err := s.Packages.People.People(ctx)
	if err != nil {
		return p, err
	}
	p.Events, p.Embargoed = cal.events, cal.events.Embargo(p.Today)
	for _, m := range messages {
		row := Row{Message: m, Owner: workpackages.NameOf(people, m.OwnerID), Approver: workpackages.NameOf(people, m.ApproverID)}
		if i := slices.IndexFunc(audiences, func(a Audience) bool { return a.ID == m.AudienceID }); i >= 0 {
			row.Audience = audiences[i].Name
		}
		s.assess(ctx, &row, cal, now)
		p.Rows = append(p.Rows, row)
	}
	for _, a := range audiences {
		t := Told{Audience: a}
		since := a.CreatedAt
		for _, row := range p.Rows {
			if row.AudienceID != a.ID {
				continue
			}
			if last := row.LastTold(); last.After(t.Last) {
				t.Last, t.LastBy = last, row.Message
			}
			for _, ref := range row.Sendings {
				if ref.Kind == First && now.Sub(ref.At) < year {
					t.Messages++
				}
			}
			for _, h := range row.Hand {
				if now.Sub(h.At) < year {
					t.Messages++
				}
			}
			if row.State == Scheduled && !row.Late && !row.Next.IsZero() && (t.Next.IsZero() || row.Next.Before(t.Next)) {
				t.Next = row.Next
			}
		}
		if !t.Last.IsZero() {
			since = t.Last
		}
		t.Days = int(p.Today.Time().Sub(workpackages.DateOf(since, s.Zone).Time()) / (24 * time.Hour))
		t.Gap = a.TellEvery > 0 && t.Days > a.TellEvery
		p.Told = append(p.Told, t)
	}
	return p, nil
}

const year = 365 * 24 * time.Hour

// assess works out when a message goes and what is still wanted for it.
func (s *Service) assess(ctx context.Context, row *Row, cal calendar, now time.Time) {
	switch row.State {
	case Sending, Sent, Cancelled:
		return
	case Scheduled:
		row.Next, row.Late = s.dueAt(row.Message, cal, now)
	default:
		row.Next = cal.next(row.Trigger, now)
		if row.Next.IsZero() && row.Trigger.Kind != Recurring {
			row.Next = cal.next(row.Trigger, time.Time{}) // it has passed
		}
		row.Late = !row.Next.IsZero() && row.Next.Before(now)
	}
	soon := !row.Next.IsZero() && row.Next.Sub(now) < DueWithin
	switch {
	case row.State == Scheduled && row.Channel == ByHand:
		if row.Due = !row.Next.IsZero() && !row.Next.After(now); row.Due {
			row.Why = "To be sent by hand, and to be recorded then"
		}
	case row.State == Scheduled && row.Late:
		row.Due, row.Why = true, "Its time has passed, and it did not go: change its time, and schedule it again"
	case row.State == Scheduled:
		if err := s.sendable(ctx, row.Message); err != nil {
			row.Due, row.Why = true, sentence(err)
		}
	case row.Trigger.Kind == Manual && row.State == Approved:
		row.Due, row.Why = true, "Approved: it goes when somebody sends it"
		if row.Channel == ByHand {
			row.Why = "Approved: to be sent by hand, and to be recorded then"
		}
	case row.State == Approved:
		row.Due, row.Why = true, "Approved, and not scheduled yet: it does not go by itself"
	case row.State == InReview && row.Correcting():
		row.Due, row.Why = true, "A correction that waits for approval"
	case row.State == InReview:
		row.Due, row.Why = true, "Waits for approval"
	case soon:
		row.Due, row.Why = true, "Due soon, and not approved"
		if row.Late {
			row.Why = "Its time has passed, and it was never approved"
		}
	}
}

// ByTime gives the rows in the order in which they go; those whose time is not known
// come last.
func (p Plan) ByTime() []Row {
	out := slices.Clone(p.Rows)
	far := p.At.Add(100 * year)
	slices.SortStableFunc(out, func(a, b Row) int {
		return cmp.Or(orLater(a.Next, far).Compare(orLater(b.Next, far)), strings.Compare(a.Title, b.Title))
	})
	return out
}

// Attention gives the rows that want something done, the most urgent first.
func (p Plan) Attention() []Row {
	return slices.DeleteFunc(p.ByTime(), func(r Row) bool { return !r.Due })
}

// Gaps gives the audiences that were not told for too long.
func (p Plan) Gaps() []Told {
	return slices.DeleteFunc(slices.Clone(p.Told), func(t Told) bool { return !t.Gap })
}

// WaitingFor gives the scheduled messages that are timed from an event.
func (p Plan) WaitingFor(event string) []Row {
	return slices.DeleteFunc(slices.Clone(p.Rows), func(r Row) bool {
		return r.State != Scheduled || r.Trigger.Kind != OnEvent || r.Trigger.Event != event
	})
}

func orLater(t, later time.Time) time.Time {
	if t.IsZero() {
		return later
	}
	return t
}

// Occasion is a message on a day of the calendar.
type Occasion struct {
	Row
	At   time.Time
	Done bool // it went then
}

// Between gives what went and what will go from one day up to another, in order. Of
// what recurs, each time; of the rest, one.
func (s *Service) Between(ctx context.Context, p Plan, from, until workpackages.Date) ([]Occasion, error) {
	cal, err := s.calendar(ctx)
	if err != nil {
		return nil, err
	}
	var out []Occasion
	add := func(r Row, at time.Time, done bool) {
		if day := workpackages.DateOf(at, s.Zone); from <= day && day < until {
			out = append(out, Occasion{r, at, done})
		}
	}
	for _, r := range p.Rows {
		for _, ref := range r.Sendings {
			if ref.Kind == First {
				add(r, ref.At, true)
			}
		}
		for _, h := range r.Hand {
			add(r, cal.at(h.On, "12:00"), true)
		}
		if r.State == Sent || r.State == Cancelled || r.State == Sending || r.Next.IsZero() {
			continue
		}
		add(r, r.Next, false)
		for at := r.Next; r.Trigger.Kind == Recurring; {
			if at = cal.next(r.Trigger, at); at.IsZero() || workpackages.DateOf(at, s.Zone) >= until {
				break
			}
			add(r, at, false)
		}
	}
	slices.SortStableFunc(out, func(a, b Occasion) int { return a.At.Compare(b.At) })
	return out, nil
}

// calendar reads what times are worked out with.
func (s *Service) calendar(ctx context.Context) (calendar, error) {
	events, err := s.Events(ctx)
	if err != nil {
		return calendar{}, err
	}
	c := calendar{zone: s.Zone, events: events}
	if s.Closed != nil {
		c.closed, err = s.Closed(ctx)
	}
	return c, err
}
