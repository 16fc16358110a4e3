package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"readiness/workpackages"
)

// The cost of a password: OWASP's first choice for argon2id (Password Storage
// Cheat Sheet: 19 MiB, two passes, one lane).
const (
	argonMemory  = 19 * 1024 // KiB
	argonPasses  = 2
	argonLanes   = 1
	argonKeySize = 32
	saltSize     = 16
)

var b64 = base64.RawStdEncoding

// hashPassword gives the password in the PHC string format.
func (s *Service) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	key, err := s.argon(ctx, password, salt, argonPasses, argonMemory, argonLanes)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// argon waits its turn: a burst of sign-ins must not eat the memory.
func (s *Service) argon(ctx context.Context, password string, salt []byte, passes, memory uint32, lanes uint8) ([]byte, error) {
	select {
	case s.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, workpackages.Wrap(workpackages.Unavailable, ctx.Err(), "Too many people are signing in at once: try again in a minute")
	}
	defer func() { <-s.hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, argonKeySize), nil
}

// checkPassword reports whether a password is the one of a hash.
func (s *Service) checkPassword(ctx context.Context, password, hash string) (bool, error) {
	var version int
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("a stored password is in an unknown form")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes); err != nil || version != argon2.Version {
		return false, fmt.Errorf("a stored password is in an unknown form")
	}
	salt, err1 := b64.DecodeString(parts[4])
	want, err2 := b64.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) != argonKeySize {
		return false, fmt.Errorf("a stored password is in an unknown form")
	}
	got, err := s.argon(ctx, password, salt, passes, memory, lanes)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// nobody is the hash checked for an e-mail address that is not known, so that
// the time taken does not tell.
var nobody = sync.OnceValue(func() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
		b64.EncodeToString(make([]byte, saltSize)), b64.EncodeToString(make([]byte, argonKeySize)))
})

// common are beginnings of long passwords that everybody tries first.
var common = []string{"password", "123456789012", "qwertyuiop", "letmein", "welcome", "readiness", "ofsted", "abcdefghijkl"}

// passwordProblem says what is wrong with a new password, or "". Length counts;
// mixtures of characters are not asked for (NCSC and NIST SP 800-63B).
func passwordProblem(password, name, email string) string {
	n := utf8.RuneCountInString(password)
	lower := strings.ToLower(password)
	switch {
	case n < 12:
		return "Choose a password of 12 characters or more"
	case n > 128:
		return "Choose a password of 128 characters or fewer"
	case strings.Count(lower, lower[:1]) == len(lower):
		return "Choose a password that is not one character repeated"
	case email != "" && (strings.Contains(lower, email) || strings.Contains(lower, strings.Split(email, "@")[0]) && n < 20):
		return "Choose a password that does not hold your e-mail address"
	case name != "" && strings.Contains(lower, strings.ToLower(name)):
		return "Choose a password that does not hold your name"
	case n < 20 && slices.ContainsFunc(common, func(c string) bool { return strings.HasPrefix(lower, c) }):
		return "Choose a password that is harder to guess: three random words, for example"
	}
	return ""
}
