package server_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/workpackages"
)

// letter is a message to a person, of the day's kind.
func letter(to workpackages.Person, occurrence, title string) notifications.Message {
	return notifications.Message{
		ID: notifications.Key(notifications.Reminders, "", to.ID, occurrence), Rule: notifications.Reminders,
		Rules: []string{notifications.Reminders, "milestone-overdue"}, RecipientID: to.ID, RecipientName: to.Name,
		Content: notifications.Content{
			Heading: "1 overdue", Items: []notifications.Item{{Section: "Overdue", Title: title, Detail: "it was due on 1 November 2026"}},
			Why: "You get this because you own it.", Button: notifications.Button{Text: "See what is yours", URL: "https://r.example/mine"},
		},
	}
}

// post makes a message and tries to send what is due.
func (p *product) post(m notifications.Message) {
	p.t.Helper()
	if added, err := p.Server.System.Outbox.Enqueue(background(), m); err != nil || !added {
		p.t.Fatalf("%s: added %v, %v", m.ID, added, err)
	}
	p.deliver()
}

func (p *product) deliver() {
	p.t.Helper()
	if _, err := p.Server.System.Outbox.Deliver(background()); err != nil {
		p.t.Fatal(err)
	}
}

// notAMember is Slack's answer about somebody who has not joined yet.
var notAMember = notifytest.Fault{Method: "users.lookupByEmail", Error: "users_not_found"}

// slackFor starts a product with a Slack that knows some addresses.
func slackFor(t *testing.T, emails ...string) (*product, *notifytest.Slack) {
	t.Helper()
	slack := notifytest.New(t, slackToken, emails...)
	return run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL), slack
}

// has reports what of the wanted a page lacks, and what of the unwanted it has.
func has(t *testing.T, what, body string, want, unwanted []string) {
	t.Helper()
	body = html.UnescapeString(body)
	for _, w := range want {
		if !strings.Contains(body, w) {
			t.Errorf("%s lacks %q", what, w)
		}
	}
	for _, u := range unwanted {
		if strings.Contains(body, u) {
			t.Errorf("%s has %q", what, u)
		}
	}
}

func oneURL(key string) string { return "/messages/one?key=" + url.QueryEscape(key) }

func TestAMessageTellsAllThatBecameOfIt(t *testing.T) {
	p, slack := slackFor(t, "lead.one@example.gov.uk")
	slack.Fail(notifytest.Fault{Method: "users.lookupByEmail", Status: 500})
	lead := p.addPerson("Lead One", workpackages.Lead)
	viewer, _ := p.person("Some Viewer", workpackages.Viewer)
	m := letter(lead, "2026-11-24", "A milestone")
	p.post(m)
	has(t, "a message put off", viewer.get(oneURL(m.ID)).Body, []string{"Waiting", "The next try is on 24 November 2026 at 08:50", "1 attempt to send it", "Put off"}, []string{"Slack’s timestamp"})
	p.advance(time.Minute)
	p.deliver()
	sent := p.ledger()[0]
	if sent.State != notifications.Sent {
		t.Fatalf("%s: %s", sent.State, sent.Detail)
	}
	facts := []string{
		"1 overdue: A milestone", "Lead One", "Message of the day: milestone overdue", "You get this because you own it.",
		"• A milestone: it was due on 1 November 2026", "See what is yours: https://r.example/mine", sent.Timestamp, "Put off", "Sent", "24 November 2026 at 08:51",
	}
	one := viewer.get(oneURL(m.ID))
	has(t, "the message's page", one.Body, append(facts, "2 attempts to send it", m.ID, sent.Channel), []string{"Send again", "Send it again"})
	has(t, "the ledger", viewer.get("/messages").Body, append(facts, "2 attempts", html.UnescapeString(oneURL(m.ID))), []string{"messages.csv"})
	for _, fault := range append(soundness(one.Body), soundness(viewer.get("/messages").Body)...) {
		t.Error(fault)
	}
	if a := viewer.get(oneURL("none/such")); a.Status != http.StatusNotFound {
		t.Errorf("a message there is not: %d", a.Status)
	}
}

