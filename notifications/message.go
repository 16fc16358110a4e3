// Package notifications is the outbox and the send ledger: one document a
// message, made once under a key that says what makes two messages the same,
// and kept after it is sent as the record of what went to whom and why.
//
// A message is never sent from anywhere else. It is sent once in effect: each try
// is claimed by an insert, and a send whose end is unknown is settled by asking
// Slack for the key before anything is sent again (see app/docs/adr/0010).
//
// Messages of one thread, which is what a person is told on one day, go in the
// order they were made: the first as a message of its own, the rest below it.
package notifications

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"readiness/workpackages"
)

// State says where a message stands.
type State string

// The states. Pending, Sending and Uncertain are on the way; the others are ends.
const (
	Pending   State = "pending"
	Sending   State = "sending"   // claimed until LeaseUntil
	Sent      State = "sent"      //
	Uncertain State = "uncertain" // it may have gone: to be settled with Slack
	Dead      State = "dead"      // it cannot be sent; Detail says what to do
	NotSent   State = "not_sent"  // Slack was not connected, or there was no more need
)

// Ended reports whether nothing more will be done about a message by itself.
func (s State) Ended() bool { return s == Sent || s == Dead || s == NotSent }

// Op is what is done in Slack.
type Op string

// The two things done.
const (
	Post Op = ""     // a new message
	Edit Op = "edit" // an earlier message is changed in place, which tells nobody
)

// Message is one message to one person or channel.
type Message struct {
	ID            string    `bson:"_id"` // Key(rule, subject, recipient, occurrence)
	Rule          string    `bson:"rule"`
	Rules         []string  `bson:"rules"`    // every rule it speaks for; Rule alone when left out
	Subjects      []string  `bson:"subjects"` // what it is about: ids that mean something to who made it
	Op            Op        `bson:"op"`
	Target        string    `bson:"target"`    // of an edit: the key of the message that is changed
	RecipientID   string    `bson:"recipient"` // a person's id, or ChannelID
	RecipientName string    `bson:"recipient_name"`
	Content       Content   `bson:"content"`
	Title         string    `bson:"title"`
	Reason        string    `bson:"reason"`  // why this person or channel gets it
	Preview       string    `bson:"preview"` // all of it as plain text
	State         State     `bson:"state"`
	Detail        string    `bson:"detail"`  // what became of it, for a person; no secrets
	Unfound       bool      `bson:"unfound"` // it could not be sent, as Slack has no working account of the person
	Attempts      int       `bson:"attempts"`
	Tries         []Attempt `bson:"tries"` // the newest of them, oldest first
	NotBefore     time.Time `bson:"not_before"`
	NotAfter      time.Time `bson:"not_after"` // it is of no use later; a day after it was made when left out
	LeaseUntil    time.Time `bson:"lease_until"`
	Version       int64     `bson:"version"`
	CreatedAt     time.Time `bson:"created_at"`
	SentAt        time.Time `bson:"sent_at"`
	Channel       string    `bson:"channel"`   // Slack's id of the conversation
	Timestamp     string    `bson:"timestamp"` // Slack's id of the message in it

	// Thread names what the message belongs with, such as a person's day: what has
	// the same goes in the order it was made. Empty: it stands by itself.
	Thread string `bson:"thread"`
	Slot   int    `bson:"slot"` // place in the thread, from 0
	// Flat messages of a thread keep their order and stand side by side, as in a
	// channel; the others go below the first.
	Flat     bool   `bson:"flat"`
	ThreadTS string `bson:"thread_ts"` // Slack's id of the thread's first message, once known
	// Anytime says that its reader asked for it just now, so that their hours do not
	// hold it back.
	Anytime bool `bson:"anytime"`
	// Again counts how often somebody asked for it to be sent after all.
	Again    int    `bson:"again"`
	ResentBy string `bson:"resent_by"` // who asked last
}

// Attempt is one try to deliver a message.
type Attempt struct {
	At      time.Time `bson:"at"`
	Outcome string    `bson:"outcome"` // sent, found, refused, again, unknown, needless
	Detail  string    `bson:"detail"`  // no secrets
}

// Content is what a message says, free of any channel's own format.
type Content struct {
	Heading string `bson:"heading"` // plain text
	Intro   string `bson:"intro"`
	Body    []Para `bson:"body,omitempty"` // a wording of the communications plan, in place of items
	Items   []Item `bson:"items"`
	Why     string `bson:"why"`
	Button  Button `bson:"button"` // the one thing to do; none when empty
	Second  Button `bson:"second"` // what else can be done; none when empty
	// Asks is what the reader is asked to press, where what is pressed reaches us.
	Asks Question `bson:"asks,omitempty"`
}

// Item is one line of a message.
type Item struct {
	Section string `bson:"section"` // the heading it stands under; those of one section are together
	Title   string `bson:"title"`
	Detail  string `bson:"detail"`
	URL     string `bson:"url"`
	Done    bool   `bson:"done"`    // it needs nothing more
	Subject string `bson:"subject"` // what makes it the same line later; empty where that does not matter
	Asks    bool   `bson:"asks"`    // its reader can answer it: I have it, snooze, not mine
	// MayUpdate says that its reader can update the status of the package it is of.
	MayUpdate bool `bson:"may_update"`
}

// Button is a link to the place where the reader can act.
type Button struct {
	Text string `bson:"text"`
	URL  string `bson:"url"`
}

// Key says what makes two messages the same: the rule, what it is about, the
// recipient and the occurrence, such as a day. What is empty is left out.
func Key(rule, subject, recipientID, occurrence string) string {
	parts := []string{rule}
	for _, p := range []string{subject, recipientID, occurrence} {
		if p != "" {
			parts = append(parts, strings.ReplaceAll(p, "/", "."))
		}
	}
	return strings.Join(parts, "/")
}

