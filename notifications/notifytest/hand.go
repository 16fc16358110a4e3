package notifytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Hand is one way by which what people do reaches the app.
type Hand struct {
	slack  *Slack
	base   string // of the app; empty: through the web socket
	secret string
	last   request
}

// request is what was sent last.
type request struct {
	kind string
	body []byte // over HTTP; through the socket, the payload
	view *View  // of a form
}

// Ack is how the app answered.
type Ack struct {
	Status int
	Header http.Header
	Body   []byte
	JSON   map[string]any // nil for an empty answer
	Err    error          // what Slack's client would show, or why nothing was sent
}

// OverHTTP sends signed requests to an app.
func (s *Slack) OverHTTP(baseURL, signingSecret string) *Hand {
	return &Hand{slack: s, base: baseURL, secret: signingSecret}
}

// OverSocket sends through the web socket that the app holds open.
func (s *Slack) OverSocket() *Hand { return &Hand{slack: s} }

// ackWithin is how long Slack waits.
const ackWithin = 3 * time.Second

// send sends a request. Commands are forms over HTTP, interactions a form with a
// payload, events JSON; through a socket all are JSON.
func (h *Hand) send(kind string, payload any, v *View) Ack {
	body, err := json.Marshal(payload)
	if err != nil {
		return Ack{Err: err}
	}
	if h.base != "" {
		switch kind {
		case "commands":
			form := url.Values{}
			for name, value := range payload.(map[string]any) {
				form.Set(name, fmt.Sprint(value))
			}
			body = []byte(form.Encode())
		case "interactions":
			body = []byte(url.Values{"payload": {string(body)}}.Encode())
		}
	}
	h.last = request{kind, body, v}
	return h.deliver(0)
}

// Again sends exactly the last request once more.
func (h *Hand) Again() Ack { return h.deliver(1) }

func (h *Hand) deliver(retry int) Ack {
	began := time.Now()
	ack := Ack{}
	if h.base == "" {
		ack = h.slack.throughSocket(h.last.kind, h.last.body, retry)
	} else {
		ack = h.post(retry)
	}
	switch {
	case ack.Err != nil:
		return ack
	case time.Since(began) > ackWithin && retry == 0:
		ack.Err = errors.New("operation_timeout")
		return ack
	}
	if len(bytes.TrimSpace(ack.Body)) > 0 {
		if err := json.Unmarshal(ack.Body, &ack.JSON); err != nil {
			ack.Err = fmt.Errorf("an answer that is no JSON: %q", ack.Body)
			return ack
		}
	}
	if h.last.view != nil && ack.Status == http.StatusOK {
		ack.Err = h.slack.apply(h.last.view, ack.JSON)
	}
	return ack
}

