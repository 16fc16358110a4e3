// Package server wires the program together and is its life: New, Start, Addr,
// Stop. Nothing here decides anything that the product is about.
package server

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"time"

	"readiness/app/annexafiles"
	"readiness/app/auth"
	"readiness/app/store"
	"readiness/config"
	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/notifications/slack"
	"readiness/notifications/slack/slackapp"
	"readiness/schedules"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// System is an open database with the services over it: what the server and
// the administrative commands have in common.
type System struct {
	Config    config.Config
	Log       *slog.Logger
	Now       func() time.Time
	Store     *store.Store
	Packages  *workpackages.Service
	Auth      *auth.Service
	Outbox    *notifications.Service
	Comms     *comms.Service      // the communications plan
	Desk      *notifications.Desk // when people may be reminded
	Rules     *schedules.RuleBook
	Reminders schedules.Deps // what the jobs work with
	Runner    *schedules.Runner
	Annexa    *annexa.Settings // the council's own; nil: none

	sender *slack.Sender // nil: Slack is not connected
}

// perChannel is Slack's limit: one message a second in a conversation.
const perChannel = time.Second

// seeded marks a database whose starting plan is in place, so that a council's
// own changes are never filled up again.
const seeded = "seeded"

// planSeeded marks the same of the communications plan, which is younger.
const planSeeded = "plan-seeded"

// OpenSystem opens the database and puts the services on it; more are jobs besides
// the product's own. Errors are sentences for a person; store.ErrLocked is in their
// chain when another process owns the data folder.
func OpenSystem(ctx context.Context, cfg config.Config, log *slog.Logger, now func() time.Time, more ...schedules.Job) (*System, error) {
	if err := schedules.CheckSpec(cfg.AnnexeASchedule, cfg.Zone); cfg.AnnexeASchedule != "" && err != nil {
		return nil, workpackages.Errorf(workpackages.Invalid, "ANNEXA_SCHEDULE must say when to read the folder, such as 0 6 * * 1-5; it is %q: %s", cfg.AnnexeASchedule, err)
	}
	own, err := annexaSettings(cfg.AnnexeASettings)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{URI: cfg.MongoURI.Reveal(), Database: cfg.MongoDatabase, DataDir: cfg.DataDir, Log: log})
	if err != nil {
		return nil, err
	}
	s := &System{Config: cfg, Log: log, Now: now, Store: db, Annexa: own}
	s.Packages = &workpackages.Service{Packages: db, Groups: db, People: db, Kept: db, Answers: db, Now: now, Zone: cfg.Zone, StaleAfter: cfg.StaleAfter}
	s.Auth, err = auth.New(ctx, auth.Options{Store: db, People: s.Packages, Now: now, Idle: cfg.SessionIdle, Lifetime: cfg.SessionLifetime})
	if err != nil {
		return nil, errors.Join(err, db.Close(ctx))
	}
	s.Rules = &schedules.RuleBook{Store: db, Now: now, Zone: cfg.Zone}
	s.Desk = &notifications.Desk{Store: db, Zone: cfg.Zone, Closed: func(ctx context.Context) (func(workpackages.Date) bool, error) {
		closed, err := s.Rules.ClosedDays(ctx)
		return closed.Is, err
	}}
	s.Outbox = &notifications.Service{
		Store: db, People: db, Now: now, Log: log, Window: s.Desk.Window, PerMinute: cfg.SlackPerMinute, PerChannel: perChannel,
	}
	if cfg.SlackBotToken.IsSet() {
		sender := slack.New(cfg.SlackBotToken.Reveal(), cfg.SlackAPIURL)
		sender.Accounts, sender.Answers = db, answersIn(cfg)
		s.Outbox.Sender, s.sender = sender, sender
	}
	s.Comms = &comms.Service{
		Store: db, Outbox: s.Outbox, Waiting: db.Waiting, Packages: s.Packages, Connected: func() bool { return s.Outbox.Sender != nil }, Answers: answersIn(cfg), Whole: slack.Whole,
		Closed: s.Desk.Closed, BaseURL: cfg.BaseURL, Zone: cfg.Zone, Now: now, Log: log,
	}
	s.Outbox.Plan = s.Comms
	s.Reminders = schedules.Deps{
		Comms:    s.Comms,
		Packages: s.Packages, Rules: s.Rules, Outbox: s.Outbox, Desk: s.Desk, BaseURL: cfg.BaseURL, Zone: cfg.Zone, Now: now,
		CleanUp: []func(context.Context) error{
			s.Auth.DeleteExpired, s.Outbox.Tidy, s.Outbox.Requeue,
			func(ctx context.Context) error { return s.Runner.Tidy(ctx) }, // it is made below
		},
		Annexa: schedules.Annexa{Files: annexaFolder(cfg.AnnexeADir), Settings: own, Spec: cfg.AnnexeASchedule, Channel: cfg.SlackChannel},
	}
	s.Runner, err = schedules.New(db, now, log, append(schedules.Jobs(s.Reminders), more...)...)
	if err != nil {
		return nil, errors.Join(err, db.Close(ctx))
	}
	s.Runner.Plan = s.Rules.Plan
	s.Outbox.Copies = s.Runner.Alive
	return s, nil
}

