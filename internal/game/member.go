package game

import (
	"context"
	"fmt"
	"time"
)

// Snapshot is all of a room at one version.
type Snapshot struct {
	Version Version
	Players []Player // by ascending id, the one who joins included
}

// Join is a connection's wish to put its user into a room.
type Join struct {
	RoomID string
	By     Identity
	// Attach is called with the room locked, after the player was added and before any later change is published: what
	// it subscribes gets the snapshot and then every change after it, without gap or repetition. It must not block and
	// must not call this package. May be nil.
	Attach func(Snapshot)
	// Evicted is called when the player is taken from the connection for a reason other than [Member.Leave]:
	// ReasonReplaced, ReasonSessionEnded, ReasonUserDeleted or ReasonRoomGone. It is called at most once, from any goroutine and
	// possibly before Join returns, with no lock held; it should return soon. May be nil.
	Evicted func(Reason)
}

// Member is a connection's hold on a player in a room. Its methods may be called concurrently; after eviction and after
// Leave they change nothing.
type Member struct {
	rooms     *Rooms
	room      *replica
	userID    string
	connected bool // false: kept by polling, until seen is too old
	evicted   func(Reason)

	// Guarded by room.mu once the player is in the room.
	session string
	player  *player
	seen    time.Time
}

// evictions are the holders that lost their player, to be told once no lock is held.
type evictions []*Member

func (e evictions) call(reason Reason) {
	for _, m := range e {
		if m.evicted != nil {
			m.evicted(reason)
		}
	}
}

// Join puts a user into a room at its last position there, or at the origin. Where the user is in the room already, the
// connection that held the player is evicted with ReasonReplaced and nobody else notices. It fails with
// CodeRoomNotFound, with CodeRoomFull, and with CodeTokenRevoked where the session ended.
func (s *Rooms) Join(ctx context.Context, j Join) (*Member, error) {
	m := &Member{rooms: s, userID: j.By.User.ID, session: j.By.SessionID, connected: true, evicted: j.Evicted}
	replaced, err := s.enter(ctx, j.RoomID, m, func(r *replica, _ *player) {
		if j.Attach != nil {
			j.Attach(r.snapshotLocked())
		}
	})
	if err != nil {
		return nil, err
	}
	replaced.call(ReasonReplaced)
	return m, nil
}

// Move applies an update and reports whether it changed anything: a position equal to the last one changes and publishes
// nothing, nor does a Member that lost its player. It fails with CodeInvalidRequest.
func (m *Member) Move(u Update) (bool, error) {
	if err := u.Position.Check(); err != nil {
		return false, err
	}
	now := m.rooms.cfg.Now()
	m.room.mu.Lock()
	defer m.room.mu.Unlock()
	if m.player.holder != m {
		return false, nil
	}
	return m.room.moveLocked(m.player, m.session, u, now), nil
}

// Leave takes the player out of the room, unless the connection does not hold it any more.
func (m *Member) Leave(reason Reason) {
	now := m.rooms.cfg.Now()
	m.room.mu.Lock()
	defer m.room.mu.Unlock()
	if m.player.holder == m {
		m.room.leaveLocked(m.player, reason, now)
	}
}

// Renew puts the member under another session of the same user, for a connection that authenticated anew: from now on
// that session's end evicts it, and the end of the former one does not. It fails with CodeForbidden for another user and
// with CodeTokenRevoked where the session ended; then nothing changes.
func (m *Member) Renew(ctx context.Context, by Identity) error {
	if by.User.ID != m.userID {
		return NewError(CodeForbidden, "the player belongs to another user")
	}
	for {
		revocations := m.rooms.revocations.Load()
		_, err := m.rooms.cfg.Positions.SessionUser(ctx, by.SessionID, stamp(m.rooms.cfg.Now()))
		if err != nil {
			return fmt.Errorf("renew member: %w", err)
		}
		if m.setSession(by.SessionID, revocations) {
			return nil
		}
	}
}

// setSession reports whether no revocation has overtaken the look-up of the session.
func (m *Member) setSession(session string, revocations uint64) bool {
	m.room.mu.Lock()
	defer m.room.mu.Unlock()
	if m.rooms.revocations.Load() != revocations {
		return false
	}
	m.session = session
	return true
}

// enter makes the user of m's session present in a room, held by m, and calls then with the room locked. All reading
// from storage comes before the lock; what has overtaken it is noticed under the lock and leads to another try.
func (s *Rooms) enter(ctx context.Context, roomID string, m *Member, then func(*replica, *player)) (evictions, error) {
	for {
		replaced, err := s.tryEnter(ctx, roomID, m, then)
		if err == errRetry {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("join room: %w", err)
		}
		return replaced, nil
	}
}

func (s *Rooms) tryEnter(ctx context.Context, roomID string, m *Member, then func(*replica, *player)) (replaced evictions, err error) {
	now := s.cfg.Now()
	revocations := s.revocations.Load()
	user, err := s.cfg.Positions.SessionUser(ctx, m.session, stamp(now))
	if err != nil {
		return nil, err
	}
	r, err := s.acquire(ctx, roomID)
	if err != nil {
		return nil, err
	}
	saves := r.saveCount()
	last, _, err := s.cfg.Positions.LastPosition(ctx, roomID, user.ID)
	if err != nil {
		return nil, err
	}
	m.room, m.seen = r, now
	err = r.use(now, func(r *replica) error {
		s.present.add(user.ID, r)
		defer func() {
			if _, ok := r.players[user.ID]; !ok {
				s.present.drop(user.ID, r)
			}
		}()
		if r.saves != saves || s.revocations.Load() != revocations {
			return errRetry
		}
		p, old, err := r.enterLocked(user, m, last)
		if err != nil {
			return err
		}
		replaced = old
		then(r, p)
		return nil
	})
	return replaced, err
}
