package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"readiness/app/annexafiles"
	"readiness/workpackages/annexa"
)

const annexaUsage = `annexa check [--as-of YYYY-MM-DD] [--format text|json] [--out FINDINGS.xlsx] PATH...
       readiness annexa rules [--format text|json]
PATH is a workbook (.xlsx, .xlsm, .ods), CSV files, or a folder of them.
Exit 0: no finding of severity error. 1: some, which may all be about practice: the
verdict says whether the lists are fit to send. 2: could not be read, or wrong usage.`

// annexaFlags are what the command line asks of a check.
type annexaFlags struct {
	asOf, format, out, settings, previous string
	all, share                            bool
}

func annexaCommand(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	var a annexaFlags
	f := newFlags("annexa", annexaUsage, stderr)
	f.StringVar(&a.asOf, "as-of", "", "the day the lists were made, as 2026-11-24; without it ages and time limits are not checked")
	f.StringVar(&a.format, "format", "text", "text or json")
	f.StringVar(&a.out, "out", "", "write a workbook of findings here: it holds children's data")
	f.StringVar(&a.settings, "settings", getenv("ANNEXA_SETTINGS"), "the council's own settings (YAML)")
	f.StringVar(&a.previous, "previous", "", "an earlier report (--format json), to say what changed since")
	f.BoolVar(&a.all, "all", false, "every cause with its rows, in place of a page")
	f.BoolVar(&a.share, "share", false, "for outside the authority: counts of 1 to 5 suppressed, no rows")
	words, code, ok := parse(f, args)
	if !ok {
		return code
	}
	if a.format != "text" && a.format != "json" {
		fmt.Fprintf(stderr, "--format must be text or json; it is %q\n", a.format)
		return exitUsage
	}
	switch {
	case len(words) == 1 && words[0] == "rules":
		return annexaRules(a.format, stdout, stderr)
	case len(words) > 1 && words[0] == "check":
		return annexaCheck(ctx, words[1:], a, getenv, stdout, stderr)
	}
	f.Usage()
	return exitUsage
}

func annexaRules(format string, stdout, stderr io.Writer) int {
	rules := annexa.Rules()
	if format == "json" {
		return done(stderr, writeJSON(stdout, map[string]any{"rules": rules}))
	}
	for _, r := range rules {
		fmt.Fprintf(stdout, "%s  %s\n    %s, usually %s. %s\n    What to do: %s\n    In: %s\n", r.ID, r.Title, r.Severity, r.UsualCause, r.Why, r.Do, r.Where())
		if r.Statutory != "" {
			fmt.Fprintf(stdout, "    Law or guidance: %s.\n", r.Statutory)
		}
		for _, p := range r.Params {
			fmt.Fprintf(stdout, "    Number that you may set: %s, %d (%s)\n", p.Name, p.Default, p.What)
		}
		if r.Disputed != "" {
			fmt.Fprintf(stdout, "    Sources disagree: %s\n", r.Disputed)
		}
		fmt.Fprintf(stdout, "    Source: %s", strings.Join(r.Source, ", "))
		if r.Inferred {
			fmt.Fprint(stdout, " (inferred: no source states it)")
		}
		fmt.Fprint(stdout, "\n\n")
	}
	return exitOK
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// annexaOptions turns flags into options, or says what is wrong with them.
func annexaOptions(a annexaFlags, stderr io.Writer) (o annexa.Options, before *annexa.Report, ok bool) {
	refuse := func(format string, args ...any) (annexa.Options, *annexa.Report, bool) {
		fmt.Fprintf(stderr, format+"\n", args...)
		return o, nil, false
	}
	var err error
	if a.asOf != "" {
		if o.AsOf, err = time.Parse(time.DateOnly, a.asOf); err != nil {
			return refuse("--as-of must be a day such as 2026-11-24; it is %q", a.asOf)
		}
	}
	if a.settings != "" {
		data, err := os.ReadFile(a.settings)
		if err != nil {
			return refuse("The settings file %s cannot be read: check its name, and that this user may read it", a.settings)
		}
		if o.Settings, err = annexa.ReadSettings(data); err != nil {
			return refuse("The settings in %s cannot be used:\n  %s", a.settings, strings.ReplaceAll(err.Error(), "\n", "\n  "))
		}
	}
	if a.previous != "" {
		data, err := os.ReadFile(a.previous)
		before = &annexa.Report{}
		if err != nil || json.Unmarshal(data, before) != nil || len(before.Lists) == 0 {
			return refuse("%s is no earlier report: give a file that --format json wrote", a.previous)
		}
	}
	return o, before, true
}

func annexaCheck(ctx context.Context, paths []string, a annexaFlags, getenv func(string) string, stdout, stderr io.Writer) int {
	o, before, ok := annexaOptions(a, stderr)
	if !ok {
		return exitUsage
	}
	files, err := annexafiles.Open(paths...)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	defer files.Close()
	o.Single = files.Single
	var end func()
	o.Progress, end = progressOn(stderr)
	r, err := annexa.Check(ctx, files.Sources, o)
	end()
	if changed := files.Changed(-1); changed != nil {
		fmt.Fprintln(stderr, changed)
		return exitUsage
	}
	var unreadable *annexa.ReadError
	switch {
	case errors.As(err, &unreadable):
		fmt.Fprintf(stderr, "%s.\n", unreadable)
		if over := files.Over.Sentence(); over != "" && unreadable.File == "" {
			fmt.Fprintln(stderr, over+".")
		}
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "Stopped. Nothing was written.")
		return exitUsage
	case err != nil:
		return fail(stderr, err)
	}
	if over := files.Over.Sentence(); over != "" {
		r.Notes = append(r.Notes, over)
	}
	if a.out != "" {
		if err := writeFindings(ctx, a.out, r, files); err != nil {
			fmt.Fprintln(stderr, err)
			return exitUsage
		}
	}
	if err := writeReport(stdout, r, before, a, colourOn(stdout, getenv)); err != nil {
		return fail(stderr, err)
	}
	if a.out != "" {
		fmt.Fprintf(stderr, "The findings are in %s. It holds children's data: keep it where the return is kept.\n", a.out)
	}
	if r.Totals.Errors > 0 {
		return exitFailed
	}
	return exitOK
}

