package store

import (
	"context"

	"readiness/workpackages"
)

// InsertEntry does the first half of a commit and dies.
func (s *Store) InsertEntry(ctx context.Context, e workpackages.Entry) error {
	return insert(ctx, s, colHistory, e)
}

// InsertReport does the first half of AddCheck and dies.
func (s *Store) InsertReport(ctx context.Context, c workpackages.Check) error {
	return insert(ctx, s, colReports, newReport(c))
}
