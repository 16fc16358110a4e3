package workpackages

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// MoveKind says what sort of change a Move is.
type MoveKind string

// The kinds of moves.
const (
	StatusMoved      MoveKind = "status_moved"
	StatusRepeated   MoveKind = "status_repeated" // an update that left the status as it was
	MilestoneReached MoveKind = "milestone_reached"
	MilestoneMoved   MoveKind = "milestone_moved"  // to a later date: it slipped
	MilestonePulled  MoveKind = "milestone_pulled" // to an earlier one
	ActionDone       MoveKind = "action_done"
)

// Move is what a span of time changed about one thing: several changes of it are
// one, from the first to the last.
type Move struct {
	Kind         MoveKind
	At           time.Time // of the last change
	By           Actor     // who made it
	PackageID    string
	PackageTitle string
	GroupID      string
	ItemID       string // the milestone or action
	Title        string // of it
	From, To     string // statuses in a word, or dates; empty where they say nothing
}

// Moves gives what changed after an instant and up to another, oldest first. What
// went and came back in between has not moved.
func (s *Service) Moves(ctx context.Context, since, until time.Time) ([]Move, error) {
	packages, err := s.Packages.Packages(ctx)
	if err != nil {
		return nil, err
	}
	var out []Move
	for _, w := range packages {
		if !w.ChangedAt.After(since) {
			continue
		}
		moves, err := s.movesOf(ctx, w, since, until)
		if err != nil {
			return nil, err
		}
		out = append(out, moves...)
	}
	slices.SortStableFunc(out, func(a, b Move) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.PackageTitle, b.PackageTitle))
	})
	return out, nil
}

// movesOf reads a package's entries back to the one before the span, and compares
// the two states. Who changed a thing last is found on the way.
func (s *Service) movesOf(ctx context.Context, w WorkPackage, since, until time.Time) ([]Move, error) {
	var after *WorkPackage // the state at the end of the span
	var before *WorkPackage
	last := map[string]Entry{} // by item, or "" for the status: the newest in the span
	for v := w.Version; v > 0; v-- {
		e, err := s.Packages.Entry(ctx, w.ID, v)
		if err != nil {
			return nil, err
		}
		if e.At.After(until) {
			continue
		}
		if !e.At.After(since) {
			before = &e.State
			break
		}
		if after == nil {
			after = &e.State
		}
		item := e.ItemID
		if e.Kind == Updated {
			item = ""
		} else if item == "" {
			continue
		}
		if _, seen := last[item]; !seen {
			last[item] = e
		}
	}
	if after == nil {
		return nil, nil
	}
	if before == nil {
		before = &WorkPackage{Status: NotStarted} // it was set up within the span
	}
	var out []Move
	add := func(kind MoveKind, item, title, from, to string) {
		e, ok := last[item]
		if ok {
			out = append(out, Move{kind, e.At, e.By, w.ID, w.Title, w.GroupID, item, title, from, to})
		}
	}
	if before.Status != after.Status {
		add(StatusMoved, "", "", before.Status.Short(), after.Status.Short())
	} else {
		add(StatusRepeated, "", "", "", "")
	}
	for _, m := range after.Milestones {
		i := slices.IndexFunc(before.Milestones, func(b Milestone) bool { return b.ID == m.ID })
		was := m.FirstDue() // of one added within the span
		if i >= 0 {
			was = before.Milestones[i].Due()
		}
		switch {
		case m.Done() && (i < 0 || !before.Milestones[i].Done()):
			add(MilestoneReached, m.ID, m.Title, "", m.DoneOn.String())
		case m.Done():
		case was.Before(m.Due()):
			add(MilestoneMoved, m.ID, m.Title, was.String(), m.Due().String())
		case m.Due().Before(was):
			add(MilestonePulled, m.ID, m.Title, was.String(), m.Due().String())
		}
	}
	for _, a := range after.Actions {
		i := slices.IndexFunc(before.Actions, func(b Action) bool { return b.ID == a.ID })
		if a.Done() && (i < 0 || !before.Actions[i].Done()) {
			add(ActionDone, a.ID, a.Title, "", a.DoneOn.String())
		}
	}
	return out, nil
}
