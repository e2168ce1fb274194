package rest

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// wirePath is the import path of the package of rules and findings.
const wirePath = "github.com/duet-api/duet/runtime/wire"

// validate prints the checks of an operation's parameters outside the path.
func (f *paramFile) validate(op *ir.Operation, params []*ir.OpParam) {
	name := op.Name + "Params"
	f.P("// Validate checks the parameters as the server does. The error is a")
	f.P("// *wire.ValidationError.")
	f.P("func (p %s) Validate() error {", name)
	f.P("\tvar bad findings")
	f.P("\tp.check(&bad)")
	f.P("\treturn bad.Err()")
	f.P("}\n")
	f.P("func (p %s) check(bad *findings) {", name)
	f.In()
	for _, p := range params {
		if hasChecks(p.Type) {
			f.checkField(p)
		}
	}
	f.Out()
	f.P("}\n")
}

func (f *paramFile) checkField(p *ir.OpParam) {
	value := "p." + p.Name
	if !p.Required {
		f.P("if %s != nil {", value)
		f.In()
		value = "*" + value
	}
	f.P("bad.at(%q, %q)", p.In, p.JSON)
	if isStructured(p.Type) {
		f.P("bad.nest(p.%s.Validate())", p.Name)
	} else {
		f.check(p.Type, value)
	}
	if !p.Required {
		f.Out()
		f.P("}")
	}
}

// hasChecks reports whether check prints anything for a type.
func hasChecks(t *ir.Type) bool {
	switch {
	case len(t.Enum) > 0 || t.Kind == ir.Number || t.Kind == ir.String || isStructured(t):
		return true
	case t.Kind == ir.Integer:
		return t.Number.Min != nil || t.Number.Max != nil || t.Number.MultipleOf != ""
	case t.Kind == ir.Array:
		return t.Array.MinItems > 0 || t.Array.MaxItems != nil || t.Array.Unique || hasChecks(t.Array.Elem)
	}
	return false
}

// check prints the checks of the value of an expression, at the place that the
// findings are at.
func (f *paramFile) check(t *ir.Type, value string) {
	plain := value
	enum := len(t.Enum) > 1 && t.Name != ""
	switch t.Kind {
	case ir.String:
		if enum {
			plain = "string(" + value + ")"
		}
		f.checkText(t, plain)
	case ir.Integer:
		f.P("bad.Int64(int64(%s), &%s.Integer{%s})", value, f.Use(wirePath), f.integerRule(t))
	case ir.Number:
		f.P("bad.Float64(float64(%s), &%s.Number{%s})", value, f.Use(wirePath), f.numberRule(t))
	case ir.Array:
		f.checkList(t, value)
	}
	switch {
	case enum:
		f.P("if !%s.IsValid() {\n\tbad.NotInEnum()\n}", parens(value))
	case len(t.Enum) > 0:
		var list []string
		for _, v := range t.Enum {
			list = append(list, v.JSON)
		}
		f.P("switch %s {\ncase %s:\ndefault:\n\tbad.NotInEnum()\n}", value, strings.Join(list, ", "))
	}
}

func (f *paramFile) checkText(t *ir.Type, value string) {
	if textKind(t) == "timeText" {
		f.P("bad.Time(%s)", value)
		return
	}
	var rule []string
	if t.String.MinLength > 0 {
		rule = append(rule, "MinLength: "+strconv.Itoa(t.String.MinLength))
	}
	if t.String.MaxLength != nil {
		rule = append(rule, "MaxLength: "+strconv.Itoa(orNegative(*t.String.MaxLength)))
	}
	if t.String.Pattern != "" {
		rule = append(rule, "Pattern: "+f.pattern(t))
	}
	if t.String.Format != "" {
		if name, known := formats()[t.String.Format]; known {
			rule = append(rule, "Format: "+f.Use(wirePath)+"."+name)
		} else {
			f.diags.Warnf(t.Pos, "rest-format", "use a pattern", "the format %q of a parameter is not checked", t.String.Format)
		}
	}
	if rule == nil {
		f.P("bad.String(%s, nil)", value)
		return
	}
	f.P("bad.String(%s, &%s.Text{%s})", value, f.Use(wirePath), strings.Join(rule, ", "))
}

// orNegative gives a limit as package wire takes it, where 0 is no limit.
func orNegative(limit int) int {
	if limit == 0 {
		return -1
	}
	return limit
}

// formats names the constant of package wire for each format of text.
func formats() map[string]string {
	return map[string]string{
		"date": "FormatDate", "time": "FormatTime", "date-time": "FormatDateTime", "duration": "FormatDuration",
		"uuid": "FormatUUID", "email": "FormatEmail", "hostname": "FormatHostname", "ipv4": "FormatIPv4",
		"ipv6": "FormatIPv6", "uri": "FormatURI", "uri-reference": "FormatURIReference", "byte": "FormatByte",
		"json-pointer": "FormatJSONPointer",
	}
}

