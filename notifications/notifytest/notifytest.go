// Package notifytest is a stand-in for Slack: a real HTTP server that checks
// what Slack checks and fails as Slack fails.
package notifytest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// Posted is one message that reached Slack.
type Posted struct {
	Channel, Timestamp, Text string
	EventType, Key           string // of its metadata
	Blocks                   []map[string]any
	Edits                    int // how often chat.update changed it
}

// Channel is a channel of the stand-in.
type Channel struct {
	ID, Name string
	Archived bool
	Without  bool // the app is not in it
}

// Slack is the stand-in. Its fields are set before it is called.
type Slack struct {
	URL      string
	Channels []Channel
	// Now is Slack's clock. Left out, messages carry the machine's time, and
	// history is given however old it is: for tests that move a clock of their own.
	Now func() time.Time

	server  *httptest.Server
	mu      sync.Mutex
	token   string
	users   map[string]string // e-mail address to user id
	posts   []Posted
	faults  []Fault
	calls   []string
	counter int
}

// Fault is what one coming call does in place of its work.
type Fault struct {
	Method     string // "chat.postMessage"; empty for any
	Status     int    // an HTTP status, with RetryAfter for 429
	RetryAfter int    // seconds
	Error      string // Slack's own error, in an answer of 200
	Lost       bool   // do the work, then break the connection
	Hang       bool   // do the work, then answer nothing until the caller has gone
	Body       string // an answer of 200 that is not Slack's, as a proxy gives
}

// New starts a stand-in that takes one token and knows some people.
func New(t testing.TB, token string, emails ...string) *Slack {
	t.Helper()
	s := &Slack{token: token, users: map[string]string{}}
	for i, e := range emails {
		s.users[e] = fmt.Sprintf("U%04d", i+1)
	}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.server.Close)
	s.URL = s.server.URL + "/api/"
	return s
}

// Close takes the stand-in away before the test ends: nobody listens any more.
func (s *Slack) Close() { s.server.Close() }

// Fail adds faults for coming calls, used up in order.
func (s *Slack) Fail(f ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f...)
}

// Posts gives every message that reached Slack.
func (s *Slack) Posts() []Posted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Posted(nil), s.posts...)
}

// Calls gives the methods called, in order.
func (s *Slack) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.calls...)
}

func (s *Slack) serve(w http.ResponseWriter, r *http.Request) {
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f, out := s.handle(method, r)
	switch {
	case f.Status != 0:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		w.WriteHeader(f.Status)
	case f.Body != "":
		io.WriteString(w, f.Body)
	case f.Hang:
		<-r.Context().Done()
	case f.Lost:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	default:
		answer(w, out)
	}
}

// handle gives the fault that a call is to meet, and the answer where it has one.
func (s *Slack) handle(method string, r *http.Request) (f Fault, out map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, method)
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return f.Method == "" || f.Method == method })
	if i >= 0 {
		f = s.faults[i]
		s.faults = slices.Delete(s.faults, i, i+1)
	}
	switch {
	case f.Status != 0 || f.Body != "":
		return f, nil
	case f.Error != "":
		return f, fails(f.Error)
	}
	return f, s.do(method, r)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func fails(err string) map[string]any { return map[string]any{"ok": false, "error": err} }

func (s *Slack) do(method string, r *http.Request) map[string]any {
	if r.Form.Get("token") != s.token && r.Header.Get("Authorization") != "Bearer "+s.token {
		return fails("invalid_auth")
	}
	switch method {
	case "auth.test":
		return map[string]any{"ok": true, "team": "Stand-in", "user": "readiness", "user_id": "U0000", "team_id": "T0001", "bot_id": "B0001"}
	case "users.lookupByEmail":
		id, ok := s.users[r.Form.Get("email")]
		if !ok {
			return fails("users_not_found")
		}
		return map[string]any{"ok": true, "user": map[string]any{"id": id}}
	case "conversations.open":
		for _, id := range s.users {
			if id == r.Form.Get("users") {
				return map[string]any{"ok": true, "channel": map[string]any{"id": "D" + id[1:]}}
			}
		}
		return fails("user_not_found")
	case "conversations.list":
		return s.list(r)
	case "chat.postMessage":
		return s.post(r)
	case "chat.update":
		return s.update(r)
	case "conversations.history":
		return s.history(r)
	}
	return fails("unknown_method")
}

// refuses gives why nothing is posted to a conversation or read from it, or "".
// Slack takes a channel's name as well where it posts: this stand-in does not, so
// that nobody rests on what the other methods do not take.
func (s *Slack) refuses(channel string) string {
	for _, id := range s.users {
		if channel == "D"+id[1:] {
			return ""
		}
	}
	i := slices.IndexFunc(s.Channels, func(c Channel) bool { return c.ID == channel })
	switch {
	case i < 0:
		return "channel_not_found"
	case s.Channels[i].Archived:
		return "is_archived"
	case s.Channels[i].Without:
		return "not_in_channel"
	}
	return ""
}

