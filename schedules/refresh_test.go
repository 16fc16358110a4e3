package schedules

import (
	"strings"
	"testing"

	"readiness/notifications"
	"readiness/workpackages"
)

// shown is what a message says now: each line as "title: detail", ticked where done.
func shown(c *council, key string) string {
	var items []notifications.Item
	for _, m := range c.made {
		if m.ID == key || m.Target == key {
			items = m.Content.Items
		}
	}
	var out []string
	for _, i := range items {
		text := i.Title
		if i.Done {
			text = "✓ " + i.Title + ": " + i.Detail
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func (c *council) refresh(t *testing.T, personID, key string) {
	t.Helper()
	if err := c.deps(t).Refresh(t.Context(), personID, key); err != nil {
		t.Fatal(err)
	}
}

const messageOfDay = "reminders/lead-a/2026-11-24"

func TestWhatSomebodyDidShowsInTheirMessageAtOnce(t *testing.T) {
	c := newCouncil()
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m1", "Overdue one", "2026-11-20")}
	c.run(t, "milestone-overdue", nine)
	c.refresh(t, "lead-a", messageOfDay)
	if len(c.made) != 1 {
		t.Fatalf("nothing was done, and it shows: %+v", c.made[1:])
	}
	c.packages[0].UpdatedAt, c.packages[0].UpdatedBy, c.packages[0].Status = nine, "Lead A", workpackages.Amber
	c.packages[0].ChangedAt, c.by["p1"] = nine, "lead-a"
	for range 2 { // sent again, it shows the same
		c.refresh(t, "lead-a", messageOfDay)
	}
	if got, want := shown(c, messageOfDay), "Overdue one; ✓ One: updated by Lead A: Amber"; got != want || len(c.made) != 2 {
		t.Errorf("%q after %d messages", got, len(c.made))
	}
	if told(c) != "lead-a" {
		t.Errorf("told %q of their own doing", told(c))
	}
}

func TestAnAnswerToAnOldMessageShowsInThatOne(t *testing.T) {
	c := newCouncil()
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m1", "First", "2026-11-20"), milestone("m2", "Second", "2026-11-24")}
	c.run(t, "milestone-overdue", nine)
	c.now = nine.AddDate(0, 0, 1).Add(-2 * 3600e9) // the day after, before any rule comes up
	subject := "p1/m2"
	d := c.deps(t)
	lead := c.people[1].Actor("slack")
	if _, err := d.Packages.Respond(t.Context(), lead, workpackages.ResponseInput{Concern: workpackages.MilestoneOverdue, Subject: subject, Kind: workpackages.HaveIt}); err != nil {
		t.Fatal(err)
	}
	c.refresh(t, "lead-a", messageOfDay)
	if got, want := shown(c, messageOfDay), "First; ✓ Second: Lead A has it until 26 November 2026; One"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	n := len(c.made)
	c.refresh(t, "lead-a", messageOfDay)
	if len(c.made) != n {
		t.Error("it was shown twice")
	}
	if err := d.Packages.Withdraw(t.Context(), lead, workpackages.ResponseID(subject, "lead-a")); err != nil {
		t.Fatal(err)
	}
	c.refresh(t, "lead-a", messageOfDay)
	if got, want := shown(c, messageOfDay), "First; Second; One"; got != want {
		t.Errorf("taken back: %q", got)
	}
}

func TestNobodyChangesAMessageToSomebodyElse(t *testing.T) {
	c := newCouncil()
	c.run(t, statusDue, nine)
	c.packages[0].UpdatedAt, c.packages[0].UpdatedBy = nine, "Lead A"
	n := len(c.made)
	for _, key := range []string{messageOfDay, "reminders/nobody/2026-11-24", ""} {
		c.refresh(t, "lead-b", key)
	}
	c.refresh(t, "who", messageOfDay)
	if len(c.made) != n {
		t.Errorf("%+v", c.made[n:])
	}
}
