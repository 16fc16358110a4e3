package annexatest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// A Return is one made-up Annexe A return.
type Return struct {
	AsOf     time.Time // the day the lists were made, midnight UTC
	Official bool      // written in Ofsted's layout: guidance tabs first, and in each list (its CSV too) a title over the headings
	Lists    [11]*List // Lists 1 to 11 in order
}

// A List is one of the 11 lists. Every cell is text: dates as DD/MM/YYYY, a
// blank as the empty string.
type List struct {
	Number   int
	Tab      string
	Headings []string
	Rows     [][]string // each as long as Headings

	columns map[string]int
}

// Options say what return to make; the zero value of each field but Rows stands
// for its default.
type Options struct {
	Seed         uint64
	Rows         int       // over the 11 lists together, 300 at least
	AsOf         time.Time // 24 November 2026 when zero
	Official     bool      // Ofsted's layout; otherwise headings in row 1 of tabs "List 1" to "List 11"
	ThirteenCols bool      // List 9 in its form of August 2019, without eligible children
}

// Fewest is the smallest return that holds a case of every kind.
const Fewest = 300

var defaultAsOf = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// New makes a clean return of the given number of rows as of 24 November 2026:
// internally consistent, so that no rule finds anything. The same seed and rows
// give the same return. It panics on fewer than [Fewest] rows.
func New(seed uint64, rows int) *Return { return Make(Options{Seed: seed, Rows: rows}) }

// Make is [New] with more to choose. Chance can leave a sparse column of a short
// list without variety, which rules about whole columns would report: Make then
// draws again with the next stream of the same seed.
func Make(o Options) *Return {
	if o.Rows < Fewest {
		panic(fmt.Sprintf("annexatest: %d rows asked for: ask for %d or more, enough for a case of every kind", o.Rows, Fewest))
	}
	if o.AsOf.IsZero() {
		o.AsOf = defaultAsOf
	}
	const attempts = 200
	var why error
	for stream := range uint64(attempts) {
		r := draw(o, stream)
		if why = uneven(r); why == nil {
			return r
		}
	}
	panic(fmt.Sprintf("annexatest: no even return of %d rows from seed %d: %v: choose another seed", o.Rows, o.Seed, why))
}

// draw makes one return, which chance may have left uneven.
func draw(o Options, stream uint64) *Return {
	g := newGen(o, stream)
	for _, s := range stories {
		for i := range s.count(o.Rows) {
			g.firsts = i < 2
			s.tell(g, i)
		}
	}
	g.firsts = false
	for i := 0; g.rows() < o.Rows; i++ {
		contactOnly(g, i)
	}
	g.shuffle()
	return g.ret
}

// A story is one way for a child (or a family of adopters) to come into the
// lists, told as often as its share of the rows asks.
type story struct {
	perThousand float64 // tellings for every thousand rows over the smallest return
	fewest      int     // tellings in the smallest return
	tell        func(g *gen, i int)
}

func (s story) count(rows int) int {
	return s.fewest + int(s.perThousand*float64(rows-Fewest)/1000+0.5)
}

// gen is a return in the making.
type gen struct {
	*rand.Rand
	calendar
	ret *Return

	asOf   day
	window day // first day used of the six months, a little inside them
	year   day // and of the twelve
	before day // last day used before the six months

	firsts  bool // the first of a story: dates fall after the 12th where they can
	short   bool // List 9 has 13 columns
	staff   []staffTeam
	ids     int
	people  int
	adopter int
	family  int
}

func newGen(o Options, stream uint64) *gen {
	asOf := dayOf(o.AsOf)
	g := &gen{
		Rand:     rand.New(rand.NewPCG(o.Seed, stream)),
		calendar: newCalendar(asOf),
		ret:      &Return{AsOf: asOf.time(), Official: o.Official},
		asOf:     asOf,
		window:   asOf.months(-6) + 4,
		year:     asOf.months(-12) + 5,
		before:   asOf.months(-6) - 6,
		short:    o.ThirteenCols,
		ids:      2_000_000,
		adopter:  40_000,
		family:   70_000,
	}
	for i, t := range templates {
		g.ret.Lists[i] = newList(i+1, t, o)
	}
	g.staff = newStaff(g, o.Rows)
	return g
}

func newList(n int, t template, o Options) *List {
	l := &List{Number: n, Tab: fmt.Sprintf("List %d", n), columns: map[string]int{}}
	if o.Official {
		l.Tab = fmt.Sprintf("List_%d", n)
	}
	for _, h := range t.headings {
		if o.ThirteenCols && later[h] {
			continue
		}
		l.columns[h] = len(l.Headings)
		l.Headings = append(l.Headings, h)
	}
	return l
}

// rows is how many rows there are so far over the 11 lists.
func (g *gen) rows() int {
	n := 0
	for _, l := range g.ret.Lists {
		n += len(l.Rows)
	}
	return n
}

// shuffle puts each list in no order, as an extract would.
func (g *gen) shuffle() {
	for _, l := range g.ret.Lists {
		g.Shuffle(len(l.Rows), func(i, j int) { l.Rows[i], l.Rows[j] = l.Rows[j], l.Rows[i] })
	}
}

// cells are a row's values by heading; a value is a string, a day or an int.
type cells map[string]any

// add puts a row about p on list n. Cells under headings that the list's form
// does not have are dropped: List 9 has two forms.
func (g *gen) add(n int, p *person, c cells) {
	l := g.ret.Lists[n-1]
	row := make([]string, len(l.Headings))
	p.fill(l, row)
	for h, v := range c {
		if i, ok := l.columns[h]; ok {
			row[i] = cell(v)
		} else if !later[h] {
			panic(fmt.Sprintf("annexatest: List %d has no column %q", n, h))
		}
	}
	l.Rows = append(l.Rows, row)
}

func cell(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case day:
		return v.String()
	case int:
		return strconv.Itoa(v)
	}
	panic(fmt.Sprintf("annexatest: a cell cannot be written from %T", v))
}

// one picks a value by its share.
func (g *gen) one(shares []share) string {
	total := 0
	for _, s := range shares {
		total += s.weight
	}
	n := g.IntN(total)
	for _, s := range shares {
		if n -= s.weight; n < 0 {
			return s.value
		}
	}
	return ""
}

func (g *gen) of(values []string) string { return values[g.IntN(len(values))] }

// days is a number of days from low to high, both included.
func (g *gen) days(low, high int) day { return day(low + g.IntN(high-low+1)) }

// between is a day from a to b, both included, or a when b is before it. For
// the firsts of a story it falls after the 12th of a month where it can, so
// that no column looks as though day and month were swapped (S05).
func (g *gen) between(a, b day) day { return g.pick(a, b, func(day) bool { return true }) }

// office is a working day from a to b, or any day where there is none.
func (g *gen) office(a, b day) day { return g.pick(a, b, g.working) }

func (g *gen) pick(a, b day, fits func(day) bool) day {
	if b < a {
		return a
	}
	d := a
	for range 12 {
		d = a + day(g.IntN(int(b-a)+1))
		if fits(d) && (!g.firsts || d.time().Day() > 12) {
			break
		}
	}
	return d
}
