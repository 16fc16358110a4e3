package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
	"readiness/workpackages/annexa"
)

// What one upload may be. A full return of a large council is a few tens of
// megabytes.
const (
	maxUpload      = 256 << 20
	maxUploadFiles = 32
	maxUploadParts = 64  // files and other inputs
	maxUploadValue = 500 // bytes of an input that is no file
)

// How slow an upload may be: no pause longer than uploadPause, after a time of
// grace no fewer bytes a second than uploadRate on the whole, and no longer than
// uploadLongest, as it keeps room from others.
const (
	uploadPause   = 20 * time.Second
	uploadGrace   = 30 * time.Second
	uploadRate    = 32 << 10
	uploadLongest = 30 * time.Minute
)

// upload is a multipart form on its way in. Nothing of it touches the disk.
type upload struct {
	body   *uploadBody
	parts  *multipart.Reader
	max    int64
	values values
	files  []annexa.Source
	bytes  int64 // of the files
}

// errTooLarge is an upload over the limit, whether it said so or not.
func errTooLarge(limit int64) error {
	return &fiber.Error{Code: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf(
		"The files come to more than the %s that can be checked in one go, and nothing was kept of them. Take out tabs and columns that are not part of Annexe A, or save the lists as CSV files and send those", megabytes(limit))}
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", (n+1<<20-1)>>20) }

// openUpload begins to read an upload. It refuses what says that it is too large
// before any of it is read.
func openUpload(c *fiber.Ctx, limit int64) (*upload, error) {
	if err := plainBody(c); err != nil {
		return nil, err
	}
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm || params["boundary"] == "" {
		return nil, &fiber.Error{Code: http.StatusUnsupportedMediaType, Message: "Send the files as a form: multipart/form-data, with each file in a part called file"}
	}
	length := int64(c.Request().Header.ContentLength())
	// The parts' own headings take some room; it is not counted against the files.
	const headings = maxUploadParts << 10
	if length > limit+headings {
		return nil, errTooLarge(limit)
	}
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return nil, cutShort(io.ErrUnexpectedEOF)
	}
	body := &uploadBody{r: stream, conn: c.Context().Conn(), start: time.Now(), left: limit + headings, limit: limit, length: length}
	return &upload{body: body, parts: multipart.NewReader(body, params["boundary"]), max: limit, values: values{}}, nil
}

// csrf reads the first part, which holds the form's token: whether the form is
// ours is known before any file is read.
func (u *upload) csrf() (string, error) {
	p, err := u.parts.NextRawPart()
	if err != nil {
		return "", u.failed(err)
	}
	if p.FormName() != "csrf" {
		return "", nil
	}
	text, err := u.value(p)
	return text, err
}

// read takes in every part that is left, to the form's end.
func (u *upload) read() error {
	for n := 0; ; n++ {
		p, err := u.parts.NextRawPart()
		if err == io.EOF { // not one that is wrapped: that is a form cut short
			return u.end()
		}
		if err != nil {
			return u.failed(err)
		}
		if n >= maxUploadParts {
			return &fiber.Error{Code: http.StatusRequestEntityTooLarge, Message: "The form has too many parts. Send the files, as_of, and nothing else"}
		}
		if err := u.part(p); err != nil {
			return err
		}
	}
}

func (u *upload) part(p *multipart.Part) error {
	if p.FormName() != "file" {
		text, err := u.value(p)
		u.values[p.FormName()] = append(u.values[p.FormName()], text)
		return err
	}
	if len(u.files) == maxUploadFiles {
		return &fiber.Error{Code: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf(
			"There are more than the %d files that can be checked in one go. A return is one workbook, or one file for each of the eleven lists", maxUploadFiles)}
	}
	data, err := io.ReadAll(io.LimitReader(p, u.max-u.bytes+1))
	if err != nil {
		return u.failed(err)
	}
	if u.bytes += int64(len(data)); u.bytes > u.max {
		return errTooLarge(u.max)
	}
	// A browser sends one empty part without a name when no file was chosen.
	if name := fileName(p.FileName()); name != "" || len(data) > 0 {
		u.files = append(u.files, annexa.Source{Name: name, Data: data})
	}
	return nil
}

// fileName is the last part of a name as the client gave it; some give paths.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, ""), `\`, "/"))
	if s == "." || s == "/" {
		return ""
	}
	if runes := []rune(s); len(runes) > 200 {
		s = string(runes[len(runes)-200:]) // the ending tells what the file is
	}
	return s
}

func (u *upload) value(p *multipart.Part) (string, error) {
	text, err := io.ReadAll(io.LimitReader(p, maxUploadValue+1))
	if err != nil {
		return "", u.failed(err)
	}
	if len(text) > maxUploadValue {
		return "", &fiber.Error{Code: http.StatusRequestEntityTooLarge, Message: "The form holds more text than its questions ask for. Open the page again and send it from there"}
	}
	return strings.ToValidUTF8(string(text), ""), nil
}

// end wants the body to have been as long as it said.
func (u *upload) end() error {
	if _, err := io.CopyN(io.Discard, u.body, maxUploadValue); err != io.EOF {
		if err != nil {
			return u.failed(err)
		}
		return nil // something follows the form; the connection is not used again
	}
	if u.body.length >= 0 && u.body.n != u.body.length {
		return cutShort(io.ErrUnexpectedEOF)
	}
	u.body.ended = true
	return nil
}

// failed turns a fault in reading into what its sender can do.
func (u *upload) failed(err error) error {
	var known *fiber.Error
	if errors.As(err, &known) {
		return known
	}
	return cutShort(err)
}

// uploadBody reads a request's body for as long as it comes at a fair pace and
// stays under its limit. It reads what the connection has and keeps nothing.
type uploadBody struct {
	r       io.Reader
	conn    net.Conn
	start   time.Time
	renewed time.Time // when the deadline was last put off
	n       int64     // bytes so far
	left    int64     // bytes still allowed
	limit   int64     // to be told
	length  int64     // as the client said; less than 0 when it did not
	ended   bool      // read to its end
}

// Read reads on, or gives the *fiber.Error that the sender is to be told.
func (b *uploadBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge(b.limit)
	}
	now := time.Now()
	if now.Sub(b.renewed) > time.Second {
		if now.Sub(b.start) > min(uploadGrace+time.Duration(b.n)*time.Second/uploadRate, uploadLongest) {
			return 0, cutShort(os.ErrDeadlineExceeded)
		}
		if err := b.conn.SetReadDeadline(now.Add(uploadPause)); err != nil {
			return 0, err
		}
		b.renewed = now
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.n += int64(n)
	b.left -= int64(n)
	return n, err
}

// room is how much memory uploads may take that are being read, wait or are
// checked. A full one counts, until its length is known, as long as it may be.
const uploadRoom = 2 * maxUpload

var errNoRoom = workpackages.Errorf(workpackages.Unavailable, "Other returns are being checked just now, and there is no room for yours. Wait a few minutes, then send it again")
