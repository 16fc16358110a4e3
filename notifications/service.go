package notifications

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"readiness/workpackages"
)

// Receipt is Slack's word that a message is there.
type Receipt struct{ Channel, Timestamp string }

// Sender puts messages where people read them.
type Sender interface {
	// Send posts the message to a person. Its errors are Retry, Permanent or
	// Unknown; any other is taken for Unknown.
	Send(ctx context.Context, to workpackages.Person, m Message) (Receipt, error)
	// Find looks for a message that may have been posted, by its key.
	Find(ctx context.Context, to workpackages.Person, m Message) (r Receipt, found bool, err error)
}

// Retry means that nothing was posted and a later try may go through.
type Retry struct {
	After  time.Duration // not before; 0 leaves it to us
	Reason string
}

func (e *Retry) Error() string { return e.Reason }

// Permanent means that no try will go through until somebody mends something.
type Permanent struct{ Sentence string } // what to do, for the assistant director

func (e *Permanent) Error() string { return e.Sentence }

// Unknown means that the message may or may not have been posted.
type Unknown struct{ Reason string }

func (e *Unknown) Error() string { return e.Reason }

// People finds recipients as they are now.
type People interface {
	Person(ctx context.Context, id string) (workpackages.Person, error)
}

// Service makes and delivers messages.
type Service struct {
	Store  Store
	People People
	Sender Sender // nil: Slack is not connected
	Now    func() time.Time
	Log    *slog.Logger
}

const (
	// leaseFor is how long one send may take before another worker asks Slack
	// what became of it.
	leaseFor    = time.Minute
	maxAttempts = 12
	batch       = 100
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
	m.Title, m.Reason, m.Preview = m.Content.Short(), m.Content.Why, m.Content.Plain()
	if s.Sender == nil {
		m.State, m.Detail = NotSent, notConnected
	}
	return s.Store.AddMessage(ctx, m)
}

// Messages gives the ledger, newest first.
func (s *Service) Messages(ctx context.Context, f Filter) ([]Message, error) {
	return s.Store.Messages(ctx, f)
}

// Deliver tries every message that is due, once, and gives how many were sent.
func (s *Service) Deliver(ctx context.Context) (sent int, err error) {
	if s.Sender == nil {
		return 0, nil
	}
	due, err := s.Store.Undelivered(ctx, s.now(), batch)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, m := range due {
		if ctx.Err() != nil {
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

func (s *Service) deliver(ctx context.Context, m Message) (sent bool, err error) {
	now := s.now()
	if m.NotBefore.After(now) || m.State == Sending && m.LeaseUntil.After(now) {
		return false, nil
	}
	// Found claimed, with the lease run out: its sender died, perhaps after posting.
	unsure := m.State == Sending || m.State == Uncertain
	m.State, m.LeaseUntil = Sending, now.Add(leaseFor)
	m.Attempts++
	m.Version++
	if err := s.Store.SaveMessage(ctx, m); err != nil {
		if workpackages.KindOf(err) == workpackages.Stale {
			return false, nil // another worker has it
		}
		return false, err
	}
	receipt, sendErr := s.send(ctx, m, unsure)
	m = s.settle(m, receipt, sendErr)
	m.Version++
	// What Slack was told is recorded even when the program is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Store.SaveMessage(ctx, m); err != nil {
		return false, err // the lease runs out, and Slack is asked
	}
	s.Log.Info("message", "category", "notifications", "key", m.ID, "state", m.State, "attempt", m.Attempts, "detail", m.Detail)
	return m.State == Sent, nil
}

func (s *Service) send(ctx context.Context, m Message, unsure bool) (Receipt, error) {
	to, err := s.People.Person(ctx, m.RecipientID)
	switch {
	case err != nil && workpackages.KindOf(err) == workpackages.NotFound:
		return Receipt{}, &Permanent{"This person is no longer known here"}
	case err != nil:
		return Receipt{}, &Retry{Reason: "The database did not answer"}
	case to.Disabled:
		return Receipt{}, &Permanent{to.Name + " may no longer sign in, so nothing is sent"}
	}
	ctx, cancel := context.WithTimeout(ctx, leaseFor/2)
	defer cancel()
	if unsure {
		if r, found, err := s.Sender.Find(ctx, to, m); found || err != nil {
			var permanent *Permanent
			if err != nil && !errors.As(err, &permanent) {
				err = &Unknown{err.Error()} // still not settled
			}
			return r, err
		}
	}
	return s.Sender.Send(ctx, to, m)
}

// settle records how a try ended.
func (s *Service) settle(m Message, r Receipt, err error) Message {
	now := s.now()
	m.LeaseUntil = time.Time{}
	var retry *Retry
	var permanent *Permanent
	switch {
	case err == nil:
		m.State, m.SentAt, m.Detail, m.Channel, m.Timestamp = Sent, now, "", r.Channel, r.Timestamp
		return m
	case errors.As(err, &permanent):
		m.State, m.Detail = Dead, permanent.Sentence
		return m
	case errors.As(err, &retry):
		m.State, m.Detail = Pending, retry.Reason
		m.NotBefore = now.Add(max(retry.After, backOff(m.Attempts)))
	default:
		m.State, m.Detail = Uncertain, "Slack did not say whether it got this. It is asked before anything is sent again"
		m.NotBefore = now.Add(backOff(m.Attempts))
	}
	if m.Attempts >= maxAttempts && m.State == Pending {
		m.State = Dead
		m.Detail = fmt.Sprintf("Given up after %d tries: %s", m.Attempts, m.Detail)
	}
	return m
}

// backOff is the wait after a try that failed: 5, 10, 20 … seconds, up to ten minutes.
func backOff(attempts int) time.Duration {
	return min(5*time.Second<<min(attempts-1, 7), 10*time.Minute)
}
