package rest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// maxShape bounds how deep a shape goes: forms and parameters that are deeper
// give text where a number would be meant, and types may refer to themselves.
const maxShape = 4

// shape gives the name of the variable that says what JSON the texts of a type
// stand for.
func (f *paramFile) shape(t *ir.Type) string { return f.shapeVar(outlineOf(t)) }

// formShape is shape for the fields of a form.
func (f *paramFile) formShape(op *ir.Operation) string {
	o := outlineOf(op.Body)
	o.fields = op.Form.Fields
	return f.shapeVar(o)
}

func (f *paramFile) shapeVar(o *outline) string { return f.variable(f.literal(o, maxShape)) }

// variable gives the name of the variable of a shape.
func (f *paramFile) variable(literal string) string {
	text := "shape" + literal
	i := slices.Index(f.shapes, text)
	if i < 0 {
		i = len(f.shapes)
		f.shapes = append(f.shapes, text)
	}
	return "shape" + strconv.Itoa(i)
}

func (f *paramFile) shapeVars() {
	if len(f.shapes) == 0 {
		return
	}
	f.P("// What JSON the texts of parameters and forms stand for.")
	f.P("var (")
	for i, text := range f.shapes {
		f.P("\tshape%d = %s", i, text)
	}
	f.P(")")
}

// outline is what several types together have: the variants of a union stand for
// what any of them stands for.
type outline struct {
	flags   []string
	members []string
	types   map[string][]*ir.Type
	free    []*ir.Type
	item    []*ir.Type
	fields  map[string]ir.FormField // how members are spelled
}

func (o *outline) add(t *ir.Type, seen map[*ir.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	flag := func(name string) {
		if !slices.Contains(o.flags, name) {
			o.flags = append(o.flags, name)
		}
	}
	if t.Nullable {
		flag("aNull")
	}
	switch t.Kind {
	case ir.Box:
		o.add(t.Box, seen)
	case ir.Union:
		for _, v := range t.Union.Variants {
			o.add(v.Type, seen)
		}
	case ir.Boolean:
		flag("aBoolean")
	case ir.Integer, ir.Number:
		flag("aNumber")
	case ir.String:
		flag("aText")
	case ir.Array:
		flag("aList")
		o.item = append(o.item, t.Array.Elem)
	case ir.Any:
		flag("aText")
		flag("anObject")
	default:
		flag("anObject")
		for _, field := range t.Object.Fields {
			if o.types[field.JSON] == nil {
				o.members = append(o.members, field.JSON)
			}
			if !slices.Contains(o.types[field.JSON], field.Type) {
				o.types[field.JSON] = append(o.types[field.JSON], field.Type)
			}
		}
		switch {
		case t.Object.Additional != nil:
			o.free = append(o.free, t.Object.Additional)
		case len(t.Object.Fields) == 0 && !t.Object.Closed:
			o.free = append(o.free, &ir.Type{Kind: ir.String})
		}
	}
}

func outlineOf(types ...*ir.Type) *outline {
	o := &outline{types: map[string][]*ir.Type{}}
	seen := map[*ir.Type]bool{}
	for _, t := range types {
		o.add(t, seen)
	}
	slices.Sort(o.flags)
	return o
}

// membersOf gives the members of a type, and whether it admits others.
func membersOf(t *ir.Type) (members []string, free bool) {
	o := outlineOf(t)
	return o.members, len(o.free) > 0
}

// spelling gives the rest of the literal of a shape.
func spelling(f ir.FormField) (text string) {
	if f.Separator != "" {
		text += fmt.Sprintf(", separator: %q", f.Separator)
	}
	if f.JSON {
		text += ", json: true"
	}
	if f.Deep {
		text += ", deep: true"
	}
	return text
}

// literal gives the literal of a shape without its type.
func (f *paramFile) literal(o *outline, depth int) string {
	parts := []string{"is: " + strings.Join(o.flags, " | ")}
	if depth > 0 {
		if len(o.item) > 0 {
			parts = append(parts, "item: &"+f.part(o.item, depth-1, "shape"))
		}
		if len(o.free) > 0 {
			parts = append(parts, "free: &"+f.part(o.free, depth-1, "shape"))
		}
		if len(o.members) > 0 {
			var list []string
			for _, name := range o.members {
				text := f.part(o.types[name], depth-1, "")
				if more := spelling(o.fields[name]); more != "" {
					text = strings.TrimSuffix(f.literal(outlineOf(o.types[name]...), depth-1), "}") + more + "}"
				}
				list = append(list, fmt.Sprintf("%q: %s", name, text))
			}
			parts = append(parts, "members: map[string]shape{"+strings.Join(list, ", ")+"}")
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// part gives the shape of a part: a literal of a Go type, or the variable of declared
// types, so that those which refer to each other often are written once.
func (f *paramFile) part(types []*ir.Type, depth int, goType string) string {
	declared := func(t *ir.Type) bool {
		return t.Name != "" && (t.Kind == ir.Object || t.Kind == ir.Union || t.Kind == ir.Box)
	}
	if depth == 0 || !slices.ContainsFunc(types, declared) {
		return goType + f.literal(outlineOf(types...), depth)
	}
	key := strconv.Itoa(depth)
	for _, t := range types {
		key += fmt.Sprintf(" %p", t)
	}
	if f.parts[key] == "" {
		f.parts[key] = f.variable(f.literal(outlineOf(types...), depth))
	}
	return f.parts[key]
}
