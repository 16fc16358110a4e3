// Package store keeps everything in MongoDB, through the driver: an embedded
// server of the same protocol in the data folder, or a real replica set.
//
// It is written to be right on both. One aggregate is one document; what must
// happen once is an insert under an identifier that can be taken once; what may
// be overtaken is replaced only at the version that was read. Updates on the
// embedded engine are atomic only over a single connection, so that is all the
// pool has there (see app/docs/adr/0002).
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	"github.com/gofrs/flock"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/readconcern"
	"go.mongodb.org/mongo-driver/mongo/writeconcern"

	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/schedules"
	"readiness/workpackages"
)

// ErrLocked is in the chain of Open's error when another process owns the data folder.
var ErrLocked = errors.New("the data folder is locked")

// Options says where the data is.
type Options struct {
	URI      string // of a MongoDB replica set; empty for the embedded engine
	Database string
	DataDir  string // of the embedded engine
	Log      *slog.Logger
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	db        *mongo.Database
	client    *mongo.Client
	embedded  bool
	file      string     // of the embedded engine's database
	ferret    bool       // the engine is the embedded one, in this process or served
	comparing sync.Mutex // see replaceAt
	close     func(ctx context.Context) error

	packages cache[workpackages.WorkPackage]
	groups   cache[workpackages.Group]
	people   cache[workpackages.Person]
	checks   cache[checkDoc]

	preferences cache[notifications.Preferences]
	responses   cache[workpackages.Response]
	rules       cache[schedules.Rule]
	closed      cache[schedules.ClosedDays]

	plan      cache[comms.Message]
	audiences cache[comms.Audience]
	events    cache[comms.Event]
}

// The collections, declared in one place. Those that Export leaves out hold
// nothing that has a meaning elsewhere.
const (
	colPackages    = "packages"
	colHistory     = "history"
	colGroups      = "groups"
	colPeople      = "people"
	colCredentials = "credentials"
	colTokens      = "tokens"
	colSettings    = "settings"
	colMessages    = "messages"
	colDue         = "due"
	colClaims      = "claims"
	colPreferences = "preferences"
	colResponses   = "responses"
	colJobRuns     = "job_runs"
	colJobState    = "job_state"
	colRules       = "rules"
	colClosedDays  = "closed_days"
	colChecks      = "checks"
	colReports     = "check_reports"
	colAccounts    = "slack_accounts"
	colPlan        = "plan_messages"
	colPlanHistory = "plan_history"
	colPlanEvents  = "plan_events"
	colAudiences   = "plan_audiences"
	colRosters     = "plan_sendings"
	colPlanOutbox  = "plan_outbox" // messages of the plan: see outboxOf
	colReach       = "plan_reach"
	colAccesses    = "plan_accesses"

	colSessions  = "sessions"
	colLinks     = "links"
	colUsedLinks = "used_links"
	colHolds     = "holds"
	colThrottle  = "throttle"
	colCopies    = "copies"
)

// exported are the collections of an export, in the order they are written. What
// is named by another document comes after it, so that an export made while the
// product runs has it.
var exported = []string{
	colSettings, colGroups, colPeople, colCredentials, colTokens, colPackages, colHistory, colChecks, colReports, colRules, colClosedDays, colResponses, colPreferences, colAccounts, colPlan, colPlanHistory, colAudiences, colPlanEvents, colRosters, colReach, colAccesses, colMessages, colPlanOutbox, colDue, colClaims, colJobRuns, colJobState,
}

