package notifications_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// unfound gives who was not found, of a month's messages.
func (o *office) unfound() []string {
	o.t.Helper()
	found, err := o.Unfound(o.t.Context(), o.clock().AddDate(0, 0, -30))
	if err != nil {
		o.t.Fatal(err)
	}
	out := []string{}
	for _, m := range found {
		out = append(out, m.RecipientID)
	}
	slices.Sort(out)
	return out
}

// write sends somebody a message, which ends as err says.
func (o *office) write(to, occurrence string, err error) notifications.Message {
	o.t.Helper()
	m := letter(to)
	m.ID = notifications.Key(m.Rule, "", to, occurrence)
	if _, err := o.Enqueue(o.t.Context(), m); err != nil {
		o.t.Fatal(err)
	}
	o.post.send = nil
	if err != nil {
		o.post.send = []error{err}
	}
	o.wait(time.Minute)
	if _, err := o.Deliver(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	m, err = o.Message(o.t.Context(), m.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	return m
}

func TestWhoIsNotInSlackIsToldOfUntilTheyGetAMessage(t *testing.T) {
	nobody := &notifications.Permanent{Sentence: "Slack knows nobody with the e-mail address of Lead One", Code: "users_not_found", Unfound: true}
	revoked := &notifications.Permanent{Sentence: "Slack has withdrawn our token", Code: "token_revoked"}
	director := workpackages.Actor{Name: "Director", Role: workpackages.AssistantDirector}
	again := func(o *office, m notifications.Message) {
		if _, err := o.Resend(o.t.Context(), director, m.ID); err != nil {
			o.t.Fatal(err)
		}
		o.wait(time.Minute)
		if _, err := o.Deliver(o.t.Context()); err != nil {
			o.t.Fatal(err)
		}
	}
	for _, c := range []struct {
		what string
		do   func(o *office)
		want []string
	}{
		{"nobody was written to", func(*office) {}, []string{}},
		{"one was not found", func(o *office) { o.write("p", "1", nobody) }, []string{"p"}},
		{"it failed for another reason", func(o *office) { o.write("p", "1", revoked) }, []string{}},
		{"twice is once", func(o *office) { o.write("p", "1", nobody); o.write("p", "2", nobody) }, []string{"p"}},
		{"the next one arrived", func(o *office) { o.write("p", "1", nobody); o.write("p", "2", nil) }, []string{}},
		{"the next one failed for another reason", func(o *office) { o.write("p", "1", nobody); o.write("p", "2", revoked) }, []string{}},
		{"it was sent again and arrived", func(o *office) { again(o, o.write("p", "1", nobody)) }, []string{}},
		{"the older of two was sent again and arrived", func(o *office) {
			m := o.write("p", "1", nobody)
			o.write("p", "2", nobody)
			again(o, m)
		}, []string{}},
		{"a change in place after it proves nothing", func(o *office) {
			root := o.write("p", "1", nil)
			o.write("p", "2", nobody)
			if _, err := o.Enqueue(o.t.Context(), notifications.Message{
				ID: "change/p", Rule: root.Rule, RecipientID: "p", Op: notifications.Edit, Target: root.ID, Content: root.Content,
			}); err != nil {
				o.t.Fatal(err)
			}
			o.wait(time.Minute)
			o.deliver()
			if m, err := o.Message(o.t.Context(), "change/p"); err != nil || m.State != notifications.Sent {
				o.t.Fatalf("the change: %+v, %v", m, err)
			}
		}, []string{"p"}},
		{"long ago", func(o *office) { o.write("p", "1", nobody); o.wait(31 * 24 * time.Hour) }, []string{}},
		{"two people", func(o *office) { o.write("p", "1", nobody); o.write("q", "1", nobody); o.write("r", "1", nil) }, []string{"p", "q"}},
		{"who may no longer sign in", func(o *office) { o.write("p", "1", nobody); o.people.disabled = true }, []string{}},
		{"who is no longer known here", func(o *office) {
			o.write("p", "1", nobody)
			o.people.err = workpackages.Errorf(workpackages.NotFound, "There is no such person")
		}, []string{}},
	} {
		o := newOffice(t)
		c.do(o)
		if got := o.unfound(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestADatabaseThatIsAwayIsNotTakenForNobodyMissing(t *testing.T) {
	o := newOffice(t)
	o.write("p", "1", &notifications.Permanent{Sentence: "Slack knows nobody", Code: "users_not_found", Unfound: true})
	o.people.err = context.DeadlineExceeded
	if found, err := o.Unfound(t.Context(), o.clock().AddDate(0, 0, -30)); err == nil {
		t.Errorf("%v without an error", found)
	}
}
