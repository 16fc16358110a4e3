package schedules

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
	"readiness/workpackages/workingdays"
)

// The rules, by the names of their jobs.
const (
	StatusUpdateDue   = string(workpackages.StatusDue)
	MilestoneDueSoon  = string(workpackages.MilestoneSoon)
	MilestoneDueToday = string(workpackages.MilestoneToday)
	MilestoneOverdue  = string(workpackages.MilestoneOverdue)
	ActionDue         = string(workpackages.ActionDue)
	EvidenceOutOfDate = string(workpackages.EvidenceOld)
	MeetingTomorrow   = notifications.MeetingTomorrow
	WeeklyDigest      = notifications.WeeklyDigest
	GroupDigest       = notifications.GroupDigest
	PlanDue           = notifications.PlanDue
)

// Audience is who a rule tells.
type Audience string

// The audiences, in the order in which they are shown.
const (
	Owners          Audience = "owners"
	Leads           Audience = "leads"
	Chair           Audience = "chair"
	Directors       Audience = "assistant_directors"
	ChannelAudience Audience = "channel"
	Approvers       Audience = "approvers"
	CommsTeam       Audience = "comms"
)

// Label is the audience as a page shows it.
func (a Audience) Label() string {
	switch a {
	case Owners:
		return "Owners"
	case Leads:
		return "Leads of the steering group"
	case Chair:
		return "Chair of the steering group"
	case Directors:
		return "Assistant directors"
	case ChannelAudience:
		return "A Slack channel"
	case Approvers:
		return "Approvers"
	case CommsTeam:
		return "Communications team"
	}
	return string(a)
}

// Rule says when a reminder is made and who is told. Assistant directors change
// it while the product runs.
type Rule struct {
	ID            string         `bson:"_id" json:"id"` // the job's name
	On            bool           `bson:"on" json:"on"`
	Days          []time.Weekday `bson:"days" json:"days"`         // Monday to Friday, in their order; 1 is Monday
	Time          string         `bson:"time" json:"time"`         // in the council's zone, as 09:00
	Audience      []Audience     `bson:"audience" json:"audience"` // in the order of their list
	Soon          int            `bson:"soon" json:"soon"`         // working days ahead; 0 for a rule that does not look ahead
	ChairAfter    int            `bson:"chair_after" json:"chair_after"`
	DirectorAfter int            `bson:"director_after" json:"director_after"` // working days overdue after which these are told too; 0: never
	Version       int64          `bson:"version" json:"version"`               // 1: as it came
	ChangedAt     time.Time      `bson:"changed_at" json:"changed_at"`         // zero at version 1
	ChangedBy     string         `bson:"changed_by" json:"changed_by"`         // a name, as it was at the time
	// Since is when On, Days or Time were last changed: instants up to it are
	// not owed. Another change leaves what is due now as it is.
	Since time.Time `bson:"since" json:"since"`
}

// Spec gives the rule's times as five cron fields, such as 0 9 * * 1,2,3.
func (r Rule) Spec() string {
	at, err := time.Parse("15:04", r.Time)
	if err != nil || len(r.Days) == 0 {
		return ""
	}
	var days []string
	for _, d := range r.Days {
		days = append(days, strconv.Itoa(int(d)))
	}
	return fmt.Sprintf("%d %d * * %s", at.Minute(), at.Hour(), cmp.Or(shortDays[strings.Join(days, ",")], strings.Join(days, ",")))
}

// shortDays shortens the days of a whole working week.
var shortDays = map[string]string{"1,2,3,4,5": "1-5"}

// Tells reports whether an audience is told by the rule itself, not only when
// something is long overdue.
func (r Rule) Tells(a Audience) bool { return slices.Contains(r.Audience, a) }

func (r Rule) clone() Rule {
	r.Days, r.Audience = slices.Clone(r.Days), slices.Clone(r.Audience)
	return r
}

// RuleInfo is what a rule is, which nobody changes, and how it comes.
type RuleInfo struct {
	ID          string
	Title       string
	Description string     // in a sentence or two
	May         []Audience // who it may tell
	LooksAhead  bool       // has Soon
	Escalates   bool       // has ChairAfter and DirectorAfter
	Default     Rule
}

var workingWeek = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}

