package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"readiness/notifications"
)

// Connection asks Slack how the product stands with it: two calls, and more where
// there are many channels. What Slack does not answer is a problem in words, and no
// error.
func (s *Sender) Connection(ctx context.Context, channel string) notifications.Connection {
	c := notifications.Connection{MemberOf: -1}
	me, err := s.api.AuthTestContext(ctx)
	if err != nil {
		c.Problem = troubled(err)
		return c
	}
	c.Workspace, c.Bot = me.Team, me.User
	// Slack says with each answer what the token may do. A proxy may leave that out, and
	// what nobody said is not taken for good.
	if header := me.Header.Get("X-OAuth-Scopes"); header != "" {
		granted := strings.FieldsFunc(header, func(r rune) bool { return r == ',' || r == ' ' })
		for _, scope := range Scopes() {
			if slices.Contains(granted, scope.Name) {
				c.Granted = append(c.Granted, scope)
			} else {
				c.Missing = append(c.Missing, scope)
			}
		}
	}
	channels, more, err := s.channels(ctx)
	if channel != "" {
		c.Channel = &notifications.ChannelState{Name: channel, Problem: channelProblem(channel, channels, more, err)}
	}
	if err == nil && !more {
		c.MemberOf = 0
		for _, ch := range channels {
			if ch.IsMember {
				c.MemberOf++
			}
		}
	}
	return c
}

// troubled says why Slack cannot be used.
func troubled(err error) string {
	err = classify(err, notifications.Recipient{Name: "nobody"}, false)
	var permanent *notifications.Permanent
	var retry *notifications.Retry
	switch {
	case errors.As(err, &permanent):
		switch permanent.Code {
		case "token_revoked":
			return "Slack has withdrawn our token: set a new SLACK_BOT_TOKEN"
		case "token_expired":
			return "Our Slack token has run out: set a new SLACK_BOT_TOKEN"
		case "account_inactive":
			return "The Slack app was switched off: ask your Slack administrator to switch it on, then set a new SLACK_BOT_TOKEN"
		case "invalid_auth", "not_authed":
			return "Slack does not accept our token: set a new SLACK_BOT_TOKEN"
		}
		return "Slack refuses us (" + permanent.Code + "): ask your Slack administrator"
	case errors.As(err, &retry) && retry.After > 0:
		return "Slack asked us to wait for a moment: open this page again in a minute"
	case errors.As(err, &retry) && strings.HasPrefix(retry.Reason, "The address"):
		return retry.Reason
	}
	return "Slack did not answer: see that this machine may open connections to the internet on port 443, and open this page again in a minute"
}

// mostChannels bounds how many channels are looked through: a workspace may have
// more than anybody waits for.
const mostChannels = 5000

// channels gives the channels that the app can see; more says that there are others,
// which nobody looked at.
func (s *Sender) channels(ctx context.Context) (all []slack.Channel, more bool, err error) {
	more, err = s.eachPage(ctx, func(page []slack.Channel) bool {
		all = append(all, page...)
		return len(all) < mostChannels
	})
	return all, more, err
}

// channelProblem says why nothing can be posted to a channel, or "".
func channelProblem(channel string, all []slack.Channel, more bool, err error) string {
	if err != nil {
		if Code(err) == "missing_scope" {
			return "Nobody knows whether it is there: the app may not look at channels"
		}
		return "Nobody knows whether it is there: " + troubled(err)
	}
	i := slices.IndexFunc(all, func(c slack.Channel) bool { return c.ID == channel || c.Name == channel })
	switch {
	case i < 0 && more:
		return fmt.Sprintf("Nobody knows whether it is there: your Slack has more than %d channels, and it is not among the first", mostChannels)
	case i < 0:
		return fmt.Sprintf("Slack has no channel %s that the app can see: set SLACK_CHANNEL to one it has, and where that is private type /invite @Readiness in it", channel)
	case all[i].IsArchived:
		return "It was archived: set SLACK_CHANNEL to another"
	case !all[i].IsMember:
		return "The app is not in it: type /invite @Readiness in the channel"
	}
	return ""
}
