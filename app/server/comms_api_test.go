package server_test

import (
	"net/http"
	"strings"
	"testing"

	"readiness/workpackages"
)

// TestAnswersAboutThePlanAreAsDocumented goes a message's whole way through the API.
func TestAnswersAboutThePlanAreAsDocumented(t *testing.T) {
	o := inOffice(t, "http")
	o.toStaff("", leadEmail)
	hold := documented(t, o.product)
	const base = "/api/v1/comms/messages"
	made := map[string]string{}
	for _, c := range []struct {
		as           workpackages.Role
		method, path string
		body         any
		version      string
		want         int
	}{
		{workpackages.Comms, "POST", base, map[string]any{"title": "T", "audience": "members", "phase": "call_day", "channel": "by_hand", "text": "Where we are.", "owner": leadEmail,
			"trigger": map[string]any{"kind": "recurring", "days": []any{"monday"}, "time": "9am"}}, "", 201},
		{workpackages.Comms, "POST", base, map[string]any{"title": "T", "audience": "members", "phase": "teatime", "text": "x"}, "", 422},
		{workpackages.Comms, "POST", base, map[string]any{"title": "T", "audience": "members", "owner": "nobody@example.gov.uk", "text": "x"}, "", 422},
		{workpackages.Viewer, "GET", base, nil, "", 200},
		{workpackages.Viewer, "GET", base + "?state=draft&audience=members&phase=call_day", nil, "", 200},
		{workpackages.Viewer, "GET", base + "/{id}", nil, "", 200},
		{workpackages.Viewer, "GET", base + "/none", nil, "", 404},
		{workpackages.Comms, "PATCH", base + "/{id}", map[string]any{"objective": "To know"}, "", 428},
		{workpackages.Comms, "PATCH", base + "/{id}", map[string]any{"objective": "To know", "trigger": map[string]any{"kind": "event", "event": "inspection_call", "offset": 1, "time": "09:00"}}, "1", 200},
		{workpackages.Comms, "PATCH", base + "/{id}", map[string]any{"objective": "To know"}, "1", 412},
		{workpackages.Comms, "POST", base + "/{id}/submit", nil, "2", 200},
		{workpackages.Comms, "POST", base + "/{id}/approve", nil, "3", 403},
		{workpackages.AssistantDirector, "POST", base + "/{id}/send-back", map[string]any{"remark": "Say when"}, "3", 200},
		{workpackages.AssistantDirector, "POST", base + "/{id}/send-back", map[string]any{"remark": "Say when"}, "4", 409},
		{workpackages.AssistantDirector, "POST", base + "/{id}/approve", nil, "4", 200},
		{workpackages.Comms, "POST", base + "/{id}/schedule", nil, "5", 200},
		{workpackages.Comms, "POST", base + "/{id}/sent", map[string]any{"on": "2026-11-25", "how": "by e-mail"}, "6", 422},
		{workpackages.Comms, "POST", base + "/{id}/sent", map[string]any{"on": "2026-11-24", "how": "by e-mail", "people": 14}, "6", 200},
		{workpackages.Comms, "POST", base + "/{id}/cancel", nil, "7", 409},
		{workpackages.Viewer, "GET", base + "/{id}/history", nil, "", 200},
		{workpackages.Comms, "GET", base + "/{id}/accesses", nil, "", 200},
		{workpackages.Viewer, "GET", base + "/{id}/accesses", nil, "", 403},
		// One that goes in Slack.
		{workpackages.Comms, "POST", base, map[string]any{"title": "S", "audience": "staff", "text": "Ask the MASH team.", "approver": boss}, "", 201},
		{workpackages.AssistantDirector, "POST", base + "/{id}/approve", nil, "1", 200},
		{workpackages.Comms, "POST", base + "/{id}/schedule", nil, "2", 200},
		{workpackages.Viewer, "GET", base + "/{id}", nil, "", 200},
		// One that is not wanted.
		{workpackages.Comms, "POST", base, map[string]any{"title": "N", "audience": "staff", "text": "x"}, "", 201},
		{workpackages.Comms, "POST", base + "/{id}/remind", nil, "1", 409},
		{workpackages.Comms, "POST", base + "/{id}/cancel", nil, "1", 200},
		{workpackages.Viewer, "GET", "/api/v1/comms/audiences", nil, "", 200},
		{workpackages.Viewer, "GET", "/api/v1/comms/events", nil, "", 200},
		{workpackages.Comms, "PUT", "/api/v1/comms/events/inspection_call", map[string]any{"date": "2026-12-07"}, "1", 200},
		{workpackages.Comms, "PUT", "/api/v1/comms/events/inspection_call", map[string]any{"date": "2026-12-08"}, "1", 412},
		{workpackages.Comms, "PUT", "/api/v1/comms/events/publication", map[string]any{"date": "some day"}, "1", 422},
		{workpackages.Comms, "PUT", "/api/v1/comms/events/lunch", map[string]any{"date": ""}, "1", 404},
	} {
		path := strings.ReplaceAll(c.path, "{id}", made["id"])
		var headers []string
		if c.version != "" {
			headers = []string{"If-Match", `"` + c.version + `"`}
		}
		a := o.api(c.as, c.method, path, c.body, headers...)
		if a.Status != c.want {
			t.Errorf("%s %s as %s: %d, not %d: %s", c.method, c.path, c.as, a.Status, c.want, a.Body)
			continue
		}
		hold(c.method, path, a)
		if a.Status == http.StatusCreated {
			made["id"] = a.json(t)["id"].(string)
		}
	}
}
