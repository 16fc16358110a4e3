package workpackages

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages/phrase"
)

// ApplyChecks brings the issues of every package up to the checks that are kept,
// one check after the other in order of time. It may be run at any time and any
// number of times, in several processes: a check changes an issue once. It reads
// no report unless there is a check that this process has not applied yet.
//
// A package gets one entry in its history for a check, and only when an issue
// closes or comes back, its count changes, or it passes for the first time. What
// changes nothing is not stored, and is looked at once more by the next process.
func (s *Service) ApplyChecks(ctx context.Context) error {
	s.applying.Lock()
	defer s.applying.Unlock()
	packages, err := s.Packages.Packages(ctx)
	if err != nil {
		return err
	}
	from, ids := s.unapplied(packages)
	if len(ids) == 0 {
		return nil
	}
	checks, err := s.Kept.Checks(ctx, 0)
	if err != nil {
		return err
	}
	for _, sum := range slices.Backward(checks) {
		if sum.ID <= from {
			continue
		}
		check, err := s.Kept.Check(ctx, sum.ID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.apply(ctx, id, check); err != nil {
				return err
			}
		}
	}
	if len(checks) > 0 {
		s.remember(packages, checks[0].ID)
	}
	return nil
}

// unapplied gives the packages that have issues which checks speak of, and the
// newest check that all of these have been brought up to. What is no fault stays
// as it is, and must not have every report since read again.
func (s *Service) unapplied(packages []WorkPackage) (from string, ids []string) {
	first := true
	for _, w := range packages {
		spoken := false
		for _, i := range w.Issues {
			if i.Class == NotAFault {
				continue
			}
			upTo := max(i.LastCheck, s.applied[i.ID])
			if first || upTo < from {
				from, first = upTo, false
			}
			spoken = true
		}
		if spoken {
			ids = append(ids, w.ID)
		}
	}
	return from, ids
}

func (s *Service) remember(packages []WorkPackage, check string) {
	if s.applied == nil {
		s.applied = map[string]string{}
	}
	for _, w := range packages {
		for _, i := range w.Issues {
			s.applied[i.ID] = check
		}
	}
}

// maxRivals is how often a change by somebody else is given way to.
const maxRivals = 5

// apply brings one package's issues up to a check.
func (s *Service) apply(ctx context.Context, id string, check Check) error {
	var err error
	for range maxRivals {
		w, readErr := s.Packages.Package(ctx, id)
		if readErr != nil {
			return readErr
		}
		_, err = s.change(ctx, System(), id, Write{Version: w.Version}, nil, bringUpTo(check, DateOf(check.At, s.Zone)))
		if err == nil || KindOf(err) != Stale {
			return err
		}
	}
	return err
}

// bringUpTo is the change that a check makes to the issues of a package.
func bringUpTo(check Check, day Date) mutation {
	return func(w *WorkPackage, _ time.Time, today Date) (outcome, error) {
		out := outcome{kind: IssueChanged}
		var closed, back, counts int
		for n := range w.Issues {
			i := &w.Issues[n]
			was := *i
			if check.ID <= i.LastCheck || !i.meet(check, today) {
				continue
			}
			out.itemID = i.ID
			switch {
			case was.Open() && !i.Open():
				closed++
				out.changes.add(i.Title, "open", fmt.Sprintf("closed: gone from %d checks one after the other", i.Passes))
			case !was.Open() && i.Open():
				back++
				out.changes.add(i.Title, fmt.Sprintf("closed on %s", was.ClosedOn), "open again: "+findings(*i))
			default:
				counts++
				out.changes.add(i.Title, findings(was), findings(*i))
			}
		}
		var parts []string
		for _, p := range []struct {
			n    int
			what string
		}{{closed, "closed"}, {back, "came back"}, {counts, "with another count"}} {
			if p.n > 0 {
				parts = append(parts, phrase.Count(p.n, "issue")+" "+p.what)
			}
		}
		if len(parts) == 0 {
			return outcome{}, nil
		}
		if closed+back+counts > 1 {
			out.itemID = ""
		}
		out.summary = fmt.Sprintf("Annexe A check of %s: %s", day, strings.Join(parts, ", "))
		return out, nil
	}
}

// findings says how much of a cause there is.
func findings(i Issue) string {
	switch {
	case i.Count > 0:
		return phrase.Count(i.Count, "finding")
	case i.Passes > 0 && i.Passes < passesToClose:
		return "none, once"
	}
	return "none"
}

// meet brings an issue up to a check, and reports whether that is worth keeping:
// what a check says of an issue that stays closed, or stays as it is, is not.
func (i *Issue) meet(check Check, today Date) bool {
	was := *i
	cause, present := causeOf(check.Report, i.CauseKey)
	switch {
	case i.Class == NotAFault:
		return false
	case present:
		i.Count, i.Passes = cause.Count, 0
		if !i.Open() {
			i.ClosedOn = ""
			i.Recurrences++
		}
	case check.Report.LookedFor(i.CauseKey, i.List, i.Column):
		i.Count = 0
		i.Passes++
		if i.Open() && i.Passes >= passesToClose {
			i.ClosedOn = today
		}
	default:
		return false
	}
	if i.Count == was.Count && i.ClosedOn == was.ClosedOn && (i.Passes == was.Passes || !i.Open()) {
		*i = was
		return false
	}
	i.LastCheck = check.ID
	return true
}
