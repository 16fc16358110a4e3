package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"readiness/notifications"
	"readiness/workpackages"
)

// ledgerLimit is how many messages a page of the send ledger has, and apiLimit how
// many an answer of the API has unless it is asked for another number.
const (
	ledgerLimit = 50
	apiLimit    = 200
)

// stateTag is the state of a message as word and colour: never a colour alone.
type stateTag struct{ Word, Class string }

// newStateTag words a state; an edit that failed has harmed nobody.
func newStateTag(m notifications.Message) stateTag {
	edit := m.Op == notifications.Edit
	switch {
	case m.State == notifications.Sent && edit:
		return stateTag{"Changed", "app-tag--green"}
	case m.State == notifications.Sent:
		return stateTag{"Sent", "app-tag--green"}
	case m.State == notifications.Dead && edit:
		return stateTag{"Could not be changed", "app-tag--not-started"}
	case m.State == notifications.Dead:
		return stateTag{"Could not be sent", "app-tag--red"}
	case m.State == notifications.NotSent && strings.HasPrefix(m.Detail, notNeeded):
		return stateTag{"Not needed", "app-tag--paused"}
	case m.State == notifications.NotSent:
		return stateTag{"Not sent", "app-tag--paused"}
	case m.State == notifications.Uncertain:
		return stateTag{"Being checked with Slack", "app-tag--amber"}
	case m.State == notifications.Sending:
		return stateTag{"Being sent", "app-tag--not-started"}
	}
	return stateTag{"Waiting", "app-tag--not-started"}
}

// How the ledger's details begin that only say again what the tag says.
const (
	notSent   = "Not sent: "
	notNeeded = "Not needed: "
)

// messageView is one message of the send ledger.
type messageView struct {
	notifications.Message
	About  string
	Edit   bool
	Tag    stateTag
	Says   string // what became of it and what to do
	Bad    bool   // somebody should look at it
	When   string // when it was sent; until then, made
	Tries  []tryView
	Lost   int // tries made that are not listed
	URL    string
	Target string // of an edit: the page of the message that was changed
}

// tryView is one try to send a message.
type tryView struct {
	At            time.Time
	Words, Detail string
}

// newMessageView words a message; query is what its page's address carries along.
func (s *Server) newMessageView(m notifications.Message, query url.Values) messageView {
	v := messageView{
		Message: m, About: m.About(), Edit: m.Op == notifications.Edit, Tag: newStateTag(m), Says: s.says(m),
		When: s.toldAt("made", m.CreatedAt), URL: messageURL(m.ID, query), Lost: max(m.Attempts-len(m.Tries), 0),
	}
	v.Bad = m.State == notifications.Dead && !v.Edit
	if v.Edit && m.Target != "" {
		v.Target = messageURL(m.Target, query)
	}
	if !m.SentAt.IsZero() {
		v.When = s.toldAt("", m.SentAt)
	}
	for _, t := range m.Tries {
		v.Tries = append(v.Tries, tryView{t.At, tryWords(t.Outcome, v.Edit), t.Detail})
	}
	return v
}

// toldAt words an instant in the council's time, with what it was.
func (s *Server) toldAt(what string, t time.Time) string {
	return strings.TrimSpace(what + " " + t.In(s.Zone).Format("2 January 2006 at 15:04"))
}

// says is what became of a message and what to do about it, beside its tag.
func (s *Server) says(m notifications.Message) string {
	text := m.Detail
	for _, known := range []string{notSent, notNeeded} {
		if rest, ok := strings.CutPrefix(text, known); ok && m.State.Ended() {
			text = sentenceCase(rest)
		}
	}
	if m.State != notifications.Pending || !m.NotBefore.After(s.Now()) {
		return text
	}
	if m.Attempts == 0 || text == "" {
		return s.toldAt("It goes at the first moment that its reader may be disturbed:", m.NotBefore)
	}
	return text + s.toldAt(". The next try is on", m.NotBefore)
}

