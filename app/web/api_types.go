package web

import (
	"encoding/json"
	"time"

	"readiness/workpackages"
)

// The shapes of the JSON API, described for its users in openapi.yaml. They
// stand apart from the domain's types so that one can change without the other.

type jsonGroup struct {
	jsonBareGroup
	Leads    []jsonName       `json:"leads"`
	Packages []jsonPackageRef `json:"workpackages"`
}

// jsonBareGroup is what is kept of a group itself.
type jsonBareGroup struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Remit    string        `json:"remit"`
	Chair    string        `json:"chair"`    // a person's id; empty when nobody is named
	Meetings []jsonMeeting `json:"meetings"` // by date, past ones too
	Version  int64         `json:"version"`
}

type jsonMeeting struct {
	ID    string            `json:"id"`
	Date  workpackages.Date `json:"date"`
	Time  string            `json:"time"`
	Place string            `json:"place"`
}

type jsonName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type jsonPackageRef struct {
	ID     string              `json:"id"`
	Title  string              `json:"title"`
	Status workpackages.Status `json:"status"`
}

type jsonPackage struct {
	ID           string              `json:"id"`
	Group        string              `json:"group"`
	Title        string              `json:"title"`
	DefaultName  bool                `json:"default_name"`
	Summary      string              `json:"summary"`
	Owner        string              `json:"owner"` // id; empty when nobody is named
	OwnerName    string              `json:"owner_name"`
	Status       workpackages.Status `json:"status"`
	Computed     workpackages.Status `json:"computed"`
	Reasons      []jsonReason        `json:"reasons"`
	Narrative    string              `json:"narrative"`
	Percent      *int                `json:"percent"`
	Forecast     *workpackages.Date  `json:"forecast"`
	RecoveryPlan string              `json:"recovery_plan,omitempty"`
	RecoveryDate workpackages.Date   `json:"recovery_date,omitempty"`
	Reason       string              `json:"reason,omitempty"`
	Decision     string              `json:"decision,omitempty"`
	SignedOffBy  string              `json:"signed_off_by,omitempty"`
	Slips        int                 `json:"slips"`
	Overdue      int                 `json:"overdue"`
	Stale        bool                `json:"stale"`
	IdleDays     int                 `json:"idle_working_days"`
	Version      int64               `json:"version"`
	UpdatedAt    *time.Time          `json:"updated_at"` // of the newest status update; null when there was none
	UpdatedBy    string              `json:"updated_by"`
	ChangedAt    time.Time           `json:"changed_at"`
}

type jsonReason struct {
	Code string              `json:"code"`
	Text string              `json:"text"`
	Says workpackages.Status `json:"says,omitempty"`
}

type jsonWholePackage struct {
	jsonPackage
	Milestones []jsonMilestone `json:"milestones"`
	Actions    []jsonAction    `json:"actions"`
	Evidence   []jsonEvidence  `json:"evidence"`
	Issues     []jsonIssue     `json:"issues"`
}

type jsonMilestone struct {
	ID        string             `json:"id"`
	Title     string             `json:"title"`
	Due       workpackages.Date  `json:"due"`
	FirstDue  workpackages.Date  `json:"first_due"`
	Slips     int                `json:"slips"`
	DoneOn    *workpackages.Date `json:"done_on"`
	Baselines []jsonBaseline     `json:"baselines"`
}

type jsonBaseline struct {
	Date   workpackages.Date `json:"date"`
	SetAt  time.Time         `json:"set_at"`
	SetBy  string            `json:"set_by"`
	Reason string            `json:"reason"`
}

type jsonAction struct {
	ID        string             `json:"id"`
	Title     string             `json:"title"`
	Owner     string             `json:"owner"`
	OwnerName string             `json:"owner_name"`
	Due       workpackages.Date  `json:"due"`
	DoneOn    *workpackages.Date `json:"done_on"`
}

type jsonEvidence struct {
	ID       string             `json:"id"`
	Title    string             `json:"title"`
	Location string             `json:"location"`
	ReviewBy *workpackages.Date `json:"review_by"`
	AddedAt  time.Time          `json:"added_at"`
	AddedBy  string             `json:"added_by"`
}

// itemAnswer is an item with the version that its package came to.
type itemAnswer struct {
	item    any
	version int64
}

func (a itemAnswer) MarshalJSON() ([]byte, error) {
	body, err := json.Marshal(a.item)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, err
	}
	m["version"] = a.version
	return json.Marshal(m)
}

type jsonEntry struct {
	Version int64                 `json:"version"`
	At      time.Time             `json:"at"`
	By      jsonActor             `json:"by"`
	Kind    string                `json:"kind"`
	Summary string                `json:"summary"`
	Changes []workpackages.Change `json:"changes"`
	Item    string                `json:"item,omitempty"`
	Update  *jsonUpdate           `json:"update,omitempty"`
}

type jsonActor struct {
	ID   string            `json:"id"`
	Name string            `json:"name"`
	Role workpackages.Role `json:"role"`
	Via  string            `json:"via"`
}

func newJSONActor(a workpackages.Actor) jsonActor { return jsonActor{a.ID, a.Name, a.Role, a.Via} }

type jsonUpdate struct {
	Status       workpackages.Status `json:"status"`
	Narrative    string              `json:"narrative"`
	Percent      *int                `json:"percent"`
	RecoveryPlan string              `json:"recovery_plan,omitempty"`
	RecoveryDate workpackages.Date   `json:"recovery_date,omitempty"`
	Reason       string              `json:"reason,omitempty"`
	Decision     string              `json:"decision,omitempty"`
}

