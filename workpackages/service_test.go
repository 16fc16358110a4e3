package workpackages

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheStartingPlan(t *testing.T) {
	w := newWorld(t)
	r, err := w.Readiness(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Groups) != 3 || r.Total != 6 || r.Overdue != 0 || r.Stale != 0 || r.Doubted != 0 {
		t.Errorf("%d groups, %d packages, %d overdue, %d stale, %d doubted", len(r.Groups), r.Total, r.Overdue, r.Stale, r.Doubted)
	}
	for _, g := range r.Groups {
		if len(g.Packages) != 2 || g.Group.Remit == "" || len(g.Leads) != 0 {
			t.Errorf("%s has %d packages and leads %v", g.Group.Name, len(g.Packages), g.Leads)
		}
		for _, p := range g.Packages {
			if p.Status != NotStarted || p.Computed != NotStarted || !p.DefaultName || p.OwnerID != "" || p.Forecast().IsZero() {
				t.Errorf("%s: %+v", p.ID, p.WorkPackage)
			}
		}
	}
}

func TestASeedingCutShortIsFinishedByTheNext(t *testing.T) {
	for stop := 1; stop <= 6; stop++ {
		f := newFake()
		f.refuse = func(n int) error {
			if n == stop {
				return Errorf(Unavailable, "gone")
			}
			return nil
		}
		s := &Service{Packages: f, Groups: f, People: f, Zone: time.UTC, Now: time.Now}
		if err := s.Seed(t.Context()); KindOf(err) != Unavailable {
			t.Fatalf("cut at %d: %v", stop, err)
		}
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(f.packages) != 6 || len(f.entries) != 6 || len(f.groups) != 3 {
			t.Errorf("cut at %d: %d packages, %d entries, %d groups", stop, len(f.packages), len(f.entries), len(f.groups))
		}
	}
}

func TestOnlyLeadsOfTheGroupAndDirectorsChangeAPackage(t *testing.T) {
	ctx := context.Background()
	changes := map[string]func(w *world, by Actor, wr Write) error{
		"update": func(w *world, by Actor, wr Write) error {
			_, err := w.Update(ctx, by, self, wr, green("n"))
			return err
		},
		"edit": func(w *world, by Actor, wr Write) error {
			_, err := w.Edit(ctx, by, self, wr, EditInput{Title: ptr("x")})
			return err
		},
		"milestone": func(w *world, by Actor, wr Write) error {
			_, err := w.AddMilestone(ctx, by, self, wr, MilestoneInput{Title: ptr("x"), Due: ptr("2027-01-01")})
			return err
		},
		"evidence": func(w *world, by Actor, wr Write) error {
			_, err := w.AddEvidence(ctx, by, self, wr, EvidenceInput{Title: ptr("x"), Location: ptr("y")})
			return err
		},
		"action": func(w *world, by Actor, wr Write) error {
			_, err := w.ChangeAction(ctx, by, self, w.fake.packages[self].Actions[0].ID, wr, ActionInput{Title: ptr("x")})
			return err
		},
	}
	for _, c := range []struct {
		by Actor
		ok bool
	}{
		{director, true},
		{Actor{ID: "l", Role: Lead, GroupID: "ofsted-steering-group"}, true},
		{Actor{ID: "l", Role: Lead, GroupID: "system-and-performance-core-group"}, false},
		{Actor{ID: "l", Role: Lead}, false},
		{Actor{ID: "c", Role: Comms, GroupID: "ofsted-steering-group"}, false},
		{Actor{ID: "a", Role: Analyst, GroupID: "ofsted-steering-group"}, false},
		{Actor{ID: "v", Role: Viewer, GroupID: "ofsted-steering-group"}, false},
		{Actor{}, false},
	} {
		for what, change := range changes {
			w := newWorld(t)
			err := change(w, c.by, Write{Version: 1})
			if c.ok && err != nil || !c.ok && KindOf(err) != Forbidden {
				t.Errorf("%s by %s of %q: %v", what, c.by.Role, c.by.GroupID, err)
			}
		}
	}
}

