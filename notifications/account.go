package notifications

import (
	"context"
	"time"
)

// Account ties a person to their Slack account. They are matched by e-mail address
// once, and by id from then on: whoever changes their address in Slack stays who
// they are. A changed address here is a reason to match anew.
type Account struct {
	ID       string    `bson:"_id"` // AccountOf or AccountIn
	PersonID string    `bson:"person"`
	SlackID  string    `bson:"slack"` // Slack's id of the user
	Email    string    `bson:"email"` // the person's, by which they were matched
	At       time.Time `bson:"at"`
}

// AccountOf is the id of the account of a person.
func AccountOf(personID string) string { return "person/" + personID }

// AccountIn is the id of the same account by Slack's id of the user.
func AccountIn(slackID string) string { return "slack/" + slackID }

// AccountStore keeps accounts; app/store provides it.
type AccountStore interface {
	// Account gives one account, or NotFound.
	Account(ctx context.Context, id string) (Account, error)
	// SaveAccount stores an account, in place of the one before.
	SaveAccount(ctx context.Context, a Account) error
}
