package workpackages_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"readiness/workpackages"
)

func TestEveryStatusDemandsItsOwn(t *testing.T) {
	type input = workpackages.StatusInput
	long := strings.Repeat("x", workpackages.MaxProse+1)
	for _, c := range []struct {
		name string
		in   input
		want string // fields with errors, in order
	}{
		{"nothing typed wants a status and a narrative", input{}, "status narrative"},
		{"an unknown status is refused", input{Status: "purple", Narrative: "n"}, "status"},
		{"a status in capitals is refused", input{Status: "Green", Narrative: "n"}, "status"},
		{"green wants only a narrative", input{Status: "green", Narrative: "n"}, ""},
		{"green without a narrative is refused", input{Status: "green"}, "narrative"},
		{"a narrative of spaces is none", input{Status: "green", Narrative: " \t\r\n "}, "narrative"},
		{"not started wants a narrative", input{Status: "not_started"}, "narrative"},
		{"not started with one is taken", input{Status: "not_started", Narrative: "n"}, ""},
		{"paused wants a narrative", input{Status: "paused"}, "narrative"},
		{"paused with one is taken", input{Status: "paused", Narrative: "n"}, ""},
		{"amber wants a plan and its date", input{Status: "amber", Narrative: "n"}, "recovery_plan recovery_date"},
		{"amber wants everything in the order of the form", input{Status: "amber", Percent: "x"}, "narrative percent recovery_plan recovery_date"},
		{"amber with a plan of spaces is refused", input{Status: "amber", Narrative: "n", RecoveryPlan: " \n", RecoveryDate: "24/12/2026"}, "recovery_plan"},
		{"amber with an over-long plan is refused", input{Status: "amber", Narrative: "n", RecoveryPlan: long, RecoveryDate: "24/12/2026"}, "recovery_plan"},
		{"amber with yesterday as its date is refused", input{Status: "amber", Narrative: "n", RecoveryPlan: "p", RecoveryDate: "23/11/2026"}, "recovery_date"},
		{"amber with today as its date is taken", input{Status: "amber", Narrative: "n", RecoveryPlan: "p", RecoveryDate: "24/11/2026"}, ""},
		{"amber with a date that is none is refused", input{Status: "amber", Narrative: "n", RecoveryPlan: "p", RecoveryDate: "31/2/2027"}, "recovery_date"},
		{"red wants a reason and a decision", input{Status: "red", Narrative: "n"}, "reason decision"},
		{"red wants everything in the order of the form", input{Status: "red", Percent: "-1"}, "narrative percent reason decision"},
		{"red with an over-long reason and decision is refused", input{Status: "red", Narrative: "n", Reason: long, Decision: long}, "reason decision"},
		{"red with both is taken", input{Status: "red", Narrative: "n", Reason: "r", Decision: "d"}, ""},
		{"red does not want a recovery plan", input{Status: "red", Narrative: "n", Reason: "r", Decision: "d", RecoveryDate: "nonsense"}, ""},
		{"green does not read what amber and red want", input{Status: "green", Narrative: "n", RecoveryPlan: long, RecoveryDate: "nonsense", Reason: long}, ""},
		{"blue with evidence, by another than the owner, is taken", input{Status: "blue", Narrative: "n"}, ""},
		{"blue at 100 per cent is taken", input{Status: "blue", Narrative: "n", Percent: "100"}, ""},
		{"blue at 99 per cent is refused", input{Status: "blue", Narrative: "n", Percent: "99"}, "percent"},
		{"blue without a narrative is refused", input{Status: "blue"}, "narrative"},
		{"nought per cent is taken", input{Status: "green", Narrative: "n", Percent: "0"}, ""},
		{"101 per cent is refused", input{Status: "green", Narrative: "n", Percent: "101"}, "percent"},
		{"less than nothing is refused", input{Status: "green", Narrative: "n", Percent: "-1"}, "percent"},
		{"a percent in words is refused", input{Status: "green", Narrative: "n", Percent: "half"}, "percent"},
		{"a broken percent is refused", input{Status: "green", Narrative: "n", Percent: "12.5"}, "percent"},
		{"a percent beyond all numbers is refused", input{Status: "green", Narrative: "n", Percent: "99999999999999999999"}, "percent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			before := k.store.whole()
			r, err := k.Update(t.Context(), leadA.Actor("api"), packageA, at(1), c.in)
			if c.want != "" {
				k.wantKind(workpackages.Invalid, before, err)
				if got := fieldsOf(err); got != c.want {
					t.Errorf("errors on %q, want %q: %v", got, c.want, err)
				}
				return
			}
			must(t)(r, err)
			if string(r.Package.Status) != c.in.Status || r.Package.Version != 2 {
				t.Errorf("the package is %s at version %d", r.Package.Status, r.Package.Version)
			}
		})
	}
}

