package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/schedules"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// Rules are the reminder rules and the council's closed days; schedules provides it.
type Rules interface {
	Rules(ctx context.Context) ([]schedules.Rule, error)
	Rule(ctx context.Context, id string) (schedules.Rule, error)
	EditRule(ctx context.Context, by workpackages.Actor, id string, version int64, in schedules.RuleInput) (schedules.Rule, error)
	ClosedDays(ctx context.Context) (schedules.ClosedDays, error)
	EditClosedDays(ctx context.Context, by workpackages.Actor, version int64, in []schedules.ClosedPeriod) (schedules.ClosedDays, error)
}

// ruleRow is one rule in words.
type ruleRow struct {
	schedules.Rule
	Info    schedules.RuleInfo
	When    string // "Monday to Friday at 09:00"
	Tells   string // "Owners and group leads"
	Passes  string // to whom, and when; empty where the rule does not
	Changed string // who changed it last, and when; empty while it is as it came
}

func (s *Server) ruleRow(r schedules.Rule) ruleRow {
	row := ruleRow{Rule: r, When: phrase.And(weekdays(r.Days)) + " at " + r.Time}
	row.Info, _ = schedules.RuleInfoOf(r.ID)
	var told []string
	for _, a := range r.Audience {
		told = append(told, toldWords[a])
	}
	row.Tells = sentenceCase(phrase.And(told))
	if row.Info.Escalates {
		row.Passes = passesOn(r)
	}
	if !r.ChangedAt.IsZero() {
		row.Changed = "Changed by " + r.ChangedBy + " on " + r.ChangedAt.In(s.Zone).Format("2 January 2006 at 15:04")
	}
	return row
}

// toldWords are the audiences within a sentence.
var toldWords = map[schedules.Audience]string{
	schedules.Owners: "owners", schedules.Leads: "group leads", schedules.Chair: "the group’s chair",
	schedules.Directors: "assistant directors", schedules.ChannelAudience: "a Slack channel",
	schedules.Approvers: "approvers", schedules.CommsTeam: "the communications team",
}

// passesOn says whom a rule tells of what is long overdue.
func passesOn(r schedules.Rule) string {
	var to []string
	days := func(n int) string {
		if len(to) > 0 {
			return fmt.Sprintf(" after %d", n)
		}
		return " after " + phrase.Count(n, "working day")
	}
	if r.ChairAfter > 0 && !r.Tells(schedules.Chair) {
		to = append(to, "to the chair"+days(r.ChairAfter))
	}
	if r.DirectorAfter > 0 && !r.Tells(schedules.Directors) {
		to = append(to, "to the assistant directors"+days(r.DirectorAfter))
	}
	if len(to) == 0 {
		return "Not passed on"
	}
	return "Passed on " + strings.Join(to, ", ")
}

// weekdays puts days in words: three and more in a row are a span.
func weekdays(days []time.Weekday) []string {
	var out []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 {
			j++
		}
		switch {
		case j-i >= 2:
			out = append(out, days[i].String()+" to "+days[j].String())
			i = j + 1
		default:
			out = append(out, days[i].String())
			i++
		}
	}
	return out
}

func isDirector(c *fiber.Ctx) bool { return actorOf(c).Role == workpackages.AssistantDirector }

func (s *Server) reminderRulesPage(c *fiber.Ctx) error {
	rules, err := s.Rules.Rules(c.UserContext())
	if err != nil {
		return err
	}
	closed, err := s.Rules.ClosedDays(c.UserContext())
	if err != nil {
		return err
	}
	var rows []ruleRow
	for _, r := range rules {
		rows = append(rows, s.ruleRow(r))
	}
	return s.render(c, http.StatusOK, "rules", page{Title: "Reminder rules", Done: doneWords[c.Query("done")], Data: map[string]any{
		"Rules": rows, "CanEdit": isDirector(c), "MayLookAhead": mayLookAhead(c), "Closed": closedWords(closed, s.today()),
	}})
}

// closedWords says which closed days are still to come.
func closedWords(closed schedules.ClosedDays, today workpackages.Date) []string {
	var out []string
	for _, p := range closed.Periods {
		if today <= p.To {
			out = append(out, periodWords(p))
		}
	}
	return out
}

func periodWords(p schedules.ClosedPeriod) string {
	if p.From == p.To {
		return fmt.Sprintf("%s: %s", p.Name, p.From)
	}
	return fmt.Sprintf("%s: %s to %s", p.Name, p.From, p.To)
}

