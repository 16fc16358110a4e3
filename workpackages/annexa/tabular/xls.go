package tabular

import (
	"bytes"
	"io"
	"unicode/utf16"
)

const oldExcel = "The file is in the old Excel form (.xls), which is not read. Open it in Excel, save it as .xlsx, and try again"

// openOLE says what a file in the old container of Office is, an .xls among
// others. An .xls itself is not read: we tried both libraries for it on a small
// workbook that LibreOffice wrote. github.com/extrame/xls v0.0.1 panics at the
// first empty row. github.com/shakinm/xlsReader v0.9.12 gives nothing for the
// values of formulas, TRUE and #DIV/0!, and cells lost in silence are worse than
// a workbook refused. With one link of the container's sectors made to point at
// itself, both run out of memory, which no recover can catch.
func (f *File) openOLE() error {
	names, err := oleNames(f.src.from(0))
	switch {
	case err != nil:
		return err
	case names["EncryptedPackage"]:
		return problem(password)
	case names["Workbook"], names["Book"]:
		return problem(oldExcel)
	case names["WordDocument"]:
		return problem("The file is a Word document. Give the workbook or CSV files that hold the lists")
	}
	return problem(notWorkbook)
}

// oleNames gives those of the names we know that are among the entries of the
// container. Entries are 128 bytes, at multiples of 128: a name of up to 32
// characters in UTF-16, and its length in bytes with the zero at its end.
func oleNames(r io.Reader) (map[string]bool, error) {
	known := map[string][66]byte{}
	for _, name := range []string{"EncryptedPackage", "Workbook", "Book", "WordDocument"} {
		var entry [66]byte
		for i, c := range utf16.Encode([]rune(name)) {
			entry[2*i] = byte(c)
		}
		entry[64] = byte(2*len(name) + 2)
		known[name] = entry
	}
	found, buf := map[string]bool{}, make([]byte, window) // a multiple of 128
	for {
		n, err := io.ReadFull(r, buf)
		for i := 0; i+128 <= n; i += 128 {
			for name, entry := range known {
				if bytes.Equal(buf[i:i+66], entry[:]) {
					found[name] = true
				}
			}
		}
		switch {
		case err == io.EOF, err == io.ErrUnexpectedEOF:
			return found, nil
		case err != nil:
			return nil, err
		}
	}
}
