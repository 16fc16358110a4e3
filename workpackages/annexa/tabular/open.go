package tabular

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// File is a file that has been opened: a workbook with its tabs, or one table
// of text. It is not for use by two goroutines at once.
type File struct {
	Kind   string  // xlsx (.xlsm too), ods or csv
	Tables []Table // in the order of the file; a chart is not one

	src    Source
	format format
}

// format reads the tables of one kind of file. Its errors are problems, those
// of the context and RowFunc, and whatever else, which means damage.
type format interface {
	read(m *meter, t Table, b *builder) error
}

// problem is a sentence for an Error. A %s in it is for the name of the tab.
type problem string

func (p problem) Error() string { return string(p) }

// stopped carries what a RowFunc returned past everything else.
type stopped struct{ error }

// The sentences that more than one kind of file needs.
const (
	empty       = "The file is empty. Give the file that holds the lists"
	damaged     = "The workbook is damaged or cut short. Open it in Excel, save it again, and try again"
	damagedTab  = "The tab is damaged or cut short. Open the workbook in Excel, save it again, and try again"
	notWorkbook = "The file is not a workbook, whatever its name says. Open it in Excel, save it as .xlsx, and try again"
	unknown     = "This kind of file cannot be read. Give an Excel workbook (.xlsx), CSV files, or a folder of them"
	password    = "The workbook is protected with a password. Take the password off in Excel, save it, and try again"
	tooBig      = "The workbook unpacks to more than a gigabyte, which no return does. Save each list as a CSV file, and try again"
	tooManyTabs = "The workbook has more than 256 tabs. Give one with a tab for each list"
	tooWide     = "%s has more than 16,384 columns. Take out what is not part of the list, and try again"
	tooLong     = "%s is longer than a list can be: 2,000,000 rows. Take out what is not part of the list, and try again"
	rowTooLong  = "%s has a row that is too long to be part of a list. Take out what is not part of the list, and try again"
	doctype     = "The workbook holds a DOCTYPE, which no spreadsheet program writes. Open it in Excel, save it again, and try again"
)

// Open looks at the file and gives its tables in order. Errors are *Error.
func Open(src Source) (*File, error) {
	f := &File{src: src}
	if err := f.open(); err != nil {
		return nil, f.explain(err, Table{})
	}
	for i := range f.Tables {
		f.Tables[i].File, f.Tables[i].Index = src.Name, i+1
	}
	return f, nil
}

// open tells the kinds of file apart by their first bytes; the name only helps
// with text.
func (f *File) open() (err error) {
	data := make([]byte, 4<<10)
	n, err := io.ReadFull(f.src.from(0), data)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	data = data[:n]
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")))) == 0 && int64(n) == f.src.Bytes():
		return problem(empty)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return f.openZip()
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")):
		return f.openOLE()
	}
	if sentence := foreign(data); sentence != "" {
		return problem(sentence)
	}
	switch extension(f.src.Name) {
	case ".csv", ".txt", ".tsv", ".tab", "":
		return f.openCSV()
	case ".xlsx", ".xlsm", ".xls", ".ods", ".xlsb", ".xlt", ".xltx", ".xltm", ".numbers":
		return problem(notWorkbook)
	}
	return problem(unknown)
}

// foreign names the kinds of file that people take for a workbook, by the first of
// their bytes.
func foreign(data []byte) string {
	head := bytes.ToLower(data)
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	has := func(s string) bool { return bytes.Contains(text, []byte(s)) }
	switch {
	case bytes.HasPrefix(head, []byte("%pdf")):
		return "The file is a PDF, which holds no table that can be read. Give the workbook that it was made from (.xlsx)"
	case bytes.HasPrefix(head, []byte("\x09\x08")), bytes.HasPrefix(head, []byte("\x09\x04\x06\x00")):
		return "The file is a workbook of a very old Excel. Open it in Excel, save it as .xlsx, and try again"
	case !bytes.HasPrefix(text, []byte("<")):
		return ""
	case has("urn:schemas-microsoft-com:office:spreadsheet"):
		return "The file is an XML Spreadsheet 2003. Open it in Excel, save it as .xlsx, and try again"
	case has("opendocument"):
		return "The file is a flat OpenDocument file. Open it in LibreOffice or Excel, save it as .xlsx, and try again"
	case has("<html"), has("<!doctype html"), has("<table"), has("<meta"):
		return "The file is a web page (HTML), whatever its name says. Open it in Excel, save it as .xlsx, and try again"
	case has("<?xml"):
		return "The file is XML, which is not read. Open it in Excel, save it as .xlsx, and try again"
	}
	return ""
}

func extension(name string) string {
	return strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/")))
}

// Scan reads a table's rows from the first, once or again: rows that are wholly
// empty are left out, and so are the empty cells at a row's end. The cells and
// the strings in them are used again for the next row: what is kept of them has
// to be cloned. An error is an *Error, the context's, or what row returned;
// whatever rows came before it, the table is not to be relied on. progress may
// be nil.
func (f *File) Scan(ctx context.Context, t Table, progress Progress, row RowFunc) error {
	if t.Index < 1 || t.Index > len(f.Tables) {
		return &Error{File: f.src.Name, Sentence: "The file has no such tab. Give the file again"}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if progress == nil {
		progress = func(read, total int64) {}
	}
	t = f.Tables[t.Index-1]
	m := &meter{ctx: ctx, progress: progress, total: f.src.Bytes()}
	count := 0
	b := &builder{row: func(number int, cells []Cell) error {
		if count++; count%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return row(number, cells)
	}}
	if err := f.format.read(m, t, b); err != nil {
		return f.explain(err, t)
	}
	return nil
}

// explain puts an error into a sentence.
func (f *File) explain(err error, t Table) error {
	var stop stopped
	if errors.As(err, &stop) {
		return stop.error
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	sentence, what := damaged, "The file"
	if t.Tab != "" {
		sentence, what = damagedTab, "The tab"
	}
	if p := problem(""); errors.As(err, &p) {
		sentence = string(p)
	}
	if strings.Contains(sentence, "%s") {
		sentence = fmt.Sprintf(sentence, what)
	}
	return &Error{File: f.src.Name, Tab: t.Tab, Sentence: sentence}
}

// meter counts what is read of a file: it heeds the context, tells the
// progress, and holds a part to its size.
type meter struct {
	ctx      context.Context
	progress Progress
	total    int64 // bytes of the file
	r        io.Reader
	base     int64 // bytes of the file before this part of it
	share    int64 // bytes of the file that this part takes
	size     int64 // bytes that this part may unpack to
	read     int64 // bytes unpacked so far
	told     int64 // of them, when progress was last told
}

// open has the meter read a part of the file.
func (m *meter) open(r io.Reader, base, share, size int64) *meter {
	m.r, m.base, m.share, m.size, m.read, m.told = r, base, share, size, 0, 0
	return m
}

// Read reads from the part.
func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	if m.read += int64(n); m.read > m.size {
		return 0, problem(tooBig)
	}
	if m.read-m.told >= 1<<18 || err == io.EOF {
		m.told = m.read
		done := m.base + int64(float64(m.share)*float64(m.read)/float64(max(m.size, 1)))
		m.progress(min(done, m.total), m.total)
	}
	return n, err
}
