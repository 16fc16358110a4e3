package notifications

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"readiness/workpackages"
)

// Receipt is Slack's word that a message is there.
type Receipt struct{ Channel, Timestamp string }

// Recipient is where a message goes: a person's direct conversation, or a channel.
type Recipient struct {
	Name     string // as the ledger shows it
	PersonID string // of a person
	Email    string // of a person
	Channel  string // name or id of a channel, as Slack has it; empty for a person
	Known    string // Slack's id of the conversation, where an earlier message of the thread went to it
	gone     bool   // a person who may no longer sign in
}

// Sender puts messages where people read them.
type Sender interface {
	// Send posts the message, below ThreadTS where it has one. Its errors are Retry,
	// Permanent or Unknown; any other is taken for Unknown.
	Send(ctx context.Context, to Recipient, m Message) (Receipt, error)
	// Edit makes the message at the receipt say what m says. It may be done twice.
	Edit(ctx context.Context, to Recipient, at Receipt, m Message) error
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
	Unfound  bool   // Slack has no working account of the person
}

func (e *Permanent) Error() string { return e.Sentence }

// Unknown means that the message may or may not have been posted.
type Unknown struct{ Reason string }

func (e *Unknown) Error() string { return e.Reason }

// People finds recipients as they are now.
type People interface {
	Person(ctx context.Context, id string) (workpackages.Person, error)
}

// The rules of the communications plan. What the first two say is not kept in the
// ledger, and is asked for when they are sent.
const (
	PlanMessage  = "plan-message"
	PlanApproval = "plan-approval" // somebody asks for an approval
	PlanDue      = "plan-due"      // what owners and approvers have to do
)

// Plan is the communications plan, for which the outbox sends.
type Plan interface {
	// Wording gives what a message says as it is sent, or a *workpackages.Error that
	// says why it may not be sent any more.
	Wording(ctx context.Context, m Message) (Content, error)
	// Recipient gives who a message goes to, where they are not of our own people.
	Recipient(ctx context.Context, m Message) (Recipient, error)
}

// Service makes and delivers messages. It is safe for concurrent use, in one
// process and in several over the same store.
type Service struct {
	Store  Store
	People People
	Sender Sender // nil: Slack is not connected
	Plan   Plan   // nil: there is none, and no message of it
	Now    func() time.Time
	Log    *slog.Logger
	// Window gives when a recipient may be disturbed; nil: at any time.
	Window func(ctx context.Context, recipientID string) (Window, error)
	// PerMinute is how many messages are sent in a minute over all copies of the
	// program; 0: as many as there are.
	PerMinute int
	// Copies gives how many copies of the program share that; nil: one.
	Copies func() int
	// PerChannel is the least time between two messages of one thread.
	PerChannel time.Duration
	// Lease is how long a try may take before another worker asks Slack what
	// became of it; a minute when 0.
	Lease time.Duration

	Waker   // who delivers
	mu      sync.Mutex
	budget  float64 // messages that may be sent now
	refill  time.Time
	working time.Time // when Deliver last went through
}

const (
	leaseFor = time.Minute
	batch    = 100
	useful   = 24 * time.Hour // of a message that does not say how long
)

// notConnected is what the ledger says of a message made without Slack.
const notConnected = "Not sent: Slack is not connected"

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) lease() time.Duration {
	if s.Lease > 0 {
		return s.Lease
	}
	return leaseFor
}

// slotID names a place in a thread.
func slotID(thread string, slot int) string { return fmt.Sprintf("thread/%s/%d", thread, slot) }

// tryID names a try to send a message.
func tryID(key string, attempt int) string { return fmt.Sprintf("send/%s/%d", key, attempt) }

