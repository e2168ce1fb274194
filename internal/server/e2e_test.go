package server

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/wire"
)

// TestAuthentication opens a socket by each credential, with a client that is not ours.
func TestAuthentication(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	c, session := s.signUp("ada")
	ticket, err := c.CreateTicket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	login := `{"type":"auth.user","id":"1","data":{"name":"ada","password":"` + password + `"}}`
	token := `{"type":"auth.user","id":"2","data":{"accessToken":"` + session.AccessToken + `"}}`
	tests := []struct {
		name, query, authorization string
		protocols                  []string
		first                      string // message
		want                       []string
	}{
		{
			name: "subprotocol", protocols: []string{"duet.v1", "bearer." + base64.RawURLEncoding.EncodeToString([]byte(session.AccessToken))},
			want: []string{"hello", "room.snapshot"},
		},
		{name: "header", authorization: "Bearer " + session.AccessToken, want: []string{"hello", "room.snapshot"}},
		{name: "ticket", query: "?ticket=" + ticket.Ticket, want: []string{"hello", "room.snapshot"}},
		{name: "message with a password", first: login, want: []string{"hello", "auth.user.response", "room.snapshot"}},
		{name: "message with a token", first: token, want: []string{"hello", "auth.user.response", "room.snapshot"}},
		{name: "a bad token", authorization: "Bearer x", want: []string{"hello", "error", "close 4500"}},
		{name: "a ticket for the second time", query: "?ticket=" + ticket.Ticket, want: []string{"hello", "error", "close 4500"}},
	}
	for _, tt := range tests { // one after the other: they are the same player
		protocols := tt.protocols
		if protocols == nil {
			protocols = []string{"duet.v1"}
		}
		header := http.Header{}
		if tt.authorization != "" {
			header.Set("Authorization", tt.authorization)
		}
		dialer := &websocket.Dialer{Subprotocols: protocols}
		ws, resp, err := dialer.DialContext(t.Context(), s.socket(s.Lobby())+tt.query, header)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := resp.Header.Get("Sec-Websocket-Protocol"); got != "duet.v1" {
			t.Errorf("%s: the server took the subprotocol %q", tt.name, got)
		}
		if tt.first != "" {
			if err := ws.WriteMessage(websocket.TextMessage, []byte(tt.first)); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if d := cmp.Diff(tt.want, types(t, ws, len(tt.want))); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, d)
		}
		ws.Close()
	}
}

