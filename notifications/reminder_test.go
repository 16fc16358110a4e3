package notifications_test

import (
	"strings"
	"testing"

	"readiness/notifications"
	"readiness/workpackages"
)

var leadOne = workpackages.Person{ID: "person-1", Name: "Lead One", Email: "lead@example.gov.uk", Role: workpackages.Lead, GroupID: "g"}

const base = "https://r.example"

// concern is something that is open.
func concern(kind workpackages.ConcernKind, pkg, item, title, detail string, late int) workpackages.Concern {
	subject := pkg
	if item != "" {
		subject += "/" + item
	}
	return workpackages.Concern{Kind: kind, PackageID: pkg, PackageTitle: "Practice quality", GroupID: "g", Subject: subject, Title: title, Detail: detail, Late: late}
}

var (
	updateDue = notifications.Line{MayChange: true, Concern: concern(workpackages.StatusDue, "p", "", "Practice quality", "no update for 12 working days. Last: 10 November 2026, by Ann Lead (Amber)", 2)}
	overdue   = notifications.Line{MayChange: true, Concern: concern(workpackages.MilestoneOverdue, "p", "m1", "Audit cycle reported", "was due 20 November 2026, 2 working days ago", 2)}
	today     = notifications.Line{MayChange: true, Concern: concern(workpackages.MilestoneToday, "p", "m2", "Programme agreed", "due today", 0)}
	soon      = notifications.Line{MayChange: true, Concern: concern(workpackages.MilestoneSoon, "p", "m3", "Rooms booked", "due 30 November 2026, in 4 working days", -4)}
	evidence  = notifications.Line{MayChange: true, Concern: concern(workpackages.EvidenceOld, "p", "e1", "Audit report 2025", "review date 30 November 2026, in 4 working days", -4)}
	passed    = notifications.Line{Passed: true, Note: "Ann Lead says it is not theirs", Concern: concern(workpackages.StatusDue, "p", "", "Practice quality", "no update for 15 working days", 5)}
)

// The whole of each message, read as the person who gets it reads it.
func TestTheWordingOfADaysMessage(t *testing.T) {
	other := overdue
	other.MayChange = false
	owner := updateDue
	owner.MayChange = false
	for _, c := range []struct {
		what, phone string
		lines       []notifications.Line
		want        string
	}{
		{
			"one update due", "1 status update due: Practice quality", []notifications.Line{updateDue},
			`1 status update due

Say where it stands, even if nothing has moved.

Status update due
• Practice quality: no update for 12 working days. Last: 10 November 2026, by Ann Lead (Amber)

Update status: https://r.example/packages/p/update
I have it, snooze, not mine: https://r.example/mine

You get this because you lead the Group. You get one message a working day while anything is open.`,
		},
		{
			"one update due that the owner cannot make", "1 status update due: Practice quality", []notifications.Line{owner},
			`1 status update due

Tell a lead of the steering group where it stands, so that they can update it.

Status update due
• Practice quality: no update for 12 working days. Last: 10 November 2026, by Ann Lead (Amber)

See what is yours: https://r.example/mine

You get this because you lead the Group. You get one message a working day while anything is open.`,
		},
		{
			"everything at once, in the order of what is worst", "1 passed to you, 1 overdue, 1 due today, 1 status update due, 1 due soon, 1 piece of evidence to review: Status update of Practice quality; Audit cycle reported; Programme agreed; Practice quality; Rooms booked; Audit report 2025",
			[]notifications.Line{evidence, soon, updateDue, today, overdue, passed},
			`1 passed to you, 1 overdue, 1 due today, 1 status update due, 1 due soon, 1 piece of evidence to review

Say where it stands, even if nothing has moved.

Passed to you
• Status update of Practice quality: no update for 15 working days. Ann Lead says it is not theirs

Overdue
• Audit cycle reported: was due 20 November 2026, 2 working days ago (Practice quality)

Due today
• Programme agreed: due today (Practice quality)

Status update due
• Practice quality: no update for 12 working days. Last: 10 November 2026, by Ann Lead (Amber)

Due soon
• Rooms booked: due 30 November 2026, in 4 working days (Practice quality)

Evidence to review
• Audit report 2025: review date 30 November 2026, in 4 working days (Practice quality)

See what is yours: https://r.example/mine

You get this because you lead the Group. You get one message a working day while anything is open.`,
		},
	} {
		m := notifications.DayReminder(leadOne, "You get this because you lead the Group.", c.lines, base, "2026-11-24")
		if got := m.Content.Plain(); got != c.want {
			t.Errorf("%s:\n%s\n\nwant:\n%s", c.what, got, c.want)
		}
		if got := m.Content.Short(); got != c.phone {
			t.Errorf("%s: the phone shows %q", c.what, got)
		}
		if m.ID != "reminders/person-1/2026-11-24" || m.Thread != "person-1/2026-11-24" || m.Rules[0] != "reminders" || len(m.Rules) != 1+kinds(c.lines) {
			t.Errorf("%s: %s in %s by %q", c.what, m.ID, m.Thread, m.Rules)
		}
		holds(t, c.what, m.Content)
	}
}

