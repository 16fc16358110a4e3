package blockkit

import (
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// Rich is text in Slack's markup. People's text becomes it by Text alone, which
// escapes it: nothing that somebody typed links or calls anybody, and no "<!channel>"
// comes out of a title. An asterisk of theirs may make a word bold.
type Rich string

// Text escapes text and shortens it so that what Slack gets is n units at most.
// Slack may count in UTF-16, after escaping: so do we.
func Text(s string, n int) Rich {
	return Rich(escaper.Replace(cut(s, n, func(r rune) int {
		switch r {
		case '&':
			return len("&amp;")
		case '<', '>':
			return len("&lt;")
		}
		return units(r)
	})))
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Bold sets text in bold; nothing stays nothing.
func (r Rich) Bold() Rich { return r.between("*") }

// Slanted sets text in italics; nothing stays nothing.
func (r Rich) Slanted() Rich { return r.between("_") }

// Struck strikes text through.
func (r Rich) Struck() Rich { return r.between("~") }

func (r Rich) between(mark Rich) Rich {
	if r == "" {
		return ""
	}
	return mark + r + mark
}

// maxLink is the longest address that becomes a link: ours are far shorter.
const maxLink = 400

// Link makes text a link, where the address can be one.
func Link(url string, text Rich) Rich {
	if !Linkable(url) {
		return text
	}
	return Rich("<" + url + "|" + strings.ReplaceAll(string(text), "|", "/") + ">")
}

// Linkable reports whether an address can be linked to from a message.
func Linkable(url string) bool {
	return url != "" && len(url) <= maxLink && !strings.ContainsAny(url, "<>| \n")
}

// Plain is text without markup, cut to n units. Slack shows no such object without
// text, so nothing becomes a dash.
func Plain(s string, n int) *slack.TextBlockObject {
	if strings.TrimSpace(s) == "" {
		s = "–"
	}
	return slack.NewTextBlockObject(slack.PlainTextType, cut(s, n, units), false, false)
}

// markup is verbatim: Slack would take an "@here" in it for a call to everybody, and
// make links of what somebody typed.
func markup(r Rich) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, string(r), false, true)
}

// Units is the length of a text as Slack may count it.
func Units(s string) int {
	n := 0
	for _, r := range s {
		n += units(r)
	}
	return n
}

// units is the length of a rune in UTF-16.
func units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// cut shortens text to n, with an ellipsis where something is left out.
func cut(s string, n int, size func(rune) int) string {
	s = strings.ToValidUTF8(s, "?")
	total, end := 0, 0 // end is where the text still leaves room for the ellipsis
	for i, r := range s {
		if total += size(r); total > n {
			return s[:end] + "…"
		}
		if total < n {
			end = i + utf8.RuneLen(r)
		}
	}
	return s
}
