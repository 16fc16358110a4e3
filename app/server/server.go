package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"readiness/app/web"
	"readiness/config"
	"readiness/notifications"
	"readiness/notifications/slack/slackapp"
	"readiness/schedules"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// Server is the running program.
type Server struct {
	System  *System
	web     *web.Server
	slack   *slackapp.App // nil: nothing comes from Slack
	control *controlServer
	listen  net.Listener
	served  chan error // the end of HTTP, when it ends by itself
	deliver sync.WaitGroup
	every   time.Duration // how often the outbox is looked at
	cancel  context.CancelFunc
	stop    sync.Once
	stopErr error
}

// Options is what New needs besides the settings.
type Options struct {
	Config  config.Config
	Log     *slog.Logger
	Now     func() time.Time
	Version string
	// Check is the engine that checks Annexe A; annexa.Check when nil.
	Check func(ctx context.Context, sources []annexa.Source, o annexa.Options) (*annexa.Report, error)
	// Command runs an administrative command line that another process hands over.
	Command func(s *System) Command
	// Jobs are run besides the product's own.
	Jobs []schedules.Job
	// Lease is how long a run or a send may take before another copy of the program
	// takes it over; 0: the product's own. The outbox is looked at more often where
	// it is short.
	Lease time.Duration
}

// New opens the database, seeds it, and takes the port. On failure everything
// is let go again.
func New(ctx context.Context, o Options) (*Server, error) {
	sys, err := OpenSystem(ctx, o.Config, o.Log, o.Now, o.Jobs...)
	if err != nil {
		return nil, err
	}
	s := &Server{System: sys, served: make(chan error, 1), every: deliverEvery}
	if o.Lease > 0 {
		sys.Outbox.Lease, sys.Runner.Lease = o.Lease, o.Lease
		s.every = min(s.every, o.Lease/10)
	}
	if err := s.open(ctx, o); err != nil {
		if s.listen != nil {
			err = errors.Join(err, s.listen.Close())
		}
		return nil, errors.Join(err, sys.Close(ctx))
	}
	return s, nil
}

func (s *Server) open(ctx context.Context, o Options) (err error) {
	sys := s.System
	if s.listen, err = net.Listen("tcp", o.Config.Addr); err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return workpackages.Wrap(workpackages.Conflict, err, "The address %s is in use: stop the program that has it, or set ADDR to another port", o.Config.Addr)
		}
		return workpackages.Wrap(workpackages.Unavailable, err, "The program cannot listen on %s: set ADDR to an address of this machine and a port this user may open", o.Config.Addr)
	}
	if err := sys.Seed(ctx); err != nil {
		return err
	}
	if dir := o.Config.AnnexeADir; dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			o.Log.Warn("the folder that ANNEXA_DIR names cannot be found now: the scheduled check looks for it again when it is due", "category", "server", "folder", dir)
		}
	}
	s.slack = sys.slackApp()
	var fromSlack web.SlackApp
	connection := web.SlackConnection{Requests: answersIn(o.Config) && o.Config.SlackSigning.IsSet()}
	if sys.sender != nil {
		connection.Ask = func(ctx context.Context) notifications.Connection {
			return sys.sender.Connection(ctx, o.Config.SlackChannel)
		}
	}
	if s.slack != nil {
		fromSlack, connection.Socket = s.slack, s.slack.Socket
	}
	s.web, err = web.New(web.Options{
		SlackApp: fromSlack, Slack: connection,
		Packages: sys.Packages, Auth: sys.Auth, Ledger: sys.Outbox, Comms: sys.Comms, Desk: sys.Desk, Jobs: sys.Runner, Rules: sys.Rules, Mine: sys.Reminders, Ping: sys.Store.Ping,
		Log: o.Log, Now: o.Now, Zone: o.Config.Zone, BaseURL: o.Config.BaseURL, LocalSignIn: o.Config.LocalSignIn,
		Proxies: o.Config.TrustedProxies, Version: o.Version, Annexa: sys.Annexa, Check: o.Check,
	})
	if err != nil {
		return err
	}
	if sys.Store.Embedded() && o.Command != nil {
		s.control, err = startControl(o.Config.DataDir, o.Command(sys))
	}
	return err
}

