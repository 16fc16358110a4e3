package notifytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const socketPath = "/socket/"

// socket is one web socket that an app holds open.
type socket struct {
	conn  *websocket.Conn
	write sync.Mutex
	gone  chan struct{} // closed at its end
}

func (k *socket) send(v any) error {
	k.write.Lock()
	defer k.write.Unlock()
	return k.conn.WriteJSON(v)
}

// openSocket gives an app with the app-level token an address for a web socket.
func (s *Slack) openSocket(r *http.Request) map[string]any {
	switch token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); {
	case s.appRevoked:
		return fails("token_revoked")
	case s.appToken == "" || token != s.appToken && r.Form.Get("token") != s.appToken:
		return fails("invalid_auth")
	}
	s.counter++
	ticket := fmt.Sprintf("t%d", s.counter)
	s.tickets[ticket] = true
	return map[string]any{"ok": true, "url": strings.Replace(strings.TrimSuffix(s.URL, "/api/"), "http", "ws", 1) + socketPath + ticket}
}

func (s *Slack) serveSocket(w http.ResponseWriter, r *http.Request) {
	ticket := strings.TrimPrefix(r.URL.Path, socketPath)
	s.mu.Lock()
	known := s.tickets[ticket]
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !known {
		http.Error(w, "no such ticket", http.StatusForbidden)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	k := &socket{conn: conn, gone: make(chan struct{})}
	defer close(k.gone)
	defer conn.Close()
	if k.send(map[string]any{"type": "hello", "num_connections": 1, "connection_info": map[string]any{"app_id": "A0001"}}) != nil {
		return
	}
	s.mu.Lock()
	s.sockets[k] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.sockets, k)
		s.mu.Unlock()
	}()
	go func() { // Slack's client takes a socket without pings for dead
		t := time.NewTicker(2 * time.Second)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				if conn.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(time.Second)) != nil {
					return
				}
			case <-k.gone:
				return
			}
		}
	}()
	for {
		var ack struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload"`
		}
		if err := conn.ReadJSON(&ack); err != nil {
			return
		}
		s.mu.Lock()
		if s.loseAck {
			s.loseAck = false
			s.mu.Unlock()
			return
		}
		waiting := s.envelopes[ack.ID]
		delete(s.envelopes, ack.ID)
		s.mu.Unlock()
		if waiting != nil {
			waiting <- ack.Payload
		}
	}
}

// Sockets is how many web sockets are open.
func (s *Slack) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// DropSockets cuts every web socket, as a network does.
func (s *Slack) DropSockets() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.sockets {
		k.conn.NetConn().Close()
		delete(s.sockets, k)
	}
}

// LoseAck breaks the web socket through which the next acknowledgement comes, before
// that is heard: what it was for is sent again through another.
func (s *Slack) LoseAck() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loseAck = true
}

// Disconnect asks whoever holds a web socket to open another, as Slack does every
// few hours.
func (s *Slack) Disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.sockets {
		k.send(map[string]any{"type": "disconnect", "reason": "refresh_requested"})
		delete(s.sockets, k)
	}
}

// socketWithin is how long an app may take to open a socket again.
const socketWithin = 10 * time.Second

var socketTypes = map[string]string{"commands": "slash_commands", "interactions": "interactive", "events": "events_api"}

// throughSocket sends an envelope through one of the open sockets, and through
// another where that breaks before it was acknowledged, as Slack does.
func (s *Slack) throughSocket(kind string, payload []byte, retry int) Ack {
	s.mu.Lock()
	s.counter++
	id := fmt.Sprintf("envelope-%d", s.counter)
	if retry > 0 && s.lastEnvelope != "" {
		id = s.lastEnvelope
	}
	s.lastEnvelope = id
	answered := make(chan json.RawMessage, 1)
	s.envelopes[id] = answered
	s.mu.Unlock()
	deadline := time.After(socketWithin)
	for {
		k := s.anySocket(deadline)
		if k == nil {
			return Ack{Err: errors.New("nobody holds a web socket open")}
		}
		err := k.send(map[string]any{
			"type": socketTypes[kind], "envelope_id": id, "payload": json.RawMessage(payload), "accepts_response_payload": true, "retry_attempt": retry,
		})
		if err == nil {
			select {
			case body := <-answered:
				if string(body) == "null" {
					body = nil
				}
				return Ack{Status: http.StatusOK, Body: body}
			case <-k.gone:
			case <-deadline:
				return Ack{Err: errors.New("operation_timeout")}
			}
		}
		retry++
	}
}

// anySocket waits for an open socket.
func (s *Slack) anySocket(deadline <-chan time.Time) *socket {
	for {
		s.mu.Lock()
		for k := range s.sockets {
			s.mu.Unlock()
			return k
		}
		s.mu.Unlock()
		select {
		case <-deadline:
			return nil
		case <-time.After(5 * time.Millisecond):
		}
	}
}
