package notifications_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// aPlan is the communications plan as a test has it.
type aPlan struct {
	says  string
	err   error
	asked int
}

func (p *aPlan) Wording(_ context.Context, m notifications.Message) (notifications.Content, error) {
	p.asked++
	return notifications.Content{Heading: p.says, Items: m.Content.Items}, p.err
}

func (p *aPlan) Recipient(_ context.Context, m notifications.Message) (notifications.Recipient, error) {
	if m.RecipientID == notifications.ContactID("gone@example.gov.uk") {
		return notifications.Recipient{}, workpackages.Errorf(workpackages.NotFound, "no such contact")
	}
	return notifications.Recipient{Name: "Staff One", PersonID: m.RecipientID, Email: "one@example.gov.uk"}, nil
}

func ofThePlan(recipient string) notifications.Message {
	m := letter(recipient)
	m.Rule = notifications.PlanMessage
	return m
}

// TestWhatTheLastLookAtThePlanComesTo asks the plan as each message goes.
func TestWhatTheLastLookAtThePlanComesTo(t *testing.T) {
	for _, c := range []struct {
		what   string
		err    error
		state  notifications.State
		detail string
	}{
		{"it may go", nil, notifications.Sent, ""},
		{"it is under embargo", workpackages.Errorf(workpackages.Forbidden, "Never to Slack"), notifications.Dead, "Never to Slack"},
		{"it was cancelled", workpackages.Errorf(workpackages.Conflict, "Cancelled"), notifications.Dead, "Cancelled"},
		{"it is not there", workpackages.Errorf(workpackages.NotFound, "No such message"), notifications.Dead, "No such message"},
		{"the database is away", workpackages.Errorf(workpackages.Unavailable, "with a secret"), notifications.Pending, "could not be read"},
		{"something else", errors.New("with a secret"), notifications.Pending, "could not be read"},
	} {
		o := newOffice(t)
		plan := &aPlan{says: "As it is now", err: c.err}
		o.Plan = plan
		if _, err := o.Enqueue(t.Context(), ofThePlan("p")); err != nil {
			t.Fatal(err)
		}
		m := o.deliver()
		if m.State != c.state || !strings.Contains(m.Detail, c.detail) || strings.Contains(m.Detail, "secret") || plan.asked != 1 {
			t.Errorf("%s: %s %q, asked %d times", c.what, m.State, m.Detail, plan.asked)
		}
		if sent := len(o.post.posted) > 0; sent != (c.state == notifications.Sent) {
			t.Errorf("%s: posted %v", c.what, o.post.posted)
		}
		// What it says is not kept.
		if strings.Contains(m.Content.Heading+m.Preview, "As it is now") {
			t.Errorf("%s: the ledger has it", c.what)
		}
	}
}

func TestAChangeInPlaceIsAskedForToo(t *testing.T) {
	o := newOffice(t)
	plan := &aPlan{says: "As it was"}
	o.Plan = plan
	if _, err := o.Enqueue(t.Context(), ofThePlan("p")); err != nil {
		t.Fatal(err)
	}
	first := o.deliver()
	edit := ofThePlan("p")
	edit.ID, edit.Op, edit.Target = "edit-1", notifications.Edit, first.ID
	plan.says = "As it is now"
	if _, err := o.Enqueue(t.Context(), edit); err != nil {
		t.Fatal(err)
	}
	o.deliver()
	plan.err = workpackages.Errorf(workpackages.Forbidden, "Never to Slack")
	edit.ID = "edit-2"
	if _, err := o.Enqueue(t.Context(), edit); err != nil {
		t.Fatal(err)
	}
	o.deliver()
	if len(o.post.edits) != 1 || o.post.edits[0] != "1.1 As it is now" {
		t.Errorf("it was changed to %q", o.post.edits)
	}
}

func TestWithoutAPlanNothingOfOneIsSent(t *testing.T) {
	o := newOffice(t)
	if _, err := o.Enqueue(t.Context(), ofThePlan("p")); err != nil {
		t.Fatal(err)
	}
	if m := o.deliver(); m.State != notifications.Dead || len(o.post.posted) > 0 {
		t.Errorf("%s, posted %v", m.State, o.post.posted)
	}
}

func TestWhoIsNotOfOurPeopleIsFoundByThePlan(t *testing.T) {
	o := newOffice(t)
	o.Plan = &aPlan{says: "x"}
	one := notifications.ContactID(" One@Example.gov.uk")
	if one != notifications.ContactID("one@example.gov.uk") || strings.Contains(one, "one") {
		t.Errorf("the id is %s", one)
	}
	for _, id := range []string{one, notifications.ContactID("gone@example.gov.uk")} {
		if _, err := o.Enqueue(t.Context(), ofThePlan(id)); err != nil {
			t.Fatal(err)
		}
	}
	o.deliver()
	o.wait(time.Minute)
	o.deliver()
	if o.post.to.Email != "one@example.gov.uk" || o.post.to.PersonID != one {
		t.Errorf("it went to %+v", o.post.to)
	}
	if gone := o.box.all[1]; gone.State != notifications.Dead {
		t.Errorf("to nobody: %s", gone.State)
	}
}
