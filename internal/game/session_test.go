package game_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/bus/local"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/store/sqlite"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	composed, err := w.users.Create(t.Context(), "composed", "a café in Orléans")
	must(t, err)
	tests := []struct {
		name, user string
		password   game.Secret
		want       string // id of the user, "" for invalid credentials
	}{
		{"right", "ada", password, ada.User.ID},
		{"whatever the case", "ADA", password, ada.User.ID},
		{"wrong password", "ada", password + "x", ""},
		{"another case of the password", "ada", "Correct horse battery", ""},
		{"empty password", "ada", "", ""},
		{"unknown name", "bob", password, ""},
		{"empty name", "", password, ""},
		{"an accent as two characters", "composed", "a cafe\u0301 in Orle\u0301ans", composed.ID},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g, err := w.sessions.Login(t.Context(), game.Login{Name: tt.user, Password: tt.password})
			if tt.want == "" {
				wantCode(t, err, game.CodeInvalidCredentials)
				if g != (game.Grant{}) {
					t.Errorf("a grant came with the error: %+v", g)
				}
				return
			}
			must(t, err)
			id, err := w.sessions.Authenticate(t.Context(), g.AccessToken)
			must(t, err)
			id.TokenExpires = id.TokenExpires.UTC()
			g.Identity.TokenExpires = g.Identity.TokenExpires.UTC()
			if id != g.Identity || id.User.ID != tt.want || g.ExpiresIn != 15*time.Minute {
				t.Errorf("granted %+v for %v, authenticated %+v", g.Identity, g.ExpiresIn, id)
			}
		})
	}
}

func TestUnknownNameAndWrongPasswordLookTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ada")
	_, wrong := w.sessions.Login(t.Context(), game.Login{Name: "ada", Password: "x"})
	_, unknown := w.sessions.Login(t.Context(), game.Login{Name: "bob", Password: "x"})
	if wrong == nil || unknown == nil || wrong.Error() != unknown.Error() {
		t.Errorf("a wrong password gives %v, an unknown name %v", wrong, unknown)
	}
}

func TestLoginLockout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.user("ada")
		try := func(password game.Secret, code game.Code) {
			t.Helper()
			_, err := w.sessions.Login(t.Context(), game.Login{Name: "Ada", Password: password})
			wantCode(t, err, code)
		}
		for range 20 {
			try(password, "") // what succeeds is not counted
		}
		for range 5 {
			try("wrong", game.CodeInvalidCredentials)
		}
		try(password, game.CodeTooManyLogins)
		time.Sleep(time.Minute)
		try(password, "")
	})
}

func TestLoginThatGaveUpIsNotCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ada")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 10 {
		if _, err := w.sessions.Login(ctx, game.Login{Name: "ada", Password: password}); !errors.Is(err, context.Canceled) {
			t.Fatalf("Login: %v, want context.Canceled", err)
		}
	}
	w.login("ada")
}

// TestBriefLogin opens a session whose refresh token nobody gets.
func TestBriefLogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.user("ada")
		brief, err := w.sessions.Login(t.Context(), game.Login{Name: "ada", Password: password, Brief: true})
		must(t, err)
		time.Sleep(brief.ExpiresIn - time.Second - time.Microsecond)
		_, err = w.sessions.Authenticate(t.Context(), brief.AccessToken)
		must(t, err)
		_, err = w.store.SessionUser(t.Context(), brief.Identity.SessionID, time.Now())
		must(t, err)
		time.Sleep(time.Second + time.Microsecond)
		_, err = w.store.SessionUser(t.Context(), brief.Identity.SessionID, time.Now())
		wantCode(t, err, game.CodeTokenRevoked)
		_, err = w.sessions.Refresh(t.Context(), brief.RefreshToken)
		wantCode(t, err, game.CodeTokenExpired)
	})
}

