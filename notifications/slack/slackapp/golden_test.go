package slackapp

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	ours "readiness/notifications/slack"
	"readiness/notifications/slack/blockkit"
	"readiness/workpackages"
)

var (
	now  = time.Date(2026, 11, 24, 8, 50, 0, 0, time.UTC)
	lead = workpackages.Person{ID: "p1", Name: "Lead One", Role: workpackages.Lead, GroupID: "a"}
)

// shownApp is an App that shows things, of a council with two groups.
func shownApp(t *testing.T) *App {
	a := away(t, io.Discard)
	a.Now, a.BaseURL = func() time.Time { return now }, "https://readiness.example.gov.uk"
	return a
}

func percent(n int) *int { return &n }

// picture is a dashboard; text is put wherever people write.
func picture(text string) workpackages.Readiness {
	at := now.AddDate(0, 0, -19)
	word := func(s string) string {
		if text != "" {
			return text
		}
		return s
	}
	p := func(id, group, title string, s, says workpackages.Status, reasons ...workpackages.Reason) workpackages.PackageReadiness {
		return workpackages.PackageReadiness{
			WorkPackage: workpackages.WorkPackage{ID: id, GroupID: group, Title: word(title), Status: s, UpdatedAt: at, UpdatedBy: word("Lead One"), Version: 4,
				Narrative: word("The audit is late"), Percent: percent(40), RecoveryPlan: word("Two more auditors"), RecoveryDate: "2027-01-29", Reason: word("No auditors"), Decision: word("Money for two")},
			Computed: says, Reasons: reasons,
		}
	}
	overdue := workpackages.Reason{Code: "overdue", Text: word("First draft agreed was due 20 November 2026"), Says: workpackages.Red}
	return workpackages.Readiness{
		At: now, Today: "2026-11-24", Overdue: 2, Stale: 1, Slipped: 1,
		Statuses: []workpackages.StatusCount{{Status: workpackages.Green, Count: 1}, {Status: workpackages.Amber, Count: 1}, {Status: workpackages.Red, Count: 1}},
		Groups: []workpackages.GroupReadiness{
			{Group: workpackages.Group{ID: "a", Name: word("Ofsted Steering Group")}, Packages: []workpackages.PackageReadiness{
				p("self-evaluation", "a", "Self-evaluation & evidence library", workpackages.Amber, workpackages.Red, overdue, overdue, overdue, overdue),
				p("practice", "a", "Practice quality", workpackages.Green, workpackages.Green),
			}},
			{Group: workpackages.Group{ID: "b", Name: word("Co-ordination and Support Group")}, Packages: []workpackages.PackageReadiness{
				p("logistics", "b", "Inspection logistics", workpackages.Red, workpackages.Red, overdue),
			}},
		},
	}
}

// yours is what is open for the lead.
func yours(text string, n int) notifications.Yours {
	y := notifications.Yours{Why: "You get this because you lead the Ofsted Steering Group."}
	for i := range n {
		c := workpackages.Concern{Kind: workpackages.MilestoneOverdue, PackageID: "self-evaluation", PackageTitle: "Self-evaluation & evidence library", GroupID: "a",
			Subject: fmt.Sprintf("self-evaluation/m%d", i), Title: "First draft agreed", Detail: "was due 20 November 2026, 2 working days ago", Late: 2}
		if i == 1 {
			c.Kind, c.Subject, c.Title, c.Detail = workpackages.StatusDue, "self-evaluation", "Self-evaluation & evidence library", "no update for 13 working days. Last: 5 November 2026, by Lead One (Amber)"
		}
		if text != "" {
			c.Title, c.Detail, c.PackageTitle = text, text, text
		}
		l := notifications.Line{Concern: c, MayChange: true}
		y.Lines = append(y.Lines, notifications.YourLine{Line: l, Item: notifications.Items([]notifications.Line{l}, "https://readiness.example.gov.uk")[0]})
	}
	if n > 2 {
		y.Lines[2].Answer = &workpackages.Response{ID: "self-evaluation/m2 p1", Kind: workpackages.Snoozed, Until: "2026-11-26"}
	}
	return y
}

