package web

import (
	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
)

// itemKind is one of the sorts of thing that a package holds, with how it
// is asked for and saved. The address names it.
type itemKind struct {
	noun   string
	may    func(by workpackages.Actor, groupID string) bool // nil: who may change the package
	fields func(people []workpackages.Person, today workpackages.Date) []field
	find   func(w workpackages.WorkPackage, id string, people []workpackages.Person) ([]field, bool)
	save   func(s *Server, c *fiber.Ctx, w workpackages.WorkPackage, id string, v values) error
}

var itemKinds = map[string]itemKind{
	"issues": issueKind,
	"milestones": {
		noun: "milestone",
		fields: func(_ []workpackages.Person, today workpackages.Date) []field {
			return []field{
				{Kind: "text", Name: "title", Label: "What will be reached"},
				dateField("due", "Due date", "For example, "+exampleDate(today), ""),
			}
		},
		find: func(w workpackages.WorkPackage, id string, _ []workpackages.Person) ([]field, bool) {
			for _, m := range w.Milestones {
				if m.ID == id {
					return []field{
						{Kind: "text", Name: "title", Label: "What will be reached", Value: m.Title},
						dateField("due", "Due date", "Every date that a milestone had is kept, and a move to a later one counts as a slip", m.Due()),
						{Kind: "textarea", Name: "reason", Label: "Why the date moves", Hint: "Only if you change the due date", Max: 500, Rows: 3},
						dateField("done_on", "Reached on", "Leave empty if it is still to come", m.DoneOn),
					}, true
				}
			}
			return nil, false
		},
		save: func(s *Server, c *fiber.Ctx, w workpackages.WorkPackage, id string, v values) error {
			in := workpackages.MilestoneInput{Title: v.ptr("title"), Due: v.datePtr("due"), Reason: v.get("reason"), DoneOn: v.datePtr("done_on")}
			if id == "" {
				_, err := s.Packages.AddMilestone(c.UserContext(), actorOf(c), w.ID, v.write(), in)
				return err
			}
			_, err := s.Packages.ChangeMilestone(c.UserContext(), actorOf(c), w.ID, id, v.write(), in)
			return err
		},
	},
	"actions": {
		noun: "action",
		fields: func(people []workpackages.Person, today workpackages.Date) []field {
			return []field{
				{Kind: "text", Name: "title", Label: "What will be done"},
				{Kind: "select", Name: "owner", Label: "Owner", Hint: "One person, accountable for it", Options: peopleOptions(people, "", "Choose a person")},
				dateField("due", "Due date", "For example, "+exampleDate(today), ""),
			}
		},
		find: func(w workpackages.WorkPackage, id string, people []workpackages.Person) ([]field, bool) {
			for _, a := range w.Actions {
				if a.ID == id {
					return []field{
						{Kind: "text", Name: "title", Label: "What will be done", Value: a.Title},
						{Kind: "select", Name: "owner", Label: "Owner", Hint: "One person, accountable for it", Value: a.OwnerID, Options: peopleOptions(people, a.OwnerID, "Nobody yet")},
						dateField("due", "Due date", "", a.Due),
						dateField("done_on", "Done on", "Leave empty if it is still to do", a.DoneOn),
					}, true
				}
			}
			return nil, false
		},
		save: func(s *Server, c *fiber.Ctx, w workpackages.WorkPackage, id string, v values) error {
			in := workpackages.ActionInput{Title: v.ptr("title"), OwnerID: v.ptr("owner"), Due: v.datePtr("due"), DoneOn: v.datePtr("done_on")}
			if id == "" {
				_, err := s.Packages.AddAction(c.UserContext(), actorOf(c), w.ID, v.write(), in)
				return err
			}
			_, err := s.Packages.ChangeAction(c.UserContext(), actorOf(c), w.ID, id, v.write(), in)
			return err
		},
	},
	"evidence": {
		noun: "evidence",
		fields: func(_ []workpackages.Person, today workpackages.Date) []field {
			return evidenceFields(workpackages.Evidence{}, today)
		},
		find: func(w workpackages.WorkPackage, id string, _ []workpackages.Person) ([]field, bool) {
			for _, e := range w.Evidence {
				if e.ID == id {
					return evidenceFields(e, workpackages.DateOf(e.AddedAt, e.AddedAt.Location())), true
				}
			}
			return nil, false
		},
		save: func(s *Server, c *fiber.Ctx, w workpackages.WorkPackage, id string, v values) error {
			in := workpackages.EvidenceInput{Title: v.ptr("title"), Location: v.ptr("location"), ReviewBy: v.datePtr("review_by")}
			if id == "" {
				_, err := s.Packages.AddEvidence(c.UserContext(), actorOf(c), w.ID, v.write(), in)
				return err
			}
			_, err := s.Packages.ChangeEvidence(c.UserContext(), actorOf(c), w.ID, id, v.write(), in)
			return err
		},
	},
}

