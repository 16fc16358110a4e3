package notifications

import (
	"fmt"
	"slices"
	"time"

	"readiness/workpackages"
)

// StatusDue is the rule "status update due".
const StatusDue = "status-update-due"

// StatusUpdateDue words the reminder that packages have gone too long without
// an update: what, why, and where to do it. occurrence is the day it is for,
// and stale, which must not be empty, what the person is told about.
//
// A package's owner need not be allowed to update it. Those who are not are
// asked to speak to those who are, and not sent to a page that turns them away.
func StatusUpdateDue(to workpackages.Person, why string, stale []workpackages.PackageReadiness, baseURL string, occurrence workpackages.Date, zone *time.Location) Message {
	m := Message{
		ID: Key(StatusDue, "", to.ID, string(occurrence)), Rule: StatusDue,
		RecipientID: to.ID, RecipientName: to.Name,
	}
	one, may, mayNot, first := len(stale) == 1, false, false, stale[0]
	c := &m.Content
	for _, p := range stale {
		url := baseURL + "/packages/" + p.ID
		if workpackages.MayChange(to.Actor(""), p.GroupID) {
			may, url = true, url+"/update"
		} else {
			mayNot = true
		}
		c.Items = append(c.Items, Item{Title: p.Title, Detail: idle(p, zone), URL: url})
		m.Subjects = append(m.Subjects, p.ID)
	}

	c.Heading = fmt.Sprintf("Status update due: %d packages", len(stale))
	c.Why = why + " You get one message each working day until they are updated."
	c.Button = Button{Text: "See the dashboard", URL: baseURL + "/"}
	if !slices.ContainsFunc(stale, func(p workpackages.PackageReadiness) bool { return p.GroupID != first.GroupID }) {
		c.Button = Button{Text: "See the packages", URL: baseURL + "/groups/" + first.GroupID}
	}
	switch {
	case mayNot && may:
		c.Intro = "Say where each stands, even if nothing has moved. Where you cannot update one yourself, tell a lead of its steering group."
	case mayNot:
		c.Intro = "Tell a lead of the steering group where each stands, so that they can update it."
	default:
		c.Intro = "Say where each stands, even if nothing has moved."
	}
	if one {
		c.Heading = "Status update due: 1 package"
		c.Why = why + " You get one message each working day until it is updated."
		c.Intro = "Say where it stands, even if nothing has moved."
		c.Button = Button{Text: "Update status", URL: c.Items[0].URL}
		if mayNot {
			c.Intro = "Tell a lead of the steering group where it stands, so that they can update it."
			c.Button.Text = "See the package"
		}
	}
	return m
}

// idle says how long a package has gone without an update, and what the last one was.
func idle(p workpackages.PackageReadiness, zone *time.Location) string {
	if p.UpdatedAt.IsZero() {
		return fmt.Sprintf("no update yet, %s after it was set up", days(p.IdleDays))
	}
	return fmt.Sprintf("no update for %s. Last: %s, by %s (%s)", days(p.IdleDays), workpackages.DateOf(p.UpdatedAt, zone), p.UpdatedBy, p.Status.Short())
}

func days(n int) string {
	if n == 1 {
		return "1 working day"
	}
	return fmt.Sprintf("%d working days", n)
}
