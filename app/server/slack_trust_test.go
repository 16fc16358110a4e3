package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"readiness/notifications/notifytest"
	"readiness/workpackages"
)

// Who and what is believed of what comes from Slack, and what is never told there; what
// people do there is in slack_test.go.

func TestWhoIsNotKnownGetsASentenceAndNoData(t *testing.T) {
	i := withSlack(t, "http")
	i.only("status-update-due")
	m := i.reminded(december)
	disabled := i.addPerson("Viewer One", workpackages.Viewer)
	yes := true
	if _, err := i.Server.System.Packages.EditPerson(background(), workpackages.System(), disabled.ID, disabled.Version, workpackages.PersonInput{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	i.addPerson("Director", workpackages.AssistantDirector)
	set := func(u notifytest.User) string { i.slack.SetUser(u); return u.ID }
	for what, c := range map[string]struct{ user, want string }{
		"nobody here":                {i.slack.UserID("stranger@example.gov.uk"), "Readiness does not know you"},
		"who may not sign in":        {i.slack.UserID(disabled.Email), "You may no longer use Readiness"},
		"another organisation":       {set(notifytest.User{ID: "U0801", Email: boss, TeamID: "T9999"}), "only for people of the council's own Slack workspace"},
		"a stranger":                 {set(notifytest.User{ID: "U0802", Email: boss, TeamID: "T0001", Stranger: true}), "only for people of the council's own Slack workspace"},
		"a bot":                      {set(notifytest.User{ID: "U0803", Email: boss, TeamID: "T0001", Bot: true}), "only for people of the council's own Slack workspace"},
		"an address not confirmed":   {set(notifytest.User{ID: "U0804", Email: boss, TeamID: "T0001", Unconfirmed: true}), "Confirm your e-mail address in Slack first"},
		"one that Slack knows not":   {"U0899", "only for people of the council's own Slack workspace"},
		"one who has left the house": {set(notifytest.User{ID: "U0805", Email: boss, TeamID: "T0001", Deleted: true}), "You may no longer use Readiness"},
	} {
		before := len(i.slack.Replies())
		for _, text := range []string{"", "mine", "annexa", "update self-evaluation", "help"} {
			i.ok(i.hand.Command(c.user, "C0000001", text))
			r := i.reply(before + 1)
			before++
			if !strings.Contains(r.Text, c.want) || strings.Contains(words(r.Blocks), "Self-evaluation") || len(r.Blocks) != 1 {
				t.Errorf("%s asks for %q: %s", what, text, words(r.Blocks))
			}
		}
		i.ok(i.hand.Press(c.user, m, statusLine(packageSelf), "answer", "have_it"))
		if r := i.reply(before + 1); !strings.Contains(r.Text, c.want) {
			t.Errorf("%s presses a button: %+v", what, r)
		}
		i.ok(i.hand.OpenHome(c.user))
		if c.user != "U0899" { // Slack shows nothing to who is not there
			v := i.homeOf(c.user, c.want)
			if len(v.Blocks) != 1 {
				t.Errorf("the Home tab of %s: %s", what, words(v.Blocks))
			}
		}
	}
	if all, err := i.Server.System.Packages.Responses(background()); err != nil || len(all) != 0 {
		t.Errorf("answers: %+v, %v", all, err)
	}
}

func TestRightsInSlackAreThoseOfTheBrowser(t *testing.T) {
	i := withSlack(t, "http")
	viewer := i.addPerson("Viewer One", workpackages.Viewer)
	user := i.slack.UserID(viewer.Email)
	i.ok(i.hand.Command(user, "C0000001", "update self-evaluation"))
	if r := i.reply(1); !strings.Contains(r.Text, "There is no package whose status you can update") {
		t.Errorf("%+v", r)
	}
	// A form that was open when the right was taken away.
	i.ok(i.hand.Command(i.user, "C0000001", "update self-evaluation"))
	v := i.form("Status")
	role, none := workpackages.Viewer, ""
	if _, err := i.Server.System.Packages.EditPerson(background(), workpackages.System(), i.lead.ID, i.lead.Version, workpackages.PersonInput{Role: &role, GroupID: &none}); err != nil {
		t.Fatal(err)
	}
	i.ok(i.hand.Submit(i.user, v, map[string]string{"status": "green", "narrative": "Mine"}))
	i.form("Not saved. Only the leads of this package's steering group")
	if w := i.packageNow(packageSelf); w.Version != 1 {
		t.Errorf("it was saved: %+v", w)
	}
}

func TestAPersonIsKnownByTheirIDOnceTheyWereMatched(t *testing.T) {
	i := withSlack(t, "http")
	ask := func(n int) notifytest.Reply {
		i.ok(i.hand.Command(i.user, "C0000001", "mine"))
		return i.reply(n)
	}
	ask(1)
	i.slack.SetUser(notifytest.User{ID: i.user, Email: "married.name@example.gov.uk", TeamID: "T0001"})
	if r := ask(2); strings.Contains(r.Text, "does not know you") {
		t.Errorf("with another address in Slack: %+v", r)
	}
	email := "somebody.else@example.gov.uk"
	if _, err := i.Server.System.Packages.EditPerson(background(), workpackages.System(), i.lead.ID, i.lead.Version, workpackages.PersonInput{Email: &email}); err != nil {
		t.Fatal(err)
	}
	if r := ask(3); !strings.Contains(r.Text, "does not know you") {
		t.Errorf("with another address here: %+v", r)
	}
	infos := 0
	for _, c := range i.slack.Calls() {
		if c == "users.info" {
			infos++
		}
	}
	if infos != 2 {
		t.Errorf("Slack was asked who they are %d times", infos)
	}
}

func TestOnlySlackIsListenedTo(t *testing.T) {
	i := withSlack(t, "http")
	body := "user_id=" + i.user + "&command=%2Freadiness&text=&trigger_id=1.2.3&response_url=" + i.slack.URL
	now := time.Now()
	for what, c := range map[string]struct {
		at        time.Time
		secret    string
		signature string
		status    int
	}{
		"signed":                  {now, signingSecret, "", 200},
		"with another secret":     {now, "another", "", 401},
		"six minutes old":         {now.Add(-6 * time.Minute), signingSecret, "", 401},
		"six minutes ahead":       {now.Add(6 * time.Minute), signingSecret, "", 401},
		"not signed":              {now, "", "none", 401},
		"signed with nothing":     {now, "", "v0=", 401},
		"signed with no hex":      {now, "", "v0=zzzz", 401},
		"signed in another form":  {now, "", "v1=" + strings.Repeat("0", 64), 401},
		"signed with noughts":     {now, "", "v0=" + strings.Repeat("0", 64), 401},
		"with a time that is not": {time.Time{}, signingSecret, "", 401},
	} {
		for _, kind := range []string{"commands", "interactions", "events"} {
			ts := fmt.Sprint(c.at.Unix())
			if c.at.IsZero() {
				ts = "soon"
			}
			signature := c.signature
			if signature == "" {
				signature = notifytest.Sign(c.secret, ts, body)
			}
			req, err := http.NewRequestWithContext(t.Context(), "POST", i.URL+"/slack/"+kind, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("X-Slack-Request-Timestamp", ts)
			if signature != "none" {
				req.Header.Set("X-Slack-Signature", signature)
			}
			want := c.status
			if want == 200 && kind != "commands" {
				want = 400 // it is none
			}
			if a := do(t, http.DefaultClient, req); a.Status != want {
				t.Errorf("%s, %s: %d %s", what, kind, a.Status, a.Body)
			}
		}
	}
	if strings.Contains(i.Log.String(), signingSecret) {
		t.Error("the log has the secret")
	}
	other := run(t, t.TempDir())
	for _, kind := range []string{"commands", "interactions", "events"} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", other.URL+"/slack/"+kind, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if a := do(t, http.DefaultClient, req); a.Status != 404 {
			t.Errorf("without Slack, %s gives %d", kind, a.Status)
		}
	}
}

func TestAReplayOfARequestChangesNothing(t *testing.T) {
	i := withSlack(t, "http")
	i.only("status-update-due")
	m := i.reminded(december)
	i.ok(i.hand.Press(i.user, m, statusLine(packageSelf), "answer", "have_it"))
	i.says(m.Key, "Lead One has it")
	all, err := i.Server.System.Packages.Responses(background())
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := i.Server.System.Packages.Withdraw(background(), i.lead.Actor("browser"), all[0].ID); err != nil {
		t.Fatal(err)
	}
	i.ok(i.hand.Again()) // whoever has seen it sends it once more
	i.idle()
	i.ok(i.hand.Command(i.user, "C0000001", "mine"))
	i.reply(1)
	if all, err = i.Server.System.Packages.Responses(background()); err != nil || len(all) != 0 {
		t.Errorf("what was taken back is there again: %+v, %v", all, err)
	}
	i.ok(i.hand.Again())
	i.idle()
	i.ok(i.hand.Command(i.user, "C0000001", "help"))
	if r := i.reply(2); !strings.Contains(r.Text, "can do") {
		t.Errorf("a command was answered twice: %+v", r)
	}
}

func TestATokenThatIsRevokedInFlight(t *testing.T) {
	i := withSlack(t, "http")
	i.only("status-update-due")
	m := i.reminded(december)
	i.ok(i.hand.Command(i.user, "C0000001", "help")) // who they are is known from here
	i.reply(1)
	i.slack.Revoke()
	i.ok(i.hand.Press(i.user, m, statusLine(packageSelf), "answer", "update"))
	if r := i.reply(2); !strings.Contains(r.Text, "Readiness is no longer connected to Slack") {
		t.Errorf("%+v", r)
	}
	i.ok(i.hand.Press(i.user, m, statusLine(packageSelf), "answer", "have_it"))
	i.until("the answer is kept", func() bool {
		all, err := i.Server.System.Packages.Responses(background())
		return err == nil && len(all) == 1
	})
	i.ok(i.hand.Command(i.slack.UserID(boss), "C0000001", ""))
	if r := i.reply(3); !strings.Contains(r.Text, "Slack did not say who you are") {
		t.Errorf("%+v", r)
	}
}

func TestAFormThatComesTooLateSaysSo(t *testing.T) {
	i := withSlack(t, "socket")
	i.slack.Fail(notifytest.Fault{Method: "views.open", Error: "expired_trigger_id"})
	i.ok(i.hand.Command(i.user, "C0000001", "update self-evaluation"))
	if r := i.reply(1); !strings.Contains(r.Text, "Slack waits three seconds for a form, and this one took longer. Try again") {
		t.Errorf("%+v", r)
	}
}

func TestASocketThatDropsLosesNothing(t *testing.T) {
	i := withSlack(t, "socket")
	i.ok(i.hand.Command(i.user, "C0000001", "update self-evaluation"))
	v := i.form("Status")
	i.slack.DropSockets()
	i.ok(i.hand.PressView(i.user, v, "status", "value", "red"))
	i.form("Why it is red")
	i.ok(i.hand.PressView(i.user, v, "status", "value", "green"))
	// Slack is answered before the form changes, and lets nobody submit one that lacks what it asks for.
	i.until("it asks for no reason any more", func() bool {
		now, open := i.slack.Modal(i.user)
		return open && !strings.Contains(words(now.Blocks), "Why it is red")
	})
	i.slack.LoseAck() // it is saved, and Slack does not hear of it
	i.ok(i.hand.Submit(i.user, v, map[string]string{"status": "green", "narrative": "On track"}))
	i.form("Your update is saved")
	if w := i.packageNow(packageSelf); w.Version != 2 {
		t.Errorf("version %d", w.Version)
	}
	i.slack.Disconnect() // as Slack does every few hours
	i.ok(i.hand.Command(i.user, "C0000001", "help"))
	i.reply(1)
}

// TestNothingOfAChildIsToldInSlack checks returns full of canaries, and asks for them
// in every way there is; what people write at length is in the form alone.
func TestNothingOfAChildIsToldInSlack(t *testing.T) {
	i := withSlack(t, "http")
	analyst, _ := i.person("Ann Analyst", workpackages.Analyst)
	for _, wholly := range []bool{false, true} {
		book, err := plantedReturn(t, wholly).XLSX()
		if err != nil {
			t.Fatal(err)
		}
		analyst.result(part{"file", "Canary Bird.xlsx", string(book)})
	}
	const prose = "PROSE about an outcome"
	if a := i.update(packageSelf, 1, "red", "narrative", prose, "reason", prose, "decision", prose); a.Status != http.StatusCreated {
		t.Fatal(a.Body)
	}
	i.only("status-update-due")
	m := i.reminded(december)
	texts := []string{"", "annexa", "mine", "help", "update"}
	for n, text := range texts {
		i.ok(i.hand.Command(i.user, "C0000001", text))
		i.reply(n + 1)
	}
	i.ok(i.hand.PressReply(i.user, i.reply(1), shareBlock(i.reply(1)), "share", "share"))
	i.until("all is answered", func() bool { return len(i.slack.Replies()) == len(texts)+1 })
	i.ok(i.hand.OpenHome(i.user))
	all := words(i.homeOf(i.user, "Yours").Blocks)
	annexa := false
	for _, r := range i.slack.Replies() {
		all += r.Text + words(r.Blocks)
		annexa = annexa || strings.Contains(r.Text, "Annexe A: ")
	}
	for _, p := range i.slack.Posts() {
		all += p.Text + words(p.Blocks)
	}
	if !annexa || len(all) < 10_000 {
		t.Fatalf("hardly anything was told: %d characters, Annexe A %t", len(all), annexa)
	}
	caged(t, "Slack", []byte(all))
	if strings.Contains(all, "PROSE") {
		t.Error("prose is told outside the form")
	}
	i.ok(i.hand.Press(i.user, i.message(m.Key), statusLine(packageSelf), "answer", "update"))
	i.form(prose) // for one who may change it
	caged(t, "the log", []byte(i.Log.String()))
	if strings.Contains(i.Log.String(), "PROSE") {
		t.Error("prose is in the log")
	}
}

// TestWhoMayNoLongerSignInFindsAnEmptyHomeTab: what Slack shows of a person's work goes
// when they do, and not the next time they look.
func TestWhoMayNoLongerSignInFindsAnEmptyHomeTab(t *testing.T) {
	i := withSlack(t, "http")
	i.ok(i.hand.OpenHome(i.user))
	i.homeOf(i.user, "Yours")
	director, _ := i.person("Director", workpackages.AssistantDirector)
	page := "/people/" + i.lead.ID
	if a := director.submit(page, "name", "Lead One", "email", leadEmail, "role", "lead", "group", groupOfsted, "disabled", "yes"); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if v := i.homeOf(i.user, "You may no longer use Readiness"); len(v.Blocks) != 1 {
		t.Errorf("%s", words(v.Blocks))
	}
}
