package schedules

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

const statusDue = string(workpackages.StatusDue)

func TestWhoIsToldThatAnUpdateIsDueAndWhy(t *testing.T) {
	early := func(c *council) { c.packages[0].UpdatedAt = nine.AddDate(0, 0, -14) } // ten working days
	for _, x := range []struct {
		what    string
		change  func(c *council)
		told    string
		why     string // of the first
		summary string
	}{
		{"the lead of the group", func(c *council) { early(c) }, "lead-a", "You get this because you lead the Group A.", "1 message put in the outbox"},
		{"the owner too", func(c *council) { early(c); c.packages[0].OwnerID = "owner" }, "lead-a owner", "", "2 messages put in the outbox"},
		{"once, who is lead and owner", func(c *council) { early(c); c.packages[0].OwnerID = "lead-a" }, "lead-a", "You get this because you own One.", "1 message put in the outbox"},
		{"not who is disabled", func(c *council) { early(c); c.people[1].Disabled, c.packages[0].OwnerID = true, "owner" }, "owner", "You get this because you own One.", "1 message put in the outbox"},
		{"nobody, which is said", func(c *council) { early(c); c.people[1].Disabled = true }, "", "", "0 messages put in the outbox; nobody to tell about One: name an owner, or a lead of the Group A"},
		{"the chair, where there is no lead", func(c *council) { early(c); c.people[1].Disabled, c.groups[0].ChairID = true, "chair" }, "chair", "You get this because you chair the Group A.", "1 message put in the outbox"},
		{"nobody, as all is up to date", func(c *council) { c.packages[0].UpdatedAt = nine.AddDate(0, 0, -1) }, "", "", "Nothing is due by this rule: nobody to tell"},
		{"nobody, on the ninth day", func(c *council) { c.packages[0].UpdatedAt = nine.AddDate(0, 0, -13) }, "", "", "Nothing is due by this rule: nobody to tell"},
		{"nobody, as it is paused", func(c *council) { c.packages[0].Status = workpackages.Paused }, "", "", "Nothing is due by this rule: nobody to tell"},
		{"one message for two reasons", func(c *council) {
			early(c)
			c.packages[1].UpdatedAt, c.packages[1].OwnerID = c.packages[0].UpdatedAt, "lead-a"
		}, "lead-a lead-b", "You get this because you lead the Group A and own Two.", "2 messages put in the outbox"},
		{"two days overdue: not yet the chair", func(c *council) { c.groups[0].ChairID = "chair" }, "lead-a", "", "1 message put in the outbox"},
		{"three days overdue: the chair too", func(c *council) {
			c.groups[0].ChairID, c.packages[0].UpdatedAt = "chair", nine.AddDate(0, 0, -19)
		}, "lead-a chair", "", ""},
		{"five days overdue: the assistant director too", func(c *council) {
			c.groups[0].ChairID, c.packages[0].UpdatedAt = "chair", nine.AddDate(0, 0, -21)
		}, "ad lead-a chair", "You get this because you are an assistant director.", ""},
		{"not who does not work on Tuesdays", func(c *council) {
			p := notifications.DefaultPreferences("lead-a")
			p.Days = []time.Weekday{time.Monday}
			c.windows["lead-a"] = p
		}, "", "", "0 messages put in the outbox; Lead A is not to be disturbed any more today, and hears of it on their next working day"},
		{"only the audience that is set", func(c *council) {
			c.rules = []Rule{{ID: statusDue, On: true, Days: workingWeek, Time: "09:00", Audience: []Audience{Directors}}}
		}, "ad", "", ""},
	} {
		c := newCouncil()
		x.change(c)
		out := c.run(t, statusDue, nine)
		if told(c) != x.told || x.summary != "" && out.Summary != x.summary {
			t.Errorf("%s: told %q, %q", x.what, told(c), out.Summary)
		}
		if x.why != "" && (len(c.made) == 0 || !strings.HasPrefix(c.made[0].Content.Why, x.why+" You get one message a working day")) {
			t.Errorf("%s: %+v", x.what, c.made)
		}
	}
}

