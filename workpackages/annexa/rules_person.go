package annexa

// Rules about who the row is of.
func personRules() []*Rule {
	return []*Rule{ageAgrees(), sameEverywhere(), bornTooLate(), unbornInCare(), unbornGender(), ethnicityKnown(), disabilityKnown(), adultOpen()}
}

// births makes one check on each list that has dates of birth.
func births(asOf bool, extra []string, at string, lists []int, test func(x *row) result) []check {
	var out []check
	for _, n := range lists {
		out = append(out, check{list: n, columns: append([]string{birth}, extra...), at: at, asOf: asOf, row: test})
	}
	return out
}

var children = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}

// unborn reports whether the row is of an unborn child: c[0] is the date of
// birth and c[1] the age.
func (x *row) unborn() bool {
	if d, ok := x.date(0); ok && x.data.hasAsOf {
		return d > x.data.asOf
	}
	n, ok := x.count(1)
	return ok && n == -1
}

func ageAgrees() *Rule {
	return build(Rule{
		ID: "P01", Title: "The age does not agree with the date of birth", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"},
		Why: "Ages are whole years on the day the lists were made, and -1 for a child not born yet. Where they disagree, one of the two is old or wrong.",
		Do:  "Have the extract work out the age from the date of birth on the day it runs.",
	}, births(true, []string{age}, age, children, func(x *row) result {
		d, ok := x.date(0)
		n, known := x.count(1)
		if !ok || !known { // without a date of birth nobody can say which age is right
			return skip
		}
		return failIf(d.ageAt(x.data.asOf) != n)
	})...)
}

func bornTooLate() *Rule {
	return build(Rule{
		ID: "P03", Title: "The date of birth is more than 40 weeks ahead", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true,
		Why: "An expected date of birth is 40 weeks ahead at most; later ones are slips in the year.",
		Do:  "Correct the date of birth.",
	}, births(true, nil, birth, children, func(x *row) result {
		d, ok := x.date(0)
		if !ok {
			return skip
		}
		return failIf(d > x.data.asOf+unbornDays)
	})...)
}

// unbornDays is 40 weeks: how long before birth a list with unborn children may begin.
const unbornDays = 280

func unbornInCare() *Rule {
	return build(Rule{
		ID: "P04", Title: "An unborn child is in a list that no unborn child can be in", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"OF19"}, Inferred: true,
		Why: "Nobody is in care or leaves care before birth.",
		Do:  "Correct the date of birth or age, or take the row out.",
	}, births(false, []string{age}, birth, []int{8, 9}, func(x *row) result {
		if !x.filled(0) && !x.filled(1) {
			return skip
		}
		return failIf(x.unborn())
	})...)
}

func unbornGender() *Rule {
	return build(Rule{
		ID: "P05", Title: "An unborn child has a gender other than “not stated”", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"OF19"}, Inferred: true,
		Why: "The template gives unborn children code c.",
		Do:  "Record c) Not stated/recorded until birth, or correct the date of birth if the child is born.",
	}, births(false, []string{age, gender}, gender, children, func(x *row) result {
		if !x.unborn() || !x.filled(2) || !x.read(2) {
			return skip
		}
		return failIf(!x.is(2, "c"))
	})...)
}

func adultOpen() *Rule {
	r := Rule{
		ID: "P08", Title: "A person of 18 or over has an open plan or is still in care", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"CA89"}, Inferred: true,
		Why:       "A plan or a period of care ends by the eighteenth birthday; an open one means that the system was not closed.",
		Do:        "Close the plan or the period of care with its true date.",
		Statutory: "Children Act 1989, section 105: a child is a person under 18",
	}
	open := func(list int, end string) check {
		return check{list: list, columns: []string{birth, end}, at: end, asOf: true, row: func(x *row) result {
			d, ok := x.date(0)
			if !ok || !x.blank(1) {
				return skip
			}
			return failIf(d.ageAt(x.data.asOf) >= 18)
		}}
	}
	return build(r, open(7, "Child Protection Plan End Date"), open(8, "Date Ceased to be Looked After"))
}

// sameEverywhere applies P02: who a child is does not change from list to list.
func sameEverywhere() *Rule {
	r := Rule{
		ID: "P02", Title: "It differs from the same child's value in other lists", Severity: SeverityWarning, UsualCause: CauseSystem, Source: []string{"DOM"}, Inferred: true,
		Why:     "A child has one date of birth, gender and ethnicity, and is disabled or not. Where they differ, lists were drawn from different tables or on different days.",
		Do:      "Have every list take who the child is from the same place.",
		Columns: []string{birth, gender, ethnicity, disability},
	}
	checks := []check{}
	for _, n := range children {
		checks = append(checks, check{list: n, whole: func(c *checker, r *Rule, l *listData) { c.sameEverywhere(r, l) }})
	}
	return build(r, checks...)
}

