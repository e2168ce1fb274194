package auth

import (
	"net/netip"
	"sync"
	"time"

	"github.com/duet-api/duet/internal/game"
)

// Limit is how many failures a time span may hold.
type Limit struct {
	Failures int
	Per      time.Duration
}

// LockoutOptions tunes a Lockout. The zero value is good for production.
type LockoutOptions struct {
	Name Limit            // of one name; default 5 a minute
	Addr Limit            // of one address; default 10 in ten minutes
	Max  int              // names, and addresses, that are remembered for sure; default 32768
	Now  func() time.Time // default time.Now
}

// Lockout counts failed logins by name and by address, an IPv6 address by its /64 network. It implements [game.Attempts]
// and its methods may be called concurrently.
type Lockout struct {
	now func() time.Time

	// mu guards all below.
	mu    sync.Mutex
	names counter
	addrs counter
}

var _ game.Attempts = (*Lockout)(nil)

// NewLockout returns a counter that has seen no failure.
func NewLockout(o LockoutOptions) *Lockout {
	if o.Name == (Limit{}) {
		o.Name = Limit{5, time.Minute}
	}
	if o.Addr == (Limit{}) {
		o.Addr = Limit{10, 10 * time.Minute}
	}
	if o.Max == 0 {
		o.Max = 1 << 15
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Lockout{now: o.Now, names: counter{limit: o.Name, max: o.Max}, addrs: counter{limit: o.Addr, max: o.Max}}
}

// Begin counts an attempt as failed, or fails with game.CodeTooManyLogins and counts nothing.
func (l *Lockout) Begin(name, addr string) error {
	addr = network(addr)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	wait := l.names.wait(name, now)
	if addr != "" {
		wait = max(wait, l.addrs.wait(addr, now))
	}
	if wait > 0 {
		return &game.Error{Code: game.CodeTooManyLogins, Message: "too many failed logins", RetryAfter: wait}
	}
	l.names.add(name, now)
	if addr != "" {
		l.addrs.add(addr, now)
	}
	return nil
}

// Forgive takes the latest attempt back.
func (l *Lockout) Forgive(name, addr string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names.drop(name)
	l.addrs.drop(network(addr))
}

// network returns what an address is counted as.
func network(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return addr
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, _ := ip.Prefix(64) // 64 fits every IPv6 address
	return prefix.String()
}

// counter remembers the last failures of each key. When it holds max keys they become old, and the old ones that nobody
// touched since are forgotten: memory is bounded, and to be forgotten takes max failures of other keys.
type counter struct {
	limit      Limit
	max        int
	young, old map[string][]time.Time // failures by ascending time, at most limit.Failures
}

// wait returns how long key must wait for its next attempt.
func (c *counter) wait(key string, now time.Time) time.Duration {
	times := c.touch(key)
	for len(times) > 0 && now.Sub(times[0]) >= c.limit.Per {
		times = times[1:]
	}
	c.put(key, times)
	if len(times) < c.limit.Failures {
		return 0
	}
	return c.limit.Per - now.Sub(times[0])
}

func (c *counter) add(key string, now time.Time) { c.put(key, append(c.touch(key), now)) }

func (c *counter) drop(key string) {
	if times := c.touch(key); len(times) > 0 {
		c.put(key, times[:len(times)-1])
	}
}

// touch returns the failures of a key, taking it out of the old ones.
func (c *counter) touch(key string) []time.Time {
	if times, ok := c.young[key]; ok {
		return times
	}
	times := c.old[key]
	delete(c.old, key)
	return times
}

func (c *counter) put(key string, times []time.Time) {
	if len(times) == 0 {
		delete(c.young, key)
		return
	}
	if _, ok := c.young[key]; !ok && len(c.young) >= c.max || c.young == nil {
		c.young, c.old = make(map[string][]time.Time), c.young
	}
	c.young[key] = times
}
