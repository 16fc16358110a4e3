package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

type jsonCheckSummary struct {
	ID     string              `json:"id"`
	At     time.Time           `json:"at"`
	By     jsonActor           `json:"by"`
	Origin workpackages.Origin `json:"origin"`
	AsOf   *workpackages.Date  `json:"as_of"`
	Fit    annexa.Fit          `json:"fit"`
	Totals annexa.Totals       `json:"totals"`
	Lists  []jsonListSummary   `json:"lists"`
	Part   bool                `json:"part"`
}

type jsonListSummary struct {
	Number   int               `json:"number"`
	Found    bool              `json:"found"`
	Rows     int               `json:"rows"`
	Errors   int               `json:"errors"`
	Warnings int               `json:"warnings"`
	Infos    int               `json:"infos"`
	Fit      annexa.FitVerdict `json:"fit"`
}

type jsonCheck struct {
	jsonCheckSummary
	Report   annexa.Report `json:"report"`
	Previous *string       `json:"previous"` // id of the check before; null for the first
	Change   annexa.Change `json:"change"`
}

// jsonSharedCheck is a check as it may leave the authority: no counts but those
// of the shared report, and nobody's name.
type jsonSharedCheck struct {
	ID     string             `json:"id"`
	At     time.Time          `json:"at"`
	AsOf   *workpackages.Date `json:"as_of"`
	Report annexa.Report      `json:"report"`
}

type jsonTrend struct {
	ID       string             `json:"id"`
	At       time.Time          `json:"at"`
	AsOf     *workpackages.Date `json:"as_of"`
	Errors   int                `json:"errors"`
	Warnings int                `json:"warnings"`
	ListsFit int                `json:"lists_fit"`
}

func newJSONCheckSummary(k workpackages.CheckSummary) jsonCheckSummary {
	out := jsonCheckSummary{
		ID: k.ID, At: k.At, By: newJSONActor(k.By), Origin: k.Origin, AsOf: optionalDate(k.AsOf),
		Fit: wholeFit(k.Fit), Totals: k.Totals, Lists: []jsonListSummary{}, Part: k.Part,
	}
	for _, l := range k.Lists {
		out.Lists = append(out.Lists, jsonListSummary(l))
	}
	return out
}

func newJSONCheck(k workpackages.Check) jsonCheck {
	out := jsonCheck{jsonCheckSummary: newJSONCheckSummary(k.CheckSummary), Report: wholeReport(k.Report), Change: k.Change}
	if k.Previous != "" {
		out.Previous = &k.Previous
	}
	out.Change.New, out.Change.Gone = some(k.Change.New), some(k.Change.Gone)
	out.Change.Worse, out.Change.Better = some(k.Change.Worse), some(k.Change.Better)
	out.Change.Lists = some(k.Change.Lists)
	return out
}

// some gives a list that is never null in JSON.
func some[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func wholeFit(f annexa.Fit) annexa.Fit {
	return annexa.Fit{Verdict: f.Verdict, Reasons: some(f.Reasons)}
}

func wholeReport(r annexa.Report) annexa.Report {
	r.Files, r.Causes, r.Unread, r.Settings, r.Notes = some(r.Files), some(r.Causes), some(r.Unread), some(r.Settings), some(r.Notes)
	r.NotRun, r.Fit = some(r.NotRun), wholeFit(r.Fit)
	lists := []annexa.ListReport{}
	for _, l := range r.Lists {
		l.Columns, l.Unknown, l.Fit = some(l.Columns), some(l.Unknown), wholeFit(l.Fit)
		lists = append(lists, l)
	}
	r.Lists = lists
	return r
}

// apiCheckFiles checks the files sent and answers when it is done.
func (s *Server) apiCheckFiles(c *fiber.Ctx) error {
	j, _, err := s.takeUpload(c, workpackages.ByAPI)
	if err != nil {
		return err
	}
	<-j.done // it ends by its own deadline
	if _, err := j.finished(); err != nil {
		var unread *annexa.ReadError
		if errors.As(err, &unread) {
			return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: []workpackages.FieldError{
				{Field: "file", Message: unread.Error()}}}
		}
		return err
	}
	k, err := s.Packages.CheckOf(s.desk.ctx, j.ID) // the request's own time may be over
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderLocation, "/api/v1/annexa/checks/"+k.ID)
	return sendJSON(c, http.StatusCreated, newJSONCheck(k))
}

