package annexa

import "fmt"

// Report is what a check found: counts, rules, lists, columns and row numbers;
// never what a cell holds. A report may be stored, logged and sent only as
// Stored or Shared gives it.
type Report struct {
	AsOf     string       `json:"as_of,omitempty"` // as 2026-11-24; empty when not said
	Files    []FileRead   `json:"files"`
	Lists    []ListReport `json:"lists"`  // all eleven, in order
	Causes   []Cause      `json:"causes"` // the most important first
	Fit      Fit          `json:"fit"`    // of the return as a whole
	Totals   Totals       `json:"totals"`
	Unread   []Unread     `json:"unread"`   // tabs and files that were passed over, and why
	Settings []string     `json:"settings"` // what local settings change, a sentence each
	Notes    []string     `json:"notes"`    // what was not checked, and why, a sentence each

	// NotRun holds the keys of causes that this check could not have found, because
	// a column, another list or the day the lists were made was not given, or a
	// setting says so: that they are not among Causes says nothing.
	NotRun []string `json:"not_run"`
	// Part is true when single lists were given, and not all: the others are not missed.
	Part bool `json:"part,omitempty"`

	run *checker // what WriteFindings needs; nil unless straight from Check
}

// FileRead is one file that was read.
type FileRead struct {
	Name     string `json:"name,omitempty"`     // left out of what is stored
	Kind     string `json:"kind"`               // xlsx, ods or csv
	Tables   int    `json:"tables"`             // tabs, or 1
	Findings bool   `json:"findings,omitempty"` // a workbook of findings, which was passed over
}

// Unread is a tab or file that was passed over.
type Unread struct {
	Where string `json:"where"` // file and tab; in what is stored, only its place: "tab 3 of file 1"
	place string
	Why   string `json:"why"` // a sentence
	// Kind is guidance, findings, unrecognised, second copy or sibling return.
	Kind string `json:"kind"`
}

// ListReport says what was found of one list.
type ListReport struct {
	Number     int         `json:"number"`
	Title      string      `json:"title"` // "List 6: Children in Need"
	Short      string      `json:"short"` // "Children in Need"
	Found      bool        `json:"found"`
	Where      string      `json:"where,omitempty"` // file and tab
	HeadingRow int         `json:"heading_row,omitempty"`
	Edition    string      `json:"edition,omitempty"` // with List 9, which has two
	Rows       int         `json:"rows"`
	Columns    []ColumnMap `json:"columns"`
	Unknown    []string    `json:"unknown"` // headings that are no column of the list; their columns were not checked
	Errors     int         `json:"errors"`  // findings, by severity
	Warnings   int         `json:"warnings"`
	Infos      int         `json:"infos"`
	Fit        Fit         `json:"fit"`
	Suppressed bool        `json:"suppressed,omitempty"` // Rows is 1 to 5 and was made 0 by Shared
}

// ColumnMap says how one column of a list was found.
type ColumnMap struct {
	Heading string `json:"heading"`
	Written string `json:"written,omitempty"` // the heading in the file, where it differs
	Match   string `json:"match"`             // exact, folded, alias or missing
	// Values says by which step each value of a column with codes was matched.
	Values *ValueMatch `json:"values,omitempty"`
}

// ValueMatch counts the values of a column with codes by how sure the match is.
type ValueMatch struct {
	Exact   int `json:"exact"`   // as the template writes it, but for case and spaces
	Code    int `json:"code"`    // by its code: "WBRI", "5A"
	Words   int `json:"words"`   // by its words, which only one code has: "White British", "1. White British", "M - Male"
	Guessed int `json:"guessed"` // a first letter, a finer code, or letter and words that disagree: each is a finding
	Unknown int `json:"unknown"` // no permitted code: each is a finding
}

// Verdict says what a pattern of findings speaks for.
type Verdict string

// The verdicts.
const (
	Extract   Verdict = "extract"   // the extract or the mapping: one repair mends many rows
	Recording Verdict = "recording" // recording by people: each child needs somebody to act
	Unclear   Verdict = "unclear"   // the pattern does not say
)

