package tabular

import (
	"bytes"
	"io"
	"slices"
)

// ods is an OpenDocument spreadsheet. All its tabs are in one part, one after
// another: the reading stops where a tab ends, and goes on from there when a
// later tab is read next.
//
// The file says of a date what it is, not how many days it is from an epoch:
// such a cell is Text in ISO form, 2026-11-24, and 2026-11-24T09:30:00 when
// the time is not midnight exactly. A time of day is Text too: 09:30:00.
type ods struct {
	pack *pack
	tabs int
	at   *cursor
}

const content = "content.xml"

// openODS finds the tabs. It reads the content to its end to do so.
func (f *File) openODS(p *pack) error {
	if err := p.checkODS(); err != nil {
		return err
	}
	hidden, style := map[string]bool{}, ""
	err := p.scan(small(), content, func(s *scanner) error {
		switch string(s.name) {
		case "style":
			style = string(s.attr("name"))
		case "table-properties":
			if string(s.attr("display")) == "false" && len(hidden) < maxStyles {
				hidden[style] = true
			}
		case "table":
			if !s.atTab() {
				return nil
			}
			if len(f.Tables) == maxTabs {
				return problem(tooManyTabs)
			}
			name := string(valid(s.attr("name")))
			f.Tables = append(f.Tables, Table{Tab: name, Hidden: hidden[string(s.attr("style-name"))]})
		}
		return nil
	}, nil)
	f.Kind, f.format = "ods", &ods{pack: p, tabs: len(f.Tables)}
	if err == nil && len(f.Tables) == 0 {
		err = problem("The workbook has no tab with cells in it. Give the workbook that holds the lists")
	}
	return err
}

// checkODS refuses other OpenDocument files, and those that are encrypted.
func (p *pack) checkODS() error {
	r, err := p.parts["mimetype"].Open()
	if err != nil {
		return err
	}
	defer r.Close()
	kind, err := io.ReadAll(io.LimitReader(r, 256))
	switch {
	case err != nil:
		return err
	case !bytes.HasPrefix(kind, []byte("application/vnd.oasis.opendocument.spreadsheet")):
		return problem("The file is an OpenDocument file, but no spreadsheet. Give the workbook or CSV files that hold the lists")
	case !p.has("meta-inf/manifest.xml"):
		return nil
	}
	return p.scan(small(), "meta-inf/manifest.xml", func(s *scanner) error {
		if string(s.name) == "encryption-data" {
			return problem(password)
		}
		return nil
	}, nil)
}

// atTab says whether the element that has just started is a tab, and no table
// within a cell or drawing.
func (s *scanner) atTab() bool {
	return s.depth == 4 && string(s.name) == "table" && string(local(s.open[s.marks[2]:s.marks[3]])) == "spreadsheet"
}

// cursor is a place in the content.
type cursor struct {
	s     *scanner
	m     *meter
	b     *builder
	table int // tabs that have started
	skip  int // the depth of an element whose insides say nothing; 0 for none

	row, rows int // the row's number, and how many rows are like it
	column    int // of the next cell, from 0
	columns   int // how many cells are like the one that is open
	cell      int // the depth of the cell that is open; 0 for none

	kind            string // the cell's value-type
	value, text     []byte
	formula, failed bool
	covered         bool // by a merged cell
	paras, para     int  // paragraphs so far; the depth of the one that is open
}

// read reads one tab.
func (o *ods) read(m *meter, t Table, b *builder) error {
	c := o.at
	o.at = nil
	if c == nil || c.table >= t.Index {
		_, s, err := o.pack.open(m, content, 0)
		if err != nil {
			return err
		}
		c = &cursor{s: s, m: m}
	}
	c.m.ctx, c.m.progress, c.b = m.ctx, m.progress, b
	if err := c.find(t.Index); err != nil {
		return err
	}
	err := c.rowsOf()
	if _, stop := err.(stopped); err == nil || stop {
		o.at = c
	}
	if err == nil && t.Index == o.tabs {
		m.progress(m.total, m.total) // what is left of the content is of no table
	}
	return err
}

// find goes to where a tab starts.
func (c *cursor) find(index int) error {
	for {
		tok, err := c.s.next()
		if err != nil {
			return cutShort(err)
		}
		if tok != startTag || !c.s.atTab() {
			continue
		}
		if c.table++; c.table == index {
			c.skip, c.row, c.rows, c.cell, c.para = 0, 0, 0, 0, 0
			return nil
		}
	}
}

// rowsOf reads the rows of the tab that has just started.
func (c *cursor) rowsOf() error {
	for {
		tok, err := c.s.next()
		if err != nil {
			return cutShort(err)
		}
		switch {
		case tok == endTag && c.s.depth == 3:
			return nil
		case tok == endTag && c.skip > 0:
			if c.s.depth < c.skip {
				c.skip = 0
			}
		case c.skip > 0:
		case tok == startTag:
			err = c.startElement()
		case tok == endTag:
			err = c.endElement()
		case c.para > 0:
			err = c.add(c.s.text)
		}
		if err != nil {
			return err
		}
	}
}

