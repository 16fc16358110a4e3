package annexatest

// Lists 8 and 9: children in care and care leavers.

// A spell is a child's row in List 8; in care where end is noDay.
type spell struct {
	start, end, placed, legalFrom day
	reason, legal, plan           string
	in                            placement
	placements, missing           int
	uasc, second                  string
	offered, accepted             string
}

// settle gives the spell a placement of a kind used at the child's age, with a
// legal status that goes with it (C14).
func (g *gen) settle(p *person, s *spell) {
	var fitting []placement
	total := 0
	for _, k := range placementKinds {
		if in := min(p.age, 17); k.from <= in && in <= k.to {
			fitting = append(fitting, k)
			total += k.weight
		}
	}
	n := g.IntN(total)
	for _, k := range fitting {
		if n -= k.weight; n < 0 {
			s.in, s.legal = k, g.of(k.legal)
			return
		}
	}
}

// care puts the row of List 8. What is asked of an open period (visits, reviews,
// health) is dated so that nothing is late; for one that ended the same dates
// fall before its end.
func (g *gen) care(p *person, i int, s spell) {
	last := g.asOf
	if s.end != noDay {
		last = s.end
	}
	review, iro := g.careReview(s.start, last)
	c := cells{
		uasc: orNo(s.uasc), careStart: s.start, careNeed: g.careNeed(p), secondPeriod: orNo(s.second),
		legalStart: s.legalFrom, legalStatus: s.legal, careReview: review, iroContact: iro,
		careVisit: g.careVisit(s, last), permanence: s.plan, healthDate: g.health(p, s.start, last),
		dentalDate: g.dental(s.start, last), placements: s.placements, careEnd: s.end, careReason: s.reason,
		placeStart: s.placed, placeType: s.in.kind, missing: s.missing, absent: []int{0, 1, 0, 0, 0, 2}[i%6],
		rhiOffered: s.offered, rhiAccepted: s.accepted,
	}
	if len(s.in.providers) > 0 {
		c[placeProvider] = g.of(s.in.providers)
	}
	g.place(c, i, s.in)
	g.add(8, p, c)
}

func orNo(answer string) string {
	if answer == "" {
		return no
	}
	return answer
}

func (g *gen) careNeed(p *person) string {
	need := g.one(needShare)
	if other, ok := careNeedOf[need]; ok {
		return other
	}
	return need
}

// careReview keeps to the tightest reading of the review cycle (T06): the first
// inside 20 working days, and from then on one in the last three months, or the
// last five once the child has been in care a year. The reviewing officer was in
// contact since (T09).
func (g *gen) careReview(start, last day) (review, iro day) {
	switch length := last - start; {
	case length < 16:
		return noDay, g.between(start, last)
	case length < 28:
		review = g.office(start+7, last)
	case length <= 110:
		review = g.office(start+20, start+26)
	case length <= 400:
		review = g.office(max(start+40, last-85), last-2)
	default:
		review = g.office(last-150, last-2)
	}
	return review, g.between(review, min(review+20, last))
}

// careVisit is a visit in the last five weeks; within a week of a new placement (T05).
func (g *gen) careVisit(s spell, last day) day {
	if last-s.placed < 40 {
		return g.between(s.placed, min(s.placed+6, last))
	}
	return g.office(max(s.placed, last-33), last)
}

// health is an assessment within 20 working days of coming into care, and then
// within six months under five and twelve from five (T07).
func (g *gen) health(p *person, start, last day) day {
	back := day(330)
	if ageAt(p.birth, last) < 6 {
		back = 160
	}
	switch length := last - start; {
	case length < 16:
		return noDay
	case length <= 160:
		return g.office(start+5, min(start+25, last))
	default:
		return g.office(max(start+10, last-back), last)
	}
}

// dental is a check in the last twelve months (T08), or none yet.
func (g *gen) dental(start, last day) day {
	if last-start < 60 {
		return noDay
	}
	return g.office(max(start+20, last-330), last)
}

