package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
	"readiness/workpackages/phrase"
)

// trendLength is how many checks the picture shows, and pastChecks how many the
// table of earlier ones holds.
const (
	trendLength = 12
	pastChecks  = 50
)

// fitTag is a verdict as symbol and words: never a colour alone.
type fitTag struct{ Symbol, Word, Class string }

func newFitTag(v annexa.FitVerdict) fitTag {
	switch v {
	case annexa.FitToSend:
		return fitTag{"✓", v.Label(), "app-tag--green"}
	case annexa.FitKnown:
		return fitTag{"!", v.Label(), "app-tag--amber"}
	case annexa.NotFit:
		return fitTag{"✕", v.Label(), "app-tag--red"}
	}
	return fitTag{"–", v.Label(), "app-tag--paused"}
}

// severityTag is a severity in a word.
type severityTag struct{ Word, Class string }

func newSeverityTag(v annexa.Severity) severityTag {
	switch v {
	case annexa.SeverityError:
		return severityTag{"Error", "app-tag--red"}
	case annexa.SeverityWarning:
		return severityTag{"Warning", "app-tag--amber"}
	}
	return severityTag{"For information", "app-tag--not-started"}
}

// checkHead says what check a page is about.
type checkHead struct {
	workpackages.CheckSummary
	How string // "uploaded by Ann Example"
	Ok  int    // lists that may be sent
	Of  int    // lists that were looked at
}

func newCheckHead(c workpackages.CheckSummary) checkHead {
	h := checkHead{CheckSummary: c, How: "uploaded by " + c.By.Name}
	switch c.Origin {
	case workpackages.ByAPI:
		h.How = "through the API, by " + c.By.Name
	case workpackages.Scheduled:
		h.How = "by the scheduled check"
	}
	for _, l := range c.Lists {
		if fitToGo(l.Fit) {
			h.Ok++
		}
		if l.Fit != annexa.NotChecked {
			h.Of++
		}
	}
	return h
}

// Empty says which lists have no rows, and what that means; empty when all have
// some. An extract that has failed leaves such a list behind, without an error.
func (h checkHead) Empty() string {
	var numbers []int
	for _, l := range h.Lists {
		if l.Found && l.Rows == 0 {
			numbers = append(numbers, l.Number)
		}
	}
	switch {
	case len(numbers) == 0:
		return ""
	case len(numbers) == 1:
		return annexa.ListNames(numbers) + " is empty: that is right only if there is nobody to put in it"
	}
	return annexa.ListNames(numbers) + " are empty: that is right only if there is nobody to put in them"
}

// Part reports whether lists were left unlooked at in a return with nothing else
// against it.
func (h checkHead) Part() bool {
	return h.Fit.Verdict == annexa.FitPart
}

// Tag is the verdict in words. A green word over some of the lists would be read
// as leave to send the return.
func (h checkHead) Tag() fitTag {
	if h.Part() {
		return fitTag{"–", fmt.Sprintf("Only %d of %d lists checked", h.Of, len(h.Lists)), "app-tag--paused"}
	}
	return newFitTag(h.Fit.Verdict)
}

// Shade is the verdict that the colour beside it stands for.
func (h checkHead) Shade() annexa.FitVerdict {
	if h.Part() {
		return annexa.NotChecked
	}
	return h.Fit.Verdict
}

func fitToGo(v annexa.FitVerdict) bool { return v == annexa.FitToSend || v == annexa.FitKnown }

// annexaView is the page of Annexe A: the newest check and how it came to it.
type annexaView struct {
	Newest   *checkHead // of the whole return, where there is one
	Beside   bool       // there are newer ones, of some lists
	Lists    []listView
	Change   changeView
	Trend    trendView
	Earlier  []checkHead
	More     bool // there are older checks than are listed
	CanCheck bool
}

// listView is one list as a line of a table.
type listView struct {
	annexa.ListReport
	CheckID string
	Picked  bool // the page shows only this list's causes
}

// Checked reports whether the list was looked at: no errors were found in others
// either, and none is not what that means.
func (l listView) Checked() bool { return l.Fit.Verdict != annexa.NotChecked }

// PracticeOnly reports whether the list may be sent in spite of its errors: they
// are about what was done for children.
func (l listView) PracticeOnly() bool { return l.Fit.Verdict == annexa.FitToSend && l.Errors > 0 }

// wholeReturns gives the checks of the whole return: what was tried with one list
// says nothing of how that goes.
func wholeReturns(all []workpackages.CheckSummary) []workpackages.CheckSummary {
	return slices.DeleteFunc(slices.Clone(all), func(k workpackages.CheckSummary) bool { return k.Part })
}

func (s *Server) annexaPage(c *fiber.Ctx) error {
	all, err := s.Packages.Checks(c.UserContext(), pastChecks+1)
	if err != nil {
		return err
	}
	v := annexaView{CanCheck: workpackages.MayCheck(actorOf(c))}
	if len(all) > pastChecks {
		all, v.More = all[:pastChecks], true
	}
	if len(all) > 0 {
		sum, err := s.Packages.NewestReturn(c.UserContext())
		if err != nil {
			return err
		}
		newest, err := s.Packages.CheckOf(c.UserContext(), sum.ID)
		if err != nil {
			return err
		}
		whole := wholeReturns(all)
		head := newCheckHead(newest.CheckSummary)
		v.Newest, v.Lists, v.Change = &head, listViews(newest, 0), s.changeView(newest)
		v.Trend, v.Beside = newTrend(whole[:min(len(whole), trendLength)], s.Zone), newest.ID != all[0].ID
		for _, o := range all {
			if o.ID != newest.ID {
				v.Earlier = append(v.Earlier, newCheckHead(o))
			}
		}
	}
	return s.render(c, http.StatusOK, "annexa", page{Title: "Annexe A", Data: v})
}

