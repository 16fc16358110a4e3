package workpackages

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Service is the one way to change anything here: permission, validation,
// store, in that order.
type Service struct {
	Packages PackageStore
	Groups   GroupStore
	People   PeopleStore
	Kept     CheckStore // Annexe A checks
	Answers  ResponseStore
	Now      func() time.Time
	Zone     *time.Location
	// StaleAfter is the number of working days without a status update after
	// which a package is stale.
	StaleAfter int

	applying sync.Mutex
	// applied is the newest check that each issue, by id, has been brought up to
	// by this process. Most checks change nothing of most issues; what changes
	// nothing is not stored, and without this would be looked at each time.
	applied map[string]string
}

// DefaultStaleAfter is two working weeks.
const DefaultStaleAfter = 10

// Write says which version a change was made against, and the caller's
// idempotency key if it gave one.
type Write struct {
	Version int64
	Key     string
}

// maxKeys is how many idempotency keys a package remembers: more than a client
// can have in retry, few enough to keep the document small.
const maxKeys = 50

// MayChange reports whether the actor may change packages of a group.
func MayChange(by Actor, groupID string) bool {
	return by.Role == AssistantDirector || by.Role == Lead && by.GroupID != "" && by.GroupID == groupID
}

// Result is what a change led to.
type Result struct {
	Package WorkPackage
	Entry   Entry
	ItemID  string // the milestone, action, evidence or issue that was added or changed
}

// instant is one decision's time: the instant and the day it falls on here.
func (s *Service) instant() (time.Time, Date) {
	now := s.Now().UTC().Truncate(time.Millisecond)
	return now, DateOf(now, s.Zone)
}

// outcome is what a mutation did to the package.
type outcome struct {
	kind    EntryKind
	summary string
	changes changes
	update  *StatusUpdate
	itemID  string
}

// permission says who may make a change to a package, and what others are told.
type permission struct {
	may    func(by Actor, groupID string) bool
	refuse string
}

var toChange = permission{MayChange, ErrMayNotChange.Message}

// ErrMayNotChange is what somebody is told who may not change a package: see MayChange.
var ErrMayNotChange = Errorf(Forbidden, "Only the leads of this package's steering group and the assistant director can change it")

// mutation makes one change to a package, or says what is wrong with it.
type mutation func(w *WorkPackage, at time.Time, today Date) (outcome, error)

// change is changeIf for those who may change the package.
func (s *Service) change(ctx context.Context, by Actor, id string, wr Write, asked any, mutate mutation) (Result, error) {
	return s.changeIf(ctx, toChange, by, id, wr, asked, mutate)
}

// changeIf runs one mutation as a new version of a package: it gives Forbidden,
// Stale with the current package, or whatever the mutation found wrong.
func (s *Service) changeIf(ctx context.Context, p permission, by Actor, id string, wr Write, asked any, mutate mutation) (Result, error) {
	w, err := s.Packages.Package(ctx, id)
	if err != nil {
		return Result{}, err
	}
	if !p.may(by, w.GroupID) {
		return Result{}, Errorf(Forbidden, "%s", p.refuse)
	}
	if r, done, err := s.replay(ctx, w, by, wr, asked); done || err != nil {
		return r, err
	}
	if wr.Version != w.Version {
		return Result{}, stale(w)
	}
	at, today := s.instant()
	if at.Before(w.ChangedAt) {
		at = w.ChangedAt // clocks go backwards; history does not
	}
	next := w.clone()
	out, err := mutate(&next, at, today)
	if err != nil {
		return Result{}, err
	}
	if out.update == nil && len(out.changes) == 0 && out.summary == "" {
		return Result{Package: w, ItemID: out.itemID}, nil
	}
	next.Version, next.ChangedAt = w.Version+1, at
	if out.update != nil {
		next.UpdatedAt = at
	}
	if wr.Key != "" {
		next.Keys = append(next.Keys, UsedKey{Key: by.ID + " " + wr.Key, Version: next.Version, ItemID: out.itemID, Request: Fingerprint(asked)})
		next.Keys = next.Keys[max(0, len(next.Keys)-maxKeys):]
	}
	e := Entry{
		ID: EntryID(id, next.Version), PackageID: id, Version: next.Version, At: at, By: by,
		Kind: out.kind, Summary: out.summary, Changes: out.changes, Update: out.update, ItemID: out.itemID, State: next,
	}
	if err := s.Packages.Commit(ctx, e); err != nil {
		if KindOf(err) != Stale {
			return Result{}, err
		}
		newer, readErr := s.Packages.Package(ctx, id)
		if readErr != nil {
			// Stale promises the newer version; the failure to read it comes first.
			return Result{}, errors.Join(readErr, err)
		}
		// The rival may have been this very request, sent twice at once.
		if r, done, err := s.replay(ctx, newer, by, wr, asked); done || err != nil {
			return r, err
		}
		return Result{}, stale(newer)
	}
	return Result{Package: next, Entry: e, ItemID: out.itemID}, nil
}

