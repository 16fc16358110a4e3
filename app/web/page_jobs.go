package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/schedules"
	"readiness/workpackages"
)

// jobRow is one job of the list.
type jobRow struct {
	schedules.JobInfo
	State  string // "On", "Off", or "Always on" where no rule switches it
	LastAt string // the instant of the last run, in words
}

func (s *Server) jobRow(j schedules.JobInfo) jobRow {
	row := jobRow{JobInfo: j, State: "On"}
	switch {
	case !j.On:
		row.State = "Off"
	case !j.Rule:
		row.State = "Always on"
	}
	if j.Last != nil {
		row.LastAt = s.moment(j.Last.Instant)
	}
	return row
}

// moment is an instant in words, with the year unless it is this one.
func (s *Server) moment(t time.Time) string {
	if t = t.In(s.Zone); t.Year() == s.Now().In(s.Zone).Year() {
		return t.Format("Monday 2 January, 15:04")
	}
	return t.Format("Monday 2 January 2006, 15:04")
}

// remarks is what a job says of a run: what it did, and then, often at length, what
// somebody should look at.
type remarks struct {
	First string
	More  []string
}

func newRemarks(summary string) remarks {
	all := strings.Split(summary, "; ")
	return remarks{all[0], all[1:]}
}

// When is the job's times with the days on which they do not count.
func (r jobRow) When() string {
	if r.WorkingDays {
		return r.JobInfo.When + ", on working days"
	}
	return r.JobInfo.When
}

// Warning is what a job's page says of one that is late.
func (r jobRow) Warning() []string {
	return []string{"A time of more than ten minutes ago has not come to its end: the runs below say why, or the log does"}
}

func (s *Server) jobsPage(c *fiber.Ctx) error {
	jobs, err := s.Jobs.Jobs(c.UserContext())
	if err != nil {
		return err
	}
	warnings, err := s.warnings(c.UserContext())
	if err != nil {
		return err
	}
	var rows []jobRow
	for _, j := range jobs {
		rows = append(rows, s.jobRow(j))
	}
	return s.render(c, http.StatusOK, "jobs", page{Title: "Reminders and jobs", Data: map[string]any{
		"Jobs": rows, "Warnings": warnings, "MayLookAhead": mayLookAhead(c),
	}})
}

// mayLookAhead reports whether the reader may open the calendar.
func mayLookAhead(c *fiber.Ctx) bool { return slices.Contains(editors, actorOf(c).Role) }

func (s *Server) jobOf(c *fiber.Ctx) (jobRow, error) {
	jobs, err := s.Jobs.Jobs(c.UserContext())
	if err != nil {
		return jobRow{}, err
	}
	i := slices.IndexFunc(jobs, func(j schedules.JobInfo) bool { return j.Name == c.Params("name") })
	if i < 0 {
		return jobRow{}, fiber.ErrNotFound
	}
	return s.jobRow(jobs[i]), nil
}

// instantRow is what became of one instant of a job, however many attempts it took.
type instantRow struct {
	schedules.Run        // the newest attempt
	At            string // the instant, in words
	Attempts      int    // in all
}

const (
	runsShown   = 50
	attemptsFor = 4 * runsShown
)

func (s *Server) jobPage(c *fiber.Ctx) error {
	j, err := s.jobOf(c)
	if err != nil {
		return err
	}
	return s.showOneJob(c, http.StatusOK, j, tryForm(j, s.today()), nil)
}

func (s *Server) showOneJob(c *fiber.Ctx, status int, j jobRow, try form, errs []formError) error {
	runs, err := s.Jobs.Runs(c.UserContext(), j.Name, attemptsFor)
	if err != nil {
		return err
	}
	var rows []instantRow
	for _, r := range runs {
		if i := slices.IndexFunc(rows, func(row instantRow) bool { return row.Instant.Equal(r.Instant) }); i >= 0 {
			rows[i].Attempts = max(rows[i].Attempts, r.Attempt)
		} else if len(rows) < runsShown {
			rows = append(rows, instantRow{r, s.moment(r.Instant), r.Attempt})
		}
	}
	return s.render(c, status, "job", page{Title: j.Title, Errors: errs, Done: jobDone[c.Query("done")], Data: map[string]any{
		"Job": j, "Runs": rows, "Shown": runsShown, "Full": len(rows) == runsShown, "Try": try,
		"MayRun": isDirector(c), "MayLookAhead": mayLookAhead(c),
	}})
}

var jobDone = map[string]string{"begun": "It has begun, and goes on. Open this page again in a minute to see how it ended"}

