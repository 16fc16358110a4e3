package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
)

// meetingView is a meeting in words.
type meetingView struct {
	workpackages.Meeting
	When string // "Tuesday 1 December 2026 at 14:00"
}

func meetingViews(g workpackages.Group, today workpackages.Date) []meetingView {
	var out []meetingView
	for _, m := range g.Coming(today) {
		v := meetingView{m, m.Date.Time().Format("Monday 2 January 2006")}
		if m.Time != "" {
			v.When += " at " + m.Time
		}
		out = append(out, v)
	}
	return out
}

func (s *Server) groupPage(c *fiber.Ctx) error { return s.showGroup(c, http.StatusOK, nil) }

func (s *Server) showGroup(c *fiber.Ctx, status int, errs []formError) error {
	r, err := s.Packages.Readiness(c.UserContext(), time.Time{})
	if err != nil {
		return err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return err
	}
	for _, g := range r.Groups {
		if g.Group.ID == c.Params("id") {
			return s.render(c, status, "group", page{Title: g.Group.Name, Done: doneWords[c.Query("done")], Errors: errs, Data: map[string]any{
				"Group": s.groupView(g, actorOf(c)), "CanEdit": isDirector(c), "MayPlan": workpackages.MayPlan(actorOf(c), g.Group),
				"Chair": workpackages.NameOf(people, g.Group.ChairID), "Meetings": meetingViews(g.Group, r.Today),
			}})
		}
	}
	return fiber.ErrNotFound
}

func groupForm(g workpackages.Group, people []workpackages.Person) form {
	return form{
		Heading: "Edit the steering group", Caption: g.Name, Action: "/groups/" + g.ID + "/edit", Back: "/groups/" + g.ID,
		Version: g.Version, Button: "Save", Cancel: "/groups/" + g.ID,
		Fields: []field{
			{Kind: "text", Name: "name", Label: "Name", Value: g.Name},
			{Kind: "textarea", Name: "remit", Label: "Remit", Value: g.Remit, Max: workpackages.MaxProse, Rows: 6},
			{Kind: "select", Name: "chair", Label: "Chair", Hint: "Hears of what stays overdue, and may plan the meetings", Value: g.ChairID, Options: peopleOptions(people, g.ChairID, "Nobody yet")},
		},
	}
}

func (s *Server) groupByID(c *fiber.Ctx) (workpackages.Group, error) {
	groups, err := s.Packages.Groups.Groups(c.UserContext())
	if err != nil {
		return workpackages.Group{}, err
	}
	for _, g := range groups {
		if g.ID == c.Params("id") {
			return g, nil
		}
	}
	return workpackages.Group{}, fiber.ErrNotFound
}

func (s *Server) groupEditPage(c *fiber.Ctx) error {
	g, err := s.groupByID(c)
	if err != nil {
		return err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, groupForm(g, people), nil)
}

func (s *Server) submitGroupEdit(c *fiber.Ctx) error {
	g, err := s.groupByID(c)
	if err != nil {
		return err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return err
	}
	v, f := typed(c), groupForm(g, people)
	in := workpackages.GroupInput{Name: v.ptr("name"), Remit: v.ptr("remit")}
	if _, asked := v["chair"]; asked { // a form of before there were chairs leaves the chair alone
		in.ChairID = v.ptr("chair")
	}
	if _, err := s.Packages.EditGroup(c.UserContext(), actorOf(c), g.ID, v.version(), in); err != nil {
		if workpackages.KindOf(err) == workpackages.Stale {
			return s.staleForm(c, f, v, s.groupChanged(g, people))
		}
		return s.formAgain(c, err, f, v)
	}
	return c.Redirect("/groups/"+g.ID+"?done=group", http.StatusSeeOther)
}

// groupChanged says what a group is now, to whoever was overtaken.
func (s *Server) groupChanged(g workpackages.Group, people []workpackages.Person) []changedNote {
	chair := "has no chair"
	if name := workpackages.NameOf(people, g.ChairID); name != "" {
		chair = "is chaired by " + name
	}
	notes := []changedNote{{Summary: "The group is now called “" + g.Name + "”, " + chair + ", and has the remit: " + g.Remit}}
	var meets []string
	for _, m := range meetingViews(g, s.today()) {
		meets = append(meets, m.When)
	}
	if len(meets) > 0 {
		notes = append(notes, changedNote{Summary: "It meets on " + strings.Join(meets, "; ")})
	}
	return notes
}

// meetingForm plans a meeting of the group of the address, for those who may.
func (s *Server) meetingForm(c *fiber.Ctx) (form, workpackages.Group, error) {
	g, err := s.groupByID(c)
	if err != nil {
		return form{}, g, err
	}
	if !workpackages.MayPlan(actorOf(c), g) {
		return form{}, g, workpackages.Errorf(workpackages.Forbidden, "Only the leads and the chair of this steering group and the assistant director can plan its meetings")
	}
	return form{
		Heading: "Plan a meeting", Caption: g.Name, Action: "/groups/" + g.ID + "/meetings/new", Back: "/groups/" + g.ID,
		Version: g.Version, Button: "Save meeting", Cancel: "/groups/" + g.ID,
		Fields: []field{
			dateField("date", "Day", "For example, "+exampleDate(s.today()), ""),
			{Kind: "text", Name: "time", Label: "Time (optional)", Hint: "Such as 14:00", Width: 5},
			{Kind: "text", Name: "place", Label: "Place (optional)", Hint: "A room, or how to join"},
		},
	}, g, nil
}

func (s *Server) meetingNewPage(c *fiber.Ctx) error {
	f, _, err := s.meetingForm(c)
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, f, nil)
}

func (s *Server) submitMeetingNew(c *fiber.Ctx) error {
	f, g, err := s.meetingForm(c)
	if err != nil {
		return err
	}
	v := typed(c)
	_, err = s.Packages.AddMeeting(c.UserContext(), actorOf(c), g.ID, v.version(), workpackages.MeetingInput{Date: v.date("date"), Time: v.get("time"), Place: v.get("place")})
	switch {
	case err == nil:
		return c.Redirect("/groups/"+g.ID+"?done=meeting", http.StatusSeeOther)
	case workpackages.KindOf(err) == workpackages.Stale:
		people, readErr := s.Packages.People.People(c.UserContext())
		if readErr != nil {
			return readErr
		}
		return s.staleForm(c, f, v, s.groupChanged(g, people))
	}
	return s.formAgain(c, err, f, v)
}

// submitMeetingCancel takes one meeting away. What else changed in the group since
// the page was opened does not matter to it.
func (s *Server) submitMeetingCancel(c *fiber.Ctx) error {
	g, err := s.groupByID(c)
	if err != nil {
		return err
	}
	_, err = s.Packages.CancelMeeting(c.UserContext(), actorOf(c), g.ID, g.Version, c.Params("meeting"))
	switch workpackages.KindOf(err) {
	case workpackages.NotFound:
		return s.showGroup(c, http.StatusNotFound, []formError{{Text: "This meeting is not planned any more: somebody may have cancelled it before you"}})
	case workpackages.Stale:
		return s.showGroup(c, http.StatusConflict, []formError{{Text: "Somebody changed the group at the same moment: look at the meetings, and cancel again if you still want to"}})
	}
	if err != nil {
		return err
	}
	return c.Redirect("/groups/"+g.ID+"?done=cancelled", http.StatusSeeOther)
}
