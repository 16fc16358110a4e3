package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
	"readiness/workpackages/phrase"
)

// dataQualityPackage is where issues of Annexe A belong unless somebody says otherwise.
const dataQualityPackage = "annexe-a-data-quality"

// issueView is one issue as a line of a package's table.
type issueView struct {
	workpackages.Issue
	Owner   string
	Overdue bool   // the retest date has passed
	State   string // "Open", "Closed 4 December 2026"
	Found   string // what the newest check says
}

func (s *Server) issueViews(w workpackages.WorkPackage, people []workpackages.Person) []issueView {
	var out []issueView
	for _, i := range w.Issues {
		v := issueView{Issue: i, Owner: workpackages.NameOf(people, i.OwnerID), State: "Open", Overdue: i.Open() && i.Retest.Before(s.today())}
		if !i.Open() {
			v.State = "Closed " + i.ClosedOn.String()
		}
		switch i.Recurrences {
		case 0:
		case 1:
			v.State += ", reopened once"
		default:
			v.State += fmt.Sprintf(", reopened %d times", i.Recurrences)
		}
		switch {
		case i.Class == workpackages.NotAFault:
			v.Found = phrase.Count(i.Count, "finding") + " when it was looked into" // and no check says more
		case i.Passes == 1:
			v.Found = "not found in the last check"
		case i.Passes > 1:
			v.Found = "not found in the last " + phrase.Count(i.Passes, "check")
		default:
			v.Found = phrase.Count(i.Count, "finding") + " when last looked for"
		}
		out = append(out, v)
	}
	return out
}

var classHints = map[workpackages.IssueClass]string{
	workpackages.SystemDefect:        "The case system does something wrong",
	workpackages.Configuration:       "The case system could do it right, and is set up otherwise",
	workpackages.ExtractLogic:        "The report that makes the lists picks or maps the wrong thing",
	workpackages.RecordingCompliance: "It is not recorded, or not in time",
	workpackages.Training:            "People do not know how to record it",
	workpackages.DefinitionDispute:   "People read the guidance differently",
	workpackages.Migration:           "It came over wrong from an older system",
	workpackages.NotAFault:           "It was looked into, and the lists are right",
}

func classField(chosen workpackages.IssueClass) field {
	f := field{Kind: "radios", Name: "class", Label: "What is behind it", Value: string(chosen)}
	for _, k := range workpackages.IssueClasses() {
		f.Options = append(f.Options, option{Value: string(k), Text: k.Label(), Hint: classHints[k], Chosen: k == chosen})
	}
	return f
}

func issueFields(i workpackages.Issue, people []workpackages.Person, today workpackages.Date) []field {
	return []field{
		classField(i.Class),
		{Kind: "select", Name: "owner", Label: "Owner", Hint: "One person, accountable for it", Value: i.OwnerID, Options: peopleOptions(people, i.OwnerID, "Choose a person")},
		{Kind: "textarea", Name: "fix", Label: "What will be done", Hint: "If it is not a fault, say why. Do not name or describe a child", Value: i.Fix, Max: workpackages.MaxFix, Rows: 4},
		dateField("retest", "Retest date", "When a check should no longer find it. You can leave it empty if it is not a fault. For example, "+exampleDate(today), i.Retest),
	}
}

// theCause finds the check and the cause of the address.
func (s *Server) theCause(c *fiber.Ctx) (workpackages.Check, annexa.Cause, error) {
	k, err := s.Packages.CheckOf(c.UserContext(), c.Params("id"))
	if err != nil {
		return k, annexa.Cause{}, err
	}
	for _, cause := range k.Report.Causes {
		if cause.Key == c.Query("cause") {
			return k, cause, nil
		}
	}
	return k, annexa.Cause{}, workpackages.Errorf(workpackages.NotFound, "This check found no such cause. Open the check again and take the cause up from there")
}

