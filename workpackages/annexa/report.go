package annexa

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Report is what a check found: counts, rules, lists, columns and row numbers;
// never what a cell holds.
type Report struct {
	AsOf         string       `json:"as_of,omitempty"` // as 2026-11-24
	Files        []string     `json:"files"`
	Lists        []ListReport `json:"lists"` // all eleven, in order
	Causes       []Finding    `json:"causes"`
	Totals       Totals       `json:"totals"`
	Ignored      []string     `json:"ignored"`      // guidance tabs
	Unrecognised []string     `json:"unrecognised"` // tabs and files that are no list
	NotRead      []string     `json:"not_read"`     // second copies of a list
	Notes        []string     `json:"notes"`        // what was not checked, and why
}

// ListReport says what was found of one list.
type ListReport struct {
	Number     int         `json:"number"`
	Title      string      `json:"title"`
	Found      bool        `json:"found"`
	Where      string      `json:"where,omitempty"` // file and tab
	HeadingRow int         `json:"heading_row,omitempty"`
	Edition    string      `json:"edition,omitempty"` // with List 9, which has two
	Rows       int         `json:"rows"`
	Columns    []ColumnMap `json:"columns"`
	Errors     int         `json:"errors"`
	Warnings   int         `json:"warnings"`
	Infos      int         `json:"infos"`
}

// ColumnMap says how one column of a list was found.
type ColumnMap struct {
	Heading string `json:"heading"`
	Match   string `json:"match"` // exact, folded, alias or missing
}

// Finding holds every finding of one rule in one column.
type Finding struct {
	Rule       string   `json:"rule"`
	Title      string   `json:"title"`
	Severity   Severity `json:"severity"`
	UsualCause Cause    `json:"usual_cause"`
	Inferred   bool     `json:"inferred"`
	List       int      `json:"list"`
	Column     string   `json:"column,omitempty"`
	Count      int      `json:"count"`
	RowsInList int      `json:"rows_in_list"`
	Share      float64  `json:"share"`               // of the list's rows, 0 to 1
	Spellings  int      `json:"spellings,omitempty"` // different values among them
	Rows       []int    `json:"rows"`                // as Excel numbers them; the first 1,000
	Do         string   `json:"do"`
}

// Totals counts findings.
type Totals struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	Found    int `json:"lists_found"`
	Empty    int `json:"lists_empty"`
	Rows     int `json:"rows"`
}

func (c *checker) finish() *Report {
	r := &c.report
	c.acrossLists()
	for _, l := range load().Lists {
		if c.lists[l.Number] == nil && !c.options.Single {
			c.find(ruleListMissing, l.Number, "", 0)
		}
	}
	for _, l := range load().Lists {
		lr := ListReport{Number: l.Number, Title: l.Title, Columns: []ColumnMap{}}
		if st := c.lists[l.Number]; st != nil {
			lr.Found, lr.Where, lr.HeadingRow, lr.Rows = true, st.where, st.layout.row, st.rows
			r.Totals.Found++
			r.Totals.Rows += st.rows
			if st.rows == 0 {
				r.Totals.Empty++
			}
			later := st.layout.later()
			for i, col := range l.Columns {
				if col.Later && !later {
					continue
				}
				lr.Columns = append(lr.Columns, ColumnMap{col.Heading, cmp.Or(st.layout.how[i], "missing")})
			}
			if slices.ContainsFunc(l.Columns, func(c *column) bool { return c.Later }) {
				lr.Edition = fmt.Sprintf("%d columns, August 2019", len(lr.Columns))
				if later {
					lr.Edition = fmt.Sprintf("%d columns, later than August 2019", len(lr.Columns))
				}
			}
		}
		r.Lists = append(r.Lists, lr)
	}
	r.Causes = []Finding{}
	for k, f := range c.causes {
		out := Finding{
			Rule: f.rule.ID, Title: f.rule.Title, Severity: f.rule.Severity, UsualCause: f.rule.UsualCause, Inferred: f.rule.Inferred,
			List: k.list, Column: k.column, Count: f.count, Spellings: len(f.spellings), Rows: f.rows, Do: f.rule.Do,
		}
		if out.Rows == nil {
			out.Rows = []int{}
		}
		if st := c.lists[k.list]; st != nil && st.rows > 0 {
			out.RowsInList = st.rows
			if len(f.rows) > 0 {
				out.Share = float64(f.count) / float64(st.rows)
			}
		}
		lr := &r.Lists[k.list-1]
		switch f.rule.Severity {
		case SeverityError:
			r.Totals.Errors += f.count
			lr.Errors += f.count
		case SeverityWarning:
			r.Totals.Warnings += f.count
			lr.Warnings += f.count
		default:
			r.Totals.Infos += f.count
			lr.Infos += f.count
		}
		r.Causes = append(r.Causes, out)
	}
	slices.SortFunc(r.Causes, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), cmp.Compare(a.List, b.List),
			cmp.Compare(place(a), place(b)), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Column, b.Column))
	})
	if c.options.AsOf.IsZero() {
		r.Notes = append(r.Notes, "Dates after the lists were made were not looked for: say when they were made, with --as-of YYYY-MM-DD")
	} else {
		r.AsOf = c.options.AsOf.Format(time.DateOnly)
	}
	r.Notes = append(r.Notes, "Checked: lists, headings, required cells, types, dates, codes, the order of dates in a row, pairs that belong together, and that children of Lists 7 and 8 are in List 6. Not checked yet: other lists against each other, and time limits")
	for _, p := range []*[]string{&r.Files, &r.Ignored, &r.Unrecognised, &r.NotRead} {
		if *p == nil {
			*p = []string{}
		}
	}
	return r
}

func rank(s Severity) int {
	return slices.Index([]Severity{SeverityError, SeverityWarning, SeverityInfo}, s)
}

// place is a column's position in its list; a list's own causes come first.
func place(c Finding) int {
	for i, col := range load().Lists[c.List-1].Columns {
		if col.Heading == c.Column {
			return i + 1
		}
	}
	if c.Column == "" {
		return 0
	}
	return len(load().Lists[c.List-1].Columns) + 1
}