// tryWords gives how a try ended in words.
func tryWords(outcome string, edit bool) string {
	switch outcome {
	case "sent":
		if edit {
			return "Changed"
		}
		return "Sent"
	case "found":
		return "Found in Slack: an earlier try had sent it"
	case "refused":
		return "Refused"
	case "again":
		return "Put off"
	case "unknown":
		return "No answer: it may have been sent"
	case "needless":
		return "Not needed any more"
	}
	return sentenceCase(outcome)
}

func messageURL(key string, query url.Values) string {
	q := url.Values{"key": {key}}
	for name, v := range query {
		q[name] = v
	}
	return "/messages/one?" + q.Encode()
}

// ledgerState is a state that the ledger is filtered by: as an option, and within
// a sentence.
type ledgerState struct{ value, text, within string }

var ledgerStates = []ledgerState{
	{"dead", "Could not be sent", "that could not be sent"},
	{"open", "Waiting", "that wait"},
	{"sent", "Sent", "that were sent"},
	{"not_sent", "Not sent", "that were not sent"},
}

// ledgerQuery is what the address of the ledger asks for, as it was typed.
type ledgerQuery struct {
	State, Rule, Person, From, To string
	Until                         string // of a later page: made before this instant
}

func ledgerQueryOf(c *fiber.Ctx) ledgerQuery {
	text := func(name string) string { return strings.TrimSpace(c.Query(name)) }
	return ledgerQuery{text("state"), text("rule"), text("person"), text("from"), text("to"), text("until")}
}

// values gives the query as part of an address.
func (q ledgerQuery) values() url.Values {
	v := url.Values{}
	for name, text := range map[string]string{"state": q.State, "rule": q.Rule, "person": q.Person, "from": q.From, "to": q.To, "until": q.Until} {
		if text != "" {
			v.Set(name, text)
		}
	}
	return v
}

// address of the ledger, or of what else takes the same query.
func (q ledgerQuery) address(path string) string {
	if v := q.values(); len(v) > 0 {
		return path + "?" + v.Encode()
	}
	return path
}

// filtered reports whether it asks for less than everything.
func (q ledgerQuery) filtered() bool {
	q.Until = ""
	return q != ledgerQuery{}
}

// filter reads the query; its errors are those of fields.
func (s *Server) filter(q ledgerQuery) (notifications.Filter, error) {
	f := notifications.Filter{Rule: q.Rule, Recipient: q.Person}
	var bad []workpackages.FieldError
	switch {
	case q.State == "open":
		f.Open = true
	case q.State != "" && !slices.ContainsFunc(ledgerStates, func(st ledgerState) bool { return st.value == q.State }):
		bad = append(bad, workpackages.FieldError{Field: "state", Message: "Choose a state from the list"})
	default:
		f.State = notifications.State(q.State)
	}
	day := func(name, text string, to *time.Time, more int) {
		if text == "" {
			return
		}
		d, err := workpackages.ParseDate(text)
		if err != nil {
			bad = append(bad, workpackages.FieldError{Field: name, Message: "Enter a date such as 24/11/2026"})
			return
		}
		t := d.Time()
		*to = time.Date(t.Year(), t.Month(), t.Day()+more, 0, 0, 0, 0, s.Zone)
	}
	day("from", q.From, &f.Since, 0)
	day("to", q.To, &f.Until, 1)
	if !f.Since.IsZero() && !f.Until.IsZero() && !f.Since.Before(f.Until) {
		bad = append(bad, workpackages.FieldError{Field: "to", Message: "Enter a day that is not before the first"})
	}
	if q.Until != "" {
		t, err := time.Parse(time.RFC3339Nano, q.Until)
		if err != nil {
			bad = append(bad, workpackages.FieldError{Field: "until", Message: "This link is damaged: start again from the newest messages"})
		} else if f.Until.IsZero() || t.Before(f.Until) {
			f.Until = t
		}
	}
	if len(bad) > 0 {
		return f, &workpackages.Error{Kind: workpackages.Invalid, Message: "There is a problem with what you entered", Fields: bad}
	}
	return f, nil
}