func TestARivalBetweenReadingAndSavingMakesTheWriteStale(t *testing.T) {
	w := newWorld(t)
	w.fake.before = func() {
		if _, err := w.Update(t.Context(), director, self, Write{Version: 1}, green("rival")); err != nil {
			t.Error(err)
		}
	}
	_, err := w.Update(t.Context(), director, self, Write{Version: 1}, green("late"))
	var e *Error
	if !errors.As(err, &e) || e.Kind != Stale || e.Current.(WorkPackage).Narrative != "rival" {
		t.Errorf("got %v", err)
	}
	if p := w.fake.packages[self]; p.Narrative != "rival" || p.Version != 2 {
		t.Errorf("the package is %q at %d", p.Narrative, p.Version)
	}
}

func TestTwinRequestsAreOneChange(t *testing.T) {
	w := newWorld(t)
	wr := Write{Version: 1, Key: "k"}
	w.fake.before = func() {
		if _, err := w.Update(t.Context(), director, self, wr, green("twin")); err != nil {
			t.Error(err)
		}
	}
	r, err := w.Update(t.Context(), director, self, wr, green("twin"))
	if err != nil || r.Entry.Version != 2 || len(w.fake.entries) != 7 {
		t.Errorf("version %d with %d entries: %v", r.Entry.Version, len(w.fake.entries), err)
	}
	// The same key from somebody else is another key.
	other := director
	other.ID = "other"
	if _, err := w.Update(t.Context(), other, self, wr, green("x")); KindOf(err) != Stale {
		t.Errorf("another's key: %v", err)
	}
	if _, err := w.Update(t.Context(), director, self, wr, green("another")); KindOf(err) != Conflict {
		t.Errorf("a key used for another change: %v", err)
	}
	for i := range 60 {
		if _, err := w.Update(t.Context(), director, self, Write{Version: int64(i + 2), Key: fmt.Sprint(i)}, green("x")); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(w.fake.packages[self].Keys); n != maxKeys {
		t.Errorf("%d keys are kept", n)
	}
}

func TestAnEditThatChangesNothingLeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	title := w.fake.packages[self].Title
	r, err := w.Edit(t.Context(), director, self, Write{Version: 1}, EditInput{Title: &title})
	if err != nil || r.Package.Version != 1 || len(w.fake.entries) != 6 || !w.fake.packages[self].DefaultName {
		t.Errorf("version %d, %d entries: %v", r.Package.Version, len(w.fake.entries), err)
	}
	// To say that it is still green is to say something.
	for i := range 2 {
		if _, err := w.Update(t.Context(), director, self, Write{Version: int64(i + 1)}, green("the same")); err != nil {
			t.Error(err)
		}
	}
	if w.fake.packages[self].Version != 3 {
		t.Errorf("version %d", w.fake.packages[self].Version)
	}
	if r, err := w.Edit(t.Context(), director, self, Write{Version: 3}, EditInput{Title: ptr("Our name")}); err != nil || r.Package.DefaultName {
		t.Errorf("renamed: default %v, %v", r.Package.DefaultName, err)
	}
}

