package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"readiness/app/server"
	"readiness/config"
)

// The file of an export or import is opened here, by the process that was
// asked, as this user; the process that owns the data folder sees a stream.

func exportCommand(ctx context.Context, cfg config.Config, args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		fmt.Fprintln(stderr, "Usage: readiness export FILE")
		return exitUsage
	}
	// The file appears whole or not at all. It holds password hashes: only this
	// user may read it.
	tmp, err := os.CreateTemp(filepath.Dir(args[0]), ".readiness-export-*")
	if err != nil {
		fmt.Fprintf(stderr, "The file %s cannot be written: choose a folder that this user may write to.\n", args[0])
		return exitFailed
	}
	defer os.Remove(tmp.Name())
	code := admin(ctx, cfg, []string{"export"}, bytes.NewReader(nil), tmp, stderr)
	if err := tmp.Sync(); err != nil && code == exitOK {
		return fail(stderr, err)
	}
	if err := tmp.Close(); err != nil && code == exitOK {
		return fail(stderr, err)
	}
	if code != exitOK {
		return code
	}
	if err := os.Rename(tmp.Name(), args[0]); err != nil {
		return fail(stderr, err)
	}
	fmt.Fprintf(stdout, "Everything is in %s. It holds password hashes and names: keep it as safe as the database.\n", args[0])
	return exitOK
}

func importCommand(ctx context.Context, cfg config.Config, args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		fmt.Fprintln(stderr, "Usage: readiness import FILE")
		return exitUsage
	}
	f, err := os.Open(args[0])
	if err != nil {
		fmt.Fprintf(stderr, "The file %s cannot be read: give a file made by readiness export.\n", args[0])
		return exitFailed
	}
	defer f.Close()
	return admin(ctx, cfg, []string{"import"}, f, stdout, stderr)
}

func exportHere(ctx context.Context, sys *server.System, _ []string, _ io.Reader, stdout, stderr io.Writer) int {
	return done(stderr, sys.Store.Export(ctx, stdout))
}

func importHere(ctx context.Context, sys *server.System, _ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	n, err := sys.Store.Import(ctx, stdin)
	if err == nil {
		// A message may have gone, and left the queue, while the export was made.
		err = sys.Outbox.Requeue(ctx)
	}
	if err != nil {
		return fail(stderr, err)
	}
	fmt.Fprintf(stdout, "Imported %d documents.\n", n)
	return exitOK
}

func indent(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") }
