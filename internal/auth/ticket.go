package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"

	"github.com/duet-api/duet/internal/game"
)

// TicketOptions tunes Tickets. The zero value is good for production.
type TicketOptions struct {
	TTL        time.Duration    // how long a ticket is good; default 30 s
	Max        int              // tickets issued within a TTL; default 16384
	MaxPerUser int              // of them, those of one user; default 64
	Now        func() time.Time // default time.Now
}

// Tickets keeps tickets in memory, by their SHA-256: a restart voids them. It implements [game.Tickets] and its methods
// may be called concurrently.
type Tickets struct {
	opts TicketOptions

	// mu guards all below.
	mu      sync.Mutex
	issued  map[[32]byte]*ticket // within the last TTL, used ones included
	perUser map[string]int       // how many of issued a user has
	order   []*ticket            // issued, by ascending time
}

type ticket struct {
	hash    [32]byte
	claims  game.Claims
	expires time.Time
	used    bool
}

var _ game.Tickets = (*Tickets)(nil)

// NewTickets returns an empty store of tickets.
func NewTickets(o TicketOptions) *Tickets {
	if o.TTL == 0 {
		o.TTL = 30 * time.Second
	}
	if o.Max == 0 {
		o.Max = 1 << 14
	}
	if o.MaxPerUser == 0 {
		o.MaxPerUser = 64
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Tickets{opts: o, issued: make(map[[32]byte]*ticket), perUser: make(map[string]int)}
}

// Issue returns a new ticket of 256 random bits. It fails with game.CodeRateLimited when the user has had too many lately
// and with game.CodeUnavailable when all together have.
func (t *Tickets) Issue(c game.Claims) (game.Ticket, error) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	value := base64.RawURLEncoding.EncodeToString(b[:])

	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.opts.Now()
	t.expireLocked(now)
	if t.perUser[c.UserID] >= t.opts.MaxPerUser {
		return game.Ticket{}, &game.Error{Code: game.CodeRateLimited, Message: "too many tickets", RetryAfter: t.opts.TTL}
	}
	if len(t.order) >= t.opts.Max {
		return game.Ticket{}, &game.Error{Code: game.CodeUnavailable, Message: "too many tickets", RetryAfter: t.opts.TTL}
	}
	x := &ticket{hash: sha256.Sum256([]byte(value)), claims: c, expires: now.Add(t.opts.TTL)}
	t.issued[x.hash] = x
	t.perUser[c.UserID]++
	t.order = append(t.order, x)
	return game.Ticket{Value: game.Secret(value), ExpiresIn: t.opts.TTL}, nil
}

// Redeem returns what a ticket was issued for and voids it. It fails with game.CodeInvalidTicket.
func (t *Tickets) Redeem(value game.Secret) (game.Claims, error) {
	hash := sha256.Sum256([]byte(value.Reveal()))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expireLocked(t.opts.Now())
	x, ok := t.issued[hash]
	if !ok || x.used {
		return game.Claims{}, game.NewError(game.CodeInvalidTicket, "the ticket is unknown, used or expired")
	}
	x.used = true
	return x.claims, nil
}

func (t *Tickets) expireLocked(now time.Time) {
	for len(t.order) > 0 && !now.Before(t.order[0].expires) {
		x := t.order[0]
		t.order[0] = nil
		t.order = t.order[1:]
		delete(t.issued, x.hash)
		if t.perUser[x.claims.UserID]--; t.perUser[x.claims.UserID] == 0 {
			delete(t.perUser, x.claims.UserID)
		}
	}
}
