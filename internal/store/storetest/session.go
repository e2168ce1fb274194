package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duet-api/duet/internal/game"
)

func sessionTests() []test {
	return []test{
		{"a session has its user until it expires", func(t *testing.T, f *fixture) {
			u := f.user(t, "ada")
			f.session(t, u, "s", 1)
			same(t, u)(f.SessionUser(t.Context(), "s", epoch()))
			same(t, u)(f.SessionUser(t.Context(), "s", epoch().Add(ttl-time.Microsecond)))
			code[game.User](t, game.CodeTokenRevoked)(f.SessionUser(t.Context(), "s", epoch().Add(ttl)))
			code[game.User](t, game.CodeTokenRevoked)(f.SessionUser(t.Context(), "none", epoch()))
		}},
		{"a password that was changed meanwhile opens no session", func(t *testing.T, f *fixture) {
			u := f.user(t, "ada")
			same(t, u)(f.UpdateUser(t.Context(), u.ID, game.UserChange{PasswordHash: "new"}))
			wantCode(t, f.CreateSession(t.Context(), newSession(u, "s", 1)), game.CodeInvalidCredentials)
			f.alive(t, map[string]bool{"s": false})
		}},
		{"a user that is gone opens no session", func(t *testing.T, f *fixture) {
			wantCode(t, f.CreateSession(t.Context(), newSession(newUser("ada").User, "s", 1)), game.CodeInvalidCredentials)
		}},
		{"a session whose token exists is not opened at all", func(t *testing.T, f *fixture) {
			u := f.user(t, "ada")
			f.session(t, u, "s1", 1)
			wantCode(t, f.CreateSession(t.Context(), newSession(u, "s2", 1)), game.CodeInternal)
			f.alive(t, map[string]bool{"s1": true, "s2": false})
		}},
		{"a token is replaced by the next", testRotate},
		{"a replaced token is found to be reused", testReuse},
		{"an unknown token is invalid", func(t *testing.T, f *fixture) {
			code[game.Rotated](t, game.CodeInvalidToken)(f.rotate(t, 1, 2, epoch()))
		}},
		{"an expired token is refused", func(t *testing.T, f *fixture) {
			f.session(t, f.user(t, "ada"), "s", 1)
			code[game.Rotated](t, game.CodeTokenExpired)(f.rotate(t, 1, 2, epoch().Add(ttl)))
			code[game.Rotated](t, game.CodeInvalidToken)(f.rotate(t, 2, 3, epoch()))
		}},
		{"of concurrent uses of a token one replaces it", testRotateRace},
		{"the tokens of an ended session are revoked", testEnd},
		{"expired sessions are deleted", testDeleteExpired},
	}
}

func testRotate(t *testing.T, f *fixture) {
	u := f.user(t, "ada")
	f.session(t, u, "s", 1)
	late := epoch().Add(ttl - time.Second)
	same(t, game.Rotated{SessionID: "s", User: u})(f.rotate(t, 1, 2, late))
	same(t, game.Rotated{SessionID: "s", User: u})(f.rotate(t, 2, 3, late))
	same(t, u)(f.SessionUser(t.Context(), "s", late.Add(ttl-time.Second)))
	code[game.User](t, game.CodeTokenRevoked)(f.SessionUser(t.Context(), "s", late.Add(ttl)))
}

func testReuse(t *testing.T, f *fixture) {
	u := f.user(t, "ada")
	f.session(t, u, "s", 1)
	want := game.Rotated{SessionID: "s", User: u}
	same(t, want)(f.rotate(t, 1, 2, epoch()))
	same(t, want)(f.rotate(t, 2, 3, epoch()))
	reused := want
	reused.Reused = true
	same(t, reused)(f.rotate(t, 1, 4, epoch()))
	same(t, reused)(f.rotate(t, 2, 4, epoch()))
	same(t, want)(f.rotate(t, 3, 4, epoch())) // what follows from a reuse is for others to decide
}

func testRotateRace(t *testing.T, f *fixture) {
	const calls = 16
	f.session(t, f.user(t, "ada"), "s", 0)
	var wg sync.WaitGroup
	var replaced, reused atomic.Int64
	for i := range byte(calls) {
		wg.Go(func() {
			r, err := f.rotate(t, 0, i+1, epoch())
			switch {
			case err != nil:
				t.Error(err)
			case r.Reused:
				reused.Add(1)
			default:
				replaced.Add(1)
			}
		})
	}
	wg.Wait()
	if replaced.Load() != 1 || reused.Load() != calls-1 {
		t.Errorf("%d replaced it and %d found it reused, want 1 and %d", replaced.Load(), reused.Load(), calls-1)
	}
}

func testEnd(t *testing.T, f *fixture) {
	u := f.user(t, "ada")
	f.session(t, u, "s1", 1)
	f.session(t, u, "s2", 2)
	_, err := f.rotate(t, 1, 3, epoch())
	must(t, err)
	must(t, f.EndSession(t.Context(), "s1"))
	must(t, f.EndSession(t.Context(), "s1"))
	must(t, f.EndSession(t.Context(), "none"))
	f.alive(t, map[string]bool{"s1": false, "s2": true})
	code[game.Rotated](t, game.CodeTokenRevoked)(f.rotate(t, 1, 4, epoch()))
	code[game.Rotated](t, game.CodeTokenRevoked)(f.rotate(t, 3, 4, epoch()))
	same(t, game.Rotated{SessionID: "s2", User: u})(f.rotate(t, 2, 4, epoch()))
}

func testDeleteExpired(t *testing.T, f *fixture) {
	u := f.user(t, "ada")
	for i := range byte(3) {
		f.session(t, u, fmt.Sprint("s", i), i)
	}
	must(t, f.EndSession(t.Context(), "s1"))
	half := epoch().Add(ttl / 2)
	same(t, game.Rotated{SessionID: "s2", User: u})(f.rotate(t, 2, 9, half))

	must(t, f.DeleteExpired(t.Context(), epoch().Add(ttl)))
	code[game.Rotated](t, game.CodeTokenExpired)(f.rotate(t, 0, 10, epoch().Add(ttl))) // not before: kept
	must(t, f.DeleteExpired(t.Context(), epoch().Add(ttl+time.Second)))
	for _, token := range []byte{0, 1, 2} {
		code[game.Rotated](t, game.CodeInvalidToken)(f.rotate(t, token, 10, half))
	}
	f.alive(t, map[string]bool{"s0": false, "s1": false, "s2": true})
	same(t, game.Rotated{SessionID: "s2", User: u})(f.rotate(t, 9, 10, half))
}
