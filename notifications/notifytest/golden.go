package notifytest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Golden compares what is shown in Slack with the file that says what it should be,
// testdata/NAME.json. UPDATE_GOLDEN=1 writes the files anew: read the difference
// before you keep it.
func Golden(t testing.TB, name string, shown any) {
	t.Helper()
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(shown); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".json")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, text.Bytes()) {
		t.Errorf("%s is not as %s says. UPDATE_GOLDEN=1 go test writes it anew. Now:\n%s", name, path, text.Bytes())
	}
}

// Plain gives blocks or a view as Slack gets them.
func Plain[T any](t testing.TB, v any) (out T) {
	t.Helper()
	j, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(j, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Worst gives texts that break what is not made for them.
func Worst() map[string]string {
	out := map[string]string{}
	for what, unit := range map[string]string{
		"ampersands": "&", "brackets": "<>", "emoji": "👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿", "right to left": "שלום عليكم ", "bars": "|", "line breaks": "a\n", "pings": "<!channel> @here ",
		"markup": "*_~`", "words": "an ordinary sentence of a long narrative. ",
	} {
		for b := (&bytes.Buffer{}); ; b.WriteString(unit) {
			if b.Len() >= 12000 {
				out[what] = firstRunes(b.String(), 3000)
				break
			}
		}
	}
	return out
}

func firstRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
