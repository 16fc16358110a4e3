package server_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"readiness/schedules"
	"readiness/workpackages"
)

// pictures, when set, is a folder for screenshots of every page.
var pictures = os.Getenv("READINESS_PICTURES")

// chromium starts a real browser. There is none to be skipped for: the pages
// are the product.
func chromium(t *testing.T) (context.Context, *complaints) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("these tests need a browser: apt-get install chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-GB"))
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	whole, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		// Chromium must be gone before its folder is.
		if err := chromedp.Cancel(whole); err != nil {
			t.Log(err)
		}
		cancel()
		cancelAlloc()
	})
	c := &complaints{}
	console := chromedp.Console(whole)
	if err := chromedp.Do(whole, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	go c.listen(console)
	ctx, cancelTime := context.WithTimeout(whole, 2*time.Minute)
	t.Cleanup(cancelTime)
	return ctx, c
}

// complaints are what the browser's console says: faults in scripts, and what
// the content policy refused.
type complaints struct {
	mu  sync.Mutex
	all []string
}

func (c *complaints) listen(console iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range console {
		if err != nil {
			return
		}
		bad := m.Type == chromedp.ConsoleException || m.Type == chromedp.ConsoleError
		// A form with errors comes back as 422, which the console mentions too.
		if bad && !strings.Contains(m.Text, "status of 4") {
			c.mu.Lock()
			c.all = append(c.all, m.Text+" "+m.URL)
			c.mu.Unlock()
		}
	}
}

func (c *complaints) check(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, text := range c.all {
		t.Errorf("the browser complains: %s", text)
	}
}

// signedIn gives the browser a session.
func (p *product) signedIn(ctx context.Context, who workpackages.Person) {
	p.t.Helper()
	link, _, err := p.Server.System.Auth.InviteLink(background(), who.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	err = chromedp.Do(ctx,
		chromedp.Navigate(p.URL+"/link/"+link),
		chromedp.SendKeys(chromedp.CSS("#password"), goodPassword+kb.Enter),
		chromedp.WaitVisible(chromedp.Search(`//h1[contains(., "Readiness on")]`)),
	)
	if err != nil {
		p.t.Fatal(err)
	}
}

func size(width, height int64) chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(width, height)
}

// into keeps an action's value, and discard drops it, among steps that have none.
func into[T any](to *T, a chromedp.Action[T]) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		v, err := a(ctx, target)
		*to = v
		return chromedp.Void{}, err
	}
}

func discard[T any](a chromedp.Action[T]) chromedp.Action[chromedp.Void] {
	var v T
	return into(&v, a)
}

// livedIn is a product some weeks into its use, for looking at.
func livedIn(t *testing.T) (*product, workpackages.Person, string) {
	t.Helper()
	p := run(t, t.TempDir())
	p.work()
	director := p.addPerson("Director Example", workpackages.AssistantDirector)
	lead := p.addPerson("Lead Example", workpackages.Lead)
	p.api(workpackages.AssistantDirector, "PATCH", "/api/v1/workpackages/"+packageSelf, map[string]any{"owner": lead.ID}, "If-Match", `"1"`)
	w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t)
	milestone := w["milestones"].([]any)[1].(map[string]any)["id"].(string)
	p.advance(6 * 24 * time.Hour)
	p.api(workpackages.AssistantDirector, "PATCH", "/api/v1/workpackages/"+packageSelf+"/milestones/"+milestone, map[string]any{"due": "2027-02-12", "reason": "Two statements have no evidence yet"}, "If-Match", `"2"`)
	p.api(workpackages.AssistantDirector, "POST", "/api/v1/workpackages/"+packageSelf+"/evidence", map[string]any{"title": "Self-evaluation, second draft", "location": "Shared drive, Inspection, Self-evaluation", "review_by": "2027-03-01"}, "If-Match", `"3"`)
	p.update(packageSelf, 4, "amber", "narrative", "Five of eight sections are drafted. The section on care leavers waits for the survey.", "recovery_plan", "The survey closes on Friday; the section is written the week after.", "recovery_date", "2026-12-18")
	p.advance(9 * 24 * time.Hour)
	p.update("practice-quality", 1, "green", "narrative", "The audit programme is agreed and the first audits are under way.")
	p.update("case-system-and-recording", 1, "red", "narrative", "The fault log is kept, and nobody is named to mend the faults in it.", "reason", "No owner for system faults since the restructure", "decision", "Name an owner for the case system by Friday")
	p.advance(2 * 24 * time.Hour)
	p.update("communications-and-engagement", 1, "green", "narrative", "Approvers agreed; the elected member briefing is in draft.")
	p.morning("2026-12-14")
	p.reminded(director, lead)
	return p, director, milestone
}

