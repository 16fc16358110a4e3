package web

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
	"readiness/workpackages/phrase"
)

// How many causes of each part are shown at once: in all as many as a meeting
// gets through. What the pattern does not speak of is seldom worth its time.
const (
	topCauses  = 8
	topUnclear = 4
)

// checkView is one check's own page.
type checkView struct {
	Head      checkHead
	Look      []mapView // lists whose headings or values want looking at
	Matched   []mapView // the others
	Groups    []causeGroupView
	Left      int  // causes that are folded away
	All       bool // every cause is shown
	List      int  // only this list's causes; 0 for all
	ListTitle string
	Lists     []listView
	Report    annexa.Report
	Change    changeView
	Until     time.Time // the findings can be downloaded until then; zero when they cannot
	CanCheck  bool
}

// mapView says how one list's headings and codes were matched to the template's.
type mapView struct {
	Number   int
	Title    string
	State    string   // what stands beside the title
	Problems []string // shown without opening
	Renamed  []annexa.ColumnMap
	Missing  []string
	Unknown  []string
	Values   []valueView
}

type valueView struct {
	Heading string
	Text    string
	Bad     bool
}

type causeGroupView struct {
	ID, Heading, Lead string
	Causes            []causeView
	Rest              []causeView // beyond the first topCauses
	Total             int
}

type causeView struct {
	annexa.Cause
	Where   string
	Count   string // "312 of 640 rows (49%)"
	Spread  string // "in all 9 teams"
	Stops   bool   // it alone makes a list unfit to send
	Follows []causeView
	Same    []causeView // the fault in each of its lists and columns, where there are several
	In      string      // how many of these there are: "9 lists", "38 columns"
	Issue   *issueRef
	Raise   string // address of the form that takes it up; empty when it is not offered
}

// issueRef says which package has taken a cause up.
type issueRef struct {
	ID, PackageID, Package, Owner string
	Retest                        workpackages.Date
	Closed                        workpackages.Date
}

// checkOf finds a recorded check, or shows a check that is under way.
func (s *Server) checkPage(c *fiber.Ctx) error {
	if j, ok := s.desk.job(c.Params("id")); ok {
		return s.showJob(c, j)
	}
	k, err := s.Packages.CheckOf(c.UserContext(), c.Params("id"))
	if err != nil {
		return s.checkGone(c, err)
	}
	if c.Get("HX-Request") == "true" && strings.HasSuffix(c.Get("HX-Target"), "progress") {
		c.Set("HX-Refresh", "true") // the page that waits for the result makes room for it
		return c.SendStatus(http.StatusOK)
	}
	v, err := s.checkView(c, k)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "annexa-result", page{Title: "Annexe A check of " + s.dayAndTime(k.At), Data: v})
}

func (s *Server) dayAndTime(t time.Time) string {
	return t.In(s.Zone).Format("2 January 2006 at 15:04")
}

// checkGone says what may have become of a check that is not here.
func (s *Server) checkGone(c *fiber.Ctx, err error) error {
	if workpackages.KindOf(err) != workpackages.NotFound {
		return err
	}
	return s.render(c, http.StatusNotFound, "error", page{Title: "This check is not here", Data: map[string]any{
		"Heading": "This check is not here",
		"Detail":  "It may have been cut short by a restart. Upload the files again",
		"To":      "/annexa", "ToText": "Go to Annexe A",
	}})
}

func (s *Server) checkView(c *fiber.Ctx, k workpackages.Check) (checkView, error) {
	v := checkView{
		Head: newCheckHead(k.CheckSummary), Report: k.Report, Change: s.changeView(k), All: c.QueryBool("all"),
		CanCheck: workpackages.MayCheck(actorOf(c)),
	}
	if n := c.QueryInt("list"); n >= 1 && n <= len(k.Report.Lists) {
		v.List, v.ListTitle = n, k.Report.Lists[n-1].Title
	}
	v.Lists = listViews(k, v.List)
	for _, l := range k.Report.Lists {
		if m := newMapView(l); l.Found {
			if len(m.Problems) > 0 {
				v.Look = append(v.Look, m)
			} else {
				v.Matched = append(v.Matched, m)
			}
		}
	}
	if kept, ok := s.desk.upload(k.ID, actorOf(c).ID); ok {
		v.Until = kept.until
	}
	issues, raise, err := s.issuesByCause(c)
	if err != nil {
		return v, err
	}
	causes := causeViews(k.Report.Causes, v.List)
	stopsFirst(causes, k.Report.Lists)
	for i := range causes {
		causes[i].each(func(cv *causeView) {
			cv.Issue = issues[cv.Key]
			if raise && cv.Issue == nil { // one that was closed is reopened, where it is
				cv.Raise = "/annexa/checks/" + k.ID + "/issue?cause=" + url.QueryEscape(cv.Key)
			}
		})
	}
	v.Groups, v.Left = groupCauses(causes, v.All)
	return v, nil
}

