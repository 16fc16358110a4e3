package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/notifications/notifytest"
	"readiness/notifications/slack"
	"readiness/workpackages"
)

// keyTo is the key of the newest sending's message to somebody.
func keyTo(m comms.Message, recipient string) string {
	last := m.Sendings[len(m.Sendings)-1]
	return notifications.PlanMessage + "/" + last.ID + "/" + recipient
}

// reach is how far a message has come, in a line.
func (o *office) reach(id string) string {
	o.t.Helper()
	v, err := o.comms.ReachOf(background(), o.plan(id))
	if err != nil {
		o.t.Fatal(err)
	}
	return fmt.Sprintf("%d of %d people, %d of %d channels, %d waiting, %d read (%d now), %d in channels, %d not reached", v.Delivered, v.People, v.Posted, v.Channels, v.Waiting, v.Read, v.ReadNow, v.InChannels, len(v.Unsent))
}

// reads presses "I have read this" in somebody's message.
func (o *office) reads(user string, m comms.Message, recipient string) notifytest.Ack {
	o.t.Helper()
	last := m.Sendings[len(m.Sendings)-1]
	return o.hand.Press(user, o.message(keyTo(m, recipient)), slack.AskBlock, notifications.ActRead, fmt.Sprintf("%s %s %d", m.ID, last.ID, last.Wording))
}

const (
	staffOne = "stranger@example.gov.uk"       // in Slack, and not among our people
	staffTwo = "viewer.one@example.gov.uk"     // in Slack
	nobody   = "left.years.ago@example.gov.uk" // not in Slack
)

func TestStaffReceiveAMessageOnceAndSayThatTheyReadIt(t *testing.T) {
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			o := inOffice(t, way)
			o.advance(30 * time.Minute)
			o.slack.Channels = []notifytest.Channel{{ID: "C0STAFF01", Name: "childrens-services"}}
			o.toStaff("#childrens-services", "Lead One, "+leadEmail, "Staff One, "+staffOne, "Staff Two, "+staffTwo, "Gone, "+nobody)
			m := o.sent(o.adds(comms.Input{Text: set("Read the **plan** of {{packages}} packages.\n\n- one\n- two")}))
			one, two := notifications.ContactID(staffOne), notifications.ContactID(staffTwo)
			for _, to := range []string{notifications.ChannelID("childrens-services"), o.lead.ID, one, two} {
				if n := o.slack.TimesPosted()[keyTo(m, to)]; n != 1 {
					t.Errorf("%s got it %d times", to, n)
				}
			}
			text := words(o.message(keyTo(m, one)).Blocks)
			for _, want := range []string{"Read the *plan* of 6 packages.", "• one\\n• two", "I have read this"} {
				if !strings.Contains(text, want) {
					t.Errorf("the message lacks %q: %s", want, text)
				}
			}
			if got, want := o.reach(m.ID), "3 of 4 people, 1 of 1 channels, 0 waiting, 0 read (0 now), 0 in channels, 1 not reached"; got != want {
				t.Errorf("%s and not %s", got, want)
			}

			// They need not be able to sign in. The message shows what they did, and the
			// button goes.
			o.ok(o.reads(o.slack.UserID(staffOne), m, one))
			o.says(keyTo(m, one), "✓ You said on 24 November at")
			if strings.Contains(words(o.message(keyTo(m, one)).Blocks), notifications.ActRead) {
				t.Error("the button is still there")
			}
			o.ok(o.reads(o.user, m, o.lead.ID))
			o.says(keyTo(m, o.lead.ID), "✓ You said on")
			// Another's message is not theirs to read, whatever is pressed.
			o.ok(o.reads(o.user, m, two))
			if r := o.reply(1); !strings.Contains(words(r.Blocks), "went to somebody else") {
				t.Errorf("they are told %s", words(r.Blocks))
			}
			// In the channel each presses for themselves, and twice is once.
			channel := notifications.ChannelID("childrens-services")
			o.ok(o.reads(o.slack.UserID(boss), m, channel))
			o.reply(2)
			o.ok(o.reads(o.slack.UserID(boss), m, channel))
			if r := o.reply(3); !strings.Contains(words(r.Blocks), "You said before") {
				t.Errorf("the second time they are told %s", words(r.Blocks))
			}
			o.ok(o.reads(o.slack.UserID(staffTwo), m, channel)) // who got it by name as well
			o.reply(4)
			if got, want := o.reach(m.ID), "3 of 4 people, 1 of 1 channels, 0 waiting, 3 read (3 now), 1 in channels, 1 not reached"; got != want {
				t.Errorf("%s and not %s", got, want)
			}
			o.signIn(o.ad).get("/comms/"+m.ID).wants(t, "its page", http.StatusOK, "3 of 4", "Gone: Slack knows nobody")
		})
	}
}