func TestLoginUpgradesTheHash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ada")
	before, err := w.store.Credentials(t.Context(), "ada")
	must(t, err)
	strong := game.NewSessions(game.SessionsConfig{
		Store: w.store, Credentials: w.store, Bus: w.bus, Tickets: auth.NewTickets(auth.TicketOptions{}),
		Passwords: auth.NewPasswords(auth.PasswordOptions{Params: auth.Params{Time: 2, Memory: 16, Threads: 1}}),
		Tokens:    auth.NewTokens(auth.NewKeys(), nil), Attempts: auth.NewLockout(auth.LockoutOptions{}),
	})
	defer strong.Close()
	hashes := map[game.Secret]bool{before.PasswordHash: true}
	for range 2 {
		_, err = strong.Login(t.Context(), game.Login{Name: "ada", Password: password})
		must(t, err)
		now, err := w.store.Credentials(t.Context(), "ada")
		must(t, err)
		hashes[now.PasswordHash] = true
	}
	if len(hashes) != 2 {
		t.Errorf("there were %d hashes, want the old one and the new one", len(hashes))
	}
	w.login("ada")
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ada")
	first := w.login("ada")
	second, err := w.sessions.Refresh(t.Context(), first.RefreshToken)
	must(t, err)
	if second.Identity.SessionID != first.Identity.SessionID || second.Identity.User != first.Identity.User ||
		second.RefreshToken == first.RefreshToken || second.AccessToken == first.AccessToken {
		t.Errorf("refreshed %+v, logged in %+v", second.Identity, first.Identity)
	}
	third, err := w.sessions.Refresh(t.Context(), second.RefreshToken)
	must(t, err)
	_, err = w.sessions.Authenticate(t.Context(), third.AccessToken)
	must(t, err)
	for _, unknown := range []game.Secret{"", "x", third.RefreshToken + "x", third.AccessToken} {
		_, err := w.sessions.Refresh(t.Context(), unknown)
		wantCode(t, err, game.CodeInvalidToken)
	}
}

func TestRefreshReuseEndsTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	first, other := w.login("ada"), w.login("ada")
	hall := w.room(ada, "hall", 10)
	a := w.join(first.Identity, hall.ID)
	second, err := w.sessions.Refresh(t.Context(), first.RefreshToken)
	must(t, err)
	_, err = w.sessions.Authenticate(t.Context(), second.AccessToken)
	must(t, err)

	_, err = w.sessions.Refresh(t.Context(), first.RefreshToken)
	wantCode(t, err, game.CodeTokenRevoked)
	a.wantEvicted(t, game.ReasonSessionEnded)
	for _, token := range []game.Secret{first.AccessToken, second.AccessToken} {
		_, err = w.sessions.Authenticate(t.Context(), token)
		wantCode(t, err, game.CodeTokenRevoked)
	}
	_, err = w.sessions.Refresh(t.Context(), second.RefreshToken)
	wantCode(t, err, game.CodeTokenRevoked)
	_, err = w.sessions.Authenticate(t.Context(), other.AccessToken) // another session of the same user
	must(t, err)
}

func TestParallelRefresh(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ada")
	for range 5 {
		token := w.login("ada").RefreshToken
		var won atomic.Int64
		var next atomic.Pointer[game.Grant]
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				g, err := w.sessions.Refresh(t.Context(), token)
				if err == nil {
					won.Add(1)
					next.Store(&g)
				} else if game.CodeOf(err) != game.CodeTokenRevoked {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d refreshed, want 1", won.Load())
		}
		_, err := w.sessions.Authenticate(t.Context(), next.Load().AccessToken)
		wantCode(t, err, game.CodeTokenRevoked)
	}
}

func TestRefreshAfterUserWasDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	g := w.login("ada")
	must(t, w.users.Delete(t.Context(), ada, ada.User.ID))
	_, err := w.sessions.Refresh(t.Context(), g.RefreshToken)
	wantCode(t, err, game.CodeInvalidToken)
}

func TestTimesOfTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.user("ada")
		g := w.login("ada")
		authenticate := func(token game.Secret, code game.Code) {
			t.Helper()
			_, err := w.sessions.Authenticate(t.Context(), token)
			wantCode(t, err, code)
		}
		time.Sleep(15*time.Minute - time.Second)
		authenticate(g.AccessToken, "")
		time.Sleep(time.Second)
		authenticate(g.AccessToken, game.CodeTokenExpired)
		time.Sleep(29 * 24 * time.Hour)
		g, err := w.sessions.Refresh(t.Context(), g.RefreshToken)
		must(t, err)
		time.Sleep(29 * 24 * time.Hour) // the session lives on: each refresh makes it longer
		g, err = w.sessions.Refresh(t.Context(), g.RefreshToken)
		must(t, err)
		authenticate(g.AccessToken, "")
		time.Sleep(30 * 24 * time.Hour)
		_, err = w.sessions.Refresh(t.Context(), g.RefreshToken)
		wantCode(t, err, game.CodeTokenExpired)
	})
}

