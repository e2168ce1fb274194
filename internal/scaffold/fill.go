package scaffold

import (
	"fmt"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// filler makes Go expressions for the values of an error, whose members mean what
// they are called. Every required member gets a value that keeps its constraints.
type filler struct {
	// reason is an expression of type string: what went wrong, in words. The
	// member that is meant for it gets it, required or not.
	reason string
	texts  map[string]text // what else is known, by member as [plain] has it
	status string          // an expression of type int: an HTTP status
	code   string          // the expression of the code, whose type is enum or string
	codes  []string        // the codes that there are, where they are text
	skip   *ir.Field       // is left out; nil for none

	enum  *ir.Type            // of the code; nil where it is none
	style func(string) string // how codes are written that are text; nil where they are not
}

// reasonNames are the members that are meant for words, the best first.
var reasonNames = strings.Fields("detail message msg errormessage errormsg errordescription description text reason explanation details cause info summary title error fault name")

// object gives a composite literal of a declared object. ok is false where a
// required member can't be given a value.
func (f *filler) object(t *ir.Type) (expr string, ok bool) {
	if t == nil || t.Kind != ir.Object || t.Name == "" || t.Object == nil {
		return "", false
	}
	said := reasonField(t)
	given := 0
	var parts []string
	for _, field := range t.Object.Fields {
		switch {
		case field.Type.IsConst():
			given++
			continue
		case field == f.skip || !field.Required && !f.worthwhile(field, said):
			continue
		}
		value, ok := f.member(field, field == said)
		if !ok {
			if field.Required {
				return "", false
			}
			continue
		}
		given++
		if value != "" {
			parts = append(parts, field.Name+": "+value)
		}
	}
	return "schema." + t.Name + "{" + strings.Join(parts, ", ") + "}", given >= t.Object.MinProps
}

// reasonField gives the member of an object that is meant for words. Without one
// that is called so, it is the only plain text that is required.
func reasonField(t *ir.Type) *ir.Field {
	var texts []*ir.Field
	for _, field := range t.Object.Fields {
		if isText(field.Type) && !field.Recursive && spoken.fits(field.Type) {
			texts = append(texts, field)
		}
	}
	for _, name := range reasonNames {
		for _, field := range texts {
			if plain(field.JSON) == name {
				return field
			}
		}
	}
	if len(texts) == 1 && texts[0].Required && !isCode(texts[0]) && !strings.HasSuffix(plain(texts[0].JSON), "id") {
		return texts[0]
	}
	return nil
}

// worthwhile reports whether an optional member is filled in.
func (f *filler) worthwhile(field, said *ir.Field) bool {
	return !field.Recursive && (field == said || isCode(field) && (isText(field.Type) || field.Type.Name != "" && len(field.Type.Enum) > 1))
}

// member gives the expression of a member, empty for the zero value of its type.
func (f *filler) member(field *ir.Field, said bool) (expr string, ok bool) {
	t := field.Type
	switch {
	case said:
		expr, ok = spoken.cut(t, f.reason), true
	case t.Nullable && t.Kind != ir.Any && field.Required:
		return "", true // null
	case field.Recursive:
		return "", false
	default:
		expr, ok = f.value(field)
	}
	switch {
	case expr == "" || !ok:
	case t.Nullable && field.Required:
		expr = "wire.NonNull(" + expr + ")"
	case t.Nullable:
		expr = "wire.Some(wire.NonNull(" + expr + "))"
	case !field.Required:
		expr = "wire.Some(" + expr + ")"
	}
	return expr, ok
}

// value gives the expression of a value that is not null.
func (f *filler) value(field *ir.Field) (expr string, ok bool) {
	t := field.Type
	switch {
	case len(t.Enum) > 1:
		return f.enumValue(field), t.Name != ""
	case t.Kind == ir.Object:
		return f.object(t)
	case t.Kind == ir.Boolean:
		return "", true
	case t.Kind == ir.Map:
		return "", t.Object.MinProps == 0
	case t.Kind == ir.Array:
		return "", t.Array.MinItems == 0
	case t.Kind == ir.String:
		return f.textValue(field)
	case t.Kind == ir.Integer, t.Kind == ir.Number:
		return f.numberValue(field)
	}
	return "", false
}

func (f *filler) textValue(field *ir.Field) (expr string, ok bool) {
	t := field.Type
	if isTime(t) {
		return "time.Now().UTC()", true
	}
	if t.String.Bytes {
		return "", t.String.MinLength == 0
	}
	if isCode(field) && f.enum == nil {
		if f.style = codeStyle(t, f.codes); f.style != nil {
			return f.code, true
		}
	}
	if known := f.texts[plain(field.JSON)]; known.expr != "" && known.fits(t) {
		return known.cut(t, known.expr), true
	}
	value, ok := sampleText(t)
	if value == "" {
		return "", ok
	}
	return fmt.Sprintf("%q", value), ok
}

func (f *filler) numberValue(field *ir.Field) (expr string, ok bool) {
	t := field.Type
	switch plain(field.JSON) {
	case "status", "statuscode", "code", "errorcode", "httpstatus":
		if inBounds(t, "400") && inBounds(t, "599") && t.Number.MultipleOf == "" {
			return goNumber(t) + "(" + f.status + ")", true
		}
	}
	value, ok := sampleNumber(t)
	if value == "0" {
		value = ""
	}
	return value, ok
}

// enumValue gives the code, or the first value of another enum.
func (f *filler) enumValue(field *ir.Field) string {
	t := field.Type
	if isCode(field) && f.style == nil && (f.enum == nil || f.enum == t) {
		f.enum = t
		return f.code
	}
	return "schema." + t.Name + t.Enum[0].Name
}

// isCode reports whether a member tells programs what went wrong.
func isCode(field *ir.Field) bool {
	switch plain(field.JSON) {
	case "code", "error", "errorcode", "errcode", "kind", "errortype":
		return true
	}
	return false
}

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

// plain gives a name in lower case and without what joins its words.
func plain(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "", ".", "", `"`, "").Replace(strings.ToLower(s))
}

// pick gives the constant of the first value that an enum has, or else of its
// last one: catalogues end with the general codes.
func pick(t *ir.Type, names ...string) string {
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
	return append(first, "internal", "internal_error", "internal_server_error", "server_error", "500", "unknown", "error")
}

// codeOf gives the expression of the first of names that the contract has.
func (f *filler) codeOf(names ...string) string {
	if f.enum != nil {
		return pick(f.enum, general(names...)...)
	}
	return fmt.Sprintf("%q", f.style(general(names...)[0]))
}

// hasCode reports whether the error has a code.
func (f *filler) hasCode() bool { return f.enum != nil || f.style != nil }
