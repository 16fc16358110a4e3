package notifications_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"readiness/notifications"
	"readiness/workpackages"
)

func TestAKeyIsMadeOnce(t *testing.T) {
	o := newOffice(t)
	if there, err := o.Enqueued(t.Context(), letter("p").ID); there || err != nil {
		t.Errorf("before: %v %v", there, err)
	}
	if !o.enqueue("p") || o.enqueue("p") {
		t.Error("the second of two with one key was taken")
	}
	if there, err := o.Enqueued(t.Context(), letter("p").ID); !there || err != nil {
		t.Errorf("after: %v %v", there, err)
	}
	m := o.deliver()
	if m.State != notifications.Sent || m.Channel != "D1" || m.Timestamp != "1.1" || !m.SentAt.Equal(o.at) || len(m.Tries) != 1 || m.Tries[0].Outcome != "sent" {
		t.Errorf("%+v", m)
	}
	if o.deliver(); len(o.post.posted) != 1 {
		t.Errorf("posted %v", o.post.posted)
	}
}

func TestAnEmptyMessageIsRefused(t *testing.T) {
	o := newOffice(t)
	for what, spoil := range map[string]func(*notifications.Message){
		"no key":       func(m *notifications.Message) { m.ID = "" },
		"nobody":       func(m *notifications.Message) { m.RecipientID = "" },
		"no heading":   func(m *notifications.Message) { m.Content.Heading = "" },
		"nothing said": func(m *notifications.Message) { m.Content.Items = nil },
	} {
		m := letter("p")
		spoil(&m)
		if added, err := o.Enqueue(t.Context(), m); added || err == nil {
			t.Errorf("%s: it was taken", what)
		}
	}
}

func TestWithoutSlackTheLedgerSaysSo(t *testing.T) {
	o := newOffice(t)
	o.enqueue("made while connected")
	o.post.send = []error{&notifications.Unknown{Reason: "lost"}}
	o.enqueue("open")
	o.deliver() // the first is now open, the second sent
	o.enqueue("waiting")
	o.Sender = nil
	o.enqueue("made without")
	o.wait(time.Hour)
	o.deliver()
	var got []string
	for _, m := range o.box.all {
		got = append(got, string(m.State)+" "+m.Detail)
	}
	const not = "not_sent Not sent: Slack is not connected"
	if got[2] != not || got[3] != not || !strings.HasPrefix(got[0], "uncertain") {
		t.Errorf("%q", got)
	}
	if !strings.Contains(o.box.all[2].Preview, "• Package: detail") {
		t.Errorf("the ledger shows %q", o.box.all[2].Preview)
	}
}

func TestHowEachTryEnds(t *testing.T) {
	long := errors.New("of a kind that nobody listed")
	for _, c := range []struct {
		what  string
		err   error
		state notifications.State
		says  string
		wait  time.Duration // until which it is left alone
	}{
		{"asked to wait", &notifications.Retry{After: 90 * time.Second, Reason: "Slack asked us to wait"}, notifications.Pending, "Slack asked us to wait", 90 * time.Second},
		{"to be tried again", &notifications.Retry{Reason: "Slack did not answer"}, notifications.Pending, "Slack did not answer", 5 * time.Second},
		{"refused for good", &notifications.Permanent{Sentence: "Do this about it", Code: "invalid_auth"}, notifications.Dead, "Do this about it", 0},
		{"left open", &notifications.Unknown{Reason: "time-out"}, notifications.Uncertain, "Slack did not say", 30 * time.Second},
		{"anything else is left open", long, notifications.Uncertain, "Slack did not say", 30 * time.Second},
	} {
		o := newOffice(t)
		o.enqueue("p")
		o.post.send = []error{c.err}
		m := o.deliver()
		if m.State != c.state || !strings.HasPrefix(m.Detail, c.says) || m.Attempts != 1 || len(m.Tries) != 1 {
			t.Errorf("%s: %s %q after %d", c.what, m.State, m.Detail, m.Attempts)
		}
		if c.wait > 0 && m.NotBefore.Sub(o.at) != c.wait {
			t.Errorf("%s: left alone for %s", c.what, m.NotBefore.Sub(o.at))
		}
		if strings.Contains(o.log.String(), "Do this about it") {
			t.Errorf("%s: the log has the sentence, which may name people", c.what)
		}
	}
}