func TestAnUpdateReplacesAllThatTheLastOneSaid(t *testing.T) {
	c := newCouncilAtWork(t)
	update := func(in workpackages.StatusInput) workpackages.Result {
		t.Helper()
		return must(t)(c.Update(t.Context(), leadA.Actor("api"), packageA, c.fresh(), in))
	}
	r := update(workpackages.StatusInput{Status: "amber", Narrative: " a \r\nb\rc ", Percent: "40", RecoveryPlan: "p", RecoveryDate: "24 December 2026", Reason: "not read", Decision: "not read"})
	if w := r.Package; w.Narrative != "a \nb\nc" || *w.Percent != 40 || w.RecoveryPlan != "p" || w.RecoveryDate != "2026-12-24" || w.Reason+w.Decision != "" {
		t.Errorf("amber left %+v", w)
	}
	if w := r.Package; !w.UpdatedAt.Equal(start) || w.UpdatedBy != "Lead A" {
		t.Errorf("updated by %s at %s", w.UpdatedBy, w.UpdatedAt)
	}
	if r.Entry.Kind != workpackages.Updated || r.Entry.Summary != "Status update: Not started to Amber" || r.Entry.Update == nil || r.Entry.Update.RecoveryPlan != "p" {
		t.Errorf("the entry is %+v", r.Entry)
	}
	r = update(workpackages.StatusInput{Status: "red", Narrative: "n", Reason: "r", Decision: "d"})
	if w := r.Package; w.RecoveryPlan != "" || w.RecoveryDate != "" || w.Percent != nil || w.Reason != "r" || w.Decision != "d" {
		t.Errorf("red left %+v", w)
	}
	r = update(workpackages.StatusInput{Status: "green", Narrative: "n"})
	if w := r.Package; w.Reason+w.Decision != "" {
		t.Errorf("green left %+v", w)
	}
	r = update(workpackages.StatusInput{Status: "blue", Narrative: "n"})
	if w := r.Package; *w.Percent != 100 || w.SignedOffBy != "Lead A" || !strings.HasSuffix(r.Entry.Summary, "signed off by Lead A") {
		t.Errorf("blue left %+v", w)
	}
	r = update(workpackages.StatusInput{Status: "green", Narrative: "opened again"})
	if w := r.Package; w.SignedOffBy != "" || w.Percent != nil {
		t.Errorf("the sign-off outlived blue: %+v", w)
	}
}

func TestBlueIsSignedOffBySomeoneElse(t *testing.T) {
	token := func(role workpackages.Role) workpackages.Actor {
		return workpackages.Actor{ID: "token:1", Name: "A token", Role: role, GroupID: groupA, Via: "api"}
	}
	directorOwns := func(w *workpackages.WorkPackage) { w.OwnerID = director.ID }
	noOwner := func(w *workpackages.WorkPackage) { w.OwnerID = "" }
	noEvidence := func(w *workpackages.WorkPackage) { w.Evidence = nil }
	asItIs := func(*workpackages.WorkPackage) {}
	for _, c := range []struct {
		name  string
		by    workpackages.Actor
		given func(*workpackages.WorkPackage)
		says  string // part of the message; "" when signed off
	}{
		{"the owner cannot sign off", ownerA.Actor("browser"), asItIs, "You own this package"},
		{"another lead of the group can", leadA.Actor("browser"), asItIs, ""},
		{"the assistant director can", director.Actor("browser"), asItIs, ""},
		{"the assistant director who owns it cannot", director.Actor("browser"), directorOwns, "You own this package"},
		{"nobody can without evidence", director.Actor("browser"), noEvidence, "Add evidence"},
		{"a lead cannot while no owner is named", leadA.Actor("browser"), noOwner, "Name an owner first"},
		{"the assistant director can while no owner is named", director.Actor("browser"), noOwner, ""},
		{"a lead's token cannot", token(workpackages.Lead), asItIs, "a token is none"},
		{"a lead's token cannot while no owner is named", token(workpackages.Lead), noOwner, "Name an owner first"},
		{"the assistant director's token can", token(workpackages.AssistantDirector), asItIs, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncil(t)
			w := packageAt1()
			c.given(&w)
			k.put(w)
			before := k.store.whole()
			r, err := k.Update(t.Context(), c.by, packageA, at(1), workpackages.StatusInput{Status: "blue", Narrative: "Done"})
			if c.says != "" {
				k.wantKind(workpackages.Invalid, before, err)
				if m := messageOf(err, "status"); fieldsOf(err) != "status" || !strings.Contains(m, c.says) {
					t.Errorf("got %v, want %q", err, c.says)
				}
				return
			}
			if must(t)(r, err).Package.SignedOffBy != c.by.Name {
				t.Errorf("signed off by %q", r.Package.SignedOffBy)
			}
		})
	}
}

