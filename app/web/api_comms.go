package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications/comms"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

type jsonTrigger struct {
	Kind   comms.TriggerKind `json:"kind"`
	Date   string            `json:"date,omitempty"`
	Time   string            `json:"time,omitempty"`
	Days   []string          `json:"days,omitempty"`
	Month  int               `json:"month,omitempty"`
	Event  string            `json:"event,omitempty"`
	Offset int               `json:"offset,omitempty"`
	Words  string            `json:"words"`
}

type jsonApproval struct {
	Wording int       `json:"wording"`
	By      jsonActor `json:"by"`
	At      time.Time `json:"at"`
}

type jsonSending struct {
	Kind       comms.SendingKind `json:"kind"`
	Wording    int               `json:"wording"`
	At         time.Time         `json:"at"`
	By         string            `json:"by"`
	Recipients int               `json:"recipients"`
	Done       bool              `json:"done"`
}

type jsonHand struct {
	On      workpackages.Date `json:"on"`
	By      string            `json:"by"`
	How     string            `json:"how"`
	Wording int               `json:"wording"`
	People  int               `json:"people"`
	At      time.Time         `json:"at"`
}

type jsonReach struct {
	People     int `json:"people"`
	Channels   int `json:"channels"`
	Delivered  int `json:"delivered"`
	Posted     int `json:"posted"`
	Waiting    int `json:"waiting"`
	Read       int `json:"read"`
	InChannels int `json:"read_in_channels"`
	Unsent     int `json:"unsent"`
}

// jsonMessage is a message of the plan. Of one under embargo, who may not read it gets
// no more than that it is there: hidden says so.
type jsonMessage struct {
	ID          string            `json:"id"`
	Title       string            `json:"title"`
	Objective   string            `json:"objective"`
	Audience    string            `json:"audience"`
	Phase       comms.Phase       `json:"phase"`
	Channel     comms.Channel     `json:"channel"`
	Sensitivity comms.Sensitivity `json:"sensitivity"`
	Hidden      bool              `json:"hidden"`
	Owner       string            `json:"owner"`
	Approver    string            `json:"approver"`
	Trigger     jsonTrigger       `json:"trigger"`
	State       comms.State       `json:"state"`
	Heading     string            `json:"heading"`
	Text        string            `json:"text"`
	Wording     int               `json:"wording"`
	Approval    *jsonApproval     `json:"approval"` // null while the wording in force has none
	Remark      string            `json:"remark"`
	Sendings    []jsonSending     `json:"sendings"`
	Hand        []jsonHand        `json:"sent_by_hand"`
	Default     bool              `json:"default"`
	Version     int64             `json:"version"`
	ChangedAt   time.Time         `json:"changed_at"`
	// Of one message alone.
	Remarks []jsonRemark `json:"remarks,omitempty"`
	Reach   *jsonReach   `json:"reach,omitempty"`
}

type jsonRemark struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Stop bool   `json:"stop"`
}

func newJSONMessage(m comms.Message, by workpackages.Actor) jsonMessage {
	m = m.For(by)
	t := m.Trigger
	out := jsonMessage{
		ID: m.ID, Title: m.Title, Objective: m.Objective, Audience: m.AudienceID, Phase: m.Phase, Channel: m.Channel, Sensitivity: m.Sensitivity, Hidden: !m.CanRead(by),
		Owner: m.OwnerID, Approver: m.ApproverID, State: m.State, Heading: m.Wording.Heading, Text: m.Wording.Text, Wording: m.Wording.Number, Remark: m.Remark,
		Trigger: jsonTrigger{Kind: t.Kind, Date: string(t.Date), Time: t.Time, Month: t.Month, Event: t.Event, Offset: t.Offset, Words: t.Words()},
		Default: m.Default, Version: m.Version, ChangedAt: m.ChangedAt, Sendings: []jsonSending{}, Hand: []jsonHand{},
	}
	for _, d := range t.Days {
		out.Trigger.Days = append(out.Trigger.Days, strings.ToLower(d.String()))
	}
	if m.HasApproval() {
		a := m.Approval
		out.Approval = &jsonApproval{a.Wording, newJSONActor(a.By), a.At}
	}
	for _, r := range m.Sendings {
		out.Sendings = append(out.Sendings, jsonSending{r.Kind, r.Wording, r.At, r.By, r.Recipients, r.Done})
	}
	for _, h := range m.Hand {
		out.Hand = append(out.Hand, jsonHand{h.On, h.By, h.How, h.Wording, h.People, h.At})
	}
	return out
}

