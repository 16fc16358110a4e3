package annexatest

// timeKinds are things done late, or not yet (rules T).
var timeKinds = []kind{
	{name: "assessment of 60 working days", rule: "T01", list: 4, column: assessEnd, when: all(filled(assessEnd), back(assessStart, 95), inSix(assessEnd)), do: func(x row) {
		x.set(cells{assessEnd: x.p.calendar.add(x.day(assessStart), 60)})
	}},
	{name: "assessment open 55 working days", rule: "T01", list: 6, column: assessEnd, when: all(is(caseStatus, statusCIN), row.alone, before(cinStart)), add: func(x row) row {
		return x.on(4, cells{assessStart: x.p.calendar.add(x.p.asOf, -55), assessSeen: yes})
	}},
	{name: "conference after 20 working days", rule: "T02", list: 5, column: icpcDate, when: all(is(icpcPlan, no), rowsIn(5, 1), back(strategyDate, 40)), do: func(x row) {
		x.set(cells{icpcDate: x.p.calendar.add(x.day(strategyDate), 20)})
	}},
	{name: "enquiry undecided after a month", rule: "T02", list: 5, column: icpcDate, when: all(closed47, back(strategyDate, 32)), do: to(cells{icpcUnnecessary: ""})},
	{name: "no plan visit for a month", rule: "T03", list: 7, column: planVisit, when: all(blank(planEnd), back(planStart, 45)), do: ago(planVisit, 30)},
	{name: "plan never reviewed", rule: "T04", list: 7, column: planReview, when: all(blank(planEnd), back(planStart, 115)), do: to(cells{planReview: ""})},
	{name: "plan not reviewed for seven months", rule: "T04", list: 7, column: planReview, when: all(blank(planEnd), back(planStart, 240)), do: ago(planReview, 212)},
	{name: "no care visit for nine weeks", rule: "T05", list: 8, column: careVisit, when: all(blank(careEnd), back(placeStart, 80), not(is(placeType, u4, "a) U1: Foster placement - relatives - long term"))), do: ago(careVisit, 63)},
	{name: "no care visit for four months", rule: "T05", list: 8, column: careVisit, when: all(blank(careEnd), back(placeStart, 400), is(placeType, u4)), do: ago(careVisit, 120)},
	{name: "care not reviewed for seven months", rule: "T06", list: 8, column: careReview, when: all(blank(careEnd), back(careStart, 420)), do: ago(careReview, 212)},
	{name: "no health assessment for over a year", rule: "T07", list: 8, column: healthDate, when: all(blank(careEnd), back(careStart, 800), aged(8, 17)), do: ago(healthDate, 400)},
	{name: "small child's health not assessed for seven months", rule: "T07", list: 8, column: healthDate, when: all(blank(careEnd), back(careStart, 300), aged(0, 3)), do: ago(healthDate, 215)},
	{name: "no dental check for over a year", rule: "T08", list: 8, column: dentalDate, when: all(blank(careEnd), back(careStart, 430)), do: ago(dentalDate, 400)},
	{name: "no dental check at all", rule: "T08", list: 8, column: dentalDate, when: all(blank(careEnd), back(careStart, 430)), do: to(cells{dentalDate: ""})},
	{name: "no word from the reviewing officer for seven months", rule: "T09", list: 8, column: iroContact, when: all(blank(careEnd), back(careStart, 300)), do: ago(iroContact, 212)},
	{name: "child in need not seen for ten weeks", rule: "T10", list: 6, column: lastSeen, when: all(is(caseStatus, statusCIN), back(cinStart, 80)), do: ago(lastSeen, 70)},
	{name: "pathway plan not reviewed for seven months", rule: "T11", list: 9, column: pathwayReview, when: is(eligibility, relevant, formerRelevant), do: ago(pathwayReview, 212)},
	{name: "care leaver not heard of for three months", rule: "T12", list: 9, column: leaverContact, when: is(inTouch, yes), do: ago(leaverContact, 90)},
	{name: "care leaver without an adviser", rule: "T12", list: 9, column: adviser, when: is(inTouch, yes), do: to(cells{adviser: ""})},
	{name: "in care long before placement", rule: "T13", list: 10, column: placed, when: func(x row) bool {
		return x.get(placed) != "" && !x.has(8) && x.bornBy(x.day(placed)-440)
	}, do: shift(enteredCare, placed, -435)},
	{name: "match long after the order", rule: "T13", list: 10, column: matched, when: func(x row) bool {
		return x.get(matched) != "" && !x.has(8) && x.bornBy(x.day(matched)-220)
	}, do: func(x row) {
		x.set(cells{placementOrder: x.day(matched) - 130, decision: x.day(matched) - 150, enteredCare: x.day(matched) - 210})
	}},
	{name: "stage 1 of three months", rule: "T14", list: 11, column: stage1End, when: filled(stage1End), do: func(x row) {
		x.set(cells{stage1Start: x.day(stage1End) - 92, enquiry: x.day(stage1End) - 110})
	}},
	{name: "stage 2 of five months", rule: "T14", list: 11, column: stage2End, when: func(x row) bool {
		return x.get(stage2End) != "" && x.get(leftDate) == "" && x.get(adopterMatched) == "" && x.day(stage2Start)+150 <= x.p.asOf
	}, do: shift(stage2End, stage2Start, 150)},
	{name: "plan of over two years", rule: "T15", list: 7, column: planStart, when: func(x row) bool {
		return x.get(planEnd) == "" && !x.has(5) && x.get(planReview) != "" && x.bornBy(x.p.asOf-800)
	}, do: ago(planStart, 760)},
	{name: "early help of sixty working days", rule: "T16", list: 2, column: helpEnd, when: func(x row) bool {
		return x.alone() && x.get(helpEnd) != "" && x.bornBy(x.day(helpEnd)-120)
	}, do: func(x row) { x.set(cells{helpStart: x.p.calendar.add(x.day(helpEnd), -60)}) }},
}
