package notifytest

import (
	"net/http"
	"slices"
	"strings"
)

// Team is the workspace that the app is installed in.
const Team = "T0001"

// User is somebody in Slack.
type User struct {
	ID, Email, Name      string
	TeamID, EnterpriseID string // of the organisation that they belong to; Team for ours
	Deleted, Bot         bool
	Stranger             bool // of another organisation, in no conversation with ours
	Unconfirmed          bool // has not confirmed their e-mail address
}

// SetUser adds somebody, or changes who has the id.
func (s *Slack) SetUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setUser(u)
}

func (s *Slack) setUser(u User) {
	s.people[u.ID] = u
	s.directs[u.ID] = "D" + strings.TrimPrefix(u.ID, "U")
}

// UserID gives the id of whoever has an e-mail address; empty for nobody.
func (s *Slack) UserID(email string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.userID(email)
}

func (s *Slack) userID(email string) string {
	for id, u := range s.people {
		if u.Email == email && !u.Deleted && u.TeamID == Team {
			return id
		}
	}
	return ""
}

func (s *Slack) lookup(r *http.Request) map[string]any {
	id := s.userID(r.Form.Get("email"))
	if id == "" {
		return fails("users_not_found")
	}
	return map[string]any{"ok": true, "user": s.user(s.people[id])}
}

func (s *Slack) info(r *http.Request) map[string]any {
	u, ok := s.people[r.Form.Get("user")]
	if !ok {
		return fails("user_not_found")
	}
	return map[string]any{"ok": true, "user": s.user(u)}
}

// user is somebody as Slack gives them: the address only to who may read addresses,
// and never that of a stranger.
func (s *Slack) user(u User) map[string]any {
	profile := map[string]any{"real_name": u.Name}
	if !u.Stranger && s.granted("users:read.email") {
		profile["email"] = u.Email
	}
	out := map[string]any{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "deleted": u.Deleted, "is_bot": u.Bot, "is_stranger": u.Stranger,
		"is_email_confirmed": !u.Unconfirmed, "profile": profile,
	}
	if u.EnterpriseID != "" {
		out["enterprise_user"] = map[string]any{"id": u.ID, "enterprise_id": u.EnterpriseID}
	}
	return out
}

// scopes are what each method needs, by the kind of conversation where that counts.
// From docs.slack.dev/reference/methods.
var scopes = map[string][]string{
	"auth.test":             nil,
	"users.lookupByEmail":   {"users:read.email"},
	"users.info":            {"users:read"},
	"conversations.open":    {"im:write"},
	"conversations.list":    {"channels:read", "groups:read"},
	"conversations.history": {"channels:history", "groups:history"},
	"conversations.replies": {"channels:history", "groups:history"},
	"chat.postMessage":      {"chat:write"},
	"chat.update":           {"chat:write"},
	"chat.getPermalink":     nil,
	"views.open":            nil,
	"views.update":          nil,
	"views.publish":         nil,
}

// needed gives the scopes of a call.
func needed(method, channel string) []string {
	if strings.HasPrefix(channel, "D") && (method == "conversations.history" || method == "conversations.replies") {
		return []string{"im:history"}
	}
	return scopes[method]
}

func (s *Slack) granted(scope string) bool {
	return s.scopes == nil || slices.Contains(s.scopes, scope)
}

// lacks gives the answer to a call that the token may not make, or nil.
func (s *Slack) lacks(method, channel string) map[string]any {
	for _, scope := range needed(method, channel) {
		if !s.granted(scope) {
			return map[string]any{"ok": false, "error": "missing_scope", "needed": scope, "provided": strings.Join(s.scopes, ",")}
		}
	}
	return nil
}

// SetScopes says what the bot's token was granted; nil is everything.
func (s *Slack) SetScopes(scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = scopes
}

// HideScopes leaves out of every answer what the token may do, as a proxy may.
func (s *Slack) HideScopes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = true
}

// scopeHeader is what every answer says of the token.
func (s *Slack) scopeHeader() string {
	if s.scopes != nil {
		return strings.Join(s.scopes, ",")
	}
	all := []string{"commands"}
	for _, needs := range scopes {
		all = append(all, needs...)
	}
	all = append(all, "im:history")
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}

// Revoke withdraws the bot's token: every call is refused from here on.
func (s *Slack) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// RevokeApp withdraws the app-level token: no socket opens from here on.
func (s *Slack) RevokeApp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appRevoked = true
}