// Enqueue puts a message in the outbox once: added is false when its key is
// there already. An empty message is refused. Cut short, it is finished by the
// next Enqueue of the key, at the same place in the thread.
func (s *Service) Enqueue(ctx context.Context, m Message) (added bool, err error) {
	if m.ID == "" || m.RecipientID == "" || m.Content.Heading == "" || len(m.Content.Items) == 0 && len(m.Content.Body) == 0 {
		return false, fmt.Errorf("message %q to %q says nothing", m.ID, m.RecipientID)
	}
	if there, err := s.Enqueued(ctx, m.ID); there || err != nil {
		return false, err
	}
	m.Version, m.CreatedAt, m.State = 1, s.now(), Pending
	if m.NotBefore.Before(m.CreatedAt) {
		m.NotBefore = m.CreatedAt
	}
	if m.NotAfter.IsZero() {
		m.NotAfter = m.CreatedAt.Add(useful)
	}
	if len(m.Rules) == 0 {
		m.Rules = []string{m.Rule}
	}
	m.Title, m.Reason, m.Preview = m.Content.Short(), m.Content.Why, m.Content.Plain()
	if s.Sender == nil {
		m.State, m.Detail = NotSent, notConnected
	} else if m.NotBefore, err = s.opens(ctx, m, m.NotBefore); err != nil {
		return false, err
	}
	if m.Thread != "" {
		if m.Slot, err = s.place(ctx, m); err != nil {
			return false, err
		}
	}
	// The entry comes first: without its message it is looked at in vain, but a
	// message without it would never be sent.
	if m.State == Pending {
		if err := s.Store.AddDue(ctx, m.due()); err != nil {
			return false, err
		}
	}
	return s.Store.AddMessage(ctx, m)
}

// due is the entry of the queue for a message as it stands.
func (m Message) due() Due {
	d := Due{ID: m.ID, Key: m.ID, NotBefore: m.NotBefore, CreatedAt: m.CreatedAt}
	if m.Again > 0 {
		d.ID, d.CreatedAt = fmt.Sprintf("%s#%d", m.ID, m.Again), m.NotBefore
	}
	return d
}

// place takes the first free place in a message's thread, or finds the one that
// was taken for it before.
func (s *Service) place(ctx context.Context, m Message) (int, error) {
	for n := 0; ; n++ {
		c, err := s.Store.Claim(ctx, Claim{ID: slotID(m.Thread, n), Holder: m.ID, At: m.CreatedAt})
		if err != nil || c.Holder == m.ID {
			return n, err
		}
	}
}

// opens gives when the recipient of a message may next be disturbed. One who never
// may is left to the message's own end. A change in place disturbs nobody.
func (s *Service) opens(ctx context.Context, m Message, at time.Time) (time.Time, error) {
	if s.Window == nil || m.Op == Edit || m.Anytime {
		return at, nil
	}
	w, err := s.Window(ctx, m.RecipientID)
	if err != nil {
		return at, err
	}
	next := w.Next(at)
	if next.IsZero() {
		return at.AddDate(0, 0, searched), nil
	}
	return next.UTC().Truncate(time.Millisecond), nil
}

