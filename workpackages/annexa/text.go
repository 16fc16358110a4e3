package annexa

import (
	"regexp"
	"strings"
)

var (
	folder = strings.NewReplacer(
		"’", "'", "‘", "'", "“", `"`, "”", `"`, "`", "'", "–", "-", "—", "-", "‑", "-", "\u00a0", " ", "\ufeff", "", "\u200b", "",
	)
	camel    = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	nonWords = regexp.MustCompile(`[^\p{L}\p{N}]+`)
)

// fold takes away what two spellings of one text may differ in: case, kinds of
// quotation mark and dash, spaces.
func fold(s string) string {
	if plainLower(s) {
		return s // most cells of most extracts: spare them the work
	}
	return strings.ToLower(strings.Join(strings.Fields(folder.Replace(s)), " "))
}

// plainLower reports whether fold would leave s alone.
func plainLower(s string) bool {
	space := true // a space may not lead, follow a space or trail
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0x80, c >= 'A' && c <= 'Z', c == '`', c < ' ', c == ' ' && space:
			return false
		default:
			space = c == ' '
		}
	}
	return !space || s == ""
}

// littleWords are words that a heading means the same with, without or in another
// spelling.
var littleWords = strings.NewReplacer(" the ", " ", " adviser ", " advisor ")

// foldHeading goes further, for headings only: punctuation is nothing, "the" too,
// and "DateOfBirth" is "date of birth".
func foldHeading(s string) string {
	s = camel.ReplaceAllString(folder.Replace(s), "$1 $2")
	s = " " + nonWords.ReplaceAllString(strings.ToLower(s), " ") + " "
	return strings.TrimSpace(littleWords.Replace(s))
}

// blank reports whether a cell says nothing. Returns write it in several ways,
// all of which begin with an n or a hyphen.
func blank(s string) bool {
	if s == "" {
		return true
	}
	if c := s[0]; c > ' ' && c < 0x80 && c != '-' && c != 'n' && c != 'N' || len(s) > 40 {
		return false
	}
	switch fold(s) {
	case "", "-", "--", "n/a", "na", "null", "none", "nan", "nil", "not applicable":
		return true
	}
	return false
}