func TestWhenSlackAsksToWaitNothingMoreIsSent(t *testing.T) {
	o := newOffice(t)
	for _, p := range []string{"a", "b", "c"} {
		o.enqueue(p)
	}
	o.post.send = []error{&notifications.Retry{After: time.Minute, Reason: "wait"}}
	o.deliver()
	o.wait(59 * time.Second)
	o.deliver()
	if len(o.post.posted) != 0 {
		t.Fatalf("posted while told to wait: %v", o.post.posted)
	}
	o.wait(time.Second)
	o.deliver()
	if slices.Sort(o.post.posted); len(o.post.posted) != 3 {
		t.Errorf("posted %v", o.post.posted)
	}
}

func TestSlacksWaitBeginsWithItsAnswer(t *testing.T) {
	o := newOffice(t)
	o.enqueue("p")
	o.post.send, o.post.slow = []error{&notifications.Retry{After: time.Minute, Reason: "wait"}}, func() { o.wait(10 * time.Second) }
	o.deliver()
	if want := o.at.Add(time.Minute); !o.box.hold.Equal(want) {
		t.Errorf("left alone until %s, not %s", o.box.hold.Format(time.TimeOnly), want.Format(time.TimeOnly))
	}
}

func TestAnOpenSendIsSettledWithSlackFirst(t *testing.T) {
	gone := &notifications.Permanent{Sentence: "Set a new token", Code: "token_revoked"}
	for _, c := range []struct {
		what   string
		lost   bool // it had got there
		find   []error
		people error
		tries  int
		asked  int
	}{
		{"it had got there", true, nil, nil, 1, 1},
		{"it had not", false, nil, nil, 1, 1},
		{"Slack could not be asked at first", true, []error{&notifications.Retry{Reason: "away"}, &notifications.Unknown{}}, nil, 3, 3},
		{"Slack asked to wait", true, []error{&notifications.Retry{After: 40 * time.Second}}, nil, 2, 2},
		{"the token had been withdrawn meanwhile", true, []error{gone}, nil, 2, 2},
		{"the database was away meanwhile", true, nil, errors.New("away"), 2, 1},
	} {
		o := newOffice(t)
		o.enqueue("p")
		o.post.lost, o.post.send, o.post.find = c.lost, []error{&notifications.Unknown{Reason: "time-out"}}, c.find
		o.deliver()
		o.people.err = c.people
		var m notifications.Message
		for range c.tries {
			o.wait(time.Minute)
			m = o.deliver()
			o.people.err = nil
		}
		if m.State != notifications.Sent || len(o.post.posted) != 1 || o.post.asked != c.asked {
			t.Errorf("%s: %s, posted %d times, asked %d times: %s", c.what, m.State, len(o.post.posted), o.post.asked, m.Detail)
		}
	}
}

func TestWhatSlackNeverAnswersIsGivenUpAndSaidSo(t *testing.T) {
	o := newOffice(t)
	o.enqueue("p")
	o.post.send = []error{&notifications.Unknown{Reason: "time-out"}}
	o.post.find = slices.Repeat([]error{&notifications.Retry{Reason: "Slack did not answer"}}, 2000)
	m := o.deliver()
	for range 24*7 + 1 {
		o.wait(time.Hour)
		m = o.deliver()
	}
	if m.State != notifications.Dead || !strings.HasPrefix(m.Detail, "Nobody knows whether this was sent") || len(o.post.posted) != 0 {
		t.Errorf("%s: %s", m.State, m.Detail)
	}
	if len(m.Tries) != 20 {
		t.Errorf("%d tries are listed", len(m.Tries))
	}
}

