package web

import (
	"crypto/rand"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts requests by route, never by address: a path may name a package.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	checks   *prometheus.CounterVec
	checking prometheus.Histogram
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "readiness_http_request_seconds",
			Help:    "Time to answer a request, by route and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 15},
		}, []string{"method", "route", "status"}),
		checks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "readiness_annexa_checks_total",
			Help: "Annexe A checks, by outcome.",
		}, []string{"outcome"}),
		checking: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "readiness_annexa_check_seconds",
			Help:    "Time to check a return, with its wait for others.",
			Buckets: []float64{.1, .5, 1, 2, 5, 10, 30, 60, 120, 300},
		}),
	}
	m.registry.MustRegister(m.requests, m.checks, m.checking, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// checked counts one Annexe A check.
func (m *metrics) checked(outcome string, took time.Duration) {
	m.checks.WithLabelValues(outcome).Inc()
	m.checking.Observe(took.Seconds())
}

func (m *metrics) handler() fiber.Handler {
	return adaptor.HTTPHandler(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
}

// observe logs and counts each request once, whatever became of it.
func (s *Server) observe(c *fiber.Ctx) error {
	start := time.Now()
	id := rand.Text()[:12]
	c.Set("X-Request-Id", id)
	if err := c.Next(); err != nil {
		if err := s.App.ErrorHandler(c, err); err != nil {
			return err
		}
	}
	took, status := time.Since(start), c.Response().StatusCode()
	s.metrics.requests.WithLabelValues(c.Method(), routeOf(c), strconv.Itoa(status)).Observe(took.Seconds())
	level := slog.LevelInfo
	if route := routeOf(c); route == "/static/*" || route == "/livez" || route == "/readyz" || route == "/metrics" {
		level = slog.LevelDebug // machines ask for these all day
	}
	s.Log.Log(c.UserContext(), level, "request", "category", "web", "request", id, "method", c.Method(), "route", routeOf(c), "status", status, "took", took, "by", actorOf(c).ID)
	return nil
}

func requestID(c *fiber.Ctx) string { return string(c.Response().Header.Peek("X-Request-Id")) }

// routeOf is the route's pattern: sign-in links and ids stay out of logs.
func routeOf(c *fiber.Ctx) string {
	if r := c.Route(); r != nil && r.Path != "" && (r.Path != "/" || c.Path() == "/") {
		return r.Path
	}
	if strings.HasPrefix(c.Path(), "/static/") {
		return "/static/*"
	}
	return "(none)"
}
