package difftest

import (
	"github.com/duet-api/duet/runtime/wire"
)

// value is what every generated struct and union has.
type value interface {
	AppendJSON(dst []byte) []byte
	Validate() error
}

// codec runs the generated code of one type.
type codec struct {
	// decode returns the value also with an error, unless the type is a union.
	decode func(text []byte) (value, error)
	// exact says that a value that was decoded, encoded and decoded again is
	// equal to the first.
	exact bool
}

func object[T value, P interface {
	*T
	UnmarshalJSON(b []byte) error
}]() codec {
	return codec{exact: true, decode: func(text []byte) (value, error) {
		var v T
		err := P(&v).UnmarshalJSON(text)
		return v, err
	}}
}

func union[U value](unmarshal func(b []byte) (U, error)) codec {
	return codec{exact: true, decode: func(text []byte) (value, error) {
		v, err := unmarshal(text)
		if err != nil {
			return nil, err
		}
		return v, nil
	}}
}

// enum has no encoder of its own.
func enum[T any, P interface {
	*T
	DecodeJSON(d *wire.Decoder)
	IsValid() bool
}]() codec {
	return codec{decode: func(text []byte) (value, error) {
		var v T
		var d wire.Decoder
		d.Reset(text)
		P(&v).DecodeJSON(&d)
		return nil, d.End()
	}}
}
