package notifications

import (
	"fmt"
	"time"

	"readiness/workpackages"
)

// StatusDue is the rule "status update due".
const StatusDue = "status-update-due"

// StatusUpdateDue words the reminder that packages have gone too long without
// an update: what, why, and where to do it. occurrence is the day it is for.
func StatusUpdateDue(to workpackages.Person, why string, stale []workpackages.PackageReadiness, baseURL string, occurrence workpackages.Date, zone *time.Location) Message {
	c := Content{
		Heading: "Status update due: 1 package",
		Intro:   "Say where it stands, even if nothing has moved.",
		Why:     why + " You get one message each working day until it is updated.",
		Button:  Button{Text: "Update status", URL: baseURL + "/packages/" + stale[0].ID + "/update"},
	}
	if len(stale) > 1 {
		c.Heading = fmt.Sprintf("Status update due: %d packages", len(stale))
		c.Intro = "Say where each stands, even if nothing has moved."
		c.Why = why + " You get one message each working day until they are updated."
		c.Button = Button{Text: "See your packages", URL: baseURL + "/groups/" + stale[0].GroupID}
	}
	var subjects []string
	for _, p := range stale {
		detail := fmt.Sprintf("no update yet, %s after it was set up", days(p.IdleDays))
		if !p.UpdatedAt.IsZero() {
			detail = fmt.Sprintf("no update for %s. %s gave the last one, on %s, as %s", days(p.IdleDays), p.UpdatedBy, p.UpdatedAt.In(zone).Format("2 January"), p.Status.Short())
		}
		c.Items = append(c.Items, Item{Title: p.Title, Detail: detail, URL: baseURL + "/packages/" + p.ID + "/update"})
		subjects = append(subjects, p.ID)
	}
	return Message{
		ID: Key(StatusDue, to.ID, string(occurrence)), Rule: StatusDue, Subjects: subjects,
		RecipientID: to.ID, RecipientName: to.Name, Content: c,
	}
}

func days(n int) string {
	if n == 1 {
		return "1 working day"
	}
	return fmt.Sprintf("%d working days", n)
}