func (s *Server) apiChecks(c *fiber.Ctx) error {
	all, err := s.Packages.Checks(c.UserContext(), min(max(c.QueryInt("limit", 100), 1), 1000))
	if err != nil {
		return err
	}
	out := struct {
		Checks []jsonCheckSummary `json:"checks"`
		Trend  []jsonTrend        `json:"trend"` // the oldest first
	}{Checks: []jsonCheckSummary{}, Trend: []jsonTrend{}}
	for _, k := range all {
		out.Checks = append(out.Checks, newJSONCheckSummary(k))
	}
	for _, k := range slices.Backward(wholeReturns(all)) {
		h := newCheckHead(k)
		out.Trend = append(out.Trend, jsonTrend{h.ID, h.At, optionalDate(h.AsOf), h.Totals.Errors, h.Totals.Warnings, h.Ok})
	}
	return sendJSON(c, http.StatusOK, out)
}

func (s *Server) apiCheck(c *fiber.Ctx) error {
	k, err := s.Packages.CheckOf(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	if c.QueryBool("share") {
		return sendJSON(c, http.StatusOK, jsonSharedCheck{k.ID, k.At, optionalDate(k.AsOf), wholeReport(*k.Report.Shared())})
	}
	return sendJSON(c, http.StatusOK, newJSONCheck(k))
}

func (s *Server) apiRules(c *fiber.Ctx) error {
	rules := annexa.Rules()
	for i := range rules {
		rules[i].Source, rules[i].Lists = some(rules[i].Source), some(rules[i].Lists)
	}
	return sendJSON(c, http.StatusOK, map[string][]annexa.Rule{"rules": some(rules)})
}

type newIssueBody struct {
	Check *string `json:"check"`
	Cause *string `json:"cause"`
	issueBody
}

type changedIssueBody struct {
	issueBody
	ClosedOn *string `json:"closed_on"`
}

type issueBody struct {
	Class  *string `json:"class"`
	Owner  *string `json:"owner"`
	Fix    *string `json:"fix"`
	Retest *string `json:"retest"`
}

func (b issueBody) input() workpackages.IssueInput {
	return workpackages.IssueInput{Class: b.Class, OwnerID: b.Owner, Fix: b.Fix, Retest: b.Retest}
}

func (b *issueBody) owner() **string { return &b.Owner }

func (s *Server) apiAddIssue(c *fiber.Ctx) error {
	return change(s, c, func(wr workpackages.Write, b newIssueBody) (workpackages.Result, error) {
		in := b.input()
		if b.Check != nil {
			in.CheckID = *b.Check
		}
		if b.Cause != nil {
			in.CauseKey = *b.Cause
		}
		return s.Packages.AddIssue(c.UserContext(), actorOf(c), c.Params("id"), wr, in)
	})
}

func (s *Server) apiChangeIssue(c *fiber.Ctx) error {
	return change(s, c, func(wr workpackages.Write, b changedIssueBody) (workpackages.Result, error) {
		in := b.input()
		in.ClosedOn = b.ClosedOn
		return s.Packages.ChangeIssue(c.UserContext(), actorOf(c), c.Params("id"), c.Params("item"), wr, in)
	})
}

type jsonIssue struct {
	ID          string                  `json:"id"`
	Cause       string                  `json:"cause"`
	Rule        string                  `json:"rule"`
	List        int                     `json:"list"`
	Column      string                  `json:"column"`
	Title       string                  `json:"title"`
	Class       workpackages.IssueClass `json:"class"`
	Owner       string                  `json:"owner"`
	OwnerName   string                  `json:"owner_name"`
	Fix         string                  `json:"fix"`
	Retest      *workpackages.Date      `json:"retest"`
	Count       int                     `json:"count"`
	Passes      int                     `json:"passes"`
	Recurrences int                     `json:"recurrences"`
	LastCheck   string                  `json:"last_check"`
	OpenedAt    time.Time               `json:"opened_at"`
	OpenedBy    string                  `json:"opened_by"`
	ClosedOn    *workpackages.Date      `json:"closed_on"`
}

func newJSONIssue(i workpackages.Issue, people []workpackages.Person) jsonIssue {
	return jsonIssue{
		ID: i.ID, Cause: i.CauseKey, Rule: i.Rule, List: i.List, Column: i.Column, Title: i.Title, Class: i.Class,
		Owner: i.OwnerID, OwnerName: workpackages.NameOf(people, i.OwnerID), Fix: i.Fix, Retest: optionalDate(i.Retest),
		Count: i.Count, Passes: i.Passes, Recurrences: i.Recurrences, LastCheck: i.LastCheck,
		OpenedAt: i.OpenedAt, OpenedBy: i.OpenedBy, ClosedOn: optionalDate(i.ClosedOn),
	}
}
