package store_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"readiness/app/store/storetest"
	"readiness/notifications"
	"readiness/schedules"
	"readiness/workpackages"
)

var morning = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// race runs a function in eight goroutines at once and counts those that won.
func race(t *testing.T, do func() (bool, error)) int {
	t.Helper()
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			ok, err := do()
			if err != nil {
				t.Error(err)
			}
			if ok {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	return int(won.Load())
}

func message(id string, state notifications.State) notifications.Message {
	return notifications.Message{
		ID: id, Rule: "rule", RecipientID: "person", State: state, Version: 1, CreatedAt: morning, NotBefore: morning,
		Content: notifications.Content{Heading: "Heading", Items: []notifications.Item{{Title: "One", Detail: "detail", URL: "https://r.example"}}},
		Tries:   []notifications.Attempt{{At: morning, Outcome: "again", Detail: "Slack did not answer"}},
	}
}

func TestOfManyMessagesOfOneKeyOneIsAdded(t *testing.T) {
	s := storetest.New(t)
	for i := range 20 {
		m := message(fmt.Sprintf("rule/person/%d", i), notifications.Pending)
		if n := race(t, func() (bool, error) { return s.AddMessage(t.Context(), m) }); n != 1 {
			t.Fatalf("round %d: %d were added", i, n)
		}
	}
}

func TestOfManyWorkersOneClaimsAMessage(t *testing.T) {
	s := storetest.New(t)
	m := message("rule/person/1", notifications.Pending)
	if _, err := s.AddMessage(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for round := range 20 {
		m.Version++
		n := race(t, func() (bool, error) {
			err := s.SaveMessage(t.Context(), m)
			if err != nil && workpackages.KindOf(err) == workpackages.Stale {
				return false, nil
			}
			return err == nil, err
		})
		if n != 1 {
			t.Fatalf("round %d: %d claimed it", round, n)
		}
	}
}

func TestAMessageComesBackAsItWasKept(t *testing.T) {
	s := storetest.New(t)
	want := message("rule/person/1", notifications.Sent)
	want.NotAfter, want.SentAt, want.Channel, want.Timestamp = morning.Add(time.Hour), morning.Add(time.Minute), "D1", "1.1"
	if _, err := s.AddMessage(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, err := s.Message(t.Context(), want.ID)
	if err != nil || !got.NotAfter.Equal(want.NotAfter) || !got.SentAt.Equal(want.SentAt) || got.Content.Items[0] != want.Content.Items[0] ||
		got.Tries[0].Detail != "Slack did not answer" || got.Channel != "D1" || got.SentAt.Location() != time.UTC {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := s.Message(t.Context(), "rule/person/2"); workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestOnlyWhatMayWantWorkIsGivenOldestFirst(t *testing.T) {
	s := storetest.New(t)
	for i, state := range []notifications.State{
		notifications.Uncertain, notifications.Sent, notifications.Pending, notifications.Dead, notifications.Sending, notifications.NotSent, notifications.Pending,
	} {
		m := message(fmt.Sprint(i), state)
		m.CreatedAt = morning.Add(-time.Duration(i) * time.Minute)
		if i == 6 {
			m.NotBefore = morning.Add(time.Second)
		}
		if _, err := s.AddMessage(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for limit, want := range map[int][]string{10: {"4", "2", "0"}, 2: {"4", "2"}} {
		due, err := s.Undelivered(t.Context(), morning, limit)
		var got []string
		for _, m := range due {
			got = append(got, m.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("of %d: %v %v", limit, got, err)
		}
	}
	dead, err := s.Messages(t.Context(), notifications.Filter{State: notifications.Dead, Rule: "rule", Limit: 10})
	if err != nil || len(dead) != 1 || dead[0].ID != "3" {
		t.Errorf("those that are dead: %v %v", dead, err)
	}
	newest, err := s.Messages(t.Context(), notifications.Filter{Limit: 2})
	if err != nil || len(newest) != 2 || newest[0].ID != "0" || newest[1].ID != "1" {
		t.Errorf("the newest two: %v %v", newest, err)
	}
}

func TestOfManyCopiesOneClaimsARun(t *testing.T) {
	s := storetest.New(t)
	for i := range 20 {
		r := schedules.Run{ID: fmt.Sprintf("job/%d/1", i), Job: "job", Instant: morning, Attempt: 1, State: schedules.Running, StartedAt: morning}
		if n := race(t, func() (bool, error) { return s.AddRun(t.Context(), r) }); n != 1 {
			t.Fatalf("round %d: %d claimed it", i, n)
		}
	}
}

func TestTheLedgerOfRunsIsNewestFirst(t *testing.T) {
	s := storetest.New(t)
	for i := range 5 {
		r := schedules.Run{ID: fmt.Sprint(i), Job: "job", State: schedules.Running, StartedAt: morning.Add(time.Duration(i) * time.Minute)}
		if _, err := s.AddRun(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		r.State, r.Summary = schedules.Done, "done"
		if err := s.SaveRun(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := s.Runs(t.Context(), 2)
	if err != nil || len(runs) != 2 || runs[0].ID != "4" || runs[1].ID != "3" || runs[0].State != schedules.Done {
		t.Errorf("%+v %v", runs, err)
	}
	if _, err := s.Run(t.Context(), "9"); workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestAJobsMarkIsSetOnceAndOnlyMovesOn(t *testing.T) {
	s := storetest.New(t)
	var marks sync.Map
	var n atomic.Int32
	race(t, func() (bool, error) {
		at, err := s.LastDone(t.Context(), "job", morning.Add(time.Duration(n.Add(1))*time.Second))
		marks.Store(at.UnixMilli(), true)
		return true, err
	})
	different := 0
	marks.Range(func(any, any) bool { different++; return true })
	if different != 1 {
		t.Errorf("racing first starts see %d marks", different)
	}
	for _, at := range []time.Time{morning.Add(time.Hour), morning.Add(time.Minute)} {
		if err := s.SetLastDone(t.Context(), "job", at); err != nil {
			t.Fatal(err)
		}
	}
	if at, err := s.LastDone(t.Context(), "job", morning); err != nil || !at.Equal(morning.Add(time.Hour)) {
		t.Errorf("the mark is at %s: %v", at, err)
	}
}

func TestAQuietOutboxWakesForWhatIsNewAndWhatIsDueAgain(t *testing.T) {
	s := storetest.New(t)
	due := func(at time.Time) int {
		t.Helper()
		all, err := s.Undelivered(t.Context(), at, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if n := due(morning); n != 0 {
		t.Fatalf("%d are due in an empty outbox", n)
	}
	later := message("rule/person/later", notifications.Pending)
	later.NotBefore = morning.Add(time.Hour)
	if _, err := s.AddMessage(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if n := due(morning); n != 0 {
			t.Errorf("%d are due before their time", n)
		}
	}
	if _, err := s.AddMessage(t.Context(), message("rule/person/now", notifications.Pending)); err != nil {
		t.Fatal(err)
	}
	if n := due(morning); n != 1 {
		t.Errorf("%d are due after one was added", n)
	}
	sent := message("rule/person/now", notifications.Sent)
	sent.Version = 2
	if err := s.SaveMessage(t.Context(), sent); err != nil {
		t.Fatal(err)
	}
	if n := due(morning); n != 0 {
		t.Errorf("%d are due after it was sent", n)
	}
	if n := due(morning.Add(time.Hour)); n != 1 {
		t.Errorf("%d are due an hour later", n)
	}
}
