package tabular

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

const (
	maxStyles     = 1 << 16 // Excel has 65,490
	maxStrings    = 1 << 22 // different texts in a workbook
	maxStringText = 1 << 28 // bytes of them together
	stringChunk   = 1 << 16 // bytes of them that share an allocation
)

// xlsx is an Excel workbook, in either of the namespaces that it may be in:
// elements are known by their names without a prefix.
type xlsx struct {
	pack    *pack
	sheets  []string // the part of each table
	strings string   // the part that the shared strings are in; may be empty
	dates   []bool   // whether each cell style shows dates
	shared  []string // once they have been read
	loaded  bool
}

// relations are the lines of a .rels part.
type relations struct {
	byID  map[string]relation
	first map[string]string // the target of the first of a kind
}

type relation struct{ kind, target string }

// openXLSX finds the tabs.
func (f *File) openXLSX(p *pack) error {
	book, err := p.workbook()
	if err != nil {
		return err
	}
	rels, err := p.relations(book)
	if err != nil {
		return err
	}
	x := &xlsx{pack: p}
	f.Kind, f.format = "xlsx", x
	if err := f.tabs(x, book, rels); err != nil {
		return err
	}
	x.strings = rels.first["sharedStrings"]
	if styles := rels.first["styles"]; p.has(styles) {
		if err := x.styles(styles); err != nil {
			return err
		}
	}
	if len(f.Tables) == 0 {
		return problem("The workbook has no tab with cells in it. Give the workbook that holds the lists")
	}
	return nil
}

// workbook finds the part that lists the tabs.
func (p *pack) workbook() (string, error) {
	rels, err := p.relations("")
	if err != nil {
		return "", err
	}
	if book := rels.first["officeDocument"]; p.has(book) {
		return book, nil
	}
	if p.has("xl/workbook.xml") {
		return "xl/workbook.xml", nil
	}
	return "", problem("The file is not a workbook. Give an Excel workbook (.xlsx), CSV files, or a folder of them")
}

