package workpackages_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/workpackages"
)

func TestAMilestoneKeepsEveryDateItHad(t *testing.T) {
	c := newCouncilAtWork(t)
	for i, m := range []struct {
		name, due, reason string
		slips             int
		summary           string
	}{
		{"moved later", "5/1/2027", "Audit took longer", 1, "Milestone slipped: First milestone, from 15 December 2026 to 5 January 2027"},
		{"moved earlier", "2026-12-22", "Caught up", 1, "Milestone changed: First milestone"},
		{"moved later again", "29 January 2027", "Staff away", 2, "Milestone slipped: First milestone, from 22 December 2026 to 29 January 2027"},
		{"moved back to where it began", "15/12/2026", "Staff back", 2, "Milestone changed: First milestone"},
	} {
		c.now = start.Add(time.Duration(i+1) * time.Hour)
		r := must(t)(c.ChangeMilestone(t.Context(), leadA.Actor("api"), packageA, milestoneA, at(int64(i+1)), workpackages.MilestoneInput{Due: ptr(m.due), Reason: m.reason}))
		got := r.Package.Milestones[0]
		if len(got.Baselines) != i+2 || got.Slips() != m.slips || r.Package.Slips() != m.slips || r.Entry.Summary != m.summary || r.ItemID != milestoneA || r.Entry.ItemID != milestoneA {
			t.Errorf("%s: %d slips, %+v, %q", m.name, got.Slips(), got, r.Entry.Summary)
		}
		last := got.Baselines[i+1]
		if !last.SetAt.Equal(c.now) || last.SetBy != "Lead A" || last.Reason != m.reason || got.Due() != last.Date || got.FirstDue() != "2026-12-15" {
			t.Errorf("%s: the baseline is %+v", m.name, last)
		}
	}
}

func TestAMilestoneMovesOnlyForAReason(t *testing.T) {
	for _, c := range []struct {
		name   string
		in     workpackages.MilestoneInput
		fields string // "" when taken
	}{
		{"later without a reason is refused", workpackages.MilestoneInput{Due: ptr("2027-01-29")}, "reason"},
		{"earlier without a reason is refused", workpackages.MilestoneInput{Due: ptr("2026-12-14")}, "reason"},
		{"a reason of spaces is none", workpackages.MilestoneInput{Due: ptr("2027-01-29"), Reason: " \n"}, "reason"},
		{"a reason of 501 characters is too long", workpackages.MilestoneInput{Due: ptr("2027-01-29"), Reason: strings.Repeat("🙂", 501)}, "reason"},
		{"a reason of 500 is not", workpackages.MilestoneInput{Due: ptr("2027-01-29"), Reason: strings.Repeat("🙂", 500)}, ""},
		{"a reason with control characters is refused", workpackages.MilestoneInput{Due: ptr("2027-01-29"), Reason: "a\x00"}, "reason"},
		{"the same date wants none", workpackages.MilestoneInput{Due: ptr("15/12/2026"), Title: ptr("T")}, ""},
		{"another name wants none", workpackages.MilestoneInput{Title: ptr("T")}, ""},
		{"being reached wants none", workpackages.MilestoneInput{DoneOn: ptr("24/11/2026")}, ""},
		{"a date that is none is refused", workpackages.MilestoneInput{Due: ptr("31/2/2027"), Reason: "r"}, "due"},
		{"the date cannot be taken away", workpackages.MilestoneInput{Due: ptr(""), Reason: "r"}, "due"},
		{"the name cannot be taken away", workpackages.MilestoneInput{Title: ptr("")}, "title"},
		{"reached tomorrow is refused", workpackages.MilestoneInput{DoneOn: ptr("25/11/2026")}, "done_on"},
		{"reached on no day is refused", workpackages.MilestoneInput{DoneOn: ptr("yesterday")}, "done_on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			before := k.store.whole()
			r, err := k.ChangeMilestone(t.Context(), leadA.Actor("api"), packageA, milestoneA, at(1), c.in)
			if c.fields == "" {
				must(t)(r, err)
				return
			}
			k.wantKind(workpackages.Invalid, before, err)
			if got := fieldsOf(err); got != c.fields {
				t.Errorf("errors on %q, want %q: %v", got, c.fields, err)
			}
		})
	}
}

