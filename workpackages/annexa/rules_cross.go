package annexa

// Rules about a child in several lists. A list that was not given, or is empty,
// has its own finding: these are then left out.

func crossRules() []*Rule {
	return []*Rule{
		inList6("X01", 7, "child protection plan"), inList6("X02", 8, "care"), statusAgrees(), openAssessmentInNeed(), statusHasAssessment(),
		planFollows(), conferenceBefore(), referralBefore(), goesOn(), contactBefore(), referralCount(), enquiryCounts(), stillInCare(), leaverListed(),
		adoptionListed(), orderEndsCare(), sameEntry(), familyListed(), decisionMade(), dualStatus(), protectionNoted(),
	}
}

func inList6(id string, list int, what string) *Rule {
	return build(Rule{
		ID: id, Title: "The child is not in List 6", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "List 6 is meant to hold every child in need, and a child with an episode of " + what + " is one.",
		Do:  "If most are missing, the extract of List 6 leaves this group out, or the identity numbers are written in two ways. If a few are, look at their episodes.",
	}, check{list: list, columns: []string{childID}, at: childID, needs: inList(6), row: func(x *row) result {
		if x.who() < 0 {
			return skip
		}
		return failIf(!x.other(6).has(x.who()))
	}})
}

// openIn reports whether the child has an open row in a list.
func (c *checker) openIn(list int, who int32) bool {
	l := c.data.list(list)
	return l.any(who, func(row int) bool { open, known := l.open(row); return known && open })
}

func statusAgrees() *Rule {
	return build(Rule{
		ID: "X03", Title: "The case status does not agree with Lists 7 and 8", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "The status is the first that applies: looked after, then child protection plan, then the others. When it disagrees, sampling goes wrong.",
		Do:  "Have the extract work out the status from the same episodes as Lists 7 and 8.",
	}, check{list: 6, columns: []string{"Case status", childID}, at: "Case status", needs: []need{{7, []string{planEnd}}, {8, []string{ceased}}}, row: func(x *row) result {
		if x.who() < 0 || !x.filled(0) || !x.read(0) {
			return skip
		}
		inCare, onPlan := x.openIn(8, x.who()), x.openIn(7, x.who())
		switch {
		case x.is(0, "a"):
			return failIf(!inCare)
		case x.is(0, "b"):
			return failIf(inCare || !onPlan)
		}
		if x.is(0, "e") {
			return skip // rule C12; of a closed case the template says no more
		}
		return failIf(inCare || onPlan)
	}})
}

func openAssessmentInNeed() *Rule {
	return build(Rule{
		ID: "X04", Title: "A child with an open assessment is not in List 6", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "List 6 holds children being assessed as well.",
		Do:  "Have the extract of List 6 take in open assessments.",
	}, check{list: 4, columns: []string{childID, authorised}, at: childID, needs: inList(6), row: func(x *row) result {
		if x.who() < 0 || !x.blank(1) {
			return skip
		}
		return failIf(!x.other(6).has(x.who()))
	}})
}

func statusHasAssessment() *Rule {
	return build(Rule{
		ID: "X05", Title: "The status is “open assessment”, and List 4 has none of the child", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"DOM"}, Inferred: true,
		Why: "The assessment that the status speaks of should be in List 4.",
		Do:  "Have both lists read the same assessments.",
	}, check{list: 6, columns: []string{"Case status", childID}, at: "Case status", needs: inList(4, authorised), row: func(x *row) result {
		if x.who() < 0 || !x.is(0, "d") {
			return skip
		}
		return failIf(!x.openIn(4, x.who()))
	}})
}

func near(a, b, days day) bool { return a-b <= days && b-a <= days }

const (
	referred       = "Date of referral"
	assessed       = "Continuous Assessment Start Date"
	authorised     = "Continuous Assessment Date of Authorisation"
	discussed      = "Strategy discussion initiating Section 47 Enquiry Start Date"
	inNeed         = "CIN Start Date"
	planStart      = "Child Protection Plan Start Date"
	planEnd        = "Child Protection Plan End Date"
	conferenceDate = "Date of Initial Child Protection Conference"
	conferenceGave = "Did the Initial Child Protection Conference Result in a Child Protection Plan"
)

