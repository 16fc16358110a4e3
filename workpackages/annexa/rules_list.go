package annexa

import "slices"

// Rules about a column or a list as a whole, and about any cell once its column
// is read.

// enoughRows is how many rows it takes before a column says something as a whole.
const enoughRows = 20

var (
	ruleID = &Rule{
		ID: "S02", Title: "The identity number is blank", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"SF24"},
		Columns: []string{childID, adopterID},
		Why:     "Without it a row cannot be tied to a child, in this list or between lists.",
		Do:      "Find out why the extract leaves it out.",
	}
	ruleRequired = &Rule{
		ID: "R01", Title: "A cell that should be filled is blank", Severity: SeverityError, UsualCause: CauseEither, Source: []string{"OF19", "SF24"},
		Why: "The column has a value for every row in a full return.",
		Do:  "If most rows are blank, look at the extract; if a few are, at the recording.",
	}
	ruleRequiredInferred = &Rule{
		ID: "R02", Title: "A cell that is usually filled is blank", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why:      "By its meaning the column should have a value; no source says that it must.",
		Do:       "Check whether blank is right here.",
		Disputed: "One regional schema lets Family identifier and CIN Start Date be blank.",
	}
	ruleNoPlans = &Rule{
		ID: "C20", Title: "The number of previous plans is blank", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Columns: []string{"Number of Previous Child Protection Plans"},
		Why:     "The template says that it may never be blank: 0 for a first plan. Second and later plans are counted from it.",
		Do:      "Have the extract write 0 where there was no plan before.",
	}
	ruleNumberRange = &Rule{
		ID: "N02", Title: "The number is outside what can be", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "The bounds follow from what the column means; no source states them.",
		Do:  "Check the record.",
	}
	ruleFuture = &Rule{
		ID: "S13", Title: "The date is after the day the lists were made", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "What has not happened cannot have been recorded: it is a slip, or a planned date in the wrong column.",
		Do:  "Correct the record, or the column that the extract reads.",
	}
	ruleDaysSwapped = &Rule{
		ID: "S05D", Title: "No date in the column has a day above 12: day and month may be swapped", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"}, Inferred: true, whole: true,
		Why: "Of dates in all parts of the month six in ten have a day above 12. Where none does, they were read in American order.",
		Do:  "Compare a few dates with the record. If they are swapped, set the extract to DD/MM/YYYY.",
	}
	ruleColumnBlank = &Rule{
		ID: "S07", Title: "The column is blank in every row", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"DOM"}, Inferred: true, whole: true,
		Why: "It is the quickest sign of a field that is mapped to the wrong place.",
		Do:  "Check which field the extract takes this column from.",
	}
	ruleColumnConstant = &Rule{
		ID: "S07C", Title: "The column holds one single value in every row", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"DOM"}, Inferred: true, whole: true,
		Why: "It is the quickest sign of a field that is mapped to a default.",
		Do:  "Check which field the extract takes this column from.",
	}
	ruleIDForm = &Rule{
		ID: "S08", Title: "The identity number is written in another way than elsewhere", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SF24"}, Inferred: true,
		Columns: []string{childID, adopterID},
		Why:     "Noughts lost in front, .0 at the end, scientific notation, spaces or an apostrophe around it, or letters in some rows only: the same child no longer matches between lists, or in tools that read them.",
		Do:      "Have the extract write identity numbers as text, the same way in every list.",
	}
	ruleIDPattern = &Rule{
		ID: "S08L", Title: "The list's identity numbers have another form than those of the other lists", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SF24"}, Inferred: true, whole: true,
		Columns: []string{childID},
		Why:     "Where one list has numbers with letters and the others have none, they come from two systems, and no child can be followed between lists.",
		Do:      "Have every list take the identity number from the same field.",
	}
	ruleWindow = &Rule{
		ID: "S12", Title: "The row is outside the time that the list speaks of", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why:      "The extract was run for other dates, or has no filter: inspectors count what is not theirs to count.",
		Do:       "Set the extract to the six months (Lists 10 and 11: twelve) before the day the lists were made.",
		Disputed: "Sources count List 4 by different dates; assessments authorised in the six months or still open are taken here.",
	}
	ruleCodeLater = &Rule{
		ID: "S04N", Title: "The code is newer than the template of August 2019", Severity: SeverityInfo, UsualCause: CauseSystem, Source: []string{"L903", "SSD"}, Inferred: true,
		Why:      "It is seen in newer extracts and was taken as right. No template later than August 2019 was found that lists it.",
		Do:       "Nothing, if your return uses the latest codes. Older tools may not read it.",
		Disputed: "The template's code list and the DfE's later code lists differ; the template says to use the latest.",
	}
)

