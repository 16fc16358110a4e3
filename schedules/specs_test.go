package schedules

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSpecsThatCanBeMeantAreTaken(t *testing.T) {
	for _, spec := range []string{"0 9 * * 1-5", "*/5 * * * *", "0 9 ? * 1", "0 9 1 * *", "0 9 29 2 *", "0,5 0,23 * * *", "58 23 * * 1", "0 9 * * MON-FRI"} {
		if _, err := New(nil, time.Now, slog.New(slog.DiscardHandler), Job{Name: "tidy", Spec: spec, Zone: time.UTC, Timeout: time.Minute, Run: nothing}); err != nil {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func TestSpecsThatCannotBeMeantAreRefusedInASentence(t *testing.T) {
	for spec, says := range map[string]string{
		"":                                      "it cannot be read; give five cron fields",
		"0 9 * *":                               "it cannot be read; give five cron fields",
		"0 9 * * * *":                           "it cannot be read; give five cron fields",
		"99 9 * * *":                            "it cannot be read",
		"-1 9 * * *":                            "it cannot be read",
		"*/0 9 * * *":                           "it cannot be read",
		"9-5 9 * * *":                           "it cannot be read",
		"daily":                                 "it cannot be read",
		"@every 0s":                             "the zone is a setting of its own",
		"@every 24h":                            "the zone is a setting of its own",
		" @daily":                               "the zone is a setting of its own",
		"TZ=0":                                  "the zone is a setting of its own",
		"CRON_TZ=Europe/London":                 "the zone is a setting of its own",
		"CRON_TZ=Europe/London 0 9 * * *":       "the zone is a setting of its own",
		"0 0 31 2 *":                            "no such day ever comes",
		"0 9 30 2 *":                            "no such day ever comes",
		"0 9 * * 6":                             "no such day ever comes", // a working day
		"0 9 1-7 * 1":                           "cron means either",
		"0 9 */2 * 1":                           "cron means either",
		"* * * * *":                             "it fires too often: leave at least 5 minutes between two times",
		"*/4 * * * *":                           "it fires too often",
		"0,3 9 * * 1":                           "it fires too often",
		"58,0 0,23 * * *":                       "it fires too often", // over midnight
		"*/7 9 * * *":                           "",                   // 56 is the last
		"*/7 9-10 * * *":                        "it fires too often", // 9:56 and 10:00
		"0 9 29 2 *":                            "",
		strings.Repeat("0,", 200) + "0 9 * * *": "it is longer than 200 characters",
	} {
		_, err := New(nil, time.Now, slog.New(slog.DiscardHandler), Job{Name: "tidy", Spec: spec, Zone: time.UTC, WorkingDays: true, Timeout: time.Minute, Run: nothing})
		if (err == nil) != (says == "") || err != nil && (!strings.HasPrefix(err.Error(), "the job tidy cannot be scheduled at ") || !strings.Contains(err.Error(), says)) {
			t.Errorf("%q: %v", spec, err)
		}
	}
	if err := CheckSpec("0 9 * * *", nil); err == nil {
		t.Error("no zone at all was taken")
	}
}

// FuzzCheckSpec: whatever is given, it is said to be right or wrong, soon; and what
// is right comes, and never too often.
func FuzzCheckSpec(f *testing.F) {
	for _, spec := range []string{"0 9 * * 1-5", "TZ=0", "CRON_TZ=", "@every 1s", "0 0 31 2 *", "* * * * *", "0 9 1-7 * 1", "1-59/9223372036854775807 * * * *", "? ? ? ? ?", "*/5,*/7 * 29 2 *", "0 9 * JAN SUN"} {
		f.Add(spec)
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		if CheckSpec(spec, zone) != nil {
			return
		}
		for _, z := range []*time.Location{zone, time.UTC} {
			s, err := parse(Job{Name: "j", Spec: spec, Zone: z})
			if err != nil {
				t.Fatalf("taken and refused: %v", err)
			}
			at := s.next(someDay)
			for range 300 {
				next := s.next(at)
				// Where clocks change, times that do not exist fall together.
				if next.IsZero() || !next.After(at) || z == time.UTC && next.Sub(at) < leastApart {
					t.Fatalf("%q: after %s comes %s", spec, at, next)
				}
				if at = next; at.Year() > someDay.Year()+40 {
					break
				}
			}
		}
	})
}

// wallClock is where a local time of a day has to be: in 2027 London's clocks go
// from 01:00 to 02:00 on 28 March, and from 02:00 back to 01:00 on 31 October.
func wallClock(day string, minute int) time.Time {
	midnight, _ := time.Parse(time.DateOnly, day)
	utc := midnight.Add(time.Duration(minute) * time.Minute) // as if it were winter
	switch {
	case day == "2027-03-28" && minute >= 120: // summer already
		return utc.Add(-time.Hour)
	case day == "2027-03-28" && minute >= 60: // does not exist: at the change
		return midnight.Add(time.Hour)
	case day == "2027-10-31" && minute < 120: // still summer; what comes twice comes the first time
		return utc.Add(-time.Hour)
	case day > "2027-03-28" && day < "2027-10-31":
		return utc.Add(-time.Hour)
	}
	return utc
}

// TestEveryMinuteOfTheDayOverBothChanges: one instant for each intended local
// day, in its place, for the day before, of and after each change.
func TestEveryMinuteOfTheDayOverBothChanges(t *testing.T) {
	zone := london(t)
	for minute := range 24 * 60 {
		s, err := parse(Job{Name: "j", Spec: fmt.Sprintf("%d %d * * *", minute%60, minute/60), Zone: zone})
		if err != nil {
			t.Fatal(err)
		}
		for _, days := range [][]string{{"2027-03-27", "2027-03-28", "2027-03-29"}, {"2027-10-30", "2027-10-31", "2027-11-01"}} {
			var want []time.Time
			for _, d := range days {
				want = append(want, wallClock(d, minute))
			}
			first, _ := time.ParseInLocation(time.DateOnly, days[0], zone)
			if got := s.due(first.Add(-time.Second), first.AddDate(0, 0, 3).Add(-time.Second), 10); !slices.EqualFunc(got, want, time.Time.Equal) {
				t.Fatalf("%s from %s: %v, not %v", s.job.Spec, days[0], got, want)
			}
			// Asked from any minute of the day, it is no other.
			for at := want[0]; at.Before(want[2]); at = at.Add(7 * time.Minute) {
				next := want[1]
				if !at.Before(want[1]) {
					next = want[2]
				}
				if got := s.next(at); !got.Equal(next) {
					t.Fatalf("%s asked at %s: %s, not %s", s.job.Spec, at, got, next)
				}
			}
		}
	}
}

// TestARestartInTheRepeatedHourRunsNothingTwice: through the runner and its
// ledger, with a new process every ten minutes through the day of each change.
func TestARestartInTheRepeatedHourRunsNothingTwice(t *testing.T) {
	zone := london(t)
	for _, day := range []string{"2027-03-28", "2027-10-31"} {
		for _, minute := range []int{0, 30, 59, 60, 61, 75, 90, 119, 120, 121, 540, 1439} {
			store := newMemory()
			var clk clock
			var got []time.Time
			start := func() *Runner {
				r, err := New(store, clk.now, slog.New(slog.DiscardHandler), Job{
					Name: "j", Spec: fmt.Sprintf("%d %d * * *", minute%60, minute/60), Zone: zone, Misfire: All, Grace: 24 * time.Hour, Timeout: time.Minute,
					Run: func(_ context.Context, o Occasion) (Outcome, error) {
						got = append(got, o.Instant)
						return Outcome{}, nil
					},
				})
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			midnight, _ := time.ParseInLocation(time.DateOnly, day, zone)
			clk.at.Store(midnight.Add(-time.Minute).Unix())
			tick(t, start())
			for end := midnight.AddDate(0, 0, 1); clk.now().Before(end.Add(-10 * time.Minute)); {
				clk.add(10 * time.Minute)
				r := start()
				tick(t, r)
				tick(t, r)
			}
			clk.at.Store(midnight.AddDate(0, 0, 1).Add(-time.Second).Unix())
			tick(t, start())
			if want := wallClock(day, minute); len(got) != 1 || !got[0].Equal(want) {
				t.Errorf("%02d:%02d on %s ran at %v, not once at %s", minute/60, minute%60, day, got, want)
			}
		}
	}
}
