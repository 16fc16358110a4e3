package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications/comms"
	"readiness/notifications/slack"
	"readiness/workpackages"
)

// commsForm is the form of a message with the preview of what it would be.
type commsForm struct {
	Form         form
	Says, Goes   []field // its fields: what the message says, and where, when and by whom it goes
	ID           string  // empty for a new message
	Preview      comms.Preview
	Shown        []slack.Shown
	ByHand       bool
	Embargoed    bool
	Placeholders []comms.Placeholder
	Correcting   bool // it changes what was sent
}

// commsNewPage asks what the message is for, and then shows its form with a template.
func (s *Server) commsNewPage(c *fiber.Ctx) error {
	audiences, err := s.Comms.Audiences(c.UserContext())
	if err != nil {
		return err
	}
	if from := c.Query("from"); from != "" {
		m, err := s.Comms.Message(c.UserContext(), actorOf(c), from, "copy")
		if err != nil {
			return err
		}
		return s.showCommsForm(c, http.StatusOK, comms.Message{
			Title: "Copy of " + m.Title, Objective: m.Objective, AudienceID: m.AudienceID, Phase: m.Phase, Channel: m.Channel, Sensitivity: m.Sensitivity, Readers: m.Readers,
			OwnerID: actorOf(c).PersonID, ApproverID: m.ApproverID, Trigger: m.Trigger, Wording: m.Wording,
		}, nil, nil, nil)
	}
	i := slices.IndexFunc(audiences, func(a comms.Audience) bool { return a.ID == c.Query("audience") })
	phase := comms.Phase(c.Query("phase"))
	if i < 0 || !slices.Contains(comms.Phases(), phase) {
		f := form{
			Heading: "Add a message to the plan", Lead: "You begin with a template for the audience and the phase, and change it as you like.",
			Action: "/comms/new", Back: "/comms", Cancel: "/comms", Button: "Continue",
			Fields: []field{
				{Kind: "radios", Name: "audience", Label: "Who is it for?", Value: c.Query("audience")},
				{Kind: "radios", Name: "phase", Label: "Which phase does it belong to?", Value: c.Query("phase")},
			},
		}
		for _, a := range audiences {
			f.Fields[0].Options = append(f.Fields[0].Options, option{Value: a.ID, Text: a.Name, Hint: a.About, Chosen: a.ID == c.Query("audience")})
		}
		for _, p := range comms.Phases() {
			f.Fields[1].Options = append(f.Fields[1].Options, option{Value: string(p), Text: p.Label(), Hint: phaseHints[p], Chosen: p == phase})
		}
		var errs []formError
		status := http.StatusOK
		if c.Query("asked") != "" {
			var bad []workpackages.FieldError
			if i < 0 {
				bad = append(bad, workpackages.FieldError{Field: "audience", Message: "Choose who the message is for"})
			}
			if !slices.Contains(comms.Phases(), phase) {
				bad = append(bad, workpackages.FieldError{Field: "phase", Message: "Choose a phase"})
			}
			errs, status = mark(f.Fields, bad), http.StatusUnprocessableEntity
		}
		return s.render(c, status, "comms-new", page{Title: f.Heading, Errors: errs, Data: f})
	}
	a, t := audiences[i], comms.TemplateFor(phase, audiences[i])
	m := comms.Message{
		AudienceID: a.ID, Phase: phase, Title: t.Heading, Objective: t.Objective, Channel: comms.ByHand, Sensitivity: comms.Internal,
		Trigger: comms.Trigger{Kind: comms.Manual}, Wording: comms.Wording{Heading: t.Heading, Text: t.Text}, OwnerID: actorOf(c).PersonID,
	}
	if a.InSlack() {
		m.Channel = comms.Slack
	}
	if phase == comms.Embargo && a.ID == comms.Members {
		m.Sensitivity = comms.Embargoed
	}
	return s.showCommsForm(c, http.StatusOK, m, nil, nil, nil)
}

