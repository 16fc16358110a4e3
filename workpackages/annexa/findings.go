package annexa

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"readiness/workpackages/annexa/tabular"
	"readiness/workpackages/phrase"
)

// WriteFindings writes a workbook of findings, for whoever has to mend them: a
// sheet of causes, one of how values were read, then for each list the rows with
// a finding, the cells lit and the reason beside them. It holds children's data,
// goes to w as it is made, and is kept nowhere. sources are those of the check;
// only a report straight from Check has what it takes.
func (r *Report) WriteFindings(ctx context.Context, w io.Writer, sources []Source) error {
	if r.run == nil {
		return errors.New("annexa: this report was stored, and no longer knows the rows")
	}
	x := newXLSX(w)
	if err := r.causesSheet(x); err != nil {
		return err
	}
	if err := r.valuesSheet(x); err != nil {
		return err
	}
	for _, n := range every {
		l := r.run.data.lists[n]
		if l == nil {
			continue
		}
		marks := r.marks(l)
		if len(marks) == 0 {
			continue
		}
		if err := r.listSheet(ctx, x, l, marks, sources); err != nil {
			return err
		}
	}
	return x.close()
}

const keepSafe = "This workbook holds children's data. Keep it where the return is kept, and take it away when the rows are mended."

// styleOf is how a severity is lit.
func styleOf(s Severity) xlsxStyle {
	switch s {
	case SeverityError:
		return styleError
	case SeverityWarning:
		return styleWarning
	}
	return styleInfo
}

func (v Verdict) label() string {
	switch v {
	case Extract:
		return "The extract or mapping"
	case Recording:
		return "Recording"
	}
	return "Unclear"
}

func (r *Report) causesSheet(x *xlsxWriter) error {
	s, err := x.sheet("Causes", []float64{9, 5, 24, 30, 9, 8, 7, 13, 34, 16, 40, 6, 14}, 5, true)
	if err != nil {
		return err
	}
	s.row(text(styleTitle, "Annexe A: what is wrong, by cause"+asOfText(r.AsOf)))
	s.row(text(styleBold, r.Fit.Verdict.Label()))
	s.row(text(stylePlain, keepSafe))
	s.row()
	s.heading("Severity", "List", "Column", "What is wrong", "Findings", "Of rows", "Share", "Speaks for", "Why so", "Team with most", "What to do", "Rule", "Follows from")
	for _, c := range r.Causes {
		of, share, topTeam := xlsxCell{}, xlsxCell{}, ""
		if c.Of > 0 {
			of, share = number(stylePlain, c.Of), number(stylePercent, c.Share)
		}
		if c.Teams > 0 {
			topTeam = r.run.data.lists[c.List].spread(r.run.rowsOf(c)).topName
		}
		s.row(text(styleOf(c.Severity), string(c.Severity)), number(stylePlain, c.List), text(styleWrap, c.Column), text(styleWrap, c.Title), number(stylePlain, c.Count), of, share,
			text(styleWrap, c.Verdict.label()), text(styleWrap, c.Reason), text(styleWrap, topTeam), text(styleWrap, c.Do), text(stylePlain, c.Rule), text(styleWrap, c.Follows))
	}
	return s.close()
}

// rowsOf gives every row of its list that a cause was made of.
func (c *checker) rowsOf(cause Cause) []int32 {
	for k, f := range c.found {
		if k.rule.ID == cause.Rule && k.list == cause.List && k.heading() == cause.Column {
			return f.rows
		}
	}
	return nil
}

// stepWords say how sure a match is.
var stepWords = [noMatch + 1]string{"sure: as the template writes it", "sure: by its code", "sure: by words that one code alone has", "guessed: look at it", "not known"}

