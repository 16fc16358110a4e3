package tabular

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/unicode"
)

// tokens gives what the scanner finds, and how it ends.
func tokens(r io.Reader) string {
	var b strings.Builder
	for s := newScanner(r); ; {
		tok, err := s.next()
		switch {
		case err != nil:
			return b.String() + err.Error()
		case tok == startTag:
			fmt.Fprintf(&b, "<%s r=%q>", s.name, s.attr("r"))
		case tok == endTag:
			fmt.Fprintf(&b, "</%s>", s.name)
		default:
			fmt.Fprintf(&b, "%q", s.text)
		}
	}
}

func TestScanner(t *testing.T) {
	const text = head + `<!-- a > b <c> --><x:a xmlns:r="no" r="1 &lt; 2 > /"><b r = 'it"s'/>one&#x20;` + "\r\n" + `two<![CDATA[<&]]]]><!-- c --></x:a >` + "\n<?end?>"
	const want = `<a r="1 < 2 > /"><b r="it\"s"></b>"one \ntwo""<&]]"</a>EOF`
	utf16, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{
		"at once":                         strings.NewReader(text),
		"byte by byte":                    iotest.OneByteReader(strings.NewReader(text)),
		"with the end beside the data":    iotest.DataErrReader(strings.NewReader(text)),
		"after a byte-order mark":         strings.NewReader("\xEF\xBB\xBF" + text),
		"in UTF-16":                       strings.NewReader(utf16),
		"across the window, in a comment": strings.NewReader("<!--" + strings.Repeat("-> ", window) + "-->" + text),
		"across the window, between tags": strings.NewReader(strings.Repeat(" ", window-50) + text),
	} {
		if got := tokens(r); got != want {
			t.Errorf("%s: got  %s\nwant %s", name, got, want)
		}
	}
}

func TestScannerRefusesWhatIsNotWellFormed(t *testing.T) {
	for _, text := range []string{
		"", " ", "a", "<", "<a", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>text", "<a><b></a></b>", "<>", "< a/>",
		"<a b<c/>", "<a>&nbsp;</a>", "<a>&#0;</a>", "<a>&#x110000;</a>", "<a>& b</a>", "<a><![CDATA[</a>", "<a><!-- </a>", "<a><!ELEMENT a></a>",
		"<!DOCTYPE a><a/>", "<a r/>", "<a r=1/>", "<a r='1/>", `<a r="&lol;"/>`,
	} {
		if got := tokens(strings.NewReader(text)); strings.HasSuffix(got, ">EOF") || got == "EOF" {
			t.Errorf("%q passes: %s", text, got)
		}
	}
}