// relations gives what a part refers to. There may be nothing.
func (p *pack) relations(part string) (relations, error) {
	dir, name := path.Split(part)
	rels, found := dir+"_rels/"+name+".rels", relations{map[string]relation{}, map[string]string{}}
	if !p.has(rels) {
		return found, nil
	}
	err := p.scan(small(), rels, func(s *scanner) error {
		if string(s.name) != "Relationship" || len(found.byID) >= maxParts {
			return nil
		}
		kind, target := string(s.attr("Type")), strings.ReplaceAll(string(s.attr("Target")), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		rel := relation{path.Base(kind), fold(path.Clean(target))}
		found.byID[string(s.attr("Id"))] = rel
		if _, again := found.first[rel.kind]; !again {
			found.first[rel.kind] = rel.target
		}
		return nil
	}, nil)
	return found, err
}

// tabs reads the list of tabs. Charts, dialogues and macro sheets are passed over.
func (f *File) tabs(x *xlsx, book string, rels relations) error {
	date1904 := false
	err := x.pack.scan(small(), book, func(s *scanner) error {
		switch string(s.name) {
		case "workbookPr":
			date1904 = truth(s.attr("date1904"))
		case "sheet":
			rel := rels.byID[string(s.attr("id"))]
			if rel.kind != "worksheet" {
				return nil
			}
			switch {
			case len(f.Tables) == maxTabs:
				return problem(tooManyTabs)
			case slices.Contains(x.sheets, rel.target):
				return errMalformed // 256 tabs could share one enormous part
			}
			state, name := string(s.attr("state")), unescapeX(bytes.Clone(s.attr("name")))
			f.Tables = append(f.Tables, Table{Tab: string(valid(name)), Hidden: state == "hidden" || state == "veryHidden"})
			x.sheets = append(x.sheets, rel.target)
		}
		return nil
	}, nil)
	for i := range f.Tables {
		f.Tables[i].Date1904 = date1904
	}
	return err
}

func truth(b []byte) bool { return string(b) == "1" || string(b) == "true" }

// styles learns which cell styles show dates.
func (x *xlsx) styles(part string) error {
	custom, inCells := map[int]bool{}, false
	return x.pack.scan(small(), part, func(s *scanner) error {
		switch string(s.name) {
		case "numFmt":
			if len(custom) < maxStyles {
				custom[number(s.attr("numFmtId"))] = showsDate(string(s.attr("formatCode")))
			}
		case "cellXfs":
			inCells = true
		case "xf":
			if !inCells || len(x.dates) >= maxStyles {
				return nil
			}
			id := number(s.attr("numFmtId"))
			date, named := custom[id]
			x.dates = append(x.dates, date || !named && builtinDate(id))
		}
		return nil
	}, func(s *scanner) error {
		if string(s.name) == "cellXfs" {
			inCells = false
		}
		return nil
	})
}

// number is a whole number from 0; -1 when it is not one, or has ten digits.
func number(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	if len(b) == 0 || len(b) > 9 {
		return -1
	}
	return n
}

// load reads the shared strings, once.
func (x *xlsx) load(m *meter) error {
	if x.loaded || x.strings == "" {
		return nil
	}
	r, s, err := x.pack.open(m, x.strings, 0)
	if err != nil {
		return err
	}
	defer r.Close()
	var t texts
	if err := t.read(s); err != nil {
		return err
	}
	x.shared, x.loaded = t.all, true
	return nil
}

// texts gathers the shared strings, many to an allocation.
type texts struct {
	all   []string
	chunk []byte
	ends  []int // in chunk, of the strings that are not in all yet
	total int
}

// read reads the part: an si for each string.
func (t *texts) read(s *scanner) error {
	var item []byte
	phonetic := 0 // the depth of an rPh, a guide to how it is pronounced
	for {
		tok, err := s.next()
		if err == io.EOF {
			t.flush()
			return nil
		}
		if err != nil {
			return err
		}
		switch tok {
		case startTag:
			if phonetic == 0 && string(s.name) == "rPh" {
				phonetic = s.depth
			}
			if s.depth == 2 {
				item = item[:0]
			}
		case charData:
			if phonetic == 0 && s.inside("t") {
				item = append(item, s.text...)
			}
			if len(item) > maxToken {
				return errTooLong
			}
		case endTag:
			if s.depth < phonetic {
				phonetic = 0
			}
			if s.depth == 1 && string(s.name) == "si" {
				if err := t.add(item); err != nil {
					return err
				}
			}
		}
	}
}

// inside says whether the innermost element that is open has the name.
func (s *scanner) inside(name string) bool {
	return string(local(s.open[s.marks[s.depth-1]:])) == name
}

func (t *texts) add(item []byte) error {
	item = valid(unescapeX(item))
	if t.total += len(item); t.total > maxStringText || len(t.all)+len(t.ends) >= maxStrings {
		return problem("The workbook holds more text than any return does. Save each list as a CSV file, and try again")
	}
	t.chunk = append(t.chunk, item...)
	t.ends = append(t.ends, len(t.chunk))
	if len(t.chunk) >= stringChunk {
		t.flush()
	}
	return nil
}

func (t *texts) flush() {
	chunk, from := string(t.chunk), 0
	for _, end := range t.ends {
		t.all = append(t.all, chunk[from:end])
		from = end
	}
	t.chunk, t.ends = t.chunk[:0], t.ends[:0]
}

// The depths at which a sheet has its parts: <worksheet><sheetData><row><c><v>.
const (
	atData = 2 + iota
	atRow
	atCell
	atValue
)

// sheet is the reading of one tab.
type sheet struct {
	*xlsx
	s *scanner
	b *builder

	data   bool // within sheetData
	row    int  // the row's number
	column int  // the cell's column, from 0
	kind   []byte
	style  int
	value  []byte // of v, or of the texts of is
	// What the cell has.
	hasValue, hasFormula bool
	keep                 bool // text now is part of the value
	phonetic             bool
}

// before is how many bytes of the file count as read before a tab is: all but
// this tab and those after it.
func (x *xlsx) before(t Table) int64 {
	n := x.pack.size
	for _, sheet := range x.sheets[t.Index-1:] {
		if part := x.pack.parts[sheet]; part != nil {
			n -= int64(min(part.CompressedSize64, uint64(x.pack.size)))
		}
	}
	return max(n, 0)
}

// read reads one tab.
func (x *xlsx) read(m *meter, t Table, b *builder) error {
	if err := x.load(m); err != nil {
		return err
	}
	r, s, err := x.pack.open(m, x.sheets[t.Index-1], x.before(t))
	if err != nil {
		return err
	}
	defer r.Close()
	sh := &sheet{xlsx: x, s: s, b: b}
	for {
		tok, err := s.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case tok == startTag:
			err = sh.startElement()
		case tok == endTag:
			err = sh.endElement()
		case sh.keep:
			if sh.value = append(sh.value, s.text...); len(sh.value) > maxToken {
				err = errTooLong
			}
		}
		if err != nil {
			return err
		}
	}
}

