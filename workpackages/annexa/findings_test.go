package annexa

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"readiness/workpackages/annexa/annexatest"
	"readiness/workpackages/annexa/tabular"
)

// findingsOf writes the workbook of findings and opens it again.
func findingsBook(t *testing.T, r *Report, sources ...Source) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteFindings(t.Context(), &b, sources); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	return book
}

func TestTheWorkbookOfFindingsIsForWhoeverMendsThem(t *testing.T) {
	r := annexatest.New(21, 2000)
	r.Lists[7].Rows[3][slices.Index(r.Lists[7].Headings, ethnicity)] = "Martian"
	r.Lists[7].Rows[3][slices.Index(r.Lists[7].Headings, gender)] = "F"
	r.Lists[5].Rows[0][slices.Index(r.Lists[5].Headings, "Case status")] = ""
	data, err := r.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	source := Source{Name: "return.xlsx", Data: data}
	report := checked(t, Options{AsOf: r.AsOf}, source)
	book := findingsBook(t, report, source)
	if got := book.GetSheetList(); !slices.Equal(got, []string{"Causes", "How values were read", "List 6", "List 8", "List 9"}) {
		t.Fatalf("sheets %v", got)
	}
	rows, err := book.GetRows("List 8")
	if err != nil {
		t.Fatal(err)
	}
	headings := rows[3]
	at := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 0 && row[0] == "5" })
	if at < 0 {
		t.Fatalf("row 5 of List 8 is not there: %v", rows)
	}
	bad := rows[at]
	for _, want := range []string{"Ethnicity: the value is not a permitted code [S04]", "Gender: the value is probably a permitted code"} {
		if !strings.Contains(bad[1], want) {
			t.Errorf("the reason %q does not say %q", bad[1], want)
		}
	}
	column := slices.Index(headings, ethnicity)
	if bad[column] != "Martian" {
		t.Errorf("the bad cell shows %q", bad[column])
	}
	name, err := excelize.CoordinatesToCellName(column+1, at+1)
	if err != nil {
		t.Fatal(err)
	}
	style, err := book.GetCellStyle("List 8", name)
	if err != nil || style != int(styleError) {
		t.Errorf("the bad cell has style %d, %v", style, err)
	}
	values, err := book.GetRows("How values were read")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(values, func(row []string) bool {
		return len(row) == 5 && row[2] == "F" && row[3] == "b) Female" && strings.HasPrefix(row[4], "guessed")
	}) {
		t.Errorf("the guess is not shown: %v", values)
	}
	if _, err := os.Stat("return.xlsx"); err == nil {
		t.Error("something was written beside the test")
	}
}

func TestNoFormulaLeavesInTheWorkbookOfFindings(t *testing.T) {
	for _, evil := range []string{`=HYPERLINK("http://x","y")`, "+1+2", "-2+3", "@SUM(A1)", "\t=1", "\r=1"} {
		r := annexatest.New(22, 400)
		for _, row := range r.Lists[2].Rows {
			row[slices.Index(r.Lists[2].Headings, "Referral Source")] = evil + "x"
			row[slices.Index(r.Lists[2].Headings, worker)] = evil
		}
		data, err := r.XLSX()
		if err != nil {
			t.Fatal(err)
		}
		source := Source{Name: "return.xlsx", Data: data}
		report := checked(t, Options{AsOf: r.AsOf}, source)
		if causeOf(report, "S04/3/Referral Source") == nil {
			t.Fatalf("%q was not found fault with", evil)
		}
		book := findingsBook(t, report, source)
		for _, sheet := range book.GetSheetList() {
			rows, err := book.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if cell != "" && cell != "-1" && strings.ContainsAny(cell[:1], "=+-@\t\r") { // -1 is an unborn child's age, a number
						t.Errorf("%s holds %q", sheet, cell)
					}
				}
			}
		}
	}
}

func TestAStoredReportCannotGiveRowsAway(t *testing.T) {
	r := annexatest.New(23, 400)
	report := checkedReturn(t, r).Stored()
	if err := report.WriteFindings(t.Context(), &bytes.Buffer{}, nil); err == nil {
		t.Error("a stored report wrote a workbook of findings")
	}
}

