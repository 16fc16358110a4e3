package tabular

import (
	"bytes"
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
	switch names := oleNames(f.src.Data); {
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
func oleNames(data []byte) map[string]bool {
	found := map[string]bool{}
	for _, name := range []string{"EncryptedPackage", "Workbook", "Book", "WordDocument"} {
		var entry [66]byte
		for i, c := range utf16.Encode([]rune(name)) {
			entry[2*i] = byte(c)
		}
		entry[64] = byte(2*len(name) + 2)
		for i := 512; i+128 <= len(data); i += 128 {
			if bytes.Equal(data[i:i+66], entry[:]) {
				found[name] = true
				break
			}
		}
	}
	return found
}
