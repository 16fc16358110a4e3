package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"readiness/app/server"
	"readiness/notifications/notifytest"
	"readiness/notifications/slack"
	"readiness/workpackages"
)

const (
	appToken      = "xapp-1-test"
	signingSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	leadEmail     = "lead.one@example.gov.uk"
	boss          = "director@example.gov.uk"
)

// inSlack is a product with people in Slack, and how what they do there reaches it.
type inSlack struct {
	*product
	slack *notifytest.Slack
	hand  *notifytest.Hand
	lead  workpackages.Person
	user  string // the lead's id in Slack
}

// withSlack starts a product that Slack reaches by one of the two ways.
func withSlack(t *testing.T, way string, o ...server.Options) *inSlack {
	t.Helper()
	s, err := notifytest.Start(slackToken, notifytest.Options{
		Emails: []string{leadEmail, boss, "viewer.one@example.gov.uk", "stranger@example.gov.uk"}, AppToken: appToken,
		Scopes: manifestScopes(), // no more than an administrator gives
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	env := []string{"SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", s.URL, "BASE_URL", "https://readiness.example.gov.uk"}
	if way == "socket" {
		env = append(env, "SLACK_APP_TOKEN", appToken)
	} else {
		env = append(env, "SLACK_SIGNING_SECRET", signingSecret)
	}
	i := &inSlack{product: runWith(t, t.TempDir(), append(o, server.Options{})[0], env...), slack: s}
	i.hand = s.OverHTTP(i.URL, signingSecret)
	if way == "socket" {
		i.hand = s.OverSocket()
	}
	i.work()
	i.lead = i.addPerson("Lead One", workpackages.Lead)
	i.user = s.UserID(leadEmail)
	return i
}

// manifestScopes are what the manifest asks for.
func manifestScopes() []string {
	var out []string
	for _, s := range slack.Scopes() {
		out = append(out, s.Name)
	}
	return out
}

// ways are the two by which what people do in Slack reaches the product.
var ways = []string{"socket", "http"}

// ok fails the test where Slack was not answered as it wants to be.
func (i *inSlack) ok(a notifytest.Ack) notifytest.Ack {
	i.t.Helper()
	if a.Err != nil || a.Status != http.StatusOK {
		i.t.Fatalf("Slack was answered %d, %v: %s", a.Status, a.Err, a.Body)
	}
	return a
}

// reminded runs the mornings of a day, and gives the lead's message of it.
func (i *inSlack) reminded(day string) notifytest.Posted {
	i.t.Helper()
	i.morning(day)
	return i.message("reminders/" + i.lead.ID + "/" + day)
}

// message gives a message as it stands in Slack.
func (i *inSlack) message(key string) notifytest.Posted {
	i.t.Helper()
	for _, p := range i.slack.Posts() {
		if p.Key == key {
			return p
		}
	}
	i.t.Fatalf("Slack has no message %s", key)
	return notifytest.Posted{}
}

// says waits until a message says something.
func (i *inSlack) says(key, text string) notifytest.Posted {
	i.t.Helper()
	var p notifytest.Posted
	i.until(key+" says "+text, func() bool {
		i.advance(time.Second) // a conversation takes one message a second
		i.deliver()
		p = i.message(key)
		return strings.Contains(words(p.Blocks), text)
	})
	return p
}

// form waits for a form that says something.
func (i *inSlack) form(text string) notifytest.View {
	i.t.Helper()
	var v notifytest.View
	i.until("a form with "+text, func() bool {
		var open bool
		v, open = i.slack.Modal(i.user)
		return open && strings.Contains(words(v.Blocks), text)
	})
	return v
}

// idle waits until all that came from Slack is done.
func (i *inSlack) idle() {
	i.t.Helper()
	i.until("all that came from Slack is done", func() bool { return !i.Server.SlackBusy() })
}

// closed waits until no form is open.
func (i *inSlack) closed() {
	i.t.Helper()
	i.until("no form is open", func() bool { _, open := i.slack.Modal(i.user); return !open })
}

// reply waits for the nth reply, from 1.
func (i *inSlack) reply(n int) notifytest.Reply {
	i.t.Helper()
	i.until(fmt.Sprintf("there are %d replies", n), func() bool { return len(i.slack.Replies()) >= n })
	return i.slack.Replies()[n-1]
}

// homeOf waits until somebody's Home tab says something.
func (i *inSlack) homeOf(user, text string) notifytest.View {
	i.t.Helper()
	var v notifytest.View
	i.until("the Home tab says "+text, func() bool {
		var there bool
		v, there = i.slack.Home(user)
		return there && strings.Contains(words(v.Blocks), text)
	})
	return v
}

// words is all that blocks hold, as text.
func words(blocks []map[string]any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(blocks); err != nil {
		return err.Error()
	}
	return b.String()
}

// lineOf is the block of a line about a package's status.
func statusLine(id string) string { return "line status-update-due " + id }

func (i *inSlack) packageNow(id string) workpackages.WorkPackage {
	i.t.Helper()
	w, err := i.Server.System.Packages.Packages.Package(background(), id)
	if err != nil {
		i.t.Fatal(err)
	}
	return w
}

// december is a day on which every package is long without an update.
const december = "2026-12-15"

func TestALeadUpdatesAPackageWithoutLeavingSlack(t *testing.T) {
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			i := withSlack(t, way)
			i.only("status-update-due")
			m := i.reminded(december)
			i.ok(i.hand.Press(i.user, m, statusLine(packageSelf), "answer", "update"))
			v := i.form("What has changed since the last update")
			if strings.Contains(words(v.Blocks), "Recovery plan") {
				t.Error("amber's fields are shown before it is chosen")
			}
			i.ok(i.hand.PressView(i.user, v, "status", "value", "amber"))
			v = i.form("Recovery plan")
			amber := map[string]string{"narrative": "The audit is late <!channel>", "percent": "40", "recovery_plan": "Two more auditors", "recovery_date": "2026-12-01"}
			a := i.ok(i.hand.Submit(i.user, v, amber))
			if got := fmt.Sprint(a.JSON["errors"]); got != "map[recovery_date:Enter a recovery date that is today or later]" {
				t.Errorf("a date that has passed: %s", a.Body)
			}
			amber["recovery_date"] = "2027-01-29"
			v, _ = i.slack.Modal(i.user)
			if a = i.ok(i.hand.Submit(i.user, v, amber)); len(a.JSON) != 0 {
				t.Errorf("saved, the form is answered %s", a.Body)
			}
			i.closed()
			w := i.packageNow(packageSelf)
			if w.Status != workpackages.Amber || w.Narrative != "The audit is late <!channel>" || *w.Percent != 40 || w.RecoveryDate != "2027-01-29" || w.UpdatedBy != "Lead One" {
				t.Errorf("the package is %+v", w)
			}
			e, err := i.Server.System.Packages.Packages.Entry(background(), packageSelf, w.Version)
			if err != nil || e.By.Via != "slack" || e.By.PersonID != i.lead.ID {
				t.Errorf("the history says %+v, %v", e.By, err)
			}
			i.says(m.Key, "✓ ~<https://readiness.example.gov.uk/packages/"+packageSelf+"/update|Self-evaluation and evidence library>~\\nupdated by Lead One: Amber")
			again := i.ok(i.hand.Again())
			if len(again.JSON) != 0 || i.packageNow(packageSelf).Version != w.Version {
				t.Errorf("sent again, it is answered %s, and the package is at version %d", again.Body, i.packageNow(packageSelf).Version)
			}
			if n := len(i.slack.Posts()); n != 1 {
				t.Errorf("%d messages were sent", n)
			}
		})
	}
}

