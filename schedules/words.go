package schedules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"readiness/workpackages/phrase"
)

// specWords says five cron fields in words: "Monday to Friday at 09:00", "Every day,
// every 5 minutes from 08:00 to 17:55". What it does not know it gives as it stands.
func specWords(spec string) string {
	asIs := "As the cron line " + spec + " says"
	f := strings.Fields(spec)
	if len(f) != 5 || !every(f[3]) {
		return asIs
	}
	minutes, ok1 := numbers(f[0], 0, 59, nil)
	hours, ok2 := numbers(f[1], 0, 23, nil)
	weekdays, ok3 := numbers(f[4], 0, 6, weekdayNames)
	dates, ok4 := numbers(f[2], 1, 31, nil)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return asIs
	}
	days := dayWords(weekdays)
	if !every(f[2]) {
		if !every(f[4]) || len(dates) > 5 {
			return asIs
		}
		var words []string
		for _, d := range dates {
			words = append(words, strconv.Itoa(d))
		}
		days = "On day " + phrase.And(words) + " of the month"
	}
	times, ok := timeWords(minutes, hours)
	if !ok {
		return asIs
	}
	return days + times
}

var weekdayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// numbers gives what one cron field stands for, in order and each once.
func numbers(field string, lo, hi int, names []string) ([]int, bool) {
	var out []int
	for part := range strings.SplitSeq(field, ",") {
		span, step, stepped := strings.Cut(part, "/")
		by := 1
		if stepped {
			n, err := strconv.Atoi(step)
			if err != nil || n < 1 {
				return nil, false
			}
			by = min(n, 60) // a larger one comes to the same, and does not overflow
		}
		from, to := lo, hi
		if !every(span) {
			first, last, ranged := strings.Cut(span, "-")
			var ok bool
			if from, ok = number(first, names); !ok {
				return nil, false
			}
			switch {
			case ranged:
				if to, ok = number(last, names); !ok {
					return nil, false
				}
			case !stepped:
				to = from
			}
		}
		if from < lo || to > hi || from > to {
			return nil, false
		}
		for n := from; n <= to; n += by {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

func number(s string, names []string) (int, bool) {
	if i := slices.Index(names, strings.ToLower(s)); i >= 0 {
		return i, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// dayWords names days of the week, from Monday on.
func dayWords(days []int) string {
	var week []time.Weekday
	for _, d := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		if slices.Contains(days, int(d)) {
			week = append(week, d)
		}
	}
	place := func(d time.Weekday) int { return (int(d) + 6) % 7 }
	first, last := week[0], week[len(week)-1]
	switch {
	case len(week) == 7:
		return "Every day"
	case len(week) > 2 && place(last)-place(first) == len(week)-1:
		return first.String() + " to " + last.String()
	}
	var words []string
	for _, d := range week {
		words = append(words, d.String())
	}
	return phrase.And(words)
}

// timeWords names the times of a day: a few one by one, more by their step.
func timeWords(minutes, hours []int) (string, bool) {
	var at []int // minutes after midnight
	for _, h := range hours {
		for _, m := range minutes {
			at = append(at, h*60+m)
		}
	}
	clock := func(n int) string { return fmt.Sprintf("%02d:%02d", n/60, n%60) }
	if len(at) <= 3 {
		var words []string
		for _, n := range at {
			words = append(words, clock(n))
		}
		return " at " + phrase.And(words), true
	}
	step := at[1] - at[0]
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] != step {
			return "", false
		}
	}
	apart := inWords(time.Duration(step) * time.Minute)
	apart = strings.TrimPrefix(apart, "1 ") // every hour, every minute
	return fmt.Sprintf(", every %s from %s to %s", apart, clock(at[0]), clock(at[len(at)-1])), true
}
