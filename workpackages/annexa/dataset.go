package annexa

import (
	"hash/maphash"
	"strings"
	"time"

	"readiness/workpackages/annexa/tabular"
)

// state says what became of a cell.
type state uint8

const (
	missing state = iota // the file has no such column
	empty                // nothing stands there, or what returns write for nothing
	good                 // it could be read
	guessed              // a code, by a guess that is a finding
	bad                  // it could not be read: its own finding says why
)

// columnData is one column of a list: for each row a state and a small number.
// What the number is depends on the type: a [day], the place of a code's first
// value in its set, a count, or, with text, something that is equal where the
// texts are (a hash, or the place in teams or families).
type columnData struct {
	*column
	at      int // column in the file, from 0; -1 where it is missing
	written string
	how     string // matchExact …; "" where missing
	state   []state
	val     []int32

	// What the column as a whole looks like, for rules about columns.
	filled   int
	varied   bool   // it holds more than one value
	first    uint64 // hash of the first value
	steps    [noMatch + 1]int
	maxDay   int             // with dates: the largest day of the month
	days     map[int]bool    // and the days of the month there were, until there are enough
	memo     map[string]memo // with codes: what each spelling came to
	spelling map[string]bool // spellings of what is no code; bounded
	distinct int
}

// memo is what a spelling came to, so that each is matched once.
type memo struct {
	verdict verdict
	value   int32
	step    step
}

// listData is one list as it was read.
type listData struct {
	*list
	cols    []*columnData
	rows    []int32  // as the file numbers them
	who     []int32  // child or adopter of each row; -1 where the identity number is blank
	shape   []idForm // how each identity number is written
	where   string
	source  int // which file
	table   int // which table of it, from 1
	heading int
	unknown []string
	later   bool // the later edition of the list

	teams   map[string]int32
	teamsBy []string // names, in the order met; never leave the process but in the workbook of findings
	byWho   *index
}

// idForm is what an identity number shows of how it was written.
type idForm uint8

const (
	leadingNought idForm = 1 << iota
	dotNought            // "12345.0"
	scientific           // "1.23E+11"
	lettered             // it has letters
	padded               // spaces before or after it
)

// dataset is every list that was read.
type dataset struct {
	lists    [12]*listData // by number; nil where not read
	people   ids
	families ids
	asOf     day
	hasAsOf  bool
}

// ids gives each identity number a small number of its own, so that lists can be
// compared without keeping what stood there.
type ids struct {
	by   map[uint64]int32
	bare map[int32]uint64 // of those that lost or may lose noughts: the hash without them
	same []int32          // the number that stands for it, where one was written in two ways
}

// seed makes what is remembered of texts useless outside this run.
var seed = maphash.MakeSeed()

func hashOf(s string) uint64 { return maphash.String(seed, s) }

// number gives the small number of an identity number.
func (x *ids) number(id string) (int32, idForm) {
	form := idForm(0)
	key := id
	if t := strings.TrimSpace(id); t != id {
		form |= padded
		key = t
	}
	key = fold(key)
	if s := strings.TrimSuffix(strings.TrimSuffix(key, ".00"), ".0"); s != key && digits(s) {
		form |= dotNought
		key = s
	}
	if strings.Contains(key, "e+") && digits(strings.NewReplacer("e+", "", ".", "").Replace(key)) {
		form |= scientific
	}
	if x.by == nil {
		x.by, x.bare = map[uint64]int32{}, map[int32]uint64{}
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r > '9' && r != ' ' }) {
		form |= lettered
	}
	stripped := strings.TrimLeft(key, "0")
	if stripped != key && digits(stripped) {
		form |= leadingNought
	}
	h := hashOf(key)
	n, there := x.by[h]
	if !there {
		n = int32(len(x.same))
		x.by[h] = n
		x.same = append(x.same, n)
		if form&leadingNought != 0 {
			x.bare[n] = hashOf(stripped)
		}
	}
	return n, form
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// col gives a column by its heading, or nil where the file does not have it.
func (l *listData) col(heading string) *columnData {
	if l == nil {
		return nil
	}
	i, ok := l.place[heading]
	if !ok {
		panic("annexa: list " + l.Title + " has no column " + heading)
	}
	if l.cols[i].at < 0 {
		return nil
	}
	return l.cols[i]
}

