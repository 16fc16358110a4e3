// Package workingdays counts working days in England and Wales: every day but
// Saturday, Sunday, Christmas Day, Good Friday and the bank holidays
// (The Education and Inspections Act 2006 (Inspection of Local Authorities)
// Regulations 2007, SI 2007/462). Days are calendar days: of a time.Time only
// its year, month and day in its own zone are read.
package workingdays

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2/gb"
)

const (
	firstYear = 2013 // after the last one-off holiday that the library does not know
	lastYear  = 2100
)

// KnownThrough is the last year whose bank holidays have been proclaimed and
// checked against GOV.UK's list. Later dates are worked out from the standing
// rules, and a one-off holiday may still be added to them.
const KnownThrough = 2027

// extra holds one-off holidays that the library leaves out.
var extra = map[string]string{
	"2022-09-19": "State Funeral of Queen Elizabeth II",
}

type table struct {
	names map[string]string // bank holidays by ISO date
	count []int32           // working days from 1 January 2013 up to and including the nth day
}

var load = sync.OnceValue(func() table {
	t := table{names: map[string]string{}}
	for y := firstYear; y <= lastYear; y++ {
		for _, h := range gb.Holidays {
			if _, observed := h.Calc(y); !observed.IsZero() {
				t.names[observed.Format(time.DateOnly)] = h.Name
			}
		}
	}
	for d, name := range extra {
		t.names[d] = name
	}
	var n int32
	for d := epoch; d.Year() <= lastYear; d = d.AddDate(0, 0, 1) {
		if _, off := t.names[d.Format(time.DateOnly)]; !off && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
			n++
		}
		t.count = append(t.count, n)
	}
	return t
})

var epoch = time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC)

// index gives the day's place in the table, held to its two ends.
func index(d time.Time) int {
	y, m, day := d.Date()
	i := int(time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Sub(epoch) / (24 * time.Hour))
	return min(max(i, 0), len(load().count)-1)
}

// Is reports whether d is a working day.
func Is(d time.Time) bool {
	_, off := Holiday(d)
	return !off && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// Holiday gives the name of the bank holiday on d.
func Holiday(d time.Time) (name string, ok bool) {
	name, ok = load().names[d.Format(time.DateOnly)]
	return name, ok
}

// Between counts the working days after from, up to and including to: the start
// day is excluded, as the inspection regulations count. It is negative when to
// is the earlier day.
func Between(from, to time.Time) int {
	t := load()
	return int(t.count[index(to)] - t.count[index(from)])
}

// Add moves n working days on from d, or back when n is negative. The start day
// is excluded.
func Add(d time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDate(0, 0, step)
		if Is(d) {
			n--
		}
	}
	return d
}

// Known reports whether the bank holidays of d's year are certain.
func Known(d time.Time) bool { return d.Year() >= firstYear && d.Year() <= KnownThrough }
