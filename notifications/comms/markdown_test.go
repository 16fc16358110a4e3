package comms

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"readiness/notifications"
)

// shape writes a wording in one line for each paragraph, so that a table can hold it.
func shape(body []notifications.Para) string {
	var out []string
	for _, p := range body {
		var b strings.Builder
		fmt.Fprintf(&b, "%s%s|", p.Kind, strings.Repeat(">", p.Level))
		if p.Kind == notifications.Numbered {
			fmt.Fprintf(&b, "%d|", p.Number)
		}
		for _, s := range p.Spans {
			text := s.Text
			if s.Bold {
				text = "*" + text + "*"
			}
			if s.Italic {
				text = "_" + text + "_"
			}
			if s.URL != "" {
				text = "[" + text + " " + s.URL + "]"
			}
			b.WriteString(text)
		}
		out = append(out, b.String())
	}
	return strings.Join(out, "\n")
}

func TestMarkdownIsReadIntoParagraphs(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", " \n\n ", ""},
		{"paragraphs", "One\ntwo.\n\nThree.", "|One two.\n|Three."},
		{"a break within one", "One\\\ntwo", "|One\ntwo"},
		{"bold and italic", "A **bold** and _slanted_ word", "|A *bold* and _slanted_ word"},
		{"both at once", "***all***", "|_*all*_"},
		{"a heading", "## Today\nGo.", "heading|Today\n|Go."},
		{"a list", "- one\n- two", "bullet|one\nbullet|two"},
		{"a list in a list", "- one\n  - inner\n- two", "bullet|one\nbullet>|inner\nbullet|two"},
		{"a numbered list that begins at 3", "3. three\n4. four", "numbered|3|three\nnumbered|4|four"},
		{"a second paragraph of an item", "- one\n\n  more of it", "bullet|one\n|more of it"},
		{"a quotation", "> said so", "quote|said so"},
		{"a link", "[the plan](https://example.gov.uk/a?b=c&d=e)", "|[the plan https://example.gov.uk/a?b=c&d=e]"},
		{"an address", "<help@example.gov.uk>", "|[help@example.gov.uk mailto:help@example.gov.uk]"},
		{"a link that runs a script is words", "[click](javascript:alert(1))", "|click"},
		{"a link of no scheme is words", "[click](//evil.example)", "|click"},
		{"a picture is its words", "![a chart](https://example.gov.uk/c.png)", "|a chart"},
		{"HTML is text", "a <b>bold</b> word\n\n<script>alert(1)</script>", "|a <b>bold</b> word\n|<script>alert(1)</script>"},
		{"code is text", "`x` and\n\n    y", "|x and\n|y"},
		{"what is escaped", `2 \* 3 \_ 4`, "|2 * 3 _ 4"},
		{"a line across is nothing", "a\n\n---\n\nb", "|a\n|b"},
		{"a call to everybody is text", "@here <!channel> <@U123>", "|@here <!channel> <@U123>"},
	} {
		if got := shape(Parse(c.in)); got != c.want {
			t.Errorf("%s: %q becomes\n%s\nand not\n%s", c.name, c.in, got, c.want)
		}
	}
}

// FuzzParse: any text can be read, nothing comes out that is no text, and links go
// nowhere but to pages and mail.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"- a\n  1. b\n\n> c", "[x](javascript:y)", "**a", "<a@b>", "\\", "{{today}}", "![](", "***\n***", "\x00\xff", templates[0].Text} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range Parse(s) {
			if strings.TrimSpace(p.Text()) == "" {
				t.Errorf("a paragraph without words of %q", s)
			}
			for _, span := range p.Spans {
				if span.URL != "" && !strings.HasPrefix(span.URL, "http://") && !strings.HasPrefix(span.URL, "https://") && !strings.HasPrefix(span.URL, "mailto:") {
					t.Errorf("a link to %q of %q", span.URL, s)
				}
				if utf8.ValidString(s) && !utf8.ValidString(span.Text) {
					t.Errorf("%q is no text, of %q", span.Text, s)
				}
			}
		}
		Check(Checked{Heading: s, Text: s, Embargo: true, Today: "2026-11-24"})
	})
}

func TestAWordingAsText(t *testing.T) {
	got := notifications.PlainBody(Parse("# Today\n\nGo to [the plan](https://example.gov.uk/p).\n\n- one\n  - inner\n- two\n\n1. first\n2. second\n\nAsk <a@example.gov.uk>."))
	want := "Today\n\nGo to the plan (https://example.gov.uk/p).\n\n• one\n  • inner\n• two\n1. first\n2. second\n\nAsk a@example.gov.uk (a@example.gov.uk)."
	if got != want {
		t.Errorf("%q\nand not\n%q", got, want)
	}
}