// ledgerPage gives the newest n messages of a filter, and before when the rest were
// made; zero where there is no rest. Messages of one instant are not parted, so that
// an instant is enough to go on from.
func ledgerPage(ctx context.Context, l Ledger, f notifications.Filter, n int) ([]notifications.Message, time.Time, error) {
	f.Limit = n + 1
	all, err := l.Messages(ctx, f)
	if err != nil || len(all) <= n {
		return all, time.Time{}, err
	}
	rest := all[n].CreatedAt
	shown := slices.IndexFunc(all, func(m notifications.Message) bool { return m.CreatedAt.Equal(rest) })
	if shown > 0 {
		return all[:shown], all[shown-1].CreatedAt, nil
	}
	// More than a page was made in one instant.
	f.Since, f.Until, f.Limit = rest, rest.Add(time.Millisecond), 0
	all, err = l.Messages(ctx, f)
	return all, rest, err
}

// ledgerView is the page of the send ledger.
type ledgerView struct {
	Messages []messageView
	Query    ledgerQuery
	Fields   []field
	Filtered bool
	Words    string // what is shown, where that is not everything
	SlackOn  bool
	Director bool   // may look at the connection
	Newest   string // link back to the first page; empty on it
	Older    string // link to the next; empty on the last
	CSV      string // empty for those who may not have it
}

func (s *Server) messagesPage(c *fiber.Ctx) error {
	q := ledgerQueryOf(c)
	people, err := s.Packages.People.People(c.UserContext())
	if err != nil {
		return err
	}
	v := ledgerView{Query: q, Fields: ledgerFields(q, people, nil, s.today()), Filtered: q.filtered(), SlackOn: s.Slack.Ask != nil, Director: actorOf(c).Role == workpackages.AssistantDirector}
	f, err := s.filter(q)
	var invalid *workpackages.Error
	if errors.As(err, &invalid) {
		return s.render(c, statusOf(invalid.Kind), "messages", page{Title: "Messages", Errors: mark(v.Fields, invalid.Fields), Data: v})
	}
	shown, rest, err := ledgerPage(c.UserContext(), s.Ledger, f, ledgerLimit)
	if err != nil {
		return err
	}
	for _, m := range shown {
		v.Messages = append(v.Messages, s.newMessageView(m, q.values()))
	}
	v.Fields = ledgerFields(q, people, shown, s.today())
	v.Words = ledgerWords(q, v.Fields)
	if q.Until != "" {
		newest := q
		newest.Until = ""
		v.Newest = newest.address("/messages")
	}
	if !rest.IsZero() {
		older := q
		older.Until = rest.UTC().Format(time.RFC3339Nano)
		v.Older = older.address("/messages")
	}
	if actorOf(c).Role == workpackages.AssistantDirector {
		whole := q
		whole.Until = ""
		v.CSV = whole.address("/messages.csv")
	}
	return s.render(c, http.StatusOK, "messages", page{Title: "Messages", Data: v})
}

// ledgerFields are the questions of the ledger's filter. Channels are offered as far
// as the page shows messages to them: nothing lists them.
func ledgerFields(q ledgerQuery, people []workpackages.Person, shown []notifications.Message, today workpackages.Date) []field {
	state := field{Kind: "select", Name: "state", Label: "State", Options: []option{{Text: "Any", Chosen: q.State == ""}}}
	for _, st := range ledgerStates {
		state.Options = append(state.Options, option{Value: st.value, Text: st.text, Chosen: st.value == q.State})
	}
	rule := field{Kind: "select", Name: "rule", Label: "About", Options: []option{{Text: "Anything", Chosen: q.Rule == ""}}}
	for _, r := range notifications.RuleNames() {
		rule.Options = append(rule.Options, option{Value: r.ID, Text: r.Words, Chosen: r.ID == q.Rule})
	}
	if q.Rule != "" && !slices.ContainsFunc(rule.Options, func(o option) bool { return o.Chosen }) {
		rule.Options = append(rule.Options, option{Value: q.Rule, Text: notifications.RuleWords(q.Rule), Chosen: true})
	}
	to := field{Kind: "select", Name: "person", Label: "To", Options: []option{{Text: "Anybody", Chosen: q.Person == ""}}}
	offer := func(id, name string) {
		if !slices.ContainsFunc(to.Options, func(o option) bool { return o.Value == id }) {
			to.Options = append(to.Options, option{Value: id, Text: name, Chosen: id == q.Person})
		}
	}
	for _, p := range people {
		offer(p.ID, p.Name)
	}
	for _, m := range shown {
		offer(m.RecipientID, m.RecipientName)
	}
	if q.Person != "" {
		offer(q.Person, "Somebody who is not known here")
	}
	day := func(text string) string {
		if d, err := workpackages.ParseDate(text); err == nil {
			return d.Time().Format("2/1/2006")
		}
		return text
	}
	return []field{
		state, rule, to,
		{Kind: "text", Name: "from", Label: "From", Hint: "For example, " + today.Time().Format("2/1/2006"), Value: day(q.From), Width: 10},
		{Kind: "text", Name: "to", Label: "Until", Hint: "The whole of that day", Value: day(q.To), Width: 10},
	}
}

