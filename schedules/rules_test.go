package schedules

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/workingdays"
)

// ruleStore is a RuleStore in memory; the real one has its own tests.
type ruleStore struct {
	rules  map[string]Rule
	closed *ClosedDays
	away   error
	before func() // called before a rule is saved, once
}

func (s *ruleStore) Rules(context.Context) ([]Rule, error) {
	var out []Rule
	for _, r := range s.rules {
		out = append(out, r)
	}
	return out, s.away
}

func (s *ruleStore) SaveRule(_ context.Context, r Rule) error {
	if s.before != nil {
		before := s.before
		s.before = nil
		before()
	}
	if was := max(s.rules[r.ID].Version, 1); was != r.Version-1 {
		return workpackages.Errorf(workpackages.Stale, "stale")
	}
	s.rules[r.ID] = r
	return nil
}

func (s *ruleStore) ClosedDays(context.Context) (ClosedDays, error) {
	if s.closed == nil {
		return ClosedDays{}, workpackages.Errorf(workpackages.NotFound, "none")
	}
	return *s.closed, s.away
}

func (s *ruleStore) SaveClosedDays(_ context.Context, c ClosedDays) error {
	s.closed = &c
	return nil
}

var director = workpackages.Actor{ID: "ad", Name: "Director", Role: workpackages.AssistantDirector}

func newBook(t *testing.T) (*RuleBook, *ruleStore, *clock) {
	t.Helper()
	var clk clock
	clk.set("2026-11-24T09:30:00Z")
	s := &ruleStore{rules: map[string]Rule{}}
	return &RuleBook{Store: s, Now: clk.now, Zone: london(t)}, s, &clk
}

// typed is a rule as a form gives it back unchanged.
func typed(r Rule) RuleInput {
	return RuleInput{On: r.On, Days: r.Days, Time: r.Time, Audience: r.Audience,
		Soon: fmt.Sprint(r.Soon), ChairAfter: fmt.Sprint(r.ChairAfter), DirectorAfter: fmt.Sprint(r.DirectorAfter)}
}

func TestTheRulesAsTheyCome(t *testing.T) {
	b, _, _ := newBook(t)
	rules, err := b.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rules {
		got = append(got, fmt.Sprintf("%s %v %s %v %d %d %d v%d", r.ID, r.On, r.Spec(), r.Audience, r.Soon, r.ChairAfter, r.DirectorAfter, r.Version))
	}
	want := `status-update-due true 0 9 * * 1-5 [owners leads] 0 3 5 v1
milestone-due-soon true 0 9 * * 1-5 [owners leads] 5 0 0 v1
milestone-due-today true 0 9 * * 1-5 [owners leads] 0 0 0 v1
milestone-overdue true 0 9 * * 1-5 [owners leads] 0 3 5 v1
action-due true 0 9 * * 1-5 [owners] 0 3 5 v1
evidence-out-of-date true 0 9 * * 1-5 [owners leads] 10 0 0 v1
meeting-tomorrow true 0 9 * * 1-5 [leads chair] 0 0 0 v1
weekly-digest true 0 8 * * 1 [assistant_directors] 0 0 0 v1
group-digest true 30 8 * * 1 [leads chair] 0 0 0 v1
plan-due true 0 9 * * 1-5 [owners approvers comms] 5 0 0 v1`
	if strings.Join(got, "\n") != want {
		t.Errorf("they are\n%s", strings.Join(got, "\n"))
	}
	for _, info := range RuleInfos() {
		if info.Title == "" || info.Description == "" || len(info.May) == 0 {
			t.Errorf("%s is not described", info.ID)
		}
		for _, a := range info.May {
			if a.Label() == string(a) {
				t.Errorf("%s has no label", a)
			}
		}
		// What comes with the product can be put back by the form.
		same, err := typed(info.Default).read(info, info.Default)
		if err != nil || fmt.Sprint(same) != fmt.Sprint(info.Default) {
			t.Errorf("%s typed in again: %+v %v", info.ID, same, err)
		}
	}
}

