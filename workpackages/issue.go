package workpackages

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages/annexa"
)

// IssueClass says what is behind a cause that an Annexe A check found: is the
// system wrong, or is it used wrongly?
type IssueClass string

// The classes, as the System and Performance Core Group sorts faults.
const (
	SystemDefect        IssueClass = "system_defect"
	Configuration       IssueClass = "configuration"
	ExtractLogic        IssueClass = "extract_logic"
	RecordingCompliance IssueClass = "recording_compliance"
	Training            IssueClass = "training"
	DefinitionDispute   IssueClass = "definition_dispute"
	Migration           IssueClass = "migration"
	NotAFault           IssueClass = "not_a_fault"
)

// IssueClasses lists every class in the order a form offers them.
func IssueClasses() []IssueClass {
	return []IssueClass{SystemDefect, Configuration, ExtractLogic, RecordingCompliance, Training, DefinitionDispute, Migration, NotAFault}
}

// Valid reports whether c is a class.
func (c IssueClass) Valid() bool { return slices.Contains(IssueClasses(), c) }

// Label is the class in words.
func (c IssueClass) Label() string {
	switch c {
	case SystemDefect:
		return "System defect"
	case Configuration:
		return "Configuration"
	case ExtractLogic:
		return "Report or extract logic"
	case RecordingCompliance:
		return "Recording compliance"
	case Training:
		return "Training or guidance"
	case DefinitionDispute:
		return "Definition dispute"
	case Migration:
		return "Data migration"
	case NotAFault:
		return "Not a fault"
	}
	return string(c)
}

// Issue is a cause of an Annexe A check, taken up by a package. It closes itself
// when its rule has passed in two checks one after the other, and reopens, with
// a count, when the cause comes back: also when somebody closed it by hand, as
// the lists then say otherwise.
//
// One that is not a fault is closed from the moment it is called so, with the
// reason in Fix, and no check opens it again: only another class does.
type Issue struct {
	ID          string     `bson:"id"`
	CauseKey    string     `bson:"cause"` // annexa.CauseKey
	Rule        string     `bson:"rule"`
	List        int        `bson:"list"`
	Column      string     `bson:"column"`
	Title       string     `bson:"title"` // of the rule, with list and column
	Class       IssueClass `bson:"class"`
	OwnerID     string     `bson:"owner"`
	Fix         string     `bson:"fix"`    // what will be done about it; why not, where it is not a fault
	Retest      Date       `bson:"retest"` // when it should have gone; may be empty where it is not a fault
	Count       int        `bson:"count"`  // findings in the newest check that looked
	Passes      int        `bson:"passes"` // checks one after the other without a finding
	Recurrences int        `bson:"recurrences"`
	LastCheck   string     `bson:"last_check"` // id of a check: those up to it have nothing more to say of the issue
	OpenedAt    time.Time  `bson:"opened_at"`
	OpenedBy    string     `bson:"opened_by"`
	ClosedOn    Date       `bson:"closed_on"` // empty while open
}

// Open reports whether the issue still wants work.
func (i Issue) Open() bool { return i.ClosedOn == "" }

// IssueInput is an issue as typed. In a change a nil field is left alone.
type IssueInput struct {
	CheckID, CauseKey           string // with a new one: where it was found
	Class, OwnerID, Fix, Retest *string
	ClosedOn                    *string // a date, or "" to reopen
}

// MaxFix is the longest text on what will be done about an issue.
const MaxFix = 2000

// passesToClose is how many checks one after the other an issue's cause must be
// gone from: a cause may be away for a day because a list was made differently.
const passesToClose = 2

// MayRaiseIssue reports whether the actor may take up causes on a package of a
// group: whoever may change it, and analysts on every package.
func MayRaiseIssue(by Actor, groupID string) bool {
	return MayChange(by, groupID) || by.Role == Analyst
}

var toRaise = permission{MayRaiseIssue, "Only data analysts, the leads of this package's steering group and the assistant director can take up causes and change issues"}

// AddIssue takes up a cause as an issue of a package. A cause that the package
// has an issue of already, open or closed, is a Conflict that says so; a cause
// that is not in the check is NotFound.
func (s *Service) AddIssue(ctx context.Context, by Actor, id string, wr Write, in IssueInput) (Result, error) {
	people, err := s.People.People(ctx)
	if err != nil {
		return Result{}, err
	}
	return s.changeIf(ctx, toRaise, by, id, wr, in, func(w *WorkPackage, at time.Time, today Date) (outcome, error) {
		check, err := s.Kept.Check(ctx, in.CheckID)
		if err != nil {
			return outcome{}, err
		}
		item, summary, err := in.add(w, by, people, check, at, today)
		return outcome{kind: IssueAdded, summary: summary, itemID: item}, err
	})
}

// ChangeIssue changes class, owner, fix or retest date, closes or reopens. Who
// closes or reopens knows of the checks there are: only later ones say otherwise.
func (s *Service) ChangeIssue(ctx context.Context, by Actor, id, item string, wr Write, in IssueInput) (Result, error) {
	people, err := s.People.People(ctx)
	if err != nil {
		return Result{}, err
	}
	newest, err := s.Kept.Checks(ctx, 1)
	if err != nil {
		return Result{}, err
	}
	return s.changeIf(ctx, toRaise, by, id, wr, askedItem{item, in}, func(w *WorkPackage, _ time.Time, today Date) (outcome, error) {
		i := slices.IndexFunc(w.Issues, func(v Issue) bool { return v.ID == item })
		if i < 0 {
			return outcome{}, Errorf(NotFound, "This package has no such issue")
		}
		was := w.Issues[i]
		summary, c, err := in.change(&w.Issues[i], people, today)
		if now := &w.Issues[i]; len(newest) > 0 && (now.Open() != was.Open() || (now.Class == NotAFault) != (was.Class == NotAFault)) {
			now.LastCheck = max(now.LastCheck, newest[0].ID)
		}
		return itemOutcome(IssueChanged, item, summary, c), err
	})
}

