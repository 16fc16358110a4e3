package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/schedules"
	"readiness/workpackages"
)

// sendJSON answers with JSON.
func sendJSON(c *fiber.Ctx, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	return c.Status(status).Send(body)
}

// readJSON reads the body into v. An unknown field is refused: dropping what
// somebody sent, in silence, loses it.
func readJSON(c *fiber.Ctx, v any) error {
	if t, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); err != nil || t != "application/json" {
		return &fiber.Error{Code: http.StatusUnsupportedMediaType, Message: "Send the body as JSON, with Content-Type: application/json"}
	}
	d := json.NewDecoder(bytes.NewReader(c.Body()))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil && d.More() {
		err = errors.New("more than one JSON value")
	}
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType) && wrongType.Field != "":
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
			{Field: wrongType.Field, Message: "Send a " + jsonKind(wrongType.Type.String()) + ", not a " + wrongType.Value}}}
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
			{Field: name, Message: "Take this field out: there is none of this name here"}}}
	case errors.Is(err, io.EOF):
		return &fiber.Error{Code: http.StatusBadRequest, Message: "The body is empty: send a JSON object"}
	default:
		return &fiber.Error{Code: http.StatusBadRequest, Message: "The body is not a JSON object that can be read"}
	}
}

func jsonKind(goType string) string {
	switch goType = strings.TrimPrefix(goType, "*"); goType {
	case "int", "int64", "time.Weekday":
		return "whole number"
	case "bool":
		return "true or false"
	case "[]time.Weekday", "[]schedules.Audience", "[]schedules.ClosedPeriod":
		return "list"
	}
	if strings.HasPrefix(goType, "[]") {
		return "list"
	}
	return "string"
}

// writeOf reads If-Match, which every write to a package needs, and
// Idempotency-Key, which it may have.
func writeOf(c *fiber.Ctx) (workpackages.Write, error) { return writeFrom(c, 1) }

// writeFrom is writeOf for what counts its versions from another number.
func writeFrom(c *fiber.Ctx, least int64) (workpackages.Write, error) {
	match := strings.TrimSpace(c.Get(fiber.HeaderIfMatch))
	if match == "" {
		return workpackages.Write{}, &fiber.Error{Code: http.StatusPreconditionRequired, Message: `Say which version you read, with If-Match: "VERSION". It is in the ETag header and the field "version"`}
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(match, "W/"), `"`), 10, 64)
	if err != nil || n < least {
		return workpackages.Write{}, &fiber.Error{Code: http.StatusBadRequest, Message: `If-Match must be one version number in quotation marks, such as "7"`}
	}
	key := c.Get("Idempotency-Key")
	if len(key) > 200 {
		return workpackages.Write{}, &fiber.Error{Code: http.StatusBadRequest, Message: "Idempotency-Key must be 200 characters or fewer"}
	}
	return workpackages.Write{Version: n, Key: key}, nil
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// asAt reads the as_at of a query: an instant, or a day, meaning its end.
func (s *Server) asAt(c *fiber.Ctx) (time.Time, error) {
	t, day, err := s.instant(c, "as_at")
	if err == nil && day {
		t = t.AddDate(0, 0, 1).Add(-time.Millisecond)
	}
	return t, err
}

// instant reads an instant of a query, or a day, which gives its first moment; zero
// when there is none.
func (s *Server) instant(c *fiber.Ctx, name string) (t time.Time, day bool, err error) {
	text := c.Query(name)
	if text == "" {
		return time.Time{}, false, nil
	}
	// A plus sign in a query is read as a space.
	if t, err := time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+")); err == nil {
		return t, false, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, s.Zone); err == nil {
		return t, true, nil
	}
	return time.Time{}, false, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
		{Field: name, Message: "Give a day such as 2026-11-24, or an instant such as 2026-11-24T09:00:00Z"}}}
}

