package game

import (
	"math"
	"time"
)

// MaxCoordinate bounds the absolute value of each coordinate.
const MaxCoordinate = 1e6

// Position is a point. It is comparable; Z is zero where HasZ is false.
type Position struct {
	X, Y, Z float64
	HasZ    bool
}

// Check returns CodeInvalidRequest unless each coordinate is finite and within ±MaxCoordinate.
func (p Position) Check() error {
	p = p.normal()
	if inRange(p.X) && inRange(p.Y) && inRange(p.Z) {
		return nil
	}
	for _, c := range [...]struct {
		pointer string
		value   float64
	}{{"/position/x", p.X}, {"/position/y", p.Y}, {"/position/z", p.Z}} {
		switch {
		case math.IsNaN(c.value), math.IsInf(c.value, 0):
			return invalid(c.pointer, "finite", "a coordinate is finite")
		case c.value > MaxCoordinate:
			return invalid(c.pointer, "maximum", "a coordinate is at most 1e6")
		case c.value < -MaxCoordinate:
			return invalid(c.pointer, "minimum", "a coordinate is at least -1e6")
		}
	}
	return nil
}

// inRange is false for NaN, which compares false with everything.
func inRange(v float64) bool { return math.Abs(v) <= MaxCoordinate }

// normal drops a Z that is not there, so that == compares what a client sees.
func (p Position) normal() Position {
	if !p.HasZ {
		p.Z = 0
	}
	return p
}

// Player is a user in a room.
type Player struct {
	ID        string // of the user
	Name      string // as it was when the player joined
	Position  Position
	Seq       int64 // the seq of the last update that had one, 0 before
	UpdatedAt time.Time
}

// Update is a player's wish to be somewhere.
type Update struct {
	Position Position
	Seq      int64 // echoed to the others as it is; used only if HasSeq
	HasSeq   bool
}

// Reason says why a player left, or why the holder of a [Member] lost it.
type Reason uint8

// The reasons. Those up to ReasonUserDeleted are the contract's (api/schemas/leave-reason.yaml); the others only ever
// reach [Join.Evicted].
const (
	ReasonLeft         Reason = iota + 1 // the client closed the connection in order
	ReasonDisconnected                   // the connection broke, or the server closed it
	ReasonTimeout                        // no update and no poll in time, for a player without a connection
	ReasonSessionEnded                   // logout, a new password, a refresh token used twice, or a token that expired
	ReasonUserDeleted                    // the user was deleted
	ReasonReplaced                       // a later connection of the same user took the player over; the player stays
	ReasonRoomGone                       // the room was deleted
)

// String returns the reason as the contract spells it.
func (r Reason) String() string {
	switch r {
	case ReasonLeft:
		return "left"
	case ReasonDisconnected:
		return "disconnected"
	case ReasonTimeout:
		return "timeout"
	case ReasonSessionEnded:
		return "session_ended"
	case ReasonUserDeleted:
		return "user_deleted"
	case ReasonReplaced:
		return "replaced"
	case ReasonRoomGone:
		return "room_gone"
	}
	return "unknown"
}
