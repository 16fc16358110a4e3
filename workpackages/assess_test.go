package workpackages_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/workpackages"
)

func TestEachReasonAndItsWords(t *testing.T) {
	const today = workpackages.Date("2026-11-24")
	moved := func(dates ...workpackages.Date) workpackages.Milestone {
		m := workpackages.Milestone{ID: "m", Title: "M"}
		for _, d := range dates {
			m.Baselines = append(m.Baselines, workpackages.Baseline{Date: d})
		}
		return m
	}
	reached := moved("2026-11-01", "2026-11-23")
	reached.DoneOn = "2026-11-24"
	for _, c := range []struct {
		name     string
		given    func(*workpackages.WorkPackage)
		reasons  []string // code, status and words of each
		computed workpackages.Status
		overdue  int
	}{
		{"nothing to say", func(*workpackages.WorkPackage) {}, nil, workpackages.Green, 0},
		{"a milestone due today is in time", func(w *workpackages.WorkPackage) { w.Milestones = append(w.Milestones, moved(today)) }, nil, workpackages.Green, 0},
		{"a milestone due yesterday is overdue", func(w *workpackages.WorkPackage) { w.Milestones = append(w.Milestones, moved("2026-11-23")) },
			[]string{"milestone_overdue red Milestone overdue since 23 November 2026: M"}, workpackages.Red, 1},
		{"a milestone moved and overdue is overdue, once", func(w *workpackages.WorkPackage) {
			w.Milestones = append(w.Milestones, moved("2026-11-01", "2026-11-23"))
		}, []string{"milestone_overdue red Milestone overdue since 23 November 2026: M"}, workpackages.Red, 1},
		{"a milestone moved later has slipped", func(w *workpackages.WorkPackage) {
			w.Milestones = append(w.Milestones, moved("2026-12-01", "2027-01-05"))
		}, []string{"milestone_slipped amber Milestone moved from 1 December 2026 to 5 January 2027: M"}, workpackages.Amber, 0},
		{"a milestone moved later and part of the way back has slipped", func(w *workpackages.WorkPackage) {
			w.Milestones = append(w.Milestones, moved("2026-12-01", "2027-01-05", "2026-12-02"))
		}, []string{"milestone_slipped amber Milestone moved from 1 December 2026 to 2 December 2026: M"}, workpackages.Amber, 0},
		{"a milestone moved earlier has not", func(w *workpackages.WorkPackage) {
			w.Milestones = append(w.Milestones, moved("2027-01-05", "2026-12-01"))
		}, nil, workpackages.Green, 0},
		{"a milestone moved earlier and then back has not", func(w *workpackages.WorkPackage) {
			w.Milestones = append(w.Milestones, moved("2027-01-05", "2026-12-01", "2027-01-05"))
		}, nil, workpackages.Green, 0},
		{"a milestone that was reached is done with", func(w *workpackages.WorkPackage) { w.Milestones = append(w.Milestones, reached) }, nil, workpackages.Green, 0},
		{"a recovery date of today has not passed", func(w *workpackages.WorkPackage) { w.Status, w.RecoveryDate = workpackages.Amber, today }, nil, workpackages.Green, 0},
		{"a recovery date of yesterday has", func(w *workpackages.WorkPackage) { w.Status, w.RecoveryDate = workpackages.Amber, "2026-11-23" },
			[]string{"recovery_date_passed red The recovery date, 23 November 2026, has passed"}, workpackages.Red, 0},
		{"an action due today is in time", func(w *workpackages.WorkPackage) {
			w.Actions = append(w.Actions, workpackages.Action{Title: "A", Due: today})
		}, nil, workpackages.Green, 0},
		{"an action due yesterday is overdue", func(w *workpackages.WorkPackage) {
			w.Actions = append(w.Actions, workpackages.Action{Title: "A", Due: "2026-11-23"})
		}, []string{"action_overdue amber Action overdue since 23 November 2026: A"}, workpackages.Amber, 1},
		{"an action that is done is not", func(w *workpackages.WorkPackage) {
			w.Actions = append(w.Actions, workpackages.Action{Title: "A", Due: "2026-11-23", DoneOn: today})
		}, nil, workpackages.Green, 0},
		{"evidence to be reviewed today is in date", func(w *workpackages.WorkPackage) { w.Evidence[0].ReviewBy = today }, nil, workpackages.Green, 0},
		{"evidence to be reviewed yesterday is not", func(w *workpackages.WorkPackage) { w.Evidence[0].ReviewBy = "2026-11-23" },
			[]string{"evidence_out_of_date amber Evidence past its review date, 23 November 2026: First evidence"}, workpackages.Amber, 0},
		{"the last update is ten working days old", func(w *workpackages.WorkPackage) { w.UpdatedAt = start.AddDate(0, 0, -14) },
			[]string{"stale  No status update for 10 working days"}, workpackages.Green, 0},
		{"nine working days are not stale", func(w *workpackages.WorkPackage) { w.UpdatedAt = start.AddDate(0, 0, -13) }, nil, workpackages.Green, 0},
		{"it was set up ten working days ago, and never updated", func(w *workpackages.WorkPackage) {
			w.UpdatedAt, w.CreatedAt = time.Time{}, start.AddDate(0, 0, -14)
		}, []string{"stale  No status update yet, 10 working days after it was set up"}, workpackages.Green, 0},
		{"nobody owns it", func(w *workpackages.WorkPackage) { w.OwnerID = "" }, []string{"no_owner  No owner is named"}, workpackages.Green, 0},
		{"everything at once comes worst first, and in order within that", func(w *workpackages.WorkPackage) {
			*w = workpackages.WorkPackage{
				Status: workpackages.Amber, RecoveryDate: "2026-11-23", CreatedAt: start.AddDate(0, -2, 0),
				Evidence:   []workpackages.Evidence{{Title: "E", ReviewBy: "2026-11-23"}},
				Actions:    []workpackages.Action{{Title: "A", Due: "2026-11-23"}},
				Milestones: []workpackages.Milestone{moved("2026-12-01", "2027-01-05"), moved("2026-11-23")},
			}
		}, []string{
			"milestone_overdue red Milestone overdue since 23 November 2026: M",
			"recovery_date_passed red The recovery date, 23 November 2026, has passed",
			"milestone_slipped amber Milestone moved from 1 December 2026 to 5 January 2027: M",
			"action_overdue amber Action overdue since 23 November 2026: A",
			"evidence_out_of_date amber Evidence past its review date, 23 November 2026: E",
			"stale  No status update yet, 43 working days after it was set up",
			"no_owner  No owner is named",
		}, workpackages.Red, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := packageAt1()
			w.Status, w.UpdatedAt = workpackages.Green, start
			c.given(&w)
			p := workpackages.Assess(w, []workpackages.Person{ownerA}, today, workpackages.DefaultStaleAfter, londonZone(t))
			var got []string
			for _, r := range p.Reasons {
				got = append(got, r.Code+" "+string(r.Says)+" "+r.Text)
			}
			if !slices.Equal(got, c.reasons) || p.Computed != c.computed || p.Overdue != c.overdue {
				t.Errorf("computed %s, %d overdue:\n%s\nwant %s, %d:\n%s", p.Computed, p.Overdue, strings.Join(got, "\n"), c.computed, c.overdue, strings.Join(c.reasons, "\n"))
			}
			if stale := slices.ContainsFunc(p.Reasons, func(r workpackages.Reason) bool { return r.Code == "stale" }); p.Stale != stale {
				t.Errorf("stale is %t", p.Stale)
			}
		})
	}
}

