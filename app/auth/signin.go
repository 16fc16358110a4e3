package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"readiness/workpackages"
)

// Throttling: how many failures are free, and how long the wait then grows to.
const (
	freeByEmail   = 5
	freeByAddress = 50
	longestWait   = 15 * time.Minute
)

// wait is how long to hold off after n failures: 1, 2, 4 … minutes.
func wait(n, free int) time.Duration {
	if n < free {
		return 0
	}
	return min(time.Minute<<min(n-free, 8), longestWait)
}

// addressKey counts an address's failures by the hour: a whole council may come
// from one address, and must not be locked out by a day's honest slips.
func (s *Service) addressKey(remoteAddr string) string {
	return "address:" + hash(remoteAddr) + ":" + s.now().Format("2006010215")
}

// throttled gives TooMany while somebody has to wait.
func (s *Service) throttled(ctx context.Context, key string, free int) error {
	n, last, err := s.Store.Failures(ctx, key)
	if err != nil {
		return err
	}
	left := last.Add(wait(n, free)).Sub(s.now())
	if n < free || left <= 0 {
		return nil
	}
	minutes := int((left + time.Minute - 1) / time.Minute)
	unit := "minutes"
	if minutes == 1 {
		unit = "minute"
	}
	return workpackages.Errorf(workpackages.TooMany, "Too many tries. Wait %d %s, then try again, or ask your assistant director for a sign-in link", minutes, unit)
}

// SignIn checks an e-mail address and password and starts a session. The error
// is Invalid when they do not match, whichever was wrong, and TooMany when they
// were tried too often.
func (s *Service) SignIn(ctx context.Context, email, password, remoteAddr string) (string, workpackages.Person, error) {
	email = workpackages.FoldEmail(email)
	var fields []workpackages.FieldError
	if email == "" {
		fields = append(fields, workpackages.FieldError{Field: "email", Message: "Enter your e-mail address"})
	}
	if password == "" {
		fields = append(fields, workpackages.FieldError{Field: "password", Message: "Enter your password"})
	}
	if fields != nil {
		return "", workpackages.Person{}, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: fields}
	}
	byEmail, byAddress := "email:"+hash(email), s.addressKey(remoteAddr)
	if err := s.throttled(ctx, byEmail, freeByEmail); err != nil {
		return "", workpackages.Person{}, err
	}
	if err := s.throttled(ctx, byAddress, freeByAddress); err != nil {
		return "", workpackages.Person{}, err
	}
	// The try is counted before it is judged, so that many at once cannot slip by.
	if err := s.Store.CountFailure(ctx, byEmail, s.now()); err != nil {
		return "", workpackages.Person{}, err
	}
	p, ok, err := s.match(ctx, email, password)
	if err != nil {
		return "", workpackages.Person{}, err
	}
	if !ok {
		if err := s.Store.CountFailure(ctx, byAddress, s.now()); err != nil {
			return "", workpackages.Person{}, err
		}
		return "", workpackages.Person{}, &workpackages.Error{Kind: workpackages.Invalid, Message: "The e-mail address or the password is not right", Fields: []workpackages.FieldError{
			{Field: "email", Message: "The e-mail address or the password is not right"}}}
	}
	if err := s.Store.ClearFailures(ctx, byEmail); err != nil {
		return "", workpackages.Person{}, err
	}
	token, err := s.startSession(ctx, p.ID)
	return token, p, err
}

func (s *Service) match(ctx context.Context, email, password string) (workpackages.Person, bool, error) {
	stored := nobody()
	p, err := s.People.PersonByEmail(ctx, email)
	if err == nil && !p.Disabled {
		var c Credential
		if c, err = s.Store.Credential(ctx, p.ID); err == nil {
			stored = c.Hash
		}
	}
	if err != nil && workpackages.KindOf(err) != workpackages.NotFound {
		return p, false, err
	}
	ok, err := s.checkPassword(ctx, password, stored)
	return p, ok && stored != nobody(), err
}

// FirstLink gives a link for the first assistant director, or "" when somebody
// can sign in as one already. An earlier first link ends.
func (s *Service) FirstLink(ctx context.Context) (token string, err error) {
	there, err := s.hasDirector(ctx)
	if err != nil || there {
		return "", err
	}
	return s.newLink(ctx, PurposeFirst, "", FirstLinkFor)
}

// hasDirector reports whether an assistant director with a password is there.
func (s *Service) hasDirector(ctx context.Context) (bool, error) {
	people, err := s.People.People.People(ctx)
	if err != nil {
		return false, err
	}
	for _, p := range people {
		if p.Role != workpackages.AssistantDirector || p.Disabled {
			continue
		}
		_, err := s.Store.Credential(ctx, p.ID)
		if err == nil {
			return true, nil
		}
		if workpackages.KindOf(err) != workpackages.NotFound {
			return false, err
		}
	}
	return false, nil
}

// InviteLink gives a one-time link with which a person chooses a password.
// Earlier links of theirs end.
func (s *Service) InviteLink(ctx context.Context, personID string) (token string, expires time.Time, err error) {
	p, err := s.People.People.Person(ctx, personID)
	if err != nil {
		return "", time.Time{}, err
	}
	if p.Disabled {
		return "", time.Time{}, workpackages.Errorf(workpackages.Conflict, "%s may no longer sign in: allow that first", p.Name)
	}
	token, err = s.newLink(ctx, PurposeInvite, personID, InviteLinkFor)
	return token, s.now().Add(InviteLinkFor), err
}

