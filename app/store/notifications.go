package store

import (
	"context"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"readiness/notifications"
	"readiness/workpackages"
)

var _ notifications.Store = (*Store)(nil)

// newest decodes documents of a collection in descending order of a field.
func newest[T any](ctx context.Context, s *Store, collection, field string, filter bson.D, limit int) ([]T, error) {
	cur, err := s.db.Collection(collection).Find(ctx, filter, options.Find().SetSort(bson.D{{Key: field, Value: -1}}).SetLimit(int64(limit)))
	if err != nil {
		return nil, translate(err, "")
	}
	var out []T
	return out, translate(cur.All(ctx, &out), "")
}

// once inserts a document; added is false when its id is taken.
func once(ctx context.Context, s *Store, collection string, doc any) (added bool, err error) {
	err = insert(ctx, s, collection, doc)
	if err != nil && workpackages.KindOf(err) == workpackages.Conflict {
		return false, nil
	}
	return err == nil, err
}

// AddMessage implements notifications.Store.
func (s *Store) AddMessage(ctx context.Context, m notifications.Message) (bool, error) {
	s.outbox.changing()
	defer s.outbox.changing()
	return once(ctx, s, colMessages, m)
}

// SaveMessage implements notifications.Store.
func (s *Store) SaveMessage(ctx context.Context, m notifications.Message) error {
	s.outbox.changing()
	defer s.outbox.changing()
	return replaceAt(ctx, s, colMessages, m.ID, m.Version-1, m)
}

// Message implements notifications.Store.
func (s *Store) Message(ctx context.Context, id string) (notifications.Message, error) {
	return find[notifications.Message](ctx, s, colMessages, id, "There is no such message")
}

// quiet remembers that nothing in the outbox wants work before an instant. To
// find that out the embedded engine reads every message there ever was, on its
// one connection, and it is asked every few seconds. As with cache, only this
// process changes what the answer rests on.
type quiet struct {
	mu    sync.Mutex
	turn  uint64
	known bool
	until time.Time // zero: until something changes
}

// changing is called on both sides of a change to the outbox: see cache.
func (q *quiet) changing() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.turn++
	q.known = false
}

func (q *quiet) at(now time.Time) (quiet bool, turn uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.known && (q.until.IsZero() || now.Before(q.until)), q.turn
}

func (q *quiet) remember(turn uint64, until time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.turn == turn {
		q.known, q.until = true, until
	}
}

// Undelivered implements notifications.Store.
func (s *Store) Undelivered(ctx context.Context, now time.Time, limit int) ([]notifications.Message, error) {
	isQuiet, turn := s.outbox.at(now)
	if s.embedded && isQuiet {
		return nil, nil
	}
	filter := bson.D{{Key: "state", Value: bson.D{{Key: "$in", Value: bson.A{notifications.Pending, notifications.Sending, notifications.Uncertain}}}}}
	cur, err := s.db.Collection(colMessages).Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "created_at", Value: 1}}))
	if err != nil {
		return nil, translate(err, "")
	}
	var open, due []notifications.Message
	if err := cur.All(ctx, &open); err != nil {
		return nil, translate(err, "")
	}
	var next time.Time
	for _, m := range open {
		if !m.NotBefore.After(now) {
			due = append(due, m)
		} else if next.IsZero() || m.NotBefore.Before(next) {
			next = m.NotBefore
		}
	}
	if len(due) == 0 {
		s.outbox.remember(turn, next)
	}
	return due[:min(len(due), limit)], nil
}

// Messages implements notifications.Store.
func (s *Store) Messages(ctx context.Context, f notifications.Filter) ([]notifications.Message, error) {
	filter := bson.D{}
	if f.State != "" {
		filter = append(filter, bson.E{Key: "state", Value: f.State})
	}
	if f.Rule != "" {
		filter = append(filter, bson.E{Key: "rule", Value: f.Rule})
	}
	return newest[notifications.Message](ctx, s, colMessages, "created_at", filter, f.Limit)
}
