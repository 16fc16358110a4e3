package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"

	"readiness/workpackages"
)

var (
	_ workpackages.PackageStore = (*Store)(nil)
	_ workpackages.GroupStore   = (*Store)(nil)
	_ workpackages.PeopleStore  = (*Store)(nil)

	_ workpackages.ResponseStore = (*Store)(nil)
)

func byID(id string) bson.D { return bson.D{{Key: "_id", Value: id}} }

// find decodes one document by its id: the only read the embedded engine
// serves from an index.
func find[T any](ctx context.Context, s *Store, collection, id, missing string) (T, error) {
	var v T
	err := s.db.Collection(collection).FindOne(ctx, byID(id)).Decode(&v)
	return v, translate(err, missing)
}

// all decodes every document of a small collection.
func all[T any](ctx context.Context, s *Store, collection string) ([]T, error) {
	cur, err := s.db.Collection(collection).Find(ctx, bson.D{})
	if err != nil {
		return nil, translate(err, "")
	}
	var out []T
	return out, translate(cur.All(ctx, &out), "")
}

func insert(ctx context.Context, s *Store, collection string, doc any) error {
	_, err := s.db.Collection(collection).InsertOne(ctx, doc)
	return translate(err, "")
}

// replaceAt replaces a document if it is still at a version, or gives Stale.
//
// The embedded engine finds a document by its id alone; with one field more in the
// filter it reads the whole collection. There the version is looked at first. That
// is right in the one process that has the engine to itself; where the engine is
// served to several, compare-and-set does not hold either way.
func replaceAt(ctx context.Context, s *Store, collection, id string, version int64, doc any) error {
	replaced, err := replaceIf(ctx, s, collection, id, "version", version, doc)
	if err == nil && !replaced {
		return staleWrite()
	}
	return err
}

// replaceIf replaces a document if a field of it still has a value.
func replaceIf[T comparable](ctx context.Context, s *Store, collection, id, field string, value T, doc any) (bool, error) {
	filter := bson.D{{Key: "_id", Value: id}, {Key: field, Value: value}}
	if s.ferret {
		s.comparing.Lock()
		defer s.comparing.Unlock()
		filter = byID(id)
		var there bson.Raw
		err := s.db.Collection(collection).FindOne(ctx, filter).Decode(&there)
		if errors.Is(err, mongo.ErrNoDocuments) {
			return false, nil
		}
		if err != nil {
			return false, translate(err, "")
		}
		var is T
		if there.Lookup(field).Unmarshal(&is) != nil || is != value {
			return false, nil
		}
	}
	res, err := s.db.Collection(collection).ReplaceOne(ctx, filter, doc)
	if err != nil {
		return false, translate(err, "")
	}
	return res.MatchedCount > 0, nil
}

func staleWrite() error {
	return workpackages.Errorf(workpackages.Stale, "Somebody changed this first. Read it again, then make your change")
}

// Packages gives every package.
func (s *Store) Packages(ctx context.Context) ([]workpackages.WorkPackage, error) {
	return cachedAll(ctx, s, &s.packages, colPackages)
}

// Package gives one package, or NotFound.
func (s *Store) Package(ctx context.Context, id string) (workpackages.WorkPackage, error) {
	return cachedOne(ctx, s, &s.packages, colPackages, id, "There is no such work package",
		func(w workpackages.WorkPackage) string { return w.ID })
}

// Entry gives the entry that made a version of a package, or NotFound.
func (s *Store) Entry(ctx context.Context, packageID string, version int64) (workpackages.Entry, error) {
	return find[workpackages.Entry](ctx, s, colHistory, workpackages.EntryID(packageID, version), "The package has no such version")
}

// finishing bounds the second half of a commit, which goes on when the request
// that began it has gone.
const finishing = 5 * time.Second

// Commit stores the entry, which is the change, and then the package it led to.
// A crash between the two leaves the package one version behind its history;
// Recover at the next start, or the next Commit, brings it up.
func (s *Store) Commit(ctx context.Context, e workpackages.Entry) error {
	return commit(ctx, s, colHistory, e, e.Version, s.Entry, s.bringUp, e.PackageID)
}

// commit stores an entry, which is a change to what has an id, and then brings that up
// to it.
func commit[E any](ctx context.Context, s *Store, history string, e E, version int64, entry func(ctx context.Context, id string, version int64) (E, error), up func(ctx context.Context, e E) error, id string) error {
	err := insert(ctx, s, history, e)
	if err != nil && workpackages.KindOf(err) == workpackages.Conflict {
		// The version is taken. Its owner may have died before the second half.
		taken, readErr := entry(ctx, id, version)
		if readErr == nil {
			readErr = up(ctx, taken)
		}
		if readErr != nil {
			return readErr
		}
		return workpackages.Wrap(workpackages.Stale, err, "Somebody changed this first. Read it again, then make your change")
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishing)
	defer cancel()
	return up(ctx, e)
}

