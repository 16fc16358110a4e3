package comms

import (
	"fmt"
	"slices"
	"time"

	"readiness/workpackages"
)

// State says where a message of the plan stands.
type State string

// The states, in the order of a message's life.
const (
	Draft     State = "draft"
	InReview  State = "in_review"
	Approved  State = "approved"
	Scheduled State = "scheduled" // it goes by itself when its time comes
	Sending   State = "sending"
	Sent      State = "sent"
	Cancelled State = "cancelled"
)

// States lists every state.
func States() []State {
	return []State{Draft, InReview, Approved, Scheduled, Sending, Sent, Cancelled}
}

// Label is the state in words.
func (s State) Label() string {
	switch s {
	case Draft:
		return "Draft"
	case InReview:
		return "In review"
	case Approved:
		return "Approved"
	case Scheduled:
		return "Scheduled"
	case Sending:
		return "Sending"
	case Sent:
		return "Sent"
	case Cancelled:
		return "Cancelled"
	}
	return string(s)
}

// Phase is the part of an inspection that a message belongs to.
type Phase string

// The phases, in their order (domain notes, sections 4 and 10).
const (
	Standing    Phase = "standing"
	CallDay     Phase = "call_day"
	OffSite     Phase = "off_site"
	OnSite      Phase = "on_site"
	Embargo     Phase = "embargo"
	Publication Phase = "publication"
	After       Phase = "after"
)

// Phases lists every phase in its order.
func Phases() []Phase {
	return []Phase{Standing, CallDay, OffSite, OnSite, Embargo, Publication, After}
}

// Label is the phase in words.
func (p Phase) Label() string {
	switch p {
	case Standing:
		return "Standing readiness"
	case CallDay:
		return "Call day"
	case OffSite:
		return "Off-site week"
	case OnSite:
		return "On site"
	case Embargo:
		return "Embargo"
	case Publication:
		return "Publication"
	case After:
		return "After"
	}
	return string(p)
}

// Sensitivity says who may see a message.
type Sensitivity string

// The sensitivities.
const (
	Open      Sensitivity = "open"
	Internal  Sensitivity = "internal"
	Embargoed Sensitivity = "embargoed"
)

// Sensitivities lists every sensitivity.
func Sensitivities() []Sensitivity { return []Sensitivity{Open, Internal, Embargoed} }

// Label is the sensitivity in words.
func (s Sensitivity) Label() string {
	switch s {
	case Open:
		return "Open"
	case Internal:
		return "Internal"
	case Embargoed:
		return "Embargoed"
	}
	return string(s)
}

// Channel is how a message reaches its audience.
type Channel string

// The channels.
const (
	Slack  Channel = "slack"
	ByHand Channel = "by_hand" // a briefing on paper, a document or an e-mail that somebody sends
)

// Channels lists every channel.
func Channels() []Channel { return []Channel{Slack, ByHand} }

// Label is the channel in words.
func (c Channel) Label() string {
	switch c {
	case Slack:
		return "Slack"
	case ByHand:
		return "By hand"
	}
	return string(c)
}

// Wording is what a message says. Its number goes up with each change of it.
type Wording struct {
	Number  int       `bson:"number" json:"number"`
	Heading string    `bson:"heading" json:"heading"`
	Text    string    `bson:"text" json:"text"` // Markdown, with placeholders: see Fill
	By      string    `bson:"by" json:"by"`     // a name, as it was at the time
	At      time.Time `bson:"at" json:"at"`
}

// Approval says who approved a wording.
type Approval struct {
	Wording int                `bson:"wording" json:"wording"`
	By      workpackages.Actor `bson:"by" json:"-"`
	At      time.Time          `bson:"at" json:"at"`
}

// Message is a row of the plan.
type Message struct {
	ID          string       `bson:"_id"`
	Title       string       `bson:"title"`
	Objective   string       `bson:"objective"`
	AudienceID  string       `bson:"audience"`
	Phase       Phase        `bson:"phase"`
	Channel     Channel      `bson:"channel"`
	Sensitivity Sensitivity  `bson:"sensitivity"`
	Readers     []string     `bson:"readers"` // of an embargoed message: ids of people
	OwnerID     string       `bson:"owner"`
	ApproverID  string       `bson:"approver"` // empty: anybody who may
	Trigger     Trigger      `bson:"trigger"`
	Wording     Wording      `bson:"wording"`
	State       State        `bson:"state"`
	Approval    Approval     `bson:"approval"`  // of the wording in force; zero without one
	Authors     []string     `bson:"authors"`   // ids of those who wrote since the last approval
	Requested   int64        `bson:"requested"` // the version at which its approver was asked; 0: they were not
	Remark      string       `bson:"remark"`    // why it was sent back, of whoever did
	Sendings    []SendingRef `bson:"sendings"`  // oldest first
	Hand        []Hand       `bson:"hand"`      // sent by hand, oldest first
	From        time.Time    `bson:"from"`      // while Scheduled: since when its times count
	Default     bool         `bson:"default"`   // it came with the product, and nobody has changed it yet
	Version     int64        `bson:"version"`
	CreatedAt   time.Time    `bson:"created_at"`
	ChangedAt   time.Time    `bson:"changed_at"`

	Keys []workpackages.UsedKey `bson:"keys"`
}

