package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"readiness/app/server"
	"readiness/app/store"
	"readiness/config"
	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/notifications/notifytest"
	"readiness/workpackages"
)

// Scenario is one proof.
type Scenario struct {
	Plan     Plan // First is filled in
	Copies   int
	Kills    int
	KillFor  time.Duration // the time over which they are spread, and the messages
	DrainFor time.Duration // the copies may take then
	OneIn    int           // one call to Slack of so many goes wrong
	Lease    time.Duration // of runs and sends; 0: the product's
	Seed     uint64
	MongoURI string    // empty: the embedded engine, served by a process of its own
	Say      io.Writer // of how it goes
}

// Result is what came of a scenario.
type Result struct {
	Scenario
	Verdict   Verdict
	Kills     int            // while messages were due
	Early     int            // of those, while the copy was starting
	Calls     int            // to Slack
	Faults    map[string]int // that they met, by kind
	Dead      int            // messages that the ledger gave up
	Open      int            // messages that the ledger has not ended
	CutShort  int            // sends that a killed copy left, and another took over
	Found     int            // of sends whose end was unknown, those that Slack was found to have
	Runs      int            // runs of the job that were taken over
	Working   time.Duration  // from the first copy's start to the last kill
	Drained   time.Duration  // from then to the last message
	Unfounded error          // copies that ended by themselves
}

// Good reports whether it proves what it is to prove.
func (r Result) Good() bool { return r.Verdict.Good() && r.Open == 0 && r.Unfounded == nil }

const slackToken = "xoxb-proof"

// Run runs it. Its error means that it could not be run; what it found is in the
// result.
func (sc Scenario) Run(ctx context.Context) (res Result, err error) {
	res.Scenario = sc
	dir, err := os.MkdirTemp("", "proof-")
	if err != nil {
		return res, err
	}
	defer func() {
		if err == nil && res.Good() {
			os.RemoveAll(dir)
		} else {
			fmt.Fprintln(sc.Say, "what the copies logged is in", dir)
		}
	}()
	uri := sc.MongoURI
	if uri == "" {
		engine, err := start("engine", filepath.Join(dir, "engine.log"), []string{envDir + "=" + dir})
		if err != nil {
			return res, err
		}
		defer func() { engine.cmd.Process.Kill(); engine.cmd.Wait() }()
		if uri = engine.line(); uri == "" {
			return res, errors.New("the embedded engine did not start: see " + dir)
		}
		uri += "?maxPoolSize=1"
	}
	var emails []string
	for n := range sc.Plan.People() {
		emails = append(emails, person(n).Email)
	}
	for n := range sc.Plan.Staff {
		emails = append(emails, staff(n))
	}
	slack, err := notifytest.Start(slackToken, notifytest.Options{
		Emails: emails, Now: time.Now, PerChannel: time.Second, PerMinute: 1e6,
		Chaos: notifytest.Chaos{Seed: sc.Seed, OneIn: sc.OneIn},
	})
	if err != nil {
		return res, err
	}
	defer slack.Close()
	settings := map[string]string{
		"ADDR": "127.0.0.1:0", "DATA_DIR": dir, "MONGODB_URI": uri, "MONGODB_DATABASE": "proof_" + strings.ToLower(rand.Text()[:16]),
		"SLACK_BOT_TOKEN": slackToken, "SLACK_API_URL": slack.URL, "LOG_LEVEL": "info",
		"SLACK_PER_MINUTE": fmt.Sprint(sc.pace()),
	}
	sys, err := sc.open(ctx, settings)
	if err != nil {
		return res, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		err = errors.Join(err, sys.Store.DropDatabase(ctx), sys.Close(ctx))
	}()
	if sc.MongoURI == "" {
		// As the program does where it has the engine to itself.
		if err := store.IndexIDs(ctx, filepath.Join(dir, settings["MONGODB_DATABASE"]+".sqlite")); err != nil {
			return res, err
		}
	}
	if sc.Plan, err = sc.seed(ctx, sys); err != nil {
		return res, err
	}
	res.Plan = sc.Plan
	slots, err := sc.startCopies(dir, settings)
	if err != nil {
		return res, err
	}
	began := time.Now()
	res.Kills = sc.killThem(ctx, slots, slack)
	res.Working = time.Since(began)
	drainErr := sc.drain(ctx, sys, slack)
	res.Drained = time.Since(began) - res.Working
	for _, s := range slots {
		res.Unfounded = errors.Join(res.Unfounded, s.stop(ctx))
		res.Early += s.early
	}
	res.Unfounded = errors.Join(res.Unfounded, drainErr)
	res.Verdict, res.Calls, res.Faults = count(sc.Plan, slack.Posts()), len(slack.Calls()), slack.Faults()
	// The count is made even when time is up.
	ledgerCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return res, res.readLedger(ledgerCtx, sys)
}

