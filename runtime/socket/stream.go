package socket

import (
	"bufio"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// TryWriter is a net.Conn that can write without waiting. TCP and Unix
// connections need not implement it: on Linux and Darwin their descriptor is
// written to. Any other connection, TLS among them, is written to by a
// goroutine that lives while something waits.
type TryWriter interface {
	// TryWrite writes as much of bufs as goes now. It neither waits nor keeps
	// or changes bufs. Writing less than all of it is no error.
	TryWrite(bufs [][]byte) (n int, err error)
}

// stream is a connection under gorilla/websocket. Gorilla reads frames from
// it. What gorilla writes after the handshake, a close frame in answer to a
// broken one, goes to onControl, so that all outgoing frames take one path.
type stream struct {
	net.Conn
	in       *bufio.Reader // gorilla's buffer, where waiting for it is worth it
	try      TryWriter
	direct   *direct // nil without a descriptor
	upgraded atomic.Bool
	// turns counts the beginnings and the ends of reads that wait for the peer:
	// while it is odd one waits, and once it changes bytes have come, or the end.
	turns     atomic.Uint64
	onControl func(op byte, payload []byte)
}

// newStream wraps c. Portable says not to write to a descriptor.
func newStream(c net.Conn, portable bool) *stream {
	s := &stream{Conn: c}
	if portable {
		return s
	}
	if s.try, _ = c.(TryWriter); s.try != nil {
		return s
	}
	switch c.(type) {
	case *net.TCPConn, *net.UnixConn:
		if raw, err := c.(syscall.Conn).SyscallConn(); err == nil {
			s.direct = newDirect(raw)
		}
	}
	return s
}

// await waits for the beginning of a frame between two messages, and reports
// whether it has come. It takes half of the stack that waiting inside of gorilla
// takes, so that a goroutine that waits can live on the smallest.
func (s *stream) await() bool {
	if s.in == nil || s.direct == nil {
		return false
	}
	if s.in.Buffered() > 0 || s.direct.ready() {
		return true
	}
	s.turns.Add(1)
	err := s.direct.await()
	s.turns.Add(1)
	return err == nil
}

// control takes the ping or pong of a client that is next, if all of it has been
// read. Await must have reported true.
func (s *stream) control() (op byte, payload []byte, ok bool) {
	_, _ = s.in.Peek(1) // fills the buffer
	p, _ := s.in.Peek(s.in.Buffered())
	if len(p) < 2 || p[0] != finalBit|opPing && p[0] != finalBit|opPong || p[1]&maskBit == 0 {
		return 0, nil, false
	}
	n := 2 + 4 + int(p[1]&^maskBit)
	if len(p) < n {
		return 0, nil, false
	}
	if op, payload, ok = parseControl(p[:n]); ok {
		_, _ = s.in.Discard(n) // what was peeked at
	}
	return op, payload, ok
}

// Read reads for gorilla.
func (s *stream) Read(p []byte) (int, error) {
	if s.direct != nil && s.direct.ready() {
		return s.direct.read(p)
	}
	s.turns.Add(1)
	defer s.turns.Add(1)
	if s.direct != nil {
		return s.direct.read(p)
	}
	return s.Conn.Read(p)
}

// Write takes what gorilla writes: the handshake, then whole control frames.
func (s *stream) Write(p []byte) (int, error) {
	if !s.upgraded.Load() {
		return s.Conn.Write(p)
	}
	op, payload, ok := parseControl(p)
	if !ok {
		return 0, io.ErrShortWrite
	}
	s.onControl(op, payload)
	return len(p), nil
}

// SetWriteDeadline is for gorilla, and only during the handshake: afterwards
// writing has no deadline but the outbox's own watch.
func (s *stream) SetWriteDeadline(t time.Time) error {
	if s.upgraded.Load() {
		return nil
	}
	return s.Conn.SetWriteDeadline(t)
}

// tryWrite writes what goes without waiting; nothing where that is unknown.
func (s *stream) tryWrite(bufs [][]byte) (int, error) {
	switch {
	case s.direct != nil:
		return s.direct.tryWrite(bufs)
	case s.try != nil:
		return s.try.TryWrite(bufs)
	}
	return 0, nil
}

// write waits until at least one byte of p could be written. Where only
// net.Conn can be asked it writes at most chunkBytes, since net.Conn does not
// tell how far it has come.
func (s *stream) write(p []byte) (int, error) {
	if s.direct != nil {
		return s.direct.write(p)
	}
	return s.Conn.Write(p[:min(len(p), chunkBytes)])
}

// closeWrite tells the peer that nothing more comes, where that is possible.
func (s *stream) closeWrite() {
	if c, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite() // after an error the peer finds out by the end
	}
}
