package annexa

import (
	"slices"
	"strings"
	"testing"

	"readiness/workpackages/annexa/annexatest"
)

const councilSettings = `
authority: Anytown
visits:
  child_protection_working_days: 20
  child_in_need_working_days: 20
parameters:
  T16: {working_days: 30}
severity:
  T16: warning
off:
  - rule: X10
    reason: our system records the referral alone
  - rule: S10S
    list: 3
    column: Allocated Worker
    reason: the system writes it so
exclude:
  - list: 11
    reason: the regional agency sends it
  - team: Short Breaks
    rules: [T10]
    reason: seen by the school
`

func TestACouncilsSettingsAreReadAndSaidBack(t *testing.T) {
	s, err := ReadSettings([]byte(councilSettings))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Rule T03 counts with 20 working days between visits, in place of 10",
		"Rule T10 counts with 20 working days between visits, in place of 30",
		"Rule T16 counts with 30 working days, in place of 45",
		"Findings of rule T16 count as warning, in place of info",
		"Rule X10 is switched off: our system records the referral alone",
		"Rule S10S is switched off in List 3 for Allocated Worker: the system writes it so",
		"List 11 is left out: the regional agency sends it",
		"Rows of one team are left out of T10: seen by the school",
	}
	if got := s.sentences(); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	for _, empty := range []string{"", "# nothing yet\n", "{}"} {
		if _, err := ReadSettings([]byte(empty)); err != nil {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

func TestEveryFaultInTheSettingsIsToldAtOnce(t *testing.T) {
	_, err := ReadSettings([]byte(`
visits: {child_protection_working_days: 15}
parameters:
  T03: {working_days: 20}
  T99: {days: 1}
  D01: {days: 1}
  T01: {weeks: 9, days: 0}
severity: {S04: loud, D01: error, X99: info}
off:
  - rule: X10
  - rule: Z9
    list: 12
    column: Shoe size
    reason: x
exclude:
  - reason: why not
  - list: 3
    rules: [T10, Z8]
`))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"visits and parameters both set working_days of rule T03", `no rule "T99"`, "rule D01 has no number to set", `rule T01 has no "weeks": it has days`, "days of rule T01 must be from 1 to 5000; it is 0",
		`rule S04 must be error, warning or info; it is "loud"`, "rule D01 can be a warning at most", `no rule "X99"`, "say the reason why rule X10 is switched off", `no rule "Z9"`, "no List 12",
		"name a list, a team", "say the reason of each exclusion", "rules go with a team", `no rule "Z8"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing says %q in\n%v", want, err)
		}
	}
	for what, text := range map[string]string{"a setting that is none": "vists: {}", "no YAML": "a: [", "two documents": "authority: A\n---\nauthority: B\n", "a word for a number": "parameters: {T01: {days: many}}"} {
		if _, err := ReadSettings([]byte(text)); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}

func TestSettingsChangeWhatIsFound(t *testing.T) {
	r := annexatest.New(31, 3000)
	name := teamOf(r.Lists[5])
	spoil(r, 6, func(cell func(string) *string) {
		if *cell("CIN Closure Date") == "" && strings.HasPrefix(*cell("Case status"), "c)") {
			*cell("Date Child Was Last Seen") = "30/09/2026" // 39 working days before
		}
	})
	r.Lists[0].Rows[0][1] = "?"
	r.Lists[10].Rows[0][2] = "?"
	data, err := r.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	with := func(text string) *Report {
		s, err := ReadSettings([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return checked(t, Options{AsOf: r.AsOf, Settings: s}, Source{Name: "r.xlsx", Data: data})
	}
	const seen, code = "T10/6/Date Child Was Last Seen", "S04/1/Gender"
	plain := with("")
	before := causeOf(plain, seen)
	if before == nil || causeOf(plain, code) == nil || plain.Lists[10].Fit.Verdict != FitKnown {
		t.Fatalf("the return is not spoilt: %v, %v", causesOf(plain), plain.Lists[10].Fit)
	}
	if c := causeOf(with("visits: {child_in_need_working_days: 40}"), seen); c != nil {
		t.Errorf("a longer interval is not heeded: %+v", c)
	}
	if c := causeOf(with("severity: {T10: info}"), seen); c == nil || c.Severity != SeverityInfo {
		t.Errorf("the severity is not heeded: %+v", c)
	}
	if c := causeOf(with("off: [{rule: S04, list: 1, reason: known}]"), code); c != nil {
		t.Errorf("a rule switched off in a list was applied: %+v", c)
	}
	if c := causeOf(with("off: [{rule: S04, list: 2, reason: known}]"), code); c == nil {
		t.Error("a rule was switched off in another list too")
	}
	after := causeOf(with("exclude: [{team: "+name+", rules: [T10], reason: theirs are seen at school}]"), seen)
	if after == nil || after.Count >= before.Count {
		t.Errorf("the team's rows were not left out: %+v", after)
	}
	left := with("exclude: [{list: 11, reason: the regional agency sends it}]")
	if l := left.Lists[10]; l.Fit.Verdict != NotChecked || l.Errors != 0 {
		t.Errorf("List 11 was not left out: %+v", l.Fit)
	}
}

func FuzzReadSettings(f *testing.F) {
	f.Add([]byte(councilSettings))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := ReadSettings(data); err == nil {
			s.sentences()
		}
	})
}
