package tabular

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var errEnough = errors.New("enough rows")

// tryFile opens and reads a file as the program would, and holds what comes of
// it to what the package promises.
func tryFile(t *testing.T, src Source) {
	f, err := Open(src)
	if err != nil {
		mustExplain(t, err)
		return
	}
	if len(f.Tables) == 0 || len(f.Tables) > maxTabs {
		t.Fatalf("%d tables", len(f.Tables))
	}
	for i, table := range f.Tables {
		if table.Index != i+1 || table.File != src.Name {
			t.Fatalf("table %d is %+v", i, table)
		}
		first, err := digest(t, f, table)
		if err != nil && err != errEnough {
			mustExplain(t, err)
		}
		again, errAgain := digest(t, f, table)
		if first != again || fmt.Sprint(err) != fmt.Sprint(errAgain) {
			t.Fatalf("read twice, tab %d differs: %v, then %v", i+1, err, errAgain)
		}
	}
}

func mustExplain(t *testing.T, err error) {
	t.Helper()
	e := (*Error)(nil)
	if !errors.As(err, &e) || e.Sentence == "" || strings.Contains(e.Sentence, "%!") {
		t.Fatalf("the error is %v (%T)", err, err)
	}
}

// digest reads up to 3,000 rows of a table, and gives a hash of them.
func digest(t *testing.T, f *File, table Table) (uint64, error) {
	h, n := fnv.New64a(), 0
	err := f.Scan(context.Background(), table, nil, func(number int, cells []Cell) error {
		if number < 1 || number > maxRows || len(cells) == 0 || len(cells) > maxColumns || cells[len(cells)-1] == (Cell{}) {
			t.Fatalf("row %d has %d cells", number, len(cells))
		}
		for _, c := range cells {
			if c.Kind > Formula || !utf8.ValidString(c.Value) {
				t.Fatalf("row %d has the cell %+q", number, c)
			}
		}
		fmt.Fprintf(h, "%d %q\n", number, cells)
		if n++; n == 3000 {
			return errEnough
		}
		return nil
	})
	return h.Sum64(), err
}

func FuzzXLSX(f *testing.F) {
	b := book{
		sheets:  []string{`<row r="1" spans="1:2"><c r="A1" t="s"><v>0</v></c><c r='C1' s="1"><v>46350</v></c><c t="inlineStr"><is><r><t>a&amp;<![CDATA[b]]></t></r><rPh><t>c</t></rPh></is></c></row><!-- --><row><c t="b"><v>1</v></c><c t="str"><f>A1</f><v>_x000D_</v></c><c><v>1E-05</v></c><c t="d"><v>2026-11-24T00:00</v></c></row>`},
		shared:  `<si><t>a</t></si><si><r><t xml:space="preserve"> b&#x41;</t></r><rPh><t>c</t></rPh></si>`,
		numFmts: `<numFmt numFmtId="164" formatCode="dd/mm/yyyy;[h]\d"/>`, xfs: `<xf numFmtId="0"/><xf numFmtId="164"/>`,
	}
	parts := b.parts()
	text := func(name string) string {
		for _, p := range parts {
			if p.name == name {
				return p.text
			}
		}
		panic(name)
	}
	names := []string{"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
	f.Add(text(names[0]), text(names[1]), text(names[2]), text(names[3]), text(names[4]))
	f.Add("\xFF\xFE<\x00a\x00/\x00>\x00", "<sst/>", "", text(names[3]), text(names[4]))
	f.Fuzz(func(t *testing.T, sheet, shared, styles, workbook, rels string) {
		tryFile(t, Source{Name: "a.xlsx", Data: stored(part{names[0], sheet}, part{names[1], shared}, part{names[2], styles}, part{names[3], workbook}, part{names[4], rels})})
	})
}

func FuzzODS(f *testing.F) {
	f.Add(odsParts(threeTabs)[2].text)
	f.Add(odsParts(`<table:table table:name="T"><table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p><text:p>c<text:tab/></text:p></table:table-cell><table:covered-table-cell/><table:table-cell office:value-type="time" office:time-value="PT09H30M00S"/><table:table-cell table:formula="of:=1"/></table:table-row></table:table>`)[2].text)
	f.Fuzz(func(t *testing.T, text string) {
		parts := odsParts("")
		parts[2].text = text
		tryFile(t, Source{Name: "a.ods", Data: stored(parts...)})
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,\"2\n\"\"3\"\r\n", "sep=;\na;b", "a|b\r\rc", "\xEF\xBB\xBFa\tb\n", "\xFF\xFEa\x00,\x00\n\x00", "\xFE\xFF\x00a", "caf\xE9;\"", "\"a\nb\"c"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tryFile(t, Source{Name: "a.csv", Data: data})
	})
}

// FuzzOpen is given whole files of every kind.
func FuzzOpen(f *testing.F) {
	for _, name := range []string{"libreoffice.ods", "libreoffice.xlsx", "libreoffice.xls"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, data)
	}
	f.Add("a.xlsx", book{sheets: []string{oneCell}}.data())
	f.Add("a.xlsx", ole("EncryptedPackage"))
	f.Add("a.xls", []byte("<html>"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		tryFile(t, Source{Name: name, Data: data})
	})
}
