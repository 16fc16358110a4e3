package schedules

import (
	"context"
	"fmt"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// posting puts the messages of one run in the outbox; in a dry run it only says
// what they would be.
type posting struct {
	deps         Deps
	occasion     Occasion
	planned      []Planned
	added, there int // put in the outbox now, and made before
	errs         []error
}

func (d Deps) posting(o Occasion) *posting { return &posting{deps: d, occasion: o} }

// opens gives when a recipient may next be disturbed, from now or, for a run that
// is still to come, from then.
func (p *posting) opens(ctx context.Context, recipientID string) (time.Time, error) {
	at := p.deps.Now()
	if p.occasion.Instant.After(at) {
		at = p.occasion.Instant
	}
	if p.deps.Desk == nil {
		return at, nil
	}
	w, err := p.deps.Desk.Window(ctx, recipientID)
	return w.Next(at), err
}

// message gives a message that was made before, or NotFound. In a simulation that
// may have been by an earlier turn of it.
func (p *posting) message(ctx context.Context, id string) (notifications.Message, error) {
	sim := p.occasion.sim
	if sim == nil {
		return p.deps.Outbox.Message(ctx, id)
	}
	if m, ok := sim.made[id]; ok {
		return m, nil
	}
	if sim.lastMade < workpackages.DateOf(p.occasion.Instant, p.deps.Zone) {
		return notifications.Message{}, errNotMade // a look at each key of a quarter takes most of a second
	}
	f, ok := sim.known[id]
	if !ok {
		f.message, f.err = p.deps.Outbox.Message(ctx, id)
		sim.known[id] = f
	}
	return f.message, f.err
}

var errNotMade = workpackages.Errorf(workpackages.NotFound, "No such message was made")

// put takes one message, for a recipient as a person reads it.
func (p *posting) put(ctx context.Context, to string, m notifications.Message) {
	opens, err := p.opens(ctx, m.RecipientID)
	if err != nil {
		p.errs = append(p.errs, err)
		return
	}
	if m.Rule != notifications.Reminders {
		// It belongs to the day on which it is read.
		m.Thread = notifications.DayThread(m.RecipientID, string(workpackages.DateOf(opens, p.deps.Zone)))
	}
	if p.occasion.DryRun {
		switch _, err := p.message(ctx, m.ID); {
		case err == nil:
			p.there++
			return
		case workpackages.KindOf(err) != workpackages.NotFound:
			p.errs = append(p.errs, err)
		}
	}
	if p.occasion.sim != nil {
		p.occasion.sim.made[m.ID] = m
	}
	p.planned = append(p.planned, Planned{Recipient: to, Text: m.Content.Plain(), Why: m.Content.Why, Key: m.ID, InPlace: m.Op == notifications.Edit, at: opens})
	if p.occasion.DryRun {
		return
	}
	ok, err := p.deps.Outbox.Enqueue(ctx, m)
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
	text := phrase.Count(p.added, "message") + " put in the outbox"
	if p.occasion.DryRun {
		text = phrase.Count(len(p.planned), "message") + " would be sent"
	}
	if p.there > 0 {
		text += fmt.Sprintf(", %d made already", p.there)
	}
	return text
}

// named is a person as a plan of messages names them.
func named(p workpackages.Person) string { return p.Name + " <" + p.Email + ">" }
