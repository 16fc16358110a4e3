package annexa

import (
	"math"
	"slices"
)

// cellStore keeps the cells of a column, each in as few bytes as its type needs:
// a return may have a million rows. A cell is a state and a small number.
type cellStore struct {
	small []uint8 // codes: the place of the code; text: what there is to know of it
	mid   []int16 // counts, and places in the list of teams
	wide  []int32 // days, families, and text of open code sets
}

// How the states are told apart. What is left is the number itself.
const (
	smallGuessed = 120 // added to the place of a code
	smallBad     = 254
	smallEmpty   = 255
	midBad       = math.MinInt16 + 1
	midEmpty     = math.MinInt16
	midMost      = 32_000 // counts beyond it are all alike
	wideBad      = math.MinInt32 + 1
	wideEmpty    = math.MinInt32
)

// What there is to know of a text.
const (
	plainText   int32 = iota
	nobodysName       // "unallocated", "TBC"
	notPostcode       // it should be a postcode, and has not the form of one
)

// storage is how a column's cells are kept.
type storage uint8

const (
	smallCells storage = iota
	midCells
	wideCells
)

// storage says how the column's cells are kept.
func (c *column) storage() storage {
	switch {
	case c.Type == dateColumn, c.Heading == family, c.codes != nil && c.codes.open:
		return wideCells
	case c.Type == numberColumn, c.Heading == team:
		return midCells
	}
	return smallCells
}

// add takes in a cell.
func (c *columnData) add(st state, v int32) {
	switch c.keep {
	case smallCells:
		b := uint8(v)
		switch st {
		case empty:
			b = smallEmpty
		case bad:
			b = smallBad
		case guessed:
			b += smallGuessed
		}
		c.cells.small = append(c.cells.small, b)
	case midCells:
		n := int16(min(max(v, -midMost), midMost))
		switch st {
		case empty:
			n = midEmpty
		case bad:
			n = midBad
		}
		c.cells.mid = append(c.cells.mid, n)
	default:
		switch st {
		case empty:
			v = wideEmpty
		case bad:
			v = wideBad
		}
		c.cells.wide = append(c.cells.wide, v)
	}
}

// cell gives the state of a row's cell and its number.
func (c *columnData) cell(row int) (state, int32) {
	switch c.keep {
	case smallCells:
		switch b := c.cells.small[row]; {
		case b == smallEmpty:
			return empty, 0
		case b == smallBad:
			return bad, 0
		case b >= smallGuessed:
			return guessed, int32(b - smallGuessed)
		default:
			return good, int32(b)
		}
	case midCells:
		switch n := c.cells.mid[row]; n {
		case midEmpty:
			return empty, 0
		case midBad:
			return bad, 0
		default:
			return good, int32(n)
		}
	}
	switch n := c.cells.wide[row]; n {
	case wideEmpty:
		return empty, 0
	case wideBad:
		return bad, 0
	default:
		return good, n
	}
}

// known gives a row's number where it is beyond doubt.
func (c *columnData) known(row int) (int32, bool) {
	if c == nil {
		return 0, false
	}
	st, v := c.cell(row)
	return v, st == good
}

// grow makes room for more rows.
func (c *columnData) grow(more int) {
	switch c.keep {
	case smallCells:
		c.cells.small = slices.Grow(c.cells.small, more)
	case midCells:
		c.cells.mid = slices.Grow(c.cells.mid, more)
	default:
		c.cells.wide = slices.Grow(c.cells.wide, more)
	}
}

// date gives a row's day.
func (c *columnData) date(row int) (day, bool) {
	v, ok := c.known(row)
	return day(v), ok
}

// count gives a row's number.
func (c *columnData) count(row int) (int, bool) {
	v, ok := c.known(row)
	return int(v), ok
}

// is reports whether a row holds one of the codes.
func (c *columnData) is(row int, codes ...string) bool {
	if c == nil {
		return false
	}
	st, v := c.cell(row)
	if st != good && st != guessed || v < 0 || int(v) >= len(c.codes.values) {
		return false
	}
	return slices.Contains(codes, c.codes.values[v].Code)
}

func (c *columnData) blank(row int) bool { return c.stateOf(row) == empty }

// filledAt reports whether something stands there, whatever it is.
func (c *columnData) filledAt(row int) bool { return c.stateOf(row) > empty }

// read reports whether what stands there could be read, or nothing does.
func (c *columnData) read(row int) bool {
	st := c.stateOf(row)
	return st == empty || st == good || st == guessed
}

func (c *columnData) stateOf(row int) state {
	if c == nil {
		return missing
	}
	st, _ := c.cell(row)
	return st
}
