package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// The table stands between these lines of the document.
const (
	begin = "<!-- proof: from here on written by go run ./app/proof -->"
	end   = "<!-- proof: to here -->"
)

// table words the results.
func table(results []Result, mongo bool, at time.Time) string {
	var b strings.Builder
	row := func(what string, cell func(Result) string) {
		b.WriteString("| " + what + " |")
		for _, r := range results {
			b.WriteString(" " + cell(r) + " |")
		}
		b.WriteString("\n")
	}
	number := func(n func(Result) int) func(Result) string {
		return func(r Result) string { return thousands(n(r)) }
	}
	fmt.Fprintf(&b, "Run on %s, on %s.\n\n", at.UTC().Format("2 January 2006"), engineName(mongo))
	row("", func(r Result) string {
		if r.Plan.Staff > 0 {
			return fmt.Sprintf("%d copies, one message to staff", r.Copies)
		}
		return fmt.Sprintf("%d copies", r.Copies)
	})
	row("---", func(Result) string { return "---:" })
	row("messages due", number(func(r Result) int { return r.Plan.Messages() }))
	row("copies killed while messages were due", number(func(r Result) int { return r.Kills }))
	row("of those, while they were starting", number(func(r Result) int { return r.Early }))
	row("calls to Slack", number(func(r Result) int { return r.Calls }))
	row("calls that went wrong", number(Result.faults))
	kinds := map[string]bool{}
	for _, r := range results {
		for k := range r.Faults {
			kinds[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		row("… "+k, number(func(r Result) int { return r.Faults[k] }))
	}
	row("runs of the job taken over", number(func(r Result) int { return r.Runs }))
	row("sends cut short and taken over", number(func(r Result) int { return r.CutShort }))
	row("messages found to be in Slack already", number(func(r Result) int { return r.Found }))
	row("time of the kills", func(r Result) string { return r.Working.Round(time.Second).String() })
	row("time to finish after them", func(r Result) string { return r.Drained.Round(time.Second).String() })
	row("given up", number(func(r Result) int { return r.Dead }))
	row("**lost**", number(func(r Result) int { return len(r.Verdict.Lost) }))
	row("**posted twice**", number(func(r Result) int { return len(r.Verdict.Doubled) }))
	row("**out of order in their thread**", number(func(r Result) int { return len(r.Verdict.Disordered) }))
	for _, r := range results {
		if r.Unfounded != nil {
			fmt.Fprintf(&b, "\n**Not a proof**, with %d copies: %s.\n", r.Copies, strings.ReplaceAll(r.Unfounded.Error(), "\n", "; "))
		}
	}
	return b.String() + "\n" + proves(mongo)
}

func engineName(mongo bool) string {
	if mongo {
		return "MongoDB"
	}
	return "the embedded engine, which a process of its own served to the copies over TCP"
}

// proves says what a run proves, and what it does not.
func proves(mongo bool) string {
	if mongo {
		return `What this proves: of many copies that claim a try to send, a place in a thread or a run of a job by an insert,
one wins, whoever dies and whenever; and what a copy writes at a version that another has overtaken is refused.
`
	}
	return `What this proves: of many copies that claim a try to send, a place in a thread or a run of a job by an insert,
one wins, whoever dies and whenever. That much the embedded engine keeps over several connections. It does not keep
there that a write at a version which another has overtaken is refused (compare-and-set): nothing that decides
whether a message is sent rests on that, and only MongoDB, which several copies need in any case, can show it:
` + "`MONGODB_URI=mongodb://… go run ./app/proof`.\n"
}

// thousands writes a number as 10,000.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// write puts a text between the two lines of a document.
func write(path, text string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, okToo := strings.Cut(rest, end)
	if !ok || !okToo {
		return errors.New(path + " lacks the two lines between which it belongs")
	}
	return os.WriteFile(path, []byte(before+begin+"\n"+text+end+after), 0o644)
}