func TestTextIsLimitedInCharactersAndFitToRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       string // part of the message; "" when taken
	}{
		{"3,000 letters are taken", strings.Repeat("x", 3000), ""},
		{"3,001 are not", strings.Repeat("x", 3001), "3,000 characters or fewer: it has 3,001"},
		{"3,000 of two bytes are taken", strings.Repeat("é", 3000), ""},
		{"3,000 emoji, of four bytes, are taken", strings.Repeat("🙂", 3000), ""},
		{"3,001 emoji are not", strings.Repeat("🙂", 3001), "it has 3,001"},
		{"a combining mark is a character of its own", strings.Repeat("e\u0301", 1500), ""},
		{"1,501 letters with combining marks are too many", strings.Repeat("e\u0301", 1501), "it has 3,002"},
		{"space around does not count", "  " + strings.Repeat("x", 3000) + "\r\n\r\n", ""},
		{"an emoji joined of several is taken", "👩‍👧‍👦", ""},
		{"Welsh, Polish and Arabic are taken", "ŵŷ łódź مرحبا", ""},
		{"tabs and new lines are taken", "a\tb\nc\r\nd", ""},
		{"NUL is refused", "a\x00b", "cannot be shown"},
		{"escape is refused", "a\x1b[31mb", "cannot be shown"},
		{"backspace is refused", "a\bb", "cannot be shown"},
		{"delete is refused", "a\x7fb", "cannot be shown"},
		{"the next-line control is refused", "a\u0085b", "cannot be shown"},
		{"what is not UTF-8 is refused", "a\xffb", "cannot be shown"},
		{"half of a surrogate is refused", "a\xed\xa0\x80b", "cannot be shown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCouncilAtWork(t)
			before := k.store.whole()
			r, err := k.Update(t.Context(), leadA.Actor("api"), packageA, at(1), workpackages.StatusInput{Status: "green", Narrative: c.text})
			if c.want == "" {
				want := strings.TrimSpace(strings.ReplaceAll(c.text, "\r\n", "\n"))
				if must(t)(r, err).Package.Narrative != want {
					t.Errorf("%q was stored as %q", c.text, r.Package.Narrative)
				}
				return
			}
			k.wantKind(workpackages.Invalid, before, err)
			if m := messageOf(err, "narrative"); !strings.Contains(m, c.want) {
				t.Errorf("got %q, want %q", m, c.want)
			}
		})
	}
}

func TestTheExampleDateIsNeverPast(t *testing.T) {
	c := newCouncilAtWork(t)
	_, err := c.Update(t.Context(), leadA.Actor("api"), packageA, at(1), workpackages.StatusInput{Status: "amber", Narrative: "n", RecoveryPlan: "p", RecoveryDate: "soon"})
	if m := messageOf(err, "recovery_date"); !strings.HasSuffix(m, "such as 22/12/2026") {
		t.Errorf("the message is %q", m)
	}
}

func TestStatusesHaveWords(t *testing.T) {
	for _, s := range workpackages.Statuses() {
		if !s.Valid() || s.Label() == string(s) || s.Short() == string(s) || s.Open() != (s != workpackages.Blue && s != workpackages.Paused) {
			t.Errorf("%s is %q, in short %q, open %t", s, s.Label(), s.Short(), s.Open())
		}
	}
	if s := workpackages.Status("purple"); s.Valid() || s.Label() != "purple" || s.Short() != "purple" {
		t.Error("an unknown status is shown as it is")
	}
}

