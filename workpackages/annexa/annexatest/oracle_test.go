package annexatest

import (
	"regexp"
	"slices"
	"strings"
)

// The oracle reads a return with the plainest rules that can be written from the
// published facts: a clean return must give it nothing, and a spoilt one what
// was planted. It knows nothing of how rows are made.

type finding struct {
	rule      string
	list, row int
}

type oracle struct {
	*planter // for its index of children and its calendar
	found    map[finding]string
}

func consult(r *Return) map[finding]string {
	o := &oracle{planter: newPlanter(r, 0), found: map[finding]string{}}
	for _, l := range r.Lists {
		keys := map[string]row{}
		for i := range l.Rows {
			x := row{o.planter, l, i}
			o.form(x)
			o.twins(x, keys)
			o.person(x)
			for _, c := range orders[l.Number] {
				o.ordered(x, c[0], c[1], c[2])
			}
			for _, c := range pairs[l.Number] {
				if (x.get(c[1]) == "") != (x.get(c[2]) == "") {
					o.tell(x, c[0])
				}
			}
			if check := perList[l.Number]; check != nil {
				check(o, x)
			}
		}
	}
	return o.found
}

func (o *oracle) tell(x row, rule string) {
	f := x.fault(rule, "")
	o.found[finding{rule, f.List, f.Row}] = strings.Join(x.l.Rows[x.i], "|")
}

func (o *oracle) need(x row, rule string, ok bool) {
	if !ok {
		o.tell(x, rule)
	}
}

var numberForm = regexp.MustCompile(`^2\d{6}$`)

// form is S02, S04, S05, S06, S08, S10, S11 and S13.
func (o *oracle) form(x row) {
	id := x.who()
	o.need(x, "S02", strings.TrimSpace(id) != "")
	o.need(x, "S08", id == "" || x.l.Number == 11 || numberForm.MatchString(id))
	for i, h := range x.l.Headings {
		c := x.l.Rows[x.i][i]
		o.need(x, "S10", !strings.HasPrefix(c, "#") && !strings.Contains(c, "\u00a0"))
		if c == "" {
			continue
		}
		switch kinds[h] {
		case code:
			if codes := permitted[h]; h != placeLA && !slices.Contains(codes, c) {
				o.tell(x, "S04")
				o.need(x, "S11", !slices.Contains(groupings, c))
			}
		case date:
			d, ok := parseDay(c)
			o.need(x, "S05", ok)
			o.need(x, "S06", c != "01/01/1900" && c != "01/01/1970")
			o.need(x, "S13", !ok || h == birth || d <= o.asOf)
		}
	}
}

var rowKeys = map[int][]string{
	1: {childID, contactDate, contactSource}, 2: {childID, helpStart}, 3: {childID, referralDate, referralSource},
	4: {childID, assessStart}, 5: {childID, strategyDate},
	6: {childID}, 7: {childID}, 8: {childID}, 9: {childID},
}

// twins is S03 and S09.
func (o *oracle) twins(x row, seen map[string]row) {
	key, ok := "", false
	for _, h := range rowKeys[x.l.Number] {
		key, ok = key+"|"+x.get(h), true
	}
	if !ok || x.who() == "" {
		return
	}
	rule := "S03"
	if x.l.Number < 6 {
		rule = "S09"
	}
	if y, twice := seen[key]; twice {
		o.tell(x, rule)
		o.tell(y, rule)
	}
	seen[key] = x
}

// person is the rules P that are about a row, and D26.
func (o *oracle) person(x row) {
	if x.l.Number == 11 {
		return
	}
	b, years := x.day(birth), x.number(age)
	unborn := years == -1 || b > o.asOf
	if x.get(birth) != "" {
		o.need(x, "P01", ageAt(b, o.asOf) == years)
	}
	o.need(x, "P03", b <= o.asOf+280)
	o.need(x, "P05", !unborn || x.get(gender) == notStated)
	if n := x.l.Number; n == 8 || n == 9 {
		o.need(x, "P04", !unborn)
	}
	for _, y := range o.byChild[x.who()] {
		for _, h := range []string{birth, gender, ethnicity, disability} {
			if _, ok := y.l.columns[h]; !ok {
				continue
			}
			if _, ok := x.l.columns[h]; ok {
				o.need(x, "P02", x.who() == "" || x.get(h) == y.get(h))
			}
		}
	}
	allowed := day(0)
	if x.l.Number <= 7 {
		allowed = 280
	}
	for _, h := range x.l.Headings {
		if d, ok := parseDay(x.get(h)); ok && kinds[h] == date && h != birth && b != noDay {
			o.need(x, "D26", d >= b-allowed)
		}
	}
}

