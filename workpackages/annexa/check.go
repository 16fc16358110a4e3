package annexa

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options are what a check cannot find in the files.
type Options struct {
	// AsOf is the day the lists were made. Zero leaves out what needs it.
	AsOf time.Time
	// Single says that the files were named one by one: a list that is not
	// among them is then not missed.
	Single bool
}

// Check reads every source and checks the lists in them. The error is a
// *ReadError when a file cannot be read; a report is then not made at all.
func Check(ctx context.Context, sources []Source, o Options) (*Report, error) {
	c := &checker{ctx: ctx, options: o, lists: map[int]*listState{}, causes: map[causeKey]*cause{}}
	for _, src := range sources {
		c.report.Files = append(c.report.Files, src.Name)
		if err := eachTable(src, c.table); err != nil {
			return nil, err
		}
	}
	return c.finish(), nil
}

type checker struct {
	ctx     context.Context
	options Options
	lists   map[int]*listState
	causes  map[causeKey]*cause
	report  Report
}

type listState struct {
	layout layout
	where  string
	rows   int
	seen   map[uint64]int // hashes of the identity numbers met, with their first rows, in lists that have each once
	values []value        // of the row at hand
}

type causeKey struct {
	rule   string
	list   int
	column string
}

type cause struct {
	rule      Rule
	count     int
	rows      []int
	spellings map[string]bool
}

// Bounds on what a report keeps of one cause.
const (
	maxRowsKept      = 1000
	maxSpellingsKept = 1000
)

// find records one finding; row 0 is the list as a whole.
func (c *checker) find(r Rule, list int, column string, row int) *cause {
	k := causeKey{r.ID, list, column}
	f := c.causes[k]
	if f == nil {
		f = &cause{rule: r}
		c.causes[k] = f
	}
	f.count++
	if row > 0 && len(f.rows) < maxRowsKept {
		f.rows = append(f.rows, row)
	}
	return f
}

// spelling counts how many different values a cause has, and keeps none of them
// beyond the check.
func (f *cause) spelling(value string) {
	if f.spellings == nil {
		f.spellings = map[string]bool{}
	}
	if len(f.spellings) < maxSpellingsKept {
		f.spellings[strings.Clone(value)] = true
	}
}

