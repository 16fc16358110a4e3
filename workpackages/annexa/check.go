package annexa

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages/annexa/tabular"
)

// Source is one file, in memory or where it is.
type Source = tabular.Source

// ReadError says in a sentence why a file could not be read, and what to do.
type ReadError = tabular.Error

// Options are what a check cannot find in the files.
type Options struct {
	AsOf     time.Time // the day the lists were made; zero leaves out what needs it
	Single   bool      // the files were named one by one: a list that is not among them is not missed
	Settings *Settings // a council's own; nil: none
	// Progress, where given, is told how far the check is: a stage in words, and
	// the share done from 0 to 1. It is called often, from the checking goroutine.
	Progress func(stage string, done float64)
}

// Single reports whether the sources are single lists as text: then those that
// are not among them are not missed.
func Single(sources []Source) bool {
	return !slices.ContainsFunc(sources, func(s Source) bool {
		name := strings.ToLower(s.Name)
		return !strings.HasSuffix(name, ".csv") && !strings.HasSuffix(name, ".tsv") && !strings.HasSuffix(name, ".txt")
	})
}

// Check reads every source and checks the lists in them. The error is a
// *ReadError when a file cannot be read; a report is then not made at all.
func Check(ctx context.Context, sources []Source, o Options) (*Report, error) {
	c := &checker{options: o, found: map[foundKey]*found{}, tallies: map[foundKey]int{}, settings: o.Settings}
	if c.settings == nil {
		c.settings = &Settings{}
	}
	c.data.setAsOf(o.AsOf)
	total, before := int64(0), int64(0)
	for _, s := range sources {
		total += s.Bytes()
	}
	for i, s := range sources {
		c.progress("Reading", readingShare*float64(before)/float64(max(total, 1)))
		if err := c.file(ctx, i, s, before, total); err != nil {
			return nil, err
		}
		before += s.Bytes()
	}
	if err := c.anyList(); err != nil {
		return nil, err
	}
	if err := c.rules(ctx); err != nil {
		return nil, err
	}
	c.progress("Looking for causes", 0.97)
	r := c.report()
	c.progress("Done", 1)
	return r, nil
}

// readingShare is how much of a check's time reading takes.
const readingShare = 0.85

// checker is one check under way.
type checker struct {
	options  Options
	settings *Settings
	data     dataset
	found    map[foundKey]*found
	tallies  map[foundKey]int // rows that a rule applies to, where that is not the whole list
	files    []FileRead
	unread   []Unread

	// Worked out once and kept.
	usually     map[string]usualValues
	familySet   map[int32]bool
	lostNoughts map[int32]bool
	home        struct {
		asked, ok bool
		value     int32
	}
	params map[string]int
	notRun map[string]bool
}

func (c *checker) progress(stage string, done float64) {
	if c.options.Progress != nil {
		c.options.Progress(stage, done)
	}
}

// noColumn is the column of a finding about a whole list.
const noColumn = -1

// foundKey is a rule and where its findings stand.
type foundKey struct {
	rule   *Rule
	list   int
	column int // of the list's own columns; noColumn for the whole list
}

// heading is that of the column, and "" for the whole list.
func (k foundKey) heading() string {
	if k.column == noColumn {
		return ""
	}
	return load().lists[k.list-1].Columns[k.column].Heading
}

// found holds every finding of one rule in one column.
type found struct {
	rows      []int32 // places in the list
	other     []int32 // rows as the file numbers them, of rows that are not in the list
	count     int     // where it is not about single rows
	of        int
	spellings map[string]bool
}

// foundOf gives what was found of a rule in a column so far.
func (c *checker) foundOf(r *Rule, list, column int) *found {
	k := foundKey{r, list, column}
	f := c.found[k]
	if f == nil {
		f = &found{}
		c.found[k] = f
	}
	return f
}

// findRow records a finding at a row of a list, once.
func (c *checker) findRow(r *Rule, list, column, row int) *found {
	f := c.foundOf(r, list, column)
	if n := len(f.rows); n == 0 || f.rows[n-1] != int32(row) {
		f.rows = append(f.rows, int32(row))
	}
	return f
}