func evidenceFields(e workpackages.Evidence, today workpackages.Date) []field {
	return []field{
		{Kind: "text", Name: "title", Label: "What it shows", Value: e.Title},
		{Kind: "text", Name: "location", Label: "Where it is kept", Hint: "A web address, or words such as “Shared drive, Inspection, Audits”. Do not link to a child's record", Value: e.Location},
		dateField("review_by", "Review by (optional)", "When it will be out of date. For example, "+exampleDate(today), e.ReviewBy),
	}
}

// kindOf is the sort of item in the address. The row of routes that lets analysts
// at issues names no other.
func kindOf(c *fiber.Ctx) string { return c.Params("kind", "issues") }

// itemForm is the form of the address: a new item, or one there is.
func (s *Server) itemForm(c *fiber.Ctx) (form, workpackages.WorkPackage, itemKind, error) {
	kind, ok := itemKinds[kindOf(c)]
	if !ok {
		return form{}, workpackages.WorkPackage{}, kind, fiber.ErrNotFound
	}
	may := kind.may
	if may == nil {
		may = workpackages.MayChange
	}
	w, err := s.mayDo(c, may)
	if err != nil {
		return form{}, w, kind, err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return form{}, w, kind, err
	}
	f := form{Caption: w.Title, Back: "/packages/" + w.ID, Cancel: "/packages/" + w.ID, Version: w.Version, Button: "Save " + kind.noun}
	if id := c.Params("item"); id != "" {
		f.Heading, f.Action = "Change "+kind.noun, "/packages/"+w.ID+"/"+kindOf(c)+"/"+id
		if f.Fields, ok = kind.find(w, id, people); !ok {
			return f, w, kind, fiber.ErrNotFound
		}
		return f, w, kind, nil
	}
	if kind.fields == nil {
		return f, w, kind, fiber.ErrNotFound
	}
	f.Heading, f.Action = "Add "+withArticle(kind.noun), "/packages/"+w.ID+"/"+kindOf(c)+"/new"
	f.Fields = kind.fields(people, s.today())
	return f, w, kind, nil
}

func withArticle(noun string) string {
	switch noun {
	case "evidence":
		return noun
	case "action":
		return "an " + noun
	}
	return "a " + noun
}

func (s *Server) itemNewPage(c *fiber.Ctx) error { return s.itemPage(c) }

func (s *Server) itemPage(c *fiber.Ctx) error {
	f, _, _, err := s.itemForm(c)
	if err != nil {
		return err
	}
	return s.showForm(c, fiber.StatusOK, f, nil)
}

func (s *Server) submitItemNew(c *fiber.Ctx) error { return s.submitItem(c) }

func (s *Server) submitItem(c *fiber.Ctx) error {
	f, w, kind, err := s.itemForm(c)
	if err != nil {
		return err
	}
	v := typed(c)
	err = kind.save(s, c, w, c.Params("item"), v)
	return s.packageSaved(c, err, w, f, v, kindOf(c))
}