// pace is how many messages a minute the program sends, so that they last as long
// as the kills do. Tries that fail count against it as well, and a message to staff, the
// first in its conversation, is asked after with more calls: at the same pace it lasted
// far longer than the kills.
func (sc Scenario) pace() int {
	pace := float64(sc.Plan.Messages()) / sc.KillFor.Minutes()
	if sc.Plan.Staff > 0 {
		pace *= 2
	}
	return int(pace) + 1
}

// open opens the database as the program does.
func (sc Scenario) open(ctx context.Context, settings map[string]string) (*server.System, error) {
	cfg, err := config.Load(func(name string) string { return settings[name] })
	if err != nil {
		return nil, err
	}
	return server.OpenSystem(ctx, cfg, slog.New(slog.DiscardHandler), time.Now)
}

// seed puts in the database what the copies find there: the product's own plan,
// the people, and a job that was last done long ago.
func (sc Scenario) seed(ctx context.Context, sys *server.System) (Plan, error) {
	p := sc.Plan
	p.First = time.Now().UTC().Truncate(every).Add(-time.Duration(p.Instants-1) * every)
	if err := sys.Seed(ctx); err != nil {
		return p, err
	}
	for n := range p.People() {
		if err := sys.Store.AddPerson(ctx, person(n)); err != nil {
			return p, err
		}
	}
	if _, err := sys.Store.LastDone(ctx, rule, p.First.Add(-time.Minute)); err != nil || p.Staff == 0 {
		return p, err
	}
	var err error
	p.Sending, err = toStaff(ctx, sys, p.Staff)
	return p, err
}

// toStaff writes, approves and sends a message of the communications plan to so many
// staff, and gives the sending: nothing of it is in the outbox yet.
func toStaff(ctx context.Context, sys *server.System, n int) (sending string, err error) {
	var contacts strings.Builder
	for i := range n {
		fmt.Fprintf(&contacts, "Staff %d, %s\n", i, staff(i))
	}
	list, none := contacts.String(), false
	writer := workpackages.Actor{ID: "writer", PersonID: "writer", Name: "Writer", Role: workpackages.Comms}
	approver := workpackages.Actor{ID: "approver", PersonID: "approver", Name: "Approver", Role: workpackages.AssistantDirector}
	a, err := sys.Comms.Audience(ctx, comms.Staff)
	if err == nil {
		_, err = sys.Comms.EditAudience(ctx, writer, a.ID, a.Version, comms.AudienceInput{Contacts: &list, Everybody: &none})
	}
	if err != nil {
		return "", err
	}
	title, text, audience := "Proof", "You get this because you are part of a proof.", comms.Staff
	m, err := sys.Comms.Create(ctx, writer, "", comms.Input{Title: &title, Text: &text, AudienceID: &audience})
	if err == nil {
		m, err = sys.Comms.Approve(ctx, approver, m.ID, workpackages.Write{Version: m.Version})
	}
	if err == nil {
		m, err = sys.Comms.Schedule(ctx, writer, m.ID, workpackages.Write{Version: m.Version})
	}
	if err != nil {
		return "", err
	}
	last, _ := m.Last()
	return last.ID, nil
}

