package workpackages_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/workpackages"
)

// concernsOn gives what is open for one package of Group A on a day.
func concernsOn(t *testing.T, w workpackages.WorkPackage, today workpackages.Date) []workpackages.Concern {
	t.Helper()
	zone := londonZone(t)
	p := workpackages.Assess(w, []workpackages.Person{ownerA}, today, workpackages.DefaultStaleAfter, zone)
	r := workpackages.Readiness{Today: today, Groups: []workpackages.GroupReadiness{{Group: workpackages.Group{ID: groupA}, Packages: []workpackages.PackageReadiness{p}}}}
	return workpackages.Concerns(r, workpackages.ConcernOptions{MilestoneSoon: 5, EvidenceSoon: 10, StaleAfter: workpackages.DefaultStaleAfter, Zone: zone})
}

func milestoneDue(d workpackages.Date) workpackages.Milestone {
	return workpackages.Milestone{ID: milestoneA, Title: "M", Baselines: []workpackages.Baseline{{Date: d}}}
}

// TestWhenAnItemIsAConcern: 25 and 28 December 2026 and 1 January 2027 are bank
// holidays; 24 November 2026 is a Tuesday.
func TestWhenAnItemIsAConcern(t *testing.T) {
	milestone := func(due workpackages.Date) func(w *workpackages.WorkPackage) {
		return func(w *workpackages.WorkPackage) { w.Milestones = []workpackages.Milestone{milestoneDue(due)} }
	}
	action := func(due workpackages.Date) func(w *workpackages.WorkPackage) {
		return func(w *workpackages.WorkPackage) {
			w.Actions = []workpackages.Action{{ID: actionA, Title: "A", OwnerID: leadB.ID, Due: due}}
		}
	}
	evidence := func(by workpackages.Date) func(w *workpackages.WorkPackage) {
		return func(w *workpackages.WorkPackage) {
			w.Evidence = []workpackages.Evidence{{ID: evidenceA, Title: "E", ReviewBy: by}}
		}
	}
	for _, c := range []struct {
		name  string
		with  func(w *workpackages.WorkPackage)
		today workpackages.Date
		kind  workpackages.ConcernKind // empty: none
		late  int
		says  string
	}{
		{"a milestone six working days ahead is none", milestone("2026-12-02"), "2026-11-24", "", 0, ""},
		{"a milestone five working days ahead is soon", milestone("2026-12-01"), "2026-11-24", workpackages.MilestoneSoon, -5, "due 1 December 2026, in 5 working days"},
		{"on a Saturday the Friday after counts five", milestone("2026-12-04"), "2026-11-28", workpackages.MilestoneSoon, -5, "due 4 December 2026, in 5 working days"},
		{"a milestone on a Saturday is a day ahead on the Friday", milestone("2026-11-28"), "2026-11-27", workpackages.MilestoneSoon, -1, "due 28 November 2026, in 1 working day"},
		{"a milestone after the Christmas holidays is soon over them", milestone("2027-01-04"), "2026-12-24", workpackages.MilestoneSoon, -4, "due 4 January 2027, in 4 working days"},
		{"a milestone of today is due today", milestone("2026-11-24"), "2026-11-24", workpackages.MilestoneToday, 0, "due today"},
		{"a milestone of a Saturday is due on it", milestone("2026-11-28"), "2026-11-28", workpackages.MilestoneToday, 0, "due today"},
		{"a milestone of yesterday is a day overdue", milestone("2026-11-23"), "2026-11-24", workpackages.MilestoneOverdue, 1, "was due 23 November 2026, 1 working day ago"},
		{"a milestone of Friday is a day overdue on the Saturday", milestone("2026-11-27"), "2026-11-28", workpackages.MilestoneOverdue, 1, "was due 27 November 2026, 1 working day ago"},
		{"and on the Monday", milestone("2026-11-27"), "2026-11-30", workpackages.MilestoneOverdue, 1, "was due 27 November 2026, 1 working day ago"},
		{"a milestone of Saturday is a day overdue on the Monday", milestone("2026-11-28"), "2026-11-30", workpackages.MilestoneOverdue, 1, "was due 28 November 2026, 1 working day ago"},
		{"Christmas does not make anything later", milestone("2026-12-24"), "2026-12-29", workpackages.MilestoneOverdue, 1, "was due 24 December 2026, 1 working day ago"},
		{"a milestone without a date is none", milestone(""), "2026-11-24", "", 0, ""},
		{"a milestone that is reached is none", func(w *workpackages.WorkPackage) {
			m := milestoneDue("2026-11-20")
			m.DoneOn = "2026-11-23"
			w.Milestones = []workpackages.Milestone{m}
		}, "2026-11-24", "", 0, ""},
		{"only the date in force counts", func(w *workpackages.WorkPackage) {
			m := milestoneDue("2026-11-20")
			m.Baselines = append(m.Baselines, workpackages.Baseline{Date: "2027-03-01"})
			w.Milestones = []workpackages.Milestone{m}
		}, "2026-11-24", "", 0, ""},

		{"an action of tomorrow is none", action("2026-11-25"), "2026-11-24", "", 0, ""},
		{"an action of today is due", action("2026-11-24"), "2026-11-24", workpackages.ActionDue, 0, "due today"},
		{"an action of a week ago is overdue", action("2026-11-17"), "2026-11-24", workpackages.ActionDue, 5, "was due 17 November 2026, 5 working days ago"},
		{"an action without a date is none", action(""), "2026-11-24", "", 0, ""},
		{"an action that is done is none", func(w *workpackages.WorkPackage) {
			w.Actions = []workpackages.Action{{ID: actionA, Title: "A", Due: "2026-11-17", DoneOn: "2026-11-18"}}
		}, "2026-11-24", "", 0, ""},

		{"evidence eleven working days ahead is none", evidence("2026-12-09"), "2026-11-24", "", 0, ""},
		{"evidence ten working days ahead is told", evidence("2026-12-08"), "2026-11-24", workpackages.EvidenceOld, -10, "review date 8 December 2026, in 10 working days"},
		{"evidence of today is told", evidence("2026-11-24"), "2026-11-24", workpackages.EvidenceOld, 0, "review date 24 November 2026, which is today"},
		{"evidence past its date is told", evidence("2026-11-20"), "2026-11-24", workpackages.EvidenceOld, 2, "its review date, 20 November 2026, has passed"},
		{"evidence without a date is none", evidence(""), "2026-11-24", "", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := workpackages.WorkPackage{ID: packageA, GroupID: groupA, Title: "P", OwnerID: ownerA.ID, Status: workpackages.Green,
				CreatedAt: c.today.Time(), UpdatedAt: c.today.Time(), UpdatedBy: "Lead A"}
			c.with(&w)
			got := concernsOn(t, w, c.today)
			if c.kind == "" {
				if len(got) != 0 {
					t.Errorf("there is %+v", got)
				}
				return
			}
			if len(got) != 1 || got[0].Kind != c.kind || got[0].Late != c.late || got[0].Detail != c.says {
				t.Fatalf("there is %+v", got)
			}
			item, owner := map[string]string{"M": milestoneA, "A": actionA, "E": evidenceA}[got[0].Title], ownerA.ID
			if c.kind == workpackages.ActionDue {
				owner = leadB.ID
			}
			if got[0].Subject != packageA+"/"+item || got[0].PackageID != packageA || got[0].PackageTitle != "P" || got[0].GroupID != groupA || got[0].OwnerID != owner {
				t.Errorf("it is about %+v", got[0])
			}
			for _, silent := range []workpackages.Status{workpackages.Blue, workpackages.Paused} {
				w.Status = silent
				if got := concernsOn(t, w, c.today); len(got) != 0 {
					t.Errorf("a package that is %s brings %+v", silent, got)
				}
			}
		})
	}
}

