// Package auth answers who is asking: sessions of people in a browser, bearer
// tokens of programs, passwords and one-time links. What they may then do is
// decided elsewhere.
//
// Nothing that opens a door is stored as it is: passwords as argon2id, tokens,
// sessions and links as SHA-256 of 160 random bits or more.
package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"readiness/workpackages"
)

// Session is one sign-in of one person in one browser.
type Session struct {
	ID        string    `bson:"_id"` // hash of the cookie's token
	PersonID  string    `bson:"person"`
	CreatedAt time.Time `bson:"created_at"`
	SeenAt    time.Time `bson:"seen_at"` // to within seenEvery
}

// Credential is a person's password.
type Credential struct {
	PersonID  string    `bson:"_id"`
	Hash      string    `bson:"hash"` // see hashPassword
	ChangedAt time.Time `bson:"changed_at"`
}

// Purpose says what a one-time link is for.
type Purpose string

// The purposes.
const (
	PurposeFirst  Purpose = "first"  // makes the first assistant director
	PurposeInvite Purpose = "invite" // lets a person choose a password
)

// Link is a one-time link.
type Link struct {
	ID        string    `bson:"_id"` // hash of the link's token
	Purpose   Purpose   `bson:"purpose"`
	PersonID  string    `bson:"person"`
	ExpiresAt time.Time `bson:"expires_at"`
}

// LinkInfo is what the page behind a link says.
type LinkInfo struct {
	Purpose     Purpose
	Name, Email string // of the person invited
	ExpiresAt   time.Time
}

// Token lets a program in, with a role.
type Token struct {
	ID        string            `bson:"_id"` // hash of the token
	ShortID   string            `bson:"short_id"`
	Name      string            `bson:"name"`
	Role      workpackages.Role `bson:"role"`
	GroupID   string            `bson:"group"`
	CreatedAt time.Time         `bson:"created_at"`
	Disabled  bool              `bson:"disabled"`
}

// Store is what auth keeps; app/store provides it. A thing that is not there
// is a NotFound, one that is there already a Conflict.
type Store interface {
	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, id string) (Session, error)
	TouchSession(ctx context.Context, id string, at time.Time) error
	DeleteSession(ctx context.Context, id string) error
	DeleteSessionsOf(ctx context.Context, personID string) error

	Credential(ctx context.Context, personID string) (Credential, error)
	SaveCredential(ctx context.Context, c Credential) error

	AddLink(ctx context.Context, l Link) error
	Link(ctx context.Context, id string) (Link, error)
	DeleteLinksOf(ctx context.Context, purpose Purpose, personID string) error
	// UseLink takes a link for good: of several that race exactly one gets nil,
	// the others Conflict.
	UseLink(ctx context.Context, id string, at time.Time) error
	LinkUsed(ctx context.Context, id string) (bool, error)

	AddToken(ctx context.Context, t Token) error
	Token(ctx context.Context, id string) (Token, error)
	Tokens(ctx context.Context) ([]Token, error)
	DisableToken(ctx context.Context, id string) error

	// Failures gives how many sign-ins failed under a key since an instant kept
	// with it, and CountFailure adds one. Counting loses none.
	Failures(ctx context.Context, key string) (n int, last time.Time, err error)
	CountFailure(ctx context.Context, key string, at time.Time) error
	ClearFailures(ctx context.Context, key string) error

	AddSetting(ctx context.Context, id string, value []byte) ([]byte, error)
	DeleteExpired(ctx context.Context, sessionsBefore, linksBefore, failuresBefore time.Time) error
}

// Options configures a Service.
type Options struct {
	Store    Store
	People   *workpackages.Service
	Now      func() time.Time
	Idle     time.Duration // a session ends after this long without a request
	Lifetime time.Duration // and after this long in any case
}

// Service is the one way to sign in, and to find out who somebody is.
type Service struct {
	Options
	csrfKey []byte
	hashing chan struct{} // how many passwords are worked on at once
}

// How long one-time links last.
const (
	FirstLinkFor  = time.Hour
	InviteLinkFor = 72 * time.Hour
)

// seenEvery is how often a session's last use is written: writes are dear.
const seenEvery = 5 * time.Minute

