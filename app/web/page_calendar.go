package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/schedules"
	"readiness/workpackages"
	"readiness/workpackages/workingdays"
)

// calendarWeeks is how far ahead the calendar looks unless it is asked otherwise.
const calendarWeeks = 12

// calendar looks a number of weeks ahead, from now on.
func (s *Server) calendar(c *fiber.Ctx, until workpackages.Date, off bool) (schedules.Calendar, error) {
	t := until.Time()
	return s.Jobs.Simulate(c.UserContext(), s.Now(), time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, s.Zone), off)
}

func (s *Server) apiCalendar(c *fiber.Ctx) error {
	weeks, most := calendarWeeks, int(schedules.MaxCalendar/(7*24*time.Hour))
	var bad []workpackages.FieldError
	if text := c.Query("weeks"); text != "" {
		n, err := strconv.Atoi(text)
		if weeks = n; err != nil || n < 1 || n > most {
			bad = append(bad, workpackages.FieldError{Field: "weeks", Message: fmt.Sprintf("Give a whole number from 1 to %d", most)})
		}
	}
	off, err := strconv.ParseBool(c.Query("off", "false"))
	if err != nil {
		bad = append(bad, workpackages.FieldError{Field: "off", Message: "Give true or false"})
	}
	if len(bad) > 0 {
		return &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: bad}
	}
	cal, err := s.calendar(c, s.today().AddDays(7*weeks), off)
	if err != nil {
		return err
	}
	return sendJSON(c, http.StatusOK, cal)
}

// calendarCell is one day of the calendar.
type calendarCell struct {
	Date     workpackages.Date
	Label    string // "Monday 30 November", where a row is a list of days
	Count    int
	Most     int    // to one person
	Fullest  bool   // no day has more, and none before as many
	Shut     string // why nothing can be sent: the name of a holiday, or of closed days
	Today    bool
	NotAsked bool // before today, or after the last day
}

// Many says that one person gets so much on a day that it is noticed in words.
func (d calendarCell) Many() bool { return d.Most > 2 }

type calendarWeek struct {
	Week string // "30 November"
	Days []calendarCell
}

// calendarView is the calendar as weeks of days, Monday first.
type calendarView struct {
	schedules.Calendar
	Columns  []string
	Weeks    []calendarWeek
	People   []calendarPerson
	Messages int
	Fullest  calendarCell // the day with most messages; without a date when there is none
	Others   int          // days with as many
	Last     string       // the last day looked at
	OffRules int          // rules that are switched off
}

type calendarPerson struct {
	schedules.CalendarPerson
	Name, Address string
}

func newCalendarView(cal schedules.Calendar) calendarView {
	v := calendarView{Calendar: cal, Last: longDay(cal.Until.AddDays(-1))}
	cells := map[workpackages.Date]calendarCell{}
	for _, d := range cal.Days {
		cell := calendarCell{Date: d.Date, Count: len(d.Messages)}
		each := map[string]int{}
		for _, m := range d.Messages {
			each[m.Recipient]++
			cell.Most = max(cell.Most, each[m.Recipient])
		}
		cells[d.Date] = cell
		v.Messages += cell.Count
		switch {
		case cell.Count > v.Fullest.Count:
			v.Fullest, v.Others = cell, 0
		case cell.Count == v.Fullest.Count:
			v.Others++
		}
	}
	v.Fullest.Label = longDay(v.Fullest.Date)
	columns := 5
	for d := range cells {
		if day := d.Time().Weekday(); day == time.Saturday || day == time.Sunday {
			columns = 7
		}
	}
	for i := range columns {
		v.Columns = append(v.Columns, time.Weekday((i+1)%7).String())
	}
	monday := cal.From.AddDays(-(int(cal.From.Time().Weekday()) + 6) % 7)
	for ; monday < cal.Until; monday = monday.AddDays(7) {
		week := calendarWeek{Week: monday.Time().Format("2 January")}
		asked := false
		for i := range columns {
			date := monday.AddDays(i)
			cell := cells[date]
			cell.Date, cell.Label = date, date.Time().Format("Monday 2 January")
			cell.Today = date == cal.From
			cell.NotAsked = date < cal.From || date >= cal.Until
			cell.Fullest = cell.Count > 0 && date == v.Fullest.Date
			cell.Shut = shut(cal, date)
			asked = asked || !cell.NotAsked
			week.Days = append(week.Days, cell)
		}
		if asked {
			v.Weeks = append(v.Weeks, week)
		}
	}
	for _, p := range cal.People {
		named := newPlannedView(schedules.Planned{Recipient: p.Recipient})
		v.People = append(v.People, calendarPerson{p, named.Name, named.Address})
	}
	return v
}

// shut says why nothing is sent on a day that would else be a working day.
func shut(cal schedules.Calendar, d workpackages.Date) string {
	return dayShut(d, schedules.ClosedDays{Periods: cal.Closed})
}

func dayShut(d workpackages.Date, closed schedules.ClosedDays) string {
	if name, ok := workingdays.Holiday(d.Time()); ok {
		return name
	}
	for _, p := range closed.Periods {
		if p.From <= d && d <= p.To {
			return p.Name
		}
	}
	return ""
}

func longDay(d workpackages.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format("Monday 2 January 2006")
}

func (s *Server) calendarPage(c *fiber.Ctx) error {
	off := c.Query("off") == "true"
	if c.Query("day") != "" {
		return s.calendarDayPage(c, off)
	}
	cal, err := s.calendar(c, s.today().AddDays(7*calendarWeeks), off)
	if err != nil {
		return err
	}
	v := newCalendarView(cal)
	jobs, err := s.Jobs.Jobs(c.UserContext())
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if !j.On {
			v.OffRules++
		}
	}
	return s.render(c, http.StatusOK, "calendar", page{Title: "Calendar of reminders", Data: v})
}

// dayMessage is one message of a day.
type dayMessage struct {
	plannedView
	At  time.Time
	Job string
}

func (s *Server) calendarDayPage(c *fiber.Ctx, off bool) error {
	day, err := workpackages.ParseDate(c.Query("day"))
	last := s.today().AddDays(7*calendarWeeks - 1)
	if err != nil || day.Before(s.today()) || last.Before(day) {
		return workpackages.Errorf(workpackages.NotFound, "The calendar has the days from %s to %s: choose one of them there", longDay(s.today()), longDay(last))
	}
	cal, err := s.calendar(c, day.AddDays(1), off)
	if err != nil {
		return err
	}
	var messages []dayMessage
	each := map[string]int{}
	if i := slices.IndexFunc(cal.Days, func(d schedules.CalendarDay) bool { return d.Date == day }); i >= 0 {
		for _, m := range cal.Days[i].Messages {
			messages = append(messages, dayMessage{newPlannedView(m.Planned), m.At, m.Job})
			each[m.Recipient]++
		}
	}
	most := 0
	for _, n := range each {
		most = max(most, n)
	}
	var whom []string // get most
	for _, m := range messages {
		if each[m.Recipient] == most && !slices.Contains(whom, m.Name) {
			whom = append(whom, m.Name)
		}
	}
	return s.render(c, http.StatusOK, "calendar-day", page{Title: "Reminders on " + longDay(day), Data: map[string]any{
		"Day": longDay(day), "Messages": messages, "People": len(each), "Most": most, "Whom": whom, "Off": off, "Shut": shut(cal, day), "Today": day == s.today(),
	}})
}
