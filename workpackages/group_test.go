package workpackages_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"readiness/workpackages"
)

var chairing = workpackages.Person{ID: "chair", Name: "Chair A", Email: "chair@example.gov.uk", Role: workpackages.Viewer, Version: 1, CreatedAt: start}

// chaired is a council whose Group A has a chair, who is a viewer.
func chaired(t *testing.T) *council {
	c := newCouncilAtWork(t)
	c.store.people = append(c.store.people, chairing)
	c.store.groups[0].ChairID = chairing.ID
	return c
}

func TestWhoMayPlanMeetings(t *testing.T) {
	in := workpackages.MeetingInput{Date: "2026-12-01"}
	for _, c := range []struct {
		name string
		by   workpackages.Actor
		may  bool
	}{
		{"the chair, whatever their role", chairing.Actor("browser"), true},
		{"a lead of the group", leadA.Actor("browser"), true},
		{"an assistant director", director.Actor("browser"), true},
		{"a lead's token of the group", workpackages.Actor{ID: "token:1", Role: workpackages.Lead, GroupID: groupA}, true},
		{"a lead of another group", leadB.Actor("browser"), false},
		{"another viewer", viewer.Actor("browser"), false},
		{"an analyst", analyst.Actor("browser"), false},
		{"a viewer's token", workpackages.Actor{ID: "token:2", Role: workpackages.Viewer}, false},
		{"nobody", workpackages.Actor{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := chaired(t)
			before := k.store.whole()
			g, err := k.AddMeeting(t.Context(), c.by, groupA, 1, in)
			if !c.may {
				k.wantKind(workpackages.Forbidden, before, err)
				// Who may not is told that, at whatever version.
				_, err = k.AddMeeting(t.Context(), c.by, groupA, 9, in)
				k.wantKind(workpackages.Forbidden, before, err)
				_, err = k.CancelMeeting(t.Context(), c.by, groupA, 1, "none")
				k.wantKind(workpackages.Forbidden, before, err)
				return
			}
			if err != nil || len(g.Meetings) != 1 || g.Version != 2 {
				t.Fatalf("%+v, %v", g, err)
			}
			if g, err = k.CancelMeeting(t.Context(), c.by, groupA, 2, g.Meetings[0].ID); err != nil || len(g.Meetings) != 0 || g.Version != 3 {
				t.Errorf("cancelled: %+v, %v", g, err)
			}
		})
	}
	// A group without a chair is not everybody's without an id.
	if workpackages.MayPlan(workpackages.Actor{Role: workpackages.Viewer}, workpackages.Group{ID: groupA}) {
		t.Error("nobody chairs a group that has no chair")
	}
}

