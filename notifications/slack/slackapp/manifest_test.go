package slackapp

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	ours "readiness/notifications/slack"
)

// scopesOf are the scopes that each call of Slack's client needs, from
// docs.slack.dev/reference/methods.
var scopesOf = map[string][]string{
	"AuthTestContext":               nil,
	"GetUserInfoContext":            {"users:read", "users:read.email"}, // we read the address
	"GetUserByEmailContext":         {"users:read.email"},
	"OpenConversationContext":       {"im:write"},
	"GetConversationsContext":       {"channels:read", "groups:read"},
	"GetConversationHistoryContext": {"im:history", "channels:history", "groups:history"},
	"GetConversationRepliesContext": {"im:history", "channels:history", "groups:history"},
	"PostMessageContext":            {"chat:write"},
	"UpdateMessageContext":          {"chat:write"},
	"OpenViewContext":               nil,
	"UpdateViewContext":             nil,
	"PublishViewContext":            nil,
}

// eventsOf are the events by the types that are asked for.
var eventsOf = map[string]string{
	"AppHomeOpenedEvent":            "app_home_opened",
	"EventsAPIURLVerificationEvent": "", // Slack's own question
	"EventsAPIEvent":                "",
}

// TestTheManifestAsksForWhatTheCodeUses reads the code: a call that is new here needs a
// line above, and the scopes of the manifest are those of all calls, no more and no less.
func TestTheManifestAsksForWhatTheCodeUses(t *testing.T) {
	scopes, heard := map[string]bool{"commands": true}, map[string]bool{}
	calls := 0
	for _, dir := range []string{".", ".."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if of, ok := s.X.(*ast.SelectorExpr); ok && of.Sel.Name == "api" {
					needs, known := scopesOf[s.Sel.Name]
					if !known {
						t.Errorf("%s calls %s: say above which scopes that needs", name, s.Sel.Name)
					}
					for _, scope := range needs {
						scopes[scope] = true
					}
					calls++
				}
				if of, ok := s.X.(*ast.Ident); ok && of.Name == "slackevents" && strings.HasSuffix(s.Sel.Name, "Event") && s.Sel.Name != "ParseEvent" {
					event, known := eventsOf[s.Sel.Name]
					if !known {
						t.Errorf("%s uses %s: say above which event that is", name, s.Sel.Name)
					}
					if event != "" {
						heard[event] = true
					}
				}
				return true
			})
		}
	}
	m := Manifest("")
	if want := slices.Sorted(maps.Keys(scopes)); !slices.Equal(slices.Sorted(slices.Values(m.OAuthConfig.Scopes.Bot)), want) || calls < 10 {
		t.Errorf("the manifest asks for %q, and %d calls need %q", m.OAuthConfig.Scopes.Bot, calls, want)
	}
	if want := slices.Sorted(maps.Keys(heard)); !slices.Equal(m.Settings.EventSubscriptions.BotEvents, want) || len(want) == 0 {
		t.Errorf("the manifest subscribes to %q, and the code hears %q", m.Settings.EventSubscriptions.BotEvents, want)
	}
}

func TestTheManifestSaysHowSlackReachesUs(t *testing.T) {
	if m := Manifest(""); !m.Settings.SocketModeEnabled || m.Settings.Interactivity.RequestUrl != "" || m.Features.SlashCommands[0].Url != "" {
		t.Errorf("through a socket: %+v", m.Settings)
	}
	m := Manifest("https://r.example")
	if m.Settings.SocketModeEnabled || m.Settings.Interactivity.RequestUrl != "https://r.example/slack/interactions" ||
		m.Settings.EventSubscriptions.RequestUrl != "https://r.example/slack/events" || m.Features.SlashCommands[0].Url != "https://r.example/slack/commands" {
		t.Errorf("as requests: %+v", m)
	}
	j, err := json.Marshal(m)
	if err != nil || strings.Contains(string(j), "null") {
		t.Errorf("%s, %v", j, err)
	}
	if n := len(m.Display.Description); n > 140 { // Slack's limit
		t.Errorf("a description of %d characters", n)
	}
	for _, s := range ours.Scopes() {
		if s.Why == "" {
			t.Errorf("%s: what for?", s.Name)
		}
	}
	if _, err := os.Stat("manifest.go"); err != nil { // the test above reads the files of this folder
		t.Fatal(err)
	}
}
