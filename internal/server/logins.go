package server

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/duet-api/duet/internal/game"
)

// countedPasswords counts the logins that were decided by their password.
type countedPasswords struct {
	game.Passwords
	logins *prometheus.CounterVec
}

// Verify implements [game.Passwords].
func (c countedPasswords) Verify(ctx context.Context, hash, password game.Secret) (game.Verdict, error) {
	v, err := c.Passwords.Verify(ctx, hash, password)
	outcome := "accepted"
	switch {
	case err != nil:
		outcome = string(game.CodeOf(err))
	case !v.Match:
		outcome = string(game.CodeInvalidCredentials)
	}
	c.logins.WithLabelValues(outcome).Inc()
	return v, err
}

// countedAttempts counts the logins that were locked out.
type countedAttempts struct {
	game.Attempts
	logins *prometheus.CounterVec
}

// Begin implements [game.Attempts].
func (c countedAttempts) Begin(name, addr string) error {
	err := c.Attempts.Begin(name, addr)
	if err != nil {
		c.logins.WithLabelValues(string(game.CodeOf(err))).Inc()
	}
	return err
}
