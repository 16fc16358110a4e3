package notifications

import (
	"errors"
	"time"
)

const (
	// maxTries is how many tries the ledger lists of one message.
	maxTries = 20
	// askFor is how long Slack is asked what became of a message.
	askFor = 7 * 24 * time.Hour
)

// settle records how a try ended.
func (s *Service) settle(m Message, end ending) Message {
	now := s.now()
	m.LeaseUntil, m.Unfound = time.Time{}, false
	if end.needless {
		m.State, m.Detail = NotSent, "Not needed: the message that it changes was not sent"
		return m.tried(now, "needless", "")
	}
	if end.err == nil {
		m.State, m.SentAt, m.Detail, m.Channel, m.Timestamp = Sent, now, "", end.receipt.Channel, end.receipt.Timestamp
		if end.found {
			return m.tried(now, "found", "")
		}
		return m.tried(now, "sent", "")
	}
	var retry *Retry
	var permanent *Permanent
	wait := s.backOff(m.Attempts)
	if errors.As(end.err, &retry) && retry.After > 0 {
		wait = max(wait, retry.After)
	}
	m.NotBefore = now.Add(wait)
	switch {
	case end.unsettled && now.Sub(m.CreatedAt) > askFor:
		m.State, m.Detail = Dead, "Nobody knows whether this was sent: look for it in Slack before you send it again. Slack could not be asked: "+end.err.Error()
		return m.tried(now, "unknown", end.err.Error())
	case end.unsettled:
		m.State, m.Detail = Uncertain, "It may have been sent, and Slack could not be asked yet: "+end.err.Error()
		return m.tried(now, "unknown", end.err.Error())
	case errors.As(end.err, &permanent):
		m.State, m.Detail, m.Unfound = Dead, permanent.Sentence, permanent.Unfound
		return m.tried(now, "refused", permanent.Sentence)
	case retry != nil:
		m.State, m.Detail = Pending, retry.Reason
		return m.tried(now, "again", retry.Reason)
	}
	m.State, m.Detail = Uncertain, "Slack did not say whether it got this. It is asked before anything is sent again"
	// A request that we gave up on is let end at Slack's before Slack is asked about it.
	m.NotBefore = now.Add(max(wait, s.lease()/2))
	return m.tried(now, "unknown", "")
}

// tried adds one try to the message's list, which keeps to the newest.
func (m Message) tried(at time.Time, outcome, detail string) Message {
	tries := append(append([]Attempt{}, m.Tries...), Attempt{at, outcome, detail})
	m.Tries = tries[max(0, len(tries)-maxTries):]
	return m
}

// backOff is the wait after a try that failed, with the lease of a minute: 5, 10, 20
// and 40 seconds, then a minute each time, and ten once it has been tried for half
// an hour: what does not go by then is not about to.
func (s *Service) backOff(attempts int) time.Duration {
	if attempts > 30 {
		return 10 * s.lease()
	}
	return min(s.lease()/12<<min(max(attempts-1, 0), 4), s.lease())
}