// TestTheWorkbookHoldsRowsOfEveryKindOfFile reads sources a second time.
func TestTheWorkbookHoldsRowsOfEveryKindOfFile(t *testing.T) {
	r := annexatest.New(24, 600)
	r.Lists[0].Rows[1][1] = "?"
	r.Lists[3].Rows[2][1] = "?"
	files := r.CSV()
	var sources []Source
	for _, name := range []string{"List 4.csv", "List 1.csv"} {
		sources = append(sources, Source{Name: name, Data: files[name]})
	}
	book := findingsBook(t, checked(t, Options{AsOf: r.AsOf, Single: true}, sources...), sources...)
	for sheet, row := range map[string]string{"List 1": "3", "List 4": "4"} {
		rows, err := book.GetRows(sheet)
		if err != nil || !slices.ContainsFunc(rows, func(cells []string) bool { return len(cells) > 0 && cells[0] == row }) {
			t.Errorf("%s has no row %s: %v, %v", sheet, row, rows, err)
		}
	}
}

func TestACellIsWrittenAsTheCheckReadIt(t *testing.T) {
	const long = "123456789012"
	for _, c := range []struct {
		what  string
		of    columnType
		cell  tabular.Cell
		style xlsxStyle
		want  xlsxCell
	}{
		{"a date cell", dateColumn, tabular.Cell{Value: "46350", Kind: tabular.Date}, stylePlain, xlsxCell{styleDate, "46350", true}},
		{"a date cell that is lit", dateColumn, tabular.Cell{Value: "46350", Kind: tabular.Date}, styleWarning, xlsxCell{styleDateWarning, "46350", true}},
		{"a date cell where text belongs", textColumn, tabular.Cell{Value: "46350.5", Kind: tabular.Date}, styleError, xlsxCell{styleDateError, "46350", true}},
		{"a date cell before Excel's calendar is right", dateColumn, tabular.Cell{Value: "30", Kind: tabular.Date}, stylePlain, xlsxCell{value: "30/01/1900"}},
		{"a date that stands for none", dateColumn, tabular.Cell{Value: "1", Kind: tabular.Date}, stylePlain, xlsxCell{value: "01/01/1900"}},
		{"a number among dates", dateColumn, tabular.Cell{Value: "46350", Kind: tabular.Number}, styleInfo, xlsxCell{styleDateInfo, "46350", true}},
		{"nought among dates", dateColumn, tabular.Cell{Value: "0", Kind: tabular.Number}, stylePlain, xlsxCell{value: "0", number: true}},
		{"a date as text", dateColumn, tabular.Cell{Value: "24/11/2026"}, stylePlain, xlsxCell{styleDate, "46350", true}},
		{"a date as text, the American way", dateColumn, tabular.Cell{Value: "11/24/2026"}, styleError, xlsxCell{style: styleError, value: "11/24/2026"}},
		{"a day that is none", dateColumn, tabular.Cell{Value: "31/02/2026"}, styleError, xlsxCell{style: styleError, value: "31/02/2026"}},
		{"a stand-in as text", dateColumn, tabular.Cell{Value: "01/01/1900"}, styleError, xlsxCell{style: styleError, value: "01/01/1900"}},
		{"yes among dates", dateColumn, tabular.Cell{Value: "1", Kind: tabular.Bool}, styleError, xlsxCell{style: styleError, value: "1"}},
		{"a date in a name", textColumn, tabular.Cell{Value: "24/11/2026"}, stylePlain, xlsxCell{value: "24/11/2026"}},
		{"a count", numberColumn, tabular.Cell{Value: "3", Kind: tabular.Number}, stylePlain, xlsxCell{value: "3", number: true}},
		{"a count as text", numberColumn, tabular.Cell{Value: "3"}, stylePlain, xlsxCell{value: "3", number: true}},
		{"a count with noughts as text", numberColumn, tabular.Cell{Value: "003"}, stylePlain, xlsxCell{value: "003"}},
		{"a negative age", numberColumn, tabular.Cell{Value: "-1", Kind: tabular.Number}, stylePlain, xlsxCell{value: "-1", number: true}},
		{"a negative age as text", numberColumn, tabular.Cell{Value: "-1"}, stylePlain, xlsxCell{value: "-1", number: true}},
		{"a number as text where text belongs", textColumn, tabular.Cell{Value: "-12.5"}, stylePlain, xlsxCell{value: "-12.5"}},
		{"a number with a plus", numberColumn, tabular.Cell{Value: "+5"}, stylePlain, xlsxCell{value: "+5"}},
		{"a hyphen for blank", textColumn, tabular.Cell{Value: "-"}, stylePlain, xlsxCell{value: "-"}},
		{"an identity number", textColumn, tabular.Cell{Value: long, Kind: tabular.Number}, stylePlain, xlsxCell{value: long}},
		{"an identity number with a nought, as text", textColumn, tabular.Cell{Value: "0012"}, stylePlain, xlsxCell{value: "0012"}},
		{"a formula never worked out", dateColumn, tabular.Cell{Kind: tabular.Formula}, stylePlain, xlsxCell{value: "(a formula)"}},
		{"a sum", numberColumn, tabular.Cell{Value: "-1+1"}, stylePlain, xlsxCell{value: "'-1+1"}},
		{"a formula of a number", numberColumn, tabular.Cell{Value: "=1"}, stylePlain, xlsxCell{value: "'=1"}},
		{"a formula of hyphens", textColumn, tabular.Cell{Value: "--A1"}, stylePlain, xlsxCell{value: "'--A1"}},
		{"a formula by a letter", textColumn, tabular.Cell{Value: "@1"}, stylePlain, xlsxCell{value: "'@1"}},
	} {
		if got := shown(c.style, c.cell, c.of, false); got != c.want {
			t.Errorf("%s is shown as %+v", c.what, got)
		}
	}
}

