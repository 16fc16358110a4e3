package annexa

import (
	"hash/maphash"
	"slices"
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
// value in its set, a count, the place of a name in teams or families, or, with
// other text, one of the few things there are to know of it.
type columnData struct {
	*column
	at      int // column in the file, from 0; -1 where it is missing
	written string
	how     string // matchExact …; "" where missing
	keep    storage
	cells   cellStore

	// What the column as a whole looks like, for rules about columns.
	filled int
	varied bool   // it holds more than one value
	first  uint64 // hash of the first value
	steps  [noMatch + 1]int
	maxDay int             // with dates: the largest day of the month
	days   map[int]bool    // and the days of the month there were, until there are enough
	memo   map[string]memo // with codes: what each spelling came to
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
	hashes  []uint64 // of each row's identity number, until every list is read; 0 where blank
	who     []int32  // child or adopter of each row, from then on; -1 where the identity number is blank
	shape   []idForm // how each identity number is written
	where   string
	source  int // which file
	table   int // which table of it, from 1
	heading int
	unknown []string
	later   bool // the later edition of the list

	teams   map[string]int32
	teamsBy []string // names, in the order met; never leave the process but in the workbook of findings
	byWho   index
}

// idForm is what an identity number shows of how it was written.
type idForm uint8

const (
	leadingNought idForm = 1 << iota
	dotNought            // "12345.0"
	scientific           // "1.23E+11"
	lettered             // it has letters
	padded               // spaces before or after it
	marked               // the apostrophe or ="…" that makes Excel take it for text
)

// dataset is every list that was read.
type dataset struct {
	lists    [12]*listData // by number; nil where not read
	people   int           // how many children there are over all lists
	same     []int32       // by child: who stands for it, where one was written in two ways
	noughts  []noughtPair  // of numbers with noughts in front
	families map[uint64]int32
	asOf     day
	hasAsOf  bool
}

// noughtPair is a number with noughts in front, and what is left without them.
type noughtPair struct{ whole, bare uint64 }

// seed makes what is remembered of texts useless outside this run.
var seed = maphash.MakeSeed()

func hashOf(s string) uint64 { return maphash.String(seed, s) }

// idHash gives what is remembered of an identity number until every list is
// read, so that lists can be compared without keeping what stood there, and what
// shows of how it was written. It is never 0.
func (d *dataset) idHash(id string, child bool) (uint64, idForm) {
	form := idForm(0)
	if strings.TrimSpace(id) != id {
		form |= padded
	}
	var room [48]byte
	key := foldID(id, room[:0])
	if s := unmarked(key); s != key {
		form |= marked
		key = s
	}
	if s := strings.TrimSuffix(strings.TrimSuffix(key, ".00"), ".0"); s != key && digits(s) {
		form |= dotNought
		key = s
	}
	if mantissa, exponent, ok := strings.Cut(key, "e+"); ok && digits(strings.Replace(mantissa, ".", "", 1)) && digits(exponent) {
		form |= scientific
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r > '9' && r != ' ' }) {
		form |= lettered
	}
	h := hashOf(key) | 1
	if bare := strings.TrimLeft(key, "0"); bare != key && digits(bare) {
		form |= leadingNought
		if child {
			d.noughts = append(d.noughts, noughtPair{h, hashOf(bare) | 1})
		}
	}
	return h, form
}

// unmarked takes away what makes Excel keep a number as text: '0012 and ="0012".
func unmarked(key string) string {
	s, ok := strings.CutPrefix(key, "'")
	if !ok && strings.HasPrefix(key, `="`) && strings.HasSuffix(key, `"`) && len(key) > 3 {
		s = key[2 : len(key)-1]
	}
	if s == "" {
		return key
	}
	return s
}

// foldID is fold, into the caller's room where it fits: there are as many
// identity numbers as rows, and nearly all are plain.
func foldID(id string, room []byte) string {
	id = strings.TrimSpace(id)
	if len(id) > cap(room) {
		return fold(id)
	}
	lower := true
	for i := range len(id) {
		c := id[i]
		if c >= 0x80 || c <= ' ' || c == '`' {
			return fold(id)
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
			lower = false
		}
		room = append(room, c)
	}
	if lower {
		return id
	}
	return string(room)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// familyNumber gives a family identifier a small number of its own.
func (d *dataset) familyNumber(id string) int32 {
	h, _ := d.idHash(id, false)
	n, there := d.families[h]
	if !there {
		if d.families == nil {
			d.families = map[uint64]int32{}
		}
		n = int32(len(d.families))
		d.families[h] = n
	}
	return n
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

// holds reports whether a column of the file is one of the list.
func (l *listData) holds(at int) bool {
	return slices.ContainsFunc(l.cols, func(c *columnData) bool { return c.at == at })
}

// list gives a list that was read and has rows, or nil.
func (d *dataset) list(number int) *listData {
	if l := d.lists[number]; l != nil && len(l.rows) > 0 {
		return l
	}
	return nil
}

// index finds the rows of a person.
type index struct {
	head []int32 // by person: their last row, and 1; 0 where they have none
	next []int32 // by row: the person's row before it; -1 where there is none
}

// of walks the rows of a person, from the last to the first.
func (l *listData) of(who int32) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		if !l.has(who) {
			return
		}
		for row := l.byWho.head[who] - 1; row >= 0; row = l.byWho.next[row] {
			if !yield(int(row)) {
				return
			}
		}
	}
}

