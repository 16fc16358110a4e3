package comms

import (
	"encoding/csv"
	"errors"
	"io"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// Audience is whom a message is for.
type Audience struct {
	ID    string `bson:"_id"`
	Name  string `bson:"name"`
	About string `bson:"about"` // who they are, in a sentence
	// Slack says where those of it are reached there. An audience that is not in Slack
	// has neither channels nor contacts, and its messages are sent by hand.
	Channels  []string  `bson:"channels"`  // without #
	Everybody bool      `bson:"everybody"` // all who may sign in to Readiness
	Contacts  []Contact `bson:"contacts"`  // by e-mail address
	// TellEvery is after how many days without a message the audience counts as not
	// told; 0 for never.
	TellEvery int       `bson:"tell_every"`
	Default   bool      `bson:"default"`
	Order     int       `bson:"order"`
	Version   int64     `bson:"version"`
	ChangedBy string    `bson:"changed_by"`
	ChangedAt time.Time `bson:"changed_at"`
	CreatedAt time.Time `bson:"created_at"`
}

// Contact is somebody who is told, and need not be able to sign in.
type Contact struct {
	Name  string `bson:"name"`
	Email string `bson:"email"` // lower case
}

// InSlack reports whether anybody of the audience is reached in Slack.
func (a Audience) InSlack() bool { return a.Everybody || len(a.Channels) > 0 || len(a.Contacts) > 0 }

// AudienceInput is an audience as it was typed; what is nil is left alone.
type AudienceInput struct {
	Name, About *string
	Channels    *string // parted by spaces, commas or lines
	Everybody   *bool
	Contacts    *string // a line each, or CSV: see ReadContacts
	TellEvery   *int
}

const (
	maxName     = 60
	maxAbout    = 300
	maxChannels = 20
	maxContacts = 3000 // as many as a form takes
	maxGap      = 365
)

// channelName is what Slack lets a channel be called, or its id.
var channelName = regexp.MustCompile(`^([a-z0-9_\-\p{L}]{1,80}|[CG][A-Z0-9]{7,})$`)

// apply makes the changes, or says what is wrong with them.
func (in AudienceInput) apply(a *Audience) error {
	var bad problems
	bad.line("name", "name for the audience", in.Name, &a.Name, 1, maxName)
	bad.line("about", "description", in.About, &a.About, 0, maxAbout)
	if in.Channels != nil {
		a.Channels = nil
		for _, c := range strings.FieldsFunc(*in.Channels, func(r rune) bool { return strings.ContainsRune(", \t\r\n;", r) }) {
			c = strings.TrimPrefix(c, "#")
			if !channelName.MatchString(c) {
				bad.add("channels", "Enter names of Slack channels, such as #childrens-services: %q is none", c)
			} else if !slices.Contains(a.Channels, c) {
				a.Channels = append(a.Channels, c)
			}
		}
		if len(a.Channels) > maxChannels {
			bad.add("channels", "Enter at most %d channels", maxChannels)
		}
	}
	if in.Everybody != nil {
		a.Everybody = *in.Everybody
	}
	if in.Contacts != nil {
		contacts, err := ReadContacts(strings.NewReader(*in.Contacts))
		if err != nil {
			bad.add("contacts", "%s", err)
		}
		a.Contacts = contacts
	}
	if in.TellEvery != nil {
		if a.TellEvery = *in.TellEvery; a.TellEvery < 0 || a.TellEvery > maxGap {
			bad.add("tell_every", "Enter a whole number of days from 0 to %d", maxGap)
		}
	}
	return bad.err()
}

// ReadContacts reads people as they are pasted: a line each as "Name, address",
// "Name <address>", "address", or columns of a sheet in any order, with or without a
// heading. Who is there twice is taken once. Its error is a sentence for whoever typed.
func ReadContacts(r io.Reader) ([]Contact, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\ufeff", "").Replace(string(text)), "\n")
	out := []Contact{}
	seen := map[string]bool{}
	for n, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		c, ok := readContact(line)
		if !ok {
			if n == 0 && !strings.Contains(line, "@") && strings.Contains(string(text), "@") {
				continue // the heading of a sheet
			}
			return out, errorf("Line %d has no e-mail address that can be used: write it as Name, name@example.gov.uk", n+1)
		}
		if !seen[c.Email] {
			seen[c.Email] = true
			out = append(out, c)
		}
		if len(out) > maxContacts {
			return out, errorf("These are more than %d people: use Slack channels for so many", maxContacts)
		}
	}
	return out, nil
}

func errorf(format string, args ...any) error {
	return errors.New(workpackages.Errorf(workpackages.Invalid, format, args...).Message)
}

// readContact reads one line.
func readContact(line string) (Contact, bool) {
	cells := []string{line}
	if !strings.Contains(line, "<") {
		comma := csv.NewReader(strings.NewReader(line))
		comma.LazyQuotes, comma.FieldsPerRecord = true, -1
		switch {
		case strings.Contains(line, "\t"):
			comma.Comma = '\t'
		case !strings.Contains(line, ",") && strings.Contains(line, ";"):
			comma.Comma = ';'
		}
		if read, err := comma.Read(); err == nil {
			cells = read
		}
	}
	var c Contact
	var names []string
	for _, cell := range cells {
		cell = strings.Join(strings.Fields(cell), " ")
		if addr, err := mail.ParseAddress(cell); err == nil && strings.Contains(cell, "@") && c.Email == "" {
			c.Email = workpackages.FoldEmail(addr.Address)
			if addr.Name != "" {
				names = append(names, addr.Name)
			}
		} else if cell != "" && len(names) < 2 && !strings.Contains(cell, "@") {
			names = append(names, cell)
		}
	}
	name, problem := workpackages.Line("name", strings.Join(names, " "), 100)
	if c.Name = name; problem != "" {
		c.Name = c.Email
	}
	return c, c.Email != "" && len(c.Email) <= 254
}

// ContactLines gives contacts as they can be typed again.
func ContactLines(contacts []Contact) string {
	var b strings.Builder
	for _, c := range contacts {
		if c.Name != "" && c.Name != c.Email {
			b.WriteString(strings.ReplaceAll(c.Name, ",", " ") + ", ")
		}
		b.WriteString(c.Email + "\n")
	}
	return b.String()
}

// recipientsOf gives everybody of an audience whom Slack reaches, each once, in a
// stable order: channels, then people by name.
func recipientsOf(a Audience, people []workpackages.Person) []RosterEntry {
	var out []RosterEntry
	for _, c := range a.Channels {
		out = append(out, RosterEntry{ID: notifications.ChannelID(c), Name: "#" + c})
	}
	byEmail := map[string]workpackages.Person{}
	seen := map[string]bool{}
	var persons []RosterEntry
	for _, p := range people {
		byEmail[p.Email] = p
		if a.Everybody && !p.Disabled {
			seen[p.Email] = true
			persons = append(persons, RosterEntry{ID: p.ID, Name: p.Name})
		}
	}
	for _, c := range a.Contacts {
		if seen[c.Email] {
			continue
		}
		seen[c.Email] = true
		if p, ok := byEmail[c.Email]; ok {
			// Who may not sign in any more has left, whatever the list says.
			if !p.Disabled {
				persons = append(persons, RosterEntry{ID: p.ID, Name: p.Name})
			}
			continue
		}
		persons = append(persons, RosterEntry{ID: notifications.ContactID(c.Email), Name: c.Name, Email: c.Email})
	}
	slices.SortStableFunc(persons, func(x, y RosterEntry) int { return strings.Compare(x.Name, y.Name) })
	return append(out, persons...)
}
