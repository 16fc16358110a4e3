package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"readiness/workpackages"
)

const planAPI = "/api/v1/comms/"

// sender sends JSON as somebody; headers are pairs.
type sender func(method, path string, body map[string]any, headers ...string) answer

func (p *product) as(r workpackages.Role) sender {
	return func(method, path string, body map[string]any, headers ...string) answer {
		p.t.Helper()
		if body == nil {
			return p.api(r, method, path, nil, headers...)
		}
		return p.api(r, method, path, body, headers...)
	}
}

func (b *browser) sends(method, path string, body map[string]any, headers ...string) answer {
	b.p.t.Helper()
	if method == http.MethodGet {
		return b.get(path)
	}
	return b.json(method, path, body, headers...)
}

// planDocument is the part of the document that is about the communications plan, and
// what of it was seen in requests and answers.
type planDocument struct {
	*openapi3.T
	seen     map[*openapi3.Schema]map[string]bool
	answered map[string]bool // methods and paths that went well
}

func planDocumented(t *testing.T, p *product) *planDocument {
	return &planDocument{document(t, p), map[*openapi3.Schema]map[string]bool{}, map[string]bool{}}
}

// operations gives what the document has about the plan, by method and path.
func (d *planDocument) operations() map[string]*openapi3.Operation {
	out := map[string]*openapi3.Operation{}
	for path, item := range d.Paths.Map() {
		for method, o := range item.Operations() {
			if strings.HasPrefix(path, planAPI) {
				out[method+" "+path] = o
			}
		}
	}
	return out
}

func inJSON(c openapi3.Content) *openapi3.Schema {
	if c["application/json"] == nil {
		return nil
	}
	return c["application/json"].Schema.Value
}

// asked gives the schema of a request's body, and told those of the answers that say
// it went well; nil and empty where there is none.
func asked(o *openapi3.Operation) *openapi3.Schema {
	if o.RequestBody == nil {
		return nil
	}
	return inJSON(o.RequestBody.Value.Content)
}

func told(o *openapi3.Operation) []*openapi3.Schema {
	var out []*openapi3.Schema
	for status, r := range o.Responses.Map() {
		if s := inJSON(r.Value.Content); strings.HasPrefix(status, "2") && s != nil {
			out = append(out, s)
		}
	}
	return out
}

// saw takes down which fields of a schema a value has.
func (d *planDocument) saw(s *openapi3.Schema, v any) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			d.saw(s.Items.Value, one)
		}
	case map[string]any:
		if d.seen[s] == nil {
			d.seen[s] = map[string]bool{}
		}
		for name, value := range v {
			if f := s.Properties[name]; f != nil {
				d.seen[s][name] = true
				d.saw(f.Value, value)
			}
		}
	}
}

// unseen gives the fields of a schema that nothing had, as paths.
func (d *planDocument) unseen(s *openapi3.Schema, at string) []string {
	if s.Items != nil {
		return d.unseen(s.Items.Value, at+"[]")
	}
	var out []string
	for name, f := range s.Properties {
		if !d.seen[s][name] {
			out = append(out, at+"."+name)
		}
		out = append(out, d.unseen(f.Value, at+"."+name)...)
	}
	return out
}

// readAs reads JSON, and fails where it is not what a schema of the document says.
func (d *planDocument) readAs(t *testing.T, what string, s *openapi3.Schema, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := s.VisitJSON(v); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	for _, field := range undocumented(s, v, "") {
		t.Errorf("%s: %s is not documented", what, field)
	}
	return v
}

