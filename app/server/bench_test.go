package server_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/workpackages"
)

// BenchmarkDashboard is one person opening the dashboard again and again.
func BenchmarkDashboard(b *testing.B) {
	p := run(b, b.TempDir())
	who, _ := p.person("Director", workpackages.AssistantDirector)
	for b.Loop() {
		if a := who.get("/"); a.Status != http.StatusOK {
			b.Fatal(a.Status)
		}
	}
}

// BenchmarkUpdate is one status update after another on one package.
func BenchmarkUpdate(b *testing.B) {
	p := run(b, b.TempDir())
	version := 1
	for b.Loop() {
		if a := p.update(packageSelf, version, "green"); a.Status != http.StatusCreated {
			b.Fatal(fmt.Sprint(a.Status, a.Body))
		}
		version++
	}
}

// BenchmarkMessages makes and sends messages, in threads of five, to a stand-in.
func BenchmarkMessages(b *testing.B) {
	slack := notifytest.New(b, slackToken, "lead.one@example.gov.uk")
	p := run(b, b.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", slack.URL, "SLACK_PER_MINUTE", "100000")
	lead := p.addPerson("Lead One", workpackages.Lead)
	outbox := p.Server.System.Outbox
	outbox.Window, outbox.PerChannel = nil, 0
	ctx := background()
	b.ResetTimer()
	for n := range b.N {
		m := notifications.Message{
			ID: notifications.Key("bench", "", lead.ID, fmt.Sprint(n)), Rule: "bench", RecipientID: lead.ID, RecipientName: lead.Name,
			Thread:  notifications.DayThread(lead.ID, fmt.Sprint(n/5)),
			Content: notifications.Content{Heading: "Heading", Items: []notifications.Item{{Title: "One"}}, Why: "Because."},
		}
		if _, err := outbox.Enqueue(ctx, m); err != nil {
			b.Fatal(err)
		}
	}
	made := b.Elapsed()
	for slack.Count() < b.N {
		if _, err := outbox.Deliver(ctx); err != nil {
			b.Fatal(err)
		}
		p.advance(2 * time.Second)
	}
	b.ReportMetric(float64(made.Microseconds())/float64(b.N)/1000, "ms/made")
	b.ReportMetric(float64((b.Elapsed()-made).Microseconds())/float64(b.N)/1000, "ms/sent")
}

// BenchmarkCalendar is a look at the next twelve weeks of twenty people, each of
// whom has something to be reminded of on nearly every day.
func BenchmarkCalendar(b *testing.B) {
	p := run(b, b.TempDir())
	p.work()
	for i := range 20 {
		p.addPerson(fmt.Sprintf("Person %d", i), workpackages.Roles()[i%5])
	}
	who, _ := p.person("Director", workpackages.AssistantDirector)
	for b.Loop() {
		if a := who.get("/calendar"); a.Status != http.StatusOK {
			b.Fatal(a.Status, a.Body)
		}
	}
}
