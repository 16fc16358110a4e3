package workpackages_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"readiness/workpackages"
)

// attempt makes one change to the package of a council.
type attempt func(*council, context.Context, workpackages.Actor, workpackages.Write) (workpackages.Result, error)

// mutations is every method of the service that changes a package: with input
// that is right, with input that is wrong, and the fields its errors are about.
var mutations = []struct {
	name   string
	kind   workpackages.EntryKind
	do     attempt
	wrong  attempt
	fields string
}{
	{"update", workpackages.Updated,
		updating(workpackages.StatusInput{Status: "green", Narrative: "n"}),
		updating(workpackages.StatusInput{Status: "amber", Narrative: "n", RecoveryPlan: "half a plan"}), "recovery_date"},
	{"edit", workpackages.Edited,
		editing(workpackages.EditInput{Title: ptr("Another name")}),
		editing(workpackages.EditInput{Title: ptr(" "), Summary: ptr("good"), OwnerID: ptr(leaver.ID)}), "title owner"},
	{"add a milestone", workpackages.MilestoneAdded,
		addingMilestone(workpackages.MilestoneInput{Title: ptr("Second"), Due: ptr("2027-01-29")}),
		addingMilestone(workpackages.MilestoneInput{DoneOn: ptr("25/11/2026")}), "title due done_on"},
	{"change a milestone", workpackages.MilestoneChanged,
		changingMilestone(workpackages.MilestoneInput{DoneOn: ptr("24/11/2026")}),
		changingMilestone(workpackages.MilestoneInput{Title: ptr("good"), Due: ptr("2027-01-29"), DoneOn: ptr("never")}), "reason done_on"},
	{"add an action", workpackages.ActionAdded,
		addingAction(workpackages.ActionInput{Title: ptr("Second"), OwnerID: ptr(viewer.ID), Due: ptr("2027-01-29")}),
		addingAction(workpackages.ActionInput{DoneOn: ptr("25/11/2026")}), "title owner due done_on"},
	{"change an action", workpackages.ActionChanged,
		changingAction(workpackages.ActionInput{Due: ptr("2027-01-29")}),
		changingAction(workpackages.ActionInput{Title: ptr("good"), OwnerID: ptr(""), Due: ptr("")}), "owner due"},
	{"add evidence", workpackages.EvidenceAdded,
		addingEvidence(workpackages.EvidenceInput{Title: ptr("Second"), Location: ptr("https://example.gov.uk/minutes"), ReviewBy: ptr("2027-01-29")}),
		addingEvidence(workpackages.EvidenceInput{ReviewBy: ptr("31/2/2027")}), "title location review_by"},
	{"change evidence", workpackages.EvidenceChanged,
		changingEvidence(workpackages.EvidenceInput{Location: ptr("Filing room 2")}),
		changingEvidence(workpackages.EvidenceInput{Title: ptr("good"), Location: ptr("file://server/share")}), "location"},
}

func updating(in workpackages.StatusInput) attempt {
	return func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
		return c.Update(ctx, by, packageA, wr, in)
	}
}

func editing(in workpackages.EditInput) attempt {
	return func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
		return c.Edit(ctx, by, packageA, wr, in)
	}
}

func addingMilestone(in workpackages.MilestoneInput) attempt {
	return func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
		return c.AddMilestone(ctx, by, packageA, wr, in)
	}
}

func changingMilestone(in workpackages.MilestoneInput) attempt {
	return func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
		return c.ChangeMilestone(ctx, by, packageA, milestoneA, wr, in)
	}
}

func addingAction(in workpackages.ActionInput) attempt {
	return func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
		return c.AddAction(ctx, by, packageA, wr, in)
	}
}

func changingAction(in workpackages.ActionInput) attempt {
	return func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
		return c.ChangeAction(ctx, by, packageA, actionA, wr, in)
	}
}

func addingEvidence(in workpackages.EvidenceInput) attempt {
	return func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
		return c.AddEvidence(ctx, by, packageA, wr, in)
	}
}

func changingEvidence(in workpackages.EvidenceInput) attempt {
	return func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
		return c.ChangeEvidence(ctx, by, packageA, evidenceA, wr, in)
	}
}