// tryForm asks for the day and time of a dry run.
func tryForm(j jobRow, today workpackages.Date) form {
	day := dateField("day", "Day (optional)", "As it would be on that day if nobody does anything. Leave it empty for now. For example, "+exampleDate(today), "")
	return form{Action: "/jobs/" + j.Name + "/dry-run", Button: "Dry run", Fields: []field{
		day, {Kind: "text", Name: "time", Label: "Time (optional)", Hint: "Leave it empty for the job’s own. For example, 09:00"},
	}}
}

// submitDryRun shows what a job would do, and does nothing.
func (s *Server) submitDryRun(c *fiber.Ctx) error {
	j, err := s.jobOf(c)
	if err != nil {
		return err
	}
	v, f := typed(c), tryForm(j, s.today())
	report := schedules.Report{}
	at, err := s.occasionOf(c.UserContext(), j, v.date("day"), v.get("time"))
	if err == nil {
		report, err = s.dryRun(c.UserContext(), j, at)
	}
	if err != nil {
		return s.formFailed(c, err, f.Fields, v, func(status int, errs []formError) error { return s.showOneJob(c, status, j, f, errs) })
	}
	return s.render(c, http.StatusOK, "job-report", page{Title: "Dry run: " + j.Title, Data: s.reportView(j, report)})
}

// dryRun says what a job would do, or that a page is too short for it.
func (s *Server) dryRun(ctx context.Context, j jobRow, at time.Time) (schedules.Report, error) {
	report, err := s.Jobs.RunNow(ctx, j.Name, at, true)
	if errors.Is(err, context.DeadlineExceeded) {
		return report, workpackages.Wrap(workpackages.Unavailable, err, "That takes longer than a page may. On the server, readiness job run %s --dry-run says the same", j.Name)
	}
	return report, err
}

// occasionOf reads the day and time of a dry run: a day alone means the job's own
// time on it, a time alone today, and neither means now (zero).
func (s *Server) occasionOf(ctx context.Context, j jobRow, dayText, timeText string) (time.Time, error) {
	var bad []workpackages.FieldError
	day, clock := s.today(), strings.TrimSpace(timeText)
	if dayText != "" {
		d, err := workpackages.ParseDate(dayText)
		if err != nil {
			bad = append(bad, workpackages.FieldError{Field: "day", Message: "Enter a day such as " + exampleDate(s.today()) + ", or leave it empty"})
		} else if far := s.today().AddDays(370); d.Before(s.today()) || far.Before(d) {
			bad = append(bad, workpackages.FieldError{Field: "day", Message: "Enter today or a day within a year: what was is under the runs below"})
		}
		day = d
	}
	if clock != "" {
		var ok bool
		if clock, ok = workpackages.ParseTime(clock); !ok {
			bad = append(bad, workpackages.FieldError{Field: "time", Message: "Enter a time such as 09:00, or leave it empty"})
		}
	}
	switch {
	case len(bad) > 0:
		return time.Time{}, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: bad}
	case dayText == "" && clock == "":
		return time.Time{}, nil
	case clock != "":
		return time.ParseInLocation("2006-01-02 15:04", string(day)+" "+clock, s.Zone)
	}
	t := day.Time()
	midnight := func(n int) time.Time { return time.Date(t.Year(), t.Month(), t.Day()+n, 0, 0, 0, 0, s.Zone) }
	all, err := s.Jobs.Between(ctx, midnight(0), midnight(1), mostOfADay, true)
	if err != nil {
		return time.Time{}, err
	}
	for _, o := range all {
		if o.Job == j.Name {
			return o.Instant, nil
		}
	}
	return time.Time{}, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{
		{Field: "day", Message: "It does not run on " + t.Format("Monday 2 January 2006") + ": choose another day, or give a time to see what it would do"}}}
}

// mostOfADay is more instants than all jobs have in a day.
const mostOfADay = 5000

// reportView is what a job did or would do, as a page shows it.
type reportView struct {
	Job     jobRow
	Report  schedules.Report
	At      string        // the instant, in words
	Told    []plannedView // messages that tell somebody
	InPlace []plannedView // changes of messages that were sent, which tell nobody
}

// plannedView is one message: its heading line and the rest of what is read.
type plannedView struct {
	schedules.Planned
	Name, Address string // of the recipient; a channel has no address
	Heading, Text string
}

func newPlannedView(p schedules.Planned) plannedView {
	v := plannedView{Planned: p, Name: p.Recipient}
	if name, rest, ok := strings.Cut(p.Recipient, " <"); ok {
		v.Name, v.Address = name, strings.TrimSuffix(rest, ">")
	}
	v.Heading, v.Text, _ = strings.Cut(p.Text, "\n")
	v.Text = strings.TrimLeft(v.Text, "\n")
	return v
}

