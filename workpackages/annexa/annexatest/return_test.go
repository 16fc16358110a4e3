package annexatest

import (
	"testing"
	"time"
)

func TestSpeedTmp(t *testing.T) {
	for _, n := range []int{300, 301, 400, 1000, 2000, 5000, 54865} {
		for seed := range uint64(5) {
			s := time.Now()
			r := New(seed, n)
			got := []int{}
			for _, l := range r.Lists {
				got = append(got, len(l.Rows))
			}
			m := time.Now()
			b, err := r.XLSX()
			t.Log(n, got, m.Sub(s), time.Since(m), len(b), err)
		}
	}
}

func TestPlantTmp(t *testing.T) {
	for _, n := range []int{300, 1000, 5000, 54865} {
		r := New(1, n)
		s := time.Now()
		f := Plant(r, 1, n/5)
		ks := map[string]int{}
		rs := map[string]int{}
		for _, x := range f {
			ks[x.Kind]++
			rs[x.Rule]++
		}
		t.Log(n, len(f), len(ks), len(Kinds()), len(rs), time.Since(s))
		if n == 54865 {
			for _, k := range Kinds() {
				if ks[k] < 60 {
					t.Log(k, ks[k])
				}
			}
		}
	}
}

func TestOracleTmp(t *testing.T) {
	for seed := range uint64(20) {
		for _, n := range []int{300, 1000, 5000} {
			for f, what := range consult(New(seed, n)) {
				t.Error(seed, n, f, what)
			}
		}
	}
	for f, what := range consult(New(7, 54865)) {
		t.Error(f, what)
	}
}

func TestPlantOracleTmp(t *testing.T) {
	missed := map[string]int{}
	extra := map[string]int{}
	for seed := range uint64(6) {
		for _, n := range []int{300, 1000, 5000, 54865} {
			r := New(seed, n)
			fs := Plant(r, seed, n/6)
			got := consult(r)
			ok := map[finding]bool{}
			byRow := map[[2]int]string{}
			for _, f := range fs {
				for _, g := range append([]Fault{f}, f.Also...) {
					ok[finding{g.Rule, g.List, g.Row}] = true
					byRow[[2]int{g.List, g.Row}] = f.Kind
				}
				if _, hit := got[finding{f.Rule, f.List, f.Row}]; !hit {
					missed[f.Kind]++
				}
			}
			for f, what := range got {
				if !ok[f] {
					k := byRow[[2]int{f.list, f.row}] + " / " + f.rule
					if extra[k] == 0 {
						t.Log(k, f, what)
					}
					extra[k]++
				}
			}
		}
	}
	t.Log("missed", missed)
	t.Log("extra", extra)
}
