// Package slack sends messages with Slack's Web API.
package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"readiness/notifications"
	"readiness/workpackages"
)

// Sender posts direct messages as the app's bot user. It needs the scopes
// chat:write, im:write, im:history, users:read and users:read.email.
type Sender struct {
	api *slack.Client
	mu  sync.Mutex
	dms map[string]string // conversation by e-mail address: two calls saved a message
}

// eventType marks our metadata among that of other apps.
const eventType = "readiness_message"

// requestTimeout bounds one call.
const requestTimeout = 10 * time.Second

// New makes a Sender; apiURL is empty for Slack's own address.
func New(token, apiURL string) *Sender {
	opts := []slack.Option{slack.OptionHTTPClient(&http.Client{Timeout: requestTimeout})}
	if apiURL != "" {
		opts = append(opts, slack.OptionAPIURL(strings.TrimRight(apiURL, "/")+"/"))
	}
	return &Sender{api: slack.New(token, opts...), dms: map[string]string{}}
}

// Send implements notifications.Sender.
func (s *Sender) Send(ctx context.Context, to workpackages.Person, m notifications.Message) (notifications.Receipt, error) {
	channel, err := s.conversation(ctx, to)
	if err != nil {
		return notifications.Receipt{}, classify(err, to, false)
	}
	_, ts, err := s.api.PostMessageContext(ctx, channel,
		slack.MsgOptionText(escape(m.Content.Short()), false), // phones show this
		slack.MsgOptionBlocks(Blocks(m.Content)...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": m.ID}}),
	)
	if err != nil {
		return notifications.Receipt{}, classify(err, to, true)
	}
	return notifications.Receipt{Channel: channel, Timestamp: ts}, nil
}

// Find implements notifications.Sender.
func (s *Sender) Find(ctx context.Context, to workpackages.Person, m notifications.Message) (notifications.Receipt, bool, error) {
	channel, err := s.conversation(ctx, to)
	if err != nil {
		return notifications.Receipt{}, false, classify(err, to, false)
	}
	p := &slack.GetConversationHistoryParameters{
		ChannelID: channel, Limit: 200, IncludeAllMetadata: true,
		Oldest: fmt.Sprintf("%d.000000", m.CreatedAt.Add(-time.Minute).Unix()),
	}
	for {
		page, err := s.api.GetConversationHistoryContext(ctx, p)
		if err != nil {
			return notifications.Receipt{}, false, classify(err, to, false)
		}
		for _, msg := range page.Messages {
			if msg.Metadata.EventType == eventType && msg.Metadata.EventPayload["key"] == m.ID {
				return notifications.Receipt{Channel: channel, Timestamp: msg.Timestamp}, true, nil
			}
		}
		if !page.HasMore || page.ResponseMetaData.NextCursor == "" {
			return notifications.Receipt{}, false, nil
		}
		p.Cursor = page.ResponseMetaData.NextCursor
	}
}

// conversation finds the direct conversation with a person.
func (s *Sender) conversation(ctx context.Context, to workpackages.Person) (string, error) {
	s.mu.Lock()
	id := s.dms[to.Email]
	s.mu.Unlock()
	if id != "" {
		return id, nil
	}
	u, err := s.api.GetUserByEmailContext(ctx, to.Email)
	if err != nil {
		return "", err
	}
	c, _, _, err := s.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{u.ID}})
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	s.dms[to.Email] = c.ID
	s.mu.Unlock()
	return c.ID, nil
}