var everyDay = append([]time.Weekday{time.Saturday, time.Sunday}, workingWeek...)

// ruleList is every rule there is.
var ruleList = []RuleInfo{
	{
		ID: StatusUpdateDue, Title: "Status update due", May: peopleTold, Escalates: true,
		Description: "A package has had no status update for too many working days.",
		Default:     Rule{Days: workingWeek, Time: "09:00", Audience: []Audience{Owners, Leads}, ChairAfter: 3, DirectorAfter: 5},
	},
	{
		ID: MilestoneDueSoon, Title: "Milestone due soon", May: peopleTold, LooksAhead: true,
		Description: "A milestone that is not reached falls due within the next working days.",
		Default:     Rule{Days: workingWeek, Time: "09:00", Audience: []Audience{Owners, Leads}, Soon: 5},
	},
	{
		ID: MilestoneDueToday, Title: "Milestone due today", May: peopleTold,
		Description: "A milestone that is not reached falls due today.",
		Default:     Rule{Days: workingWeek, Time: "09:00", Audience: []Audience{Owners, Leads}},
	},
	{
		ID: MilestoneOverdue, Title: "Milestone overdue", May: peopleTold, Escalates: true,
		Description: "The day of a milestone has passed, and it is not reached.",
		Default:     Rule{Days: workingWeek, Time: "09:00", Audience: []Audience{Owners, Leads}, ChairAfter: 3, DirectorAfter: 5},
	},
	{
		ID: ActionDue, Title: "Action due", May: peopleTold, Escalates: true,
		Description: "An action that is not done falls due today, or its day has passed.",
		Default:     Rule{Days: workingWeek, Time: "09:00", Audience: []Audience{Owners}, ChairAfter: 3, DirectorAfter: 5},
	},
	{
		ID: EvidenceOutOfDate, Title: "Evidence out of date", May: peopleTold, LooksAhead: true,
		Description: "A piece of evidence is out of date, or will be within the next working days.",
		Default:     Rule{Days: workingWeek, Time: "09:00", Audience: []Audience{Owners, Leads}, Soon: 10},
	},
	{
		ID: MeetingTomorrow, Title: "Meeting tomorrow", May: []Audience{Leads, Chair, Directors, ChannelAudience},
		Description: "A steering group meets on the next working day.",
		Default:     Rule{Days: workingWeek, Time: "09:00", Audience: []Audience{Leads, Chair}},
	},
	{
		ID: WeeklyDigest, Title: "Weekly digest", May: []Audience{Directors},
		Description: "Where every package stands, once a week.",
		Default:     Rule{Days: workingWeek[:1], Time: "08:00", Audience: []Audience{Directors}},
	},
	{
		ID: GroupDigest, Title: "Group digest", May: []Audience{Leads, Chair, ChannelAudience},
		Description: "Where the packages of one steering group stand, once a week.",
		Default:     Rule{Days: workingWeek[:1], Time: "08:30", Audience: []Audience{Leads, Chair}},
	},
	{
		ID: PlanDue, Title: "Communications plan due", May: []Audience{Owners, Approvers, CommsTeam, Directors}, LooksAhead: true,
		Description: "A message of the communications plan waits for an approval, is due within the next working days and not approved, or is to be sent by hand; or an audience was not told for too long.",
		Default:     Rule{Days: workingWeek, Time: "09:00", Audience: []Audience{Owners, Approvers, CommsTeam}, Soon: 5},
	},
}

// peopleTold are the audiences of a rule about one thing that somebody answers for.
var peopleTold = []Audience{Owners, Leads, Chair, Directors}

// RuleInfos lists every rule there is, in the order in which they are shown.
func RuleInfos() []RuleInfo {
	var out []RuleInfo
	for _, i := range ruleList {
		i.May, i.Default = slices.Clone(i.May), i.Default.clone()
		i.Default.ID, i.Default.On, i.Default.Version = i.ID, true, 1
		out = append(out, i)
	}
	return out
}

// RuleInfoOf gives one of them.
func RuleInfoOf(id string) (RuleInfo, bool) {
	for _, i := range RuleInfos() {
		if i.ID == id {
			return i, true
		}
	}
	return RuleInfo{}, false
}