// reminded gives the product a chair, meetings, closed days and answers to reminders.
func (p *product) reminded(director, lead workpackages.Person) {
	p.t.Helper()
	by, sys := director.Actor("browser"), p.Server.System
	chair := director.ID
	g, err := sys.Packages.EditGroup(background(), by, groupOfsted, 1, workpackages.GroupInput{ChairID: &chair})
	for _, m := range []workpackages.MeetingInput{{Date: "2026-12-17", Time: "14:00", Place: "Committee room 2, Town Hall"}, {Date: "2027-01-21", Time: "9:30"}} {
		if err == nil {
			g, err = sys.Packages.AddMeeting(background(), by, groupOfsted, g.Version, m)
		}
	}
	if err == nil {
		_, err = sys.Rules.EditClosedDays(background(), by, 1, []schedules.ClosedPeriod{{From: "2026-12-29", To: "2026-12-31", Name: "Christmas"}, {From: "2027-02-15", Name: "Staff conference"}})
	}
	if err != nil {
		p.t.Fatal(err)
	}
	due := p.overdueMilestone("Statement on care leavers agreed", "2026-12-07")
	p.overdueMilestone("Statements read by the assistant director", "2026-12-15")
	for _, r := range []struct {
		who     workpackages.Person
		concern workpackages.ConcernKind
		subject string
		kind    workpackages.ResponseKind
	}{
		{lead, workpackages.MilestoneOverdue, packageSelf + "/" + due, workpackages.NotMine},
		{director, workpackages.StatusDue, packageData, workpackages.HaveIt},
	} {
		if _, err := sys.Packages.Respond(background(), r.who.Actor("browser"), workpackages.ResponseInput{Concern: r.concern, Subject: r.subject, Kind: r.kind}); err != nil {
			p.t.Fatal(err)
		}
	}
}

func TestPagesInABrowserAtBothWidths(t *testing.T) {
	p, director, milestone := livedIn(t)
	ctx, said := chromium(t)
	p.signedIn(ctx, director)
	p.fits(ctx, "", append(everyPage(director.ID, milestone), "/packages/"+packageSelf+"/update?errors", "/groups/"+groupOfsted+"/meetings/new?errors", "/rules/closed?errors", "/jobs/status-update-due?dry-run"))
	said.check(t)
}

