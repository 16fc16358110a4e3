package workpackages_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"readiness/workpackages"
)

// memory keeps packages, groups and people as the stores promise to. It hands
// out what it was given without copying, so that a change made in place to an
// earlier state is seen: see untouched.
type memory struct {
	mu       sync.Mutex
	packages map[string]workpackages.WorkPackage
	entries  map[string]workpackages.Entry
	asStored map[string]string // each entry as it was when it was stored
	groups   []workpackages.Group
	people   []workpackages.Person
	checks   []workpackages.Check // oldest first
	reads    int                  // of whole checks
	answers  []workpackages.Response

	// fault is asked before every operation, by the name of its method; what it
	// gives back is what the caller gets. It may use the store.
	fault func(op string) error
	// torn makes the next Commit store its entry and die before the package.
	torn bool
}

var (
	_ workpackages.PackageStore  = (*memory)(nil)
	_ workpackages.GroupStore    = (*memory)(nil)
	_ workpackages.PeopleStore   = (*memory)(nil)
	_ workpackages.CheckStore    = (*memory)(nil)
	_ workpackages.ResponseStore = (*memory)(nil)
)

func newMemory() *memory {
	return &memory{
		packages: map[string]workpackages.WorkPackage{}, entries: map[string]workpackages.Entry{}, asStored: map[string]string{},
	}
}

var errAway = workpackages.Wrap(workpackages.Unavailable, errors.New("connection refused"), "The database cannot be reached. Try again")

// away fails the operations named, from the nth call of each on.
func (m *memory) away(from int, ops ...string) {
	calls := map[string]int{}
	m.fault = func(op string) error {
		if calls[op]++; slices.Contains(ops, op) && calls[op] >= from {
			return errAway
		}
		return nil
	}
}

// beforeCommit does something once, just before the next Commit is served: what
// a rival does between the read and the write.
func (m *memory) beforeCommit(do func()) {
	m.fault = func(op string) error {
		if op == "Commit" {
			m.fault = nil
			do()
		}
		return nil
	}
}

func (m *memory) ask(op string) error {
	if m.fault == nil {
		return nil
	}
	return m.fault(op)
}

