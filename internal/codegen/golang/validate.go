package golang

import (
	"strconv"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// objectCheck renders Validate and check of a struct.
func (f *schemaFile) objectCheck(t *ir.Type) {
	f.validate(t)
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
	if t.Extra != "" {
		f.P("c.Schema(v.AppendJSON(nil), %s)", f.rules.extras[rulePlace{owner: t.Name}])
	}
	f.P("}\n")
}

// validate renders Validate of a type that has check.
func (f *schemaFile) validate(t *ir.Type) {
	f.Comment("Validate checks v by the rules of UnmarshalJSON, and that JSON can hold it. It returns nil or a *wire.ValidationError.")
	f.P("func (v %s) Validate() error {", t.Name)
	f.P("var c %s\nv.check(&c)\nreturn c.Err()\n}\n", f.wire("Checker"))
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
	if t.Extra != "" {
		return true
	}
	switch t.Kind {
	case ir.Boolean:
		return t.IsConst()
	case ir.Integer:
		return t.Number.Exact || hasRule(t) || len(t.Enum) > 0
	case ir.String:
		return !t.String.Bytes
	}
	return true
}

// check renders the checks of a value. The checker is at its place.
func (f *schemaFile) check(v value) {
	if v.hasExtra() {
		f.checkExtra(v)
		return
	}
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
	case t.Kind == ir.Object, t.Kind == ir.Box:
		f.P("%s.check(c)", v.expr)
	case t.Name != "":
		f.P("if !%s.IsValid() {\nc.NotInEnum()\n}", v.expr)
		if t.Extra != "" {
			f.checkText(v, f.rules.extras[rulePlace{owner: t.Name}])
		}
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
		rule = "&" + f.rules.rules[v.place]
	}
	switch {
	case v.typ.Kind == ir.Any:
		f.P("c.Raw(%s)", v.expr)
	case isTime(v.typ):
		f.P("c.Time(%s)", v.expr)
	case v.typ.Kind == ir.String:
		f.P("c.String(%s, %s)", v.expr, rule)
	case v.typ.Number.Exact && v.typ.Kind == ir.Integer:
		f.P("c.DecimalInteger(%s)", v.expr)
	case v.typ.Number.Exact:
		f.P("c.Decimal(%s)", v.expr)
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
		f.P("{\nvar dst []byte")
		f.appendArray(v)
		f.code("c.Unique%s(dst)\n}", exactSuffix(a.Elem))
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