// sameEverywhere compares each child's rows of a list with the value most of the
// child's rows have, over all lists.
func (c *checker) sameEverywhere(r *Rule, l *listData) {
	for _, h := range r.Columns {
		place, ok := l.place[h]
		if !ok || l.cols[place].at < 0 {
			continue
		}
		usual := c.usual(h)
		col := l.cols[place]
		of := 0
		for row, who := range l.who {
			own, ok := col.known(row)
			if who < 0 || !ok || usual.rows[who] < 2 {
				continue // in one row only, or blank elsewhere
			}
			of++
			if v, differs := usual.differing[who]; differs && (v.tied || own != v.value) {
				c.findRow(r, l.Number, place, row)
			}
		}
		c.applies(r, l, place, of)
	}
}

// usualValues is what the rows of each child say in a column.
type usualValues struct {
	rows      []uint8              // by child: how many rows say anything, to 255
	differing map[int32]usualValue // of children whose rows do not all say the same
}

// usualValue is the commonest value of a child, or one of several as common: then
// nobody can tell from here which is right.
type usualValue struct {
	value int32
	tied  bool
}

// usual gives the commonest value of a column among the rows of each child.
func (c *checker) usual(heading string) usualValues {
	if u, ok := c.usually[heading]; ok {
		return u
	}
	// Nearly every child has one value, so only those with more are tallied.
	first, u := make([]int32, c.data.people), usualValues{make([]uint8, c.data.people), map[int32]usualValue{}}
	tallies := map[int32]map[int32]int32{}
	for _, n := range children {
		l := c.data.lists[n]
		if l == nil {
			continue
		}
		place, ok := l.place[heading]
		if !ok || l.cols[place].at < 0 {
			continue
		}
		col := l.cols[place]
		for row, who := range l.who {
			v, ok := col.known(row)
			if who < 0 || !ok {
				continue
			}
			switch {
			case u.rows[who] == 0:
				first[who] = v
			case tallies[who] != nil:
				tallies[who][v]++
			case first[who] != v:
				tallies[who] = map[int32]int32{first[who]: int32(u.rows[who]), v: 1}
			}
			u.rows[who] += uint8(min(1, 255-int(u.rows[who])))
		}
	}
	for who, tally := range tallies {
		u.differing[who] = commonest(first[who], tally)
	}
	if c.usually == nil {
		c.usually = map[string]usualValues{}
	}
	c.usually[heading] = u
	return u
}

func commonest(only int32, tally map[int32]int32) usualValue {
	best := usualValue{value: only}
	most := tally[only]
	for v, n := range tally {
		switch {
		case v == best.value:
		case n > most:
			best, most = usualValue{value: v}, n
		case n == most:
			best.tied = true
		}
	}
	return best
}

// howMany counts the rows with one of the codes, among open cases or all.
func howMany(c *checker, r *Rule, l *listData, heading string, openOnly bool, codes ...string) (n, of int) {
	col := l.col(heading)
	for row := range l.rows {
		if openOnly {
			if open, known := l.open(row); known && !open {
				continue
			}
		}
		if !col.filledAt(row) {
			continue
		}
		of++
		if col.is(row, codes...) {
			n++
		}
	}
	return n, of
}

func ethnicityKnown() *Rule {
	return onLists(Rule{
		ID: "P06", Title: "Ethnicity is “not yet obtained” or refused more often than it should be", Severity: SeverityWarning, UsualCause: CauseCompliance, Source: []string{"DOM"}, Inferred: true, whole: true,
		Why:    "Of children whose case is open, nearly all can be asked. A large share not known means that nobody asked, or that the extract writes it for what it cannot map.",
		Do:     "Have workers ask, starting with the cases open longest.",
		Params: []Param{{"max_percent", 5, "per cent of open cases that may be not yet obtained or refused"}},
	}, []string{ethnicity}, func(c *checker, r *Rule, l *listData) {
		n, of := howMany(c, r, l, ethnicity, true, "NOBT", "REFU")
		if of >= enoughRows && n*100 > of*c.paramOf(r, "max_percent") {
			c.findShare(r, l, l.place[ethnicity], n, of)
		}
	}, children...)
}

func disabilityKnown() *Rule {
	return onLists(Rule{
		ID: "P07", Title: "Disability is unknown too often, or almost no child has one", Severity: SeverityWarning, UsualCause: CauseEither, Source: []string{"DOM"}, Inferred: true, whole: true,
		Why: "In any list of a hundred children some have a disability. Where none has, the field is not recorded or not read.",
		Do:  "Check which field the extract reads, then how workers record it.",
		Params: []Param{
			{"max_unknown_percent", 10, "per cent of rows that may be unknown"},
			{"min_yes_per_thousand", 10, "rows in a thousand that should say yes, in lists of 100 rows or more"},
		},
	}, []string{disability}, func(c *checker, r *Rule, l *listData) {
		unknown, of := howMany(c, r, l, disability, false, "c")
		yes, _ := howMany(c, r, l, disability, false, "a")
		switch {
		case of >= enoughRows && unknown*100 > of*c.paramOf(r, "max_unknown_percent"):
			c.findShare(r, l, l.place[disability], unknown, of)
		case of >= 100 && yes*1000 < of*c.paramOf(r, "min_yes_per_thousand"):
			c.findShare(r, l, l.place[disability], of-yes, of)
		}
	}, 4, 5, 6, 7, 8, 9, 10)
}
