package comms

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/phrase"
	"readiness/workpackages/workingdays"
)

// TriggerKind says what makes a message go.
type TriggerKind string

// The kinds of trigger.
const (
	Manual    TriggerKind = "manual"    // somebody says so
	At        TriggerKind = "at"        // a date and a time
	Recurring TriggerKind = "recurring" // days of the week, or a working day of each month
	OnEvent   TriggerKind = "event"     // working days from an event
)

// TriggerKinds lists every kind of trigger.
func TriggerKinds() []TriggerKind { return []TriggerKind{Manual, At, Recurring, OnEvent} }

// Trigger is when a message goes. Times are of the council's clock, as 09:00.
type Trigger struct {
	Kind   TriggerKind       `bson:"kind"`
	Date   workpackages.Date `bson:"date"`   // of At
	Time   string            `bson:"time"`   // of all but Manual
	Days   []time.Weekday    `bson:"days"`   // of Recurring by the week: 1 is Monday
	Month  int               `bson:"month"`  // of Recurring by the month: which working day of it, 1 to 20; 0 for by the week
	Event  string            `bson:"event"`  // of OnEvent: the id of an Event
	Offset int               `bson:"offset"` // of OnEvent: working days after it, before it when negative; 0 is its own day
}

// Event is something that messages are timed from, such as the inspection call.
type Event struct {
	ID        string            `bson:"_id" json:"id"`
	Title     string            `bson:"title" json:"title"`
	Hint      string            `bson:"-" json:"-"`
	Date      workpackages.Date `bson:"date" json:"date"` // empty: not known yet
	Version   int64             `bson:"version" json:"version"`
	ChangedBy string            `bson:"changed_by" json:"changed_by"`
	ChangedAt time.Time         `bson:"changed_at" json:"changed_at,omitzero"`
}

// The events that an inspection has.
const (
	InspectionCall   = "inspection_call"
	OnSiteStart      = "on_site_start"
	OnSiteEnd        = "on_site_end"
	PublicationEvent = "publication"
)

// eventList is every event there is, in its order, as it comes.
var eventList = []Event{
	{ID: InspectionCall, Title: "Inspection call", Hint: "The day on which the lead inspector telephones the director of children’s services."},
	{ID: OnSiteStart, Title: "First day on site", Hint: "So far always a Monday, a week after the call."},
	{ID: OnSiteEnd, Title: "Last day on site", Hint: "From then until the report is published, its outcome is under embargo."},
	{ID: PublicationEvent, Title: "Publication of the report", Hint: "The median is 47 days after the last day on site."},
}

// EventTitle gives an event in words.
func EventTitle(id string) string {
	if i := slices.IndexFunc(eventList, func(e Event) bool { return e.ID == id }); i >= 0 {
		return eventList[i].Title
	}
	return id
}

// Events are the events as they stand, in their order.
type Events []Event

// Date gives the day of an event; empty while it is not known.
func (e Events) Date(id string) workpackages.Date {
	if i := slices.IndexFunc(e, func(e Event) bool { return e.ID == id }); i >= 0 {
		return e[i].Date
	}
	return ""
}

// Embargo reports whether an outcome may be known on a day that is not published:
// from the first day on site until the day of publication.
func (e Events) Embargo(on workpackages.Date) bool {
	start, end, out := e.Date(OnSiteStart), e.Date(OnSiteEnd), e.Date(PublicationEvent)
	begun := !start.IsZero() && start <= on || !end.IsZero() && end <= on
	// A publication of before this inspection was that of another.
	published := !out.IsZero() && out <= on && !out.Before(start) && !out.Before(end)
	return begun && !published
}

// calendar is what times are worked out with.
type calendar struct {
	zone   *time.Location
	events Events
	closed func(workpackages.Date) bool // nil: the council is never closed
}

// at gives the instant of a time of the clock on a day.
func (c calendar) at(day workpackages.Date, clock string) time.Time {
	t, err := time.Parse("15:04", clock)
	if err != nil || day.IsZero() {
		return time.Time{}
	}
	d := day.Time()
	return time.Date(d.Year(), d.Month(), d.Day(), t.Hour(), t.Minute(), 0, 0, c.zone).UTC()
}

func (c calendar) works(day workpackages.Date) bool {
	return workingdays.Is(day.Time()) && (c.closed == nil || !c.closed(day))
}

// searched is how many days ahead the next occasion is looked for.
const searched = 100

