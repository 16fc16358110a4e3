package annexatest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func TestACleanReturnBreaksNoRule(t *testing.T) {
	for _, o := range []Options{
		{Rows: Fewest}, {Rows: 301}, {Rows: 700}, {Rows: 2000}, {Rows: 12000},
		{Rows: 2000, ThirteenCols: true},
		{Rows: 2000, Official: true},
		{Rows: 2000, AsOf: time.Date(2026, 1, 6, 0, 0, 0, 0, time.UTC)},  // just after the bank holidays
		{Rows: 2000, AsOf: time.Date(2027, 8, 31, 0, 0, 0, 0, time.UTC)}, // a month's end with shorter ones behind it
	} {
		for seed := range uint64(4) {
			o.Seed = seed
			for f, cells := range consult(Make(o)) {
				t.Errorf("%+v: %s on List %d, row %d: %s", o, f.rule, f.list, f.row, cells)
			}
		}
	}
}

func TestNoColumnOfACleanReturnLooksWrong(t *testing.T) {
	for _, rows := range []int{Fewest, 1000, 10000} {
		for seed := range uint64(10) {
			if err := uneven(New(seed, rows)); err != nil {
				t.Errorf("seed %d, %d rows: %v", seed, rows, err)
			}
		}
	}
}

func TestTheSameSeedGivesTheSameReturnAndFaults(t *testing.T) {
	a, b, other := New(5, 3000), New(5, 3000), New(6, 3000)
	if !reflect.DeepEqual(a, b) {
		t.Fatal("two returns from one seed differ")
	}
	if reflect.DeepEqual(a, other) {
		t.Error("returns from two seeds are the same")
	}
	fa, fb := Plant(a, 9, 300), Plant(b, 9, 300)
	if !reflect.DeepEqual(fa, fb) || !reflect.DeepEqual(a, b) {
		t.Error("the same faults in the same return differ")
	}
}

func TestAReturnHasTheRowsAskedForInRealisticShares(t *testing.T) {
	for _, rows := range []int{Fewest, 1000, 54865, 60000} {
		r := New(1, rows)
		total := 0
		for _, l := range r.Lists {
			total += len(l.Rows)
			if len(l.Rows) == 0 {
				t.Errorf("%d rows: List %d has none", rows, l.Number)
			}
		}
		if total != rows {
			t.Errorf("%d rows asked for, %d made", rows, total)
		}
	}
	r := New(1, 54865)
	for n, most := range map[int]int{7: 2000, 8: 3000, 10: 500, 11: 1000} {
		if got := len(r.Lists[n-1].Rows); got > most {
			t.Errorf("List %d has %d rows, more than %d", n, got, most)
		}
	}
	if got := len(r.Lists[0].Rows); got < 54865/3 {
		t.Errorf("List 1 has %d rows, fewer than a third", got)
	}
}

func TestAReturnIsAskedForWithTooFewRows(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	New(1, Fewest-1)
}

func TestAReturnHoldsCasesOfEveryKind(t *testing.T) {
	r := New(3, 5000)
	p := newPlanter(r, 0)
	for name, c := range map[string]struct {
		list int
		is   func(row) bool
	}{
		"an unborn child with a contact":      {1, is(age, "-1")},
		"an unborn child with no due date":    {1, all(is(age, "-1"), blank(birth))},
		"an unborn child on a plan":           {7, is(age, "-1")},
		"open early help":                     {2, blank(helpEnd)},
		"an open assessment":                  {4, blank(assessEnd)},
		"an enquiry not decided":              {5, blank(icpcUnnecessary)},
		"a conference that made no plan":      {5, is(icpcPlan, no)},
		"a closed child in need":              {6, filled(cinEnd)},
		"a plan that ended":                   {7, filled(planEnd)},
		"an asylum-seeking child":             {8, is(uasc, yes)},
		"a child who went missing":            {8, not(is(missing, "0"))},
		"an interview not offered":            {8, is(rhiOffered, no)},
		"a placement outside England":         {8, is(placeLA, "WAL - Child placed in Wales")},
		"a confidential placement":            {8, all(is(placeLA, "CON - Child placed in confidential placement"), blank(postcode))},
		"a child now in care in List 9 too":   {9, is(eligibility, eligible)},
		"a care leaver out of touch":          {9, not(is(inTouch, yes))},
		"an adoption decision taken back":     {10, filled(reversed)},
		"a child placed and not yet adopted":  {10, all(filled(placed), blank(adoptionOrder))},
		"a child adopted before List 8 began": {10, all(filled(adoptionOrder), not(inList(8)))},
		"an adopter in stage 1":               {11, all(filled(stage1Start), blank(stage1End))},
		"an adopter under the old process":    {11, filled(approved)},
	} {
		l := r.Lists[c.list-1]
		found := false
		for i := range l.Rows {
			found = found || c.is(row{p, l, i})
		}
		if !found {
			t.Errorf("no %s", strings.TrimPrefix(strings.TrimPrefix(name, "an "), "a "))
		}
	}
}

