package tabular

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// token is what the scanner found.
type token uint8

const (
	startTag token = iota // scanner.name and the attributes
	endTag                // scanner.name
	charData              // scanner.text, its entities replaced
)

const (
	window   = 64 << 10 // bytes read at a time
	maxToken = 1 << 20  // of one tag or one stretch of text; a cell of Excel's holds 32,767 characters
	maxDepth = 64
)

var (
	errMalformed = errors.New("the XML is not well formed")
	errTooLong   = errors.New("a tag or text of the XML is too long")
)

// scanner reads the small part of XML that workbooks are made of, as a stream:
// tags, attributes in either quote, text, CDATA, comments and instructions. A
// DOCTYPE is refused, and so is whatever needs one. It is strict about what
// would hide lost data (tags that do not match, data that ends too soon) and
// holds no more than one token.
//
// We wrote one because encoding/xml is some ten times slower, and because
// the fast tokenizers we tried are not safe on files from strangers: see the
// table beside BenchmarkXLSX.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int // buf[pos:end] is not yet scanned

	name  []byte // of the tag, without its prefix
	attrs []byte // of the start tag, raw
	text  []byte
	depth int // elements open, the one just started among them

	open    []byte // the names of the open elements, one after another
	marks   []int  // where each starts in open
	closing bool   // the tag just started closes itself: its end is next
	seen    bool   // the root element has started
	err     error
}

// newScanner starts on a document in UTF-8, or in UTF-16 with a byte-order mark.
func newScanner(r io.Reader) *scanner {
	s := &scanner{r: r, buf: make([]byte, window)}
	if s.need(3) != nil {
		return s
	}
	switch head := s.buf[:s.end]; {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		s.pos = 3
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		again := io.MultiReader(bytes.NewReader(bytes.Clone(head)), r)
		s.r = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(again)
		s.end = 0
	}
	return s
}

// next gives the next token; io.EOF only when the root element has ended.
func (s *scanner) next() (token, error) {
	if s.closing {
		s.closing = false
		s.leave()
		return endTag, nil
	}
	for s.err == nil {
		if err := s.need(1); err != nil {
			return 0, s.ended(err)
		}
		if s.buf[s.pos] != '<' {
			if got, err := s.chars(); got || err != nil {
				return charData, err
			}
			continue
		}
		tok, got, err := s.markup()
		if got || err != nil {
			return tok, s.fail(err)
		}
	}
	return 0, s.err
}

// fail keeps the first error, so that no call after it goes on.
func (s *scanner) fail(err error) error {
	if s.err == nil {
		s.err = err
	}
	return s.err
}

// ended tells a document that is over from one that is cut short.
func (s *scanner) ended(err error) error {
	if err == io.EOF && (s.depth > 0 || !s.seen) {
		err = io.ErrUnexpectedEOF
	}
	return s.fail(err)
}

// chars takes the text up to the next tag. Outside the root only space is allowed.
func (s *scanner) chars() (bool, error) {
	n, err := s.index(0, '<')
	if err == io.EOF && s.depth == 0 {
		n, err = s.end-s.pos, nil
	}
	if err != nil {
		return false, s.fail(cutShort(err))
	}
	text := s.take(n)
	if s.depth == 0 {
		if len(bytes.TrimSpace(text)) > 0 {
			return false, s.fail(errMalformed)
		}
		return false, nil
	}
	s.text, err = unescape(text)
	return true, s.fail(err)
}

// markup takes what starts with <; got is false for what says nothing.
func (s *scanner) markup() (tok token, got bool, err error) {
	if err := s.need(2); err != nil {
		return 0, false, cutShort(err)
	}
	switch s.buf[s.pos+1] {
	case '?':
		return 0, false, s.skip("?>")
	case '!':
		return s.bang()
	}
	n, err := s.tagEnd()
	if err != nil {
		return 0, false, cutShort(err)
	}
	tag := s.take(n + 1)
	if tag[1] == '/' {
		return endTag, true, s.endElement(tag[2:n])
	}
	return startTag, true, s.startElement(tag[1:n])
}

// bang takes a comment or CDATA, and refuses a DOCTYPE.
func (s *scanner) bang() (token, bool, error) {
	if err := s.need(9); err != nil {
		return 0, false, cutShort(err)
	}
	switch head := s.buf[s.pos : s.pos+9]; {
	case bytes.HasPrefix(head, []byte("<!--")):
		s.pos += 4
		return 0, false, s.skip("-->")
	case string(head) == "<![CDATA[" && s.depth > 0:
		s.pos += 9
		return s.cdata()
	case bytes.HasPrefix(head, []byte("<!DOCTYPE")):
		return 0, false, problem(doctype)
	}
	return 0, false, errMalformed
}

// cdata takes text up to ]]>, in which nothing is an entity.
func (s *scanner) cdata() (token, bool, error) {
	for from := 0; ; {
		n, err := s.index(from, '>')
		if err != nil {
			return 0, false, cutShort(err)
		}
		if n >= 2 && string(s.buf[s.pos+n-2:s.pos+n]) == "]]" {
			s.text = s.take(n + 1)[:n-2]
			return charData, true, nil
		}
		from = n + 1
	}
}

