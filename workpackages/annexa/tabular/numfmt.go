package tabular

import "strings"

// builtinDate says whether a number format that Excel has without naming it
// shows dates or times.
func builtinDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// showsDate says whether a number format shows dates or times: a d, m, y, h or
// s stands in it outside quotes, brackets and escapes, or a bracket of its own
// holds elapsed time, as [h] does.
func showsDate(code string) bool {
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			i += skipTo(code[i+1:], '"')
		case code[i] == '[':
			n := skipTo(code[i+1:], ']')
			if elapsed(code[i+1 : min(i+n, len(code))]) {
				return true
			}
			i += n
		case code[i] == '\\', code[i] == '_', code[i] == '*':
			i++ // the next character is shown, is as wide as the space, or fills it
		case c == 'd', c == 'm', c == 'y', c == 'h', c == 's':
			return true
		}
	}
	return false
}

// skipTo is how far the closing character is, itself counted.
func skipTo(rest string, close byte) int {
	if i := strings.IndexByte(rest, close); i >= 0 {
		return i + 1
	}
	return len(rest) + 1
}

// elapsed says whether a bracket holds hours, minutes or seconds, not a colour
// or condition.
func elapsed(bracket string) bool {
	b := strings.ToLower(bracket)
	return b != "" && (strings.Trim(b, "h") == "" || strings.Trim(b, "m") == "" || strings.Trim(b, "s") == "")
}