func (in IssueInput) add(w *WorkPackage, by Actor, people []Person, check Check, at time.Time, today Date) (string, string, error) {
	cause, ok := causeOf(check.Report, in.CauseKey)
	if !ok {
		return "", "", Errorf(NotFound, "The check found no such cause: open the check again, and take up one of those it lists")
	}
	for _, i := range w.Issues {
		switch {
		case i.CauseKey == in.CauseKey && i.Open():
			return "", "", Errorf(Conflict, "This package has an open issue for this cause already: change that one")
		case i.CauseKey == in.CauseKey:
			return "", "", Errorf(Conflict, "This package had an issue for this cause, closed on %s: reopen that one", i.ClosedOn)
		}
	}
	i := Issue{
		ID: newID("issue"), CauseKey: cause.Key, Rule: cause.Rule, List: cause.List, Column: cause.Column, Title: titleOf(cause),
		Count: cause.Count, LastCheck: check.ID, OpenedAt: at, OpenedBy: by.Name,
	}
	var bad problems
	checkRoom(&bad, "class", len(w.Issues), "issues")
	in.Class, in.OwnerID, in.Fix, in.Retest = given(in.Class), given(in.OwnerID), given(in.Fix), given(in.Retest)
	in.read(&bad, &i, people, today)
	if err := bad.err(); err != nil {
		return "", "", err
	}
	w.Issues = append(w.Issues, i)
	summary := fmt.Sprintf("Issue added: %s, owned by %s", i.Title, NameOf(people, i.OwnerID))
	switch {
	case i.Class == NotAFault:
		summary = "Issue added as not a fault: " + i.Title
	case i.Open():
		summary += fmt.Sprintf(", to be retested on %s", i.Retest)
	}
	return i.ID, summary, nil
}

func (in IssueInput) change(i *Issue, people []Person, today Date) (string, changes, error) {
	var bad problems
	next := *i
	in.read(&bad, &next, people, today)
	if err := bad.err(); err != nil {
		return "", nil, err
	}
	var c changes
	c.add("class", i.Class.Label(), next.Class.Label())
	c.addOwner(people, i.OwnerID, next.OwnerID)
	c.add("fix", i.Fix, next.Fix)
	c.add("retest", i.Retest.String(), next.Retest.String())
	c.add("closed on", i.ClosedOn.String(), next.ClosedOn.String())
	summary := "Issue changed: "
	switch {
	case i.Open() && !next.Open():
		summary = "Issue closed: "
	case !i.Open() && next.Open():
		summary = "Issue reopened: "
		next.Passes = 0 // what passed before says nothing of what is wrong now
	}
	*i = next
	return summary + next.Title, c, nil
}

// read puts what was typed into an issue and checks what it comes to.
func (in IssueInput) read(bad *problems, i *Issue, people []Person, today Date) {
	was := i.Class
	if in.Class != nil {
		i.Class = IssueClass(*in.Class)
		if !i.Class.Valid() {
			bad.add("class", "Choose what is behind the cause: %s", joinClasses())
		}
	}
	if in.OwnerID != nil && (*in.OwnerID != i.OwnerID || i.OwnerID == "") {
		i.OwnerID = *in.OwnerID
		checkOwner(bad, people, i.OwnerID, true)
	}
	noFault := i.Class == NotAFault
	if in.Fix != nil {
		i.Fix = prose(*in.Fix)
		what := "what will be done about it"
		if noFault {
			what = "why it is not a fault"
		}
		checkText(bad, "fix", what, i.Fix, 1, MaxFix)
	} else if noFault && was != NotAFault {
		bad.add("fix", "Enter why it is not a fault")
	}
	if in.Retest != nil {
		i.Retest = readDate(bad, "retest", "retest date", in.Retest, today, !noFault)
	} else if i.Retest == "" && !noFault {
		bad.add("retest", "Enter a retest date")
	}
	in.close(bad, i, was, today)
}

// close works out whether the issue is closed, and when.
func (in IssueInput) close(bad *problems, i *Issue, was IssueClass, today Date) {
	noFault := i.Class == NotAFault
	switch {
	case in.ClosedOn != nil:
		i.ClosedOn = readDate(bad, "closed_on", "date it was closed", in.ClosedOn, today, false)
		if today.Before(i.ClosedOn) {
			bad.add("closed_on", "Enter a date that is today or earlier: it cannot be closed yet")
		}
		if i.Open() && noFault && was == NotAFault {
			bad.add("closed_on", "Choose another class to reopen it: what is not a fault stays closed")
		}
	case was == NotAFault && !noFault:
		i.ClosedOn = ""
	}
	if noFault && i.Open() {
		i.ClosedOn = today
	}
}

func joinClasses() string {
	var labels []string
	for _, c := range IssueClasses() {
		labels = append(labels, string(c))
	}
	return strings.Join(labels, ", ")
}

// given makes a field that was left out an empty one.
func given(s *string) *string {
	text := value(s)
	return &text
}

func causeOf(r annexa.Report, key string) (annexa.Cause, bool) {
	i := slices.IndexFunc(r.Causes, func(c annexa.Cause) bool { return c.Key == key })
	if i < 0 {
		return annexa.Cause{}, false
	}
	return r.Causes[i], true
}

func titleOf(c annexa.Cause) string {
	place := fmt.Sprintf("List %d", c.List)
	if c.Column != "" {
		place += ", " + c.Column
	}
	return place + ": " + c.Title
}
