package schedules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
	"readiness/workpackages/phrase"
	"readiness/workpackages/workingdays"
)

// week is how far back a digest looks.
const week = 7 * 24 * time.Hour

// digestFor is how long a digest is of use: over a holiday, and not until the next.
const digestFor = 5 * 24 * time.Hour

// weeklyDigest tells the assistant directors what moved, what slipped, what nobody
// has updated, which decisions are wanted and how Annexe A stands.
func (d Deps) weeklyDigest(ctx context.Context, o Occasion) (Outcome, error) {
	return d.digests(ctx, o, notifications.WeeklyDigest, func(v *day, rule Rule) []digestTo {
		var out []digestTo
		for _, p := range v.people {
			if p.Role == workpackages.AssistantDirector && !p.Disabled {
				out = append(out, digestTo{addressee: addressee{p.ID, p.Name, named(p), "You get this because you are an assistant director."}})
			}
		}
		return out
	})
}

// groupDigest tells each group's leads and chair, or the channel, the same of
// their packages.
func (d Deps) groupDigest(ctx context.Context, o Occasion) (Outcome, error) {
	return d.digests(ctx, o, notifications.GroupDigest, func(v *day, rule Rule) []digestTo {
		var out []digestTo
		for _, g := range v.groups {
			for _, a := range d.ofGroup(v, g, rule) {
				out = append(out, digestTo{a, g.Group.ID})
			}
		}
		return out
	})
}

// digestTo is who gets a digest, of a group or of all.
type digestTo struct {
	addressee
	groupID string
}

// ofGroup gives those of a group whom a rule names.
func (d Deps) ofGroup(v *day, g workpackages.GroupReadiness, rule Rule) []addressee {
	var out []addressee
	add := func(p workpackages.Person, why string) {
		if p.ID != "" && !p.Disabled && !slices.ContainsFunc(out, func(a addressee) bool { return a.id == p.ID }) {
			out = append(out, addressee{p.ID, p.Name, named(p), "You get this because you " + why + "."})
		}
	}
	for _, a := range rule.Audience {
		switch a {
		case Leads:
			for _, l := range g.Leads {
				add(l, "lead the "+g.Group.Name)
			}
		case Chair:
			add(v.person(g.Group.ChairID), "chair the "+g.Group.Name)
		case Directors:
			for _, p := range v.people {
				if p.Role == workpackages.AssistantDirector {
					add(p, "are an assistant director")
				}
			}
		case ChannelAudience:
			if c := d.Annexa.Channel; c != "" {
				out = append(out, addressee{notifications.ChannelID(c), "#" + c, "#" + c, "You get this because this channel is set to hear of the " + g.Group.Name + "."})
			}
		}
	}
	return out
}

// digests makes one digest for each who gets one. Nobody is told of their own
// changes, and nobody gets an empty one.
func (d Deps) digests(ctx context.Context, o Occasion, ruleID string, to func(v *day, rule Rule) []digestTo) (Outcome, error) {
	v, err := d.readDay(ctx, o)
	if err != nil {
		return Outcome{}, err
	}
	moves, err := d.Packages.Moves(ctx, o.Instant.Add(-week), o.Instant)
	if err != nil {
		return Outcome{}, err
	}
	var annexe *notifications.Item
	unsent := 0
	if ruleID == notifications.WeeklyDigest {
		if annexe, err = d.annexaStanding(ctx); err != nil {
			return Outcome{}, err
		}
		if unsent, err = d.unsent(ctx, o); err != nil {
			return Outcome{}, err
		}
	}
	post := d.posting(o)
	empty := 0
	audience := to(v, v.rules[ruleID])
	for _, a := range audience {
		digest := notifications.Digest{Rule: ruleID, Since: workpackages.DateOf(o.Instant.Add(-week), d.Zone), Day: v.today, Annexa: annexe, Unsent: unsent, Zone: d.Zone}
		for _, g := range v.groups {
			if a.groupID != "" && g.Group.ID != a.groupID {
				continue
			}
			if a.groupID != "" {
				digest.Group = g.Group
			}
			for _, p := range g.Packages {
				if p.Stale {
					digest.Stale = append(digest.Stale, p)
				}
				if p.Status == workpackages.Red {
					digest.Decisions = append(digest.Decisions, p)
				}
			}
		}
		for _, m := range moves {
			if m.By.PersonID != a.id && (a.groupID == "" || m.GroupID == a.groupID) {
				digest.Moves = append(digest.Moves, m)
			}
		}
		m, ok := digest.Message(a.recipient(), a.id, a.why, d.BaseURL)
		if !ok {
			empty++
			continue
		}
		m.NotAfter = o.Instant.Add(digestFor).UTC()
		post.put(ctx, a.shown, m)
	}
	summary := post.says()
	switch {
	case len(audience) == 0:
		summary = "Nobody to tell: name the people whom this rule is for"
	case empty > 0:
		summary += fmt.Sprintf("; nothing to tell %s", phrase.Count(empty, "reader"))
	}
	return Outcome{Summary: summary, Planned: post.planned}, errors.Join(post.errs...)
}