func TestRunDeletesExpiredSessions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.user("ada")
		g := w.login("ada")
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { w.sessions.Run(ctx) })
		time.Sleep(30*24*time.Hour + 2*time.Hour)
		_, err := w.sessions.Refresh(t.Context(), g.RefreshToken)
		wantCode(t, err, game.CodeInvalidToken) // not expired any more, but unknown
		cancel()
		wg.Wait()
	})
}

func TestTickets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.user("ada")
		id := w.login("ada").Identity
		issue := func() game.Secret {
			t.Helper()
			x, err := w.sessions.IssueTicket(id)
			must(t, err)
			return x.Value
		}
		redeem := func(ticket game.Secret, code game.Code) {
			t.Helper()
			got, err := w.sessions.RedeemTicket(t.Context(), ticket)
			wantCode(t, err, code)
			if err == nil && got != id {
				t.Errorf("redeemed %+v, want %+v", got, id)
			}
		}
		ticket := issue()
		redeem(ticket, "")
		redeem(ticket, game.CodeInvalidTicket)
		redeem("x", game.CodeInvalidTicket)
		ticket = issue()
		time.Sleep(30 * time.Second)
		redeem(ticket, game.CodeInvalidTicket)
		time.Sleep(14*time.Minute + 20*time.Second)
		ticket = issue()
		time.Sleep(10 * time.Second)
		redeem(ticket, game.CodeTokenExpired) // the token behind it

		id = w.login("ada").Identity
		ticket = issue()
		must(t, w.sessions.Logout(t.Context(), id))
		redeem(ticket, game.CodeTokenRevoked)
	})
}

func TestAuthenticateReadsStorageSeldom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.user("ada")
		g := w.login("ada")
		lookups := func(want int) {
			t.Helper()
			for range 10 {
				_, err := w.sessions.Authenticate(t.Context(), g.AccessToken)
				must(t, err)
			}
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			if w.store.lookups != want {
				t.Errorf("%d look-ups, want %d", w.store.lookups, want)
			}
		}
		lookups(1)
		time.Sleep(5*time.Second - time.Millisecond)
		lookups(1)
		time.Sleep(time.Millisecond)
		lookups(2)
	})
}

// A session that ends while Authenticate looks it up may be taken for alive once, and not remembered.
func TestLogoutOvertakesAuthenticate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("ada")
	g := w.login("ada")
	w.store.onSessionUser = func() { must(t, w.sessions.Logout(t.Context(), g.Identity)) }
	_, err := w.sessions.Authenticate(t.Context(), g.AccessToken)
	must(t, err)
	_, err = w.sessions.Authenticate(t.Context(), g.AccessToken)
	wantCode(t, err, game.CodeTokenRevoked)
}

// A token is good on every server that has the key and the storage.
func TestAnotherServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "keys")
	open := func() *game.Sessions {
		store, err := sqlite.Open(t.Context(), filepath.Join(dir, "duet.db"))
		must(t, err)
		t.Cleanup(func() { must(t, store.Close()) })
		keys, err := auth.OpenKeys(path)
		must(t, err)
		bus := local.New()
		passwords := auth.NewPasswords(auth.PasswordOptions{Params: auth.Params{Time: 1, Memory: 8, Threads: 1}})
		rooms := game.NewRooms(game.RoomsConfig{Store: store, Positions: store, Bus: bus})
		users := game.NewUsers(game.UsersConfig{Store: store, Passwords: passwords, Bus: bus, Rooms: rooms})
		if _, err := users.Create(t.Context(), "ada", password); err != nil {
			wantCode(t, err, game.CodeNameTaken)
		}
		return game.NewSessions(game.SessionsConfig{
			Store: store, Credentials: store, Passwords: passwords, Tokens: auth.NewTokens(keys, nil), Bus: bus,
			Tickets: auth.NewTickets(auth.TicketOptions{}), Attempts: auth.NewLockout(auth.LockoutOptions{}),
		})
	}
	one, two := open(), open()
	g, err := one.Login(t.Context(), game.Login{Name: "ada", Password: password})
	must(t, err)
	id, err := two.Authenticate(t.Context(), g.AccessToken)
	must(t, err)
	must(t, two.Logout(t.Context(), id))
	_, err = one.Authenticate(t.Context(), g.AccessToken) // one had not looked it up before
	wantCode(t, err, game.CodeTokenRevoked)
}
