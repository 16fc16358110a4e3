package workpackages

import (
	"strings"
	"testing"
	"time"
)

func TestDatesAsPeopleTypeThem(t *testing.T) {
	for in, want := range map[string]Date{
		"2026-11-24": "2026-11-24", "24/11/2026": "2026-11-24", "4/1/2027": "2027-01-04", " 24  November 2026 ": "2026-11-24", "24 Nov 2026": "2026-11-24", "29/2/2028": "2028-02-29",
		"31/2/2026": "", "24/11/26": "", "11/24/2026": "", "24/11/1999": "", "24/11/2101": "", "tomorrow": "", "": "", "//": "", "0/0/2026": "",
	} {
		got, err := ParseDate(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q: %v", in, got, err)
		}
	}
	if s := Date("2026-11-04").String(); s != "4 November 2026" {
		t.Errorf("shown as %q", s)
	}
	if d := DateOf(time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC), mustZone(t)); d != "2026-07-01" {
		t.Errorf("half past midnight in a London summer is %s", d)
	}
}

func mustZone(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func FuzzParseDate(f *testing.F) {
	f.Add("24/11/2026")
	f.Add("2026-11-24")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err == nil && (len(d) != 10 || d.Time().IsZero() || d < "2000-01-01" || d > "2100-12-31") {
			t.Errorf("%q was read as %q", s, d)
		}
	})
}

func FuzzStatusInput(f *testing.F) {
	f.Add("green", "n", "10", "", "", "", "")
	f.Add("amber", "n", "", "p", "2026-12-24", "", "")
	f.Fuzz(func(t *testing.T, status, narrative, percent, plan, date, reason, decision string) {
		in := StatusInput{status, narrative, percent, plan, date, reason, decision}
		u, err := in.validate(WorkPackage{}, director, "2026-11-24")
		if err == nil && (!u.Status.Valid() || u.Narrative == "" || u.Status == Amber && (u.RecoveryPlan == "" || u.RecoveryDate < "2026-11-24") || u.Status == Red && (u.Reason == "" || u.Decision == "")) {
			t.Errorf("%+v was accepted as %+v", in, u)
		}
	})
}

func TestMovesToALaterDateAreSlips(t *testing.T) {
	m := Milestone{Baselines: []Baseline{{Date: "2026-12-01"}, {Date: "2026-12-10"}, {Date: "2026-12-05"}, {Date: "2027-01-05"}}}
	if m.Slips() != 2 || m.FirstDue() != "2026-12-01" || m.Due() != "2027-01-05" || m.Done() || m.Late() {
		t.Errorf("%d slips from %s to %s", m.Slips(), m.FirstDue(), m.Due())
	}
	if m.DoneOn = "2026-12-02"; !m.Late() {
		t.Error("reached after its first date, and not called late")
	}
	if m.DoneOn = "2026-12-01"; m.Late() {
		t.Error("reached on its first date, and called late")
	}
	if (Milestone{}).Slips() != 0 {
		t.Error("a milestone without dates slipped")
	}
}

func milestone(due ...Date) Milestone {
	m := Milestone{ID: "m", Title: "M"}
	for _, d := range due {
		m.Baselines = append(m.Baselines, Baseline{Date: d})
	}
	return m
}

