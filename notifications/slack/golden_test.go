package slack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/notifications/slack"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

const (
	base = "https://readiness.example.gov.uk"
	why  = "You get this because you lead the Ofsted Steering Group."
	day  = workpackages.Date("2026-11-24")
)

var at = time.Date(2026, 11, 5, 10, 30, 0, 0, time.UTC)

// concern is one thing that is open, of a package that its reader may change.
func concern(kind workpackages.ConcernKind, item, title, detail string, late int) notifications.Line {
	c := workpackages.Concern{Kind: kind, PackageID: "self-evaluation", PackageTitle: "Self-evaluation & evidence library", GroupID: "g",
		Subject: "self-evaluation", Title: title, Detail: detail, Late: late}
	if item != "" {
		c.Subject += "/" + item
	}
	return notifications.Line{Concern: c, MayChange: true}
}

func lines() []notifications.Line {
	passed := concern(workpackages.MilestoneOverdue, "m0", "Audit programme agreed", "was due 10 November 2026, 10 working days ago", 10)
	passed.Passed, passed.Note = true, "Lead Two says it is not theirs"
	return []notifications.Line{
		passed,
		concern(workpackages.MilestoneOverdue, "m1", "First draft agreed", "was due 20 November 2026, 2 working days ago", 2),
		concern(workpackages.MilestoneToday, "m2", "Evidence gathered", "due today", 0),
		concern(workpackages.StatusDue, "", "Self-evaluation & evidence library", "no update for 13 working days. Last: 5 November 2026, by Lead One (Amber)", 3),
		concern(workpackages.EvidenceOld, "e1", "Audit report", "to be reviewed by 27 November 2026", -3),
	}
}

func packageNow(id, title string, s workpackages.Status) workpackages.PackageReadiness {
	return workpackages.PackageReadiness{WorkPackage: workpackages.WorkPackage{ID: id, Title: title, Status: s, UpdatedAt: at, UpdatedBy: "Lead One"}, Stale: true, IdleDays: 13, Computed: s}
}

// contents are every message that goes out, by what it is.
func contents() map[string]notifications.Content {
	all := lines()
	many := notifications.DayReminder(lead, why, all, base, day)
	follow := notifications.FollowUp{
		To: lead, Why: many.Content.Why, Root: many, Shown: many.Content.Items, Open: all[1:3], New: all[2:3], BaseURL: base, Day: day, Next: 1,
		Done: func(string) string { return "updated by Lead One: Green" },
	}.Messages()
	done := notifications.FollowUp{
		To: lead, Why: many.Content.Why, Root: many, Shown: many.Content.Items, AllDone: true, BaseURL: base, Day: day, Next: 3,
		Done: func(string) string { return "reached" },
	}.Messages()
	to := notifications.Recipient{Name: "Director"}
	red := packageNow("practice", "Practice quality", workpackages.Red)
	digest := notifications.Digest{Rule: notifications.WeeklyDigest, Since: "2026-11-16", Day: "2026-11-23", Zone: time.UTC,
		Decisions: []workpackages.PackageReadiness{red}, Stale: []workpackages.PackageReadiness{packageNow("self-evaluation", "Self-evaluation & evidence library", workpackages.Amber)},
		Moves: []workpackages.Move{
			{Kind: workpackages.StatusMoved, PackageID: "practice", PackageTitle: "Practice quality", From: "Amber", To: "Red", By: workpackages.Actor{Name: "Lead One"}},
			{Kind: workpackages.MilestoneMoved, PackageID: "practice", PackageTitle: "Practice quality", Title: "Audits done", From: "20 November 2026", To: "4 December 2026"},
		},
		Annexa: &notifications.Item{Title: "2 lists not fit to send", Detail: "checked on 23 November 2026", URL: base + "/annexa"}, Unsent: 2,
	}
	weekly, _ := digest.Message(to, "ad", "You get this because you are an assistant director.", base)
	digest.Rule, digest.Group = notifications.GroupDigest, workpackages.Group{ID: "g", Name: "Ofsted Steering Group"}
	group, _ := digest.Message(to, "lead", why, base)
	meeting := notifications.Meeting{Group: workpackages.Group{ID: "g", Name: "Ofsted Steering Group"}, Meeting: workpackages.Meeting{Date: "2026-11-25", Time: "14:00", Place: "Room 2"},
		Packages: []workpackages.PackageReadiness{red}, Today: day, Zone: time.UTC}.Message(to, "lead", why, base)
	report := &annexa.Report{
		Lists: []annexa.ListReport{{Number: 1, Title: "List 1: Contacts", Found: true, Rows: 400, Fit: annexa.Fit{Verdict: annexa.NotFit, Reasons: []string{"A third of the rows have no date of contact."}}}},
		Causes: []annexa.Cause{
			{Key: "a", Rule: "S04", Title: "The code is not in the list of codes", Severity: annexa.SeverityError, List: 1, Column: "Ethnicity", Count: 120, Of: 400},
			{Key: "b", Rule: "S05", Title: "The date is missing", Severity: annexa.SeverityError, List: 1, Column: "Date of Contact", Count: 3, Of: 400},
		},
	}
	news := notifications.NewAnnexaNews("check-1", day, report, nil, "")
	return map[string]notifications.Content{
		"plan-message":          planMessage(),
		"reminder-many":         many.Content,
		"reminder-one":          notifications.DayReminder(lead, why, all[3:4], base, day).Content,
		"reminder-follow-up":    follow[0].Content,
		"reminder-in-place":     follow[1].Content,
		"reminder-all-done":     done[0].Content,
		"reminder-done":         done[1].Content,
		"weekly-digest":         weekly.Content,
		"group-digest":          group.Content,
		"meeting-tomorrow":      meeting.Content,
		"annexa-check":          notifications.AnnexaChecked("p", "P", why, news, base, "o").Content,
		"annexa-check-not-made": notifications.AnnexaNotChecked("p", "P", why, "The folder cannot be read: tell whoever looks after it", day, base, "o").Content,
		"annexa-glance":         notifications.AnnexaGlance(workpackages.Check{CheckSummary: workpackages.CheckSummary{ID: "check-1", At: at, AsOf: day}, Report: *report}, base, time.UTC),
	}
}