// TestBothProtocols lets three users meet: two on sockets, one over REST.
func TestBothProtocols(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	adaClient, adaSession := s.signUp("ada")
	graceClient, graceSession := s.signUp("grace")
	alanClient, alanSession := s.signUp("alan")
	ada, _ := s.join(adaClient, adaSession)
	grace, snapshot := s.join(graceClient, graceSession)
	if got := len(snapshot.Data.Players); got != 2 {
		t.Errorf("grace sees %d players, want 2", got)
	}
	if got := await[schema.PlayerJoined](ada).Data.Player.Name; got != "grace" {
		t.Errorf("ada sees %q come, want grace", got)
	}

	// What one sends on a socket, the other receives, and the one who polls sees.
	before, err := alanClient.ListPlayers(t.Context(), s.Lobby(), &restapi.ListPlayersParams{})
	if err != nil || !before.Full || len(before.Players) != 2 {
		t.Fatalf("alan polls %+v, %v", before, err)
	}
	ada.move(3, 4, 7)
	moved := await[schema.PlayersUpdated](grace).Data.Players
	want := []schema.PlayerPosition{{ID: ada.userID, Position: schema.Position{X: 3, Y: 4}, Seq: 7}}
	if d := cmp.Diff(want, moved); d != "" {
		t.Errorf("grace sees (-want +got):\n%s", d)
	}
	after, err := alanClient.ListPlayers(t.Context(), s.Lobby(), &restapi.ListPlayersParams{Since: &before.Version})
	if err != nil || after.Full || len(after.Players) != 1 || after.Players[0].ID != ada.userID || after.Players[0].Position != want[0].Position {
		t.Errorf("alan polls %+v, %v", after, err)
	}
	s.nothingChanged(alanClient, after.Version)

	// What one sends over REST, both receive.
	if _, err := alanClient.UpdatePlayer(t.Context(), s.Lobby(), schema.PlayerUpdateData{Position: schema.Position{X: 9, Y: 9}}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*player{ada, grace} {
		if got := await[schema.PlayerJoined](p).Data.Player.ID; got != alanSession.User.ID {
			t.Errorf("%s comes, want alan", got)
		}
		if got := await[schema.PlayersUpdated](p).Data.Players; len(got) != 1 || got[0].ID != alanSession.User.ID || got[0].Position.X != 9 {
			t.Errorf("alan is seen as %+v", got)
		}
	}

	// Deleting a user takes the player away from both.
	if err := alanClient.DeleteUser(t.Context(), alanSession.User.ID); err != nil {
		t.Fatal(err)
	}
	if got := await[schema.PlayerLeft](ada).Data; got.PlayerID != alanSession.User.ID || got.Reason != schema.LeaveReasonUserDeleted {
		t.Errorf("ada sees %+v", got)
	}
	s.served()
}

// nothingChanged polls once more: with no change there is no traffic.
func (r *running) nothingChanged(c *client.Client, version string) {
	r.t.Helper()
	token, err := c.Token(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	status, _, body := r.get("/v1/rooms/"+r.Lobby()+"/players?since="+version, "Authorization", "Bearer "+token, "If-None-Match", `"`+version+`"`)
	if status != http.StatusNotModified || body != "" {
		r.t.Errorf("a poll without a change: status %d, %q; want 304", status, body)
	}
}

// served checks that what the test did was counted.
func (r *running) served() {
	r.t.Helper()
	for series, least := range map[string]float64{
		`duet_http_requests_total{method="POST",route="/v1/users",status="201"}`:                       3,
		`duet_http_requests_total{method="GET",route="/v1/rooms/{roomId}/players",status="304"}`:       1,
		`duet_http_request_duration_seconds_count{method="PUT",route="/v1/rooms/{roomId}/players/me"}`: 1,
		`duet_logins_total{outcome="accepted"}`:                                                        3,
		`duet_socket_connections`:                                                                      2,
		`duet_socket_accepted_total`:                                                                   2,
		`duet_socket_messages_received_total`:                                                          1,
		`duet_socket_received_bytes_total`:                                                             50,
		`duet_socket_frames_sent_total`:                                                                6,
		`duet_socket_sent_bytes_total`:                                                                 500,
		`go_goroutines`:                                                                                1,
	} {
		if got := r.metric(series); got < least {
			r.t.Errorf("%s is %v, want %v at least", series, got, least)
		}
	}
}

// TestFailuresAreCounted sends what no contract has.
func TestFailuresAreCounted(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	c, session := s.signUp("ada")
	_, err := c.CreateSession(t.Context(), schema.SessionCreate{Name: "ada", Password: "not " + password})
	if refused := (*client.Error)(nil); !errors.As(err, &refused) || refused.Status != http.StatusUnauthorized {
		t.Errorf("a wrong password: %v", err)
	}
	header := http.Header{"Authorization": {"Bearer " + session.AccessToken}, "Sec-Websocket-Protocol": {"duet.v1"}}
	ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), s.socket(s.Lobby()), header)
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range []string{`{"type":"fly"}`, `{"type":"player.update","data":{"position":{"x":1e9,"y":0}}}`, `{`} {
		if err := ws.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{"hello", "room.snapshot", "error", "error", "error"}, types(t, ws, 5)); d != "" {
		t.Errorf("answers (-want +got):\n%s", d)
	}
	if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping","id":"`+strings.Repeat("x", 17<<10)+`"}`)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"close 1009"}, types(t, ws, 1)); d != "" {
		t.Errorf("after a message that is too big (-want +got):\n%s", d)
	}
	ws.Close()
	eventually(t, func() bool { return s.metric("duet_socket_connections") == 0 })
	for series, want := range map[string]float64{
		`duet_logins_total{outcome="invalid_credentials"}`:   1,
		`duet_socket_failures_total{kind="unknown-message"}`: 1,
		`duet_socket_failures_total{kind="bad-message"}`:     2,
		`duet_socket_closes_total{code="1009"}`:              1,
	} {
		if got := s.metric(series); got != want {
			t.Errorf("%s is %v, want %v", series, got, want)
		}
	}
}

