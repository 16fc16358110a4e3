package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
	"readiness/workpackages"
)

// SlackConnection says how the product stands with Slack; app/server provides it.
type SlackConnection struct {
	// Ask asks Slack; nil where no token is set.
	Ask func(ctx context.Context) notifications.Connection
	// Socket says how the web socket stands; nil where what is pressed in Slack does not
	// reach us.
	Socket func() notifications.SocketState
	// Requests says that Slack may send signed requests.
	Requests bool
}

// slackFor is how long an answer of Slack's about the connection is kept.
const slackFor = 30 * time.Second

// slackAsked bounds how long Slack is asked for it.
const slackAsked = 8 * time.Second

// unfoundFor is how many days of messages say who is not in Slack. It is the ledger that
// is asked, and not Slack: to look everybody up takes a call each, of which it takes few.
const unfoundFor = 30

// slackView is the page of the connection.
type slackView struct {
	On      bool // a token is set
	Now     notifications.Connection
	Unfound []slackUnfound
	Buttons []slackWay // how what is pressed in Slack reaches us; none: it does not
	Once    string
}

// slackUnfound is somebody whom Slack does not know, and the message that they did not get.
type slackUnfound struct{ ID, Name, URL string }

// slackWay is one of the two ways.
type slackWay struct {
	Name  string
	State string // "Open since 08:50", or what is wrong
	Good  bool
}

// connection asks Slack, or gives what it said a moment ago.
func (s *Server) connection(ctx context.Context) (notifications.Connection, error) {
	return s.slack.get(s.Now(), func() (notifications.Connection, error) {
		ctx, cancel := context.WithTimeout(ctx, slackAsked)
		defer cancel()
		return s.Slack.Ask(ctx), nil
	})
}

func (s *Server) slackView(ctx context.Context) (slackView, error) {
	v := slackView{On: s.Slack.Ask != nil, Once: rand.Text()}
	if !v.On {
		return v, nil
	}
	var err error
	if v.Now, err = s.connection(ctx); err != nil {
		return v, err
	}
	unfound, err := s.Ledger.Unfound(ctx, s.Now().AddDate(0, 0, -unfoundFor))
	if err != nil {
		return v, err
	}
	for _, m := range unfound {
		v.Unfound = append(v.Unfound, slackUnfound{m.RecipientID, m.RecipientName, messageURL(m.ID, nil)})
	}
	if s.Slack.Socket != nil {
		if st := s.Slack.Socket(); st.On {
			v.Buttons = append(v.Buttons, s.socketWay(st))
		}
	}
	if s.Slack.Requests {
		v.Buttons = append(v.Buttons, slackWay{Name: "Signed requests", Good: true, State: "Slack sends them to " + s.BaseURL + "/slack/commands, /slack/interactions and /slack/events"})
	}
	return v, nil
}

func (s *Server) socketWay(st notifications.SocketState) slackWay {
	w := slackWay{Name: "Web socket", Good: st.Connected}
	switch {
	case st.Connected:
		w.State = "Open since " + s.moment(st.Since)
	case st.Problem != "":
		w.State = st.Problem
	default:
		w.State = "It is being opened"
	}
	return w
}

func (s *Server) slackPage(c *fiber.Ctx) error {
	v, err := s.slackView(c.UserContext())
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "slack", page{Title: "Slack", Done: doneWords[c.Query("done")], Data: v})
}

// submitSlackTest puts a test message to whoever asks in the outbox, and shows what
// becomes of it.
func (s *Server) submitSlackTest(c *fiber.Ctx) error {
	by := actorOf(c)
	if s.Slack.Ask == nil {
		return workpackages.Errorf(workpackages.Conflict, "Slack is not connected, so nothing can be sent: SLACK_BOT_TOKEN connects it")
	}
	p, err := s.Packages.People.Person(c.UserContext(), by.PersonID)
	if err != nil {
		return err
	}
	once := typed(c).get("once")
	if once == "" || len(once) > 64 {
		return errForged
	}
	m := notifications.TestMessage(p, once, s.BaseURL, s.Now().In(s.Zone))
	if _, err := s.Ledger.Enqueue(c.UserContext(), m); err != nil {
		return err
	}
	s.Ledger.Wake()
	return c.Redirect(messageURL(m.ID, nil), http.StatusSeeOther)
}

type jsonSlack struct {
	Connected bool        `json:"connected"`
	Problem   string      `json:"problem,omitempty"`
	Workspace string      `json:"workspace,omitempty"`
	Bot       string      `json:"bot,omitempty"`
	Granted   []jsonScope `json:"granted_scopes"`
	Missing   []jsonScope `json:"missing_scopes"`
	Channel   *jsonState  `json:"channel,omitempty"`
	MemberOf  *int        `json:"member_of,omitempty"`
	Unfound   []jsonNamed `json:"not_in_slack"`
	Buttons   []jsonState `json:"buttons"`
}

type jsonNamed struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type jsonScope struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

type jsonState struct {
	Name string `json:"name"`
	Good bool   `json:"good"`
	Says string `json:"says,omitempty"`
}

func (s *Server) apiSlack(c *fiber.Ctx) error {
	v, err := s.slackView(c.UserContext())
	if err != nil {
		return err
	}
	out := jsonSlack{
		Connected: v.On && v.Now.Problem == "", Problem: v.Now.Problem, Workspace: v.Now.Workspace, Bot: v.Now.Bot, Granted: []jsonScope{}, Missing: []jsonScope{},
		Unfound: []jsonNamed{}, Buttons: []jsonState{},
	}
	if !v.On {
		out.Problem = "SLACK_BOT_TOKEN is not set"
	}
	for _, g := range v.Now.Granted {
		out.Granted = append(out.Granted, jsonScope(g))
	}
	for _, u := range v.Unfound {
		out.Unfound = append(out.Unfound, jsonNamed{u.ID, u.Name})
	}
	for _, m := range v.Now.Missing {
		out.Missing = append(out.Missing, jsonScope(m))
	}
	if ch := v.Now.Channel; ch != nil {
		out.Channel = &jsonState{Name: ch.Name, Good: ch.Problem == "", Says: ch.Problem}
	}
	if v.On && v.Now.MemberOf >= 0 {
		out.MemberOf = &v.Now.MemberOf
	}
	for _, b := range v.Buttons {
		out.Buttons = append(out.Buttons, jsonState{b.Name, b.Good, b.State})
	}
	return sendJSON(c, http.StatusOK, out)
}
