package annexa

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"readiness/workpackages/annexa/annexatest"
)

func csvOf(sep string, rows ...[]any) string {
	var b strings.Builder
	for _, row := range rows {
		for i, v := range row {
			if i > 0 {
				b.WriteString(sep)
			}
			fmt.Fprintf(&b, "%q", fmt.Sprint(v))
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func TestCSVInEveryFormThatCouncilsSave(t *testing.T) {
	row := fullRow(3)
	row[9] = "Équipe"
	text := csvOf(",", headings(3), row)
	utf16 := []byte{0xFF, 0xFE}
	for _, r := range text {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for what, data := range map[string][]byte{
		"UTF-8":            []byte(text),
		"UTF-8 with a BOM": append([]byte{0xEF, 0xBB, 0xBF}, text...),
		"Windows-1252":     bytes.ReplaceAll([]byte(text), []byte("É"), []byte{0xC9}),
		"UTF-16":           utf16,
		"semicolons":       []byte(csvOf(";", headings(3), row)),
		"tabs":             []byte(csvOf("\t", headings(3), row)),
	} {
		r := checked(t, Options{Single: true}, Source{Name: "list3.csv", Data: data})
		if !r.Lists[2].Found || r.Lists[2].Rows != 1 || len(r.Causes) != 0 {
			t.Errorf("%s: found %v with %d rows and %v", what, r.Lists[2].Found, r.Lists[2].Rows, causesOf(r))
		}
	}
}

func TestFilesThatCannotBeReadGetOneSentence(t *testing.T) {
	good := workbook(t, tab{"List 1", [][]any{headings(1), fullRow(1)}})
	var noBook bytes.Buffer
	z := zip.NewWriter(&noBook)
	if _, err := z.Create("hello.txt"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, name string
		data       []byte
		says       string
	}{
		{"an empty file", "a.xlsx", nil, "empty"},
		{"a truncated workbook", "a.xlsx", good[:len(good)/2], "damaged or cut short"},
		{"a zip that is no workbook", "a.xlsx", noBook.Bytes(), "not a workbook"},
		{"text called a workbook", "a.xlsx", []byte("hello"), "not a workbook"},
		{"a picture", "a.png", []byte("\x89PNG"), "cannot be read"},
		{"bytes called CSV", "a.csv", []byte{1, 0, 2, 0}, "not text"},
		{"a zip bomb", "a.xlsx", bomb(t), "more than a gigabyte"},
	} {
		_, err := Check(t.Context(), []Source{{Name: c.name, Data: c.data}}, Options{})
		var e *ReadError
		if !errors.As(err, &e) || !strings.Contains(e.Sentence, c.says) || e.File != c.name {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// bomb is a small workbook that says it unpacks to two gigabytes.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: 5, UncompressedSize64: 1 << 30})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAReturnAsARegionWritesIt has the habits of the regional sample: a short
// heading, ages with a fraction, words beside the codes, #N/A for the team,
// non-breaking spaces in names, a step of the system for an outcome.
func TestAReturnAsARegionWritesIt(t *testing.T) {
	ret := annexatest.Make(annexatest.Options{Seed: 5, Rows: 400})
	set := func(n int, heading string, value func(i int, old string) string) {
		t.Helper()
		l := ret.Lists[n-1]
		at := slices.Index(l.Headings, heading)
		if at < 0 {
			t.Fatalf("List %d has no %q", n, heading)
		}
		for i, row := range l.Rows {
			row[at] = value(i, row[at])
		}
	}
	always := func(v string) func(int, string) string { return func(int, string) string { return v } }
	set(1, "Age of Child (Years)", func(_ int, old string) string { return old + ".138" })
	ret.Lists[0].Headings[slices.Index(ret.Lists[0].Headings, "Age of Child (Years)")] = "Age"
	set(2, "Gender", always("b) Female"))
	set(3, "Allocated Worker", func(_ int, old string) string { return strings.ReplaceAll(old, " ", "\u00a0") })
	set(4, "Was the child assessed as requiring LA children’s social care support", always("CS Assessment Updated"))
	set(6, "Allocated Team", always("#N/A"))
	set(6, "Primary Need Code", func(i int, old string) string {
		if i == 0 {
			return "PSRMEM - Support with a matter of its own"
		}
		return old
	})
	set(8, "Placement Location", always("0"))
	r := checkedReturn(t, ret)
	if r.Totals.Found != 11 || r.Totals.Empty != 0 || unread(r, "unrecognised") != 0 {
		t.Errorf("%+v, %+v", r.Totals, r.Unread)
	}
	rows := map[string]int{}
	for _, c := range r.Causes {
		rows[c.Key] = len(c.Rows)
	}
	all := func(n int) int { return len(ret.Lists[n-1].Rows) }
	for key, n := range map[string]int{
		CauseKey("N03", 1, "Age of Child (Years)"):                                                  all(1),
		CauseKey("S10S", 3, "Allocated Worker"):                                                     all(3),
		CauseKey("S04", 4, "Was the child assessed as requiring LA children’s social care support"): all(4),
		CauseKey("S10", 6, "Allocated Team"):                                                        all(6),
		CauseKey("S04", 6, "Primary Need Code"):                                                     1,
		CauseKey("S04", 8, "Placement Location"):                                                    all(8),
	} {
		if rows[key] != n || n == 0 {
			t.Errorf("%s: %d rows, want %d", key, rows[key], n)
		}
	}
	if n, there := rows[CauseKey("S04", 2, "Gender")]; there {
		t.Errorf("the words beside the code of a gender are no code in %d rows", n)
	}
}

// TestTheOfficialLayout is Ofsted's workbook as it is published: tabs of guidance
// before the lists, a title over the headings, and five rows of example in List 3.
func TestTheOfficialLayout(t *testing.T) {
	ret := annexatest.Make(annexatest.Options{Seed: 5, Rows: 400, Official: true})
	for _, l := range ret.Lists {
		l.Rows = l.Rows[:0]
	}
	three := ret.Lists[2]
	for i, gender := range []string{"F", "F", "M", "M", "F"} {
		source := []string{"School", "Health", "Police", "School", "School"}[i]
		times := []string{"1", "2", "1", "", "1"}[i]
		three.Rows = append(three.Rows, []string{fmt.Sprint(i + 1), gender, "WBRI", "01/01/2014", "1", "15/03/2015", source, "no", times, "AT", "AW"})
	}
	data, err := ret.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	r := checked(t, Options{}, Source{Name: "return.xlsx", Data: data}) // as of no day: the example is of 2015
	if r.Totals.Found != 11 || r.Totals.Empty != 10 || unread(r, "guidance") != 4 || unread(r, "unrecognised") != 0 {
		t.Errorf("%+v, %+v", r.Totals, r.Unread)
	}
	want := []string{"R01 3/Number of Referrals in Last 12 Months [6]", "S04 3/Referral Source [4]", "S04Q 3/Gender [3 4 5 6 7]"}
	if got := causesOf(r); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func FuzzReadWorkbook(f *testing.F) {
	f.Add(workbook(f, tab{"List 1", [][]any{headings(1), fullRow(1)}}))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte{0xD0, 0xCF, 0x11, 0xE0})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Check(t.Context(), []Source{{Name: "a.xlsx", Data: data}}, Options{})
		var e *ReadError
		if err != nil && !errors.As(err, &e) {
			t.Errorf("not a sentence for a person: %v", err)
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte(csvOf(",", headings(3), fullRow(3))))
	f.Add([]byte("\xEF\xBB\xBFa;b\n\"c"))
	f.Add([]byte{0xFF, 0xFE, 'a', 0, ',', 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Check(t.Context(), []Source{{Name: "a.csv", Data: data}}, Options{})
		var e *ReadError
		if err != nil && !errors.As(err, &e) {
			t.Errorf("not a sentence for a person: %v", err)
		}
	})
}
