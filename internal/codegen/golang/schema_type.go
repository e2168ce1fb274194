package golang

import (
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// structType renders the type declaration of an object.
func (f *schemaFile) structType(t *ir.Type) {
	f.typeDoc(t, "is the object "+t.Name+" of the contract.")
	f.P("type %s struct {", t.Name)
	for _, field := range t.Object.Fields {
		if field.Type.IsConst() {
			continue
		}
		f.fieldDoc(field)
		f.P("%s %s", field.Name, f.fieldType(field))
	}
	if extra := t.Object.Additional; extra != nil {
		f.P("// Additional holds the members that the schema does not declare.")
		f.P("%s map[string]%s", additionalField, f.valueType(extra))
	}
	f.P("}\n")
}

func (f *schemaFile) typeDoc(t *ir.Type, fallback string) {
	f.Comment(docText(t.Name, t.Doc, fallback))
	if t.Deprecated {
		f.P("//\n// " + deprecation)
	}
}

// fieldDoc prints the description of a member, and what its type does not tell.
func (f *schemaFile) fieldDoc(field *ir.Field) {
	doc := strings.TrimSpace(field.Doc)
	if field.Default != "" {
		doc = strings.TrimSpace(doc + "\nDefault: " + field.Default)
	}
	f.Comment(doc)
	if field.Type.Deprecated && field.Type.Name == "" {
		if doc != "" {
			f.P("//")
		}
		f.P("// " + deprecation)
	}
}

// How a struct field says that its member is absent.
type presence uint8

const (
	always presence = iota // it is required
	byNil                  // the field is nil
	byOpt                  // the field is a wire.Opt that is not set
)

// presenceOf decides how absence is said. Arrays, maps, any values, unions and
// pointers have nil; where null is a value too, nil may be that.
func presenceOf(field *ir.Field) presence {
	switch {
	case field.Required:
		return always
	case field.Type.Kind == ir.Any:
		return byNil
	case !field.Type.Nullable && (field.Recursive || hasNil(field.Type)):
		return byNil
	}
	return byOpt
}

// hasNil reports whether the Go type of t, apart from null, has the value nil.
func hasNil(t *ir.Type) bool {
	return t.Kind == ir.Array || t.Kind == ir.Map || t.Kind == ir.Union || t.Kind == ir.Any
}

// nullIsNil reports whether nil stands for null in the Go type of t.
func nullIsNil(t *ir.Type, pointer bool) bool { return t.Kind == ir.Union || pointer }

// fieldType gives the Go type of a member.
func (f *schemaFile) fieldType(field *ir.Field) string {
	value := f.valueType(field.Type)
	if field.Recursive {
		value = "*" + field.Type.Name
	}
	if presenceOf(field) == byOpt {
		return f.wire("Opt[" + value + "]")
	}
	return value
}

// valueType gives the Go type of values of t, null included.
func (f *schemaFile) valueType(t *ir.Type) string {
	base := f.baseType(t)
	if t.Nullable && t.Kind != ir.Any && !nullIsNil(t, false) {
		return f.wire("Null[" + base + "]")
	}
	return base
}

// baseType gives the Go type of values of t, without null.
func (f *schemaFile) baseType(t *ir.Type) string {
	if t.Name != "" {
		return t.Name
	}
	switch t.Kind {
	case ir.Array:
		return "[]" + f.valueType(t.Array.Elem)
	case ir.Map:
		return "map[string]" + f.valueType(mapValue(t))
	case ir.Any:
		return f.Use("encoding/json") + ".RawMessage"
	case ir.Integer, ir.Number:
		if t.Number.Exact {
			return f.wire("Decimal")
		}
	case ir.String:
		switch {
		case isTime(t):
			return f.Use("time") + ".Time"
		case t.String.Bytes:
			return "[]byte"
		}
	}
	return scalarType(t)
}

// scalarType gives the Go type that a scalar is made of.
func scalarType(t *ir.Type) string {
	switch t.Kind {
	case ir.Boolean:
		return "bool"
	case ir.Integer:
		if t.Number.Format == "int32" || t.Number.Format == "uint64" {
			return t.Number.Format
		}
		return "int64"
	case ir.Number:
		if t.Number.Format == "float" {
			return "float32"
		}
		return "float64"
	}
	return "string"
}

// isTime reports whether a string is held as a time.Time: a date-time of which
// nothing else is asked.
func isTime(t *ir.Type) bool {
	s := t.String
	return t.Kind == ir.String && s.Format == "date-time" && len(t.Enum) == 0 &&
		s.MinLength == 0 && s.MaxLength == nil && s.Pattern == ""
}

// mapValue gives the type of a map's values, which are any where the schema says
// nothing.
func mapValue(t *ir.Type) *ir.Type {
	if t.Object.Additional != nil {
		return t.Object.Additional
	}
	return &ir.Type{}
}
