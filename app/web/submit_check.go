package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

func (s *Server) newDesk() *desk {
	ctx, cancel := context.WithCancel(context.Background())
	return &desk{
		run: s.Check, own: s.Annexa, now: s.Now, log: s.Log, count: s.metrics, slots: make(chan struct{}, checksAtOnce),
		ctx: ctx, cancel: cancel, room: max(uploadRoom, 2*s.MaxUpload), jobs: map[string]*job{},
		record: func(ctx context.Context, j *job, r *annexa.Report) error {
			_, err := s.Packages.RecordCheck(ctx, j.By, j.ID, j.Origin, j.AsOf, r)
			return err
		},
	}
}

// Stop ends the checks that run. It comes after the App's own Shutdown.
func (s *Server) Stop(ctx context.Context) error { return s.desk.stop(ctx) }

// EndChecks ends the checks that run without waiting for them, so that requests
// that wait for one are answered before HTTP stops.
func (s *Server) EndChecks() { s.desk.cancel() }

// checkForm is the upload: the day and the files.
func (s *Server) checkForm() form {
	return form{
		Heading: "Check an Annexe A return", Action: "/annexa/checks", Back: "/annexa", Cancel: "/annexa", Button: "Check the return",
		Fields: []field{
			dateField("as_of", "Date of the lists", "The day the lists were made", s.today()),
			{Kind: "file", Name: "file", Label: "The return", Hint: "One workbook with the eleven lists, or a file for each list. Excel, OpenDocument and CSV files can be read. Drag them here, or choose them"},
		},
	}
}

func (s *Server) checkNewPage(c *fiber.Ctx) error {
	return s.showCheckForm(c, http.StatusOK, s.checkForm(), nil)
}

func (s *Server) showCheckForm(c *fiber.Ctx, status int, f form, errs []formError) error {
	return s.render(c, status, "annexa-check", page{Title: f.Heading, Errors: errs, Data: map[string]any{
		"Form": f, "Accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt", "MaxBytes": s.MaxUpload, "MaxWords": megabytes(s.MaxUpload), "MaxFiles": maxUploadFiles,
		"Keep": int(keepFor.Minutes()),
	}})
}

// takeUpload reads the upload that the guard opened, and puts a check of it on
// the desk. The values are what was typed, for a form that has to come back.
func (s *Server) takeUpload(c *fiber.Ctx, origin workpackages.Origin) (*job, values, error) {
	u, ok := c.Locals(keyUpload).(*upload)
	if !ok {
		return nil, nil, errors.New("an upload that no guard has opened")
	}
	most := s.MaxUpload
	if u.body.length >= 0 {
		most = min(most, u.body.length)
	}
	if err := s.desk.reserve(most); err != nil {
		return nil, nil, err
	}
	given := most
	defer func() { s.desk.release(given) }()
	if err := u.read(); err != nil {
		return nil, u.values, err
	}
	if u.body.ended { // and so the connection may be used again
		if err := c.Request().CloseBodyStream(); err != nil {
			return nil, u.values, err
		}
	}
	asOf, err := s.checkInput(u)
	if err != nil {
		return nil, u.values, err
	}
	j := &job{ID: workpackages.NewCheckID(s.Now(), ""), By: actorOf(c), Origin: origin, AsOf: asOf, sources: u.files, bytes: u.bytes}
	given -= u.bytes // the job gives back its own part
	s.desk.start(j)
	return j, u.values, nil
}

// checkInput finds the day of the lists, and everything that is missing.
func (s *Server) checkInput(u *upload) (workpackages.Date, error) {
	var bad []workpackages.FieldError
	text := u.values.get("as_of")
	if boxes := u.values.date("as_of"); boxes != "" {
		text = boxes
	}
	asOf, err := workpackages.ParseDate(text)
	example := s.today().Time().Format("2 1 2006")
	switch {
	case text == "":
		bad = append(bad, workpackages.FieldError{Field: "as_of", Message: "Enter the day the lists were made, such as " + example})
	case err != nil:
		bad = append(bad, workpackages.FieldError{Field: "as_of", Message: "Enter the day the lists were made as a real date, such as " + example})
	case s.today().Before(asOf):
		bad = append(bad, workpackages.FieldError{Field: "as_of", Message: "Enter a day that is today or earlier: lists cannot have been made yet on a later one"})
	}
	if len(u.files) == 0 {
		bad = append(bad, workpackages.FieldError{Field: "file", Message: "Choose the workbook or the files of the return"})
	}
	if len(bad) > 0 {
		return "", &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you sent", Fields: bad}
	}
	return asOf, nil
}

