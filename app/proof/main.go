// Command proof kills copies of the program while messages are due, and counts
// what became of the messages: go run ./app/proof.
//
// Two, and then three, copies of the very program share one database and a
// stand-in for Slack in which one call of five goes wrong. Copies are killed at
// random moments, with a signal that no program can catch, and started again at
// once. Then they are let finish, and what reached Slack is counted: messages lost,
// posted twice, or out of their order. In a scenario of its own, one message of the
// communications plan goes to two thousand staff. The table goes into app/docs/reminders.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if code, ok := child(os.Args[1:]); ok {
		os.Exit(code)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(prove(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// child does what a process that the proof started is there for; ok is false for
// any other process.
func child(args []string) (code int, ok bool) {
	if len(args) != 1 {
		return 0, false
	}
	role := map[string]func(context.Context) error{"copy": beCopy, "engine": beEngine}[args[0]]
	if role == nil {
		return 0, false
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	// Whoever started it holds the other end, and lets go of it when it ends.
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	if err := role(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "proof", args[0]+":", err)
		return 1, true
	}
	return 0, true
}

// prove runs the scenarios, and gives 0 when no message was lost, doubled or out
// of order in any.
func prove(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("proof", flag.ContinueOnError)
	f.SetOutput(stderr)
	instants := f.Int("instants", 100, "instants of the job that are due in each scenario, with 50 messages each")
	many := f.Int("staff", 2000, "staff who get one message of the communications plan, in a scenario of its own")
	kills := f.Int("kills", 500, "copies killed in each scenario")
	limit := f.Duration("for", 15*time.Minute, "how long it may take in all")
	doc := f.String("write", "app/docs/reminders.md", "document that gets the table; empty: none")
	seed := f.Uint64("seed", uint64(time.Now().UnixNano()), "of what is random")
	if f.Parse(args) != nil || f.NArg() > 0 {
		return 2
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	fmt.Fprintf(stdout, "seed %d\n", *seed)
	scenarios := []Scenario{
		{Plan: Plan{Instants: *instants, Threads: 10, Length: 5}, Copies: 2, Kills: *kills},
		{Plan: Plan{Instants: *instants, Threads: 10, Length: 5}, Copies: 3, Kills: *kills},
		{Plan: Plan{Staff: *many}, Copies: 2, Kills: *kills / 5},
	}
	var results []Result
	good := true
	for i, sc := range scenarios {
		left := (*limit - time.Since(began)) / time.Duration(len(scenarios)-i)
		r, err := Scenario{
			Plan: sc.Plan, Copies: sc.Copies, Kills: sc.Kills,
			// What is left of the time is for starting, for finishing and for counting.
			KillFor: left * 55 / 100, DrainFor: left * 38 / 100,
			OneIn: 5, Lease: 2 * time.Second, Seed: *seed + uint64(i), MongoURI: getenv("MONGODB_URI"), Say: stdout,
		}.Run(ctx)
		if err != nil {
			fmt.Fprintln(stderr, "The proof could not be made:", err)
			return 2
		}
		results = append(results, r)
		good = good && r.Good()
		fmt.Fprintln(stdout, r.Verdict.Examples())
	}
	text := table(results, getenv("MONGODB_URI") != "", began)
	fmt.Fprint(stdout, "\n", text)
	if *doc != "" {
		if err := write(*doc, text); err != nil {
			fmt.Fprintln(stderr, "The table could not be written:", err)
			return 2
		}
	}
	if !good {
		return 1
	}
	return 0
}
