package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/duet-api/duet/internal/game"
)

// CreateSession implements [game.SessionStore].
func (s *Store) CreateSession(ctx context.Context, n game.NewSession) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			INSERT INTO sessions (id, user_id, created_at, expires_at)
			SELECT ?, id, ?, ? FROM users WHERE id = ? AND password_hash = ?`,
			n.ID, n.CreatedAt.UnixMicro(), n.ExpiresAt.UnixMicro(), n.UserID, n.PasswordHash.Reveal())
		if err != nil {
			return err
		}
		if err := mustAffect(result, game.CodeInvalidCredentials, "the name or the password is wrong"); err != nil {
			return err
		}
		return addToken(ctx, tx, n.ID, n.Refresh, n.ExpiresAt)
	})
}

// RotateRefresh implements [game.SessionStore]. The transaction holds the write lock from its beginning, so of two
// calls the second one sees what the first one did.
func (s *Store) RotateRefresh(ctx context.Context, r game.Rotation) (out game.Rotated, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		t, err := findToken(ctx, tx, r.Old)
		if err != nil {
			return err
		}
		if err := t.check(r.Now); err != nil {
			return err
		}
		out = game.Rotated{SessionID: t.session, User: t.user, Reused: t.used}
		if t.used {
			return nil
		}
		return replaceToken(ctx, tx, t.session, r)
	})
	if err != nil {
		return game.Rotated{}, err
	}
	return out, nil
}

// token is a refresh token with what belongs to it.
type token struct {
	session     string
	user        game.User
	expires     time.Time
	used, ended bool
}

func findToken(ctx context.Context, tx *sql.Tx, hash game.TokenHash) (token, error) {
	var t token
	var created, expires int64
	err := tx.QueryRowContext(ctx, `
		SELECT s.id, s.ended, t.used, t.expires_at, u.id, u.name, u.created_at
		FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
		WHERE t.hash = ?`, hash[:]).
		Scan(&t.session, &t.ended, &t.used, &expires, &t.user.ID, &t.user.Name, &created)
	if err != nil {
		return token{}, notFound(err, game.CodeInvalidToken, "the refresh token is unknown")
	}
	t.user.CreatedAt, t.expires = fromMicros(created), fromMicros(expires)
	return t, nil
}

func (t token) check(now time.Time) error {
	switch {
	case t.ended:
		return game.NewError(game.CodeTokenRevoked, "the session has ended")
	case !now.Before(t.expires):
		return game.NewError(game.CodeTokenExpired, "the refresh token has expired")
	}
	return nil
}

func replaceToken(ctx context.Context, tx *sql.Tx, session string, r game.Rotation) error {
	if _, err := tx.ExecContext(ctx, `UPDATE refresh_tokens SET used = 1 WHERE hash = ?`, r.Old[:]); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE sessions SET expires_at = ? WHERE id = ?`, r.ExpiresAt.UnixMicro(), session)
	if err != nil {
		return err
	}
	return addToken(ctx, tx, session, r.New, r.ExpiresAt)
}

func addToken(ctx context.Context, tx *sql.Tx, session string, hash game.TokenHash, expires time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO refresh_tokens (hash, session_id, expires_at) VALUES (?, ?, ?)`,
		hash[:], session, expires.UnixMicro())
	return err
}

// SessionUser implements [game.SessionStore].
func (s *Store) SessionUser(ctx context.Context, session string, now time.Time) (game.User, error) {
	u, err := scanUser(s.reader.QueryRowContext(ctx, `
		SELECT u.id, u.name, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.id = ? AND s.ended = 0 AND s.expires_at > ?`, session, now.UnixMicro()))
	return u, notFound(err, game.CodeTokenRevoked, "the session has ended")
}

// EndSession implements [game.SessionStore].
func (s *Store) EndSession(ctx context.Context, session string) error {
	_, err := s.writer.ExecContext(ctx, `UPDATE sessions SET ended = 1 WHERE id = ?`, session)
	return err
}

// DeleteExpired implements [game.SessionStore].
func (s *Store) DeleteExpired(ctx context.Context, now time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM refresh_tokens WHERE expires_at < ?`, now.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at < ?`, now.UnixMicro())
		return err
	})
}
