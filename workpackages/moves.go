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
	At           time.Time // of the last change that made it so
	By           Actor     // who made that change
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

// movesOf compares a package before a span with it at its end. Of each thing that
// differs, the newest entry that changed it says when that was, and who did it.
func (s *Service) movesOf(ctx context.Context, w WorkPackage, since, until time.Time) ([]Move, error) {
	var span []Entry                          // newest first
	before := WorkPackage{Status: NotStarted} // as of one that was set up within the span
	for v := w.Version; v > 0; v-- {
		e, err := s.Packages.Entry(ctx, w.ID, v)
		if err != nil {
			return nil, err
		}
		if !e.At.After(since) {
			before = e.State
			break
		}
		if !e.At.After(until) {
			span = append(span, e)
		}
	}
	if len(span) == 0 {
		return nil, nil
	}
	after := span[0].State
	var out []Move
	add := func(kind MoveKind, item, title, from, to string, made func(e Entry, was WorkPackage) bool) {
		for i, e := range span {
			was := before
			if i+1 < len(span) {
				was = span[i+1].State
			}
			if made(e, was) {
				out = append(out, Move{kind, e.At, e.By, w.ID, w.Title, w.GroupID, item, title, from, to})
				return
			}
		}
	}
	if before.Status != after.Status {
		add(StatusMoved, "", "", before.Status.Short(), after.Status.Short(), func(e Entry, was WorkPackage) bool { return e.Kind == Updated && e.State.Status != was.Status })
	} else {
		add(StatusRepeated, "", "", "", "", func(e Entry, _ WorkPackage) bool { return e.Kind == Updated })
	}
	for _, m := range after.Milestones {
		was, had := before.milestone(m.ID)
		due := was.Due()
		if !had {
			due = m.FirstDue() // of one added within the span
		}
		reached := func(e Entry, was WorkPackage) bool {
			now, _ := e.State.milestone(m.ID)
			then, _ := was.milestone(m.ID)
			return now.Done() && !then.Done()
		}
		moved := func(e Entry, was WorkPackage) bool {
			now, _ := e.State.milestone(m.ID)
			then, _ := was.milestone(m.ID)
			return now.Due() != then.Due()
		}
		switch {
		case m.Done() && !was.Done():
			add(MilestoneReached, m.ID, m.Title, "", m.DoneOn.String(), reached)
		case m.Done():
		case due.Before(m.Due()):
			add(MilestoneMoved, m.ID, m.Title, due.String(), m.Due().String(), moved)
		case m.Due().Before(due):
			add(MilestonePulled, m.ID, m.Title, due.String(), m.Due().String(), moved)
		}
	}
	for _, a := range after.Actions {
		if was, _ := before.action(a.ID); a.Done() && !was.Done() {
			add(ActionDone, a.ID, a.Title, "", a.DoneOn.String(), func(e Entry, was WorkPackage) bool {
				now, _ := e.State.action(a.ID)
				then, _ := was.action(a.ID)
				return now.Done() && !then.Done()
			})
		}
	}
	return out, nil
}

func (w WorkPackage) milestone(id string) (Milestone, bool) {
	i := slices.IndexFunc(w.Milestones, func(m Milestone) bool { return m.ID == id })
	if i < 0 {
		return Milestone{}, false
	}
	return w.Milestones[i], true
}

func (w WorkPackage) action(id string) (Action, bool) {
	i := slices.IndexFunc(w.Actions, func(a Action) bool { return a.ID == id })
	if i < 0 {
		return Action{}, false
	}
	return w.Actions[i], true
}
