package server

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/bus/local"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/store/sqlite"
)

// state is what the server knows: its storage and the services that work on it.
type state struct {
	lock  *os.File
	store *sqlite.Store
	bus   *local.Bus

	users    *game.Users
	sessions *game.Sessions
	rooms    *game.Rooms
	lobby    string // the id of the room
}

// openState opens the data directory. What is open is closed again where it fails.
func openState(ctx context.Context, cfg Config, m *metrics) (s *state, err error) {
	s = &state{bus: local.New()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.lock, err = openData(cfg.Data); err != nil {
		return s, err
	}
	keys, err := auth.OpenKeys(filepath.Join(cfg.Data, keyFile))
	if err != nil {
		return s, err
	}
	if s.store, err = sqlite.Open(ctx, filepath.Join(cfg.Data, databaseFile)); err != nil {
		return s, err
	}
	s.start(cfg, keys, m)
	s.lobby, err = ensureLobby(ctx, s.rooms)
	return s, err
}

// start makes the services.
func (s *state) start(cfg Config, keys auth.Keys, m *metrics) {
	passwords := countedPasswords{auth.NewPasswords(auth.PasswordOptions{}), m.logins}
	s.rooms = game.NewRooms(game.RoomsConfig{
		Store: s.store, Positions: s.store, Bus: s.bus, Log: component(cfg.Log, "rooms"),
	})
	s.sessions = game.NewSessions(game.SessionsConfig{
		Store: s.store, Credentials: s.store, Bus: s.bus,
		Passwords: passwords,
		Tokens:    auth.NewTokens(keys, nil),
		Tickets:   auth.NewTickets(auth.TicketOptions{}),
		Attempts:  countedAttempts{auth.NewLockout(auth.LockoutOptions{}), m.logins},
		AccessTTL: cfg.AccessTTL, RefreshTTL: cfg.RefreshTTL,
		Log: component(cfg.Log, "sessions"),
	})
	s.users = game.NewUsers(game.UsersConfig{Store: s.store, Passwords: passwords, Bus: s.bus, Rooms: s.rooms})
}

// close lets go of everything. Nothing may use the state any more.
func (s *state) close() error {
	var errs []error
	if s.sessions != nil {
		s.sessions.Close()
	}
	if s.rooms != nil {
		s.rooms.Close()
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

func component(log *slog.Logger, name string) *slog.Logger { return log.With("component", name) }
