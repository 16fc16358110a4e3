package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"readiness/workpackages"
)

// BenchmarkDashboard is one person opening the dashboard again and again.
func BenchmarkDashboard(b *testing.B) {
	p := run(b, b.TempDir())
	who, _ := p.person("Director", workpackages.AssistantDirector)
	for b.Loop() {
		if a := who.get("/"); a.Status != http.StatusOK {
			b.Fatal(a.Status)
		}
	}
}

// BenchmarkUpdate is one status update after another on one package.
func BenchmarkUpdate(b *testing.B) {
	p := run(b, b.TempDir())
	version := 1
	for b.Loop() {
		if a := p.update(packageSelf, version, "green"); a.Status != http.StatusCreated {
			b.Fatal(fmt.Sprint(a.Status, a.Body))
		}
		version++
	}
}

// BenchmarkCalendar is a look at the next twelve weeks of twenty people, each of
// whom has something to be reminded of on nearly every day.
func BenchmarkCalendar(b *testing.B) {
	p := run(b, b.TempDir())
	p.work()
	for i := range 20 {
		p.addPerson(fmt.Sprintf("Person %d", i), workpackages.Roles()[i%5])
	}
	who, _ := p.person("Director", workpackages.AssistantDirector)
	for b.Loop() {
		if a := who.get("/calendar"); a.Status != http.StatusOK {
			b.Fatal(a.Status, a.Body)
		}
	}
}
