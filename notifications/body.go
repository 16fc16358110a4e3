package notifications

import (
	"fmt"
	"strings"
)

// Para is one paragraph of a wording, free of any channel's own format.
type Para struct {
	Kind   ParaKind `bson:"kind"`
	Level  int      `bson:"level"`  // of an item of a list: 0 for the outer list
	Number int      `bson:"number"` // of an item of a numbered list
	Spans  []Span   `bson:"spans"`
}

// ParaKind says what a paragraph is.
type ParaKind string

// The kinds of paragraph. Words is an ordinary one.
const (
	Words    ParaKind = ""
	Heading  ParaKind = "heading"
	Bullet   ParaKind = "bullet"
	Numbered ParaKind = "numbered"
	Quote    ParaKind = "quote"
)

// Listed reports whether it is an item of a list.
func (p Para) Listed() bool { return p.Kind == Bullet || p.Kind == Numbered }

// Mark is what stands before an item of a list; empty for anything else.
func (p Para) Mark() string {
	switch p.Kind {
	case Bullet:
		return "•"
	case Numbered:
		return fmt.Sprintf("%d.", p.Number)
	}
	return ""
}

// Text is the paragraph without its marks.
func (p Para) Text() string {
	var b strings.Builder
	for _, s := range p.Spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Span is a run of text that looks the same throughout.
type Span struct {
	Text   string `bson:"text"`
	Bold   bool   `bson:"bold"`
	Italic bool   `bson:"italic"`
	URL    string `bson:"url"` // https, http or mailto; empty for none
}

// PlainBody gives a wording as text, with the addresses of its links.
func PlainBody(body []Para) string {
	var b strings.Builder
	for n, p := range body {
		if n > 0 {
			b.WriteString("\n")
			if !p.Listed() || !body[n-1].Listed() {
				b.WriteString("\n")
			}
		}
		b.WriteString(strings.Repeat("  ", p.Level))
		if mark := p.Mark(); mark != "" {
			b.WriteString(mark + " ")
		}
		for _, s := range p.Spans {
			b.WriteString(s.Text)
			if s.URL != "" && s.URL != s.Text {
				b.WriteString(" (" + strings.TrimPrefix(s.URL, "mailto:") + ")")
			}
		}
	}
	return b.String()
}

// Question is the one thing that the reader of a message is asked to press; none
// when it has no Act.
type Question struct {
	Act     string `bson:"act"`   // ActRead or ActApprove
	Value   string `bson:"value"` // what it is about, for who handles it
	Text    string `bson:"text"`  // on the button
	Confirm string `bson:"confirm"`
}

// What can be asked.
const (
	ActRead    = "plan-read"
	ActApprove = "plan-approve"
)
