package game

import (
	"slices"
	"sync"
)

// presence tells in which rooms a user is, so that a session's end does not have to look through all of them. The zero
// value is ready and may be used concurrently.
//
// A user is noted before [Rooms.tryEnter] looks for revocations that have overtaken it, and [Rooms.revoke] counts before
// it looks here: of the two that meet, one at least sees the other.
type presence struct {
	// mu guards rooms. It is taken after a replica's mutex, never before.
	mu    sync.Mutex
	rooms map[string][]*replica // by user id
}

// add notes that a user is, or is about to be, in a room.
func (p *presence) add(userID string, r *replica) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.rooms[userID], r) {
		return
	}
	if p.rooms == nil {
		p.rooms = make(map[string][]*replica)
	}
	p.rooms[userID] = append(p.rooms[userID], r)
}

// drop notes that a user is not in a room.
func (p *presence) drop(userID string, r *replica) {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := slices.DeleteFunc(p.rooms[userID], func(x *replica) bool { return x == r })
	if len(left) == 0 {
		delete(p.rooms, userID)
		return
	}
	p.rooms[userID] = left
}

// of returns the rooms of a user.
func (p *presence) of(userID string) []*replica {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.rooms[userID])
}
