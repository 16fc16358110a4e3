package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications/comms"
	"readiness/notifications/slack"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// commsTag is the state of a message of the plan as word and colour.
func commsTag(s comms.State) stateTag {
	class := map[comms.State]string{
		comms.Draft: "app-tag--not-started", comms.InReview: "app-tag--amber", comms.Approved: "app-tag--blue", comms.Scheduled: "app-tag--blue",
		comms.Sending: "app-tag--amber", comms.Sent: "app-tag--green", comms.Cancelled: "app-tag--paused",
	}[s]
	return stateTag{s.Label(), class}
}

// commsRow is a row of the plan in words.
type commsRow struct {
	comms.Row
	Tag     stateTag
	When    string // when it goes, or when it went
	Trigger string // what makes it go
	Hidden  bool   // under embargo, and not for this reader
}

func (s *Server) commsRow(r comms.Row, by workpackages.Actor) commsRow {
	v := commsRow{Row: r, Tag: commsTag(r.State), Trigger: r.Trigger.Words(), Hidden: !r.CanRead(by)}
	last := r.LastTold()
	switch {
	case r.State == comms.Cancelled:
	case r.State == comms.Sent && !last.IsZero():
		v.When = "sent " + last.In(s.Zone).Format("2 January 2006")
	case !r.Next.IsZero():
		v.When = s.longDayTime(r.Next)
	case r.Trigger.Kind == comms.OnEvent:
		v.When = "day not known yet"
	}
	if v.When == v.Trigger {
		v.When = ""
	}
	return v
}

// commsPhase is the rows of one phase.
type commsPhase struct {
	Phase comms.Phase
	Rows  []commsRow
}

func mayWritePlan(c *fiber.Ctx) bool { return comms.MayWrite(actorOf(c)) }

func (s *Server) commsPage(c *fiber.Ctx) error {
	plan, err := s.Comms.Plan(c.UserContext(), actorOf(c))
	if err != nil {
		return err
	}
	audience := c.Query("audience")
	var phases []commsPhase
	for _, p := range comms.Phases() {
		ph := commsPhase{Phase: p}
		for _, r := range plan.Rows {
			if r.Phase == p && (audience == "" || r.AudienceID == audience) {
				ph.Rows = append(ph.Rows, s.commsRow(r, actorOf(c)))
			}
		}
		if len(ph.Rows) > 0 {
			phases = append(phases, ph)
		}
	}
	var attention []commsRow
	defaults := 0
	for _, r := range plan.Rows {
		if r.Default {
			defaults++
		}
	}
	for _, r := range plan.Attention() {
		attention = append(attention, s.commsRow(r, actorOf(c)))
	}
	return s.render(c, http.StatusOK, "comms", page{Title: "Communications plan", Done: doneWords[c.Query("done")], Data: map[string]any{
		"Phases": phases, "Attention": attention, "Gaps": plan.Gaps(), "Told": plan.Told, "MayWrite": mayWritePlan(c), "Embargo": plan.Embargoed,
		"Defaults": defaults, "Audience": audience, "SlackOn": s.slackOn(),
	}})
}

// commsWants says in a line what the plan wants now; empty for nothing.
func (s *Server) commsWants(c *fiber.Ctx) (string, error) {
	plan, err := s.Comms.Plan(c.UserContext(), actorOf(c))
	if err != nil {
		return "", err
	}
	waiting, due := 0, 0
	for _, r := range plan.Attention() {
		if r.State == comms.InReview {
			waiting++
		} else {
			due++
		}
	}
	var says []string
	for _, x := range []struct {
		n    int
		what string
		says string
	}{{waiting, "message", " for approval"}, {due, "message", " due"}, {len(plan.Gaps()), "audience", " not told for too long"}} {
		if x.n > 0 {
			says = append(says, phrase.Count(x.n, x.what)+x.says)
		}
	}
	if len(says) == 0 {
		return "", nil
	}
	return "Communications: " + phrase.And(says), nil
}

