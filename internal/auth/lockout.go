package auth

import (
	"sync"
	"time"

	"github.com/duet-api/duet/internal/game"
)

// Limit is how many failures a time span may hold.
type Limit struct {
	Failures int
	Per      time.Duration
	// Spare is how many attempts more than there are failures left may be under way at a time: guesses in parallel can
	// exceed Failures by that many, and as many people may log in at once.
	Spare int
}

// LockoutOptions tunes a Lockout. The zero value is good for production.
type LockoutOptions struct {
	Name Limit            // of one name; default 5 a minute and none to spare
	Addr Limit            // of one address, which many may share; default 10 in ten minutes and 22 to spare
	Max  int              // names, and addresses, that are remembered for sure; default 32768
	Now  func() time.Time // default time.Now
}

// Lockout counts failed logins by name and by address. It implements [game.Attempts] and its methods may be called
// concurrently.
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
		o.Name = Limit{Failures: 5, Per: time.Minute}
	}
	if o.Addr == (Limit{}) {
		o.Addr = Limit{Failures: 10, Per: 10 * time.Minute, Spare: 22}
	}
	if o.Max == 0 {
		o.Max = 1 << 15
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Lockout{now: o.Now, names: newCounter(o.Name, o.Max), addrs: newCounter(o.Addr, o.Max)}
}

// underWay is how long to wait where nothing but attempts that are under way is in the way of another.
const underWay = time.Second

// Begin notes that an attempt is under way, or fails with game.CodeTooManyLogins and notes nothing.
func (l *Lockout) Begin(name, addr string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	wait := l.names.wait(name, now)
	if addr != "" {
		wait = max(wait, l.addrs.wait(addr, now))
	}
	switch {
	case wait > underWay:
		return &game.Error{Code: game.CodeTooManyLogins, Message: "too many failed logins", RetryAfter: wait}
	case wait > 0:
		return &game.Error{Code: game.CodeTooManyLogins, Message: "too many logins at a time", RetryAfter: wait}
	}
	l.names.begin(name)
	if addr != "" {
		l.addrs.begin(addr)
	}
	return nil
}

// End notes what became of an attempt for which Begin returned nil.
func (l *Lockout) End(name, addr string, failed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.names.end(name, now, failed)
	if addr != "" {
		l.addrs.end(addr, now, failed)
	}
}

// counter remembers the last failures of each key. When it holds max keys they become old, and the old ones that nobody
// touched since are forgotten: memory is bounded, and to be forgotten takes max failures of other keys. Attempts under
// way are as many as there are callers.
type counter struct {
	limit      Limit
	max        int
	young, old map[string][]time.Time // failures by ascending time
	underWay   map[string]int
}

func newCounter(limit Limit, most int) counter {
	return counter{limit: limit, max: most, underWay: make(map[string]int)}
}

// wait returns how long key must wait for its next attempt.
func (c *counter) wait(key string, now time.Time) time.Duration {
	times := c.touch(key)
	for len(times) > 0 && now.Sub(times[0]) >= c.limit.Per {
		times = times[1:]
	}
	c.put(key, times)
	if over := len(times) - c.limit.Failures; over >= 0 {
		return c.limit.Per - now.Sub(times[over])
	}
	if len(times)+c.underWay[key] >= c.limit.Failures+c.limit.Spare {
		return underWay
	}
	return 0
}

func (c *counter) begin(key string) { c.underWay[key]++ }

func (c *counter) end(key string, now time.Time, failed bool) {
	if c.underWay[key]--; c.underWay[key] <= 0 {
		delete(c.underWay, key)
	}
	if failed {
		c.put(key, append(c.touch(key), now))
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
