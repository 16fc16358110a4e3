package annexa

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"readiness/workpackages/annexa/tabular"
)

// Bounds on what is remembered of a column's spellings, within a check.
const (
	maxMemo      = 20_000
	maxSpellings = 1_000
	enoughDays   = 5
)

// reader turns rows into columns of a list, and reports what is wrong with
// single cells on the way.
type reader struct {
	*checker
	l        *listData
	date1904 bool
}

// row takes in one row of the table.
func (r *reader) row(number int, cells []tabular.Cell) {
	if emptyRow(cells) {
		return
	}
	if r.aside(cells) {
		aside := r.foundOf(ruleAside, r.l.Number, noColumn)
		aside.other = append(aside.other, int32(number))
		return
	}
	l := r.l
	at := len(l.rows)
	l.rows = append(l.rows, int32(number))
	l.hashes, l.shape = append(l.hashes, 0), append(l.shape, 0)
	for i, c := range l.cols {
		if c.at < 0 {
			continue
		}
		var cell tabular.Cell
		if c.at < len(cells) {
			cell = cells[c.at]
		}
		st, v := r.cell(i, c, cell, at)
		c.look(st, v, cell.Value)
		c.add(st, v)
	}
}

func emptyRow(cells []tabular.Cell) bool {
	for _, c := range cells {
		if c.Kind == tabular.Formula || strings.TrimSpace(c.Value) != "" {
			return false
		}
	}
	return true
}

// aside reports whether a row is no row of the list, but a sum, the headings
// again, the columns' numbers, or words that a report writes above or below its
// rows. Otherwise each would count as a child.
func (r *reader) aside(cells []tabular.Cell) bool {
	id := noColumn
	for _, c := range r.l.cols {
		if c.isID() {
			id = c.at
		}
	}
	text := cellAt(cells, id)
	if len(text) < 12 {
		switch fold(text) {
		case "total", "totals", "grand total", "sum", "count":
			return true
		}
	}
	if len(r.l.rows) == 0 && r.columnNumbers(cells) {
		return true
	}
	if strings.ContainsAny(text, figures) {
		return r.alone(cells, id) && wordy(text)
	}
	return !blank(text) && r.noFigures(cells) || r.headingsAgain(cells) || blank(text) && r.alone(cells, noColumn)
}

const figures = "0123456789"

// cellAt gives what stands in a column, and nothing where there is none.
func cellAt(cells []tabular.Cell, at int) string {
	if at < 0 || at >= len(cells) {
		return ""
	}
	return cells[at].Value
}

// alone reports whether one cell alone is filled: the one given, or any of no
// column of the list that holds words.
func (r *reader) alone(cells []tabular.Cell, only int) bool {
	filled := 0
	for i, c := range cells {
		if c.Kind == tabular.Formula || !blank(c.Value) {
			if filled++; filled > 1 || only >= 0 && i != only || only < 0 && (r.l.holds(i) || !wordy(c.Value)) {
				return false
			}
		}
	}
	return filled == 1
}

// wordy reports whether a text is of several words, as no identity number is.
func wordy(text string) bool {
	return len(strings.Fields(text)) > 1 && strings.ContainsFunc(text, unicode.IsLetter)
}

// noFigures reports whether the dates and numbers of a row hold no figure at
// all: then no child is in it.
func (r *reader) noFigures(cells []tabular.Cell) bool {
	dates := false
	for _, c := range r.l.cols {
		if c.Type != dateColumn && c.Type != numberColumn || c.at < 0 {
			continue
		}
		dates = dates || c.Type == dateColumn
		if c.at < len(cells) && (cells[c.at].Kind == tabular.Formula || cells[c.at].Kind == tabular.Failed || strings.ContainsAny(cells[c.at].Value, figures)) {
			return false
		}
	}
	return dates
}

// headingsAgain reports whether a row repeats the headings, the file's own or the
// template's, as it does where lists were put one below the other, or a report
// had pages.
func (r *reader) headingsAgain(cells []tabular.Cell) bool {
	n := 0
	for _, c := range r.l.cols {
		if c.at < 0 {
			continue
		}
		text := strings.TrimSpace(cellAt(cells, c.at))
		if n++; !strings.EqualFold(text, c.written) && !strings.EqualFold(text, c.Heading) {
			return false
		}
	}
	return n > 1
}

// columnNumbers reports whether a row numbers the columns from 1, with none of
// the list's left out.
func (r *reader) columnNumbers(cells []tabular.Cell) bool {
	n := 0
	for _, c := range cells {
		text := strings.Trim(c.Value, " ().")
		if text == "" {
			continue
		}
		if n++; text != strconv.Itoa(n) {
			return false
		}
	}
	return n > 2 && !slices.ContainsFunc(r.l.cols, func(c *columnData) bool { return c.at >= 0 && cellAt(cells, c.at) == "" })
}

// look keeps what the column as a whole looks like.
func (c *columnData) look(st state, v int32, text string) {
	if st <= empty {
		return
	}
	if c.filled++; !c.varied {
		h := uint64(uint32(v))
		if st == bad || c.Type == textColumn {
			h = hashOf(text)
		}
		if c.filled == 1 {
			c.first = h
		} else if h != c.first {
			c.varied = true
		}
	}
	if c.Type == dateColumn && st == good && (c.maxDay <= 12 || len(c.days) < enoughDays) {
		d := day(v).time().Day()
		c.maxDay = max(c.maxDay, d)
		if c.days == nil {
			c.days = map[int]bool{}
		}
		c.days[d] = true
	}
}