func kinds(lines []notifications.Line) int {
	seen := map[workpackages.ConcernKind]bool{}
	for _, l := range lines {
		seen[l.Kind] = true
	}
	return len(seen)
}

func TestWhatFollowsADaysMessage(t *testing.T) {
	root := notifications.DayReminder(leadOne, "You get this because you lead the Group.", []notifications.Line{overdue, updateDue}, base, "2026-11-24")
	follow := func(shown []notifications.Item, open, news []notifications.Line, allDone bool) []notifications.Message {
		return notifications.FollowUp{
			To: leadOne, Why: root.Content.Why, Root: root, Shown: shown, Open: open, New: news, AllDone: allDone, Next: 3,
			BaseURL: base, Day: "2026-11-24", Done: func(string) string { return "updated by Ann Lead" },
		}.Messages()
	}
	if m := follow(root.Content.Items, []notifications.Line{overdue, updateDue}, nil, false); len(m) != 0 {
		t.Fatalf("nothing has changed, and %d messages follow", len(m))
	}
	one := follow(root.Content.Items, []notifications.Line{overdue}, nil, false)
	if len(one) != 1 || one[0].Op != notifications.Edit || one[0].Target != root.ID || one[0].ID != "reminders/3/person-1/2026-11-24" || one[0].Thread != root.Thread {
		t.Fatalf("one thing done: %+v", one)
	}
	if got, want := one[0].Content.Plain(), `1 overdue

Say where it stands, even if nothing has moved.

Overdue
• Audit cycle reported: was due 20 November 2026, 2 working days ago (Practice quality)

Done today
✓ Practice quality: updated by Ann Lead

See what is yours: https://r.example/mine

You get this because you lead the Group. You get one message a working day while anything is open.`; got != want {
		t.Errorf("one thing done:\n%s", got)
	}
	if m := follow(one[0].Content.Items, []notifications.Line{overdue}, nil, false); len(m) != 0 {
		t.Errorf("shown already, and %d messages follow", len(m))
	}
	news := follow(root.Content.Items, []notifications.Line{overdue, updateDue, today}, []notifications.Line{today}, false)
	if len(news) != 2 || news[0].Op != notifications.Post || news[1].Op != notifications.Edit || news[0].ID == news[1].ID {
		t.Fatalf("something new: %+v", news)
	}
	if got, want := news[0].Content.Short(), "1 more thing needs you: Programme agreed"; got != want {
		t.Errorf("the phone shows %q", got)
	}
	if own := follow(root.Content.Items, []notifications.Line{overdue, updateDue, today}, nil, false); len(own) != 1 || own[0].Op != notifications.Edit {
		t.Errorf("of one's own doing: %+v", own)
	}
	all := follow(root.Content.Items, nil, nil, true)
	if len(all) != 2 || all[0].Content.Heading != "All done for today" || all[1].Op != notifications.Edit || strings.Contains(all[1].Content.Plain(), "•") {
		t.Errorf("all done: %+v", all)
	}
	for _, m := range append(append(one, news...), all...) {
		holds(t, m.ID, m.Content)
	}
}