// TestWhatIsForgedIsNotRead sends what no button of ours stands for.
func TestWhatIsForgedIsNotRead(t *testing.T) {
	o := inOffice(t, "http")
	o.advance(30 * time.Minute)
	o.toStaff("", leadEmail, staffOne)
	m, other := o.sent(o.adds(comms.Input{})), o.sent(o.adds(comms.Input{Title: set("Another")}))
	last, lastOther := m.Sendings[0], other.Sendings[0]
	one := notifications.ContactID(staffOne)
	for name, c := range map[string]struct{ value, key string }{
		"nothing": {"", keyTo(m, one)}, "half": {m.ID + " " + last.ID, keyTo(m, one)}, "no number": {m.ID + " " + last.ID + " x", keyTo(m, one)},
		"no such sending":            {m.ID + " nothing/1 1", keyTo(m, one)},
		"the sending of another":     {m.ID + " " + lastOther.ID + " 1", keyTo(m, one)},
		"another message":            {other.ID + " " + last.ID + " 1", keyTo(m, one)},
		"a message of another rule":  {m.ID + " " + last.ID + " 1", "reminders/" + o.lead.ID + "/2026-11-24"},
		"no such message":            {m.ID + " " + last.ID + " 1", "plan-message/none"},
		"a message to somebody else": {m.ID + " " + last.ID + " 1", keyTo(m, o.lead.ID)},
	} {
		if says, err := o.comms.Read(background(), c.value, c.key, []string{one}); err == nil {
			t.Errorf("%s is read: %q", name, says)
		}
	}
	if got := o.reach(m.ID); !strings.Contains(got, " 0 read") {
		t.Error(got)
	}
	if _, err := o.comms.Read(background(), m.ID+" "+last.ID+" 1", keyTo(m, one), []string{one}); err != nil {
		t.Errorf("and what is not forged: %v", err)
	}
}

func TestWhoHasNotReadIsRemindedAndNobodyElse(t *testing.T) {
	o := inOffice(t, "http")
	o.advance(30 * time.Minute)
	o.toStaff("", leadEmail, staffOne, staffTwo, nobody)
	m := o.sent(o.adds(comms.Input{}))
	one, two := notifications.ContactID(staffOne), notifications.ContactID(staffTwo)
	o.ok(o.reads(o.slack.UserID(staffOne), m, one))
	o.says(keyTo(m, one), "✓ You said")
	before := o.slack.Count()
	m = o.plan(m.ID)
	m = o.done(o.comms.Remind(background(), o.writer.Actor("browser"), m.ID, at(m)))
	m = o.untilSent(m.ID)
	if n := o.slack.Count() - before; n != 2 {
		t.Errorf("%d were reminded, and not 2", n)
	}
	p := o.message(keyTo(m, two))
	if !strings.Contains(words(p.Blocks), "You have not said yet that you have read this") {
		t.Errorf("the reminder says %s", words(p.Blocks))
	}
	_, err := o.comms.Remind(background(), o.writer.Actor("browser"), m.ID, at(m))
	refusedWith(t, "twice on a day", err, workpackages.Conflict, "again today already")
	// What is said to the reminder counts for the message, and shows in both.
	o.ok(o.reads(o.slack.UserID(staffTwo), m, two))
	o.says(keyTo(m, two), "✓ You said")
	if got, want := o.reach(m.ID), "3 of 4 people, 0 of 0 channels, 0 waiting, 2 read (2 now), 0 in channels, 1 not reached"; got != want {
		t.Errorf("%s and not %s", got, want)
	}
	// On the next working day the last one is reminded, and then there is nobody.
	o.morning("2026-11-25")
	m = o.plan(m.ID)
	m = o.done(o.comms.Remind(background(), o.writer.Actor("browser"), m.ID, at(m)))
	m = o.untilSent(m.ID)
	o.ok(o.reads(o.user, m, o.lead.ID))
	o.says(keyTo(m, o.lead.ID), "✓ You said")
	o.morning("2026-11-26")
	m = o.plan(m.ID)
	_, err = o.comms.Remind(background(), o.writer.Actor("browser"), m.ID, at(m))
	refusedWith(t, "with nobody left", err, workpackages.Conflict, "there is nobody to remind")
}