// newJSONRow is a message where no reading of it is put on record: what one under
// embargo says is left out there, for its readers too.
func newJSONRow(m comms.Message, by workpackages.Actor) jsonMessage {
	out := newJSONMessage(m, by)
	out.Hidden = m.Embargoed()
	return out
}

func (s *Server) apiMessages(c *fiber.Ctx) error {
	state, audience, phase := c.Query("state"), c.Query("audience"), c.Query("phase")
	var bad []workpackages.FieldError
	if state != "" && !slices.Contains(comms.States(), comms.State(state)) {
		bad = append(bad, workpackages.FieldError{Field: "state", Message: "Give one of " + phrase.List(comms.States())})
	}
	if phase != "" && !slices.Contains(comms.Phases(), comms.Phase(phase)) {
		bad = append(bad, workpackages.FieldError{Field: "phase", Message: "Give one of " + phrase.List(comms.Phases())})
	}
	if len(bad) > 0 {
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: bad}
	}
	all, err := s.Comms.Messages(c.UserContext(), actorOf(c))
	if err != nil {
		return err
	}
	out := []jsonMessage{}
	for _, m := range all {
		if (state == "" || state == string(m.State)) && (audience == "" || audience == m.AudienceID) && (phase == "" || phase == string(m.Phase)) {
			out = append(out, newJSONRow(m, actorOf(c)))
		}
	}
	return sendJSON(c, http.StatusOK, map[string][]jsonMessage{"messages": out})
}

func (s *Server) apiMessage(c *fiber.Ctx) error {
	m, err := s.reading(c, "API")
	if err != nil {
		return err
	}
	return s.sendPlanMessage(c, http.StatusOK, m)
}

// sendPlanMessage answers with one message, what there is to say about it, and how far
// it has come.
func (s *Server) sendPlanMessage(c *fiber.Ctx, status int, m comms.Message) error {
	out := newJSONMessage(m, actorOf(c))
	if !out.Hidden {
		remarks, err := s.Comms.Lint(c.UserContext(), m)
		if err != nil {
			return err
		}
		for _, r := range remarks {
			out.Remarks = append(out.Remarks, jsonRemark{r.Kind, r.Text, r.Stop})
		}
		if _, sent := m.Last(); sent {
			v, err := s.Comms.ReachOf(c.UserContext(), m)
			if err != nil {
				return err
			}
			out.Reach = &jsonReach{v.People, v.Channels, v.Delivered, v.Posted, v.Waiting, v.Read, v.InChannels, len(v.Unsent)}
		}
	}
	c.Set(fiber.HeaderETag, etag(m.Version))
	return sendJSON(c, status, out)
}

// messageBody is a message as a program writes it; what is left out is left alone.
type messageBody struct {
	Title       *string             `json:"title"`
	Objective   *string             `json:"objective"`
	Audience    *string             `json:"audience"`
	Phase       *string             `json:"phase"`
	Channel     *string             `json:"channel"`
	Sensitivity *string             `json:"sensitivity"`
	Readers     *[]string           `json:"readers"`
	Owner       *string             `json:"owner"`
	Approver    *string             `json:"approver"`
	Trigger     *comms.TriggerInput `json:"trigger"`
	Heading     *string             `json:"heading"`
	Text        *string             `json:"text"`
}