// Enqueued reports whether a message of this key was ever made.
func (s *Service) Enqueued(ctx context.Context, id string) (bool, error) {
	_, err := s.Store.Message(ctx, id)
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Message gives one message by its key, or NotFound.
func (s *Service) Message(ctx context.Context, id string) (Message, error) {
	return s.Store.Message(ctx, id)
}

// Messages gives the ledger, newest first: without those of the communications plan,
// unless Rule or Under asks for them.
func (s *Service) Messages(ctx context.Context, f Filter) ([]Message, error) {
	return s.Store.Messages(ctx, f)
}

// Resend sends a message after all that could not be sent, or one that was sent
// another time, which makes a message of its own. It gives the message that will
// be sent.
func (s *Service) Resend(ctx context.Context, by workpackages.Actor, id string) (Message, error) {
	if by.Role != workpackages.AssistantDirector {
		return Message{}, workpackages.Errorf(workpackages.Forbidden, "Only an assistant director can send a message again")
	}
	m, err := s.Store.Message(ctx, id)
	switch {
	case err != nil:
		return m, err
	case s.Sender == nil:
		return m, workpackages.Errorf(workpackages.Conflict, "Slack is not connected, so nothing can be sent: SLACK_BOT_TOKEN connects it")
	case !m.State.Ended():
		return m, workpackages.Errorf(workpackages.Conflict, "This message is on its way already")
	case m.Op == Edit:
		return m, workpackages.Errorf(workpackages.Conflict, "This changed a message in place, and is of no use by itself")
	}
	now := s.now()
	if m.State == Sent {
		return s.another(ctx, by, m)
	}
	m.State, m.Detail, m.ResentBy, m.NotBefore, m.NotAfter = Pending, "", by.Name, now, now.Add(useful)
	m.Again++
	m.Version++
	// Twice at once is once: the second is refused as stale.
	if err := s.Store.AddDue(ctx, m.due()); err != nil {
		return m, err
	}
	return m, s.Store.SaveMessage(ctx, m)
}

// AgainKey is the key of the nth copy of a message that was sent another time.
func AgainKey(key string, n int) string { return fmt.Sprintf("%s/again-%d", key, n) }

// another makes a copy of a message that was sent, to be sent by itself.
func (s *Service) another(ctx context.Context, by workpackages.Actor, m Message) (Message, error) {
	for n := 1; ; n++ {
		c := Message{
			ID: AgainKey(m.ID, n), Rule: m.Rule, Rules: m.Rules, Subjects: m.Subjects,
			RecipientID: m.RecipientID, RecipientName: m.RecipientName, Content: m.Content, ResentBy: by.Name,
		}
		added, err := s.Enqueue(ctx, c)
		if added || err != nil {
			return c, err
		}
		if before, err := s.Store.Message(ctx, c.ID); err != nil || !before.State.Ended() {
			return before, errors.Join(err, workpackages.Errorf(workpackages.Conflict, "This message is being sent again already"))
		}
	}
}

// Requeue puts every message that has not ended in the queue, where it may be
// missing after an import.
func (s *Service) Requeue(ctx context.Context) error {
	for _, state := range []State{Pending, Sending, Uncertain} {
		open, err := s.Store.Messages(ctx, Filter{State: state})
		if err != nil {
			return err
		}
		planned, err := s.Store.Messages(ctx, Filter{State: state, Rule: PlanMessage})
		if err != nil {
			return err
		}
		for _, m := range append(open, planned...) {
			if err := s.Store.AddDue(ctx, m.due()); err != nil {
				return err
			}
		}
	}
	return nil
}

// How long things are kept. A claim must outlive whoever could still act on what
// they read before it was made.
const (
	claimsFor   = 30 * 24 * time.Hour
	messagesFor = 400 * 24 * time.Hour
	// Those of the communications plan are many, and what became of them is kept
	// with the plan.
	plannedFor = 60 * 24 * time.Hour
)

// Tidy takes away what is old: messages after 400 days, those of the communications
// plan after 60, claims after 30.
func (s *Service) Tidy(ctx context.Context) error {
	return s.Store.Tidy(ctx, s.now().Add(-claimsFor), s.now().Add(-messagesFor), s.now().Add(-plannedFor))
}

// Standing is how the outbox stands, for those who watch over it.
type Standing struct {
	Waiting   int       // messages on the way
	Overdue   int       // of those, waiting for longer than they should have to
	HeldUntil time.Time // Slack asked to be left alone; zero: it did not
	Looked    time.Time // when this process last went through the outbox; zero: not yet
}

// overdueAfter is how long a message may be due before somebody should know.
const overdueAfter = 15 * time.Minute

// putOffFor is how far ahead a message may have been put off that was tried and is
// still to be sent.
const putOffFor = time.Hour

// Standing says how the outbox stands.
func (s *Service) Standing(ctx context.Context) (Standing, error) {
	now := s.now()
	queue, err := s.Store.DueNow(ctx, now.Add(putOffFor), 0)
	if err != nil {
		return Standing{}, err
	}
	var st Standing
	for _, d := range queue {
		since, err := s.waitingSince(ctx, d)
		if err != nil {
			return Standing{}, err
		}
		if !since.After(now) {
			st.Waiting++
		}
		if now.Sub(since) > overdueAfter {
			st.Overdue++
		}
	}
	s.mu.Lock()
	st.Looked = s.working
	s.mu.Unlock()
	st.HeldUntil, err = s.Store.Hold(ctx)
	return st, err
}

// waitingSince gives when a message should have gone. Each try that fails puts it
// off, so one that was tried has waited since the first try of this sending.
func (s *Service) waitingSince(ctx context.Context, d Due) (time.Time, error) {
	if s.now().Sub(d.NotBefore) > overdueAfter {
		return d.NotBefore, nil
	}
	m, err := s.Store.Message(ctx, d.Key)
	if err != nil && workpackages.KindOf(err) != workpackages.NotFound {
		return time.Time{}, err
	}
	for _, t := range m.Tries {
		if !t.At.Before(d.CreatedAt) && t.At.Before(d.NotBefore) {
			return t.At, nil
		}
	}
	return d.NotBefore, nil
}
