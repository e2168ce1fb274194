package spec

import (
	"math/big"
	"strings"
)

// coreScalar resolves a plain scalar by the YAML 1.2 core schema. ok is false
// for the numbers that JSON lacks: infinities and not-a-number.
func coreScalar(s string) (kind Kind, text string, ok bool) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null, "", true
	case "true", "True", "TRUE":
		return Bool, "true", true
	case "false", "False", "FALSE":
		return Bool, "false", true
	case ".nan", ".NaN", ".NAN":
		return Number, s, false
	}
	switch strings.TrimLeft(s, "+-") {
	case ".inf", ".Inf", ".INF":
		return Number, s, false
	}
	if text, ok := coreNumber(s); ok {
		return Number, text, true
	}
	return String, s, true
}

// maxExponentDigits keeps numbers such as 1e999999999 from costing memory in
// whoever computes with them.
const maxExponentDigits = 4

// coreNumber gives the JSON text of a YAML 1.2 core integer or float.
func coreNumber(s string) (string, bool) {
	if n, ok := radixNumber(s); ok {
		return n, true
	}
	sign, rest := "", s
	switch {
	case strings.HasPrefix(s, "-"):
		sign, rest = "-", s[1:]
	case strings.HasPrefix(s, "+"):
		rest = s[1:]
	}
	whole, rest := cutDigits(rest)
	fraction := ""
	if strings.HasPrefix(rest, ".") {
		fraction, rest = cutDigits(rest[1:])
	}
	if whole == "" && fraction == "" {
		return "", false
	}
	exponent, ok := coreExponent(rest)
	if !ok {
		return "", false
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction + exponent, true
}

func coreExponent(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return "", false
	}
	sign, digits := "", s[1:]
	if digits != "" && (digits[0] == '+' || digits[0] == '-') {
		sign, digits = digits[:1], digits[1:]
	}
	digits, rest := cutDigits(digits)
	if digits == "" || rest != "" || len(digits) > maxExponentDigits {
		return "", false
	}
	return "e" + sign + digits, true
}

func radixNumber(s string) (string, bool) {
	base := 0
	switch {
	case strings.HasPrefix(s, "0x"):
		base = 16
	case strings.HasPrefix(s, "0o"):
		base = 8
	default:
		return "", false
	}
	if strings.ContainsAny(s[2:], "_+-") {
		return "", false
	}
	n, ok := new(big.Int).SetString(s[2:], base)
	if !ok {
		return "", false
	}
	return n.String(), true
}

func cutDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}
