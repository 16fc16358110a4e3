package annexa

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes the report for a person: the lists first, then what is wrong,
// worst first, with what to do about it.
func (r *Report) WriteText(w io.Writer) error {
	t := &textWriter{w: w}
	t.line("Annexe A check of %s", strings.Join(r.Files, ", "))
	t.line("")
	t.line("%-4s %-32s %8s %8s %9s %6s  %s", "List", "", "Rows", "Errors", "Warnings", "Infos", "Found in")
	for _, l := range r.Lists {
		_, title, _ := strings.Cut(l.Title, ": ")
		if !l.Found {
			t.line("%4d %-32s %8s %8s %9s %6s  %s", l.Number, clip(title, 32), "-", "-", "-", "-", "not found")
			continue
		}
		where := l.Where
		if len(r.Files) == 1 {
			where = strings.TrimPrefix(where, r.Files[0]+", ")
		}
		if l.Rows == 0 {
			where += " (empty)"
		}
		if l.Edition != "" {
			where += " (" + l.Edition + ")"
		}
		t.line("%4d %-32s %8d %8d %9d %6d  %s", l.Number, clip(title, 32), l.Rows, l.Errors, l.Warnings, l.Infos, where)
	}
	t.headings(r)
	for _, s := range []Severity{SeverityError, SeverityWarning, SeverityInfo} {
		t.findings(r, s)
	}
	t.line("")
	for _, n := range r.Notes {
		t.line("%s.", n)
	}
	t.line("")
	t.line("%s", r.Summary())
	return t.err
}

// Summary is the report in one sentence.
func (r *Report) Summary() string {
	s := fmt.Sprintf("%d of 11 lists found", r.Totals.Found)
	if r.Totals.Empty > 0 {
		s += fmt.Sprintf(", %d of them empty", r.Totals.Empty)
	}
	return fmt.Sprintf("%s; %s; %s, %s and %s.", s, count(r.Totals.Rows, "row"), count(r.Totals.Errors, "error"), count(r.Totals.Warnings, "warning"), count(r.Totals.Infos, "note"))
}

type textWriter struct {
	w   io.Writer
	err error
}

func (t *textWriter) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, strings.TrimRight(format, " ")+"\n", args...)
	}
}

// headings says what was matched by other than the exact heading.
func (t *textWriter) headings(r *Report) {
	first := true
	for _, l := range r.Lists {
		var aliases []string
		for _, c := range l.Columns {
			if c.Match == matchAlias {
				aliases = append(aliases, c.Heading)
			}
		}
		if len(aliases) == 0 {
			continue
		}
		if first {
			t.line("")
			t.line("Headings known under another name:")
			first = false
		}
		t.line("  List %d: %s", l.Number, strings.Join(aliases, "; "))
	}
	for _, group := range []struct {
		what  string
		names []string
	}{{"Not a list, so not read", r.Unrecognised}, {"Second copies, not read", r.NotRead}, {"Guidance, passed over", r.Ignored}} {
		if len(group.names) > 0 {
			t.line("")
			t.line("%s: %s", group.what, strings.Join(group.names, "; "))
		}
	}
}

func (t *textWriter) findings(r *Report, s Severity) {
	n, causes := 0, 0
	for _, f := range r.Causes {
		if f.Severity == s {
			n += f.Count
			causes++
		}
	}
	if n == 0 {
		return
	}
	title := map[Severity]string{SeverityError: "Errors", SeverityWarning: "Warnings", SeverityInfo: "Notes"}[s]
	t.line("")
	t.line("%s: %d in %s", title, n, count(causes, "group"))
	list := 0
	for _, f := range r.Causes {
		if f.Severity != s {
			continue
		}
		if f.List != list {
			list = f.List
			t.line("")
			t.line("  %s", r.Lists[list-1].Title)
		}
		what := f.Title
		if f.Column != "" {
			what = f.Column + ": " + what
		}
		t.line("    [%s] %s", f.Rule, what)
		detail := ""
		if len(f.Rows) > 0 {
			detail = fmt.Sprintf("%s (%.0f%%): %s", count(f.Count, "row"), 100*f.Share, ranges(f.Rows, f.Count))
		}
		if f.Spellings > 0 {
			detail += fmt.Sprintf("; %s", count(f.Spellings, "different value"))
		}
		if detail != "" {
			t.line("         %s", detail)
		}
		t.line("         %s", f.Do)
		if f.Inferred {
			t.line("         No source states this rule: it follows from what the column means.")
		}
	}
}

// ranges writes row numbers shortly: "rows 4 to 9, 12, and 310 more".
func ranges(rows []int, total int) string {
	const most = 8
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

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n-3] + "..."
}
