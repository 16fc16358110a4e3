package annexa

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// How far down a heading row may stand, not counting blank rows: reports write
// what was asked of them above their rows, a line for each.
const headingRows = 30

// ignoredTabs are those of Ofsted's template that hold no list.
var ignoredTabs = []string{"front sheet", "faq and changes", "guidance", "codes used", "frontsheet", "faq", "cover", "notes", "contents", "read me", "readme"}

var listName = regexp.MustCompile(`(?:^|[^a-z])(?:list|annex ?[ae]? ?list|l)[ ]*0*(1[01]|[1-9])(?:[^0-9]|$)`)

// named gives the list that a tab's or file's name speaks of, or nil.
func named(name string) *list {
	name = foldHeading(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".csv"), ".xlsx"), ".txt"))
	if m := listName.FindStringSubmatch(" " + name); m != nil {
		n, _ := strconv.Atoi(m[1])
		return load().lists[n-1]
	}
	for _, l := range load().lists {
		if name == foldHeading(l.Short) || strings.TrimSuffix(name, "s") == strings.TrimSuffix(foldHeading(l.Short), "s") {
			return l
		}
	}
	return nil
}

// How a heading was matched to a column.
const (
	matchExact   = "exact"
	matchFolded  = "folded" // but for case, spaces, quotation marks and punctuation
	matchAlias   = "alias"  // another name for the column, seen in extracts
	matchMissing = "missing"
)

// layout is where the columns of a list are in a table.
type layout struct {
	list    *list
	row     int // number of the heading row
	at      []int
	how     []string // of list.Columns; "" where missing
	written []string // the headings as the file has them
	unknown []string // headings of no column
	twice   []int    // columns whose heading is there again
	matched int
	score   float64
}

// fit lays a list over a row of headings, folded as foldHeading has them.
func fit(l *list, cells, folded []string) layout {
	f := layout{list: l, at: make([]int, len(l.Columns)), how: make([]string, len(l.Columns)), written: make([]string, len(l.Columns))}
	taken := make([]bool, len(cells))
	filled := 0
	for _, c := range folded {
		if c != "" {
			filled++
		}
	}
	// Full names first, so that an alias never takes a column that another has
	// by right.
	for pass := range 2 {
		for n, c := range l.Columns {
			if pass == 0 {
				f.at[n] = -1
			}
			if f.how[n] != "" {
				continue
			}
			for i := range cells {
				if taken[i] || folded[i] == "" {
					continue
				}
				switch {
				case pass == 0 && strings.TrimSpace(cells[i]) == c.Heading:
					f.how[n] = matchExact
				case pass == 0 && folded[i] == c.folded:
					f.how[n] = matchFolded
				case pass == 1 && slices.Contains(c.aliases, folded[i]):
					f.how[n] = matchAlias
				default:
					continue
				}
				f.at[n], taken[i], f.written[n] = i, true, strings.TrimSpace(cells[i])
				f.matched++
				break
			}
		}
	}
	for i := range cells {
		if taken[i] || folded[i] == "" {
			continue
		}
		if again := slices.IndexFunc(f.at, func(at int) bool { return at >= 0 && folded[at] == folded[i] }); again >= 0 {
			f.twice = append(f.twice, again)
		} else {
			f.unknown = append(f.unknown, strings.TrimSpace(cells[i]))
		}
	}
	f.score = 2 * float64(f.matched) / float64(f.expected()+filled)
	return f
}

// tells reports whether the table has a column by which the list is known from
// others: a look-up of children has only those that nearly every list has.
func (f layout) tells() bool {
	for n, c := range f.list.Columns {
		if f.how[n] != "" && !c.shared {
			return true
		}
	}
	return false
}

// later reports whether the table has any column of the later edition.
func (f layout) later() bool {
	for n, c := range f.list.Columns {
		if c.Later && f.how[n] != "" {
			return true
		}
	}
	return false
}

// expected is how many columns the list has in the edition at hand.
func (f layout) expected() int {
	n := len(f.list.Columns)
	if !f.later() {
		for _, c := range f.list.Columns {
			if c.Later {
				n--
			}
		}
	}
	return n
}