func (sh *sheet) startElement() error {
	name := sh.s.name
	switch depth := sh.s.depth; {
	case depth == 1:
		if string(name) != "worksheet" {
			return errMalformed
		}
	case depth == atData:
		sh.data = string(name) == "sheetData"
	case !sh.data:
	case depth == atRow && string(name) == "row":
		return sh.startRow()
	case depth == atCell && string(name) == "c":
		return sh.startCell()
	case depth == atValue:
		sh.startValue(name)
	case depth > atValue:
		sh.phonetic = sh.phonetic || string(name) == "rPh"
		sh.keep = !sh.phonetic && sh.inline() && string(name) == "t"
	}
	return nil
}

func (sh *sheet) startRow() error {
	sh.row, sh.column = sh.row+1, -1
	if r := sh.s.attr("r"); r != nil {
		n := number(r)
		if n < 0 {
			return errMalformed
		}
		if n > 0 {
			sh.row = n
		}
	}
	if sh.row > maxRows {
		return problem(tooLong)
	}
	return nil
}

func (sh *sheet) startCell() error {
	sh.kind, sh.style, sh.value = sh.kind[:0], 0, sh.value[:0]
	sh.hasValue, sh.hasFormula, sh.phonetic = false, false, false
	sh.column++
	for rest := sh.s.attrs; ; {
		name, value, ok := sh.s.nextAttr(&rest)
		if !ok {
			return nil
		}
		switch string(name) {
		case "r":
			column, ok := reference(value)
			if !ok {
				return errMalformed
			}
			if column >= maxColumns {
				return problem(tooWide)
			}
			sh.column = column
		case "s":
			sh.style = number(value)
		case "t":
			sh.kind = append(sh.kind, value...)
		}
	}
}

// startValue takes note of what a cell has: a value, text within it, a formula.
func (sh *sheet) startValue(name []byte) {
	switch string(name) {
	case "v":
		sh.keep, sh.hasValue = !sh.inline(), true
	case "is":
		sh.hasValue = true
	case "f":
		sh.hasFormula = true
	}
}

func (sh *sheet) inline() bool { return string(sh.kind) == "inlineStr" }

func (sh *sheet) endElement() error {
	depth := sh.s.depth + 1
	if depth >= atValue {
		sh.keep = false
		if string(sh.s.name) == "rPh" {
			sh.phonetic = false
		}
	}
	if !sh.data {
		return nil
	}
	switch {
	case depth == atData:
		sh.data = false
	case depth == atRow && string(sh.s.name) == "row":
		return sh.b.done(sh.row, 1)
	case depth == atCell && string(sh.s.name) == "c":
		return sh.cell()
	}
	return nil
}

