package annexatest

import (
	"fmt"
	"time"

	"readiness/workpackages/workingdays"
)

// A day is a calendar day, counted from 1 January 1970; 0 is no day at all,
// which leaves a cell blank. No date in a clean return is so early.
type day int

const noDay day = 0

func dayOf(t time.Time) day {
	return day(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (d day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String writes the day as the template wants it, DD/MM/YYYY, or nothing.
func (d day) String() string {
	if d == noDay {
		return ""
	}
	y, m, dd := d.time().Date()
	return fmt.Sprintf("%02d/%02d/%04d", dd, int(m), y)
}

// months moves n calendar months on, or back when n is negative.
func (d day) months(n int) day { return dayOf(d.time().AddDate(0, n, 0)) }

// parseDay reads a cell; ok is false for a blank or for what is no date.
func parseDay(s string) (d day, ok bool) {
	t, err := time.Parse("02/01/2006", s)
	if err != nil {
		return noDay, false
	}
	return dayOf(t), true
}

// ageAt is the age in whole years at a birthday on or before the day; -1 before
// birth. Somebody born on 29 February has a birthday on 1 March in other years.
func ageAt(birth, at day) int {
	if birth > at {
		return -1
	}
	b, t := birth.time(), at.time()
	years := t.Year() - b.Year()
	if t.Month() < b.Month() || t.Month() == b.Month() && t.Day() < b.Day() {
		years--
	}
	return years
}

// A calendar counts working days near the return's date without asking for each
// bank holiday again.
type calendar struct {
	first day
	count []int // working days from first up to and including the nth day
}

// newCalendar covers the years in which a return measures anything in working
// days.
func newCalendar(asOf day) calendar {
	c := calendar{first: asOf - 1500, count: make([]int, 2000)}
	n := 0
	for i := range c.count {
		if workingdays.Is((c.first + day(i)).time()) {
			n++
		}
		c.count[i] = n
	}
	return c
}

func (c calendar) at(d day) int { return c.count[min(max(int(d-c.first), 0), len(c.count)-1)] }

func (c calendar) working(d day) bool { return c.at(d) > c.at(d-1) }

// between counts the working days after from, up to and including to.
func (c calendar) between(from, to day) int { return c.at(to) - c.at(from) }

// add moves n working days on, or back when n is negative, leaving out the day
// itself.
func (c calendar) add(d day, n int) day {
	step := day(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d += step
		if c.working(d) {
			n--
		}
	}
	return d
}