func listRules() []*Rule {
	return []*Rule{
		ruleID, ruleRequired, ruleRequiredInferred, ruleNoPlans, ruleNumberRange, ruleFuture, ruleDaysSwapped, ruleColumnBlank, ruleColumnConstant,
		ruleIDForm, ruleIDPattern, ruleCodeLater,
		childTwice(), leaverTwice(), sameEvent(), windows(),
	}
}

// onLists makes a rule about several lists as a whole.
func onLists(r Rule, columns []string, look func(c *checker, r *Rule, l *listData), lists ...int) *Rule {
	var checks []check
	for _, n := range lists {
		checks = append(checks, check{list: n, columns: columns, whole: look})
	}
	return build(r, checks...)
}

func childTwice() *Rule {
	return onLists(Rule{
		ID: "S03", Title: "The same child is there more than once", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19", "SF22"},
		Why: "The list has one row for each child. A join in the extract has multiplied rows, so every count is wrong.",
		Do:  "Mend the extract's join, and take out the second rows.",
	}, []string{childID}, oneRowEach, 6, 7, 8)
}

// leaverTwice is childTwice where the template does not state it.
func leaverTwice() *Rule {
	return onLists(Rule{
		ID: "S03Q", Title: "The same young person is there more than once", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SF22"}, Inferred: true,
		Why: "Tools that read the list take one row for each person.",
		Do:  "Check whether the extract's join has multiplied rows.",
	}, []string{childID}, oneRowEach, 9)
}

// oneRowEach reports every row of a child but the first.
func oneRowEach(c *checker, r *Rule, l *listData) {
	place := l.place[childID]
	for row, who := range l.who {
		if who < 0 {
			continue
		}
		c.applies(r, l, place, 1)
		if l.byWho.next[row] >= 0 { // there is an earlier row
			c.findRow(r, l.Number, place, row)
		}
	}
}

func sameEvent() *Rule {
	r := Rule{
		ID: "S09", Title: "Two rows are the same event", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SF22"}, Inferred: true,
		Why: "A row is one contact, referral, assessment or enquiry of a child; the same child on the same day from the same source twice is one counted twice.",
		Do:  "Check whether the extract's join has multiplied rows.",
	}
	var checks []check
	for _, l := range load().lists[:5] {
		checks = append(checks, check{list: l.Number, columns: l.Key, whole: func(c *checker, r *Rule, l *listData) {
			var cols []*columnData
			for _, h := range l.Key[1:] {
				cols = append(cols, l.col(h))
			}
			place := l.place[childID]
			for row, who := range l.who {
				if who < 0 || slices.ContainsFunc(cols, func(k *columnData) bool { return k.stateOf(row) != good }) {
					continue
				}
				c.applies(r, l, place, 1)
				for earlier := l.byWho.next[row]; earlier >= 0; earlier = l.byWho.next[earlier] {
					if !slices.ContainsFunc(cols, func(k *columnData) bool {
						a, _ := k.known(row)
						b, ok := k.known(int(earlier))
						return !ok || a != b
					}) {
						c.findRow(r, l.Number, place, row)
						break
					}
				}
			}
		}})
	}
	return build(r, checks...)
}

