package annexa

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestSiblingReturnsAreNamedAndRefusedKindly: whoever gives the wrong return is
// told which it is.
func TestSiblingReturnsAreNamedAndRefusedKindly(t *testing.T) {
	for _, c := range []struct{ what, name, text, says string }{
		{"an SSDA903 header file", "header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,1,01/02/2015,WBRI,A1,,\n", "SSDA903"},
		{"an SSDA903 episodes file", "episodes.csv", "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n", "SSDA903"},
		{"a CIN census file", "cin.csv", "LAchildID,UPN,FormerUPN,PersonBirthDate,GenderCurrent,CINreferralDate,PrimaryNeedCode,CINclosureDate\n", "children in need census"},
		{"an area SEND list", "SEND list.csv", "UPN,Year group,Primary SEN need,EHC plan,Date of EHC plan,School URN\n", "area SEND"},
	} {
		_, err := Check(t.Context(), []Source{{Name: c.name, Data: []byte(c.text)}}, Options{Single: true})
		var e *ReadError
		if !errors.As(err, &e) || !strings.Contains(e.Sentence, c.says) || !strings.Contains(e.Sentence, "Give the files that hold Lists 1 to 11") {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestASiblingAmongTheListsIsPassedOverAndSaidSo(t *testing.T) {
	r := checked(t, Options{}, Source{Name: "w.xlsx", Data: workbook(t,
		tab{"List 1", [][]any{headings(1), fullRow(1)}},
		tab{"Episodes", [][]any{{"CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE"}, {"1", "01/02/2026", "S", "C2", "N1", "U6"}}},
	)})
	if unread(r, "sibling return") != 1 || !r.Lists[0].Found {
		t.Errorf("%+v", r.Unread)
	}
}

// TestOwnListsAreNoSiblings: headings that Annexe A shares with other returns do
// not make it one of them.
func TestOwnListsAreNoSiblings(t *testing.T) {
	for n := 1; n <= 11; n++ {
		var row []string
		for _, h := range headings(n) {
			row = append(row, h.(string))
		}
		if what := sibling("Sheet1", [][]string{row}); what != "" {
			t.Errorf("List %d is taken for %s", n, what)
		}
	}
}

func TestMergedCellsAndBlankRowsAreNoRows(t *testing.T) {
	r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"List 1", [][]any{
		{"List 1: Contacts", "", "", ""}, headings(1), fullRow(1), {"", " ", ""}, {}, fullRow(1), {"\u00a0"},
	}})})
	if r.Lists[0].Rows != 2 {
		t.Errorf("%d rows", r.Lists[0].Rows)
	}
}

// TestAListThatIsSeenGoesBeforeAHiddenCopyOfIt: last year's list, kept on a
// hidden tab, is not the one that is sent.
func TestAListThatIsSeenGoesBeforeAHiddenCopyOfIt(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(workbook(t,
		tab{"Front_Sheet", [][]any{{"Annex A"}}},
		tab{"List 1 (old)", [][]any{headings(1), fullRow(1), fullRow(1)}},
		tab{"List 1", [][]any{headings(1), fullRow(1)}},
	)))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetVisible("List 1 (old)", false); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: b.Bytes()})
	if got := causesOf(r); !slices.Equal(got, []string{"F02 1/ []"}) || r.Lists[0].Rows != 1 {
		t.Errorf("%v over %d rows", got, r.Lists[0].Rows)
	}
}

// TestHeadingsThatMeanAColumnAreMatchedToIt: what case systems and analysts call
// a column, where it can be no other of the list.
func TestHeadingsThatMeanAColumnAreMatchedToIt(t *testing.T) {
	for _, c := range []struct {
		list             int
		written, heading string
	}{
		{1, "Unique ID", childID},
		{1, "Child ID (LCS)", childID},
		{1, "Mosaic ID", childID},
		{6, "Child Unique Identifier", childID},
		{1, "Sex", gender},
		{11, "Sex", gender},
		{1, "Ethnic Origin", ethnicity},
		{11, "Ethnic Group", ethnicity},
		{8, "D.O.B.", birth},
		{8, "Age of Child", age},
		{9, "Age (in years)", age},
		{4, "Disability", disability},
		{3, "Team", team},
		{7, "Allocated Social Worker", worker},
		{9, "Social Worker", worker},
		{9, "Allocated Personal Adviser", "Allocated Personal Advisor"},
		{3, "Number of Referrals in the Last 12 Months", "Number of Referrals in Last 12 Months"},
		{5, "Number of ICPCs in last 12 months", "Number of ICPCs in the last 12 months"},
		{7, "CP Plan Start Date", "Child Protection Plan Start Date"},
		{7, "Date of Last Statutory Visit", "Date of the Last Statutory Visit"},
		{8, "Date Ceased Looked After", "Date Ceased to be Looked After"},
		{8, "Placement Post Code", "Placement postcode"},
	} {
		var row []any
		for _, col := range load().lists[c.list-1].Columns {
			if row = append(row, col.Heading); col.Heading == c.heading {
				row[len(row)-1] = c.written
			}
		}
		r := checked(t, Options{Single: true}, Source{Name: "w.xlsx", Data: workbook(t, tab{"Sheet1", [][]any{row}})})
		l := r.Lists[c.list-1]
		if !l.Found || len(l.Unknown) > 0 || l.Columns[load().lists[c.list-1].place[c.heading]].Match == matchMissing {
			t.Errorf("List %d, %q: %v", c.list, c.written, l.Unknown)
		}
	}
}

// TestFilesWithoutAListHaveNoReport: nothing was checked, so nothing is fit.
func TestFilesWithoutAListHaveNoReport(t *testing.T) {
	for _, single := range []bool{true, false} {
		_, err := Check(t.Context(), []Source{{Name: "staff.csv", Data: []byte("Name,Phone\nA. Clerk,01234\n")}}, Options{Single: single})
		var e *ReadError
		if !errors.As(err, &e) || !strings.HasPrefix(e.Error(), "No list of Annexe A was found") || !strings.HasSuffix(e.Sentence, "Give the files that hold Lists 1 to 11") {
			t.Errorf("single %t: %v", single, err)
		}
	}
}
