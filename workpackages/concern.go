package workpackages

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages/phrase"
	"readiness/workpackages/workingdays"
)

// ConcernKind says what sort of thing somebody may have to be reminded of.
type ConcernKind string

// The kinds. Each is a rule that an assistant director can set.
const (
	StatusDue        ConcernKind = "status-update-due"
	MilestoneSoon    ConcernKind = "milestone-due-soon"
	MilestoneToday   ConcernKind = "milestone-due-today"
	MilestoneOverdue ConcernKind = "milestone-overdue"
	ActionDue        ConcernKind = "action-due"           // due today, or overdue
	EvidenceOld      ConcernKind = "evidence-out-of-date" // past its review date, or soon
)

// ConcernKinds lists every kind, worst first.
func ConcernKinds() []ConcernKind {
	return []ConcernKind{MilestoneOverdue, MilestoneToday, ActionDue, StatusDue, MilestoneSoon, EvidenceOld}
}

// Concern is one fact that somebody may have to be reminded of.
type Concern struct {
	Kind         ConcernKind
	PackageID    string
	PackageTitle string
	GroupID      string
	// Subject stays the same while the thing is open: the package's id, or that and
	// the item's.
	Subject string
	Title   string // of the item, or of the package
	OwnerID string // of an action, or else of the package; may be empty
	Due     Date   // when it was or is due; the day on which a package became stale
	Late    int    // working days since then: 0 on the day, negative while it is still to come
	Detail  string // in a few words, fit for Slack: nothing that people wrote as prose
}

// PackageOf gives the package that a concern's subject is, or is part of.
func PackageOf(subject string) string {
	id, _, _ := strings.Cut(subject, "/")
	return id
}

// ConcernOptions sets how far ahead is looked, in working days.
type ConcernOptions struct {
	MilestoneSoon int
	EvidenceSoon  int
	StaleAfter    int
	Zone          *time.Location
}

// Concerns works out what is open on the day of a picture, the most overdue first.
// Packages that are delivered or paused bring none: nobody works on them, and the
// dashboard still counts what they left behind.
func Concerns(r Readiness, o ConcernOptions) []Concern {
	var out []Concern
	for _, g := range r.Groups {
		for _, p := range g.Packages {
			if p.Status.Open() {
				out = append(out, concernsOf(p, r.Today, o)...)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Concern) int {
		return cmp.Or(cmp.Compare(b.Late, a.Late), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Title, b.Title))
	})
	return out
}

func concernsOf(p PackageReadiness, today Date, o ConcernOptions) []Concern {
	var out []Concern
	add := func(kind ConcernKind, item, title, owner string, due Date, detail string) {
		c := Concern{
			Kind: kind, PackageID: p.ID, PackageTitle: p.Title, GroupID: p.GroupID, Subject: p.ID, Title: title, OwnerID: owner,
			Due: due, Late: lateness(due, today), Detail: detail,
		}
		if item != "" {
			c.Subject += "/" + item
		}
		out = append(out, c)
	}
	if p.Stale {
		since := DateOf(p.CreatedAt, o.Zone)
		if !p.UpdatedAt.IsZero() {
			since = DateOf(p.UpdatedAt, o.Zone)
		}
		due := Date(workingdays.Add(since.Time(), o.StaleAfter).Format(time.DateOnly))
		add(StatusDue, "", p.Title, p.OwnerID, due, p.Idle(o.Zone))
	}
	for _, m := range p.Milestones {
		if m.Done() || m.Due() == "" {
			continue
		}
		late := lateness(m.Due(), today)
		switch {
		case m.Due().Before(today):
			add(MilestoneOverdue, m.ID, m.Title, p.OwnerID, m.Due(), dueWords(m.Due(), today))
		case m.Due() == today:
			add(MilestoneToday, m.ID, m.Title, p.OwnerID, m.Due(), dueWords(m.Due(), today))
		case -late <= o.MilestoneSoon:
			add(MilestoneSoon, m.ID, m.Title, p.OwnerID, m.Due(), dueWords(m.Due(), today))
		}
	}
	for _, a := range p.Actions {
		if !a.Done() && a.Due != "" && a.Due <= today {
			add(ActionDue, a.ID, a.Title, cmp.Or(a.OwnerID, p.OwnerID), a.Due, dueWords(a.Due, today))
		}
	}
	for _, e := range p.Evidence {
		if e.ReviewBy == "" || -lateness(e.ReviewBy, today) > o.EvidenceSoon {
			continue
		}
		text := fmt.Sprintf("review date %s, %s", e.ReviewBy, ahead(e.ReviewBy, today))
		if e.ReviewBy.Before(today) {
			text = fmt.Sprintf("its review date, %s, has passed", e.ReviewBy)
		}
		add(EvidenceOld, e.ID, e.Title, p.OwnerID, e.ReviewBy, text)
	}
	return out
}

// lateness counts working days from a date to today: what is due on a Saturday is
// one day late on the Monday, and one day ahead on the Friday before.
func lateness(due, today Date) int {
	n := workingdays.Between(due.Time(), today.Time())
	switch {
	case due.Before(today):
		return max(n, 1)
	case today.Before(due):
		return min(n, -1)
	}
	return 0
}

func dueWords(due, today Date) string {
	n := lateness(due, today)
	switch {
	case n > 0:
		return fmt.Sprintf("was due %s, %s ago", due, phrase.Count(n, "working day"))
	case n == 0:
		return "due today"
	}
	return fmt.Sprintf("due %s, %s", due, ahead(due, today))
}

func ahead(due, today Date) string {
	if due == today {
		return "which is today"
	}
	return "in " + phrase.Count(-lateness(due, today), "working day")
}

// Idle says how long a package has gone without an update, and what the last one was.
func (p PackageReadiness) Idle(zone *time.Location) string {
	if p.UpdatedAt.IsZero() {
		return fmt.Sprintf("no update yet, %s after it was set up", phrase.Count(p.IdleDays, "working day"))
	}
	return fmt.Sprintf("no update for %s. Last: %s, by %s (%s)", phrase.Count(p.IdleDays, "working day"), DateOf(p.UpdatedAt, zone), p.UpdatedBy, p.Status.Short())
}