func planFollows() *Rule {
	return build(Rule{
		ID: "X06", Title: "A conference ended in a plan that List 7 does not have", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "A plan begins on the day of its conference. A later plan of the same child is taken too, as List 7 holds only the latest.",
		Do:  "Check the plan's start date, or whether the extract of List 7 leaves the plan out.",
	}, check{list: 5, columns: []string{conferenceGave, conferenceDate, childID}, at: conferenceGave, needs: inList(7, planStart), row: func(x *row) result {
		held, ok := x.date(1)
		if x.who() < 0 || !x.is(0, "a") || !ok {
			return skip
		}
		plans := x.other(7)
		start := plans.col(planStart)
		return failIf(!plans.any(x.who(), func(row int) bool {
			d, ok := start.date(row)
			return !ok || d >= held-1
		}))
	}})
}

func conferenceBefore() *Rule {
	return build(Rule{
		ID: "X07", Title: "A plan began whose conference List 5 does not have", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "A plan that began in the six months follows a conference, unless the child moved in from another authority with one. The first three weeks are left out: their enquiries began before List 5 does.",
		Do:  "Check whether the child moved in. Otherwise check the dates of conference and plan.",
	}, check{list: 7, columns: []string{planStart, childID}, at: planStart, needs: inList(5, conferenceDate), asOf: true, row: func(x *row) result {
		began, ok := x.date(0)
		if x.who() < 0 || !ok || began < x.windowStart(7)+21 || began > x.data.asOf {
			return skip
		}
		enquiries := x.other(5)
		held := enquiries.col(conferenceDate)
		return failIf(!enquiries.any(x.who(), func(row int) bool {
			d, ok := held.date(row)
			return ok && near(d, began, 1)
		}))
	}})
}

// openBefore reports whether the child was in List 6 since before a day.
func (c *checker) openBefore(who int32, d day) bool {
	l := c.data.list(6)
	start := l.col(inNeed)
	return l.any(who, func(row int) bool {
		began, ok := start.date(row)
		return !ok || began < d
	})
}

func referralBefore() *Rule {
	const start = assessed
	return build(Rule{
		ID: "X08", Title: "An assessment began without a referral before it", Severity: SeverityInfo, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "An assessment follows a referral in the 45 days before, unless the child was open already. The first 45 days of the six months are left out: their referrals came before List 3 begins.",
		Do:  "Check whether the referral was recorded, or the child was open under another number.",
	}, check{list: 4, columns: []string{childID, start}, at: childID, needs: []need{{3, []string{referred}}, {6, []string{inNeed}}}, asOf: true, row: func(x *row) result {
		began, ok := x.date(1)
		if x.who() < 0 || !ok || began < x.windowStart(4)+45 {
			return skip
		}
		referrals := x.other(3)
		date := referrals.col(referred)
		if referrals.any(x.who(), func(row int) bool {
			d, ok := date.date(row)
			return ok && d <= began && d >= began-45
		}) {
			return pass
		}
		return failIf(!x.openBefore(x.who(), began+1))
	}})
}

func goesOn() *Rule {
	const nfa, date = "Referral NFA?", referred
	return build(Rule{
		ID: "X09", Title: "A referral went on, and nothing follows it", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why:    "A referral that did not end there is followed by an assessment or a strategy discussion, unless the child was open already.",
		Do:     "Check whether the assessment was recorded and when it began.",
		Params: []Param{{"working_days", 10, "working days within which something should follow"}},
	}, check{list: 3, columns: []string{nfa, date, childID}, at: nfa, needs: []need{{4, []string{assessed}}, {5, []string{discussed}}, {6, []string{inNeed}}}, asOf: true, row: func(x *row) result {
		came, ok := x.date(1)
		limit := x.param("working_days")
		if x.who() < 0 || !x.is(0, "b") || !ok || came.workingDaysTo(x.data.asOf) <= limit {
			return skip
		}
		follows := func(list int, heading string) bool {
			l := x.other(list)
			begin := l.col(heading)
			return l.any(x.who(), func(row int) bool {
				d, ok := begin.date(row)
				return ok && d >= came && came.workingDaysTo(d) <= limit
			})
		}
		if follows(4, assessed) || follows(5, discussed) {
			return pass
		}
		return failIf(!x.openBefore(x.who(), came))
	}})
}

