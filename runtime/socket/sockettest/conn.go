package sockettest

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// Conn is one end of a connection in memory. Writing waits while the buffer is
// full, and TryWrite does not.
type Conn struct {
	in, out *half
	name    addr
}

var _ net.Conn = (*Conn)(nil)

// Pipe makes two connected ends, each with a buffer of the given size in bytes;
// 0 means DefaultBuffer.
func Pipe(buffer int) (client, server *Conn) {
	if buffer <= 0 {
		buffer = DefaultBuffer
	}
	up, down := newHalf(buffer), newHalf(buffer)
	return &Conn{in: down, out: up, name: "client"}, &Conn{in: up, out: down, name: "server"}
}

// Read waits for bytes, the end or the deadline.
func (c *Conn) Read(p []byte) (int, error) { return c.in.read(p) }

// Write waits until all of p is in the buffer, or for the end or the deadline.
func (c *Conn) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = c.out.write(p[n:])
		n += k
	}
	return n, err
}

// TryWrite puts as much of bufs into the buffer as fits.
func (c *Conn) TryWrite(bufs [][]byte) (n int, err error) { return c.out.tryWrite(bufs) }

// Close ends both directions. The peer still reads what is in the buffer.
func (c *Conn) Close() error {
	c.out.close(false)
	c.in.close(true)
	return nil
}

// CloseWrite ends the direction to the peer, which still reads what is in the
// buffer.
func (c *Conn) CloseWrite() error {
	c.out.close(false)
	return nil
}

// Unread is how many bytes wait for the peer to read them.
func (c *Conn) Unread() int {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	return len(c.out.buf)
}

// LocalAddr is an address without meaning.
func (c *Conn) LocalAddr() net.Addr { return c.name }

// RemoteAddr is an address without meaning.
func (c *Conn) RemoteAddr() net.Addr { return c.name }

// SetDeadline sets both deadlines.
func (c *Conn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline ends Read at t; the zero time means never.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.readBy, t)
	return nil
}

// SetWriteDeadline ends Write at t; the zero time means never.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writeBy, t)
	return nil
}

// half is one direction.
type half struct {
	max int

	mu      sync.Mutex // guards what follows
	changed *sync.Cond
	buf     []byte
	closed  bool // no more writing
	broken  bool // no more reading either
	readBy  deadline
	writeBy deadline
}

type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func newHalf(size int) *half {
	h := &half{max: size}
	h.changed = sync.NewCond(&h.mu)
	return h
}

func (h *half) read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.broken:
			return 0, net.ErrClosed
		case h.readBy.passed():
			return 0, os.ErrDeadlineExceeded
		case len(h.buf) > 0:
			n := copy(p, h.buf)
			h.buf = h.buf[:copy(h.buf, h.buf[n:])]
			h.changed.Broadcast()
			return n, nil
		case h.closed:
			return 0, io.EOF
		}
		h.changed.Wait()
	}
}

// write waits until some of p is in the buffer.
func (h *half) write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.closed || h.broken:
			return 0, net.ErrClosed
		case h.writeBy.passed():
			return 0, os.ErrDeadlineExceeded
		case len(h.buf) < h.max:
			return h.putLocked(p), nil
		}
		h.changed.Wait()
	}
}

func (h *half) tryWrite(bufs [][]byte) (n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.broken {
		return 0, net.ErrClosed
	}
	for _, p := range bufs {
		k := h.putLocked(p)
		if n += k; k < len(p) {
			break
		}
	}
	return n, nil
}

func (h *half) putLocked(p []byte) int {
	n := min(len(p), h.max-len(h.buf))
	h.buf = append(h.buf, p[:n]...)
	h.changed.Broadcast()
	return n
}

func (h *half) close(broken bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed, h.broken = true, h.broken || broken
	h.changed.Broadcast()
}

func (h *half) setDeadline(d *deadline, t time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	*d = deadline{at: t}
	if !t.IsZero() {
		d.timer = time.AfterFunc(time.Until(t), h.wake)
	}
	h.changed.Broadcast()
}

func (h *half) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changed.Broadcast()
}
