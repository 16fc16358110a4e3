package web

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// prefixes reads addresses and ranges of trusted proxies.
func prefixes(texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// remoteAddr is where a request comes from, for counting failed sign-ins. What
// X-Forwarded-For says is read from its end, where our own proxies write, and
// believed only as far as they go: its beginning is whatever the client sent.
func (s *Server) remoteAddr(c *fiber.Ctx) string {
	addr := c.Context().RemoteIP().String()
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(hops) - 1; i >= 0 && s.isProxy(addr); i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = a.Unmap().String()
	}
	return addr
}

func (s *Server) isProxy(addr string) bool {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return false
	}
	for _, p := range s.proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
