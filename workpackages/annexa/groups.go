package annexa

import (
	"fmt"
	"slices"
)

// Group is one fault in the same column of several lists: one thing to mend. An
// extract that works out ages wrongly does so in nine lists, and a page should
// say it once.
type Group struct {
	Causes []Cause // of one rule, column, severity and verdict, by list; rule S12 of any column
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
	if c.Rule == ruleWindow.ID {
		column = "" // each list has a date of its own that says when
	}
	return fmt.Sprint(c.Rule, "/", column, "/", c.Severity, "/", c.Verdict)
}

// Add takes in another cause of the same fault.
func (g *Group) Add(c Cause) {
	g.Causes = append(g.Causes, c)
	slices.SortFunc(g.Causes, func(a, b Cause) int { return a.List - b.List })
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
	return out
}

// Where writes the lists of a group shortly: "List 8", "Lists 1, 2 and 8".
func (g Group) Where() string {
	if len(g.Causes) == 1 {
		return fmt.Sprintf("List %d", g.Causes[0].List)
	}
	return listsOf(g.Lists())
}

// Sentence is the group in one sentence, as Cause.Sentence.
func (g Group) Sentence() string {
	if len(g.Causes) == 1 {
		return g.Causes[0].Sentence()
	}
	c := g.Causes[0]
	c.Count, c.Of = g.Count, g.Of
	if slices.ContainsFunc(g.Causes, func(other Cause) bool { return other.Column != c.Column }) {
		c.Column = ""
	}
	c.Suppressed = slices.ContainsFunc(g.Causes, func(c Cause) bool { return c.Suppressed })
	if c.Suppressed {
		return c.what() // some of the counts are kept back, so their sum is too
	}
	return c.Sentence()
}

// Reason says why the group has its verdict: of its largest cause, and how many
// others are alike.
func (g Group) Reason() string {
	largest := slices.MaxFunc(g.Causes, func(a, b Cause) int { return a.Count - b.Count })
	if len(g.Causes) == 1 {
		return largest.Reason
	}
	return fmt.Sprintf("In List %d: %s. The others are alike", largest.List, lowerFirst(largest.Reason))
}