// slackOn reports whether Slack is connected.
func (s *Server) slackOn() bool { return s.Comms.Connected() }

// messageOf gives the message of the address for a reader. Of an embargoed one, who
// writes the plan and may not read it is shown that it is there: hidden.
func (s *Server) messageOf(c *fiber.Ctx, how string) (m comms.Message, hidden bool, err error) {
	m, err = s.Comms.Message(c.UserContext(), actorOf(c), c.Params("id"), how)
	if workpackages.KindOf(err) == workpackages.Forbidden && err != nil && mayWritePlan(c) {
		m, err = s.Comms.Hidden(c.UserContext(), actorOf(c), c.Params("id"))
		return m, true, err
	}
	return m, false, err
}

// reading gives the message of the address to who may read it, and nobody else.
func (s *Server) reading(c *fiber.Ctx, how string) (comms.Message, error) {
	return s.Comms.Message(c.UserContext(), actorOf(c), c.Params("id"), how)
}

// commsView is a message's own page.
type commsView struct {
	Row      commsRow
	Audience comms.Audience
	Hidden   bool
	Preview  comms.Preview
	Shown    []slack.Shown
	Readers  []string
	Authors  []string
	MayWrite bool
	MayName  bool // who may read it
	MayEdit  bool
	Submit   bool
	Approve  bool
	WhyNot   string // this reader may not approve it
	Back     bool   // it may be sent back
	Schedule string // the button; empty for none
	Asks     string // what scheduling does, in a sentence
	ByHand   bool   // it may be recorded as sent by hand
	Cancel   bool
	Remind   bool
	Unread   string // how many that would reach
	Reach    comms.ReachView
	WasSent  bool
	Stops    bool
}

func (s *Server) commsMessagePage(c *fiber.Ctx) error {
	return s.showCommsMessage(c, http.StatusOK, nil)
}

func (s *Server) showCommsMessage(c *fiber.Ctx, status int, errs []formError) error {
	ctx, by := c.UserContext(), actorOf(c)
	m, hidden, err := s.messageOf(c, "page")
	if err != nil {
		return err
	}
	people, err := s.Packages.People.People(ctx)
	if err != nil {
		return err
	}
	plan, err := s.Comms.Plan(ctx, by)
	if err != nil {
		return err
	}
	v := commsView{Hidden: hidden, MayWrite: mayWritePlan(c)}
	i := slices.IndexFunc(plan.Rows, func(r comms.Row) bool { return r.ID == m.ID })
	if i < 0 {
		return fiber.ErrNotFound
	}
	row := plan.Rows[i]
	row.Message = m
	v.Row = s.commsRow(row, by)
	v.MayName = m.Embargoed() && isDirector(c)
	for _, id := range m.Readers {
		v.Readers = append(v.Readers, workpackages.NameOf(people, id))
	}
	if hidden {
		return s.render(c, status, "comms-message", page{Title: m.Title, Done: doneWords[c.Query("done")], Errors: errs, Data: v})
	}
	if v.Audience, err = s.Comms.Audience(ctx, m.AudienceID); err != nil {
		return err
	}
	if v.Preview, err = s.Comms.PreviewOf(ctx, m); err != nil {
		return err
	}
	v.Stops = slices.ContainsFunc(v.Preview.Remarks, func(r comms.Remark) bool { return r.Stop })
	v.Shown = slack.Show(v.Preview.Slack, s.Comms.Answers)
	for _, id := range m.Authors {
		switch name := workpackages.NameOf(people, id); {
		case name != "":
			v.Authors = append(v.Authors, name)
		case strings.HasPrefix(id, "token:"):
			v.Authors = append(v.Authors, "a program")
		}
	}
	v.MayEdit = v.MayWrite && m.State != comms.Cancelled
	v.Submit = v.MayWrite && m.State == comms.Draft
	v.Approve = m.State == comms.InReview && comms.MayApprove(by, m)
	if m.State == comms.InReview && !v.Approve {
		v.WhyNot = comms.WhyNot(by, m)
	}
	v.Back = m.State == comms.InReview && (v.Approve || slices.Contains(m.Authors, by.ID))
	v.ByHand = m.Channel == comms.ByHand && m.HasApproval() && m.State != comms.Cancelled && (v.MayWrite || m.OwnerID != "" && m.OwnerID == by.PersonID)
	v.Cancel = v.MayWrite && m.State != comms.Sent && m.State != comms.Cancelled
	if _, v.WasSent = m.Last(); v.WasSent {
		if v.Reach, err = s.Comms.ReachOf(ctx, m); err != nil {
			return err
		}
	}
	v.Remind = v.MayWrite && (m.State == comms.Sent || m.State == comms.Scheduled && m.Trigger.Kind == comms.Recurring) && v.WasSent && s.Comms.Answers && v.Reach.Unread() > 0
	v.Unread = phrase.Count(v.Reach.Unread(), "person") + " who have not read it"
	if v.Reach.Unread() == 1 {
		v.Unread = "1 person who has not read it"
	}
	if v.MayWrite && m.State == comms.Approved {
		if v.Schedule, v.Asks, err = s.scheduling(c, m); err != nil {
			return err
		}
	}
	return s.render(c, status, "comms-message", page{Title: m.Title, Done: doneWords[c.Query("done")], Errors: errs, Data: v})
}