func TestWhatCouldNotBeSentSaysWhatToDoAndIsSentAgain(t *testing.T) {
	p, slack := slackFor(t, "lead.one@example.gov.uk")
	slack.Fail(notAMember)
	lead := p.addPerson("Lead One", workpackages.Lead)
	director, _ := p.person("Director", workpackages.AssistantDirector)
	m := letter(lead, "2026-11-24", "A milestone")
	p.post(m)
	const todo = "Slack knows nobody with the e-mail address of Lead One: correct it under People, or ask them to join Slack."
	for _, path := range []string{"/messages", oneURL(m.ID), "/messages?state=dead"} {
		has(t, path, director.get(path).Body, []string{"Could not be sent", todo}, nil)
	}
	a := director.submit(oneURL(m.ID))
	if a.Status != http.StatusSeeOther || !strings.Contains(a.Header.Get("Location"), url.QueryEscape(m.ID)) {
		t.Fatalf("sending again: %d %s %s", a.Status, a.Header.Get("Location"), a.Body)
	}
	has(t, "after it", director.get(a.Header.Get("Location")).Body, []string{"It will be sent again", "Waiting", "Sent again by", "Director"}, []string{"Send again</button>"})
	if a := director.post(oneURL(m.ID), url.Values{"csrf": {csrfOf(director)}}); a.Status != http.StatusConflict || !strings.Contains(a.Body, "This message is on its way already") {
		t.Errorf("twice: %d", a.Status)
	}
	p.deliver()
	if got := p.ledger(); len(got) != 1 || got[0].State != notifications.Sent || len(slack.Posts()) != 1 {
		t.Fatalf("%d messages, %s, posted %d times", len(got), got[0].State, len(slack.Posts()))
	}
	has(t, "the ledger", director.get("/messages").Body, []string{"Director had it sent again", "2 attempts"}, nil)
	// What was sent is sent another time, as a message of its own.
	p.advance(time.Minute)
	again := director.submit(oneURL(m.ID))
	if !strings.Contains(again.Header.Get("Location"), url.QueryEscape("/again-1")) {
		t.Fatalf("another time: %d %s", again.Status, again.Header.Get("Location"))
	}
	p.deliver()
	if len(p.ledger()) != 2 || len(slack.Posts()) != 2 {
		t.Errorf("%d messages, posted %d times", len(p.ledger()), len(slack.Posts()))
	}
	if a := director.post(oneURL(m.ID), url.Values{"csrf": {"made up"}}); a.Status != http.StatusForbidden {
		t.Errorf("a forged form: %d", a.Status)
	}
}

func TestOnlyAssistantDirectorsSendAgain(t *testing.T) {
	p, _ := slackFor(t)
	lead := p.addPerson("Lead One", workpackages.Lead)
	m := letter(lead, "2026-11-24", "A milestone")
	p.post(m)
	for _, r := range workpackages.Roles() {
		b, _ := p.person("Some "+r.Label(), r)
		may := r == workpackages.AssistantDirector
		page := b.get(oneURL(m.ID)).Body
		if strings.Contains(page, "Send again</button>") != may {
			t.Errorf("%s: the button is there: %v", r, !may)
		}
		if r != workpackages.AssistantDirector {
			if a := b.post(oneURL(m.ID), url.Values{"csrf": {csrfOf(b)}}); a.Status != http.StatusForbidden {
				t.Errorf("%s sends it again: %d", r, a.Status)
			}
			if a := p.api(r, "POST", "/api/v1/notifications/resend", map[string]any{"key": m.ID}); a.Status != http.StatusForbidden {
				t.Errorf("%s sends it again through the API: %d", r, a.Status)
			}
			if a := b.get("/messages.csv"); a.Status != http.StatusForbidden {
				t.Errorf("%s downloads the ledger: %d", r, a.Status)
			}
		}
	}
	if got := p.ledger()[0]; got.State != notifications.Dead || got.Again != 0 {
		t.Errorf("it was sent again: %s", got.State)
	}
}