// ClosedPeriod is days, both included, on which the council is closed.
type ClosedPeriod struct {
	From workpackages.Date `bson:"from" json:"from"`
	To   workpackages.Date `bson:"to" json:"to"`
	Name string            `bson:"name" json:"name"`
}

// ClosedDays are the working days on which the council is closed nevertheless,
// as between Christmas and New Year. Jobs of working days leave them out.
type ClosedDays struct {
	ID        string         `bson:"_id" json:"-"`
	Periods   []ClosedPeriod `bson:"periods" json:"periods"` // by their first day
	Version   int64          `bson:"version" json:"version"` // 1: none were ever given
	ChangedAt time.Time      `bson:"changed_at" json:"changed_at"`
	ChangedBy string         `bson:"changed_by" json:"changed_by"`
}

// closedID is the one document's id.
const closedID = "council"

// Is reports whether the council is closed on a day, for a reason of its own.
func (c ClosedDays) Is(d workpackages.Date) bool {
	return slices.ContainsFunc(c.Periods, func(p ClosedPeriod) bool { return p.From <= d && d <= p.To })
}

// Working reports whether t's calendar day, in its own zone, is a working day
// in England on which the council is open.
func Working(t time.Time, closed ClosedDays) bool {
	return workingdays.Is(t) && !closed.Is(workpackages.Date(t.Format(time.DateOnly)))
}

// Plan is the rules and closed days in force, which the runner reads anew at
// each look.
type Plan struct {
	Rules  map[string]Rule // by the name of their job
	Closed ClosedDays
}

// RuleStore keeps what was changed of the rules and the closed days; app/store
// provides it.
type RuleStore interface {
	// Rules gives the rules that were ever changed.
	Rules(ctx context.Context) ([]Rule, error)
	// SaveRule stores a rule in place of the version before, or gives Stale.
	// Version 2 is the first to be stored.
	SaveRule(ctx context.Context, r Rule) error
	// ClosedDays gives the closed days, or NotFound when none were ever given.
	ClosedDays(ctx context.Context) (ClosedDays, error)
	// SaveClosedDays stores them in place of the version before, or gives
	// Stale. Version 2 is the first to be stored.
	SaveClosedDays(ctx context.Context, c ClosedDays) error
}

// RuleBook reads and changes the rules and the council's closed days.
type RuleBook struct {
	Store RuleStore
	Now   func() time.Time
	Zone  *time.Location
}

// Rules gives every rule as it is in force, in the order in which they are shown.
func (b *RuleBook) Rules(ctx context.Context) ([]Rule, error) {
	stored, err := b.Store.Rules(ctx)
	if err != nil {
		return nil, err
	}
	var out []Rule
	for _, info := range RuleInfos() {
		r := info.Default
		if i := slices.IndexFunc(stored, func(r Rule) bool { return r.ID == info.ID }); i >= 0 {
			r = stored[i].clone()
		}
		out = append(out, r)
	}
	return out, nil
}

// Rule gives one rule as it is in force, or NotFound.
func (b *RuleBook) Rule(ctx context.Context, id string) (Rule, error) {
	all, err := b.Rules(ctx)
	if err != nil {
		return Rule{}, err
	}
	i := slices.IndexFunc(all, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, workpackages.Errorf(workpackages.NotFound, "There is no such rule")
	}
	return all[i], nil
}

// Plan gives what the runner goes by.
func (b *RuleBook) Plan(ctx context.Context) (Plan, error) {
	rules, err := b.Rules(ctx)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Rules: map[string]Rule{}}
	for _, r := range rules {
		p.Rules[r.ID] = r
	}
	p.Closed, err = b.ClosedDays(ctx)
	return p, err
}

// RuleInput is a whole rule as it was typed. What a rule does not have is not
// looked at.
type RuleInput struct {
	On                              bool
	Days                            []time.Weekday
	Time                            string // 09:00, 9.00 or 9am
	Audience                        []Audience
	Soon, ChairAfter, DirectorAfter string // whole numbers; empty for never
}

const (
	maxSoon     = 60 // working days
	maxOverdue  = 60
	maxPeriods  = 50
	maxPeriod   = 31 // calendar days
	maxAheadFor = 3  // years
	maxName     = 60 // characters
)

