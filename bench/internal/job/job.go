// Package job is what the runner and the load generator tell each other.
package job

import "time"

// Mode is what the load does.
type Mode string

// The modes.
const (
	// Paced sends Hz updates a second a player, at times that do not depend on
	// what is delivered.
	Paced Mode = "paced"
	// Saturate sends a player's next update as soon as one designated other
	// player has got the last but Window.
	Saturate Mode = "saturate"
	// Alone is Paced, each update followed by a WebSocket ping whose pong gives
	// the latency: a player without others has no deliveries.
	Alone Mode = "alone"
	// Stall is Paced; after Measure the first player stops reading for another
	// Measure and then comes back.
	Stall Mode = "stall"
	// Idle connects, says so, and sends nothing until its input ends.
	Idle Mode = "idle"
)

// Load is what one run of the load generator does. Seats are filled room by
// room: the first Players are in one room, and so on.
type Load struct {
	Protocol  string // duet, plain, socketio, centrifuge or raw
	Addr      string // host:port of the server
	PID       int    // of the server
	Mode      Mode
	Rooms     int
	Players   int // in each room
	Hz        float64
	Window    int  // updates of a player that may be on their way, for Saturate
	PingEvery int  // a ping with every n-th update, for Alone
	Profile   bool // SIGUSR2 tells the server when measuring begins and ends
	Warm      time.Duration
	Measure   time.Duration
	Seats     []Seat
}

// Seat is one player's place.
type Seat struct {
	Room  string
	ID    string // the player's, a UUID
	Token string `json:",omitempty"` // access token, where the server wants one
}

// Result is what a run measured, in its measuring time only.
type Result struct {
	Seconds   float64
	ServerCPU float64 // seconds of the server's process
	LoadCPU   float64 // seconds of the generator's process
	ServerRSS int64   // bytes, at the end

	Sent       int64 // updates
	Skipped    int64 // updates that the server's full socket did not take
	Offered    int64 // deliveries that the updates ask for
	Deliveries int64 // items that arrived at others
	Own        int64 // items that arrived at their sender
	BytesIn    int64 // received by the clients, frames with their headers, without the pongs of Alone
	BytesOut   int64 // sent by them, likewise
	Reads      int64 // system calls that read something

	// P50 to Max are milliseconds from the stamp in an update to its arrival,
	// or from a ping to its pong.
	P50, P99, P999, Max float64

	Missing    int64    // sequence numbers that never came: replaced by later ones, or lost
	Disorder   int64    // sequence numbers that came again or late
	Foreign    int64    // items of another room
	Malformed  int64    // items that could not be read
	Checked    int64    // frames of which a JSON decoder has confirmed what was counted
	Converged  bool     // everyone had everyone's last update, after the end
	LateMs     float64  // the most that the generator itself was behind its own schedule
	Retries    int64    // updates that Saturate sent because none arrived
	Closed     int      // connections that the server ended
	CloseCodes []int    `json:",omitempty"`
	Errors     []string `json:",omitempty"` // what the server complained of, a few

	Stall *Stalled `json:",omitempty"`
}

// Stalled is what a receiver that stops reading did to the others and to itself.
type Stalled struct {
	P50, P99, P999, Max float64 // of the others, while it does not read
	Delivered           float64 // of what was offered to the others meanwhile
	GrowthRSS           int64   // of the server, in bytes
	Closed              bool    // the server had ended the connection
	CloseCode           int     // the code that it gave, 0 for none
	Replaced            int64   // items that a newer one of the same player has replaced, or that were lost
	CaughtUpMs          float64 // from reading on until it had everyone's latest state; negative for never
}

// Kind is what a call asks for.
type Kind string

// The kinds.
const (
	Put   Kind = "put"   // PUT players/me with a new position
	Full  Kind = "full"  // GET players: everyone
	Since Kind = "since" // GET players?since=: the one player that moved
	Same  Kind = "same"  // GET players with If-None-Match: 304
)

// Calls is what one run of the REST caller does. The first Joined of Seats are
// players in the same room. Each connection calls Hz times a second, or as often
// as it is answered where that is less often, and speaks for the users of Seats
// in turn: the server limits how often one may call.
type Calls struct {
	Addr    string
	PID     int // of the server
	Kind    Kind
	Conns   int
	Joined  int
	Hz      float64
	Measure time.Duration
	Seats   []Seat
}

// CallResult is what a run of the caller measured.
type CallResult struct {
	Calls     int64
	ServerCPU float64 // seconds
	Up, Down  int64   // bytes of all requests and responses, with their headers
	P50, P99  float64 // milliseconds from writing a request to having read its response
}
