package scaffold

import (
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// filler makes Go expressions for the values of an error, whose members mean what
// they are called. What it can't fill is left at zero: the code that is laid out
// checks the value before it is sent.
type filler struct {
	texts   map[string]string // expressions of type string, by member in lower case
	numbers map[string]string // expressions of type int
	// code is an expression of the type of the enum that is called code.
	code string
	// enum is that type; nil where there is none.
	enum *ir.Type
}

// object gives a composite literal of a declared object. ok is false where a
// required member can't even be left at zero.
func (f *filler) object(t *ir.Type) (expr string, ok bool) {
	if t == nil || t.Kind != ir.Object || t.Name == "" || t.Object == nil {
		return "", false
	}
	var parts []string
	for _, field := range t.Object.Fields {
		if !field.Required || field.Type.IsConst() {
			continue
		}
		value, ok := f.value(field)
		if !ok {
			return "", false
		}
		if value != "" {
			parts = append(parts, field.Name+": "+value)
		}
	}
	return "schema." + t.Name + "{" + strings.Join(parts, ", ") + "}", true
}

// value gives the expression of a required member, empty for its zero value.
func (f *filler) value(field *ir.Field) (expr string, ok bool) {
	t := field.Type
	name := strings.ToLower(field.JSON)
	switch {
	case t.Nullable || field.Recursive || t.Kind == ir.Union || t.Kind > ir.Union || t.Kind == ir.Any:
		return "", false
	case t.Kind == ir.Object:
		return f.object(t)
	case len(t.Enum) > 1:
		return f.enumValue(t, name), true
	case t.Kind == ir.String && t.String.Format == "date-time":
		return "time.Now().UTC()", t.String.Pattern == "" && t.String.MinLength == 0 && t.String.MaxLength == nil
	case t.Kind == ir.String:
		return f.texts[name], true
	case t.Kind == ir.Integer:
		return convert(t, f.numbers[name]), true
	}
	return "", true
}

// enumValue gives the code, or the first value of another enum.
func (f *filler) enumValue(t *ir.Type, name string) string {
	if t.Kind != ir.String || t.Name == "" {
		return ""
	}
	if isCode(name) && (f.enum == nil || f.enum == t) {
		f.enum = t
		return f.code
	}
	return "schema." + t.Name + t.Enum[0].Name
}

func isCode(name string) bool { return name == "code" || name == "error" || name == "errorcode" }

// convert makes the type of an integer of an expression of type int.
func convert(t *ir.Type, expr string) string {
	if expr == "" {
		return ""
	}
	switch {
	case t.Number.Exact:
		return ""
	case t.Number.Format == "int32", t.Number.Format == "uint64":
		return t.Number.Format + "(" + expr + ")"
	}
	return "int64(" + expr + ")"
}

// pick gives the constant of the first value that an enum has, or else of its
// last one: catalogues end with the general codes.
func pick(t *ir.Type, names ...string) string {
	plain := func(s string) string {
		return strings.NewReplacer("_", "", "-", "", " ", "", ".", "", `"`, "").Replace(strings.ToLower(s))
	}
	for _, name := range names {
		for _, v := range t.Enum {
			if plain(v.JSON) == plain(name) {
				return "schema." + t.Name + v.Name
			}
		}
	}
	return "schema." + t.Name + t.Enum[len(t.Enum)-1].Name
}

// general are the codes of a failure about which nothing is said.
func general(first ...string) []string {
	return append(first, "internal", "internal_error", "internal_server_error", "server_error", "unknown", "error")
}
