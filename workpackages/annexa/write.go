package annexa

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"readiness/workpackages/phrase"
)

// TextOptions say how WriteText writes.
type TextOptions struct {
	Colour bool // for a terminal: severity and verdicts stand out; the words stay
	All    bool // every cause, with its rows; otherwise what fits a page
	Change *Change
}

// How many causes a page holds of those that matter, in each part.
const (
	pageCauses  = 10
	pageUnclear = 5 // what the pattern does not speak of is seldom worth a page's room
)

// WriteText writes the report for a person: what was read and what was not, the
// verdict on each list, then the causes by what they speak for.
func (r *Report) WriteText(w io.Writer, o TextOptions) error {
	t := &textWriter{w: w, o: o}
	t.line("Annexe A check of %s%s", files(r.Files), asOfText(r.AsOf))
	t.headings(r)
	t.lists(r)
	t.line("")
	t.line("%s", t.bold(r.Fit.Verdict.Label()))
	for _, reason := range r.Fit.Reasons {
		t.line("  %s", reason)
	}
	if n := r.practiceOnly(); n > 0 {
		act := "act on what was late or not done"
		if !r.Part {
			act += ", and send the lists"
		}
		t.line("  %s: %s", aboutPractice(n), act)
	}
	t.change(o.Change)
	t.causes(r)
	if len(r.Settings) > 0 {
		t.line("")
		t.line("Your settings: %s.", strings.Join(r.Settings, "; "))
	}
	t.line("")
	for _, n := range r.Notes {
		t.line("%s.", n)
	}
	t.line("")
	t.line("%s", r.Summary())
	if slices.ContainsFunc(r.Causes, func(c Cause) bool { return c.Suppressed }) {
		t.line("Counts of 1 to 5 are not given, and are in no total.")
	}
	return t.err
}

