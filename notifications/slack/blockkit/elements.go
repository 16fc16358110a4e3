package blockkit

import (
	"github.com/slack-go/slack"
)

// Action is the id of the one element of an input.
const Action = "value"

// Button is a button that tells us that it was pressed.
func Button(action, value, text string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, value, Plain(text, maxButton))
}

// Primary is the one button of a message that is meant to be pressed.
func Primary(b *slack.ButtonBlockElement) *slack.ButtonBlockElement {
	b.Style = slack.StylePrimary
	return b
}

// LinkButton opens a page; nil where the address cannot be linked to.
func LinkButton(action, text, url string) slack.BlockElement {
	if !Linkable(url) || text == "" {
		return nil
	}
	b := slack.NewButtonBlockElement(action, "", Plain(text, maxButton))
	b.URL = url
	return b
}

// Confirm asks before a button does its work.
func Confirm(title, text, yes, no string) *slack.ConfirmationBlockObject {
	return slack.NewConfirmationBlockObject(Plain(title, maxConfirmTitle), Plain(text, maxConfirmText), Plain(yes, maxConfirmButton), Plain(no, maxConfirmButton))
}

// Option is one of several things to choose.
type Option struct{ Value, Text string }

// Select is a list to choose from. chosen is a value of it, or empty.
func Select(action, placeholder, chosen string, options ...Option) *slack.SelectBlockElement {
	s := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, Plain(placeholder, maxPlaceholder), action)
	for _, o := range options[:min(len(options), maxOptions)] {
		option := slack.NewOptionBlockObject(o.Value, Plain(o.Text, maxOption), nil)
		s.Options = append(s.Options, option)
		if o.Value == chosen {
			s.InitialOption = option
		}
	}
	return s
}

// TextBox takes prose of up to n units, 3,000 at the most. A value that is longer
// is not put in: cut, it would be lost when the form is sent.
func TextBox(value string, n int) *slack.PlainTextInputBlockElement {
	t := slack.NewPlainTextInputBlockElement(nil, Action)
	t.Multiline, t.MaxLength = true, n
	if Units(value) <= n {
		t.InitialValue = value
	}
	return t
}

// Number takes a whole number.
func Number(value, least, most string) *slack.NumberInputBlockElement {
	n := slack.NewNumberInputBlockElement(nil, Action, false)
	n.InitialValue, n.MinValue, n.MaxValue = value, least, most
	return n
}

// Date takes a day; value is YYYY-MM-DD or empty.
func Date(value string) *slack.DatePickerBlockElement {
	d := slack.NewDatePickerBlockElement(Action)
	d.InitialDate = value
	return d
}
