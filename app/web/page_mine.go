package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
	"readiness/workpackages"
)

// Mine works out what is open for somebody; schedules provides it.
type Mine interface {
	Mine(ctx context.Context, personID string) (notifications.Yours, error)
}

// mineSection is one part of what is yours, as a message of the day has it.
type mineSection struct {
	Title string
	Lines []mineLine
}

// mineLine is one thing that is open, with what can be answered.
type mineLine struct {
	N       int // from 1, over the whole page
	Title   string
	Detail  string
	URL     string // within the product
	Concern workpackages.ConcernKind
	Subject string
	Answer  string // what the reader said of it, while that holds
	ID      string // of that answer
	Snoozes []int
}

// snoozes are the working days that the page offers.
var snoozes = []int{1, 2, 5, 10}

func (s *Server) minePage(c *fiber.Ctx) error { return s.showMine(c, http.StatusOK, nil) }

func (s *Server) showMine(c *fiber.Ctx, status int, errs []formError) error {
	y, err := s.Mine.Mine(c.UserContext(), actorOf(c).PersonID)
	if err != nil {
		return err
	}
	var sections []mineSection
	for i, l := range y.Lines {
		line := mineLine{
			N: i + 1, Title: l.Item.Title, Detail: withDot(sentenceCase(l.Item.Detail)), URL: strings.TrimPrefix(l.Item.URL, s.BaseURL),
			Concern: l.Kind, Subject: l.Concern.Subject, Snoozes: snoozes,
		}
		if l.Answer != nil {
			line.Answer, line.ID = l.Answer.SaysToSelf(), l.Answer.ID
		}
		at := slices.IndexFunc(sections, func(m mineSection) bool { return m.Title == l.Item.Section })
		if at < 0 {
			sections = append(sections, mineSection{Title: l.Item.Section})
			at = len(sections) - 1
		}
		sections[at].Lines = append(sections[at].Lines, line)
	}
	return s.render(c, status, "mine", page{Title: "What is yours", Done: doneWords[c.Query("done")], Errors: errs, Data: map[string]any{
		"Sections": sections, "Why": strings.Replace(y.Why, "You get this because", "This is yours because", 1),
	}})
}

func (s *Server) submitRespond(c *fiber.Ctx) error {
	v := typed(c)
	in := workpackages.ResponseInput{Concern: workpackages.ConcernKind(v.get("concern")), Subject: v.get("subject"), Kind: workpackages.ResponseKind(v.get("kind"))}
	// The choice of days stands beside every button, and belongs to one.
	if in.Kind == workpackages.Snoozed {
		n, err := strconv.Atoi(v.get("days"))
		if err != nil {
			n = -1
		}
		in.Days = n
	}
	_, err := s.Packages.Respond(c.UserContext(), actorOf(c), in)
	return s.answered(c, err, "answered")
}

func (s *Server) submitWithdraw(c *fiber.Ctx) error {
	return s.answered(c, s.Packages.Withdraw(c.UserContext(), actorOf(c), typed(c).get("id")), "withdrawn")
}

// answered goes back to what is yours, with what was done or why it was not.
func (s *Server) answered(c *fiber.Ctx, err error, done string) error {
	if err == nil {
		return c.Redirect("/mine?done="+done, http.StatusSeeOther)
	}
	var known *workpackages.Error
	if !errors.As(err, &known) {
		return err
	}
	status := statusOf(known.Kind)
	switch known.Kind {
	case workpackages.Invalid, workpackages.NotFound:
	case workpackages.Stale:
		status = http.StatusConflict
	default:
		return err
	}
	var errs []formError
	for _, f := range known.Fields {
		errs = append(errs, formError{Text: f.Message})
	}
	if len(errs) == 0 {
		errs = []formError{{Text: known.Message}}
	}
	return s.showMine(c, status, errs)
}

// answersTo gives what people answered about what is still open in a package, in
// words.
func answersTo(p workpackages.PackageReadiness, all []workpackages.Response, today workpackages.Date) []string {
	var out []string
	for _, r := range all {
		if r.PackageID != p.ID || !r.InForce(today) {
			continue
		}
		about := ""
		switch _, item, _ := strings.Cut(r.Subject, "/"); r.Concern {
		case workpackages.StatusDue:
			if p.Stale {
				about = "Status update"
			}
		case workpackages.ActionDue:
			for _, a := range p.Actions {
				if a.ID == item && !a.Done() {
					about = a.Title
				}
			}
		case workpackages.EvidenceOld:
			for _, e := range p.Evidence {
				if e.ID == item {
					about = e.Title
				}
			}
		default:
			for _, m := range p.Milestones {
				if m.ID == item && !m.Done() {
					about = m.Title
				}
			}
		}
		if text := about + ": " + r.Says(); about != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