func TestAnAssistantDirectorChangesARule(t *testing.T) {
	b, _, clk := newBook(t)
	in := RuleInput{On: true, Days: []time.Weekday{time.Wednesday, time.Monday, time.Wednesday}, Time: "8.15 am", Audience: []Audience{Leads, Owners}, Soon: " 3 "}
	r, err := b.EditRule(t.Context(), director, MilestoneDueSoon, 1, in)
	if err != nil {
		t.Fatal(err)
	}
	if r.Spec() != "15 8 * * 1,3" || fmt.Sprint(r.Audience) != "[owners leads]" || r.Soon != 3 || r.Version != 2 || r.ChangedBy != "Director" || !r.ChangedAt.Equal(clk.now()) || !r.Since.Equal(clk.now()) {
		t.Errorf("it is %+v", r)
	}
	again, err := b.Rule(t.Context(), MilestoneDueSoon)
	if err != nil || fmt.Sprint(again) != fmt.Sprint(r) {
		t.Errorf("read again it is %+v %v", again, err)
	}
	clk.add(time.Hour)
	in = typed(r)
	in.Soon = "4"
	if next, err := b.EditRule(t.Context(), director, MilestoneDueSoon, 2, in); err != nil || next.Version != 3 || !next.Since.Equal(r.Since) {
		t.Errorf("a change of something else moves its times: %+v %v", next, err)
	}
	in.On = false
	if next, err := b.EditRule(t.Context(), director, MilestoneDueSoon, 3, in); err != nil || next.On || !next.Since.Equal(clk.now()) {
		t.Errorf("switched off: %+v %v", next, err)
	}
}

func TestWhatIsWrongWithARuleIsSaidFieldByField(t *testing.T) {
	good := func(id string) RuleInput { i, _ := RuleInfoOf(id); return typed(i.Default) }
	for _, x := range []struct {
		what, rule string
		change     func(in *RuleInput)
		field      string
	}{
		{"no day", ActionDue, func(in *RuleInput) { in.Days = nil }, "days"},
		{"a Saturday", ActionDue, func(in *RuleInput) { in.Days = append(in.Days, time.Saturday) }, "days"},
		{"no such day", ActionDue, func(in *RuleInput) { in.Days = append(in.Days, 9) }, "days"},
		{"no time", ActionDue, func(in *RuleInput) { in.Time = "" }, "time"},
		{"no such time", ActionDue, func(in *RuleInput) { in.Time = "25:00" }, "time"},
		{"words for a time", ActionDue, func(in *RuleInput) { in.Time = "* *" }, "time"},
		{"nobody", ActionDue, func(in *RuleInput) { in.Audience = nil }, "audience"},
		{"an audience it cannot have", ActionDue, func(in *RuleInput) { in.Audience = append(in.Audience, ChannelAudience) }, "audience"},
		{"no audience at all", ActionDue, func(in *RuleInput) { in.Audience = append(in.Audience, "all") }, "audience"},
		{"a channel, where it may", GroupDigest, func(in *RuleInput) { in.Audience = []Audience{ChannelAudience} }, ""},
		{"not ahead", MilestoneDueSoon, func(in *RuleInput) { in.Soon = "" }, "soon"},
		{"0 days ahead", MilestoneDueSoon, func(in *RuleInput) { in.Soon = "0" }, "soon"},
		{"too far ahead", MilestoneDueSoon, func(in *RuleInput) { in.Soon = "61" }, "soon"},
		{"nothing to look ahead for", ActionDue, func(in *RuleInput) { in.Soon = "x" }, ""},
		{"a chair never told", ActionDue, func(in *RuleInput) { in.ChairAfter = "" }, ""},
		{"a chair told before", ActionDue, func(in *RuleInput) { in.ChairAfter = "-1" }, "chair_after"},
		{"a director told in words", ActionDue, func(in *RuleInput) { in.DirectorAfter = "five" }, "director_after"},
		{"half past", ActionDue, func(in *RuleInput) { in.Time = "4:30pm" }, ""},
	} {
		b, s, _ := newBook(t)
		in := good(x.rule)
		x.change(&in)
		_, err := b.EditRule(t.Context(), director, x.rule, 1, in)
		if (err == nil) != (x.field == "") || (len(s.rules) == 1) != (x.field == "") {
			t.Errorf("%s: %v", x.what, err)
			continue
		}
		var known *workpackages.Error
		if err != nil && (!errors.As(err, &known) || known.Kind != workpackages.Invalid || len(known.Fields) != 1 || known.Fields[0].Field != x.field) {
			t.Errorf("%s: %v", x.what, err)
		}
	}
	b, _, _ := newBook(t)
	_, err := b.EditRule(t.Context(), director, ActionDue, 1, RuleInput{ChairAfter: "x", DirectorAfter: "y"})
	var known *workpackages.Error
	if !errors.As(err, &known) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range known.Fields {
		got = append(got, f.Field)
	}
	if want := []string{"days", "time", "audience", "chair_after", "director_after"}; !slices.Equal(got, want) {
		t.Errorf("everything wrong: %v", got)
	}
}

