package golang

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// objectCheck renders Validate and check of a struct.
func (f *schemaFile) objectCheck(t *ir.Type) {
	f.Comment("Validate checks v by the rules of UnmarshalJSON, and that JSON can hold it. It returns nil or a *wire.ValidationError.")
	f.P("func (v %s) Validate() error {", t.Name)
	f.P("var c %s\nv.check(&c)\nreturn c.Err()\n}\n", f.wire("Checker"))
	f.P("func (v *%s) check(c *%s) {", t.Name, f.wire("Checker"))
	f.P("if !c.Open() {\nreturn\n}")
	for _, field := range t.Object.Fields {
		if !field.Type.IsConst() {
			f.checkField(t, field)
		}
	}
	if extra := t.Object.Additional; extra != nil {
		f.checkAdditional(t, extra)
	}
	f.P("c.Close()")
	f.checkCount(t)
	f.P("}\n")
}

func (f *schemaFile) checkField(t *ir.Type, field *ir.Field) {
	v := value{expr: "v." + field.Name, typ: field.Type, place: rulePlace{t.Name, field.Name, ""}, pointer: field.Recursive}
	if !needsCheck(field.Type) && !field.Recursive {
		return
	}
	condition := present(field, v.expr)
	if condition != "" {
		f.P("if %s {", condition)
		v = v.inside(field)
	}
	f.P("c.Member(%s)", strconv.Quote(field.JSON))
	f.check(v)
	if condition != "" {
		f.P("}")
	}
}

func (f *schemaFile) checkAdditional(t *ir.Type, extra *ir.Type) {
	f.P("for key, item := range v.%s {", additionalField)
	f.P("c.FreeKey(key)")
	if names := declaredNames(t); len(names) > 0 {
		f.P("switch key {\ncase %s:\nc.Fail(\"duplicate\", \"must not come twice\")\n}", list(names))
	}
	v := value{expr: "item", typ: extra, place: rulePlace{t.Name, additionalField, "Value"}, depth: 1}
	f.checkOrDrop(v)
	f.P("}")
}

// checkOrDrop renders the check of a loop's value, or says that it is not
// needed.
func (f *schemaFile) checkOrDrop(v value) {
	if needsCheck(v.typ) {
		f.check(v)
		return
	}
	f.P("_ = %s", v.expr)
}

// checkCount renders the check of the number of members.
func (f *schemaFile) checkCount(t *ir.Type) {
	m := t.Object
	if m.MinProps == 0 && m.MaxProps == nil {
		return
	}
	fixed := 0
	for _, field := range m.Fields {
		if field.Type.IsConst() || field.Required {
			fixed++
		}
	}
	f.P("members := %d", fixed)
	for _, field := range m.Fields {
		if condition := present(field, "v."+field.Name); condition != "" && !field.Type.IsConst() {
			f.P("if %s {\nmembers++\n}", condition)
		}
	}
	if m.Additional != nil {
		f.P("members += len(v.%s)", additionalField)
	}
	f.P("c.Properties(members, %s)", f.size(m.MinProps, m.MaxProps))
}

// needsCheck reports whether a Go value of t may break a rule.
func needsCheck(t *ir.Type) bool {
	switch t.Kind {
	case ir.Boolean:
		return t.IsConst()
	case ir.Integer:
		return hasRule(t) || len(t.Enum) > 0
	}
	return true
}

// check renders the checks of a value. The checker is at its place.
func (f *schemaFile) check(v value) {
	condition := v.notNull()
	if condition != "" {
		f.P("if %s {", condition)
		f.checkBare(v.bare())
		f.P("}")
		return
	}
	f.checkBare(v)
}

func (f *schemaFile) checkBare(v value) {
	t := v.typ
	switch {
	case t.IsConst():
		f.P("c.Const(%s == %s)", v.expr, literal(t.Enum[0].JSON))
	case t.Kind == ir.Union:
		f.P("check%s(c, %s)", t.Name, v.expr)
	case t.Kind == ir.Object && v.pointer && !v.present:
		f.P("if %s != nil {\n%s.check(c)\n} else {\nc.Missing()\n}", v.expr, v.expr)
	case t.Kind == ir.Object:
		f.P("%s.check(c)", v.expr)
	case t.Name != "":
		f.P("if !%s.IsValid() {\nc.NotInEnum()\n}", v.expr)
	case t.Kind == ir.Array:
		f.checkArray(v)
	case t.Kind == ir.Map:
		f.checkMap(v)
	default:
		f.checkScalar(v)
	}
}