// DayThread is the thread of all that a person is told on a day.
func DayThread(recipientID, day string) string { return recipientID + "/" + day }

// channelPrefix marks a recipient that is a channel.
const channelPrefix = "channel:"

// ChannelID is the recipient that stands for a channel, by Slack's name of it
// (without #) or its id.
func ChannelID(channel string) string { return channelPrefix + channel }

// IsChannel reports whether a recipient is a channel.
func IsChannel(recipientID string) bool { return strings.HasPrefix(recipientID, channelPrefix) }

// contactPrefix marks a recipient of the communications plan who is not among those
// who may sign in.
const contactPrefix = "contact:"

// ContactID is the recipient that stands for whoever has an e-mail address and is
// not among those who may sign in. The address cannot be read from it.
func ContactID(email string) string {
	sum := sha256.Sum256([]byte(workpackages.FoldEmail(email)))
	return contactPrefix + hex.EncodeToString(sum[:10])
}

// Plain gives the whole message as text: for the ledger, and for a phone's
// notification.
func (c Content) Plain() string {
	var b strings.Builder
	b.WriteString(c.Heading + "\n\n")
	if c.Intro != "" {
		b.WriteString(c.Intro + "\n\n")
	}
	if len(c.Body) > 0 {
		b.WriteString(PlainBody(c.Body))
		if len(c.Items) > 0 {
			b.WriteString("\n\n")
		}
	}
	section := ""
	for n, i := range c.Items {
		if n > 0 {
			b.WriteString("\n")
		}
		if i.Section != section {
			if section = i.Section; n > 0 {
				b.WriteString("\n")
			}
			b.WriteString(section + "\n")
		}
		b.WriteString(i.mark() + i.Title)
		if i.Detail != "" {
			b.WriteString(": " + i.Detail)
		}
	}
	b.WriteString("\n\n")
	for _, button := range []Button{c.Button, c.Second} {
		if button.URL != "" {
			b.WriteString(button.Text + ": " + button.URL + "\n")
		}
	}
	if c.Button.URL != "" {
		b.WriteString("\n")
	}
	return b.String() + c.Why
}

func (i Item) mark() string {
	if i.Done {
		return "✓ "
	}
	return "• "
}

// Short gives the message in one line: what is still to be done.
func (c Content) Short() string {
	var titles []string
	for _, item := range c.Items {
		if !item.Done {
			titles = append(titles, item.Title)
		}
	}
	if len(titles) == 0 {
		return c.Heading
	}
	return c.Heading + ": " + strings.Join(titles, "; ")
}

// Filter chooses messages of the ledger; zero fields choose all.
type Filter struct {
	State     State
	Open      bool      // those on the way, whatever their state
	Rule      string    // one of the rules a message speaks for
	Under     string    // those whose key begins with this
	Recipient string    // a person's id, or ChannelID
	Since     time.Time // made then or later
	Until     time.Time // made before
	Limit     int       // 0: all
}

// Claim is something that is taken once and for good: a try to send a message, or
// a place in a thread.
type Claim struct {
	ID         string    `bson:"_id"`
	Holder     string    `bson:"holder"`
	At         time.Time `bson:"at"`
	LeaseUntil time.Time `bson:"lease_until"` // of a try: after it, another worker may take the next one
}

// Due says that a message wants work. It is a hint, and the message is the truth:
// an entry too many costs a look, and one is never taken away before its message
// has ended.
type Due struct {
	ID        string    `bson:"_id"` // the message's key, with a number where it was sent again
	Key       string    `bson:"key"`
	NotBefore time.Time `bson:"not_before"`
	CreatedAt time.Time `bson:"created_at"`
}

// Store keeps the messages; app/store provides it.
type Store interface {
	// AddMessage stores a new message; added is false when its key is taken.
	AddMessage(ctx context.Context, m Message) (added bool, err error)
	// SaveMessage replaces the message at the version before, or gives Stale.
	SaveMessage(ctx context.Context, m Message) error
	// Message gives one message by its key, or NotFound.
	Message(ctx context.Context, id string) (Message, error)
	// Messages gives the ledger, newest first. Those of the communications plan are in
	// it where Rule or Under asks for them.
	Messages(ctx context.Context, f Filter) ([]Message, error)
	// Claim takes what the id stands for, or gives the claim that has it. Of many
	// who claim at once, over any number of connections, all get the same answer.
	Claim(ctx context.Context, c Claim) (Claim, error)
	// ClaimOf gives the claim of an id, or NotFound.
	ClaimOf(ctx context.Context, id string) (Claim, error)
	// AddDue puts an entry in the queue, unless it is there.
	AddDue(ctx context.Context, d Due) error
	// PutOff moves an entry of the queue to another time; gone is gone.
	PutOff(ctx context.Context, id string, until time.Time) error
	// DropDue takes an entry out of the queue.
	DropDue(ctx context.Context, id string) error
	// DueNow gives entries of the queue whose time has come, oldest first.
	DueNow(ctx context.Context, now time.Time, limit int) ([]Due, error)
	// Hold gives the time until which Slack asked to be left alone; zero for none.
	Hold(ctx context.Context) (time.Time, error)
	// SetHold records it for every copy of the program.
	SetHold(ctx context.Context, until time.Time) error
	// Waiting counts the entries of the queue whose message's key begins with under.
	Waiting(ctx context.Context, under string) (int, error)
	// Tidy takes away claims, and messages that have ended, made before two times;
	// those of the communications plan before a third.
	Tidy(ctx context.Context, claims, messages, planned time.Time) error
}
