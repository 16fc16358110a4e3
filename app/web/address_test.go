package web

import (
	"net"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

func TestTheAddressOfARequestCannotBeMadeUp(t *testing.T) {
	for _, c := range []struct {
		what, proxies, remote, forwarded, want string
	}{
		{"no proxy is trusted", "", "198.51.100.7", "203.0.113.9", "198.51.100.7"},
		{"through our proxy", "10.0.0.0/8", "10.1.2.3", "203.0.113.9", "203.0.113.9"},
		{"through two of ours", "10.0.0.0/8", "10.1.2.3", "203.0.113.9, 10.9.9.9", "203.0.113.9"},
		{"with a made-up beginning", "10.0.0.0/8", "10.1.2.3", "192.0.2.1, 203.0.113.9", "203.0.113.9"},
		{"from somebody who is no proxy", "10.0.0.0/8", "198.51.100.7", "192.0.2.1", "198.51.100.7"},
		{"with nonsense", "10.0.0.1", "10.0.0.1", "unknown", "10.0.0.1"},
		{"from the proxy itself", "10.0.0.1", "10.0.0.1", "", "10.0.0.1"},
		{"over IPv6", "fd00::/8", "fd00::1", "2001:db8::7", "2001:db8::7"},
	} {
		s := &Server{}
		var texts []string
		if c.proxies != "" {
			texts = []string{c.proxies}
		}
		var err error
		if s.proxies, err = prefixes(texts); err != nil {
			t.Fatal(err)
		}
		var req fasthttp.RequestCtx
		req.Init(&fasthttp.Request{}, &net.TCPAddr{IP: net.ParseIP(c.remote)}, nil)
		req.Request.Header.Set(fiber.HeaderXForwardedFor, c.forwarded)
		app := fiber.New()
		ctx := app.AcquireCtx(&req)
		if got := s.remoteAddr(ctx); got != c.want {
			t.Errorf("%s: %s, not %s", c.what, got, c.want)
		}
		app.ReleaseCtx(ctx)
	}
}