var phaseHints = map[comms.Phase]string{
	comms.Standing: "While no inspection is on", comms.CallDay: "The day on which Ofsted rings", comms.OffSite: "The week before inspectors come",
	comms.OnSite: "While inspectors are here", comms.Embargo: "After they left, until the report is published", comms.Publication: "The day on which the report is published",
	comms.After: "The plan of action, and what comes of it",
}

// fieldsOfMessage asks for all of a message.
func (s *Server) fieldsOfMessage(c *fiber.Ctx, m comms.Message) ([]field, error) {
	audiences, err := s.Comms.Audiences(c.UserContext())
	if err != nil {
		return nil, err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return nil, err
	}
	choose := func(name, label, hint, value string, options []option) field {
		for i := range options {
			options[i].Chosen = options[i].Value == value
		}
		return field{Kind: "select", Name: name, Label: label, Hint: hint, Value: value, Options: options}
	}
	var told, phases, events []option
	for _, a := range audiences {
		told = append(told, option{Value: a.ID, Text: a.Name})
	}
	for _, p := range comms.Phases() {
		phases = append(phases, option{Value: string(p), Text: p.Label()})
	}
	all, err := s.Comms.Events(c.UserContext())
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		text := e.Title + " (not known yet)"
		if !e.Date.IsZero() {
			text = e.Title + " (" + e.Date.String() + ")"
		}
		events = append(events, option{Value: e.ID, Text: text})
	}
	t := m.Trigger
	clock := func(of comms.TriggerKind, name string) field {
		f := field{Kind: "text", Name: name, Label: "Time", Hint: "Such as 09:00", Width: 5}
		if t.Kind == of {
			f.Value = t.Time
		}
		return f
	}
	days := field{Kind: "checkboxes", Name: "days", Label: "Days of the week", Hint: "A day that is no working day moves to the next one"}
	for d := time.Monday; d <= time.Friday; d++ {
		days.Options = append(days.Options, option{Value: strconv.Itoa(int(d)), Text: d.String(), Chosen: slices.Contains(t.Days, d)})
	}
	month := field{Kind: "number", Name: "month", Label: "Or which working day of the month", Hint: "Such as 5. Leave it empty where you choose days of the week"}
	if t.Month > 0 {
		month.Value = strconv.Itoa(t.Month)
	}
	offset := field{Kind: "number", Name: "offset", Label: "Working days after it", Hint: "0 for the day itself, -1 for the working day before", Suffix: "working days", Value: "0"}
	if t.Kind == comms.OnEvent {
		offset.Value = strconv.Itoa(t.Offset)
	}
	chosenDay := dateField("date", "Day", "", t.Date)
	radios := func(name, label, hint, value string, options ...option) field {
		for i := range options {
			options[i].Chosen = options[i].Value == value
		}
		return field{Kind: "radios", Name: name, Label: label, Hint: hint, Value: value, Options: options}
	}
	return []field{
		{Kind: "text", Name: "title", Label: "Name in the plan", Value: m.Title},
		choose("audience", "Audience", "", m.AudienceID, told),
		choose("phase", "Phase", "", string(m.Phase), phases),
		radios("channel", "How it is sent", "", string(m.Channel),
			option{Value: string(comms.Slack), Text: "In Slack", Hint: "To the channels and people of the audience, once each"},
			option{Value: string(comms.ByHand), Text: "By hand", Hint: "As a printed briefing, a Word document or an e-mail, and then recorded here"}),
		{Kind: "text", Name: "heading", Label: "Heading", Hint: "The first line that its readers see", Value: m.Wording.Heading},
		{Kind: "textarea", Name: "text", Label: "Message", Hint: "Markdown: **bold**, _italic_, - for a list, [words](https://address) for a link. Fill in what stands in [brackets]", Value: m.Wording.Text, Max: comms.MaxText, Rows: 16},
		radios("sensitivity", "Who may see it", "", string(m.Sensitivity),
			option{Value: string(comms.Internal), Text: "Internal", Hint: "Those it is addressed to, and everybody who signs in here"},
			option{Value: string(comms.Open), Text: "Open", Hint: "Anybody"},
			option{Value: string(comms.Embargoed), Text: "Embargoed", Hint: "Only the people you name, each reading on record. Never in Slack", Fields: []field{readersField(m.Readers, people)}}),
		radios("trigger", "When it goes", "", string(t.Kind),
			option{Value: string(comms.Manual), Text: "When somebody sends it"},
			option{Value: string(comms.At), Text: "On a day, at a time", Fields: []field{chosenDay, clock(comms.At, "at_time")}},
			option{Value: string(comms.Recurring), Text: "Again and again", Fields: []field{days, month, clock(comms.Recurring, "recurring_time")}},
			option{Value: string(comms.OnEvent), Text: "So many working days from an event", Fields: []field{choose("event", "Event", "", t.Event, events), offset, clock(comms.OnEvent, "event_time")}}),
		{Kind: "select", Name: "owner", Label: "Owner", Hint: "Sees to it that it goes", Value: m.OwnerID, Options: peopleOptions(people, m.OwnerID, "Nobody yet")},
		{Kind: "select", Name: "approver", Label: "Approver", Hint: "Somebody who does not write it. They are asked in Slack once you put it up for review", Value: m.ApproverID, Options: peopleOptions(people, m.ApproverID, "Anybody of the communications team, or an assistant director")},
		{Kind: "text", Name: "objective", Label: "Objective (optional)", Hint: "What its readers should know or do afterwards", Value: m.Objective},
	}, nil
}

