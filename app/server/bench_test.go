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
