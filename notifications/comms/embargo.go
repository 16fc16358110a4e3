package comms

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// Message gives one message to somebody who reads it; how says where. A reading of an
// embargoed message is put on record before anything is given, and so is a try of
// somebody whom it does not name, which gives Forbidden.
func (s *Service) Message(ctx context.Context, by workpackages.Actor, id, how string) (Message, error) {
	m, err := s.Store.PlanMessage(ctx, id)
	if err != nil || !m.Embargoed() {
		return m, err
	}
	return m, s.access(ctx, by, m, how)
}

// access puts a reading of an embargoed message on record, and gives an error where
// it must not be: where somebody may not, or where it cannot be put on record.
func (s *Service) access(ctx context.Context, by workpackages.Actor, m Message, how string) error {
	may := m.CanRead(by)
	err := s.Store.AddAccess(ctx, Access{
		ID: m.ID + "/" + rand.Text(), MessageID: m.ID, At: s.now(), PersonID: by.PersonID, Name: by.Name, How: how, Refused: !may,
	})
	if err != nil {
		return err
	}
	if !may {
		return errMayNotRead
	}
	return nil
}

// Hidden gives what somebody who writes the plan may know of an embargoed message
// that they may not read.
func (s *Service) Hidden(ctx context.Context, by workpackages.Actor, id string) (Message, error) {
	m, err := s.Store.PlanMessage(ctx, id)
	if err != nil {
		return m, err
	}
	if !MayWrite(by) {
		return Message{}, errMayNotRead
	}
	return m.hidden(), nil
}

// Accesses gives who read an embargoed message, newest first, to those who write the
// plan and those who may read it.
func (s *Service) Accesses(ctx context.Context, by workpackages.Actor, id string) ([]Access, error) {
	m, err := s.Store.PlanMessage(ctx, id)
	if err != nil {
		return nil, err
	}
	if !MayWrite(by) && !(m.Embargoed() && m.CanRead(by)) {
		return nil, workpackages.Errorf(workpackages.Forbidden, "Only those who write the communications plan, and those who may read the message, see who read it")
	}
	return s.Store.Accesses(ctx, id)
}

// NameReaders changes who may read an embargoed message, for its readers who write the
// plan, and for assistant directors, who may so name themselves: that is on record for
// good. It shows nothing of the message.
func (s *Service) NameReaders(ctx context.Context, by workpackages.Actor, id string, wr workpackages.Write, readers []string) (Message, error) {
	people, err := s.Packages.People.People(ctx)
	if err != nil {
		return Message{}, err
	}
	m, err := s.change(ctx, by, id, wr, readers, func(m *Message, _ time.Time) (string, error) {
		switch {
		case by.PersonID == "" || !(by.Role == workpackages.AssistantDirector || MayWrite(by) && m.CanRead(by)):
			return "", errMayNotRead
		case !m.Embargoed():
			return "", workpackages.Errorf(workpackages.Conflict, "This message is not under embargo any more: everybody may read it")
		}
		was := m.Readers
		m.Readers = nil
		for _, r := range readers {
			if !slices.ContainsFunc(people, func(p workpackages.Person) bool { return p.ID == r && !p.Disabled }) {
				return "", &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "readers", Message: "Choose readers from the people who can sign in"}}}
			}
			if !slices.Contains(m.Readers, r) {
				m.Readers = append(m.Readers, r)
			}
		}
		if len(m.Readers) == 0 || len(m.Readers) > maxReaders {
			return "", &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: []workpackages.FieldError{{Field: "readers", Message: fmt.Sprintf("Name from 1 to %d readers", maxReaders)}}}
		}
		if slices.Equal(was, m.Readers) {
			return "", nil
		}
		return "Named who may read it: " + phrase.And(names(people, m.Readers)), nil
	})
	if err == nil && !m.CanRead(by) {
		m = m.hidden()
	}
	return m, err
}

func names(people []workpackages.Person, ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, workpackages.NameOf(people, id))
	}
	return out
}
