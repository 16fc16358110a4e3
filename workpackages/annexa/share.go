package annexa

import (
	"fmt"
	"slices"
)

// Stored gives the report as it may be kept and logged: without row numbers, and
// without the names of files and tabs, which people choose.
func (r *Report) Stored() *Report {
	out := *r
	out.run = nil
	out.Files = slices.Clone(r.Files)
	for i := range out.Files {
		out.Files[i].Name = ""
	}
	out.Unread = slices.Clone(r.Unread)
	for i := range out.Unread {
		if out.Unread[i].place != "" {
			out.Unread[i].Where = out.Unread[i].place
		}
	}
	out.Lists = slices.Clone(r.Lists)
	for i := range out.Lists {
		out.Lists[i].Where = ""
	}
	out.Causes = slices.Clone(r.Causes)
	for i := range out.Causes {
		out.Causes[i].Rows = nil
	}
	return &out
}

// small reports whether a count could point to single children.
func small(n int) bool { return n >= 1 && n <= 5 }

// Shared gives the report as it may leave the authority: as Stored, with counts
// of 1 to 5 suppressed, and what they could be worked out from.
func (r *Report) Shared() *Report {
	out := r.Stored()
	hidden := map[int]map[Severity]bool{}
	for i := range out.Causes {
		c := &out.Causes[i]
		if small(c.Of) || small(c.Of-c.Count) && !small(c.Count) {
			c.Of, c.Share = 0, 0
		}
		if c.Of > 0 || small(c.Count) {
			c.Reason = plainReason(c.Verdict)
		}
		if small(c.Count) && !wholeRule(c.Rule) {
			c.Count, c.Share, c.Spellings, c.Teams, c.Suppressed = 0, 0, 0, 0, true
			if hidden[c.List] == nil {
				hidden[c.List] = map[Severity]bool{}
			}
			hidden[c.List][c.Severity] = true
		}
	}
	for i := range out.Lists {
		out.Lists[i].share(out.Causes, hidden[out.Lists[i].Number])
	}
	out.total()
	out.fitReasons()
	return out
}

func wholeRule(id string) bool {
	r := ruleByID(id)
	return r != nil && r.whole
}

func plainReason(v Verdict) string {
	switch v {
	case Extract:
		return "The pattern speaks for the extract or the mapping"
	case Recording:
		return "The pattern speaks for recording"
	}
	return "The pattern does not say"
}

// share suppresses what a list's counts would give away. Totals are then of the
// causes that are shown.
func (l *ListReport) share(causes []Cause, hidden map[Severity]bool) {
	if small(l.Rows) {
		l.Rows, l.Suppressed = 0, true
	}
	if len(hidden) > 0 {
		l.Errors, l.Warnings, l.Infos = 0, 0, 0
		for _, c := range causes {
			if c.List != l.Number {
				continue
			}
			switch c.Severity {
			case SeverityError:
				l.Errors += c.Count
			case SeverityWarning:
				l.Warnings += c.Count
			default:
				l.Infos += c.Count
			}
		}
	}
	l.Columns = slices.Clone(l.Columns)
	for i := range l.Columns {
		if v := l.Columns[i].Values; v != nil && (small(v.Exact) || small(v.Code) || small(v.Words) || small(v.Guessed) || small(v.Unknown)) {
			l.Columns[i].Values = nil
		}
	}
}

// fitReasons words the reasons of the verdicts again, over what is left.
func (r *Report) fitReasons() {
	verdict := r.Fit.Verdict
	for i := range r.Lists {
		r.Lists[i].Fit.word(r.Causes)
	}
	r.Fit = Fit{Verdict: verdict, Reasons: []string{}}
	for _, l := range r.Lists {
		if l.Fit.Verdict == verdict && verdict != FitToSend && len(l.Fit.Reasons) > 0 {
			r.Fit.Reasons = append(r.Fit.Reasons, fmt.Sprintf("List %d: %s", l.Number, lowerFirst(l.Fit.Reasons[0])))
		}
	}
}
