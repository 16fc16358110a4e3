package annexa

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// Each file of testdata/rules shows one rule at work: the rows go in, the
// findings of that rule come out. The comment says what the case shows, and may
// hold a line "as-of: 2026-11-24". A part "list 6" is that list's rows under the
// headings that matter, with bars between the cells; "all 6" the same, with no
// other columns in the file; "settings" a council's settings. Columns that are
// not named hold what says nothing about the rule: see filler. A heading of no
// column, such as "Note", may say what a row is for. "found" lists the findings,
// as "list 6 row 3: Reason for Closure", or "list 6: Ethnicity" where one is about
// the whole column, or "list 6". What only a workbook can show is in
// workbookExamples.
func TestEachRuleFindsWhatItsExampleShows(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no examples", err)
	}
	shown := map[string]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		id, _, _ := strings.Cut(name, "_")
		shown[id] = true
		t.Run(name, func(t *testing.T) {
			rule := ruleByID(id)
			if rule == nil {
				t.Fatalf("there is no rule %s", id)
			}
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources, o, want := example(t, a)
			if !slices.ContainsFunc(want, func(s string) bool { return s != "" }) && !strings.Contains(string(a.Comment), "nothing is found") {
				t.Fatal("the example finds nothing, and its comment does not say that nothing is found")
			}
			r, err := Check(context.Background(), sources, o)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.run.findingsOf(rule); !slices.Equal(got, want) {
				t.Errorf("%s\nfound\n  %s\nwant\n  %s", strings.TrimSpace(string(a.Comment)), strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
	for _, e := range workbookExamples {
		shown[e.rule] = true
	}
	for _, r := range registry() {
		if !shown[r.ID] {
			t.Errorf("rule %s has no example in testdata/rules, and none among workbookExamples", r.ID)
		}
	}
}

// example reads an example: its lists as CSV files, options, and what is to be found.
func example(t *testing.T, a *txtar.Archive) (sources []Source, o Options, want []string) {
	t.Helper()
	o.AsOf = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	o.Single = true
	for line := range strings.Lines(string(a.Comment)) {
		switch line = strings.TrimSpace(line); {
		case line == "as-of: none":
			o.AsOf = time.Time{}
		case line == "every list is wanted":
			o.Single = false
		case strings.HasPrefix(line, "as-of: "):
			var err error
			if o.AsOf, err = time.Parse(time.DateOnly, strings.TrimPrefix(line, "as-of: ")); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range a.Files {
		kind, rest, _ := strings.Cut(f.Name, " ")
		number := 0
		fmt.Sscan(rest, &number)
		switch kind {
		case "list", "all":
			sources = append(sources, table(t, number, kind == "all", string(f.Data)))
		case "settings":
			var err error
			if o.Settings, err = ReadSettings(f.Data); err != nil {
				t.Fatal(err)
			}
		case "found":
			for line := range strings.Lines(string(f.Data)) {
				if line = strings.TrimSpace(line); line != "" {
					want = append(want, line)
				}
			}
		default:
			t.Fatalf("a part is called %q", f.Name)
		}
	}
	slices.Sort(want)
	return sources, o, want
}

// table makes a CSV file of a list out of an example's rows.
func table(t *testing.T, number int, all bool, rows string) Source {
	t.Helper()
	l := load().lists[number-1]
	var given []string
	at := map[string]int{}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	n := 0
	for line := range strings.Lines(rows) {
		line = strings.Trim(line, "\r\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " ")
			// A cell in quotation marks keeps its spaces.
			if s, ok := strings.CutPrefix(cells[i], `"`); ok {
				cells[i] = strings.TrimSuffix(s, `"`)
			}
			cells[i] = strings.ReplaceAll(cells[i], `\u00a0`, "\u00a0")
		}
		if given == nil {
			given = cells
			var headings []string
			for i, h := range given {
				at[h] = i
				if _, ok := l.place[h]; !ok || all {
					headings = append(headings, h)
				}
			}
			if !all {
				var own []string
				for _, c := range l.Columns {
					own = append(own, c.Heading)
				}
				headings = append(own, headings...)
			}
			write(t, w, headings)
			given = headings
			continue
		}
		n++
		var out []string
		for _, h := range given {
			if i, ok := at[h]; ok {
				if i >= len(cells) {
					t.Fatalf("row %q has too few cells", line)
				}
				out = append(out, cells[i])
			} else {
				out = append(out, filler(l, h, n))
			}
		}
		write(t, w, out)
	}
	w.Flush()
	return Source{Name: fmt.Sprintf("List %d.csv", number), Data: b.Bytes()}
}

func write(t *testing.T, w *csv.Writer, cells []string) {
	t.Helper()
	if err := w.Write(cells); err != nil {
		t.Fatal(err)
	}
}

// filler is a value for a column that an example does not speak of: right by
// itself, blank where that is allowed.
func filler(l *list, heading string, row int) string {
	c := l.Columns[l.place[heading]]
	switch {
	case c.isID():
		return fmt.Sprintf("%d", 100000+row)
	case heading == birth:
		return "05/06/2015"
	case heading == age:
		return "11"
	case !c.Required:
		return ""
	case c.Type == codeColumn:
		return c.codes.values[row%2].Value
	case c.Type == dateColumn:
		return "14/09/2026"
	case c.Type == numberColumn:
		return "1"
	case heading == team:
		return []string{"North", "South", "East"}[row%3]
	}
	return fmt.Sprintf("%s %d", heading, row)
}

// findingsOf lists what a rule found, as examples do.
func (c *checker) findingsOf(rule *Rule) []string {
	var out []string
	for k, f := range c.found {
		if k.rule.ID != rule.ID {
			continue
		}
		column := k.heading()
		if column != "" {
			column = ": " + column
		}
		for _, row := range f.rows {
			out = append(out, fmt.Sprintf("list %d row %d%s", k.list, c.data.lists[k.list].rows[row], column))
		}
		for _, row := range f.other {
			out = append(out, fmt.Sprintf("list %d row %d%s", k.list, row, column))
		}
		if f.count > 0 {
			out = append(out, fmt.Sprintf("list %d%s", k.list, column))
		}
	}
	slices.Sort(out)
	return out
}

func TestTheRulesAreWhole(t *testing.T) {
	if err := validate(Rules()); err != nil {
		t.Error(err)
	}
	for _, r := range Rules() {
		if strings.HasSuffix(r.Title, ".") || strings.HasSuffix(r.Statutory, ".") {
			t.Errorf("rule %s: its title and statute end without a full stop", r.ID)
		}
		if !strings.HasSuffix(r.Why, ".") || !strings.HasSuffix(r.Do, ".") {
			t.Errorf("rule %s: why and do are sentences", r.ID)
		}
	}
}

// described are the rules of the facts that were gathered, by id; those that no
// file can decide are left out.
func TestEveryDescribedRuleThatListsCanDecideIsThere(t *testing.T) {
	var ids []string
	add := func(letter string, n int, without ...int) {
		for i := 1; i <= n; i++ {
			if !slices.Contains(without, i) {
				ids = append(ids, fmt.Sprintf("%s%02d", letter, i))
			}
		}
	}
	add("S", 14, 14) // S14: on which day each list was made stands in none of them
	add("P", 8)
	add("D", 26)
	add("C", 26)
	add("X", 21)
	add("T", 16)
	if len(ids) != 110 {
		t.Fatalf("%d ids", len(ids))
	}
	for _, id := range ids {
		if ruleByID(id) == nil {
			t.Errorf("rule %s is not there", id)
		}
	}
}
