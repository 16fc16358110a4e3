package web

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
)

// messageRow is one message of the send ledger.
type messageRow struct {
	notifications.Message
	StateWord string
	When      time.Time
}

var stateWords = map[notifications.State]string{
	notifications.Pending:   "Waiting to be sent",
	notifications.Sending:   "Being sent",
	notifications.Sent:      "Sent",
	notifications.Uncertain: "Being checked with Slack",
	notifications.Dead:      "Could not be sent",
	notifications.NotSent:   "Not sent: Slack is not connected",
}

const ledgerLimit = 200

func (s *Server) messagesPage(c *fiber.Ctx) error {
	all, err := s.Ledger.Messages(c.UserContext(), notifications.Filter{Limit: ledgerLimit})
	if err != nil {
		return err
	}
	var rows []messageRow
	for _, m := range all {
		when := m.CreatedAt
		if !m.SentAt.IsZero() {
			when = m.SentAt
		}
		if m.Detail == stateWords[m.State] {
			m.Detail = ""
		}
		rows = append(rows, messageRow{m, stateWords[m.State], when})
	}
	return s.render(c, http.StatusOK, "messages", page{Title: "Messages", Data: map[string]any{
		"Messages": rows, "SlackOn": s.SlackOn, "Limit": ledgerLimit, "Full": len(rows) == ledgerLimit,
	}})
}
