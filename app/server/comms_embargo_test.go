package server_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/workpackages"
)

// zircon stands for what is under embargo: a word that nothing else here has.
const zircon = "Zircon"

// secret is a message under embargo that names its writer and one more.
func (o *office) secret(more ...string) comms.Message {
	o.t.Helper()
	approver := append(more, "")[0]
	return o.adds(comms.Input{
		Title: set(zircon + " title"), Objective: set(zircon + " objective"), Heading: set(zircon + " heading"), Text: set("The outcome is " + zircon + ": good overall."),
		AudienceID: set(comms.Members), Channel: set("by_hand"), Phase: set("embargo"), Sensitivity: set("embargoed"), Readers: &more, OwnerID: &o.writer.ID, ApproverID: &approver,
		Trigger: &comms.TriggerInput{Kind: "at", Date: "2026-11-25", Time: "10:00"},
	})
}

// TestWhatIsUnderEmbargoIsReadByThoseItNames opens everything there is as everybody,
// and looks for what is under embargo: in pages, the API, files, the ledger, Slack and
// the log.
func TestWhatIsUnderEmbargoIsReadByThoseItNames(t *testing.T) {
	o := inOffice(t, "http")
	m := o.secret(o.lead.ID)
	m = o.done(o.comms.Submit(background(), o.writer.Actor("browser"), m.ID, at(m)))
	o.morning("2026-11-25") // reminders, also of what is due
	o.until("nothing waits", func() bool { o.advance(time.Second); o.deliver(); return len(o.open()) == 0 })
	reader, writer := o.signIn(o.lead), o.signIn(o.writer)
	outsiders := map[string]*browser{"assistant director": o.signIn(o.ad), "communications": o.signIn(o.second)}
	for name, r := range map[string]workpackages.Role{"viewer": workpackages.Viewer, "analyst": workpackages.Analyst} {
		outsiders[name] = o.signIn(o.addPerson("An "+name, r))
	}

	page := "/comms/" + m.ID
	paths := []string{"/", "/comms", "/comms/calendar?month=2026-11", "/comms/audiences", "/comms/events", "/comms/events/on_site_end", "/messages", "/messages.csv", "/mine", "/comms/new?from=" + m.ID}
	for _, end := range []string{"", "/edit", "/history", "/access", "/readers", "/briefing", "/briefing.docx", "/mail", "/mail.eml", "/sent"} {
		paths = append(paths, page+end)
	}
	api := []string{"", "/history", "/accesses"}
	for name, b := range outsiders {
		for _, path := range paths {
			if a := b.get(path); strings.Contains(a.Body, zircon) {
				t.Errorf("%s as %s shows it", path, name)
			}
		}
		for _, end := range []string{"/submit", "/approve", "/send-back", "/schedule", "/cancel", "/remind", "/sent", "/edit", "/readers"} {
			form := b.filled(b.get("/comms"), "version", "1", "csrf", csrfOf(b), "remark", "x", "text", "y")
			if a := b.post(page+end, form); strings.Contains(a.Body, zircon) || a.Status == http.StatusSeeOther && !strings.HasPrefix(a.Header.Get("Location"), "/sign-in") {
				t.Errorf("posting to %s as %s: %d", end, name, a.Status)
			}
		}
	}
	for _, role := range workpackages.Roles() {
		for _, end := range append(api, "x") {
			path := "/api/v1/comms/messages/" + m.ID + end
			if end == "x" {
				path = "/api/v1/comms/messages"
			}
			a := o.api(role, "GET", path, nil)
			if strings.Contains(a.Body, zircon) {
				t.Errorf("%s as a token of %s shows it", path, role)
			}
		}
		for _, end := range []string{"/submit", "/approve", "/schedule", "/cancel"} {
			for _, version := range []string{`"1"`, `"2"`} {
				a := o.api(role, "POST", "/api/v1/comms/messages/"+m.ID+end, nil, "If-Match", version)
				if strings.Contains(a.Body, zircon) || a.Status == http.StatusOK {
					t.Errorf("POST %s at %s as a token of %s: %d %s", end, version, role, a.Status, a.Body)
				}
			}
		}
	}
	for role := range map[workpackages.Role]bool{workpackages.Lead: true, workpackages.Viewer: true} {
		if a := o.api(role, "GET", "/api/v1/comms/messages", nil); strings.Contains(a.Body, m.ID) {
			t.Errorf("a %s sees that it is there", role)
		}
	}
	for _, x := range o.ledger() {
		if strings.Contains(x.Preview+x.Title+x.Detail, zircon) {
			t.Errorf("the ledger has it: %s", x.Preview)
		}
	}
	for _, p := range o.slack.Posts() {
		if strings.Contains(words(p.Blocks)+p.Text, zircon) {
			t.Errorf("it is in Slack: %s", words(p.Blocks))
		}
	}
	if strings.Contains(o.Log.String(), zircon) {
		t.Error("it is in the log")
	}
	if o.slack.TimesPosted()[notifications.Key(notifications.PlanDue, "", o.lead.ID, "2026-11-25")] != 1 {
		t.Error("its approver was not reminded of it: this test looks at nothing there")
	}

	// Its readers read it, each way, and each reading is on record.
	for _, end := range []string{"", "/history", "/briefing", "/mail", "/mail.eml", "/sent"} {
		if a := reader.get(page + end); !strings.Contains(a.Body, zircon) && end != "/mail.eml" {
			t.Errorf("its reader cannot read %s: %d", end, a.Status)
		}
	}
	if a := reader.get(page + "/briefing.docx"); a.Status != http.StatusOK || !strings.Contains(a.Header.Get("Content-Disposition"), "draft-under-embargo.docx") {
		t.Errorf("the document: %d %s", a.Status, a.Header.Get("Content-Disposition"))
	}
	writer.get(page+"/edit").wants(t, "its writer's form", http.StatusOK, zircon)
	log := writer.get(page + "/access")
	log.wants(t, "the log", http.StatusOK, "Lead One", "Printable briefing", "Word document", "E-mail", "History", "Director", "refused", "An viewer")
	if n := strings.Count(log.Body, "<td"); n < 2*20 {
		t.Errorf("%d cells are not all that was opened", n)
	}
	all, err := o.comms.Accesses(background(), o.writer.Actor("browser"), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if !a.Refused && a.Name != "Lead One" && a.Name != "Comms One" {
			t.Errorf("%s read it: %s", a.Name, a.How)
		}
	}
}