// issuesByCause gives the issue of each cause that has been taken up, and
// whether whoever asks may take up others.
func (s *Server) issuesByCause(c *fiber.Ctx) (map[string]*issueRef, bool, error) {
	packages, err := s.Packages.Packages.Packages(c.UserContext())
	if err != nil {
		return nil, false, err
	}
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return nil, false, err
	}
	out, may := map[string]*issueRef{}, false
	for _, w := range packages {
		may = may || workpackages.MayRaiseIssue(actorOf(c), w.GroupID)
		for _, i := range w.Issues {
			if had := out[i.CauseKey]; had == nil || had.Closed != "" {
				out[i.CauseKey] = &issueRef{i.ID, w.ID, w.Title, workpackages.NameOf(people, i.OwnerID), i.Retest, i.ClosedOn}
			}
		}
	}
	return out, may, nil
}

// stopsFirst marks the causes that make a list unfit to send, and puts them
// before the others: one row can stop a return, and weighs next to nothing else.
func stopsFirst(causes []causeView, lists []annexa.ListReport) {
	stops := map[string]bool{}
	for _, l := range lists {
		for _, key := range l.Fit.Causes {
			stops[key] = l.Fit.Verdict == annexa.NotFit
		}
	}
	for i := range causes {
		c := &causes[i]
		c.Stops = stops[c.Key] || slices.ContainsFunc(c.Same, func(s causeView) bool { return stops[s.Key] })
	}
	slices.SortStableFunc(causes, func(a, b causeView) int {
		switch {
		case a.Stops == b.Stops:
			return 0
		case a.Stops:
			return -1
		}
		return 1
	})
}

func (v *causeView) each(do func(*causeView)) {
	do(v)
	for i := range v.Follows {
		v.Follows[i].each(do)
	}
	for i := range v.Same {
		v.Same[i].each(do)
	}
}

// causeViews puts causes into words, of one list or of all, with each cause that
// follows from another under it.
func causeViews(causes []annexa.Cause, list int) []causeView {
	shown := map[string]bool{}
	for _, k := range causes {
		if list == 0 || k.List == list {
			shown[k.Key] = true
		}
	}
	under := map[string][]causeView{}
	for _, k := range causes {
		if shown[k.Key] && k.Follows != "" && shown[k.Follows] && k.Follows != k.Key {
			under[k.Follows] = append(under[k.Follows], newCauseView(k))
		}
	}
	var top []annexa.Cause
	for _, k := range causes {
		if !shown[k.Key] || k.Follows != "" && shown[k.Follows] && k.Follows != k.Key {
			continue
		}
		k.Follows = "" // what it follows from is of another list: it stands by itself
		top = append(top, k)
	}
	var out []causeView
	for _, g := range annexa.Groups(top) {
		out = append(out, newGroupView(g, under))
	}
	return out
}

// newGroupView puts a group of causes that are one thing to mend into words, with
// what follows from each.
func newGroupView(g annexa.Group, under map[string][]causeView) causeView {
	v := newCauseView(g.Causes[0])
	for _, k := range g.Causes {
		v.Same = append(v.Same, newCauseView(k))
		v.Follows = append(v.Follows, under[k.Key]...)
	}
	if len(v.Same) == 1 {
		v.Same = nil
		return v
	}
	v.Where, v.Spread, v.Spellings, v.Reason = g.Where(), "", 0, g.Reason()
	unit := "row"
	v.In = phrase.Count(len(v.Same), "list")
	switch columns := g.Columns(); {
	case columns > 1:
		unit = "cell"
		v.In = phrase.Count(columns, "column")
		v.Where += ", " + v.In
	case v.Same[0].Column != "":
		v.Where += ", " + v.Same[0].Column
	}
	switch {
	case slices.ContainsFunc(g.Causes, func(k annexa.Cause) bool { return k.Suppressed }):
		v.Count = "in some 1 to 5 rows, or all but as few" // so their sum is not given either
	case g.Of == 0:
		v.Count = "in each the column as a whole"
	default:
		v.Count = fmt.Sprintf("%d of %s (%s)", g.Count, phrase.Count(g.Of, unit), share(g.Count, g.Of))
	}
	return v
}

func newCauseView(k annexa.Cause) causeView {
	v := causeView{Cause: k, Where: where(k.List, k.Column), Count: countText(k)}
	switch {
	case k.Teams > 0 && k.Teams == k.TeamsAll && k.Teams > 1:
		v.Spread = fmt.Sprintf("in all %d teams", k.TeamsAll)
	case k.Teams > 0 && k.TeamsAll > 0:
		v.Spread = fmt.Sprintf("in %d of %s", k.Teams, phrase.Count(k.TeamsAll, "team"))
	case k.Teams > 0:
		v.Spread = "in " + phrase.Count(k.Teams, "team")
	}
	return v
}

// countText says how many rows a cause touches; a suppressed count is never
// shown as none.
func countText(k annexa.Cause) string {
	switch {
	case k.AllBut:
		return fmt.Sprintf("all but 1 to 5 of %d rows", k.Of)
	case k.Suppressed && k.Of > 0:
		return fmt.Sprintf("1 to 5 of %d rows", k.Of)
	case k.Suppressed:
		return "1 to 5 rows"
	case k.Of == 0 && k.Column == "":
		return "the list as a whole"
	case k.Of == 0:
		return "the column as a whole"
	}
	return fmt.Sprintf("%d of %s (%s)", k.Count, phrase.Count(k.Of, "row"), share(k.Count, k.Of))
}

