package workpackages

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of what can be typed, in characters. See checkText for why 3,000.
const (
	MaxTitle = 150
	MaxProse = 3000
)

// StatusUpdate is what a lead says about a package.
type StatusUpdate struct {
	Status       Status `bson:"status"`
	Narrative    string `bson:"narrative"`
	Percent      *int   `bson:"percent"`
	RecoveryPlan string `bson:"recovery_plan"`
	RecoveryDate Date   `bson:"recovery_date"`
	Reason       string `bson:"reason"`
	Decision     string `bson:"decision"`
}

// StatusInput is a status update as typed, before anything is known to be right.
// A nil Percent means "not given"; texts are as they came.
type StatusInput struct {
	Status, Narrative, Percent, RecoveryPlan, RecoveryDate, Reason, Decision string
}

// validate turns what was typed into an update of w, or says what is wrong in
// the order of the form. today is the day in the council's zone.
func (in StatusInput) validate(w WorkPackage, by Actor, today Date) (StatusUpdate, error) {
	var bad problems
	u := StatusUpdate{Status: Status(in.Status), Narrative: prose(in.Narrative)}
	if !u.Status.Valid() {
		bad.add("status", "Choose a status: not_started, green, amber, red, blue or paused")
	}
	if u.Status == Blue {
		signOffProblem(&bad, w, by)
	}
	checkText(&bad, "narrative", "what has changed since the last update", u.Narrative, 1, MaxProse)
	if typed := strings.TrimSpace(in.Percent); typed != "" {
		n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(typed, "%")))
		if err != nil || n < 0 || n > 100 || typed[0] == '+' {
			bad.add("percent", "Enter how much is done as a whole number from 0 to 100")
		}
		u.Percent = &n
	}
	switch u.Status {
	case Amber:
		u.RecoveryPlan = prose(in.RecoveryPlan)
		if u.RecoveryPlan == "" {
			bad.add("recovery_plan", "Enter the recovery plan: amber means there is one. Without one the status is red")
		}
		checkText(&bad, "recovery_plan", "recovery plan", u.RecoveryPlan, 0, MaxProse)
		d, err := ParseDate(in.RecoveryDate)
		switch {
		case in.RecoveryDate == "":
			bad.add("recovery_date", "Enter the date by which the package will be back on track")
		case err != nil:
			bad.add("recovery_date", "Enter the recovery date as a real date, such as %s", example(today))
		case d.Before(today):
			bad.add("recovery_date", "Enter a recovery date that is today or later")
		}
		u.RecoveryDate = d
	case Red:
		u.Reason, u.Decision = prose(in.Reason), prose(in.Decision)
		if u.Reason == "" {
			bad.add("reason", "Enter why the package is red")
		}
		checkText(&bad, "reason", "reason", u.Reason, 0, MaxProse)
		if u.Decision == "" {
			bad.add("decision", "Enter the decision you want, and from whom")
		}
		checkText(&bad, "decision", "decision", u.Decision, 0, MaxProse)
	case Blue:
		full := 100
		if u.Percent != nil && *u.Percent != 100 {
			bad.add("percent", "Blue means delivered: leave this empty or enter 100")
		}
		u.Percent = &full
	}
	return u, bad.err()
}

// signOffProblem applies the rule for blue: evidence, and the sign-off of
// someone other than the owner. Posting blue is the sign-off. Where no owner is
// named the group's leads answer for the package, so none of them can sign it
// off; nor can a lead's token, which could be the owner's own.
func signOffProblem(bad *problems, w WorkPackage, by Actor) {
	switch {
	case len(w.Evidence) == 0:
		bad.add("status", "Add evidence before you set this package to blue")
	case w.OwnerID != "" && by.PersonID == w.OwnerID:
		bad.add("status", "You own this package, so someone else must sign it off as blue")
	case w.OwnerID == "" && by.Role != AssistantDirector:
		bad.add("status", "Name an owner first: someone other than the owner signs off blue")
	case by.PersonID == "" && by.Role != AssistantDirector:
		bad.add("status", "Sign in to set blue: a sign-off needs a person who is not the owner, and a token is none")
	}
}

// apply puts the update on the package and says what it changed.
func (u StatusUpdate) apply(w *WorkPackage, by Actor) (string, changes) {
	var c changes
	c.add("status", w.Status.Short(), u.Status.Short())
	c.add("percent", percentText(w.Percent), percentText(u.Percent))
	c.add("recovery date", w.RecoveryDate.String(), u.RecoveryDate.String())
	summary := "Status update: still " + u.Status.Short()
	if w.Status != u.Status {
		summary = fmt.Sprintf("Status update: %s to %s", w.Status.Short(), u.Status.Short())
	}
	w.Status, w.Narrative, w.Percent = u.Status, u.Narrative, u.Percent
	w.RecoveryPlan, w.RecoveryDate, w.Reason, w.Decision = u.RecoveryPlan, u.RecoveryDate, u.Reason, u.Decision
	w.UpdatedBy, w.SignedOffBy = by.Name, ""
	if u.Status == Blue {
		w.SignedOffBy = by.Name
		summary += ", signed off by " + by.Name
	}
	return summary, c
}

func percentText(p *int) string {
	if p == nil {
		return ""
	}
	return strconv.Itoa(*p) + "%"
}

// example gives a date a month ahead, so that the message never suggests a past one.
func example(today Date) string { return today.AddDays(28).Time().Format("2/1/2006") }
