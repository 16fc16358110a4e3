package annexa

// Rules about time limits, in law, in guidance or set by the council. All need
// the day the lists were made. A date that could not be read has its own
// finding and is passed over.

func timeRules() []*Rule {
	return []*Rule{
		assessmentTime(), conferenceTime(), planVisits(), planReviews(), careVisits(), careReviews(), health(), dental(), officer(), lastSeen(),
		pathway(), contact(), adoptionTime(), adopterTime(), longPlan(), earlyHelpTime(),
	}
}

// within breaks when more working days than a limit lie between start and end,
// or, while the end is blank, between start and the day the lists were made.
func (x *row) within(limit int, openToo bool) result {
	from, ok := x.date(0)
	if !ok {
		return skip
	}
	to, done := x.date(1)
	switch {
	case done:
	case x.blank(1) && openToo:
		to = x.data.asOf
	default:
		return skip
	}
	return failIf(from.workingDaysTo(to) > limit)
}

func assessmentTime() *Rule {
	const start, end = "Continuous Assessment Start Date", "Continuous Assessment Date of Authorisation"
	return build(Rule{
		ID: "T01", Title: "The assessment took longer than 45 working days, or is open for longer", Severity: SeverityError, UsualCause: CauseCompliance, Source: []string{"WT", "D2IER"},
		Why:       "It is a national measure, and children wait for help meanwhile.",
		Do:        "Finish and authorise open ones; check whether finished ones were authorised late or only recorded late.",
		Statutory: "Working Together to Safeguard Children: no longer than 45 working days from the point of referral. The list holds no referral date: the start of the assessment is taken, which is lenient",
		Params:    []Param{{"days", 45, "working days"}},
	}, check{list: 4, columns: []string{start, end}, at: end, asOf: true, row: func(x *row) result { return x.within(x.param("days"), true) }})
}

func conferenceTime() *Rule {
	const start, unneeded = "Strategy discussion initiating Section 47 Enquiry Start Date", "Was an Initial Child Protection Conference deemed unnecessary?"
	return build(Rule{
		ID: "T02", Title: "The conference was held more than 15 working days after the strategy discussion, or is still to be held", Severity: SeverityError, UsualCause: CauseCompliance, Source: []string{"WT", "D2IER"},
		Why:       "It is a national measure, and the child may be unsafe meanwhile.",
		Do:        "Hold the conference, or record that none is needed.",
		Statutory: "Working Together to Safeguard Children: within 15 working days of the strategy discussion at which the enquiry was initiated",
		Params:    []Param{{"days", 15, "working days"}},
	}, check{list: 5, columns: []string{start, conferenceDate, unneeded}, at: conferenceDate, asOf: true, row: func(x *row) result {
		if x.is(2, "a") || x.blank(1) && x.onPlanAt(0) {
			return skip
		}
		return x.within(x.param("days"), true)
	}})
}

// onPlanAt reports whether the child was on a plan on the day of a column: such a
// child needs no initial conference, and the template still wants “no” for whether
// it was unnecessary.
func (x *row) onPlanAt(i int) bool {
	d, ok := x.date(i)
	plans := x.other(7)
	start, end := plans.col(planStart), plans.col(planEnd)
	return ok && plans.any(x.who(), func(row int) bool {
		began, known := start.date(row)
		ended, over := end.date(row)
		return known && began < d && (!over || ended >= d)
	})
}

func planVisits() *Rule {
	const visit, end = "Date of the Last Statutory Visit", "Child Protection Plan End Date"
	return build(Rule{
		ID: "T03", Title: "A child on a plan was last visited longer ago than the council's limit", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"LOCAL"}, Inferred: true,
		Why:       "Visits are how a plan keeps a child safe; inspectors look at the longest gaps first.",
		Do:        "Visit, or record the visit that was made.",
		Statutory: "No national interval: each council sets its own. 10 working days and 4 weeks are both common",
		Params:    []Param{{"working_days", 10, "working days between visits"}},
	}, check{list: 7, columns: []string{planStart, visit, end}, at: visit, asOf: true, row: func(x *row) result {
		began, ok := x.date(0)
		seen, visited := x.date(1)
		switch {
		case !x.blank(2), !x.read(1), !visited && !ok:
			return skip
		case !visited:
			seen = began
		}
		return failIf(seen.workingDaysTo(x.data.asOf) > x.param("working_days"))
	}})
}

