package schedules

import (
	"cmp"
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
)

// Annexa is what the scheduled Annexe A check works with.
type Annexa struct {
	// Files reads the folder as it is now; nil where none is set. Its errors are
	// the domain's; their sentences are kept, logged and sent, and name no file.
	Files    func() (Folder, error)
	Settings *annexa.Settings // nil: none
	Spec     string           // five cron fields; empty: six o'clock on weekdays
	Channel  string           // Slack's name or id of the channel that is told; empty: people are

	check func(ctx context.Context, sources []annexa.Source, o annexa.Options) (*annexa.Report, error) // nil: annexa.Check
}

// Folder is the files of a return.
type Folder struct {
	Sources []annexa.Source // by name
	Newest  time.Time       // when the newest of them was written: the lists were made then
	Over    string          // what else the folder holds, a sentence without names; empty: nothing
}

const (
	defaultAnnexaSpec = "0 6 * * 1-5"
	// toldGroup is the group whose leads are told where no channel is set.
	toldGroup = "system-and-performance-core-group"
	// toldFor is how long a message is of use: over a weekend that Slack is away,
	// as nothing is sent again until something changes again.
	toldFor = 72 * time.Hour
)

func (a Annexa) description() string {
	text := "Checks the Annexe A lists in the folder ANNEXA_DIR, keeps how much is wrong with each, and tells the System and Performance Core Group which lists are not fit to send, what got worse and what got better: counts only. It tells them when something has changed, and each Monday."
	if a.Files == nil {
		text += " ANNEXA_DIR is not set, so there is nothing to check."
	}
	return text
}

// annexaCheck checks the folder once for an instant, keeps the check, and tells
// whoever is to hear of it. A second run for the instant finds the check and the
// messages there. Whatever it comes to, issues catch up with earlier checks.
func (d Deps) annexaCheck(ctx context.Context, o Occasion) (out Outcome, err error) {
	if !o.DryRun {
		defer func() { err = errors.Join(err, d.Packages.ApplyChecks(ctx)) }()
	}
	switch {
	case d.Annexa.Files == nil:
		return Outcome{Summary: "ANNEXA_DIR is not set, so there is nothing to check"}, nil
	case !o.DryRun && o.Instant.After(d.Now()):
		// Its check would stand before all that come until then.
		return Outcome{}, workpackages.Errorf(workpackages.Invalid, "The folder can only be checked as it is now: give --at an instant that has passed, or leave it out")
	}
	id := workpackages.NewCheckID(o.Instant, "schedule")
	before, err := d.scheduledBefore(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	check, err := d.checkOnce(ctx, o, id)
	if err != nil {
		return d.notMade(ctx, o, before, err)
	}
	return d.tellChecked(ctx, o, check, before)
}

// scheduledBefore gives the newest scheduled check before one, or nil. What
// somebody tried out in between is not what the group was told of.
func (d Deps) scheduledBefore(ctx context.Context, id string) (*workpackages.Check, error) {
	all, err := d.Packages.Checks(ctx, 0)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(c workpackages.CheckSummary) bool {
		return c.Origin == workpackages.Scheduled && c.ID < id
	})
	if i < 0 {
		return nil, nil
	}
	c, err := d.Packages.CheckOf(ctx, all[i].ID)
	return &c, err
}

// checkOnce gives the check of an id: the one that is kept, or else a new one,
// which is kept unless this is a dry run.
func (d Deps) checkOnce(ctx context.Context, o Occasion, id string) (workpackages.Check, error) {
	kept, err := d.Packages.CheckOf(ctx, id)
	if err == nil || workpackages.KindOf(err) != workpackages.NotFound {
		return kept, err
	}
	folder, err := d.Annexa.Files()
	if err != nil {
		return workpackages.Check{}, err
	}
	asOf := min(workpackages.DateOf(folder.Newest, d.Zone), workpackages.DateOf(d.Now(), d.Zone))
	check := d.Annexa.check
	if check == nil {
		check = annexa.Check
	}
	r, err := check(ctx, folder.Sources, annexa.Options{AsOf: asOf.Time(), Settings: d.Annexa.Settings})
	var unreadable *annexa.ReadError
	switch {
	case errors.As(err, &unreadable):
		return workpackages.Check{}, withoutName(unreadable, folder.Sources)
	case err != nil:
		return workpackages.Check{}, err
	}
	if folder.Over != "" {
		r.Notes = append(r.Notes, folder.Over)
	}
	if o.DryRun {
		return workpackages.Check{CheckSummary: workpackages.CheckSummary{ID: id, AsOf: asOf}, Report: *r.Stored()}, nil
	}
	return d.Packages.RecordCheck(ctx, workpackages.System(), id, workpackages.Scheduled, asOf, r)
}

