package notifications_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

// ofDay makes a message of a person's day.
func ofDay(subject string) notifications.Message {
	m := letter("p")
	m.ID = notifications.Key("rule", subject, "p", "2026-11-24")
	m.Thread = notifications.DayThread("p", "2026-11-24")
	return m
}

func (o *office) add(m notifications.Message) {
	o.t.Helper()
	if added, err := o.Enqueue(o.t.Context(), m); err != nil || !added {
		o.t.Fatalf("%s: %v %v", m.ID, added, err)
	}
}

// settled delivers until nothing moves any more, a second at a time.
func (o *office) settled(for_ time.Duration) {
	o.t.Helper()
	for range int(for_ / time.Second) {
		o.deliver()
		o.wait(time.Second)
	}
}

func TestADayIsOneThreadInTheOrderItWasMade(t *testing.T) {
	o := newOffice(t)
	o.PerChannel = time.Second
	for n := range 4 {
		o.add(ofDay(fmt.Sprint(n)))
	}
	// The second meets trouble, whose wait is longer than the others'.
	o.post.send = []error{nil, &notifications.Retry{Reason: "away"}, &notifications.Unknown{Reason: "time-out"}}
	if o.deliver(); len(o.post.posted) != 1 {
		t.Fatalf("posted %d at once: one a second is the pace of a conversation", len(o.post.posted))
	}
	o.settled(2 * time.Minute)
	want := []string{"rule/0/p/2026-11-24", "rule/1/p/2026-11-24", "rule/2/p/2026-11-24", "rule/3/p/2026-11-24"}
	if !slices.Equal(o.post.posted, want) {
		t.Errorf("posted %q", o.post.posted)
	}
	if !slices.Equal(o.post.below, []string{"", "1.1", "1.1", "1.1"}) {
		t.Errorf("below %q", o.post.below)
	}
}

func TestWhenTheFirstOfADayCannotBeSentTheNextTakesItsPlace(t *testing.T) {
	o := newOffice(t)
	for n := range 3 {
		o.add(ofDay(fmt.Sprint(n)))
	}
	o.post.send = []error{&notifications.Permanent{Sentence: "Do this", Code: "no"}}
	o.settled(10 * time.Second)
	if !slices.Equal(o.post.below, []string{"", "1.1"}) {
		t.Errorf("below %q", o.post.below)
	}
}

func TestMessagesToAChannelKeepTheirOrderSideBySide(t *testing.T) {
	o := newOffice(t)
	for n := range 3 {
		m := ofDay(fmt.Sprint(n))
		m.Flat = true
		o.add(m)
	}
	o.settled(10 * time.Second)
	if len(o.post.posted) != 3 || strings.Join(o.post.below, "") != "" {
		t.Errorf("posted %q below %q", o.post.posted, o.post.below)
	}
}

func TestWhoeverDiesWhileMakingAMessageHoldsUpADayForTenMinutes(t *testing.T) {
	o := newOffice(t)
	// The place was taken, and no message came.
	if _, err := o.box.Claim(t.Context(), notifications.Claim{ID: "thread/p/2026-11-24/0", Holder: "rule/0/p/2026-11-24", At: o.at}); err != nil {
		t.Fatal(err)
	}
	o.add(ofDay("1"))
	if o.box.all[0].Slot != 1 {
		t.Fatalf("it took place %d", o.box.all[0].Slot)
	}
	o.settled(9 * time.Minute)
	if len(o.post.posted) != 0 {
		t.Fatal("it did not wait for the one before it")
	}
	o.settled(2 * time.Minute)
	if len(o.post.posted) != 1 {
		t.Fatal("it waits for ever")
	}
	// The maker comes back, and takes up its old place.
	o.add(ofDay("0"))
	if m := o.box.all[1]; m.Slot != 0 {
		t.Errorf("made again, it took place %d", m.Slot)
	}
	o.settled(time.Minute)
	if len(o.post.posted) != 2 {
		t.Errorf("posted %q", o.post.posted)
	}
}

