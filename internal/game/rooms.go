package game

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// RoomsConfig holds what [Rooms] works with. Store, Positions and Bus are required.
type RoomsConfig struct {
	Store     RoomStore
	Positions PositionStore
	Bus       Bus

	MaxPerUser      int              // rooms that a user may have created at a time; default 100
	PresenceTimeout time.Duration    // of a player without a connection; default 60 s
	SaveEvery       time.Duration    // how long a position may be unsaved while all is well; default 2 s
	IdleTimeout     time.Duration    // how long an empty room that nobody polls stays in memory; default 2 minutes
	Now             func() time.Time // default time.Now
	Log             *slog.Logger     // default: discard
}

// Rooms keeps the rooms and the players in them. Its methods may be called concurrently.
type Rooms struct {
	cfg  RoomsConfig
	stop func()

	// revocations counts them. A Join that one overtook looks again whether its session is alive.
	revocations atomic.Uint64
	present     presence

	// mu guards live. It is taken before a replica's mutex, never after.
	mu   sync.Mutex
	live map[string]*replica // by room id
}

// NewRooms returns the service for rooms. Run must be running for players without a connection to time out and for
// positions to be saved; Close ends the subscription to the bus.
func NewRooms(c RoomsConfig) *Rooms {
	c.Now = clock(c.Now)
	c.Log = logger(c.Log)
	if c.MaxPerUser == 0 {
		c.MaxPerUser = 100
	}
	if c.PresenceTimeout == 0 {
		c.PresenceTimeout = time.Minute
	}
	if c.SaveEvery == 0 {
		c.SaveEvery = 2 * time.Second
	}
	if c.IdleTimeout == 0 {
		c.IdleTimeout = 2 * time.Minute
	}
	s := &Rooms{cfg: c, live: make(map[string]*replica)}
	s.stop = c.Bus.SubscribeRevocations(s.revoke)
	return s
}

// Close ends the subscription to the bus. No method may be called afterwards.
func (s *Rooms) Close() { s.stop() }

// loadTimeout bounds the loading of a room, which goes on for the others when the first who asked gave up.
const loadTimeout = 5 * time.Second

// acquire returns the replica of a room, loading it where it is not in memory. It may be retired by the time that the
// caller has locked it.
func (s *Rooms) acquire(ctx context.Context, id string) (*replica, error) {
	s.mu.Lock()
	r, ok := s.live[id]
	if !ok {
		r = newReplica(id, rand.Uint64(), &s.present)
		s.live[id] = r
	}
	s.mu.Unlock()
	if !ok {
		s.load(ctx, r)
	}
	select {
	case <-r.ready:
		return r, r.failed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// load makes a new replica ready, or removes it.
func (s *Rooms) load(ctx context.Context, r *replica) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
	defer cancel()
	defer close(r.ready)
	room, err := s.cfg.Store.RoomByID(ctx, r.id)
	if err != nil {
		r.failed = fmt.Errorf("load room: %w", err)
		s.forget(r)
		return
	}
	topic := s.cfg.Bus.Topic(r.id)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == stateDeleted { // while it was loading
		topic.Close()
		return
	}
	r.capacity, r.topic, r.used = room.Capacity, topic, s.cfg.Now()
}

func (s *Rooms) forget(r *replica) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live[r.id] == r {
		delete(s.live, r.id)
	}
}

// with calls f with the replica of a room locked and in use, or fails with CodeRoomNotFound.
func (s *Rooms) with(ctx context.Context, id string, f func(r *replica) error) error {
	for {
		r, err := s.acquire(ctx, id)
		if err != nil {
			return err
		}
		if err := r.use(s.cfg.Now(), f); err != errRetry {
			return err
		}
	}
}

// count returns how many players a room has, 0 for one that is not in memory.
func (s *Rooms) count(id string) int {
	s.mu.Lock()
	r, ok := s.live[id]
	s.mu.Unlock()
	if !ok {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.players)
}

// closeDeleted evicts everybody from a room that was deleted from storage.
func (s *Rooms) closeDeleted(id string) {
	s.mu.Lock()
	r, ok := s.live[id]
	delete(s.live, id)
	s.mu.Unlock()
	if !ok {
		return
	}
	r.mu.Lock()
	evicted := r.deleteLocked()
	r.mu.Unlock()
	evicted.call(ReasonRoomGone)
}

// revoke evicts the holders whose session ended. It locks the rooms of the user, no others.
func (s *Rooms) revoke(rev Revocation) {
	s.revocations.Add(1)
	reason := ReasonSessionEnded
	if rev.Deleted {
		reason = ReasonUserDeleted
	}
	for _, r := range s.present.of(rev.UserID) {
		r.mu.Lock()
		p, ok := r.players[rev.UserID]
		var lost evictions
		if ok && rev.Covers(rev.UserID, p.holder.session) {
			lost = evictions{p.holder}
			r.leaveLocked(p, reason, s.cfg.Now())
		}
		r.mu.Unlock()
		lost.call(reason)
	}
}

func (s *Rooms) replicas() []*replica {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*replica, 0, len(s.live))
	for _, r := range s.live {
		all = append(all, r)
	}
	return all
}

func roomNotFound() *Error { return NewError(CodeRoomNotFound, "there is no such room") }
