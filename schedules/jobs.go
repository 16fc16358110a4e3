package schedules

import (
	"cmp"
	"context"
	"errors"
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
	// Message gives one message by its key, or NotFound.
	Message(ctx context.Context, id string) (notifications.Message, error)
	// Messages gives the ledger, newest first.
	Messages(ctx context.Context, f notifications.Filter) ([]notifications.Message, error)
}

// Desk says when somebody may be disturbed; notifications provides it.
type Desk interface {
	Window(ctx context.Context, recipientID string) (notifications.Window, error)
}

// Deps is what the jobs work with.
type Deps struct {
	Packages *workpackages.Service
	Comms    Comms // nil: there is no communications plan
	Rules    *RuleBook
	Outbox   Outbox
	Desk     Desk // nil: anybody, at any time
	Annexa   Annexa
	BaseURL  string
	Zone     *time.Location
	Now      func() time.Time
	// CleanUp takes away what has run out, one after another.
	CleanUp []func(ctx context.Context) error
}

// FollowUps is the job that keeps the messages of the day up to date.
const FollowUps = "follow-ups"

// Jobs is every job there is. Those that have a rule take their times from it; the
// spec here is what they have before anybody sets one.
func Jobs(d Deps) []Job {
	// A reminder of this morning is of use until the evening, and one is enough.
	reminder := func(kind workpackages.ConcernKind, title, description string) Job {
		return Job{
			Name: string(kind), Title: title, Description: description + " It is part of each person's one message of the day.",
			Spec: defaultSpec(string(kind)), Zone: d.Zone, WorkingDays: true, Misfire: Once, Grace: 9 * time.Hour, Timeout: 2 * time.Minute, Run: d.remind(kind),
		}
	}
	return []Job{
		reminder(workpackages.MilestoneOverdue, "Milestone overdue", "Tells who owns a package and who leads its group that a milestone is past its date; then the group's chair, then the assistant directors."),
		reminder(workpackages.MilestoneToday, "Milestone due today", "Tells who owns a package and who leads its group that a milestone is due today."),
		reminder(workpackages.ActionDue, "Action due", "Tells who owns an action that it is due today or overdue; then the group's chair, then the assistant directors."),
		reminder(workpackages.StatusDue, "Status update due", fmt.Sprintf("Tells the leads of a steering group, and a package's owner, that a package has had no status update for %d working days or more; then the group's chair, then the assistant directors.", d.Packages.StaleAfter)),
		reminder(workpackages.MilestoneSoon, "Milestone due soon", "Tells who owns a package and who leads its group that a milestone comes up within some working days."),
		reminder(workpackages.EvidenceOld, "Evidence going out of date", "Tells who owns a package and who leads its group that a piece of evidence is at or near its review date."),
		{
			Name: notifications.MeetingTomorrow, Title: "Steering group meeting tomorrow",
			Description: "Tells those of a steering group, on the working day before it meets, what is red, what slipped and what nobody has updated.",
			Spec:        defaultSpec(notifications.MeetingTomorrow), Zone: d.Zone, WorkingDays: true, Misfire: Once, Grace: 9 * time.Hour, Timeout: 2 * time.Minute, Run: d.meetingTomorrow,
		},
		{
			Name: notifications.WeeklyDigest, Title: "Weekly digest",
			Description: "Tells the assistant directors what moved in the week, what slipped, what nobody has updated, which decisions are wanted and how Annexe A stands.",
			Spec:        defaultSpec(notifications.WeeklyDigest), Zone: d.Zone, Misfire: Once, Grace: 36 * time.Hour, Timeout: 2 * time.Minute, Run: d.weeklyDigest,
		},
		{
			Name: notifications.GroupDigest, Title: "Weekly group digest",
			Description: "Tells those of each steering group the same of their own packages.",
			Spec:        defaultSpec(notifications.GroupDigest), Zone: d.Zone, Misfire: Once, Grace: 36 * time.Hour, Timeout: 2 * time.Minute, Run: d.groupDigest,
		},
		{
			Name: notifications.PlanDue, Title: "Communications plan due",
			Description: "Tells owners and approvers what the communications plan wants of them, and the communications team what is nobody’s and which audience was not told for too long.",
			Spec:        defaultSpec(notifications.PlanDue), Zone: d.Zone, WorkingDays: true, Misfire: Once, Grace: 9 * time.Hour, Timeout: 2 * time.Minute, Run: d.planDue,
		},
		{
			Name: FollowUps, Title: "Follow-ups",
			Description: "Brings the messages of the day up to date: what is done is shown in place, and what is new since is told below.",
			Spec:        "*/5 8-17 * * 1-5", Zone: d.Zone, WorkingDays: true, Silent: true, KeepRuns: 48 * time.Hour, Misfire: Skip, Grace: 10 * time.Minute, Timeout: 2 * time.Minute, Run: d.followUp,
		},
		{
			Name: notifications.AnnexaCheck, Title: "Annexe A check", Spec: cmp.Or(d.Annexa.Spec, defaultAnnexaSpec), Zone: d.Zone,
			Description: d.Annexa.description(),
			Misfire:     Once, Grace: 12 * time.Hour, // the lists of this morning are still those of today
			Silent: true, Timeout: 10 * time.Minute,
			Run: d.annexaCheck,
		},
		{
			Name: "clean-up", Title: "Clean-up", Spec: "30 3 * * *", Zone: d.Zone,
			Description: "Takes away sessions, sign-in links and sign-in counts that have run out, runs of jobs after 90 days and messages after 400.",
			Misfire:     Once, Grace: 24 * time.Hour, Silent: true, Timeout: 5 * time.Minute,
			Run: func(ctx context.Context, o Occasion) (Outcome, error) {
				if o.DryRun {
					return Outcome{Summary: "Would take away what has run out"}, nil
				}
				var errs []error
				for _, do := range d.CleanUp {
					errs = append(errs, do(ctx))
				}
				return Outcome{Summary: "Took away what had run out"}, errors.Join(errs...)
			},
		},
	}
}

// defaultSpec is the spec of a rule that nobody has set.
func defaultSpec(rule string) string {
	info, _ := RuleInfoOf(rule)
	return info.Default.Spec()
}
