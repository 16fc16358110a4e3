package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"readiness/config"
	"readiness/notifications/slack"
	"readiness/workpackages/annexa"
)

func page(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestTheReadmeHasEverySettingWithItsDefault: a setting that is used has a row of the
// table, one that is not used yet stands below it.
func TestTheReadmeHasEverySettingWithItsDefault(t *testing.T) {
	readme := page(t, "../README.md")
	for _, s := range config.Settings() {
		row := ""
		for line := range strings.Lines(readme) {
			if first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |"); strings.HasPrefix(line, "| ") && strings.Contains(first, "`"+s.Name+"`") {
				row = strings.ReplaceAll(line, "`", "")
			}
		}
		unused := strings.Contains(s.What, "not used yet")
		switch {
		case unused && !strings.Contains(readme, "`"+s.Name+"`"):
			t.Errorf("%s is not in the README", s.Name)
		case !unused && (row == "" || !strings.Contains(row, s.Default)):
			t.Errorf("%s with its default %q is not in the README's table: %q", s.Name, s.Default, row)
		}
	}
}

func TestTheDocumentsListThePermissionsOfTheSlackApp(t *testing.T) {
	text := page(t, "docs/slack.md")
	for _, s := range slack.Scopes() {
		if row := "| `" + s.Name + "` | " + s.Why + " |"; !strings.Contains(text, row) {
			t.Errorf("docs/slack.md lacks the row %s", row)
		}
	}
	if n := strings.Count(text, "| `"); n < len(slack.Scopes()) {
		t.Errorf("%d rows", n)
	}
}

func TestTheDocumentsCountTheRules(t *testing.T) {
	n := len(annexa.Rules())
	for name, says := range map[string]string{"docs/annexa.md": "\n%d rules: ", "docs/changelog.md": "applies %d\n  rules "} {
		if want := fmt.Sprintf(says, n); !strings.Contains(page(t, name), want) {
			t.Errorf("%s does not say %q", name, strings.TrimSpace(want))
		}
	}
}
