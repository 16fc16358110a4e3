package notifytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Sign gives the X-Slack-Signature of a request that Slack sends: timestamp is
// what X-Slack-Request-Timestamp says, in seconds, and body the bytes as they
// are sent.
func Sign(secret, timestamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":" + body))
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}
