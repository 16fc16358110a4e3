package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"readiness/schedules"
	"readiness/workpackages"
)

var (
	_ schedules.Store     = (*Store)(nil)
	_ schedules.RuleStore = (*Store)(nil)
)

// AddRun implements schedules.Store.
func (s *Store) AddRun(ctx context.Context, r schedules.Run) (bool, error) {
	return once(ctx, s, colJobRuns, r)
}

// Run implements schedules.Store.
func (s *Store) Run(ctx context.Context, id string) (schedules.Run, error) {
	return find[schedules.Run](ctx, s, colJobRuns, id, "There is no such run")
}

// SaveRun implements schedules.Store. A renewal that was given up waiting for may
// still reach a database that is slow: it must not undo how the run ended.
func (s *Store) SaveRun(ctx context.Context, r schedules.Run) error {
	_, err := replaceIf(ctx, s, colJobRuns, r.ID, "state", schedules.Running, r)
	return err
}

// Runs implements schedules.Store.
func (s *Store) Runs(ctx context.Context, job string, limit int) ([]schedules.Run, error) {
	filter := bson.D{}
	if job != "" {
		filter = bson.D{{Key: "job", Value: job}}
	}
	return newest[schedules.Run](ctx, s, colJobRuns, "started_at", filter, limit)
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
	if begin.IsZero() {
		return begin, nil
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

// SaveCopy implements schedules.Store.
func (s *Store) SaveCopy(ctx context.Context, c schedules.Copy) error {
	_, err := s.db.Collection(colCopies).ReplaceOne(ctx, byID(c.ID), c, options.Replace().SetUpsert(true))
	return translate(err, "")
}

// Copies implements schedules.Store.
func (s *Store) Copies(ctx context.Context) ([]schedules.Copy, error) {
	copies, err := all[schedules.Copy](ctx, s, colCopies)
	slices.SortFunc(copies, func(a, b schedules.Copy) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return copies, err
}

// DeleteCopy implements schedules.Store.
func (s *Store) DeleteCopy(ctx context.Context, id string) error {
	return deleteAll(ctx, s, colCopies, byID(id))
}

// DeleteRuns implements schedules.Store.
func (s *Store) DeleteRuns(ctx context.Context, job string, before time.Time) error {
	filter := bson.D{{Key: "started_at", Value: bson.D{{Key: "$lt", Value: before}}}}
	if job != "" {
		filter = append(filter, bson.E{Key: "job", Value: job})
	}
	return deleteAll(ctx, s, colJobRuns, filter)
}

// DeleteCopies implements schedules.Store.
func (s *Store) DeleteCopies(ctx context.Context, before time.Time) error {
	return deleteAll(ctx, s, colCopies, bson.D{{Key: "tick_at", Value: bson.D{{Key: "$lt", Value: before}}}})
}

// firstChange is the first version of a rule or of the closed days that is stored:
// version 1 is how the product comes.
const firstChange = 2

// Rules implements schedules.RuleStore.
func (s *Store) Rules(ctx context.Context) ([]schedules.Rule, error) {
	return cachedAll(ctx, s, &s.rules, colRules)
}

// SaveRule implements schedules.RuleStore.
func (s *Store) SaveRule(ctx context.Context, r schedules.Rule) error {
	s.rules.changing()
	defer s.rules.changing()
	return saveAt(ctx, s, colRules, r.ID, firstChange, r.Version, r)
}

// ClosedDays implements schedules.RuleStore.
func (s *Store) ClosedDays(ctx context.Context) (schedules.ClosedDays, error) {
	kept, err := cachedAll(ctx, s, &s.closed, colClosedDays)
	if err == nil && len(kept) == 0 {
		err = workpackages.Errorf(workpackages.NotFound, "There are no closed days")
	}
	if err != nil {
		return schedules.ClosedDays{}, err
	}
	return kept[0], nil
}

// SaveClosedDays implements schedules.RuleStore.
func (s *Store) SaveClosedDays(ctx context.Context, c schedules.ClosedDays) error {
	s.closed.changing()
	defer s.closed.changing()
	return saveAt(ctx, s, colClosedDays, c.ID, firstChange, c.Version, c)
}
