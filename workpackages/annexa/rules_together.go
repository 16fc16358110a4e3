package annexa

import (
	"fmt"
	"regexp"
)

// Rules about values of one row that belong together.

func togetherRules() []*Rule {
	return []*Rule{
		pair("C01", 6, "CIN Closure Date", "Reason for Closure", "OF19"),
		pair("C02", 8, "Date Ceased to be Looked After", "Reason Ceased to be Looked After", "OF19"),
		pair("C03", 10, "Date of Decision that Child Should No Longer be Placed for Adoption", "Reason Why Child No Longer Placed for Adoption", "OF19"),
		pair("C04", 11, "Date of leaving adoption process", "Reason for leaving adoption process", "OF19"),
		pair("C05", 11, "Date child/children placed with adopter(s)", "No. of children placed", "OF19"),
		pair("C06", 7, "Date of the Last Statutory Visit", "Was the Child Seen Alone?", "DOM"),
		conference(), support(), seenInAssessment(), allocated(), primaryNeed(), closedStatus(), closureReason(), placementFits(), placementPlace(),
		notAnEnd(), onePlacement(), manyPlacements(), returnInterview(), permanence(), inTouch(), eligibilityAge(), notBoth(), matchedFirst(), referralWorker(), unknownSource(),
	}
}

func pair(id string, list int, a, b string, source string) *Rule {
	r := Rule{
		ID: id, Title: fmt.Sprintf("It and %s are not both filled or both blank", a), Severity: SeverityError, UsualCause: CauseCompliance, Source: []string{source},
		Why: "The two say one thing together: that it ended and why, or when and how many.",
		Do:  "Fill in the one that is missing, or take out the other.",
	}
	if source == "DOM" {
		r.Severity, r.Inferred = SeverityWarning, true
		r.Why = "A visit says whether the child was seen alone; whether a child was seen alone speaks of a visit."
	}
	return build(r, check{list: list, columns: []string{a, b}, at: b, row: func(x *row) result {
		if x.blank(0) && x.blank(1) {
			return skip
		}
		return failIf(x.blank(0) != x.blank(1))
	}})
}

func conference() *Rule {
	const unneeded, date, plan = "Was an Initial Child Protection Conference deemed unnecessary?", "Date of Initial Child Protection Conference", "Did the Initial Child Protection Conference Result in a Child Protection Plan"
	cols := []string{unneeded, date, plan}
	return build(Rule{
		ID: "C07", Title: "The conference's date, its outcome and whether it was needed do not go together", Severity: SeverityError, UsualCause: CauseEither, Source: []string{"OF19"},
		Why: "A conference that was unnecessary has neither date nor outcome; one that was held has both. Otherwise nobody can count conferences, or their timeliness.",
		Do:  "Look at the record of the enquiry. If many rows are like this, look at how the extract decides that a conference was unnecessary.",
	},
		check{list: 5, columns: cols, at: plan, row: func(x *row) result {
			if x.is(0, "a") || x.blank(1) && x.blank(2) {
				return skip
			}
			return failIf(x.filled(1) != x.filled(2))
		}},
		check{list: 5, columns: cols, at: date, row: func(x *row) result {
			if !x.is(0, "a") {
				return skip
			}
			return failIf(x.filled(1))
		}},
		check{list: 5, columns: cols, at: plan, row: func(x *row) result {
			if !x.is(0, "a") {
				return skip
			}
			return failIf(x.filled(2) && !x.filled(1))
		}})
}

func support() *Rule {
	const date, need = "Continuous Assessment Date of Authorisation", "Was the child assessed as requiring LA children’s social care support"
	return build(Rule{
		ID: "C08", Title: "An authorised assessment does not say whether support is needed, or an open one does", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"OF19"},
		Why: "What an assessment came to is its point; an open one has come to nothing yet.",
		Do:  "Record the outcome, or the date of authorisation.",
	}, check{list: 4, columns: []string{date, need}, at: need, row: func(x *row) result {
		if x.blank(0) && x.blank(1) {
			return skip
		}
		return failIf(x.filled(0) != x.filled(1))
	}})
}