// replay finds what an idempotency key did before.
func (s *Service) replay(ctx context.Context, w WorkPackage, by Actor, wr Write, asked any) (Result, bool, error) {
	if wr.Key == "" {
		return Result{}, false, nil
	}
	for _, k := range w.Keys {
		if k.Key == by.ID+" "+wr.Key {
			if k.Request != Fingerprint(asked) {
				return Result{}, true, Errorf(Conflict, "This idempotency key was used for another change to this package: use a new key for each change")
			}
			e, err := s.Packages.Entry(ctx, w.ID, k.Version)
			return Result{Package: w, Entry: e, ItemID: k.ItemID}, true, err
		}
	}
	return Result{}, false, nil
}

// askedItem is a request that names an item.
type askedItem struct {
	Item string
	In   any
}

// Fingerprint tells one request from another: of the same, it is the same.
func Fingerprint(asked any) string {
	text, err := json.Marshal(asked)
	if err != nil {
		return "" // every input is plain text, so it always can be
	}
	sum := sha256.Sum256(fmt.Appendf(text, "%T", asked))
	return hex.EncodeToString(sum[:8])
}

func stale(w WorkPackage) *Error {
	e := Errorf(Stale, "This package has changed since you read it. It is now at version %d: read what changed, then make your change again", w.Version)
	e.Current = w
	return e
}

// Update records a status update.
func (s *Service) Update(ctx context.Context, by Actor, id string, wr Write, in StatusInput) (Result, error) {
	return s.change(ctx, by, id, wr, in, func(w *WorkPackage, _ time.Time, today Date) (outcome, error) {
		u, err := in.validate(*w, by, today)
		if err != nil {
			return outcome{}, err
		}
		summary, c := u.apply(w, by)
		return outcome{kind: Updated, summary: summary, changes: c, update: &u}, nil
	})
}

// EditInput changes what a package is. A nil field is left alone.
type EditInput struct {
	Title, Summary, OwnerID *string
}

// Edit changes title, summary or owner.
func (s *Service) Edit(ctx context.Context, by Actor, id string, wr Write, in EditInput) (Result, error) {
	people, err := s.People.People(ctx)
	if err != nil {
		return Result{}, err
	}
	return s.change(ctx, by, id, wr, in, func(w *WorkPackage, _ time.Time, _ Date) (outcome, error) {
		var bad problems
		var c changes
		before := *w
		if in.Title != nil {
			w.Title = line(*in.Title)
			checkText(&bad, "title", "name for the package", w.Title, 1, MaxTitle)
		}
		if in.Summary != nil {
			w.Summary = prose(*in.Summary)
			checkText(&bad, "summary", "summary", w.Summary, 0, MaxProse)
		}
		if in.OwnerID != nil && *in.OwnerID != w.OwnerID {
			w.OwnerID = *in.OwnerID
			checkOwner(&bad, people, w.OwnerID, false)
		}
		if err := bad.err(); err != nil {
			return outcome{}, err
		}
		c.add("name", before.Title, w.Title)
		c.add("summary", before.Summary, w.Summary)
		c.addOwner(people, before.OwnerID, w.OwnerID)
		if len(c) == 0 {
			return outcome{}, nil
		}
		if before.Title != w.Title {
			w.DefaultName = false
		}
		return outcome{kind: Edited, summary: "Package edited", changes: c}, nil
	})
}

// AddMilestone adds a milestone.
func (s *Service) AddMilestone(ctx context.Context, by Actor, id string, wr Write, in MilestoneInput) (Result, error) {
	return s.change(ctx, by, id, wr, in, func(w *WorkPackage, at time.Time, today Date) (outcome, error) {
		item, summary, err := in.add(w, by, at, today)
		return outcome{kind: MilestoneAdded, summary: summary, itemID: item}, err
	})
}

// ChangeMilestone changes a milestone's name or date, or marks it reached.
func (s *Service) ChangeMilestone(ctx context.Context, by Actor, id, item string, wr Write, in MilestoneInput) (Result, error) {
	return s.change(ctx, by, id, wr, askedItem{item, in}, func(w *WorkPackage, at time.Time, today Date) (outcome, error) {
		i := slices.IndexFunc(w.Milestones, func(m Milestone) bool { return m.ID == item })
		if i < 0 {
			return outcome{}, Errorf(NotFound, "This package has no such milestone")
		}
		summary, c, err := in.change(&w.Milestones[i], by, at, today)
		return itemOutcome(MilestoneChanged, item, summary, c), err
	})
}

