package slackapp

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/workpackages"
)

// council is one package and its lead, in memory. A change waits at the gate.
type council struct {
	workpackages.PackageStore
	workpackages.PeopleStore
	workpackages.GroupStore

	mu      sync.Mutex
	now     workpackages.WorkPackage
	entries []workpackages.Entry
	gate    chan struct{} // nil: open
	panics  bool
}

func (c *council) Package(context.Context, string) (workpackages.WorkPackage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now, nil
}

func (c *council) Packages(ctx context.Context) ([]workpackages.WorkPackage, error) {
	w, err := c.Package(ctx, "")
	return []workpackages.WorkPackage{w}, err
}

func (c *council) Entry(_ context.Context, _ string, version int64) (workpackages.Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.entries {
		if e.Version == version {
			return e, nil
		}
	}
	return workpackages.Entry{}, workpackages.Errorf(workpackages.NotFound, "no such entry")
}

func (c *council) Commit(_ context.Context, e workpackages.Entry) error {
	if c.gate != nil {
		<-c.gate
	}
	if c.panics {
		panic("the disk is on fire")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Version != c.now.Version+1 {
		return workpackages.Errorf(workpackages.Stale, "overtaken")
	}
	c.now, c.entries = e.State, append(c.entries, e)
	return nil
}

func (c *council) People(context.Context) ([]workpackages.Person, error) {
	return []workpackages.Person{lead}, nil
}

func (c *council) Person(context.Context, string) (workpackages.Person, error) { return lead, nil }

func (c *council) Groups(context.Context) ([]workpackages.Group, error) {
	return []workpackages.Group{{ID: "a", Name: "Group A"}}, nil
}

func (c *council) Account(_ context.Context, id string) (notifications.Account, error) {
	return notifications.Account{ID: id, PersonID: lead.ID, SlackID: "U0001", Email: lead.Email}, nil
}

func (c *council) SaveAccount(context.Context, notifications.Account) error { return nil }

// served is an App over a council, with a stand-in for Slack that reaches it.
func served(t *testing.T, c *council, patience time.Duration) (*notifytest.Slack, *notifytest.Hand) {
	t.Helper()
	s, err := notifytest.Start("xoxb-t", notifytest.Options{Emails: []string{"lead.one@example.gov.uk"}, AppToken: "xapp-t"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c.now = workpackages.WorkPackage{ID: "self", GroupID: "a", Title: "Self-evaluation", Status: workpackages.Green, Version: 1}
	clock := func() time.Time { return now }
	a := New(Options{
		Packages: &workpackages.Service{Packages: c, People: c, Groups: c, Now: clock, Zone: time.UTC, StaleAfter: 10}, Accounts: c, Claim: nowhere{}.Claim,
		Mine:     func(context.Context, string) (notifications.Yours, error) { return notifications.Yours{}, nil },
		Refresh:  func(context.Context, string, string) error { return nil },
		BotToken: "xoxb-t", AppToken: "xapp-t", APIURL: s.URL, BaseURL: "https://r.example", Zone: time.UTC, Now: clock,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Patience: patience,
	})
	a.Listen()
	t.Cleanup(func() {
		if err := a.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s, s.OverSocket()
}

// opened opens the form, and gives it.
func opened(t *testing.T, s *notifytest.Slack, h *notifytest.Hand) notifytest.View {
	t.Helper()
	if a := h.Command("U0001", "C0001", "update self"); a.Err != nil {
		t.Fatal(a.Err)
	}
	return formWith(t, s, "What has changed")
}

// formWith waits for a form that says something.
func formWith(t *testing.T, s *notifytest.Slack, text string) notifytest.View {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		v, open := s.Modal("U0001")
		if open && strings.Contains(shownText(t, v), text) {
			return v
		}
		select {
		case <-deadline:
			t.Fatalf("no form says %q: %s; refused: %v", text, shownText(t, v), s.Refused())
		case <-time.After(time.Millisecond):
		}
	}
}

func shownText(t *testing.T, v notifytest.View) string {
	t.Helper()
	return textOf(notifytest.Plain[any](t, v.Blocks))
}

func TestAFormThatTakesLongerThanSlackWaitsSaysHowItWent(t *testing.T) {
	for _, c := range []struct {
		what, status, want string
		panics             bool
	}{
		{"saved", "green", "Your update is saved", false},
		{"refused", "blue", "Not saved. Add evidence before you set this package to blue", false},
		{"failed", "green", "Something went wrong in Readiness", true},
	} {
		// A hair's breadth of patience: every form is late.
		k := &council{gate: make(chan struct{}), panics: c.panics}
		s, h := served(t, k, time.Nanosecond)
		v := opened(t, s, h)
		a := h.Submit("U0001", v, map[string]string{"status": c.status, "narrative": "What was typed"})
		if a.Err != nil || !strings.Contains(string(a.Body), "being saved") {
			t.Fatalf("%s: it was answered %s, %v", c.what, a.Body, a.Err)
		}
		close(k.gate)
		v = formWith(t, s, c.want)
		if c.what == "refused" && v.Value("narrative") != "What was typed" {
			t.Errorf("what was typed is %q", v.Value("narrative"))
		}
		if w, _ := k.Package(t.Context(), ""); (w.Version == 2) != (c.what == "saved") {
			t.Errorf("%s: version %d", c.what, w.Version)
		}
	}
}

func TestAFormThatPanicsIsNotTakenForSaved(t *testing.T) {
	k := &council{panics: true}
	s, h := served(t, k, time.Minute)
	a := h.Submit("U0001", opened(t, s, h), map[string]string{"status": "green", "narrative": "What was typed"})
	if a.Err != nil {
		t.Fatal(a.Err)
	}
	if v := formWith(t, s, "Not saved. Something went wrong in Readiness"); v.Value("narrative") != "What was typed" {
		t.Errorf("what was typed is %q", v.Value("narrative"))
	}
}

// TestAnAnswerThatIsTooLongForASocketIsShownAfterIt types what becomes six times as
// long on its way: Slack drops answers of 20 kB without a word.
func TestAnAnswerThatIsTooLongForASocketIsShownAfterIt(t *testing.T) {
	k := &council{}
	s, h := served(t, k, time.Minute)
	v := opened(t, s, h)
	k.mu.Lock()
	k.now.Version, k.now.Narrative = 2, "Somebody else's"
	k.entries = append(k.entries, workpackages.Entry{PackageID: "self", Version: 1}, workpackages.Entry{PackageID: "self", Version: 2, Summary: "Status update: still Green", By: workpackages.Actor{Name: "Lead Two"}})
	k.mu.Unlock()
	long := strings.Repeat("<", 3000)
	h.PressView("U0001", v, "status", "value", "red")
	v = formWith(t, s, "Why it is red")
	a := h.Submit("U0001", v, map[string]string{"narrative": long, "reason": long, "decision": long})
	if a.Err != nil || len(a.Body) > 20<<10 {
		t.Fatalf("%d bytes, %v", len(a.Body), a.Err)
	}
	v = formWith(t, s, "Lead Two")
	for _, field := range []string{"narrative", "reason", "decision"} {
		if v.Value(field) != long {
			t.Errorf("%s: %d characters are left", field, len(v.Value(field)))
		}
	}
}

// textOf is every text in something, whatever its place.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, x := range v {
			b.WriteString(textOf(x) + " ")
		}
		return b.String()
	case map[string]any:
		var b strings.Builder
		for _, x := range v {
			b.WriteString(textOf(x) + " ")
		}
		return b.String()
	}
	return ""
}

// TestTheFieldsAreThoseOfTheLastChoice chooses faster than Slack shows it.
func TestTheFieldsAreThoseOfTheLastChoice(t *testing.T) {
	s, h := served(t, &council{}, time.Minute)
	v := opened(t, s, h)
	for range 10 {
		for _, status := range []string{"red", "green", "amber"} {
			if a := h.PressView("U0001", v, "status", "value", status); a.Err != nil {
				t.Fatal(a.Err)
			}
		}
	}
	v = formWith(t, s, "Back on track by")
	if text := shownText(t, v); strings.Contains(text, "Why it is red") || v.Value("status") != "amber" {
		t.Errorf("%s is chosen, and it shows %s", v.Value("status"), text)
	}
}
