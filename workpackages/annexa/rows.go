package annexa

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"time"
)

// value is what one cell came to, for the rules that look at a whole row.
type value struct {
	blank bool
	known bool      // it could be read: neither a spreadsheet error nor a wrong type
	date  time.Time // with a date column, when known
	code  string    // with a code column, when known
}

// rowRule is a rule about two columns of one row.
type rowRule struct {
	Rule
	list int
	a, b string // headings; a finding stands at b
	// broken reports whether the row breaks the rule.
	broken func(a, b value) bool
}

// before breaks when the second date is earlier than the first.
func before(a, b value) bool {
	return a.known && b.known && !a.blank && !b.blank && b.date.Before(a.date)
}

// notBoth breaks when one of two is filled and the other blank.
func notBoth(a, b value) bool { return a.known && b.known && a.blank != b.blank }

func order(id string, list int, first, second string) rowRule {
	return rowRule{list: list, a: first, b: second, broken: before, Rule: Rule{
		ID: id, Title: fmt.Sprintf("It is before %s", first), Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "What comes later cannot have come first: one of the two dates is wrong, or stands in the wrong column.",
		Do:  "Look at both dates in the record. If many rows are like this, look at the columns that the extract reads.",
	}}
}

func pair(id string, list int, a, b string, source string) rowRule {
	r := rowRule{list: list, a: a, b: b, broken: notBoth, Rule: Rule{
		ID: id, Title: fmt.Sprintf("It and %s are not both filled or both blank", a), Severity: SeverityError, UsualCause: CauseCompliance, Source: []string{source},
		Why: "The two say one thing together: that it ended and why, or when and how many.",
		Do:  "Fill in the one that is missing, or take out the other.",
	}}
	if source == "DOM" {
		r.Severity, r.Inferred = SeverityWarning, true
	}
	return r
}

// rowRules are the rules about one row of one list. The order of dates follows
// from what the columns mean: no source states it, so none of these is an error.
var rowRules = []rowRule{
	order("D01", 2, "Assessment start date", "Assessment completion date"),
	order("D02", 4, "Continuous Assessment Start Date", "Continuous Assessment Date of Authorisation"),
	order("D03", 5, "Strategy discussion initiating Section 47 Enquiry Start Date", "Date of Initial Child Protection Conference"),
	order("D04", 6, "CIN Start Date", "CIN Closure Date"),
	order("D05", 6, "CIN Start Date", "Date Child Was Last Seen"),
	order("D06", 7, "Child Protection Plan Start Date", "Child Protection Plan End Date"),
	order("D07", 7, "Child Protection Plan Start Date", "Date of the Last Statutory Visit"),
	order("D08", 7, "Child Protection Plan Start Date", "Date of latest review conference"),
	order("D09", 8, "Date Started to be Looked After", "Date Ceased to be Looked After"),
	order("D10", 8, "Date Started to be Looked After", "Start Date of Most Recent Placement"),
	order("D11", 8, "Date Started to be Looked After", "Start date of current legal status"),
	order("D12", 8, "Date Started to be Looked After", "Date of Latest Statutory Review"),
	order("D13", 8, "Date Started to be Looked After", "Date of Last Social Work Visit"),
	order("D14", 10, "Date the Child Entered Care", "Date of Decision that Child Should be Placed for Adoption"),
	order("D15", 10, "Date of Decision that Child Should be Placed for Adoption", "Date of Placement Order"),
	order("D16", 10, "Date of Decision that Child Should be Placed for Adoption", "Date of Matching Child and Prospective Adopters"),
	order("D17", 10, "Date of Matching Child and Prospective Adopters", "Date Placed for Adoption"),
	order("D18", 10, "Date Placed for Adoption", "Date of Adoption Order"),
	order("D19", 11, "Date enquiry received", "Date Stage 1 started"),
	order("D20", 11, "Date Stage 1 started", "Date Stage 1 ended"),
	order("D21", 11, "Date Stage 1 ended", "Date Stage 2 started"),
	order("D22", 11, "Date Stage 2 started", "Date Stage 2 ended"),
	order("D23", 11, "Date application submitted", "Date application approved"),
	order("D24", 11, "Date adopter matched with child(ren)", "Date child/children placed with adopter(s)"),
	order("D25", 11, "Date child/children placed with adopter(s)", "Date of Adoption Order"),
	pair("C01", 6, "CIN Closure Date", "Reason for Closure", "OF19"),
	pair("C02", 8, "Date Ceased to be Looked After", "Reason Ceased to be Looked After", "OF19"),
	pair("C03", 10, "Date of Decision that Child Should No Longer be Placed for Adoption", "Reason Why Child No Longer Placed for Adoption", "OF19"),
	pair("C04", 11, "Date of leaving adoption process", "Reason for leaving adoption process", "OF19"),
	pair("C05", 11, "Date child/children placed with adopter(s)", "No. of children placed", "OF19"),
	pair("C06", 7, "Date of the Last Statutory Visit", "Was the Child Seen Alone?", "DOM"),
	{list: 6, a: "CIN Closure Date", b: "Case status",
		broken: func(closure, status value) bool {
			return closure.known && status.known && !status.blank && (status.code == "e") == closure.blank
		},
		Rule: Rule{
			ID: "C12", Title: "Closed status and closure date do not go together", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
			Why: "A closed episode has a closure date and an open one has none; otherwise nobody can count open cases.",
			Do:  "Have the extract take status and closure date from the same episode.",
		}},
}

