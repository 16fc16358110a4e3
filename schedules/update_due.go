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
	post := posting{outbox: d.Outbox, occasion: o}
	var notes []string
	// One message a day: what Slack does not take today is not sent tomorrow
	// beside tomorrow's own.
	today := d.Now().In(d.Zone)
	midnight := time.Date(today.Year(), today.Month(), today.Day()+1, 0, 0, 0, 0, d.Zone)
	for _, l := range letters(r, people) {
		m := notifications.StatusUpdateDue(l.to, l.why(), l.packages, d.BaseURL, workpackages.Date(o.Day), d.Zone)
		m.NotAfter = midnight.UTC()
		post.put(ctx, named(l.to), m)
	}
	for _, g := range r.Groups {
		for _, p := range g.Packages {
			if p.Stale && !slices.ContainsFunc(people, func(x workpackages.Person) bool { return tells(x, p) }) {
				notes = append(notes, fmt.Sprintf("nobody to tell about %s: name a lead of the %s", p.Title, g.Group.Name))
			}
		}
	}
	summary := post.says()
	if r.Stale == 0 {
		summary = "Every package is up to date: nobody to tell"
	} else if post.there > 0 {
		summary += " for this day"
	}
	if len(notes) > 0 {
		summary += "; " + strings.Join(notes, "; ")
	}
	return Outcome{Summary: summary, Planned: post.planned}, errors.Join(post.errs...)
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
	leads    string                          // the group they lead, if that is why
	owns     []workpackages.PackageReadiness // those of other groups, which they own
	packages []workpackages.PackageReadiness
}

// why says why this person is told about all that the letter holds.
func (l letter) why() string {
	var reasons []string
	if l.leads != "" {
		reasons = append(reasons, "lead the "+l.leads)
	}
	switch {
	case len(l.owns) == 1:
		reasons = append(reasons, "own "+l.owns[0].Title)
	case len(l.owns) == len(l.packages):
		reasons = append(reasons, "own these packages")
	case len(l.owns) > 1:
		reasons = append(reasons, fmt.Sprintf("own %d of these packages", len(l.owns)))
	}
	return "You get this because you " + strings.Join(reasons, " and ") + "."
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
				} else {
					l.owns = append(l.owns, p)
				}
			}
		}
		if len(l.packages) > 0 {
			out = append(out, l)
		}
	}
	return out
}
