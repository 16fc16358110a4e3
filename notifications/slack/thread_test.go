package slack_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/notifications/slack"
)

func TestAReplyStandsBelowAndIsFoundThereByAnotherProcess(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	sender := slack.New(token, s.URL)
	root, err := sender.Send(t.Context(), to, message())
	if err != nil {
		t.Fatal(err)
	}
	var replies []notifications.Message
	for n := range 230 { // more than a page
		m := message()
		m.ID, m.ThreadTS = fmt.Sprint("reply-", n), root.Timestamp
		replies = append(replies, m)
	}
	for _, m := range replies {
		if _, err := sender.Send(t.Context(), to, m); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{0, 229} {
		r, found, err := slack.New(token, s.URL).Find(t.Context(), to, replies[n])
		if err != nil || !found || r.Channel != root.Channel {
			t.Errorf("reply %d: found %v: %v", n, found, err)
		}
	}
	above := replies[0]
	above.ThreadTS = ""
	if _, found, err := slack.New(token, s.URL).Find(t.Context(), to, above); err != nil || found {
		t.Errorf("a reply is found outside its thread: %v", err)
	}
	never := message()
	never.ID, never.ThreadTS = "never sent", root.Timestamp
	if _, found, err := sender.Find(t.Context(), to, never); err != nil || found {
		t.Errorf("found what was never sent: %v", err)
	}
	gone := never
	gone.ThreadTS = "1.000001"
	if _, found, err := sender.Find(t.Context(), to, gone); err != nil || found {
		t.Errorf("in a thread that is not there: %v %v", found, err)
	}
}

func TestAConversationThatIsKnownIsNotLookedUp(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	first, err := slack.New(token, s.URL).Send(t.Context(), to, message())
	if err != nil {
		t.Fatal(err)
	}
	before := len(s.Calls())
	known := to
	known.Known = first.Channel
	if r, err := slack.New(token, s.URL).Send(t.Context(), known, message()); err != nil || r.Channel != first.Channel || len(s.Calls()) != before+1 {
		t.Errorf("%+v after %d calls: %v", r, len(s.Calls())-before, err)
	}
	// It is not there any more: it is looked up after all.
	known.Known = "D0GONE"
	if r, err := slack.New(token, s.URL).Send(t.Context(), known, message()); err != nil || r.Channel != first.Channel {
		t.Errorf("%+v: %v", r, err)
	}
}

func TestAMessageIsChangedInPlaceAndKeepsItsKey(t *testing.T) {
	s := notifytest.New(t, token, lead.Email)
	sender := slack.New(token, s.URL)
	at, err := sender.Send(t.Context(), to, message())
	if err != nil {
		t.Fatal(err)
	}
	m := message()
	m.Content.Heading, m.Content.Items[0].Done, m.Content.Items[0].Detail = "All done for today", true, "updated by Ann Lead"
	for range 2 { // twice is once
		if err := sender.Edit(t.Context(), to, at, m); err != nil {
			t.Fatal(err)
		}
	}
	posts := s.Posts()
	if len(posts) != 1 || posts[0].Text != "All done for today" || posts[0].Key != m.ID || posts[0].Edits != 2 {
		t.Errorf("%+v", posts)
	}
	if text := fmt.Sprint(posts[0].Blocks); !strings.Contains(text, "✓ ~<") || !strings.Contains(text, "updated by Ann Lead") {
		t.Error(text)
	}
	var permanent *notifications.Permanent
	if err := sender.Edit(t.Context(), to, notifications.Receipt{Channel: at.Channel, Timestamp: "1.000001"}, m); !errors.As(err, &permanent) || permanent.Code != "message_not_found" {
		t.Errorf("one that is gone: %v", err)
	}
	s.Fail(notifytest.Fault{Method: "chat.update", Lost: true})
	var unknown *notifications.Unknown
	if err := sender.Edit(t.Context(), to, at, m); !errors.As(err, &unknown) {
		t.Errorf("an answer that was lost: %v", err)
	}
}
