package socket

import (
	"slices"
	"time"
)

// Protocol describes the messages that one side of a socket receives. It is
// generated, shared by all connections and never changed.
type Protocol struct {
	Name string // of the socket, for errors
	// Subprotocol is the WebSocket subprotocol; empty for none.
	Subprotocol string
	// MaxBytes limits one incoming message of a server; 0 means 16 KiB. A
	// client's limit is in its DialOptions.
	MaxBytes int
	// Incoming are the messages, by the index that Route gives.
	Incoming []MessageSpec
	// Binary is 1 more than the index of the message that a binary frame is; 0
	// where there is none.
	Binary int
	// Route tells which message a frame is. The index is negative for a
	// message that the contract does not know, and name is then what the frame
	// calls itself. An error means that the frame is no message at all.
	Route func(frame []byte) (index int, name string, err error)
	// ID gives the frame's correlation id, empty without one. Nil where the
	// contract has no correlation.
	ID func(frame []byte) string
	// Close are the declared close codes.
	Close CloseSpecs
}

// MessageSpec is what the runtime enforces of one incoming message.
type MessageSpec struct {
	Name     string
	MaxBytes int  // 0 means no limit of its own
	Rate     Rate // the zero Rate means no limit
	// RetryAfter reads from a message to a client how long it asks to stay away
	// once the connection has ended. Nil for a message that asks for nothing.
	RetryAfter func(frame []byte) time.Duration
}

// Rate is a token bucket: PerSecond messages in the long run, Burst at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Scaled is the protocol with rate limits that are factor times as high, for
// connections that are trusted to send more.
func (p *Protocol) Scaled(factor int) *Protocol {
	scaled := *p
	scaled.Incoming = slices.Clone(p.Incoming)
	for i := range scaled.Incoming {
		r := &scaled.Incoming[i].Rate
		r.PerSecond *= float64(factor)
		r.Burst *= factor
	}
	return &scaled
}

// Latest is a message whose items are delivered by the latest class: one slot
// a key, a newer item replaces an older one that was not yet written. It is
// told by its address: declare one a message, as a variable.
type Latest struct {
	Name string
	// MaxBytes is where merged items are split into several messages; 0 means
	// 16 KiB.
	MaxBytes int
}

const defaultMaxBytes = 16 << 10

func (l *Latest) maxBytes() int {
	if l.MaxBytes > 0 {
		return l.MaxBytes
	}
	return defaultMaxBytes
}

func (p *Protocol) maxBytes() int {
	if p.MaxBytes > 0 {
		return p.MaxBytes
	}
	return defaultMaxBytes
}

// largest is the largest message that is declared, and at least n bytes.
func (p *Protocol) largest(n int) int {
	for i := range p.Incoming {
		n = max(n, p.Incoming[i].MaxBytes)
	}
	return n
}

const maxID = 128 // bytes of a correlation id that is echoed

// id gives the frame's correlation id, or nothing where it is too long.
func (p *Protocol) id(frame []byte) string {
	if p.ID == nil {
		return ""
	}
	if id := p.ID(frame); len(id) <= maxID {
		return id
	}
	return ""
}

// Outgoing is a generated message that can be sent.
type Outgoing interface {
	AppendJSON(dst []byte) []byte
	Validate() error
}
