package annexa

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// What it takes for a pattern to speak.
const (
	nearlyAll   = 0.95 // share of rows: people do not all make the same slip
	mostCohort  = 0.5  // share of a cohort that is missing from another list
	fewRows     = 5    // fewer say nothing
	teamShare   = 0.6  // of the findings in one team
	teamLift    = 2.0  // times its share of the rows
	evenShare   = 0.3  // of rows, at much the same rate in every team
	perSpelling = 5    // rows to each spelling, where a mapping repeats itself
	maxRowsKept = 1000

	// swappedShare of a column's dates have a month above 12 where the extract swaps
	// days and months: 19 of 31 would, were days spread evenly.
	swappedShare = 0.2
)

// causes makes a cause of everything that was found, with what its pattern
// speaks for, the most important first.
func (c *checker) causes() []Cause {
	out := []Cause{}
	kept := map[string]foundKey{}
	for k, f := range c.found {
		l := c.data.lists[k.list]
		column := k.heading()
		if c.settings.off(k.rule, k.list, column) || c.settings.leftOut(k.list) != "" {
			c.cannotFind(k.rule, k.list, column)
			continue
		}
		c.leaveOutTeams(k, f, l)
		cause := c.cause(k, f, l, column)
		if cause.Count == 0 {
			continue
		}
		kept[cause.Key] = k
		out = append(out, cause)
	}
	asOtherDates(out)
	c.follow(out, kept)
	slices.SortFunc(out, func(a, b Cause) int {
		return cmp.Or(
			cmp.Compare(boolInt(a.Follows != ""), boolInt(b.Follows != "")),
			cmp.Compare(rank(a.Severity), rank(b.Severity)),
			-cmp.Compare(weight(a), weight(b)),
			cmp.Compare(a.List, b.List), cmp.Compare(a.Key, b.Key))
	})
	return out
}

