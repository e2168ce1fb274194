package auth

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Sizes in bytes.
const (
	saltSize = 16
	keySize  = 32
)

// Bounds of the parameters of a stored hash, so that a damaged one cannot take the server down.
const (
	maxTime   = 64
	maxMemory = 1 << 20 // KiB
)

// phc is an argon2id hash: https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md.
type phc struct {
	Params
	salt, key []byte
}

// String returns $argon2id$v=19$m=…,t=…,p=…$salt$key.
func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.Memory, h.Time, h.Threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

// current reports whether a hash made now would have the same shape.
func (h phc) current(p Params) bool {
	return h.Params == p && len(h.salt) == saltSize && len(h.key) == keySize
}

// errBadHash says nothing about the hash, which is secret.
var errBadHash = errors.New("the stored password hash is damaged")

func parsePHC(s string) (phc, error) {
	var h phc
	rest, ok := strings.CutPrefix(s, fmt.Sprintf("$argon2id$v=%d$", argon2.Version))
	if !ok {
		return phc{}, errBadHash
	}
	parts := strings.Split(rest, "$")
	if len(parts) != 3 {
		return phc{}, errBadHash
	}
	if _, err := fmt.Sscanf(parts[0], "m=%d,t=%d,p=%d", &h.Memory, &h.Time, &h.Threads); err != nil {
		return phc{}, errBadHash
	}
	var err1, err2 error
	h.salt, err1 = base64.RawStdEncoding.DecodeString(parts[1])
	h.key, err2 = base64.RawStdEncoding.DecodeString(parts[2])
	if err1 != nil || err2 != nil || !h.sane() || h.String() != s {
		return phc{}, errBadHash
	}
	return h, nil
}

func (h phc) sane() bool {
	return h.Time >= 1 && h.Time <= maxTime && h.Threads >= 1 && h.Memory >= 8*uint32(h.Threads) && h.Memory <= maxMemory &&
		len(h.salt) >= 8 && len(h.salt) <= 64 && len(h.key) >= 16 && len(h.key) <= 64
}

// size is how long the key is, or is to be.
func (h phc) size() int {
	if h.key == nil {
		return keySize
	}
	return len(h.key)
}