func (s *Server) reportView(j jobRow, r schedules.Report) reportView {
	v := reportView{Job: j, Report: r, At: s.moment(r.Instant)}
	for _, p := range r.Planned {
		if p.InPlace {
			v.InPlace = append(v.InPlace, newPlannedView(p))
		} else {
			v.Told = append(v.Told, newPlannedView(p))
		}
	}
	return v
}

// jobRunPage asks whether to run a job now, and says what that would do.
func (s *Server) jobRunPage(c *fiber.Ctx) error {
	j, err := s.jobOf(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), lookFor)
	defer cancel()
	view, unknown := reportView{Job: j}, ""
	if report, err := s.dryRun(ctx, j, time.Time{}); err == nil {
		view = s.reportView(j, report)
	} else if known := new(workpackages.Error); errors.As(err, &known) && known.Kind != workpackages.Internal {
		unknown = known.Message
	} else {
		return err
	}
	return s.render(c, http.StatusOK, "job-run", page{Title: "Run now: " + j.Title, Data: map[string]any{"View": view, "Unknown": unknown}})
}

// How long a page waits to say what a job would do, and how a run ended.
const (
	lookFor = 8 * time.Second
	waitFor = 8 * time.Second
)

// submitJobRun runs a job. It goes on when the page has waited long enough, and ends
// with the process.
func (s *Server) submitJobRun(c *fiber.Ctx) error {
	j, err := s.jobOf(c)
	if err != nil {
		return err
	}
	type ended struct {
		report schedules.Report
		err    error
	}
	end := make(chan ended, 1)
	s.desk.work.Go(func() {
		report, err := s.Jobs.RunNow(s.desk.ctx, j.Name, time.Time{}, false)
		end <- ended{report, err}
	})
	select {
	case e := <-end:
		if e.err != nil {
			return e.err
		}
		s.Log.Info("job run by hand", "category", "schedules", "job", j.Name, "by", actorOf(c).ID, "ran", e.report.Ran)
		return s.render(c, http.StatusOK, "job-report", page{Title: "Run: " + j.Title, Data: s.reportView(j, e.report)})
	case <-time.After(waitFor):
		return c.Redirect("/jobs/"+j.Name+"?done=begun", http.StatusSeeOther)
	}
}

// watchFor is how long what the watcher of the schedules says is kept: the dashboard
// is opened far more often than a job can become late.
const watchFor = 10 * time.Second

// warnings says in sentences what is wrong with the schedules; none when all is well.
func (s *Server) warnings(ctx context.Context) ([]string, error) {
	return s.watched.get(s.Now(), func() ([]string, error) {
		h, err := s.Jobs.Health(ctx)
		return warningsOf(h, s.Now(), s.Zone), err
	})
}

func warningsOf(h schedules.Health, now time.Time, zone *time.Location) []string {
	since := func(t time.Time) string {
		if workpackages.DateOf(t, zone) == workpackages.DateOf(now, zone) {
			return t.In(zone).Format("15:04")
		}
		return t.In(zone).Format("15:04 on Monday 2 January")
	}
	var out []string
	if h.TickLate {
		when := "since the program started"
		if !h.LastTick.IsZero() {
			when = "since " + since(h.LastTick)
		}
		out = append(out, "Reminders have not been looked at "+when+": restart the program")
	}
	for _, copy := range h.Copies {
		own := copy.TickAt.Equal(h.LastTick)
		// One that was killed and started again has a successor in its place.
		followed := slices.ContainsFunc(h.Copies, func(o schedules.Copy) bool { return o.Host == copy.Host && o.StartedAt.After(copy.TickAt) })
		if copy.Late && !own && !followed {
			out = append(out, fmt.Sprintf("The copy of the program on %s has not looked at reminders since %s: restart it, unless it was taken away", copy.Host, since(copy.TickAt)))
		}
	}
	late := map[string]bool{}
	for _, l := range h.Late {
		if late[l.Job] {
			continue // its oldest instant is enough
		}
		late[l.Job] = true
		at := "at " + l.Instant.In(zone).Format("15:04")
		if workpackages.DateOf(l.Instant, zone) != workpackages.DateOf(now, zone) {
			at = "on " + l.Instant.In(zone).Format("Monday 2 January at 15:04")
		}
		out = append(out, fmt.Sprintf("%s should have run %s and has not", l.Title, at))
	}
	return out
}