func TestListNineHasAFormOfThirteenColumns(t *testing.T) {
	l := Make(Options{Seed: 1, Rows: 2000, ThirteenCols: true}).Lists[8]
	want := []string{
		"Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)", "Does the Child have a Disability",
		"Allocated Team", "Allocated Worker", "Eligibility Category", "LA In Touch", "Type of Accommodation",
		"Suitability of Accommodation", "Activity Status",
	}
	if !slices.Equal(l.Headings, want) {
		t.Errorf("headings %q", l.Headings)
	}
	for _, row := range l.Rows {
		if len(row) != 13 || slices.Contains(row, eligible) {
			t.Fatalf("row %q", row)
		}
	}
}

func TestTheWorkbookOpensWithTabsHeadingsAndTypedCells(t *testing.T) {
	for _, c := range []struct {
		official bool
		tabs     []string
		headings int // the row, from 0
	}{
		{false, []string{"List 1", "List 2", "List 3", "List 4", "List 5", "List 6", "List 7", "List 8", "List 9", "List 10", "List 11"}, 0},
		{true, []string{"Front_Sheet", "FAQ_and_changes", "Guidance", "Codes_used", "List_1", "List_2", "List_3", "List_4", "List_5", "List_6", "List_7", "List_8", "List_9", "List_10", "List_11"}, 1},
	} {
		r := Make(Options{Seed: 2, Rows: 500, Official: c.official})
		f := open(t, r)
		if got := f.GetSheetList(); !slices.Equal(got, c.tabs) {
			t.Errorf("tabs %q", got)
		}
		for _, l := range r.Lists {
			rows, err := f.GetRows(l.Tab)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(rows[c.headings], l.Headings) {
				t.Errorf("%s: headings %q", l.Tab, rows[c.headings])
			}
			for i, want := range l.Rows {
				got := append(rows[i+c.headings+1], make([]string, len(want))...)[:len(want)]
				if !slices.Equal(got, want) {
					t.Fatalf("%s, row %d: %q, want %q", l.Tab, i, got, want)
				}
			}
		}
	}
}

