-- Times are microseconds since 1970 in UTC. Folded names are compared byte by byte.

-- +goose Up
CREATE TABLE users (
	id            TEXT PRIMARY KEY,
	name          TEXT NOT NULL,
	name_fold     TEXT NOT NULL UNIQUE,
	password_hash TEXT NOT NULL,
	created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL,
	name_fold  TEXT NOT NULL UNIQUE,
	capacity   INTEGER NOT NULL,
	creator_id TEXT REFERENCES users ON DELETE CASCADE, -- NULL for a room of the server itself
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rooms_creator ON rooms (creator_id);

-- A session that ended is kept until it would have expired, so that its tokens can be told from unknown ones.
CREATE TABLE sessions (
	id         TEXT PRIMARY KEY,
	user_id    TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	ended      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- A token that was replaced is kept until it would have expired, so that its reuse is noticed.
CREATE TABLE refresh_tokens (
	hash       BLOB PRIMARY KEY,
	session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
	expires_at INTEGER NOT NULL,
	used       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE positions (
	room_id TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
	x       REAL NOT NULL,
	y       REAL NOT NULL,
	z       REAL,
	PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX positions_user ON positions (user_id);

-- +goose Down
DROP TABLE positions;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE rooms;
DROP TABLE users;
