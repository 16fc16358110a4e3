package annexa

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Settings are a council's own: what no national source fixes, and what it has
// decided to leave out, with the reason.
type Settings struct {
	// Authority is the council's name as LA of Placement has it, for rule C15.
	Authority string `yaml:"authority"`
	// Visits are the council's standards, in working days.
	Visits struct {
		ChildProtection int `yaml:"child_protection_working_days"` // rule T03
		ChildInNeed     int `yaml:"child_in_need_working_days"`    // rule T10
	} `yaml:"visits"`
	// Parameters are the numbers in rules, by rule and name.
	Parameters map[string]map[string]int `yaml:"parameters"`
	// Severity is what a rule's findings count as, by rule.
	Severity map[string]Severity `yaml:"severity"`
	Off      []SwitchedOff       `yaml:"off"`
	Exclude  []Excluded          `yaml:"exclude"`
}

// SwitchedOff is a rule that is not applied, or not to one list or column.
type SwitchedOff struct {
	Rule   string `yaml:"rule"`
	List   int    `yaml:"list"`   // 0: in every list
	Column string `yaml:"column"` // empty: in every column
	Reason string `yaml:"reason"`
}

// Excluded is a list that is left out of the check, or the rows of a team.
type Excluded struct {
	List   int      `yaml:"list"`  // 0: every list
	Team   string   `yaml:"team"`  // as Allocated Team has it; empty: the whole list
	Rules  []string `yaml:"rules"` // with a team: only these rules
	Reason string   `yaml:"reason"`
}

// ReadSettings reads a council's settings file (YAML). The error joins one
// sentence for each thing that is wrong with it.
func ReadSettings(data []byte) (*Settings, error) {
	var s Settings
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		var wrong *yaml.TypeError
		if errors.As(err, &wrong) {
			var errs []error
			for _, e := range wrong.Errors {
				errs = append(errs, fmt.Errorf("the settings file cannot be used: %s", e))
			}
			return nil, errors.Join(errs...)
		}
		return nil, fmt.Errorf("the settings file is not YAML that can be read: %w", err)
	}
	if err := d.Decode(new(Settings)); !errors.Is(err, io.EOF) {
		return nil, errors.New("the settings file holds more than one document: keep one")
	}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	s.checkNumbers(bad)
	s.checkSeverity(bad)
	s.checkLeftOut(bad)
	return &s, errors.Join(errs...)
}

func (s *Settings) checkNumbers(bad func(string, ...any)) {
	set := func(rule, name string, v int) {
		if v == 0 {
			return
		}
		if _, there := s.Parameters[rule][name]; there {
			bad("visits and parameters both set %s of rule %s: keep one", name, rule)
			return
		}
		if s.Parameters == nil {
			s.Parameters = map[string]map[string]int{}
		}
		if s.Parameters[rule] == nil {
			s.Parameters[rule] = map[string]int{}
		}
		s.Parameters[rule][name] = v
	}
	set("T03", "working_days", s.Visits.ChildProtection)
	set("T10", "working_days", s.Visits.ChildInNeed)
	for _, id := range slices.Sorted(maps.Keys(s.Parameters)) {
		r := ruleByID(id)
		if r == nil {
			bad("parameters: there is no rule %q: readiness annexa rules lists them", id)
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(s.Parameters[id])) {
			v := s.Parameters[id][name]
			var known []string
			for _, p := range r.Params {
				known = append(known, p.Name)
			}
			switch {
			case len(known) == 0:
				bad("parameters: rule %s has no number to set", id)
			case !slices.Contains(known, name):
				bad("parameters: rule %s has no %q: it has %s", id, name, strings.Join(known, ", "))
			case v < 1 || v > 5000:
				bad("parameters: %s of rule %s must be from 1 to 5000; it is %d", name, id, v)
			}
		}
	}
}

func (s *Settings) checkSeverity(bad func(string, ...any)) {
	for _, id := range slices.Sorted(maps.Keys(s.Severity)) {
		r, v := ruleByID(id), s.Severity[id]
		switch {
		case r == nil:
			bad("severity: there is no rule %q: readiness annexa rules lists them", id)
		case rank(v) < 0:
			bad("severity: rule %s must be error, warning or info; it is %q", id, v)
		case v == SeverityError && (r.Inferred || r.Disputed != ""):
			bad("severity: rule %s can be a warning at most: no source states it outright, or sources disagree", id)
		}
	}
}