// checksPage is where the browser lands that opens the address of the upload.
func (s *Server) checksPage(c *fiber.Ctx) error { return c.Redirect("/annexa", http.StatusSeeOther) }

func listViews(k workpackages.Check, picked int) []listView {
	var out []listView
	for _, l := range k.Report.Lists {
		out = append(out, listView{ListReport: l, CheckID: k.ID, Picked: l.Number == picked})
	}
	return out
}

// changeView is what differs from the check before, in sentences.
type changeView struct {
	Previous string // id; empty for the first check
	Since    string
	Groups   []changeGroup
	None     bool
}

type changeGroup struct {
	Heading string
	Lines   []changeLine
	More    int
}

type changeLine struct {
	Text     string
	Severity annexa.Severity
}

// mostLines keeps what changed readable at a glance.
const mostLines = 6

func (s *Server) changeView(k workpackages.Check) changeView {
	v := changeView{Previous: k.Previous, Since: workpackages.Date(k.Change.Since).String()}
	if k.Previous == "" {
		return v
	}
	v.add(changeGroup{Heading: "Lists", Lines: listChanges(k.Change.Lists)})
	v.add(causeGroup(phrase.Count(len(k.Change.New), "new fault"), k.Change.New, func(c annexa.CauseChange) string { return phrase.Count(c.To, "finding") }))
	v.add(causeGroup(phrase.Count(len(k.Change.Worse), "fault")+" got worse", k.Change.Worse, fromTo))
	v.add(causeGroup(phrase.Count(len(k.Change.Better), "fault")+" got better", k.Change.Better, fromTo))
	v.add(causeGroup(phrase.Count(len(k.Change.Gone), "fault")+" gone", k.Change.Gone, thereWere))
	v.None = len(v.Groups) == 0
	return v
}

// listChanges says what became of the lists, those together that went the same way.
func listChanges(changes []annexa.ListChange) []changeLine {
	type way struct{ from, to annexa.FitVerdict }
	numbers := map[way][]int{}
	var ways []way
	for _, l := range changes {
		w := way{cmp.Or(l.From, annexa.NotChecked), cmp.Or(l.To, annexa.NotChecked)}
		if numbers[w] == nil {
			ways = append(ways, w)
		}
		numbers[w] = append(numbers[w], l.List)
	}
	var lines []changeLine
	for _, w := range ways {
		was, is := "was", "is"
		if len(numbers[w]) > 1 {
			was, is = "were", "are"
		}
		lines = append(lines, changeLine{Text: fmt.Sprintf("%s %s “%s” and %s now “%s”", annexa.ListNames(numbers[w]), was, w.from.Label(), is, w.to.Label())})
	}
	return lines
}

func thereWere(c annexa.CauseChange) string {
	if c.From == 1 {
		return "there was 1"
	}
	return fmt.Sprintf("there were %d", c.From)
}

// fromTo says what became of a fault: where as many rows have it of fewer, only
// these tell why it is worse.
func fromTo(c annexa.CauseChange) string {
	if c.FromOf > 0 && c.ToOf > 0 && c.FromOf != c.ToOf {
		return fmt.Sprintf("from %d of %s to %d of %d", c.From, phrase.Count(c.FromOf, "row"), c.To, c.ToOf)
	}
	return fmt.Sprintf("from %d to %d", c.From, c.To)
}

func causeGroup(heading string, changes []annexa.CauseChange, count func(annexa.CauseChange) string) changeGroup {
	g := changeGroup{Heading: heading}
	for _, c := range changes {
		g.Lines = append(g.Lines, changeLine{fmt.Sprintf("%s: %s. %s", where(c.List, c.Column), c.Title, sentenceCase(count(c))), c.Severity})
	}
	return g
}

func sentenceCase(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

func (v *changeView) add(g changeGroup) {
	if len(g.Lines) == 0 {
		return
	}
	if len(g.Lines) > mostLines {
		g.Lines, g.More = g.Lines[:mostLines], len(g.Lines)-mostLines
	}
	v.Groups = append(v.Groups, g)
}

// where names a column of a list, or a list as a whole.
func where(list int, column string) string {
	if column == "" {
		return fmt.Sprintf("List %d", list)
	}
	return fmt.Sprintf("List %d, %s", list, column)
}

// ruleView is one rule on the page of rules.
type ruleView struct {
	annexa.Rule
	Usually string
	Where   string
	Sources string
}

func (s *Server) rulesPage(c *fiber.Ctx) error {
	list := c.QueryInt("list")
	var rules []ruleView
	for _, r := range annexa.Rules() {
		if list == 0 || slices.Contains(r.Lists, list) {
			rules = append(rules, newRuleView(r))
		}
	}
	lists := make([]int, 11)
	for i := range lists {
		lists[i] = i + 1
	}
	return s.render(c, http.StatusOK, "annexa-rules", page{Title: "Rules of the Annexe A check", Data: map[string]any{"Rules": rules, "List": list, "Lists": lists}})
}

func newRuleView(r annexa.Rule) ruleView {
	v := ruleView{Rule: r, Sources: strings.Join(r.Source, ", ")}
	switch r.UsualCause {
	case annexa.CauseSystem:
		v.Usually = "The extract or the mapping"
	case annexa.CauseCompliance:
		v.Usually = "Recording"
	default:
		v.Usually = "Either the extract or recording"
	}
	switch len(r.Lists) {
	case 0:
		v.Where = "The return as a whole"
	case 11:
		v.Where = "Every list"
	default:
		v.Where = annexa.ListNames(r.Lists)
	}
	return v
}
