package socket

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/gorilla/websocket"
)

// Conn is one connection, of either side. Its methods may be called by any
// number of goroutines at the same time, and none of them waits for the peer.
type Conn struct {
	cfg    *settings
	ws     *websocket.Conn // read by the connection's goroutine only
	out    outbox
	beat   heartbeat
	life   lifetime
	intake intake // used by the connection's goroutine only
	counts *tally

	cameTurns uint64 // stream.turns when cameAt was right
	cameAt    time.Duration

	// Guarded by out.mu.
	info     CloseInfo
	members  []*member
	closer   *time.Timer // gives up waiting for the peer's close frame
	deadline *time.Timer // CloseAfter
}

// newConn makes a connection that is not started: what is sent waits.
func newConn(ctx context.Context, cfg *settings, masked bool) *Conn {
	c := &Conn{cfg: cfg, counts: cfg.stats.tally()}
	c.life.begin(ctx)
	c.out.conn, c.out.masked, c.out.writing = c, masked, true
	return c
}

// start gives the connection its WebSocket, writes what waits and begins the
// heartbeat.
func (c *Conn) start(ws *websocket.Conn, s *stream) {
	c.ws = ws
	s.onControl = c.onControl
	ws.SetReadLimit(int64(c.cfg.readLimit))
	ws.SetPingHandler(c.onPing)
	ws.SetPongHandler(c.onPong)
	ws.SetCloseHandler(c.onClose)
	s.upgraded.Store(true)
	c.cfg.stats.opened()

	c.out.mu.Lock()
	c.out.stream = s
	dead := c.out.state == outDead
	c.out.mu.Unlock()
	if dead {
		s.Close()
	}
	c.startBeat()
	c.out.flush()
}

// Context ends with the connection.
func (c *Conn) Context() context.Context { return &c.life }

// Subprotocol is the negotiated subprotocol, empty for none.
func (c *Conn) Subprotocol() string {
	if c.ws == nil {
		return ""
	}
	return c.ws.Subprotocol()
}

// RemoteAddr is the peer's network address; nil before the upgrade.
func (c *Conn) RemoteAddr() net.Addr {
	if c.ws == nil {
		return nil
	}
	return c.ws.RemoteAddr()
}

// RTT is the round-trip time that the last ping measured; zero before the
// first pong.
func (c *Conn) RTT() time.Duration { return time.Duration(c.beat.rtt.Load()) }

// Base gives c itself. Generated connection types embed *Conn and so implement
// Member.
func (c *Conn) Base() *Conn { return c }

// Send checks m and sends it as a reliable message. It gives the check's
// error, or an error that says that the connection is closed or, from now on,
// too slow.
func (c *Conn) Send(m Outgoing) error {
	if err := m.Validate(); err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	b.b = m.AppendJSON(b.b)
	return c.SendFrame(b.b)
}

// SendFrame sends an encoded message as a reliable one. The payload is copied.
func (c *Conn) SendFrame(payload []byte) error {
	return c.out.put(func(p *pending) { p.message(opText, payload, "") })
}

// SendBytes sends a binary frame as a reliable message. The payload is copied.
func (c *Conn) SendBytes(payload []byte) error {
	return c.out.put(func(p *pending) { p.message(opBytes, payload, "") })
}

// Update sends the items of u by the latest class, and ends the life of u.
func (c *Conn) Update(u *Update) error {
	err := c.out.put(func(p *pending) { u.addTo(p, nil) })
	u.free()
	return err
}

// Close sends what waits and then a close frame with the code and the reason,
// of which at most 123 bytes are sent. It does not wait; messages that arrive
// afterwards are dropped. Only the first Close has an effect.
func (c *Conn) Close(code CloseCode, reason string) {
	c.closeWith(CloseInfo{Code: code, Reason: reason}, code, false)
}

// closeSlow closes for a peer that does not take its reliable messages.
func (c *Conn) closeSlow() {
	c.closeWith(CloseInfo{Code: CloseSlow, Err: errSlow}, CloseSlow, true)
}

func (c *Conn) closeWith(info CloseInfo, code CloseCode, drop bool) {
	c.out.mu.Lock()
	if c.out.state != outOpen {
		c.out.mu.Unlock()
		return
	}
	c.info = info
	write := c.out.closeLocked(code, info.Reason, drop)
	c.closer = time.AfterFunc(c.cfg.timing.CloseWait, func() { c.abort(code, nil) })
	c.out.mu.Unlock()
	if write {
		c.out.flush()
	}
}

