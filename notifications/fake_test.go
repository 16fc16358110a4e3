package notifications_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// outbox is a Store in memory; the real one has its own tests.
type outbox struct {
	mu     sync.Mutex
	all    []notifications.Message
	claims map[string]notifications.Claim
	due    []notifications.Due
	hold   time.Time
	fail   error // what SaveMessage gives, once
}

func (o *outbox) AddMessage(_ context.Context, m notifications.Message) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if slices.ContainsFunc(o.all, func(x notifications.Message) bool { return x.ID == m.ID }) {
		return false, nil
	}
	o.all = append(o.all, m)
	return true, nil
}

func (o *outbox) SaveMessage(_ context.Context, m notifications.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.fail; err != nil && m.State != notifications.Sending {
		o.fail = nil
		return err
	}
	for i, x := range o.all {
		if x.ID == m.ID && x.Version == m.Version-1 {
			o.all[i] = m
			return nil
		}
	}
	return workpackages.Errorf(workpackages.Stale, "somebody was first")
}

func (o *outbox) Message(_ context.Context, id string) (notifications.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.all {
		if m.ID == id {
			return m, nil
		}
	}
	return notifications.Message{}, workpackages.Errorf(workpackages.NotFound, "no such message")
}

func (o *outbox) Messages(_ context.Context, f notifications.Filter) ([]notifications.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []notifications.Message
	for _, m := range o.all {
		if (f.State == "" || m.State == f.State) && (f.Recipient == "" || m.RecipientID == f.Recipient) && !m.CreatedAt.Before(f.Since) {
			out = append(out, m)
		}
	}
	return out, nil
}

func (o *outbox) Claim(_ context.Context, c notifications.Claim) (notifications.Claim, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if was, ok := o.claims[c.ID]; ok {
		return was, nil
	}
	if o.claims == nil {
		o.claims = map[string]notifications.Claim{}
	}
	o.claims[c.ID] = c
	return c, nil
}

func (o *outbox) ClaimOf(_ context.Context, id string) (notifications.Claim, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c, ok := o.claims[id]; ok {
		return c, nil
	}
	return notifications.Claim{}, workpackages.Errorf(workpackages.NotFound, "no such claim")
}

func (o *outbox) AddDue(_ context.Context, d notifications.Due) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.ContainsFunc(o.due, func(x notifications.Due) bool { return x.ID == d.ID }) {
		o.due = append(o.due, d)
	}
	return nil
}

func (o *outbox) PutOff(_ context.Context, id string, until time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, d := range o.due {
		if d.ID == id {
			o.due[i].NotBefore = until
		}
	}
	return nil
}

func (o *outbox) DropDue(_ context.Context, id string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.due = slices.DeleteFunc(o.due, func(d notifications.Due) bool { return d.ID == id })
	return nil
}

func (o *outbox) DueNow(_ context.Context, now time.Time, limit int) ([]notifications.Due, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []notifications.Due
	for _, d := range o.due {
		if !d.NotBefore.After(now) && (limit == 0 || len(out) < limit) {
			out = append(out, d)
		}
	}
	return out, nil
}

func (o *outbox) Hold(context.Context) (time.Time, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.hold, nil
}

func (o *outbox) SetHold(_ context.Context, until time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hold = until
	return nil
}

func (o *outbox) Tidy(context.Context, time.Time, time.Time, time.Time) error { return nil }

func (o *outbox) Waiting(_ context.Context, under string) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, d := range o.due {
		if strings.HasPrefix(d.ID, under) {
			n++
		}
	}
	return n, nil
}

// people knows everybody, as told.
type people struct {
	disabled bool
	err      error
}

func (p *people) Person(_ context.Context, id string) (workpackages.Person, error) {
	return workpackages.Person{ID: id, Name: "Lead One", Email: "lead@example.gov.uk", Disabled: p.disabled}, p.err
}

// post is a Sender: each call takes the next of its answers.
type post struct {
	mu     sync.Mutex
	send   []error
	find   []error
	edit   []error
	panics bool
	slow   func()   // what a send takes
	posted []string // keys, each time they are posted
	to     notifications.Recipient
	below  []string // the ThreadTS of each
	edits  []string // what each edit made a message say
	sought string   // the ThreadTS that Find was given
	asked  int
	lost   bool // what is posted with an error that leaves it open got there
}

func next(errs *[]error) error {
	if len(*errs) == 0 {
		return nil
	}
	err := (*errs)[0]
	*errs = (*errs)[1:]
	return err
}

func (p *post) Send(_ context.Context, to notifications.Recipient, m notifications.Message) (notifications.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.panics {
		p.panics = false
		panic("boom")
	}
	if p.slow != nil {
		p.slow()
	}
	p.to = to
	err := next(&p.send)
	var unknown *notifications.Unknown
	if err == nil || errors.As(err, &unknown) && p.lost {
		p.posted = append(p.posted, m.ID)
		p.below = append(p.below, m.ThreadTS)
	}
	return notifications.Receipt{Channel: "D1", Timestamp: fmt.Sprintf("1.%d", max(len(p.posted), 1))}, err
}

func (p *post) Edit(_ context.Context, _ notifications.Recipient, at notifications.Receipt, m notifications.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := next(&p.edit)
	if err == nil {
		p.edits = append(p.edits, at.Timestamp+" "+m.Content.Heading)
	}
	return err
}

func (p *post) Find(_ context.Context, _ notifications.Recipient, m notifications.Message) (notifications.Receipt, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	p.sought = m.ThreadTS
	if err := next(&p.find); err != nil {
		return notifications.Receipt{}, false, err
	}
	return notifications.Receipt{Channel: "D1", Timestamp: "1.1"}, slices.Contains(p.posted, m.ID), nil
}

// office is a Service with everything around it in the test's hands.
type office struct {
	*notifications.Service
	t      *testing.T
	box    *outbox
	people *people
	post   *post
	log    *bytes.Buffer
	mu     sync.Mutex
	at     time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, box: &outbox{}, people: &people{}, post: &post{}, log: &bytes.Buffer{}, at: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	o.Service = &notifications.Service{Store: o.box, People: o.people, Sender: o.post, Now: o.clock, Log: slog.New(slog.NewTextHandler(o.log, nil))}
	return o
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

func (o *office) wait(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = o.at.Add(d)
}

func (o *office) enqueue(recipient string) bool {
	o.t.Helper()
	added, err := o.Enqueue(o.t.Context(), letter(recipient))
	if err != nil {
		o.t.Fatal(err)
	}
	return added
}

func letter(recipient string) notifications.Message {
	return notifications.Message{
		ID: notifications.Key("rule", "", recipient, "2026-11-24"), Rule: "rule", RecipientID: recipient, RecipientName: "Lead One",
		Content: notifications.Content{Heading: "Heading", Items: []notifications.Item{{Title: "Package", Detail: "detail"}}, Why: "Because."},
	}
}

// deliver tries what is due, and gives the first message.
func (o *office) deliver() notifications.Message {
	o.t.Helper()
	if _, err := o.Deliver(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	o.box.mu.Lock()
	defer o.box.mu.Unlock()
	return o.box.all[0]
}
