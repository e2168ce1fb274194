// Package schema stands for the generated package of types.
package schema

// Note is a note.
type Note struct{}

// AppendJSON appends v as JSON.
func (v Note) AppendJSON(dst []byte) []byte { return append(dst, "{}"...) }

// UnmarshalJSON reads v.
func (v *Note) UnmarshalJSON([]byte) error { return nil }

// Order is an order.
type Order string

// IsValid reports whether v is a declared value.
func (v Order) IsValid() bool { return v == "old" || v == "new" }

// Problem is a problem.
type Problem struct{}
