package notifytest

import (
	"encoding/json"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (s *Slack) do(method string, r *http.Request) map[string]any {
	if method == "apps.connections.open" {
		return s.openSocket(r)
	}
	switch {
	case r.Form.Get("token") != s.token && r.Header.Get("Authorization") != "Bearer "+s.token:
		return fails("invalid_auth")
	case s.revoked:
		return fails("token_revoked")
	}
	if bad := s.lacks(method, r.Form.Get("channel")); bad != nil {
		return bad
	}
	switch method {
	case "auth.test":
		return map[string]any{"ok": true, "team": "Stand-in", "user": "readiness", "user_id": "U0000", "team_id": "T0001", "bot_id": "B0001"}
	case "users.lookupByEmail":
		return s.lookup(r)
	case "users.info":
		return s.info(r)
	case "views.open":
		return s.openView(r)
	case "views.update":
		return s.updateView(r)
	case "views.publish":
		return s.publishView(r)
	case "conversations.open":
		id, ok := s.directs[r.Form.Get("users")]
		if !ok {
			return fails("user_not_found")
		}
		return map[string]any{"ok": true, "channel": map[string]any{"id": id}}
	case "conversations.list":
		return s.list(r)
	case "conversations.history":
		return s.history(r)
	case "conversations.replies":
		return s.replies(r)
	case "chat.postMessage":
		return s.post(r)
	case "chat.update":
		return s.update(r)
	case "chat.getPermalink":
		return s.permalink(r)
	}
	return fails("unknown_method")
}

// refuses gives why nothing is posted to a conversation or read from it, or "".
// Slack takes a channel's name as well where it posts: this stand-in does not, so
// that nobody rests on what the other methods do not take.
func (s *Slack) refuses(channel string) string {
	if number, ok := strings.CutPrefix(channel, "D"); ok && s.directs["U"+number] != "" {
		return ""
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

// unreadable gives why a conversation cannot be read, or "". What was archived can.
func (s *Slack) unreadable(channel string) string {
	if why := s.refuses(channel); why != "is_archived" {
		return why
	}
	return ""
}

// list gives the channels in pages.
func (s *Slack) list(r *http.Request) map[string]any {
	var all []map[string]any
	for _, c := range s.Channels {
		all = append(all, map[string]any{"id": c.ID, "name": c.Name, "is_channel": true, "is_archived": c.Archived, "is_member": !c.Without})
	}
	from := min(number(r, "cursor", 0), len(all))
	to := min(from+limit(r, 100), len(all))
	return page("channels", all[from:to], strconv.Itoa(to), to < len(all))
}

// page is a part of a list, as an answer; next is the cursor where there is more.
func page(name string, part []map[string]any, next string, more bool) map[string]any {
	out := map[string]any{"ok": true, name: append([]map[string]any{}, part...), "has_more": more}
	if more {
		out["response_metadata"] = map[string]any{"next_cursor": next}
	}
	return out
}

// number gives a number of a call, or another where it has none.
func number(r *http.Request, name string, otherwise int) int {
	if n, err := strconv.Atoi(r.Form.Get(name)); err == nil && n >= 0 {
		return n
	}
	return otherwise
}

// limit is how many a call asks for.
func limit(r *http.Request, otherwise int) int {
	return min(max(number(r, "limit", otherwise), 1), 999)
}

func yes(r *http.Request, name string) bool {
	v := r.Form.Get(name)
	return v == "1" || v == "true"
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

var timestamp = regexp.MustCompile(`^\d+\.\d{6}$`)

// post posts a message. A thread_ts that names no message of the top level is
// taken all the same, as Slack takes it: the message is then shown nowhere, and
// no method gives it. (slackapi/python-slack-sdk issue 840; node-slack-sdk 780.)
func (s *Slack) post(r *http.Request) map[string]any {
	p, bad := s.read(r)
	if bad != nil {
		return bad
	}
	p.ThreadTS = r.Form.Get("thread_ts")
	if p.ThreadTS != "" && !timestamp.MatchString(p.ThreadTS) {
		return fails("invalid_thread_ts")
	}
	p.Blocks = s.withIDs(p.Blocks)
	kept := s.keep(p)
	return map[string]any{"ok": true, "channel": kept.Channel, "ts": kept.Timestamp, "message": s.shown(kept, false)}
}

// update changes a message in place; its metadata stays when none is given.
func (s *Slack) update(r *http.Request) map[string]any {
	p, bad := s.read(r)
	if bad != nil {
		return bad
	}
	old := s.room(p.Channel).all[r.Form.Get("ts")]
	switch {
	case old == nil:
		return fails("message_not_found")
	case old.By != "":
		return fails("cant_update_message")
	}
	if p.EventType != "" {
		old.EventType, old.Key = p.EventType, p.Key
	}
	old.Text, old.Blocks = p.Text, s.withIDs(p.Blocks)
	old.Edits++
	return map[string]any{"ok": true, "channel": p.Channel, "ts": old.Timestamp, "text": p.Text}
}

func (s *Slack) permalink(r *http.Request) map[string]any {
	channel, ts := r.Form.Get("channel"), r.Form.Get("message_ts")
	if why := s.unreadable(channel); why != "" {
		return fails(why)
	}
	if s.room(channel).all[ts] == nil {
		return fails("message_not_found")
	}
	return map[string]any{"ok": true, "channel": channel, "permalink": "https://stand-in.slack.com/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")}
}

// shown is a message as Slack gives it: one with replies says so.
func (s *Slack) shown(p *Posted, metadata bool) map[string]any {
	m := map[string]any{"type": "message", "ts": p.Timestamp, "text": p.Text, "user": "U0000", "bot_id": "B0001"}
	if p.By != "" {
		m["user"] = p.By
		delete(m, "bot_id")
	}
	if metadata && p.EventType != "" {
		m["metadata"] = map[string]any{"event_type": p.EventType, "event_payload": map[string]any{"key": p.Key}}
	}
	if replies := s.room(p.Channel).threads[p.Timestamp]; p.ThreadTS == "" && len(replies) > 0 {
		m["thread_ts"], m["reply_count"], m["latest_reply"] = p.Timestamp, len(replies), replies[len(replies)-1].Timestamp
	}
	if p.ThreadTS != "" {
		m["thread_ts"] = p.ThreadTS
	}
	return m
}

// micro is a timestamp as a number; 0 for what is none.
func micro(ts string) int64 {
	whole, part, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(whole+(part + "000000")[:6], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// within reports whether a message is in the time that a call asks for, both
// ends left out unless it says inclusive.
func (s *Slack) within(r *http.Request, p *Posted) bool {
	if s.Now == nil {
		return true
	}
	at := micro(p.Timestamp)
	oldest, latest := micro(r.Form.Get("oldest")), int64(math.MaxInt64)
	if l := r.Form.Get("latest"); l != "" {
		latest = micro(l)
	}
	return oldest < at && at < latest || yes(r, "inclusive") && (at == oldest || at == latest)
}

// history gives what stands at the top level of a conversation, newest first, in
// pages: not the replies in threads. A cursor is a place in time, so that what is
// posted meanwhile moves nothing.
func (s *Slack) history(r *http.Request) map[string]any {
	channel := r.Form.Get("channel")
	if why := s.unreadable(channel); why != "" {
		return fails(why)
	}
	var part []map[string]any
	var last string
	for _, p := range slices.Backward(s.room(channel).top) {
		if c := r.Form.Get("cursor"); c != "" && micro(p.Timestamp) >= micro(c) || !s.within(r, p) {
			continue
		}
		if len(part) == limit(r, 100) {
			return page("messages", part, last, true)
		}
		part, last = append(part, s.shown(p, yes(r, "include_all_metadata"))), p.Timestamp
	}
	return page("messages", part, "", false)
}

// replies gives a thread, oldest first, in pages. The message that began it comes
// first on every page, whatever time is asked for, as it does at Slack's.
func (s *Slack) replies(r *http.Request) map[string]any {
	channel := r.Form.Get("channel")
	if why := s.unreadable(channel); why != "" {
		return fails(why)
	}
	room := s.room(channel)
	root := room.all[r.Form.Get("ts")]
	if root != nil && root.ThreadTS != "" { // any message of a thread stands for it
		root = room.all[root.ThreadTS]
	}
	if root == nil || root.ThreadTS != "" {
		return fails("thread_not_found")
	}
	metadata := yes(r, "include_all_metadata")
	part := []map[string]any{s.shown(root, metadata)}
	var last string
	for _, p := range room.threads[root.Timestamp] {
		if c := r.Form.Get("cursor"); c != "" && micro(p.Timestamp) <= micro(c) || !s.within(r, p) {
			continue
		}
		if len(part) > max(limit(r, 999)-1, 1) {
			return page("messages", part, last, true)
		}
		part, last = append(part, s.shown(p, metadata)), p.Timestamp
	}
	return page("messages", part, "", false)
}
