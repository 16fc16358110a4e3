package schedules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// kept is a store of checks in memory; the real one has its own tests.
type kept []workpackages.Check

func (k *kept) AddCheck(_ context.Context, c workpackages.Check) error {
	*k = append(*k, c)
	slices.SortFunc(*k, func(a, b workpackages.Check) int { return cmp.Compare(a.ID, b.ID) })
	return nil
}

func (k *kept) Check(_ context.Context, id string) (workpackages.Check, error) {
	for _, c := range *k {
		if c.ID == id {
			return c, nil
		}
	}
	return workpackages.Check{}, workpackages.Errorf(workpackages.NotFound, "There is no such check")
}

func (k *kept) Checks(context.Context, int) ([]workpackages.CheckSummary, error) {
	var all []workpackages.CheckSummary
	for _, c := range slices.Backward(*k) {
		all = append(all, c.CheckSummary)
	}
	return all, nil
}

// folder is a council with a folder of lists, in the test's hands.
type folder struct {
	*council
	deps   Deps
	checks kept
	now    time.Time
	newest time.Time
	unread error // what reading the folder gives
	bad    error // what checking gives
	asked  []annexa.Options
	over   string
}

// six is when the check is due on a Tuesday.
var six = time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)

func newFolder(t *testing.T) *folder {
	t.Helper()
	f := &folder{council: newCouncil(), now: six.Add(5 * time.Second), newest: six.Add(-9 * time.Hour)}
	f.packages = nil
	f.groups = []workpackages.Group{{ID: toldGroup, Name: "Core Group"}}
	f.people = []workpackages.Person{
		{ID: "ad", Name: "Director", Email: "ad@example.gov.uk", Role: workpackages.AssistantDirector},
		{ID: "lead", Name: "Lead", Email: "lead@example.gov.uk", Role: workpackages.Lead, GroupID: toldGroup},
		{ID: "other", Name: "Other", Email: "other@example.gov.uk", Role: workpackages.Lead, GroupID: "ofsted-steering-group"},
	}
	clock := func() time.Time { return f.now }
	zone := london(t)
	f.deps = Deps{
		Packages: &workpackages.Service{Packages: f, Groups: f, People: f, Answers: f, Kept: &f.checks, Now: clock, Zone: zone, StaleAfter: 10},
		Outbox:   f.council, BaseURL: "https://r.example", Zone: zone, Now: clock,
		Annexa: Annexa{
			Files: func() (Folder, error) {
				return Folder{Sources: []annexa.Source{{Name: "a.csv"}, {Name: "child-name.xlsx"}}, Newest: f.newest, Over: f.over}, f.unread
			},
			check: func(_ context.Context, _ []annexa.Source, o annexa.Options) (*annexa.Report, error) {
				f.asked = append(f.asked, o)
				r := &annexa.Report{Files: make([]annexa.FileRead, 2), Totals: annexa.Totals{Found: 11}}
				for n := 1; n <= 11; n++ {
					r.Lists = append(r.Lists, annexa.ListReport{Number: n, Title: fmt.Sprint("List ", n), Found: true, Fit: annexa.Fit{Verdict: annexa.FitToSend, Reasons: []string{}}})
				}
				return r, f.bad
			},
		},
	}
	return f
}

// annexaJob is the job among all.
func annexaJob(d Deps) Job {
	jobs := Jobs(d)
	return jobs[slices.IndexFunc(jobs, func(j Job) bool { return j.Name == notifications.AnnexaCheck })]
}

// run runs the job for an instant, a few seconds after it.
func (f *folder) run(t *testing.T, instant time.Time, how func(o *Occasion)) (Outcome, error) {
	t.Helper()
	f.now = instant.Add(5 * time.Second)
	job := annexaJob(f.deps)
	o := job.occasion(instant, false)
	if how != nil {
		how(&o)
	}
	return job.Run(t.Context(), o)
}

func dry(o *Occasion) { o.DryRun = true }

func last(o *Occasion) { o.Last = true }

