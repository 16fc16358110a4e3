package notifications

import (
	"fmt"
	"time"

	"readiness/workpackages"
)

// The rules of digests and meetings.
const (
	WeeklyDigest    = "weekly-digest"
	GroupDigest     = "group-digest"
	MeetingTomorrow = "meeting-tomorrow"
)

// Digest is a week as an assistant director or a steering group is told it.
type Digest struct {
	Rule      string
	Group     workpackages.Group // of a group's; zero for the whole
	Since     workpackages.Date
	Day       workpackages.Date
	Decisions []workpackages.PackageReadiness // red, with a decision wanted
	Stale     []workpackages.PackageReadiness // without an update for too long
	Moves     []workpackages.Move             // what others changed
	Annexa    *Item                           // how Annexe A stands; nil: not to be told
	Unsent    int                             // messages that could not be sent in the week
	Zone      *time.Location
}

// How many lines of each section there are: ten in all, as much as anybody reads.
const (
	digestDecisions = 2
	digestSlipped   = 2
	digestStale     = 2
	digestMoved     = 2
)

// Message words the digest for a recipient; ok is false when there is nothing to
// say, as an empty digest is sent to nobody. What people wrote is left out but for
// titles: their words are read on the page.
func (d Digest) Message(to Recipient, recipientID, why, baseURL string) (m Message, ok bool) {
	var slipped, moved []Item
	for _, v := range d.Moves {
		item := Item{Title: v.PackageTitle, URL: baseURL + "/packages/" + v.PackageID, Subject: v.PackageID}
		switch v.Kind {
		case workpackages.MilestoneMoved:
			item.Section, item.Title = "Slipped", v.Title
			item.Detail = fmt.Sprintf("from %s to %s (%s)", v.From, v.To, v.PackageTitle)
			slipped = append(slipped, item)
			continue
		case workpackages.StatusMoved:
			item.Detail = fmt.Sprintf("%s to %s, by %s", v.From, v.To, v.By.Name)
		case workpackages.MilestoneReached:
			item.Title, item.Detail = v.Title, fmt.Sprintf("reached (%s)", v.PackageTitle)
		default:
			continue // not what a week is told by
		}
		item.Section = "Moved"
		moved = append(moved, item)
	}
	var decisions, stale []Item
	for _, p := range d.Decisions {
		decisions = append(decisions, Item{Section: "Decisions wanted", Title: p.Title, URL: baseURL + "/packages/" + p.ID, Subject: p.ID,
			Detail: fmt.Sprintf("red since the update of %s, by %s", workpackages.DateOf(p.UpdatedAt, d.Zone), p.UpdatedBy)})
	}
	for _, p := range d.Stale {
		stale = append(stale, Item{Section: "Not updated", Title: p.Title, URL: baseURL + "/packages/" + p.ID, Subject: p.ID, Detail: idle(p, d.Zone)})
	}
	var items []Item
	items = append(items, upTo(decisions, digestDecisions)...)
	items = append(items, upTo(slipped, digestSlipped)...)
	items = append(items, upTo(stale, digestStale)...)
	items = append(items, upTo(moved, digestMoved)...)
	if d.Annexa != nil {
		i := *d.Annexa
		i.Section = "Annexe A"
		items = append(items, i)
	}
	if d.Unsent > 0 {
		items = append(items, Item{Section: "Messages", Title: counted(d.Unsent, "message") + " could not be sent", URL: baseURL + "/messages?state=dead",
			Detail: "the page says what to do about each"})
	}
	if len(items) == 0 {
		return Message{}, false
	}
	m = Message{
		ID: Key(d.Rule, d.Group.ID, recipientID, string(d.Day)), Rule: d.Rule, RecipientID: recipientID, RecipientName: to.Name,
		Flat:    to.Channel != "",
		Content: Content{Items: items, Why: why},
	}
	c := &m.Content
	c.Heading = fmt.Sprintf("The week to %s: %s", d.Day, d.summary(len(slipped), len(moved)))
	c.Button = Button{"See the dashboard", baseURL + "/"}
	if d.Group.ID != "" {
		c.Heading = fmt.Sprintf("%s, the week to %s", d.Group.Name, d.Day)
		c.Button = Button{"See the group", baseURL + "/groups/" + d.Group.ID}
	}
	c.Intro = fmt.Sprintf("What has changed since %s, and what waits.", d.Since)
	for _, i := range items {
		m.Subjects = append(m.Subjects, i.Subject)
	}
	return m, true
}