func TestWhoMayMakeEachChange(t *testing.T) {
	for _, who := range []struct {
		name string
		by   workpackages.Actor
		may  bool
	}{
		{"an assistant director may", director.Actor("browser"), true},
		{"a lead of the group may", leadA.Actor("browser"), true},
		{"a token of a lead of the group may", workpackages.Actor{ID: "token:1", Name: "T", Role: workpackages.Lead, GroupID: groupA}, true},
		{"the program may", workpackages.System(), true},
		{"a lead of another group may not", leadB.Actor("browser"), false},
		{"a lead of no group may not", workpackages.Actor{ID: "x", Role: workpackages.Lead}, false},
		{"communications may not", comms.Actor("browser"), false},
		{"an analyst may not", analyst.Actor("browser"), false},
		{"a viewer may not", viewer.Actor("browser"), false},
		{"nobody may not", workpackages.Actor{}, false},
		{"an unknown role may not", workpackages.Actor{ID: "x", Role: "admin", GroupID: groupA}, false},
	} {
		for _, m := range mutations {
			t.Run(who.name+" "+m.name, func(t *testing.T) {
				c := newCouncilAtWork(t)
				before := c.store.whole()
				r, err := m.do(c, t.Context(), who.by, at(1))
				if !who.may {
					c.wantKind(workpackages.Forbidden, before, err)
					// Nor does a stale version tell more than that.
					_, err = m.do(c, t.Context(), who.by, at(7))
					c.wantKind(workpackages.Forbidden, before, err)
					return
				}
				must(t)(r, err)
				e := r.Entry
				if e.Kind != m.kind || e.By != who.by || e.Version != 2 || e.ID != "package-a/2" || !e.At.Equal(start) || e.Summary == "" {
					t.Errorf("the entry is %+v", e)
				}
				if got := c.current(); inJSON(got) != inJSON(r.Package) || inJSON(got) != inJSON(e.State) || got.Version != 2 || !got.ChangedAt.Equal(start) {
					t.Errorf("stored %+v\nreturned %+v", got, r.Package)
				}
			})
		}
	}
	if workpackages.MayChange(workpackages.Actor{Role: workpackages.Lead}, "") {
		t.Error("a lead without a group may not change a package without one")
	}
}

