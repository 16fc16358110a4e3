package workpackages

import (
	"crypto/rand"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line tidies a single-line field: inner runs of space become one.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// lineEnds makes every kind of line ending one: a vertical tab is what a line
// break within a paragraph becomes when it is pasted from a word processor.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\u2028", "\n", "\u2029", "\n")

// prose tidies a many-line field: one kind of line ending, no outer space.
func prose(s string) string {
	return strings.TrimSpace(lineEnds.Replace(s))
}

// checkText wants lo to hi characters of text that a person can read. The
// limits of prose follow Slack's 3,000 characters a section, so that what is
// written in the browser can be shown whole in a message.
func checkText(bad *problems, field, what, s string, lo, hi int) {
	n := utf8.RuneCountInString(s)
	switch {
	case lo == 1 && !strings.ContainsFunc(s, visible):
		bad.add(field, "Enter %s", article(what))
	case n < lo:
		bad.add(field, "Write at least %d characters for the %s", lo, what)
	case n > hi:
		bad.add(field, "Shorten %s to %s characters or fewer: it has %s", the(what), thousands(hi), thousands(n))
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unreadable):
		bad.add(field, "Remove the characters that cannot be shown from %s", the(what))
	}
}

// Line tidies a single-line field that another package keeps, and says what is
// wrong with it, if anything: it wants 1 to hi characters that a person can read.
func Line(what, s string, hi int) (text, problem string) {
	var bad problems
	text = line(s)
	if checkText(&bad, "", what, text, 1, hi); len(bad) > 0 {
		problem = bad[0].Message
	}
	return text, problem
}

// Prose is Line for a text of many lines.
func Prose(what, s string, hi int) (text, problem string) {
	var bad problems
	text = prose(s)
	if checkText(&bad, "", what, text, 1, hi); len(bad) > 0 {
		problem = bad[0].Message
	}
	return text, problem
}

// unreadable reports whether a character has no place in text: control
// characters, and those that turn the direction of what follows, with which one
// text can be made to look like another. Right-to-left text needs none of them.
func unreadable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// visible reports whether a character can be seen at all.
func visible(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Mn, r)
}

// clause reports whether what is a clause, which takes no article.
func clause(what string) bool {
	return strings.HasPrefix(what, "what ") || strings.HasPrefix(what, "why ") || strings.HasPrefix(what, "where ")
}

func the(what string) string {
	if clause(what) {
		return what
	}
	return "the " + what
}

func article(what string) string {
	if clause(what) {
		return what
	}
	if strings.ContainsRune("aeiou", rune(what[0])) {
		return "an " + what
	}
	return "a " + what
}

func thousands(n int) string {
	digits := []byte{}
	for i := 0; n > 0 || i == 0; i++ {
		if i > 0 && i%3 == 0 {
			digits = append([]byte{','}, digits...)
		}
		digits = append([]byte{byte('0' + n%10)}, digits...)
		n /= 10
	}
	return string(digits)
}

// newID gives a short random id with a prefix that says what it names.
func newID(prefix string) string { return prefix + "-" + strings.ToLower(rand.Text()[:12]) }