func TestAChangeInPlaceIsShownAsSuchAndNotAsAMessage(t *testing.T) {
	p, slack := slackFor(t, "lead.one@example.gov.uk")
	lead := p.addPerson("Lead One", workpackages.Lead)
	director, _ := p.person("Director", workpackages.AssistantDirector)
	m := letter(lead, "2026-11-24", "A milestone")
	p.post(m)
	e := letter(lead, "edit", "A milestone, ticked")
	e.Op, e.Target = notifications.Edit, m.ID
	p.advance(time.Minute)
	p.post(e)
	has(t, "the ledger", director.get("/messages").Body, []string{"An earlier message was changed in place, which tells nobody", "Changed"}, nil)
	page := director.get(oneURL(e.ID)).Body
	has(t, "its page", page, []string{"A change in place of a message to Lead One", "Nobody is told of it", oneURL(m.ID)}, []string{"Send again</button>"})
	if a := director.post(oneURL(e.ID), url.Values{"csrf": {csrfOf(director)}}); a.Status != http.StatusConflict || !strings.Contains(a.Body, "is of no use by itself") {
		t.Errorf("sent again: %d", a.Status)
	}
	// One that fails has kept nothing from anybody, and is no trouble on the dashboard.
	slack.Fail(notifytest.Fault{Method: "chat.update", Error: "message_not_found"})
	e.ID += "/2"
	p.post(e)
	has(t, "the ledger", director.get("/messages").Body, []string{"Could not be changed"}, nil)
	has(t, "the dashboard", director.get("/").Body, nil, []string{"could not be sent"})
}

// seedLedger makes messages of several sorts on several days, with no Slack.
func seedLedger(p *product) (lead, other workpackages.Person) {
	p.t.Helper()
	lead, other = p.addPerson("Lead One", workpackages.Lead), p.addPerson("Lead Two", workpackages.Lead)
	p.post(letter(lead, "2026-11-24", "First thing"))
	p.advance(24 * time.Hour)
	p.post(letter(other, "2026-11-25", "Second thing"))
	p.advance(24 * time.Hour)
	digest := letter(lead, "2026-11-26", "Third thing")
	digest.ID, digest.Rule, digest.Rules = "weekly-digest/x", notifications.WeeklyDigest, nil
	p.post(digest)
	return lead, other
}

func TestTheLedgerIsFilteredByItsForm(t *testing.T) {
	p := run(t, t.TempDir())
	lead, _ := seedLedger(p)
	b, _ := p.person("Some Viewer", workpackages.Viewer)
	things := []string{"First thing", "Second thing", "Third thing"}
	for query, want := range map[string][]string{
		"":                                    things,
		"state=not_sent":                      things,
		"state=dead":                          nil,
		"state=open":                          nil,
		"rule=milestone-overdue":              things[:2],
		"rule=weekly-digest":                  things[2:],
		"rule=reminders&person=" + lead.ID:    things[:1],
		"person=" + lead.ID:                   {things[0], things[2]},
		"from=25/11/2026":                     things[1:],
		"to=25/11/2026":                       things[:2],
		"from=2026-11-25&to=25 November 2026": things[1:2],
		"from=&to=&state=&rule=&person=":      things,
	} {
		page := b.get("/messages?" + strings.ReplaceAll(query, " ", "+"))
		if page.Status != http.StatusOK {
			t.Errorf("%s: %d", query, page.Status)
		}
		for _, thing := range things {
			wanted := strings.Contains(strings.Join(want, " "), thing)
			if strings.Contains(page.Body, thing) != wanted {
				t.Errorf("%q shows %q: %v", query, thing, !wanted)
			}
		}
		for _, fault := range soundness(page.Body) {
			t.Errorf("%s: %s", query, fault)
		}
	}
	page := b.get("/messages?rule=reminders&person=" + lead.ID + "&state=not_sent").Body
	has(t, "the page", page, []string{
		"Only messages that were not sent, about “Message of the day”, to Lead One.", `value="not_sent" selected`,
		// A link to a message carries the filter, so that one comes back to it.
		oneURL("reminders/"+lead.ID+"/2026-11-24") + "&person=" + lead.ID + "&rule=reminders&state=not_sent",
	}, nil)
	for query, want := range map[string]string{
		"from=soon":                     "Enter a date such as 24/11/2026",
		"from=25/11/2026&to=24/11/2026": "Enter a day that is not before the first",
		"state=lost":                    "Choose a state from the list",
		"until=now":                     "This link is damaged",
	} {
		page := b.get("/messages?" + query)
		if page.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", query, page.Status)
		}
		has(t, query, page.Body, []string{"There is a problem", want}, things)
	}
}

