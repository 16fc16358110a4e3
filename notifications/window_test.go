package notifications_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
	"readiness/workpackages/workingdays"
)

// shut says by the clock on the wall alone whether somebody is left in peace.
func shut(w notifications.Window, t time.Time) bool {
	local := t.In(w.Zone)
	minute := local.Hour()*60 + local.Minute()
	_, holiday := workingdays.Holiday(local)
	return holiday || !slices.Contains(w.Days, local.Weekday()) || minute < w.From || minute >= w.To ||
		w.Closed != nil && w.Closed(workpackages.DateOf(t, w.Zone))
}

// TestTheNextTimeIsTheFirstThatIsOpen for any window, in zones whose clocks
// change at different times of day, and around those changes above all.
func TestTheNextTimeIsTheFirstThatIsOpen(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2026))
	zones := []string{"Europe/London", "America/Santiago", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "UTC"}
	changes := []time.Time{
		time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC), time.Date(2027, 10, 31, 1, 0, 0, 0, time.UTC),
		time.Date(2027, 4, 4, 3, 0, 0, 0, time.UTC), time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC), time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC),
		time.Date(2027, 10, 2, 15, 30, 0, 0, time.UTC),
	}
	for n := range 3000 {
		zone, err := time.LoadLocation(zones[r.IntN(len(zones))])
		if err != nil {
			t.Fatal(err)
		}
		w := notifications.Window{Zone: zone, From: r.IntN(24 * 60)}
		w.To = w.From + 1 + r.IntN(24*60-w.From)
		for d := range time.Weekday(7) {
			if r.IntN(3) > 0 {
				w.Days = append(w.Days, d)
			}
		}
		if n%5 == 0 {
			w.Closed = func(d workpackages.Date) bool { return d.Time().YearDay()%3 == 0 }
		}
		at := changes[r.IntN(len(changes))].Add(time.Duration(r.IntN(72*3600)-36*3600) * time.Second)
		got := w.Next(at)
		if len(w.Days) == 0 {
			if !got.IsZero() {
				t.Fatalf("on no day at all: %s", got)
			}
			continue
		}
		if got.Before(at) || shut(w, got) || !w.Open(got) {
			t.Fatalf("%+v after %s: %s is not in it", w, at.In(zone), got.In(zone))
		}
		// Nothing between is open: minute by minute, for as long as that takes.
		for m := at; m.Before(got); m = m.Truncate(time.Minute).Add(time.Minute) {
			if !shut(w, m) {
				t.Fatalf("%+v after %s: %s was open before %s", w, at.In(zone), m.In(zone), got.In(zone))
			}
		}
		if again := w.Next(got); !again.Equal(got) {
			t.Fatalf("%+v: the next of %s is %s", w, got, again)
		}
	}
}

func TestPreferencesMakeAWindow(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what       string
		spoil      func(p *notifications.Preferences)
		at, expect string
	}{
		{"as they come, in hours", nil, "2026-11-24T09:00:00Z", "2026-11-24T09:00:00Z"},
		{"in the evening", nil, "2026-11-24T18:00:00Z", "2026-11-25T08:00:00Z"},
		{"on a Friday evening", nil, "2026-11-27T19:00:00Z", "2026-11-30T08:00:00Z"},
		{"at Christmas", nil, "2026-12-24T20:00:00Z", "2026-12-29T08:00:00Z"},
		{"in summer time", nil, "2026-07-01T05:00:00Z", "2026-07-01T07:00:00Z"},
		{"of somebody in another zone", func(p *notifications.Preferences) { p.Zone = "Europe/Athens" }, "2026-11-24T03:00:00Z", "2026-11-24T06:00:00Z"},
		{"with a zone nobody knows", func(p *notifications.Preferences) { p.Zone = "Mars/Olympus" }, "2026-11-24T03:00:00Z", "2026-11-24T08:00:00Z"},
		{"with damaged times", func(p *notifications.Preferences) { p.From, p.To = "?", "?" }, "2026-11-24T03:00:00Z", "2026-11-24T08:00:00Z"},
		{"who works on Saturdays", func(p *notifications.Preferences) { p.Days = []time.Weekday{time.Saturday} }, "2026-11-24T09:00:00Z", "2026-11-28T08:00:00Z"},
	} {
		p := notifications.DefaultPreferences("p")
		if c.spoil != nil {
			c.spoil(&p)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Window(london, nil).Next(at).UTC().Format(time.RFC3339); got != c.expect {
			t.Errorf("%s: %s", c.what, got)
		}
	}
}
