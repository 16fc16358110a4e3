package annexatest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// guidanceTabs stand before the lists in Ofsted's workbook.
var guidanceTabs = []string{"Front_Sheet", "FAQ_and_changes", "Guidance", "Codes_used"}

// above is how many rows stand over the first row of a list's cells.
func (r *Return) above() int {
	if r.Official {
		return 2
	}
	return 1
}

// XLSX writes the return as one workbook: dates as date cells, numbers as
// numbers, identity numbers and codes as text. A date that is none, as a fault
// may have made it, stays text.
func (r *Return) XLSX() ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if r.Official {
		for i, tab := range guidanceTabs {
			if err := addTab(f, tab, i == 0); err != nil {
				return nil, err
			}
			if err := f.SetCellStr(tab, "A1", "Made-up return: nobody in it is real"); err != nil {
				return nil, fmt.Errorf("write tab %s: %w", tab, err)
			}
		}
	}
	format := "dd/mm/yyyy"
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return nil, fmt.Errorf("make the date style: %w", err)
	}
	for i, l := range r.Lists {
		if err := addTab(f, l.Tab, i == 0 && !r.Official); err != nil {
			return nil, err
		}
		if err := r.writeTab(f, l, style); err != nil {
			return nil, fmt.Errorf("write tab %s: %w", l.Tab, err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, fmt.Errorf("write the workbook: %w", err)
	}
	return b.Bytes(), nil
}

// addTab adds a tab; the first takes over the one that a new workbook has.
func addTab(f *excelize.File, tab string, first bool) error {
	if first {
		return f.SetSheetName(f.GetSheetName(0), tab)
	}
	_, err := f.NewSheet(tab)
	return err
}

func (r *Return) writeTab(f *excelize.File, l *List, style int) error {
	w, err := f.NewStreamWriter(l.Tab)
	if err != nil {
		return err
	}
	at := 1
	put := func(values []any) error {
		where := "A" + strconv.Itoa(at)
		at++
		return w.SetRow(where, values)
	}
	if r.Official {
		if err := put([]any{templates[l.Number-1].title}); err != nil {
			return err
		}
	}
	values := make([]any, len(l.Headings))
	for i, h := range l.Headings {
		values[i] = h
	}
	if err := put(values); err != nil {
		return err
	}
	for _, row := range l.Rows {
		for i, c := range row {
			values[i] = typed(l.Headings[i], c, style)
		}
		if err := put(values); err != nil {
			return err
		}
	}
	return w.Flush()
}

// firstSerial is the day a workbook counts from: 1 is 1 January 1900, and 60 a
// 29 February 1900 that never was, so serials run true from 1 March 1900.
var firstSerial = func() day { d, _ := parseDay("30/12/1899"); return d }()

// typed is a cell as a workbook holds it.
func typed(heading, c string, dateStyle int) any {
	switch {
	case c == "":
		return nil
	case kinds[heading] == date:
		d, ok := parseDay(c)
		if !ok || d < firstSerial+2 {
			return c
		}
		serial := int(d - firstSerial)
		if serial <= 60 {
			serial--
		}
		return excelize.Cell{StyleID: dateStyle, Value: serial}
	case kinds[heading] == number:
		if n, err := strconv.Atoi(c); err == nil {
			return n
		}
	}
	return c
}

// CSV writes the return as eleven files, by file name, in UTF-8.
func (r *Return) CSV() map[string][]byte {
	files := map[string][]byte{}
	for _, l := range r.Lists {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if r.Official {
			_ = w.Write([]string{templates[l.Number-1].title}) // a buffer takes every write
		}
		_ = w.Write(l.Headings)
		_ = w.WriteAll(l.Rows)
		files[l.Tab+".csv"] = b.Bytes()
	}
	return files
}

// StreamContacts writes List 1 alone as a CSV of the given number of rows, a row
// at a time, so that the memory taken does not grow with the rows. The rows are
// clean but for what needs the other lists; half the children have one contact
// and half two.
func StreamContacts(w io.Writer, seed uint64, rows int) error {
	o := Options{Seed: seed, Rows: Fewest, AsOf: defaultAsOf}
	g := newGen(o, 0)
	l := g.ret.Lists[0]
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	if err := out.Write(l.Headings); err != nil {
		return fmt.Errorf("write the headings: %w", err)
	}
	var p *person
	var on day
	for i := range rows {
		if i%3 == 2 { // the child of the row before, on a later day or an earlier one
			on = g.window + (on-g.window+1+g.days(0, 100))%(g.asOf-g.window+1)
		} else {
			p, on = g.child(i, g.window), g.between(g.window, g.asOf)
		}
		g.add(1, p, cells{contactDate: on, contactSource: g.source(i)})
		if err := out.Write(l.Rows[0]); err != nil {
			return fmt.Errorf("write row %d: %w", i+2, err)
		}
		l.Rows = l.Rows[:0]
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write List 1: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write List 1: %w", err)
	}
	return nil
}
