package tabular

import (
	"errors"
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
	err = f.Scan(t.Context(), f.Tables[0], nil, func(int, []Cell) error { return nil })
	var e *Error
	if !errors.As(err, &e) || e.Tab != f.Tables[0].Tab || strings.Contains(e.Sentence, e.Tab) || strings.Contains(e.Sentence, "Bloggs") {
		t.Fatalf("%+v", err)
	}
	if want := "Jo Bloggs.xlsx, tab " + e.Tab + ": " + e.Sentence; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
