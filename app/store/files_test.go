package store_test

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"readiness/app/store"
)

// TestNobodyElseMayReadTheFilesOfTheDatabase: they hold people's addresses, and
// what opens their sessions.
func TestNobodyElseMayReadTheFilesOfTheDatabase(t *testing.T) {
	own := t.TempDir()
	before := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{DataDir: before, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, change := range []error{os.Chmod(before, 0o700), os.Chmod(filepath.Join(before, "readiness.sqlite"), 0o644)} {
		if change != nil {
			t.Fatal(change)
		}
	}
	if err := os.Chmod(own, 0o750); err != nil { // as somebody made it who has a reason
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, dir string
		mode      fs.FileMode
	}{
		{"a folder that is made", filepath.Join(t.TempDir(), "below", "data"), 0o700},
		{"a folder that was there", own, 0o750},
		{"a database that others could read", before, 0o700},
	} {
		for range 2 { // the second time the files are there
			s, err := store.Open(t.Context(), store.Options{DataDir: c.dir, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(c.dir); err != nil || info.Mode().Perm() != c.mode {
				t.Errorf("%s is %v, %v", c.what, info.Mode(), err)
			}
			open := filesOf(t, c.dir)
			for _, name := range []string{"readiness.sqlite", "readiness.sqlite-wal", "readiness.sqlite-shm"} {
				if open[name] != 0o600 {
					t.Errorf("%s: %s is %v", c.what, name, open[name])
				}
			}
			if err := s.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			for name, mode := range filesOf(t, c.dir) {
				if mode != 0o600 {
					t.Errorf("%s: %s is %v once it is closed", c.what, name, mode)
				}
			}
		}
	}
}

// filesOf gives the files of a folder with what they allow to whom.
func filesOf(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]fs.FileMode{}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			modes[e.Name()] = info.Mode().Perm()
		}
	}
	return modes
}