func TestLimitsCountCharactersAsPeopleDo(t *testing.T) {
	for _, c := range []struct {
		what, text string
		ok         bool
	}{
		{"3,000 letters", strings.Repeat("x", 3000), true},
		{"3,000 of four bytes each", strings.Repeat("🦊", 3000), true},
		{"one too many", strings.Repeat("x", 3001), false},
		{"only spaces", " \n\t ", false},
		{"line breaks of any kind", "a\r\nb\rc\td", true},
		{"a null", "a\x00b", false},
		{"an escape", "a\x1b[31mb", false},
		{"broken UTF-8", "a\xffb", false},
		{"nothing that can be seen", "\u200b\u200d\u00a0", false},
		{"text that turns its direction", "a\u202eb", false},
		{"right-to-left text", "שלום", true},
		{"a line break out of a word processor", "a\vb", true},
	} {
		w := newWorld(t)
		_, err := w.Update(t.Context(), director, self, Write{Version: 1}, green(c.text))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	w := newWorld(t)
	if _, err := w.Update(t.Context(), director, self, Write{Version: 1}, green(" a\r\nb ")); err != nil || w.fake.packages[self].Narrative != "a\nb" {
		t.Errorf("%q: %v", w.fake.packages[self].Narrative, err)
	}
}

func TestSignOffOfBlue(t *testing.T) {
	owner := Person{ID: "o", Name: "Owner", Role: Lead, GroupID: "ofsted-steering-group"}
	other := Person{ID: "x", Name: "Other", Role: Lead, GroupID: "ofsted-steering-group"}
	token := Actor{ID: "token:1", Name: "T", Role: Lead, GroupID: "ofsted-steering-group"}
	for _, c := range []struct {
		what     string
		ownerID  string
		evidence bool
		by       Actor
		ok       bool
	}{
		{"by another lead, with evidence", "o", true, other.Actor("browser"), true},
		{"by the director, with evidence", "o", true, director, true},
		{"without evidence", "o", false, other.Actor("browser"), false},
		{"by the owner", "o", true, owner.Actor("browser"), false},
		{"by a lead's token, which may be the owner's", "o", true, token, false},
		{"by a lead, of a package without an owner", "", true, other.Actor("browser"), false},
		{"by the director, of a package without an owner", "", true, director, true},
	} {
		w := newWorld(t)
		p := w.fake.packages[self]
		p.OwnerID = c.ownerID
		if c.evidence {
			p.Evidence = []Evidence{{ID: "e", Title: "E"}}
		}
		w.fake.packages[self] = p
		_, err := w.Update(t.Context(), c.by, self, Write{Version: 1}, StatusInput{Status: "blue", Narrative: "done"})
		if c.ok != (err == nil) || !c.ok && !slices.Equal(fields(err), []string{"status"}) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestMilestonesActionsAndEvidenceAsTyped(t *testing.T) {
	w := newWorld(t)
	w.fake.people = []Person{{ID: "a", Name: "A"}, {ID: "gone", Name: "Gone", Disabled: true}}
	ctx := t.Context()
	full := w.fake.packages[data]
	for len(full.Milestones) < maxItems {
		full.Milestones = append(full.Milestones, full.Milestones[0])
	}
	w.fake.packages[data] = full
	for _, c := range []struct {
		what   string
		err    func() error
		fields []string
	}{
		{"a milestone with nothing", func() error {
			_, err := w.AddMilestone(ctx, director, self, w.at(t, self), MilestoneInput{})
			return err
		}, []string{"title", "due"}},
		{"a date that is none", func() error {
			_, err := w.AddMilestone(ctx, director, self, w.at(t, self), MilestoneInput{Title: ptr("m"), Due: ptr("30/02/2027")})
			return err
		}, []string{"due"}},
		{"reached tomorrow", func() error {
			_, err := w.AddMilestone(ctx, director, self, w.at(t, self), MilestoneInput{Title: ptr("m"), Due: ptr("1/2/2027"), DoneOn: ptr("25/11/2026")})
			return err
		}, []string{"done_on"}},
		{"one more than a package holds", func() error {
			_, err := w.AddMilestone(ctx, director, data, w.at(t, data), MilestoneInput{Title: ptr("m"), Due: ptr("1/2/2027")})
			return err
		}, []string{"title"}},
		{"an action of nobody", func() error {
			_, err := w.AddAction(ctx, director, self, w.at(t, self), ActionInput{Title: ptr("a"), Due: ptr("1/2/2027")})
			return err
		}, []string{"owner"}},
		{"an action of somebody who left", func() error {
			_, err := w.AddAction(ctx, director, self, w.at(t, self), ActionInput{Title: ptr("a"), OwnerID: ptr("gone"), Due: ptr("1/2/2027")})
			return err
		}, []string{"owner"}},
		{"an action as it should be", func() error {
			_, err := w.AddAction(ctx, director, self, w.at(t, self), ActionInput{Title: ptr("a"), OwnerID: ptr("a"), Due: ptr("1/2/2027")})
			return err
		}, nil},
		{"evidence at a strange address", func() error {
			_, err := w.AddEvidence(ctx, director, self, w.at(t, self), EvidenceInput{Title: ptr("e"), Location: ptr("javascript://x")})
			return err
		}, []string{"location"}},
		{"evidence in words", func() error {
			_, err := w.AddEvidence(ctx, director, self, w.at(t, self), EvidenceInput{Title: ptr("e"), Location: ptr("the cupboard")})
			return err
		}, nil},
		{"an owner who is nobody", func() error {
			_, err := w.Edit(ctx, director, self, w.at(t, self), EditInput{OwnerID: ptr("nobody")})
			return err
		}, []string{"owner"}},
	} {
		if err := c.err(); !slices.Equal(fields(err), c.fields) || c.fields == nil && err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestTheLastDirectorCannotBeTakenAway(t *testing.T) {
	w := newWorld(t)
	w.fake.people = []Person{{ID: "d", Email: "d@example.gov.uk", Name: "D", Role: AssistantDirector, Version: 1}}
	yes, viewer := true, Viewer
	for what, in := range map[string]PersonInput{"disabled": {Disabled: &yes}, "made a viewer": {Role: &viewer}} {
		if _, err := w.EditPerson(t.Context(), director, "d", 1, in); !slices.Equal(fields(err), []string{"role"}) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := w.AddPerson(t.Context(), director, Person{Email: " E@Example.gov.uk ", Name: "E", Role: AssistantDirector}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.EditPerson(t.Context(), director, "d", 1, PersonInput{Disabled: &yes}); err != nil {
		t.Errorf("with another: %v", err)
	}
	if _, err := w.AddPerson(t.Context(), director, Person{Email: "e@example.gov.uk", Name: "F", Role: Viewer}); !slices.Equal(fields(err), []string{"email"}) {
		t.Errorf("an address that is taken: %v", err)
	}
	if _, err := w.AddPerson(t.Context(), Actor{Role: Lead}, Person{}); KindOf(err) != Forbidden {
		t.Errorf("a lead adding people: %v", err)
	}
}

// TestAnySequenceOfChangesKeepsTheHistoryWhole drives the service at random,
// with a clock that may go backwards.
func TestAnySequenceOfChangesKeepsTheHistoryWhole(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		w := newWorld(t)
		w.fake.people = []Person{{ID: "a", Name: "A"}}
		ctx := t.Context()
		frozen := map[int64]WorkPackage{}
		for range 60 {
			w.now = w.now.Add(time.Duration(r.IntN(100)-20) * time.Hour)
			p := w.fake.packages[self]
			wr := Write{Version: p.Version - int64(r.IntN(2))}
			day := DateOf(w.now, w.Zone).AddDays(r.IntN(60))
			switch r.IntN(6) {
			case 0:
				w.Update(ctx, director, self, wr, green(fmt.Sprint(r.Int())))
			case 1:
				w.Update(ctx, director, self, wr, StatusInput{Status: "amber", Narrative: "n", RecoveryPlan: "p", RecoveryDate: string(day)})
			case 2:
				w.AddMilestone(ctx, director, self, wr, MilestoneInput{Title: ptr("m"), Due: ptr(string(day))})
			case 3:
				w.ChangeMilestone(ctx, director, self, p.Milestones[r.IntN(len(p.Milestones))].ID, wr, MilestoneInput{Due: ptr(string(day)), Reason: "r"})
			case 4:
				w.AddAction(ctx, director, self, wr, ActionInput{Title: ptr("a"), OwnerID: ptr("a"), Due: ptr(string(day))})
			case 5:
				w.ChangeAction(ctx, director, self, p.Actions[r.IntN(len(p.Actions))].ID, wr, ActionInput{Due: ptr(string(day))})
			}
			now := w.fake.packages[self]
			if _, there := frozen[now.Version]; !there {
				frozen[now.Version] = now.clone()
			}
		}
		p := w.fake.packages[self]
		last := time.Time{}
		for v := int64(1); v <= p.Version; v++ {
			e, err := w.fake.Entry(ctx, self, v)
			if err != nil || e.State.Version != v || e.At.Before(last) || e.State.ChangedAt != e.At {
				t.Fatalf("seed %d, version %d: %v, %+v", seed, v, err, e)
			}
			if f, ok := frozen[v]; ok && !reflect.DeepEqual(f, e.State) {
				t.Fatalf("seed %d: version %d was changed afterwards", seed, v)
			}
			last = e.At
			if got, err := w.AsAt(ctx, self, e.At); err != nil || got.ChangedAt != e.At {
				t.Fatalf("seed %d: as at version %d: %+v, %v", seed, v, got.Version, err)
			}
		}
		entries, more, err := w.History(ctx, self, 0, 1000)
		if err != nil || more || int64(len(entries)) != p.Version || !reflect.DeepEqual(entries[0].State, p) {
			t.Fatalf("seed %d: %d entries of %d: %v", seed, len(entries), p.Version, err)
		}
	}
}
