package notifications

import "time"

// SocketState is how the web socket stands through which Slack sends what people do.
type SocketState struct {
	On        bool // an app-level token is set
	Connected bool
	Since     time.Time // of this state; zero: not yet
	Problem   string    // what to do, a sentence without a full stop; empty where all is well
}

// Connection is how the product stands with Slack.
type Connection struct {
	Workspace string // name of the workspace that the token is of; empty where Slack did not say
	Bot       string // name of the app's user there
	Problem   string // why Slack cannot be used, and what to do; empty where it can
	// Granted are the permissions that the app needs and has, Missing those it was not
	// given. Both are nil where Slack did not say: nothing is known of them then.
	Granted, Missing []Scope
	Channel          *ChannelState // SLACK_CHANNEL; nil: none is set
	MemberOf         int           // channels that the app is in; -1 where Slack did not say
}

// Scope is a permission that the app needs, by Slack's name of it, and what for.
type Scope struct{ Name, Why string }

// ChannelState is how the channel stands that hears of Annexe A checks.
type ChannelState struct {
	Name    string // as it is set
	Problem string // why nothing can be posted there, and what to do; empty where it can
}
