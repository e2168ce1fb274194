package wire

import (
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"
)

// Text is what a schema asks of a string. The zero Text asks nothing.
type Text struct {
	// MinLength and MaxLength count code points. A MaxLength of 0 is no limit;
	// a negative one admits the empty string alone.
	MinLength, MaxLength int
	Pattern              *Pattern // nil for none
	Format               Format
}

// holds reports whether s is as asked.
func (r *Text) holds(s string) bool {
	if r.MinLength != 0 || r.MaxLength != 0 {
		if !r.size().holds(utf8.RuneCountInString(s)) {
			return false
		}
	}
	return (r.Format == 0 || r.Format.holds(s)) && (r.Pattern == nil || r.Pattern.MatchString(s))
}

func (r *Text) size() Size { return Size{Min: r.MinLength, Max: r.MaxLength} }

// faults calls fail for each rule that s breaks.
func (r *Text) faults(s string, fail func(rule, message string)) {
	if n := utf8.RuneCountInString(s); !r.size().holds(n) {
		fail(r.size().fault(n, "Length", "character"))
	}
	if r.Pattern != nil && !r.Pattern.MatchString(s) {
		fail("pattern", "must match "+r.Pattern.String())
	}
	if r.Format != 0 && !r.Format.holds(s) {
		fail("format", "must be a valid "+r.Format.String())
	}
}

// Size is what a schema asks of a number of things. A Max of 0 is no limit; a
// negative one admits none.
type Size struct {
	Min, Max int
}

func (r Size) holds(n int) bool { return n >= r.Min && (r.Max == 0 || n <= max(r.Max, 0)) }

// fault names the rule that n breaks: min or max of what. The unit is that of
// one.
func (r Size) fault(n int, what, unit string) (rule, message string) {
	if n < r.Min {
		return "min" + what, "must have at least " + count(r.Min, unit)
	}
	return "max" + what, "must have at most " + count(max(r.Max, 0), unit)
}

func count(n int, unit string) string {
	if n != 1 {
		unit += "s"
	}
	return strconv.Itoa(n) + " " + unit
}

// Integer is what a schema asks of an integer. Both bounds are always in
// force: without one in the schema they are those of the Go type.
type Integer struct {
	// Min and Max are admitted. The flags say that the schema has exclusive
	// bounds, one below Min and one above Max.
	Min, Max                   int64
	ExclusiveMin, ExclusiveMax bool
	MultipleOf                 int64 // 0 for none
}

func (r *Integer) holds(v int64) bool {
	return v >= r.Min && v <= r.Max && (r.MultipleOf == 0 || v%r.MultipleOf == 0)
}

// faults calls fail for each rule that v breaks.
func (r *Integer) faults(v int64, fail func(rule, message string)) {
	switch {
	case v < r.Min && r.ExclusiveMin:
		fail("exclusiveMinimum", "must be greater than "+strconv.FormatInt(r.Min-1, 10))
	case v < r.Min:
		fail("minimum", "must be at least "+strconv.FormatInt(r.Min, 10))
	case v > r.Max && r.ExclusiveMax:
		fail("exclusiveMaximum", "must be less than "+strconv.FormatInt(r.Max+1, 10))
	case v > r.Max:
		fail("maximum", "must be at most "+strconv.FormatInt(r.Max, 10))
	}
	if r.MultipleOf != 0 && v%r.MultipleOf != 0 {
		fail("multipleOf", "must be a multiple of "+strconv.FormatInt(r.MultipleOf, 10))
	}
}

// Number is what a schema asks of a number. Both bounds are always in force:
// without one in the schema they are those of the finite float64.
type Number struct {
	Min, Max                   float64
	ExclusiveMin, ExclusiveMax bool
	MultipleOf                 float64 // 0 for none
}

func (r *Number) holds(v float64) bool {
	return v >= r.Min && v <= r.Max &&
		(v != r.Min || !r.ExclusiveMin) && (v != r.Max || !r.ExclusiveMax) &&
		(r.MultipleOf == 0 || isMultiple(v, r.MultipleOf))
}

// faults calls fail for each rule that v breaks. It must be finite.
func (r *Number) faults(v float64, fail func(rule, message string)) {
	switch {
	case r.ExclusiveMin && v <= r.Min:
		fail("exclusiveMinimum", "must be greater than "+decimalText(r.Min))
	case v < r.Min:
		fail("minimum", "must be at least "+decimalText(r.Min))
	case r.ExclusiveMax && v >= r.Max:
		fail("exclusiveMaximum", "must be less than "+decimalText(r.Max))
	case v > r.Max:
		fail("maximum", "must be at most "+decimalText(r.Max))
	}
	if r.MultipleOf != 0 && !isMultiple(v, r.MultipleOf) {
		fail("multipleOf", "must be a multiple of "+decimalText(r.MultipleOf))
	}
}

func decimalText(v float64) string { return string(AppendFloat64(nil, v)) }

// isMultiple reports whether v is a multiple of m as decimals: 0.3 is one of
// 0.1, though their float64 are not.
func isMultiple(v, m float64) bool {
	if v == math.Trunc(v) && m == math.Trunc(m) {
		return math.Mod(v, m) == 0
	}
	x, okX := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	y, okY := new(big.Rat).SetString(strconv.FormatFloat(m, 'g', -1, 64))
	return okX && okY && y.Sign() != 0 && x.Quo(x, y).IsInt()
}
