package schedules

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/notifications/comms"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
	"readiness/workpackages/workingdays"
)

// Comms is the communications plan; notifications/comms provides it.
type Comms interface {
	PlanAt(ctx context.Context, by workpackages.Actor, now time.Time) (comms.Plan, error)
}

// The headings of a reminder of the communications plan.
const (
	toApprove = "To approve"
	toDo      = "Yours to do"
	nobodys   = "Nobody’s yet"
	notTold   = "Not told for too long"
)

// planDue tells those who have something to do for the communications plan: owners
// what is due, approvers what waits for them, and the communications team what is
// nobody's and which audience was not told for too long.
func (d Deps) planDue(ctx context.Context, o Occasion) (Outcome, error) {
	const nothing = "Nothing of the communications plan is due: nobody to tell"
	if d.Comms == nil {
		return Outcome{Summary: nothing}, nil
	}
	v, err := d.readDay(ctx, o)
	if err != nil {
		return Outcome{}, err
	}
	now := d.Now()
	if o.Instant.After(now) {
		now = o.Instant
	}
	// The program is named as a reader of nothing: what is under embargo has no words.
	plan, err := d.Comms.PlanAt(ctx, workpackages.System(), now)
	if err != nil {
		return Outcome{}, err
	}
	rule := v.rules[notifications.PlanDue]
	post := d.posting(o)
	for _, p := range v.people {
		if p.Disabled {
			continue
		}
		items, why := d.planItems(plan, rule, p)
		if len(items) == 0 {
			continue
		}
		m := notifications.Message{
			ID: notifications.Key(notifications.PlanDue, "", p.ID, string(v.today)), Rule: notifications.PlanDue, RecipientID: p.ID, RecipientName: p.Name,
			NotAfter: notifications.Until(v.today, d.Zone),
			Content: notifications.Content{
				Heading: planHeading(items), Items: items, Why: "You get this because you " + phrase.And(why) + ".",
				Button: notifications.Button{Text: "Open the communications plan", URL: d.BaseURL + "/comms"},
			},
		}
		post.put(ctx, named(p), m)
	}
	summary := post.says()
	if len(post.planned) == 0 && post.there == 0 {
		summary = nothing
	}
	return Outcome{Summary: summary, Planned: post.planned}, errors.Join(post.errs...)
}

// planItems gives what somebody has to do for the plan by a rule, and why it is theirs.
func (d Deps) planItems(plan comms.Plan, rule Rule, p workpackages.Person) (items []notifications.Item, why []string) {
	by := p.Actor("")
	team := rule.Tells(CommsTeam) && p.Role == workpackages.Comms || rule.Tells(Directors) && p.Role == workpackages.AssistantDirector
	add := func(section, reason string, r comms.Row) {
		// Not by its name: it may come under embargo, and the ledger would keep that.
		title := r.Phase.Label() + ": message for " + phrase.LowerFirst(r.Audience)
		detail := r.Why
		if !r.Next.IsZero() {
			detail += ". Its time: " + r.Next.In(d.Zone).Format("Monday 2 January at 15:04")
		}
		items = append(items, notifications.Item{Section: section, Title: title, Detail: detail, URL: d.BaseURL + "/comms/" + r.ID, Subject: "plan " + r.ID})
		if !slices.Contains(why, reason) {
			why = append(why, reason)
		}
	}
	teamReason := "are of the communications team"
	if p.Role == workpackages.AssistantDirector {
		teamReason = "are an assistant director"
	}
	for _, r := range plan.ByTime() {
		approving := r.State == comms.InReview
		if r.State == comms.Draft {
			// One whose time passed long ago is not wanted any more, and no reason to ask daily.
			days := workingdays.Between(plan.Today.Time(), workpackages.DateOf(r.Next, d.Zone).Time())
			if r.Next.IsZero() || days > rule.Soon || days < -5 {
				continue
			}
			r.Why = cmp.Or(r.Why, "Due soon, and not approved")
		} else if !r.Due {
			continue
		}
		switch {
		case approving && r.ApproverID == p.ID && rule.Tells(Approvers) && comms.MayApprove(by, r.Message):
			add(toApprove, "approve messages", r)
		case approving && r.ApproverID == "" && team && comms.MayApprove(by, r.Message):
			add(toApprove, teamReason, r)
		case approving: // its owner waits
		case r.OwnerID == p.ID && rule.Tells(Owners):
			add(toDo, "own messages of the plan", r)
		case r.OwnerID == "" && team:
			add(nobodys, teamReason, r)
		}
	}
	if team {
		for _, t := range plan.Gaps() {
			detail := phrase.Count(t.Days, "day") + " since they were told"
			if t.Last.IsZero() {
				detail = "they were never told"
			}
			items = append(items, notifications.Item{Section: notTold, Title: t.Name, Detail: detail + "; the plan says every " + phrase.Count(t.TellEvery, "day"), URL: d.BaseURL + "/comms/audiences", Subject: "audience " + t.ID})
			if !slices.Contains(why, teamReason) {
				why = append(why, teamReason)
			}
		}
	}
	order := []string{toApprove, toDo, nobodys, notTold}
	slices.SortStableFunc(items, func(a, b notifications.Item) int {
		return slices.Index(order, a.Section) - slices.Index(order, b.Section)
	})
	return items, why
}

// planHeading counts what there is to do.
func planHeading(items []notifications.Item) string {
	n := map[string]int{}
	for _, i := range items {
		n[i.Section]++
	}
	var parts []string
	if k := n[toApprove]; k > 0 {
		parts = append(parts, phrase.Count(k, "message")+" to approve")
	}
	if k := n[toDo] + n[nobodys]; k > 0 {
		parts = append(parts, phrase.Count(k, "message")+" due")
	}
	if k := n[notTold]; k > 0 {
		parts = append(parts, phrase.Count(k, "audience")+" not told")
	}
	return "Communications plan: " + strings.Join(parts, ", ")
}
