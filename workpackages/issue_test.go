package workpackages_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"readiness/workpackages"
)

func TestEveryClassHasItsWords(t *testing.T) {
	want := map[workpackages.IssueClass]string{
		"system_defect": "System defect", "configuration": "Configuration", "extract_logic": "Report or extract logic",
		"recording_compliance": "Recording compliance", "training": "Training or guidance", "definition_dispute": "Definition dispute",
		"migration": "Data migration", "not_a_fault": "Not a fault",
	}
	for _, c := range workpackages.IssueClasses() {
		if c.Label() != want[c] || !c.Valid() {
			t.Errorf("%s is %q", c, c.Label())
		}
		delete(want, c)
	}
	if len(want) > 0 || workpackages.IssueClass("weather").Valid() {
		t.Errorf("not offered: %v", want)
	}
}

// atIssue has a check with one cause, and an issue of it where raised.
func atIssue(t *testing.T, raised bool) (*council, workpackages.Check, workpackages.Issue) {
	c := newCouncilAtWork(t)
	k := c.check(report(found("S04", 8, "Ethnicity", 312)))
	if raised {
		return c, k, c.raise(k)
	}
	return c, k, workpackages.Issue{}
}

func TestWhoMayTakeUpACause(t *testing.T) {
	for _, x := range []struct {
		by  workpackages.Person
		may bool
	}{{director, true}, {leadA, true}, {analyst, true}, {leadB, false}, {comms, false}, {viewer, false}} {
		c, k, _ := atIssue(t, false)
		in := issue("training")
		in.CheckID, in.CauseKey = k.ID, k.Report.Causes[0].Key
		before := c.store.whole()
		r, err := c.AddIssue(t.Context(), x.by.Actor("browser"), packageA, c.fresh(), in)
		if !x.may {
			c.wantKind(workpackages.Forbidden, before, err)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		i := c.issue(r.ItemID)
		if i.OpenedBy != x.by.Name || i.Count != 312 || i.LastCheck != k.ID || i.Title != "List 8, Ethnicity: The value is not a permitted code" || !i.Open() {
			t.Errorf("%s made %+v", x.by.Role, i)
		}
		if r.Entry.Kind != workpackages.IssueAdded || r.Entry.Summary != "Issue added: List 8, Ethnicity: The value is not a permitted code, owned by Owner A, to be retested on 8 December 2026" {
			t.Errorf("the history says %s, %q", r.Entry.Kind, r.Entry.Summary)
		}
	}
	// An analyst changes no more of a package than that.
	c := newCouncilAtWork(t)
	before := c.store.whole()
	_, err := c.Edit(t.Context(), analyst.Actor("browser"), packageA, c.fresh(), workpackages.EditInput{Title: ptr("Mine")})
	c.wantKind(workpackages.Forbidden, before, err)
}

func TestANewIssueIsHeldToItsFields(t *testing.T) {
	for _, x := range []struct {
		what   string
		change func(in *workpackages.IssueInput)
		fields string
		says   string // of the first
	}{
		{"nothing typed", func(in *workpackages.IssueInput) {
			*in = workpackages.IssueInput{CheckID: in.CheckID, CauseKey: in.CauseKey}
		}, "class owner fix retest", "Choose what is behind the cause"},
		{"a class that is none", func(in *workpackages.IssueInput) { in.Class = ptr("weather") }, "class", "system_defect, configuration"},
		{"nobody owns it", func(in *workpackages.IssueInput) { in.OwnerID = ptr("") }, "owner", "one person who is accountable"},
		{"an owner who has left", func(in *workpackages.IssueInput) { in.OwnerID = ptr(leaver.ID) }, "owner", "who can still sign in"},
		{"no fix", func(in *workpackages.IssueInput) { in.Fix = ptr(" \n ") }, "fix", "Enter what will be done about it"},
		{"a fix that is too long", func(in *workpackages.IssueInput) { in.Fix = ptr(strings.Repeat("x", 2001)) }, "fix", "2,000 characters or fewer"},
		{"a fix as long as it may be", func(in *workpackages.IssueInput) { in.Fix = ptr(strings.Repeat("é", 2000)) }, "", ""},
		{"a retest that is no date", func(in *workpackages.IssueInput) { in.Retest = ptr("soon") }, "retest", "as a real date"},
		{"no retest", func(in *workpackages.IssueInput) { in.Retest = nil }, "retest", "Enter a retest date"},
		{"not a fault, without a reason", func(in *workpackages.IssueInput) { in.Class, in.Fix = ptr("not_a_fault"), nil }, "fix", "Enter why it is not a fault"},
		{"not a fault, without a retest", func(in *workpackages.IssueInput) { in.Class, in.Retest = ptr("not_a_fault"), nil }, "", ""},
		{"closed tomorrow", func(in *workpackages.IssueInput) { in.ClosedOn = ptr("2026-11-25") }, "closed_on", "today or earlier"},
	} {
		c, k, _ := atIssue(t, false)
		in := issue("training")
		in.CheckID, in.CauseKey = k.ID, k.Report.Causes[0].Key
		x.change(&in)
		before := c.store.whole()
		_, err := c.AddIssue(t.Context(), leadA.Actor("browser"), packageA, c.fresh(), in)
		if x.fields == "" {
			if err != nil {
				t.Errorf("%s: %v", x.what, err)
			}
			continue
		}
		c.wantKind(workpackages.Invalid, before, err)
		first, _, _ := strings.Cut(x.fields, " ")
		if fieldsOf(err) != x.fields || !strings.Contains(messageOf(err, first), x.says) {
			t.Errorf("%s: %v", x.what, err)
		}
	}
}

func TestACauseIsTakenUpOnceAndOnlyWhereItWasFound(t *testing.T) {
	c, k, i := atIssue(t, true)
	refused := func(what string, kind workpackages.Kind, check, cause, says string) {
		t.Helper()
		in := issue("training")
		in.CheckID, in.CauseKey = check, cause
		before := c.store.whole()
		_, err := c.AddIssue(t.Context(), leadA.Actor("browser"), packageA, c.fresh(), in)
		if e := c.wantKind(kind, before, err); !strings.Contains(e.Message, says) {
			t.Errorf("%s: %q", what, e.Message)
		}
	}
	refused("a check that is not there", workpackages.NotFound, "none", i.CauseKey, "no such check")
	refused("a cause that is not there", workpackages.NotFound, k.ID, "S04/9/Ethnicity", "The check found no such cause")
	refused("an open issue", workpackages.Conflict, k.ID, i.CauseKey, "has an open issue for this cause already")
	c.close(i.ID)
	refused("a closed issue", workpackages.Conflict, k.ID, i.CauseKey, "closed on 24 November 2026: reopen that one")
}

func TestAPackageHoldsSoManyIssuesAndNoMore(t *testing.T) {
	c, k, _ := atIssue(t, false)
	full := packageAt1()
	full.ID = "package-full"
	for n := range 200 {
		full.Issues = append(full.Issues, workpackages.Issue{ID: fmt.Sprint(n), CauseKey: fmt.Sprint(n), Class: "training", ClosedOn: "2026-11-20"})
	}
	c.put(full)
	in := issue("training")
	in.CheckID, in.CauseKey = k.ID, k.Report.Causes[0].Key
	before := c.store.whole()
	_, err := c.AddIssue(t.Context(), leadA.Actor("browser"), full.ID, at(1), in)
	c.wantKind(workpackages.Invalid, before, err)
	if !strings.Contains(messageOf(err, "class"), "200 issues, the most it can hold") {
		t.Errorf("it says %v", err)
	}
}

func TestWhatAChangeToAnIssueComesTo(t *testing.T) {
	type input = workpackages.IssueInput
	for _, x := range []struct {
		what    string
		first   *input // a change before
		in      input
		fields  string // of the error
		summary string
		changes string
		open    bool
		closed  workpackages.Date
	}{
		{what: "another class", in: input{Class: ptr("training")}, summary: "Issue changed", changes: "class: System defect to Training or guidance", open: true},
		{what: "another owner and date", in: input{OwnerID: ptr(leadB.ID), Retest: ptr("15/12/2026")}, summary: "Issue changed", changes: "owner: Owner A to Lead B; retest: 8 December 2026 to 15 December 2026", open: true},
		{what: "nothing", in: input{Class: ptr("system_defect"), Fix: ptr(" Map the codes ")}, open: true},
		{what: "closed by hand", in: input{ClosedOn: ptr("2026-11-23")}, summary: "Issue closed", changes: "closed on:  to 23 November 2026", closed: "2026-11-23"},
		{what: "closed tomorrow", in: input{ClosedOn: ptr("2026-11-25")}, fields: "closed_on", open: true},
		{what: "reopened", first: &input{ClosedOn: ptr("2026-11-23")}, in: input{ClosedOn: ptr("")}, summary: "Issue reopened", changes: "closed on: 23 November 2026 to ", open: true},
		{what: "not a fault closes at once", in: input{Class: ptr("not_a_fault"), Fix: ptr("The template says so")}, summary: "Issue closed", changes: "class: System defect to Not a fault; fix: Map the codes to The template says so; closed on:  to 24 November 2026", closed: "2026-11-24"},
		{what: "not a fault, as a form sends it that has a date to close", in: input{Class: ptr("not_a_fault"), Fix: ptr("So"), ClosedOn: ptr("")}, summary: "Issue closed", closed: "2026-11-24"},
		{what: "not a fault wants its reason", in: input{Class: ptr("not_a_fault")}, fields: "fix", open: true},
		{what: "not a fault cannot be reopened as it is", first: &input{Class: ptr("not_a_fault"), Fix: ptr("So")}, in: input{ClosedOn: ptr("")}, fields: "closed_on", closed: "2026-11-24"},
		{what: "a fault after all opens again", first: &input{Class: ptr("not_a_fault"), Fix: ptr("So")}, in: input{Class: ptr("migration")}, summary: "Issue reopened", open: true},
		{what: "a fault after all wants its date", first: &input{Class: ptr("not_a_fault"), Fix: ptr("So"), Retest: ptr("")}, in: input{Class: ptr("migration")}, fields: "retest", closed: "2026-11-24"},
		{what: "the fix cannot be emptied", in: input{Fix: ptr("")}, fields: "fix", open: true},
		{what: "an owner who has left", in: input{OwnerID: ptr(leaver.ID)}, fields: "owner", open: true},
	} {
		c, _, i := atIssue(t, true)
		if x.first != nil {
			must(t)(c.ChangeIssue(t.Context(), leadA.Actor("browser"), packageA, i.ID, c.fresh(), *x.first))
		}
		before := c.store.whole()
		r, err := c.ChangeIssue(t.Context(), analyst.Actor("browser"), packageA, i.ID, c.fresh(), x.in)
		if x.fields != "" {
			c.wantKind(workpackages.Invalid, before, err)
			if fieldsOf(err) != x.fields {
				t.Errorf("%s: %v", x.what, err)
			}
		} else if err != nil {
			t.Errorf("%s: %v", x.what, err)
			continue
		}
		if v := c.issue(i.ID); v.Open() != x.open || v.ClosedOn != x.closed {
			t.Errorf("%s: closed on %q", x.what, v.ClosedOn)
		}
		var changes []string
		for _, ch := range r.Entry.Changes {
			changes = append(changes, ch.Field+": "+ch.From+" to "+ch.To)
		}
		if got := strings.Join(changes, "; "); x.changes != "" && got != x.changes {
			t.Errorf("%s: the history says %q", x.what, got)
		}
		summary, _, _ := strings.Cut(r.Entry.Summary, ":")
		if summary != x.summary || x.summary != "" && (r.Entry.Kind != workpackages.IssueChanged || r.Entry.ItemID != i.ID) {
			t.Errorf("%s: %q, %s of %s", x.what, r.Entry.Summary, r.Entry.Kind, r.Entry.ItemID)
		}
		if x.summary == "" && c.store.whole() != before {
			t.Errorf("%s: something was stored", x.what)
		}
	}
}

func TestAnIssueThatIsNotThereAndOthersPackages(t *testing.T) {
	c, _, i := atIssue(t, true)
	before := c.store.whole()
	_, err := c.ChangeIssue(t.Context(), leadA.Actor("browser"), packageA, "none", c.fresh(), workpackages.IssueInput{Fix: ptr("x")})
	c.wantKind(workpackages.NotFound, before, err)
	_, err = c.ChangeIssue(t.Context(), leadB.Actor("browser"), packageA, i.ID, c.fresh(), workpackages.IssueInput{Fix: ptr("x")})
	c.wantKind(workpackages.Forbidden, before, err)
}

func TestAReopenedIssueHasToPassAgain(t *testing.T) {
	c, _, i := atIssue(t, true)
	for range 2 {
		c.check(report())
	}
	must(t)(c.ChangeIssue(t.Context(), leadA.Actor("api"), packageA, i.ID, c.fresh(), workpackages.IssueInput{ClosedOn: ptr("")}))
	c.check(report())
	if v := c.issue(i.ID); !v.Open() || v.Passes != 1 {
		t.Errorf("after one check it is %+v", v)
	}
	c.check(report())
	if v := c.issue(i.ID); v.Open() || v.Recurrences != 0 {
		t.Errorf("after two it is %+v", v)
	}
}

func TestAnOpenIssuePastItsRetestMakesAPackageAmber(t *testing.T) {
	for _, x := range []struct {
		what  string
		today workpackages.Date
		open  bool
		amber bool
	}{
		{"on its day", "2026-12-08", true, false},
		{"the day after", "2026-12-09", true, true},
		{"the day after, closed", "2026-12-09", false, false},
	} {
		c, _, i := atIssue(t, true)
		w := c.current()
		if w.Status, w.Milestones, w.Actions = workpackages.Green, nil, nil; !x.open {
			w.Issues = slices.Clone(w.Issues)
			w.Issues[0].ClosedOn = "2026-12-01"
		}
		p := workpackages.Assess(w, c.store.people, x.today, 10, c.Zone)
		n := slices.IndexFunc(p.Reasons, func(r workpackages.Reason) bool { return r.Code == "retest_overdue" })
		if (n >= 0) != x.amber || (p.Computed == workpackages.Amber) != x.amber || p.Overdue != 0 {
			t.Errorf("%s: %s, %+v", x.what, p.Computed, p.Reasons)
		}
		if n >= 0 && p.Reasons[n].Text != "Retest overdue since 8 December 2026: "+i.Title {
			t.Errorf("it says %q", p.Reasons[n].Text)
		}
	}
}