func TestTheLedgerGoesBackPageByPageWithItsFilter(t *testing.T) {
	p := run(t, t.TempDir())
	lead := p.addPerson("Lead One", workpackages.Lead)
	for i := range 130 {
		if i != 80 && i != 79 { // three are made in one instant, on the border of two pages
			p.advance(time.Minute)
		}
		if _, err := p.Server.System.Outbox.Enqueue(background(), letter(lead, fmt.Sprint(i), fmt.Sprintf("Thing %03d.", i))); err != nil {
			t.Fatal(err)
		}
	}
	b, _ := p.person("Some Viewer", workpackages.Viewer)
	heading := regexp.MustCompile(`href="/messages/one\?[^"]*">1 overdue: Thing (\d+)\.`)
	older := regexp.MustCompile(`href="(/messages\?[^"]*)" rel="next"`)
	seen, pages := map[string]int{}, 0
	for at := "/messages?person=" + lead.ID; at != ""; pages++ {
		body := b.get(at).Body
		found := heading.FindAllStringSubmatch(body, -1)
		if len(found) == 0 || len(found) > 50 {
			t.Fatalf("%s has %d messages", at, len(found))
		}
		for _, m := range found {
			seen[m[1]]++
		}
		at = ""
		if next := older.FindStringSubmatch(body); next != nil {
			at = html.UnescapeString(next[1])
			if !strings.Contains(at, "person="+lead.ID) {
				t.Errorf("the link loses the filter: %s", at)
			}
		}
	}
	if len(seen) != 130 || pages != 3 {
		t.Errorf("%d messages on %d pages", len(seen), pages)
	}
	for n, times := range seen {
		if times != 1 {
			t.Errorf("message %s is shown %d times", n, times)
		}
	}
}

func TestMoreMessagesInOneInstantThanAPageAreAllShown(t *testing.T) {
	p := run(t, t.TempDir())
	lead := p.addPerson("Lead One", workpackages.Lead)
	for i := range 8 {
		if _, err := p.Server.System.Outbox.Enqueue(background(), letter(lead, fmt.Sprint(i), "Thing")); err != nil {
			t.Fatal(err)
		}
	}
	p.advance(-time.Minute)
	if _, err := p.Server.System.Outbox.Enqueue(background(), letter(lead, "before", "Thing")); err != nil {
		t.Fatal(err)
	}
	first := p.api(workpackages.Viewer, "GET", "/api/v1/notifications?limit=3", nil).json(t)
	if n := len(first["notifications"].([]any)); n != 8 {
		t.Fatalf("the first answer has %d", n)
	}
	rest := p.api(workpackages.Viewer, "GET", "/api/v1/notifications?limit=3&until="+first["until"].(string), nil).json(t)
	if n := len(rest["notifications"].([]any)); n != 1 || rest["until"] != nil {
		t.Errorf("the rest has %d, and goes on at %v", n, rest["until"])
	}
}

