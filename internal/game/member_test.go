package game_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/duet-api/duet/internal/game"
)

func TestJoinMoveLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	hall := w.room(ada, "hall", 10)

	a := w.join(ada, hall.ID)
	want(t, "ada's snapshot", players(a.snapshot.Players), "ada 0,0")
	a.move(t, 1, true)
	b := w.join(bob, hall.ID)
	want(t, "bob's snapshot", players(b.snapshot.Players), "ada 1,0", "bob 0,0")
	b.move(t, 2, true)
	a.move(t, 3, true)
	b.Leave(game.ReasonDisconnected)
	b.Leave(game.ReasonLeft)
	b.move(t, 4, false)
	want(t, "what ada sees", a.seen(), "moved ada 1,0", "joined bob 0,0", "moved bob 2,0", "moved ada 3,0", "left bob disconnected")
	want(t, "what bob sees", b.seen(), "moved bob 2,0", "moved ada 3,0", "left bob disconnected")
	b.wantEvicted(t)
	if r, err := w.rooms.Get(t.Context(), hall.ID); err != nil || r.Players != 1 {
		t.Errorf("%d players, %v; want 1", r.Players, err)
	}
	_, err := w.tryJoin(ada, "0e4f6f1c-3f0a-4d0b-9f53-6f1f0c9d8a21")
	wantCode(t, err, game.CodeRoomNotFound)
}

func TestMoveRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	a := w.join(ada, w.room(ada, "hall", 10).ID)
	xy := func(x, y float64) game.Position { return game.Position{X: x, Y: y} }
	xyz := func(x, y, z float64) game.Position { return game.Position{X: x, Y: y, Z: z, HasZ: true} }
	tests := []struct { // one after the other
		name string
		u    game.Update
		want string // the change, or "/pointer rule" of the error
		seq  int64
	}{
		{"where it is already", game.Update{Position: xy(0, 0), Seq: 9, HasSeq: true}, "", 0},
		{"negative zero is zero", game.Update{Position: xy(math.Copysign(0, -1), 0)}, "", 0},
		{"elsewhere", game.Update{Position: xy(1, 2), Seq: 1, HasSeq: true}, "moved ada 1,2", 1},
		{"the same once more", game.Update{Position: xy(1, 2), Seq: 2, HasSeq: true}, "", 1},
		{"without seq", game.Update{Position: xy(1, 3), Seq: 77}, "moved ada 1,3", 1},
		{"a lower seq", game.Update{Position: xy(1, 4), HasSeq: true}, "moved ada 1,4", 0},
		{"a z of zero is another position", game.Update{Position: xyz(1, 4, 0)}, "moved ada 1,4,0", 0},
		{"no z any more", game.Update{Position: game.Position{X: 1, Y: 4, Z: 5}}, "moved ada 1,4", 0},
		{"a z that is not there", game.Update{Position: game.Position{X: 1, Y: 4, Z: 6}}, "", 0},
		{"to the edge", game.Update{Position: xyz(1e6, -1e6, 1e6)}, "moved ada 1e+06,-1e+06,1e+06", 0},
		{"beyond the edge", game.Update{Position: xy(math.Nextafter(1e6, 2e6), 0)}, "/position/x maximum", 0},
		{"beyond the other edge", game.Update{Position: xy(0, math.Nextafter(-1e6, -2e6))}, "/position/y minimum", 0},
		{"not a number", game.Update{Position: xy(math.NaN(), 0)}, "/position/x finite", 0},
		{"infinite", game.Update{Position: xy(0, math.Inf(-1))}, "/position/y finite", 0},
		{"infinitely high", game.Update{Position: xyz(0, 0, math.Inf(1))}, "/position/z finite", 0},
	}
	for _, tt := range tests {
		moved, err := a.Move(tt.u)
		if strings.HasPrefix(tt.want, "/") {
			wantCode(t, err, game.CodeInvalidRequest)
			wantDetail(t, err, tt.want)
			continue
		}
		must(t, err)
		a.mu.Lock()
		for _, c := range a.changes {
			if c.Player.Seq != tt.seq || c.Session != ada.SessionID {
				t.Errorf("%s: change of seq %d by session %s, want %d by %s", tt.name, c.Player.Seq, c.Session, tt.seq, ada.SessionID)
			}
		}
		a.mu.Unlock()
		if got := strings.Join(a.seen(), "; "); got != tt.want || moved != (tt.want != "") {
			t.Errorf("%s: %v and %q, want %q", tt.name, moved, got, tt.want)
		}
	}
}

func TestJoinReplaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	hall := w.room(ada, "hall", 2)
	watch := w.join(bob, hall.ID)
	first := w.join(ada, hall.ID)
	first.move(t, 1, true)
	second := w.join(w.login("ada").Identity, hall.ID) // the room is full, but she is in it
	first.wantEvicted(t, game.ReasonReplaced)
	first.move(t, 2, false)
	first.Leave(game.ReasonDisconnected)
	want(t, "snapshot", players(second.snapshot.Players), "ada 1,0", "bob 0,0")
	second.move(t, 3, true)
	want(t, "what bob sees", watch.seen(), "joined ada 0,0", "moved ada 1,0", "moved ada 3,0")

	// The session of the connection that was replaced does not matter any more.
	must(t, w.sessions.Logout(t.Context(), ada))
	second.wantEvicted(t)
	second.move(t, 4, true)
	second.Leave(game.ReasonLeft)
	want(t, "what bob sees", watch.seen(), "moved ada 4,0", "left ada left")
	first.wantEvicted(t, game.ReasonReplaced)
}

func TestLogoutEvicts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	hall := w.room(ada, "hall", 10)
	watch, a := w.join(bob, hall.ID), w.join(ada, hall.ID)
	must(t, w.sessions.Logout(t.Context(), w.login("ada").Identity))
	a.wantEvicted(t)
	must(t, w.sessions.Logout(t.Context(), ada))
	a.wantEvicted(t, game.ReasonSessionEnded)
	want(t, "what bob sees", watch.seen(), "joined ada 0,0", "left ada session_ended")
	_, err := w.tryJoin(ada, hall.ID)
	wantCode(t, err, game.CodeTokenRevoked)
	watch.wantEvicted(t)
}

// A session that ends after Join has checked it, and before the player is in, is noticed.
func TestLogoutOvertakesJoin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	hall := w.room(ada, "hall", 10)
	watch := w.join(bob, hall.ID)
	for name, hook := range map[string]*func(){"session": &w.store.onSessionUser, "position": &w.store.onLastPosition} {
		by := w.login("ada").Identity
		*hook = func() { must(t, w.sessions.Logout(t.Context(), by)) }
		_, err := w.tryJoin(by, hall.ID)
		if game.CodeOf(err) != game.CodeTokenRevoked {
			t.Errorf("after the look-up of the %s: %v, want %q", name, err, game.CodeTokenRevoked)
		}
	}
	want(t, "what bob sees", watch.seen())
}

func TestRenew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	next, ended := w.login("ada").Identity, w.login("ada").Identity
	must(t, w.sessions.Logout(t.Context(), ended))
	hall := w.room(ada, "hall", 10)
	a := w.join(ada, hall.ID)
	wantCode(t, a.Renew(t.Context(), bob), game.CodeForbidden)
	wantCode(t, a.Renew(t.Context(), ended), game.CodeTokenRevoked)
	must(t, a.Renew(t.Context(), next))
	must(t, w.sessions.Logout(t.Context(), ada))
	a.wantEvicted(t)
	a.move(t, 1, true)
	must(t, w.sessions.Logout(t.Context(), next))
	a.wantEvicted(t, game.ReasonSessionEnded)
	a.move(t, 2, false)
}

func TestLogoutOvertakesRenew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	next := w.login("ada").Identity
	a := w.join(ada, w.room(ada, "hall", 10).ID)
	w.store.onSessionUser = func() { must(t, w.sessions.Logout(t.Context(), next)) }
	wantCode(t, a.Renew(t.Context(), next), game.CodeTokenRevoked)
	a.wantEvicted(t)
	must(t, w.sessions.Logout(t.Context(), ada))
	a.wantEvicted(t, game.ReasonSessionEnded)
}

