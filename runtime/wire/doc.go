// Package wire holds the JSON primitives that generated codecs call: a
// [Decoder] that reads and checks a text in one pass, a [Checker] that applies
// the same rules to values built in Go, and append functions that encode.
//
// Generated code knows the schema, so nothing here uses reflection, builds an
// intermediate value or looks a type up. A message without strings is decoded
// and checked without an allocation, and encoded without one where the buffer
// has room.
//
// # What is refused
//
// The text must be one JSON value by RFC 8259 in valid UTF-8, with nothing but
// white space around it. What is not is a [SyntaxError]. A text that is JSON
// and breaks a rule of its schema gives a [ValidationError] with every finding,
// at most [MaxFindings]. Member names are compared byte by byte, a declared
// member may come once, escapes must not leave half a surrogate pair, and
// values nest at most [MaxDepth] deep.
//
// A number is an integer where its value is, however it is written: 1.0 and
// 1e2 are integers, as JSON Schema says. Numbers are compared as the float64 or
// int64 that they become.
//
// # What a finding tells
//
// Neither the pointer nor the message of a [FieldError] holds anything from
// the input. A pointer is made of declared names and array indexes alone: a
// finding in or about a member that no schema declares, or about the value of
// a free key, points at the object that holds it.
package wire
