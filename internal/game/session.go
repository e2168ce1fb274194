package game

import (
	"context"
	"time"
)

// Identity is who makes a call: a user by one of its sessions.
type Identity struct {
	User      User
	SessionID string
	// TokenExpires is when the access token that proved the identity, or the one behind its ticket, expires.
	TokenExpires time.Time
}

// Claims is what an access token says.
type Claims struct {
	UserID, SessionID string
	ExpiresAt         time.Time // to the second
}

// Grant is what a login or a refresh yields.
type Grant struct {
	Identity     Identity
	AccessToken  Secret
	ExpiresIn    time.Duration // of the access token
	RefreshToken Secret        // good for one refresh
}

// Ticket opens one connection, once.
type Ticket struct {
	Value     Secret
	ExpiresIn time.Duration
}

// Login is a claim to be a user.
type Login struct {
	Name     string
	Password Secret
	// Brief says that nobody gets the refresh token: the session lives no longer than its access token.
	Brief bool
	Addr  string // what the client's address is counted as, such as a network; "" counts by name only
}

// TokenHash is the SHA-256 of a refresh token. The token has 256 random bits, so a plain hash keeps it.
type TokenHash [32]byte

// NewSession is a session to be stored: a family of refresh tokens, of which the first is given by its hash.
type NewSession struct {
	ID, UserID string
	// PasswordHash is the one that the login was checked against.
	PasswordHash Secret
	Refresh      TokenHash
	CreatedAt    time.Time
	ExpiresAt    time.Time // of the refresh token, and with it of the session
}

// Rotation replaces a refresh token by the next one of its family.
type Rotation struct {
	Old, New  TokenHash
	Now       time.Time
	ExpiresAt time.Time // of the new one
}

// Rotated is what became of a rotation.
type Rotated struct {
	SessionID string
	User      User
	Reused    bool // Old was replaced before; nothing was changed
}

// SessionStore is the storage that [Sessions] needs for sessions. Each call is one transaction.
type SessionStore interface {
	// CreateSession fails with CodeInvalidCredentials where the user is gone or its password hash is another by now.
	CreateSession(ctx context.Context, s NewSession) error
	// RotateRefresh replaces a token; of two calls with the same Old, one replaces it and the other finds it reused. It
	// fails with CodeInvalidToken where Old is unknown, with CodeTokenRevoked where its session was ended and with
	// CodeTokenExpired where it has expired.
	RotateRefresh(ctx context.Context, r Rotation) (Rotated, error)
	// SessionUser returns the user of a live session, or fails with CodeTokenRevoked.
	SessionUser(ctx context.Context, session string, now time.Time) (User, error)
	// EndSession ends a session; one that is not there or has ended is no error.
	EndSession(ctx context.Context, session string) error
	// DeleteExpired deletes the sessions, live or ended, whose refresh token expired before now.
	DeleteExpired(ctx context.Context, now time.Time) error
}

// Credentials is what a login is checked against.
type Credentials struct {
	User         User
	PasswordHash Secret
}

// CredentialStore is the storage that [Sessions] needs for passwords.
type CredentialStore interface {
	// Credentials fails with CodeUserNotFound.
	Credentials(ctx context.Context, nameFold string) (Credentials, error)
	// ReplaceHash replaces a password hash unless it is another than old by now.
	ReplaceHash(ctx context.Context, userID string, old, new Secret) error
}

// AccessTokens signs and checks access tokens.
type AccessTokens interface {
	Sign(c Claims) (Secret, error)
	// Parse fails with CodeInvalidToken or CodeTokenExpired.
	Parse(token Secret) (Claims, error)
}

// Tickets keeps tickets for as long as they are good.
type Tickets interface {
	// Issue fails with CodeRateLimited or CodeUnavailable when too many tickets are open.
	Issue(c Claims) (Ticket, error)
	// Redeem takes the ticket out and fails with CodeInvalidTicket where there is none.
	Redeem(ticket Secret) (Claims, error)
}

// Attempts bounds failed logins, and those under way, which may fail yet. name is folded; an empty addr is not counted.
type Attempts interface {
	// Begin notes an attempt. It fails with CodeTooManyLogins and RetryAfter, which is short where only attempts that are
	// under way keep this one from beginning.
	Begin(name, addr string) error
	// End ends an attempt for which Begin returned nil. One that succeeded, or was not decided, has not failed.
	End(name, addr string, failed bool)
}
