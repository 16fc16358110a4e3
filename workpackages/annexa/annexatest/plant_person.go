package annexatest

import "strconv"

// personKinds are faults about who the child is (rules P).
var personKinds = []kind{
	olderBy(1, 1, row.alone), olderBy(3, 1, aged(1, 15)), olderBy(6, 2, aged(1, 15)), olderBy(9, 1, aged(19, 23)), olderBy(10, 1, aged(0, 9)),

	unlike(1, gender, swapGender, all(inList(3), aged(0, 17))),
	unlike(4, ethnicity, swapEthnicity, all(inList(6), aged(0, 17))),
	unlike(6, ethnicity, swapEthnicity, all(inList(7), aged(0, 17))),
	unlike(8, disability, swapDisability, inList(6)),
	unlike(7, birth, dayEarlier, all(inList(6), dayEarlierFits)),

	{name: "unborn contact due in eleven months", rule: "P03", list: 1, column: birth, when: all(unbornRow, filled(birth)), do: ago(birth, -330), also: []hit{{"D26", contactDate}}},
	{name: "unborn early help due in eleven months", rule: "P03", list: 2, column: birth, when: all(unbornRow, filled(birth)), do: ago(birth, -330), also: []hit{{"D26", helpStart}}},

	{
		name: "unborn care leaver", rule: "P04", list: 9, column: birth, when: row.alone,
		do:   func(x row) { x.set(cells{birth: x.p.asOf + 60, age: -1, gender: notStated}) },
		also: []hit{{"C22", eligibility}, {"D26", pathwayReview}, {"D26", leaverContact}},
	},
	{
		name: "care leaver of age -1", rule: "P04", list: 9, column: age, when: row.alone,
		do:   to(cells{age: -1}),
		also: []hit{{"P01", age}, {"P05", gender}},
	},

	{name: "unborn contact with a gender", rule: "P05", list: 1, column: gender, when: unbornRow, do: to(cells{gender: male})},
	{name: "unborn early help with a gender", rule: "P05", list: 2, column: gender, when: unbornRow, do: to(cells{gender: female})},

	{name: "open plan at 18", rule: "P08", list: 7, column: planEnd, when: all(blank(planEnd), aged(4, 17)), do: eighteen},
	{name: "in care at 18", rule: "P08", list: 8, column: careEnd, when: all(blank(careEnd), aged(6, 17), not(inList(9)), not(inList(10))), do: eighteen},
}

// olderBy adds years to the age, of a born child, on one list.
func olderBy(list, years int, when func(row) bool) kind {
	return kind{
		name: "age wrong on List " + strconv.Itoa(list), rule: "P01", list: list, column: age, when: all(when, filled(birth), not(is(age, "-1"))),
		do: func(x row) { x.set(cells{age: x.number(age) + years}) },
	}
}

// unlike makes one row differ from the child's others; a checker may report any
// of them.
func unlike(list int, column string, change func(row) any, when func(row) bool) kind {
	return kind{
		name: "differs from the other lists on List " + strconv.Itoa(list) + ": " + column, rule: "P02", list: list, column: column, when: when,
		do: func(x row) { x.set(cells{column: change(x)}) },
		elsewhere: func(x row) []Fault {
			var found []Fault
			for _, y := range x.others() {
				if _, ok := y.l.columns[column]; ok {
					found = append(found, y.fault("P02", column))
				}
			}
			return found
		},
	}
}

func swapGender(x row) any {
	if x.get(gender) == male {
		return female
	}
	return male
}

func swapEthnicity(x row) any {
	if x.get(ethnicity) == "d) WOTH" {
		return "a) WBRI"
	}
	return "d) WOTH"
}

func swapDisability(x row) any {
	if x.get(disability) == yes {
		return no
	}
	return yes
}

func dayEarlier(x row) any { return x.day(birth) - 1 }

// dayEarlierFits reports whether a day earlier leaves the age as it is.
func dayEarlierFits(x row) bool {
	return x.get(birth) != "" && x.number(age) >= 0 && ageAt(x.day(birth)-1, x.p.asOf) == x.number(age)
}

// eighteen makes the child 18 on every list, so that only the open row is wrong.
func eighteen(x row) {
	on := x.p.asOf.months(-12*18) - 40
	for _, y := range x.p.byChild[x.who()] {
		y.set(cells{birth: on, age: ageAt(on, x.p.asOf)})
	}
}
