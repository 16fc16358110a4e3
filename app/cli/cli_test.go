package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"readiness/app/server"
	"readiness/config"
	"readiness/notifications"
	"readiness/schedules"
	"readiness/workpackages"
)

// result is what one command line came to.
type result struct {
	code           int
	stdout, stderr string
}

func runLine(t *testing.T, env map[string]string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := Run(args, func(name string) string { return env[name] }, strings.NewReader(""), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

func TestCommandsThatNeedNoDatabase(t *testing.T) {
	for _, c := range []struct {
		what string
		args []string
		code int
		says string // on stdout when it went well, else on stderr
	}{
		{"help", []string{"help"}, 0, "readiness annexa check"},
		{"the version", []string{"version"}, 0, "readiness "},
		{"the rules", []string{"annexa", "rules"}, 0, "S04  The value is not a permitted code"},
		{"the manifest of the Slack app", []string{"slack", "manifest"}, 0, `"socket_mode_enabled": true`},
		{"the manifest without an address that Slack can reach", []string{"slack", "manifest", "--http"}, 2, "Slack sends requests over https only"},
		{"a word of slack that is none", []string{"slack", "send"}, 2, "Usage: readiness slack manifest"},
		{"a command that is none", []string{"sevre"}, 2, `no command "sevre"`},
		{"serve with a word too many", []string{"serve", "now"}, 2, "takes no arguments"},
		{"a check of nothing", []string{"annexa", "check"}, 2, "Usage"},
		{"a check of a file that is not there", []string{"annexa", "check", "none.xlsx"}, 2, "none.xlsx cannot be found"},
		{"a format that is none", []string{"annexa", "check", "--format", "xml", "x"}, 2, "--format must be text or json"},
		{"a day that is none", []string{"annexa", "check", "--as-of", "today", "x"}, 2, "--as-of must be a day"},
		{"a flag that is none", []string{"annexa", "check", "--loud", "x"}, 2, "flag provided but not defined"},
	} {
		r := runLine(t, nil, c.args...)
		out := r.stderr
		if c.code == 0 {
			out = r.stdout
		}
		if r.code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: %d, %q, %q", c.what, r.code, r.stdout, r.stderr)
		}
	}
	var rules struct {
		Rules []map[string]any `json:"rules"`
	}
	if err := json.Unmarshal([]byte(runLine(t, nil, "annexa", "rules", "--format", "json").stdout), &rules); err != nil || len(rules.Rules) < 20 || rules.Rules[0]["why"] == "" {
		t.Errorf("%d rules: %v", len(rules.Rules), err)
	}
}

const listOne = "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),Date of Contact,Contact Source\n"

func TestTheExitCodesOfAnnexeAChecks(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good/List 1.csv", listOne+"A1,b) Female,a) WBRI,01/02/2015,11,03/11/2026,q) 6: Police\n")
	bad := write("bad/List 1.csv", listOne+"A1,b) Female,a) WBRI,01/02/2015,11,yesterday,q) 6: Police\n")
	warned := write("warned/List 1.csv", listOne+"A1,F,a) WBRI,01/02/2015,11,03/11/2026,q) 6: Police\n")
	for _, c := range []struct {
		what string
		args []string
		code int
		says string
	}{
		{"nothing wrong", []string{good}, 0, "1 of 11 lists found; 1 row; 0 errors"},
		{"a warning only", []string{warned}, 0, "1 warning"},
		{"an error", []string{bad}, 1, "Date of Contact: the value is not a date"},
		{"an error, with flags after the path", []string{bad, "--format", "json", "--as-of", "2026-11-24"}, 1, `"rule": "S05"`},
		{"a folder, in which ten lists are missing", []string{filepath.Dir(good)}, 1, "1 of 11 lists found; 1 row; 10 errors"},
		{"a file that is no list", []string{write("x.csv", "a,b\n1,2\n")}, 2, "No list of Annexe A was found"},
		{"a file that is no workbook", []string{write("x.xlsx", "hello")}, 2, "x.xlsx: The file is not a workbook"},
		{"an empty folder", []string{t.TempDir()}, 2, "holds no workbook and no CSV file"},
	} {
		r := runLine(t, nil, append([]string{"annexa", "check"}, c.args...)...)
		if r.code != c.code || !strings.Contains(r.stdout+r.stderr, c.says) {
			t.Errorf("%s: %d, %q, %q", c.what, r.code, r.stdout, r.stderr)
		}
	}
}

