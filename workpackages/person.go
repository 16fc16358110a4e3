package workpackages

import (
	"net/mail"
	"slices"
	"strings"
	"time"

	"readiness/workpackages/phrase"
)

// Role says what a person or a token may do. The names are those of the interface.
type Role string

// The roles.
const (
	AssistantDirector Role = "assistant_director" // everything
	Lead              Role = "lead"               // changes the packages of their own group
	Comms             Role = "comms"              // the communications plan
	Analyst           Role = "analyst"            // Annexe A
	Viewer            Role = "viewer"             // reads
)

// Roles lists every role, most powerful first.
func Roles() []Role { return []Role{AssistantDirector, Lead, Comms, Analyst, Viewer} }

// Label is the role in words.
func (r Role) Label() string {
	switch r {
	case AssistantDirector:
		return "Assistant director"
	case Lead:
		return "Group lead"
	case Comms:
		return "Communications"
	case Analyst:
		return "Data analyst"
	case Viewer:
		return "Viewer"
	}
	return string(r)
}

// Valid reports whether r is a role.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Person is somebody who may sign in or own work. Passwords and sign-in links
// are kept elsewhere (app/auth), so a Person can be shown and logged.
type Person struct {
	ID        string    `bson:"_id"`
	Email     string    `bson:"email"` // lower case; unique
	Name      string    `bson:"name"`
	Role      Role      `bson:"role"`
	GroupID   string    `bson:"group"` // the steering group; required of a lead
	Disabled  bool      `bson:"disabled"`
	Version   int64     `bson:"version"`
	CreatedAt time.Time `bson:"created_at"` // UTC
}

// Actor gives the person as the doer of a change.
func (p Person) Actor(via string) Actor {
	return Actor{ID: p.ID, PersonID: p.ID, Name: p.Name, Role: p.Role, GroupID: p.GroupID, Via: via}
}

// FoldEmail puts an e-mail address in the form it is stored and compared in.
func FoldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Validate checks a person as typed, and tidies it in place. groups are the known group ids.
func (p *Person) Validate(groups []Group) error {
	var bad problems
	p.Name, p.Email = line(p.Name), FoldEmail(p.Email)
	checkText(&bad, "name", "name", p.Name, 1, 100)
	switch addr, err := mail.ParseAddress(p.Email); {
	case p.Email == "":
		bad.add("email", "Enter an e-mail address")
	case err != nil || addr.Address != p.Email || len(p.Email) > 254:
		bad.add("email", "Enter an e-mail address in the form name@example.gov.uk")
	}
	if !p.Role.Valid() {
		bad.add("role", "Choose a role: %s", phrase.List(Roles()))
	}
	known := slices.ContainsFunc(groups, func(g Group) bool { return g.ID == p.GroupID })
	if p.Role == Lead && p.GroupID == "" {
		bad.add("group", "Choose the steering group that this person leads")
	} else if p.GroupID != "" && !known {
		bad.add("group", "Choose a steering group from the list: %s", joinGroups(groups))
	}
	return bad.err()
}

// Actor is who makes a change: a person in the browser or Slack, a token, or the
// program itself.
type Actor struct {
	ID       string `bson:"id"`     // the person's id, "token:…" or "system"
	PersonID string `bson:"person"` // empty for tokens and the program
	Name     string `bson:"name"`   // as it was at the time
	Role     Role   `bson:"role"`
	GroupID  string `bson:"group"`
	Via      string `bson:"via"` // browser, api, slack, command, system
}

// System is the program acting on its own account: seeding and importing.
func System() Actor {
	return Actor{ID: "system", Name: "Readiness", Role: AssistantDirector, Via: "system"}
}

func joinGroups(groups []Group) string {
	var s []string
	for _, g := range groups {
		s = append(s, g.ID)
	}
	return strings.Join(s, ", ")
}