func TestAMilestoneIsReachedAndTakenBack(t *testing.T) {
	c := newCouncilAtWork(t)
	by := leadA.Actor("api")
	r := must(t)(c.ChangeMilestone(t.Context(), by, packageA, milestoneA, at(1), workpackages.MilestoneInput{DoneOn: ptr("23/11/2026")}))
	if m := r.Package.Milestones[0]; !m.Done() || m.Late() || m.DoneOn != "2026-11-23" || r.Entry.Summary != "Milestone reached: First milestone" {
		t.Errorf("%+v: %s", m, r.Entry.Summary)
	}
	r = must(t)(c.ChangeMilestone(t.Context(), by, packageA, milestoneA, at(2), workpackages.MilestoneInput{DoneOn: ptr("")}))
	if m := r.Package.Milestones[0]; m.Done() || !slices.Equal(r.Entry.Changes, []workpackages.Change{{Field: "done on", From: "23 November 2026"}}) {
		t.Errorf("%+v: %v", m, r.Entry.Changes)
	}
	// Late is measured from the first date, however it has been moved since.
	must(t)(c.ChangeMilestone(t.Context(), by, packageA, milestoneA, at(3), workpackages.MilestoneInput{Due: ptr("29/1/2027"), Reason: "r"}))
	c.now = time.Date(2026, 12, 16, 9, 0, 0, 0, time.UTC)
	r = must(t)(c.ChangeMilestone(t.Context(), by, packageA, milestoneA, at(4), workpackages.MilestoneInput{DoneOn: ptr("16/12/2026")}))
	if !r.Package.Milestones[0].Late() {
		t.Error("reached before its new date and after its first, it is late")
	}
}

func TestTodayIsTheCouncilsToday(t *testing.T) {
	c := newCouncilAtWork(t)
	c.now = time.Date(2027, 6, 30, 23, 30, 0, 0, time.UTC) // half past midnight on 1 July in London
	by := leadA.Actor("api")
	must(t)(c.ChangeMilestone(t.Context(), by, packageA, milestoneA, at(1), workpackages.MilestoneInput{DoneOn: ptr("1/7/2027")}))
	_, err := c.ChangeAction(t.Context(), by, packageA, actionA, at(2), workpackages.ActionInput{DoneOn: ptr("2/7/2027")})
	if fieldsOf(err) != "done_on" {
		t.Errorf("done tomorrow: %v", err)
	}
	_, err = c.Update(t.Context(), by, packageA, at(2), workpackages.StatusInput{Status: "amber", Narrative: "n", RecoveryPlan: "p", RecoveryDate: "30/6/2027"})
	if fieldsOf(err) != "recovery_date" {
		t.Errorf("back on track yesterday: %v", err)
	}
}

func TestItemsAreAddedAsTyped(t *testing.T) {
	c := newCouncilAtWork(t)
	by := leadA.Actor("api")
	r := must(t)(c.AddMilestone(t.Context(), by, packageA, at(1), workpackages.MilestoneInput{Title: ptr(" A  B\n"), Due: ptr("29 Jan 2027")}))
	if m := r.Package.Milestones[1]; m.ID != r.ItemID || m.Title != "A B" || m.Due() != "2027-01-29" || m.Slips() != 0 || m.Baselines[0].SetBy != "Lead A" || r.Entry.Summary != "Milestone added: A B, due 29 January 2027" {
		t.Errorf("%+v: %s", m, r.Entry.Summary)
	}
	r = must(t)(c.AddAction(t.Context(), by, packageA, at(2), workpackages.ActionInput{Title: ptr("Act"), OwnerID: ptr(viewer.ID), Due: ptr("29/1/2027"), DoneOn: ptr("24/11/2026")}))
	if a := r.Package.Actions[1]; a.ID != r.ItemID || !a.Done() || a.OwnerID != viewer.ID || r.Entry.Summary != "Action added: Act, owned by Viewer A, due 29 January 2027" {
		t.Errorf("%+v: %s", a, r.Entry.Summary)
	}
	r = must(t)(c.ChangeAction(t.Context(), by, packageA, actionA, at(3), workpackages.ActionInput{DoneOn: ptr("24/11/2026"), OwnerID: ptr(leadA.ID)}))
	if a := r.Package.Actions[0]; !a.Done() || r.Entry.Summary != "Action done: First action" ||
		!slices.Equal(r.Entry.Changes, []workpackages.Change{{Field: "owner", From: "Owner A", To: "Lead A"}, {Field: "done on", To: "24 November 2026"}}) {
		t.Errorf("%+v: %+v", a, r.Entry)
	}
	r = must(t)(c.AddEvidence(t.Context(), by, packageA, at(4), workpackages.EvidenceInput{Title: ptr("Minutes"), Location: ptr("https://example.gov.uk/minutes")}))
	if e := r.Package.Evidence[1]; e.ID != r.ItemID || e.ReviewBy != "" || e.AddedBy != "Lead A" || !e.AddedAt.Equal(start) {
		t.Errorf("%+v", e)
	}
	r = must(t)(c.ChangeEvidence(t.Context(), by, packageA, r.ItemID, at(5), workpackages.EvidenceInput{ReviewBy: ptr("29/1/2027")}))
	if e := r.Package.Evidence[1]; e.Title != "Minutes" || e.Location != "https://example.gov.uk/minutes" || e.ReviewBy != "2027-01-29" {
		t.Errorf("%+v", e)
	}
	ids := map[string]bool{}
	for _, m := range r.Package.Milestones {
		ids[m.ID] = true
	}
	for _, a := range r.Package.Actions {
		ids[a.ID] = true
	}
	for _, e := range r.Package.Evidence {
		ids[e.ID] = true
	}
	if len(ids) != 6 {
		t.Errorf("the ids are %v", ids)
	}
}

