package ws_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/bus/local"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/store/sqlite"
	"github.com/duet-api/duet/internal/ws"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/socket/sockettest"
)

// spied hands out the connections that have joined.
type spied struct {
	*ws.Handler
	joined chan *wsapi.RoomConn[ws.Session]
}

func (s spied) Open(ctx context.Context, c *wsapi.RoomConn[ws.Session]) error {
	if err := s.Handler.Open(ctx, c); err != nil {
		return err
	}
	s.joined <- c
	return nil
}

// crowd is a handler with a room of connected players, of whom the first is
// given. What they are sent leaves after the pause.
func crowd(tb testing.TB, players int, pause time.Duration) (*ws.Handler, *wsapi.RoomConn[ws.Session]) {
	tb.Helper()
	ctx := context.Background()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	store, err := sqlite.Open(ctx, filepath.Join(tb.TempDir(), "duet.db"))
	must(err)
	bus := local.New()
	passwords := auth.NewPasswords(auth.PasswordOptions{Params: auth.Params{Time: 1, Memory: 8, Threads: 1}})
	rooms := game.NewRooms(game.RoomsConfig{Store: store, Positions: store, Bus: bus})
	users := game.NewUsers(game.UsersConfig{Store: store, Passwords: passwords, Bus: bus, Rooms: rooms})
	sessions := game.NewSessions(game.SessionsConfig{
		Store: store, Credentials: store, Passwords: passwords, Tokens: auth.NewTokens(auth.NewKeys(), nil),
		Tickets: auth.NewTickets(auth.TicketOptions{}), Attempts: auth.NewLockout(auth.LockoutOptions{}), Bus: bus,
	})
	h := spied{ws.New(ws.Config{Sessions: sessions, Rooms: rooms, Bus: bus, Contract: "test-contract", FlushInterval: pause}), make(chan *wsapi.RoomConn[ws.Session], 1)}
	sockets := wsapi.NewRoomServer(h, &socket.ServerOptions{Timing: socket.Timing{PingInterval: -1}})
	network := sockettest.Listen()
	routes := http.NewServeMux()
	routes.Handle("GET /rooms/{roomId}", sockets)
	web := &http.Server{Handler: routes}
	go web.Serve(network)
	tb.Cleanup(func() {
		_ = sockets.Shutdown(ctx)
		_ = web.Close()
		sessions.Close()
		rooms.Close()
		_ = store.Close()
	})

	room, err := rooms.Create(ctx, game.Identity{}, game.RoomSpec{Name: "arena", Capacity: game.MaxCapacity})
	must(err)
	var first *wsapi.RoomConn[ws.Session]
	for i := range players {
		name := fmt.Sprint("player", i)
		_, err := users.Create(ctx, name, password)
		must(err)
		grant, err := sessions.Login(ctx, game.Login{Name: name, Password: password})
		must(err)
		client, err := wsapi.DialRoom(ctx, "ws://host/rooms/"+room.ID, &socket.DialOptions{NetDial: network.Dial, Bearer: grant.AccessToken.Reveal()})
		must(err)
		go func() {
			for {
				if _, err := client.Next(ctx); err != nil {
					return
				}
			}
		}()
		c := (*wsapi.RoomConn[ws.Session])(nil)
		select {
		case c = <-h.joined:
		case <-client.Done():
			tb.Fatal(client.Err())
		}
		if first == nil {
			first = c
		}
	}
	return h.Handler, first
}

// mover gives a function that moves a player by one step.
func mover(tb testing.TB, h *ws.Handler, c *wsapi.RoomConn[ws.Session]) func() {
	var m schema.PlayerUpdate
	return func() {
		m.Data.Position.X++
		if m.Data.Position.X > game.MaxCoordinate {
			m.Data.Position.X = 0
		}
		if err := h.PlayerUpdate(context.Background(), c, m); err != nil {
			tb.Fatal(err)
		}
	}
}

// TestPlayerUpdateDoesNotAllocate counts from the handler of player.update to
// the room's batch, which leaves later.
func TestPlayerUpdateDoesNotAllocate(t *testing.T) { // not parallel: it counts allocations
	if raced {
		t.Skip("the race detector makes pools forget")
	}
	h, c := crowd(t, 10, time.Hour)
	move := mover(t, h, c)
	for range 100 {
		move()
	}
	if n := testing.AllocsPerRun(1000, move); n != 0 {
		t.Errorf("a player.update allocates %v times, want 0", n)
	}
}

// BenchmarkPlayerUpdate moves one of the players of a room, as the handler of
// player.update does. "batch" is the way to the room's batch, "all" includes the
// writing to every member.
func BenchmarkPlayerUpdate(b *testing.B) {
	for _, bb := range []struct {
		name  string
		pause time.Duration
	}{{"batch", time.Hour}, {"all", 0}} {
		for _, players := range []int{2, 50} {
			b.Run(fmt.Sprintf("%s/%d", bb.name, players), func(b *testing.B) {
				h, c := crowd(b, players, bb.pause)
				move := mover(b, h, c)
				b.ReportAllocs()
				for b.Loop() {
					move()
				}
			})
		}
	}
}
