package annexa

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Source is one file, in memory: nothing of it is ever written to disk.
type Source struct {
	Name string // as the user knows it
	Data []byte
}

// ReadError says in a sentence why a file could not be read, and what to do.
type ReadError struct{ File, Sentence string }

func (e *ReadError) Error() string { return e.File + ": " + e.Sentence }

// Limits on what is read, far above any council's return.
const (
	maxUnzipped = 1 << 30   // bytes of a workbook, unpacked
	maxColumns  = 16384     // Excel's own
	maxRows     = 2_000_000 // in one list; Excel has 1,048,576
	maxTabs     = 256
)

// table is one tab or CSV file, read row by row.
type table struct {
	file, tab string // tab is empty for CSV
	date1904  bool   // serial numbers count from 1904
	// next gives the next row and its number as Excel shows it; io.EOF at the end.
	next func() (cells []string, number int, err error)
}

// where names the table for people.
func (t *table) where() string {
	if t.tab == "" {
		return t.file
	}
	return t.file + ", tab " + t.tab
}

// eachTable opens a source and hands over its tables in order.
func eachTable(src Source, visit func(*table) error) error {
	fail := func(sentence string) error { return &ReadError{src.Name, sentence} }
	ext := strings.ToLower(path.Ext(strings.ReplaceAll(src.Name, `\`, "/")))
	switch {
	case len(bytes.TrimSpace(src.Data)) == 0:
		return fail("The file is empty. Give the file that holds the lists")
	case bytes.HasPrefix(src.Data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return fail("The file is protected with a password, or is in the old .xls form. Take the password off, save it as an Excel workbook (.xlsx), and try again")
	case bytes.HasPrefix(src.Data, []byte("PK")):
		if ext == ".ods" || bytes.Contains(src.Data[:min(len(src.Data), 200)], []byte("opendocument.spreadsheet")) {
			return fail("OpenDocument workbooks (.ods) are not read yet. Save it as an Excel workbook (.xlsx), and try again")
		}
		return eachTab(src, visit)
	case ext == ".xlsx" || ext == ".xlsm":
		return fail("The file is not an Excel workbook, whatever its name says. Open it in Excel, save it as .xlsx, and try again")
	case ext == ".ods" || ext == ".xls":
		return fail("This kind of workbook is not read yet. Save it as an Excel workbook (.xlsx), and try again")
	case ext == ".csv" || ext == ".txt" || ext == ".tsv" || ext == "":
		return eachCSV(src, visit)
	}
	return fail("This kind of file cannot be read. Give an Excel workbook (.xlsx), CSV files, or a folder of them")
}

func eachTab(src Source, visit func(*table) error) error {
	fail := func(sentence string) error { return &ReadError{src.Name, sentence} }
	const damaged = "The workbook is damaged or cut short. Open it in Excel, save it again, and try again"
	z, err := zip.NewReader(bytes.NewReader(src.Data), int64(len(src.Data)))
	if err != nil {
		return fail(damaged)
	}
	var size uint64
	workbook := false
	for _, f := range z.File {
		size += f.UncompressedSize64
		workbook = workbook || strings.EqualFold(f.Name, "xl/workbook.xml")
		if size > maxUnzipped {
			return fail("The workbook unpacks to more than a gigabyte, which no return does. Save each list as a CSV file, and try again")
		}
	}
	if !workbook {
		return fail("The file is not an Excel workbook. Open it in Excel, save it as .xlsx, and try again")
	}
	// Both limits alike keep the library from unpacking to temporary files:
	// children's data never touches the disk.
	book, err := openBook(src.Data)
	if err != nil {
		return fail(damaged)
	}
	defer book.Close()
	props, err := book.GetWorkbookProps()
	if err != nil {
		return fail(damaged)
	}
	tabs := book.GetSheetList()
	if len(tabs) > maxTabs {
		return fail("The workbook has more than 256 tabs. Give one with a tab for each list")
	}
	for _, tab := range tabs {
		rows, err := book.Rows(tab)
		if err != nil {
			continue // a chart, not a sheet
		}
		t := &table{file: src.Name, tab: tab, date1904: props.Date1904 != nil && *props.Date1904}
		number := 0
		t.next = func() ([]string, int, error) {
			if !rows.Next() {
				if rows.Error() != nil {
					return nil, 0, fail(damaged)
				}
				return nil, 0, io.EOF
			}
			number++
			cells, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return nil, 0, fail(damaged)
			}
			if len(cells) > maxColumns || number > maxRows {
				return nil, 0, fail(fmt.Sprintf("The tab %s is larger than a list can be. Take out what is not part of the list, and try again", tab))
			}
			return cells, number, nil
		}
		if err := visit(t); err != nil {
			return err
		}
		if err := rows.Close(); err != nil {
			return fail(damaged)
		}
	}
	return nil
}

// openBook opens a workbook; a panic of the library's on a damaged one is an error.
func openBook(data []byte) (book *excelize.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the workbook cannot be read: %v", p)
		}
	}()
	return excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
}

func eachCSV(src Source, visit func(*table) error) error {
	text, err := decode(src.Data)
	if err != nil {
		return &ReadError{src.Name, "The file is not text that can be read. Save it as CSV UTF-8 in Excel, and try again"}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.ReuseRecord = true
	rows := 0
	return visit(&table{file: src.Name, next: func() ([]string, int, error) {
		cells, err := r.Read()
		switch rows++; {
		case errors.Is(err, io.EOF):
			return nil, 0, io.EOF
		case err != nil:
			return nil, 0, &ReadError{src.Name, "The file is not CSV all the way. Open it in Excel, save it as CSV UTF-8, and try again"}
		case len(cells) > maxColumns || rows > maxRows:
			return nil, 0, &ReadError{src.Name, "The file is larger than a list can be. Take out what is not part of the list, and try again"}
		}
		line, _ := r.FieldPos(0)
		return cells, line, nil
	}})
}

// decode gives the text of a CSV file as UTF-8: with or without a byte-order
// mark, UTF-16 as Excel's "Unicode text" has it, or Windows-1252.
func decode(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	}
	if bytes.IndexByte(data[:min(len(data), 1<<16)], 0) >= 0 {
		return nil, errors.New("binary")
	}
	if utf8.Valid(data) {
		return data, nil
	}
	return charmap.Windows1252.NewDecoder().Bytes(data)
}

// separator is whichever of comma, semicolon, tab and bar the first lines hold most of.
func separator(text []byte) rune {
	head := text[:min(len(text), 8<<10)]
	best, most := ',', 0
	for _, r := range []rune{',', ';', '\t', '|'} {
		if n := bytes.Count(head, []byte(string(r))); n > most {
			best, most = r, n
		}
	}
	return best
}
