package workpackages

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// fake is a store in memory, with faults to order.
type fake struct {
	mu       sync.Mutex
	packages map[string]WorkPackage
	entries  map[string]Entry
	groups   []Group
	people   []Person
	before   func()          // called before a commit is stored
	refuse   func(int) error // given the number of the commit
	commits  int
}

func newFake() *fake { return &fake{packages: map[string]WorkPackage{}, entries: map[string]Entry{}} }

func (f *fake) Packages(context.Context) ([]WorkPackage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []WorkPackage
	for _, w := range f.packages {
		out = append(out, w)
	}
	return out, nil
}

func (f *fake) Package(_ context.Context, id string) (WorkPackage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w, ok := f.packages[id]
	if !ok {
		return w, Errorf(NotFound, "no package")
	}
	return w, nil
}

func (f *fake) Commit(_ context.Context, e Entry) error {
	if f.before != nil {
		do := f.before
		f.before = nil
		do()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.commits++
	if f.refuse != nil {
		if err := f.refuse(f.commits); err != nil {
			return err
		}
	}
	if _, taken := f.entries[e.ID]; taken {
		return Errorf(Stale, "taken")
	}
	f.entries[e.ID], f.packages[e.PackageID] = e, e.State
	return nil
}

func (f *fake) Entry(_ context.Context, id string, v int64) (Entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := f.entries[EntryID(id, v)]
	if !ok {
		return e, Errorf(NotFound, "no entry")
	}
	return e, nil
}

func (f *fake) Groups(context.Context) ([]Group, error) { return slices.Clone(f.groups), nil }

func (f *fake) AddGroup(_ context.Context, g Group) error {
	if slices.ContainsFunc(f.groups, func(x Group) bool { return x.ID == g.ID }) {
		return Errorf(Conflict, "there")
	}
	f.groups = append(f.groups, g)
	return nil
}

func (f *fake) SaveGroup(_ context.Context, g Group) error {
	f.groups[slices.IndexFunc(f.groups, func(x Group) bool { return x.ID == g.ID })] = g
	return nil
}

func (f *fake) People(context.Context) ([]Person, error) { return slices.Clone(f.people), nil }

func (f *fake) Person(_ context.Context, id string) (Person, error) {
	for _, p := range f.people {
		if p.ID == id {
			return p, nil
		}
	}
	return Person{}, Errorf(NotFound, "nobody")
}

func (f *fake) AddPerson(_ context.Context, p Person) error {
	if slices.ContainsFunc(f.people, func(x Person) bool { return x.Email == p.Email }) {
		return Errorf(Conflict, "there")
	}
	f.people = append(f.people, p)
	slices.SortFunc(f.people, func(a, b Person) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

func (f *fake) SavePerson(_ context.Context, p Person) error {
	f.people[slices.IndexFunc(f.people, func(x Person) bool { return x.ID == p.ID })] = p
	return nil
}

// world is a service over a fake store, with a clock to move.
type world struct {
	*Service
	fake *fake
	now  time.Time
}

const self, data = "self-evaluation-and-evidence", "annexe-a-data-quality"

var director = Actor{ID: "d", PersonID: "d", Name: "Director", Role: AssistantDirector}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{fake: newFake(), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	w.Service = &Service{Packages: w.fake, Groups: w.fake, People: w.fake, Now: func() time.Time { return w.now }, Zone: zone, StaleAfter: DefaultStaleAfter}
	if err := w.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// at is the version a package stands at.
func (w *world) at(t testing.TB, id string) Write {
	t.Helper()
	p, err := w.fake.Package(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return Write{Version: p.Version}
}

func green(text string) StatusInput { return StatusInput{Status: "green", Narrative: text} }

func ptr(s string) *string { return &s }

// fields lists the fields of an error, in order.
func fields(err error) []string {
	var out []string
	if e, ok := err.(*Error); ok {
		for _, f := range e.Fields {
			out = append(out, f.Field)
		}
	}
	return out
}