// scheduling words the button that lets an approved message go, and what that does.
func (s *Server) scheduling(c *fiber.Ctx, m comms.Message) (button, asks string, err error) {
	if m.Channel == comms.ByHand {
		if m.Trigger.Kind == comms.Manual {
			return "", "", nil
		}
		return "Schedule", "Its owner is reminded when it is to be sent.", nil
	}
	people, channels, err := s.Comms.Recipients(c.UserContext(), m)
	if err != nil {
		return "", "", err
	}
	var to []string
	if people > 0 {
		to = append(to, phrase.Count(people, "person"))
	}
	if channels > 0 {
		to = append(to, phrase.Count(channels, "channel"))
	}
	if len(to) == 0 {
		to = []string{"nobody: say under Audiences who is to get it"}
	}
	again := ""
	if last, ok := m.Last(); ok && m.Trigger.Kind != comms.Recurring {
		again = "It was sent before, on " + last.At.In(s.Zone).Format("2 January 2006") + ", and everybody gets it another time. "
	}
	switch {
	case m.Correcting():
		return "Correct what was sent", "Every message that was sent is changed in place, and says that it was corrected. Slack tells nobody of that.", nil
	case m.Trigger.Kind == comms.Manual:
		return "Send now", again + "It goes to " + phrase.And(to) + " in Slack, in the hours in which they may be disturbed.", nil
	}
	return "Schedule", again + "It goes by itself: " + phrase.LowerFirst(m.Trigger.Words()) + ", to " + phrase.And(to) + " in Slack as things stand.", nil
}

// submitComms is the one way in which buttons of a message's page change it.
func (s *Server) submitComms(do func(c *fiber.Ctx, v values) error, done string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := typed(c)
		err := do(c, v)
		id := c.Params("id")
		var known *workpackages.Error
		switch {
		case err == nil:
			return c.Redirect("/comms/"+url.PathEscape(id)+"?done="+done, http.StatusSeeOther)
		case errors.As(err, &known) && known.Kind == workpackages.Stale:
			return s.showCommsMessage(c, http.StatusConflict, []formError{{Text: "Somebody changed this message since you opened the page. This is how it stands now: look at it, and decide again"}})
		case errors.As(err, &known) && (known.Kind == workpackages.Invalid || known.Kind == workpackages.Conflict):
			out := []formError{{Text: known.Message}}
			if len(known.Fields) > 0 {
				out = nil
				for _, f := range known.Fields {
					e := formError{Text: f.Message}
					if f.Field == "remark" {
						e.Href = "#remark"
					}
					out = append(out, e)
				}
			}
			return s.showCommsMessage(c, statusOf(known.Kind), out)
		}
		return err
	}
}