func (sc Scenario) startCopies(dir string, settings map[string]string) ([]*slot, error) {
	plan, err := json.Marshal(sc.Plan)
	if err != nil {
		return nil, err
	}
	env := []string{envPlan + "=" + string(plan), envLease + "=" + sc.Lease.String(), envMany + "=" + fmt.Sprint(sc.Copies)}
	for name, value := range settings {
		env = append(env, name+"="+value)
	}
	var slots []*slot
	for n := range sc.Copies {
		s := &slot{log: filepath.Join(dir, fmt.Sprintf("copy-%d.log", n+1)), env: env, done: make(chan struct{})}
		go s.run()
		slots = append(slots, s)
	}
	return slots, nil
}

// killThem kills copies at random moments for as long as messages are due, and
// gives how many.
func (sc Scenario) killThem(ctx context.Context, slots []*slot, slack *notifytest.Slack) (kills int) {
	random := mathrand.New(mathrand.NewPCG(sc.Seed, 2))
	mean := sc.KillFor / time.Duration(max(sc.Kills, 1))
	said := time.Now()
	for kills < sc.Kills {
		if !sleep(ctx, time.Duration(random.ExpFloat64()*float64(mean))) {
			return kills
		}
		if slack.Count() >= sc.Plan.Messages() && missing(sc.Plan, slack.TimesPosted()) == 0 {
			return kills // there is nothing left for them to harm
		}
		if slots[random.IntN(len(slots))].kill() {
			kills++
		}
		if time.Since(said) > 10*time.Second {
			said = time.Now()
			fmt.Fprintf(sc.Say, "%d copies: %d kills, %d of %d posted\n", sc.Copies, kills, slack.Count(), sc.Plan.Messages())
		}
	}
	return kills
}

// drain waits until every message has been posted and the ledger says so of each,
// and a little longer, for one that comes late.
func (sc Scenario) drain(ctx context.Context, sys *server.System, slack *notifytest.Slack) error {
	ctx, cancel := context.WithTimeout(ctx, sc.DrainFor)
	defer cancel()
	for {
		left := missing(sc.Plan, slack.TimesPosted())
		if left == 0 {
			var r Result
			r.Plan = sc.Plan
			if err := r.readLedger(ctx, sys); err == nil && r.Open == 0 {
				sleep(ctx, sc.Lease)
				return nil
			}
		}
		if !sleep(ctx, time.Second) {
			return fmt.Errorf("%d copies: %d messages had not been posted when time was up", sc.Copies, left)
		}
	}
}

// sleep waits, and reports whether it did so to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// readLedger fills in what the program's own records say.
func (r *Result) readLedger(ctx context.Context, sys *server.System) error {
	all, err := sys.Outbox.Messages(ctx, notifications.Filter{Rule: rule})
	if err != nil {
		return err
	}
	toStaff, err := sys.Outbox.Messages(ctx, notifications.Filter{Rule: notifications.PlanMessage})
	if err != nil {
		return err
	}
	all = append(all, toStaff...)
	r.Open = r.Plan.Messages() - len(all)
	for _, m := range all {
		switch m.State {
		case notifications.Sent:
		case notifications.Dead, notifications.NotSent:
			r.Dead++
		default:
			r.Open++
		}
		// A try that was claimed and never recorded as ended.
		if len(m.Tries) < 20 {
			r.CutShort += m.Attempts - len(m.Tries)
		}
		for _, t := range m.Tries {
			if t.Outcome == "found" {
				r.Found++
			}
		}
	}
	runs, err := sys.Runner.Runs(ctx, rule, 100*max(r.Plan.Instants, 1))
	for _, run := range runs {
		if run.Attempt > 1 {
			r.Runs++
		}
	}
	return err
}

// faults is how many calls went wrong in all.
func (r Result) faults() (n int) {
	for v := range maps.Values(r.Faults) {
		n += v
	}
	return n
}
