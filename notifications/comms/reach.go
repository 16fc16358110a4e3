package comms

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// ReachView is how far the newest sending of a message has come.
type ReachView struct {
	At         time.Time
	People     int // it goes to, by name
	Channels   int
	Delivered  int // of the people
	Posted     int // of the channels
	Waiting    int // of both, still on their way
	Read       int // of the people, who said that they have read it
	ReadNow    int // of those, the wording as it is now, where it was corrected
	InChannels int // people who said so in a channel, and did not get it by name
	Unsent     []UnsentView
	Reminders  int // how often it was sent again

	delivered, read map[string]bool
}

// UnsentView is one whom a message did not reach, and why.
type UnsentView struct{ Name, Why string }

// Unread is how many got it and have not said that they read it.
func (v ReachView) Unread() int { return v.Delivered - v.Read }

// ReachOf works out how far the newest sending of a message has come, together with
// the reminders of it.
func (s *Service) ReachOf(ctx context.Context, m Message) (ReachView, error) {
	v := ReachView{delivered: map[string]bool{}, read: map[string]bool{}}
	first, ok := m.last(First)
	if !ok {
		return v, nil
	}
	v.At = first.At
	r, err := s.roster(ctx, first.ID)
	if err != nil {
		return v, err
	}
	reach, err := s.reach(ctx, first.Base)
	if err != nil {
		return v, err
	}
	why := map[string]string{}
	for _, u := range reach.Unsent {
		why[u.ID] = u.Why
	}
	waiting := map[string]bool{}
	if reach.Closed.IsZero() || s.now().Sub(reach.Closed) < trusted {
		// The outbox still has them, with what was sent after all.
		if why, waiting, err = s.outcomes(ctx, first, r); err != nil {
			return v, err
		}
	}
	for _, to := range r.To {
		_, failed := why[to.ID]
		channel := strings.HasPrefix(to.ID, "channel:")
		switch {
		case channel:
			v.Channels++
		default:
			v.People++
		}
		switch {
		case waiting[to.ID]:
			v.Waiting++
		case failed:
			v.Unsent = append(v.Unsent, UnsentView{to.Name, why[to.ID]})
		case channel:
			v.Posted++
		default:
			v.Delivered++
			v.delivered[to.ID] = true
		}
	}
	now := first.Wording
	for _, ref := range m.Sendings {
		if ref.Base != first.Base {
			continue
		}
		if ref.Kind == Reminder {
			v.Reminders++
		}
		now = max(now, ref.Wording)
	}
	for _, read := range reach.Reads {
		switch {
		case v.delivered[read.ID] && !v.read[read.ID]:
			v.Read++
			v.read[read.ID] = true
			if read.Wording >= now {
				v.ReadNow++
			}
		case read.Channel && !v.read[read.ID]:
			v.InChannels++
			v.read[read.ID] = true
		}
	}
	return v, nil
}

// trusted is for how long the outbox is asked: it keeps messages of the plan longer.
const trusted = 45 * 24 * time.Hour

// outcomes gives what became of a sending's messages, by recipient: why those failed
// that did, and which are on their way.
func (s *Service) outcomes(ctx context.Context, ref SendingRef, r Roster) (why map[string]string, waiting map[string]bool, err error) {
	messages, err := s.Outbox.Messages(ctx, notifications.Filter{Under: under(ref.ID)})
	if err != nil {
		return nil, nil, err
	}
	why, waiting = map[string]string{}, map[string]bool{}
	there := map[string]bool{}
	sent := map[string]bool{}
	for _, m := range messages {
		if m.Op != notifications.Post {
			continue
		}
		there[m.RecipientID] = true
		switch m.State {
		case notifications.Sent:
			sent[m.RecipientID] = true
		case notifications.Dead, notifications.NotSent:
			why[m.RecipientID] = m.Detail
		default:
			waiting[m.RecipientID] = true
		}
	}
	for id := range sent { // once is enough, whatever another try came to
		delete(why, id)
		delete(waiting, id)
	}
	for _, to := range r.To {
		if !there[to.ID] {
			waiting[to.ID] = true // it is about to be made
		}
	}
	return why, waiting, nil
}

// close puts down what became of a sending while the outbox still knows.
func (s *Service) close(ctx context.Context, m Message, ref SendingRef) error {
	if ref.Kind != First {
		return nil
	}
	r, err := s.roster(ctx, ref.ID)
	if err != nil {
		return err
	}
	why, _, err := s.outcomes(ctx, ref, r)
	if err != nil {
		return err
	}
	return s.changeReach(ctx, ref.Base, func(reach *Reach) bool {
		reach.Unsent = nil
		for _, to := range r.To {
			if w, failed := why[to.ID]; failed {
				reach.Unsent = append(reach.Unsent, Unsent{to.ID, w})
			}
		}
		reach.Closed = s.now()
		return true
	})
}

// reach gives the document of a sending, empty before anybody has read it.
func (s *Service) reach(ctx context.Context, base string) (Reach, error) {
	r, err := s.Store.Reach(ctx, base)
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return Reach{ID: base}, nil
	}
	return r, err
}

// changeReach changes it, as often as others are faster; do reports whether there is
// anything to change.
func (s *Service) changeReach(ctx context.Context, base string, do func(r *Reach) bool) error {
	for tries := 0; ; tries++ {
		r, err := s.reach(ctx, base)
		if err != nil {
			return err
		}
		r.Reads, r.Unsent = slices.Clone(r.Reads), slices.Clone(r.Unsent)
		if !do(&r) {
			return nil
		}
		r.Version++
		err = s.Store.SaveReach(ctx, r)
		if err == nil || workpackages.KindOf(err) != workpackages.Stale || tries == maxRaces || ctx.Err() != nil {
			return err
		}
	}
}

