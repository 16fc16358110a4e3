package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/gofiber/fiber/v2"
)

// received is an upload of which the connection has given a body.
func received(t testing.TB, r io.Reader, limit, length int64) *upload {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	body := &uploadBody{r: r, conn: ours, start: time.Now(), left: limit + 64<<10, limit: limit, length: length}
	return &upload{body: body, parts: multipart.NewReader(body, "b"), max: limit, values: values{}}
}

func formOf(files ...string) string {
	s := "--b\r\nContent-Disposition: form-data; name=\"as_of\"\r\n\r\n2026-11-24\r\n"
	for i, f := range files {
		s += fmt.Sprintf("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%d.csv\"\r\n\r\n%s\r\n", i, f)
	}
	return s + "--b--\r\n"
}

func TestAnUploadIsReadWholeOrNotAtAll(t *testing.T) {
	whole := formOf("one", "two")
	for n := range len(whole) + 1 {
		u := received(t, iotest.OneByteReader(strings.NewReader(whole[:n])), 1000, int64(len(whole)))
		err := u.read()
		if (err == nil) != (n == len(whole)) {
			t.Errorf("%d of %d bytes: %v", n, len(whole), err)
		}
		var told *fiber.Error
		if err != nil && (!errors.As(err, &told) || told.Code != 400) {
			t.Errorf("%d of %d bytes: the sender is told %v", n, len(whole), err)
		}
	}
}

func TestTheLimitCountsAllFilesTogether(t *testing.T) {
	for _, c := range []struct {
		files []string
		fits  bool
	}{
		{[]string{strings.Repeat("x", 100)}, true},
		{[]string{strings.Repeat("x", 101)}, false},
		{[]string{strings.Repeat("x", 50), strings.Repeat("x", 50)}, true},
		{[]string{strings.Repeat("x", 50), strings.Repeat("x", 51)}, false},
	} {
		err := received(t, strings.NewReader(formOf(c.files...)), 100, -1).read()
		var told *fiber.Error
		if (err == nil) != c.fits || err != nil && (!errors.As(err, &told) || told.Code != 413) {
			t.Errorf("%d files: %v", len(c.files), err)
		}
	}
}

func TestAnUploadThatDripsIsEnded(t *testing.T) {
	u := received(t, strings.NewReader(formOf("one")), 100, -1)
	u.body.start = time.Now().Add(-uploadGrace - time.Minute)
	var told *fiber.Error
	if err := u.read(); !errors.As(err, &told) || told.Code != 408 {
		t.Errorf("it ended with %v", err)
	}
}

func TestAFileIsNamedWithoutItsFolders(t *testing.T) {
	for from, want := range map[string]string{
		"List 1.csv": "List 1.csv", `C:\Users\ann\List 1.csv`: "List 1.csv", "/home/ann/List 1.csv": "List 1.csv",
		"../../etc/passwd": "passwd", "": "", "..": "..", "/": "", strings.Repeat("é", 300) + ".csv": strings.Repeat("é", 196) + ".csv", "a\xffb.csv": "ab.csv",
	} {
		if got := fileName(from); got != want {
			t.Errorf("%q becomes %q", from, got)
		}
	}
}

func FuzzUpload(f *testing.F) {
	f.Add([]byte(formOf("one", "two")))
	f.Add([]byte("--b\r\n\r\n\r\n--b--"))
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nx\r\n--b"))
	f.Fuzz(func(t *testing.T, body []byte) {
		const limit = 100
		u := received(t, bytes.NewReader(body), limit, int64(len(body)))
		if _, err := u.csrf(); err != nil {
			return
		}
		err := u.read()
		total := 0
		for _, s := range u.files {
			total += len(s.Data)
		}
		if total > limit || len(u.files) > maxUploadFiles {
			t.Errorf("%d bytes in %d files", total, len(u.files))
		}
		var told *fiber.Error
		if err != nil && !errors.As(err, &told) {
			t.Errorf("the sender is told %v", err)
		}
	})
}
