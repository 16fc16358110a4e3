package annexatest

// Lists 10 and 11: children with an adoption plan, and adopters.

// An adoption is a child's row in List 10, day by day.
type adoption struct {
	entered, decided, ordered, matched, placed, adopted, reversed, ffa day
	reason, family                                                     string
}

func (g *gen) adopt(p *person, a adoption) {
	g.add(10, p, cells{
		familyID: a.family, enteredCare: a.entered, decision: a.decided, placementOrder: a.ordered, matched: a.matched,
		placed: a.placed, adoptionOrder: a.adopted, reversed: a.reversed, reversedReason: a.reason, ffaDate: a.ffa,
	})
}

// upTo works back from a placement to the child's coming into care, each step
// in time (T13), and makes the child, who was a baby or a toddler then.
func (g *gen) upTo(i int, placedOn day) (*person, adoption) {
	a := adoption{placed: placedOn}
	a.matched = g.office(placedOn-35, placedOn-14)
	a.ordered = g.office(a.matched-100, a.matched-30)
	a.decided = g.office(a.ordered-40, a.ordered-15)
	a.entered = g.office(a.decided-140, a.decided-60)
	if i%3 == 1 {
		a.ffa = g.between(a.entered+20, a.matched-20)
	}
	p := g.born(i, a.entered-900, a.entered-4)
	g.allocate(p, careTeams)
	return p, a
}

// inCareFor puts a child with an adoption story, not yet adopted, in Lists 8 and 6.
func (g *gen) inCareFor(p *person, i int, a adoption, s spell) {
	s.start, s.placements = a.entered, 1
	if s.placed == noDay {
		s.placed = a.entered
	}
	if s.placed > g.asOf-350 && s.placed > s.start {
		s.placements = 2
	}
	g.inCare(p, i, s)
}

// adoptivePlacement goes with a placement order only (C14).
func adoptivePlacement(i int) placement {
	kinds := []string{"j) A6: Placed for adoption - order - not foster", "i) A5: Placed for adoption - order - foster"}
	return placement{kind: kinds[i%2], providers: []string{ownProvision, voluntary}, urn: true}
}

// adoptionPlaced lives with adopters, the order still to come.
func adoptionPlaced(g *gen, i int) {
	p, a := g.upTo(i, g.office(g.asOf-200, g.asOf-12))
	f := g.matchedFamily(i, a)
	a.family = f.id
	g.adopt(p, a)
	g.inCareFor(p, i, a, spell{placed: a.placed, legal: placementOrdEd, legalFrom: a.ordered, plan: planAdoption, in: adoptivePlacement(i)})
	g.approve(f)
}

// adoptionPlanned has a decision and perhaps an order or a match.
func adoptionPlanned(g *gen, i int) {
	p, a := g.upTo(i, g.asOf+25)
	a.placed, a.ffa = noDay, noDay
	s := spell{legal: placementOrdEd, legalFrom: a.ordered, plan: planAdoption, in: placementKinds[1]}
	switch i % 3 {
	case 0: // decided
		a.matched, a.ordered = noDay, noDay
		s.legal, s.legalFrom = interimOrder, a.entered
	case 1: // and an order made
		a.matched = noDay
	case 2: // and matched, shortly
		a.matched = min(a.matched, g.asOf-1)
		f := g.matchedFamily(i, a)
		a.family = f.id
		g.approve(f)
	}
	g.adopt(p, a)
	g.inCareFor(p, i, a, s)
}

// adoptedInWindow left care by adoption in the six months (X15, X16).
func adoptedInWindow(g *gen, i int) {
	order := g.office(g.window, g.asOf)
	p, a := g.upTo(i, order-g.days(75, 110))
	a.adopted = order
	f := g.matchedFamily(i, a)
	a.family = f.id
	g.adopt(p, a)
	g.approve(f)
	g.care(p, i, spell{
		start: a.entered, end: order, placed: a.placed, legal: placementOrdEd, legalFrom: a.ordered, plan: planAdoption,
		in: adoptivePlacement(i), placements: 2, reason: []string{adoptedE12, adoptedE11}[i%2],
	})
	g.need(p, need{start: a.entered, seen: g.between(order-20, order), end: order, reason: closedAdopted, status: statusClosed})
}

// adoptedEarlier was adopted before the six months but in the twelve: Lists 10
// and 11 only.
func adoptedEarlier(g *gen, i int) {
	order := g.office(g.year+15, g.before-10)
	p, a := g.upTo(i, order-g.days(75, 110))
	a.adopted = order
	f := g.matchedFamily(i, a)
	a.family = f.id
	g.adopt(p, a)
	g.approve(f)
}