// fits opens pages at both widths, holds them to their screen, and leaves pictures
// where they are wanted. A path that ends in ?errors has its form sent as it is, and
// one that ends in ?all has everything folded away opened.
func (p *product) fits(ctx context.Context, prefix string, paths []string) {
	t := p.t
	t.Helper()
	for _, width := range []int64{1280, 390} {
		for i, path := range paths {
			at := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(path, "?errors"), "?all"), "?dry-run")
			actions := []chromedp.Action[chromedp.Void]{size(width, 900), chromedp.Navigate(p.URL + at), chromedp.WaitReady(chromedp.CSS("main"))}
			if strings.HasSuffix(path, "?errors") {
				if strings.HasPrefix(path, "/rules/closed") {
					actions = append(actions, chromedp.SendKeys(chromedp.CSS("#to-2"), "soon"), chromedp.SendKeys(chromedp.CSS("#from-4"), "sometime in May"))
				}
				actions = append(actions, chromedp.Click(chromedp.CSS("main button.govuk-button")), chromedp.WaitVisible(chromedp.CSS(".govuk-error-summary")))
			}
			if strings.HasSuffix(path, "?all") {
				actions = append(actions, discard(chromedp.Evaluate[any](`document.querySelectorAll("details").forEach(d => d.open = true)`)))
			}
			if strings.HasSuffix(path, "?dry-run") {
				actions = append(actions, chromedp.Click(chromedp.CSS("button.govuk-button")), chromedp.WaitVisible(chromedp.CSS(".govuk-inset-text")))
			}
			var wide int64
			var small []string
			var picture []byte
			actions = append(actions,
				into(&wide, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)),
				into(&small, chromedp.Evaluate[[]string](tooSmall)),
				into(&picture, chromedp.FullScreenshot(100)))
			if err := chromedp.Do(ctx, actions...); err != nil {
				t.Fatalf("%s at %d: %v", path, width, err)
			}
			if wide > width {
				t.Errorf("%s is %d pixels wide on a screen of %d", path, wide, width)
			}
			for _, s := range small {
				t.Errorf("%s at %d has a target under 24 pixels: %s", path, width, s)
			}
			if pictures != "" {
				name := filepath.Join(pictures, fmt.Sprintf("%s%d-%02d.png", prefix, width, i))
				if err := os.WriteFile(name, picture, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// tooSmall lists buttons and lone links under 24 by 24 CSS pixels (WCAG 2.2,
// 2.5.8); links within text are excepted there, and here.
const tooSmall = `[...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, [role=button]")]
	.filter(e => e.offsetParent !== null)
	.filter(e => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.width < 24 || r.height < 24) })
	.map(e => e.outerHTML.slice(0, 80))`

func TestALeadUpdatesAPackageByKeyboard(t *testing.T) {
	p := run(t, t.TempDir())
	lead := p.addPerson("Lead One", workpackages.Lead)
	ctx, said := chromium(t)
	p.signedIn(ctx, lead)
	var shown, hidden bool
	var focus, banner string
	err := chromedp.Do(ctx, size(390, 844),
		chromedp.Navigate(p.URL+"/packages/"+packageSelf+"/update"),
		chromedp.WaitReady(chromedp.CSS("body.govuk-frontend-supported")),
		// From "not started" two down is amber, whose fields then open.
		into(&hidden, chromedp.Evaluate[bool](`document.querySelector("#recovery_plan").offsetParent === null`)),
		chromedp.Focus(chromedp.CSS("#status")),
		chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown),
		chromedp.WaitVisible(chromedp.CSS("#recovery_plan")),
		into(&shown, chromedp.Evaluate[bool](`document.querySelector("#recovery_plan").offsetParent !== null`)),
		chromedp.Focus(chromedp.CSS("#narrative")),
		chromedp.KeyEvent("Typed by keyboard"),
		chromedp.Focus(chromedp.CSS("button.govuk-button")), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(chromedp.CSS(".govuk-error-summary")),
		chromedp.WaitReady(chromedp.CSS("body.govuk-frontend-supported")),
		discard(chromedp.Poll[any](`document.activeElement.className.includes("govuk-error-summary")`)),
		// The first error leads to its input.
		chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter),
		discard(chromedp.Poll[any](`document.activeElement.id === "recovery_plan"`)),
		into(&focus, chromedp.Evaluate[string](`document.activeElement.id`)),
		chromedp.KeyEvent("A plan"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("18"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("12"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("2026"),
		chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(chromedp.CSS(".govuk-notification-banner")),
		into(&banner, chromedp.Text(chromedp.CSS(".govuk-notification-banner__heading"))),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !hidden || !shown || focus != "recovery_plan" || banner != "Status update saved" {
		t.Errorf("hidden %v, shown %v, focus on %s, %q", hidden, shown, focus, banner)
	}
	w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t)
	if w["status"] != "amber" || w["narrative"] != "Typed by keyboard" || w["recovery_date"] != "2026-12-18" {
		t.Errorf("the package is %v, %q, %v", w["status"], w["narrative"], w["recovery_date"])
	}
	said.check(t)
}

// scriptless switches JavaScript off.
func scriptless(t *testing.T, ctx context.Context) {
	t.Helper()
	off := func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}
	if err := chromedp.Do(ctx, chromedp.Func(off)); err != nil {
		t.Fatal(err)
	}
}

func TestEverythingWorksWithJavaScriptOff(t *testing.T) {
	p := run(t, t.TempDir())
	lead := p.addPerson("Lead One", workpackages.Lead)
	ctx, said := chromium(t)
	scriptless(t, ctx)
	p.signedIn(ctx, lead)
	var where string
	err := chromedp.Do(ctx,
		chromedp.Navigate(p.URL+"/packages/"+packageSelf+"/update"),
		chromedp.WaitVisible(chromedp.CSS("#reason")), // without scripts nothing is folded away
		chromedp.Click(chromedp.CSS("#status-red")),
		chromedp.SendKeys(chromedp.CSS("#reason"), "No room"),
		chromedp.SendKeys(chromedp.CSS("#decision"), "A room"),
		chromedp.SendKeys(chromedp.CSS("#narrative"), "Stuck"),
		chromedp.Click(chromedp.CSS("button.govuk-button")),
		chromedp.WaitVisible(chromedp.CSS(".govuk-notification-banner")),
		chromedp.Click(chromedp.Search(`//nav//a[contains(., "Dashboard")]`)),
		chromedp.WaitVisible(chromedp.Search(`//h2[contains(., "Look at these first")]`)),
		chromedp.Click(chromedp.Search(`//a[contains(., "Check again")]`)),
		chromedp.WaitVisible(chromedp.Search(`//h1[contains(., "Readiness on")]`)),
		chromedp.Click(chromedp.Search(`//button[contains(., "Sign out")]`)),
		chromedp.WaitVisible(chromedp.Search(`//div[contains(., "You are signed out")]`)),
		into(&where, chromedp.Location()),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(where, "/sign-in?out=1") {
		t.Errorf("ended at %s", where)
	}
	if w := p.api(workpackages.Viewer, "GET", "/api/v1/workpackages/"+packageSelf, nil).json(t); w["status"] != "red" || w["decision"] != "A room" {
		t.Errorf("the package is %v, %v", w["status"], w["decision"])
	}
	said.check(t)
}

func TestTheDashboardIsCheckedAgainInPlace(t *testing.T) {
	p := run(t, t.TempDir())
	director := p.addPerson("Director", workpackages.AssistantDirector)
	ctx, said := chromium(t)
	p.signedIn(ctx, director)
	p.advance(time.Hour)
	var kept bool
	err := chromedp.Do(ctx,
		chromedp.WaitVisible(chromedp.Search(`//p[contains(., "As at 08:50")]`)),
		discard(chromedp.Evaluate[any](`window.untouched = true`)),
		chromedp.Click(chromedp.Search(`//a[contains(., "Check again")]`)),
		chromedp.WaitVisible(chromedp.Search(`//p[contains(., "As at 09:50")]`)),
		into(&kept, chromedp.Evaluate[bool](`window.untouched === true`)),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !kept {
		t.Error("the whole page was loaded again")
	}
	said.check(t)
}
