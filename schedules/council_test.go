package schedules

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/comms"
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
	by       map[string]string // package id to the person who made its newest change
	answers  []workpackages.Response
	rules    []Rule
	closed   ClosedDays
	windows  map[string]notifications.Preferences
	made     []notifications.Message
	plan     *comms.Plan // nil: there is no communications plan
	now      time.Time
}

func (c *council) PlanAt(_ context.Context, by workpackages.Actor, now time.Time) (comms.Plan, error) {
	p := *c.plan
	p.At, p.Today = now, workpackages.Date(now.Format(time.DateOnly))
	return p, nil
}

func (c *council) Groups(context.Context) ([]workpackages.Group, error)  { return c.groups, nil }
func (c *council) People(context.Context) ([]workpackages.Person, error) { return c.people, nil }
func (c *council) Packages(context.Context) ([]workpackages.WorkPackage, error) {
	return slices.Clone(c.packages), nil
}

func (c *council) Package(_ context.Context, id string) (workpackages.WorkPackage, error) {
	for _, p := range c.packages {
		if p.ID == id {
			return p, nil
		}
	}
	return workpackages.WorkPackage{}, workpackages.Errorf(workpackages.NotFound, "no such package")
}

func (c *council) Entry(_ context.Context, id string, version int64) (workpackages.Entry, error) {
	p, err := c.Package(context.Background(), id)
	return workpackages.Entry{PackageID: id, Version: version, At: p.ChangedAt, By: workpackages.Actor{PersonID: c.by[id]}, Kind: workpackages.Edited, State: p}, err
}

func (c *council) Responses(context.Context) ([]workpackages.Response, error) {
	return slices.Clone(c.answers), nil
}

func (c *council) SaveResponse(_ context.Context, r workpackages.Response) error {
	c.answers = append(slices.DeleteFunc(c.answers, func(x workpackages.Response) bool { return x.ID == r.ID }), r)
	return nil
}

func (c *council) Rules(context.Context) ([]Rule, error)                { return c.rules, nil }
func (c *council) SaveRule(_ context.Context, r Rule) error             { c.rules = append(c.rules, r); return nil }
func (c *council) ClosedDays(context.Context) (ClosedDays, error)       { return c.closed, nil }
func (c *council) SaveClosedDays(_ context.Context, d ClosedDays) error { c.closed = d; return nil }

func (c *council) Message(_ context.Context, id string) (notifications.Message, error) {
	for _, m := range c.made {
		if m.ID == id {
			return m, nil
		}
	}
	return notifications.Message{}, workpackages.Errorf(workpackages.NotFound, "no such message")
}

func (c *council) Messages(_ context.Context, f notifications.Filter) ([]notifications.Message, error) {
	var out []notifications.Message
	for _, m := range c.made {
		if f.State == "" || m.State == f.State {
			out = append(out, m)
		}
	}
	return out, nil
}

func (c *council) Enqueued(ctx context.Context, id string) (bool, error) {
	_, err := c.Message(ctx, id)
	return err == nil, nil
}

func (c *council) Enqueue(ctx context.Context, m notifications.Message) (bool, error) {
	if there, _ := c.Enqueued(ctx, m.ID); there {
		return false, nil
	}
	c.made = append(c.made, m)
	return true, nil
}

func (c *council) Window(_ context.Context, id string) (notifications.Window, error) {
	p, ok := c.windows[id]
	if !ok {
		p = notifications.DefaultPreferences(id)
	}
	zone, err := time.LoadLocation("Europe/London")
	return p.Window(zone, c.closed.Is), err
}

// nine is a Tuesday morning.
var nine = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// newCouncil has two groups of one package each: one's nobody has updated for
// twelve working days, the other's was updated the day before.
func newCouncil() *council {
	old, fresh := nine.AddDate(0, 0, -18), nine.AddDate(0, 0, -1)
	return &council{
		now: nine, by: map[string]string{}, windows: map[string]notifications.Preferences{},
		groups: []workpackages.Group{{ID: "a", Name: "Group A", Order: 1}, {ID: "b", Name: "Group B", Order: 2}},
		people: []workpackages.Person{
			{ID: "ad", Name: "Director", Email: "d@example.gov.uk", Role: workpackages.AssistantDirector},
			{ID: "lead-a", Name: "Lead A", Email: "a@example.gov.uk", Role: workpackages.Lead, GroupID: "a"},
			{ID: "lead-b", Name: "Lead B", Email: "b@example.gov.uk", Role: workpackages.Lead, GroupID: "b"},
			{ID: "owner", Name: "Owner", Email: "o@example.gov.uk", Role: workpackages.Analyst},
			{ID: "chair", Name: "Chair", Email: "c@example.gov.uk", Role: workpackages.Viewer},
		},
		packages: []workpackages.WorkPackage{
			{ID: "p1", GroupID: "a", Title: "One", Status: workpackages.Green, CreatedAt: old, ChangedAt: old, UpdatedAt: old, UpdatedBy: "Lead A", Order: 1, Version: 2},
			{ID: "p2", GroupID: "b", Title: "Two", Status: workpackages.Green, CreatedAt: old, ChangedAt: fresh, UpdatedAt: fresh, UpdatedBy: "Lead B", Order: 2, Version: 2},
		},
	}
}

func (c *council) clock() time.Time { return c.now }

func (c *council) deps(t *testing.T) Deps {
	t.Helper()
	zone := london(t)
	d := Deps{
		Packages: &workpackages.Service{Packages: c, Groups: c, People: c, Answers: c, Now: c.clock, Zone: zone, StaleAfter: workpackages.DefaultStaleAfter, Kept: &kept{}},
		Rules:    &RuleBook{Store: c, Now: c.clock, Zone: zone}, Outbox: c, Desk: c, BaseURL: "https://r.example", Zone: zone, Now: c.clock,
	}
	if c.plan != nil {
		d.Comms = c
	}
	return d
}

// run runs a job for an instant, and moves the clock there.
func (c *council) run(t *testing.T, name string, at time.Time, how ...func(o *Occasion)) Outcome {
	t.Helper()
	if at.After(c.now) && len(how) == 0 {
		c.now = at
	}
	jobs := Jobs(c.deps(t))
	job := jobs[slices.IndexFunc(jobs, func(j Job) bool { return j.Name == name })]
	o := job.occasion(at, false)
	for _, h := range how {
		h(&o)
	}
	out, err := job.Run(t.Context(), o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// told gives who was told, in order; what only changes a message in place is left out.
func told(c *council) string {
	var who []string
	for _, m := range c.made {
		if m.Op == notifications.Post {
			who = append(who, m.RecipientID)
		}
	}
	return strings.Join(who, " ")
}

// milestone is one still to be reached.
func milestone(id, title string, due workpackages.Date) workpackages.Milestone {
	return workpackages.Milestone{ID: id, Title: title, Baselines: []workpackages.Baseline{{Date: due}}}
}