// list gives the channels in pages.
func (s *Slack) list(r *http.Request) map[string]any {
	var all []map[string]any
	for _, c := range s.Channels {
		all = append(all, map[string]any{"id": c.ID, "name": c.Name, "is_channel": true, "is_archived": c.Archived, "is_member": !c.Without})
	}
	return page(r, "channels", all)
}

// page gives the part of a list that a call asks for.
func page(r *http.Request, name string, all []map[string]any) map[string]any {
	from := int(number(r, "cursor", 0))
	to := min(from+int(min(number(r, "limit", 100), 999)), len(all))
	out := map[string]any{"ok": true, name: append([]map[string]any{}, all[min(from, to):to]...), "has_more": to < len(all)}
	if to < len(all) {
		out["response_metadata"] = map[string]any{"next_cursor": strconv.Itoa(to)}
	}
	return out
}

// number gives a number of a call, or another where it has none.
func number(r *http.Request, name string, otherwise float64) float64 {
	if n, err := strconv.ParseFloat(r.Form.Get(name), 64); err == nil {
		return n
	}
	return otherwise
}

// read checks a message as Slack does, and gives what is wrong with it as an
// answer.
func (s *Slack) read(r *http.Request) (p Posted, bad map[string]any) {
	p.Channel, p.Text = r.Form.Get("channel"), r.Form.Get("text")
	if err := json.Unmarshal([]byte(r.Form.Get("blocks")), &p.Blocks); err != nil && r.Form.Get("blocks") != "" {
		return p, fails("invalid_blocks_format")
	}
	if m := r.Form.Get("metadata"); m != "" {
		var metadata struct {
			Type    string         `json:"event_type"`
			Payload map[string]any `json:"event_payload"`
		}
		if err := json.Unmarshal([]byte(m), &metadata); err != nil || metadata.Type == "" || metadata.Payload == nil {
			return p, fails("invalid_metadata_format")
		}
		p.EventType = metadata.Type
		p.Key, _ = metadata.Payload["key"].(string)
	}
	switch {
	case s.refuses(p.Channel) != "":
		return p, fails(s.refuses(p.Channel))
	case p.Text == "": // Slack takes blocks alone; a phone then shows nothing of use
		return p, fails("no_text")
	case utf8.RuneCountInString(p.Text) > 40000:
		return p, fails("msg_too_long")
	case CheckBlocks(p.Blocks) != nil:
		return p, fails("invalid_blocks")
	}
	return p, nil
}

func (s *Slack) post(r *http.Request) map[string]any {
	p, bad := s.read(r)
	if bad != nil {
		return bad
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	s.counter++
	p.Timestamp = fmt.Sprintf("%d.%06d", now().Unix(), s.counter)
	s.posts = append(s.posts, p)
	return map[string]any{"ok": true, "channel": p.Channel, "ts": p.Timestamp}
}

// update changes a message in place; its metadata stays when none is given.
func (s *Slack) update(r *http.Request) map[string]any {
	p, bad := s.read(r)
	if bad != nil {
		return bad
	}
	p.Timestamp = r.Form.Get("ts")
	i := slices.IndexFunc(s.posts, func(old Posted) bool { return old.Channel == p.Channel && old.Timestamp == p.Timestamp })
	if i < 0 {
		return fails("message_not_found")
	}
	if p.EventType == "" {
		p.EventType, p.Key = s.posts[i].EventType, s.posts[i].Key
	}
	p.Edits = s.posts[i].Edits + 1
	s.posts[i] = p
	return map[string]any{"ok": true, "channel": p.Channel, "ts": p.Timestamp, "text": p.Text}
}

// history gives a conversation newest first, in pages.
func (s *Slack) history(r *http.Request) map[string]any {
	if why := s.refuses(r.Form.Get("channel")); why != "" && why != "is_archived" { // what was archived can be read
		return fails(why)
	}
	var found []map[string]any
	for _, p := range slices.Backward(s.posts) {
		ts, err := strconv.ParseFloat(p.Timestamp, 64)
		old := s.Now != nil && (err != nil || ts <= number(r, "oldest", 0))
		if p.Channel != r.Form.Get("channel") || old {
			continue
		}
		m := map[string]any{"type": "message", "ts": p.Timestamp, "text": p.Text}
		if all := r.Form.Get("include_all_metadata"); p.EventType != "" && (all == "1" || all == "true") {
			m["metadata"] = map[string]any{"event_type": p.EventType, "event_payload": map[string]any{"key": p.Key}}
		}
		found = append(found, m)
	}
	return page(r, "messages", found)
}
