package annexatest

// newChild adds a row like this one about a child that no list holds.
func newChild(x row) row { return x.copy(cells{childID: x.p.nextID()}) }

// crossKinds are lists that do not agree with one another (rules X).
var crossKinds = []kind{
	{name: "on a plan and not in List 6", rule: "X01", list: 7, column: childID, when: all(filled(planEnd), before(planStart)), add: newChild},
	{name: "in care and not in List 6", rule: "X02", list: 8, column: childID, when: all(leftYoung, is(careReason, homeE4A, homeE4B)), add: newChild},
	{name: "on a plan, said to be in need", rule: "X03", list: 6, column: caseStatus, when: is(caseStatus, statusPlan), do: to(cells{caseStatus: statusCIN})},
	{name: "in care, said to be in need", rule: "X03", list: 6, column: caseStatus, when: all(is(caseStatus, statusCare), not(inList(10))), do: to(cells{caseStatus: statusCIN})},
	{name: "said to be on a plan, and not", rule: "X03", list: 6, column: caseStatus, when: all(is(caseStatus, statusCIN), row.alone), do: to(cells{caseStatus: statusPlan})},
	{name: "open assessment and not in List 6", rule: "X04", list: 4, column: childID, when: blank(assessEnd), add: newChild, also: []hit{{"X08", childID}}},
	{name: "said to be under assessment, and not", rule: "X05", list: 6, column: caseStatus, when: all(is(caseStatus, statusCIN), row.alone), do: to(cells{caseStatus: statusOpen})},
	{name: "conference made a plan that is not there", rule: "X06", list: 5, column: icpcPlan, when: all(is(icpcPlan, no), not(inList(7))), do: to(cells{icpcPlan: yes})},
	{
		name: "plan begins days after its conference", rule: "X07", list: 7, column: planStart,
		when: func(x row) bool {
			later := x.day(planStart) + 4
			return x.has(5) && x.day(planVisit) >= later && (x.get(planReview) == "" || x.day(planReview) > later)
		},
		do:        shift(planStart, planStart, 4),
		elsewhere: rowsOf(5, "X06", icpcPlan),
	},
	{name: "plan without a conference", rule: "X07", list: 7, column: planStart, when: all(blank(planEnd), before(planStart), not(inList(5))), do: func(x row) {
		x.set(cells{planStart: x.p.asOf - 35, planReview: ""})
	}},
	{name: "assessment without a referral", rule: "X08", list: 4, column: childID, when: all(filled(assessEnd), inSix(assessStart)), add: newChild},
	{name: "referral went nowhere", rule: "X09", list: 3, column: referralNFA, when: all(is(referralNFA, yes), rowsIn(3, 1), back(referralDate, 25), onlyReferred), do: to(cells{referralNFA: no})},
	{name: "referral without a contact", rule: "X10", list: 3, column: childID, when: is(referralNFA, yes), add: newChild},
	{
		name: "fewer referrals than the list shows", rule: "X11", list: 3, column: referralCount, when: rowsIn(3, 2),
		do: func(x row) { x.everyRow(referralCount, 0) }, elsewhere: rowsOf(3, "X11", referralCount),
	},
	{
		name: "referral counts differ", rule: "X11", list: 3, column: referralCount, when: rowsIn(3, 2),
		do: func(x row) { x.set(cells{referralCount: x.number(referralCount) + 1}) }, elsewhere: rowsOf(3, "X11", referralCount),
	},
	{
		name: "fewer enquiries than the list shows", rule: "X12", list: 5, column: s47Count, when: rowsIn(5, 2),
		do: func(x row) { x.everyRow(s47Count, 0) }, elsewhere: rowsOf(5, "X12", s47Count),
	},
	{
		name: "conference counts differ", rule: "X12", list: 5, column: icpcCount, when: rowsIn(5, 2),
		do: func(x row) { x.set(cells{icpcCount: x.number(icpcCount) + 1}) }, elsewhere: rowsOf(5, "X12", icpcCount),
	},
	{
		name: "in care and relevant", rule: "X13", list: 9, column: eligibility, when: is(eligibility, eligible),
		do: to(cells{eligibility: relevant}), elsewhere: rowsOf(8, "X13", childID),
	},
	{name: "eligible and not in care", rule: "X13", list: 9, column: eligibility, when: all(is(eligibility, relevant), row.alone, aged(16, 17)), do: to(cells{eligibility: eligible})},
	{name: "left care at 16 and no care leaver", rule: "X14", list: 8, column: careEnd, when: all(is(careReason, homeE4A), aged(16, 17), not(inList(9)), leftAt16), do: to(cells{careReason: supported})},
	{name: "placed for adoption and not in List 10", rule: "X15", list: 8, column: placeType, when: all(is(placeType, u6), blank(careEnd), not(inList(10))), do: to(cells{placeType: "h) A4: Placed for adoption - consent - not foster"})},
	{name: "adopted and not in List 10", rule: "X15", list: 8, column: careReason, when: leftYoung, do: to(cells{careReason: adoptedE11})},
	{name: "adoption order not the day care ceased", rule: "X16", list: 10, column: adoptionOrder, when: all(filled(adoptionOrder), inList(8)), do: shift(adoptionOrder, adoptionOrder, -2)},
	{name: "entry to care not as in List 8", rule: "X17", list: 10, column: enteredCare, when: all(inList(8), born(enteredCare)), do: shift(enteredCare, enteredCare, -2)},
	{name: "family not in List 11", rule: "X18", list: 10, column: familyID, when: filled(familyID), do: func(x row) { x.set(cells{familyID: "FM" + x.p.nextID()}) }},
	{name: "plan of adoption without a decision", rule: "X19", list: 8, column: permanence, when: all(blank(careEnd), filled(permanence), not(inList(10))), do: to(cells{permanence: planAdoption})},
	{
		name: "on a plan and in care", rule: "X20", list: 8, column: childID,
		when: func(x row) bool { return x.get(careEnd) == "" && !x.has(7) && x.bornBy(x.p.asOf-400) },
		add: func(x row) row {
			return x.on(7, cells{
				planStart: x.p.asOf - 300, firstAbuse: "a) Neglect", latestAbuse: "a) Neglect", planVisit: x.p.asOf - 4, seenAlone: yes,
				planReview: x.p.asOf - 60, emergency: no, earlierPlans: 0,
			})
		},
		elsewhere: same("X20", childID),
	},
	{
		name: "police protection and no such plan", rule: "X21", list: 8, column: legalStatus,
		when: func(x row) bool { return x.get(careEnd) == "" && x.has(7) && x.in(7)[0].get(emergency) == no },
		do: func(x row) {
			x.set(cells{legalStatus: "L1: Police protection LA accommodation", legalStart: max(x.day(careStart), x.p.asOf-2)})
		},
		elsewhere: rowsOf(7, "X21", emergency),
	},
}

// before reports whether the date lies well before the six months.
func before(h string) func(row) bool {
	return func(x row) bool { return x.get(h) != "" && x.day(h) < x.p.six-3 }
}

// onlyReferred reports whether the child is in Lists 1 and 3 alone.
func onlyReferred(x row) bool {
	for _, y := range x.p.byChild[x.who()] {
		if n := y.l.Number; n != 1 && n != 3 {
			return false
		}
	}
	return true
}

func leftAt16(x row) bool { return ageAt(x.day(birth), x.day(careEnd)) >= 16 }

// everyRow sets a cell on all the child's rows of the list.
func (x row) everyRow(h string, v any) {
	for _, y := range x.in(x.l.Number) {
		y.set(cells{h: v})
	}
}
