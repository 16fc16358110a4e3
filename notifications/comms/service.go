package comms

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
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

// Input is what is changed of a message; what is nil is left alone.
type Input struct {
	Title, Objective *string
	AudienceID       *string
	Phase            *string
	Channel          *string
	Sensitivity      *string
	Readers          *[]string // ids of people
	OwnerID          *string
	ApproverID       *string
	Trigger          *TriggerInput
	Heading, Text    *string
}

const (
	maxObjective = 300
	maxHeading   = 120
	// MaxText is the most characters of a wording: what Slack takes in one message with
	// room to spare, and more than anybody reads.
	MaxText    = 6000
	maxReaders = 50
)

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

// Message gives one message to somebody who reads it; how says where. A reading of an
// embargoed message is put on record before anything is given, and so is a try of
// somebody whom it does not name, which gives Forbidden.
func (s *Service) Message(ctx context.Context, by workpackages.Actor, id, how string) (Message, error) {
	m, err := s.Store.PlanMessage(ctx, id)
	if err != nil || !m.Embargoed() {
		return m, err
	}
	return m, s.access(ctx, by, m, how)
}

// access puts a reading of an embargoed message on record, and gives an error where
// it must not be: where somebody may not, or where it cannot be put on record.
func (s *Service) access(ctx context.Context, by workpackages.Actor, m Message, how string) error {
	may := m.CanRead(by)
	err := s.Store.AddAccess(ctx, Access{
		ID: m.ID + "/" + rand.Text(), MessageID: m.ID, At: s.now(), PersonID: by.PersonID, Name: by.Name, How: how, Refused: !may,
	})
	if err != nil {
		return err
	}
	if !may {
		return errMayNotRead
	}
	return nil
}

// Hidden gives what somebody who writes the plan may know of an embargoed message
// that they may not read.
func (s *Service) Hidden(ctx context.Context, by workpackages.Actor, id string) (Message, error) {
	m, err := s.Store.PlanMessage(ctx, id)
	if err != nil {
		return m, err
	}
	if !MayWrite(by) {
		return Message{}, errMayNotRead
	}
	return m.hidden(), nil
}

// Accesses gives who read an embargoed message, newest first, to those who write the
// plan and those who may read it.
func (s *Service) Accesses(ctx context.Context, by workpackages.Actor, id string) ([]Access, error) {
	m, err := s.Store.PlanMessage(ctx, id)
	if err != nil {
		return nil, err
	}
	if !MayWrite(by) && !(m.Embargoed() && m.CanRead(by)) {
		return nil, workpackages.Errorf(workpackages.Forbidden, "Only those who write the communications plan, and those who may read the message, see who read it")
	}
	return s.Store.Accesses(ctx, id)
}

// History gives the changes of a message, newest first, to who may read it.
func (s *Service) History(ctx context.Context, by workpackages.Actor, id string) ([]Entry, error) {
	m, err := s.Message(ctx, by, id, "history")
	if err != nil {
		return nil, err
	}
	var out []Entry
	for v := m.Version; v > 0; v-- {
		e, err := s.Store.PlanEntry(ctx, id, v)
		if err != nil {
			return nil, err
		}
		// What was under embargo then, and named others, is not shown by what it is now.
		if !e.State.CanRead(by) {
			e.State = e.State.hidden()
		}
		out = append(out, e)
	}
	return out, nil
}

