package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"readiness/notifications/notifytest"
)

// TestMain lets the test's own program be a copy or the engine, as the proof's is.
func TestMain(m *testing.M) {
	if code, ok := child(os.Args[1:]); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

func TestCopiesThatAreKilledNeitherLoseNorDoubleNorDisorderMessages(t *testing.T) {
	r, err := Scenario{
		Plan: Plan{Instants: 6, Threads: 10, Length: 5}, Copies: 2, Kills: 20,
		KillFor: 12 * time.Second, DrainFor: 4 * time.Minute,
		OneIn: 5, Lease: 2 * time.Second, Seed: 1, MongoURI: os.Getenv("MONGODB_URI"), Say: t.Output(),
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table([]Result{r}, r.MongoURI != "", time.Now()))
	if !r.Good() {
		t.Errorf("%s; %d have not ended; %v", r.Verdict.Examples(), r.Open, r.Unfounded)
	}
	if r.Dead > 0 {
		t.Errorf("%d messages were given up", r.Dead)
	}
	if r.Kills == 0 || len(r.Faults) == 0 {
		t.Errorf("%d kills and %d kinds of fault prove nothing", r.Kills, len(r.Faults))
	}
}

func TestAMessageToStaffReachesEachOnceThoughCopiesAreKilled(t *testing.T) {
	r, err := Scenario{
		Plan: Plan{Staff: 150}, Copies: 2, Kills: 12, KillFor: 12 * time.Second, DrainFor: 3 * time.Minute,
		OneIn: 5, Lease: 2 * time.Second, Seed: 1, MongoURI: os.Getenv("MONGODB_URI"), Say: t.Output(),
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table([]Result{r}, r.MongoURI != "", time.Now()))
	if !r.Good() || r.Dead > 0 {
		t.Errorf("%s; %d have not ended, %d were given up; %v", r.Verdict.Examples(), r.Open, r.Dead, r.Unfounded)
	}
	if r.Kills == 0 || len(r.Faults) == 0 {
		t.Errorf("%d kills and %d kinds of fault prove nothing", r.Kills, len(r.Faults))
	}
}

// posts makes what reached Slack of words such as "0/1<0/0": a message of the plan
// by person and place, and the one that it stands below.
func posts(text string) (all []notifytest.Posted) {
	for _, word := range strings.Fields(text) {
		name, below, _ := strings.Cut(word, "<")
		m := notifytest.Posted{Key: rule + "/person-0000" + name, Timestamp: name}
		if below != "" {
			m.ThreadTS = below
		}
		all = append(all, m)
	}
	return all
}

func TestTheCountSeesWhatIsWrong(t *testing.T) {
	p := Plan{Instants: 1, Threads: 2, Length: 3}
	const zero = "0/0 0/1<0/0 0/2<0/0 "
	for _, c := range []struct {
		what, posts string
		want        string
	}{
		{"all is well", zero + "1/0 1/1<1/0 1/2<1/0", "nothing lost, doubled or out of order"},
		{"threads between one another", "1/0 0/0 1/1<1/0 0/1<0/0 0/2<0/0 1/2<1/0", "nothing lost, doubled or out of order"},
		{"what is none of ours", zero + "other 1/0 1/1<1/0 1/2<1/0", "nothing lost, doubled or out of order"},
		{"one missing", zero + "1/0 1/1<1/0", "1 lost, such as proof/person-00001/2"},
		{"the first of a thread missing", zero + "1/1<1/0 1/2<1/0", "1 lost, such as proof/person-00001/0; 2 out of order, such as proof/person-00001/1, proof/person-00001/2"},
		{"one twice", zero + "1/0 1/1<1/0 1/2<1/0 1/1<1/0", "1 doubled, such as proof/person-00001/1"},
		{"the first twice", zero + "1/0 1/0 1/1<1/0 1/2<1/0", "1 doubled, such as proof/person-00001/0"},
		{"one before its turn", zero + "1/0 1/2<1/0 1/1<1/0", "1 out of order, such as proof/person-00001/2"},
		{"one by itself", zero + "1/0 1/1 1/2<1/0", "1 out of order, such as proof/person-00001/1"},
		{"one in another's thread", zero + "1/0 1/1<0/0 1/2<1/0", "1 out of order, such as proof/person-00001/1"},
		{"the first below another", zero + "1/0<0/0 1/1<1/0 1/2<1/0", "1 out of order, such as proof/person-00001/0"},
		{"nothing", "", "6 lost, such as proof/person-00000/0, proof/person-00000/1, proof/person-00000/2"},
	} {
		v := count(p, posts(c.posts))
		if got := v.Examples(); got != c.want || v.Good() != strings.HasPrefix(c.want, "nothing") {
			t.Errorf("%s: %s", c.what, got)
		}
	}
}

func TestTheTableStandsBetweenItsTwoLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(path, []byte("# Page\n"+begin+"\nold\n"+end+"\nmore\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := Result{Scenario: Scenario{Plan: Plan{Instants: 200, Threads: 10, Length: 5}, Copies: 2}, Kills: 1000, Faults: map[string]int{"429 with Retry-After": 7}}
	for range 2 {
		if err := write(path, table([]Result{r, r}, false, time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC))); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, want := range []string{
		"# Page\n" + begin + "\nRun on 26 November 2026, on the embedded engine", "|  | 2 copies | 2 copies |\n| --- | ---: | ---: |\n",
		"| messages due | 10,000 | 10,000 |\n", "| … 429 with Retry-After | 7 | 7 |\n", "only MongoDB", end + "\nmore\n",
	} {
		if strings.Count(page, want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, page)
		}
	}
	if strings.Contains(page, "old") {
		t.Error("the old table is still there")
	}
	if err := os.WriteFile(path, []byte("# Page\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(path, "table"); err == nil {
		t.Error("written into a page without the two lines")
	}
}

func TestTheRealDocumentHasThePlaceForTheTable(t *testing.T) {
	data, err := os.ReadFile("../docs/reminders.md")
	if err != nil {
		t.Fatal(err)
	}
	if i, j := strings.Index(string(data), begin), strings.Index(string(data), end); i < 0 || j < i {
		t.Error("the table has no place")
	}
}
