package slack

import "readiness/notifications"

// Scopes are all that the bot needs, in the order of the manifest. A test holds them to
// the calls that are made. Each reason is read by itself, where one alone is missing.
func Scopes() []notifications.Scope {
	return []notifications.Scope{
		{Name: "chat:write", Why: "send messages, and change what they say as things are done"},
		{Name: "commands", Why: "answer the command /readiness"},
		{Name: "im:write", Why: "open the direct conversation with a person"},
		{Name: "im:history", Why: "see whether a message to a person arrived, before it is sent again"},
		{Name: "users:read", Why: "know who presses a button"},
		{Name: "users:read.email", Why: "find people in Slack by their e-mail address, and know them by it"},
		{Name: "channels:read", Why: "find the channels that messages go to"},
		{Name: "channels:history", Why: "see whether a message to a channel arrived, before it is sent again"},
		{Name: "groups:read", Why: "find private channels that messages go to"},
		{Name: "groups:history", Why: "see whether a message to a private channel arrived, before it is sent again"},
	}
}