func (s *Server) doSubmit(c *fiber.Ctx, v values) error {
	_, err := s.Comms.Submit(c.UserContext(), actorOf(c), c.Params("id"), v.write())
	return err
}

func (s *Server) doApprove(c *fiber.Ctx, v values) error {
	_, err := s.Comms.Approve(c.UserContext(), actorOf(c), c.Params("id"), v.write())
	return err
}

func (s *Server) doSendBack(c *fiber.Ctx, v values) error {
	_, err := s.Comms.SendBack(c.UserContext(), actorOf(c), c.Params("id"), v.write(), v.get("remark"))
	return err
}

func (s *Server) doSchedule(c *fiber.Ctx, v values) error {
	_, err := s.Comms.Schedule(c.UserContext(), actorOf(c), c.Params("id"), v.write())
	return err
}

// schedulePage asks before a message goes: nothing brings it back from thousands.
func (s *Server) schedulePage(c *fiber.Ctx) error {
	m, err := s.reading(c, "page")
	if err != nil {
		return err
	}
	button, asks, err := "", "", error(nil)
	if m.State == comms.Approved {
		button, asks, err = s.scheduling(c, m)
	}
	if err != nil {
		return err
	}
	if button == "" {
		return c.Redirect("/comms/"+m.ID, http.StatusSeeOther)
	}
	return s.showForm(c, http.StatusOK, form{
		Heading: button + "?", Caption: m.Title, Lead: withDot(asks) + " Approved by " + m.Approval.By.Name + ".", Action: "/comms/" + m.ID + "/schedule", Back: "/comms/" + m.ID,
		Cancel: "/comms/" + m.ID, Version: m.Version, Button: button,
	}, nil)
}

func (s *Server) doCancel(c *fiber.Ctx, v values) error {
	_, err := s.Comms.Cancel(c.UserContext(), actorOf(c), c.Params("id"), v.write())
	return err
}

func (s *Server) doRemind(c *fiber.Ctx, v values) error {
	_, err := s.Comms.Remind(c.UserContext(), actorOf(c), c.Params("id"), v.write())
	return err
}

// commsHistoryView is one change of a message.
type commsHistoryView struct {
	comms.Entry
	Via  string
	Says bool // it has another wording than the change before
}

func (s *Server) commsHistoryPage(c *fiber.Ctx) error {
	entries, err := s.Comms.History(c.UserContext(), actorOf(c), c.Params("id"))
	if err != nil {
		return err
	}
	var out []commsHistoryView
	for n, e := range entries {
		v := commsHistoryView{Entry: e, Via: viaWords(e.By.Via)}
		v.Says = e.State.Wording.Text != "" && (n+1 == len(entries) || entries[n+1].State.Wording.Number != e.State.Wording.Number)
		out = append(out, v)
	}
	return s.render(c, http.StatusOK, "comms-history", page{Title: "Versions and approvals", Data: map[string]any{"ID": c.Params("id"), "Title": entries[0].State.Title, "Entries": out}})
}

func (s *Server) commsAccessPage(c *fiber.Ctx) error {
	all, err := s.Comms.Accesses(c.UserContext(), actorOf(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "comms-access", page{Title: "Who read this", Data: map[string]any{"ID": c.Params("id"), "Accesses": all}})
}

// handForm asks how a message was sent by hand.
func (s *Server) handForm(m comms.Message) form {
	return form{
		Heading: "Record that it was sent", Caption: m.Title, Lead: "This is kept for good, with your name and the wording (" + strconv.Itoa(m.Wording.Number) + ") that was sent.",
		Action: "/comms/" + m.ID + "/sent", Back: "/comms/" + m.ID, Cancel: "/comms/" + m.ID, Version: m.Version, Button: "Record",
		Fields: []field{
			dateField("on", "The day it was sent", "", s.today()),
			{Kind: "text", Name: "how", Label: "How", Hint: "Such as by e-mail, on paper, or read out at a meeting"},
			{Kind: "number", Name: "people", Label: "To how many people (optional)"},
		},
	}
}

func (s *Server) handPage(c *fiber.Ctx) error {
	m, err := s.reading(c, "record of sending")
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, s.handForm(m), nil)
}