// planInput reads the body. People may be named by e-mail address.
func (s *Server) planInput(c *fiber.Ctx) (comms.Input, error) {
	var b messageBody
	if err := readJSON(c, &b); err != nil {
		return comms.Input{}, err
	}
	owner, err := s.personIn(c, "owner", b.Owner)
	if err != nil {
		return comms.Input{}, err
	}
	approver, err := s.personIn(c, "approver", b.Approver)
	if err != nil {
		return comms.Input{}, err
	}
	if b.Readers != nil {
		for i := range *b.Readers {
			id, err := s.personIn(c, "readers", &(*b.Readers)[i])
			if err != nil {
				return comms.Input{}, err
			}
			(*b.Readers)[i] = *id
		}
	}
	return comms.Input{
		Title: b.Title, Objective: b.Objective, AudienceID: b.Audience, Phase: b.Phase, Channel: b.Channel, Sensitivity: b.Sensitivity, Readers: b.Readers,
		OwnerID: owner, ApproverID: approver, Trigger: b.Trigger, Heading: b.Heading, Text: b.Text,
	}, nil
}

func (s *Server) apiAddMessage(c *fiber.Ctx) error {
	key := c.Get("Idempotency-Key")
	if len(key) > 200 {
		return &fiber.Error{Code: http.StatusBadRequest, Message: "Idempotency-Key must be 200 characters or fewer"}
	}
	in, err := s.planInput(c)
	if err != nil {
		return err
	}
	m, err := s.Comms.Create(c.UserContext(), actorOf(c), key, in)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderLocation, "/api/v1/comms/messages/"+m.ID)
	return s.sendWritten(c, http.StatusCreated, m)
}

func (s *Server) apiEditMessage(c *fiber.Ctx) error {
	wr, err := writeOf(c)
	if err != nil {
		return err
	}
	in, err := s.planInput(c)
	if err != nil {
		return err
	}
	m, err := s.Comms.Edit(c.UserContext(), actorOf(c), c.Params("id"), wr, in)
	if err != nil {
		return err
	}
	return s.sendWritten(c, http.StatusOK, m)
}

// apiMessageStep answers a step of a message that takes no more than its version.
func (s *Server) apiMessageStep(do func(c *fiber.Ctx, wr workpackages.Write) (comms.Message, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		wr, err := writeOf(c)
		if err != nil {
			return err
		}
		m, err := do(c, wr)
		if err != nil {
			return err
		}
		return s.sendWritten(c, http.StatusOK, m)
	}
}

// sendWritten answers a write with the message, which is a reading of it too.
func (s *Server) sendWritten(c *fiber.Ctx, status int, m comms.Message) error {
	if m.Embargoed() {
		var err error
		if m, err = s.Comms.Message(c.UserContext(), actorOf(c), m.ID, "API"); err != nil {
			return err
		}
	}
	return s.sendPlanMessage(c, status, m)
}

func (s *Server) stepSubmit(c *fiber.Ctx, wr workpackages.Write) (comms.Message, error) {
	return s.Comms.Submit(c.UserContext(), actorOf(c), c.Params("id"), wr)
}

func (s *Server) stepApprove(c *fiber.Ctx, wr workpackages.Write) (comms.Message, error) {
	return s.Comms.Approve(c.UserContext(), actorOf(c), c.Params("id"), wr)
}

func (s *Server) stepSchedule(c *fiber.Ctx, wr workpackages.Write) (comms.Message, error) {
	return s.Comms.Schedule(c.UserContext(), actorOf(c), c.Params("id"), wr)
}

func (s *Server) stepCancel(c *fiber.Ctx, wr workpackages.Write) (comms.Message, error) {
	return s.Comms.Cancel(c.UserContext(), actorOf(c), c.Params("id"), wr)
}

func (s *Server) stepRemind(c *fiber.Ctx, wr workpackages.Write) (comms.Message, error) {
	return s.Comms.Remind(c.UserContext(), actorOf(c), c.Params("id"), wr)
}

func (s *Server) stepSendBack(c *fiber.Ctx, wr workpackages.Write) (comms.Message, error) {
	var in struct {
		Remark string `json:"remark"`
	}
	if err := readJSON(c, &in); err != nil {
		return comms.Message{}, err
	}
	return s.Comms.SendBack(c.UserContext(), actorOf(c), c.Params("id"), wr, in.Remark)
}