func TestAMessageIsNotSentWhenItsUseIsOver(t *testing.T) {
	o := newOffice(t)
	m := letter("p")
	m.NotAfter = o.at.Add(3 * time.Hour)
	if _, err := o.Enqueue(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	o.post.send = slices.Repeat([]error{&notifications.Retry{Reason: "Slack did not answer"}}, 1000)
	for range 3 * 60 {
		if m = o.deliver(); m.State != notifications.Pending {
			t.Fatalf("given up at %s: %s", o.at.Format(time.TimeOnly), m.Detail)
		}
		o.wait(time.Minute)
	}
	o.wait(20 * time.Minute)
	if m = o.deliver(); m.State != notifications.Dead || !strings.Contains(m.Detail, "could not be sent in time") || !strings.Contains(m.Detail, "Slack did not answer") {
		t.Errorf("%s: %s", m.State, m.Detail)
	}
}

func TestWhoIsDisabledOrGoneGetsNothing(t *testing.T) {
	for what, p := range map[string]people{
		"disabled": {disabled: true},
		"gone":     {err: workpackages.Errorf(workpackages.NotFound, "nobody")},
	} {
		o := newOffice(t)
		*o.people = p
		o.enqueue("p")
		if m := o.deliver(); m.State != notifications.Dead || m.Detail == "" || len(o.post.posted) != 0 {
			t.Errorf("%s: %s", what, m.State)
		}
	}
}

func TestASenderThatDiesIsTakenOverWithoutASecondPost(t *testing.T) {
	o := newOffice(t)
	o.enqueue("p")
	o.box.fail = errors.New("the disk is full") // after posting, before the record
	if _, err := o.Deliver(t.Context()); err == nil {
		t.Fatal("the failure was swallowed")
	}
	o.wait(59 * time.Second)
	if m := o.deliver(); m.State != notifications.Sending || o.post.asked != 0 {
		t.Fatalf("taken over within the lease: %s", m.State)
	}
	o.wait(time.Second)
	if m := o.deliver(); m.State != notifications.Sent || len(o.post.posted) != 1 || m.Tries[0].Outcome != "found" {
		t.Errorf("%s, posted %d times", m.State, len(o.post.posted))
	}
}

func TestAPanicInSendingIsOneTry(t *testing.T) {
	o := newOffice(t)
	o.enqueue("p")
	o.enqueue("q")
	o.post.panics = true
	if m := o.deliver(); m.State != notifications.Uncertain || len(o.post.posted) != 1 {
		t.Fatalf("%s, and the other posted %d times", m.State, len(o.post.posted))
	}
	o.wait(time.Minute)
	if m := o.deliver(); m.State != notifications.Sent || o.post.asked != 1 {
		t.Errorf("%s", m.State)
	}
}

func TestOfManyWorkersOnePosts(t *testing.T) {
	o := newOffice(t)
	for _, p := range []string{"a", "b", "c", "d"} {
		o.enqueue(p)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := o.Deliver(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if slices.Sort(o.post.posted); len(o.post.posted) != 4 || len(slices.Compact(o.post.posted)) != 4 {
		t.Errorf("posted %v", o.post.posted)
	}
}

func TestAChannelIsAskedForByItsNameAndNoPersonIs(t *testing.T) {
	o := newOffice(t)
	o.people.err = errors.New("nobody should be asked for")
	m := letter(notifications.ChannelID("annexe-a"))
	m.RecipientName = "#annexe-a"
	if _, err := o.Enqueue(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if m := o.deliver(); m.State != notifications.Sent {
		t.Errorf("it is %s: %s", m.State, m.Detail)
	}
	if o.post.to.Channel != "annexe-a" || o.post.to.Name != "#annexe-a" || o.post.to.Email != "" {
		t.Errorf("sent to %+v", o.post.to)
	}
}