func TestAPersonGetsOneMessageADayWhicheverRuleComesFirst(t *testing.T) {
	for _, order := range [][]string{{statusDue, "milestone-due-today", "milestone-overdue"}, {"milestone-overdue", "milestone-due-today", statusDue}} {
		c := newCouncil()
		c.packages[0].Milestones = []workpackages.Milestone{milestone("m1", "Overdue one", "2026-11-20"), milestone("m2", "Due one", "2026-11-24")}
		for _, job := range order {
			c.run(t, job, nine)
			c.run(t, job, nine) // as after a crash
		}
		if len(c.made) != 1 {
			t.Fatalf("%q: %d messages", order, len(c.made))
		}
		m := c.made[0]
		if got := m.Content.Heading; got != "1 overdue, 1 due today, 1 status update due" {
			t.Errorf("%q: %q", order, got)
		}
		if want := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC); !m.NotAfter.Equal(want) {
			t.Errorf("it is of use until %s", m.NotAfter)
		}
	}
}

func TestARuleThatIsLaterOrOffSaysNothingBefore(t *testing.T) {
	c := newCouncil()
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m1", "Overdue one", "2026-11-20"), milestone("m2", "Due one", "2026-11-24")}
	c.rules = []Rule{
		{ID: "milestone-overdue", On: true, Days: workingWeek, Time: "11:00", Audience: []Audience{Owners, Leads}},
		{ID: "milestone-due-today", On: false, Days: workingWeek, Time: "09:00", Audience: []Audience{Owners, Leads}},
	}
	c.run(t, statusDue, nine)
	if got := c.made[0].Content.Heading; got != "1 status update due" {
		t.Fatalf("at nine: %q", got)
	}
	c.made[0].State = notifications.Sent
	eleven := nine.Add(2 * time.Hour)
	c.run(t, "milestone-overdue", eleven)
	if told(c) != "lead-a lead-a" || c.made[1].Content.Heading != "1 more thing needs you" || c.made[1].Thread != c.made[0].Thread {
		t.Errorf("at eleven: told %q: %+v", told(c), c.made[1:])
	}
	if len(c.made) != 3 || c.made[2].Op != notifications.Edit || c.made[2].Content.Heading != "1 overdue, 1 status update due" {
		t.Errorf("the first is not brought up to date: %+v", c.made)
	}
	c.run(t, "milestone-overdue", eleven)
	if len(c.made) != 3 {
		t.Errorf("run again, it made %d messages", len(c.made))
	}
}

func TestWhatIsDoneIsShownInPlaceAndWhatIsNewIsToldOnce(t *testing.T) {
	c := newCouncil()
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m2", "Due one", "2026-11-24")}
	c.run(t, statusDue, nine)
	c.made[0].State = notifications.Sent
	at := nine
	sweep := func() {
		t.Helper()
		at = at.Add(5 * time.Minute)
		c.run(t, FollowUps, at)
	}
	sweep()
	if len(c.made) != 1 {
		t.Fatalf("nothing has changed, and %d messages were made", len(c.made)-1)
	}
	// Somebody else updates the package.
	c.packages[0].UpdatedAt, c.packages[0].ChangedAt, c.packages[0].UpdatedBy, c.by["p1"] = at, at, "Lead B", "lead-b"
	sweep()
	if len(c.made) != 2 || c.made[1].Op != notifications.Edit || !strings.Contains(c.made[1].Content.Plain(), "✓ One: updated by Lead B") {
		t.Fatalf("done: %+v", c.made[1:])
	}
	sweep()
	if len(c.made) != 2 {
		t.Fatal("it was shown again")
	}
	// Somebody else adds a milestone that is due today.
	c.packages[0].Milestones = append(c.packages[0].Milestones, milestone("m3", "New one", "2026-11-24"))
	sweep()
	if told(c) != "lead-a lead-a" || c.made[2].Content.Short() != "1 more thing needs you: New one" {
		t.Fatalf("new: told %q", told(c))
	}
	sweep()
	if len(c.made) != 4 {
		t.Fatalf("new: %d messages", len(c.made))
	}
	// Somebody else reaches both.
	for i := range c.packages[0].Milestones {
		c.packages[0].Milestones[i].DoneOn = "2026-11-24"
	}
	sweep()
	sweep()
	if len(c.made) != 6 || c.made[4].Content.Heading != "All done for today" || c.made[5].Op != notifications.Edit {
		t.Fatalf("all done: %+v", c.made[4:])
	}
	if text := c.made[5].Content.Plain(); strings.Contains(text, "•") || !strings.Contains(text, "✓ Due one: reached") {
		t.Errorf("all done: %s", text)
	}
}

