package golang

import (
	"fmt"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// enum renders a scalar type with its values.
func (f *schemaFile) enum(t *ir.Type) {
	f.typeDoc(t, "is an enumeration of the contract.")
	f.P("type %s %s\n", t.Name, scalarType(t))
	f.wholeVar(t)
	f.P("// The values of %s.", t.Name)
	f.P("const (")
	for _, v := range t.Enum {
		f.Comment(v.Doc)
		f.P("%s %s = %s", t.Name+v.Name, t.Name, literal(v.JSON))
	}
	f.P(")\n")
	names := make([]string, len(t.Enum))
	for i, v := range t.Enum {
		names[i] = t.Name + v.Name
	}
	f.Comment(t.Name + "Values returns all values of " + t.Name + ", in the order of the contract.")
	f.P("func %sValues() []%s {", t.Name, t.Name)
	f.P("return []%s{%s}", t.Name, elements(names))
	f.P("}\n")
	f.P("// IsValid reports whether v is one of the declared values.")
	f.P("func (v %s) IsValid() bool {", t.Name)
	f.P("switch v {\ncase %s:\nreturn true\n}\nreturn false\n}\n", list(names))
	if t.Kind == ir.String {
		f.stringEnumDecode(t)
		return
	}
	f.P("// DecodeJSON reads and checks a value from d.")
	f.P("func (v *%s) DecodeJSON(d *%s) {", t.Name, f.wire("Decoder"))
	f.P("start := d.Mark()")
	f.P("*v = %s(%s)", t.Name, readScalar(t, "nil"))
	f.P("if d.Clean(start) && !v.IsValid() {\nd.NotInEnum()\n}")
	if t.Extra != "" {
		f.P("d.CheckSchema(start, %s)", f.rules.extras[rulePlace{owner: t.Name}])
	}
	f.P("}\n")
}

// stringEnumDecode compares the text itself, so that nothing is allocated.
func (f *schemaFile) stringEnumDecode(t *ir.Type) {
	f.P("// DecodeJSON reads and checks a value from d.")
	f.P("func (v *%s) DecodeJSON(d *%s) {", t.Name, f.wire("Decoder"))
	f.P("*v = \"\"")
	f.markWhole(t)
	f.P("text, ok := d.Text()")
	f.P("if !ok {\nreturn\n}")
	f.P("switch %s(text) {", t.Name)
	for _, v := range t.Enum {
		f.P("case %s:\n*v = %s", t.Name+v.Name, t.Name+v.Name)
	}
	f.P("default:\nd.NotInEnum()\n}")
	f.checkWhole(t)
	f.P("}\n")
}

// list joins identifiers with commas, in lines of a few where they are many.
func list(names []string) string {
	if len(strings.Join(names, ", ")) < 80 {
		return strings.Join(names, ", ")
	}
	return strings.Join(names, ",\n")
}

// elements gives the elements of a composite literal, as list does.
func elements(names []string) string {
	text := list(names)
	if strings.Contains(text, "\n") {
		return "\n" + text + ",\n"
	}
	return text
}

// readScalar gives the call that reads a number.
func readScalar(t *ir.Type, rule string) string {
	return fmt.Sprintf("d.%s(%s)", exported(scalarType(t)), rule)
}
