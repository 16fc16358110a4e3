package annexa

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xlsxWriter writes a workbook straight to its destination, a row at a time. The
// stream writer of excelize, which tests read the workbook with, keeps sheets over
// 16 MB in temporary files, and children's rows must not touch the disk.
type xlsxWriter struct {
	zip    *zip.Writer
	sheets []xlsxTitle
}

// xlsxTitle is a sheet's name, and what of it is printed again on each page.
type xlsxTitle struct {
	name, again string
}

// xlsxStyle is the place of a cell format in styles.xml.
type xlsxStyle int

const (
	stylePlain xlsxStyle = iota
	styleBold
	styleTitle
	styleHeading
	styleWrap
	stylePercent
	styleError
	styleWarning
	styleInfo
	styleDate // dates follow in the order of plain, error, warning and info
	styleDateError
	styleDateWarning
	styleDateInfo
)

// dated gives the style of a date where text would have the one given.
func (s xlsxStyle) dated() xlsxStyle {
	switch s {
	case styleError, styleWarning, styleInfo:
		return s - styleError + styleDateError
	}
	return styleDate
}

// xlsxCell is one cell; its zero value is empty.
type xlsxCell struct {
	style  xlsxStyle
	value  string
	number bool
}

func number[T int | float64](style xlsxStyle, v T) xlsxCell {
	return xlsxCell{style: style, value: strconv.FormatFloat(float64(v), 'f', -1, 64), number: true}
}

// firstSerial is 1 March 1900: on the days before it programs disagree, as Excel
// believes in a 29 February before.
const firstSerial = 61

// date makes a cell that sorts as a date; ok is false for a day that a
// spreadsheet has no number for.
func date(style xlsxStyle, d day) (cell xlsxCell, ok bool) {
	serial := int(d - epoch1900)
	if serial < firstSerial || serial > lastSerial {
		return xlsxCell{}, false
	}
	return number(style.dated(), serial), true
}

// text makes a cell of text that no spreadsheet takes for a formula, whatever
// becomes of the workbook later: saved as CSV, it has lost that its cells are
// text, but not an apostrophe.
func text(style xlsxStyle, s string) xlsxCell {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) && !harmless(s) {
		s = "'" + s
	}
	return xlsxCell{style: style, value: s}
}

// harmless reports whether text that begins as a formula may is a number with a
// sign, or nothing but hyphens, as many write for blank.
func harmless(s string) bool {
	signed := s[0] == '+' || s[0] == '-'
	return signed && digits(strings.Replace(s[1:], ".", "", 1)) || strings.Trim(s, "-") == ""
}

