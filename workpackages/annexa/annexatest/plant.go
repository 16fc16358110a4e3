package annexatest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
)

// A Fault is one thing wrong with a return, as a rule would report it.
type Fault struct {
	Kind   string // what was done, in words; empty in Also
	Rule   string // the rule's number in the published facts
	List   int
	Column string
	Row    int // as the spreadsheet program numbers it in the written file; 0 when about the whole list

	// Also holds the other findings that are right to be reported because of
	// this fault: a date that is none is also missing from the sums done with it.
	Also []Fault
}

// Plant puts n faults into the return, spread evenly over the kinds that it has
// a place for, and says where. Each is on a child (in List 11, an adopter) of its
// own, so that no two meet. Rows are only changed or added at the end, never
// moved. Fewer faults come back only when every kind has run out of places.
//
// The same return, seed and n give the same faults. Plant once in a return.
func Plant(r *Return, seed uint64, n int) []Fault {
	p := newPlanter(r, seed)
	beds := p.beds()
	first := beds[:min(n, len(beds))]
	spare := beds[len(first):] // for kinds whose places were taken by others
	byPlaces(first)
	byPlaces(spare)
	beds = first
	var faults []Fault
	for len(faults) < n {
		before := len(faults)
		for _, b := range beds {
			if len(faults) == n {
				break
			}
			if f, ok := p.plant(b); ok {
				faults = append(faults, f)
			}
		}
		if len(faults) == before && len(spare) == 0 {
			break
		}
		beds, spare = slices.Concat(spare, beds), nil
	}
	return faults
}

// Kinds names the kinds of fault that Plant knows, by what is done.
func Kinds() []string {
	var names []string
	for _, k := range allKinds() {
		names = append(names, k.name)
	}
	return names
}

// A kind is one way to spoil a row.
type kind struct {
	name, rule string
	list       int    // the list whose rows it looks over
	column     string // where the rule reports it
	when       func(row) bool
	do         func(row)           // changes the row, or
	add        func(row) row       // adds one like it, on which the fault then stands
	also       []hit               // right to be found on the same row
	elsewhere  func(x row) []Fault // and on others; x is the row looked at
}

// A hit is a rule and the column it reports.
type hit struct{ rule, column string }

func allKinds() []kind {
	return slices.Concat(fileKinds, personKinds, orderKinds, pairKinds, crossKinds, timeKinds)
}

// A planter holds what is known of a return while faults go in.
type planter struct {
	*rand.Rand
	calendar
	r       *Return
	asOf    day
	six     day // first day of the six months
	twelve  day // and of the twelve
	byChild map[string][]row
	used    map[string]bool // children and adopters with a fault
	ids     int
	bogus   int
}

func newPlanter(r *Return, seed uint64) *planter {
	asOf := dayOf(r.AsOf)
	p := &planter{
		Rand: rand.New(rand.NewPCG(seed, 0)), calendar: newCalendar(asOf), r: r,
		asOf: asOf, six: asOf.months(-6), twelve: asOf.months(-12),
		byChild: map[string][]row{}, used: map[string]bool{},
	}
	for _, l := range r.Lists {
		for i := range l.Rows {
			x := row{p, l, i}
			p.byChild[x.who()] = append(p.byChild[x.who()], x)
			if id, err := strconv.Atoi(x.who()); err == nil {
				p.ids = max(p.ids, id)
			}
		}
	}
	return p
}

// A bed is a kind with the rows still to be tried for it.
type bed struct {
	kind
	places int // that it could take in the clean return
	rows   int // that it looks over
	next   int // the place in them
	left   int // not tried yet
}

// beds gives the kinds that have a place at all, in no order.
func (p *planter) beds() []*bed {
	var beds []*bed
	for _, k := range allKinds() {
		l := p.r.Lists[k.list-1]
		b := &bed{kind: k, rows: len(l.Rows), left: len(l.Rows)}
		for i := range l.Rows {
			if p.fits(k, row{p, l, i}) {
				b.places++
			}
		}
		if b.places > 0 {
			b.next = p.IntN(b.rows)
			beds = append(beds, b)
		}
	}
	p.Shuffle(len(beds), func(i, j int) { beds[i], beds[j] = beds[j], beds[i] })
	return beds
}

// byPlaces puts those with the fewest places first, before others take them.
func byPlaces(beds []*bed) {
	slices.SortStableFunc(beds, func(a, b *bed) int { return a.places - b.places })
}

// fits reports whether the row may take a fault of the kind.
func (p *planter) fits(k kind, x row) bool {
	if _, ok := x.l.columns[k.column]; !ok && k.add == nil {
		return false // List 9 in its shorter form
	}
	return !p.used[x.who()] && k.when(x)
}

// plant puts in one fault of the bed's kind, if there is a place left.
func (p *planter) plant(b *bed) (Fault, bool) {
	for b.left > 0 {
		x := row{p, p.r.Lists[b.list-1], b.next}
		b.next, b.left = (b.next+1)%b.rows, b.left-1
		if p.fits(b.kind, x) {
			return p.spoil(b.kind, x), true
		}
	}
	return Fault{}, false
}

