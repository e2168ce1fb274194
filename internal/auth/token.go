package auth

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/duet-api/duet/internal/game"
)

const (
	issuer   = "duet"
	audience = "duet"
	// tokenType keeps other JSON Web Tokens out that the same keys may sign one day (RFC 9068, section 2.1).
	tokenType = "at+jwt"
	maxToken  = 2048 // bytes, as in api/schemas/access-token.yaml
)

// Tokens signs access tokens: JSON Web Tokens (RFC 7519) by HMAC-SHA-256, no other algorithm. It implements
// [game.AccessTokens] and its methods may be called concurrently.
type Tokens struct {
	keys   Keys
	now    func() time.Time
	parser *jwt.Parser
}

var _ game.AccessTokens = (*Tokens)(nil)

// NewTokens returns a signer. now is time.Now where it is nil.
func NewTokens(keys Keys, now func() time.Time) *Tokens {
	if now == nil {
		now = time.Now
	}
	return &Tokens{keys: keys, now: now, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(now),
	)}
}

type claims struct {
	jwt.RegisteredClaims
	SessionID string `json:"sid"`
}

// Sign returns a token for the claims.
func (t *Tokens) Sign(c game.Claims) (game.Secret, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: c.UserID, ID: rand.Text(),
			IssuedAt: jwt.NewNumericDate(t.now()), ExpiresAt: jwt.NewNumericDate(c.ExpiresAt),
		},
		SessionID: c.SessionID,
	})
	signer := t.keys.ring[0]
	token.Header["typ"], token.Header["kid"] = tokenType, signer.id
	signed, err := token.SignedString(signer.secret)
	if err != nil {
		return "", fmt.Errorf("sign access token with key %s: %w", signer.id, err)
	}
	return game.Secret(signed), nil
}

// Parse returns the claims of a token that was signed here and is good now. It fails with game.CodeInvalidToken or
// game.CodeTokenExpired.
func (t *Tokens) Parse(token game.Secret) (game.Claims, error) {
	if len(token) > maxToken {
		return game.Claims{}, errInvalidToken()
	}
	var c claims
	_, err := t.parser.ParseWithClaims(token.Reveal(), &c, t.key)
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return game.Claims{}, game.NewError(game.CodeTokenExpired, "the access token has expired")
	case err != nil || c.Subject == "" || c.SessionID == "":
		return game.Claims{}, errInvalidToken()
	}
	return game.Claims{UserID: c.Subject, SessionID: c.SessionID, ExpiresAt: c.ExpiresAt.Time}, nil
}

// key returns the secret that a token's header names.
func (t *Tokens) key(token *jwt.Token) (any, error) {
	id, _ := token.Header["kid"].(string)
	if secret := t.keys.find(id); secret != nil && token.Header["typ"] == tokenType {
		return secret, nil
	}
	return nil, jwt.ErrTokenUnverifiable
}

func errInvalidToken() *game.Error {
	return game.NewError(game.CodeInvalidToken, "the access token was not issued here, or is damaged")
}
