package workpackages

import (
	"cmp"
	"slices"
	"time"
)

// Status is what the lead says of a package: Blue, Green, Amber and Red, and
// two outside that scale.
type Status string

// The statuses. What each demands is in [StatusUpdate.validate].
const (
	NotStarted Status = "not_started"
	Green      Status = "green"  // on track to date and quality
	Amber      Status = "amber"  // off track, with a recovery plan and its date
	Red        Status = "red"    // will miss or has missed; a reason and the decision wanted
	Blue       Status = "blue"   // delivered, evidenced, and signed off by someone else
	Paused     Status = "paused" // set aside on purpose
)

// Statuses lists every status in the order a form offers them.
func Statuses() []Status { return []Status{NotStarted, Green, Amber, Red, Blue, Paused} }

// Valid reports whether s is a status.
func (s Status) Valid() bool { return slices.Contains(Statuses(), s) }

// Label is the status in words.
func (s Status) Label() string {
	switch s {
	case NotStarted:
		return "Not started"
	case Green:
		return "Green: on track"
	case Amber:
		return "Amber: off track, recovery plan agreed"
	case Red:
		return "Red: off track, decision needed"
	case Blue:
		return "Blue: delivered and signed off"
	case Paused:
		return "Paused"
	}
	return string(s)
}

// Short is the status in one or two words.
func (s Status) Short() string {
	switch s {
	case NotStarted:
		return "Not started"
	case Green:
		return "Green"
	case Amber:
		return "Amber"
	case Red:
		return "Red"
	case Blue:
		return "Blue"
	case Paused:
		return "Paused"
	}
	return string(s)
}

// Meaning says in a sentence, without its full stop, what a status stands for.
func (s Status) Meaning() string {
	switch s {
	case NotStarted:
		return "No work has begun"
	case Green:
		return "On track to date and quality"
	case Amber:
		return "Off track, with a recovery plan that has been agreed"
	case Red:
		return "Will miss or has missed its date, or is off track with no agreed plan"
	case Blue:
		return "Delivered. Needs evidence, and someone other than the owner to sign it off by posting this update"
	case Paused:
		return "Set aside on purpose"
	}
	return ""
}

// Open reports whether work under this status still wants updates.
func (s Status) Open() bool { return s != Blue && s != Paused }

// WorkPackage is a priority work package as it stands at one version.
type WorkPackage struct {
	ID      string `bson:"_id"`
	GroupID string `bson:"group"`
	Order   int    `bson:"order"` // place within the group, from 1
	Title   string `bson:"title"`
	Summary string `bson:"summary"`
	// DefaultName marks a title that came with the product: the minutes of
	// 27 February 2019 speak of six packages and name none.
	DefaultName bool   `bson:"default_name"`
	OwnerID     string `bson:"owner"` // the one accountable person; empty until named

	// What the newest status update said.
	Status       Status    `bson:"status"`
	Narrative    string    `bson:"narrative"`
	Percent      *int      `bson:"percent"` // 0 to 100; nil when not given
	RecoveryPlan string    `bson:"recovery_plan"`
	RecoveryDate Date      `bson:"recovery_date"`
	Reason       string    `bson:"reason"`
	Decision     string    `bson:"decision"`
	UpdatedAt    time.Time `bson:"updated_at"` // of the newest status update; zero if there was none
	UpdatedBy    string    `bson:"updated_by"` // name, as it was then
	SignedOffBy  string    `bson:"signed_off_by"`

	Milestones []Milestone `bson:"milestones"`
	Actions    []Action    `bson:"actions"`
	Evidence   []Evidence  `bson:"evidence"`
	Issues     []Issue     `bson:"issues"` // causes of Annexe A checks, taken up

	Version   int64     `bson:"version"` // counts every change, from 1
	CreatedAt time.Time `bson:"created_at"`
	ChangedAt time.Time `bson:"changed_at"` // of the newest change of any kind
	// Keys holds the newest idempotency keys, so that a retried request finds
	// what it did the first time. It is part of the aggregate because a key
	// stored beside it could be lost between two writes.
	Keys []UsedKey `bson:"keys"`
}

