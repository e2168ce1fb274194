package golang

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// union renders a sealed interface and its functions. The variants' methods are
// with their structs.
func (f *schemaFile) union(t *ir.Type) {
	names := make([]string, len(t.Union.Variants))
	for i, v := range t.Union.Variants {
		names[i] = v.Type.Name
	}
	f.typeDoc(t, "is a choice of the contract.")
	f.P("//")
	if len(names) == 0 {
		f.P("// It has no variants.")
	} else {
		f.Comment("It is one of " + strings.Join(names, ", ") + ".")
	}
	f.P("type %s interface {", t.Name)
	f.P("// AppendJSON appends the value as JSON to dst.")
	f.P("AppendJSON(dst []byte) []byte")
	f.P("MarshalJSON() ([]byte, error)")
	f.P("// Validate returns nil or a *wire.ValidationError.")
	f.P("Validate() error")
	f.P("is%s()\n}\n", t.Name)
	f.wholeVar(t)
	f.unionUnmarshal(t)
	f.unionWhole(t)
	switch {
	case len(textVariants(t.Union)) == 1, t.Union.By != nil:
		f.unionDecode(t)
	default:
		f.unionTry(t)
	}
	f.unionCheck(t, names)
}

func (f *schemaFile) unionUnmarshal(t *ir.Type) {
	f.Comment("Unmarshal" + t.Name + " reads and checks one " + t.Name + ". It returns a *wire.SyntaxError or a *wire.ValidationError where it is none.")
	f.P("func Unmarshal%s(b []byte) (%s, error) {", t.Name, t.Name)
	f.P("var d %s\nd.Reset(b)", f.wire("Decoder"))
	f.P("v := Decode%s(&d)", t.Name)
	f.P("if err := d.End(); err != nil {\nreturn nil, err\n}\nreturn v, nil\n}\n")
}

// unionDecode tells the variant by the tests of the model.
func (f *schemaFile) unionDecode(t *ir.Type) {
	f.unionDecoder(t, "reads and checks a value from d. It returns nil where no variant fits.")
	tests := &tests{
		GoFile: f.GoFile, union: t.Union,
		peek: "d.Peek", kind: "d.Kind", has: "d.Has",
		chosen: func(v *ir.Variant) { f.variant(v) },
	}
	switch last := tests.render(); {
	case last != nil:
		f.variant(last)
	case tests.byValue() && t.Union.By.Pointer != "":
		f.P("d.NoVariant(%s)\nreturn nil", quoteList(pointerPath(t.Union.By.Pointer)))
	default:
		f.P("d.NotOne()\nreturn nil")
	}
	f.P("}\n")
}

// tagList gives the texts of discriminator values as Peek returns them.
func tagList(values []string) string {
	tags := make([]string, len(values))
	for i, v := range values {
		tags[i] = unquoteJSON(v)
	}
	return quoteList(tags)
}

func (f *schemaFile) variant(v *ir.Variant) {
	f.P("var v %s\nv.DecodeJSON(d)\nreturn v", v.Type.Name)
}

// unionTry reads the value as each variant in turn: exactly one must fit.
func (f *schemaFile) unionTry(t *ir.Type) {
	if t.Union.First {
		f.unionFirst(t)
		return
	}
	f.unionDecoder(t, "reads and checks a value from d as each variant. It returns nil where not exactly one fits.")
	f.P("var found %s\nfits := 0\nstart := d.Mark()\nend := start", t.Name)
	for _, v := range textVariants(t.Union) {
		f.P("{\nvar v %s\nv.DecodeJSON(d)", v.Type.Name)
		f.P("if d.Clean(start) {\nfound, end = v, d.Mark()\nfits++\n}\nd.Rewind(start)\n}")
	}
	f.P("if fits != 1 {\nd.NotOne()\nreturn nil\n}\nd.Rewind(end)\nreturn found\n}\n")
}

// unionFirst reads the value as each variant in turn until one fits.
func (f *schemaFile) unionFirst(t *ir.Type) {
	f.unionDecoder(t, "reads and checks a value from d as the first variant that fits. It returns nil where none does.")
	f.P("start := d.Mark()")
	for _, v := range textVariants(t.Union) {
		f.P("{\nvar v %s\nv.DecodeJSON(d)", v.Type.Name)
		f.P("if d.Clean(start) {\nreturn v\n}\nd.Rewind(start)\n}")
	}
	f.P("d.NotOne()\nreturn nil\n}\n")
}

func (f *schemaFile) unionCheck(t *ir.Type, names []string) {
	f.Comment("check" + t.Name + " checks the variant that v holds, which must be a value and not a pointer.")
	if len(names) == 0 {
		f.P("func check%s(c *%s, _ %s) { c.Missing() }\n", t.Name, f.wire("Checker"), t.Name)
		return
	}
	f.P("func check%s(c *%s, v %s) {", t.Name, f.wire("Checker"), t.Name)
	f.P("switch v := v.(type) {")
	for i, name := range names {
		f.P("case %s:\nv.check(c)", name)
		if t.Union.By != nil && loose(t.Union.Variants[i], t.Union.By.Pointer) {
			f.P("c.Told(v.AppendJSON(nil), func(d *%s) bool { _, ok := Decode%s(d).(%s); return ok })", f.wire("Decoder"), t.Name, name)
		}
	}
	f.P("default:\nc.Missing()")
	if t.Extra != "" {
		f.P("return")
	}
	alone := t.Union.By == nil && !t.Union.First && len(textVariants(t.Union)) > 1 && len(textVariants(t.Union)) == len(names)
	if alone && t.Extra == "" {
		f.P("return")
	}
	f.P("}")
	if t.Extra != "" {
		f.P("c.Schema(v.AppendJSON(nil), %s)", f.rules.extras[rulePlace{owner: t.Name}])
	}
	if alone {
		f.P("c.Alone(v.AppendJSON(nil), func(d *%s) { Decode%s(d) })", f.wire("Decoder"), t.Name)
	}
	f.P("}\n")
}

// loose reports whether a value of the variant's type may be read as another
// variant: where the type lets the deciding member have a value that is not the
// variant's.
func loose(v *ir.Variant, pointer string) bool {
	if len(v.Values) == 0 || len(v.Topics) > 0 || pointer == "" {
		return false
	}
	t := v.Type
	for _, name := range pointerPath(pointer) {
		if t.Kind != ir.Object {
			return false
		}
		i := slices.IndexFunc(t.Object.Fields, func(field *ir.Field) bool { return field.JSON == name })
		if i < 0 || !t.Object.Fields[i].Required {
			return true
		}
		t = t.Object.Fields[i].Type
	}
	return len(t.Enum) == 0 || slices.ContainsFunc(t.Enum, func(e ir.EnumValue) bool { return !slices.Contains(v.Values, e.JSON) })
}
