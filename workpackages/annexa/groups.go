package annexa

import (
	"fmt"
	"slices"
	"strings"
)

// Group is one fault in several lists, or in several columns of them: one thing
// to mend. An extract that works out ages wrongly does so in nine lists, and one
// that writes dates the American way does so in 38 columns: a page should say it
// once.
type Group struct {
	Causes []Cause // alike in Cause.Fault, by list
	Count  int     // findings in all of them
	Of     int     // rows that the rule applies to; 0 where any is about a whole list
}

// Groups puts causes together that are one thing to mend, in the order of the
// first of each. Causes that follow from another are left out: see Follows.
func Groups(causes []Cause) []Group {
	place := map[string]int{}
	var out []Group
	for _, c := range causes {
		if c.Follows != "" {
			continue
		}
		i, there := place[c.Fault()]
		if !there {
			i = len(out)
			place[c.Fault()] = i
			out = append(out, Group{})
		}
		out[i].Add(c)
	}
	return out
}

// Fault is equal for causes that are one thing to mend: see Groups.
func (c Cause) Fault() string {
	column := c.Column
	switch c.Rule {
	case ruleWindow.ID:
		column = "" // each list has a date of its own that says when
	case ruleDate.ID, ruleDateSwapped.ID, ruleFormula.ID:
		if c.Verdict == Extract {
			column = "" // what writes one date so writes them all so
		}
	}
	return fmt.Sprint(c.Rule, "/", column, "/", c.Severity, "/", c.Verdict)
}

// Add takes in another cause of the same fault.
func (g *Group) Add(c Cause) {
	g.Causes = append(g.Causes, c)
	slices.SortStableFunc(g.Causes, func(a, b Cause) int { return a.List - b.List })
	g.Count, g.Of = g.Count+c.Count, g.Of+c.Of
	if slices.ContainsFunc(g.Causes, func(c Cause) bool { return c.Of == 0 }) {
		g.Of = 0
	}
}

// Lists gives the lists of a group.
func (g Group) Lists() []int {
	var out []int
	for _, c := range g.Causes {
		out = append(out, c.List)
	}
	return slices.Compact(out)
}

// Columns counts the columns of a group's lists that have its fault: 1 where it is
// the same in each list.
func (g Group) Columns() int {
	first := g.Causes[0].Column
	if !slices.ContainsFunc(g.Causes, func(c Cause) bool { return c.Column != first }) {
		return 1
	}
	return len(g.Causes)
}

// Where writes the lists of a group shortly: "List 8", "Lists 1, 2 and 8".
func (g Group) Where() string {
	if lists := g.Lists(); len(lists) > 1 {
		return listsOf(lists)
	}
	return fmt.Sprintf("List %d", g.Causes[0].List)
}

// Sentence is the group in one sentence, as Cause.Sentence. Over several columns
// it counts cells.
func (g Group) Sentence() string {
	if len(g.Causes) == 1 {
		return g.Causes[0].Sentence()
	}
	c := g.Causes[0]
	c.Count, c.Of = g.Count, g.Of
	columns := g.Columns()
	if columns > 1 {
		c.Column = ""
	}
	c.Suppressed = slices.ContainsFunc(g.Causes, func(c Cause) bool { return c.Suppressed })
	s := c.what()
	if !c.Suppressed { // else some of the counts are kept back, so their sum is too
		s = c.Sentence()
	}
	if columns == 1 {
		return s
	}
	return fmt.Sprintf("In %d columns: %s", columns, lowerFirst(strings.Replace(s, " rows)", " cells)", 1)))
}

// Reason says why the group has its verdict: of its largest cause, and how many
// others are alike.
func (g Group) Reason() string {
	largest := slices.MaxFunc(g.Causes, func(a, b Cause) int { return a.Count - b.Count })
	if len(g.Causes) == 1 || largest.Reason == "" {
		return largest.Reason
	}
	where := fmt.Sprintf("List %d", largest.List)
	if g.Columns() > 1 && largest.Column != "" {
		where += ", " + largest.Column
	}
	return fmt.Sprintf("In %s: %s. The others are alike", where, lowerFirst(largest.Reason))
}
