package slackapp

import (
	"context"
	"io"
	"log"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"readiness/notifications"
	ours "readiness/notifications/slack"
	"readiness/workpackages"
)

// Socket says how the web socket stands.
func (a *App) Socket() notifications.SocketState {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.socket
}

func (a *App) setSocket(connected bool, problem string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.socket.Connected != connected || a.socket.Since.IsZero() {
		a.socket.Since = a.Now().UTC()
	}
	a.socket.Connected, a.socket.Problem = connected, problem
}

// retryAfter is the wait after Slack has refused to open a socket for good: somebody
// may mend it there.
const retryAfter = time.Minute

// Listen keeps a web socket open through which Slack sends what people do, until
// Stop. It does nothing where there is no app token.
func (a *App) Listen() {
	if a.AppToken == "" {
		return
	}
	a.work.Go(func() {
		for a.ctx.Err() == nil {
			err := a.listen(a.ctx)
			if a.ctx.Err() != nil {
				return
			}
			a.setSocket(false, problemOf(err))
			a.Log.Error("the web socket to Slack is not open", "category", "slack", "reason", ours.Reason(err))
			select {
			case <-time.After(retryAfter):
			case <-a.ctx.Done():
			}
		}
	})
}

// problemOf says what an assistant director can do about a socket that is not open.
func problemOf(err error) string {
	switch ours.Code(err) {
	case "invalid_auth", "not_authed", "token_revoked", "token_expired", "not_allowed_token_type":
		return "Slack does not accept the app-level token: set a new SLACK_APP_TOKEN, with the scope connections:write"
	case "missing_scope":
		return "The app-level token lacks the scope connections:write: make a new one, and set SLACK_APP_TOKEN"
	case "account_inactive":
		return "The Slack app was switched off: ask your Slack administrator"
	case "":
		return "Slack cannot be reached: see that this machine may open connections to the internet on port 443"
	}
	return "Slack opens no socket (" + ours.Code(err) + "): see that Socket Mode is on in the app’s settings"
}

// listen runs sockets one after another, as Slack asks for that, until it refuses.
func (a *App) listen(ctx context.Context) error {
	// The client's own log may hold what people wrote.
	s := socketmode.New(a.api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { ended <- s.RunContext(ctx) }()
	for {
		select {
		case err := <-ended:
			return err
		case e := <-s.Events:
			a.heard(ctx, s, e)
		}
	}
}

// heard handles one thing that came through a socket.
func (a *App) heard(ctx context.Context, s *socketmode.Client, e socketmode.Event) {
	kinds := map[socketmode.EventType]string{
		socketmode.EventTypeSlashCommand: Commands, socketmode.EventTypeInteractive: Interactions, socketmode.EventTypeEventsAPI: Events,
	}
	switch e.Type {
	case socketmode.EventTypeHello:
		a.setSocket(true, "")
		a.Log.Info("the web socket to Slack is open", "category", "slack")
	case socketmode.EventTypeConnecting:
		if a.Socket().Connected {
			a.setSocket(false, "")
		}
	case socketmode.EventTypeConnectionError:
		if c, ok := e.Data.(*slack.ConnectionErrorEvent); ok {
			a.setSocket(false, problemOf(c.ErrorObj))
			a.Log.Warn("the web socket to Slack did not open", "category", "slack", "reason", ours.Reason(c.ErrorObj))
		}
	case socketmode.EventTypeErrorBadMessage:
		a.Log.Warn("a message from Slack cannot be read", "category", "slack")
	}
	kind, known := kinds[e.Type]
	if !known || e.Request == nil {
		return
	}
	// It waits for no slot: a form that is being saved takes one of its own.
	a.work.Go(func() {
		err := workpackages.Safely(kind, func() error {
			reply, err := a.dispatch(kind, e.Request.Payload, fromSocket)
			if err != nil {
				return err // not acknowledged: Slack tells whoever sent it
			}
			return s.AckCtx(ctx, e.Request.EnvelopeID, reply)
		})
		if err != nil && ctx.Err() == nil {
			a.Log.Warn("what came through the web socket was not answered", "category", "slack", "kind", kind, "reason", err)
		}
	})
}
