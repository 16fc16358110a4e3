package notifications

import (
	"context"
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"runtime/debug"
	"strings"
	"time"

	"readiness/workpackages"
)

// Deliver tries every message that is due, one after another, and gives how many
// were sent. When Slack asks to wait, that is put on record for every copy of the
// program, and nothing more is sent until then: Deliver does not sleep. Nor does
// it send faster than the pace; what is left is for the next time.
func (s *Service) Deliver(ctx context.Context) (sent int, err error) {
	var errs []error
	for ctx.Err() == nil {
		now := s.now()
		held, err := s.Store.Hold(ctx)
		if err != nil {
			return sent, errors.Join(append(errs, err)...)
		}
		if held.After(now) || !s.afford(now) {
			break
		}
		due, err := s.Store.DueNow(ctx, now, batch)
		if err != nil {
			return sent, errors.Join(append(errs, err)...)
		}
		// Copies of the program that begin at different places seldom want the same.
		if len(due) > 1 && s.copies() > 1 {
			n := mathrand.IntN(len(due))
			due = append(append([]Due{}, due[n:]...), due[:n]...)
		}
		worked := false
		for _, d := range due {
			if ctx.Err() != nil || !s.afford(s.now()) {
				break
			}
			did, err := s.deliver(ctx, d)
			errs = append(errs, err)
			if did == posted {
				sent++
			}
			if did == halted {
				worked = false
				break
			}
			worked = worked || did != nothing
		}
		if !worked {
			break
		}
	}
	s.mu.Lock()
	s.working = s.now()
	s.mu.Unlock()
	return sent, errors.Join(errs...)
}

// did is what became of one look at an entry of the queue.
type did int

const (
	nothing did = iota // it is not its turn, or somebody else's
	tried              // a try was made that posted nothing
	posted
	halted // Slack asked to be left alone
)

// burst is how many seconds' worth of messages may go at once.
const burst = 5

func (s *Service) copies() int {
	if s.Copies == nil {
		return 1
	}
	return max(s.Copies(), 1)
}

// afford reports whether the pace allows another message now.
func (s *Service) afford(now time.Time) bool {
	if s.PerMinute <= 0 {
		return true
	}
	perSecond := float64(s.PerMinute) / 60 / float64(s.copies())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refill.IsZero() {
		s.budget, s.refill = max(perSecond, 1), now
	}
	s.budget = min(s.budget+perSecond*max(now.Sub(s.refill).Seconds(), 0), max(perSecond*burst, 1))
	s.refill = now
	return s.budget >= 1
}

func (s *Service) spend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.budget--
}

// deliver looks at one entry of the queue, and does what its message wants.
func (s *Service) deliver(ctx context.Context, d Due) (did, error) {
	now := s.now()
	m, err := s.Store.Message(ctx, d.Key)
	switch {
	case err != nil && workpackages.KindOf(err) == workpackages.NotFound:
		// Whoever was making it died, or is at it. The next to make it finds the
		// entry there; one that nobody makes for a day is forgotten.
		if now.Sub(d.CreatedAt) > useful {
			return nothing, s.Store.DropDue(ctx, d.ID)
		}
		return nothing, s.Store.PutOff(ctx, d.ID, now.Add(min(max(now.Sub(d.CreatedAt), time.Second), time.Minute)))
	case err != nil:
		return nothing, err
	case d.ID != m.due().ID && m.Again > 0:
		return nothing, s.Store.DropDue(ctx, d.ID) // of an earlier sending
	case m.State.Ended():
		return nothing, s.drop(ctx, d, m)
	case m.NotBefore.After(now):
		return nothing, s.Store.PutOff(ctx, d.ID, m.NotBefore)
	}
	if s.Sender == nil {
		return nothing, s.withoutSlack(ctx, d, m)
	}
	attempt, unsure, wait, err := s.try(ctx, m)
	if err != nil {
		return nothing, err
	}
	if !wait.IsZero() {
		return nothing, s.Store.PutOff(ctx, d.ID, wait)
	}
	if wait, err = s.turn(ctx, &m, now); err != nil {
		return nothing, err
	}
	// Whatever it waits for, it does not wait beyond its use.
	if wait.After(now) && !now.After(m.NotAfter) {
		return nothing, s.Store.PutOff(ctx, d.ID, sooner(wait, m.NotAfter.Add(time.Second)))
	}
	return s.attempt(ctx, d, m, attempt, unsure)
}

