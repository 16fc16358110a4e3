package annexatest

import "slices"

func twin(changes cells) func(row) row { return func(x row) row { return x.copy(changes) } }

func closed47(x row) bool { return x.get(icpcUnnecessary) == yes }

// fileKinds are faults of form (rules S).
var fileKinds = []kind{
	{name: "contact without a child ID", rule: "S02", list: 1, column: childID, when: row.alone, do: to(cells{childID: ""})},
	{name: "early help without a child ID", rule: "S02", list: 2, column: childID, when: row.alone, do: to(cells{childID: ""})},
	{name: "adopter without an identifier", rule: "S02", list: 11, column: adopterID, when: filled(adopterID), do: to(cells{adopterID: ""})},

	{name: "child in need twice", rule: "S03", list: 6, column: childID, when: row.alone, add: twin(nil), elsewhere: same("S03", childID)},
	{name: "ended plan twice", rule: "S03", list: 7, column: childID, when: filled(planEnd), add: twin(nil), elsewhere: same("S03", childID)},
	{name: "care leaver twice", rule: "S03", list: 9, column: childID, when: row.alone, add: twin(nil), elsewhere: same("S03", childID)},

	noCode(1, contactSource, row.alone),
	noCode(2, gender, row.alone),
	noCode(3, referralSource, filled(referralSource)),
	noCode(4, assessSeen, blank(assessEnd)),
	noCode(6, primaryNeed, filled(primaryNeed)),
	noCode(7, latestAbuse, filled(latestAbuse)),
	noCode(8, careNeed, filled(careNeed)),
	noCode(9, activity, filled(activity)),
	noCode(10, reversedReason, filled(reversedReason)),
	noCode(11, leftReason, filled(leftReason)),

	{name: "birth on 31 February", rule: "S05", list: 1, column: birth, when: row.alone, do: to(cells{birth: "31/02/2015"}), also: []hit{{"P01", age}}},
	{name: "early help completed on 30 February", rule: "S05", list: 2, column: helpEnd, when: all(row.alone, filled(helpEnd), inSix(helpStart)), do: to(cells{helpEnd: "30/02/2026"})},
	{name: "last seen on 31 September", rule: "S05", list: 6, column: lastSeen, when: filled(cinEnd), do: to(cells{lastSeen: "31/09/2026"})},
	{name: "dental check in month 13", rule: "S05", list: 8, column: dentalDate, when: all(filled(dentalDate), not(back(careStart, 340))), do: to(cells{dentalDate: "04/13/2026"})},
	{name: "pathway plan reviewed in words", rule: "S05", list: 9, column: pathwayReview, when: filled(pathwayReview), do: to(cells{pathwayReview: "last summer"}), also: []hit{{"T11", pathwayReview}}},
	{name: "enquiry dated in words", rule: "S05", list: 11, column: enquiry, when: filled(enquiry), do: to(cells{enquiry: "Spring 2026"})},

	{name: "born in 1900", rule: "S06", list: 1, column: birth, when: row.alone, do: to(cells{birth: "01/01/1900"}), also: []hit{{"P01", age}}},
	{name: "last seen in 1970", rule: "S06", list: 6, column: lastSeen, when: filled(cinEnd), do: to(cells{lastSeen: "01/01/1970"}), also: []hit{{"D05", lastSeen}, {"D26", lastSeen}}},
	{name: "dental check in 1900", rule: "S06", list: 8, column: dentalDate, when: all(filled(dentalDate), not(back(careStart, 340))), do: to(cells{dentalDate: "01/01/1900"}), also: []hit{{"D26", dentalDate}}},
	{name: "concurrent placement in 1900", rule: "S06", list: 10, column: ffaDate, when: filled(ffaDate), do: to(cells{ffaDate: "01/01/1900"}), also: []hit{{"D26", ffaDate}}},
	{name: "enquiry in 1900", rule: "S06", list: 11, column: enquiry, when: filled(enquiry), do: to(cells{enquiry: "01/01/1900"})},

	{name: "child ID with .0", rule: "S08", list: 1, column: childID, when: row.alone, do: func(x row) { x.set(cells{childID: x.who() + ".0"}) }},
	{name: "child ID with a space before it", rule: "S08", list: 2, column: childID, when: row.alone, do: func(x row) { x.set(cells{childID: " " + x.who()}) }},
	{name: "child ID with a letter", rule: "S08", list: 9, column: childID, when: row.alone, do: func(x row) { x.set(cells{childID: "C" + x.who()}) }},

	{name: "same contact twice", rule: "S09", list: 1, column: childID, when: row.alone, add: twin(nil), elsewhere: same("S09", childID)},
	{name: "same early help twice", rule: "S09", list: 2, column: childID, when: row.alone, add: twin(nil), elsewhere: same("S09", childID)},
	{name: "same assessment twice", rule: "S09", list: 4, column: childID, when: filled(assessEnd), add: twin(nil), elsewhere: same("S09", childID)},
	{
		name: "same referral twice", rule: "S09", list: 3, column: childID, when: all(is(referralNFA, yes), rowsIn(3, 1)), add: twin(nil),
		also:      []hit{{"X11", referralCount}}, // a checker may count the twin as an earlier referral
		elsewhere: func(x row) []Fault { return []Fault{x.fault("S09", childID), x.fault("X11", referralCount)} },
	},
	{
		name: "same enquiry twice", rule: "S09", list: 5, column: childID, when: all(closed47, rowsIn(5, 1)), add: twin(nil),
		also:      []hit{{"X12", s47Count}},
		elsewhere: func(x row) []Fault { return []Fault{x.fault("S09", childID), x.fault("X12", s47Count)} },
	},

	{name: "contact source #VALUE!", rule: "S10", list: 1, column: contactSource, when: row.alone, do: to(cells{contactSource: "#VALUE!"}), also: []hit{{"S04", contactSource}}},
	{name: "organisation #REF!", rule: "S10", list: 2, column: helpBy, when: filled(helpBy), do: to(cells{helpBy: "#REF!"})},
	{name: "worker with a non-breaking space", rule: "S10", list: 3, column: worker, when: filled(worker), do: to(cells{worker: "Sam\u00a0Okafor"})},
	{name: "worker #N/A", rule: "S10", list: 6, column: worker, when: blank(cinEnd), do: to(cells{worker: "#N/A"}), also: []hit{{"C10", worker}}},
	{name: "postcode #N/A", rule: "S10", list: 8, column: postcode, when: filled(postcode), do: to(cells{postcode: "#N/A"}), also: []hit{{"C15", postcode}}},

	grouping(1, contactSource, "d) Health services", row.alone),
	grouping(2, ethnicity, "b) Mixed", row.alone),
	grouping(8, careReason, "g) Special Guardianship Orders", leftYoung),
	grouping(9, activity, "c) In training or employment", filled(activity)),

	{name: "contact before the window", rule: "S12", list: 1, column: contactDate, when: func(x row) bool { return x.alone() && x.bornBy(x.p.six-100) }, do: func(x row) { x.set(cells{contactDate: x.p.six - 40}) }},
	{name: "early help before the window", rule: "S12", list: 2, column: helpEnd, when: func(x row) bool { return x.alone() && x.get(helpEnd) != "" && x.bornBy(x.p.six-100) }, do: func(x row) {
		x.set(cells{helpStart: x.p.six - 60, helpEnd: x.p.six - 30})
	}},
	{name: "assessment before the window", rule: "S12", list: 4, column: assessEnd, when: func(x row) bool { return x.alone() && x.get(assessEnd) != "" && x.bornBy(x.p.six-100) }, do: func(x row) {
		x.set(cells{assessStart: x.p.six - 60, assessEnd: x.p.six - 25})
	}},
	{name: "need closed before the window", rule: "S12", list: 6, column: cinEnd, when: func(x row) bool { return x.alone() && x.get(cinEnd) != "" && x.day(cinStart) < x.p.six-60 }, do: func(x row) {
		x.set(cells{lastSeen: x.p.six - 40, cinEnd: x.p.six - 30})
	}},
	{name: "plan ended before the window", rule: "S12", list: 7, column: planEnd, when: func(x row) bool { return x.get(planEnd) != "" && x.day(planStart) < x.p.six-60 }, do: func(x row) {
		x.set(cells{planEnd: x.p.six - 30})
	}},
	{name: "care ceased before the window", rule: "S12", list: 8, column: careEnd, when: func(x row) bool { return leftYoung(x) && x.day(careStart) < x.p.six-60 }, do: func(x row) {
		x.set(cells{careEnd: x.p.six - 25})
	}},
	{name: "adopted before the twelve months", rule: "S12", list: 10, column: adoptionOrder, when: func(x row) bool {
		return x.get(adoptionOrder) != "" && !x.has(8) && x.day(placed) < x.p.twelve-10
	}, do: func(x row) { x.set(cells{adoptionOrder: x.p.twelve - 9}) }},

	{name: "contact still to come", rule: "S13", list: 1, column: contactDate, when: row.alone, do: ago(contactDate, -8), also: []hit{{"S12", contactDate}}},
	{name: "early help completed still to come", rule: "S13", list: 2, column: helpEnd, when: all(filled(helpEnd), not(back(helpStart, 45))), do: ago(helpEnd, -2)},
	{name: "child seen still to come", rule: "S13", list: 6, column: lastSeen, when: all(is(caseStatus, statusCIN), filled(lastSeen)), do: ago(lastSeen, -5)},
	{name: "plan visit still to come", rule: "S13", list: 7, column: planVisit, when: blank(planEnd), do: ago(planVisit, -4)},
	{name: "reviewing officer's contact still to come", rule: "S13", list: 8, column: iroContact, when: blank(careEnd), do: ago(iroContact, -6)},
	{name: "contact with care leaver still to come", rule: "S13", list: 9, column: leaverContact, when: is(inTouch, yes), do: ago(leaverContact, -3)},
	{name: "adopter left still to come", rule: "S13", list: 11, column: leftDate, when: filled(leftDate), do: ago(leftDate, -12)},
}

// noCode puts a value in a coded column that no code set holds.
func noCode(list int, column string, when func(row) bool) kind {
	return kind{
		name: "no such code: " + column, rule: "S04", list: list, column: column, when: when,
		do: func(x row) { x.set(cells{column: x.p.noCode()}) },
	}
}

// grouping puts an analyst's grouping where a code is wanted; it is no code either.
func grouping(list int, column, label string, when func(row) bool) kind {
	return kind{
		name: "grouping for a code: " + column, rule: "S11", list: list, column: column, when: when,
		do: to(cells{column: label}), also: []hit{{"S04", column}},
	}
}

func inSix(h string) func(row) bool {
	return func(x row) bool { return x.day(h) >= x.p.six+2 }
}

// rowsIn reports whether the child has so many rows on list n.
func rowsIn(n, count int) func(row) bool {
	return func(x row) bool { return len(x.in(n)) == count }
}

// leftYoung reports whether the row of List 8 is of a child who left care under
// 16 and not by adoption, so that no other list looks for the child.
func leftYoung(x row) bool {
	return x.get(careEnd) != "" && x.number(age) < 16 && !slices.Contains([]string{adoptedE11, adoptedE12}, x.get(careReason)) && !x.has(10)
}