func (o *oracle) ordered(x row, rule, first, second string) {
	a, b := x.day(first), x.day(second)
	if a == noDay || b == noDay {
		return
	}
	o.need(x, rule, a <= b && (a < b || rule != "D06" && rule != "D08"))
}

var orders = map[int][][3]string{
	2: {{"D01", helpStart, helpEnd}},
	4: {{"D02", assessStart, assessEnd}},
	5: {{"D03", strategyDate, icpcDate}},
	6: {{"D04", cinStart, cinEnd}, {"D05", cinStart, lastSeen}},
	7: {{"D06", planStart, planEnd}, {"D07", planStart, planVisit}, {"D08", planStart, planReview}},
	8: {{"D09", careStart, careEnd}, {"D10", careStart, placeStart}, {"D11", careStart, legalStart}, {"D12", careStart, careReview}, {"D13", careStart, careVisit}},
	10: {
		{"D14", enteredCare, decision}, {"D15", decision, placementOrder}, {"D16", decision, matched},
		{"D17", matched, placed}, {"D18", placed, adoptionOrder},
	},
	11: {
		{"D19", enquiry, stage1Start}, {"D20", stage1Start, stage1End}, {"D21", stage1End, stage2Start}, {"D22", stage2Start, stage2End},
		{"D23", applied, approved}, {"D24", adopterMatched, adopterPlaced}, {"D25", adopterPlaced, adoptionOrder},
	},
}

var pairs = map[int][][3]string{
	4:  {{"C08", assessEnd, assessSupport}},
	5:  {{"C07", icpcDate, icpcPlan}},
	6:  {{"C01", cinEnd, cinReason}},
	7:  {{"C06", planVisit, seenAlone}},
	8:  {{"C02", careEnd, careReason}},
	10: {{"C03", reversed, reversedReason}},
	11: {{"C04", leftDate, leftReason}, {"C05", adopterPlaced, childrenPlaced}},
}

var perList = map[int]func(*oracle, row){
	1: (*oracle).list1, 2: (*oracle).list2, 3: (*oracle).list3, 4: (*oracle).list4, 5: (*oracle).list5, 6: (*oracle).list6,
	7: (*oracle).list7, 8: (*oracle).list8, 9: (*oracle).list9, 10: (*oracle).list10, 11: (*oracle).list11,
}

func (o *oracle) inWindow(d day) bool { return o.six <= d && d <= o.asOf }

func (o *oracle) named(x row) {
	reject := []string{"", "#n/a", "tbc", "duty", "unallocated", "none"}
	o.need(x, "C10", !slices.Contains(reject, strings.ToLower(x.get(team))) && !slices.Contains(reject, strings.ToLower(x.get(worker))))
}

// some reports whether a row of the child on list n passes the test.
func (o *oracle) some(x row, n int, test func(row) bool) bool {
	return x.who() != "" && slices.ContainsFunc(x.in(n), test)
}

func (o *oracle) openNeed(x row) bool { return o.some(x, 6, blank(cinEnd)) }

func (o *oracle) list1(x row) { o.need(x, "S12", o.inWindow(x.day(contactDate))) }

func (o *oracle) list2(x row) {
	start, end := x.day(helpStart), x.day(helpEnd)
	o.need(x, "S12", end == noDay || o.inWindow(start) || o.inWindow(end))
	o.need(x, "T16", end == noDay || o.between(start, end) <= 45)
}

