package slack_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"readiness/notifications"
	"readiness/notifications/notifytest"
	"readiness/notifications/slack"
)

func names(scopes []notifications.Scope) []string {
	out := []string{}
	for _, s := range scopes {
		out = append(out, s.Name)
	}
	return out
}

func TestWhatTheAppMayDoIsWhatSlackSays(t *testing.T) {
	s := notifytest.New(t, token)
	some := []string{"chat:write", "im:write", "channels:read", "groups:read", "team:read"}
	s.SetScopes(some)
	c := slack.New(token, s.URL).Connection(t.Context(), "")
	if got, want := names(c.Granted), []string{"chat:write", "im:write", "channels:read", "groups:read"}; !slices.Equal(got, want) {
		t.Errorf("granted %q, want %q", got, want)
	}
	if len(c.Granted)+len(c.Missing) != len(slack.Scopes()) || slices.Contains(names(c.Missing), "chat:write") || !slices.Contains(names(c.Missing), "users:read.email") {
		t.Errorf("missing %q", names(c.Missing))
	}
	s.HideScopes()
	c = slack.New(token, s.URL).Connection(t.Context(), "")
	if c.Problem != "" || c.Workspace != "Stand-in" {
		t.Fatalf("through a proxy: %+v", c)
	}
	if c.Granted != nil || c.Missing != nil {
		t.Errorf("Slack did not say, and granted are %q, missing %q", names(c.Granted), names(c.Missing))
	}
}

func TestAChannelBeyondThoseLookedThroughIsNotSaidToBeMissing(t *testing.T) {
	s := notifytest.New(t, token)
	for n := range 6000 {
		s.Channels = append(s.Channels, notifytest.Channel{ID: fmt.Sprintf("C%07d", n), Name: fmt.Sprintf("channel-%d", n), Without: n > 2})
	}
	for channel, want := range map[string]string{
		"channel-2":    "",
		"channel-5999": "Nobody knows whether it is there: your Slack has more than 5000 channels, and it is not among the first",
	} {
		c := slack.New(token, s.URL).Connection(t.Context(), channel)
		if c.Channel == nil || c.Channel.Problem != want {
			t.Errorf("%s: %+v", channel, c.Channel)
		}
		if c.MemberOf != -1 {
			t.Errorf("of channels that nobody looked at, the app is in %d", c.MemberOf)
		}
	}
}

func TestWhichAnswersMeanThatSomebodyIsNotInSlack(t *testing.T) {
	for answer, want := range map[string]bool{
		"users_not_found": true, "user_not_found": true, "user_disabled": true, "user_not_visible": true,
		"token_revoked": false, "missing_scope": false, "is_archived": false, "new_rule_of_slacks": false,
	} {
		s := notifytest.New(t, token, lead.Email)
		s.Fail(notifytest.Fault{Method: "users.lookupByEmail", Error: answer})
		_, err := slack.New(token, s.URL).Send(t.Context(), to, message())
		var permanent *notifications.Permanent
		if !errors.As(err, &permanent) || permanent.Unfound != want || strings.Contains(permanent.Sentence, "xoxb") {
			t.Errorf("%s: %+v, want %v", answer, err, want)
		}
	}
}
