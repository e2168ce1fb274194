// Package bustest is the suite that every implementation of [game.Bus] passes.
package bustest

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/game"
)

// Run tests buses that open makes. A bus may deliver later than it publishes: the suite waits for what must come, and
// publishes a marker behind what must not.
func Run(t *testing.T, open func(t *testing.T) game.Bus) {
	tests := []struct {
		name string
		run  func(t *testing.T, b game.Bus)
	}{
		{"one subscriber gets changes in order and whole", testOrder},
		{"every subscriber gets every change", testEverySubscriber},
		{"rooms do not leak into each other", testRoomsApart},
		{"a late subscriber sees nothing from before", testLate},
		{"a cancelled subscriber sees nothing from after", testCancel},
		{"cancel may be called twice and leaves the others", testCancelTwice},
		{"concurrent publishers keep their own order and all agree", testConcurrentPublishers},
		{"subscribers come and go while changes are published", testChurn},
		{"a topic may be opened again after it was closed", testReopen},
		{"revocations reach every subscriber in order", testRevocations},
		{"a cancelled subscriber to revocations sees nothing from after", testRevocationsCancel},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(t, open(t))
		})
	}
}

// deadline bounds the wait for a delivery; only a bus that loses changes gets there.
const deadline = 10 * time.Second

// inbox is a subscriber that keeps what it gets.
type inbox[T any] struct {
	// mu guards got and grown.
	mu    sync.Mutex
	got   []T
	grown chan struct{} // closed and replaced when got grows
}

func newInbox[T any]() *inbox[T] { return &inbox[T]{grown: make(chan struct{})} }

func (i *inbox[T]) add(v T) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.got = append(i.got, v)
	close(i.grown)
	i.grown = make(chan struct{})
}

// wait returns what came once it is n values or more.
func (i *inbox[T]) wait(t *testing.T, n int) []T {
	t.Helper()
	timeout := time.After(deadline)
	for {
		i.mu.Lock()
		got, grown := i.got, i.grown
		i.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-grown:
		case <-timeout:
			t.Fatalf("got %d values, want %d", len(got), n)
		}
	}
}

func (i *inbox[T]) snapshot() []T {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.got
}

// change returns the nth change of a publisher.
func change(room, publisher string, n int) game.Change {
	version, _ := game.ParseVersion("e-" + strconv.FormatInt(int64(n), 36))
	return game.Change{
		Kind: game.KindMoved, RoomID: room, Version: version, Session: "session of " + publisher, Reason: game.ReasonTimeout,
		Player: game.Player{
			ID: publisher, Name: "name of " + publisher, Seq: int64(n), UpdatedAt: time.UnixMilli(int64(n)).UTC(),
			Position: game.Position{X: float64(n), Y: -1.5, Z: 0.1, HasZ: true},
		},
	}
}

func changes(room, publisher string, from, to int) []game.Change {
	var cs []game.Change
	for n := from; n < to; n++ {
		cs = append(cs, change(room, publisher, n))
	}
	return cs
}

func publish(topic game.Topic, cs []game.Change) {
	for _, c := range cs {
		topic.Publish(c)
	}
}

func diff(t *testing.T, got, want []game.Change) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b game.Version) bool { return a == b })); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
}

func open(t *testing.T, b game.Bus, room string) game.Topic {
	topic := b.Topic(room)
	t.Cleanup(topic.Close)
	return topic
}

func subscribe(t *testing.T, b game.Bus, room string) *inbox[game.Change] {
	in := newInbox[game.Change]()
	t.Cleanup(b.SubscribeRoom(room, in.add))
	return in
}

func testOrder(t *testing.T, b game.Bus) {
	in := subscribe(t, b, "r")
	want := changes("r", "ada", 0, 100)
	publish(open(t, b, "r"), want)
	diff(t, in.wait(t, len(want)), want)
}

func testEverySubscriber(t *testing.T, b game.Bus) {
	topic := open(t, b, "r")
	ins := []*inbox[game.Change]{subscribe(t, b, "r"), subscribe(t, b, "r"), subscribe(t, b, "r")}
	want := changes("r", "ada", 0, 10)
	publish(topic, want)
	for _, in := range ins {
		diff(t, in.wait(t, len(want)), want)
	}
}

func testRoomsApart(t *testing.T, b game.Bus) {
	in1, in2 := subscribe(t, b, "r1"), subscribe(t, b, "r2")
	want1, want2 := changes("r1", "ada", 0, 10), changes("r2", "bob", 0, 10)
	topic1, topic2 := open(t, b, "r1"), open(t, b, "r2")
	for i := range want1 {
		topic1.Publish(want1[i])
		topic2.Publish(want2[i])
	}
	diff(t, in1.wait(t, 10), want1)
	diff(t, in2.wait(t, 10), want2)
}