func TestEveryChangeIsWholeOrNotAtAll(t *testing.T) {
	by := director.Actor("api")
	for _, m := range mutations {
		t.Run(m.name+" with wrong input stores nothing and names the fields in order", func(t *testing.T) {
			c := newCouncilAtWork(t)
			before := c.store.whole()
			_, err := m.wrong(c, t.Context(), by, at(1))
			c.wantKind(workpackages.Invalid, before, err)
			if got := fieldsOf(err); got != m.fields {
				t.Errorf("errors on %q, want %q: %v", got, m.fields, err)
			}
		})
		for _, version := range []int64{-1, 0, 1, 3} {
			t.Run(fmt.Sprintf("%s against version %d of 2 gives Stale with the current package", m.name, version), func(t *testing.T) {
				c := newCouncilAtWork(t)
				c.green("first")
				before := c.store.whole()
				_, err := m.do(c, t.Context(), by, at(version))
				e := c.wantKind(workpackages.Stale, before, err)
				if w, ok := e.Current.(workpackages.WorkPackage); !ok || inJSON(w) != inJSON(c.current()) || !strings.Contains(e.Message, "version 2") {
					t.Errorf("the error is %q with %+v", e.Message, e.Current)
				}
			})
		}
		t.Run(m.name+" that loses a race gives Stale with the rival's package", func(t *testing.T) {
			c := newCouncilAtWork(t)
			c.store.beforeCommit(func() { c.green("the rival's") })
			_, err := m.do(c, t.Context(), by, workpackages.Write{Version: 1, Key: "k"})
			e := c.wantKind(workpackages.Stale, c.store.whole(), err)
			if w, ok := e.Current.(workpackages.WorkPackage); !ok || w.Version != 2 || w.Narrative != "the rival's" {
				t.Errorf("the error is %q with %+v", e.Message, e.Current)
			}
			if e, err := c.store.Entry(t.Context(), packageA, 2); err != nil || e.Update == nil || e.Update.Narrative != "the rival's" || len(c.store.entries) != 2 {
				t.Errorf("version 2 is %+v, %v", e, err)
			}
		})
		t.Run(m.name+" while the store is away gives Unavailable", func(t *testing.T) {
			for _, op := range []string{"Package", "Commit"} {
				c := newCouncilAtWork(t)
				before := c.store.whole()
				c.store.away(1, op)
				_, err := m.do(c, t.Context(), by, at(1))
				c.wantKind(workpackages.Unavailable, before, err)
			}
		})
		t.Run(m.name+" of a package that is none gives NotFound", func(t *testing.T) {
			c := newCouncilAtWork(t)
			delete(c.store.packages, packageA)
			before := c.store.whole()
			_, err := m.do(c, t.Context(), by, at(1))
			c.wantKind(workpackages.NotFound, before, err)
		})
		t.Run(m.name+" sent twice with one key makes one entry and one result", func(t *testing.T) {
			c := newCouncilAtWork(t)
			wr := workpackages.Write{Version: 1, Key: "k"}
			first := must(t)(m.do(c, t.Context(), by, wr))
			before := c.store.whole()
			again := must(t)(m.do(c, t.Context(), by, wr))
			if inJSON(again) != inJSON(first) || c.store.whole() != before {
				t.Errorf("first %+v\nagain %+v", first, again)
			}
		})
		t.Run(m.name+" whose answer was lost half-way is found again by its key", func(t *testing.T) {
			c := newCouncilAtWork(t)
			wr := workpackages.Write{Version: 1, Key: "k"}
			c.store.torn = true
			if _, err := m.do(c, t.Context(), by, wr); workpackages.KindOf(err) != workpackages.Unavailable {
				t.Fatal(err)
			}
			again := must(t)(m.do(c, t.Context(), by, wr))
			if again.Entry.Version != 2 || again.Package.Version != 2 || len(c.store.entries) != 2 || again.ItemID != again.Entry.ItemID {
				t.Errorf("after %d entries the retry gave %+v", len(c.store.entries), again)
			}
		})
		t.Run(m.name+" and its twin at the same time make one entry", func(t *testing.T) {
			c := newCouncilAtWork(t)
			wr := workpackages.Write{Version: 1, Key: "k"}
			var twin workpackages.Result
			c.store.beforeCommit(func() { twin = must(t)(m.do(c, t.Context(), by, wr)) })
			r := must(t)(m.do(c, t.Context(), by, wr))
			if inJSON(r) != inJSON(twin) || len(c.store.entries) != 2 {
				t.Errorf("%d entries; one got %+v\nthe other %+v", len(c.store.entries), r, twin)
			}
		})
	}
}

func TestManyTwinsAtOnceMakeOneEntry(t *testing.T) {
	c := newCouncilAtWork(t)
	var wg sync.WaitGroup
	results := make([]workpackages.Result, 8)
	errs := make([]error, len(results))
	for i := range results {
		wg.Go(func() {
			results[i], errs[i] = c.AddMilestone(t.Context(), leadA.Actor("api"), packageA, workpackages.Write{Version: 1, Key: "k"},
				workpackages.MilestoneInput{Title: ptr("Second"), Due: ptr("2027-01-29")})
		})
	}
	wg.Wait()
	for i := range results {
		if errs[i] != nil || inJSON(results[i]) != inJSON(results[0]) {
			t.Errorf("%v, %+v", errs[i], results[i])
		}
	}
	if w := c.current(); w.Version != 2 || len(w.Milestones) != 2 || w.Milestones[1].ID != results[0].ItemID {
		t.Errorf("the package is %+v", w)
	}
}