func TestTheLedgerAsASpreadsheetHasNoFormulas(t *testing.T) {
	p := run(t, t.TempDir())
	lead, _ := seedLedger(p)
	evil := letter(lead, "evil", "Thing")
	evil.ID, evil.RecipientName = "=HYPERLINK(1)", "@SUM(1+1)"
	evil.Content.Heading, evil.Content.Why = "=1+1", "-2+3\nand more, \"quoted\""
	evil.Content.Items[0].Title = "+Thing"
	p.advance(time.Minute)
	p.post(evil)
	director, _ := p.person("Director", workpackages.AssistantDirector)
	a := director.get("/messages.csv")
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(a.Header.Get("Content-Disposition"), `filename="messages-2026-11-26.csv"`) {
		t.Fatalf("%d %v", a.Status, a.Header)
	}
	read := func(body string) [][]string {
		t.Helper()
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read(a.Body)
	if len(rows) != 5 {
		t.Fatalf("%d rows", len(rows))
	}
	column := map[string]int{}
	for i, h := range rows[0] {
		column[h] = i
	}
	for _, row := range rows[1:] {
		for i, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%s begins as a formula does: %q", rows[0][i], cell)
			}
		}
	}
	newest := rows[1]
	for heading, want := range map[string]string{
		"Key": "'=HYPERLINK(1)", "To": "'@SUM(1+1)", "Title": "'=1+1: +Thing", "Reason": "'-2+3\nand more, \"quoted\"", "About": "Message of the day: milestone overdue",
		"Rules": "reminders milestone-overdue", "State": "Not sent", "What became of it": "Not sent: Slack is not connected", "Made": "2026-11-26 08:51:00", "Attempts": "0", "Kind": "Message",
	} {
		if got := newest[column[heading]]; got != want {
			t.Errorf("%s is %q, not %q", heading, got, want)
		}
	}
	if text := newest[column["Text"]]; !strings.HasPrefix(text, "'=1+1\n\n") || !strings.Contains(text, "• +Thing") {
		t.Errorf("the text is %q", text)
	}
	if rows := read(director.get("/messages.csv?rule=weekly-digest").Body); len(rows) != 2 || rows[1][column["Title"]] != "1 overdue: Third thing" {
		t.Errorf("filtered: %v", rows)
	}
	has(t, "the page", director.get("/messages?rule=weekly-digest").Body, []string{`href="/messages.csv?rule=weekly-digest"`}, nil)
	if a := director.get("/messages.csv?from=soon"); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a filter that says nothing: %d", a.Status)
	}
}