func TestAMeetingAsTyped(t *testing.T) {
	long := strings.Repeat("x", workpackages.MaxTitle+1)
	for _, c := range []struct {
		name   string
		in     workpackages.MeetingInput
		fields string // "" when taken
		want   workpackages.Meeting
	}{
		{"a day alone", workpackages.MeetingInput{Date: "1/12/2026"}, "", workpackages.Meeting{Date: "2026-12-01"}},
		{"today", workpackages.MeetingInput{Date: "2026-11-24"}, "", workpackages.Meeting{Date: "2026-11-24"}},
		{"with time and place", workpackages.MeetingInput{Date: "1 December 2026", Time: "14:00", Place: " Committee  room 2 "}, "", workpackages.Meeting{Date: "2026-12-01", Time: "14:00", Place: "Committee room 2"}},
		{"a time of one figure", workpackages.MeetingInput{Date: "2026-12-01", Time: "9:05"}, "", workpackages.Meeting{Date: "2026-12-01", Time: "09:05"}},
		{"a time with a dot", workpackages.MeetingInput{Date: "2026-12-01", Time: "9.30"}, "", workpackages.Meeting{Date: "2026-12-01", Time: "09:30"}},
		{"a time as people say it", workpackages.MeetingInput{Date: "2026-12-01", Time: "2 pm"}, "", workpackages.Meeting{Date: "2026-12-01", Time: "14:00"}},
		{"the same day at another time", workpackages.MeetingInput{Date: "2026-12-08", Time: "11:00"}, "", workpackages.Meeting{Date: "2026-12-08", Time: "11:00"}},
		{"no day", workpackages.MeetingInput{}, "date", workpackages.Meeting{}},
		{"a day that is none", workpackages.MeetingInput{Date: "31/2/2027"}, "date", workpackages.Meeting{}},
		{"yesterday", workpackages.MeetingInput{Date: "2026-11-23"}, "date", workpackages.Meeting{}},
		{"no time of day", workpackages.MeetingInput{Date: "2026-12-01", Time: "noon-ish"}, "time", workpackages.Meeting{}},
		{"an hour that is none", workpackages.MeetingInput{Date: "2026-12-01", Time: "24:00"}, "time", workpackages.Meeting{}},
		{"a place that is too long", workpackages.MeetingInput{Date: "2026-12-01", Place: long}, "place", workpackages.Meeting{}},
		{"a place that cannot be read", workpackages.MeetingInput{Date: "2026-12-01", Place: "a\u202eb"}, "place", workpackages.Meeting{}},
		{"everything wrong", workpackages.MeetingInput{Date: "never", Time: "late", Place: long}, "date time place", workpackages.Meeting{}},
		{"one that is planned", workpackages.MeetingInput{Date: "2026-12-08", Time: "09:00"}, "date", workpackages.Meeting{}},
		{"one that is planned, typed otherwise", workpackages.MeetingInput{Date: "8/12/2026", Time: "9am"}, "date", workpackages.Meeting{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			k.store.groups[0].Meetings = []workpackages.Meeting{{ID: "there", Date: "2026-12-08", Time: "09:00"}}
			before := k.store.whole()
			g, err := k.AddMeeting(t.Context(), leadA.Actor("browser"), groupA, 1, c.in)
			if c.fields != "" {
				k.wantKind(workpackages.Invalid, before, err)
				if fieldsOf(err) != c.fields {
					t.Errorf("errors on %q", fieldsOf(err))
				}
				return
			}
			if err != nil || len(g.Meetings) != 2 || !reflect.DeepEqual(g, k.store.groups[0]) {
				t.Fatalf("%+v, %v", g, err)
			}
			at := 0
			if g.Meetings[0].ID == "there" {
				at = 1
			}
			got := g.Meetings[at]
			if !strings.HasPrefix(got.ID, "meeting-") {
				t.Errorf("its id is %q", got.ID)
			}
			if got.ID = ""; got != c.want {
				t.Errorf("it is %+v", got)
			}
		})
	}
}

func TestMeetingsStandInOrderAndTheNextAreAskedFor(t *testing.T) {
	c := newCouncilAtWork(t)
	for i, m := range []workpackages.MeetingInput{{Date: "2027-01-12"}, {Date: "2026-12-01", Time: "14:00"}, {Date: "2026-12-01", Time: "9:00"}, {Date: "2026-11-24"}} {
		if _, err := c.AddMeeting(t.Context(), leadA.Actor("browser"), groupA, int64(i+1), m); err != nil {
			t.Fatal(err)
		}
	}
	g := c.store.groups[0]
	days := func(all []workpackages.Meeting) string {
		var out []string
		for _, m := range all {
			out = append(out, strings.TrimSpace(string(m.Date)+" "+m.Time))
		}
		return strings.Join(out, ", ")
	}
	if got := days(g.Meetings); got != "2026-11-24, 2026-12-01 09:00, 2026-12-01 14:00, 2027-01-12" {
		t.Errorf("they stand %s", got)
	}
	for from, want := range map[workpackages.Date]string{
		"2026-11-24": days(g.Meetings), "2026-11-25": days(g.Meetings[1:]), "2026-12-01": days(g.Meetings[1:]), "2026-12-02": "2027-01-12", "2027-01-13": "",
	} {
		if got := days(g.Coming(from)); got != want {
			t.Errorf("from %s on there are %s", from, got)
		}
	}
}

