package store_test

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"readiness/app/store"
	"readiness/notifications"
)

// TestLookUpsOnTheEmbeddedEngineUseAnIndex asks SQLite how it looks a document up
// by the engine's own words.
func TestLookUpsOnTheEmbeddedEngineUseAnIndex(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // as new, and opened again
		s, err := store.Open(t.Context(), store.Options{DataDir: dir, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.AddMessage(t.Context(), message("rule/person/1", notifications.Pending)); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "readiness.sqlite"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%_ferretdb_sjson%'`)
		if err != nil {
			t.Fatal(err)
		}
		var tables []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			tables = append(tables, name)
		}
		rows.Close()
		if len(tables) < 20 {
			t.Errorf("there are %d tables", len(tables))
		}
		for _, name := range tables {
			var a, b, c int
			var how string
			if err := db.QueryRow(`EXPLAIN QUERY PLAN SELECT _ferretdb_sjson FROM "`+name+`" WHERE _ferretdb_sjson->'$._id' = ?`, `"x"`).Scan(&a, &b, &c, &how); err != nil || !strings.Contains(how, "USING INDEX") {
				t.Errorf("%s is looked up by %q: %v", name, how, err)
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
