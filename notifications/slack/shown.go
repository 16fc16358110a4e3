package slack

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"readiness/notifications"
)

// Shown is a block of a message as a page can show it.
type Shown struct {
	Kind    string     // header, section, context, actions
	Lines   []TextLine // of text
	Buttons []Button   // of actions
}

// TextLine is one line of a text.
type TextLine struct {
	Quote bool
	Runs  []Run
}

// Run is text that looks the same throughout.
type Run struct {
	Text                 string
	Bold, Italic, Struck bool
	URL                  string
}

// Button is a button or a list.
type Button struct {
	Text    string
	Primary bool
}

// Show gives what Slack would show of a message, worked out from the very blocks that
// are sent.
func Show(c notifications.Content, answers bool) []Shown {
	built := Blocks(c)
	if answers {
		built = Interactive(c, "preview")
	}
	var out []Shown
	for _, b := range built {
		switch b := b.(type) {
		case *slack.HeaderBlock:
			out = append(out, Shown{Kind: "header", Lines: []TextLine{{Runs: []Run{{Text: b.Text.Text}}}}})
		case *slack.SectionBlock:
			if b.Text != nil {
				out = append(out, Shown{Kind: "section", Lines: lines(b.Text.Text)})
			}
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				if t, ok := e.(*slack.TextBlockObject); ok {
					out = append(out, Shown{Kind: "context", Lines: lines(t.Text)})
				}
			}
		case *slack.ActionBlock:
			s := Shown{Kind: "actions"}
			for _, e := range b.Elements.ElementSet {
				switch e := e.(type) {
				case *slack.ButtonBlockElement:
					s.Buttons = append(s.Buttons, Button{e.Text.Text, e.Style == slack.StylePrimary})
				case *slack.SelectBlockElement:
					s.Buttons = append(s.Buttons, Button{e.Placeholder.Text, false})
				}
			}
			out = append(out, s)
		}
	}
	return out
}

// lines reads Slack's markup as Slack does.
func lines(text string) []TextLine {
	var out []TextLine
	for line := range strings.SplitSeq(text, "\n") {
		l := TextLine{}
		if quoted, ok := strings.CutPrefix(line, ">"); ok {
			l.Quote, line = true, strings.TrimPrefix(quoted, " ")
		}
		l.Runs = runs(line, Run{})
		out = append(out, l)
	}
	return out
}

var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// runs reads one line in a style. A mark counts at the edge of a word, where its
// counterpart follows.
func runs(s string, style Run) []Run {
	var out []Run
	plain := ""
	flush := func() {
		if plain != "" {
			r := style
			r.Text = unescaper.Replace(plain)
			out = append(out, r)
			plain = ""
		}
	}
	before := ' '
	for s != "" {
		if s[0] == '<' {
			if end := strings.IndexByte(s, '>'); end > 0 {
				url, label, named := strings.Cut(s[1:end], "|")
				if !named {
					label = url
				}
				flush()
				inner := style
				inner.URL = url
				out = append(out, runs(label, inner)...)
				s, before = s[end+1:], 'x'
				continue
			}
		}
		if strings.IndexByte("*_~", s[0]) >= 0 && !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			if end := closing(s, s[0]); end > 0 {
				flush()
				inner := style
				switch s[0] {
				case '*':
					inner.Bold = true
				case '_':
					inner.Italic = true
				default:
					inner.Struck = true
				}
				out = append(out, runs(s[1:end], inner)...)
				s, before = s[end+1:], ' '
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(s)
		plain += s[:n]
		s, before = s[n:], r
	}
	flush()
	return out
}

// closing finds the mark that ends what a mark at the start of s begins; 0 for none.
func closing(s string, mark byte) int {
	if len(s) < 3 || s[1] == ' ' || s[1] == mark {
		return 0
	}
	inside := 0 // of a link, whose address has marks that are none
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '<':
			inside++
		case s[i] == '>':
			inside--
		case s[i] == mark && inside <= 0 && s[i-1] != ' ':
			next, _ := utf8.DecodeRuneInString(s[i+1:])
			if i+1 == len(s) || !unicode.IsLetter(next) && !unicode.IsDigit(next) {
				return i
			}
		}
	}
	return 0
}
