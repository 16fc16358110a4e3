// Package notifytest is a stand-in for Slack: a real HTTP server that checks
// what Slack checks and fails as Slack fails.
package notifytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// Posted is one message that reached Slack.
type Posted struct {
	Channel, Timestamp, Text, Key string
	Blocks                        []map[string]any
}

// Slack is the stand-in. Its fields are set before it is called.
type Slack struct {
	URL string

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
}

// New starts a stand-in that takes one token and knows some people.
func New(t testing.TB, token string, emails ...string) *Slack {
	t.Helper()
	s := &Slack{token: token, users: map[string]string{}}
	for i, e := range emails {
		s.users[e] = fmt.Sprintf("U%04d", i+1)
	}
	srv := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(srv.Close)
	s.URL = srv.URL + "/api/"
	return s
}

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
	s.mu.Lock()
	defer s.mu.Unlock()
	method := r.URL.Path[len("/api/"):]
	s.calls = append(s.calls, method)
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var f Fault
	for i, next := range s.faults {
		if next.Method == "" || next.Method == method {
			f = next
			s.faults = append(s.faults[:i], s.faults[i+1:]...)
			break
		}
	}
	switch {
	case f.Status == http.StatusTooManyRequests:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		w.WriteHeader(f.Status)
		return
	case f.Status != 0:
		w.WriteHeader(f.Status)
		return
	case f.Error != "":
		answer(w, map[string]any{"ok": false, "error": f.Error})
		return
	}
	out := s.do(method, r)
	if f.Lost {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
		return
	}
	answer(w, out)
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
	case "chat.postMessage":
		return s.post(r)
	case "conversations.history":
		return s.history(r)
	}
	return fails("unknown_method")
}

func (s *Slack) known(channel string) bool {
	for _, id := range s.users {
		if channel == "D"+id[1:] {
			return true
		}
	}
	return false
}

func (s *Slack) post(r *http.Request) map[string]any {
	var blocks []map[string]any
	if err := json.Unmarshal([]byte(r.Form.Get("blocks")), &blocks); err != nil && r.Form.Get("blocks") != "" {
		return fails("invalid_blocks_format")
	}
	var metadata struct {
		Type    string         `json:"event_type"`
		Payload map[string]any `json:"event_payload"`
	}
	if m := r.Form.Get("metadata"); m != "" {
		if err := json.Unmarshal([]byte(m), &metadata); err != nil || metadata.Type == "" {
			return fails("invalid_metadata_format")
		}
	}
	switch {
	case !s.known(r.Form.Get("channel")):
		return fails("channel_not_found")
	case r.Form.Get("text") == "":
		return fails("no_text")
	case CheckBlocks(blocks) != nil:
		return fails("invalid_blocks")
	}
	s.counter++
	ts := fmt.Sprintf("%d.%06d", time.Now().Unix(), s.counter)
	key, _ := metadata.Payload["key"].(string)
	s.posts = append(s.posts, Posted{r.Form.Get("channel"), ts, r.Form.Get("text"), key, blocks})
	return map[string]any{"ok": true, "channel": r.Form.Get("channel"), "ts": ts}
}

func (s *Slack) history(r *http.Request) map[string]any {
	if !s.known(r.Form.Get("channel")) {
		return fails("channel_not_found")
	}
	messages := []map[string]any{}
	for i := len(s.posts) - 1; i >= 0; i-- {
		p := s.posts[i]
		if p.Channel != r.Form.Get("channel") {
			continue
		}
		m := map[string]any{"type": "message", "ts": p.Timestamp, "text": p.Text}
		if r.Form.Get("include_all_metadata") == "1" || r.Form.Get("include_all_metadata") == "true" {
			m["metadata"] = map[string]any{"event_type": "readiness_message", "event_payload": map[string]any{"key": p.Key}}
		}
		messages = append(messages, m)
	}
	return map[string]any{"ok": true, "messages": messages, "has_more": false}
}

// CheckBlocks holds blocks to Slack's limits.
func CheckBlocks(blocks []map[string]any) error {
	if len(blocks) == 0 || len(blocks) > 50 {
		return fmt.Errorf("%d blocks", len(blocks))
	}
	total := 0
	for i, b := range blocks {
		var texts []any
		limit := 3000
		switch b["type"] {
		case "header":
			texts, limit = []any{b["text"]}, 150
		case "section":
			texts = []any{b["text"]}
		case "context":
			texts, _ = b["elements"].([]any)
		case "actions":
			elements, _ := b["elements"].([]any)
			if len(elements) == 0 || len(elements) > 25 {
				return fmt.Errorf("block %d has %d elements", i, len(elements))
			}
			for _, e := range elements {
				button, _ := e.(map[string]any)
				texts, limit = append(texts, button["text"]), 75
			}
		default:
			return fmt.Errorf("block %d is a %v", i, b["type"])
		}
		for _, t := range texts {
			m, _ := t.(map[string]any)
			text, _ := m["text"].(string)
			n := utf8.RuneCountInString(text)
			if n == 0 || n > limit {
				return fmt.Errorf("block %d has %d characters", i, n)
			}
			total += n
		}
	}
	if total > 12000 {
		return fmt.Errorf("%d characters in all", total)
	}
	return nil
}
