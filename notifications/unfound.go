package notifications

import (
	"context"
	"time"

	"readiness/workpackages"
)

// newestOf is how many messages of a person are looked at for the one tried last.
const newestOf = 20

// Unfound gives, for each person who may sign in and whom Slack did not find when they
// were last written to, the message of that: of people to whom one made since an instant
// could not be sent. Whoever got one after that, sent again or new, is found.
func (s *Service) Unfound(ctx context.Context, since time.Time) ([]Message, error) {
	dead, err := s.Store.Messages(ctx, Filter{State: Dead, Since: since})
	if err != nil {
		return nil, err
	}
	var out []Message
	seen := map[string]bool{}
	for _, m := range dead {
		if !m.Unfound || seen[m.RecipientID] {
			continue
		}
		seen[m.RecipientID] = true
		p, err := s.People.Person(ctx, m.RecipientID)
		if err != nil && workpackages.KindOf(err) != workpackages.NotFound {
			return nil, err
		}
		if err != nil || p.Disabled {
			continue
		}
		last, err := s.lastTold(ctx, m.RecipientID)
		if err != nil {
			return nil, err
		}
		if last.Unfound {
			out = append(out, last)
		}
	}
	return out, nil
}

// lastTold gives the message of somebody that ended last, sent or not: one that is sent
// again ends later than one that was made after it.
func (s *Service) lastTold(ctx context.Context, recipientID string) (last Message, err error) {
	newest, err := s.Store.Messages(ctx, Filter{Recipient: recipientID, Limit: newestOf})
	var at time.Time
	for _, m := range newest {
		if m.Op != Post || m.State != Sent && m.State != Dead || len(m.Tries) == 0 {
			continue
		}
		if tried := m.Tries[len(m.Tries)-1].At; tried.After(at) {
			last, at = m, tried
		}
	}
	return last, err
}
