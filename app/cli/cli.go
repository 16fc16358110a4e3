// Package cli is the program's command line: one file for each verb.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"strings"
	"syscall"

	"readiness/app/store"
	"readiness/config"
	"readiness/workpackages"
)

// Exit codes. `annexa check` gives 1 a meaning of its own.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// Version is the program's version; the release build sets it.
var Version = "1.0.0-dev"

const usage = `Readiness: the tracker for being ready when Ofsted rings.

  readiness [serve]                 run the product
  readiness annexa check PATH...    check Annexe A lists; needs no database
  readiness annexa rules            list every rule
  readiness user add --email E --name N --role R [--group G]
  readiness user list | user link E | user disable E
  readiness token create --name N --role R [--group G]
  readiness token list | token disable ID
  readiness job list | job run NAME [--at RFC3339] [--dry-run]
  readiness job simulate [--weeks 12] [--with-off]
  readiness slack manifest [--http] print what Slack makes the app from
  readiness export FILE | import FILE
  readiness version

Settings come from the environment; the README lists them. Each command says
more with --help.
`

// Run runs one command line and gives the exit code. Everything the program
// reads and writes comes in, so that a test can be its environment.
func Run(args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	verb := "serve"
	if len(args) > 0 {
		verb, args = args[0], args[1:]
	}
	switch verb {
	case "help", "-h", "--help", "-help":
		fmt.Fprint(stdout, usage)
		return exitOK
	case "version", "--version":
		fmt.Fprintf(stdout, "readiness %s\n", Version)
		return exitOK
	case "annexa":
		return annexaCommand(ctx, args, getenv, stdout, stderr)
	case "slack":
		return slackCommand(args, getenv, stdout, stderr)
	case "serve", "user", "token", "job", "export", "import":
	default:
		fmt.Fprintf(stderr, "There is no command %q. These are the commands:\n\n%s", verb, usage)
		return exitUsage
	}
	cfg, err := config.Load(getenv)
	if err != nil {
		return badSettings(stderr, err)
	}
	switch verb {
	case "serve":
		if len(args) > 0 {
			fmt.Fprintf(stderr, "serve takes no arguments: settings come from the environment\n")
			return exitUsage
		}
		return serve(ctx, cfg, newLogger(cfg, stderr), stdout, stderr)
	case "export":
		return exportCommand(ctx, cfg, args, stdout, stderr)
	case "import":
		return importCommand(ctx, cfg, args, stdout, stderr)
	}
	return admin(ctx, cfg, append([]string{verb}, args...), stdin, stdout, stderr)
}

// badSettings says what is wrong with the settings.
func badSettings(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "The settings cannot be used:\n  %s\n", strings.ReplaceAll(err.Error(), "\n", "\n  "))
	return exitUsage
}

func newLogger(cfg config.Config, w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// fail prints an error as a sentence and gives the exit code.
func fail(stderr io.Writer, err error) int {
	var e *workpackages.Error
	if errors.As(err, &e) && e.Kind != workpackages.Internal {
		fmt.Fprintln(stderr, e.Message+".")
		for _, f := range e.Fields {
			fmt.Fprintf(stderr, "  --%s: %s.\n", f.Field, f.Message)
		}
		if e.Kind == workpackages.Invalid {
			return exitUsage
		}
		return exitFailed
	}
	fmt.Fprintf(stderr, "Something went wrong: %v\n", err)
	return exitFailed
}

// newFlags makes a flag set that reports to stderr and never ends the program.
func newFlags(name, usage string, stderr io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprintf(stderr, "Usage: readiness %s\n", usage)
		f.PrintDefaults()
	}
	return f
}

// parse reads flags that may stand before, between and after the other words.
func parse(f *flag.FlagSet, args []string) (words []string, code int, ok bool) {
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, exitOK, false
			}
			return nil, exitUsage, false
		}
		if f.NArg() == 0 {
			return words, 0, true
		}
		words, args = append(words, f.Arg(0)), f.Args()[1:]
	}
}

// isLocked reports whether another process owns the data folder.
func isLocked(err error) bool { return errors.Is(err, store.ErrLocked) }
