package workpackages_test

import (
	"testing"
	"time"

	"readiness/workpackages"
)

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     workpackages.Date // "" when refused
	}{
		{"as on a form", "24/11/2026", "2026-11-24"},
		{"as on a form, without noughts", "4/1/2026", "2026-01-04"},
		{"as on a form, with noughts", "04/01/2026", "2026-01-04"},
		{"as in the API", "2026-11-24", "2026-11-24"},
		{"in words", "24 November 2026", "2026-11-24"},
		{"in short words", "24 Nov 2026", "2026-11-24"},
		{"in words, in any case", "24 november 2026", "2026-11-24"},
		{"with space around and within", "  24   November\t2026 ", "2026-11-24"},
		{"29 February of a leap year", "29/2/2028", "2028-02-29"},
		{"the first day that is taken", "1/1/2000", "2000-01-01"},
		{"the last day that is taken", "31/12/2100", "2100-12-31"},
		{"31 February", "31/2/2026", ""},
		{"29 February of a common year", "29/2/2026", ""},
		{"29 February 2100, which is none", "29/2/2100", ""},
		{"the American way round", "11/24/2026", ""},
		{"before 2000", "31/12/1999", ""},
		{"after 2100", "1/1/2101", ""},
		{"a year of two figures", "24/11/26", ""},
		{"a year of three figures", "24/11/202", ""},
		{"a year of five figures", "24/11/20266", ""},
		{"day nought", "0/11/2026", ""},
		{"month nought", "24/0/2026", ""},
		{"a box left empty", "24//2026", ""},
		{"nothing", "", ""},
		{"only space", " ", ""},
		{"a time as well", "2026-11-24T09:00:00Z", ""},
		{"a minus sign", "-24/11/2026", ""},
		{"figures of another script", "٢٤/١١/٢٠٢٦", ""},
		{"a NUL after it", "24/11/2026\x00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := workpackages.ParseDate(c.in)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%q gives %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
}

func TestADateIsTheDayInTheCouncilsZone(t *testing.T) {
	zone := londonZone(t)
	for _, c := range []struct {
		instant string
		want    workpackages.Date
	}{
		{"2026-06-30T23:30:00Z", "2026-07-01"}, // summer time
		{"2026-11-24T23:30:00Z", "2026-11-24"},
		{"2026-03-29T00:59:59Z", "2026-03-29"}, // the clocks go forward
		{"2026-10-25T00:30:00Z", "2026-10-25"}, // the hour that comes twice
	} {
		at, err := time.Parse(time.RFC3339, c.instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := workpackages.DateOf(at, zone); got != c.want {
			t.Errorf("%s falls on %s, want %s", c.instant, got, c.want)
		}
	}
}

func TestDates(t *testing.T) {
	const d = workpackages.Date("2026-11-24")
	if d.String() != "24 November 2026" || workpackages.Date("").String() != "" {
		t.Errorf("in words: %q and %q", d, workpackages.Date(""))
	}
	if d.AddDays(7) != "2026-12-01" || d.AddDays(-24) != "2026-10-31" || workpackages.Date("2026-03-28").AddDays(2) != "2026-03-30" {
		t.Error("days are counted on the calendar")
	}
	if d.Before(d) || !d.Before("2026-11-25") || d.Before("") || workpackages.Date("").Before(d) {
		t.Error("an unset day is neither before nor after another")
	}
	if d.IsZero() || !workpackages.Date("").IsZero() {
		t.Error("only the empty date is not set")
	}
}

func FuzzDatesReadBack(f *testing.F) {
	for _, s := range []string{"24/11/2026", "2026-11-24", "24 November 2026", "24 Nov 2026", "31/2/2026", "1/1/9999", "", "\x00", "２４/11/2026"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := workpackages.ParseDate(s)
		if err != nil {
			if d != "" {
				t.Fatalf("%q was refused, and gave %q", s, d)
			}
			return
		}
		day, err := time.Parse(time.DateOnly, string(d))
		if err != nil || day.Year() < 2000 || day.Year() > 2100 {
			t.Fatalf("%q gave %q, which is no day from 2000 to 2100", s, d)
		}
		for _, again := range []string{string(d), d.String(), day.Format("2/1/2006")} {
			if got, err := workpackages.ParseDate(again); got != d || err != nil {
				t.Fatalf("%q gave %s, and %q gave %q, %v", s, d, again, got, err)
			}
		}
	})
}
