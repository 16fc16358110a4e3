package schedules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// Outbox takes messages, each key once; notifications provides it.
type Outbox interface {
	Enqueue(ctx context.Context, m notifications.Message) (added bool, err error)
}

// Deps is what the jobs work with.
type Deps struct {
	Packages *workpackages.Service
	Outbox   Outbox
	BaseURL  string
	Zone     *time.Location
	Now      func() time.Time
	CleanUp  func(ctx context.Context) error
}

// Jobs is every job there is.
func Jobs(d Deps) []Job {
	return []Job{
		{
			Name: notifications.StatusDue, Title: "Status update due", Spec: "0 9 * * 1-5", Zone: d.Zone, WorkingDays: true,
			Description: fmt.Sprintf("Tells the leads of a steering group, and a package's owner, that a package has had no status update for %d working days or more. One message to each person, on working days.", d.Packages.StaleAfter),
			Misfire:     Once, Grace: 9 * time.Hour, // a reminder of this morning is still of use until the evening
			Timeout: 2 * time.Minute,
			Run:     d.statusDue,
		},
		{
			Name: "clean-up", Title: "Clean-up", Spec: "30 3 * * *", Zone: d.Zone,
			Description: "Takes away sessions, sign-in links and sign-in counts that have run out.",
			Misfire:     Once, Grace: 24 * time.Hour, Timeout: 5 * time.Minute,
			Run: func(ctx context.Context, o Occasion) (Outcome, error) {
				if o.DryRun {
					return Outcome{Summary: "Would take away what has run out"}, nil
				}
				return Outcome{Summary: "Took away what had run out"}, d.CleanUp(ctx)
			},
		},
	}
}

// statusDue tells each lead and owner, in one message a day, which of their
// packages have gone too long without an update.
func (d Deps) statusDue(ctx context.Context, o Occasion) (Outcome, error) {
	at := time.Time{}
	if o.Instant.After(d.Now()) {
		at = o.Instant // what it would say then, if nobody updates before
	}
	r, err := d.Packages.Readiness(ctx, at)
	if err != nil {
		return Outcome{}, err
	}
	people, err := d.Packages.People.People(ctx)
	if err != nil {
		return Outcome{}, err
	}
	var out Outcome
	var errs []error
	var notes []string
	added := 0
	for _, l := range letters(r, people) {
		m := notifications.StatusUpdateDue(l.to, l.why(), l.packages, d.BaseURL, workpackages.Date(o.Day), d.Zone)
		out.Planned = append(out.Planned, Planned{l.to.Name + " <" + l.to.Email + ">", m.Content.Plain(), m.Content.Why})
		if o.DryRun {
			continue
		}
		ok, err := d.Outbox.Enqueue(ctx, m)
		if ok {
			added++
		}
		errs = append(errs, err)
	}
	for _, g := range r.Groups {
		for _, p := range g.Packages {
			if p.Stale && !slices.ContainsFunc(people, func(x workpackages.Person) bool { return tells(x, p) }) {
				notes = append(notes, fmt.Sprintf("nobody to tell about %s: name a lead of the %s", p.Title, g.Group.Name))
			}
		}
	}
	switch {
	case len(out.Planned) == 0 && r.Stale == 0:
		out.Summary = "Every package is up to date: nobody to tell"
	case o.DryRun:
		out.Summary = count(len(out.Planned), "message") + " would be sent"
	default:
		out.Summary = count(added, "message") + " put in the outbox"
		if kept := len(out.Planned) - added; kept > 0 {
			out.Summary += fmt.Sprintf(", %d there already", kept)
		}
	}
	if len(notes) > 0 {
		out.Summary += "; " + strings.Join(notes, "; ")
	}
	return out, errors.Join(errs...)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// letter is what one person is told.
type letter struct {
	to       workpackages.Person
	leads    string // the group they lead, if that is why
	packages []workpackages.PackageReadiness
}

func (l letter) why() string {
	if l.leads != "" {
		return "You get this because you lead the " + l.leads + "."
	}
	return "You get this because you own " + l.packages[0].Title + "."
}

// tells reports whether a person is told about a package.
func tells(p workpackages.Person, w workpackages.PackageReadiness) bool {
	leads := p.Role == workpackages.Lead && p.GroupID == w.GroupID
	return !p.Disabled && (leads || p.ID == w.OwnerID)
}

// letters gathers the stale packages of each person, in the order of people.
func letters(r workpackages.Readiness, people []workpackages.Person) []letter {
	var out []letter
	for _, to := range people {
		l := letter{to: to}
		for _, g := range r.Groups {
			for _, p := range g.Packages {
				if !p.Stale || !tells(to, p) {
					continue
				}
				l.packages = append(l.packages, p)
				if to.Role == workpackages.Lead && to.GroupID == p.GroupID {
					l.leads = g.Group.Name
				}
			}
		}
		if len(l.packages) > 0 {
			out = append(out, l)
		}
	}
	return out
}
