package tabular

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"
)

const (
	benchTabs    = 11
	benchRows    = 54_865 // of all tabs
	benchColumns = 15
)

// benchBook is a full return of a large council, made up: a third each of
// texts that differ from row to row, texts that are often the same, and numbers
// or dates.
var benchBook = sync.OnceValue(func() []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var shared strings.Builder
	const often = 500
	for i := range often {
		fmt.Fprintf(&shared, "<si><t>%d - one of the values of a list &amp; its words</t></si>", i)
	}
	b := book{numFmts: `<numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>`, xfs: `<xf numFmtId="0"/><xf numFmtId="164"/>`}
	unique := often
	for tab := range benchTabs {
		var s strings.Builder
		for row := 1 + benchRows*tab/benchTabs; row <= benchRows*(tab+1)/benchTabs; row++ {
			number := row - benchRows*tab/benchTabs
			fmt.Fprintf(&s, `<row r="%d" spans="1:%d">`, number, benchColumns)
			for column := range benchColumns {
				ref := fmt.Sprintf("%c%d", 'A'+column, number)
				switch column % 6 {
				case 0, 3:
					fmt.Fprintf(&shared, "<si><t>MADE-UP-%08d</t></si>", r.IntN(1e8))
					fmt.Fprintf(&s, `<c r="%s" t="s"><v>%d</v></c>`, ref, unique)
					unique++
				case 1, 4:
					fmt.Fprintf(&s, `<c r="%s" t="s"><v>%d</v></c>`, ref, r.IntN(often))
				case 2:
					fmt.Fprintf(&s, `<c r="%s" s="1"><v>%d</v></c>`, ref, 38_000+r.IntN(8_000))
				default:
					fmt.Fprintf(&s, `<c r="%s"><v>%d</v></c>`, ref, r.IntN(100_000))
				}
			}
			s.WriteString("</row>\n")
		}
		b.sheets = append(b.sheets, s.String())
	}
	b.shared = shared.String()
	return b.data()
})

// BenchmarkXLSX reads the whole of benchBook in several ways: 5.8 MB, 54,865 rows
// of 15 columns on 11 tabs, on one core of a shared AMD EPYC.
//
//	                                         ms      MB allocated   allocations
//	unzip only                               74            1.2             757
//	scan only, ours                         162            1.2             846
//	scan only, muktihari/xmltokenizer       229 (*)        4.0             473
//	scan only, encoding/xml RawToken        769          367         8,947,876
//	whole read, ours                        260           30            56,172
//	whole read, excelize v2.11.1          1,691        1,079        18,441,951
//
// (*) v0.0.5, unzipped by a faster inflater, some 17 ms less. It is not safe on
// files from strangers: it knows attributes in double quotes only, takes a > in
// an attribute or comment for the tag's end and a / in an attribute for an empty
// element, trims the space of text, leaves entities as they are, and gives a
// document that ends within an element as a whole one.
//
// "read/ours" keeps no strings but the shared ones, and each row is one
// allocation.
func BenchmarkXLSX(b *testing.B) {
	data := benchBook()
	for _, way := range []struct {
		name string
		read func([]byte) error
	}{
		{"unzip", func(d []byte) error { return eachPart(d, drain) }},
		{"scan/ours", func(d []byte) error { return eachPart(d, scanAll) }},
		{"scan/encoding-xml", func(d []byte) error { return eachPart(d, decodeAll) }},
		{"read/ours", readAll},
		{"read/excelize", excelizeAll},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if err := way.read(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func eachPart(data []byte, read func(io.Reader) error) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		if err := read(r); err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}

func drain(r io.Reader) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, make([]byte, window))
	return err
}

func scanAll(r io.Reader) error {
	s := newScanner(r)
	for {
		if _, err := s.next(); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
}

func decodeAll(r io.Reader) error {
	d := xml.NewDecoder(r)
	for {
		if _, err := d.RawToken(); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
}

func readAll(data []byte) error {
	f, err := Open(Source{Name: "book.xlsx", Data: data})
	if err != nil {
		return err
	}
	count := 0
	for _, t := range f.Tables {
		if err := f.Scan(context.Background(), t, nil, func(_ int, cells []Cell) error {
			count++
			return nil
		}); err != nil {
			return err
		}
	}
	if count != benchRows {
		return fmt.Errorf("read %d rows, not %d", count, benchRows)
	}
	return nil
}

func excelizeAll(data []byte) error {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipXMLSizeLimit: 1 << 30, UnzipSizeLimit: 1 << 30, RawCellValue: true})
	if err != nil {
		return err
	}
	count := 0
	for _, tab := range f.GetSheetList() {
		rows, err := f.Rows(tab)
		if err != nil {
			return err
		}
		for rows.Next() {
			if _, err := rows.Columns(); err != nil {
				return err
			}
			count++
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	if count != benchRows {
		return fmt.Errorf("read %d rows, not %d", count, benchRows)
	}
	return f.Close()
}

// BenchmarkCSV reads a million rows.
func BenchmarkCSV(b *testing.B) {
	line := "MADE-UP-12345678,\"Some, words\",24/11/2026,46350,yes,,one of the values of a list\r\n"
	for name, data := range map[string][]byte{
		"UTF-8":        []byte(strings.Repeat(line, 1_000_000)),
		"Windows-1252": []byte(strings.Repeat(line, 999_999) + "caf\xE9\r\n"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				f, err := Open(Source{Name: "list.csv", Data: data})
				if err != nil {
					b.Fatal(err)
				}
				if err := f.Scan(context.Background(), f.Tables[0], nil, func(int, []Cell) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