// UsedKey is an idempotency key and the version that it made.
type UsedKey struct {
	Key     string `bson:"key"`
	Version int64  `bson:"version"`
	ItemID  string `bson:"item"`
	Request string `bson:"request"` // fingerprint of what was asked under the key
}

// Milestone is a dated step. Every date it ever had is kept.
type Milestone struct {
	ID        string     `bson:"id"`
	Title     string     `bson:"title"`
	Baselines []Baseline `bson:"baselines"` // oldest first; the last is the date in force
	DoneOn    Date       `bson:"done_on"`
}

// Baseline is a date that a milestone was given, when, by whom and why.
type Baseline struct {
	Date   Date      `bson:"date"`
	SetAt  time.Time `bson:"set_at"`
	SetBy  string    `bson:"set_by"`
	Reason string    `bson:"reason"` // why the date moved; empty for the first
}

// Due is the date in force.
func (m Milestone) Due() Date {
	if len(m.Baselines) == 0 {
		return ""
	}
	return m.Baselines[len(m.Baselines)-1].Date
}

// FirstDue is the date the milestone was first given.
func (m Milestone) FirstDue() Date {
	if len(m.Baselines) == 0 {
		return ""
	}
	return m.Baselines[0].Date
}

// Slips counts how often the date was moved later.
func (m Milestone) Slips() int {
	n := 0
	for i := 1; i < len(m.Baselines); i++ {
		if m.Baselines[i-1].Date.Before(m.Baselines[i].Date) {
			n++
		}
	}
	return n
}

// Done reports whether the milestone is reached.
func (m Milestone) Done() bool { return m.DoneOn != "" }

// Late reports whether the milestone was reached after its first date.
func (m Milestone) Late() bool { return m.Done() && m.FirstDue().Before(m.DoneOn) }

// Action is a piece of work with one accountable owner.
type Action struct {
	ID      string `bson:"id"`
	Title   string `bson:"title"`
	OwnerID string `bson:"owner"` // empty only in the plan that came with the product
	Due     Date   `bson:"due"`
	DoneOn  Date   `bson:"done_on"`
}

// Done reports whether the action is finished.
func (a Action) Done() bool { return a.DoneOn != "" }

// Evidence is where proof of the work is kept: never the proof itself.
type Evidence struct {
	ID       string    `bson:"id"`
	Title    string    `bson:"title"`
	Location string    `bson:"location"`  // a web address, or words saying where it is
	ReviewBy Date      `bson:"review_by"` // when it goes out of date; may be empty
	AddedAt  time.Time `bson:"added_at"`
	AddedBy  string    `bson:"added_by"`
}

// Forecast is the last date among the milestones still to be reached, or of
// all of them once every one is.
func (w WorkPackage) Forecast() Date {
	var open, all Date
	for _, m := range w.Milestones {
		all = max(all, m.Due())
		if !m.Done() {
			open = max(open, m.Due())
		}
	}
	return cmp.Or(open, all)
}

// Slips counts the moves to a later date over all milestones.
func (w WorkPackage) Slips() int {
	n := 0
	for _, m := range w.Milestones {
		n += m.Slips()
	}
	return n
}

// clone copies the package deeply enough that changing the copy leaves the
// original alone.
func (w WorkPackage) clone() WorkPackage {
	if w.Percent != nil {
		percent := *w.Percent
		w.Percent = &percent
	}
	w.Milestones = slices.Clone(w.Milestones)
	for i := range w.Milestones {
		w.Milestones[i].Baselines = slices.Clone(w.Milestones[i].Baselines)
	}
	w.Actions, w.Evidence, w.Issues, w.Keys = slices.Clone(w.Actions), slices.Clone(w.Evidence), slices.Clone(w.Issues), slices.Clone(w.Keys)
	return w
}