func TestTheAPIHasTheWholeLedger(t *testing.T) {
	p, slack := slackFor(t, "lead.one@example.gov.uk")
	slack.Fail(notAMember)
	lead := p.addPerson("Lead One", workpackages.Lead)
	other := p.addPerson("Lead Two", workpackages.Lead)
	m := letter(lead, "2026-11-24", "A milestone")
	m.Thread = notifications.DayThread(lead.ID, "2026-11-24")
	p.post(m)
	p.advance(24 * time.Hour)
	p.post(letter(other, "2026-11-25", "Another"))
	for query, want := range map[string]int{
		"": 2, "recipient=" + lead.ID: 1, "rule=milestone-overdue": 2, "rule=weekly-digest": 0, "since=2026-11-25": 1, "until=2026-11-24": 1, "until=2026-11-25": 2,
		"since=2026-11-24T08:50:00Z": 2, "until=2026-11-24T08:50:00Z": 0, "state=dead": 2, "state=sent": 0,
	} {
		if n := len(p.api(workpackages.Viewer, "GET", "/api/v1/notifications?"+query, nil).json(t)["notifications"].([]any)); n != want {
			t.Errorf("%s gives %d, not %d", query, n, want)
		}
	}
	for _, query := range []string{"since=soon", "until=soon", "state=lost"} {
		if a := p.api(workpackages.Viewer, "GET", "/api/v1/notifications?"+query, nil); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", query, a.Status)
		}
	}
	resend := func(body map[string]any) answer {
		return p.api(workpackages.AssistantDirector, "POST", "/api/v1/notifications/resend", body)
	}
	a := resend(map[string]any{"key": m.ID})
	if j := a.json(t); a.Status != http.StatusAccepted || j["state"] != "pending" || j["resent_by"] != "Assistant director Example" || j["created_at"] != "2026-11-24T08:50:00Z" {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	p.deliver()
	got := p.api(workpackages.Viewer, "GET", "/api/v1/notifications?recipient="+lead.ID, nil).json(t)["notifications"].([]any)[0].(map[string]any)
	tries := got["tries"].([]any)
	if got["op"] != "post" || got["thread"] != m.Thread || got["timestamp"] == "" || fmt.Sprint(got["rules"]) != "[reminders milestone-overdue]" ||
		len(tries) != 2 || tries[0].(map[string]any)["outcome"] != "refused" || tries[1].(map[string]any)["outcome"] != "sent" {
		t.Errorf("%v", got)
	}
	again := resend(map[string]any{"key": m.ID})
	if j := again.json(t); again.Status != http.StatusAccepted || j["key"] != m.ID+"/again-1" || j["state"] != "pending" || j["created_at"] != "2026-11-25T08:50:00Z" {
		t.Errorf("another time: %d %s", again.Status, again.Body)
	}
	hold := documented(t, p)
	hold("POST", "/api/v1/notifications/resend", again)
	hold("GET", "/api/v1/notifications", p.api(workpackages.Viewer, "GET", "/api/v1/notifications?limit=1", nil))
	for what, c := range map[string]struct {
		body map[string]any
		want int
	}{
		"no such message": {map[string]any{"key": "none"}, http.StatusNotFound},
		"no key":          {map[string]any{}, http.StatusNotFound},
		"another field":   {map[string]any{"id": m.ID}, http.StatusUnprocessableEntity},
		"on its way":      {map[string]any{"key": m.ID + "/again-1"}, http.StatusConflict},
	} {
		a := resend(c.body)
		if a.Status != c.want {
			t.Errorf("%s: %d, not %d: %s", what, a.Status, c.want, a.Body)
		}
		hold("POST", "/api/v1/notifications/resend", a)
	}
}

func TestTheDashboardSaysWhatCouldNotBeSentToThoseWhoCanMendIt(t *testing.T) {
	p, slack := slackFor(t, "lead.two@example.gov.uk")
	lead, two := p.addPerson("Lead One", workpackages.Lead), p.addPerson("Lead Two", workpackages.Lead)
	director, _ := p.person("Director", workpackages.AssistantDirector)
	viewer, _ := p.person("Some Viewer", workpackages.Viewer)
	has(t, "a quiet dashboard", director.get("/").Body, nil, []string{"could not be sent", "15 minutes"})
	p.post(letter(lead, "2026-11-24", "A milestone"))
	p.advance(5 * time.Minute) // what was found out before is kept for as long
	page := director.get("/").Body
	has(t, "the dashboard", page, []string{"1 message could not be sent", "/messages?from=2026-11-17&state=dead"}, []string{"15 minutes"})
	has(t, "a viewer's", viewer.get("/").Body, nil, []string{"could not be sent"})
	for _, fault := range soundness(page) {
		t.Error(fault)
	}
	has(t, "the link", director.get("/messages?from=2026-11-17&state=dead").Body, []string{"A milestone"}, nil)
	// Slack does not answer: after a quarter of an hour somebody should know.
	for range 20 {
		slack.Fail(notifytest.Fault{Status: 500})
	}
	p.post(letter(two, "2026-11-24", "A second milestone"))
	for range 8 {
		p.advance(2 * time.Minute)
		p.deliver()
	}
	has(t, "the dashboard", director.get("/").Body, []string{"1 message waits", "for longer than 15 minutes", "/messages?state=open"}, nil)
	has(t, "the link", director.get("/messages?state=open").Body, []string{"A second milestone", "Slack did not answer. The next try is on"}, []string{"A milestone"})
	// After a week, what could not be sent is history.
	p.advance(8 * 24 * time.Hour)
	if b, _ := p.person("Another Director", workpackages.AssistantDirector); strings.Contains(b.get("/").Body, "could not be sent") {
		t.Error("the dashboard speaks of last week")
	}
}

