package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/game"
)

func roomTests() []test {
	return []test{
		{"a room comes back as it was created", func(t *testing.T, f *fixture) {
			r := f.room(t, f.user(t, "ada"), "Hall")
			same(t, r)(f.RoomByID(t.Context(), r.ID))
		}},
		{"a room may have no creator", func(t *testing.T, f *fixture) {
			r := f.room(t, game.User{}, "hall")
			same(t, r)(f.RoomByID(t.Context(), r.ID))
		}},
		{"an unknown room is not found", func(t *testing.T, f *fixture) {
			code[game.Room](t, game.CodeRoomNotFound)(f.RoomByID(t.Context(), "none"))
			wantCode(t, f.DeleteRoom(t.Context(), "none"), game.CodeRoomNotFound)
		}},
		{"a folded name is taken among rooms, not among users", func(t *testing.T, f *fixture) {
			u := f.user(t, "ada")
			f.room(t, u, "Ada")
			r := newRoom(u, "ADA")
			wantCode(t, f.CreateRoom(t.Context(), r), game.CodeNameTaken)
		}},
		{"a creator that is gone creates nothing", func(t *testing.T, f *fixture) {
			wantCode(t, f.CreateRoom(t.Context(), newRoom(newUser("ada").User, "hall")), game.CodeTokenRevoked)
		}},
		{"a creator has no more rooms than may be", testRoomsOfOne},
		{"a deleted room takes its positions along and frees its name", testRoomDelete},
		{"rooms are listed by folded name, in pages", testRoomList},
	}
}

func testRoomsOfOne(t *testing.T, f *fixture) {
	ada, bob := f.user(t, "ada"), f.user(t, "bob")
	first := f.room(t, ada, "first")
	third := newRoom(ada, "third")
	f.room(t, ada, "second")
	third.Most = 2
	wantCode(t, f.CreateRoom(t.Context(), third), game.CodeTooManyRooms)
	code[game.Room](t, game.CodeRoomNotFound)(f.RoomByID(t.Context(), third.ID))
	taken := newRoom(bob, "FIRST")
	taken.Most = 2
	wantCode(t, f.CreateRoom(t.Context(), taken), game.CodeNameTaken)
	must(t, f.DeleteRoom(t.Context(), first.ID))
	must(t, f.CreateRoom(t.Context(), third))

	// Of many at a time, as many get through as may.
	var made atomic.Int64
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			r := newRoom(bob, fmt.Sprint("room", i))
			r.Most = 3
			if err := f.CreateRoom(t.Context(), r); err == nil {
				made.Add(1)
			} else if game.CodeOf(err) != game.CodeTooManyRooms {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 3 {
		t.Errorf("%d rooms were made, want 3", made.Load())
	}
}

func testRoomDelete(t *testing.T, f *fixture) {
	u := f.user(t, "ada")
	hall, loft := f.room(t, u, "hall"), f.room(t, u, "loft")
	must(t, f.SavePositions(t.Context(), []game.SavedPosition{at(hall, u, 1), at(loft, u, 2)}))
	must(t, f.DeleteRoom(t.Context(), hall.ID))
	wantCode(t, f.DeleteRoom(t.Context(), hall.ID), game.CodeRoomNotFound)
	f.room(t, u, "hall") // of the same id, which only a test can do
	for room, want := range map[string]bool{hall.ID: false, loft.ID: true} {
		if _, found, err := f.LastPosition(t.Context(), room, u.ID); err != nil || found != want {
			t.Errorf("position in %s: found is %v, %v; want %v", room, found, err, want)
		}
	}
}

func testRoomList(t *testing.T, f *fixture) {
	u := f.user(t, "ada")
	for _, name := range []string{"loft", "Hall", "yard", "Attic"} {
		f.room(t, u, name)
	}
	tests := []struct {
		filter string
		r      game.Range
		want   []string
	}{
		{"", game.Range{Limit: 10}, []string{"Attic", "Hall", "loft", "yard"}},
		{"", game.Range{Limit: 2}, []string{"Attic", "Hall"}},
		{"", game.Range{After: "hall", Limit: 2}, []string{"loft", "yard"}},
		{"", game.Range{After: "yard", Limit: 2}, []string{}},
		{"hall", game.Range{Limit: 2}, []string{"Hall"}},
		{"Hall", game.Range{Limit: 2}, []string{}},
		{"hal", game.Range{Limit: 2}, []string{}},
		{"h%", game.Range{Limit: 2}, []string{}},
		{"hall", game.Range{After: "hall", Limit: 2}, []string{}},
	}
	for _, tt := range tests {
		got := names(t, func(r game.Room) string { return r.Name })(
			f.ListRooms(t.Context(), game.RoomFilter{NameFold: tt.filter}, tt.r))
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("filter %q, %+v (-want +got):\n%s", tt.filter, tt.r, d)
		}
	}
}

