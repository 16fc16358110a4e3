// Package storetest opens a fresh database for one test: the embedded engine,
// or the MongoDB of MONGODB_URI under a name of its own.
package storetest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"strings"
	"testing"

	"readiness/app/store"
)

// New gives an empty database that goes with the test.
func New(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, t.TempDir())
}

// Open opens the database of a data folder, until the test ends.
func Open(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), Options(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		if !s.Embedded() {
			if err := s.DropDatabase(ctx); err != nil {
				t.Error(err)
			}
		}
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Options are those of a test's own database.
func Options(dir string) store.Options {
	return store.Options{
		URI:      os.Getenv("MONGODB_URI"),
		Database: "test_" + strings.ToLower(rand.Text()[:16]),
		DataDir:  dir,
		Log:      slog.New(slog.DiscardHandler),
	}
}
