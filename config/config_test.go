package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

func TestDefaultsNeedNothingSet(t *testing.T) {
	c, err := Load(env())
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:8080" || c.BaseURL != "http://127.0.0.1:8080" || c.DataDir != "data" || c.MongoURI.IsSet() ||
		c.MongoDatabase != "readiness" || c.Zone.String() != "Europe/London" || !c.LocalSignIn || c.StaleAfter != 10 ||
		c.AnnexeADir != "" || c.AnnexeASettings != "" || c.AnnexeASchedule != "0 6 * * 1-5" || c.LogLevel != slog.LevelInfo || c.LogFormat != "text" || c.SessionLifetime != 12*time.Hour {
		t.Errorf("the defaults are not those of the table: %+v", c)
	}
}

func TestEverySettingIsRead(t *testing.T) {
	asked := map[string]bool{}
	if _, err := Load(func(name string) string { asked[name] = true; return "" }); err != nil {
		t.Fatal(err)
	}
	for _, s := range Settings() {
		if !asked[s.Name] || !asked[s.Name+"_FILE"] {
			t.Errorf("%s is in the table and is not read", s.Name)
		}
		delete(asked, s.Name)
		delete(asked, s.Name+"_FILE")
	}
	for name := range asked {
		t.Errorf("%s is read and is not in the table", name)
	}
}

func TestEveryProblemIsReportedTogether(t *testing.T) {
	_, err := Load(env("ADDR", "nowhere", "TIME_ZONE", "Mars/Olympus", "LOG_LEVEL", "loud", "LOG_FORMAT", "xml",
		"LOCAL_SIGN_IN", "perhaps", "STALE_AFTER", "0", "BASE_URL", "readiness.gov.uk", "MONGODB_URI", "postgres://u:hunter2@h/",
		"SLACK_BOT_TOKEN", "xapp-hunter2", "TRUSTED_PROXIES", "the proxy", "SESSION_IDLE", "1s", "MONGODB_DATABASE", "a b",
		"SLACK_CHANNEL", "annexe a", "SLACK_PER_MINUTE", "many"))
	if err == nil {
		t.Fatal("nothing was refused")
	}
	for _, name := range []string{"ADDR", "TIME_ZONE", "LOG_LEVEL", "LOG_FORMAT", "LOCAL_SIGN_IN", "STALE_AFTER", "BASE_URL",
		"MONGODB_URI", "SLACK_BOT_TOKEN", "TRUSTED_PROXIES", "SESSION_IDLE", "MONGODB_DATABASE", "SLACK_CHANNEL", "SLACK_PER_MINUTE"} {
		if !strings.Contains(err.Error(), name+" must") {
			t.Errorf("%s is wrong and the message does not say so:\n%v", name, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the message shows a secret:\n%v", err)
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("xoxb-from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(env("SLACK_BOT_TOKEN_FILE", path))
	if err != nil || c.SlackBotToken.Reveal() != "xoxb-from-file" {
		t.Errorf("got %q and %v", c.SlackBotToken.Reveal(), err)
	}
	if _, err := Load(env("SLACK_BOT_TOKEN_FILE", path+".missing")); err == nil || !strings.Contains(err.Error(), "SLACK_BOT_TOKEN_FILE") {
		t.Errorf("a missing file gave %v", err)
	}
	if _, err := Load(env("SLACK_BOT_TOKEN_FILE", path, "SLACK_BOT_TOKEN", "xoxb-x")); err == nil {
		t.Error("a secret given twice was accepted")
	}
}

func TestAChannelIsGivenWithItsSignOrWithout(t *testing.T) {
	for given, want := range map[string]string{"#annexe-a": "annexe-a", "annexe-a": "annexe-a", "C0123456789": "C0123456789", "": ""} {
		if c, err := Load(env("SLACK_CHANNEL", given)); err != nil || c.SlackChannel != want {
			t.Errorf("%q is %q: %v", given, c.SlackChannel, err)
		}
	}
}

func TestASecretHidesItself(t *testing.T) {
	s := NewSecret("hunter2")
	j, _ := json.Marshal(map[string]any{"s": s})
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "in", struct{ S Secret }{s})
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), string(j), log.String(), fmt.Sprintf("%+v", Config{MongoURI: s})} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("the secret shows in %q", text)
		}
	}
	if s.Reveal() != "hunter2" {
		t.Error("Reveal gives something else")
	}
}
