package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
)

type personRow struct {
	workpackages.Person
	Group string
}

func (s *Server) peoplePage(c *fiber.Ctx) error {
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return err
	}
	groups, err := s.Packages.Groups.Groups(c.UserContext())
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, g := range groups {
		names[g.ID] = g.Name
	}
	var rows []personRow
	for _, p := range people {
		rows = append(rows, personRow{p, names[p.GroupID]})
	}
	return s.render(c, http.StatusOK, "people", page{Title: "People", Done: doneWords[c.Query("done")], Data: map[string]any{
		"People": rows, "CanEdit": actorOf(c).Role == workpackages.AssistantDirector,
	}})
}

func (s *Server) personForm(c *fiber.Ctx, p workpackages.Person) (form, error) {
	groups, err := s.Packages.Groups.Groups(c.UserContext())
	if err != nil {
		return form{}, err
	}
	role := field{Kind: "radios", Name: "role", Label: "Role", Value: string(p.Role)}
	hints := map[workpackages.Role]string{
		workpackages.AssistantDirector: "Sees and changes everything, and looks after people",
		workpackages.Lead:              "Changes the packages of one steering group, and is reminded about them",
		workpackages.Comms:             "Writes the communications plan",
		workpackages.Analyst:           "Checks Annexe A data",
		workpackages.Viewer:            "Reads",
	}
	for _, r := range workpackages.Roles() {
		role.Options = append(role.Options, option{Value: string(r), Text: r.Label(), Hint: hints[r], Chosen: r == p.Role})
	}
	group := field{Kind: "select", Name: "group", Label: "Steering group", Hint: "Needed for a group lead", Value: p.GroupID,
		Options: []option{{Text: "None", Chosen: p.GroupID == ""}}}
	for _, g := range groups {
		group.Options = append(group.Options, option{Value: g.ID, Text: g.Name, Chosen: g.ID == p.GroupID})
	}
	f := form{
		Heading: "Add a person", Action: "/people/new", Back: "/people", Cancel: "/people", Button: "Save person",
		Fields: []field{
			{Kind: "text", Name: "name", Label: "Name", Value: p.Name, Autocomplete: "off"},
			{Kind: "email", Name: "email", Label: "E-mail address", Hint: "The one they have in Slack, so that reminders find them", Value: p.Email, Autocomplete: "off"},
			role, group,
		},
	}
	if p.ID != "" {
		f.Heading, f.Action, f.Version = "Change "+p.Name, "/people/"+p.ID, p.Version
		f.Fields = append(f.Fields, field{Kind: "checkbox", Name: "disabled", Label: "Access", Value: yes(p.Disabled),
			Options: []option{{Value: "yes", Text: "This person may no longer sign in", Hint: "Their name stays in the history. They are signed out at once", Chosen: p.Disabled}}})
	}
	return f, nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func (s *Server) personNewPage(c *fiber.Ctx) error {
	f, err := s.personForm(c, workpackages.Person{})
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, f, nil)
}

func (s *Server) submitPersonNew(c *fiber.Ctx) error {
	f, err := s.personForm(c, workpackages.Person{})
	if err != nil {
		return err
	}
	v := typed(c)
	p, err := s.Packages.AddPerson(c.UserContext(), actorOf(c), workpackages.Person{
		Name: v.get("name"), Email: v.get("email"), Role: workpackages.Role(v.get("role")), GroupID: v.get("group"),
	})
	if err != nil {
		return s.formFailed(c, err, f.Fields, v, func(status int, errs []formError) error { return s.showForm(c, status, f, errs) })
	}
	return s.showLink(c, p, "Person saved")
}

// showLink shows a new sign-in link, the only time it can be read.
func (s *Server) showLink(c *fiber.Ctx, p workpackages.Person, done string) error {
	token, expires, err := s.Auth.InviteLink(c.UserContext(), p.ID)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "link", page{Title: "Sign-in link for " + p.Name, Done: done, Data: map[string]any{
		"Person": p, "Link": s.BaseURL + "/link/" + token, "Expires": expires,
	}})
}

func (s *Server) submitPersonLink(c *fiber.Ctx) error {
	p, err := s.Packages.People.Person(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	return s.showLink(c, p, "")
}

func (s *Server) personPage(c *fiber.Ctx) error {
	p, err := s.Packages.People.Person(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	f, err := s.personForm(c, p)
	if err != nil {
		return err
	}
	return s.showPerson(c, http.StatusOK, p, f, nil)
}

func (s *Server) showPerson(c *fiber.Ctx, status int, p workpackages.Person, f form, errs []formError) error {
	return s.render(c, status, "person", page{Title: f.Heading, Errors: errs, Data: map[string]any{"Form": f, "Person": p}})
}

func (s *Server) submitPerson(c *fiber.Ctx) error {
	p, err := s.Packages.People.Person(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	f, err := s.personForm(c, p)
	if err != nil {
		return err
	}
	v := typed(c)
	role, disabled := workpackages.Role(v.get("role")), v.get("disabled") == "yes"
	saved, err := s.Packages.EditPerson(c.UserContext(), actorOf(c), p.ID, v.version(), workpackages.PersonInput{
		Name: v.ptr("name"), Email: v.ptr("email"), GroupID: v.ptr("group"), Role: &role, Disabled: &disabled,
	})
	switch {
	case err != nil && workpackages.KindOf(err) == workpackages.Stale:
		fill(f.Fields, v)
		return s.showPerson(c, http.StatusConflict, p, f, []formError{{Text: "Somebody changed this person while you were writing. They are now " + p.Name + ", " + p.Email + ", " + p.Role.Label() + ". Save again if your change still stands"}})
	case err != nil:
		return s.formFailed(c, err, f.Fields, v, func(status int, errs []formError) error { return s.showPerson(c, status, p, f, errs) })
	}
	if saved.Disabled {
		if err := s.Auth.EndSessionsOf(c.UserContext(), saved.ID); err != nil {
			return err
		}
		if s.SlackApp != nil {
			s.SlackApp.Left(saved.ID)
		}
	}
	return c.Redirect("/people?done=person", http.StatusSeeOther)
}
