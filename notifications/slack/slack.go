// Package slack sends messages with Slack's Web API.
package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"readiness/notifications"
	"readiness/notifications/slack/blockkit"
)

// Sender posts messages as the app's bot user, which needs Scopes, and to be in the
// channels that are posted to.
type Sender struct {
	api *slack.Client
	// Answers says that what is pressed in a message reaches us: its buttons answer,
	// and are not links alone. It is set before the Sender is used.
	Answers bool
	// Accounts keeps who is who in Slack; nil: people are looked up by their e-mail
	// address each time the program starts.
	Accounts notifications.AccountStore
	mu       sync.Mutex
	// Conversations by e-mail address or channel: two calls saved a message.
	known map[string]string
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
	return &Sender{api: Client(token, "", apiURL), known: map[string]string{}}
}

// Client calls Slack: with the bot's token, and where there is one with the app's,
// which opens sockets and nothing else.
func Client(botToken, appToken, apiURL string) *slack.Client {
	opts := []slack.Option{slack.OptionHTTPClient(HTTP())}
	if apiURL != "" {
		opts = append(opts, slack.OptionAPIURL(strings.TrimRight(apiURL, "/")+"/"))
	}
	if appToken != "" {
		opts = append(opts, slack.OptionAppLevelToken(appToken))
	}
	return slack.New(botToken, opts...)
}

// HTTP is how calls are made. A token is in the body of a call, and goes nowhere
// but to the address we were given.
func HTTP() *http.Client {
	return &http.Client{
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Send implements notifications.Sender.
func (s *Sender) Send(ctx context.Context, to notifications.Recipient, m notifications.Message) (notifications.Receipt, error) {
	channel, err := s.conversation(ctx, to)
	if err != nil {
		return notifications.Receipt{}, classify(err, to, false)
	}
	options := append(s.says(m),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": m.ID}}),
	)
	if m.ThreadTS != "" {
		options = append(options, slack.MsgOptionTS(m.ThreadTS))
	}
	_, ts, err := s.api.PostMessageContext(ctx, channel, options...)
	var answer slack.SlackErrorResponse
	if to.Known != "" && errors.As(err, &answer) && answer.Err == "channel_not_found" {
		// Nothing was posted, and what was known no longer holds.
		to.Known = ""
		s.forget(to)
		return s.Send(ctx, to, m)
	}
	if err != nil {
		s.forget(to)
		return notifications.Receipt{}, classify(err, to, true)
	}
	return notifications.Receipt{Channel: channel, Timestamp: ts}, nil
}

// says is the text of a message and its blocks.
func (s *Sender) says(m notifications.Message) []slack.MsgOption {
	blocks := Blocks(m.Content)
	if s.Answers {
		blocks = Interactive(m.Content, cmp.Or(m.Target, m.ID))
	}
	return []slack.MsgOption{
		slack.MsgOptionText(string(blockkit.Text(m.Content.Short(), maxText)), false), // phones show this
		slack.MsgOptionBlocks(blocks...),
	}
}

// Edit implements notifications.Sender. The metadata, and with it the key, stays.
func (s *Sender) Edit(ctx context.Context, to notifications.Recipient, at notifications.Receipt, m notifications.Message) error {
	if _, _, _, err := s.api.UpdateMessageContext(ctx, at.Channel, at.Timestamp, s.says(m)...); err != nil {
		return classify(err, to, true)
	}
	return nil
}

// Find implements notifications.Sender. A conversation's history has what stands
// in it by itself; what stands below a message is asked for with that.
func (s *Sender) Find(ctx context.Context, to notifications.Recipient, m notifications.Message) (notifications.Receipt, bool, error) {
	channel, err := s.conversation(ctx, to)
	if err != nil {
		return notifications.Receipt{}, false, classify(err, to, false)
	}
	read := s.history(channel, m.CreatedAt)
	if m.ThreadTS != "" {
		read = s.replies(channel, m.ThreadTS)
	}
	for cursor := ""; ; {
		page, next, err := read(ctx, cursor)
		var answer slack.SlackErrorResponse
		switch {
		case errors.As(err, &answer) && answer.Err == "thread_not_found":
			return notifications.Receipt{}, false, nil // it was deleted, and what was below it
		case err != nil:
			s.forget(to)
			return notifications.Receipt{}, false, classify(err, to, false)
		}
		for _, msg := range page {
			if msg.Metadata.EventType == eventType && msg.Metadata.EventPayload["key"] == m.ID {
				return notifications.Receipt{Channel: channel, Timestamp: msg.Timestamp}, true, nil
			}
		}
		if next == "" {
			return notifications.Receipt{}, false, nil
		}
		cursor = next
	}
}

// reader gives one page of messages and where the next begins, or "".
type reader func(ctx context.Context, cursor string) (page []slack.Message, next string, err error)

// history reads what stands in a conversation since shortly before an instant.
func (s *Sender) history(channel string, since time.Time) reader {
	return func(ctx context.Context, cursor string) ([]slack.Message, string, error) {
		page, err := s.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Limit: 200, IncludeAllMetadata: true, Cursor: cursor,
			Oldest: fmt.Sprintf("%d.000000", since.Add(-clockSlack).Unix()),
		})
		if err != nil {
			return nil, "", err
		}
		return page.Messages, following(page.HasMore, page.ResponseMetaData.NextCursor), nil
	}
}

