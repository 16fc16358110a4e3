package comms

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages"
)

// Template is a wording to begin with. What has to be written for the occasion stands
// in [brackets], and nothing goes out that still has some.
type Template struct {
	Phase     Phase
	Audience  string // the id of an audience
	Heading   string
	Objective string
	Text      string
}

//go:embed templates.md
var templateText string

// templates has one for each phase and each audience of the plan as it comes (domain
// notes, sections 4 and 10).
var templates = readTemplates(templateText)

func readTemplates(text string) []Template {
	var out []Template
	for _, part := range strings.Split(text, "=== ")[1:] {
		head, body, _ := strings.Cut(part, "\n---\n")
		lines := strings.SplitN(strings.TrimSpace(head), "\n", 3)
		phase, audience, _ := strings.Cut(lines[0], " ")
		out = append(out, Template{Phase(phase), audience, lines[1], lines[2], strings.TrimSpace(body)})
	}
	return out
}

// TemplateFor gives the template of a phase for an audience. An audience that was
// added has that of staff, where it is in Slack, and else that of partners.
func TemplateFor(p Phase, a Audience) Template {
	find := func(id string) int {
		return slices.IndexFunc(templates, func(t Template) bool { return t.Phase == p && t.Audience == id })
	}
	i := find(a.ID)
	if i < 0 && a.InSlack() {
		i = find(Staff)
	}
	if i < 0 {
		i = find(Partners)
	}
	if i < 0 {
		return Template{Phase: p, Audience: a.ID}
	}
	return templates[i]
}

// The audiences of the plan as it comes (domain notes, section 10, from the minutes).
const (
	Members  = "members"
	Staff    = "staff"
	Partners = "partners"
)

// defaultAudiences are those of the minutes of 27 February 2019: elected member
// briefings, staff updates and key messages to partners. How often each is told is
// ours to begin with.
func defaultAudiences() []Audience {
	return []Audience{
		{ID: Members, Name: "Elected members", About: "The lead member, the other members of the board, and the party leaders", TellEvery: 31, Order: 1},
		{ID: Staff, Name: "Staff", About: "Everybody who works in children’s services", Everybody: true, TellEvery: 14, Order: 2},
		{ID: Partners, Name: "Partners", About: "Health, police, schools and others who work with our families", TellEvery: 31, Order: 3},
	}
}

// planned is one message of the plan as it comes.
type planned struct {
	phase    Phase
	audience string
	trigger  Trigger
}

func onEvent(event string, offset int, clock string) Trigger {
	return Trigger{Kind: OnEvent, Event: event, Offset: offset, Time: clock}
}

// defaultPlan is the plan as it comes: who is told in each phase, and when. Its times
// follow the measured course of an inspection (domain notes, section 4): called on a
// Monday, on site from the Monday after, staff told the same day and partners within
// two (a council messaged its heads within four), and nothing of the outcome until
// publication.
var defaultPlan = []planned{
	{Standing, Staff, Trigger{Kind: Recurring, Month: 5, Time: "10:00"}},
	{Standing, Members, Trigger{Kind: Recurring, Month: 8, Time: "10:00"}},
	{Standing, Partners, Trigger{Kind: Recurring, Month: 10, Time: "10:00"}},
	{CallDay, Members, onEvent(InspectionCall, 0, "14:00")},
	{CallDay, Staff, onEvent(InspectionCall, 0, "15:00")},
	{CallDay, Partners, onEvent(InspectionCall, 1, "09:00")},
	{OffSite, Staff, onEvent(InspectionCall, 2, "09:00")},
	{OffSite, Members, onEvent(InspectionCall, 3, "10:00")},
	{OffSite, Partners, onEvent(InspectionCall, 3, "11:00")},
	{OnSite, Staff, onEvent(OnSiteStart, 0, "08:30")},
	{OnSite, Members, onEvent(OnSiteStart, 2, "10:00")},
	{OnSite, Partners, onEvent(OnSiteStart, 2, "11:00")},
	{Embargo, Staff, onEvent(OnSiteEnd, 0, "16:30")},
	{Embargo, Partners, onEvent(OnSiteEnd, 1, "10:00")},
	{Publication, Members, onEvent(PublicationEvent, 0, "08:30")},
	{Publication, Staff, onEvent(PublicationEvent, 0, "09:00")},
	{Publication, Partners, onEvent(PublicationEvent, 0, "09:30")},
	{After, Staff, onEvent(PublicationEvent, 10, "10:00")},
	{After, Members, onEvent(PublicationEvent, 15, "10:00")},
	{After, Partners, onEvent(PublicationEvent, 15, "11:00")},
}

// Seed puts the audiences and the plan as it comes into a database that has none.
// It may be cut short and run again.
func (s *Service) Seed(ctx context.Context) error {
	now := s.now()
	audiences := defaultAudiences()
	for _, a := range audiences {
		a.Default, a.Version, a.CreatedAt, a.ChangedAt = true, 1, now, now
		if err := s.Store.SaveAudience(ctx, a); err != nil && workpackages.KindOf(err) != workpackages.Stale {
			return err
		}
	}
	by := workpackages.System()
	for n, p := range defaultPlan {
		a := audiences[slices.IndexFunc(audiences, func(a Audience) bool { return a.ID == p.audience })]
		t := TemplateFor(p.phase, a)
		m := Message{
			ID: fmt.Sprintf("plan-%s-%s", strings.ReplaceAll(string(p.phase), "_", "-"), p.audience), Title: t.Heading, Objective: t.Objective,
			AudienceID: p.audience, Phase: p.phase, Channel: ByHand, Sensitivity: Internal, Trigger: p.trigger, State: Draft, Default: true,
			Wording: Wording{Number: 1, Heading: t.Heading, Text: t.Text, By: by.Name, At: now}, Authors: []string{by.ID},
			Version: 1, CreatedAt: now.Add(time.Duration(n) * time.Millisecond), ChangedAt: now,
		}
		if p.audience == Staff {
			m.Channel = Slack
		}
		err := s.Store.CommitPlan(ctx, Entry{ID: EntryID(m.ID, 1), MessageID: m.ID, Version: 1, At: now, By: by, Summary: "Came with the product as a default", State: m})
		if err != nil && workpackages.KindOf(err) != workpackages.Stale {
			return err
		}
	}
	return nil
}
