package game

import (
	"context"
	"fmt"
	"time"
)

// MaxCapacity bounds how many players a room can be made for.
const MaxCapacity = 1000

// Room is a place for players.
type Room struct {
	ID        string
	Name      string
	Capacity  int
	CreatorID string    // "" for a room of the server itself, which nobody may delete
	CreatedAt time.Time // UTC, to the microsecond
	Players   int       // now in the room; not stored
}

// NewRoom is a room to be stored. NameFold is what must be unique.
type NewRoom struct {
	Room
	NameFold string
	Most     int // how many rooms the creator may have with this one; 0 for any number
}

// RoomFilter restricts a list of rooms.
type RoomFilter struct {
	NameFold string // exactly this one, or "" for all
}

// RoomStore is the storage that [Rooms] needs for rooms. Each call is one transaction.
type RoomStore interface {
	// CreateRoom fails with CodeNameTaken where a room with that NameFold exists, and with CodeTokenRevoked where the
	// creator does not exist any more, and with CodeTooManyRooms where the creator has Most already.
	CreateRoom(ctx context.Context, r NewRoom) error
	// RoomByID fails with CodeRoomNotFound.
	RoomByID(ctx context.Context, id string) (Room, error)
	// ListRooms returns the rooms of a range that pass the filter.
	ListRooms(ctx context.Context, f RoomFilter, r Range) ([]Room, error)
	// DeleteRoom deletes a room with the positions in it, or fails with CodeRoomNotFound.
	DeleteRoom(ctx context.Context, id string) error
}

// SavedPosition is where a player was last in a room.
type SavedPosition struct {
	RoomID, UserID string
	Position       Position
}

// PositionStore is the storage that [Rooms] needs for players.
type PositionStore interface {
	// LastPosition returns the position saved last; false where there is none.
	LastPosition(ctx context.Context, roomID, userID string) (Position, bool, error)
	// SavePositions replaces positions, all in one transaction, passing over those whose room or user is gone.
	SavePositions(ctx context.Context, ps []SavedPosition) error
	// SessionUser is that of [SessionStore]: a session that ended must not join.
	SessionUser(ctx context.Context, session string, now time.Time) (User, error)
}

// RoomSpec is a wish for a room.
type RoomSpec struct {
	Name     string
	Capacity int // 1 to MaxCapacity
}

// Create makes a room, one of the server itself where by is zero. It fails with CodeInvalidRequest, CodeNameTaken or
// CodeTooManyRooms.
func (s *Rooms) Create(ctx context.Context, by Identity, spec RoomSpec) (Room, error) {
	if err := CheckName(spec.Name); err != nil {
		return Room{}, err
	}
	switch {
	case spec.Capacity < 1:
		return Room{}, invalid("/capacity", "minimum", "a room has place for at least one player")
	case spec.Capacity > MaxCapacity:
		return Room{}, invalid("/capacity", "maximum", fmt.Sprintf("a room has place for at most %d players", MaxCapacity))
	}
	now := stamp(s.cfg.Now())
	r := Room{ID: NewID(), Name: spec.Name, Capacity: spec.Capacity, CreatorID: by.User.ID, CreatedAt: now}
	n := NewRoom{Room: r, NameFold: FoldName(spec.Name)}
	if r.CreatorID != "" {
		n.Most = s.cfg.MaxPerUser
	}
	if err := s.cfg.Store.CreateRoom(ctx, n); err != nil {
		return Room{}, fmt.Errorf("create room: %w", err)
	}
	return r, nil
}

// Get returns a room, or fails with CodeRoomNotFound.
func (s *Rooms) Get(ctx context.Context, id string) (Room, error) {
	r, err := s.cfg.Store.RoomByID(ctx, id)
	if err != nil {
		return Room{}, fmt.Errorf("get room: %w", err)
	}
	r.Players = s.count(id)
	return r, nil
}

// List returns a page of all rooms, or of the one that is called name, whatever the case, where name is not empty. It fails with CodeInvalidRequest.
func (s *Rooms) List(ctx context.Context, name string, p PageRequest) (Page[Room], error) {
	r, err := p.resolve()
	if err != nil {
		return Page[Room]{}, err
	}
	rooms, err := s.cfg.Store.ListRooms(ctx, RoomFilter{NameFold: FoldName(name)}, r)
	if err != nil {
		return Page[Room]{}, fmt.Errorf("list rooms: %w", err)
	}
	page := cut(rooms, r, func(r Room) string { return r.Name })
	for i := range page.Items {
		page.Items[i].Players = s.count(page.Items[i].ID)
	}
	return page, nil
}

// Delete deletes a room on behalf of by, who must have created it: CodeForbidden otherwise. Everybody in it is evicted
// with ReasonRoomGone. It fails with CodeRoomNotFound.
func (s *Rooms) Delete(ctx context.Context, by Identity, id string) error {
	r, err := s.cfg.Store.RoomByID(ctx, id)
	if err != nil {
		return fmt.Errorf("delete room: %w", err)
	}
	if r.CreatorID != by.User.ID {
		return NewError(CodeForbidden, "only its creator may delete a room")
	}
	if err := s.cfg.Store.DeleteRoom(ctx, id); err != nil {
		return fmt.Errorf("delete room: %w", err)
	}
	s.closeDeleted(id)
	return nil
}
