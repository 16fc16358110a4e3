package annexa

import (
	"fmt"
	"slices"
	"testing"
)

// rowWith is a full row of a list with some cells changed, by heading.
func rowWith(t *testing.T, list int, cells map[string]any) []any {
	t.Helper()
	row := fullRow(list)
	for heading, v := range cells {
		i := slices.IndexFunc(headings(list), func(h any) bool { return h == heading })
		if i < 0 {
			t.Fatalf("list %d has no column %q", list, heading)
		}
		row[i] = v
	}
	return row
}

// rulesAt lists the rules with a finding in a column of the one list checked.
func rulesAt(t *testing.T, list int, column string, rows ...[]any) []string {
	t.Helper()
	r := check(t, Options{Single: true}, Source{fmt.Sprintf("List %d.csv", list), []byte(csvOf(",", append([][]any{headings(list)}, rows...)...))})
	var out []string
	for _, f := range r.Causes {
		if f.List == list && f.Column == column {
			out = append(out, f.Rule)
		}
	}
	return out
}

func TestEachOrderOfDates(t *testing.T) {
	n := 0
	for _, r := range rowRules {
		if r.ID[0] != 'D' {
			continue
		}
		n++
		for second, want := range map[string]bool{"09/05/2026": true, "10/05/2026": false, "11/05/2026": false, "": false, "#N/A": false, "not known": false} {
			row := rowWith(t, r.list, map[string]any{r.a: "10/05/2026", r.b: second})
			if got := slices.Contains(rulesAt(t, r.list, r.b, row), r.ID); got != want {
				t.Errorf("%s: %s on 10 May and %s on %q: found %v", r.ID, r.a, r.b, second, got)
			}
		}
	}
	if n != 25 {
		t.Errorf("%d rules about the order of two dates", n)
	}
}

func TestEachPairThatBelongsTogether(t *testing.T) {
	for _, r := range rowRules {
		if r.ID[0] != 'C' || r.ID == "C12" {
			continue
		}
		full := rowWith(t, r.list, nil)
		filled := func(heading string) any {
			i := slices.IndexFunc(headings(r.list), func(h any) bool { return h == heading })
			if full[i] != "" {
				return full[i]
			}
			c := load().Lists[r.list-1].Columns[i]
			if c.Type == "code" {
				return load().codes[c.Codes].Values[0].Value
			}
			return "05/06/2026"
		}
		for _, c := range []struct {
			a, b any
			want bool
		}{
			{filled(r.a), filled(r.b), false}, {"", "", false}, {filled(r.a), "", true}, {"", filled(r.b), true}, {filled(r.a), "#REF!", false},
		} {
			row := rowWith(t, r.list, map[string]any{r.a: c.a, r.b: c.b})
			if got := slices.Contains(rulesAt(t, r.list, r.b, row), r.ID); got != c.want {
				t.Errorf("%s with %v and %v: found %v", r.ID, c.a, c.b, got)
			}
		}
	}
}

func TestClosedStatusGoesWithAClosureDate(t *testing.T) {
	for _, c := range []struct {
		status, closure string
		want            bool
	}{
		{"e) Closed episode", "05/06/2026", false},
		{"e) Closed episode", "", true},
		{"c) Child in need plan", "05/06/2026", true},
		{"c) Child in need plan", "", false},
		{"something else", "", false},
	} {
		reason := ""
		if c.closure != "" {
			reason = "RC1 - Adopted"
		}
		row := rowWith(t, 6, map[string]any{"Case status": c.status, "CIN Closure Date": c.closure, "Reason for Closure": reason})
		if got := slices.Contains(rulesAt(t, 6, "Case status", row), "C12"); got != c.want {
			t.Errorf("%q with %q: found %v", c.status, c.closure, got)
		}
	}
}

func TestNothingHappensBeforeBirth(t *testing.T) {
	for _, c := range []struct {
		list   int
		column string
		date   string
		want   bool
	}{
		{1, "Date of Contact", "01/05/2026", false},                // an unborn child
		{1, "Date of Contact", "20/08/2025", true},                 // more than 40 weeks before
		{8, "Date Started to be Looked After", "04/06/2026", true}, // care begins at birth
		{8, "Date Started to be Looked After", "05/06/2026", false},
	} {
		row := rowWith(t, c.list, map[string]any{c.column: c.date})
		if got := slices.Contains(rulesAt(t, c.list, c.column, row), "D26"); got != c.want {
			t.Errorf("list %d on %s, born on 5 June 2026: found %v", c.list, c.date, got)
		}
	}
}

func TestAChildThatIsThereTwice(t *testing.T) {
	for list, want := range map[int][]string{1: nil, 3: nil, 6: {"S03"}, 7: {"S03"}, 8: {"S03"}, 9: {"S03Q"}} {
		again := rowWith(t, list, map[string]any{"Child Unique ID": " a12345 "})
		if got := rulesAt(t, list, "Child Unique ID", fullRow(list), another(list), again); !slices.Equal(got, want) {
			t.Errorf("list %d: %v", list, got)
		}
	}
}

func TestChildrenOnAPlanOrInCareAreInListSix(t *testing.T) {
	list := func(n int, ids ...string) Source {
		rows := [][]any{headings(n)}
		for _, id := range ids {
			rows = append(rows, rowWith(t, n, map[string]any{"Child Unique ID": id}))
		}
		return Source{fmt.Sprintf("List %d.csv", n), []byte(csvOf(",", rows...))}
	}
	for _, c := range []struct {
		what    string
		sources []Source
		want    []string
	}{
		{"all are there, in whatever order the files come", []Source{list(8, "C3"), list(7, " a1", "B2.0"), list(6, "A1", "B2", "C3")}, nil},
		{"some are not", []Source{list(6, "A1"), list(7, "A1", "B2"), list(8, "C3", "D4")}, []string{"X01 7/Child Unique ID [3]", "X02 8/Child Unique ID [2 3]"}},
		{"List 6 is empty, which has its own finding", []Source{list(6), list(7, "A1")}, nil},
		{"List 6 is not there", []Source{list(7, "A1")}, nil},
	} {
		r := check(t, Options{Single: true}, c.sources...)
		var got []string
		for _, f := range found(r) {
			if f[0] == 'X' {
				got = append(got, f)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