func TestOnlyAssistantDirectorsChangeRulesAndClosedDays(t *testing.T) {
	for _, role := range []workpackages.Role{workpackages.Lead, workpackages.Analyst, workpackages.Comms, workpackages.Viewer, ""} {
		b, s, _ := newBook(t)
		by := workpackages.Actor{ID: "x", Role: role, GroupID: "g"}
		if _, err := b.EditRule(t.Context(), by, ActionDue, 1, RuleInput{}); workpackages.KindOf(err) != workpackages.Forbidden || len(s.rules) != 0 {
			t.Errorf("%q changes a rule: %v", role, err)
		}
		if _, err := b.EditClosedDays(t.Context(), by, 1, nil); workpackages.KindOf(err) != workpackages.Forbidden || s.closed != nil {
			t.Errorf("%q changes the closed days: %v", role, err)
		}
	}
}

func TestAChangeToAnOlderVersionIsStaleAndCarriesTheOneInForce(t *testing.T) {
	b, s, _ := newBook(t)
	info, _ := RuleInfoOf(ActionDue)
	theirs := info.Default
	theirs.Version, theirs.ChangedBy = 2, "Somebody"
	// Another copy is faster between our reading and our writing.
	s.before = func() { s.rules[ActionDue] = theirs }
	for i := range 2 {
		_, err := b.EditRule(t.Context(), director, ActionDue, 1, typed(info.Default))
		var known *workpackages.Error
		if !errors.As(err, &known) || known.Kind != workpackages.Stale {
			t.Fatalf("%d: %v", i, err)
		}
		if current, _ := known.Current.(Rule); current.ChangedBy != "Somebody" {
			t.Errorf("%d: it carries %+v", i, known.Current)
		}
	}
	if _, err := b.EditRule(t.Context(), director, "no-such", 1, RuleInput{}); workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("a rule that is not there: %v", err)
	}
	if _, err := b.EditClosedDays(t.Context(), director, 7, nil); workpackages.KindOf(err) != workpackages.Stale {
		t.Errorf("closed days of another version: %v", err)
	}
}