// sentences say what an assistant director can do about each answer of Slack's
// that no second try will change.
var sentences = map[string]string{
	"users_not_found":   "Slack knows nobody with the e-mail address of %s: correct it under People, or ask them to join Slack",
	"user_not_found":    "Slack knows nobody with the e-mail address of %s: correct it under People, or ask them to join Slack",
	"user_disabled":     "%s has no working Slack account: ask your Slack administrator",
	"account_inactive":  "The Slack app was switched off, so %s was not told: ask your Slack administrator to switch it on, then set a new SLACK_BOT_TOKEN",
	"invalid_auth":      "Slack does not accept our token, so %s was not told: set a new SLACK_BOT_TOKEN",
	"not_authed":        "Slack does not accept our token, so %s was not told: set a new SLACK_BOT_TOKEN",
	"token_revoked":     "Slack has withdrawn our token, so %s was not told: set a new SLACK_BOT_TOKEN",
	"token_expired":     "Our Slack token has run out, so %s was not told: set a new SLACK_BOT_TOKEN",
	"missing_scope":     "The Slack app lacks a permission, so %s was not told: give it chat:write, im:write, im:history, users:read and users:read.email, and install it again",
	"channel_not_found": "Slack has no conversation with %s: ask your Slack administrator whether the app may write to people",
	"is_archived":       "The Slack conversation with %s was archived: ask your Slack administrator",
	"restricted_action": "Your Slack's rules keep the app from writing to %s: ask your Slack administrator",
	"invalid_blocks":    "Slack refused the form of the message to %s: tell whoever looks after Readiness",
	"msg_too_long":      "Slack refused the message to %s as too long: tell whoever looks after Readiness",
	"no_text":           "Slack refused the message to %s as empty: tell whoever looks after Readiness",
}

// passing are answers after which nothing was posted and a later try may do.
var passing = map[string]bool{
	"ratelimited": true, "rate_limited": true, "service_unavailable": true, "team_added_to_org": true,
}

// classify says whether trying again is of use, and hides what Slack's client
// puts in its errors: addresses, and with them perhaps more. posting says that
// the call may have posted before it failed.
func classify(err error, to workpackages.Person, posting bool) error {
	var limited *slack.RateLimitedError
	var answer slack.SlackErrorResponse
	var status slack.StatusCodeError
	switch {
	case errors.As(err, &limited):
		return &notifications.Retry{After: limited.RetryAfter, Reason: "Slack asked us to wait"}
	case errors.As(err, &answer):
		if sentence, ok := sentences[answer.Err]; ok {
			return &notifications.Permanent{Sentence: fmt.Sprintf(sentence, to.Name)}
		}
		if passing[answer.Err] || !posting {
			return &notifications.Retry{Reason: "Slack answered " + answer.Err}
		}
	case errors.As(err, &status) && status.Code == http.StatusTooManyRequests:
		return &notifications.Retry{Reason: "Slack asked us to wait"}
	case !posting:
		return &notifications.Retry{Reason: "Slack did not answer"}
	}
	return &notifications.Unknown{Reason: "Slack did not say whether it got the message"}
}

// Slack's limits, in characters and blocks.
const (
	maxHeader = 150
	maxProse  = 500 // leaves room for five characters where one is escaped
	maxItems  = 10  // as much as anybody reads
	maxTitle  = 150
	maxDetail = 200
)

// Blocks words a message for Slack within its limits, whatever the text.
func Blocks(c notifications.Content) []slack.Block {
	blocks := []slack.Block{
		slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, cut(c.Heading, maxHeader), false, false)),
		section(c.Intro),
	}
	shown := c.Items[:min(len(c.Items), maxItems)]
	for _, i := range shown {
		text := "*" + escape(cut(i.Title, maxTitle)) + "*"
		if i.URL != "" {
			text = "*<" + i.URL + "|" + escape(strings.ReplaceAll(cut(i.Title, maxTitle), "|", "/")) + ">*"
		}
		blocks = append(blocks, slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text+"\n"+escape(cut(i.Detail, maxDetail)), false, false), nil, nil))
	}
	if more := len(c.Items) - len(shown); more > 0 {
		blocks = append(blocks, section(fmt.Sprintf("and %d more", more)))
	}
	if c.Button.URL != "" {
		b := slack.NewButtonBlockElement("open", "", slack.NewTextBlockObject(slack.PlainTextType, cut(c.Button.Text, 75), false, false))
		b.URL, b.Style = c.Button.URL, slack.StylePrimary
		blocks = append(blocks, slack.NewActionBlock("", b))
	}
	return append(blocks, slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, escape(cut(c.Why, maxProse)), false, false)))
}

func section(text string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, escape(cut(text, maxProse)), false, false), nil, nil)
}

// escape keeps people's text from being read as Slack's control sequences: no
// "<!channel>" comes out of a title.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escape(s string) string { return escaper.Replace(s) }

// cut shortens to n characters, with an ellipsis where something is left out.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
