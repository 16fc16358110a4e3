package tabular

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestAnErrorNamesTheTabBesideItsSentence: a sentence may be sent where the names
// that people choose may not.
func TestAnErrorNamesTheTabBesideItsSentence(t *testing.T) {
	f, err := Open(Source{Name: "Jo Bloggs.xlsx", Data: book{sheets: []string{"<row></c>"}}.data()})
	if err != nil {
		t.Fatal(err)
	}
	err = f.Read(t.Context(), f.Tables[0], nil, func(int, []Cell) error { return nil })
	var e *Error
	if !errors.As(err, &e) || e.Tab != f.Tables[0].Tab || strings.Contains(e.Sentence, e.Tab) || strings.Contains(e.Sentence, "Bloggs") {
		t.Fatalf("%+v", err)
	}
	if want := "Jo Bloggs.xlsx, tab " + e.Tab + ": " + e.Sentence; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

// TestScanLendsWhatReadGives: the same rows, whose strings change under whoever
// keeps them.
func TestScanLendsWhatReadGives(t *testing.T) {
	f, err := Open(Source{Name: "a.csv", Data: []byte("one,two\nthree,four\n")})
	if err != nil {
		t.Fatal(err)
	}
	var read, scanned []string
	keep := func(into *[]string) RowFunc {
		return func(_ int, cells []Cell) error {
			for _, c := range cells {
				*into = append(*into, strings.Clone(c.Value))
			}
			return nil
		}
	}
	if err := f.Read(t.Context(), f.Tables[0], nil, keep(&read)); err != nil {
		t.Fatal(err)
	}
	if err := f.Scan(t.Context(), f.Tables[0], nil, keep(&scanned)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(read, scanned) || !slices.Equal(read, []string{"one", "two", "three", "four"}) {
		t.Errorf("read %q, scanned %q", read, scanned)
	}
}