func (m *memory) Packages(context.Context) ([]workpackages.WorkPackage, error) {
	if err := m.ask("Packages"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []workpackages.WorkPackage
	for _, w := range m.packages {
		all = append(all, w)
	}
	return all, nil
}

func (m *memory) Package(_ context.Context, id string) (workpackages.WorkPackage, error) {
	if err := m.ask("Package"); err != nil {
		return workpackages.WorkPackage{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	w, ok := m.packages[id]
	if !ok {
		return w, workpackages.Errorf(workpackages.NotFound, "There is no such work package")
	}
	return w, nil
}

func (m *memory) Commit(_ context.Context, e workpackages.Entry) error {
	if err := m.ask("Commit"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if taken, ok := m.entries[e.ID]; ok {
		m.bringUp(taken)
		return workpackages.Errorf(workpackages.Stale, "Somebody changed this first. Read it again, then make your change")
	}
	m.entries[e.ID], m.asStored[e.ID] = e, inJSON(e)
	if m.torn {
		m.torn = false
		return errAway
	}
	m.bringUp(e)
	return nil
}

func (m *memory) bringUp(e workpackages.Entry) {
	if m.packages[e.PackageID].Version < e.Version {
		m.packages[e.PackageID] = e.State
	}
}

func (m *memory) Entry(_ context.Context, packageID string, version int64) (workpackages.Entry, error) {
	if err := m.ask("Entry"); err != nil {
		return workpackages.Entry{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[workpackages.EntryID(packageID, version)]
	if !ok {
		return e, workpackages.Errorf(workpackages.NotFound, "The package has no such version")
	}
	return e, nil
}

func (m *memory) Groups(context.Context) ([]workpackages.Group, error) {
	if err := m.ask("Groups"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.Clone(m.groups)
	slices.SortFunc(all, func(a, b workpackages.Group) int { return cmp.Compare(a.Order, b.Order) })
	return all, nil
}

func (m *memory) AddGroup(_ context.Context, g workpackages.Group) error {
	if err := m.ask("AddGroup"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.ContainsFunc(m.groups, func(o workpackages.Group) bool { return o.ID == g.ID }) {
		return workpackages.Errorf(workpackages.Conflict, "There is one already")
	}
	m.groups = append(m.groups, g)
	return nil
}

func (m *memory) SaveGroup(_ context.Context, g workpackages.Group) error {
	if err := m.ask("SaveGroup"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.groups, func(o workpackages.Group) bool { return o.ID == g.ID && o.Version == g.Version-1 })
	if i < 0 {
		return workpackages.Errorf(workpackages.Stale, "Somebody changed this first. Read it again, then make your change")
	}
	m.groups[i] = g
	return nil
}

func (m *memory) People(context.Context) ([]workpackages.Person, error) {
	if err := m.ask("People"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.Clone(m.people)
	slices.SortFunc(all, func(a, b workpackages.Person) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (m *memory) Person(_ context.Context, id string) (workpackages.Person, error) {
	if err := m.ask("Person"); err != nil {
		return workpackages.Person{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.people, func(p workpackages.Person) bool { return p.ID == id })
	if i < 0 {
		return workpackages.Person{}, workpackages.Errorf(workpackages.NotFound, "There is no such person")
	}
	return m.people[i], nil
}

func (m *memory) AddCheck(_ context.Context, c workpackages.Check) error {
	if err := m.ask("AddCheck"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.ContainsFunc(m.checks, func(o workpackages.Check) bool { return o.ID == c.ID }) {
		return workpackages.Errorf(workpackages.Conflict, "There is one already")
	}
	m.checks = append(m.checks, c)
	slices.SortFunc(m.checks, func(a, b workpackages.Check) int { return cmp.Compare(a.ID, b.ID) })
	return nil
}

func (m *memory) Check(_ context.Context, id string) (workpackages.Check, error) {
	if err := m.ask("Check"); err != nil {
		return workpackages.Check{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	i := slices.IndexFunc(m.checks, func(o workpackages.Check) bool { return o.ID == id })
	if i < 0 {
		return workpackages.Check{}, workpackages.Errorf(workpackages.NotFound, "There is no such check")
	}
	return m.checks[i], nil
}

func (m *memory) Checks(_ context.Context, limit int) ([]workpackages.CheckSummary, error) {
	if err := m.ask("Checks"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []workpackages.CheckSummary
	for _, c := range slices.Backward(m.checks) {
		if limit == 0 || len(all) < limit {
			all = append(all, c.CheckSummary)
		}
	}
	return all, nil
}

func (m *memory) Responses(context.Context) ([]workpackages.Response, error) {
	if err := m.ask("Responses"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.answers), nil
}

func (m *memory) SaveResponse(_ context.Context, r workpackages.Response) error {
	if err := m.ask("SaveResponse"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.answers, func(o workpackages.Response) bool { return o.ID == r.ID })
	switch {
	case i < 0 && r.Version == 1:
		m.answers = append(m.answers, r)
	case i >= 0 && m.answers[i].Version == r.Version-1:
		m.answers[i] = r
	default:
		return workpackages.Errorf(workpackages.Stale, "Somebody changed this first. Read it again, then make your change")
	}
	return nil
}

func (m *memory) emailTaken(p workpackages.Person) bool {
	return slices.ContainsFunc(m.people, func(o workpackages.Person) bool { return o.Email == p.Email && o.ID != p.ID })
}

func (m *memory) AddPerson(_ context.Context, p workpackages.Person) error {
	if err := m.ask("AddPerson"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.emailTaken(p) {
		return workpackages.Errorf(workpackages.Conflict, "There is one already")
	}
	m.people = append(m.people, p)
	return nil
}

func (m *memory) SavePerson(_ context.Context, p workpackages.Person) error {
	if err := m.ask("SavePerson"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.people, func(o workpackages.Person) bool { return o.ID == p.ID && o.Version == p.Version-1 })
	if i < 0 {
		return workpackages.Errorf(workpackages.Stale, "Somebody changed this first. Read it again, then make your change")
	}
	if m.emailTaken(p) {
		return workpackages.Errorf(workpackages.Conflict, "There is one already")
	}
	m.people[i] = p
	return nil
}

// untouched fails the test when an entry is no longer what it was when stored.
func (m *memory) untouched(t *testing.T) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, was := range m.asStored {
		if now := inJSON(m.entries[id]); now != was {
			t.Errorf("entry %s was changed after it was stored\n was %s\n now %s", id, was, now)
		}
	}
}

// whole is everything stored, to be compared before and after.
func (m *memory) whole() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return inJSON([]any{m.packages, m.entries, m.groups, m.people, m.checks, m.answers})
}

func inJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// council is a service over a memory, with people, two groups and one package.
type council struct {
	*workpackages.Service
	t     *testing.T
	store *memory
	now   time.Time
}

const (
	groupA   = "group-a"
	groupB   = "group-b"
	packageA = "package-a"

	milestoneA = "milestone-1" // due on 15 December 2026
	actionA    = "action-1"    // due on 8 December 2026, owned by Owner A
	evidenceA  = "evidence-1"
)

// start is a Tuesday in winter, when London keeps UTC.
var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func londonZone(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func person(id, name string, role workpackages.Role, group string) workpackages.Person {
	return workpackages.Person{
		ID: id, Name: name, Email: id + "@example.gov.uk", Role: role, GroupID: group, Version: 1, CreatedAt: start,
	}
}

var (
	director = person("director", "Director A", workpackages.AssistantDirector, "")
	leadA    = person("lead-a", "Lead A", workpackages.Lead, groupA)
	ownerA   = person("owner-a", "Owner A", workpackages.Lead, groupA)
	leadB    = person("lead-b", "Lead B", workpackages.Lead, groupB)
	comms    = person("comms", "Comms A", workpackages.Comms, groupA)
	analyst  = person("analyst", "Analyst A", workpackages.Analyst, groupA)
	viewer   = person("viewer", "Viewer A", workpackages.Viewer, groupA)
	leaver   = workpackages.Person{
		ID: "leaver", Name: "Leaver A", Email: "leaver@example.gov.uk", Role: workpackages.Lead, GroupID: groupA, Disabled: true, Version: 1, CreatedAt: start,
	}
)

func newCouncil(t *testing.T) *council {
	c := &council{t: t, store: newMemory(), now: start}
	c.Service = &workpackages.Service{
		Packages: c.store, Groups: c.store, People: c.store, Kept: c.store, Answers: c.store,
		Now: func() time.Time { return c.now }, Zone: londonZone(t), StaleAfter: workpackages.DefaultStaleAfter,
	}
	t.Cleanup(func() { c.store.untouched(t) })
	return c
}

// newCouncilAtWork has one package, at version 1.
func newCouncilAtWork(t *testing.T) *council {
	c := newCouncil(t)
	c.store.groups = []workpackages.Group{
		{ID: groupA, Name: "Group A", Remit: "R", Order: 1, Version: 1, CreatedAt: start},
		{ID: groupB, Name: "Group B", Remit: "R", Order: 2, Version: 1, CreatedAt: start},
	}
	c.store.people = []workpackages.Person{director, leadA, ownerA, leadB, comms, analyst, viewer, leaver}
	c.put(packageAt1())
	return c
}

func packageAt1() workpackages.WorkPackage {
	return workpackages.WorkPackage{
		ID: packageA, GroupID: groupA, Order: 1, Title: "Package A", Summary: "S", DefaultName: true, OwnerID: ownerA.ID,
		Status:     workpackages.NotStarted,
		Milestones: []workpackages.Milestone{{ID: milestoneA, Title: "First milestone", Baselines: []workpackages.Baseline{{Date: "2026-12-15", SetAt: start, SetBy: "Readiness"}}}},
		Actions:    []workpackages.Action{{ID: actionA, Title: "First action", OwnerID: ownerA.ID, Due: "2026-12-08"}},
		Evidence:   []workpackages.Evidence{{ID: evidenceA, Title: "First evidence", Location: "Shared drive", AddedAt: start, AddedBy: "Readiness"}},
		Version:    1, CreatedAt: start, ChangedAt: start,
	}
}

// put stores a package as its first version.
func (c *council) put(w workpackages.WorkPackage) {
	c.t.Helper()
	err := c.store.Commit(c.t.Context(), workpackages.Entry{
		ID: workpackages.EntryID(w.ID, 1), PackageID: w.ID, Version: 1, At: w.CreatedAt, By: workpackages.System(), Kind: workpackages.Created, State: w,
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// current is the package as it stands.
func (c *council) current() workpackages.WorkPackage {
	c.t.Helper()
	w, err := c.store.Package(c.t.Context(), packageA)
	if err != nil {
		c.t.Fatal(err)
	}
	return w
}

// at is a write against a version.
func at(version int64) workpackages.Write { return workpackages.Write{Version: version} }

// fresh is a write against the newest version.
func (c *council) fresh() workpackages.Write { return at(c.current().Version) }

// must wants a change to succeed.
func must(t *testing.T) func(workpackages.Result, error) workpackages.Result {
	return func(r workpackages.Result, err error) workpackages.Result {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

// green says that all is well, as Lead A.
func (c *council) green(narrative string) workpackages.Result {
	c.t.Helper()
	return must(c.t)(c.Update(c.t.Context(), leadA.Actor("api"), packageA, c.fresh(), workpackages.StatusInput{Status: "green", Narrative: narrative}))
}

// wantKind wants an error of one kind, and the store as it was.
func (c *council) wantKind(kind workpackages.Kind, before string, err error) *workpackages.Error {
	c.t.Helper()
	var known *workpackages.Error
	if !errors.As(err, &known) || workpackages.KindOf(err) != kind {
		c.t.Fatalf("got %v, want an error of kind %d", err, kind)
	}
	if after := c.store.whole(); after != before {
		c.t.Errorf("refused, and something was stored\nbefore %s\n after %s", before, after)
	}
	return known
}

// fieldsOf gives the names of the fields that an error is about, in its order.
func fieldsOf(err error) string {
	var known *workpackages.Error
	if !errors.As(err, &known) {
		return ""
	}
	var names []string
	for _, f := range known.Fields {
		names = append(names, f.Field)
	}
	return strings.Join(names, " ")
}

func messageOf(err error, field string) string {
	var known *workpackages.Error
	if errors.As(err, &known) {
		for _, f := range known.Fields {
			if f.Field == field {
				return f.Message
			}
		}
	}
	return ""
}

func ptr[T any](v T) *T { return &v }
