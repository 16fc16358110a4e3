package store

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"readiness/app/auth"
	"readiness/workpackages"
)

var _ auth.Store = (*Store)(nil)

// AddSession implements auth.Store.
func (s *Store) AddSession(ctx context.Context, v auth.Session) error {
	return insert(ctx, s, colSessions, v)
}

// Session implements auth.Store.
func (s *Store) Session(ctx context.Context, id string) (auth.Session, error) {
	return find[auth.Session](ctx, s, colSessions, id, "There is no such session")
}

// TouchSession implements auth.Store.
func (s *Store) TouchSession(ctx context.Context, id string, at time.Time) error {
	_, err := s.db.Collection(colSessions).UpdateOne(ctx, byID(id), bson.D{{Key: "$set", Value: bson.D{{Key: "seen_at", Value: at}}}})
	return translate(err, "")
}

// DeleteSession implements auth.Store.
func (s *Store) DeleteSession(ctx context.Context, id string) error {
	return deleteAll(ctx, s, colSessions, byID(id))
}

// DeleteSessionsOf implements auth.Store.
func (s *Store) DeleteSessionsOf(ctx context.Context, personID string) error {
	return deleteAll(ctx, s, colSessions, bson.D{{Key: "person", Value: personID}})
}

// Credential implements auth.Store.
func (s *Store) Credential(ctx context.Context, personID string) (auth.Credential, error) {
	return find[auth.Credential](ctx, s, colCredentials, personID, "This person has no password")
}

// SaveCredential implements auth.Store.
func (s *Store) SaveCredential(ctx context.Context, c auth.Credential) error {
	_, err := s.db.Collection(colCredentials).ReplaceOne(ctx, byID(c.PersonID), c, options.Replace().SetUpsert(true))
	return translate(err, "")
}

// AddLink implements auth.Store.
func (s *Store) AddLink(ctx context.Context, l auth.Link) error { return insert(ctx, s, colLinks, l) }

// Link implements auth.Store.
func (s *Store) Link(ctx context.Context, id string) (auth.Link, error) {
	return find[auth.Link](ctx, s, colLinks, id, "There is no such link")
}

// DeleteLinksOf implements auth.Store.
func (s *Store) DeleteLinksOf(ctx context.Context, purpose auth.Purpose, personID string) error {
	return deleteAll(ctx, s, colLinks, bson.D{{Key: "purpose", Value: purpose}, {Key: "person", Value: personID}})
}

type usedLink struct {
	ID string    `bson:"_id"`
	At time.Time `bson:"at"`
}

// UseLink implements auth.Store: the insert can succeed once.
func (s *Store) UseLink(ctx context.Context, id string, at time.Time) error {
	return insert(ctx, s, colUsedLinks, usedLink{id, at})
}

// LinkUsed implements auth.Store.
func (s *Store) LinkUsed(ctx context.Context, id string) (bool, error) {
	_, err := find[usedLink](ctx, s, colUsedLinks, id, "")
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return false, nil
	}
	return err == nil, err
}

// AddToken implements auth.Store.
func (s *Store) AddToken(ctx context.Context, t auth.Token) error {
	return insert(ctx, s, colTokens, t)
}

// Token implements auth.Store.
func (s *Store) Token(ctx context.Context, id string) (auth.Token, error) {
	return find[auth.Token](ctx, s, colTokens, id, "There is no such token")
}

// Tokens implements auth.Store.
func (s *Store) Tokens(ctx context.Context) ([]auth.Token, error) {
	return all[auth.Token](ctx, s, colTokens)
}

// DisableToken implements auth.Store.
func (s *Store) DisableToken(ctx context.Context, id string) error {
	_, err := s.db.Collection(colTokens).UpdateOne(ctx, byID(id), bson.D{{Key: "$set", Value: bson.D{{Key: "disabled", Value: true}}}})
	return translate(err, "")
}

type failures struct {
	ID    string    `bson:"_id"`
	Count int       `bson:"count"`
	Last  time.Time `bson:"last"`
}

// Failures implements auth.Store.
func (s *Store) Failures(ctx context.Context, key string) (int, time.Time, error) {
	f, err := find[failures](ctx, s, colThrottle, key, "")
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return 0, time.Time{}, nil
	}
	return f.Count, f.Last, err
}

// CountFailure implements auth.Store.
func (s *Store) CountFailure(ctx context.Context, key string, at time.Time) error {
	count := func() error {
		_, err := s.db.Collection(colThrottle).UpdateOne(ctx, byID(key), bson.D{
			{Key: "$inc", Value: bson.D{{Key: "count", Value: 1}}},
			{Key: "$set", Value: bson.D{{Key: "last", Value: at}}},
		}, options.Update().SetUpsert(true))
		return translate(err, "")
	}
	err := count()
	if err != nil && workpackages.KindOf(err) == workpackages.Conflict {
		err = count() // two upserts met; the document is there now
	}
	return err
}

// ClearFailures implements auth.Store.
func (s *Store) ClearFailures(ctx context.Context, key string) error {
	return deleteAll(ctx, s, colThrottle, byID(key))
}

// DeleteExpired implements auth.Store.
func (s *Store) DeleteExpired(ctx context.Context, sessionsBefore, linksBefore, failuresBefore time.Time) error {
	for _, d := range []struct {
		collection, field string
		before            time.Time
	}{
		{colSessions, "created_at", sessionsBefore},
		{colLinks, "expires_at", linksBefore},
		{colThrottle, "last", failuresBefore},
	} {
		if err := deleteAll(ctx, s, d.collection, bson.D{{Key: d.field, Value: bson.D{{Key: "$lt", Value: d.before}}}}); err != nil {
			return err
		}
	}
	return nil
}

// Count gives how many documents a collection holds.
func (s *Store) Count(ctx context.Context, collection string) (int64, error) {
	n, err := s.db.Collection(collection).CountDocuments(ctx, bson.D{})
	return n, translate(err, "")
}