// EditRule changes a rule, for assistant directors. It gives Forbidden, NotFound,
// Stale with the rule in force, or Invalid with the fields on, days, time,
// audience, soon, chair_after and director_after.
func (b *RuleBook) EditRule(ctx context.Context, by workpackages.Actor, id string, version int64, in RuleInput) (Rule, error) {
	if by.Role != workpackages.AssistantDirector {
		return Rule{}, workpackages.Errorf(workpackages.Forbidden, "Only an assistant director can change a rule")
	}
	was, err := b.Rule(ctx, id)
	if err != nil {
		return Rule{}, err
	}
	if version != was.Version {
		return Rule{}, staleRule(was)
	}
	info, _ := RuleInfoOf(id)
	next, err := in.read(info, was)
	if err != nil {
		return Rule{}, err
	}
	next.Version, next.ChangedAt, next.ChangedBy = was.Version+1, b.Now().UTC().Truncate(time.Millisecond), by.Name
	if next.On != was.On || next.Time != was.Time || !slices.Equal(next.Days, was.Days) {
		next.Since = next.ChangedAt
	}
	if err := b.Store.SaveRule(ctx, next); err != nil {
		if workpackages.KindOf(err) == workpackages.Stale {
			if now, readErr := b.Rule(ctx, id); readErr == nil {
				return Rule{}, staleRule(now)
			}
		}
		return Rule{}, err
	}
	return next, nil
}

func staleRule(now Rule) *workpackages.Error {
	e := workpackages.Errorf(workpackages.Stale, "This rule has changed since you read it: read it again, then make your change")
	e.Current = now
	return e
}

// read makes what was typed the rule that comes after one.
func (in RuleInput) read(info RuleInfo, was Rule) (Rule, error) {
	var bad formErrors
	next := was.clone()
	next.On, next.Days, next.Audience = in.On, nil, nil
	for _, d := range workingWeek {
		if slices.Contains(in.Days, d) {
			next.Days = append(next.Days, d)
		}
	}
	switch {
	case slices.ContainsFunc(in.Days, func(d time.Weekday) bool { return !slices.Contains(workingWeek, d) }):
		bad.add("days", "Choose days from Monday to Friday: nothing is sent at the weekend")
	case len(next.Days) == 0:
		bad.add("days", "Choose at least one day. To stop the rule, switch it off")
	}
	at, ok := workpackages.ParseTime(in.Time)
	if next.Time = at; !ok {
		bad.add("time", "Enter a time such as 09:00")
	}
	for _, a := range info.May {
		if slices.Contains(in.Audience, a) {
			next.Audience = append(next.Audience, a)
		}
	}
	for _, a := range in.Audience {
		if !slices.Contains(info.May, a) {
			bad.add("audience", "This rule cannot tell %q: choose from %s", a, audienceIDs(info.May))
		}
	}
	if len(next.Audience) == 0 {
		bad.add("audience", "Choose who is told. To stop the rule, switch it off")
	}
	number := func(field, typed, what string, to *int, lo, hi int) {
		typed = strings.TrimSpace(typed)
		if typed == "" && lo == 0 {
			typed = "0"
		}
		n, err := strconv.Atoi(typed)
		if err != nil || n < lo || n > hi {
			bad.add(field, "Enter %s, a whole number from %d to %d", what, lo, hi)
			return
		}
		*to = n
	}
	if info.LooksAhead {
		number("soon", in.Soon, "how many working days ahead the rule looks", &next.Soon, 1, maxSoon)
	}
	if info.Escalates {
		number("chair_after", in.ChairAfter, "after how many working days overdue the chair is told, or 0 for never", &next.ChairAfter, 0, maxOverdue)
		number("director_after", in.DirectorAfter, "after how many working days overdue the assistant directors are told, or 0 for never", &next.DirectorAfter, 0, maxOverdue)
	}
	return next, bad.err()
}

func audienceIDs(all []Audience) string {
	var out []string
	for _, a := range all {
		out = append(out, string(a))
	}
	return strings.Join(out, ", ")
}

