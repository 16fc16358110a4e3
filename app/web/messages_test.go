package web

import (
	"errors"
	"testing"
	"time"
)

func TestACellThatASpreadsheetWouldWorkOutIsText(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+44": "'+44", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "\n=1": "'\n=1", "＝1": "'＝1",
		"": "", "a=1": "a=1", "Érica": "Érica", "• one": "• one", " =1": " =1", "'=1": "'=1", "2026-11-24": "2026-11-24",
	} {
		if got := safeCell(text); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
}

func TestWhatIsDearToFindOutIsKeptForAWhile(t *testing.T) {
	at, found := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), 0
	r := recent[int]{keep: 10 * time.Second}
	find := func() (int, error) { found++; return found, nil }
	for _, c := range []struct {
		what string
		at   time.Time
		want int
	}{
		{"first", at, 1},
		{"soon after", at.Add(9 * time.Second), 1},
		{"later", at.Add(10 * time.Second), 2},
		{"with the clock set back", at, 3},
	} {
		if got, err := r.get(c.at, find); got != c.want || err != nil {
			t.Errorf("%s: %d, not %d; %v", c.what, got, c.want, err)
		}
	}
	r.forget()
	if _, err := r.get(at, func() (int, error) { return 0, errors.New("away") }); err == nil {
		t.Error("a failure is hidden")
	}
	if got, err := r.get(at, find); got != 4 || err != nil {
		t.Errorf("after a failure: %d, %v", got, err)
	}
}
