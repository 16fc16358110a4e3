package web

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
)

type localKey string

const (
	keyPerson  localKey = "person"
	keyActor   localKey = "actor"
	keyBinding localKey = "csrf binding"
	keyUpload  localKey = "upload"
)

// personOf is whoever is signed in in the browser, or nil.
func personOf(c *fiber.Ctx) *workpackages.Person {
	p, _ := c.Locals(keyPerson).(*workpackages.Person)
	return p
}

// actorOf is whoever asks: a person or a token. Only guarded handlers call it.
func actorOf(c *fiber.Ctx) workpackages.Actor {
	a, _ := c.Locals(keyActor).(workpackages.Actor)
	return a
}

// guard lets through whoever the route's row allows, and refuses forged forms.
func (s *Server) guard(r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		// A form is read before anything else can go wrong, so that what was
		// written comes back with whatever does.
		if !r.upload() {
			if err := readBody(c); err != nil {
				return err
			}
		}
		if r.signed() {
			return c.Next()
		}
		byToken, err := s.identify(c, r)
		if err != nil {
			return err
		}
		write := c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead
		if write && !byToken && foreign(c) {
			return errForged
		}
		// Whoever was signed out while writing is told that, not that the form is
		// forged, and gets back what they wrote.
		if actor := actorOf(c); r.Roles != nil && actor.ID == "" {
			return workpackages.Errorf(workpackages.Unauthenticated, "Sign in to see this page")
		} else if r.Roles != nil && !slices.Contains(r.Roles, actor.Role) {
			return workpackages.Errorf(workpackages.Forbidden, "Your role, %s, does not include this. Ask your assistant director if you need it",
				strings.ToLower(actor.Role.Label()))
		}
		if r.upload() {
			return s.guardUpload(c, r, byToken)
		}
		// The API takes a content type that no form can send: see readJSON.
		if write && !byToken && !r.api() && !s.ourForm(c) {
			return errForged
		}
		return c.Next()
	}
}

// headerOurs marks an upload to the API that a session sends. A form of another
// site can send the files and the cookie, and not this.
const headerOurs = "X-Requested-With"

// guardUpload opens an upload, which is a form even in the API, and refuses one
// that is forged before any of its files is read.
func (s *Server) guardUpload(c *fiber.Ctx, r route, byToken bool) error {
	if r.api() && !byToken && c.Get(headerOurs) == "" {
		return workpackages.Errorf(workpackages.Forbidden, "Send a token in the Authorization header, or, from a page of this site, the header %s", headerOurs)
	}
	u, err := openUpload(c, s.MaxUpload)
	if err != nil {
		return err
	}
	if !r.api() {
		token, err := u.csrf()
		if err != nil {
			return err
		}
		if binding, _ := c.Locals(keyBinding).(string); binding == "" || !s.Auth.ValidCSRF(binding, token) {
			return errForged
		}
	}
	c.Locals(keyUpload, u)
	return c.Next()
}

// identify finds out who asks, by bearer token or session, and says which.
func (s *Server) identify(c *fiber.Ctx, r route) (byToken bool, err error) {
	if bearer, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer "); ok && r.api() {
		actor, err := s.Auth.TokenActor(c.UserContext(), bearer)
		c.Locals(keyActor, actor)
		return true, err
	}
	token := c.Cookies(s.cookieName())
	if token == "" {
		return false, nil
	}
	p, _, err := s.Auth.Session(c.UserContext(), token)
	if err != nil {
		if workpackages.KindOf(err) == workpackages.Unauthenticated {
			err = nil // as nobody
		}
		return false, err
	}
	via := "browser"
	if r.api() {
		via = "api"
	}
	c.Locals(keyPerson, &p)
	c.Locals(keyActor, p.Actor(via))
	c.Locals(keyBinding, token)
	return false, nil
}

var errForged = workpackages.Errorf(workpackages.Forbidden, "This form is out of date or did not come from this site. Open the page again and send it from there")

// foreign reports whether the browser says that a request comes from another site.
func foreign(c *fiber.Ctx) bool {
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return true
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" || origin == "null" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.Host != string(c.Request().Host())
}

// ourForm reports whether a form carries the token that we gave to this very
// session or, before sign-in, to this visitor.
func (s *Server) ourForm(c *fiber.Ctx) bool {
	binding, _ := c.Locals(keyBinding).(string)
	if binding == "" {
		binding = c.Cookies(visitorCookie)
	}
	return binding != "" && s.Auth.ValidCSRF(binding, c.FormValue("csrf"))
}

// visitorCookie binds the forms that are shown before sign-in.
const visitorCookie = "readiness_visitor"

// csrf gives the token for the forms of this answer.
func (s *Server) csrf(c *fiber.Ctx) string {
	binding, _ := c.Locals(keyBinding).(string)
	if binding == "" {
		if binding = c.Cookies(visitorCookie); binding == "" {
			binding = rand.Text()
			c.Cookie(&fiber.Cookie{Name: visitorCookie, Value: binding, Path: "/", HTTPOnly: true, Secure: s.secure, SameSite: "Lax"})
		}
	}
	return s.Auth.CSRFToken(binding)
}

// cookieName carries the __Host- prefix wherever a browser will have it: only
// this very host, over HTTPS, can then set the cookie.
func (s *Server) cookieName() string {
	if s.secure {
		return "__Host-readiness"
	}
	return "readiness"
}

func (s *Server) setSession(c *fiber.Ctx, token string) {
	c.Cookie(&fiber.Cookie{Name: s.cookieName(), Value: token, Path: "/", HTTPOnly: true, Secure: s.secure, SameSite: "Lax"})
}

func (s *Server) clearSession(c *fiber.Ctx) {
	c.Cookie(&fiber.Cookie{Name: s.cookieName(), Path: "/", HTTPOnly: true, Secure: s.secure, SameSite: "Lax", Expires: time.Unix(0, 0)})
}