// drop takes an entry away whose message has ended.
func (s *Service) drop(ctx context.Context, d Due, m Message) error {
	if d.ID != m.due().ID {
		// It is about to be sent again; or whoever asked for that was too late.
		if s.now().Sub(d.CreatedAt) < useful {
			return s.Store.PutOff(ctx, d.ID, s.now().Add(time.Minute))
		}
	}
	return s.Store.DropDue(ctx, d.ID)
}

// withoutSlack ends a message that was made while Slack was connected. One that
// may have gone is left: only Slack can say, and it is asked when it is back.
func (s *Service) withoutSlack(ctx context.Context, d Due, m Message) error {
	if m.State != Pending {
		return s.Store.PutOff(ctx, d.ID, s.now().Add(time.Hour))
	}
	m.State, m.Detail = NotSent, notConnected
	m.Version++
	if err := s.Store.SaveMessage(ctx, m); err != nil {
		return unlessStale(err)
	}
	return s.Store.DropDue(ctx, d.ID)
}

// try gives the number of the next try to send a message and whether an earlier
// one may have posted it; or until when somebody else has it. The message itself
// may be behind its claims: its record of a try is what a worker writes last.
func (s *Service) try(ctx context.Context, m Message) (attempt int, unsure bool, wait time.Time, err error) {
	// A try on record as ended is known; one that is claimed and not on record as
	// ended may have posted.
	attempt, unsure = m.Attempts+1, m.State == Uncertain
	if m.State == Sending {
		attempt, unsure = m.Attempts, true
	}
	for ; ; attempt++ {
		c, err := s.Store.ClaimOf(ctx, tryID(m.ID, attempt))
		if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
			return attempt, unsure, time.Time{}, nil
		}
		if err != nil {
			return 0, false, time.Time{}, err
		}
		if c.LeaseUntil.After(s.now()) {
			return 0, false, c.LeaseUntil, nil
		}
		unsure = true
	}
}

// waitForMaker is how long a message waits for one before it in its thread whose
// maker took the place and is not heard of.
const waitForMaker = 10 * time.Minute

// turn gives when it is a message's turn: in its recipient's hours, after the one
// before it in its thread has ended, and not on its heels. It fills in what is
// known of the thread.
func (s *Service) turn(ctx context.Context, m *Message, now time.Time) (time.Time, error) {
	opens, err := s.opens(ctx, *m, now)
	if err != nil || opens.After(now) || m.Thread == "" {
		return opens, err
	}
	for n := m.Slot - 1; n >= 0; n-- {
		c, err := s.Store.ClaimOf(ctx, slotID(m.Thread, n))
		if err != nil {
			return now, err
		}
		before, err := s.Store.Message(ctx, c.Holder)
		switch {
		case err != nil && workpackages.KindOf(err) == workpackages.NotFound:
			if now.Sub(m.CreatedAt) < waitForMaker {
				return now.Add(time.Second), nil
			}
			continue
		case err != nil:
			return now, err
		case !before.State.Ended():
			return later(before.NotBefore, now.Add(time.Second)), nil
		}
		m.ThreadTS, m.Channel = before.ThreadTS, before.Channel
		if before.Op == Post && m.ThreadTS == "" && !m.Flat {
			m.ThreadTS = before.Timestamp
		}
		if before.State == Sent {
			return before.SentAt.Add(s.PerChannel), nil
		}
		return now, nil
	}
	return now, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// attempt claims a try, makes it, and records how it ended.
func (s *Service) attempt(ctx context.Context, d Due, m Message, attempt int, unsure bool) (did, error) {
	now := s.now()
	id := tryID(m.ID, attempt)
	mine := Claim{ID: id, Holder: rand.Text(), At: now, LeaseUntil: now.Add(s.lease())}
	c, err := s.Store.Claim(ctx, mine)
	if err != nil || c.Holder != mine.Holder {
		return nothing, err // another worker has it
	}
	m.State, m.LeaseUntil, m.Attempts = Sending, mine.LeaseUntil, attempt
	m.Version++
	if err := s.Store.SaveMessage(ctx, m); err != nil {
		// Somebody wrote it since it was read, and our claim stands for a try that
		// posted nothing: the next one asks Slack, and finds nothing.
		return nothing, unlessStale(err)
	}
	s.spend()
	end := s.send(ctx, m, unsure)
	m = s.settle(m, end)
	m.Version++
	// What Slack was told is recorded even when the program is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Store.SaveMessage(ctx, m); err != nil {
		return tried, err // the lease runs out, and Slack is asked
	}
	s.Log.Info("message", "category", "notifications", "key", m.ID, "state", m.State, "attempt", m.Attempts, "reason", end.reason())
	did := tried
	if m.State == Sent {
		did = posted
	}
	if m.State.Ended() {
		return did, s.Store.DropDue(ctx, d.ID)
	}
	err = s.Store.PutOff(ctx, d.ID, m.NotBefore)
	var retry *Retry
	if errors.As(end.err, &retry) && retry.After > 0 {
		return halted, errors.Join(err, s.Store.SetHold(ctx, s.now().Add(retry.After)))
	}
	return did, err
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
	needless  bool // there is nothing to change any more
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
	unsure = unsure && m.Op == Post // a change may be made twice
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
		end.err = &Permanent{Sentence: "This person is no longer known here: see that somebody else has their work", Code: "person_unknown"}
	case err != nil:
		end.err = &Retry{Reason: "The database did not answer"}
	}
	if end.err != nil {
		return end
	}
	// It ends well before the lease: whoever takes over finds what was posted.
	ctx, cancel := context.WithTimeout(ctx, s.lease()/2)
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
		end.err = &Permanent{Sentence: to.Name + " may no longer sign in, so nothing is sent: see that somebody else has their work", Code: "person_disabled"}
	case !m.NotAfter.IsZero() && s.now().After(m.NotAfter):
		end.err = &Permanent{Sentence: late(m), Code: "too_late"}
	case s.now().After(m.LeaseUntil.Add(-s.lease() / 2)):
		end.err = &Retry{Reason: "The program was held up"}
	default:
		m.Content, end.err = s.wording(ctx, m)
	}
	switch {
	case end.err != nil:
	case m.Op == Edit:
		return s.edit(ctx, to, m)
	default:
		end.receipt, end.err = s.Sender.Send(ctx, to, m)
	}
	return end
}