func (s *Service) newLink(ctx context.Context, purpose Purpose, personID string, lasts time.Duration) (string, error) {
	if err := s.Store.DeleteLinksOf(ctx, purpose, personID); err != nil {
		return "", err
	}
	token := newToken()
	return token, s.Store.AddLink(ctx, Link{ID: hash(token), Purpose: purpose, PersonID: personID, ExpiresAt: s.now().Add(lasts)})
}

// LinkInfo says what a link is for, or gives NotFound when it cannot be used.
func (s *Service) LinkInfo(ctx context.Context, token string) (LinkInfo, error) {
	_, info, err := s.link(ctx, token)
	return info, err
}

func (s *Service) link(ctx context.Context, token string) (Link, LinkInfo, error) {
	gone := workpackages.Errorf(workpackages.NotFound, "This link was used, has run out, or was replaced by a newer one")
	l, err := s.Store.Link(ctx, hash(token))
	if err != nil {
		return l, LinkInfo{}, err
	}
	used, err := s.Store.LinkUsed(ctx, l.ID)
	if err != nil {
		return l, LinkInfo{}, err
	}
	if used || s.now().After(l.ExpiresAt) {
		return l, LinkInfo{}, gone
	}
	info := LinkInfo{Purpose: l.Purpose, ExpiresAt: l.ExpiresAt}
	if l.Purpose == PurposeFirst {
		there, err := s.hasDirector(ctx)
		if there {
			err = gone
		}
		return l, info, err
	}
	p, err := s.People.People.Person(ctx, l.PersonID)
	if err == nil && p.Disabled {
		err = gone
	}
	info.Name, info.Email = p.Name, p.Email
	return l, info, err
}

// AcceptLink uses a link: it sets the password, makes the first assistant
// director when that is what the link is for, and starts a session. Nothing is
// used up while the form has errors.
func (s *Service) AcceptLink(ctx context.Context, token, name, email, password, remoteAddr string) (string, workpackages.Person, error) {
	if err := s.throttled(ctx, s.addressKey(remoteAddr), freeByAddress); err != nil {
		return "", workpackages.Person{}, err
	}
	l, info, err := s.link(ctx, token)
	if err != nil {
		if workpackages.KindOf(err) == workpackages.NotFound {
			if err := s.Store.CountFailure(ctx, s.addressKey(remoteAddr), s.now()); err != nil {
				return "", workpackages.Person{}, err
			}
		}
		return "", workpackages.Person{}, err
	}
	var p workpackages.Person
	var fields []workpackages.FieldError
	if l.Purpose == PurposeFirst {
		p = workpackages.Person{Name: name, Email: email, Role: workpackages.AssistantDirector}
		if err := p.Validate(nil); err != nil {
			if fields = fieldsOf(err); fields == nil {
				return "", p, err
			}
		}
	} else {
		p = workpackages.Person{Name: info.Name, Email: info.Email}
	}
	if problem := passwordProblem(password, p.Name, p.Email); problem != "" {
		fields = append(fields, workpackages.FieldError{Field: "password", Message: problem})
	}
	if fields != nil {
		return "", p, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: fields}
	}
	hashed, err := s.hashPassword(ctx, password)
	if err != nil {
		return "", p, err
	}
	now := s.now()
	if l.Purpose == PurposeFirst {
		// Somebody may have been added on the command line under this address.
		if p, err = s.firstDirector(ctx, p); err != nil {
			return "", p, err
		}
	} else if p, err = s.People.People.Person(ctx, l.PersonID); err != nil {
		return "", p, err
	}
	if err := s.Store.UseLink(ctx, l.ID, now); err != nil {
		if workpackages.KindOf(err) == workpackages.Conflict {
			err = workpackages.Errorf(workpackages.NotFound, "This link has just been used")
		}
		return "", p, err
	}
	if err := s.Store.SaveCredential(ctx, Credential{PersonID: p.ID, Hash: hashed, ChangedAt: now}); err != nil {
		return "", p, err
	}
	// Whoever was signed in under the old password is not any longer.
	if err := s.Store.DeleteSessionsOf(ctx, p.ID); err != nil {
		return "", p, err
	}
	session, err := s.startSession(ctx, p.ID)
	return session, p, err
}

// firstDirector finds or makes the person of the first link. It comes before
// the link is used up: a crash in between leaves a link that still works.
func (s *Service) firstDirector(ctx context.Context, p workpackages.Person) (workpackages.Person, error) {
	there, err := s.People.PersonByEmail(ctx, p.Email)
	switch {
	case err == nil && there.Role == workpackages.AssistantDirector && !there.Disabled:
		return there, nil
	case err == nil:
		return p, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{
			{Field: "email", Message: fmt.Sprintf("Enter another e-mail address: %s has this one, as %s", there.Name, there.Role.Label())}}}
	case workpackages.KindOf(err) != workpackages.NotFound:
		return p, err
	}
	return s.People.AddPerson(ctx, workpackages.System(), p)
}

func fieldsOf(err error) []workpackages.FieldError {
	if e, ok := err.(*workpackages.Error); ok {
		return slices.Clone(e.Fields)
	}
	return nil
}
