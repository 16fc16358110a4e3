package workpackages

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"readiness/workpackages/phrase"
	"readiness/workpackages/workingdays"
)

// Readiness is what the dashboard shows: every package by group, with what the
// dates say about it and why.
type Readiness struct {
	At       time.Time // the instant it is worked out for
	Today    Date
	Groups   []GroupReadiness
	Statuses []StatusCount // every status, in the order of Statuses
	Total    int
	Overdue  int // milestones and actions past their date
	Stale    int // packages nobody has updated
	Slipped  int // packages with a milestone moved later
	Doubted  int // packages whose dates say worse than their status
}

// StatusCount is how many packages report a status.
type StatusCount struct {
	Status Status
	Count  int
}

// GroupReadiness is one steering group's part of the picture.
type GroupReadiness struct {
	Group    Group
	Leads    []Person
	Packages []PackageReadiness
}

// PackageReadiness is one package with what can be worked out about it.
type PackageReadiness struct {
	WorkPackage
	Owner string // name; empty when nobody is named
	// Computed is what the dates alone say; Reasons says why, worst first.
	Computed Status
	Reasons  []Reason
	Stale    bool
	// IdleDays is the number of working days since the last status update, or
	// since the package was created when there was none.
	IdleDays int
	Overdue  int
	Next     *Milestone // the next one to be reached
}

// Doubted reports whether the dates say worse than the reported status.
func (p PackageReadiness) Doubted() bool { return badness(p.Computed) > badness(p.Status) }

// Reason is one fact that bears on a package's readiness.
type Reason struct {
	Code string // stable, for programs
	Text string // for people
	Says Status // what the fact says of the package; empty when it does not change it
}

// badness orders statuses by how far off track they are.
func badness(s Status) int {
	switch s {
	case Red:
		return 2
	case Amber:
		return 1
	}
	return 0
}

// Assess works out one package on a day. The rules escalate from facts (a date
// has passed), never from mood, and never predict a grade:
//
//   - red: a milestone is past its date, or the recovery date of an amber package is;
//   - amber: an action is past its date, a milestone still to come was moved
//     later, evidence is past its review date, or an issue is still open past
//     its retest date;
//   - otherwise blue, paused or not started as reported, or else green.
//
// Delivered and paused packages are left as reported, but their overdue items
// still count.
func Assess(w WorkPackage, people []Person, today Date, staleAfter int, zone *time.Location) PackageReadiness {
	p := PackageReadiness{WorkPackage: w, Owner: NameOf(people, w.OwnerID)}
	say := func(s Status, code, format string, args ...any) {
		p.Reasons = append(p.Reasons, Reason{Code: code, Says: s, Text: fmt.Sprintf(format, args...)})
	}
	for _, m := range w.Milestones {
		if m.Done() {
			continue
		}
		if p.Next == nil || m.Due().Before(p.Next.Due()) {
			p.Next = &m
		}
		switch {
		case m.Due().Before(today):
			p.Overdue++
			say(Red, "milestone_overdue", "Milestone overdue since %s: %s", m.Due(), m.Title)
		case m.Slips() > 0 && m.FirstDue().Before(m.Due()):
			say(Amber, "milestone_slipped", "Milestone moved from %s to %s: %s", m.FirstDue(), m.Due(), m.Title)
		}
	}
	if w.Status == Amber && w.RecoveryDate.Before(today) {
		say(Red, "recovery_date_passed", "The recovery date, %s, has passed", w.RecoveryDate)
	}
	for _, a := range w.Actions {
		if !a.Done() && a.Due.Before(today) {
			p.Overdue++
			say(Amber, "action_overdue", "Action overdue since %s: %s", a.Due, a.Title)
		}
	}
	for _, e := range w.Evidence {
		if e.ReviewBy.Before(today) {
			say(Amber, "evidence_out_of_date", "Evidence past its review date, %s: %s", e.ReviewBy, e.Title)
		}
	}
	for _, i := range w.Issues {
		if i.Open() && i.Retest.Before(today) {
			say(Amber, "retest_overdue", "Retest overdue since %s: %s", i.Retest, i.Title)
		}
	}
	slices.SortStableFunc(p.Reasons, func(a, b Reason) int { return cmp.Compare(badness(b.Says), badness(a.Says)) })

	since, what := w.UpdatedAt, "No status update for %s"
	if since.IsZero() {
		since, what = w.CreatedAt, "No status update yet, %s after it was set up"
	}
	p.IdleDays = workingdays.Between(DateOf(since, zone).Time(), today.Time())
	if w.Status.Open() && p.IdleDays >= staleAfter {
		p.Stale = true
		say("", "stale", what, phrase.Count(p.IdleDays, "working day"))
	}
	if w.OwnerID == "" {
		say("", "no_owner", "No owner is named")
	}

	p.Computed = w.Status
	if w.Status != Blue && w.Status != Paused {
		if w.Status != NotStarted {
			p.Computed = Green
		}
		for _, r := range p.Reasons {
			if badness(r.Says) > badness(p.Computed) {
				p.Computed = r.Says
			}
		}
	}
	return p
}

// Readiness works out the whole picture now, or as it stood at an instant when
// at is not zero. Packages that did not exist then are left out.
func (s *Service) Readiness(ctx context.Context, at time.Time) (Readiness, error) {
	groups, err := s.Groups.Groups(ctx)
	if err != nil {
		return Readiness{}, err
	}
	people, err := s.People.People(ctx)
	if err != nil {
		return Readiness{}, err
	}
	packages, err := s.Packages.Packages(ctx)
	if err != nil {
		return Readiness{}, err
	}
	now, _ := s.instant()
	if at.IsZero() {
		at = now
	} else {
		past := packages[:0]
		for _, w := range packages {
			then, err := s.AsAt(ctx, w.ID, at)
			if KindOf(err) == NotFound && err != nil {
				continue
			}
			if err != nil {
				return Readiness{}, err
			}
			past = append(past, then)
		}
		packages = past
	}
	return summarise(groups, people, packages, at, s.Zone, s.StaleAfter), nil
}

func summarise(groups []Group, people []Person, packages []WorkPackage, at time.Time, zone *time.Location, staleAfter int) Readiness {
	r := Readiness{At: at, Today: DateOf(at, zone), Total: len(packages)}
	slices.SortFunc(packages, func(a, b WorkPackage) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	count := map[Status]int{}
	for _, g := range groups {
		gr := GroupReadiness{Group: g, Leads: LeadsOf(people, g.ID)}
		for _, w := range packages {
			if w.GroupID != g.ID {
				continue
			}
			p := Assess(w, people, r.Today, staleAfter, zone)
			gr.Packages = append(gr.Packages, p)
			count[w.Status]++
			r.Overdue += p.Overdue
			if p.Stale {
				r.Stale++
			}
			if w.Slips() > 0 {
				r.Slipped++
			}
			if p.Doubted() {
				r.Doubted++
			}
		}
		r.Groups = append(r.Groups, gr)
	}
	for _, st := range Statuses() {
		r.Statuses = append(r.Statuses, StatusCount{st, count[st]})
	}
	return r
}

// LeadsOf gives the active leads of a group, in the order given.
func LeadsOf(people []Person, groupID string) []Person {
	var leads []Person
	for _, p := range people {
		if p.Role == Lead && p.GroupID == groupID && !p.Disabled {
			leads = append(leads, p)
		}
	}
	return leads
}
