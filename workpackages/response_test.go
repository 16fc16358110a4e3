package workpackages_test

import (
	"sync"
	"testing"
	"time"

	"readiness/workpackages"
)

const overdueA = packageA + "/" + milestoneA

// answer is what Lead A says of the first milestone.
func (c *council) answer(kind workpackages.ResponseKind, days int) workpackages.Response {
	c.t.Helper()
	r, err := c.Respond(c.t.Context(), leadA.Actor("browser"), workpackages.ResponseInput{Concern: workpackages.MilestoneOverdue, Subject: overdueA, Kind: kind, Days: days})
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// TestAnAnswerHoldsForWorkingDays: 25 and 28 December 2026 are bank holidays.
func TestAnAnswerHoldsForWorkingDays(t *testing.T) {
	for _, c := range []struct {
		name  string
		today workpackages.Date
		kind  workpackages.ResponseKind
		days  int
		until workpackages.Date
	}{
		{"two days unless told", "2026-11-24", workpackages.HaveIt, 0, "2026-11-25"},
		{"two days unless told, snoozed too", "2026-11-24", workpackages.Snoozed, 0, "2026-11-25"},
		{"one day is today", "2026-11-24", workpackages.HaveIt, 1, "2026-11-24"},
		{"five at most", "2026-11-24", workpackages.HaveIt, 5, "2026-11-30"},
		{"ten at most, snoozed", "2026-11-24", workpackages.Snoozed, 10, "2026-12-07"},
		{"over a weekend", "2026-11-27", workpackages.HaveIt, 2, "2026-11-30"},
		{"on a Saturday one day is Monday", "2026-11-28", workpackages.HaveIt, 1, "2026-11-30"},
		{"on a Sunday two days are Monday and Tuesday", "2026-11-29", workpackages.Snoozed, 2, "2026-12-01"},
		{"over Christmas", "2026-12-24", workpackages.HaveIt, 2, "2026-12-29"},
		{"on a bank holiday", "2026-12-25", workpackages.HaveIt, 1, "2026-12-29"},
		{"what is somebody else's has no end", "2026-11-24", workpackages.NotMine, 0, ""},
		{"whatever days are sent with it", "2026-11-24", workpackages.NotMine, 7, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			k.now = c.today.Time().Add(9 * time.Hour)
			packages := inJSON(k.store.packages)
			r := k.answer(c.kind, c.days)
			want := workpackages.Response{
				ID: "package-a/milestone-1 lead-a", Subject: overdueA, Concern: workpackages.MilestoneOverdue, PackageID: packageA,
				PersonID: leadA.ID, PersonName: "Lead A", Kind: c.kind, Until: c.until, At: k.now, Version: 1,
			}
			if r != want || len(k.store.answers) != 1 || k.store.answers[0] != want {
				t.Errorf("the answer is %+v, and %+v is stored", r, k.store.answers)
			}
			if inJSON(k.store.packages) != packages {
				t.Error("the answer changed a package")
			}
			last := c.until
			if last == "" {
				last = "2099-12-31"
			}
			for day, holds := range map[workpackages.Date]bool{c.today: true, last: true, last.AddDays(1): c.kind == workpackages.NotMine} {
				if r.InForce(day) != holds {
					t.Errorf("on %s it holds: %v", day, !holds)
				}
			}
			r.Withdrawn = true
			if r.InForce(c.today) {
				t.Error("it holds although it was withdrawn")
			}
		})
	}
}

func TestWhatCannotBeAnswered(t *testing.T) {
	lead, token := leadA.Actor("browser"), workpackages.Actor{ID: "token:1", Name: "Token", Role: workpackages.AssistantDirector, Via: "api"}
	have := func(concern workpackages.ConcernKind, subject string) workpackages.ResponseInput {
		return workpackages.ResponseInput{Concern: concern, Subject: subject, Kind: workpackages.HaveIt}
	}
	with := func(kind workpackages.ResponseKind, days int) workpackages.ResponseInput {
		return workpackages.ResponseInput{Concern: workpackages.StatusDue, Subject: packageA, Kind: kind, Days: days}
	}
	for _, c := range []struct {
		name   string
		by     workpackages.Actor
		in     workpackages.ResponseInput
		kind   workpackages.Kind
		fields string
	}{
		{"by a token", token, have(workpackages.StatusDue, packageA), workpackages.Forbidden, ""},
		{"by the program", workpackages.System(), have(workpackages.StatusDue, packageA), workpackages.Forbidden, ""},
		{"about no package", lead, have(workpackages.StatusDue, "none"), workpackages.NotFound, ""},
		{"about nothing", lead, have(workpackages.StatusDue, ""), workpackages.NotFound, ""},
		{"about a rule that there is not", lead, have("none", packageA), workpackages.Invalid, "subject"},
		{"about a milestone that there is not", lead, have(workpackages.MilestoneOverdue, packageA+"/none"), workpackages.Invalid, "subject"},
		{"about a milestone as an action", lead, have(workpackages.ActionDue, overdueA), workpackages.Invalid, "subject"},
		{"about an action as evidence", lead, have(workpackages.EvidenceOld, packageA+"/"+actionA), workpackages.Invalid, "subject"},
		{"about evidence as a milestone", lead, have(workpackages.MilestoneSoon, packageA+"/"+evidenceA), workpackages.Invalid, "subject"},
		{"about an update of a milestone", lead, have(workpackages.StatusDue, overdueA), workpackages.Invalid, "subject"},
		{"about a milestone of no name", lead, have(workpackages.MilestoneToday, packageA), workpackages.Invalid, "subject"},
		{"about a subject that is written otherwise", lead, have(workpackages.StatusDue, packageA+"/"), workpackages.Invalid, "subject"},
		{"without an answer", lead, with("", 0), workpackages.Invalid, "kind"},
		{"with an answer that there is not", lead, with("never", 0), workpackages.Invalid, "kind"},
		{"for six days", lead, with(workpackages.HaveIt, 6), workpackages.Invalid, "days"},
		{"for fewer than none", lead, with(workpackages.HaveIt, -1), workpackages.Invalid, "days"},
		{"snoozed for eleven days", lead, with(workpackages.Snoozed, 11), workpackages.Invalid, "days"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			before := k.store.whole()
			_, err := k.Respond(t.Context(), c.by, c.in)
			k.wantKind(c.kind, before, err)
			if fieldsOf(err) != c.fields {
				t.Errorf("errors on %q", fieldsOf(err))
			}
		})
	}
}