// replies are all that somebody is told, by what it is.
func replies(t *testing.T, text string, n int) map[string]reply {
	t.Helper()
	a, r := shownApp(t), picture(text)
	shared, glance := blockkit.Part(), blockkit.Part()
	a.shareNote(shared, workpackages.Person{Name: "Lead One" + text})
	a.glanceTail(glance, false)
	return map[string]reply{
		"glance":         a.overview(r, "Readiness on 24 November 2026", glance),
		"glance-shared":  a.overview(r, "Readiness on 24 November 2026", shared),
		"help":           a.help("There is no “" + text + "xyzzy” here."),
		"mine":           a.yours(yours(text, n)),
		"mine-nothing":   a.yours(notifications.Yours{}),
		"which-package":  *a.choices(lead.Actor(via), "Which package?"+text, packagesOf(r)),
		"unknown-person": sentence(errUnknown.Message + text),
	}
}

// views are the modals and Home tabs.
func views(t *testing.T, text string, n int) map[string]any {
	t.Helper()
	a, r := shownApp(t), picture(text)
	w := r.Groups[0].Packages[0].WorkPackage
	home := func(y notifications.Yours, says string) any {
		return map[string]any{"type": "home", "blocks": a.homeView(y, r, lead.Actor(via), says).Blocks()}
	}
	out := map[string]any{
		"home":         home(yours(text, n), text),
		"home-nothing": home(notifications.Yours{}, ""),
		"saving":       saving(),
		"saved":        a.savedView(w),
		"not-opened":   notice("Update status", blockkit.Text(errDisabled.Message+text, maxSentence)),
	}
	for _, s := range workpackages.Statuses() {
		in := present(w)
		in[statusBlock] = string(s)
		out["form-"+string(s)] = a.form(w, in, formState{Package: w.ID, Version: 4})
	}
	var notes []blockkit.Rich
	for i := range mostChanges {
		notes = append(notes, a.change(workpackages.Entry{By: workpackages.Actor{Name: "Lead Two" + text}, At: now.Add(time.Duration(i) * time.Minute), Summary: "Status update: Green to Amber" + text,
			Update: &workpackages.StatusUpdate{Narrative: w.Narrative}}))
	}
	out["form-overtaken"] = a.form(w, present(w), formState{Package: w.ID, Version: 9}, append([]blockkit.Rich{overtakenNote}, notes...)...)
	return out
}

func TestWhatIsShownInSlack(t *testing.T) {
	for name, r := range replies(t, "", 3) {
		shown := notifytest.Plain[[]map[string]any](t, r.blocks)
		if err := notifytest.CheckBlocks(shown); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		notifytest.Golden(t, name, map[string]any{"text": r.text, "blocks": shown})
	}
	for name, v := range views(t, "", 3) {
		shown := notifytest.Plain[map[string]any](t, v)
		if err := notifytest.CheckView(shown); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		notifytest.Golden(t, name, shown)
	}
}

// TestWhatIsShownKeepsToSlacksLimitsWhateverItsText puts the worst texts wherever
// people write, and 200 things that are open.
func TestWhatIsShownKeepsToSlacksLimitsWhateverItsText(t *testing.T) {
	for what, text := range notifytest.Worst() {
		for name, r := range replies(t, text, 200) {
			shown := notifytest.Plain[[]map[string]any](t, r.blocks)
			if err := notifytest.CheckBlocks(shown); err != nil {
				t.Errorf("%s, of %s: %v", name, what, err)
			}
			if strings.TrimSpace(r.text) == "" {
				t.Errorf("%s, of %s: a phone shows nothing", name, what)
			}
		}
		for name, v := range views(t, text, 200) {
			shown := notifytest.Plain[map[string]any](t, v)
			if err := notifytest.CheckView(shown); err != nil {
				t.Errorf("%s, of %s: %v", name, what, err)
			}
			// What does not fit into a form is not cut into it.
			if strings.HasPrefix(name, "form-") && !strings.Contains(fmt.Sprint(shown), "too long for Slack") && blockkit.Units(text) > workpackages.MaxProse {
				t.Errorf("%s, of %s: it does not say that the narrative is too long", name, what)
			}
		}
	}
}

func TestALineLeadsBackToWhatItIsAbout(t *testing.T) {
	for _, l := range yours("", 3).Lines {
		kind, subject, ok := ours.LineOf(ours.LineBlock(l.Item))
		if !ok || kind != l.Kind || subject != l.Concern.Subject {
			t.Errorf("%q leads to %q %q", ours.LineBlock(l.Item), kind, subject)
		}
	}
}