func TestClosedDaysAreReadAsTheyAreTyped(t *testing.T) {
	b, _, _ := newBook(t)
	c, err := b.EditClosedDays(t.Context(), director, 1, []ClosedPeriod{
		{From: "2/4/2027", Name: "  Maundy   Thursday "}, {}, {From: "29 December 2026", To: "31/12/2026", Name: "Christmas closure"},
	})
	if err != nil || c.Version != 2 || c.ChangedBy != "Director" || fmt.Sprint(c.Periods) != "[{29 December 2026 31 December 2026 Christmas closure} {2 April 2027 2 April 2027 Maundy Thursday}]" {
		t.Fatalf("%+v %v", c, err)
	}
	for day, want := range map[workpackages.Date]bool{"2026-12-28": false, "2026-12-29": true, "2026-12-31": true, "2027-01-01": false, "2027-04-02": true, "": false} {
		if c.Is(day) != want {
			t.Errorf("on %s: %v", day, c.Is(day))
		}
	}
	for day, want := range map[string]bool{"2026-12-24": true, "2026-12-25": false, "2026-12-27": false, "2026-12-28": false, "2026-12-30": false, "2027-01-04": true} {
		at, _ := time.ParseInLocation(time.DateOnly, day, london(t))
		if Working(at, c) != want {
			t.Errorf("%s is a working day: %v", day, !want)
		}
	}
	c, err = b.EditClosedDays(t.Context(), director, 2, nil)
	if err != nil || len(c.Periods) != 0 || c.Version != 3 {
		t.Errorf("all taken away: %+v %v", c, err)
	}
	for field, row := range map[string]ClosedPeriod{
		"from-2": {From: "tomorrow", Name: "n"}, "from-2 ": {From: "24/12/2062", Name: "n"}, "to-2": {From: "24/12/2026", To: "x", Name: "n"}, "to-2 ": {From: "24/12/2026", To: "23/12/2026", Name: "n"},
		"to-2  ": {From: "24/12/2026", To: "24/1/2027", Name: "n"}, "name-2": {From: "24/12/2026"}, "name-2 ": {From: "24/12/2026", Name: strings.Repeat("n", 61)},
	} {
		_, err := b.EditClosedDays(t.Context(), director, 3, []ClosedPeriod{{}, row})
		var known *workpackages.Error
		if !errors.As(err, &known) || len(known.Fields) != 1 || known.Fields[0].Field != strings.TrimSpace(field) {
			t.Errorf("%+v: %v", row, err)
		}
	}
	if _, err := b.EditClosedDays(t.Context(), director, 3, slices.Repeat([]ClosedPeriod{{From: "24/12/2026", Name: "n"}}, 51)); workpackages.KindOf(err) != workpackages.Invalid || err == nil {
		t.Errorf("too many rows: %v", err)
	}
}

// planned is a runner with a plan in the test's hands.
type planned struct {
	*Runner
	store *memory
	clk   *clock
	plan  Plan
	err   error
	ran   []string
}

// withPlan has one job of a rule, and one without.
func withPlan(t *testing.T, at string) *planned {
	t.Helper()
	p := &planned{store: newMemory(), clk: &clock{}, plan: Plan{Rules: map[string]Rule{}}}
	p.clk.set(at)
	info, _ := RuleInfoOf(ActionDue)
	p.plan.Rules[ActionDue] = info.Default
	run := func(_ context.Context, o Occasion) (Outcome, error) {
		p.ran = append(p.ran, o.Instant.Format("Mon 15:04"))
		return Outcome{}, nil
	}
	var err error
	p.Runner, err = New(p.store, p.clk.now, slog.New(slog.DiscardHandler),
		Job{Name: ActionDue, Title: "Action due", Spec: "0 7 * * *", Zone: london(t), WorkingDays: true, Misfire: Once, Grace: 9 * time.Hour, Timeout: time.Minute, Run: run},
		Job{Name: "clean-up", Spec: "30 3 * * *", Zone: london(t), Misfire: Once, Grace: 24 * time.Hour, Timeout: 5 * time.Minute, Run: nothing})
	if err != nil {
		t.Fatal(err)
	}
	p.Runner.Plan = func(context.Context) (Plan, error) { return p.plan, p.err }
	tick(t, p.Runner)
	return p
}

// edit changes the rule now, as RuleBook does.
func (p *planned) edit(change func(r *Rule)) {
	r := p.plan.Rules[ActionDue]
	change(&r)
	r.ChangedAt, r.Since = p.clk.now(), p.clk.now()
	p.plan.Rules[ActionDue] = r
}

// through looks every five minutes until an instant.
func (p *planned) through(t *testing.T, until string) {
	t.Helper()
	end, err := time.Parse(time.RFC3339, until)
	if err != nil {
		t.Fatal(err)
	}
	for p.clk.now().Before(end) {
		p.clk.add(5 * time.Minute)
		tick(t, p.Runner)
	}
}

