package comms

import (
	"slices"
	"strings"
	"testing"
)

// said gives the remarks of a kind, and whether one of them stops the message.
func said(remarks []Remark, kind string) (texts []string, stops bool) {
	for _, r := range remarks {
		if r.Kind == kind {
			texts, stops = append(texts, r.Text), stops || r.Stop
		}
	}
	return texts, stops
}

func TestWhatMayBeAChildsIsFound(t *testing.T) {
	for _, c := range []struct {
		name, text string
		stop       bool
		quotes     string // what the remark quotes; empty for no remark
	}{
		{"a pupil’s number", "Ask about A123456789012.", true, "A123456789012"},
		{"an NHS number", "NHS 943 476 5919 is hers.", true, "943 476 5919"},
		{"ten digits that are none", "Order 943 476 5918 is late.", false, ""},
		{"the number of a record", "See case 12345678.", false, "12345678"},
		{"a telephone number", "Ring 0151 606 2000 or +44 151 606 2000.", false, ""},
		{"a year and a count", "In 2026 we held 1200 visits.", false, ""},
		{"a number in an address", "See https://example.gov.uk/p/12345678.", false, ""},
		{"a date of birth that says so", "DOB: 3/4/2015.", true, "3/4/2015"},
		{"born on a day", "She was born on 3 April 2015.", true, "3 April 2015"},
		{"a day of years ago", "The visit of 3 April 2015 counts.", false, "3 April 2015"},
		{"a day of this winter", "Come on 3 December 2026.", false, ""},
		{"an age", "The case of the 7-year-old.", false, "7-year-old"},
		{"a lettered child", "We spoke about Child B today.", false, "Child B"},
		{"initials", "Ask about J. S. today.", false, "J. S."},
		{"a child’s first name", "Please see how Olivia Example is doing.", false, "Olivia Example"},
		{"a name after a word for family", "The mother of Dwayne Example called.", false, "Dwayne Example"},
		{"somebody of our own", "Ask Olivia Ourown about it.", false, ""},
		{"the first name of somebody of our own", "Ask Olivia.", false, ""},
		{"words that are names of days", "For the family of Monday visits.", false, ""},
		{"a title", "Ask the Assistant Director of Children’s Services.", false, ""},
	} {
		known := []string{}
		if strings.Contains(c.name, "our own") {
			known = []string{"Olivia Ourown"}
		}
		texts, stops := said(Check(Checked{Heading: "Today", Text: c.text, Phase: Standing, Known: known, Today: "2026-11-24"}), "child")
		switch {
		case c.quotes == "" && len(texts) > 0:
			t.Errorf("%s: %q", c.name, texts)
		case c.quotes != "" && !slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "“"+c.quotes+"”") }):
			t.Errorf("%s: %q, without %q", c.name, texts, c.quotes)
		case stops != c.stop:
			t.Errorf("%s: it stops the message: %v", c.name, stops)
		}
	}
}

func TestWhatTellsTheOutcomeIsStoppedUnderEmbargo(t *testing.T) {
	for _, c := range []struct {
		text  string
		found bool
	}{
		{"We were judged good.", true}, {"It looks like requires improvement.", true}, {"Inadequate, they say.", true}, {"Outstanding work.", true},
		{"Inspectors told us what they think.", true}, {"The draft report is here.", true}, {"The outcome was better than we hoped.", true},
		{"Thank you for your good work.", false}, {"The outcome is confidential until then.", false}, {"The outcome will be published.", false}, {"The outcome is as we feared.", true}, {"We are proud of the good help that families get.", false},
	} {
		for _, row := range []struct {
			name       string
			in         Checked
			stop, says bool
		}{
			{"while it is under embargo", Checked{Phase: Standing, Embargo: true}, true, true},
			{"in the phase of the embargo", Checked{Phase: Embargo}, true, true},
			{"on site", Checked{Phase: OnSite}, true, true},
			{"in quiet times", Checked{Phase: Standing}, false, true},
			{"at publication", Checked{Phase: Publication}, false, false},
			{"at publication, before it is published", Checked{Phase: Publication, Embargo: true}, true, true},
			{"to its named readers", Checked{Phase: Embargo, Embargo: true, Embargoed: true}, false, false},
		} {
			row.in.Text, row.in.Today = c.text, "2026-11-24"
			texts, stops := said(Check(row.in), "embargo")
			if (len(texts) > 0) != (c.found && row.says) || stops != (c.found && row.stop) {
				t.Errorf("%q %s: %q, stops %v", c.text, row.name, texts, stops)
			}
		}
	}
}

