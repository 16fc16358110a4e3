package web

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
	"readiness/notifications/comms"
)

// briefing gives the message of the address as it is handed on; how says in what form.
func (s *Server) briefing(c *fiber.Ctx, how string) (comms.Message, comms.Briefing, error) {
	m, err := s.reading(c, how)
	if err != nil {
		return m, comms.Briefing{}, err
	}
	b, err := s.Comms.BriefingOf(c.UserContext(), m)
	return m, b, err
}

func (s *Server) briefingPage(c *fiber.Ctx) error {
	m, b, err := s.briefing(c, "printable briefing")
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "comms-briefing", page{Title: b.Heading, Data: map[string]any{"ID": m.ID, "Briefing": b}})
}

// mailPage shows the message as the text of an e-mail, to be copied or opened.
func (s *Server) mailPage(c *fiber.Ctx) error {
	m, b, err := s.briefing(c, "e-mail")
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "comms-mail", page{Title: "E-mail: " + b.Heading, Data: map[string]any{"ID": m.ID, "Briefing": b, "Text": b.Plain(), "Rows": min(4+strings.Count(b.Plain(), "\n")+len(b.Plain())/90, 40)}})
}

const wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

func (s *Server) wordDocument(c *fiber.Ctx) error {
	_, b, err := s.briefing(c, "Word document")
	if err != nil {
		return err
	}
	data, err := b.Word()
	if err != nil {
		return err
	}
	return attachment(c, wordType, briefingName(b)+".docx", data)
}

func (s *Server) mailFile(c *fiber.Ctx) error {
	_, b, err := s.briefing(c, "e-mail")
	if err != nil {
		return err
	}
	var html bytes.Buffer
	if err := s.pages["comms-briefing"].ExecuteTemplate(&html, "mail", b); err != nil {
		return err
	}
	data, err := b.Mail(html.String(), s.Now().In(s.Zone))
	if err != nil {
		return err
	}
	return attachment(c, "message/rfc822", briefingName(b)+".eml", data)
}

func attachment(c *fiber.Ctx, kind, name string, data []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Status(http.StatusOK).Send(data)
}

var notInFileName = regexp.MustCompile(`[^a-z0-9]+`)

// briefingName names a file after a briefing: a draft says so, and one under embargo says
// no more than that.
func briefingName(b comms.Briefing) string {
	name := strings.Trim(notInFileName.ReplaceAllString(strings.ToLower(b.Heading), "-"), "-")
	if strings.HasPrefix(b.Marking, "UNDER EMBARGO") {
		name = "under-embargo"
	}
	if len(name) > 60 {
		name = strings.Trim(name[:60], "-")
	}
	if name == "" {
		name = "briefing"
	}
	if b.Draft {
		name = "draft-" + name
	}
	return name
}

// paraGroup is a paragraph, or the items of a list.
type paraGroup struct {
	notifications.Para
	Items []notifications.Para
}

// groups puts the items of each list together, as a page wants them.
func groups(body []notifications.Para) []paraGroup {
	var out []paraGroup
	for n, p := range body {
		if p.Listed() && n > 0 && body[n-1].Kind == p.Kind {
			last := &out[len(out)-1]
			last.Items = append(last.Items, p)
			continue
		}
		g := paraGroup{Para: p}
		if p.Listed() {
			g.Items = []notifications.Para{p}
		}
		out = append(out, g)
	}
	return out
}
