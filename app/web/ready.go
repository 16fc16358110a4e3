package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"readiness/schedules"
)

func (s *Server) livez(c *fiber.Ctx) error { return c.SendString("ok\n") }

// jsonReady is what /readyz answers. It is open to everybody, so it names no host.
type jsonReady struct {
	Title    string         `json:"title,omitempty"` // these three make it a problem document when it is not ready
	Status   int            `json:"status,omitempty"`
	Detail   string         `json:"detail,omitempty"`
	Ready    bool           `json:"ready"`
	Database string         `json:"database"`
	Ticks    *jsonTicks     `json:"ticks,omitempty"`
	LateJobs *[]jsonLateJob `json:"late_jobs,omitempty"`
	Copies   *[]jsonCopy    `json:"copies,omitempty"`
}

type jsonTicks struct {
	Last       *time.Time `json:"last"` // null before the first
	AgeSeconds int        `json:"age_seconds"`
	Late       bool       `json:"late"`
}

type jsonLateJob struct {
	Job     string    `json:"job"`
	Instant time.Time `json:"instant"`
}

type jsonCopy struct {
	StartedAt time.Time `json:"started_at"`
	TickAt    time.Time `json:"tick_at"`
	Late      bool      `json:"late"`
}

// tickStuck is how long this copy may go without looking at the schedules before
// it counts as not ready. A look that is late by less mends itself, as when the
// database was away; and pages are served all the same, so that a copy is not
// taken out for it. One that is later by this much is stuck, and starting the
// process again is what helps. Late jobs and other copies' ticks are told, and no
// reason to take out this one.
const tickStuck = 5 * time.Minute

// readyz says whether requests can be served, which is that the database answers
// and this copy still looks at the schedules; and how the schedules stand.
func (s *Server) readyz(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 3*time.Second)
	defer cancel()
	r := jsonReady{Database: "answers"}
	if err := s.Ping(ctx); err != nil {
		r.Database, r.Detail = "does not answer", "The database does not answer"
		return s.notReady(c, r, err)
	}
	h, err := s.Jobs.Health(ctx)
	r.Ticks = &jsonTicks{AgeSeconds: int(h.TickAge.Seconds()), Late: h.TickLate}
	if !h.LastTick.IsZero() {
		r.Ticks.Last = &h.LastTick
	}
	if err != nil {
		s.Log.Warn("how the schedules stand cannot be read", "category", "web", "request", requestID(c), "error", err)
	} else {
		late, copies := []jsonLateJob{}, []jsonCopy{}
		for _, j := range h.Late {
			late = append(late, jsonLateJob{j.Job, j.Instant})
		}
		for _, c := range h.Copies {
			copies = append(copies, jsonCopy{c.StartedAt, c.TickAt, c.Late})
		}
		r.LateJobs, r.Copies = &late, &copies
	}
	if h.TickAge > tickStuck {
		r.Detail = fmt.Sprintf("This copy has not looked at the schedules for %d minutes: start it again", int(h.TickAge.Minutes()))
		return s.notReady(c, r, err)
	}
	r.Ready = true
	return sendJSON(c, http.StatusOK, r)
}

func (s *Server) notReady(c *fiber.Ctx, r jsonReady, err error) error {
	r.Title, r.Status = http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable
	s.Log.Error("not ready", "category", "web", "request", requestID(c), "detail", r.Detail, "error", err)
	body, jsonErr := json.Marshal(r)
	if jsonErr != nil {
		return jsonErr
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Status(r.Status).Send(body)
}

// jobMetrics asks how the schedules stand each time metrics are read. Without the
// database, the number of late jobs is left out.
type jobMetrics struct {
	health func(ctx context.Context) (schedules.Health, error)
}

var (
	tickAgeDesc  = prometheus.NewDesc("readiness_tick_age_seconds", "Time since this copy last looked at the schedules and could; since its start before the first time.", nil, nil)
	jobsLateDesc = prometheus.NewDesc("readiness_jobs_late", "Times of jobs that passed over ten minutes ago and have not come to their end.", nil, nil)
)

// Describe implements prometheus.Collector.
func (m jobMetrics) Describe(out chan<- *prometheus.Desc) {
	out <- tickAgeDesc
	out <- jobsLateDesc
}

// Collect implements prometheus.Collector.
func (m jobMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	h, err := m.health(ctx)
	out <- prometheus.MustNewConstMetric(tickAgeDesc, prometheus.GaugeValue, h.TickAge.Seconds())
	if err == nil {
		out <- prometheus.MustNewConstMetric(jobsLateDesc, prometheus.GaugeValue, float64(len(h.Late)))
	}
}