func TestManyRivalsAtOnceEachWinOnce(t *testing.T) {
	c := newCouncilAtWork(t)
	const rivals = 8
	var wg sync.WaitGroup
	errs := make([]error, rivals)
	for i := range rivals {
		wg.Go(func() {
			wr := at(1)
			for {
				_, err := c.Update(t.Context(), leadA.Actor("api"), packageA, wr, workpackages.StatusInput{Status: "green", Narrative: fmt.Sprint(i)})
				if err == nil || workpackages.KindOf(err) != workpackages.Stale {
					errs[i] = err
					return
				}
				wr = at(err.(*workpackages.Error).Current.(workpackages.WorkPackage).Version)
			}
		})
	}
	wg.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		t.Fatal(errs[i])
	}
	if w := c.current(); w.Version != rivals+1 || len(c.store.entries) != rivals+1 {
		t.Errorf("%d entries and version %d", len(c.store.entries), w.Version)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	update := func(c *council, p workpackages.Person, version int64, key, narrative string) (workpackages.Result, error) {
		return c.Update(c.t.Context(), p.Actor("api"), packageA, workpackages.Write{Version: version, Key: key}, workpackages.StatusInput{Status: "green", Narrative: narrative})
	}
	t.Run("a key of another actor is another key", func(t *testing.T) {
		c := newCouncilAtWork(t)
		must(t)(update(c, leadA, 1, "k", "one"))
		if r := must(t)(update(c, ownerA, 2, "k", "two")); r.Entry.Version != 3 || r.Package.Narrative != "two" {
			t.Errorf("the second was taken for the first: %+v", r)
		}
	})
	t.Run("a retry after others' changes gives its own entry and the package as it is now", func(t *testing.T) {
		c := newCouncilAtWork(t)
		first := must(t)(update(c, leadA, 1, "k", "one"))
		c.green("two")
		again := must(t)(update(c, leadA, 1, "k", "one"))
		if inJSON(again.Entry) != inJSON(first.Entry) || again.Package.Version != 3 || len(c.store.entries) != 3 {
			t.Errorf("first %+v\nagain %+v", first, again)
		}
	})
	t.Run("a key does not open what has become forbidden", func(t *testing.T) {
		c := newCouncilAtWork(t)
		must(t)(update(c, leadA, 1, "k", "one"))
		before := c.store.whole()
		moved := leadA
		moved.GroupID = groupB
		_, err := update(c, moved, 1, "k", "one")
		c.wantKind(workpackages.Forbidden, before, err)
	})
	t.Run("a refused change leaves its key free", func(t *testing.T) {
		c := newCouncilAtWork(t)
		before := c.store.whole()
		_, err := update(c, leadA, 1, "k", "")
		c.wantKind(workpackages.Invalid, before, err)
		if r := must(t)(update(c, leadA, 1, "k", "one")); r.Package.Version != 2 {
			t.Errorf("version %d", r.Package.Version)
		}
	})
	t.Run("changes without a key leave none behind", func(t *testing.T) {
		c := newCouncilAtWork(t)
		c.green("one")
		if k := c.current().Keys; len(k) != 0 {
			t.Errorf("the keys are %v", k)
		}
	})
	t.Run("the newest 50 are remembered, and the oldest goes first", func(t *testing.T) {
		c := newCouncilAtWork(t)
		for i := range 51 {
			must(t)(update(c, leadA, int64(i+1), fmt.Sprint("k", i), "n"))
		}
		if k := c.current().Keys; len(k) != 50 || k[0].Version != 3 || k[49].Version != 52 {
			t.Fatalf("%d keys: %v", len(k), k)
		}
		if r := must(t)(update(c, leadA, 2, "k1", "n")); r.Entry.Version != 3 {
			t.Errorf("the oldest key remembered gave version %d", r.Entry.Version)
		}
		before := c.store.whole()
		_, err := update(c, leadA, 1, "k0", "n")
		c.wantKind(workpackages.Stale, before, err)
	})
	t.Run("a retry while the history is away gives Unavailable and no second entry", func(t *testing.T) {
		c := newCouncilAtWork(t)
		must(t)(update(c, leadA, 1, "k", "one"))
		before := c.store.whole()
		c.store.away(1, "Entry")
		_, err := update(c, leadA, 1, "k", "one")
		c.wantKind(workpackages.Unavailable, before, err)
	})
}

