package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"readiness/app/server"
	"readiness/config"
	"readiness/schedules"
	"readiness/workpackages"
)

// admin runs a command on the database: in this process, or in the one that
// owns the data folder.
func admin(ctx context.Context, cfg config.Config, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// A stop signal ends the program; short commands need not hear more of it.
	sys, err := server.OpenSystem(ctx, cfg, slog.New(slog.DiscardHandler), time.Now)
	if isLocked(err) {
		code, err := server.CallControl(ctx, cfg.DataDir, args, stdin, stdout, stderr)
		if err != nil {
			fmt.Fprintf(stderr, "Another Readiness owns the data folder %s and cannot be talked to: %v. If it has stopped, try again\n", cfg.DataDir, err)
			return exitFailed
		}
		return code
	}
	if err != nil {
		return fail(stderr, err)
	}
	code := command(sys)(ctx, args, stdin, stdout, stderr)
	if err := sys.Close(context.WithoutCancel(ctx)); err != nil {
		return fail(stderr, err)
	}
	return code
}

// command gives what runs administrative command lines on a system.
func command(sys *server.System) server.Command {
	return func(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
		verbs := map[string]func(context.Context, *server.System, []string, io.Reader, io.Writer, io.Writer) int{
			"user": userCommand, "token": tokenCommand, "job": jobCommand, "export": exportHere, "import": importHere,
		}
		if len(args) == 0 || verbs[args[0]] == nil {
			fmt.Fprintln(stderr, "There is no such command.")
			return exitUsage
		}
		return verbs[args[0]](ctx, sys, args[1:], stdin, stdout, stderr)
	}
}

// onCommandLine is whoever may read the data folder: they could change the
// database file itself.
func onCommandLine() workpackages.Actor {
	a := workpackages.System()
	a.ID, a.Name, a.Via = "command", "Command line", "command"
	return a
}

const userUsage = `user add --email E --name N --role R [--group G]
       readiness user list
       readiness user link E       a new one-time sign-in link
       readiness user disable E    may no longer sign in
roles: assistant_director, lead, comms, analyst, viewer
groups: ofsted-steering-group, system-and-performance-core-group, co-ordination-and-support-group`

func userCommand(ctx context.Context, sys *server.System, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("user", userUsage, stderr)
	email, name := f.String("email", "", "e-mail address"), f.String("name", "", "name")
	role, group := f.String("role", "", "role"), f.String("group", "", "steering group")
	words, code, ok := parse(f, args)
	if !ok {
		return code
	}
	who := *email
	if len(words) == 2 {
		who = words[1]
	}
	switch {
	case len(words) == 1 && words[0] == "list":
		people, err := sys.Packages.People.People(ctx)
		if err != nil {
			return fail(stderr, err)
		}
		t := tabwriter.NewWriter(stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "NAME\tE-MAIL\tROLE\tGROUP\tMAY SIGN IN")
		for _, p := range people {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.Name, p.Email, p.Role, p.GroupID, map[bool]string{false: "yes", true: "no"}[p.Disabled])
		}
		return done(stderr, t.Flush())
	case len(words) == 1 && words[0] == "add":
		// Groups come with the starting plan: without it nobody can lead one.
		if err := sys.Seed(ctx); err != nil {
			return fail(stderr, err)
		}
		p, err := sys.Packages.AddPerson(ctx, onCommandLine(), workpackages.Person{Email: *email, Name: *name, Role: workpackages.Role(*role), GroupID: *group})
		if err != nil {
			return fail(stderr, err)
		}
		fmt.Fprintf(stdout, "%s was added.\n", p.Name)
		return printLink(ctx, sys, p, stdout, stderr)
	case len(words) == 2 && (words[0] == "link" || words[0] == "disable"):
		p, err := sys.Packages.PersonByEmail(ctx, who)
		if err != nil {
			return fail(stderr, err)
		}
		if words[0] == "link" {
			return printLink(ctx, sys, p, stdout, stderr)
		}
		disabled := true
		if p, err = sys.Packages.EditPerson(ctx, onCommandLine(), p.ID, p.Version, workpackages.PersonInput{Disabled: &disabled}); err != nil {
			return fail(stderr, err)
		}
		if err := sys.Auth.EndSessionsOf(ctx, p.ID); err != nil {
			return fail(stderr, err)
		}
		fmt.Fprintf(stdout, "%s may no longer sign in, and is signed out.\n", p.Name)
		return exitOK
	}
	f.Usage()
	return exitUsage
}