func contactBefore() *Rule {
	return build(Rule{
		ID: "X10", Title: "A referral has no contact before it", Severity: SeverityInfo, UsualCause: CauseSystem, Source: []string{"DOM"}, Inferred: true,
		Why:    "A referral begins as a contact. Some systems record the referral alone: then switch this rule off. The first days of the six months are left out: their contacts came before List 1 begins.",
		Do:     "Check whether the contact was recorded.",
		Params: []Param{{"days", 10, "days before the referral in which the contact should be"}},
	}, check{list: 3, columns: []string{childID, referred}, at: childID, needs: inList(1, "Date of Contact"), asOf: true, row: func(x *row) result {
		came, ok := x.date(1)
		days := day(x.param("days"))
		if x.who() < 0 || !ok || came < x.windowStart(3)+days {
			return skip
		}
		contacts := x.other(1)
		date := contacts.col("Date of Contact")
		return failIf(!contacts.any(x.who(), func(row int) bool {
			d, ok := date.date(row)
			return !ok || d <= came && d >= came-days
		}))
	}})
}

// counted applies a rule about a number that is the same on each row of a child,
// and not less than what the list itself shows in the 12 months before the
// child's latest event.
func counted(list int, number, event string, shown func(l *listData, row int, since, latest day) bool) check {
	return check{list: list, columns: []string{number, event, childID}, whole: func(c *checker, r *Rule, l *listData) {
		num, ev, place := l.col(number), l.col(event), l.place[number]
		for row, who := range l.who {
			n, ok := num.count(row)
			if who < 0 || !ok {
				continue
			}
			latest, seen, differs := day(0), 0, false
			for other := range l.of(who) {
				if d, ok := ev.date(other); ok {
					latest = max(latest, d)
				}
				if m, ok := num.count(other); ok && m != n {
					differs = true // which of them is right nobody can tell from here
				}
			}
			for other := range l.of(who) {
				if shown(l, other, latest.addMonths(-12), latest) {
					seen++
				}
			}
			c.applies(r, l, place, 1)
			if differs || n < seen {
				c.findRow(r, l.Number, place, row)
			}
		}
	}}
}

// eventBefore counts rows whose event is before the child's latest.
func eventBefore(heading string) func(l *listData, row int, since, latest day) bool {
	return func(l *listData, row int, since, latest day) bool {
		d, ok := l.col(heading).date(row)
		return ok && d >= since && d < latest
	}
}

func referralCount() *Rule {
	return build(Rule{
		ID: "X11", Title: "The number of referrals differs between rows of the child, or is less than the list itself shows", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why:      "It counts the referrals in the 12 months before the child's latest, and stands the same on each of the child's rows. Re-referrals are measured by it.",
		Do:       "Have the extract count from the latest referral of the child.",
		Disputed: "One open extract counts back from the day it runs, less one.",
	}, counted(3, "Number of Referrals in Last 12 Months", referred, eventBefore(referred)))
}