func (s *Server) stepHand(c *fiber.Ctx, wr workpackages.Write) (comms.Message, error) {
	var in struct {
		On     string `json:"on"`
		How    string `json:"how"`
		People int    `json:"people"`
	}
	if err := readJSON(c, &in); err != nil {
		return comms.Message{}, err
	}
	return s.Comms.RecordHand(c.UserContext(), actorOf(c), c.Params("id"), wr, comms.HandInput{On: in.On, How: in.How, People: in.People})
}

func (s *Server) apiMessageHistory(c *fiber.Ctx) error {
	entries, err := s.Comms.History(c.UserContext(), actorOf(c), c.Params("id"))
	if err != nil {
		return err
	}
	type jsonChange struct {
		Version  int64       `json:"version"`
		At       time.Time   `json:"at"`
		By       jsonActor   `json:"by"`
		Summary  string      `json:"summary"`
		Approved int         `json:"approved,omitempty"` // the wording that it approved
		Message  jsonMessage `json:"message"`            // as it stood then
	}
	out := []jsonChange{}
	for _, e := range entries {
		out = append(out, jsonChange{e.Version, e.At, newJSONActor(e.By), e.Summary, e.Approved, newJSONMessage(e.State, actorOf(c))})
	}
	return sendJSON(c, http.StatusOK, map[string]any{"history": out})
}

func (s *Server) apiMessageAccesses(c *fiber.Ctx) error {
	all, err := s.Comms.Accesses(c.UserContext(), actorOf(c), c.Params("id"))
	if err != nil {
		return err
	}
	return sendJSON(c, http.StatusOK, map[string]any{"accesses": some(all)})
}

type jsonAudience struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	About     string     `json:"about"`
	Channels  []string   `json:"channels"`
	Everybody bool       `json:"everybody"`
	Contacts  int        `json:"contacts"` // how many, not who
	TellEvery int        `json:"tell_every"`
	Last      *time.Time `json:"last_told"` // null: never
	Next      *time.Time `json:"next"`
	Gap       bool       `json:"gap"` // not told for too long
	Reached   int        `json:"delivered"`
	Read      int        `json:"read"`
	Version   int64      `json:"version"`
}

func (s *Server) apiAudiences(c *fiber.Ctx) error {
	told, err := s.Comms.ReachOfAudiences(c.UserContext(), actorOf(c))
	if err != nil {
		return err
	}
	out := []jsonAudience{}
	for _, t := range told {
		a := jsonAudience{ID: t.ID, Name: t.Name, About: t.About, Channels: some(t.Channels), Everybody: t.Everybody, Contacts: len(t.Contacts), TellEvery: t.TellEvery, Gap: t.Gap, Reached: t.Reached, Read: t.Read, Version: t.Version}
		if !t.Last.IsZero() {
			a.Last = &t.Last
		}
		if !t.Next.IsZero() {
			a.Next = &t.Next
		}
		out = append(out, a)
	}
	return sendJSON(c, http.StatusOK, map[string]any{"audiences": out})
}

func (s *Server) apiEvents(c *fiber.Ctx) error {
	events, err := s.Comms.Events(c.UserContext())
	if err != nil {
		return err
	}
	return sendJSON(c, http.StatusOK, map[string]any{"events": events})
}

func (s *Server) apiSetEvent(c *fiber.Ctx) error {
	wr, err := writeOf(c)
	if err != nil {
		return err
	}
	var in struct {
		Date *string `json:"date"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if in.Date == nil { // an empty object must not take a day away that messages go by
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
			{Field: "date", Message: "Send the day; an empty one when it is not known"}}}
	}
	e, err := s.Comms.SetEvent(c.UserContext(), actorOf(c), c.Params("id"), wr.Version, *in.Date)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderETag, etag(e.Version))
	return sendJSON(c, http.StatusOK, e)
}
