package web

import (
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"readiness/app/auth"
	"readiness/workpackages"
)

func (s *Server) signInForm() form {
	return form{
		Heading: "Sign in",
		Action:  "/sign-in",
		Button:  "Sign in",
		Fields: []field{
			{Kind: "email", Name: "email", Label: "E-mail address", Autocomplete: "username"},
			{Kind: "password", Name: "password", Label: "Password", Autocomplete: "current-password"},
		},
	}
}

func (s *Server) signInPage(c *fiber.Ctx) error {
	next := ownPath(c.Query("next"))
	if personOf(c) != nil {
		return c.Redirect(next, http.StatusSeeOther)
	}
	return s.showSignIn(c, http.StatusOK, s.signInForm(), nil, next)
}

func (s *Server) showSignIn(c *fiber.Ctx, status int, f form, errs []formError, next string) error {
	return s.render(c, status, "sign-in", page{Title: f.Heading, Errors: errs, Data: map[string]any{
		"Form": f, "Next": next, "Local": s.LocalSignIn, "SignedOut": c.Query("out") != "",
	}})
}

func (s *Server) submitSignIn(c *fiber.Ctx) error {
	v, f := typed(c), s.signInForm()
	next := ownPath(v.get("next"))
	if !s.LocalSignIn {
		return workpackages.Errorf(workpackages.Forbidden, "Signing in with a password is switched off here")
	}
	token, _, err := s.Auth.SignIn(c.UserContext(), v.get("email"), v.get("password"), s.remoteAddr(c))
	if err != nil {
		return s.formFailed(c, err, f.Fields, v, func(status int, errs []formError) error {
			return s.showSignIn(c, status, f, errs, next)
		})
	}
	s.setSession(c, token)
	return c.Redirect(next, http.StatusSeeOther)
}

func (s *Server) submitSignOut(c *fiber.Ctx) error {
	if err := s.Auth.EndSession(c.UserContext(), c.Cookies(s.cookieName())); err != nil {
		return err
	}
	s.desk.forget(actorOf(c).ID)
	s.clearSession(c)
	return c.Redirect("/sign-in?out=1", http.StatusSeeOther)
}

// formFailed shows a form again with everything typed still there, when the
// error is one that its reader can mend; other errors go on up.
func (s *Server) formFailed(c *fiber.Ctx, err error, fields []field, v values, show func(int, []formError) error) error {
	var e *workpackages.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case workpackages.Invalid, workpackages.Unauthenticated, workpackages.TooMany, workpackages.Conflict:
	default:
		return err
	}
	fill(fields, v)
	errs := mark(fields, e.Fields)
	if len(errs) == 0 {
		errs = []formError{{Text: e.Message}}
	}
	status := statusOf(e.Kind)
	if e.Kind == workpackages.Unauthenticated {
		status = http.StatusUnprocessableEntity // a form to correct, not a challenge to a program
	}
	return show(status, errs)
}

// formAgain is formFailed for a form with a page of its own. What was typed goes on being
// a change of the version that its writer read.
func (s *Server) formAgain(c *fiber.Ctx, err error, f form, v values) error {
	return s.formFailed(c, err, f.Fields, v, func(status int, errs []formError) error {
		f.Version = v.version()
		return s.showForm(c, status, f, errs)
	})
}

func (s *Server) linkForm(info auth.LinkInfo, token string) form {
	f := form{Action: "/link/" + token, Button: "Save and sign in"}
	password := field{
		Kind: "password", Name: "password", Label: "Choose a password", Autocomplete: "new-password",
		Hint: "12 characters or more. Three random words make a good one. Do not use your name or e-mail address",
	}
	if info.Purpose == auth.PurposeFirst {
		f.Heading, f.Lead = "Set up Readiness", "You will be the first assistant director here: you can then add the others."
		f.Fields = []field{
			{Kind: "text", Name: "name", Label: "Your name", Autocomplete: "name"},
			{Kind: "email", Name: "email", Label: "Your e-mail address", Hint: "Use the one you have in Slack, so that reminders find you", Autocomplete: "username"},
			password,
		}
		return f
	}
	f.Heading, f.Lead = "Welcome, "+info.Name, "You sign in with "+info.Email+" and a password."
	f.Fields = []field{password}
	return f
}

// linkPage only shows the form: programs that preview links must not use them up.
func (s *Server) linkPage(c *fiber.Ctx) error {
	info, err := s.Auth.LinkInfo(c.UserContext(), c.Params("token"))
	if err != nil {
		return s.linkGone(c, err)
	}
	return s.showForm(c, http.StatusOK, s.linkForm(info, c.Params("token")), nil)
}

func (s *Server) submitLink(c *fiber.Ctx) error {
	token, v := c.Params("token"), typed(c)
	info, err := s.Auth.LinkInfo(c.UserContext(), token)
	if err != nil {
		return s.linkGone(c, err)
	}
	f := s.linkForm(info, token)
	session, _, err := s.Auth.AcceptLink(c.UserContext(), token, v.get("name"), v.get("email"), v.get("password"), s.remoteAddr(c))
	if err != nil {
		return s.formFailed(c, err, f.Fields, v, func(status int, errs []formError) error {
			return s.showForm(c, status, f, errs)
		})
	}
	s.setSession(c, session)
	return c.Redirect("/?done=welcome", http.StatusSeeOther)
}

func (s *Server) linkGone(c *fiber.Ctx, err error) error {
	k := workpackages.KindOf(err)
	if k != workpackages.NotFound && k != workpackages.Unauthenticated && k != workpackages.Invalid {
		return err
	}
	return s.render(c, http.StatusNotFound, "error", page{Title: "This link cannot be used", Data: map[string]any{
		"Heading": "This link cannot be used",
		"Detail":  "It has been used, has run out, or was replaced by a newer one. Ask your assistant director for a new link. If you have a password, sign in with it",
	}})
}

func (s *Server) accessibilityPage(c *fiber.Ctx) error {
	return s.render(c, http.StatusOK, "accessibility", page{Title: "Accessibility"})
}

// showForm shows a page that holds one form.
func (s *Server) showForm(c *fiber.Ctx, status int, f form, errs []formError) error {
	f.Once = rand.Text()
	return s.render(c, status, "form", page{Title: f.Heading, Errors: errs, Data: f})
}
