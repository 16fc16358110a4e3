package notifytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// View is a modal or a Home tab as it stands.
type View struct {
	ID, Hash, User              string
	Type, Title, Submit         string
	PrivateMetadata, CallbackID string
	Blocks                      []map[string]any
	// State is what is typed or chosen, by block and action, as Slack sends it.
	State map[string]map[string]map[string]any
}

// trigger is what a person's doing lets an app do in answer.
type trigger struct {
	user string
	at   time.Time
	used bool
}

// triggerFor is how long a trigger lasts: three seconds of the real clock.
const triggerFor = 3 * time.Second

func (s *Slack) newTrigger(user string) string {
	s.counter++
	id := fmt.Sprintf("%d.%d.%032x", s.counter, 7, s.counter)
	s.triggers[id] = &trigger{user: user, at: time.Now()}
	return id
}

// Modal gives the modal that somebody has open.
func (s *Slack) Modal(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.modals[user]
	if len(stack) == 0 {
		return View{}, false
	}
	return stack[len(stack)-1].clone(), true
}

// Home gives somebody's Home tab, once it was published.
func (s *Slack) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.homes[user]
	if v == nil {
		return View{}, false
	}
	return v.clone(), true
}

// clone is a view that nobody changes any more.
func (v *View) clone() View {
	out := *v
	out.State = map[string]map[string]map[string]any{}
	for block, actions := range v.State {
		out.State[block] = map[string]map[string]any{}
		for action, entry := range actions {
			out.State[block][action] = maps.Clone(entry)
		}
	}
	return out
}

// readView checks a view as Slack does, and gives what is wrong with it as an answer.
func (s *Slack) readView(text string) (View, map[string]any) {
	var raw map[string]any
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return View{}, fails("invalid_arguments")
	}
	return s.makeView(raw)
}

func (s *Slack) makeView(raw map[string]any) (View, map[string]any) {
	if err := CheckView(raw); err != nil {
		out := fails("invalid_arguments")
		out["response_metadata"] = map[string]any{"messages": []string{"[ERROR] " + err.Error()}}
		s.refused = append(s.refused, err)
		return View{}, out
	}
	v := View{Type: str(raw["type"]), Title: textOf(raw["title"]), Submit: textOf(raw["submit"]), PrivateMetadata: str(raw["private_metadata"]), CallbackID: str(raw["callback_id"])}
	v.Blocks = s.withIDs(objects(raw["blocks"]))
	v.State = initial(v.Blocks)
	return v, nil
}

// Refused gives why views and replies were refused for their form.
func (s *Slack) Refused() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]error{}, s.refused...)
}

// withIDs gives every block an id, as Slack does where the app gave none.
func (s *Slack) withIDs(blocks []map[string]any) []map[string]any {
	for _, b := range blocks {
		if str(b["block_id"]) == "" {
			s.counter++
			b["block_id"] = "b" + strconv.Itoa(s.counter)
		}
	}
	return blocks
}

func (s *Slack) openView(r *http.Request) map[string]any {
	t := s.triggers[r.Form.Get("trigger_id")]
	switch {
	case t == nil:
		return fails("invalid_trigger_id")
	case time.Since(t.at) > triggerFor:
		return fails("expired_trigger_id")
	case t.used:
		return fails("exchanged_trigger_id")
	}
	v, bad := s.readView(r.Form.Get("view"))
	if bad != nil {
		return bad
	}
	if v.Type != "modal" {
		return fails("invalid_arguments")
	}
	t.used = true
	s.counter++
	v.ID, v.User = fmt.Sprintf("V%07d", s.counter), t.user
	s.newHash(&v)
	s.modals[t.user] = append(s.modals[t.user], &v)
	return map[string]any{"ok": true, "view": s.viewShown(&v)}
}

func (s *Slack) newHash(v *View) {
	s.counter++
	v.Hash = fmt.Sprintf("%d.%d", s.now().Unix(), s.counter)
}

func (s *Slack) modal(id string) *View {
	for _, stack := range s.modals {
		for _, v := range stack {
			if v.ID == id {
				return v
			}
		}
	}
	return nil
}

func (s *Slack) updateView(r *http.Request) map[string]any {
	old := s.modal(r.Form.Get("view_id"))
	if old == nil {
		return fails("not_found")
	}
	if h := r.Form.Get("hash"); h != "" && h != old.Hash {
		return fails("hash_conflict")
	}
	v, bad := s.readView(r.Form.Get("view"))
	if bad != nil {
		return bad
	}
	s.replaceView(old, v)
	return map[string]any{"ok": true, "view": s.viewShown(old)}
}

// replaceView changes an open view. What was typed stays where block and action are
// the same, whatever the new view would put there, as in Slack's client.
func (s *Slack) replaceView(old *View, v View) {
	for block, actions := range v.State {
		for action, entry := range actions {
			if was, ok := old.State[block][action]; ok && was["type"] == entry["type"] {
				v.State[block][action] = was
			}
		}
	}
	v.ID, v.User = old.ID, old.User
	s.newHash(&v)
	*old = v
}

func (s *Slack) publishView(r *http.Request) map[string]any {
	user := r.Form.Get("user_id")
	if _, ok := s.people[user]; !ok {
		return fails("user_not_found")
	}
	v, bad := s.readView(r.Form.Get("view"))
	if bad != nil {
		return bad
	}
	if v.Type != "home" {
		return fails("invalid_arguments")
	}
	s.counter++
	v.ID, v.User = fmt.Sprintf("V%07d", s.counter), user
	s.newHash(&v)
	s.homes[user] = &v
	return map[string]any{"ok": true, "view": s.viewShown(&v)}
}

// viewShown is a view as Slack gives it.
func (s *Slack) viewShown(v *View) map[string]any {
	now := v.clone() // it is written out while others go on
	v = &now
	return map[string]any{
		"id": v.ID, "team_id": Team, "type": v.Type, "hash": v.Hash, "root_view_id": v.ID, "callback_id": v.CallbackID,
		"private_metadata": v.PrivateMetadata, "blocks": v.Blocks, "title": map[string]any{"type": "plain_text", "text": v.Title},
		"state": map[string]any{"values": v.State}, "app_id": "A0001", "bot_id": "B0001",
	}
}

// initial is the state of a view that nobody has touched.
func initial(blocks []map[string]any) map[string]map[string]map[string]any {
	state := map[string]map[string]map[string]any{}
	for _, b := range blocks {
		e := object(b["element"])
		if e == nil {
			continue
		}
		entry := map[string]any{"type": e["type"]}
		switch e["type"] {
		case "static_select", "radio_buttons":
			entry["selected_option"] = e["initial_option"]
		case "datepicker":
			entry["selected_date"] = e["initial_date"]
		default:
			entry["value"] = e["initial_value"]
		}
		state[str(b["block_id"])] = map[string]map[string]any{str(e["action_id"]): entry}
	}
	return state
}

// Value is what is typed or chosen in a block of a view.
func (v View) Value(block string) string {
	for entry := range maps.Values(v.State[block]) {
		if o := object(entry["selected_option"]); o != nil {
			return str(o["value"])
		}
		if d := str(entry["selected_date"]); d != "" {
			return d
		}
		return str(entry["value"])
	}
	return ""
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// objects are the objects of a list, however it was decoded.
func objects(v any) []map[string]any {
	if ready, ok := v.([]map[string]any); ok {
		return ready
	}
	list, _ := v.([]any)
	var out []map[string]any
	for _, x := range list {
		if m := object(x); m != nil {
			out = append(out, m)
		}
	}
	return out
}

func textOf(v any) string { return str(object(v)["text"]) }