func TestItemsThatAreNotThereAreNotFound(t *testing.T) {
	c := newCouncilAtWork(t)
	before := c.store.whole()
	by := director.Actor("api")
	for _, id := range []string{"", "none", actionA, evidenceA} {
		_, err := c.ChangeMilestone(t.Context(), by, packageA, id, at(1), workpackages.MilestoneInput{})
		c.wantKind(workpackages.NotFound, before, err)
	}
	for _, id := range []string{"", "none", milestoneA, evidenceA} {
		_, err := c.ChangeAction(t.Context(), by, packageA, id, at(1), workpackages.ActionInput{})
		c.wantKind(workpackages.NotFound, before, err)
	}
	for _, id := range []string{"", "none", milestoneA, actionA} {
		_, err := c.ChangeEvidence(t.Context(), by, packageA, id, at(1), workpackages.EvidenceInput{})
		c.wantKind(workpackages.NotFound, before, err)
	}
}

func TestNamesAreLimitedInCharacters(t *testing.T) {
	for text, ok := range map[string]bool{
		strings.Repeat("🙂", workpackages.MaxTitle):         true,
		strings.Repeat("🙂", workpackages.MaxTitle+1):       false,
		strings.Repeat("e\u0301", workpackages.MaxTitle/2): true,
		"a\nb":   true, // on one line it is "a b"
		"a\x00b": false,
		"a\xffb": false,
	} {
		c := newCouncilAtWork(t)
		by := leadA.Actor("api")
		_, err := c.Edit(t.Context(), by, packageA, at(1), workpackages.EditInput{Title: &text})
		_, err2 := c.AddMilestone(t.Context(), by, packageA, c.fresh(), workpackages.MilestoneInput{Title: &text, Due: ptr("2027-01-29")})
		_, err3 := c.AddAction(t.Context(), by, packageA, c.fresh(), workpackages.ActionInput{Title: &text, OwnerID: ptr(leadA.ID), Due: ptr("2027-01-29")})
		_, err4 := c.AddEvidence(t.Context(), by, packageA, c.fresh(), workpackages.EvidenceInput{Title: &text, Location: ptr("l")})
		for i, err := range []error{err, err2, err3, err4} {
			if (err == nil) != ok || !ok && fieldsOf(err) != "title" {
				t.Errorf("%d: %.20q gave %v", i, text, err)
			}
		}
	}
}

func TestWhereEvidenceIsKept(t *testing.T) {
	for _, c := range []struct {
		name, location string
		ok             bool
		link           string
	}{
		{"a web address is a link", "https://example.gov.uk/a?b=c", true, "https://example.gov.uk/a?b=c"},
		{"so is one without encryption", "http://intranet/a", true, "http://intranet/a"},
		{"words are not", "Shared drive, Inspection, Audits", true, ""},
		{"a path on a server is words", `\\server\share\audits`, true, ""},
		{"a script is words, never a link", "javascript:alert(1)", true, ""},
		{"a script dressed as an address is refused", "javascript://example.gov.uk/%0aalert(1)", false, ""},
		{"a file address is refused", "file://server/share", false, ""},
		{"an address without a host is refused", "https:///a", false, ""},
		{"500 characters are taken", strings.Repeat("é", 500), true, ""},
		{"501 are not", strings.Repeat("é", 501), false, ""},
		{"nothing is refused", " ", false, ""},
		{"control characters are refused", "a\x00b", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			before := k.store.whole()
			r, err := k.AddEvidence(t.Context(), leadA.Actor("api"), packageA, at(1), workpackages.EvidenceInput{Title: ptr("T"), Location: &c.location})
			if !c.ok {
				k.wantKind(workpackages.Invalid, before, err)
				if fieldsOf(err) != "location" {
					t.Errorf("errors on %q", fieldsOf(err))
				}
				return
			}
			if got := must(t)(r, err).Package.Evidence[1].Link(); got != c.link {
				t.Errorf("links to %q", got)
			}
		})
	}
}