func (p *planter) spoil(k kind, x row) Fault {
	p.used[x.who()] = true
	at := x
	if k.add != nil {
		at = k.add(x)
	} else {
		k.do(x)
	}
	p.used[at.who()] = true // the identity number itself may have been the fault
	f := at.fault(k.rule, k.column)
	f.Kind = k.name
	for _, h := range k.also {
		f.Also = append(f.Also, at.fault(h.rule, h.column))
	}
	if k.elsewhere != nil {
		f.Also = append(f.Also, k.elsewhere(x)...)
	}
	return f
}

// nextID is the identity number of a child not in the return.
func (p *planter) nextID() string {
	p.ids += 3
	return strconv.Itoa(p.ids)
}

// noCode is a value that no code set holds; each is new, for a checker may tell
// of each value once.
func (p *planter) noCode() string {
	p.bogus++
	return fmt.Sprintf("z) Q%03d: Local value", p.bogus)
}

// A row is one row of a return.
type row struct {
	p *planter
	l *List
	i int
}

// who is the identity number on the row.
func (x row) who() string {
	if x.l.Number == 11 {
		return x.get(adopterID)
	}
	return x.get(childID)
}

func (x row) get(h string) string {
	if i, ok := x.l.columns[h]; ok {
		return x.l.Rows[x.i][i]
	}
	return ""
}

func (x row) day(h string) day {
	d, _ := parseDay(x.get(h))
	return d
}

func (x row) number(h string) int {
	n, _ := strconv.Atoi(x.get(h))
	return n
}

// set changes the cells given.
func (x row) set(c cells) {
	for h, v := range c {
		x.l.Rows[x.i][x.l.columns[h]] = cell(v)
	}
}

// fault is a finding on the row.
func (x row) fault(rule, column string) Fault {
	return Fault{Rule: rule, List: x.l.Number, Column: column, Row: x.i + 1 + x.p.r.above()}
}

// in gives the rows that the child has on list n.
func (x row) in(n int) []row {
	var rows []row
	for _, y := range x.p.byChild[x.who()] {
		if y.l.Number == n {
			rows = append(rows, y)
		}
	}
	return rows
}

func (x row) has(n int) bool { return len(x.in(n)) > 0 }

// others gives the child's rows but this one.
func (x row) others() []row {
	var rows []row
	for _, y := range x.p.byChild[x.who()] {
		if y.l != x.l || y.i != x.i {
			rows = append(rows, y)
		}
	}
	return rows
}

// alone reports whether the row is the only one of a child now born.
func (x row) alone() bool { return len(x.others()) == 0 && x.number(age) >= 0 }

// bornBy reports whether the child was born by the day.
func (x row) bornBy(d day) bool { return x.get(birth) != "" && x.day(birth) <= d }

// copy adds a row like this one at the end of its list, with the changes given.
func (x row) copy(changes cells) row {
	x.l.Rows = append(x.l.Rows, slices.Clone(x.l.Rows[x.i]))
	y := row{x.p, x.l, len(x.l.Rows) - 1}
	y.set(changes)
	return y
}

// on adds a row about the same child to list n.
func (x row) on(n int, c cells) row {
	l := x.p.r.Lists[n-1]
	l.Rows = append(l.Rows, make([]string, len(l.Headings)))
	y := row{x.p, l, len(l.Rows) - 1}
	for _, h := range []string{childID, gender, ethnicity, birth, age, disability, team, worker} {
		if _, ok := l.columns[h]; ok {
			y.set(cells{h: x.get(h)})
		}
	}
	y.set(c)
	return y
}

// to makes a change that is the same on every row.
func to(c cells) func(row) { return func(x row) { x.set(c) } }

// all reports whether every condition holds.
func all(conditions ...func(row) bool) func(row) bool {
	return func(x row) bool {
		for _, c := range conditions {
			if !c(x) {
				return false
			}
		}
		return true
	}
}

func filled(h string) func(row) bool { return func(x row) bool { return x.get(h) != "" } }
func blank(h string) func(row) bool  { return func(x row) bool { return x.get(h) == "" } }
func is(h string, values ...string) func(row) bool {
	return func(x row) bool { return slices.Contains(values, x.get(h)) }
}
func not(c func(row) bool) func(row) bool { return func(x row) bool { return !c(x) } }
func inList(n int) func(row) bool         { return func(x row) bool { return x.has(n) } }
func aged(from, to int) func(row) bool {
	return func(x row) bool { n := x.number(age); return from <= n && n <= to }
}
func unbornRow(x row) bool { return x.get(age) == "-1" && len(x.others()) == 0 }

// back reports whether the date lies so many days or more before the return.
func back(h string, days day) func(row) bool {
	return func(x row) bool { return x.get(h) != "" && x.day(h) <= x.p.asOf-days }
}

// ago puts a date so many days before the return.
func ago(h string, days day) func(row) {
	return func(x row) { x.set(cells{h: x.p.asOf - days}) }
}

// shift puts a date so many days after another of the same row.
func shift(h, from string, days day) func(row) {
	return func(x row) { x.set(cells{h: x.day(from) + days}) }
}

// same tells of a rule on the row looked at, where the fault is on an added one.
func same(rule, column string) func(row) []Fault {
	return func(x row) []Fault { return []Fault{x.fault(rule, column)} }
}

// rowsOf tells of a rule on the child's other rows of list n.
func rowsOf(n int, rule, column string) func(row) []Fault {
	return func(x row) []Fault {
		var found []Fault
		for _, y := range x.others() {
			if y.l.Number == n {
				found = append(found, y.fault(rule, column))
			}
		}
		return found
	}
}
