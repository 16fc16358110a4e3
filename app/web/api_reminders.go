package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/schedules"
	"readiness/workpackages"
)

type jsonReminderRule struct {
	ID            string               `json:"id"`
	Title         string               `json:"title"`
	Description   string               `json:"description"`
	On            bool                 `json:"on"`
	Days          []time.Weekday       `json:"days"` // 1 is Monday
	Time          string               `json:"time"`
	Audience      []schedules.Audience `json:"audience"`
	MayTell       []schedules.Audience `json:"may_tell"`
	Soon          *int                 `json:"soon"` // null for a rule that does not look ahead
	ChairAfter    *int                 `json:"chair_after"`
	DirectorAfter *int                 `json:"director_after"` // null for rules that pass nothing on
	Version       int64                `json:"version"`
	ChangedAt     *time.Time           `json:"changed_at"` // null while it is as it came
	ChangedBy     string               `json:"changed_by"`
}

func newJSONRule(r schedules.Rule) jsonReminderRule {
	info, _ := schedules.RuleInfoOf(r.ID)
	out := jsonReminderRule{
		ID: r.ID, Title: info.Title, Description: info.Description, On: r.On, Days: some(r.Days), Time: r.Time,
		Audience: some(r.Audience), MayTell: some(info.May), Version: r.Version, ChangedBy: r.ChangedBy,
	}
	if info.LooksAhead {
		out.Soon = &r.Soon
	}
	if info.Escalates {
		out.ChairAfter, out.DirectorAfter = &r.ChairAfter, &r.DirectorAfter
	}
	if !r.ChangedAt.IsZero() {
		out.ChangedAt = &r.ChangedAt
	}
	return out
}

func (s *Server) apiReminderRules(c *fiber.Ctx) error {
	rules, err := s.Rules.Rules(c.UserContext())
	if err != nil {
		return err
	}
	out := []jsonReminderRule{}
	for _, r := range rules {
		out = append(out, newJSONRule(r))
	}
	return sendJSON(c, http.StatusOK, map[string][]jsonReminderRule{"rules": out})
}

func (s *Server) apiReminderRule(c *fiber.Ctx) error {
	r, err := s.Rules.Rule(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	return sendRule(c, r)
}

func sendRule(c *fiber.Ctx, r schedules.Rule) error {
	c.Set(fiber.HeaderETag, etag(r.Version))
	return sendJSON(c, http.StatusOK, newJSONRule(r))
}

func (s *Server) apiEditRule(c *fiber.Ctx) error {
	wr, err := writeOf(c)
	if err != nil {
		return err
	}
	var in struct {
		On            *bool                 `json:"on"`
		Days          *[]time.Weekday       `json:"days"`
		Time          *string               `json:"time"`
		Audience      *[]schedules.Audience `json:"audience"`
		Soon          *int                  `json:"soon"`
		ChairAfter    *int                  `json:"chair_after"`
		DirectorAfter *int                  `json:"director_after"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	r, err := s.Rules.Rule(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	info, _ := schedules.RuleInfoOf(r.ID)
	var bad []workpackages.FieldError
	number := func(name string, has bool, now int, sent *int) string {
		if sent != nil && !has {
			bad = append(bad, workpackages.FieldError{Field: name, Message: "Take this field out: the rule has none"})
		}
		if sent != nil {
			now = *sent
		}
		return strconv.Itoa(now)
	}
	whole := schedules.RuleInput{
		On: r.On, Days: r.Days, Time: r.Time, Audience: r.Audience, Soon: number("soon", info.LooksAhead, r.Soon, in.Soon),
		ChairAfter: number("chair_after", info.Escalates, r.ChairAfter, in.ChairAfter), DirectorAfter: number("director_after", info.Escalates, r.DirectorAfter, in.DirectorAfter),
	}
	if len(bad) > 0 {
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: bad}
	}
	if in.On != nil {
		whole.On = *in.On
	}
	if in.Days != nil {
		whole.Days = *in.Days
	}
	if in.Time != nil {
		whole.Time = *in.Time
	}
	if in.Audience != nil {
		whole.Audience = *in.Audience
	}
	if r, err = s.Rules.EditRule(c.UserContext(), actorOf(c), r.ID, wr.Version, whole); err != nil {
		return err
	}
	return sendRule(c, r)
}

type jsonClosed struct {
	Periods   []schedules.ClosedPeriod `json:"periods"`
	Version   int64                    `json:"version"`
	ChangedAt *time.Time               `json:"changed_at"` // null while none were ever given
	ChangedBy string                   `json:"changed_by"`
}

func newJSONClosed(d schedules.ClosedDays) jsonClosed {
	out := jsonClosed{Periods: some(d.Periods), Version: d.Version, ChangedBy: d.ChangedBy}
	if !d.ChangedAt.IsZero() {
		out.ChangedAt = &d.ChangedAt
	}
	return out
}

func sendClosed(c *fiber.Ctx, d schedules.ClosedDays) error {
	c.Set(fiber.HeaderETag, etag(d.Version))
	return sendJSON(c, http.StatusOK, newJSONClosed(d))
}

func (s *Server) apiClosedDays(c *fiber.Ctx) error {
	d, err := s.Rules.ClosedDays(c.UserContext())
	if err != nil {
		return err
	}
	return sendClosed(c, d)
}

func (s *Server) apiEditClosedDays(c *fiber.Ctx) error {
	wr, err := writeOf(c)
	if err != nil {
		return err
	}
	var in struct {
		Periods *[]schedules.ClosedPeriod `json:"periods"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if in.Periods == nil { // an empty object must not take every closed day away
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
			{Field: "periods", Message: "Send every period there is to be; an empty list for none"}}}
	}
	d, err := s.Rules.EditClosedDays(c.UserContext(), actorOf(c), wr.Version, *in.Periods)
	if err != nil {
		return err
	}
	return sendClosed(c, d)
}

