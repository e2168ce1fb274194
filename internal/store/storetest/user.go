package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/game"
)

func userTests() []test {
	return []test{
		{"a user comes back as it was created", func(t *testing.T, f *fixture) {
			u := f.user(t, "Ada")
			same(t, u)(f.UserByID(t.Context(), u.ID))
		}},
		{"an unknown user is not found", func(t *testing.T, f *fixture) {
			code[game.User](t, game.CodeUserNotFound)(f.UserByID(t.Context(), "none"))
			code[game.User](t, game.CodeUserNotFound)(f.UpdateUser(t.Context(), "none", game.UserChange{Name: "x", NameFold: "x"}))
			code[[]string](t, game.CodeUserNotFound)(f.DeleteUser(t.Context(), "none"))
		}},
		{"a folded name is taken", testUserNames},
		{"an id is not a name", testUserID},
		{"of concurrent users of one name one is created", testUserRace},
		{"an update changes what it names", testUserUpdate},
		{"an update to a taken name changes nothing", testUserUpdateTaken},
		{"an update may change the case of one's own name", func(t *testing.T, f *fixture) {
			u := f.user(t, "ada")
			u.Name = "ADA"
			same(t, u)(f.UpdateUser(t.Context(), u.ID, game.UserChange{Name: "ADA", NameFold: "ada"}))
		}},
		{"a new password ends the other sessions", testUserPassword},
		{"a deleted user takes everything along", testUserDelete},
		{"a deleted user's name is free", func(t *testing.T, f *fixture) {
			same(t, []string(nil))(f.DeleteUser(t.Context(), f.user(t, "ada").ID))
			f.user(t, "ADA")
		}},
		{"users are listed by folded name", func(t *testing.T, f *fixture) {
			for _, name := range []string{"bob", "Ada", "a.b", "CYD", "a-b", "a_b", "ada2"} {
				f.user(t, name)
			}
			want := []string{"a-b", "a.b", "a_b", "Ada", "ada2", "bob", "CYD"}
			got := names(t, userName)(f.ListUsers(t.Context(), game.Range{Limit: 100}))
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("names (-want +got):\n%s", d)
			}
		}},
		{"pages of users are stable", testUserPages},
		{"no users are an empty list", func(t *testing.T, f *fixture) {
			if got := names(t, userName)(f.ListUsers(t.Context(), game.Range{Limit: 1})); len(got) != 0 {
				t.Errorf("got %v", got)
			}
		}},
	}
}

func userName(u game.User) string { return u.Name }

func testUserNames(t *testing.T, f *fixture) {
	// Which names are one is for the folding to say: a storage compares bytes, whatever the letters.
	for _, fold := range []string{"ada", "straße", "strasse", "ı", "i", "ada ", "ADA", "\u00e9", "e\u0301"} {
		u := newUser("name " + fold)
		u.NameFold = fold
		must(t, f.CreateUser(t.Context(), u))
		u.ID = "another " + u.ID
		wantCode(t, f.CreateUser(t.Context(), u), game.CodeNameTaken)
	}
}

func testUserID(t *testing.T, f *fixture) {
	u := newUser("ada")
	must(t, f.CreateUser(t.Context(), u))
	u.Name, u.NameFold = "bob", "bob"
	wantCode(t, f.CreateUser(t.Context(), u), game.CodeInternal)
}

