package workpackages_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"readiness/workpackages"
)

// told is a move in short: what, from, to and who.
func told(m workpackages.Move) string {
	return fmt.Sprintf("%s %q %s>%s by %s", m.Kind, m.Title, m.From, m.To, m.By.Name)
}

func TestWhatMovedInASpan(t *testing.T) {
	update := func(status string) func(c *council, by workpackages.Person) {
		in := workpackages.StatusInput{Status: status, Narrative: "n"}
		switch status {
		case "amber":
			in.RecoveryPlan, in.RecoveryDate = "p", "2027-06-01"
		case "red":
			in.Reason, in.Decision = "r", "d"
		}
		return func(c *council, by workpackages.Person) {
			must(c.t)(c.Update(c.t.Context(), by.Actor("api"), packageA, c.fresh(), in))
		}
	}
	milestone := func(in workpackages.MilestoneInput) func(c *council, by workpackages.Person) {
		return func(c *council, by workpackages.Person) {
			must(c.t)(c.ChangeMilestone(c.t.Context(), by.Actor("api"), packageA, milestoneA, c.fresh(), in))
		}
	}
	due := func(d string) func(c *council, by workpackages.Person) {
		return milestone(workpackages.MilestoneInput{Due: &d, Reason: "r"})
	}
	action := func(in workpackages.ActionInput) func(c *council, by workpackages.Person) {
		return func(c *council, by workpackages.Person) {
			must(c.t)(c.ChangeAction(c.t.Context(), by.Actor("api"), packageA, actionA, c.fresh(), in))
		}
	}
	addMilestone := func(c *council, by workpackages.Person) {
		must(c.t)(c.AddMilestone(c.t.Context(), by.Actor("api"), packageA, c.fresh(), workpackages.MilestoneInput{Title: ptr("New one"), Due: ptr("2027-01-04")}))
	}
	type step struct {
		by workpackages.Person
		do func(c *council, by workpackages.Person)
	}
	for _, c := range []struct {
		name   string
		before []step // on the day before the span
		within []step // an hour apart
		after  []step // on the day after it
		want   []string
	}{
		{"nothing", nil, nil, nil, nil},
		{"a status", nil, []step{{leadA, update("green")}}, nil, []string{`status_moved "" Not started>Green by Lead A`}},
		{"two moves of a status are one, by who made the last", nil, []step{{leadA, update("green")}, {director, update("red")}}, nil,
			[]string{`status_moved "" Not started>Red by Director A`}},
		{"a status that went and came back was only repeated", []step{{leadA, update("green")}}, []step{{leadA, update("red")}, {director, update("green")}}, nil,
			[]string{`status_repeated "" > by Director A`}},
		{"an update that moved nothing", []step{{leadA, update("green")}}, []step{{ownerA, update("green")}}, nil, []string{`status_repeated "" > by Owner A`}},
		{"an update after a move did not move it", nil, []step{{leadA, update("green")}, {director, update("green")}}, nil,
			[]string{`status_moved "" Not started>Green by Lead A`}},
		{"what came before and after is not told", []step{{leadA, update("amber")}, {leadA, due("2027-01-29")}}, nil, []step{{leadA, update("red")}, {leadA, due("2027-02-26")}}, nil},
		{"a slip", nil, []step{{leadA, due("2027-01-29")}}, nil, []string{`milestone_moved "First milestone" 15 December 2026>29 January 2027 by Lead A`}},
		{"two slips are one", nil, []step{{leadA, due("2027-01-29")}, {ownerA, due("2027-02-26")}}, nil,
			[]string{`milestone_moved "First milestone" 15 December 2026>26 February 2027 by Owner A`}},
		{"a slip that was taken back is none", nil, []step{{leadA, due("2027-01-29")}, {ownerA, due("2026-12-15")}}, nil, nil},
		{"a milestone pulled forward", nil, []step{{leadA, due("2026-12-07")}}, nil, []string{`milestone_pulled "First milestone" 15 December 2026>7 December 2026 by Lead A`}},
		{"a milestone reached", nil, []step{{leadA, milestone(workpackages.MilestoneInput{DoneOn: ptr("2026-11-24")})}}, nil,
			[]string{`milestone_reached "First milestone" >24 November 2026 by Lead A`}},
		{"one that slipped and was reached is reached", nil, []step{{leadA, due("2027-01-29")}, {ownerA, milestone(workpackages.MilestoneInput{DoneOn: ptr("2026-11-24")})}}, nil,
			[]string{`milestone_reached "First milestone" >24 November 2026 by Owner A`}},
		{"reached and taken back is none", nil, []step{{leadA, milestone(workpackages.MilestoneInput{DoneOn: ptr("2026-11-24")})}, {leadA, milestone(workpackages.MilestoneInput{DoneOn: ptr("")})}}, nil, nil},
		{"one that was reached before has not moved", []step{{leadA, milestone(workpackages.MilestoneInput{DoneOn: ptr("2026-11-20")})}}, []step{{leadA, milestone(workpackages.MilestoneInput{Title: ptr("Other")})}}, nil, nil},
		{"a slip is of who made it, not of who changed the name since", nil, []step{{leadA, due("2027-01-29")}, {ownerA, milestone(workpackages.MilestoneInput{Title: ptr("Other")})}}, nil,
			[]string{`milestone_moved "Other" 15 December 2026>29 January 2027 by Lead A`}},
		{"another name alone is none", nil, []step{{leadA, milestone(workpackages.MilestoneInput{Title: ptr("Other")})}}, nil, nil},
		{"one added in the span has not moved", nil, []step{{leadA, addMilestone}}, nil, nil},
		{"an action done", nil, []step{{leadA, action(workpackages.ActionInput{DoneOn: ptr("2026-11-24")})}}, nil, []string{`action_done "First action" >24 November 2026 by Lead A`}},
		{"an action done is of who did it", nil, []step{{leadA, action(workpackages.ActionInput{DoneOn: ptr("2026-11-24")})}, {ownerA, action(workpackages.ActionInput{Title: ptr("Other")})}}, nil,
			[]string{`action_done "Other" >24 November 2026 by Lead A`}},
		{"an action that got another date is none", nil, []step{{leadA, action(workpackages.ActionInput{Due: ptr("2027-01-04")})}}, nil, nil},
		{"everything, in the order of time", nil,
			[]step{{leadA, action(workpackages.ActionInput{DoneOn: ptr("2026-11-24")})}, {ownerA, update("green")}, {leadA, due("2027-01-29")}}, nil,
			[]string{`action_done "First action" >24 November 2026 by Lead A`, `status_moved "" Not started>Green by Owner A`, `milestone_moved "First milestone" 15 December 2026>29 January 2027 by Lead A`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			play := func(from time.Time, steps []step) {
				for i, s := range steps {
					k.now = from.Add(time.Duration(i+1) * time.Hour)
					s.do(k, s.by)
				}
			}
			play(start, c.before)
			since := start.Add(24 * time.Hour)
			play(since, c.within)
			until := since.Add(24 * time.Hour)
			play(until, c.after)
			moves, err := k.Moves(t.Context(), since, until)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range moves {
				got = append(got, told(m))
				if m.PackageID != packageA || m.GroupID != groupA || m.PackageTitle != "Package A" || !m.At.After(since) || m.At.After(until) {
					t.Errorf("a move is %+v", m)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("moved:\n %v\nwant:\n %v", got, c.want)
			}
		})
	}
}

func TestASpanHoldsItsEndAndNotItsBeginning(t *testing.T) {
	c := newCouncilAtWork(t)
	c.now = start.Add(time.Hour)
	c.green("n")
	for name, span := range map[string][2]time.Time{
		"begins with it": {c.now, c.now.Add(time.Hour)}, "ends before it": {start, c.now.Add(-time.Millisecond)},
	} {
		if got, err := c.Moves(t.Context(), span[0], span[1]); err != nil || len(got) != 0 {
			t.Errorf("a span that %s has %v, %v", name, got, err)
		}
	}
	if got, err := c.Moves(t.Context(), start, c.now); err != nil || len(got) != 1 || !got[0].At.Equal(c.now) {
		t.Errorf("a span that ends with it has %v, %v", got, err)
	}
}

func TestAPackageSetUpInTheSpanMovesFromNothing(t *testing.T) {
	c := newCouncilAtWork(t)
	c.now = start.Add(time.Hour)
	c.green("n")
	got, err := c.Moves(t.Context(), start.Add(-time.Hour), c.now)
	if err != nil || len(got) != 1 || got[0].From != "Not started" || got[0].To != "Green" {
		t.Errorf("moved: %v, %v", got, err)
	}
}

func TestMovesAreNotMadeUpWhenTheStoreIsAway(t *testing.T) {
	for _, op := range []string{"Packages", "Entry"} {
		c := newCouncilAtWork(t)
		c.now = start.Add(time.Hour)
		c.green("n")
		c.store.away(1, op)
		if got, err := c.Moves(t.Context(), start, c.now); workpackages.KindOf(err) != workpackages.Unavailable || got != nil {
			t.Errorf("without %s: %v, %v", op, got, err)
		}
	}
}
