package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications/comms"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// planOccasion is a message on a day of the plan's calendar.
type planOccasion struct {
	commsRow
	Clock string // "09:00"; empty of what was sent by hand
	Done  bool
}

// planDay is one day of the plan's calendar.
type planDay struct {
	Date    workpackages.Date
	Number  int
	Label   string // "Monday 30 November"
	Other   bool   // of another month
	Today   bool
	Shut    string // why it is no working day
	Event   string // what of the inspection falls on it
	Happens []planOccasion
}

func (s *Server) commsCalendarPage(c *fiber.Ctx) error {
	plan, err := s.Comms.Plan(c.UserContext(), actorOf(c))
	if err != nil {
		return err
	}
	first, err := time.Parse("2006-01", c.Query("month", string(plan.Today)[:7]))
	if err != nil || first.Year() < 2000 || first.Year() > 2100 {
		return workpackages.Errorf(workpackages.NotFound, "The calendar has no such month: choose one of its own")
	}
	from := workpackages.Date(first.Format(time.DateOnly))
	until := workpackages.Date(first.AddDate(0, 1, 0).Format(time.DateOnly))
	occasions, err := s.Comms.Between(c.UserContext(), plan, from, until)
	if err != nil {
		return err
	}
	closed, err := s.Rules.ClosedDays(c.UserContext())
	if err != nil {
		return err
	}
	byDay := map[workpackages.Date][]planOccasion{}
	for _, o := range occasions {
		day := workpackages.DateOf(o.At, s.Zone)
		p := planOccasion{commsRow: s.commsRow(o.Row, actorOf(c)), Done: o.Done, Clock: o.At.In(s.Zone).Format("15:04")}
		if o.Done && o.Channel == comms.ByHand {
			p.Clock = ""
		}
		byDay[day] = append(byDay[day], p)
	}
	columns := []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
	monday := from.AddDays(-(int(first.Weekday()) + 6) % 7)
	var weeks [][]planDay
	var listed []planDay
	for ; monday < until; monday = monday.AddDays(7) {
		var week []planDay
		in := false
		for i := range 7 {
			d := monday.AddDays(i)
			day := planDay{Date: d, Number: d.Time().Day(), Label: d.Time().Format("Monday 2 January"), Other: d < from || d >= until, Today: d == plan.Today, Happens: byDay[d]}
			for _, e := range plan.Events {
				if e.Date == d {
					day.Event = strings.TrimPrefix(day.Event+", "+e.Title, ", ")
				}
			}
			day.Shut = dayShut(d, closed)
			if !day.Other && (len(day.Happens) > 0 || day.Event != "") {
				listed = append(listed, day)
			}
			if i >= 5 {
				// A weekend is shown where something falls on it.
				if len(day.Happens) == 0 && day.Event == "" {
					continue
				}
			}
			in = in || !day.Other
			week = append(week, day)
		}
		if in {
			weeks = append(weeks, week)
		}
	}
	for _, w := range weeks {
		for len(columns) < len(w) {
			columns = append(columns, "Weekend")
		}
	}
	return s.render(c, http.StatusOK, "comms-calendar", page{Title: "Calendar of the communications plan", Data: map[string]any{
		"Month": first.Format("January 2006"), "Before": first.AddDate(0, -1, 0).Format("2006-01"), "After": first.AddDate(0, 1, 0).Format("2006-01"),
		"BeforeName": first.AddDate(0, -1, 0).Format("January 2006"), "AfterName": first.AddDate(0, 1, 0).Format("January 2006"),
		"Weeks": weeks, "Days": listed, "Columns": columns, "Count": len(occasions), "MayWrite": mayWritePlan(c),
	}})
}

// audiencesPage shows whom the plan tells, and how each stands.
func (s *Server) audiencesPage(c *fiber.Ctx) error {
	told, err := s.Comms.ReachOfAudiences(c.UserContext(), actorOf(c))
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "comms-audiences", page{Title: "Audiences", Done: doneWords[c.Query("done")], Data: map[string]any{"Told": told, "MayWrite": mayWritePlan(c)}})
}

func audienceForm(a comms.Audience) form {
	f := form{
		Heading: "Change an audience", Caption: a.Name, Action: "/comms/audiences/" + a.ID, Back: "/comms/audiences", Cancel: "/comms/audiences", Version: a.Version, Button: "Save",
		Fields: []field{
			{Kind: "text", Name: "name", Label: "Name", Value: a.Name},
			{Kind: "text", Name: "about", Label: "Who they are (optional)", Value: a.About},
			{Kind: "number", Name: "tell_every", Label: "Tell them at least every", Hint: "0 for no such promise", Suffix: "days", Value: strconv.Itoa(a.TellEvery)},
			{Kind: "textarea", Name: "channels", Label: "Slack channels (optional)", Hint: "Such as #childrens-services, one on a line. Readiness has to be a member of each", Value: "#" + strings.Join(a.Channels, "\n#"), Max: 2000, Rows: 3},
			{Kind: "checkbox", Name: "everybody", Label: "People in Slack", Options: []option{{Value: "yes", Text: "Everybody who can sign in here", Chosen: a.Everybody}}},
			{Kind: "textarea", Name: "contacts", Label: "Other people in Slack (optional)", Hint: "One on a line, as Name, name@example.gov.uk. Paste them from a sheet. They need not be able to sign in", Value: comms.ContactLines(a.Contacts), Max: 200_000, Rows: 8},
		},
	}
	if len(a.Channels) == 0 {
		f.Fields[3].Value = ""
	}
	if a.ID == "" {
		f.Heading, f.Action, f.Caption = "Add an audience", "/comms/audiences/new", ""
	}
	return f
}

