package ws_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
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

const password = "correct horse battery"

// world is a server of sockets on a network in memory, in a synctest bubble.
type world struct {
	*testing.T
	users    *game.Users
	sessions *game.Sessions
	rooms    *game.Rooms
	network  *sockettest.Listener
	handler  *ws.Handler
	sockets  *wsapi.RoomServer[ws.Session]
	room     game.Room
	log      bytes.Buffer // of the sockets
	store    *brittle
	live     *liveSessions
}

// liveSessions counts the sessions that are open.
type liveSessions struct {
	*sqlite.Store
	n atomic.Int64
}

func (l *liveSessions) CreateSession(ctx context.Context, s game.NewSession) error {
	l.n.Add(1)
	return l.Store.CreateSession(ctx, s)
}

func (l *liveSessions) EndSession(ctx context.Context, session string) error {
	l.n.Add(-1)
	return l.Store.EndSession(ctx, session)
}

// brittle is a storage that breaks on demand.
type brittle struct {
	*sqlite.Store
	broken any // what SessionUser panics with, if it is not nil
}

func (b *brittle) SessionUser(ctx context.Context, session string, now time.Time) (game.User, error) {
	if b.broken != nil {
		panic(b.broken)
	}
	return b.Store.SessionUser(ctx, session, now)
}

// inWorld runs a test in a world whose time is its own.
func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, network: sockettest.Listen()}
		defer w.start(dir)()
		test(w)
	})
}

// start opens everything; stop closes it, so that the bubble can end.
func (w *world) start(dir string) (stop func()) {
	store, err := sqlite.Open(context.Background(), filepath.Join(dir, "duet.db"))
	if err != nil {
		w.Fatal(err)
	}
	w.store, w.live = &brittle{Store: store}, &liveSessions{Store: store}
	bus := local.New()
	passwords := auth.NewPasswords(auth.PasswordOptions{Params: auth.Params{Time: 1, Memory: 8, Threads: 1}}) // cheap, for tests
	w.rooms = game.NewRooms(game.RoomsConfig{Store: store, Positions: w.store, Bus: bus})
	w.users = game.NewUsers(game.UsersConfig{Store: store, Passwords: passwords, Bus: bus, Rooms: w.rooms})
	w.sessions = game.NewSessions(game.SessionsConfig{
		Store: w.live, Credentials: store, Passwords: passwords, Tokens: auth.NewTokens(auth.NewKeys(), nil),
		Tickets: auth.NewTickets(auth.TicketOptions{}), Attempts: auth.NewLockout(auth.LockoutOptions{}), Bus: bus,
	})
	w.handler = ws.New(ws.Config{
		Sessions: w.sessions, Rooms: w.rooms, Bus: bus, Contract: "test-contract", Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
	w.sockets = wsapi.NewRoomServer(w.handler, nil)
	routes := http.NewServeMux()
	routes.Handle("GET /rooms/{roomId}", w.sockets)
	web := &http.Server{Handler: routes}
	served := make(chan error, 1)
	go func() { served <- web.Serve(w.network) }()
	if w.room, err = w.rooms.Create(context.Background(), game.Identity{}, game.RoomSpec{Name: "arena", Capacity: 10}); err != nil {
		w.Fatal(err)
	}
	return func() {
		w.shutdown()
		if err := web.Close(); err != nil {
			w.Error(err)
		}
		<-served
		w.sessions.Close()
		w.rooms.Close()
		if err := store.Close(); err != nil {
			w.Error(err)
		}
	}
}

// shutdown ends the connections.
func (w *world) shutdown() {
	if err := w.sockets.Shutdown(context.Background()); err != nil {
		w.Error(err)
	}
}

// signUp makes a user.
func (w *world) signUp(name string) {
	w.Helper()
	if _, err := w.users.Create(context.Background(), name, password); err != nil {
		w.Fatal(err)
	}
}

// logIn gives an access token of a user.
func (w *world) logIn(name string) string {
	w.Helper()
	grant, err := w.sessions.Login(context.Background(), game.Login{Name: name, Password: password})
	if err != nil {
		w.Fatal(err)
	}
	return grant.AccessToken.Reveal()
}

// dial connects, with an access token unless that is empty, and takes hello.
func (w *world) dial(token string) *wsapi.RoomClient {
	w.Helper()
	c, err := wsapi.DialRoom(context.Background(), "ws://host/rooms/"+w.room.ID, &socket.DialOptions{NetDial: w.network.Dial, Bearer: token})
	if err != nil {
		w.Fatal(err)
	}
	hello := next[schema.Hello](w, c)
	if hello.Data.Authenticated != (token != "") {
		w.Fatalf("authenticated is %v", hello.Data.Authenticated)
	}
	return c
}

// next takes the next message, which must be an M.
func next[M schema.RoomServerMessage](w *world, c *wsapi.RoomClient) M {
	w.Helper()
	got, err := c.Next(context.Background())
	m, ok := got.(M)
	if err != nil || !ok {
		w.Fatalf("got %T and %v, want %T", got, err, m)
	}
	return m
}

// ended waits for the end of a connection by a code, and tells how long that
// took.
func (w *world) ended(c *wsapi.RoomClient, code wsapi.RoomCloseCode) time.Duration {
	w.Helper()
	start := time.Now()
	<-c.Done()
	ce := (*socket.CloseError)(nil)
	if !errors.As(c.Err(), &ce) || ce.Code != socket.CloseCode(code) || ce.Stop == code.Reconnect() {
		w.Fatalf("the connection ended with %v, want %v", c.Err(), code)
	}
	return time.Since(start)
}