// answersIn reports whether what is pressed in Slack reaches the product.
func answersIn(cfg config.Config) bool {
	return cfg.SlackBotToken.IsSet() && (cfg.SlackAppToken.IsSet() || cfg.SlackSigning.IsSet())
}

// slackApp makes what people use from Slack; nil where nothing reaches us from there.
func (s *System) slackApp() *slackapp.App {
	cfg := s.Config
	if !answersIn(cfg) {
		return nil
	}
	return slackapp.New(slackapp.Options{
		Packages: s.Packages, Mine: s.Reminders.Mine, Accounts: s.Store, Claim: s.Store.Claim, Plan: s.Comms,
		Refresh: func(ctx context.Context, personID, key string) error {
			defer s.Outbox.Wake() // they wait to see it
			return s.Reminders.Refresh(ctx, personID, key)
		},
		BotToken: cfg.SlackBotToken.Reveal(), AppToken: cfg.SlackAppToken.Reveal(), SigningSecret: cfg.SlackSigning.Reveal(), APIURL: cfg.SlackAPIURL,
		BaseURL: cfg.BaseURL, Zone: cfg.Zone, Now: s.Now, Log: s.Log,
	})
}

// annexaSettings reads a council's settings for Annexe A checks.
func annexaSettings(path string) (*annexa.Settings, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, workpackages.Wrap(workpackages.Invalid, err, "ANNEXA_SETTINGS names the file %s, which cannot be read: check that it is there, and that this user may read it", path)
	}
	own, err := annexa.ReadSettings(data)
	if err != nil {
		return nil, workpackages.Errorf(workpackages.Invalid, "ANNEXA_SETTINGS names the file %s, which cannot be used:\n  %s", path, strings.ReplaceAll(strings.TrimRight(err.Error(), ".\n"), "\n", "\n  "))
	}
	return own, nil
}

// annexaFolder reads the folder of the scheduled check each time it is due: a
// folder that is away now, as one on another machine may be, is no reason not to
// start.
func annexaFolder(dir string) func() (schedules.Folder, error) {
	if dir == "" {
		return nil
	}
	return func() (schedules.Folder, error) {
		f, err := annexafiles.Folder(dir)
		var known *annexafiles.Error
		if errors.As(err, &known) {
			return schedules.Folder{}, workpackages.Errorf(workpackages.Unavailable, "%s", known.Sentence())
		}
		return schedules.Folder{Sources: f.Sources, Newest: f.Newest, Over: f.Over.Sentence()}, err
	}
}

// Seed puts the starting plan, and that of communications, into a database that has
// never had one.
func (s *System) Seed(ctx context.Context) error {
	for _, plan := range []struct {
		mark string
		seed func(ctx context.Context) error
	}{{seeded, s.Packages.Seed}, {planSeeded, s.Comms.Seed}} {
		_, err := s.Store.Setting(ctx, plan.mark)
		if err == nil {
			continue
		}
		if workpackages.KindOf(err) == workpackages.NotFound {
			err = plan.seed(ctx)
		}
		if err == nil {
			_, err = s.Store.AddSetting(ctx, plan.mark, []byte("2019-02-27"))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close closes the database.
func (s *System) Close(ctx context.Context) error { return s.Store.Close(ctx) }