// replies reads what stands below a message.
func (s *Sender) replies(channel, thread string) reader {
	return func(ctx context.Context, cursor string) ([]slack.Message, string, error) {
		page, more, next, err := s.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: thread, Limit: 200, IncludeAllMetadata: true, Cursor: cursor,
		})
		return page, following(more, next), err
	}
}

func following(more bool, cursor string) string {
	if !more {
		return ""
	}
	return cursor
}

// forget drops what is known of a recipient's conversation, so that a trouble
// with it is not kept: the next try looks it up afresh.
func (s *Sender) forget(to notifications.Recipient) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, address(to))
}

// address tells recipients apart. No channel has an @ in its name.
func address(to notifications.Recipient) string { return cmp.Or(to.Channel, to.Email) }

// conversation finds Slack's id of the conversation with a recipient.
func (s *Sender) conversation(ctx context.Context, to notifications.Recipient) (string, error) {
	if to.Known != "" {
		return to.Known, nil
	}
	s.mu.Lock()
	id := s.known[address(to)]
	s.mu.Unlock()
	if id != "" {
		return id, nil
	}
	look := s.direct
	if to.Channel != "" {
		look = s.channel
	}
	id, err := look(ctx, to)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	s.known[address(to)] = id
	s.mu.Unlock()
	return id, nil
}

// direct finds the direct conversation with a person: by their account, where they
// were matched before, and else by their e-mail address.
func (s *Sender) direct(ctx context.Context, to notifications.Recipient) (string, error) {
	if a, ok := s.account(ctx, to); ok {
		id, err := s.open(ctx, a.SlackID)
		var answer slack.SlackErrorResponse
		if err == nil || !errors.As(err, &answer) || !gone[answer.Err] {
			return id, err
		}
	}
	u, err := s.api.GetUserByEmailContext(ctx, to.Email)
	if err != nil {
		return "", err
	}
	id, err := s.open(ctx, u.ID)
	if err == nil && s.Accounts != nil && to.PersonID != "" {
		// Not kept, it is looked up again: no reason not to send.
		_ = s.Accounts.SaveAccount(ctx, notifications.Account{ID: notifications.AccountOf(to.PersonID), PersonID: to.PersonID, SlackID: u.ID, Email: to.Email, At: time.Now().UTC()})
	}
	return id, err
}

// gone are the answers after which an account is not what it was.
var gone = map[string]bool{"user_not_found": true, "users_not_found": true, "user_disabled": true, "user_not_visible": true}

// account gives the account of a person who was matched by the address they have.
func (s *Sender) account(ctx context.Context, to notifications.Recipient) (notifications.Account, bool) {
	if s.Accounts == nil || to.PersonID == "" {
		return notifications.Account{}, false
	}
	a, err := s.Accounts.Account(ctx, notifications.AccountOf(to.PersonID))
	return a, err == nil && a.Email == to.Email
}

// open gives the direct conversation with a user of Slack.
func (s *Sender) open(ctx context.Context, user string) (string, error) {
	c, _, _, err := s.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// channelID is the form of Slack's ids of channels. Their names have no capitals.
var channelID = regexp.MustCompile(`^[CG][A-Z0-9]{7,}$`)

// channel finds a channel. Slack posts to a name as well, but gives what was
// posted only for an id.
func (s *Sender) channel(ctx context.Context, to notifications.Recipient) (string, error) {
	if channelID.MatchString(to.Channel) {
		return to.Channel, nil
	}
	id := ""
	_, err := s.eachPage(ctx, func(page []slack.Channel) bool {
		for _, c := range page {
			if c.Name == to.Channel {
				id = c.ID
			}
		}
		return id == ""
	})
	if err == nil && id == "" {
		err = slack.SlackErrorResponse{Err: "channel_not_found"}
	}
	return id, err
}

// eachPage looks through the channels that the app can see for as long as see wants
// more; more says that some were left out.
func (s *Sender) eachPage(ctx context.Context, see func(page []slack.Channel) bool) (more bool, err error) {
	// Slack allows twenty of these calls a minute: the pages are as large as it has them.
	p := &slack.GetConversationsParameters{Types: []string{"public_channel", "private_channel"}, Limit: 999}
	for {
		page, cursor, err := s.api.GetConversationsContext(ctx, p)
		if err != nil {
			return false, err
		}
		if wants := see(page); cursor == "" || !wants {
			return cursor != "", nil
		}
		p.Cursor = cursor
	}
}
