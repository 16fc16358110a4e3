package slackapp

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/slack-go/slack"

	ours "readiness/notifications/slack"
	"readiness/notifications/slack/blockkit"
	"readiness/workpackages"
)

// via marks in the history what was done from Slack.
const via = "slack"

// formID marks the form among views.
const formID = "update"

// origin is where a form was opened from.
type origin struct {
	Key     string `json:"k,omitempty"` // of a message; empty: from elsewhere
	InPlace bool   `json:"i,omitempty"` // that message will show that the update was made
}

// formState travels with the form, in Slack's private metadata.
type formState struct {
	Package string `json:"p"`
	Version int64  `json:"v"` // at which it was opened
	origin
	// Kept is what was typed into fields that the chosen status does not show.
	Kept map[string]string `json:"t,omitempty"`
}

// maxMetadata is Slack's limit.
const maxMetadata = 3000

func (s formState) text() string {
	out, err := json.Marshal(s)
	if err != nil || len(out) > maxMetadata {
		s.Kept = nil // rather than no form
		out, _ = json.Marshal(s)
	}
	return string(out)
}

// question is one field of the form; shown says under which statuses.
type question struct {
	name, label, hint string
	under             workpackages.Status // empty: under all
	date, number      bool
}

// questions are the fields below the status, by the names that the domain gives
// them in its errors.
var questions = []question{
	{name: "narrative", label: "What has changed since the last update", hint: "Do not name or describe a child"},
	{name: "percent", label: "How much is done, in percent", number: true},
	{name: "recovery_plan", label: "Recovery plan", hint: "What will be done to get back on track, and who has agreed to it", under: workpackages.Amber},
	{name: "recovery_date", label: "Back on track by", under: workpackages.Amber, date: true},
	{name: "reason", label: "Why it is red", under: workpackages.Red},
	{name: "decision", label: "Decision wanted", hint: "What you need decided, and by whom", under: workpackages.Red},
}

const statusBlock = "status"

// answers are the fields by name, as text.
type answers map[string]string

// present is what the package says now.
func present(w workpackages.WorkPackage) answers {
	out := answers{
		statusBlock: string(w.Status), "narrative": w.Narrative, "recovery_plan": w.RecoveryPlan,
		"recovery_date": string(w.RecoveryDate), "reason": w.Reason, "decision": w.Decision,
	}
	if w.Percent != nil {
		out["percent"] = strconv.Itoa(*w.Percent)
	}
	return out
}

// typed is what somebody has in the form, with what they had in fields that are not
// shown any more.
func typed(v slack.View, state formState) answers {
	out := answers{}
	for name, text := range state.Kept {
		out[name] = text
	}
	if v.State == nil {
		return out
	}
	for block, actions := range v.State.Values {
		for _, a := range actions {
			switch a.Type {
			case "static_select":
				out[block] = a.SelectedOption.Value
			case "datepicker":
				out[block] = a.SelectedDate
			default:
				out[block] = a.Value
			}
		}
	}
	return out
}

func (in answers) update() workpackages.StatusInput {
	return workpackages.StatusInput{
		Status: in[statusBlock], Narrative: in["narrative"], Percent: in["percent"], RecoveryPlan: in["recovery_plan"],
		RecoveryDate: in["recovery_date"], Reason: in["reason"], Decision: in["decision"],
	}
}

// form is the form for a package, filled in; notes stand above it.
func (a *App) form(w workpackages.WorkPackage, in answers, state formState, notes ...blockkit.Rich) slack.ModalViewRequest {
	b := blockkit.View()
	for _, n := range notes {
		b.Section("", n, nil)
	}
	b.Section("", blockkit.Text(w.Title, maxTitle).Bold(), nil)
	if !w.UpdatedAt.IsZero() {
		b.Context(blockkit.Text("Last update: "+w.Status.Short()+", on "+w.UpdatedAt.In(a.Zone).Format("2 January 2006")+", by "+w.UpdatedBy, maxDetail))
	}
	var options []blockkit.Option
	for _, s := range workpackages.Statuses() {
		options = append(options, blockkit.Option{Value: string(s), Text: said(s)})
	}
	status := workpackages.Status(in[statusBlock])
	choice := b.Input(statusBlock, "Status", status.Meaning(), false, blockkit.Select(blockkit.Action, "Choose a status", string(status), options...))
	choice.DispatchAction = true // the fields that a status demands appear as it is chosen
	state.Kept = map[string]string{}
	for _, q := range questions {
		value := in[q.name]
		if q.under != "" && q.under != status {
			if value != "" && value != present(w)[q.name] {
				state.Kept[q.name] = value
			}
			continue
		}
		hint := q.hint
		var element slack.BlockElement
		switch {
		case q.date:
			if _, err := workpackages.ParseDate(value); err != nil {
				value = ""
			}
			element = blockkit.Date(value)
		case q.number:
			if n, err := strconv.Atoi(value); err != nil || n < 0 || n > 100 {
				value = ""
			}
			element = blockkit.Number(value, "0", "100")
		default:
			box := blockkit.TextBox(value, workpackages.MaxProse)
			if box.InitialValue == "" && value != "" {
				hint = "What stands here now is too long for Slack to show: see the package’s page"
			}
			element = box
		}
		// Only the domain knows what is missing; it says so on the field.
		b.Input(q.name, q.label, hint, q.name == "percent", element)
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: formID, PrivateMetadata: state.text(),
		Title: blockkit.Plain("Update status", maxModalTitle), Submit: blockkit.Plain("Save update", maxModalTitle), Close: blockkit.Plain("Cancel", maxModalTitle),
		Blocks: slack.Blocks{BlockSet: b.Blocks()},
	}
}

