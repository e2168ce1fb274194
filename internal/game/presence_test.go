package game_test

import (
	"testing"

	"github.com/duet-api/duet/internal/game"
)

// TestLogoutLocksNoOtherRoom ends a session while a room that its user is not in is locked.
func TestLogoutLocksNoOtherRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	hall, loft, yard := w.room(ada, "hall", 10), w.room(ada, "loft", 10), w.room(bob, "yard", 10)
	inHall, inLoft := w.join(ada, hall.ID), w.join(ada, loft.ID)
	_, err := w.rooms.Join(t.Context(), game.Join{RoomID: yard.ID, By: bob, Attach: func(game.Snapshot) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			if err := w.sessions.Logout(t.Context(), ada); err != nil {
				t.Error(err)
			}
		}()
		<-done
	}})
	must(t, err)
	inHall.wantEvicted(t, game.ReasonSessionEnded)
	inLoft.wantEvicted(t, game.ReasonSessionEnded)
}

// TestNobodyIsLeftBehind ends presence in each way, after which nothing is known of the users.
func TestNobodyIsLeftBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	present := func(what string, want int) {
		t.Helper()
		if n := game.PresentUsers(w.rooms); n != want {
			t.Errorf("%s: %d users are present, want %d", what, n, want)
		}
	}
	hall, closet := w.room(ada, "hall", 10), w.room(ada, "closet", 1)
	inHall, inCloset := w.join(ada, hall.ID), w.join(ada, closet.ID)
	_, err := w.tryJoin(bob, closet.ID)
	wantCode(t, err, game.CodeRoomFull)
	present("a full room", 1)
	w.put(bob, hall.ID, 1)
	present("without a connection", 2)
	must(t, w.sessions.Logout(t.Context(), bob))
	present("logout", 1)
	inHall.Leave(game.ReasonLeft)
	present("still in another room", 1)
	must(t, w.rooms.Delete(t.Context(), ada, closet.ID))
	present("room deleted", 0)
	inCloset.wantEvicted(t, game.ReasonRoomGone)
	_, err = w.tryJoin(bob, hall.ID)
	wantCode(t, err, game.CodeTokenRevoked)
	present("session ended", 0)
}
