package comms

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// Outbox takes messages, each key once; notifications provides it.
type Outbox interface {
	Enqueue(ctx context.Context, m notifications.Message) (added bool, err error)
	Message(ctx context.Context, id string) (notifications.Message, error)
	Messages(ctx context.Context, f notifications.Filter) ([]notifications.Message, error)
	Wake()
}

// Service is the one way to change the plan: permission, validation, store, in that
// order. It is safe for concurrent use, in several copies of the program.
type Service struct {
	Store    Store
	Outbox   Outbox
	Waiting  func(ctx context.Context, under string) (int, error) // see notifications.Store
	Packages *workpackages.Service
	// Connected reports whether Slack is.
	Connected func() bool
	// Whole reports whether Slack shows all of a message; nil: it does.
	Whole func(c notifications.Content) bool
	// Answers reports whether what is pressed in Slack reaches us.
	Answers bool
	// Closed gives the council's closed days; nil: none.
	Closed  func(ctx context.Context) (func(workpackages.Date) bool, error)
	BaseURL string
	Zone    *time.Location
	Now     func() time.Time
	Log     *slog.Logger

	mu      sync.Mutex
	rosters []Roster // the last few that were asked for: they never change
	working sync.Mutex

	notifications.Waker // who brings the plan forward
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// Today is the day it is here.
func (s *Service) Today() workpackages.Date { return workpackages.DateOf(s.Now(), s.Zone) }

// MayWrite reports whether somebody may write the plan.
func MayWrite(by workpackages.Actor) bool {
	return by.Role == workpackages.AssistantDirector || by.Role == workpackages.Comms
}

var errMayNotWrite = workpackages.Errorf(workpackages.Forbidden, "Only the communications team and the assistant director can change the communications plan")

var errMayNotRead = workpackages.Errorf(workpackages.Forbidden, "This message is under embargo, and only those it names may read it. That you tried is on record. Ask its owner, or an assistant director, to name you")

// Messages gives the plan in the order in which it is due. An embargoed message is
// there for who writes the plan, without what it says; for others who may not read it
// it is not.
func (s *Service) Messages(ctx context.Context, by workpackages.Actor) ([]Message, error) {
	all, err := s.Store.PlanMessages(ctx)
	if err != nil {
		return nil, err
	}
	var out []Message
	for _, m := range all {
		switch {
		case !m.Embargoed():
			out = append(out, m)
		case MayWrite(by) || m.CanRead(by):
			out = append(out, m.hidden())
		}
	}
	slices.SortStableFunc(out, func(a, b Message) int {
		return cmp.Or(cmp.Compare(slices.Index(Phases(), a.Phase), slices.Index(Phases(), b.Phase)), cmp.Compare(a.Trigger.Offset, b.Trigger.Offset), cmp.Compare(a.AudienceID, b.AudienceID), a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// History gives the changes of a message, newest first, to who may read it.
func (s *Service) History(ctx context.Context, by workpackages.Actor, id string) ([]Entry, error) {
	m, err := s.Message(ctx, by, id, "history")
	if err != nil {
		return nil, err
	}
	var out []Entry
	logged := false
	for v := m.Version; v > 0; v-- {
		e, err := s.Store.PlanEntry(ctx, id, v)
		if err != nil {
			return nil, err
		}
		// What was under embargo then, and named others, is not shown by what it is now.
		if !e.State.CanRead(by) {
			e.State, e.Summary = e.State.hidden(), "Changed while it was under embargo"
		} else if e.State.Embargoed() && !m.Embargoed() && !logged {
			if err := s.access(ctx, by, e.State, "history"); err != nil {
				return nil, err
			}
			logged = true
		}
		out = append(out, e)
	}
	return out, nil
}

// change runs one change as a new version of a message. do gives a summary, and an
// empty one when it changed nothing.
func (s *Service) change(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write, asked any, do func(m *Message, now time.Time) (string, error)) (Message, error) {
	m, err := s.Store.PlanMessage(ctx, id)
	if err != nil {
		return m, err
	}
	if r, done, err := s.replay(m, by, wr, asked); done || err != nil {
		return r, err
	}
	if wr.Version != m.Version {
		if m.Embargoed() && !MayWrite(by) && !m.CanRead(by) {
			return Message{}, errMayNotRead
		}
		return Message{}, stale(m)
	}
	now := s.now()
	if now.Before(m.ChangedAt) {
		now = m.ChangedAt
	}
	next := m.clone()
	summary, err := do(&next, now)
	if err != nil || summary == "" {
		return m, err
	}
	next.Version, next.ChangedAt = m.Version+1, now
	next.Default = false
	if wr.Key != "" {
		next.Keys = append(next.Keys, workpackages.UsedKey{Key: by.ID + " " + wr.Key, Version: next.Version, Request: workpackages.Fingerprint(asked)})
		next.Keys = next.Keys[max(0, len(next.Keys)-maxKeys):]
	}
	e := Entry{ID: EntryID(id, next.Version), MessageID: id, Version: next.Version, At: now, By: by, Summary: summary, State: next}
	if next.approved() && !m.approved() {
		e.Approved = next.Wording.Number
	}
	if err := s.Store.CommitPlan(ctx, e); err != nil {
		if workpackages.KindOf(err) != workpackages.Stale {
			return Message{}, err
		}
		newer, readErr := s.Store.PlanMessage(ctx, id)
		if readErr != nil {
			return Message{}, errors.Join(readErr, err)
		}
		if r, done, err := s.replay(newer, by, wr, asked); done || err != nil {
			return r, err
		}
		return Message{}, stale(newer)
	}
	return next, nil
}

const maxKeys = 50

// replay finds what an idempotency key did before.
func (s *Service) replay(m Message, by workpackages.Actor, wr workpackages.Write, asked any) (Message, bool, error) {
	for _, k := range m.Keys {
		if wr.Key == "" || k.Key != by.ID+" "+wr.Key {
			continue
		}
		if k.Request != workpackages.Fingerprint(asked) {
			return Message{}, true, workpackages.Errorf(workpackages.Conflict, "This idempotency key was used for another change to this message: use a new key for each change")
		}
		if !m.CanRead(by) { // it was put under embargo since
			return Message{}, true, errMayNotRead
		}
		return m, true, nil
	}
	return Message{}, false, nil
}

// stale carries the newer version; of what is under embargo without its words, as this
// is no reading.
func stale(m Message) *workpackages.Error {
	e := workpackages.Errorf(workpackages.Stale, "This message has changed since you read it. It is now at version %d: read what changed, then make your change again", m.Version)
	if m.Embargoed() {
		m = m.hidden()
	}
	e.Current = m
	return e
}

// toWrite says why somebody may not change a message; nil when they may.
func toWrite(by workpackages.Actor, m Message) error {
	switch {
	case !MayWrite(by):
		return errMayNotWrite
	case !m.CanRead(by):
		return errMayNotRead
	}
	return nil
}
