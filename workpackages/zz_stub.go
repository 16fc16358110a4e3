package workpackages

import (
	"context"
	"time"
)

type ConcernKind string

const (
	StatusDue        ConcernKind = "status-update-due"
	MilestoneSoon    ConcernKind = "milestone-due-soon"
	MilestoneToday   ConcernKind = "milestone-due-today"
	MilestoneOverdue ConcernKind = "milestone-overdue"
	ActionDue        ConcernKind = "action-due"
	EvidenceOld      ConcernKind = "evidence-out-of-date"
)

type Concern struct {
	Kind                                                       ConcernKind
	PackageID, PackageTitle, GroupID, Subject, Title, OwnerID  string
	Due                                                        Date
	Late                                                       int
	Detail                                                     string
}
type ConcernOptions struct {
	MilestoneSoon, EvidenceSoon, StaleAfter int
	Zone                                    *time.Location
}

func Concerns(r Readiness, o ConcernOptions) []Concern { return nil }

type MoveKind string

const (
	StatusMoved      MoveKind = "status"
	MilestoneReached MoveKind = "reached"
	MilestoneMoved   MoveKind = "moved"
)

type Move struct {
	At                               time.Time
	PackageID, PackageTitle, GroupID string
	Kind                             MoveKind
	By                               Actor
	Title, From, To                  string
}

func (s *Service) Moves(ctx context.Context, since, until time.Time) ([]Move, error) { return nil, nil }

type Meeting struct {
	ID    string
	Date  Date
	Time  string
	Place string
}
type ResponseKind string

const (
	HaveIt  ResponseKind = "have_it"
	Snoozed ResponseKind = "snoozed"
	NotMine ResponseKind = "not_mine"
)

type Response struct {
	ID, Subject, PackageID, PersonID, PersonName string
	Kind                                         ResponseKind
	Concern                                      ConcernKind
	Until                                        Date
}

func (r Response) InForce(today Date) bool                           { return r.Kind == NotMine || r.Until >= today }
func (s *Service) Responses(ctx context.Context) ([]Response, error) { return nil, nil }
