package schedules

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// calendar looks some weeks ahead in a council.
func (c *council) calendar(t *testing.T, weeks int, withOff bool) Calendar {
	t.Helper()
	cal, err := c.runner(t).Simulate(t.Context(), c.now, c.now.AddDate(0, 0, 7*weeks), withOff)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func (c *council) runner(t *testing.T) *Runner {
	t.Helper()
	d := c.deps(t)
	r, err := New(newMemory(), c.clock, slog.New(slog.DiscardHandler), Jobs(d)...)
	if err != nil {
		t.Fatal(err)
	}
	r.Plan = d.Rules.Plan
	return r
}

// of gives one person's messages by day: "2026-11-24 09:00 Heading".
func (c Calendar) of(name string) []string {
	var out []string
	for _, d := range c.Days {
		for _, m := range d.Messages {
			if strings.HasPrefix(m.Recipient, name+" <") {
				heading, _, _ := strings.Cut(m.Text, "\n")
				out = append(out, fmt.Sprintf("%s %s %s", d.Date.Time().Format(time.DateOnly), m.At.Format("15:04"), heading))
			}
		}
	}
	return out
}

func (c *council) rule(id string, change func(*Rule)) {
	info, _ := RuleInfoOf(id)
	r := info.Default
	r.Version = 2
	change(&r)
	c.rules = append(c.rules, r)
}

// What a job makes that nobody can know beforehand once filled the whole look
// ahead, and it ended in the third week.
func TestTheCalendarGoesToItsEnd(t *testing.T) {
	c := newCouncil()
	cal := c.calendar(t, 12, false)
	days := map[workpackages.Date]bool{}
	for _, d := range cal.Days {
		days[d.Date] = true
	}
	if last := cal.Days[len(cal.Days)-1].Date; last != "2027-02-15" {
		t.Errorf("the last day is %s", last)
	}
	for _, off := range []workpackages.Date{"2026-12-25", "2026-12-28", "2027-01-01", "2026-12-26", "2027-01-03"} {
		if days[off] {
			t.Errorf("something is sent on %s", off)
		}
	}
	if cal.From != "2026-11-24" || cal.Until != "2027-02-16" {
		t.Errorf("from %s until %s", cal.From, cal.Until)
	}
	if len(c.made) > 0 {
		t.Errorf("looking ahead made %d messages", len(c.made))
	}
}

func TestTheCalendarCountsAPersonsMessages(t *testing.T) {
	c := newCouncil()
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m", "Plan agreed", "2026-11-25")}
	cal := c.calendar(t, 1, false)
	want := []string{"2026-11-24 09:00 1 status update due, 1 due soon", "2026-11-25 09:00 1 due today, 1 status update due", "2026-11-26 09:00 1 overdue, 1 status update due",
		"2026-11-27 09:00 1 overdue, 1 status update due", "2026-11-30 08:30 Group A, the week to 30 November 2026", "2026-11-30 09:00 1 overdue, 1 status update due"}
	got := cal.of("Lead A")
	for i := range want {
		if i >= len(got) || !strings.HasPrefix(got[i], want[i]) {
			t.Fatalf("got %q", got)
		}
	}
	i := slices.IndexFunc(cal.People, func(p CalendarPerson) bool { return strings.HasPrefix(p.Recipient, "Lead A <") })
	if p := cal.People[i]; p.Total != len(got) || p.Most != 2 || p.MostOn != "2026-11-30" {
		t.Errorf("counted %+v of %d messages", p, len(got))
	}
}

func TestWhatALaterRuleBringsIsAMessageOfItsOwnInTheCalendar(t *testing.T) {
	c := newCouncil()
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m", "Plan agreed", "2026-11-24")}
	c.rule(MilestoneDueToday, func(r *Rule) { r.On, r.Time = true, "14:00" })
	got := c.calendar(t, 1, false).of("Lead A")
	if len(got) < 3 || got[0] != "2026-11-24 09:00 1 status update due" || got[1] != "2026-11-24 14:00 1 more thing needs you" || !strings.HasPrefix(got[2], "2026-11-25") {
		t.Errorf("got %q", got)
	}
}

func TestRulesThatAreOffAreLeftOutOfTheCalendarOrTakenIn(t *testing.T) {
	c := newCouncil()
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m", "Plan agreed", "2026-11-24")}
	c.rule(MilestoneDueToday, func(r *Rule) { r.On = false })
	c.rule(StatusUpdateDue, func(r *Rule) { r.On = true })
	if got := c.calendar(t, 1, false).of("Lead A"); got[0] != "2026-11-24 09:00 1 status update due" {
		t.Errorf("without: %q", got)
	}
	// One message says both: it is the rules that would be on, not one job after another.
	if got := c.calendar(t, 1, true).of("Lead A"); got[0] != "2026-11-24 09:00 1 due today, 1 status update due" || !strings.HasPrefix(got[1], "2026-11-25") {
		t.Errorf("with: %q", got)
	}
}

func TestTheCalendarKeepsToItsReadersHours(t *testing.T) {
	c := newCouncil()
	p := notifications.DefaultPreferences("lead-a")
	p.From, p.Days = "10:00", []time.Weekday{time.Tuesday, time.Wednesday}
	c.windows["lead-a"] = p
	c.now = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC) // a Monday
	got := c.calendar(t, 1, false).of("Lead A")
	if len(got) != 3 || !strings.HasPrefix(got[0], "2026-12-01 10:00") || !strings.HasPrefix(got[1], "2026-12-01 10:00") || !strings.HasPrefix(got[2], "2026-12-02 10:00") {
		t.Errorf("got %q", got) // Monday's digest on Tuesday, with Tuesday's reminder
	}
}

