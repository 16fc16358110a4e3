// Package config reads the program's settings from the environment, once, and
// reports everything that is wrong with them together.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // councils' containers often hold no zone files
)

// Config is every setting, checked.
type Config struct {
	Addr            string         // host:port to listen on
	BaseURL         string         // where people reach the product, without a final slash
	DataDir         string         // folder of the embedded database
	MongoURI        Secret         // empty: the embedded database
	MongoDatabase   string         //
	Zone            *time.Location // of dates, working days and schedules
	LogLevel        slog.Level     //
	LogFormat       string         // text or json
	SlackBotToken   Secret         // empty: messages stay in the ledger
	SlackAppToken   Secret         //
	SlackSigning    Secret         //
	SlackAPIURL     string         // empty: Slack's own
	SlackChannel    string         // name without # or id; empty: people are told one by one
	SlackPerMinute  int            // messages a minute over all copies of the program
	OIDCIssuer      string         //
	OIDCClientID    string         //
	OIDCSecret      Secret         //
	AnnexeADir      string         // folder the scheduled check reads; empty: none
	AnnexeASettings string         // the council's settings file for Annexe A checks; empty: none
	AnnexeASchedule string         // five cron fields in Zone; schedules reads them
	LocalSignIn     bool           // sign-in with a password of our own
	StaleAfter      int            // working days without an update
	TrustedProxies  []string       // addresses or ranges whose X-Forwarded-For is believed
	SessionIdle     time.Duration  //
	SessionLifetime time.Duration  //
}

// Setting documents one environment variable. Each may also come from a file, whose
// path is in NAME_FILE.
type Setting struct {
	Name, Default, What string
}

// Settings lists every environment variable that the program reads. Tests hold Load
// and the README's table to it.
func Settings() []Setting {
	return []Setting{
		{"ADDR", "127.0.0.1:8080", "Address to listen on"},
		{"BASE_URL", "http:// and ADDR", "Address that people use, for links in messages; https:// makes cookies secure"},
		{"DATA_DIR", "data", "Folder of the embedded database"},
		{"MONGODB_URI", "", "A MongoDB replica set to use in place of the embedded database"},
		{"MONGODB_DATABASE", "readiness", "Database name"},
		{"TIME_ZONE", "Europe/London", "Zone of dates, working days and schedules"},
		{"STALE_AFTER", "10", "Working days without a status update before a package is stale"},
		{"LOG_LEVEL", "info", "debug, info, warn or error"},
		{"LOG_FORMAT", "text", "text or json"},
		{"SLACK_BOT_TOKEN", "", "Bot token (xoxb-…). Without it messages are kept in the send ledger, not sent"},
		{"SLACK_APP_TOKEN", "", "App-level token (xapp-…) for Socket Mode: buttons, forms and /readiness work in Slack, through a web socket that the product opens"},
		{"SLACK_SIGNING_SECRET", "", "Signing secret: the same through requests that Slack sends to BASE_URL"},
		{"SLACK_API_URL", "Slack's own", "Another address of the Slack API, for tests and proxies"},
		{"SLACK_CHANNEL", "", "Channel that hears of Annexe A checks: its name, or its id, such as C0123456789. Without it the leads of the System and Performance Core Group do"},
		{"SLACK_PER_MINUTE", "300", "Messages sent to Slack in a minute, over all copies of the program"},
		{"OIDC_ISSUER", "", "Issuer for single sign-on (not used yet)"},
		{"OIDC_CLIENT_ID", "", "Client id for single sign-on (not used yet)"},
		{"OIDC_CLIENT_SECRET", "", "Client secret for single sign-on (not used yet)"},
		{"ANNEXA_DIR", "", "Folder that the scheduled Annexe A check reads: workbooks and CSV files of the eleven lists"},
		{"ANNEXA_SCHEDULE", "0 6 * * 1-5", "When it is read: five cron fields, in TIME_ZONE"},
		{"ANNEXA_SETTINGS", "", "The council's own settings for Annexe A checks, a YAML file"},
		{"LOCAL_SIGN_IN", "true", "Whether people may sign in with a password kept here"},
		{"TRUSTED_PROXIES", "", "Addresses or ranges of your reverse proxies, with commas: their X-Forwarded-For is believed"},
		{"SESSION_IDLE", "2h", "Sign people out after this long without a request"},
		{"SESSION_LIFETIME", "12h", "Sign people out after this long in any case"},
	}
}

