package comms

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"readiness/workpackages"
)

// Audiences gives every audience in its order.
func (s *Service) Audiences(ctx context.Context) ([]Audience, error) {
	all, err := s.Store.Audiences(ctx)
	slices.SortStableFunc(all, func(a, b Audience) int { return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Name, b.Name)) })
	return all, err
}

// Audience gives one audience, or NotFound.
func (s *Service) Audience(ctx context.Context, id string) (Audience, error) {
	all, err := s.Store.Audiences(ctx)
	if err != nil {
		return Audience{}, err
	}
	if i := slices.IndexFunc(all, func(a Audience) bool { return a.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Audience{}, workpackages.Errorf(workpackages.NotFound, "There is no such audience")
}

// idOf makes an id of a name.
func idOf(name string) string {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ' || r == '-' || r == '_':
			return '-'
		}
		return -1
	}, strings.ToLower(name))
	return strings.Trim(id, "-")
}

// AddAudience adds an audience, whose id is made of its name.
func (s *Service) AddAudience(ctx context.Context, by workpackages.Actor, in AudienceInput) (Audience, error) {
	if !MayWrite(by) {
		return Audience{}, errMayNotWrite
	}
	all, err := s.Audiences(ctx)
	if err != nil {
		return Audience{}, err
	}
	a := Audience{Version: 1, Order: 100, ChangedBy: by.Name, ChangedAt: s.now(), CreatedAt: s.now(), TellEvery: 30}
	if in.Name == nil {
		in.Name = new(string)
	}
	if err := in.apply(&a); err != nil {
		return Audience{}, err
	}
	if slices.ContainsFunc(all, func(x Audience) bool { return strings.EqualFold(x.Name, a.Name) }) {
		return Audience{}, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "name", Message: "There is an audience of this name already"}}}
	}
	base := idOf(a.Name)
	if base == "" || base == "new" { // which is an address of its own
		base = "audience"
	}
	a.ID = base
	for n := 2; slices.ContainsFunc(all, func(x Audience) bool { return x.ID == a.ID }); n++ {
		a.ID = fmt.Sprintf("%s-%d", base, n)
	}
	if err := s.Store.SaveAudience(ctx, a); err != nil && workpackages.KindOf(err) == workpackages.Stale {
		return Audience{}, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "name", Message: "Somebody has just added an audience of this name"}}}
	} else if err != nil {
		return Audience{}, err
	}
	return a, nil
}

// EditAudience changes an audience. Who of it gets what is being sent was settled when
// that began.
func (s *Service) EditAudience(ctx context.Context, by workpackages.Actor, id string, version int64, in AudienceInput) (Audience, error) {
	if !MayWrite(by) {
		return Audience{}, errMayNotWrite
	}
	a, err := s.Audience(ctx, id)
	if err != nil {
		return a, err
	}
	if a.Version != version {
		return Audience{}, staleAudience(a)
	}
	a.Channels, a.Contacts = slices.Clone(a.Channels), slices.Clone(a.Contacts)
	if err := in.apply(&a); err != nil {
		return Audience{}, err
	}
	a.Version, a.ChangedBy, a.ChangedAt, a.Default = a.Version+1, by.Name, s.now(), false
	if err := s.Store.SaveAudience(ctx, a); err != nil {
		if workpackages.KindOf(err) == workpackages.Stale {
			if now, readErr := s.Audience(ctx, id); readErr == nil {
				return Audience{}, staleAudience(now)
			}
		}
		return Audience{}, err
	}
	return a, nil
}

func staleAudience(a Audience) *workpackages.Error {
	e := workpackages.Errorf(workpackages.Stale, "This audience has changed since you read it: read it again, then make your change")
	e.Current = a
	return e
}