func TestCapacity(t *testing.T) {
	t.Parallel()
	const capacity = 5
	w := newWorld(t)
	ids := make([]game.Identity, 20)
	for i := range ids {
		ids[i] = w.user("user" + strconv.Itoa(i))
	}
	hall := w.room(ids[0], "hall", capacity)
	var in, most atomic.Int64
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			for range 10 {
				c, err := w.tryJoin(id, hall.ID)
				if game.CodeOf(err) == game.CodeRoomFull {
					_, err = w.rooms.Update(t.Context(), hall.ID, id, game.Update{})
					if err != nil && game.CodeOf(err) != game.CodeRoomFull {
						t.Error(err)
					}
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := len(c.snapshot.Players); n > capacity {
					t.Errorf("%d players are in", n)
				}
				most.Store(max(most.Load(), in.Add(1)))
				in.Add(-1)
				c.Leave(game.ReasonLeft)
			}
		})
	}
	wg.Wait()
	if r, err := w.rooms.Get(t.Context(), hall.ID); err != nil || r.Players > capacity {
		t.Errorf("%d players, %v", r.Players, err)
	}

	loft := w.room(ids[0], "loft", capacity)
	var joined, full atomic.Int64
	for _, id := range ids {
		wg.Go(func() {
			_, err := w.tryJoin(id, loft.ID)
			switch game.CodeOf(err) {
			case "":
				joined.Add(1)
			case game.CodeRoomFull:
				full.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if joined.Load() != capacity || full.Load() != int64(len(ids)-capacity) {
		t.Errorf("%d joined and %d did not, want %d and %d", joined.Load(), full.Load(), capacity, len(ids)-capacity)
	}
}

// Whoever joins while others join, move and leave gets every later change, in order, and with them the same room.
func TestSnapshotAndChangesHaveNoGap(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user("owner")
	hall := w.room(owner, "hall", 100)
	watch := w.join(owner, hall.ID)
	var wg sync.WaitGroup
	conns := make(chan *conn, 100)
	for i := range 6 {
		by := w.user("user" + strconv.Itoa(i))
		wg.Go(func() {
			for range 8 {
				c, err := w.tryJoin(by, hall.ID)
				if err != nil {
					t.Error(err)
					return
				}
				conns <- c
				for range 10 {
					if _, err := c.Move(game.Update{Position: game.Position{X: rand.Float64()}}); err != nil {
						t.Error(err)
					}
				}
				if rand.N(2) == 0 {
					c.Leave(game.ReasonLeft)
				}
			}
		})
	}
	wg.Wait()
	close(conns)
	d, last := w.poll(owner, hall.ID, "")
	truth := players(d.Players)
	for c := range conns {
		rebuilt, version := c.rebuild(t)
		want(t, "room", players(rebuilt), truth...)
		if version != last {
			t.Errorf("at version %s, want %s", version, last)
		}
	}
	if rebuilt, _ := watch.rebuild(t); len(rebuilt) != len(truth) {
		t.Errorf("the first one has %d players, want %d", len(rebuilt), len(truth))
	}
}

// rebuild applies the changes to the snapshot and wants them to be numbered without a gap.
func (c *conn) rebuild(t *testing.T) ([]game.Player, string) {
	t.Helper()
	all := map[string]game.Player{}
	for _, p := range c.snapshot.Players {
		all[p.ID] = p
	}
	version := c.snapshot.Version.String()
	for _, x := range c.changes {
		epoch, n, _ := strings.Cut(version, "-")
		number, err := strconv.ParseUint(n, 36, 64)
		must(t, err)
		if next := epoch + "-" + strconv.FormatUint(number+1, 36); x.Version.String() != next {
			t.Fatalf("%s is followed by %s", version, x.Version)
		}
		version = x.Version.String()
		all[x.Player.ID] = x.Player
		if x.Kind == game.KindLeft {
			delete(all, x.Player.ID)
		}
	}
	var list []game.Player
	for _, p := range all {
		list = append(list, p)
	}
	return list, version
}

func TestPanicInAttachLeavesTheRoomUsable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	hall := w.room(ada, "hall", 10)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = w.rooms.Join(t.Context(), game.Join{RoomID: hall.ID, By: ada, Attach: func(game.Snapshot) { panic("attach") }})
	}()
	a := w.join(ada, hall.ID)
	a.move(t, 1, true)
}

func newMover(t testing.TB) *conn {
	w := newWorld(t)
	ada := w.user("ada")
	hall := w.room(ada, "hall", 10)
	c := w.join(ada, hall.ID)
	watched := 0
	t.Cleanup(w.bus.SubscribeRoom(hall.ID, func(game.Change) { watched++ }))
	c.mu.Lock()
	c.changes = make([]game.Change, 0, 1<<20) // the test's own list must not grow
	c.mu.Unlock()
	return c
}

func TestMoveDoesNotAllocate(t *testing.T) { // not parallel: it counts allocations
	c := newMover(t)
	x := 0.0
	n := testing.AllocsPerRun(1000, func() {
		x++
		c.move(t, x, true)
		c.move(t, x, false)
	})
	if n != 0 {
		t.Errorf("Move allocates %v times, want 0", n)
	}
}

func BenchmarkMove(b *testing.B) {
	w := newWorld(b)
	ada := w.user("ada")
	m, err := w.rooms.Join(b.Context(), game.Join{RoomID: w.room(ada, "hall", 10).ID, By: ada})
	must(b, err)
	b.ReportAllocs()
	x := 0.0
	for b.Loop() {
		x = math.Mod(x+1, 1e5)
		if moved, err := m.Move(game.Update{Position: game.Position{X: x}}); err != nil || !moved {
			b.Fatal(moved, err)
		}
	}
}

func BenchmarkVersionAppendText(b *testing.B) {
	w := newWorld(b)
	ada := w.user("ada")
	v := w.join(ada, w.room(ada, "hall", 10).ID).snapshot.Version
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = v.AppendText(buf[:0])
	}
}