func TestACorrectionChangesWhatWasSentAndSaysSo(t *testing.T) {
	o := inOffice(t, "http")
	o.advance(30 * time.Minute)
	o.slack.Channels = []notifytest.Channel{{ID: "C0STAFF01", Name: "staff"}}
	o.toStaff("staff", leadEmail, staffOne, nobody)
	m := o.sent(o.adds(comms.Input{Text: set("We meet on Monday.")}))
	first := m
	one := notifications.ContactID(staffOne)
	o.ok(o.reads(o.slack.UserID(staffOne), m, one))
	o.says(keyTo(m, one), "✓ You said")
	posted := o.slack.Count()
	m = o.plan(m.ID)
	m = o.done(o.comms.Edit(background(), o.writer.Actor("browser"), m.ID, at(m), comms.Input{Text: set("We meet on **Tuesday**.")}))
	if m.State != comms.InReview {
		t.Fatalf("a change to what was sent leaves it %s", m.State)
	}
	if got := words(o.message(keyTo(first, one)).Blocks); !strings.Contains(got, "Monday") {
		t.Errorf("it is changed before anybody approved that: %s", got)
	}
	m = o.sent(m)
	for _, to := range []string{notifications.ChannelID("staff"), o.lead.ID, one} {
		got := words(o.says(keyTo(first, to), "Corrected on 24 November 2026 at").Blocks)
		if !strings.Contains(got, "We meet on *Tuesday*.") || strings.Contains(got, "Monday") || !strings.Contains(got, notifications.ActRead) {
			t.Errorf("%s reads %s", to, got)
		}
	}
	if n := o.slack.Count(); n != posted {
		t.Errorf("a correction posted %d messages", n-posted)
	}
	if got, want := o.reach(m.ID), "2 of 3 people, 1 of 1 channels, 0 waiting, 1 read (0 now), 0 in channels, 1 not reached"; got != want {
		t.Errorf("%s and not %s", got, want)
	}
	// Who read what was wrong reads what is right.
	ack := o.hand.Press(o.slack.UserID(staffOne), o.message(keyTo(first, one)), slack.AskBlock, notifications.ActRead, fmt.Sprintf("%s %s 2", m.ID, first.Sendings[0].ID))
	o.ok(ack)
	o.says(keyTo(first, one), "✓ You said")
	if got := o.reach(m.ID); !strings.Contains(got, "1 read (1 now)") {
		t.Error(got)
	}
	if !strings.Contains(words(o.message(keyTo(first, one)).Blocks), "Corrected on") {
		t.Error("that it was corrected is gone")
	}
}

func TestWhatIsCancelledInTheMiddleDoesNotGoOn(t *testing.T) {
	o := inOffice(t, "http")
	o.advance(30 * time.Minute)
	o.toStaff("", leadEmail, staffOne, staffTwo)
	m := o.approved(o.adds(comms.Input{}))
	for range 4 { // one call of them is for each: the rest is put off
		o.slack.Fail(notifytest.Fault{Method: "chat.postMessage", Status: 500})
	}
	m = o.done(o.comms.Schedule(background(), o.writer.Actor("browser"), m.ID, at(m)))
	begun := m
	o.until("it is all in the outbox", func() bool {
		if err := o.comms.Work(background()); err != nil {
			t.Fatal(err)
		}
		s := o.plan(m.ID).Sendings
		return len(s) > 0 && s[0].Queued
	})
	m = o.plan(m.ID)
	gone := o.slack.Count()
	// The page was opened before the program had it all in the outbox.
	o.done(o.comms.Cancel(background(), o.writer.Actor("browser"), m.ID, at(begun)))
	o.until("nothing waits", func() bool { o.advance(time.Minute); o.deliver(); return len(o.open()) == 0 })
	if n := o.slack.Count(); n != gone {
		t.Errorf("%d went after it was cancelled", n-gone)
	}
	if gone == 3 {
		t.Error("all had gone before: this test looks at nothing")
	}
}

