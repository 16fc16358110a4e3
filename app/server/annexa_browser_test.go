package server_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// onDisk writes a file for the browser to choose.
func onDisk(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAReturnIsUploadedInABrowser(t *testing.T) {
	goOn := make(chan struct{})
	p := checked(t, func(_ context.Context, s []annexa.Source, o annexa.Options) (*annexa.Report, error) {
		if s[0].Name == "broken.xlsx" {
			return nil, &annexa.ReadError{File: s[0].Name, Sentence: "The workbook is damaged or cut short. Open it in Excel, save it again, and try again"}
		}
		o.Progress("Checking List 8", 0.42)
		<-goOn
		return faulty(), nil
	})
	who := p.addPerson("Ann Analyst", workpackages.Analyst)
	ctx, said := chromium(t)
	p.signedIn(ctx, who)
	good, broken := onDisk(t, "return.csv", strings.Repeat(someList, 5000)), onDisk(t, "broken.xlsx", someList)
	var stage, verdict, errorText, failed string
	var kept bool
	choose := func(path string) chromedp.Action[chromedp.Void] {
		return chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path})
	}
	err := chromedp.Do(ctx,
		chromedp.Click(chromedp.Search(`//nav//a[contains(., "Annexe A")]`)),
		chromedp.Click(chromedp.Search(`//a[contains(., "Check a return")]`)),
		// Without a file the form comes back in place, with its errors and the day.
		chromedp.WaitReady(chromedp.CSS("body.govuk-frontend-supported #file")),
		chromedp.Click(chromedp.CSS("button.govuk-button")),
		chromedp.WaitVisible(chromedp.CSS(".govuk-error-summary")),
		into(&errorText, chromedp.Text(chromedp.CSS(".govuk-error-summary"))),
		into(&kept, chromedp.Evaluate[bool](`document.activeElement.className.includes("govuk-error-summary") && document.querySelector("#as_of-day").value === "24"`)),
		choose(broken),
		chromedp.Click(chromedp.CSS("button.govuk-button")),
		chromedp.WaitVisible(chromedp.Search(`//h1[contains(., "was not checked")]`)),
		into(&failed, chromedp.Text(chromedp.CSS("main"))),
		chromedp.Click(chromedp.Search(`//a[contains(., "Try again")]`)),
		chromedp.WaitReady(chromedp.CSS("body.govuk-frontend-supported #file")),
		choose(good),
		chromedp.Click(chromedp.CSS("button.govuk-button")),
		chromedp.WaitVisible(chromedp.Search(`//p[contains(., "Checking List 8: 42%")]`)),
		into(&stage, chromedp.Text(chromedp.CSS("#stage"))),
	)
	if err != nil {
		t.Fatal(err)
	}
	close(goOn)
	// The page finds out by itself that the check has ended.
	err = chromedp.Do(ctx,
		chromedp.WaitVisible(chromedp.Search(`//h1[contains(., "Annexe A check")]`)),
		into(&verdict, chromedp.Text(chromedp.CSS(".app-verdict__word"))),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(errorText, "Choose the workbook") || !kept || !strings.Contains(failed, "broken.xlsx") || !strings.Contains(verdict, "Not fit to send") {
		t.Errorf("errors %q, kept %v, failed %q, verdict %q", errorText, kept, failed, verdict)
	}
	said.check(t)
}

// A live region speaks when its words change: not at each percent, and not at
// all once it has been replaced.
func TestStagesOfACheckAreSaidAndPercentsAreNot(t *testing.T) {
	steps := make(chan float64)
	p := checked(t, func(_ context.Context, _ []annexa.Source, o annexa.Options) (*annexa.Report, error) {
		o.Progress("Reading", 0.1)
		for done := range steps {
			stage := "Reading"
			if done > 0.9 {
				stage = "Looking for causes"
			}
			o.Progress(stage, done)
		}
		return faulty(), nil
	})
	who := p.addPerson("Ann Analyst", workpackages.Analyst)
	ctx, said := chromium(t)
	p.signedIn(ctx, who)
	err := chromedp.Do(ctx,
		chromedp.Navigate(p.URL+"/annexa/check"),
		chromedp.WaitReady(chromedp.CSS("body.govuk-frontend-supported #file")),
		chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{onDisk(t, "return.csv", someList)}),
		chromedp.Click(chromedp.CSS("button.govuk-button")),
		chromedp.WaitVisible(chromedp.Search(`//p[@id="stage" and contains(., "Reading: 10%")]`)),
		chromedp.WaitReady(chromedp.Search(`//p[@role="status" and .="Reading"]`)),
		discard(chromedp.Evaluate[any](`window.said = []; new MutationObserver(() => said.push(document.querySelector("[data-stage-said]").textContent)).observe(document.querySelector("[data-stage-said]"), { childList: true, characterData: true, subtree: true })`)),
	)
	if err != nil {
		t.Fatal(err)
	}
	steps <- 0.5
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.Search(`//p[contains(., "Reading: 50%")]`))); err != nil {
		t.Fatal(err)
	}
	steps <- 0.97
	var heard []string
	var focus string
	err = chromedp.Do(ctx,
		chromedp.WaitReady(chromedp.Search(`//p[@role="status" and .="Looking for causes"]`)),
		into(&heard, chromedp.Evaluate[[]string](`window.said`)),
	)
	if err != nil {
		t.Fatal(err)
	}
	close(steps)
	err = chromedp.Do(ctx,
		chromedp.WaitVisible(chromedp.Search(`//h1[contains(., "Annexe A check") and @tabindex]`)),
		into(&focus, chromedp.Evaluate[string](`document.activeElement.textContent`)),
	)
	if err != nil {
		t.Fatal(err)
	}
	if len(heard) != 1 || heard[0] != "Looking for causes" || focus != "Annexe A check" {
		t.Errorf("said %q, then read from %q", heard, focus)
	}
	said.check(t)
}

