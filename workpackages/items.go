package workpackages

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Limits on how many things one package holds, so that one document stays small.
const maxItems = 200

// MilestoneInput is a milestone as typed. In a change a nil field is left alone.
type MilestoneInput struct {
	Title, Due *string
	Reason     string  // why the date moves; wanted when it does
	DoneOn     *string // a date, or "" to take back
}

// ActionInput is an action as typed. In a change a nil field is left alone.
type ActionInput struct {
	Title, OwnerID, Due, DoneOn *string
}

// EvidenceInput is evidence as typed. In a change a nil field is left alone.
type EvidenceInput struct {
	Title, Location, ReviewBy *string
}

func (in MilestoneInput) add(w *WorkPackage, by Actor, at time.Time, today Date) (string, string, error) {
	var bad problems
	m := Milestone{ID: newID("milestone"), Title: line(value(in.Title))}
	checkText(&bad, "title", "name for the milestone", m.Title, 1, MaxTitle)
	checkRoom(&bad, "title", len(w.Milestones), "milestones")
	due := readDate(&bad, "due", "due date", in.Due, today, true)
	m.DoneOn = readDoneOn(&bad, in.DoneOn, today)
	if err := bad.err(); err != nil {
		return "", "", err
	}
	m.Baselines = []Baseline{{Date: due, SetAt: at, SetBy: by.Name}}
	w.Milestones = append(w.Milestones, m)
	return m.ID, fmt.Sprintf("Milestone added: %s, due %s", m.Title, due), nil
}

func (in MilestoneInput) change(m *Milestone, by Actor, at time.Time, today Date) (string, changes, error) {
	var bad problems
	var c changes
	title, due, done := m.Title, m.Due(), m.DoneOn
	if in.Title != nil {
		title = line(*in.Title)
		checkText(&bad, "title", "name for the milestone", title, 1, MaxTitle)
	}
	reason := prose(in.Reason)
	if in.Due != nil {
		due = readDate(&bad, "due", "due date", in.Due, today, true)
	}
	if due != m.Due() {
		if reason == "" {
			bad.add("reason", "Enter why the date moves from %s: every date a milestone had is kept", m.Due())
		}
		checkText(&bad, "reason", "reason", reason, 0, 500)
	}
	if in.DoneOn != nil {
		done = readDoneOn(&bad, in.DoneOn, today)
	}
	if err := bad.err(); err != nil {
		return "", nil, err
	}
	c.add("milestone", m.Title, title)
	c.add("due", m.Due().String(), due.String())
	c.add("done on", m.DoneOn.String(), done.String())
	summary := "Milestone changed: " + title
	switch {
	case m.DoneOn == "" && done != "":
		summary = "Milestone reached: " + title
	case m.Due().Before(due):
		summary = fmt.Sprintf("Milestone slipped: %s, from %s to %s", title, m.Due(), due)
	}
	if due != m.Due() {
		m.Baselines = append(m.Baselines, Baseline{Date: due, SetAt: at, SetBy: by.Name, Reason: reason})
	}
	m.Title, m.DoneOn = title, done
	return summary, c, nil
}

func (in ActionInput) add(w *WorkPackage, people []Person, today Date) (string, string, error) {
	var bad problems
	a := Action{ID: newID("action"), Title: line(value(in.Title)), OwnerID: value(in.OwnerID)}
	checkText(&bad, "title", "name for the action", a.Title, 1, MaxTitle)
	checkRoom(&bad, "title", len(w.Actions), "actions")
	owner := checkOwner(&bad, people, a.OwnerID, true)
	a.Due = readDate(&bad, "due", "due date", in.Due, today, true)
	a.DoneOn = readDoneOn(&bad, in.DoneOn, today)
	if err := bad.err(); err != nil {
		return "", "", err
	}
	w.Actions = append(w.Actions, a)
	return a.ID, fmt.Sprintf("Action added: %s, owned by %s, due %s", a.Title, owner, a.Due), nil
}

