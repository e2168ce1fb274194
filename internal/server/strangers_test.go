package server

import (
	"errors"
	"net/http"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/wire"
)

// TestStrangers bounds the sockets that are not authenticated, which takes none from those that are.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		cfg    Config
		status int
		code   schema.ErrorCode
	}{
		"in all":               {Config{MaxStrangers: 2}, http.StatusServiceUnavailable, schema.ErrorCodeUnavailable},
		"half of all sockets":  {Config{MaxSockets: 5}, http.StatusServiceUnavailable, schema.ErrorCodeUnavailable},
		"one address":          {Config{MaxStrangersPerAddr: 2}, http.StatusTooManyRequests, schema.ErrorCodeRateLimited},
		"one address, at both": {Config{MaxStrangers: 2, MaxStrangersPerAddr: 2}, http.StatusTooManyRequests, schema.ErrorCodeRateLimited},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, tt.cfg)
			_, ada := s.signUp("ada")
			dial := func(bearer string) (*wsapi.RoomClient, error) {
				return wsapi.DialRoom(t.Context(), s.socket(s.Lobby()), &socket.DialOptions{Bearer: bearer})
			}
			open := func(bearer string) *wsapi.RoomClient {
				t.Helper()
				c, err := dial(bearer)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := c.Next(t.Context()); err != nil { // hello: the connection is counted
					t.Fatal(err)
				}
				return c
			}
			refused := func(bearer string) {
				t.Helper()
				_, err := dial(bearer)
				var e *socket.DialError
				if !errors.As(err, &e) || e.Status != tt.status || e.RetryAfter == 0 {
					t.Fatalf("%v, want status %d and when to come back", err, tt.status)
				}
				problemIs(t, name, e.Header, string(e.Body), tt.status, tt.code)
			}
			_, second := open(""), open("")
			refused("")
			refused("rubbish")
			known := open(ada.AccessToken)
			if _, err := known.Next(t.Context()); err != nil { // the snapshot: it has joined
				t.Fatal(err)
			}
			token := schema.AuthUserData{AccessToken: wire.Some(ada.AccessToken)}
			if _, err := second.AuthUser(t.Context(), schema.AuthUser{Data: token}); err != nil { // takes known's place
				t.Fatal(err)
			}
			<-known.Done()
			third := open("")
			refused("")
			third.Close(socket.CloseNormal, "")
			for {
				c, err := dial("") // once the server has seen the end
				if err == nil {
					c.Close(socket.CloseNormal, "")
					break
				}
				if e := (*socket.DialError)(nil); !errors.As(err, &e) {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestStrangersOfAFlood fills the place of strangers without a word.
func TestStrangersOfAFlood(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	_, ada := s.signUp("ada")
	got := map[int]int{}
	for range defaultStrangersPerAddr + 10 {
		c, resp, err := websocket.DefaultDialer.Dial(s.socket(s.Lobby()), nil)
		if resp == nil {
			t.Fatal(err)
		}
		if got[resp.StatusCode]++; err == nil {
			defer c.Close()
			if _, _, err := c.ReadMessage(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got[http.StatusSwitchingProtocols] != defaultStrangersPerAddr || got[http.StatusTooManyRequests] != 10 {
		t.Errorf("statuses %v", got)
	}
	c, err := wsapi.DialRoom(t.Context(), s.socket(s.Lobby()), &socket.DialOptions{Bearer: ada.AccessToken})
	if err != nil {
		t.Fatalf("a user with a token: %v", err)
	}
	c.Close(socket.CloseNormal, "")
}