func (h *Hand) post(retry int) Ack {
	req, err := http.NewRequest(http.MethodPost, h.base+"/slack/"+h.last.kind, bytes.NewReader(h.last.body))
	if err != nil {
		return Ack{Err: err}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if h.last.kind == "events" {
		req.Header.Set("Content-Type", "application/json")
	}
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("X-Slack-Request-Timestamp", ts)
	req.Header.Set("X-Slack-Signature", Sign(h.secret, ts, string(h.last.body)))
	if retry > 0 {
		req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(retry))
		req.Header.Set("X-Slack-Retry-Reason", "http_timeout")
	}
	client := http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return Ack{Err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return Ack{Status: res.StatusCode, Header: res.Header, Body: body, Err: err}
}

// Command types the slash command.
func (h *Hand) Command(user, channel, text string) Ack {
	s := h.slack
	s.mu.Lock()
	payload := map[string]any{
		"command": "/readiness", "text": text, "user_id": user, "user_name": strings.ToLower(user), "team_id": Team, "team_domain": "stand-in",
		"channel_id": channel, "channel_name": "a-channel", "api_app_id": "A0001", "is_enterprise_install": "false",
		"trigger_id": s.newTrigger(user), "response_url": s.newHook(hook{user: user, channel: channel}),
	}
	s.mu.Unlock()
	return h.send("commands", payload, nil)
}

// OpenHome opens the app's Home tab.
func (h *Hand) OpenHome(user string) Ack {
	s := h.slack
	s.mu.Lock()
	s.counter++
	n := s.counter
	s.mu.Unlock()
	return h.send("events", map[string]any{
		"type": "event_callback", "event_id": fmt.Sprintf("Ev%08d", n), "event_time": time.Now().Unix(), "team_id": Team, "api_app_id": "A0001",
		"event": map[string]any{"type": "app_home_opened", "user": user, "channel": "D" + strings.TrimPrefix(user, "U"), "tab": "home", "event_ts": fmt.Sprint(n)},
	}, nil)
}

// Press presses a button in a message, or chooses an option of a list in it. It is
// an error when the message, as it stands now, has no such thing to press.
func (h *Hand) Press(user string, p Posted, blockID, actionID, value string) Ack {
	s := h.slack
	s.mu.Lock()
	now := s.room(p.Channel).all[p.Timestamp]
	if now == nil {
		s.mu.Unlock()
		return Ack{Err: errors.New("the message is not there")}
	}
	action, err := press(now.Blocks, blockID, actionID, value)
	container := map[string]any{"type": "message", "message_ts": p.Timestamp, "channel_id": p.Channel, "is_ephemeral": false}
	payload := s.actions(user, action, container)
	payload["channel"] = map[string]any{"id": p.Channel}
	payload["message"] = map[string]any{"type": "message", "ts": now.Timestamp, "text": now.Text, "blocks": now.Blocks, "bot_id": "B0001"}
	payload["response_url"] = s.newHook(hook{user: user, channel: p.Channel, post: now})
	s.mu.Unlock()
	if err != nil {
		return Ack{Err: err}
	}
	return h.send("interactions", payload, nil)
}

// PressReply presses something in a reply that only its reader sees.
func (h *Hand) PressReply(user string, r Reply, blockID, actionID, value string) Ack {
	s := h.slack
	s.mu.Lock()
	action, err := press(r.Blocks, blockID, actionID, value)
	payload := s.actions(user, action, map[string]any{"type": "message", "message_ts": r.Timestamp, "channel_id": r.Channel, "is_ephemeral": true})
	payload["channel"] = map[string]any{"id": r.Channel}
	payload["response_url"] = s.newHook(hook{user: user, channel: r.Channel})
	s.mu.Unlock()
	if err != nil {
		return Ack{Err: err}
	}
	return h.send("interactions", payload, nil)
}

// PressView presses or chooses something in an open modal or the Home tab.
func (h *Hand) PressView(user string, v View, blockID, actionID, value string) Ack {
	s := h.slack
	s.mu.Lock()
	now := s.homes[user]
	if v.Type == "modal" {
		now = s.modal(v.ID)
	}
	if now == nil {
		s.mu.Unlock()
		return Ack{Err: errors.New("the view is not open")}
	}
	action, err := press(now.Blocks, blockID, actionID, value)
	if entry := now.State[blockID][actionID]; err == nil && entry != nil {
		entry["selected_option"] = action["selected_option"]
	}
	payload := s.actions(user, action, map[string]any{"type": "view", "view_id": now.ID})
	payload["view"] = s.viewShown(now)
	s.mu.Unlock()
	if err != nil {
		return Ack{Err: err}
	}
	return h.send("interactions", payload, nil)
}

// actions is the payload of something pressed.
func (s *Slack) actions(user string, action, container map[string]any) map[string]any {
	return map[string]any{
		"type": "block_actions", "user": map[string]any{"id": user, "team_id": Team}, "team": map[string]any{"id": Team, "domain": "stand-in"},
		"api_app_id": "A0001", "container": container, "trigger_id": s.newTrigger(user), "actions": []any{action}, "is_enterprise_install": false,
	}
}

// press finds what is pressed, and gives the action that Slack sends for it.
func press(blocks []map[string]any, blockID, actionID, value string) (map[string]any, error) {
	for _, b := range blocks {
		if str(b["block_id"]) != blockID {
			continue
		}
		elements := objects(b["elements"])
		for _, name := range []string{"accessory", "element"} {
			if e := object(b[name]); e != nil {
				elements = append(elements, e)
			}
		}
		for _, e := range elements {
			if str(e["action_id"]) != actionID {
				continue
			}
			out := map[string]any{"type": e["type"], "block_id": blockID, "action_id": actionID, "action_ts": fmt.Sprint(time.Now().UnixNano())}
			if e["type"] == "button" {
				if str(e["value"]) != value {
					return nil, fmt.Errorf("the button %s stands for %q", actionID, e["value"])
				}
				out["value"], out["text"] = value, e["text"]
				return out, nil
			}
			for _, o := range objects(e["options"]) {
				if str(o["value"]) == value {
					out["selected_option"] = o
					return out, nil
				}
			}
			return nil, fmt.Errorf("the list %s has no option %q", actionID, value)
		}
	}
	return nil, fmt.Errorf("there is no %q in a block %q to press", actionID, blockID)
}

// Submit sends a form, with what is typed into it by block. As Slack's client does,
// it refuses what is missing, too long or out of range by itself.
func (h *Hand) Submit(user string, v View, typed map[string]string) Ack {
	s := h.slack
	s.mu.Lock()
	now := s.modal(v.ID)
	if now == nil {
		s.mu.Unlock()
		return Ack{Err: errors.New("the form is not open")}
	}
	err := fill(now, typed)
	payload := map[string]any{
		"type": "view_submission", "user": map[string]any{"id": user, "team_id": Team}, "team": map[string]any{"id": Team}, "api_app_id": "A0001",
		"trigger_id": s.newTrigger(user), "view": s.viewShown(now), "response_urls": []any{}, "is_enterprise_install": false,
	}
	s.mu.Unlock()
	if err != nil {
		return Ack{Err: err}
	}
	return h.send("interactions", payload, now)
}

// fill types into a form.
func fill(v *View, typed map[string]string) error {
	for block := range typed {
		if v.State[block] == nil {
			return fmt.Errorf("the form has no field %q", block)
		}
	}
	for _, b := range v.Blocks {
		e := object(b["element"])
		if b["type"] != "input" || e == nil {
			continue
		}
		block, entry := str(b["block_id"]), v.State[str(b["block_id"])][str(e["action_id"])]
		if text, ok := typed[block]; ok {
			if err := enter(e, entry, text); err != nil {
				return fmt.Errorf("%s: %w", block, err)
			}
		}
		if b["optional"] != true && v.Value(block) == "" {
			return fmt.Errorf("%s: this is required", block)
		}
	}
	return nil
}

func enter(e, entry map[string]any, text string) error {
	switch e["type"] {
	case "static_select", "radio_buttons":
		for _, o := range objects(e["options"]) {
			if str(o["value"]) == text {
				entry["selected_option"] = o
				return nil
			}
		}
		return fmt.Errorf("there is no option %q", text)
	case "datepicker":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return err
		}
		entry["selected_date"] = text
	case "number_input":
		n, err := strconv.ParseFloat(text, 64)
		least, lErr := strconv.ParseFloat(str(e["min_value"]), 64)
		most, mErr := strconv.ParseFloat(str(e["max_value"]), 64)
		if err != nil || lErr == nil && n < least || mErr == nil && n > most || e["is_decimal_allowed"] != true && n != float64(int64(n)) {
			return fmt.Errorf("%q is no number that it takes", text)
		}
		entry["value"] = text
	default:
		if most, ok := e["max_length"].(float64); ok && length(text) > int(most) {
			return fmt.Errorf("%d characters of %d", length(text), int(most))
		}
		entry["value"] = text
	}
	return nil
}

// apply does to a form what the answer to it says.
func (s *Slack) apply(v *View, answer map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.modal(v.ID) == nil {
		return nil // it was sent again after it closed
	}
	switch answer["response_action"] {
	case nil, "clear":
		s.modals[v.User] = nil
	case "errors":
		inputs := map[string]bool{}
		for _, b := range v.Blocks {
			inputs[str(b["block_id"])] = b["type"] == "input"
		}
		for block := range object(answer["errors"]) {
			if !inputs[block] {
				return fmt.Errorf("trouble connecting: an error on %q, which is no field", block)
			}
		}
	case "update":
		next, bad := s.makeView(object(answer["view"]))
		if bad != nil {
			return fmt.Errorf("trouble connecting: %v", bad)
		}
		s.replaceView(v, next)
	default:
		return fmt.Errorf("trouble connecting: the answer %v", answer["response_action"])
	}
	return nil
}