// open gives the messages on the way.
func (p *product) open() []notifications.Message {
	p.t.Helper()
	all, err := p.Server.System.Outbox.Messages(background(), notifications.Filter{Open: true})
	if err != nil {
		p.t.Fatal(err)
	}
	planned, err := p.Server.System.Outbox.Messages(background(), notifications.Filter{Open: true, Rule: notifications.PlanMessage})
	if err != nil {
		p.t.Fatal(err)
	}
	return append(all, planned...)
}

func TestAReadingThatCannotBePutOnRecordIsNone(t *testing.T) {
	o := inOffice(t, "http")
	m := o.secret()
	broken := &comms.Service{Store: noLog{o.comms.Store}, Now: o.comms.Now}
	if _, err := broken.Message(background(), o.writer.Actor("browser"), m.ID, "page"); err == nil {
		t.Error("it is given without a record")
	}
}

// noLog is a store whose log of readings is full.
type noLog struct{ comms.Store }

func (noLog) AddAccess(_ context.Context, _ comms.Access) error {
	return workpackages.Errorf(workpackages.Unavailable, "The disk is full")
}

func TestAnAssistantDirectorNamesReadersAndThatIsOnRecord(t *testing.T) {
	o := inOffice(t, "http")
	m := o.secret()
	director, second := o.signIn(o.ad), o.signIn(o.second)
	page := "/comms/" + m.ID
	director.get(page).wants(t, "what the director sees", http.StatusOK, "You may know that it is there", "Readers: Comms One")
	director.get(page).lacks(t, "what the director sees", zircon)
	second.get(page+"/readers").wants(t, "naming as one of the team", http.StatusForbidden)
	a := director.submit(page+"/readers", "readers", o.ad.ID)
	a.wants(t, "naming oneself", http.StatusSeeOther)
	director.get(page).wants(t, "the director, named", http.StatusOK, zircon)
	director.get(page+"/history").wants(t, "the record", http.StatusOK, "Named who may read it: Director")
	// Who was named before and is not any more does not read it any more.
	o.signIn(o.writer).get(page).lacks(t, "the writer, not named any more", zircon)
	director.submit(page+"/readers").wants(t, "naming nobody", http.StatusUnprocessableEntity, "Name from 1 to 50 readers")
}