func TestAReturnThatIsTooLargeIsNotSentByTheBrowser(t *testing.T) {
	p := checked(t, gives(faulty()))
	who := p.addPerson("Ann Analyst", workpackages.Analyst)
	ctx, said := chromium(t)
	p.signedIn(ctx, who)
	var where, words string
	err := chromedp.Do(ctx,
		chromedp.Navigate(p.URL+"/annexa/check"),
		chromedp.WaitReady(chromedp.CSS("body.govuk-frontend-supported #file")),
		discard(chromedp.Evaluate[any](`document.querySelector("form[data-upload]").dataset.maxBytes = "10"`)),
		chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{onDisk(t, "return.csv", someList)}),
		chromedp.Click(chromedp.CSS("button.govuk-button")),
		chromedp.WaitVisible(chromedp.CSS("[data-upload-error]")),
		into(&words, chromedp.Text(chromedp.CSS("[data-upload-error]"))),
		into(&where, chromedp.Location()),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(words, "Choose fewer or smaller files: nothing was sent") || !strings.HasSuffix(where, "/annexa/check") {
		t.Errorf("%q at %s", words, where)
	}
	said.check(t)
}

func TestAReturnIsUploadedWithJavaScriptOff(t *testing.T) {
	goOn := make(chan struct{})
	p := checked(t, func(context.Context, []annexa.Source, annexa.Options) (*annexa.Report, error) {
		<-goOn
		return faulty(), nil
	})
	who := p.addPerson("Ann Analyst", workpackages.Analyst)
	ctx, said := chromium(t)
	scriptless(t, ctx)
	p.signedIn(ctx, who)
	err := chromedp.Do(ctx,
		chromedp.Navigate(p.URL+"/annexa/check"),
		chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{onDisk(t, "return.csv", someList)}),
		chromedp.Click(chromedp.CSS("button.govuk-button")),
		chromedp.WaitVisible(chromedp.Search(`//h1[contains(., "Checking the return")]`)),
	)
	if err != nil {
		t.Fatal(err)
	}
	close(goOn)
	// The page loads itself again.
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.Search(`//h1[contains(., "Annexe A check")]`))); err != nil {
		t.Fatal(err)
	}
	said.check(t)
}

