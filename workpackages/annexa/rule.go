package annexa

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Severity says how much a finding matters.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // wrong, or would mislead an inspector
	SeverityWarning Severity = "warning" // likely wrong: look
	SeverityInfo    Severity = "info"    // worth knowing
)

// UsualCause says where a fault usually comes from.
type UsualCause string

// The causes.
const (
	CauseSystem     UsualCause = "system"     // the extract or the mapping: one repair mends many rows
	CauseCompliance UsualCause = "compliance" // recording: each child needs a person to act
	CauseEither     UsualCause = "either"
)

// Rule is one thing that is checked, with its papers. Rules with an id of a
// letter and two digits (S04, P01, D12, C07, X03, T05) carry the id under which
// the facts about them were gathered; the others are ours, for what a reader of
// files has to say.
type Rule struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"` // what is wrong, as a finding says it
	Why        string     `json:"why"`   // why it matters
	Do         string     `json:"do"`    // what to do about a finding
	Severity   Severity   `json:"severity"`
	UsualCause UsualCause `json:"usual_cause"`
	Source     []string   `json:"source"`              // tags of spec/sources.yaml
	Inferred   bool       `json:"inferred"`            // no source states it outright; never an error
	Disputed   string     `json:"disputed,omitempty"`  // where sources disagree, how; never an error
	Statutory  string     `json:"statutory,omitempty"` // the law or guidance behind it
	Lists      []int      `json:"lists"`
	Columns    []string   `json:"columns,omitempty"` // that it reads
	Params     []Param    `json:"parameters,omitempty"`

	checks []check
	whole  bool // a finding is about the column or list as a whole, not about a row
}

// Param is a number in a rule that a council may set.
type Param struct {
	Name    string `json:"name"`
	Default int    `json:"default"`
	What    string `json:"what"` // what it counts
}

// check is one way in which a rule looks at one list.
type check struct {
	list    int
	columns []string // that it reads: where one is missing from the file, the check is left out
	at      string   // the column that a finding stands at
	needs   []need   // other lists that must have been read and have rows
	asOf    bool     // it needs the day the lists were made
	// Either a row at a time, or the list.
	row   func(x *row) result
	whole func(c *checker, r *Rule, l *listData)
}

// need is another list that a check looks into, and the columns of it that it reads.
type need struct {
	list    int
	columns []string
}

// inList is a need of one list.
func inList(list int, columns ...string) []need { return []need{{list, columns}} }

// result is what a check says of a row.
type result uint8

const (
	skip result = iota // the rule does not apply to the row
	pass
	fail
)

// failIf is fail where the condition holds, and pass otherwise.
func failIf(bad bool) result {
	if bad {
		return fail
	}
	return pass
}

// row is one row as a check sees it.
type row struct {
	*checker
	rule *Rule
	l    *listData
	c    []*columnData // the check's columns, in order
	n    int
}

func (x *row) date(i int) (day, bool)         { return x.c[i].date(x.n) }
func (x *row) count(i int) (int, bool)        { return x.c[i].count(x.n) }
func (x *row) is(i int, codes ...string) bool { return x.c[i].is(x.n, codes...) }
func (x *row) blank(i int) bool               { return x.c[i].blank(x.n) }
func (x *row) filled(i int) bool              { return x.c[i].filledAt(x.n) }
func (x *row) read(i int) bool                { return x.c[i].read(x.n) }
func (x *row) who() int32                     { return x.l.who[x.n] }
func (x *row) other(list int) *listData       { return x.data.list(list) }
func (x *row) param(name string) int          { return x.paramOf(x.rule, name) }

// build makes a rule's checks known to its papers.
func build(r Rule, checks ...check) *Rule {
	r.checks = checks
	for _, c := range checks {
		if !slices.Contains(r.Lists, c.list) {
			r.Lists = append(r.Lists, c.list)
		}
		for _, h := range c.columns {
			if !slices.Contains(r.Columns, h) {
				r.Columns = append(r.Columns, h)
			}
		}
	}
	slices.Sort(r.Lists)
	return &r
}