func planReviews() *Rule {
	const review, end = "Date of latest review conference", "Child Protection Plan End Date"
	return build(Rule{
		ID: "T04", Title: "A child on a plan is overdue a review conference", Severity: SeverityError, UsualCause: CauseCompliance, Source: []string{"OF19", "WT"},
		Why:       "A plan that is not reviewed drifts.",
		Do:        "Hold the review, or record the one that was held.",
		Statutory: "Working Together to Safeguard Children: within three months of the initial conference, then at most six months apart",
		Params:    []Param{{"first_months", 3, "months to the first review"}, {"next_months", 6, "months between reviews"}},
	}, check{list: 7, columns: []string{planStart, review, end}, at: review, asOf: true, row: func(x *row) result {
		began, ok := x.date(0)
		last, reviewed := x.date(1)
		switch {
		case !x.blank(2), !x.read(1), !reviewed && !ok:
			return skip
		case !reviewed, ok && last < began: // a review of an earlier plan
			return failIf(began.addMonths(x.param("first_months")) < x.data.asOf)
		}
		return failIf(last.addMonths(x.param("next_months")) < x.data.asOf)
	}})
}

const careStart = "Date Started to be Looked After"

func careVisits() *Rule {
	const visit, placed, status = "Date of Last Social Work Visit", "Start Date of Most Recent Placement", "Child's Legal Status"
	return build(Rule{
		ID: "T05", Title: "A child in care was last visited longer ago than the regulations allow", Severity: SeverityError, UsualCause: CauseCompliance, Source: []string{"CPPCR", "D2IER"},
		Why:       "Visits are a duty, and how the authority knows that a placement is right.",
		Do:        "Visit, or record the visit that was made.",
		Statutory: "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 28: within a week of placement, then six weeks apart in the first year; after it three months where the placement is meant to last to 18, otherwise six weeks; with parents under an interim order four weeks. Later amendments were not re-read",
		Params: []Param{
			{"first_days", 7, "days from placement to the first visit"}, {"days", 42, "days between visits"},
			{"long_term_months", 3, "months between visits in long-term placements after a year"}, {"parents_days", 28, "days between visits with parents under an interim order"},
		},
	}, check{list: 8, columns: []string{visit, placed, placementAs, status, ceased}, at: visit, asOf: true, row: func(x *row) result {
		began, ok := x.date(1)
		last, visited := x.date(0)
		if !x.blank(4) || !x.read(0) || !ok {
			return skip
		}
		now := x.data.asOf
		switch {
		case !visited, last < began:
			return failIf(now > began+day(x.param("first_days")))
		case x.is(2, "P1") && x.is(3, "C1"):
			return failIf(now > last+day(x.param("parents_days")))
		case x.is(2, "U1", "U4") && now > began.addMonths(12):
			return failIf(now > last.addMonths(x.param("long_term_months")))
		}
		return failIf(now > last+day(x.param("days")))
	}})
}

func careReviews() *Rule {
	const review = "Date of Latest Statutory Review"
	return build(Rule{
		ID: "T06", Title: "A child in care is overdue a statutory review", Severity: SeverityError, UsualCause: CauseCompliance, Source: []string{"CPPCR"},
		Why:       "Reviews are a duty, and where plans for the child are made.",
		Do:        "Hold the review, or record the one that was held.",
		Statutory: "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 33: within 20 working days, then within three months, then within six (not re-read). The list holds the latest review only; one in the first 20 working days is taken for the first",
		Params:    []Param{{"first_working_days", 20, "working days to the first review"}, {"second_months", 3, "months to the second"}, {"next_months", 6, "months between later ones"}},
	}, check{list: 8, columns: []string{careStart, review, ceased}, at: review, asOf: true, row: func(x *row) result {
		began, ok := x.date(0)
		last, reviewed := x.date(1)
		first := x.param("first_working_days")
		switch {
		case !x.blank(2), !x.read(1), !ok:
			return skip
		case !reviewed, last < began: // a review of an earlier period
			return failIf(began.workingDaysTo(x.data.asOf) > first)
		case began.workingDaysTo(last) <= first:
			return failIf(last.addMonths(x.param("second_months")) < x.data.asOf)
		}
		return failIf(last.addMonths(x.param("next_months")) < x.data.asOf)
	}})
}

