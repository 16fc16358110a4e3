package notifications

import (
	"slices"
	"strings"

	"readiness/workpackages"
)

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