func TestAFormThatWasOvertakenShowsWhatChanged(t *testing.T) {
	i := withSlack(t, "socket")
	i.ok(i.hand.Command(i.user, "C0000001", "update self-evaluation"))
	v := i.form("Status")
	if a := i.update(packageSelf, 1, "red", "narrative", "The library burnt down", "reason", "Fire", "decision", "A new library"); a.Status != http.StatusCreated {
		t.Fatal(a.Body)
	}
	i.ok(i.hand.Submit(i.user, v, map[string]string{"status": "green", "narrative": "All is well"}))
	v = i.form("somebody changed this package while you were writing")
	for _, want := range []string{"Assistant director Example, 24 November at 08:50: Status update: Not started to Red", "The library burnt down"} {
		if !strings.Contains(words(v.Blocks), want) {
			t.Errorf("the form lacks %q: %s", want, words(v.Blocks))
		}
	}
	if w := i.packageNow(packageSelf); w.Status != workpackages.Red || w.Version != 2 {
		t.Fatalf("it was overwritten: %+v", w)
	}
	i.ok(i.hand.Submit(i.user, v, nil)) // what was typed is still there
	i.form("Your update is saved")
	if w := i.packageNow(packageSelf); w.Status != workpackages.Green || w.Narrative != "All is well" || w.Version != 3 {
		t.Errorf("%+v", w)
	}
}

