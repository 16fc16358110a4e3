package workpackages

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Group is a steering group.
type Group struct {
	ID        string    `bson:"_id"`
	Name      string    `bson:"name"`
	Remit     string    `bson:"remit"`
	Order     int       `bson:"order"`    // place on the dashboard, from 1
	ChairID   string    `bson:"chair"`    // a person's id; empty until named
	Meetings  []Meeting `bson:"meetings"` // by date, past ones too
	Version   int64     `bson:"version"`
	CreatedAt time.Time `bson:"created_at"` // UTC
}

// Meeting is one meeting of a steering group.
type Meeting struct {
	ID    string `bson:"id"`
	Date  Date   `bson:"date"`
	Time  string `bson:"time"`  // such as "14:00"; may be empty
	Place string `bson:"place"` // may be empty
}

// maxMeetings is how many meetings a group remembers: some years of them.
const maxMeetings = 60

// Coming gives the meetings on a day and after it, the next first.
func (g Group) Coming(from Date) []Meeting {
	var out []Meeting
	for _, m := range g.Meetings {
		if from <= m.Date {
			out = append(out, m)
		}
	}
	return out
}

// GroupInput changes a steering group. A nil field is left alone.
type GroupInput struct {
	Name, Remit, ChairID *string
}

// EditGroup changes a steering group's name, remit or chair.
func (s *Service) EditGroup(ctx context.Context, by Actor, id string, version int64, in GroupInput) (Group, error) {
	if by.Role != AssistantDirector {
		return Group{}, Errorf(Forbidden, "Only an assistant director can change a steering group")
	}
	people, err := s.People.People(ctx)
	if err != nil {
		return Group{}, err
	}
	return s.changeGroup(ctx, id, version, nil, func(g *Group) error {
		was := g.ChairID
		set(&g.Name, in.Name)
		set(&g.Remit, in.Remit)
		set(&g.ChairID, in.ChairID)
		g.Name, g.Remit = line(g.Name), prose(g.Remit)
		var bad problems
		checkText(&bad, "name", "name for the group", g.Name, 1, MaxTitle)
		checkText(&bad, "remit", "remit", g.Remit, 1, MaxProse)
		if g.ChairID != "" && g.ChairID != was && !slices.ContainsFunc(people, func(p Person) bool { return p.ID == g.ChairID && !p.Disabled }) {
			bad.add("chair", "Choose a chair from the list, or nobody")
		}
		return bad.err()
	})
}

// changeGroup makes one change to a group at the version that was read. may, where
// it is given, says who is let in; it is asked before anything else is told.
func (s *Service) changeGroup(ctx context.Context, id string, version int64, may func(g Group) error, change func(g *Group) error) (Group, error) {
	g, err := s.group(ctx, id)
	if err != nil {
		return Group{}, err
	}
	if may != nil {
		if err := may(g); err != nil {
			return Group{}, err
		}
	}
	if version != g.Version {
		return Group{}, staleGroup(g)
	}
	g.Meetings = slices.Clone(g.Meetings)
	if err := change(&g); err != nil {
		return Group{}, err
	}
	g.Version++
	if err := s.Groups.SaveGroup(ctx, g); err != nil {
		if KindOf(err) == Stale {
			if newer, readErr := s.group(ctx, id); readErr == nil {
				return Group{}, staleGroup(newer)
			}
		}
		return Group{}, err
	}
	return g, nil
}

func (s *Service) group(ctx context.Context, id string) (Group, error) {
	groups, err := s.Groups.Groups(ctx)
	if err != nil {
		return Group{}, err
	}
	i := slices.IndexFunc(groups, func(g Group) bool { return g.ID == id })
	if i < 0 {
		return Group{}, Errorf(NotFound, "There is no such steering group")
	}
	return groups[i], nil
}

func staleGroup(g Group) *Error {
	e := Errorf(Stale, "This group has changed since you read it: read it again, then make your change")
	e.Current = g
	return e
}

// MayPlan reports whether the actor may plan the meetings of a group: its leads,
// its chair and assistant directors.
func MayPlan(by Actor, g Group) bool {
	return MayChange(by, g.ID) || by.PersonID != "" && by.PersonID == g.ChairID
}

// planning refuses those who may not plan a group's meetings.
func planning(by Actor) func(g Group) error {
	return func(g Group) error {
		if !MayPlan(by, g) {
			return Errorf(Forbidden, "Only the leads and the chair of this steering group and the assistant director can plan its meetings")
		}
		return nil
	}
}

// MeetingInput is a meeting as typed.
type MeetingInput struct {
	Date, Time, Place string
}

// AddMeeting plans a meeting.
func (s *Service) AddMeeting(ctx context.Context, by Actor, groupID string, version int64, in MeetingInput) (Group, error) {
	_, today := s.instant()
	return s.changeGroup(ctx, groupID, version, planning(by), func(g *Group) error {
		var bad problems
		m := Meeting{ID: newID("meeting"), Place: line(in.Place)}
		var err error
		var known bool
		m.Time, known = ParseTime(in.Time) // first: what is planned is compared by it
		switch m.Date, err = ParseDate(in.Date); {
		case in.Date == "":
			bad.add("date", "Enter the day of the meeting")
		case err != nil:
			bad.add("date", "Enter the day as a real date, such as %s", example(today))
		case m.Date.Before(today):
			bad.add("date", "Enter a day that is today or later")
		case slices.ContainsFunc(g.Meetings, func(o Meeting) bool { return o.Date == m.Date && o.Time == m.Time }):
			bad.add("date", "The group meets then already: choose another day or time")
		}
		if m.Time != "" && !known {
			bad.add("time", "Enter the time as hours and minutes, such as 14:00, or leave it empty")
		}
		checkText(&bad, "place", "place", m.Place, 0, MaxTitle)
		if err := bad.err(); err != nil {
			return err
		}
		g.Meetings = append(g.Meetings, m)
		slices.SortFunc(g.Meetings, func(a, b Meeting) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Time, b.Time)) })
		if len(g.Meetings) > maxMeetings {
			if today <= g.Meetings[0].Date {
				return Errorf(Invalid, "The group has %d meetings planned, which is as many as can be: cancel one first", maxMeetings)
			}
			g.Meetings = g.Meetings[1:] // the oldest has been held
		}
		return nil
	})
}

// CancelMeeting takes a planned meeting away.
func (s *Service) CancelMeeting(ctx context.Context, by Actor, groupID string, version int64, meetingID string) (Group, error) {
	return s.changeGroup(ctx, groupID, version, planning(by), func(g *Group) error {
		i := slices.IndexFunc(g.Meetings, func(m Meeting) bool { return m.ID == meetingID })
		if i < 0 {
			return Errorf(NotFound, "The group has no such meeting any more")
		}
		g.Meetings = slices.Delete(g.Meetings, i, i+1)
		return nil
	})
}
