package annexa

import (
	"fmt"
	"slices"
)

// Severity says how much a finding matters.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // wrong, or would mislead an inspector
	SeverityWarning Severity = "warning" // likely wrong: look
	SeverityInfo    Severity = "info"    // worth knowing
)

// Cause says where a fault usually comes from.
type Cause string

// The causes.
const (
	CauseSystem     Cause = "system"     // the extract or the mapping: one repair mends many rows
	CauseCompliance Cause = "compliance" // recording: each child needs a person to act
	CauseEither     Cause = "either"
)

// Rule is one thing that is checked, with its papers.
type Rule struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Why        string   `json:"why"`
	Severity   Severity `json:"severity"`
	UsualCause Cause    `json:"usual_cause"`
	Source     []string `json:"source"`
	// Inferred marks a rule that no source states outright; it is never an error.
	Inferred bool   `json:"inferred"`
	Do       string `json:"do"`               // what to do about a finding
	List     int    `json:"list,omitempty"`   // where the rule is about one list
	Column   string `json:"column,omitempty"` // and one of its columns
}

// The rules. Ids with S are those under which the facts were gathered; the
// others are ours, for what a reader of files has to say.
var (
	ruleListMissing = Rule{
		ID: "S01", Title: "A list is missing", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "Ofsted asks for all eleven lists. Inspectors cannot choose children from one that they do not get.",
		Do:  "Add the list, with its headings. Send it with headings and no rows if there is nothing to put in it.",
	}
	ruleHeadingMissing = Rule{
		ID: "S01H", Title: "A heading is missing", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19", "SF24"},
		Why: "Missing and renamed columns are the commonest fault in returns, and every check of the column falls away with it.",
		Do:  "Add the column, or give it the template's heading. Look at the headings that were not recognised: it may be one of those.",
	}
	ruleHeadingUnknown = Rule{
		ID: "F01", Title: "A heading was not recognised, so its column was not checked", Severity: SeverityInfo, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "A column under another name may be one that is missing.",
		Do:  "Give it the template's heading, or take the column out if the template does not have it.",
	}
	ruleListTwice = Rule{
		ID: "F02", Title: "A list is there more than once", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "Nobody can tell which is meant. Only the first was checked.",
		Do:  "Keep one tab or file for each list.",
	}
	ruleTabMisnamed = Rule{
		ID: "F03", Title: "A tab or file has one list's name and another's headings", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "The headings were believed. If the name is right, the wrong rows were put there.",
		Do:  "Check which list it is, and name it so.",
	}
	ruleHeadingTwice = Rule{
		ID: "F04", Title: "A heading is there more than once", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "Only the first of the columns was checked.",
		Do:  "Keep one column under each heading.",
	}
	ruleTotals = Rule{
		ID: "F05", Title: "A row of totals stands among the rows", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "A tool that reads the list counts it as a child. It was left out of the check.",
		Do:  "Take the row out.",
	}
	ruleID = Rule{
		ID: "S02", Title: "The identity number is blank", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"SF24"},
		Why: "Without it a row cannot be tied to a child, in this list or between lists.",
		Do:  "Find out why the extract leaves it out.",
	}
	ruleIDForm = Rule{
		ID: "S08", Title: "The identity number ends in .0 or is in scientific notation", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SF24"}, Inferred: true,
		Why: "It was made a number on the way. Leading noughts may be lost, and the same child no longer matches between lists.",
		Do:  "Have the extract write identity numbers as text.",
	}
	ruleRequired = Rule{
		ID: "R01", Title: "A cell that should be filled is blank", Severity: SeverityError, UsualCause: CauseEither, Source: []string{"OF19", "SF24"},
		Why: "The column has a value for every row in a full return.",
		Do:  "If most rows are blank, look at the extract; if a few are, at the recording.",
	}
	ruleRequiredInferred = Rule{
		ID: "R02", Title: "A cell that is usually filled is blank", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "By its meaning the column should have a value; no source says that it must.",
		Do:  "Check whether blank is right here.",
	}
	ruleCode = Rule{
		ID: "S04", Title: "The value is not a permitted code", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19", "SF24"},
		Why: "Tools that read the lists cannot count it, and an inspector has to guess what it means.",
		Do:  "Map the value to the template's code in the extract. The column's codes are in the template's tab Codes_used.",
	}
	ruleCodeUnsure = Rule{
		ID: "S04Q", Title: "The value is probably a permitted code, but had to be guessed", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"}, Inferred: true,
		Why: "A bare letter, or a letter that belongs to another code than its words, can be read in two ways.",
		Do:  "Write the code as the template does, with letter and words.",
	}
	ruleCodeGap = Rule{
		ID: "S04G", Title: "The extract wrote that it could not map the value", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SSD"}, Inferred: true,
		Why: "It is what one extract writes for anything that it does not know.",
		Do:  "Complete the extract's mapping.",
	}
	ruleGrouping = Rule{
		ID: "S11", Title: "The value is an analyst's grouping, not a code", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "The template asks for the individual codes and not the groupings.",
		Do:  "Have the extract write the code that was recorded.",
	}
	ruleDate = Rule{
		ID: "S05", Title: "The value is not a date", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "Without a date, ages, order and timeliness cannot be worked out.",
		Do:  "Write dates as DD/MM/YYYY with a four-digit year, or as real date cells.",
	}
	ruleDateSwapped = Rule{
		ID: "S05M", Title: "The date has a month above 12: day and month may be swapped", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "If some dates are in American order, others in the column were read wrongly without a sign of it.",
		Do:  "Set the extract to DD/MM/YYYY, and make the whole column again.",
	}
	rulePlaceholder = Rule{
		ID: "S06", Title: "The date is a stand-in for one that is not known", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SSD"}, Inferred: true,
		Why: "One open extract writes 01/01/1900 into dates that it does not hold.",
		Do:  "Leave the cell blank, or fill in the date.",
	}
	ruleFuture = Rule{
		ID: "S13", Title: "The date is after the date the lists were made", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "What has not happened cannot have been recorded: it is a slip, or a planned date in the wrong column.",
		Do:  "Correct the record, or the column that the extract reads.",
	}
	ruleNumber = Rule{
		ID: "N01", Title: "The value is not a whole number", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "The column counts something, or holds an age in whole years.",
		Do:  "Have the extract write a whole number.",
	}
	ruleNumberRange = Rule{
		ID: "N02", Title: "The number is outside what can be", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "The bounds follow from what the column means; no source states them.",
		Do:  "Check the record.",
	}
	ruleFraction = Rule{
		ID: "N03", Title: "An age is given with a fraction of a year", Severity: SeverityInfo, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "The template asks for whole years at the last birthday. The whole part was taken.",
		Do:  "Have the extract round down to whole years.",
	}
	ruleErrorCell = Rule{
		ID: "S10", Title: "The cell holds a spreadsheet error, such as #N/A", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SMP24"}, Inferred: true,
		Why: "A look-up found nothing, or a formula broke: what should stand here is lost.",
		Do:  "Mend the formula or the look-up, and paste values.",
	}
	ruleHardSpace = Rule{
		ID: "S10S", Title: "The text holds a non-breaking space", Severity: SeverityInfo, UsualCause: CauseSystem, Source: []string{"SMP24"}, Inferred: true,
		Why: "It looks like a space and is none: the same name written two ways counts as two.",
		Do:  "Replace it with a plain space in the extract.",
	}
)

