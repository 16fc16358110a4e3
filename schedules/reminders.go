package schedules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// day is all that a day's reminders are worked out from.
type day struct {
	at        time.Time
	today     workpackages.Date
	people    []workpackages.Person
	groups    []workpackages.GroupReadiness
	concerns  []workpackages.Concern
	rules     map[string]Rule
	responses []workpackages.Response
}

// bundle is what one person is reminded of, and why.
type bundle struct {
	to      workpackages.Person
	lines   []notifications.Line
	reasons []string // "lead the Ofsted Steering Group", …
}

// why says why this person is told about all that the message holds.
func (b *bundle) why() string {
	return "You get this because you " + phrase.And(b.reasons) + "."
}

// readDay reads the state of things for an instant: as it is now for one that has
// come, and for one still to come as it will be if nobody does anything.
// A simulation reads each day once.
func (d Deps) readDay(ctx context.Context, o Occasion) (*day, error) {
	if o.sim == nil {
		return d.readNow(ctx, o)
	}
	date := workpackages.DateOf(o.Instant, d.Zone)
	v := o.sim.days[date]
	if v == nil {
		var err error
		if v, err = d.readNow(ctx, o); err != nil {
			return nil, err
		}
		o.sim.days[date] = v
	}
	as := *v
	as.at = o.Instant
	return &as, nil
}

func (d Deps) readNow(ctx context.Context, o Occasion) (*day, error) {
	at := time.Time{}
	if o.Instant.After(d.Now()) {
		at = o.Instant
	}
	r, err := d.Packages.Readiness(ctx, at)
	if err != nil {
		return nil, err
	}
	v := &day{at: o.Instant, today: r.Today, groups: r.Groups, rules: map[string]Rule{}}
	if v.people, err = d.Packages.People.People(ctx); err != nil {
		return nil, err
	}
	if v.responses, err = d.Packages.Responses(ctx); err != nil {
		return nil, err
	}
	rules, err := d.Rules.Rules(ctx)
	if err != nil {
		return nil, err
	}
	for _, rule := range rules {
		rule.On = rule.On || o.sim != nil && o.sim.withOff
		v.rules[rule.ID] = rule
	}
	v.concerns = workpackages.Concerns(r, workpackages.ConcernOptions{
		MilestoneSoon: v.rules[string(workpackages.MilestoneSoon)].Soon,
		EvidenceSoon:  v.rules[string(workpackages.EvidenceOld)].Soon,
		StaleAfter:    d.Packages.StaleAfter, Zone: d.Zone,
	})
	return v, nil
}

// fired reports whether a rule has come up by an instant of its day: it is on, and
// that day and time are its.
func fired(r Rule, at time.Time, zone *time.Location) bool {
	local := at.In(zone)
	return r.On && slices.Contains(r.Days, local.Weekday()) && r.Time <= local.Format("15:04")
}

