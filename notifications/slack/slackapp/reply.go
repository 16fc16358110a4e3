package slackapp

import (
	"context"
	"errors"
	"net/url"

	"github.com/slack-go/slack"

	ours "readiness/notifications/slack"
	"readiness/notifications/slack/blockkit"
	"readiness/workpackages"
)

// reply is what somebody is told where they asked, and nobody else.
type reply struct {
	text   string // what a phone's notification shows
	blocks []slack.Block
	public bool // everybody in the conversation is told
	anew   bool // it takes the place of the message in which something was pressed
}

// sentence is a reply of one sentence.
func sentence(s string) reply {
	b := blockkit.Message()
	b.Section("", blockkit.Text(s, maxSentence), nil)
	return reply{text: s, blocks: b.Blocks()}
}

// maxSentence is how much of a sentence of ours, with what people wrote in it, is shown.
const maxSentence = 1000

// sorry words an error for whoever met it. What is no sentence of ours is logged,
// and not shown.
func (a *App) sorry(err error) string {
	var known *workpackages.Error
	if errors.As(err, &known) && known.Kind != workpackages.Internal {
		if len(known.Fields) > 0 {
			return known.Fields[0].Message
		}
		return known.Message
	}
	a.Log.Error("what was asked in Slack failed", "category", "slack", "error", err)
	return wentWrong
}

const wentWrong = "Something went wrong in Readiness. Try again in a minute"

// respond sends a reply to the address that came with what is replied to. Such an
// address needs no token: it works even when ours was withdrawn.
func (a *App) respond(ctx context.Context, to string, r reply) error {
	if !a.slacks(to) {
		return nil // a message that has none, or an address that is not Slack's
	}
	m := &slack.WebhookMessage{Text: string(blockkit.Text(r.text, maxSentence)), Blocks: &slack.Blocks{BlockSet: r.blocks}, ReplaceOriginal: r.anew}
	m.ResponseType = slack.ResponseTypeEphemeral
	if r.public {
		m.ResponseType = slack.ResponseTypeInChannel
	}
	if err := slack.PostWebhookCustomHTTPContext(ctx, to, ours.HTTP(), m); err != nil {
		// Slack's client puts the address in its errors, and whoever has that may write.
		a.Log.Warn("a reply did not reach Slack", "category", "slack", "reason", ours.Reason(err))
	}
	return nil
}

// slacks reports whether an address to reply to is Slack's, or that of the stand-in
// for it: we go nowhere else because a request says so.
func (a *App) slacks(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	if a.APIURL != "" {
		own, err := url.Parse(a.APIURL)
		return err == nil && u.Scheme == own.Scheme && u.Host == own.Host
	}
	return u.Scheme == "https" && (u.Host == "hooks.slack.com" || u.Host == "hooks.slack-gov.com")
}
