// Package notifications is the outbox and the send ledger: one document a
// message, made once under a key that says what makes two messages the same,
// and kept after it is sent as the record of what went to whom and why.
//
// A message is never sent from anywhere else. Sending is at most once in
// effect: a send whose end is unknown is settled by asking Slack for the key
// before anything is sent again.
package notifications

import (
	"context"
	"strings"
	"time"
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
	NotSent   State = "not_sent"  // Slack was not connected when it was made
)

// Message is one message to one person or channel.
type Message struct {
	ID            string    `bson:"_id"` // Key(rule, recipient, occurrence)
	Rule          string    `bson:"rule"`
	Subjects      []string  `bson:"subjects"`  // ids of the packages it is about
	RecipientID   string    `bson:"recipient"` // a person's id, or ChannelID
	RecipientName string    `bson:"recipient_name"`
	Content       Content   `bson:"content"`
	Title         string    `bson:"title"`
	Reason        string    `bson:"reason"`  // why this person or channel gets it
	Preview       string    `bson:"preview"` // all of it as plain text
	State         State     `bson:"state"`
	Detail        string    `bson:"detail"` // what became of it, for a person; no secrets
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
}

// Attempt is one try to deliver a message.
type Attempt struct {
	At      time.Time `bson:"at"`
	Outcome string    `bson:"outcome"` // sent, found, refused, again, unknown
	Detail  string    `bson:"detail"`  // no secrets
}

// Content is what a message says, free of any channel's own format.
type Content struct {
	Heading string `bson:"heading"` // plain text
	Intro   string `bson:"intro"`
	Items   []Item `bson:"items"`
	Why     string `bson:"why"`
	Button  Button `bson:"button"` // the one thing to do; none when empty
}

// Item is one line of a message.
type Item struct {
	Title  string `bson:"title"`
	Detail string `bson:"detail"`
	URL    string `bson:"url"`
}

// Button is a link to the place where the reader can act.
type Button struct {
	Text string `bson:"text"`
	URL  string `bson:"url"`
}

// Key says what makes two messages the same: the rule, the recipient and the
// occurrence, such as a day.
func Key(rule, recipientID, occurrence string) string {
	return rule + "/" + recipientID + "/" + occurrence
}

// channelPrefix marks a recipient that is a channel.
const channelPrefix = "channel:"

// ChannelID is the recipient that stands for a channel, by Slack's name of it
// (without #) or its id.
func ChannelID(channel string) string { return channelPrefix + channel }

// Plain gives the whole message as text: for the ledger, and for a phone's
// notification.
func (c Content) Plain() string {
	var b strings.Builder
	b.WriteString(c.Heading + "\n\n")
	if c.Intro != "" {
		b.WriteString(c.Intro + "\n\n")
	}
	for n, i := range c.Items {
		if n > 0 {
			b.WriteString("\n")
		}
		b.WriteString("• " + i.Title)
		if i.Detail != "" {
			b.WriteString(": " + i.Detail)
		}
	}
	b.WriteString("\n\n")
	if c.Button.URL != "" {
		b.WriteString(c.Button.Text + ": " + c.Button.URL + "\n\n")
	}
	return b.String() + c.Why
}

// Short gives the message in one line.
func (c Content) Short() string {
	if len(c.Items) == 0 {
		return c.Heading
	}
	titles := make([]string, len(c.Items))
	for i, item := range c.Items {
		titles[i] = item.Title
	}
	return c.Heading + ": " + strings.Join(titles, "; ")
}

// Filter chooses messages of the ledger; zero fields choose all.
type Filter struct {
	State State
	Rule  string
	Limit int
}

// Store keeps the messages; app/store provides it.
type Store interface {
	// AddMessage stores a new message; added is false when its key is taken.
	AddMessage(ctx context.Context, m Message) (added bool, err error)
	// SaveMessage replaces the message at the version before, or gives Stale.
	SaveMessage(ctx context.Context, m Message) error
	// Message gives one message by its key, or NotFound.
	Message(ctx context.Context, id string) (Message, error)
	// Undelivered gives messages that may want work at an instant, oldest first.
	Undelivered(ctx context.Context, now time.Time, limit int) ([]Message, error)
	// Messages gives the ledger, newest first.
	Messages(ctx context.Context, f Filter) ([]Message, error)
}