func TestNobodyIsToldOfTheirOwnDoing(t *testing.T) {
	c := newCouncil()
	c.run(t, statusDue, nine)
	c.made[0].State = notifications.Sent
	at := nine.Add(time.Hour)
	// The lead adds a milestone due today, and makes the update.
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m3", "New one", "2026-11-24")}
	c.packages[0].ChangedAt, c.by["p1"] = at, "lead-a"
	c.run(t, FollowUps, at)
	if told(c) != "lead-a" || len(c.made) != 2 {
		t.Fatalf("told %q", told(c))
	}
	c.packages[0].UpdatedAt, c.packages[0].UpdatedBy, c.packages[0].Milestones[0].DoneOn = at, "Lead A", "2026-11-24"
	c.run(t, FollowUps, at.Add(5*time.Minute))
	if told(c) != "lead-a" || len(c.made) != 3 {
		t.Errorf("told %q: %d messages", told(c), len(c.made))
	}
}

func TestACrashBetweenNewsAndItsChangeInPlaceIsMadeGood(t *testing.T) {
	c := newCouncil()
	c.run(t, statusDue, nine)
	c.made[0].State = notifications.Sent
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m3", "New one", "2026-11-24")}
	c.run(t, FollowUps, nine.Add(5*time.Minute))
	whole := slices.Clone(c.made)
	c.made = c.made[:2] // the change in place was not made
	c.run(t, FollowUps, nine.Add(10*time.Minute))
	if len(c.made) != 3 || c.made[2].ID != whole[2].ID || c.made[2].Op != notifications.Edit {
		t.Errorf("%+v", c.made[2:])
	}
}

func TestAnswersSilenceAndPassOn(t *testing.T) {
	answer := func(person string, kind workpackages.ResponseKind, until workpackages.Date) workpackages.Response {
		return workpackages.Response{ID: person + string(kind), Subject: "p1", Concern: workpackages.StatusDue, PackageID: "p1", PersonID: person, PersonName: person, Kind: kind, Until: until}
	}
	for _, x := range []struct {
		what    string
		answers []workpackages.Response
		told    string
		says    string // in the last message
	}{
		{"nobody has answered", nil, "lead-a owner", ""},
		{"somebody has it: all are silent", []workpackages.Response{answer("owner", workpackages.HaveIt, "2026-11-24")}, "", ""},
		{"somebody else says that they have it: nobody is silenced", []workpackages.Response{answer("lead-b", workpackages.HaveIt, "2026-11-24")}, "lead-a owner", "lead-b says that they have it"},
		{"who had it is asked, and the others read it", []workpackages.Response{answer("owner", workpackages.HaveIt, "2026-11-23")}, "lead-a owner", "Still on it? You had it until 23 November 2026"},
		{"who snoozed is silent", []workpackages.Response{answer("owner", workpackages.Snoozed, "2026-11-25")}, "lead-a", ""},
		{"the snooze is over", []workpackages.Response{answer("owner", workpackages.Snoozed, "2026-11-23")}, "lead-a owner", ""},
		{"not theirs: the lead reads it", []workpackages.Response{answer("owner", workpackages.NotMine, "")}, "lead-a", "owner says it is not theirs"},
		{"nobody's: the chair hears at once", []workpackages.Response{answer("owner", workpackages.NotMine, ""), answer("lead-a", workpackages.NotMine, "")}, "chair", "owner says it is not theirs. lead-a says it is not theirs"},
		{"nobody's, and not the chair's: the assistant director", []workpackages.Response{answer("owner", workpackages.NotMine, ""), answer("lead-a", workpackages.NotMine, ""), answer("chair", workpackages.NotMine, "")}, "ad", "chair says it is not theirs"},
		{"all snoozed it: nobody", []workpackages.Response{answer("owner", workpackages.Snoozed, "2026-11-25"), answer("lead-a", workpackages.Snoozed, "2026-11-25")}, "", ""},
		{"an answer about something else", []workpackages.Response{{Subject: "p2", Concern: workpackages.StatusDue, PersonID: "owner", Kind: workpackages.NotMine}}, "lead-a owner", ""},
	} {
		c := newCouncil()
		c.packages[0].OwnerID, c.groups[0].ChairID, c.answers = "owner", "chair", x.answers
		out := c.run(t, statusDue, nine)
		if told(c) != x.told {
			t.Errorf("%s: told %q (%s)", x.what, told(c), out.Summary)
			continue
		}
		if x.says != "" && !strings.Contains(c.made[len(c.made)-1].Content.Plain(), x.says) {
			t.Errorf("%s: %s", x.what, c.made[len(c.made)-1].Content.Plain())
		}
	}
}

