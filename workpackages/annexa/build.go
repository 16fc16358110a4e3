package annexa

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"readiness/workpackages/workingdays"
)

// report puts together what was found.
func (c *checker) report() *Report {
	r := &Report{Files: c.files, Unread: c.unread, Settings: c.settings.sentences(), Notes: c.notes(), run: c}
	if c.data.hasAsOf {
		r.AsOf = c.data.asOf.time().Format(time.DateOnly)
	}
	r.Causes = c.causes()
	for _, l := range load().lists {
		r.Lists = append(r.Lists, c.listReport(l))
	}
	for _, cause := range r.Causes {
		r.Lists[cause.List-1].add(cause)
	}
	r.NotRun = slices.AppendSeq([]string{}, maps.Keys(c.notRun))
	slices.Sort(r.NotRun)
	r.total()
	r.fits(c.options.Single, c.settings.leftOut)
	if doubt := c.wrongDay(); doubt != "" {
		r.Fit.Reasons = slices.Insert(r.Fit.Reasons, 0, doubt)
	}
	if r.Unread == nil {
		r.Unread = []Unread{}
	}
	if r.Files == nil {
		r.Files = []FileRead{}
	}
	return r
}

// add counts a cause's findings.
func (l *ListReport) add(c Cause) {
	switch c.Severity {
	case SeverityError:
		l.Errors += c.Count
	case SeverityWarning:
		l.Warnings += c.Count
	default:
		l.Infos += c.Count
	}
}

func (r *Report) total() {
	r.Totals = Totals{}
	for _, l := range r.Lists {
		r.Totals.Errors += l.Errors
		r.Totals.Warnings += l.Warnings
		r.Totals.Infos += l.Infos
		r.Totals.Rows += l.Rows
		if l.Found {
			r.Totals.Found++
			if l.Rows == 0 && !l.Suppressed {
				r.Totals.Empty++
			}
		}
	}
}

func (c *checker) listReport(l *list) ListReport {
	out := ListReport{Number: l.Number, Title: l.Title, Short: l.Short, Columns: []ColumnMap{}, Unknown: []string{}}
	d := c.data.lists[l.Number]
	if d == nil {
		return out
	}
	out.Found, out.Where, out.HeadingRow, out.Rows = true, d.where, d.heading, len(d.rows)
	for _, h := range d.unknown {
		out.Unknown = append(out.Unknown, heading(h))
	}
	for _, col := range d.cols {
		if col.Later && !d.later {
			continue
		}
		m := ColumnMap{Heading: col.Heading, Match: cmp.Or(col.how, matchMissing)}
		if col.how == matchFolded || col.how == matchAlias {
			m.Written = heading(col.written)
		}
		if col.Type == codeColumn && col.at >= 0 {
			m.Values = &ValueMatch{Exact: col.steps[byExact], Code: col.steps[byCode], Words: col.steps[byWords], Guessed: col.steps[byGuess], Unknown: col.steps[noMatch]}
		}
		out.Columns = append(out.Columns, m)
	}
	if slices.ContainsFunc(l.Columns, func(c *column) bool { return c.Later }) {
		out.Edition = fmt.Sprintf("%d columns, August 2019", len(out.Columns))
		if d.later {
			out.Edition = fmt.Sprintf("%d columns, later than August 2019", len(out.Columns))
		}
	}
	return out
}

// personal is what a heading may not show: a row of data taken for headings
// would hold numbers, dates and postcodes.
var personal = regexp.MustCompile(`\d{3,}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|(?i)\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b`)

// heading is a heading as it may be shown and kept.
func heading(s string) string {
	if personal.MatchString(s) {
		return "(a heading with a number in it)"
	}
	if r := []rune(s); len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return s
}

// wrongDay says that the day the lists were made was probably given wrongly, as
// most rows are outside the time that their lists speak of; "" otherwise.
func (c *checker) wrongDay() string {
	outside, of := 0, 0
	for k, f := range c.found {
		if k.rule.ID == ruleWindow.ID {
			outside += len(f.rows)
		}
	}
	for k, t := range c.tallies {
		if k.rule.ID == ruleWindow.ID {
			of += t
		}
	}
	if of < enoughRows || outside*10 < of*8 {
		return ""
	}
	return fmt.Sprintf("Most rows are outside the time that their lists speak of: check that the lists were made on %s", c.data.asOf.time().Format("2 January 2006"))
}

// notes say what was not checked, and why.
func (c *checker) notes() []string {
	notes := []string{}
	if !c.data.hasAsOf {
		notes = append(notes, "Ages, time limits, windows and dates in the future were not checked: say on which day the lists were made")
	} else if !workingdays.Known(c.data.asOf.time()) {
		notes = append(notes, fmt.Sprintf("The bank holidays of %d are worked out from the standing rules: those known run to %d, and a one-off holiday may be missing", c.data.asOf.time().Year(), workingdays.KnownThrough))
	}
	var absent []int
	for _, n := range []int{6, 7, 8} {
		if c.data.list(n) == nil {
			absent = append(absent, n)
		}
	}
	if len(absent) > 0 {
		notes = append(notes, fmt.Sprintf("Rules that compare lists with %s were left out: there are no rows to compare with", listsOf(absent)))
	}
	return append(notes, "That all lists were made on one day, at the point of notification (rule S14 of the template's guidance), cannot be seen from the files: check it yourself")
}
