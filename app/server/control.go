package server

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"readiness/app/store"
)

// The control socket lets `readiness user`, `token`, `job` and `export` work
// while the product runs on the same data folder. The embedded engine is only
// right with one connection, so a second process must not open it: the command
// is handed to the process that owns the folder and runs there. Whoever may
// open the socket may read the database file beside it, so it asks for nothing.

// Command runs one administrative command line and gives its exit code.
type Command func(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int

const (
	controlSocket = "control.sock"
	headerArgs    = "Readiness-Args"
	trailerExit   = "Readiness-Exit"
	trailerStderr = "Readiness-Stderr"
	maxStderr     = 8 << 10
)

// controlServer listens on the data folder's socket.
type controlServer struct {
	http    *http.Server
	cleanup func()
}

func startControl(dataDir string, run Command) (*controlServer, error) {
	path, cleanup, err := store.SocketPath(dataDir, controlSocket)
	if err != nil {
		return nil, err
	}
	// We hold the folder's lock, so a socket found here is a dead process's.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		cleanup()
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		cleanup()
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		cleanup()
		return nil, errors.Join(err, l.Close())
	}
	c := &controlServer{cleanup: cleanup, http: &http.Server{
		Handler:           controlHandler(run),
		ReadHeaderTimeout: 5 * time.Second,
	}}
	go c.http.Serve(l) // ends with Shutdown; its error is always ErrServerClosed
	return c, nil
}

func (c *controlServer) stop(ctx context.Context) error {
	defer c.cleanup()
	return c.http.Shutdown(ctx)
}

func controlHandler(run Command) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := base64.StdEncoding.DecodeString(r.Header.Get(headerArgs))
		var args []string
		if err != nil || json.Unmarshal(raw, &args) != nil || r.Method != http.MethodPost {
			http.Error(w, "not a command", http.StatusBadRequest)
			return
		}
		w.Header().Set("Trailer", trailerExit+", "+trailerStderr)
		w.WriteHeader(http.StatusOK)
		stderr := &limited{left: maxStderr}
		code := run(r.Context(), args, r.Body, w, stderr)
		w.Header().Set(trailerExit, strconv.Itoa(code))
		w.Header().Set(trailerStderr, base64.StdEncoding.EncodeToString(stderr.text))
	})
}

// limited keeps the first bytes written to it: a trailer has to be small.
type limited struct {
	text []byte
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.text, l.left = append(l.text, p[:n]...), l.left-n
	return len(p), nil
}

// CallControl hands a command to the process that owns the data folder.
func CallControl(ctx context.Context, dataDir string, args []string, stdin io.Reader, stdout, stderr io.Writer) (int, error) {
	path, cleanup, err := store.SocketPath(dataDir, controlSocket)
	if err != nil {
		return 0, err
	}
	defer cleanup()
	client := http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		},
	}}
	defer client.CloseIdleConnections()
	raw, err := json.Marshal(args)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://readiness/run", stdin)
	if err != nil {
		return 0, err
	}
	req.Header.Set(headerArgs, base64.StdEncoding.EncodeToString(raw))
	res, err := client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("the running Readiness cannot be reached: %w", err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(stdout, res.Body); err != nil {
		return 0, fmt.Errorf("the running Readiness broke off: %w", err)
	}
	text, err := base64.StdEncoding.DecodeString(res.Trailer.Get(trailerStderr))
	if err != nil {
		return 0, err
	}
	if _, err := stderr.Write(text); err != nil {
		return 0, err
	}
	code, err := strconv.Atoi(res.Trailer.Get(trailerExit))
	if err != nil {
		return 0, errors.New("the running Readiness broke off before the command ended")
	}
	return code, nil
}
