package annexatest

// Lists 5 to 7: section 47 enquiries, children in need, child protection plans.

// A need is a child's row in List 6; open where end is noDay.
type need struct {
	start, seen, end day
	reason, status   string
	code             string // drawn where empty
}

func (g *gen) need(p *person, n need) {
	if n.code == "" {
		n.code = g.one(needShare)
	}
	g.add(6, p, cells{
		cinStart: n.start, primaryNeed: n.code, lastSeen: n.seen,
		cinEnd: n.end, cinReason: n.reason, caseStatus: n.status,
	})
}

// recently is a day in the last twenty working days (T10 allows thirty), not
// before the day given.
func (g *gen) recently(notBefore day) day {
	return g.office(max(notBefore, g.calendar.add(g.asOf, -20)), g.asOf)
}

func needNew(g *gen, i int) {
	p := g.child(i, g.window)
	referred := g.earlyReferral()
	_, end := g.assessed(p, referred, yes)
	g.allocate(p, safeguarding)
	g.need(p, need{start: referred, status: statusCIN, seen: g.recently(end)})
}

// longAgo is a day before the window and within years of it.
func (g *gen) longAgo(p *person, years int) day {
	return g.office(max(p.birth+15, g.before-day(365*years)), g.before)
}

func needFromBefore(g *gen, i int) {
	p := g.child(i, g.before-40)
	g.allocate(p, safeguarding)
	g.need(p, need{start: g.longAgo(p, 2), status: statusCIN, seen: g.recently(g.window)})
}

func needClosedNew(g *gen, i int) {
	p := g.child(i, g.window)
	referred := g.office(g.window+2, g.asOf-100)
	_, end := g.assessed(p, referred, yes)
	closed := g.office(end+5, g.asOf)
	g.need(p, need{start: referred, seen: g.between(end, closed), end: closed, reason: g.one(closureShare), status: statusClosed})
}

func needClosed(g *gen, i int) {
	p := g.child(i, g.before-40)
	g.allocate(p, safeguarding)
	closed := g.office(g.window, g.asOf)
	reason := g.one(closureShare)
	if i%7 == 1 {
		reason = "RC5 - Transferred to services of another local authority"
	}
	start := g.longAgo(p, 2)
	g.need(p, need{start: start, seen: g.between(max(start, closed-30), closed), end: closed, reason: reason, status: statusClosed})
}

// An enquiry47 is one row of List 5.
type enquiry47 struct {
	strategy    day
	unnecessary string // empty while nothing is decided
	conference  day
	plan        string // yes or no after a conference
	s47s, icpcs int    // in the twelve months before the latest enquiry
}

func (g *gen) enquire(p *person, e enquiry47) {
	g.add(5, p, cells{
		strategyDate: e.strategy, icpcUnnecessary: e.unnecessary, icpcDate: e.conference, icpcPlan: e.plan,
		s47Count: e.s47s, icpcCount: e.icpcs,
	})
}

// enquiryNoConference finds nothing that needs a conference; the child goes on
// as in need, or not at all.
func enquiryNoConference(g *gen, i int) {
	p := g.child(i, g.window)
	referred := g.earlyReferral()
	start, end := g.assessed(p, referred, []string{yes, no}[i%2])
	g.enquire(p, enquiry47{strategy: start + g.days(0, 6), unnecessary: yes, s47s: i % 3, icpcs: i % 2})
	if i%2 == 0 {
		g.allocate(p, safeguarding)
		g.need(p, need{start: referred, status: statusCIN, seen: g.recently(end)})
	}
}

// enquiryTwice is a child in need with two enquiries in the window, the first
// of which went to a conference; both rows hold the same numbers (X12).
func enquiryTwice(g *gen, i int) {
	p := g.child(i, g.before-60)
	g.allocate(p, safeguarding)
	first := g.office(g.window+1, g.asOf-70)
	conference := g.calendar.add(first, 9)
	g.enquire(p, enquiry47{strategy: first, unnecessary: no, conference: conference, plan: no, s47s: 1 + i%2, icpcs: 1})
	g.enquire(p, enquiry47{strategy: g.office(conference+20, g.asOf), unnecessary: yes, s47s: 1 + i%2, icpcs: 1})
	g.need(p, need{start: g.longAgo(p, 2), status: statusCIN, seen: g.recently(g.window)})
}

// enquiryOpen has no decision yet, or one that a conference is needed, and is
// well inside the 15 working days (T02).
func enquiryOpen(g *gen, i int) {
	p := g.child(i, g.asOf-60)
	g.allocate(p, assessing)
	strategy := g.office(g.calendar.add(g.asOf, -9), g.asOf-1)
	g.underAssessment(p, g.calendar.add(strategy, -3))
	g.enquire(p, enquiry47{strategy: strategy, unnecessary: []string{"", no}[i%2], s47s: i % 2})
}