func seenInAssessment() *Rule {
	const seen, date = "Child Seen During Continuous Assessment", "Continuous Assessment Date of Authorisation"
	return build(Rule{
		ID: "C09", Title: "A completed assessment in which the child was not seen, or nobody knows", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"DOM"}, Inferred: true,
		Why: "It is asked of every sampled case.",
		Do:  "Record that the child was seen, or be ready to say why not.",
	}, check{list: 4, columns: []string{seen, date}, at: seen, row: func(x *row) result {
		if !x.filled(1) || !x.filled(0) || !x.read(0) {
			return skip
		}
		return failIf(!x.is(0, "a"))
	}})
}

// nobody are names that extracts write where no worker or team is allocated, folded.
var nobody = map[string]bool{
	"unallocated": true, "not allocated": true, "no worker": true, "duty": true, "duty worker": true, "duty team": true, "duty tray": true, "tbc": true, "to be confirmed": true,
	"awaiting allocation": true, "unassigned": true, "unknown": true, "allocation pending": true, "vacant": true,
}

// named reports whether a team or worker column names somebody.
func (x *row) named(i int) bool {
	v, ok := x.c[i].known(x.n)
	if ok && x.c[i].Heading == team {
		return !nobody[fold(x.l.teamsBy[v])]
	}
	return ok && v != nobodysName
}

func allocated() *Rule {
	var checks []check
	for _, n := range []int{3, 4, 5, 6, 7, 8, 9} {
		for _, h := range []string{team, worker} {
			checks = append(checks, check{list: n, columns: []string{h}, at: h, row: func(x *row) result {
				open, known := x.l.open(x.n)
				if !known || !open {
					return skip
				}
				if n == 3 && h == worker && x.blank(0) {
					return skip // rule C25
				}
				return failIf(!x.named(0))
			}})
		}
	}
	return build(Rule{
		ID: "C10", Title: "An open case has no named team or worker", Severity: SeverityError, UsualCause: CauseCompliance, Source: []string{"SF24"},
		Why: "An unallocated open case is the first thing an inspector asks about. “Duty” and “TBC” are nobody.",
		Do:  "Allocate the case, or correct the record if it is allocated.",
	}, checks...)
}

func referralWorker() *Rule {
	return build(Rule{
		ID: "C25", Title: "A referral that went on has no worker", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"DOM"}, Inferred: true,
		Why: "Somebody took the referral on; an inspector asks who.",
		Do:  "Record the worker that the referral was allocated to.",
	}, check{list: 3, columns: []string{"Referral NFA?", worker}, at: worker, row: func(x *row) result {
		if !x.is(0, "b") {
			return skip
		}
		return failIf(x.blank(1))
	}})
}

func primaryNeed() *Rule {
	return build(Rule{
		ID: "C11", Title: "The primary need of an open case is “not stated” or “not a child in need”", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"OF19"},
		Why: "A child with an open plan has a need; an inspector asks what it is.",
		Do:  "Have the worker record the primary need.",
	}, check{list: 6, columns: []string{"Primary Need Code", "CIN Closure Date"}, at: "Primary Need Code", row: func(x *row) result {
		if !x.blank(1) || !x.filled(0) || !x.read(0) {
			return skip
		}
		return failIf(x.is(0, "N0", "N9"))
	}})
}

func closedStatus() *Rule {
	return build(Rule{
		ID: "C12", Title: "Closed status and closure date do not go together", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "A closed episode has a closure date and an open one has none; otherwise nobody can count open cases.",
		Do:  "Have the extract take status and closure date from the same episode.",
	}, check{list: 6, columns: []string{"CIN Closure Date", "Case status"}, at: "Case status", row: func(x *row) result {
		if !x.read(0) || !x.read(1) || x.blank(1) {
			return skip
		}
		return failIf(x.is(1, "e") == x.blank(0))
	}})
}

func closureReason() *Rule {
	return build(Rule{
		ID: "C13", Title: "The child's case was closed after assessment, and does not belong in List 6", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "RC8 and RC9 say that the child was found not to be in need; the list is of children who are.",
		Do:  "Have the extract leave these children out of List 6.",
	}, check{list: 6, columns: []string{"Reason for Closure"}, at: "Reason for Closure", row: func(x *row) result {
		if !x.filled(0) || !x.read(0) {
			return skip
		}
		return failIf(x.is(0, "RC8", "RC9"))
	}})
}

