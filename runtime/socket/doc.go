// Package socket runs typed message connections over WebSockets: what the code
// that Duet generates for a socket has in common. Generated packages wrap it;
// programs use the generated types and from here the options, errors and
// counters.
//
// # Messages
//
// A Protocol describes the messages that one side receives. A Server takes
// handshakes as an http.Handler and passes each message, once it is told apart
// and within its limits, to a Handler; what is not becomes a Failure, which the
// handler answers with the contract's error message, until a budget is spent
// and the connection closes. A Client sends, calls and receives; Reconnect
// keeps coming back as the close codes say.
//
// # The way out
//
// All frames of a connection take one ordered path: messages, replies, pings,
// pongs and the close frame. Each message is of one of two classes. A reliable
// one is never dropped; too many that wait close the connection with CloseSlow.
// Of the latest class there is one item a key: a newer item takes the older
// one's place away and stands at the end, so that a peer always gets a
// subsequence of the stream, in order, and items that wait leave together in
// one message.
//
// Whoever sends writes, without waiting, to the connection's descriptor. What
// does not fit waits in the connection's log, and a goroutine writes it and
// ends. There is no goroutine for writing and no channel on the way. A Group
// encodes once for all of its members and writes each member's share as spans
// of the same bytes.
//
// TLS connections, and platforms without the direct write, always take the
// goroutine's way: it starts with the first message that waits, joins what has
// come meanwhile and ends when all is written.
//
// # Memory
//
// While nothing comes, a server's connection holds no buffer but the 288 bytes
// of gorilla's reader, and its goroutine waits on a stack of 2 kB, or 4 kB once
// it has handled messages: it waits for the descriptor between two messages,
// outside of gorilla, and takes pings and pongs there. BenchmarkIdle measures
// it. TLS connections, and platforms without the direct write, wait inside of
// gorilla, on twice that stack or more.
//
// # Concurrency
//
// A connection has one goroutine of its own, which reads and calls the
// handler: for one connection handlers run one after the other, for different
// connections at the same time. While a handler runs, its connection reads
// nothing; what others send to it goes out all the same.
//
// The methods of Conn, Group, Server, Stats and Client may be called by any
// number of goroutines at the same time, also from handlers, with one
// exception: Client.Next belongs to one goroutine. No method of Conn and Group
// but Group.Close waits for a peer. Those of Group write nothing before they
// return, so they may be called with the lock that guards what they publish;
// Conn.Send writes what goes without waiting.
//
// Calls of one goroutine keep their order on the wire, also between a Group's
// messages; between a Group's messages and those sent to a Conn directly there
// is none, except that the first messages of Group.Join come before everything
// that is published after it.
//
// Payloads are copied before a call returns. A frame passed to
// Handler.Receive, and one that Client.Next returned, is used again afterwards.
//
// # What ends a connection
//
// Besides the peer and the program: messages that break the contract or come
// too often, above a budget; a message above its size; pings and pongs above 20
// a second and 50 at once; no byte within Timing.PongWait after a ping; and
// reliable messages that a peer does not take. A connection whose peer can no
// longer be understood ends its own half with the close frame and drops what
// still comes, for a second at most.
package socket
