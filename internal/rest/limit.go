package rest

import (
	"sync"
	"time"

	"github.com/duet-api/duet/internal/game"
)

// Rate is a token bucket.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limits bound how often one client may call. Failed logins are counted
// elsewhere (game.Attempts).
type Limits struct {
	User Rate // calls of one user; default 100 a second, 200 at once
	Addr Rate // calls of one address without a login; default 5 a second, 100 at once
}

func (l Limits) orDefault() Limits {
	if l.User == (Rate{}) {
		l.User = Rate{PerSecond: 100, Burst: 200}
	}
	if l.Addr == (Rate{}) {
		l.Addr = Rate{PerSecond: 5, Burst: 100}
	}
	return l
}

// Times returns limits that are factor times as high.
func (l Limits) Times(factor int) Limits {
	l = l.orDefault()
	for _, r := range []*Rate{&l.User, &l.Addr} {
		r.PerSecond *= float64(factor)
		r.Burst *= factor
	}
	return l
}

func rateLimited(wait time.Duration) error {
	return &game.Error{Code: game.CodeRateLimited, Message: "too many calls", RetryAfter: wait}
}

// maxBuckets is how many clients a limiter remembers for sure.
const maxBuckets = 1 << 15

// limiter holds a token bucket for each client that called lately. When it holds
// maxBuckets they become old, and the old ones that did not call since are
// forgotten. Its methods may be called concurrently.
type limiter struct {
	rate Rate
	now  func() time.Time

	// mu guards all below.
	mu         sync.Mutex
	young, old map[string]bucket
}

// bucket is how many tokens there were at a time.
type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(rate Rate, now func() time.Time) *limiter {
	return &limiter{rate: rate, now: now, young: map[string]bucket{}}
}

// take takes a token of the client, or tells how long there will be none.
func (l *limiter) take(client string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b, ok := l.young[client]
	if !ok {
		if b, ok = l.old[client]; !ok {
			b = bucket{tokens: float64(l.rate.Burst), at: now}
		}
		if len(l.young) >= maxBuckets {
			l.young, l.old = map[string]bucket{}, l.young
		}
	}
	b.tokens = min(float64(l.rate.Burst), b.tokens+now.Sub(b.at).Seconds()*l.rate.PerSecond)
	b.at = now
	var wait time.Duration
	if b.tokens >= 1 {
		b.tokens--
	} else {
		wait = time.Duration((1 - b.tokens) / l.rate.PerSecond * float64(time.Second))
	}
	l.young[client] = b
	return wait
}