// adoptionReversed had the decision taken back in the twelve months and is in
// care with another plan.
func adoptionReversed(g *gen, i int) {
	back := g.office(g.year, g.asOf-5)
	p, a := g.upTo(i, back-g.days(30, 60))
	a.matched, a.placed, a.ffa = noDay, noDay, noDay
	a.reversed, a.reason = back, reversalReason[i%len(reversalReason)]
	g.adopt(p, a)
	g.inCareFor(p, i, a, spell{legal: fullOrder, legalFrom: a.entered, plan: "f) Long-term fostering", in: placementKinds[1]})
}

// A family is one or two adopters, a row of List 11 each.
type family struct {
	id                                                                    string
	adopters                                                              int
	ffa                                                                   string
	enquired, start1, end1, start2, end2, applied, approved, matched, put day
	children                                                              int
	adopted, left                                                         day
	reason                                                                string
}

// matchedFamily is a family approved in time for the child's match.
func (g *gen) matchedFamily(i int, a adoption) family {
	f := g.approvedBy(i, a.matched-g.days(20, 120))
	f.matched, f.put, f.adopted = a.matched, a.placed, a.adopted
	if a.ffa != noDay {
		f.ffa = "Yes"
	}
	if f.put != noDay {
		f.children = 1 + i%2 // a brother or sister may have come from another authority
	}
	return f
}

// approvedBy is a family approved on the day, both stages in time (T14).
func (g *gen) approvedBy(i int, on day) family {
	f := family{id: g.nextFamily(), adopters: 2 - i%4/3, ffa: "No", end2: on}
	f.start2 = on - g.days(60, 112)
	f.end1 = f.start2 - g.days(0, 30)
	f.start1 = f.end1 - g.days(30, 54)
	f.enquired = f.start1 - g.days(7, 60)
	return f
}

// approve puts the family's rows.
func (g *gen) approve(f family) {
	for i := range f.adopters {
		c := cells{
			adopterID: g.nextAdopter(), familyID: f.id, gender: []string{female, male}[i], ethnicity: g.one(obtainedShare),
			adopterDisability: no, adopterFFA: f.ffa,
			enquiry: f.enquired, stage1Start: f.start1, stage1End: f.end1, stage2Start: f.start2, stage2End: f.end2,
			applied: f.applied, approved: f.approved, adopterMatched: f.matched, adopterPlaced: f.put,
			adoptionOrder: f.adopted, leftDate: f.left, leftReason: f.reason,
		}
		if f.children > 0 {
			c[childrenPlaced] = f.children
		}
		if g.adopter%11 == 3 {
			c[adopterDisability] = yes
		}
		g.add(11, &person{}, c)
	}
}

// adoptersInProcess are at each stage in turn.
func adoptersInProcess(g *gen, i int) {
	var f family
	switch i % 4 {
	case 0: // approved, waiting
		f = g.approvedBy(i, g.between(g.asOf-200, g.asOf))
		f.ffa = "Yes"
	case 1: // in stage 1
		f = g.approvedBy(i, g.asOf)
		f.start1 = g.between(g.asOf-50, g.asOf-1)
		f.enquired = f.start1 - g.days(7, 60)
		f.end1, f.start2, f.end2 = noDay, noDay, noDay
	case 2: // in stage 2
		f = g.approvedBy(i, g.asOf+g.days(5, 50))
		f.end2 = noDay
	case 3: // between the two
		f = g.approvedBy(i, g.asOf+100)
		f.end1 = g.between(g.asOf-20, g.asOf-1)
		f.start1 = f.end1 - 50
		f.enquired = f.start1 - 20
		f.start2, f.end2 = noDay, noDay
	}
	g.approve(f)
}

func adoptersLeft(g *gen, i int) {
	f := g.approvedBy(i, g.between(g.year, g.asOf-70))
	f.left, f.reason = g.between(f.end2, g.asOf), leavingReason[i%len(leavingReason)]
	g.approve(f)
}

// adoptersOldProcess have the two dates of the process before the stages. Rare
// and old in life; without them two columns would be blank all down (S07).
func adoptersOldProcess(g *gen, i int) {
	f := g.approvedBy(i, g.asOf)
	f.end1, f.start1, f.start2, f.end2 = noDay, noDay, noDay, noDay
	f.applied = g.between(g.asOf-400, g.asOf-250)
	f.approved = g.between(f.applied+100, f.applied+200)
	f.enquired = f.applied - g.days(10, 60)
	g.approve(f)
}