// TestACrashAnywhereInEnqueueIsMadeGoodByTheNext: each write fails once.
func TestACrashAnywhereInEnqueueIsMadeGoodByTheNext(t *testing.T) {
	for n := 1; n <= 3; n++ {
		o := newOffice(t)
		broken := &failing{outbox: o.box, at: n}
		o.Service.Store = broken
		if _, err := o.Enqueue(t.Context(), ofDay("0")); err == nil {
			t.Fatalf("write %d did not fail", n)
		}
		if added, err := o.Enqueue(t.Context(), ofDay("0")); err != nil || !added {
			t.Fatalf("after a failure of write %d: %v %v", n, added, err)
		}
		o.settled(time.Minute)
		if m := o.box.all[0]; len(o.post.posted) != 1 || m.Slot != 0 || len(o.box.due) != 0 {
			t.Errorf("after a failure of write %d: posted %d times at place %d, %d in the queue", n, len(o.post.posted), m.Slot, len(o.box.due))
		}
	}
}

// failing is an outbox whose nth write fails, once.
type failing struct {
	*outbox
	n, at int
}

func (f *failing) write() error {
	if f.n++; f.n == f.at {
		return errors.New("the disk is full")
	}
	return nil
}

func (f *failing) Claim(ctx context.Context, c notifications.Claim) (notifications.Claim, error) {
	if err := f.write(); err != nil {
		return c, err
	}
	return f.outbox.Claim(ctx, c)
}

func (f *failing) AddDue(ctx context.Context, d notifications.Due) error {
	if err := f.write(); err != nil {
		return err
	}
	return f.outbox.AddDue(ctx, d)
}

func (f *failing) AddMessage(ctx context.Context, m notifications.Message) (bool, error) {
	if err := f.write(); err != nil {
		return false, err
	}
	return f.outbox.AddMessage(ctx, m)
}

func TestAnEditChangesTheMessageInPlaceAndMayBeMadeTwice(t *testing.T) {
	edit := func() notifications.Message {
		m := ofDay("0-edit")
		m.Op, m.Target, m.Content.Heading = notifications.Edit, ofDay("0").ID, "All done"
		return m
	}
	o := newOffice(t)
	o.add(ofDay("0"))
	o.add(edit())
	o.add(ofDay("1"))
	o.post.edit = []error{&notifications.Unknown{Reason: "time-out"}}
	o.settled(time.Minute)
	if len(o.post.posted) != 2 || !slices.Equal(o.post.edits, []string{"1.1 All done"}) || o.post.asked != 0 {
		t.Errorf("posted %q, edited %q, asked %d times", o.post.posted, o.post.edits, o.post.asked)
	}
	if o.post.below[1] != "1.1" {
		t.Errorf("what follows an edit is below %q", o.post.below[1])
	}

	o = newOffice(t)
	o.add(ofDay("0"))
	o.add(edit())
	o.post.send = []error{&notifications.Permanent{Sentence: "Do this", Code: "no"}}
	o.settled(time.Minute)
	if m := o.box.all[1]; m.State != notifications.NotSent || len(o.post.edits) != 0 || !strings.Contains(m.Detail, "Not needed") {
		t.Errorf("an edit of what was never sent: %s %q", m.State, m.Detail)
	}
}