// bringUp makes the package the state of an entry unless it is that far already.
func (s *Store) bringUp(ctx context.Context, e workpackages.Entry) error {
	s.packages.changing()
	defer s.packages.changing()
	return bringUp(ctx, s, colPackages, e.PackageID, e.Version, e.State)
}

// bringUp makes a document the state of a version unless it is that far already. It
// may run twice, and in any order: it never takes one back.
func bringUp(ctx context.Context, s *Store, collection, id string, version int64, state any) error {
	if version == 1 {
		_, err := once(ctx, s, collection, state)
		return err
	}
	_, err := s.db.Collection(collection).ReplaceOne(ctx,
		bson.D{{Key: "_id", Value: id}, {Key: "version", Value: bson.D{{Key: "$lt", Value: version}}}}, state)
	return translate(err, "")
}

// Recover brings every package, and every message of the communications plan, up to
// its history.
func (s *Store) Recover(ctx context.Context) error {
	packages, err := s.Packages(ctx)
	if err != nil {
		return err
	}
	for _, w := range packages {
		if err := catchUp(ctx, w.ID, w.Version, s.Entry, s.bringUp); err != nil {
			return err
		}
	}
	return s.recoverPlan(ctx)
}

// Groups gives every group in the order of the dashboard.
func (s *Store) Groups(ctx context.Context) ([]workpackages.Group, error) {
	groups, err := cachedAll(ctx, s, &s.groups, colGroups)
	slices.SortFunc(groups, func(a, b workpackages.Group) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	return groups, err
}

// AddGroup stores a new group, or gives Conflict.
func (s *Store) AddGroup(ctx context.Context, g workpackages.Group) error {
	s.groups.changing()
	defer s.groups.changing()
	return insert(ctx, s, colGroups, g)
}

// SaveGroup replaces the group at the version before, or gives Stale.
func (s *Store) SaveGroup(ctx context.Context, g workpackages.Group) error {
	s.groups.changing()
	defer s.groups.changing()
	return replaceAt(ctx, s, colGroups, g.ID, g.Version-1, g)
}

// People gives everybody, by name.
func (s *Store) People(ctx context.Context) ([]workpackages.Person, error) {
	people, err := cachedAll(ctx, s, &s.people, colPeople)
	slices.SortFunc(people, func(a, b workpackages.Person) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return people, err
}

// Person gives one person, or NotFound.
func (s *Store) Person(ctx context.Context, id string) (workpackages.Person, error) {
	return cachedOne(ctx, s, &s.people, colPeople, id, "There is no such person",
		func(p workpackages.Person) string { return p.ID })
}

// AddPerson stores a new person, or gives Conflict when the e-mail address is taken.
func (s *Store) AddPerson(ctx context.Context, p workpackages.Person) error {
	s.people.changing()
	defer s.people.changing()
	return insert(ctx, s, colPeople, p)
}

// SavePerson replaces the person at the version before, or gives Stale.
func (s *Store) SavePerson(ctx context.Context, p workpackages.Person) error {
	s.people.changing()
	defer s.people.changing()
	return replaceAt(ctx, s, colPeople, p.ID, p.Version-1, p)
}

// Responses implements workpackages.ResponseStore.
func (s *Store) Responses(ctx context.Context) ([]workpackages.Response, error) {
	return cachedAll(ctx, s, &s.responses, colResponses)
}

// SaveResponse implements workpackages.ResponseStore.
func (s *Store) SaveResponse(ctx context.Context, r workpackages.Response) error {
	s.responses.changing()
	defer s.responses.changing()
	return saveAt(ctx, s, colResponses, r.ID, 1, r.Version, r)
}

// saveAt stores a document at the version after the one that is kept, or gives
// Stale. The first version that is stored is an insert.
func saveAt(ctx context.Context, s *Store, collection, id string, first, version int64, doc any) error {
	if version > first {
		return replaceAt(ctx, s, collection, id, version-1, doc)
	}
	added, err := once(ctx, s, collection, doc)
	if err == nil && !added {
		return staleWrite()
	}
	return err
}

// setting is a small value that is written once.
type setting struct {
	ID    string `bson:"_id"`
	Value []byte `bson:"value"`
}

// Setting gives a value written once, or NotFound.
func (s *Store) Setting(ctx context.Context, id string) ([]byte, error) {
	v, err := find[setting](ctx, s, colSettings, id, "There is no such setting")
	return v.Value, err
}

// AddSetting writes a value unless there is one, and gives the one in force: of
// several that race, all get the winner's.
func (s *Store) AddSetting(ctx context.Context, id string, value []byte) ([]byte, error) {
	err := insert(ctx, s, colSettings, setting{id, value})
	if err == nil {
		return value, nil
	}
	if workpackages.KindOf(err) != workpackages.Conflict {
		return nil, err
	}
	return s.Setting(ctx, id)
}

// deleteAll takes every document away that matches.
func deleteAll(ctx context.Context, s *Store, collection string, filter bson.D) error {
	_, err := s.db.Collection(collection).DeleteMany(ctx, filter)
	return translate(err, "")
}
