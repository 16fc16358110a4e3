package annexa

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"readiness/workpackages/annexa/annexatest"
)

var update = flag.Bool("update", false, "write the golden files again")

// place is where a finding stands.
type place struct {
	list, row int
	column    string
}

// tested is one finding of a check.
type tested struct {
	place
	rule string
}

// every finding of a report that is about a row, but for those that only say
// that a code is newer than the template.
func (c *checker) rowFindings() []tested {
	var out []tested
	for k, f := range c.found {
		if k.rule.ID == ruleCodeLater.ID || k.column == noColumn {
			continue
		}
		for _, row := range f.rows {
			out = append(out, tested{place{k.list, int(c.data.lists[k.list].rows[row]), load().lists[k.list-1].Columns[k.column].Heading}, k.rule.ID})
		}
	}
	return out
}

// familyOf is a rule's id as the facts have it: S04Q is of S04.
func familyOf(id string) string { return id[:min(3, len(id))] }

// kin reports whether a finding is what a fault says, or tells of the same cell:
// a blank primary need may be called blank, or not a need.
func kin(t tested, f annexatest.Fault) bool {
	return t.list == f.List && t.row == f.Row && (familyOf(t.rule) == familyOf(f.Rule) || t.column == f.Column)
}

// score holds how a check did against what was planted.
type score struct {
	planted, found, kinds, kindsFound int
	findings, right                   int
	rules                             map[string][2]int // planted and found, by rule
	missed, wrong                     map[string]int
}

func accuracy(t *testing.T, seed uint64, rows, faults int) score {
	t.Helper()
	r := annexatest.New(seed, rows)
	planted := annexatest.Plant(r, seed, faults)
	report := checkedReturn(t, r)
	at := map[[2]int][]tested{}
	all := report.run.rowFindings()
	for _, f := range all {
		at[[2]int{f.list, f.row}] = append(at[[2]int{f.list, f.row}], f)
	}
	s := score{planted: len(planted), findings: len(all), rules: map[string][2]int{}, missed: map[string]int{}, wrong: map[string]int{}}
	kinds := map[string]bool{}
	wanted := map[[2]int][]annexatest.Fault{}
	for _, f := range planted {
		seen := false
		for _, one := range append([]annexatest.Fault{f}, f.Also...) {
			wanted[[2]int{one.List, one.Row}] = append(wanted[[2]int{one.List, one.Row}], one)
			// Of two rows that disagree either may be named.
			if familyOf(one.Rule) == familyOf(f.Rule) {
				seen = seen || slices.ContainsFunc(at[[2]int{one.List, one.Row}], func(t tested) bool { return kin(t, one) })
			}
		}
		n := s.rules[f.Rule]
		n[0]++
		if seen {
			n[1]++
			s.found++
		} else {
			s.missed[f.Rule+": "+f.Kind]++
		}
		s.rules[f.Rule] = n
		kinds[f.Kind] = kinds[f.Kind] || seen
	}
	for _, f := range all {
		if slices.ContainsFunc(wanted[[2]int{f.list, f.row}], func(w annexatest.Fault) bool { return kin(f, w) }) {
			s.right++
		} else {
			s.wrong[fmt.Sprintf("%s at %s in List %d", f.rule, f.column, f.list)]++
		}
	}
	s.kinds = len(kinds)
	for _, seen := range kinds {
		if seen {
			s.kindsFound++
		}
	}
	return s
}

// TestPlantedFaultsAreFoundAndLittleElse measures the checker against a generator
// of faults that shares no code with it, and holds the table in accuracy.md to
// what was measured: go test ./workpackages/annexa -run Planted -update writes it.
func TestPlantedFaultsAreFoundAndLittleElse(t *testing.T) {
	const seed, rows, faults = 2026, 54_865, 3000
	s := accuracy(t, seed, rows, faults)
	recall, precision := float64(s.found)/float64(s.planted), float64(s.right)/float64(s.findings)
	t.Logf("recall %.4f, precision %.4f, missed %v, wrong %v", recall, precision, s.missed, s.wrong)
	if recall < 0.99 || precision < 0.99 || s.kinds < 60 {
		t.Errorf("recall %.4f, precision %.4f over %d kinds\nmissed %v\nnot planted %v", recall, precision, s.kinds, s.missed, s.wrong)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# How well the checker finds what is wrong\n\n")
	fmt.Fprintf(&b, "A made-up return of %d rows over eleven lists, clean by the facts, with %d faults of %d kinds planted in it, each on a child of its own. ", rows, faults, s.kinds)
	fmt.Fprintf(&b, "The generator (`annexatest`) was written from the facts alone and shares no code with the rules. A test makes this table and holds it to what is measured:\n\n    go test ./workpackages/annexa -run Planted -update\n\n")
	fmt.Fprintf(&b, "| what | figure |\n| --- | --- |\n")
	fmt.Fprintf(&b, "| faults planted | %d |\n| found (recall) | %d (%.2f%%) |\n| kinds planted, kinds found | %d, %d |\n", s.planted, s.found, 100*recall, s.kinds, s.kindsFound)
	fmt.Fprintf(&b, "| findings about rows | %d |\n| of them planted, or lawfully caused by what was (precision) | %d (%.2f%%) |\n", s.findings, s.right, 100*precision)
	fmt.Fprintf(&b, "\nFaults by rule, found of planted:\n\n")
	var ids []string
	for id := range s.rules {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for i, id := range ids {
		sep := ", "
		if i == len(ids)-1 {
			sep = "\n"
		} else if i%10 == 9 {
			sep = ",\n"
		}
		fmt.Fprintf(&b, "%s %d of %d%s", id, s.rules[id][1], s.rules[id][0], sep)
	}
	bullets(&b, "Missed", s.missed)
	bullets(&b, "Found and not planted", s.wrong)
	golden(t, "accuracy.md", b.Bytes())
}

func bullets(b *bytes.Buffer, title string, n map[string]int) {
	if len(n) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n\n", title)
	var lines []string
	for what, count := range n {
		lines = append(lines, fmt.Sprintf("- %s (%d)\n", what, count))
	}
	slices.Sort(lines)
	b.WriteString(strings.Join(lines, ""))
}

// golden holds a file to what was made, or writes it with -update.
func golden(t *testing.T, name string, made []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, made, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(want, made) {
		t.Errorf("%s is not what was made (%v): look at the difference, then run with -update\n%s", name, err, made)
	}
}