func TestWhoHearsOfAnAnnexeACheckAndWhy(t *testing.T) {
	const checked = "Checked 2 files of 23 November 2026: all 11 lists fit to send"
	for _, x := range []struct {
		what    string
		change  func(f *folder)
		told    string
		why     string
		summary string
	}{
		{"the leads of the group", func(*folder) {}, "lead", "You get this because you lead the Core Group.", checked + "; 1 message put in the outbox"},
		{"the channel, where one is set", func(f *folder) { f.deps.Annexa.Channel = "annexe-a" }, "channel:annexe-a", "You get this because this channel is set to hear of Annexe A checks.", checked + "; 1 message put in the outbox"},
		{"the assistant directors, where nobody leads", func(f *folder) { f.people[1].Disabled = true }, "ad", "You get this because you are an assistant director, and nobody leads the Core Group.", checked + "; 1 message put in the outbox"},
		{"nobody, which is said", func(f *folder) { f.people = f.people[2:] }, "", "", checked + "; nobody to tell: name a lead of the Core Group, or set SLACK_CHANNEL"},
	} {
		f := newFolder(t)
		x.change(f)
		out, err := f.run(t, six, nil)
		if err != nil || told(f.council) != x.told || out.Summary != x.summary {
			t.Errorf("%s: told %q, %q, %v", x.what, told(f.council), out.Summary, err)
		}
		if x.why != "" && !strings.HasPrefix(f.made[0].Content.Why, x.why) {
			t.Errorf("%s: %q", x.what, f.made[0].Content.Why)
		}
		if x.told != "" && f.made[0].NotAfter.Before(six.Add(48*time.Hour)) {
			t.Errorf("%s: of no use after %s", x.what, f.made[0].NotAfter)
		}
	}
}

func TestACheckIsKeptUnderItsInstantAndMadeOnce(t *testing.T) {
	f := newFolder(t)
	for range 2 {
		if _, err := f.run(t, six, nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.checks) != 1 || len(f.made) != 1 || len(f.asked) != 1 {
		t.Fatalf("%d checks kept, %d messages, the folder checked %d times", len(f.checks), len(f.made), len(f.asked))
	}
	c := f.checks[0]
	if c.ID != "20261124T060000.000-schedule" || c.Origin != workpackages.Scheduled || c.By.ID != "system" || c.AsOf != "2026-11-23" {
		t.Errorf("it is %s, %s by %s as of %s", c.ID, c.Origin, c.By.ID, c.AsOf)
	}
	if url := f.made[0].Content.Button.URL; url != "https://r.example/annexa/checks/"+c.ID {
		t.Errorf("the button leads to %s", url)
	}
}

func TestACheckKeepsWhatItsFolderHoldsBesideTheLists(t *testing.T) {
	for _, over := range []string{"", "Passed over in the folder: a file of a kind that is not read (.docx)"} {
		f := newFolder(t)
		f.over = over
		if _, err := f.run(t, six, nil); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(f.checks[0].Report.Notes, "; "); got != over {
			t.Errorf("of %q is kept %q", over, got)
		}
	}
}

func TestARunCutShortBeforeItsMessageSendsItAfterAll(t *testing.T) {
	f := newFolder(t)
	if _, err := f.run(t, six, nil); err != nil {
		t.Fatal(err)
	}
	f.made = nil // the check was kept, and the program died
	f.unread = workpackages.Errorf(workpackages.Unavailable, "The folder is away by now")
	if out, err := f.run(t, six, nil); err != nil || len(f.made) != 1 {
		t.Errorf("%d messages, %q: %v", len(f.made), out.Summary, err)
	}
}

func TestTheDayOfTheListsIsThatOfTheNewestFileAndNoLaterThanToday(t *testing.T) {
	for newest, want := range map[string]string{
		"2026-11-20T12:00:00Z": "2026-11-20",
		"2026-11-24T05:59:00Z": "2026-11-24",
		"2026-12-24T05:59:00Z": "2026-11-24", // a clock that is wrong
	} {
		f := newFolder(t)
		f.newest, _ = time.Parse(time.RFC3339, newest)
		if _, err := f.run(t, six, nil); err != nil || f.asked[0].AsOf.Format(time.DateOnly) != want || string(f.checks[0].AsOf) != want || f.asked[0].Single {
			t.Errorf("%s: checked as of %s: %v", newest, f.asked[0].AsOf, err)
		}
	}
	f := newFolder(t)
	f.newest = time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC) // half past midnight in London
	if _, err := f.run(t, six, nil); err != nil || f.checks[0].AsOf != "2026-07-01" {
		t.Errorf("the day is %s: %v", f.checks[0].AsOf, err)
	}
}

func TestNobodyIsToldThatNothingHasChangedButOnMondays(t *testing.T) {
	f := newFolder(t)
	for _, x := range []struct {
		day      int // after the Tuesday
		messages int
		says     string
	}{
		{0, 1, "1 message put in the outbox"},
		{1, 1, "; nothing has changed since the check of 24 November 2026, so nobody is told"},
		{2, 1, "; nothing has changed since the check of 25 November 2026, so nobody is told"},
		{6, 2, "1 message put in the outbox"},
		{7, 2, "so nobody is told"},
	} {
		out, err := f.run(t, six.AddDate(0, 0, x.day), nil)
		if err != nil || len(f.made) != x.messages || !strings.HasSuffix(out.Summary, x.says) {
			t.Errorf("day %d: %d messages, %q: %v", x.day, len(f.made), out.Summary, err)
		}
	}
	if text := f.made[1].Content.Plain(); !strings.Contains(text, "• Nothing has changed: since the check of 26 November 2026") {
		t.Errorf("on Monday it says\n%s", text)
	}
}

