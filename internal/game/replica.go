package game

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"
)

// replica is a room in memory.
type replica struct {
	id      string
	present *presence
	ready   chan struct{} // closed when loading is over
	failed  error         // why loading failed; set before ready is closed

	// mu guards all below.
	mu       sync.Mutex
	state    replicaState
	capacity int
	topic    Topic     // nil while loading
	used     time.Time // when somebody joined, left or polled last
	version  Version
	players  map[string]*player // those who are here, by user id
	gone     departures
	unsaved  map[string]*player // those whose position is newer than storage's, here or not, by user id
	saves    uint64             // counts what was taken out of unsaved: a position read before may be old
}

type replicaState uint8

const (
	stateLive    replicaState = iota
	stateIdle                 // retired from memory; another replica may exist
	stateDeleted              // the room is deleted
)

// errRetry says that the replica is not, or not any more, what the caller prepared for.
var errRetry = errors.New("retry")

// player is a player's state in a room. It is guarded by the replica's mutex.
type player struct {
	Player
	holder  *Member // who keeps the player here, nil once it left
	changed uint64  // the version that changed it last
	dirty   bool    // is in unsaved
}

func newReplica(id string, epoch uint64, present *presence) *replica {
	return &replica{
		id: id, present: present, ready: make(chan struct{}), version: Version{epoch: epoch},
		players: make(map[string]*player), unsaved: make(map[string]*player),
	}
}

// use calls f with the replica locked. It fails with errRetry when the replica was retired and CodeRoomNotFound when the
// room was deleted.
func (r *replica) use(now time.Time, f func(r *replica) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch r.state {
	case stateDeleted:
		return roomNotFound()
	case stateIdle:
		return errRetry
	}
	r.used = now
	return f(r)
}

// enterLocked makes user present, held by h, and returns the connection that it replaces. Where the player is here
// already a holder without a connection is only good for its session, which another one without a connection goes on under.
func (r *replica) enterLocked(user User, h *Member, last Position) (p *player, replaced evictions, err error) {
	if p, ok := r.players[user.ID]; ok {
		if !h.connected {
			if !p.holder.connected {
				p.holder.session = h.session
			}
			return p, nil, nil
		}
		replaced = evictions{p.holder}
		p.holder, h.player = h, p
		return p, replaced, nil
	}
	if len(r.players) >= r.capacity {
		return nil, nil, NewError(CodeRoomFull, "the room is full")
	}
	p, ok := r.unsaved[user.ID]
	if ok {
		last = p.Position
	} else {
		p = &player{}
	}
	p.Player = Player{ID: user.ID, Name: user.Name, Position: last, UpdatedAt: r.used}
	p.holder, h.player = h, p
	r.players[user.ID] = p
	r.changeLocked(p, Change{Kind: KindJoined, Session: h.session})
	return p, nil, nil
}

// moveLocked applies an update that was checked and reports whether it changed anything.
func (r *replica) moveLocked(p *player, session string, u Update, now time.Time) bool {
	to := u.Position.normal()
	if to == p.Position {
		return false
	}
	p.Position, p.UpdatedAt = to, now
	if u.HasSeq {
		p.Seq = u.Seq
	}
	if !p.dirty {
		p.dirty = true
		r.unsaved[p.ID] = p
	}
	r.changeLocked(p, Change{Kind: KindMoved, Session: session})
	return true
}

func (r *replica) leaveLocked(p *player, reason Reason, now time.Time) {
	session := p.holder.session
	p.holder = nil
	delete(r.players, p.ID)
	r.present.drop(p.ID, r)
	r.used = now
	r.changeLocked(p, Change{Kind: KindLeft, Reason: reason, Session: session})
	r.gone.add(departure{r.version.n, p.ID})
}

// changeLocked numbers and publishes a change of p.
func (r *replica) changeLocked(p *player, c Change) {
	r.version.n++
	p.changed = r.version.n
	c.RoomID, c.Version, c.Player = r.id, r.version, p.Player
	r.topic.Publish(c)
}

// deleteLocked ends the replica of a deleted room and returns who was in it.
func (r *replica) deleteLocked() evictions {
	r.state = stateDeleted
	var all evictions
	for _, p := range r.players {
		all = append(all, p.holder)
		p.holder = nil
		r.present.drop(p.ID, r)
	}
	clear(r.players)
	clear(r.unsaved)
	if r.topic != nil {
		r.version.n++
		r.topic.Publish(Change{Kind: KindRoomDeleted, RoomID: r.id, Version: r.version})
		r.topic.Close()
	}
	return all
}

// snapshotLocked returns all players, by ascending id.
func (r *replica) snapshotLocked() Snapshot {
	return Snapshot{Version: r.version, Players: r.changedLocked(0)}
}

// changedLocked returns the players that changed after version n, by ascending id.
func (r *replica) changedLocked(n uint64) []Player {
	ps := make([]Player, 0, len(r.players))
	for _, p := range r.players {
		if p.changed > n {
			ps = append(ps, p.Player)
		}
	}
	slices.SortFunc(ps, func(a, b Player) int { return cmp.Compare(a.ID, b.ID) })
	return ps
}

// deltaLocked returns what changed after since, or everything.
func (r *replica) deltaLocked(since Version) Delta {
	if since == r.version {
		return Delta{Version: since}
	}
	if since.epoch != r.version.epoch || since.n > r.version.n || !r.gone.covers(since.n) {
		return Delta{Version: r.version, Full: true, Players: r.changedLocked(0)}
	}
	left := r.gone.after(since.n)
	left = slices.DeleteFunc(left, func(id string) bool { return r.players[id] != nil })
	return Delta{Version: r.version, Players: r.changedLocked(since.n), Left: left}
}

// departures remembers who left lately. The zero value is ready.
type departures struct {
	log   []departure // by ascending n
	floor uint64      // departures up to this version may be forgotten
}

type departure struct {
	n  uint64
	id string
}

// maxDepartures bounds the memory of one room; above it the older half is forgotten.
const maxDepartures = 512

func (d *departures) add(x departure) {
	if len(d.log) == maxDepartures {
		half := maxDepartures / 2
		d.floor = d.log[half-1].n
		d.log = slices.Delete(d.log, 0, half)
	}
	d.log = append(d.log, x)
}

// covers reports whether all departures after version n are known.
func (d *departures) covers(n uint64) bool { return n >= d.floor }

// after returns who left after version n, by ascending id, each once.
func (d *departures) after(n uint64) []string {
	at, _ := slices.BinarySearchFunc(d.log, n+1, func(x departure, n uint64) int { return cmp.Compare(x.n, n) })
	ids := make([]string, 0, len(d.log)-at)
	for _, x := range d.log[at:] {
		ids = append(ids, x.id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
