package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"readiness/workpackages"
)

// looked waits until the schedules have been looked at for the first time.
func (p *product) looked() map[string]any {
	p.t.Helper()
	var v map[string]any
	p.until("the schedules were looked at", func() bool {
		a := p.api("", "GET", "/readyz", nil)
		if a.Status != http.StatusOK {
			p.t.Fatalf("%d: %s", a.Status, a.Body)
		}
		v = a.json(p.t)
		return v["ticks"].(map[string]any)["last"] != nil && len(v["copies"].([]any)) > 0
	})
	return v
}

func TestReadyzSaysHowTheSchedulesStandAndNamesNoHost(t *testing.T) {
	p := run(t, t.TempDir())
	v := p.looked()
	ticks := v["ticks"].(map[string]any)
	if v["ready"] != true || v["database"] != "answers" || ticks["late"] != false || ticks["last"] != "2026-11-24T08:50:00Z" || len(v["late_jobs"].([]any)) != 0 {
		t.Errorf("it says %v", v)
	}
	one := v["copies"].([]any)[0].(map[string]any)
	if len(v["copies"].([]any)) != 1 || one["tick_at"] != "2026-11-24T08:50:00Z" || one["late"] != false || len(one) != 3 {
		t.Errorf("of copies it says %v", v["copies"])
	}
}

// TestACopyThatNoLongerLooksIsToBeStartedAgain: a look that is late is told, and
// one that is very late is a reason not to be ready.
func TestACopyThatNoLongerLooksIsToBeStartedAgain(t *testing.T) {
	p := run(t, t.TempDir())
	p.looked()
	if err := p.Server.System.Runner.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		on     time.Duration
		status int
		late   bool
		says   string
	}{
		{2 * time.Minute, 200, false, ""},
		{time.Second, 200, true, ""},
		{3*time.Minute - time.Second, 200, true, ""},
		{time.Second, 503, true, "This copy has not looked at the schedules for 5 minutes: start it again"},
	} {
		p.advance(c.on)
		a := p.api("", "GET", "/readyz", nil)
		v := a.json(t)
		if detail, _ := v["detail"].(string); a.Status != c.status || detail != c.says || v["ticks"].(map[string]any)["late"] != c.late || v["ready"] != (c.status == 200) {
			t.Errorf("%s later: %d %s", c.on, a.Status, a.Body)
		}
	}
	if metrics := p.api("", "GET", "/metrics", nil).Body; !strings.Contains(metrics, "\nreadiness_tick_age_seconds 301\n") || !strings.Contains(metrics, "\nreadiness_jobs_late 0\n") {
		t.Error("the metrics do not say so")
	}
	p.advance(21 * time.Minute) // it is past 09:15
	v := p.api("", "GET", "/readyz", nil).json(t)
	late := v["late_jobs"].([]any)
	// The seven rules of nine o'clock, and the follow-ups are let be: they come too often to be missed.
	if len(late) < 7 || late[0].(map[string]any)["instant"] != "2026-11-24T09:00:00Z" {
		t.Errorf("late are %v", late)
	}
	if !strings.Contains(p.api("", "GET", "/metrics", nil).Body, fmt.Sprintf("\nreadiness_jobs_late %d\n", len(late))) {
		t.Error("the metrics do not count it")
	}
	jobs := p.api(workpackages.Viewer, "GET", "/api/v1/jobs", nil).json(t)["jobs"].([]any)
	if first := jobs[0].(map[string]any); first["late"] != true || first["on"] != true || first["rule"] != true {
		t.Errorf("the list of jobs says %v", first)
	}
}