// ruleForm asks for what a rule has.
func ruleForm(r schedules.Rule) form {
	info, _ := schedules.RuleInfoOf(r.ID)
	on := field{Kind: "radios", Name: "on", Label: "Is the rule on?", Value: onOff(r.On), Options: []option{
		{Value: "on", Text: "On", Chosen: r.On}, {Value: "off", Text: "Off", Hint: "Nobody is told by this rule", Chosen: !r.On}}}
	days := field{Kind: "checkboxes", Name: "days", Label: "On which days", Hint: "Never on a bank holiday, or on a day on which the council is closed"}
	for d := time.Monday; d <= time.Friday; d++ {
		days.Options = append(days.Options, option{Value: strconv.Itoa(int(d)), Text: d.String(), Chosen: slices.Contains(r.Days, d)})
	}
	told := field{Kind: "checkboxes", Name: "audience", Label: "Who is told"}
	for _, a := range info.May {
		told.Options = append(told.Options, option{Value: string(a), Text: a.Label(), Chosen: r.Tells(a)})
	}
	f := form{
		Heading: info.Title, Caption: "Reminder rule", Lead: info.Description, Action: "/rules/" + r.ID, Back: "/rules", Cancel: "/rules",
		Version: r.Version, Button: "Save rule",
		Fields: []field{on, days, {Kind: "text", Name: "time", Label: "At what time", Hint: "Such as 09:00", Value: r.Time, Width: 5}, told},
	}
	if info.LooksAhead {
		f.Fields = append(f.Fields, field{Kind: "number", Name: "soon", Label: "How far ahead the rule looks", Suffix: "working days", Value: strconv.Itoa(r.Soon)})
	}
	if info.Escalates {
		f.Fields = append(f.Fields,
			field{Kind: "number", Name: "chair_after", Label: "Pass it on to the group’s chair when it is overdue by", Hint: "0 for never", Suffix: "working days", Value: strconv.Itoa(r.ChairAfter)},
			field{Kind: "number", Name: "director_after", Label: "Pass it on to the assistant directors when it is overdue by", Hint: "0 for never", Suffix: "working days", Value: strconv.Itoa(r.DirectorAfter)})
	}
	return f
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (s *Server) ruleEditPage(c *fiber.Ctx) error {
	r, err := s.Rules.Rule(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusOK, ruleForm(r), nil)
}

func (s *Server) submitRule(c *fiber.Ctx) error {
	r, err := s.Rules.Rule(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	v, f := typed(c), ruleForm(r)
	in := schedules.RuleInput{On: v.get("on") == "on", Time: v.get("time"), Soon: v.get("soon"), ChairAfter: v.get("chair_after"), DirectorAfter: v.get("director_after")}
	for _, d := range v.all("days") {
		n, err := strconv.Atoi(d)
		if err != nil {
			n = -1 // none of the week
		}
		in.Days = append(in.Days, time.Weekday(n))
	}
	for _, a := range v.all("audience") {
		in.Audience = append(in.Audience, schedules.Audience(a))
	}
	_, err = s.Rules.EditRule(c.UserContext(), actorOf(c), r.ID, v.version(), in)
	switch {
	case err == nil:
		return c.Redirect("/rules?done=rule", http.StatusSeeOther)
	case workpackages.KindOf(err) == workpackages.Stale:
		if r, err = s.Rules.Rule(c.UserContext(), r.ID); err != nil {
			return err
		}
		return s.staleForm(c, ruleForm(r), v, s.ruleChanged(r))
	}
	return s.formAgain(c, err, f, v)
}

// ruleChanged says what a rule is now, to whoever was overtaken.
func (s *Server) ruleChanged(r schedules.Rule) []changedNote {
	row := s.ruleRow(r)
	said := []string{"The rule is now " + onOff(r.On), row.When, row.Tells}
	if row.Info.LooksAhead {
		said = append(said, "Looks "+phrase.Count(r.Soon, "working day")+" ahead")
	}
	if row.Passes != "" {
		said = append(said, row.Passes)
	}
	return []changedNote{{strings.Join(said, ". "), r.ChangedBy, r.ChangedAt.In(s.Zone).Format("2 January 2006 at 15:04")}}
}

// closedRow is one row of the closed days: three inputs.
type closedRow struct {
	N      int
	Fields []field
}

// spareRows are the empty rows below those that are filled.
const spareRows = 3

// closedRows gives the rows of the page: of what is kept, or of what was typed.
func closedRows(closed schedules.ClosedDays, typed values) []closedRow {
	n := len(closed.Periods) + spareRows
	if typed != nil {
		n = max(len(typedPeriods(typed)), spareRows)
	}
	var rows []closedRow
	for i := range n {
		from, to, name := fmt.Sprintf("from-%d", i+1), fmt.Sprintf("to-%d", i+1), fmt.Sprintf("name-%d", i+1)
		row := closedRow{i + 1, []field{
			{Kind: "text", Name: from, Label: "First day", Width: 10}, {Kind: "text", Name: to, Label: "Last day", Width: 10}, {Kind: "text", Name: name, Label: "Name", Width: 20},
		}}
		if i < len(closed.Periods) && typed == nil {
			p := closed.Periods[i]
			row.Fields[0].Value, row.Fields[2].Value = p.From.Time().Format("2/1/2006"), p.Name
			if p.To != p.From {
				row.Fields[1].Value = p.To.Time().Format("2/1/2006")
			}
		}
		if typed != nil {
			fill(row.Fields, typed)
		}
		rows = append(rows, row)
	}
	return rows
}

// maxClosedRows is more than can be saved, and bounds what is shown again.
const maxClosedRows = 100

// typedPeriods reads the rows of the form, empty ones too, so that the nth is row n.
func typedPeriods(v values) []schedules.ClosedPeriod {
	var out []schedules.ClosedPeriod
	for n := 1; n <= maxClosedRows; n++ {
		from := fmt.Sprintf("from-%d", n)
		if _, there := v[from]; !there {
			break
		}
		out = append(out, schedules.ClosedPeriod{From: workpackages.Date(v.get(from)), To: workpackages.Date(v.get(fmt.Sprintf("to-%d", n))), Name: v.get(fmt.Sprintf("name-%d", n))})
	}
	return out
}

// closedView is the page of the closed days.
type closedView struct {
	Rows         []closedRow
	Said         []string // what is kept, in words, for those who may not change it
	Version      int64
	Changed      string        // who changed them last, and when
	Overtaken    []changedNote // what others saved since the form was opened
	Example      string
	CanEdit      bool
	MayLookAhead bool
}

func (s *Server) showClosed(c *fiber.Ctx, status int, closed schedules.ClosedDays, rows []closedRow, overtaken []changedNote, version int64, errs []formError) error {
	v := closedView{
		Rows: rows, Version: version, Overtaken: overtaken, CanEdit: isDirector(c), MayLookAhead: mayLookAhead(c),
		Example: "24/12/" + strconv.Itoa(s.today().Time().Year()),
	}
	for _, p := range closed.Periods {
		v.Said = append(v.Said, periodWords(p))
	}
	if !closed.ChangedAt.IsZero() {
		v.Changed = "Changed by " + closed.ChangedBy + " on " + closed.ChangedAt.In(s.Zone).Format("2 January 2006 at 15:04")
	}
	return s.render(c, status, "rules-closed", page{Title: "Closed days", Errors: errs, Done: doneWords[c.Query("done")], Data: v})
}

func (s *Server) closedDaysPage(c *fiber.Ctx) error {
	closed, err := s.Rules.ClosedDays(c.UserContext())
	if err != nil {
		return err
	}
	return s.showClosed(c, http.StatusOK, closed, closedRows(closed, nil), nil, closed.Version, nil)
}

func (s *Server) submitClosedDays(c *fiber.Ctx) error {
	v := typed(c)
	_, err := s.Rules.EditClosedDays(c.UserContext(), actorOf(c), v.version(), typedPeriods(v))
	if err == nil {
		return c.Redirect("/rules/closed?done=closed", http.StatusSeeOther)
	}
	closed, readErr := s.Rules.ClosedDays(c.UserContext())
	if readErr != nil {
		return readErr
	}
	rows := closedRows(closed, v)
	if workpackages.KindOf(err) == workpackages.Stale {
		now := "There are no closed days now"
		if len(closed.Periods) > 0 {
			var said []string
			for _, p := range closed.Periods {
				said = append(said, periodWords(p))
			}
			now = "The closed days are now: " + strings.Join(said, "; ")
		}
		note := changedNote{now, closed.ChangedBy, closed.ChangedAt.In(s.Zone).Format("2 January 2006 at 15:04")}
		return s.showClosed(c, http.StatusConflict, closed, rows, []changedNote{note}, closed.Version, []formError{overtakenError})
	}
	var fields []field
	for _, r := range rows {
		fields = append(fields, r.Fields...)
	}
	return s.formFailed(c, err, fields, v, func(status int, errs []formError) error {
		for i := range rows {
			rows[i].Fields = fields[3*i : 3*i+3]
		}
		return s.showClosed(c, status, closed, rows, nil, v.version(), errs)
	})
}
