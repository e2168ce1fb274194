package ws_test

import (
	"context"
	"strings"
	"testing"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/internal/ws"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/wire"
)

// TestPanicIsLogged shows that a panic ends its connection alone, and is found in the log with its stack.
func TestPanicIsLogged(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.signUp("ada")
		token := w.logIn("ada")
		opening, asking := w.dial(""), w.dial("")
		w.store.broken = "the storage is gone"
		_, err := asking.AuthUser(context.Background(), schema.AuthUser{Data: schema.AuthUserData{AccessToken: wire.Some(token)}})
		if err == nil {
			w.Error("auth.user was answered")
		}
		w.ended(asking, wsapi.RoomCloseInternal)
		atOpen := w.dial(token)
		w.ended(atOpen, wsapi.RoomCloseInternal)

		w.store.broken = nil
		if _, err := opening.Ping(context.Background(), schema.Ping{}); err != nil {
			w.Errorf("another connection: %v", err)
		}
		w.shutdown()
		log := w.log.String()
		if n := strings.Count(log, `msg="connection panicked"`); n != 2 {
			w.Errorf("%d panics are in the log, want 2", n)
		}
		for _, want := range []string{`panic="the storage is gone"`, "SessionUser", "(*Handler).AuthUser", "(*Handler).Open"} {
			if !strings.Contains(log, want) {
				w.Errorf("the log does not have %s:\n%s", want, log)
			}
		}
	})
}

// TestResync ends a connection that would get no change of its room, so that it
// comes back.
func TestResync(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.signUp("ada")
		w.signUp("grace")
		ada := w.dial(w.logIn("ada"))
		next[schema.RoomSnapshot](w, ada)
		ws.BreakFans(w.handler)
		grace := w.dial(w.logIn("grace"))
		w.ended(grace, wsapi.RoomCloseResync)
	})
}

// TestCloseCodesAreDeclared finds the codes that the runtime sends in the
// contract, with the same advice.
func TestCloseCodesAreDeclared(t *testing.T) {
	t.Parallel()
	for _, code := range []socket.CloseCode{
		socket.CloseProtocol, socket.CloseInvalidData, socket.CloseTooBig, socket.CloseInternal, socket.CloseTryAgain, socket.CloseSlow,
		socket.CloseNoPong, socket.CloseDraining, socket.CloseRateLimited, socket.CloseBadMessage, socket.CloseMismatch,
	} {
		declared := wsapi.RoomCloseCode(code)
		if strings.HasPrefix(declared.String(), "close code") || declared.Reconnect() != code.Reconnect() {
			t.Errorf("%d: the contract calls it %q, reconnect %v; want a name, reconnect %v", code, declared, declared.Reconnect(), code.Reconnect())
		}
	}
}
