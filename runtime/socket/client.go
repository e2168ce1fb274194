package socket

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Client is a connection to a server. Its methods may be called by any number
// of goroutines at the same time, except Next, which one goroutine calls.
type Client struct {
	conn    *Conn
	queue   int                             // how many messages may wait for Next while no call waits
	pushes  chan *buffer                    // has room for four times as many; closed at the end
	unknown func(frame []byte, binary bool) // DialOptions.Unknown
	wake    chan struct{}                   // holds one token once keep may find room
	quit    chan struct{}                   // closed by Close: nobody waits for pushes any more
	done    chan struct{}                   // closed after err is set
	err     *CloseError
	lastID  atomic.Uint64
	retry   atomic.Int64 // the peer's wish for CloseError.RetryAfter
	last    *buffer      // what Next gave last

	mu    sync.Mutex             // guards what follows
	calls map[string]chan answer // requests that wait, by id; nil after the end
	once  bool                   // Close was called
}

// answer is the reply to a request, or why there will be none.
type answer struct {
	index int
	frame []byte
	err   error
}

// ErrQueueFull is the error of a call whose reply could not be read: too many
// messages that came before it wait for Next.
var ErrQueueFull = errors.New("socket: too many messages wait for Next")

func newClient(p *Protocol, o *DialOptions) *Client {
	cfg := &settings{
		protocol:  p,
		readLimit: cmp.Or(o.MaxBytes, p.largest(1<<20)),
		limits:    o.Limits.withDefaults(),
		timing:    o.Timing.withDefaults(),
		stats:     cmp.Or(o.Stats, &Stats{}),
		start:     time.Now(),
	}
	queue := cmp.Or(o.Queue, 256)
	return &Client{
		conn:    newConn(context.Background(), cfg, true),
		queue:   queue,
		unknown: o.Unknown,
		pushes:  make(chan *buffer, callQueue*queue),
		wake:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
		done:    make(chan struct{}),
		calls:   make(map[string]chan answer),
	}
}

// RTT is the round-trip time that the last ping measured; zero before that.
func (c *Client) RTT() time.Duration { return c.conn.RTT() }

// Subprotocol is the negotiated subprotocol, empty for none.
func (c *Client) Subprotocol() string { return c.conn.Subprotocol() }

// Context ends with the connection.
func (c *Client) Context() context.Context { return c.conn.Context() }

// Done is closed when the connection has ended; Err then says how.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err is how the connection ended; nil before Done is closed.
func (c *Client) Err() error {
	select {
	case <-c.done:
		return c.err
	default:
		return nil
	}
}

// SetRetryAfter notes how long the server asks to stay away, which the
// CloseError of the end will say. Messages that the contract marks do it by
// themselves.
func (c *Client) SetRetryAfter(d time.Duration) { c.retry.Store(int64(d)) }

// Send checks m and sends it. It waits only while too much waits to be sent.
func (c *Client) Send(ctx context.Context, m Outgoing) error {
	if err := m.Validate(); err != nil {
		return err
	}
	return c.send(ctx, m)
}

// SendBytes sends a binary frame, as Send does a message. The payload is copied.
func (c *Client) SendBytes(ctx context.Context, payload []byte) error {
	return c.sendAs(ctx, opBytes, payload)
}

func (c *Client) send(ctx context.Context, m Outgoing) error {
	b := getBuffer()
	defer putBuffer(b)
	b.b = m.AppendJSON(b.b)
	return c.sendAs(ctx, opText, b.b)
}

func (c *Client) sendAs(ctx context.Context, op byte, payload []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := c.conn.out.putWaiting(ctx, func(p *pending) { p.message(op, payload, "") })
	if errors.Is(err, errClosed) || errors.Is(err, errSlow) {
		return c.ended()
	}
	return err
}

// ended gives the CloseError, waiting for it where the end is under way.
func (c *Client) ended() error {
	<-c.done
	return c.err
}

// NewID gives a correlation id that this connection has not used.
func (c *Client) NewID() string { return strconv.FormatUint(c.lastID.Add(1), 36) }

// NewNumber gives an integer correlation id that this connection has not used,
// from 1 on. A socket uses NewID or NewNumber, not both.
func (c *Client) NewNumber() int64 { return int64(c.lastID.Add(1)) }

// call sends a request with the given correlation id and waits for its reply.
func (c *Client) call(ctx context.Context, id string, m Outgoing) (answer, error) {
	if err := m.Validate(); err != nil {
		return answer{}, err
	}
	reply := make(chan answer, 1)
	c.mu.Lock()
	if c.calls == nil {
		c.mu.Unlock()
		return answer{}, c.ended()
	}
	c.calls[id] = reply
	c.mu.Unlock()
	c.wakeUp() // for the reply, more messages may wait
	defer func() {
		c.mu.Lock()
		delete(c.calls, id)
		c.mu.Unlock()
	}()
	if err := c.send(ctx, m); err != nil {
		return answer{}, err
	}
	select {
	case a := <-reply:
		return a, a.err
	case <-ctx.Done():
		return answer{}, ctx.Err()
	case <-c.done:
	}
	select { // the reply may have been the last thing to come
	case a := <-reply:
		return a, a.err
	default:
		return answer{}, c.err
	}
}

