package socket

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// world is the state that a room's members should agree about.
type world struct {
	group *Group

	mu    sync.Mutex // guards what follows; held while publishing, as a game does
	at    map[string]int
	clock int
}

func (w *world) join(c *testConn) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	snapshot := message{Type: "moved"}
	for k, n := range w.at {
		snapshot.Items = append(snapshot.Items, item{k, n})
	}
	w.clock++
	w.at[c.name] = w.clock
	_ = w.group.Publish(said("joined "+c.name), c.name)
	return w.group.Join(c, c.name, said("snapshot"), snapshot)
}

func (w *world) move(c *testConn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock++
	w.at[c.name] = w.clock
	_ = w.group.Update(update(item{c.name, w.clock}))
}

func (w *world) leave(c *testConn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.at, c.name)
	_ = w.group.Publish(said("left "+c.name), c.name)
}

// player is a client's view of the world.
type player struct {
	name string
	c    *Client
	at   map[string]int
	gone map[string]bool // players that left
	bad  []string
}

func (p *player) apply(m message) {
	verb, name, _ := strings.Cut(m.Text, " ")
	switch verb {
	case "joined":
		delete(p.gone, name)
		p.at[name] = 0
	case "left":
		p.gone[name] = true
		delete(p.at, name)
	}
	for _, it := range m.Items {
		switch {
		case it.Key == p.name:
			p.bad = append(p.bad, fmt.Sprintf("own item %d", it.N))
		case p.gone[it.Key]:
			p.bad = append(p.bad, fmt.Sprintf("%s=%d after it left", it.Key, it.N))
		case it.N <= p.at[it.Key]:
			p.bad = append(p.bad, fmt.Sprintf("%s=%d after %d", it.Key, it.N, p.at[it.Key]))
		}
		p.at[it.Key] = it.N
	}
}

// play reads until the end, and for some seconds at times stops reading or moves.
func (p *player) play(r *rand.Rand, t *testing.T) {
	start := time.Now()
	for {
		switch n := r.IntN(40); {
		case time.Since(start) > 10*time.Second:
		case n == 0:
			time.Sleep(time.Duration(r.IntN(3000)) * time.Millisecond)
		case n <= 3:
			_ = p.c.Send(t.Context(), message{Type: "ask"})
		}
		frame, err := p.c.Next(t.Context())
		if err != nil {
			return
		}
		var m message
		if err := m.UnmarshalJSON(frame); err != nil {
			p.bad = append(p.bad, err.Error())
		}
		p.apply(m)
	}
}

// TestStress has many clients join, move, stall, leave and be cut off, by a
// seed. What each sees must be in order and without its own items, and those
// that stay to the end must agree with the server.
func TestStress(t *testing.T) {
	t.Parallel()
	seeds := 6
	if testing.Short() {
		seeds = 1
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { stress(t, seed) })
		})
	}
}

func stress(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 3))
	w := &world{at: map[string]int{}, group: NewGroup(&GroupOptions{FlushInterval: time.Duration(seed%3) * 7 * time.Millisecond})}
	h := newHarness(t, &testHandler{
		open:    w.join,
		receive: func(c *testConn, _ int, _ message) error { w.move(c); return nil },
		closed:  func(c *testConn, _ CloseInfo) { w.leave(c) },
	}, &ServerOptions{Portable: seed%2 == 1, Limits: Limits{PendingMessages: 1 << 20}, Timing: Timing{Stall: time.Hour}})
	h.lis.Buffer = 700

	var all, stay []*player
	var playing sync.WaitGroup
	for i := range 60 {
		p := &player{name: fmt.Sprint("p", i), at: map[string]int{}, gone: map[string]bool{}}
		p.c = h.dial(p.name, &DialOptions{Queue: 1 + r.IntN(20)})
		mine := rand.New(rand.NewPCG(seed, uint64(i)))
		playing.Go(func() { p.play(mine, t) })
		all = append(all, p)
		_ = p.c.Send(t.Context(), message{Type: "ask"})
		life := time.Duration(r.IntN(9000)) * time.Millisecond
		switch r.IntN(4) {
		case 0:
			go func() { time.Sleep(life); _ = p.c.Close(CloseNormal, "") }()
		case 1:
			go func() {
				time.Sleep(life)
				p.c.conn.abort(CloseAbnormal, nil)
			}()
		default:
			stay = append(stay, p)
		}
		time.Sleep(time.Duration(r.IntN(100)) * time.Millisecond)
	}
	time.Sleep(time.Minute)
	synctest.Wait() // nobody moves any more
	w.mu.Lock()
	want := maps.Clone(w.at)
	w.mu.Unlock()
	for _, p := range stay {
		if p.c.Err() != nil {
			t.Errorf("%s ended with %v", p.name, p.c.Err())
			continue
		}
		others := maps.Clone(want)
		delete(others, p.name)
		if diff := cmp.Diff(others, p.at); diff != "" {
			t.Errorf("%s does not agree (-want +got):\n%s", p.name, diff)
		}
	}
	for _, p := range all {
		if len(p.bad) > 0 {
			t.Errorf("%s: %d faults, first %s", p.name, len(p.bad), p.bad[0])
		}
	}
	if n := w.group.Len(); n != len(stay) {
		t.Errorf("%d members, want %d", n, len(stay))
	}
	h.stop()
	w.group.Close()
	playing.Wait()
}
