package workpackages_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"readiness/workpackages"
)

// choices turns bytes into decisions, so that one walk serves the random test
// and the fuzzer.
type choices []byte

func (c *choices) of(n int) int {
	if len(*c) == 0 {
		return 0
	}
	b := (*c)[0]
	*c = (*c)[1:]
	return int(b) % n
}

// walk makes changes as the choices say, right and wrong, with a clock that may
// go backwards, rivals, retries and a store that fails, and then holds the
// history to what it promises.
func walk(t *testing.T, from []byte) {
	green := updating(workpackages.StatusInput{Status: "green", Narrative: "n"})
	c := newCouncilAtWork(t)
	next := choices(from)
	actors := []workpackages.Actor{director.Actor("browser"), leadA.Actor("slack"), ownerA.Actor("browser"), leadB.Actor("api"), viewer.Actor("api")}
	day := func() string {
		return string(workpackages.DateOf(c.now, c.Zone).AddDays(next.of(90) - 20))
	}
	for len(next) > 0 {
		c.now = c.now.Add(time.Duration(next.of(100)-20) * time.Hour)
		w := c.current()
		by := actors[next.of(len(actors))]
		wr := at(w.Version)
		switch next.of(8) {
		case 0:
			wr.Version--
		case 1:
			wr.Key = fmt.Sprint(next.of(4))
		case 2:
			c.store.torn = true
		case 3:
			// It may lose in its turn, to a change that was torn.
			c.store.beforeCommit(func() { _, _ = green(c, t.Context(), leadA.Actor("slack"), c.fresh()) })
		}
		var do attempt
		switch next.of(8) {
		case 0:
			do = updating(workpackages.StatusInput{
				Status: string(workpackages.Statuses()[next.of(6)]), Narrative: fmt.Sprint("n", next.of(3)),
				Percent: []string{"", "100", "50"}[next.of(3)], RecoveryPlan: "p", RecoveryDate: day(), Reason: "r", Decision: "d",
			})
		case 1:
			do = editing(workpackages.EditInput{Title: ptr(fmt.Sprint("Title ", next.of(4))), OwnerID: ptr([]string{"", leadA.ID, ownerA.ID, leaver.ID}[next.of(4)])})
		case 2:
			do = addingMilestone(workpackages.MilestoneInput{Title: ptr("M"), Due: ptr(day())})
		case 3:
			id := w.Milestones[next.of(len(w.Milestones))].ID
			in := workpackages.MilestoneInput{Due: ptr(day()), Reason: "r"}
			if next.of(3) == 0 {
				in = workpackages.MilestoneInput{DoneOn: ptr([]string{"", day()}[next.of(2)])}
			}
			do = func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
				return c.ChangeMilestone(ctx, by, packageA, id, wr, in)
			}
		case 4:
			do = addingAction(workpackages.ActionInput{Title: ptr("A"), OwnerID: ptr(viewer.ID), Due: ptr(day())})
		case 5:
			id := w.Actions[next.of(len(w.Actions))].ID
			in := workpackages.ActionInput{Due: ptr(day()), DoneOn: ptr([]string{"", day()}[next.of(2)])}
			do = func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
				return c.ChangeAction(ctx, by, packageA, id, wr, in)
			}
		case 6:
			do = addingEvidence(workpackages.EvidenceInput{Title: ptr("E"), Location: ptr("l")})
		case 7:
			id := w.Evidence[next.of(len(w.Evidence))].ID
			in := workpackages.EvidenceInput{ReviewBy: ptr(day())}
			do = func(c *council, ctx context.Context, by workpackages.Actor, wr workpackages.Write) (workpackages.Result, error) {
				return c.ChangeEvidence(ctx, by, packageA, id, wr, in)
			}
		}
		r, err := do(c, t.Context(), by, wr)
		c.store.fault, c.store.torn = nil, false
		switch {
		case err == nil && r.Entry.Version > 0 && inJSON(r.Entry) != c.store.asStored[r.Entry.ID]:
			t.Fatalf("returned %+v, stored %s", r.Entry, c.store.asStored[r.Entry.ID])
		case err != nil && workpackages.KindOf(err) == workpackages.Internal:
			t.Fatal(err)
		}
	}
	for range 2 { // the first may lose to a change that was torn, and brings it up
		_, _ = green(c, t.Context(), leadA.Actor("slack"), c.fresh())
	}
	whole(t, c)
}