// conferenceNoPlan is a conference that made no plan.
func conferenceNoPlan(g *gen, i int) {
	p := g.child(i, g.window)
	referred := g.earlyReferral()
	start, end := g.assessed(p, referred, yes)
	strategy := g.calendar.add(start, 1)
	g.enquire(p, enquiry47{strategy: strategy, unnecessary: no, conference: g.calendar.add(strategy, 6+g.IntN(5)), plan: no, s47s: i % 2})
	g.allocate(p, safeguarding)
	g.need(p, need{start: referred, status: statusCIN, seen: g.recently(end)})
}

// A plan is a child's row in List 7; open where end is noDay.
type plan struct {
	start, visit, review, end day
	emergency                 string
	earlier                   int
}

func (g *gen) protect(p *person, c plan) {
	first := g.one(abuseShare)
	latest := first
	if g.IntN(6) == 0 {
		latest = g.one(abuseShare)
	}
	g.add(7, p, cells{
		planStart: c.start, firstAbuse: first, latestAbuse: latest,
		planVisit: c.visit, seenAlone: []string{yes, yes, no, unknown}[g.IntN(4)], planReview: c.review, planEnd: c.end,
		emergency: c.emergency, earlierPlans: c.earlier,
	})
}

func emergencyAnswer(i int) string { return []string{no, yes, no, no, no, no, no}[i%7] }

// toConference takes a new child from referral to a conference that makes a
// plan, which begins that day (X06, X07).
func (g *gen) toConference(p *person, i int, referred day) (conference day) {
	start, _ := g.assessed(p, referred, yes)
	strategy := g.calendar.add(start, 1+g.IntN(2))
	conference = g.calendar.add(strategy, 7+g.IntN(5))
	g.enquire(p, enquiry47{strategy: strategy, unnecessary: no, conference: conference, plan: yes, s47s: i % 3, icpcs: i % 2})
	g.allocate(p, safeguarding)
	return conference
}

// openPlan puts the rows of a child on a plan now: visited in the last eight
// working days (T03), reviewed in time (T04).
func (g *gen) openPlan(p *person, i int, needed, start day) {
	visit := g.office(max(start, g.calendar.add(g.asOf, -8)), g.asOf)
	g.protect(p, plan{start: start, visit: visit, review: g.planReview(start), emergency: emergencyAnswer(i)})
	g.need(p, need{start: needed, status: statusPlan, seen: visit})
}

// planReview is the latest review of an open plan: none in the first ten weeks,
// the first within three months, and then one in the last five months.
func (g *gen) planReview(start day) day {
	switch length := g.asOf - start; {
	case length < 70:
		return noDay
	case length < 200:
		return g.office(start+45, min(start+84, g.asOf))
	default:
		return g.office(max(start+80, g.asOf-150), g.asOf-1)
	}
}

func planNew(g *gen, i int) {
	p := g.child(i, g.window)
	referred := g.earlyReferral()
	g.openPlan(p, i, referred, g.toConference(p, i, referred))
}

// planFromBefore began before the window and within two years (T15).
func planFromBefore(g *gen, i int) {
	p := g.child(i, g.before-60)
	g.allocate(p, safeguarding)
	start := g.office(max(p.birth+15, g.asOf-640), g.before)
	g.openPlan(p, i, max(p.birth+10, start-g.days(20, 200)), start)
}

// planUnborn is a plan made before birth.
func planUnborn(g *gen, i int) {
	referred := g.office(g.asOf-110, g.asOf-75)
	p := g.unborn(i, referred-8)
	g.openPlan(p, i, referred, g.toConference(p, i, referred))
}

// endedPlan is a plan from start to end, visited and reviewed on the way.
func (g *gen) endedPlan(p *person, i int, start, end day) {
	c := plan{start: start, end: end, visit: g.office(max(start, end-14), end), emergency: emergencyAnswer(i + 1), earlier: i % 3}
	if end-start > 90 {
		c.review = g.office(max(start+60, end-100), end)
	}
	g.protect(p, c)
}

// planEnded is a plan that ceased in the window; the child is in need still, or
// the case has closed.
func planEnded(g *gen, i int) {
	p := g.child(i, g.before-400)
	g.allocate(p, safeguarding)
	end := g.office(g.window, g.asOf-20)
	start := g.office(max(p.birth+15, end-600), min(g.before, end-60))
	g.endedPlan(p, i, start, end)
	n := need{start: max(p.birth+10, start-g.days(20, 60)), status: statusCIN, seen: g.recently(end)}
	if i%3 == 1 {
		n.end, n.reason, n.status = g.office(end, g.asOf), g.one(closureShare), statusClosed
		n.seen = end
	}
	g.need(p, n)
}

// planEndedNew is a plan that began and ceased in the window.
func planEndedNew(g *gen, i int) {
	p := g.child(i, g.window)
	referred := g.office(g.window+2, g.asOf-120)
	start := g.toConference(p, i, referred)
	end := g.office(start+50, g.asOf)
	g.endedPlan(p, i, start, end)
	g.need(p, need{start: referred, status: statusCIN, seen: g.recently(end)})
}