// Open opens the database, makes its indexes, and finishes whatever a crash cut
// short. Errors are sentences for a person.
func Open(ctx context.Context, o Options) (*Store, error) {
	var s *Store
	var err error
	if o.URI == "" {
		s, err = openEmbedded(o)
	} else {
		s, err = openMongo(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	if s.embedded {
		if err := keepPrivate(o.DataDir); err != nil {
			return nil, errors.Join(badFolder(o.DataDir, err), s.Close(ctx))
		}
	}
	return s, nil
}

// keepPrivate lets this user alone read the files of the embedded database. The
// engine makes them with whatever the process allows, and takes no file that is
// empty for a new database; so it is done once they are made, when nothing but
// indexes is in them. SQLite gives the files beside the database, which come and
// go, its mode.
func keepPrivate(dir string) error {
	for _, end := range []string{"", "-wal", "-shm"} {
		err := os.Chmod(filepath.Join(dir, embeddedDatabase+".sqlite"+end), 0o600)
		// Files that another user made stay theirs, where the folder lets us use them.
		if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
			return err
		}
	}
	return nil
}

func (s *Store) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := s.Ping(ctx); err != nil {
		return unreachable(err)
	}
	var err error
	if s.ferret, err = s.isFerret(ctx); err != nil {
		return err
	}
	if s.ferret {
		if err := s.makeCollections(ctx); err != nil {
			return err
		}
	}
	if s.embedded {
		if err := IndexIDs(ctx, s.file); err != nil {
			return workpackages.Wrap(workpackages.Unavailable, err, "The database in %s cannot be written to: check that the disk has room", filepath.Dir(s.file))
		}
	}
	_, err = s.db.Collection(colPeople).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "email", Value: 1}}, Options: options.Index().SetUnique(true),
	})
	if err != nil {
		return translate(err, "")
	}
	if err := s.declareIndexes(ctx); err != nil {
		return err
	}
	return s.Recover(ctx)
}

func unreachable(err error) error {
	return workpackages.Wrap(workpackages.Unavailable, plain(err), "The database cannot be reached. Check that MongoDB runs and that MONGODB_URI names it, its user and its password rightly, then start again")
}

func openMongo(ctx context.Context, o Options) (*Store, error) {
	opts := options.Client().ApplyURI(o.URI).
		SetServerSelectionTimeout(5 * time.Second).
		SetConnectTimeout(5 * time.Second).
		SetWriteConcern(writeconcern.Majority()).
		SetReadConcern(readconcern.Majority()).
		SetBSONOptions(bsonOptions())
	if opts.Validate() != nil {
		// The driver's own words may hold the password.
		return nil, workpackages.Errorf(workpackages.Unavailable, "MONGODB_URI cannot be read: write it as mongodb://USER:PASSWORD@HOST:PORT/?replicaSet=NAME, with special characters in the password percent-encoded")
	}
	client, err := mongo.Connect(ctx, opts)
	if err != nil {
		return nil, unreachable(err)
	}
	return &Store{db: client.Database(o.Database), client: client, close: client.Disconnect}, nil
}

// bsonOptions let a type without names of its own for the database, as those of
// Annexe A reports, keep the names it has in JSON.
func bsonOptions() *options.BSONOptions {
	return &options.BSONOptions{NilSliceAsEmpty: true, UseJSONStructTags: true}
}

// embeddedDatabase is the embedded engine's one database; its files are named after it.
const embeddedDatabase = "readiness"

func openEmbedded(o Options) (*Store, error) {
	dir, err := filepath.Abs(o.DataDir)
	if err != nil {
		return nil, badFolder(o.DataDir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, badFolder(o.DataDir, err)
	}
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, badFolder(o.DataDir, err)
	}
	if !got {
		return nil, workpackages.Wrap(workpackages.Conflict, ErrLocked, "Another Readiness is running on the data folder %s: stop it, or set DATA_DIR to another folder", o.DataDir)
	}
	probe := filepath.Join(dir, "write-test")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		return nil, errors.Join(badFolder(o.DataDir, err), lock.Unlock())
	}
	if err := os.Remove(probe); err != nil {
		return nil, errors.Join(badFolder(o.DataDir, err), lock.Unlock())
	}
	plain, tidy, err := plainFolder(dir)
	socket := filepath.Join(plain, "db.sock")
	if err != nil {
		return nil, errors.Join(badFolder(o.DataDir, err), lock.Unlock())
	}
	// We hold the lock, so a socket found here is a dead process's.
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		tidy()
		return nil, errors.Join(badFolder(o.DataDir, err), lock.Unlock())
	}
	engine, err := startEngine(plain, socket)
	if err != nil {
		tidy()
		bad := badFolder(o.DataDir, err)
		if _, statErr := os.Stat(filepath.Join(dir, embeddedDatabase+".sqlite")); statErr == nil {
			// The folder was just written to, so it is the database in it.
			bad = workpackages.Wrap(workpackages.Unavailable, err, "The database in %s cannot be opened: it may be damaged. Keep the folder, set DATA_DIR to a new one, and bring your latest export back with readiness import FILE", o.DataDir)
		}
		return nil, errors.Join(bad, lock.Unlock())
	}
	stop := func() error {
		engine.stop()
		tidy()
		return lock.Unlock()
	}
	client, err := mongo.Connect(context.Background(), options.Client().
		ApplyURI("mongodb://embedded").
		SetDirect(true).
		SetDialer(socketDialer(socket)).
		SetMaxPoolSize(1). // see the package comment
		SetServerSelectionTimeout(5*time.Second).
		SetBSONOptions(bsonOptions()))
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	return &Store{db: client.Database(embeddedDatabase), client: client, embedded: true, file: filepath.Join(dir, embeddedDatabase+".sqlite"), close: func(ctx context.Context) error {
		return errors.Join(client.Disconnect(ctx), stop())
	}}, nil
}