func TestWhatTheDatesSayOfEachReportedStatus(t *testing.T) {
	for _, c := range []struct {
		reported            workpackages.Status
		overdue             bool
		computed            workpackages.Status
		doubted, canBeStale bool
	}{
		{workpackages.NotStarted, false, workpackages.NotStarted, false, true},
		{workpackages.NotStarted, true, workpackages.Red, true, true},
		{workpackages.Green, false, workpackages.Green, false, true},
		{workpackages.Green, true, workpackages.Red, true, true},
		{workpackages.Amber, false, workpackages.Green, false, true},
		{workpackages.Amber, true, workpackages.Red, true, true},
		{workpackages.Red, false, workpackages.Green, false, true},
		{workpackages.Red, true, workpackages.Red, false, true},
		{workpackages.Blue, false, workpackages.Blue, false, false},
		{workpackages.Blue, true, workpackages.Blue, false, false},
		{workpackages.Paused, false, workpackages.Paused, false, false},
		{workpackages.Paused, true, workpackages.Paused, false, false},
	} {
		w := packageAt1()
		w.Status, w.UpdatedAt = c.reported, start.AddDate(0, -3, 0)
		if c.reported == workpackages.Amber {
			w.RecoveryDate = "2026-12-24"
		}
		want := 0
		if c.overdue {
			w.Milestones[0].Baselines = []workpackages.Baseline{{Date: "2026-11-23"}}
			want = 1
		}
		p := workpackages.Assess(w, nil, "2026-11-24", workpackages.DefaultStaleAfter, londonZone(t))
		if p.Computed != c.computed || p.Doubted() != c.doubted || p.Stale != c.canBeStale || p.Overdue != want {
			t.Errorf("%s, overdue %t: computed %s, doubted %t, stale %t, %d overdue", c.reported, c.overdue, p.Computed, p.Doubted(), p.Stale, p.Overdue)
		}
	}
}

