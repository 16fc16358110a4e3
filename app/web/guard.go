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
		token := c.Cookies(s.cookieName())
		if bearer := strings.TrimPrefix(c.Get(fiber.HeaderAuthorization), "Bearer "); r.api() && bearer != c.Get(fiber.HeaderAuthorization) {
			actor, err := s.Auth.TokenActor(c.UserContext(), bearer)
			if err != nil {
				return err
			}
			c.Locals(keyActor, actor)
		} else if token != "" {
			p, _, err := s.Auth.Session(c.UserContext(), token)
			switch {
			case err == nil:
				via := "browser"
				if r.api() {
					via = "api"
				}
				c.Locals(keyPerson, &p)
				c.Locals(keyActor, p.Actor(via))
				c.Locals(keyBinding, token)
			case workpackages.KindOf(err) != workpackages.Unauthenticated:
				return err
			}
			if err := s.refuseForged(c, r); err != nil {
				return err
			}
		} else if err := s.refuseForged(c, r); err != nil {
			return err
		}
		if r.Roles == nil { // open to everybody
			return c.Next()
		}
		actor := actorOf(c)
		if actor.ID == "" {
			return workpackages.Errorf(workpackages.Unauthenticated, "Sign in to see this page")
		}
		if !slices.Contains(r.Roles, actor.Role) {
			return workpackages.Errorf(workpackages.Forbidden, "Your role, %s, does not include this. Ask your assistant director if you need it",
				strings.ToLower(actor.Role.Label()))
		}
		return c.Next()
	}
}

// refuseForged wants proof that a write made with a cookie comes from our own
// pages: forms carry a token bound to the session, and the API, whose JSON a
// foreign form cannot send, must come from this origin.
func (s *Server) refuseForged(c *fiber.Ctx, r route) error {
	if c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
		return nil
	}
	forged := workpackages.Errorf(workpackages.Forbidden, "This form is out of date or did not come from this site. Go back, reload the page and send it again")
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return forged
	}
	if origin := c.Get(fiber.HeaderOrigin); origin != "" && origin != "null" {
		if u, err := url.Parse(origin); err != nil || u.Host != string(c.Request().Host()) {
			return forged
		}
	}
	if r.api() {
		return nil // parseJSON insists on a content type that no form can send
	}
	binding, _ := c.Locals(keyBinding).(string)
	if binding == "" {
		binding = c.Cookies(visitorCookie)
	}
	if binding == "" || !s.Auth.ValidCSRF(binding, c.FormValue("csrf")) {
		return forged
	}
	return nil
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
