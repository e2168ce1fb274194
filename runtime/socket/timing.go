package socket

import (
	"cmp"
	"time"
)

// Limits bound what one connection and one Server may hold. Zero fields have
// the defaults that they name.
type Limits struct {
	// PendingMessages and PendingBytes bound the reliable messages that wait
	// for a slow peer; beyond, it is closed with CloseSlow. 256 and 256 KiB.
	PendingMessages, PendingBytes int
	// BadMessages is how many messages of a connection may break the contract
	// before it is closed with CloseBadMessage; one is forgiven every ten
	// seconds. 16.
	BadMessages int
	// RateViolations is how many messages of a connection may be refused by
	// their rate limit before it is closed with CloseRateLimited; one is
	// forgiven every second. 32.
	RateViolations int
	// Conns bounds the open connections of a Server, and ConnsPerAddr those
	// from one address; beyond, the handshake is answered with 503 and 429. No limit.
	Conns, ConnsPerAddr int
	// Handshakes bounds the handshakes that are under way, and
	// HandshakesPerAddr those from one address; beyond, 503 and 429. 1024 and 64.
	Handshakes, HandshakesPerAddr int
}

func (l Limits) withDefaults() Limits {
	return Limits{
		PendingMessages:   cmp.Or(l.PendingMessages, 256),
		PendingBytes:      cmp.Or(l.PendingBytes, 256<<10),
		BadMessages:       cmp.Or(l.BadMessages, 16),
		RateViolations:    cmp.Or(l.RateViolations, 32),
		Conns:             l.Conns,
		ConnsPerAddr:      l.ConnsPerAddr,
		Handshakes:        cmp.Or(l.Handshakes, 1024),
		HandshakesPerAddr: cmp.Or(l.HandshakesPerAddr, 64),
	}
}

// DefaultPingInterval is the time between two pings of a connection.
const DefaultPingInterval = 20 * time.Second

// Timing holds the waits of a connection. Zero fields have the defaults that
// they name; PingInterval below zero means no pings.
type Timing struct {
	PingInterval time.Duration // between two pings; the first is jittered. DefaultPingInterval
	PongWait     time.Duration // for any frame after a ping, else CloseNoPong. 10 s
	// Stall is without progress while something reliable waits, else CloseSlow.
	// Progress is a byte where descriptors are written to, and 16 KiB or the end
	// of a message elsewhere. 10 s
	Stall     time.Duration
	CloseWait time.Duration // for the peer's close frame. 5 s
}

func (t Timing) withDefaults() Timing {
	return Timing{
		PingInterval: cmp.Or(t.PingInterval, DefaultPingInterval),
		PongWait:     cmp.Or(t.PongWait, 10*time.Second),
		Stall:        cmp.Or(t.Stall, 10*time.Second),
		CloseWait:    cmp.Or(t.CloseWait, 5*time.Second),
	}
}

// settings are what all connections of one Server or Client share.
type settings struct {
	protocol  *Protocol
	readLimit int // bytes of an incoming message
	limits    Limits
	timing    Timing
	stats     *Stats
	portable  bool
	start     time.Time
}

// now is the time since start, which is cheap to keep.
func (s *settings) now() time.Duration { return time.Since(s.start) }
