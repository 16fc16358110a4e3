package workpackages

import (
	"context"
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
	ID     string        `bson:"_id"` // sorts by time: CheckID
	At     time.Time     `bson:"at"`
	By     Actor         `bson:"by"`
	Origin Origin        `bson:"origin"`
	AsOf   Date          `bson:"as_of"` // when the lists were made; empty when not said
	Fit    annexa.Fit    `bson:"fit"`
	Totals annexa.Totals `bson:"totals"`
	Lists  []ListSummary `bson:"lists"` // all eleven, in order
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
	// Checks gives up to limit summaries, newest first.
	Checks(ctx context.Context, limit int) ([]CheckSummary, error)
}

// NewCheckID makes the id of a check of an instant; it sorts by time. Checks that
// must happen once, such as a scheduled one, give unique as something that is
// the same each time; others give "".
func NewCheckID(at time.Time, unique string) string { return "" }

// RecordCheck keeps a report: only what may be kept of it, with the change since
// the newest check before it, and brings the issues of every package up to it
// (see Issue). id is NewCheckID's; asOf may be empty. A check that is there
// already is given back as it is.
func (s *Service) RecordCheck(ctx context.Context, by Actor, id string, origin Origin, asOf Date, r *annexa.Report) (Check, error) {
	return Check{}, Errorf(Internal, "stub")
}

// CheckOf gives one check, or NotFound.
func (s *Service) CheckOf(ctx context.Context, id string) (Check, error) {
	return Check{}, Errorf(Internal, "stub")
}

// Checks gives up to limit summaries, newest first.
func (s *Service) Checks(ctx context.Context, limit int) ([]CheckSummary, error) {
	return nil, Errorf(Internal, "stub")
}

// MayCheck reports whether the actor may run Annexe A checks.
func MayCheck(by Actor) bool { return by.Role == AssistantDirector || by.Role == Analyst }
