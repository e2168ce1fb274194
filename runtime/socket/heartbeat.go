package socket

import (
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// heartbeat finds dead peers with one timer and no goroutine. A ping leaves at
// each interval; any byte of a message, and any frame, within the pong wait
// shows that the peer lives.
type heartbeat struct {
	life   atomic.Uint32 // what is known of the peer: silent, alive or busy
	pingAt atomic.Int64  // when the ping that waits for life left; 0 for none
	rtt    atomic.Int64  // of the last ping
	timer  *time.Timer   // runs beatOnce; guarded by outbox.mu
}

// What heartbeat.life says.
const (
	silent uint32 = iota // nothing came since the last ping
	alive
	busy // a message is being handled, and nobody reads: silence proves nothing
)

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

// seen notes a sign of life.
func (c *Conn) seen() { c.beat.set(alive) }

// busy notes that a message is being handled.
func (c *Conn) busy() { c.beat.set(busy) }

// set is for the connection's goroutine. It seldom has something to store.
func (b *heartbeat) set(life uint32) {
	if b.life.Load() != life {
		b.life.Store(life)
	}
}

// beatOnce sends a ping, or judges the one that it sent before.
func (c *Conn) beatOnce() {
	t := &c.cfg.timing
	wait := t.PongWait
	if c.beat.pingAt.Load() == 0 {
		now := int64(c.cfg.now())
		c.beat.pingAt.Store(now)
		c.beat.life.CompareAndSwap(alive, silent)
		// An error says that the connection ends; resetBeat sees that too.
		_ = c.out.put(func(p *pending) {
			p.control(opPing, binary.BigEndian.AppendUint64(nil, uint64(now)))
		})
	} else {
		c.beat.pingAt.Store(0)
		if c.beat.life.Load() == silent {
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
