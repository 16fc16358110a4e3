package schedules

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"
)

func healthy(t *testing.T, r *Runner) Health {
	t.Helper()
	h, err := r.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// noCopies is a store in which no copy can say anything of itself.
type noCopies struct {
	*memory
	away bool
}

func (n *noCopies) SaveCopy(ctx context.Context, c Copy) error {
	if n.away {
		return errors.New("away")
	}
	return n.memory.SaveCopy(ctx, c)
}

func TestALookThatIsLateIsNoticedFromTheStart(t *testing.T) {
	var clk clock
	clk.set("2026-11-24T08:00:00Z")
	store := &noCopies{memory: newMemory()}
	r, err := New(store, clk.now, slog.New(slog.DiscardHandler), atTen(nothing))
	if err != nil {
		t.Fatal(err)
	}
	look := func(what string, age time.Duration, late, ever bool) {
		t.Helper()
		if h := healthy(t, r); h.TickAge != age || h.TickLate != late || h.LastTick.IsZero() == ever {
			t.Errorf("%s: %+v", what, h)
		}
	}
	clk.add(2 * time.Minute)
	look("at the start", 2*time.Minute, false, false)
	clk.add(time.Second)
	look("never since", 2*time.Minute+time.Second, true, false)
	tick(t, r)
	look("after a look", 0, false, true)
	store.away = true
	clk.add(3 * time.Minute)
	if err := r.Tick(t.Context()); err == nil {
		t.Error("a look that could not be recorded went well")
	}
	look("after one that failed", 3*time.Minute, true, true)
}

func TestCopiesSeeEachOtherAndThoseThatAreGoneAreForgotten(t *testing.T) {
	var clk clock
	clk.set("2026-11-24T08:00:00Z")
	store := newMemory()
	start := func() *Runner {
		r, err := New(store, clk.now, slog.New(slog.DiscardHandler), atTen(nothing))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	one := start()
	tick(t, one)
	clk.add(3 * time.Minute)
	two := start()
	tick(t, two)
	for _, r := range []*Runner{one, two} {
		h := healthy(t, r)
		if len(h.Copies) != 2 || h.Copies[0].ID != two.self.ID || h.Copies[0].Late || h.Copies[1].ID != one.self.ID || !h.Copies[1].Late {
			t.Errorf("they are %+v", h.Copies)
		}
	}
	if err := two.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h := healthy(t, one); len(h.Copies) != 1 || h.Copies[0].ID != one.self.ID {
		t.Errorf("after one has stopped they are %+v", h.Copies)
	}
	clk.add(24*time.Hour - 3*time.Minute)
	three := start()
	tick(t, three)
	if h := healthy(t, three); len(h.Copies) != 2 {
		t.Errorf("after a day they are %+v", h.Copies)
	}
	clk.add(time.Hour)
	tick(t, three)
	if h := healthy(t, three); len(h.Copies) != 1 || len(store.copies) != 1 {
		t.Errorf("after more than a day they are %+v", store.copies)
	}
}

// TestAnInstantWithoutAnEndIsLate after ten minutes, and until it comes to its end
// or is too late to be run.
func TestAnInstantWithoutAnEndIsLate(t *testing.T) {
	for _, x := range []struct {
		what    string
		misfire Misfire
		ends    bool
		at      string
		want    []string
	}{
		{"before ten minutes", Once, false, "2026-11-24T10:10:00Z", []string{}},
		{"after ten minutes", Once, false, "2026-11-24T10:11:00Z", []string{"Tue 10:00"}},
		{"that has ended", Once, true, "2026-11-24T10:11:00Z", []string{}},
		{"up to its grace", Once, false, "2026-11-26T05:00:00Z", []string{"Wed 10:00"}},
		{"past its grace", Once, false, "2026-11-26T06:01:00Z", []string{}},
		{"each, where each is made up for", All, false, "2026-11-25T10:30:00Z", []string{"Tue 10:00", "Wed 10:00"}},
		{"the newest, where that is", Once, false, "2026-11-25T10:30:00Z", []string{"Wed 10:00"}},
	} {
		var clk clock
		clk.set("2026-11-24T09:59:00Z")
		fails := !x.ends
		job := atTen(func(context.Context, Occasion) (Outcome, error) {
			if fails {
				return Outcome{}, errors.New("no")
			}
			return Outcome{}, nil
		})
		job.Misfire = x.misfire
		if x.misfire == All {
			job.Grace = 30 * time.Hour
		}
		r, err := New(newMemory(), clk.now, slog.New(slog.DiscardHandler), job)
		if err != nil {
			t.Fatal(err)
		}
		tick(t, r)
		clk.add(time.Minute)
		tick(t, r)
		clk.set(x.at)
		got := []string{}
		for _, l := range healthy(t, r).Late {
			got = append(got, l.Instant.Format("Mon 15:04"))
		}
		if len(got) != len(x.want) || len(got) > 0 && got[0] != x.want[0] {
			t.Errorf("%s: %v", x.what, got)
		}
		jobs, err := r.Jobs(t.Context())
		if err != nil || jobs[0].Late != (len(x.want) > 0) {
			t.Errorf("%s: listed as %+v %v", x.what, jobs[0], err)
		}
	}
}

func TestAJobThatIsOffIsNeverLate(t *testing.T) {
	p := withPlan(t, "2026-11-24T08:59:00Z")
	p.clk.add(20 * time.Minute)
	if h := healthy(t, p.Runner); len(h.Late) != 1 || h.Late[0].Job != ActionDue || h.Late[0].Title != "Action due" {
		t.Errorf("late are %+v", h.Late)
	}
	p.edit(func(r *Rule) { r.On = false })
	if h := healthy(t, p.Runner); len(h.Late) != 0 {
		t.Errorf("late are %+v", h.Late)
	}
}

// TestReadingHowThingsStandOwesNothing: the first look counts from when it is made.
func TestReadingHowThingsStandOwesNothing(t *testing.T) {
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	store := newMemory()
	r, err := New(store, clk.now, slog.New(slog.DiscardHandler), atTen(nothing))
	if err != nil {
		t.Fatal(err)
	}
	healthy(t, r)
	if _, err := r.Jobs(t.Context()); err != nil {
		t.Fatal(err)
	}
	clk.add(time.Hour)
	tick(t, r)
	if len(store.runs) != 0 {
		t.Errorf("it ran: %v", store.states())
	}
}