// FuzzUpdatesReadBack holds that what was typed never upsets the program, and that
// what was taken reads back as it was taken.
func FuzzUpdatesReadBack(f *testing.F) {
	f.Add("green", "All is well", "50", "", "", "", "")
	f.Add("amber", "Behind\r\nby a week", "", "Overtime", "24/12/2026", "", "")
	f.Add("red", "👩‍👧‍👦 e\u0301", "0", "", "", "No staff", "More staff\x00")
	f.Add("blue", "\xff", "100", "", "", "", "")
	f.Add("", "", "-1", "\r", "31/2/2026", "\x1b", "\u202e")
	f.Fuzz(func(t *testing.T, status, narrative, percent, plan, date, reason, decision string) {
		c := newCouncilAtWork(t)
		before := c.store.whole()
		r, err := c.Update(t.Context(), leadA.Actor("api"), packageA, at(1), workpackages.StatusInput{
			Status: status, Narrative: narrative, Percent: percent, RecoveryPlan: plan, RecoveryDate: date, Reason: reason, Decision: decision,
		})
		if err != nil {
			e := c.wantKind(workpackages.Invalid, before, err)
			if len(e.Fields) == 0 {
				t.Fatal("invalid, and no field says why")
			}
			for _, f := range e.Fields {
				if !utf8.ValidString(f.Message) {
					t.Fatalf("the message for %s is not UTF-8: %q", f.Field, f.Message)
				}
			}
			return
		}
		w := r.Package
		for _, s := range []string{w.Narrative, w.RecoveryPlan, w.Reason, w.Decision} {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > workpackages.MaxProse || strings.ContainsAny(s, "\x00\r\x1b\x7f") || s != strings.TrimSpace(s) {
				t.Fatalf("took %q", s)
			}
		}
		if w.Narrative == "" || w.Percent != nil && (*w.Percent < 0 || *w.Percent > 100) {
			t.Fatalf("took %q at %v", w.Narrative, w.Percent)
		}
		switch {
		case w.Status == workpackages.Amber && (w.RecoveryPlan == "" || w.RecoveryDate.Before("2026-11-24") || w.RecoveryDate == ""),
			w.Status == workpackages.Red && (w.Reason == "" || w.Decision == ""),
			w.Status == workpackages.Blue && (*w.Percent != 100 || w.SignedOffBy == ""):
			t.Fatalf("took %+v without what it demands", w)
		}
		again := must(t)(c.Update(t.Context(), leadA.Actor("api"), packageA, at(2), workpackages.StatusInput{
			Status: string(w.Status), Narrative: w.Narrative, RecoveryPlan: w.RecoveryPlan, RecoveryDate: string(w.RecoveryDate), Reason: w.Reason, Decision: w.Decision,
		})).Package
		if again.Narrative != w.Narrative || again.RecoveryPlan != w.RecoveryPlan || again.RecoveryDate != w.RecoveryDate || again.Reason != w.Reason || again.Decision != w.Decision {
			t.Fatalf("sent back as it was taken, it changed:\n%+v\n%+v", w, again)
		}
	})
}

func TestMessagesReadAsSentences(t *testing.T) {
	c := newCouncilAtWork(t)
	for text, want := range map[string]string{
		"":                        "Enter what has changed since the last update",
		strings.Repeat("x", 3001): "Shorten what has changed since the last update to 3,000 characters or fewer: it has 3,001",
		"a\x00":                   "Remove the characters that cannot be shown from what has changed since the last update",
	} {
		_, err := c.Update(t.Context(), leadA.Actor("api"), packageA, at(1), workpackages.StatusInput{Status: "green", Narrative: text})
		if got := messageOf(err, "narrative"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	_, err := c.AddEvidence(t.Context(), leadA.Actor("api"), packageA, at(1), workpackages.EvidenceInput{Title: ptr(strings.Repeat("x", 151)), Location: ptr(strings.Repeat("x", 501))})
	if got, want := messageOf(err, "title"), "Shorten the name for the evidence to 150 characters or fewer: it has 151"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := messageOf(err, "location"), "Shorten where the evidence is kept to 500 characters or fewer: it has 501"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPercentIsReadAsPeopleTypeIt(t *testing.T) {
	for typed, want := range map[string]int{"50": 50, " 50 ": 50, "50%": 50, "50 %": 50, "\t0\n": 0} {
		c := newCouncilAtWork(t)
		r, err := c.Update(t.Context(), leadA.Actor("browser"), packageA, at(1), workpackages.StatusInput{Status: "green", Narrative: "n", Percent: typed})
		if err != nil || r.Package.Percent == nil || *r.Package.Percent != want {
			t.Errorf("%q: %v", typed, err)
		}
	}
	c := newCouncilAtWork(t)
	if r := must(t)(c.Update(t.Context(), leadA.Actor("browser"), packageA, at(1), workpackages.StatusInput{Status: "green", Narrative: "n", Percent: " "})); r.Package.Percent != nil {
		t.Errorf("a space is nothing, and gave %d", *r.Package.Percent)
	}
	for _, typed := range []string{"%", "50%%", "%50", "5 0", "+50"} {
		_, err := c.Update(t.Context(), leadA.Actor("browser"), packageA, at(2), workpackages.StatusInput{Status: "green", Narrative: "n", Percent: typed})
		if fieldsOf(err) != "percent" {
			t.Errorf("%q: %v", typed, err)
		}
	}
}