func TestOnlyChangesMakeEntries(t *testing.T) {
	for name, do := range map[string]attempt{
		"an edit of nothing":      editing(workpackages.EditInput{}),
		"an edit to the same":     editing(workpackages.EditInput{Title: ptr("  Package   A "), Summary: ptr("S\r\n"), OwnerID: ptr(ownerA.ID)}),
		"a milestone to the same": changingMilestone(workpackages.MilestoneInput{Title: ptr("First milestone"), Due: ptr("15/12/2026"), DoneOn: ptr(""), Reason: "a reason for nothing"}),
		"an action to the same":   changingAction(workpackages.ActionInput{Title: ptr("First action"), OwnerID: ptr(ownerA.ID), Due: ptr("8 December 2026"), DoneOn: ptr(" ")}),
		"evidence to the same":    changingEvidence(workpackages.EvidenceInput{Title: ptr("First evidence"), Location: ptr("Shared drive"), ReviewBy: ptr("")}),
	} {
		t.Run(name+" makes none", func(t *testing.T) {
			c := newCouncilAtWork(t)
			before := c.store.whole()
			r := must(t)(do(c, t.Context(), leadA.Actor("api"), workpackages.Write{Version: 1, Key: "k"}))
			if c.store.whole() != before || r.Package.Version != 1 || r.Entry.Version != 0 {
				t.Errorf("stored %s\ngave %+v", c.store.whole(), r)
			}
		})
	}
	t.Run("a still-green update makes one", func(t *testing.T) {
		c := newCouncilAtWork(t)
		c.green("All is well")
		c.now = c.now.AddDate(0, 0, 7)
		r := c.green("All is well")
		if r.Package.Version != 3 || r.Entry.Summary != "Status update: still Green" || len(r.Entry.Changes) != 0 || !r.Package.UpdatedAt.Equal(c.now) {
			t.Errorf("gave %+v", r)
		}
	})
}

func TestEditSaysWhatChanged(t *testing.T) {
	c := newCouncilAtWork(t)
	by := director.Actor("browser")
	r := must(t)(c.Edit(t.Context(), by, packageA, at(1), workpackages.EditInput{
		Title: ptr(" A new \t name "), Summary: ptr("What\r\nit is"), OwnerID: ptr(leadA.ID)}))
	want := []workpackages.Change{{Field: "name", From: "Package A", To: "A new name"}, {Field: "summary", From: "S", To: "What\nit is"}, {Field: "owner", From: "Owner A", To: "Lead A"}}
	if !slices.Equal(r.Entry.Changes, want) {
		t.Errorf("the changes are %v", r.Entry.Changes)
	}
	if w := r.Package; w.Title != "A new name" || w.DefaultName || w.OwnerID != leadA.ID || !w.UpdatedAt.IsZero() {
		t.Errorf("the package is %+v", w)
	}
	r = must(t)(c.Edit(t.Context(), by, packageA, at(2), workpackages.EditInput{OwnerID: ptr("")}))
	if r.Package.OwnerID != "" || r.Package.Title != "A new name" {
		t.Errorf("the owner was not taken away, or more than that: %+v", r.Package)
	}
}

func TestTheNameStaysADefaultUntilItChanges(t *testing.T) {
	c := newCouncilAtWork(t)
	for i, step := range []struct {
		in      workpackages.EditInput
		still   bool
		because string
	}{
		{workpackages.EditInput{Title: ptr("Package A"), Summary: ptr("new")}, true, "another summary is not another name"},
		{workpackages.EditInput{Title: ptr("Package B")}, false, "another name is not the default"},
		{workpackages.EditInput{Title: ptr("Package A")}, false, "a name that was chosen is not a default, even if it is the same"},
	} {
		if r := must(t)(c.Edit(t.Context(), director.Actor("browser"), packageA, at(int64(i+1)), step.in)); r.Package.DefaultName != step.still {
			t.Error(step.because)
		}
	}
}

func TestOwnersAreKnownAndCanSignIn(t *testing.T) {
	by := director.Actor("api")
	for _, id := range []string{"nobody", leaver.ID} {
		c := newCouncilAtWork(t)
		before := c.store.whole()
		for _, do := range []attempt{
			editing(workpackages.EditInput{OwnerID: &id}),
			addingAction(workpackages.ActionInput{Title: ptr("T"), OwnerID: &id, Due: ptr("2027-01-29")}),
			changingAction(workpackages.ActionInput{OwnerID: &id}),
		} {
			_, err := do(c, t.Context(), by, at(1))
			c.wantKind(workpackages.Invalid, before, err)
			if fieldsOf(err) != "owner" {
				t.Error(err)
			}
		}
	}
	// One who has left stays the owner of what they own until another is chosen.
	c := newCouncilAtWork(t)
	for i, p := range c.store.people {
		c.store.people[i].Disabled = p.ID == ownerA.ID
	}
	must(t)(c.Edit(t.Context(), by, packageA, at(1), workpackages.EditInput{Title: ptr("T"), OwnerID: ptr(ownerA.ID)}))
	must(t)(c.ChangeAction(t.Context(), by, packageA, actionA, at(2), workpackages.ActionInput{OwnerID: ptr(ownerA.ID), DoneOn: ptr("24/11/2026")}))
}

