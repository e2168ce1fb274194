// Package token keeps one login alive: a short-lived access token, the refresh
// token that renews it, and the rule that only one renewal runs at a time.
// Generated SDKs use it for REST requests and for sockets alike.
package token

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// ErrNoLogin is returned while a Source holds no tokens.
var ErrNoLogin = errors.New("not logged in")

// early is how long before its expiry an access token is renewed, so that it
// does not expire on its way to the server.
const early = 30 * time.Second

// renewTimeout bounds one renewal, which does not end with those who wait for
// it.
const renewTimeout = 15 * time.Second

// Pair is what a login or a renewal yields.
type Pair struct {
	Access    string
	Refresh   string
	ExpiresIn time.Duration // validity of Access, counted from its receipt
}

// LogValue keeps the tokens out of logs.
func (Pair) LogValue() slog.Value { return slog.StringValue("token pair") }

// String keeps the tokens out of formatted text.
func (Pair) String() string { return "token pair" }

// GoString keeps the tokens out of %#v.
func (Pair) GoString() string { return "token.Pair{…}" }

// RefreshFunc exchanges a refresh token for a new pair. Its ctx has the values
// of the first caller's, but not its end: a server that has replaced the token
// takes the old one for a stolen one, so the answer must be waited for.
type RefreshFunc func(ctx context.Context, refresh string) (Pair, error)

// Source hands out a valid access token. Its methods may be called by several
// goroutines at the same time.
type Source struct {
	refresh RefreshFunc

	mu      sync.Mutex // guards what follows
	pair    Pair
	renewAt time.Time
	sets    uint64   // counts Set and Clear
	running *renewal // nil while none is under way
}

// renewal is one exchange of the refresh token. Its result is set before done
// is closed.
type renewal struct {
	done   chan struct{}
	access string
	err    error
}

// NewSource returns a Source that renews with refresh. It is empty until Set
// is called.
func NewSource(refresh RefreshFunc) *Source {
	return &Source{refresh: refresh}
}

// Set replaces the tokens, after a login.
func (s *Source) Set(p Pair) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setLocked(p)
}

func (s *Source) setLocked(p Pair) {
	lead := min(early, p.ExpiresIn/2)
	s.pair, s.renewAt = p, time.Now().Add(p.ExpiresIn-lead)
	s.sets++
}

// Clear forgets the tokens, after a logout.
func (s *Source) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pair, s.renewAt = Pair{}, time.Time{}
	s.sets++
}

// Token returns an access token that is valid for some time still, and renews
// it first where it is not. It returns ErrNoLogin before the first Set.
func (s *Source) Token(ctx context.Context) (string, error) {
	return s.token(ctx, "")
}

// Renew returns an access token other than rejected, which a server refused
// although its time had not come.
func (s *Source) Renew(ctx context.Context, rejected string) (string, error) {
	return s.token(ctx, rejected)
}

// Follow calls use with each access token that replaces the one before, shortly
// before that expires, until ctx ends or use fails. It is for connections that
// outlive a token.
func (s *Source) Follow(ctx context.Context, use func(ctx context.Context, access string) error) error {
	for {
		s.mu.Lock()
		wait := time.Until(s.renewAt)
		s.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		access, err := s.Token(ctx)
		if err == nil {
			err = use(ctx, access)
		}
		if err != nil {
			return err
		}
	}
}

func (s *Source) token(ctx context.Context, rejected string) (string, error) {
	s.mu.Lock()
	if s.pair.Access != "" && s.pair.Access != rejected && time.Now().Before(s.renewAt) {
		defer s.mu.Unlock()
		return s.pair.Access, nil
	}
	r := s.running
	if r == nil {
		if s.pair.Refresh == "" {
			defer s.mu.Unlock()
			return "", ErrNoLogin
		}
		r = &renewal{done: make(chan struct{})}
		s.running = r
		go s.renew(context.WithoutCancel(ctx), r, s.pair.Refresh, s.sets)
	}
	s.mu.Unlock()
	select {
	case <-r.done:
		return r.access, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// renew exchanges the refresh token on behalf of all who wait for r. The tokens
// of a login meanwhile are newer than what it yields, and so is a logout: sets
// tells.
func (s *Source) renew(ctx context.Context, r *renewal, refresh string, sets uint64) {
	ctx, cancel := context.WithTimeout(ctx, renewTimeout)
	defer cancel()
	pair, err := s.refresh(ctx, refresh)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	if err == nil && s.sets == sets {
		s.setLocked(pair)
	}
	switch {
	case s.sets == sets:
		r.err = err
	case s.pair.Access == "":
		r.err = ErrNoLogin
	default:
		r.access = s.pair.Access
	}
	close(r.done)
}
