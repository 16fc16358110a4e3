package comms

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
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
	Waiting    int // of both, still on their way; until there are none, Delivered and Posted are those that are not
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
	if reach.Closed.IsZero() {
		// What became of each is put down at the end; until then it is enough to know
		// how many are still on their way.
		if v.Waiting, err = s.onTheirWay(ctx, first); err != nil {
			return v, err
		}
	} else if err := s.sentAfterAll(ctx, first, why); err != nil {
		return v, err
	}
	for _, to := range r.To {
		reason, failed := why[to.ID]
		channel := notifications.IsChannel(to.ID)
		if channel {
			v.Channels++
		} else {
			v.People++
		}
		switch {
		case failed:
			v.Unsent = append(v.Unsent, UnsentView{to.Name, reason})
		case channel:
			v.Posted++
		default:
			v.Delivered++
			v.delivered[to.ID] = true
		}
	}
	if v.Waiting > 0 {
		posted := min(v.Posted, v.Waiting) // channels come first, people last
		v.Delivered -= min(v.Delivered, v.Waiting)
		if v.Delivered > 0 {
			posted = 0
		}
		v.Posted -= posted
	}
	reads, err := s.reads(ctx, first.Base)
	if err != nil {
		return v, err
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
	for _, read := range reads {
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

// onTheirWay counts the messages of a sending that have not ended.
func (s *Service) onTheirWay(ctx context.Context, ref SendingRef) (int, error) {
	if !ref.Queued {
		return ref.Recipients, nil // some may have gone already
	}
	return s.Waiting(ctx, under(ref.ID))
}

// sentAfterAll takes those out of the ones that were not reached to whom somebody had
// the message sent again since.
func (s *Service) sentAfterAll(ctx context.Context, ref SendingRef, why map[string]string) error {
	for id := range why {
		_, failed, err := s.outcome(ctx, ref, id)
		if err != nil {
			return err
		}
		if !failed {
			delete(why, id)
		}
	}
	return nil
}

// outcome gives why a message did not reach somebody, where it did not.
func (s *Service) outcome(ctx context.Context, ref SendingRef, recipientID string) (why string, failed bool, err error) {
	m, err := s.Outbox.Message(ctx, key(ref.ID, recipientID))
	switch {
	case err != nil && workpackages.KindOf(err) == workpackages.NotFound:
		return "It was not sent", true, nil // its record is tidied away
	case err != nil:
		return "", false, err
	}
	return m.Detail, m.State == notifications.Dead || m.State == notifications.NotSent, nil
}

// close puts down what became of a sending while the outbox still knows.
func (s *Service) close(ctx context.Context, ref SendingRef) error {
	if ref.Kind != First {
		return nil
	}
	r, err := s.roster(ctx, ref.ID)
	if err != nil {
		return err
	}
	var unsent []Unsent
	for _, to := range r.To {
		why, failed, err := s.outcome(ctx, ref, to.ID)
		if err != nil {
			return err
		}
		if failed {
			unsent = append(unsent, Unsent{to.ID, why})
		}
	}
	return s.changeReach(ctx, ref.Base, func(reach *Reach) bool {
		reach.Unsent, reach.Closed = unsent, s.now()
		return true
	})
}

// buckets is over how many documents the readers of a sending are spread. Two thousand
// in one would make each reader write a tenth of a megabyte.
const buckets = 32

// bucket is the document that has a reader.
func bucket(base, readerID string) string {
	h := fnv.New32a()
	h.Write([]byte(readerID)) // never fails
	return bucketID(base, int(h.Sum32()%buckets))
}

func bucketID(base string, n int) string { return fmt.Sprintf("%s/%02d", base, n) }

// reads gives everybody who has read a sending.
func (s *Service) reads(ctx context.Context, base string) ([]Read, error) {
	var out []Read
	for n := range buckets {
		r, err := s.reach(ctx, bucketID(base, n))
		if err != nil {
			return nil, err
		}
		out = append(out, r.Reads...)
	}
	return out, nil
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
	r, err := s.reach(ctx, bucket(base, recipientID))
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
	channel := notifications.IsChannel(message.RecipientID)
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
	err = s.changeReach(ctx, bucket(r.Base, reader), func(reach *Reach) bool {
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
			if !notifications.IsChannel(e.ID) {
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
