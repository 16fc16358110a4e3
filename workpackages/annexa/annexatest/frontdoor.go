package annexatest

// Lists 1 to 4: contacts, early help, referrals and assessments.

// source gives a contact's or referral's source, unknown or anonymous on two
// rows in a hundred (C26). n is the number of rows the list has already.
func (g *gen) source(n int) string {
	if n%50 == 49 {
		return g.of(unknownSource)
	}
	return g.one(sourceShare)
}

func (g *gen) contact(p *person, on day) {
	g.add(1, p, cells{contactDate: on, contactSource: g.source(len(g.ret.Lists[0].Rows))})
}

// contactOnly is a child that one contact is all there is about. One in sixty
// has no ethnicity yet.
func contactOnly(g *gen, i int) {
	p := g.child(i, g.window)
	if i%60 == 59 {
		p.ethnicity = g.of(notObtained)
	}
	g.contact(p, g.between(g.window, g.asOf))
}

func contactUnborn(g *gen, i int) {
	on := g.between(max(g.window, g.asOf-150), g.asOf)
	g.contact(g.unborn(i, on), on)
}

// help is one early help assessment, within 45 working days of its start (T16);
// every fourth is still open.
func (g *gen) help(p *person, i int) (start day) {
	if i%4 == 1 {
		start = g.between(g.asOf-50, g.asOf-1)
		g.add(2, p, cells{helpStart: start, helpBy: g.one(helpByShare)})
		return start
	}
	end := g.between(g.window, g.asOf)
	start = end - g.days(7, 56)
	g.add(2, p, cells{helpStart: start, helpEnd: end, helpBy: g.one(helpByShare)})
	return start
}

func earlyHelp(g *gen, i int) {
	p := g.child(i, g.window-60)
	start := g.help(p, i)
	if i%3 == 0 && start > g.window+5 {
		g.contact(p, start-g.days(0, 5))
	}
}

func earlyHelpUnborn(g *gen, i int) {
	start := g.between(g.asOf-50, g.asOf-5)
	g.add(2, g.unborn(i, start), cells{helpStart: start, helpBy: "Health visiting service"})
}

// refer puts a contact and, within ten days of it (X10), the referral it became.
// count is how many referrals went before in the twelve months.
func (g *gen) refer(p *person, on day, nfa string, count int) {
	if p.team == "" {
		g.allocate(p, frontDoor)
	}
	g.contact(p, g.between(max(g.window, on-8), on))
	g.add(3, p, cells{
		referralDate: on, referralSource: g.source(len(g.ret.Lists[2].Rows)), referralNFA: nfa, referralCount: count,
	})
}

func referredNoAction(g *gen, i int) {
	p := g.child(i, g.window)
	if i%50 == 49 {
		p.ethnicity = g.of(notObtained)
	}
	g.refer(p, g.office(g.window+1, g.asOf), yes, i%3)
}

// referredTwice is a child referred twice, and perhaps earlier still; both
// rows hold the same number (X11).
func referredTwice(g *gen, i int) {
	p := g.child(i, g.window)
	first := g.office(g.window+1, g.asOf-60)
	g.refer(p, first, yes, 1+i%2)
	g.refer(p, g.office(first+20, g.asOf), yes, 1+i%2)
}

// assess puts an assessment; it is open where end is noDay. Only open ones have
// a child who was not seen yet (C09).
func (g *gen) assess(p *person, start, end day, support string) {
	c := cells{assessStart: start, assessEnd: end, assessSeen: yes, assessSupport: support}
	if end == noDay {
		c[assessSupport] = ""
		c[assessSeen] = []string{no, yes, yes, unknown}[g.IntN(4)]
		if g.firsts {
			c[assessSeen] = no
		}
	}
	g.add(4, p, c)
}

// assessed refers a child and assesses them: begun within ten working days of
// the referral (X09), done within 45 of it (T01).
func (g *gen) assessed(p *person, referred day, support string) (start, end day) {
	g.allocate(p, assessing)
	g.refer(p, referred, no, g.IntN(2))
	start = g.add10(referred)
	end = g.calendar.add(start, 8+g.IntN(30))
	g.assess(p, start, end, support)
	return start, end
}

// add10 is a working day soon after a referral, well within ten of them.
func (g *gen) add10(referred day) day { return g.calendar.add(referred, g.IntN(4)) }

// referral days: the first leaves time for an assessment and for a plan to
// begin well inside the window.
func (g *gen) earlyReferral() day { return g.office(g.window+2, g.asOf-75) }

// assessedNoSupport ends in no further action, so the child is not in List 6 (C13).
func assessedNoSupport(g *gen, i int) {
	p := g.child(i, g.window)
	if i%5 == 4 { // referred before, to no effect
		p.team = ""
		first := g.office(g.window+1, g.asOf-120)
		g.allocate(p, assessing)
		g.refer(p, first, yes, 1)
		second := g.office(first+20, g.asOf-75)
		g.refer(p, second, no, 1)
		start := g.add10(second)
		g.assess(p, start, g.calendar.add(start, 8+g.IntN(30)), no)
		return
	}
	g.assessed(p, g.earlyReferral(), no)
}

// assessedFromBefore began before the window and was authorised inside it.
func assessedFromBefore(g *gen, i int) {
	p := g.child(i, g.before-60)
	g.allocate(p, assessing)
	start := g.office(g.before-18, g.before)
	end := g.office(max(g.window, start+20), g.calendar.add(start, 38))
	g.assess(p, start, end, no)
}

func openAssessment(g *gen, i int) {
	p := g.child(i, g.asOf-60)
	g.allocate(p, assessing)
	g.underAssessment(p, g.office(g.calendar.add(g.asOf, -34), g.asOf-8))
}

// underAssessment refers a child and begins an assessment that is still open,
// and puts the child in List 6.
func (g *gen) underAssessment(p *person, referred day) {
	g.refer(p, referred, no, 0)
	start := min(g.add10(referred), g.asOf)
	g.assess(p, start, noDay, "")
	g.need(p, need{start: referred, status: statusOpen, seen: g.recently(start)})
}

func unbornAssessment(g *gen, i int) {
	referred := g.office(g.calendar.add(g.asOf, -34), g.asOf-8)
	p := g.unborn(i, referred-8)
	g.allocate(p, assessing)
	g.underAssessment(p, referred)
}

// bornSinceReferral is a baby referred and assessed before birth.
func bornSinceReferral(g *gen, i int) {
	referred := g.office(g.window+2, g.asOf-100)
	p := g.born(i, referred+20, referred+90)
	_, end := g.assessed(p, referred, yes)
	g.need(p, need{start: referred, status: statusCIN, seen: g.recently(end)})
}
