package schedules

import (
	"context"
	"time"

	"readiness/workpackages"
)

type Audience string

const (
	Owners          Audience = "owners"
	Leads           Audience = "leads"
	Chair           Audience = "chair"
	Directors       Audience = "assistant_directors"
	ChannelAudience Audience = "channel"
)

type Rule struct {
	ID                              string
	On                              bool
	Days                            []time.Weekday
	Time                            string
	Audience                        []Audience
	Soon, ChairAfter, DirectorAfter int
}

func (r Rule) Spec() string { return "0 9 * * 1-5" }
func DefaultRules() []Rule  { return nil }

type RuleBook struct{ Store any; Now func() time.Time; Zone *time.Location }

func (b *RuleBook) Rules(ctx context.Context) ([]Rule, error) { return nil, nil }

type ClosedDays struct{}

func (c ClosedDays) Is(d workpackages.Date) bool                      { return false }
func (b *RuleBook) ClosedDays(ctx context.Context) (ClosedDays, error) { return ClosedDays{}, nil }

type Occurrence struct {
	Job     string
	Instant time.Time
}

func (r *Runner) Between(ctx context.Context, from, to time.Time, limit int, off bool) ([]Occurrence, error) {
	return nil, nil
}