func enquiryCounts() *Rule {
	const start = discussed
	return build(Rule{
		ID: "X12", Title: "The number of enquiries or conferences differs between rows of the child, or is less than the list itself shows", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "Both count the 12 months before the child's latest enquiry, and stand the same on each of the child's rows.",
		Do:  "Have the extract count from the latest enquiry of the child.",
	}, counted(5, "Number of Section 47 Enquiries in the last 12 months", start, eventBefore(start)),
		counted(5, "Number of ICPCs in the last 12 months", start, func(l *listData, row int, since, latest day) bool {
			// One that came out of the latest enquiry is not counted.
			began, ok := l.col(start).date(row)
			d, held := l.col(conferenceDate).date(row)
			return ok && held && began < latest && d >= since && d < latest
		}))
}

func stillInCare() *Rule {
	return build(Rule{
		ID: "X13", Title: "The leaving care category does not agree with List 8", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"CA89"}, Inferred: true,
		Why:       "A child who is in care is eligible, and not relevant, former relevant or qualifying; an eligible one is in care.",
		Do:        "Have the category worked out from the same period of care as List 8.",
		Statutory: "Children Act 1989, sections 23A to 24",
	}, check{list: 9, columns: []string{"Eligibility Category", childID}, at: "Eligibility Category", needs: inList(8, ceased), row: func(x *row) result {
		if x.who() < 0 {
			return skip
		}
		switch {
		case x.is(0, "a", "b", "c"):
			return failIf(x.openIn(8, x.who()))
		case x.is(0, "d"):
			return failIf(!x.openIn(8, x.who()))
		}
		return skip
	}})
}

const (
	ceased      = "Date Ceased to be Looked After"
	ceasedWhy   = "Reason Ceased to be Looked After"
	placementAs = "Placement Type"
)

func leaverListed() *Rule {
	return build(Rule{
		ID: "X14", Title: "A young person of 16 or over left care and is not in List 9", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "Whoever leaves care at 16 or 17 has leaving care services, unless they went home, were adopted, died, or moved to another authority. X1, which is no end of care, is rule C16.",
		Do:  "Check whether the young person qualifies, and whether the extract of List 9 leaves them out.",
	}, check{list: 8, columns: []string{ceased, ceasedWhy, birth, childID}, at: ceased, needs: inList(9), asOf: true, row: func(x *row) result {
		left, ok := x.date(0)
		born, known := x.date(2)
		if x.who() < 0 || !ok || !known || left < x.windowStart(8) || left > x.data.asOf || born.ageAt(left) < 16 || x.is(1, "E11", "E12", "E2", "E3", "E4A", "E4B", "X1") {
			return skip
		}
		return failIf(!x.other(9).has(x.who()))
	}})
}

func adoptionListed() *Rule {
	return build(Rule{
		ID: "X15", Title: "A child placed for adoption, or adopted, is not in List 10", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"}, Inferred: true,
		Why: "List 10 holds every child adopted in the year or with a decision to place.",
		Do:  "Check whether the extract of List 10 leaves the child out, or the placement type is wrong.",
	}, listed(placementAs, "A3", "A4", "A5", "A6"), listed(ceasedWhy, "E11", "E12"))
}

// listed breaks when a child with one of the codes is not in List 10.
func listed(heading string, codes ...string) check {
	return check{list: 8, columns: []string{heading, childID}, at: heading, needs: inList(10), row: func(x *row) result {
		if x.who() < 0 || !x.is(0, codes...) {
			return skip
		}
		return failIf(!x.other(10).has(x.who()))
	}}
}

func orderEndsCare() *Rule {
	return build(Rule{
		ID: "X16", Title: "The adoption order's date is not the day care ceased", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"OF19"}, Inferred: true,
		Why: "An adoption order ends care on the day it is made.",
		Do:  "Correct whichever date is wrong.",
	}, check{list: 10, columns: []string{"Date of Adoption Order", childID}, at: "Date of Adoption Order", needs: inList(8, ceased), row: func(x *row) result {
		made, ok := x.date(0)
		care := x.other(8)
		end := care.col(ceased)
		if x.who() < 0 || !ok || !care.has(x.who()) {
			return skip
		}
		return failIf(!care.any(x.who(), func(row int) bool { d, ok := end.date(row); return ok && d == made }))
	}})
}

