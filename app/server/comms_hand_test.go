package server_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"readiness/notifications/comms"
	"readiness/workpackages"
)

// toMembers adds a briefing for members, who are not in Slack.
func (o *office) toMembers() comms.Message {
	o.t.Helper()
	return o.adds(comms.Input{Title: set("Briefing & position"), AudienceID: set(comms.Members), Channel: set("by_hand"), Text: set("**Position.** {{on_track}} of {{packages}} are on track.\n\n## Next\n\n1. First\n2. [Second](https://example.gov.uk/s)")})
}

func TestABriefingIsHandedOnAndThatIsRecorded(t *testing.T) {
	o := inOffice(t, "http")
	m := o.toMembers()
	path := "/comms/" + m.ID
	lead, writer := o.signIn(o.lead), o.signIn(o.writer)
	const draft = "DRAFT. Nobody has approved this: do not send it."
	for _, end := range []string{"/briefing", "/mail"} {
		lead.get(path+end).wants(t, "a draft", http.StatusOK, draft, "0 of 6 are on track")
	}
	if a := lead.get(path + "/briefing.docx"); !strings.Contains(wordText(t, a.Body), draft) || a.Header.Get("Content-Disposition") != `attachment; filename="draft-briefing-position.docx"` {
		t.Errorf("a draft in Word: %s", a.Header.Get("Content-Disposition"))
	}
	writer.submit(path+"/sent", "how", "by e-mail").wants(t, "recording a draft", http.StatusConflict, "This wording is not approved")
	m = o.approved(m)
	briefing := lead.get(path + "/briefing")
	briefing.wants(t, "the briefing", http.StatusOK, "<h1", "Briefing &amp; position", "For: Elected members", "<ol", `href="https://example.gov.uk/s"`, "Wording 1. Approved by Director on 24 November 2026.", "Please do not pass it on")
	briefing.lacks(t, "the briefing", "DRAFT")
	word := wordText(t, lead.get(path+"/briefing.docx").Body)
	for _, want := range []string{"Briefing &amp; position", "0 of 6 are on track", "Second", "Approved by Director"} {
		if !strings.Contains(word, want) {
			t.Errorf("the Word document lacks %q", want)
		}
	}
	file := lead.get(path + "/mail.eml")
	mail, err := mail.ReadMessage(strings.NewReader(file.Body))
	if err != nil || mail.Header.Get("Subject") != "Briefing & position" || file.Header.Get("Content-Type") != "message/rfc822" || !strings.Contains(file.Header.Get("Content-Disposition"), "briefing-position.eml") {
		t.Errorf("the e-mail: %v %v", err, file.Header)
	}

	page := writer.get(path + "/sent")
	for name, c := range map[string]struct {
		pairs []string
		want  string
	}{
		"no day":          {[]string{"on-day", "", "on-month", "", "on-year", "", "how", "x"}, "Enter the day on which it was sent"},
		"tomorrow":        {[]string{"on-day", "25", "how", "x"}, "Enter a day that has come"},
		"before approval": {[]string{"on-day", "23", "how", "x"}, "Enter a day not before 24 November 2026"},
		"no way":          {[]string{"how", " "}, "Say how it was sent"},
		"people in words": {[]string{"how", "x", "people", "many"}, "Enter to how many people"},
	} {
		form := writer.filled(page, append([]string{"on-day", "24", "on-month", "11", "on-year", "2026"}, c.pairs...)...)
		writer.post(path+"/sent", form).wants(t, name, http.StatusUnprocessableEntity, c.want)
	}
	form := writer.filled(page, "on-day", "24", "on-month", "11", "on-year", "2026", "how", "by e-mail", "people", "14")
	for range 2 { // sent twice it is recorded once
		writer.post(path+"/sent", form).wants(t, "recording it", http.StatusSeeOther)
	}
	lead.get(path).wants(t, "its page", http.StatusOK, "24 November 2026: wording 1, by e-mail, to 14 people. Recorded by Comms One.")
	if m = o.plan(m.ID); m.State != comms.Sent || len(m.Hand) != 1 {
		t.Errorf("%s, recorded %d times", m.State, len(m.Hand))
	}
	lead.get("/comms/audiences").wants(t, "the audiences", http.StatusOK, "Briefing &amp; position")
	// The next wording is not what was sent.
	m = o.done(o.comms.Edit(background(), o.writer.Actor("browser"), m.ID, at(m), comms.Input{Text: set("Something else.")}))
	lead.get(path+"/briefing").wants(t, "the next wording", http.StatusOK, draft)
	_, err = o.comms.RecordHand(background(), o.writer.Actor("browser"), m.ID, at(m), comms.HandInput{On: "2026-11-24", How: "x"})
	refusedWith(t, "recording what is not approved", err, workpackages.Conflict, "not approved")
	_, err = o.comms.RecordHand(background(), o.lead.Actor("browser"), m.ID, at(m), comms.HandInput{On: "2026-11-24", How: "x"})
	refusedWith(t, "as a lead", err, workpackages.Forbidden, "")
}

