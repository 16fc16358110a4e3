package notifications_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/notifications/slack"
	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// lists gives eleven lists, all fit to send but those named.
func lists(verdicts map[int]annexa.FitVerdict, reasons map[int]string) []annexa.ListReport {
	var all []annexa.ListReport
	for n := 1; n <= 11; n++ {
		l := annexa.ListReport{Number: n, Title: fmt.Sprintf("List %d: Title %d", n, n), Found: true, Fit: annexa.Fit{Verdict: annexa.FitToSend}}
		if v, ok := verdicts[n]; ok {
			l.Fit.Verdict = v
		}
		if reason, ok := reasons[n]; ok {
			l.Fit.Reasons = []string{reason, "A second reason"}
		}
		all = append(all, l)
	}
	return all
}

func cause(rule string, list int, column, title string, count, of int) annexa.Cause {
	return annexa.Cause{
		Key: annexa.CauseKey(rule, list, column), Rule: rule, List: list, Column: column, Title: title, Severity: annexa.SeverityError, Count: count, Of: of,
		Teams: 9, TeamsAll: 9, Reason: "Team Example writes it so", Rows: []int{4711},
	}
}

func changed(c annexa.Cause, from, to int) annexa.CauseChange {
	return annexa.CauseChange{Key: c.Key, Title: c.Title, Severity: c.Severity, List: c.List, Column: c.Column, From: from, To: to}
}

// few is a cause as Shared leaves one of which there are few.
func few(c annexa.Cause) annexa.Cause {
	c.Count, c.Share, c.Suppressed = 0, 0, true
	return c
}

// allBut is a cause as Shared leaves one that has nearly all rows.
func allBut(c annexa.Cause) annexa.Cause {
	c.Count, c.Suppressed, c.AllBut = 0, true, true
	return c
}

const (
	code  = "The value is not a permitted code"
	leads = "You get this because you lead the System and Performance Core Group."
)