// ClosedDays gives the council's closed days.
func (b *RuleBook) ClosedDays(ctx context.Context) (ClosedDays, error) {
	c, err := b.Store.ClosedDays(ctx)
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return ClosedDays{ID: closedID, Version: 1, Periods: []ClosedPeriod{}}, nil
	}
	c.Periods = slices.Clone(c.Periods)
	return c, err
}

// EditClosedDays puts others in their place, for assistant directors. From and To
// may be days as they were typed; a row that is empty is left out, and without
// To it is one day. It gives Forbidden, Stale with those in force, or Invalid
// with fields that count the rows given, such as from-1, to-1 and name-1 for the
// first, and periods.
func (b *RuleBook) EditClosedDays(ctx context.Context, by workpackages.Actor, version int64, in []ClosedPeriod) (ClosedDays, error) {
	if by.Role != workpackages.AssistantDirector {
		return ClosedDays{}, workpackages.Errorf(workpackages.Forbidden, "Only an assistant director can change the closed days")
	}
	was, err := b.ClosedDays(ctx)
	if err != nil {
		return ClosedDays{}, err
	}
	if version != was.Version {
		return ClosedDays{}, staleClosed(was)
	}
	now := b.Now().UTC().Truncate(time.Millisecond)
	periods, err := readPeriods(in, workpackages.DateOf(now, b.Zone))
	if err != nil {
		return ClosedDays{}, err
	}
	next := ClosedDays{ID: closedID, Periods: periods, Version: was.Version + 1, ChangedAt: now, ChangedBy: by.Name}
	if err := b.Store.SaveClosedDays(ctx, next); err != nil {
		if workpackages.KindOf(err) == workpackages.Stale {
			if now, readErr := b.ClosedDays(ctx); readErr == nil {
				return ClosedDays{}, staleClosed(now)
			}
		}
		return ClosedDays{}, err
	}
	return next, nil
}

func staleClosed(now ClosedDays) *workpackages.Error {
	e := workpackages.Errorf(workpackages.Stale, "The closed days have changed since you read them: read them again, then make your change")
	e.Current = now
	return e
}

func readPeriods(in []ClosedPeriod, today workpackages.Date) ([]ClosedPeriod, error) {
	var bad formErrors
	out := []ClosedPeriod{}
	latest := workpackages.Date(today.Time().AddDate(maxAheadFor, 0, 0).Format(time.DateOnly))
	for i, p := range in {
		from, to, name := fmt.Sprintf("from-%d", i+1), fmt.Sprintf("to-%d", i+1), fmt.Sprintf("name-%d", i+1)
		if strings.TrimSpace(string(p.From)+string(p.To)+p.Name) == "" {
			continue
		}
		if strings.TrimSpace(string(p.To)) == "" {
			p.To = p.From
		}
		first, err := workpackages.ParseDate(string(p.From))
		if err != nil {
			bad.add(from, "Enter the first closed day, such as 24/12/%d", today.Time().Year())
		} else if latest.Before(first) {
			bad.add(from, "Enter a day in the next %d years", maxAheadFor)
		}
		last, lastErr := workpackages.ParseDate(string(p.To))
		switch {
		case err != nil:
		case lastErr != nil:
			bad.add(to, "Enter the last closed day, such as 31/12/%d", today.Time().Year())
		case last.Before(first):
			bad.add(to, "Enter a last day that is not before the first")
		case !last.Before(first.AddDays(maxPeriod)):
			bad.add(to, "Enter at most %d days in one row", maxPeriod)
		}
		text, problem := workpackages.Line("name for these days", p.Name, maxName)
		if problem != "" {
			bad.add(name, "%s", problem)
		}
		out = append(out, ClosedPeriod{From: first, To: last, Name: text})
	}
	if len(out) > maxPeriods {
		bad.add("periods", "Enter at most %d rows: take away those that have passed", maxPeriods)
	}
	slices.SortStableFunc(out, func(a, b ClosedPeriod) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return out, bad.err()
}

// formErrors gathers what is wrong with a form, the first for each field.
type formErrors []workpackages.FieldError

func (f *formErrors) add(field, format string, args ...any) {
	if slices.ContainsFunc(*f, func(e workpackages.FieldError) bool { return e.Field == field }) {
		return
	}
	*f = append(*f, workpackages.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (f formErrors) err() error {
	if len(f) == 0 {
		return nil
	}
	return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: f}
}