func TestACheckOfAFolderSaysWhatItPassedOver(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"List 1.csv": listOne + "A1,b) Female,a) WBRI,01/02/2015,11,03/11/2026,q) 6: Police\n",
		"query.sql":  "select", "notes.docx": "x",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const over = "Passed over in the folder: 2 files of kinds that are not read (.docx, .sql)"
	r := runLine(t, nil, "annexa", "check", dir)
	if strings.Count(r.stdout, over+".\n") != 1 || strings.Contains(r.stdout, "query") {
		t.Errorf("as text: %s", r.stdout)
	}
	var report struct{ Notes []string }
	r = runLine(t, nil, "annexa", "check", "--format", "json", dir)
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || !slices.Contains(report.Notes, over) {
		t.Errorf("as JSON: %v, %v", report.Notes, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "List 1.csv"), []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r = runLine(t, nil, "annexa", "check", dir); r.code != exitUsage || !strings.Contains(r.stderr, over+".\n") {
		t.Errorf("where no list was found: %d %s", r.code, r.stderr)
	}
}

func TestEverySettingThatIsWrongIsNamedAndNoSecretShown(t *testing.T) {
	r := runLine(t, map[string]string{"ADDR": "x", "SLACK_BOT_TOKEN": "hunter2", "STALE_AFTER": "many"}, "user", "list")
	if r.code != exitUsage || !strings.Contains(r.stderr, "ADDR must") || !strings.Contains(r.stderr, "SLACK_BOT_TOKEN must") || !strings.Contains(r.stderr, "STALE_AFTER must") {
		t.Errorf("%d %s", r.code, r.stderr)
	}
	if strings.Contains(r.stderr, "hunter2") {
		t.Error("the token shows")
	}
}

// adminCommands is what an administrator does, with or without the product
// running on the folder.
func adminCommands(t *testing.T, env map[string]string) {
	t.Helper()
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"user", "add", "--email", "ad@example.gov.uk", "--name", "Alex Example", "--role", "assistant_director"}, 0, "/link/"},
		{[]string{"user", "add", "--email", "lead@example.gov.uk", "--name", "Lead One", "--role", "lead", "--group", "ofsted-steering-group"}, 0, "Lead One was added"},
		{[]string{"user", "add", "--email", "lead@example.gov.uk", "--name", "Lead Two", "--role", "viewer"}, 2, "--email: Enter another e-mail address"},
		{[]string{"user", "add", "--email", "x", "--name", "", "--role", "king"}, 2, "--role: Choose a role"},
		{[]string{"user", "add", "--email", "l@example.gov.uk", "--name", "L", "--role", "lead"}, 2, "--group: Choose the steering group"},
		{[]string{"user", "list"}, 0, "lead@example.gov.uk"},
		{[]string{"user", "link", "lead@example.gov.uk"}, 0, "It works once"},
		{[]string{"user", "link", "nobody@example.gov.uk"}, 1, "nobody with the e-mail address"},
		{[]string{"user", "disable", "lead@example.gov.uk"}, 0, "may no longer sign in"},
		{[]string{"user", "disable", "ad@example.gov.uk"}, 2, "last one who can sign in"},
		{[]string{"user", "nonsense"}, 2, "Usage"},
		{[]string{"token", "create", "--name", "Reports", "--role", "viewer"}, 0, "rdy_"},
		{[]string{"token", "create", "--name", "", "--role", "viewer"}, 2, "--name"},
		{[]string{"token", "list"}, 0, "Reports"},
		{[]string{"token", "disable", "none"}, 1, "There is no token"},
		{[]string{"job", "list"}, 0, "status-update-due (0 9 * * 1-5, Europe/London)"},
		{[]string{"job", "run", "status-update-due", "--dry-run", "--at", "2030-01-22T09:00:00Z"}, 0, "1 message would be sent.\n\nTo Alex Example <ad@example.gov.uk>\n"},
		{[]string{"job", "run", "status-update-due", "--at", "noon"}, 2, "--at must be an instant"},
		{[]string{"job", "list"}, 0, "annexa-check (0 6 * * 1-5, Europe/London)"},
		{[]string{"job", "run", "annexa-check", "--dry-run"}, 0, "ANNEXA_DIR is not set, so there is nothing to check."},
		{[]string{"job", "run", "none"}, 1, "There is no job called none"},
		{[]string{"job", "list"}, 0, "Monday to Friday at 09:00, on working days\n  Next: "},
		{[]string{"job", "simulate"}, 0, "if nobody does anything and the rules stay as they are.\n"},
		{[]string{"job", "simulate", "--weeks", "3", "--with-off"}, 0, "with the rules that are switched off.\n"},
		{[]string{"job", "simulate", "--weeks", "27"}, 2, "--weeks must be a whole number from 1 to 26; it is 27"},
		{[]string{"export"}, 2, "Usage"},
	} {
		r := runLine(t, env, c.args...)
		if r.code != c.code || !strings.Contains(r.stdout+r.stderr, c.says) {
			t.Errorf("%s: %d, %q, %q", strings.Join(c.args, " "), r.code, r.stdout, r.stderr)
		}
	}
}