func health() *Rule {
	const last = "Date of Last Health Assessment"
	return build(Rule{
		ID: "T07", Title: "A child in care is overdue a health assessment", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"CPPCR", "D2IER"},
		Why:       "It is a duty and a national measure.",
		Do:        "Arrange the assessment with health, or record the one that was done.",
		Statutory: "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 7: six-monthly before the fifth birthday, yearly after; the first 20 working days are statutory guidance on the health of looked-after children (not re-read)",
		Params:    []Param{{"first_working_days", 20, "working days to the first"}, {"under_5_months", 6, "months between, under five"}, {"from_5_months", 12, "months between, from five"}},
	}, check{list: 8, columns: []string{careStart, last, birth, ceased}, at: last, asOf: true, row: func(x *row) result {
		began, ok := x.date(0)
		done, assessed := x.date(1)
		born, known := x.date(2)
		switch {
		case !x.blank(3), !x.read(1), !ok, !known:
			return skip
		case !assessed:
			return failIf(began.workingDaysTo(x.data.asOf) > x.param("first_working_days"))
		}
		due := done.addMonths(x.param("under_5_months"))
		if born.ageAt(due) >= 5 {
			due = done.addMonths(x.param("from_5_months"))
		}
		return failIf(due < x.data.asOf)
	}})
}

func dental() *Rule {
	const last = "Date of Last Dental Check"
	return build(Rule{
		ID: "T08", Title: "A child in care for a year has had no dental check in the last one", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"L903", "D2IER"},
		Why:       "It is a national measure.",
		Do:        "Arrange the check, or record the one that was done.",
		Statutory: "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 7: health care includes dental care; yearly is how SSDA903 measures it (not re-read)",
		Params:    []Param{{"months", 12, "months between checks"}},
	}, check{list: 8, columns: []string{careStart, last, ceased}, at: last, asOf: true, row: func(x *row) result {
		began, ok := x.date(0)
		done, checked := x.date(1)
		if !x.blank(2) || !x.read(1) || !ok || began.addMonths(12) > x.data.asOf {
			return skip
		}
		return failIf(!checked || done.addMonths(x.param("months")) < x.data.asOf)
	}})
}

func officer() *Rule {
	const last = "Date of Last IRO Visit / Contact to the Child"
	return build(Rule{
		ID: "T09", Title: "The reviewing officer's last contact with the child is longer ago than reviews are apart", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"DOM"}, Inferred: true,
		Why:       "The officer speaks with the child before each review.",
		Do:        "Arrange the contact, or record the one that was made.",
		Statutory: "Care Planning, Placement and Case Review (England) Regulations 2010 (not re-read)",
		Params:    []Param{{"months", 6, "months between contacts"}},
	}, check{list: 8, columns: []string{careStart, last, ceased}, at: last, asOf: true, row: func(x *row) result {
		began, ok := x.date(0)
		met, spoke := x.date(1)
		switch {
		case !x.blank(2), !x.read(1), !spoke && !ok:
			return skip
		case !spoke:
			met = began
		}
		return failIf(met.addMonths(x.param("months")) < x.data.asOf)
	}})
}

func lastSeen() *Rule {
	const seen = "Date Child Was Last Seen"
	return build(Rule{
		ID: "T10", Title: "A child in need was last seen longer ago than the council's limit", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"LOCAL"}, Inferred: true,
		Why:       "A child nobody sees may need more than the plan says.",
		Do:        "See the child, or record the visit that was made.",
		Statutory: "No national interval: each council sets its own. 20 working days and 4 to 6 weeks are common",
		Params:    []Param{{"working_days", 30, "working days between visits"}},
	}, check{list: 6, columns: []string{"CIN Start Date", seen, "CIN Closure Date", "Case status"}, at: seen, asOf: true, row: func(x *row) result {
		began, ok := x.date(0)
		last, known := x.date(1)
		switch {
		case !x.blank(2), !x.is(3, "c", "d"), !x.read(1), !known && !ok:
			return skip
		case !known:
			last = began
		}
		return failIf(last.workingDaysTo(x.data.asOf) > x.param("working_days"))
	}})
}

func pathway() *Rule {
	const review = "Latest Pathway Plan Review Date"
	return build(Rule{
		ID: "T11", Title: "The pathway plan was last reviewed longer ago than the regulations allow", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"CLR"},
		Why:       "A pathway plan that is not reviewed no longer fits the young person's life.",
		Do:        "Review the plan, or record the review that was held.",
		Statutory: "Care Leavers (England) Regulations 2010, regulation 7: reviewed at least every six months",
		Params:    []Param{{"months", 6, "months between reviews"}},
		Disputed:  "The column is in the 17-column form of List 9 only, which rests on three secondary sources.",
	}, check{list: 9, columns: []string{review, "Eligibility Category"}, at: review, asOf: true, row: func(x *row) result {
		last, ok := x.date(0)
		if !ok || !x.is(1, "a", "b") {
			return skip
		}
		return failIf(last.addMonths(x.param("months")) < x.data.asOf)
	}})
}