func audienceInput(v values) comms.AudienceInput {
	everybody := v.get("everybody") == "yes"
	in := comms.AudienceInput{Name: v.ptr("name"), About: v.ptr("about"), Channels: v.ptr("channels"), Contacts: v.ptr("contacts"), Everybody: &everybody}
	n, err := strconv.Atoi(strings.TrimSpace(v.get("tell_every")))
	if err != nil {
		n = -1
		if strings.TrimSpace(v.get("tell_every")) == "" {
			n = 0
		}
	}
	in.TellEvery = &n
	return in
}

func (s *Server) audienceNewPage(c *fiber.Ctx) error {
	return s.showForm(c, http.StatusOK, audienceForm(comms.Audience{TellEvery: 30}), nil)
}

func (s *Server) submitAudienceNew(c *fiber.Ctx) error {
	v, f := typed(c), audienceForm(comms.Audience{})
	_, err := s.Comms.AddAudience(c.UserContext(), actorOf(c), audienceInput(v))
	if err == nil {
		return c.Redirect("/comms/audiences?done=audience", http.StatusSeeOther)
	}
	return s.formAgain(c, err, f, v)
}

func (s *Server) audiencePage(c *fiber.Ctx) error {
	a, err := s.Comms.Audience(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, audienceForm(a), nil)
}

func (s *Server) submitAudience(c *fiber.Ctx) error {
	a, err := s.Comms.Audience(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	v, f := typed(c), audienceForm(a)
	_, err = s.Comms.EditAudience(c.UserContext(), actorOf(c), a.ID, v.version(), audienceInput(v))
	switch {
	case err == nil:
		return c.Redirect("/comms/audiences?done=audience", http.StatusSeeOther)
	case workpackages.KindOf(err) == workpackages.Stale:
		return s.staleForm(c, f, v, []changedNote{{"The audience was changed: it is now called “" + a.Name + "” and has " + phrase.Count(len(a.Contacts), "other person"), a.ChangedBy, s.longDayTime(a.ChangedAt)}})
	}
	return s.formAgain(c, err, f, v)
}

// eventView is an event with what it lets go.
type eventView struct {
	comms.Event
	Waits []commsRow // scheduled messages that are timed from it
}

func (s *Server) eventsPage(c *fiber.Ctx) error {
	plan, err := s.Comms.Plan(c.UserContext(), actorOf(c))
	if err != nil {
		return err
	}
	var out []eventView
	for _, e := range plan.Events {
		v := eventView{Event: e}
		for _, r := range plan.WaitingFor(e.ID) {
			v.Waits = append(v.Waits, s.commsRow(r, actorOf(c)))
		}
		out = append(out, v)
	}
	return s.render(c, http.StatusOK, "comms-events", page{Title: "Events", Done: doneWords[c.Query("done")], Data: map[string]any{"Events": out, "MayWrite": mayWritePlan(c), "Embargo": plan.Embargoed}})
}

// eventForm asks for the day of an event, and says what goes by it.
func (s *Server) eventForm(c *fiber.Ctx) (form, comms.Event, error) {
	plan, err := s.Comms.Plan(c.UserContext(), actorOf(c))
	if err != nil {
		return form{}, comms.Event{}, err
	}
	for _, e := range plan.Events {
		if e.ID != c.Params("id") {
			continue
		}
		lead := e.Hint + " No scheduled message is timed from it."
		var waits []string
		for _, r := range plan.WaitingFor(e.ID) {
			waits = append(waits, "“"+r.Title+"” ("+phrase.LowerFirst(r.Trigger.Words())+")")
		}
		if len(waits) > 0 {
			lead = e.Hint + " " + phrase.Count(len(waits), "scheduled message") + " will go by it: " + strings.Join(waits, "; ") + ". What should have gone earlier today goes at once."
		}
		return form{
			Heading: e.Title, Caption: "Event", Lead: lead, Action: "/comms/events/" + e.ID, Back: "/comms/events", Cancel: "/comms/events", Version: e.Version, Button: "Save",
			Fields: []field{dateField("date", "Day", "Leave it empty while it is not known", e.Date)},
		}, e, nil
	}
	return form{}, comms.Event{}, fiber.ErrNotFound
}

func (s *Server) eventPage(c *fiber.Ctx) error {
	f, _, err := s.eventForm(c)
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, f, nil)
}

func (s *Server) submitEvent(c *fiber.Ctx) error {
	f, e, err := s.eventForm(c)
	if err != nil {
		return err
	}
	v := typed(c)
	_, err = s.Comms.SetEvent(c.UserContext(), actorOf(c), e.ID, v.version(), v.date("date"))
	switch {
	case err == nil:
		return c.Redirect("/comms/events?done=event", http.StatusSeeOther)
	case workpackages.KindOf(err) == workpackages.Stale:
		day := "not known"
		if !e.Date.IsZero() {
			day = e.Date.String()
		}
		return s.staleForm(c, f, v, []changedNote{{"The day is now: " + day, e.ChangedBy, s.longDayTime(e.ChangedAt)}})
	}
	return s.formAgain(c, err, f, v)
}