func TestAnswersAreGivenWhereTheReminderStands(t *testing.T) {
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			i := withSlack(t, way)
			i.only("status-update-due")
			m := i.reminded(december)
			for _, c := range []struct{ id, value, want string }{
				{packageSelf, "have_it", "Lead One has it until 16 December 2026"},
				{"practice-quality", "snooze-5", "snoozed by Lead One until 21 December 2026"},
			} {
				i.ok(i.hand.Press(i.user, i.message(m.Key), statusLine(c.id), "answer", c.value))
				i.says(m.Key, c.want)
				i.ok(i.hand.Again())
				i.idle()
			}
			all, err := i.Server.System.Packages.Responses(background())
			if err != nil || len(all) != 2 || all[0].Version != 1 || all[1].Version != 1 {
				t.Errorf("%+v, %v", all, err)
			}
			if n := len(i.slack.Posts()); n != 1 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

func TestAReminderOfOneThingHasButtons(t *testing.T) {
	i := withSlack(t, "socket")
	i.only("milestone-overdue")
	id := i.overdueMilestone("Draft agreed", "2026-11-30")
	m := i.reminded("2026-12-01")
	block := "line milestone-overdue " + packageSelf + "/" + id
	if n := strings.Count(words(m.Blocks), `"primary"`); n != 1 {
		t.Errorf("%d primary buttons", n)
	}
	i.ok(i.hand.Press(i.user, m, block, "update", "update"))
	v := i.form("Status")
	i.ok(i.hand.Submit(i.user, v, map[string]string{"status": "green", "narrative": "Agreed next week"}))
	i.form("Your update is saved") // the line is still open, so that nothing else shows it
	i.ok(i.hand.Press(i.user, i.message(m.Key), block, "not_mine", "not_mine"))
	i.says(m.Key, "Lead One says it is not theirs")
}

func TestTheCommandShowsAndOpensWhatIsAsked(t *testing.T) {
	i := withSlack(t, "http")
	i.at(december + "T09:00:00Z")
	for n, c := range []struct {
		text  string
		wants []string
	}{
		{"", []string{"Readiness on 15 December 2026", "⚪ Not started", "Self-evaluation and evidence library", "Not updated yet", "Only you see this", "Share in this channel"}},
		{"help", []string{"/readiness update PACKAGE", "Only you see the replies"}},
		{"nonsense <b>", []string{"There is no “nonsense” here.", "/readiness mine"}},
		{"mine", []string{"Yours: ", "Status update due", "Answer", "This is yours because you lead the Ofsted Steering Group."}},
		{"annexa", []string{"Nobody has checked an Annexe A return yet"}},
		{"update", []string{"Which package?", "Self-evaluation and evidence library", "Update status"}},
		{"update annexe", []string{"Only the leads of that package's steering group", "These you can update"}},
		{"update xyzzy", []string{"No package is called that"}},
	} {
		i.ok(i.hand.Command(i.user, "C0000001", c.text))
		r := i.reply(n + 1)
		for _, want := range c.wants {
			if !strings.Contains(words(r.Blocks), want) && !strings.Contains(r.Text, want) {
				t.Errorf("/readiness %s lacks %q: %s", c.text, want, words(r.Blocks))
			}
		}
		if !r.Ephemeral || r.Text == "" {
			t.Errorf("/readiness %s: everybody sees it, or a phone shows nothing: %+v", c.text, r)
		}
	}
	if n := len(i.slack.Posts()); n != 0 {
		t.Errorf("%d messages to everybody", n)
	}
	i.ok(i.hand.Command(i.user, "C0000001", "UPDATE self-evaluation and evidence library"))
	i.form("What has changed")
	i.ok(i.hand.Command(i.user, "D0001", ""))
	if r := i.reply(9); strings.Contains(words(r.Blocks), "Share in this channel") {
		t.Error("there is nobody to share it with in a direct conversation")
	}
}

func TestTheGlanceIsSharedOnceAndSaysByWhom(t *testing.T) {
	i := withSlack(t, "http")
	i.ok(i.hand.Command(i.user, "C0000001", ""))
	r := i.reply(1)
	for range 2 {
		i.ok(i.hand.PressReply(i.user, r, shareBlock(r), "share", "share"))
	}
	i.ok(i.hand.Again())
	shared := i.reply(2)
	if shared.Ephemeral || !strings.Contains(words(shared.Blocks), "Shared by Lead One at 08:50.") || strings.Contains(words(shared.Blocks), "Only you see this") {
		t.Errorf("%+v", shared)
	}
	i.idle()
	i.ok(i.hand.Command(i.user, "C0000001", "help"))
	if r := i.reply(3); !strings.Contains(r.Text, "can do") {
		t.Errorf("it was shared twice: %+v", r)
	}
}

// shareBlock is the id of the block that holds the button to share.
func shareBlock(r notifytest.Reply) string {
	for _, b := range r.Blocks {
		if b["type"] == "actions" {
			id, _ := b["block_id"].(string)
			return id
		}
	}
	return ""
}

func TestTheHomeTabHasWhatIsYours(t *testing.T) {
	i := withSlack(t, "socket")
	i.at(december + "T09:00:00Z")
	i.ok(i.hand.OpenHome(i.user))
	v := i.homeOf(i.user, "Status update due")
	for _, want := range []string{"Yours", "Ofsted Steering Group", "Co-ordination and Support Group", "⚪ Not started", "https://readiness.example.gov.uk/mine"} {
		if !strings.Contains(words(v.Blocks), want) {
			t.Errorf("it lacks %q", want)
		}
	}
	i.ok(i.hand.PressView(i.user, v, statusLine(packageSelf), "answer", "snooze-2"))
	v = i.homeOf(i.user, "You snoozed it until 16 December 2026")
	i.ok(i.hand.PressView(i.user, v, blockWith(v, "Take back"), "take-back", takeBack(v)))
	i.until("it can be answered again", func() bool {
		v, _ = i.slack.Home(i.user)
		return !strings.Contains(words(v.Blocks), "You snoozed")
	})
	i.ok(i.hand.PressView(i.user, v, statusLine(packageSelf), "answer", "update"))
	form := i.form("Status")
	i.ok(i.hand.Submit(i.user, form, map[string]string{"status": "green", "narrative": "On track"}))
	i.form("Your update is saved")
	i.homeOf(i.user, "🟢 Green")
}

// blockWith is the id of the block that has a button with a text.
func blockWith(v notifytest.View, text string) string {
	for _, b := range v.Blocks {
		if strings.Contains(words([]map[string]any{b}), text) {
			id, _ := b["block_id"].(string)
			return id
		}
	}
	return ""
}

func takeBack(v notifytest.View) string {
	for _, b := range v.Blocks {
		if e, ok := b["accessory"].(map[string]any); ok && e["action_id"] == "take-back" {
			value, _ := e["value"].(string)
			return value
		}
	}
	return ""
}
