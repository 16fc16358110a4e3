package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
	"readiness/workpackages"
)

type jsonNotification struct {
	Key           string              `json:"key"`
	Rule          string              `json:"rule"`
	Rules         []string            `json:"rules"`
	Op            string              `json:"op"`
	Target        string              `json:"target,omitempty"`
	Recipient     string              `json:"recipient"`
	RecipientName string              `json:"recipient_name"`
	Channel       string              `json:"channel"`
	Timestamp     string              `json:"timestamp"`
	Thread        string              `json:"thread"`
	State         notifications.State `json:"state"`
	Attempts      int                 `json:"attempts"`
	Tries         []jsonTry           `json:"tries"`
	Why           string              `json:"why"`
	Detail        string              `json:"detail,omitempty"`
	Text          string              `json:"text"`
	CreatedAt     time.Time           `json:"created_at"`
	SentAt        *time.Time          `json:"sent_at"`
	ResentBy      string              `json:"resent_by"`
}

type jsonTry struct {
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome"`
	Detail  string    `json:"detail,omitempty"`
}

func newJSONNotification(m notifications.Message) jsonNotification {
	j := jsonNotification{
		Key: m.ID, Rule: m.Rule, Rules: rulesOf(m), Op: "post", Target: m.Target, Recipient: m.RecipientID, RecipientName: m.RecipientName,
		Channel: m.Channel, Timestamp: m.Timestamp, Thread: m.Thread, State: m.State, Attempts: m.Attempts, Tries: []jsonTry{},
		Why: m.Reason, Detail: m.Detail, Text: m.Preview, CreatedAt: m.CreatedAt, ResentBy: m.ResentBy,
	}
	if m.Op != notifications.Post {
		j.Op = string(m.Op)
	}
	if !m.SentAt.IsZero() {
		j.SentAt = &m.SentAt
	}
	for _, t := range m.Tries {
		j.Tries = append(j.Tries, jsonTry(t))
	}
	return j
}

var messageStates = []notifications.State{
	notifications.Pending, notifications.Sending, notifications.Sent, notifications.Uncertain, notifications.Dead, notifications.NotSent,
}

func (s *Server) apiNotifications(c *fiber.Ctx) error {
	f := notifications.Filter{State: notifications.State(c.Query("state")), Rule: c.Query("rule"), Recipient: c.Query("recipient")}
	if f.State != "" && !slices.Contains(messageStates, f.State) {
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
			{Field: "state", Message: "Give one of pending, sending, sent, uncertain, dead, not_sent"}}}
	}
	var day bool
	var err error
	if f.Since, _, err = s.instant(c, "since"); err != nil {
		return err
	}
	if f.Until, day, err = s.instant(c, "until"); err != nil {
		return err
	}
	if day {
		f.Until = f.Until.AddDate(0, 0, 1)
	}
	all, rest, err := ledgerPage(c.UserContext(), s.Ledger, f, min(max(c.QueryInt("limit", apiLimit), 1), 1000))
	if err != nil {
		return err
	}
	out := struct {
		Notifications []jsonNotification `json:"notifications"`
		Until         *time.Time         `json:"until,omitempty"` // ask for the rest with this
	}{Notifications: []jsonNotification{}}
	for _, m := range all {
		out.Notifications = append(out.Notifications, newJSONNotification(m))
	}
	if !rest.IsZero() {
		out.Until = &rest
	}
	return sendJSON(c, http.StatusOK, out)
}

func (s *Server) apiResend(c *fiber.Ctx) error {
	var in struct {
		Key string `json:"key"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	m, err := s.resend(c, in.Key)
	if err != nil {
		return err
	}
	return sendJSON(c, http.StatusAccepted, newJSONNotification(m))
}

type jsonPreferences struct {
	Zone    string         `json:"zone"` // empty: the council's
	From    string         `json:"from"`
	To      string         `json:"to"`
	Days    []time.Weekday `json:"days"`
	Version int64          `json:"version"`
}

func newJSONPreferences(p notifications.Preferences) jsonPreferences {
	return jsonPreferences{p.Zone, p.From, p.To, append([]time.Weekday{}, p.Days...), p.Version}
}

// errNobody is what a token is told that asks for its own.
var errNobody = workpackages.Errorf(workpackages.NotFound, "A token is nobody, and is not reminded: sign in as a person to see and change when you are")

func (s *Server) apiPreferences(c *fiber.Ctx) error {
	if actorOf(c).PersonID == "" {
		return errNobody
	}
	p, err := s.Desk.Of(c.UserContext(), actorOf(c).PersonID)
	if err != nil {
		return err
	}
	return sendPreferences(c, p)
}

func sendPreferences(c *fiber.Ctx, p notifications.Preferences) error {
	c.Set(fiber.HeaderETag, etag(p.Version))
	return sendJSON(c, http.StatusOK, newJSONPreferences(p))
}

func (s *Server) apiSavePreferences(c *fiber.Ctx) error {
	if actorOf(c).PersonID == "" {
		return errNobody
	}
	wr, err := writeFrom(c, 0) // the defaults have the version 0
	if err != nil {
		return err
	}
	var in struct {
		Zone string `json:"zone"`
		From string `json:"from"`
		To   string `json:"to"`
		Days []int  `json:"days"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	typed := notifications.PreferenceInput{Zone: in.Zone, From: in.From, To: in.To}
	for _, d := range in.Days {
		typed.Days = append(typed.Days, strconv.Itoa(d))
	}
	p, err := s.Desk.Save(c.UserContext(), actorOf(c), wr.Version, typed)
	if err == nil {
		return sendPreferences(c, p)
	}
	if workpackages.KindOf(err) == workpackages.Stale {
		now, readErr := s.Desk.Of(c.UserContext(), actorOf(c).PersonID)
		if readErr != nil {
			return readErr
		}
		return &workpackages.Error{Kind: workpackages.Stale, Message: "These times were changed since you read them. Read them again, then make your change", Current: now}
	}
	return err
}
