package workpackages

import (
	"crypto/rand"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line tidies a single-line field: inner runs of space become one.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// prose tidies a many-line field: one kind of line ending, no outer space.
func prose(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(strings.ReplaceAll(s, "\r", "\n"))
}

// checkText wants lo to hi characters of text that a person can read. The
// limits of prose follow Slack's 3,000 characters a section, so that what is
// written in the browser can be shown whole in a message.
func checkText(bad *problems, field, what, s string, lo, hi int) {
	n := utf8.RuneCountInString(s)
	switch {
	case n < lo && lo == 1:
		bad.add(field, "Enter %s", article(what))
	case n < lo:
		bad.add(field, "Write at least %d characters for the %s", lo, what)
	case n > hi:
		bad.add(field, "Shorten %s to %s characters or fewer: it has %s", the(what), thousands(hi), thousands(n))
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unreadable):
		bad.add(field, "Remove the characters that cannot be shown from %s", the(what))
	}
}

func unreadable(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

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