// summary is the week in a few words: what a phone shows.
func (d Digest) summary(slipped, moved int) string {
	switch {
	case len(d.Decisions) > 0:
		return counted(len(d.Decisions), "decision") + " wanted"
	case slipped > 0:
		return counted(slipped, "milestone") + " slipped"
	case len(d.Stale) > 0:
		return counted(len(d.Stale), "package") + " not updated"
	case moved > 0:
		return counted(moved, "change")
	}
	return "what waits"
}

// upTo keeps the first few items, and says how many there were besides.
func upTo(items []Item, n int) []Item {
	if left := len(items) - n; left > 0 {
		items = items[:n:n]
		items[n-1].Detail += fmt.Sprintf("; and %d more", left)
	}
	return items
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Meeting is a steering group's meeting that is about to be held.
type Meeting struct {
	Group    workpackages.Group
	Meeting  workpackages.Meeting
	Packages []workpackages.PackageReadiness // the group's
	Today    workpackages.Date
	Zone     *time.Location
}

// Agenda is what the meeting has to look at: what is red, what slipped and what
// nobody has updated, worst first, each package once.
func (a Meeting) Agenda(baseURL string) []Item {
	var items []Item
	add := func(section string, of func(p workpackages.PackageReadiness) string) {
		for _, p := range a.Packages {
			detail := of(p)
			told := func() bool {
				for _, i := range items {
					if i.Subject == p.ID {
						return true
					}
				}
				return false
			}
			if detail != "" && !told() {
				items = append(items, Item{Section: section, Title: p.Title, Detail: detail, URL: baseURL + "/packages/" + p.ID, Subject: p.ID})
			}
		}
	}
	add("Red", func(p workpackages.PackageReadiness) string {
		if p.Status == workpackages.Red {
			return "a decision is wanted"
		}
		if p.Computed == workpackages.Red && p.Status.Open() {
			return "reported as " + p.Status.Short() + "; the dates say red"
		}
		return ""
	})
	add("Slipped", func(p workpackages.PackageReadiness) string {
		if n := p.Slips(); n > 0 && p.Status.Open() {
			return fmt.Sprintf("milestones were moved later %s; forecast %s", times(n), p.Forecast())
		}
		return ""
	})
	add("Not updated", func(p workpackages.PackageReadiness) string {
		if p.Stale {
			return idle(p, a.Zone)
		}
		return ""
	})
	if len(items) == 0 {
		items = []Item{{Title: "Nothing is red, slipped or without an update", URL: baseURL + "/groups/" + a.Group.ID}}
	}
	return items
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// Message words the reminder of a meeting, with its agenda.
func (a Meeting) Message(to Recipient, recipientID, why, baseURL string) Message {
	items := a.Agenda(baseURL)
	m := Message{
		ID: Key(MeetingTomorrow, a.Group.ID, recipientID, string(a.Meeting.Date)), Rule: MeetingTomorrow, RecipientID: recipientID, RecipientName: to.Name,
		Flat: to.Channel != "",
	}
	when := "tomorrow"
	if a.Meeting.Date != a.Today.AddDays(1) {
		when = "on " + a.Meeting.Date.Time().Format("Monday")
	}
	where := a.Meeting.Date.Time().Format("Monday 2 January 2006")
	if a.Meeting.Time != "" {
		where += ", " + a.Meeting.Time
	}
	if a.Meeting.Place != "" {
		where += ", " + a.Meeting.Place
	}
	m.Content = Content{
		Heading: fmt.Sprintf("%s meets %s", a.Group.Name, when),
		Intro:   where + ". What there is to look at:",
		Items:   items, Why: why,
		Button: Button{"See the group", baseURL + "/groups/" + a.Group.ID},
	}
	for _, i := range items {
		m.Subjects = append(m.Subjects, i.Subject)
	}
	return m
}