// bundles works out who is told what by the rules that have come up by the day's
// instant, and by the one that is run. notes say what nobody can be told.
func (d Deps) bundles(v *day, run string) (out []*bundle, notes []string) {
	byPerson := map[string]*bundle{}
	for _, c := range v.concerns {
		rule := v.rules[string(c.Kind)]
		if !fired(rule, v.at, d.Zone) && rule.ID != run {
			continue
		}
		told := v.audience(c, rule)
		if len(told) == 0 && !v.answered(c) {
			note := "nobody to tell about " + c.Title + ": name an owner, or a lead of the " + v.group(c.GroupID).Group.Name
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
		for _, t := range told {
			b := byPerson[t.to.ID]
			if b == nil {
				b = &bundle{to: t.to}
				byPerson[t.to.ID] = b
			}
			if !slices.Contains(b.reasons, t.reason) {
				b.reasons = append(b.reasons, t.reason)
			}
			b.lines = append(b.lines, notifications.Line{
				Concern: c, MayChange: workpackages.MayChange(t.to.Actor(""), c.GroupID), Passed: t.passed, Note: t.note,
			})
		}
	}
	for _, p := range v.people { // in the order of people
		if b := byPerson[p.ID]; b != nil {
			out = append(out, b)
		}
	}
	return out, notes
}

// recipient is somebody who is told about one concern.
type recipient struct {
	to     workpackages.Person
	reason string
	passed bool // those before did not act
	note   string
}

func (v *day) group(id string) workpackages.GroupReadiness {
	for _, g := range v.groups {
		if g.Group.ID == id {
			return g
		}
	}
	return workpackages.GroupReadiness{}
}

// answer gives what a person said about a concern's subject, or nil.
func (v *day) answer(c workpackages.Concern, personID string) *workpackages.Response {
	for i, r := range v.responses {
		if r.PersonID == personID && isAbout(r, c) {
			return &v.responses[i]
		}
	}
	return nil
}

// answered reports whether somebody has answered a concern in a way that stands.
func (v *day) answered(c workpackages.Concern) bool {
	return slices.ContainsFunc(v.responses, func(r workpackages.Response) bool {
		return isAbout(r, c) && r.InForce(v.today)
	})
}

// isAbout reports whether an answer is about a concern. Who had it the time before,
// which ended with an update or another date, is not asked whether they still do.
func isAbout(r workpackages.Response, c workpackages.Concern) bool {
	if r.Subject != c.Subject {
		return false
	}
	ahead := c.Kind == workpackages.MilestoneSoon || c.Kind == workpackages.EvidenceOld // answered before it is due
	return ahead || r.Kind != workpackages.HaveIt || !r.Until.Before(c.Due)
}

// answers reports whether a person answers for what a concern is about: its owner,
// the leads and the chair of its group, and assistant directors.
func (v *day) answers(personID string, c workpackages.Concern) bool {
	p := v.person(personID)
	return p.ID != "" && (p.ID == c.OwnerID || p.ID == v.group(c.GroupID).Group.ChairID ||
		p.Role == workpackages.AssistantDirector || p.Role == workpackages.Lead && p.GroupID == c.GroupID)
}

// audience works out who is told about a concern by its rule.
//
// While somebody has it, nobody is told. Who snoozed it, or says that it is not
// theirs, is not told, and the others are. What is overdue passes from owner and
// leads to the group's chair, and then to the assistant directors, by working days
// overdue; so does, at once, what everybody it goes to says is not theirs.
func (v *day) audience(c workpackages.Concern, rule Rule) []recipient {
	var notTheirs, hadIt []string
	for _, r := range v.responses {
		if !isAbout(r, c) {
			continue
		}
		switch {
		case r.Kind == workpackages.HaveIt && r.InForce(v.today) && v.answers(r.PersonID, c):
			return nil
		case r.Kind == workpackages.HaveIt && r.InForce(v.today):
			// Whoever does not answer for it silences nobody.
			hadIt = append(hadIt, r.PersonName+" says that they have it")
		case r.Kind == workpackages.HaveIt:
			hadIt = append(hadIt, fmt.Sprintf("%s had it until %s", r.PersonName, r.Until))
		case r.Kind == workpackages.NotMine:
			notTheirs = append(notTheirs, r.PersonName+" says it is not theirs")
		}
	}
	g := v.group(c.GroupID)
	var out []recipient
	silent := 0 // those who would be told but for their own answer
	add := func(p workpackages.Person, reason string, passed bool) {
		if p.ID == "" || p.Disabled || slices.ContainsFunc(out, func(r recipient) bool { return r.to.ID == p.ID }) {
			return
		}
		note := slices.Concat(notTheirs, hadIt)
		if a := v.answer(c, p.ID); a != nil {
			switch {
			case a.Kind == workpackages.NotMine, a.InForce(v.today):
				if a.Kind == workpackages.Snoozed {
					silent++
				}
				return
			case a.Kind == workpackages.HaveIt:
				note = append([]string{"Still on it? You had it until " + a.Until.String()}, notTheirs...)
			}
		}
		out = append(out, recipient{to: p, reason: reason, passed: passed, note: strings.Join(note, ". ")})
	}
	owner, chair := v.person(c.OwnerID), v.person(g.Group.ChairID)
	owns := "own " + c.PackageTitle
	if c.Kind == workpackages.ActionDue {
		owns = "own an action of " + c.PackageTitle
	}
	for _, a := range rule.Audience {
		switch a {
		case Owners:
			add(owner, owns, false)
		case Leads:
			for _, l := range g.Leads {
				add(l, "lead the "+g.Group.Name, false)
			}
		}
	}
	first := len(out) > 0 || silent > 0 || !slices.ContainsFunc(rule.Audience, func(a Audience) bool { return a == Owners || a == Leads })
	passTo := func(to Audience, after int) bool {
		return slices.Contains(rule.Audience, to) || after > 0 && c.Late >= after
	}
	// A rule that goes to owners alone goes on to the leads where there is no owner.
	if !first {
		for _, l := range g.Leads {
			add(l, "lead the "+g.Group.Name, false)
		}
		first = len(out) > 0 || silent > 0
	}
	if passTo(Chair, rule.ChairAfter) || !first {
		add(chair, "chair the "+g.Group.Name, !slices.Contains(rule.Audience, Chair))
	}
	if passTo(Directors, rule.DirectorAfter) || len(out) == 0 && silent == 0 && len(notTheirs) > 0 {
		for _, p := range v.people {
			if p.Role == workpackages.AssistantDirector {
				add(p, "are an assistant director", !slices.Contains(rule.Audience, Directors))
			}
		}
	}
	return out
}

func (v *day) person(id string) workpackages.Person {
	for _, p := range v.people {
		if id != "" && p.ID == id {
			return p
		}
	}
	return workpackages.Person{}
}

// remind is the job of a rule whose reminders come together in one message a day
// for each person. The first rule to come up makes the message, with all that the
// rules up to then have to say; what comes up later follows below it.
func (d Deps) remind(rule workpackages.ConcernKind) func(ctx context.Context, o Occasion) (Outcome, error) {
	return func(ctx context.Context, o Occasion) (Outcome, error) {
		v, err := d.readDay(ctx, o)
		if err != nil {
			return Outcome{}, err
		}
		all, notes := d.bundles(v, string(rule))
		post := d.posting(o)
		concerned := 0
		for _, b := range all {
			if !slices.ContainsFunc(b.lines, func(l notifications.Line) bool { return l.Kind == rule }) {
				continue
			}
			concerned++
			opens, err := post.opens(ctx, b.to.ID)
			if err != nil {
				post.errs = append(post.errs, err)
				continue
			}
			if workpackages.DateOf(opens, d.Zone) != v.today {
				notes = append(notes, b.to.Name+" is not to be disturbed any more today, and hears of it on their next working day")
				continue
			}
			m := notifications.DayReminder(b.to, b.why(), b.lines, d.BaseURL, v.today)
			m.NotAfter = notifications.Until(v.today, d.Zone)
			if made, err := d.follow(ctx, post, v, b, m.ID); made || err != nil {
				post.errs = append(post.errs, err)
				continue
			}
			post.put(ctx, named(b.to), m)
		}
		summary := post.says()
		if concerned == 0 && len(notes) == 0 {
			summary = "Nothing is due by this rule: nobody to tell"
		} else if post.there > 0 {
			summary += " for this day"
		}
		if len(notes) > 0 {
			summary += "; " + strings.Join(notes, "; ")
		}
		return Outcome{Summary: summary, Planned: post.planned}, errors.Join(post.errs...)
	}
}

// follow brings a person's message of the day up to date, where there is one:
// made reports that. What is done is shown in place and tells nobody; what is new
// is told below, unless it is the reader's own doing.
func (d Deps) follow(ctx context.Context, post *posting, v *day, b *bundle, rootID string) (made bool, err error) {
	root, err := post.message(ctx, rootID)
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return false, nil
	}
	if err != nil || root.State == notifications.NotSent || root.State == notifications.Dead {
		post.there++
		return true, err // nothing is shown that could be brought up to date
	}
	f := notifications.FollowUp{
		To: b.to, Why: root.Content.Why, Root: root, Shown: root.Content.Items, Open: b.lines, BaseURL: d.BaseURL, Day: v.today, Next: 1,
	}
	told := slices.Clone(root.Subjects)
	for ; ; f.Next++ {
		m, err := post.message(ctx, notifications.Key(notifications.Reminders, strconv.Itoa(f.Next), b.to.ID, string(v.today)))
		if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
			break
		}
		if err != nil {
			return true, err
		}
		told = append(told, m.Subjects...)
		if m.Op == notifications.Edit {
			f.Shown = m.Content.Items
		}
	}
	own, err := d.ownDoing(ctx, v, b.to.ID)
	if err != nil {
		return true, err
	}
	for _, l := range b.lines {
		if !slices.Contains(told, notifications.LineSubject(l.Kind, l.Concern.Subject)) && !own[l.PackageID] {
			f.New = append(f.New, l)
		}
	}
	f.Done = func(subject string) string { return v.becameOf(subject) }
	f.AllDone = len(b.lines) == 0 && slices.ContainsFunc(f.Shown, func(i notifications.Item) bool {
		return !i.Done && !own[packageOf(i.Subject)] && !v.answeredBy(b.to.ID, i.Subject)
	})
	messages := f.Messages()
	if len(messages) == 0 {
		post.there++
	}
	for _, m := range messages {
		m.NotAfter = notifications.Until(v.today, d.Zone)
		post.put(ctx, named(b.to), m)
	}
	return true, nil
}

