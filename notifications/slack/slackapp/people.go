package slackapp

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"readiness/notifications"
	ours "readiness/notifications/slack"
	"readiness/workpackages"
)

func client(o Options) *slack.Client { return ours.Client(o.BotToken, o.AppToken, o.APIURL) }

// What somebody is told who gets nothing else.
var (
	errUnknown     = workpackages.Errorf(workpackages.Forbidden, "Readiness does not know you: nobody there has the e-mail address of your Slack account. Ask your assistant director to add you under People")
	errDisabled    = workpackages.Errorf(workpackages.Forbidden, "You may no longer use Readiness. If that is wrong, ask your assistant director")
	errOutside     = workpackages.Errorf(workpackages.Forbidden, "Readiness is only for people of the council's own Slack workspace")
	errUnconfirmed = workpackages.Errorf(workpackages.Forbidden, "Confirm your e-mail address in Slack first: Readiness knows you by it")
	errNotLooked   = workpackages.Errorf(workpackages.Unavailable, "Slack did not say who you are. Try again in a minute")
)

// who finds the person behind a user of Slack, as they are now. The error is a
// sentence for them.
//
// The e-mail address is Slack's word, and so only that of our own workspace is
// taken: in a shared channel, another organisation says who its people are.
func (a *App) who(ctx context.Context, user string) (workpackages.Person, error) {
	known, err := a.Accounts.Account(ctx, notifications.AccountIn(user))
	switch {
	case err == nil:
		p, err := a.Packages.People.Person(ctx, known.PersonID)
		if err == nil && p.Email == known.Email {
			return allowed(p)
		}
		if err != nil && workpackages.KindOf(err) != workpackages.NotFound {
			return p, err
		}
	case workpackages.KindOf(err) != workpackages.NotFound:
		return workpackages.Person{}, err
	}
	email, err := a.emailOf(ctx, user)
	if err != nil {
		return workpackages.Person{}, err
	}
	p, err := a.Packages.PersonByEmail(ctx, email)
	switch {
	case err != nil && workpackages.KindOf(err) == workpackages.NotFound:
		return p, errUnknown
	case err != nil:
		return p, err
	}
	for _, id := range []string{notifications.AccountIn(user), notifications.AccountOf(p.ID)} {
		account := notifications.Account{ID: id, PersonID: p.ID, SlackID: user, Email: p.Email, At: a.Now().UTC()}
		if err := a.Accounts.SaveAccount(ctx, account); err != nil {
			return p, err
		}
	}
	return allowed(p)
}

func allowed(p workpackages.Person) (workpackages.Person, error) {
	if p.Disabled {
		return workpackages.Person{}, errDisabled
	}
	return p, nil
}

// emailOf asks Slack for the e-mail address of a user of our own workspace.
func (a *App) emailOf(ctx context.Context, user string) (string, error) {
	home, err := a.workspace(ctx)
	if err != nil {
		return "", a.asked(err)
	}
	u, err := a.api.GetUserInfoContext(ctx, user)
	var answer slack.SlackErrorResponse
	switch {
	case errors.As(err, &answer) && (answer.Err == "user_not_found" || answer.Err == "user_not_visible"):
		return "", errOutside
	case err != nil:
		return "", a.asked(err)
	case u.IsStranger, u.IsBot, u.TeamID != home.team && (home.enterprise == "" || u.Enterprise.EnterpriseID != home.enterprise):
		return "", errOutside
	case u.Deleted:
		return "", errDisabled
	case !u.IsEmailConfirmed:
		return "", errUnconfirmed
	}
	return u.Profile.Email, nil
}

// asked logs why Slack did not say who somebody is, and gives the sentence for them.
func (a *App) asked(err error) error {
	a.Log.Warn("Slack did not say who somebody is", "category", "slack", "reason", ours.Reason(err))
	return errNotLooked
}

// workspace is where the app is installed: asked once.
func (a *App) workspace(ctx context.Context) (workspace, error) {
	a.mu.Lock()
	home := a.home
	a.mu.Unlock()
	if home.team != "" {
		return home, nil
	}
	me, err := a.api.AuthTestContext(ctx)
	if err != nil {
		return home, err
	}
	home = workspace{team: me.TeamID, enterprise: me.EnterpriseID}
	a.mu.Lock()
	a.home = home
	a.mu.Unlock()
	return home, nil
}
