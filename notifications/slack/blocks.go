package slack

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"readiness/notifications"
)

// Our limits, in UTF-16 units as Slack gets them: after escaping. They keep any
// message under Slack's own: 50 blocks, 150 for a header, 3,000 for a section,
// 75 on a button, and about 12,000 over all blocks. What is below comes to about
// 11,100 with ten items.
const (
	maxText   = 1000
	maxHeader = 150
	maxProse  = 600
	maxItems  = 10 // as much as anybody reads
	maxTitle  = 150
	maxDetail = 300
	maxLink   = 400
	maxButton = 75

	maxSections = 8
	maxHeading  = 60
)

// Blocks words a message for Slack within its limits, whatever the text.
// Nothing in the text is taken for Slack's markup.
func Blocks(c notifications.Content) []slack.Block {
	blocks := []slack.Block{slack.NewHeaderBlock(plain(c.Heading, maxHeader))}
	section := func(text string) {
		if strings.TrimSpace(text) != "" { // Slack refuses a block without text
			blocks = append(blocks, slack.NewSectionBlock(markup(text), nil, nil))
		}
	}
	section(fit(c.Intro, maxProse))
	shown := c.Items[:min(len(c.Items), maxItems)]
	heading, sections := "", 0
	for _, i := range shown {
		if i.Section != heading && sections < maxSections {
			heading = i.Section
			sections++
			section("*" + fit(heading, maxHeading) + "*")
		}
		section(line(i))
	}
	if more := len(c.Items) - len(shown); more > 0 {
		section(link(c.Button.URL, fmt.Sprintf("and %d more", more)))
	}
	var buttons []slack.BlockElement
	for n, button := range []notifications.Button{c.Button, c.Second} {
		if linkable(button.URL) && button.Text != "" {
			b := slack.NewButtonBlockElement([]string{"open", "second"}[n], "", plain(button.Text, maxButton))
			if b.URL = button.URL; n == 0 {
				b.Style = slack.StylePrimary
			}
			buttons = append(buttons, b)
		}
	}
	if len(buttons) > 0 {
		blocks = append(blocks, slack.NewActionBlock("", buttons...))
	}
	if strings.TrimSpace(c.Why) != "" {
		blocks = append(blocks, slack.NewContextBlock("", markup(fit(c.Why, maxProse))))
	}
	return blocks
}

// line words one item. Under a heading, titles are not bold as well.
func line(i notifications.Item) string {
	title, detail := link(i.URL, fit(i.Title, maxTitle)), fit(i.Detail, maxDetail)
	switch {
	case i.Done && detail != "":
		return "✓ ~" + title + "~\n" + detail
	case i.Done:
		return "✓ ~" + title + "~"
	case i.Section == "":
		title = "*" + title + "*"
	default:
		title = "• " + title
	}
	if detail == "" {
		return title
	}
	return title + "\n" + detail
}

func plain(s string, n int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, cut(s, n, units), false, false)
}

func markup(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, false)
}

// link makes escaped text a link, where the address can be one.
func link(url, text string) string {
	if !linkable(url) {
		return text
	}
	return "<" + url + "|" + strings.ReplaceAll(text, "|", "/") + ">"
}

func linkable(url string) bool {
	return url != "" && len(url) <= maxLink && !strings.ContainsAny(url, "<>| \n")
}

// escaper keeps people's text from being read as Slack's control sequences: no
// "<!channel>" comes out of a title.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// fit escapes text and shortens it so that what Slack gets is n units at most.
func fit(s string, n int) string {
	return escaper.Replace(cut(s, n, func(r rune) int {
		switch r {
		case '&':
			return len("&amp;")
		case '<', '>':
			return len("&lt;")
		}
		return units(r)
	}))
}

// units is the length of a rune in UTF-16, in which Slack may count.
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