func TestAdministrationWhileTheProductIsStopped(t *testing.T) {
	adminCommands(t, map[string]string{"DATA_DIR": t.TempDir()})
}

func TestTheFolderOfAnnexeACanBeCheckedByHand(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "List 1.csv"), []byte(listOne+"A1,b) Female,a) WBRI,01/02/2015,11,03/11/2026,q) 6: Police\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"DATA_DIR": t.TempDir(), "ANNEXA_DIR": dir, "SLACK_CHANNEL": "#annexe-a"}
	at := "2026-11-24T06:00:00Z"
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"--dry-run", "--at", at}, 0, []string{"; 1 message would be sent.", "To #annexe-a", "this channel is set to hear of Annexe A checks"}},
		{[]string{"--at", at}, 0, []string{"; 1 message put in the outbox.", "To #annexe-a", "http://127.0.0.1:8080/annexa/checks/20261124T060000.000-schedule"}},
		{[]string{"--at", at}, 0, []string{"It has run for this instant already"}},
		{[]string{"--at", "2999-11-24T06:00:00Z"}, 2, []string{"give --at an instant that has passed"}},
	} {
		r := runLine(t, env, append([]string{"job", "run", "annexa-check"}, c.args...)...)
		for _, says := range c.says {
			if r.code != c.code || !strings.Contains(r.stdout+r.stderr, says) {
				t.Errorf("%v: %d, %q, %q", c.args, r.code, r.stdout, r.stderr)
			}
		}
	}
	env["ANNEXA_DIR"] = filepath.Join(dir, "none")
	if r := runLine(t, env, "job", "run", "annexa-check"); r.code != exitFailed || !strings.Contains(r.stderr, "The folder cannot be found") {
		t.Errorf("without its folder: %+v", r)
	}
}

