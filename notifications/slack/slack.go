// Package slack sends messages with Slack's Web API.
package slack

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

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

const (
	// requestTimeout bounds one call.
	requestTimeout = 10 * time.Second
	// clockSlack is how far our clock may be from Slack's for a message to be
	// found still. To look too far back costs nothing; not to find a message
	// that is there would double it.
	clockSlack = 24 * time.Hour
)

// New makes a Sender; apiURL is empty for Slack's own address.
func New(token, apiURL string) *Sender {
	opts := []slack.Option{slack.OptionHTTPClient(&http.Client{
		Timeout: requestTimeout,
		// The token is in the body, and goes nowhere but to the address we were given.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})}
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
		slack.MsgOptionText(fit(m.Content.Short(), maxText), false), // phones show this
		slack.MsgOptionBlocks(Blocks(m.Content)...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": m.ID}}),
	)
	if err != nil {
		s.forget(to)
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
		Oldest: fmt.Sprintf("%d.000000", m.CreatedAt.Add(-clockSlack).Unix()),
	}
	for {
		page, err := s.api.GetConversationHistoryContext(ctx, p)
		if err != nil {
			s.forget(to)
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

// forget drops what is known of a person's conversation, so that a trouble with
// it is not kept: the next try looks it up afresh.
func (s *Sender) forget(to workpackages.Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dms, to.Email)
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
