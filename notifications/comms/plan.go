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
			row.Due, row.Why = true, err.Error()
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

// Events gives the events as they stand, in their order.
func (s *Service) Events(ctx context.Context) (Events, error) {
	stored, err := s.Store.PlanEvents(ctx)
	if err != nil {
		return nil, err
	}
	var out Events
	for _, e := range eventList {
		e.Version = 1
		if i := slices.IndexFunc(stored, func(x Event) bool { return x.ID == e.ID }); i >= 0 {
			e.Date, e.Version, e.ChangedBy, e.ChangedAt = stored[i].Date, stored[i].Version, stored[i].ChangedBy, stored[i].ChangedAt
		}
		out = append(out, e)
	}
	return out, nil
}

// SetEvent records the day of an event, or with an empty date that it is not known any
// more. Scheduled messages that are timed from it go by it.
func (s *Service) SetEvent(ctx context.Context, by workpackages.Actor, id string, version int64, date string) (Event, error) {
	if !MayWrite(by) {
		return Event{}, errMayNotWrite
	}
	events, err := s.Events(ctx)
	if err != nil {
		return Event{}, err
	}
	i := slices.IndexFunc(events, func(e Event) bool { return e.ID == id })
	if i < 0 {
		return Event{}, workpackages.Errorf(workpackages.NotFound, "There is no such event")
	}
	e := events[i]
	if e.Version != version {
		return Event{}, staleEvent(e)
	}
	var day workpackages.Date
	if strings.TrimSpace(date) != "" {
		if day, err = workpackages.ParseDate(date); err != nil {
			return Event{}, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "date", Message: "Enter a day such as " + s.Today().Time().Format("2/1/2006") + ", or leave it empty"}}}
		}
	}
	if day == e.Date {
		return e, nil
	}
	e.Date, e.Version, e.ChangedBy, e.ChangedAt = day, e.Version+1, by.Name, s.now()
	if err := s.Store.SavePlanEvent(ctx, e); err != nil {
		if workpackages.KindOf(err) == workpackages.Stale {
			if now, readErr := s.Events(ctx); readErr == nil {
				return Event{}, staleEvent(now[i])
			}
		}
		return Event{}, err
	}
	return e, nil
}

func staleEvent(e Event) *workpackages.Error {
	err := workpackages.Errorf(workpackages.Stale, "This day has changed since you read it: read it again, then make your change")
	err.Current = e
	return err
}

// Audiences gives every audience in its order.
func (s *Service) Audiences(ctx context.Context) ([]Audience, error) {
	all, err := s.Store.Audiences(ctx)
	slices.SortStableFunc(all, func(a, b Audience) int { return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Name, b.Name)) })
	return all, err
}

// Audience gives one audience, or NotFound.
func (s *Service) Audience(ctx context.Context, id string) (Audience, error) {
	all, err := s.Store.Audiences(ctx)
	if err != nil {
		return Audience{}, err
	}
	if i := slices.IndexFunc(all, func(a Audience) bool { return a.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Audience{}, workpackages.Errorf(workpackages.NotFound, "There is no such audience")
}

// idOf makes an id of a name.
func idOf(name string) string {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ' || r == '-' || r == '_':
			return '-'
		}
		return -1
	}, strings.ToLower(name))
	return strings.Trim(id, "-")
}

// AddAudience adds an audience, whose id is made of its name.
func (s *Service) AddAudience(ctx context.Context, by workpackages.Actor, in AudienceInput) (Audience, error) {
	if !MayWrite(by) {
		return Audience{}, errMayNotWrite
	}
	all, err := s.Audiences(ctx)
	if err != nil {
		return Audience{}, err
	}
	a := Audience{Version: 1, Order: 100, ChangedBy: by.Name, ChangedAt: s.now(), CreatedAt: s.now(), TellEvery: 30}
	if in.Name == nil {
		in.Name = new(string)
	}
	if err := in.apply(&a); err != nil {
		return Audience{}, err
	}
	a.ID = cmp.Or(idOf(a.Name), "audience")
	for n := 2; slices.ContainsFunc(all, func(x Audience) bool { return x.ID == a.ID }); n++ {
		if strings.EqualFold(all[slices.IndexFunc(all, func(x Audience) bool { return x.ID == a.ID })].Name, a.Name) {
			return Audience{}, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "name", Message: "There is an audience of this name already"}}}
		}
		a.ID = cmp.Or(idOf(a.Name), "audience") + "-" + string(rune('0'+n%10))
	}
	if err := s.Store.SaveAudience(ctx, a); err != nil && workpackages.KindOf(err) == workpackages.Stale {
		return Audience{}, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "name", Message: "Somebody has just added an audience of this name"}}}
	} else if err != nil {
		return Audience{}, err
	}
	return a, nil
}

// EditAudience changes an audience. Who of it gets what is being sent was settled when
// that began.
func (s *Service) EditAudience(ctx context.Context, by workpackages.Actor, id string, version int64, in AudienceInput) (Audience, error) {
	if !MayWrite(by) {
		return Audience{}, errMayNotWrite
	}
	a, err := s.Audience(ctx, id)
	if err != nil {
		return a, err
	}
	if a.Version != version {
		return Audience{}, staleAudience(a)
	}
	a.Channels, a.Contacts = slices.Clone(a.Channels), slices.Clone(a.Contacts)
	if err := in.apply(&a); err != nil {
		return Audience{}, err
	}
	a.Version, a.ChangedBy, a.ChangedAt, a.Default = a.Version+1, by.Name, s.now(), false
	if err := s.Store.SaveAudience(ctx, a); err != nil {
		if workpackages.KindOf(err) == workpackages.Stale {
			if now, readErr := s.Audience(ctx, id); readErr == nil {
				return Audience{}, staleAudience(now)
			}
		}
		return Audience{}, err
	}
	return a, nil
}

func staleAudience(a Audience) *workpackages.Error {
	e := workpackages.Errorf(workpackages.Stale, "This audience has changed since you read it: read it again, then make your change")
	e.Current = a
	return e
}
