package ws_test

import (
	"context"
	"errors"
	"testing"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/wire"
)

// TestUnusedSessionEnds opens sessions by a password that no connection can
// use.
func TestUnusedSessionEnds(t *testing.T) {
	t.Parallel()
	byPassword := func(name string) schema.AuthUser {
		return schema.AuthUser{Data: schema.AuthUserData{Name: wire.Some(name), Password: wire.Some(password)}}
	}
	inWorld(t, func(w *world) {
		w.signUp("ada")
		w.signUp("grace")
		room, err := w.rooms.Create(context.Background(), game.Identity{}, game.RoomSpec{Name: "closet", Capacity: 1})
		if err != nil {
			w.Fatal(err)
		}
		w.room = room
		try := func(c *wsapi.RoomClient, name string, code schema.ErrorCode, live int64) {
			w.Helper()
			_, err := c.AuthUser(context.Background(), byPassword(name))
			refused := (*socket.ReplyError[schema.ErrorMessage])(nil)
			switch errors.As(err, &refused); {
			case code == "" && err != nil:
				w.Errorf("%s: %v", name, err)
			case code != "" && (refused == nil || refused.Message.Data.Code != code):
				w.Errorf("%s: %v, want %q", name, err, code)
			}
			if n := w.live.n.Load(); n != live {
				w.Errorf("%s: %d sessions are open, want %d", name, n, live)
			}
		}
		ada, late := w.dial(""), w.dial("")
		try(ada, "ada", "", 1)
		try(ada, "grace", schema.ErrorCodeForbidden, 1)
		try(ada, "ada", "", 2)
		try(late, "grace", schema.ErrorCodeRoomFull, 2)
		w.ended(late, wsapi.RoomCloseForbidden)
	})
}