func TestAJobThatHasARuleRunsAtTheRulesTimes(t *testing.T) {
	p := withPlan(t, "2026-11-24T06:00:00Z")
	p.through(t, "2026-11-24T10:00:00Z")
	p.edit(func(r *Rule) { r.Days, r.Time = []time.Weekday{time.Thursday}, "11:40" })
	p.through(t, "2026-11-27T18:00:00Z")
	if want := []string{"Tue 09:00", "Thu 11:40"}; !slices.Equal(p.ran, want) {
		t.Errorf("it ran at %q", p.ran)
	}
}

func TestATimeThatHasPassedWhenItIsSetIsNotForToday(t *testing.T) {
	p := withPlan(t, "2026-11-24T09:05:00Z")
	p.through(t, "2026-11-24T09:30:00Z")
	p.edit(func(r *Rule) { r.Time = "09:15" })
	p.through(t, "2026-11-25T09:20:00Z")
	if want := []string{"Wed 09:15"}; !slices.Equal(p.ran, want) {
		t.Errorf("it ran at %q", p.ran)
	}
}

func TestWhatPassedWhileARuleWasOffIsNotMadeUpFor(t *testing.T) {
	p := withPlan(t, "2026-11-23T10:00:00Z")
	p.edit(func(r *Rule) { r.On = false })
	p.through(t, "2026-11-25T09:30:00Z")
	if len(p.ran) != 0 || len(p.store.runs) != 2 { // clean-up's
		t.Fatalf("while off it ran at %q: %v", p.ran, p.store.states())
	}
	p.edit(func(r *Rule) { r.On = true })
	p.through(t, "2026-11-26T09:30:00Z")
	if want := []string{"Thu 09:00"}; !slices.Equal(p.ran, want) {
		t.Errorf("it ran at %q: %v", p.ran, p.store.states())
	}
}

// TestAChangeOfSomethingElseTakesNothingAway that is due when it is made.
func TestAChangeOfSomethingElseTakesNothingAway(t *testing.T) {
	p := withPlan(t, "2026-11-24T08:59:00Z")
	p.clk.add(80 * time.Second)
	r := p.plan.Rules[ActionDue]
	r.Audience, r.ChangedAt = []Audience{Leads}, p.clk.now()
	p.plan.Rules[ActionDue] = r
	tick(t, p.Runner)
	if want := []string{"Tue 09:00"}; !slices.Equal(p.ran, want) {
		t.Errorf("it ran at %q", p.ran)
	}
}

func TestClosedDaysAreLeftOut(t *testing.T) {
	p := withPlan(t, "2026-12-23T10:00:00Z")
	p.plan.Closed = ClosedDays{Periods: []ClosedPeriod{{From: "2026-12-24", To: "2026-12-24"}, {From: "2026-12-29", To: "2026-12-31"}}}
	p.through(t, "2027-01-05T10:00:00Z")
	if want := []string{"Mon 09:00", "Tue 09:00"}; !slices.Equal(p.ran, want) {
		t.Errorf("it ran at %q", p.ran)
	}
	if s := p.store.states()["clean-up/2026-12-30T03:30Z/1"]; s != Done {
		t.Errorf("a job of every day is %q", s)
	}
}

func TestClosedDaysAreLeftOutByAJobWithoutARuleToo(t *testing.T) {
	p := withPlan(t, "2026-12-23T10:00:00Z")
	delete(p.plan.Rules, ActionDue)
	p.plan.Closed = ClosedDays{Periods: []ClosedPeriod{{From: "2026-12-24", To: "2026-12-24"}}}
	p.through(t, "2026-12-29T10:00:00Z")
	if want := []string{"Tue 07:00"}; !slices.Equal(p.ran, want) {
		t.Errorf("it ran at %q", p.ran)
	}
}

