package notifications_test

import (
	"testing"

	"readiness/notifications"
)

func TestAMessageSaysWhatItIsAboutInWords(t *testing.T) {
	for _, c := range []struct {
		m    notifications.Message
		want string
	}{
		{notifications.Message{Rule: "reminders", Rules: []string{"reminders", "milestone-overdue", "status-update-due"}}, "Message of the day: milestone overdue, status update due"},
		{notifications.Message{Rule: "annexa-check", Rules: []string{"annexa-check"}}, "Annexe A check"},
		{notifications.Message{Rule: "weekly-digest"}, "Weekly digest"}, // made before messages had several rules
		{notifications.Message{Rule: "of-an-older-version"}, "Of an older version"},
		{notifications.Message{Rule: "reminders", Rules: []string{"reminders", ""}}, "Message of the day"},
		{notifications.Message{}, ""},
	} {
		if got := c.m.About(); got != c.want {
			t.Errorf("%s %v: %q, not %q", c.m.Rule, c.m.Rules, got, c.want)
		}
	}
}