func testLate(t *testing.T, b game.Bus) {
	topic := open(t, b, "r")
	early := subscribe(t, b, "r")
	publish(topic, changes("r", "ada", 0, 5))
	early.wait(t, 5)
	late := subscribe(t, b, "r")
	want := changes("r", "ada", 5, 8)
	publish(topic, want)
	diff(t, late.wait(t, 3), want)
	diff(t, early.wait(t, 8), changes("r", "ada", 0, 8))
}

func testCancel(t *testing.T, b game.Bus) {
	topic := open(t, b, "r")
	other := subscribe(t, b, "r")
	in := newInbox[game.Change]()
	cancel := b.SubscribeRoom("r", in.add)
	publish(topic, changes("r", "ada", 0, 5))
	in.wait(t, 5)
	cancel()
	publish(topic, changes("r", "ada", 5, 10))
	other.wait(t, 10)
	diff(t, in.snapshot(), changes("r", "ada", 0, 5))
}

func testCancelTwice(t *testing.T, b game.Bus) {
	topic := open(t, b, "r")
	in := subscribe(t, b, "r")
	cancel := b.SubscribeRoom("r", func(game.Change) {})
	cancel()
	cancel()
	want := changes("r", "ada", 0, 3)
	publish(topic, want)
	diff(t, in.wait(t, 3), want)
}

func testConcurrentPublishers(t *testing.T, b game.Bus) {
	const publishers, each = 4, 50
	ins := []*inbox[game.Change]{subscribe(t, b, "r"), subscribe(t, b, "r")}
	var wg sync.WaitGroup
	for p := range publishers {
		topic := open(t, b, "r")
		wg.Go(func() { publish(topic, changes("r", fmt.Sprint("player ", p), 0, each)) })
	}
	wg.Wait()
	first := ins[0].wait(t, publishers*each)
	diff(t, ins[1].wait(t, publishers*each), first)
	next := map[string]int64{}
	for _, c := range first {
		if c.Player.Seq != next[c.Player.ID] {
			t.Fatalf("%s: got change %d, want %d", c.Player.ID, c.Player.Seq, next[c.Player.ID])
		}
		next[c.Player.ID]++
	}
}

func testChurn(t *testing.T, b game.Bus) {
	const total = 300
	topic := open(t, b, "r")
	steady := subscribe(t, b, "r")
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				in := newInbox[game.Change]()
				b.SubscribeRoom("r", in.add)()
				for i, c := range in.snapshot() {
					if c.Player.Seq != in.got[0].Player.Seq+int64(i) {
						t.Errorf("a gap before change %d", c.Player.Seq)
					}
				}
			}
		})
	}
	want := changes("r", "ada", 0, total)
	publish(topic, want)
	diff(t, steady.wait(t, total), want)
	close(done)
	wg.Wait()
}

func testReopen(t *testing.T, b game.Bus) {
	in := subscribe(t, b, "r")
	topic := b.Topic("r")
	topic.Publish(change("r", "ada", 0))
	topic.Close()
	topic = b.Topic("r")
	topic.Publish(change("r", "ada", 1))
	topic.Close()
	diff(t, in.wait(t, 2), changes("r", "ada", 0, 2))
}

func testRevocations(t *testing.T, b game.Bus) {
	ins := []*inbox[game.Revocation]{newInbox[game.Revocation](), newInbox[game.Revocation]()}
	for _, in := range ins {
		t.Cleanup(b.SubscribeRevocations(in.add))
	}
	want := []game.Revocation{
		{UserID: "ada", Session: "1"}, {UserID: "ada", Keep: "2"}, {UserID: "ada", Deleted: true},
	}
	for _, r := range want {
		b.PublishRevocation(r)
	}
	for _, in := range ins {
		if d := cmp.Diff(want, in.wait(t, len(want))); d != "" {
			t.Errorf("revocations (-want +got):\n%s", d)
		}
	}
}

func testRevocationsCancel(t *testing.T, b game.Bus) {
	in, other := newInbox[game.Revocation](), newInbox[game.Revocation]()
	cancel := b.SubscribeRevocations(in.add)
	t.Cleanup(b.SubscribeRevocations(other.add))
	b.PublishRevocation(game.Revocation{UserID: "ada"})
	in.wait(t, 1)
	cancel()
	cancel()
	b.PublishRevocation(game.Revocation{UserID: "bob"})
	other.wait(t, 2)
	if got := in.snapshot(); len(got) != 1 {
		t.Errorf("got %v after cancel", got)
	}
}
