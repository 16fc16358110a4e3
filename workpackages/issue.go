package workpackages

import (
	"context"
	"time"
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

// Label is the class in words.
func (c IssueClass) Label() string { return "" }

// Issue is a cause of an Annexe A check, taken up by a package. It closes itself
// when its rule has passed in two checks one after the other, and reopens, with
// a count, when the cause comes back.
type Issue struct {
	ID          string     `bson:"id"`
	CauseKey    string     `bson:"cause"` // annexa.CauseKey
	Rule        string     `bson:"rule"`
	List        int        `bson:"list"`
	Column      string     `bson:"column"`
	Title       string     `bson:"title"` // of the rule, with list and column
	Class       IssueClass `bson:"class"`
	OwnerID     string     `bson:"owner"`
	Fix         string     `bson:"fix"`    // what will be done about it
	Retest      Date       `bson:"retest"` // when it should have gone
	Count       int        `bson:"count"`  // findings in the newest check that looked
	Passes      int        `bson:"passes"` // checks one after the other without a finding
	Recurrences int        `bson:"recurrences"`
	LastCheck   string     `bson:"last_check"` // id of the newest check applied
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

// MayRaiseIssue reports whether the actor may take up causes on a package of a
// group: whoever may change it, and analysts on every package.
func MayRaiseIssue(by Actor, groupID string) bool {
	return MayChange(by, groupID) || by.Role == Analyst
}

// AddIssue takes up a cause as an issue of a package. A cause that the package
// has an open issue of already is a Conflict that says so.
func (s *Service) AddIssue(ctx context.Context, by Actor, id string, wr Write, in IssueInput) (Result, error) {
	return Result{}, Errorf(Internal, "stub")
}

// ChangeIssue changes class, owner, fix or retest date, closes or reopens.
func (s *Service) ChangeIssue(ctx context.Context, by Actor, id, item string, wr Write, in IssueInput) (Result, error) {
	return Result{}, Errorf(Internal, "stub")
}
