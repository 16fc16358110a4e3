package annexa

// Rules about files, headings and single cells. The reader applies them as it
// goes.
var (
	ruleListMissing = &Rule{
		ID: "S01", Title: "The list is missing", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"}, whole: true,
		Why: "Ofsted asks for all eleven lists. Inspectors cannot choose children from one that they do not get.",
		Do:  "Add the list, with its headings. Send it with headings and no rows if there is nothing to put in it.",
	}
	ruleHeadingMissing = &Rule{
		ID: "S01H", Title: "The heading is missing", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19", "SF24"}, whole: true,
		Why: "Missing and renamed columns are the commonest fault in returns, and every check of the column falls away with it.",
		Do:  "Add the column, or give it the template's heading. Look at the headings that were not recognised: it may be one of those.",
	}
	ruleHeadingUnknown = &Rule{
		ID: "F01", Title: "Headings were not recognised, so their columns were not checked", Severity: SeverityInfo, UsualCause: CauseSystem, Source: []string{"OF19"}, whole: true,
		Why: "A column under another name may be one that is missing.",
		Do:  "Give it the template's heading, or take the column out if the template does not have it.",
	}
	ruleListTwice = &Rule{
		ID: "F02", Title: "The list is there more than once", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"}, whole: true,
		Why: "Nobody can tell which is meant. Only the first was checked.",
		Do:  "Keep one tab or file for each list.",
	}
	ruleTabMisnamed = &Rule{
		ID: "F03", Title: "The tab or file has one list's name and another's headings", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"}, whole: true,
		Why: "The headings were believed. If the name is right, the wrong rows were put there.",
		Do:  "Check which list it is, and name it so.",
	}
	ruleHeadingTwice = &Rule{
		ID: "F04", Title: "The heading is there more than once", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"}, whole: true,
		Why: "Only the first of the columns was checked.",
		Do:  "Keep one column under each heading.",
	}
	ruleAside = &Rule{
		ID: "F05", Title: "A row of totals, headings or notes stands among the rows", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "A tool that reads the list counts it as a child. It was left out of the check.",
		Do:  "Take the row out. If it is a child's, write their identity number with its figures, and the dates.",
	}
	ruleHiddenTab = &Rule{
		ID: "F06", Title: "The tab is hidden in the workbook", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"DOM"}, Inferred: true, whole: true,
		Why: "Whoever opens the workbook does not see the list, and may think that it is missing, or send what was not meant to go.",
		Do:  "Unhide the tab, or take it out.",
	}
	ruleCode = &Rule{
		ID: "S04", Title: "The value is not a permitted code", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19", "SF24"},
		Why: "Tools that read the lists cannot count it, and an inspector has to guess what it means.",
		Do:  "Map the value to the template's code in the extract. The column's codes are in the template's tab Codes_used.",
	}
	ruleCodeUnsure = &Rule{
		ID: "S04Q", Title: "The value is probably a permitted code, but had to be guessed", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"}, Inferred: true,
		Why: "A word's first letter, a letter or code that belongs to another value than the words beside it, a finer code of the same data set, or words that are wider than the code can be read in two ways.",
		Do:  "Write the code as the template does, with letter and words.",
	}
	ruleCodeDisputed = &Rule{
		ID: "S04L", Title: "The letter alone does not say which code is meant", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"}, Inferred: true,
		Lists: []int{11}, Columns: []string{gender},
		Why:      "Sources give the letter to different codes, so nobody can tell what stands here.",
		Do:       "Write the words beside the letter.",
		Disputed: "In List 11 the template's guidance and its code tab give the letters c and d of gender the other way round.",
	}
	ruleCodeGap = &Rule{
		ID: "S04G", Title: "The extract wrote that it could not map the value", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SSD"}, Inferred: true,
		Why: "It is what one extract writes for anything that it does not know.",
		Do:  "Complete the extract's mapping.",
	}
	ruleGrouping = &Rule{
		ID: "S11", Title: "The value is an analyst's grouping, not a code", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why:      "The template asks for the individual codes and not the groupings.",
		Do:       "Have the extract write the code that was recorded.",
		Disputed: "One regional pipeline maps values to the groupings, to protect small numbers.",
	}
	ruleDate = &Rule{
		ID: "S05", Title: "The value is not a date", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "Without a date, ages, order and timeliness cannot be worked out.",
		Do:  "Write dates as DD/MM/YYYY with a four-digit year, or as real date cells.",
	}
	ruleDateSwapped = &Rule{
		ID: "S05M", Title: "The date has a month above 12: day and month may be swapped", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "If some dates are in American order, others in the column were read wrongly without a sign of it.",
		Do:  "Set the extract to DD/MM/YYYY, and make the whole column again.",
	}
	rulePlaceholder = &Rule{
		ID: "S06", Title: "The date is a stand-in for one that is not known", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SSD"}, Inferred: true,
		Why: "One open extract writes 01/01/1900 into dates that it does not hold.",
		Do:  "Leave the cell blank, or fill in the date.",
	}
	ruleNumber = &Rule{
		ID: "N01", Title: "The value is not a whole number", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "The column counts something, or holds an age in whole years.",
		Do:  "Have the extract write a whole number.",
	}
	ruleFraction = &Rule{
		ID: "N03", Title: "An age is given with a fraction of a year", Severity: SeverityInfo, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "The template asks for whole years at the last birthday. The whole part was taken.",
		Do:  "Have the extract round down to whole years.",
	}
	ruleErrorCell = &Rule{
		ID: "S10", Title: "The cell holds a spreadsheet error, such as #N/A", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SMP24"}, Inferred: true,
		Why: "A look-up found nothing, or a formula broke: what should stand here is lost.",
		Do:  "Mend the formula or the look-up, and paste values.",
	}
	ruleFormula = &Rule{
		ID: "S10F", Title: "The cell holds a formula that was never worked out", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SMP24"}, Inferred: true,
		Why: "A program wrote the formula and no program worked it out, so the cell has no value until somebody opens and saves it.",
		Do:  "Have the extract write values, or open the workbook in Excel, save it, and check it again.",
	}
	ruleHardSpace = &Rule{
		ID: "S10S", Title: "The text holds a non-breaking space", Severity: SeverityInfo, UsualCause: CauseSystem, Source: []string{"SMP24"}, Inferred: true,
		Why: "It looks like a space and is none: the same name written two ways counts as two.",
		Do:  "Replace it with a plain space in the extract.",
	}
)

var fileRules = []*Rule{
	ruleListMissing, ruleHeadingMissing, ruleHeadingUnknown, ruleListTwice, ruleTabMisnamed, ruleHeadingTwice, ruleAside, ruleHiddenTab,
	ruleCode, ruleCodeUnsure, ruleCodeDisputed, ruleCodeGap, ruleGrouping, ruleDate, ruleDateSwapped, rulePlaceholder, ruleNumber, ruleFraction, ruleErrorCell, ruleFormula, ruleHardSpace,
}
