package tabular

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const (
	notText  = "The file is not text that can be read. Open it in Excel, save it as CSV UTF-8, and try again"
	cutOff   = "The file is cut short. Save it as CSV UTF-8 again, and try again"
	unclosed = "A quotation mark that opens in row %d is never closed. Take it out or close it, save the file, and try again"
	maxField = 1 << 20 // bytes; a cell of Excel's holds 32,767 characters
)

// text is a file of delimited text. It is read as Excel reads it: blank lines
// count as rows, a quotation mark opens a field only at its start, and what
// follows the closing one belongs to the field.
//
// encoding/csv passes over blank lines, so that its records cannot be numbered
// as Excel numbers rows, and with LazyQuotes it takes a mark that is never
// closed for the end of the file.
type text struct {
	src    Source
	skip   int64 // bytes of the byte-order mark that are no text
	decode func(io.Reader) io.Reader
	sep    byte
	sepRow bool // the first line only names the separator: sep=;
}

// openCSV finds out the encoding and the separator.
func (f *File) openCSV() error {
	t := &text{src: f.src}
	if err := t.encoding(); err != nil {
		return err
	}
	head := make([]byte, window)
	n, err := io.ReadFull(t.decode(t.src.from(t.skip)), head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return problem(notText)
	}
	t.separator(head[:n])
	f.Kind, f.format, f.Tables = "csv", t, []Table{{}}
	return nil
}

