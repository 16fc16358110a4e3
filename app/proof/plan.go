package main

import (
	"context"
	"fmt"
	"time"

	"readiness/notifications"
	"readiness/schedules"
	"readiness/workpackages"
)

// Plan says which messages are due: at each instant of one job so many people get
// a thread of their own.
type Plan struct {
	First    time.Time // the first instant that is due
	Instants int
	Threads  int    // of each instant, each to another person
	Length   int    // messages of a thread
	Staff    int    // who get one message of the communications plan
	Sending  string // the sending of that, once it has begun
}

const (
	rule  = "proof"
	every = 5 * time.Minute
)

// People is how many get messages.
func (p Plan) People() int { return p.Instants * p.Threads }

// Messages is how many are due.
func (p Plan) Messages() int { return p.People()*p.Length + p.Staff }

// staff is the address of one of the staff, by number from 0.
func staff(n int) string { return fmt.Sprintf("staff.%d@example.gov.uk", n) }

// staffKey is the key of the message to one of the staff.
func (p Plan) staffKey(n int) string {
	return notifications.PlanMessage + "/" + p.Sending + "/" + notifications.ContactID(staff(n))
}

// person is somebody of the plan, by number from 0.
func person(n int) workpackages.Person {
	return workpackages.Person{
		ID: fmt.Sprintf("person-%05d", n), Name: fmt.Sprintf("Person %d", n), Email: fmt.Sprintf("person.%d@example.gov.uk", n),
		Role: workpackages.Viewer, Version: 1, // nobody whom the product's own jobs tell anything
	}
}

// key is the key of a message: to whom, and its place in the thread.
func key(person, place int) string { return fmt.Sprintf("%s/person-%05d/%d", rule, person, place) }

// message is one message of the plan.
func message(n, place, length int, day string) notifications.Message {
	who := person(n)
	return notifications.Message{
		ID: key(n, place), Rule: rule, RecipientID: who.ID, RecipientName: who.Name, Thread: notifications.DayThread(who.ID, day),
		Content: notifications.Content{
			Heading: "Proof", Items: []notifications.Item{{Title: fmt.Sprintf("Message %d of %d", place+1, length)}},
			Why: "You get this because you are part of a proof.",
		},
	}
}

// Enqueue is the outbox, as the job sees it.
type Enqueue func(ctx context.Context, m notifications.Message) (added bool, err error)

// Job enqueues what the plan has for an instant.
func (p Plan) Job(enqueue Enqueue) schedules.Job {
	return schedules.Job{
		Name: rule, Title: "Proof", Description: "Enqueues the messages of a proof.",
		Spec: "*/5 * * * *", Zone: time.UTC, Misfire: schedules.All, Grace: 100 * 24 * time.Hour, Timeout: time.Minute,
		Run: func(ctx context.Context, o schedules.Occasion) (schedules.Outcome, error) {
			n := int(o.Instant.Sub(p.First) / every)
			if n < 0 || n >= p.Instants {
				return schedules.Outcome{Summary: "Nothing is planned"}, nil // it fell due meanwhile
			}
			for t := range p.Threads {
				for place := range p.Length {
					if _, err := enqueue(ctx, message(n*p.Threads+t, place, p.Length, o.Day)); err != nil {
						return schedules.Outcome{}, err
					}
				}
			}
			return schedules.Outcome{Summary: "Put in the outbox"}, nil
		},
	}
}
