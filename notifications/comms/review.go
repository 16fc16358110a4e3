package comms

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// Submit asks for an approval. Who is named as the approver is told in Slack at once.
func (s *Service) Submit(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write) (Message, error) {
	m, err := s.change(ctx, by, id, wr, "submit", func(m *Message, now time.Time) (string, error) {
		if err := toWrite(by, *m); err != nil {
			return "", err
		}
		if m.State != Draft && m.State != InReview {
			return "", workpackages.Errorf(workpackages.Conflict, "This message is %s: only a draft is put up for review", strings.ToLower(m.State.Label()))
		}
		if err := s.stops(ctx, *m); err != nil {
			return "", err
		}
		if m.State == InReview {
			return "", nil
		}
		m.State, m.Remark, m.Requested = InReview, "", m.Version+1
		return "Put up for review", nil
	})
	if err != nil {
		return m, err
	}
	if err := s.askApprover(ctx, m); err != nil {
		s.Log.Warn("the approver could not be told in Slack: the reminder of the morning tells them", "category", "comms", "message", m.ID, "error", err)
	}
	return m, nil
}

// stops gives an error where the wording has what no message may have.
func (s *Service) stops(ctx context.Context, m Message) error {
	remarks, err := s.Lint(ctx, m)
	if err != nil {
		return err
	}
	for _, r := range remarks {
		if r.Stop {
			return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what the message says", Fields: []workpackages.FieldError{{Field: "text", Message: r.Text}}}
		}
	}
	return nil
}

// SendBack gives a message back to those who write it, with a reason.
func (s *Service) SendBack(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write, remark string) (Message, error) {
	m, err := s.change(ctx, by, id, wr, []string{"send back", remark}, func(m *Message, _ time.Time) (string, error) {
		if err := mayApprove(by, *m); err != nil && !(slices.Contains(m.Authors, by.ID) && m.CanRead(by)) {
			return "", err
		}
		if m.State != InReview {
			return "", workpackages.Errorf(workpackages.Conflict, "This message is not in review")
		}
		text, problem := workpackages.Line("what is to be changed", remark, maxObjective)
		if problem != "" {
			problem = "Say what is to be changed, in 300 characters or fewer"
		} else {
			problem = s.childs(text)
		}
		if problem != "" {
			return "", &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "remark", Message: problem}}}
		}
		m.State, m.Remark = Draft, text
		return "Sent back: " + text, nil
	})
	if err == nil {
		s.overtaken(ctx, m, m.Requested)
		s.tellOwner(ctx, by, m, "was sent back to you", "See what is to be changed")
	}
	return m, err
}

// mayApprove says why somebody may not approve a message, whatever its state; nil when
// they may. It is the rule of two people: whoever wrote any of the wording since it
// was last approved does not approve it.
func mayApprove(by workpackages.Actor, m Message) error {
	named := by.PersonID != "" && by.PersonID == m.ApproverID
	switch {
	case !MayWrite(by) && !named:
		return workpackages.Errorf(workpackages.Forbidden, "Only the person it names, the communications team and an assistant director can approve this message")
	case !m.CanRead(by):
		return errMayNotRead
	case slices.Contains(m.Authors, by.ID):
		return workpackages.Errorf(workpackages.Forbidden, "You wrote some of this, so somebody else has to approve it")
	case m.ApproverID != "" && !named && by.Role != workpackages.AssistantDirector:
		return workpackages.Errorf(workpackages.Forbidden, "This message names who approves it: that person, or an assistant director, can")
	case by.PersonID == "" && by.Role != workpackages.AssistantDirector:
		return workpackages.Errorf(workpackages.Forbidden, "A token approves as an assistant director only")
	case by.PersonID == "" && slices.ContainsFunc(m.Authors, func(a string) bool { return !strings.HasPrefix(a, tokenPrefix) }):
		// Whoever wrote it may hold the token.
		return workpackages.Errorf(workpackages.Forbidden, "A person wrote this, so a person has to approve it: a token cannot")
	}
	return nil
}

// tokenPrefix marks the actor of an API token.
const tokenPrefix = "token:"

// MayApprove reports whether somebody may approve a message as it stands.
func MayApprove(by workpackages.Actor, m Message) bool {
	return (m.State == InReview || m.State == Draft) && mayApprove(by, m) == nil
}

// WhyNot says why somebody may not approve a message; empty where they may.
func WhyNot(by workpackages.Actor, m Message) string {
	if err := mayApprove(by, m); err != nil {
		return sentence(err)
	}
	return ""
}