// next gives the first time after an instant at which a message goes by itself; zero
// when there is none, or none that is known. What recurs and would fall on a day that
// is no working day goes on the next one.
func (c calendar) next(t Trigger, after time.Time) time.Time {
	var at time.Time
	switch t.Kind {
	case At:
		at = c.at(t.Date, t.Time)
	case OnEvent:
		day := c.events.Date(t.Event)
		if day.IsZero() {
			return time.Time{}
		}
		at = c.at(workpackages.Date(workingdays.Add(day.Time(), t.Offset).Format(time.DateOnly)), t.Time)
	case Recurring:
		day := workpackages.DateOf(after, c.zone).AddDays(-14) // a day before may have been moved
		for range searched {
			if c.recurs(t, day) {
				moved := day
				for n := 0; n < 31 && !c.works(moved); n++ {
					moved = moved.AddDays(1)
				}
				if at := c.at(moved, t.Time); at.After(after) {
					return at
				}
			}
			day = day.AddDays(1)
		}
		return time.Time{}
	}
	if !at.After(after) {
		return time.Time{}
	}
	return at
}

// recurs reports whether a day is one of a recurring trigger's.
func (c calendar) recurs(t Trigger, day workpackages.Date) bool {
	if t.Month == 0 {
		return slices.Contains(t.Days, day.Time().Weekday())
	}
	first := workpackages.Date(string(day)[:8] + "01").AddDays(-1)
	return workpackages.Date(workingdays.Add(first.Time(), t.Month).Format(time.DateOnly)) == day
}

// TriggerInput is a trigger as it was typed.
type TriggerInput struct {
	Kind   string   `json:"kind"`
	Date   string   `json:"date"`
	Time   string   `json:"time"`
	Days   []string `json:"days"` // monday, or 1
	Month  int      `json:"month"`
	Event  string   `json:"event"`
	Offset int      `json:"offset"`
}

// read gives the trigger, or says what is wrong with it. What its kind does not have
// is not looked at.
func (in TriggerInput) read(bad *problems) Trigger {
	t := Trigger{Kind: TriggerKind(in.Kind)}
	if !slices.Contains(TriggerKinds(), t.Kind) {
		bad.add("trigger", "Choose when it goes: manual, at, recurring or event")
		return t
	}
	if t.Kind == Manual {
		return t
	}
	clock, ok := workpackages.ParseTime(in.Time)
	if t.Time = clock; !ok {
		bad.add("time", "Enter a time such as 09:00")
	}
	switch t.Kind {
	case At:
		day, err := workpackages.ParseDate(in.Date)
		if t.Date = day; err != nil {
			bad.add("date", "Enter the day on which it goes, such as 24/11/2026")
		}
	case Recurring:
		for _, d := range in.Days {
			i := slices.IndexFunc(weekdays, func(w time.Weekday) bool {
				return strings.EqualFold(w.String(), strings.TrimSpace(d)) || fmt.Sprint(int(w)) == strings.TrimSpace(d)
			})
			if i < 0 {
				bad.add("days", "Choose days from Monday to Friday")
				continue
			}
			if !slices.Contains(t.Days, weekdays[i]) {
				t.Days = append(t.Days, weekdays[i])
			}
		}
		slices.Sort(t.Days)
		t.Month = in.Month
		switch {
		case t.Month < 0 || t.Month > 20:
			bad.add("month", "Enter which working day of the month, from 1 to 20")
		case t.Month > 0 && len(t.Days) > 0:
			bad.add("days", "Choose days of the week, or a working day of the month: not both")
		case t.Month == 0 && len(t.Days) == 0:
			bad.add("days", "Choose at least one day of the week, or enter a working day of the month")
		}
	case OnEvent:
		t.Event, t.Offset = in.Event, in.Offset
		if !slices.ContainsFunc(eventList, func(e Event) bool { return e.ID == t.Event }) {
			bad.add("event", "Choose the event that it is timed from")
		}
		if t.Offset < -60 || t.Offset > 120 {
			bad.add("offset", "Enter working days from the event, from -60 to 120")
		}
	}
	return t
}

var weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}

// Words says when a trigger lets its message go.
func (t Trigger) Words() string {
	switch t.Kind {
	case At:
		return t.Date.Time().Format("Monday 2 January 2006") + " at " + t.Time
	case Recurring:
		if t.Month > 0 {
			return "The " + ordinal(t.Month) + " working day of each month at " + t.Time
		}
		var days []string
		for _, d := range t.Days {
			days = append(days, d.String())
		}
		return "Every " + phrase.And(days) + " at " + t.Time
	case OnEvent:
		event := phrase.LowerFirst(EventTitle(t.Event))
		switch {
		case t.Offset == 0:
			return "On the day of the " + event + " at " + t.Time
		case t.Offset < 0:
			return phrase.Count(-t.Offset, "working day") + " before the " + event + " at " + t.Time
		}
		return phrase.Count(t.Offset, "working day") + " after the " + event + " at " + t.Time
	}
	return "When somebody sends it"
}

func ordinal(n int) string {
	end := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		end = "st"
	case n%10 == 2:
		end = "nd"
	case n%10 == 3:
		end = "rd"
	}
	return fmt.Sprintf("%d%s", n, end)
}