func TestADryRunSaysExactlyWhatARunWouldSend(t *testing.T) {
	c := newCouncil()
	dry := c.run(t, statusDue, nine, dry)
	if len(dry.Planned) != 1 || len(c.made) != 0 || dry.Summary != "1 message would be sent" {
		t.Fatalf("%+v, %d made", dry, len(c.made))
	}
	c.run(t, statusDue, nine)
	if p := dry.Planned[0]; p.Text != c.made[0].Content.Plain() || p.Why != c.made[0].Content.Why || p.Recipient != "Lead A <a@example.gov.uk>" || p.Key != c.made[0].ID {
		t.Errorf("said %+v", p)
	}
	// For another day, as it will be if nobody does anything; its rule may be off.
	c.rules = []Rule{{ID: statusDue, Days: workingWeek, Time: "09:00", Audience: []Audience{Owners, Leads}}}
	later := c.run(t, statusDue, nine.AddDate(0, 0, 3), func(o *Occasion) { o.DryRun = true })
	if len(later.Planned) != 1 || !strings.Contains(later.Planned[0].Text, "no update for 15 working days") {
		t.Errorf("later: %+v", later)
	}
}

func TestTheDayIsThatOfTheCouncilsZone(t *testing.T) {
	late := time.Date(2026, 6, 15, 23, 30, 0, 0, time.UTC) // half past midnight in London
	if day := (Job{Zone: london(t)}).occasion(late, false).Day; day != "2026-06-16" {
		t.Errorf("the day is %s", day)
	}
}

func TestCleanUpDoesNothingInADryRun(t *testing.T) {
	cleaned := 0
	c := newCouncil()
	d := c.deps(t)
	d.CleanUp = []func(context.Context) error{func(context.Context) error { cleaned++; return nil }, func(context.Context) error { cleaned++; return nil }}
	jobs := Jobs(d)
	job := jobs[len(jobs)-1]
	for _, dry := range []bool{true, false} {
		if out, err := job.Run(t.Context(), job.occasion(nine, dry)); err != nil || out.Summary == "" {
			t.Errorf("%+v %v", out, err)
		}
	}
	if cleaned != 2 {
		t.Errorf("cleaned %d times", cleaned)
	}
}

