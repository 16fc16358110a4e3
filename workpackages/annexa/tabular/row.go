package tabular

import (
	"bytes"
	"unicode/utf8"
	"unsafe"
)

// Limits on one table, far above any council's return.
const (
	maxColumns  = 16_384      // Excel's own
	maxRows     = 2_000_000   // Excel has 1,048,576
	maxRowBytes = 16 << 20    // of one row's values
	maxCells    = 200_000_000 // of one table, the gaps between cells among them
)

// builder gathers one row and hands it over. The values that are not strings
// yet are lent out of one buffer, so that a row costs no allocation.
type builder struct {
	row   RowFunc
	cells []Cell
	text  []byte
	spans []span
	rows  int // handed over so far
	given int // cells handed over so far
}

// span says which part of the text is the value of which cell.
type span struct{ column, start, end int }

// put places a cell in a column, from 0. A gap before it becomes empty cells.
func (b *builder) put(column int, value string, kind Kind) error {
	if column >= maxColumns {
		return problem(tooWide)
	}
	for len(b.cells) <= column {
		b.cells = append(b.cells, Cell{})
	}
	b.cells[column] = Cell{value, kind}
	return nil
}

// putBytes is put for a value that will not last.
func (b *builder) putBytes(column int, value []byte, kind Kind) error {
	if len(b.text)+len(value) > maxRowBytes {
		return problem(rowTooLong)
	}
	value = valid(value)
	from := len(b.text)
	b.text = append(b.text, value...)
	b.spans = append(b.spans, span{column, from, len(b.text)})
	return b.put(column, "", kind)
}

// again puts the cell that putBytes has just put into the next n columns too.
func (b *builder) again(column, n int) error {
	cell, last := b.cells[column], b.spans[len(b.spans)-1]
	for i := column + 1; i <= column+n; i++ {
		if err := b.put(i, "", cell.Kind); err != nil {
			return err
		}
		b.spans = append(b.spans, span{i, last.start, last.end})
	}
	return nil
}

// done hands the row over, unless nothing is in it, and starts the next. It
// stands for as many rows as times says.
func (b *builder) done(number, times int) error {
	text := b.string()
	for _, s := range b.spans {
		b.cells[s.column].Value = text[s.start:s.end]
	}
	cells := b.cells
	for len(cells) > 0 && cells[len(cells)-1] == (Cell{}) {
		cells = cells[:len(cells)-1]
	}
	b.cells, b.text, b.spans = b.cells[:0], b.text[:0], b.spans[:0]
	if len(cells) == 0 {
		return nil
	}
	for i := range times {
		if err := b.give(number+i, cells); err != nil {
			return err
		}
	}
	return nil
}

// string is the row's text: the buffer itself, which is used again for the next row.
func (b *builder) string() string {
	return unsafe.String(unsafe.SliceData(b.text), len(b.text))
}

// give hands one row over.
func (b *builder) give(number int, cells []Cell) error {
	b.rows++
	b.given += len(cells)
	if number > maxRows || b.rows > maxRows || b.given > maxCells {
		return problem(tooLong)
	}
	if err := b.row(number, cells); err != nil {
		return stopped{err}
	}
	return nil
}

// valid replaces what is not UTF-8.
func valid(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return bytes.ToValidUTF8(b, []byte("\uFFFD"))
}