func (s *Server) apiGroups(c *fiber.Ctx) error {
	r, err := s.Packages.Readiness(c.UserContext(), time.Time{})
	if err != nil {
		return err
	}
	out := struct {
		Groups []jsonGroup `json:"groups"`
	}{Groups: []jsonGroup{}}
	for _, g := range r.Groups {
		out.Groups = append(out.Groups, newJSONGroup(g))
	}
	return sendJSON(c, http.StatusOK, out)
}

func (s *Server) apiPackages(c *fiber.Ctx) error {
	status := workpackages.Status(c.Query("status"))
	if status != "" && !status.Valid() {
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
			{Field: "status", Message: "Give one of not_started, green, amber, red, blue, paused"}}}
	}
	group, stale := c.Query("group"), c.Query("stale")
	r, err := s.Packages.Readiness(c.UserContext(), time.Time{})
	if err != nil {
		return err
	}
	out := struct {
		Packages []jsonPackage `json:"workpackages"`
	}{Packages: []jsonPackage{}}
	for _, g := range r.Groups {
		for _, p := range g.Packages {
			if (group == "" || group == p.GroupID) && (status == "" || status == p.Status) && (stale == "" || (stale == "true") == p.Stale) {
				out.Packages = append(out.Packages, newJSONPackage(p))
			}
		}
	}
	return sendJSON(c, http.StatusOK, out)
}

func (s *Server) apiPackage(c *fiber.Ctx) error {
	at, err := s.asAt(c)
	if err != nil {
		return err
	}
	w, err := s.Packages.Packages.Package(c.UserContext(), c.Params("id"))
	if err == nil && !at.IsZero() {
		w, err = s.Packages.AsAt(c.UserContext(), w.ID, at)
	}
	if err != nil {
		return err
	}
	return s.sendPackage(c, http.StatusOK, w)
}

// sendPackage answers with one package, whole, and its version as the ETag.
func (s *Server) sendPackage(c *fiber.Ctx, status int, w workpackages.WorkPackage) error {
	p, err := s.jsonWhole(c, w)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderETag, etag(w.Version))
	return sendJSON(c, status, p)
}

func (s *Server) jsonWhole(c *fiber.Ctx, w workpackages.WorkPackage) (jsonWholePackage, error) {
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return jsonWholePackage{}, err
	}
	return newJSONWhole(workpackages.Assess(w, people, s.today(), s.Packages.StaleAfter, s.Zone), people), nil
}

// currentForAPI turns the newer version in a Stale error into JSON for the body.
func (s *Server) currentForAPI(current any, by workpackages.Actor) any {
	switch v := current.(type) {
	case workpackages.WorkPackage:
		return newJSONWhole(workpackages.Assess(v, nil, s.today(), s.Packages.StaleAfter, s.Zone), nil)
	case notifications.Preferences:
		return newJSONPreferences(v)
	case workpackages.Group:
		return newJSONBareGroup(v)
	case schedules.Rule:
		return newJSONRule(v)
	case schedules.ClosedDays:
		return newJSONClosed(v)
	case comms.Message:
		return newJSONRow(v, by)
	case comms.Event:
		return v
	}
	return nil
}