func placementFits() *Rule {
	const kind, provider, status = "Placement Type", "Placement Provider", "Child's Legal Status"
	known := func(x *row, i int) bool { return x.filled(i) && x.read(i) }
	return build(Rule{
		ID: "C14", Title: "Placement type, provider and legal status do not fit together", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"L903"}, Inferred: true,
		Why:      "Parents are the provider of a placement with parents and of no other; a child placed for adoption with an order is under one; a temporary placement has no provider; short breaks (V3, V4) do not belong here. SSDA903 refuses the same.",
		Do:       "Correct whichever of the three is wrong.",
		Disputed: "The template lists V3 and V4 but groups them as a code error; one open extract leaves them out.",
	},
		check{list: 8, columns: []string{kind, provider}, at: provider, row: func(x *row) result {
			if !known(x, 0) || !x.read(1) {
				return skip
			}
			if x.is(0, "T0", "T1", "T2", "T3", "Z11", "Z12", "Z13", "Z14") {
				return failIf(x.filled(1))
			}
			if x.blank(1) {
				return skip
			}
			return failIf(x.is(1, "PR0") != x.is(0, "P1"))
		}},
		check{list: 8, columns: []string{kind, status}, at: status, row: func(x *row) result {
			switch {
			case !known(x, 1):
				return skip
			case x.is(1, "V3", "V4"):
				return fail
			case x.is(0, "P1"):
				return failIf(x.is(1, "V2"))
			case x.is(0, "A5", "A6"):
				return failIf(!x.is(1, "E1", "D1"))
			}
			return pass
		}})
}

// postcode is the form of a postcode of the United Kingdom.
var postcode = regexp.MustCompile(`^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$`)

func placementPlace() *Rule {
	const code, urn, location, la, kind = "Placement postcode", "URN of Placement", "Placement Location", "LA of Placement", "Placement Type"
	return build(Rule{
		ID: "C15", Title: "Postcode, URN, location and authority of the placement do not fit together", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"L903"}, Inferred: true,
		Why: "A postcode has a form; “in” means this authority and “out” another; a children's home in England has Ofsted's number, unless the placement is confidential.",
		Do:  "Correct the placement's record. If many rows are like this, look at how the extract works out location and authority.",
	},
		// What stood in the cell is gone by now: the reader keeps only whether it had the form.
		check{list: 8, columns: []string{code}, at: code, row: func(x *row) result {
			if !x.filled(0) {
				return skip
			}
			v, ok := x.c[0].known(x.n)
			return failIf(ok && v == notPostcode)
		}},
		check{list: 8, columns: []string{kind, urn, la}, at: urn, row: func(x *row) result {
			if !x.is(0, "K1", "K2") || x.is(2, "NIR", "WAL", "SCO", "NUK", "CON") {
				return skip
			}
			return failIf(x.blank(1))
		}},
		check{list: 8, columns: []string{location, la}, at: la, row: func(x *row) result {
			home, ok := x.homeAuthority(x.l)
			if !ok || !x.filled(0) || !x.read(0) || !x.filled(1) || x.is(1, "CON") {
				return skip
			}
			v, _ := x.c[1].known(x.n)
			return failIf(x.is(0, "a") != (v == home))
		}})
}

// homeAuthority gives the value of LA of Placement that means this authority: the
// council's setting, or else the one that four in five of the placements inside
// the boundary have.
func (c *checker) homeAuthority(l *listData) (int32, bool) {
	if c.home.asked {
		return c.home.value, c.home.ok
	}
	c.home.asked = true
	la, location := l.col("LA of Placement"), l.col("Placement Location")
	if la == nil || location == nil {
		return 0, false
	}
	if name := c.settings.Authority; name != "" {
		c.home.value, c.home.ok = openNumber(fold(name)), true
		return c.home.value, true
	}
	counts, of := map[int32]int{}, 0
	for row := range l.rows {
		if location.is(row, "a") && la.filledAt(row) {
			v, _ := la.known(row)
			counts[v]++
			of++
		}
	}
	for v, n := range counts {
		if of >= enoughRows && n*5 >= of*4 {
			c.home.value, c.home.ok = v, true
		}
	}
	return c.home.value, c.home.ok
}

