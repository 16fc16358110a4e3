package notifications

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"readiness/workpackages"
)

// Receipt is Slack's word that a message is there.
type Receipt struct{ Channel, Timestamp string }

// Recipient is where a message goes: a person's direct conversation, or a channel.
type Recipient struct {
	Name    string // as the ledger shows it
	Email   string // of a person
	Channel string // name or id of a channel, as Slack has it; empty for a person
	gone    bool   // a person who may no longer sign in
}

// Sender puts messages where people read them.
type Sender interface {
	// Send posts the message. Its errors are Retry, Permanent or Unknown; any
	// other is taken for Unknown.
	Send(ctx context.Context, to Recipient, m Message) (Receipt, error)
	// Find looks for a message that may have been posted, by its key.
	Find(ctx context.Context, to Recipient, m Message) (r Receipt, found bool, err error)
}

// Retry means that nothing was posted and a later try may go through.
type Retry struct {
	After  time.Duration // what Slack asked for; 0 leaves it to us
	Reason string
}

func (e *Retry) Error() string { return e.Reason }

// Permanent means that no try will go through until somebody mends something.
type Permanent struct {
	Sentence string // what to do, for the assistant director; it may name people
	Code     string // Slack's word for it, for the log
}

func (e *Permanent) Error() string { return e.Sentence }

// Unknown means that the message may or may not have been posted.
type Unknown struct{ Reason string }

func (e *Unknown) Error() string { return e.Reason }

// People finds recipients as they are now.
type People interface {
	Person(ctx context.Context, id string) (workpackages.Person, error)
}

// Service makes and delivers messages. It is safe for concurrent use, in one
// process and in several over the same store.
type Service struct {
	Store  Store
	People People
	Sender Sender // nil: Slack is not connected
	Now    func() time.Time
	Log    *slog.Logger

	mu   sync.Mutex
	hold time.Time // Slack asked this process to wait until then
}

const (
	// leaseFor is how long one send may take before another worker asks Slack
	// what became of it.
	leaseFor = time.Minute
	sendFor  = leaseFor / 2
	batch    = 100
	useful   = 24 * time.Hour // of a message that does not say how long
)

// notConnected is what the ledger says of a message made without Slack.
const notConnected = "Not sent: Slack is not connected"

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// Enqueue puts a message in the outbox once: added is false when its key is
// there already. An empty message is refused.
func (s *Service) Enqueue(ctx context.Context, m Message) (added bool, err error) {
	if m.ID == "" || m.RecipientID == "" || m.Content.Heading == "" || len(m.Content.Items) == 0 {
		return false, fmt.Errorf("message %q to %q says nothing", m.ID, m.RecipientID)
	}
	m.Version, m.CreatedAt, m.State = 1, s.now(), Pending
	m.NotBefore = m.CreatedAt
	if m.NotAfter.IsZero() {
		m.NotAfter = m.CreatedAt.Add(useful)
	}
	m.Title, m.Reason, m.Preview = m.Content.Short(), m.Content.Why, m.Content.Plain()
	if s.Sender == nil {
		m.State, m.Detail = NotSent, notConnected
	}
	return s.Store.AddMessage(ctx, m)
}

// Enqueued reports whether a message of this key was ever made.
func (s *Service) Enqueued(ctx context.Context, id string) (bool, error) {
	_, err := s.Store.Message(ctx, id)
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Messages gives the ledger, newest first.
func (s *Service) Messages(ctx context.Context, f Filter) ([]Message, error) {
	return s.Store.Messages(ctx, f)
}

// Deliver tries every message that is due, once, one after another, and gives
// how many were sent. When Slack asks to wait, nothing more is sent until then:
// what is left stays in the outbox, and Deliver does not sleep.
func (s *Service) Deliver(ctx context.Context) (sent int, err error) {
	if s.held() {
		return 0, nil
	}
	due, err := s.Store.Undelivered(ctx, s.now(), batch)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, m := range due {
		if ctx.Err() != nil || s.held() {
			break
		}
		ok, err := s.deliver(ctx, m)
		if ok {
			sent++
		}
		errs = append(errs, err)
	}
	return sent, errors.Join(errs...)
}

func (s *Service) held() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hold.After(s.now())
}