// pattern gives the variable of a compiled pattern.
func (f *paramFile) pattern(t *ir.Type) string {
	if _, err := regexp.Compile(t.String.Pattern); err != nil {
		f.diags.Errorf(t.Pos, "rest-pattern", "write it without look-around and back-references", "the pattern of a parameter is not supported by Go: %v", err)
	}
	for i, known := range f.patterns {
		if known == t.String.Pattern {
			return "pattern" + strconv.Itoa(i)
		}
	}
	f.patterns = append(f.patterns, t.String.Pattern)
	return "pattern" + strconv.Itoa(len(f.patterns)-1)
}

// patternVars prints the patterns, compiled once.
func (f *paramFile) patternVars() {
	if len(f.patterns) == 0 {
		return
	}
	f.P("// The patterns of the parameters, compiled once.")
	f.P("var (")
	for i, p := range f.patterns {
		f.P("\tpattern%d = %s.MustPattern(%q)", i, f.Use(wirePath), p)
	}
	f.P(")")
}

// integerRule gives the fields of a wire.Integer, whose bounds are always in
// force and are admitted themselves.
func (f *paramFile) integerRule(t *ir.Type) string {
	least, limit := "-1<<63", "1<<63 - 1"
	var flags string
	if b := t.Number.Min; b != nil {
		least = wholeBound(b, 1, least)
		if b.Exclusive {
			flags += ", ExclusiveMin: true"
		}
	}
	if b := t.Number.Max; b != nil {
		limit = wholeBound(b, -1, limit)
		if b.Exclusive {
			flags += ", ExclusiveMax: true"
		}
	}
	if t.Number.MultipleOf != "" {
		step, ok := new(big.Rat).SetString(t.Number.MultipleOf)
		if !ok || !step.IsInt() || !step.Num().IsInt64() {
			f.diags.Errorf(t.Pos, "rest-multiple", "use a whole number", "multipleOf %s of an integer parameter is not supported", t.Number.MultipleOf)
			return ""
		}
		flags += ", MultipleOf: " + step.Num().String()
	}
	return fmt.Sprintf("Min: %s, Max: %s%s", least, limit, flags)
}

// wholeBound gives the first integer that a bound admits, going inwards: 1 for
// a minimum and -1 for a maximum. It is none where that is beyond all int64.
func wholeBound(b *ir.Bound, inwards int64, none string) string {
	r, ok := new(big.Rat).SetString(b.Value)
	if !ok {
		return none
	}
	whole := new(big.Int).Div(r.Num(), r.Denom()) // rounds down
	switch {
	case !r.IsInt() && inwards > 0, r.IsInt() && b.Exclusive:
		whole.Add(whole, big.NewInt(inwards))
	}
	if !whole.IsInt64() {
		return none
	}
	return whole.String()
}

// numberRule gives the fields of a wire.Number.
func (f *paramFile) numberRule(t *ir.Type) string {
	least, from := f.floatBound(t.Number.Min, "-")
	limit, to := f.floatBound(t.Number.Max, "")
	var flags string
	if from {
		flags += ", ExclusiveMin: true"
	}
	if to {
		flags += ", ExclusiveMax: true"
	}
	if t.Number.MultipleOf != "" {
		flags += ", MultipleOf: " + t.Number.MultipleOf
	}
	return fmt.Sprintf("Min: %s, Max: %s%s", least, limit, flags)
}

// floatBound gives a bound and whether it is exclusive. The outermost float64, whose
// sign is given, stands for one that there is not, and the other one, exclusive, for
// one that no float64 keeps.
func (f *paramFile) floatBound(b *ir.Bound, sign string) (value string, exclusive bool) {
	if b != nil {
		v, _ := strconv.ParseFloat(b.Value, 64) // infinite where it is out of range
		switch {
		case !math.IsInf(v, 0):
			return b.Value, b.Exclusive
		case sign == "-" && v > 0:
			return f.Use("math") + ".MaxFloat64", true
		case sign == "" && v < 0:
			return "-" + f.Use("math") + ".MaxFloat64", true
		}
	}
	return sign + f.Use("math") + ".MaxFloat64", false
}

func (f *paramFile) checkList(t *ir.Type, value string) {
	limit := 0
	if t.Array.MaxItems != nil {
		limit = orNegative(*t.Array.MaxItems)
	}
	if t.Array.MinItems > 0 || limit != 0 {
		f.P("bad.Items(len(%s), %s.Size{Min: %d, Max: %d})", value, f.Use(wirePath), t.Array.MinItems, limit)
	}
	if t.Array.Unique {
		f.P("if array, err := %s.Marshal(%s); err == nil {\n\tbad.Unique(array)\n}", f.Use("encoding/json"), value)
	}
	if !hasChecks(t.Array.Elem) {
		return
	}
	f.P("bad.Open()")
	f.P("for i, item := range %s {", value)
	f.In()
	f.P("bad.Elem(i)")
	f.check(t.Array.Elem, "item")
	f.Out()
	f.P("}")
	f.P("bad.Close()")
}

// parens makes a pointer's value usable as the receiver of a call.
func parens(value string) string {
	if value[0] == '*' {
		return "(" + value + ")"
	}
	return value
}
