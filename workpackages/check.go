package workpackages

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"readiness/workpackages/annexa"
)

// Origin says how an Annexe A check came about.
type Origin string

// The origins.
const (
	Uploaded  Origin = "upload"   // in the browser
	ByAPI     Origin = "api"      //
	Scheduled Origin = "schedule" // of the folder ANNEXA_DIR
)

// CheckSummary is one Annexe A check in the list of them: counts per list, no
// child's data.
type CheckSummary struct {
	ID     string        `bson:"_id"` // sorts by time: NewCheckID
	At     time.Time     `bson:"at"`
	By     Actor         `bson:"by"`
	Origin Origin        `bson:"origin"`
	AsOf   Date          `bson:"as_of"` // when the lists were made; empty when not said
	Fit    annexa.Fit    `bson:"fit"`
	Totals annexa.Totals `bson:"totals"`
	Lists  []ListSummary `bson:"lists"` // all eleven, in order
	Part   bool          `bson:"part"`  // of single lists that were given: it says nothing of the return
}

// ListSummary is one list in a check.
type ListSummary struct {
	Number   int               `bson:"number"`
	Found    bool              `bson:"found"`
	Rows     int               `bson:"rows"`
	Errors   int               `bson:"errors"`
	Warnings int               `bson:"warnings"`
	Infos    int               `bson:"infos"`
	Fit      annexa.FitVerdict `bson:"fit"`
}

// Check is a whole one: the report as annexa.Report.Stored gives it, and what
// changed since the check before it.
type Check struct {
	CheckSummary `bson:",inline"`
	Report       annexa.Report `bson:"report"`
	Previous     string        `bson:"previous"` // id of the check it is compared with; empty for the first
	Change       annexa.Change `bson:"change"`
}

// CheckStore keeps checks.
type CheckStore interface {
	// AddCheck stores a new check, or gives Conflict when its id is taken.
	AddCheck(ctx context.Context, c Check) error
	// Check gives one check, or NotFound.
	Check(ctx context.Context, id string) (Check, error)
	// Checks gives up to limit summaries, newest first; all of them when limit is 0.
	Checks(ctx context.Context, limit int) ([]CheckSummary, error)
}

// checkInstant is the form of an instant in a check's id: UTC to the
// millisecond, sortable, and plain enough for an address.
const checkInstant = "20060102T150405.000"

// NewCheckID makes the id of a check of an instant; it sorts by time. Checks that
// must happen once, such as a scheduled one, give unique as something that is
// the same each time; others give "".
func NewCheckID(at time.Time, unique string) string {
	if unique == "" {
		unique = strings.ToLower(rand.Text()[:8])
	}
	return at.UTC().Format(checkInstant) + "-" + unique
}

// RecordCheck keeps a report: only what may be kept of it, with the change since
// the newest check before it (of the whole return, unless this one is of a part),
// and brings the issues of every package up to it
// (see Issue). id is NewCheckID's; asOf may be empty. A check that is there
// already is given back as it is.
//
// The check is kept, and given back, even when the issues could not be brought
// up to it: ApplyChecks does that at the next check and in the daily job, which
// reports what keeps failing.
func (s *Service) RecordCheck(ctx context.Context, by Actor, id string, origin Origin, asOf Date, r *annexa.Report) (Check, error) {
	if !MayCheck(by) {
		return Check{}, Errorf(Forbidden, "Only data analysts and the assistant director can run Annexe A checks")
	}
	kept, err := s.Kept.Check(ctx, id)
	if err != nil && KindOf(err) == NotFound {
		kept, err = s.keep(ctx, by, id, origin, asOf, r.Stored())
	}
	if err != nil {
		return Check{}, err
	}
	_ = s.ApplyChecks(ctx)
	return kept, nil
}

// keep stores a new check, or gives the one that a rival stored under its id.
func (s *Service) keep(ctx context.Context, by Actor, id string, origin Origin, asOf Date, r *annexa.Report) (Check, error) {
	c := Check{CheckSummary: CheckSummary{ID: id, By: by, Origin: origin, AsOf: asOf, Fit: r.Fit, Totals: r.Totals, Part: r.Part}, Report: *r}
	c.At, _ = s.instant()
	for _, l := range r.Lists {
		c.Lists = append(c.Lists, ListSummary{l.Number, l.Found, l.Rows, l.Errors, l.Warnings, l.Infos, l.Fit.Verdict})
	}
	all, err := s.Kept.Checks(ctx, 0)
	if err != nil {
		return Check{}, err
	}
	if i := slices.IndexFunc(all, func(o CheckSummary) bool { return o.ID < id && (c.Part || !o.Part) }); i >= 0 {
		before, err := s.Kept.Check(ctx, all[i].ID)
		if err != nil {
			return Check{}, err
		}
		c.Previous, c.Change = before.ID, annexa.Compare(&before.Report, r)
	}
	err = s.Kept.AddCheck(ctx, c)
	if err != nil && KindOf(err) == Conflict {
		return s.Kept.Check(ctx, id)
	}
	return c, err
}

// CheckOf gives one check, or NotFound.
func (s *Service) CheckOf(ctx context.Context, id string) (Check, error) {
	return s.Kept.Check(ctx, id)
}

// Checks gives up to limit summaries, newest first; all of them when limit is 0.
func (s *Service) Checks(ctx context.Context, limit int) ([]CheckSummary, error) {
	return s.Kept.Checks(ctx, limit)
}

// NewestReturn gives the newest check of a whole return, so that a trial of one
// list does not stand before it; the newest of all where there is no other, and
// NotFound where there is none.
func (s *Service) NewestReturn(ctx context.Context) (CheckSummary, error) {
	all, err := s.Kept.Checks(ctx, 1)
	if err == nil && len(all) == 1 && all[0].Part {
		all, err = s.Kept.Checks(ctx, 0)
	}
	switch {
	case err != nil:
		return CheckSummary{}, err
	case len(all) == 0:
		return CheckSummary{}, Errorf(NotFound, "Nobody has checked a return yet")
	}
	whole := slices.IndexFunc(all, func(c CheckSummary) bool { return !c.Part })
	return all[max(whole, 0)], nil
}

// MayCheck reports whether the actor may run Annexe A checks.
func MayCheck(by Actor) bool { return by.Role == AssistantDirector || by.Role == Analyst }
