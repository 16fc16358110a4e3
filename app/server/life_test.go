package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"readiness/app/server"
	"readiness/app/store"
	"readiness/config"
	"readiness/workpackages"
)

func settings(t testing.TB, pairs ...string) config.Config {
	t.Helper()
	m := map[string]string{"ADDR": "127.0.0.1:0"}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	cfg, err := config.Load(func(name string) string { return m[name] })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// TestWhatKeepsTheProductFromStartingIsOneSentence and leaves nothing behind.
func TestWhatKeepsTheProductFromStartingIsOneSentence(t *testing.T) {
	dir := t.TempDir()
	p := run(t, dir)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "readiness.sqlite"), []byte("this is no database, whatever its name says, and it is long enough"), 0o600); err != nil {
		t.Fatal(err)
	}
	free := t.TempDir()
	for _, c := range []struct {
		what  string
		pairs []string
		says  string
	}{
		{"a second process on the folder", []string{"DATA_DIR", dir}, "Another Readiness is running on the data folder"},
		{"a port in use", []string{"DATA_DIR", free, "ADDR", taken.Addr().String()}, "is in use: stop the program that has it, or set ADDR"},
		{"a port in use, again, on the folder let go", []string{"DATA_DIR", free, "ADDR", taken.Addr().String()}, "is in use"},
		{"an address of another machine", []string{"DATA_DIR", free, "ADDR", "192.0.2.1:80"}, "cannot listen on 192.0.2.1:80"},
		{"a file for a folder", []string{"DATA_DIR", file}, "cannot be used: check that it is a folder"},
		{"a folder below a file", []string{"DATA_DIR", filepath.Join(file, "below")}, "cannot be used"},
		{"a damaged database", []string{"DATA_DIR", damaged}, "cannot be opened: it may be damaged"},
		{"no MongoDB", []string{"MONGODB_URI", "mongodb://someone:hunter2@127.0.0.1:1/?serverSelectionTimeoutMS=300"}, "The database cannot be reached"},
		{"a MongoDB address that is none", []string{"MONGODB_URI", "mongodb://someone:hunter2@:x/"}, "MONGODB_URI cannot be read"},
	} {
		s, err := server.New(t.Context(), server.Options{Config: settings(t, c.pairs...), Log: slog.New(slog.DiscardHandler), Now: p.clock})
		var e *workpackages.Error
		if err == nil {
			t.Errorf("%s: it started", c.what)
			if err := s.Stop(); err != nil {
				t.Error(err)
			}
			continue
		}
		if !errors.As(err, &e) || !strings.Contains(e.Message, c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the password shows in %v", c.what, err)
		}
	}
	if a := p.api(workpackages.Viewer, "GET", "/api/v1/groups", nil); a.Status != http.StatusOK {
		t.Errorf("the first process suffered: %d", a.Status)
	}
}

func TestAFolderWithALongAndStrangeName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("Very Long Folder & Name %41 ", 6))
	p := run(t, dir)
	if a := p.update(packageSelf, 1, "green"); a.Status != http.StatusCreated {
		t.Fatalf("an update: %d %s", a.Status, a.Body)
	}
	if err := p.Server.Stop(); err != nil {
		t.Fatal(err)
	}
	again := run(t, dir)
	if w := again.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t); w["status"] != "green" {
		t.Errorf("after a restart the package is %v", w["status"])
	}
}

func TestADatabaseThatGoesAwayIsA503AndNothingIsLost(t *testing.T) {
	p := run(t, t.TempDir())
	p.token(workpackages.AssistantDirector)
	if err := p.Server.System.Store.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, a := range []answer{p.api("", "GET", "/readyz", nil), p.update(packageSelf, 1, "green")} {
		if a.Status != http.StatusServiceUnavailable || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("got %d: %s", a.Status, a.Body)
		}
	}
	if a := p.api("", "GET", "/livez", nil); a.Status != http.StatusOK {
		t.Errorf("the process itself: %d", a.Status)
	}
	if strings.Contains(p.Log.String(), "socket") && strings.Contains(p.Log.String(), "/db.sock") {
		t.Error("the log names the socket")
	}
}