// SendingKind says what a sending is for.
type SendingKind string

// The kinds of sending.
const (
	First      SendingKind = "first"      // to all of the audience
	Reminder   SendingKind = "reminder"   // to those who have not read it
	Correction SendingKind = "correction" // what was sent is changed in place
)

// SendingRef is one sending of a message, as its row has it.
type SendingRef struct {
	ID         string      `bson:"id"`   // of the Roster
	Base       string      `bson:"base"` // the sending whose readers count: of a First its own
	Kind       SendingKind `bson:"kind"`
	Wording    int         `bson:"wording"`
	At         time.Time   `bson:"at"`
	Due        time.Time   `bson:"due"` // the time it was planned for; zero when somebody sent it
	By         string      `bson:"by"`  // who sent it; empty when its time came
	Recipients int         `bson:"recipients"`
	Queued     bool        `bson:"queued"` // every message of it is in the outbox
	Done       bool        `bson:"done"`   // every message of it has ended
}

// Hand is a record that a message was sent by hand.
type Hand struct {
	At      time.Time         `bson:"at"` // when it was recorded
	On      workpackages.Date `bson:"on"` // the day it was sent
	By      string            `bson:"by"` // who sent it
	How     string            `bson:"how"`
	Wording int               `bson:"wording"`
	People  int               `bson:"people"` // to how many; 0 for not said
}

// HasApproval reports whether the wording in force is approved.
func (m Message) HasApproval() bool { return m.approved() }

func (m Message) approved() bool {
	return m.Approval.Wording > 0 && m.Approval.Wording == m.Wording.Number
}

// Embargoed reports whether only those it names may read the message.
func (m Message) Embargoed() bool { return m.Sensitivity == Embargoed }

// LastTold gives when its audience was last told by it; zero for never.
func (m Message) LastTold() time.Time {
	var last time.Time
	for _, s := range m.Sendings {
		if s.Kind == First && s.At.After(last) {
			last = s.At
		}
	}
	for _, h := range m.Hand {
		if t := h.On.Time(); t.After(last) {
			last = t
		}
	}
	return last
}

// Last gives the newest sending to all of the audience; ok is false without one.
func (m Message) Last() (SendingRef, bool) { return m.last(First) }

// last gives the newest sending of a kind, or of any; ok is false without one.
func (m Message) last(kind SendingKind) (SendingRef, bool) {
	for i := len(m.Sendings) - 1; i >= 0; i-- {
		if kind == "" || m.Sendings[i].Kind == kind {
			return m.Sendings[i], true
		}
	}
	return SendingRef{}, false
}

// Correcting reports whether the approved wording is to take the place of one that
// was sent. The next occasion of a recurring message is no correction.
func (m Message) Correcting() bool {
	s, ok := m.last("")
	return ok && m.Channel == Slack && m.Trigger.Kind != Recurring && s.Wording < m.Wording.Number
}

// CanRead reports whether somebody may see what the message says.
func (m Message) CanRead(by workpackages.Actor) bool {
	return !m.Embargoed() || by.PersonID != "" && slices.Contains(m.Readers, by.PersonID)
}

// For gives the message as somebody may see it.
func (m Message) For(by workpackages.Actor) Message {
	if m.CanRead(by) {
		return m
	}
	return m.hidden()
}

// hidden is what others know of an embargoed message: that it is there.
func (m Message) hidden() Message {
	m.Title, m.Objective = "Embargoed message", ""
	m.Wording.Heading, m.Wording.Text, m.Wording.By = "", "", ""
	m.Remark, m.Keys = "", nil
	m.Hand = slices.Clone(m.Hand)
	for i := range m.Hand { // how it was sent is in somebody's own words
		m.Hand[i].How = ""
	}
	return m
}

func (m Message) clone() Message {
	m.Readers, m.Authors = slices.Clone(m.Readers), slices.Clone(m.Authors)
	m.Sendings, m.Hand = slices.Clone(m.Sendings), slices.Clone(m.Hand)
	m.Keys = slices.Clone(m.Keys)
	m.Trigger.Days = slices.Clone(m.Trigger.Days)
	return m
}

// Entry is one change to one message: immutable, numbered, and carrying the whole
// state that it led to.
type Entry struct {
	ID        string             `bson:"_id"` // EntryID(MessageID, Version): taken once, for good
	MessageID string             `bson:"message"`
	Version   int64              `bson:"version"`
	At        time.Time          `bson:"at"`
	By        workpackages.Actor `bson:"by"`
	Summary   string             `bson:"summary"`
	Approved  int                `bson:"approved"` // the wording that it approved; 0 for none
	State     Message            `bson:"state"`
}

// EntryID names the entry that makes a version of a message.
func EntryID(messageID string, version int64) string {
	return fmt.Sprintf("%s/%d", messageID, version)
}

// Access is a reading of an embargoed message, or a try that was refused.
type Access struct {
	ID        string    `bson:"_id" json:"-"`
	MessageID string    `bson:"message" json:"message"`
	At        time.Time `bson:"at" json:"at"`
	PersonID  string    `bson:"person" json:"-"`
	Name      string    `bson:"name" json:"name"`
	How       string    `bson:"how" json:"how"` // what was opened: a page, a document, …
	Refused   bool      `bson:"refused" json:"refused"`
}
