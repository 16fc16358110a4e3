package web

import (
	"context"
	"net/url"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"readiness/notifications"
	"readiness/workpackages"
)

// recent keeps for a while what is dear to find out; those who ask at once wait for
// one answer.
type recent[T any] struct {
	keep  time.Duration
	mu    sync.Mutex
	known bool
	at    time.Time
	value T
}

func (r *recent[T]) get(now time.Time, find func() (T, error)) (T, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// A clock that was set back must not keep it for ever.
	if age := now.Sub(r.at); r.known && age >= 0 && age < r.keep {
		return r.value, nil
	}
	v, err := find()
	if err != nil {
		return v, err
	}
	r.known, r.at, r.value = true, now, v
	return v, nil
}

func (r *recent[T]) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = false
}

// standingFor is how long the standing of the outbox is kept, and unsentFor how long
// the count of what could not be sent: on the embedded engine that reads the ledger.
const (
	standingFor = 10 * time.Second
	unsentFor   = 5 * time.Minute
)

// lookedBack is how many days of messages the dashboard speaks for.
const lookedBack = 7

// standing is how the outbox stands, now or a moment ago.
func (s *Server) standing(ctx context.Context) (notifications.Standing, error) {
	return s.outbox.get(s.Now(), func() (notifications.Standing, error) { return s.Ledger.Standing(ctx) })
}

// messageNews is what the dashboard says of messages: nothing when all is well.
type messageNews struct {
	Unsent    int    // messages of the last days that could not be sent
	UnsentURL string // where they are listed
	Overdue   int    // messages that wait for too long
	Held      string // until when Slack asked to be left alone; empty: it did not
}

// messageNews gives what an assistant director should know of messages, or nil.
func (s *Server) messageNews(c *fiber.Ctx) (*messageNews, error) {
	if actorOf(c).Role != workpackages.AssistantDirector {
		return nil, nil
	}
	from := s.today().AddDays(-lookedBack)
	t := from.Time()
	since := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, s.Zone)
	unsent, err := s.unsent.get(s.Now(), func() (int, error) {
		dead, err := s.Ledger.Messages(c.UserContext(), notifications.Filter{State: notifications.Dead, Since: since})
		n := 0
		for _, m := range dead {
			if m.Op == notifications.Post { // a change that failed has kept nothing from anybody
				n++
			}
		}
		return n, err
	})
	if err != nil {
		return nil, err
	}
	st, err := s.standing(c.UserContext())
	if err != nil || unsent == 0 && st.Overdue == 0 {
		return nil, err
	}
	news := &messageNews{Unsent: unsent, Overdue: st.Overdue,
		UnsentURL: "/messages?" + url.Values{"state": {string(notifications.Dead)}, "from": {string(from)}}.Encode()}
	if st.HeldUntil.After(s.Now()) {
		news.Held = st.HeldUntil.In(s.Zone).Format("15:04")
	}
	return news, nil
}

// outboxMetrics tells the machines that watch how the outbox stands. Looking through
// the ledger for them would be too dear on the embedded engine; the queue is small.
type outboxMetrics struct {
	s       *Server
	started time.Time
}

var (
	outboxWaiting = prometheus.NewDesc("readiness_outbox_waiting", "Messages that are due or being tried.", nil, nil)
	outboxOverdue = prometheus.NewDesc("readiness_outbox_overdue", "Messages that wait for longer than 15 minutes.", nil, nil)
	outboxAge     = prometheus.NewDesc("readiness_outbox_age_seconds", "Time since this process last went through the outbox, or since it started.", nil, nil)
)

func (o outboxMetrics) Describe(ch chan<- *prometheus.Desc) {
	ch <- outboxWaiting
	ch <- outboxOverdue
	ch <- outboxAge
}

// Collect leaves the figures out when the database does not answer: the others must
// still be told, and no figure is what an alert should look for.
func (o outboxMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	st, err := o.s.standing(ctx)
	if err != nil {
		o.s.Log.Error("the outbox cannot be looked at", "category", "web", "error", err)
		return
	}
	looked := st.Looked
	if looked.IsZero() {
		looked = o.started
	}
	tell := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	tell(outboxWaiting, float64(st.Waiting))
	tell(outboxOverdue, float64(st.Overdue))
	tell(outboxAge, max(o.s.Now().Sub(looked).Seconds(), 0))
}
