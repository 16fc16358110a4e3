package store

import (
	"context"
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
	return once(ctx, s, colMessages, m)
}

// SaveMessage implements notifications.Store.
func (s *Store) SaveMessage(ctx context.Context, m notifications.Message) error {
	return replaceAt(ctx, s, colMessages, m.ID, m.Version-1, m)
}

// Message implements notifications.Store.
func (s *Store) Message(ctx context.Context, id string) (notifications.Message, error) {
	return find[notifications.Message](ctx, s, colMessages, id, "There is no such message")
}

// Undelivered implements notifications.Store.
func (s *Store) Undelivered(ctx context.Context, now time.Time, limit int) ([]notifications.Message, error) {
	filter := bson.D{
		{Key: "state", Value: bson.D{{Key: "$in", Value: bson.A{notifications.Pending, notifications.Sending, notifications.Uncertain}}}},
		{Key: "not_before", Value: bson.D{{Key: "$lte", Value: now}}},
	}
	cur, err := s.db.Collection(colMessages).Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "created_at", Value: 1}}).SetLimit(int64(limit)))
	if err != nil {
		return nil, translate(err, "")
	}
	var out []notifications.Message
	return out, translate(cur.All(ctx, &out), "")
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
