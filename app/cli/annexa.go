package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"readiness/app/annexafiles"
	"readiness/workpackages/annexa"
)

const annexaUsage = `annexa check [--as-of YYYY-MM-DD] [--format text|json] PATH...
       readiness annexa rules [--format text|json]
PATH is an Excel workbook (.xlsx), CSV files, or a folder of them.
Exit 0: no finding of severity error. 1: some. 2: could not be read, or wrong usage.`

func annexaCommand(args []string, stdout, stderr io.Writer) int {
	f := newFlags("annexa", annexaUsage, stderr)
	asOf := f.String("as-of", "", "the day the lists were made, as 2026-11-24")
	format := f.String("format", "text", "text or json")
	out := f.String("out", "", "a workbook of findings (not made yet)")
	words, code, ok := parse(f, args)
	if !ok {
		return code
	}
	if *format != "text" && *format != "json" {
		fmt.Fprintf(stderr, "--format must be text or json; it is %q\n", *format)
		return exitUsage
	}
	switch {
	case len(words) == 1 && words[0] == "rules":
		return annexaRules(*format, stdout, stderr)
	case len(words) > 1 && words[0] == "check":
		if *out != "" {
			fmt.Fprintln(stderr, "--out is not made yet. Leave it out: the report names each list, column and row, and --format json gives them to a program.")
			return exitUsage
		}
		return annexaCheck(words[1:], *asOf, *format, stdout, stderr)
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
		title := r.Title
		if r.Column != "" {
			title = fmt.Sprintf("List %d, %s: %s", r.List, r.Column, title)
		}
		fmt.Fprintf(stdout, "%s  %s\n    %s, usually %s. %s\n    What to do: %s\n    Source: %s", r.ID, title, r.Severity, r.UsualCause, r.Why, r.Do, strings.Join(r.Source, ", "))
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

func annexaCheck(paths []string, asOf, format string, stdout, stderr io.Writer) int {
	o := annexa.Options{}
	if asOf != "" {
		var err error
		if o.AsOf, err = time.Parse(time.DateOnly, asOf); err != nil {
			fmt.Fprintf(stderr, "--as-of must be a day such as 2026-11-24; it is %q\n", asOf)
			return exitUsage
		}
	}
	files, err := annexafiles.Read(paths...)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	o.Single = files.Single
	r, err := annexa.Check(context.Background(), files.Sources, o)
	var unreadable *annexa.ReadError
	switch {
	case errors.As(err, &unreadable):
		fmt.Fprintf(stderr, "%s: %s.\n", unreadable.File, unreadable.Sentence)
		return exitUsage
	case err != nil:
		return fail(stderr, err)
	}
	if r.Totals.Found == 0 {
		fmt.Fprintln(stderr, "No list of Annexe A was found: none of the first ten rows of any tab or file holds a list's headings. Give the files that hold the lists.")
		return exitUsage
	}
	if format == "json" {
		err = writeJSON(stdout, r)
	} else {
		err = r.WriteText(stdout)
	}
	if err != nil {
		return fail(stderr, err)
	}
	if r.Totals.Errors > 0 {
		return exitFailed
	}
	return exitOK
}
