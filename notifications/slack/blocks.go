package slack

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"readiness/notifications"
	"readiness/notifications/slack/blockkit"
	"readiness/workpackages"
)

// How much of each text is shown, in units as Slack gets them: what is below its
// own limits is for readers.
const (
	maxText   = 1000
	maxProse  = 600
	maxItems  = 10 // as much as anybody reads
	maxTitle  = 150
	maxDetail = 300

	maxSections = 8
	maxHeading  = 150
)

// Blocks words a message whose buttons are links.
func Blocks(c notifications.Content) []slack.Block { return blocks(c, "", false) }

// Interactive words a message that can be answered where it stands. Its key comes
// back with whatever is pressed in it.
func Interactive(c notifications.Content, key string) []slack.Block { return blocks(c, key, true) }

func blocks(c notifications.Content, key string, answers bool) []slack.Block {
	open := 0
	for _, i := range c.Items {
		if i.Asks && !i.Done {
			open++
		}
	}
	asks := answers && c.Asks.Act != ""
	answers = answers && open > 0
	b, id := blockkit.Message(), ""
	if answers || asks {
		id = keyBlock + key
	}
	b.Header(c.Heading, id)
	b.Section("", blockkit.Text(c.Intro, maxProse), nil)
	tail := blockkit.Part()
	row, rowID := links(c, answers, open), ""
	if asks {
		row, rowID = append([]slack.BlockElement{question(c.Asks)}, plainly(row)...), AskBlock
	}
	tail.Actions(rowID, row...)
	tail.Context(blockkit.Text(c.Why, maxProse))
	if len(c.Body) > 0 {
		body(b, c, tail)
		return b.Blocks()
	}
	heading, sections := "", 0
	b.List(len(c.Items), maxItems, func(n int) *blockkit.Builder {
		i, p := c.Items[n], blockkit.Part()
		if i.Section != heading && sections < maxSections {
			heading = i.Section
			sections++
			p.Section("", blockkit.Text(heading, maxHeading).Bold(), nil)
		}
		switch {
		case !answers || !i.Asks || i.Done:
			p.Section("", Line(i), nil)
		case open == 1:
			p.Section("", Line(i), nil)
			p.Actions(lineBlock+i.Subject, AnswerButtons(i)...)
		default:
			p.Section(lineBlock+i.Subject, Line(i), AnswerSelect(i))
		}
		return p
	}, func(left int) blockkit.Rich {
		return blockkit.Link(c.Button.URL, blockkit.Text(fmt.Sprintf("and %d more", left), maxTitle))
	}, tail)
	return b.Blocks()
}

// links are the buttons that open pages. Beside buttons that answer, one is enough.
func links(c notifications.Content, answers bool, open int) []slack.BlockElement {
	if answers && open == 1 {
		return []slack.BlockElement{blockkit.LinkButton("open", "Open in the browser", c.Button.URL)}
	}
	first, second := blockkit.LinkButton("open", c.Button.Text, c.Button.URL), blockkit.LinkButton("second", c.Second.Text, c.Second.URL)
	if b, ok := first.(*slack.ButtonBlockElement); ok {
		blockkit.Primary(b)
	}
	return []slack.BlockElement{first, second}
}

// question is the button that a message asks for.
func question(q notifications.Question) slack.BlockElement {
	b := blockkit.Primary(blockkit.Button(q.Act, q.Value, q.Text))
	if q.Confirm != "" {
		b.Confirm = blockkit.Confirm(q.Text, q.Confirm, q.Text, "Not now")
	}
	return b
}

// plainly makes buttons of no more weight than others.
func plainly(row []slack.BlockElement) []slack.BlockElement {
	for _, e := range row {
		if b, ok := e.(*slack.ButtonBlockElement); ok {
			b.Style = slack.StyleDefault
		}
	}
	return row
}

// body adds a wording, a block for each paragraph and each list, and then the tail. It
// is instead of items. What does not fit ends with a link to the rest: the plan lets
// nothing be approved that is so long.
func body(b *blockkit.Builder, c notifications.Content, tail *blockkit.Builder) {
	parts := bodyParts(c.Body)
	b.List(len(parts), len(parts), func(n int) *blockkit.Builder {
		p := blockkit.Part()
		p.Section("", parts[n], nil)
		return p
	}, func(int) blockkit.Rich {
		return blockkit.Link(c.Button.URL, "The rest of it")
	}, tail)
}

// Whole reports whether Slack shows all of a wording: nothing of it is left out.
func Whole(c notifications.Content) bool {
	sections, parts := 0, len(bodyParts(c.Body))
	for _, b := range Interactive(c, "") {
		if _, ok := b.(*slack.SectionBlock); ok {
			sections++
		}
	}
	if c.Intro != "" {
		parts++
	}
	return sections == parts && blockkit.Units(c.Heading) <= maxHeading
}

// bodyParts words a wording as sections: a paragraph that is too long for one has more.
func bodyParts(paras []notifications.Para) []blockkit.Rich {
	var out []blockkit.Rich
	for n, p := range paras {
		chunks := para(p)
		if n > 0 && p.Listed() && paras[n-1].Listed() && blockkit.Units(string(out[len(out)-1]))+blockkit.Units(string(chunks[0])) < maxPart {
			out[len(out)-1] += "\n" + chunks[0]
			chunks = chunks[1:]
		}
		out = append(out, chunks...)
	}
	return out
}

// maxPart is how long a section may become, in units as Slack gets them.
const maxPart = 2900

