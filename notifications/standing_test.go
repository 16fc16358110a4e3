package notifications_test

import (
	"context"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

func (o *office) standing() notifications.Standing {
	o.t.Helper()
	st, err := o.Standing(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return st
}

func TestAMessageThatIsTriedAgainAndAgainIsOverdue(t *testing.T) {
	o := newOffice(t)
	o.enqueue("p")
	for range 12 {
		o.post.send = []error{&notifications.Retry{Reason: "Slack did not answer"}}
		o.deliver()
		o.wait(2 * time.Minute)
	}
	if st := o.standing(); st.Waiting != 1 || st.Overdue != 1 {
		t.Errorf("after 24 minutes of tries: %+v", st)
	}
}

func TestAMessageThatWaitsForItsHoursIsNotOverdue(t *testing.T) {
	o := newOffice(t)
	o.Window = func(context.Context, string) (notifications.Window, error) {
		return notifications.Window{Zone: time.UTC, From: 9*60 + 50, To: 18 * 60, Days: []time.Weekday{time.Tuesday}}, nil
	}
	o.enqueue("p")
	o.wait(45 * time.Minute)
	if st := o.standing(); st.Waiting != 0 || st.Overdue != 0 {
		t.Errorf("before its hours: %+v", st)
	}
	o.wait(6 * time.Minute)
	if st := o.standing(); st.Waiting != 1 || st.Overdue != 0 {
		t.Errorf("a minute into them: %+v", st)
	}
	o.wait(15 * time.Minute)
	if st := o.standing(); st.Overdue != 1 {
		t.Errorf("sixteen minutes into them: %+v", st)
	}
}

func TestAMessageSentAgainWaitsFromThen(t *testing.T) {
	o := newOffice(t)
	o.enqueue("p")
	o.post.send = []error{&notifications.Permanent{Sentence: "Mend this", Code: "token_revoked"}}
	m := o.deliver()
	o.wait(3 * time.Hour)
	if _, err := o.Resend(t.Context(), workpackages.Actor{Name: "Director", Role: workpackages.AssistantDirector}, m.ID); err != nil {
		t.Fatal(err)
	}
	o.post.send = []error{&notifications.Retry{Reason: "Slack did not answer"}}
	o.deliver()
	o.wait(time.Minute)
	if st := o.standing(); st.Waiting != 1 || st.Overdue != 0 {
		t.Errorf("a minute after it was sent again: %+v", st)
	}
	o.wait(15 * time.Minute)
	if st := o.standing(); st.Overdue != 1 {
		t.Errorf("sixteen minutes after: %+v", st)
	}
}