// Next waits for the next message that is no reply to a call. The frame is
// valid until Next is called again. After the end it gives what has arrived
// before, and then the CloseError.
func (c *Client) Next(ctx context.Context) ([]byte, error) {
	frame, _, err := c.NextFrame(ctx)
	return frame, err
}

// NextFrame is Next for sockets with binary messages, and says whether the frame
// is one.
func (c *Client) NextFrame(ctx context.Context) (frame []byte, binary bool, err error) {
	if c.last != nil {
		putBuffer(c.last)
		c.last = nil
	}
	select {
	case b, ok := <-c.pushes:
		if !ok {
			return nil, false, c.err
		}
		c.wakeUp()
		c.last = b
		return b.b, b.binary, nil
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

// Close closes the connection with the code and waits for the end, at most as
// long as Timing.CloseWait says. What was sent before leaves first.
func (c *Client) Close(code CloseCode, reason string) error {
	c.mu.Lock()
	if !c.once {
		c.once = true
		close(c.quit)
	}
	c.mu.Unlock()
	c.conn.Close(code, reason)
	<-c.done
	if c.err.Code != code {
		return c.err
	}
	return nil
}

// read runs the connection to its end.
func (c *Client) read() {
	var err error
	for {
		var kind int
		var b *buffer
		if kind, b, err = c.conn.next(); err != nil {
			break
		}
		b.binary = kind == websocket.BinaryMessage
		if !c.receive(b) {
			putBuffer(b)
		}
	}
	info := c.conn.end(err)
	c.err = &CloseError{
		Code:       info.Code,
		Reason:     info.Reason,
		RetryAfter: time.Duration(c.retry.Load()),
		Stop:       !c.conn.cfg.protocol.Close.Reconnect(info.Code),
		Err:        info.Err,
	}
	c.mu.Lock()
	c.calls = nil
	c.mu.Unlock()
	close(c.done)
	close(c.pushes)
}

// receive hands a message on. It reports whether it kept the buffer.
func (c *Client) receive(b *buffer) bool {
	p, stats := c.conn.cfg.protocol, c.conn.cfg.stats
	if b.binary {
		if p.Binary > 0 {
			return c.keep(b)
		}
		c.unknownFrame(b, Binary)
		return false
	}
	index, _, err := p.Route(b.b)
	switch {
	case err != nil: // Next tells
		stats.failed(BadMessage)
		return c.keep(b)
	case index < 0: // newer servers may send more than this contract knows
		c.unknownFrame(b, UnknownMessage)
		return false
	}
	if limit := p.Incoming[index].MaxBytes; limit > 0 && len(b.b) > limit {
		stats.failed(TooBig)
		c.conn.Close(CloseTooBig, "the message is too large")
		return false
	}
	if retryAfter := p.Incoming[index].RetryAfter; retryAfter != nil {
		c.SetRetryAfter(retryAfter(b.b))
	}
	if id := p.id(b.b); id != "" {
		c.mu.Lock()
		reply := c.calls[id]
		delete(c.calls, id)
		c.mu.Unlock()
		if reply != nil {
			reply <- answer{index: index, frame: append([]byte(nil), b.b...)}
			return false
		}
	}
	return c.keep(b)
}

// unknownFrame counts a frame that the contract does not know and shows it to
// the hook.
func (c *Client) unknownFrame(b *buffer, kind FailureKind) {
	c.conn.cfg.stats.failed(kind)
	if c.unknown != nil {
		c.unknown(b.b, b.binary)
	}
}

// callQueue is how many times as many messages may wait for Next while a call
// waits: its reply may stand behind them, and whoever calls Next may be the one
// who waits for it.
const callQueue = 4

// keep puts a message into the queue, waiting for room. It reports whether it
// kept the buffer. Calls that wait fail where even their room is full.
func (c *Client) keep(b *buffer) bool {
	for {
		c.mu.Lock()
		limit := c.queue
		if len(c.calls) > 0 {
			limit = cap(c.pushes)
		}
		full := len(c.pushes) >= limit
		if full {
			for id, reply := range c.calls {
				reply <- answer{err: ErrQueueFull}
				delete(c.calls, id)
			}
		}
		c.mu.Unlock()
		if !full {
			c.pushes <- b // does not wait: nobody else adds
			return true
		}
		select {
		case <-c.wake:
		case <-c.quit:
			return false
		case <-c.conn.life.Done():
			return false
		}
	}
}

// wakeUp tells keep to look again.
func (c *Client) wakeUp() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
