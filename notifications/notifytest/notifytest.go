// Package notifytest is a stand-in for Slack: a real HTTP server that checks
// what Slack checks and fails as Slack fails.
package notifytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Posted is one message that reached Slack.
type Posted struct {
	Channel, Timestamp, Text string
	ThreadTS                 string // of the message it replies to; empty at the top level
	EventType, Key           string // of its metadata
	Blocks                   []map[string]any
	Edits                    int    // how often chat.update changed it
	By                       string // the person who wrote it; empty for the app
}

// Channel is a channel of the stand-in.
type Channel struct {
	ID, Name string
	Archived bool
	Without  bool // the app is not in it
}

// Options is what a stand-in is like. What is left out is off.
type Options struct {
	Emails     []string // of the people it knows
	Channels   []Channel
	Now        func() time.Time // see Slack
	PerChannel time.Duration    // one message in so long in each conversation; Slack's is a second
	PerMinute  int              // messages in the whole workspace; Slack's is several hundred
	Chaos      Chaos
	Scopes     []string // that the token was granted; nil: everything
	AppToken   string   // the app-level token; empty: there is none, and no socket
}

// Slack is the stand-in. Its fields are set before it is called.
type Slack struct {
	URL      string
	Channels []Channel
	// Now is Slack's clock. Left out, messages carry the machine's time, and
	// history is given however old it is: for tests that move a clock of their own.
	Now func() time.Time

	token    string
	appToken string
	serving  *http.Server

	mu      sync.Mutex
	limits  limits
	chaos   *chaos
	posts   []*Posted
	rooms   map[string]*room
	faults  []Fault
	met     map[string]int // faults by kind
	calls   []string
	counter int

	people              map[string]User
	directs             map[string]string // user id to the direct conversation
	scopes              []string
	revoked, appRevoked bool
	triggers            map[string]*trigger
	modals              map[string][]*View // by user, the one on top last
	homes               map[string]*View
	refused             []error
	hooks               map[string]*hook
	replied             []Reply
	tickets             map[string]bool
	sockets             map[*socket]bool
	envelopes           map[string]chan json.RawMessage
	lastEnvelope        string
	loseAck, silent     bool
}

// room is what is in one conversation.
type room struct {
	top     []*Posted            // oldest first
	all     map[string]*Posted   // by timestamp
	threads map[string][]*Posted // replies by the timestamp they name, oldest first
}

// Start starts a stand-in that takes one token, until Close.
func Start(token string, o Options) (*Slack, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Slack{
		URL: "http://" + l.Addr().String() + "/api/", Channels: o.Channels, Now: o.Now, token: token, appToken: o.AppToken, scopes: o.Scopes,
		people: map[string]User{}, directs: map[string]string{}, rooms: map[string]*room{}, met: map[string]int{},
		triggers: map[string]*trigger{}, modals: map[string][]*View{}, homes: map[string]*View{}, hooks: map[string]*hook{},
		tickets: map[string]bool{}, sockets: map[*socket]bool{}, envelopes: map[string]chan json.RawMessage{},
		limits: limits{perChannel: o.PerChannel, perMinute: o.PerMinute, next: map[string]time.Time{}}, chaos: o.Chaos.start(),
	}
	for i, e := range o.Emails {
		number := fmt.Sprintf("%04d", i+1)
		s.setUser(User{ID: "U" + number, Email: e, Name: e, TeamID: Team})
	}
	s.serving = &http.Server{Handler: http.HandlerFunc(s.serve), ErrorLog: log.New(io.Discard, "", 0)}
	go s.serving.Serve(l) // ends with Close
	return s, nil
}

