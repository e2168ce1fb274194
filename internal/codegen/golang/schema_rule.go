package golang

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// hasRule reports whether a schema asks something of a string or number beyond
// its type, and is not an enum.
func hasRule(t *ir.Type) bool {
	if len(t.Enum) > 0 || t.Name != "" {
		return false
	}
	switch t.Kind {
	case ir.Integer, ir.Number:
		return !isWide(t) && (t.Number.Min != nil || t.Number.Max != nil || t.Number.MultipleOf != "")
	case ir.String:
		s := t.String
		return !isTime(t) && (s.MinLength > 0 || s.MaxLength != nil || s.Pattern != "" || wireFormat(s.Format) != "")
	}
	return false
}

// isWide reports whether a number is larger than an int64 and a float64 may be.
func isWide(t *ir.Type) bool { return t.Number.Exact || t.Number.Format == "uint64" }

// exactSuffix names the function that compares values of a type: Exact where they
// hold numbers as they are written.
func exactSuffix(t *ir.Type) string {
	seen := map[string]bool{}
	var exact func(t *ir.Type) bool
	exact = func(t *ir.Type) bool {
		if t == nil || t.Name != "" && seen[t.Name] {
			return false
		}
		seen[t.Name] = true
		return t.Number.Exact || t.Number.Format == "uint64" || t.Kind == ir.Any || slices.ContainsFunc(partsOf(t), exact)
	}
	if exact(t) {
		return "Exact"
	}
	return ""
}

// ruleVars renders what the schema asks of a struct's members.
func (f *schemaFile) ruleVars(t *ir.Type) {
	var rules []string
	for _, v := range valuesOf(t) {
		if hasRule(v.typ) {
			rules = append(rules, f.rules.rules[v.rulePlace]+" = "+f.rule(v.typ))
		}
		if v.typ.Extra != "" {
			rules = append(rules, f.extraVar(v.rulePlace, v.typ))
		}
	}
	if t.Extra != "" {
		rules = append(rules, f.extraVar(rulePlace{owner: t.Name}, t))
	}
	if len(rules) == 0 {
		return
	}
	f.Comment("What is asked of the members of " + t.Name + ". These are never written to.")
	f.P("var (\n%s\n)\n", strings.Join(rules, "\n"))
}

// rule gives the composite literal of a rule.
func (f *schemaFile) rule(t *ir.Type) string {
	switch t.Kind {
	case ir.Integer:
		return f.wire("Integer{" + f.integerRule(t.Number) + "}")
	case ir.Number:
		return f.wire("Number{" + f.numberRule(t.Number) + "}")
	}
	s := t.String
	var parts []string
	if s.MinLength > 0 {
		parts = append(parts, fmt.Sprintf("MinLength: %d", s.MinLength))
	}
	if s.MaxLength != nil {
		parts = append(parts, "MaxLength: "+maxText(*s.MaxLength))
	}
	if s.Pattern != "" {
		parts = append(parts, fmt.Sprintf("Pattern: %s(%s)", f.wire("MustPattern"), rawText(s.Pattern)))
	}
	if name := wireFormat(s.Format); name != "" {
		parts = append(parts, "Format: "+f.wire(name))
	}
	return f.wire("Text{" + strings.Join(parts, ", ") + "}")
}

// rawText gives a Go literal, raw where it can be.
func rawText(s string) string {
	if strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// wireFormat gives the constant of runtime/wire for a format, or "" for one that
// only describes.
func wireFormat(format string) string {
	return map[string]string{
		"date": "FormatDate", "time": "FormatTime", "date-time": "FormatDateTime", "duration": "FormatDuration",
		"uuid": "FormatUUID", "email": "FormatEmail", "hostname": "FormatHostname",
		"ipv4": "FormatIPv4", "ipv6": "FormatIPv6", "uri": "FormatURI", "uri-reference": "FormatURIReference",
		"byte": "FormatByte", "json-pointer": "FormatJSONPointer", "regex": "FormatRegex",
	}[format]
}

// numberRule gives the fields of a wire.Number.
func (f *schemaFile) numberRule(n ir.Numeric) string {
	var low, high, flags string
	if n.Min != nil {
		low = float64Text(n.Min.Value)
		flags += flag("ExclusiveMin", n.Min.Exclusive)
	} else {
		low = "-" + f.Use("math") + ".MaxFloat64"
	}
	if n.Max != nil {
		high = float64Text(n.Max.Value)
		flags += flag("ExclusiveMax", n.Max.Exclusive)
	} else {
		high = f.Use("math") + ".MaxFloat64"
	}
	if n.MultipleOf != "" {
		flags += ", MultipleOf: " + n.MultipleOf
	}
	return fmt.Sprintf("Min: %s, Max: %s%s", low, high, flags)
}

// float64Text gives a bound as Go. One beyond the range of a float64 is its end.
func float64Text(text string) string {
	if v, err := strconv.ParseFloat(text, 64); math.IsInf(v, 0) && err != nil {
		return strconv.FormatFloat(math.Copysign(math.MaxFloat64, v), 'g', -1, 64)
	}
	return text
}

func flag(name string, set bool) string {
	if set {
		return ", " + name + ": true"
	}
	return ""
}

// integerRule gives the fields of a wire.Integer, whose bounds are integers and
// are admitted.
func (f *schemaFile) integerRule(n ir.Numeric) string {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if n.Format == "int32" {
		low, high = math.MinInt32, math.MaxInt32
	}
	var flags string
	if n.Min != nil {
		low = max(low, integerBound(n.Min, 1))
		flags += flag("ExclusiveMin", n.Min.Exclusive)
	}
	if n.Max != nil {
		high = min(high, integerBound(n.Max, -1))
		flags += flag("ExclusiveMax", n.Max.Exclusive)
	}
	if m := integerMultiple(n.MultipleOf); m > 1 {
		flags += fmt.Sprintf(", MultipleOf: %d", m)
	}
	return fmt.Sprintf("Min: %s, Max: %s%s", f.int64Text(low), f.int64Text(high), flags)
}

// int64Text gives n as Go, the ends of the ranges by their names.
func (f *schemaFile) int64Text(n int64) string {
	name := map[int64]string{
		math.MinInt64: "MinInt64", math.MaxInt64: "MaxInt64", math.MinInt32: "MinInt32", math.MaxInt32: "MaxInt32",
	}[n]
	if name == "" {
		return strconv.FormatInt(n, 10)
	}
	return f.Use("math") + "." + name
}

// integerBound gives the integer nearest to a bound that it admits; inward is 1
// for a minimum and -1 for a maximum.
func integerBound(b *ir.Bound, inward int64) int64 {
	r, ok := new(big.Rat).SetString(b.Value)
	if !ok {
		return 0
	}
	// Div rounds down as the denominator is above zero.
	n := new(big.Int).Div(r.Num(), r.Denom())
	switch {
	case !r.IsInt() && inward > 0:
		n.Add(n, big.NewInt(1))
	case r.IsInt() && b.Exclusive:
		n.Add(n, big.NewInt(inward))
	}
	switch {
	case n.IsInt64():
		return n.Int64()
	case n.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// integerMultiple gives what integers must be multiples of to be multiples of a
// decimal: 3 for 1.5. It gives 0 for none and for what no int64 but 0 is a
// multiple of the largest int64.
func integerMultiple(text string) int64 {
	r, ok := new(big.Rat).SetString(text)
	switch {
	case !ok:
		return 0
	case !r.Num().IsInt64():
		return math.MaxInt64
	}
	return r.Num().Int64()
}