func TestTheCalendarSaysOnWhichDaysTheCouncilIsClosed(t *testing.T) {
	c := newCouncil()
	c.closed.Periods = []ClosedPeriod{{"2026-11-26", "2026-11-27", "Moving house"}, {"2028-01-04", "2028-01-05", "Later"}}
	cal := c.calendar(t, 1, false)
	if len(cal.Closed) != 1 || cal.Closed[0].Name != "Moving house" {
		t.Errorf("closed: %+v", cal.Closed)
	}
	for _, d := range cal.Days {
		if d.Date == "2026-11-26" || d.Date == "2026-11-27" {
			t.Errorf("something is sent on %s", d.Date)
		}
	}
}

func TestTheCalendarLeavesOutWhatWasSent(t *testing.T) {
	c := newCouncil()
	c.run(t, StatusUpdateDue, nine)
	made := len(c.made)
	got := c.calendar(t, 1, false).of("Lead A")
	if made == 0 || !strings.HasPrefix(got[0], "2026-11-25") {
		t.Errorf("%d made, and then %q", made, got)
	}
}

func TestTheCalendarLeavesOutWhatSomebodyMadeBeforehand(t *testing.T) {
	c := newCouncil()
	r := c.runner(t)
	if _, err := r.RunNow(t.Context(), StatusUpdateDue, nine.AddDate(0, 0, 2), false); err != nil {
		t.Fatal(err)
	}
	cal, err := r.Simulate(t.Context(), c.now, c.now.AddDate(0, 0, 7), false)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(cal.of("Lead A"), "\n")
	if strings.Contains(got, "2026-11-26") || !strings.Contains(got, "2026-11-25") || !strings.Contains(got, "2026-11-27") {
		t.Errorf("got %s", got)
	}
}

// counted counts how often the state of things is read.
type counted struct {
	workpackages.GroupStore
	n int
}

func (c *counted) Groups(ctx context.Context) ([]workpackages.Group, error) {
	c.n++
	return c.GroupStore.Groups(ctx)
}

func TestTheCalendarReadsEachDayOnce(t *testing.T) {
	c := newCouncil()
	d := c.deps(t)
	groups := &counted{GroupStore: c}
	d.Packages.Groups = groups
	r, err := New(newMemory(), c.clock, slog.New(slog.DiscardHandler), Jobs(d)...)
	if err != nil {
		t.Fatal(err)
	}
	r.Plan = d.Rules.Plan
	if _, err := r.Simulate(t.Context(), c.now, c.now.AddDate(0, 0, 28), false); err != nil || groups.n != 20 {
		t.Errorf("20 working days are read %d times: %v", groups.n, err)
	}
}

func TestHalfAYearIsAsFarAsTheCalendarGoes(t *testing.T) {
	c := newCouncil()
	if _, err := c.runner(t).Simulate(t.Context(), c.now, c.now.AddDate(1, 0, 0), false); workpackages.KindOf(err) != workpackages.Invalid {
		t.Errorf("a year: %v", err)
	}
	c.calendar(t, 26, true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.runner(t).Simulate(ctx, c.now, c.now.AddDate(0, 0, 7), false); err == nil {
		t.Error("nobody waits for it any more, and it went on")
	}
}
