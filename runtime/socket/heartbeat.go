package socket

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// heartbeat finds dead peers with one timer and no goroutine. A ping leaves at
// each interval; any frame within the pong wait shows that the peer lives.
type heartbeat struct {
	lastRead atomic.Int64 // when the last frame came, by settings.now
	pingAt   atomic.Int64 // when the ping that waits for life left; 0 for none
	rtt      atomic.Int64 // of the last ping
	timer    *time.Timer  // runs beatOnce; guarded by outbox.mu
}

func (c *Conn) startBeat() {
	every := c.cfg.timing.PingInterval
	if every <= 0 {
		return
	}
	c.seen()
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	if c.out.state == outOpen {
		c.beat.timer = time.AfterFunc(rand.N(every)+1, c.beatOnce)
	}
}

// seen notes that a frame came.
func (c *Conn) seen() { c.beat.lastRead.Store(int64(c.cfg.now())) }

// busy notes that a message is being handled: until the reader is back the
// peer's silence proves nothing.
func (c *Conn) busy() { c.beat.lastRead.Store(math.MaxInt64) }

// beatOnce sends a ping, or judges the one that it sent before.
func (c *Conn) beatOnce() {
	t := &c.cfg.timing
	wait := t.PongWait
	if ping := c.beat.pingAt.Load(); ping == 0 {
		now := int64(c.cfg.now())
		c.beat.pingAt.Store(now)
		// An error says that the connection ends; resetBeat sees that too.
		_ = c.out.put(func(p *pending) {
			p.control(opPing, binary.BigEndian.AppendUint64(nil, uint64(now)))
		})
	} else {
		c.beat.pingAt.Store(0)
		if c.beat.lastRead.Load() < ping {
			c.Close(CloseNoPong, "")
			return
		}
		wait = max(t.PingInterval-t.PongWait, time.Millisecond)
	}
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	if c.out.state == outOpen {
		c.beat.timer.Reset(wait)
	}
}

// onPong measures the round-trip time. A pong that answers no ping of ours is
// a sign of life all the same.
func (c *Conn) onPong(payload string) error {
	c.seen()
	c.admitControl()
	if len(payload) == 8 {
		now := c.cfg.now()
		if sent := time.Duration(binary.BigEndian.Uint64([]byte(payload))); int64(sent) == c.beat.pingAt.Load() && sent < now {
			c.beat.rtt.Store(int64(now - sent))
		}
	}
	return nil
}