// maxRaces is how often a change is tried anew: of as many as press at the same
// moment, one is through with each turn.
const maxRaces = 200

// readBy gives what a recipient said of a sending; zero when nothing.
func (s *Service) readBy(ctx context.Context, base, recipientID string) (Read, error) {
	r, err := s.reach(ctx, base)
	if err != nil {
		return Read{}, err
	}
	var newest Read
	for _, read := range r.Reads {
		if read.ID == recipientID && read.Wording >= newest.Wording {
			newest = read
		}
	}
	return newest, nil
}

// ErrNotYours is what somebody is told who presses a button of a message to another.
var ErrNotYours = workpackages.Errorf(workpackages.Forbidden, "This message went to somebody else")

// Read records that somebody has read a message: value is that of the Question that
// they pressed, messageKey the outbox's key of the message, and ids are what they may
// be known by: as a person, and by their address. It gives a sentence for them where
// the message itself does not show it.
func (s *Service) Read(ctx context.Context, value, messageKey string, ids []string) (sentence string, err error) {
	parts := strings.Fields(value)
	if len(parts) != 3 || len(ids) == 0 {
		return "", workpackages.Errorf(workpackages.NotFound, "This message is of an older version of Readiness")
	}
	wording, err := strconv.Atoi(parts[2])
	if err != nil {
		return "", workpackages.Errorf(workpackages.NotFound, "This message is of an older version of Readiness")
	}
	r, err := s.roster(ctx, parts[1])
	if err != nil {
		return "", err
	}
	message, err := s.Outbox.Message(ctx, messageKey)
	if err != nil {
		if workpackages.KindOf(err) == workpackages.NotFound {
			return "", workpackages.Errorf(workpackages.NotFound, "This message is too old to be counted any more")
		}
		return "", err
	}
	// The message says itself whose it is; what was pressed only says that it was.
	if message.Rule != notifications.PlanMessage || len(message.Subjects) != 2 || message.Subjects[0] != r.MessageID || parts[0] != r.MessageID || message.Subjects[1] != r.ID {
		return "", workpackages.Errorf(workpackages.NotFound, "This button belongs to another message")
	}
	channel := strings.HasPrefix(message.RecipientID, "channel:")
	reader := ids[0]
	if !channel {
		if !slices.Contains(ids, message.RecipientID) {
			return "", ErrNotYours
		}
		reader = message.RecipientID
	} else if i := slices.IndexFunc(r.To, func(e RosterEntry) bool { return slices.Contains(ids, e.ID) }); i >= 0 {
		reader = r.To[i].ID // they got it by name as well
	}
	known := false
	err = s.changeReach(ctx, r.Base, func(reach *Reach) bool {
		known = slices.ContainsFunc(reach.Reads, func(x Read) bool { return x.ID == reader && x.Wording >= wording })
		if known {
			return false
		}
		reach.Reads = slices.DeleteFunc(reach.Reads, func(x Read) bool { return x.ID == reader })
		reach.Reads = append(reach.Reads, Read{ID: reader, At: s.now(), Wording: wording, Channel: channel})
		return true
	})
	if err != nil {
		return "", err
	}
	if channel {
		if known {
			return "You said before that you have read this. Thank you", nil
		}
		return "Thank you. It is on record that you have read this", nil
	}
	return "", s.showRead(ctx, message, wording)
}

// showRead shows in a message that its reader has read it.
func (s *Service) showRead(ctx context.Context, message notifications.Message, wording int) error {
	edit := notifications.Message{
		ID: message.ID + "/read-" + strconv.Itoa(wording), Rule: message.Rule, Subjects: message.Subjects, Op: notifications.Edit, Target: message.ID,
		RecipientID: message.RecipientID, RecipientName: message.RecipientName, Thread: message.Thread, Flat: true, Content: message.Content,
	}
	_, err := s.Outbox.Enqueue(ctx, edit)
	s.Outbox.Wake()
	return err
}

// Told is how an audience stands.
type Told struct {
	Audience
	People   int       // whom Slack reaches by name
	Last     time.Time // zero: never told
	LastBy   Message   // by which message
	Next     time.Time // planned to be told; zero: nothing that is approved and has a time
	Days     int       // since it was told, or since the plan began to count
	Gap      bool      // for longer than it should be
	Messages int       // sent in the last year
	Reached  int       // people whom those reached, and who read: of those in Slack
	Read     int
}

// ReachOfAudiences works out how each audience stands, in their order.
func (s *Service) ReachOfAudiences(ctx context.Context, by workpackages.Actor) ([]Told, error) {
	plan, err := s.Plan(ctx, by)
	if err != nil {
		return nil, err
	}
	people, err := s.Packages.People.People(ctx)
	if err != nil {
		return nil, err
	}
	out := plan.Told
	var errs []error
	for i := range out {
		t := &out[i]
		for _, e := range recipientsOf(t.Audience, people) {
			if !strings.HasPrefix(e.ID, "channel:") {
				t.People++
			}
		}
		for _, row := range plan.Rows {
			if row.AudienceID != t.ID {
				continue
			}
			if _, ok := row.last(First); ok {
				v, err := s.ReachOf(ctx, row.Message)
				errs = append(errs, err)
				t.Reached, t.Read = t.Reached+v.Delivered, t.Read+v.Read
			}
		}
	}
	return out, errors.Join(errs...)
}