func TestTheWeekAsADirectorIsToldIt(t *testing.T) {
	c := newCouncil()
	c.now = nine.AddDate(0, 0, -1).Add(-time.Hour) // Monday, 08:00
	monday := c.now
	c.packages[0].Status, c.packages[0].UpdatedAt = workpackages.Red, monday.AddDate(0, 0, -3)
	c.packages[1].UpdatedAt = monday.AddDate(0, 0, -40)
	c.run(t, notifications.WeeklyDigest, monday)
	if told(c) != "ad" {
		t.Fatalf("told %q", told(c))
	}
	text := c.made[0].Content.Plain()
	for _, want := range []string{"The week to 23 November 2026: 1 decision wanted", "Decisions wanted\n• One: red since the update of 20 November 2026, by Lead A", "Not updated\n• Two: no update for", "You get this because you are an assistant director."} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	// Never an empty one: a change in place that failed has kept nothing from anybody.
	c = newCouncil()
	c.now, c.packages = monday, c.packages[1:]
	c.made = []notifications.Message{{ID: "x", Op: notifications.Edit, State: notifications.Dead}}
	if out := c.run(t, notifications.WeeklyDigest, monday); len(c.made) != 1 || !strings.Contains(out.Summary, "nothing to tell 1 reader") {
		t.Errorf("%s: %+v", out.Summary, c.made)
	}
}

func TestAGroupIsToldItsOwnWeek(t *testing.T) {
	c := newCouncil()
	c.groups[0].ChairID = "chair"
	c.run(t, notifications.GroupDigest, nine.AddDate(0, 0, 6).Add(-30*time.Minute)) // Monday 30 November, 08:30
	if told(c) != "lead-a chair" {
		t.Fatalf("told %q", told(c))
	}
	if text := c.made[0].Content.Plain(); !strings.Contains(text, "Group A, the week to 30 November 2026") || strings.Contains(text, "Two") {
		t.Error(text)
	}
}

func TestAMeetingIsAnnouncedOnTheWorkingDayBefore(t *testing.T) {
	for _, x := range []struct {
		what    string
		meeting workpackages.Date
		closed  []ClosedPeriod
		day     string // of the run
		told    string
		heading string
	}{
		{"tomorrow", "2026-11-25", nil, "2026-11-24", "lead-a", "Group A meets tomorrow"},
		{"today: it was told yesterday", "2026-11-24", nil, "2026-11-24", "", ""},
		{"the day after tomorrow", "2026-11-26", nil, "2026-11-24", "", ""},
		{"on Monday, told on Friday", "2026-11-30", nil, "2026-11-27", "lead-a", "Group A meets on Monday"},
		{"on a Saturday, told on Friday", "2026-11-28", nil, "2026-11-27", "lead-a", "Group A meets tomorrow"},
		{"after Christmas, told before", "2026-12-29", nil, "2026-12-24", "lead-a", "Group A meets on Tuesday"},
		{"after the council was closed", "2027-01-04", []ClosedPeriod{{From: "2026-12-24", To: "2027-01-03"}}, "2026-12-23", "lead-a", "Group A meets on Monday"},
	} {
		c := newCouncil()
		c.groups[0].Meetings = []workpackages.Meeting{{ID: "m", Date: x.meeting, Time: "14:00", Place: "Room 4"}}
		c.closed = ClosedDays{Periods: x.closed}
		at, err := time.Parse(time.DateOnly, x.day)
		if err != nil {
			t.Fatal(err)
		}
		c.run(t, notifications.MeetingTomorrow, at.Add(9*time.Hour))
		if told(c) != x.told {
			t.Errorf("%s: told %q", x.what, told(c))
			continue
		}
		if x.heading != "" && (c.made[0].Content.Heading != x.heading || !strings.Contains(c.made[0].Content.Intro, ", 14:00, Room 4.")) {
			t.Errorf("%s: %q %q", x.what, c.made[0].Content.Heading, c.made[0].Content.Intro)
		}
	}
	c := newCouncil()
	c.groups[0].Meetings = []workpackages.Meeting{{ID: "m", Date: "2026-11-25"}}
	c.packages[0].Status = workpackages.Red
	c.run(t, notifications.MeetingTomorrow, nine)
	if text := c.made[0].Content.Plain(); !strings.Contains(text, "Red\n• One: a decision is wanted") || strings.Count(text, "One") != 1 {
		t.Error(text)
	}
}