// packageOf gives the package that a line is about.
func packageOf(lineSubject string) string {
	return workpackages.PackageOf(subjectOf(lineSubject))
}

// subjectOf gives what a line is about, whatever its concern was.
func subjectOf(lineSubject string) string {
	_, subject, _ := strings.Cut(lineSubject, " ")
	return subject
}

// ownDoing gives the packages whose newest change, made today, is a person's own.
func (d Deps) ownDoing(ctx context.Context, v *day, personID string) (map[string]bool, error) {
	own := map[string]bool{}
	for _, g := range v.groups {
		for _, p := range g.Packages {
			if workpackages.DateOf(p.ChangedAt, d.Zone) != v.today {
				continue
			}
			e, err := d.Packages.Packages.Entry(ctx, p.ID, p.Version)
			if err != nil {
				return nil, err
			}
			own[p.ID] = e.By.PersonID == personID
		}
	}
	return own, nil
}

// answeredBy reports whether a line went because of the person's own answer.
func (v *day) answeredBy(personID, lineSubject string) bool {
	subject := subjectOf(lineSubject)
	return slices.ContainsFunc(v.responses, func(r workpackages.Response) bool {
		return r.PersonID == personID && r.Subject == subject && r.InForce(v.today)
	})
}

// becameOf says what became of a line that is not open any more.
func (v *day) becameOf(lineSubject string) string {
	kind, subject, _ := strings.Cut(lineSubject, " ")
	for _, r := range v.responses {
		if r.Subject != subject || !r.InForce(v.today) {
			continue
		}
		switch r.Kind {
		case workpackages.HaveIt:
			return fmt.Sprintf("%s has it until %s", r.PersonName, r.Until)
		case workpackages.Snoozed:
			return fmt.Sprintf("snoozed by %s until %s", r.PersonName, r.Until)
		case workpackages.NotMine:
			return r.PersonName + " says it is not theirs"
		}
	}
	for _, g := range v.groups {
		for _, p := range g.Packages {
			if p.ID != packageOf(lineSubject) {
				continue
			}
			if workpackages.ConcernKind(kind) == workpackages.StatusDue && !p.Stale {
				return "updated by " + p.UpdatedBy + ": " + p.Status.Short()
			}
			for _, m := range p.Milestones {
				if subject == p.ID+"/"+m.ID && m.Done() {
					return "reached"
				}
			}
			for _, a := range p.Actions {
				if subject == p.ID+"/"+a.ID && a.Done() {
					return "done"
				}
			}
		}
	}
	return "no longer due"
}

// followUp brings everybody's message of today up to date.
func (d Deps) followUp(ctx context.Context, o Occasion) (Outcome, error) {
	v, err := d.readDay(ctx, o)
	if err != nil {
		return Outcome{}, err
	}
	all, _ := d.bundles(v, "")
	post := d.posting(o)
	for _, p := range v.people {
		i := slices.IndexFunc(all, func(b *bundle) bool { return b.to.ID == p.ID })
		b := &bundle{to: p}
		if i >= 0 {
			b = all[i]
		}
		_, err := d.follow(ctx, post, v, b, notifications.Key(notifications.Reminders, "", p.ID, string(v.today)))
		post.errs = append(post.errs, err)
	}
	summary := "Nothing has changed since it was told"
	if n := len(post.planned); n > 0 {
		summary = post.says()
	}
	return Outcome{Summary: summary, Planned: post.planned}, errors.Join(post.errs...)
}
