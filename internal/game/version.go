package game

import (
	"strconv"
	"strings"
)

// Version names a state of a room as this process has seen it. It is opaque to clients, URL-safe as text
// (`<epoch>-<n>`, both in base 36) and comparable. The epoch is drawn anew each time a room is loaded into memory.
type Version struct {
	epoch, n uint64
}

// AppendText appends the text form to b. It never fails and allocates only to grow b.
func (v Version) AppendText(b []byte) ([]byte, error) {
	b = strconv.AppendUint(b, v.epoch, 36)
	b = append(b, '-')
	return strconv.AppendUint(b, v.n, 36), nil
}

// String returns the text form.
func (v Version) String() string {
	b, _ := v.AppendText(make([]byte, 0, 28))
	return string(b)
}

// IsZero reports whether v names no state.
func (v Version) IsZero() bool { return v == Version{} }

// ParseVersion reads the text form. It is false for everything that no server could have written; such a version is to
// be treated like one from another server: as not known here.
func ParseVersion(s string) (Version, bool) {
	left, right, ok := strings.Cut(s, "-")
	if !ok {
		return Version{}, false
	}
	epoch, err1 := strconv.ParseUint(left, 36, 64)
	n, err2 := strconv.ParseUint(right, 36, 64)
	v := Version{epoch: epoch, n: n}
	if err1 != nil || err2 != nil || v.String() != s {
		return Version{}, false
	}
	return v, true
}