func TestDatesOfFindingsSortAndReadAsDates(t *testing.T) {
	r := annexatest.New(25, 600)
	l := r.Lists[7]
	l.Rows[0][slices.Index(l.Headings, ethnicity)] = "Martian"
	born := slices.Index(l.Headings, "Date of Birth")
	source := Source{Name: "List 8.csv", Data: r.CSV()["List 8.csv"]}
	book := findingsBook(t, checked(t, Options{AsOf: r.AsOf, Single: true}, source), source)
	cell, err := excelize.CoordinatesToCellName(born+3, 5)
	if err != nil {
		t.Fatal(err)
	}
	as, err := book.GetCellType("List 8", cell)
	if err != nil || as != excelize.CellTypeUnset && as != excelize.CellTypeNumber {
		t.Errorf("the cell is of type %v, %v", as, err)
	}
	if got, err := book.GetCellValue("List 8", cell); err != nil || got != l.Rows[0][born] {
		t.Errorf("%q reads as %q, %v", l.Rows[0][born], got, err)
	}
}

func TestOnlyTheCausesArePrintedOnOnePagesWidth(t *testing.T) {
	r := annexatest.New(25, 600)
	r.Lists[7].Rows[0][slices.Index(r.Lists[7].Headings, ethnicity)] = "Martian"
	source := Source{Name: "List 8.csv", Data: r.CSV()["List 8.csv"]}
	book := findingsBook(t, checked(t, Options{AsOf: r.AsOf, Single: true}, source), source)
	for _, sheet := range book.GetSheetList() {
		layout, err := book.GetPageLayout(sheet)
		if err != nil || layout.Orientation == nil || *layout.Orientation != "landscape" {
			t.Errorf("%s is not printed across: %+v, %v", sheet, layout, err)
		}
		props, err := book.GetSheetProps(sheet)
		if fit := props.FitToPage != nil && *props.FitToPage; err != nil || fit != (sheet == "Causes") {
			t.Errorf("%s fits a page: %v, %v", sheet, fit, err)
		}
	}
	again := map[string]string{}
	for _, n := range book.GetDefinedName() {
		again[n.Scope] = n.RefersTo
	}
	if again["Causes"] != "'Causes'!$5:$5" || again["List 8"] != "'List 8'!$A:$A,'List 8'!$4:$4" {
		t.Errorf("printed again on each page: %v", again)
	}
}

