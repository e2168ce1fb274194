package wire

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
)

// Decimal is a number as it is written in JSON, of any size and without a loss:
// 12345678901234567890123, 0.10, 1e-30. The empty one is 0. Two that are equal as
// numbers may be written differently: compare them by Compare.
type Decimal string

const (
	// MaxDecimalLen is how long the text of a Decimal may be that is decoded.
	MaxDecimalLen = 1024
	// maxDecimalExp bounds its exponent, so that it takes no more room as a
	// big.Int or big.Rat than a message may.
	maxDecimalExp = 4096
)

// DecimalOf returns an integer as a Decimal.
func DecimalOf(v *big.Int) Decimal { return Decimal(v.String()) }

// text returns v as it is written.
func (v Decimal) text() string {
	if v == "" {
		return "0"
	}
	return string(v)
}

// holds reports whether v is the text of a JSON number that is not too large.
func (v Decimal) holds() bool {
	data := []byte(v.text())
	n, end, ok := scanNumber(data, 0)
	return ok && end == len(data) && n.small(data)
}

// small reports whether a number is within the bounds of a Decimal.
func (n decimal) small(text []byte) bool {
	return len(text) <= MaxDecimalLen && n.exp > -maxDecimalExp && n.exp < maxDecimalExp
}

// String returns v as it is written.
func (v Decimal) String() string { return v.text() }

// Float64 returns the nearest float64.
func (v Decimal) Float64() float64 {
	f, err := strconv.ParseFloat(v.text(), 64)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

// Rat returns the exact value. It is false where v is no JSON number, or beyond the
// bounds of those that are decoded.
func (v Decimal) Rat() (*big.Rat, bool) {
	if !v.holds() {
		return nil, false
	}
	return new(big.Rat).SetString(v.text())
}

// Int returns the exact value where it is an integer, which 1e3 and 2.0 are too.
func (v Decimal) Int() (*big.Int, bool) {
	r, ok := v.Rat()
	if !ok || !r.IsInt() {
		return nil, false
	}
	return r.Num(), true
}

// Compare returns -1, 0 or 1 where v is less than, equal to or greater than w. Both
// must be JSON numbers.
func (v Decimal) Compare(w Decimal) int { return exactOf(v.text()).compare(exactOf(w.text())) }

// MarshalJSON returns v as it is written, or an error where it is no JSON number.
func (v Decimal) MarshalJSON() ([]byte, error) {
	if !v.holds() {
		return nil, &ValidationError{Errors: []FieldError{{Rule: "type", Message: "must be a number"}}}
	}
	return []byte(v.text()), nil
}

// UnmarshalJSON reads a number as it is written.
func (v *Decimal) UnmarshalJSON(b []byte) error {
	var d Decoder
	d.Reset(b)
	*v = d.Decimal()
	return d.End()
}

// Decimal reads a number as it is written.
func (d *Decoder) Decimal() Decimal {
	n, text, ok := d.number("a number")
	if !ok {
		return ""
	}
	if !n.small(text) {
		d.Fail("finite", "must have at most "+strconv.Itoa(MaxDecimalLen)+" characters")
		return ""
	}
	return Decimal(text)
}

// DecimalInteger reads an integer as it is written.
func (d *Decoder) DecimalInteger() Decimal {
	d.space()
	start := d.Mark()
	v := d.Decimal()
	if d.Clean(start) && !exactOf(string(v)).isInteger() {
		d.Fail("type", "must be an integer")
		return ""
	}
	return v
}

// Uint64 reads an integer from 0 to the largest of 64 bits.
func (d *Decoder) Uint64() uint64 {
	n, text, ok := d.number("an integer")
	if !ok {
		return 0
	}
	if n.exp == 0 && !n.long && !n.neg { // at most 19 digits
		return n.mant
	}
	e := exactOf(string(text))
	if !e.isInteger() {
		d.Fail("type", "must be an integer")
		return 0
	}
	if len(e.digits)+e.exp <= 20 {
		for ; e.exp > 0; e.exp-- {
			e.digits += "0"
		}
		v, err := strconv.ParseUint("0"+e.digits, 10, 64)
		if err == nil && (!e.neg || v == 0) {
			return v
		}
	}
	d.Fail("format", "must be from 0 to "+strconv.FormatUint(math.MaxUint64, 10))
	return 0
}

// AppendDecimal appends v as it is written. What is no JSON number becomes null.
func AppendDecimal(dst []byte, v Decimal) []byte {
	if !v.holds() {
		return append(dst, "null"...)
	}
	return append(dst, v.text()...)
}

// AppendUint64 appends an integer.
func AppendUint64(dst []byte, v uint64) []byte { return strconv.AppendUint(dst, v, 10) }

// Decimal checks that v is a JSON number.
func (c *Checker) Decimal(v Decimal) {
	if !v.holds() {
		c.Fail("type", "must be a number")
	}
}

// DecimalInteger checks that v is a JSON number that is an integer.
func (c *Checker) DecimalInteger(v Decimal) {
	if !v.holds() || !exactOf(v.text()).isInteger() {
		c.Fail("type", "must be an integer")
	}
}

var (
	_ json.Marshaler   = Decimal("")
	_ json.Unmarshaler = (*Decimal)(nil)
)
