package socket

import (
	"sync"
	"time"
)

// bucket is a token bucket. The zero bucket is full.
type bucket struct {
	used float64 // tokens that are missing
	last time.Duration
}

// take takes one token. If there is none it gives the wait for one.
func (b *bucket) take(r Rate, now time.Duration) time.Duration {
	b.used = max(0, b.used-(now-b.last).Seconds()*r.PerSecond)
	b.last = now
	if missing := b.used + 1 - float64(r.Burst); missing > 1e-9 {
		return time.Duration(missing / r.PerSecond * float64(time.Second))
	}
	b.used++
	return 0
}

// intake limits what one peer sends: each message by its rate, pings and pongs
// by a fixed rate, and the messages that were refused by two budgets.
type intake struct {
	rates      []bucket // by message index; nil until a limited message comes
	bad        bucket
	violations bucket
	control    bucket
}

// admitControl closes a connection whose peer sends too many pings and pongs.
func (c *Conn) admitControl() {
	if c.intake.control.take(Rate{controlPerSecond, controlBurst}, c.came()) > 0 {
		c.Close(CloseRateLimited, "too many control frames")
	}
}

// take takes a token for the message with the given index. If there is none it
// gives the wait for one.
func (c *Conn) take(index int) time.Duration {
	p, in := c.cfg.protocol, &c.intake
	r := p.Incoming[index].Rate
	if r.PerSecond <= 0 {
		return 0
	}
	if in.rates == nil {
		in.rates = make([]bucket, len(p.Incoming))
	}
	r.Burst = max(r.Burst, 1)
	return in.rates[index].take(r, c.came())
}

// The pings and pongs that a peer may send, in the long run and at once.
const (
	controlPerSecond = 20
	controlBurst     = 50
)

// gate counts what is open, in all and by address, against two limits. A limit
// of zero is none.
type gate struct {
	max, maxPerAddr int

	mu     sync.Mutex // guards what follows
	n      int
	byAddr map[string]int
}

// enter reports whether there is room in all and for the address. If there is
// room for both, the caller must call leave.
func (g *gate) enter(addr string) (room, addrRoom bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	room = g.max <= 0 || g.n < g.max
	addrRoom = g.maxPerAddr <= 0 || g.byAddr[addr] < g.maxPerAddr
	if !room || !addrRoom {
		return room, addrRoom
	}
	g.n++
	if g.maxPerAddr > 0 {
		if g.byAddr == nil {
			g.byAddr = make(map[string]int)
		}
		g.byAddr[addr]++
	}
	return true, true
}

func (g *gate) leave(addr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n--
	if g.maxPerAddr <= 0 {
		return
	}
	if g.byAddr[addr]--; g.byAddr[addr] == 0 {
		delete(g.byAddr, addr)
	}
}
