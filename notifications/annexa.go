package notifications

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// AnnexaCheck is the rule "Annexe A check".
const AnnexaCheck = "annexa-check"

// AnnexaNews is what a scheduled Annexe A check has to tell. Slack is outside the
// authority: both reports are as annexa.Report.Shared gives them, and Change is
// worked out from those. NewAnnexaNews sees to that.
type AnnexaNews struct {
	CheckID string
	AsOf    workpackages.Date // when the lists were made
	Report  *annexa.Report
	Before  *annexa.Report    // nil with the first scheduled check
	Since   workpackages.Date // the day of the check before
	Change  annexa.Change
}

// NewAnnexaNews gives the news of a check. before is the scheduled one before it,
// made on the day since; nil where there is none.
func NewAnnexaNews(id string, asOf workpackages.Date, r, before *annexa.Report, since workpackages.Date) AnnexaNews {
	n := AnnexaNews{CheckID: id, AsOf: asOf, Report: r.Shared(), Since: since}
	if before != nil {
		n.Before = before.Shared()
		n.Change = annexa.Compare(n.Before, n.Report)
	}
	return n
}

// How much of each a message shows: ten items, which is what Slack shows of one.
const (
	maxNotFit = 3
	maxWorse  = 3
	maxBetter = 2
)

// Changed reports whether anything is worth telling that was not so before: a
// list's verdict, or a cause that is new, gone, worse or better. What is only
// worth knowing, of severity info, is left to the page, as is what is and was in
// so few rows that their number may not be told.
func (n AnnexaNews) Changed() bool {
	return n.Before == nil || len(n.worse())+len(n.better()) > 0 ||
		slices.ContainsFunc(n.Change.Lists, func(l annexa.ListChange) bool { return l.To == annexa.NotFit })
}

// AnnexaChecked words the news for a recipient, with why they get it. occurrence
// is the instant that the check was due at.
func AnnexaChecked(recipientID, recipientName, why string, n AnnexaNews, baseURL, occurrence string) Message {
	m := Message{ID: Key(AnnexaCheck, "", recipientID, occurrence), Rule: AnnexaCheck, RecipientID: recipientID, RecipientName: recipientName}
	c := &m.Content
	c.Heading = "Annexe A check: " + n.Verdict()
	c.Intro = fmt.Sprintf("The lists were made on %s.", n.AsOf)
	c.Items = n.notFit()
	worse, better := n.worse(), n.better()
	c.Items = append(c.Items, worse[:min(len(worse), maxWorse)]...)
	c.Items = append(c.Items, better[:min(len(better), maxBetter)]...)
	var more []string
	if left := len(worse) - maxWorse; left > 0 {
		more = append(more, fmt.Sprintf("%d more that got worse", left))
	}
	if left := len(better) - maxBetter; left > 0 {
		more = append(more, fmt.Sprintf("%d more that got better", left))
	}
	switch {
	case len(more) > 0:
		c.Items = append(c.Items, Item{Title: "And " + strings.Join(more, ", ")})
	case n.Before == nil:
		c.Items = append(c.Items, Item{Title: "This is the first scheduled check", Detail: "those that follow say what got better and what got worse"})
	case !n.Changed():
		c.Items = append(c.Items, Item{Title: "Nothing has changed", Detail: fmt.Sprintf("since the check of %s", n.Since)})
	}
	c.Button = Button{Text: "See the check", URL: baseURL + "/annexa/checks/" + n.CheckID}
	c.Why = why + " You get one when something changes, and each Monday."
	return m
}

// AnnexaNotChecked words that the scheduled check could not be made, and why:
// a sentence that names no file. newest is the day of the newest scheduled check
// there is; empty where there is none.
func AnnexaNotChecked(recipientID, recipientName, why, sentence string, newest workpackages.Date, baseURL, occurrence string) Message {
	m := Message{ID: Key(AnnexaCheck, "not-made", recipientID, occurrence), Rule: AnnexaCheck, RecipientID: recipientID, RecipientName: recipientName}
	m.Content = Content{
		Heading: "Annexe A check: it could not be made",
		Intro:   "Nobody knows whether the lists are fit to send.",
		Items:   []Item{{Title: "The lists were not checked", Detail: sentence}},
		Button:  Button{Text: "See the checks", URL: baseURL + "/annexa"},
		Why:     why,
	}
	if newest != "" {
		m.Content.Intro = fmt.Sprintf("The newest scheduled check is that of %s.", newest)
	}
	return m
}

