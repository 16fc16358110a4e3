package notifications

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages"
)

// Preferences is when somebody wants to be reminded.
type Preferences struct {
	PersonID string         `bson:"_id" json:"person"`
	Zone     string         `bson:"zone" json:"zone"` // empty: the council's
	From     string         `bson:"from" json:"from"` // such as "08:00"
	To       string         `bson:"to" json:"to"`
	Days     []time.Weekday `bson:"days" json:"days"`
	Version  int64          `bson:"version" json:"version"` // 0: these are the defaults
}

// DefaultPreferences are those of somebody who has not said.
func DefaultPreferences(personID string) Preferences {
	return Preferences{PersonID: personID, From: "08:00", To: "18:00",
		Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}}
}

// Window turns preferences into a window; the council's zone is for those who
// name none, or one that is not known any more.
func (p Preferences) Window(council *time.Location, closed func(workpackages.Date) bool) Window {
	w := Window{Zone: council, Days: p.Days, Closed: closed}
	if z, err := time.LoadLocation(p.Zone); p.Zone != "" && err == nil {
		w.Zone = z
	}
	var err error
	if w.From, err = minutes(p.From); err != nil {
		w.From = 8 * 60
	}
	if w.To, err = minutes(p.To); err != nil || w.To <= w.From {
		w.To = max(18*60, w.From+60)
	}
	return w
}

// minutes reads a time of day as minutes after midnight; 24:00 is the day's end.
func minutes(s string) (int, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day", s)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// PreferenceStore keeps preferences; app/store provides it.
type PreferenceStore interface {
	// Preferences gives those of everybody who has said.
	Preferences(ctx context.Context) ([]Preferences, error)
	// SavePreferences stores what a person wants at the version after the one
	// before, or gives Stale.
	SavePreferences(ctx context.Context, p Preferences) error
}

// PreferenceInput is what somebody typed.
type PreferenceInput struct {
	Zone, From, To string
	Days           []string // as numbers, 0 for Sunday to 6
}

// Desk is where people say when they want to be reminded.
type Desk struct {
	Store PreferenceStore
	Zone  *time.Location // the council's
	// Closed gives the council's closed days; nil: none.
	Closed func(ctx context.Context) (func(workpackages.Date) bool, error)
}

// Of gives a person's preferences, or the defaults.
func (d *Desk) Of(ctx context.Context, personID string) (Preferences, error) {
	all, err := d.Store.Preferences(ctx)
	if i := slices.IndexFunc(all, func(p Preferences) bool { return p.PersonID == personID }); i >= 0 {
		return all[i], err
	}
	return DefaultPreferences(personID), err
}

// Window gives when a recipient may be disturbed; channels have the defaults.
func (d *Desk) Window(ctx context.Context, recipientID string) (Window, error) {
	p, err := d.Of(ctx, recipientID)
	if err != nil {
		return Window{}, err
	}
	var closed func(workpackages.Date) bool
	if d.Closed != nil {
		if closed, err = d.Closed(ctx); err != nil {
			return Window{}, err
		}
	}
	return p.Window(d.Zone, closed), nil
}

// Save records what somebody wants for themselves.
func (d *Desk) Save(ctx context.Context, by workpackages.Actor, version int64, in PreferenceInput) (Preferences, error) {
	if by.PersonID == "" {
		return Preferences{}, workpackages.Errorf(workpackages.Forbidden, "Sign in to say when you want to be reminded: a token is nobody")
	}
	p := Preferences{PersonID: by.PersonID, Zone: strings.TrimSpace(in.Zone), From: strings.TrimSpace(in.From), To: strings.TrimSpace(in.To), Version: version + 1}
	var bad []workpackages.FieldError
	say := func(field, message string) {
		bad = append(bad, workpackages.FieldError{Field: field, Message: message})
	}
	for _, s := range in.Days {
		if len(s) != 1 || s[0] < '0' || s[0] > '6' {
			say("days", "Choose days of the week from the list")
			break
		}
		p.Days = append(p.Days, time.Weekday(s[0]-'0'))
	}
	slices.Sort(p.Days)
	if p.Days = slices.Compact(p.Days); len(p.Days) == 0 && len(bad) == 0 {
		say("days", "Choose one day at least: what is overdue reaches your group's chair in any case")
	}
	from, err := minutes(p.From)
	if err != nil || from == 24*60 {
		say("from", "Enter the time from which you may be reminded, such as 08:00")
	}
	to, toErr := minutes(p.To)
	switch {
	case toErr != nil:
		say("to", "Enter the time until which you may be reminded, such as 18:00")
	case err == nil && to < from+60:
		say("to", "Leave an hour at least in which you may be reminded")
	}
	if p.Zone != "" {
		if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
			say("zone", "Enter a time zone such as Europe/London, or leave it empty")
		}
	}
	if len(bad) > 0 {
		return p, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: bad}
	}
	return p, d.Store.SavePreferences(ctx, p)
}
