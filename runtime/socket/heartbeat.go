package socket

import (
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// heartbeat finds dead peers with one timer and no goroutine. A ping leaves at
// each interval; any byte within the pong wait shows that the peer lives. While
// a message is being handled nobody reads, and silence proves nothing; nor does
// it while the peer takes what was sent before the ping.
type heartbeat struct {
	pingAt atomic.Int64 // when the ping that waits for life left; 0 for none
	rtt    atomic.Int64 // of the last ping
	timer  *time.Timer  // runs beatOnce; guarded by outbox.mu
	turns  uint64       // stream.turns when the ping left; used by beatOnce only
}

func (c *Conn) startBeat() {
	every := c.cfg.timing.PingInterval
	if every <= 0 {
		return
	}
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	if c.out.state == outOpen {
		c.beat.timer = time.AfterFunc(rand.N(every)+1, c.beatOnce)
	}
}

// beatOnce sends a ping, or judges the one that it sent before.
func (c *Conn) beatOnce() {
	t := &c.cfg.timing
	wait := t.PongWait
	if c.beat.pingAt.Load() == 0 {
		now := int64(c.cfg.now())
		c.beat.pingAt.Store(now)
		c.beat.turns = c.out.stream.turns.Load()
		// An error says that the connection ends; resetBeat sees that too.
		_ = c.out.put(func(p *pending) {
			p.control(opPing, binary.BigEndian.AppendUint64(nil, uint64(now)))
		})
	} else {
		c.beat.pingAt.Store(0)
		if turns := c.out.stream.turns.Load(); turns == c.beat.turns && turns%2 == 1 && !c.out.moving(t.PongWait) {
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

// onPong measures the round-trip time.
func (c *Conn) onPong(payload string) error {
	c.admitControl()
	if len(payload) == 8 {
		now := c.cfg.now()
		if sent := time.Duration(binary.BigEndian.Uint64([]byte(payload))); int64(sent) == c.beat.pingAt.Load() && sent < now {
			c.beat.rtt.Store(int64(now - sent))
		}
	}
	return nil
}