func (o *oracle) list3(x row) {
	on := x.day(referralDate)
	o.need(x, "S12", o.inWindow(on))
	o.named(x)
	o.need(x, "C25", x.get(referralNFA) == yes || x.get(worker) != "")
	o.need(x, "X10", o.some(x, 1, func(y row) bool { return y.day(contactDate) <= on && y.day(contactDate) >= on-10 }))
	within := func(h string) func(row) bool {
		return func(y row) bool { return y.day(h) >= on && o.between(on, y.day(h)) <= 10 }
	}
	o.need(x, "X09", x.get(referralNFA) == yes || o.openNeed(x) || o.some(x, 4, within(assessStart)) || o.some(x, 5, within(strategyDate)))
	o.counts(x, "X11", referralCount, referralDate)
}

// counts is the number on each row of the child, the same and no less than the
// rows before the latest.
func (o *oracle) counts(x row, rule, number, when string) {
	all := x.in(x.l.Number)
	latest := x
	for _, y := range all {
		o.need(x, rule, y.get(number) == x.get(number))
		if y.day(when) > latest.day(when) {
			latest = y
		}
	}
	shown := 0
	for _, y := range all {
		if y.day(when) < latest.day(when) && y.day(when) >= latest.day(when).months(-12) && (number != icpcCount || y.get(icpcDate) != "") {
			shown++
		}
	}
	o.need(x, rule, x.number(number) >= shown)
}

func (o *oracle) list4(x row) {
	start, end := x.day(assessStart), x.day(assessEnd)
	o.need(x, "S12", end == noDay || o.inWindow(end))
	o.named(x)
	o.need(x, "C09", end == noDay || x.get(assessSeen) == yes)
	o.need(x, "X04", end != noDay || x.has(6))
	followsReferral := o.some(x, 3, func(y row) bool { return y.day(referralDate) <= start && y.day(referralDate) >= start-45 })
	o.need(x, "X08", !o.inWindow(start) || followsReferral || o.openNeed(x))
	clock := start
	for _, y := range x.in(3) {
		if d := y.day(referralDate); d <= start && d >= start-45 && y.get(referralNFA) == no {
			clock = d
		}
	}
	until := end
	if end == noDay {
		until = o.asOf
		o.need(x, "T01", o.between(clock, until) < 40)
	}
	o.need(x, "T01", o.between(clock, until) <= 45)
}

func (o *oracle) list5(x row) {
	start, held := x.day(strategyDate), x.day(icpcDate)
	o.need(x, "S12", o.inWindow(start) || x.get(icpcUnnecessary) == "")
	o.named(x)
	o.need(x, "C07", x.get(icpcUnnecessary) != yes || held == noDay && x.get(icpcPlan) == "")
	switch {
	case held != noDay:
		o.need(x, "T02", o.between(start, held) <= 15)
	case x.get(icpcUnnecessary) != yes:
		o.need(x, "T02", o.between(start, o.asOf) < 12)
	}
	o.need(x, "X06", x.get(icpcPlan) != yes || o.some(x, 7, func(y row) bool { return y.day(planStart) == held }))
	o.counts(x, "X12", s47Count, strategyDate)
	o.counts(x, "X12", icpcCount, strategyDate)
}

func (o *oracle) list6(x row) {
	start, end, status := x.day(cinStart), x.day(cinEnd), x.get(caseStatus)
	o.need(x, "S12", start != noDay && (end == noDay || o.inWindow(end)))
	if end == noDay {
		o.named(x)
		o.need(x, "C11", x.get(primaryNeed) != "N0 - Not stated" && x.get(primaryNeed) != "N9 - Cases other than children in need")
		if status == statusCIN || status == statusOpen {
			o.need(x, "T10", o.between(x.day(lastSeen), o.asOf) <= 30)
		}
	}
	o.need(x, "C11", x.get(primaryNeed) != "")
	o.need(x, "C12", (status == statusClosed) == (end != noDay))
	o.need(x, "C13", !strings.HasPrefix(x.get(cinReason), "RC8") && !strings.HasPrefix(x.get(cinReason), "RC9"))
	care, onPlan := o.some(x, 8, blank(careEnd)), o.some(x, 7, blank(planEnd))
	o.need(x, "X03", (status == statusCare) == care && (status == statusPlan) == (onPlan && !care))
	o.need(x, "X05", status != statusOpen || o.some(x, 4, blank(assessEnd)))
}