// Load reads the settings through getenv (os.Getenv in the program). The error
// joins one sentence for each thing that is wrong; none holds a secret's text.
func Load(getenv func(string) string) (Config, error) {
	r := reader{getenv: getenv}
	c := Config{
		Addr:          r.text("ADDR", "127.0.0.1:8080"),
		DataDir:       r.text("DATA_DIR", "data"),
		MongoURI:      r.secret("MONGODB_URI"),
		MongoDatabase: r.text("MONGODB_DATABASE", "readiness"),
		SlackBotToken: r.secret("SLACK_BOT_TOKEN"),
		SlackAppToken: r.secret("SLACK_APP_TOKEN"),
		SlackSigning:  r.secret("SLACK_SIGNING_SECRET"),
		SlackChannel:  strings.TrimPrefix(r.text("SLACK_CHANNEL", ""), "#"),
		OIDCIssuer:    r.url("OIDC_ISSUER", ""),
		OIDCClientID:  r.text("OIDC_CLIENT_ID", ""),
		OIDCSecret:    r.secret("OIDC_CLIENT_SECRET"),

		AnnexeADir:      r.text("ANNEXA_DIR", ""),
		AnnexeASettings: r.text("ANNEXA_SETTINGS", ""),
		AnnexeASchedule: r.text("ANNEXA_SCHEDULE", "0 6 * * 1-5"),
	}
	host, port, err := net.SplitHostPort(c.Addr)
	if n, convErr := strconv.Atoi(port); err != nil || convErr != nil || n < 0 || n > 65535 {
		r.bad("ADDR must be a host and a port, such as 127.0.0.1:8080; it is %q", c.Addr)
	}
	c.BaseURL = r.url("BASE_URL", "http://"+net.JoinHostPort(linkHost(host), port))
	c.SlackAPIURL = r.url("SLACK_API_URL", "")
	if strings.ContainsAny(c.MongoDatabase, `/\. "$*<>:|?`) || len(c.MongoDatabase) > 63 {
		r.bad("MONGODB_DATABASE must be a plain name of at most 63 characters; it is %q", c.MongoDatabase)
	}
	if uri := c.MongoURI.Reveal(); uri != "" && !strings.HasPrefix(uri, "mongodb://") && !strings.HasPrefix(uri, "mongodb+srv://") {
		r.bad("MONGODB_URI must begin with mongodb:// or mongodb+srv://")
	}
	if t := c.SlackBotToken.Reveal(); t != "" && !strings.HasPrefix(t, "xoxb-") {
		r.bad("SLACK_BOT_TOKEN must be a bot token, which begins with xoxb-")
	}
	if t := c.SlackAppToken.Reveal(); t != "" && !strings.HasPrefix(t, "xapp-") {
		r.bad("SLACK_APP_TOKEN must be an app-level token, which begins with xapp-")
	}
	if strings.ContainsAny(c.SlackChannel, " #@/:<>|") || len(c.SlackChannel) > 80 {
		r.bad("SLACK_CHANNEL must be a channel's name, such as #annexe-a, or its id, such as C0123456789; it is %q", c.SlackChannel)
	}
	zone := r.text("TIME_ZONE", "Europe/London")
	if c.Zone, err = time.LoadLocation(zone); err != nil || zone == "Local" {
		r.bad("TIME_ZONE must be a zone name such as Europe/London; it is %q", zone)
	}
	level := r.text("LOG_LEVEL", "info")
	if c.LogLevel.UnmarshalText([]byte(level)) != nil {
		r.bad("LOG_LEVEL must be debug, info, warn or error; it is %q", level)
	}
	if c.LogFormat = r.text("LOG_FORMAT", "text"); c.LogFormat != "text" && c.LogFormat != "json" {
		r.bad("LOG_FORMAT must be text or json; it is %q", c.LogFormat)
	}
	local := r.text("LOCAL_SIGN_IN", "true")
	if c.LocalSignIn, err = strconv.ParseBool(local); err != nil {
		r.bad("LOCAL_SIGN_IN must be true or false; it is %q", local)
	}
	stale := r.text("STALE_AFTER", "10")
	if c.StaleAfter, err = strconv.Atoi(stale); err != nil || c.StaleAfter < 1 || c.StaleAfter > 250 {
		r.bad("STALE_AFTER must be a number of working days from 1 to 250; it is %q", stale)
	}
	pace := r.text("SLACK_PER_MINUTE", "300")
	if c.SlackPerMinute, err = strconv.Atoi(pace); err != nil || c.SlackPerMinute < 1 || c.SlackPerMinute > 100_000 {
		r.bad("SLACK_PER_MINUTE must be a number of messages from 1 to 100000, such as 300; it is %q", pace)
	}
	for p := range strings.SplitSeq(r.text("TRUSTED_PROXIES", ""), ",") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		_, addrErr := netip.ParseAddr(p)
		_, prefixErr := netip.ParsePrefix(p)
		if addrErr != nil && prefixErr != nil {
			r.bad("TRUSTED_PROXIES must be addresses or ranges such as 10.0.0.0/8, with commas; %q is neither", p)
		}
		c.TrustedProxies = append(c.TrustedProxies, p)
	}
	c.SessionIdle = r.duration("SESSION_IDLE", "2h", 5*time.Minute, 24*time.Hour)
	c.SessionLifetime = r.duration("SESSION_LIFETIME", "12h", 10*time.Minute, 7*24*time.Hour)
	return c, errors.Join(r.problems...)
}

// linkHost is a host that a browser can open when the program listens on all.
func linkHost(host string) string {
	if host == "" || host == "0.0.0.0" || host == "::" {
		return "localhost"
	}
	return host
}

type reader struct {
	getenv   func(string) string
	problems []error
}

func (r *reader) bad(format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf(format, args...))
}

func (r *reader) text(name, fallback string) string {
	if v := strings.TrimSpace(r.getenv(name)); v != "" {
		return v
	}
	// Every setting may come from a file, as container secrets do.
	path := strings.TrimSpace(r.getenv(name + "_FILE"))
	if path == "" {
		return fallback
	}
	data, err := os.ReadFile(path)
	if err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		r.bad("%s_FILE names a file that cannot be read: %v", name, err)
		return fallback
	}
	return strings.TrimSpace(string(data))
}

func (r *reader) secret(name string) Secret {
	if r.getenv(name) != "" && r.getenv(name+"_FILE") != "" {
		r.bad("%s and %s_FILE are both set: keep one", name, name)
	}
	return NewSecret(r.text(name, ""))
}

func (r *reader) url(name, fallback string) string {
	v := r.text(name, fallback)
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		r.bad("%s must be a web address such as https://readiness.example.gov.uk", name)
		return fallback
	}
	return strings.TrimRight(v, "/")
}

func (r *reader) duration(name, fallback string, lo, hi time.Duration) time.Duration {
	v := r.text(name, fallback)
	d, err := time.ParseDuration(v)
	if err != nil || d < lo || d > hi {
		r.bad("%s must be a length of time from %s to %s, such as %s; it is %q", name, lo, hi, fallback, v)
	}
	return d
}
