package sample

import (
	"errors"
	"math/big"
)

// number makes a number at, near or between the bounds.
func (m *maker) number(s *schema, integer bool) (string, error) {
	step := big.NewRat(1, 4) // exact as a float32 too
	if integer {
		step = big.NewRat(1, 1)
	}
	if of := rat(s.MultipleOf); of != nil && of.Sign() > 0 {
		step = of
		if integer {
			step = new(big.Rat).SetInt(of.Num()) // the first multiple that is whole
		}
	}
	if s.Format == "decimal" && !integer && s.MultipleOf == "" { // more digits than a float64 has
		step = new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(m.IntN(25))), nil))
	}
	low, high := m.bounds(s, integer)
	for fine := 0; ; fine++ {
		first, last := ceil(new(big.Rat).Quo(low, step)), floor(new(big.Rat).Quo(high, step))
		if s.ExclusiveMinimum != "" && onBound(s.ExclusiveMinimum, first, step) {
			first.Add(first, big.NewInt(1))
		}
		if s.ExclusiveMaximum != "" && onBound(s.ExclusiveMaximum, last, step) {
			last.Sub(last, big.NewInt(1))
		}
		if first.Cmp(last) <= 0 {
			return decimal(new(big.Rat).Mul(new(big.Rat).SetInt(m.between(first, last)), step)), nil
		}
		if integer || s.MultipleOf != "" || fine == 12 {
			return "", errors.New("no number is within the bounds")
		}
		step = new(big.Rat).Quo(step, big.NewRat(4, 1))
	}
}

func onBound(bound interface{ String() string }, n *big.Int, step *big.Rat) bool {
	r, ok := new(big.Rat).SetString(bound.String())
	return ok && r.Cmp(new(big.Rat).Mul(new(big.Rat).SetInt(n), step)) == 0
}

// bounds gives the range to choose from: what the schema says, and where it says
// nothing a thousand around zero or beyond the other bound.
func (m *maker) bounds(s *schema, integer bool) (low, high *big.Rat) {
	for _, r := range []*big.Rat{rat(s.Minimum), rat(s.ExclusiveMinimum)} {
		if r != nil && (low == nil || r.Cmp(low) > 0) {
			low = r
		}
	}
	for _, r := range []*big.Rat{rat(s.Maximum), rat(s.ExclusiveMaximum)} {
		if r != nil && (high == nil || r.Cmp(high) < 0) {
			high = r
		}
	}
	far := big.NewRat(1000, 1)
	if s.Format == "decimal" && m.IntN(2) == 0 {
		far.SetInt(new(big.Int).Lsh(big.NewInt(1), 100))
	}
	switch {
	case low == nil && high == nil:
		low, high = new(big.Rat).Neg(far), far
	case low == nil:
		low = new(big.Rat).Sub(high, far)
	case high == nil:
		high = new(big.Rat).Add(low, far)
	}
	if least, limit := limits(s.Format); integer && limit != nil {
		if high.Cmp(limit) > 0 {
			high = limit
		}
		if low.Cmp(least) < 0 {
			low = least
		}
	}
	return low, high
}

// limits gives the range of the integers of a format; nil where there is none.
func limits(format string) (low, high *big.Rat) {
	switch format {
	case "decimal":
		return nil, nil
	case "uint64":
		return new(big.Rat), new(big.Rat).SetUint64(1<<64 - 1)
	case "int32":
		return big.NewRat(1-1<<31, 1), big.NewRat(1<<31-1, 1)
	}
	return big.NewRat(1-1<<63, 1), big.NewRat(1<<63-1, 1)
}

// between chooses an integer, often one at the ends.
func (m *maker) between(first, last *big.Int) *big.Int {
	switch m.IntN(8) {
	case 0:
		return first
	case 1:
		return last
	}
	span := new(big.Int).Sub(last, first)
	if !span.IsInt64() || span.Int64() == 1<<63-1 {
		span.Mul(span, big.NewInt(m.Int64N(1<<53)))
		return span.Add(span.Rsh(span, 53), first)
	}
	return new(big.Int).Add(first, big.NewInt(m.Int64N(span.Int64()+1)))
}

func floor(r *big.Rat) *big.Int { return new(big.Int).Div(r.Num(), r.Denom()) }

func ceil(r *big.Rat) *big.Int {
	n := floor(r)
	if !r.IsInt() {
		n.Add(n, big.NewInt(1))
	}
	return n
}

// decimal gives the exact text of a number whose decimals end.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	digits, _ := r.FloatPrec()
	return r.FloatString(digits)
}
