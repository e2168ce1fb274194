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

// RefreshFunc exchanges a refresh token for a new pair.
type RefreshFunc func(ctx context.Context, refresh string) (Pair, error)

// Source hands out a valid access token. Its methods may be called by several
// goroutines at the same time.
type Source struct {
	refresh RefreshFunc
	turn    chan struct{} // holds one token: who has it renews

	mu      sync.Mutex // guards pair and renewAt
	pair    Pair
	renewAt time.Time
}

// NewSource returns a Source that renews with refresh. It is empty until Set
// is called.
func NewSource(refresh RefreshFunc) *Source {
	s := &Source{refresh: refresh, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// Set replaces the tokens, after a login.
func (s *Source) Set(p Pair) {
	lead := min(early, p.ExpiresIn/2)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pair, s.renewAt = p, time.Now().Add(p.ExpiresIn-lead)
}

// Clear forgets the tokens, after a logout.
func (s *Source) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pair, s.renewAt = Pair{}, time.Time{}
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
	if access, _, ok := s.current(rejected); ok {
		return access, nil
	}
	select {
	case <-s.turn:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { s.turn <- struct{}{} }()
	access, refresh, ok := s.current(rejected) // another caller may have renewed
	switch {
	case ok:
		return access, nil
	case refresh == "":
		return "", ErrNoLogin
	}
	pair, err := s.refresh(ctx, refresh)
	if err != nil {
		return "", err
	}
	s.Set(pair)
	return pair.Access, nil
}

// current returns the tokens, and whether the access token can be used.
func (s *Source) current(rejected string) (access, refresh string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ok = s.pair.Access != "" && s.pair.Access != rejected && time.Now().Before(s.renewAt)
	return s.pair.Access, s.pair.Refresh, ok
}
