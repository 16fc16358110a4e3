// Package blockkit builds what Slack shows. Whatever is put in, what comes out is
// within Slack's limits: texts are cut, lists end with how much was left out, and
// what would not fit is not added.
//
// The limits are Slack's own (docs.slack.dev, Block Kit): 50 blocks in a message
// and 100 in a view, 150 characters in a header, 3,000 in a section, 75 on a
// button; and about 12,000 over all blocks of a message, which no page says.
package blockkit

import (
	"strings"

	"github.com/slack-go/slack"
)

// Limits of texts, in units of UTF-16 as Slack gets them.
const (
	maxHeader      = 150
	maxSection     = 3000
	maxButton      = 75
	maxOption      = 75
	maxPlaceholder = 150
	maxLabel       = 2000
	maxHint        = 2000
	maxID          = 255
	maxOptions     = 100

	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30
)

// Limits of what is built. The texts of all blocks stay a little under what Slack
// was seen to take.
const (
	blocksOfMessage = 50
	blocksOfView    = 100
	textOfAll       = 11500
)

// Builder collects blocks for as long as they fit.
type Builder struct {
	blocks []slack.Block
	most   int // blocks
	text   int // units used
}

// Message builds the blocks of a message.
func Message() *Builder { return &Builder{most: blocksOfMessage} }

// View builds the blocks of a modal or of the Home tab.
func View() *Builder { return &Builder{most: blocksOfView} }

// Part builds blocks that are added to others together or not at all.
func Part() *Builder { return &Builder{most: blocksOfView} }

// Blocks gives what was built.
func (b *Builder) Blocks() []slack.Block { return b.blocks }

// Empty reports whether nothing was built.
func (b *Builder) Empty() bool { return len(b.blocks) == 0 }

// fits reports whether parts fit as well, all of them.
func (b *Builder) fits(parts ...*Builder) bool {
	blocks, text := len(b.blocks), b.text
	for _, p := range parts {
		if p != nil {
			blocks, text = blocks+len(p.blocks), text+p.text
		}
	}
	return blocks <= b.most && text <= textOfAll
}

// Add adds a part, and reports whether it fitted.
func (b *Builder) Add(p *Builder) bool {
	if p == nil || !b.fits(p) {
		return p == nil
	}
	b.blocks, b.text = append(b.blocks, p.blocks...), b.text+p.text
	return true
}

func (b *Builder) add(block slack.Block, text int) {
	b.Add(&Builder{blocks: []slack.Block{block}, text: text})
}

// Header adds a heading.
func (b *Builder) Header(s, id string) {
	text := Plain(s, maxHeader)
	h := slack.NewHeaderBlock(text)
	h.BlockID = fitID(id)
	b.add(h, Units(text.Text))
}

// Section adds a paragraph; none for no text, which Slack refuses. beside stands
// at its right, or below it on a phone; nil for nothing.
func (b *Builder) Section(id string, r Rich, beside slack.BlockElement) {
	if strings.TrimSpace(string(r)) == "" {
		return
	}
	n := Units(string(r))
	if n > maxSection { // its makers keep far below it: markup cannot be cut anywhere
		r, n = Text("…", 1), 1
	}
	s := slack.NewSectionBlock(markup(r), nil, nil)
	s.BlockID = fitID(id)
	if beside != nil {
		s.Accessory = slack.NewAccessory(beside)
		n += textOf(beside)
	}
	b.add(s, n)
}

// Context adds small print.
func (b *Builder) Context(r Rich) {
	if strings.TrimSpace(string(r)) != "" && Units(string(r)) <= maxSection {
		b.add(slack.NewContextBlock("", markup(r)), Units(string(r)))
	}
}

// Divider adds a line.
func (b *Builder) Divider() { b.add(slack.NewDividerBlock(), 0) }

// Actions adds a row of buttons and selects; nil ones are left out.
func (b *Builder) Actions(id string, elements ...slack.BlockElement) {
	var there []slack.BlockElement
	n := 0
	for _, e := range elements {
		if e != nil {
			there = append(there, e)
			n += textOf(e)
		}
	}
	if len(there) > 0 {
		b.add(slack.NewActionBlock(fitID(id), there...), n)
	}
}

// List adds entries for as long as they fit beside the tail, most at the most, then
// what more says of those left out, and then the tail.
func (b *Builder) List(n, most int, entry func(i int) *Builder, more func(left int) Rich, tail *Builder) {
	for i := range n {
		e, rest := entry(i), Part()
		if i+1 < n {
			rest.Section("", more(n-i), nil)
		}
		if i >= most || !b.fits(e, rest, tail) {
			left := Part()
			left.Section("", more(n-i), nil)
			b.Add(left)
			break
		}
		b.Add(e)
	}
	b.Add(tail)
}

// Input adds a question of a modal, whose answer Slack gives under the block's id.
func (b *Builder) Input(id, label, hint string, optional bool, element slack.BlockElement) *slack.InputBlock {
	var below *slack.TextBlockObject
	if hint != "" {
		below = Plain(hint, maxHint)
	}
	i := slack.NewInputBlock(fitID(id), Plain(label, maxLabel), below, element)
	i.Optional = optional
	b.add(i, Units(label)+Units(hint))
	return i
}

// fitID gives an id that is short enough, or none: a cut id would be another one.
func fitID(id string) string {
	if Units(id) > maxID {
		return ""
	}
	return id
}

// textOf is the text of an element that people see.
func textOf(e slack.BlockElement) int {
	switch e := e.(type) {
	case *slack.ButtonBlockElement:
		return Units(e.Text.Text)
	case *slack.SelectBlockElement:
		n := Units(e.Placeholder.Text)
		for _, o := range e.Options {
			n += Units(o.Text.Text)
		}
		return n
	}
	return 0
}
