package wire

import (
	"encoding/json"
	"math"
)

// Bool reads true or false.
func (d *Decoder) Bool() bool {
	switch c := d.space(); {
	case c == 't' && d.literal("true"):
		return true
	case c == 'f' && d.literal("false"):
		return false
	}
	d.wrongType("a boolean")
	return false
}

// Null reads null if it comes next and reports whether it did.
func (d *Decoder) Null() bool { return d.space() == 'n' && d.literal("null") }

// ConstBool reads a boolean that must be want.
func (d *Decoder) ConstBool(want bool) {
	d.space()
	start := d.Mark()
	if d.Bool() != want && d.Clean(start) {
		d.Fail("const", "must be the declared constant")
	}
}

// ConstInt64 reads an integer that must be want.
func (d *Decoder) ConstInt64(want int64) {
	if v, ok := d.integer(math.MinInt64, math.MaxInt64); ok && v != want {
		d.Fail("const", "must be the declared constant")
	}
}

// ConstFloat64 reads a number that must be want.
func (d *Decoder) ConstFloat64(want float64) {
	n, text, ok := d.number("a number")
	if !ok {
		return
	}
	if v, ok := n.float64(text); !ok || v != want {
		d.Fail("const", "must be the declared constant")
	}
}

// NotInEnum notes that the value that was read last is not one of those that
// the schema lists.
func (d *Decoder) NotInEnum() { d.Fail("enum", "must be one of the declared values") }

// Raw reads any value and returns a copy of its text.
func (d *Decoder) Raw() json.RawMessage {
	d.space()
	start := d.pos
	d.skipValue()
	if d.stopped {
		return nil
	}
	return append(json.RawMessage(nil), d.data[start:d.pos]...)
}

// literal reads word if it comes next.
func (d *Decoder) literal(word string) bool {
	end := d.pos + len(word)
	if end > len(d.data) || string(d.data[d.pos:end]) != word {
		return false
	}
	d.pos = end
	return true
}

// skipValue reads over the next value, checking that it is JSON.
func (d *Decoder) skipValue() {
	switch c := d.space(); c {
	case '{':
		d.skipObject()
	case '[':
		d.skipArray()
	case '"':
		d.Text()
	case 't':
		d.skipLiteral("true")
	case 'f':
		d.skipLiteral("false")
	case 'n':
		d.skipLiteral("null")
	default:
		if c != '-' && (c < '0' || c > '9') {
			d.unexpected(d.pos, "a value")
			return
		}
		d.number("a number")
	}
}

func (d *Decoder) skipObject() {
	d.pos++
	if !d.enter() {
		return
	}
	for d.NextMember() {
		d.path[d.depth] = freeStep
		d.skipValue()
	}
}

func (d *Decoder) skipArray() {
	d.pos++
	if !d.enter() {
		return
	}
	d.path[d.depth] = 0
	for d.NextElem() {
		d.skipValue()
	}
}

func (d *Decoder) skipLiteral(word string) {
	if !d.literal(word) {
		d.invalid(d.pos, "unknown word")
	}
}
