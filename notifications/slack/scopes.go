package slack

// Scope is a permission that the app's bot needs, by Slack's name of it, and what for.
type Scope struct{ Name, Why string }

// Scopes are all that the bot needs, in the order of the manifest. A test holds them to
// the calls that are made. Each reason is read by itself, where one alone is missing.
func Scopes() []Scope {
	return []Scope{
		{"chat:write", "send messages, and change what they say as things are done"},
		{"commands", "answer the command /readiness"},
		{"im:write", "open the direct conversation with a person"},
		{"im:history", "see whether a message to a person arrived, before it is sent again"},
		{"users:read", "know who presses a button"},
		{"users:read.email", "find people in Slack by their e-mail address, and know them by it"},
		{"channels:read", "find the channel SLACK_CHANNEL"},
		{"channels:history", "see whether a message to a channel arrived, before it is sent again"},
		{"groups:read", "find the channel SLACK_CHANNEL where it is private"},
		{"groups:history", "see whether a message to a private channel arrived, before it is sent again"},
	}
}
