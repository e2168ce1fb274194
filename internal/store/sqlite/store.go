// Package sqlite keeps users, sessions, rooms and positions in one SQLite file.
//
// What a method has returned from survives a power cut: the journal is a write-ahead log with synchronous=FULL.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/duet-api/duet/internal/game"
)

// Store is an open database. Its methods may be called concurrently; writes wait for each other.
type Store struct {
	writer *sql.DB // one connection, so that no two writes collide
	reader *sql.DB
}

var (
	_ game.UserStore       = (*Store)(nil)
	_ game.SessionStore    = (*Store)(nil)
	_ game.CredentialStore = (*Store)(nil)
	_ game.RoomStore       = (*Store)(nil)
	_ game.PositionStore   = (*Store)(nil)
)

// Open opens the database in a file and brings its schema up to date. Where there is no such file it makes one that only
// its owner may read. It refuses a database whose schema is newer than this program.
func Open(ctx context.Context, path string) (*Store, error) {
	s, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	return s, nil
}

func open(ctx context.Context, path string) (*Store, error) {
	// SQLite gives its journal the mode of the database.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	s := &Store{}
	if s.writer, err = sql.Open("sqlite", dsn(path, false)); err != nil {
		return nil, err
	}
	if s.reader, err = sql.Open("sqlite", dsn(path, true)); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	s.writer.SetMaxOpenConns(1)
	s.reader.SetMaxOpenConns(max(4, runtime.GOMAXPROCS(0)))
	s.reader.SetMaxIdleConns(max(4, runtime.GOMAXPROCS(0)))
	if err := migrateUp(ctx, s.writer); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close waits for what runs and closes the database.
func (s *Store) Close() error { return errors.Join(s.reader.Close(), s.writer.Close()) }

// Ping reports whether the database can be read.
func (s *Store) Ping(ctx context.Context) error { return s.reader.PingContext(ctx) }

func dsn(path string, readOnly bool) string {
	q := url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
	}}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Set("_txlock", "immediate")
	}
	path = filepath.ToSlash(path)
	if path[0] != '/' { // C:/…
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

// write runs f in a transaction, which is rolled back where f fails.
func (s *Store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// notFound replaces sql.ErrNoRows.
func notFound(err error, code game.Code, message string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return game.NewError(code, message)
	}
	return err
}

// taken replaces a violation of uniqueness, which only folded names can cause: primary keys have a code of their own.
func taken(err error) error {
	if hasCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE) {
		return game.NewError(game.CodeNameTaken, "the name is taken")
	}
	return err
}

func hasCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == code
}

// mustAffect fails with code where a statement changed no row.
func mustAffect(result sql.Result, code game.Code, message string) error {
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return game.NewError(code, message)
	}
	return nil
}

// collect scans all rows and closes them.
func collect[T any](rows *sql.Rows, scan func(scanner) (T, error)) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }
