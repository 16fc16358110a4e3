package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/notifications/notifytest"
	"readiness/notifications/slack"
	"readiness/workpackages"
)

// untilState lets the plan and the outbox work until a message is at a state.
func (p *product) untilState(id string, s comms.State) comms.Message {
	p.t.Helper()
	var m comms.Message
	p.until(fmt.Sprintf("message %s is %s", id, s), func() bool {
		p.advance(time.Second) // a conversation takes one message a second
		if err := p.Server.System.Comms.Work(background()); err != nil {
			p.t.Fatal(err)
		}
		p.deliver()
		m = p.plan(id)
		return m.State == s
	})
	return m
}

func (p *product) untilSent(id string) comms.Message {
	p.t.Helper()
	return p.untilState(id, comms.Sent)
}

// plan gives a message as it is kept.
func (p *product) plan(id string) comms.Message {
	p.t.Helper()
	m, err := p.Server.System.Store.PlanMessage(background(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

func at(m comms.Message) workpackages.Write { return workpackages.Write{Version: m.Version} }

func set[T any](v T) *T { return &v }

// office is a product with those who write the plan and those who approve it.
type office struct {
	*inSlack
	comms              *comms.Service
	writer, second, ad workpackages.Person
}

func inOffice(t *testing.T, way string) *office {
	t.Helper()
	i := withSlack(t, way)
	o := &office{inSlack: i, comms: i.Server.System.Comms}
	o.writer, o.second = i.addPerson("Comms One", workpackages.Comms), i.addPerson("Comms Two", workpackages.Comms)
	o.ad = i.addPerson("Director", workpackages.AssistantDirector)
	for n, who := range []workpackages.Person{o.writer, o.second} {
		i.slack.SetUser(notifytest.User{ID: fmt.Sprintf("U777%d", n), Email: who.Email, Name: who.Name, TeamID: notifytest.Team})
	}
	return o
}

// adds adds a message to staff, as its writer; in is what it has besides.
func (o *office) adds(in comms.Input) comms.Message {
	o.t.Helper()
	if in.Title == nil {
		in.Title = set("Where we are")
	}
	if in.Text == nil {
		in.Text = set("Five of **six** packages are on track.")
	}
	if in.AudienceID == nil {
		in.AudienceID = set(comms.Staff)
	}
	return o.done(o.comms.Create(background(), o.writer.Actor("browser"), "", in))
}

// done is a step that has to go well.
func (o *office) done(m comms.Message, err error) comms.Message {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	return m
}

// approved approves a message as the assistant director.
func (o *office) approved(m comms.Message) comms.Message {
	o.t.Helper()
	return o.done(o.comms.Approve(background(), o.ad.Actor("browser"), m.ID, at(m)))
}

// sent approves and sends a message, and waits until it is sent.
func (o *office) sent(m comms.Message) comms.Message {
	o.t.Helper()
	m = o.approved(m)
	o.done(o.comms.Schedule(background(), o.writer.Actor("browser"), m.ID, at(m)))
	return o.untilSent(m.ID)
}

// toStaff makes staff these addresses and channels, and nobody else.
func (o *office) toStaff(channels string, emails ...string) {
	o.t.Helper()
	a, err := o.comms.Audience(background(), comms.Staff)
	if err == nil {
		_, err = o.comms.EditAudience(background(), o.writer.Actor("browser"), a.ID, a.Version, comms.AudienceInput{
			Everybody: set(false), Channels: &channels, Contacts: set(strings.Join(emails, "\n"))})
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// signIn gives a browser of somebody who is there already.
func (p *product) signIn(who workpackages.Person) *browser {
	p.t.Helper()
	link, _, err := p.Server.System.Auth.InviteLink(background(), who.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	b := p.browser()
	if a := b.submit("/link/"+link, "password", goodPassword); a.Status != http.StatusSeeOther {
		p.t.Fatalf("signing in gave %d", a.Status)
	}
	return b
}

func refusedWith(t *testing.T, what string, err error, kind workpackages.Kind, text string) {
	t.Helper()
	if err == nil || workpackages.KindOf(err) != kind || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v", what, err)
	}
}

func TestNobodyApprovesWhatTheyWrote(t *testing.T) {
	o := inOffice(t, "http")
	ctx := background()
	writer, second, ad := o.writer.Actor("browser"), o.second.Actor("browser"), o.ad.Actor("browser")
	m := o.adds(comms.Input{ApproverID: &o.ad.ID})
	m = o.done(o.comms.Submit(ctx, writer, m.ID, at(m)))
	_, err := o.comms.Approve(ctx, writer, m.ID, at(m))
	refusedWith(t, "its author", err, workpackages.Forbidden, "You wrote some of this")
	_, err = o.comms.Approve(ctx, o.lead.Actor("browser"), m.ID, at(m))
	refusedWith(t, "a lead whom it does not name", err, workpackages.Forbidden, "Only the person it names")
	_, err = o.comms.Approve(ctx, second, m.ID, at(m))
	refusedWith(t, "one of the team, where it names another", err, workpackages.Forbidden, "names who approves it")

	// To take over the approval, or to give it away, makes nobody fit who wrote it.
	m = o.done(o.comms.Edit(ctx, writer, m.ID, at(m), comms.Input{ApproverID: &o.writer.ID}))
	_, err = o.comms.Approve(ctx, writer, m.ID, at(m))
	refusedWith(t, "its author, who names themselves", err, workpackages.Forbidden, "You wrote some of this")

	// Who changes a word has written some of it, whoever wrote the rest.
	m = o.done(o.comms.Edit(ctx, ad, m.ID, at(m), comms.Input{Text: set("Four of six are on track."), ApproverID: set("")}))
	for _, by := range []workpackages.Actor{writer, ad} {
		_, err = o.comms.Approve(ctx, by, m.ID, at(m))
		refusedWith(t, "one of two authors, "+by.Name, err, workpackages.Forbidden, "You wrote some of this")
	}
	m = o.done(o.comms.Approve(ctx, second, m.ID, at(m)))
	if m.State != comms.Approved || m.Approval.Wording != 2 || m.Approval.By.Name != "Comms Two" {
		t.Fatalf("%s: wording %d by %s", m.State, m.Approval.Wording, m.Approval.By.Name)
	}

	// Any change to what goes to whom, and when, takes it back; the rest does not.
	for name, in := range map[string]comms.Input{
		"another owner": {OwnerID: &o.second.ID}, "another objective": {Objective: set("To know")}, "the same again": {Text: set(m.Wording.Text)},
	} {
		m = o.done(o.comms.Edit(ctx, writer, m.ID, at(m), in))
		if m.State != comms.Approved || !m.HasApproval() {
			t.Errorf("%s takes the approval away", name)
		}
	}
	for name, in := range map[string]comms.Input{
		"other words": {Text: set("Three.")}, "another heading": {Heading: set("Today")}, "another audience": {AudienceID: set(comms.Partners)},
		"another channel": {Channel: set("by_hand")}, "another sensitivity": {Sensitivity: set("open")}, "another time": {Trigger: &comms.TriggerInput{Kind: "at", Date: "2026-12-01", Time: "09:00"}},
	} {
		m = o.done(o.comms.Edit(ctx, writer, m.ID, at(m), in))
		if m.State != comms.InReview || m.HasApproval() {
			t.Errorf("%s leaves it %s", name, m.State)
		}
		_, err := o.comms.Schedule(ctx, writer, m.ID, at(m))
		refusedWith(t, name, err, workpackages.Conflict, "once somebody else has approved it")
		// Who wrote an approved wording may approve another's change to it.
		m = o.done(o.comms.Approve(ctx, ad, m.ID, at(m)))
	}

	// Who approved which wording is kept for good.
	entries, err := o.comms.History(ctx, o.lead.Actor("browser"), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	var approvals []string
	for _, e := range entries {
		if e.Approved > 0 {
			approvals = append(approvals, fmt.Sprintf("%d by %s", e.Approved, e.By.Name))
		}
	}
	if len(approvals) != 7 || approvals[6] != "2 by Comms Two" {
		t.Errorf("the approvals on record are %q", approvals)
	}
}

func TestTheRuleOfTwoOnThePageAndInTheAPI(t *testing.T) {
	o := inOffice(t, "http")
	writer, approver := o.signIn(o.writer), o.signIn(o.ad)
	a := writer.submit("/comms/new?audience=staff&phase=standing", "title", "Where we are", "text", "Five of six.", "channel", "slack", "trigger", "manual", "audience", "staff", "phase", "standing", "sensitivity", "internal")
	if a.Status != http.StatusOK && a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	form := writer.filled(writer.get("/comms/new?audience=staff&phase=standing"), "title", "Where we are", "text", "Five of six.", "channel", "slack", "trigger", "manual", "audience", "staff", "phase", "standing", "sensitivity", "internal")
	a = writer.post("/comms/new", form)
	if a.Status != http.StatusSeeOther {
		t.Fatalf("adding a message: %d %s", a.Status, a.Body)
	}
	page := strings.TrimSuffix(a.Header.Get("Location"), "?done=comms")
	if again := writer.post("/comms/new", form); again.Header.Get("Location") != a.Header.Get("Location") {
		t.Error("the form sent twice makes two messages")
	}
	id := strings.TrimPrefix(page, "/comms/")
	writer.post(page+"/submit", writer.filled(writer.get(page))).wants(t, "putting it up", http.StatusSeeOther)
	body := writer.get(page)
	body.wants(t, "the author's page", http.StatusOK, "You wrote some of this, so somebody else has to approve it")
	body.lacks(t, "the author's page", "Approve wording")
	// The button is not there; the request is made all the same.
	writer.post(page+"/approve", url.Values{"csrf": {csrfOf(writer)}, "version": {"2"}}).wants(t, "the author by hand", http.StatusForbidden, "somebody else has to approve it")

	api := "/api/v1/comms/messages/" + id
	o.api(workpackages.Comms, "POST", api+"/approve", nil).wants(t, "without a version", http.StatusPreconditionRequired)
	for _, role := range []workpackages.Role{workpackages.Comms, workpackages.AssistantDirector} {
		// Whoever wrote it in the browser may hold any token.
		o.api(role, "POST", api+"/approve", nil, "If-Match", `"2"`).wants(t, "a token, of what a person wrote", http.StatusForbidden, "token")
	}
	for _, role := range []workpackages.Role{workpackages.Lead, workpackages.Analyst, workpackages.Viewer} {
		o.api(role, "POST", api+"/approve", nil, "If-Match", `"2"`).wants(t, "as "+string(role), http.StatusForbidden)
		o.api(role, "PATCH", api, map[string]any{"text": "x"}, "If-Match", `"2"`).wants(t, "changing it as "+string(role), http.StatusForbidden)
		o.api(role, "GET", api, nil).wants(t, "reading it as "+string(role), http.StatusOK, "Five of six.")
	}
	o.api(workpackages.Comms, "POST", api+"/schedule", nil, "If-Match", `"2"`).wants(t, "sending it before it is approved", http.StatusConflict, "in review")
	approver.get(page).wants(t, "the approver's page", http.StatusOK, "Approve wording 1")
	// A wording that changed since the approver opened the page is not approved.
	stale := approver.filled(approver.get(page))
	o.api(workpackages.Comms, "PATCH", api, map[string]any{"text": "None of six."}, "If-Match", `"2"`).wants(t, "a change meanwhile", http.StatusOK, `"version":3`)
	approver.post(page+"/approve", stale).wants(t, "approving what has changed", http.StatusConflict, "This is how it stands now", "None of six.")
	approver.post(page+"/approve", approver.filled(approver.get(page))).wants(t, "approving it", http.StatusSeeOther)

	// What a program wrote, another program or a person may approve; itself not.
	made := o.api(workpackages.Comms, "POST", "/api/v1/comms/messages", map[string]any{"title": "By a program", "audience": "staff", "text": "Five of six."}, "Idempotency-Key", "k1")
	made.wants(t, "a message by a token", http.StatusCreated)
	again := o.api(workpackages.Comms, "POST", "/api/v1/comms/messages", map[string]any{"title": "By a program", "audience": "staff", "text": "Five of six."}, "Idempotency-Key", "k1")
	if again.Header.Get("Location") != made.Header.Get("Location") {
		t.Error("sent twice with one key, it made two")
	}
	o.api(workpackages.Comms, "POST", "/api/v1/comms/messages", map[string]any{"title": "Another", "audience": "staff", "text": "Five of six."}, "Idempotency-Key", "k1").wants(t, "the key for something else", http.StatusConflict)
	at := made.Header.Get("Location")
	o.api(workpackages.Comms, "POST", at+"/approve", nil, "If-Match", `"1"`).wants(t, "the same token", http.StatusForbidden, "You wrote some of this")
	o.api(workpackages.AssistantDirector, "POST", at+"/approve", nil, "If-Match", `"1"`).wants(t, "another token", http.StatusOK, `"state":"approved"`, `"wording":1`)
	o.api(workpackages.AssistantDirector, "POST", at+"/approve", nil, "If-Match", `"1"`).wants(t, "at an older version", http.StatusPreconditionFailed, `"current"`)
}

func TestOfTwoApproversWhoRaceOneIsFirst(t *testing.T) {
	o := inOffice(t, "http")
	third := o.addPerson("Director Two", workpackages.AssistantDirector)
	for round := range 10 {
		m := o.adds(comms.Input{Title: set(fmt.Sprintf("Round %d", round))})
		errs := make([]error, 3)
		var wg sync.WaitGroup
		for n, who := range []workpackages.Person{o.ad, o.second, third} {
			wg.Go(func() { _, errs[n] = o.comms.Approve(background(), who.Actor("browser"), m.ID, at(m)) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if workpackages.KindOf(err) != workpackages.Stale {
				t.Errorf("who comes late is told %v", err)
			}
		}
		if now := o.plan(m.ID); won != 1 || now.Version != m.Version+1 || !now.HasApproval() {
			t.Fatalf("%d won, version %d", won, now.Version)
		}
	}
	// An edit that races an approval: never is a wording approved that nobody read.
	for round := range 10 {
		m := o.adds(comms.Input{Title: set(fmt.Sprintf("Edit %d", round))})
		var wg sync.WaitGroup
		wg.Go(func() { o.comms.Approve(background(), o.ad.Actor("browser"), m.ID, at(m)) })
		wg.Go(func() {
			o.comms.Edit(background(), o.writer.Actor("browser"), m.ID, at(m), comms.Input{Text: set("Something else.")})
		})
		wg.Wait()
		if now := o.plan(m.ID); now.Version != m.Version+1 || now.HasApproval() == (now.Wording.Number == 2) {
			t.Fatalf("version %d, wording %d, approved %v", now.Version, now.Wording.Number, now.HasApproval())
		}
	}
}

func TestAMessageIsApprovedFromSlack(t *testing.T) {
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			o := inOffice(t, way)
			o.advance(30 * time.Minute)
			m := o.adds(comms.Input{ApproverID: &o.ad.ID, OwnerID: &o.writer.ID})
			m = o.done(o.comms.Submit(background(), o.writer.Actor("browser"), m.ID, at(m)))
			key := notifications.Key(notifications.PlanApproval, m.ID, o.ad.ID, fmt.Sprint(m.Version))
			var p notifytest.Posted
			o.until("the approver is asked", func() bool {
				o.advance(time.Second)
				o.deliver()
				return o.slack.TimesPosted()[key] == 1
			})
			p = o.message(key)
			for _, want := range []string{"A message waits for your approval", "written by Comms One", "*six*", `"text":"Approve"`} {
				if !strings.Contains(words(p.Blocks), want) {
					t.Errorf("the request lacks %q: %s", want, words(p.Blocks))
				}
			}
			value := fmt.Sprintf("%s %d", m.ID, m.Version)
			// Somebody who sees it over the approver's shoulder is who they are.
			viewer := o.addPerson("Viewer One", workpackages.Viewer)
			o.ok(o.hand.Press(o.slack.UserID(viewer.Email), p, slack.AskBlock, notifications.ActApprove, value))
			if r := o.reply(1); !strings.Contains(words(r.Blocks), "Only the person it names") {
				t.Errorf("a viewer is told %s", words(r.Blocks))
			}
			o.ok(o.hand.Press("U7770", p, slack.AskBlock, notifications.ActApprove, value))
			if r := o.reply(2); !strings.Contains(words(r.Blocks), "You wrote some of this") {
				t.Errorf("its author is told %s", words(r.Blocks))
			}
			if o.plan(m.ID).HasApproval() {
				t.Fatal("it is approved")
			}
			o.ok(o.hand.Press(o.slack.UserID(boss), p, slack.AskBlock, notifications.ActApprove, value))
			o.says(key, "Director approved this on 24 November")
			owner := notifications.Key(notifications.PlanDue, m.ID, o.writer.ID, fmt.Sprint(m.Version+1))
			o.until("its owner is told", func() bool {
				o.advance(time.Second)
				o.deliver()
				return o.slack.TimesPosted()[owner] == 1
			})
			if text := words(o.message(owner).Blocks); !strings.Contains(text, "Your message for staff is approved") || strings.Contains(text, "packages are on track") {
				t.Errorf("its owner is told %s", text)
			}
			now := o.plan(m.ID)
			if now.State != comms.Approved || now.Approval.By.Via != "slack" {
				t.Errorf("%s by %s", now.State, now.Approval.By.Via)
			}
			if strings.Contains(words(o.message(key).Blocks), notifications.ActApprove) {
				t.Error("the button is still there")
			}
			// Pressed again by hand, with the button of before, it is too late.
			forged := p
			a := o.hand.Press(o.slack.UserID(boss), forged, slack.AskBlock, notifications.ActApprove, value)
			if a.Err == nil {
				t.Error("the button that is gone can be pressed")
			}
		})
	}
}
