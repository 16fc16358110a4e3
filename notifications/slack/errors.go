package slack

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/slack-go/slack"

	"readiness/notifications"
)

// sentences say what an assistant director can do about each answer of Slack's
// that no second try will change. The answers are those that Slack's pages on
// the methods list.
var sentences = map[string]string{
	"users_not_found": nobody, "user_not_found": nobody, "user_not_visible": nobody,
	"user_disabled": "%s has no working Slack account: ask your Slack administrator",

	"invalid_auth": badToken, "not_authed": badToken, "no_permission": badToken, "not_allowed_token_type": badToken,
	"account_inactive": "The Slack app was switched off, so %s was not told: ask your Slack administrator to switch it on, then set a new SLACK_BOT_TOKEN",
	"token_revoked":    "Slack has withdrawn our token, so %s was not told: set a new SLACK_BOT_TOKEN",
	"token_expired":    "Our Slack token has run out, so %s was not told: set a new SLACK_BOT_TOKEN",
	"missing_scope":    "The Slack app lacks a permission, so %s was not told: " + giveScopes(),

	"channel_not_found": "Slack has no conversation with %s: ask your Slack administrator whether the app may write to people",
	"not_in_channel":    "Slack has no conversation with %s: ask your Slack administrator whether the app may write to people",
	"is_archived":       "The Slack conversation with %s was archived: ask your Slack administrator",

	"restricted_action": rules, "access_denied": rules, "messages_tab_disabled": rules, "team_access_not_granted": rules,
	"ekm_access_denied": rules, "enterprise_is_restricted": rules, "org_login_required": rules, "cannot_dm_bot": rules,

	"invalid_blocks":      "Slack refused the form of the message to %s: tell whoever looks after Readiness",
	"msg_too_long":        "Slack refused the message to %s as too long: tell whoever looks after Readiness",
	"msg_blocks_too_long": "Slack refused the message to %s as too long: tell whoever looks after Readiness",
	"message_not_found":   "The message to %s is no longer in Slack, so it was not changed: nothing needs doing",
	"cant_update_message": "Slack does not let the app change its message to %s: nothing needs doing",
	"edit_window_closed":  "Slack does not let the app change its message to %s any more: nothing needs doing",

	"no_text": "Slack refused the message to %s as empty: tell whoever looks after Readiness",
}

// ofChannels say the same where the message goes to a channel.
var ofChannels = map[string]string{
	"channel_not_found": "Slack has no channel %s that the app can see: set SLACK_CHANNEL to one it has, and where that is private invite the app to it",
	"not_in_channel":    "The Slack app is not in the channel %s: invite it there, by typing /invite and its name in the channel",
	"is_archived":       "The Slack channel %s was archived: set SLACK_CHANNEL to another",
	"missing_scope":     "The Slack app lacks a permission, so the channel %s was not told: " + giveScopes(),
}

// giveScopes says what to do about a permission that is missing.
func giveScopes() string {
	var names []string
	for _, s := range Scopes() {
		names = append(names, s.Name)
	}
	return "see on the page Slack which of " + strings.Join(names, ", ") + " it is, give it that, and install it again"
}

func sentenceFor(answer string, to notifications.Recipient) (string, bool) {
	if sentence, ok := ofChannels[answer]; ok && to.Channel != "" {
		return sentence, true
	}
	sentence, ok := sentences[answer]
	return sentence, ok
}

const (
	nobody   = "Slack knows nobody with the e-mail address of %s: correct it under People, or ask them to join Slack"
	badToken = "Slack does not accept our token, so %s was not told: set a new SLACK_BOT_TOKEN"
	rules    = "Your Slack's rules keep the app from writing to %s: ask your Slack administrator"
	other    = "Slack refused the message to %s (%s): tell whoever looks after Readiness"
)

// passing are answers after which nothing was posted and a later try may do.
var passing = map[string]bool{
	"ratelimited": true, "rate_limited": true, "message_limit_exceeded": true,
	"service_unavailable": true, "team_added_to_org": true, "request_timeout": true,
}

// doubtful are answers of which Slack says that part of the work may be done.
var doubtful = map[string]bool{"internal_error": true, "fatal_error": true}

// classify says whether trying again is of use, and hides what Slack's client
// puts in its errors: addresses, and with them perhaps more. posting says that
// the call may have posted before it failed.
func classify(err error, to notifications.Recipient, posting bool) error {
	var limited *slack.RateLimitedError
	var answer slack.SlackErrorResponse
	var status slack.StatusCodeError
	var network *net.OpError
	switch {
	case errors.As(err, &limited):
		return &notifications.Retry{After: limited.RetryAfter, Reason: "Slack asked us to wait"}
	case errors.As(err, &answer) && !doubtful[answer.Err]:
		if passing[answer.Err] {
			return &notifications.Retry{Reason: "Slack answered " + answer.Err}
		}
		if sentence, ok := sentenceFor(answer.Err, to); ok {
			return &notifications.Permanent{Sentence: fmt.Sprintf(sentence, to.Name), Code: answer.Err, Unfound: gone[answer.Err]}
		}
		// An error is an answer all the same: nothing was posted. Taken for
		// doubtful, one we do not know would be asked about and sent for ever.
		return &notifications.Permanent{Sentence: fmt.Sprintf(other, to.Name, answer.Err), Code: answer.Err}
	case errors.As(err, &status) && status.Code == http.StatusTooManyRequests:
		return &notifications.Retry{Reason: "Slack asked us to wait"}
	case errors.As(err, &status) && status.Code < http.StatusInternalServerError:
		return &notifications.Retry{Reason: fmt.Sprintf("The address of Slack answered %d: see that SLACK_API_URL is right, and that no proxy is in the way", status.Code)}
	case errors.As(err, &network) && network.Op == "dial", !posting:
		return &notifications.Retry{Reason: "Slack did not answer"}
	}
	return &notifications.Unknown{Reason: "Slack did not say whether it got the message"}
}

// Reason is why a call failed, for the log: in our words or Slack's code, without
// what Slack's client puts in its errors.
func Reason(err error) string {
	var permanent *notifications.Permanent
	if err = classify(err, notifications.Recipient{}, false); errors.As(err, &permanent) {
		return permanent.Code
	}
	return err.Error()
}

// Code is Slack's word for why a call failed; empty where it gave none.
func Code(err error) string {
	var answer slack.SlackErrorResponse
	if errors.As(err, &answer) {
		return answer.Err
	}
	return ""
}
