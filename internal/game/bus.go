package game

// Kind says what a [Change] is about.
type Kind uint8

// The kinds of change.
const (
	KindJoined      Kind = iota + 1 // Player is whole
	KindMoved                       // Player is whole; its Position, Seq and UpdatedAt are new
	KindLeft                        // Player is as it was last; Reason says why it left
	KindRoomDeleted                 // nobody is in the room any more; no KindLeft is published for its players
)

// Change is one step of a room. It is a value without references into the room, so it may be kept or encoded later.
type Change struct {
	Kind    Kind
	Reason  Reason // for KindLeft
	RoomID  string
	Session string // the session that made the change, "" where none did
	Version Version
	Player  Player
}

// Revocation tells that sessions of a user ended.
type Revocation struct {
	UserID  string
	Session string // the only session that ended, "" for all of them
	Keep    string // with Session "": the one that goes on, "" for none
	Deleted bool   // the user is gone
}

// Covers reports whether the revocation ends the session of the user.
func (r Revocation) Covers(userID, session string) bool {
	switch {
	case r.UserID != userID:
		return false
	case r.Session != "":
		return r.Session == session
	}
	return r.Keep == "" || r.Keep != session
}

// Bus carries changes and revocations to whoever subscribed.
//
// Changes of one room reach each subscriber one at a time in the order in which they were published, those of
// different rooms in any order; a subscriber sees nothing that was published before it subscribed. Revocations reach
// each subscriber in order likewise. The function that a subscription returns ends it: after it returned, the
// subscriber is not called again; it may be called more than once, but not by the subscriber itself.
//
// A subscriber to a room is called while the room is locked: it must return at once, without blocking, and must not
// call this package or the bus. A subscriber to revocations may publish changes and call [Member.Leave], nothing else
// of the bus or this package.
//
// All methods may be called concurrently.
type Bus interface {
	// Topic returns where changes of a room are published. The caller closes it.
	Topic(roomID string) Topic
	SubscribeRoom(roomID string, f func(Change)) (cancel func())
	PublishRevocation(r Revocation)
	SubscribeRevocations(f func(Revocation)) (cancel func())
}

// Topic publishes the changes of one room. Publish never blocks on a subscriber's I/O and never fails: a bus that loses
// its peers reports that on its own. Publish is not called after Close.
type Topic interface {
	Publish(c Change)
	Close()
}
