package server_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/workpackages"
)

// slackPage gives the page of the connection to a director, once Slack may be asked anew.
func (i *inSlack) slackPage(b *browser) answer {
	i.t.Helper()
	i.advance(slackForgets)
	return b.get("/slack")
}

// slackForgets is longer than an answer of Slack's is kept.
const slackForgets = 31e9

func TestTheConnectionPageSaysWhatIsWrong(t *testing.T) {
	i := withSlack(t, "socket")
	i.slack.Channels = []notifytest.Channel{{ID: "C0000001", Name: "annexe-a"}, {ID: "C0000002", Name: "other", Without: true}}
	director, _ := i.person("Director", workpackages.AssistantDirector)
	i.until("the socket is open", func() bool { return i.slack.Sockets() == 1 })
	page := i.slackPage(director)
	page.wants(t, "connected", http.StatusOK, "Connected", "To Stand-in, as readiness.", "All there", "None is set to hear of Annexe A checks", "The app is in 1 channel.", "Web socket", "Open since Tuesday 24 November")
	for _, fault := range soundness(page.Body) {
		t.Error(fault)
	}
	api := director.api("GET", "/api/v1/slack", nil)
	documented(t, i.product)("GET", "/api/v1/slack", api)
	if got := api.json(t); got["connected"] != true || got["workspace"] != "Stand-in" || len(got["granted_scopes"].([]any)) != len(manifestScopes()) {
		t.Errorf("%v", got)
	}
	i.slack.SetScopes([]string{"chat:write", "commands", "im:write", "users:read", "users:read.email", "channels:read", "groups:read"})
	i.slackPage(director).wants(t, "without some permissions", http.StatusOK, "3 permissions missing", "<code>im:history</code>, to see whether a message to a person arrived", "install the app again")
	i.slack.SetScopes([]string{"chat:write"})
	i.slackPage(director).wants(t, "without most", http.StatusOK, "9 permissions missing")
	i.slack.Fail(notifytest.Fault{Method: "auth.test", Status: 429, RetryAfter: 5})
	i.slackPage(director).wants(t, "held", http.StatusOK, "Not working", "Slack asked us to wait for a moment")
	i.slack.Fail(notifytest.Fault{Method: "auth.test", Lost: true})
	i.slackPage(director).wants(t, "without an answer", http.StatusOK, "Not working", "Slack did not answer")
	i.slack.Revoke()
	page = i.slackPage(director)
	page.wants(t, "revoked", http.StatusOK, "Not working", "Slack has withdrawn our token: set a new SLACK_BOT_TOKEN.")
	page.lacks(t, "revoked", "All there", slackToken)
	i.slack.RevokeApp()
	i.slack.DropSockets()
	i.until("the page says why the socket is not open", func() bool {
		return strings.Contains(director.get("/slack").Body, "Slack does not accept the app-level token: set a new SLACK_APP_TOKEN, with the scope connections:write.")
	})
	if m := do(t, http.DefaultClient, get(t, i.URL+"/metrics")); !strings.Contains(m.Body, "readiness_slack_socket_connected 0") {
		t.Error("the metrics do not say that the socket is not open")
	}
	for _, never := range []string{slackToken, appToken} {
		if strings.Contains(i.Log.String(), never) {
			t.Errorf("the log has %s", never)
		}
	}
}

