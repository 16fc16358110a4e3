package notifications

import "time"

// SocketState is how the web socket stands through which Slack sends what people do.
type SocketState struct {
	On        bool // an app-level token is set
	Connected bool
	Since     time.Time // of this state; zero: not yet
	Problem   string    // what to do, a sentence without a full stop; empty where all is well
}
