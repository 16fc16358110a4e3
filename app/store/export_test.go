package store

import (
	"context"

	"readiness/workpackages"
)

// InsertEntry does the first half of a commit and dies.
func (s *Store) InsertEntry(ctx context.Context, e workpackages.Entry) error {
	return insert(ctx, s, colHistory, e)
}
