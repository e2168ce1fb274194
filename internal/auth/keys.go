package auth

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// hmacSize is the size of a signing key in bytes: that of the hash (RFC 7518, section 3.2).
const hmacSize = 32

// Keys sign and check access tokens. The first signs, all of them check, so that a key is changed by putting a new one in
// front and taking the old one away once its last token has expired.
type Keys struct {
	ring []key
}

type key struct {
	id     string
	secret []byte
}

// String returns the ids of the keys.
func (k Keys) String() string {
	ids := make([]string, len(k.ring))
	for i, key := range k.ring {
		ids[i] = key.id
	}
	return "keys " + strings.Join(ids, " ")
}

// GoString is String.
func (k Keys) GoString() string { return k.String() }

// LogValue is String.
func (k Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }

// find returns the secret of a key, nil where there is none of that id.
func (k Keys) find(id string) []byte {
	for _, key := range k.ring {
		if key.id == id {
			return key.secret
		}
	}
	return nil
}

// NewKeys returns one new key that is kept nowhere.
func NewKeys() Keys {
	id, secret := make([]byte, 8), make([]byte, hmacSize)
	_, _ = rand.Read(id) // never fails
	_, _ = rand.Read(secret)
	return Keys{ring: []key{{hex.EncodeToString(id), secret}}}
}

// OpenKeys reads the keys of a file, which has a line `<id> <32 bytes in base64>` for each. Where there is no such file it
// makes one with a new key, readable by its owner alone. It refuses a file that others may read.
func OpenKeys(path string) (Keys, error) {
	k, err := readKeys(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if err := NewKeys().create(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Keys{}, fmt.Errorf("create key file: %w", err)
	}
	return readKeys(path) // perhaps what another process made at the same time
}

func readKeys(path string) (Keys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Keys{}, fmt.Errorf("open key file: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return Keys{}, fmt.Errorf("key file %s may be read by others: chmod 600", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Keys{}, fmt.Errorf("read key file: %w", err)
	}
	k, err := parseKeys(data)
	if err != nil {
		return Keys{}, fmt.Errorf("%s:%w", path, err)
	}
	return k, nil
}

// parseKeys names the line of what is wrong, never its content.
func parseKeys(data []byte) (Keys, error) {
	var k Keys
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		fields := strings.Fields(lines.Text())
		if len(fields) != 2 {
			return Keys{}, fmt.Errorf("%d: want an id and a key", n)
		}
		secret, err := base64.StdEncoding.DecodeString(fields[1])
		if err != nil || len(secret) != hmacSize {
			return Keys{}, fmt.Errorf("%d: want a key of %d bytes in base64", n, hmacSize)
		}
		if k.find(fields[0]) != nil {
			return Keys{}, fmt.Errorf("%d: the id %s is there twice", n, fields[0])
		}
		k.ring = append(k.ring, key{fields[0], secret})
	}
	if err := lines.Err(); err != nil {
		return Keys{}, fmt.Errorf("1: %w", err)
	}
	if len(k.ring) == 0 {
		return Keys{}, errors.New("1: there is no key")
	}
	return k, nil
}

// create writes the keys to a file that does not exist yet, which appears whole or not at all.
func (k Keys) create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	for _, key := range k.ring {
		fmt.Fprintf(f, "%s %s\n", key.id, base64.StdEncoding.EncodeToString(key.secret))
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path) // unlike a rename it never replaces
}
