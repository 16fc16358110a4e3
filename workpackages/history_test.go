package workpackages_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"readiness/workpackages"
)

func TestTheClockMayGoBackwardsAndHistoryDoesNot(t *testing.T) {
	c := newCouncilAtWork(t)
	later := start.Add(time.Hour)
	c.now = later
	c.green("one")
	c.now = start.Add(-48 * time.Hour)
	r := must(t)(c.AddMilestone(t.Context(), leadA.Actor("api"), packageA, at(2), workpackages.MilestoneInput{Title: ptr("M"), Due: ptr("2027-01-29")}))
	if !r.Entry.At.Equal(later) || !r.Package.ChangedAt.Equal(later) || !r.Package.Milestones[1].Baselines[0].SetAt.Equal(later) {
		t.Errorf("the entry is at %s, the package at %s", r.Entry.At, r.Package.ChangedAt)
	}
	if r := c.green("two"); !r.Package.UpdatedAt.Equal(later) {
		t.Errorf("updated at %s", r.Package.UpdatedAt)
	}
	// Several versions at one instant: the last of them is how things stood.
	for range 2 {
		if w, err := c.AsAt(t.Context(), packageA, later); err != nil || w.Version != 4 {
			t.Errorf("as at that instant: version %d, %v", w.Version, err)
		}
		c.now = start.Add(2 * time.Hour)
		c.green("three")
	}
}

func TestTimesAreUTCToTheMillisecond(t *testing.T) {
	c := newCouncilAtWork(t)
	c.now = time.Date(2026, 11, 24, 10, 0, 0, 123_456_789, time.FixedZone("an hour ahead", 3600))
	r := c.green("one")
	if want := start.Add(123 * time.Millisecond); r.Entry.At != want || r.Package.ChangedAt != want || r.Package.UpdatedAt != want {
		t.Errorf("at %v, changed %v, updated %v", r.Entry.At, r.Package.ChangedAt, r.Package.UpdatedAt)
	}
}

func TestHistoryIsReadInPagesNewestFirst(t *testing.T) {
	c := newCouncilAtWork(t)
	for i := range 4 {
		c.green(fmt.Sprint(i))
	}
	for _, p := range []struct {
		name   string
		before int64
		limit  int
		want   []int64
		older  bool
	}{
		{"the first page", 0, 2, []int64{5, 4}, true},
		{"the next", 4, 2, []int64{3, 2}, true},
		{"the last, which is short", 2, 2, []int64{1}, false},
		{"a page that ends at the beginning", 3, 2, []int64{2, 1}, false},
		{"everything", 0, 5, []int64{5, 4, 3, 2, 1}, false},
		{"more than there is", 0, 100, []int64{5, 4, 3, 2, 1}, false},
		{"from beyond the newest", 99, 1, []int64{5}, true},
		{"below the first", 1, 2, nil, false},
		{"below nothing, which is the newest", -3, 1, []int64{5}, true},
		{"a page of none", 0, 0, nil, true},
	} {
		t.Run(p.name, func(t *testing.T) {
			entries, older, err := c.History(t.Context(), packageA, p.before, p.limit)
			var got []int64
			for _, e := range entries {
				got = append(got, e.Version)
			}
			if err != nil || !slices.Equal(got, p.want) || older != p.older {
				t.Errorf("versions %v, older %t, %v; want %v, %t", got, older, err, p.want, p.older)
			}
		})
	}
	if _, _, err := c.History(t.Context(), "none", 0, 5); err == nil || workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("of no package: %v", err)
	}
	c.store.away(2, "Entry")
	if e, _, err := c.History(t.Context(), packageA, 0, 5); workpackages.KindOf(err) != workpackages.Unavailable || e != nil {
		t.Errorf("half of a history is none: %v, %v", e, err)
	}
}

func TestAPackageAsAtAnInstant(t *testing.T) {
	c := newCouncilAtWork(t)
	for i := range 6 {
		c.now = start.Add(time.Duration(i+1) * time.Hour)
		c.green(fmt.Sprint(i))
	}
	for _, p := range []struct {
		name string
		at   time.Duration
		want int64
	}{
		{"at the instant it was set up", 0, 1},
		{"just before the first change", time.Hour - time.Nanosecond, 1},
		{"at the instant of the first change", time.Hour, 2},
		{"just after it", time.Hour + time.Nanosecond, 2},
		{"in between", 3*time.Hour + 30*time.Minute, 4},
		{"just before the last", 6*time.Hour - 1, 6},
		{"at the last", 6 * time.Hour, 7},
		{"long after", 1e6 * time.Hour, 7},
	} {
		t.Run(p.name, func(t *testing.T) {
			w, err := c.AsAt(t.Context(), packageA, start.Add(p.at))
			if err != nil || w.Version != p.want {
				t.Errorf("version %d, %v; want %d", w.Version, err, p.want)
			}
		})
	}
	for _, before := range []time.Duration{time.Nanosecond, 1e6 * time.Hour} {
		if w, err := c.AsAt(t.Context(), packageA, start.Add(-before)); err == nil || workpackages.KindOf(err) != workpackages.NotFound {
			t.Errorf("before it existed it was %+v, %v", w, err)
		}
	}
	if _, err := c.AsAt(t.Context(), "none", start); err == nil || workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("of no package: %v", err)
	}
	c.store.away(2, "Entry")
	if _, err := c.AsAt(t.Context(), packageA, start); workpackages.KindOf(err) != workpackages.Unavailable {
		t.Errorf("a history that is away is not a package that is none: %v", err)
	}
}