// cellRules applies the rules about any cell of a column, once it is read.
func (c *checker) cellRules(l *listData, place int, col *columnData) {
	switch {
	case col.at < 0:
		return
	case col.isID():
		c.blanks(ruleID, l, place, col)
		c.idForms(l, place, col)
	case col.Heading == "Number of Previous Child Protection Plans":
		c.blanks(ruleNoPlans, l, place, col)
	case col.Heading == "Allocated Personal Advisor":
		// Rule T12 asks for one.
	case col.Required && (col.Basis == "DOM" || col.Inferred):
		c.blanks(ruleRequiredInferred, l, place, col)
	case col.Required && (col.Heading == team || col.Heading == worker):
		c.blanksOfClosed(l, place, col) // rules C10 and C25 ask for one of open cases
	case col.Required:
		c.blanks(ruleRequired, l, place, col)
	}
	switch col.Type {
	case dateColumn:
		c.dateColumn(l, place, col)
	case numberColumn:
		c.numberColumn(l, place, col)
	case codeColumn:
		c.laterCodes(l, place, col)
	}
	c.columnAsAWhole(l, place, col)
}

func (c *checker) blanks(r *Rule, l *listData, place int, col *columnData) {
	c.applies(r, l, place, len(l.rows))
	for row := range l.rows {
		if col.blank(row) {
			c.findRow(r, l.Number, place, row)
		}
	}
}

func (c *checker) blanksOfClosed(l *listData, place int, col *columnData) {
	for row := range l.rows {
		if open, known := l.open(row); known && open {
			continue
		}
		c.applies(ruleRequired, l, place, 1)
		if col.blank(row) {
			c.findRow(ruleRequired, l.Number, place, row)
		}
	}
}

// idForms reports identity numbers that do not look like the rest of their own:
// spoilt by a number format, padded, or without the noughts of the same child's
// number elsewhere.
func (c *checker) idForms(l *listData, place int, col *columnData) {
	letters, all := l.withLetters()
	few := letters > 0 && letters*20 < all // a few among many that have none
	odd, lost, kept := 0, 0, 0
	for row, form := range l.shape {
		if l.who[row] < 0 {
			continue
		}
		switch {
		case form&(dotNought|scientific|padded|marked) != 0 || few && form&lettered != 0:
			odd++
		case form&leadingNought != 0:
			kept++
			continue
		case l.Number != 11 && c.lostNoughts[l.who[row]]:
			lost++
		default:
			continue
		}
		c.findRow(ruleIDForm, l.Number, place, row)
	}
	if lost > odd {
		// Only of a number that has noughts somewhere can they be lost: a child who
		// is in no other list says nothing of how the numbers are written.
		all = odd + lost + kept
	}
	c.applies(ruleIDForm, l, place, all)
}

func (c *checker) dateColumn(l *listData, place int, col *columnData) {
	if !c.data.hasAsOf {
		c.cannotFind(ruleFuture, l.Number, col.Heading)
	} else if col.Heading != birth { // an unborn child's date of birth is expected, not past
		for row := range l.rows {
			d, ok := col.date(row)
			if !ok {
				continue
			}
			c.applies(ruleFuture, l, place, 1)
			if d > c.data.asOf {
				c.findRow(ruleFuture, l.Number, place, row)
			}
		}
	}
	if col.filled >= enoughRows && col.maxDay <= 12 && len(col.days) >= enoughDays {
		c.findWhole(ruleDaysSwapped, l.Number, place)
	}
}

func (c *checker) numberColumn(l *listData, place int, col *columnData) {
	min := col.Min
	if col.Heading == "Number of Placements in the Last 12 months" {
		min = nil // rule C17
	}
	for row := range l.rows {
		v, ok := col.count(row)
		if !ok {
			continue
		}
		c.applies(ruleNumberRange, l, place, 1)
		if min != nil && v < *min || col.QueryAbove != nil && v > *col.QueryAbove {
			c.findRow(ruleNumberRange, l.Number, place, row)
		}
	}
}

func (c *checker) laterCodes(l *listData, place int, col *columnData) {
	for row := range l.rows {
		v, ok := col.known(row)
		if !ok || v < 0 {
			continue
		}
		c.applies(ruleCodeLater, l, place, 1)
		if col.codes.values[v].Later {
			c.findRow(ruleCodeLater, l.Number, place, row)
		}
	}
}