// findWhole records a finding about a column as a whole or, with noColumn, a list.
func (c *checker) findWhole(r *Rule, list, column int) { c.foundOf(r, list, column).count++ }

// findShare records a finding about the share of a column's rows.
func (c *checker) findShare(r *Rule, l *listData, column, n, of int) {
	f := c.foundOf(r, l.Number, column)
	f.count, f.of = n, of
}

// applies counts rows that a rule looks at.
func (c *checker) applies(r *Rule, l *listData, column, n int) {
	c.tallies[foundKey{r, l.Number, column}] += n
}

// spelling keeps how many different values a cause has, for the length of the check.
func (f *found) spelling(text string) {
	if f.spellings == nil {
		f.spellings = map[string]bool{}
	}
	if len(f.spellings) < maxSpellings && !f.spellings[text] {
		f.spellings[strings.Clone(text)] = true
	}
}

// paramOf gives a rule's number: the council's, or the rule's own.
func (c *checker) paramOf(r *Rule, name string) int {
	key := r.ID + "/" + name
	if v, ok := c.params[key]; ok {
		return v
	}
	i := slices.IndexFunc(r.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		panic("annexa: rule " + r.ID + " has no parameter " + name)
	}
	v := r.Params[i].Default
	if set, ok := c.settings.Parameters[r.ID][name]; ok {
		v = set
	}
	if c.params == nil {
		c.params = map[string]int{}
	}
	c.params[key] = v
	return v
}

// file reads one source.
func (c *checker) file(ctx context.Context, n int, src Source, before, total int64) error {
	f, err := tabular.Open(src)
	if err != nil {
		return err
	}
	c.files = append(c.files, FileRead{Name: src.Name, Kind: f.Kind, Tables: len(f.Tables)})
	tables := slices.Clone(f.Tables)
	slices.SortStableFunc(tables, func(a, b tabular.Table) int { return hiddenLast(a.Hidden) - hiddenLast(b.Hidden) })
	for i, t := range tables {
		if err := c.table(ctx, f, n, t, func(read, of int64) {
			done := (float64(i) + float64(read)/float64(max(of, 1))) / float64(len(f.Tables))
			c.progress("Reading", readingShare*(float64(before)+done*float64(src.Bytes()))/float64(max(total, 1)))
		}); err != nil {
			return err
		}
	}
	return nil
}

// hiddenLast puts what is hidden last: a copy that nobody sees is not the list that
// is sent.
func hiddenLast(hidden bool) int {
	if hidden {
		return 1
	}
	return 0
}

// errEnough ends the reading of a table early.
var errEnough = errors.New("enough rows")

// where names a table for people.
func where(t tabular.Table) string {
	if t.Tab == "" {
		return t.File
	}
	return t.File + ", tab " + t.Tab
}

