package golang

import (
	"strconv"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// secretTypes finds the declared types that hold a secret at any depth.
func secretTypes(types []*ir.Type) map[string]bool {
	secret := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for _, t := range types {
			if !secret[t.Name] && holdsSecret(t, secret) {
				secret[t.Name], changed = true, true
			}
		}
	}
	return secret
}

func holdsSecret(t *ir.Type, secret map[string]bool) bool {
	for _, name := range references(t) {
		if secret[name] {
			return true
		}
	}
	switch t.Kind {
	case ir.Object:
		for _, field := range t.Object.Fields {
			if field.WriteOnly {
				return true
			}
		}
	case ir.Box:
	default:
		return false
	}
	for _, v := range valuesOf(t) {
		if v.typ.Kind == ir.String && v.typ.String.Format == "password" {
			return true
		}
	}
	return false
}

// redaction renders the methods that keep secrets out of logs.
func (f *schemaFile) redaction(t *ir.Type) {
	slog := f.Use("log/slog")
	f.P("// LogValue returns v without its secrets, for package log/slog.")
	f.P("func (v %s) LogValue() %s.Value {", t.Name, slog)
	f.P("return %s.GroupValue(", slog)
	for _, field := range t.Object.Fields {
		if f.loggable(t, field) {
			f.P("%s.Any(%s, v.%s),", slog, strconv.Quote(field.JSON), field.Name)
		}
	}
	f.P(")\n}\n")
	f.P("// String returns v without its secrets.")
	f.P("func (v %s) String() string { return v.LogValue().String() }\n", t.Name)
	f.P("// GoString returns v without its secrets.")
	f.P("func (v %s) GoString() string { return %s + v.String() }\n", t.Name, strconv.Quote(t.Name))
}

// loggable reports whether a field holds no secret, or is a struct or union that
// leaves its own out. Containers of such are left out whole: they would be
// written by their JSON.
func (f *schemaFile) loggable(t *ir.Type, field *ir.Field) bool {
	if field.WriteOnly || field.Type.IsConst() {
		return false
	}
	alone := &ir.Type{Name: t.Name, Kind: ir.Object, Object: &ir.Members{Fields: []*ir.Field{field}}}
	if !holdsSecret(alone, f.secret) {
		return true
	}
	return field.Type.Name != "" && !field.Type.Nullable && !field.Recursive && presenceOf(field) == always
}