func TestTheGroupHearsWhatIsNewToItWhateverWasTriedOutBetween(t *testing.T) {
	f := newFolder(t)
	if _, err := f.run(t, six, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.checks.AddCheck(t.Context(), workpackages.Check{CheckSummary: workpackages.CheckSummary{ID: "20261124T120000.000-x", Origin: workpackages.Uploaded, At: six.Add(6 * time.Hour)}}); err != nil {
		t.Fatal(err)
	}
	before, err := f.deps.scheduledBefore(t.Context(), "20261125T060000.000-schedule")
	if err != nil || before.ID != "20261124T060000.000-schedule" {
		t.Errorf("compared with %+v: %v", before, err)
	}
}

func TestACheckThatCannotBeMadeIsToldOnceAtTheLastTry(t *testing.T) {
	for _, x := range []struct {
		what   string
		change func(f *folder)
		says   string
	}{
		{"a folder that is away", func(f *folder) {
			f.unread = workpackages.Errorf(workpackages.Unavailable, "The folder cannot be found")
		}, "The folder cannot be found"},
		{"a damaged file", func(f *folder) {
			f.bad = &annexa.ReadError{File: "child-name.xlsx", Sentence: "The workbook in child-name.xlsx is damaged. Save it again."}
		}, "A file in the folder cannot be read (number 2 of 2 by name). The workbook in the file is damaged. Save it again"},
		{"no list at all", func(f *folder) { f.bad = &annexa.ReadError{Sentence: "No list of Annexe A was found"} }, "No list of Annexe A was found. They are read from the folder that ANNEXA_DIR names"},
		{"a fault of ours", func(f *folder) { f.bad = errors.New("index out of range: child-name") }, "Something went wrong on our side: the log says what"},
		{"a check that takes too long", func(f *folder) { f.bad = context.DeadlineExceeded }, "It took longer than it may"},
	} {
		f := newFolder(t)
		x.change(f)
		for range 4 {
			if _, err := f.run(t, six, nil); err == nil || !strings.HasPrefix(reason(err), x.says) {
				t.Errorf("%s: %v", x.what, err)
			}
		}
		if len(f.made) != 0 {
			t.Errorf("%s: told before the last try", x.what)
		}
		out, err := f.run(t, six, last)
		if err == nil || len(f.made) != 1 || len(f.checks) != 0 {
			t.Fatalf("%s: %d messages, %d checks, %v", x.what, len(f.made), len(f.checks), err)
		}
		text := f.made[0].Content.Plain()
		if !strings.Contains(text, x.says) || !strings.Contains(out.Summary, "Not checked: "+x.says) {
			t.Errorf("%s: %q, and\n%s", x.what, out.Summary, text)
		}
		if strings.Contains(text+out.Summary+reason(err), "child-name") {
			t.Errorf("%s: a file's name shows", x.what)
		}
		// Mended and run by hand, it is told what was found.
		f.unread, f.bad = nil, nil
		if _, err := f.run(t, six, last); err != nil || len(f.made) != 2 || len(f.checks) != 1 {
			t.Errorf("%s: once mended, %d messages and %d checks: %v", x.what, len(f.made), len(f.checks), err)
		}
	}
}

func TestAProgramThatStopsTellsNobodyThatACheckFailed(t *testing.T) {
	f := newFolder(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.deps.Annexa.check = func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) {
		cancel()
		return nil, ctx.Err()
	}
	if _, err := f.deps.annexaCheck(ctx, Occasion{Instant: six, Last: true}); err == nil || len(f.made) != 0 {
		t.Errorf("%d messages: %v", len(f.made), err)
	}
}

func TestADryRunChecksAndKeepsNothing(t *testing.T) {
	f := newFolder(t)
	out, err := f.run(t, six, dry)
	if err != nil || len(f.checks) != 0 || len(f.made) != 0 || len(out.Planned) != 1 || out.Summary != "Checked 2 files of 23 November 2026: all 11 lists fit to send; 1 message would be sent" {
		t.Fatalf("%d checks, %d messages, %+v: %v", len(f.checks), len(f.made), out, err)
	}
	if _, err := f.run(t, six, nil); err != nil {
		t.Fatal(err)
	}
	if p := out.Planned[0]; p.Recipient != "Lead <lead@example.gov.uk>" || p.Text != f.made[0].Content.Plain() || p.Why != f.made[0].Content.Why {
		t.Errorf("it said %+v", p)
	}
	if out, err := f.run(t, six, dry); err != nil || len(out.Planned) != 0 || !strings.HasSuffix(out.Summary, "; 0 messages would be sent, 1 made already") {
		t.Errorf("after the run: %+v %v", out, err)
	}
	f.unread = workpackages.Errorf(workpackages.Unavailable, "The folder cannot be found")
	out, err = f.run(t, six.AddDate(0, 0, 1), dry)
	if err != nil || len(f.made) != 1 || len(out.Planned) != 1 || !strings.Contains(out.Planned[0].Text, "The folder cannot be found") || out.Summary != "Not checked: The folder cannot be found; 1 message would be sent" {
		t.Errorf("without its folder: %+v %v", out, err)
	}
}

func TestNoCheckIsMadeForALaterTime(t *testing.T) {
	f := newFolder(t)
	job := annexaJob(f.deps)
	later := f.now.Add(time.Hour)
	if _, err := job.Run(t.Context(), job.occasion(later, false)); workpackages.KindOf(err) != workpackages.Invalid || len(f.checks) != 0 {
		t.Errorf("%d checks: %v", len(f.checks), err)
	}
	if out, err := job.Run(t.Context(), job.occasion(later, true)); err != nil || len(out.Planned) != 1 {
		t.Errorf("a dry run: %+v %v", out, err)
	}
}

func TestWithoutAFolderTheJobSaysSoAndIssuesCatchUpAllTheSame(t *testing.T) {
	f := newFolder(t)
	f.deps.Annexa.Files = nil
	job := annexaJob(f.deps)
	if !strings.Contains(job.Description, "ANNEXA_DIR is not set") || strings.Contains(annexaJob(newFolder(t).deps).Description, "is not set") {
		t.Errorf("it is described as %q", job.Description)
	}
	if out, err := f.run(t, six, nil); err != nil || out.Summary != "ANNEXA_DIR is not set, so there is nothing to check" || len(f.made) != 0 {
		t.Errorf("%+v %v", out, err)
	}
	f.deps.Packages.Packages = brokenPackages{}
	if _, err := f.run(t, six, nil); err == nil {
		t.Error("that issues cannot catch up is not said")
	}
	if _, err := f.run(t, six, dry); err != nil {
		t.Errorf("a dry run brings issues up: %v", err)
	}
}

type brokenPackages struct{ workpackages.PackageStore }

func (brokenPackages) Packages(context.Context) ([]workpackages.WorkPackage, error) {
	return nil, workpackages.Errorf(workpackages.Unavailable, "The database does not answer")
}

func TestTheJobRunsWhenTheCouncilSays(t *testing.T) {
	f := newFolder(t)
	f.deps.Annexa.Spec = "30 7 * * *"
	r, err := New(newMemory(), f.deps.Now, slog.New(slog.DiscardHandler), Jobs(f.deps)...)
	if err != nil {
		t.Fatal(err)
	}
	infos, err := r.Jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	info := infos[slices.IndexFunc(infos, func(i JobInfo) bool { return i.Name == notifications.AnnexaCheck })]
	if info.Name != "annexa-check" || info.Next[0] != time.Date(2026, 11, 24, 7, 30, 0, 0, time.UTC) {
		t.Errorf("%s comes next at %s", info.Name, info.Next[0])
	}
	f.deps.Annexa.Spec = ""
	if spec := annexaJob(f.deps).Spec; spec != "0 6 * * 1-5" {
		t.Errorf("left out, it is %q", spec)
	}
	for spec, says := range map[string]string{"0 6 * * 1-5": "", "daily": "five cron fields", "@daily": "five cron fields", "0 0 31 2 *": "no such day", "0 6 1 * 1": "leave one as *"} {
		if err := CheckSpec(spec, time.UTC); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func TestOnlyTheLastTryKnowsThatItIs(t *testing.T) {
	store := newMemory()
	var clk clock
	clk.set("2026-11-24T09:59:00Z")
	var lasts []bool
	r, err := New(store, clk.now, slog.New(slog.DiscardHandler), Job{
		Name: "j", Spec: "0 10 * * *", Zone: time.UTC, Misfire: Once, Grace: 9 * time.Hour, Timeout: time.Minute,
		Run: func(_ context.Context, o Occasion) (Outcome, error) {
			lasts = append(lasts, o.Last)
			return Outcome{}, workpackages.Errorf(workpackages.Unavailable, "The folder is away")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	tick(t, r)
	for range 40 {
		clk.add(time.Minute)
		tick(t, r)
	}
	if _, err := r.RunNow(t.Context(), "j", clk.now(), false); err == nil {
		t.Error("by hand it went well")
	}
	if want := []bool{false, false, false, false, true, true}; !slices.Equal(lasts, want) {
		t.Errorf("five tries and one by hand: %v", lasts)
	}
}