func (f *schemaFile) checkScalar(v value) {
	rule := "nil"
	if hasRule(v.typ) {
		rule = "&" + f.rules[v.place]
	}
	switch {
	case v.typ.Kind == ir.Any:
		f.P("c.Raw(%s)", v.expr)
	case isTime(v.typ):
		f.P("c.Time(%s)", v.expr)
	case v.typ.Kind == ir.String:
		f.P("c.String(%s, %s)", v.expr, rule)
	case v.typ.Kind == ir.Integer && scalarType(v.typ) == "int32":
		f.P("c.Int64(int64(%s), %s)", v.expr, rule)
	case v.typ.Kind == ir.Integer:
		f.P("c.Int64(%s, %s)", v.expr, rule)
	case v.typ.Kind == ir.Number:
		f.P("c.%s(%s, %s)", exported(scalarType(v.typ)), v.expr, rule)
	}
}

func (f *schemaFile) checkArray(v value) {
	a := v.typ.Array
	if a.MinItems > 0 || a.MaxItems != nil {
		f.P("c.Items(len(%s), %s)", v.expr, f.size(a.MinItems, a.MaxItems))
	}
	if a.Unique {
		array := v.local("array")
		f.P("var %s []byte\n{\ndst := %s", array, array)
		f.appendArray(v)
		f.code("%s = dst\n}\nc.Unique(%s)", array, array)
	}
	if !needsCheck(a.Elem) {
		f.P("c.Nest()")
		return
	}
	i := v.local("i")
	f.P("if c.Open() {\nfor %s := range %s {\nc.Elem(%s)", i, v.expr, i)
	f.check(v.elem(v.expr+"["+i+"]", a.Elem, "Item"))
	f.P("}\nc.Close()\n}")
}

func (f *schemaFile) checkMap(v value) {
	t := v.typ
	if t.Object.Closed {
		f.P("if len(%s) > 0 {\nc.Fail(\"additionalProperties\", \"must not have members that are not declared\")\n}", v.expr)
		return
	}
	if t.Object.MinProps > 0 || t.Object.MaxProps != nil {
		f.P("c.Properties(len(%s), %s)", v.expr, f.size(t.Object.MinProps, t.Object.MaxProps))
	}
	key, item := v.local("key"), v.local("item")
	f.P("if c.Open() {\nfor %s, %s := range %s {\nc.FreeKey(%s)", key, item, v.expr, key)
	f.checkOrDrop(v.elem(item, mapValue(t), "Value"))
	f.P("}\nc.Close()\n}")
}

// hasRule reports whether a schema asks something of a string or number beyond
// its type, and is not an enum.
func hasRule(t *ir.Type) bool {
	if len(t.Enum) > 0 || t.Name != "" {
		return false
	}
	switch t.Kind {
	case ir.Integer, ir.Number:
		return t.Number.Min != nil || t.Number.Max != nil || t.Number.MultipleOf != ""
	case ir.String:
		s := t.String
		return !isTime(t) && (s.MinLength > 0 || s.MaxLength != nil || s.Pattern != "" || wireFormat(s.Format) != "")
	}
	return false
}

// ruleVars renders what the schema asks of a struct's members.
func (f *schemaFile) ruleVars(t *ir.Type) {
	var rules []string
	for _, v := range valuesOf(t) {
		if hasRule(v.typ) {
			rules = append(rules, f.rules[v.rulePlace]+" = "+f.rule(v.typ))
		}
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
		parts = append(parts, fmt.Sprintf("Pattern: %s.MustCompile(%s)", f.Use("regexp"), rawText(s.Pattern)))
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
		low = n.Min.Value
		flags += flag("ExclusiveMin", n.Min.Exclusive)
	} else {
		low = "-" + f.Use("math") + ".MaxFloat64"
	}
	if n.Max != nil {
		high = n.Max.Value
		flags += flag("ExclusiveMax", n.Max.Exclusive)
	} else {
		high = f.Use("math") + ".MaxFloat64"
	}
	if n.MultipleOf != "" {
		flags += ", MultipleOf: " + n.MultipleOf
	}
	return fmt.Sprintf("Min: %s, Max: %s%s", low, high, flags)
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
