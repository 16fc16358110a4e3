// Package tabular reads the tables of workbooks and CSV files row by row,
// whatever program wrote them: .xlsx, .xlsm, .ods, and delimited text in UTF-8,
// UTF-16 or Windows-1252. Other files that people take for a workbook, the old
// .xls among them, are named for what they are. Nothing of a file is ever written
// to disk. It knows nothing of what the tables are about.
package tabular

import (
	"bytes"
	"io"
)

// Source is one file: its bytes in memory, or where they are.
type Source struct {
	Name string // as the user knows it; its ending helps to tell formats apart
	Data []byte
	// File, where it is not nil, stands in for Data: Size bytes that are read piece
	// by piece, more than once, and must not change meanwhile.
	File io.ReaderAt
	Size int64
}

// Bytes is how long the file is.
func (s Source) Bytes() int64 {
	if s.File != nil {
		return s.Size
	}
	return int64(len(s.Data))
}

// from reads the file from some byte on.
func (s Source) from(at int64) io.Reader { return io.NewSectionReader(s.at(), at, s.Bytes()-at) }

func (s Source) at() io.ReaderAt {
	if s.File != nil {
		return s.File
	}
	return bytes.NewReader(s.Data)
}

// Error says in a sentence why a file could not be read, and what to do. The
// sentence names no file, tab or cell: people choose those names.
type Error struct {
	File     string // empty where it is about all of them
	Tab      string // where the fault is in one
	Sentence string
}

// Error gives the sentence with the place before it.
func (e *Error) Error() string {
	if e.File == "" {
		return e.Sentence
	}
	return e.Where() + ": " + e.Sentence
}

// Where is the file, and the tab where the fault is in one.
func (e *Error) Where() string {
	if e.Tab == "" {
		return e.File
	}
	return e.File + ", tab " + e.Tab
}

// Kind says what sort of value a cell holds.
type Kind uint8

// The kinds of cell.
const (
	Text    Kind = iota
	Number       // a plain number, in Go's decimal notation, as stored: 0.1, 46350
	Date         // a number that the workbook shows as a date or time: days since the workbook's epoch; in .ods a date is Text, 2026-11-24
	Bool         // TRUE or FALSE
	Failed       // a spreadsheet error: #N/A, #REF!, #VALUE! …
	Formula      // a formula whose value was never worked out: Value is empty
)

// Cell is one cell. Every cell of CSV is Text. An empty cell is Text "".
type Cell struct {
	Value string
	Kind  Kind
}

// Table is one tab of a workbook, or one CSV file.
type Table struct {
	File     string // Source.Name
	Tab      string // empty for CSV
	Index    int    // place in the file, from 1
	Hidden   bool   // the tab is hidden in the workbook
	Date1904 bool   // Date cells count from 1904
}

// RowFunc is given one row: its number as Excel shows it, from 1, and its cells.
// Rows that are wholly empty may be left out. The slice and the strings in it are
// used again for the next row.
type RowFunc func(number int, cells []Cell) error

// Progress is told how many bytes of a file's (compressed) data have been read.
type Progress func(read, total int64)