func TestWhatIsHardToRead(t *testing.T) {
	hard := "Notwithstanding aforementioned organisational considerations, multidisciplinary practitioners should systematically operationalise interprofessional accountability, " +
		"whilst simultaneously demonstrating comprehensive evidential substantiation regarding individualised developmental interventions, thereby facilitating demonstrable improvements throughout organisational infrastructure and associated governance arrangements, " +
		"notwithstanding considerable administrative complexity and corresponding implementation uncertainties."
	easy := "We meet on Monday. Please bring your lists. We look at them with you. Then we have tea. If you can not come, ring us. We will find a time. It will not take long. We want to hear what you need from us now."
	for _, c := range []struct {
		name, text, kind string
		stop             bool
		want             string
	}{
		{"easy words", easy, "reading", false, ""},
		{"hard words", hard, "reading", false, "This reads as if for age"},
		{"too short to say", "Multidisciplinary practitioners operationalise.", "reading", false, ""},
		{"an abbreviation", "Ask the MASH team.", "abbreviation", false, "MASH"},
		{"one that is defined", "Ask the multi-agency safeguarding hub (MASH). MASH knows.", "abbreviation", false, ""},
		{"one that is defined the other way round", "ILACS (the inspection framework) has changed. ILACS is new.", "abbreviation", false, ""},
		{"one that everybody knows", "See your GP or the NHS.", "abbreviation", false, ""},
		{"a line in capitals", "PLEASE READ THIS", "abbreviation", false, ""},
		{"many words", strings.Repeat("word and ", 200), "length", false, "400 words are a lot"},
		{"what the template left open", "Say [what has changed since then] and [the link](https://example.gov.uk).", "blank", true, "[what has changed since then]"},
		{"a link alone", "See [the link](https://example.gov.uk).", "blank", false, ""},
		{"nothing", "  ", "blank", true, "says nothing yet"},
		{"a day that is not known", "We start on " + notKnown + ".", "blank", false, "A day is not known yet"},
	} {
		texts, stops := said(Check(Checked{Heading: "Today", Text: c.text, Phase: Standing, Today: "2026-11-24"}), c.kind)
		all := strings.Join(texts, " ")
		if (c.want == "") != (all == "") || !strings.Contains(all, c.want) || stops != c.stop {
			t.Errorf("%s: %q, stops %v", c.name, all, stops)
		}
	}
}

// TestTheTemplatesAreFitToBeFilledIn looks at each: there is one for each phase and
// audience, it names only placeholders that there are, and once its blanks are written
// nothing stops it and it is easy to read.
func TestTheTemplatesAreFitToBeFilledIn(t *testing.T) {
	audiences := defaultAudiences()
	for _, p := range Phases() {
		for _, a := range audiences {
			tpl := TemplateFor(p, a)
			if tpl.Phase != p || tpl.Audience != a.ID || tpl.Text == "" {
				t.Errorf("there is no template of %s for %s", p, a.ID)
				continue
			}
			if says := checkPlaceholders(tpl.Heading + tpl.Text); says != "" {
				t.Errorf("%s for %s: %s", p, a.ID, says)
			}
			if len(tpl.Heading) > maxHeading || len(tpl.Objective) > maxObjective {
				t.Errorf("%s for %s: its heading or objective is too long", p, a.ID)
			}
			text := placeholder.ReplaceAllString(leftOpen.ReplaceAllString(tpl.Text, "Written."), "3")
			for _, r := range Check(Checked{Heading: tpl.Heading, Text: text, Phase: p, Embargoed: p == Embargo && a.ID == Members, Embargo: p == OnSite || p == Embargo, Today: "2026-11-24"}) {
				t.Errorf("%s for %s: %s", p, a.ID, r.Text)
			}
		}
	}
	if got := TemplateFor(CallDay, Audience{ID: "carers"}).Audience; got != Partners {
		t.Errorf("an audience that is not in Slack has the template of %s", got)
	}
	if got := TemplateFor(CallDay, Audience{ID: "social-workers", Channels: []string{"c"}}).Audience; got != Staff {
		t.Errorf("an audience in Slack has the template of %s", got)
	}
}

func TestTheDefaultPlanTellsEverybodyInEachPhase(t *testing.T) {
	for _, p := range Phases() {
		for _, a := range defaultAudiences() {
			has := slices.ContainsFunc(defaultPlan, func(d planned) bool { return d.phase == p && d.audience == a.ID })
			// What members are told in the embargo names its readers, whom nobody knows yet.
			if want := p != Embargo || a.ID != Members; has != want {
				t.Errorf("%s tells %s: %v", p, a.ID, has)
			}
		}
	}
}

func TestPlaceholdersAreThoseThereAre(t *testing.T) {
	for text, ok := range map[string]bool{
		"": true, "{{today}} and {{ packages }}": true, "{{nobody}}": false, "{{today": false, "today}}": false, "{today}": true, "{{}}": false,
	} {
		if says := checkPlaceholders(text); (says == "") != ok {
			t.Errorf("%q: %s", text, says)
		}
	}
}