// errorCells are what Excel shows for a formula that went wrong.
var errorCells = map[string]bool{
	"#n/a": true, "#ref!": true, "#value!": true, "#name?": true, "#div/0!": true, "#null!": true, "#num!": true, "#spill!": true, "#calc!": true,
}

// cell applies the rules about one cell, and says what it came to.
func (r *reader) cell(i int, c *columnData, cell tabular.Cell, row int) (state, int32) {
	text := cell.Value
	switch {
	case cell.Kind == tabular.Failed, strings.HasPrefix(text, "#") && errorCells[fold(text)]:
		r.at(ruleErrorCell, i, row)
		return bad, 0
	case cell.Kind == tabular.Formula:
		r.at(ruleFormula, i, row)
		return bad, 0
	case blank(text):
		return empty, 0
	}
	if strings.Contains(text, "\u00a0") {
		r.at(ruleHardSpace, i, row)
	}
	switch c.Type {
	case codeColumn:
		return r.code(i, c, text, row)
	case dateColumn:
		return r.dateCell(i, c, cell, row)
	case numberColumn:
		return r.number(i, c, text, row)
	}
	return r.text(c, text, row)
}

func (r *reader) text(c *columnData, text string, row int) (state, int32) {
	l := r.l
	switch {
	case c.isID():
		l.hashes[row], l.shape[row] = r.data.idHash(text, l.Number != 11)
		return good, plainText
	case c.Heading == family:
		return good, r.data.familyNumber(text)
	case c.Heading == team:
		return good, l.teamNumber(text)
	case c.Heading == "Placement postcode" && !postcode.MatchString(strings.ToUpper(strings.Join(strings.Fields(folder.Replace(text)), " "))):
		return good, notPostcode
	}
	if len(text) < 24 && nobody[fold(text)] {
		return good, nobodysName
	}
	return good, plainText
}

// openNumber is a number below 0 for text that an open code set allows, equal
// where the texts are.
func openNumber(folded string) int32 { return -2 - int32(hashOf(folded)&0x3fffffff) }

func (l *listData) teamNumber(name string) int32 {
	n, ok := l.teams[name]
	if ok {
		return n
	}
	folded := fold(name)
	if n, ok = l.teams[folded]; !ok {
		n = int32(len(l.teamsBy))
		l.teamsBy = append(l.teamsBy, strings.Clone(strings.TrimSpace(name)))
		l.teams[strings.Clone(folded)] = n
	}
	if len(l.teams) < maxMemo {
		l.teams[strings.Clone(name)] = n
	}
	return n
}

func (r *reader) code(i int, c *columnData, text string, row int) (state, int32) {
	m, ok := c.memo[text]
	if !ok {
		v, value, how := c.codes.match(text)
		m = memo{verdict: v, value: int32(value), step: how}
		if value >= 0 {
			m.value = int32(c.codes.code[c.codes.values[value].Code])
		}
		if c.memo == nil {
			c.memo = map[string]memo{}
		}
		if len(c.memo) < maxMemo {
			c.memo[strings.Clone(text)] = m
		}
	}
	var rule *Rule
	switch m.verdict {
	case codeSure:
		c.steps[m.step]++
		return good, m.value
	case codeUnsure:
		rule = ruleCodeUnsure
	case codeDisputed:
		rule = ruleCodeDisputed
	case codeGrouping:
		rule = ruleGrouping
	case codeGap:
		rule = ruleCodeGap
	default:
		if c.codes.open {
			return good, openNumber(fold(text))
		}
		rule = ruleCode
	}
	c.steps[m.step]++
	r.at(rule, i, row).spelling(text)
	if m.verdict == codeUnsure && m.value >= 0 {
		return guessed, m.value
	}
	return bad, 0
}

func (r *reader) number(i int, c *columnData, text string, row int) (state, int32) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		v, err = strconv.ParseFloat(fold(text), 64)
	}
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) || math.Abs(v) > 1e6 {
		r.at(ruleNumber, i, row)
		return bad, 0
	}
	if whole := math.Floor(v); whole != v {
		if c.Heading != age {
			r.at(ruleNumber, i, row)
			return bad, 0
		}
		r.at(ruleFraction, i, row)
		v = whole
	}
	return good, int32(v)
}

func (r *reader) dateCell(i int, c *columnData, cell tabular.Cell, row int) (state, int32) {
	var d day
	v := notDate
	switch cell.Kind {
	case tabular.Bool:
	case tabular.Date, tabular.Number:
		if serial, err := strconv.ParseFloat(cell.Value, 64); err == nil {
			d, v = serialDate(serial, r.date1904)
		}
	default:
		d, v = readDate(cell.Value, r.date1904)
	}
	switch {
	case v == notDate:
		r.at(ruleDate, i, row)
		return bad, 0
	case v == swappedDate:
		r.at(ruleDateSwapped, i, row)
		return bad, 0
	case placeholders[d]:
		r.at(rulePlaceholder, i, row)
		return bad, 0
	}
	return good, int32(d)
}

// at records a finding about the cell of a column in the row being read.
func (r *reader) at(rule *Rule, column, row int) *found {
	return r.findRow(rule, r.l.Number, column, row)
}
