package tabular

import (
	"context"
	"errors"
	"os"
	"testing"
)

// odsOf makes an .ods of what is in office:spreadsheet.
func odsOf(tables string) []byte {
	return zipped(odsParts(tables)...)
}

func odsParts(tables string) []part {
	const ns = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"`
	return []part{
		{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
		{"META-INF/manifest.xml", `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>`},
		{"content.xml", head + `<office:document-content ` + ns + `><office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>` + tables + `</office:spreadsheet></office:body></office:document-content>`},
	}
}

func TestODSCells(t *testing.T) {
	for _, test := range []struct{ name, cells, want string }{
		{"text", `<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>`, `"a"`},
		{"paragraphs, spaces, tabs and spans", `<table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>b<text:tab/><text:span>c</text:span><text:s/></text:p><text:p/><text:p>d<text:line-break/>e</text:p></table:table-cell>`, `"a  b\tc \n\nd\ne"`},
		{"a note is no part of the text", `<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>a<text:note><text:p>no</text:p></text:note></text:p></table:table-cell>`, `"a"`},
		{"a table within a cell is no part of it", `<table:table-cell office:value-type="string"><table:table><table:table-row><table:table-cell><text:p>no</text:p></table:table-cell></table:table-row></table:table><text:p>a</text:p></table:table-cell>`, `"a"`},
		{"numbers as stored, not as shown", `<table:table-cell office:value-type="float" office:value="6.138"><text:p>6.1</text:p></table:table-cell><table:table-cell office:value-type="percentage" office:value="0.25"><text:p>25%</text:p></table:table-cell><table:table-cell office:value-type="currency" office:value="1E-5"/>`, `Number(6.138) Number(0.25) Number(0.00001)`},
		{"dates, in ISO form", `<table:table-cell office:value-type="date" office:date-value="2026-11-24"/><table:table-cell office:value-type="date" office:date-value="2026-11-24T00:00:00"/><table:table-cell office:value-type="date" office:date-value="2026-11-24T09:30:00"/><table:table-cell office:value-type="time" office:time-value="PT09H30M00S"/>`, `"2026-11-24" "2026-11-24" "2026-11-24T09:30:00" "09:30:00"`},
		{"true and false", `<table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell office:value-type="boolean" office:boolean-value="false"/>`, `Bool(TRUE) Bool(FALSE)`},
		{"formulas: worked out, text, never, failed", `<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/><table:table-cell table:formula="of:=A1" office:value-type="string" office:string-value="x"/><table:table-cell table:formula="of:=1"/><table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>`, `Number(2) "x" Formula() Failed(#DIV/0!)`},
		{"repeated cells, and gaps", `<table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="3"/><table:table-cell table:number-columns-repeated="16379"/>`, `"" "" Number(7) Number(7) Number(7)`},
		{"cells under a merged one are empty", `<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell><table:covered-table-cell office:value-type="string"><text:p>b</text:p></table:covered-table-cell><table:table-cell office:value-type="string"><text:p>c</text:p></table:table-cell>`, `"a" "" "c"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := odsOf(`<table:table table:name="T"><table:table-row>` + test.cells + `</table:table-row></table:table>`)
			if got := show(t, "book.ods", data); got != "1: "+test.want+"\n" {
				t.Errorf("got  %swant 1: %s", got, test.want)
			}
		})
	}
}

// threeTabs is a workbook with a hidden tab, and rows that are repeated.
const threeTabs = `<table:table table:name="One" table:style-name="ta1"><table:shapes><table:table-row/></table:shapes><table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row><table:table-row-group><table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table-row-group><table:table-row table:number-rows-repeated="1048571"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>` +
	`<table:table table:name="Two" table:style-name="ta2"/><table:table table:name="Three"><table:table-row><table:table-cell office:value-type="float" office:value="3"/></table:table-row></table:table>`

func TestODSTabs(t *testing.T) {
	f, err := Open(Source{Name: "book.ods", Data: odsOf(threeTabs)})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tables) != 3 || f.Tables[0].Hidden || !f.Tables[1].Hidden || f.Tables[2].Hidden {
		t.Fatalf("tables are %+v", f.Tables)
	}
	const want = "[One]\n4: Number(1)\n5: Number(1)\n[Two]\n[Three]\n1: Number(3)\n"
	for range 2 {
		if got := showFile(t, f); got != want {
			t.Errorf("got %s", got)
		}
	}
}

func TestODSGoesOnAfterATabThatWasLeftHalfway(t *testing.T) {
	f, err := Open(Source{Name: "book.ods", Data: odsOf(threeTabs)})
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	for range 2 {
		if err := f.Scan(context.Background(), f.Tables[0], nil, func(int, []Cell) error { return enough }); err != enough {
			t.Fatalf("got %v, want the error of the row", err)
		}
		all, err := rows(f, f.Tables[2])
		if err != nil || len(all) != 1 || all[0].String() != "1: Number(3)" {
			t.Errorf("got %v, %v", all, err)
		}
	}
}

func TestWorkbooksThatLibreOfficeWrote(t *testing.T) {
	for name, dates := range map[string]string{
		"libreoffice.ods":  `"2026-11-24" "2026-11-24T12:00:00" "09:30:00" Number(0.25) Number(1)`,
		"libreoffice.xlsx": `Date(46350) Date(46350.5) Date(0.395833333333333) Number(0.25) Bool(TRUE)`,
	} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(Source{Name: name, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Tables) != 3 || !f.Tables[1].Hidden {
			t.Fatalf("%s: tables are %+v", name, f.Tables)
		}
		first, err := rows(f, f.Tables[0])
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			`1: "Child Unique ID" "rich text  two spaces" "" "two\nlines & more"`,
			`4: Number(123456789012) ` + dates + ` Failed(#DIV/0!) Number(5) Number(6.138) Number(0.00001)`,
			`5: Number(7) Number(7) Number(7)`, `6: Number(7) Number(7) Number(7)`,
		}
		if len(first) != len(want) {
			t.Fatalf("%s: got %v", name, first)
		}
		for i := range want {
			if first[i].String() != want[i] {
				t.Errorf("%s: got  %s\nwant %s", name, first[i], want[i])
			}
		}
		last, err := rows(f, f.Tables[2])
		if err != nil || len(last) != 1 || last[0].number != 1048576 || len(last[0].cells) != 16384 {
			t.Errorf("%s: the last cell of the last row is not where it was put: %v", name, err)
		}
	}
}
