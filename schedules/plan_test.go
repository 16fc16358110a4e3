package schedules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/workpackages"
)

// row is a row of the plan, for so many days from the morning on.
func row(id, owner, approver string, s comms.State, days int, why string) comms.Row {
	r := comms.Row{Audience: "Staff", Why: why, Due: why != ""}
	r.Phase = comms.CallDay
	r.ID, r.Title, r.OwnerID, r.ApproverID, r.State, r.Authors = id, "Message "+id, owner, approver, s, []string{"writer"}
	r.Next = nine.AddDate(0, 0, days).Add(time.Hour)
	return r
}

// planDue runs the rule and gives what each was told, a line for each.
func planDue(t *testing.T, c *council) string {
	t.Helper()
	c.run(t, PlanDue, nine)
	var out []string
	for _, m := range c.made {
		line := m.RecipientID + ": " + m.Content.Heading
		for _, i := range m.Content.Items {
			line += fmt.Sprintf(" | %s: %s (%s)", i.Section, i.Title, i.Detail)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestWhoIsToldOfThePlanAndOfWhat(t *testing.T) {
	inComms := workpackages.Person{ID: "comms", Name: "Comms", Email: "c@example.gov.uk", Role: workpackages.Comms}
	gap := comms.Told{Audience: comms.Audience{ID: "partners", Name: "Partners", TellEvery: 31}, Gap: true, Days: 40}
	for _, c := range []struct {
		name string
		plan comms.Plan
		want string
	}{
		{"nothing is due", comms.Plan{Rows: []comms.Row{row("1", "owner", "", comms.Scheduled, 1, "")}}, ""},
		{"its owner, of a draft that is due within five working days", comms.Plan{Rows: []comms.Row{row("1", "owner", "", comms.Draft, 6, "")}},
			"owner: Communications plan: 1 message due | Yours to do: Call day: message for staff (Due soon, and not approved. Its time: Monday 30 November at 10:00)"},
		{"nobody, of one that is further off", comms.Plan{Rows: []comms.Row{row("1", "owner", "", comms.Draft, 8, "")}}, ""},
		{"nobody, of one whose time passed long ago", comms.Plan{Rows: []comms.Row{row("1", "owner", "", comms.Draft, -30, "Its time has passed, and it was never approved")}}, ""},
		{"its approver, of one that waits", comms.Plan{Rows: []comms.Row{row("1", "owner", "lead-a", comms.InReview, 30, "Waits for approval")}},
			"lead-a: Communications plan: 1 message to approve | To approve: Call day: message for staff (Waits for approval. Its time: Thursday 24 December at 10:00)"},
		{"the team, of one that anybody may approve", comms.Plan{Rows: []comms.Row{row("1", "owner", "", comms.InReview, 30, "Waits for approval")}},
			"comms: Communications plan: 1 message to approve | To approve: Call day: message for staff (Waits for approval. Its time: Thursday 24 December at 10:00)"},
		{"the team, of what is nobody’s and of who was not told", comms.Plan{Rows: []comms.Row{row("1", "", "", comms.Approved, 1, "Approved, and not scheduled yet")}, Told: []comms.Told{gap}},
			"comms: Communications plan: 1 message due, 1 audience not told | Nobody’s yet: Call day: message for staff (Approved, and not scheduled yet. Its time: Wednesday 25 November at 10:00)" +
				" | Not told for too long: Partners (they were never told; the plan says every 31 days)"},
	} {
		now := newCouncil()
		now.people = append(now.people, inComms)
		now.plan = &c.plan
		if got := planDue(t, now); got != c.want {
			t.Errorf("%s:\n%s\nand not\n%s", c.name, got, c.want)
		}
		for _, m := range now.made {
			if m.Rule != notifications.PlanDue || !strings.HasPrefix(m.Content.Why, "You get this because you ") || m.NotAfter.IsZero() {
				t.Errorf("%s: %+v", c.name, m)
			}
		}
		// Run again on the same day it tells nobody anything.
		n := len(now.made)
		if now.run(t, PlanDue, nine); len(now.made) != n {
			t.Errorf("%s: told twice", c.name)
		}
	}
}

func TestWhoWroteItIsNotAskedToApproveIt(t *testing.T) {
	c := newCouncil()
	c.people = append(c.people, workpackages.Person{ID: "writer", Name: "Writer", Email: "w@example.gov.uk", Role: workpackages.Comms})
	c.plan = &comms.Plan{Rows: []comms.Row{row("1", "owner", "", comms.InReview, 30, "Waits for approval")}}
	if got := planDue(t, c); got != "" {
		t.Errorf("%s", got)
	}
}
