// Package local is the bus of a single server: it calls the subscribers in the goroutine that publishes.
package local

import (
	"sync"

	"github.com/duet-api/duet/internal/game"
)

// Bus implements [game.Bus] within one process. A change has reached every subscriber when Publish returns.
type Bus struct {
	// mu guards rooms. It is taken before a room's mutex, never after.
	mu    sync.Mutex
	rooms map[string]*room // those with a topic or a subscriber

	revocations feed[game.Revocation]
}

var (
	_ game.Bus   = (*Bus)(nil)
	_ game.Topic = (*topic)(nil)
)

// New returns a bus without subscribers.
func New() *Bus { return &Bus{rooms: make(map[string]*room)} }

// room is the feed of a room, kept for as long as somebody publishes to it or subscribes to it.
type room struct {
	feed[game.Change]
	uses int // topics and subscriptions; guarded by Bus.mu
}

// Topic returns where changes of a room are published.
func (b *Bus) Topic(roomID string) game.Topic {
	return &topic{room: b.use(roomID), release: sync.OnceFunc(func() { b.release(roomID) })}
}

// SubscribeRoom calls f with every change of a room that is published from now on.
func (b *Bus) SubscribeRoom(roomID string, f func(game.Change)) (cancel func()) {
	end := b.use(roomID).subscribe(f)
	return sync.OnceFunc(func() {
		end()
		b.release(roomID)
	})
}

// PublishRevocation calls every subscriber to revocations.
func (b *Bus) PublishRevocation(r game.Revocation) { b.revocations.publish(r) }

// SubscribeRevocations calls f with every revocation that is published from now on.
func (b *Bus) SubscribeRevocations(f func(game.Revocation)) (cancel func()) {
	return sync.OnceFunc(b.revocations.subscribe(f))
}

func (b *Bus) use(roomID string) *room {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, ok := b.rooms[roomID]
	if !ok {
		r = &room{}
		b.rooms[roomID] = r
	}
	r.uses++
	return r
}

func (b *Bus) release(roomID string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.rooms[roomID]
	r.uses--
	if r.uses == 0 {
		delete(b.rooms, roomID)
	}
}

type topic struct {
	room    *room
	release func()
}

// Publish calls every subscriber to the room.
func (t *topic) Publish(c game.Change) { t.room.publish(c) }

// Close lets go of the room. It may be called more than once.
func (t *topic) Close() { t.release() }
