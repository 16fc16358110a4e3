package notifications

import (
	"slices"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/workingdays"
)

// Window is when somebody may be disturbed: from one time of day to another, on
// some days of the week, and never on a bank holiday or a closed day.
type Window struct {
	Zone   *time.Location
	From   int // minutes after midnight on the clock, 0 to 1,439
	To     int // the first minute that is not in it, From+1 to 1,440
	Days   []time.Weekday
	Closed func(day workpackages.Date) bool // the council's own closed days; nil: none
}

// searched is how far ahead Next looks: the longest closure there can be.
const searched = 400

// Works reports whether a day is one on which somebody may be disturbed.
func (w Window) Works(day workpackages.Date) bool {
	t := day.Time()
	_, holiday := workingdays.Holiday(t)
	return slices.Contains(w.Days, t.Weekday()) && !holiday && (w.Closed == nil || !w.Closed(day))
}

// Open reports whether an instant is in the window.
func (w Window) Open(t time.Time) bool {
	local := t.In(w.Zone)
	minute := local.Hour()*60 + local.Minute()
	return minute >= w.From && minute < w.To && w.Works(workpackages.DateOf(t, w.Zone))
}

// Next gives the first instant, not before t, that is in the window; zero when
// there is none for more than a year. Minutes are those of the clock on the wall:
// when the clock goes back, a window may be open, shut for its repeated minutes
// that are not in it, and open again.
func (w Window) Next(t time.Time) time.Time {
	if w.Open(t) {
		return t
	}
	local := t.In(w.Zone)
	for n := range searched {
		day := time.Date(local.Year(), local.Month(), local.Day()+n, 12, 0, 0, 0, w.Zone)
		if !w.Works(workpackages.DateOf(day, w.Zone)) {
			continue
		}
		if at := w.opens(day, t); !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}

// opens gives the first minute of a day's window after t. A clock change puts the
// opening elsewhere than arithmetic does, so on such a day the minutes are walked.
func (w Window) opens(day, t time.Time) time.Time {
	begin := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, w.Zone)
	end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, w.Zone)
	// Where midnight is what the change leaves out, neither is midnight.
	if begin.Hour() == 0 && end.Hour() == 0 && end.Sub(begin) == 24*time.Hour {
		at := begin.Add(time.Duration(w.From) * time.Minute)
		if at.Before(t) {
			return time.Time{} // t is past the opening and not in the window: past its end
		}
		return at
	}
	for at := day.Add(-15 * time.Hour).Truncate(time.Minute); at.Before(day.Add(15 * time.Hour)); at = at.Add(time.Minute) {
		if !at.Before(t) && at.In(w.Zone).Day() == day.Day() && w.Open(at) {
			return at
		}
	}
	return time.Time{}
}
