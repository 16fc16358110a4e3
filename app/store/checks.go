package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

var _ workpackages.CheckStore = (*Store)(nil)

// checkDoc is a check in the list of them. The whole of it is a document of its
// own: a list of summaries is read often, and reports are a hundred times as large.
type checkDoc struct {
	workpackages.CheckSummary `bson:",inline"`

	ReportID string `bson:"report_id"`
}

// reportDoc is what a check has beside its summary.
type reportDoc struct {
	ID       string        `bson:"_id"` // the check's, and a part of its own: see AddCheck
	Report   annexa.Report `bson:"report"`
	Previous string        `bson:"previous"`
	Change   annexa.Change `bson:"change"`
}

func newReport(c workpackages.Check) reportDoc {
	return reportDoc{c.ID + "/" + rand.Text(), c.Report, c.Previous, c.Change}
}

// AddCheck stores the report, and then the summary, which names it and makes the
// check be there. What is cut short in between leaves a report that nobody asks
// for; as each try writes a report of its own, two who race cannot mix theirs.
func (s *Store) AddCheck(ctx context.Context, c workpackages.Check) error {
	s.checks.changing()
	defer s.checks.changing()
	r := newReport(c)
	if err := insert(ctx, s, colReports, r); err != nil {
		return err
	}
	return insert(ctx, s, colChecks, checkDoc{c.CheckSummary, r.ID})
}

// Check gives one check, or NotFound.
func (s *Store) Check(ctx context.Context, id string) (workpackages.Check, error) {
	const missing = "There is no such check"
	d, err := cachedOne(ctx, s, &s.checks, colChecks, id, missing, func(d checkDoc) string { return d.ID })
	if err != nil {
		return workpackages.Check{}, err
	}
	r, err := find[reportDoc](ctx, s, colReports, d.ReportID, missing)
	return workpackages.Check{CheckSummary: d.CheckSummary, Report: r.Report, Previous: r.Previous, Change: r.Change}, err
}

// Checks gives up to limit summaries, newest first; all of them when limit is 0.
func (s *Store) Checks(ctx context.Context, limit int) ([]workpackages.CheckSummary, error) {
	var all []checkDoc
	var err error
	if s.embedded || limit == 0 {
		all, err = cachedAll(ctx, s, &s.checks, colChecks)
	} else {
		all, err = newest[checkDoc](ctx, s, colChecks, "_id", bson.D{}, limit)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b checkDoc) int { return cmp.Compare(b.ID, a.ID) })
	if limit > 0 {
		all = all[:min(limit, len(all))]
	}
	out := make([]workpackages.CheckSummary, len(all))
	for i, d := range all {
		out[i] = d.CheckSummary
	}
	return out, nil
}