// place says where the placement is (C15): a postcode where the place is in
// England and no secret, a URN where Ofsted registers such places.
func (g *gen) place(c cells, i int, in placement) {
	at := localities[0]
	n := g.IntN(100)
	for _, l := range localities {
		if n -= l.weight; n < 0 {
			at = l
			break
		}
	}
	if rare := map[int]int{1: 1, 3: 7, 4: 6}; rare[i] > 0 { // one of each, however short the list
		at = localities[rare[i]]
	}
	c[placeLA], c[placeInOut] = at.name, "b) Out"
	if at.name == homeAuthority {
		c[placeInOut] = "a) In"
	}
	if len(at.outcodes) == 0 {
		return
	}
	const letters = "ABDEFGHJLNPQRSTUWXYZ"
	c[postcode] = g.of(at.outcodes) + " " + string([]byte{byte('1' + g.IntN(9)), letters[g.IntN(len(letters))], letters[g.IntN(len(letters))]})
	if in.urn {
		c[urn] = cell(1_000_000 + g.IntN(900_000))
	}
}

// careFromBefore is a child in care since before the window. Of those of 16 and
// 17 every other one is in List 9 too, as eligible (X13).
func careFromBefore(g *gen, i int) {
	from, to := 0, 17
	if i%5 == 4 {
		from = 16
	}
	p := g.aged(i, from, to, g.before-400)
	g.allocate(p, careTeams)
	s := spell{start: g.between(max(p.birth+1, g.asOf-365*9), g.before-30), placements: 1}
	g.settle(p, &s)
	s.placed, s.legalFrom = s.start, g.between(s.start, min(s.start+200, g.asOf-20))
	if i%3 == 1 { // moved this year
		s.placed = g.between(max(s.start+10, g.asOf-300), g.asOf-3)
		s.placements = 2
	} else if g.asOf-s.start > 800 && i%2 == 0 {
		s.placed = g.between(s.start+100, g.asOf-400)
	}
	s.plan = g.one(permanenceShare)
	g.wentMissing(p, i, &s)
	seen := g.inCare(p, i, s)
	if p.age >= 16 && i%2 == 0 && !g.short && !seen {
		g.leaver(p, i, eligible)
	}
}

// inCare puts a child now in care in Lists 8 and 6. It reports whether the child
// is there as an asylum seeker, of whom List 9 would say so too.
func (g *gen) inCare(p *person, i int, s spell) (asylum bool) {
	g.care(p, i, s)
	g.need(p, need{
		start: max(p.birth, s.start-g.days(0, 90)), status: statusCare,
		seen: g.between(max(s.placed, g.asOf-30), g.asOf),
	})
	return s.uasc == yes
}

// wentMissing gives every sixth child missing episodes and a return interview;
// some were not offered one.
func (g *gen) wentMissing(p *person, i int, s *spell) {
	if i%6 != 1 && i != 3 && i != 5 || p.age < 10 && i > 6 {
		return
	}
	s.missing = 1 + g.IntN(4)
	s.offered, s.accepted = yes, yes
	switch {
	case i == 3 || i%12 == 7:
		s.accepted = no
	case i == 5 || i%24 == 13:
		s.offered, s.accepted = no, ""
	}
}

// careNew came into care in the last hundred days; every third had been in care
// already this year, every third is an asylum seeker alone.
func careNew(g *gen, i int) {
	p := g.child(i, g.asOf-200)
	if i%3 == 1 {
		p = g.aged(i, 16, 17, g.asOf-200)
		p.ethnicity = []string{"o) BAFR", "r) OOTH", "m) AOTH"}[g.IntN(3)]
	}
	g.allocate(p, careTeams)
	s := spell{start: g.between(g.asOf-100, g.asOf-3), placements: 1}
	if i%3 == 2 {
		s.second = yes
	}
	g.settle(p, &s)
	if i%3 == 1 {
		s.uasc, s.in, s.legal = yes, placementKinds[1], section20
	}
	s.placed, s.legalFrom = s.start, s.start
	if g.asOf-s.start > 60 {
		s.plan = g.one(permanenceShare)
	}
	g.inCare(p, i, s)
}

// planToCare came off a plan by coming into care in the window.
func planToCare(g *gen, i int) {
	p := g.child(i, g.before-400)
	g.allocate(p, careTeams)
	ended := g.office(g.window, g.asOf-20)
	started := g.office(max(p.birth+15, ended-500), min(g.before, ended-60))
	g.endedPlan(p, i, started, ended)
	s := spell{start: ended, placed: ended, legalFrom: ended, placements: 1, plan: g.one(permanenceShare)}
	g.settle(p, &s)
	g.care(p, i, s)
	g.need(p, need{
		start: max(p.birth+10, started-g.days(20, 60)), status: statusCare,
		seen: g.between(max(s.placed, g.asOf-30), g.asOf),
	})
}