// list gives a list that was read and has rows, or nil.
func (d *dataset) list(number int) *listData {
	if l := d.lists[number]; l != nil && len(l.rows) > 0 {
		return l
	}
	return nil
}

// date gives a row's day.
func (c *columnData) date(row int) (day, bool) {
	if c == nil || c.state[row] != good {
		return 0, false
	}
	return day(c.val[row]), true
}

// count gives a row's number.
func (c *columnData) count(row int) (int, bool) {
	if c == nil || c.state[row] != good {
		return 0, false
	}
	return int(c.val[row]), true
}

// is reports whether a row holds one of the codes.
func (c *columnData) is(row int, codes ...string) bool {
	if c == nil || (c.state[row] != good && c.state[row] != guessed) || c.val[row] < 0 {
		return false
	}
	have := c.codes.values[c.val[row]].Code
	for _, want := range codes {
		if have == want {
			return true
		}
	}
	return false
}

func (c *columnData) blank(row int) bool { return c != nil && c.state[row] == empty }

// filledAt reports whether something stands there, whatever it is.
func (c *columnData) filledAt(row int) bool { return c != nil && c.state[row] > empty }

// read reports whether what stands there could be read, or nothing does.
func (c *columnData) read(row int) bool {
	return c != nil && (c.state[row] == empty || c.state[row] == good || c.state[row] == guessed)
}

// index finds the rows of a child.
type index struct {
	head map[int32]int32
	next []int32 // -1 at the end
}

// of walks the rows of a person, from the last to the first.
func (l *listData) of(who int32) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		if l == nil || who < 0 {
			return
		}
		row, ok := l.byWho.head[who]
		if !ok {
			return
		}
		for ; row >= 0; row = l.byWho.next[row] {
			if !yield(int(row)) {
				return
			}
		}
	}
}

// has reports whether a person is in the list.
func (l *listData) has(who int32) bool {
	if l == nil || who < 0 {
		return false
	}
	_, ok := l.byWho.head[who]
	return ok
}

// any reports whether a row of a person is as asked.
func (l *listData) any(who int32, ok func(row int) bool) bool {
	for row := range l.of(who) {
		if ok(row) {
			return true
		}
	}
	return false
}

// seal is called once every list is read: identity numbers that lost their
// noughts are put together with those that kept them, and rows are found by
// child from here on.
func (d *dataset) seal() {
	d.rejoin()
	for _, l := range d.lists {
		if l == nil {
			continue
		}
		l.byWho = &index{head: make(map[int32]int32, len(l.who)), next: make([]int32, len(l.who))}
		for row, who := range l.who {
			l.byWho.next[row] = -1
			if who < 0 {
				continue
			}
			if prev, ok := l.byWho.head[who]; ok {
				l.byWho.next[row] = prev
			}
			l.byWho.head[who] = int32(row)
		}
	}
}

// rejoin gives "00123" and "123" one number where no list has both: then the
// noughts were lost on the way and rule S08 says so. In one list with both they
// are two children.
func (d *dataset) rejoin() {
	if len(d.people.bare) == 0 {
		return
	}
	in := make([]uint16, len(d.people.same)) // by person: a bit for each list they are in
	d.eachChild(func(l *listData, row int, who int32) { in[who] |= 1 << l.Number })
	for n, bare := range d.people.bare {
		if other, there := d.people.by[bare]; there && in[n]&in[other] == 0 {
			d.people.same[n] = other
		}
	}
	d.eachChild(func(l *listData, row int, who int32) { l.who[row] = d.people.same[who] })
}

// eachChild visits every row with a child's identity number.
func (d *dataset) eachChild(visit func(l *listData, row int, who int32)) {
	for _, l := range d.lists {
		if l == nil || l.Number == 11 {
			continue
		}
		for row, who := range l.who {
			if who >= 0 {
				visit(l, row, who)
			}
		}
	}
}

// newListData makes room for the list of a table.
func newListData(f layout, t tabular.Table) *listData {
	l := &listData{list: f.list, heading: f.row, unknown: f.unknown, later: f.later(), teams: map[string]int32{}, table: t.Index}
	for i, c := range f.list.Columns {
		l.cols = append(l.cols, &columnData{column: c, at: f.at[i], how: f.how[i], written: f.written[i]})
	}
	return l
}

func (d *dataset) setAsOf(t time.Time) {
	if !t.IsZero() {
		d.asOf, d.hasAsOf = dayOf(t), true
	}
}
