package annexatest

import (
	"fmt"
	"strconv"
)

// A person is a child or care leaver, the same on every list, with who now holds
// the case.
type person struct {
	id, gender, ethnicity, disability string
	birth                             day // noDay for an unborn child with no expected date
	age                               int
	team, worker                      string
}

// A staffTeam is one team with the people in it.
type staffTeam struct {
	name    string
	workers []string
}

// A service is a stage of work; its teams take its cases in turn.
type service int

const (
	frontDoor service = iota
	assessing
	safeguarding
	careTeams
	leavingCare
)

var teamNames = [...][]string{
	frontDoor:    {"Integrated Front Door A", "Integrated Front Door B"},
	assessing:    {"Assessment North", "Assessment Central", "Assessment South"},
	safeguarding: {"Safeguarding North", "Safeguarding Central", "Safeguarding South", "Disabled Children's Team"},
	careTeams:    {"Children in Care 1", "Children in Care 2", "Permanence"},
	leavingCare:  {"Leaving Care East", "Leaving Care West"},
}

var (
	forenames = []string{"Aisha", "Ben", "Carys", "Daniel", "Efua", "Farah", "Grace", "Harpreet", "Iona", "James", "Keira", "Liam", "Maryam", "Niall", "Olivia", "Priya", "Rowan", "Sade", "Tom", "Yusuf"}
	surnames  = []string{"Abbott", "Bello", "Clarke", "Doyle", "Evans", "Farrell", "Gill", "Hughes", "Iqbal", "Jarvis", "Khan", "Lowe", "Mensah", "Norris", "Okafor", "Parry", "Quigley", "Rees", "Singh", "Turner", "Usman", "Vaughan", "Walsh", "Young"}
)

// newStaff fills the teams: a dozen people in each at the size of a large
// authority, three in the smallest return.
func newStaff(g *gen, rows int) []staffTeam {
	size := min(3+rows/4000, 14)
	var staff []staffTeam
	n := g.IntN(len(forenames) * len(surnames))
	for _, names := range teamNames {
		for _, name := range names {
			t := staffTeam{name: name}
			for range size {
				n += 7 // a stride with no factor in common with either table
				t.workers = append(t.workers, forenames[n%len(forenames)]+" "+surnames[n/len(forenames)%len(surnames)])
			}
			staff = append(staff, t)
		}
	}
	return staff
}

// allocate gives the case to a worker of the service.
func (g *gen) allocate(p *person, s service) {
	first := 0
	for _, names := range teamNames[:s] {
		first += len(names)
	}
	t := g.staff[first+g.IntN(len(teamNames[s]))]
	p.team, p.worker = t.name, g.of(t.workers)
}

// born makes a child born from first to last. i is the number of the child in
// its story: the first has a disability, so that no list, however short, is
// without one (P07).
func (g *gen) born(i int, first, last day) *person {
	p := &person{id: g.nextID(), gender: male, ethnicity: g.one(obtainedShare), disability: no, birth: g.between(first, last)}
	g.people++
	switch {
	case g.people%400 == 399:
		p.gender = "d) Neither"
	case g.people%2 == 1:
		p.gender = female
	}
	switch {
	case i%9 == 0:
		p.disability = yes
	case i%40 == 17:
		p.disability = unknown
	}
	p.age = ageAt(p.birth, g.asOf)
	return p
}

// child is a child under 18 now who was born by the day given.
func (g *gen) child(i int, by day) *person { return g.aged(i, 0, 17, by) }

// aged is somebody of from to to years now, born by the day given.
func (g *gen) aged(i, from, to int, by day) *person {
	return g.born(i, g.asOf.months(-12*(to+1))+3, min(by, g.asOf.months(-12*from)-3))
}

// unborn is a child not born yet, who was first known of on the day given; every
// fourth has no expected date.
func (g *gen) unborn(i int, known day) *person {
	p := g.born(i, g.asOf+10, known+270)
	p.gender, p.age = notStated, -1
	if i%4 == 3 {
		p.birth = noDay
	}
	return p
}

// nextID is the next identity number: seven digits, the same form on every list
// (S08).
func (g *gen) nextID() string {
	g.ids += 1 + g.IntN(9)
	return strconv.Itoa(g.ids)
}

func (g *gen) nextFamily() string {
	g.family++
	return fmt.Sprintf("FM%d", g.family)
}

func (g *gen) nextAdopter() string {
	g.adopter++
	return fmt.Sprintf("AD%d", g.adopter)
}

// fill writes the columns that are about the person wherever the list has them.
func (p *person) fill(l *List, row []string) {
	put := func(heading, v string) {
		if i, ok := l.columns[heading]; ok {
			row[i] = v
		}
	}
	put(childID, p.id)
	put(gender, p.gender)
	put(ethnicity, p.ethnicity)
	put(birth, p.birth.String())
	put(age, strconv.Itoa(p.age))
	put(disability, p.disability)
	put(team, p.team)
	put(worker, p.worker)
}