func TestWhenAPackageIsDueAnUpdate(t *testing.T) {
	day := func(s workpackages.Date) time.Time { return s.Time().Add(9 * time.Hour) }
	for _, c := range []struct {
		name             string
		created, updated workpackages.Date
		today            workpackages.Date
		due              workpackages.Date // empty: no concern
		late             int
		says             string
	}{
		{"nine working days after the update is too early", "2026-01-05", "2026-11-10", "2026-11-23", "", 0, ""},
		{"ten is the day", "2026-01-05", "2026-11-10", "2026-11-24", "2026-11-24", 0, "no update for 10 working days. Last: 10 November 2026, by Lead A (Green)"},
		{"the Saturday after it is a day late", "2026-01-05", "2026-11-13", "2026-11-28", "2026-11-27", 1, "no update for 10 working days. Last: 13 November 2026, by Lead A (Green)"},
		{"an update on a Saturday counts from the Monday", "2026-01-05", "2026-11-14", "2026-11-27", "2026-11-27", 0, "no update for 10 working days. Last: 14 November 2026, by Lead A (Green)"},
		{"bank holidays put it off", "2026-01-05", "2026-12-18", "2027-01-04", "", 0, ""},
		{"and then it comes", "2026-01-05", "2026-12-18", "2027-01-06", "2027-01-06", 0, "no update for 10 working days. Last: 18 December 2026, by Lead A (Green)"},
		{"without any update it counts from when it was set up", "2026-11-10", "", "2026-11-26", "2026-11-24", 2, "no update yet, 12 working days after it was set up"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := workpackages.WorkPackage{ID: packageA, GroupID: groupA, Title: "P", OwnerID: ownerA.ID, Status: workpackages.Green, CreatedAt: day(c.created)}
			if c.updated != "" {
				w.UpdatedAt, w.UpdatedBy = day(c.updated), "Lead A"
			}
			var want []workpackages.Concern
			if c.due != "" {
				want = []workpackages.Concern{{Kind: workpackages.StatusDue, PackageID: packageA, PackageTitle: "P", GroupID: groupA, Subject: packageA, Title: "P", OwnerID: ownerA.ID, Due: c.due, Late: c.late, Detail: c.says}}
			}
			if got := concernsOn(t, w, c.today); !reflect.DeepEqual(got, want) {
				t.Errorf("there is %+v", got)
			}
			w.Status = workpackages.Paused
			if got := concernsOn(t, w, c.today); len(got) != 0 {
				t.Errorf("paused, there is %+v", got)
			}
		})
	}
}

