package server_test

import (
	"readiness/notifications/comms"
	"readiness/workpackages"
)

// untilSent lets a message of the plan go until nothing of it is left in the outbox.
func (p *product) untilSent(id string) comms.Message {
	p.t.Helper()
	var m comms.Message
	p.until("message "+id+" is all sent", func() bool {
		if err := p.Server.System.Comms.Work(background()); err != nil {
			p.t.Fatal(err)
		}
		p.deliver()
		var err error
		if m, err = p.Server.System.Comms.Message(background(), workpackages.System(), id, "test"); err != nil {
			p.t.Fatal(err)
		}
		return m.State == comms.Sent
	})
	return m
}
