package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"readiness/config"
	"readiness/notifications/slack/slackapp"
)

const slackUsage = `Usage: readiness slack manifest [--http]

Prints the manifest from which Slack makes the app: at https://api.slack.com/apps choose
Create New App, From a manifest, and paste it as JSON. What people do in Slack then comes
through a web socket that Readiness opens (SLACK_APP_TOKEN). With --http Slack sends it
to BASE_URL, which Slack must be able to reach over https (SLACK_SIGNING_SECRET): once
Readiness runs, press Retry under Event Subscriptions in the app's settings.
`

// slackCommand prints the manifest. It needs no database, and no token.
func slackCommand(args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	f := newFlags("slack", "slack manifest [--http]", stderr)
	f.Usage = func() { fmt.Fprint(stderr, slackUsage) }
	overHTTP := f.Bool("http", false, "Slack sends what people do to BASE_URL")
	words, code, ok := parse(f, args)
	if !ok {
		return code
	}
	if len(words) != 1 || words[0] != "manifest" {
		fmt.Fprint(stderr, slackUsage)
		return exitUsage
	}
	base := ""
	if *overHTTP {
		cfg, err := config.Load(getenv)
		if err != nil {
			return badSettings(stderr, err)
		}
		if base = cfg.BaseURL; !strings.HasPrefix(base, "https://") {
			fmt.Fprintf(stderr, "Slack sends requests over https only, and BASE_URL is %s: set it to the address that people use, or leave --http out.\n", base)
			return exitUsage
		}
	}
	e := json.NewEncoder(stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(slackapp.Manifest(base)); err != nil {
		return fail(stderr, err)
	}
	return exitOK
}
