package notifytest

import (
	"fmt"
	"unicode/utf16"
)

// CheckBlocks holds blocks to Slack's limits, counted in UTF-16 units: the
// strictest way in which Slack may count.
func CheckBlocks(blocks []map[string]any) error {
	if len(blocks) == 0 || len(blocks) > 50 {
		return fmt.Errorf("%d blocks", len(blocks))
	}
	total := 0
	for i, b := range blocks {
		var texts []any
		limit := 3000
		switch b["type"] {
		case "header":
			texts, limit = []any{b["text"]}, 150
		case "section":
			texts = []any{b["text"]}
		case "context":
			texts, _ = b["elements"].([]any)
		case "actions":
			elements, _ := b["elements"].([]any)
			if len(elements) == 0 || len(elements) > 25 {
				return fmt.Errorf("block %d has %d elements", i, len(elements))
			}
			for _, e := range elements {
				button, _ := e.(map[string]any)
				texts, limit = append(texts, button["text"]), 75
				if url, _ := button["url"].(string); len(url) > 3000 {
					return fmt.Errorf("block %d has an address of %d characters", i, len(url))
				}
			}
		default:
			return fmt.Errorf("block %d is a %v", i, b["type"])
		}
		for _, t := range texts {
			m, _ := t.(map[string]any)
			text, _ := m["text"].(string)
			n := len(utf16.Encode([]rune(text)))
			if n == 0 || n > limit {
				return fmt.Errorf("block %d has %d characters", i, n)
			}
			total += n
		}
	}
	if total > 12000 {
		return fmt.Errorf("%d characters in all", total)
	}
	return nil
}
