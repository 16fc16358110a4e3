package store_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"

	"readiness/app/store"
	"readiness/app/store/storetest"
	"readiness/schedules"
	"readiness/workpackages"
)

var director = workpackages.Actor{ID: "ad", Name: "Director", Role: workpackages.AssistantDirector}

func book(s *store.Store) *schedules.RuleBook {
	return &schedules.RuleBook{Store: s, Now: func() time.Time { return morning }, Zone: time.UTC}
}

// changedRules changes a rule twice and gives closed days once.
func changedRules(t *testing.T, b *schedules.RuleBook) (schedules.Rule, schedules.ClosedDays) {
	t.Helper()
	var r schedules.Rule
	for version := range int64(2) {
		var err error
		r, err = b.EditRule(t.Context(), director, schedules.GroupDigest, version+1, schedules.RuleInput{
			On: version == 1, Days: []time.Weekday{time.Monday, time.Friday}, Time: "10:15", Audience: []schedules.Audience{schedules.ChannelAudience, schedules.Leads},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	c, err := b.EditClosedDays(t.Context(), director, 1, []schedules.ClosedPeriod{{From: "2026-12-29", To: "2026-12-31", Name: "Christmas closure"}})
	if err != nil {
		t.Fatal(err)
	}
	return r, c
}

func holds(t *testing.T, b *schedules.RuleBook, r schedules.Rule, c schedules.ClosedDays) {
	t.Helper()
	p, err := b.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Rules[r.ID]; !reflect.DeepEqual(got, r) {
		t.Errorf("the rule is %+v, not %+v", got, r)
	}
	if !reflect.DeepEqual(p.Closed, c) {
		t.Errorf("the closed days are %+v, not %+v", p.Closed, c)
	}
	if len(p.Rules) != len(schedules.RuleInfos()) || p.Rules[schedules.ActionDue].Version != 1 {
		t.Errorf("there are %d rules", len(p.Rules))
	}
}

func TestRulesAndClosedDaysComeBackAsTheyWereGivenAndAreExported(t *testing.T) {
	s := storetest.New(t)
	b := book(s)
	if c, err := b.ClosedDays(t.Context()); err != nil || c.Version != 1 {
		t.Fatalf("before any: %+v %v", c, err)
	}
	r, c := changedRules(t, b)
	for range 2 { // the second time from what is kept
		holds(t, b, r, c)
	}
	var file bytes.Buffer
	if err := s.Export(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	other := storetest.New(t)
	holds(t, book(other), schedules.RuleInfos()[8].Default, schedules.ClosedDays{ID: "council", Version: 1, Periods: []schedules.ClosedPeriod{}})
	if _, err := other.Import(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	holds(t, book(other), r, c)
}

func TestWhatIsReadOfARuleCanBeChangedWithoutChangingTheRule(t *testing.T) {
	b := book(storetest.New(t))
	r, c := changedRules(t, b)
	p, err := b.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Rules[r.ID].Days[0], p.Rules[r.ID].Audience[0], p.Closed.Periods[0].Name = time.Sunday, "x", "x"
	holds(t, b, r, c)
}

// TestOfManyWhoChangeARuleOneIsTakenAndTheOthersSeeIt: also where nothing was
// stored before.
func TestOfManyWhoChangeARuleOneIsTakenAndTheOthersSeeIt(t *testing.T) {
	b := book(storetest.New(t))
	for version := int64(1); version <= 10; version++ {
		if n := race(t, func() (bool, error) {
			_, err := b.EditRule(t.Context(), director, schedules.WeeklyDigest, version, schedules.RuleInput{
				On: true, Days: []time.Weekday{time.Monday}, Time: fmt.Sprintf("%02d:00", version), Audience: []schedules.Audience{schedules.Directors},
			})
			if err != nil && workpackages.KindOf(err) == workpackages.Stale {
				return false, nil
			}
			return err == nil, err
		}); n != 1 {
			t.Fatalf("version %d: %d were taken", version, n)
		}
		if n := race(t, func() (bool, error) {
			_, err := b.EditClosedDays(t.Context(), director, version, nil)
			if err != nil && workpackages.KindOf(err) == workpackages.Stale {
				return false, nil
			}
			return err == nil, err
		}); n != 1 {
			t.Fatalf("closed days, version %d: %d were taken", version, n)
		}
	}
}

func TestCopiesAreKeptAndForgotten(t *testing.T) {
	s := storetest.New(t)
	for i := range 3 {
		c := schedules.Copy{ID: fmt.Sprint(i), Host: "host", StartedAt: morning.Add(time.Duration(i) * time.Hour), TickAt: morning}
		for range 2 {
			c.TickAt = c.TickAt.Add(time.Duration(i) * time.Hour)
			if err := s.SaveCopy(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
	ids := func() string {
		t.Helper()
		all, err := s.Copies(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, c := range all {
			out += c.ID + " " + c.TickAt.Format("15:04 ")
		}
		return out
	}
	if got := ids(); got != "2 13:00 1 11:00 0 09:00 " {
		t.Errorf("they are %s", got)
	}
	if err := s.DeleteCopies(t.Context(), morning.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteCopy(t.Context(), "2"); err != nil {
		t.Fatal(err)
	}
	if got := ids(); got != "1 11:00 " {
		t.Errorf("left are %s", got)
	}
}

func TestARenewalThatComesLateDoesNotUndoHowARunEnded(t *testing.T) {
	s := storetest.New(t)
	r := schedules.Run{ID: "job/1/1", Job: "job", Instant: morning, Attempt: 1, State: schedules.Running, StartedAt: morning, LeaseUntil: morning.Add(time.Minute)}
	if _, err := s.AddRun(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	late, ended := r, r
	late.LeaseUntil, ended.State = morning.Add(2*time.Minute), schedules.Done
	for _, v := range []schedules.Run{late, ended, late} {
		if err := s.SaveRun(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Run(t.Context(), r.ID); err != nil || got.State != schedules.Done {
		t.Errorf("it is %+v %v", got, err)
	}
}

func TestAMarkIsNotSetByReadingIt(t *testing.T) {
	s := storetest.New(t)
	if at, err := s.LastDone(t.Context(), "job", time.Time{}); err != nil || !at.IsZero() {
		t.Errorf("before any it is %s: %v", at, err)
	}
	if at, err := s.LastDone(t.Context(), "job", morning); err != nil || !at.Equal(morning) {
		t.Errorf("then it is %s: %v", at, err)
	}
}
