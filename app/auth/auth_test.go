package auth_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"readiness/app/auth"
	"readiness/app/store"
	"readiness/app/store/storetest"
	"readiness/workpackages"
)

const password = "copper kettle thirteen"

// door is a service on a real database, with a clock to move.
type door struct {
	*auth.Service
	store *store.Store
	now   atomic.Int64
}

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{store: storetest.New(t)}
	d.now.Store(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).UnixMilli())
	now := func() time.Time { return time.UnixMilli(d.now.Load()).UTC() }
	people := &workpackages.Service{Packages: d.store, Groups: d.store, People: d.store, Now: now, Zone: time.UTC}
	var err error
	d.Service, err = auth.New(t.Context(), auth.Options{Store: d.store, People: people, Now: now, Idle: 2 * time.Hour, Lifetime: 12 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *door) advance(by time.Duration) { d.now.Add(by.Milliseconds()) }

// person adds somebody with a password.
func (d *door) person(t *testing.T, email string) workpackages.Person {
	t.Helper()
	p, err := d.People.AddPerson(t.Context(), workpackages.System(), workpackages.Person{Name: "Somebody", Email: email, Role: workpackages.Viewer})
	if err != nil {
		t.Fatal(err)
	}
	link, _, err := d.InviteLink(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.AcceptLink(t.Context(), link, "", "", password, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOfManyWhoUseALinkAtOnceOneGetsIn(t *testing.T) {
	d := newDoor(t)
	p := d.person(t, "a@example.gov.uk")
	link, _, err := d.InviteLink(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	var in atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, _, err := d.AcceptLink(context.Background(), link, "", "", password+"s", "192.0.2.1")
			switch {
			case err == nil:
				in.Add(1)
			case workpackages.KindOf(err) != workpackages.NotFound:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Errorf("%d got in", in.Load())
	}
}

func TestANewPasswordSignsOutTheOldOnes(t *testing.T) {
	d := newDoor(t)
	p := d.person(t, "a@example.gov.uk")
	old, _, err := d.SignIn(t.Context(), "a@example.gov.uk", password, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	link, _, err := d.InviteLink(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Session(t.Context(), old); err != nil {
		t.Errorf("a link alone signed somebody out: %v", err)
	}
	if _, _, err := d.AcceptLink(t.Context(), link, "", "", "another good password", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Session(t.Context(), old); workpackages.KindOf(err) != workpackages.Unauthenticated {
		t.Errorf("the old session: %v", err)
	}
	if _, _, err := d.SignIn(t.Context(), "a@example.gov.uk", password, "192.0.2.1"); workpackages.KindOf(err) != workpackages.Invalid {
		t.Errorf("the old password: %v", err)
	}
}

func TestSessionsEndByIdlenessAndByAge(t *testing.T) {
	d := newDoor(t)
	d.person(t, "a@example.gov.uk")
	token, _, err := d.SignIn(t.Context(), "A@Example.gov.uk ", password, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	for range 7 { // used every hundred minutes, up to 11 hours 40
		d.advance(100 * time.Minute)
		if _, _, err := d.Session(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	d.advance(30 * time.Minute)
	if _, _, err := d.Session(t.Context(), token); workpackages.KindOf(err) != workpackages.Unauthenticated {
		t.Errorf("after twelve hours: %v", err)
	}
	for _, token := range []string{"", "x", strings.Repeat("A", 500), `{"$gt":""}`} {
		if _, _, err := d.Session(t.Context(), token); workpackages.KindOf(err) != workpackages.Unauthenticated {
			t.Errorf("%.20q: %v", token, err)
		}
	}
}

func TestNoTryIsLostHoweverManyComeAtOnce(t *testing.T) {
	d := newDoor(t)
	d.person(t, "a@example.gov.uk")
	var judged atomic.Int32
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			_, _, err := d.SignIn(context.Background(), "a@example.gov.uk", "wrong", "192.0.2.1")
			switch workpackages.KindOf(err) {
			case workpackages.Invalid:
				judged.Add(1)
			case workpackages.TooMany:
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n, _, err := d.store.Failures(t.Context(), d.FailureKey("a@example.gov.uk"))
	if err != nil || int32(n) != judged.Load() {
		t.Errorf("%d tries were judged and %d counted: %v", judged.Load(), n, err)
	}
	if _, _, err := d.SignIn(t.Context(), "a@example.gov.uk", password, "192.0.2.1"); workpackages.KindOf(err) != workpackages.TooMany {
		t.Errorf("the right password in the wait: %v", err)
	}
}

func TestTheWaitGrowsAndASuccessEndsIt(t *testing.T) {
	d := newDoor(t)
	d.person(t, "a@example.gov.uk")
	wrong := func() workpackages.Kind {
		_, _, err := d.SignIn(t.Context(), "a@example.gov.uk", "wrong", "192.0.2.1")
		return workpackages.KindOf(err)
	}
	for range 5 {
		if k := wrong(); k != workpackages.Invalid {
			t.Fatal(k)
		}
	}
	for _, minutes := range []int{1, 2, 4, 8, 15, 15} {
		d.advance(time.Duration(minutes)*time.Minute - time.Second)
		if k := wrong(); k != workpackages.TooMany {
			t.Fatalf("a second before %d minutes: %v", minutes, k)
		}
		d.advance(time.Second)
		if k := wrong(); k != workpackages.Invalid {
			t.Fatalf("after %d minutes: %v", minutes, k)
		}
	}
	d.advance(15 * time.Minute)
	if _, _, err := d.SignIn(t.Context(), "a@example.gov.uk", password, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if k := wrong(); k != workpackages.Invalid {
		t.Errorf("after a success: %v", k)
	}
}

func TestOneAddressCannotTryEverybody(t *testing.T) {
	d := newDoor(t)
	p := d.person(t, "a@example.gov.uk")
	for i := range 60 {
		_, _, err := d.SignIn(t.Context(), strings.Repeat("x", i+1)+"@example.gov.uk", "wrong", "192.0.2.9")
		if want := map[bool]workpackages.Kind{false: workpackages.Invalid, true: workpackages.TooMany}[i >= 50]; workpackages.KindOf(err) != want {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	if _, _, err := d.SignIn(t.Context(), p.Email, password, "192.0.2.1"); err != nil {
		t.Errorf("from another address: %v", err)
	}
}

func TestPasswordsThatAreTooEasy(t *testing.T) {
	d := newDoor(t)
	p := d.person(t, "alex.example@example.gov.uk")
	for _, c := range []struct {
		password string
		ok       bool
	}{
		{"short", false}, {"aaaaaaaaaaaaaaaa", false}, {"password12345", false}, {"123456789012", false}, {"alex.example@example.gov.uk", false},
		{"Somebody Somebody", false}, {strings.Repeat("long enough ", 11), false}, {"ääääöööööüüü", true}, {"correct horse battery", true}, {password, true},
	} {
		link, _, err := d.InviteLink(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err = d.AcceptLink(t.Context(), link, "", "", c.password, "192.0.2.1"); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.password, err)
		}
		if _, err := d.LinkInfo(t.Context(), link); (err == nil) == c.ok {
			t.Errorf("%q: the link afterwards: %v", c.password, err)
		}
	}
}

func TestNothingThatOpensADoorIsStoredAsItIs(t *testing.T) {
	d := newDoor(t)
	p := d.person(t, "a@example.gov.uk")
	session, _, err := d.SignIn(t.Context(), p.Email, password, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	token, stored, err := d.CreateToken(t.Context(), "T", workpackages.Viewer, "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.store.Credential(t.Context(), p.ID)
	if err != nil || !strings.HasPrefix(c.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(c.Hash, password) {
		t.Errorf("the password is stored as %q: %v", c.Hash, err)
	}
	if strings.Contains(stored.ID, token[4:]) || len(token) < 40 {
		t.Errorf("the token %q is stored as %q", token, stored.ID)
	}
	if _, err := d.store.Session(t.Context(), session); workpackages.KindOf(err) != workpackages.NotFound {
		t.Errorf("the session is stored under its own token: %v", err)
	}
}

func TestFormTokensAreBoundToTheirSession(t *testing.T) {
	d, other := newDoor(t), newDoor(t)
	token := d.CSRFToken("session")
	if !d.ValidCSRF("session", token) || d.ValidCSRF("another", token) || d.ValidCSRF("session", "") || other.ValidCSRF("session", token) {
		t.Error("a form's token is good where it should not be, or not good where it should")
	}
}

func TestWhatHasRunOutIsClearedAway(t *testing.T) {
	d := newDoor(t)
	p := d.person(t, "a@example.gov.uk")
	token, _, err := d.SignIn(t.Context(), p.Email, password, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteExpired(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Session(t.Context(), token); err != nil {
		t.Errorf("a session in use was cleared away: %v", err)
	}
	d.advance(13 * time.Hour)
	if err := d.DeleteExpired(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := d.store.Count(t.Context(), "sessions"); err != nil || n != 0 {
		t.Errorf("%d sessions are left: %v", n, err)
	}
}