// Create adds a message to the plan as a draft. With an idempotency key it is made
// once.
func (s *Service) Create(ctx context.Context, by workpackages.Actor, key string, in Input) (Message, error) {
	if !MayWrite(by) {
		return Message{}, errMayNotWrite
	}
	now := s.now()
	m := Message{
		ID: "m-" + strings.ToLower(rand.Text()[:12]), State: Draft, Version: 1, CreatedAt: now, ChangedAt: now,
		Phase: Standing, Channel: Slack, Sensitivity: Internal, Trigger: Trigger{Kind: Manual},
	}
	if key != "" {
		m.ID = "m-" + notifications.ContactID(by.ID + " " + key)[len("contact:"):][:16]
		if there, err := s.Store.PlanMessage(ctx, m.ID); err == nil {
			if len(there.Keys) > 0 && there.Keys[0].Request == workpackages.Fingerprint(in) {
				return there, nil
			}
			return Message{}, workpackages.Errorf(workpackages.Conflict, "This idempotency key was used for another message: use a new key for each")
		} else if workpackages.KindOf(err) != workpackages.NotFound {
			return Message{}, err
		}
		m.Keys = []workpackages.UsedKey{{Key: by.ID + " " + key, Version: 1, ItemID: m.ID, Request: workpackages.Fingerprint(in)}}
	}
	if in.Title == nil {
		in.Title = new(string)
	}
	if in.AudienceID == nil {
		in.AudienceID = new(string)
	}
	if in.Text == nil {
		in.Text = new(string)
	}
	if _, err := s.apply(ctx, by, &m, in); err != nil {
		return Message{}, err
	}
	m.Authors = []string{by.ID}
	if m.Wording.Number == 0 {
		m.Wording = Wording{Number: 1, By: by.Name, At: now}
	}
	err := s.Store.CommitPlan(ctx, Entry{ID: EntryID(m.ID, 1), MessageID: m.ID, Version: 1, At: now, By: by, Summary: "Message added to the plan", State: m})
	if err != nil && key != "" && workpackages.KindOf(err) == workpackages.Stale {
		return s.Store.PlanMessage(ctx, m.ID) // the same request, sent twice at once
	}
	return m, err
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
		return Message{}, stale(m, by)
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
		return Message{}, stale(newer, by)
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
		return m, true, nil
	}
	return Message{}, false, nil
}