func (s *Server) apiEdit(c *fiber.Ctx) error {
	wr, err := writeOf(c)
	if err != nil {
		return err
	}
	var in struct {
		Title   *string `json:"title"`
		Summary *string `json:"summary"`
		Owner   *string `json:"owner"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	owner, err := s.ownerID(c, in.Owner)
	if err != nil {
		return err
	}
	r, err := s.Packages.Edit(c.UserContext(), actorOf(c), c.Params("id"), wr, workpackages.EditInput{Title: in.Title, Summary: in.Summary, OwnerID: owner})
	if err != nil {
		return err
	}
	return s.sendPackage(c, http.StatusOK, r.Package)
}

// ownerID lets a program name an owner by e-mail address as well as by id.
func (s *Server) ownerID(c *fiber.Ctx, owner *string) (*string, error) {
	return s.personIn(c, "owner", owner)
}

// personIn is ownerID for any field.
func (s *Server) personIn(c *fiber.Ctx, field string, owner *string) (*string, error) {
	if owner == nil || !strings.Contains(*owner, "@") {
		return owner, nil
	}
	p, err := s.Packages.PersonByEmail(c.UserContext(), *owner)
	if err != nil {
		if workpackages.KindOf(err) == workpackages.NotFound {
			return nil, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
				{Field: field, Message: "There is nobody with that e-mail address: add the person first"}}}
		}
		return nil, err
	}
	return &p.ID, nil
}

func (s *Server) apiUpdate(c *fiber.Ctx) error {
	wr, err := writeOf(c)
	if err != nil {
		return err
	}
	var in struct {
		Status       string `json:"status"`
		Narrative    string `json:"narrative"`
		Percent      *int   `json:"percent"`
		RecoveryPlan string `json:"recovery_plan"`
		RecoveryDate string `json:"recovery_date"`
		Reason       string `json:"reason"`
		Decision     string `json:"decision"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	update := workpackages.StatusInput{
		Status: in.Status, Narrative: in.Narrative, RecoveryPlan: in.RecoveryPlan,
		RecoveryDate: in.RecoveryDate, Reason: in.Reason, Decision: in.Decision,
	}
	if in.Percent != nil {
		update.Percent = strconv.Itoa(*in.Percent)
	}
	r, err := s.Packages.Update(c.UserContext(), actorOf(c), c.Params("id"), wr, update)
	if err != nil {
		return err
	}
	return s.sendMade(c, r)
}

// sendMade answers 201 with the history entry that a write made.
func (s *Server) sendMade(c *fiber.Ctx, r workpackages.Result) error {
	c.Set(fiber.HeaderETag, etag(r.Package.Version))
	c.Set(fiber.HeaderLocation, "/api/v1/workpackages/"+r.Package.ID)
	return sendJSON(c, http.StatusCreated, newJSONEntry(r.Entry))
}

const maxHistory = 200

func (s *Server) apiHistory(c *fiber.Ctx) error {
	at, err := s.asAt(c)
	if err != nil {
		return err
	}
	limit := c.QueryInt("limit", 50)
	if limit < 1 || limit > maxHistory {
		limit = maxHistory
	}
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64)
	if !at.IsZero() {
		w, err := s.Packages.AsAt(c.UserContext(), c.Params("id"), at)
		if err != nil {
			return err
		}
		if before == 0 || before > w.Version+1 {
			before = w.Version + 1
		}
	}
	entries, more, err := s.Packages.History(c.UserContext(), c.Params("id"), before, limit)
	if err != nil {
		return err
	}
	out := struct {
		History []jsonEntry `json:"history"`
		Next    int64       `json:"before,omitempty"` // ask for the rest with this
	}{History: []jsonEntry{}}
	for _, e := range entries {
		out.History = append(out.History, newJSONEntry(e))
	}
	if more && len(entries) > 0 {
		out.Next = entries[len(entries)-1].Version
	}
	return sendJSON(c, http.StatusOK, out)
}

func (s *Server) apiReadiness(c *fiber.Ctx) error {
	at, err := s.asAt(c)
	if err != nil {
		return err
	}
	r, err := s.Packages.Readiness(c.UserContext(), at)
	if err != nil {
		return err
	}
	return sendJSON(c, http.StatusOK, newJSONReadiness(r))
}

func (s *Server) apiPeople(c *fiber.Ctx) error {
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return err
	}
	out := struct {
		People []jsonPerson `json:"people"`
	}{People: []jsonPerson{}}
	for _, p := range people {
		out.People = append(out.People, jsonPerson{p.ID, p.Name, p.Email, p.Role, p.GroupID, p.Disabled})
	}
	return sendJSON(c, http.StatusOK, out)
}