func (in ActionInput) change(a *Action, people []Person, today Date) (string, changes, error) {
	var bad problems
	var c changes
	next := *a
	if in.Title != nil {
		next.Title = line(*in.Title)
		checkText(&bad, "title", "name for the action", next.Title, 1, MaxTitle)
	}
	if in.OwnerID != nil && *in.OwnerID != a.OwnerID {
		next.OwnerID = *in.OwnerID
		checkOwner(&bad, people, next.OwnerID, true)
	}
	if in.Due != nil {
		next.Due = readDate(&bad, "due", "due date", in.Due, today, true)
	}
	if in.DoneOn != nil {
		next.DoneOn = readDoneOn(&bad, in.DoneOn, today)
	}
	if err := bad.err(); err != nil {
		return "", nil, err
	}
	c.add("action", a.Title, next.Title)
	c.addOwner(people, a.OwnerID, next.OwnerID)
	c.add("due", a.Due.String(), next.Due.String())
	c.add("done on", a.DoneOn.String(), next.DoneOn.String())
	summary := "Action changed: " + next.Title
	if !a.Done() && next.Done() {
		summary = "Action done: " + next.Title
	}
	*a = next
	return summary, c, nil
}

func (in EvidenceInput) add(w *WorkPackage, by Actor, at time.Time, today Date) (string, string, error) {
	var bad problems
	e := Evidence{ID: newID("evidence"), AddedAt: at, AddedBy: by.Name}
	checkRoom(&bad, "title", len(w.Evidence), "pieces of evidence")
	in.read(&bad, &e, today)
	if err := bad.err(); err != nil {
		return "", "", err
	}
	w.Evidence = append(w.Evidence, e)
	return e.ID, "Evidence added: " + e.Title, nil
}

func (in EvidenceInput) change(e *Evidence, today Date) (string, changes, error) {
	var bad problems
	var c changes
	next := *e
	if in.Title == nil {
		in.Title = &e.Title
	}
	if in.Location == nil {
		in.Location = &e.Location
	}
	in.read(&bad, &next, today)
	if err := bad.err(); err != nil {
		return "", nil, err
	}
	c.add("evidence", e.Title, next.Title)
	c.add("where it is kept", e.Location, next.Location)
	c.add("review by", e.ReviewBy.String(), next.ReviewBy.String())
	*e = next
	return "Evidence changed: " + e.Title, c, nil
}

func (in EvidenceInput) read(bad *problems, e *Evidence, today Date) {
	e.Title, e.Location = line(value(in.Title)), line(value(in.Location))
	checkText(bad, "title", "name for the evidence", e.Title, 1, MaxTitle)
	checkText(bad, "location", "where the evidence is kept", e.Location, 1, 500)
	if strings.Contains(e.Location, "://") {
		if u, err := url.Parse(e.Location); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			bad.add("location", "Enter a web address that begins with https://, or say in words where the evidence is kept")
		}
	}
	if in.ReviewBy != nil {
		e.ReviewBy = readDate(bad, "review_by", "review date", in.ReviewBy, today, false)
	}
}

// Link is the evidence's web address, or "" when its place is given in words.
func (e Evidence) Link() string {
	// Schemes are read in any case, as the check on the way in does.
	scheme, _, ok := strings.Cut(e.Location, "://")
	if ok && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http")) {
		return e.Location
	}
	return ""
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func readDate(bad *problems, field, what string, s *string, today Date, required bool) Date {
	text := strings.TrimSpace(value(s))
	if text == "" {
		if required {
			bad.add(field, "Enter a %s", what)
		}
		return ""
	}
	d, err := ParseDate(text)
	if err != nil {
		bad.add(field, "Enter the %s as a real date, such as %s", what, example(today))
	}
	return d
}

func readDoneOn(bad *problems, s *string, today Date) Date {
	d := readDate(bad, "done_on", "date it was done", s, today, false)
	if today.Before(d) {
		bad.add("done_on", "Enter a date that is today or earlier: it cannot have been done yet")
	}
	return d
}

func checkRoom(bad *problems, field string, n int, what string) {
	if n >= maxItems {
		bad.add(field, "This package has %d %s, the most it can hold: put the new one on another package", n, what)
	}
}

// checkOwner wants one active person and gives their name.
func checkOwner(bad *problems, people []Person, id string, required bool) string {
	if id == "" {
		if required {
			bad.add("owner", "Choose one person who is accountable")
		}
		return ""
	}
	i := slices.IndexFunc(people, func(p Person) bool { return p.ID == id && !p.Disabled })
	if i < 0 {
		bad.add("owner", "Choose a person from the list who can still sign in")
		return ""
	}
	return people[i].Name
}

// NameOf gives the name of a person by id, or "" when there is none.
func NameOf(people []Person, id string) string {
	for _, p := range people {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}