// rare are columns that may be blank, or alike, in a whole list of a small
// authority: what they speak of seldom happens.
var rare = []string{
	"Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)",
	"Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)",
	"Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
	"Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)",
	"Date of Decision that Child Should No Longer be Placed for Adoption",
	"Reason Why Child No Longer Placed for Adoption",
	"Date the child was placed for fostering in FFA or concurrent planning placement",
	"Is the (prospective) adopter fostering for adoption?",
	"Date application submitted",
	"Date application approved",
	"Date of leaving adoption process",
	"Reason for leaving adoption process",
	"Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months",
	"No. of children placed",
	"Disability",
	"Does the Child have a Disability", // rule P07 looks at how many have one
	"URN of Placement",
}

// columnAsAWhole applies S07: a column is not wholly blank, nor one single value.
func (c *checker) columnAsAWhole(l *listData, place int, col *columnData) {
	if len(l.rows) < enoughRows || slices.Contains(rare, col.Heading) {
		return
	}
	switch {
	case col.filled == 0:
		c.findWhole(ruleColumnBlank, l.Number, place)
	case col.filled >= enoughRows && !col.varied:
		c.findWhole(ruleColumnConstant, l.Number, place)
	}
}

// open reports whether the case of a row is open, in lists that say so.
func (l *listData) open(row int) (open, known bool) {
	var end string
	switch l.Number {
	case 2:
		end = "Assessment completion date"
	case 3:
		c := l.col("Referral NFA?")
		return c.is(row, "b"), c != nil && c.read(row)
	case 4:
		end = "Continuous Assessment Date of Authorisation"
	case 5:
		c, u := l.col(conferenceDate), l.col("Was an Initial Child Protection Conference deemed unnecessary?")
		if c == nil || u == nil || !c.read(row) || !u.read(row) {
			return false, false
		}
		return c.blank(row) && !u.is(row, "a"), true
	case 6:
		end = "CIN Closure Date"
	case 7:
		end = "Child Protection Plan End Date"
	case 8:
		end = "Date Ceased to be Looked After"
	case 9:
		return true, true
	case 10:
		order, reversed := l.col("Date of Adoption Order"), l.col("Date of Decision that Child Should No Longer be Placed for Adoption")
		return order.blank(row) && reversed.blank(row), order != nil && order.read(row) && reversed != nil && reversed.read(row)
	default:
		return false, false
	}
	c := l.col(end)
	if c == nil || !c.read(row) {
		return false, false
	}
	return c.blank(row), true
}

// windows applies S12 by what each list speaks of.
func windows() *Rule {
	r := *ruleWindow
	event := func(list int, date string) check {
		return check{list: list, columns: []string{date}, at: date, asOf: true, row: func(x *row) result {
			d, ok := x.date(0)
			if !ok {
				return skip
			}
			return failIf(d < x.windowStart(list))
		}}
	}
	// ended breaks when what is over was over before the window began.
	ended := func(list int, ends ...string) check {
		return check{list: list, columns: ends, at: ends[0], asOf: true, row: func(x *row) result {
			latest, any := day(0), false
			for i := range ends {
				if d, ok := x.date(i); ok {
					latest, any = max(latest, d), true
				}
			}
			if !any {
				return skip // still open
			}
			return failIf(latest < x.windowStart(list))
		}}
	}
	return build(r,
		event(1, "Date of Contact"), event(3, "Date of referral"),
		ended(2, "Assessment completion date"),
		ended(4, "Continuous Assessment Date of Authorisation"),
		check{list: 5, at: "Strategy discussion initiating Section 47 Enquiry Start Date", asOf: true,
			columns: []string{"Strategy discussion initiating Section 47 Enquiry Start Date", "Date of Initial Child Protection Conference", "Was an Initial Child Protection Conference deemed unnecessary?"},
			row: func(x *row) result {
				d, ok := x.date(0)
				if !ok {
					return skip
				}
				stillOpen := x.blank(1) && !x.is(2, "a")
				return failIf(d < x.windowStart(5) && !stillOpen)
			}},
		ended(6, "CIN Closure Date"), ended(7, "Child Protection Plan End Date"), ended(8, "Date Ceased to be Looked After"),
		ended(10, "Date of Adoption Order", "Date of Decision that Child Should No Longer be Placed for Adoption"),
		ended(11, "Date of leaving adoption process", "Date of Adoption Order"),
	)
}

// windowStart is the first day of a list's window.
func (x *row) windowStart(list int) day {
	return x.data.asOf.addMonths(-load().lists[list-1].Window.Months)
}
