package blockkit

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/slack-go/slack"
)

func TestTextIsEscapedAndCutAsSlackCounts(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want Rich
	}{
		{"plain", 10, "plain"},
		{"a & b", 20, "a &amp; b"},
		{"<!channel> hello", 40, "&lt;!channel&gt; hello"},
		{"&&&", 11, "&amp;&amp;…"},     // the third would make 15
		{"👩👩👩", 6, "👩👩👩"},              // two units each
		{"👩👩👩", 5, "👩👩…"},              //
		{"abc\xff", 10, "abc?"},        // what is no text
		{"exactly", 7, "exactly"},      //
		{"too long", 7, "too lo…"},     //
		{"שלום עולם", 5, "שלום…"},      //
		{"<@U123> ping", 7, "&lt;@U…"}, //
	} {
		if got := Text(c.in, c.n); got != c.want {
			t.Errorf("Text(%q, %d) is %q, not %q", c.in, c.n, got, c.want)
		}
		if got := len(utf16.Encode([]rune(string(Text(c.in, c.n))))); got > c.n {
			t.Errorf("Text(%q, %d) has %d units", c.in, c.n, got)
		}
	}
}

func TestOnlyAnAddressBecomesALink(t *testing.T) {
	if got, want := Link("https://x.example/a", Text("a|b", 9)), Rich("<https://x.example/a|a/b>"); got != want {
		t.Errorf("%q, not %q", got, want)
	}
	for _, bad := range []string{"", "https://x.example/a b", "https://x.example/<a>", "https://x.example/a|b", "https://x.example/" + strings.Repeat("a", 400)} {
		if got := Link(bad, "text"); got != "text" {
			t.Errorf("%q became a link: %q", bad, got)
		}
	}
}

func TestNothingIsAddedThatDoesNotFit(t *testing.T) {
	b := Message()
	for range 60 {
		b.Section("", "text", nil)
	}
	if n := len(b.Blocks()); n != blocksOfMessage {
		t.Errorf("%d blocks", n)
	}
	b = View()
	for range 20 {
		b.Section("", Text(strings.Repeat("a", 2000), 2000), nil)
	}
	if n := len(b.Blocks()); n != textOfAll/2000 {
		t.Errorf("%d sections of 2,000", n)
	}
	b = Message()
	b.Section("", "  \n", nil)
	b.Context("")
	b.Actions("")
	b.Actions("", nil)
	if !b.Empty() {
		t.Errorf("blocks that Slack refuses: %v", b.Blocks())
	}
}

func TestAListEndsWithHowMuchWasLeftOut(t *testing.T) {
	tail := func() *Builder {
		p := Part()
		p.Context("the end")
		return p
	}
	for _, c := range []struct {
		n, most, size int
		shown, left   int
	}{
		{3, 10, 10, 3, 0},
		{0, 10, 10, 0, 0},
		{10, 10, 10, 10, 0},
		{11, 10, 10, 10, 1},
		{200, 1000, 10, 48, 152},   // 50 blocks, of which two are for the end
		{200, 1000, 1000, 11, 189}, // 11,500 characters
	} {
		b := Message()
		b.List(c.n, c.most, func(int) *Builder {
			p := Part()
			p.Section("", Text(strings.Repeat("a", c.size), c.size), nil)
			return p
		}, func(left int) Rich { return Text(fmt.Sprintf("and %d more", left), 99) }, tail())
		var shown int
		said, end := "", ""
		for _, block := range b.Blocks() {
			switch s := block.(type) {
			case *slack.SectionBlock:
				if strings.HasPrefix(s.Text.Text, "a") && !strings.HasPrefix(s.Text.Text, "and") {
					shown++
				} else {
					said = s.Text.Text
				}
			case *slack.ContextBlock:
				end = "there"
			}
		}
		want := ""
		if c.left > 0 {
			want = fmt.Sprintf("and %d more", c.left)
		}
		if shown != c.shown || said != want || end == "" {
			t.Errorf("%+v: %d shown, then %q, and the end is %q", c, shown, said, end)
		}
	}
}

func TestAValueThatIsTooLongIsNotCutIntoAForm(t *testing.T) {
	if got := TextBox(strings.Repeat("a", 3000), 3000).InitialValue; len(got) != 3000 {
		t.Errorf("%d of 3,000", len(got))
	}
	if got := TextBox(strings.Repeat("👩", 1501), 3000).InitialValue; got != "" {
		t.Errorf("it holds %q", got)
	}
}