func notAnEnd() *Rule {
	return build(Rule{
		ID: "C16", Title: "X1 is not an end of care", Severity: SeverityError, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "X1 says that one episode ended and another began the same day: the child is still in care.",
		Do:  "Have the extract read periods of care, not episodes.",
	}, check{list: 8, columns: []string{"Reason Ceased to be Looked After"}, at: "Reason Ceased to be Looked After", row: func(x *row) result {
		if !x.filled(0) || !x.read(0) {
			return skip
		}
		return failIf(x.is(0, "X1"))
	}})
}

const placements = "Number of Placements in the Last 12 months"

func onePlacement() *Rule {
	return build(Rule{
		ID: "C17", Title: "The number of placements is below one", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"OF19"},
		Why: "The placement that the child is in counts.",
		Do:  "Have the extract count the present placement too.",
	}, check{list: 8, columns: []string{placements}, at: placements, row: func(x *row) result {
		n, ok := x.count(0)
		if !ok {
			return skip
		}
		return failIf(n < 1)
	}})
}

func manyPlacements() *Rule {
	return build(Rule{
		ID: "C17Q", Title: "The child has had three or more placements in the year", Severity: SeverityInfo, UsualCause: CauseCompliance, Source: []string{"DFE"}, Inferred: true,
		Why:       "It is the published measure of short-term stability; inspectors ask about these children. It is not a fault of the data.",
		Do:        "Be ready to say why each moved.",
		Statutory: "DfE indicator: three or more placements in the year",
		Params:    []Param{{"placements", 3, "placements in 12 months from which a child is named"}},
	}, check{list: 8, columns: []string{placements}, at: placements, row: func(x *row) result {
		n, ok := x.count(0)
		if !ok {
			return skip
		}
		return failIf(n >= x.param("placements"))
	}})
}

func returnInterview() *Rule {
	const missed = "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months"
	const offered, accepted = "Was the child offered a Return Interview after their last missing episode (Y/N)?", "Did the child accept a Return Interview after their last missing episode (Y/N)?"
	cols := []string{missed, offered, accepted}
	return build(Rule{
		ID: "C18", Title: "Missing episodes and return interviews do not go together", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"OF19"}, Inferred: true,
		Why:       "A child who was missing is offered an interview, it is offered before it is accepted, and a child who never was has none.",
		Do:        "Record whether an interview was offered. If many rows are like this, look at what the extract writes for children who were never missing.",
		Statutory: "Statutory guidance on children who run away or go missing (2014): an independent return interview within 72 hours. Annexe A holds no date of it",
	},
		check{list: 8, columns: cols, at: offered, row: func(x *row) result {
			n, ok := x.count(0)
			switch {
			case !ok || !x.read(1):
				return skip
			case n >= 1:
				return failIf(x.blank(1))
			}
			return failIf(x.filled(1))
		}},
		check{list: 8, columns: cols, at: accepted, row: func(x *row) result {
			n, ok := x.count(0)
			switch {
			case !ok || !x.filled(2) || !x.read(2):
				return skip
			case n < 1:
				return failIf(x.blank(1)) // else the finding stands at offered
			}
			return failIf(x.is(2, "a") && !x.is(1, "a"))
		}})
}

func permanence() *Rule {
	const plan, start, end = "What is the permanence plan for this child?", "Date Started to be Looked After", "Date Ceased to be Looked After"
	return build(Rule{
		ID: "C19", Title: "A child who has been in care for months has no permanence plan", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"DOM"}, Inferred: true,
		Why:       "A plan for permanence is expected at the second review.",
		Do:        "Record the plan, or bring it to the next review.",
		Statutory: "Care Planning, Placement and Case Review (England) Regulations 2010: expected at the second review; four months is how that is commonly counted (not re-read)",
		Params:    []Param{{"months", 4, "months in care after which there should be a plan"}},
	}, check{list: 8, columns: []string{plan, start, end}, at: plan, asOf: true, row: func(x *row) result {
		d, ok := x.date(1)
		if !ok || !x.blank(2) || d.addMonths(x.param("months")) >= x.data.asOf {
			return skip
		}
		return failIf(x.blank(0))
	}})
}

