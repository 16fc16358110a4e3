package tabular

import (
	"slices"
	"strings"
	"testing"
)

func TestCSV(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"commas", "a,b\n1,2\n", "1: \"a\" \"b\"\n2: \"1\" \"2\"\n"},
		{"semicolons, with commas in the text", "a;b, c\n1;2, 3\n", "1: \"a\" \"b, c\"\n2: \"1\" \"2, 3\"\n"},
		{"tabs", "a\tb,c\n1\t2\n", "1: \"a\" \"b,c\"\n2: \"1\" \"2\"\n"},
		{"bars", "a|b\n1|2", "1: \"a\" \"b\"\n2: \"1\" \"2\"\n"},
		{"a separator counts only outside quotation marks", "\"a;;;\"\"\",b\n\"c;;;\",d\n", "1: \"a;;;\\\"\" \"b\"\n2: \"c;;;\" \"d\"\n"},
		{"the separator named as Excel does", "sep=;\r\na;b,c,d\r\n", "1: \"a\" \"b,c,d\"\n"},
		{"UTF-8 with a byte-order mark", "\xEF\xBB\xBFé,b\n", "1: \"é\" \"b\"\n"},
		{"UTF-16, little end first", "\xFF\xFEa\x00,\x00\xE9\x00\n\x00", "1: \"a\" \"é\"\n"},
		{"UTF-16, big end first", "\xFE\xFF\x00a\x00,\x00\xE9\x00\n", "1: \"a\" \"é\"\n"},
		{"Windows-1252", "caf\xE9,\x80\n", "1: \"café\" \"€\"\n"},
		{"Windows-1252 that ends in a letter of its own", "caf\xE9", "1: \"café\"\n"},
		{"UTF-8 by its mark, with a byte that is not", "\xEF\xBB\xBFé\xE9,b\n", "1: \"é\uFFFD\" \"b\"\n"},
		{"a heading that starts as a zip file does", "PK,b\n", "1: \"PK\" \"b\"\n"},
		{"line ends of every system", "a\r\nb\rc\nd", "1: \"a\"\n2: \"b\"\n3: \"c\"\n4: \"d\"\n"},
		{"blank lines count as rows, as in Excel", "a\n\n,,\nb\n", "1: \"a\"\n4: \"b\"\n"},
		{"a line end within quotation marks does not end the row", "\"a\nb\",c\nd,e\n", "1: \"a\\nb\" \"c\"\n2: \"d\" \"e\"\n"},
		{"doubled quotation marks", "\"say \"\"hi\"\"\",\"\"\n\"\"\"\",x\n", "1: \"say \\\"hi\\\"\"\n2: \"\\\"\" \"x\"\n"},
		{"rows of different lengths", "a\nb,c,d\n,e\n", "1: \"a\"\n2: \"b\" \"c\" \"d\"\n3: \"\" \"e\"\n"},
		{"a lone mark within a field", "5\" pipe,b\nc,d\"\n", "1: \"5\\\" pipe\" \"b\"\n2: \"c\" \"d\\\"\"\n"},
		{"text after a closing mark", "\"a\"b,c\n", "1: \"ab\" \"c\"\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := show(t, "list.csv", []byte(test.text)); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

func TestCSVIsReadAlikeHoweverItArrives(t *testing.T) {
	const text = "a,\"b\r\n\"\"c\"\"\"\r\n\r\n\"\",d e\rf\"g,\"h\"i\n"
	want := []string{`1: "a" "b\r\n\"c\""`, `3: "" "d e"`, `4: "f\"g" "hi"`}
	for size := 1; size <= len(text); size++ {
		var got []string
		rec := &records{sep: ',', row: 1, b: &builder{row: func(number int, cells []Cell) error {
			got = append(got, row{number, cells}.String())
			return nil
		}}}
		for piece := range slices.Chunk([]byte(text), size) {
			if err := rec.feed(piece); err != nil {
				t.Fatal(err)
			}
		}
		if err := rec.finish(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d bytes at a time: got %q, %v", size, got, err)
		}
	}
}

// TestTheEncodingIsFoundWhereverTheCharactersLie: a file is looked over piece by
// piece, and a character may lie over the edge of two.
func TestTheEncodingIsFoundWhereverTheCharactersLie(t *testing.T) {
	for n := window - 5; n <= window+2; n++ {
		before := strings.Repeat("a", n-2) + "\n"
		for _, c := range []struct{ what, end, want string }{
			{"UTF-8", "é€", "é€"},
			{"UTF-8 of four bytes", "x😀", "x😀"},
			{"Windows-1252", "\xe9\x80", "é€"},
			{"Windows-1252, the last byte like a beginning", "b\xe9", "bé"},
		} {
			got := show(t, "a.csv", []byte(before+c.end))
			if !strings.Contains(got, c.want) {
				t.Errorf("%s after %d bytes: %q", c.what, n, got[max(0, len(got)-20):])
			}
		}
		if got := sentence(t, "a.csv", []byte(before+"é\xe2\x82")); got != cutOff {
			t.Errorf("cut short after %d bytes: %q", n, got)
		}
	}
}
