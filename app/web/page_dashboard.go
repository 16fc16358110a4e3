package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// board is one dashboard: the whole picture, worked out for the template.
type board struct {
	workpackages.Readiness
	Groups   []groupView
	Looks    []look       // what wants looking at first, worst first
	Checked  string       // "09:00"
	Warned   []string     // what is wrong with the reminders, for assistant directors
	Annexa   *checkHead   // the newest Annexe A check, of the whole return if there is one; nil when there is none
	Messages *messageNews // for those who look after them; nil when all is well
	Comms    string       // what the communications plan wants, for those who write it; empty for nothing
}

type groupView struct {
	Group    workpackages.Group
	Leads    string
	NoLead   bool
	Packages []packageRow
}

// packageRow is one package as a line of a table.
type packageRow struct {
	workpackages.PackageReadiness
	Says     string // what the dates say, when that is worse than the status
	Why      []string
	Updated  string
	SlipText string
	CanEdit  bool
}

// look is one package that wants looking at, and why.
type look struct {
	ID, Title string
	Status    workpackages.Status
	Why       []string
	More      int // reasons left for the package's own page
}

// mostWhy keeps the list of what to look at first readable at a glance.
const mostWhy = 3

func (s *Server) boardFor(c *fiber.Ctx) (board, error) {
	r, err := s.Packages.Readiness(c.UserContext(), time.Time{})
	if err != nil {
		return board{}, err
	}
	b := board{Readiness: r, Checked: r.At.In(s.Zone).Format("15:04")}
	for _, g := range r.Groups {
		b.Groups = append(b.Groups, s.groupView(g, actorOf(c)))
	}
	for _, g := range b.Groups {
		for _, p := range g.Packages {
			if len(p.Why) > 0 || p.Status == workpackages.Red {
				why := p.Why
				if p.Status == workpackages.Red && p.Decision != "" {
					why = append([]string{"Decision wanted: " + p.Decision}, why...)
				}
				l := look{ID: p.ID, Title: p.Title, Status: p.Status, Why: why}
				if len(why) > mostWhy {
					l.Why, l.More = why[:mostWhy], len(why)-mostWhy
				}
				b.Looks = append(b.Looks, l)
			}
		}
	}
	rank := func(l look) int {
		switch l.Status {
		case workpackages.Red:
			return 0
		case workpackages.Amber:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(b.Looks, func(x, y look) int { return rank(x) - rank(y) })
	check, err := s.Packages.NewestReturn(c.UserContext())
	switch {
	case err == nil:
		head := newCheckHead(check)
		b.Annexa = &head
	case workpackages.KindOf(err) != workpackages.NotFound:
		return b, err
	}
	b.Messages, err = s.messageNews(c)
	return b, err
}

func (s *Server) groupView(g workpackages.GroupReadiness, by workpackages.Actor) groupView {
	v := groupView{Group: g.Group, NoLead: len(g.Leads) == 0}
	for i, p := range g.Leads {
		if i > 0 {
			v.Leads += ", "
		}
		v.Leads += p.Name
	}
	for _, p := range g.Packages {
		v.Packages = append(v.Packages, s.packageRow(p, by))
	}
	return v
}

func (s *Server) packageRow(p workpackages.PackageReadiness, by workpackages.Actor) packageRow {
	row := packageRow{PackageReadiness: p, CanEdit: workpackages.MayChange(by, p.GroupID)}
	if p.Doubted() {
		row.Says = p.Computed.Short()
	}
	for _, r := range p.Reasons {
		if r.Code != "no_owner" {
			row.Why = append(row.Why, r.Text)
		}
	}
	row.Updated = "Not yet"
	if !p.UpdatedAt.IsZero() {
		row.Updated = p.UpdatedAt.In(s.Zone).Format("2 January 2006")
	}
	if n := p.Slips(); n > 0 {
		row.SlipText = phrase.Count(n, "slip")
	}
	return row
}

// doneWords are the only words that a "done" in an address can put on a page.
var doneWords = map[string]string{
	"welcome":    "You are signed in. Start by adding the leads under People",
	"updated":    "Status update saved",
	"edited":     "Package saved",
	"milestones": "Milestone saved",
	"actions":    "Action saved",
	"evidence":   "Evidence saved",
	"issues":     "Issue saved",
	"group":      "Group saved",
	"person":     "Person saved",
	"resent":     "It will be sent again",
	"times":      "Times saved",
	"rule":       "Rule saved",
	"closed":     "Closed days saved",
	"answered":   "Answer saved",
	"withdrawn":  "Answer taken back",
	"meeting":    "Meeting planned",
	"cancelled":  "Meeting cancelled",

	"comms":           "Message saved",
	"submitted":       "Put up for review",
	"approved":        "Approved. Your name stays with this wording",
	"sent-back":       "Sent back",
	"scheduled":       "Done. This page shows how far it is",
	"comms-cancelled": "Cancelled. What has not gone yet does not go any more",
	"reminded":        "It is sent again to those who have not read it",
	"hand":            "Recorded",
	"readers":         "Readers saved",
	"audience":        "Audience saved",
	"event":           "Event saved",
}

func (s *Server) dashboardPage(c *fiber.Ctx) error {
	b, err := s.boardFor(c)
	if err != nil {
		return err
	}
	if mayWritePlan(c) {
		if b.Comms, err = s.commsWants(c); err != nil {
			return err
		}
	}
	if actorOf(c).Role == workpackages.AssistantDirector {
		if b.Warned, err = s.warnings(c.UserContext()); err != nil {
			return err
		}
	}
	return s.render(c, http.StatusOK, "dashboard", page{Title: "Dashboard", Done: doneWords[c.Query("done")], Refresh: true, Data: b})
}

// staleForm shows a form again that somebody overtook: what was typed, what has
// changed since, and the newer version for the next try.
func (s *Server) staleForm(c *fiber.Ctx, f form, v values, changed []changedNote) error {
	fill(f.Fields, v)
	f.Changed = changed
	return s.showForm(c, http.StatusConflict, f, []formError{overtakenError})
}

var overtakenError = formError{Href: "#changed", Text: "Somebody changed this while you were writing. Read what changed, then save again if your text still stands"}
