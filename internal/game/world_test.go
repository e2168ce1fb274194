package game_test

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/bus/local"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/store/sqlite"
)

// world is a whole server without transports.
type world struct {
	t        testing.TB
	store    *hooks
	bus      *countedBus
	users    *game.Users
	sessions *game.Sessions
	rooms    *game.Rooms
}

const password = "correct horse battery"

// newWorld opens a world in a new directory.
func newWorld(t testing.TB) *world { return openWorld(t, t.TempDir()) }

// openWorld opens a world that is closed when the test ends; its clock is time.Now.
func openWorld(t testing.TB, dir string) *world {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "duet.db"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: &hooks{Store: store}, bus: &countedBus{Bus: local.New()}}
	passwords := auth.NewPasswords(auth.PasswordOptions{
		Params: auth.Params{Time: 1, Memory: 8, Threads: 1}, Queue: 1000, // cheap, for tests
	})
	w.rooms = game.NewRooms(game.RoomsConfig{Store: w.store, Positions: w.store, Bus: w.bus})
	w.users = game.NewUsers(game.UsersConfig{Store: w.store, Passwords: passwords, Bus: w.bus, Rooms: w.rooms})
	w.sessions = game.NewSessions(game.SessionsConfig{
		Store: w.store, Credentials: w.store, Passwords: passwords, Tokens: auth.NewTokens(auth.NewKeys(), nil),
		Tickets: auth.NewTickets(auth.TicketOptions{}), Attempts: auth.NewLockout(auth.LockoutOptions{}), Bus: w.bus,
	})
	t.Cleanup(func() {
		w.sessions.Close()
		w.rooms.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// run starts the upkeep of rooms; stop ends it and waits for the last save.
func (w *world) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { w.rooms.Run(ctx) })
	stop = sync.OnceFunc(func() {
		cancel()
		wg.Wait()
	})
	w.t.Cleanup(stop)
	return stop
}

// user makes a user and logs it in.
func (w *world) user(name string) game.Identity {
	w.t.Helper()
	if _, err := w.users.Create(w.t.Context(), name, password); err != nil {
		w.t.Fatal(err)
	}
	return w.login(name).Identity
}

func (w *world) login(name string) game.Grant {
	w.t.Helper()
	g, err := w.sessions.Login(w.t.Context(), game.Login{Name: name, Password: password})
	if err != nil {
		w.t.Fatal(err)
	}
	return g
}

func (w *world) room(by game.Identity, name string, capacity int) game.Room {
	w.t.Helper()
	r, err := w.rooms.Create(w.t.Context(), by, game.RoomSpec{Name: name, Capacity: capacity})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// conn is a connection to a room.
type conn struct {
	*game.Member
	snapshot game.Snapshot

	// mu guards all below.
	mu      sync.Mutex
	changes []game.Change
	evicted []game.Reason
}

// join connects, subscribing to changes while the room is locked as a transport's fan-out does.
func (w *world) join(by game.Identity, room string) *conn {
	w.t.Helper()
	c, err := w.tryJoin(by, room)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) tryJoin(by game.Identity, room string) (*conn, error) {
	c := &conn{}
	attached := false // guarded by the room, which is locked for changes and for Attach
	cancel := w.bus.SubscribeRoom(room, func(x game.Change) {
		if attached {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.changes = append(c.changes, x)
		}
	})
	w.t.Cleanup(cancel)
	m, err := w.rooms.Join(w.t.Context(), game.Join{
		RoomID: room, By: by,
		Attach: func(s game.Snapshot) { c.snapshot, attached = s, true },
		Evicted: func(r game.Reason) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.evicted = append(c.evicted, r)
		},
	})
	c.Member = m
	return c, err
}

// move moves to x and wants that to change something, or not.
func (c *conn) move(t testing.TB, x float64, want bool) {
	t.Helper()
	moved, err := c.Move(game.Update{Position: game.Position{X: x}})
	if err != nil || moved != want {
		t.Fatalf("Move: %v, %v; want %v", moved, err, want)
	}
}

// seen returns the changes that came since the last call, in short: "joined ada", "moved ada 1,2", "left ada timeout".
func (c *conn) seen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := []string{}
	for _, x := range c.changes {
		all = append(all, short(x))
	}
	c.changes = nil
	return all
}

