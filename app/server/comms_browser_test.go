package server_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"readiness/notifications/comms"
	"readiness/workpackages"
)

const goodText = "**Where we are.** Five of our six work packages are on track.\n\n- Record visits when they happen.\n- Tell your manager today if a system stops you.\n\nQuestions are welcome: ask your group lead."

// planInUse is a plan that is some way on: a message in each state.
func planInUse(t *testing.T, i *inSlack, director workpackages.Person) (author workpackages.Person, of map[comms.State]string) {
	t.Helper()
	ctx, plan := t.Context(), i.Server.System.Comms
	author = i.addPerson("Comms One", workpackages.Comms)
	of = map[comms.State]string{}
	set := func(s string) *string { return &s }
	add := func(title string, in comms.Input) comms.Message {
		in.Title, in.Text = set(title), set(goodText)
		if in.AudienceID == nil {
			in.AudienceID = set(comms.Staff)
		}
		in.OwnerID, in.ApproverID = &author.ID, &director.ID
		m, err := plan.Create(ctx, author.Actor("browser"), "", in)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	step := func(m comms.Message, err error) comms.Message {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	at := func(m comms.Message) workpackages.Write { return workpackages.Write{Version: m.Version} }
	by, ad := author.Actor("browser"), director.Actor("browser")
	of[comms.Draft] = add("Where we are in December", comms.Input{Trigger: &comms.TriggerInput{Kind: "at", Date: "2026-11-27", Time: "09:00"}}).ID
	review := add("What to do when Ofsted rings", comms.Input{Trigger: &comms.TriggerInput{Kind: "event", Event: comms.InspectionCall, Offset: 1, Time: "09:00"}})
	of[comms.InReview] = step(plan.Submit(ctx, by, review.ID, at(review))).ID
	hand := add("Briefing for members", comms.Input{AudienceID: set(comms.Members), Channel: set("by_hand"), Trigger: &comms.TriggerInput{Kind: "recurring", Month: 8, Time: "10:00"}})
	hand = step(plan.Approve(ctx, ad, hand.ID, at(hand)))
	hand = step(plan.RecordHand(ctx, by, hand.ID, at(hand), comms.HandInput{On: "2026-11-24", How: "by e-mail", People: 14}))
	of[comms.Scheduled] = hand.ID
	sent := add("Thank you for the mock inspection", comms.Input{Trigger: &comms.TriggerInput{Kind: "manual"}})
	sent = step(plan.Approve(ctx, ad, sent.ID, at(sent)))
	of[comms.Approved] = add("Approved and waiting", comms.Input{}).ID
	waiting := step(plan.Message(ctx, by, of[comms.Approved], ""))
	step(plan.Approve(ctx, ad, waiting.ID, at(waiting)))
	of[comms.Sent] = step(plan.Schedule(ctx, by, sent.ID, at(sent))).ID
	i.untilSent(sent.ID)
	none := add("Not wanted", comms.Input{})
	of[comms.Cancelled] = step(plan.Cancel(ctx, by, none.ID, at(none))).ID
	secret := add("Outcome in confidence", comms.Input{AudienceID: set(comms.Members), Channel: set("by_hand"), Sensitivity: set("embargoed"), Readers: &[]string{director.ID}})
	of["embargoed"] = secret.ID
	return author, of
}

func TestTheCommunicationsPlanInABrowser(t *testing.T) {
	ctx, complaints := chromium(t)
	i := withSlack(t, "http")
	director := i.addPerson("Director Example", workpackages.AssistantDirector)
	_, of := planInUse(t, i, director)
	if _, err := i.Server.System.Comms.SetEvent(t.Context(), director.Actor("browser"), comms.InspectionCall, 1, "2026-12-07"); err != nil {
		t.Fatal(err)
	}
	i.signedIn(ctx, director)
	paths := []string{"/comms", "/comms/calendar?month=2026-12", "/comms/audiences", "/comms/events", "/comms/events/inspection_call", "/comms/new", "/comms/new?audience=staff&phase=call_day",
		"/comms/" + of[comms.Draft], "/comms/" + of[comms.InReview] + "?all", "/comms/" + of[comms.Approved], "/comms/" + of[comms.Approved] + "/schedule", "/comms/" + of[comms.Sent] + "?all", "/comms/" + of[comms.Scheduled], "/comms/" + of["embargoed"],
		"/comms/" + of[comms.Draft] + "/edit?all", "/comms/" + of[comms.Draft] + "/history?all", "/comms/" + of["embargoed"] + "/access", "/comms/" + of["embargoed"] + "/readers",
		"/comms/" + of[comms.Scheduled] + "/briefing", "/comms/" + of[comms.Scheduled] + "/mail", "/comms/" + of[comms.Scheduled] + "/sent", "/comms/audiences/staff", "/comms/audiences/new?errors", "/comms/new?errors"}
	i.fits(ctx, "comms-", paths)

	// What is typed shows as Slack would show it, before anything is saved.
	var shown string
	err := chromedp.Do(ctx, size(1280, 900), chromedp.Navigate(i.URL+"/comms/"+of[comms.Draft]+"/edit"), chromedp.WaitReady(chromedp.CSS("#text")),
		discard(chromedp.Evaluate[any](`document.querySelector("#text").value = "Come to the **town hall** on {{today}}. Ask MASH."; document.querySelector("#text").dispatchEvent(new Event("input", {bubbles: true}))`)),
		chromedp.WaitVisible(chromedp.Search(`//div[@id="preview"]//strong[contains(., "town hall")]`)),
		into(&shown, chromedp.Text(chromedp.CSS("#preview"))))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Come to the town hall on Tuesday 24 November 2026", "I have read this", "Say what MASH stands for"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the preview is %q, without %q", shown, want)
		}
	}
	complaints.check(t)
}