// has reports whether a person is in the list.
func (l *listData) has(who int32) bool {
	return l != nil && who >= 0 && l.byWho.head[who] > 0
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

// seal is called once every list is read. Each person gets a number in place of
// the hash, the same in every list; identity numbers that lost their noughts are
// put together with those that kept them; and rows are found by person from here on.
func (d *dataset) seal() {
	hashes := 0
	for _, l := range d.lists[:11] {
		if l != nil {
			hashes += len(l.hashes)
		}
	}
	all := make([]uint64, 0, hashes)
	for _, l := range d.lists[:11] {
		if l != nil {
			all = append(all, l.hashes...)
		}
	}
	children := distinct(all)
	for _, l := range d.lists[:11] {
		if l != nil {
			l.number(children)
		}
	}
	d.people = len(children)
	d.rejoin(children)
	if l := d.lists[11]; l != nil {
		adopters := distinct(slices.Clone(l.hashes))
		l.number(adopters)
		l.index(len(adopters))
	}
	for _, l := range d.lists[:11] {
		if l != nil {
			l.index(d.people)
		}
	}
}

// distinct sorts hashes and leaves one of each; 0, of a blank, is left out.
func distinct(hashes []uint64) []uint64 {
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	if len(hashes) > 0 && hashes[0] == 0 {
		hashes = hashes[1:]
	}
	return hashes
}

// number gives each row its person's place among the sorted hashes.
func (l *listData) number(sorted []uint64) {
	l.who = make([]int32, len(l.hashes))
	for row, h := range l.hashes {
		l.who[row] = -1
		if i, ok := slices.BinarySearch(sorted, h); ok {
			l.who[row] = int32(i)
		}
	}
	l.hashes = nil
}

// rejoin gives "00123" and "123" one number where no list has both: then the
// noughts were lost on the way and rule S08 says so. In one list with both they
// are two children.
func (d *dataset) rejoin(sorted []uint64) {
	if len(d.noughts) == 0 {
		return
	}
	in := make([]uint16, d.people) // by child: a bit for each list they are in
	d.eachChild(func(l *listData, row int, who int32) { in[who] |= 1 << l.Number })
	d.same = make([]int32, d.people)
	for i := range d.same {
		d.same[i] = int32(i)
	}
	for _, pair := range d.noughts {
		whole, okWhole := slices.BinarySearch(sorted, pair.whole)
		bare, okBare := slices.BinarySearch(sorted, pair.bare)
		if okWhole && okBare && in[whole]&in[bare] == 0 {
			d.same[whole] = int32(bare)
		}
	}
	d.noughts = nil
	d.eachChild(func(l *listData, row int, who int32) { l.who[row] = d.same[who] })
}

// eachChild visits every row with a child's identity number.
func (d *dataset) eachChild(visit func(l *listData, row int, who int32)) {
	for _, l := range d.lists[:11] {
		if l == nil {
			continue
		}
		for row, who := range l.who {
			if who >= 0 {
				visit(l, row, who)
			}
		}
	}
}

// index makes the rows of a list found by person.
func (l *listData) index(people int) {
	l.byWho = index{head: make([]int32, people), next: make([]int32, len(l.who))}
	for row, who := range l.who {
		l.byWho.next[row] = -1
		if who >= 0 {
			l.byWho.next[row] = l.byWho.head[who] - 1
			l.byWho.head[who] = int32(row) + 1
		}
	}
}

// newListData makes room for the list of a table.
func newListData(f layout, t tabular.Table) *listData {
	l := &listData{list: f.list, heading: f.row, unknown: f.unknown, later: f.later(), teams: map[string]int32{}, table: t.Index}
	for i, c := range f.list.Columns {
		l.cols = append(l.cols, &columnData{column: c, keep: c.storage(), at: f.at[i], how: f.how[i], written: f.written[i]})
	}
	return l
}

func (d *dataset) setAsOf(t time.Time) {
	if !t.IsZero() {
		d.asOf, d.hasAsOf = dayOf(t), true
	}
}