func (s *Server) submitHand(c *fiber.Ctx) error {
	m, err := s.reading(c, "record of sending")
	if err != nil {
		return err
	}
	v, f := typed(c), s.handForm(m)
	people := 0
	if text := strings.TrimSpace(v.get("people")); text != "" {
		if people, err = strconv.Atoi(text); err != nil {
			people = -1
		}
	}
	_, err = s.Comms.RecordHand(c.UserContext(), actorOf(c), m.ID, v.write(), comms.HandInput{On: v.date("on"), How: v.get("how"), People: people})
	switch {
	case err == nil:
		return c.Redirect("/comms/"+m.ID+"?done=hand", http.StatusSeeOther)
	case workpackages.KindOf(err) == workpackages.Stale:
		return s.staleForm(c, f, v, []changedNote{{Summary: "The message is now: " + commsTag(m.State).Word + ", wording " + strconv.Itoa(m.Wording.Number)}})
	}
	return s.formAgain(c, err, f, v)
}

// readersForm names who may read an embargoed message. It shows nothing of it.
func readersForm(m comms.Message, people []workpackages.Person) form {
	return form{
		Heading: "Who may read this message", Caption: "Under embargo", Lead: "Each reading is on record. Who you name, and that it was you, is kept for good.",
		Action: "/comms/" + m.ID + "/readers", Back: "/comms/" + m.ID, Cancel: "/comms/" + m.ID, Version: m.Version, Button: "Save readers",
		Fields: []field{readersField(m.Readers, people)},
	}
}

func readersField(chosen []string, people []workpackages.Person) field {
	f := field{Kind: "checkboxes", Name: "readers", Label: "Readers"}
	for _, p := range people {
		if !p.Disabled || slices.Contains(chosen, p.ID) {
			f.Options = append(f.Options, option{Value: p.ID, Text: p.Name, Chosen: slices.Contains(chosen, p.ID)})
		}
	}
	return f
}

// hiddenMessage gives the message of the address without what it says.
func (s *Server) hiddenMessage(c *fiber.Ctx) (comms.Message, []workpackages.Person, error) {
	m, err := s.Comms.Hidden(c.UserContext(), actorOf(c), c.Params("id"))
	if err != nil {
		return m, nil, err
	}
	people, err := s.Packages.People.People(c.UserContext())
	return m, people, err
}

func (s *Server) readersPage(c *fiber.Ctx) error {
	m, people, err := s.hiddenMessage(c)
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, readersForm(m, people), nil)
}

func (s *Server) submitReaders(c *fiber.Ctx) error {
	m, people, err := s.hiddenMessage(c)
	if err != nil {
		return err
	}
	v, f := typed(c), readersForm(m, people)
	_, err = s.Comms.NameReaders(c.UserContext(), actorOf(c), m.ID, v.write(), v.all("readers"))
	switch {
	case err == nil:
		return c.Redirect("/comms/"+m.ID+"?done=readers", http.StatusSeeOther)
	case workpackages.KindOf(err) == workpackages.Stale:
		return s.staleForm(c, f, v, []changedNote{{Summary: "The message was changed, or others were named"}})
	}
	return s.formAgain(c, err, f, v)
}

// longDayTime is a day and a time in words.
func (s *Server) longDayTime(t time.Time) string {
	return t.In(s.Zone).Format("Monday 2 January 2006 at 15:04")
}