func (o *oracle) list7(x row) {
	start, end, review := x.day(planStart), x.day(planEnd), x.day(planReview)
	o.need(x, "S12", end == noDay || o.inWindow(end))
	o.need(x, "C20", x.get(earlierPlans) != "")
	o.need(x, "X01", x.has(6))
	o.need(x, "X07", !o.inWindow(start) || o.some(x, 5, func(y row) bool { return y.day(icpcDate) == start }))
	if end != noDay {
		return
	}
	o.named(x)
	o.need(x, "P08", x.number(age) < 18)
	o.need(x, "X20", !o.some(x, 8, blank(careEnd)))
	o.need(x, "T03", o.between(max(x.day(planVisit), start), o.asOf) <= 10)
	switch {
	case review == noDay:
		o.need(x, "T04", start.months(3) >= o.asOf)
	default:
		o.need(x, "T04", review.months(6) >= o.asOf)
	}
	o.need(x, "T15", start.months(24) >= o.asOf && x.number(earlierPlans) == 0)
}

func (o *oracle) list8(x row) {
	start, end := x.day(careStart), x.day(careEnd)
	o.need(x, "S12", end == noDay || o.inWindow(end))
	o.need(x, "X02", x.has(6))
	o.placement(x)
	o.interview(x)
	left := x.get(careReason)
	o.need(x, "C16", !strings.Contains(left, "X1"))
	exempt := slices.ContainsFunc([]string{"E11", "E12", "E2:", "E3:", "E4A", "E4B"}, func(c string) bool { return strings.Contains(left, c) })
	o.need(x, "X14", end == noDay || ageAt(x.day(birth), end) < 16 || exempt || x.has(9))
	kind := x.get(placeType)
	adoptive := slices.ContainsFunc([]string{"A3:", "A4:", "A5:", "A6:"}, func(c string) bool { return strings.Contains(kind, c) })
	o.need(x, "X15", !adoptive && left != adoptedE11 && left != adoptedE12 || x.has(10))
	o.need(x, "X19", x.get(permanence) != planAdoption || x.has(10))
	o.need(x, "X21", !strings.HasPrefix(x.get(legalStatus), "L1") || o.some(x, 7, is(emergency, yes)))
	if end != noDay {
		return
	}
	o.named(x)
	o.need(x, "P08", x.number(age) < 18)
	o.need(x, "C19", start.months(4) >= o.asOf || x.get(permanence) != "")
	o.careTimes(x, start)
}

// careTimes is T05 to T09 for a child in care.
func (o *oracle) careTimes(x row, start day) {
	placedOn, visit, review := x.day(placeStart), x.day(careVisit), x.day(careReview)
	weeks := day(42)
	if kind := x.get(placeType); placedOn.months(12) < o.asOf && (strings.Contains(kind, "U1:") || strings.Contains(kind, "U4:")) {
		weeks = 90
	}
	switch {
	case visit >= placedOn:
		o.need(x, "T05", o.asOf-visit <= weeks)
	default:
		o.need(x, "T05", o.asOf-placedOn <= 7)
	}
	switch {
	case review == noDay:
		o.need(x, "T06", o.between(start, o.asOf) <= 20)
	case o.between(start, review) <= 20:
		o.need(x, "T06", review.months(3) >= o.asOf)
	default:
		o.need(x, "T06", review.months(6) >= o.asOf)
	}
	cycle := 12
	if ageAt(x.day(birth), o.asOf) < 5 {
		cycle = 6
	}
	health := x.day(healthDate)
	o.need(x, "T07", health == noDay && o.between(start, o.asOf) <= 20 || health != noDay && health.months(cycle) >= o.asOf)
	if start.months(12) <= o.asOf {
		dental := x.day(dentalDate)
		o.need(x, "T08", dental != noDay && dental.months(12) >= o.asOf)
	}
	o.need(x, "T09", x.day(iroContact).months(6) >= o.asOf)
}

var postcodeForm = regexp.MustCompile(`^[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}$`)

