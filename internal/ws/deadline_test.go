package ws_test

import (
	"context"
	"testing"
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/runtime/wire"
)

const (
	tokenLife  = 15 * time.Minute
	tokenGrace = 25 * time.Second
)

// TestAuthDeadline closes a connection that does not say who it is in time,
// whatever else it says.
func TestAuthDeadline(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.signUp("ada")
		c := w.dial("")
		start := time.Now()
		time.Sleep(6 * time.Second)
		if _, err := c.Ping(context.Background(), schema.Ping{}); err != nil {
			w.Fatal(err)
		}
		if err := c.PlayerUpdate(context.Background(), schema.PlayerUpdate{}); err != nil {
			w.Fatal(err)
		}
		if e := next[schema.ErrorMessage](w, c); e.Data.Code != schema.ErrorCodeUnauthenticated {
			w.Errorf("code %q", e.Data.Code)
		}
		refused := schema.AuthUserData{Name: wire.Some("ada"), Password: wire.Some("a wrong horse battery")}
		if _, err := c.AuthUser(context.Background(), schema.AuthUser{Data: refused}); err == nil {
			w.Error("a wrong password was accepted")
		}
		w.ended(c, wsapi.RoomCloseUnauthenticated)
		if took := time.Since(start); took != 10*time.Second {
			w.Errorf("the connection lived for %v, want 10s", took)
		}
	})
}

// TestTokenDeadline ends a connection a grace after its token, for the others
// to see, and lets a new token keep it open.
func TestTokenDeadline(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.signUp("ada")
		w.signUp("grace")
		grace := w.dial(w.logIn("grace"))
		next[schema.RoomSnapshot](w, grace)
		time.Sleep(10 * time.Second)

		ada := w.dial("")
		reply, err := ada.AuthUser(context.Background(), schema.AuthUser{Data: schema.AuthUserData{Name: wire.Some("ada"), Password: wire.Some(password)}})
		if err != nil {
			w.Fatal(err)
		}
		if reply.Data.ExpiresIn != int32(tokenLife/time.Second) {
			w.Errorf("expires in %d seconds, want %v", reply.Data.ExpiresIn, tokenLife)
		}
		next[schema.RoomSnapshot](w, ada)
		next[schema.PlayerJoined](w, grace)

		// The deadline for auth.user is gone, and grace renews hers in its last
		// second.
		time.Sleep(tokenLife + tokenGrace - 11*time.Second)
		token := wire.Some(w.logIn("grace"))
		if _, err := grace.AuthUser(context.Background(), schema.AuthUser{Data: schema.AuthUserData{AccessToken: token}}); err != nil {
			w.Fatal(err)
		}
		if left := w.ended(ada, wsapi.RoomCloseTokenExpired); left != 11*time.Second {
			w.Errorf("the connection lived for %v, want 11s", left)
		}
		if left := next[schema.PlayerLeft](w, grace); left.Data.PlayerID != reply.Data.User.ID || left.Data.Reason != schema.LeaveReasonSessionEnded {
			w.Errorf("left: %+v", left.Data)
		}
		if left := w.ended(grace, wsapi.RoomCloseTokenExpired); left != tokenLife+tokenGrace-11*time.Second {
			w.Errorf("the renewed connection lived for %v more", left)
		}
	})
}

// TestGoodbye announces the end of the server.
func TestGoodbye(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.signUp("ada")
		c := w.dial(w.logIn("ada"))
		next[schema.RoomSnapshot](w, c)
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			w.shutdown()
		}()
		if bye := next[schema.Goodbye](w, c); bye.Data.Reason != schema.GoodbyeReasonDraining || bye.Data.ReconnectAfterMs < 500 {
			w.Errorf("goodbye: %+v", bye.Data)
		}
		w.ended(c, wsapi.RoomCloseDraining)
		<-stopped
	})
}