func writeReport(stdout io.Writer, r, before *annexa.Report, a annexaFlags, colour bool) error {
	if a.share {
		r = r.Shared()
		if before != nil {
			before = before.Shared()
		}
	}
	var change *annexa.Change
	if before != nil {
		c := annexa.Compare(before, r)
		change = &c
	}
	if a.format == "json" {
		return writeJSON(stdout, struct {
			*annexa.Report
			Change *annexa.Change `json:"change,omitempty"`
		}{r, change})
	}
	return r.WriteText(stdout, annexa.TextOptions{Colour: colour, All: a.all, Change: change})
}

// writeFindings writes the workbook of findings where the user asked for it, and
// nowhere else. One that fails half-way is taken away again.
func writeFindings(ctx context.Context, out string, r *annexa.Report, files annexafiles.Files) error {
	at := files.Index(out)
	if at >= 0 && !r.Files[at].Findings {
		return fmt.Errorf("--out names a file that is checked: give another name, so that the return is not written over")
	}
	if ext := filepath.Ext(out); !strings.EqualFold(ext, ".xlsx") {
		return fmt.Errorf("--out must end in .xlsx: it is a workbook; it is %q", out)
	}
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("%s cannot be written: close it in Excel, and check that the folder is there and that this user may write to it", out)
	}
	err = errors.Join(r.WriteFindings(ctx, f, files.Sources), f.Close())
	if err == nil {
		err = files.Changed(at)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("the findings could not be written to %s", out), err, os.Remove(out))
	}
	return nil
}

// isTerminal reports whether somebody watches what is written.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

func colourOn(w io.Writer, getenv func(string) string) bool {
	return isTerminal(w) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// progressOn shows how far a check is, on a terminal only; end wipes it away.
func progressOn(w io.Writer) (show func(stage string, done float64), end func()) {
	if !isTerminal(w) {
		return nil, func() {}
	}
	shown := -1
	return func(stage string, done float64) {
			if p := int(100 * done); p != shown {
				shown = p
				fmt.Fprintf(w, "\r%-20s %3d%%", stage, p)
			}
		}, func() {
			fmt.Fprintf(w, "\r%26s\r", "")
		}
}
