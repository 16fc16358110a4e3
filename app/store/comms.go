package store

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"readiness/notifications/comms"
	"readiness/workpackages"
)

var _ comms.Store = (*Store)(nil)

// PlanMessages implements comms.Store.
func (s *Store) PlanMessages(ctx context.Context) ([]comms.Message, error) {
	return cachedAll(ctx, s, &s.plan, colPlan)
}

// PlanMessage implements comms.Store.
func (s *Store) PlanMessage(ctx context.Context, id string) (comms.Message, error) {
	return cachedOne(ctx, s, &s.plan, colPlan, id, "There is no such message in the communications plan", func(m comms.Message) string { return m.ID })
}

// PlanEntry implements comms.Store.
func (s *Store) PlanEntry(ctx context.Context, messageID string, version int64) (comms.Entry, error) {
	return find[comms.Entry](ctx, s, colPlanHistory, comms.EntryID(messageID, version), "The message has no such version")
}

// CommitPlan implements comms.Store, as Commit does for packages.
func (s *Store) CommitPlan(ctx context.Context, e comms.Entry) error {
	return commit(ctx, s, colPlanHistory, e, e.Version, s.PlanEntry, func(ctx context.Context, e comms.Entry) error {
		s.plan.changing()
		defer s.plan.changing()
		return bringUp(ctx, s, colPlan, e.MessageID, e.Version, e.State)
	}, e.MessageID)
}

// recoverPlan brings every message up to its history. One whose first version was cut
// short is made again by whoever makes it, or was never acknowledged.
func (s *Store) recoverPlan(ctx context.Context) error {
	all, err := s.PlanMessages(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		err := catchUp(ctx, m.ID, m.Version, s.PlanEntry, func(ctx context.Context, e comms.Entry) error {
			return bringUp(ctx, s, colPlan, e.MessageID, e.Version, e.State)
		})
		if err != nil {
			return err
		}
	}
	s.plan.changing()
	return nil
}

// Audiences implements comms.Store.
func (s *Store) Audiences(ctx context.Context) ([]comms.Audience, error) {
	return cachedAll(ctx, s, &s.audiences, colAudiences)
}

// SaveAudience implements comms.Store.
func (s *Store) SaveAudience(ctx context.Context, a comms.Audience) error {
	s.audiences.changing()
	defer s.audiences.changing()
	return saveAt(ctx, s, colAudiences, a.ID, 1, a.Version, a)
}

// PlanEvents implements comms.Store.
func (s *Store) PlanEvents(ctx context.Context) ([]comms.Event, error) {
	return cachedAll(ctx, s, &s.events, colPlanEvents)
}

// SavePlanEvent implements comms.Store.
func (s *Store) SavePlanEvent(ctx context.Context, e comms.Event) error {
	s.events.changing()
	defer s.events.changing()
	return saveAt(ctx, s, colPlanEvents, e.ID, 2, e.Version, e)
}

// AddRoster implements comms.Store.
func (s *Store) AddRoster(ctx context.Context, r comms.Roster) (comms.Roster, error) {
	added, err := once(ctx, s, colRosters, r)
	if added || err != nil {
		return r, err
	}
	return s.Roster(ctx, r.ID)
}

// Roster implements comms.Store.
func (s *Store) Roster(ctx context.Context, id string) (comms.Roster, error) {
	return find[comms.Roster](ctx, s, colRosters, id, "There is no such sending")
}

// Reach implements comms.Store.
func (s *Store) Reach(ctx context.Context, id string) (comms.Reach, error) {
	return find[comms.Reach](ctx, s, colReach, id, "Nobody has read this yet")
}

// SaveReach implements comms.Store.
func (s *Store) SaveReach(ctx context.Context, r comms.Reach) error {
	return saveAt(ctx, s, colReach, r.ID, 1, r.Version, r)
}

// AddAccess implements comms.Store.
func (s *Store) AddAccess(ctx context.Context, a comms.Access) error {
	return insert(ctx, s, colAccesses, a)
}

// Accesses implements comms.Store.
func (s *Store) Accesses(ctx context.Context, messageID string) ([]comms.Access, error) {
	all, err := newest[comms.Access](ctx, s, colAccesses, "at", bson.D{{Key: "message", Value: messageID}}, 0)
	slices.SortStableFunc(all, func(a, b comms.Access) int { return b.At.Compare(a.At) })
	return all, err
}

// catchUp brings a document up to the newest entry of its history.
func catchUp[E any](ctx context.Context, id string, version int64, entry func(ctx context.Context, id string, version int64) (E, error), up func(ctx context.Context, e E) error) error {
	for v := version + 1; ; v++ {
		e, err := entry(ctx, id, v)
		if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if err := up(ctx, e); err != nil {
			return err
		}
	}
}