// Cause holds every finding of one rule in one column of one list, and what
// their pattern speaks for.
type Cause struct {
	Key        string   `json:"key"` // CauseKey(rule, list, column): the same in every check
	Rule       string   `json:"rule"`
	Title      string   `json:"title"` // of the rule
	Severity   Severity `json:"severity"`
	Inferred   bool     `json:"inferred"`           // no source states the rule outright
	Disputed   string   `json:"disputed,omitempty"` // where sources disagree, how
	List       int      `json:"list"`
	Column     string   `json:"column,omitempty"` // empty where the finding is about the whole list
	Count      int      `json:"count"`            // findings
	Of         int      `json:"of"`               // rows that the rule applies to; 0 where the finding is about the whole list
	Share      float64  `json:"share"`            // Count of Of, 0 to 1
	Spellings  int      `json:"spellings,omitempty"`
	Teams      int      `json:"teams,omitempty"`         // teams with a finding
	TeamsAll   int      `json:"teams_in_list,omitempty"` // teams with a row that the rule applies to
	Verdict    Verdict  `json:"verdict"`
	Reason     string   `json:"reason"`                 // why that verdict, a sentence
	Do         string   `json:"do"`                     // what to do about it
	Follows    string   `json:"follows_from,omitempty"` // key of the cause that explains this one
	Suppressed bool     `json:"suppressed,omitempty"`   // Count was made 0 by Shared: it is 1 to 5, or see AllBut
	AllBut     bool     `json:"all_but,omitempty"`      // Count is Of but for 1 to 5 rows; Share is then 1
	Rows       []int    `json:"rows,omitempty"`         // as Excel numbers them, the first 1,000; left out of what is stored
}

// CauseKey names a cause. It is the same in every check.
func CauseKey(rule string, list int, column string) string {
	return fmt.Sprintf("%s/%d/%s", rule, list, column)
}

// FitVerdict says whether a list may be sent.
type FitVerdict string

// The verdicts on a list and on the whole return.
const (
	FitToSend  FitVerdict = "fit"
	FitKnown   FitVerdict = "fit_with_known_faults"
	NotFit     FitVerdict = "not_fit"
	NotChecked FitVerdict = "not_checked" // of a list: it was not among the single files that were given, or is left out
	FitPart    FitVerdict = "part"        // of the return: nothing is against the lists that were given, which are not all
)

// Label is the verdict in words: "Fit to send".
func (v FitVerdict) Label() string {
	switch v {
	case FitToSend:
		return "Fit to send"
	case FitKnown:
		return "Fit to send, with known faults"
	case NotFit:
		return "Not fit to send"
	case FitPart:
		return "Only part of the return was checked"
	}
	return "Not checked"
}

// Fit is a verdict with its reasons, each a sentence, the weightiest first.
type Fit struct {
	Verdict FitVerdict `json:"verdict"`
	Reasons []string   `json:"reasons"`
	// Causes are the keys of the causes that the reasons are made of, worst first;
	// none where the reason is another, as that the list is missing.
	Causes []string `json:"causes,omitempty"`
}

// Totals counts findings.
type Totals struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	Found    int `json:"lists_found"`
	Empty    int `json:"lists_empty"`
	Rows     int `json:"rows"`
}

// Change is what differs between two checks.
type Change struct {
	Since  string        `json:"since,omitempty"` // the earlier one's as_of
	New    []CauseChange `json:"new"`             // causes there were not, worst first
	Gone   []CauseChange `json:"gone"`            // causes no longer there, of lists that both checks had
	Worse  []CauseChange `json:"worse"`           // larger share of rows, by a tenth or more
	Better []CauseChange `json:"better"`          // smaller share
	Lists  []ListChange  `json:"lists"`           // whose verdict changed, or that came or went
}

// CauseChange is one cause in two checks.
type CauseChange struct {
	Key      string   `json:"key"`
	Title    string   `json:"title"`
	Severity Severity `json:"severity"`
	List     int      `json:"list"`
	Column   string   `json:"column,omitempty"`
	From     int      `json:"from"` // counts; of shared reports 0 where one is suppressed
	To       int      `json:"to"`
	FromOf   int      `json:"from_of,omitempty"` // rows that the rule applied to; 0 where it is about a whole list or column
	ToOf     int      `json:"to_of,omitempty"`
}

// ListChange is one list's verdict in two checks.
type ListChange struct {
	List int        `json:"list"`
	From FitVerdict `json:"from"`
	To   FitVerdict `json:"to"`
}