// tagEnd finds the > that ends the tag: one within quotes does not.
func (s *scanner) tagEnd() (int, error) {
	quote := byte(0)
	for i := 1; ; i++ {
		if s.pos+i >= s.end {
			if err := s.fill(); err != nil {
				return 0, err
			}
		}
		switch c := s.buf[s.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i, nil
		case c == '<':
			return 0, errMalformed
		}
	}
}

func (s *scanner) startElement(tag []byte) error {
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		s.closing, tag = true, tag[:len(tag)-1]
	}
	n := 0
	for n < len(tag) && !space(tag[n]) {
		n++
	}
	if n == 0 || s.depth >= maxDepth || s.depth == 0 && s.seen {
		return errMalformed
	}
	s.marks = append(s.marks, len(s.open))
	s.open = append(s.open, tag[:n]...)
	s.name, s.attrs = local(tag[:n]), tag[n:]
	s.depth++
	s.seen = true
	return nil
}

func (s *scanner) endElement(tag []byte) error {
	for len(tag) > 0 && space(tag[len(tag)-1]) {
		tag = tag[:len(tag)-1]
	}
	if s.depth == 0 || !bytes.Equal(tag, s.open[s.marks[s.depth-1]:]) {
		return errMalformed
	}
	s.name = local(tag)
	s.leave()
	return nil
}

func (s *scanner) leave() {
	s.depth--
	s.open = s.open[:s.marks[s.depth]]
	s.marks = s.marks[:s.depth]
}

// attr gives an attribute of the start tag by its name, whatever its prefix;
// nil when it is not there.
func (s *scanner) attr(name string) []byte {
	for rest := s.attrs; ; {
		full, value, ok := s.nextAttr(&rest)
		if !ok {
			return nil
		}
		if string(local(full)) == name && !bytes.HasPrefix(full, []byte("xmlns:")) {
			return value
		}
	}
}

// nextAttr takes the first of some attributes, and leaves the others. A
// malformed one makes the next call to next fail.
func (s *scanner) nextAttr(rest *[]byte) (name, value []byte, ok bool) {
	b := *rest
	for len(b) > 0 && space(b[0]) {
		b = b[1:]
	}
	if len(b) == 0 {
		return nil, nil, false
	}
	name, value, *rest = cutAttr(b)
	if bytes.IndexByte(value, '&') >= 0 {
		// On a copy: the attributes may be gone through again.
		value, _ = unescape(bytes.Clone(value))
	}
	if name == nil || value == nil {
		_ = s.fail(errMalformed)
		return nil, nil, false
	}
	return name, value, true
}

// cutAttr cuts name="value" off the front; the name is nil when there is none.
func cutAttr(b []byte) (name, value, rest []byte) {
	eq := bytes.IndexByte(b, '=')
	if eq <= 0 {
		return nil, nil, nil
	}
	name, b = bytes.TrimSpace(b[:eq]), bytes.TrimLeft(b[eq+1:], " \t\r\n")
	if len(b) < 2 || b[0] != '"' && b[0] != '\'' {
		return nil, nil, nil
	}
	end := bytes.IndexByte(b[1:], b[0])
	if end < 0 {
		return nil, nil, nil
	}
	return name, b[1 : 1+end], b[end+2:]
}

// take gives the next n bytes and moves past them. They last until the next read.
func (s *scanner) take(n int) []byte {
	b := s.buf[s.pos : s.pos+n]
	s.pos += n
	return b
}

// skip moves past the end of a comment or instruction, however long.
func (s *scanner) skip(end string) error {
	for {
		if err := s.need(len(end)); err != nil {
			return cutShort(err)
		}
		if i := bytes.Index(s.buf[s.pos:s.end], []byte(end)); i >= 0 {
			s.pos += i + len(end)
			return nil
		}
		s.pos = s.end - len(end) + 1
	}
}

// index finds c, from bytes after the place the scanner is at or later.
func (s *scanner) index(from int, c byte) (int, error) {
	for {
		if i := bytes.IndexByte(s.buf[s.pos+from:s.end], c); i >= 0 {
			return from + i, nil
		}
		from = s.end - s.pos
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// need reads until n bytes are at hand.
func (s *scanner) need(n int) error {
	for s.end-s.pos < n {
		if err := s.fill(); err != nil {
			return err
		}
	}
	return nil
}

// fill reads more, first making room.
func (s *scanner) fill() error {
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxToken {
			return errTooLong
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// cutShort is for where the document may not end.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// local is a name without its namespace's prefix.
func local(name []byte) []byte {
	return name[bytes.IndexByte(name, ':')+1:]
}

// unescape replaces entities and line ends, in place: what they stand for is
// never longer than they are.
func unescape(b []byte) ([]byte, error) {
	amp := bytes.IndexByte(b, '&')
	if amp < 0 && bytes.IndexByte(b, '\r') < 0 {
		return b, nil
	}
	out := b[:0]
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '&':
			n := bytes.IndexByte(b[i:min(len(b), i+12)], ';')
			if n < 0 {
				return nil, errMalformed
			}
			r, err := entity(string(b[i+1 : i+n]))
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
			i += n
		case b[i] == '\r':
			if i+1 == len(b) || b[i+1] != '\n' {
				out = append(out, '\n')
			}
		default:
			out = append(out, b[i])
		}
	}
	return out, nil
}

// entity is the character that a name or number stands for.
func entity(name string) (rune, error) {
	switch name {
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "amp":
		return '&', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, errMalformed
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune {
		return 0, errMalformed
	}
	return rune(n), nil
}
