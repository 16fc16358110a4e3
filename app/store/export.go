package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"readiness/workpackages"
)

// An export is gzipped lines of JSON: a head, one line for each document (its
// collection and the document in MongoDB's canonical extended JSON), and a foot
// that counts them, so that a file cut short is noticed.
type exportLine struct {
	Product    string          `json:"product,omitempty"` // head
	Format     int             `json:"format,omitempty"`
	Collection string          `json:"collection,omitempty"` // document
	Document   json.RawMessage `json:"document,omitempty"`
	End        bool            `json:"end,omitempty"` // foot
	Documents  int             `json:"documents,omitempty"`
}

const (
	exportProduct = "readiness"
	exportFormat  = 1
	maxExportLine = 16 << 20 // what MongoDB allows a document
	maxExportDocs = 5_000_000
)

// Export writes everything but sign-ins under way.
func (s *Store) Export(ctx context.Context, w io.Writer) error {
	z := gzip.NewWriter(w)
	e := json.NewEncoder(z)
	if err := e.Encode(exportLine{Product: exportProduct, Format: exportFormat}); err != nil {
		return err
	}
	n := 0
	for _, name := range exported {
		cur, err := s.db.Collection(name).Find(ctx, bson.D{})
		if err != nil {
			return translate(err, "")
		}
		for cur.Next(ctx) {
			doc, err := bson.MarshalExtJSON(cur.Current, true, false)
			if err != nil {
				return err
			}
			if err := e.Encode(exportLine{Collection: name, Document: doc}); err != nil {
				return err
			}
			n++
		}
		if err := cur.Err(); err != nil {
			return translate(err, "")
		}
	}
	if err := e.Encode(exportLine{End: true, Documents: n}); err != nil {
		return err
	}
	return z.Close()
}

// imported is one document of an export.
type imported struct {
	collection string
	doc        bson.Raw
}

// Import reads an export into an empty database, and gives how many documents
// it had. The file is read and checked whole before anything is written.
func (s *Store) Import(ctx context.Context, r io.Reader) (int, error) {
	packages, err := s.Packages(ctx)
	if err != nil {
		return 0, err
	}
	if len(packages) > 0 {
		return 0, workpackages.Errorf(workpackages.Conflict, "This database holds work packages already: import into a new one, with an empty DATA_DIR or another MONGODB_DATABASE, before its first start")
	}
	docs, err := readExport(r)
	if err != nil {
		return 0, err
	}
	// Settings made when this process opened the database give way. Packages
	// come last: until then a failed import can be run again.
	slices.SortStableFunc(docs, func(a, b imported) int { return lastIsPackages(a) - lastIsPackages(b) })
	defer func() {
		s.packages.changing()
		s.groups.changing()
		s.people.changing()
		s.checks.changing()
		s.preferences.changing()
		s.responses.changing()
		s.rules.changing()
		s.closed.changing()
		s.plan.changing()
		s.audiences.changing()
		s.events.changing()
	}()
	for _, name := range exported {
		if err := deleteAll(ctx, s, name, bson.D{}); err != nil {
			return 0, err
		}
	}
	for _, d := range docs {
		if err := insert(ctx, s, d.collection, d.doc); err != nil {
			return 0, err
		}
	}
	return len(docs), nil
}

func lastIsPackages(d imported) int {
	if d.collection == colPackages {
		return 1
	}
	return 0
}

// readExport reads and checks a whole export.
func readExport(r io.Reader) ([]imported, error) {
	bad := func(cause error, what string) error {
		return workpackages.Wrap(workpackages.Invalid, cause, "The file cannot be imported: %s. Give a whole file made by readiness export; nothing was changed", what)
	}
	z, err := gzip.NewReader(bufio.NewReader(r))
	if err != nil {
		return nil, bad(err, "it is not an export")
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(make([]byte, 0, 1<<16), maxExportLine)
	var docs []imported
	first, ended := true, false
	for lines.Scan() {
		var l exportLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, bad(err, "a line of it is damaged")
		}
		switch {
		case ended:
			return nil, bad(nil, "it goes on after its end")
		case first:
			if l.Product != exportProduct || l.Format != exportFormat {
				return nil, bad(nil, "it is not an export of this version")
			}
			first = false
		case l.End:
			if l.Documents != len(docs) {
				return nil, bad(nil, "documents are missing from it")
			}
			ended = true
		case !slices.Contains(exported, l.Collection):
			return nil, bad(nil, "it holds something unknown")
		case len(docs) >= maxExportDocs:
			return nil, bad(nil, "it is too large")
		default:
			var doc bson.Raw
			if err := bson.UnmarshalExtJSON(l.Document, true, &doc); err != nil {
				return nil, bad(err, "a document in it is damaged")
			}
			if doc.Lookup("_id").IsZero() {
				return nil, bad(nil, "a document in it has no identifier")
			}
			docs = append(docs, imported{l.Collection, doc})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, bad(err, "it is damaged or cut short")
	}
	if !ended {
		return nil, bad(nil, "it is cut short")
	}
	return docs, nil
}