// showCommsForm shows a message's form; v is what was typed, or nil.
func (s *Server) showCommsForm(c *fiber.Ctx, status int, m comms.Message, v values, failed error, changed []changedNote) error {
	fields, err := s.fieldsOfMessage(c, m)
	if err != nil {
		return err
	}
	f := form{Heading: "Change a message", Action: "/comms/" + m.ID + "/edit", Back: "/comms/" + m.ID, Cancel: "/comms/" + m.ID, Version: m.Version, Button: "Save", Fields: fields, Changed: changed}
	if m.ID == "" {
		f.Heading, f.Action, f.Back, f.Cancel = "Add a message to the plan", "/comms/new", "/comms", "/comms"
	}
	f.Once = v.once()
	var errs []formError
	if v != nil {
		fill(f.Fields, v)
		m = comms.Typed(m, commsInput(v))
		if changed == nil {
			f.Version = v.version()
		} else {
			errs = []formError{overtakenError}
		}
	}
	var known *workpackages.Error
	if errors.As(failed, &known) {
		errs = mark(f.Fields, formFields(known.Fields, v.get("trigger")))
		if len(errs) == 0 {
			errs = []formError{{Text: known.Message}}
		}
	}
	data := commsForm{Form: f, ID: m.ID, ByHand: m.Channel == comms.ByHand, Embargoed: m.Embargoed(), Placeholders: comms.Placeholders()}
	text := slices.IndexFunc(f.Fields, func(f field) bool { return f.Name == "text" })
	data.Says, data.Goes = f.Fields[:text+1], f.Fields[text+1:]
	data.Correcting = m.State == comms.Sent && m.Channel == comms.Slack
	if data.Preview, err = s.Comms.PreviewOf(c.UserContext(), m); err != nil {
		return err
	}
	data.Shown = slack.Show(data.Preview.Slack, s.Comms.Answers)
	return s.render(c, status, "comms-edit", page{Title: f.Heading, Errors: errs, Refresh: true, Data: data})
}

// formFields gives the errors the names that the form's inputs have: there is a time
// for each way in which a message may go.
func formFields(errs []workpackages.FieldError, trigger string) []workpackages.FieldError {
	out := slices.Clone(errs)
	for i := range out {
		if out[i].Field == "time" {
			out[i].Field = trigger + "_time"
		}
	}
	return out
}

