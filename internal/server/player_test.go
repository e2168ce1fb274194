package server

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/runtime/wire"
)

// patience ends a test that waits for what never comes.
const patience = 20 * time.Second

// eventually waits for what happens after a test's last message.
func eventually(t *testing.T, happened func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !happened() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("it never happened")
		}
	}
}

// socket returns the address of a room's socket.
func (r *running) socket(room string) string {
	return "ws" + strings.TrimPrefix(r.URL(), "http") + "/v1/rooms/" + room + "/socket"
}

// types reads n messages and returns their types; a close counts as one.
func types(t *testing.T, ws *websocket.Conn, n int) []string {
	t.Helper()
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	got := []string{}
	for range n {
		_, frame, err := ws.ReadMessage()
		if closed := (*websocket.CloseError)(nil); errors.As(err, &closed) {
			return append(got, "close "+closeCode(closed))
		}
		if err != nil {
			t.Errorf("read: %v", err)
			return got
		}
		m, err := schema.UnmarshalRoomServerMessage(frame)
		if err != nil {
			t.Errorf("%s: %v", frame, err)
		}
		got = append(got, typeOf(m))
	}
	return got
}

func closeCode(e *websocket.CloseError) string {
	text, _, _ := strings.Cut(strings.TrimPrefix(e.Error(), "websocket: close "), ":")
	code, _, _ := strings.Cut(text, " ")
	return code
}

// typeOf returns the type of a message as it stands on the wire.
func typeOf(m schema.RoomServerMessage) string {
	if m == nil {
		return ""
	}
	_, text, _ := strings.Cut(string(m.AppendJSON(nil)), `"type":"`)
	name, _, _ := strings.Cut(text, `"`)
	return name
}

// socketTo opens a socket to the lobby that is not authenticated.
func socketTo(t *testing.T, s *running) (*wsapi.RoomClient, error) {
	return wsapi.DialRoom(t.Context(), s.socket(s.Lobby()), nil)
}

// player is a user in a room, with what it was told.
type player struct {
	t      *testing.T
	room   *client.Room
	userID string
	events <-chan schema.RoomServerMessage
}

// join lets a user of the client into the lobby and waits for the snapshot.
func (r *running) join(c *client.Client, session schema.Session) (*player, schema.RoomSnapshot) {
	r.t.Helper()
	room, err := c.Room(r.t.Context(), r.Lobby())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { room.Close() })
	events := make(chan schema.RoomServerMessage, 1024)
	go func() {
		defer close(events)
		for event, err := range room.Events(context.WithoutCancel(r.t.Context())) {
			if err != nil {
				return
			}
			events <- event
		}
	}()
	p := &player{t: r.t, room: room, userID: session.User.ID, events: events}
	return p, await[schema.RoomSnapshot](p)
}

// await returns the next message of type M and fails the test where the connection ends before. It forgets what came
// before, save that a player is never told of itself.
func await[M schema.RoomServerMessage](p *player) (m M) {
	p.t.Helper()
	late := time.After(patience)
	for {
		select {
		case event, ok := <-p.events:
			if !ok {
				p.t.Fatalf("the connection ended before %T", m)
			}
			p.notAboutMe(event)
			if m, ok := event.(M); ok {
				return m
			}
		case <-late:
			p.t.Fatalf("no %T", m)
		}
	}
}

func (p *player) notAboutMe(event schema.RoomServerMessage) {
	switch m := event.(type) {
	case schema.PlayersUpdated:
		for _, other := range m.Data.Players {
			if other.ID == p.userID {
				p.t.Errorf("the sender got its own change: %s", m.AppendJSON(nil))
			}
		}
	case schema.PlayerJoined:
		if m.Data.Player.ID == p.userID {
			p.t.Errorf("the player was told of its own coming")
		}
	}
}

func (p *player) move(x, y float64, seq int64) {
	p.t.Helper()
	err := p.room.PlayerUpdate(p.t.Context(), schema.PlayerUpdate{
		Data: schema.PlayerUpdateData{Position: schema.Position{X: x, Y: y}, Seq: wire.Some(seq)},
	})
	if err != nil {
		p.t.Fatal(err)
	}
}
