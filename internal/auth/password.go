package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/duet-api/duet/internal/game"
)

// Params are the costs of argon2id (RFC 9106).
type Params struct {
	Time    uint32 // passes
	Memory  uint32 // KiB
	Threads uint8
}

// DefaultParams returns what OWASP recommends: about 30 ms of one core
// (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html).
func DefaultParams() Params { return Params{Time: 2, Memory: 19 * 1024, Threads: 1} }

// PasswordOptions tunes Passwords. The zero value is good for production.
type PasswordOptions struct {
	Params  Params // default DefaultParams
	Workers int    // how many hashes are computed at a time; default GOMAXPROCS
	Queue   int    // how many more may wait; default 16 a worker, about half a second
}

// Passwords hashes passwords by argon2id, never more at a time than there are cores: each costs 19 MiB. It implements
// [game.Passwords] and its methods may be called concurrently.
type Passwords struct {
	params  Params
	slots   chan struct{} // one token for each hash being computed
	waiting atomic.Int64  // hashes being computed or waited for
	limit   int64
	dummy   phc
}

var _ game.Passwords = (*Passwords)(nil)

// NewPasswords returns a hasher.
func NewPasswords(o PasswordOptions) *Passwords {
	if o.Params == (Params{}) {
		o.Params = DefaultParams()
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Queue == 0 {
		o.Queue = 16 * o.Workers
	}
	return &Passwords{
		params: o.Params, slots: make(chan struct{}, o.Workers), limit: int64(o.Workers + o.Queue),
		dummy: phc{Params: o.Params, salt: make([]byte, saltSize), key: make([]byte, keySize)},
	}
}

// Hash returns the hash of a password in PHC form. It fails with game.CodeUnavailable when too many wait.
func (p *Passwords) Hash(ctx context.Context, password game.Secret) (game.Secret, error) {
	h := phc{Params: p.params, salt: make([]byte, saltSize)}
	_, _ = rand.Read(h.salt) // never fails
	key, err := p.derive(ctx, h, password)
	if err != nil {
		return "", err
	}
	h.key = key
	return game.Secret(h.String()), nil
}

// Verify compares a password with a hash. An empty hash takes the time of one with today's parameters and never matches.
// It fails with game.CodeUnavailable when too many wait.
func (p *Passwords) Verify(ctx context.Context, hash, password game.Secret) (game.Verdict, error) {
	h := p.dummy
	if hash != "" {
		var err error
		if h, err = parsePHC(hash.Reveal()); err != nil {
			return game.Verdict{}, err
		}
	}
	key, err := p.derive(ctx, h, password)
	if err != nil {
		return game.Verdict{}, err
	}
	match := subtle.ConstantTimeCompare(key, h.key) == 1 && hash != ""
	return game.Verdict{Match: match, Rehash: match && !h.current(p.params)}, nil
}

// derive computes a key when it is its turn. A caller that gives up leaves the queue at once.
func (p *Passwords) derive(ctx context.Context, h phc, password game.Secret) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	defer p.waiting.Add(-1)
	if p.waiting.Add(1) > p.limit {
		return nil, &game.Error{
			Code: game.CodeUnavailable, Message: "too many logins at a time", RetryAfter: time.Second,
		}
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	defer func() { <-p.slots }()
	return argon2.IDKey([]byte(password.Reveal()), h.salt, h.Time, h.Memory, h.Threads, uint32(h.size())), nil
}
