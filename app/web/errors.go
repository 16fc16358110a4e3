package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
)

// problem is an error as a program receives it: RFC 9457, with the fields of a
// form and, when a write was stale, the version in force.
type problem struct {
	Title   string                    `json:"title"`
	Status  int                       `json:"status"`
	Detail  string                    `json:"detail"`
	Errors  []workpackages.FieldError `json:"errors,omitempty"`
	Current any                       `json:"current,omitempty"`
}

// statusOf maps kinds of error to HTTP, here and nowhere else.
func statusOf(k workpackages.Kind) int {
	switch k {
	case workpackages.Invalid:
		return http.StatusUnprocessableEntity
	case workpackages.NotFound:
		return http.StatusNotFound
	case workpackages.Forbidden:
		return http.StatusForbidden
	case workpackages.Unauthenticated:
		return http.StatusUnauthorized
	case workpackages.Stale:
		return http.StatusPreconditionFailed
	case workpackages.Conflict:
		return http.StatusConflict
	case workpackages.TooMany:
		return http.StatusTooManyRequests
	case workpackages.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// unknownFault is all that anybody is told about a fault of ours.
const unknownFault = "Something went wrong on our side. Try again; if it happens again, tell whoever looks after Readiness and give them this reference: "

// handleError is where every error of every handler ends: logged once, and told
// in the form the caller reads.
func (s *Server) handleError(c *fiber.Ctx, err error) error {
	status, title, detail := 0, "", ""
	var fields []workpackages.FieldError
	var current any
	var known *workpackages.Error
	var http1 *fiber.Error
	switch {
	case errors.As(err, &known) && known.Kind != workpackages.Internal:
		status, detail, fields = statusOf(known.Kind), known.Message, known.Fields
		current = s.currentForAPI(known.Current, actorOf(c))
	case errors.As(err, &http1) && http1.Code < 500:
		status, detail = http1.Code, http1.Message
		switch {
		case status == http.StatusNotFound:
			detail = "There is no page at this address. Check it, or start from the dashboard"
		case http1 == fiber.ErrRequestEntityTooLarge:
			detail = "That is more than can be sent in one go: shorten it and send it again"
		case status == http.StatusMethodNotAllowed:
			detail = "This address does not take that kind of request"
		}
	default:
		status, detail = http.StatusInternalServerError, unknownFault+requestID(c)
	}
	if status >= 500 {
		s.Log.Error("request failed", "category", "web", "request", requestID(c), "method", c.Method(), "route", routeOf(c), "status", status, "error", err)
	}
	title = http.StatusText(status)
	if strings.HasPrefix(c.Path(), "/api/") || strings.HasPrefix(c.Path(), "/readyz") {
		if status == http.StatusUnauthorized {
			c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
			if detail == "Sign in to see this page" {
				detail = "Send a token in the Authorization header, as Bearer TOKEN, or sign in"
			}
		}
		body, jsonErr := json.Marshal(problem{Title: title, Status: status, Detail: detail, Errors: fields, Current: current})
		if jsonErr != nil {
			return jsonErr
		}
		c.Set(fiber.HeaderContentType, "application/problem+json")
		return c.Status(status).Send(body)
	}
	kept := typedBack(c)
	if status == http.StatusUnauthorized {
		if len(kept) == 0 {
			return s.toSignIn(c)
		}
		detail = "You were signed out before you sent this, so nothing was saved. What you wrote is below: copy it, sign in, and put it in again"
	}
	heading := map[int]string{404: "Page not found", 403: "You cannot do this", 429: "Too many tries", 503: "The service is not available", 413: "That is too much in one go", 412: "Somebody changed this first", 401: "You are signed out"}[status]
	if heading == "" {
		heading = "Sorry, there is a problem"
	}
	if renderErr := s.render(c, status, "error", page{Title: heading, Data: map[string]any{"Heading": heading, "Detail": detail, "Kept": kept, "SignIn": status == http.StatusUnauthorized}}); renderErr != nil {
		s.Log.Error("the error page failed", "category", "web", "error", renderErr)
		return c.Status(status).SendString(detail)
	}
	return nil
}

// keptField is something that was typed into a form that could not be taken.
type keptField struct{ Name, Value string }

// typedBack gives what a form held that ended in an error page, so that it can
// be copied: nothing that somebody wrote is lost. Passwords and our own fields
// are left out.
func typedBack(c *fiber.Ctx) []keptField {
	if c.Method() != fiber.MethodPost || foreign(c) || c.Request().IsBodyStream() {
		return nil
	}
	var out []keptField
	c.Request().PostArgs().VisitAll(func(key, val []byte) {
		switch name := string(key); name {
		case "csrf", "version", "once", "next", "password", "email":
		default:
			if len(val) > 0 {
				out = append(out, keptField{strings.NewReplacer("_", " ", "-", " ").Replace(name), string(val)})
			}
		}
	})
	return out
}

// toSignIn sends a person to the sign-in page and back afterwards.
func (s *Server) toSignIn(c *fiber.Ctx) error {
	to := "/sign-in"
	if c.Method() == fiber.MethodGet && c.Path() != "/" {
		to += "?next=" + url.QueryEscape(c.OriginalURL())
	}
	if c.Get("HX-Request") == "true" {
		c.Set("HX-Redirect", to)
		return c.SendStatus(http.StatusUnauthorized)
	}
	return c.Redirect(to, http.StatusSeeOther)
}

// ownPath keeps a "next" address on this site.
func ownPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/"
	}
	return next
}