func TestIdleTimeIsCountedInWorkingDays(t *testing.T) {
	for _, c := range []struct {
		name    string
		updated time.Time
		today   workpackages.Date
		days    int
		stale   bool
	}{
		{"over Christmas, the day before", time.Date(2026, 12, 18, 9, 0, 0, 0, time.UTC), "2027-01-05", 9, false},
		{"over Christmas, the tenth day", time.Date(2026, 12, 18, 9, 0, 0, 0, time.UTC), "2027-01-06", 10, true},
		{"over Easter, the day before", time.Date(2027, 3, 22, 9, 0, 0, 0, time.UTC), "2027-04-06", 9, false},
		{"over Easter, the tenth day", time.Date(2027, 3, 22, 9, 0, 0, 0, time.UTC), "2027-04-07", 10, true},
		{"over a weekend nothing passes", time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), "2026-11-22", 0, false},
		{"on the same day", time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), "2026-11-24", 0, false},
		{"updated after midnight of a London summer", time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC), "2026-07-01", 0, false},
		{"a day that lies before the update", time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), "2026-11-23", -1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := packageAt1()
			w.Status, w.UpdatedAt, w.Milestones = workpackages.Green, c.updated, nil
			p := workpackages.Assess(w, nil, c.today, workpackages.DefaultStaleAfter, londonZone(t))
			if p.IdleDays != c.days || p.Stale != c.stale {
				t.Errorf("%d working days, stale %t; want %d, %t", p.IdleDays, p.Stale, c.days, c.stale)
			}
		})
	}
}

func TestTheNextMilestoneIsTheEarliestStillToCome(t *testing.T) {
	w := packageAt1()
	w.Milestones = nil
	for _, m := range []struct{ id, due, done workpackages.Date }{
		{"reached", "2026-11-01", "2026-11-01"}, {"later", "2027-03-01", ""}, {"next", "2027-01-05", ""}, {"same day", "2027-01-05", ""},
	} {
		w.Milestones = append(w.Milestones, workpackages.Milestone{ID: string(m.id), Baselines: []workpackages.Baseline{{Date: m.due}}, DoneOn: m.done})
	}
	assess := func() *workpackages.Milestone {
		return workpackages.Assess(w, nil, "2026-11-24", workpackages.DefaultStaleAfter, londonZone(t)).Next
	}
	next := assess()
	if next == nil || next.ID != "next" {
		t.Fatalf("next is %+v", next)
	}
	next.Title = "changed"
	if w.Milestones[2].Title != "" {
		t.Error("what is handed out is not the package's own")
	}
	for i := range w.Milestones {
		w.Milestones[i].DoneOn = "2026-11-24"
	}
	if next := assess(); next != nil {
		t.Errorf("when all are reached, next is %+v", next)
	}
}