// planMessage is a message of the communications plan, with each kind of paragraph.
func planMessage() notifications.Content {
	span := func(s string) []notifications.Span { return []notifications.Span{{Text: s}} }
	return notifications.Content{
		Heading: "Where we are", Intro: "Corrected on 24 November 2026 at 10:05: this is what holds now.", Why: "From the communications plan for our inspection readiness.",
		Body: []notifications.Para{
			{Spans: []notifications.Span{{Text: "Five of "}, {Text: "six ", Bold: true}, {Text: "packages are on "}, {Text: "track", Italic: true}, {Text: ". @here <!channel>"}}},
			{Kind: notifications.Heading, Spans: span("What to do")},
			{Kind: notifications.Bullet, Spans: span("Record visits")},
			{Kind: notifications.Bullet, Level: 1, Spans: span("on the day")},
			{Kind: notifications.Numbered, Number: 2, Spans: span("Second & last")},
			{Kind: notifications.Quote, Spans: span("Said so\nand so")},
			{Spans: []notifications.Span{{Text: "See "}, {Text: "the plan", URL: "https://example.gov.uk/p?a=1&b=2", Bold: true}, {Text: "."}}},
		},
		Asks: notifications.Question{Act: notifications.ActRead, Value: "m-1 m-1/3 2", Text: "I have read this"},
	}
}

// TestThePreviewIsReadFromTheBlocksThatAreSent holds what pages show to what Slack gets.
func TestThePreviewIsReadFromTheBlocksThatAreSent(t *testing.T) {
	var got []string
	for _, s := range slack.Show(planMessage(), true) {
		line := s.Kind + ":"
		for n, l := range s.Lines {
			if n > 0 {
				line += " /"
			}
			if l.Quote {
				line += " >"
			}
			for _, r := range l.Runs {
				text := r.Text
				if r.Bold {
					text = "*" + text + "*"
				}
				if r.Italic {
					text = "_" + text + "_"
				}
				if r.URL != "" {
					text = "[" + text + " " + r.URL + "]"
				}
				line += text
			}
		}
		for _, b := range s.Buttons {
			line += " (" + b.Text + ")"
		}
		got = append(got, line)
	}
	want := []string{
		"header:Where we are", "section:Corrected on 24 November 2026 at 10:05: this is what holds now.",
		"section:Five of *six* packages are on _track_. @here <!channel>", "section:*What to do*",
		"section:• Record visits /      • on the day /2. Second & last", "section: >Said so / >and so",
		"section:See [*the plan* https://example.gov.uk/p?a=1&b=2].", "actions: (I have read this)", "context:From the communications plan for our inspection readiness.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nand not\n%q", got, want)
	}
}

