// Package slackapp is what people do from Slack: commands, answers to reminders,
// the form for a status update, and the Home tab.
//
// What Slack sends comes over a web socket or as signed requests, and is handled by
// the same code: see Listen and Receive. Slack is answered at once and the work is
// done after; only a form is saved first, as its answer says what is wrong with it.
//
// Nothing is decided here. Who somebody is comes from the list of people, what they
// may do from workpackages, as in the browser.
package slackapp

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"readiness/notifications"
	"readiness/workpackages"
)

// Options is what an App works with. All but the secrets and APIURL are needed.
type Options struct {
	Packages *workpackages.Service
	// Mine gives what is open for a person.
	Mine func(ctx context.Context, personID string) (notifications.Yours, error)
	// Refresh brings a person's messages up to date, among them the one with a key.
	Refresh func(ctx context.Context, personID, key string) error
	// Claim takes something once and for good: see notifications.Store.
	Claim    func(ctx context.Context, c notifications.Claim) (notifications.Claim, error)
	Accounts notifications.AccountStore
	Plan     Plan // the communications plan

	BotToken      string
	AppToken      string // empty: no socket
	SigningSecret string // empty: no requests
	APIURL        string // empty: Slack's own

	BaseURL string // where the pages are
	Zone    *time.Location
	Now     func() time.Time
	Log     *slog.Logger
	// Patience is how long a form may take to save before Slack is told to wait; two
	// seconds when 0, of the three that Slack gives.
	Patience time.Duration
}

// App handles what comes from Slack. It is safe for concurrent use.
type App struct {
	Options
	api *slack.Client

	work   sync.WaitGroup
	busy   atomic.Int64 // pieces of work that have not ended
	slots  chan struct{}
	ctx    context.Context // ends with Stop
	cancel context.CancelFunc

	mu     sync.Mutex
	home   workspace // ours, once known
	shaped map[string]*shaping
	socket notifications.SocketState
}

// workspace is where the app is installed.
type workspace struct{ team, enterprise string }

const (
	atOnce      = 16               // pieces of work; more wait
	workTimeout = 30 * time.Second // of one
	patience    = 2 * time.Second
)

// New makes an App.
func New(o Options) *App {
	if o.Patience == 0 {
		o.Patience = patience
	}
	a := &App{Options: o, api: client(o), slots: make(chan struct{}, atOnce)}
	a.socket.On = o.AppToken != ""
	a.ctx, a.cancel = context.WithCancel(context.Background())
	return a
}

// Stop ends what is under way and waits for it, for as long as ctx allows.
func (a *App) Stop(ctx context.Context) error {
	a.cancel()
	done := make(chan struct{})
	go func() { a.work.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run does work after Slack was answered. A panic is an error like others.
func (a *App) run(what string, do func(ctx context.Context) error) {
	a.busy.Add(1)
	a.work.Go(func() {
		defer a.busy.Add(-1)
		select {
		case a.slots <- struct{}{}:
			defer func() { <-a.slots }()
		case <-a.ctx.Done():
			return
		}
		ctx, cancel := context.WithTimeout(a.ctx, workTimeout)
		defer cancel()
		if err := workpackages.Safely(what, func() error { return do(ctx) }); err != nil && a.ctx.Err() == nil {
			a.Log.Error("what came from Slack could not be done", "category", "slack", "what", what, "error", err)
		}
	})
}

// Busy reports whether something that came from Slack is still worked on.
func (a *App) Busy() bool { return a.busy.Load() > 0 }

// first reports whether this is the first time that something came from Slack:
// what is sent again, by whomever, changes nothing.
func (a *App) first(ctx context.Context, id string) (bool, error) {
	if id == "" {
		return true, nil // nothing tells it from another
	}
	mine := notifications.Claim{ID: "slack/" + id, Holder: rand.Text(), At: a.Now().UTC()}
	c, err := a.Claim(ctx, mine)
	return err == nil && c.Holder == mine.Holder, err
}
