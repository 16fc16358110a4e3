package annexatest

// orderKinds are dates in the wrong order (rules D).
var orderKinds = []kind{
	{name: "early help ends before it starts", rule: "D01", list: 2, column: helpEnd, when: all(filled(helpEnd), room(helpStart, 20)), do: shift(helpEnd, helpStart, -3)},
	{name: "assessment authorised before it starts", rule: "D02", list: 4, column: assessEnd, when: all(filled(assessEnd), room(assessStart, 20)), do: shift(assessEnd, assessStart, -4)},
	{name: "conference before the strategy discussion", rule: "D03", list: 5, column: icpcDate, when: all(is(icpcPlan, no), rowsIn(5, 1)), do: shift(icpcDate, strategyDate, -5)},
	{name: "need closes before it starts", rule: "D04", list: 6, column: cinEnd, when: all(filled(cinEnd), room(cinStart, 20)), do: shift(cinEnd, cinStart, -6)},
	{name: "seen before need began", rule: "D05", list: 6, column: lastSeen, when: all(filled(cinEnd), born(cinStart)), do: shift(lastSeen, cinStart, -5)},
	{name: "plan ends before it starts", rule: "D06", list: 7, column: planEnd, when: all(filled(planEnd), room(planStart, 10)), do: shift(planEnd, planStart, -3)},
	{name: "plan ends the day it starts", rule: "D06", list: 7, column: planEnd, when: all(filled(planEnd), room(planStart, 10)), do: shift(planEnd, planStart, 0)},
	{name: "visit before the plan", rule: "D07", list: 7, column: planVisit, when: all(filled(planEnd), born(planStart)), do: shift(planVisit, planStart, -4)},
	{name: "review before the plan", rule: "D08", list: 7, column: planReview, when: all(filled(planEnd), born(planStart)), do: shift(planReview, planStart, -7)},
	{name: "review the day the plan starts", rule: "D08", list: 7, column: planReview, when: all(blank(planEnd), blank(planReview)), do: shift(planReview, planStart, 0)},
	{name: "care ends before it starts", rule: "D09", list: 8, column: careEnd, when: all(leftYoung, room(careStart, 10)), do: shift(careEnd, careStart, -5)},
	{name: "placement before care", rule: "D10", list: 8, column: placeStart, when: all(filled(careEnd), born(careStart)), do: shift(placeStart, careStart, -12)},
	{name: "legal status before care", rule: "D11", list: 8, column: legalStart, when: all(is(legalStatus, section20), born(careStart)), do: shift(legalStart, careStart, -12)},
	{name: "care review before care", rule: "D12", list: 8, column: careReview, when: all(filled(careEnd), born(careStart)), do: shift(careReview, careStart, -6)},
	{name: "care visit before care", rule: "D13", list: 8, column: careVisit, when: all(filled(careEnd), born(careStart)), do: shift(careVisit, careStart, -6)},

	{name: "adoption decision before care", rule: "D14", list: 10, column: decision, when: born(enteredCare), do: shift(decision, enteredCare, -5)},
	{name: "placement order before the decision", rule: "D15", list: 10, column: placementOrder, when: all(filled(placementOrder), blank(matched)), do: shift(placementOrder, decision, -3)},
	{name: "match before the decision", rule: "D16", list: 10, column: matched, when: all(filled(matched), blank(adoptionOrder)), do: shift(matched, decision, -3)},
	{name: "placed before the match", rule: "D17", list: 10, column: placed, when: filled(placed), do: shift(placed, matched, -2)},
	{name: "adopted before placement", rule: "D18", list: 10, column: adoptionOrder, when: func(x row) bool {
		return x.get(adoptionOrder) != "" && !x.has(8) && x.day(placed) > x.p.twelve+10
	}, do: shift(adoptionOrder, placed, -3)},

	{name: "stage 1 before the enquiry", rule: "D19", list: 11, column: stage1Start, when: all(filled(enquiry), back(stage1Start, 5)), do: shift(enquiry, stage1Start, 2)},
	{name: "stage 1 ends before it starts", rule: "D20", list: 11, column: stage1End, when: filled(stage1End), do: shift(stage1End, stage1Start, -2)},
	{name: "stage 2 before the end of stage 1", rule: "D21", list: 11, column: stage2Start, when: shortStage2, do: shift(stage2Start, stage1End, -1)},
	{name: "stage 2 ends before it starts", rule: "D22", list: 11, column: stage2End, when: filled(stage2End), do: shift(stage2End, stage2Start, -1)},
	{name: "approved before the application", rule: "D23", list: 11, column: approved, when: filled(approved), do: shift(approved, applied, -9)},
	{name: "adopters' placement before their match", rule: "D24", list: 11, column: adopterPlaced, when: filled(adopterPlaced), do: shift(adopterPlaced, adopterMatched, -2)},
	{name: "adopters' order before placement", rule: "D25", list: 11, column: adoptionOrder, when: all(filled(adoptionOrder), filled(adopterPlaced)), do: shift(adoptionOrder, adopterPlaced, -3)},

	{name: "need began long before birth", rule: "D26", list: 6, column: cinStart, when: row.alone, do: shift(cinStart, birth, -400)},
	{name: "dental check before birth", rule: "D26", list: 8, column: dentalDate, when: all(filled(dentalDate), not(back(careStart, 340))), do: shift(dentalDate, birth, -30)},
	{name: "concurrent placement before birth", rule: "D26", list: 10, column: ffaDate, when: filled(ffaDate), do: shift(ffaDate, birth, -20)},
	{name: "plan reviewed long before birth", rule: "D26", list: 7, column: planReview, when: filled(planEnd), do: shift(planReview, birth, -300), also: []hit{{"D08", planReview}}},
}

// room reports whether the date is in the six months, so many days from their
// beginning, and the child was born well before.
func room(h string, days day) func(row) bool {
	return func(x row) bool { return x.day(h) >= x.p.six+days && x.bornBy(x.day(h)-20) }
}

// born reports whether the child was born well before the date.
func born(h string) func(row) bool {
	return func(x row) bool { return x.get(h) != "" && x.bornBy(x.day(h)-20) }
}

// shortStage2 reports whether stage 2, begun a day before stage 1 ended, would
// still be within four months.
func shortStage2(x row) bool {
	return x.get(stage2Start) != "" && x.get(stage2End) != "" && x.day(stage2End)-x.day(stage1End) < 115
}
