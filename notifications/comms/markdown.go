package comms

import (
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"readiness/notifications"
)

// markdown reads CommonMark. What a message cannot have, such as a picture or HTML,
// comes out as the text that was typed.
var markdown = goldmark.New()

// Parse reads a wording into paragraphs. It takes any text.
func Parse(source string) []notifications.Para {
	src := []byte(source)
	p := parser{src: src}
	p.blocks(markdown.Parser().Parse(text.NewReader(src)), notifications.Para{}, 0)
	return p.out
}

type parser struct {
	src []byte
	out []notifications.Para
}

// maxNested is how deep lists are told apart; deeper ones are shown as that deep.
const maxNested = 3

// blocks adds what is in a block. like is the kind of paragraph that it makes.
func (p *parser) blocks(n ast.Node, like notifications.Para, depth int) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			para := like
			if para.Kind == notifications.Words {
				para.Kind = notifications.Heading
			}
			p.add(para, p.spans(c, notifications.Span{}))
		case *ast.Paragraph, *ast.TextBlock:
			p.add(like, p.spans(c, notifications.Span{}))
			// Another paragraph of the same item has no mark of its own.
			if like.Listed() {
				like.Kind, like.Level = notifications.Words, 0
			}
		case *ast.Blockquote:
			quote := like
			if quote.Kind == notifications.Words {
				quote.Kind = notifications.Quote
			}
			p.blocks(c, quote, depth)
		case *ast.List:
			number := c.Start
			for item := c.FirstChild(); item != nil; item = item.NextSibling() {
				para := notifications.Para{Kind: notifications.Bullet, Level: min(depth, maxNested)}
				if c.IsOrdered() {
					para.Kind, para.Number = notifications.Numbered, number
					number++
				}
				p.blocks(item, para, depth+1)
			}
		case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
			var b strings.Builder
			for i := range c.Lines().Len() {
				line := c.Lines().At(i)
				b.Write(line.Value(p.src))
			}
			p.add(like, []notifications.Span{{Text: strings.TrimRight(b.String(), "\n")}})
		default: // a line across
		}
	}
}

func (p *parser) add(para notifications.Para, spans []notifications.Span) {
	para.Spans = spans
	if strings.TrimSpace(para.Text()) != "" {
		p.out = append(p.out, para)
	}
}

// spans gives the runs of text in a node, in the style that they stand in.
func (p *parser) spans(n ast.Node, style notifications.Span) []notifications.Span {
	var out []notifications.Span
	add := func(text string) {
		if text == "" {
			return
		}
		s := style
		s.Text = text
		if len(out) > 0 {
			if last := &out[len(out)-1]; last.Bold == s.Bold && last.Italic == s.Italic && last.URL == s.URL {
				last.Text += text
				return
			}
		}
		out = append(out, s)
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		inner := style
		switch c := c.(type) {
		case *ast.Text:
			add(string(unescaped(c.Segment.Value(p.src))))
			switch {
			case c.HardLineBreak():
				add("\n")
			case c.SoftLineBreak():
				add(" ")
			}
		case *ast.String:
			add(string(c.Value))
		case *ast.Emphasis:
			if c.Level == 2 {
				inner.Bold = true
			} else {
				inner.Italic = true
			}
			out = append(out, p.spans(c, inner)...)
		case *ast.Link:
			inner.URL = address(string(c.Destination))
			out = append(out, p.spans(c, inner)...)
		case *ast.AutoLink:
			label := string(c.Label(p.src))
			inner.Text, inner.URL = label, address(string(c.URL(p.src)))
			if c.AutoLinkType == ast.AutoLinkEmail && inner.URL == "" {
				inner.URL = address("mailto:" + label)
			}
			out = append(out, inner)
		case *ast.RawHTML:
			for i := range c.Segments.Len() {
				segment := c.Segments.At(i)
				add(string(segment.Value(p.src)))
			}
		default: // code, the words of a picture
			out = append(out, p.spans(c, inner)...)
		}
	}
	return out
}

// unescaped takes the backslash from before a mark that is meant as it stands.
func unescaped(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+1 < len(b) && strings.IndexByte("\\`*_{}[]()#+-.!<>~|\"'&,/:;=?@^$%", b[i+1]) >= 0 {
			continue
		}
		out = append(out, b[i])
	}
	return out
}

// address gives an address that a message may link to, or "".
func address(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "https", "http":
		if u.Host == "" {
			return ""
		}
	case "mailto":
		if u.Opaque == "" {
			return ""
		}
	default:
		return ""
	}
	return u.String()
}
