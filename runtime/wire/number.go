package wire

import (
	"math"
	"strconv"
)

// decimal is a number as it is written: mant times ten to the power of exp.
type decimal struct {
	mant uint64 // the first 19 significant digits
	exp  int
	neg  bool
	long bool // there are more digits than mant holds
}

// maxExponent bounds the exponent that is read, so that it can't overflow. It
// is far above what any float64 needs.
const maxExponent = 1 << 28

// number reads the number that comes next, and returns it and its text. Where
// another value comes, it notes that.
func (d *Decoder) number(want string) (n decimal, text []byte, ok bool) {
	c := d.space()
	if c != '-' && (c < '0' || c > '9') {
		d.wrongType(want)
		return n, nil, false
	}
	start := d.pos
	n, end, ok := scanNumber(d.data, start)
	if !ok {
		d.unexpected(end, "a digit")
		return n, nil, false
	}
	d.pos = end
	return n, d.data[start:end], true
}

// scanNumber reads a number from offset i on and returns the offset after it.
// What follows is for the caller to judge: a leading zero ends the number.
func scanNumber(data []byte, i int) (n decimal, end int, ok bool) {
	if data[i] == '-' {
		n.neg = true
		i++
	}
	first := i
	i = n.digits(data, i)
	if i == first {
		return n, i, false
	}
	if data[first] == '0' && i > first+1 {
		return n, first + 1, false
	}
	if i < len(data) && data[i] == '.' {
		point := i + 1
		i = n.fraction(data, point)
		if i == point {
			return n, i, false
		}
	}
	if i < len(data) && data[i]|0x20 == 'e' {
		return n.exponent(data, i+1)
	}
	return n, i, true
}

// digits reads the digits before the point.
func (n *decimal) digits(data []byte, i int) int {
	for ; i < len(data) && data[i]-'0' <= 9; i++ {
		if n.mant < 1e18 {
			n.mant = n.mant*10 + uint64(data[i]-'0')
			continue
		}
		n.long = true
		n.exp++
	}
	return i
}

// fraction reads the digits after the point.
func (n *decimal) fraction(data []byte, i int) int {
	for ; i < len(data) && data[i]-'0' <= 9; i++ {
		if n.mant < 1e18 {
			n.mant = n.mant*10 + uint64(data[i]-'0')
			n.exp--
			continue
		}
		n.long = true
	}
	return i
}

// exponent reads what follows the letter e.
func (n *decimal) exponent(data []byte, i int) (decimal, int, bool) {
	neg := false
	if i < len(data) && (data[i] == '+' || data[i] == '-') {
		neg = data[i] == '-'
		i++
	}
	first, exp := i, 0
	for ; i < len(data) && data[i]-'0' <= 9; i++ {
		if exp < maxExponent {
			exp = exp*10 + int(data[i]-'0')
		}
	}
	if neg {
		exp = -exp
	}
	n.exp += exp
	return *n, i, i > first
}

// Powers of ten that a float64 and a float32 hold exactly.
var (
	pow10float64 = [...]float64{
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
	}
	pow10float32 = [...]float32{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10}
)

// Float64 reads a number and checks it by rule, which may be nil.
func (d *Decoder) Float64(rule *Number) float64 {
	n, text, ok := d.number("a number")
	if !ok {
		return 0
	}
	v, ok := n.float64(text)
	switch {
	case !ok:
		d.Fail("finite", "must be within the range of a double")
	case rule != nil && !rule.holds(v):
		rule.faults(v, d.Fail)
	}
	return v
}

// Float32 reads a number, rounds it to a float32 and checks it by rule, which
// may be nil.
func (d *Decoder) Float32(rule *Number) float32 {
	n, text, ok := d.number("a number")
	if !ok {
		return 0
	}
	v, ok := n.float32(text)
	switch {
	case !ok:
		d.Fail("finite", "must be within the range of a float")
	case rule != nil && !rule.holds(widen(v)):
		rule.faults(widen(v), d.Fail)
	}
	return v
}

// widen returns the float64 of the shortest decimal that reads back as v, which
// is what v was written as: 0.1 and not 0.10000000149011612.
func widen(v float32) float64 {
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], float64(v), 'g', -1, 32)
	wide, err := strconv.ParseFloat(view(text), 64)
	if err != nil {
		return float64(v)
	}
	return wide
}

