package annexatest

import (
	"slices"
	"testing"
	"time"
)

func TestFaultsAreThoseAskedForEachOnAChildOfItsOwn(t *testing.T) {
	for _, c := range []struct{ rows, faults, kinds int }{
		{Fewest, 60, 60}, {1000, 120, 100}, {5000, 500, 140}, {54865, 5000, 160},
	} {
		r := New(1, c.rows)
		faults := Plant(r, 2, c.faults)
		if len(faults) != c.faults {
			t.Errorf("%d rows: %d faults, want %d", c.rows, len(faults), c.faults)
		}
		kinds, rows := map[string]int{}, map[[2]int]string{}
		for _, f := range faults {
			kinds[f.Kind]++
			at := [2]int{f.List, f.Row}
			if other, taken := rows[at]; taken {
				t.Errorf("%d rows: %q and %q are both on List %d, row %d", c.rows, other, f.Kind, f.List, f.Row)
			}
			rows[at] = f.Kind
		}
		if len(kinds) < c.kinds {
			t.Errorf("%d rows: %d kinds, want %d", c.rows, len(kinds), c.kinds)
		}
	}
}

func TestEveryFaultIsOneAndNothingElseIsWrong(t *testing.T) {
	for _, o := range []Options{
		{Rows: Fewest}, {Rows: 1000}, {Rows: 12000}, {Rows: 3000, Official: true}, {Rows: 3000, ThirteenCols: true},
		{Rows: 3000, AsOf: time.Date(2026, 1, 6, 0, 0, 0, 0, time.UTC)},
	} {
		for seed := range uint64(2) {
			o.Seed = seed
			r := Make(o)
			judge(t, r, Plant(r, seed, o.Rows/8))
		}
	}
}

// judge holds what was planted against what the oracle finds.
func judge(t *testing.T, r *Return, faults []Fault) {
	t.Helper()
	found := consult(r)
	meant := map[finding]bool{}
	onRow := map[[2]int]string{}
	for _, f := range faults {
		for _, g := range append([]Fault{f}, f.Also...) {
			meant[finding{g.Rule, g.List, g.Row}] = true
			onRow[[2]int{g.List, g.Row}] = f.Kind
		}
		if _, ok := found[finding{f.Rule, f.List, f.Row}]; !ok {
			t.Errorf("%q planted on List %d, row %d: %s finds nothing there", f.Kind, f.List, f.Row, f.Rule)
		}
	}
	for f, cells := range found {
		if !meant[f] {
			t.Errorf("%s found on List %d, row %d, where %q was planted: %s", f.rule, f.list, f.row, onRow[[2]int{f.list, f.row}], cells)
		}
	}
}

func TestFaultsAreSpreadEvenlyWhereThereIsRoom(t *testing.T) {
	r := New(4, 54865)
	count := map[string]int{}
	for _, f := range Plant(r, 4, 1000) {
		count[f.Kind]++
	}
	for _, name := range Kinds() {
		if n := count[name]; n < 4 || n > 6 {
			t.Errorf("%q planted %d times in 1,000 over %d kinds", name, n, len(Kinds()))
		}
	}
}

func TestKindsHaveNamesOfTheirOwnAndColumnsOfTheirList(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range allKinds() {
		if seen[k.name] {
			t.Errorf("two kinds are called %q", k.name)
		}
		seen[k.name] = true
		if (k.do == nil) == (k.add == nil) {
			t.Errorf("%q must either change a row or add one", k.name)
		}
		headings := templates[k.list-1].headings
		if k.add == nil && !slices.Contains(headings, k.column) {
			t.Errorf("%q: List %d has no %q", k.name, k.list, k.column)
		}
	}
}

func TestEveryRuleThatIsAboutARowIsPlanted(t *testing.T) {
	planted := map[string]bool{}
	for _, k := range allKinds() {
		planted[k.rule] = true
	}
	// Left out: rules about a whole list or file, and notes.
	wholeList := []string{"S01", "S07", "S14", "P06", "P07", "C26"}
	for family, last := range map[string]int{"S": 14, "P": 8, "D": 26, "C": 26, "X": 21, "T": 16} {
		for n := 1; n <= last; n++ {
			rule := family + string([]byte{byte('0' + n/10), byte('0' + n%10)})
			if !planted[rule] && !slices.Contains(wholeList, rule) {
				t.Errorf("nothing is planted for %s", rule)
			}
		}
	}
}

func TestNoColumnIsSpoiltByTheFaultsInIt(t *testing.T) {
	r := New(6, 20000)
	Plant(r, 6, 1000)
	if err := uneven(r); err != nil {
		t.Errorf("the faults would be reported of a whole column: %v", err)
	}
}

func BenchmarkPlant2000(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		r := New(1, 54865)
		b.StartTimer()
		Plant(r, 1, 2000)
	}
}