// share is a percentage that is 0% only for none and 100% only for all.
func share(n, of int) string {
	switch p := int(math.Round(100 * float64(n) / float64(of))); {
	case p == 0 && n > 0:
		return "under 1%"
	case p == 100 && n < of:
		return "over 99%"
	default:
		return fmt.Sprintf("%d%%", p)
	}
}

// Folded names what is folded away. Where nothing else is shown, all of it is for
// information alone.
func (g causeGroupView) Folded() string {
	switch n := len(g.Rest); {
	case len(g.Causes) == 0:
		return fmt.Sprintf("%d for information", n)
	case n == 1:
		return "The other one, which weighs less"
	default:
		return fmt.Sprintf("The other %d, which weigh less", n)
	}
}

// groupCauses sorts causes by who has to act, and folds away what is beyond the
// most important ones.
func groupCauses(causes []causeView, all bool) ([]causeGroupView, int) {
	groups := []causeGroupView{
		{ID: "extract", Heading: "For the extract or mapping", Lead: "One repair mends many rows. Give these to whoever writes the extract."},
		{ID: "recording", Heading: "For recording, by teams", Lead: "Each child’s record needs somebody to act. Give these to team managers."},
		{ID: "unclear", Heading: "Unclear", Lead: "The pattern does not say. Look at a few of the rows, then decide."},
	}
	at := map[annexa.Verdict]int{annexa.Extract: 0, annexa.Recording: 1, annexa.Unclear: 2}
	left := 0
	for _, k := range causes {
		n, ok := at[k.Verdict]
		if !ok {
			n = at[annexa.Unclear]
		}
		g := &groups[n]
		g.Total++
		limit := topCauses
		if n == at[annexa.Unclear] {
			limit = topUnclear
		}
		if len(g.Causes) < limit && k.Severity != annexa.SeverityInfo || k.Stops || all {
			g.Causes = append(g.Causes, k)
		} else {
			g.Rest = append(g.Rest, k)
			left++
		}
	}
	var out []causeGroupView
	for _, g := range groups {
		if g.Total > 0 {
			out = append(out, g)
		}
	}
	return out, left
}

// newMapView says what of a list was matched to what, the doubtful things first.
func newMapView(l annexa.ListReport) mapView {
	m := mapView{Number: l.Number, Title: l.Title, Unknown: l.Unknown}
	matched, guessed, unknown := 0, 0, 0
	for _, col := range l.Columns {
		switch {
		case col.Match == "missing":
			m.Missing = append(m.Missing, col.Heading)
			continue
		case col.Written != "" && col.Written != col.Heading:
			m.Renamed = append(m.Renamed, col)
		}
		matched++
		if col.Values != nil {
			m.Values = append(m.Values, newValueView(col.Heading, *col.Values))
			guessed += col.Values.Guessed
			unknown += col.Values.Unknown
		}
	}
	m.State = fmt.Sprintf("%d of %s found", matched, phrase.Count(len(l.Columns), "column"))
	if n := len(m.Missing); n > 0 {
		m.Problems = append(m.Problems, phrase.Count(n, "heading")+" missing: "+strings.Join(m.Missing, ", "))
	}
	if n := len(m.Unknown); n > 0 {
		m.Problems = append(m.Problems, phrase.Count(n, "heading")+" not recognised, so not checked: "+strings.Join(m.Unknown, ", "))
	}
	if unknown > 0 {
		m.Problems = append(m.Problems, phrase.Count(unknown, "value")+" that "+isAre(unknown)+" no permitted code")
	}
	if guessed > 0 {
		m.Problems = append(m.Problems, phrase.Count(guessed, "value")+" whose code had to be guessed")
	}
	return m
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func newValueView(heading string, n annexa.ValueMatch) valueView {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{n.Exact, "as the template has it"}, {n.Code, "by the code"}, {n.Words, "by the words"}, {n.Guessed, "guessed"}, {n.Unknown, "not recognised"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no values"}
	}
	return valueView{heading, strings.Join(parts, ", "), n.Guessed+n.Unknown > 0}
}

// checkSharePage is a check as it may leave the authority.
func (s *Server) checkSharePage(c *fiber.Ctx) error {
	k, err := s.Packages.CheckOf(c.UserContext(), c.Params("id"))
	if err != nil {
		return s.checkGone(c, err)
	}
	shared := k.Report.Shared()
	for i := range shared.Causes {
		shared.Causes[i].Reason = "" // all that it may say is what its heading says
	}
	groups, _ := groupCauses(causeViews(shared.Causes, 0), true)
	return s.render(c, http.StatusOK, "annexa-share", page{Title: "Annexe A check, for sharing", Data: map[string]any{
		"ID": k.ID, "Head": newCheckHead(k.CheckSummary), "At": k.At, "AsOf": k.AsOf, "Report": shared, "Groups": groups,
	}})
}