// Approve approves the wording in force. wr says which version the approver read:
// where it has changed since, they have not approved what is there now.
func (s *Service) Approve(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write) (Message, error) {
	m, err := s.change(ctx, by, id, wr, "approve", func(m *Message, now time.Time) (string, error) {
		if err := mayApprove(by, *m); err != nil {
			return "", err
		}
		switch {
		case m.approved():
			return "", workpackages.Errorf(workpackages.Conflict, "This wording is approved already, by %s", m.Approval.By.Name)
		case m.State != InReview && m.State != Draft:
			return "", workpackages.Errorf(workpackages.Conflict, "This message is %s: there is nothing to approve", strings.ToLower(m.State.Label()))
		}
		if err := s.stops(ctx, *m); err != nil {
			return "", err
		}
		m.State, m.Remark = Approved, ""
		m.Approval = Approval{Wording: m.Wording.Number, By: by, At: now}
		return fmt.Sprintf("Approved wording %d", m.Wording.Number), nil
	})
	if err == nil {
		s.overtaken(ctx, m, m.Requested)
		s.tellOwner(ctx, by, m, "is approved", "Schedule or send it")
	}
	return m, err
}

// Schedule lets an approved message go: when its time comes, or at once where it has
// none. Of what was sent before, it sends the correction.
func (s *Service) Schedule(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write) (Message, error) {
	cal, err := s.calendar(ctx)
	if err != nil {
		return Message{}, err
	}
	begin := false
	m, err := s.change(ctx, by, id, wr, "schedule", func(m *Message, now time.Time) (string, error) {
		if err := toWrite(by, *m); err != nil {
			return "", err
		}
		if m.State != Approved || !m.approved() {
			return "", workpackages.Errorf(workpackages.Conflict, "This message is %s: it can be scheduled once somebody else has approved it", strings.ToLower(m.State.Label()))
		}
		if err := s.stops(ctx, *m); err != nil {
			return "", err
		}
		if m.Channel == Slack {
			if err := s.sendable(ctx, *m); err != nil {
				return "", err
			}
			if m.Correcting() {
				begin = true
				return s.begin(ctx, m, Correction, now, time.Time{}, by.Name)
			}
			if m.Trigger.Kind == Manual {
				begin = true
				return s.begin(ctx, m, First, now, time.Time{}, by.Name)
			}
		}
		if due := cal.next(m.Trigger, time.Time{}); m.Trigger.Kind != Recurring && !due.IsZero() && now.Sub(due) > lateFor {
			return "", &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with when it goes", Fields: []workpackages.FieldError{
				{Field: "trigger", Message: "Its time, " + due.In(s.Zone).Format("2 January 2006 at 15:04") + ", has passed: give it a later one, or choose that somebody sends it"}}}
		}
		m.State, m.From = Scheduled, now
		return "Scheduled: " + phrase.LowerFirst(m.Trigger.Words()), nil
	})
	if err == nil && begin {
		s.Wake()
	}
	return m, err
}

// sendable says why a message cannot be sent to Slack as things stand.
func (s *Service) sendable(ctx context.Context, m Message) error {
	if m.Embargoed() {
		return errEmbargo
	}
	// What could be said when it was approved may not be said any more.
	if err := s.stops(ctx, m); err != nil {
		return err
	}
	if !s.Connected() {
		return workpackages.Errorf(workpackages.Conflict, "Slack is not connected, so nothing can be sent there: SLACK_BOT_TOKEN connects it. Or change the message to be sent by hand")
	}
	a, err := s.Audience(ctx, m.AudienceID)
	if err != nil {
		return err
	}
	if !a.InSlack() {
		return workpackages.Errorf(workpackages.Conflict, "%s has no channel and nobody in Slack yet: say under Audiences who is to get it, or change the message to be sent by hand", a.Name)
	}
	return nil
}

// errEmbargo is what stops an embargoed message wherever one might reach Slack.
var errEmbargo = workpackages.Errorf(workpackages.Forbidden, "This message is under embargo: it is never sent to Slack")

// Cancel takes a message out of the plan. What of a sending has not gone yet does not
// go any more. What the program itself did since the version that was read, such as to
// begin the sending, is no reason not to stop it.
func (s *Service) Cancel(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write) (Message, error) {
	m, err := s.Store.PlanMessage(ctx, id)
	if err != nil {
		return m, err
	}
	if only, err := s.onlySystemSince(ctx, m, wr.Version); err != nil {
		return m, err
	} else if only {
		wr.Version = m.Version
	}
	m, err = s.change(ctx, by, id, wr, "cancel", func(m *Message, _ time.Time) (string, error) {
		if err := toWrite(by, *m); err != nil {
			return "", err
		}
		switch m.State {
		case Sent:
			return "", workpackages.Errorf(workpackages.Conflict, "This message was sent: correct it instead")
		case Cancelled:
			return "", workpackages.Errorf(workpackages.Conflict, "This message was cancelled already")
		}
		m.State = Cancelled
		return "Cancelled", nil
	})
	if err == nil {
		s.overtaken(ctx, m, m.Requested)
	}
	return m, err
}

