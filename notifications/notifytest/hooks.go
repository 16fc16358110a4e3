package notifytest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Reply is what came to an address that Slack gave for replies.
type Reply struct {
	URL, Channel, User              string
	Ephemeral                       bool
	ReplaceOriginal, DeleteOriginal bool
	Text                            string
	Blocks                          []map[string]any
	Timestamp                       string
}

// hook is an address for replies.
type hook struct {
	user, channel string
	post          *Posted // the message in which something was pressed; nil for none
	at            time.Time
	used          int
}

// An address lasts half an hour and takes five replies.
const (
	hookFor  = 30 * time.Minute
	hookUses = 5
)

const hookPath = "/hook/"

func (s *Slack) newHook(h hook) string {
	h.at = time.Now()
	id := rand.Text()
	s.hooks[id] = &h
	return strings.TrimSuffix(s.URL, "/api/") + hookPath + id
}

// Replies gives what came to addresses for replies, oldest first.
func (s *Slack) Replies() []Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.replied)
}

func (s *Slack) serveHook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hooks[strings.TrimPrefix(r.URL.Path, hookPath)]
	var raw map[string]any
	switch {
	case h == nil || time.Since(h.at) > hookFor || h.used == hookUses:
		http.Error(w, "used_url", http.StatusNotFound)
		return
	case err != nil || json.Unmarshal(body, &raw) != nil:
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	reply := Reply{
		URL: r.URL.Path, Channel: h.channel, User: h.user, Ephemeral: raw["response_type"] != "in_channel", Text: str(raw["text"]),
		Blocks: objects(raw["blocks"]), ReplaceOriginal: raw["replace_original"] == true, DeleteOriginal: raw["delete_original"] == true,
	}
	if err := CheckBlocks(reply.Blocks); err != nil || reply.Text == "" {
		s.refused = append(s.refused, fmt.Errorf("a reply %q: %v", reply.Text, err))
		http.Error(w, "invalid_blocks", http.StatusBadRequest)
		return
	}
	h.used++
	reply.Blocks = s.withIDs(reply.Blocks)
	s.counter++
	reply.Timestamp = fmt.Sprintf("%d.%06d", s.now().Unix(), s.counter%1e6)
	s.replied = append(s.replied, reply)
	if h.post != nil && reply.ReplaceOriginal {
		h.post.Text, h.post.Blocks = reply.Text, reply.Blocks
		h.post.Edits++
	}
	io.WriteString(w, "ok")
}