func positionTests() []test {
	return []test{
		{"a position comes back exactly", func(t *testing.T, f *fixture) {
			u := f.user(t, "ada")
			r := f.room(t, u, "hall")
			for _, p := range []game.Position{
				{X: 0.1, Y: -1e6}, {X: 1, Y: 2, HasZ: true}, {X: 5e-324, Y: 1e6, Z: -0.3, HasZ: true}, {},
			} {
				must(t, f.SavePositions(t.Context(), []game.SavedPosition{{RoomID: r.ID, UserID: u.ID, Position: p}}))
				if got, found, err := f.LastPosition(t.Context(), r.ID, u.ID); err != nil || !found || got != p {
					t.Errorf("got %v, %v, %v; want %v", got, found, err, p)
				}
			}
		}},
		{"there is none before the first", func(t *testing.T, f *fixture) {
			u := f.user(t, "ada")
			if _, found, err := f.LastPosition(t.Context(), f.room(t, u, "hall").ID, u.ID); err != nil || found {
				t.Errorf("found is %v, %v", found, err)
			}
		}},
		{"those of rooms and users that are gone are passed over", testPositionsGone},
		{"an empty batch is nothing", func(t *testing.T, f *fixture) { must(t, f.SavePositions(t.Context(), nil)) }},
	}
}

func at(r game.Room, u game.User, x float64) game.SavedPosition {
	return game.SavedPosition{RoomID: r.ID, UserID: u.ID, Position: game.Position{X: x}}
}

func testPositionsGone(t *testing.T, f *fixture) {
	ada, bob := f.user(t, "ada"), newUser("bob").User
	hall, loft := f.room(t, ada, "hall"), newRoom(ada, "loft").Room
	must(t, f.SavePositions(t.Context(), []game.SavedPosition{at(loft, ada, 1), at(hall, bob, 2), at(hall, ada, 3)}))
	if p, found, err := f.LastPosition(t.Context(), hall.ID, ada.ID); err != nil || !found || p.X != 3 {
		t.Errorf("got %v, %v, %v; the rest of the batch was not saved", p, found, err)
	}
	for _, p := range []game.SavedPosition{at(loft, ada, 1), at(hall, bob, 2)} {
		if _, found, err := f.LastPosition(t.Context(), p.RoomID, p.UserID); err != nil || found {
			t.Errorf("%s in %s: found is %v, %v", p.UserID, p.RoomID, found, err)
		}
	}
}

func storageTests(open Open) []test {
	return []test{
		{"what was stored is there after reopening", func(t *testing.T, _ *fixture) { testReopen(t, open) }},
		{"a cancelled context stops a call and stores nothing", testCancelled},
		{"readers and writers go on together", testTogether},
	}
}

func testReopen(t *testing.T, open Open) {
	place := t.TempDir()
	first, err := open(t.Context(), place)
	must(t, err)
	f := &fixture{Store: first}
	u := f.user(t, "Ada")
	r := f.room(t, u, "hall")
	f.session(t, u, "s", 1)
	must(t, f.SavePositions(t.Context(), []game.SavedPosition{at(r, u, 7)}))
	must(t, f.Close())

	f = &fixture{Store: reopen(t, open, place)}
	same(t, u)(f.UserByID(t.Context(), u.ID))
	same(t, r)(f.RoomByID(t.Context(), r.ID))
	same(t, u)(f.SessionUser(t.Context(), "s", epoch()))
	same(t, game.Rotated{SessionID: "s", User: u})(f.rotate(t, 1, 2, epoch()))
	if p, found, err := f.LastPosition(t.Context(), r.ID, u.ID); err != nil || !found || p.X != 7 {
		t.Errorf("got %v, %v, %v", p, found, err)
	}
}

func testCancelled(t *testing.T, f *fixture) {
	u := f.user(t, "ada")
	r := f.room(t, u, "hall")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() error{
		"CreateUser":    func() error { return f.CreateUser(ctx, newUser("bob")) },
		"CreateSession": func() error { return f.CreateSession(ctx, newSession(u, "s", 1)) },
		"CreateRoom":    func() error { return f.CreateRoom(ctx, newRoom(u, "loft")) },
		"SavePositions": func() error { return f.SavePositions(ctx, []game.SavedPosition{at(r, u, 1)}) },
		"DeleteRoom":    func() error { return f.DeleteRoom(ctx, r.ID) },
		"DeleteUser":    func() error { _, err := f.DeleteUser(ctx, u.ID); return err },
		"UserByID":      func() error { _, err := f.UserByID(ctx, u.ID); return err },
		"ListRooms":     func() error { _, err := f.ListRooms(ctx, game.RoomFilter{}, game.Range{Limit: 1}); return err },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
	same(t, []game.User{u})(f.ListUsers(t.Context(), game.Range{Limit: 9}))
	same(t, []game.Room{r})(f.ListRooms(t.Context(), game.RoomFilter{}, game.Range{Limit: 9}))
	f.alive(t, map[string]bool{"s": false})
	if _, found, err := f.LastPosition(t.Context(), r.ID, u.ID); err != nil || found {
		t.Errorf("found is %v, %v", found, err)
	}
}

func testTogether(t *testing.T, f *fixture) {
	ada := f.user(t, "ada")
	hall := f.room(t, ada, "hall")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			u := newUser(fmt.Sprint("user", i))
			if err := f.CreateUser(t.Context(), u); err != nil {
				t.Error(err)
			}
			for n := range 10 {
				want := at(hall, u.User, float64(n))
				if err := f.SavePositions(t.Context(), []game.SavedPosition{want}); err != nil {
					t.Error(err)
				}
				// A write that has returned is seen by every later read.
				if p, _, err := f.LastPosition(t.Context(), hall.ID, u.ID); err != nil || p != want.Position {
					t.Errorf("got %v, %v; want %v", p, err, want.Position)
				}
			}
		})
	}
	wg.Wait()
	if got, err := f.ListUsers(t.Context(), game.Range{Limit: 99}); err != nil || len(got) != 9 {
		t.Errorf("%d users, %v; want 9", len(got), err)
	}
}