// recipient is the addressee as messages are worded for.
func (a addressee) recipient() notifications.Recipient {
	r := notifications.Recipient{Name: a.name}
	if strings.HasPrefix(a.shown, "#") {
		r.Channel = a.name
	}
	return r
}

// annexaStanding says in a line how the newest return stands; nil without one.
func (d Deps) annexaStanding(ctx context.Context) (*notifications.Item, error) {
	c, err := d.Packages.NewestReturn(ctx)
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	fit := 0
	for _, l := range c.Lists {
		if l.Fit == annexa.FitToSend || l.Fit == annexa.FitKnown {
			fit++
		}
	}
	return &notifications.Item{
		Title: fmt.Sprintf("%d of %s fit to send", fit, phrase.Count(len(c.Lists), "list")), Subject: c.ID,
		Detail: "checked on " + workpackages.DateOf(c.At, d.Zone).String(), URL: d.BaseURL + "/annexa/checks/" + c.ID,
	}, nil
}

// unsent counts the messages of the week that could not be sent.
func (d Deps) unsent(ctx context.Context, o Occasion) (int, error) {
	since := o.Instant.Add(-week)
	if since.After(d.Now()) {
		return 0, nil // nothing was sent yet
	}
	dead, err := d.Outbox.Messages(ctx, notifications.Filter{State: notifications.Dead, Since: since})
	n := 0
	for _, m := range dead {
		if m.Op == notifications.Post { // a change that failed has kept nothing from anybody
			n++
		}
	}
	return n, err
}

// meetingTomorrow tells those of a steering group, on the working day before it
// meets, what there is to look at.
func (d Deps) meetingTomorrow(ctx context.Context, o Occasion) (Outcome, error) {
	v, err := d.readDay(ctx, o)
	if err != nil {
		return Outcome{}, err
	}
	closed, err := d.Rules.ClosedDays(ctx)
	if err != nil {
		return Outcome{}, err
	}
	next := v.today.AddDays(1)
	for n := 0; n < 60 && (!workingdays.Is(next.Time()) || closed.Is(next)); n++ {
		next = next.AddDays(1)
	}
	post := d.posting(o)
	meetings, unheard := 0, []string{}
	for _, g := range v.groups {
		for _, meeting := range g.Group.Meetings {
			if meeting.Date <= v.today || meeting.Date > next {
				continue
			}
			meetings++
			told := d.ofGroup(v, g, v.rules[notifications.MeetingTomorrow])
			if len(told) == 0 {
				unheard = append(unheard, "nobody to tell about the "+g.Group.Name+": name a lead or a chair")
			}
			about := notifications.Meeting{Group: g.Group, Meeting: meeting, Packages: g.Packages, Today: v.today, Zone: d.Zone}
			for _, a := range told {
				m := about.Message(a.recipient(), a.id, a.why, d.BaseURL)
				m.NotAfter = notifications.Until(meeting.Date, d.Zone)
				post.put(ctx, a.shown, m)
			}
		}
	}
	summary := post.says()
	if meetings == 0 {
		summary = "No group meets on the next working day: nobody to tell"
	}
	if len(unheard) > 0 {
		summary += "; " + strings.Join(unheard, "; ")
	}
	return Outcome{Summary: summary, Planned: post.planned}, errors.Join(post.errs...)
}