// CloseAfter closes the connection with the code once d has passed, unless it
// is called again before: it is the deadline for authenticating, or the end of
// a token. A d of zero or less takes the deadline away.
func (c *Conn) CloseAfter(d time.Duration, code CloseCode, reason string) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	if c.deadline != nil {
		c.deadline.Stop()
		c.deadline = nil
	}
	if d > 0 && c.out.state == outOpen {
		c.deadline = time.AfterFunc(d, func() { c.Close(code, reason) })
	}
}

// abort ends the connection without another word. The code and the error are
// what Closed reports, unless a close was already under way.
func (c *Conn) abort(code CloseCode, err error) {
	c.out.mu.Lock()
	if c.out.state == outDead {
		c.out.mu.Unlock()
		return
	}
	if c.out.state == outOpen {
		c.info = CloseInfo{Code: code, Err: err}
	}
	c.out.killLocked()
	s := c.out.stream
	c.out.mu.Unlock()
	c.life.end(context.Canceled)
	if s != nil {
		s.Close()
	}
}

// open reports whether no close is under way.
func (c *Conn) open() bool { return !c.out.closing.Load() }

// onControl gets the close frames with which gorilla answers a broken frame.
func (c *Conn) onControl(op byte, payload []byte) {
	if op == opClose {
		code, reason := parseClose(payload)
		c.closeWith(CloseInfo{Code: code, Reason: reason}, code, false)
	}
}

func (c *Conn) onClose(code int, text string) error {
	c.closeWith(CloseInfo{Code: CloseCode(code), Reason: text, Remote: true}, CloseCode(code), true)
	return nil
}

func (c *Conn) onPing(payload string) error {
	c.admitControl()
	// An error says that the connection ends, which the reader finds by itself.
	_ = c.out.put(func(p *pending) { p.control(opPong, []byte(payload)) })
	return nil
}

// await waits for a message where that takes less stack than in next, and
// answers the pings and pongs that come before it.
func (c *Conn) await() {
	for s := c.out.stream; s.await(); {
		op, payload, ok := s.control()
		if !ok {
			return
		}
		if op == opPing {
			_ = c.onPing(string(payload)) // always nil, like onPong's
		} else {
			_ = c.onPong(string(payload))
		}
	}
}

// next waits for a message and reads it into a pooled buffer, which the caller
// gives back.
func (c *Conn) next() (kind int, b *buffer, err error) {
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return 0, nil, err
	}
	b = getBuffer()
	for {
		if len(b.b) == cap(b.b) {
			b.b = append(b.b, 0)[:len(b.b)]
		}
		n, err := r.Read(b.b[len(b.b):cap(b.b)])
		b.b = b.b[:len(b.b)+n]
		if err == io.EOF {
			c.counts.received(len(b.b))
			return kind, b, nil
		}
		if err != nil {
			putBuffer(b)
			return 0, nil, err
		}
	}
}

// came is when the bytes came that are being looked at, by settings.now. It is
// for the connection's goroutine.
func (c *Conn) came() time.Duration {
	if turns := c.out.stream.turns.Load(); turns != c.cameTurns {
		c.cameTurns, c.cameAt = turns, c.cfg.now()
	}
	return c.cameAt
}

// end finishes the connection after its reader failed with err, and waits for
// everything that it started. It is called once.
func (c *Conn) end(err error) CloseInfo {
	if c.open() {
		c.abort(CloseAbnormal, err)
	}
	<-c.out.finished() // the closer sees to it that this is soon
	if peer := (*websocket.CloseError)(nil); !errors.As(err, &peer) {
		c.linger()
	}
	c.abort(CloseAbnormal, nil)

	c.out.mu.Lock()
	for _, t := range []*time.Timer{c.closer, c.deadline, c.beat.timer, c.out.watch} {
		if t != nil {
			t.Stop()
		}
	}
	info, members := c.info, c.members
	c.members = nil
	c.out.mu.Unlock()

	for _, m := range members {
		m.group.remove(m)
	}
	c.out.drains.Wait()
	c.cfg.stats.closed(info.Code)
	return info
}

// lingering is how long a peer that can no longer be understood has for reading
// the close frame.
const lingering = time.Second

// linger lets a peer that has not closed read the close frame. Closing with
// unread bytes would reset the connection and could destroy the frame on its
// way, so what still comes is dropped until the peer closes, for a while.
func (c *Conn) linger() {
	c.out.mu.Lock()
	if c.closer != nil {
		c.closer.Reset(min(lingering, c.cfg.timing.CloseWait))
	}
	c.out.mu.Unlock()
	c.out.stream.closeWrite()
	_, _ = io.Copy(io.Discard, readerOnly{c.out.stream})
}

// readerOnly hides everything but Read from io.Copy.
type readerOnly struct{ io.Reader }
