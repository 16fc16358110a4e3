package annexatest

const (
	u6   = "f) U6: Foster placement - not FFA"
	u4   = "d) U4: Foster placement - long term"
	p1   = "k) P1: Placed with parents"
	k2   = "p) K2: Children’s Homes"
	temp = "w) T0: Temporary placement"
)

// openNeed is an open row of List 6.
var openNeed = blank(cinEnd)

// pairKinds are cells of a row that do not go together (rules C).
var pairKinds = []kind{
	{name: "closed need without a reason", rule: "C01", list: 6, column: cinReason, when: filled(cinEnd), do: to(cells{cinReason: ""})},
	{name: "open need with a reason", rule: "C01", list: 6, column: cinReason, when: openNeed, do: to(cells{cinReason: closedOther})},
	{name: "care ended without a reason", rule: "C02", list: 8, column: careReason, when: leftYoung, do: to(cells{careReason: ""})},
	{name: "in care with a reason", rule: "C02", list: 8, column: careReason, when: blank(careEnd), do: to(cells{careReason: homeE4A})},
	{name: "reversal without a reason", rule: "C03", list: 10, column: reversedReason, when: filled(reversed), do: to(cells{reversedReason: ""})},
	{name: "reason without a reversal", rule: "C03", list: 10, column: reversedReason, when: blank(reversed), do: to(cells{reversedReason: reversalReason[3]})},
	{name: "adopter left without a reason", rule: "C04", list: 11, column: leftReason, when: filled(leftDate), do: to(cells{leftReason: ""})},
	{name: "reason without leaving", rule: "C04", list: 11, column: leftReason, when: blank(leftDate), do: to(cells{leftReason: leavingReason[0]})},
	{name: "placement without a number of children", rule: "C05", list: 11, column: childrenPlaced, when: filled(adopterPlaced), do: to(cells{childrenPlaced: ""})},
	{name: "number of children without placement", rule: "C05", list: 11, column: childrenPlaced, when: blank(adopterPlaced), do: to(cells{childrenPlaced: 1})},
	{name: "visit not saying whether alone", rule: "C06", list: 7, column: seenAlone, when: filled(planVisit), do: to(cells{seenAlone: ""})},
	{name: "seen alone without a visit", rule: "C06", list: 7, column: seenAlone, when: all(filled(planEnd), filled(seenAlone)), do: to(cells{planVisit: ""})},
	{name: "conference held though unnecessary", rule: "C07", list: 5, column: icpcDate, when: all(closed47, rowsIn(5, 1), inSix(strategyDate), back(strategyDate, 20)), do: func(x row) {
		x.set(cells{icpcDate: x.p.calendar.add(x.day(strategyDate), 8), icpcPlan: no})
	}},
	{name: "conference without an outcome", rule: "C07", list: 5, column: icpcPlan, when: is(icpcPlan, no), do: to(cells{icpcPlan: ""})},
	{name: "authorised assessment without an outcome", rule: "C08", list: 4, column: assessSupport, when: filled(assessEnd), do: to(cells{assessSupport: ""})},
	{name: "open assessment with an outcome", rule: "C08", list: 4, column: assessSupport, when: blank(assessEnd), do: to(cells{assessSupport: yes})},
	{name: "assessed and not seen", rule: "C09", list: 4, column: assessSeen, when: filled(assessEnd), do: to(cells{assessSeen: no})},
	{name: "assessed and not known whether seen", rule: "C09", list: 4, column: assessSeen, when: filled(assessEnd), do: to(cells{assessSeen: unknown})},
	{name: "open assessment without a worker", rule: "C10", list: 4, column: worker, when: blank(assessEnd), do: to(cells{worker: "TBC"})},
	{name: "open need without a worker", rule: "C10", list: 6, column: worker, when: openNeed, do: to(cells{worker: ""})},
	{name: "open plan unallocated", rule: "C10", list: 7, column: worker, when: blank(planEnd), do: to(cells{worker: "Unallocated"})},
	{name: "in care with the duty team", rule: "C10", list: 8, column: team, when: blank(careEnd), do: to(cells{team: "Duty"})},
	{name: "care leaver without a worker", rule: "C10", list: 9, column: worker, when: filled(worker), do: to(cells{worker: ""})},
	{name: "open need without a need", rule: "C11", list: 6, column: primaryNeed, when: openNeed, do: to(cells{primaryNeed: ""})},
	{name: "need not stated on an open case", rule: "C11", list: 6, column: primaryNeed, when: openNeed, do: to(cells{primaryNeed: "N0 - Not stated"})},
	{name: "closed status without a closure", rule: "C12", list: 6, column: caseStatus, when: all(is(caseStatus, statusCIN), row.alone), do: to(cells{caseStatus: statusClosed})},
	{name: "closure without closed status", rule: "C12", list: 6, column: caseStatus, when: all(filled(cinEnd), row.alone), do: to(cells{caseStatus: statusCIN})},
	{name: "closed after assessment", rule: "C13", list: 6, column: cinReason, when: filled(cinEnd), do: to(cells{cinReason: "RC8 - Case closed after assessment, no further action"})},
	{name: "closed to early help", rule: "C13", list: 6, column: cinReason, when: filled(cinEnd), do: to(cells{cinReason: "RC9 - Case closed after assessment, referred to early help"})},
	{name: "parents as provider of a foster home", rule: "C14", list: 8, column: placeProvider, when: is(placeType, u6, u4), do: to(cells{placeProvider: parentsPR0})},
	{name: "with parents under section 20", rule: "C14", list: 8, column: legalStatus, when: is(placeType, p1), do: to(cells{legalStatus: section20})},
	{name: "placed for adoption without an order", rule: "C14", list: 8, column: legalStatus, when: all(is(placeType, adoptivePlacement(0).kind, adoptivePlacement(1).kind), blank(careEnd)), do: to(cells{legalStatus: fullOrder})},
	{name: "temporary placement with a provider", rule: "C14", list: 8, column: placeProvider, when: is(placeType, temp), do: to(cells{placeProvider: ownProvision})},
	{name: "short breaks in List 8", rule: "C14", list: 8, column: legalStatus, when: is(placeType, u6), do: to(cells{legalStatus: "V3: Short term breaks, episodes recorded"})},
	{name: "malformed postcode", rule: "C15", list: 8, column: postcode, when: filled(postcode), do: to(cells{postcode: "CH4 12"})},
	{name: "inside, but another authority", rule: "C15", list: 8, column: placeInOut, when: is(placeLA, "Liverpool", "Sefton"), do: to(cells{placeInOut: "a) In"})},
	{name: "children's home without a URN", rule: "C15", list: 8, column: urn, when: all(is(placeType, k2), filled(urn)), do: to(cells{urn: ""})},
	{name: "care ended by an episode change", rule: "C16", list: 8, column: careReason, when: leftYoung, do: to(cells{careReason: "u) X1:CodeError"})},
	{name: "no placements", rule: "C17", list: 8, column: placements, when: filled(placements), do: to(cells{placements: 0})},
	{name: "four placements", rule: "C17", list: 8, column: placements, when: filled(placements), do: to(cells{placements: 4})},
	{name: "missing and nothing said of an interview", rule: "C18", list: 8, column: rhiOffered, when: filled(rhiOffered), do: to(cells{rhiOffered: "", rhiAccepted: ""})},
	{name: "interview accepted, not offered", rule: "C18", list: 8, column: rhiOffered, when: is(rhiAccepted, yes), do: to(cells{rhiOffered: no})},
	{name: "interview for a child never missing", rule: "C18", list: 8, column: rhiOffered, when: is(missing, "0"), do: to(cells{rhiOffered: yes})},
	{name: "no permanence plan", rule: "C19", list: 8, column: permanence, when: all(blank(careEnd), back(careStart, 150), not(inList(10))), do: to(cells{permanence: ""})},
	{name: "earlier plans left blank", rule: "C20", list: 7, column: earlierPlans, when: filled(earlierPlans), do: to(cells{earlierPlans: ""})},
	{name: "in touch without accommodation", rule: "C21", list: 9, column: accommodation, when: is(inTouch, yes), do: to(cells{accommodation: ""})},
	{name: "in touch without an activity", rule: "C21", list: 9, column: activity, when: is(inTouch, yes), do: to(cells{activity: ""})},
	{name: "out of touch with an activity", rule: "C21", list: 9, column: activity, when: is(inTouch, no), do: to(cells{activity: "G5: Not in education, employment or training - other"})},
	{name: "former relevant at 16 or 17", rule: "C22", list: 9, column: eligibility, when: all(is(eligibility, relevant), aged(16, 17)), do: to(cells{eligibility: formerRelevant})},
	{name: "relevant at 18 or more", rule: "C22", list: 9, column: eligibility, when: all(is(eligibility, formerRelevant), row.alone), do: to(cells{eligibility: relevant})},
	{name: "adopted and reversed", rule: "C23", list: 10, column: reversed, when: filled(reversed), do: func(x row) {
		x.set(cells{adoptionOrder: x.p.asOf - 20})
	}, also: []hit{{"X16", adoptionOrder}}},
	{name: "placed without a match", rule: "C24", list: 10, column: matched, when: filled(placed), do: to(cells{matched: ""})},
	{name: "referral went on without a worker", rule: "C25", list: 3, column: worker, when: is(referralNFA, no), do: to(cells{worker: ""}), also: []hit{{"C10", worker}}},
}