func contact() *Rule {
	const last, touch, advisor = "Latest Date of Contact", "LA In Touch", "Allocated Personal Advisor"
	return build(Rule{
		ID: "T12", Title: "In touch and no contact in two months, or no personal adviser", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"CLR"},
		Why:       "Being in touch is measured, and is the adviser's first duty.",
		Do:        "Get in touch, record the contact that was made, or allocate an adviser.",
		Statutory: "Care Leavers (England) Regulations 2010, regulation 8: within a week of a move, then at most two months apart",
		Params:    []Param{{"months", 2, "months between contacts"}},
		Disputed:  "Both columns are in the 17-column form of List 9 only, which rests on three secondary sources.",
	},
		check{list: 9, columns: []string{last, touch}, at: last, asOf: true, row: func(x *row) result {
			met, ok := x.date(0)
			if !x.is(1, "YES") || !x.read(0) {
				return skip
			}
			return failIf(!ok || met.addMonths(x.param("months")) < x.data.asOf)
		}},
		check{list: 9, columns: []string{advisor}, at: advisor, row: func(x *row) result {
			return failIf(!x.named(0))
		}})
}

func adoptionTime() *Rule {
	const entered, order, match, placed = "Date the Child Entered Care", "Date of Placement Order", "Date of Matching Child and Prospective Adopters", "Date Placed for Adoption"
	longer := func(from, to, param string) check {
		return check{list: 10, columns: []string{from, to}, at: to, row: func(x *row) result {
			a, okA := x.date(0)
			b, okB := x.date(1)
			if !okA || !okB {
				return skip
			}
			return failIf(b-a > day(x.param(param)))
		}}
	}
	return build(Rule{
		ID: "T13", Title: "Adoption took longer than the thresholds of the adoption scorecard", Severity: SeverityInfo, UsualCause: CauseCompliance, Source: []string{"DFE"},
		Why:       "It is published, and inspectors ask about the longest waits. It is not a fault of the data.",
		Do:        "Be ready to say why.",
		Statutory: "Adoption scorecard, indicators A1 (now A10) and A2 (not re-read)",
		Params:    []Param{{"entry_to_placed", 426, "days from entering care to living with the family"}, {"order_to_match", 121, "days from placement order to match"}},
	}, longer(entered, placed, "entry_to_placed"), longer(order, match, "order_to_match"))
}

func adopterTime() *Rule {
	longer := func(stage, param string) check {
		from, to := "Date "+stage+" started", "Date "+stage+" ended"
		return check{list: 11, columns: []string{from, to}, at: to, row: func(x *row) result {
			a, okA := x.date(0)
			b, okB := x.date(1)
			if !okA || !okB {
				return skip
			}
			return failIf(b > a.addMonths(x.param(param)))
		}}
	}
	return build(Rule{
		ID: "T14", Title: "The stage took longer than the regulations allow", Severity: SeverityInfo, UsualCause: CauseCompliance, Source: []string{"AAR"},
		Why:       "Adopters wait, and children with them.",
		Do:        "Be ready to say why.",
		Statutory: "Adoption Agencies Regulations 2005 as amended in 2013, and statutory guidance: two months for stage 1, four for stage 2",
		Params:    []Param{{"stage1_months", 2, "months"}, {"stage2_months", 4, "months"}},
	}, longer("Stage 1", "stage1_months"), longer("Stage 2", "stage2_months"))
}

func longPlan() *Rule {
	return build(Rule{
		ID: "T15", Title: "The plan has been open for two years or more", Severity: SeverityInfo, UsualCause: CauseCompliance, Source: []string{"D2IER"},
		Why:       "Long plans are a published measure. It is not a fault of the data.",
		Do:        "Be ready to say why.",
		Statutory: "DfE indicator: plans of two years or more (not re-read)",
		Params:    []Param{{"months", 24, "months"}},
	}, check{list: 7, columns: []string{planStart, "Child Protection Plan End Date"}, at: planStart, asOf: true, row: func(x *row) result {
		began, ok := x.date(0)
		if !ok || !x.blank(1) {
			return skip
		}
		return failIf(began.addMonths(x.param("months")) <= x.data.asOf)
	}})
}

func earlyHelpTime() *Rule {
	const start, end = "Assessment start date", "Assessment completion date"
	return build(Rule{
		ID: "T16", Title: "The early help assessment took longer than the council's limit", Severity: SeverityInfo, UsualCause: CauseCompliance, Source: []string{"DOM"}, Inferred: true,
		Why:       "Authorities run early help differently; this is for your own standard.",
		Do:        "Finish the assessment, or set the limit that you work to.",
		Statutory: "No national interval",
		Params:    []Param{{"working_days", 45, "working days"}},
	}, check{list: 2, columns: []string{start, end}, at: end, row: func(x *row) result { return x.within(x.param("working_days"), false) }})
}