// valuesSheet says what each way of writing a code was read as, the doubtful first.
func (r *Report) valuesSheet(x *xlsxWriter) error {
	s, err := x.sheet("How values were read", []float64{6, 40, 40, 40, 34}, 4, false)
	if err != nil {
		return err
	}
	s.row(text(styleTitle, "How values were read as codes"))
	s.row(text(stylePlain, "What the template writes itself is left out. "+keepSafe))
	s.row()
	s.heading("List", "Column", "As it is written", "Read as", "How sure")
	type line struct {
		memo
		list      int
		col       *columnData
		asWritten string
	}
	var lines []line
	for _, n := range every {
		l := r.run.data.lists[n]
		if l == nil {
			continue
		}
		for _, col := range l.cols {
			for written, m := range col.memo {
				if m.verdict != codeSure || m.step != byExact {
					if col.codes.open && m.verdict == codeUnknown {
						continue
					}
					lines = append(lines, line{m, n, col, written})
				}
			}
		}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(-cmp.Compare(a.step, b.step), cmp.Compare(a.list, b.list), cmp.Compare(a.col.at, b.col.at), cmp.Compare(a.asWritten, b.asWritten))
	})
	for _, v := range lines {
		as, style := "", stylePlain
		if v.value >= 0 && v.verdict <= codeUnsure {
			as = v.col.codes.values[v.value].Value
		}
		switch v.verdict {
		case codeUnsure, codeDisputed:
			style = styleWarning
		case codeSure:
		default:
			style = styleError
		}
		s.row(number(stylePlain, v.list), text(styleWrap, v.col.Heading), text(style, v.asWritten), text(styleWrap, as), text(stylePlain, stepWords[v.step]))
	}
	return s.close()
}

// mark is one finding in a row.
type mark struct {
	column   int // of the list; noColumn for the row as a whole
	rule     *Rule
	severity Severity
	whole    bool // of a fault of the whole column: see wholeColumn
}

// wholeShare is the share of a list's rows from which a fault of the extract is
// one of the whole column.
const wholeShare = 0.9

// wholeColumn gives the keys of a list's causes that one repair of the extract
// mends in nearly every row: to read a few of those rows is to have read all.
func (r *Report) wholeColumn(l *listData) map[string]bool {
	out := map[string]bool{}
	for _, c := range r.Causes {
		if c.List == l.Number && c.Verdict == Extract && c.Of > 0 && share(c, len(l.rows)) > wholeShare {
			out[c.Key] = true
		}
	}
	return out
}

// marks gives the findings of a list by the file's row numbers.
func (r *Report) marks(l *listData) map[int32][]mark {
	c, whole := r.run, r.wholeColumn(l)
	out := map[int32][]mark{}
	for k, f := range c.found {
		if k.list != l.Number {
			continue
		}
		column := k.heading()
		if c.settings.off(k.rule, k.list, column) || c.settings.leftOut(k.list) != "" {
			continue
		}
		m := mark{k.column, k.rule, c.settings.severity(k.rule), whole[CauseKey(k.rule.ID, k.list, column)]}
		for _, row := range f.rows {
			out[l.rows[row]] = append(out[l.rows[row]], m)
		}
		for _, row := range f.other {
			out[row] = append(out[row], m)
		}
	}
	for _, marks := range out {
		slices.SortFunc(marks, func(a, b mark) int {
			return cmp.Or(cmp.Compare(rank(a.severity), rank(b.severity)), cmp.Compare(a.column, b.column), cmp.Compare(a.rule.ID, b.rule.ID))
		})
	}
	return out
}

// alike reports whether a row has no fault but those of whole columns.
func alike(marks []mark) bool {
	return !slices.ContainsFunc(marks, func(m mark) bool { return !m.whole })
}

// mostAlike is how many rows are listed that have no fault but those of whole columns.
const mostAlike = 20

// omitted says how many rows of a list are not in its sheet, and why; "" where
// all are there.
func omitted(l *listData, marks map[int32][]mark) string {
	n := 0
	var faults []string
	for _, of := range marks {
		if !alike(of) {
			continue
		}
		n++
		for _, m := range of {
			if one := m.says(l); !slices.Contains(faults, one) {
				faults = append(faults, one)
			}
		}
	}
	if n <= mostAlike {
		return ""
	}
	slices.Sort(faults)
	rows := "rows are"
	if n == mostAlike+1 {
		rows = "row is"
	}
	return fmt.Sprintf("%d more %s left out here: nothing is wrong in them but what is wrong in nearly every row, which one repair of the extract mends. %s.", n-mostAlike, rows, strings.Join(faults, "; "))
}

