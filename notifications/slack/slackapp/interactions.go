package slackapp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/slack-go/slack"

	"readiness/notifications"
	ours "readiness/notifications/slack"
	"readiness/workpackages"
)

// What can be pressed besides the answers to a line.
const (
	actUpdate   = "update"    // its value is a package
	actTakeBack = "take-back" // its value is an answer
	actShare    = "share"
	actReload   = "reload"
)

// interaction handles something pressed or sent, and gives what Slack is answered
// at once; nil for nothing.
func (a *App) interaction(cb slack.InteractionCallback) any {
	switch cb.Type {
	case slack.InteractionTypeViewSubmission:
		if cb.View.CallbackID != formID {
			return nil
		}
		if answer := a.submitted(cb); answer != nil {
			return answer
		}
	case slack.InteractionTypeBlockActions:
		for _, action := range cb.ActionCallback.BlockActions {
			if action != nil {
				a.pressed(cb, *action)
			}
		}
	}
	return nil
}

// pressed does what a button or a list stands for, after Slack was answered.
func (a *App) pressed(cb slack.InteractionCallback, action slack.BlockAction) {
	if cb.View.CallbackID == formID {
		if action.BlockID == statusBlock {
			a.run("choosing a status", func(ctx context.Context) error { return a.reshape(ctx, cb, action) })
		}
		return
	}
	if action.ActionID == "open" || action.ActionID == "second" { // a link
		return
	}
	a.run("button", func(ctx context.Context) error {
		if ok, err := a.first(ctx, cb.TriggerID); err != nil || !ok {
			if err != nil {
				return a.refuse(ctx, cb, err)
			}
			return nil
		}
		if action.ActionID == notifications.ActRead {
			if err := a.read(ctx, cb, action.Value); err != nil {
				return a.refuse(ctx, cb, err)
			}
			return nil
		}
		person, err := a.who(ctx, cb.User.ID)
		if err == nil {
			err = a.press(ctx, cb, action, person)
		}
		if err != nil {
			return a.refuse(ctx, cb, err)
		}
		return nil
	})
}

// refuse tells somebody why what they pressed did nothing.
func (a *App) refuse(ctx context.Context, cb slack.InteractionCallback, err error) error {
	if cb.ResponseURL == "" { // the Home tab has no other place
		return a.homeSays(ctx, cb.User.ID, a.sorry(err))
	}
	return a.respond(ctx, cb.ResponseURL, sentence(a.sorry(err)))
}

// value is what was pressed or chosen.
func value(action slack.BlockAction) string {
	if action.SelectedOption.Value != "" {
		return action.SelectedOption.Value
	}
	return action.Value
}

func (a *App) press(ctx context.Context, cb slack.InteractionCallback, action slack.BlockAction, person workpackages.Person) error {
	kind, subject, ofLine := ours.LineOf(action.BlockID)
	chosen := value(action)
	switch {
	case ofLine && chosen == ours.UpdateAnswer:
		return a.openForm(ctx, cb.TriggerID, person, workpackages.PackageOf(subject), originOf(cb, kind))
	case ofLine:
		answer, days, known := ours.ResponseOf(chosen)
		if !known {
			return workpackages.Errorf(workpackages.Invalid, "This message is of an older version of Readiness: answer in the browser, under Yours")
		}
		if _, err := a.Packages.Respond(ctx, person.Actor(via), workpackages.ResponseInput{Concern: kind, Subject: subject, Kind: answer, Days: days}); err != nil {
			return err
		}
		return a.answered(ctx, cb, person)
	case action.ActionID == notifications.ActApprove:
		return a.approve(ctx, action.Value, person)
	case action.ActionID == actUpdate:
		return a.openForm(ctx, cb.TriggerID, person, chosen, originOf(cb, ""))
	case action.ActionID == actTakeBack:
		if err := a.Packages.Withdraw(ctx, person.Actor(via), chosen); err != nil {
			return err
		}
		return a.answered(ctx, cb, person)
	case action.ActionID == actShare:
		return a.share(ctx, cb, person)
	case action.ActionID == actReload:
		return a.showHome(ctx, person)
	}
	return nil
}

// originOf is where a form is opened from. A line about a status update shows in
// place that it was made; the Home tab and a reply have no message that could.
func originOf(cb slack.InteractionCallback, kind workpackages.ConcernKind) origin {
	key := ours.KeyOf(cb.Message)
	return origin{Key: key, InPlace: key != "" && kind == workpackages.StatusDue}
}

// answered shows an answer where it was given, and wherever else it shows.
func (a *App) answered(ctx context.Context, cb slack.InteractionCallback, person workpackages.Person) error {
	err := a.Refresh(ctx, person.ID, ours.KeyOf(cb.Message))
	if cb.Container.IsEphemeral {
		r, mineErr := a.mine(ctx, person)
		if mineErr != nil {
			return errors.Join(err, mineErr)
		}
		r.anew = true
		return errors.Join(err, a.respond(ctx, cb.ResponseURL, r))
	}
	return errors.Join(err, a.showHome(ctx, person))
}

// share shows where the packages stand to everybody in the conversation: once for
// each reply that has the button.
func (a *App) share(ctx context.Context, cb slack.InteractionCallback, person workpackages.Person) error {
	if ok, err := a.first(ctx, "share/"+cb.Container.ChannelID+"/"+cb.Container.MessageTs); err != nil || !ok {
		return err
	}
	r, err := a.shared(ctx, person)
	if err != nil {
		return err
	}
	return a.respond(ctx, cb.ResponseURL, r)
}

// fingerprint tells what was typed from anything else.
func fingerprint(in answers) string {
	text, err := json.Marshal(in) // its keys are in order
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
