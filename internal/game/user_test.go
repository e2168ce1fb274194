package game_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/duet-api/duet/internal/game"
)

func wantDetail(t *testing.T, err error, want string) {
	t.Helper()
	var e *game.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no game.Error", err)
	}
	if got := e.Pointer + " " + e.Rule; got != want {
		t.Errorf("the error is about %q, want %q", got, want)
	}
}

func TestCreateUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("Ada")
	long := strings.Repeat("x", 32)
	tests := []struct {
		name, user string
		password   game.Secret
		code       game.Code
		at         string // pointer and rule
	}{
		{"shortest", "a.b", "123456789012", "", ""},
		{"longest", long, game.Secret(strings.Repeat("x", 128)), "", ""},
		{"any character in a password", "bob", "\x00é日本語 \n😀……………", "", ""},
		{"short name", "ab", password, game.CodeInvalidRequest, "/name minLength"},
		{"long name", long + "x", password, game.CodeInvalidRequest, "/name maxLength"},
		{"short in characters, long in bytes", "日本", password, game.CodeInvalidRequest, "/name pattern"},
		{"no ASCII", "zoë", password, game.CodeInvalidRequest, "/name pattern"},
		{"the Kelvin sign", "\u212aelvin", password, game.CodeInvalidRequest, "/name pattern"},
		{"a space", "a b", password, game.CodeInvalidRequest, "/name pattern"},
		{"a line break", "abc\n", password, game.CodeInvalidRequest, "/name pattern"},
		{"a sign first", "-abc", password, game.CodeInvalidRequest, "/name pattern"},
		{"invalid UTF-8", "abc\xff", password, game.CodeInvalidRequest, "/name pattern"},
		{"short password", "cyd", "12345678901", game.CodeInvalidRequest, "/password minLength"},
		{"short in characters, long in bytes", "cyd", "ééééééééééé", game.CodeInvalidRequest, "/password minLength"},
		{"long password", "cyd", game.Secret(strings.Repeat("x", 129)), game.CodeInvalidRequest, "/password maxLength"},
		{"password of invalid UTF-8", "cyd", "123456789012\xff", game.CodeInvalidRequest, "/password utf8"},
		{"name taken", "aDA", password, game.CodeNameTaken, " "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u, err := w.users.Create(t.Context(), tt.user, tt.password)
			wantCode(t, err, tt.code)
			if err != nil {
				wantDetail(t, err, tt.at)
				return
			}
			if got, err := w.users.Get(t.Context(), u.ID); err != nil || got != u {
				t.Errorf("Get: %+v, %v; want %+v", got, err, u)
			}
			login := game.Login{Name: strings.ToUpper(tt.user), Password: tt.password}
			if g, err := w.sessions.Login(t.Context(), login); err != nil || g.Identity.User != u {
				t.Errorf("Login: %+v, %v; want %+v", g.Identity, err, u)
			}
		})
	}
}

func TestCreateUserOfOneNameAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var created atomic.Int64
	var wg sync.WaitGroup
	for _, name := range []string{"ada", "Ada", "aDa", "adA", "ADa", "AdA", "aDA", "ADA"} {
		wg.Go(func() {
			_, err := w.users.Create(t.Context(), name, password)
			if err == nil {
				created.Add(1)
			} else if game.CodeOf(err) != game.CodeNameTaken {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if created.Load() != 1 {
		t.Errorf("%d were created, want 1", created.Load())
	}
}

func TestListUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"Cyd", "ada", "bob"} {
		w.user(name)
	}
	page, err := w.users.List(t.Context(), game.PageRequest{Limit: 2})
	must(t, err)
	last, err := w.users.List(t.Context(), game.PageRequest{Limit: 2, Cursor: page.Next})
	must(t, err)
	var names []string
	for _, u := range append(page.Items, last.Items...) {
		names = append(names, u.Name)
	}
	want(t, "names", names, "ada", "bob", "Cyd")
	if last.Next != "" {
		t.Errorf("a page after the last: %q", last.Next)
	}

	tests := []struct {
		name string
		p    game.PageRequest
		at   string
	}{
		{"negative limit", game.PageRequest{Limit: -1}, "/limit minimum"},
		{"large limit", game.PageRequest{Limit: 101}, "/limit maximum"},
		{"no base64", game.PageRequest{Cursor: "a+b="}, "/cursor format"},
		{"no name", game.PageRequest{Cursor: "AAAA"}, "/cursor format"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := w.users.List(t.Context(), tt.p)
			wantCode(t, err, game.CodeInvalidRequest)
			wantDetail(t, err, tt.at)
		})
	}
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	update := func(by game.Identity, id string, u game.UserUpdate, code game.Code) game.User {
		t.Helper()
		user, err := w.users.Update(t.Context(), by, id, u)
		wantCode(t, err, code)
		return user
	}
	update(ada, bob.User.ID, game.UserUpdate{Name: "bobby"}, game.CodeForbidden)
	update(ada, ada.User.ID, game.UserUpdate{Name: "BOB"}, game.CodeNameTaken)
	update(ada, ada.User.ID, game.UserUpdate{Name: "x"}, game.CodeInvalidRequest)
	update(ada, ada.User.ID, game.UserUpdate{Password: "short"}, game.CodeInvalidRequest)
	if got := update(ada, ada.User.ID, game.UserUpdate{}, ""); got != ada.User {
		t.Errorf("an empty update: %+v, want %+v", got, ada.User)
	}
	if got := update(ada, ada.User.ID, game.UserUpdate{Name: "ADA"}, ""); got.Name != "ADA" || got.ID != ada.User.ID {
		t.Errorf("a new case: %+v", got)
	}
	update(ada, ada.User.ID, game.UserUpdate{Name: "cyd"}, "")
	w.user("ada") // is free
	w.login("Cyd")
}

func TestUpdatePasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bob := w.user("bob")
	w.user("ada")
	own, other := w.login("ada"), w.login("ada")
	ada := own.Identity
	hall, loft := w.room(ada, "hall", 10), w.room(ada, "loft", 10)
	here, there, watch := w.join(ada, hall.ID), w.join(other.Identity, loft.ID), w.join(bob, loft.ID)

	const next = "another long password"
	_, err := w.users.Update(t.Context(), ada, ada.User.ID, game.UserUpdate{Password: next})
	must(t, err)
	here.wantEvicted(t)
	here.move(t, 1, true)
	there.wantEvicted(t, game.ReasonSessionEnded)
	there.move(t, 1, false)
	want(t, "changes", watch.seen(), "left ada session_ended")
	_, err = w.sessions.Refresh(t.Context(), own.RefreshToken)
	must(t, err)
	_, err = w.sessions.Authenticate(t.Context(), other.AccessToken)
	wantCode(t, err, game.CodeTokenRevoked)
	_, err = w.sessions.Refresh(t.Context(), other.RefreshToken)
	wantCode(t, err, game.CodeTokenRevoked)
	_, err = w.sessions.Login(t.Context(), game.Login{Name: "ada", Password: password})
	wantCode(t, err, game.CodeInvalidCredentials)
	_, err = w.sessions.Login(t.Context(), game.Login{Name: "ada", Password: next})
	wantCode(t, err, "")
}

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	grant := w.login("ada")
	hers, his := w.room(ada, "hers", 10), w.room(bob, "his", 10)
	hersAda, hersBob := w.join(ada, hers.ID), w.join(bob, hers.ID)
	hisAda, hisBob := w.join(grant.Identity, his.ID), w.join(bob, his.ID)
	hersBob.seen()

	wantCode(t, w.users.Delete(t.Context(), bob, ada.User.ID), game.CodeForbidden)
	must(t, w.users.Delete(t.Context(), ada, ada.User.ID))

	hersAda.wantEvicted(t, game.ReasonUserDeleted)
	hisAda.wantEvicted(t, game.ReasonUserDeleted)
	hersBob.wantEvicted(t, game.ReasonRoomGone)
	hisBob.wantEvicted(t)
	want(t, "changes in her room", hersBob.seen(), "left ada user_deleted", "room deleted")
	want(t, "changes in his room", hisBob.seen(), "left ada user_deleted")
	hisAda.move(t, 1, false)
	hisBob.move(t, 1, true)

	_, err := w.users.Get(t.Context(), ada.User.ID)
	wantCode(t, err, game.CodeUserNotFound)
	_, err = w.rooms.Get(t.Context(), hers.ID)
	wantCode(t, err, game.CodeRoomNotFound)
	_, err = w.sessions.Authenticate(t.Context(), grant.AccessToken)
	wantCode(t, err, game.CodeTokenRevoked)
	_, err = w.rooms.Create(t.Context(), ada, game.RoomSpec{Name: "late", Capacity: 1})
	wantCode(t, err, game.CodeTokenRevoked)
	_, err = w.tryJoin(ada, his.ID)
	wantCode(t, err, game.CodeTokenRevoked)
	wantCode(t, w.users.Delete(t.Context(), ada, ada.User.ID), game.CodeUserNotFound)
	w.user("ADA") // the name is free
}

// Whenever a user is deleted, it is in no room afterwards and all joins that came too late failed.
func TestDeleteUserWhileJoining(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bob := w.user("bob")
	hall := w.room(bob, "hall", 100)
	watch := w.join(bob, hall.ID)
	for range 10 {
		ada := w.user("ada")
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 5 {
					if _, err := w.tryJoin(ada, hall.ID); err != nil && game.CodeOf(err) != game.CodeTokenRevoked {
						t.Error(err)
					}
				}
			})
		}
		must(t, w.users.Delete(t.Context(), ada, ada.User.ID))
		wg.Wait()
		d, _ := w.poll(bob, hall.ID, "")
		want(t, "players", players(d.Players), "bob 0,0")
	}
	for _, c := range watch.seen() {
		if c != "joined ada 0,0" && c != "left ada user_deleted" {
			t.Errorf("change %q", c)
		}
	}
}