// maxModalTitle is Slack's limit for a title and for the two buttons of a modal.
const maxModalTitle = 24

// notice is a modal that only says something.
func notice(title string, lines ...blockkit.Rich) slack.ModalViewRequest {
	b := blockkit.View()
	for _, l := range lines {
		b.Section("", l, nil)
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: "notice", Title: blockkit.Plain(title, maxModalTitle), Close: blockkit.Plain("Close", maxModalTitle),
		Blocks: slack.Blocks{BlockSet: b.Blocks()},
	}
}

// openForm opens the form of a package for somebody who may change it.
func (a *App) openForm(ctx context.Context, trigger string, person workpackages.Person, packageID string, from origin) error {
	w, err := a.theirs(ctx, person, packageID)
	if err != nil {
		return err
	}
	view := a.form(w, present(w), formState{Package: w.ID, Version: w.Version, origin: from})
	if _, err := a.api.OpenViewContext(ctx, trigger, view); err != nil {
		return a.notOpened(err)
	}
	return nil
}

// notOpened says why no form opened: Slack gives three seconds for it.
func (a *App) notOpened(err error) error {
	a.Log.Warn("a form did not open in Slack", "category", "slack", "reason", ours.Reason(err))
	switch ours.Code(err) {
	case "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "trigger_exchanged", "invalid_trigger":
		return workpackages.Errorf(workpackages.Unavailable, "Slack waits three seconds for a form, and this one took longer. Try again")
	case "invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_authed", "missing_scope":
		return workpackages.Errorf(workpackages.Unavailable, "Readiness is no longer connected to Slack, so the form cannot open. Tell your assistant director, or update the package in the browser")
	}
	return workpackages.Errorf(workpackages.Unavailable, "Slack did not open the form. Try again, or update the package in the browser")
}

// shaping is the newest choice of a status in one form. Choices that follow closely
// are worked on one after another, and one that was overtaken is left out: else the
// form could show the fields of the one before.
type shaping struct {
	mu     sync.Mutex
	newest string // when it was made, as Slack says
}

// mostShaped is how many forms are remembered; nobody has more open for long.
const mostShaped = 1000

func (a *App) shapingOf(view string) *shaping {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.shaped) >= mostShaped {
		a.shaped = nil
	}
	if a.shaped == nil {
		a.shaped = map[string]*shaping{}
	}
	if a.shaped[view] == nil {
		a.shaped[view] = &shaping{}
	}
	return a.shaped[view]
}

// reshape shows the fields of the status that was chosen, with what was typed.
func (a *App) reshape(ctx context.Context, cb slack.InteractionCallback, action slack.BlockAction) error {
	s := a.shapingOf(cb.View.ID)
	s.mu.Lock()
	defer s.mu.Unlock()
	if action.ActionTs <= s.newest {
		return nil
	}
	s.newest = action.ActionTs
	state, err := readState(cb.View)
	if err != nil {
		return err
	}
	// What a form shows of a package is for those who may change it, now as well.
	person, err := a.who(ctx, cb.User.ID)
	var w workpackages.WorkPackage
	if err == nil {
		w, err = a.theirs(ctx, person, state.Package)
	}
	if err != nil {
		return a.replace(ctx, cb.View, notice("Update status", blockkit.Text(a.sorry(err), maxSentence)))
	}
	in := typed(cb.View, state)
	for name, value := range present(w) {
		if _, there := in[name]; !there {
			in[name] = value
		}
	}
	if chosen := action.SelectedOption.Value; chosen != "" {
		in[statusBlock] = chosen
	}
	return a.replace(ctx, cb.View, a.form(w, in, state))
}

