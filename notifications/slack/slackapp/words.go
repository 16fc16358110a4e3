package slackapp

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"readiness/notifications/slack/blockkit"
	"readiness/workpackages"
)

// said is a status as a symbol and a word: a colour alone says nothing to whoever
// cannot tell it from another.
func said(s workpackages.Status) string {
	symbol := map[workpackages.Status]string{
		workpackages.NotStarted: "⚪", workpackages.Green: "🟢", workpackages.Amber: "🟠",
		workpackages.Red: "🔴", workpackages.Blue: "🔵", workpackages.Paused: "⏸️",
	}[s]
	return strings.TrimSpace(symbol + " " + s.Short())
}

// How much of each text is shown.
const (
	maxTitle  = 150
	maxDetail = 400
	maxWhy    = 3 // reasons of a package; its page has them all
)

// packageLine words a package as it stands.
func (a *App) packageLine(p workpackages.PackageReadiness) blockkit.Rich {
	line := blockkit.Text(said(p.Status), maxTitle) + "  " +
		blockkit.Link(a.BaseURL+"/packages/"+p.ID, blockkit.Text(p.Title, maxTitle)).Bold()
	var parts []string
	if p.Doubted() {
		parts = append(parts, "The dates say "+strings.ToLower(p.Computed.Short()))
	}
	var why []string
	for _, r := range p.Reasons {
		if r.Code != "no_owner" {
			why = append(why, r.Text)
		}
	}
	if len(why) > maxWhy {
		why = append(why[:maxWhy], fmt.Sprintf("and %d more", len(why)-maxWhy))
	}
	if len(why) > 0 {
		parts = append(parts, strings.Join(why, "; "))
	}
	updated := "Not updated yet"
	if !p.UpdatedAt.IsZero() {
		updated = "Updated on " + p.UpdatedAt.In(a.Zone).Format("2 January 2006") + " by " + p.UpdatedBy
	}
	parts = append(parts, updated)
	return line + "\n" + blockkit.Text(strings.Join(parts, ". "), maxDetail)
}

// counted says how many packages stand where.
func counted(r workpackages.Readiness) string {
	var words []string
	for _, c := range r.Statuses {
		if c.Count > 0 {
			words = append(words, fmt.Sprintf("%d %s", c.Count, strings.ToLower(c.Status.Short())))
		}
	}
	text := strings.Join(words, ", ")
	for _, c := range []struct {
		n    int
		what string
	}{{r.Overdue, "overdue"}, {r.Stale, "not updated"}, {r.Slipped, "slipped"}} {
		if c.n > 0 {
			text += fmt.Sprintf(" · %d %s", c.n, c.what)
		}
	}
	return text
}

// packagesOf gives every package, in the order of the dashboard.
func packagesOf(r workpackages.Readiness) []workpackages.PackageReadiness {
	var all []workpackages.PackageReadiness
	for _, g := range r.Groups {
		all = append(all, g.Packages...)
	}
	return all
}

// updateButton opens the form of a package; nil for who may not change it.
func updateButton(by workpackages.Actor, p workpackages.PackageReadiness) slack.BlockElement {
	if !workpackages.MayChange(by, p.GroupID) {
		return nil
	}
	return blockkit.Button(actUpdate, p.ID, "Update status")
}
