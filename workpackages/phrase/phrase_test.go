package phrase

import "testing"

func TestPhrases(t *testing.T) {
	type state string
	for want, got := range map[string]string{
		"0 messages":      Count(0, "message"),
		"1 message":       Count(1, "message"),
		"2 working days":  Count(2, "working day"),
		"1 person":        Count(1, "person"),
		"2 people":        Count(2, "person"),
		"3 other people":  Count(3, "other person"),
		"a":               And([]string{"a"}),
		"a and b":         And([]string{"a", "b"}),
		"a, b and c":      And([]string{"a", "b", "c"}),
		"draft, sent":     List([]state{"draft", "sent"}),
		"staff":           LowerFirst("Staff"),
		"when it is sent": LowerFirst("When it is sent"),
		"SEND partners":   LowerFirst("SEND partners"),
		"X1 of a list":    LowerFirst("X1 of a list"),
		"élus":            LowerFirst("Élus"),
		"a team":          LowerFirst("A team"),
		"already so":      LowerFirst("already so"),
		"":                And(nil) + List([]state{}) + LowerFirst(""),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
