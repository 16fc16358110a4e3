package notifications

import (
	"slices"
	"strings"
	"time"

	"readiness/workpackages"
)

// Test is the rule of a message that somebody asked for to see whether Slack works.
const Test = "test-message"

// testUseful is how long a test message is of use.
const testUseful = time.Hour

// TestMessage words a test message to whoever asked for it, at an instant of the
// council's zone. once makes each asking one message, however often it is sent.
func TestMessage(to workpackages.Person, once, baseURL string, at time.Time) Message {
	return Message{
		ID: Key(Test, "", to.ID, once), Rule: Test, RecipientID: to.ID, RecipientName: to.Name, Anytime: true, NotAfter: at.Add(testUseful).UTC(),
		Content: Content{
			Heading: "Slack works",
			Items:   []Item{{Title: "Readiness can write to you", Detail: "asked for at " + at.Format("15:04 on 2 January 2006")}},
			Why:     "You get this because you asked for a test message.",
			Button:  Button{"See what is yours", baseURL + "/mine"},
		},
	}
}

// RuleName is a rule as people call it.
type RuleName struct{ ID, Words string }

// ruleNames are the rules that messages speak for, in the order they are offered.
var ruleNames = []RuleName{
	{Reminders, "Message of the day"},
	{string(workpackages.StatusDue), "Status update due"},
	{string(workpackages.MilestoneSoon), "Milestone due soon"},
	{string(workpackages.MilestoneToday), "Milestone due today"},
	{string(workpackages.MilestoneOverdue), "Milestone overdue"},
	{string(workpackages.ActionDue), "Action due"},
	{string(workpackages.EvidenceOld), "Evidence to review"},
	{MeetingTomorrow, "Meeting tomorrow"},
	{WeeklyDigest, "Weekly digest"},
	{GroupDigest, "Weekly group digest"},
	{AnnexaCheck, "Annexe A check"},
	{PlanMessage, "Communications plan"},
	{PlanDue, "Communications plan due"},
	{PlanApproval, "Approval asked for"},
	{Test, "Test message"},
}

// RuleNames lists the rules that messages speak for.
func RuleNames() []RuleName { return slices.Clone(ruleNames) }

// RuleWords gives a rule in words; one that is not known, such as one of an older
// version, as well as its id allows.
func RuleWords(id string) string {
	if i := slices.IndexFunc(ruleNames, func(r RuleName) bool { return r.ID == id }); i >= 0 {
		return ruleNames[i].Words
	}
	words := strings.ReplaceAll(id, "-", " ")
	return strings.ToUpper(words[:min(1, len(words))]) + words[min(1, len(words)):]
}

// About gives the rules that a message speaks for in words: what sort of message it
// is and, of a message of the day, what is in it.
func (m Message) About() string {
	words := []string{RuleWords(m.Rule)}
	for _, id := range m.Rules {
		if id != m.Rule && id != "" {
			w := RuleWords(id)
			words = append(words, strings.ToLower(w[:1])+w[1:])
		}
	}
	if len(words) == 1 {
		return words[0]
	}
	return words[0] + ": " + strings.Join(words[1:], ", ")
}