func testUserRace(t *testing.T, f *fixture) {
	var wg sync.WaitGroup
	var created atomic.Int64
	for i := range 16 {
		wg.Go(func() {
			u := newUser("ada")
			u.ID = fmt.Sprint("user ", i)
			switch err := f.CreateUser(t.Context(), u); {
			case err == nil:
				created.Add(1)
			case game.CodeOf(err) != game.CodeNameTaken:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if created.Load() != 1 {
		t.Errorf("%d were created, want 1", created.Load())
	}
}

func testUserUpdate(t *testing.T, f *fixture) {
	u := f.user(t, "ada")
	credentials := func(fold string, hash game.Secret) {
		t.Helper()
		same(t, game.Credentials{User: u, PasswordHash: hash})(f.Credentials(t.Context(), fold))
	}
	u.Name = "Bob"
	same(t, u)(f.UpdateUser(t.Context(), u.ID, game.UserChange{Name: "Bob", NameFold: "bob"}))
	same(t, u)(f.UserByID(t.Context(), u.ID))
	credentials("bob", passwordHash("ada"))
	same(t, u)(f.UpdateUser(t.Context(), u.ID, game.UserChange{PasswordHash: "new"}))
	credentials("bob", "new")
	same(t, u)(f.UpdateUser(t.Context(), u.ID, game.UserChange{}))
	credentials("bob", "new")
	code[game.Credentials](t, game.CodeUserNotFound)(f.Credentials(t.Context(), "ada"))
}

func testUserUpdateTaken(t *testing.T, f *fixture) {
	u := f.user(t, "ada")
	f.user(t, "bob")
	f.session(t, u, "s", 1)
	c := game.UserChange{Name: "BOB", NameFold: "bob", PasswordHash: "new"}
	code[game.User](t, game.CodeNameTaken)(f.UpdateUser(t.Context(), u.ID, c))
	same(t, game.Credentials{User: u, PasswordHash: passwordHash("ada")})(f.Credentials(t.Context(), "ada"))
	f.alive(t, map[string]bool{"s": true})
}

func testUserPassword(t *testing.T, f *fixture) {
	ada, bob := f.user(t, "ada"), f.user(t, "bob")
	f.session(t, ada, "ada 1", 1)
	f.session(t, ada, "ada 2", 2)
	f.session(t, ada, "ada 3", 3)
	f.session(t, bob, "bob 1", 4)
	same(t, ada)(f.UpdateUser(t.Context(), ada.ID, game.UserChange{PasswordHash: "new", KeepSession: "ada 2"}))
	f.alive(t, map[string]bool{"ada 1": false, "ada 2": true, "ada 3": false, "bob 1": true})
	same(t, ada)(f.UpdateUser(t.Context(), ada.ID, game.UserChange{PasswordHash: "newer"}))
	f.alive(t, map[string]bool{"ada 2": false, "bob 1": true})
}

func testUserDelete(t *testing.T, f *fixture) {
	ada, bob := f.user(t, "ada"), f.user(t, "bob")
	f.session(t, ada, "ada", 1)
	f.session(t, bob, "bob", 2)
	hall, loft, yard := f.room(t, ada, "hall"), f.room(t, ada, "loft"), f.room(t, bob, "yard")
	var saved []game.SavedPosition
	for _, r := range []game.Room{hall, loft, yard} {
		saved = append(saved, at(r, ada, 1), at(r, bob, 2))
	}
	must(t, f.SavePositions(t.Context(), saved))

	same(t, []string{hall.ID, loft.ID})(f.DeleteUser(t.Context(), ada.ID))
	code[game.User](t, game.CodeUserNotFound)(f.UserByID(t.Context(), ada.ID))
	code[game.Room](t, game.CodeRoomNotFound)(f.RoomByID(t.Context(), hall.ID))
	same(t, yard)(f.RoomByID(t.Context(), yard.ID))
	f.alive(t, map[string]bool{"ada": false, "bob": true})
	code[game.Rotated](t, game.CodeInvalidToken)(f.rotate(t, 1, 9, epoch()))
	for _, p := range saved {
		_, found, err := f.LastPosition(t.Context(), p.RoomID, p.UserID)
		must(t, err)
		if want := p == at(yard, bob, 2); found != want {
			t.Errorf("%s in %s: found is %v, want %v", p.UserID, p.RoomID, found, want)
		}
	}
}

func testUserPages(t *testing.T, f *fixture) {
	for _, name := range []string{"a1x", "B2x", "c3x", "D4x", "e5x", "F6x"} {
		f.user(t, name)
	}
	page := func(after string, want ...string) {
		t.Helper()
		got := names(t, userName)(f.ListUsers(t.Context(), game.Range{After: after, Limit: 2}))
		if d := cmp.Diff(want, got, cmp.Transformer("len", func(s []string) string { return fmt.Sprint(s) })); d != "" {
			t.Errorf("page after %q (-want +got):\n%s", after, d)
		}
	}
	page("", "a1x", "B2x")
	f.user(t, "a0x")                                              // before the page that was shown
	f.user(t, "b9x")                                              // after it
	same(t, []string(nil))(f.DeleteUser(t.Context(), "user B2x")) // the one that the cursor names
	page("b2x", "b9x", "c3x")
	page("c3x", "D4x", "e5x")
	page("e5x", "F6x")
	page("f6x")
}

func credentialTests() []test {
	return []test{
		{"credentials are found by folded name", func(t *testing.T, f *fixture) {
			u := f.user(t, "Ada")
			same(t, game.Credentials{User: u, PasswordHash: passwordHash("Ada")})(f.Credentials(t.Context(), "ada"))
			code[game.Credentials](t, game.CodeUserNotFound)(f.Credentials(t.Context(), "Ada"))
		}},
		{"a hash is replaced once", func(t *testing.T, f *fixture) {
			u := f.user(t, "ada")
			must(t, f.ReplaceHash(t.Context(), u.ID, passwordHash("ada"), "new"))
			must(t, f.ReplaceHash(t.Context(), u.ID, passwordHash("ada"), "late"))
			same(t, game.Credentials{User: u, PasswordHash: "new"})(f.Credentials(t.Context(), "ada"))
		}},
	}
}
