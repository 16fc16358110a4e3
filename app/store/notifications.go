package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"readiness/notifications"
	"readiness/workpackages"
)

var (
	_ notifications.Store           = (*Store)(nil)
	_ notifications.PreferenceStore = (*Store)(nil)
	_ notifications.AccountStore    = (*Store)(nil)
)

// newest decodes documents of a collection in descending order of a field; of
// all of them where limit is 0.
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

// outboxOf gives the collection of a message. Those of the communications plan, of
// which there are thousands at a time, have one of their own: the embedded engine reads
// every document of a collection to list some of it.
func outboxOf(key string) string {
	if strings.HasPrefix(key, notifications.PlanMessage+"/") {
		return colPlanOutbox
	}
	return colMessages
}

// AddMessage implements notifications.Store.
func (s *Store) AddMessage(ctx context.Context, m notifications.Message) (bool, error) {
	return once(ctx, s, outboxOf(m.ID), m)
}

// SaveMessage implements notifications.Store.
func (s *Store) SaveMessage(ctx context.Context, m notifications.Message) error {
	return replaceAt(ctx, s, outboxOf(m.ID), m.ID, m.Version-1, m)
}

// Message implements notifications.Store.
func (s *Store) Message(ctx context.Context, id string) (notifications.Message, error) {
	return find[notifications.Message](ctx, s, outboxOf(id), id, "There is no such message")
}

// Messages implements notifications.Store.
func (s *Store) Messages(ctx context.Context, f notifications.Filter) ([]notifications.Message, error) {
	filter := bson.D{}
	if f.State != "" {
		filter = append(filter, bson.E{Key: "state", Value: f.State})
	}
	if f.Open {
		filter = append(filter, bson.E{Key: "state", Value: bson.D{{Key: "$in", Value: bson.A{notifications.Pending, notifications.Sending, notifications.Uncertain}}}})
	}
	if f.Rule != "" {
		// The field of a message's rules is younger than that of its rule.
		filter = append(filter, bson.E{Key: "$or", Value: bson.A{bson.D{{Key: "rule", Value: f.Rule}}, bson.D{{Key: "rules", Value: f.Rule}}}})
	}
	if f.Recipient != "" {
		filter = append(filter, bson.E{Key: "recipient", Value: f.Recipient})
	}
	if f.Under != "" {
		filter = append(filter, under(f.Under))
	}
	span := bson.D{}
	if !f.Since.IsZero() {
		span = append(span, bson.E{Key: "$gte", Value: f.Since})
	}
	if !f.Until.IsZero() {
		span = append(span, bson.E{Key: "$lt", Value: f.Until})
	}
	if len(span) > 0 {
		filter = append(filter, bson.E{Key: "created_at", Value: span})
	}
	collection := outboxOf(f.Under)
	if f.Rule == notifications.PlanMessage {
		collection = colPlanOutbox
	}
	return newest[notifications.Message](ctx, s, collection, "created_at", filter, f.Limit)
}

// Claim implements notifications.Store. The insert decides; who is refused reads
// who was first.
func (s *Store) Claim(ctx context.Context, c notifications.Claim) (notifications.Claim, error) {
	added, err := once(ctx, s, colClaims, c)
	if added || err != nil {
		return c, err
	}
	return s.ClaimOf(ctx, c.ID)
}

// ClaimOf implements notifications.Store.
func (s *Store) ClaimOf(ctx context.Context, id string) (notifications.Claim, error) {
	return find[notifications.Claim](ctx, s, colClaims, id, "Nobody has claimed this")
}

// AddDue implements notifications.Store.
func (s *Store) AddDue(ctx context.Context, d notifications.Due) error {
	_, err := once(ctx, s, colDue, d)
	return err
}

// PutOff implements notifications.Store.
func (s *Store) PutOff(ctx context.Context, id string, until time.Time) error {
	_, err := s.db.Collection(colDue).UpdateOne(ctx, byID(id), bson.D{{Key: "$set", Value: bson.D{{Key: "not_before", Value: until}}}})
	return translate(err, "")
}

// DropDue implements notifications.Store.
func (s *Store) DropDue(ctx context.Context, id string) error {
	_, err := s.db.Collection(colDue).DeleteOne(ctx, byID(id))
	return translate(err, "")
}

// DueNow implements notifications.Store. The queue holds what is on the way and no
// more, so that the embedded engine, which reads all of it, reads little.
func (s *Store) DueNow(ctx context.Context, now time.Time, limit int) ([]notifications.Due, error) {
	cur, err := s.db.Collection(colDue).Find(ctx, bson.D{{Key: "not_before", Value: bson.D{{Key: "$lte", Value: now}}}},
		options.Find().SetSort(bson.D{{Key: "created_at", Value: 1}}).SetLimit(int64(limit)))
	if err != nil {
		return nil, translate(err, "")
	}
	var out []notifications.Due
	return out, translate(cur.All(ctx, &out), "")
}