// AddAction adds an action.
func (s *Service) AddAction(ctx context.Context, by Actor, id string, wr Write, in ActionInput) (Result, error) {
	people, err := s.People.People(ctx)
	if err != nil {
		return Result{}, err
	}
	return s.change(ctx, by, id, wr, in, func(w *WorkPackage, _ time.Time, today Date) (outcome, error) {
		item, summary, err := in.add(w, people, today)
		return outcome{kind: ActionAdded, summary: summary, itemID: item}, err
	})
}

// ChangeAction changes an action's name, owner or date, or marks it done.
func (s *Service) ChangeAction(ctx context.Context, by Actor, id, item string, wr Write, in ActionInput) (Result, error) {
	people, err := s.People.People(ctx)
	if err != nil {
		return Result{}, err
	}
	return s.change(ctx, by, id, wr, askedItem{item, in}, func(w *WorkPackage, _ time.Time, today Date) (outcome, error) {
		i := slices.IndexFunc(w.Actions, func(a Action) bool { return a.ID == item })
		if i < 0 {
			return outcome{}, Errorf(NotFound, "This package has no such action")
		}
		summary, c, err := in.change(&w.Actions[i], people, today)
		return itemOutcome(ActionChanged, item, summary, c), err
	})
}

// AddEvidence records where a piece of evidence is kept.
func (s *Service) AddEvidence(ctx context.Context, by Actor, id string, wr Write, in EvidenceInput) (Result, error) {
	return s.change(ctx, by, id, wr, in, func(w *WorkPackage, at time.Time, today Date) (outcome, error) {
		item, summary, err := in.add(w, by, at, today)
		return outcome{kind: EvidenceAdded, summary: summary, itemID: item}, err
	})
}

// ChangeEvidence changes what is recorded about a piece of evidence.
func (s *Service) ChangeEvidence(ctx context.Context, by Actor, id, item string, wr Write, in EvidenceInput) (Result, error) {
	return s.change(ctx, by, id, wr, askedItem{item, in}, func(w *WorkPackage, _ time.Time, today Date) (outcome, error) {
		i := slices.IndexFunc(w.Evidence, func(e Evidence) bool { return e.ID == item })
		if i < 0 {
			return outcome{}, Errorf(NotFound, "This package has no such evidence")
		}
		summary, c, err := in.change(&w.Evidence[i], today)
		return itemOutcome(EvidenceChanged, item, summary, c), err
	})
}

// itemOutcome is the outcome of a change to an item; none when nothing changed.
func itemOutcome(kind EntryKind, item, summary string, c changes) outcome {
	if len(c) == 0 {
		return outcome{itemID: item}
	}
	return outcome{kind: kind, summary: summary, changes: c, itemID: item}
}

// History gives up to limit entries of a package, newest first, beginning below
// version before (0 for the newest), and whether there are older ones.
func (s *Service) History(ctx context.Context, id string, before int64, limit int) ([]Entry, bool, error) {
	w, err := s.Packages.Package(ctx, id)
	if err != nil {
		return nil, false, err
	}
	v := w.Version
	if before > 0 {
		v = min(v, before-1)
	}
	var out []Entry
	// The versions are known, so each entry is one look-up by its id: the only
	// kind of read that the embedded engine serves from an index.
	for ; v > 0 && len(out) < limit; v-- {
		e, err := s.Packages.Entry(ctx, id, v)
		if err != nil {
			return nil, false, err
		}
		out = append(out, e)
	}
	return out, v > 0, nil
}

// AsAt gives a package as it stood at an instant, or NotFound before it existed.
func (s *Service) AsAt(ctx context.Context, id string, at time.Time) (WorkPackage, error) {
	w, err := s.Packages.Package(ctx, id)
	if err != nil || !w.ChangedAt.After(at) {
		return w, err
	}
	// Entries are in order of time, so the last one not after the instant is
	// found by halving.
	lo, hi := int64(0), w.Version
	var found WorkPackage
	for lo < hi {
		mid := (lo + hi + 1) / 2
		e, err := s.Packages.Entry(ctx, id, mid)
		if err != nil {
			return WorkPackage{}, err
		}
		if e.At.After(at) {
			hi = mid - 1
		} else {
			lo, found = mid, e.State
		}
	}
	if lo == 0 {
		return WorkPackage{}, Errorf(NotFound, "This package did not exist yet at that time")
	}
	return found, nil
}
