package slackapp

import (
	"context"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"readiness/notifications"
	"readiness/notifications/comms"
	ours "readiness/notifications/slack"
	"readiness/workpackages"
)

// Plan is what is pressed in messages of the communications plan; comms provides it.
type Plan interface {
	// Read records that whoever has one of these ids has read the message with a key
	// of the outbox, and gives a sentence for them or "".
	Read(ctx context.Context, value, messageKey string, ids []string) (sentence string, err error)
	Approve(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write) (comms.Message, error)
}

// read records that somebody has read a message of the plan. They need not be able to
// sign in: it is enough that it went to their address.
func (a *App) read(ctx context.Context, cb slack.InteractionCallback, value string) error {
	ids, err := a.readers(ctx, cb.User.ID)
	if err != nil {
		return err
	}
	says, err := a.Plan.Read(ctx, value, ours.KeyOf(cb.Message), ids)
	if err != nil || says == "" {
		return err
	}
	return a.respond(ctx, cb.ResponseURL, sentence(says))
}

// readers gives the ids by which the plan may know a user of Slack.
func (a *App) readers(ctx context.Context, user string) ([]string, error) {
	var ids []string
	known, err := a.Accounts.Account(ctx, notifications.AccountIn(user))
	switch {
	case err == nil:
		ids = append(ids, known.PersonID, notifications.ContactID(known.Email))
		return ids, nil
	case workpackages.KindOf(err) != workpackages.NotFound:
		return nil, err
	}
	email, err := a.emailOf(ctx, user)
	if err != nil {
		return nil, err
	}
	p, err := a.Packages.PersonByEmail(ctx, email)
	switch {
	case err == nil:
		ids = append(ids, p.ID)
	case workpackages.KindOf(err) != workpackages.NotFound:
		return nil, err
	}
	return append(ids, notifications.ContactID(email)), nil
}

// approve approves a message of the plan at the version that its request showed.
func (a *App) approve(ctx context.Context, value string, person workpackages.Person) error {
	id, text, _ := strings.Cut(value, " ")
	version, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return workpackages.Errorf(workpackages.Invalid, "This message is of an older version of Readiness: approve it in the browser")
	}
	_, err = a.Plan.Approve(ctx, person.Actor(via), id, workpackages.Write{Version: version})
	return err
}
