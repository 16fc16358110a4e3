package web

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
	"readiness/workpackages"
)

// week is the days of the week as people here count them.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// timesForm asks a person when they may be reminded.
func (s *Server) timesForm(p notifications.Preferences) form {
	days := field{Kind: "checkboxes", Name: "days", Label: "Days"}
	for _, d := range week {
		days.Options = append(days.Options, option{Value: strconv.Itoa(int(d)), Text: d.String(), Chosen: slices.Contains(p.Days, d)})
	}
	return form{
		Heading: "When you are reminded",
		Lead: "Slack messages reach you only on the days and between the times that you choose here. What comes up outside them waits for the next of these times.\n\n" +
			"On bank holidays, and on days when the council is closed, nobody is reminded.",
		Action: "/mine/times", Back: "/mine", Cancel: "/mine", Version: p.Version, Button: "Save times",
		Fields: []field{
			{Kind: "text", Name: "from", Label: "From", Hint: "For example, 08:00", Value: p.From, Width: 5, Autocomplete: "off"},
			{Kind: "text", Name: "to", Label: "Until", Hint: "An hour later at least. For example, 18:00", Value: p.To, Width: 5, Autocomplete: "off"},
			days,
			{Kind: "text", Name: "zone", Label: "Time zone (optional)", Hint: "Leave it empty for the council’s own, " + s.Zone.String() + ". For example, Europe/Madrid", Value: p.Zone, Width: 20, Autocomplete: "off"},
		},
	}
}

// timesWords says when somebody is reminded.
func timesWords(p notifications.Preferences) string {
	var days []string
	for _, d := range week {
		if slices.Contains(p.Days, d) {
			days = append(days, d.String())
		}
	}
	words := "Now you are reminded from " + p.From + " to " + p.To + " on " + strings.Join(days, ", ")
	if p.Zone != "" {
		words += ", by the clock of " + p.Zone
	}
	return words
}

func (s *Server) timesPage(c *fiber.Ctx) error {
	p, err := s.Desk.Of(c.UserContext(), actorOf(c).PersonID)
	if err != nil {
		return err
	}
	f := s.timesForm(p)
	f.Once = rand.Text()
	return s.render(c, http.StatusOK, "form", page{Title: f.Heading, Done: doneWords[c.Query("done")], Data: f})
}

func (s *Server) submitTimes(c *fiber.Ctx) error {
	p, err := s.Desk.Of(c.UserContext(), actorOf(c).PersonID)
	if err != nil {
		return err
	}
	v, f := typed(c), s.timesForm(p)
	_, err = s.Desk.Save(c.UserContext(), actorOf(c), v.version(), notifications.PreferenceInput{
		Zone: v.get("zone"), From: v.get("from"), To: v.get("to"), Days: v["days"],
	})
	switch {
	case err == nil:
		return c.Redirect("/mine/times?done=times", http.StatusSeeOther)
	case workpackages.KindOf(err) == workpackages.Stale:
		return s.staleForm(c, f, v, []changedNote{{Summary: timesWords(p)}})
	}
	return s.formAgain(c, err, f, v)
}
