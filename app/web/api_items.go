package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
)

type milestoneBody struct {
	Title  *string `json:"title"`
	Due    *string `json:"due"`
	Reason string  `json:"reason"`
	DoneOn *string `json:"done_on"`
}

func (b milestoneBody) input() workpackages.MilestoneInput {
	return workpackages.MilestoneInput{Title: b.Title, Due: b.Due, Reason: b.Reason, DoneOn: b.DoneOn}
}

type actionBody struct {
	Title  *string `json:"title"`
	Owner  *string `json:"owner"`
	Due    *string `json:"due"`
	DoneOn *string `json:"done_on"`
}

func (b *actionBody) owner() **string { return &b.Owner }

func (b actionBody) input() workpackages.ActionInput {
	return workpackages.ActionInput{Title: b.Title, OwnerID: b.Owner, Due: b.Due, DoneOn: b.DoneOn}
}

type evidenceBody struct {
	Title    *string `json:"title"`
	Location *string `json:"location"`
	ReviewBy *string `json:"review_by"`
}

func (b evidenceBody) input() workpackages.EvidenceInput {
	return workpackages.EvidenceInput{Title: b.Title, Location: b.Location, ReviewBy: b.ReviewBy}
}

// change reads a write to an item: the version, the body, then what to do.
func change[B any](s *Server, c *fiber.Ctx, do func(wr workpackages.Write, body B) (workpackages.Result, error)) error {
	wr, err := writeOf(c)
	if err != nil {
		return err
	}
	var body B
	if err := readJSON(c, &body); err != nil {
		return err
	}
	if owned, ok := any(&body).(interface{ owner() **string }); ok {
		id := owned.owner()
		if *id, err = s.ownerID(c, *id); err != nil {
			return err
		}
	}
	r, err := do(wr, body)
	if err != nil {
		return err
	}
	return s.sendItem(c, r)
}

// sendItem answers with the item that was written: 201 when it is new.
func (s *Server) sendItem(c *fiber.Ctx, r workpackages.Result) error {
	whole, err := s.jsonWhole(c, r.Package)
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if c.Method() == fiber.MethodPatch {
		status = http.StatusOK
	}
	c.Set(fiber.HeaderETag, etag(r.Package.Version))
	for _, m := range whole.Milestones {
		if m.ID == r.ItemID {
			return sendJSON(c, status, itemAnswer{m, r.Package.Version})
		}
	}
	for _, i := range whole.Issues {
		if i.ID == r.ItemID {
			return sendJSON(c, status, itemAnswer{i, r.Package.Version})
		}
	}
	for _, a := range whole.Actions {
		if a.ID == r.ItemID {
			return sendJSON(c, status, itemAnswer{a, r.Package.Version})
		}
	}
	for _, e := range whole.Evidence {
		if e.ID == r.ItemID {
			return sendJSON(c, status, itemAnswer{e, r.Package.Version})
		}
	}
	return workpackages.Errorf(workpackages.NotFound, "The package no longer has this item")
}

func (s *Server) apiAddMilestone(c *fiber.Ctx) error {
	return change(s, c, func(wr workpackages.Write, b milestoneBody) (workpackages.Result, error) {
		return s.Packages.AddMilestone(c.UserContext(), actorOf(c), c.Params("id"), wr, b.input())
	})
}

func (s *Server) apiChangeMilestone(c *fiber.Ctx) error {
	return change(s, c, func(wr workpackages.Write, b milestoneBody) (workpackages.Result, error) {
		return s.Packages.ChangeMilestone(c.UserContext(), actorOf(c), c.Params("id"), c.Params("item"), wr, b.input())
	})
}

func (s *Server) apiAddAction(c *fiber.Ctx) error {
	return change(s, c, func(wr workpackages.Write, b actionBody) (workpackages.Result, error) {
		return s.Packages.AddAction(c.UserContext(), actorOf(c), c.Params("id"), wr, b.input())
	})
}

func (s *Server) apiChangeAction(c *fiber.Ctx) error {
	return change(s, c, func(wr workpackages.Write, b actionBody) (workpackages.Result, error) {
		return s.Packages.ChangeAction(c.UserContext(), actorOf(c), c.Params("id"), c.Params("item"), wr, b.input())
	})
}

func (s *Server) apiAddEvidence(c *fiber.Ctx) error {
	return change(s, c, func(wr workpackages.Write, b evidenceBody) (workpackages.Result, error) {
		return s.Packages.AddEvidence(c.UserContext(), actorOf(c), c.Params("id"), wr, b.input())
	})
}

func (s *Server) apiChangeEvidence(c *fiber.Ctx) error {
	return change(s, c, func(wr workpackages.Write, b evidenceBody) (workpackages.Result, error) {
		return s.Packages.ChangeEvidence(c.UserContext(), actorOf(c), c.Params("id"), c.Params("item"), wr, b.input())
	})
}
