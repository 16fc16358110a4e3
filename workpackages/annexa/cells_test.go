package annexa

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCells puts one value into one column of an otherwise faultless row.
func TestCells(t *testing.T) {
	asOf := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		what   string
		list   int
		column string
		value  any
		want   string // rule, or "" for none
	}{
		{"a date as the template asks", 1, "Date of Contact", "24/11/2026", ""},
		{"a date with one-figure day and month", 1, "Date of Contact", "1/2/2026", ""},
		{"a date cell", 1, "Date of Contact", time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC), ""},
		{"an ISO date with a time", 1, "Date of Contact", "2026-05-06T10:11:12Z", ""},
		{"a date with a time", 1, "Date of Contact", "06/05/2026 10:11", ""},
		{"the 29th of February in no leap year", 1, "Date of Contact", "29/02/2026", "S05"},
		{"a date in words", 1, "Date of Contact", "last week", "S05"},
		{"a date with the year first and slashes", 1, "Date of Contact", "2026/05/06", ""},
		{"a date of eight figures", 1, "Date of Contact", "20260506", ""},
		{"eight figures that are no day", 1, "Date of Contact", "20261306", "S05"},
		{"September as newer programs shorten it", 1, "Date of Contact", "24 Sept 2026", ""},
		{"a date as SQL Server writes it unasked", 1, "Date of Contact", "May  6 2026 12:00AM", ""},
		{"a month in words and no day", 1, "Date of Contact", "May 2026", "S05"},
		{"a two-figure year after a month in words", 1, "Date of Contact", "24-NOV-26", "S05"},
		{"a two-figure year", 1, "Date of Contact", "01/02/26", "S05"},
		{"a negative serial number", 1, "Date of Contact", -3, "S05"},
		{"an American date", 1, "Date of Contact", "11/24/2026", "S05M"},
		{"a stand-in date", 1, "Date of Contact", "01/01/1900", "S06"},
		{"a date after the lists were made", 1, "Date of Contact", "25/11/2026", "S13"},
		{"an expected date of birth", 1, "Date of Birth", "25/12/2026", ""},
		{"no date of birth for an unborn child", 1, "Date of Birth", "", ""},
		{"a blank required date", 1, "Date of Contact", "", "R01"},
		{"a dash for a required date", 1, "Date of Contact", "-", "R01"},
		{"null for a required code", 1, "Gender", "NULL", "R01"},
		{"no identity number", 1, "Child Unique ID", " ", "S02"},
		{"an identity number made a number", 1, "Child Unique ID", "123456.0", "S08"},
		{"an identity number in scientific notation", 1, "Child Unique ID", "1.23457E+11", "S08"},
		{"a plain identity number", 1, "Child Unique ID", 123456, ""},
		{"an age of -1 for an unborn child", 1, "Age of Child (Years)", -1, ""},
		{"an age of -1 in care", 8, "Age of Child (Years)", -1, "N02"},
		{"an age of -2", 1, "Age of Child (Years)", -2, "N02"},
		{"an age of 22", 1, "Age of Child (Years)", 22, "N02"},
		{"an age with a fraction", 1, "Age of Child (Years)", 6.138, "N03"},
		{"an age in words", 1, "Age of Child (Years)", "six", "N01"},
		{"a count with .0", 3, "Number of Referrals in Last 12 Months", "2.0", ""},
		{"a count with a fraction", 3, "Number of Referrals in Last 12 Months", "2.5", "N01"},
		{"a huge count", 3, "Number of Referrals in Last 12 Months", "1e300", "N01"},
		{"an error cell", 1, "Date of Contact", "#N/A", "S10"},
		{"a non-breaking space in a name", 3, "Allocated Worker", "A\u00a0B", "S10S"},
		{"a non-breaking space around a code", 1, "Gender", "\u00a0b) Female\u00a0", "S10S"},

		{"a code as the template writes it", 1, "Gender", "b) Female", ""},
		{"a code in capitals", 1, "Gender", "B) FEMALE", ""},
		{"the words of a code", 1, "Gender", "female", ""},
		{"a code's longer form", 1, "Gender", "c) Not stated/recorded (or unborn)", ""},
		{"a letter and words", 1, "Gender", "M - Male", ""},
		{"a letter", 1, "Gender", "F", "S04Q"},
		{"a letter of one and words of another", 1, "Gender", "a) Female", "S04Q"},
		{"no gender at all", 1, "Gender", "Purple", "S04"},
		{"letters of List 11 that sources disagree on", 11, "Gender", "c) Not stated/recorded", ""},
		{"a bare letter in List 11, on which sources disagree", 11, "Gender", "c", "S04L"},
		{"a word's first letter in List 11, on which none disagrees", 11, "Gender", "F", "S04Q"},
		{"nought as Excel shows it", 1, "Date of Contact", "00/01/1900", "S06"},
		{"ethnicity by its four letters", 1, "Ethnicity", "wbri", ""},
		{"ethnicity in words with a number", 1, "Ethnicity", "1. White British", ""},
		{"ethnicity with the other lettering", 1, "Ethnicity", "t) NOBT", ""},
		{"ethnicity in a finer code of the same data set", 1, "Ethnicity", "WALB", "S04Q"},
		{"a letter of the list before the first letter of its word", 1, "Gender", "b) F", ""},
		{"a letter of the list before the first letter of another word", 1, "Gender", "a) F", "S04Q"},
		{"a letter of the list before words of nobody's", 1, "Gender", "b) Lady", "S04Q"},
		{"a code that came after the template", 8, "Placement Type", "K3", "S04N"},
		{"ethnicity grouped", 1, "Ethnicity", "a) White", "S11"},
		{"ethnicity that an extract could not map", 1, "Ethnicity", "u) UNKNOWN", "S04G"},
		{"a source by its code", 1, "Contact Source", "5A", ""},
		{"a source in words that six share", 1, "Contact Source", "Health services", "S11"},
		{"a source that is no code", 1, "Contact Source", "The school", "S04"},
		{"need with other capitals", 6, "Primary Need Code", "N1 - Abuse or Neglect", ""},
		{"need by its code", 6, "Primary Need Code", "n1", ""},
		{"need with a colon", 6, "Primary Need Code", "N1: Abuse or neglect", ""},
		{"need of another list", 8, "Child's Category of Need", "N9", "S04"},
		{"abuse in words", 7, "Initial Category of Abuse", "Physical abuse", ""},
		{"abuse by its census code", 7, "Initial Category of Abuse", "PHY", ""},
		{"a provider with a dash", 8, "Placement Provider", "e) PR4 - Private provision", ""},
		{"legal status by its code", 8, "Child's Legal Status", "C2", ""},
		{"the name of an authority", 8, "LA of Placement", "Anytown", ""},
		{"a status by its letter alone", 6, "Case status", "c", ""},
		{"a word's first letter", 3, "Referral NFA?", "Y", "S04Q"},
		{"a group of one code", 1, "Contact Source", "b) Schools", "S11"},
		{"yes without a letter", 3, "Referral NFA?", "Yes", ""},
		{"a lettered yes where the template has none", 11, "Is the (prospective) adopter fostering for adoption?", "a) Yes", ""},
		{"yes and no swapped", 3, "Referral NFA?", "a) No", "S04Q"},
	} {
		row := fullRow(c.list)
		i := slices.IndexFunc(headings(c.list), func(h any) bool { return h == c.column })
		if i < 0 {
			t.Fatalf("list %d has no column %q", c.list, c.column)
		}
		row[i] = c.value
		r := checked(t, Options{AsOf: asOf, Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{fmt.Sprintf("List %d", c.list), [][]any{headings(c.list), another(c.list), row}})})
		got := ""
		for _, f := range r.Causes {
			if f.Column == c.column && slices.Equal(f.Rows, []int{3}) && slices.ContainsFunc(aboutCells, func(r *Rule) bool { return r.ID == f.Rule }) {
				got += f.Rule
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}

func TestDatesCountedFrom1904(t *testing.T) {
	for serial, want := range map[string]string{"0": "1904-01-01", "44090": "2024-09-17"} {
		d, v := readDate(serial, true)
		if v != goodDate || d.time().Format(time.DateOnly) != want {
			t.Errorf("%s is %s in a workbook of 1904, not %s", serial, d.time().Format(time.DateOnly), want)
		}
	}
	for serial, want := range map[string]string{"1": "1900-01-01", "59": "1900-02-28", "61": "1900-03-01", "44090": "2020-09-16", "44090.75": "2020-09-16"} {
		d, v := readDate(serial, false)
		if v != goodDate || d.time().Format(time.DateOnly) != want {
			t.Errorf("%s is %s, not %s", serial, d.time().Format(time.DateOnly), want)
		}
	}
}

func TestRowNumbersAreThoseOfExcel(t *testing.T) {
	bad := fullRow(1)
	bad[5] = "never"
	r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", [][]any{{"title"}, {}, headings(1), fullRow(1), {}, bad, {}, {}, bad}})})
	if got := causesOf(r); !slices.Equal(got, []string{"S05 1/Date of Contact [6 9]"}) || r.Lists[0].Rows != 3 {
		t.Errorf("got %v over %d rows", got, r.Lists[0].Rows)
	}
}

func TestARowOfTotalsIsNoChild(t *testing.T) {
	r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", [][]any{headings(1), fullRow(1), {"Total", 1}}})})
	if got := causesOf(r); !slices.Equal(got, []string{"F05 1/ [3]"}) || r.Lists[0].Rows != 1 {
		t.Errorf("%v over %d rows", got, r.Lists[0].Rows)
	}
}

func TestWhatStandsAmongTheRowsAndIsNoneIsLeftOut(t *testing.T) {
	upper := headings(1)
	for i, h := range upper {
		upper[i] = strings.ToUpper(h.(string))
	}
	for name, c := range map[string]struct {
		row  []any
		none bool
	}{
		"a line at the foot, with a day in it":          {[]any{"Report run on 24/11/2026 by A. Clerk"}, true},
		"a line at the foot, in words alone":            {[]any{"End of report"}, true},
		"a marking of one word":                         {[]any{"OFFICIAL-SENSITIVE"}, true},
		"a count of the rows":                           {[]any{"37 rows"}, true},
		"a name and a day":                              {[]any{"Run:", "24/11/2026"}, true},
		"the headings again":                            {headings(1), true},
		"the headings again, in capitals":               {upper, true},
		"another list's headings":                       {headings(3), true},
		"what each column holds":                        {[]any{"text", "code", "code", "dd/mm/yyyy", "years", "dd/mm/yyyy", "code"}, true},
		"a list with nothing in it":                     {[]any{"Nil return"}, true},
		"an identity number alone":                      {[]any{"7000123"}, false},
		"an identity number with a letter in it alone":  {[]any{"P7000123"}, false},
		"an identity number without a figure, and days": {[]any{"UNBORN", nil, nil, nil, nil, "03/11/2026"}, false},
		"no identity number, and a gender":              {[]any{nil, "a) Male"}, false},
		"an identity number and what is no day":         {[]any{"7000123", nil, nil, "not known"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", [][]any{headings(1), fullRow(1), c.row}})})
			none := slices.Equal(causesOf(r), []string{"F05 1/ [3]"}) && r.Lists[0].Rows == 1
			if kept := r.Lists[0].Rows == 2; none != c.none || kept == c.none {
				t.Errorf("%v over %d rows", causesOf(r), r.Lists[0].Rows)
			}
		})
	}
}

// TestTheColumnsNumbersUnderTheHeadingsAreNoChild: some templates number their
// columns, in a row of its own.
func TestTheColumnsNumbersUnderTheHeadingsAreNoChild(t *testing.T) {
	ordinals := func(form string, from, n int) (out []any) {
		for i := range n {
			out = append(out, fmt.Sprintf(form, from+i))
		}
		return out
	}
	width := len(headings(1))
	for name, c := range map[string]struct {
		rows [][]any
		want string
	}{
		"plain":                             {[][]any{headings(1), ordinals("%d", 1, width), fullRow(1)}, "F05 1/ [2]"},
		"in brackets":                       {[][]any{headings(1), ordinals("(%d)", 1, width), fullRow(1)}, "F05 1/ [2]"},
		"under a title, with a blank row":   {[][]any{{"Contacts"}, headings(1), {}, ordinals("%d", 1, width), fullRow(1)}, "F05 1/ [4]"},
		"beside a column of nobody's":       {[][]any{append([]any{"Row"}, headings(1)...), ordinals("%d", 1, width+1), append([]any{"x"}, fullRow(1)...)}, "F05 1/ [2]"},
		"beside a column left blank":        {[][]any{append([]any{""}, headings(1)...), append([]any{""}, ordinals("%d", 1, width)...), append([]any{""}, fullRow(1)...)}, "F05 1/ [2]"},
		"an identity number of 1, no more":  {[][]any{headings(1), {1}, fullRow(1)}, ""},
		"numbers that are not the columns'": {[][]any{headings(1), ordinals("%d", 2, width), fullRow(1)}, ""},
		"numbers further down":              {[][]any{headings(1), fullRow(1), ordinals("%d", 1, width)}, ""},
	} {
		r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", c.rows})})
		got := causesOf(r)
		aside := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, "F05") })
		if c.want == "" && (aside >= 0 || r.Lists[0].Rows != 2) {
			t.Errorf("%s: left out: %v", name, got)
		}
		if c.want != "" && (aside < 0 || got[aside] != c.want || r.Lists[0].Rows != 1) {
			t.Errorf("%s: %v over %d rows", name, got, r.Lists[0].Rows)
		}
	}
}

func TestYOrNOfInTouchIsGuessedAsYesOrNo(t *testing.T) {
	s := load().codes["in_touch"]
	for cell, want := range map[string]string{"Y": "YES", "N": "NO"} {
		v, i, _ := s.match(cell)
		if v != codeUnsure || i < 0 || s.values[i].Code != want {
			t.Errorf("%s: %v, value %d", cell, v, i)
		}
	}
}