// asOtherDates gives what a few dates cannot show by themselves the verdict of the other
// columns: what writes three columns in a form that is none writes them all so.
func asOtherDates(all []Cause) {
	for _, r := range []*Rule{ruleDate, ruleDateSwapped} {
		columns := 0
		for _, x := range all {
			if x.Rule == r.ID && x.Verdict == Extract {
				columns++
			}
		}
		for i := range all {
			x := &all[i]
			if columns >= 3 && x.Rule == r.ID && x.Verdict == Unclear && x.Count < fewRows && (x.Count == x.Of || r == ruleDateSwapped) {
				x.Verdict, x.Reason = Extract, fmt.Sprintf("It is so in %d other columns, of which more is filled", columns)
			}
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// weight orders causes of one severity: how much of the list, and how many.
func weight(c Cause) float64 {
	w := (0.1 + c.Share) * math.Log2(2+float64(c.Count))
	if c.Of == 0 {
		w = 8 // a whole list or column
	}
	if c.Verdict == Extract {
		w *= 1.5 // one repair mends many rows
	}
	return w
}

// leaveOutTeams drops the findings in rows of teams that the settings leave out.
func (c *checker) leaveOutTeams(k foundKey, f *found, l *listData) {
	if l == nil || len(f.rows) == 0 {
		return
	}
	teams := c.settings.without(k.rule, l)
	col := l.colIfAny(team)
	if teams == nil || col == nil {
		return
	}
	before := len(f.rows)
	f.rows = slices.DeleteFunc(f.rows, func(row int32) bool { n, ok := col.known(int(row)); return ok && teams[n] })
	if c.tallies[k] > 0 {
		c.tallies[k] -= before - len(f.rows)
	}
}

// colIfAny is col for a heading that the list need not have at all.
func (l *listData) colIfAny(heading string) *columnData {
	if _, ok := l.place[heading]; !ok {
		return nil
	}
	return l.col(heading)
}

func (c *checker) cause(k foundKey, f *found, l *listData, column string) Cause {
	r := k.rule
	out := Cause{
		Key: CauseKey(r.ID, k.list, column), Rule: r.ID, Title: r.Title, Severity: c.settings.severity(r), Inferred: r.Inferred, Disputed: r.Disputed,
		List: k.list, Column: column, Count: len(f.rows) + len(f.other) + f.count, Of: f.of, Spellings: len(f.spellings), Do: r.Do,
	}
	if l == nil {
		out.Verdict, out.Reason = Extract, "A whole list is missing: that is a matter of the extract"
		return out
	}
	if out.Of == 0 && !r.whole {
		out.Of = len(l.rows)
		switch {
		case c.tallies[k] > 0:
			out.Of = c.tallies[k]
		case r == ruleDate || r == ruleDateSwapped || r == ruleNumber || r == ruleCode:
			out.Of = l.cols[k.column].filled // nothing else is to be read there
		}
		out.Of = max(out.Of, out.Count)
	}
	if out.Of > 0 {
		out.Share = float64(out.Count) / float64(out.Of)
	}
	for _, row := range f.rows[:min(len(f.rows), maxRowsKept)] {
		out.Rows = append(out.Rows, int(l.rows[row]))
	}
	for _, row := range f.other[:min(len(f.other), maxRowsKept)] {
		out.Rows = append(out.Rows, int(row))
	}
	spread := l.spread(f.rows)
	out.Teams, out.TeamsAll = spread.teams, spread.all
	out.Verdict, out.Reason = c.judge(&out, r, f, l, spread)
	return out
}

// spread is how findings lie over a list's teams.
type spread struct {
	teams, all int
	top        int     // findings in the team with most
	topName    string  // that team
	topRows    float64 // its share of the list's rows
	even       bool    // every team of some size has them at much the same rate
	most       int     // the fewest teams that have nine in ten of the findings
	mostRows   float64 // the share of the list's rows that these have
}

func (l *listData) spread(rows []int32) spread {
	col := l.colIfAny(team)
	if col == nil || len(rows) == 0 {
		return spread{}
	}
	have, of := make([]int, len(l.teamsBy)), make([]int, len(l.teamsBy))
	for row := range l.rows {
		if n, ok := col.known(row); ok {
			of[n]++
		}
	}
	for _, row := range rows {
		if n, ok := col.known(int(row)); ok {
			have[n]++
		}
	}
	s := spread{even: true}
	lowest, highest, sizeable := 1.0, 0.0, 0
	for i, n := range have {
		if of[i] > 0 {
			s.all++
		}
		if n > 0 {
			s.teams++
		}
		if n > s.top {
			s.top, s.topName, s.topRows = n, l.teamsBy[i], float64(of[i])/float64(len(l.rows))
		}
		if of[i] >= 10 {
			sizeable++
			rate := float64(n) / float64(of[i])
			lowest, highest = min(lowest, rate), max(highest, rate)
		}
	}
	s.even = sizeable >= 3 && lowest > 0 && highest <= 2*lowest
	s.most, s.mostRows = fewest(have, of, len(rows), len(l.rows))
	return s
}

// inTeams says how many teams have a finding: small ones need not.
func (s spread) inTeams() string {
	if s.teams == s.all {
		return fmt.Sprintf("All %d teams", s.all)
	}
	return fmt.Sprintf("%d of %d teams", s.teams, s.all)
}

// fewest gives the fewest teams that have nine in ten of the findings between
// them, and the share of all rows that these teams have.
func fewest(have, of []int, findings, rows int) (teams int, share float64) {
	order := make([]int, len(have))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(have[b]-have[a], a-b) })
	sum, in := 0, 0
	for _, i := range order {
		if sum*10 >= findings*9 {
			break
		}
		sum += have[i]
		in += of[i]
		teams++
	}
	return teams, float64(in) / float64(max(rows, 1))
}

// judge says what a pattern speaks for, and why.
func (c *checker) judge(out *Cause, r *Rule, f *found, l *listData, s spread) (Verdict, string) {
	n, of := out.Count, out.Of
	switch {
	case r.whole && of == 0:
		return Extract, "It is so of the whole column or list: that is a matter of the extract"
	case r.whole:
		return byUsual(r, fmt.Sprintf("It is %s of the rows", percent(out.Share)))
	case n >= fewRows && (r == ruleDateSwapped || r == ruleFormula || r == ruleFraction):
		return Extract, "People do not type this: a program wrote it"
	}
	if out.Share >= nearlyAll && n >= fewRows {
		return Extract, fmt.Sprintf("It is so in %d of the %d rows that the rule applies to: people do not all make the same slip", n, of)
	}
	if reason := c.cohort(r, f, l, out); reason != "" {
		return Extract, reason
	}
	if v, reason := spelled(out, s); v != "" {
		return v, reason
	}
	if s.all >= 3 && n >= fewRows && float64(s.top) >= teamShare*float64(n) && float64(s.top)/float64(n) >= teamLift*s.topRows {
		return Recording, fmt.Sprintf("%d of %d are in one of %d teams, which has %s of the rows: the others do it otherwise", s.top, n, s.all, percent(s.topRows))
	}
	if s.all >= 3 && n >= 2*fewRows && s.most < s.all && s.mostRows <= 2.0/3 {
		return Recording, fmt.Sprintf("Nine in ten are in %d of %d teams, which have %s of the rows: the others do it otherwise", s.most, s.all, percent(s.mostRows))
	}
	if s.even && out.Share >= evenShare && r.UsualCause != CauseCompliance {
		return Extract, fmt.Sprintf("%s have it, at much the same rate", s.inTeams())
	}
	if n < fewRows {
		return Unclear, "Too few rows to show a pattern. " + usually(r)
	}
	if r.UsualCause == CauseCompliance && out.Share < 0.5 {
		rest := "were recorded otherwise, or not at all"
		if strings.HasPrefix(r.ID, "T") {
			rest = "were done late, or recorded late"
		}
		return Recording, fmt.Sprintf("%d of %d rows are in order, so the extract reads the column: the rest %s", of-n, of, rest)
	}
	if r.UsualCause == CauseSystem && s.teams >= 3 && s.teams*3 >= s.all*2 {
		return Extract, fmt.Sprintf("It is spread over %d of %d teams, as a fault of the extract is", s.teams, s.all)
	}
	if r.UsualCause == CauseSystem && s.all == 0 && out.Share >= 0.8 {
		return Extract, fmt.Sprintf("It is so in %d of %d rows, and usually the extract's doing", n, of)
	}
	return Unclear, "It is neither everywhere nor in one team. " + usually(r)
}

func byUsual(r *Rule, what string) (Verdict, string) {
	switch r.UsualCause {
	case CauseSystem:
		return Extract, what + ": that is a matter of the extract"
	case CauseCompliance:
		return Recording, what + ", which is how it is recorded"
	}
	return Unclear, what + ". " + usually(r)
}

func usually(r *Rule) string {
	switch r.UsualCause {
	case CauseSystem:
		return "Usually it is the extract or the mapping"
	case CauseCompliance:
		return "Usually it is recording"
	}
	return "It may be either"
}

// cohort says whether a whole group of children is what a rule found: all who
// are missing from another list are closed, say, and no closed one is there.
func (c *checker) cohort(r *Rule, f *found, l *listData, out *Cause) string {
	if !strings.HasPrefix(r.ID, "X") || len(f.rows) < fewRows {
		return ""
	}
	open, closed := 0, 0
	for _, row := range f.rows {
		switch is, known := l.open(int(row)); {
		case known && is:
			open++
		case known:
			closed++
		}
	}
	allOpen, allClosed := 0, 0
	for row := range l.rows {
		switch is, known := l.open(row); {
		case known && is:
			allOpen++
		case known:
			allClosed++
		}
	}
	switch {
	case closed == len(f.rows) && closed >= 9*allClosed/10 && allOpen > 0:
		return fmt.Sprintf("All %d are closed cases, and nearly every closed case is among them: the other list leaves closed cases out", closed)
	case open == len(f.rows) && open >= 9*allOpen/10 && allClosed > 0:
		return fmt.Sprintf("All %d are open cases, and nearly every open case is among them: the other list leaves open cases out", open)
	case out.Share >= mostCohort:
		return fmt.Sprintf("%d of %d: a group as large is left out by an extract, not by people", out.Count, out.Of)
	}
	return ""
}

// spelled judges values that are no codes by how many ways they are written.
func spelled(out *Cause, s spread) (Verdict, string) {
	k, n := out.Spellings, out.Count
	switch {
	case k == 0 || n < fewRows:
		return "", ""
	case n >= perSpelling*k && s.all >= 3 && s.teams*2 > s.all:
		return Extract, fmt.Sprintf("The same %s in %d of %d teams: the mapping leaves %s out", stands(k), s.teams, s.all, themOr(k))
	case n >= perSpelling*k && s.all < 3:
		return Extract, fmt.Sprintf("The same %s in %d rows: the mapping leaves %s out", stands(k), n, themOr(k))
	case 2*k > n:
		return Recording, fmt.Sprintf("%d different values in %d rows: they were typed by hand", k, n)
	}
	return "", ""
}

func stands(k int) string {
	if k == 1 {
		return "value stands"
	}
	return fmt.Sprintf("%d values stand", k)
}

func themOr(k int) string {
	if k == 1 {
		return "it"
	}
	return "them"
}

// cellRuleIDs are rules about single cells that, found in nearly every row, say
// that the whole column is broken.
var cellRuleIDs = []string{"S04", "S05", "S05M", "S10", "S10F", "S06", "N01", "R01", "R02", "S02", "S08"}

// swaps reports whether a cause is that an extract swaps the days and months of a
// column. The rows that can be read are then read wrongly: whatever is found of
// them comes of that.
func swaps(c Cause) bool {
	return c.Rule == ruleDateSwapped.ID && c.Verdict == Extract && c.Share >= swappedShare
}

// follow marks causes that another one explains: a rule that reads a column
// which is blank or unreadable in every row says nothing of its own.
func (c *checker) follow(all []Cause, kept map[string]foundKey) {
	broken := map[string]string{} // list and column to the key of the cause
	swapped := map[string]bool{}
	at := func(list int, column string) string { return fmt.Sprintf("%d/%s", list, column) }
	// S07 says best what R01 says as well, and what every cell says of itself
	// says more than that they are alike.
	for _, of := range []func(x Cause) bool{
		func(x Cause) bool { return x.Rule == "S07" || x.Rule == "S01H" },
		func(x Cause) bool {
			return slices.Contains(cellRuleIDs, x.Rule) && x.Share >= 0.8 && x.Count >= fewRows || swaps(x)
		},
		func(x Cause) bool { return x.Rule == "S05D" || x.Rule == "S08L" || x.Rule == "S07C" },
	} {
		for _, x := range all {
			swapped[x.Key] = swapped[x.Key] || swaps(x)
			if of(x) && broken[at(x.List, x.Column)] == "" {
				broken[at(x.List, x.Column)] = x.Key
			}
		}
	}
	if len(broken) == 0 {
		return
	}
	for i := range all {
		x := &all[i]
		k := kept[x.Key]
		few := x.Share < 0.3 && x.Of > 0 && !strings.HasPrefix(x.Rule, "X")
		reads := []string{at(x.List, x.Column)}
		for _, ch := range k.rule.checks {
			if ch.list != x.List || ch.at != x.Column && ch.whole == nil {
				continue
			}
			for _, h := range ch.columns {
				reads = append(reads, at(x.List, h))
			}
			for _, n := range ch.needs {
				for _, h := range slices.Concat(n.columns, []string{childID}) {
					reads = append(reads, at(n.list, h))
				}
			}
		}
		if x.Rule == "P02" {
			reads = append(reads, at(x.List, childID))
		}
		for _, r := range reads {
			if key := broken[r]; key != "" && key != x.Key && (!few || swapped[key]) {
				x.Follows = key
			}
		}
	}
	for i := range all { // never in a circle
		for j := range all {
			if all[i].Follows == all[j].Key && all[j].Follows != "" {
				all[j].Follows = ""
			}
		}
	}
}

func percent(share float64) string {
	p := math.Round(100 * share)
	if p == 0 && share > 0 {
		return "less than 1%"
	}
	return fmt.Sprintf("%.0f%%", p)
}