// The whole of each message, read as a lead reads it on the way to work.
func TestTheWordingOfAnAnnexeACheck(t *testing.T) {
	ethnicity := cause("S04", 8, "Ethnicity", code, 312, 640)
	gender := cause("S04", 6, "Gender", code, 40, 748)
	genderOf8 := cause("S04", 8, "Gender", code, 60, 640)
	missing := cause("S01", 11, "", "The list is missing", 1, 0)
	info := cause("N03", 1, "Age", "An age is given with a fraction of a year", 40, 748)
	info.Severity = annexa.SeverityInfo
	quiet := &annexa.Report{Lists: lists(nil, nil)}
	news := func(r, before *annexa.Report, c annexa.Change) notifications.AnnexaNews {
		return notifications.AnnexaNews{CheckID: "20261124T060000.000-schedule", AsOf: "2026-11-24", Since: "2026-11-23", Report: r, Before: before, Change: c}
	}
	before := func(c annexa.Cause, count int) annexa.Cause {
		c.Count = count
		return c
	}
	for _, c := range []struct {
		what    string
		news    notifications.AnnexaNews
		changed bool
		want    string // but for the lines that every message has
	}{
		{
			"two lists stop the return, one of them since today",
			news(&annexa.Report{
				Lists:  lists(map[int]annexa.FitVerdict{8: annexa.NotFit, 11: annexa.NotFit}, map[int]string{8: "312 of 640 rows hold an ethnicity that is no permitted code.", 11: "The list is missing"}),
				Causes: []annexa.Cause{ethnicity, missing},
			}, &annexa.Report{Lists: lists(map[int]annexa.FitVerdict{11: annexa.NotFit}, nil), Causes: []annexa.Cause{before(ethnicity, 12), missing}}, annexa.Change{
				Worse: []annexa.CauseChange{changed(ethnicity, 12, 312)}, Lists: []annexa.ListChange{{List: 8, From: annexa.FitKnown, To: annexa.NotFit}},
			}), true,
			`Annexe A check: 2 lists not fit to send

• List 8: Title 8 is not fit to send: 312 of 640 rows hold an ethnicity that is no permitted code. It was fit to send before
• List 11: Title 11 is not fit to send: The list is missing
• Worse: List 8, Ethnicity: The value is not a permitted code: 312 of 640 rows, 12 of 640 rows before`,
		},
		{
			"small counts are not told, before or after",
			news(&annexa.Report{Lists: lists(map[int]annexa.FitVerdict{6: annexa.FitKnown}, nil), Causes: []annexa.Cause{few(gender), ethnicity}},
				&annexa.Report{Lists: lists(map[int]annexa.FitVerdict{6: annexa.FitKnown}, nil), Causes: []annexa.Cause{gender, before(ethnicity, 4)}},
				annexa.Change{Better: []annexa.CauseChange{changed(gender, 40, 0)}, Worse: []annexa.CauseChange{changed(ethnicity, 4, 312)}}), true,
			`Annexe A check: fit to send, 1 list with known faults

• Worse: List 8, Ethnicity: The value is not a permitted code: 312 of 640 rows, 1 to 5 rows before
• Better: List 6, Gender: The value is not a permitted code: 1 to 5 of 748 rows, 40 of 748 rows before`,
		},
		{
			"that all rows but a few have it is told, and not how few",
			news(&annexa.Report{Lists: lists(nil, nil), Causes: []annexa.Cause{{Key: gender.Key, Of: 748, Share: 1, Suppressed: true, AllBut: true}}},
				&annexa.Report{Lists: lists(nil, nil), Causes: []annexa.Cause{gender}}, annexa.Change{Worse: []annexa.CauseChange{changed(gender, 40, 0)}}), true,
			`Annexe A check: all 11 lists fit to send

• Worse: List 6, Gender: The value is not a permitted code: all but 1 to 5 of 748 rows, 40 of 748 rows before`,
		},
		{
			"it all got better",
			news(quiet, &annexa.Report{Lists: lists(map[int]annexa.FitVerdict{8: annexa.NotFit, 11: annexa.NotFit}, nil), Causes: []annexa.Cause{ethnicity, missing}}, annexa.Change{
				Gone:  []annexa.CauseChange{changed(ethnicity, 312, 0), changed(missing, 1, 0)},
				Lists: []annexa.ListChange{{List: 2, From: annexa.FitKnown, To: annexa.FitToSend}, {List: 8, From: annexa.NotFit, To: annexa.FitToSend}, {List: 11, From: annexa.NotFit, To: annexa.FitKnown}},
			}), true,
			`Annexe A check: all 11 lists fit to send

• List 8: Title 8 is now fit to send: not fit to send before
• List 11: Title 11 is now fit to send, with known faults: not fit to send before
• And 3 more that got better`,
		},
		{
			"so few rows that it is not worth a message",
			news(&annexa.Report{Lists: lists(nil, nil), Causes: []annexa.Cause{few(gender)}}, quiet, annexa.Change{
				New: []annexa.CauseChange{changed(gender, 0, 0)}, Gone: []annexa.CauseChange{changed(ethnicity, 0, 0)},
			}), false,
			`Annexe A check: all 11 lists fit to send

• Nothing has changed: since the check of 23 November 2026`,
		},
		{
			"all but a handful is worth a message, and the handful is not told",
			news(&annexa.Report{Lists: lists(nil, nil), Causes: []annexa.Cause{allBut(gender)}}, quiet, annexa.Change{New: []annexa.CauseChange{changed(gender, 0, 0)}}), true,
			`Annexe A check: all 11 lists fit to send

• New: List 6, Gender: The value is not a permitted code: all but 1 to 5 of 748 rows`,
		},
		{
			"one fault in several lists is one line",
			news(&annexa.Report{Lists: lists(nil, nil), Causes: []annexa.Cause{gender, ethnicity, genderOf8}}, &annexa.Report{Lists: lists(nil, nil), Causes: []annexa.Cause{before(genderOf8, 600), gender}}, annexa.Change{
				New:    []annexa.CauseChange{changed(ethnicity, 0, 312)},
				Better: []annexa.CauseChange{changed(gender, 300, 40), changed(genderOf8, 600, 60)},
			}), true,
			`Annexe A check: all 11 lists fit to send

• New: List 8, Ethnicity: The value is not a permitted code: 312 of 640 rows
• Better: Lists 6 and 8: Gender: the value is not a permitted code (100 of 1388 rows)`,
		},
		{
			"a new fault that stops nothing",
			news(&annexa.Report{Lists: lists(map[int]annexa.FitVerdict{6: annexa.FitKnown}, nil), Causes: []annexa.Cause{gender}}, quiet, annexa.Change{
				New: []annexa.CauseChange{changed(gender, 0, 40)}, Lists: []annexa.ListChange{{List: 6, From: annexa.FitToSend, To: annexa.FitKnown}},
			}), true,
			`Annexe A check: fit to send, 1 list with known faults

• List 6: Title 6 is now fit to send, with known faults: fit to send before
• New: List 6, Gender: The value is not a permitted code: 40 of 748 rows`,
		},
		{
			"nothing changed, and nothing is wrong", news(quiet, quiet, annexa.Change{}), false,
			`Annexe A check: all 11 lists fit to send

• Nothing has changed: since the check of 23 November 2026`,
		},
		{
			"nothing changed that matters",
			news(&annexa.Report{Lists: lists(map[int]annexa.FitVerdict{8: annexa.NotFit}, map[int]string{8: "The list is cut short"}), Causes: []annexa.Cause{info}}, quiet, annexa.Change{New: []annexa.CauseChange{changed(info, 0, 40)}}), false,
			`Annexe A check: 1 list not fit to send

• List 8: Title 8 is not fit to send: The list is cut short
• Nothing has changed: since the check of 23 November 2026`,
		},
		{
			"the first one", news(quiet, nil, annexa.Change{}), true,
			`Annexe A check: all 11 lists fit to send

• This is the first scheduled check: those that follow say what got better and what got worse`,
		},
		{
			"some lists were not looked at", news(&annexa.Report{Lists: lists(map[int]annexa.FitVerdict{1: annexa.NotChecked, 2: annexa.NotChecked}, nil)}, quiet, annexa.Change{}), false,
			`Annexe A check: 9 lists fit to send, 2 not checked

• Nothing has changed: since the check of 23 November 2026`,
		},
	} {
		m := notifications.AnnexaChecked("person-1", "Lead One", leads, c.news, "https://r.example", "2026-11-24T06:00Z")
		head, body, _ := strings.Cut(c.want, "\n\n")
		want := head + "\n\nThe lists were made on 24 November 2026.\n\n" + body + `

See the check: https://r.example/annexa/checks/20261124T060000.000-schedule

You get this because you lead the System and Performance Core Group. You get one when something changes, and each Monday.`
		if got := m.Content.Plain(); got != want {
			t.Errorf("%s:\n%s\n\nwant:\n%s", c.what, got, want)
		}
		if c.news.Changed() != c.changed {
			t.Errorf("%s: changed is %v", c.what, c.news.Changed())
		}
		if m.ID != "annexa-check/person-1/2026-11-24T06:00Z" || m.RecipientID != "person-1" || m.RecipientName != "Lead One" || m.Rule != "annexa-check" {
			t.Errorf("%s: %s of %s to %s", c.what, m.ID, m.Rule, m.RecipientName)
		}
		holds(t, c.what, m.Content)
	}
}

