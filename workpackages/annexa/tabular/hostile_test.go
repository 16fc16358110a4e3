package tabular

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"os"
	"strings"
	"testing"
)

const oneCell = `<row r="1"><c r="A1"><v>1</v></c></row>`

// ole makes the container of old Office files with one entry of a name.
func ole(name string) []byte {
	data := make([]byte, 1024)
	copy(data, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	for i := range name {
		data[512+128+2*i] = name[i]
	}
	data[512+128+64] = byte(2*len(name) + 2)
	return data
}

func TestEachBadFileHasASentence(t *testing.T) {
	good := book{sheets: []string{oneCell}}
	replaced := func(name, text string) []byte {
		parts := good.parts()
		for i := range parts {
			if parts[i].name == name {
				parts[i].text = text
			}
		}
		return zipped(parts...)
	}
	sheet := func(rows string) []byte { return book{sheets: []string{rows}}.data() }
	encrypted := bytes.Clone(good.data())
	for at := 0; ; {
		i := bytes.Index(encrypted[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i + 4
		encrypted[at+4] |= 1
	}
	xls, err := os.ReadFile("testdata/libreoffice.xls")
	if err != nil {
		t.Fatal(err)
	}
	many := book{sheets: make([]string, 257)}
	for _, test := range []struct {
		name, file string
		data       []byte
		want       string
	}{
		{"nothing", "a.xlsx", nil, "The file is empty"},
		{"only space", "a.csv", []byte("\xEF\xBB\xBF \r\n"), "The file is empty"},
		{"text named .xlsx", "a.xlsx", []byte("hello"), "not a workbook, whatever its name"},
		{"text named .xls", "a.XLS", []byte("a\tb\n"), "not a workbook, whatever its name"},
		{"an unknown ending", "a.json", []byte("{}"), "This kind of file cannot be read"},
		{"a zip file of something else", "a.zip", zipped(part{"a.txt", "a"}), "The file is not a workbook"},
		{"a zip file that is cut short", "a.xlsx", good.data()[:500], "damaged or cut short"},
		{"a PDF", "a.xlsx", []byte("%PDF-1.7"), "a PDF"},
		{"HTML named .xls", "a.xls", []byte("\n<HTML><table>"), "a web page (HTML)"},
		{"XML Spreadsheet 2003", "a.xls", []byte(head + `<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), "XML Spreadsheet 2003"},
		{"flat OpenDocument", "a.fods", []byte(head + `<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">`), "a flat OpenDocument"},
		{"other XML", "a.xml", []byte(head + `<a/>`), "is XML"},
		{"a binary workbook", "a.xlsb", zipped(part{"xl/workbook.bin", "a"}), "(.xlsb)"},
		{"Numbers", "a.numbers", zipped(part{"Index/Document.iwa", "a"}), "Apple Numbers"},
		{"a Word document", "a.docx", zipped(part{"word/document.xml", "a"}), "a Word document"},
		{"an old Word document", "a.doc", ole("WordDocument"), "a Word document"},
		{"a presentation", "a.pptx", zipped(part{"ppt/presentation.xml", "a"}), "a PowerPoint"},
		{"an .xlsx with a password", "a.xlsx", ole("EncryptedPackage"), "protected with a password"},
		{"an .xls", "a.xls", xls, "the old Excel form (.xls)"},
		{"an .xls named .xlsx", "a.xlsx", ole("Book"), "the old Excel form (.xls)"},
		{"another old Office file", "a.xls", ole("Other"), "not a workbook, whatever its name"},
		{"parts that are encrypted", "a.xlsx", encrypted, "protected with a password"},
		{"an .ods with a password", "a.ods", zipped(part{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, part{"META-INF/manifest.xml", "<m><e><encryption-data/></e></m>"}, part{"content.xml", "\x01"}), "protected with a password"},
		{"an OpenDocument text", "a.odt", zipped(part{"mimetype", "application/vnd.oasis.opendocument.text"}, part{"content.xml", ""}), "no spreadsheet"},
		{"an .ods that is cut short inside", "a.ods", zipped(append(odsParts("")[:2], part{"content.xml", strings.TrimSuffix(odsParts(threeTabs)[2].text, "</office:spreadsheet></office:body></office:document-content>")})...), "damaged or cut short"},
		{"two parts of one name", "a.xlsx", zipped(append(good.parts(), part{"XL/workbook.xml", ""})...), "two parts of the same name"},
		{"a part that leads out", "a.xlsx", zipped(append(good.parts(), part{"xl/../../a", ""})...), "leads out of it"},
		{"too many tabs", "a.xlsx", many.data(), "more than 256 tabs"},
		{"no tabs", "a.xlsx", book{}.data(), "no tab with cells"},
		{"a sheet that is not there", "a.xlsx", zipped(good.parts()[3:]...), "damaged or cut short"},
		{"a sheet that ends too soon", "a.xlsx", replaced("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+oneCell), "The tab is damaged or cut short"},
		{"a sheet that is empty", "a.xlsx", replaced("xl/worksheets/sheet1.xml", ""), "The tab is damaged or cut short"},
		{"a sheet that is something else", "a.xlsx", replaced("xl/worksheets/sheet1.xml", "<other/>"), "The tab is damaged or cut short"},
		{"tags that do not match", "a.xlsx", sheet("<row></c>"), "The tab is damaged or cut short"},
		{"an attribute without quotes", "a.xlsx", sheet("<row r=1/>"), "The tab is damaged or cut short"},
		{"an entity of its own", "a.xlsx", sheet("<row><c><v>&lol;</v></c></row>"), "The tab is damaged or cut short"},
		{"elements that nest without end", "a.xlsx", sheet(strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)), "The tab is damaged or cut short"},
		{"a shared string that is not there", "a.xlsx", sheet(`<row><c t="s"><v>0</v></c></row>`), "The tab is damaged or cut short"},
		{"a reference that is none", "a.xlsx", sheet(`<row><c r="7C"/></row>`), "The tab is damaged or cut short"},
		{"a billion laughs", "a.xlsx", replaced("xl/worksheets/sheet1.xml", `<!DOCTYPE lolz [<!ENTITY lol "lol">]><worksheet/>`), "holds a DOCTYPE"},
		{"an enormous attribute", "a.xlsx", sheet(`<row r="` + strings.Repeat("1", 2<<20) + `"/>`), "The tab is damaged or cut short"},
		{"an enormous text", "a.xlsx", sheet(`<row><c><v>` + strings.Repeat("1", 2<<20) + `</v></c></row>`), "The tab is damaged or cut short"},
		{"an enormous row", "a.xlsx", sheet(`<row>` + strings.Repeat(`<c t="str"><v>`+strings.Repeat("1", 1<<19)+`</v></c>`, 40) + `</row>`), "has a row that is too long"},
		{"a column past the last", "a.xlsx", sheet(`<row><c r="XFE1"><v>1</v></c></row>`), "The tab has more than 16,384 columns"},
		{"a row past the last", "a.xlsx", sheet(`<row r="2000001"><c><v>1</v></c></row>`), "The tab is longer than a list can be"},
		{"an .ods row past the last column", "a.ods", odsOf(`<table:table table:name="T"><table:table-row><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16385"/></table:table-row></table:table>`), "The tab has more than 16,384 columns"},
		{"an .ods row repeated without end", "a.ods", odsOf(`<table:table table:name="T"><table:table-row table:number-rows-repeated="999999999"><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table>`), "The tab is longer than a list can be"},
		{"CSV that is not text", "a.csv", []byte("a,b\x00c"), "not text"},
		{"UTF-16 that is not text", "a.csv", []byte("\xFF\xFEa\x00\x00\x00"), "not text"},
		{"UTF-16 that is cut short", "a.csv", []byte("\xFF\xFEa\x00b"), "cut short"},
		{"UTF-8 that ends within a character", "a.csv", []byte("é,b\nc\xC3"), "cut short"},
		{"a mark that is never closed", "a.csv", []byte("a,b\nc,\"d\ne,f\n"), "opens in row 2 is never closed"},
		{"a mark that another field's closes", "a.csv", []byte("a,b\n\nc,\"d\ne,\"f\"\n"), "opens in row 3 is never closed"},
		{"a field that swallows a megabyte", "a.csv", []byte("a\n\"" + strings.Repeat("b,c\n", 1<<19) + "\""), "opens in row 2 is never closed"},
		{"too many columns of CSV", "a.csv", []byte(strings.Repeat(",", 20_000)), "The file has more than 16,384 columns"},
		{"too many rows of CSV", "a.csv", bytes.Repeat([]byte("a\n"), 2_000_001), "The file is longer than a list can be"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := sentence(t, test.file, test.data); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
		})
	}
}

// bomb is a workbook with a sheet that unpacks to size bytes of comments,
// and says that it unpacks to claimed.
func bomb(t *testing.T, size, claimed int) []byte {
	t.Helper()
	parts := book{sheets: []string{oneCell}}.parts()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		if p.name != "xl/worksheets/sheet1.xml" {
			w, err := z.Create(p.name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(p.text)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		packed := deflated(t, "<worksheet><sheetData>", size)
		w, err := z.CreateRaw(&zip.FileHeader{Name: p.name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(nil), CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(claimed)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(packed); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// deflated packs a start and then size bytes of comments.
func deflated(t *testing.T, start string, size int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(start)); err != nil {
		t.Fatal(err)
	}
	comments := bytes.Repeat([]byte("<!--    -->"), 1<<12)
	for n := 0; n < size; n += len(comments) {
		if _, err := w.Write(comments); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := r.File[0].OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	if _, err := packed.ReadFrom(raw); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestAZipBombIsRefused(t *testing.T) {
	t.Run("that says what it unpacks to", func(t *testing.T) {
		if got := sentence(t, "a.xlsx", bomb(t, 1<<20, 2<<30)); !strings.Contains(got, "more than a gigabyte") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("that lies about it, as soon as it unpacks to more", func(t *testing.T) {
		f, err := Open(Source{Name: "a.xlsx", Data: bomb(t, 16<<20, 1<<20)})
		if err != nil {
			t.Fatal(err)
		}
		read := int64(0)
		err = f.Scan(context.Background(), f.Tables[0], func(n, _ int64) { read = n }, func(int, []Cell) error { return nil })
		if e := (*Error)(nil); !errors.As(err, &e) {
			t.Errorf("got %v, want an *Error", err)
		}
		if read > int64(len(f.src.Data)) {
			t.Errorf("read on to %d of %d bytes", read, len(f.src.Data))
		}
	})
	t.Run("of shared strings", func(t *testing.T) {
		b := book{sheets: []string{oneCell}, shared: strings.Repeat("<si/>", maxStrings+1)}
		if got := sentence(t, "a.xlsx", b.data()); !strings.Contains(got, "more text than any return") {
			t.Errorf("got %q", got)
		}
	})
}

func TestDataThatIsCutShortIsNeverAShorterTable(t *testing.T) {
	sheet := book{sheets: []string{oneCell + `<row r="2"><c t="inlineStr"><is><t>a&amp;b</t></is></c></row>`}}.parts()[2]
	text := strings.TrimSuffix(sheet.text, ">")
	for n := range len(text) {
		s := newScanner(strings.NewReader(text[:n]))
		var err error
		for err == nil {
			_, err = s.next()
		}
		if err.Error() == "EOF" {
			t.Fatalf("%q passes for a whole sheet", text[:n])
		}
	}
}

func TestReadHeedsTheContext(t *testing.T) {
	rows := strings.Repeat("<row><c><v>1</v></c></row>", 10_000)
	for name, data := range map[string][]byte{
		"a.xlsx": book{sheets: []string{rows}}.data(),
		"a.csv":  bytes.Repeat([]byte("a\n"), 10_000),
		"a.ods":  odsOf(`<table:table table:name="T"><table:table-row table:number-rows-repeated="10000"><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table>`),
	} {
		f, err := Open(Source{Name: name, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		after := 0
		err = f.Scan(ctx, f.Tables[0], nil, func(n int, _ []Cell) error {
			if n >= 100 {
				cancel()
				after++
			}
			return nil
		})
		if err != context.Canceled || after > 1024 {
			t.Errorf("%s: got %v after %d more rows", name, err, after)
		}
		if got, err := countRows(f); err != nil || got != 10_000 {
			t.Errorf("%s: read again, got %d rows and %v", name, got, err)
		}
	}
}

func countRows(f *File) (int, error) {
	n := 0
	err := f.Scan(context.Background(), f.Tables[0], nil, func(int, []Cell) error { n++; return nil })
	return n, err
}

func TestProgressGrowsToTheWholeOfTheFile(t *testing.T) {
	rows := strings.Repeat(oneCell, 20_000)
	for name, data := range map[string][]byte{
		"a.csv":  bytes.Repeat([]byte("a,b,c\n"), 200_000),
		"a.xlsx": book{sheets: []string{rows, rows, rows}, shared: strings.Repeat("<si><t>a</t></si>", 50_000)}.data(),
		"a.ods":  odsOf(threeTabs),
	} {
		f, err := Open(Source{Name: name, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		var told []int64
		for _, table := range f.Tables {
			err := f.Scan(context.Background(), table, func(read, total int64) {
				if total != int64(len(data)) || len(told) > 0 && read < told[len(told)-1] {
					t.Errorf("%s: told %d of %d after %v", name, read, total, told)
				}
				told = append(told, read)
			}, func(int, []Cell) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(told) == 0 || told[len(told)-1] != int64(len(data)) {
			t.Errorf("%s: %d bytes, told %v", name, len(data), told)
		}
	}
}