// issueForm asks how a cause will be taken up. Its packages are those that
// whoever asks may raise issues on.
func (s *Server) issueForm(c *fiber.Ctx) (form, annexa.Cause, error) {
	k, cause, err := s.theCause(c)
	if err != nil {
		return form{}, cause, err
	}
	packages, err := s.Packages.Packages.Packages(c.UserContext())
	if err != nil {
		return form{}, cause, err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return form{}, cause, err
	}
	to := field{Kind: "select", Name: "package", Label: "Package", Hint: "The work package that will see to it"}
	for _, w := range packages {
		if workpackages.MayRaiseIssue(actorOf(c), w.GroupID) {
			chosen := w.ID == dataQualityPackage
			if chosen {
				to.Value = w.ID
			}
			to.Options = append(to.Options, option{Value: w.ID, Text: w.Title, Chosen: chosen})
		}
	}
	if len(to.Options) == 0 {
		return form{}, cause, workpackages.Errorf(workpackages.Forbidden, "There is no package that you may raise an issue on. Ask your assistant director")
	}
	v, lead := newCauseView(cause), cause.Title
	if cause.Of > 0 {
		lead += ": " + v.Count
	}
	lead = withDot(lead)
	f := form{
		Heading: "Take up as an issue", Caption: v.Where, Lead: lead,
		Action: "/annexa/checks/" + k.ID + "/issue?cause=" + url.QueryEscape(cause.Key), Back: "/annexa/checks/" + k.ID, Cancel: "/annexa/checks/" + k.ID,
		Button: "Save issue",
		Fields: append([]field{to}, issueFields(workpackages.Issue{}, people, s.today())...),
	}
	return f, cause, nil
}

func (s *Server) issueNewPage(c *fiber.Ctx) error {
	f, _, err := s.issueForm(c)
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, f, nil)
}

// addTries is how often a new issue is tried again when somebody else changed
// the package at the same moment: an addition overwrites nothing.
const addTries = 3

func (s *Server) submitIssueNew(c *fiber.Ctx) error {
	f, cause, err := s.issueForm(c)
	if err != nil {
		return err
	}
	v := typed(c)
	in := workpackages.IssueInput{
		CheckID: c.Params("id"), CauseKey: cause.Key,
		Class: v.ptr("class"), OwnerID: v.ptr("owner"), Fix: v.ptr("fix"), Retest: v.datePtr("retest"),
	}
	var w workpackages.WorkPackage
	for range addTries {
		if w, err = s.Packages.Packages.Package(c.UserContext(), v.get("package")); err != nil {
			break
		}
		_, err = s.Packages.AddIssue(c.UserContext(), actorOf(c), w.ID, workpackages.Write{Version: w.Version, Key: v.get("once")}, in)
		if err == nil || workpackages.KindOf(err) != workpackages.Stale {
			break
		}
	}
	if err == nil {
		return c.Redirect("/packages/"+w.ID+"?done=issues#issues", http.StatusSeeOther)
	}
	var known *workpackages.Error
	if errors.As(err, &known) && known.Kind == workpackages.NotFound && w.ID == "" {
		err = &workpackages.Error{Kind: workpackages.Invalid, Fields: []workpackages.FieldError{{Field: "package", Message: "Choose a package from the list"}}}
	}
	return s.formFailed(c, err, f.Fields, v, func(status int, errs []formError) error { return s.showForm(c, status, f, errs) })
}

// issuePage and submitIssue are those of every item; the row of their own in the
// table of routes lets analysts in.
func (s *Server) issuePage(c *fiber.Ctx) error   { return s.itemPage(c) }
func (s *Server) submitIssue(c *fiber.Ctx) error { return s.submitItem(c) }

// issueKind is how an issue is changed. A new one comes from a check.
var issueKind = itemKind{
	noun: "issue",
	may:  workpackages.MayRaiseIssue,
	find: func(w workpackages.WorkPackage, id string, people []workpackages.Person) ([]field, bool) {
		for _, i := range w.Issues {
			if i.ID == id {
				fields := issueFields(i, people, workpackages.DateOf(i.OpenedAt, i.OpenedAt.Location()))
				return append(fields, dateField("closed_on", "Closed on", "Leave empty while it is open. It closes by itself when two checks in a row no longer find it", i.ClosedOn)), true
			}
		}
		return nil, false
	},
	save: func(s *Server, c *fiber.Ctx, w workpackages.WorkPackage, id string, v values) error {
		closedOn := v.datePtr("closed_on")
		for _, i := range w.Issues {
			// A date that was left as it is says nothing: another class may open the issue.
			if d, err := workpackages.ParseDate(*closedOn); i.ID == id && (err == nil && d == i.ClosedOn || *closedOn == "" && i.Open()) {
				closedOn = nil
			}
		}
		_, err := s.Packages.ChangeIssue(c.UserContext(), actorOf(c), w.ID, id, v.write(), workpackages.IssueInput{
			Class: v.ptr("class"), OwnerID: v.ptr("owner"), Fix: v.ptr("fix"), Retest: v.datePtr("retest"), ClosedOn: closedOn,
		})
		return err
	},
}