// ruleBeforeBirth looks at every date of a row.
var ruleBeforeBirth = Rule{
	ID: "D26", Title: "It is before the child was born", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
	Why: "Nothing is recorded of a child before birth, but in lists that unborn children may be in, from 40 weeks before.",
	Do:  "Check the date of birth and the date.",
}

// unbornDays is 40 weeks: how long before birth a list with unborn children may begin.
const unbornDays = 280

var ruleTwice = Rule{
	ID: "S03", Title: "The same child is there more than once", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19", "SF22"},
	Why: "The list has one row for each child. A join in the extract has multiplied rows, so every count is wrong.",
	Do:  "Mend the extract's join, and take out the second rows.",
}

// ruleTwiceLeaver is ruleTwice where no source states it.
var ruleTwiceLeaver = Rule{
	ID: "S03Q", Title: "The same young person is there more than once", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SF22"}, Inferred: true,
	Why: "Tools that read the list take one row for each person.",
	Do:  "Check whether the extract's join has multiplied rows.",
}

// oneRow is the rule of lists that have one row for each child.
func oneRow(list int) *Rule {
	switch list {
	case 6, 7, 8:
		return &ruleTwice
	case 9:
		return &ruleTwiceLeaver
	}
	return nil
}

// placedRule is a row rule with the places of its columns in the list.
type placedRule struct {
	*rowRule
	at [2]int
}

// rulesOf gives the row rules of each list, with their columns found.
var rulesOf = sync.OnceValue(func() map[int][]placedRule {
	out := map[int][]placedRule{}
	for i := range rowRules {
		r := &rowRules[i]
		l := load().Lists[r.list-1]
		p := placedRule{r, [2]int{-1, -1}}
		for n, c := range l.Columns {
			switch c.Heading {
			case r.a:
				p.at[0] = n
			case r.b:
				p.at[1] = n
			}
		}
		if p.at[0] < 0 || p.at[1] < 0 {
			panic(fmt.Sprintf("annexa: rule %s names a column that list %d does not have", r.ID, r.list))
		}
		out[r.list] = append(out[r.list], p)
	}
	return out
})

// seed makes what is remembered of identity numbers useless outside this run.
var seed = maphash.MakeSeed()

// wholeRow applies the rules about one row; values are in the list's order.
func (c *checker) wholeRow(st *listState, values []value, id string, n int) {
	l := st.layout.list
	for _, r := range rulesOf()[l.Number] {
		if st.layout.at[r.at[0]] < 0 || st.layout.at[r.at[1]] < 0 {
			continue // a missing column has its own finding
		}
		if r.broken(values[r.at[0]], values[r.at[1]]) {
			c.find(r.Rule, l.Number, r.b, n)
		}
	}
	c.births(st, values, n)
	if r := oneRow(l.Number); r != nil && id != "" {
		h := maphash.String(seed, strings.TrimSuffix(fold(id), ".0"))
		if st.seen == nil {
			st.seen = map[uint64]int{}
		}
		if _, there := st.seen[h]; there {
			c.find(*r, l.Number, "Child Unique ID", n)
		} else {
			st.seen[h] = n
		}
	}
}

func (c *checker) births(st *listState, values []value, n int) {
	var born time.Time
	for i, col := range st.layout.list.Columns {
		if col.Heading == "Date of Birth" && values[i].known && !values[i].blank {
			born = values[i].date
		}
	}
	if born.IsZero() {
		return
	}
	if st.layout.list.Number <= 7 {
		born = born.AddDate(0, 0, -unbornDays)
	}
	for i, col := range st.layout.list.Columns {
		if v := values[i]; col.Type == "date" && v.known && !v.blank && v.date.Before(born) {
			c.find(ruleBeforeBirth, st.layout.list.Number, col.Heading, n)
		}
	}
}

// notInNeed are the rules that every child of a list is in List 6 as well.
var notInNeed = map[int]Rule{7: notInList6("X01", "child protection plan"), 8: notInList6("X02", "care")}

func notInList6(id, what string) Rule {
	return Rule{
		ID: id, Title: "The child is not in List 6", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "List 6 is meant to hold every child in need, and a child with an episode of " + what + " is one.",
		Do:  "If most are missing, the extract of List 6 leaves this group out, or the identity numbers are written in two ways. If a few are, look at their episodes.",
	}
}

// acrossLists applies the rules about children of one list in another, once
// every list is read.
func (c *checker) acrossLists() {
	need := c.lists[6]
	if need == nil || need.rows == 0 || len(need.seen) == 0 {
		return // its own finding says so
	}
	for number, r := range notInNeed {
		st := c.lists[number]
		if st == nil {
			continue
		}
		var rows []int
		for h, row := range st.seen {
			if _, there := need.seen[h]; !there {
				rows = append(rows, row)
			}
		}
		slices.Sort(rows)
		for _, row := range rows {
			c.find(r, number, "Child Unique ID", row)
		}
	}
}