func short(c game.Change) string {
	switch c.Kind {
	case game.KindJoined:
		return "joined " + c.Player.Name + at(c.Player.Position)
	case game.KindMoved:
		return "moved " + c.Player.Name + at(c.Player.Position)
	case game.KindLeft:
		return "left " + c.Player.Name + " " + c.Reason.String()
	case game.KindRoomDeleted:
		return "room deleted"
	}
	return "?"
}

func at(p game.Position) string {
	f := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	s := " " + f(p.X) + "," + f(p.Y)
	if p.HasZ {
		s += "," + f(p.Z)
	}
	return s
}

func players(ps []game.Player) []string {
	all := []string{}
	for _, p := range ps {
		all = append(all, p.Name+at(p.Position))
	}
	slices.Sort(all)
	return all
}

// want compares lists of words.
func want(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if d := cmp.Diff(strings.Join(want, "; "), strings.Join(got, "; ")); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func (c *conn) wantEvicted(t testing.TB, reasons ...game.Reason) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Equal(c.evicted, reasons) {
		t.Errorf("evicted for %v, want %v", c.evicted, reasons)
	}
}

func wantCode(t testing.TB, err error, code game.Code) {
	t.Helper()
	if game.CodeOf(err) != code {
		t.Fatalf("error %v, want code %q", err, code)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// poll asks for what changed and returns the version to ask from next.
func (w *world) poll(by game.Identity, room, since string) (game.Delta, string) {
	w.t.Helper()
	d, err := w.rooms.Players(w.t.Context(), room, by, since)
	if err != nil {
		w.t.Fatal(err)
	}
	return d, d.Version.String()
}

// put moves by without a connection.
func (w *world) put(by game.Identity, room string, x float64) game.Player {
	w.t.Helper()
	p, err := w.rooms.Update(w.t.Context(), room, by, game.Update{Position: game.Position{X: x}})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// countedBus counts the topics that are open.
type countedBus struct {
	*local.Bus
	topics atomic.Int64
}

type countedTopic struct {
	game.Topic
	bus *countedBus
}

func (b *countedBus) Topic(room string) game.Topic {
	b.topics.Add(1)
	return countedTopic{b.Bus.Topic(room), b}
}

func (t countedTopic) Close() {
	t.bus.topics.Add(-1)
	t.Topic.Close()
}

func (b *countedBus) wantTopics(t testing.TB, want int64) {
	t.Helper()
	if n := b.topics.Load(); n != want {
		t.Errorf("%d topics are open, want %d", n, want)
	}
}

// hooks lets a test act between two steps of a call: a hook runs after the storage has answered.
type hooks struct {
	*sqlite.Store

	// mu guards all below.
	mu              sync.Mutex
	onLastPosition  func()
	onRoomByID      func()
	onSessionUser   func()
	onSave          func()
	failSave        error
	lookups, writes int
}

// once returns the hook and takes it out.
func (h *hooks) once(hook *func()) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := *hook
	*hook = nil
	if f == nil {
		return func() {}
	}
	return f
}

func (h *hooks) LastPosition(ctx context.Context, room, user string) (game.Position, bool, error) {
	p, found, err := h.Store.LastPosition(ctx, room, user)
	h.once(&h.onLastPosition)()
	return p, found, err
}

func (h *hooks) RoomByID(ctx context.Context, id string) (game.Room, error) {
	r, err := h.Store.RoomByID(ctx, id)
	h.once(&h.onRoomByID)()
	return r, err
}

func (h *hooks) SessionUser(ctx context.Context, session string, now time.Time) (game.User, error) {
	u, err := h.Store.SessionUser(ctx, session, now)
	h.mu.Lock()
	h.lookups++
	h.mu.Unlock()
	h.once(&h.onSessionUser)()
	return u, err
}

func (h *hooks) SavePositions(ctx context.Context, ps []game.SavedPosition) error {
	h.mu.Lock()
	h.writes++
	err := h.failSave
	h.mu.Unlock()
	if err != nil {
		return err
	}
	err = h.Store.SavePositions(ctx, ps)
	h.once(&h.onSave)()
	return err
}