func (c *checker) table(t *table) error {
	name := t.tab
	if name == "" {
		name = t.file[strings.LastIndexAny(t.file, `/\`)+1:]
	}
	if t.tab != "" && slices.Contains(ignoredTabs, foldHeading(name)) {
		c.report.Ignored = append(c.report.Ignored, t.where())
		return nil
	}
	var first [][]string
	var numbers []int
	for len(first) < headingRows {
		cells, n, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		first, numbers = append(first, slices.Clone(cells)), append(numbers, n)
	}
	f, ok := recognise(name, first, numbers)
	if !ok {
		c.report.Unrecognised = append(c.report.Unrecognised, t.where())
		return nil
	}
	number := f.list.Number
	if want := named(name); want != nil && want != f.list {
		c.find(ruleTabMisnamed, number, "", 0)
	}
	if c.lists[number] != nil {
		c.find(ruleListTwice, number, "", 0)
		c.report.NotRead = append(c.report.NotRead, t.where())
		return nil
	}
	st := &listState{layout: f, where: t.where()}
	c.lists[number] = st
	for _, m := range f.missing() {
		c.find(ruleHeadingMissing, number, m.Heading, 0)
	}
	for _, h := range f.unknown {
		c.find(ruleHeadingUnknown, number, h, 0)
	}
	for _, h := range f.twice {
		c.find(ruleHeadingTwice, number, h, 0)
	}
	for i, cells := range first {
		if numbers[i] > f.row {
			c.row(st, t, cells, numbers[i])
		}
	}
	for {
		cells, n, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if n%1024 == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		c.row(st, t, cells, n)
	}
}

func (c *checker) row(st *listState, t *table, cells []string, n int) {
	if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
		return
	}
	if st.totals(cells) {
		c.find(ruleTotals, st.layout.list.Number, "", n)
		return
	}
	st.rows++
	columns := st.layout.list.Columns
	if st.values == nil {
		st.values = make([]value, len(columns))
	}
	id := ""
	for i, col := range columns {
		st.values[i] = value{}
		at := st.layout.at[i]
		if at < 0 {
			continue
		}
		cell := ""
		if at < len(cells) {
			cell = cells[at]
		}
		st.values[i] = c.cell(st.layout.list, col, t, cell, n)
		if col.isID() && !st.values[i].blank {
			id = cell
		}
	}
	c.wholeRow(st, st.values, id, n)
}

// totals reports whether a row is a sum of those above it: its identity number
// says so.
func (st *listState) totals(cells []string) bool {
	for i, col := range st.layout.list.Columns {
		if at := st.layout.at[i]; col.isID() && at >= 0 && at < len(cells) {
			switch foldHeading(cells[at]) {
			case "total", "totals", "grand total", "sum", "count":
				return true
			}
		}
	}
	return false
}

// errorCells are what Excel shows for a formula that went wrong.
var errorCells = []string{"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#spill!", "#calc!"}

// cell applies the rules about one cell, and says what it came to.
func (c *checker) cell(l *list, col *column, t *table, cell string, n int) value {
	if strings.HasPrefix(strings.TrimSpace(cell), "#") && slices.Contains(errorCells, fold(cell)) {
		c.find(ruleErrorCell, l.Number, col.Heading, n)
		return value{}
	}
	if blank(cell) {
		switch {
		case col.isID():
			c.find(ruleID, l.Number, col.Heading, n)
		case col.Required && (col.Basis == "DOM" || col.Inferred):
			c.find(ruleRequiredInferred, l.Number, col.Heading, n)
		case col.Required:
			c.find(ruleRequired, l.Number, col.Heading, n)
		}
		return value{blank: true, known: true}
	}
	if strings.Contains(cell, "\u00a0") && col.Type == "text" {
		c.find(ruleHardSpace, l.Number, col.Heading, n)
	}
	switch col.Type {
	case "code":
		return c.code(l, col, cell, n)
	case "date":
		return c.date(l, col, t, cell, n)
	case "number":
		c.number(l, col, cell, n)
	case "text":
		if col.isID() && spoiltNumber(cell) {
			c.find(ruleIDForm, l.Number, col.Heading, n)
		}
	}
	return value{known: true}
}

// spoiltNumber reports whether an identity number shows that it was made a
// number: "123456.0" or "1.23457E+11".
func spoiltNumber(cell string) bool {
	s := fold(cell)
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return false
	}
	return strings.HasSuffix(s, ".0") || strings.HasSuffix(s, ".00") || strings.Contains(s, "e+")
}

func (c *checker) code(l *list, col *column, cell string, n int) value {
	set := load().codes[col.Codes]
	v, i := set.match(cell)
	var r Rule
	switch v {
	case codeSure:
		return value{known: true, code: set.Values[i].Code}
	case codeUnsure:
		r = ruleCodeUnsure
	case codeGrouping:
		r = ruleGrouping
	case codeGap:
		r = ruleCodeGap
	default:
		if set.Open {
			return value{known: true}
		}
		r = ruleCode
	}
	c.find(r, l.Number, col.Heading, n).spelling(fold(cell))
	return value{}
}

func (c *checker) number(l *list, col *column, cell string, n int) {
	v, err := strconv.ParseFloat(fold(cell), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		c.find(ruleNumber, l.Number, col.Heading, n).spelling(fold(cell))
		return
	}
	if whole := math.Trunc(v); whole != v {
		if !strings.HasPrefix(col.Heading, "Age ") {
			c.find(ruleNumber, l.Number, col.Heading, n)
			return
		}
		c.find(ruleFraction, l.Number, col.Heading, n)
		v = math.Floor(v)
	}
	if col.Min != nil && v < float64(*col.Min) || col.QueryAbove != nil && v > float64(*col.QueryAbove) {
		c.find(ruleNumberRange, l.Number, col.Heading, n)
	}
}

func (c *checker) date(l *list, col *column, t *table, cell string, n int) value {
	d, v := readDate(cell, t.date1904)
	switch v {
	case notDate:
		c.find(ruleDate, l.Number, col.Heading, n)
		return value{}
	case swappedDate:
		c.find(ruleDateSwapped, l.Number, col.Heading, n)
		return value{}
	}
	if placeholder(d) {
		c.find(rulePlaceholder, l.Number, col.Heading, n)
		return value{}
	}
	// An unborn child's date of birth is expected, not past.
	if !c.options.AsOf.IsZero() && d.After(c.options.AsOf) && col.Heading != "Date of Birth" {
		c.find(ruleFuture, l.Number, col.Heading, n)
	}
	return value{known: true, date: d}
}
