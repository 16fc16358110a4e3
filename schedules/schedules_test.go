package schedules

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"readiness/workpackages"
)

func london(t *testing.T) *time.Location {
	t.Helper()
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func instants(t *testing.T, j Job, from string, n int) []string {
	t.Helper()
	s, err := parse(j)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, from)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for range n {
		at = s.next(at)
		out = append(out, at.Format("2006-01-02T15:04Z"))
	}
	return out
}

func TestEachLocalTimeComesOnceOverClockChanges(t *testing.T) {
	zone := london(t)
	for _, c := range []struct {
		what, spec, from string
		want             []string
	}{
		{"a time the spring change leaves out runs at the change", "30 1 * * *", "2027-03-27T12:00:00Z", []string{"2027-03-28T01:00Z", "2027-03-29T00:30Z"}},
		{"a time the autumn change repeats runs the first time", "30 1 * * *", "2027-10-30T12:00:00Z", []string{"2027-10-31T00:30Z", "2027-11-01T01:30Z"}},
		{"asked in between the two", "30 1 * * *", "2027-10-31T00:45:00Z", []string{"2027-11-01T01:30Z"}},
		{"asked within the repeated hour", "30 1 * * *", "2027-10-31T01:10:00Z", []string{"2027-11-01T01:30Z"}},
		{"nine o'clock on Mondays around spring", "0 9 * * 1", "2027-03-22T12:00:00Z", []string{"2027-03-29T08:00Z", "2027-04-05T08:00Z"}},
		{"nine o'clock on Mondays around autumn", "0 9 * * 1", "2027-10-25T12:00:00Z", []string{"2027-11-01T09:00Z"}},
	} {
		if got := instants(t, Job{Name: "j", Spec: c.spec, Zone: zone}, c.from, len(c.want)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

func TestWorkingDaysLeaveOutWeekendsAndBankHolidays(t *testing.T) {
	got := instants(t, Job{Name: "j", Spec: "0 9 * * 1-5", Zone: london(t), WorkingDays: true}, "2026-12-24T12:00:00Z", 4)
	if want := []string{"2026-12-29T09:00Z", "2026-12-30T09:00Z", "2026-12-31T09:00Z", "2027-01-04T09:00Z"}; !slices.Equal(got, want) {
		t.Errorf("after Christmas Eve: %v", got)
	}
}

// memory is a Store for tests of the arithmetic; the real one has its own tests.
type memory struct {
	mu     sync.Mutex
	runs   map[string]Run
	last   map[string]time.Time
	copies map[string]Copy
}

func newMemory() *memory {
	return &memory{runs: map[string]Run{}, last: map[string]time.Time{}, copies: map[string]Copy{}}
}

func (m *memory) AddRun(_ context.Context, r Run) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.runs[r.ID]; there {
		return false, nil
	}
	m.runs[r.ID] = r
	return true, nil
}

func (m *memory) Run(_ context.Context, id string) (Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.runs[id]
	if !ok {
		return r, workpackages.Errorf(workpackages.NotFound, "no run")
	}
	return r, nil
}

func (m *memory) SaveRun(_ context.Context, r Run) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs[r.ID].State == Running {
		m.runs[r.ID] = r
	}
	return nil
}

func (m *memory) Runs(_ context.Context, job string, limit int) ([]Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.SortedFunc(maps.Values(m.runs), func(a, b Run) int { return b.StartedAt.Compare(a.StartedAt) })
	all = slices.DeleteFunc(all, func(r Run) bool { return job != "" && r.Job != job })
	return all[:min(limit, len(all))], nil
}

func (m *memory) SaveCopy(_ context.Context, c Copy) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.copies[c.ID] = c
	return nil
}

func (m *memory) Copies(context.Context) ([]Copy, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.copies), func(a, b Copy) int { return b.StartedAt.Compare(a.StartedAt) }), nil
}

func (m *memory) DeleteCopy(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.copies, id)
	return nil
}

func (m *memory) DeleteRuns(_ context.Context, job string, before time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.runs, func(_ string, r Run) bool { return (job == "" || r.Job == job) && r.StartedAt.Before(before) })
	return nil
}

