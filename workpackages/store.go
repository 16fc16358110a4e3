package workpackages

import "context"

// PackageStore keeps packages and their history. Errors are of this package's
// kinds; an engine that is away gives Unavailable.
type PackageStore interface {
	// Packages gives every package, in no particular order.
	Packages(ctx context.Context) ([]WorkPackage, error)
	// Package gives one package, or NotFound.
	Package(ctx context.Context, id string) (WorkPackage, error)
	// Commit stores the entry under its ID, which makes the change happen, and
	// then brings the package up to the entry's state. It gives Stale when that
	// version has been made already, and nothing is stored. When it returns nil
	// the change survives the death of the program.
	Commit(ctx context.Context, e Entry) error
	// Entry gives the entry that made a version of a package, or NotFound.
	Entry(ctx context.Context, packageID string, version int64) (Entry, error)
}

// GroupStore keeps the steering groups.
type GroupStore interface {
	// Groups gives every group in the order of the dashboard.
	Groups(ctx context.Context) ([]Group, error)
	// AddGroup stores a new group, or gives Conflict.
	AddGroup(ctx context.Context, g Group) error
	// SaveGroup replaces the group whose version is one less than g's, or gives Stale.
	SaveGroup(ctx context.Context, g Group) error
}

// PeopleStore keeps people.
type PeopleStore interface {
	// People gives everybody, by name.
	People(ctx context.Context) ([]Person, error)
	// Person gives one person, or NotFound.
	Person(ctx context.Context, id string) (Person, error)
	// AddPerson stores a new person, or gives Conflict when the e-mail address is taken.
	AddPerson(ctx context.Context, p Person) error
	// SavePerson replaces the person whose version is one less than p's, or
	// gives Stale; Conflict when the e-mail address is taken.
	SavePerson(ctx context.Context, p Person) error
}