func TestAPlanThatCannotBeReadIsSaid(t *testing.T) {
	p := withPlan(t, "2026-11-24T08:59:00Z")
	p.clk.add(2 * time.Minute)
	p.err = errors.New("away")
	if err := p.Tick(t.Context()); err == nil || !strings.Contains(err.Error(), "the rules and closed days cannot be read") || len(p.ran) != 0 {
		t.Errorf("a look: %v", err)
	}
	if _, err := p.Jobs(t.Context()); err == nil {
		t.Error("jobs are listed without it")
	}
	if _, err := p.RunNow(t.Context(), ActionDue, time.Time{}, true); err == nil || len(p.ran) != 0 {
		t.Error("a job is run without it")
	}
	if _, err := p.Between(t.Context(), p.clk.now(), p.clk.now().Add(time.Hour), 1, false); err == nil {
		t.Error("times are given without it")
	}
	h, err := p.Health(t.Context())
	if err == nil || h.TickAge != 2*time.Minute {
		t.Errorf("health is %+v %v", h, err)
	}
	p.err = nil
	p.plan.Rules[ActionDue] = Rule{ID: ActionDue, On: true, Time: "nine", Days: workingWeek}
	if err := p.Tick(t.Context()); err == nil || !strings.Contains(err.Error(), "the job action-due cannot be scheduled") {
		t.Errorf("with a rule that cannot be meant: %v", err)
	}
}

func TestARuleThatIsOffCanBeRunByHand(t *testing.T) {
	p := withPlan(t, "2026-11-24T08:59:00Z")
	p.edit(func(r *Rule) { r.On = false })
	if report, err := p.RunNow(t.Context(), ActionDue, time.Time{}, true); err != nil || len(p.ran) != 1 || p.ran[0] != "Tue 08:59" {
		t.Errorf("%+v %v, ran %q", report, err, p.ran)
	}
}

// TestEveryJobKeepsToWorkingDaysWhereItSays, by the plan as it comes: no reminder on
// a weekend, a bank holiday or a closed day, over three years.
func TestEveryJobKeepsToWorkingDaysWhereItSays(t *testing.T) {
	b, _, clk := newBook(t)
	if _, err := b.EditClosedDays(t.Context(), director, 1, []ClosedPeriod{{From: "2026-12-24", To: "2027-01-04", Name: "Christmas closure"}, {From: "2027-06-07", Name: "Training day"}}); err != nil {
		t.Fatal(err)
	}
	zone := london(t)
	jobs := Jobs(Deps{Packages: &workpackages.Service{}, Zone: zone})
	r, err := New(newMemory(), clk.now, slog.New(slog.DiscardHandler), jobs...)
	if err != nil {
		t.Fatal(err)
	}
	r.Plan = b.Plan
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	all, err := r.Between(t.Context(), from, from.AddDate(3, 0, 0), 100_000, false)
	if err != nil {
		t.Fatal(err)
	}
	closed, _ := b.ClosedDays(t.Context())
	days := map[string]int{}
	for _, o := range all {
		j := jobs[slices.IndexFunc(jobs, func(j Job) bool { return j.Name == o.Job })]
		local := o.Instant.In(zone)
		days[o.Job]++
		// A digest that falls on a holiday is made, and waits for its reader's next day.
		digest := j.Name == WeeklyDigest || j.Name == GroupDigest
		if _, ruled := RuleInfoOf(j.Name); ruled && j.WorkingDays == digest {
			t.Fatalf("%s has a rule and does not keep to working days", j.Name)
		}
		if _, holiday := workingdays.Holiday(local); j.WorkingDays && (holiday || local.Weekday() == time.Saturday || local.Weekday() == time.Sunday || closed.Is(workpackages.DateOf(o.Instant, zone))) {
			t.Errorf("%s runs on %s", o.Job, local)
		}
	}
	// Six of the closed days would be working days.
	working := workingdays.Between(from.AddDate(0, 0, -1), from.AddDate(3, 0, -1))
	if days[StatusUpdateDue] != working-6 || days["clean-up"] != 1096 {
		t.Errorf("of %d working days: %v", working, days)
	}
}

