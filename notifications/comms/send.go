package comms

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

const (
	// lateFor is how late a message still goes by itself. After that, what it says may
	// not be so any more, and somebody has to look.
	lateFor = 12 * time.Hour
	// sendFor is how long the outbox tries: over a long weekend in which nobody is to
	// be disturbed.
	sendFor = 5 * 24 * time.Hour
)

// begin makes a sending of a message, which says to whom it goes. It is stored under an
// id of its own before the message says that it is being sent: cut short, nothing ever
// refers to it, and the next try makes another.
func (s *Service) begin(ctx context.Context, m *Message, kind SendingKind, now, due time.Time, by string) (string, error) {
	heading, text, err := s.filled(ctx, *m)
	if err != nil {
		return "", err
	}
	r := Roster{
		ID: m.ID + "/" + strings.ToLower(rand.Text()[:10]), MessageID: m.ID, Kind: kind, Wording: m.Wording.Number, Heading: heading, Text: text, At: now, Due: due, By: by,
	}
	r.Base = r.ID
	switch kind {
	case First:
		a, err := s.Audience(ctx, m.AudienceID)
		if err != nil {
			return "", err
		}
		people, err := s.Packages.People.People(ctx)
		if err != nil {
			return "", err
		}
		r.To = recipientsOf(a, people)
	case Correction:
		first, _ := m.last(First)
		r.Base = first.Base
		if r.To, err = s.toCorrect(ctx, *m); err != nil {
			return "", err
		}
	case Reminder:
		first, _ := m.last(First)
		r.Base = first.Base
		if r.To, err = s.toRemind(ctx, *m); err != nil {
			return "", err
		}
	}
	if len(r.To) == 0 {
		return "", workpackages.Errorf(workpackages.Conflict, "There is nobody to send this to")
	}
	if r, err = s.Store.AddRoster(ctx, r); err != nil {
		return "", err
	}
	m.Sendings = append(m.Sendings, SendingRef{ID: r.ID, Base: r.Base, Kind: kind, Wording: r.Wording, At: r.At, Due: due, By: by, Recipients: len(r.To)})
	m.State = Sending
	who := "Its time came: "
	if by != "" {
		who = ""
	}
	return who + map[SendingKind]string{First: "sending to ", Reminder: "sending again to ", Correction: "correcting what was sent to "}[kind] + phrase.Count(len(r.To), "recipient"), nil
}