func sameEntry() *Rule {
	return build(Rule{
		ID: "X17", Title: "Entry to care differs from List 8", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"}, Inferred: true,
		Why: "Both are the day on which the present period of care began.",
		Do:  "Have both lists read the same period of care.",
	}, check{list: 10, columns: []string{"Date the Child Entered Care", childID}, at: "Date the Child Entered Care", needs: inList(8, careStart), row: func(x *row) result {
		began, ok := x.date(0)
		care := x.other(8)
		start := care.col(careStart)
		if x.who() < 0 || !ok || !care.has(x.who()) {
			return skip
		}
		return failIf(!care.any(x.who(), func(row int) bool { d, ok := start.date(row); return !ok || d == began }))
	}})
}

func familyListed() *Rule {
	return build(Rule{
		ID: "X18", Title: "The adoptive family is not in List 11", Severity: SeverityInfo, UsualCause: CauseEither, Source: []string{"OF19"}, Inferred: true,
		Why: "The identifier is of a family of this agency, unless another agency placed the child.",
		Do:  "Check the identifier, or leave it blank where another agency placed the child.",
	}, check{list: 10, columns: []string{family}, at: family, needs: inList(11, family), row: func(x *row) result {
		n, ok := x.c[0].known(x.n)
		if !ok {
			return skip
		}
		return failIf(!x.families()[n])
	}})
}

// families gives the families of List 11.
func (c *checker) families() map[int32]bool {
	l := c.data.list(11)
	col := l.col(family)
	if c.familySet == nil {
		c.familySet = map[int32]bool{}
		for row := range l.rows {
			if n, ok := col.known(row); ok {
				c.familySet[n] = true
			}
		}
	}
	return c.familySet
}

func decisionMade() *Rule {
	const plan = "What is the permanence plan for this child?"
	return build(Rule{
		ID: "X19", Title: "The permanence plan is adoption, and List 10 has no decision", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"DOM"}, Inferred: true,
		Why: "A plan of adoption has the decision of the agency's decision maker, or is waiting for it.",
		Do:  "Check whether the decision is recorded.",
	}, check{list: 8, columns: []string{plan, childID}, at: plan, needs: inList(10), row: func(x *row) result {
		if x.who() < 0 || !x.is(0, "b") {
			return skip
		}
		return failIf(!x.other(10).has(x.who()))
	}})
}

func dualStatus() *Rule {
	return build(Rule{
		ID: "X20", Title: "The child is on a plan and in care at once", Severity: SeverityInfo, UsualCause: CauseCompliance, Source: []string{"OF19"}, Inferred: true,
		Why: "It happens lawfully for a while, and inspectors ask why.",
		Do:  "Close the plan if the child is safe in care, or be ready to say why not.",
	}, check{list: 7, columns: []string{childID}, at: childID, needs: inList(8, ceased), row: func(x *row) result {
		open, known := x.l.open(x.n)
		if x.who() < 0 || !known || !open {
			return skip
		}
		return failIf(x.openIn(8, x.who()))
	}})
}

func protectionNoted() *Rule {
	const status, since, noted = "Child's Legal Status", "Start date of current legal status", "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)"
	return build(Rule{
		ID: "X21", Title: "Emergency or police protection in List 8 is not noted in List 7", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"SSD"}, Inferred: true,
		Why: "Legal status L1 or L2 in the six months is what List 7 asks about.",
		Do:  "Have List 7's answer worked out from legal statuses.",
	}, check{list: 8, columns: []string{status, since, childID}, at: status, needs: inList(7, noted), asOf: true, row: func(x *row) result {
		began, ok := x.date(1)
		plans := x.other(7)
		col := plans.col(noted)
		if x.who() < 0 || !x.is(0, "L1", "L2") || !ok || began < x.windowStart(8) || !plans.has(x.who()) {
			return skip
		}
		return failIf(!plans.any(x.who(), func(row int) bool { return col.is(row, "a") }))
	}})
}