// AnnexaGlance words a check for somebody who asks how the return stands, by the
// rules of the news: what may leave the authority of it.
func AnnexaGlance(c workpackages.Check, baseURL string, zone *time.Location) Content {
	n := NewAnnexaNews(c.ID, c.AsOf, &c.Report, nil, "")
	out := Content{
		Heading: "Annexe A: " + n.Verdict(),
		Intro:   "Checked on " + c.At.In(zone).Format("2 January 2006 at 15:04") + ".",
		Items:   n.notFit(),
		Button:  Button{Text: "See the check", URL: baseURL + "/annexa/checks/" + c.ID},
		Why:     "Only you see this. Counts of 1 to 5 are not told in Slack.",
	}
	causes := slices.DeleteFunc(slices.Clone(n.Report.Causes), func(cause annexa.Cause) bool { return cause.Severity == annexa.SeverityInfo || cause.Follows != "" })
	for _, cause := range causes[:min(len(causes), maxWorse)] {
		title := fmt.Sprintf("List %d", cause.List)
		if cause.Column != "" {
			title += ", " + cause.Column
		}
		detail := cause.Title
		if much := amount(n.Report, cause.Key); much != "" {
			detail += ": " + much
		}
		out.Items = append(out.Items, Item{Title: title, Detail: detail})
	}
	if more := len(causes) - maxWorse; more > 0 {
		out.Items = append(out.Items, Item{Title: fmt.Sprintf("And %d more to look at", more)})
	}
	return out
}

// Verdict says in a few words whether the return may be sent.
func (n AnnexaNews) Verdict() string {
	count := map[annexa.FitVerdict]int{}
	for _, l := range n.Report.Lists {
		count[l.Fit.Verdict]++
	}
	switch {
	case count[annexa.NotFit] > 0:
		return lists(count[annexa.NotFit]) + " not fit to send"
	case count[annexa.FitKnown] > 0:
		return "fit to send, " + lists(count[annexa.FitKnown]) + " with known faults"
	case count[annexa.FitToSend] == len(n.Report.Lists):
		return "all " + lists(len(n.Report.Lists)) + " fit to send"
	}
	return fmt.Sprintf("%s fit to send, %d not checked", lists(count[annexa.FitToSend]), count[annexa.NotChecked])
}

// notFit gives a line for each list that is not fit to send, with the weightiest
// reason, and one for those there is no room for.
func (n AnnexaNews) notFit() []Item {
	var items []Item
	var rest []string
	for _, l := range n.Report.Lists {
		if l.Fit.Verdict != annexa.NotFit {
			continue
		}
		if len(items) == maxNotFit {
			rest = append(rest, fmt.Sprint(l.Number))
			continue
		}
		detail := ""
		if len(l.Fit.Reasons) > 0 {
			detail = strings.TrimSuffix(l.Fit.Reasons[0], ".")
		}
		was := func(c annexa.ListChange) bool { return c.List == l.Number && fit(c.From) }
		if slices.ContainsFunc(n.Change.Lists, was) {
			detail = strings.TrimPrefix(detail+". It was fit to send before", ". ")
		}
		items = append(items, Item{Title: l.Title + " is not fit to send", Detail: detail})
	}
	switch len(rest) {
	case 0:
	case 1:
		items = append(items, Item{Title: "List " + rest[0] + " is not fit to send either"})
	default:
		last := len(rest) - 1
		items = append(items, Item{Title: fmt.Sprintf("Lists %s and %s are not fit to send either", strings.Join(rest[:last], ", "), rest[last])})
	}
	return items
}

func fit(v annexa.FitVerdict) bool { return v == annexa.FitToSend || v == annexa.FitKnown }

// worse gives a line for each thing that got worse, but for lists no longer fit:
// those have theirs already.
func (n AnnexaNews) worse() []Item {
	var items []Item
	for _, c := range n.Change.Lists {
		if c.From == annexa.FitToSend && c.To == annexa.FitKnown {
			items = append(items, n.list(c))
		}
	}
	items = append(items, n.causes("New", n.Change.New)...)
	return append(items, n.causes("Worse", n.Change.Worse)...)
}