// left ends a spell and puts the child in Lists 8 and 6, the case closed.
func (g *gen) left(p *person, i int, s spell, closedFor string) {
	g.settle(p, &s)
	s.placements, s.plan = 1+i%2, g.one(permanenceShare)
	s.legalFrom = s.start
	g.care(p, i, s)
	g.need(p, need{start: s.start, seen: g.between(max(s.start, s.end-30), s.end), end: s.end, reason: closedFor, status: statusClosed})
}

func careLeftYoung(g *gen, i int) {
	p := g.aged(i, 1, 14, g.before-200)
	g.allocate(p, careTeams)
	s := spell{start: g.between(max(p.birth+1, g.asOf-1500), g.before-60), end: g.office(g.window, g.asOf), reason: g.one(youngCeasedShare)}
	s.placed = g.between(s.start, g.before-30)
	g.left(p, i, s, closedOther)
}

// careLeftQuickly came into care and went home again in the window.
func careLeftQuickly(g *gen, i int) {
	p := g.aged(i, 1, 14, g.before-200)
	g.allocate(p, careTeams)
	s := spell{start: g.office(g.window+15, g.asOf-60), reason: homeE4A}
	s.end = g.office(s.start+20, g.asOf)
	s.placed = s.start
	g.left(p, i, s, closedOther)
}

// careLeftOlder left at 16 or more and is a care leaver now (X14): at 18 a
// former relevant child, before it a relevant one.
func careLeftOlder(g *gen, i int) {
	end := g.office(g.window, g.asOf-10)
	category, reason := relevant, g.of([]string{supported, otherE8, "n) E6: Moved into independent living - no support"})
	var p *person
	if i%2 == 0 {
		category, reason = formerRelevant, g.one(olderCeasedShare)
		p = g.born(i, end.months(-12*18), end.months(-12*18))
	} else {
		p = g.aged(i, 16, 17, end.months(-12*16)-40)
	}
	g.allocate(p, careTeams)
	s := spell{start: g.between(g.asOf-1500, g.before-120), end: end, reason: reason}
	s.placed = g.between(s.start, g.before-30)
	g.left(p, i, s, closedAdult)
	g.leaver(p, i, category)
}

// careLeftOlderHome went home at 16 or 17, so no place in List 9 is called for.
func careLeftOlderHome(g *gen, i int) {
	end := g.office(g.window, g.asOf-10)
	p := g.aged(i, 16, 17, end.months(-12*16)-40)
	g.allocate(p, careTeams)
	s := spell{start: g.between(g.asOf-900, g.before-60), end: end, reason: homeE4A}
	s.placed = s.start
	g.left(p, i, s, closedOther)
}

// careLeaver is somebody in List 9 alone.
func careLeaver(g *gen, i int) {
	categories := []string{formerRelevant, formerRelevant, qualifying, formerRelevant, formerRelevant, relevant, formerRelevant, formerRelevant}
	ages := map[string][2]int{relevant: {16, 17}, formerRelevant: {18, 24}, qualifying: {16, 24}}
	category := categories[i%len(categories)]
	p := g.aged(i, ages[category][0], ages[category][1], g.asOf)
	g.leaver(p, i, category)
}

// leaver puts the row of List 9. Whoever is out of touch has no accommodation or
// activity (C21), but was heard of in the last two months all the same (T12).
func (g *gen) leaver(p *person, i int, category string) {
	if category != eligible {
		g.allocate(p, leavingCare)
	}
	c := cells{
		formerUASC: []string{no, yes, no, no, no, no, no, no}[i%8], adviser: g.of(forenames) + " " + g.of(surnames),
		eligibility: category, pathwayReview: g.office(g.asOf-150, g.asOf-1), inTouch: yes, leaverContact: g.between(g.asOf-50, g.asOf),
	}
	if i%12 == 3 {
		c[inTouch] = g.one(outOfTouchShare)
	} else {
		home := g.one(accommodationShare)
		if i == 1 {
			home = "X: In custody"
		}
		c[accommodation], c[suitability], c[activity] = home, "a) Suitable", g.one(activityShare)
		if unsuitable[home] {
			c[suitability] = "b) Unsuitable"
		}
	}
	g.add(9, p, c)
}
