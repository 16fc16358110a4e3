// Package phrase has the few rules of English that sentences made of numbers and
// names need, so that every page, message and report says them alike.
package phrase

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Count says how many there are of something that is named in the singular:
// "1 message", "2 messages", "3 people".
func Count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if before, ok := strings.CutSuffix(one, "person"); ok {
		return fmt.Sprintf("%d %speople", n, before)
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// And joins words as a sentence does: "a, b and c".
func And(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// List joins the values that there are to choose from: "a, b, c".
func List[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

// LowerFirst makes a text that begins with a capital fit for the middle of a
// sentence. An abbreviation keeps its capitals: CIN, X1.
func LowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); n == 0 || unicode.IsUpper(next) || unicode.IsDigit(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}
