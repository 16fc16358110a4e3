package schedules

import (
	"strings"
	"testing"
	"time"
)

func TestASpecIsSaidInWords(t *testing.T) {
	for spec, want := range map[string]string{
		"0 9 * * 1-5":             "Monday to Friday at 09:00",
		"0 8 * * 1":               "Monday at 08:00",
		"30 9 * * 1,3,5":          "Monday, Wednesday and Friday at 09:30",
		"30 3 * * *":              "Every day at 03:30",
		"0 6 * * MON-FRI":         "Monday to Friday at 06:00",
		"0 6 * * 6,0":             "Saturday and Sunday at 06:00",
		"0 9,13 * * 1-5":          "Monday to Friday at 09:00 and 13:00",
		"*/5 8-17 * * 1-5":        "Monday to Friday, every 5 minutes from 08:00 to 17:55",
		"0 * * * *":               "Every day, every hour from 00:00 to 23:00",
		"0 9 1 * *":               "On day 1 of the month at 09:00",
		"0 9 1,15 * ?":            "On day 1 and 15 of the month at 09:00",
		"0 9 1 3 *":               "As the cron line 0 9 1 3 * says",
		"0,10 8-17 * * *":         "As the cron line 0,10 8-17 * * * says",
		"nonsense":                "As the cron line nonsense says",
		"0 9 * * 1-5/99999999999": "Monday at 09:00",
		"0 9 * * 5-1":             "As the cron line 0 9 * * 5-1 says",
	} {
		if got := specWords(spec); got != want {
			t.Errorf("%s: %q, not %q", spec, got, want)
		}
	}
}

// FuzzSpecWords: a council sets one of the specs.
func FuzzSpecWords(f *testing.F) {
	for _, s := range []string{"0 9 * * 1-5", "*/5 8-17 * * 1-5", "0 9 1-7/2 * ?", "-1 9 * * 9", "0 9 * * 1-5/9223372036854775807", "5/0 * * * *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		words := specWords(spec)
		if words == "" || strings.HasSuffix(words, " at ") {
			t.Errorf("%q: %q", spec, words)
		}
		// What is said is said of a spec that is taken, and holds for its next time.
		s, err := read(Job{Spec: spec, Zone: time.UTC})
		if err != nil || !strings.Contains(words, " at ") || strings.HasPrefix(words, "As the cron line") {
			return
		}
		if next := s.next(someDay); !strings.Contains(words, next.Format("15:04")) {
			t.Errorf("%q is %q, and next comes at %s", spec, words, next)
		}
	})
}
