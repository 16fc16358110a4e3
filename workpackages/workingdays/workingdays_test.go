package workingdays

import (
	"testing"
	"time"
)

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBankHolidaysOfKnownYears(t *testing.T) {
	for _, s := range []string{
		"2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28",
		"2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28",
		"2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08",
	} {
		if Is(day(t, s)) {
			t.Errorf("%s is a bank holiday, and was taken for a working day", s)
		}
	}
	for _, s := range []string{"2020-05-04", "2022-05-30", "2026-12-29", "2027-12-29", "2026-11-24"} {
		if !Is(day(t, s)) {
			t.Errorf("%s is a working day, and was not taken for one", s)
		}
	}
}

func TestDeadlinesPublishedByCouncils(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2019-07-29", 30, "2019-09-10"},
		{"2019-07-29", 70, "2019-11-05"},
		{"2022-09-21", 70, "2022-12-30"},
		{"2016-11-28", 70, "2017-03-09"},
		{"2026-11-24", -1, "2026-11-23"},
		{"2026-11-24", 0, "2026-11-24"},
	} {
		if got := Add(day(t, c.from), c.n).Format(time.DateOnly); got != c.want {
			t.Errorf("%s and %d working days: got %s, want %s", c.from, c.n, got, c.want)
		}
		if got := Between(day(t, c.from), day(t, c.want)); got != c.n {
			t.Errorf("working days from %s to %s: got %d, want %d", c.from, c.want, got, c.n)
		}
	}
}

func TestYearsBeyondTheKnownOnesSaySo(t *testing.T) {
	if !Known(day(t, "2027-12-31")) || Known(day(t, "2028-01-01")) {
		t.Error("the last known year is 2027")
	}
}

func TestADayIsReadInItsOwnZone(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	// Half past midnight on a summer Monday in London is still Sunday in UTC.
	if !Is(time.Date(2026, 6, 15, 0, 30, 0, 0, london)) {
		t.Error("a Monday in London was read as a Sunday")
	}
}