// replace shows another view in place of one, unless that was closed meanwhile.
func (a *App) replace(ctx context.Context, v slack.View, by slack.ModalViewRequest) error {
	_, err := a.api.UpdateViewContext(ctx, by, "", "", v.ID)
	if err != nil && ours.Code(err) != "not_found" {
		a.Log.Warn("a form could not be shown anew", "category", "slack", "reason", ours.Reason(err))
	}
	return nil
}

// answerLands is how long the answer to a form may take to reach Slack.
const answerLands = time.Second

// replaceAfter shows another view in place of the one that a form was answered with.
// Slack would take an answer that comes after it for the newer of the two, so that it
// waits for that to land.
func (a *App) replaceAfter(ctx context.Context, v slack.View, by slack.ModalViewRequest) error {
	select {
	case <-time.After(answerLands):
		return a.replace(ctx, v, by)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func readState(v slack.View) (formState, error) {
	var s formState
	if err := json.Unmarshal([]byte(v.PrivateMetadata), &s); err != nil || s.Package == "" {
		return s, workpackages.Errorf(workpackages.Invalid, "This form is not one of ours any more. Close it and open it again")
	}
	return s, nil
}

// theirs gives a package to somebody who may change it.
func (a *App) theirs(ctx context.Context, person workpackages.Person, packageID string) (workpackages.WorkPackage, error) {
	w, err := a.Packages.Packages.Package(ctx, packageID)
	if err == nil && !workpackages.MayChange(person.Actor(via), w.GroupID) {
		err = workpackages.ErrMayNotChange
	}
	return w, err
}

// ending is how a form ended: the answer to Slack, and what is done after it.
type ending struct {
	answer *slack.ViewSubmissionResponse // nil: the form closes
	after  func(ctx context.Context) error
}

// submit saves a form. Sent again, by a second press or by Slack, it is the same
// change; another text in the same form is another.
func (a *App) submit(ctx context.Context, cb slack.InteractionCallback) ending {
	state, err := readState(cb.View)
	if err != nil {
		return show(notice("Update status", blockkit.Text(a.sorry(err), maxSentence)))
	}
	in := typed(cb.View, state)
	person, err := a.who(ctx, cb.User.ID)
	if err != nil {
		return a.again(ctx, state, in, a.sorry(err))
	}
	saved, err := a.Packages.Update(ctx, person.Actor(via), state.Package,
		workpackages.Write{Version: state.Version, Key: "slack " + cb.View.ID + " " + fingerprint(in)}, in.update())
	var known *workpackages.Error
	switch {
	case err == nil:
		return a.saved(person, state, saved)
	case errors.As(err, &known) && known.Kind == workpackages.Invalid && len(known.Fields) > 0:
		return a.wrong(ctx, cb.View, state, in, known.Fields)
	case errors.As(err, &known) && known.Kind == workpackages.Stale:
		return a.overtaken(ctx, state, in, known)
	}
	return a.again(ctx, state, in, a.sorry(err))
}

func show(v slack.ModalViewRequest) ending {
	return ending{answer: slack.NewUpdateViewSubmissionResponse(&v)}
}

// wrong puts what is wrong on the fields. A field that is not shown, because its
// status was chosen a moment ago, is shown with it.
func (a *App) wrong(ctx context.Context, v slack.View, state formState, in answers, bad []workpackages.FieldError) ending {
	shown, on := map[string]bool{}, map[string]string{}
	for _, b := range v.Blocks.BlockSet {
		shown[b.ID()] = true
	}
	for _, f := range bad {
		if !shown[f.Field] {
			return a.again(ctx, state, in, f.Message)
		}
		on[f.Field] = f.Message
	}
	return ending{answer: slack.NewErrorsViewSubmissionResponse(on)}
}

// again shows the form as it was sent, with why it was not saved above it: nothing
// that was typed is lost.
func (a *App) again(ctx context.Context, state formState, in answers, why string) ending {
	w, err := a.Packages.Packages.Package(ctx, state.Package)
	if err != nil {
		// The database is away: what is known of the package is in the form.
		w = workpackages.WorkPackage{ID: state.Package, Title: "Update status", Status: workpackages.Status(in[statusBlock])}
	}
	return show(a.form(w, in, state, blockkit.Rich("⚠️ ")+blockkit.Text("Not saved. "+why, maxSentence).Bold()))
}

// overtaken shows what changed since the form was opened, and by whom. Saved again,
// it is a change to what is shown now.
func (a *App) overtaken(ctx context.Context, state formState, in answers, stale *workpackages.Error) ending {
	w, ok := stale.Current.(workpackages.WorkPackage)
	if !ok {
		return a.again(ctx, state, in, stale.Message)
	}
	notes := []blockkit.Rich{overtakenNote}
	entries, _, err := a.Packages.History(ctx, w.ID, 0, mostChanges)
	if err != nil {
		return a.again(ctx, state, in, a.sorry(err))
	}
	for _, e := range slices.Backward(entries) {
		if e.Version > state.Version {
			notes = append(notes, a.change(e))
		}
	}
	state.Version = w.Version
	return show(a.form(w, in, state, notes...))
}

const overtakenNote blockkit.Rich = "⚠️ *Not saved: somebody changed this package while you were writing. Read what changed, then save again if your text still stands.*"

// mostChanges is how many changes are told of; the page has them all.
const mostChanges = 5

// change words one entry of the history.
func (a *App) change(e workpackages.Entry) blockkit.Rich {
	line := "• " + blockkit.Text(e.By.Name+", "+e.At.In(a.Zone).Format("2 January at 15:04")+": "+e.Summary, maxDetail)
	if e.Update != nil {
		line += "\n" + blockkit.Text("“"+e.Update.Narrative+"”", maxDetail)
	}
	return line
}

// saved ends a form whose update stands. A message that shows it needs no more said.
func (a *App) saved(person workpackages.Person, state formState, r workpackages.Result) ending {
	end := ending{after: func(ctx context.Context) error {
		err := a.Refresh(ctx, person.ID, state.Key)
		return errors.Join(err, a.showHome(ctx, person))
	}}
	if !state.InPlace {
		v := a.savedView(r.Package)
		end.answer = slack.NewUpdateViewSubmissionResponse(&v)
	}
	return end
}

func (a *App) savedView(w workpackages.WorkPackage) slack.ModalViewRequest {
	return notice("Saved", blockkit.Text(said(w.Status), maxTitle)+"  "+blockkit.Link(a.BaseURL+"/packages/"+w.ID, blockkit.Text(w.Title, maxTitle)).Bold()+
		"\n"+blockkit.Text("Your update is saved, and in the history of the package.", maxDetail))
}

// saving is shown while a form takes longer than Slack waits.
func saving() slack.ModalViewRequest {
	return notice("Saving", "Your update is being saved. This takes longer than usual: leave this open, and it says how it went.")
}

// maxAck is what Slack takes as an answer over a socket; more it drops without a word.
const maxAck = 18 << 10

// submitted answers a form, in time: what takes longer than Slack waits, or is too
// long for an answer, is shown in place of the form after it.
func (a *App) submitted(cb slack.InteractionCallback) *slack.ViewSubmissionResponse {
	done := make(chan ending, 1)
	a.run("form", func(ctx context.Context) error {
		var end ending
		err := workpackages.Safely("form", func() error { end = a.submit(ctx, cb); return nil })
		if err != nil { // it must not be taken for saved
			end = a.failed(ctx, cb)
		}
		done <- end
		return err
	})
	var end ending
	select {
	case end = <-done:
	case <-time.After(a.Patience):
		a.run("late form", func(ctx context.Context) error {
			select {
			case end := <-done:
				return errors.Join(a.replaceAfter(ctx, cb.View, a.late(ctx, cb, end)), after(ctx, end))
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		v := saving()
		return slack.NewUpdateViewSubmissionResponse(&v)
	}
	a.run("form saved", func(ctx context.Context) error { return after(ctx, end) })
	if text, err := json.Marshal(end.answer); end.answer != nil && end.answer.View != nil && (err != nil || len(text) > maxAck) {
		view := *end.answer.View
		a.run("long form", func(ctx context.Context) error { return a.replaceAfter(ctx, cb.View, view) })
		v := saving()
		return slack.NewUpdateViewSubmissionResponse(&v)
	}
	return end.answer
}

// failed is how a form ends that the program could not work on.
func (a *App) failed(ctx context.Context, cb slack.InteractionCallback) ending {
	state, err := readState(cb.View)
	if err != nil {
		return show(notice("Not saved", blockkit.Text(wentWrong, maxSentence)))
	}
	return a.again(ctx, state, typed(cb.View, state), wentWrong)
}

func after(ctx context.Context, end ending) error {
	if end.after == nil {
		return nil
	}
	return end.after(ctx)
}

// late is the view for how a form ended that Slack was told to wait for.
func (a *App) late(ctx context.Context, cb slack.InteractionCallback, end ending) slack.ModalViewRequest {
	switch {
	case end.answer == nil:
		return notice("Saved", "Your update is saved.")
	case end.answer.View != nil:
		return *end.answer.View
	}
	state, err := readState(cb.View)
	if err != nil {
		return notice("Not saved", blockkit.Text(a.sorry(err), maxSentence))
	}
	why := ""
	for _, q := range append([]question{{name: statusBlock}}, questions...) {
		if m := end.answer.Errors[q.name]; m != "" {
			why += m + ". "
		}
	}
	return *a.again(ctx, state, typed(cb.View, state), why).answer.View
}