func printLink(ctx context.Context, sys *server.System, p workpackages.Person, stdout, stderr io.Writer) int {
	token, expires, err := sys.Auth.InviteLink(ctx, p.ID)
	if err != nil {
		return fail(stderr, err)
	}
	fmt.Fprintf(stdout, "Send %s this link. It works once, until %s:\n  %s/link/%s\n",
		p.Email, expires.In(sys.Config.Zone).Format("2 January 2006 at 15:04"), sys.Config.BaseURL, token)
	return exitOK
}

const tokenUsage = `token create --name N --role R [--group G]   prints the token once
       readiness token list
       readiness token disable ID`

func tokenCommand(ctx context.Context, sys *server.System, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("token", tokenUsage, stderr)
	name, role, group := f.String("name", "", "what the token is for"), f.String("role", "", "role"), f.String("group", "", "steering group")
	words, code, ok := parse(f, args)
	if !ok {
		return code
	}
	switch {
	case len(words) == 1 && words[0] == "create":
		if err := sys.Seed(ctx); err != nil {
			return fail(stderr, err)
		}
		text, _, err := sys.Auth.CreateToken(ctx, *name, workpackages.Role(*role), *group)
		if err != nil {
			return fail(stderr, err)
		}
		fmt.Fprintln(stdout, text)
		return exitOK
	case len(words) == 1 && words[0] == "list":
		tokens, err := sys.Store.Tokens(ctx)
		if err != nil {
			return fail(stderr, err)
		}
		t := tabwriter.NewWriter(stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tNAME\tROLE\tGROUP\tMADE\tIN USE")
		for _, v := range tokens {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", v.ShortID, v.Name, v.Role, v.GroupID, v.CreatedAt.In(sys.Config.Zone).Format("2 January 2006"), map[bool]string{false: "yes", true: "no"}[v.Disabled])
		}
		return done(stderr, t.Flush())
	case len(words) == 2 && words[0] == "disable":
		if err := sys.Auth.DisableToken(ctx, words[1]); err != nil {
			return fail(stderr, err)
		}
		fmt.Fprintln(stdout, "The token is switched off.")
		return exitOK
	}
	f.Usage()
	return exitUsage
}

const jobUsage = `job list
       readiness job run NAME [--at RFC3339] [--dry-run]
       readiness job simulate [--weeks 12] [--with-off]    what will be sent if nobody does anything`

func jobCommand(ctx context.Context, sys *server.System, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("job", jobUsage, stderr)
	at := f.String("at", "", "the instant to run it for, such as 2026-11-24T09:00:00Z; now when left out")
	dryRun := f.Bool("dry-run", false, "print what would be sent, to whom and why, and send nothing")
	weeks := f.Int("weeks", 12, "how many weeks to look ahead")
	withOff := f.Bool("with-off", false, "take in the rules that are switched off")
	words, code, ok := parse(f, args)
	if !ok {
		return code
	}
	switch {
	case len(words) == 1 && words[0] == "list":
		jobs, err := sys.Runner.Jobs(ctx)
		if err != nil {
			return fail(stderr, err)
		}
		for _, j := range jobs {
			fmt.Fprintf(stdout, "%s (%s, %s)\n  %s\n  %s%s\n", j.Name, j.Spec, j.Zone, j.Description, j.When, map[bool]string{true: ", on working days"}[j.WorkingDays])
			if !j.On {
				fmt.Fprintln(stdout, "  Switched off")
			}
			for i, next := range j.NextWords {
				fmt.Fprintf(stdout, "  %-6s%s\n", map[bool]string{true: "Next:"}[i == 0], next)
			}
			if j.Last != nil {
				fmt.Fprintf(stdout, "  Last: %s, %s\n", j.Last.Instant.In(sys.Config.Zone).Format("2 January 2006, 15:04"), lastWords(*j.Last))
			}
			if j.Late {
				fmt.Fprintln(stdout, "  Late: a time of more than ten minutes ago has not come to its end")
			}
		}
		return exitOK
	case len(words) == 2 && words[0] == "run":
		var instant time.Time
		if *at != "" {
			var err error
			if instant, err = time.Parse(time.RFC3339, *at); err != nil {
				fmt.Fprintf(stderr, "--at must be an instant such as 2026-11-24T09:00:00Z; it is %q\n", *at)
				return exitUsage
			}
		}
		r, err := sys.Runner.RunNow(ctx, words[1], instant, *dryRun)
		if err != nil {
			return fail(stderr, err)
		}
		if r.Ran {
			if _, err := sys.Outbox.Deliver(ctx); err != nil {
				return fail(stderr, err)
			}
		}
		fmt.Fprintf(stdout, "%s for %s: %s.\n", r.Job, r.Instant.In(sys.Config.Zone).Format("2 January 2006, 15:04"), r.Summary)
		for _, p := range r.Planned {
			to := "To " + p.Recipient
			if p.InPlace {
				to = "To " + p.Recipient + ", changing what was sent before: nobody is told"
			}
			fmt.Fprintf(stdout, "\n%s\n%s\n", to, indent(p.Text))
		}
		return exitOK
	case len(words) == 1 && words[0] == "simulate":
		return simulate(ctx, sys, *weeks, *withOff, stdout, stderr)
	}
	f.Usage()
	return exitUsage
}

// lastWords says how a run ended: "done, under a second: 2 messages put in the outbox".
func lastWords(r schedules.LastRun) string {
	text := strings.ToLower(r.State.Outcome())
	if r.Took != "" {
		text += ", " + r.Took
	}
	for _, more := range []string{r.Summary, r.Error} {
		if more != "" {
			text += ": " + more
		}
	}
	return text
}

// simulate prints what will be sent in the next weeks if nobody does anything.
func simulate(ctx context.Context, sys *server.System, weeks int, withOff bool, stdout, stderr io.Writer) int {
	if most := int(schedules.MaxCalendar / (7 * 24 * time.Hour)); weeks < 1 || weeks > most {
		fmt.Fprintf(stderr, "--weeks must be a whole number from 1 to %d; it is %d\n", most, weeks)
		return exitUsage
	}
	now := sys.Now().In(sys.Config.Zone)
	until := time.Date(now.Year(), now.Month(), now.Day()+7*weeks, 0, 0, 0, 0, sys.Config.Zone)
	cal, err := sys.Runner.Simulate(ctx, now, until, withOff)
	if err != nil {
		return fail(stderr, err)
	}
	with := ""
	if withOff {
		with = ", with the rules that are switched off"
	}
	fmt.Fprintf(stdout, "What will be sent from now until %s, if nobody does anything and the rules stay as they are%s.\n", until.AddDate(0, 0, -1).Format("Monday 2 January 2006"), with)
	if len(cal.Days) == 0 {
		fmt.Fprintln(stdout, "\nNothing.")
		return exitOK
	}
	for _, d := range cal.Days {
		fmt.Fprintf(stdout, "\n%s: %s\n", d.Date.Time().Format("Monday 2 January 2006"), messages(len(d.Messages)))
		t := tabwriter.NewWriter(stdout, 0, 4, 2, ' ', 0)
		for _, m := range d.Messages {
			heading, _, _ := strings.Cut(m.Text, "\n")
			fmt.Fprintf(t, "  %s\t%s\t%s\n", m.At.In(sys.Config.Zone).Format("15:04"), m.Recipient, heading)
		}
		if err := t.Flush(); err != nil {
			return fail(stderr, err)
		}
	}
	fmt.Fprintln(stdout, "\nMessages a person:")
	t := tabwriter.NewWriter(stdout, 0, 4, 2, ' ', 0)
	for _, p := range cal.People {
		fmt.Fprintf(t, "  %s\t%d\tat most %d on one day\n", p.Recipient, p.Total, p.Most)
	}
	return done(stderr, t.Flush())
}

func messages(n int) string {
	if n == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", n)
}

func done(stderr io.Writer, err error) int {
	if err != nil {
		return fail(stderr, err)
	}
	return exitOK
}
