package workpackages_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"readiness/workpackages"
)

func TestPeopleAreCheckedWhenAdded(t *testing.T) {
	for _, c := range []struct {
		name   string
		p      workpackages.Person
		fields string // "" when added
	}{
		{"a viewer needs a name, an address and a role", workpackages.Person{}, "name email role"},
		{"a viewer of no group is added", workpackages.Person{Name: "P", Email: "p@example.gov.uk", Role: workpackages.Viewer}, ""},
		{"a lead needs a group", workpackages.Person{Name: "P", Email: "p@example.gov.uk", Role: workpackages.Lead}, "group"},
		{"a lead of a group is added", workpackages.Person{Name: "P", Email: "p@example.gov.uk", Role: workpackages.Lead, GroupID: groupA}, ""},
		{"a group that is none is refused", workpackages.Person{Name: "P", Email: "p@example.gov.uk", Role: workpackages.Viewer, GroupID: "none"}, "group"},
		{"a role that is none is refused", workpackages.Person{Name: "P", Email: "p@example.gov.uk", Role: "admin"}, "role"},
		{"an address without an at is refused", workpackages.Person{Name: "P", Email: "example.gov.uk", Role: workpackages.Viewer}, "email"},
		{"an address with a name is refused", workpackages.Person{Name: "P", Email: "P <p@example.gov.uk>", Role: workpackages.Viewer}, "email"},
		{"two addresses are refused", workpackages.Person{Name: "P", Email: "p@example.gov.uk,q@example.gov.uk", Role: workpackages.Viewer}, "email"},
		{"an address with a new line is refused", workpackages.Person{Name: "P", Email: "p@example.gov.uk\nBcc: q@example.gov.uk", Role: workpackages.Viewer}, "email"},
		{"an over-long address is refused", workpackages.Person{Name: "P", Email: strings.Repeat("p", 250) + "@example.gov.uk", Role: workpackages.Viewer}, "email"},
		{"an address that is taken is refused, in any case", workpackages.Person{Name: "P", Email: " Lead-A@Example.gov.uk ", Role: workpackages.Viewer}, "email"},
		{"a name of 100 characters is taken", workpackages.Person{Name: strings.Repeat("é", 100), Email: "p@example.gov.uk", Role: workpackages.Viewer}, ""},
		{"a name of 101 is not", workpackages.Person{Name: strings.Repeat("é", 101), Email: "p@example.gov.uk", Role: workpackages.Viewer}, "name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			before := k.store.whole()
			p, err := k.AddPerson(t.Context(), director.Actor("browser"), c.p)
			if c.fields != "" {
				k.wantKind(workpackages.Invalid, before, err)
				if got := fieldsOf(err); got != c.fields {
					t.Errorf("errors on %q, want %q: %v", got, c.fields, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if stored, err := k.store.Person(t.Context(), p.ID); err != nil || stored != p || p.Version != 1 || !p.CreatedAt.Equal(start) || p.ID == "" {
				t.Errorf("added %+v, stored %+v, %v", p, stored, err)
			}
		})
	}
}

func TestPeopleAreTidied(t *testing.T) {
	c := newCouncilAtWork(t)
	p, err := c.AddPerson(t.Context(), director.Actor("browser"), workpackages.Person{ID: "chosen", Name: "  Person \t P ", Email: " P@Example.GOV.UK\n", Role: workpackages.Viewer, Version: 9})
	if err != nil || p.Name != "Person P" || p.Email != "p@example.gov.uk" || p.ID == "chosen" || p.Version != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, typed := range []string{"p@example.gov.uk", " P@EXAMPLE.gov.uk "} {
		if found, err := c.PersonByEmail(t.Context(), typed); err != nil || found != p {
			t.Errorf("%q finds %+v, %v", typed, found, err)
		}
	}
	if _, err := c.PersonByEmail(t.Context(), "q@example.gov.uk"); err == nil || workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("nobody: %v", err)
	}
	c.store.away(1, "People")
	if _, err := c.PersonByEmail(t.Context(), "p@example.gov.uk"); workpackages.KindOf(err) != workpackages.Unavailable {
		t.Errorf("away: %v", err)
	}
}

func TestOnlyTheAssistantDirectorChangesPeopleAndGroups(t *testing.T) {
	c := newCouncilAtWork(t)
	before := c.store.whole()
	for _, p := range []workpackages.Person{leadA, comms, analyst, viewer, {}} {
		by := p.Actor("browser")
		_, err := c.AddPerson(t.Context(), by, workpackages.Person{Name: "P", Email: "p@example.gov.uk", Role: workpackages.AssistantDirector})
		c.wantKind(workpackages.Forbidden, before, err)
		_, err = c.EditPerson(t.Context(), by, p.ID, 1, workpackages.PersonInput{Role: ptr(workpackages.AssistantDirector)})
		c.wantKind(workpackages.Forbidden, before, err)
		_, err = c.EditGroup(t.Context(), by, groupA, 1, groupInput("N", "R"))
		c.wantKind(workpackages.Forbidden, before, err)
	}
}

func TestEditPersonChangesWhatWasGiven(t *testing.T) {
	c := newCouncilAtWork(t)
	by := director.Actor("browser")
	p, err := c.EditPerson(t.Context(), by, viewer.ID, 1, workpackages.PersonInput{Name: ptr(" New  name "), Email: ptr("NEW@example.gov.uk")})
	want := viewer
	want.Name, want.Email, want.Version = "New name", "new@example.gov.uk", 2
	if stored, _ := c.store.Person(t.Context(), viewer.ID); err != nil || p != want || stored != want {
		t.Errorf("%+v, stored %+v, %v", p, stored, err)
	}
	p, err = c.EditPerson(t.Context(), by, viewer.ID, 2, workpackages.PersonInput{Role: ptr(workpackages.Lead), GroupID: ptr(groupB), Disabled: ptr(true)})
	want.Role, want.GroupID, want.Disabled, want.Version = workpackages.Lead, groupB, true, 3
	if err != nil || p != want {
		t.Errorf("%+v, %v", p, err)
	}
	before := c.store.whole()
	_, err = c.EditPerson(t.Context(), by, viewer.ID, 3, workpackages.PersonInput{GroupID: ptr("")})
	c.wantKind(workpackages.Invalid, before, err)
	if fieldsOf(err) != "group" {
		t.Errorf("a lead of no group: %v", err)
	}
	_, err = c.EditPerson(t.Context(), by, viewer.ID, 3, workpackages.PersonInput{Email: ptr("Lead-A@example.gov.uk")})
	c.wantKind(workpackages.Invalid, before, err)
	if fieldsOf(err) != "email" {
		t.Errorf("an address that is taken: %v", err)
	}
	_, err = c.EditPerson(t.Context(), by, "nobody", 1, workpackages.PersonInput{})
	c.wantKind(workpackages.NotFound, before, err)
	e := c.wantKind(workpackages.Stale, before, func() error {
		_, err := c.EditPerson(t.Context(), by, viewer.ID, 1, workpackages.PersonInput{Name: ptr("N")})
		return err
	}())
	if e.Current != want {
		t.Errorf("the current person is %+v", e.Current)
	}
	for _, op := range []string{"Groups", "People", "SavePerson"} {
		c.store.away(1, op)
		_, err := c.EditPerson(t.Context(), by, viewer.ID, 3, workpackages.PersonInput{Name: ptr("N")})
		c.wantKind(workpackages.Unavailable, before, err)
	}
}

func TestTheLastAssistantDirectorStays(t *testing.T) {
	another := person("another", "Director B", workpackages.AssistantDirector, "")
	gone := another
	gone.Disabled = true
	for _, c := range []struct {
		name  string
		other []workpackages.Person
		in    workpackages.PersonInput
		ok    bool
	}{
		{"the last cannot become a viewer", nil, workpackages.PersonInput{Role: ptr(workpackages.Viewer)}, false},
		{"the last cannot be disabled", nil, workpackages.PersonInput{Disabled: ptr(true)}, false},
		{"one who cannot sign in does not count", []workpackages.Person{gone}, workpackages.PersonInput{Disabled: ptr(true)}, false},
		{"the last can change name", nil, workpackages.PersonInput{Name: ptr("N")}, true},
		{"one of two can become a viewer", []workpackages.Person{another}, workpackages.PersonInput{Role: ptr(workpackages.Viewer)}, true},
		{"one of two can be disabled", []workpackages.Person{another}, workpackages.PersonInput{Disabled: ptr(true)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			k.store.people = append(k.store.people, c.other...)
			before := k.store.whole()
			_, err := k.EditPerson(t.Context(), workpackages.System(), director.ID, 1, c.in)
			if c.ok {
				if err != nil {
					t.Error(err)
				}
				return
			}
			k.wantKind(workpackages.Invalid, before, err)
			if fieldsOf(err) != "role" {
				t.Errorf("%v", err)
			}
		})
	}
}

func groupInput(name, remit string) workpackages.GroupInput {
	return workpackages.GroupInput{Name: &name, Remit: &remit}
}

func TestEditGroup(t *testing.T) {
	c := newCouncilAtWork(t)
	by := director.Actor("browser")
	g, err := c.EditGroup(t.Context(), by, groupA, 1, groupInput(" New  name ", "What\r\nit does "))
	if groups, _ := c.store.Groups(t.Context()); err != nil || !reflect.DeepEqual(groups[0], g) || g.Name != "New name" || g.Remit != "What\nit does" || g.Version != 2 || g.Order != 1 {
		t.Errorf("%+v, %v", g, err)
	}
	before := c.store.whole()
	_, err = c.EditGroup(t.Context(), by, groupA, 1, groupInput("N", "R"))
	if e := c.wantKind(workpackages.Stale, before, err); !reflect.DeepEqual(e.Current, g) {
		t.Errorf("the current group is %+v", e.Current)
	}
	_, err = c.EditGroup(t.Context(), by, groupA, 2, groupInput(" ", strings.Repeat("x", workpackages.MaxProse+1)))
	c.wantKind(workpackages.Invalid, before, err)
	if fieldsOf(err) != "name remit" {
		t.Errorf("errors on %q", fieldsOf(err))
	}
	_, err = c.EditGroup(t.Context(), by, "none", 1, groupInput("N", "R"))
	c.wantKind(workpackages.NotFound, before, err)
	for _, op := range []string{"Groups", "SaveGroup"} {
		c.store.away(1, op)
		_, err := c.EditGroup(t.Context(), by, groupA, 2, groupInput("N", "R"))
		c.wantKind(workpackages.Unavailable, before, err)
	}
}

func TestRolesHaveWords(t *testing.T) {
	for _, r := range workpackages.Roles() {
		if !r.Valid() || r.Label() == string(r) {
			t.Errorf("%s is %q", r, r.Label())
		}
	}
	if r := workpackages.Role("admin"); r.Valid() || r.Label() != "admin" {
		t.Error("an unknown role is shown as it is")
	}
}

func TestLeadsOfAGroup(t *testing.T) {
	people := []workpackages.Person{director, leadA, ownerA, leadB, comms, leaver}
	if got := workpackages.LeadsOf(people, groupA); !slices.Equal(got, []workpackages.Person{leadA, ownerA}) {
		t.Errorf("the leads are %+v", got)
	}
}

func TestWithNoAssistantDirectorYetOthersCanBeChanged(t *testing.T) {
	c := newCouncilAtWork(t)
	c.store.people = []workpackages.Person{viewer, leadA}
	p, err := c.EditPerson(t.Context(), workpackages.System(), viewer.ID, 1, workpackages.PersonInput{Disabled: ptr(true)})
	if err != nil || !p.Disabled {
		t.Errorf("%+v, %v", p, err)
	}
}
