package tabular

import (
	"strings"
	"testing"
)

func TestXLSXCells(t *testing.T) {
	b := book{
		shared:  `<si><t>plain</t></si><si><r><t>rich </t></r><r><rPr><b/></rPr><t xml:space="preserve">text</t></r></si><si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si><si><t>two_x000D_lines _x005F_x000D_ &amp; _xD83D__xDE00_</t></si><si/>`,
		numFmts: `<numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/><numFmt numFmtId="165" formatCode="0.0&quot; days&quot;"/>`,
		xfs:     `<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>`,
	}
	for _, test := range []struct{ name, cells, want string }{
		{"a shared string", `<c r="A1" t="s"><v>0</v></c>`, `"plain"`},
		{"runs of rich text are joined", `<c t="s"><v>1</v></c>`, `"rich text"`},
		{"how to pronounce it is left out", `<c t="s"><v>2</v></c>`, `"東京"`},
		{"Excel's escapes are undone, once", `<c t="s"><v>3</v></c>`, "\"two\\rlines _x000D_ & 😀\""},
		{"text within the cell", `<c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r><rPh><t>no</t></rPh></is></c>`, `"inline"`},
		{"text as CDATA", `<c t="inlineStr"><is><t>a<![CDATA[<&]]>b</t></is></c>`, `"a<&b"`},
		{"a formula's text", `<c t="str"><f>A1</f><v> x </v></c>`, `" x "`},
		{"a formula's empty text is no missing value", `<c t="str"><f>A1</f><v></v></c><c><v>1</v></c>`, `"" Number(1)`},
		{"a formula's number", `<c><f>1+1</f><v>2</v></c>`, `Number(2)`},
		{"a formula never worked out", `<c><f>1+1</f></c>`, `Formula()`},
		{"a formula never worked out, with an empty value", `<c><f>1+1</f><v/></c>`, `Formula()`},
		{"true and false", `<c t="b"><v>1</v></c><c t="b"><v>0</v></c>`, `Bool(TRUE) Bool(FALSE)`},
		{"a spreadsheet error", `<c t="e"><f>1/0</f><v>#DIV/0!</v></c>`, `Failed(#DIV/0!)`},
		{"an ISO date", `<c t="d"><v>2026-11-24T00:00:00.000Z</v></c><c t="d"><v>2026-11-24T09:30:00</v></c>`, `"2026-11-24" "2026-11-24T09:30:00"`},
		{"a number as stored", `<c><v>6.138</v></c><c><v>46350</v></c><c><v>-0.5</v></c>`, `Number(6.138) Number(46350) Number(-0.5)`},
		{"a small number with an exponent", `<c><v>1E-05</v></c>`, `Number(0.00001)`},
		{"a long identifier is not rounded", `<c><v>123456789012</v></c><c><v>1.23456789012E+11</v></c><c><v>12345678901234567890</v></c>`, `Number(123456789012) Number(123456789012) Number(12345678901234567890)`},
		{"digits that only binary arithmetic put there", `<c><v>6.1379999999999999</v></c>`, `Number(6.138)`},
		{"what is no number is text", `<c><v>n/a</v></c>`, `"n/a"`},
		{"a date by a format of Excel's own", `<c s="1"><v>46350</v></c>`, `Date(46350)`},
		{"a date by a format of the user's", `<c s="2"><v>46350.5</v></c>`, `Date(46350.5)`},
		{"a number of days is no date", `<c s="3"><v>5</v></c>`, `Number(5)`},
		{"text in a column of dates", `<c s="1" t="s"><v>0</v></c>`, `"plain"`},
		{"gaps become empty cells", `<c r="B1"><v>1</v></c><c r="E1"><v>2</v></c>`, `"" Number(1) "" "" Number(2)`},
		{"empty cells at the end are left out", `<c r="A1"><v>1</v></c><c r="XFD1" s="1"/>`, `Number(1)`},
		{"cells without a reference follow one another", `<c r="B1"><v>1</v></c><c><v>2</v></c>`, `"" Number(1) Number(2)`},
		{"cells out of order", `<c r="C1"><v>3</v></c><c r="A1"><v>1</v></c>`, `Number(1) "" Number(3)`},
		{"either quote, spaces and entities in attributes", `<c r = 'A1'  t='s'` + "\n\t" + `><v>&#48;</v></c >`, `"plain"`},
		{"comments and instructions", `<!-- <c> > --><c><?x <y> ?><v>1<!---->2</v></c>`, `Number(12)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.sheets = []string{`<row r="1">` + test.cells + `</row>`}
			if got := strings.TrimSpace(show(t, "book.xlsx", b.data())); got != "1: "+test.want {
				t.Errorf("got  %s\nwant 1: %s", got, test.want)
			}
		})
	}
}

func TestXLSXRows(t *testing.T) {
	cell := `<c><v>1</v></c>`
	for _, test := range []struct{ name, rows, want string }{
		{"gaps are kept", `<row r="2">` + cell + `</row><row r="7">` + cell + `</row>`, "2 7"},
		{"rows without a number follow one another", `<row>` + cell + `</row><row r="5">` + cell + `</row><row>` + cell + `</row>`, "1 5 6"},
		{"rows out of order keep their numbers", `<row r="5">` + cell + `</row><row r="2">` + cell + `</row>`, "5 2"},
		{"empty rows are left out", `<row r="1"/><row r="2"><c r="A2"/></row><row r="3">` + cell + `</row>`, "3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := Open(Source{Name: "book.xlsx", Data: book{sheets: []string{test.rows}}.data()})
			if err != nil {
				t.Fatal(err)
			}
			all, err := rows(f, f.Tables[0])
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range all {
				got = append(got, strings.SplitN(r.String(), ":", 2)[0])
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

func TestXLSXFormatsThatShowDates(t *testing.T) {
	for code, want := range map[string]bool{
		"dd/mm/yyyy": true, "D MMM YY": true, "[$-809]dd mmmm yyyy;@": true, "hh:mm": true, "mm:ss.0": true,
		"[h]:mm": true, "[HH]": true, "General": false, "0.00": false, "#,##0": false, `0" days"`: false, `0\d`: false,
		"[Red]0.00": false, "[$£-809]#,##0.00": false, "0.00E+00": false, "_s0_)": false, "*d0": false, "@": false, `"unclosed d`: false, "[unclosed d": false,
	} {
		if got := showsDate(code); got != want {
			t.Errorf("showsDate(%q) = %v", code, got)
		}
	}
}

func TestXLSXWorkbook(t *testing.T) {
	parts := []part{
		{"_rels/.rels", `<Relationships><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/XL/Book.xml"/></Relationships>`},
		{"xl/book.xml", `<x:workbook xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main" xmlns:q="http://purl.oclc.org/ooxml/officeDocument/relationships"><x:workbookPr date1904="true"/><x:sheets><x:sheet name="One &amp; only" sheetId="4" q:id="r1"/><x:sheet name="Chart" sheetId="5" q:id="r2"/><x:sheet name="Hidden" sheetId="6" state="hidden" q:id="r3"/><x:sheet name="Very" sheetId="7" state="veryHidden" q:id="r4"/></x:sheets></x:workbook>`},
		{"xl/_rels/book.xml.rels", `<Relationships><Relationship Id="r1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="../xl/Sheets/A.xml"/><Relationship Id="r2" Type="x/chartsheet" Target="c.xml"/><Relationship Id="r3" Type="x/worksheet" Target="/xl/b.xml"/><Relationship Id="r4" Type="x/worksheet" Target="d.xml"/></Relationships>`},
		{"xl/sheets/a.xml", "\xEF\xBB\xBF" + head + `<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row r="3"><x:c r="A3" t="inlineStr"><x:is><x:t>hello</x:t></x:is></x:c></x:row></x:sheetData><x:extLst><x:row r="9"><x:c><x:v>9</x:v></x:c></x:row></x:extLst></x:worksheet>`},
		{"xl/b.xml", `<worksheet/>`},
		{"xl/d.xml", `<worksheet><sheetData/></worksheet>`},
	}
	f, err := Open(Source{Name: "book.xlsm", Data: zipped(parts...)})
	if err != nil {
		t.Fatal(err)
	}
	want := []Table{{"book.xlsm", "One & only", 1, false, true}, {"book.xlsm", "Hidden", 2, true, true}, {"book.xlsm", "Very", 3, true, true}}
	for i, table := range want {
		if i >= len(f.Tables) || f.Tables[i] != table {
			t.Fatalf("tables are %+v, want %+v", f.Tables, want)
		}
	}
	if got := showFile(t, f); got != "[One & only]\n3: \"hello\"\n[Hidden]\n[Very]\n" {
		t.Errorf("got %s", got)
	}
}