func TestWhatIsDoneNeedsNoAnswer(t *testing.T) {
	c := newCouncilAtWork(t)
	by := leadA.Actor("browser")
	done := ptr("2026-11-24")
	must(t)(c.ChangeMilestone(t.Context(), by, packageA, milestoneA, c.fresh(), workpackages.MilestoneInput{DoneOn: done}))
	must(t)(c.ChangeAction(t.Context(), by, packageA, actionA, c.fresh(), workpackages.ActionInput{DoneOn: done}))
	must(t)(c.Update(t.Context(), by, packageA, c.fresh(), workpackages.StatusInput{Status: "paused", Narrative: "n"}))
	before := c.store.whole()
	for kind, subject := range map[workpackages.ConcernKind]string{
		workpackages.MilestoneOverdue: overdueA, workpackages.ActionDue: packageA + "/" + actionA, workpackages.StatusDue: packageA,
	} {
		_, err := c.Respond(t.Context(), by, workpackages.ResponseInput{Concern: kind, Subject: subject, Kind: workpackages.HaveIt})
		c.wantKind(workpackages.Invalid, before, err)
	}
}

func TestANewAnswerTakesThePlaceOfTheOne(t *testing.T) {
	c := newCouncilAtWork(t)
	c.answer(workpackages.NotMine, 0)
	c.now = c.now.Add(time.Hour)
	r := c.answer(workpackages.Snoozed, 5)
	all, err := c.Responses(t.Context())
	if err != nil || len(all) != 1 || all[0] != r || r.Version != 2 || r.Kind != workpackages.Snoozed || r.Until != "2026-11-30" || !r.At.Equal(c.now) {
		t.Errorf("the answers are %+v, %v", all, err)
	}
	// So it does when the thing is overdue by then, and no longer due soon.
	again, err := c.Respond(t.Context(), leadA.Actor("browser"), workpackages.ResponseInput{Concern: workpackages.MilestoneToday, Subject: overdueA, Kind: workpackages.Snoozed, Days: 5})
	if err != nil || again.Version != 3 || again.ID != r.ID {
		t.Errorf("about the same thing: %+v, %v", again, err)
	}
	// Another person or another subject is another answer.
	c.now = c.now.Add(time.Hour)
	for _, x := range []struct {
		by      workpackages.Person
		concern workpackages.ConcernKind
		subject string
	}{{ownerA, workpackages.MilestoneOverdue, overdueA}, {leadA, workpackages.StatusDue, packageA}} {
		if r, err := c.Respond(t.Context(), x.by.Actor("browser"), workpackages.ResponseInput{Concern: x.concern, Subject: x.subject, Kind: workpackages.HaveIt}); err != nil || r.Version != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if all, err = c.Responses(t.Context()); err != nil || len(all) != 3 || all[2] != again {
		t.Errorf("the newest are not first: %+v, %v", all, err)
	}
}

func TestAnAnswerIsTakenBackByWhoGaveItOrADirector(t *testing.T) {
	for _, by := range []workpackages.Actor{ownerA.Actor("browser"), viewer.Actor("browser"), {}, {ID: "token:1", Role: workpackages.Lead, GroupID: groupA}} {
		c := newCouncilAtWork(t)
		r := c.answer(workpackages.HaveIt, 0)
		before := c.store.whole()
		c.wantKind(workpackages.Forbidden, before, c.Withdraw(t.Context(), by, r.ID))
		c.wantKind(workpackages.NotFound, before, c.Withdraw(t.Context(), by, r.ID+"x"))
	}
	for _, by := range []workpackages.Actor{leadA.Actor("browser"), director.Actor("browser"), workpackages.System()} {
		c := newCouncilAtWork(t)
		r := c.answer(workpackages.HaveIt, 0)
		if err := c.Withdraw(t.Context(), by, r.ID); err != nil {
			t.Fatal(err)
		}
		if all, err := c.Responses(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("the answers are %+v, %v", all, err)
		}
		before := c.store.whole()
		c.wantKind(workpackages.NotFound, before, c.Withdraw(t.Context(), by, r.ID))
		if again := c.answer(workpackages.Snoozed, 1); again.Version != 3 || again.Withdrawn {
			t.Errorf("the next answer is %+v", again)
		}
	}
}

func TestOfTwoAnswersAtOnceTheLaterStands(t *testing.T) {
	c := newCouncilAtWork(t)
	rivals := 0
	c.store.fault = func(op string) error {
		if op == "SaveResponse" && rivals < 2 {
			if rivals++; rivals == 1 {
				c.answer(workpackages.NotMine, 0) // it gets in before
			}
		}
		return nil
	}
	if r := c.answer(workpackages.HaveIt, 0); r.Version != 2 || len(c.store.answers) != 1 || c.store.answers[0].Kind != workpackages.HaveIt {
		t.Errorf("%+v, stored %+v", r, c.store.answers)
	}
}

func TestAnAnswerThatIsAlwaysOvertakenSaysSo(t *testing.T) {
	c := newCouncilAtWork(t)
	before := c.store.whole()
	c.store.fault = func(op string) error {
		if op == "SaveResponse" {
			return workpackages.Errorf(workpackages.Stale, "overtaken")
		}
		return nil
	}
	_, err := c.Respond(t.Context(), leadA.Actor("browser"), workpackages.ResponseInput{Concern: workpackages.StatusDue, Subject: packageA, Kind: workpackages.HaveIt})
	c.wantKind(workpackages.Stale, before, err)
}

// TestTakingBackNeverTakesBackANewerAnswer: who takes one back has read that one.
func TestTakingBackNeverTakesBackANewerAnswer(t *testing.T) {
	c := newCouncilAtWork(t)
	r := c.answer(workpackages.Snoozed, 1)
	overtaken := false
	c.store.fault = func(op string) error {
		if op == "SaveResponse" && !overtaken {
			overtaken = true
			c.answer(workpackages.HaveIt, 5)
		}
		return nil
	}
	if err := c.Withdraw(t.Context(), director.Actor("browser"), r.ID); workpackages.KindOf(err) != workpackages.Stale {
		t.Errorf("taking back gave %v", err)
	}
	if all, err := c.Responses(t.Context()); err != nil || len(all) != 1 || all[0].Kind != workpackages.HaveIt {
		t.Errorf("the answers are %+v, %v", all, err)
	}
}

func TestManyAnswersAtOnceLeaveOne(t *testing.T) {
	c := newCouncilAtWork(t)
	kinds := []workpackages.ResponseKind{workpackages.HaveIt, workpackages.Snoozed, workpackages.NotMine}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			_, err := c.Respond(t.Context(), leadA.Actor("browser"), workpackages.ResponseInput{Concern: workpackages.StatusDue, Subject: packageA, Kind: kinds[i%3]})
			if err != nil && workpackages.KindOf(err) != workpackages.Stale {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if all, err := c.Responses(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("the answers are %+v, %v", all, err)
	}
}

func TestAnswersWithTheStoreAway(t *testing.T) {
	for _, op := range []string{"Package", "Responses", "SaveResponse"} {
		c := newCouncilAtWork(t)
		before := c.store.whole()
		c.store.away(1, op)
		_, err := c.Respond(t.Context(), leadA.Actor("browser"), workpackages.ResponseInput{Concern: workpackages.StatusDue, Subject: packageA, Kind: workpackages.HaveIt})
		c.wantKind(workpackages.Unavailable, before, err)
	}
	for _, op := range []string{"Responses", "SaveResponse"} {
		c := newCouncilAtWork(t)
		r := c.answer(workpackages.HaveIt, 0)
		before := c.store.whole()
		c.store.away(1, op)
		c.wantKind(workpackages.Unavailable, before, c.Withdraw(t.Context(), leadA.Actor("browser"), r.ID))
	}
}

func TestAnswersHaveWords(t *testing.T) {
	for _, k := range []workpackages.ResponseKind{workpackages.HaveIt, workpackages.Snoozed, workpackages.NotMine} {
		if k.Label() == string(k) {
			t.Errorf("%s has no words", k)
		}
	}
	for kind, want := range map[workpackages.ResponseKind]string{
		workpackages.HaveIt: "Ann has it until 27 November 2026", workpackages.Snoozed: "Ann snoozed it until 27 November 2026", workpackages.NotMine: "Ann says it is not theirs",
	} {
		if got := (workpackages.Response{PersonName: "Ann", Kind: kind, Until: "2026-11-27"}).Says(); got != want {
			t.Errorf("it says %q", got)
		}
	}
}
