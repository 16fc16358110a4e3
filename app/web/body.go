package web

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Bodies reach the handlers as streams, so that an upload is read straight into
// memory: the framework would put its files on the disk, and children's data
// must not rest there. Everything but an upload is short, and is read whole
// before its handler runs.

// maxBody is far above the longest form, which has a few thousand characters.
const maxBody = 256 << 10

// readBody takes the body of a request that is no upload into memory, and
// refuses one that is too long in words.
func readBody(c *fiber.Ctx) error {
	req := c.Request()
	if !req.IsBodyStream() {
		return nil
	}
	if err := plainBody(c); err != nil {
		return err
	}
	if req.Header.ContentLength() > maxBody {
		return fiber.ErrRequestEntityTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(req.BodyStream(), maxBody+1))
	if err != nil {
		return cutShort(err)
	}
	if len(body) > maxBody {
		return fiber.ErrRequestEntityTooLarge
	}
	if err := req.CloseBodyStream(); err != nil {
		return err
	}
	req.SetBodyRaw(body)
	return nil
}

// plainBody refuses a compressed body: a few bytes could unfold into more than
// there is room for.
func plainBody(c *fiber.Ctx) error {
	if e := c.Get(fiber.HeaderContentEncoding); e != "" && !strings.EqualFold(e, "identity") {
		return &fiber.Error{Code: http.StatusUnsupportedMediaType, Message: "Send the body as it is, without Content-Encoding"}
	}
	return nil
}

// cutShort says what became of a body that did not come to its end.
func cutShort(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &fiber.Error{Code: http.StatusRequestTimeout, Message: "What you sent came too slowly, and nothing was kept of it. Try again from a faster connection"}
	}
	return &fiber.Error{Code: http.StatusBadRequest, Message: "What you sent was cut off on the way, and nothing was kept of it. Send it again"}
}

// settle ends the connection of a request whose body was not read to its end:
// the rest of it would be taken for the next request.
func settle(inner fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		inner(ctx)
		if ctx.Request.IsBodyStream() {
			ctx.SetConnectionClose()
			if conn, ok := ctx.Conn().(*conn); ok {
				conn.linger.Store(true)
			}
		}
	}
}

// How much of a refused body is still read after the answer, and how long.
const (
	lingerBytes = 32 << 20
	lingerFor   = 5 * time.Second
)

// listener gives connections that close in good order.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

// conn is a connection that may linger. Closed while its client still sends, a
// connection is reset, and the client loses the answer that says why: one that
// lingers says that it has ended, and drops what still comes for a while.
type conn struct {
	net.Conn
	linger atomic.Bool
}

// Close ends the connection; at once, unless it is to linger.
func (c *conn) Close() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger.Swap(false) && half.CloseWrite() == nil {
		// Whatever goes wrong here, the connection is closed below.
		if c.SetReadDeadline(time.Now().Add(lingerFor)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
		}
	}
	return c.Conn.Close()
}

// Serve answers requests until Shutdown of the App, or until the listener fails.
func (s *Server) Serve(l net.Listener) error { return s.App.Listener(listener{l}) }
