package slackapp

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

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

// socketOf are the same of the socket's client, whose token is the app's: opening one
// needs connections:write of that, which is in no manifest.
var socketOf = map[string][]string{
	"RunContext": {"connections:write"},
	"AckCtx":     nil,
}

// eventsOf are the events by the types that are asked for.
var eventsOf = map[string]string{
	"AppHomeOpenedEvent":            "app_home_opened",
	"EventsAPIURLVerificationEvent": "", // Slack's own question
	"EventsAPIEvent":                "",
}

// methodsOf are the calls that a client of Slack's has.
func methodsOf(client any) map[string]bool {
	out := map[string]bool{}
	for t, i := reflect.TypeOf(client), 0; i < t.NumMethod(); i++ {
		out[t.Method(i).Name] = true
	}
	return out
}

// use is one selector in the code that matters to Slack.
type use struct{ file, name string }

// uses reads all code that may speak to Slack. A call counts by its name, whatever its
// client is called there: by any that the client has, where the client is called api.
func uses(t *testing.T) (calls, sockets, events []use) {
	t.Helper()
	web, socket := methodsOf(&slack.Client{}), methodsOf(&socketmode.Client{})
	takesContext := regexp.MustCompile(`(Context|Ctx)$`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			at := use{path, s.Sel.Name}
			of, _ := s.X.(*ast.Ident)
			client := of != nil && of.Name == "api"
			if field, ok := s.X.(*ast.SelectorExpr); ok {
				client = field.Sel.Name == "api"
			}
			switch {
			case of != nil && of.Name == "slackevents":
				if strings.HasSuffix(at.name, "Event") && at.name != "ParseEvent" {
					events = append(events, at)
				}
			case web[at.name] && (client || takesContext.MatchString(at.name)):
				calls = append(calls, at)
			case socket[at.name] && takesContext.MatchString(at.name):
				sockets = append(sockets, at)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return calls, sockets, events
}

// needed gives what uses need by a table, and fails the test where one is not in it, or
// where a line of it is of no use any more.
func needed(t *testing.T, what string, found []use, table map[string][]string) []string {
	t.Helper()
	needs, used := map[string]bool{}, map[string]bool{}
	for _, u := range found {
		of, known := table[u.name]
		if !known {
			t.Errorf("%s uses %s: say above which %s that needs", u.file, u.name, what)
		}
		used[u.name] = true
		for _, n := range of {
			needs[n] = true
		}
	}
	for name := range table {
		if !used[name] {
			t.Errorf("nothing uses %s any more: take its line away", name)
		}
	}
	return slices.Sorted(maps.Keys(needs))
}

// TestTheManifestAsksForWhatTheCodeUses reads the code: a call that is new here needs a
// line above, and the scopes of the manifest are those of all calls, no more and no less.
func TestTheManifestAsksForWhatTheCodeUses(t *testing.T) {
	m := Manifest("")
	calls, sockets, events := uses(t)
	scopes := needed(t, "scopes", calls, scopesOf)
	if len(m.Features.SlashCommands) > 0 {
		scopes = append(scopes, "commands")
		slices.Sort(scopes)
	}
	if got := slices.Sorted(slices.Values(m.OAuthConfig.Scopes.Bot)); !slices.Equal(got, scopes) {
		t.Errorf("the manifest asks for %q, and the calls need %q", got, scopes)
	}
	if app := needed(t, "scopes of the app-level token", sockets, socketOf); m.Settings.SocketModeEnabled != slices.Contains(app, "connections:write") {
		t.Errorf("socket mode is %v, and the code calls %v", m.Settings.SocketModeEnabled, sockets)
	}
	table := map[string][]string{}
	for name, event := range eventsOf {
		if table[name] = nil; event != "" {
			table[name] = []string{event}
		}
	}
	if heard := needed(t, "event", events, table); !slices.Equal(slices.Sorted(slices.Values(m.Settings.EventSubscriptions.BotEvents)), heard) || len(heard) == 0 {
		t.Errorf("the manifest subscribes to %q, and the code hears %q", m.Settings.EventSubscriptions.BotEvents, heard)
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
}
