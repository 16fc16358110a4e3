package comms

import (
	"testing"
	"time"

	"readiness/workpackages"
)

func london(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestWhenAMessageGoesNext(t *testing.T) {
	c := calendar{zone: london(t), events: Events{{ID: InspectionCall, Date: "2026-12-07"}, {ID: OnSiteStart, Date: "2026-12-14"}, {ID: OnSiteEnd}},
		closed: func(d workpackages.Date) bool { return d == "2026-12-29" }}
	after := "2026-11-24T08:50:00Z" // a Tuesday
	for _, row := range []struct {
		name string
		t    Trigger
		from string
		want string // in the council's zone; empty for never
	}{
		{"by hand, never by itself", Trigger{Kind: Manual}, after, ""},
		{"on a day", Trigger{Kind: At, Date: "2026-11-27", Time: "09:00"}, after, "2026-11-27 09:00"},
		{"on a day in summer, by the clock of summer", Trigger{Kind: At, Date: "2027-06-01", Time: "09:00"}, after, "2027-06-01 09:00"},
		{"on a day that has passed", Trigger{Kind: At, Date: "2026-11-24", Time: "08:50"}, after, ""},
		{"each Monday", Trigger{Kind: Recurring, Days: []time.Weekday{1}, Time: "10:00"}, after, "2026-11-30 10:00"},
		{"later the same day", Trigger{Kind: Recurring, Days: []time.Weekday{2}, Time: "10:00"}, after, "2026-11-24 10:00"},
		{"a Friday that is Christmas Day goes on the next working day on which the council is open", Trigger{Kind: Recurring, Days: []time.Weekday{5}, Time: "10:00"}, "2026-12-18T12:00:00Z", "2026-12-30 10:00"},
		{"and is not forgotten on its new day", Trigger{Kind: Recurring, Days: []time.Weekday{5}, Time: "10:00"}, "2026-12-30T09:59:00Z", "2026-12-30 10:00"},
		{"the fifth working day of the month", Trigger{Kind: Recurring, Month: 5, Time: "10:00"}, after, "2026-12-07 10:00"},
		{"the first working day of January", Trigger{Kind: Recurring, Month: 1, Time: "10:00"}, "2026-12-02T00:00:00Z", "2027-01-04 10:00"},
		{"the day of the call", Trigger{Kind: OnEvent, Event: InspectionCall, Time: "15:00"}, after, "2026-12-07 15:00"},
		{"four working days after it", Trigger{Kind: OnEvent, Event: InspectionCall, Offset: 4, Time: "09:00"}, after, "2026-12-11 09:00"},
		{"the working day before the first day on site", Trigger{Kind: OnEvent, Event: OnSiteStart, Offset: -1, Time: "09:00"}, after, "2026-12-11 09:00"},
		{"an event whose day is not known", Trigger{Kind: OnEvent, Event: OnSiteEnd, Time: "09:00"}, after, ""},
	} {
		from, err := time.Parse(time.RFC3339, row.from)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if at := c.next(row.t, from); !at.IsZero() {
			got = at.In(c.zone).Format("2006-01-02 15:04")
		}
		if got != row.want {
			t.Errorf("%s: %q and not %q", row.name, got, row.want)
		}
	}
}

// TestEveryOccasionComesOnce walks two years of what recurs: no week is left out, none
// comes twice, and each is a working day.
func TestEveryOccasionComesOnce(t *testing.T) {
	c := calendar{zone: london(t)}
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		t    Trigger
		want int // in two years
	}{
		{Trigger{Kind: Recurring, Days: []time.Weekday{1}, Time: "10:00"}, 104},
		{Trigger{Kind: Recurring, Month: 1, Time: "10:00"}, 24},
		{Trigger{Kind: Recurring, Month: 20, Time: "10:00"}, 24},
	} {
		n, last := 0, begin
		for {
			at := c.next(row.t, last)
			if at.IsZero() || at.After(begin.AddDate(2, 0, 0)) {
				break
			}
			if !at.After(last) || !c.works(workpackages.DateOf(at, c.zone)) {
				t.Fatalf("%s: %s after %s", row.t.Words(), at, last)
			}
			n, last = n+1, at
		}
		// Where a holiday moves one occasion onto another, there is one message.
		if n > row.want || n < row.want-3 {
			t.Errorf("%s comes %d times in two years, and not %d", row.t.Words(), n, row.want)
		}
	}
}

