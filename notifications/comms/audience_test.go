package comms

import (
	"fmt"
	"strings"
	"testing"

	"readiness/notifications"
	"readiness/workpackages"
)

func TestContactsAreReadAsTheyArePasted(t *testing.T) {
	for _, c := range []struct{ name, in, want, bad string }{
		{"nothing", "\n \n", "", ""},
		{"a name and an address", "Jo Example, Jo.Example@Example.gov.uk", "Jo Example/jo.example@example.gov.uk", ""},
		{"an address alone", "jo@example.gov.uk", "jo@example.gov.uk/jo@example.gov.uk", ""},
		{"as a mail program has them", "Jo Example <jo@example.gov.uk>", "Jo Example/jo@example.gov.uk", ""},
		{"columns of a sheet", "First\tLast\tE-mail\nJo\tExample\tjo@example.gov.uk\nAl\tOther\tal@example.gov.uk", "Jo Example/jo@example.gov.uk Al Other/al@example.gov.uk", ""},
		{"the address first", "jo@example.gov.uk;Jo Example", "Jo Example/jo@example.gov.uk", ""},
		{"a name with a comma, in quotation marks", `"Example, Jo",jo@example.gov.uk`, "Example, Jo/jo@example.gov.uk", ""},
		{"twice", "Jo, jo@example.gov.uk\nJoanna, JO@example.gov.uk", "Jo/jo@example.gov.uk", ""},
		{"lines as Windows ends them, and a mark at the front", "\ufeffJo, jo@example.gov.uk\r\nAl, al@example.gov.uk\r\n", "Jo/jo@example.gov.uk Al/al@example.gov.uk", ""},
		{"a line without an address", "Jo, jo@example.gov.uk\nAl Other", "", "Line 2 has no e-mail address"},
		{"a name alone", "Al Other", "", "Line 1 has no e-mail address"},
		{"an address that is none", "Jo, jo@", "", "Line 1 has no e-mail address"},
		{"too many", many(maxContacts + 1), "", "more than 3000 people"},
	} {
		got, err := ReadContacts(strings.NewReader(c.in))
		if c.bad != "" {
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var out []string
		for _, x := range got {
			out = append(out, x.Name+"/"+x.Email)
		}
		if err != nil || strings.Join(out, " ") != c.want {
			t.Errorf("%s: %q %v", c.name, out, err)
		}
		again, err := ReadContacts(strings.NewReader(ContactLines(got)))
		if err != nil || len(again) != len(got) {
			t.Errorf("%s: written out and read again: %v %v", c.name, again, err)
		}
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Person %d, person.%d@example.gov.uk\n", i, i)
	}
	return b.String()
}

func FuzzReadContacts(f *testing.F) {
	for _, s := range []string{"Jo, jo@example.gov.uk", "a\tb\tc@d.e", `"x,y";z@d.e`, "<a@b>", "\"", "name\n\n,,@,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ReadContacts(strings.NewReader(s))
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, c := range got {
			if seen[c.Email] || c.Name == "" || !strings.Contains(c.Email, "@") || strings.ContainsAny(c.Email, "\r\n") {
				t.Errorf("%+v of %q", c, s)
			}
			seen[c.Email] = true
		}
	})
}

func TestEverybodyOfAnAudienceIsToldOnce(t *testing.T) {
	people := []workpackages.Person{
		{ID: "p-1", Name: "Al Other", Email: "al@example.gov.uk"}, {ID: "p-2", Name: "Bo Gone", Email: "bo@example.gov.uk", Disabled: true},
	}
	contacts := []Contact{{"Al in the list", "al@example.gov.uk"}, {"Bo in the list", "bo@example.gov.uk"}, {"Cy New", "cy@example.gov.uk"}}
	for _, c := range []struct {
		name string
		a    Audience
		want string
	}{
		{"nobody", Audience{}, ""},
		{"channels come first", Audience{Channels: []string{"staff"}, Contacts: contacts[2:]}, "channel:staff " + notifications.ContactID("cy@example.gov.uk")},
		{"who is one of our people is told as that, and who has left is not", Audience{Contacts: contacts}, "p-1 " + notifications.ContactID("cy@example.gov.uk")},
		{"everybody, and the list", Audience{Everybody: true, Contacts: contacts}, "p-1 " + notifications.ContactID("cy@example.gov.uk")},
	} {
		var got []string
		for _, e := range recipientsOf(c.a, people) {
			got = append(got, e.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q and not %q", c.name, got, c.want)
		}
	}
}

func TestAnAudienceIsCheckedAsItIsTyped(t *testing.T) {
	text := func(s string) *string { return &s }
	number := func(n int) *int { return &n }
	for _, c := range []struct {
		name string
		in   AudienceInput
		bad  string
	}{
		{"good", AudienceInput{Name: text("Schools"), Channels: text("#heads, #schools\nC0123456789"), TellEvery: number(0)}, ""},
		{"no name", AudienceInput{Name: text(" ")}, "name"},
		{"a channel that is none", AudienceInput{Channels: text("#Not A/channel!")}, "channels"},
		{"a negative number of days", AudienceInput{TellEvery: number(-1)}, "tell_every"},
		{"somebody without an address", AudienceInput{Contacts: text("Jo, jo@example.gov.uk\nAl")}, "contacts"},
	} {
		a := Audience{Name: "Before"}
		err := c.in.apply(&a)
		known, _ := err.(*workpackages.Error)
		switch {
		case c.bad == "" && err != nil, c.bad != "" && (known == nil || known.Fields[0].Field != c.bad):
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
