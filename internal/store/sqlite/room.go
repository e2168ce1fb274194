package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/duet-api/duet/internal/game"
)

// CreateRoom implements [game.RoomStore].
func (s *Store) CreateRoom(ctx context.Context, r game.NewRoom) error {
	result, err := s.writer.ExecContext(ctx, `
		INSERT INTO rooms (id, name, name_fold, capacity, creator_id, created_at) SELECT ?1, ?2, ?3, ?4, NULLIF(?5, ''), ?6
		WHERE ?7 = 0 OR (SELECT count(*) FROM rooms WHERE creator_id = ?5) < ?7`,
		r.ID, r.Name, r.NameFold, r.Capacity, r.CreatorID, r.CreatedAt.UnixMicro(), r.Most)
	if hasCode(err, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY) {
		return game.NewError(game.CodeTokenRevoked, "the user does not exist any more")
	}
	if err != nil {
		return taken(err)
	}
	return mustAffect(result, game.CodeTooManyRooms, fmt.Sprintf("nobody may have more than %d rooms", r.Most))
}

// RoomByID implements [game.RoomStore].
func (s *Store) RoomByID(ctx context.Context, id string) (game.Room, error) {
	r, err := scanRoom(s.reader.QueryRowContext(ctx,
		`SELECT id, name, capacity, COALESCE(creator_id, ''), created_at FROM rooms WHERE id = ?`, id))
	return r, notFound(err, game.CodeRoomNotFound, "there is no such room")
}

// ListRooms implements [game.RoomStore].
func (s *Store) ListRooms(ctx context.Context, f game.RoomFilter, r game.Range) ([]game.Room, error) {
	rows, err := s.reader.QueryContext(ctx, `
		SELECT id, name, capacity, COALESCE(creator_id, ''), created_at FROM rooms
		WHERE name_fold > ?1 AND (?2 = '' OR name_fold = ?2) ORDER BY name_fold LIMIT ?3`, r.After, f.NameFold, r.Limit)
	if err != nil {
		return nil, err
	}
	return collect(rows, scanRoom)
}

// DeleteRoom implements [game.RoomStore].
func (s *Store) DeleteRoom(ctx context.Context, id string) error {
	result, err := s.writer.ExecContext(ctx, `DELETE FROM rooms WHERE id = ?`, id)
	if err != nil {
		return err
	}
	return mustAffect(result, game.CodeRoomNotFound, "there is no such room")
}

// LastPosition implements [game.PositionStore].
func (s *Store) LastPosition(ctx context.Context, roomID, userID string) (game.Position, bool, error) {
	var p game.Position
	var z sql.NullFloat64
	err := s.reader.QueryRowContext(ctx, `SELECT x, y, z FROM positions WHERE room_id = ? AND user_id = ?`, roomID, userID).
		Scan(&p.X, &p.Y, &z)
	if errors.Is(err, sql.ErrNoRows) {
		return game.Position{}, false, nil
	}
	if err != nil {
		return game.Position{}, false, err
	}
	p.Z, p.HasZ = z.Float64, z.Valid
	return p, true, nil
}

// SavePositions implements [game.PositionStore].
func (s *Store) SavePositions(ctx context.Context, ps []game.SavedPosition) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		save, err := tx.PrepareContext(ctx, `
			INSERT INTO positions (room_id, user_id, x, y, z)
			SELECT r.id, u.id, ?3, ?4, ?5 FROM rooms r, users u WHERE r.id = ?1 AND u.id = ?2
			ON CONFLICT (room_id, user_id) DO UPDATE SET x = excluded.x, y = excluded.y, z = excluded.z`)
		if err != nil {
			return err
		}
		defer save.Close()
		for _, p := range ps {
			z := sql.NullFloat64{Float64: p.Position.Z, Valid: p.Position.HasZ}
			if _, err := save.ExecContext(ctx, p.RoomID, p.UserID, p.Position.X, p.Position.Y, z); err != nil {
				return err
			}
		}
		return nil
	})
}

func scanRoom(row scanner) (game.Room, error) {
	var r game.Room
	var created int64
	if err := row.Scan(&r.ID, &r.Name, &r.Capacity, &r.CreatorID, &created); err != nil {
		return game.Room{}, err
	}
	r.CreatedAt = fromMicros(created)
	return r, nil
}
