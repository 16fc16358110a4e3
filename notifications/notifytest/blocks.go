package notifytest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// The checks count in UTF-16 units: the strictest way in which Slack may count.
// Limits are those of docs.slack.dev, Block Kit; that of all text together is
// nowhere documented.
const maxTogether = 12000

// CheckBlocks holds the blocks of a message to Slack's limits.
func CheckBlocks(blocks []map[string]any) error {
	if len(blocks) == 0 || len(blocks) > 50 {
		return fmt.Errorf("%d blocks", len(blocks))
	}
	return checkBlocks(blocks, false)
}

// CheckView holds a modal or a Home tab to Slack's limits.
func CheckView(v map[string]any) error {
	blocks := objects(v["blocks"])
	modal := v["type"] == "modal"
	switch {
	case !modal && v["type"] != "home":
		return fmt.Errorf("a view of type %v", v["type"])
	case len(blocks) == 0 || len(blocks) > 100:
		return fmt.Errorf("%d blocks", len(blocks))
	case len(str(v["private_metadata"])) > 3000:
		return fmt.Errorf("private_metadata of %d characters", len(str(v["private_metadata"])))
	case len(str(v["callback_id"])) > 255:
		return fmt.Errorf("callback_id of %d characters", len(str(v["callback_id"])))
	}
	if modal {
		for _, name := range []string{"title", "submit", "close"} {
			if t := object(v[name]); t != nil || name == "title" {
				if err := checkText(t, 24, true); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
		for _, b := range blocks {
			if b["type"] == "input" && object(v["submit"]) == nil {
				return fmt.Errorf("a modal with inputs and no submit")
			}
		}
	}
	return checkBlocks(blocks, modal)
}

func checkBlocks(blocks []map[string]any, modal bool) error {
	c := checker{ids: map[string]bool{}, modal: modal}
	for i, b := range blocks {
		if err := c.block(b); err != nil {
			return fmt.Errorf("block %d (%v): %w", i, b["type"], err)
		}
	}
	if c.total > maxTogether {
		return fmt.Errorf("%d characters in all", c.total)
	}
	return nil
}

// checker is what has to be counted over all blocks.
type checker struct {
	modal bool
	ids   map[string]bool
	total int
}

func (c *checker) block(b map[string]any) error {
	if id := str(b["block_id"]); id != "" {
		if length(id) > 255 {
			return fmt.Errorf("an id of %d characters", length(id))
		}
		if c.ids[id] {
			return fmt.Errorf("the id %s twice", id)
		}
		c.ids[id] = true
	}
	switch b["type"] {
	case "divider":
		return nil
	case "header":
		return c.text(b["text"], 150, true)
	case "section":
		if err := c.text(b["text"], 3000, false); err != nil {
			return err
		}
		if b["fields"] != nil {
			return fmt.Errorf("fields, which nobody checks here")
		}
		if a := object(b["accessory"]); a != nil {
			return c.element(a, false)
		}
	case "context":
		elements := objects(b["elements"])
		if len(elements) == 0 || len(elements) > 10 {
			return fmt.Errorf("%d elements", len(elements))
		}
		for _, e := range elements {
			if err := c.text(e, 3000, false); err != nil {
				return err
			}
		}
	case "actions":
		elements := objects(b["elements"])
		if len(elements) == 0 || len(elements) > 25 {
			return fmt.Errorf("%d elements", len(elements))
		}
		seen := map[string]bool{}
		for _, e := range elements {
			if id := str(e["action_id"]); id == "" || seen[id] {
				return fmt.Errorf("an action_id that is empty or there twice: %q", id)
			}
			seen[str(e["action_id"])] = true
			if err := c.element(e, false); err != nil {
				return err
			}
		}
	case "input":
		if !c.modal {
			return fmt.Errorf("an input outside a modal")
		}
		if err := c.text(b["label"], 2000, true); err != nil {
			return fmt.Errorf("label: %w", err)
		}
		if b["hint"] != nil {
			if err := c.text(b["hint"], 2000, true); err != nil {
				return fmt.Errorf("hint: %w", err)
			}
		}
		e := object(b["element"])
		if e == nil {
			return fmt.Errorf("no element")
		}
		return c.element(e, true)
	default:
		return fmt.Errorf("Slack has no such block, or nobody checks it here")
	}
	return nil
}

func (c *checker) element(e map[string]any, input bool) error {
	id := str(e["action_id"])
	if id == "" || length(id) > 255 {
		return fmt.Errorf("an action_id of %d characters", length(id))
	}
	if confirm := object(e["confirm"]); confirm != nil {
		for name, limit := range map[string]int{"title": 100, "text": 300, "confirm": 30, "deny": 30} {
			if err := checkText(confirm[name], limit, name != "text"); err != nil {
				return fmt.Errorf("confirm's %s: %w", name, err)
			}
		}
	}
	kind := str(e["type"])
	if inputOnly := kind == "plain_text_input" || kind == "number_input"; inputOnly && !input || kind == "button" && input || kind == "overflow" && input {
		return fmt.Errorf("a %s has no place here", kind)
	}
	if e["placeholder"] != nil {
		if err := c.text(e["placeholder"], 150, true); err != nil {
			return fmt.Errorf("placeholder: %w", err)
		}
	}
	switch kind {
	case "button":
		return c.button(e)
	case "static_select":
		if e["placeholder"] == nil && !input {
			return fmt.Errorf("no placeholder")
		}
		return c.options(e, 100)
	case "radio_buttons", "checkboxes":
		return c.options(e, 10)
	case "overflow":
		return c.options(e, 5)
	case "datepicker":
		if d := str(e["initial_date"]); e["initial_date"] != nil {
			if _, err := time.Parse(time.DateOnly, d); err != nil {
				return fmt.Errorf("the date %q", d)
			}
		}
	case "plain_text_input":
		most := 3000
		if n, ok := e["max_length"].(float64); ok {
			most = int(n)
		}
		switch n := length(str(e["initial_value"])); {
		case most < 1 || most > 3000:
			return fmt.Errorf("a max_length of %d", most)
		case n > most:
			return fmt.Errorf("%d characters of %d", n, most)
		}
	case "number_input":
		if _, ok := e["is_decimal_allowed"].(bool); !ok {
			return fmt.Errorf("is_decimal_allowed is missing")
		}
		for _, name := range []string{"initial_value", "min_value", "max_value"} {
			if e[name] != nil {
				if _, err := strconv.ParseFloat(str(e[name]), 64); err != nil {
					return fmt.Errorf("%s is %q", name, e[name])
				}
			}
		}
	default:
		return fmt.Errorf("Slack has no element %q, or nobody checks it here", kind)
	}
	return nil
}

func (c *checker) button(e map[string]any) error {
	switch style := e["style"]; {
	case style != nil && style != "primary" && style != "danger":
		return fmt.Errorf("the style %v", style)
	case length(str(e["value"])) > 2000:
		return fmt.Errorf("a value of %d characters", length(str(e["value"])))
	case len(str(e["url"])) > 3000:
		return fmt.Errorf("an address of %d characters", len(str(e["url"])))
	}
	return c.text(e["text"], 75, true)
}

func (c *checker) options(e map[string]any, most int) error {
	options := objects(e["options"])
	if len(options) == 0 || len(options) > most {
		return fmt.Errorf("%d options", len(options))
	}
	chosen, found := object(e["initial_option"]), false
	for _, o := range options {
		if err := c.text(o["text"], 75, false); err != nil {
			return fmt.Errorf("option: %w", err)
		}
		if n := length(str(o["value"])); n == 0 || n > 150 {
			return fmt.Errorf("an option with a value of %d characters", n)
		}
		if chosen != nil && same(chosen, o) {
			found = true
		}
	}
	if chosen != nil && !found {
		return fmt.Errorf("an initial_option that is not among the options")
	}
	return nil
}

func same(a, b map[string]any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

// text checks a text and counts it.
func (c *checker) text(v any, most int, plain bool) error {
	c.total += length(textOf(v))
	return checkText(v, most, plain)
}

// pings are what calls everybody, and words what Slack takes for that in a text which
// does not say that it is verbatim.
var (
	pings = regexp.MustCompile(`<!(channel|here|everyone|subteam)`)
	words = regexp.MustCompile(`@(channel|here|everyone)\b`)
)

func checkText(v any, most int, plain bool) error {
	t := object(v)
	text := str(t["text"])
	switch n := length(text); {
	case t == nil:
		return fmt.Errorf("no text")
	case t["type"] != "plain_text" && (plain || t["type"] != "mrkdwn"):
		return fmt.Errorf("a text of type %v", t["type"])
	case strings.TrimSpace(text) == "" || n > most:
		return fmt.Errorf("%d characters, of 1 to %d", n, most)
	case t["type"] == "mrkdwn" && pings.MatchString(text):
		return fmt.Errorf("it calls everybody: %q", pings.FindString(text))
	case t["type"] == "mrkdwn" && t["verbatim"] != true && words.MatchString(text):
		return fmt.Errorf("it calls everybody unless it is verbatim: %q", words.FindString(text))
	}
	return nil
}

func length(s string) int { return len(utf16.Encode([]rune(s))) }
