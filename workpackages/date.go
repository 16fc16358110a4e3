package workpackages

import (
	"fmt"
	"strings"
	"time"
)

// Date is a calendar day with no time and no zone, held as "2006-01-02" so that
// it sorts as text. The empty Date is "not set".
type Date string

// DateOf gives the calendar day of an instant in a zone.
func DateOf(t time.Time, zone *time.Location) Date { return Date(t.In(zone).Format(time.DateOnly)) }

// ParseDate reads 2026-11-24, 24/11/2026 and 24 November 2026. Years outside
// 2000 to 2100 are refused: in a readiness plan they are slips of the finger.
func ParseDate(s string) (Date, error) {
	s = strings.Join(strings.Fields(s), " ")
	for _, layout := range []string{time.DateOnly, "2/1/2006", "2 January 2006", "2 Jan 2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Year() < 2000 || t.Year() > 2100 {
				return "", fmt.Errorf("year %d is outside 2000 to 2100", t.Year())
			}
			return Date(t.Format(time.DateOnly)), nil
		}
	}
	return "", fmt.Errorf("not a date such as 24/11/2026 or 2026-11-24")
}

// Time gives midnight UTC of the day, for arithmetic in calendar days.
func (d Date) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

// IsZero reports whether no day is set.
func (d Date) IsZero() bool { return d == "" }

// Before reports whether d is an earlier day than e; an unset day is before none.
func (d Date) Before(e Date) bool { return d != "" && d < e }

// AddDays moves by calendar days.
func (d Date) AddDays(n int) Date { return Date(d.Time().AddDate(0, 0, n).Format(time.DateOnly)) }

// String gives "24 November 2026", or "" when unset.
func (d Date) String() string {
	if d == "" {
		return ""
	}
	return d.Time().Format("2 January 2006")
}

// ParseTime reads a time of day as people type it, such as 9:00, 9.30 or 2pm, and
// gives it as 09:00. What is none comes back tidied, with false.
func ParseTime(s string) (string, bool) {
	s = strings.ToLower(strings.Join(strings.Fields(s), ""))
	for _, layout := range []string{"15:04", "15.04", "3:04pm", "3.04pm", "3pm"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format("15:04"), true
		}
	}
	return s, false
}