// encoding tells UTF-8, UTF-16 with a byte-order mark and Windows-1252 apart.
func (t *text) encoding() error {
	t.decode = func(r io.Reader) io.Reader { return r }
	var head [3]byte
	n, err := io.ReadFull(t.src.from(0), head[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	utf16 := bytes.HasPrefix(head[:n], []byte("\xFF\xFE")) || bytes.HasPrefix(head[:n], []byte("\xFE\xFF"))
	switch {
	case utf16 && t.src.Bytes()%2 != 0:
		return problem(cutOff)
	case utf16:
		t.decode = func(r io.Reader) io.Reader {
			return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r)
		}
		return nil
	}
	var l looks
	switch err := l.over(t.src.from(0)); {
	case err != nil:
		return err
	case l.nul:
		return problem(notText)
	case string(head[:n]) == "\xEF\xBB\xBF":
		t.skip = 3
	case l.utf8 && l.rest == 0:
	case l.utf8 && t.beyond(t.src.Bytes()-int64(l.rest)):
		return problem(cutOff)
	default:
		t.decode = charmap.Windows1252.NewDecoder().Reader
	}
	return nil
}

// looks is what the bytes of a file look like.
type looks struct {
	nul  bool // one is zero
	utf8 bool // all are UTF-8, but for the rest
	rest int  // bytes at the end of a character that lacks its last ones
}

// over looks over a file, as far as it has to.
func (l *looks) over(r io.Reader) error {
	l.utf8 = true
	buf := make([]byte, window)
	for {
		n, err := r.Read(buf[l.rest:])
		now := buf[:l.rest+n]
		if l.nul = bytes.IndexByte(now[l.rest:], 0) >= 0; l.nul {
			return nil
		}
		if l.utf8 {
			l.rest = unended(now)
			whole := now[:len(now)-l.rest]
			l.utf8 = utf8.Valid(whole)
			copy(buf, now[len(whole):])
		}
		if !l.utf8 {
			l.rest = 0
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// beyond reports whether there are characters beyond ASCII before a place in the
// file, which show that its encoding is UTF-8 and no other.
func (t *text) beyond(end int64) bool {
	r := bufio.NewReaderSize(io.LimitReader(t.src.from(0), end), window)
	for {
		b, err := r.ReadByte()
		if err != nil || b >= utf8.RuneSelf {
			return err == nil
		}
	}
}

// unended is how many bytes at the end begin a character and do not end it.
func unended(data []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(data); n++ {
		if tail := data[len(data)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// separators are those that are looked for, the likeliest first.
var separators = []byte{',', ';', '\t', '|'}

// separator is whichever of them the first lines hold most of, outside
// quotation marks: half of the lines have at least as many.
func (t *text) separator(head []byte) {
	t.sep = ','
	if line, _, _ := bytes.Cut(head, []byte("\n")); len(line) >= 5 && bytes.EqualFold(line[:4], []byte("sep=")) && len(bytes.TrimSpace(line[5:])) == 0 {
		t.sep, t.sepRow = line[4], true
		return
	}
	counts := countSeparators(head, 20)
	best, most := 0, 0
	for i, sep := range separators {
		n := counts[i]
		slices.Sort(n)
		total := 0
		for _, c := range n {
			total += c
		}
		if middle := n[len(n)/2]; middle > best || middle == best && total > most {
			t.sep, best, most = sep, middle, total
		}
	}
}

// countSeparators counts each separator in each of the first lines that are
// not blank.
func countSeparators(head []byte, lines int) [][]int {
	counts := make([][]int, len(separators))
	now, quoted, start, blank := make([]int, len(separators)), false, true, true
	flush := func() {
		for i := range counts {
			counts[i], now[i] = append(counts[i], now[i]), 0
		}
		start, blank, lines = true, true, lines-1
	}
	for i := 0; i < len(head) && lines > 0; i++ {
		c := head[i]
		switch sep := bytes.IndexByte(separators, c); {
		case quoted:
			quoted = c != '"'
		case c == '"' && (start || i > 0 && head[i-1] == '"'):
			quoted, start, blank = true, false, false
		case (c == '\n' || c == '\r') && !blank:
			flush()
		case c == '\n' || c == '\r':
		case sep >= 0:
			if i+1 == len(head) || head[i+1] != ' ' { // a comma and a space is prose
				now[sep]++
			}
			start, blank = true, false
		default:
			start, blank = false, false
		}
	}
	if !blank && lines > 0 || len(counts[0]) == 0 {
		flush()
	}
	return counts
}

// read reads the rows.
func (t *text) read(m *meter, _ Table, b *builder) error {
	size := t.src.Bytes() - t.skip
	m.open(t.src.from(t.skip), t.skip, size, size)
	r, buf := t.decode(m), make([]byte, window)
	rec := &records{b: b, sep: t.sep, row: 1}
	if t.sepRow {
		rec.row, rec.state = 0, inComment
	}
	for {
		n, err := r.Read(buf)
		if bytes.IndexByte(buf[:n], 0) >= 0 {
			return problem(notText)
		}
		if err := rec.feed(buf[:n]); err != nil {
			return err
		}
		switch {
		case err == io.EOF:
			return rec.finish()
		case err != nil:
			return err
		}
	}
}

// state is where in a record the reading is.
type state uint8

const (
	atStart   state = iota // of a field
	inField                // not quoted, or after its closing mark
	inQuotes               // between the marks
	afterMark              // that closes, unless another follows
	inComment              // the line that names the separator
)

// records takes text apart, piece by piece.
type records struct {
	b      *builder
	sep    byte
	state  state
	field  []byte // so far
	column int
	row    int
	opened int  // the row in which the last quotation mark opened
	lines  bool // the quoted field has a line end in it
	cr     bool // the byte before was a carriage return that ended a line
}

// feed takes the next piece.
func (c *records) feed(p []byte) error {
	for i := 0; i < len(p); {
		n, err := c.step(p[i:])
		if err != nil {
			return err
		}
		i += n
	}
	return nil
}

// step takes one byte, or as many as belong together, and says how many.
func (c *records) step(p []byte) (int, error) {
	if c.cr {
		c.cr = false
		if p[0] == '\n' {
			return 1, nil
		}
	}
	switch c.state {
	case inQuotes:
		return c.quoted(p)
	case afterMark:
		return 1, c.afterMark(p[0])
	case inComment:
		if p[0] == '\n' {
			c.state, c.row = atStart, 1
		}
		return 1, nil
	case atStart:
		if p[0] == '"' {
			c.state, c.opened, c.lines = inQuotes, c.row, false
			return 1, nil
		}
	}
	return c.plain(p)
}

// plain takes what is outside quotation marks, up to the end of the field.
func (c *records) plain(p []byte) (int, error) {
	n := 0
	for n < len(p) && p[n] != c.sep && p[n] != '\n' && p[n] != '\r' {
		n++
	}
	if n == len(p) {
		c.state = inField
		return n, c.add(p)
	}
	if len(c.field) > 0 {
		if err := c.add(p[:n]); err != nil {
			return 0, err
		}
		return n + 1, c.end(c.field, p[n])
	}
	return n + 1, c.end(p[:n], p[n])
}

// quoted takes what is between quotation marks.
func (c *records) quoted(p []byte) (int, error) {
	n := bytes.IndexByte(p, '"')
	if n < 0 {
		n = len(p)
	} else {
		c.state = afterMark
	}
	c.lines = c.lines || bytes.IndexByte(p[:n], '\n') >= 0
	return min(n+1, len(p)), c.add(p[:n])
}

// afterMark takes what follows a mark within quotation marks. One that neither
// closes the field nor is doubled is let be, but in a field that runs over
// lines it is more likely the next field's: the one before was never closed.
func (c *records) afterMark(b byte) error {
	switch {
	case b == '"':
		c.state = inQuotes
		return c.add([]byte{b})
	case b == c.sep || b == '\n' || b == '\r':
		return c.end(c.field, b)
	case c.lines:
		return problem(fmt.Sprintf(unclosed, c.opened))
	}
	c.state = inField
	return c.add([]byte{b})
}

// add adds to the field.
func (c *records) add(p []byte) error {
	if len(c.field)+len(p) <= maxField {
		c.field = append(c.field, p...)
		return nil
	}
	if c.state == inQuotes || c.state == afterMark {
		return problem(fmt.Sprintf(unclosed, c.opened))
	}
	return problem(rowTooLong)
}

// end ends the field, and the row unless a separator follows.
func (c *records) end(field []byte, by byte) error {
	c.state = atStart
	switch {
	case c.column >= maxColumns:
		return problem(tooWide)
	case len(field) > 0:
		if err := c.b.putBytes(c.column, field, Text); err != nil {
			return err
		}
	}
	c.field = c.field[:0]
	c.column++
	if by == c.sep {
		return nil
	}
	c.cr, c.column = by == '\r', 0
	err := c.b.done(c.row, 1)
	c.row++
	return err
}

// finish ends the last row, which may have no line end.
func (c *records) finish() error {
	switch {
	case c.state == inQuotes:
		return problem(fmt.Sprintf(unclosed, c.opened))
	case c.state == inComment, c.state == atStart && c.column == 0:
		return nil
	}
	return c.end(c.field, '\n')
}
