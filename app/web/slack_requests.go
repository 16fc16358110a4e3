package web

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// SlackApp takes what Slack sends; notifications/slack/slackapp provides it.
type SlackApp interface {
	// Receive gives the status and the body of the answer, which is JSON or nothing.
	// kind is the last part of the address; body is as it came.
	Receive(kind string, header http.Header, body []byte) (status int, answer []byte)
	// Left takes what Slack shows of their work from somebody who may no longer sign in.
	Left(personID string)
}

// fromSlack is the folder of the addresses at which Slack sends what people do
// there. Slack signs each request: no session and no token counts for them.
const fromSlack = "/slack/"

var slackKinds = []string{"commands", "interactions", "events"}

func (s *Server) slackRequest(c *fiber.Ctx) error {
	if s.SlackApp == nil {
		return fiber.ErrNotFound
	}
	header := http.Header{}
	for _, name := range []string{"X-Slack-Signature", "X-Slack-Request-Timestamp"} {
		header.Set(name, c.Get(name))
	}
	status, answer := s.SlackApp.Receive(strings.TrimPrefix(c.Path(), fromSlack), header, c.Body())
	if len(answer) > 0 {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	}
	return c.Status(status).Send(answer)
}