func TestStoppingTwiceIsStoppingOnce(t *testing.T) {
	p := run(t, t.TempDir())
	for range 2 {
		if err := p.Server.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := http.Get(p.URL + "/livez"); err == nil {
		t.Error("it still answers")
	}
}

// TestCommandsReachTheRunningProduct sends one through the control socket.
func TestCommandsReachTheRunningProduct(t *testing.T) {
	dir := t.TempDir()
	var got []string
	s, err := server.New(t.Context(), server.Options{
		Config: settings(t, "DATA_DIR", dir), Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Command: func(*server.System) server.Command {
			return func(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
				got = args
				in, err := io.ReadAll(stdin)
				if err != nil {
					t.Error(err)
				}
				fmt.Fprintf(stdout, "read %d", len(in))
				fmt.Fprint(stderr, "a word\nof warning")
				return 7
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.Stop()
	var stdout, stderr bytes.Buffer
	code, err := server.CallControl(t.Context(), dir, []string{"user", "list", "a b"}, strings.NewReader(strings.Repeat("x", 1<<20)), &stdout, &stderr)
	if err != nil || code != 7 || stdout.String() != "read 1048576" || stderr.String() != "a word\nof warning" || len(got) != 3 || got[2] != "a b" {
		t.Errorf("code %d, %q, %q, %q: %v", code, stdout.String(), stderr.String(), got, err)
	}
}

// The child of TestEveryAcknowledgedUpdateSurvivesKill9: a real process that
// is killed while it saves.
const childFolder = "READINESS_TEST_CHILD_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		child(dir)
	}
	os.Exit(m.Run())
}

// child saves updates as fast as it can, and prints each version once it is
// acknowledged.
func child(dir string) {
	cfg, err := config.Load(func(name string) string { return map[string]string{"DATA_DIR": dir, "ADDR": "127.0.0.1:0"}[name] })
	if err != nil {
		panic(err)
	}
	s, err := server.OpenSystem(context.Background(), cfg, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	if err := s.Seed(ctx); err != nil {
		panic(err)
	}
	for {
		w, err := s.Store.Package(ctx, packageSelf)
		if err != nil {
			panic(err)
		}
		narrative := fmt.Sprintf("version %d", w.Version+1)
		if _, err := s.Packages.Update(ctx, workpackages.System(), packageSelf, workpackages.Write{Version: w.Version}, workpackages.StatusInput{Status: "green", Narrative: narrative}); err != nil {
			panic(err)
		}
		fmt.Println(w.Version + 1)
	}
}

func TestEveryAcknowledgedUpdateSurvivesKill9(t *testing.T) {
	dir := t.TempDir()
	acknowledged := int64(1)
	for range 8 {
		cmd := exec.Command(os.Args[0], "-test.run=none")
		cmd.Env = append(os.Environ(), childFolder+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The kill comes after some acknowledgements, at any point of the next save.
		var seen atomic.Int64
		killAfter := int64(3 + rand.IntN(20))
		for {
			var v int64
			if _, err := fmt.Fscanln(out, &v); err != nil {
				break
			}
			acknowledged = v
			if seen.Add(1) == killAfter {
				time.AfterFunc(time.Duration(rand.IntN(4000))*time.Microsecond, func() { cmd.Process.Kill() })
			}
		}
		cmd.Wait() // killed, so never nil
		if seen.Load() < killAfter {
			t.Fatalf("the child ended by itself: %s", stderr.String())
		}
		s, err := store.Open(t.Context(), store.Options{DataDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		w, err := s.Package(t.Context(), packageSelf)
		if err != nil {
			t.Fatal(err)
		}
		if w.Version < acknowledged || w.Version > acknowledged+1 {
			t.Errorf("version %d was acknowledged, and the package is at %d", acknowledged, w.Version)
		}
		for v := int64(2); v <= w.Version; v++ {
			e, err := s.Entry(t.Context(), packageSelf, v)
			if err != nil || e.State.Version != v || e.Update == nil || e.Update.Narrative != fmt.Sprintf("version %d", v) {
				t.Errorf("the history of version %d: %v", v, err)
			}
		}
		last, err := s.Entry(t.Context(), packageSelf, w.Version)
		if err != nil || last.State.Narrative != w.Narrative {
			t.Errorf("package and history have come apart: %q and %q, %v", w.Narrative, last.State.Narrative, err)
		}
		if _, err := s.Entry(t.Context(), packageSelf, w.Version+1); workpackages.KindOf(err) != workpackages.NotFound || err == nil {
			t.Errorf("the history is ahead of the package: %v", err)
		}
		acknowledged = w.Version
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d updates over 8 kills", acknowledged-1)
}
