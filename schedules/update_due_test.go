package schedules

import (
	"context"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// council is the stores of a domain in memory, and the outbox.
type council struct {
	workpackages.PackageStore
	workpackages.GroupStore
	workpackages.PeopleStore
	groups   []workpackages.Group
	people   []workpackages.Person
	packages []workpackages.WorkPackage
	made     []notifications.Message
}

func (c *council) Groups(context.Context) ([]workpackages.Group, error)  { return c.groups, nil }
func (c *council) People(context.Context) ([]workpackages.Person, error) { return c.people, nil }
func (c *council) Packages(context.Context) ([]workpackages.WorkPackage, error) {
	return c.packages, nil
}

func (c *council) Enqueued(_ context.Context, id string) (bool, error) {
	for _, m := range c.made {
		if m.ID == id {
			return true, nil
		}
	}
	return false, nil
}

func (c *council) Enqueue(ctx context.Context, m notifications.Message) (bool, error) {
	if there, _ := c.Enqueued(ctx, m.ID); there {
		return false, nil
	}
	c.made = append(c.made, m)
	return true, nil
}

var nine = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// newCouncil has two groups of one package each: one's nobody has updated for
// twelve working days, the other's was updated the day before.
func newCouncil(t *testing.T) (*council, Job) {
	t.Helper()
	old, fresh := nine.AddDate(0, 0, -18), nine.AddDate(0, 0, -1)
	c := &council{
		groups: []workpackages.Group{{ID: "a", Name: "Group A", Order: 1}, {ID: "b", Name: "Group B", Order: 2}},
		people: []workpackages.Person{
			{ID: "lead-a", Name: "Lead A", Email: "a@example.gov.uk", Role: workpackages.Lead, GroupID: "a"},
			{ID: "lead-b", Name: "Lead B", Email: "b@example.gov.uk", Role: workpackages.Lead, GroupID: "b"},
			{ID: "owner", Name: "Owner", Email: "o@example.gov.uk", Role: workpackages.Analyst},
		},
		packages: []workpackages.WorkPackage{
			{ID: "p1", GroupID: "a", Title: "One", Status: workpackages.Green, CreatedAt: old, UpdatedAt: old, UpdatedBy: "Lead A", Order: 1},
			{ID: "p2", GroupID: "b", Title: "Two", Status: workpackages.Green, CreatedAt: old, UpdatedAt: fresh, UpdatedBy: "Lead B", Order: 2},
		},
	}
	now := func() time.Time { return nine }
	zone := london(t)
	return c, Jobs(Deps{
		Packages: &workpackages.Service{Packages: c, Groups: c, People: c, Now: now, Zone: zone, StaleAfter: workpackages.DefaultStaleAfter},
		Outbox:   c, BaseURL: "https://r.example", Zone: zone, Now: now,
	})[0]
}

func told(c *council) string {
	var who []string
	for _, m := range c.made {
		who = append(who, m.RecipientID)
	}
	return strings.Join(who, " ")
}

func TestWhoIsToldThatAnUpdateIsDueAndWhy(t *testing.T) {
	for _, x := range []struct {
		what    string
		change  func(c *council)
		told    string
		why     string // of the first
		summary string
	}{
		{"the lead of the group", func(*council) {}, "lead-a", "You get this because you lead the Group A.", "1 message put in the outbox"},
		{"the owner too", func(c *council) { c.packages[0].OwnerID = "owner" }, "lead-a owner", "", "2 messages put in the outbox"},
		{"once, who is lead and owner", func(c *council) { c.packages[0].OwnerID = "lead-a" }, "lead-a", "You get this because you lead the Group A.", "1 message put in the outbox"},
		{"not who is disabled", func(c *council) { c.people[0].Disabled, c.packages[0].OwnerID = true, "owner" }, "owner", "You get this because you own One.", "1 message put in the outbox"},
		{"nobody, which is said", func(c *council) { c.people[0].Disabled = true }, "", "", "0 messages put in the outbox; nobody to tell about One: name a lead of the Group A"},
		{"nobody, as all is up to date", func(c *council) { c.packages[0].UpdatedAt = nine.AddDate(0, 0, -1) }, "", "", "Every package is up to date: nobody to tell"},
		{"nobody, on the ninth day", func(c *council) { c.packages[0].UpdatedAt = nine.AddDate(0, 0, -13) }, "", "", "Every package is up to date: nobody to tell"},
		{"nobody, as it is paused", func(c *council) { c.packages[0].Status = workpackages.Paused }, "", "", "Every package is up to date: nobody to tell"},
		{"one message for two reasons", func(c *council) {
			c.packages[1].UpdatedAt, c.packages[1].OwnerID = c.packages[0].UpdatedAt, "lead-a"
		}, "lead-a lead-b", "You get this because you lead the Group A and own Two.", "2 messages put in the outbox"},
		{"an owner of both", func(c *council) {
			c.packages[1].UpdatedAt = c.packages[0].UpdatedAt
			c.packages[0].OwnerID, c.packages[1].OwnerID = "owner", "owner"
			c.people = c.people[2:]
		}, "owner", "You get this because you own these packages.", "1 message put in the outbox"},
	} {
		c, job := newCouncil(t)
		x.change(c)
		out, err := job.Run(t.Context(), job.occasion(nine, false))
		if err != nil {
			t.Fatal(err)
		}
		if told(c) != x.told || out.Summary != x.summary {
			t.Errorf("%s: told %q, %q", x.what, told(c), out.Summary)
		}
		if x.why != "" && !strings.HasPrefix(c.made[0].Content.Why, x.why+" You get one message each working day") {
			t.Errorf("%s: %q", x.what, c.made[0].Content.Why)
		}
	}
}

func TestADryRunSaysExactlyWhatARunWouldSend(t *testing.T) {
	c, job := newCouncil(t)
	dry, err := job.Run(t.Context(), job.occasion(nine, true))
	if err != nil || len(dry.Planned) != 1 || len(c.made) != 0 || dry.Summary != "1 message would be sent" {
		t.Fatalf("%+v %v, %d made", dry, err, len(c.made))
	}
	if _, err := job.Run(t.Context(), job.occasion(nine, false)); err != nil {
		t.Fatal(err)
	}
	if p := dry.Planned[0]; p.Text != c.made[0].Content.Plain() || p.Why != c.made[0].Content.Why || p.Recipient != "Lead A <a@example.gov.uk>" {
		t.Errorf("said %+v", p)
	}
	// The same day again: at another hour, but under the same key.
	again := nine.Add(-5 * time.Hour)
	dry, err = job.Run(t.Context(), job.occasion(again, true))
	if err != nil || len(dry.Planned) != 0 || dry.Summary != "0 messages would be sent, 1 made already for this day" {
		t.Errorf("after the run: %+v %v", dry, err)
	}
	out, err := job.Run(t.Context(), job.occasion(again, false))
	if err != nil || len(c.made) != 1 || out.Summary != "0 messages put in the outbox, 1 made already for this day" {
		t.Errorf("the run again: %+v %v", out, err)
	}
}

func TestAReminderIsOfNoUseAfterItsDay(t *testing.T) {
	c, job := newCouncil(t)
	if _, err := job.Run(t.Context(), job.occasion(nine, false)); err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC); !c.made[0].NotAfter.Equal(want) {
		t.Errorf("it is sent until %s", c.made[0].NotAfter)
	}
}

func TestTheDayIsThatOfTheCouncilsZone(t *testing.T) {
	_, job := newCouncil(t)
	late := time.Date(2026, 6, 15, 23, 30, 0, 0, time.UTC) // half past midnight in London
	if day := job.occasion(late, false).Day; day != "2026-06-16" {
		t.Errorf("the day is %s", day)
	}
}

func TestCleanUpDoesNothingInADryRun(t *testing.T) {
	cleaned := 0
	jobs := Jobs(Deps{Packages: &workpackages.Service{}, Zone: time.UTC, CleanUp: func(context.Context) error { cleaned++; return nil }})
	for _, dry := range []bool{true, false} {
		if out, err := jobs[1].Run(t.Context(), jobs[1].occasion(nine, dry)); err != nil || out.Summary == "" {
			t.Errorf("%+v %v", out, err)
		}
	}
	if cleaned != 1 {
		t.Errorf("cleaned %d times", cleaned)
	}
}
