package workpackages_test

import (
	"fmt"
	"testing"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/workingdays"
)

func TestTheStartingPlanHoldsNoPeopleAndNothingIsOverdue(t *testing.T) {
	for _, first := range []time.Time{
		start,
		time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), // a Saturday
		time.Date(2026, 12, 25, 12, 0, 0, 0, time.UTC), // Christmas Day
		time.Date(2027, 6, 30, 23, 30, 0, 0, time.UTC), // the next day in London
		time.Date(2028, 2, 29, 0, 0, 0, 1e6, time.UTC), // a leap day
		time.Date(2027, 10, 31, 1, 30, 0, 0, time.UTC), // the clocks have gone back
	} {
		t.Run(first.Format(time.RFC3339), func(t *testing.T) {
			c := newCouncil(t)
			c.now = first
			if err := c.Seed(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(c.store.people) != 0 {
				t.Errorf("people: %+v", c.store.people)
			}
			r, err := c.Readiness(t.Context(), time.Time{})
			if err != nil || len(r.Groups) != 3 || r.Total != 6 || r.Overdue+r.Stale+r.Slipped+r.Doubted != 0 {
				t.Fatalf("%+v, %v", r, err)
			}
			for _, g := range r.Groups {
				if len(g.Packages) != 2 || g.Group.Name == "" || g.Group.Remit == "" || g.Group.Version != 1 || !g.Group.CreatedAt.Equal(first) || len(g.Leads) != 0 {
					t.Errorf("%+v", g)
				}
				for i, p := range g.Packages {
					if p.OwnerID != "" || p.Owner != "" || !p.DefaultName || p.Status != workpackages.NotStarted || p.Order != i+1 || p.Version != 1 || p.Percent != nil || len(p.Evidence) != 0 || !p.UpdatedAt.IsZero() {
						t.Errorf("%+v", p.WorkPackage)
					}
					if len(p.Milestones) == 0 || len(p.Actions) == 0 || len(p.Reasons) != 1 || p.Reasons[0].Code != "no_owner" {
						t.Errorf("%s: %+v", p.ID, p.Reasons)
					}
					for _, m := range p.Milestones {
						if !r.Today.Before(m.Due()) || !workingdays.Is(m.Due().Time()) || m.Slips() != 0 || m.Done() {
							t.Errorf("%s: %+v", p.ID, m)
						}
					}
					for _, a := range p.Actions {
						if !r.Today.Before(a.Due) || !workingdays.Is(a.Due.Time()) || a.OwnerID != "" || a.Done() {
							t.Errorf("%s: %+v", p.ID, a)
						}
					}
					e, err := c.store.Entry(t.Context(), p.ID, 1)
					if err != nil || e.Kind != workpackages.Created || e.By != workpackages.System() || inJSON(e.State) != inJSON(p.WorkPackage) {
						t.Errorf("%+v, %v", e, err)
					}
				}
			}
		})
	}
}

func TestSeedingTwiceChangesNothing(t *testing.T) {
	c := newCouncil(t)
	if err := c.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	by := workpackages.System()
	if _, err := c.EditGroup(t.Context(), by, "ofsted-steering-group", 1, groupInput("Our own name", "Our own remit")); err != nil {
		t.Fatal(err)
	}
	must(t)(c.Edit(t.Context(), by, "practice-quality", at(1), workpackages.EditInput{Title: ptr("Our own title")}))
	before := c.store.whole()
	for range 2 {
		c.now = c.now.AddDate(0, 1, 0)
		if err := c.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := c.store.whole(); after != before {
			t.Fatalf("before %s\nafter %s", before, after)
		}
	}
}

func TestASeedingCutShortAnywhereIsFinishedByTheNext(t *testing.T) {
	// cut gives the state after the nth call of any method fails, for every n.
	for n := 1; ; n++ {
		c := newCouncil(t)
		calls := 0
		c.store.fault = func(string) error {
			if calls++; calls == n {
				return errAway
			}
			return nil
		}
		err := c.Seed(t.Context())
		if err == nil {
			if n != 16 { // three groups, and for six packages a look and a commit
				t.Errorf("seeding made %d calls", n-1)
			}
			return
		}
		if workpackages.KindOf(err) != workpackages.Unavailable {
			t.Fatal(err)
		}
		c.store.fault = nil
		finish(t, c, fmt.Sprintf("after call %d", n))
	}
}

func TestASeedingThatDiedBetweenEntryAndPackageIsFinishedByTheNext(t *testing.T) {
	c := newCouncil(t)
	c.store.torn = true
	if err := c.Seed(t.Context()); workpackages.KindOf(err) != workpackages.Unavailable {
		t.Fatal(err)
	}
	finish(t, c, "torn")
	for _, w := range c.store.packages {
		if e := c.store.entries[workpackages.EntryID(w.ID, 1)]; inJSON(e.State) != inJSON(w) {
			t.Errorf("%s is not what its entry says", w.ID)
		}
	}
}

// finish seeds again, a day later, and wants the whole plan with nothing twice.
func finish(t *testing.T, c *council, when string) {
	t.Helper()
	c.now = c.now.AddDate(0, 0, 1)
	if err := c.Seed(t.Context()); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	if len(c.store.groups) != 3 || len(c.store.packages) != 6 || len(c.store.entries) != 6 {
		t.Errorf("%s: %d groups, %d packages, %d entries", when, len(c.store.groups), len(c.store.packages), len(c.store.entries))
	}
	if r, err := c.Readiness(t.Context(), time.Time{}); err != nil || r.Overdue != 0 || r.Total != 6 {
		t.Errorf("%s: %+v, %v", when, r, err)
	}
}

func TestTwoProgramsMaySeedAtOnce(t *testing.T) {
	c := newCouncil(t)
	c.store.beforeCommit(func() {
		if err := c.Seed(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if err := c.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	finish(t, c, "both")
}

func TestRenamingASeededPackageMakesTheNameTheCouncilsOwn(t *testing.T) {
	c := newCouncil(t)
	if err := c.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := must(t)(c.Edit(t.Context(), workpackages.System(), "practice-quality", at(1), workpackages.EditInput{Title: ptr("Our own title")}))
	if r.Package.DefaultName || r.Package.Title != "Our own title" {
		t.Errorf("%+v", r.Package)
	}
	// The seeded entry still says what it said.
	if e, err := c.store.Entry(t.Context(), "practice-quality", 1); err != nil || !e.State.DefaultName {
		t.Errorf("%+v, %v", e.State, err)
	}
	// A seeded action has no owner, and can be changed before it has one.
	w := r.Package
	r = must(t)(c.ChangeAction(t.Context(), workpackages.System(), w.ID, w.Actions[0].ID, at(2), workpackages.ActionInput{OwnerID: ptr(""), Due: ptr("2027-01-29")}))
	if r.Package.Actions[0].Due != "2027-01-29" {
		t.Errorf("%+v", r.Package.Actions[0])
	}
}