// TestNoWayLeadsFromTheEmbargoToSlack tries each.
func TestNoWayLeadsFromTheEmbargoToSlack(t *testing.T) {
	o := inOffice(t, "http")
	ctx, writer := background(), o.writer.Actor("browser")
	o.advance(30 * time.Minute)
	o.toStaff("", leadEmail, boss)

	_, err := o.comms.Create(ctx, writer, "", comms.Input{Title: set("x"), Text: set("y"), AudienceID: set(comms.Staff), Channel: set("slack"), Sensitivity: set("embargoed")})
	refusedWith(t, "a message under embargo for Slack", err, workpackages.Invalid, "cannot be sent to Slack")
	_, err = o.comms.Create(ctx, workpackages.Actor{ID: "token:1", Name: "Token", Role: workpackages.Comms}, "", comms.Input{Title: set("x"), Text: set("y"), AudienceID: set(comms.Staff), Channel: set("by_hand"), Sensitivity: set("embargoed")})
	refusedWith(t, "one by a token", err, workpackages.Invalid, "a token is nobody")

	m := o.secret(o.ad.ID)
	m = o.approved(m)
	_, err = o.comms.Edit(ctx, writer, m.ID, at(m), comms.Input{Channel: set("slack")})
	refusedWith(t, "changing it to Slack", err, workpackages.Invalid, "cannot be sent to Slack")

	// One that is on its way is put under embargo: what has not gone does not go, what
	// went is not changed, and nothing is sent again.
	sent := o.sent(o.adds(comms.Input{Text: set(zircon + " is the word.")}))
	last, _ := sent.Last()
	before := o.slack.Count()
	held := o.approved(o.adds(comms.Input{Text: set(zircon + " is another.")}))
	held = o.done(o.comms.Schedule(ctx, writer, held.ID, at(held)))
	for _, id := range []string{sent.ID, held.ID} {
		o.embargo(id)
	}
	for range 5 {
		o.advance(time.Second)
		if err := o.comms.Work(ctx); err != nil {
			t.Fatal(err)
		}
		o.deliver()
	}
	// By the button of a message that went before, by the ledger, and by a reminder.
	key := "plan-message/" + last.ID + "/" + o.lead.ID
	p := o.message(key)
	o.ok(o.hand.Press(o.user, p, "ask", notifications.ActRead, sent.ID+" "+last.ID+" 1"))
	o.idle()
	if _, err := o.Server.System.Outbox.Resend(ctx, o.ad.Actor("browser"), key); err != nil {
		t.Fatal(err)
	}
	now := o.plan(sent.ID)
	if _, err := o.comms.Remind(ctx, writer, sent.ID, at(now)); err == nil {
		t.Error("it is sent again to those who have not read it")
	}
	for range 5 {
		o.advance(time.Second)
		o.deliver()
	}
	if n := o.slack.Count(); n != before {
		t.Errorf("%d messages reached Slack after the embargo", n-before)
	}
	if e := o.message(key).Edits; e != 0 {
		t.Errorf("a message was changed %d times", e)
	}
	refused := 0
	all, err := o.Server.System.Outbox.Messages(ctx, notifications.Filter{Rule: notifications.PlanMessage})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if x.State == notifications.Dead && strings.Contains(x.Detail, "under embargo: it is never sent to Slack") {
			refused++
		}
	}
	if refused < 3 {
		t.Errorf("the ledger says of %d messages that they were refused", refused)
	}
	if text := o.exported(); !strings.Contains(text, zircon) {
		t.Error("an export leaves out what is under embargo: it could not be brought back")
	}
}

// embargo puts a message under embargo whatever its state, as no page lets anybody:
// the last look has to hold by itself.
func (o *office) embargo(id string) {
	o.t.Helper()
	m := o.plan(id)
	m.Sensitivity, m.Readers = comms.Embargoed, []string{o.writer.ID}
	m.Version++
	if err := o.Server.System.Store.CommitPlan(background(), comms.Entry{ID: comms.EntryID(m.ID, m.Version), MessageID: m.ID, Version: m.Version, At: o.clock(), By: workpackages.System(), Summary: "Embargo", State: m}); err != nil {
		o.t.Fatal(err)
	}
}

// exported is all that an export holds, as text.
func (o *office) exported() string {
	o.t.Helper()
	path := filepath.Join(o.t.TempDir(), "export.gz")
	f, err := os.Create(path)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.Server.System.Store.Export(background(), f); err != nil {
		o.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		o.t.Fatal(err)
	}
	if f, err = os.Open(path); err != nil {
		o.t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		o.t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		o.t.Fatal(err)
	}
	return string(text)
}