// better gives a line for each thing that got better.
func (n AnnexaNews) better() []Item {
	var items []Item
	for _, from := range []annexa.FitVerdict{annexa.NotFit, annexa.FitKnown} { // the better news first
		for _, c := range n.Change.Lists {
			if c.From == from && fit(c.To) && c.From != c.To {
				items = append(items, n.list(c))
			}
		}
	}
	items = append(items, n.causes("Gone", n.Change.Gone)...)
	return append(items, n.causes("Better", n.Change.Better)...)
}

func (n AnnexaNews) list(c annexa.ListChange) Item {
	title := fmt.Sprintf("List %d", c.List)
	if i := slices.IndexFunc(n.Report.Lists, func(l annexa.ListReport) bool { return l.Number == c.List }); i >= 0 {
		title = n.Report.Lists[i].Title
	}
	return Item{Title: title + " is now " + lower(c.To.Label()), Detail: lower(c.From.Label()) + " before"}
}

// causes gives a line for each fault that matters, with how much of it there is
// and was. One that is of a handful of rows, and was, does not matter here.
func (n AnnexaNews) causes(how string, changes []annexa.CauseChange) []Item {
	place := map[string]int{}
	var faults [][]annexa.CauseChange
	for _, c := range changes {
		if c.Severity == annexa.SeverityInfo || few(n.Before, c.Key) && few(n.Report, c.Key) {
			continue
		}
		fault := c.Key
		if now, there := find(n.Report, c.Key); there {
			fault = now.Fault()
		} else if before, there := find(n.Before, c.Key); there {
			fault = before.Fault()
		}
		i, there := place[fault]
		if !there {
			i = len(faults)
			place[fault] = i
			faults = append(faults, nil)
		}
		faults[i] = append(faults[i], c)
	}
	var items []Item
	for _, f := range faults {
		if len(f) == 1 {
			items = append(items, n.cause(how, f[0]))
		} else {
			items = append(items, n.together(how, f))
		}
	}
	return items
}

func (n AnnexaNews) cause(how string, c annexa.CauseChange) Item {
	title := fmt.Sprintf("%s: List %d", how, c.List)
	if c.Column != "" {
		title += ", " + c.Column
	}
	now, before := amount(n.Report, c.Key), amount(n.Before, c.Key)
	if before != "" {
		before += " before"
	}
	detail := c.Title
	if much := strings.Trim(now+", "+before, ", "); much != "" {
		detail += ": " + much
	}
	return Item{Title: title, Detail: detail}
}

// together is one line for a fault of several lists or columns: where it is, or
// was where it is gone, and over how many rows.
func (n AnnexaNews) together(how string, changes []annexa.CauseChange) Item {
	var g annexa.Group
	for _, c := range changes {
		if now, there := find(n.Report, c.Key); there {
			g.Add(now)
		} else if before, there := find(n.Before, c.Key); there {
			g.Add(before)
		}
	}
	return Item{Title: how + ": " + g.Where(), Detail: g.Sentence()}
}

func find(r *annexa.Report, key string) (annexa.Cause, bool) {
	if r == nil {
		return annexa.Cause{}, false
	}
	i := slices.IndexFunc(r.Causes, func(c annexa.Cause) bool { return c.Key == key })
	if i < 0 {
		return annexa.Cause{}, false
	}
	return r.Causes[i], true
}

// few reports whether a cause is of so few rows in a report that their number may
// not be told, or of none.
func few(r *annexa.Report, key string) bool {
	c, there := find(r, key)
	return !there || c.Suppressed && !c.AllBut
}

// fewest is the largest count that is not told outside the authority.
const fewest = 5

// amount says how many rows a cause has in a report; "" where it has none, or
// where the cause is about the whole list. A small count is not said even if the
// report still had it.
func amount(r *annexa.Report, key string) string {
	c, there := find(r, key)
	switch {
	case !there:
		return ""
	case c.AllBut:
		return fmt.Sprintf("all but 1 to %d of %d rows", fewest, c.Of)
	case c.Suppressed && c.Of > fewest:
		return fmt.Sprintf("1 to %d of %d rows", fewest, c.Of)
	case c.Suppressed, c.Of > 0 && c.Count > 0 && c.Count <= fewest:
		return fmt.Sprintf("1 to %d rows", fewest)
	case c.Count > fewest && c.Of > 0:
		return fmt.Sprintf("%d of %d rows", c.Count, c.Of)
	case c.Count > fewest:
		return fmt.Sprintf("%d findings", c.Count)
	}
	return ""
}

func lists(n int) string {
	if n == 1 {
		return "1 list"
	}
	return fmt.Sprintf("%d lists", n)
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