// table recognises a table and, if it is a list, takes in its rows.
func (c *checker) table(ctx context.Context, f *tabular.File, file int, t tabular.Table, progress tabular.Progress) error {
	name := t.Tab
	if name == "" {
		name = t.File[strings.LastIndexAny(t.File, `/\`)+1:]
	}
	if t.Tab != "" && slices.Contains(ignoredTabs, foldHeading(name)) {
		c.unread = append(c.unread, Unread{Where: where(t), Kind: "guidance", Why: "It holds guidance, no list", place: placeOf(file, t)})
		return nil
	}
	var first [][]string
	var kinds [][]tabular.Cell
	var numbers []int
	var into *reader
	start := func() error {
		var err error
		if into, err = c.begin(file, t, name, first, numbers); err != nil {
			return err
		}
		for i, cells := range kinds {
			if numbers[i] > into.l.heading {
				into.row(numbers[i], cells)
			}
		}
		first, kinds = nil, nil
		return nil
	}
	share := 0.0
	err := f.Scan(ctx, t, func(read, of int64) {
		share = float64(read) / float64(max(of, 1))
		progress(read, of)
	}, func(number int, cells []tabular.Cell) error {
		if into != nil {
			into.row(number, cells)
			if number == roomAfter && f.Kind == "csv" && share > 0 {
				into.l.grow(min(int(roomAfter*1.05/share), maxRoom))
			}
			return nil
		}
		text := make([]string, len(cells))
		for i, cell := range cells {
			text[i] = strings.Clone(cell.Value)
			cells[i].Value = text[i]
		}
		first, kinds, numbers = append(first, text), append(kinds, slices.Clone(cells)), append(numbers, number)
		if len(first) == headingRows {
			return start()
		}
		return nil
	})
	if err == nil && into == nil {
		err = start()
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// After so many rows of a CSV file it is known about how many there will be, and
// room is made for them at once.
const (
	roomAfter = 20_000
	maxRoom   = 2_000_000
)

// grow makes room for rows.
func (l *listData) grow(rows int) {
	more := max(rows-len(l.rows), 0)
	l.rows, l.hashes, l.shape = slices.Grow(l.rows, more), slices.Grow(l.hashes, more), slices.Grow(l.shape, more)
	for _, c := range l.cols {
		if c.at >= 0 {
			c.grow(more)
		}
	}
}

// begin recognises a table by its first rows. It gives errEnough where there is
// nothing to take in.
func (c *checker) begin(file int, t tabular.Table, name string, first [][]string, numbers []int) (*reader, error) {
	pass := func(kind, why string) (*reader, error) {
		c.unread = append(c.unread, Unread{Where: where(t), Kind: kind, Why: why, place: placeOf(file, t)})
		return nil, errEnough
	}
	if ownFindings(first) {
		c.files[file].Findings = true
		return pass("findings", "It is a workbook of findings that this check has written, with some of the rows of a return")
	}
	f, ok := recognise(name, first, numbers)
	if !ok {
		if what := sibling(name, first); what != "" {
			return pass("sibling return", "It looks like "+what+", which is another return: Annexe A is checked here")
		}
		if len(first) == 0 {
			return pass("unrecognised", "It is empty")
		}
		return pass("unrecognised", fmt.Sprintf("None of its first %d rows holds the headings of a list", headingRows))
	}
	number := f.list.Number
	if want := named(name); want != nil && want != f.list {
		c.findWhole(ruleTabMisnamed, number, noColumn)
	}
	if c.data.lists[number] != nil {
		c.findWhole(ruleListTwice, number, noColumn)
		return pass("second copy", fmt.Sprintf("List %d was found before it: a list is read once", number))
	}
	l := newListData(f, t)
	l.where, l.source = where(t), file
	c.data.lists[number] = l
	if t.Hidden {
		c.findWhole(ruleHiddenTab, number, noColumn)
	}
	for _, m := range f.missing() {
		c.findWhole(ruleHeadingMissing, number, l.place[m.Heading])
	}
	for range f.unknown {
		c.findWhole(ruleHeadingUnknown, number, noColumn)
	}
	for _, column := range f.twice {
		c.findWhole(ruleHeadingTwice, number, column)
	}
	return &reader{checker: c, l: l, date1904: t.Date1904}, nil
}

func placeOf(file int, t tabular.Table) string {
	if t.Tab == "" {
		return fmt.Sprintf("file %d", file+1)
	}
	return fmt.Sprintf("tab %d of file %d", t.Index, file+1)
}

// anyList refuses files that hold no list, and says which other return they hold:
// of what was not looked at there is no report.
func (c *checker) anyList() error {
	for _, l := range c.data.lists {
		if l != nil {
			return nil
		}
	}
	for _, u := range c.unread {
		if u.Kind == "sibling return" || u.Kind == "findings" {
			return &ReadError{File: u.Where, Sentence: u.Why + ". Give the files that hold Lists 1 to 11"}
		}
	}
	return &ReadError{Sentence: fmt.Sprintf("No list of Annexe A was found: none of the first %d rows of any tab or file holds a list's headings. Give the files that hold Lists 1 to 11", headingRows)}
}

// rules runs every rule that is not the reader's.
func (c *checker) rules(ctx context.Context) error {
	c.data.seal()
	c.lost()
	for _, n := range every {
		l := c.data.lists[n]
		if l == nil {
			if !c.options.Single {
				c.findWhole(ruleListMissing, n, noColumn)
			}
			continue
		}
		for i, col := range l.cols {
			c.cellRules(l, i, col)
		}
	}
	c.idPatterns()
	all := registry()
	for i, r := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.progress("Checking", readingShare+(0.97-readingShare)*float64(i)/float64(len(all)))
		for j := range r.checks {
			c.run(r, &r.checks[j])
		}
	}
	return nil
}

// run applies one check of a rule.
func (c *checker) run(r *Rule, k *check) {
	l := c.data.list(k.list)
	if l == nil {
		return // its own finding says so, or it is empty
	}
	x := row{checker: c, rule: r, l: l}
	for _, h := range k.columns {
		col := l.col(h)
		if col == nil {
			c.leaveOut(r, k) // a missing column has its own finding
			return
		}
		x.c = append(x.c, col)
	}
	if k.asOf && !c.data.hasAsOf || !c.met(k.needs) {
		c.leaveOut(r, k)
		return
	}
	if k.whole != nil {
		k.whole(c, r, l)
		return
	}
	place, of := l.place[k.at], 0
	for x.n = range l.rows {
		switch k.row(&x) {
		case fail:
			of++
			c.findRow(r, l.Number, place, x.n)
		case pass:
			of++
		}
	}
	c.applies(r, l, place, of)
}

// met reports whether other lists are there, with the columns that are read.
func (c *checker) met(needs []need) bool {
	for _, n := range needs {
		l := c.data.list(n.list)
		if l == nil || slices.ContainsFunc(n.columns, func(h string) bool { return l.col(h) == nil }) {
			return false
		}
	}
	return true
}

// leaveOut notes that a check cannot be made.
func (c *checker) leaveOut(r *Rule, k *check) {
	columns := []string{k.at}
	if k.at == "" {
		columns = slices.Concat(k.columns, []string{""}) // never append: rules are shared by checks
	}
	for _, h := range columns {
		c.cannotFind(r, k.list, h)
	}
}

func (c *checker) cannotFind(r *Rule, list int, column string) {
	if c.notRun == nil {
		c.notRun = map[string]bool{}
	}
	c.notRun[CauseKey(r.ID, list, column)] = true
}

// lost finds children whose identity number has noughts in front in one list and
// not in another.
func (c *checker) lost() {
	c.lostNoughts = map[int32]bool{}
	for n, same := range c.data.same {
		if int32(n) != same {
			c.lostNoughts[same] = true
		}
	}
}

// withLetters counts the identity numbers that have letters, of all there are.
func (l *listData) withLetters() (letters, of int) {
	for row, form := range l.shape {
		if l.who[row] < 0 {
			continue
		}
		of++
		if form&lettered != 0 {
			letters++
		}
	}
	return letters, of
}

// idPatterns applies S08L to lists as wholes: one list's numbers have letters and
// the others' have none, or the other way round.
func (c *checker) idPatterns() {
	withLetters, without := []int{}, []int{}
	for _, n := range children {
		l := c.data.list(n)
		if l == nil || len(l.rows) < enoughRows {
			continue
		}
		letters, of := l.withLetters()
		switch {
		case of == 0:
		case letters*10 >= of*9:
			withLetters = append(withLetters, n)
		case letters*10 <= of:
			without = append(without, n)
		}
	}
	odd := withLetters
	if len(without) < len(withLetters) {
		odd = without
	}
	if len(withLetters) == 0 || len(without) == 0 {
		return
	}
	for _, n := range odd {
		l := c.data.lists[n]
		c.findWhole(ruleIDPattern, n, l.place[childID])
	}
}
