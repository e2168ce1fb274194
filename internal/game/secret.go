package game

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a password or a token. Printing, logging or marshalling it as text yields a placeholder; Reveal yields it.
type Secret string

// Reveal returns the secret itself, for the one place that hashes, compares or sends it.
func (s Secret) Reveal() string { return string(s) }

// String returns a placeholder.
func (s Secret) String() string { return redacted }

// Format writes a placeholder for every verb, %x and %#v included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue returns a placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns a placeholder, so that no reflecting encoder leaks the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