func badFolder(dir string, err error) error {
	return workpackages.Wrap(workpackages.Unavailable, err, "The data folder %s cannot be used: check that it is a folder which this user may write to and that the disk has room, or set DATA_DIR to another one", dir)
}

// engine is a running embedded server.
type engine struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// socketDialer dials one socket whatever the address: the driver folds addresses
// to lower case, and folders have capitals.
type socketDialer string

// DialContext implements the driver's ContextDialer.
func (d socketDialer) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", string(d))
}

// starting serialises engines: the package keeps process-wide state while it
// starts, which tests that open several at once would race on.
var starting sync.Mutex

func startEngine(dir, socket string) (*engine, error) {
	starting.Lock()
	defer starting.Unlock()
	f, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: socket},
		Handler:   "sqlite",
		SQLiteURL: "file:" + dir + "/",
		Logger:    slog.New(slog.DiscardHandler), // it reports every command it refuses
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	e := &engine{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(e.done)
		f.Run(ctx) // always nil
	}()
	return e, nil
}

func (e *engine) stop() {
	e.cancel()
	select {
	case <-e.done:
	case <-time.After(5 * time.Second): // everything acknowledged is on disk already
	}
}

// Embedded reports whether the embedded engine is in use.
func (s *Store) Embedded() bool { return s.embedded }

// Ping asks the database for an answer.
func (s *Store) Ping(ctx context.Context) error { return s.client.Ping(ctx, nil) }

// Close closes the connection, then the embedded engine, then lets go of the
// data folder. It may be called twice.
func (s *Store) Close(ctx context.Context) error {
	if s.close == nil {
		return nil
	}
	stop := s.close
	s.close = nil
	if err := stop(ctx); err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}

// DropDatabase takes everything away: for tests on a real MongoDB.
func (s *Store) DropDatabase(ctx context.Context) error { return s.db.Drop(ctx) }

// maxFolder leaves room for a socket's name within what the kernels we run on
// allow (104 and 108 bytes).
const maxFolder = 88

// plainFolder gives another path to a folder where its own is too long for a
// socket, or has characters that the engine's address of a file reads in its
// own way: a link in the temporary folder, which tidy takes away.
func plainFolder(dir string) (path string, tidy func(), err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return "", nil, err
	}
	if len(dir) <= maxFolder && !strings.ContainsAny(dir, "%?#&+ ") {
		return dir, func() {}, nil
	}
	short, err := os.MkdirTemp("", "readiness-")
	if err != nil {
		return "", nil, err
	}
	tidy = func() { os.RemoveAll(short) }
	path = filepath.Join(short, "d")
	if err := os.Symlink(dir, path); err != nil {
		tidy()
		return "", nil, err
	}
	return path, tidy, nil
}

// SocketPath gives a path to a socket in a folder that the kernel takes; tidy
// takes away what was made for it.
func SocketPath(dir, name string) (path string, tidy func(), err error) {
	path, tidy, err = plainFolder(dir)
	return filepath.Join(path, name), tidy, err
}
