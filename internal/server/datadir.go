package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Names in the data directory.
const (
	databaseFile = "duet.db"
	keyFile      = "keys"
	lockFile     = "lock"
)

// errLocked says that another server uses the data directory.
var errLocked = errors.New("another server is using it: stop that one, or give this one another -data (DUET_DATA)")

// openData makes the data directory, for its owner alone, and keeps it for this process until the returned file is
// closed: rooms are held in memory, so two servers would disagree about them.
func openData(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(fmt.Errorf("data directory %s: %w", dir, err), f.Close())
	}
	return f, nil
}
