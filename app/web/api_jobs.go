package web

import (
	_ "embed"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
	"readiness/schedules"
	"readiness/workpackages"
)

//go:embed openapi.yaml
var openAPIDocument []byte

func (s *Server) openAPI(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/yaml")
	return c.Send(openAPIDocument)
}

type jsonNotification struct {
	Key           string              `json:"key"`
	Rule          string              `json:"rule"`
	Recipient     string              `json:"recipient"`
	RecipientName string              `json:"recipient_name"`
	Channel       string              `json:"channel"`
	State         notifications.State `json:"state"`
	Attempts      int                 `json:"attempts"`
	Why           string              `json:"why"`
	Detail        string              `json:"detail,omitempty"`
	Text          string              `json:"text"`
	CreatedAt     time.Time           `json:"created_at"`
	SentAt        *time.Time          `json:"sent_at"`
}

func (s *Server) apiNotifications(c *fiber.Ctx) error {
	f := notifications.Filter{State: notifications.State(c.Query("state")), Rule: c.Query("rule"), Limit: min(max(c.QueryInt("limit", ledgerLimit), 1), 1000)}
	if _, known := stateWords[f.State]; f.State != "" && !known {
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
			{Field: "state", Message: "Give one of pending, sending, sent, uncertain, dead, not_sent"}}}
	}
	all, err := s.Ledger.Messages(c.UserContext(), f)
	if err != nil {
		return err
	}
	out := struct {
		Notifications []jsonNotification `json:"notifications"`
	}{Notifications: []jsonNotification{}}
	for _, m := range all {
		j := jsonNotification{
			Key: m.ID, Rule: m.Rule, Recipient: m.RecipientID, RecipientName: m.RecipientName, Channel: m.Channel, State: m.State,
			Attempts: m.Attempts, Why: m.Reason, Detail: m.Detail, Text: m.Preview, CreatedAt: m.CreatedAt,
		}
		if !m.SentAt.IsZero() {
			j.SentAt = &m.SentAt
		}
		out.Notifications = append(out.Notifications, j)
	}
	return sendJSON(c, http.StatusOK, out)
}

func (s *Server) apiJobs(c *fiber.Ctx) error {
	jobs, err := s.Jobs.Jobs(c.UserContext())
	if err != nil {
		return err
	}
	return sendJSON(c, http.StatusOK, map[string][]schedules.JobInfo{"jobs": jobs})
}

type jsonRun struct {
	Job        string             `json:"job"`
	Instant    time.Time          `json:"instant"`
	State      schedules.RunState `json:"state"`
	Attempt    int                `json:"attempt"`
	StartedAt  time.Time          `json:"started_at"`
	FinishedAt *time.Time         `json:"finished_at"`
	Summary    string             `json:"summary"`
	Error      string             `json:"error,omitempty"`
}

func (s *Server) apiJobRuns(c *fiber.Ctx) error {
	runs, err := s.Jobs.Runs(c.UserContext(), c.Query("job"), min(max(c.QueryInt("limit", 100), 1), 1000))
	if err != nil {
		return err
	}
	out := struct {
		Runs []jsonRun `json:"runs"`
	}{Runs: []jsonRun{}}
	for _, r := range runs {
		j := jsonRun{Job: r.Job, Instant: r.Instant, State: r.State, Attempt: r.Attempt, StartedAt: r.StartedAt, Summary: r.Summary, Error: r.Error}
		if !r.FinishedAt.IsZero() {
			j.FinishedAt = &r.FinishedAt
		}
		out.Runs = append(out.Runs, j)
	}
	return sendJSON(c, http.StatusOK, out)
}

func (s *Server) apiRunJob(c *fiber.Ctx) error {
	var in struct {
		At     *time.Time `json:"at"`
		DryRun bool       `json:"dry_run"`
	}
	if len(c.Body()) > 0 {
		if err := readJSON(c, &in); err != nil {
			return err
		}
	} else if personOf(c) != nil && c.Get(fiber.HeaderContentType) != "application/json" {
		return &fiber.Error{Code: http.StatusUnsupportedMediaType, Message: "Send Content-Type: application/json"}
	}
	var at time.Time
	if in.At != nil {
		at = *in.At
	}
	report, err := s.Jobs.RunNow(c.UserContext(), c.Params("name"), at, in.DryRun)
	if err != nil {
		return err
	}
	return sendJSON(c, http.StatusOK, report)
}