// TestRowsOfAFaultOfTheWholeColumnAreNotAllListed: an extract that writes every
// ethnicity wrongly is one repair, and its rows would bury the others.
func TestRowsOfAFaultOfTheWholeColumnAreNotAllListed(t *testing.T) {
	for _, c := range []struct {
		what    string
		wrong   func(row, rows int) bool // whose ethnicity is
		blank   int                      // rows whose gender is, from the last
		allRows bool                     // are listed
	}{
		{"one fault in every row", func(int, int) bool { return true }, 0, false},
		{"and rows with a fault of their own", func(int, int) bool { return true }, 3, false},
		{"a fault in most rows", func(row, rows int) bool { return row < rows*8/10 }, 0, true},
	} {
		r := annexatest.New(26, 3000)
		l := r.Lists[7]
		n, wrong := len(l.Rows), 0
		for i, row := range l.Rows {
			if c.wrong(i, n) {
				row[slices.Index(l.Headings, ethnicity)] = "Martian"
				wrong++
			}
			if i >= n-c.blank {
				row[slices.Index(l.Headings, gender)] = ""
			}
		}
		source := Source{Name: "List 8.csv", Data: r.CSV()["List 8.csv"]}
		report := checked(t, Options{AsOf: r.AsOf, Single: true}, source)
		if cause := causeOf(report, "S04/8/Ethnicity"); cause == nil || cause.Verdict != Extract {
			t.Fatalf("%s: %+v", c.what, cause)
		}
		own := map[int]bool{} // rows with another finding
		for _, cause := range report.Causes {
			for _, row := range cause.Rows {
				if cause.Rule != "S04" {
					own[row] = true
				}
			}
		}
		if len(own) < c.blank {
			t.Fatalf("%s: %d rows have a fault of their own", c.what, len(own))
		}
		rows, err := findingsBook(t, report, source).GetRows("List 8")
		if err != nil {
			t.Fatal(err)
		}
		listed := rows[4:]
		if c.allRows {
			if len(listed) < wrong || strings.Join(rows[2], "") != "" {
				t.Errorf("%s: %d rows of %d, %q", c.what, len(listed), wrong, rows[2])
			}
			continue
		}
		if len(listed) != mostAlike+len(own) {
			t.Errorf("%s: %d rows are listed, %d have a fault of their own", c.what, len(listed), len(own))
		}
		says := fmt.Sprintf("%d more rows are left out here: nothing is wrong in them but what is wrong in nearly every row, which one repair of the extract mends. Ethnicity: the value is not a permitted code [S04].", n-mostAlike-len(own))
		if strings.Join(rows[2], "") != says {
			t.Errorf("%s: it says %q, not %q", c.what, rows[2], says)
		}
		if c.blank > 0 && !strings.Contains(listed[len(listed)-1][1], "Gender") {
			t.Errorf("%s: the last row has %q", c.what, listed[len(listed)-1][1])
		}
	}
}

// TestAWorkbookOfFindingsIsNotTakenForTheReturn: an analyst keeps it beside the
// return, and it goes before it by name.
func TestAWorkbookOfFindingsIsNotTakenForTheReturn(t *testing.T) {
	ret := annexatest.New(41, 1000)
	annexatest.Plant(ret, 41, 100)
	data, err := ret.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{AsOf: ret.AsOf}
	source := Source{Name: "return.xlsx", Data: data}
	alone := checked(t, o, source)
	var b bytes.Buffer
	if err := alone.WriteFindings(t.Context(), &b, []Source{source}); err != nil {
		t.Fatal(err)
	}
	findings := Source{Name: "findings.xlsx", Data: b.Bytes()}
	beside := checked(t, o, findings, source)
	if beside.Totals != alone.Totals || unread(beside, "findings") != 11 || unread(beside, "second copy") != 0 {
		t.Errorf("beside its findings the return has %+v, alone %+v; passed over %+v", beside.Totals, alone.Totals, beside.Unread)
	}
	var e *ReadError
	if _, err := Check(t.Context(), []Source{findings}, o); !errors.As(err, &e) || !strings.Contains(e.Sentence, "It is a workbook of findings") || !strings.HasSuffix(e.Sentence, "Give the files that hold Lists 1 to 11") {
		t.Errorf("the findings alone: %v", err)
	}
}