// TestRestart stops a server under a socket and starts another one on its data.
func TestRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, Config{Data: dir})
	c, session := first.signUp("ada")
	hall, err := c.CreateRoom(t.Context(), schema.RoomCreate{Name: "hall", Capacity: 5})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Authorization": {"Bearer " + session.AccessToken}, "Sec-Websocket-Protocol": {"duet.v1"}}
	ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), first.socket(hall.ID), header)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	types(t, ws, 2)
	move := `{"type":"player.update","data":{"position":{"x":5,"y":-6,"z":7}}}`
	if err := ws.WriteMessage(websocket.TextMessage, []byte(move)); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool {
		list, err := c.ListPlayers(t.Context(), hall.ID, &restapi.ListPlayersParams{})
		return err == nil && len(list.Players) == 1 && list.Players[0].Position.X == 5
	})
	stopped := make(chan error, 1)
	go func() { stopped <- first.stop() }()
	if d := cmp.Diff([]string{"goodbye", "close 4003"}, types(t, ws, 2)); d != "" {
		t.Errorf("at the end (-want +got):\n%s", d)
	}
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}

	second := start(t, Config{Data: dir})
	if second.Lobby() != first.Lobby() {
		t.Error("there is another lobby")
	}
	// The token that the first server signed is good on the second, which has its keys.
	ws, _, err = websocket.DefaultDialer.DialContext(t.Context(), second.socket(hall.ID), header)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	types(t, ws, 1)
	_, frame, err := ws.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	var snapshot schema.RoomSnapshot
	if err := snapshot.UnmarshalJSON(frame); err != nil {
		t.Fatal(err)
	}
	want := schema.Position{X: 5, Y: -6, Z: wire.Some(7.0)}
	if ps := snapshot.Data.Players; len(ps) != 1 || ps[0].ID != session.User.ID || ps[0].Position != want {
		t.Errorf("after the restart: %s", frame)
	}
	second.logIn(second.client(), "ada")
}

// TestLobbyStays shows that nobody can delete the lobby.
func TestLobbyStays(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	c, _ := s.signUp("ada")
	name := "LOBBY"
	page, err := c.ListRooms(t.Context(), &restapi.ListRoomsParams{Name: &name})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != s.Lobby() || page.Items[0].Capacity != 1000 {
		t.Fatalf("the lobby is %+v, %v", page, err)
	}
	refused := (*client.Error)(nil)
	if err := c.DeleteRoom(t.Context(), s.Lobby()); !errors.As(err, &refused) || refused.Problem.Code != schema.ErrorCodeForbidden {
		t.Errorf("deleting it: %v, want forbidden", err)
	}
}

// TestSocketLimit shows how too many sockets are refused.
func TestSocketLimit(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		cfg    Config
		status int
		code   schema.ErrorCode
	}{
		"in all":      {Config{MaxSockets: 1}, http.StatusServiceUnavailable, schema.ErrorCodeUnavailable},
		"one address": {Config{MaxSocketsPerAddr: 1}, http.StatusTooManyRequests, schema.ErrorCodeRateLimited},
	} {
		s := start(t, tt.cfg)
		ws, err := socketTo(t, s)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close(socket.CloseNormal, "")
		_, err = socketTo(t, s)
		var refused *socket.DialError
		if !errors.As(err, &refused) || refused.Status != tt.status || refused.RetryAfter == 0 {
			t.Errorf("%s: %v, want status %d and when to come back", name, err, tt.status)
			continue
		}
		problemIs(t, name, refused.Header, string(refused.Body), tt.status, tt.code)
		if name == "one address" {
			ws, _, err := (&websocket.Dialer{NetDialContext: s.Dial, Subprotocols: []string{"duet.v1"}}).Dial(s.socket(s.Lobby()), nil)
			if err != nil {
				t.Fatalf("the server's own connection is counted: %v", err)
			}
			defer ws.Close()
		}
	}
}