func newXLSX(w io.Writer) *xlsxWriter { return &xlsxWriter{zip: zip.NewWriter(w)} }

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// Names of the format, as the standard gives them.
const (
	nsMain     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	nsRel      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	nsPackRel  = "http://schemas.openxmlformats.org/package/2006/relationships"
	nsTypes    = "http://schemas.openxmlformats.org/package/2006/content-types"
	typePrefix = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// xlsxSheet is the sheet being written: one at a time.
type xlsxSheet struct {
	w      *bufio.Writer
	rows   int
	head   int // the row of the headings
	widths []float64
	err    error
}

const (
	maxSheetRows = 1_048_576 // Excel's own
	maxCellText  = 32_000    // Excel's own, less a little
	maxRowHeight = 409       // points; Excel's own
	lineHeight   = 15        // points
)

// sheet begins a sheet; widths are of its columns, in characters, and head is
// the row of the headings, which stay in sight. Printed, a sheet that is to fit
// has all columns on a page; one with dozens would be too small to read, and has
// its first column on each.
func (x *xlsxWriter) sheet(name string, widths []float64, head int, fit bool) (*xlsxSheet, error) {
	again := fmt.Sprintf("'%s'!$%d:$%d", name, head, head)
	if !fit {
		again = fmt.Sprintf("'%s'!$A:$A,%s", name, again)
	}
	x.sheets = append(x.sheets, xlsxTitle{name, again})
	part, err := x.zip.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(x.sheets)))
	if err != nil {
		return nil, err
	}
	s := &xlsxSheet{w: bufio.NewWriterSize(part, 1<<16), widths: widths, head: head}
	s.print(xmlHead + `<worksheet xmlns="` + nsMain + `">`)
	if fit {
		s.print(`<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`)
	}
	s.print(fmt.Sprintf(`<sheetViews><sheetView workbookViewId="0"><pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`, head, head+1))
	for i, width := range widths {
		s.print(fmt.Sprintf(`<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, width))
	}
	s.print(`</cols><sheetData>`)
	return s, nil
}

func (s *xlsxSheet) print(text string) {
	if s.err == nil {
		_, s.err = s.w.WriteString(text)
	}
}

// heading writes the row of headings.
func (s *xlsxSheet) heading(names ...string) {
	cells := make([]xlsxCell, len(names))
	for i, n := range names {
		cells[i] = text(styleHeading, n)
	}
	s.row(cells...)
}

// row writes a row; rows beyond what a sheet can hold are left out.
func (s *xlsxSheet) row(cells ...xlsxCell) {
	if s.rows >= maxSheetRows || s.err != nil {
		return
	}
	s.rows++
	s.print(`<row r="` + strconv.Itoa(s.rows) + `"` + s.height(cells) + `>`)
	for i, c := range cells {
		if c == (xlsxCell{}) {
			continue
		}
		s.print(`<c r="` + columnName(i) + strconv.Itoa(s.rows) + `" s="` + strconv.Itoa(int(c.style)) + `"`)
		switch {
		case c.value == "":
			s.print(`/>`)
		case c.number:
			s.print(`><v>` + c.value + `</v></c>`)
		default:
			s.print(` t="inlineStr"><is><t xml:space="preserve">`)
			s.escape(c.value)
			s.print(`</t></is></c>`)
		}
	}
	s.print(`</row>`)
}

// height gives a row the room its longest cell takes: not every program works
// that out when it opens a workbook.
func (s *xlsxSheet) height(cells []xlsxCell) string {
	lines := 1
	for i, c := range cells {
		if c.number || c.style == stylePlain || c.style == styleTitle || c.style == styleBold {
			continue // not wrapped
		}
		n := 0
		for line := range strings.SplitSeq(c.value, "\n") {
			n += 1 + (utf8.RuneCountInString(line)-1)/max(int(1.15*s.widths[i]), 1) // letters are narrower than figures
		}
		lines = max(lines, n)
	}
	if lines == 1 {
		return ""
	}
	return fmt.Sprintf(` ht="%d" customHeight="1"`, min(lines*lineHeight, maxRowHeight))
}

func (s *xlsxSheet) escape(v string) {
	if utf8.RuneCountInString(v) > maxCellText {
		v = string([]rune(v)[:maxCellText]) + "…"
	}
	if s.err == nil {
		s.err = xml.EscapeText(s.w, []byte(v))
	}
}

// close ends the sheet, which can be filtered by its headings.
func (s *xlsxSheet) close() error {
	s.print(`</sheetData>`)
	if s.rows > s.head {
		s.print(fmt.Sprintf(`<autoFilter ref="A%d:%s%d"/>`, s.head, columnName(len(s.widths)-1), s.rows))
	}
	s.print(`<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>`)
	if s.err != nil {
		return s.err
	}
	return s.w.Flush()
}

func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// close writes the parts that speak of the sheets.
func (x *xlsxWriter) close() error {
	var types, book, titles, rels strings.Builder
	types.WriteString(xmlHead + `<Types xmlns="` + nsTypes + `"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + typePrefix + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + typePrefix + `styles+xml"/>`)
	book.WriteString(xmlHead + `<workbook xmlns="` + nsMain + `" xmlns:r="` + nsRel + `"><sheets>`)
	rels.WriteString(xmlHead + `<Relationships xmlns="` + nsPackRel + `">`)
	for i, sheet := range x.sheets {
		n := i + 1
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, n, typePrefix)
		fmt.Fprintf(&book, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, sheet.name, n, n)
		fmt.Fprintf(&titles, `<definedName name="_xlnm.Print_Titles" localSheetId="%d">%s</definedName>`, i, sheet.again)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, nsRel, n)
	}
	types.WriteString(`</Types>`)
	book.WriteString(`</sheets><definedNames>` + titles.String() + `</definedNames></workbook>`)
	fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(x.sheets)+1, nsRel)
	for _, part := range []struct{ name, content string }{
		{"xl/workbook.xml", book.String()}, {"xl/_rels/workbook.xml.rels", rels.String()}, {"xl/styles.xml", xmlHead + styleSheet}, {"[Content_Types].xml", types.String()},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + nsPackRel + `"><Relationship Id="rId1" Type="` + nsRel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	} {
		w, err := x.zip.Create(part.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, part.content); err != nil {
			return err
		}
	}
	return x.zip.Close()
}

// styleSheet holds the cell formats in the order of the xlsxStyle constants. The
// reason stands in words beside every lit cell: colour only helps.
const styleSheet = `<styleSheet xmlns="` + nsMain + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>` +
	`<fonts count="3"><font><sz val="11"/><name val="Arial"/></font><font><b/><sz val="11"/><name val="Arial"/></font><font><b/><sz val="14"/><name val="Arial"/></font></fonts>` +
	`<fills count="6"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFE6E6E6"/></patternFill></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFF4C6C6"/></patternFill></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFFFE4BC"/></patternFill></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFCBE0F5"/></patternFill></fill></fills>` +
	`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
	`<cellXfs count="13">` +
	`<xf applyAlignment="1"><alignment horizontal="left" vertical="top"/></xf>` +
	`<xf fontId="1" applyFont="1"/>` +
	`<xf fontId="2" applyFont="1"/>` +
	`<xf fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1"><alignment horizontal="left" vertical="top" wrapText="1"/></xf>` +
	`<xf applyAlignment="1"><alignment horizontal="left" vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="9" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left" vertical="top"/></xf>` +
	`<xf fillId="3" applyFill="1" applyAlignment="1"><alignment horizontal="left" vertical="top" wrapText="1"/></xf>` +
	`<xf fillId="4" applyFill="1" applyAlignment="1"><alignment horizontal="left" vertical="top" wrapText="1"/></xf>` +
	`<xf fillId="5" applyFill="1" applyAlignment="1"><alignment horizontal="left" vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="164" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left" vertical="top"/></xf>` +
	`<xf numFmtId="164" fillId="3" applyNumberFormat="1" applyFill="1" applyAlignment="1"><alignment horizontal="left" vertical="top"/></xf>` +
	`<xf numFmtId="164" fillId="4" applyNumberFormat="1" applyFill="1" applyAlignment="1"><alignment horizontal="left" vertical="top"/></xf>` +
	`<xf numFmtId="164" fillId="5" applyNumberFormat="1" applyFill="1" applyAlignment="1"><alignment horizontal="left" vertical="top"/></xf>` +
	`</cellXfs></styleSheet>`