// TestNothingOfAWordingIsLeftOut takes texts that are long in every way, and looks for
// all of each in what Slack gets; or Whole says that it is not there.
func TestNothingOfAWordingIsLeftOut(t *testing.T) {
	words := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "w%d ", i)
		}
		return b.String()
	}
	span := func(s notifications.Span, n int) (out []notifications.Span) {
		for i := range n {
			s.Text = fmt.Sprintf("w%d ", i)
			out = append(out, s)
		}
		return out
	}
	many := []notifications.Para{}
	for i := range 60 {
		many = append(many, notifications.Para{Spans: []notifications.Span{{Text: fmt.Sprintf("w%d ", i)}}})
	}
	for name, c := range map[string]struct {
		body  []notifications.Para
		n     int
		whole bool
	}{
		"one long paragraph":        {[]notifications.Para{{Spans: []notifications.Span{{Text: words(1000)}}}}, 1000, true},
		"one long item of a list":   {[]notifications.Para{{Kind: notifications.Bullet, Spans: []notifications.Span{{Text: words(800)}}}}, 800, true},
		"one long quotation":        {[]notifications.Para{{Kind: notifications.Quote, Spans: []notifications.Span{{Text: words(800)}}}}, 800, true},
		"many words in bold":        {[]notifications.Para{{Spans: span(notifications.Span{Bold: true}, 900)}}, 900, true},
		"many long links":           {[]notifications.Para{{Spans: span(notifications.Span{URL: "https://example.gov.uk/" + strings.Repeat("x", 300)}, 30)}}, 30, true},
		"characters that grow":      {[]notifications.Para{{Spans: []notifications.Span{{Text: strings.Repeat("&", 1500) + " w0 "}}}}, 1, true},
		"more than a message takes": {[]notifications.Para{{Spans: []notifications.Span{{Text: strings.Repeat("&", 3000)}}}}, 0, false},
		"more paragraphs":           {many, 0, false},
	} {
		content := planMessage()
		content.Intro, content.Body = "", c.body
		shown := notifytest.Plain[[]map[string]any](t, slack.Interactive(content, "k"))
		if err := notifytest.CheckBlocks(shown); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := slack.Whole(content); got != c.whole {
			t.Errorf("%s is shown whole: %v", name, got)
		}
		text := fmt.Sprint(shown)
		for i := range c.n {
			if !strings.Contains(text, fmt.Sprintf("w%d", i)) {
				t.Errorf("%s lacks word %d of %d", name, i, c.n)
				break
			}
		}
	}
}

// TestWhatEachMessageShows holds every message, with links alone and with what can
// be answered, to its file and to Slack's limits.
func TestWhatEachMessageShows(t *testing.T) {
	for name, c := range contents() {
		for how, blocks := range map[string]any{"": slack.Blocks(c), "-answers": slack.Interactive(c, "reminders/person-1/2026-11-24")} {
			shown := notifytest.Plain[[]map[string]any](t, blocks)
			if err := notifytest.CheckBlocks(shown); err != nil {
				t.Errorf("%s%s: %v", name, how, err)
			}
			if asks := c.Asks.Act != "" || slices.ContainsFunc(c.Items, func(i notifications.Item) bool { return i.Asks && !i.Done }); how == "" || asks {
				notifytest.Golden(t, name+how, map[string]any{"text": c.Short(), "blocks": shown})
			}
		}
	}
}

func TestEveryMessageKeepsToSlacksLimitsWhateverItsText(t *testing.T) {
	for name, c := range contents() {
		for what, text := range notifytest.Worst() {
			worst := c
			worst.Heading, worst.Intro, worst.Why = text, text, text
			worst.Button.Text, worst.Second.Text = text, text
			worst.Items = nil
			for n := range c.Body {
				worst.Body = append(worst.Body, notifications.Para{Kind: c.Body[n].Kind, Spans: []notifications.Span{{Text: text, Bold: true}, {Text: text, URL: base}}})
			}
			for n := 0; n < 200 && len(c.Items) > 0; n++ {
				i := c.Items[n%len(c.Items)]
				i.Title, i.Detail, i.Subject = text, text, fmt.Sprintf("status-update-due package-%d", n)
				if n%2 == 0 {
					i.Section = text
				}
				worst.Items = append(worst.Items, i)
			}
			for how, blocks := range map[string]any{"links": slack.Blocks(worst), "answers": slack.Interactive(worst, "reminders/person-1/2026-11-24")} {
				shown := notifytest.Plain[[]map[string]any](t, blocks)
				if err := notifytest.CheckBlocks(shown); err != nil {
					t.Errorf("%s of %s, with %s: %v", name, what, how, err)
				}
				if last := shown[len(shown)-1]; last["type"] != "context" {
					t.Errorf("%s of %s, with %s: why it came is cut off", name, what, how)
				}
			}
		}
	}
}