// once is the key of a form: that of the form that was sent, or a new one.
func (v values) once() string {
	if v != nil && v.get("once") != "" {
		return v.get("once")
	}
	return rand.Text()
}

// commsInput reads the form.
func commsInput(v values) comms.Input {
	readers := v.all("readers")
	in := comms.Input{
		Title: v.ptr("title"), Objective: v.ptr("objective"), AudienceID: v.ptr("audience"), Phase: v.ptr("phase"), Channel: v.ptr("channel"),
		Sensitivity: v.ptr("sensitivity"), Readers: &readers, OwnerID: v.ptr("owner"), ApproverID: v.ptr("approver"), Heading: v.ptr("heading"), Text: v.ptr("text"),
	}
	kind := v.get("trigger")
	t := comms.TriggerInput{Kind: kind, Date: v.date("date"), Time: v.get(kind + "_time"), Days: v.all("days"), Event: v.get("event")}
	// What is no number is out of range, and told so.
	number := func(name string, empty int) int {
		text := v.get(name)
		if text == "" {
			return empty
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return 1000
		}
		return n
	}
	t.Month, t.Offset = number("month", 0), number("offset", 0)
	in.Trigger = &t
	return in
}

func (s *Server) submitCommsNew(c *fiber.Ctx) error {
	v := typed(c)
	m, err := s.Comms.Create(c.UserContext(), actorOf(c), v.get("once"), commsInput(v))
	if err == nil {
		return c.Redirect("/comms/"+m.ID+"?done=comms", http.StatusSeeOther)
	}
	return s.commsFormFailed(c, err, comms.Message{}, v)
}

// commsFormFailed shows the form again with what is wrong with it.
func (s *Server) commsFormFailed(c *fiber.Ctx, err error, m comms.Message, v values) error {
	switch workpackages.KindOf(err) {
	case workpackages.Invalid, workpackages.Conflict:
		return s.showCommsForm(c, statusOf(workpackages.KindOf(err)), m, v, err, nil)
	}
	return err
}

func (s *Server) commsEditPage(c *fiber.Ctx) error {
	m, err := s.reading(c, "form")
	if err != nil {
		return err
	}
	return s.showCommsForm(c, http.StatusOK, m, nil, nil, nil)
}

func (s *Server) submitCommsEdit(c *fiber.Ctx) error {
	m, err := s.reading(c, "form")
	if err != nil {
		return err
	}
	v := typed(c)
	_, err = s.Comms.Edit(c.UserContext(), actorOf(c), m.ID, v.write(), commsInput(v))
	switch {
	case err == nil:
		return c.Redirect("/comms/"+m.ID+"?done=comms", http.StatusSeeOther)
	case workpackages.KindOf(err) == workpackages.Stale:
		changed, err := s.commsChanged(c, m, v.version())
		if err != nil {
			return err
		}
		return s.showCommsForm(c, http.StatusConflict, m, v, nil, changed)
	}
	return s.commsFormFailed(c, err, m, v)
}

// commsChanged says what was done to a message since a version of it.
func (s *Server) commsChanged(c *fiber.Ctx, m comms.Message, since int64) ([]changedNote, error) {
	entries, err := s.Comms.History(c.UserContext(), actorOf(c), m.ID)
	if err != nil {
		return nil, err
	}
	notes := []changedNote{}
	for _, e := range entries {
		if e.Version > since {
			notes = append(notes, changedNote{e.Summary, e.By.Name, s.longDayTime(e.At)})
		}
	}
	return notes, nil
}

// commsPreview shows a form as it was typed, with what would come of it. Nothing is
// kept of it, and nothing is shown that was not typed.
func (s *Server) commsPreview(c *fiber.Ctx) error {
	v := typed(c)
	return s.showCommsForm(c, http.StatusOK, comms.Message{ID: url.PathEscape(v.get("id"))}, v, nil, nil)
}
