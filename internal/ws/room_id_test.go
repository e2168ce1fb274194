package ws_test

import (
	"context"
	"strings"
	"testing"

	"github.com/duet-api/duet/gen/schema"
)

// TestRoomIDInUpperCase joins one room by both spellings of its id.
func TestRoomIDInUpperCase(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.signUp("ada")
		w.signUp("grace")
		ada := w.dial(w.logIn("ada"))
		next[schema.RoomSnapshot](w, ada)
		w.room.ID = strings.ToUpper(w.room.ID)
		grace := w.dial(w.logIn("grace"))
		if got := next[schema.RoomSnapshot](w, grace); len(got.Data.Players) != 2 {
			w.Errorf("%d players, want both", len(got.Data.Players))
		}
		next[schema.PlayerJoined](w, ada)
		var move schema.PlayerUpdate
		move.Data.Position.X = 1
		if err := grace.PlayerUpdate(context.Background(), move); err != nil {
			w.Fatal(err)
		}
		if got := next[schema.PlayersUpdated](w, ada); got.Data.Players[0].Position != move.Data.Position {
			w.Errorf("got %+v", got.Data)
		}
	})
}