// New starts a stand-in for one test, which takes one token and knows some people.
func New(t testing.TB, token string, emails ...string) *Slack {
	t.Helper()
	s, err := Start(token, Options{Emails: emails})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Close takes the stand-in away: nobody listens any more.
func (s *Slack) Close() {
	s.DropSockets()
	s.serving.Close()
	// A client of this process could take a connection kept open for a live one,
	// and would then not know whether what it sent arrived.
	http.DefaultClient.CloseIdleConnections()
}

// Posts gives every message that reached Slack, oldest first.
func (s *Slack) Posts() []Posted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return values(s.posts)
}

func values(posts []*Posted) []Posted {
	out := make([]Posted, len(posts))
	for i, p := range posts {
		out[i] = *p
	}
	return out
}

// Count is how many messages reached Slack.
func (s *Slack) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.posts)
}

// TimesPosted gives how often each key was posted.
func (s *Slack) TimesPosted() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	times := make(map[string]int, len(s.posts))
	for _, p := range s.posts {
		if p.EventType != "" {
			times[p.Key]++
		}
	}
	return times
}

// Thread gives a message and the replies to it, oldest first.
func (s *Slack) Thread(channel, timestamp string) []Posted {
	s.mu.Lock()
	defer s.mu.Unlock()
	room := s.room(channel)
	root := room.all[timestamp]
	if root == nil {
		return nil
	}
	return append([]Posted{*root}, values(room.threads[timestamp])...)
}

// Calls gives the methods called, in order.
func (s *Slack) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Write puts a person's own message into a conversation, as a reply where thread
// names a message, and gives its timestamp.
func (s *Slack) Write(channel, thread, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.keep(Posted{Channel: channel, ThreadTS: thread, Text: text, By: "U9999"})
	return p.Timestamp
}

// room gives a conversation. The lock is held.
func (s *Slack) room(channel string) *room {
	r := s.rooms[channel]
	if r == nil {
		r = &room{all: map[string]*Posted{}, threads: map[string][]*Posted{}}
		s.rooms[channel] = r
	}
	return r
}

// keep gives a message its timestamp and its place. The lock is held.
func (s *Slack) keep(p Posted) *Posted {
	s.counter++
	p.Timestamp = fmt.Sprintf("%d.%06d", s.now().Unix(), s.counter%1e6)
	room := s.room(p.Channel)
	s.posts = append(s.posts, &p)
	room.all[p.Timestamp] = &p
	if p.ThreadTS == "" {
		room.top = append(room.top, &p)
	} else {
		room.threads[p.ThreadTS] = append(room.threads[p.ThreadTS], &p)
	}
	return &p
}

func (s *Slack) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Slack) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, socketPath):
		s.serveSocket(w, r)
		return
	case strings.HasPrefix(r.URL.Path, hookPath):
		s.serveHook(w, r)
		return
	}
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	if err := readForm(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f, out := s.handle(method, r)
	s.mu.Lock()
	if !s.silent {
		w.Header().Set("X-OAuth-Scopes", s.scopeHeader())
	}
	s.mu.Unlock()
	f.answer(w, r, out)
}

// readForm reads what a call says, which newer methods take as JSON: what is no text
// of it stays JSON.
func readForm(r *http.Request) error {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return r.ParseForm()
	}
	var all map[string]json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil && !errors.Is(err, io.EOF) { // a call may say nothing
		return err
	}
	r.Form = url.Values{}
	for name, raw := range all {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		r.Form.Set(name, text)
	}
	return nil
}

// handle gives the fault that a call is to meet, and the answer where it has one.
func (s *Slack) handle(method string, r *http.Request) (f Fault, out map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, method)
	f = s.fault(method)
	if f.before() {
		return f, fails(f.Error)
	}
	if wait, why := s.limits.wait(method, r.Form.Get("channel"), s.now()); wait > 0 {
		s.met[why]++
		return Fault{Status: http.StatusTooManyRequests, RetryAfter: wait}, nil
	}
	if out = s.do(method, r); f.Error != "" {
		out = fails(f.Error)
	}
	return f, out
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(w).Encode(v)
}

func fails(err string) map[string]any { return map[string]any{"ok": false, "error": err} }
