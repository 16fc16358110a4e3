package comms

import (
	"context"
	"time"

	"readiness/notifications"
)

// Roster is a sending as it was made: whom it goes to and what it says. It is written
// once and never changed, so that a sending that is cut short goes on where it was.
type Roster struct {
	ID        string        `bson:"_id"` // the message's, and a part of its own
	MessageID string        `bson:"message"`
	Base      string        `bson:"base"`
	Kind      SendingKind   `bson:"kind"`
	Wording   int           `bson:"wording"`
	Heading   string        `bson:"heading"`
	Text      string        `bson:"text"` // with its placeholders filled in
	At        time.Time     `bson:"at"`
	Due       time.Time     `bson:"due"`
	By        string        `bson:"by"`
	To        []RosterEntry `bson:"to"`
}

// RosterEntry is one who gets a sending.
type RosterEntry struct {
	ID     string `bson:"id"` // as the outbox names recipients
	Name   string `bson:"name"`
	Email  string `bson:"email"`  // of a contact
	Target string `bson:"target"` // of a correction: the key of the message that is changed
	Of     string `bson:"of"`     // of a correction: the sending of that message
}

// under is what the keys of a sending's messages in the outbox begin with.
func under(sendingID string) string { return notifications.PlanMessage + "/" + sendingID + "/" }

// key is the key of a sending's message to one recipient.
func key(sendingID, recipientID string) string { return under(sendingID) + recipientID }

// Reach is what became of a sending for those it did not reach, or some of those who
// have read it: see bucket. It is one document, changed at its version alone.
type Reach struct {
	ID      string    `bson:"_id"` // the sending that counts, SendingRef.Base, or a bucket of it
	Reads   []Read    `bson:"reads"`
	Unsent  []Unsent  `bson:"unsent"` // once it is Closed
	Closed  time.Time `bson:"closed"` // when what became of it was put down; zero: the outbox knows
	Version int64     `bson:"version"`
}

// Read is one who said that they have read it.
type Read struct {
	ID      string    `bson:"id"` // of the recipient; of a channel's readers their own
	At      time.Time `bson:"at"`
	Wording int       `bson:"wording"`
	Channel bool      `bson:"channel"` // it was in a channel
}

// Unsent is one whom a sending did not reach.
type Unsent struct {
	ID  string `bson:"id"`
	Why string `bson:"why"`
}

// Store keeps the plan; app/store provides it. Its errors are of the kinds of
// workpackages.
type Store interface {
	// PlanMessages gives every message, in no particular order.
	PlanMessages(ctx context.Context) ([]Message, error)
	// PlanMessage gives one message, or NotFound.
	PlanMessage(ctx context.Context, id string) (Message, error)
	// CommitPlan stores an entry, which makes the change, and brings the message up to
	// it; Stale when the version was made already.
	CommitPlan(ctx context.Context, e Entry) error
	// PlanEntry gives the entry of a version of a message, or NotFound.
	PlanEntry(ctx context.Context, messageID string, version int64) (Entry, error)

	// Audiences gives every audience.
	Audiences(ctx context.Context) ([]Audience, error)
	// SaveAudience stores an audience in place of the version before, or gives Stale.
	// Version 1 is the first.
	SaveAudience(ctx context.Context, a Audience) error

	// PlanEvents gives the events that were ever set.
	PlanEvents(ctx context.Context) ([]Event, error)
	// SavePlanEvent stores an event in place of the version before, or gives Stale.
	// Version 2 is the first to be stored.
	SavePlanEvent(ctx context.Context, e Event) error

	// AddRoster stores a sending, and gives the one that is there: of several that
	// are made for one id, the first.
	AddRoster(ctx context.Context, r Roster) (Roster, error)
	// Roster gives a sending, or NotFound.
	Roster(ctx context.Context, id string) (Roster, error)
	// Reach gives who has read a sending, or NotFound before anybody has.
	Reach(ctx context.Context, id string) (Reach, error)
	// SaveReach stores it in place of the version before, or gives Stale.
	SaveReach(ctx context.Context, r Reach) error

	// AddAccess puts a reading on record.
	AddAccess(ctx context.Context, a Access) error
	// Accesses gives the readings of a message, newest first.
	Accesses(ctx context.Context, messageID string) ([]Access, error)
}