// wording gives what a message says. What is of the communications plan is asked for
// now, the last moment before Slack has it: the plan may have been changed since the
// message was made, and what may not be sent any more is not.
func (s *Service) wording(ctx context.Context, m Message) (Content, error) {
	if m.Rule != PlanMessage && m.Rule != PlanApproval {
		return m.Content, nil
	}
	if s.Plan == nil {
		return Content{}, &Permanent{Sentence: "Not sent: this program has no communications plan", Code: "no_plan"}
	}
	c, err := s.Plan.Wording(ctx, m)
	var known *workpackages.Error
	switch {
	case err == nil:
		return c, nil
	case errors.As(err, &known) && (known.Kind == workpackages.Forbidden || known.Kind == workpackages.Conflict || known.Kind == workpackages.NotFound):
		return Content{}, &Permanent{Sentence: known.Message, Code: "plan_says_no"}
	}
	return Content{}, &Retry{Reason: "The communications plan could not be read"}
}

// edit changes an earlier message in place, where it is there to be changed.
func (s *Service) edit(ctx context.Context, to Recipient, m Message) (end ending) {
	target, err := s.Store.Message(ctx, m.Target)
	switch {
	case err != nil && workpackages.KindOf(err) != workpackages.NotFound:
		end.err = &Retry{Reason: "The database did not answer"}
		return end
	case err != nil || target.State != Sent:
		end.needless = true
		return end
	}
	end.receipt = Receipt{target.Channel, target.Timestamp}
	end.err = s.Sender.Edit(ctx, to, end.receipt, m)
	var unknown *Unknown
	if errors.As(end.err, &unknown) {
		end.err = &Retry{Reason: "Slack did not say whether it made the change"}
	}
	return end
}

// recipient finds where a message goes as things stand now.
func (s *Service) recipient(ctx context.Context, m Message) (Recipient, error) {
	if channel, ok := strings.CutPrefix(m.RecipientID, channelPrefix); ok {
		return Recipient{Name: m.RecipientName, Channel: channel, Known: m.Channel}, nil
	}
	if strings.HasPrefix(m.RecipientID, contactPrefix) {
		if s.Plan == nil {
			return Recipient{}, workpackages.Errorf(workpackages.NotFound, "There is no such contact")
		}
		r, err := s.Plan.Recipient(ctx, m)
		r.Known = m.Channel
		return r, err
	}
	p, err := s.People.Person(ctx, m.RecipientID)
	return Recipient{Name: p.Name, PersonID: p.ID, Email: p.Email, Known: m.Channel, gone: p.Disabled}, err
}

// late is what the ledger says of a message whose use was over before it went.
func late(m Message) string {
	text := "Not sent: it could not be sent in time, and would only confuse now. Send it again if it is still of use"
	if m.Detail != "" {
		text += ". Before that: " + m.Detail
	}
	return text
}