func TestARepliesFateIsAskedForInItsThread(t *testing.T) {
	o := newOffice(t)
	o.add(ofDay("0"))
	o.deliver()
	o.wait(time.Second)
	o.add(ofDay("1"))
	// Its sender dies between the claim and the first record of it.
	if _, err := o.box.Claim(t.Context(), notifications.Claim{ID: "send/" + ofDay("1").ID + "/1", Holder: "dead", At: o.at, LeaseUntil: o.at.Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	o.settled(50 * time.Second)
	if len(o.post.posted) != 1 {
		t.Fatal("sent while another holds it")
	}
	o.settled(time.Minute)
	if len(o.post.posted) != 2 || o.post.asked != 1 || o.post.sought != "1.1" {
		t.Errorf("posted %d, asked %d times, in the thread %q", len(o.post.posted), o.post.asked, o.post.sought)
	}
	if m := o.box.all[1]; m.Attempts != 2 {
		t.Errorf("%d tries on record", m.Attempts)
	}
}

func TestAClockThatGoesOnBetweenTwoLooksIsNoReasonToWait(t *testing.T) {
	o := newOffice(t)
	o.Now = func() time.Time {
		o.wait(time.Millisecond)
		return o.clock()
	}
	o.add(ofDay("0"))
	if m := o.deliver(); m.State != notifications.Sent {
		t.Errorf("%s", m.State)
	}
}

func TestQuietHoursAreKept(t *testing.T) {
	o := newOffice(t) // Tuesday 24 November, 09:00
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	prefs := notifications.DefaultPreferences("p")
	prefs.From, prefs.Days = "10:00", []time.Weekday{time.Tuesday, time.Wednesday}
	o.Window = func(context.Context, string) (notifications.Window, error) { return prefs.Window(zone, nil), nil }
	o.enqueue("p")
	m := o.deliver()
	if want := o.at.Add(time.Hour); m.State != notifications.Pending || !m.NotBefore.Equal(want) {
		t.Fatalf("%s, not before %s", m.State, m.NotBefore)
	}
	o.wait(time.Hour)
	if m = o.deliver(); m.State != notifications.Sent {
		t.Errorf("at ten: %s", m.State)
	}
	// Slack comes back in the evening: the morning is soon enough.
	n := letter("p")
	n.ID, n.NotAfter = "later", o.at.AddDate(0, 0, 2)
	o.add(n)
	o.post.send = []error{&notifications.Retry{After: 8 * time.Hour, Reason: "away"}}
	o.deliver()
	o.wait(8*time.Hour + time.Minute)
	if o.deliver(); len(o.post.posted) != 1 {
		t.Fatal("sent in the evening")
	}
	o.wait(16 * time.Hour)
	if o.deliver(); len(o.post.posted) != 2 {
		t.Error("not sent the next morning")
	}
}

func TestThePaceIsSharedByTheCopies(t *testing.T) {
	o := newOffice(t)
	o.PerMinute, o.Copies = 600, func() int { return 2 } // five a second for each
	for n := range 100 {
		o.enqueue(fmt.Sprint("p", n))
	}
	for range 10 {
		o.deliver()
		o.wait(time.Second)
	}
	if n := len(o.post.posted); n < 45 || n > 55 {
		t.Errorf("%d were sent in ten seconds", n)
	}
}

func TestAnAssistantDirectorSendsAgain(t *testing.T) {
	director := workpackages.Actor{ID: "d", PersonID: "d", Name: "Director", Role: workpackages.AssistantDirector}
	o := newOffice(t)
	o.enqueue("p")
	o.post.send = []error{&notifications.Permanent{Sentence: "Set a new token", Code: "token_revoked"}}
	m := o.deliver()
	if _, err := o.Resend(t.Context(), workpackages.Actor{Role: workpackages.Lead}, m.ID); workpackages.KindOf(err) != workpackages.Forbidden {
		t.Errorf("a lead: %v", err)
	}
	if _, err := o.Resend(t.Context(), director, m.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Resend(t.Context(), director, m.ID); workpackages.KindOf(err) != workpackages.Conflict {
		t.Errorf("twice: %v", err)
	}
	o.wait(time.Second)
	if m = o.deliver(); m.State != notifications.Sent || m.ResentBy != "Director" || len(o.post.posted) != 1 || len(m.Tries) != 2 {
		t.Fatalf("%s by %q, posted %d times", m.State, m.ResentBy, len(o.post.posted))
	}
	again, err := o.Resend(t.Context(), director, m.ID)
	if err != nil || again.ID == m.ID {
		t.Fatalf("what was sent: %q %v", again.ID, err)
	}
	o.deliver()
	if !slices.Equal(o.post.posted, []string{m.ID, again.ID}) || len(o.box.due) != 0 {
		t.Errorf("posted %q, %d left in the queue", o.post.posted, len(o.box.due))
	}
	o.Sender = nil
	if _, err := o.Resend(t.Context(), director, m.ID); workpackages.KindOf(err) != workpackages.Conflict {
		t.Errorf("without Slack: %v", err)
	}
}

func TestWhatIsNotInTheQueueIsPutBack(t *testing.T) {
	o := newOffice(t)
	o.enqueue("p")
	o.box.due = nil
	if o.deliver(); len(o.post.posted) != 0 {
		t.Fatal("it was sent without being in the queue")
	}
	if err := o.Requeue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := o.deliver(); m.State != notifications.Sent {
		t.Errorf("%s", m.State)
	}
}