// New makes a Service; it makes the key that forms are signed with on the
// first start, and every copy of the program shares it.
func New(ctx context.Context, o Options) (*Service, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails: see crypto/rand
	key, err := o.Store.AddSetting(ctx, "csrf_key", key)
	if err != nil {
		return nil, err
	}
	return &Service{Options: o, csrfKey: key, hashing: make(chan struct{}, 2)}, nil
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// newToken gives 52 characters of 5 random bits each.
func newToken() string { return rand.Text() + rand.Text() }

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// CSRFToken gives the token for forms bound to a session or visitor cookie.
func (s *Service) CSRFToken(binding string) string {
	m := hmac.New(sha256.New, s.csrfKey)
	m.Write([]byte(binding))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// ValidCSRF reports whether a token is the one for a binding, in constant time.
func (s *Service) ValidCSRF(binding, token string) bool {
	return hmac.Equal([]byte(s.CSRFToken(binding)), []byte(token))
}

// startSession makes a session and gives its token.
func (s *Service) startSession(ctx context.Context, personID string) (string, error) {
	token, now := newToken(), s.now()
	return token, s.Store.AddSession(ctx, Session{ID: hash(token), PersonID: personID, CreatedAt: now, SeenAt: now})
}

var errSignedOut = workpackages.Errorf(workpackages.Unauthenticated, "You are signed out: sign in again")

// Session gives the person of a session's token, as they are now: somebody
// disabled a moment ago is out. The error is Unauthenticated when it has ended.
func (s *Service) Session(ctx context.Context, token string) (workpackages.Person, Session, error) {
	if len(token) > 100 {
		return workpackages.Person{}, Session{}, errSignedOut
	}
	ses, err := s.Store.Session(ctx, hash(token))
	if err != nil {
		return workpackages.Person{}, Session{}, orSignedOut(err)
	}
	now := s.now()
	if now.Sub(ses.SeenAt) > s.Idle || now.Sub(ses.CreatedAt) > s.Lifetime {
		return workpackages.Person{}, Session{}, errSignedOut
	}
	p, err := s.People.People.Person(ctx, ses.PersonID)
	if err != nil {
		return workpackages.Person{}, Session{}, orSignedOut(err)
	}
	if p.Disabled {
		return workpackages.Person{}, Session{}, errSignedOut
	}
	if now.Sub(ses.SeenAt) >= seenEvery {
		if err := s.Store.TouchSession(ctx, ses.ID, now); err != nil {
			return workpackages.Person{}, Session{}, err
		}
	}
	return p, ses, nil
}

// orSignedOut makes "not there" mean signed out; a broken database stays broken.
func orSignedOut(err error) error {
	if workpackages.KindOf(err) == workpackages.NotFound {
		return errSignedOut
	}
	return err
}

// EndSession signs out.
func (s *Service) EndSession(ctx context.Context, token string) error {
	return s.Store.DeleteSession(ctx, hash(token))
}

// EndSessionsOf signs a person out everywhere.
func (s *Service) EndSessionsOf(ctx context.Context, personID string) error {
	return s.Store.DeleteSessionsOf(ctx, personID)
}

// tokenPrefix lets scanners for leaked secrets know one of ours.
const tokenPrefix = "rdy_"

// CreateToken makes a bearer token; the text it gives is shown once.
func (s *Service) CreateToken(ctx context.Context, name string, role workpackages.Role, groupID string) (string, Token, error) {
	groups, err := s.People.Groups.Groups(ctx)
	if err != nil {
		return "", Token{}, err
	}
	// A token's name, role and group follow the rules of a person's.
	like := workpackages.Person{Name: name, Email: "token@example.gov.uk", Role: role, GroupID: groupID}
	if err := like.Validate(groups); err != nil {
		return "", Token{}, err
	}
	text := tokenPrefix + newToken()
	t := Token{ID: hash(text), Name: like.Name, Role: role, GroupID: groupID, CreatedAt: s.now()}
	t.ShortID = t.ID[:12]
	return text, t, s.Store.AddToken(ctx, t)
}

// TokenActor gives who a bearer token stands for, or Unauthenticated.
func (s *Service) TokenActor(ctx context.Context, text string) (workpackages.Actor, error) {
	unknown := workpackages.Errorf(workpackages.Unauthenticated, "The token is not known or was switched off: make one with readiness token create")
	if !strings.HasPrefix(text, tokenPrefix) || len(text) > 100 {
		return workpackages.Actor{}, unknown
	}
	t, err := s.Store.Token(ctx, hash(text))
	if workpackages.KindOf(err) == workpackages.NotFound && err != nil || err == nil && t.Disabled {
		return workpackages.Actor{}, unknown
	}
	if err != nil {
		return workpackages.Actor{}, err
	}
	return workpackages.Actor{ID: "token:" + t.ShortID, Name: t.Name, Role: t.Role, GroupID: t.GroupID, Via: "api"}, nil
}

// DisableToken switches off the token with a short id.
func (s *Service) DisableToken(ctx context.Context, shortID string) error {
	tokens, err := s.Store.Tokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.ShortID == shortID {
			return s.Store.DisableToken(ctx, t.ID)
		}
	}
	return workpackages.Errorf(workpackages.NotFound, "There is no token %s: readiness token list shows them", shortID)
}

// DeleteExpired clears away what nobody can use any more.
func (s *Service) DeleteExpired(ctx context.Context) error {
	now := s.now()
	return s.Store.DeleteExpired(ctx, now.Add(-s.Lifetime), now.Add(-24*time.Hour), now.Add(-24*time.Hour))
}
