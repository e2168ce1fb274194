package wire

import "log/slog"

// Opt is the value of an optional member. The zero Opt is an absent member.
type Opt[T any] struct {
	Value T
	Set   bool // the member is present
}

// Some returns a member that is present.
func Some[T any](v T) Opt[T] { return Opt[T]{Value: v, Set: true} }

// Get returns the value and whether the member is present.
func (o Opt[T]) Get() (T, bool) { return o.Value, o.Set }

// Or returns the value, or fallback where the member is absent.
func (o Opt[T]) Or(fallback T) T {
	if o.Set {
		return o.Value
	}
	return fallback
}

// LogValue returns the value, or nil where the member is absent.
func (o Opt[T]) LogValue() slog.Value {
	if o.Set {
		return slog.AnyValue(o.Value)
	}
	return slog.Value{}
}

// Null is a value that may be null. The zero Null is null.
type Null[T any] struct {
	Value T
	Valid bool // the value is not null
}

// NonNull returns a value that is not null.
func NonNull[T any](v T) Null[T] { return Null[T]{Value: v, Valid: true} }

// Get returns the value and whether it is not null.
func (n Null[T]) Get() (T, bool) { return n.Value, n.Valid }

// Or returns the value, or fallback where it is null.
func (n Null[T]) Or(fallback T) T {
	if n.Valid {
		return n.Value
	}
	return fallback
}

// LogValue returns the value, or nil where it is null.
func (n Null[T]) LogValue() slog.Value {
	if n.Valid {
		return slog.AnyValue(n.Value)
	}
	return slog.Value{}
}