// withoutName says why a file cannot be read, and which it is, without its name:
// people choose names, and one may be a child's.
func withoutName(e *annexa.ReadError, sources []annexa.Source) error {
	if e.File == "" {
		return workpackages.Errorf(workpackages.Invalid, "%s. They are read from the folder that ANNEXA_DIR names", e.Sentence)
	}
	which := ""
	if i := slices.IndexFunc(sources, func(s annexa.Source) bool { return s.Name == e.File }); i >= 0 {
		which = fmt.Sprintf(" (number %d of %d by name)", i+1, len(sources))
	}
	sentence := e.Sentence
	if e.File != "" {
		sentence = strings.ReplaceAll(sentence, e.File, "the file")
	}
	return workpackages.Errorf(workpackages.Invalid, "A file in the folder cannot be read%s. %s", which, strings.TrimSuffix(sentence, "."))
}

// tellChecked tells what a check found, if that is worth telling.
func (d Deps) tellChecked(ctx context.Context, o Occasion, check workpackages.Check, before *workpackages.Check) (Outcome, error) {
	var was *annexa.Report
	since := workpackages.Date("")
	if before != nil {
		was, since = &before.Report, workpackages.DateOf(before.At, d.Zone)
	}
	news := notifications.NewAnnexaNews(check.ID, check.AsOf, &check.Report, was, since)
	summary := fmt.Sprintf("Checked %s of %s: %s", phrase.Count(len(check.Report.Files), "file"), check.AsOf, news.Verdict())
	if !news.Changed() && o.Instant.In(d.Zone).Weekday() != time.Monday {
		return Outcome{Summary: fmt.Sprintf("%s; nothing has changed since the check of %s, so nobody is told", summary, since)}, nil
	}
	return d.tell(ctx, o, summary, func(to addressee) notifications.Message {
		return notifications.AnnexaChecked(to.id, to.name, to.why, news, d.BaseURL, occurrence(o))
	})
}

// notMade gives back why the check could not be made, and tells it once no
// further try is to come: a file may have been caught while it was written.
func (d Deps) notMade(ctx context.Context, o Occasion, before *workpackages.Check, why error) (Outcome, error) {
	if errors.Is(ctx.Err(), context.Canceled) || !o.Last && !o.DryRun {
		return Outcome{}, why
	}
	newest := workpackages.Date("")
	if before != nil {
		newest = workpackages.DateOf(before.At, d.Zone)
	}
	// The time of the run may be what ran out.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	out, err := d.tell(ctx, o, "Not checked: "+reason(why), func(to addressee) notifications.Message {
		return notifications.AnnexaNotChecked(to.id, to.name, to.why, reason(why), newest, d.BaseURL, occurrence(o))
	})
	if o.DryRun {
		return out, err
	}
	return out, errors.Join(why, err)
}

func occurrence(o Occasion) string { return o.Instant.UTC().Format("2006-01-02T15:04Z") }

// addressee is a person or channel that is told.
type addressee struct {
	id, name string
	shown    string // in a plan of messages
	why      string
}

// tell makes a message for each addressee, and adds to the summary what became of them.
func (d Deps) tell(ctx context.Context, o Occasion, summary string, word func(to addressee) notifications.Message) (Outcome, error) {
	told, group, err := d.audience(ctx)
	if err != nil {
		return Outcome{Summary: summary}, err
	}
	if len(told) == 0 {
		return Outcome{Summary: fmt.Sprintf("%s; nobody to tell: name a lead of the %s, or set SLACK_CHANNEL", summary, group)}, nil
	}
	post := d.posting(o)
	for _, to := range told {
		m := word(to)
		m.NotAfter = d.Now().UTC().Add(toldFor)
		m.Flat = strings.HasPrefix(to.shown, "#")
		post.put(ctx, to.shown, m)
	}
	return Outcome{Summary: summary + "; " + post.says(), Planned: post.planned}, errors.Join(post.errs...)
}

// audience gives who hears of Annexe A checks: the channel that is set, or the
// leads of the group, or where it has none the assistant directors.
func (d Deps) audience(ctx context.Context) (told []addressee, group string, err error) {
	groups, err := d.Packages.Groups.Groups(ctx)
	if err != nil {
		return nil, "", err
	}
	people, err := d.Packages.People.People(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, g := range groups {
		if g.ID == toldGroup {
			group = g.Name
		}
	}
	group = cmp.Or(group, "System and Performance Core Group")
	if c := d.Annexa.Channel; c != "" {
		return []addressee{{notifications.ChannelID(c), "#" + c, "#" + c, "You get this because this channel is set to hear of Annexe A checks."}}, group, nil
	}
	for _, p := range workpackages.LeadsOf(people, toldGroup) {
		told = append(told, addressee{p.ID, p.Name, named(p), "You get this because you lead the " + group + "."})
	}
	if len(told) > 0 {
		return told, group, nil
	}
	for _, p := range people {
		if p.Role == workpackages.AssistantDirector && !p.Disabled {
			told = append(told, addressee{p.ID, p.Name, named(p), "You get this because you are an assistant director, and nobody leads the " + group + "."})
		}
	}
	return told, group, nil
}