// Rules lists every rule in the order of their ids.
func Rules() []Rule {
	all := []Rule{
		ruleListMissing, ruleHeadingMissing, ruleHeadingUnknown, ruleListTwice, ruleTabMisnamed, ruleHeadingTwice, ruleTotals, ruleID, ruleIDForm,
		ruleRequired, ruleRequiredInferred, ruleCode, ruleCodeUnsure, ruleCodeGap, ruleGrouping, ruleDate, ruleDateSwapped,
		rulePlaceholder, ruleFuture, ruleNumber, ruleNumberRange, ruleFraction, ruleErrorCell, ruleHardSpace,
		ruleTwice, ruleTwiceLeaver, ruleBeforeBirth,
	}
	for _, r := range rowRules {
		one := r.Rule
		one.List, one.Column = r.list, r.b
		all = append(all, one)
	}
	for list, r := range notInNeed {
		r.List, r.Column = list, "Child Unique ID"
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Rule) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return all
}

// Validate says what is wrong with a set of rules: a clash of ids, missing
// papers, or an inferred rule that is an error.
func Validate(rules []Rule) error {
	seen := map[string]bool{}
	for _, r := range rules {
		switch {
		case seen[r.ID]:
			return fmt.Errorf("two rules are called %s", r.ID)
		case r.ID == "" || r.Title == "" || r.Why == "" || r.Do == "" || r.UsualCause == "" || len(r.Source) == 0:
			return fmt.Errorf("rule %s lacks part of its papers", r.ID)
		case r.Inferred && r.Severity == SeverityError:
			return fmt.Errorf("rule %s is inferred and an error", r.ID)
		}
		seen[r.ID] = true
	}
	return nil
}
