package game

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
	"time"
)

// SessionsConfig holds what [Sessions] works with. All but the last four is required.
type SessionsConfig struct {
	Store       SessionStore
	Credentials CredentialStore
	Passwords   Passwords
	Tokens      AccessTokens
	Tickets     Tickets
	Attempts    Attempts
	Bus         Bus

	AccessTTL  time.Duration    // of an access token; default 15 minutes
	RefreshTTL time.Duration    // of a refresh token that is not used; default 30 days
	Now        func() time.Time // default time.Now
	Log        *slog.Logger     // default: discard
}

// Sessions logs users in and tells who a caller is. Its methods may be called concurrently.
type Sessions struct {
	cfg  SessionsConfig
	live liveSessions
	stop func()
}

// NewSessions returns the service for sessions. Close ends its subscription to the bus.
func NewSessions(c SessionsConfig) *Sessions {
	c.Now = clock(c.Now)
	c.Log = logger(c.Log)
	if c.AccessTTL == 0 {
		c.AccessTTL = 15 * time.Minute
	}
	if c.RefreshTTL == 0 {
		c.RefreshTTL = 30 * 24 * time.Hour
	}
	s := &Sessions{cfg: c}
	s.stop = c.Bus.SubscribeRevocations(s.live.revoke)
	return s
}

// Close ends the subscription to the bus. No method may be called afterwards.
func (s *Sessions) Close() { s.stop() }

// Login checks a name and a password and opens a session. It fails with CodeInvalidCredentials, the same and after the
// same time for a name that does not exist; with CodeTooManyLogins after too many failures or with too many attempts under way; with CodeUnavailable.
func (s *Sessions) Login(ctx context.Context, l Login) (Grant, error) {
	fold := FoldName(l.Name)
	if err := s.cfg.Attempts.Begin(fold, l.Addr); err != nil {
		return Grant{}, err
	}
	failed := false
	defer func() { s.cfg.Attempts.End(fold, l.Addr, failed) }() // even after a panic
	g, err := s.login(ctx, fold, l)
	failed = CodeOf(err) == CodeInvalidCredentials
	return g, err
}

func (s *Sessions) login(ctx context.Context, fold string, l Login) (Grant, error) {
	password := normalize(l.Password)
	found, err := s.cfg.Credentials.Credentials(ctx, fold)
	if err != nil && CodeOf(err) != CodeUserNotFound {
		return Grant{}, fmt.Errorf("log in: %w", err)
	}
	verdict, err := s.cfg.Passwords.Verify(ctx, found.PasswordHash, password)
	if err != nil {
		return Grant{}, fmt.Errorf("verify password: %w", err)
	}
	if !verdict.Match {
		return Grant{}, NewError(CodeInvalidCredentials, "the name or the password is wrong")
	}
	if verdict.Rehash {
		s.rehash(ctx, &found, password)
	}
	return s.open(ctx, found, l.Brief)
}

// rehash stores the password's hash with today's parameters. The login goes on without.
func (s *Sessions) rehash(ctx context.Context, c *Credentials, password Secret) {
	hash, err := s.cfg.Passwords.Hash(ctx, password)
	if err == nil {
		err = s.cfg.Credentials.ReplaceHash(ctx, c.User.ID, c.PasswordHash, hash)
	}
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "password hash not upgraded", "user", c.User.ID, "error", err)
		return
	}
	c.PasswordHash = hash
}

// open stores a new session for a user whose password was checked.
func (s *Sessions) open(ctx context.Context, c Credentials, brief bool) (Grant, error) {
	now := stamp(s.cfg.Now())
	ttl := s.cfg.RefreshTTL
	if brief {
		ttl = s.cfg.AccessTTL
	}
	refresh, hash := newRefreshToken()
	session := NewSession{
		ID: NewID(), UserID: c.User.ID, PasswordHash: c.PasswordHash,
		Refresh: hash, CreatedAt: now, ExpiresAt: now.Add(ttl),
	}
	if err := s.cfg.Store.CreateSession(ctx, session); err != nil {
		return Grant{}, fmt.Errorf("open session: %w", err)
	}
	return s.grant(c.User, session.ID, refresh)
}

