package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
)

// packageView is a package's own page.
type packageView struct {
	Row        packageRow
	Group      workpackages.Group
	Milestones []milestoneView
	Actions    []actionView
	Evidence   []evidenceView
	Issues     []issueView
	ShowIssues bool // there are some, or this is where they belong
	CanIssue   bool
	History    historyView
	Leads      string
	Answers    []string // what people answered to reminders, for those who may change the package
}

type milestoneView struct {
	workpackages.Milestone
	Overdue bool
	Moves   []string // every earlier date, in words
}

type actionView struct {
	workpackages.Action
	Owner   string
	Overdue bool
}

type evidenceView struct {
	workpackages.Evidence
	OutOfDate bool
}

type historyView struct {
	PackageID string
	Entries   []entryView
	Older     int64 // show entries below this version next; 0 when there are none
	AsPage    bool
}

type entryView struct {
	workpackages.Entry
	Via string
}

// version is the version that a form was opened at; 0 is never in force.
func (v values) version() int64 {
	n, _ := strconv.ParseInt(v.get("version"), 10, 64)
	return n
}

const historyOnPage, historyPerPage = 5, 20

func (s *Server) packagePage(c *fiber.Ctx) error {
	r, err := s.Packages.Readiness(c.UserContext(), time.Time{})
	if err != nil {
		return err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return err
	}
	for _, g := range r.Groups {
		for _, p := range g.Packages {
			if p.ID != c.Params("id") {
				continue
			}
			v := packageView{Row: s.packageRow(p, actorOf(c)), Group: g.Group, Leads: s.groupView(g, actorOf(c)).Leads}
			for _, m := range p.Milestones {
				v.Milestones = append(v.Milestones, milestoneView{m, !m.Done() && m.Due().Before(r.Today), s.moves(m)})
			}
			for _, a := range p.Actions {
				v.Actions = append(v.Actions, actionView{a, workpackages.NameOf(people, a.OwnerID), !a.Done() && a.Due.Before(r.Today)})
			}
			for _, e := range p.Evidence {
				v.Evidence = append(v.Evidence, evidenceView{e, e.ReviewBy.Before(r.Today)})
			}
			v.Issues = s.issueViews(p.WorkPackage, people)
			v.ShowIssues = len(v.Issues) > 0 || p.ID == dataQualityPackage
			v.CanIssue = workpackages.MayRaiseIssue(actorOf(c), p.GroupID)
			if v.Row.CanEdit {
				all, err := s.Packages.Responses(c.UserContext())
				if err != nil {
					return err
				}
				v.Answers = answersTo(p, all, r.Today)
			}
			if v.History, err = s.history(c, p.ID, 0, historyOnPage); err != nil {
				return err
			}
			return s.render(c, http.StatusOK, "package", page{Title: p.Title, Done: doneWords[c.Query("done")], Data: v})
		}
	}
	return fiber.ErrNotFound
}

func (s *Server) moves(m workpackages.Milestone) []string {
	var out []string
	for i := 1; i < len(m.Baselines); i++ {
		was, b := m.Baselines[i-1], m.Baselines[i]
		out = append(out, "Moved from "+was.Date.String()+" by "+b.SetBy+" on "+b.SetAt.In(s.Zone).Format("2 January 2006")+": "+b.Reason)
	}
	return out
}

func (s *Server) history(c *fiber.Ctx, id string, before int64, limit int) (historyView, error) {
	entries, more, err := s.Packages.History(c.UserContext(), id, before, limit)
	v := historyView{PackageID: id}
	for _, e := range entries {
		v.Entries = append(v.Entries, entryView{e, viaWords(e.By.Via)})
	}
	if more && len(entries) > 0 {
		v.Older = entries[len(entries)-1].Version
	}
	return v, err
}

// viaWords says where something was done; the pages are not named.
func viaWords(via string) string {
	switch via {
	case "slack":
		return "in Slack"
	case "api":
		return "through the API"
	case "command":
		return "on the command line"
	}
	return ""
}

func (s *Server) historyPage(c *fiber.Ctx) error {
	w, err := s.Packages.Packages.Package(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64)
	h, err := s.history(c, w.ID, before, historyPerPage)
	if err != nil {
		return err
	}
	h.AsPage = true
	return s.render(c, http.StatusOK, "history", page{Title: "History of " + w.Title, Data: map[string]any{"Package": w, "History": h}})
}

// updateForm is the status update: the fields that a status demands open under it.
func updateForm(w workpackages.WorkPackage, today workpackages.Date) form {
	amber := []field{
		{Kind: "textarea", Name: "recovery_plan", Label: "Recovery plan", Hint: "What will be done to get back on track, and who has agreed to it", Value: w.RecoveryPlan, Max: workpackages.MaxProse, Rows: 4},
		dateField("recovery_date", "Back on track by", "For example, "+exampleDate(today), w.RecoveryDate),
	}
	red := []field{
		{Kind: "textarea", Name: "reason", Label: "Why it is red", Value: w.Reason, Max: workpackages.MaxProse, Rows: 4},
		{Kind: "textarea", Name: "decision", Label: "Decision wanted", Hint: "What you need decided, and by whom", Value: w.Decision, Max: workpackages.MaxProse, Rows: 3},
	}
	status := field{Kind: "radios", Name: "status", Label: "Status", Value: string(w.Status)}
	for _, st := range workpackages.Statuses() {
		o := option{Value: string(st), Text: st.Short(), Hint: st.Meaning(), Chosen: st == w.Status}
		switch st {
		case workpackages.Amber:
			o.Fields = amber
		case workpackages.Red:
			o.Fields = red
		}
		status.Options = append(status.Options, o)
	}
	f := form{
		Heading: "Update status", Caption: w.Title, Action: "/packages/" + w.ID + "/update", Back: "/packages/" + w.ID,
		Version: w.Version, Button: "Save update", Cancel: "/packages/" + w.ID,
		Fields: []field{
			status,
			{Kind: "textarea", Name: "narrative", Label: "What has changed since the last update", Hint: "Do not name or describe a child", Max: workpackages.MaxProse, Rows: 6},
			{Kind: "number", Name: "percent", Label: "How much is done (optional)", Suffix: "%"},
		},
	}
	if w.Percent != nil {
		f.Fields[2].Value = strconv.Itoa(*w.Percent)
	}
	if !w.UpdatedAt.IsZero() {
		f.Lead = "The last update, by " + w.UpdatedBy + ", said: " + w.Narrative
	}
	return f
}

