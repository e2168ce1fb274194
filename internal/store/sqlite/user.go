package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/duet-api/duet/internal/game"
)

// CreateUser implements [game.UserStore].
func (s *Store) CreateUser(ctx context.Context, u game.NewUser) error {
	_, err := s.writer.ExecContext(ctx,
		`INSERT INTO users (id, name, name_fold, password_hash, created_at) VALUES (?, ?, ?, ?, ?)`,
		u.ID, u.Name, u.NameFold, u.PasswordHash.Reveal(), u.CreatedAt.UnixMicro())
	return taken(err)
}

// UserByID implements [game.UserStore].
func (s *Store) UserByID(ctx context.Context, id string) (game.User, error) {
	u, err := scanUser(s.reader.QueryRowContext(ctx, `SELECT id, name, created_at FROM users WHERE id = ?`, id))
	return u, notFound(err, game.CodeUserNotFound, "there is no such user")
}

// ListUsers implements [game.UserStore].
func (s *Store) ListUsers(ctx context.Context, r game.Range) ([]game.User, error) {
	rows, err := s.reader.QueryContext(ctx,
		`SELECT id, name, created_at FROM users WHERE name_fold > ? ORDER BY name_fold LIMIT ?`, r.After, r.Limit)
	if err != nil {
		return nil, err
	}
	return collect(rows, scanUser)
}

// UpdateUser implements [game.UserStore].
func (s *Store) UpdateUser(ctx context.Context, id string, c game.UserChange) (u game.User, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		u, err = scanUser(tx.QueryRowContext(ctx, `
			UPDATE users SET
				name = coalesce(nullif(?, ''), name),
				name_fold = coalesce(nullif(?, ''), name_fold),
				password_hash = coalesce(nullif(?, ''), password_hash)
			WHERE id = ? RETURNING id, name, created_at`, c.Name, c.NameFold, c.PasswordHash.Reveal(), id))
		if err != nil {
			return taken(notFound(err, game.CodeUserNotFound, "there is no such user"))
		}
		if c.PasswordHash == "" {
			return nil
		}
		_, err = tx.ExecContext(ctx, `UPDATE sessions SET ended = 1 WHERE user_id = ? AND id <> ?`, id, c.KeepSession)
		return err
	})
	if err != nil {
		return game.User{}, err
	}
	return u, nil
}

// DeleteUser implements [game.UserStore]. Foreign keys take the rest along.
func (s *Store) DeleteUser(ctx context.Context, id string) (rooms []string, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id FROM rooms WHERE creator_id = ? ORDER BY id`, id)
		if err != nil {
			return err
		}
		if rooms, err = collect(rows, scanID); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `DELETE FROM users WHERE id = ?`, id)
		if err != nil {
			return err
		}
		return mustAffect(result, game.CodeUserNotFound, "there is no such user")
	})
	if err != nil {
		return nil, err
	}
	return rooms, nil
}

// Credentials implements [game.CredentialStore].
func (s *Store) Credentials(ctx context.Context, nameFold string) (game.Credentials, error) {
	var c game.Credentials
	var hash string
	var created int64
	err := s.reader.QueryRowContext(ctx,
		`SELECT id, name, created_at, password_hash FROM users WHERE name_fold = ?`, nameFold).
		Scan(&c.User.ID, &c.User.Name, &created, &hash)
	if err != nil {
		return game.Credentials{}, notFound(err, game.CodeUserNotFound, "there is no such user")
	}
	c.User.CreatedAt, c.PasswordHash = fromMicros(created), game.Secret(hash)
	return c, nil
}

// ReplaceHash implements [game.CredentialStore].
func (s *Store) ReplaceHash(ctx context.Context, userID string, old, new game.Secret) error {
	_, err := s.writer.ExecContext(ctx,
		`UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?`, new.Reveal(), userID, old.Reveal())
	return err
}

func scanUser(row scanner) (game.User, error) {
	var u game.User
	var created int64
	if err := row.Scan(&u.ID, &u.Name, &created); err != nil {
		return game.User{}, err
	}
	u.CreatedAt = fromMicros(created)
	return u, nil
}

func scanID(row scanner) (id string, err error) {
	err = row.Scan(&id)
	return id, err
}

func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }
