package workpackages

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages/workingdays"
)

// ResponseKind is what somebody answers to a reminder.
type ResponseKind string

// The answers.
const (
	HaveIt  ResponseKind = "have_it"  // they are on it, until a day
	Snoozed ResponseKind = "snoozed"  // they are not to be reminded until a day has passed
	NotMine ResponseKind = "not_mine" // it is somebody else's; until they take that back
)

// Label is the answer in words.
func (k ResponseKind) Label() string {
	switch k {
	case HaveIt:
		return "I have it"
	case Snoozed:
		return "Snoozed"
	case NotMine:
		return "Not mine"
	}
	return string(k)
}

// Response is one person's answer about one subject. It changes reminders and no
// package.
type Response struct {
	ID         string       `bson:"_id"` // ResponseID
	Subject    string       `bson:"subject"`
	Concern    ConcernKind  `bson:"concern"` // what it was then
	PackageID  string       `bson:"package"`
	PersonID   string       `bson:"person"`
	PersonName string       `bson:"person_name"` // as it was then
	Kind       ResponseKind `bson:"kind"`
	Until      Date         `bson:"until"` // the last day on which it holds; empty with NotMine
	At         time.Time    `bson:"at"`
	Version    int64        `bson:"version"`
	// Withdrawn answers are kept, so that the next is a new version of the same.
	Withdrawn bool `bson:"withdrawn"`
}

// ResponseID names a person's answer about a subject. Whatever the subject's
// concern is by then, the answer is about it: "not mine" of a milestone that is due
// soon is one of the milestone that is overdue.
func ResponseID(subject, personID string) string { return subject + " " + personID }

// InForce reports whether an answer still holds on a day.
func (r Response) InForce(today Date) bool {
	return !r.Withdrawn && (r.Kind == NotMine || today <= r.Until)
}

// ResponseStore keeps answers.
type ResponseStore interface {
	// Responses gives every answer, in no particular order.
	Responses(ctx context.Context) ([]Response, error)
	// SaveResponse stores an answer at the version after the one that is kept, or
	// gives Stale.
	SaveResponse(ctx context.Context, r Response) error
}

// How far ahead an answer may hold, in working days.
const (
	maxSnooze = 10
	maxHaveIt = 5
)

// ResponseInput is an answer as given.
type ResponseInput struct {
	Concern ConcernKind
	Subject string
	Kind    ResponseKind
	Days    int // working days for which it holds; 2 when 0; not with NotMine
}

// defaultDays is how long an answer holds that does not say.
const defaultDays = 2

// Respond records what somebody answers for themselves. A new answer takes the
// place of the one before.
func (s *Service) Respond(ctx context.Context, by Actor, in ResponseInput) (Response, error) {
	if by.PersonID == "" {
		return Response{}, Errorf(Forbidden, "Sign in to answer a reminder: a token is nobody who could have it")
	}
	packageID, item, ofItem := strings.Cut(in.Subject, "/")
	w, err := s.Packages.Package(ctx, packageID)
	if err != nil {
		return Response{}, err
	}
	var bad problems
	if ofItem != (item != "") || !w.asks(in.Concern, item) {
		bad.add("subject", "What this was about is not open any more, so there is nothing to answer")
	}
	_, today := s.instant()
	r := Response{
		ID: ResponseID(in.Subject, by.PersonID), Subject: in.Subject, Concern: in.Concern, PackageID: packageID,
		PersonID: by.PersonID, PersonName: by.Name, Kind: in.Kind,
	}
	days := in.Days
	if days == 0 {
		days = defaultDays
	}
	most := map[ResponseKind]int{HaveIt: maxHaveIt, Snoozed: maxSnooze, NotMine: 0}
	limit, known := most[in.Kind]
	switch {
	case !known:
		bad.add("kind", "Choose an answer: have_it, snoozed or not_mine")
	case limit > 0 && (days < 1 || days > limit):
		bad.add("days", "Choose from 1 to %d working days", limit)
	case limit > 0:
		// Today is the first, if it is a working day.
		r.Until = Date(workingdays.Add(today.AddDays(-1).Time(), days).Format(time.DateOnly))
	}
	if err := bad.err(); err != nil {
		return Response{}, err
	}
	return s.saveResponse(ctx, r)
}

// asks reports whether the package still has, undone, what a concern is about.
func (w WorkPackage) asks(kind ConcernKind, item string) bool {
	if !w.Status.Open() {
		return false
	}
	switch kind {
	case StatusDue:
		return item == ""
	case MilestoneSoon, MilestoneToday, MilestoneOverdue:
		m, there := w.milestone(item)
		return there && !m.Done()
	case ActionDue:
		a, there := w.action(item)
		return there && !a.Done()
	case EvidenceOld:
		return slices.ContainsFunc(w.Evidence, func(e Evidence) bool { return e.ID == item })
	}
	return false
}

// saveResponse stores an answer over whatever the person said before.
func (s *Service) saveResponse(ctx context.Context, r Response) (Response, error) {
	r.At, _ = s.instant()
	// The newest answer stands: where two are given at once, the second is tried again.
	for range 3 {
		all, err := s.Answers.Responses(ctx)
		if err != nil {
			return r, err
		}
		r.Version = 1
		if i := slices.IndexFunc(all, func(x Response) bool { return x.ID == r.ID }); i >= 0 {
			if before := all[i]; before.Kind == r.Kind && before.Until == r.Until && before.Concern == r.Concern && !before.Withdrawn {
				return before, nil // pressed twice
			}
			r.Version = all[i].Version + 1
		}
		if err := s.Answers.SaveResponse(ctx, r); err == nil || KindOf(err) != Stale {
			return r, err
		}
	}
	return r, Errorf(Stale, "This was answered at the same time from elsewhere: look at the answer, and give yours again")
}

// Withdraw takes an answer back: one's own, or as an assistant director anybody's.
// It gives Stale where another was given since it was read.
func (s *Service) Withdraw(ctx context.Context, by Actor, id string) error {
	all, err := s.Responses(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r Response) bool { return r.ID == id })
	if i < 0 {
		return Errorf(NotFound, "There is no such answer any more")
	}
	if r := all[i]; by.Role != AssistantDirector && (by.PersonID == "" || by.PersonID != r.PersonID) {
		return Errorf(Forbidden, "Only %s or an assistant director can take this answer back", r.PersonName)
	}
	r := all[i]
	r.Withdrawn, r.Version = true, r.Version+1
	r.At, _ = s.instant()
	err = s.Answers.SaveResponse(ctx, r)
	if err != nil && KindOf(err) == Stale {
		return Errorf(Stale, "This was answered anew meanwhile: look at the answer, and take it back if you still want to")
	}
	return err
}

// Responses gives every answer that was not taken back, the newest first.
func (s *Service) Responses(ctx context.Context) ([]Response, error) {
	all, err := s.Answers.Responses(ctx)
	if err != nil {
		return nil, fmt.Errorf("answers to reminders: %w", err)
	}
	all = slices.DeleteFunc(all, func(r Response) bool { return r.Withdrawn })
	slices.SortFunc(all, func(a, b Response) int { return b.At.Compare(a.At) })
	return all, nil
}

// Says is the answer as others read it: a sentence without a full stop.
func (r Response) Says() string {
	switch r.Kind {
	case HaveIt:
		return fmt.Sprintf("%s has it until %s", r.PersonName, r.Until)
	case Snoozed:
		return fmt.Sprintf("%s snoozed it until %s", r.PersonName, r.Until)
	case NotMine:
		return r.PersonName + " says it is not theirs"
	}
	return r.PersonName + ": " + string(r.Kind)
}

// SaysToSelf is the same as whoever gave it reads it.
func (r Response) SaysToSelf() string {
	switch r.Kind {
	case HaveIt:
		return "You have it until " + r.Until.String()
	case Snoozed:
		return "You snoozed it until " + r.Until.String()
	case NotMine:
		return "You said that it is not yours"
	}
	return ""
}