func exampleDate(today workpackages.Date) string { return today.AddDays(28).Time().Format("2 1 2006") }

// mayChange finds the package of the address, if whoever asks may change it.
func (s *Server) mayChange(c *fiber.Ctx) (workpackages.WorkPackage, error) {
	return s.mayDo(c, workpackages.MayChange)
}

func (s *Server) mayDo(c *fiber.Ctx, may func(by workpackages.Actor, groupID string) bool) (workpackages.WorkPackage, error) {
	w, err := s.Packages.Packages.Package(c.UserContext(), c.Params("id"))
	if err != nil {
		return w, err
	}
	if !may(actorOf(c), w.GroupID) {
		return w, workpackages.ErrMayNotChange
	}
	return w, nil
}

func (s *Server) today() workpackages.Date { return workpackages.DateOf(s.Now(), s.Zone) }

func (s *Server) updatePage(c *fiber.Ctx) error {
	w, err := s.mayChange(c)
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, updateForm(w, s.today()), nil)
}

func (s *Server) submitUpdate(c *fiber.Ctx) error {
	w, err := s.mayChange(c)
	if err != nil {
		return err
	}
	v := typed(c)
	in := workpackages.StatusInput{
		Status: v.get("status"), Narrative: v.get("narrative"), Percent: v.get("percent"), RecoveryPlan: v.get("recovery_plan"),
		RecoveryDate: v.date("recovery_date"), Reason: v.get("reason"), Decision: v.get("decision"),
	}
	_, err = s.Packages.Update(c.UserContext(), actorOf(c), w.ID, v.write(), in)
	return s.packageSaved(c, err, w, updateForm(w, s.today()), v, "updated")
}

// write is the version a form was opened at, with the form's own key: a form
// sent twice by an impatient double click is one change.
func (v values) write() workpackages.Write {
	return workpackages.Write{Version: v.version(), Key: v.get("once")}
}

// packageSaved ends every change to a package made with a form.
func (s *Server) packageSaved(c *fiber.Ctx, err error, w workpackages.WorkPackage, f form, v values, done string) error {
	if err == nil {
		return c.Redirect("/packages/"+w.ID+"?done="+done, http.StatusSeeOther)
	}
	if workpackages.KindOf(err) == workpackages.Stale {
		return s.staleForm(c, f, v, s.changedSince(c, w, v.version()))
	}
	return s.formAgain(c, err, f, v)
}

func (s *Server) changedSince(c *fiber.Ctx, w workpackages.WorkPackage, version int64) []changedNote {
	entries, _, err := s.Packages.History(c.UserContext(), w.ID, 0, 10)
	if err != nil {
		return nil
	}
	var out []changedNote
	for _, e := range entries {
		if e.Version > version {
			summary := e.Summary
			if e.Update != nil {
				summary += ". “" + e.Update.Narrative + "”"
			}
			out = append(out, changedNote{summary, e.By.Name, e.At.In(s.Zone).Format("2 January 2006 at 15:04")})
		}
	}
	return out
}

func (s *Server) packageForm(w workpackages.WorkPackage, people []workpackages.Person) form {
	f := form{
		Heading: "Edit the package", Caption: w.Title, Action: "/packages/" + w.ID + "/edit", Back: "/packages/" + w.ID,
		Version: w.Version, Button: "Save", Cancel: "/packages/" + w.ID,
		Fields: []field{
			{Kind: "text", Name: "title", Label: "Name", Value: w.Title},
			{Kind: "textarea", Name: "summary", Label: "Summary", Value: w.Summary, Max: workpackages.MaxProse, Rows: 5},
			{Kind: "select", Name: "owner", Label: "Owner", Hint: "One person, accountable for the package", Options: peopleOptions(people, w.OwnerID, "Nobody yet"), Value: w.OwnerID},
		},
	}
	if w.DefaultName {
		f.Fields[0].Hint = "This name came with the product: change it to the one your council uses"
	}
	return f
}

func (s *Server) packageEditPage(c *fiber.Ctx) error {
	w, err := s.mayChange(c)
	if err != nil {
		return err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, s.packageForm(w, people), nil)
}

func (s *Server) submitPackageEdit(c *fiber.Ctx) error {
	w, err := s.mayChange(c)
	if err != nil {
		return err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return err
	}
	v := typed(c)
	_, err = s.Packages.Edit(c.UserContext(), actorOf(c), w.ID, v.write(), workpackages.EditInput{
		Title: v.ptr("title"), Summary: v.ptr("summary"), OwnerID: v.ptr("owner"),
	})
	return s.packageSaved(c, err, w, s.packageForm(w, people), v, "edited")
}