func inTouch() *Rule {
	const touch = "LA In Touch"
	var checks []check
	for _, h := range []string{"Type of Accommodation", "Suitability of Accommodation", "Activity Status"} {
		checks = append(checks, check{list: 9, columns: []string{touch, h}, at: h, row: func(x *row) result {
			switch {
			case x.is(0, "YES"):
				return failIf(x.blank(1))
			case x.is(0, "NO"):
				return failIf(x.filled(1))
			}
			return skip
		}})
	}
	return build(Rule{
		ID: "C21", Title: "In touch, and this is blank; or not in touch, and this is filled", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"OF19"},
		Why: "Whoever is in touch knows where the young person lives and what they do; whoever is not cannot know it now.",
		Do:  "Record where they live and what they do, or correct whether you are in touch.",
	}, checks...)
}

func eligibilityAge() *Rule {
	return build(Rule{
		ID: "C22", Title: "The eligibility category does not fit the age", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"CA89"}, Inferred: true,
		Why:       "Eligible and relevant young people are 16 or 17, former relevant 18 to 25, qualifying 16 to 25.",
		Do:        "Have the category worked out again from age and time in care.",
		Statutory: "Children Act 1989, schedule 2 paragraph 19B and sections 23A, 23C and 24",
	}, check{list: 9, columns: []string{"Eligibility Category", birth}, at: "Eligibility Category", asOf: true, row: func(x *row) result {
		born, ok := x.date(1)
		if !ok {
			return skip
		}
		n := born.ageAt(x.data.asOf)
		switch {
		case x.is(0, "a", "d"):
			return failIf(n < 16 || n > 17)
		case x.is(0, "b"):
			return failIf(n < 18 || n > 25)
		case x.is(0, "c"):
			return failIf(n < 16 || n > 25)
		}
		return skip
	}})
}

func notBoth() *Rule {
	const order, reversed = "Date of Adoption Order", "Date of Decision that Child Should No Longer be Placed for Adoption"
	return build(Rule{
		ID: "C23", Title: "The child was adopted, and the decision to place was reversed", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"L903"}, Inferred: true,
		Why: "Only one of the two can be.",
		Do:  "Correct whichever is wrong. A later decision of the same child is a row of its own.",
	}, check{list: 10, columns: []string{order, reversed}, at: reversed, row: func(x *row) result {
		if x.blank(0) && x.blank(1) {
			return skip
		}
		return failIf(x.filled(0) && x.filled(1))
	}})
}

func matchedFirst() *Rule {
	return build(Rule{
		ID: "C24", Title: "The child is placed for adoption without a date of matching", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"DOM"}, Inferred: true,
		Why: "A child is matched with adopters before being placed with them.",
		Do:  "Record when the match was decided.",
	}, check{list: 10, columns: []string{"Date Placed for Adoption", "Date of Matching Child and Prospective Adopters"}, at: "Date of Matching Child and Prospective Adopters", row: func(x *row) result {
		if !x.filled(0) {
			return skip
		}
		return failIf(x.blank(1))
	}})
}

func unknownSource() *Rule {
	r := Rule{
		ID: "C26", Title: "The source is “unknown” or “anonymous” more often than it should be", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true, whole: true,
		Why:    "Nearly every contact and referral has a source that was known when it came. A large share unknown is a mapping, or a habit.",
		Do:     "Check the extract's mapping first, then ask the front door.",
		Params: []Param{{"max_percent", 5, "per cent of rows that may be unknown or anonymous"}},
	}
	look := func(heading string) func(c *checker, r *Rule, l *listData) {
		return func(c *checker, r *Rule, l *listData) {
			n, of := howMany(c, r, l, heading, false, "9", "10")
			if of >= enoughRows && n*100 > of*c.paramOf(r, "max_percent") {
				c.findShare(r, l, l.place[heading], n, of)
			}
		}
	}
	return build(r,
		check{list: 1, columns: []string{"Contact Source"}, whole: look("Contact Source")},
		check{list: 3, columns: []string{"Referral Source"}, whole: look("Referral Source")})
}