// files names the files, or counts them where their names are left out.
func files(all []FileRead) string {
	var names []string
	for _, f := range all {
		if f.Name == "" {
			return phrase.Count(len(all), "file")
		}
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func asOfText(asOf string) string {
	if asOf == "" {
		return ""
	}
	if day, err := time.Parse(time.DateOnly, asOf); err == nil {
		asOf = day.Format("2 January 2006") // as the pages write it
	}
	return ", made on " + asOf
}

// Summary is the report in one sentence.
func (r *Report) Summary() string {
	s := fmt.Sprintf("%d of 11 lists found", r.Totals.Found)
	if r.Totals.Empty > 0 {
		s += fmt.Sprintf(", %d of them empty", r.Totals.Empty)
	}
	s = fmt.Sprintf("%s; %s; %s, %s and %s in %s. %s.", s, phrase.Count(r.Totals.Rows, "row"), phrase.Count(r.Totals.Errors, "error"), phrase.Count(r.Totals.Warnings, "warning"), phrase.Count(r.Totals.Infos, "note"),
		phrase.Count(len(r.Causes), "cause"), r.Fit.Verdict.Label())
	if n := r.practiceOnly(); n > 0 {
		s += " " + aboutPractice(n) + "."
	}
	return s
}

// practiceOnly counts the errors of a return that is fit to send all the same,
// as each is about practice; else it is 0.
func (r *Report) practiceOnly() int {
	data := slices.ContainsFunc(r.Causes, func(c Cause) bool { return c.Severity == SeverityError && !practice(c.Rule) })
	if r.Fit.Verdict == NotFit || data {
		return 0
	}
	return r.Totals.Errors
}

func aboutPractice(errors int) string {
	if errors == 1 {
		return "The 1 error is about practice, not about the data"
	}
	return fmt.Sprintf("All %d errors are about practice, not about the data", errors)
}

type textWriter struct {
	w   io.Writer
	o   TextOptions
	err error
}

func (t *textWriter) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintln(t.w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

// The terminal's colours; the words beside them say the same.
const (
	red    = "31"
	yellow = "33"
	blue   = "36"
	strong = "1"
)

func (t *textWriter) paint(code, s string) string {
	if !t.o.Colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *textWriter) bold(s string) string { return t.paint(strong, s) }

func (t *textWriter) severity(s Severity) string {
	return t.paint(map[Severity]string{SeverityError: red, SeverityWarning: yellow, SeverityInfo: blue}[s], string(s))
}

// headings says first what was matched to what, and what was not: it is the
// largest source of trouble.
func (t *textWriter) headings(r *Report) {
	title := "What could not be matched, and was not checked"
	part := func(format string, args ...any) {
		if title != "" {
			t.line("")
			t.line("%s", t.bold(title))
			title = ""
		}
		t.line("  "+format, args...)
	}
	for _, u := range r.Unread {
		if u.Kind != "guidance" {
			part("%s: %s", u.Where, lowerFirst(u.Why))
		}
	}
	for _, g := range lacking(r) {
		verb := "lack"
		if len(g.lists) == 1 {
			verb = "lacks"
		}
		part("%s %s: %s", listsOf(g.lists), verb, strings.Join(g.names, "; "))
	}
	for _, l := range r.Lists {
		if len(l.Unknown) > 0 {
			part("List %d has headings that are none of its columns: %s", l.Number, t.few(l.Unknown))
		}
		if codes := t.matched(l); len(codes) > 0 {
			part("List %d, values matched to codes: %s", l.Number, strings.Join(codes, "; "))
		}
	}
	title = "Matched by another name"
	for _, g := range inLists(r, func(c ColumnMap) string {
		if c.Match != matchAlias {
			return ""
		}
		return fmt.Sprintf("“%s” as %s", c.Written, c.Heading)
	}) {
		part("%s: %s", listsOf(g.lists), g.names[0])
	}
}

// saidOf is what is so in each of some lists.
type saidOf struct {
	names []string
	lists []int
}

// inLists gives what is said of columns, in the order met, each once with the
// lists it is said of. Of a column of which nothing is said, say gives "".
func inLists(r *Report, say func(ColumnMap) string) []saidOf {
	place := map[string]int{}
	var out []saidOf
	for _, l := range r.Lists {
		for _, c := range l.Columns {
			name := say(c)
			if name == "" {
				continue
			}
			i, there := place[name]
			if !there {
				i = len(out)
				place[name] = i
				out = append(out, saidOf{names: []string{name}})
			}
			out[i].lists = append(out[i].lists, l.Number)
		}
	}
	return out
}

// lacking gives the columns that lists lack: those that the same lists lack are
// one line.
func lacking(r *Report) []saidOf {
	var out []saidOf
	for _, g := range inLists(r, func(c ColumnMap) string {
		if c.Match != matchMissing {
			return ""
		}
		return c.Heading
	}) {
		i := slices.IndexFunc(out, func(o saidOf) bool { return slices.Equal(o.lists, g.lists) })
		if i < 0 {
			out = append(out, g)
			continue
		}
		out[i].names = append(out[i].names, g.names...)
	}
	return out
}

// matched says of the columns with values that had to be guessed or are not
// known how many, the columns with the most unknown first, and how many more
// columns there are.
func (t *textWriter) matched(l ListReport) []string {
	const most = 5
	var columns []ColumnMap
	for _, c := range l.Columns {
		if v := c.Values; v != nil && v.Guessed+v.Unknown > 0 {
			columns = append(columns, c)
		}
	}
	slices.SortStableFunc(columns, func(a, b ColumnMap) int {
		return cmp.Or(cmp.Compare(b.Values.Unknown, a.Values.Unknown), cmp.Compare(b.Values.Guessed, a.Values.Guessed))
	})
	var out []string
	for i, c := range columns {
		if i == most && !t.o.All {
			return append(out, fmt.Sprintf("and %d more", len(columns)-i))
		}
		v := c.Values
		out = append(out, fmt.Sprintf("%s (%d guessed, %d not known, of %d)", c.Heading, v.Guessed, v.Unknown, v.Exact+v.Code+v.Words+v.Guessed+v.Unknown))
	}
	return out
}

// few writes the first of many headings, each spelling once, and how many more
// there are: extracts carry dozens of columns of their own.
func (t *textWriter) few(headings []string) string {
	const most = 12
	var shown []string
	more := 0
	for _, h := range headings {
		switch {
		case !slices.Contains(shown, h) && (t.o.All || len(shown) < most):
			shown = append(shown, h)
		default:
			more++
		}
	}
	if more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, "; ")
}

func (t *textWriter) lists(r *Report) {
	t.line("")
	t.line("%-4s %-22s %8s %8s %9s %7s  %s", "List", "", "Rows", "Errors", "Warnings", "Notes", "")
	for _, l := range r.Lists {
		if !l.Found {
			t.line("%4d %-22s %8s %8s %9s %7s  %s", l.Number, clip(l.Short, 22), "-", "-", "-", "-", t.verdict(l.Fit.Verdict))
			continue
		}
		rows, where := fmt.Sprint(l.Rows), ""
		switch {
		case l.Suppressed:
			rows = "1 to 5"
		case l.Rows == 0:
			where = " (empty)"
		}
		if l.Edition != "" {
			where += " (" + l.Edition + ")"
		}
		t.line("%4d %-22s %8s %8d %9d %7d  %s%s", l.Number, clip(l.Short, 22), rows, l.Errors, l.Warnings, l.Infos, t.verdict(l.Fit.Verdict), where)
	}
}

func (t *textWriter) verdict(v FitVerdict) string {
	return t.paint(map[FitVerdict]string{NotFit: red, FitKnown: yellow}[v], v.Label())
}

func (t *textWriter) change(c *Change) {
	if c == nil {
		return
	}
	t.line("")
	if c.Empty() {
		t.line("Nothing has changed since the check before%s.", asOfText(c.Since))
		return
	}
	t.line("%s", t.bold("Since the check before"+asOfText(c.Since)))
	for _, l := range c.Lists {
		t.line("  List %d: from “%s” to “%s”", l.List, lowerFirst(l.From.Label()), lowerFirst(l.To.Label()))
	}
	for _, part := range []struct {
		word    string
		changes []CauseChange
		counts  func(x CauseChange) string
	}{
		{"New", c.New, func(x CauseChange) string { return told(x.To) }},
		{"Worse", c.Worse, nowAndThen}, {"Better", c.Better, nowAndThen},
		{"Gone", c.Gone, func(x CauseChange) string { return "was " + told(x.From) }},
	} {
		for i, x := range part.changes {
			if i == pageCauses && !t.o.All {
				t.line("  %s: and %d more", part.word, len(part.changes)-i)
				break
			}
			t.line("  %s: %s (%s)", part.word, x.Sentence(), part.counts(x))
		}
	}
}

// nowAndThen says how much there is and was: where as many rows have it of fewer,
// only these tell why it is worse.
func nowAndThen(x CauseChange) string {
	now, was := told(x.To), told(x.From)
	if x.FromOf > 0 && x.ToOf > 0 && x.FromOf != x.ToOf {
		now, was = fmt.Sprintf("%s of %d", now, x.ToOf), fmt.Sprintf("%s of %d", was, x.FromOf)
	}
	return now + ", was " + was
}

// told is the count of a cause that is there: 0 is one that Shared keeps back.
func told(n int) string {
	if n == 0 {
		return "not given"
	}
	return fmt.Sprint(n)
}

// Sentence names the cause: "List 8, Ethnicity: the value is not a permitted code".
func (x CauseChange) Sentence() string {
	if x.Column == "" {
		return fmt.Sprintf("List %d: %s", x.List, lowerFirst(x.Title))
	}
	return fmt.Sprintf("List %d, %s: %s", x.List, x.Column, lowerFirst(x.Title))
}

// causes writes the causes by what they speak for: whoever can mend the one
// seldom can the other.
func (t *textWriter) causes(r *Report) {
	for _, part := range []struct {
		title   string
		verdict Verdict
	}{
		{"For the extract or the mapping: one repair mends many rows", Extract},
		{"For recording: each child needs somebody to act", Recording},
		{"The pattern does not say", Unclear},
	} {
		var of []Group
		for _, g := range t.groups(r) {
			if g.Causes[0].Verdict == part.verdict && t.shows(g.Causes[0]) {
				of = append(of, g)
			}
		}
		if len(of) == 0 {
			continue
		}
		t.line("")
		t.line("%s", t.bold(part.title))
		shown, most := 0, pageCauses
		if part.verdict == Unclear {
			most = pageUnclear
		}
		for _, g := range of {
			if !t.o.All && shown == most {
				break
			}
			shown++
			t.group(r, g)
		}
		if more := len(of) - shown; more > 0 {
			t.line("  and %s more: --all shows them, --out puts every row into a workbook", phrase.Count(more, "cause"))
		}
	}
	t.notes(r)
}

// shows reports whether a page has room for a cause at all: for a note it has not.
func (t *textWriter) shows(c Cause) bool { return t.o.All || c.Severity != SeverityInfo }

// notes says once how many notes the page leaves out: a part of which nothing
// but notes is left would be a title with nothing under it.
func (t *textWriter) notes(r *Report) {
	if !slices.ContainsFunc(r.Causes, func(c Cause) bool { return !t.shows(c) }) {
		return
	}
	t.line("")
	switch r.Totals.Infos {
	case 0: // each is kept back
		t.line("There are notes: --all shows them.")
	case 1:
		t.line("1 note: --all shows it.")
	default:
		t.line("%s: --all shows them.", phrase.Count(r.Totals.Infos, "note"))
	}
}

// groups are what is written: on a page one fault of several lists once, and
// otherwise every cause, those that follow from another too.
func (t *textWriter) groups(r *Report) []Group {
	if !t.o.All {
		return Groups(r.Causes)
	}
	var out []Group
	for _, c := range r.Causes {
		out = append(out, Group{Causes: []Cause{c}, Count: c.Count, Of: c.Of})
	}
	return out
}

func (t *textWriter) group(r *Report, g Group) {
	c := g.Causes[0]
	t.line("  %s %s  %s [%s]", t.severity(c.Severity), t.bold(g.Where()), g.Sentence(), c.Rule)
	t.line("      Why so: %s.", lowerFirst(g.Reason()))
	t.line("      Do: %s", c.Do)
	follows := 0
	for _, x := range r.Causes {
		for _, own := range g.Causes {
			if x.Follows == own.Key {
				follows++
			}
		}
	}
	switch {
	case follows == 1:
		t.line("      1 more cause follows from it.")
	case follows > 1:
		t.line("      %d more causes follow from it.", follows)
	}
	if c.Disputed != "" {
		t.line("      Sources disagree: %s", c.Disputed)
	}
	if c.Inferred {
		t.line("      No source states this rule: it follows from what the column means.")
	}
	if !t.o.All {
		return
	}
	if c.Follows != "" {
		t.line("      Follows from %s.", c.Follows)
	}
	if len(c.Rows) > 0 {
		t.line("      At %s", ranges(c.Rows, c.Count))
	}
}

// ranges writes row numbers shortly: "rows 4 to 9, 12, and 310 more".
func ranges(rows []int, total int) string {
	const most = 12
	var parts []string
	shown := 0
	for i := 0; i < len(rows) && len(parts) < most; {
		j := i
		for j+1 < len(rows) && rows[j+1] == rows[j]+1 {
			j++
		}
		if j == i {
			parts = append(parts, fmt.Sprint(rows[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d to %d", rows[i], rows[j]))
		}
		shown += j - i + 1
		i = j + 1
	}
	word := "rows "
	if shown == 1 {
		word = "row "
	}
	s := word + strings.Join(parts, ", ")
	if more := total - shown; more > 0 {
		s += fmt.Sprintf(", and %d more", more)
	}
	return s
}

func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