func get(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestTheConnectionPageSaysHowTheChannelStands(t *testing.T) {
	for _, c := range []struct{ channel, want string }{
		{"annexe-a", "Reached"},
		{"C0000001", "Reached"},
		{"other", "The app is not in it: type /invite @Readiness in the channel."},
		{"old", "It was archived: set SLACK_CHANNEL to another."},
		{"none", "Slack has no channel none that the app can see"},
	} {
		s := notifytest.New(t, slackToken, boss)
		s.Channels = []notifytest.Channel{{ID: "C0000001", Name: "annexe-a"}, {ID: "C0000002", Name: "other", Without: true}, {ID: "C0000003", Name: "old", Archived: true}}
		p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", s.URL, "SLACK_CHANNEL", c.channel)
		director, _ := p.person("Director", workpackages.AssistantDirector)
		page := director.get("/slack")
		page.wants(t, c.channel, http.StatusOK, c.want, "Buttons in messages open pages")
		for _, fault := range soundness(page.Body) {
			t.Error(fault)
		}
	}
}

func TestWithoutATokenTheConnectionPageSaysSo(t *testing.T) {
	p := run(t, t.TempDir())
	director, _ := p.person("Director", workpackages.AssistantDirector)
	page := director.get("/slack")
	page.wants(t, "the page", http.StatusOK, "Not connected")
	page.lacks(t, "the page", "Send me a test message")
	if a := director.post("/slack/test", map[string][]string{"csrf": {csrfOf(director)}, "once": {"x"}}); a.Status != http.StatusConflict {
		t.Errorf("a test message: %d", a.Status)
	}
	api := director.api("GET", "/api/v1/slack", nil)
	documented(t, p)("GET", "/api/v1/slack", api)
}

func TestATestMessageIsSentAtOnceAndOnceForEachForm(t *testing.T) {
	i := withSlack(t, "http")
	director, who := i.person("Director", workpackages.AssistantDirector)
	i.at("2026-11-28T22:00:00Z") // a Saturday night
	director = i.signInAgain(director, who.Email)
	form := director.filled(director.get("/slack"))
	made := func() (n int) {
		for _, m := range i.ledger() {
			if m.Rule == notifications.Test {
				n++
			}
		}
		return n
	}
	for range 2 {
		a := director.post("/slack/test", form)
		if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/messages/one?key=test-message") {
			t.Fatalf("%d %s", a.Status, a.Header.Get("Location"))
		}
		director.get(a.Header.Get("Location")).wants(t, "its page", http.StatusOK, "Test message", "Slack works")
	}
	if n := made(); n != 1 { // the ledger has it before the form is answered: it says more than what is sent so far
		t.Fatalf("one form, sent twice, made %d messages", n)
	}
	i.until("it is there", func() bool { return len(i.slack.Posts()) == 1 })
	if p := i.slack.Posts()[0]; p.Text != "Slack works: Readiness can write to you" {
		t.Errorf("%+v", p)
	}
	again := director.filled(director.get("/slack"))
	if a := director.post("/slack/test", again); a.Status != http.StatusSeeOther || made() != 2 {
		t.Fatalf("another form: %d, and there are %d messages", a.Status, made())
	}
	i.until("both are sent, and nothing else is", func() bool {
		sent := 0
		for _, m := range i.ledger() {
			if m.Rule == notifications.Test && m.State == notifications.Sent {
				sent++
			}
		}
		return sent == 2 && len(i.slack.Posts()) == 2
	})
	again.Del("once")
	if a := director.post("/slack/test", again); a.Status != http.StatusForbidden {
		t.Errorf("a form without its mark: %d", a.Status)
	}
}

func TestTheConnectionIsForAssistantDirectors(t *testing.T) {
	i := withSlack(t, "http")
	for _, role := range workpackages.Roles() {
		want := http.StatusForbidden
		if role == workpackages.AssistantDirector {
			want = http.StatusOK
		}
		b, _ := i.person("Some "+role.Label(), role)
		if a := b.get("/slack"); a.Status != want {
			t.Errorf("the page for %s: %d", role, a.Status)
		}
		if a := i.api(role, "GET", "/api/v1/slack", nil); a.Status != want {
			t.Errorf("the API for %s: %d", role, a.Status)
		}
		linked := strings.Contains(b.get("/messages").Body, `href="/slack"`)
		if linked != (want == http.StatusOK) {
			t.Errorf("Messages links it for %s: %v", role, linked)
		}
		if role == workpackages.AssistantDirector {
			continue
		}
		if a := b.post("/slack/test", url.Values{"csrf": {csrfOf(b)}, "once": {"x"}}); a.Status != http.StatusForbidden {
			t.Errorf("a test message for %s: %d", role, a.Status)
		}
	}
	if n := len(i.ledger()); n != 0 {
		t.Errorf("%d messages were made", n)
	}
}