// onlySystemSince reports whether nobody but the program has changed a message since a
// version, and not long ago.
func (s *Service) onlySystemSince(ctx context.Context, m Message, version int64) (bool, error) {
	if version < 1 || version > m.Version || m.Version-version > 3 {
		return false, nil
	}
	for v := version + 1; v <= m.Version; v++ {
		e, err := s.Store.PlanEntry(ctx, m.ID, v)
		if err != nil || e.By.ID != workpackages.System().ID {
			return false, err
		}
	}
	return true, nil
}

// HandInput is what somebody says of a message that they sent by hand.
type HandInput struct {
	On     string
	How    string
	People int // 0: not said
}

const maxPeople = 100_000

// RecordHand puts on record that an approved message was sent by hand.
func (s *Service) RecordHand(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write, in HandInput) (Message, error) {
	return s.change(ctx, by, id, wr, in, func(m *Message, now time.Time) (string, error) {
		if err := toWrite(by, *m); err != nil && (by.PersonID == "" || by.PersonID != m.OwnerID || !m.CanRead(by)) {
			return "", err
		}
		if m.Channel != ByHand {
			return "", workpackages.Errorf(workpackages.Conflict, "This message goes by Slack: nobody sends it by hand")
		}
		if !m.approved() || m.State == Cancelled {
			return "", workpackages.Errorf(workpackages.Conflict, "This wording is not approved, so it must not be sent. Ask somebody else to approve it first")
		}
		var bad problems
		today := workpackages.DateOf(now, s.Zone)
		on, err := workpackages.ParseDate(in.On)
		switch {
		case err != nil:
			bad.add("on", "Enter the day on which it was sent, such as %s", today.Time().Format("2/1/2006"))
		case today.Before(on):
			bad.add("on", "Enter a day that has come: this records what was sent")
		case on.Before(workpackages.DateOf(m.Approval.At, s.Zone)):
			bad.add("on", "Enter a day not before %s, on which this wording was approved", workpackages.DateOf(m.Approval.At, s.Zone))
		}
		how, problem := workpackages.Line("how it was sent", in.How, maxName)
		if problem != "" {
			bad.add("how", "Say how it was sent, such as by e-mail")
		} else if says := s.childs(how); says != "" {
			bad.add("how", "%s", says)
		}
		if in.People < 0 || in.People > maxPeople {
			bad.add("people", "Enter to how many people it was sent, a whole number")
		}
		if err := bad.err(); err != nil {
			return "", err
		}
		m.Hand = append(m.Hand, Hand{At: now, On: on, By: by.Name, How: how, Wording: m.Wording.Number, People: in.People})
		if m.Trigger.Kind == Recurring {
			m.State, m.From = Scheduled, now
		} else {
			m.State = Sent
		}
		return fmt.Sprintf("Sent by hand on %s: wording %d, %s", on, m.Wording.Number, how), nil
	})
}

// askApprover tells whoever is named as the approver, once for each version put up.
// What the message says is asked for as it goes: see Wording.
func (s *Service) askApprover(ctx context.Context, m Message) error {
	if m.ApproverID == "" || !s.Connected() || slices.Contains(m.Authors, m.ApproverID) {
		return nil
	}
	p, err := s.Packages.People.Person(ctx, m.ApproverID)
	if err != nil || p.Disabled {
		return err
	}
	_, err = s.Outbox.Enqueue(ctx, s.approvalMessage(m.ID, m.Version, p))
	s.Outbox.Wake()
	return err
}

// tellOwner tells the owner what somebody else decided of a message, without its words:
// a remark is prose that nobody approved.
func (s *Service) tellOwner(ctx context.Context, by workpackages.Actor, m Message, what, todo string) {
	if m.OwnerID == "" || m.OwnerID == by.PersonID || !s.Connected() {
		return
	}
	// Its name is not told: the message may come under embargo, and the ledger would keep it.
	title := "Your message"
	if a, err := s.Audience(ctx, m.AudienceID); err == nil {
		title = "Your message for " + phrase.LowerFirst(a.Name)
	}
	url := s.BaseURL + "/comms/" + m.ID
	p, err := s.Packages.People.Person(ctx, m.OwnerID)
	if err == nil {
		_, err = s.Outbox.Enqueue(ctx, notifications.Message{
			ID: notifications.Key(notifications.PlanDue, m.ID, p.ID, fmt.Sprint(m.Version)), Rule: notifications.PlanDue, Subjects: []string{m.ID},
			RecipientID: p.ID, RecipientName: p.Name, NotAfter: s.now().Add(approvalFor),
			Content: notifications.Content{
				Heading: title + " " + what, Items: []notifications.Item{{Title: "By " + by.Name, URL: url}},
				Why: "You get this because you own this message of the communications plan.", Button: notifications.Button{Text: todo, URL: url},
			},
		})
		s.Outbox.Wake()
	}
	if err != nil {
		s.Log.Warn("the owner could not be told in Slack: the page shows it", "category", "comms", "message", m.ID, "error", err)
	}
}