// says is a mark in words: "Ethnicity: the value is not a permitted code [S04]".
func (m mark) says(l *listData) string {
	if m.column == noColumn {
		return m.rule.Title + " [" + m.rule.ID + "]"
	}
	return l.Columns[m.column].Heading + ": " + lowerFirst(m.rule.Title) + " [" + m.rule.ID + "]"
}

// reasons say in a cell what is wrong with a row.
func reasons(l *listData, marks []mark) string {
	var s []string
	for _, m := range marks {
		s = append(s, m.says(l))
	}
	return strings.Join(s, "\n")
}

// listSheet reads a list's table again and writes its rows that have findings.
func (r *Report) listSheet(ctx context.Context, x *xlsxWriter, l *listData, marks map[int32][]mark, sources []Source) error {
	widths := []float64{9, 70}
	headings := slices.Clone(findingsHeadings)
	for _, col := range l.cols {
		if col.at >= 0 {
			widths, headings = append(widths, 18), append(headings, col.Heading)
		}
	}
	s, err := x.sheet(fmt.Sprintf("List %d", l.Number), widths, 4, false)
	if err != nil {
		return err
	}
	s.row(text(styleTitle, fmt.Sprintf("%s: %s with something to look at", l.Title, phrase.Count(len(marks), "row"))))
	s.row(text(stylePlain, "Row is the row's number in your file. Lit cells are those the reason speaks of. "+keepSafe))
	s.row(text(styleBold, omitted(l, marks)))
	s.heading(headings...)
	f, err := tabular.Open(sources[l.source])
	if err != nil {
		return err
	}
	t := f.Tables[l.table-1]
	same := 0
	if err := f.Scan(ctx, t, nil, func(n int, cells []tabular.Cell) error {
		of := marks[int32(n)]
		if len(of) == 0 {
			return nil
		}
		if alike(of) {
			if same++; same > mostAlike {
				return nil
			}
		}
		out := []xlsxCell{number(stylePlain, n), text(styleWrap, reasons(l, of))}
		for i, col := range l.cols {
			if col.at < 0 {
				continue
			}
			var cell tabular.Cell
			if col.at < len(cells) {
				cell = cells[col.at]
			}
			style := stylePlain
			for _, m := range slices.Backward(of) { // the worst comes last
				if m.column == i {
					style = styleOf(m.severity)
				}
			}
			out = append(out, shown(style, cell, col.Type, t.Date1904))
		}
		s.row(out...)
		return s.err
	}); err != nil {
		return err
	}
	return s.close()
}

// shown writes a cell of a column as the check read it, so that it sorts and
// counts: dates as dates, numbers as numbers. What it could not read stays as the
// file has it.
func shown(style xlsxStyle, c tabular.Cell, of columnType, date1904 bool) xlsxCell {
	switch {
	case c.Kind == tabular.Formula:
		return text(style, "(a formula)")
	case c.Kind == tabular.Date, of == dateColumn && (c.Kind == tabular.Number || c.Kind == tabular.Text):
		if cell, ok := shownDate(style, c, date1904); ok {
			return cell
		}
	}
	if c.Kind == tabular.Number || of == numberColumn && c.Kind == tabular.Text {
		// A long number is an identity number, which a spreadsheet would spoil.
		if v, err := strconv.ParseFloat(c.Value, 64); err == nil && len(c.Value) <= 9 {
			if n := number(style, v); c.Kind == tabular.Number || n.value == c.Value {
				return n
			}
		}
	}
	return text(style, c.Value)
}

// shownDate writes a date. Stand-ins for none stay as they are: they are read as
// no date.
func shownDate(style xlsxStyle, c tabular.Cell, date1904 bool) (cell xlsxCell, ok bool) {
	var d day
	v := notDate
	if c.Kind == tabular.Text {
		d, v = readDate(c.Value, date1904)
	} else if serial, err := strconv.ParseFloat(c.Value, 64); err == nil {
		d, v = serialDate(serial, date1904)
	}
	switch {
	case v != goodDate:
		return xlsxCell{}, false
	case !placeholders[d]:
		cell, ok = date(style, d)
	}
	if !ok && c.Kind == tabular.Date { // what the file holds is a number, which nobody sees there
		return text(style, d.time().Format("02/01/2006")), true
	}
	return cell, ok
}