func (c *cursor) startElement() error {
	name := string(c.s.name)
	switch {
	case c.para > 0:
		return c.inParagraph(name)
	case c.cell > 0 && name == "p":
		c.para = c.s.depth
		if c.paras++; c.paras > 1 {
			return c.add([]byte("\n"))
		}
		return nil
	case c.cell > 0, name == "shapes", name == "forms":
		c.skip = c.s.depth
	case name == "table-row":
		c.row += c.rows
		c.column = 0
		n, err := c.repeated("number-rows-repeated")
		if c.rows = n; c.row == 0 {
			c.row = 1
		}
		return err
	case name == "table-cell", name == "covered-table-cell":
		return c.startCell(name == "covered-table-cell")
	}
	return nil
}

// repeated gives how many times the element stands for itself.
func (c *cursor) repeated(name string) (int, error) {
	v := c.s.attr(name)
	if v == nil {
		return 1, nil
	}
	n := number(v)
	if n < 1 {
		return 1, errMalformed
	}
	return n, nil
}

func (c *cursor) startCell(covered bool) (err error) {
	c.cell, c.covered, c.paras = c.s.depth, covered, 0
	c.kind, c.value, c.text = "", c.value[:0], c.text[:0]
	c.formula, c.failed = false, false
	if c.columns, err = c.repeated("number-columns-repeated"); err != nil {
		return err
	}
	for rest := c.s.attrs; ; {
		full, value, ok := c.s.nextAttr(&rest)
		if !ok {
			return nil
		}
		prefix, name, _ := bytes.Cut(full, []byte(":"))
		switch string(name) {
		case "value-type":
			if string(prefix) == "calcext" {
				c.failed = string(value) == "error"
				continue
			}
			c.kind = kindName(value)
		case "value", "date-value", "time-value", "boolean-value", "string-value":
			c.value = append(c.value[:0], value...)
		case "formula":
			c.formula = true
		}
	}
}

// kindName is a value-type, without an allocation for those there are.
func kindName(b []byte) string {
	names := [...]string{"float", "string", "date", "percentage", "currency", "boolean", "time"}
	if i := slices.IndexFunc(names[:], func(n string) bool { return n == string(b) }); i >= 0 {
		return names[i]
	}
	return ""
}

// inParagraph takes an element within text.
func (c *cursor) inParagraph(name string) error {
	switch name {
	case "annotation", "note", "ruby-text", "frame":
		c.skip = c.s.depth
	case "s":
		n, err := c.repeated("c")
		if err != nil || n > maxToken {
			return errMalformed
		}
		return c.add(bytes.Repeat([]byte(" "), n))
	case "tab":
		return c.add([]byte("\t"))
	case "line-break":
		return c.add([]byte("\n"))
	}
	return nil
}

// add adds text, its spaces as they are: LibreOffice does not fold them either.
func (c *cursor) add(text []byte) error {
	if c.text = append(c.text, text...); len(c.text) > maxToken {
		return errTooLong
	}
	return nil
}

func (c *cursor) endElement() error {
	depth := c.s.depth + 1
	switch {
	case depth == c.para:
		c.para = 0
	case depth == c.cell:
		c.cell = 0
		err := c.endCell()
		c.column = min(c.column+c.columns, maxColumns+1)
		return err
	case c.cell == 0 && string(c.s.name) == "table-row":
		return c.b.done(c.row, c.rows)
	}
	return nil
}

// endCell puts the cell that has ended in its place, as often as it is repeated.
func (c *cursor) endCell() error {
	value, kind := c.content()
	if c.covered || len(value) == 0 && kind == Text {
		return nil
	}
	if c.column+c.columns > maxColumns {
		return problem(tooWide)
	}
	if err := c.b.putBytes(c.column, value, kind); err != nil {
		return err
	}
	return c.b.again(c.column, c.columns-1)
}

// content gives what the cell holds.
func (c *cursor) content() ([]byte, Kind) {
	switch {
	case c.failed:
		return c.text, Failed
	case c.formula && c.kind == "" && len(c.text) == 0:
		return nil, Formula
	}
	switch c.kind {
	case "float", "percentage", "currency":
		if value, ok := decimal(bytes.TrimSpace(c.value)); ok {
			return value, Number
		}
		return c.value, Text
	case "date":
		return isoDate(c.value), Text
	case "time":
		return clock(c.value), Text
	case "boolean":
		if truth(c.value) {
			return []byte("TRUE"), Bool
		}
		return []byte("FALSE"), Bool
	case "string":
		if len(c.value) > 0 {
			return c.value, Text
		}
	}
	return c.text, Text
}

// clock gives PT09H30M00S as 09:30:00.
func clock(b []byte) []byte {
	rest, ok := bytes.CutPrefix(b, []byte("PT"))
	h, rest, okH := bytes.Cut(rest, []byte("H"))
	m, rest, okM := bytes.Cut(rest, []byte("M"))
	s, rest, okS := bytes.Cut(rest, []byte("S"))
	if !ok || !okH || !okM || !okS || len(rest) > 0 {
		return b
	}
	return bytes.Join([][]byte{h, m, s}, []byte(":"))
}