// deliverEvery is how often the communications plan is looked at, and the outbox unless
// leases are short.
const deliverEvery = 5 * time.Second

// Start begins to answer requests, run jobs and deliver messages.
func (s *Server) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go func() { s.served <- s.web.Serve(s.listen) }()
	s.System.Runner.Start()
	if s.slack != nil {
		s.slack.Listen()
	}
	// Beginning a sending to thousands takes seconds, in which others are delivered.
	s.deliver.Go(func() {
		s.again(ctx, deliverEvery, s.System.Comms.Woken(), "comms", "the communications plan cannot go on", s.System.Comms.Work)
	})
	s.deliver.Go(func() {
		s.again(ctx, s.every, s.System.Outbox.Woken(), "notifications", "the outbox cannot be emptied", func(ctx context.Context) error {
			_, err := s.System.Outbox.Deliver(ctx)
			return err
		})
	})
}

// again does something every so often, and when it is woken, until ctx ends.
func (s *Server) again(ctx context.Context, every time.Duration, woken <-chan struct{}, category, failed string, do func(ctx context.Context) error) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.System.Log.Error(failed, "category", category, "error", err)
		}
		select {
		case <-t.C:
		case <-woken:
		case <-ctx.Done():
			return
		}
	}
}

// Addr is the address taken: of use when the port was 0.
func (s *Server) Addr() string { return s.listen.Addr().String() }

// SlackSocket says how the web socket to Slack stands.
func (s *Server) SlackSocket() notifications.SocketState {
	if s.slack == nil {
		return notifications.SocketState{}
	}
	return s.slack.Socket()
}

// SlackBusy reports whether something that came from Slack is still worked on.
func (s *Server) SlackBusy() bool { return s.slack != nil && s.slack.Busy() }

// Web is the web application, for those who look at its routes.
func (s *Server) Web() *web.Server { return s.web }

// Failed gives the error that ended HTTP, should it end by itself.
func (s *Server) Failed() <-chan error { return s.served }

// How long each part may take to stop. Together they stay under the 30 seconds
// that container platforms give.
const (
	stopHTTP    = 8 * time.Second
	stopChecks  = 2 * time.Second
	stopSlack   = 3 * time.Second
	stopJobs    = 6 * time.Second
	stopSends   = 5 * time.Second
	stopStorage = 5 * time.Second
)

// Stop ends checks, HTTP, then jobs, then sends, then the database, each bounded in
// time. It may be called twice.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		var errs []error
		step := func(what string, limit time.Duration, do func(ctx context.Context) error) {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			if err := do(ctx); err != nil {
				errs = append(errs, fmt.Errorf("stopping %s: %w", what, err))
			}
		}
		s.web.EndChecks()
		step("HTTP", stopHTTP, func(ctx context.Context) error {
			err := s.web.App.ShutdownWithContext(ctx)
			// Stopped before it began, HTTP would begin after all.
			if closeErr := s.listen.Close(); !errors.Is(closeErr, net.ErrClosed) {
				err = errors.Join(err, closeErr)
			}
			return err
		})
		step("checks", stopChecks, s.web.Stop)
		if s.control != nil {
			step("the control socket", stopHTTP, s.control.stop)
		}
		if s.slack != nil {
			step("what came from Slack", stopSlack, s.slack.Stop)
		}
		step("jobs", stopJobs, s.System.Runner.Stop)
		step("sends", stopSends, func(ctx context.Context) error {
			if s.cancel != nil {
				s.cancel()
			}
			done := make(chan struct{})
			go func() { s.deliver.Wait(); close(done) }()
			select {
			case <-done:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		step("the database", stopStorage, s.System.Close)
		s.stopErr = errors.Join(errs...)
	})
	return s.stopErr
}