func (m *memory) DeleteCopies(_ context.Context, before time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.copies, func(_ string, c Copy) bool { return c.TickAt.Before(before) })
	return nil
}

func (m *memory) LastDone(_ context.Context, job string, begin time.Time) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.last[job]; !ok && !begin.IsZero() {
		m.last[job] = begin
	}
	return m.last[job], nil
}

func (m *memory) SetLastDone(_ context.Context, job string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last[job].Before(at) {
		m.last[job] = at
	}
	return nil
}

func (m *memory) states() map[string]RunState {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]RunState{}
	for id, r := range m.runs {
		out[id] = r.State
	}
	return out
}

// clock is a hand that tests move.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time      { return time.Unix(c.at.Load(), 0).UTC() }
func (c *clock) set(s string)        { t, _ := time.Parse(time.RFC3339, s); c.at.Store(t.Unix()) }
func (c *clock) add(d time.Duration) { c.at.Add(int64(d / time.Second)) }

func tick(t *testing.T, r *Runner) {
	t.Helper()
	if err := r.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.running.Wait()
}

func TestDowntimeIsCaughtUpByPolicyAndGrace(t *testing.T) {
	for _, c := range []struct {
		what   string
		policy Misfire
		grace  time.Duration
		want   []string // instants run, by hour
	}{
		{"skip leaves out what was missed", Skip, 24 * time.Hour, nil},
		{"once runs the newest", Once, 24 * time.Hour, []string{"12:00"}},
		{"all runs each", All, 24 * time.Hour, []string{"10:00", "11:00", "12:00"}},
		{"all within its grace", All, 80 * time.Minute, []string{"12:00"}},
		{"once past its grace", Once, 10 * time.Minute, nil},
	} {
		var ran []string
		var clk clock
		clk.set("2026-11-24T09:30:00Z")
		r, err := New(newMemory(), clk.now, slog.New(slog.DiscardHandler), Job{
			Name: "hourly", Spec: "0 * * * *", Zone: time.UTC, Misfire: c.policy, Grace: c.grace, Timeout: time.Minute,
			Run: func(_ context.Context, o Occasion) (Outcome, error) {
				ran = append(ran, o.Instant.Format("15:04"))
				return Outcome{}, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		tick(t, r) // the first look: nothing before it is owed
		clk.set("2026-11-24T12:30:00Z")
		tick(t, r)
		tick(t, r)
		if !slices.Equal(ran, c.want) {
			t.Errorf("%s: ran %v", c.what, ran)
		}
	}
}

func TestOfManyCopiesOneRunsAnInstant(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	var ran atomic.Int32
	var copies []*Runner
	for range 8 {
		r, err := New(store, clk.now, slog.New(slog.DiscardHandler), Job{
			Name: "hourly", Spec: "0 * * * *", Zone: time.UTC, Misfire: Once, Grace: time.Hour, Timeout: time.Minute,
			Run: func(context.Context, Occasion) (Outcome, error) { ran.Add(1); return Outcome{}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		tick(t, r)
		copies = append(copies, r)
	}
	for hour := range 24 {
		clk.add(time.Hour)
		var wg sync.WaitGroup
		for _, r := range copies {
			wg.Go(func() { r.Tick(t.Context()); r.running.Wait() })
		}
		wg.Wait()
		if int(ran.Load()) != hour+1 {
			t.Fatalf("after %d hours the job ran %d times", hour+1, ran.Load())
		}
	}
}

func TestAPanicIsOneBadRun(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	calls := 0
	var log bytes.Buffer
	r, err := New(store, clk.now, slog.New(slog.NewTextHandler(&log, nil)), Job{
		Name: "j", Spec: "0 * * * *", Zone: time.UTC, Grace: 30 * time.Minute, Timeout: time.Minute,
		Run: func(context.Context, Occasion) (Outcome, error) {
			if calls++; calls == 1 {
				panic("boom: a cell holds Jane Doe")
			}
			return Outcome{Summary: "well"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	tick(t, r)
	clk.add(time.Minute)
	tick(t, r)
	tick(t, r)
	if calls != 1 {
		t.Errorf("tried again at once: %d calls", calls)
	}
	clk.add(time.Minute)
	tick(t, r)
	got := store.states()
	if got["j/2026-11-24T10:00Z/1"] != Failed || got["j/2026-11-24T10:00Z/2"] != Done || calls != 2 {
		t.Errorf("%d calls, %v", calls, got)
	}
	if e := store.runs["j/2026-11-24T10:00Z/1"].Error; strings.Contains(e, "boom") || e == "" {
		t.Errorf("the ledger says %q", e)
	}
	if says := log.String(); strings.Contains(says, "boom") || !strings.Contains(says, "the job panicked: string") || !strings.Contains(says, "schedules_test.go") {
		t.Errorf("the log says %s", says)
	}
}

func TestADeadCopysRunIsTakenOverWhenItsLeaseRunsOut(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	ran := 0
	r, err := New(store, clk.now, slog.New(slog.DiscardHandler), Job{
		Name: "j", Spec: "0 10 * * *", Zone: time.UTC, Misfire: Once, Grace: 5 * time.Hour, Timeout: time.Minute,
		Run: func(context.Context, Occasion) (Outcome, error) { ran++; return Outcome{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	tick(t, r)
	clk.set("2026-11-24T10:00:00Z")
	instant := clk.now()
	if _, err := store.AddRun(t.Context(), Run{ID: runID("j", instant, 1), Job: "j", Instant: instant, Attempt: 1, State: Running, LeaseUntil: instant.Add(2 * time.Minute)}); err != nil {
		t.Fatal(err)
	}
	clk.add(time.Minute)
	tick(t, r)
	if ran != 0 {
		t.Fatal("a run was taken from a copy that is alive")
	}
	clk.add(2 * time.Minute)
	tick(t, r)
	if ran != 1 || store.states()["j/2026-11-24T10:00Z/2"] != Done {
		t.Errorf("ran %d times: %v", ran, store.states())
	}
}

func TestAJobIsHeldToItsTimeAndStopWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		began := time.Now()
		r, err := New(store, time.Now, slog.New(slog.DiscardHandler), Job{
			Name: "j", Spec: "*/5 * * * *", Zone: time.UTC, Misfire: Once, Grace: time.Hour, Timeout: 20 * time.Second,
			Run: func(ctx context.Context, _ Occasion) (Outcome, error) {
				<-ctx.Done()
				return Outcome{}, ctx.Err()
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		r.Start()
		time.Sleep(began.Truncate(time.Minute).Add(5*time.Minute + 50*time.Second).Sub(began))
		failed := 0
		for _, s := range store.states() {
			if s == Failed {
				failed++
			}
		}
		if failed == 0 {
			t.Errorf("no run was ended: %v", store.states())
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestAFailingStoreIsReportedAndTriedAgain(t *testing.T) {
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	r, err := New(&broken{newMemory()}, clk.now, slog.New(slog.DiscardHandler), Job{
		Name: "j", Spec: "0 * * * *", Zone: time.UTC, Timeout: time.Minute, Run: nothing,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Tick(t.Context()); err == nil {
		t.Error("the failure was swallowed")
	}
}

type broken struct{ *memory }

func (broken) LastDone(context.Context, string, time.Time) (time.Time, error) {
	return time.Time{}, errors.New("away")
}

func nothing(context.Context, Occasion) (Outcome, error) { return Outcome{}, nil }

func TestJobsThatAreNotWholeAreRefused(t *testing.T) {
	whole := Job{Name: "j", Spec: "0 9 * * *", Zone: time.UTC, Timeout: time.Minute, Run: nothing}
	noZone, noRun, noTime := whole, whole, whole
	noZone.Zone, noRun.Run, noTime.Timeout = nil, nil, 0
	for what, jobs := range map[string][]Job{"no zone": {noZone}, "nothing to do": {noRun}, "no limit": {noTime}, "two of one name": {whole, whole}} {
		if _, err := New(nil, time.Now, slog.New(slog.DiscardHandler), jobs...); err == nil {
			t.Errorf("%s: it was taken", what)
		}
	}
}
