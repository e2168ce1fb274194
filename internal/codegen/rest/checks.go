package rest

import (
	"math/big"
	"regexp"
	"strconv"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// wirePath is the import path of the package of findings and formats.
const wirePath = "github.com/duet-api/duet/runtime/wire"

// validate prints the checks of an operation's parameters outside the path.
func (f *paramFile) validate(op *ir.Operation, params []*ir.OpParam) {
	name := op.Name + "Params"
	f.P("// Validate checks the parameters as the server does. The error is a")
	f.P("// *wire.ValidationError.")
	f.P("func (p %s) Validate() error {", name)
	f.P("\tvar bad findings")
	f.P("\tp.check(&bad)")
	f.P("\treturn bad.err()")
	f.P("}\n")
	f.P("func (p %s) check(bad *findings) {", name)
	f.In()
	for _, p := range params {
		if !hasChecks(p.Type) {
			continue
		}
		if p.Required {
			f.check(p.Type, "p."+p.Name, strconv.Quote(pointer(p)))
			continue
		}
		f.P("if p.%s != nil {", p.Name)
		f.In()
		f.check(p.Type, "*p."+p.Name, strconv.Quote(pointer(p)))
		f.Out()
		f.P("}")
	}
	f.Out()
	f.P("}\n")
}

// hasChecks reports whether check prints anything for a type.
func hasChecks(t *ir.Type) bool {
	switch {
	case len(t.Enum) > 0 || t.Kind == ir.Number:
		return true
	case t.Kind == ir.String:
		return textKind(t) != "timeText"
	case t.Kind == ir.Integer:
		return t.Number.Min != nil || t.Number.Max != nil || t.Number.MultipleOf != ""
	case t.Kind == ir.Array:
		return t.Array.MinItems > 0 || t.Array.MaxItems != nil || t.Array.Unique || hasChecks(t.Array.Elem)
	}
	return false
}

// check prints the checks of the value of an expression. The pointer is an
// expression too.
func (f *paramFile) check(t *ir.Type, value, pointer string) {
	switch t.Kind {
	case ir.String:
		f.checkText(t, value, pointer)
	case ir.Integer:
		f.checkInteger(t, value, pointer)
	case ir.Number:
		f.checkNumber(t, value, pointer)
	case ir.Array:
		f.checkList(t, value, pointer)
	}
	f.checkEnum(t, value, pointer)
}

func (f *paramFile) checkText(t *ir.Type, value, pointer string) {
	if textKind(t) == "timeText" {
		return // checked by its spelling
	}
	text := value
	if len(t.Enum) > 1 && t.Name != "" {
		text = "string(" + value + ")"
	}
	limit := -1
	if t.String.MaxLength != nil {
		limit = *t.String.MaxLength
	}
	f.P("bad.text(%s, %s, %d, %d)", pointer, text, t.String.MinLength, limit)
	if t.String.Pattern != "" {
		f.P("bad.pattern(%s, %s, %s)", pointer, text, f.pattern(t))
	}
	if t.String.Format == "" {
		return
	}
	check, known := formats()[t.String.Format]
	if !known {
		f.diags.Warnf(t.Pos, "rest-format", "use a pattern", "the format %q of a parameter is not checked", t.String.Format)
		return
	}
	f.P("bad.format(%s, %s.%s(%s), %q)", pointer, f.Use(wirePath), check, text, t.String.Format)
}

// formats names the check in package wire of each format of text.
func formats() map[string]string {
	return map[string]string{"uuid": "IsUUID", "email": "IsEmail", "uri": "IsURI", "date": "IsDate", "date-time": "IsDateTime"}
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
	for i, p := range f.patterns {
		f.P("var pattern%d = %s.MustCompile(%q)", i, f.Use("regexp"), p)
	}
}

func (f *paramFile) checkInteger(t *ir.Type, value, pointer string) {
	for _, b := range bounds(t) {
		limit, fails, always := b.integer()
		if always {
			continue
		}
		f.P("if int64(%s) %s %s {", value, fails, limit)
		f.P("\tbad.add(%s, %q, %q)", pointer, b.rule, b.message)
		f.P("}")
	}
	if t.Number.MultipleOf == "" {
		return
	}
	step, ok := new(big.Rat).SetString(t.Number.MultipleOf)
	if !ok || !step.IsInt() || !step.Num().IsInt64() {
		f.diags.Errorf(t.Pos, "rest-multiple", "use a whole number", "multipleOf %s of an integer parameter is not supported", t.Number.MultipleOf)
		return
	}
	f.P("if int64(%s)%%%s != 0 {", value, step.Num())
	f.P("\tbad.add(%s, \"multipleOf\", %q)", pointer, "must be a multiple of "+t.Number.MultipleOf)
	f.P("}")
}

func (f *paramFile) checkNumber(t *ir.Type, value, pointer string) {
	f.P("bad.finite(%s, float64(%s))", pointer, value)
	for _, b := range bounds(t) {
		f.P("if float64(%s) %s %s {", value, b.fails, b.text)
		f.P("\tbad.add(%s, %q, %q)", pointer, b.rule, b.message)
		f.P("}")
	}
	if t.Number.MultipleOf != "" {
		f.diags.Errorf(t.Pos, "rest-multiple", "make it an integer", "multipleOf of a number parameter is not supported")
	}
}

// bound is a limit in the form that it is printed in.
type bound struct {
	rule, message string
	fails         string // the operator that a bad value satisfies
	text          string
	low           bool
}

func bounds(t *ir.Type) []bound {
	var out []bound
	if b := t.Number.Min; b != nil {
		lower := bound{rule: "minimum", message: "must be at least " + b.Value, fails: "<", text: b.Value, low: true}
		if b.Exclusive {
			lower.rule, lower.message, lower.fails = "exclusiveMinimum", "must be more than "+b.Value, "<="
		}
		out = append(out, lower)
	}
	if b := t.Number.Max; b != nil {
		upper := bound{rule: "maximum", message: "must be at most " + b.Value, fails: ">", text: b.Value}
		if b.Exclusive {
			upper.rule, upper.message, upper.fails = "exclusiveMaximum", "must be less than "+b.Value, ">="
		}
		out = append(out, upper)
	}
	return out
}

// integer gives the bound of an integer as an int64, and the operator for it: a
// bound between two integers is moved to the lower one. It reports whether every
// int64 is within the bound.
func (b bound) integer() (limit, fails string, always bool) {
	r, ok := new(big.Rat).SetString(b.text)
	if !ok {
		return b.text, b.fails, false
	}
	whole := new(big.Int).Div(r.Num(), r.Denom()) // rounds down
	fails = b.fails
	if !r.IsInt() {
		fails = map[bool]string{true: "<=", false: ">"}[b.low]
	}
	return whole.String(), fails, !whole.IsInt64() && b.low == (whole.Sign() < 0)
}

func (f *paramFile) checkList(t *ir.Type, value, pointer string) {
	limit := -1
	if t.Array.MaxItems != nil {
		limit = *t.Array.MaxItems
	}
	if t.Array.MinItems > 0 || limit >= 0 {
		f.P("bad.items(%s, len(%s), %d, %d)", pointer, value, t.Array.MinItems, limit)
	}
	if t.Array.Unique {
		f.P("unique(bad, %s, %s)", pointer, value)
	}
	if !hasChecks(t.Array.Elem) {
		return
	}
	f.P("for i, item := range %s {", value)
	f.In()
	f.check(t.Array.Elem, "item", pointer+` + "/" + `+f.Use("strconv")+`.Itoa(i)`)
	f.Out()
	f.P("}")
}

func (f *paramFile) checkEnum(t *ir.Type, value, pointer string) {
	switch {
	case len(t.Enum) == 0:
		return
	case len(t.Enum) > 1 && t.Name != "":
		f.P("if !%s.IsValid() {", parens(value))
	default:
		f.P("switch %s {", value)
		list := ""
		for i, v := range t.Enum {
			if i > 0 {
				list += ", "
			}
			list += v.JSON
		}
		f.P("case %s:\ndefault:", list)
	}
	f.P("\tbad.add(%s, \"enum\", \"must be one of the allowed values\")", pointer)
	f.P("}")
}

// parens makes a pointer's value usable as the receiver of a call.
func parens(value string) string {
	if value[0] == '*' {
		return "(" + value + ")"
	}
	return value
}
