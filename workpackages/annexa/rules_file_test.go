package annexa

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbookExamples show rules at work on what only a workbook has: tabs, kinds of
// cell, formulas. They count as examples beside those of testdata/rules.
var workbookExamples = []struct {
	rule, shows string
	make        func(b *bookMaker)
	want        []string
}{
	{"F06", "a tab that is hidden, or hidden so that only a program can show it", func(b *bookMaker) {
		b.list("List_1", 1, nil)
		b.list("List_6", 6, nil)
		b.list("List_7", 7, nil)
		b.do(b.SetSheetVisible("List_6", false))
		b.do(b.SetSheetVisible("List_7", false, true))
	}, []string{"list 6", "list 7"}},
	{"F06", "a hidden tab that holds no list is nobody's loss", func(b *bookMaker) {
		b.list("List_1", 1, nil)
		b.tab("Lookups", []any{"Team", "Code"}, []any{"North", "N"})
		b.do(b.SetSheetVisible("Lookups", false))
	}, nil},
	{"F02", "the list in two tabs of a workbook", func(b *bookMaker) {
		b.list("List_3", 3, nil)
		b.list("List 3", 3, nil)
		b.list("List_4", 4, nil)
	}, []string{"list 3"}},
	{"F03", "a tab with the name of List 6 and the headings of List 7", func(b *bookMaker) {
		b.list("List_6", 7, nil)
		b.list("Contacts", 1, nil)
		b.list("Sheet3", 8, nil)
	}, []string{"list 7"}},
	{"S01H", "headings in row 2, under the list's title, as the template has them", func(b *bookMaker) {
		b.tab("List_2", []any{"List 2: Early Help"}, []any{childID, gender, ethnicity, birth, age, "Assessment start date ", "Organisation completing assessment"})
	}, []string{"list 2: Assessment completion date"}},
	{"S10F", "a formula that was written and never worked out, in any column", func(b *bookMaker) {
		b.list("List_6", 6, func(row int, heading string) any {
			switch {
			case row == 1 && (heading == team || heading == "CIN Start Date"):
				return formula(`VLOOKUP("A1",Lookups!A:B,2)`)
			case row == 2 && heading == childID:
				return formula(`TEXT(12,"000000")`)
			}
			return nil
		})
	}, []string{"list 6 row 2: Allocated Team", "list 6 row 2: CIN Start Date", "list 6 row 3: Child Unique ID"}},
	{"S10", "a spreadsheet's error, as text", func(b *bookMaker) {
		b.list("List_6", 6, func(row int, heading string) any {
			if row == 1 && heading == worker {
				return "#N/A"
			}
			return nil
		})
	}, []string{"list 6 row 2: Allocated Worker"}},
	{"S05", "date cells, with a time or without, and text beside them", func(b *bookMaker) {
		b.list("List_1", 1, func(row int, heading string) any {
			if heading != "Date of Contact" {
				return nil
			}
			return []any{time.Date(2026, 9, 14, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 14, 9, 30, 0, 0, time.UTC), "14/09/2026", true}[row-1]
		})
	}, []string{"list 1 row 5: Date of Contact"}},
	{"S06", "a date cell with nought or one in it, which is shown as January 1900", func(b *bookMaker) {
		b.list("List_11", 11, func(row int, heading string) any {
			if heading != "Date Stage 1 started" {
				return nil
			}
			return []any{dateCell(0), dateCell(1), dateCell(2), time.Date(2026, 9, 14, 0, 0, 0, 0, time.UTC)}[row-1]
		})
	}, []string{"list 11 row 2: Date Stage 1 started", "list 11 row 3: Date Stage 1 started"}},
	{"N01", "number cells, whole or not, and text", func(b *bookMaker) {
		b.list("List_3", 3, func(row int, heading string) any {
			if heading != "Number of Referrals in Last 12 Months" {
				return nil
			}
			return []any{2, 2.0, 1.5, "two"}[row-1]
		})
	}, []string{"list 3 row 4: Number of Referrals in Last 12 Months", "list 3 row 5: Number of Referrals in Last 12 Months"}},
}

func TestEachRuleFindsWhatItsWorkbookShows(t *testing.T) {
	for _, e := range workbookExamples {
		t.Run(e.rule+": "+e.shows, func(t *testing.T) {
			b := &bookMaker{File: excelize.NewFile(), t: t}
			b.tab("Front_Sheet", []any{"Annex A"})
			b.do(b.DeleteSheet("Sheet1"))
			e.make(b)
			data, err := b.WriteToBuffer()
			b.do(err)
			r, err := Check(context.Background(), []Source{{Name: "Annex A.xlsx", Data: data.Bytes()}},
				Options{AsOf: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), Single: true})
			b.do(err)
			if got := r.run.findingsOf(ruleByID(e.rule)); !slices.Equal(got, e.want) {
				t.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(e.want, "\n  "))
			}
		})
	}
}

// bookMaker is a workbook that a test makes.
type bookMaker struct {
	*excelize.File
	t *testing.T
}

type (
	formula  string  // a cell with a formula and no value
	dateCell float64 // a serial number that is shown as a date
)

func (b *bookMaker) do(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// tab adds a tab with rows of cells.
func (b *bookMaker) tab(name string, rows ...[]any) {
	b.t.Helper()
	_, err := b.NewSheet(name)
	b.do(err)
	for y, cells := range rows {
		for x, v := range cells {
			at, err := excelize.CoordinatesToCellName(x+1, y+1)
			b.do(err)
			switch v := v.(type) {
			case formula:
				b.do(b.SetCellFormula(name, at, string(v)))
			case dateCell:
				style, err := b.NewStyle(&excelize.Style{NumFmt: 14})
				b.do(err)
				b.do(b.SetCellValue(name, at, float64(v)))
				b.do(b.SetCellStyle(name, at, at, style))
			default:
				b.do(b.SetCellValue(name, at, v))
			}
		}
	}
}

// list adds a tab with a list's headings and four rows. cell gives what stands
// in one, by row from 1; nil is what says nothing about the rule.
func (b *bookMaker) list(name string, number int, cell func(row int, heading string) any) {
	b.t.Helper()
	l := load().lists[number-1]
	rows := make([][]any, 5)
	for _, c := range l.Columns {
		rows[0] = append(rows[0], c.Heading)
		for row := 1; row <= 4; row++ {
			v := any(nil)
			if cell != nil {
				v = cell(row, c.Heading)
			}
			if v == nil {
				v = filler(l, c.Heading, row)
			}
			rows[row] = append(rows[row], v)
		}
	}
	b.tab(name, rows...)
}

// TestADisputeIsSaidWhereItIsOne: that sources read the letters of List 11's gender
// differently is no doubt about a gender elsewhere.
func TestADisputeIsSaidWhereItIsOne(t *testing.T) {
	for _, c := range []struct {
		list int
		cell string
		says bool
	}{{3, "F", false}, {11, "F", false}, {11, "c", true}} {
		row := fullRow(c.list)
		row[slices.Index(headings(c.list), any(gender))] = c.cell
		r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List", [][]any{headings(c.list), another(c.list), row}})})
		i := slices.IndexFunc(r.Causes, func(x Cause) bool { return x.Column == gender })
		if i < 0 || strings.Contains(r.Causes[i].Disputed, "List 11") != c.says {
			t.Errorf("List %d, %s: %+v", c.list, c.cell, r.Causes)
		}
	}
}
