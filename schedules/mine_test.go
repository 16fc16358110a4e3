package schedules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// mine gives what is open for somebody, as "kind subject", with the answer they gave.
func (c *council) mine(t *testing.T, personID string) (notifications.Yours, string) {
	t.Helper()
	y, err := c.deps(t).Mine(t.Context(), personID)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range y.Lines {
		text := string(l.Kind) + " " + l.Concern.Subject
		if l.Answer != nil {
			text += " (" + string(l.Answer.Kind) + ")"
		}
		out = append(out, text)
	}
	return y, strings.Join(out, ", ")
}

func TestWhatIsYoursIsWhatTheMessageOfTheDaySays(t *testing.T) {
	c := newCouncil()
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m1", "Overdue one", "2026-11-20"), milestone("m2", "Soon one", "2026-11-26")}
	c.run(t, StatusUpdateDue, nine)
	i := slices.IndexFunc(c.made, func(m notifications.Message) bool { return m.RecipientID == "lead-a" })
	y, got := c.mine(t, "lead-a")
	if got != "milestone-overdue p1/m1, status-update-due p1, milestone-due-soon p1/m2" {
		t.Errorf("theirs is %s", got)
	}
	var items []notifications.Item
	for _, l := range y.Lines {
		items = append(items, l.Item)
		if !l.MayChange {
			t.Errorf("a lead may not change %s", l.Item.Title)
		}
	}
	if i < 0 || !slices.Equal(items, c.made[i].Content.Items) || !strings.HasPrefix(c.made[i].Content.Why, y.Why) || y.Why == "" {
		t.Errorf("theirs is %+v because %q, and the message says %+v", items, y.Why, c.made)
	}
	if y, got := c.mine(t, "lead-b"); got != "" || y.Why != "" {
		t.Errorf("another's is %s because %q", got, y.Why)
	}
}

// TestWhatIsYoursDoesNotWaitForItsHour: on a Sunday, before any rule comes up.
func TestWhatIsYoursDoesNotWaitForItsHour(t *testing.T) {
	c := newCouncil()
	c.now = time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	if _, got := c.mine(t, "lead-a"); got != "status-update-due p1" {
		t.Errorf("theirs is %q", got)
	}
	rule, _ := RuleInfoOf(StatusUpdateDue)
	off := rule.Default
	off.On = false
	c.rules = []Rule{off}
	if _, got := c.mine(t, "lead-a"); got != "" {
		t.Errorf("with the rule off theirs is %q", got)
	}
}

func TestWhatYouAnsweredStaysYoursToTakeBack(t *testing.T) {
	answer := func(who string, kind workpackages.ResponseKind, until workpackages.Date) workpackages.Response {
		return workpackages.Response{ID: workpackages.ResponseID("p1", who), Concern: workpackages.StatusDue, Subject: "p1", PackageID: "p1", PersonID: who, PersonName: who, Kind: kind, Until: until, At: nine}
	}
	for _, x := range []struct {
		name    string
		answers []workpackages.Response
		person  string
		want    string
	}{
		{"you have it", []workpackages.Response{answer("lead-a", workpackages.HaveIt, "2026-11-25")}, "lead-a", "status-update-due p1 (have_it)"},
		{"you snoozed it", []workpackages.Response{answer("lead-a", workpackages.Snoozed, "2026-11-24")}, "lead-a", "status-update-due p1 (snoozed)"},
		{"you said it is not yours", []workpackages.Response{answer("lead-a", workpackages.NotMine, "")}, "lead-a", "status-update-due p1 (not_mine)"},
		{"what you said has run out", []workpackages.Response{answer("lead-a", workpackages.HaveIt, "2026-11-23")}, "lead-a", "status-update-due p1"},
		{"what you said was taken back", []workpackages.Response{{ID: "x", Concern: workpackages.StatusDue, Subject: "p1", PersonID: "lead-a", Kind: workpackages.NotMine, Withdrawn: true}}, "lead-a", "status-update-due p1"},
		{"another has it", []workpackages.Response{answer("owner", workpackages.HaveIt, "2026-11-25")}, "lead-a", ""},
		{"both have it", []workpackages.Response{answer("owner", workpackages.HaveIt, "2026-11-25"), answer("lead-a", workpackages.HaveIt, "2026-11-25")}, "lead-a", "status-update-due p1 (have_it)"},
		{"you have what nobody would tell you", []workpackages.Response{answer("lead-b", workpackages.HaveIt, "2026-11-25")}, "lead-b", "status-update-due p1 (have_it)"},
		{"another snoozed it", []workpackages.Response{answer("owner", workpackages.Snoozed, "2026-11-25")}, "lead-a", "status-update-due p1"},
		{"it is nobody's, so it passed to you", []workpackages.Response{answer("lead-a", workpackages.NotMine, ""), answer("owner", workpackages.NotMine, "")}, "chair", "status-update-due p1"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := newCouncil()
			c.packages[0].OwnerID, c.groups[0].ChairID, c.answers = "owner", "chair", x.answers
			if _, got := c.mine(t, x.person); got != x.want {
				t.Errorf("theirs is %q", got)
			}
		})
	}
}

func TestWhatYouAnsweredBeforeItWasOverdueIsStillYoursToTakeBack(t *testing.T) {
	c := newCouncil()
	c.packages[0].Milestones = []workpackages.Milestone{milestone("m", "Draft", "2026-11-20")}
	c.answers = []workpackages.Response{{ID: "x", Concern: workpackages.MilestoneSoon, Subject: "p1/m", PackageID: "p1", PersonID: "lead-a", Kind: workpackages.NotMine, At: nine}}
	if _, got := c.mine(t, "lead-a"); !strings.Contains(got, "milestone-overdue p1/m (not_mine)") {
		t.Errorf("theirs is %q", got)
	}
}

func TestAnAnswerToWhatIsNotOpenAnyMoreIsNotShown(t *testing.T) {
	c := newCouncil()
	c.answers = []workpackages.Response{{ID: "x", Concern: workpackages.StatusDue, Subject: "p2", PersonID: "lead-b", Kind: workpackages.NotMine}}
	if _, got := c.mine(t, "lead-b"); got != "" {
		t.Errorf("theirs is %q", got)
	}
}

func TestATokenHasNothingOfItsOwn(t *testing.T) {
	c := newCouncil()
	for _, id := range []string{"", "token:1"} {
		if _, err := c.deps(t).Mine(t.Context(), id); workpackages.KindOf(err) != workpackages.Forbidden {
			t.Errorf("%q gave %v", id, err)
		}
	}
}

// TestNobodyIsAskedStillOnItAboutTheTimeBefore: an update came in between.
func TestNobodyIsAskedStillOnItAboutTheTimeBefore(t *testing.T) {
	for at, want := range map[time.Time]bool{nine.AddDate(0, 0, -30): false, nine.AddDate(0, 0, -4): true} {
		c := newCouncil()
		until := workpackages.DateOf(at, time.UTC).AddDays(1)
		c.answers = []workpackages.Response{{ID: "x", Concern: workpackages.StatusDue, Subject: "p1", PersonID: "lead-a", PersonName: "Lead A", Kind: workpackages.HaveIt, Until: until, At: at}}
		y, _ := c.mine(t, "lead-a")
		if len(y.Lines) != 1 || strings.Contains(y.Lines[0].Note, "Still on it?") != want {
			t.Errorf("after an answer of %s: %+v", at, y.Lines)
		}
	}
}
