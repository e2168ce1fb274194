// Package game holds the rules of the reference server: users, sessions, rooms and the players in them.
//
// It knows no HTTP, WebSocket, SQL, JSON or message broker. Transports call [Users], [Sessions] and [Rooms] and
// convert their types; storage and buses implement the interfaces that this package declares ([UserStore],
// [SessionStore], [RoomStore], [PositionStore], [Bus] …). Every error that a client may see is an [*Error] with a
// [Code]; any other error is internal and its text must not leave the server.
//
// # Rooms in memory
//
// A room that somebody plays in or polls is held in memory as a replica with one mutex. All changes of a room are
// made under that mutex, numbered ([Version]) and published to the [Bus] before it is released, so every subscriber
// sees them in order. Nothing is read from or written to storage under it: the last position of a player in a room is
// loaded before the mutex is taken and saved by [Rooms.Run] in batches.
//
// # Presence
//
// A player is in a room at most once. A connection joins with [Rooms.Join] and holds a [Member]; a later Join of the
// same user takes the player over and evicts the earlier holder. A client without a connection joins by
// [Rooms.Update] and leaves when it has neither updated nor polled for [RoomsConfig.PresenceTimeout].
package game
