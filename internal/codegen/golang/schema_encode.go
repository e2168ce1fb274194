package golang

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// objectAppend renders MarshalJSON and AppendJSON of a struct.
func (f *schemaFile) objectAppend(t *ir.Type) {
	f.P("// MarshalJSON returns v as JSON. The error is always nil.")
	f.P("func (v %s) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }\n", t.Name)
	f.P("// AppendJSON appends v as JSON to dst. What JSON can't hold becomes null.")
	f.P("func (v %s) AppendJSON(dst []byte) []byte {", t.Name)
	f.text("{")
	var o objectWriter
	for _, field := range t.Object.Fields {
		f.appendField(&o, field)
	}
	f.appendAdditional(t)
	f.text("}")
	f.code("return dst\n}\n")
}

// text renders the writing of text that is known. It is kept until the next
// statement, so that neighbours are written at once.
func (f *schemaFile) text(text string) { f.pending += text }

// code prints a statement, after the writing of what text has kept.
func (f *schemaFile) code(format string, args ...any) {
	switch {
	case len(f.pending) == 1:
		f.P("dst = append(dst, %s)", strconv.QuoteRune(rune(f.pending[0])))
	case f.pending != "":
		f.P("dst = append(dst, %s...)", goText(f.pending))
	}
	f.pending = ""
	f.P(format, args...)
}

// objectWriter knows what was written of an object.
type objectWriter struct {
	// filled says that a member is always written before; maybe, that one may
	// be.
	filled, maybe bool
}

// key renders the name of a member that is always written.
func (f *schemaFile) key(o *objectWriter, name string) {
	switch {
	case o.filled:
		f.text(",")
	case o.maybe:
		f.code("dst = %s(dst)", f.wire("AppendComma"))
	}
	f.text(jsonQuote(name) + ":")
	o.filled = true
}

// optionalKey renders the name of a member that may not be there, inside the
// condition.
func (f *schemaFile) optionalKey(o *objectWriter, name string) {
	switch {
	case o.filled:
		f.text(",")
	case o.maybe:
		f.code("dst = %s(dst)", f.wire("AppendComma"))
	}
	f.text(jsonQuote(name) + ":")
	o.maybe = true
}

// appendField renders the writing of one member.
func (f *schemaFile) appendField(o *objectWriter, field *ir.Field) {
	if field.Type.IsConst() {
		f.key(o, field.JSON)
		f.text(field.Type.Enum[0].JSON)
		return
	}
	v := value{expr: "v." + field.Name, typ: field.Type, pointer: field.Recursive}
	condition := present(field, v.expr)
	if condition == "" {
		f.key(o, field.JSON)
		f.append(v)
		return
	}
	f.code("if %s {", condition)
	f.optionalKey(o, field.JSON)
	f.append(v.inside(field))
	f.code("}")
}

// present gives the condition under which a member is written, or "" for
// always.
func present(field *ir.Field, expr string) string {
	switch presenceOf(field) {
	case byOpt:
		return expr + ".Set"
	case byNil:
		return expr + " != nil"
	}
	return ""
}

// inside gives the value of a member that is present.
func (v value) inside(field *ir.Field) value {
	switch presenceOf(field) {
	case byOpt:
		v.expr += ".Value"
	case byNil:
		v.present = true
	}
	return v
}

// appendAdditional renders the writing of the members that the schema does not
// declare, in the order of their names.
func (f *schemaFile) appendAdditional(t *ir.Type) {
	extra := t.Object.Additional
	if extra == nil {
		return
	}
	f.code("for _, key := range %s(v.%s) {", f.wire("SortedKeys"), additionalField)
	if names := declaredNames(t); len(names) > 0 {
		f.code("switch key {\ncase %s:\ncontinue\n}", list(names))
	}
	f.code("dst = %s(dst, key)", f.wire("AppendKey"))
	f.append(value{expr: "v." + additionalField + "[key]", typ: extra, depth: 1})
	f.code("}")
}

// declaredNames gives the names of the declared members as Go literals.
func declaredNames(t *ir.Type) []string {
	var names []string
	for _, field := range t.Object.Fields {
		names = append(names, strconv.Quote(field.JSON))
	}
	return names
}

// append renders the writing of a value.
func (f *schemaFile) append(v value) {
	condition := v.notNull()
	switch {
	case condition != "":
	case !v.present && (v.typ.Kind == ir.Union || v.pointer):
		condition = v.expr + " != nil"
	default:
		f.appendBare(v)
		return
	}
	f.code("if %s {", condition)
	f.appendBare(v.bare())
	f.code("} else {")
	f.text("null")
	f.code("}")
}

// appendBare renders the writing of a value that is not null.
func (f *schemaFile) appendBare(v value) {
	t := v.typ
	switch {
	case t.IsConst():
		f.text(t.Enum[0].JSON)
	case t.Kind == ir.Array:
		f.appendArray(v)
	case t.Kind == ir.Map:
		f.appendMap(v)
	case t.Kind == ir.Object, t.Kind == ir.Union, t.Kind == ir.Box:
		f.code("dst = %s.AppendJSON(dst)", v.expr)
	default:
		f.code("dst = %s", f.appendScalar(v))
	}
}

// appendScalar gives the call that writes a scalar.
func (f *schemaFile) appendScalar(v value) string {
	t, expr := v.typ, v.expr
	name := exported(scalarType(t))
	switch {
	case t.Kind == ir.Any:
		name = "Raw"
	case t.Kind == ir.String && t.String.Bytes:
		name = "Bytes"
	case isTime(t):
		name = "Time"
	case t.Number.Exact:
		name = "Decimal"
	case t.Kind == ir.Integer && (t.Name != "" || name == "Int32"):
		name, expr = "Int64", "int64("+expr+")"
	case t.Name != "":
		expr = scalarType(t) + "(" + expr + ")"
	}
	return fmt.Sprintf("%s(dst, %s)", f.wire("Append"+name), expr)
}

func (f *schemaFile) appendArray(v value) {
	f.text("[")
	f.appendItems(v)
	f.text("]")
}

func (f *schemaFile) appendItems(v value) {
	i := v.local("i")
	f.code("for %s := range %s {", i, v.expr)
	f.code("if %s > 0 {\ndst = append(dst, ',')\n}", i)
	f.append(v.elem(v.expr+"["+i+"]", v.typ.Array.Elem, "Item"))
	f.code("}")
}

func (f *schemaFile) appendMap(v value) {
	key := v.local("key")
	f.text("{")
	f.code("for _, %s := range %s(%s) {", key, f.wire("SortedKeys"), v.expr)
	f.code("dst = %s(dst, %s)", f.wire("AppendKey"), key)
	f.append(v.elem(v.expr+"["+key+"]", mapValue(v.typ), "Value"))
	f.code("}")
	f.text("}")
}

// jsonQuote gives text as JSON, without escapes for HTML.
func jsonQuote(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return strconv.Quote(text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// goText gives text as a Go literal, raw where that is shorter to read.
func goText(text string) string {
	if strings.Contains(text, `"`) && strconv.CanBackquote(text) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}
