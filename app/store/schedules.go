package store

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"readiness/notifications"
	"readiness/schedules"
	"readiness/workpackages"
)

var (
	_ notifications.Store = (*Store)(nil)
	_ schedules.Store     = (*Store)(nil)
)

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

// AddRun implements schedules.Store.
func (s *Store) AddRun(ctx context.Context, r schedules.Run) (bool, error) {
	return once(ctx, s, colJobRuns, r)
}

// Run implements schedules.Store.
func (s *Store) Run(ctx context.Context, id string) (schedules.Run, error) {
	return find[schedules.Run](ctx, s, colJobRuns, id, "There is no such run")
}

// SaveRun implements schedules.Store.
func (s *Store) SaveRun(ctx context.Context, r schedules.Run) error {
	_, err := s.db.Collection(colJobRuns).ReplaceOne(ctx, byID(r.ID), r)
	return translate(err, "")
}

// Runs implements schedules.Store.
func (s *Store) Runs(ctx context.Context, limit int) ([]schedules.Run, error) {
	return newest[schedules.Run](ctx, s, colJobRuns, "started_at", bson.D{}, limit)
}

type jobState struct {
	ID   string    `bson:"_id"`
	Last time.Time `bson:"last"`
}

// LastDone implements schedules.Store.
func (s *Store) LastDone(ctx context.Context, job string, begin time.Time) (time.Time, error) {
	st, err := find[jobState](ctx, s, colJobState, job, "")
	if err == nil || workpackages.KindOf(err) != workpackages.NotFound {
		return st.Last, err
	}
	if _, err := once(ctx, s, colJobState, jobState{job, begin}); err != nil {
		return time.Time{}, err
	}
	st, err = find[jobState](ctx, s, colJobState, job, "")
	return st.Last, err
}

// SetLastDone implements schedules.Store.
func (s *Store) SetLastDone(ctx context.Context, job string, instant time.Time) error {
	_, err := s.db.Collection(colJobState).UpdateOne(ctx,
		bson.D{{Key: "_id", Value: job}, {Key: "last", Value: bson.D{{Key: "$lt", Value: instant}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "last", Value: instant}}}})
	return translate(err, "")
}
