package store_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"readiness/app/store/storetest"
	"readiness/notifications"
	"readiness/workpackages"
)

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

func TestTheLedgerIsFiltered(t *testing.T) {
	s := storetest.New(t)
	for i, state := range []notifications.State{notifications.Uncertain, notifications.Sent, notifications.Dead} {
		m := message(fmt.Sprint(i), state)
		m.CreatedAt = morning.Add(-time.Duration(i) * time.Hour)
		if i == 1 {
			m.Rule, m.Rules, m.RecipientID = "letter", []string{"rule", "other"}, "somebody"
		}
		if _, err := s.AddMessage(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		what string
		f    notifications.Filter
		want []string
	}{
		{"all", notifications.Filter{}, []string{"0", "1", "2"}},
		{"the newest two", notifications.Filter{Limit: 2}, []string{"0", "1"}},
		{"those that are dead", notifications.Filter{State: notifications.Dead}, []string{"2"}},
		{"those on the way", notifications.Filter{Open: true}, []string{"0"}},
		{"of a rule, by itself or among others", notifications.Filter{Rule: "rule"}, []string{"0", "1", "2"}},
		{"of another", notifications.Filter{Rule: "other"}, []string{"1"}},
		{"to somebody", notifications.Filter{Recipient: "somebody"}, []string{"1"}},
		{"since", notifications.Filter{Since: morning.Add(-time.Hour)}, []string{"0", "1"}},
		{"until", notifications.Filter{Until: morning.Add(-time.Hour)}, []string{"2"}},
		{"between", notifications.Filter{Since: morning.Add(-time.Hour), Until: morning}, []string{"1"}},
	} {
		all, err := s.Messages(t.Context(), c.f)
		var got []string
		for _, m := range all {
			got = append(got, m.ID)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v", c.what, got, err)
		}
	}
}

func TestTheQueueGivesWhatIsDueOldestFirst(t *testing.T) {
	s := storetest.New(t)
	ids := func(at time.Time, limit int) string {
		t.Helper()
		due, err := s.DueNow(t.Context(), at, limit)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range due {
			out = append(out, d.ID)
		}
		return strings.Join(out, " ")
	}
	add := func(id string, age, wait time.Duration) {
		t.Helper()
		d := notifications.Due{ID: id, Key: id, CreatedAt: morning.Add(-age), NotBefore: morning.Add(wait)}
		for range 2 { // once more changes nothing
			if err := s.AddDue(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := ids(morning, 10); got != "" {
		t.Fatalf("an empty queue gives %s", got)
	}
	add("young", time.Minute, 0)
	add("old", time.Hour, 0)
	add("later", 2*time.Hour, time.Second)
	if got := ids(morning, 10); got != "old young" {
		t.Errorf("due: %s", got)
	}
	if got := ids(morning, 1); got != "old" {
		t.Errorf("the first: %s", got)
	}
	if err := s.PutOff(t.Context(), "old", morning.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := s.PutOff(t.Context(), "never there", morning); err != nil {
		t.Fatal(err)
	}
	if err := s.DropDue(t.Context(), "young"); err != nil {
		t.Fatal(err)
	}
	if got := ids(morning, 0); got != "" {
		t.Errorf("after: %s", got)
	}
	if got := ids(morning.Add(time.Minute), 0); got != "later old" {
		t.Errorf("a minute later: %s", got)
	}
}

func TestOfManyClaimsOneHoldsAndAllHearWhose(t *testing.T) {
	s := storetest.New(t)
	if _, err := s.ClaimOf(t.Context(), "thread/0"); workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("before: %v", err)
	}
	for round := range 20 {
		id := fmt.Sprint("thread/", round)
		var mu sync.Mutex
		heard := map[string]int{}
		won := race(t, func() (bool, error) {
			mine := notifications.Claim{ID: id, Holder: rand.Text(), At: morning, LeaseUntil: morning.Add(time.Minute)}
			c, err := s.Claim(t.Context(), mine)
			mu.Lock()
			defer mu.Unlock()
			heard[c.Holder]++
			return c.Holder == mine.Holder, err
		})
		if won != 1 || len(heard) != 1 {
			t.Fatalf("round %d: %d hold it, of whom %d are heard", round, won, len(heard))
		}
	}
}

func TestWhatIsOldIsTidiedAway(t *testing.T) {
	s := storetest.New(t)
	for i, m := range []notifications.Message{message("old and sent", notifications.Sent), message("old and waiting", notifications.Pending), message("new", notifications.Sent),
		message("plan-message/sent", notifications.Sent), message("plan-message/waiting", notifications.Pending)} {
		if i < 2 {
			m.CreatedAt = morning.AddDate(-2, 0, 0)
		}
		if i > 2 {
			m.Rule, m.CreatedAt = notifications.PlanMessage, morning.AddDate(0, 0, -61)
		}
		if _, err := s.AddMessage(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for id, at := range map[string]time.Time{"old": morning.AddDate(-2, 0, 0), "new": morning} {
		if _, err := s.Claim(t.Context(), notifications.Claim{ID: id, Holder: "h", At: at}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Tidy(t.Context(), morning.AddDate(0, 0, -30), morning.AddDate(-1, 0, 0), morning.AddDate(0, 0, -60)); err != nil {
		t.Fatal(err)
	}
	left, err := s.Messages(t.Context(), notifications.Filter{})
	if err != nil || len(left) != 2 || left[0].ID != "new" || left[1].ID != "old and waiting" {
		t.Errorf("%d are left: %v", len(left), err)
	}
	// Those of the plan, which are a season old, stand by themselves.
	if left, err = s.Messages(t.Context(), notifications.Filter{Rule: notifications.PlanMessage}); err != nil || len(left) != 1 || left[0].ID != "plan-message/waiting" {
		t.Errorf("%d of the plan are left: %v", len(left), err)
	}
	if _, err := s.ClaimOf(t.Context(), "old"); workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("the old claim: %v", err)
	}
	if _, err := s.ClaimOf(t.Context(), "new"); err != nil {
		t.Errorf("the new claim: %v", err)
	}
}

func TestTheHoldIsOnRecordForEverybody(t *testing.T) {
	s := storetest.New(t)
	if at, err := s.Hold(t.Context()); err != nil || !at.IsZero() {
		t.Fatalf("at first: %s %v", at, err)
	}
	for _, until := range []time.Time{morning, morning.Add(time.Minute)} {
		if err := s.SetHold(t.Context(), until); err != nil {
			t.Fatal(err)
		}
		if at, err := s.Hold(t.Context()); err != nil || !at.Equal(until) {
			t.Errorf("%s %v", at, err)
		}
	}
}

func TestPreferencesAreChangedAtTheirVersion(t *testing.T) {
	s := storetest.New(t)
	p := notifications.DefaultPreferences("p")
	p.Version = 1
	if err := s.SavePreferences(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := s.SavePreferences(t.Context(), p); workpackages.KindOf(err) != workpackages.Stale {
		t.Errorf("the first version twice: %v", err)
	}
	p.Version, p.From = 2, "10:00"
	if err := s.SavePreferences(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := s.SavePreferences(t.Context(), p); workpackages.KindOf(err) != workpackages.Stale {
		t.Errorf("the second version twice: %v", err)
	}
	all, err := s.Preferences(t.Context())
	if err != nil || len(all) != 1 || all[0].From != "10:00" || len(all[0].Days) != 5 || all[0].Days[0] != time.Monday {
		t.Errorf("%+v %v", all, err)
	}
}