func (s *Settings) checkLeftOut(bad func(string, ...any)) {
	inList := func(what string, number int, column string) {
		switch {
		case number < 0 || number > 11:
			bad("%s: there is no List %d: lists are 1 to 11", what, number)
		case column == "":
		case !slices.ContainsFunc(load().lists, func(l *list) bool { _, ok := l.place[column]; return ok && (number == 0 || number == l.Number) }):
			bad("%s: no such column %q: write the template's heading", what, column)
		}
	}
	for _, o := range s.Off {
		if ruleByID(o.Rule) == nil {
			bad("off: there is no rule %q: readiness annexa rules lists them", o.Rule)
		}
		if strings.TrimSpace(o.Reason) == "" {
			bad("off: say the reason why rule %s is switched off", o.Rule)
		}
		inList("off", o.List, o.Column)
	}
	for _, e := range s.Exclude {
		if e.List == 0 && e.Team == "" {
			bad("exclude: name a list, a team, or a team in a list")
		}
		if strings.TrimSpace(e.Reason) == "" {
			bad("exclude: say the reason of each exclusion")
		}
		if len(e.Rules) > 0 && e.Team == "" {
			bad("exclude: rules go with a team; to switch a rule off in a list, use off")
		}
		for _, id := range e.Rules {
			if ruleByID(id) == nil {
				bad("exclude: there is no rule %q: readiness annexa rules lists them", id)
			}
		}
		inList("exclude", e.List, "")
	}
}

// off reports whether a rule is switched off for a column of a list.
func (s *Settings) off(r *Rule, list int, column string) bool {
	return slices.ContainsFunc(s.Off, func(o SwitchedOff) bool {
		return o.Rule == r.ID && (o.List == 0 || o.List == list) && (o.Column == "" || o.Column == column)
	})
}

// leftOut gives the reason why a list is left out of the check, or "".
func (s *Settings) leftOut(list int) string {
	for _, e := range s.Exclude {
		if e.List == list && e.Team == "" {
			return e.Reason
		}
	}
	return ""
}

// without gives the teams whose rows a rule leaves out in a list.
func (s *Settings) without(r *Rule, l *listData) map[int32]bool {
	var out map[int32]bool
	for _, e := range s.Exclude {
		if e.Team == "" || e.List != 0 && e.List != l.Number || len(e.Rules) > 0 && !slices.Contains(e.Rules, r.ID) {
			continue
		}
		if n, ok := l.teams[fold(e.Team)]; ok {
			if out == nil {
				out = map[int32]bool{}
			}
			out[n] = true
		}
	}
	return out
}

// severity is what a rule's findings count as.
func (s *Settings) severity(r *Rule) Severity {
	if v, ok := s.Severity[r.ID]; ok {
		return v
	}
	return r.Severity
}

// sentences say what the settings change.
func (s *Settings) sentences() []string {
	out := []string{}
	for _, id := range slices.Sorted(maps.Keys(s.Parameters)) {
		for _, name := range slices.Sorted(maps.Keys(s.Parameters[id])) {
			for _, p := range ruleByID(id).Params {
				if p.Name == name && p.Default != s.Parameters[id][name] {
					out = append(out, fmt.Sprintf("Rule %s counts with %d %s, in place of %d", id, s.Parameters[id][name], p.What, p.Default))
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Severity)) {
		if r := ruleByID(id); r.Severity != s.Severity[id] {
			out = append(out, fmt.Sprintf("Findings of rule %s count as %s, in place of %s", id, s.Severity[id], r.Severity))
		}
	}
	for _, o := range s.Off {
		where := ""
		if o.List != 0 {
			where = fmt.Sprintf(" in List %d", o.List)
		}
		if o.Column != "" {
			where += " for " + o.Column
		}
		out = append(out, fmt.Sprintf("Rule %s is switched off%s: %s", o.Rule, where, strings.TrimRight(o.Reason, ".")))
	}
	for _, e := range s.Exclude {
		switch {
		case e.Team == "":
			out = append(out, fmt.Sprintf("List %d is left out: %s", e.List, strings.TrimRight(e.Reason, ".")))
		default:
			out = append(out, fmt.Sprintf("Rows of one team are left out%s: %s", ofRules(e.Rules), strings.TrimRight(e.Reason, ".")))
		}
	}
	return out
}

func ofRules(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return " of " + strings.Join(ids, ", ")
}