// approvalFor is how long the request for an approval is of use, over a weekend.
const approvalFor = 4 * 24 * time.Hour

func (s *Service) approvalMessage(id string, version int64, to workpackages.Person) notifications.Message {
	key := notifications.Key(notifications.PlanApproval, id, to.ID, fmt.Sprint(version))
	return notifications.Message{
		ID: key, Rule: notifications.PlanApproval, Subjects: []string{id, fmt.Sprint(version)}, Thread: key,
		RecipientID: to.ID, RecipientName: to.Name, NotAfter: s.now().Add(approvalFor),
		Content: notifications.Content{
			Heading: "A message waits for your approval", Items: []notifications.Item{{Title: "A message of the communications plan", URL: s.BaseURL + "/comms/" + id}},
			Why:    "You get this because the message names you as its approver.",
			Button: notifications.Button{Text: "Read it and decide", URL: s.BaseURL + "/comms/" + id},
		},
	}
}

// approvalContent words the request for an approval as things stand now. Of an
// embargoed message it says nothing but that it is there.
func (s *Service) approvalContent(ctx context.Context, request notifications.Message) (notifications.Content, error) {
	m, err := s.Store.PlanMessage(ctx, request.Subjects[0])
	if err != nil {
		return notifications.Content{}, err
	}
	c := request.Content
	// A request shows what there is to approve now, whatever it was when it was made.
	open := m.State == InReview && m.ApproverID == request.RecipientID && !slices.Contains(m.Authors, m.ApproverID)
	if !open && request.Op == notifications.Post {
		return c, workpackages.Errorf(workpackages.Conflict, "Not sent: it was decided, or changed, before this went")
	}
	switch {
	case m.approved():
		c.Heading, c.Intro = "Approved", fmt.Sprintf("%s approved this on %s.", m.Approval.By.Name, m.Approval.At.In(s.Zone).Format("2 January at 15:04"))
	case !open:
		c.Heading, c.Intro = "Nothing to approve here any more", "The message was changed, or taken back, since you got this."
	}
	if m.Embargoed() {
		c.Items[0].Title, c.Items[0].Detail = "A message under embargo", "it is read in the browser only"
		return c, nil
	}
	a, err := s.Audience(ctx, m.AudienceID)
	if err != nil {
		return c, err
	}
	c.Items[0].Title, c.Items[0].Detail = m.Title, "for "+a.Name
	if !open {
		return c, nil
	}
	heading, text, err := s.filled(ctx, m)
	if err != nil {
		return c, err
	}
	c.Items = nil
	c.Intro = fmt.Sprintf("“%s”, for %s, written by %s. When it goes: %s. This is what it would say:", m.Title, a.Name, m.Wording.By, phrase.LowerFirst(m.Trigger.Words()))
	c.Body = append([]notifications.Para{asHeading(heading)}, Parse(text)...)
	c.Asks = notifications.Question{
		Act: notifications.ActApprove, Value: fmt.Sprintf("%s %d", m.ID, m.Version), Text: "Approve",
		Confirm: "Your name stays with this wording for good.",
	}
	return c, nil
}

// overtaken shows in the request for an approval, made at a version, what came of it: the
// wording that there is to approve now, that it was decided, or that it was taken back.
// Of a message that is under embargo by now, the words go from there.
func (s *Service) overtaken(ctx context.Context, m Message, requested int64) {
	err := func() error {
		if requested == 0 || m.Version == requested {
			return nil
		}
		e, err := s.Store.PlanEntry(ctx, m.ID, requested)
		if err != nil || e.State.ApproverID == "" {
			return err
		}
		p, err := s.Packages.People.Person(ctx, e.State.ApproverID)
		if err != nil {
			return err
		}
		request := s.approvalMessage(m.ID, requested, p)
		if _, err := s.Outbox.Message(ctx, request.ID); err != nil {
			if workpackages.KindOf(err) == workpackages.NotFound {
				return nil
			}
			return err
		}
		request.Op, request.Target = notifications.Edit, request.ID
		request.ID += fmt.Sprintf("/overtaken-%d", m.Version)
		_, err = s.Outbox.Enqueue(ctx, request)
		s.Outbox.Wake()
		return err
	}()
	if err != nil {
		s.Log.Warn("the request for an approval could not be brought up to date", "category", "comms", "message", m.ID, "error", err)
	}
}