func TestAGroupRemembersSixtyMeetings(t *testing.T) {
	fill := func(first workpackages.Date) []workpackages.Meeting {
		var all []workpackages.Meeting
		for i := range 60 {
			all = append(all, workpackages.Meeting{ID: fmt.Sprint("m", i), Date: first.AddDays(i)})
		}
		return all
	}
	c := newCouncilAtWork(t)
	c.store.groups[0].Meetings = fill("2026-11-23") // the first is over
	g, err := c.AddMeeting(t.Context(), leadA.Actor("browser"), groupA, 1, workpackages.MeetingInput{Date: "2027-06-01"})
	if err != nil || len(g.Meetings) != 60 || g.Meetings[0].ID != "m1" || g.Meetings[59].Date != "2027-06-01" {
		t.Errorf("the oldest does not make room: %v, %v", g.Meetings, err)
	}
	before := c.store.whole()
	_, err = c.AddMeeting(t.Context(), leadA.Actor("browser"), groupA, 2, workpackages.MeetingInput{Date: "2027-06-02"})
	c.wantKind(workpackages.Invalid, before, err)
}

func TestMeetingsOfAGroupThatChangedMeanwhile(t *testing.T) {
	c := newCouncilAtWork(t)
	by, in := leadA.Actor("browser"), workpackages.MeetingInput{Date: "2026-12-01"}
	g, err := c.AddMeeting(t.Context(), by, groupA, 1, in)
	if err != nil {
		t.Fatal(err)
	}
	before := c.store.whole()
	_, err = c.AddMeeting(t.Context(), by, groupA, 1, workpackages.MeetingInput{Date: "2026-12-02"})
	if e := c.wantKind(workpackages.Stale, before, err); !reflect.DeepEqual(e.Current, g) {
		t.Errorf("the current group is %+v", e.Current)
	}
	_, err = c.CancelMeeting(t.Context(), by, groupA, 1, g.Meetings[0].ID)
	c.wantKind(workpackages.Stale, before, err)
	_, err = c.CancelMeeting(t.Context(), by, groupA, 2, "none")
	c.wantKind(workpackages.NotFound, before, err)
	_, err = c.AddMeeting(t.Context(), by, "none", 1, in)
	c.wantKind(workpackages.NotFound, before, err)
	for _, op := range []string{"Groups", "SaveGroup"} {
		c.store.away(1, op)
		_, err = c.AddMeeting(t.Context(), by, groupA, 2, workpackages.MeetingInput{Date: "2026-12-03"})
		c.wantKind(workpackages.Unavailable, before, err)
	}
	c.store.fault = nil
	// A rival who saves between our read and our write is shown too.
	rival := false
	c.store.fault = func(op string) error {
		if op == "SaveGroup" && !rival {
			rival = true
			if g, err = c.AddMeeting(t.Context(), by, groupA, 2, workpackages.MeetingInput{Date: "2026-12-04"}); err != nil {
				t.Error(err)
			}
		}
		return nil
	}
	_, err = c.AddMeeting(t.Context(), by, groupA, 2, workpackages.MeetingInput{Date: "2026-12-05"})
	if e := c.wantKind(workpackages.Stale, c.store.whole(), err); !reflect.DeepEqual(e.Current, g) || len(g.Meetings) != 2 {
		t.Errorf("the current group is %+v", e.Current)
	}
}

func TestTheChairIsSomebodyWhoCanSignIn(t *testing.T) {
	c := chaired(t)
	by := director.Actor("browser")
	for version, chair := range []string{viewer.ID, "", chairing.ID} {
		g, err := c.EditGroup(t.Context(), by, groupA, int64(version+1), workpackages.GroupInput{ChairID: &chair})
		if err != nil || g.ChairID != chair || g.Name != "Group A" {
			t.Errorf("%q: %+v, %v", chair, g, err)
		}
	}
	before := c.store.whole()
	for _, chair := range []string{"none", leaver.ID} {
		_, err := c.EditGroup(t.Context(), by, groupA, 4, workpackages.GroupInput{ChairID: &chair})
		c.wantKind(workpackages.Invalid, before, err)
		if fieldsOf(err) != "chair" {
			t.Errorf("errors on %q", fieldsOf(err))
		}
	}
	// One who left stays until somebody names another.
	c.store.groups[0].ChairID = leaver.ID
	if g, err := c.EditGroup(t.Context(), by, groupA, 4, workpackages.GroupInput{Name: ptr("New name"), ChairID: ptr(leaver.ID)}); err != nil || g.ChairID != leaver.ID {
		t.Errorf("%+v, %v", g, err)
	}
}
