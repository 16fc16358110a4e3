package slackapp

import (
	"github.com/slack-go/slack"

	ours "readiness/notifications/slack"
)

// events are what the app is told of.
var events = []string{"app_home_opened"}

// Manifest describes the app to Slack, which makes it from that. With the address of
// the pages, Slack sends what people do there as signed requests; with none, through a
// web socket that we open.
func Manifest(baseURL string) slack.Manifest {
	m := slack.Manifest{
		Metadata: slack.ManifestMetadata{MajorVersion: 1, MinorVersion: 1},
		Display: slack.Display{
			Name: "Readiness", BackgroundColor: "#1d3557",
			Description: "Being ready when Ofsted rings: reminders, and updates without leaving Slack",
		},
		Features: slack.Features{
			// Nobody reads what is written to the app, so that nobody can write to it.
			AppHome: slack.AppHome{HomeTabEnabled: true, MessagesTabEnabled: true, MessagesTabReadOnlyEnabled: true},
			BotUser: slack.BotUser{DisplayName: "Readiness", AlwaysOnline: true},
			SlashCommands: []slack.ManifestSlashCommand{{
				Command: Command, Description: "Where the packages stand, and what is yours", UsageHint: "[update PACKAGE | mine | annexa | help]",
			}},
		},
		Settings: slack.Settings{
			Interactivity:      &slack.Interactivity{IsEnabled: true},
			EventSubscriptions: &slack.EventSubscriptions{BotEvents: events},
			SocketModeEnabled:  baseURL == "",
		},
	}
	for _, s := range ours.Scopes() {
		m.OAuthConfig.Scopes.Bot = append(m.OAuthConfig.Scopes.Bot, s.Name)
	}
	if baseURL != "" {
		m.Features.SlashCommands[0].Url = baseURL + "/slack/" + Commands
		m.Settings.Interactivity.RequestUrl = baseURL + "/slack/" + Interactions
		m.Settings.EventSubscriptions.RequestUrl = baseURL + "/slack/" + Events
	}
	return m
}