// open reads the written workbook back.
func open(t *testing.T, r *Return) *excelize.File {
	t.Helper()
	b, err := r.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestCellsOfTheWorkbookHaveTheirTypes(t *testing.T) {
	r := New(2, Fewest)
	r.Lists[0].Rows[0] = []string{" 20", male, "a) WBRI", "01/01/1900", "9", "31/02/2026", "a) 1A: Individual"}
	r.Lists[0].Rows[1] = []string{"0020", male, "a) WBRI", "24/11/2026", "1,5", "28/02/1900", "a) 1A: Individual"}
	f := open(t, r)
	for at, want := range map[string]struct {
		raw  string
		kind excelize.CellType
	}{
		"A2": {" 20", excelize.CellTypeInlineString},
		"A3": {"0020", excelize.CellTypeInlineString},
		"D2": {"1", excelize.CellTypeUnset},
		"F3": {"59", excelize.CellTypeUnset},
		"D3": {"46350", excelize.CellTypeUnset},
		"E2": {"9", excelize.CellTypeUnset},
		"E3": {"1,5", excelize.CellTypeInlineString},
		"F2": {"31/02/2026", excelize.CellTypeInlineString},
	} {
		raw, err := f.GetCellValue("List 1", at, excelize.Options{RawCellValue: true})
		if err != nil || raw != want.raw {
			t.Errorf("%s holds %q, want %q (%v)", at, raw, want.raw, err)
		}
		if kind, _ := f.GetCellType("List 1", at); kind != want.kind {
			t.Errorf("%s is of type %v, want %v", at, kind, want.kind)
		}
	}
}

func TestHeadingsAreOneHundredAndSixtyNine(t *testing.T) {
	columns := map[int]int{1: 7, 2: 8, 3: 11, 4: 12, 5: 14, 6: 14, 7: 17, 8: 34, 9: 17, 10: 16, 11: 19}
	total := 0
	for i, tpl := range templates {
		total += len(tpl.headings)
		if len(tpl.headings) != columns[i+1] {
			t.Errorf("List %d has %d headings, want %d", i+1, len(tpl.headings), columns[i+1])
		}
	}
	if total != 169 {
		t.Errorf("%d headings", total)
	}
}

func TestTheElevenFilesHoldTheLists(t *testing.T) {
	r := New(2, 500)
	files := r.CSV()
	if len(files) != 11 {
		t.Errorf("%d files", len(files))
	}
	for _, l := range r.Lists {
		rows, err := csv.NewReader(bytes.NewReader(files[fmt.Sprintf("List %d.csv", l.Number)])).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(rows[0], l.Headings) || !reflect.DeepEqual(rows[1:], l.Rows) {
			t.Errorf("List %d is not as it was made", l.Number)
		}
	}
}

func TestContactsStreamedBreakNoRuleOfTheirOwn(t *testing.T) {
	var b bytes.Buffer
	const rows = 3000
	if err := StreamContacts(&b, 4, rows); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(got) != rows+1 {
		t.Fatalf("%d rows: %v", len(got), err)
	}
	r := New(4, Fewest)
	for _, l := range r.Lists {
		l.Rows = nil
	}
	r.Lists[0].Rows = got[1:]
	for f, cells := range consult(r) {
		t.Errorf("%s on row %d: %s", f.rule, f.row, cells)
	}
	if err := uneven(r); err != nil {
		t.Error(err)
	}
}

func TestStreamingTellsOfAWriterThatFails(t *testing.T) {
	if err := StreamContacts(full{}, 1, 100_000); err == nil {
		t.Error("no error")
	}
}

// full is a disk with no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func BenchmarkNew54865(b *testing.B) {
	for b.Loop() {
		New(1, 54865)
	}
}

func BenchmarkXLSX54865(b *testing.B) {
	r := New(1, 54865)
	for b.Loop() {
		if _, err := r.XLSX(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStreamContacts1000000(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := StreamContacts(io.Discard, 1, 1_000_000); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAgeIsCountedInBirthdays(t *testing.T) {
	for _, c := range []struct {
		born, at string
		want     int
	}{
		{"24/11/2010", "24/11/2026", 16},
		{"25/11/2010", "24/11/2026", 15},
		{"29/02/2008", "28/02/2026", 17},
		{"29/02/2008", "01/03/2026", 18},
		{"25/11/2026", "24/11/2026", -1},
	} {
		b, _ := parseDay(c.born)
		at, _ := parseDay(c.at)
		if got := ageAt(b, at); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.born, c.at, got, c.want)
		}
	}
}

func TestIdentityNumbersAreOneEach(t *testing.T) {
	seen := map[string]string{}
	for _, l := range New(8, 5000).Lists[:10] {
		for _, row := range l.Rows {
			who := strings.Join([]string{row[l.columns[gender]], row[l.columns[ethnicity]], row[l.columns[birth]]}, "|")
			id := row[0]
			if _, err := strconv.Atoi(id); err != nil || len(id) != 7 {
				t.Fatalf("identity number %q", id)
			}
			if old, ok := seen[id]; ok && old != who {
				t.Errorf("%s is %q and %q", id, old, who)
			}
			seen[id] = who
		}
	}
}
