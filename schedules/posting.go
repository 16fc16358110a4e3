package schedules

import (
	"context"
	"fmt"

	"readiness/notifications"
	"readiness/workpackages"
)

// posting puts the messages of one run in the outbox; in a dry run it only says
// what they would be.
type posting struct {
	outbox       Outbox
	occasion     Occasion
	planned      []Planned
	added, there int // put in the outbox now, and made before
	errs         []error
}

// put takes one message, for a recipient as a person reads it.
func (p *posting) put(ctx context.Context, to string, m notifications.Message) {
	if p.occasion.DryRun {
		known, err := p.outbox.Enqueued(ctx, m.ID)
		p.errs = append(p.errs, err)
		if known {
			p.there++
			return
		}
	}
	p.planned = append(p.planned, Planned{to, m.Content.Plain(), m.Content.Why})
	if p.occasion.DryRun {
		return
	}
	ok, err := p.outbox.Enqueue(ctx, m)
	switch {
	case ok:
		p.added++
	case err == nil:
		p.there++
	}
	p.errs = append(p.errs, err)
}

// says gives what became of the messages in words.
func (p *posting) says() string {
	text := count(p.added, "message") + " put in the outbox"
	if p.occasion.DryRun {
		text = count(len(p.planned), "message") + " would be sent"
	}
	if p.there > 0 {
		text += fmt.Sprintf(", %d made already", p.there)
	}
	return text
}

// named is a person as a plan of messages names them.
func named(p workpackages.Person) string { return p.Name + " <" + p.Email + ">" }