// toCorrect gives every message that was made for what was sent last, with its key.
func (s *Service) toCorrect(ctx context.Context, m Message) ([]RosterEntry, error) {
	first, ok := m.last(First)
	if !ok {
		return nil, workpackages.Errorf(workpackages.Conflict, "This message was not sent yet")
	}
	var out []RosterEntry
	for _, ref := range m.Sendings {
		if ref.Base != first.Base || ref.Kind == Correction {
			continue
		}
		r, err := s.roster(ctx, ref.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range r.To {
			e.Target, e.Of = key(ref.ID, e.ID), ref.ID
			out = append(out, e)
			copies, err := s.copies(ctx, e.Target)
			if err != nil {
				return nil, err
			}
			for _, c := range copies {
				e.Target = c
				out = append(out, e)
			}
		}
	}
	return out, nil
}

// copies gives the keys of a message that was sent again by somebody, as the ledger
// lets them.
func (s *Service) copies(ctx context.Context, key string) (out []string, err error) {
	for n := 1; ; n++ {
		id := notifications.AgainKey(key, n)
		if _, err := s.Outbox.Message(ctx, id); err != nil {
			if workpackages.KindOf(err) == workpackages.NotFound {
				return out, nil
			}
			return nil, err
		}
		out = append(out, id)
	}
}

// toRemind gives those whom the last sending reached and who have not read it.
func (s *Service) toRemind(ctx context.Context, m Message) ([]RosterEntry, error) {
	v, err := s.ReachOf(ctx, m)
	if err != nil {
		return nil, err
	}
	first, _ := m.last(First)
	r, err := s.roster(ctx, first.ID)
	if err != nil {
		return nil, err
	}
	var out []RosterEntry
	for _, e := range r.To {
		if notifications.IsChannel(e.ID) || !v.delivered[e.ID] || v.read[e.ID] {
			continue
		}
		if !first.Done { // who still waits for it is not reminded of it
			m, err := s.Outbox.Message(ctx, key(first.ID, e.ID))
			if err != nil && workpackages.KindOf(err) != workpackages.NotFound {
				return nil, err
			}
			if err != nil || m.State != notifications.Sent {
				continue
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// Remind sends a message again to those who got it and have not said that they read
// it: once on a day.
func (s *Service) Remind(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write) (Message, error) {
	m, err := s.change(ctx, by, id, wr, "remind", func(m *Message, now time.Time) (string, error) {
		if err := toWrite(by, *m); err != nil {
			return "", err
		}
		_, sent := m.last(First)
		switch {
		case m.State != Sent && !(m.State == Scheduled && m.Trigger.Kind == Recurring) || !sent || !m.approved():
			return "", workpackages.Errorf(workpackages.Conflict, "Only a message that was sent, and not changed since, can be sent again")
		case !s.Answers:
			return "", workpackages.Errorf(workpackages.Conflict, "Nobody can say in Slack that they have read something: connect it with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET first")
		}
		if last, ok := m.last(Reminder); ok && workpackages.DateOf(last.At, s.Zone) == workpackages.DateOf(now, s.Zone) {
			return "", workpackages.Errorf(workpackages.Conflict, "This was sent again today already: leave people a day to read it")
		}
		if err := s.sendable(ctx, *m); err != nil {
			return "", err
		}
		text, err := s.begin(ctx, m, Reminder, now, time.Time{}, by.Name)
		if workpackages.KindOf(err) == workpackages.Conflict && err != nil {
			return "", workpackages.Errorf(workpackages.Conflict, "Everybody it reached has read it: there is nobody to remind")
		}
		return text, err
	})
	if err == nil {
		s.Wake()
	}
	return m, err
}

// Work brings the plan forward: what is due begins, what is being sent goes on, and
// what is all sent is put down as that. It may be called at any time, by every copy of
// the program at once, and after a crash at any point.
func (s *Service) Work(ctx context.Context) error {
	s.working.Lock()
	defer s.working.Unlock()
	all, err := s.Store.PlanMessages(ctx)
	if err != nil {
		return err
	}
	cal, err := s.calendar(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, m := range all {
		err := error(nil)
		if slices.ContainsFunc(m.Sendings, func(ref SendingRef) bool { return !ref.Done }) {
			err = s.proceed(ctx, m)
		}
		if err == nil && m.State == Scheduled {
			err = s.start(ctx, m, cal)
		}
		// Another copy was faster, somebody changed it, or nobody is there to get it: the
		// next look sees that.
		if kind := workpackages.KindOf(err); err != nil && kind != workpackages.Stale && kind != workpackages.Conflict {
			errs = append(errs, fmt.Errorf("message %s: %w", m.ID, err))
		}
	}
	return errors.Join(errs...)
}

// dueAt gives when a scheduled message goes, or went late; zero when that is not
// known. late says that its time has passed by more than it may.
func (s *Service) dueAt(m Message, cal calendar, now time.Time) (due time.Time, late bool) {
	due = cal.next(m.Trigger, m.From.Add(-time.Millisecond))
	if due.IsZero() && m.Trigger.Kind != Recurring {
		// It was scheduled, or its event was set, after its time of that day.
		if due = cal.next(m.Trigger, time.Time{}); due.IsZero() {
			return due, false
		}
	}
	if m.Trigger.Kind == Recurring { // of several that were missed, the newest
		for {
			next := cal.next(m.Trigger, due)
			if due.IsZero() || next.IsZero() || next.After(now) {
				break
			}
			due = next
		}
	}
	return due, !due.IsZero() && now.Sub(due) > lateFor
}

// start begins a scheduled message whose time has come.
func (s *Service) start(ctx context.Context, m Message, cal calendar) error {
	now := s.now()
	due, late := s.dueAt(m, cal, now)
	if due.IsZero() || due.After(now) || late || m.Channel != Slack || !m.approved() {
		return nil
	}
	if s.sendable(ctx, m) != nil {
		return nil // the plan shows why, and its owner is reminded
	}
	_, err := s.change(ctx, workpackages.System(), m.ID, workpackages.Write{Version: m.Version}, nil, func(m *Message, now time.Time) (string, error) {
		return s.begin(ctx, m, First, now, due, "")
	})
	if err != nil {
		return err
	}
	return s.resume(ctx, m.ID)
}

func (s *Service) resume(ctx context.Context, id string) error {
	m, err := s.Store.PlanMessage(ctx, id)
	if err != nil || m.State != Sending {
		return err
	}
	return s.proceed(ctx, m)
}

// proceed goes on with the sendings of a message that have not ended: every message of
// one into the outbox, each once, and then the end of them. What recurs is free for its
// next occasion once all is in the outbox: somebody who works one day a week must not
// hold it up for the others.
func (s *Service) proceed(ctx context.Context, m Message) error {
	for n, ref := range m.Sendings {
		if ref.Done {
			continue
		}
		mark := func(summary string, do func(m *Message, ref *SendingRef)) error {
			_, err := s.change(ctx, workpackages.System(), m.ID, workpackages.Write{Version: m.Version}, nil, func(m *Message, _ time.Time) (string, error) {
				do(m, &m.Sendings[n])
				return summary, nil
			})
			return err
		}
		if !ref.Queued {
			if m.State == Cancelled {
				return mark("Nothing more of it goes", func(_ *Message, ref *SendingRef) { ref.Queued = true })
			}
			if err := s.queue(ctx, ref); err != nil {
				return err
			}
			s.Outbox.Wake()
			return mark("Every message is in the outbox", func(m *Message, ref *SendingRef) {
				ref.Queued = true
				if m.State == Sending && m.Trigger.Kind == Recurring {
					m.State = Scheduled
					if ref.Kind == First {
						m.From = after(ref.At, ref.Due)
					}
				}
			})
		}
		waiting, err := s.Waiting(ctx, under(ref.ID))
		if err != nil {
			return err
		}
		if waiting > 0 {
			continue
		}
		if err := s.close(ctx, ref); err != nil {
			return err
		}
		return mark("Nothing of it is left in the outbox", func(m *Message, ref *SendingRef) {
			ref.Done = true
			if m.State == Sending && !slices.ContainsFunc(m.Sendings, func(r SendingRef) bool { return !r.Done }) {
				m.State = Sent
			}
		})
	}
	return nil
}

// after gives a time that is after both, for the next occasion not to be the same one.
func after(a, b time.Time) time.Time {
	if b.After(a) {
		a = b
	}
	return a.Add(time.Second)
}

// queue puts every message of a sending in the outbox. What they say is asked for as
// they go: see Wording.
func (s *Service) queue(ctx context.Context, ref SendingRef) error {
	r, err := s.roster(ctx, ref.ID)
	if err != nil {
		return err
	}
	for _, to := range r.To {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := notifications.Message{
			ID: key(r.ID, to.ID), Rule: notifications.PlanMessage, Subjects: []string{r.MessageID, r.ID},
			RecipientID: to.ID, RecipientName: to.Name, NotAfter: r.At.Add(sendFor),
			Content: notifications.Content{
				Heading: "Message of the communications plan",
				Items:   []notifications.Item{{Title: kindWords[r.Kind], Detail: fmt.Sprintf("wording %d", r.Wording), URL: s.BaseURL + "/comms/" + r.MessageID}},
				Why:     "Sent by the communications plan.",
				Button:  notifications.Button{Text: "See it in the plan", URL: s.BaseURL + "/comms/" + r.MessageID},
			},
		}
		m.Thread, m.Flat = m.ID, true
		if to.Target != "" {
			m.ID, m.Op, m.Target, m.Thread = under(r.ID)+strings.ReplaceAll(to.Target, "/", "."), notifications.Edit, to.Target, to.Target
			m.Subjects[1] = to.Of // what is pressed in it belongs to that
		}
		if _, err := s.Outbox.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

var kindWords = map[SendingKind]string{
	First: "As it was planned", Reminder: "Again, to those who have not read it", Correction: "A correction of what was sent",
}

// kept is how many rosters are remembered: those that are being sent, and a few more.
const kept = 6

// roster gives a sending. It never changes, so it is read once.
func (s *Service) roster(ctx context.Context, id string) (Roster, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.rosters, func(r Roster) bool { return r.ID == id })
	if i >= 0 {
		defer s.mu.Unlock()
		return s.rosters[i], nil
	}
	s.mu.Unlock()
	r, err := s.Store.Roster(ctx, id)
	if err != nil {
		return r, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rosters = append(s.rosters, r)
	s.rosters = s.rosters[max(0, len(s.rosters)-kept):]
	return r, nil
}

// Recipient implements notifications.Plan.
func (s *Service) Recipient(ctx context.Context, m notifications.Message) (notifications.Recipient, error) {
	if len(m.Subjects) != 2 {
		return notifications.Recipient{}, workpackages.Errorf(workpackages.NotFound, "There is no such contact")
	}
	r, err := s.roster(ctx, m.Subjects[1])
	if err != nil {
		return notifications.Recipient{}, err
	}
	i := slices.IndexFunc(r.To, func(e RosterEntry) bool { return e.ID == m.RecipientID })
	if i < 0 || r.To[i].Email == "" {
		return notifications.Recipient{}, workpackages.Errorf(workpackages.NotFound, "There is no such contact")
	}
	return notifications.Recipient{Name: r.To[i].Name, PersonID: m.RecipientID, Email: r.To[i].Email}, nil
}

// Wording implements notifications.Plan: it is the last look before anything of the
// plan reaches Slack, whatever was made earlier and by whichever way.
func (s *Service) Wording(ctx context.Context, om notifications.Message) (notifications.Content, error) {
	if len(om.Subjects) != 2 {
		return notifications.Content{}, workpackages.Errorf(workpackages.NotFound, "Not sent: it belongs to no message of the plan")
	}
	if om.Rule == notifications.PlanApproval {
		return s.approvalContent(ctx, om)
	}
	m, err := s.Store.PlanMessage(ctx, om.Subjects[0])
	if err != nil {
		return notifications.Content{}, err
	}
	return s.slack(ctx, m, om)
}

// slack gives what Slack shows of a message. Nothing else makes that of a message of
// the plan, and it refuses what is under embargo now, whatever it was before.
func (s *Service) slack(ctx context.Context, m Message, om notifications.Message) (notifications.Content, error) {
	switch {
	case m.Embargoed():
		return notifications.Content{}, errEmbargo
	case m.State == Cancelled:
		return notifications.Content{}, workpackages.Errorf(workpackages.Conflict, "Not sent: the message was cancelled")
	}
	r, err := s.roster(ctx, om.Subjects[1])
	if err != nil {
		return notifications.Content{}, err
	}
	kind, wording, heading, text, at := r.Kind, r.Wording, r.Heading, r.Text, r.At
	// What was corrected in the meantime goes as it was corrected.
	for _, ref := range m.Sendings {
		if ref.Kind == Correction && ref.Base == r.Base && ref.Wording > wording {
			c, err := s.roster(ctx, ref.ID)
			if err != nil {
				return notifications.Content{}, err
			}
			wording, heading, text, at = c.Wording, c.Heading, c.Text, c.At
			kind = Correction
		}
	}
	c := s.content(heading, Parse(text))
	if kind == Correction {
		c.Intro = "Corrected on " + at.In(s.Zone).Format("2 January 2006 at 15:04") + ": this is what holds now."
	} else if kind == Reminder {
		c.Intro = notRead
	}
	var read Read
	if om.Op == notifications.Edit || kind != First { // nobody has read what is posted for the first time
		if read, err = s.readBy(ctx, r.Base, om.RecipientID); err != nil {
			return c, err
		}
	}
	switch {
	case om.Op == notifications.Post && r.Kind == Reminder && read.Wording >= wording:
		return c, workpackages.Errorf(workpackages.Conflict, "Not needed: they have read it since")
	case read.Wording >= wording && !notifications.IsChannel(om.RecipientID):
		c.Intro = strings.TrimSpace(c.Intro + " ✓ You said on " + read.At.In(s.Zone).Format("2 January at 15:04") + " that you have read this.")
		c.Intro = strings.TrimPrefix(c.Intro, notRead+" ")
	default:
		c.Asks = notifications.Question{Act: notifications.ActRead, Value: r.MessageID + " " + r.ID + " " + fmt.Sprint(wording), Text: "I have read this"}
	}
	return c, nil
}

// notRead begins a reminder.
const notRead = "You have not said yet that you have read this."

// content is a wording as Slack shows it.
func (s *Service) content(heading string, body []notifications.Para) notifications.Content {
	return notifications.Content{
		Heading: heading, Body: body,
		Why: "From the communications plan for our inspection readiness. Do not reply with a child’s details.",
	}
}
