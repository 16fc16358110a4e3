// Package web is the product as people and programs meet it: server-rendered
// pages that work without JavaScript, and a JSON API for the same things.
//
// Which role may open a route is one table, in routes.go; who may change a work
// package is decided in the domain. Handlers parse, call one service method and
// render; errors travel up to one place, errors.go.
package web

import (
	"context"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/prometheus/client_golang/prometheus"

	"readiness/app/auth"
	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/schedules"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// Auth is what the pages need to know who is asking; app/auth provides it.
type Auth interface {
	SignIn(ctx context.Context, email, password, remoteAddr string) (token string, p workpackages.Person, err error)
	LinkInfo(ctx context.Context, token string) (auth.LinkInfo, error)
	AcceptLink(ctx context.Context, token, name, email, password, remoteAddr string) (sessionToken string, p workpackages.Person, err error)
	Session(ctx context.Context, token string) (workpackages.Person, auth.Session, error)
	EndSession(ctx context.Context, token string) error
	EndSessionsOf(ctx context.Context, personID string) error
	InviteLink(ctx context.Context, personID string) (token string, expires time.Time, err error)
	TokenActor(ctx context.Context, token string) (workpackages.Actor, error)
	CSRFToken(binding string) string
	ValidCSRF(binding, token string) bool
}

// Ledger is the record of messages sent; notifications provides it.
type Ledger interface {
	Messages(ctx context.Context, f notifications.Filter) ([]notifications.Message, error)
	Message(ctx context.Context, id string) (notifications.Message, error)
	Resend(ctx context.Context, by workpackages.Actor, id string) (notifications.Message, error)
	Standing(ctx context.Context) (notifications.Standing, error)
	// Unfound gives the message of each person whom Slack did not find.
	Unfound(ctx context.Context, since time.Time) ([]notifications.Message, error)
	// Enqueue puts a message in the outbox, once for its key.
	Enqueue(ctx context.Context, m notifications.Message) (added bool, err error)
	// Wake has the outbox looked at at once.
	Wake()
}

// Jobs is the list of scheduled jobs, their runs, and whether they come to their
// end; schedules provides it.
type Jobs interface {
	Jobs(ctx context.Context) ([]schedules.JobInfo, error)
	Health(ctx context.Context) (schedules.Health, error)
	Runs(ctx context.Context, job string, limit int) ([]schedules.Run, error)
	RunNow(ctx context.Context, name string, at time.Time, dryRun bool) (schedules.Report, error)
	Between(ctx context.Context, from, to time.Time, limit int, includeOff bool) ([]schedules.Occurrence, error)
	Simulate(ctx context.Context, from, until time.Time, withOff bool) (schedules.Calendar, error)
}

// Options is everything the web needs from outside.
type Options struct {
	Packages    *workpackages.Service
	Auth        Auth
	Ledger      Ledger
	Comms       *comms.Service      // the communications plan
	Desk        *notifications.Desk // when people may be reminded
	Jobs        Jobs
	Rules       Rules
	Mine        Mine
	Ping        func(ctx context.Context) error
	Log         *slog.Logger
	Now         func() time.Time
	Zone        *time.Location
	BaseURL     string
	LocalSignIn bool
	SlackApp    SlackApp // nil: Slack sends nothing
	Slack       SlackConnection
	Proxies     []string // whose X-Forwarded-For is believed
	Version     string
	Annexa      *annexa.Settings // the council's own settings for Annexe A checks; nil: none
	// Check is the engine that reads and checks the lists of Annexe A;
	// annexa.Check when nil.
	Check func(ctx context.Context, sources []annexa.Source, o annexa.Options) (*annexa.Report, error)
	// MaxUpload is the most bytes of files in one check; 256 MB when 0.
	MaxUpload int64
}

// Server is the web application; New makes one.
type Server struct {
	Options
	App     *fiber.App
	assets  assets
	pages   pages
	metrics *metrics
	desk    *desk
	outbox  recent[notifications.Standing]
	unsent  recent[int]      // messages of the last days that could not be sent
	watched recent[[]string] // what is wrong with the schedules
	slack   recent[notifications.Connection]
	secure  bool // cookies only over HTTPS
	proxies []netip.Prefix
}

// requestTimeout bounds the work done for one request: Fiber does not see a
// client leave, so nothing else would.
const requestTimeout = 15 * time.Second

// New builds the application with every route of the table.
func New(o Options) (*Server, error) {
	s := &Server{Options: o, metrics: newMetrics(), outbox: recent[notifications.Standing]{keep: standingFor}, unsent: recent[int]{keep: unsentFor}, watched: recent[[]string]{keep: watchFor}, slack: recent[notifications.Connection]{keep: slackFor}}
	if err := s.metrics.registry.Register(outboxMetrics{s, s.Now()}); err != nil {
		return nil, err
	}
	if s.Check == nil {
		s.Check = annexa.Check
	}
	if s.MaxUpload == 0 {
		s.MaxUpload = maxUpload
	}
	s.desk = s.newDesk()
	s.metrics.registry.MustRegister(jobMetrics{o.Jobs.Health})
	if socket := o.Slack.Socket; socket != nil {
		s.metrics.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "readiness_slack_socket_connected", Help: "1 while the web socket to Slack is open, or is not wanted.",
		}, func() float64 {
			if st := socket(); st.On && !st.Connected {
				return 0
			}
			return 1
		}))
	}
	u, err := url.Parse(o.BaseURL)
	if err != nil {
		return nil, err
	}
	s.secure = u.Scheme == "https"
	if s.proxies, err = prefixes(o.Proxies); err != nil {
		return nil, err
	}
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if s.pages, err = loadPages(s.assets, o.Zone); err != nil {
		return nil, err
	}
	s.App = fiber.New(fiber.Config{
		AppName:               serviceName,
		Immutable:             true, // what a handler keeps must outlive it
		DisableStartupMessage: true,
		ReadTimeout:           15 * time.Second,
		WriteTimeout:          30 * time.Second,
		IdleTimeout:           75 * time.Second,
		ReadBufferSize:        16 << 10,
		// Bodies come as streams, whatever they hold: see body.go.
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		ErrorHandler:                 s.handleError,
	})
	server := s.App.Server()
	server.Handler = settle(server.Handler)
	s.App.Use(s.observe, recover.New(), s.harden, s.withDeadline)
	for _, r := range s.routes() {
		if r.Method == fiber.MethodGet {
			s.App.Get(r.Path, s.guard(r), r.Handler) // and HEAD
		} else {
			s.App.Add(r.Method, r.Path, s.guard(r), r.Handler)
		}
	}
	s.App.Get("/static/*", s.assets.handler())
	s.App.Use(func(*fiber.Ctx) error { return fiber.ErrNotFound })
	return s, nil
}

// contentPolicy allows our own files and nothing else: no inline script or
// style, no frames, no other site.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// harden sets the headers that every answer carries.
func (s *Server) harden(c *fiber.Ctx) error {
	c.Set("Content-Security-Policy", contentPolicy)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if s.secure {
		c.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if !strings.HasPrefix(c.Path(), "/static/") {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return c.Next()
}

// withDeadline gives the handler a context that ends.
func (s *Server) withDeadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}