func stale(m Message, by workpackages.Actor) *workpackages.Error {
	e := workpackages.Errorf(workpackages.Stale, "This message has changed since you read it. It is now at version %d: read what changed, then make your change again", m.Version)
	if !m.CanRead(by) {
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

// Edit changes a message. A change to what goes to whom makes the one who makes it an
// author, and takes a message that was approved back to review; so does a change to
// its time.
func (s *Service) Edit(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write, in Input) (Message, error) {
	return s.change(ctx, by, id, wr, in, func(m *Message, now time.Time) (string, error) {
		if err := toWrite(by, *m); err != nil {
			return "", err
		}
		switch m.State {
		case Sending:
			return "", workpackages.Errorf(workpackages.Conflict, "This message is being sent: change it when that is done, or cancel it first")
		case Cancelled:
			return "", workpackages.Errorf(workpackages.Conflict, "This message was cancelled: make a new one from it")
		}
		was := m.clone()
		changed, err := s.apply(ctx, by, m, in)
		if err != nil || len(changed) == 0 {
			return "", err
		}
		summary := "Changed " + joined(changed)
		if !sameMatter(was, *m) {
			if was.approved() {
				m.Authors = nil
				m.Approval = Approval{}
			}
			if !slices.Contains(m.Authors, by.ID) {
				m.Authors = append(m.Authors, by.ID)
			}
			if was.State != Draft && was.State != InReview {
				m.State = InReview
				summary += "; it goes back to review"
			}
		}
		return summary, nil
	})
}

// sameMatter reports whether two versions of a message come to the same for those who
// get it: what it says, to whom, how, and when.
func sameMatter(a, b Message) bool {
	return a.Wording.Number == b.Wording.Number && a.AudienceID == b.AudienceID && a.Channel == b.Channel &&
		a.Sensitivity == b.Sensitivity && a.Trigger.Words() == b.Trigger.Words()
}

// apply makes the changes to a message, and gives in words what they are of.
func (s *Service) apply(ctx context.Context, by workpackages.Actor, m *Message, in Input) (changed []string, err error) {
	var bad problems
	was := m.clone()
	text := func(field, what string, from *string, to *string, least, most int) {
		if from == nil {
			return
		}
		if least == 0 && strings.TrimSpace(*from) == "" {
			*to = ""
			return
		}
		line, problem := workpackages.Line(what, *from, most)
		if *to = line; problem != "" {
			bad.add(field, "%s", problem)
		}
	}
	text("title", "name for the message", in.Title, &m.Title, 1, workpackages.MaxTitle)
	text("objective", "objective", in.Objective, &m.Objective, 0, maxObjective)
	if in.AudienceID != nil {
		audiences, err := s.Store.Audiences(ctx)
		if err != nil {
			return nil, err
		}
		m.AudienceID = *in.AudienceID
		if !slices.ContainsFunc(audiences, func(a Audience) bool { return a.ID == m.AudienceID }) {
			bad.add("audience", "Choose who the message is for: %s", audienceIDs(audiences))
		}
	}
	if in.Phase != nil {
		if m.Phase = Phase(*in.Phase); !slices.Contains(Phases(), m.Phase) {
			bad.add("phase", "Choose a phase: %s", ids(Phases()))
		}
	}
	if in.Channel != nil {
		if m.Channel = Channel(*in.Channel); !slices.Contains(Channels(), m.Channel) {
			bad.add("channel", "Choose how it is sent: %s", ids(Channels()))
		}
	}
	if in.Sensitivity != nil {
		if m.Sensitivity = Sensitivity(*in.Sensitivity); !slices.Contains(Sensitivities(), m.Sensitivity) {
			bad.add("sensitivity", "Choose who may see it: %s", ids(Sensitivities()))
		}
	}
	people, err := s.Packages.People.People(ctx)
	if err != nil {
		return nil, err
	}
	known := func(id string) bool {
		return slices.ContainsFunc(people, func(p workpackages.Person) bool { return p.ID == id && !p.Disabled })
	}
	person := func(field, what string, from *string, to *string) {
		if from == nil || *from == *to {
			return
		}
		if *to = *from; *to != "" && !known(*to) {
			bad.add(field, "Choose the %s from the people who can sign in", what)
		}
	}
	person("owner", "owner", in.OwnerID, &m.OwnerID)
	person("approver", "approver", in.ApproverID, &m.ApproverID)
	if in.Readers != nil {
		m.Readers = nil
		for _, id := range *in.Readers {
			if id == "" || slices.Contains(m.Readers, id) {
				continue
			}
			if !known(id) && !slices.Contains(was.Readers, id) {
				bad.add("readers", "Choose readers from the people who can sign in")
			}
			m.Readers = append(m.Readers, id)
		}
	}
	if m.Embargoed() {
		switch {
		case by.PersonID == "":
			bad.add("sensitivity", "Sign in to write what is under embargo: a token is nobody, and cannot be named as a reader")
		case !slices.Contains(m.Readers, by.PersonID):
			m.Readers = append(m.Readers, by.PersonID)
		}
		if len(m.Readers) > maxReaders {
			bad.add("readers", "Name at most %d readers", maxReaders)
		}
		// Who has to act on it has to be able to read it.
		for _, who := range []struct{ field, id string }{{"owner", m.OwnerID}, {"approver", m.ApproverID}} {
			if who.id != "" && !slices.Contains(m.Readers, who.id) {
				bad.add(who.field, "Name the %s as a reader as well, or choose one of the readers", who.field)
			}
		}
		if m.Channel == Slack {
			bad.add("channel", "What is under embargo cannot be sent to Slack: choose By hand, or take the embargo off")
		}
	} else {
		m.Readers = nil
	}
	if in.Trigger != nil {
		m.Trigger = in.Trigger.read(&bad)
	}
	if in.Heading != nil || in.Text != nil {
		s.reword(by, m, in, &bad)
	}
	for _, x := range []struct {
		field string
		typed *string
	}{{"title", in.Title}, {"objective", in.Objective}, {"heading", in.Heading}, {"text", in.Text}} {
		if x.typed != nil {
			if says := s.childs(*x.typed); says != "" {
				bad.add(x.field, "%s", says)
			}
		}
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	return differences(was, *m), nil
}

// reword puts another wording in place, with the next number.
func (s *Service) reword(by workpackages.Actor, m *Message, in Input, bad *problems) {
	w := m.Wording
	if in.Heading != nil {
		w.Heading = strings.Join(strings.Fields(*in.Heading), " ")
	}
	if w.Heading == "" {
		title := []rune(m.Title)
		w.Heading = string(title[:min(len(title), maxHeading)])
	}
	if w.Heading != "" { // without a title there is none, and that is said of the title
		line, problem := workpackages.Line("heading", w.Heading, maxHeading)
		if w.Heading = line; problem != "" {
			bad.add("heading", "%s", problem)
		}
	}
	if in.Text != nil {
		text, problem := workpackages.Prose("message", *in.Text, MaxText)
		if w.Text = text; problem != "" {
			bad.add("text", "%s", problem)
		} else if err := checkPlaceholders(w.Text + " " + w.Heading); err != nil {
			bad.add("text", "%s", err)
		}
	}
	if w.Heading != m.Wording.Heading || w.Text != m.Wording.Text {
		w.Number, w.By, w.At = m.Wording.Number+1, by.Name, s.now()
		m.Wording = w
	}
}

// differences says in words what two versions of a message differ in.
func differences(a, b Message) []string {
	var out []string
	for _, d := range []struct {
		differs bool
		what    string
	}{
		{a.Title != b.Title, "the name"}, {a.Objective != b.Objective, "the objective"}, {a.AudienceID != b.AudienceID, "the audience"},
		{a.Phase != b.Phase, "the phase"}, {a.Channel != b.Channel, "how it is sent"}, {a.Sensitivity != b.Sensitivity, "the sensitivity"},
		{!slices.Equal(a.Readers, b.Readers), "who may read it"}, {a.OwnerID != b.OwnerID, "the owner"}, {a.ApproverID != b.ApproverID, "the approver"},
		{a.Trigger.Words() != b.Trigger.Words(), "when it goes"}, {a.Wording.Number != b.Wording.Number, "the wording"},
	} {
		if d.differs {
			out = append(out, d.what)
		}
	}
	return out
}

func ids[T ~string](all []T) string {
	var out []string
	for _, v := range all {
		out = append(out, string(v))
	}
	return strings.Join(out, ", ")
}

func audienceIDs(all []Audience) string {
	var out []string
	for _, a := range all {
		out = append(out, a.ID)
	}
	return strings.Join(out, ", ")
}

// NameReaders changes who may read an embargoed message, for its readers who write the
// plan, and for assistant directors, who may so name themselves: that is on record for
// good. It shows nothing of the message.
func (s *Service) NameReaders(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write, readers []string) (Message, error) {
	people, err := s.Packages.People.People(ctx)
	if err != nil {
		return Message{}, err
	}
	m, err := s.change(ctx, by, id, wr, readers, func(m *Message, _ time.Time) (string, error) {
		switch {
		case by.PersonID == "" || !(by.Role == workpackages.AssistantDirector || MayWrite(by) && m.CanRead(by)):
			return "", errMayNotRead
		case !m.Embargoed():
			return "", workpackages.Errorf(workpackages.Conflict, "This message is not under embargo any more: everybody may read it")
		}
		was := m.Readers
		m.Readers = nil
		for _, r := range readers {
			if !slices.ContainsFunc(people, func(p workpackages.Person) bool { return p.ID == r && !p.Disabled }) {
				return "", &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "readers", Message: "Choose readers from the people who can sign in"}}}
			}
			if !slices.Contains(m.Readers, r) {
				m.Readers = append(m.Readers, r)
			}
		}
		if len(m.Readers) == 0 || len(m.Readers) > maxReaders {
			return "", &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "readers", Message: fmt.Sprintf("Name from 1 to %d readers", maxReaders)}}}
		}
		if slices.Equal(was, m.Readers) {
			return "", nil
		}
		return "Named who may read it: " + joined(names(people, m.Readers)), nil
	})
	if err == nil && !m.CanRead(by) {
		m = m.hidden()
	}
	return m, err
}

func names(people []workpackages.Person, ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, workpackages.NameOf(people, id))
	}
	return out
}