func TestWhatTheDatesSay(t *testing.T) {
	const today = Date("2026-11-24")
	updated := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	base := func(change func(*WorkPackage)) WorkPackage {
		w := WorkPackage{Status: Green, OwnerID: "a", UpdatedAt: updated, CreatedAt: updated}
		change(&w)
		return w
	}
	done := milestone("2026-11-01")
	done.DoneOn = "2026-11-20"
	for _, c := range []struct {
		what  string
		w     WorkPackage
		want  Status
		codes string
		over  int
	}{
		{"nothing outstanding", base(func(w *WorkPackage) {}), Green, "", 0},
		{"a milestone due today is not overdue", base(func(w *WorkPackage) { w.Milestones = []Milestone{milestone(today)} }), Green, "", 0},
		{"a milestone due yesterday is", base(func(w *WorkPackage) { w.Milestones = []Milestone{milestone("2026-11-23")} }), Red, "milestone_overdue", 1},
		{"one that was reached is not", base(func(w *WorkPackage) { w.Milestones = []Milestone{done} }), Green, "", 0},
		{"one that was moved later", base(func(w *WorkPackage) { w.Milestones = []Milestone{milestone("2026-12-01", "2027-01-01")} }), Amber, "milestone_slipped", 0},
		{"one that was moved later and back", base(func(w *WorkPackage) { w.Milestones = []Milestone{milestone("2026-12-01", "2027-01-01", "2026-12-01")} }), Green, "", 0},
		{"an action overdue", base(func(w *WorkPackage) { w.Actions = []Action{{Title: "A", Due: "2026-11-23"}} }), Amber, "action_overdue", 1},
		{"evidence out of date", base(func(w *WorkPackage) { w.Evidence = []Evidence{{Title: "E", ReviewBy: "2026-11-23"}} }), Amber, "evidence_out_of_date", 0},
		{"a recovery date gone by", base(func(w *WorkPackage) { w.Status, w.RecoveryDate = Amber, "2026-11-23" }), Red, "recovery_date_passed", 0},
		{"worst first", base(func(w *WorkPackage) {
			w.Actions, w.Milestones = []Action{{Due: "2026-11-20"}}, []Milestone{milestone("2026-11-20")}
		}), Red, "milestone_overdue action_overdue", 2},
		{"delivered, whatever the dates", base(func(w *WorkPackage) { w.Status, w.Milestones = Blue, []Milestone{milestone("2026-11-20")} }), Blue, "milestone_overdue", 1},
		{"paused, whatever the dates", base(func(w *WorkPackage) { w.Status, w.Actions = Paused, []Action{{Due: "2026-11-20"}} }), Paused, "action_overdue", 1},
		{"not started, with nothing due", base(func(w *WorkPackage) { w.Status = NotStarted }), NotStarted, "", 0},
		{"not started, with an action overdue", base(func(w *WorkPackage) { w.Status, w.Actions = NotStarted, []Action{{Due: "2026-11-20"}} }), Amber, "action_overdue", 1},
		{"red already, and the dates are well", base(func(w *WorkPackage) { w.Status = Red }), Green, "", 0},
		{"nobody owns it", base(func(w *WorkPackage) { w.OwnerID = "" }), Green, "no_owner", 0},
		{"nobody updated it", base(func(w *WorkPackage) { w.UpdatedAt = updated.AddDate(0, 0, -14) }), Green, "stale", 0},
		{"nobody updates what is paused", base(func(w *WorkPackage) { w.Status, w.UpdatedAt = Paused, updated.AddDate(0, -3, 0) }), Paused, "", 0},
	} {
		p := Assess(c.w, []Person{{ID: "a", Name: "A"}}, today, DefaultStaleAfter, mustZone(t))
		var codes []string
		for _, r := range p.Reasons {
			codes = append(codes, r.Code)
			if r.Text == "" {
				t.Errorf("%s: a reason without words", c.what)
			}
		}
		if p.Computed != c.want || strings.Join(codes, " ") != c.codes || p.Overdue != c.over {
			t.Errorf("%s: %s because of %v, %d overdue", c.what, p.Computed, codes, p.Overdue)
		}
		if p.Doubted() != (badness(p.Computed) > badness(c.w.Status)) {
			t.Errorf("%s: doubted %v", c.what, p.Doubted())
		}
	}
}

func TestStalenessCountsWorkingDaysOverChristmas(t *testing.T) {
	// Ten working days from Friday 18 December: 21 to 24, 29 to 31, 4 to 6 January.
	w := WorkPackage{Status: Green, OwnerID: "a", UpdatedAt: time.Date(2026, 12, 18, 16, 0, 0, 0, time.UTC)}
	for day, stale := range map[Date]bool{"2027-01-05": false, "2027-01-06": true, "2027-01-02": false} {
		p := Assess(w, nil, day, DefaultStaleAfter, mustZone(t))
		if p.Stale != stale {
			t.Errorf("on %s: stale %v after %d working days", day, p.Stale, p.IdleDays)
		}
	}
}

func TestReadinessOfAPastDay(t *testing.T) {
	w := newWorld(t)
	begin := w.now
	w.now = w.now.AddDate(0, 0, 3)
	if _, err := w.Update(t.Context(), director, self, Write{Version: 1}, StatusInput{Status: "red", Narrative: "n", Reason: "r", Decision: "d"}); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Time]int{begin: 0, w.now: 1, w.now.Add(-time.Millisecond): 0, begin.Add(-time.Hour): 0} {
		r, err := w.Readiness(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Statuses[3]; got.Status != Red || got.Count != want {
			t.Errorf("as at %s: %v", at, got)
		}
		if at.Before(begin) && r.Total != 0 {
			t.Errorf("before there was any, there are %d packages", r.Total)
		}
	}
}
