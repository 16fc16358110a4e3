package store_test

import (
	"fmt"
	"reflect"
	"sync"
	"testing"

	"readiness/app/store/storetest"
	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/workpackages"
)

// entry is a made-up version of a message that sets a field of each kind.
func planEntry(id string, version int64) comms.Entry {
	m := comms.Message{
		ID: id, Title: fmt.Sprintf("Version %d", version), AudienceID: comms.Staff, Phase: comms.CallDay, Channel: comms.Slack, Sensitivity: comms.Embargoed,
		Readers: []string{"p"}, Trigger: comms.Trigger{Kind: comms.Recurring, Month: 2, Time: "09:00"}, Wording: comms.Wording{Number: 2, Heading: "h", Text: "t", By: "b", At: morning},
		State: comms.Sent, Approval: comms.Approval{Wording: 2, By: workpackages.System(), At: morning}, Authors: []string{"a"},
		Sendings: []comms.SendingRef{{ID: id + "/1", Base: id + "/1", Kind: comms.First, Wording: 1, At: morning, Recipients: 3, Queued: true}},
		Hand:     []comms.Hand{{At: morning, On: "2026-11-24", By: "b", How: "h", Wording: 1, People: 4}},
		Keys:     []workpackages.UsedKey{{Key: "k", Version: 1}}, Version: version, CreatedAt: morning, ChangedAt: morning,
	}
	return comms.Entry{ID: comms.EntryID(id, version), MessageID: id, Version: version, At: morning, By: workpackages.System(), Summary: "s", Approved: 2, State: m}
}

func TestAMessageOfThePlanIsReadBackWhole(t *testing.T) {
	s := storetest.New(t)
	want := planEntry("m", 1)
	if err := s.CommitPlan(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time from memory
		m, err := s.PlanMessage(t.Context(), "m")
		if err != nil {
			t.Fatal(err)
		}
		m.Trigger.Days = nil // none is an empty list
		if !reflect.DeepEqual(m, want.State) {
			t.Errorf("stored %+v\nread %+v", want.State, m)
		}
		if all, err := s.PlanMessages(t.Context()); err != nil || len(all) != 1 {
			t.Errorf("%d are there: %v", len(all), err)
		}
	}
	if _, err := s.PlanMessage(t.Context(), "none"); workpackages.KindOf(err) != workpackages.NotFound {
		t.Error(err)
	}
}

func TestOfManyWhoChangeAMessageAtOnceOneIsFirst(t *testing.T) {
	s := storetest.New(t)
	if err := s.CommitPlan(t.Context(), planEntry("m", 1)); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() {
			e := planEntry("m", 2)
			e.State.Title = fmt.Sprintf("By %d", i)
			errs[i] = s.CommitPlan(t.Context(), e)
		})
	}
	wg.Wait()
	first := -1
	for i, err := range errs {
		switch {
		case err == nil && first < 0:
			first = i
		case err == nil:
			t.Errorf("both %d and %d were first", first, i)
		case workpackages.KindOf(err) != workpackages.Stale:
			t.Error(err)
		}
	}
	m, err := s.PlanMessage(t.Context(), "m")
	if err != nil || m.Title != fmt.Sprintf("By %d", first) || m.Version != 2 {
		t.Errorf("%d was first, and the message is %q at %d: %v", first, m.Title, m.Version, err)
	}
}

func TestASendingIsMadeOnce(t *testing.T) {
	s := storetest.New(t)
	for i, name := range []string{"first", "second"} {
		r, err := s.AddRoster(t.Context(), comms.Roster{ID: "m/1", MessageID: "m", Heading: name, To: []comms.RosterEntry{{ID: notifications.ContactID("a@b"), Email: "a@b"}}})
		if err != nil || r.Heading != "first" {
			t.Errorf("made %d times, it is %q: %v", i+1, r.Heading, err)
		}
	}
}

func TestWhoHasReadIsChangedAtItsVersion(t *testing.T) {
	s := storetest.New(t)
	r := comms.Reach{ID: "m/1", Version: 1, Reads: []comms.Read{{ID: "p", At: morning, Wording: 1}}}
	for i, want := range []workpackages.Kind{workpackages.Internal, workpackages.Stale} {
		if err := s.SaveReach(t.Context(), r); (err == nil) != (i == 0) || err != nil && workpackages.KindOf(err) != want {
			t.Errorf("saved %d times: %v", i+1, err)
		}
	}
	r.Version = 2
	if err := s.SaveReach(t.Context(), r); err != nil {
		t.Error(err)
	}
}

func TestTheLogOfReadingsIsOfOneMessage(t *testing.T) {
	s := storetest.New(t)
	for i, a := range []comms.Access{{MessageID: "m", Name: "A", At: morning}, {MessageID: "m", Name: "B", At: morning.Add(1e9)}, {MessageID: "other", Name: "C", At: morning}} {
		a.ID = fmt.Sprint(i)
		if err := s.AddAccess(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Accesses(t.Context(), "m")
	if err != nil || len(all) != 2 || all[0].Name != "B" {
		t.Errorf("%+v %v", all, err)
	}
}

func TestWhatWaitsIsCountedByTheBeginningOfItsKey(t *testing.T) {
	s := storetest.New(t)
	for _, key := range []string{"plan-message/m-1/2/a", "plan-message/m-1/2/b", "plan-message/m-1/20/a", "plan-message/m-12/2/a", "reminders/a"} {
		if err := s.AddDue(t.Context(), notifications.Due{ID: key, Key: key, NotBefore: morning, CreatedAt: morning}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.AddMessage(t.Context(), message(key, notifications.Pending)); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Waiting(t.Context(), "plan-message/m-1/2/"); err != nil || n != 2 {
		t.Errorf("%d wait: %v", n, err)
	}
	if all, err := s.Messages(t.Context(), notifications.Filter{Under: "plan-message/m-1/2/"}); err != nil || len(all) != 2 {
		t.Errorf("%d are in the ledger: %v", len(all), err)
	}
}