var every = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}

// registry is every rule in the order of their ids.
var registry = sync.OnceValue(func() []*Rule {
	all := slices.Concat(fileRules, listRules(), personRules(), orderRules(), togetherRules(), crossRules(), timeRules())
	for _, r := range all {
		if len(r.Lists) == 0 {
			r.Lists = every
		}
	}
	slices.SortFunc(all, func(a, b *Rule) int { return cmp.Compare(a.ID, b.ID) })
	return all
})

// Rules lists every rule in the order of their ids.
func Rules() []Rule {
	var out []Rule
	for _, r := range registry() {
		out = append(out, *r)
	}
	return out
}

func ruleByID(id string) *Rule {
	i, ok := slices.BinarySearchFunc(registry(), id, func(r *Rule, id string) int { return cmp.Compare(r.ID, id) })
	if !ok {
		return nil
	}
	return registry()[i]
}

// validate says what is wrong with a set of rules: a clash of ids, missing
// papers, a source that is none, or an error that no source states.
func validate(rules []Rule) error {
	seen := map[string]bool{}
	for _, r := range rules {
		switch {
		case seen[r.ID]:
			return fmt.Errorf("two rules are called %s", r.ID)
		case r.ID == "" || r.Title == "" || r.Why == "" || r.Do == "" || r.UsualCause == "" || len(r.Source) == 0 || len(r.Lists) == 0:
			return fmt.Errorf("rule %s lacks part of its papers", r.ID)
		case (r.Inferred || r.Disputed != "") && r.Severity == SeverityError:
			return fmt.Errorf("rule %s is inferred or disputed, and an error", r.ID)
		case rank(r.Severity) < 0:
			return fmt.Errorf("rule %s has no severity", r.ID)
		}
		for _, s := range r.Source {
			if _, ok := load().sources[s]; !ok {
				return fmt.Errorf("rule %s has a source %q that spec/sources.yaml does not name", r.ID, s)
			}
		}
		for _, c := range r.checks {
			for _, h := range c.columns {
				if _, ok := load().lists[c.list-1].place[h]; !ok {
					return fmt.Errorf("rule %s reads %q, which list %d does not have", r.ID, h, c.list)
				}
			}
			for _, n := range c.needs {
				for _, h := range n.columns {
					if _, ok := load().lists[n.list-1].place[h]; !ok {
						return fmt.Errorf("rule %s reads %q, which list %d does not have", r.ID, h, n.list)
					}
				}
			}
			if c.at != "" && !slices.Contains(c.columns, c.at) {
				return fmt.Errorf("rule %s stands at %q, which it does not read", r.ID, c.at)
			}
		}
		seen[r.ID] = true
	}
	return nil
}

func rank(s Severity) int {
	return slices.Index([]Severity{SeverityError, SeverityWarning, SeverityInfo}, s)
}

// Where says shortly which lists and columns the rule is about.
func (r Rule) Where() string {
	switch n := len(r.Columns); {
	case n == 0:
		return listsOf(r.Lists)
	case n > 4:
		return fmt.Sprintf("%s, %d columns", listsOf(r.Lists), n)
	}
	return listsOf(r.Lists) + ": " + strings.Join(r.Columns, "; ")
}

// listsOf is ListNames, but for all of them: "every list".
func listsOf(numbers []int) string {
	if len(numbers) == len(every) {
		return "every list"
	}
	return ListNames(numbers)
}

// ListNames names lists by their numbers, of which there is one at least: "List 8",
// "Lists 6, 7 and 8".
func ListNames(numbers []int) string {
	var s []string
	for _, n := range numbers {
		s = append(s, fmt.Sprint(n))
	}
	if len(s) == 1 {
		return "List " + s[0]
	}
	return "Lists " + strings.Join(s[:len(s)-1], ", ") + " and " + s[len(s)-1]
}