func TestReadinessAddsUp(t *testing.T) {
	c := newCouncilAtWork(t)
	second := packageAt1()
	second.ID, second.Order, second.Title, second.OwnerID = "package-b", 2, "Package B", ""
	second.Milestones = []workpackages.Milestone{{ID: "m", Title: "M", Baselines: []workpackages.Baseline{{Date: "2026-11-20"}, {Date: "2026-11-23"}}}}
	c.put(second)
	third := packageAt1()
	third.ID, third.Order, third.GroupID, third.CreatedAt = "package-c", 1, groupB, start.AddDate(0, -1, 0)
	c.put(third)
	r, err := c.Readiness(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.At.Equal(start) || r.Today != "2026-11-24" || r.Total != 3 || r.Overdue != 1 || r.Stale != 1 || r.Slipped != 1 || r.Doubted != 1 {
		t.Errorf("%+v", r)
	}
	var shown []string
	for _, g := range r.Groups {
		shown = append(shown, g.Group.ID)
		for _, p := range g.Packages {
			shown = append(shown, p.ID+" of "+p.Owner)
		}
		for _, l := range g.Leads {
			shown = append(shown, l.Name)
		}
	}
	want := []string{groupA, "package-a of Owner A", "package-b of ", "Lead A", "Owner A", groupB, "package-c of Owner A", "Lead B"}
	if !slices.Equal(shown, want) {
		t.Errorf("shown %q, want %q", shown, want)
	}
	var statuses []workpackages.Status
	for _, s := range r.Statuses {
		statuses = append(statuses, s.Status)
		if want := map[workpackages.Status]int{workpackages.NotStarted: 3}[s.Status]; s.Count != want {
			t.Errorf("%d are %s", s.Count, s.Status)
		}
	}
	if !slices.Equal(statuses, workpackages.Statuses()) {
		t.Errorf("the statuses are %v", statuses)
	}
}

func TestReadinessAsItStood(t *testing.T) {
	c := newCouncilAtWork(t)
	c.now = time.Date(2026, 12, 16, 12, 0, 0, 0, time.UTC) // the milestone was due the day before
	c.green("late")
	for _, p := range []struct {
		name    string
		at      time.Time
		total   int
		status  workpackages.Status
		overdue int
		today   workpackages.Date
	}{
		{"before there was anything", start.Add(-time.Millisecond), 0, "", 0, "2026-11-24"},
		{"at the instant it was set up", start, 1, workpackages.NotStarted, 0, "2026-11-24"},
		{"on the day the milestone was due", time.Date(2026, 12, 15, 12, 0, 0, 0, time.UTC), 1, workpackages.NotStarted, 1, "2026-12-15"},
		{"the day after", time.Date(2026, 12, 16, 11, 59, 59, 0, time.UTC), 1, workpackages.NotStarted, 2, "2026-12-16"},
		{"at the instant of the update", c.now, 1, workpackages.Green, 2, "2026-12-16"},
	} {
		t.Run(p.name, func(t *testing.T) {
			r, err := c.Readiness(t.Context(), p.at)
			if err != nil || r.Total != p.total || r.Overdue != p.overdue || r.Today != p.today || !r.At.Equal(p.at) || len(r.Groups) != 2 {
				t.Fatalf("%+v, %v", r, err)
			}
			if p.total == 1 && r.Groups[0].Packages[0].Status != p.status {
				t.Errorf("it stood at %s", r.Groups[0].Packages[0].Status)
			}
		})
	}
}

func TestReadinessIsWholeOrNotAtAll(t *testing.T) {
	for _, op := range []string{"Groups", "People", "Packages", "Package", "Entry"} {
		c := newCouncilAtWork(t)
		c.now = start.Add(time.Hour)
		c.green("one")
		c.store.away(1, op)
		if _, err := c.Readiness(t.Context(), start); workpackages.KindOf(err) != workpackages.Unavailable {
			t.Errorf("with %s away: %v", op, err)
		}
	}
}