// course is a product with a course of checks behind it, an issue among them,
// and the addresses of its pages.
func course(t *testing.T) (*product, workpackages.Person, []string) {
	t.Helper()
	reports := make(chan *annexa.Report, 8)
	p := checked(t, func(ctx context.Context, s []annexa.Source, o annexa.Options) (*annexa.Report, error) {
		if s[0].Name == "broken.xlsx" {
			return nil, &annexa.ReadError{File: s[0].Name, Sentence: "The workbook is damaged or cut short. Open it in Excel, save it again, and try again"}
		}
		if s[0].Name == "slow.xlsx" {
			o.Progress("Checking List 8: Children in Care", 0.42)
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return <-reports, nil
	})
	director := p.addPerson("Director Example", workpackages.AssistantDirector)
	for i, n := range [][2]int{{940, 120}, {720, 180}, {655, 150}, {31, 110}, {412, 96}} {
		r := faulty()
		r.Totals.Errors, r.Totals.Warnings = n[0], n[1]
		for j := range 4 - min(i, 4) {
			r.Lists[j].Fit = annexa.Fit{Verdict: annexa.NotFit, Reasons: []string{"A fifth of the rows have no date"}}
		}
		if i == 3 {
			r = mended()
		}
		reports <- r
		if i == 4 {
			break
		}
		if a := p.sent(workpackages.AssistantDirector, part{"as_of", "", p.clock().Format(time.DateOnly)}, part{"file", "a.csv", someList}); a.Status != 201 {
			t.Fatal(a.Body)
		}
		p.advance(7 * 24 * time.Hour)
	}
	link, _, err := p.Server.System.Auth.InviteLink(t.Context(), director.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := p.browser()
	b.submit("/link/"+link, "password", goodPassword)
	path, _ := b.result()
	issue := path + "/issue?cause=S04%2F8%2FEthnicity"
	if a := b.submit(issue, "package", packageData, "class", "extract_logic", "owner", director.ID, "fix", "The four spellings go into the mapping of the extract.", "retest-day", "15", "retest-month", "1", "retest-year", "2027"); a.Status != 303 {
		t.Fatal(a.Body)
	}
	broken := b.upload(part{"file", "broken.xlsx", someList}).Header.Get("Location")
	slow := b.upload(part{"file", "slow.xlsx", someList}).Header.Get("Location")
	p.until("the file is found broken", func() bool { return strings.Contains(b.get(broken).Body, "broken.xlsx") })
	p.until("the other is under way", func() bool { return strings.Contains(b.get(slow).Body, "42%") })
	return p, director, []string{
		"/annexa", "/annexa/check", path, path + "/share", path + "/issue?cause=S01%2F11%2F", "/packages/" + packageData, "/annexa/rules", path + "?list=8", broken, slow, "/annexa/checks/none",
	}
}

func TestEveryPageOfAnnexeAIsSound(t *testing.T) {
	p, director, paths := course(t)
	link, _, err := p.Server.System.Auth.InviteLink(t.Context(), director.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := p.browser()
	b.submit("/link/"+link, "password", goodPassword)
	bodies := map[string]string{"the upload with errors": b.upload(part{"file", "", ""}).Body}
	for _, path := range paths {
		bodies[path] = b.get(path).Body
	}
	for path, body := range bodies {
		for _, fault := range soundness(body) {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

func TestPagesOfAnnexeAInABrowserAtBothWidths(t *testing.T) {
	p, director, paths := course(t)
	ctx, said := chromium(t)
	p.signedIn(ctx, director)
	for _, width := range []int64{1280, 660, 390} { // 660 is just wider than where rows become cards
		for i, path := range paths {
			var wide int64
			var small []string
			var picture []byte
			err := chromedp.Do(ctx, size(width, 900), chromedp.Navigate(p.URL+path), chromedp.WaitReady(chromedp.CSS("main")),
				into(&wide, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)),
				into(&small, chromedp.Evaluate[[]string](tooSmall)),
				into(&picture, chromedp.FullScreenshot(100)))
			if err != nil {
				t.Fatalf("%s at %d: %v", path, width, err)
			}
			if wide > width {
				t.Errorf("%s is %d pixels wide on a screen of %d", path, wide, width)
			}
			for _, s := range small {
				t.Errorf("%s at %d has a target under 24 pixels: %s", path, width, s)
			}
			if pictures != "" {
				if err := os.WriteFile(filepath.Join(pictures, fmt.Sprintf("annexa-%d-%02d.png", width, i)), picture, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	said.check(t)
}

// A sheet of A4 takes 718 pixels between its usual margins.
func TestResultsOfAnnexeAFitASheetWhenPrinted(t *testing.T) {
	p, director, paths := course(t)
	ctx, said := chromium(t)
	p.signedIn(ctx, director)
	onPaper := func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	}
	for _, path := range []string{paths[0], paths[2], paths[3]} {
		var wide int64
		var left []string
		err := chromedp.Do(ctx, chromedp.Func(onPaper), size(718, 900), chromedp.Navigate(p.URL+path), chromedp.WaitReady(chromedp.CSS("main")),
			into(&wide, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)),
			into(&left, chromedp.Evaluate[[]string](`[...document.querySelectorAll(".app-noprint, .govuk-button")].filter((e) => getComputedStyle(e).display !== "none").map((e) => e.textContent)`)))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if wide > 718 || len(left) > 0 {
			t.Errorf("%s is %d pixels wide, and prints %q", path, wide, left)
		}
	}
	said.check(t)
}

func TestABrowserWithoutJavaScriptIsToldThatAReturnIsTooLarge(t *testing.T) {
	p := checked(t, gives(faulty()))
	who := p.addPerson("Ann Analyst", workpackages.Analyst)
	ctx, said := chromium(t)
	scriptless(t, ctx)
	p.signedIn(ctx, who)
	large := onDisk(t, "return.csv", "")
	if err := os.Truncate(large, 1<<30); err != nil { // it takes no room: it is all holes
		t.Fatal(err)
	}
	var says string
	err := chromedp.Do(ctx,
		chromedp.Navigate(p.URL+"/annexa/check"),
		chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{large}),
		chromedp.Click(chromedp.CSS("button.govuk-button")),
		chromedp.WaitVisible(chromedp.Search(`//h1[contains(., "That is too much in one go")]`)),
		into(&says, chromedp.Text(chromedp.CSS("main"))),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(says, "more than the 256 MB") {
		t.Errorf("it says %q", says)
	}
	said.check(t)
}