type jsonYours struct {
	Why       string     `json:"why"`
	Reminders []jsonLine `json:"reminders"`
}

type jsonLine struct {
	Section   string                   `json:"section"`
	Title     string                   `json:"title"`
	Detail    string                   `json:"detail"`
	URL       string                   `json:"url"`
	Concern   workpackages.ConcernKind `json:"concern"`
	Subject   string                   `json:"subject"`
	Package   string                   `json:"workpackage"`
	Due       workpackages.Date        `json:"due"`
	Late      int                      `json:"late_working_days"`
	Passed    bool                     `json:"passed"`
	MayChange bool                     `json:"may_change"`
	Answer    *jsonResponse            `json:"answer"`
}

type jsonResponse struct {
	ID      string                    `json:"id"`
	Concern workpackages.ConcernKind  `json:"concern"`
	Subject string                    `json:"subject"`
	Kind    workpackages.ResponseKind `json:"kind"`
	Until   *workpackages.Date        `json:"until"` // the last day on which it holds; null with not_mine
	At      time.Time                 `json:"at"`
}

func newJSONResponse(r workpackages.Response) jsonResponse {
	return jsonResponse{r.ID, r.Concern, r.Subject, r.Kind, optionalDate(r.Until), r.At}
}

func (s *Server) apiMine(c *fiber.Ctx) error {
	y, err := s.Mine.Mine(c.UserContext(), actorOf(c).PersonID)
	if err != nil {
		return err
	}
	out := jsonYours{Why: y.Why, Reminders: []jsonLine{}}
	for _, l := range y.Lines {
		j := jsonLine{
			Section: l.Item.Section, Title: l.Item.Title, Detail: l.Item.Detail, URL: l.Item.URL, Concern: l.Kind, Subject: l.Concern.Subject,
			Package: l.PackageID, Due: l.Due, Late: l.Late, Passed: l.Passed, MayChange: l.MayChange,
		}
		if l.Answer != nil {
			a := newJSONResponse(*l.Answer)
			j.Answer = &a
		}
		out.Reminders = append(out.Reminders, j)
	}
	return sendJSON(c, http.StatusOK, out)
}

func (s *Server) apiRespond(c *fiber.Ctx) error {
	var in struct {
		Concern workpackages.ConcernKind  `json:"concern"`
		Subject string                    `json:"subject"`
		Kind    workpackages.ResponseKind `json:"kind"`
		Days    int                       `json:"days"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	r, err := s.Packages.Respond(c.UserContext(), actorOf(c), workpackages.ResponseInput{Concern: in.Concern, Subject: in.Subject, Kind: in.Kind, Days: in.Days})
	if err != nil {
		return err
	}
	return sendJSON(c, http.StatusCreated, newJSONResponse(r))
}

// apiWithdraw takes the id as a query: ids hold spaces and slashes.
func (s *Server) apiWithdraw(c *fiber.Ctx) error {
	if err := s.Packages.Withdraw(c.UserContext(), actorOf(c), c.Query("id")); err != nil {
		return err
	}
	return c.SendStatus(http.StatusNoContent)
}

func (s *Server) apiAddMeeting(c *fiber.Ctx) error {
	wr, err := writeOf(c)
	if err != nil {
		return err
	}
	var in workpackages.MeetingInput
	if err := readJSON(c, &struct {
		Date  *string `json:"date"`
		Time  *string `json:"time"`
		Place *string `json:"place"`
	}{&in.Date, &in.Time, &in.Place}); err != nil {
		return err
	}
	g, err := s.Packages.AddMeeting(c.UserContext(), actorOf(c), c.Params("id"), wr.Version, in)
	if err != nil {
		return err
	}
	return s.sendGroup(c, http.StatusCreated, g)
}

func (s *Server) apiCancelMeeting(c *fiber.Ctx) error {
	wr, err := writeOf(c)
	if err != nil {
		return err
	}
	g, err := s.Packages.CancelMeeting(c.UserContext(), actorOf(c), c.Params("id"), wr.Version, c.Params("meeting"))
	if err != nil {
		return err
	}
	return s.sendGroup(c, http.StatusOK, g)
}

// sendGroup answers with one group, and its version as the ETag.
func (s *Server) sendGroup(c *fiber.Ctx, status int, g workpackages.Group) error {
	r, err := s.Packages.Readiness(c.UserContext(), time.Time{})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(r.Groups, func(x workpackages.GroupReadiness) bool { return x.Group.ID == g.ID })
	if i < 0 {
		return workpackages.Errorf(workpackages.NotFound, "There is no such steering group")
	}
	r.Groups[i].Group = g
	c.Set(fiber.HeaderETag, etag(g.Version))
	return sendJSON(c, status, newJSONGroup(r.Groups[i]))
}
