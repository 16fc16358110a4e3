package notifications_test

import (
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

func stale(id, group, title string, idle int, updated string, by string, status workpackages.Status) workpackages.PackageReadiness {
	p := workpackages.PackageReadiness{WorkPackage: workpackages.WorkPackage{ID: id, GroupID: group, Title: title, Status: status}, IdleDays: idle, Stale: true}
	if updated != "" {
		p.UpdatedAt, _ = time.Parse(time.RFC3339, updated)
		p.UpdatedBy = by
	}
	return p
}

// The whole of each message, read as the person who gets it reads it.
func TestTheWordingOfAStatusUpdateDue(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	lead := workpackages.Person{ID: "person-1", Name: "Lead One", Role: workpackages.Lead, GroupID: "system-and-performance-core-group"}
	owner := workpackages.Person{ID: "person-2", Name: "Owner", Role: workpackages.Analyst}
	annexA := stale("annexe-a-data-quality", "system-and-performance-core-group", "Annexe A and child-level data quality", 13, "2026-11-05T23:30:00Z", "Lead Two", workpackages.Amber)
	system := stale("case-system", "system-and-performance-core-group", "Case system function", 10, "", "", workpackages.NotStarted)
	practice := stale("practice-quality", "ofsted-steering-group", "Practice quality", 11, "2026-07-05T23:30:00Z", "Lead Three", workpackages.Green)
	for _, c := range []struct {
		what   string
		to     workpackages.Person
		why    string
		stale  []workpackages.PackageReadiness
		short  string
		button notifications.Button
		want   string
	}{
		{
			"a lead, one package", lead, "You get this because you lead the System and Performance Core Group.",
			[]workpackages.PackageReadiness{annexA},
			"Status update due: 1 package: Annexe A and child-level data quality",
			notifications.Button{Text: "Update status", URL: "https://r.example/packages/annexe-a-data-quality/update"},
			`Status update due: 1 package

Say where it stands, even if nothing has moved.

• Annexe A and child-level data quality: no update for 13 working days. Last: 5 November 2026, by Lead Two (Amber)

Update status: https://r.example/packages/annexe-a-data-quality/update

You get this because you lead the System and Performance Core Group. You get one message each working day until it is updated.`,
		},
		{
			"a lead, two packages, one never updated", lead, "You get this because you lead the System and Performance Core Group.",
			[]workpackages.PackageReadiness{annexA, system},
			"Status update due: 2 packages: Annexe A and child-level data quality; Case system function",
			notifications.Button{Text: "See the packages", URL: "https://r.example/groups/system-and-performance-core-group"},
			`Status update due: 2 packages

Say where each stands, even if nothing has moved.

• Annexe A and child-level data quality: no update for 13 working days. Last: 5 November 2026, by Lead Two (Amber)
• Case system function: no update yet, 10 working days after it was set up

See the packages: https://r.example/groups/system-and-performance-core-group

You get this because you lead the System and Performance Core Group. You get one message each working day until they are updated.`,
		},
		{
			"an owner who may not update is not sent to a page that turns them away", owner, "You get this because you own Practice quality.",
			[]workpackages.PackageReadiness{practice},
			"Status update due: 1 package: Practice quality",
			notifications.Button{Text: "See the package", URL: "https://r.example/packages/practice-quality"},
			`Status update due: 1 package

Tell a lead of the steering group where it stands, so that they can update it.

• Practice quality: no update for 11 working days. Last: 6 July 2026, by Lead Three (Green)

See the package: https://r.example/packages/practice-quality

You get this because you own Practice quality. You get one message each working day until it is updated.`,
		},
		{
			"a lead who owns a package of another group", lead, "You get this because you lead the System and Performance Core Group and own Practice quality.",
			[]workpackages.PackageReadiness{practice, annexA},
			"Status update due: 2 packages: Practice quality; Annexe A and child-level data quality",
			notifications.Button{Text: "See the dashboard", URL: "https://r.example/"},
			`Status update due: 2 packages

Say where each stands, even if nothing has moved. Where you cannot update one yourself, tell a lead of its steering group.

• Practice quality: no update for 11 working days. Last: 6 July 2026, by Lead Three (Green)
• Annexe A and child-level data quality: no update for 13 working days. Last: 5 November 2026, by Lead Two (Amber)

See the dashboard: https://r.example/

You get this because you lead the System and Performance Core Group and own Practice quality. You get one message each working day until they are updated.`,
		},
	} {
		m := notifications.StatusUpdateDue(c.to, c.why, c.stale, "https://r.example", "2026-11-24", london)
		if got := m.Content.Plain(); got != c.want {
			t.Errorf("%s:\n%s\n\nwant:\n%s", c.what, got, c.want)
		}
		if got := m.Content.Short(); got != c.short {
			t.Errorf("%s: the phone shows %q", c.what, got)
		}
		if m.Content.Button != c.button {
			t.Errorf("%s: the button is %+v", c.what, m.Content.Button)
		}
		if want := "status-update-due/" + c.to.ID + "/2026-11-24"; m.ID != want || m.RecipientID != c.to.ID || len(m.Subjects) != len(c.stale) {
			t.Errorf("%s: %s to %s about %v", c.what, m.ID, m.RecipientID, m.Subjects)
		}
	}
}