func TestTheJobsAreListedAsThePlanHasThem(t *testing.T) {
	p := withPlan(t, "2026-12-30T10:00:00Z")
	list := func() JobInfo {
		t.Helper()
		jobs, err := p.Jobs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return jobs[0]
	}
	j := list()
	if !j.On || !j.Rule || j.Spec != "0 9 * * 1-5" || !j.WorkingDays || j.Grace != "9 hours" || j.GraceMinutes != 540 || j.Timeout != "1 minute" || j.TimeoutMinutes != 1 ||
		j.Misfire != "Of the times that were missed, the newest is made up for" || j.Late {
		t.Errorf("it is %+v", j)
	}
	if want := []string{"Thursday 31 December, 09:00", "Monday 4 January 2027, 09:00", "Tuesday 5 January 2027, 09:00", "Wednesday 6 January 2027, 09:00", "Thursday 7 January 2027, 09:00"}; !slices.Equal(j.NextWords, want) || len(j.Next) != 5 {
		t.Errorf("next: %q", j.NextWords)
	}
	p.edit(func(r *Rule) { r.On = false })
	if j = list(); j.On || j.Next == nil || len(j.Next) != 0 || len(j.NextWords) != 0 {
		t.Errorf("off: %+v", j)
	}
	for d, want := range map[time.Duration]string{24 * time.Hour: "1 day", 90 * time.Minute: "90 minutes", 90 * time.Second: "90 seconds", 0: "no time", 2 * time.Hour: "2 hours"} {
		if got := inWords(d); got != want {
			t.Errorf("%s is %q", d, got)
		}
	}
}

func TestTheTimesOfASpanAreGivenInOrder(t *testing.T) {
	p := withPlan(t, "2026-11-24T08:00:00Z")
	between := func(from, to string, limit int, off bool) string {
		t.Helper()
		a, _ := time.Parse(time.RFC3339, from)
		b, _ := time.Parse(time.RFC3339, to)
		all, err := p.Between(t.Context(), a, b, limit, off)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, o := range all {
			out = append(out, o.Job+" "+o.Instant.Format("Mon 15:04"))
		}
		return strings.Join(out, ", ")
	}
	const both = "clean-up Fri 03:30, action-due Fri 09:00, clean-up Sat 03:30, clean-up Sun 03:30, clean-up Mon 03:30"
	if got := between("2026-11-27T03:30:00Z", "2026-11-30T09:00:00Z", 100, false); got != both {
		t.Errorf("of Friday to Monday: %s", got)
	}
	if got := between("2026-11-27T03:30:00Z", "2026-11-30T09:00:00Z", 2, false); got != "clean-up Fri 03:30, action-due Fri 09:00" {
		t.Errorf("the first two: %s", got)
	}
	p.edit(func(r *Rule) { r.On = false })
	if got := between("2026-11-27T03:30:00Z", "2026-11-28T00:00:00Z", 9, false); got != "clean-up Fri 03:30" {
		t.Errorf("with a rule off: %s", got)
	}
	if got := between("2026-11-27T03:30:00Z", "2026-11-28T00:00:00Z", 9, true); got != "clean-up Fri 03:30, action-due Fri 09:00" {
		t.Errorf("with those that are off: %s", got)
	}
	if got := between("2026-11-28T00:00:00Z", "2026-11-27T00:00:00Z", 9, true); got != "" {
		t.Errorf("backwards: %s", got)
	}
}

// FuzzARuleThatIsTyped: what is taken can be scheduled.
func FuzzARuleThatIsTyped(f *testing.F) {
	f.Add("09:00", "5", 1)
	f.Add("8.15 am", "", 5)
	f.Add("* *", "-1", 9)
	f.Fuzz(func(t *testing.T, at, number string, day int) {
		for _, info := range RuleInfos() {
			r, err := RuleInput{On: true, Days: []time.Weekday{time.Weekday(day)}, Time: at, Audience: info.May, Soon: number, ChairAfter: number, DirectorAfter: number}.read(info, info.Default)
			if err != nil {
				continue
			}
			if err := CheckSpec(r.Spec(), time.UTC); err != nil {
				t.Errorf("%q is taken, and %q cannot be scheduled: %v", at, r.Spec(), err)
			}
		}
	})
}