// placement is C14, C15 and C17.
func (o *oracle) placement(x row) {
	kind, provider, legal, la := x.get(placeType), x.get(placeProvider), x.get(legalStatus), x.get(placeLA)
	parents := strings.Contains(kind, "P1:")
	o.need(x, "C14", provider != parentsPR0 || parents)
	o.need(x, "C14", !parents || legal != section20)
	order := strings.HasPrefix(legal, "E1") || strings.HasPrefix(legal, "D1")
	o.need(x, "C14", order || !strings.Contains(kind, "A5:") && !strings.Contains(kind, "A6:"))
	o.need(x, "C14", !strings.Contains(kind, "T0:") || provider == "")
	o.need(x, "C14", !strings.HasPrefix(legal, "V3") && !strings.HasPrefix(legal, "V4"))
	elsewhere := strings.HasPrefix(la, "WAL") || strings.HasPrefix(la, "CON")
	o.need(x, "C15", elsewhere || postcodeForm.MatchString(x.get(postcode)))
	o.need(x, "C15", (x.get(placeInOut) == "a) In") == (la == homeAuthority))
	home := strings.Contains(kind, "K1:") || strings.Contains(kind, "K2:") || strings.Contains(kind, ") U")
	o.need(x, "C15", elsewhere || !home || x.get(urn) != "")
	o.need(x, "C17", 1 <= x.number(placements) && x.number(placements) <= 2)
}

// interview is C18.
func (o *oracle) interview(x row) {
	offered, accepted := x.get(rhiOffered), x.get(rhiAccepted)
	if x.number(missing) == 0 {
		o.need(x, "C18", offered == "" && accepted == "")
		return
	}
	o.need(x, "C18", offered != "" && (accepted != yes || offered == yes))
}

func (o *oracle) list9(x row) {
	o.named(x)
	filled := 0
	for _, h := range []string{accommodation, suitability, activity} {
		if x.get(h) != "" {
			filled++
		}
	}
	touch := x.get(inTouch) == yes
	o.need(x, "C21", touch && filled == 3 || !touch && filled == 0)
	category, years := x.get(eligibility), x.number(age)
	bands := map[string][2]int{relevant: {16, 17}, formerRelevant: {18, 25}, qualifying: {16, 25}, eligible: {16, 17}}
	years = max(years, ageAt(x.day(birth), o.asOf))
	o.need(x, "C22", bands[category][0] <= years && years <= bands[category][1])
	o.need(x, "X13", (category == eligible) == o.some(x, 8, blank(careEnd)))
	if _, ok := x.l.columns[adviser]; !ok {
		return
	}
	o.need(x, "T11", category != relevant && category != formerRelevant || x.day(pathwayReview).months(6) >= o.asOf)
	o.need(x, "T12", x.day(leaverContact).months(2) >= o.asOf && x.get(adviser) != "")
}

func (o *oracle) list10(x row) {
	order, back := x.day(adoptionOrder), x.day(reversed)
	for _, d := range []day{order, back} {
		o.need(x, "S12", d == noDay || d >= o.twelve)
	}
	o.need(x, "C23", order == noDay || back == noDay)
	o.need(x, "C24", x.day(placed) == noDay || x.day(matched) != noDay && x.day(placementOrder) != noDay)
	for _, y := range x.in(8) {
		o.need(x, "X16", order == y.day(careEnd))
		o.need(x, "X17", x.day(enteredCare) == y.day(careStart))
	}
	family := x.get(familyID)
	o.need(x, "X18", family == "" || slices.ContainsFunc(o.r.Lists[10].Rows, func(c []string) bool { return c[1] == family }))
	o.need(x, "T13", x.day(placed) == noDay || x.day(placed)-x.day(enteredCare) <= 426)
	o.need(x, "T13", x.day(placementOrder) == noDay || x.day(matched)-x.day(placementOrder) <= 121)
}

func (o *oracle) list11(x row) {
	late := func(start, end string, months int) bool {
		return x.get(start) != "" && x.get(end) != "" && x.day(end) > x.day(start).months(months)
	}
	o.need(x, "T14", !late(stage1Start, stage1End, 2) && !late(stage2Start, stage2End, 4))
	o.need(x, "S02", x.get(familyID) != "")
}
