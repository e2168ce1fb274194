package wire

import (
	"math/big"
	"strings"
)

// exact is the value of a number's text: digits times ten to the power of exp.
// Nothing is rounded, whatever the number of digits.
type exact struct {
	neg    bool
	digits string // without zeros at either end; empty for 0
	exp    int
}

// exactOf reads the text of a JSON number.
func exactOf(text string) exact {
	var v exact
	v.neg = strings.HasPrefix(text, "-")
	mantissa := strings.TrimPrefix(text, "-")
	if i := strings.IndexAny(mantissa, "eE"); i >= 0 {
		var e decimal
		e.exponent([]byte(mantissa), i+1)
		v.exp, mantissa = e.exp, mantissa[:i]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	v.exp -= len(fraction)
	digits := strings.TrimLeft(whole+fraction, "0")
	v.digits = strings.TrimRight(digits, "0")
	v.exp += len(digits) - len(v.digits)
	if v.digits == "" {
		return exact{}
	}
	return v
}

func (v exact) isInteger() bool { return v.digits == "" || v.exp >= 0 }

// sign is -1, 0 or 1.
func (v exact) sign() int {
	switch {
	case v.digits == "":
		return 0
	case v.neg:
		return -1
	}
	return 1
}

// compare is -1 where v is less than w, 0 where they are equal, and 1 otherwise.
func (v exact) compare(w exact) int {
	s := v.sign()
	switch t := w.sign(); {
	case s != t && s < t:
		return -1
	case s != t:
		return 1
	case s == 0:
		return 0
	}
	if d := len(v.digits) + v.exp - len(w.digits) - w.exp; d != 0 {
		if d < 0 {
			return -s
		}
		return s
	}
	return s * strings.Compare(v.digits, w.digits)
}

// isMultiple reports whether v is a whole number of times w, which is not 0.
func (v exact) isMultiple(w exact) bool {
	e := v.exp - w.exp
	switch {
	case v.digits == "":
		return true
	case e < 0: // v has a digit that is not 0 below the last one of w
		return false
	}
	a, okA := new(big.Int).SetString(v.digits, 10)
	b, okB := new(big.Int).SetString(w.digits, 10)
	if !okA || !okB {
		return false
	}
	a.Mul(a, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(e)), b))
	return a.Mod(a, b).Sign() == 0
}
