package game

import (
	"context"
	"fmt"
)

// Delta is what changed in a room since a version.
type Delta struct {
	Version Version
	Full    bool     // Players is everybody: the version asked about is not known here
	Players []Player // those who joined or moved, by ascending id
	Left    []string // the ids of those who left and are not back, by ascending id; some may be unknown to the caller
}

// Players returns what changed in a room after since, which is a [Version] as text: everything where it is empty or not
// known here. For a player without a connection, asking counts as being present. It fails with CodeRoomNotFound.
func (s *Rooms) Players(ctx context.Context, roomID string, by Identity, since string) (Delta, error) {
	v, _ := ParseVersion(since)
	var d Delta
	err := s.with(ctx, roomID, func(r *replica) error {
		if p, ok := r.players[by.User.ID]; ok {
			p.holder.seen = r.used
		}
		d = r.deltaLocked(v)
		return nil
	})
	if err != nil {
		return Delta{}, fmt.Errorf("list players: %w", err)
	}
	return d, nil
}

// Update moves the player of by in a room, by the same rule as [Member.Move], and returns it as it is then. Where the
// user is not in the room it joins, and stays for as long as it updates or polls, under the session that updated last.
// It fails with CodeInvalidRequest, CodeRoomNotFound, CodeRoomFull, and with CodeTokenRevoked where the session ended.
func (s *Rooms) Update(ctx context.Context, roomID string, by Identity, u Update) (Player, error) {
	if err := u.Position.Check(); err != nil {
		return Player{}, err
	}
	var out Player
	present := false
	err := s.with(ctx, roomID, func(r *replica) error {
		p, ok := r.players[by.User.ID]
		if ok && (p.holder.connected || p.holder.session == by.SessionID) {
			out, present = r.pollLocked(p, by.SessionID, u), true
		}
		return nil
	})
	if err != nil {
		return Player{}, fmt.Errorf("update player: %w", err)
	}
	if present {
		return out, nil
	}
	m := &Member{rooms: s, userID: by.User.ID, session: by.SessionID}
	_, err = s.enter(ctx, roomID, m, func(r *replica, p *player) { out = r.pollLocked(p, by.SessionID, u) })
	return out, err
}

// pollLocked applies an update that came without a connection.
func (r *replica) pollLocked(p *player, session string, u Update) Player {
	p.holder.seen = r.used
	r.moveLocked(p, session, u, r.used)
	return p.Player
}
