package workpackages

import (
	"context"
	"time"

	"readiness/workpackages/workingdays"
)

// The plan that a new database starts with. The groups and their remits are
// those of the minutes of the Wirral Improvement Board of 27 February 2019,
// in our words. The minutes speak of six priority work packages and name none:
// the six here carry our default names, marked as such, for each council to
// change. They hold no people and no figures. Dates are working days after the
// first start, so that nothing is overdue on the day it begins.

type seedGroup struct {
	id, name, remit string
	packages        []seedPackage
}

type seedPackage struct {
	id, title, summary string
	milestones         []seedItem
	actions            []seedItem
}

type seedItem struct {
	title string
	days  int // working days after the first start
}

var seedPlan = []seedGroup{
	{
		id: "ofsted-steering-group", name: "Ofsted Steering Group",
		remit: "Sets the priorities for inspection readiness and sees them through. It distilled the work into six priority work packages.",
		packages: []seedPackage{
			{
				id: "self-evaluation-and-evidence", title: "Self-evaluation and evidence library",
				summary: "A self-evaluation that says what we know about the quality and impact of practice, how we know it and what we plan next, and a catalogued library of the evidence behind it.",
				milestones: []seedItem{
					{"Self-evaluation drafted against each judgement area", 20},
					{"Evidence library catalogued: each item with an owner and a review date", 40},
					{"Self-evaluation challenged by someone outside the service", 55},
				},
				actions: []seedItem{
					{"Agree who writes each section of the self-evaluation", 5},
					{"List the evidence for each statement, and the gaps", 25},
					{"Check earlier inspection findings, headline and body, against current plans", 30},
				},
			},
			{
				id: "practice-quality", title: "Practice quality, audit and supervision",
				summary: "Assurance that practice is what we say it is: audits moderated, their actions closed on time, and supervision recorded and useful.",
				milestones: []seedItem{
					{"Audit programme and moderation agreed", 15},
					{"First moderated audit cycle complete and reported", 45},
					{"Overdue audit actions on cases cleared", 60},
				},
				actions: []seedItem{
					{"Confirm how audit actions on cases are tracked to completion", 10},
					{"Agree the supervision standard and how it is measured", 20},
					{"Choose the tracked cases and their case leads", 30},
				},
			},
		},
	},
	{
		id: "system-and-performance-core-group", name: "System and Performance Core Group",
		remit: "Keeps the case management system working at its best, sorts actual system issues from compliance issues, and raises the profile and assures the quality of Annexe A data.",
		packages: []seedPackage{
			{
				id: "annexe-a-data-quality", title: "Annexe A and child-level data quality",
				summary: "The eleven child-level lists can be produced, checked and sent within the time Ofsted allows, and what they say is right.",
				milestones: []seedItem{
					{"All eleven lists produced from the system without hand work", 20},
					{"Every error-level finding explained or mended", 40},
					{"Full rehearsal: lists produced, checked and signed off against the clock", 50},
				},
				actions: []seedItem{
					{"Name an owner and a deputy for each list", 5},
					{"Run the Annexe A check and sort findings into system and compliance", 10},
					{"Agree who signs off the lists before they are sent", 30},
				},
			},
			{
				id: "case-system-and-recording", title: "Case system function and recording compliance",
				summary: "System faults are mended, people know how to record, and managers can see what is not recorded in time.",
				milestones: []seedItem{
					{"Known system faults logged, ranked and owned", 15},
					{"Recording standards published and briefed to teams", 30},
					{"Weekly recording compliance report in use by team managers", 45},
				},
				actions: []seedItem{
					{"Separate system faults from recording faults in the current log", 10},
					{"Agree read-only access and navigators for inspectors", 35},
					{"Retest the faults that were mended", 40},
				},
			},
		},
	},
	{
		id: "co-ordination-and-support-group", name: "Co-ordination and Support Group",
		remit: "Plans and prepares for the inspection itself in detail, and holds the communications plan: elected member briefings, staff updates and key messages to partners.",
		packages: []seedPackage{
			{
				id: "inspection-logistics", title: "Inspection logistics and co-ordination",
				summary: "From the telephone call to the last day on site: who does what, where, and when, with a deputy for each.",
				milestones: []seedItem{
					{"Day-by-day plan for the first week agreed", 20},
					{"Rooms, passes, equipment and system log-ins ready to be called on", 35},
					{"Walk-through of the call day held and its lessons taken in", 50},
				},
				actions: []seedItem{
					{"Name the inspection co-ordinator and a deputy", 5},
					{"Set up the log for inspectors' requests", 15},
					{"Agree cover for evenings and last-minute requests", 25},
				},
			},
			{
				id: "communications-and-engagement", title: "Communications and engagement",
				summary: "Elected members, staff and partners know what an inspection means for them before it comes, and hear the right thing at the right time when it does.",
				milestones: []seedItem{
					{"Communications plan approved", 20},
					{"Messages for the call day written and approved", 30},
					{"Members, staff and partners briefed on what to expect", 45},
				},
				actions: []seedItem{
					{"Agree who approves messages, and who deputises", 10},
					{"List partners and the key message for each", 20},
					{"Draft the elected member briefing", 25},
				},
			},
		},
	},
}

// Seed stores the starting plan. Each part is stored under an identifier of its
// own, so that a seeding cut short is finished by the next, and one that is
// finished changes nothing.
func (s *Service) Seed(ctx context.Context) error {
	at, today := s.instant()
	for i, g := range seedPlan {
		err := s.Groups.AddGroup(ctx, Group{ID: g.id, Name: g.name, Remit: g.remit, Order: i + 1, Version: 1, CreatedAt: at})
		if err != nil && KindOf(err) != Conflict {
			return err
		}
		for j, p := range g.packages {
			if _, err := s.Packages.Package(ctx, p.id); err == nil {
				continue
			} else if KindOf(err) != NotFound {
				return err
			}
			w := p.build(g.id, j+1, at, today)
			e := Entry{
				ID: EntryID(w.ID, 1), PackageID: w.ID, Version: 1, At: at, By: System(), Kind: Created,
				Summary: "Package set up with default milestones and actions", State: w,
			}
			if err := s.Packages.Commit(ctx, e); err != nil && KindOf(err) != Stale {
				return err
			}
		}
	}
	return nil
}

func (p seedPackage) build(groupID string, order int, at time.Time, today Date) WorkPackage {
	w := WorkPackage{
		ID: p.id, GroupID: groupID, Order: order, Title: p.title, Summary: p.summary, DefaultName: true,
		Status: NotStarted, Version: 1, CreatedAt: at, ChangedAt: at,
	}
	due := func(days int) Date { return Date(workingdays.Add(today.Time(), days).Format(time.DateOnly)) }
	for _, m := range p.milestones {
		w.Milestones = append(w.Milestones, Milestone{
			ID: newID("milestone"), Title: m.title,
			Baselines: []Baseline{{Date: due(m.days), SetAt: at, SetBy: System().Name}},
		})
	}
	for _, a := range p.actions {
		w.Actions = append(w.Actions, Action{ID: newID("action"), Title: a.title, Due: due(a.days)})
	}
	return w
}