func (s *Service) deliver(ctx context.Context, m Message) (sent bool, err error) {
	now := s.now()
	if m.NotBefore.After(now) || m.State == Sending && m.LeaseUntil.After(now) {
		return false, nil
	}
	// Found claimed, with the lease run out: its sender died, perhaps after posting.
	unsure := m.State == Sending || m.State == Uncertain
	if s.Sender == nil {
		if unsure {
			return false, nil // only Slack can say; it is asked when it is back
		}
		m.State, m.Detail = NotSent, notConnected
		m.Version++
		return false, unlessStale(s.Store.SaveMessage(ctx, m))
	}
	m.State, m.LeaseUntil = Sending, now.Add(leaseFor)
	m.Attempts++
	m.Version++
	if err := s.Store.SaveMessage(ctx, m); err != nil {
		return false, unlessStale(err) // another worker has it
	}
	end := s.send(ctx, m, unsure)
	m = s.settle(m, end)
	m.Version++
	// What Slack was told is recorded even when the program is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Store.SaveMessage(ctx, m); err != nil {
		return false, err // the lease runs out, and Slack is asked
	}
	s.Log.Info("message", "category", "notifications", "key", m.ID, "state", m.State, "attempt", m.Attempts, "reason", end.reason())
	return m.State == Sent, nil
}

func unlessStale(err error) error {
	if err != nil && workpackages.KindOf(err) == workpackages.Stale {
		return nil
	}
	return err
}

// ending is how one try ended.
type ending struct {
	receipt Receipt
	found   bool  // an earlier try had posted it
	err     error // Retry, Permanent or Unknown; nil when it is there
	// unsettled says that an earlier try may have posted it, and that this one
	// could not find out: whatever err is, the message must not be sent again yet.
	unsettled bool
}

// reason is the ending for the log, with nobody's name in it.
func (e ending) reason() string {
	var permanent *Permanent
	switch {
	case errors.As(e.err, &permanent):
		return permanent.Code
	case e.err != nil:
		return e.err.Error()
	}
	return ""
}

// send makes one try, and never ends the program.
func (s *Service) send(ctx context.Context, m Message, unsure bool) (end ending) {
	end.unsettled = unsure
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error("sending panicked", "category", "notifications", "key", m.ID, "panic", p, "stack", string(debug.Stack()))
			end.err = &Unknown{"The program failed while it sent this"}
		}
	}()
	to, err := s.recipient(ctx, m)
	switch {
	case err != nil && workpackages.KindOf(err) == workpackages.NotFound:
		end.err = &Permanent{"This person is no longer known here", "person_unknown"}
	case err != nil:
		end.err = &Retry{Reason: "The database did not answer"}
	}
	if end.err != nil {
		return end
	}
	ctx, cancel := context.WithTimeout(ctx, sendFor)
	defer cancel()
	if unsure {
		end.receipt, end.found, end.err = s.Sender.Find(ctx, to, m)
		if end.found || end.err != nil {
			return end
		}
		end.unsettled = false
	}
	switch {
	case to.gone:
		end.err = &Permanent{to.Name + " may no longer sign in, so nothing is sent", "person_disabled"}
	case !m.NotAfter.IsZero() && s.now().After(m.NotAfter):
		end.err = &Permanent{late(m), "too_late"}
	default:
		end.receipt, end.err = s.Sender.Send(ctx, to, m)
	}
	return end
}

// recipient finds where a message goes as things stand now.
func (s *Service) recipient(ctx context.Context, m Message) (Recipient, error) {
	if channel, ok := strings.CutPrefix(m.RecipientID, channelPrefix); ok {
		return Recipient{Name: m.RecipientName, Channel: channel}, nil
	}
	p, err := s.People.Person(ctx, m.RecipientID)
	return Recipient{Name: p.Name, Email: p.Email, gone: p.Disabled}, err
}

// late is what the ledger says of a message whose use was over before it went.
func late(m Message) string {
	text := "Not sent: it could not be sent in time, and would only confuse now"
	if m.Detail != "" {
		text += ". Before that: " + m.Detail
	}
	return text
}