func (s *Server) submitCheck(c *fiber.Ctx) error {
	j, typed, err := s.takeUpload(c, workpackages.Uploaded)
	if err != nil {
		f := s.checkForm()
		return s.formFailed(c, err, f.Fields, typed, func(status int, errs []formError) error {
			return s.showCheckForm(c, status, f, errs)
		})
	}
	return c.Redirect("/annexa/checks/"+j.ID, http.StatusSeeOther)
}

// progressView is a check on its way.
type progressView struct {
	ID, By, Stage string
	Percent       int
	Mine, Waiting bool
	Failed        string // why there is no result, and what to do
	File          string // that could not be read; only for whoever sent it
}

// showJob shows a check that has not been recorded: it runs, or it failed.
func (s *Server) showJob(c *fiber.Ctx, j *job) error {
	v := progressView{ID: j.ID, By: j.By.Name, Mine: j.By.ID == actorOf(c).ID}
	v.Stage, v.Percent = j.state()
	v.Waiting = v.Stage == waiting
	done, err := j.finished()
	if !done {
		return s.render(c, http.StatusOK, "annexa-progress", page{Title: "Checking", Refresh: true, Reload: 3, Data: v})
	}
	if c.Get("HX-Request") == "true" {
		c.Set("HX-Refresh", "true")
		return c.SendStatus(http.StatusOK)
	}
	var unread *annexa.ReadError
	status := http.StatusInternalServerError
	switch {
	case errors.As(err, &unread):
		status = http.StatusUnprocessableEntity
		v.Failed = "One of the files could not be read. Whoever sent it is told which, and what to do"
		if v.Mine {
			v.Failed, v.File = unread.Sentence, unread.File
		}
	case errors.Is(err, context.DeadlineExceeded):
		v.Failed = "The check took longer than it may, and was ended. Try again when fewer checks are running, or send fewer lists at once"
	default:
		v.Failed = "Something went wrong on our side, and nothing was kept. Try again; if it happens again, tell whoever looks after Readiness and give them this reference: " + j.ID
	}
	return s.render(c, status, "annexa-progress", page{Title: "The return was not checked", Data: v})
}

// errDownloadGone says why there is nothing to download.
var errDownloadGone = workpackages.Errorf(workpackages.NotFound,
	"The upload has gone from memory. It is kept for %d minutes, only for whoever sent it, until they sign out or check another return. Upload the files again to download the findings", int(keepFor.Minutes()))

// findingsTimeout bounds the making of a workbook of findings.
const findingsTimeout = 2 * time.Minute

// findings sends the workbook of findings to whoever uploaded the files. It is
// made whole before any of it is sent: half a workbook would look like a whole.
func (s *Server) findings(c *fiber.Ctx) error {
	k, ok := s.desk.upload(c.Params("id"), actorOf(c).ID)
	if !ok {
		return errDownloadGone
	}
	ctx, cancel := context.WithTimeout(s.desk.ctx, findingsTimeout)
	defer cancel()
	select {
	case s.desk.slots <- struct{}{}:
		defer func() { <-s.desk.slots }()
	case <-ctx.Done():
		return errNoRoom
	}
	var book bytes.Buffer
	if err := workpackages.Safely("writing the findings", func() error { return k.report.WriteFindings(ctx, &book, k.sources) }); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="annexe-a-findings-`+string(k.asOf)+`.xlsx"`)
	c.Set(fiber.HeaderContentLength, strconv.Itoa(book.Len()))
	c.Context().SetBodyStream(&patient{Reader: &book, put: c.Context().Conn().SetWriteDeadline}, book.Len())
	return nil
}

// patient puts off the connection's deadline while its client keeps taking what
// is sent.
type patient struct {
	io.Reader
	put func(time.Time) error
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.put(time.Now().Add(uploadPause)); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}