func TestAPackageHoldsTwoHundredOfEach(t *testing.T) {
	c := newCouncil(t)
	w := packageAt1()
	for i := len(w.Milestones); i < 199; i++ {
		w.Milestones = append(w.Milestones, workpackages.Milestone{ID: fmt.Sprint("m", i), Title: "M", Baselines: w.Milestones[0].Baselines})
		w.Actions = append(w.Actions, workpackages.Action{ID: fmt.Sprint("a", i), Title: "A", Due: "2027-01-29"})
		w.Evidence = append(w.Evidence, workpackages.Evidence{ID: fmt.Sprint("e", i), Title: "E", Location: "l"})
	}
	c.store.people = []workpackages.Person{director}
	c.put(w)
	for _, m := range mutations {
		if !strings.HasSuffix(string(m.kind), "_added") {
			continue
		}
		do := m.do
		if m.kind == workpackages.ActionAdded { // the viewer is not here
			do = addingAction(workpackages.ActionInput{Title: ptr("Last"), OwnerID: ptr(director.ID), Due: ptr("2027-01-29")})
		}
		must(t)(do(c, t.Context(), director.Actor("api"), c.fresh()))
		before := c.store.whole()
		_, err := do(c, t.Context(), director.Actor("api"), c.fresh())
		c.wantKind(workpackages.Invalid, before, err)
		if fieldsOf(err) != "title" || !strings.Contains(messageOf(err, "title"), "has 200 ") {
			t.Errorf("to %s: %v", m.name, err)
		}
	}
	// What is there can still be changed.
	must(t)(c.ChangeMilestone(t.Context(), director.Actor("api"), packageA, milestoneA, c.fresh(), workpackages.MilestoneInput{Title: ptr("T")}))
}

func TestForecastIsTheLastDateStillToCome(t *testing.T) {
	milestone := func(due, done workpackages.Date) workpackages.Milestone {
		return workpackages.Milestone{Baselines: []workpackages.Baseline{{Date: "2026-01-01"}, {Date: due}}, DoneOn: done}
	}
	for _, c := range []struct {
		name string
		have []workpackages.Milestone
		want workpackages.Date
	}{
		{"none without milestones", nil, ""},
		{"the last of two", []workpackages.Milestone{milestone("2027-03-01", ""), milestone("2027-02-01", "")}, "2027-03-01"},
		{"not one that is reached", []workpackages.Milestone{milestone("2027-03-01", "2026-11-01"), milestone("2027-02-01", "")}, "2027-02-01"},
		{"the last of all when every one is", []workpackages.Milestone{milestone("2027-03-01", "2026-11-01"), milestone("2027-02-01", "2026-11-01")}, "2027-03-01"},
	} {
		if got := (workpackages.WorkPackage{Milestones: c.have}).Forecast(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	var none workpackages.Milestone
	if none.Due() != "" || none.FirstDue() != "" || none.Slips() != 0 || none.Late() {
		t.Error("a milestone without a date has none")
	}
}

func TestAWebAddressInCapitalsIsALink(t *testing.T) {
	c := newCouncilAtWork(t)
	r := must(t)(c.AddEvidence(t.Context(), leadA.Actor("api"), packageA, at(1), workpackages.EvidenceInput{Title: ptr("T"), Location: ptr("HTTPS://Example.gov.uk/A")}))
	if got := r.Package.Evidence[1].Link(); got != "HTTPS://Example.gov.uk/A" {
		t.Errorf("links to %q", got)
	}
}

func TestErrorsOfAFullPackageComeInTheOrderOfTheForm(t *testing.T) {
	c := newCouncil(t)
	w := packageAt1()
	for len(w.Milestones) < 200 {
		w.Milestones = append(w.Milestones, w.Milestones[0])
		w.Actions = append(w.Actions, w.Actions[0])
		w.Evidence = append(w.Evidence, w.Evidence[0])
	}
	c.put(w)
	for want, do := range map[string]attempt{
		"title due done_on":       addingMilestone(workpackages.MilestoneInput{Title: ptr("T"), DoneOn: ptr("never")}),
		"title owner due done_on": addingAction(workpackages.ActionInput{Title: ptr("T"), DoneOn: ptr("never")}),
		"title location":          addingEvidence(workpackages.EvidenceInput{Title: ptr("T")}),
	} {
		_, err := do(c, t.Context(), director.Actor("api"), at(1))
		if got := fieldsOf(err); got != want {
			t.Errorf("errors on %q, want %q", got, want)
		}
	}
}