// wordText is the text of a document of Word, with its marks.
func wordText(t *testing.T, body string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var mediaBox = regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`)

// TestTheBriefingIsLaidOutForA4 prints it.
func TestTheBriefingIsLaidOutForA4(t *testing.T) {
	ctx, complaints := chromium(t)
	o := inOffice(t, "http")
	m := o.approved(o.toMembers())
	o.signedIn(ctx, o.ad)
	var pdf []byte
	var hidden, size string
	err := chromedp.Do(ctx, chromedp.Navigate(o.URL+"/comms/"+m.ID+"/briefing"), chromedp.WaitReady(chromedp.CSS("article")), into(&pdf, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize())),
		into(&size, chromedp.Evaluate[string](`getComputedStyle(document.querySelector("article h1")).fontFamily`)),
		into(&hidden, chromedp.Evaluate[string](`[...document.styleSheets].flatMap(s => [...s.cssRules]).filter(r => r.type === CSSRule.PAGE_RULE).map(r => r.cssText).join(" ")`)))
	if err != nil {
		t.Fatal(err)
	}
	// A4 is 595 by 842 points, give or take what Chromium rounds.
	if m := mediaBox.FindSubmatch(pdf); m == nil || !strings.HasPrefix(string(m[1]), "59") || !strings.HasPrefix(string(m[2]), "84") {
		t.Errorf("the paper is %q", m)
	}
	if n := bytes.Count(pdf, []byte("/Type /Page\n")); n != 1 {
		t.Errorf("it takes %d pages", n)
	}
	if !strings.Contains(hidden, "a4") && !strings.Contains(hidden, "A4") || !strings.Contains(size, "arial") && !strings.Contains(size, "Arial") {
		t.Errorf("the page is %q in %q", hidden, size)
	}
	if pictures != "" {
		if err := os.WriteFile(filepath.Join(pictures, "briefing.pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	complaints.check(t)
}

// TestTheFormKeepsWhatIsTyped sends forms with each fault, without JavaScript.
func TestTheFormKeepsWhatIsTyped(t *testing.T) {
	o := inOffice(t, "http")
	b := o.signIn(o.writer)
	page := b.get("/comms/new?audience=staff&phase=standing")
	good := []string{"title", "A name", "audience", "staff", "phase", "standing", "channel", "slack", "heading", "A heading", "text", "What to say", "sensitivity", "internal", "trigger", "manual"}
	for name, c := range map[string]struct {
		pairs []string
		wants []string
	}{
		"no name":           {[]string{"title", ""}, []string{`href="#title"`, "Enter a name for the message", "What to say"}},
		"nothing said":      {[]string{"text", " "}, []string{`href="#text"`, "Enter a message"}},
		"an odd audience":   {[]string{"audience", "nobody"}, []string{`href="#audience"`}},
		"no time":           {[]string{"trigger", "at", "date-day", "1", "date-month", "12", "date-year", "2026", "at_time", "noon"}, []string{`href="#at_time"`, "Enter a time such as 09:00", `value="noon"`, `value="2026"`}},
		"no days":           {[]string{"trigger", "recurring", "recurring_time", "9am"}, []string{`href="#days"`, "Choose at least one day of the week", `value="9am"`}},
		"an odd offset":     {[]string{"trigger", "event", "event", "inspection_call", "offset", "soon", "event_time", "09:00"}, []string{`href="#offset"`, `value="soon"`}},
		"embargo in Slack":  {[]string{"sensitivity", "embargoed"}, []string{`href="#channel"`, "cannot be sent to Slack"}},
		"an unknown blank":  {[]string{"text", "It is {{teatime}}."}, []string{`href="#text"`, "There is no placeholder {{teatime}}", "It is {{teatime}}."}},
		"far too long":      {[]string{"text", strings.Repeat("long ", 1300)}, []string{`href="#text"`, "6,000 characters or fewer"}},
		"hidden characters": {[]string{"text", "a\u202eb"}, []string{`href="#text"`, "Remove the characters that cannot be shown"}},
	} {
		a := b.post("/comms/new", b.filled(page, append(append([]string{}, good...), c.pairs...)...))
		a.wants(t, name, http.StatusUnprocessableEntity, c.wants...)
		for _, fault := range soundness(a.Body) {
			t.Errorf("%s: %s", name, fault)
		}
	}
	// The preview works without a script, and keeps nothing.
	shown := b.post("/comms/preview", b.filled(page, append(append([]string{}, good...), "text", "Come to **room 2** on {{today}}. [Say who]")...))
	shown.wants(t, "the preview", http.StatusOK, "<strong>room 2</strong> on Tuesday 24 November 2026", "Fill in “[Say who]”", "What it will be", `value="A name"`)
	if all, err := o.comms.Messages(background(), o.writer.Actor("browser")); err != nil || len(all) != 20 {
		t.Errorf("there are %d messages and not the 20 of the plan as it comes: %v", len(all), err)
	}
	m := o.adds(comms.Input{})
	edit := b.get("/comms/" + m.ID + "/edit")
	o.done(o.comms.Edit(background(), o.second.Actor("browser"), m.ID, at(m), comms.Input{Text: set("Another was faster.")}))
	a := b.post("/comms/"+m.ID+"/edit", b.filled(edit, append(append([]string{}, good...), "text", "I was slower.")...))
	a.wants(t, "a form that was overtaken", http.StatusConflict, "Changed the wording", "Comms Two", "I was slower.")
	b.post("/comms/"+m.ID+"/edit", b.filled(a, append(append([]string{}, good...), "text", "I was slower.")...)).wants(t, "sent again after that", http.StatusSeeOther)
}

func TestAudiencesAndEventsAreChangedOnTheirPages(t *testing.T) {
	o := inOffice(t, "http")
	b := o.signIn(o.writer)
	a := b.submit("/comms/audiences/new", "name", "Foster carers", "tell_every", "30", "channels", "#Not A channel!", "contacts", "Jo")
	a.wants(t, "a wrong form", http.StatusUnprocessableEntity, `value="Foster carers"`, `href="#channels"`, `href="#contacts"`)
	b.submit("/comms/audiences/new", "name", "Foster carers", "about", "Who care", "tell_every", "30").wants(t, "adding", http.StatusSeeOther)
	b.submit("/comms/audiences/new", "name", "foster carers", "tell_every", "30").wants(t, "adding it again", http.StatusUnprocessableEntity, "There is an audience of this name already")
	b.get("/comms/audiences").wants(t, "the page", http.StatusOK, "Foster carers", "By hand")
	var staff strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&staff, "Person Number %d, person.number.%d@council.example.gov.uk\r\n", i, i)
	}
	form := b.filled(b.get("/comms/audiences/foster-carers"), "name", "Foster carers", "tell_every", "30", "channels", "#carers", "contacts", staff.String())
	b.post("/comms/audiences/foster-carers", form).wants(t, "two thousand", http.StatusSeeOther)
	b.post("/comms/audiences/foster-carers", form).wants(t, "the same form later", http.StatusConflict, "The audience was changed")
	b.get("/comms/audiences").wants(t, "the page", http.StatusOK, "2000 people", "#carers")
	o.api(workpackages.Viewer, "GET", "/api/v1/comms/audiences", nil).lacks(t, "the API", "council.example.gov.uk")
	b.get("/comms/new?audience=foster-carers&phase=call_day").wants(t, "a message to them", http.StatusOK, "Ofsted has called: our inspection begins")

	b.submit("/comms/events/inspection_call", "date-day", "31", "date-month", "2", "date-year", "2026").wants(t, "no such day", http.StatusUnprocessableEntity, "Enter a day such as")
	event := b.filled(b.get("/comms/events/inspection_call"), "date-day", "30", "date-month", "11", "date-year", "2026")
	b.post("/comms/events/inspection_call", event).wants(t, "setting it", http.StatusSeeOther)
	event.Set("date-day", "29")
	b.post("/comms/events/inspection_call", event).wants(t, "setting it from an older page", http.StatusConflict, "The day is now: 30 November 2026")
	b.get("/comms/calendar?month=2026-11").wants(t, "the calendar", http.StatusOK, "Inspection call", "Ofsted has called")
	b.get("/comms/calendar?month=2026-13").wants(t, "no such month", http.StatusNotFound)
	for _, role := range []workpackages.Role{workpackages.Lead, workpackages.Viewer, workpackages.Analyst} {
		o.api(role, "PUT", "/api/v1/comms/events/inspection_call", map[string]any{"date": ""}, "If-Match", `"2"`).wants(t, "as "+string(role), http.StatusForbidden)
	}
}

// TestNoChildsDataRestsInThePlan types what is a child's into everything that the plan
// keeps, and looks for it in the database, the log and Slack.
func TestNoChildsDataRestsInThePlan(t *testing.T) {
	o := inOffice(t, "http")
	b := o.signIn(o.writer)
	const upn, nhs, born = "A998877665544", "943 476 5919", "DOB 17/03/2013"
	good := []string{"title", "A name", "audience", "members", "phase", "standing", "channel", "by_hand", "heading", "A heading", "text", "What to say", "sensitivity", "internal", "trigger", "manual", "objective", "To know"}
	page := b.get("/comms/new?audience=members&phase=standing")
	for _, field := range []string{"title", "heading", "text", "objective"} {
		for _, canary := range []string{upn, nhs, born} {
			a := b.post("/comms/new", b.filled(page, append(append([]string{}, good...), field, "About "+canary)...))
			a.wants(t, field, http.StatusUnprocessableEntity, `href="#`+field+`"`, "Nothing about a child belongs in a message")
		}
	}
	m := o.toMembers()
	if _, err := o.comms.Edit(background(), o.writer.Actor("browser"), m.ID, at(m), comms.Input{Text: set("See " + upn)}); err == nil {
		t.Error("a change is kept that has a pupil’s number")
	}
	m = o.done(o.comms.Submit(background(), o.writer.Actor("browser"), m.ID, at(m)))
	if _, err := o.comms.SendBack(background(), o.ad.Actor("browser"), m.ID, at(m), "Ask about "+nhs); err == nil {
		t.Error("a remark is kept that has an NHS number")
	}
	m = o.approved(m)
	if _, err := o.comms.RecordHand(background(), o.writer.Actor("browser"), m.ID, at(m), comms.HandInput{On: "2026-11-24", How: "to " + born}); err == nil {
		t.Error("a record is kept that has a date of birth")
	}
	b.post("/comms/preview", b.filled(page, append(append([]string{}, good...), "text", "See "+upn)...)).wants(t, "the preview", http.StatusOK, "looks like a pupil’s number")
	for where, text := range map[string]string{"the database": o.exported(), "the log": o.Log.String(), "Slack": fmt.Sprint(o.slack.Posts())} {
		for _, canary := range []string{upn, nhs, "17/03/2013"} {
			if strings.Contains(text, canary) {
				t.Errorf("%s holds %q", where, canary)
			}
		}
	}
}

// TestThePlanComesOnceAndStaysAsItWasChanged starts the product again on what it left.
func TestThePlanComesOnceAndStaysAsItWasChanged(t *testing.T) {
	dir := t.TempDir()
	p := run(t, dir)
	writer := workpackages.Actor{ID: "w", PersonID: "w", Name: "Writer", Role: workpackages.Comms}
	plan, err := p.Server.System.Comms.Plan(t.Context(), writer)
	if err != nil || len(plan.Rows) != 20 || len(plan.Told) != 3 {
		t.Fatalf("%d messages for %d audiences: %v", len(plan.Rows), len(plan.Told), err)
	}
	for _, r := range plan.Rows {
		if !r.Default || r.State != comms.Draft || r.Audience == "" || (r.Channel == comms.Slack) != (r.AudienceID == comms.Staff) {
			t.Errorf("%s comes as %s, default %v, %s for %q", r.ID, r.State, r.Default, r.Channel, r.Audience)
		}
	}
	m := p.plan("plan-call-day-staff")
	if _, err := p.Server.System.Comms.Edit(t.Context(), writer, m.ID, at(m), comms.Input{Title: set("Ours")}); err != nil {
		t.Fatal(err)
	}
	if err := p.Server.Stop(); err != nil {
		t.Fatal(err)
	}
	p = run(t, dir)
	plan, err = p.Server.System.Comms.Plan(t.Context(), writer)
	if m = p.plan(m.ID); err != nil || len(plan.Rows) != 20 || m.Title != "Ours" || m.Default {
		t.Errorf("after a restart %d messages, %q: %v", len(plan.Rows), m.Title, err)
	}
}