// whole holds the history of the package to its promises.
func whole(t *testing.T, c *council) {
	t.Helper()
	now := c.current()
	if len(c.store.entries) != int(now.Version) {
		t.Fatalf("%d entries and version %d", len(c.store.entries), now.Version)
	}
	var before workpackages.Entry
	replayed := workpackages.WorkPackage{}
	for v := int64(1); v <= now.Version; v++ {
		e, err := c.store.Entry(t.Context(), packageA, v)
		if err != nil {
			t.Fatalf("a gap at version %d: %v", v, err)
		}
		if e.Version != v || e.State.Version != v || e.ID != workpackages.EntryID(packageA, v) || e.At.Before(before.At) || !e.State.ChangedAt.Equal(e.At) {
			t.Fatalf("version %d after one at %s: %+v", v, before.At, e)
		}
		if v > 1 {
			onlyItsOwn(t, before.State, e)
		}
		replayed, before = replay(replayed, e), e
		if inJSON(replayed) != inJSON(e.State) {
			t.Fatalf("replaying to version %d gives\n%s\nwant\n%s", v, inJSON(replayed), inJSON(e.State))
		}
		asAt, err := c.AsAt(t.Context(), packageA, e.At)
		if err != nil || asAt.Version < v || !asAt.ChangedAt.Equal(e.At) {
			t.Fatalf("as at version %d it is version %d, %v", v, asAt.Version, err)
		}
	}
	if inJSON(replayed) != inJSON(now) {
		t.Fatalf("replayed\n%s\ncurrent\n%s", inJSON(replayed), inJSON(now))
	}
	entries, older, err := c.History(t.Context(), packageA, 0, int(now.Version))
	if err != nil || older || len(entries) != int(now.Version) || inJSON(entries[0].State) != inJSON(now) {
		t.Fatalf("%d entries read, older %t, %v", len(entries), older, err)
	}
}

// replay works out a state from the one before and what its entry says was
// done: an update from the update alone, the rest from the parts it may touch.
func replay(w workpackages.WorkPackage, e workpackages.Entry) workpackages.WorkPackage {
	switch e.Kind {
	case workpackages.Created:
		return e.State
	case workpackages.Updated:
		u := e.Update
		w.Status, w.Narrative, w.Percent = u.Status, u.Narrative, u.Percent
		w.RecoveryPlan, w.RecoveryDate, w.Reason, w.Decision = u.RecoveryPlan, u.RecoveryDate, u.Reason, u.Decision
		w.UpdatedAt, w.UpdatedBy, w.SignedOffBy = e.At, e.By.Name, ""
		if u.Status == workpackages.Blue {
			w.SignedOffBy = e.By.Name
		}
	case workpackages.Edited:
		w.Title, w.Summary, w.OwnerID, w.DefaultName = e.State.Title, e.State.Summary, e.State.OwnerID, e.State.DefaultName
	case workpackages.MilestoneAdded, workpackages.MilestoneChanged:
		w.Milestones = replayItem(w.Milestones, e.State.Milestones, e.ItemID, func(m workpackages.Milestone) string { return m.ID })
	case workpackages.ActionAdded, workpackages.ActionChanged:
		w.Actions = replayItem(w.Actions, e.State.Actions, e.ItemID, func(a workpackages.Action) string { return a.ID })
	case workpackages.EvidenceAdded, workpackages.EvidenceChanged:
		w.Evidence = replayItem(w.Evidence, e.State.Evidence, e.ItemID, func(v workpackages.Evidence) string { return v.ID })
	}
	w.Version, w.ChangedAt, w.Keys = e.Version, e.At, e.State.Keys
	return w
}

// replayItem takes the one item an entry concerns from its state, and the rest
// from the state before.
func replayItem[T any](had, has []T, id string, of func(T) string) []T {
	had = slices.Clone(had)
	i := slices.IndexFunc(has, func(v T) bool { return of(v) == id })
	if i < 0 {
		return had
	}
	if j := slices.IndexFunc(had, func(v T) bool { return of(v) == id }); j >= 0 {
		had[j] = has[i]
		return had
	}
	return append(had, has[i])
}

// onlyItsOwn holds an entry to be a change that says what it did, and that no
// date a milestone had is ever lost.
func onlyItsOwn(t *testing.T, was workpackages.WorkPackage, e workpackages.Entry) {
	t.Helper()
	if e.Summary == "" || e.By.Name == "" || !workpackages.MayChange(e.By, was.GroupID) || (e.Update != nil) != (e.Kind == workpackages.Updated) {
		t.Fatalf("%+v", e)
	}
	for i, m := range was.Milestones {
		kept := e.State.Milestones[i].Baselines
		if len(kept) < len(m.Baselines) || !slices.Equal(kept[:len(m.Baselines)], m.Baselines) || e.State.Milestones[i].Slips() < m.Slips() {
			t.Fatalf("version %d lost a date: %+v, was %+v", e.Version, kept, m.Baselines)
		}
	}
	if e.State.Status == workpackages.Blue && was.Status != workpackages.Blue && (len(was.Evidence) == 0 || e.By.PersonID == was.OwnerID) {
		t.Fatalf("version %d was signed off by %s, and %s owns it", e.Version, e.By.PersonID, was.OwnerID)
	}
	if len(e.State.Keys) > 50 {
		t.Fatalf("%d keys", len(e.State.Keys))
	}
}

func TestAnySequenceOfChangesLeavesAWholeHistory(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 24))
		from := make([]byte, 600)
		for i := range from {
			from[i] = byte(r.Uint32())
		}
		walk(t, from)
	}
}

func FuzzSequences(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("any bytes are a sequence of changes, however short"))
	f.Fuzz(func(t *testing.T, from []byte) {
		walk(t, from[:min(len(from), 2000)])
	})
}