func TestAdministrationWhileTheProductRuns(t *testing.T) {
	env := map[string]string{"DATA_DIR": t.TempDir(), "ADDR": "127.0.0.1:0"}
	cfg, err := config.Load(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.New(t.Context(), server.Options{Config: cfg, Log: slog.New(slog.DiscardHandler), Now: time.Now, Command: command})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.Stop()
	adminCommands(t, env)
	token := strings.TrimSpace(runLine(t, env, "token", "create", "--name", "T", "--role", "viewer").stdout)
	req, err := http.NewRequest("GET", "http://"+s.Addr()+"/api/v1/groups", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("a token made while the product runs: %d", res.StatusCode)
	}
	// An export is a copy of everything, which a new folder takes whole.
	file := filepath.Join(t.TempDir(), "all.gz")
	if r := runLine(t, env, "export", file); r.code != 0 {
		t.Fatalf("export: %+v", r)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || info.Size() < 500 {
		t.Errorf("the export is %v: %v", info, err)
	}
	if r := runLine(t, env, "import", file); r.code == 0 || !strings.Contains(r.stderr, "holds work packages already") {
		t.Errorf("importing over a database in use: %+v", r)
	}
	fresh := map[string]string{"DATA_DIR": t.TempDir()}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(t.TempDir(), "short.gz")
	if err := os.WriteFile(short, whole[:len(whole)*2/3], 0o600); err != nil {
		t.Fatal(err)
	}
	if r := runLine(t, fresh, "import", short); r.code == 0 || !strings.Contains(r.stderr, "nothing was changed") {
		t.Errorf("importing half a file: %+v", r)
	}
	if r := runLine(t, fresh, "import", file); r.code != 0 || !strings.Contains(r.stdout, "Imported ") {
		t.Fatalf("import: %+v", r)
	}
	if r := runLine(t, fresh, "user", "list"); r.stdout != runLine(t, env, "user", "list").stdout {
		t.Errorf("the people differ:\n%s", r.stdout)
	}
	again := filepath.Join(t.TempDir(), "again.gz")
	if r := runLine(t, fresh, "export", again); r.code != 0 {
		t.Fatalf("the second export: %+v", r)
	}
}

// TestAMessageThatLeftTheQueueDuringAnExportIsSentAfterTheImport: an export made
// while it was sent has the message as waiting, and no entry for it.
func TestAMessageThatLeftTheQueueDuringAnExportIsSentAfterTheImport(t *testing.T) {
	open := func(dir string) *server.System {
		t.Helper()
		env := map[string]string{"DATA_DIR": dir}
		cfg, err := config.Load(func(name string) string { return env[name] })
		if err != nil {
			t.Fatal(err)
		}
		sys, err := server.OpenSystem(t.Context(), cfg, slog.New(slog.DiscardHandler), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return sys
	}
	from, to, file := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "all.gz")
	sys := open(from)
	_, err := sys.Store.AddMessage(t.Context(), notifications.Message{ID: "rule/person/day", Rule: "rule", State: notifications.Pending, Version: 1, CreatedAt: time.Now(), NotBefore: time.Now()})
	if err := errors.Join(err, sys.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if r := runLine(t, map[string]string{"DATA_DIR": from}, "export", file); r.code != 0 {
		t.Fatalf("export: %+v", r)
	}
	if r := runLine(t, map[string]string{"DATA_DIR": to}, "import", file); r.code != 0 {
		t.Fatalf("import: %+v", r)
	}
	sys = open(to)
	due, err := sys.Store.DueNow(t.Context(), time.Now(), 0)
	if err := errors.Join(err, sys.Close(t.Context())); err != nil || len(due) != 1 || due[0].Key != "rule/person/day" {
		t.Errorf("the queue has %+v: %v", due, err)
	}
}

func TestAnExportNeverLeavesHalfAFile(t *testing.T) {
	dir := t.TempDir()
	r := runLine(t, map[string]string{"DATA_DIR": filepath.Join(dir, "data", "x"), "MONGODB_URI": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200"}, "export", filepath.Join(dir, "out.gz"))
	left, err := os.ReadDir(dir)
	if r.code == 0 || err != nil || len(left) != 0 {
		t.Errorf("%+v left %v: %v", r, left, err)
	}
}

// TestFindingsKeptBesideTheReturn are written anew, and no list is written over.
func TestFindingsKeptBesideTheReturn(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "List 1.csv")
	if err := os.WriteFile(list, []byte(listOne+"A1,x,a) WBRI,01/02/2015,11,03/11/2026,q) 6: Police\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "findings.xlsx")
	for range 2 {
		r := runLine(t, nil, "annexa", "check", "--out", out, dir)
		if r.code != 1 || !strings.Contains(r.stdout, "1 of 11 lists found; 1 row;") {
			t.Errorf("exit %d, %s\n%s", r.code, r.stderr, r.stdout)
		}
	}
	before, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if r := runLine(t, nil, "annexa", "check", "--out", list, dir); r.code != 2 || !strings.Contains(r.stderr, "--out names a file that is checked") {
		t.Errorf("over a list of the folder: exit %d, %s", r.code, r.stderr)
	}
	if after, err := os.ReadFile(list); err != nil || string(after) != string(before) {
		t.Errorf("the list is now %q: %v", after, err)
	}
}

func TestWhatAnAnalystAsksOfACheck(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	list := write("List 1.csv", listOne+strings.Repeat("A1,x,a) WBRI,01/02/2015,11,03/11/2026,q) 6: Police\n", 9)+"A2,b) Female,a) WBRI,01/02/2015,11,03/11/2026,q) 6: Police\n")
	out := filepath.Join(dir, "findings.xlsx")
	off := write("settings.yaml", "off: [{rule: S04, list: 1, reason: it is being mended}]\n")
	faulty := write("faulty.yaml", "severity: {S04: loud, Z1: info}\n")
	earlier := write("earlier.json", runLine(t, nil, "annexa", "check", "--format", "json", "--settings", off, list).stdout)
	for _, c := range []struct {
		what string
		args []string
		env  map[string]string
		code int
		says []string
	}{
		{"a page", nil, nil, 1, []string{"Gender: the value is not a permitted code (9 of 10 rows) [S04]", "Why so:", "Not fit to send"}},
		{"every cause with its rows", []string{"--all"}, nil, 1, []string{"At rows 2 to 10"}},
		{"a workbook of findings", []string{"--out", out}, nil, 1, []string{"holds children's data"}},
		{"settings that switch the rule off", []string{"--settings", off}, nil, 0, []string{"Rule S04 is switched off in List 1: it is being mended"}},
		{"settings from the environment", nil, map[string]string{"ANNEXA_SETTINGS": off}, 0, []string{"it is being mended"}},
		{"settings that are faulty", []string{"--settings", faulty}, nil, 2, []string{`it is "loud"`, `no rule "Z1"`}},
		{"settings that are not there", []string{"--settings", "none.yaml"}, nil, 2, []string{"none.yaml cannot be read"}},
		{"what changed", []string{"--previous", earlier}, nil, 1, []string{"Since the check before", "New: List 1, Gender: the value is not a permitted code (9)"}},
		{"an earlier report that is none", []string{"--previous", off}, nil, 2, []string{"is no earlier report"}},
		{"for outside the authority", []string{"--share", "--format", "json"}, nil, 1, []string{`"count": 0`, `"all_but": true`, `"errors": 0`}}, // 9 of 10
		{"findings over the return itself", []string{"--out", list}, nil, 2, []string{"--out names a file that is checked"}},
		{"findings that are no workbook", []string{"--out", filepath.Join(dir, "x.csv")}, nil, 2, []string{"must end in .xlsx"}},
		{"findings where there is no folder", []string{"--out", filepath.Join(dir, "none", "x.xlsx")}, nil, 2, []string{"cannot be written"}},
	} {
		r := runLine(t, c.env, append(append([]string{"annexa", "check"}, c.args...), list)...)
		if r.code != c.code {
			t.Errorf("%s: exit %d, %s", c.what, r.code, r.stderr)
		}
		for _, s := range c.says {
			if !strings.Contains(r.stdout+r.stderr, s) {
				t.Errorf("%s does not say %q:\n%s%s", c.what, s, r.stdout, r.stderr)
			}
		}
		if strings.Contains(r.stdout, "A1") || strings.Contains(r.stdout, "\x1b[") {
			t.Errorf("%s shows a child, or colours a file:\n%s", c.what, r.stdout)
		}
	}
	info, err := os.Stat(out)
	if err != nil || info.Size() < 1000 || info.Mode().Perm() != 0o600 {
		t.Errorf("the workbook of findings: %v, %v", info, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 5 {
		t.Errorf("beside what was asked for there is something else: %v, %v", entries, err)
	}
}

func TestTheListOfJobsSaysWhichAreSwitchedOff(t *testing.T) {
	env := map[string]string{"DATA_DIR": t.TempDir()}
	cfg, err := config.Load(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	sys, err := server.OpenSystem(t.Context(), cfg, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sys.Rules.EditRule(t.Context(), workpackages.System(), schedules.StatusUpdateDue, 1, schedules.RuleInput{
		Days: []time.Weekday{time.Tuesday}, Time: "10:30", Audience: []schedules.Audience{schedules.Leads},
	})
	if err := errors.Join(err, sys.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	r := runLine(t, env, "job", "list")
	_, of, _ := strings.Cut(r.stdout, "status-update-due (30 10 * * 2, Europe/London)\n")
	first, rest, _ := strings.Cut(of, "\nmilestone-due-soon ")
	if r.code != exitOK || !strings.HasSuffix(first, "\n  Switched off") || strings.Contains(rest, "Switched off") || !strings.Contains(rest, "  Next: ") {
		t.Errorf("%d, %q, %q", r.code, r.stdout, r.stderr)
	}
}
