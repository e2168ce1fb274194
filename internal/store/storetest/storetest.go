// Package storetest is the suite that every storage passes.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/game"
)

// Store is all that the server stores.
type Store interface {
	game.UserStore
	game.SessionStore
	game.CredentialStore
	game.RoomStore
	game.PositionStore
	Close() error
}

// Open opens the storage of a place, a new directory that is the test's own; it may be opened again once it is closed.
type Open func(ctx context.Context, place string) (Store, error)

// Run tests what open opens.
func Run(t *testing.T, open Open) {
	groups := []struct {
		name  string
		tests []test
	}{
		{"users", userTests()},
		{"credentials", credentialTests()},
		{"sessions", sessionTests()},
		{"rooms", roomTests()},
		{"positions", positionTests()},
		{"storage", storageTests(open)},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			for _, tt := range g.tests {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					tt.run(t, &fixture{Store: reopen(t, open, t.TempDir())})
				})
			}
		})
	}
}

type test struct {
	name string
	run  func(t *testing.T, f *fixture)
}

func reopen(t *testing.T, open Open, place string) Store {
	t.Helper()
	s, err := open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// fixture is an open storage with ways to fill it.
type fixture struct {
	Store
}

// epoch is when everything in the suite begins.
func epoch() time.Time { return time.Date(2026, 1, 15, 9, 30, 0, 123_456_000, time.UTC) }

func (f *fixture) user(t *testing.T, name string) game.User {
	t.Helper()
	u := newUser(name)
	must(t, f.CreateUser(t.Context(), u))
	return u.User
}

func newUser(name string) game.NewUser {
	return game.NewUser{
		User:     game.User{ID: "user " + name, Name: name, CreatedAt: epoch()},
		NameFold: game.FoldName(name), PasswordHash: passwordHash(name),
	}
}

func passwordHash(name string) game.Secret { return game.Secret("hash of " + name) }

func (f *fixture) room(t *testing.T, creator game.User, name string) game.Room {
	t.Helper()
	r := newRoom(creator, name)
	must(t, f.CreateRoom(t.Context(), r))
	return r.Room
}

func newRoom(creator game.User, name string) game.NewRoom {
	return game.NewRoom{
		Room:     game.Room{ID: "room " + name, Name: name, Capacity: 50, CreatorID: creator.ID, CreatedAt: epoch()},
		NameFold: game.FoldName(name),
	}
}

// ttl is how long the sessions of the suite live.
const ttl = time.Hour

// session opens a session whose first token is token.
func (f *fixture) session(t *testing.T, u game.User, id string, token byte) {
	t.Helper()
	must(t, f.CreateSession(t.Context(), newSession(u, id, token)))
}

func newSession(u game.User, id string, token byte) game.NewSession {
	return game.NewSession{
		ID: id, UserID: u.ID, PasswordHash: passwordHash(u.Name), Refresh: hash(token),
		CreatedAt: epoch(), ExpiresAt: epoch().Add(ttl),
	}
}

func hash(token byte) game.TokenHash { return game.TokenHash{0: token, 31: 0xff} }

// rotate replaces a token at a time.
func (f *fixture) rotate(t *testing.T, old, new byte, at time.Time) (game.Rotated, error) {
	return f.RotateRefresh(t.Context(), game.Rotation{Old: hash(old), New: hash(new), Now: at, ExpiresAt: at.Add(ttl)})
}

// alive wants sessions to be alive, or to have ended, at the epoch.
func (f *fixture) alive(t *testing.T, want map[string]bool) {
	t.Helper()
	for session, want := range want {
		_, err := f.SessionUser(t.Context(), session, epoch())
		if want {
			must(t, err)
		} else {
			wantCode(t, err, game.CodeTokenRevoked)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code game.Code) {
	t.Helper()
	if game.CodeOf(err) != code {
		t.Fatalf("error %v, want code %q", err, code)
	}
}

// same wants a call to succeed with a value.
func same[T any](t *testing.T, want T) func(got T, err error) {
	return func(got T, err error) {
		t.Helper()
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

// code wants a call to fail with a code and the zero value.
func code[T any](t *testing.T, want game.Code) func(got T, err error) {
	return func(got T, err error) {
		t.Helper()
		wantCode(t, err, want)
		var zero T
		if d := cmp.Diff(zero, got); d != "" {
			t.Errorf("a value came with the error (-zero +got):\n%s", d)
		}
	}
}

// names returns the names of a list.
func names[T any](t *testing.T, name func(T) string) func(list []T, err error) []string {
	return func(list []T, err error) []string {
		t.Helper()
		must(t, err)
		all := []string{}
		for _, v := range list {
			all = append(all, name(v))
		}
		return all
	}
}