func TestATriggerIsReadAsItIsTyped(t *testing.T) {
	for _, row := range []struct {
		name  string
		in    TriggerInput
		words string
		bad   string // the field that is wrong
	}{
		{"by hand", TriggerInput{Kind: "manual", Time: "never"}, "When somebody sends it", ""},
		{"a day as people type it", TriggerInput{Kind: "at", Date: "27 November 2026", Time: "9am"}, "Friday 27 November 2026 at 09:00", ""},
		{"days by name and by number", TriggerInput{Kind: "recurring", Days: []string{"friday", "1"}, Time: "10.00"}, "Every Monday and Friday at 10:00", ""},
		{"a working day of the month", TriggerInput{Kind: "recurring", Month: 2, Time: "10:00"}, "The 2nd working day of each month at 10:00", ""},
		{"before an event", TriggerInput{Kind: "event", Event: OnSiteStart, Offset: -1, Time: "10:00"}, "1 working day before the first day on site at 10:00", ""},
		{"on its day", TriggerInput{Kind: "event", Event: InspectionCall, Time: "10:00"}, "On the day of the inspection call at 10:00", ""},
		{"no kind", TriggerInput{}, "", "trigger"},
		{"no time", TriggerInput{Kind: "at", Date: "2026-11-27"}, "", "time"},
		{"no day", TriggerInput{Kind: "at", Time: "10:00"}, "", "date"},
		{"a Sunday", TriggerInput{Kind: "recurring", Days: []string{"sunday"}, Time: "10:00"}, "", "days"},
		{"no days", TriggerInput{Kind: "recurring", Time: "10:00"}, "", "days"},
		{"days and a month", TriggerInput{Kind: "recurring", Days: []string{"1"}, Month: 2, Time: "10:00"}, "", "days"},
		{"the 21st working day", TriggerInput{Kind: "recurring", Month: 21, Time: "10:00"}, "", "month"},
		{"no such event", TriggerInput{Kind: "event", Event: "lunch", Time: "10:00"}, "", "event"},
		{"years after an event", TriggerInput{Kind: "event", Event: InspectionCall, Offset: 1000, Time: "10:00"}, "", "offset"},
	} {
		var bad problems
		trigger := row.in.read(&bad)
		switch {
		case row.bad == "" && len(bad) > 0:
			t.Errorf("%s: %v", row.name, bad)
		case row.bad == "" && trigger.Words() != row.words:
			t.Errorf("%s: %q and not %q", row.name, trigger.Words(), row.words)
		case row.bad != "" && (len(bad) == 0 || bad[0].Field != row.bad):
			t.Errorf("%s: %v, and not %s", row.name, bad, row.bad)
		}
	}
}

func TestTheEmbargoRunsFromTheFirstDayOnSiteToThePublication(t *testing.T) {
	inspection := Events{{ID: OnSiteStart, Date: "2026-12-14"}, {ID: OnSiteEnd, Date: "2026-12-18"}, {ID: PublicationEvent, Date: "2027-02-01"}}
	earlier := Events{{ID: OnSiteStart, Date: "2026-12-14"}, {ID: OnSiteEnd}, {ID: PublicationEvent, Date: "2023-02-01"}}
	for _, row := range []struct {
		events Events
		on     workpackages.Date
		want   bool
	}{
		{nil, "2026-12-14", false}, {inspection, "2026-12-13", false}, {inspection, "2026-12-14", true}, {inspection, "2027-01-31", true}, {inspection, "2027-02-01", false},
		{inspection[:2], "2027-06-01", true}, // published on no known day
		{earlier, "2026-12-15", true},        // what was published was another inspection's
	} {
		if got := row.events.Embargo(row.on); got != row.want {
			t.Errorf("on %s: %v", row.on, got)
		}
	}
}
