package annexa

import (
	"slices"
	"strings"
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
// of 1 to 5 suppressed, and what they could be worked out from: what is left of
// a list's rows, the verdict that takes five to speak, and headings that no list
// has, which people choose like the names of tabs.
func (r *Report) Shared() *Report {
	out := r.Stored()
	hidden := map[int]bool{} // lists with a count that is kept back
	for i := range out.Causes {
		c := &out.Causes[i]
		c.share(out.Lists[c.List-1].Rows)
		hidden[c.List] = hidden[c.List] || c.Suppressed
	}
	for i := range out.Lists {
		l := &out.Lists[i]
		l.share(out.Causes, hidden[l.Number])
	}
	out.total()
	out.reword()
	return out
}

// share suppresses what a cause would say of 1 to 5 children of a list of so
// many rows. One about a whole list or column counts no children.
func (c *Cause) share(rows int) {
	if c.Of == 0 || c.Suppressed {
		return
	}
	if small(rows - c.Of) {
		c.Of = rows // else the rows to which the rule does not apply are told
	}
	few, rest := small(c.Count), small(c.Of-c.Count)
	if small(c.Of) {
		c.Of = 0
	}
	switch {
	case few:
		c.Count, c.Share, c.Verdict = 0, 0, Unclear // five is the fewest that speak: another verdict would tell
	case rest:
		c.Count, c.Share, c.AllBut = 0, 1, true
	default:
		c.Share = float64(c.Count) / float64(c.Of)
	}
	c.Reason = plainReason(c.Verdict)
	if few || rest {
		c.Spellings, c.Teams, c.Suppressed = 0, 0, true
	}
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

// share suppresses what a list's counts would give away. Where a count is kept
// back, totals are of the causes that are shown.
func (l *ListReport) share(causes []Cause, hidden bool) {
	rows := l.Rows
	if small(rows) {
		l.Rows, l.Suppressed = 0, true
	}
	if hidden {
		l.Errors, l.Warnings, l.Infos = 0, 0, 0
		for _, c := range causes {
			if c.List == l.Number {
				l.add(c)
			}
		}
	}
	l.Unknown = []string{}
	l.Columns = slices.Clone(l.Columns)
	for i := range l.Columns {
		if v := l.Columns[i].Values; v != nil && v.tells(rows) {
			l.Columns[i].Values = nil
		}
	}
}

// tells reports whether the counts point to single children of a list of so many
// rows: by themselves, or by the blank cells that are left.
func (v *ValueMatch) tells(rows int) bool {
	return small(v.Exact) || small(v.Code) || small(v.Words) || small(v.Guessed) || small(v.Unknown) ||
		small(rows-v.Exact-v.Code-v.Words-v.Guessed-v.Unknown)
}

// reword says the verdicts' reasons again, over what is left of the causes that
// they are made of. What a list that has faults gives for another reason is left
// out, as nobody knows what it tells.
func (r *Report) reword() {
	var reasons []string
	for _, text := range r.Fit.Reasons {
		if !strings.HasPrefix(text, "List ") { // which lists were given
			reasons = append(reasons, text)
		}
	}
	for i := range r.Lists {
		f := &r.Lists[i].Fit
		if r.Lists[i].Found && (f.Verdict == NotFit || f.Verdict == FitKnown) {
			f.Reasons = []string{}
			f.word(r.Causes)
		}
		if (f.Verdict == r.Fit.Verdict && f.Verdict != FitToSend || r.Fit.Verdict == FitPart && f.Verdict == FitKnown) && len(f.Reasons) > 0 {
			reasons = append(reasons, ofList(r.Lists[i].Number, f.Reasons[0]))
		}
	}
	r.Fit.Reasons = reasons
}