func TestTheMetricsSayHowTheOutboxStands(t *testing.T) {
	p, slack := slackFor(t, "lead.one@example.gov.uk")
	lead := p.addPerson("Lead One", workpackages.Lead)
	metric := func(name string) string {
		t.Helper()
		m := regexp.MustCompile(`(?m)^readiness_outbox_` + name + ` (\S+)$`).FindStringSubmatch(p.api("", "GET", "/metrics", nil).Body)
		if m == nil {
			return "missing"
		}
		return m[1]
	}
	for range 10 {
		slack.Fail(notifytest.Fault{Status: 500})
	}
	p.post(letter(lead, "2026-11-24", "A milestone"))
	p.advance(20 * time.Minute)
	p.deliver()
	p.advance(11 * time.Second)
	waiting, overdue, age := metric("waiting"), metric("overdue"), metric("age_seconds")
	if waiting != "1" || overdue != "1" {
		t.Errorf("waiting %s, overdue %s", waiting, overdue)
	}
	// The program's own look, every five seconds, may have come between.
	if age != "11" && age != "0" {
		t.Errorf("last looked at %s seconds ago", age)
	}
}

func TestMessagesInABrowserAtBothWidths(t *testing.T) {
	p, slack := slackFor(t, "lead.one@example.gov.uk", "lead.two@example.gov.uk")
	director := p.addPerson("Director Example", workpackages.AssistantDirector)
	one, two := p.addPerson("Lead One", workpackages.Lead), p.addPerson("Lead Two", workpackages.Lead)
	slack.Fail(notifytest.Fault{Method: "users.lookupByEmail", Status: 500})
	sent := letter(one, "2026-11-24", "First audit cycle reported to the steering group")
	sent.Content.Items = append(sent.Content.Items, notifications.Item{Section: "Status update due", Title: "Self-evaluation and evidence", Detail: "no update for 11 working days"})
	sent.Rules = append(sent.Rules, "status-update-due")
	p.post(sent)
	p.advance(time.Minute)
	p.deliver()
	edit := letter(one, "2", "First audit cycle reported to the steering group")
	edit.Op, edit.Target, edit.Content.Heading = notifications.Edit, sent.ID, "All done for today"
	edit.Content.Items[0].Done = true
	p.post(edit)
	p.advance(time.Hour)
	slack.Fail(notAMember)
	dead := letter(director, "2026-11-24", "Name an owner for the case system")
	p.post(dead)
	p.advance(time.Hour)
	for range 40 {
		slack.Fail(notifytest.Fault{Status: 500})
	}
	p.post(letter(two, "2026-11-24", "Every case file names its allocated worker"))
	for range 9 {
		p.advance(2 * time.Minute)
		p.deliver()
	}
	ctx, said := chromium(t)
	p.signedIn(ctx, director)
	p.fits(ctx, "messages-", []string{
		"/", "/messages", "/messages?all", "/messages?state=dead&from=2026-11-17", "/messages?from=soon",
		oneURL(dead.ID), oneURL(sent.ID), oneURL(edit.ID), "/mine/times", "/mine/times?done=times",
	})
	said.check(t)
}