// holds wants a message within Slack's limits, with an item, and with nothing in
// it of teams and rows.
func holds(t *testing.T, what string, c notifications.Content) {
	t.Helper()
	j, err := json.Marshal(slack.Blocks(c))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []map[string]any
	if err := json.Unmarshal(j, &blocks); err != nil {
		t.Fatal(err)
	}
	if err := notifytest.CheckBlocks(blocks); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if len(c.Items) == 0 || len(c.Items) > 10 {
		t.Errorf("%s: %d items", what, len(c.Items))
	}
	for _, never := range []string{"Team Example", "4711", "and 0 more"} {
		if strings.Contains(string(j), never) {
			t.Errorf("%s: it holds %q", what, never)
		}
	}
}

func TestTheWorstMorningOfAllIsStillTenLines(t *testing.T) {
	verdicts, reasons := map[int]annexa.FitVerdict{}, map[int]string{}
	var c annexa.Change
	r := &annexa.Report{}
	for n := 1; n <= 11; n++ {
		verdicts[n], reasons[n] = annexa.NotFit, strings.Repeat("A reason that goes on. ", 40)
		for i := range 30 {
			k := cause("S04", n, fmt.Sprint("Column ", i), code, 100, 200)
			r.Causes = append(r.Causes, k)
			c.New, c.Gone = append(c.New, changed(k, 0, 100)), append(c.Gone, changed(k, 100, 0))
		}
	}
	r.Lists = lists(verdicts, reasons)
	m := notifications.AnnexaChecked("p", "P", leads, notifications.AnnexaNews{Report: r, Before: r, Change: c}, "https://r.example", "o")
	holds(t, "the worst morning", m.Content)
	text := m.Content.Plain()
	for _, want := range []string{"11 lists not fit to send", "• Lists 4, 5, 6, 7, 8, 9, 10 and 11 are not fit to send either\n", "• And 27 more that got worse, 28 more that got better\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	verdicts[4] = annexa.NotFit
	for n := 5; n <= 11; n++ {
		verdicts[n] = annexa.FitToSend
	}
	m = notifications.AnnexaChecked("p", "P", leads, notifications.AnnexaNews{Report: &annexa.Report{Lists: lists(verdicts, nil)}}, "https://r.example", "o")
	if text := m.Content.Plain(); !strings.Contains(text, "• List 4 is not fit to send either\n") || !strings.Contains(text, "• List 3: Title 3 is not fit to send\n") {
		t.Errorf("of four lists it says\n%s", text)
	}
}

func TestTheWordingWhenTheCheckCouldNotBeMade(t *testing.T) {
	const sentence = "A file in the folder cannot be read (number 3 of 11 by name). The workbook is damaged or cut short"
	for _, c := range []struct {
		what   string
		newest workpackages.Date
		intro  string
	}{
		{"after others", "2026-11-23", "The newest scheduled check is that of 23 November 2026."},
		{"the first", "", "Nobody knows whether the lists are fit to send."},
	} {
		m := notifications.AnnexaNotChecked(notifications.ChannelID("annexe-a"), "#annexe-a", "You get this because this channel is set to hear of Annexe A checks.", sentence, c.newest, "https://r.example", "2026-11-24T06:00Z")
		want := `Annexe A check: it could not be made

` + c.intro + `

• The lists were not checked: A file in the folder cannot be read (number 3 of 11 by name). The workbook is damaged or cut short

See the checks: https://r.example/annexa

You get this because this channel is set to hear of Annexe A checks.`
		if got := m.Content.Plain(); got != want {
			t.Errorf("%s:\n%s\n\nwant:\n%s", c.what, got, want)
		}
		// What could be made after all is told all the same.
		if m.ID != "annexa-check/not-made/channel:annexe-a/2026-11-24T06:00Z" {
			t.Errorf("%s: its key is %s", c.what, m.ID)
		}
		holds(t, c.what, m.Content)
	}
}
