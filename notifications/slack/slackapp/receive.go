package slackapp

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
)

// The kinds of request, as the last part of their addresses.
const (
	Commands     = "commands"
	Interactions = "interactions"
	Events       = "events"
)

// Receive takes a request that should be Slack's, and gives the status and the body
// of the answer: JSON, or nothing. Its signature is checked over the body as it
// came, before anything reads it.
func (a *App) Receive(kind string, header http.Header, body []byte) (status int, answer []byte) {
	if a.SigningSecret == "" {
		return http.StatusNotFound, nil
	}
	if err := a.verify(header, body); err != nil {
		// Nothing of the request is logged: anybody may have sent it.
		a.Log.Warn("a request that is not signed by Slack was refused", "category", "slack", "kind", kind, "reason", err)
		return http.StatusUnauthorized, nil
	}
	reply, err := a.dispatch(kind, body, fromForm)
	if err != nil {
		a.Log.Warn("a request of Slack's cannot be read", "category", "slack", "kind", kind)
		return http.StatusBadRequest, nil
	}
	if reply == nil {
		return http.StatusOK, nil
	}
	text, err := json.Marshal(reply)
	if err != nil {
		a.Log.Error("an answer to Slack cannot be written", "category", "slack", "kind", kind, "error", err)
		return http.StatusInternalServerError, nil
	}
	return http.StatusOK, text
}

var errUnsigned = errors.New("the signature is missing, wrong, or older than five minutes")

// verify checks Slack's signature; its time may be five minutes from ours.
func (a *App) verify(header http.Header, body []byte) error {
	v, err := slack.NewSecretsVerifier(header, a.SigningSecret)
	if err != nil {
		return errUnsigned
	}
	if _, err := v.Write(body); err != nil {
		return errUnsigned
	}
	if v.Ensure() != nil {
		return errUnsigned
	}
	return nil
}

// form says how commands and interactions are written.
type form int

const (
	fromForm   form = iota // as those of a browser
	fromSocket             // JSON
)

var errUnread = errors.New("it cannot be read")

// dispatch reads what Slack sent and handles it, and gives what it is answered at
// once; nil for nothing.
func (a *App) dispatch(kind string, body []byte, f form) (reply any, err error) {
	switch kind {
	case Commands:
		cmd, err := readCommand(body, f)
		if err != nil {
			return nil, err
		}
		a.command(cmd)
		return nil, nil
	case Interactions:
		var cb slack.InteractionCallback
		if f == fromForm {
			values, err := url.ParseQuery(string(body))
			if err != nil {
				return nil, errUnread
			}
			body = []byte(values.Get("payload"))
		}
		if err := json.Unmarshal(body, &cb); err != nil {
			return nil, errUnread
		}
		return a.interaction(cb), nil
	case Events:
		e, err := slackevents.ParseEvent(body, slackevents.OptionNoVerifyToken())
		if err != nil {
			return nil, errUnread
		}
		return a.event(e), nil
	}
	return nil, errUnread
}

// readCommand reads a slash command. Slack's own check that we are there, which
// carries no command, is one without a user.
func readCommand(body []byte, f form) (cmd slack.SlashCommand, err error) {
	if f == fromSocket {
		if err := json.Unmarshal(body, &cmd); err != nil {
			return cmd, errUnread
		}
		return cmd, nil
	}
	r, err := http.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
	if err != nil {
		return cmd, errUnread
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cmd, err = slack.SlashCommandParse(r); err != nil {
		return cmd, errUnread
	}
	return cmd, nil
}