// TestWhereSlackDoesNotSayNothingIsTakenForGood: a proxy may leave out the header in
// which Slack says what the token may do.
func TestWhereSlackDoesNotSayNothingIsTakenForGood(t *testing.T) {
	s := notifytest.New(t, slackToken)
	s.HideScopes()
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", s.URL)
	director, _ := p.person("Director", workpackages.AssistantDirector)
	page := director.get("/slack")
	page.wants(t, "the page", http.StatusOK, "To Stand-in, as readiness.", "Not known", "Slack did not say what the app may do")
	page.lacks(t, "the page", "All there", "missing")
	api := director.api("GET", "/api/v1/slack", nil)
	documented(t, p)("GET", "/api/v1/slack", api)
	if got := api.json(t); len(got["granted_scopes"].([]any))+len(got["missing_scopes"].([]any)) != 0 {
		t.Errorf("%v", got)
	}
}

func TestTheConnectionPageSaysWhoIsNotInSlack(t *testing.T) {
	p, slack := slackFor(t, "lead.one@example.gov.uk", "new.comer@example.gov.uk")
	director, _ := p.person("Director", workpackages.AssistantDirector)
	lead := p.addPerson("Lead One", workpackages.Lead)
	newcomer := p.addPerson("New Comer", workpackages.Lead)
	director.get("/slack").lacks(t, "before", "not found in Slack")
	p.post(letter(lead, "2026-11-24", "A milestone"))
	slack.Fail(notAMember)
	missed := letter(newcomer, "2026-11-24", "A milestone")
	p.post(missed)
	page := director.get("/slack")
	page.wants(t, "after", http.StatusOK, "1 person not found in Slack", "New Comer: ", html.EscapeString(oneURL(missed.ID)), "Correct the e-mail address under")
	page.lacks(t, "after", "Lead One")
	for _, fault := range soundness(page.Body) {
		t.Error(fault)
	}
	api := director.api("GET", "/api/v1/slack", nil)
	documented(t, p)("GET", "/api/v1/slack", api)
	if who := api.json(t)["not_in_slack"].([]any); len(who) != 1 || who[0].(map[string]any)["id"] != newcomer.ID {
		t.Errorf("%v", who)
	}
	if a := director.submit(oneURL(missed.ID)); a.Status != http.StatusSeeOther {
		t.Fatalf("sending it again: %d", a.Status)
	}
	p.deliver()
	director.get("/slack").lacks(t, "once it was sent again", "not found in Slack")
}

// TestTheConnectionPageAtBothWidths looks at the page in each of its states.
func TestTheConnectionPageAtBothWidths(t *testing.T) {
	i := withSlack(t, "socket")
	i.slack.Channels = []notifytest.Channel{{ID: "C0000001", Name: "annexe-a"}}
	director := i.addPerson("Director", workpackages.AssistantDirector)
	ctx, said := chromium(t)
	i.signedIn(ctx, director)
	i.until("the socket is open", func() bool { return i.Server.SlackSocket().Connected })
	for _, state := range []struct {
		name string
		make func()
	}{
		{"connected", func() {}},
		{"missing", func() { i.slack.SetScopes([]string{"chat:write", "im:write", "users:read"}) }},
		{"revoked", i.slack.Revoke},
	} {
		state.make()
		i.advance(slackForgets)
		i.fits(ctx, "slack-"+state.name+"-", []string{"/slack?all"})
	}
	said.check(t)
}

// TestTheConnectionPageOfAnotherKindAtBothWidths: without Slack, without what people press
// there, and with somebody whom it does not know.
func TestTheConnectionPageOfAnotherKindAtBothWidths(t *testing.T) {
	ctx, said := chromium(t)
	without := run(t, t.TempDir())
	without.signedIn(ctx, without.addPerson("Director", workpackages.AssistantDirector))
	without.fits(ctx, "slack-not-connected-", []string{"/slack"})
	s := notifytest.New(t, slackToken)
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", s.URL, "SLACK_CHANNEL", "annexe-a")
	for _, name := range []string{"New Comer", "Another Newcomer"} {
		p.post(letter(p.addPerson(name, workpackages.Lead), "2026-11-24", "A milestone"))
	}
	p.signedIn(ctx, p.addPerson("Director", workpackages.AssistantDirector))
	p.fits(ctx, "slack-links-only-", []string{"/slack"})
	said.check(t)
}
