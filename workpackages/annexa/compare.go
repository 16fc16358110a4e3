package annexa

import (
	"math"
	"slices"
)

// Compare says what changed from an earlier report to a later one. Causes of
// lists that only one of them found are left to the list's own change, those that
// the later one did not look for are not called gone; notes (severity info), and
// causes that another one explains, are left out.
func Compare(before, after *Report) Change {
	c := Change{Since: before.AsOf, New: []CauseChange{}, Gone: []CauseChange{}, Worse: []CauseChange{}, Better: []CauseChange{}, Lists: []ListChange{}}
	both := map[int]bool{}
	for i := range after.Lists {
		if i >= len(before.Lists) {
			break
		}
		b, a := before.Lists[i], after.Lists[i]
		both[a.Number] = a.Found && b.Found
		if a.Fit.Verdict != b.Fit.Verdict {
			c.Lists = append(c.Lists, ListChange{a.Number, b.Fit.Verdict, a.Fit.Verdict})
		}
	}
	was := map[string]Cause{}
	for _, x := range before.Causes {
		was[x.Key] = x
	}
	now := map[string]bool{}
	for _, x := range after.Causes {
		now[x.Key] = true
		if !both[x.List] || x.Severity == SeverityInfo || x.Follows != "" {
			continue
		}
		b, there := was[x.Key]
		change := CauseChange{Key: x.Key, Title: x.Title, Severity: x.Severity, List: x.List, Column: x.Column, From: b.Count, To: x.Count, FromOf: b.Of, ToOf: x.Of}
		switch {
		case !there:
			c.New = append(c.New, change)
		case moved(b, x) > 0:
			c.Worse = append(c.Worse, change)
		case moved(b, x) < 0:
			c.Better = append(c.Better, change)
		}
	}
	for _, x := range before.Causes {
		if !now[x.Key] && both[x.List] && x.Severity != SeverityInfo && x.Follows == "" && after.LookedFor(x.Key, x.List, x.Column) {
			c.Gone = append(c.Gone, CauseChange{Key: x.Key, Title: x.Title, Severity: x.Severity, List: x.List, Column: x.Column, From: x.Count, FromOf: x.Of})
		}
	}
	return c
}

// LookedFor reports whether the check would have found a cause: its list and
// column were there, and nothing that the rule needs was left out.
func (r *Report) LookedFor(key string, list int, column string) bool {
	n := slices.IndexFunc(r.Lists, func(l ListReport) bool { return l.Number == list })
	if n < 0 || slices.Contains(r.NotRun, key) {
		return false
	}
	l := r.Lists[n]
	missing := slices.ContainsFunc(l.Columns, func(c ColumnMap) bool { return c.Heading == column && c.Match == matchMissing })
	return l.Found && l.Fit.Verdict != NotChecked && !missing
}

// moved says whether a cause grew (1) or shrank (-1) by a tenth or more: of its
// share of rows, so that a longer list is not a worse one.
func moved(b, a Cause) int {
	from, to := b.Share, a.Share
	if b.Of == 0 || a.Of == 0 {
		from, to = float64(b.Count), float64(a.Count)
	}
	if math.Abs(to-from) < 0.1*from || from == to {
		return 0
	}
	if to > from {
		return 1
	}
	return -1
}

// Empty reports whether nothing changed.
func (c Change) Empty() bool {
	return len(c.New)+len(c.Gone)+len(c.Worse)+len(c.Better)+len(c.Lists) == 0
}