// TestEveryFieldOfThePlanIsHeldToTheDocument takes messages of every kind their whole
// way. A field that the document leaves out fails it, and so does one that is
// documented and that no request or answer here has: nothing would hold that one.
func TestEveryFieldOfThePlanIsHeldToTheDocument(t *testing.T) {
	o := inOffice(t, "http")
	o.toStaff("", leadEmail)
	hold, doc := documented(t, o.product), planDocumented(t, o.product)
	writes, approves, looks := o.as(workpackages.Comms), o.as(workpackages.AssistantDirector), o.as(workpackages.Viewer)
	const messages, one = planAPI + "messages", planAPI + "messages/{id}"
	id := ""
	// step does one step at a version, 0 for none, and holds both of its ends to the document.
	step := func(by sender, method, path string, body map[string]any, version, want int, headers ...string) answer {
		t.Helper()
		if version > 0 {
			headers = append(headers, "If-Match", fmt.Sprintf("%q", fmt.Sprint(version)))
		}
		at, _, _ := strings.Cut(path, "?")
		what, real := method+" "+at, strings.ReplaceAll(path, "{id}", id)
		if at == planAPI+"events/{id}" {
			real = planAPI + "events/inspection_call"
		}
		op := doc.operations()[what]
		if op == nil {
			t.Fatalf("%s is not documented", what)
		}
		a := by(method, real, body, headers...)
		if a.Status != want {
			t.Fatalf("%s at %d: %d, not %d: %s", what, version, a.Status, want, a.Body)
		}
		hold(method, real, a)
		if a.Status >= 300 {
			return a
		}
		doc.answered[what] = true
		if body != nil {
			text, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			doc.saw(asked(op), doc.readAs(t, what+", its request", asked(op), string(text)))
		}
		for _, s := range told(op) {
			doc.saw(s, doc.readAs(t, what, s, a.Body))
		}
		return a
	}
	adds := func(by sender, in map[string]any, headers ...string) answer {
		t.Helper()
		a := step(by, "POST", messages, in, 0, 201, headers...)
		id, _ = a.json(t)["id"].(string)
		if at := a.Header.Get("Location"); id == "" || at != messages+"/"+id || a.Header.Get("ETag") == "" {
			t.Errorf("%q is at %q, with the ETag %q", id, at, a.Header.Get("ETag"))
		}
		return a
	}
	// stands holds the version in force, which a stale write is answered with.
	stands := func(a answer, schema string) map[string]any {
		t.Helper()
		text, err := json.Marshal(a.json(t)["current"])
		if err != nil {
			t.Fatal(err)
		}
		v, _ := doc.readAs(t, "the version in force", doc.Components.Schemas[schema].Value, string(text)).(map[string]any)
		return v
	}

	// By hand, timed from an event.
	letter := map[string]any{
		"title": "What members are told", "objective": "Members hear it from us first", "audience": "members", "phase": "call_day", "channel": "by_hand", "sensitivity": "open",
		"owner": leadEmail, "approver": boss, "heading": "The inspection has begun", "text": "Inspectors will be with us next week. Please send what the press asks you to the press office.",
		"trigger": map[string]any{"kind": "at", "date": "2026-12-01", "time": "09:00"},
	}
	made := adds(writes, letter, "Idempotency-Key", "letter")
	if again := adds(writes, letter, "Idempotency-Key", "letter"); again.Header.Get("Location") != made.Header.Get("Location") {
		t.Error("sent again with its key, it is another message")
	}
	bad := step(writes, "PATCH", one, map[string]any{"phase": "teatime"}, 1, 422)
	bad.wants(t, "an unknown phase", 422, `"field":"phase"`, "call_day")
	step(writes, "POST", messages, map[string]any{"title": "T", "audience": "members", "phase": "teatime", "text": "x"}, 0, 422)
	step(writes, "POST", messages, map[string]any{"title": "T", "audience": "members", "owner": "nobody@example.gov.uk", "text": "x"}, 0, 422)
	none := looks("GET", messages+"/none", nil)
	none.wants(t, "no message of ours", 404)
	hold("GET", messages+"/none", none)
	step(writes, "PATCH", one, map[string]any{"trigger": map[string]any{"kind": "recurring", "days": []any{"monday", "friday"}, "time": "9am"}}, 1, 200).wants(t, "an hour as people write it", 200, `"time":"09:00"`)
	step(writes, "PATCH", one, map[string]any{"trigger": map[string]any{"kind": "recurring", "month": 3, "time": "08:30"}}, 2, 200)
	step(writes, "PATCH", one, map[string]any{"trigger": map[string]any{"kind": "event", "event": "inspection_call", "offset": 1, "time": "09:00"}}, 3, 200)
	if now := stands(step(writes, "PATCH", one, map[string]any{"objective": "To know"}, 3, 412), "PlanMessage"); now["version"] != 4.0 || now["hidden"] != false {
		t.Errorf("the version in force: %v", now)
	}
	step(looks, "GET", messages+"?state=draft&audience=members&phase=call_day", nil, 0, 200)
	step(looks, "GET", messages+"?state=bogus&phase=teatime", nil, 0, 422).wants(t, "no such state or phase", 422, `"field":"state"`, "scheduled", `"field":"phase"`, "call_day")
	step(writes, "POST", one+"/submit", nil, 4, 200)
	step(writes, "POST", one+"/approve", nil, 5, 403).wants(t, "its author", 403, "somebody else has to approve it")
	step(looks, "POST", one+"/approve", nil, 5, 403).wants(t, "a viewer whom it does not name", 403, "Only the person it names")
	step(approves, "POST", one+"/send-back", map[string]any{"remark": "Say when"}, 5, 200)
	step(approves, "POST", one+"/send-back", map[string]any{"remark": "Say when"}, 6, 409)
	step(writes, "POST", one+"/submit", nil, 6, 200)
	step(approves, "POST", one+"/approve", nil, 7, 200)
	step(writes, "POST", one+"/schedule", nil, 8, 200)
	step(writes, "POST", one+"/sent", map[string]any{"on": "2026-11-25", "how": "by e-mail"}, 9, 422)
	step(writes, "POST", one+"/sent", map[string]any{"on": "2026-11-24", "how": "by e-mail", "people": 14}, 9, 200)
	step(writes, "POST", one+"/cancel", nil, 10, 409)
	step(looks, "GET", one+"/accesses", nil, 0, 403)
	step(looks, "GET", one, nil, 0, 200)
	step(looks, "GET", one+"/history", nil, 0, 200)

	// In Slack, with a reminder to those who have not read it.
	adds(writes, map[string]any{"title": "Where we are", "audience": "staff", "text": "Ask the MASH team where to bring what the inspectors want to see."}).wants(t, "with a remark", 201, `"kind":"abbreviation"`)
	step(approves, "POST", one+"/approve", nil, 1, 200)
	step(writes, "POST", one+"/schedule", nil, 2, 200)
	step(writes, "POST", one+"/remind", nil, int(o.untilSent(id).Version), 200).wants(t, "a reminder", 200, `"kind":"reminder"`)
	o.untilSent(id)
	step(looks, "GET", one, nil, 0, 200).wants(t, "its reach", 200, `"reach":{"people":1,`)
	step(looks, "GET", one+"/history", nil, 0, 200) // some of it is the program's doing

	// Not wanted after all.
	adds(writes, map[string]any{"title": "Too much", "audience": "staff", "text": "There is nothing new today."})
	step(writes, "POST", one+"/remind", nil, 1, 409)
	step(writes, "POST", one+"/cancel", nil, 1, 200)

	// Under embargo: read by those it names, and each reading is on record.
	reader := o.signIn(o.writer).sends
	adds(reader, map[string]any{"title": "The draft report", "audience": "members", "phase": "embargo", "channel": "by_hand", "sensitivity": "embargoed",
		"readers": []any{o.second.Email}, "text": "The draft report is here. Please come to the briefing."})
	step(reader, "GET", one, nil, 0, 200).wants(t, "to its reader", 200, `"hidden":false`, "The draft report is here.")
	step(approves, "GET", one, nil, 0, 403).wants(t, "to somebody else", 403, "under embargo")
	read := step(writes, "GET", one+"/accesses", nil, 0, 200)
	read.wants(t, "its readings", 200, `"refused":true`, `"refused":false`, `"name":"Comms One"`, `"how":"API"`)
	// Where no reading is put on record, nobody is given what it says, and that is said.
	for name, by := range map[string]sender{"its reader": reader, "a token": writes} {
		all, _ := step(by, "GET", messages+"?phase=embargo", nil, 0, 200).json(t)["messages"].([]any)
		if len(all) == 0 {
			t.Fatalf("%s is not told that it is there", name)
		}
		found := false
		for _, m := range all {
			m, _ := m.(map[string]any)
			found = found || m["id"] == id
			if m["id"] == id && (m["hidden"] != true || m["text"] != "") {
				t.Errorf("in the plan, to %s: %v", name, m)
			}
		}
		if !found {
			t.Errorf("%s is not told that it is there", name)
		}
	}
	step(reader, "PATCH", one, map[string]any{"objective": "To know"}, 1, 200)
	if now := stands(step(reader, "PATCH", one, map[string]any{"objective": "To hear"}, 1, 412), "PlanMessage"); now["hidden"] != true || now["title"] == "The draft report" {
		t.Errorf("the version in force: %v", now)
	}

	// Audiences and events.
	step(looks, "GET", planAPI+"audiences", nil, 0, 200)
	step(looks, "GET", planAPI+"events", nil, 0, 200)
	set := step(writes, "PUT", planAPI+"events/{id}", map[string]any{"date": "2026-12-07"}, 1, 200)
	if set.Header.Get("ETag") != `"2"` {
		t.Errorf("the ETag of the event is %s", set.Header.Get("ETag"))
	}
	if now := stands(step(writes, "PUT", planAPI+"events/{id}", map[string]any{"date": "2026-12-08"}, 1, 412), "PlanEvent"); now["date"] != "2026-12-07" {
		t.Errorf("the day in force: %v", now)
	}
	step(writes, "PUT", planAPI+"events/{id}", map[string]any{"date": "some day"}, 2, 422).wants(t, "no day of the calendar", 422, `"field":"date"`)
	lunch := writes("PUT", planAPI+"events/lunch", map[string]any{"date": ""}, "If-Match", `"1"`)
	lunch.wants(t, "no event of ours", 404, "no such event")
	hold("PUT", planAPI+"events/lunch", lunch)
	step(writes, "PUT", planAPI+"events/{id}", map[string]any{}, 2, 422).wants(t, "no day at all", 422, `"field":"date"`)
	step(looks, "GET", planAPI+"events", nil, 0, 200).wants(t, "the events", 200, `"date":"2026-12-07"`)

	for what, op := range doc.operations() {
		if !doc.answered[what] {
			t.Errorf("%s is documented, and was not answered here", what)
		}
		var fields []string
		if s := asked(op); s != nil {
			fields = doc.unseen(s, "its request")
		}
		for _, s := range told(op) {
			fields = append(fields, doc.unseen(s, "")...)
		}
		for _, f := range fields {
			t.Errorf("%s: %s is documented, and nothing here had it", what, f)
		}
	}
}

// TestWritesToThePlanSayTheirVersionAsDocumented asks without a version for all that
// is to have one.
func TestWritesToThePlanSayTheirVersionAsDocumented(t *testing.T) {
	p := run(t, t.TempDir())
	hold := documented(t, p)
	for what, op := range planDocumented(t, p).operations() {
		method, path, _ := strings.Cut(what, " ")
		needs := op.Parameters.GetByInAndName("header", "If-Match") != nil
		if creates := what == "POST "+planAPI+"messages"; needs != (method != "GET" && !creates) {
			t.Errorf("%s is documented with If-Match: %v", what, needs)
		}
		if !needs {
			continue
		}
		path = strings.ReplaceAll(path, "{id}", "inspection_call")
		a := p.api(workpackages.AssistantDirector, method, path, map[string]any{})
		a.wants(t, what+" without a version", http.StatusPreconditionRequired, "If-Match")
		hold(method, path, a)
	}
}
