package comms

import (
	"context"
	"slices"
	"strings"

	"readiness/workpackages"
)

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
	s.Wake()
	return e, nil
}

func staleEvent(e Event) *workpackages.Error {
	err := workpackages.Errorf(workpackages.Stale, "This day has changed since you read it: read it again, then make your change")
	err.Current = e
	return err
}
