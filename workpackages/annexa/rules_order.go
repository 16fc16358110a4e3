package annexa

import "fmt"

// Rules about the order of dates in a row. That order follows from what the
// columns mean: no source states it, so none of these is an error.

func orderRules() []*Rule {
	return []*Rule{
		order("D01", 2, "Assessment start date", "Assessment completion date"),
		order("D02", 4, "Continuous Assessment Start Date", "Continuous Assessment Date of Authorisation"),
		order("D03", 5, "Strategy discussion initiating Section 47 Enquiry Start Date", "Date of Initial Child Protection Conference"),
		order("D04", 6, "CIN Start Date", "CIN Closure Date"),
		order("D05", 6, "CIN Start Date", "Date Child Was Last Seen"),
		order("D06", 7, "Child Protection Plan Start Date", "Child Protection Plan End Date"),
		endsAtOnce(),
		order("D07", 7, "Child Protection Plan Start Date", "Date of the Last Statutory Visit"),
		reviewAfterStart(),
		order("D09", 8, "Date Started to be Looked After", "Date Ceased to be Looked After"),
		order("D10", 8, "Date Started to be Looked After", "Start Date of Most Recent Placement"),
		order("D11", 8, "Date Started to be Looked After", "Start date of current legal status"),
		order("D12", 8, "Date Started to be Looked After", "Date of Latest Statutory Review"),
		order("D13", 8, "Date Started to be Looked After", "Date of Last Social Work Visit"),
		order("D14", 10, "Date the Child Entered Care", "Date of Decision that Child Should be Placed for Adoption"),
		order("D15", 10, "Date of Decision that Child Should be Placed for Adoption", "Date of Placement Order"),
		order("D16", 10, "Date of Decision that Child Should be Placed for Adoption", "Date of Matching Child and Prospective Adopters"),
		order("D17", 10, "Date of Matching Child and Prospective Adopters", "Date Placed for Adoption"),
		order("D18", 10, "Date Placed for Adoption", "Date of Adoption Order"),
		order("D19", 11, "Date enquiry received", "Date Stage 1 started"),
		order("D20", 11, "Date Stage 1 started", "Date Stage 1 ended"),
		order("D21", 11, "Date Stage 1 ended", "Date Stage 2 started"),
		order("D22", 11, "Date Stage 2 started", "Date Stage 2 ended"),
		order("D23", 11, "Date application submitted", "Date application approved"),
		order("D24", 11, "Date adopter matched with child(ren)", "Date child/children placed with adopter(s)"),
		order("D25", 11, "Date child/children placed with adopter(s)", "Date of Adoption Order"),
		beforeBirth(),
	}
}

// twoDates breaks where the dates of a check's two columns are bad together.
func twoDates(bad func(a, b day) bool) func(x *row) result {
	return func(x *row) result {
		a, okA := x.date(0)
		b, okB := x.date(1)
		if !okA || !okB {
			return skip
		}
		return failIf(bad(a, b))
	}
}

func order(id string, list int, first, second string) *Rule {
	r := Rule{
		ID: id, Title: fmt.Sprintf("It is before %s", first), Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "What comes later cannot have come first: one of the two dates is wrong, or stands in the wrong column.",
		Do:  "Look at both dates in the record. If many rows are like this, look at the columns that the extract reads.",
	}
	if id == "D11" {
		r.Why = "A legal status that began before the period of care belongs to an earlier one, unless the child was under the order already."
	}
	return build(r, check{list: list, columns: []string{first, second}, at: second, row: twoDates(func(a, b day) bool { return b < a })})
}

func endsAtOnce() *Rule {
	const first, second = "Child Protection Plan Start Date", "Child Protection Plan End Date"
	return build(Rule{
		ID: "D06Q", Title: "The plan ended on the day it began", Severity: SeverityInfo, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "It can be so, and seldom is: more often one of the dates was copied from the other.",
		Do:  "Look at both dates in the record.",
	}, check{list: 7, columns: []string{first, second}, at: second, row: twoDates(func(a, b day) bool { return a == b })})
}

func reviewAfterStart() *Rule {
	const first, second = "Child Protection Plan Start Date", "Date of latest review conference"
	return build(Rule{
		ID: "D08", Title: "It is not after " + first, Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "A review comes after the plan began. If it is on the day itself, the initial conference was put into the wrong column.",
		Do:  "Look at both dates in the record. If many rows are like this, look at the columns that the extract reads.",
	}, check{list: 7, columns: []string{first, second}, at: second, row: twoDates(func(a, b day) bool { return b <= a })})
}

// beforeBirth looks at every date of a row.
func beforeBirth() *Rule {
	r := Rule{
		ID: "D26", Title: "It is before the child was born", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "Nothing is recorded of a child before birth, but in lists that unborn children may be in, from 40 weeks before.",
		Do:  "Check the date of birth and the date.",
	}
	var checks []check
	for _, l := range load().lists[:10] {
		before := day(0)
		if l.Number <= 7 {
			before = unbornDays
		}
		for _, col := range l.Columns {
			if col.Type != dateColumn || col.Heading == birth {
				continue
			}
			checks = append(checks, check{list: l.Number, columns: []string{birth, col.Heading}, at: col.Heading, row: twoDates(func(born, d day) bool { return d < born-before })})
		}
	}
	return build(r, checks...)
}