func TestMessagesGoByThemselvesWhenTheirTimeComes(t *testing.T) {
	o := inOffice(t, "http")
	o.toStaff("", leadEmail)
	ctx, writer := background(), o.writer.Actor("browser")
	scheduled := func(title string, trigger comms.TriggerInput) comms.Message {
		t.Helper()
		m := o.approved(o.adds(comms.Input{Title: set(title), Trigger: &trigger}))
		return o.done(o.comms.Schedule(ctx, writer, m.ID, at(m)))
	}
	// work lets what is due go, to its end.
	work := func() {
		t.Helper()
		o.until("nothing is being sent", func() bool {
			if err := o.comms.Work(ctx); err != nil {
				t.Fatal(err)
			}
			o.advance(time.Second)
			o.deliver()
			all, err := o.comms.Messages(ctx, writer)
			if err != nil {
				t.Fatal(err)
			}
			return !slices.ContainsFunc(all, func(m comms.Message) bool {
				return slices.ContainsFunc(m.Sendings, func(r comms.SendingRef) bool { return !r.Done })
			})
		})
	}
	states := func(all ...comms.Message) string {
		var out []string
		for _, m := range all {
			m = o.plan(m.ID)
			out = append(out, fmt.Sprintf("%s %d", m.State, len(m.Sendings)))
		}
		return strings.Join(out, ", ")
	}
	day := scheduled("On a day", comms.TriggerInput{Kind: "at", Date: "2026-11-24", Time: "10:00"})
	weekly := scheduled("Each week", comms.TriggerInput{Kind: "recurring", Days: []string{"wednesday"}, Time: "09:00"})
	call := scheduled("On call day", comms.TriggerInput{Kind: "event", Event: comms.InspectionCall, Time: "09:00"})
	next := scheduled("The day after", comms.TriggerInput{Kind: "event", Event: comms.InspectionCall, Offset: 1, Time: "09:00"})
	work()
	if got := states(day, weekly, call, next); got != "scheduled 0, scheduled 0, scheduled 0, scheduled 0" {
		t.Fatalf("before any time has come: %s", got)
	}
	o.at("2026-11-24T10:00:30Z")
	work()
	if got := states(day, weekly, call, next); got != "sent 1, scheduled 0, scheduled 0, scheduled 0" {
		t.Fatalf("at ten: %s", got)
	}
	// The call is recorded on the next day after the time of its own day: what should
	// have gone this morning goes at once.
	o.at("2026-11-25T11:00:00Z")
	work()
	if got := states(day, weekly, call, next); got != "sent 1, scheduled 1, scheduled 0, scheduled 0" {
		t.Fatalf("on Wednesday: %s", got)
	}
	if _, err := o.comms.SetEvent(ctx, writer, comms.InspectionCall, 1, "25/11/2026"); err != nil {
		t.Fatal(err)
	}
	work()
	if got := states(day, weekly, call, next); got != "sent 1, scheduled 1, sent 1, scheduled 0" {
		t.Fatalf("once the call is known: %s", got)
	}
	// The program was away over the time of the day after: what it says may not be so
	// any more, and somebody has to look.
	o.at("2026-11-27T12:00:00Z")
	work()
	if got := states(day, weekly, call, next); got != "sent 1, scheduled 1, sent 1, scheduled 0" {
		t.Fatalf("a day late: %s", got)
	}
	o.signIn(o.writer).get("/comms").wants(t, "the plan", http.StatusOK, "Its time has passed, and it did not go")
	// A week later what recurs goes again, once, though two weeks were missed.
	o.at("2026-12-16T09:30:00Z")
	work()
	work()
	if got := states(weekly); got != "scheduled 2" {
		t.Errorf("three weeks later: %s", got)
	}
	o.at("2026-12-23T09:00:10Z")
	work()
	if got := states(weekly); got != "scheduled 3" {
		t.Errorf("a week on: %s", got)
	}
	for key, n := range o.slack.TimesPosted() {
		if n != 1 {
			t.Errorf("%s was posted %d times", key, n)
		}
	}
	late := o.approved(o.adds(comms.Input{Trigger: &comms.TriggerInput{Kind: "at", Date: "2026-12-01", Time: "09:00"}}))
	_, err := o.comms.Schedule(ctx, writer, late.ID, at(late))
	refusedWith(t, "scheduling what has passed", err, workpackages.Invalid, "has passed")
}

func TestWithoutSlackNothingIsTakenForSent(t *testing.T) {
	p := run(t, t.TempDir())
	o := &office{inSlack: &inSlack{product: p}, comms: p.Server.System.Comms}
	o.writer, o.ad = p.addPerson("Comms One", workpackages.Comms), p.addPerson("Director", workpackages.AssistantDirector)
	m := o.approved(o.adds(comms.Input{}))
	_, err := o.comms.Schedule(background(), o.writer.Actor("browser"), m.ID, at(m))
	refusedWith(t, "sending it", err, workpackages.Conflict, "Slack is not connected")
	if m = p.plan(m.ID); m.State != comms.Approved || len(m.Sendings) > 0 {
		t.Errorf("%s, %d sendings", m.State, len(m.Sendings))
	}
}
