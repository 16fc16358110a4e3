package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/notifications/slack"
	"readiness/workpackages"
)

// readings gives who read a message, and how, oldest first; without those refused.
func (o *office) readings(id string) string {
	o.t.Helper()
	all, err := o.Server.System.Store.Accesses(background(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	var out []string
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].Refused {
			out = append(out, all[i].Name+" "+all[i].How)
		}
	}
	return strings.Join(out, ", ")
}

// TestAnAnswerToAWriteIsAReading: nothing of an embargoed message is in an answer of
// the API without a record, and nothing at all for who may not read it.
func TestAnAnswerToAWriteIsAReading(t *testing.T) {
	o := inOffice(t, "http")
	ctx := background()
	api := "/api/v1/comms/messages"
	// A token writes something; a person puts other words in its place, under embargo.
	body := map[string]any{"title": "Ordinary", "audience": "members", "channel": "by_hand", "text": "Ordinary words."}
	made := o.api(workpackages.Comms, "POST", api, body, "Idempotency-Key", "k")
	id := made.json(t)["id"].(string)
	o.api(workpackages.Comms, "POST", api+"/"+id+"/submit", nil, "If-Match", `"1"`, "Idempotency-Key", "s").wants(t, "putting it up", http.StatusOK)
	m := o.plan(id)
	m = o.done(o.comms.Edit(ctx, o.writer.Actor("browser"), id, at(m), comms.Input{Text: set("The outcome is " + zircon), Sensitivity: set("embargoed")}))
	for name, a := range map[string]answer{
		"the creation again":   o.api(workpackages.Comms, "POST", api, body, "Idempotency-Key", "k"),
		"the submission again": o.api(workpackages.Comms, "POST", api+"/"+id+"/submit", nil, "If-Match", `"1"`, "Idempotency-Key", "s"),
		"sending it back":      o.api(workpackages.Comms, "POST", api+"/"+id+"/send-back", map[string]any{"remark": "x"}, "If-Match", fmt.Sprintf("%q", fmt.Sprint(m.Version))),
	} {
		if a.Status != http.StatusForbidden || strings.Contains(a.Body, zircon) {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	// Its reader, signed in, gets it from the API, on record; an answer that is stale has
	// no words at all.
	b := o.signIn(o.writer)
	before := o.readings(id)
	if a := b.json("PATCH", api+"/"+id, map[string]any{}, "If-Match", fmt.Sprintf("%q", fmt.Sprint(m.Version))); a.Status != http.StatusOK || !strings.Contains(a.Body, zircon) {
		t.Errorf("its reader: %d %s", a.Status, a.Body)
	}
	if got := o.readings(id); got == before || !strings.HasSuffix(got, "Comms One API") {
		t.Errorf("on record is %q", got)
	}
	before = o.readings(id)
	if a := b.json("PATCH", api+"/"+id, map[string]any{"objective": "x"}, "If-Match", `"1"`); a.Status != http.StatusPreconditionFailed || strings.Contains(a.Body, zircon) || o.readings(id) != before {
		t.Errorf("a stale answer: %d %s", a.Status, a.Body)
	}
	// What was under embargo stays so in the history, when the message is not any more.
	o.done(o.comms.Edit(ctx, o.writer.Actor("browser"), id, workpackages.Write{Version: m.Version}, comms.Input{Text: set("Published."), Sensitivity: set("internal")}))
	if a := o.api(workpackages.Viewer, "GET", api+"/"+id+"/history", nil); strings.Contains(a.Body, zircon) || !strings.Contains(a.Body, "Changed while it was under embargo") {
		t.Errorf("the history: %s", a.Body)
	}
	before = o.readings(id)
	b.get("/comms/"+id+"/history").wants(t, "to its reader", http.StatusOK, zircon)
	if o.readings(id) == before {
		t.Error("its reader read the embargoed version without a record")
	}
}

// json sends JSON as a browser that is signed in would, from a page of ours.
func (b *browser) json(method, path string, body map[string]any, headers ...string) answer {
	b.p.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.p.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.p.t.Context(), method, b.p.URL+path, bytes.NewReader(text))
	if err != nil {
		b.p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF-Token", csrfOf(b))
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return do(b.p.t, b.client, req)
}

// cutShort is a store that dies after it made a sending, as many times as it is told.
type cutShort struct {
	comms.Store
	times *int
}

func (c cutShort) CommitPlan(ctx context.Context, e comms.Entry) error {
	if len(e.State.Sendings) > 0 && !e.State.Sendings[len(e.State.Sendings)-1].Queued && *c.times > 0 {
		*c.times--
		return workpackages.Errorf(workpackages.Unavailable, "killed")
	}
	return c.Store.CommitPlan(ctx, e)
}

// TestASendingThatWasCutShortIsMadeAnew: one whose message never said that it is being
// sent goes for nothing, whatever was to come of it.
func TestASendingThatWasCutShortIsMadeAnew(t *testing.T) {
	o := inOffice(t, "http")
	ctx := background()
	o.toStaff("", leadEmail)
	m := o.approved(o.adds(comms.Input{Text: set("It is {{today}}."), Trigger: &comms.TriggerInput{Kind: "recurring", Days: []string{"wednesday", "thursday"}, Time: "09:00"}}))
	o.done(o.comms.Schedule(ctx, o.writer.Actor("browser"), m.ID, at(m)))
	times := 1
	dying := &comms.Service{Store: cutShort{o.comms.Store, &times}, Outbox: o.Server.System.Outbox, Waiting: o.comms.Waiting, Packages: o.comms.Packages,
		Connected: o.comms.Connected, Closed: o.comms.Closed, Zone: o.comms.Zone, Now: o.comms.Now, Log: o.comms.Log}
	o.at("2026-11-25T09:00:01Z")
	if err := dying.Work(ctx); err == nil && times == 0 {
		t.Fatal("it did not die")
	}
	o.at("2026-11-26T09:00:01Z")
	o.untilDone(m.ID)
	o.untilDone(m.ID)
	m = o.plan(m.ID)
	var said []string
	for _, p := range o.slack.Posts() {
		if strings.HasPrefix(p.Key, notifications.PlanMessage) {
			said = append(said, words(p.Blocks))
		}
	}
	// The server's own look may have sent Wednesday's in the meantime: then there are two.
	last := said[len(said)-1]
	if len(said) != len(m.Sendings) || len(said) > 2 || !strings.Contains(last, "It is Thursday 26 November 2026") {
		t.Errorf("%d went of %d sendings, the last: %s", len(said), len(m.Sendings), last)
	}
}

// untilDone lets every sending of a message come to its end.
func (o *office) untilDone(id string) {
	o.t.Helper()
	o.until("all of "+id+" is done", func() bool {
		o.advance(time.Second)
		if err := o.comms.Work(background()); err != nil {
			o.t.Fatal(err)
		}
		o.deliver()
		for _, r := range o.plan(id).Sendings {
			if !r.Done {
				return false
			}
		}
		return true
	})
}

// TestWhoWorksOneDayAWeekHoldsUpNobody: a daily message goes on, though one of its
// readers has it only on Tuesdays.
func TestWhoWorksOneDayAWeekHoldsUpNobody(t *testing.T) {
	o := inOffice(t, "http")
	ctx := background()
	viewer := o.addPerson("Viewer One", workpackages.Viewer)
	if _, err := o.Server.System.Desk.Save(ctx, viewer.Actor("browser"), 0, notifications.PreferenceInput{From: "08:00", To: "18:00", Days: []string{"2"}}); err != nil {
		t.Fatal(err)
	}
	o.toStaff("", leadEmail, viewer.Email)
	m := o.approved(o.adds(comms.Input{Trigger: &comms.TriggerInput{Kind: "recurring", Days: []string{"1", "2", "3", "4", "5"}, Time: "09:00"}}))
	o.done(o.comms.Schedule(ctx, o.writer.Actor("browser"), m.ID, at(m)))
	for _, day := range []string{"25", "26", "27"} {
		o.at("2026-11-" + day + "T09:00:05Z")
		key := ""
		o.until("the lead has it on the "+day, func() bool {
			o.advance(time.Second)
			if err := o.comms.Work(ctx); err != nil {
				t.Fatal(err)
			}
			o.deliver()
			s := o.plan(m.ID).Sendings
			if len(s) == 0 {
				return false
			}
			key = "plan-message/" + s[len(s)-1].ID + "/" + o.lead.ID
			return o.slack.TimesPosted()[key] == 1 && s[len(s)-1].At.Day() == o.clock().Day()
		})
	}
	m = o.plan(m.ID)
	if n := len(m.Sendings); n < 3 {
		t.Errorf("%d sendings in three days", n)
	}
	// Who waits for it until Tuesday is not reminded of it.
	m = o.done(o.comms.Remind(ctx, o.writer.Actor("browser"), m.ID, at(m)))
	if last := m.Sendings[len(m.Sendings)-1]; last.Kind != comms.Reminder || last.Recipients != 1 {
		t.Errorf("%s to %d", last.Kind, last.Recipients)
	}
	from := m.From
	o.until("the reminder is in the outbox", func() bool {
		if err := o.comms.Work(ctx); err != nil {
			t.Fatal(err)
		}
		return o.plan(m.ID).State == comms.Scheduled
	})
	if !o.plan(m.ID).From.Equal(from) {
		t.Error("a reminder moves the next occasion")
	}
}

func TestWhatMayNotBeSaidAnyMoreDoesNotGoByItself(t *testing.T) {
	o := inOffice(t, "http")
	ctx, writer := background(), o.writer.Actor("browser")
	o.toStaff("", leadEmail)
	m := o.approved(o.adds(comms.Input{Text: set("Last time we were rated good."), Trigger: &comms.TriggerInput{Kind: "at", Date: "2026-11-24", Time: "10:00"}}))
	o.done(o.comms.Schedule(ctx, writer, m.ID, at(m)))
	if _, err := o.comms.SetEvent(ctx, writer, comms.OnSiteStart, 1, "2026-11-24"); err != nil {
		t.Fatal(err)
	}
	o.at("2026-11-24T10:00:05Z")
	if err := o.comms.Work(ctx); err != nil {
		t.Fatal(err)
	}
	if s := o.plan(m.ID).Sendings; len(s) > 0 {
		t.Error("it went")
	}
	o.signIn(o.writer).get("/comms").wants(t, "the plan", http.StatusOK, "may tell the outcome before it is published")
}

func TestHowItWasSentByHandIsUnderEmbargoToo(t *testing.T) {
	o := inOffice(t, "http")
	ctx, writer := background(), o.writer.Actor("browser")
	m := o.secret(o.lead.ID)
	m = o.done(o.comms.Submit(ctx, writer, m.ID, at(m)))
	m = o.done(o.comms.Approve(ctx, o.lead.Actor("browser"), m.ID, at(m)))
	m = o.done(o.comms.RecordHand(ctx, writer, m.ID, at(m), comms.HandInput{On: "2026-11-24", How: "in an envelope marked " + zircon, People: 3}))
	if len(m.Hand) != 1 || !strings.Contains(m.Hand[0].How, zircon) {
		t.Fatalf("it was recorded as %+v", m.Hand)
	}
	const api = "/api/v1/comms/messages"
	o.api(workpackages.Comms, "GET", api, nil).wants(t, "in the plan", http.StatusOK, m.ID, `"people":3`)
	o.api(workpackages.Comms, "GET", api, nil).lacks(t, "in the plan", zircon)
	o.api(workpackages.Comms, "POST", api+"/"+m.ID+"/cancel", nil, "If-Match", `"1"`).lacks(t, "the version in force", zircon)
	for name, b := range map[string]*browser{"an assistant director": o.signIn(o.ad), "another of the team": o.signIn(o.second)} {
		for _, path := range []string{"/comms", "/comms/calendar?month=2026-11", "/comms/" + m.ID, "/comms/audiences", api, api + "/" + m.ID} {
			if a := b.get(path); strings.Contains(a.Body, zircon) {
				t.Errorf("%s as %s says how it was sent", path, name)
			}
		}
	}
	// Its readers still have it: what is hidden is a copy.
	o.signIn(o.lead).get("/comms/"+m.ID).wants(t, "its reader", http.StatusOK, "in an envelope marked "+zircon)
}

func TestTheWordsLeaveARequestWhenTheMessageComesUnderEmbargo(t *testing.T) {
	o := inOffice(t, "http")
	ctx, writer := background(), o.writer.Actor("browser")
	o.advance(30 * time.Minute)
	m := o.adds(comms.Input{Title: set(zircon + " name"), Text: set(zircon + " words."), ApproverID: &o.ad.ID})
	m = o.done(o.comms.Submit(ctx, writer, m.ID, at(m)))
	key := notifications.Key(notifications.PlanApproval, m.ID, o.ad.ID, fmt.Sprint(m.Version))
	o.until("the approver is asked", func() bool { o.advance(time.Second); o.deliver(); return o.slack.TimesPosted()[key] == 1 })
	// Another wording shows in the request, with its button.
	m = o.done(o.comms.Edit(ctx, writer, m.ID, at(m), comms.Input{Text: set("Other " + zircon + " words.")}))
	o.says(key, "Other "+zircon)
	o.ok(o.hand.Press(o.slack.UserID(boss), o.message(key), slack.AskBlock, notifications.ActApprove, fmt.Sprintf("%s %d", m.ID, m.Version)))
	o.says(key, "approved this on")
	m = o.plan(m.ID)
	m = o.done(o.comms.Edit(ctx, writer, m.ID, at(m), comms.Input{Channel: set("by_hand"), Sensitivity: set("embargoed"), Readers: &[]string{o.ad.ID}}))
	if strings.Contains(words(o.says(key, "A message under embargo").Blocks), zircon) {
		t.Error("the words are still in Slack")
	}
	// What is cancelled can be put under embargo too.
	n := o.adds(comms.Input{Text: set(zircon)})
	n = o.done(o.comms.Cancel(ctx, writer, n.ID, at(n)))
	n = o.done(o.comms.Edit(ctx, writer, n.ID, at(n), comms.Input{Channel: set("by_hand"), Sensitivity: set("embargoed")}))
	if n.State != comms.Cancelled || !n.Embargoed() {
		t.Errorf("%s, under embargo: %v", n.State, n.Embargoed())
	}
	_, err := o.comms.Edit(ctx, writer, n.ID, at(n), comms.Input{Text: set("x")})
	refusedWith(t, "changing what is cancelled", err, workpackages.Conflict, "was cancelled")
}

func TestACopyThatWasSentAgainIsCorrectedToo(t *testing.T) {
	o := inOffice(t, "http")
	ctx := background()
	o.advance(30 * time.Minute)
	o.toStaff("", leadEmail)
	m := o.sent(o.adds(comms.Input{Text: set("On Monday.")}))
	key := keyTo(m, o.lead.ID)
	if _, err := o.Server.System.Outbox.Resend(ctx, o.ad.Actor("browser"), key); err != nil {
		t.Fatal(err)
	}
	again := notifications.AgainKey(key, 1)
	o.until("it is sent again", func() bool { o.advance(time.Second); o.deliver(); return o.slack.TimesPosted()[again] == 1 })
	m = o.plan(m.ID)
	m = o.done(o.comms.Edit(ctx, o.writer.Actor("browser"), m.ID, at(m), comms.Input{Text: set("On Tuesday.")}))
	o.sent(m)
	for _, k := range []string{key, again} {
		if text := words(o.says(k, "Corrected on").Blocks); !strings.Contains(text, "On Tuesday.") {
			t.Errorf("%s says %s", k, text)
		}
	}
}

func TestAudiencesWithoutALetterOfOursHaveIDsToo(t *testing.T) {
	o := inOffice(t, "http")
	seen := map[string]bool{"new": true}
	for i := range 14 {
		a, err := o.comms.AddAudience(background(), o.writer.Actor("browser"), comms.AudienceInput{Name: set(strings.Repeat("家", i+1))})
		if err != nil || seen[a.ID] {
			t.Fatalf("the %dth: %q %v", i+1, a.ID, err)
		}
		seen[a.ID] = true
	}
	if a, err := o.comms.AddAudience(background(), o.writer.Actor("browser"), comms.AudienceInput{Name: set("New")}); err != nil || seen[a.ID] {
		t.Errorf("one called New: %q %v", a.ID, err)
	}
}
