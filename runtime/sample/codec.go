package sample

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"reflect"
	"testing"
)

// Value is a value of a generated type.
type Value interface {
	AppendJSON(dst []byte) []byte
	Validate() error
}

// Decodes is implemented by the pointer to a generated type T.
type Decodes[T any] interface {
	*T
	UnmarshalJSON([]byte) error
}

// Codec is a generated type under test.
type Codec struct {
	// Name is that of the type in Types.
	Name   string
	Decode func([]byte) (Value, error)
}

// Decode decodes a generated struct.
func Decode[T Value, P Decodes[T]](text []byte) (Value, error) {
	var v T
	err := P(&v).UnmarshalJSON(text)
	return v, err
}

// Union makes the Decode of a generated union from its Unmarshal function.
func Union[U Value](unmarshal func([]byte) (U, error)) func([]byte) (Value, error) {
	return func(text []byte) (Value, error) {
		v, err := unmarshal(text)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
}

// Count is how many values are made of each type.
const Count = 100

// Seed gives the seed of a type's values, so that each type has others and every
// run the same.
func Seed(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// TestCodecs takes the examples and Count values of each type through decoding,
// encoding and decoding again.
func TestCodecs(t *testing.T, types string, codecs []Codec) {
	all, err := Parse(types)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range codecs {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.test(t, all)
		})
	}
}

func (c Codec) test(t *testing.T, all *Types) {
	t.Helper()
	for _, text := range all.Examples(c.Name) {
		if err := c.check(text, true); err != nil {
			t.Errorf("example %s: %v", text, err)
		}
	}
	texts, err := all.Values(c.Name, Count, Seed(c.Name))
	if err != nil {
		t.Skip(err)
	}
	trial, checked := all.Trial(c.Name), 0
	for _, text := range texts {
		if _, err := c.Decode(text); err != nil && trial {
			continue // it may be of several choices
		}
		if err := c.check(text, trial); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		checked++
	}
	if checked == 0 {
		t.Skip("every value that was made is of several choices")
	}
}

// check takes a text through the codec. A loose check lets members be lost that no
// type declares, and optional constants be added.
func (c Codec) check(text []byte, loose bool) error {
	first, err := c.Decode(text)
	if err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if err := first.Validate(); err != nil {
		return fmt.Errorf("validate what was decoded: %w", err)
	}
	encoded := first.AppendJSON(nil)
	if d := Difference(text, encoded, loose); d != "" {
		return fmt.Errorf("encoded as %s: %s", encoded, d)
	}
	second, err := c.Decode(encoded)
	if err != nil {
		return fmt.Errorf("decode %s again: %w", encoded, err)
	}
	if again := second.AppendJSON(nil); !reflect.DeepEqual(first, second) || !bytes.Equal(encoded, again) {
		return fmt.Errorf("%#v became %#v", first, second)
	}
	return nil
}
