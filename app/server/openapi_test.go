package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"

	"readiness/workpackages"
)

func document(t *testing.T, p *product) *openapi3.T {
	t.Helper()
	text := p.api("", "GET", "/api/v1/openapi.yaml", nil)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text.Body))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestTheDocumentAndTheRoutesAreTheSame compares them both ways.
func TestTheDocumentAndTheRoutesAreTheSame(t *testing.T) {
	p := run(t, t.TempDir())
	documented := map[string]bool{}
	for path, item := range document(t, p).Paths.Map() {
		for method := range item.Operations() {
			documented[method+" "+strings.NewReplacer("{", ":", "}", "").Replace(path)] = true
		}
	}
	for _, r := range p.Server.Web().Access() {
		key := r.Method + " " + r.Path
		machine := strings.HasPrefix(r.Path, "/api/") || r.Path == "/livez" || r.Path == "/readyz" || r.Path == "/metrics"
		if machine && !documented[key] {
			t.Errorf("%s is answered and not documented", key)
		}
		delete(documented, key)
	}
	for key := range documented {
		t.Errorf("%s is documented and not answered", key)
	}
}

// undocumented gives the fields of an answer that its schema does not name, as paths.
func undocumented(s *openapi3.Schema, v any, at string) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			if s.Items != nil {
				out = append(out, undocumented(s.Items.Value, one, at+"[]")...)
			}
		}
	case map[string]any:
		fields := fieldsOf(s)
		for name, value := range v {
			switch field := fields[name]; {
			case field != nil:
				out = append(out, undocumented(field.Value, value, at+"."+name)...)
			case s.AdditionalProperties.Schema == nil && (s.AdditionalProperties.Has == nil || !*s.AdditionalProperties.Has):
				out = append(out, at+"."+name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fieldsOf gives a schema's own properties and those of the schemas it is made of.
func fieldsOf(s *openapi3.Schema) openapi3.Schemas {
	out := openapi3.Schemas{}
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		maps.Copy(out, fieldsOf(part.Value))
	}
	maps.Copy(out, s.Properties)
	return out
}

// documented gives what holds an answer to the document, both ways.
func documented(t *testing.T, p *product) func(method, path string, a answer) {
	t.Helper()
	router, err := legacy.NewRouter(document(t, p))
	if err != nil {
		t.Fatal(err)
	}
	openapi3.DefineStringFormatValidator("date-time", openapi3.NewRegexpFormatValidator(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`))
	return func(method, path string, a answer) {
		t.Helper()
		req, err := http.NewRequest(method, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		route, params, err := router.FindRoute(req)
		if err != nil {
			t.Errorf("%s %s: %v", method, path, err)
			return
		}
		in := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
			Status:                 a.Status, Header: a.Header,
			Options: &openapi3filter.Options{IncludeResponseStatus: true},
		}
		in.SetBodyBytes([]byte(a.Body))
		if err := openapi3filter.ValidateResponse(t.Context(), in); err != nil {
			t.Errorf("%s %s: %v", method, path, err)
		}
		body := route.Operation.Responses.Status(a.Status)
		if body == nil || body.Value.Content["application/json"] == nil {
			return
		}
		var v any
		if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
			t.Fatal(err)
		}
		for _, field := range undocumented(body.Value.Content["application/json"].Schema.Value, v, "") {
			t.Errorf("%s %s: %s is answered and not documented", method, path, field)
		}
	}
}

// TestAnswersAreAsDocumented checks real answers against the document.
func TestAnswersAreAsDocumented(t *testing.T) {
	p := checked(t, gives(faulty()))
	p.person("Lead One", workpackages.Lead)
	made := p.sent(workpackages.Analyst, part{"as_of", "", "2026-11-23"}, part{"file", "a.csv", someList})
	check, ok := made.json(t)["id"].(string)
	if !ok {
		t.Fatal(made.Body)
	}
	hold := documented(t, p)
	one := "/api/v1/workpackages/" + packageSelf
	for _, c := range []struct {
		method, path string
		body         any
		version      string
		want         int
	}{
		{"GET", "/livez", nil, "", 200},
		{"GET", "/readyz", nil, "", 200},
		{"GET", "/metrics", nil, "", 200},
		{"GET", "/api/v1/groups", nil, "", 200},
		{"GET", "/api/v1/people", nil, "", 200},
		{"GET", "/api/v1/readiness", nil, "", 200},
		{"GET", "/api/v1/workpackages", nil, "", 200},
		{"GET", one, nil, "", 200},
		{"POST", one + "/updates", map[string]any{"status": "amber", "narrative": "n", "percent": 10, "recovery_plan": "p", "recovery_date": "2026-12-24"}, "1", 201},
		{"POST", one + "/updates", map[string]any{"status": "green", "narrative": "n"}, "1", 412},
		{"POST", one + "/updates", map[string]any{"status": "amber", "narrative": "n"}, "2", 422},
		{"POST", one + "/milestones", map[string]any{"title": "m", "due": "2026-12-24"}, "2", 201},
		{"POST", one + "/actions", map[string]any{"title": "a", "owner": "lead.one@example.gov.uk", "due": "2026-12-24"}, "3", 201},
		{"POST", one + "/evidence", map[string]any{"title": "e", "location": "l"}, "4", 201},
		{"PATCH", one, map[string]any{"title": "New name", "owner": "lead.one@example.gov.uk"}, "5", 200},
		{"GET", one, nil, "", 200},
		{"GET", one + "/history", nil, "", 200},
		{"GET", "/api/v1/workpackages/none", nil, "", 404},
		{"POST", "/api/v1/jobs/status-update-due/run", map[string]any{"dry_run": true, "at": "2027-01-20T09:00:00Z"}, "", 200},
		{"POST", "/api/v1/jobs/status-update-due/run", map[string]any{}, "", 200},
		{"POST", "/api/v1/jobs/none/run", map[string]any{}, "", 404},
		{"GET", "/api/v1/rules", nil, "", 200},
		{"GET", "/api/v1/rules/milestone-overdue", nil, "", 200},
		{"PATCH", "/api/v1/rules/milestone-overdue", map[string]any{"time": "8.30", "chair_after": 2}, "1", 200},
		{"PATCH", "/api/v1/rules/milestone-overdue", map[string]any{"on": false}, "1", 412},
		{"PATCH", "/api/v1/rules/milestone-due-today", map[string]any{"soon": 3}, "1", 422},
		{"GET", "/api/v1/rules/none", nil, "", 404},
		{"GET", "/api/v1/closed-days", nil, "", 200},
		{"PUT", "/api/v1/closed-days", map[string]any{"periods": []any{map[string]any{"from": "2026-12-29", "to": "31/12/2026", "name": "Christmas"}}}, "1", 200},
		{"PUT", "/api/v1/closed-days", map[string]any{"periods": []any{}}, "1", 412},
		{"PUT", "/api/v1/closed-days", map[string]any{}, "2", 422},
		{"POST", "/api/v1/groups/" + groupOfsted + "/meetings", map[string]any{"date": "2027-06-01", "time": "14:00", "place": "Room 2"}, "1", 201},
		{"POST", "/api/v1/groups/" + groupOfsted + "/meetings", map[string]any{"date": "2027-06-02"}, "1", 412},
		{"DELETE", "/api/v1/groups/" + groupOfsted + "/meetings/none", nil, "2", 404},
		{"GET", "/api/v1/groups", nil, "", 200},
		{"GET", "/api/v1/jobs", nil, "", 200},
		{"GET", "/api/v1/jobs/runs", nil, "", 200},
		{"GET", "/api/v1/jobs/runs?job=status-update-due&limit=1", nil, "", 200},
		{"GET", "/api/v1/calendar", nil, "", 200},
		{"GET", "/api/v1/calendar?weeks=2&off=true", nil, "", 200},
		{"GET", "/api/v1/calendar?weeks=27", nil, "", 422},
		{"GET", "/api/v1/notifications", nil, "", 200},
		{"GET", "/api/v1/annexa/rules", nil, "", 200},
		{"GET", "/api/v1/annexa/checks", nil, "", 200},
		{"GET", "/api/v1/annexa/checks/" + check, nil, "", 200},
		{"GET", "/api/v1/annexa/checks/" + check + "?share=true", nil, "", 200},
		{"GET", "/api/v1/annexa/checks/none", nil, "", 404},
		{"POST", "/api/v1/workpackages/" + packageData + "/issues", map[string]any{
			"check": check, "cause": "S04/8/Ethnicity", "class": "extract_logic", "owner": "lead.one@example.gov.uk", "fix": "f", "retest": "2027-12-24"}, "1", 201},
		{"POST", "/api/v1/workpackages/" + packageData + "/issues", map[string]any{"check": check, "cause": "S04/8/Ethnicity"}, "1", 412},
		{"GET", "/api/v1/workpackages/" + packageData, nil, "", 200},
		{"GET", "/api/v1/workpackages/" + packageData + "/history", nil, "", 200},
	} {
		if strings.HasSuffix(c.path, "/run") && c.want == 200 {
			p.advance(28 * 24 * 3600e9) // something is stale by then, on a working day, so that messages are made
		}
		var headers []string
		if c.version != "" {
			headers = []string{"If-Match", `"` + c.version + `"`}
		}
		a := p.api(workpackages.AssistantDirector, c.method, c.path, c.body, headers...)
		if a.Status != c.want {
			t.Errorf("%s %s: %d, not %d: %s", c.method, c.path, a.Status, c.want, a.Body)
			continue
		}
		hold(c.method, c.path, a)
	}
	n := p.api(workpackages.Viewer, "GET", "/api/v1/notifications", nil).json(t)["notifications"].([]any)
	if len(n) == 0 {
		t.Error("no message was made, so none was checked")
	}
}