// TestAnUpdateLateInTheEveningIsOfItsDayHere: in summer the day in London begins
// an hour before that of UTC.
func TestAnUpdateLateInTheEveningIsOfItsDayHere(t *testing.T) {
	w := workpackages.WorkPackage{ID: packageA, Title: "P", Status: workpackages.Green, UpdatedBy: "Lead A",
		CreatedAt: start, UpdatedAt: time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC)}
	if got := concernsOn(t, w, "2026-07-14"); len(got) != 0 {
		t.Errorf("nine working days after 1 July there is %+v", got)
	}
	if got := concernsOn(t, w, "2026-07-15"); len(got) != 1 || !strings.Contains(got[0].Detail, "Last: 1 July 2026") {
		t.Errorf("ten after it there is %+v", got)
	}
}

func TestTheMostOverdueComesFirst(t *testing.T) {
	w := packageAt1()
	w.Status, w.UpdatedAt, w.UpdatedBy = workpackages.Green, start, "Lead A"
	w.Milestones = []workpackages.Milestone{milestoneDue("2026-12-01"), milestoneDue("2026-11-24"), milestoneDue("2026-11-20")}
	w.Milestones[0].Title, w.Milestones[1].Title, w.Milestones[2].Title = "soon", "today", "overdue"
	w.Actions = []workpackages.Action{{ID: "a", Title: "long overdue", Due: "2026-11-02"}, {ID: "b", Title: "another of today", Due: "2026-11-24"}}
	w.Evidence = nil
	var order []string
	for _, c := range concernsOn(t, w, "2026-11-24") {
		order = append(order, c.Title)
	}
	if want := []string{"long overdue", "overdue", "another of today", "today", "soon"}; !slices.Equal(order, want) {
		t.Errorf("the order is %v", order)
	}
}

func TestEveryKindOfConcernIsListedOnce(t *testing.T) {
	kinds := workpackages.ConcernKinds()
	slices.Sort(kinds)
	if got := slices.Compact(slices.Clone(kinds)); len(got) != 6 || len(kinds) != 6 {
		t.Errorf("the kinds are %v", kinds)
	}
}
