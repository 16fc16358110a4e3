package notifytest

import (
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault is what one coming call does in place of its work.
type Fault struct {
	Method     string // "chat.postMessage"; empty for any
	Status     int    // an HTTP status, with RetryAfter for 429
	RetryAfter int    // seconds; 0 leaves the header out
	Error      string // Slack's own error, in an answer of 200
	After      bool   // with Status or Error: do the work first
	Lost       bool   // do the work, then break the connection
	Hang       bool   // do the work, then answer nothing until the caller has gone
	Body       string // an answer of 200 that is not Slack's, as a proxy gives
}

// before reports whether the call's work is left undone.
func (f Fault) before() bool {
	return (f.Status != 0 || f.Error != "") && !f.After || f.Body != ""
}

// kind is the fault in words, without its method.
func (f Fault) kind() string {
	when := "before the work"
	if f.After {
		when = "after the work"
	}
	switch {
	case f.Hang:
		return "no answer after the work"
	case f.Lost:
		return "connection broken after the work"
	case f.Body != "":
		return "an answer that is not Slack's"
	case f.Error != "":
		return f.Error + " " + when
	case f.Status == http.StatusTooManyRequests && f.RetryAfter == 0:
		return "429 without Retry-After"
	case f.Status == http.StatusTooManyRequests:
		return "429 with Retry-After"
	}
	return strconv.Itoa(f.Status) + " " + when
}

// answer gives the caller what the fault leaves of an answer.
func (f Fault) answer(w http.ResponseWriter, r *http.Request, out map[string]any) {
	switch {
	case f.Hang:
		<-r.Context().Done()
	case f.Lost:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	case f.Status == http.StatusTooManyRequests:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(f.Status)
		io.WriteString(w, `{"ok":false,"error":"ratelimited"}`)
	case f.Status != 0: // Slack's own pages are HTML
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(f.Status)
		io.WriteString(w, "<!DOCTYPE html><title>Server Error | Slack</title>")
	case f.Body != "":
		io.WriteString(w, f.Body)
	default:
		answer(w, out)
	}
}

// Fail adds faults for coming calls, used up in order.
func (s *Slack) Fail(f ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f...)
}

// Faults gives how often calls met each kind of fault, in words, and were held
// to a limit.
func (s *Slack) Faults() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.met)
}

// fault gives the fault of a call; its zero when it has none. The lock is held.
func (s *Slack) fault(method string) (f Fault) {
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return f.Method == "" || f.Method == method })
	switch {
	case i >= 0:
		f = s.faults[i]
		s.faults = slices.Delete(s.faults, i, i+1)
	case s.chaos != nil:
		f = s.chaos.draw()
	}
	if f != (Fault{}) {
		s.met[f.kind()]++
	}
	return f
}

// Chaos makes calls go wrong at random, whatever their method, in the ways that
// Slack does. What Fail asked for comes first.
type Chaos struct {
	Seed  uint64
	OneIn int // one call in so many; 0: none
}

type chaos struct {
	random *rand.Rand
	oneIn  int
}

func (c Chaos) start() *chaos {
	if c.OneIn <= 0 {
		return nil
	}
	return &chaos{rand.New(rand.NewPCG(c.Seed, 1)), c.OneIn}
}

// ways are the faults of chaos and how many in a hundred of them each is. The
// slow ones are rare, so that they do not hide the others.
var ways = []struct {
	hundredths int
	fault      Fault
}{
	{25, Fault{Status: http.StatusInternalServerError}},
	{20, Fault{Status: http.StatusBadGateway, After: true}},
	// Of it Slack says that part of the work may be done.
	{20, Fault{Error: "internal_error", After: true}},
	{25, Fault{Lost: true}},
	{5, Fault{Status: http.StatusTooManyRequests, RetryAfter: 1}},
	{4, Fault{Status: http.StatusTooManyRequests}},
	{1, Fault{Hang: true}},
}

func (c *chaos) draw() Fault {
	if c.random.IntN(c.oneIn) > 0 {
		return Fault{}
	}
	n := c.random.IntN(100)
	for _, w := range ways {
		if n -= w.hundredths; n < 0 {
			return w.fault
		}
	}
	panic("the faults of chaos do not make a hundred")
}

// limits are Slack's on posting.
type limits struct {
	perChannel time.Duration
	perMinute  int

	next  map[string]time.Time // when a conversation takes its next message
	until time.Time            // end of the minute that is counted
	count int
}

// wait gives how many seconds a call is to wait, and the limit it met.
func (l *limits) wait(method, channel string, now time.Time) (seconds int, why string) {
	if method != "chat.postMessage" {
		return 0, ""
	}
	if !now.Before(l.until) {
		l.until, l.count = now.Add(time.Minute), 0
	}
	switch {
	case l.perMinute > 0 && l.count >= l.perMinute:
		return whole(l.until.Sub(now)), "429 for the workspace's limit"
	case l.perChannel > 0 && now.Before(l.next[channel]):
		return whole(l.next[channel].Sub(now)), "429 for a conversation's limit"
	}
	l.count++
	l.next[channel] = now.Add(l.perChannel)
	return 0, ""
}

// whole rounds a wait up to the seconds that Retry-After is given in.
func whole(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