// ledgerWords says what a filtered ledger shows.
func ledgerWords(q ledgerQuery, fields []field) string {
	var parts []string
	add := func(before, text, after string) {
		if text != "" {
			parts = append(parts, before+text+after)
		}
	}
	chosen := func(f field) string {
		i := slices.IndexFunc(f.Options, func(o option) bool { return o.Chosen && o.Value != "" })
		if i < 0 {
			return ""
		}
		return f.Options[i].Text
	}
	day := func(text string) string {
		d, err := workpackages.ParseDate(text)
		if err != nil {
			return ""
		}
		return d.String()
	}
	for _, st := range ledgerStates {
		if st.value == q.State {
			add("", st.within, "")
		}
	}
	add("about “", chosen(fields[1]), "”")
	add("to ", chosen(fields[2]), "")
	add("from ", day(q.From), "")
	add("until ", day(q.To), "")
	if len(parts) == 0 {
		return ""
	}
	return "Only messages " + strings.Join(parts, ", ") + "."
}

// oneMessage is the page of one message.
type oneMessage struct {
	messageView
	Back      string
	MayResend bool
	WhyNot    string // why it cannot be sent again; empty for those who could not anyway
}

func (s *Server) messagePage(c *fiber.Ctx) error {
	m, err := s.Ledger.Message(c.UserContext(), c.Query("key"))
	if err != nil {
		return err
	}
	return s.showMessage(c, http.StatusOK, m, nil)
}

func (s *Server) showMessage(c *fiber.Ctx, status int, m notifications.Message, errs []formError) error {
	q := ledgerQueryOf(c)
	v := oneMessage{messageView: s.newMessageView(m, q.values()), Back: q.address("/messages")}
	if actorOf(c).Role == workpackages.AssistantDirector {
		switch {
		case v.Edit || !m.State.Ended():
		case s.Slack.Ask == nil:
			v.WhyNot = "It can be sent once Slack is connected: whoever runs Readiness sets SLACK_BOT_TOKEN."
		default:
			v.MayResend = true
		}
	}
	title := m.Title
	if title == "" {
		title = "Message to " + m.RecipientName
	}
	return s.render(c, status, "message", page{Title: title, Done: doneWords[c.Query("done")], Errors: errs, Data: v})
}

// resend sends a message again and gives it as it is on record.
func (s *Server) resend(c *fiber.Ctx, key string) (notifications.Message, error) {
	m, err := s.Ledger.Resend(c.UserContext(), actorOf(c), key)
	if err != nil {
		if workpackages.KindOf(err) == workpackages.Stale {
			err = workpackages.Wrap(workpackages.Conflict, err, "Somebody else sends this again at this moment: look at it once more")
		}
		return m, err
	}
	s.unsent.forget()
	return s.Ledger.Message(c.UserContext(), m.ID)
}

func (s *Server) submitMessage(c *fiber.Ctx) error {
	key := c.Query("key")
	again, err := s.resend(c, key)
	if err == nil {
		q := ledgerQueryOf(c).values()
		q.Set("done", "resent")
		return c.Redirect(messageURL(again.ID, q), http.StatusSeeOther)
	}
	var known *workpackages.Error
	if !errors.As(err, &known) || known.Kind != workpackages.Conflict {
		return err
	}
	m, readErr := s.Ledger.Message(c.UserContext(), key)
	if readErr != nil {
		return readErr
	}
	return s.showMessage(c, statusOf(known.Kind), m, []formError{{Text: known.Message}})
}
