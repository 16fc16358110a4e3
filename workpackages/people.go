package workpackages

import (
	"context"
	"slices"
)

// AddPerson records a new person.
func (s *Service) AddPerson(ctx context.Context, by Actor, p Person) (Person, error) {
	if by.Role != AssistantDirector {
		return Person{}, Errorf(Forbidden, "Only an assistant director can add people")
	}
	groups, err := s.Groups.Groups(ctx)
	if err != nil {
		return Person{}, err
	}
	if err := p.Validate(groups); err != nil {
		return Person{}, err
	}
	p.ID, p.Version = newID("person"), 1
	p.CreatedAt, _ = s.instant()
	if err := s.People.AddPerson(ctx, p); err != nil {
		return Person{}, takenEmail(err)
	}
	return p, nil
}

// PersonInput changes a person. A nil field is left alone.
type PersonInput struct {
	Name, Email, GroupID *string
	Role                 *Role
	Disabled             *bool
}

// EditPerson changes a person's details or rights. The last assistant director
// who can sign in cannot be taken away.
func (s *Service) EditPerson(ctx context.Context, by Actor, id string, version int64, in PersonInput) (Person, error) {
	if by.Role != AssistantDirector {
		return Person{}, Errorf(Forbidden, "Only an assistant director can change people")
	}
	groups, err := s.Groups.Groups(ctx)
	if err != nil {
		return Person{}, err
	}
	people, err := s.People.People(ctx)
	if err != nil {
		return Person{}, err
	}
	i := slices.IndexFunc(people, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, Errorf(NotFound, "There is no such person")
	}
	p := people[i]
	if version != p.Version {
		e := Errorf(Stale, "This person's details have changed since you read them: read them again, then make your change")
		e.Current = p
		return Person{}, e
	}
	set(&p.Name, in.Name)
	set(&p.Email, in.Email)
	set(&p.GroupID, in.GroupID)
	set(&p.Role, in.Role)
	set(&p.Disabled, in.Disabled)
	if err := p.Validate(groups); err != nil {
		return Person{}, err
	}
	directs := func(p Person) bool { return p.Role == AssistantDirector && !p.Disabled }
	wasDirecting := directs(people[i])
	people[i] = p
	if wasDirecting && !slices.ContainsFunc(people, directs) {
		return Person{}, &Error{Kind: Invalid, Message: "There is a problem with what you entered", Fields: []FieldError{
			{Field: "role", Message: "Make someone else an assistant director first: this is the last one who can sign in"}}}
	}
	p.Version++
	return p, takenEmail(s.People.SavePerson(ctx, p))
}

// PersonByEmail finds somebody by e-mail address, or gives NotFound.
func (s *Service) PersonByEmail(ctx context.Context, email string) (Person, error) {
	people, err := s.People.People(ctx)
	if err != nil {
		return Person{}, err
	}
	email = FoldEmail(email)
	for _, p := range people {
		if p.Email == email {
			return p, nil
		}
	}
	return Person{}, Errorf(NotFound, "There is nobody with the e-mail address %s", email)
}

// takenEmail turns a clash of e-mail addresses into an error on its field.
func takenEmail(err error) error {
	if err != nil && KindOf(err) == Conflict {
		return &Error{Kind: Invalid, Message: "There is a problem with what you entered", cause: err, Fields: []FieldError{
			{Field: "email", Message: "Enter another e-mail address: somebody has this one already"}}}
	}
	return err
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