// missing lists the columns of the edition that the table does not have.
func (f layout) missing() []*column {
	var out []*column
	for n, c := range f.list.Columns {
		if f.how[n] == "" && (!c.Later || f.later()) {
			out = append(out, c)
		}
	}
	return out
}

// Below these scores a row is no heading row of a list; a table that is named
// after the list needs less.
const (
	enough      = 0.6
	enoughNamed = 0.3
)

// recognise finds the heading row among the first rows of a table, and the list
// it belongs to. name is that of the tab or file. Once a row will do, only the one
// below it may be better: further down stand other lists' headings, or a page's.
func recognise(name string, first [][]string, numbers []int) (layout, bool) {
	want := named(name)
	var best, bestNamed layout
	good := len(first)
	for i, cells := range first {
		if i > good+1 {
			break
		}
		folded := make([]string, len(cells))
		for n, c := range cells {
			folded[n] = foldHeading(c)
		}
		for _, l := range load().lists {
			f := fit(l, cells, folded)
			f.row = numbers[i]
			if f.score > best.score && f.tells() {
				best = f
			}
			if l == want && f.score > bestNamed.score {
				bestNamed = f
			}
		}
		if max(best.score, bestNamed.score) >= enough {
			good = min(good, i)
		}
	}
	// Columns that many lists share say nothing against the name.
	if bestNamed.matched >= max(2, best.matched) {
		return bestNamed, true
	}
	// The headings are believed over the name only when they are clearly better.
	if bestNamed.score >= enoughNamed && best.score < bestNamed.score+0.25 {
		return bestNamed, true
	}
	return best, best.score >= enough
}

// findingsHeadings stand before those of a list in a workbook of findings.
var findingsHeadings = []string{"Row", "What is wrong"}

// ownFindings reports whether a table is one of a workbook of findings: left
// beside the return it would be taken for it, though it has but the faulty rows.
func ownFindings(first [][]string) bool {
	return slices.ContainsFunc(first, func(cells []string) bool {
		return len(cells) > len(findingsHeadings) && slices.Equal(cells[:len(findingsHeadings)], findingsHeadings)
	})
}

// siblings are other returns, by headings that they have and Annexe A has not.
var siblings = []struct {
	what     string
	headings []string
	name     *regexp.Regexp
}{
	{"a file of the SSDA903 return of looked-after children", []string{"child", "decom", "rne", "ls", "cin", "place", "place provider", "dec", "rec", "reason place change", "home post", "pl post", "urn", "mc dob", "mother", "upn", "sex", "ethnic", "dob", "uasc", "missing", "mis start", "mis end", "oc 2", "sdq score", "intouch", "activ", "accom"}, nil},
	{"a file of the children in need census", []string{"lachild id", "upn", "former upn", "expected person birth date", "gender current", "person death date", "person sch name", "cin closure date", "cin referral date", "date of initial cpc", "referral nfa", "assessment actual start date", "cpp start date", "cpp end date", "initial category of abuse", "latest category of abuse", "number of previous cpp", "s 47 actual start date", "icpc not required", "primary need code"}, nil},
	{"a list of the area SEND inspection", []string{"ehc plan", "ehcp", "sen support", "ehc needs assessment", "ehcp start date", "sen need", "primary sen need", "sen provision", "date of ehc plan", "upn", "school urn", "year group", "ncy", "area of need", "exclusions", "home educated"}, regexp.MustCompile(`\bsend\b|\behcp?\b`)},
}

// sibling says which other return a table looks like, or "".
func sibling(name string, first [][]string) string {
	for _, s := range siblings {
		for _, cells := range first {
			n, filled := 0, 0
			for _, cell := range cells {
				h := foldHeading(cell)
				if h == "" {
					continue
				}
				filled++
				if slices.Contains(s.headings, h) {
					n++
				}
			}
			if n >= 4 && n*2 >= filled || n >= 2 && s.name != nil && s.name.MatchString(foldHeading(name)) {
				return s.what
			}
		}
	}
	return ""
}