// cell puts the cell that has ended in its place.
func (sh *sheet) cell() error {
	value, kind := sh.value, string(sh.kind)
	if kind == "str" || kind == "inlineStr" {
		value = unescapeX(value)
	} else {
		value = bytes.TrimSpace(value)
	}
	if sh.hasFormula && len(value) == 0 && (kind != "str" || !sh.hasValue) {
		return sh.b.put(sh.column, "", Formula)
	}
	if len(value) == 0 {
		return nil
	}
	switch kind {
	case "s":
		return sh.sharedCell(value)
	case "b":
		if truth(value) {
			return sh.b.put(sh.column, "TRUE", Bool)
		}
		return sh.b.put(sh.column, "FALSE", Bool)
	case "e":
		return sh.b.putBytes(sh.column, value, Failed)
	case "d":
		return sh.b.putBytes(sh.column, isoDate(value), Text)
	case "", "n":
		return sh.numberCell(value)
	}
	return sh.b.putBytes(sh.column, value, Text)
}

func (sh *sheet) sharedCell(value []byte) error {
	n := number(value)
	if n < 0 || n >= len(sh.shared) {
		return errMalformed
	}
	if sh.shared[n] == "" {
		return nil
	}
	return sh.b.put(sh.column, sh.shared[n], Text)
}

func (sh *sheet) numberCell(value []byte) error {
	value, ok := decimal(value)
	switch {
	case !ok:
		return sh.b.putBytes(sh.column, value, Text)
	case sh.style >= 0 && sh.style < len(sh.dates) && sh.dates[sh.style]:
		return sh.b.putBytes(sh.column, value, Date)
	}
	return sh.b.putBytes(sh.column, value, Number)
}

// reference gives the column, from 0, of a reference such as C7.
func reference(ref []byte) (column int, ok bool) {
	i, n := 0, 0
	for ; i < len(ref) && i < 8; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1, n > 0 && number(ref[i:]) > 0
}

// decimal gives a number in plain decimal notation, with no more digits than
// tell it from its neighbours: 1E-05 is 0.00001, and 6.1379999999999999 is
// 6.138. A whole number is left as it is, however long. ok is false for what
// is not a number.
func decimal(b []byte) (plain []byte, ok bool) {
	digits, whole := 0, true
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '-' && i == 0:
		case c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-':
			whole = false
		default:
			return b, false
		}
	}
	if digits > 0 && (whole || digits <= 15 && tidy(b)) {
		return b, true
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return b, false
	}
	return strconv.AppendFloat(nil, f, 'f', -1, 64), true
}

// tidy says that a number is digits, a point and digits, the last of them not 0.
func tidy(b []byte) bool {
	if b[0] == '-' {
		b = b[1:]
	}
	point := bytes.IndexByte(b, '.')
	return point > 0 && !bytes.ContainsAny(b, "eE+-") && b[len(b)-1] > '0' && bytes.IndexByte(b[point+1:], '.') < 0
}

// isoDate leaves out the time of a date when it is midnight exactly.
func isoDate(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("Z"))
	if day, clock, ok := bytes.Cut(b, []byte("T")); ok && len(bytes.Trim(clock, "0:.")) == 0 {
		return day
	}
	return b
}

// unescapeX replaces, in place, the form that Excel gives to characters that
// XML cannot hold: _x000D_ is a carriage return, and _x005F_ an underscore.
func unescapeX(b []byte) []byte {
	at := bytes.Index(b, []byte("_x"))
	if at < 0 {
		return b
	}
	out := b[:at]
	for i := at; i < len(b); i++ {
		r, n := escapeX(b[i:])
		if low, m := escapeX(b[i+n:]); n > 0 && utf16.IsSurrogate(r) && m > 0 {
			if pair := utf16.DecodeRune(r, low); pair != '\uFFFD' {
				r, n = pair, n+m
			}
		}
		if n == 0 {
			out = append(out, b[i])
			continue
		}
		out = append(out, string(r)...)
		i += n - 1
	}
	return out
}

// escapeX gives the character of an escape that b starts with, and its length.
func escapeX(b []byte) (rune, int) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, 0
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return 0, 0
	}
	return rune(n), 7
}
