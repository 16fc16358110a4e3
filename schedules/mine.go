package schedules

import (
	"context"
	"slices"

	"readiness/notifications"
	"readiness/workpackages"
)

// Mine works out what is open for a person by every rule that is on, whatever its
// days and time, in the order of a message of the day. What they answered stays in
// it while it is open, so that they can take it back.
func (d Deps) Mine(ctx context.Context, personID string) (notifications.Yours, error) {
	v, err := d.readDay(ctx, Occasion{Instant: d.Now()})
	if err != nil {
		return notifications.Yours{}, err
	}
	person := v.person(personID)
	if person.ID == "" {
		return notifications.Yours{}, workpackages.Errorf(workpackages.Forbidden, "Sign in to see what is yours: a token is nobody")
	}
	for id, rule := range v.rules {
		rule.Days, rule.Time = everyDay, "00:00"
		v.rules[id] = rule
	}
	own := map[string]*workpackages.Response{}
	v.responses = slices.DeleteFunc(v.responses, func(r workpackages.Response) bool {
		if r.PersonID != personID || !r.InForce(v.today) {
			return false
		}
		own[r.Subject] = &r // about the thing, whatever its concern was then
		return true
	})
	mine := &bundle{to: person}
	all, _ := d.bundles(v, "")
	if i := slices.IndexFunc(all, func(b *bundle) bool { return b.to.ID == personID }); i >= 0 {
		mine = all[i]
	}
	// Somebody else may have it too, or it has become another's; theirs it stays to
	// take back.
	for _, c := range v.concerns {
		if own[c.Subject] == nil || !v.rules[string(c.Kind)].On ||
			slices.ContainsFunc(mine.lines, func(l notifications.Line) bool { return l.Kind == c.Kind && l.Concern.Subject == c.Subject }) {
			continue
		}
		mine.lines = append(mine.lines, notifications.Line{Concern: c, MayChange: workpackages.MayChange(person.Actor(""), c.GroupID)})
	}
	var out notifications.Yours
	if len(mine.reasons) > 0 {
		out.Why = mine.why()
	}
	for _, item := range notifications.Items(mine.lines, d.BaseURL) {
		i := slices.IndexFunc(mine.lines, func(l notifications.Line) bool {
			return notifications.LineSubject(l.Kind, l.Concern.Subject) == item.Subject
		})
		out.Lines = append(out.Lines, notifications.YourLine{Line: mine.lines[i], Item: item, Answer: own[mine.lines[i].Concern.Subject]})
	}
	return out, nil
}