// para words one paragraph, in as many parts as it needs.
func para(p notifications.Para) []blockkit.Rich {
	out := []blockkit.Rich{""}
	if mark := p.Mark(); mark != "" {
		out[0] = blockkit.Rich(strings.Repeat("      ", p.Level) + mark + " ")
	}
	for _, s := range p.Spans {
		for _, piece := range pieces(s.Text) {
			s.Text = piece
			t := styled(blockkit.Text(piece, maxPart), s, p.Kind == notifications.Heading)
			last := &out[len(out)-1]
			if blockkit.Units(string(*last))+blockkit.Units(string(t)) > maxPart {
				out = append(out, t)
				continue
			}
			*last += t
		}
	}
	if p.Kind == notifications.Quote {
		for n := range out {
			out[n] = ">" + blockkit.Rich(strings.ReplaceAll(string(out[n]), "\n", "\n>"))
		}
	}
	return out
}

// pieceLength keeps a piece with its marks and its address within a section, though each
// character of it is escaped.
const pieceLength = 400

// pieces parts a text at spaces, so that none is too long. Most texts are one piece.
func pieces(text string) []string {
	var out []string
	for len([]rune(text)) > pieceLength {
		r := []rune(text)
		at := strings.LastIndexAny(string(r[:pieceLength]), " \n")
		if at <= 0 {
			at = len(string(r[:pieceLength])) - 1
		}
		out = append(out, text[:at+1])
		text = text[at+1:]
	}
	return append(out, text)
}

// styled sets a run of text in its style. Slack sees a mark only at the edge of a
// word, so the spaces at its ends stay outside.
func styled(t blockkit.Rich, s notifications.Span, heading bool) blockkit.Rich {
	inner := strings.TrimSpace(string(t))
	if inner == "" {
		return t
	}
	before, after, _ := strings.Cut(string(t), inner)
	r := blockkit.Link(s.URL, blockkit.Rich(inner))
	if s.Italic {
		r = r.Slanted()
	}
	if s.Bold || heading {
		r = r.Bold()
	}
	return blockkit.Rich(before) + r + blockkit.Rich(after)
}

// Line words one item. Under a heading, titles are not bold as well.
func Line(i notifications.Item) blockkit.Rich {
	title, detail := blockkit.Link(i.URL, blockkit.Text(i.Title, maxTitle)), blockkit.Text(i.Detail, maxDetail)
	switch {
	case i.Done:
		title = "✓ " + title.Struck()
	case i.Section == "":
		title = title.Bold()
	default:
		title = "• " + title
	}
	if detail == "" {
		return title
	}
	return title + "\n" + detail
}

// What can be answered to a line comes back as the value of a button or of an
// option; which line, in the id of its block; which message, in that of its header.
const (
	AnswerAction = "answer"
	UpdateAnswer = "update"
	// AskBlock is the id of the block of a message's question.
	AskBlock = "ask"

	keyBlock  = "message "
	lineBlock = "line "
	snooze    = "snooze-"
)

// snoozes are the working days that a message offers.
var snoozes = []struct {
	days int
	text string
}{{1, "Snooze for today"}, {2, "Snooze for 2 working days"}, {5, "Snooze for 5 working days"}, {10, "Snooze for 10 working days"}}

func snoozeOptions() []blockkit.Option {
	var options []blockkit.Option
	for _, s := range snoozes {
		options = append(options, blockkit.Option{Value: fmt.Sprintf("%s%d", snooze, s.days), Text: s.text})
	}
	return options
}

// AnswerButtons are the answers to a line that stands by itself.
func AnswerButtons(i notifications.Item) []slack.BlockElement {
	out := []slack.BlockElement{}
	if i.MayUpdate {
		out = append(out, blockkit.Primary(blockkit.Button(UpdateAnswer, UpdateAnswer, "Update status")))
	}
	return append(out,
		blockkit.Button(string(workpackages.HaveIt), string(workpackages.HaveIt), "I have it"),
		blockkit.Select(AnswerAction, "Snooze", "", snoozeOptions()...),
		blockkit.Button(string(workpackages.NotMine), string(workpackages.NotMine), "Not mine"))
}

// AnswerSelect is a list of the same answers, for a line among others.
func AnswerSelect(i notifications.Item) slack.BlockElement {
	var options []blockkit.Option
	if i.MayUpdate {
		options = append(options, blockkit.Option{Value: UpdateAnswer, Text: "Update status…"})
	}
	options = append(options, blockkit.Option{Value: string(workpackages.HaveIt), Text: "I have it"})
	options = append(options, snoozeOptions()...)
	options = append(options, blockkit.Option{Value: string(workpackages.NotMine), Text: "Not mine"})
	return blockkit.Select(AnswerAction, "Answer", "", options...)
}

// LineBlock is the id of the block of a line.
func LineBlock(i notifications.Item) string { return lineBlock + i.Subject }

// LineOf gives what a line is about, by the id of its block.
func LineOf(blockID string) (kind workpackages.ConcernKind, subject string, ok bool) {
	line, ok := strings.CutPrefix(blockID, lineBlock)
	k, subject, found := strings.Cut(line, " ")
	return workpackages.ConcernKind(k), subject, ok && found
}

// KeyOf gives the key of a message that came back from Slack, or "".
func KeyOf(m slack.Message) string {
	for _, b := range m.Blocks.BlockSet {
		if key, ok := strings.CutPrefix(b.ID(), keyBlock); ok {
			return key
		}
	}
	return ""
}

// ResponseOf reads an answer from its value: kind, and the working days of a snooze.
func ResponseOf(value string) (kind workpackages.ResponseKind, days int, ok bool) {
	switch workpackages.ResponseKind(value) {
	case workpackages.HaveIt, workpackages.NotMine:
		return workpackages.ResponseKind(value), 0, true
	}
	for _, s := range snoozes {
		if value == fmt.Sprintf("%s%d", snooze, s.days) {
			return workpackages.Snoozed, s.days, true
		}
	}
	return "", 0, false
}