// Refresh replaces a refresh token and returns a new access token. A token that was replaced before ends its session:
// somebody else has it. It fails with CodeInvalidToken,
// CodeTokenExpired or CodeTokenRevoked.
func (s *Sessions) Refresh(ctx context.Context, token Secret) (Grant, error) {
	now := stamp(s.cfg.Now())
	next, hash := newRefreshToken()
	r, err := s.cfg.Store.RotateRefresh(ctx, Rotation{
		Old: sha256.Sum256([]byte(token.Reveal())), New: hash, Now: now, ExpiresAt: now.Add(s.cfg.RefreshTTL),
	})
	if err != nil {
		return Grant{}, fmt.Errorf("refresh session: %w", err)
	}
	if r.Reused {
		s.cfg.Log.WarnContext(ctx, "refresh token reused", "user", r.User.ID, "session", r.SessionID)
		// The client that sent it may be gone already; its session ends all the same.
		if err := s.end(context.WithoutCancel(ctx), r.User.ID, r.SessionID); err != nil {
			return Grant{}, err
		}
		return Grant{}, tokenRevoked()
	}
	return s.grant(r.User, r.SessionID, next)
}

// Authenticate returns who an access token stands for. It fails with CodeInvalidToken, with CodeTokenExpired,
// and with CodeTokenRevoked where the session ended. What it reads from storage it remembers for at most five seconds,
// but a session that ends on this server ends at once.
func (s *Sessions) Authenticate(ctx context.Context, token Secret) (Identity, error) {
	c, err := s.cfg.Tokens.Parse(token)
	if err != nil {
		return Identity{}, err
	}
	return s.identify(ctx, c)
}

// IssueTicket returns a ticket that opens one connection as by.
func (s *Sessions) IssueTicket(by Identity) (Ticket, error) {
	return s.cfg.Tickets.Issue(Claims{UserID: by.User.ID, SessionID: by.SessionID, ExpiresAt: by.TokenExpires})
}

// RedeemTicket returns who a ticket was issued to. It fails with CodeInvalidTicket where the ticket is unknown, was
// used or is too old, and with CodeTokenExpired or CodeTokenRevoked where what it stands for ended since.
func (s *Sessions) RedeemTicket(ctx context.Context, ticket Secret) (Identity, error) {
	c, err := s.cfg.Tickets.Redeem(ticket)
	if err != nil {
		return Identity{}, err
	}
	if !s.cfg.Now().Before(c.ExpiresAt) {
		return Identity{}, NewError(CodeTokenExpired, "the token behind the ticket has expired")
	}
	return s.identify(ctx, c)
}

// Logout ends the session of by; its connections are evicted from their rooms.
func (s *Sessions) Logout(ctx context.Context, by Identity) error {
	return s.end(ctx, by.User.ID, by.SessionID)
}

// Run deletes expired sessions every hour until ctx ends.
func (s *Sessions) Run(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := s.cfg.Store.DeleteExpired(ctx, stamp(s.cfg.Now())); err != nil && ctx.Err() == nil {
			s.cfg.Log.ErrorContext(ctx, "expired sessions not deleted", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Sessions) identify(ctx context.Context, c Claims) (Identity, error) {
	user, err := s.live.user(c, s.cfg.Now(), func(now time.Time) (User, error) {
		return s.cfg.Store.SessionUser(ctx, c.SessionID, stamp(now))
	})
	if err != nil {
		return Identity{}, fmt.Errorf("identify: %w", err)
	}
	if user.ID != c.UserID {
		return Identity{}, tokenRevoked()
	}
	return Identity{User: user, SessionID: c.SessionID, TokenExpires: c.ExpiresAt}, nil
}

func (s *Sessions) end(ctx context.Context, userID, session string) error {
	if err := s.cfg.Store.EndSession(ctx, session); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	s.cfg.Bus.PublishRevocation(Revocation{UserID: userID, Session: session})
	return nil
}

func (s *Sessions) grant(u User, session string, refresh Secret) (Grant, error) {
	expires := s.cfg.Now().Add(s.cfg.AccessTTL).Truncate(time.Second)
	access, err := s.cfg.Tokens.Sign(Claims{UserID: u.ID, SessionID: session, ExpiresAt: expires})
	if err != nil {
		return Grant{}, fmt.Errorf("sign access token: %w", err)
	}
	return Grant{
		Identity:    Identity{User: u, SessionID: session, TokenExpires: expires},
		AccessToken: access, ExpiresIn: s.cfg.AccessTTL, RefreshToken: refresh,
	}, nil
}

// newRefreshToken returns a token of 256 random bits in base64url and its hash.
func newRefreshToken() (Secret, TokenHash) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	token := base64.RawURLEncoding.EncodeToString(b[:])
	return Secret(token), sha256.Sum256([]byte(token))
}

func tokenRevoked() *Error {
	return NewError(CodeTokenRevoked, "the session has ended")
}

func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}
