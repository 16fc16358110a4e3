package annexa

import (
	"fmt"
	"slices"
	"strings"

	"readiness/workpackages/phrase"
)

// notFitShare is the share of a list's rows from which an error makes it unfit.
const notFitShare = 0.05

// practice are rules about what was done for children, not about the data: a
// visit that was late is late however well it is recorded. They do not make a
// list unfit to send.
func practice(rule string) bool {
	switch rule {
	case "C09", "C10", "C17Q", "C19", "X19", "X20", "P08", "C25":
		return true
	}
	return strings.HasPrefix(rule, "T")
}

// fits gives each list its verdict, and the return its own.
func (r *Report) fits(single bool, leftOut func(list int) string) {
	r.Fit = Fit{Verdict: FitToSend, Reasons: []string{}}
	for i := range r.Lists {
		l := &r.Lists[i]
		l.Fit = r.fitOf(l, single, leftOut(l.Number))
		if l.Fit.Verdict == NotFit || l.Fit.Verdict == FitKnown && r.Fit.Verdict != NotFit {
			r.Fit.Verdict = l.Fit.Verdict
		}
	}
	if single {
		var given []int
		for _, l := range r.Lists {
			if l.Found {
				given = append(given, l.Number)
			}
		}
		if len(given) > 0 && len(given) < len(every) {
			r.Fit.Reasons = append(r.Fit.Reasons, "Only "+listsOf(given)+" was checked")
			if len(given) != 1 {
				r.Fit.Reasons[0] = "Only " + listsOf(given) + " were checked"
			}
			r.Part = true
		}
	}
	for _, want := range []FitVerdict{NotFit, FitKnown} {
		for _, l := range r.Lists {
			if l.Fit.Verdict == want && want == r.Fit.Verdict {
				r.Fit.Reasons = append(r.Fit.Reasons, ofList(l.Number, l.Fit.Reasons[0]))
			}
		}
	}
	if r.Part && r.Fit.Verdict != NotFit {
		r.Fit.Verdict = FitPart // "fit to send" would be read as leave to send the return
	}
}

// ofList is a list's reason as one of the whole return.
func ofList(list int, reason string) string {
	return fmt.Sprintf("List %d: %s", list, lowerFirst(reason))
}

func (r *Report) fitOf(l *ListReport, single bool, leftOut string) Fit {
	switch {
	case leftOut != "":
		return Fit{Verdict: NotChecked, Reasons: []string{"It is left out by your settings: " + leftOut}}
	case !l.Found && single:
		return Fit{Verdict: NotChecked, Reasons: []string{"It is not among the files that were given"}}
	case !l.Found:
		return Fit{Verdict: NotFit, Reasons: []string{"The list is missing"}}
	}
	var unfitting, known []string
	for _, c := range r.Causes {
		if c.List != l.Number || practice(c.Rule) {
			continue
		}
		switch {
		case unfit(c, l.Rows):
			unfitting = append(unfitting, c.Key)
		case c.Severity == SeverityError:
			known = append(known, c.Key)
		}
	}
	f := Fit{Verdict: FitToSend, Reasons: []string{}}
	switch {
	case len(unfitting) > 0:
		f = Fit{Verdict: NotFit, Causes: unfitting}
	case len(known) > 0:
		f = Fit{Verdict: FitKnown, Causes: known}
	}
	f.word(r.Causes)
	if l.Rows == 0 && f.Verdict == FitToSend && !l.Suppressed {
		f.Reasons = []string{emptyList}
	}
	return f
}

// word gives the reasons that the causes of a verdict are, in the order of those.
func (f *Fit) word(causes []Cause) {
	if len(f.Causes) == 0 {
		return
	}
	f.Reasons = make([]string, 0, len(f.Causes))
	for _, c := range causes {
		if slices.Contains(f.Causes, c.Key) {
			f.Reasons = append(f.Reasons, c.Sentence())
		}
	}
}

const emptyList = "The list is empty, which is right only if there is nobody to put in it"

// unfit reports whether a cause alone makes its list, of so many rows, unfit to send.
func unfit(c Cause, rows int) bool {
	if c.Follows != "" || c.Suppressed {
		return false
	}
	switch c.Rule {
	case "S01H", "S07":
		return neverBlank(c.List, c.Column)
	case "F02", "S08L":
		return true
	case "S02", "S03":
		return share(c, rows) >= notFitShare/5
	}
	return c.Severity == SeverityError && share(c, rows) >= notFitShare
}

// share is how much of the whole list a cause touches: a rule about the few that
// left care must not condemn the list over two of them.
func share(c Cause, rows int) float64 {
	if c.Of == 0 {
		return 1 // it is about the whole list
	}
	return float64(c.Count) / float64(max(rows, 1))
}

// neverBlank reports whether a column that is blank throughout makes its list
// unfit: one whose cells may never be blank, and the date of birth, which only a
// child not born yet may be without.
func neverBlank(list int, column string) bool {
	l := load().lists[list-1]
	i, ok := l.place[column]
	return ok && (l.Columns[i].Required || column == birth)
}

// Sentence is the cause in one sentence: "Ethnicity: the value is not a permitted
// code (312 of 640 rows)".
func (c Cause) Sentence() string {
	s := c.what()
	switch {
	case c.AllBut:
		s += fmt.Sprintf(" (all but 1 to 5 of %s)", phrase.Count(c.Of, "row"))
	case c.Suppressed && c.Of > 0:
		s += fmt.Sprintf(" (1 to 5 of %s)", phrase.Count(c.Of, "row"))
	case c.Suppressed:
		s += " (1 to 5 rows)"
	case c.Of > 0:
		s += fmt.Sprintf(" (%d of %s)", c.Count, phrase.Count(c.Of, "row"))
	case c.Count > 1:
		s += fmt.Sprintf(" (%d)", c.Count)
	}
	return s
}

// what is the cause without its numbers.
func (c Cause) what() string {
	if c.Column == "" {
		return c.Title
	}
	return c.Column + ": " + lowerFirst(c.Title)
}

// lowerFirst is phrase.LowerFirst, but for names of lists and for headings.
func lowerFirst(s string) string {
	if strings.HasPrefix(s, "List ") && strings.ContainsAny(s[5:min(6, len(s))], "123456789") {
		return s // a list's name
	}
	// A heading keeps its capital.
	if i := strings.Index(s, ":"); i > 0 && slices.ContainsFunc(load().lists, func(l *list) bool { _, ok := l.place[s[:i]]; return ok }) {
		return s
	}
	return phrase.LowerFirst(s)
}
