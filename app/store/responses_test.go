package store_test

import (
	"sync"
	"testing"
	"time"

	"readiness/app/store/storetest"
	"readiness/workpackages"
)

func response(version int64, kind workpackages.ResponseKind) workpackages.Response {
	return workpackages.Response{
		ID: workpackages.ResponseID("p/m", "ann"), Subject: "p/m", Concern: workpackages.MilestoneOverdue,
		PackageID: "p", PersonID: "ann", PersonName: "Ann", Kind: kind, Until: "2026-11-25",
		At: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Version: version,
	}
}

func TestAnAnswerIsKeptAsItWasGiven(t *testing.T) {
	s := storetest.New(t)
	ctx := t.Context()
	if all, err := s.Responses(ctx); err != nil || len(all) != 0 {
		t.Fatalf("before any: %v, %v", all, err)
	}
	first, second := response(1, workpackages.HaveIt), response(2, workpackages.NotMine)
	second.Until, second.Withdrawn = "", true
	for _, r := range []workpackages.Response{first, second} {
		if err := s.SaveResponse(ctx, r); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Responses(ctx); err != nil || len(all) != 1 || all[0] != r {
			t.Errorf("kept: %+v, %v", all, err)
		}
	}
}

func TestAnAnswerThatWasOvertakenIsNotKept(t *testing.T) {
	s := storetest.New(t)
	ctx := t.Context()
	for _, r := range []workpackages.Response{response(1, workpackages.HaveIt), response(2, workpackages.Snoozed)} {
		if err := s.SaveResponse(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, version := range []int64{1, 2, 4} {
		if err := s.SaveResponse(ctx, response(version, workpackages.NotMine)); workpackages.KindOf(err) != workpackages.Stale {
			t.Errorf("version %d over version 2 gave %v", version, err)
		}
	}
	if all, err := s.Responses(ctx); err != nil || len(all) != 1 || all[0].Kind != workpackages.Snoozed {
		t.Errorf("kept: %+v, %v", all, err)
	}
	// The first of an answer that there is not, at a later version, is nobody's.
	other := response(2, workpackages.HaveIt)
	other.ID = "other"
	if err := s.SaveResponse(ctx, other); workpackages.KindOf(err) != workpackages.Stale {
		t.Errorf("version 2 of nothing gave %v", err)
	}
}

func TestOfManyFirstAnswersExactlyOneIsKept(t *testing.T) {
	s := storetest.New(t)
	var mu sync.Mutex
	kept := 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := s.SaveResponse(t.Context(), response(1, workpackages.HaveIt))
			if err != nil && workpackages.KindOf(err) != workpackages.Stale {
				t.Error(err)
			}
			if err == nil {
				mu.Lock()
				kept++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if all, err := s.Responses(t.Context()); err != nil || len(all) != 1 || kept != 1 {
		t.Errorf("%d were told that theirs is kept; there are %+v, %v", kept, all, err)
	}
}

// TestChairAndMeetingsAreKept: a group from before there were any has none.
func TestChairAndMeetingsAreKept(t *testing.T) {
	s := storetest.New(t)
	ctx := t.Context()
	g := workpackages.Group{ID: "g", Name: "G", Order: 1, Version: 1, CreatedAt: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	if err := s.AddGroup(ctx, g); err != nil {
		t.Fatal(err)
	}
	g.Version, g.ChairID, g.Meetings = 2, "ann", []workpackages.Meeting{{ID: "m", Date: "2026-12-01", Time: "14:00", Place: "Room 2"}}
	if err := s.SaveGroup(ctx, g); err != nil {
		t.Fatal(err)
	}
	all, err := s.Groups(ctx)
	if err != nil || len(all) != 1 || all[0].ChairID != "ann" || len(all[0].Meetings) != 1 || all[0].Meetings[0] != g.Meetings[0] {
		t.Errorf("kept: %+v, %v", all, err)
	}
	if err := s.SaveGroup(ctx, g); workpackages.KindOf(err) != workpackages.Stale {
		t.Errorf("the same version again gave %v", err)
	}
}
