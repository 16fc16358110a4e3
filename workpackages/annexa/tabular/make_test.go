package tabular

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// part is one part of a workbook made for a test.
type part struct{ name, text string }

// zipped makes a zip file of some parts, in order.
func zipped(parts ...part) []byte { return archive(zip.Deflate, parts) }

// stored makes one without compressing, which is what takes the time.
func stored(parts ...part) []byte { return archive(zip.Store, parts) }

func archive(method uint16, parts []part) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: method})
		if err == nil {
			_, err = w.Write([]byte(p.text))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

const (
	mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relNS  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	head   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// book describes a workbook made for a test.
type book struct {
	sheets  []string // what is in each sheetData
	shared  string   // what is in sst
	numFmts string
	xfs     string // what is in cellXfs
	props   string // the attributes of workbookPr
}

// parts gives the parts of the workbook.
func (b book) parts() []part {
	var tabs, rels strings.Builder
	const ns = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	const typed = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
	parts := []part{{"[Content_Types].xml", head + typed}, {"_rels/.rels", head + ns + `<Relationship Id="rId1" Type="` + relNS + `officeDocument" Target="xl/workbook.xml"/></Relationships>`}}
	for i, sheet := range b.sheets {
		fmt.Fprintf(&tabs, `<sheet name="Tab %d" sheetId="%d" r:id="rId%d"/>`, i+1, i+1, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%sworksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relNS, i+1)
		parts = append(parts, part{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), head + `<worksheet ` + mainNS + `><sheetData>` + sheet + `</sheetData></worksheet>`})
	}
	return append(parts,
		part{"xl/workbook.xml", head + `<workbook ` + mainNS + `><workbookPr ` + b.props + `/><sheets>` + tabs.String() + `</sheets></workbook>`},
		part{"xl/_rels/workbook.xml.rels", head + ns + rels.String() +
			`<Relationship Id="s" Type="` + relNS + `styles" Target="/xl/styles.xml"/><Relationship Id="t" Type="` + relNS + `sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		part{"xl/styles.xml", head + `<styleSheet ` + mainNS + `><numFmts>` + b.numFmts + `</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>` + b.xfs + `</cellXfs></styleSheet>`},
		part{"xl/sharedStrings.xml", head + `<sst ` + mainNS + `>` + b.shared + `</sst>`})
}

// data gives the workbook's bytes.
func (b book) data() []byte { return zipped(b.parts()...) }

// row is a row as a test sees it.
type row struct {
	number int
	cells  []Cell
}

// String shows a row as 3: "a" Date(46350) "".
func (r row) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d:", r.number)
	for _, c := range r.cells {
		if c.Kind == Text {
			fmt.Fprintf(&b, " %q", c.Value)
			continue
		}
		fmt.Fprintf(&b, " %s(%s)", [...]string{"", "Number", "Date", "Bool", "Failed", "Formula"}[c.Kind], c.Value)
	}
	return b.String()
}

// rows reads one table of a file.
func rows(f *File, t Table) ([]row, error) {
	var all []row
	err := f.Scan(context.Background(), t, nil, func(number int, cells []Cell) error {
		kept := slices.Clone(cells)
		for i := range kept {
			kept[i].Value = strings.Clone(kept[i].Value)
		}
		all = append(all, row{number, kept})
		return nil
	})
	return all, err
}

// where gives the ways of having a file: in memory, and where it is.
func where(name string, data []byte) [2]Source {
	return [2]Source{{Name: name, Data: data}, {Name: name, File: bytes.NewReader(data), Size: int64(len(data))}}
}

// show reads every table of a file, wherever that is, and gives it as lines.
func show(t *testing.T, name string, data []byte) string {
	t.Helper()
	var shown [2]string
	for i, src := range where(name, data) {
		f, err := Open(src)
		if err != nil {
			t.Fatal(err)
		}
		shown[i] = showFile(t, f)
	}
	if shown[0] != shown[1] {
		t.Errorf("in memory it reads\n%s\nand where it is\n%s", shown[0], shown[1])
	}
	return shown[0]
}

func showFile(t *testing.T, f *File) string {
	t.Helper()
	var b strings.Builder
	for _, table := range f.Tables {
		if len(f.Tables) > 1 {
			fmt.Fprintf(&b, "[%s]\n", table.Tab)
		}
		all, err := rows(f, table)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			fmt.Fprintln(&b, r)
		}
	}
	return b.String()
}

// sentence reads all of a file, and gives what it is told.
func sentence(t *testing.T, name string, data []byte) string {
	t.Helper()
	var told [2]string
	for i, src := range where(name, data) {
		f, err := Open(src)
		for i := 0; err == nil && i < len(f.Tables); i++ {
			err = f.Scan(context.Background(), f.Tables[i], nil, func(int, []Cell) error { return nil })
		}
		e, ok := err.(*Error)
		if !ok {
			t.Fatalf("got %v, want an *Error", err)
		}
		if e.File != name {
			t.Errorf("the error names %q, not the file", e.File)
		}
		told[i] = e.Sentence
	}
	if told[0] != told[1] {
		t.Errorf("in memory it is told %q, and where it is %q", told[0], told[1])
	}
	return told[0]
}