func TestPeopleAwayIsUnavailable(t *testing.T) {
	for _, m := range mutations {
		switch m.kind {
		case workpackages.Edited, workpackages.ActionAdded, workpackages.ActionChanged:
			c := newCouncilAtWork(t)
			before := c.store.whole()
			c.store.away(1, "People")
			_, err := m.do(c, t.Context(), director.Actor("api"), at(1))
			c.wantKind(workpackages.Unavailable, before, err)
		}
	}
}

func TestErrorsSayWhatTheyAre(t *testing.T) {
	cause := context.DeadlineExceeded
	err := workpackages.Wrap(workpackages.Unavailable, cause, "Try %s", "again")
	if err.Error() != "Try again: "+cause.Error() || err.Message != "Try again" || err.Unwrap() != cause {
		t.Errorf("%v", err)
	}
	if k := workpackages.KindOf(fmt.Errorf("wrapped: %w", err)); k != workpackages.Unavailable {
		t.Errorf("wrapped, it is of kind %d", k)
	}
	if workpackages.KindOf(cause) != workpackages.Internal {
		t.Error("what is unknown is internal")
	}
	err = &workpackages.Error{Kind: workpackages.Invalid, Message: "M", Fields: []workpackages.FieldError{{Field: "f", Message: "g"}}}
	if err.Error() != "M; f: g" {
		t.Errorf("%v", err)
	}
}

func TestAnotherOwnerOfTheSameNameIsAnotherOwner(t *testing.T) {
	c := newCouncilAtWork(t)
	namesake := person("namesake", ownerA.Name, workpackages.Lead, groupA)
	c.store.people = append(c.store.people, namesake)
	want := []workpackages.Change{{Field: "owner", From: "Owner A (owner-a@example.gov.uk)", To: "Owner A (namesake@example.gov.uk)"}}
	r := must(t)(c.Edit(t.Context(), director.Actor("api"), packageA, at(1), workpackages.EditInput{OwnerID: &namesake.ID}))
	if r.Package.OwnerID != namesake.ID || c.current().OwnerID != namesake.ID || !slices.Equal(r.Entry.Changes, want) {
		t.Errorf("of the package: %+v", r)
	}
	r = must(t)(c.ChangeAction(t.Context(), director.Actor("api"), packageA, actionA, c.fresh(), workpackages.ActionInput{OwnerID: &namesake.ID}))
	if r.Package.Actions[0].OwnerID != namesake.ID || !slices.Equal(r.Entry.Changes, want) {
		t.Errorf("of the action: %+v", r)
	}
}

func TestNoStateSharesItsPercentWithTheNext(t *testing.T) {
	c := newCouncilAtWork(t)
	must(t)(c.Update(t.Context(), leadA.Actor("api"), packageA, at(1), workpackages.StatusInput{Status: "green", Narrative: "n", Percent: "40"}))
	r := must(t)(c.Edit(t.Context(), leadA.Actor("api"), packageA, at(2), workpackages.EditInput{Title: ptr("T")}))
	*r.Package.Percent = 99
	if e, err := c.store.Entry(t.Context(), packageA, 2); err != nil || *e.State.Percent != 40 || *e.Update.Percent != 40 {
		t.Errorf("changing version 3 changed version 2 to %d%%, %v", *e.State.Percent, err)
	}
	*r.Package.Percent = 40
}

func TestALostRaceWhoseWinnerCannotBeReadIsUnavailable(t *testing.T) {
	c := newCouncilAtWork(t)
	reads := 0
	c.store.fault = func(op string) error {
		switch op {
		case "Commit":
			c.store.mu.Lock()
			defer c.store.mu.Unlock()
			rival := c.store.entries[workpackages.EntryID(packageA, 1)]
			rival.ID, rival.Version = workpackages.EntryID(packageA, 2), 2
			c.store.entries[rival.ID], c.store.asStored[rival.ID] = rival, inJSON(rival)
		case "Package":
			if reads++; reads == 2 {
				return errAway
			}
		}
		return nil
	}
	_, err := c.Update(t.Context(), leadA.Actor("api"), packageA, at(1), workpackages.StatusInput{Status: "green", Narrative: "n"})
	if workpackages.KindOf(err) != workpackages.Unavailable {
		t.Errorf("Stale promises the newer version, and there is none to show: %v", err)
	}
}
