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

// TestNoProseReachesSlackOrTheLog writes canaries wherever people write at length,
// where a child or an outcome under embargo might be described, lets every rule
// speak for four weeks, and looks for them in all that went to Slack, in the log,
// and in what is kept of the messages.
func TestNoProseReachesSlackOrTheLog(t *testing.T) {
	slack := notifytest.New(t, slackToken, "lead.one@example.gov.uk", "director@example.gov.uk", "chair@example.gov.uk")
	var wire traffic
	front := wire.before(t, slack.URL)
	p := run(t, t.TempDir(), "SLACK_BOT_TOKEN", slackToken, "SLACK_API_URL", front.URL)
	p.work()
	lead := p.addPerson("Lead One", workpackages.Lead)
	p.addPerson("Director", workpackages.AssistantDirector)
	chair := p.addPerson("Chair", workpackages.Viewer)
	const prose = "CANARY was told that the outcome is inadequate"
	write := func(method, path string, version int, body map[string]any) {
		t.Helper()
		if a := p.api(workpackages.AssistantDirector, method, "/api/v1/workpackages/"+packageSelf+path, body, "If-Match", fmt.Sprintf("%q", fmt.Sprint(version))); a.Status >= 300 {
			t.Fatalf("%s: %d %s", path, a.Status, a.Body)
		}
	}
	write("POST", "/updates", 1, map[string]any{"status": "red", "narrative": prose, "reason": prose, "decision": prose})
	write("PATCH", "", 2, map[string]any{"summary": prose, "owner": lead.ID})
	write("POST", "/evidence", 3, map[string]any{"title": "Audit report", "location": prose, "review_by": p.clock().AddDate(0, 0, 9).Format(time.DateOnly)})
	item := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t)["milestones"].([]any)[0].(map[string]any)["id"].(string)
	write("PATCH", "/milestones/"+item, 4, map[string]any{"due": p.clock().AddDate(0, 0, 20).Format(time.DateOnly), "reason": prose})
	write("POST", "/updates", 5, map[string]any{"status": "amber", "narrative": prose, "recovery_plan": prose, "recovery_date": p.clock().AddDate(0, 0, 3).Format(time.DateOnly)})
	write("POST", "/updates", 6, map[string]any{"status": "red", "narrative": prose, "reason": prose, "decision": prose})
	remit := prose
	group, err := p.Server.System.Packages.EditGroup(background(), workpackages.System(), groupOfsted, 1, workpackages.GroupInput{Remit: &remit, ChairID: &chair.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Server.System.Packages.AddMeeting(background(), workpackages.System(), groupOfsted, group.Version, workpackages.MeetingInput{Date: p.clock().AddDate(0, 0, 7).Format(time.DateOnly), Time: "14:00"}); err != nil {
		t.Fatal(err)
	}

	rules := map[string]bool{}
	for day := range 28 {
		if d := start.AddDate(0, 0, day).Weekday(); d == time.Saturday || d == time.Sunday {
			continue
		}
		p.mu.Lock()
		p.now = start.AddDate(0, 0, day).Truncate(24 * time.Hour).Add(7 * time.Hour)
		p.mu.Unlock()
		for range 2 { // half past eight and half past nine
			p.advance(90 * time.Minute)
			p.work()
			p.advance(-30 * time.Minute)
		}
	}
	for _, m := range p.ledger() {
		for _, r := range m.Rules {
			rules[r] = true
		}
		if strings.Contains(fmt.Sprint(m), "CANARY") {
			t.Errorf("%s holds a canary: %s", m.ID, m.Preview)
		}
	}
	for _, r := range []string{"status-update-due", "milestone-due-soon", "milestone-due-today", "milestone-overdue", "action-due", "evidence-out-of-date", "meeting-tomorrow", "weekly-digest", "group-digest"} {
		if !rules[r] {
			t.Errorf("the rule %s said nothing in four weeks, so that nothing is proved about it", r)
		}
	}
	if n := len(slack.Posts()); n < 20 {
		t.Errorf("Slack has %d messages", n)
	}
	for what, text := range map[string]string{"what went to Slack": wire.sent.String(), "the log": p.Log.String()} {
		if i := strings.Index(text, "CANARY"); i >= 0 {
			t.Errorf("%s holds a canary: …%s…", what, text[max(0, i-300):min(len(text), i+100)])
		}
	}
	if a := p.api(workpackages.Viewer, "GET", "/api/v1/notifications?limit=1000", nil); a.Status != http.StatusOK || strings.Contains(a.Body, "CANARY") {
		t.Errorf("the API's list of messages: %d", a.Status)
	}
}
