package store

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"readiness/schedules"
	"readiness/workpackages"
)

var _ schedules.Store = (*Store)(nil)

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