// float64 returns the nearest float64, and false where it is not finite. Two
// exact values divided or multiplied round once, so the short way is exact.
func (n decimal) float64(text []byte) (float64, bool) {
	if n.mant>>53 == 0 && !n.long && n.exp >= -22 && n.exp <= 22 {
		v := float64(n.mant)
		if n.exp < 0 {
			v /= pow10float64[-n.exp]
		} else {
			v *= pow10float64[n.exp]
		}
		if n.neg {
			v = -v
		}
		return v, true
	}
	v, err := strconv.ParseFloat(view(text), 64)
	return v, err == nil
}

// float32 returns the nearest float32, and false where it is not finite.
func (n decimal) float32(text []byte) (float32, bool) {
	if n.mant>>24 == 0 && !n.long && n.exp >= -10 && n.exp <= 10 {
		v := float32(n.mant)
		if n.exp < 0 {
			v /= pow10float32[-n.exp]
		} else {
			v *= pow10float32[n.exp]
		}
		if n.neg {
			v = -v
		}
		return v, true
	}
	v, err := strconv.ParseFloat(view(text), 32)
	return float32(v), err == nil
}

// Int64 reads an integer and checks it by rule, which may be nil.
func (d *Decoder) Int64(rule *Integer) int64 {
	v, ok := d.integer(math.MinInt64, math.MaxInt64)
	if ok && rule != nil && !rule.holds(v) {
		rule.faults(v, d.Fail)
	}
	return v
}

// Int32 reads an integer of 32 bits and checks it by rule, which may be nil.
func (d *Decoder) Int32(rule *Integer) int32 {
	v, ok := d.integer(math.MinInt32, math.MaxInt32)
	if ok && rule != nil && !rule.holds(v) {
		rule.faults(v, d.Fail)
	}
	return int32(v)
}

// integer reads an integer from low to high.
func (d *Decoder) integer(low, high int64) (int64, bool) {
	n, text, ok := d.number("an integer")
	if !ok {
		return 0, false
	}
	v, kind := n.int64(text)
	switch {
	case kind == notInteger:
		d.Fail("type", "must be an integer")
	case kind == tooLarge, v < low, v > high:
		d.Fail("format", "must be from "+strconv.FormatInt(low, 10)+" to "+strconv.FormatInt(high, 10))
	default:
		return v, true
	}
	return 0, false
}

// What a number is as an int64.
const (
	isInteger = iota
	notInteger
	tooLarge
)

// int64 returns the number as an int64 where it is one.
func (n decimal) int64(text []byte) (v int64, kind int) {
	if n.exp != 0 || n.long {
		n, kind = significant(text)
	}
	switch {
	case kind != isInteger:
		return 0, kind
	case n.neg && n.mant <= 1<<63:
		return -int64(n.mant), isInteger
	case n.mant <= math.MaxInt64 && !n.neg:
		return int64(n.mant), isInteger
	}
	return 0, tooLarge
}

// significant reads a number that has a fraction, an exponent or more than 19
// digits, and returns it with an exponent of 0 where it is an integer below
// 1e20 and fits.
func significant(text []byte) (n decimal, kind int) {
	n.neg = text[0] == '-'
	mantissa := text
	for i, c := range text {
		if c|0x20 == 'e' {
			var e decimal
			e.exponent(text, i+1)
			n.exp, mantissa = e.exp, text[:i]
			break
		}
	}
	digits := make([]byte, 0, 64)
	point := false
	for _, c := range mantissa {
		switch {
		case c == '.':
			point = true
		case c != '-':
			if c != '0' || len(digits) > 0 {
				digits = append(digits, c)
			}
			if point {
				n.exp--
			}
		}
	}
	for len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
		n.exp++
	}
	switch {
	case len(digits) == 0:
		return decimal{neg: n.neg}, isInteger
	case n.exp < 0:
		return n, notInteger
	case len(digits)+n.exp > 19:
		return n, tooLarge
	}
	for _, c := range digits {
		n.mant = n.mant*10 + uint64(c-'0')
	}
	for ; n.exp > 0; n.exp-- {
		n.mant *= 10
	}
	return n, isInteger
}
