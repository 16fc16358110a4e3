package annexa

import (
	"bytes"
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

func TestDatesAndNumbersAreShownAsPeopleReadThem(t *testing.T) {
	for what, c := range map[string]struct {
		cell tabular.Cell
		want xlsxCell
	}{
		"a date cell":                   {tabular.Cell{Value: "46350", Kind: tabular.Date}, xlsxCell{value: "24/11/2026"}},
		"a count":                       {tabular.Cell{Value: "3", Kind: tabular.Number}, xlsxCell{value: "3", number: true}},
		"a negative age":                {tabular.Cell{Value: "-1", Kind: tabular.Number}, xlsxCell{value: "-1", number: true}},
		"an identity number":            {tabular.Cell{Value: "123456789012", Kind: tabular.Number}, xlsxCell{value: "123456789012"}},
		"a formula never worked out":    {tabular.Cell{Kind: tabular.Formula}, xlsxCell{value: "(a formula)"}},
		"text that begins with a minus": {tabular.Cell{Value: "-1+1"}, xlsxCell{value: "'-1+1"}},
	} {
		if got := shown(stylePlain, c.cell, false); got != c.want {
			t.Errorf("%s is shown as %+v", what, got)
		}
	}
}
