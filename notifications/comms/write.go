package comms

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

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

// Create adds a message to the plan as a draft. With an idempotency key it is made
// once.
func (s *Service) Create(ctx context.Context, by workpackages.Actor, key string, in Input) (Message, error) {
	if !MayWrite(by) {
		return Message{}, errMayNotWrite
	}
	now, asked := s.now(), workpackages.Fingerprint(in)
	m := Message{
		ID: "m-" + strings.ToLower(rand.Text()[:12]), State: Draft, Version: 1, CreatedAt: now, ChangedAt: now,
		Phase: Standing, Channel: Slack, Sensitivity: Internal, Trigger: Trigger{Kind: Manual},
	}
	if key != "" {
		m.ID = "m-" + notifications.ContactID(by.ID + " " + key)[len("contact:"):][:16]
		if there, err := s.Store.PlanMessage(ctx, m.ID); err == nil {
			return madeBefore(there, by, asked)
		} else if workpackages.KindOf(err) != workpackages.NotFound {
			return Message{}, err
		}
		m.Keys = []workpackages.UsedKey{{Key: by.ID + " " + key, Version: 1, ItemID: m.ID, Request: asked}}
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
		there, err := s.Store.PlanMessage(ctx, m.ID) // perhaps the same request, sent twice at once
		if err != nil {
			return Message{}, err
		}
		return madeBefore(there, by, asked)
	}
	return m, err
}

// madeBefore gives the message that an idempotency key made, to who made the same one
// and may still read it.
func madeBefore(there Message, by workpackages.Actor, asked string) (Message, error) {
	switch {
	case !slices.ContainsFunc(there.Keys, func(k workpackages.UsedKey) bool { return k.Version == 1 && k.Request == asked }):
		return Message{}, workpackages.Errorf(workpackages.Conflict, "This idempotency key was used for another message: use a new key for each")
	case !there.CanRead(by):
		return Message{}, errMayNotRead
	}
	return there, nil
}

// Edit changes a message. A change to what goes to whom makes the one who makes it an
// author, and takes a message that was approved back to review; so does a change to
// its time.
func (s *Service) Edit(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write, in Input) (Message, error) {
	var requested int64 // when its approver was asked before
	ask := false
	m, err := s.change(ctx, by, id, wr, in, func(m *Message, now time.Time) (string, error) {
		if err := toWrite(by, *m); err != nil {
			return "", err
		}
		was := m.clone()
		changed, err := s.apply(ctx, by, m, in)
		if err != nil || len(changed) == 0 {
			return "", err
		}
		// An embargo can be put on at any time.
		embargo := m.Embargoed() && !was.Embargoed()
		switch last, _ := was.last(""); {
		case was.State == Sending && !last.Queued && !embargo:
			return "", workpackages.Errorf(workpackages.Conflict, "This message is just being sent: change it in a minute, or cancel it")
		case was.State == Cancelled && embargo:
			return "Put under embargo", nil
		case was.State == Cancelled:
			return "", workpackages.Errorf(workpackages.Conflict, "This message was cancelled: make a new one from it")
		}
		summary := "Changed " + phrase.And(changed)
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
		requested = m.Requested
		if ask = m.State == InReview && (was.State != InReview || was.ApproverID != m.ApproverID); ask {
			m.Requested = m.Version + 1
		}
		return summary, nil
	})
	if err != nil {
		return m, err
	}
	s.overtaken(ctx, m, requested)
	if ask {
		err = s.askApprover(ctx, m)
	}
	if err != nil {
		s.Log.Warn("the approver could not be told in Slack: the reminder of the morning tells them", "category", "comms", "message", m.ID, "error", err)
	}
	return m, nil
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
	bad.line("title", "name for the message", in.Title, &m.Title, 1, workpackages.MaxTitle)
	bad.line("objective", "objective", in.Objective, &m.Objective, 0, maxObjective)
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
			bad.add("phase", "Choose a phase: %s", phrase.List(Phases()))
		}
	}
	if in.Channel != nil {
		if m.Channel = Channel(*in.Channel); !slices.Contains(Channels(), m.Channel) {
			bad.add("channel", "Choose how it is sent: %s", phrase.List(Channels()))
		}
	}
	if in.Sensitivity != nil {
		if m.Sensitivity = Sensitivity(*in.Sensitivity); !slices.Contains(Sensitivities(), m.Sensitivity) {
			bad.add("sensitivity", "Choose who may see it: %s", phrase.List(Sensitivities()))
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
		w.Heading = firstRunes(m.Title, maxHeading)
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
		} else if says := checkPlaceholders(w.Text + " " + w.Heading); says != "" {
			bad.add("text", "%s", says)
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

func audienceIDs(all []Audience) string {
	var out []string
	for _, a := range all {
		out = append(out, a.ID)
	}
	return strings.Join(out, ", ")
}
