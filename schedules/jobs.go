package schedules

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// Outbox takes messages, each key once; notifications provides it.
type Outbox interface {
	Enqueue(ctx context.Context, m notifications.Message) (added bool, err error)
	// Enqueued reports whether a message of this key was ever made.
	Enqueued(ctx context.Context, id string) (bool, error)
}

// Deps is what the jobs work with.
type Deps struct {
	Packages *workpackages.Service
	Outbox   Outbox
	Annexa   Annexa
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
		{
			Name: notifications.AnnexaCheck, Title: "Annexe A check", Spec: cmp.Or(d.Annexa.Spec, defaultAnnexaSpec), Zone: d.Zone,
			Description: d.Annexa.description(),
			Misfire:     Once, Grace: 12 * time.Hour, // the lists of this morning are still those of today
			Timeout: 10 * time.Minute,
			Run:     d.annexaCheck,
		},
	}
}