type jsonReadiness struct {
	AsAt     time.Time                   `json:"as_at"`
	Today    workpackages.Date           `json:"today"`
	Total    int                         `json:"total"`
	Statuses map[workpackages.Status]int `json:"statuses"`
	Overdue  int                         `json:"overdue"`
	Stale    int                         `json:"stale"`
	Slipped  int                         `json:"slipped"`
	Doubted  int                         `json:"doubted"`
	Groups   []jsonReadyGroup            `json:"groups"`
}

type jsonReadyGroup struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Leads    []jsonName    `json:"leads"`
	Packages []jsonPackage `json:"workpackages"`
}

type jsonPerson struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Email    string            `json:"email"`
	Role     workpackages.Role `json:"role"`
	Group    string            `json:"group"`
	Disabled bool              `json:"disabled"`
}

func optionalDate(d workpackages.Date) *workpackages.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

func newJSONGroup(g workpackages.GroupReadiness) jsonGroup {
	out := jsonGroup{jsonBareGroup: newJSONBareGroup(g.Group), Leads: names(g.Leads), Packages: []jsonPackageRef{}}
	for _, p := range g.Packages {
		out.Packages = append(out.Packages, jsonPackageRef{p.ID, p.Title, p.Status})
	}
	return out
}

func newJSONBareGroup(g workpackages.Group) jsonBareGroup {
	out := jsonBareGroup{ID: g.ID, Name: g.Name, Remit: g.Remit, Chair: g.ChairID, Meetings: []jsonMeeting{}, Version: g.Version}
	for _, m := range g.Meetings {
		out.Meetings = append(out.Meetings, jsonMeeting(m))
	}
	return out
}

func names(people []workpackages.Person) []jsonName {
	out := []jsonName{}
	for _, p := range people {
		out = append(out, jsonName{p.ID, p.Name})
	}
	return out
}

func newJSONPackage(p workpackages.PackageReadiness) jsonPackage {
	out := jsonPackage{
		ID: p.ID, Group: p.GroupID, Title: p.Title, DefaultName: p.DefaultName, Summary: p.Summary, Owner: p.OwnerID, OwnerName: p.Owner,
		Status: p.Status, Computed: p.Computed, Reasons: []jsonReason{}, Narrative: p.Narrative, Percent: p.Percent, Forecast: optionalDate(p.Forecast()),
		RecoveryPlan: p.RecoveryPlan, RecoveryDate: p.RecoveryDate, Reason: p.Reason, Decision: p.Decision, SignedOffBy: p.SignedOffBy,
		Slips: p.Slips(), Overdue: p.Overdue, Stale: p.Stale, IdleDays: p.IdleDays, Version: p.Version, UpdatedBy: p.UpdatedBy, ChangedAt: p.ChangedAt,
	}
	if !p.UpdatedAt.IsZero() {
		out.UpdatedAt = &p.UpdatedAt
	}
	for _, r := range p.Reasons {
		out.Reasons = append(out.Reasons, jsonReason{r.Code, r.Text, r.Says})
	}
	return out
}

func newJSONWhole(p workpackages.PackageReadiness, people []workpackages.Person) jsonWholePackage {
	out := jsonWholePackage{jsonPackage: newJSONPackage(p), Milestones: []jsonMilestone{}, Actions: []jsonAction{}, Evidence: []jsonEvidence{}, Issues: []jsonIssue{}}
	for _, m := range p.Milestones {
		j := jsonMilestone{ID: m.ID, Title: m.Title, Due: m.Due(), FirstDue: m.FirstDue(), Slips: m.Slips(), DoneOn: optionalDate(m.DoneOn)}
		for _, b := range m.Baselines {
			j.Baselines = append(j.Baselines, jsonBaseline{b.Date, b.SetAt, b.SetBy, b.Reason})
		}
		out.Milestones = append(out.Milestones, j)
	}
	for _, a := range p.Actions {
		out.Actions = append(out.Actions, jsonAction{a.ID, a.Title, a.OwnerID, workpackages.NameOf(people, a.OwnerID), a.Due, optionalDate(a.DoneOn)})
	}
	for _, i := range p.Issues {
		out.Issues = append(out.Issues, newJSONIssue(i, people))
	}
	for _, e := range p.Evidence {
		out.Evidence = append(out.Evidence, jsonEvidence{e.ID, e.Title, e.Location, optionalDate(e.ReviewBy), e.AddedAt, e.AddedBy})
	}
	return out
}

func newJSONEntry(e workpackages.Entry) jsonEntry {
	out := jsonEntry{
		Version: e.Version, At: e.At, By: newJSONActor(e.By), Kind: string(e.Kind),
		Summary: e.Summary, Changes: e.Changes, Item: e.ItemID,
	}
	if out.Changes == nil {
		out.Changes = []workpackages.Change{}
	}
	if u := e.Update; u != nil {
		out.Update = &jsonUpdate{u.Status, u.Narrative, u.Percent, u.RecoveryPlan, u.RecoveryDate, u.Reason, u.Decision}
	}
	return out
}

func newJSONReadiness(r workpackages.Readiness) jsonReadiness {
	out := jsonReadiness{
		AsAt: r.At, Today: r.Today, Total: r.Total, Statuses: map[workpackages.Status]int{}, Overdue: r.Overdue,
		Stale: r.Stale, Slipped: r.Slipped, Doubted: r.Doubted, Groups: []jsonReadyGroup{},
	}
	for _, s := range r.Statuses {
		out.Statuses[s.Status] = s.Count
	}
	for _, g := range r.Groups {
		j := jsonReadyGroup{ID: g.Group.ID, Name: g.Group.Name, Leads: names(g.Leads), Packages: []jsonPackage{}}
		for _, p := range g.Packages {
			j.Packages = append(j.Packages, newJSONPackage(p))
		}
		out.Groups = append(out.Groups, j)
	}
	return out
}