// under chooses what has an id that begins with a text.
func under(prefix string) bson.E {
	return bson.E{Key: "_id", Value: bson.D{{Key: "$gte", Value: prefix}, {Key: "$lt", Value: prefix + "\uffff"}}}
}

// Waiting implements notifications.Store.
func (s *Store) Waiting(ctx context.Context, prefix string) (int, error) {
	n, err := s.db.Collection(colDue).CountDocuments(ctx, bson.D{under(prefix)})
	return int(n), translate(err, "")
}

// hold is the one document that says until when Slack is left alone.
type hold struct {
	ID    string    `bson:"_id"`
	Until time.Time `bson:"until"`
}

// theHold is its id.
const theHold = "slack"

// Hold implements notifications.Store.
func (s *Store) Hold(ctx context.Context) (time.Time, error) {
	h, err := find[hold](ctx, s, colHolds, theHold, "")
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return time.Time{}, nil
	}
	return h.Until, err
}

// SetHold implements notifications.Store.
func (s *Store) SetHold(ctx context.Context, until time.Time) error {
	_, err := s.db.Collection(colHolds).ReplaceOne(ctx, byID(theHold), hold{theHold, until}, options.Replace().SetUpsert(true))
	if err != nil && workpackages.KindOf(translate(err, "")) == workpackages.Conflict {
		return nil // another copy has made it this moment, for the same reason
	}
	return translate(err, "")
}

// Tidy implements notifications.Store.
func (s *Store) Tidy(ctx context.Context, claims, messages, planned time.Time) error {
	ended := bson.E{Key: "state", Value: bson.D{{Key: "$in", Value: bson.A{notifications.Sent, notifications.Dead, notifications.NotSent}}}}
	return errors.Join(
		deleteAll(ctx, s, colClaims, bson.D{{Key: "at", Value: bson.D{{Key: "$lt", Value: claims}}}}),
		deleteAll(ctx, s, colMessages, bson.D{
			{Key: "created_at", Value: bson.D{{Key: "$lt", Value: messages}}},
			ended,
		}),
		deleteAll(ctx, s, colPlanOutbox, bson.D{
			{Key: "created_at", Value: bson.D{{Key: "$lt", Value: planned}}},
			ended,
		}),
	)
}

// Account implements notifications.AccountStore.
func (s *Store) Account(ctx context.Context, id string) (notifications.Account, error) {
	return find[notifications.Account](ctx, s, colAccounts, id, "There is no such Slack account")
}

// SaveAccount implements notifications.AccountStore.
func (s *Store) SaveAccount(ctx context.Context, a notifications.Account) error {
	_, err := s.db.Collection(colAccounts).ReplaceOne(ctx, byID(a.ID), a, options.Replace().SetUpsert(true))
	return translate(err, "")
}

// Preferences implements notifications.PreferenceStore.
func (s *Store) Preferences(ctx context.Context) ([]notifications.Preferences, error) {
	return cachedAll(ctx, s, &s.preferences, colPreferences)
}

// SavePreferences implements notifications.PreferenceStore.
func (s *Store) SavePreferences(ctx context.Context, p notifications.Preferences) error {
	s.preferences.changing()
	defer s.preferences.changing()
	return saveAt(ctx, s, colPreferences, p.PersonID, 1, p.Version, p)
}

// indexes are those that a real MongoDB uses. The embedded engine knows none but
// that of _id, and reads whole collections, which are kept small for it.
var indexes = []struct {
	collection string
	keys       bson.D
}{
	{colDue, bson.D{{Key: "not_before", Value: 1}}},
	{colMessages, bson.D{{Key: "created_at", Value: -1}}},
	{colPlanOutbox, bson.D{{Key: "created_at", Value: -1}}},
	{colClaims, bson.D{{Key: "at", Value: 1}}},
	{colJobRuns, bson.D{{Key: "started_at", Value: -1}}},
}

// declareIndexes makes them; one that is there is left alone.
func (s *Store) declareIndexes(ctx context.Context) error {
	if s.embedded {
		return nil
	}
	var errs []error
	for _, i := range indexes {
		_, err := s.db.Collection(i.collection).Indexes().CreateOne(ctx, mongo.IndexModel{Keys: i.keys})
		errs = append(errs, translate(err, ""))
	}
	return errors.Join(errs...)
}
