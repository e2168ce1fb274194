package lower

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// kind decides the kind of a schema and whether null is valid too.
func (l *lowering) kind(n *spec.Node) (kind ir.Kind, nullable, ok bool) {
	nullable = l.nullable(n)
	v := n.Get("type")
	if v == nil {
		null := slices.ContainsFunc(n.Get("enum").Elems(), func(v *spec.Node) bool { return v.Kind == spec.Null })
		return l.inferKind(n), nullable || null, true
	}
	names := []*spec.Node{v}
	if v.Kind == spec.Seq {
		names = v.Items
	}
	found := 0
	for _, name := range names {
		k, known := kindOf(name.Str())
		switch {
		case name.Str() == "null":
			nullable = true
		case !known:
			l.unknownType(name)
			return 0, false, false
		default:
			kind = wider(kind, k)
			found++
		}
	}
	if found == 0 { // null alone, which is checked as a whole
		return ir.Any, false, true
	}
	return kind, nullable, true
}

func (l *lowering) unknownType(name *spec.Node) {
	l.diags.Errorf(name.Pos, "type-unknown", "", "there is no type %s%s", name.JSON(), spec.DidYouMean(name.Str(), typeNames()))
}

// ofListedTypes gives n without the types of which its enum lists no value.
func ofListedTypes(n *spec.Node) *spec.Node {
	types, enum := n.Get("type"), n.Get("enum")
	if !types.IsKind(spec.Seq) || !enum.IsKind(spec.Seq) {
		return n
	}
	listed := slices.DeleteFunc(slices.Clone(types.Items), func(name *spec.Node) bool {
		_, known := kindOf(name.Str())
		return (known || name.Str() == "null") && !slices.ContainsFunc(enum.Items, func(v *spec.Node) bool { return isOfType(v, name.Str()) })
	})
	if len(listed) == 0 || len(listed) == len(types.Items) {
		return n
	}
	out := *n
	out.Pairs = slices.Clone(n.Pairs)
	return out.Set("type", &spec.Node{Kind: spec.Seq, Pos: types.Pos, Pointer: types.Pointer, Items: listed})
}

// isOfType reports whether a value is of a type.
func isOfType(v *spec.Node, name string) bool {
	kind, known := kindOf(name)
	of := kindOfValue(v)
	if kind == ir.Integer && of == ir.Number {
		_, whole := integral(v.Text)
		return whole
	}
	return name == "null" && v.Kind == spec.Null || known && (of == kind || of == ir.Integer && kind == ir.Number)
}

// severalKinds reads a schema whose values are of several types, which type or
// enum lists, as a union of a type each. It reports whether that is so.
func (l *lowering) severalKinds(t *ir.Type, n *spec.Node, name string) bool {
	kinds := l.kindsOf(n)
	if len(kinds) < 2 {
		return false
	}
	t.Nullable = l.nullable(n)
	parts := make([]*spec.Node, 0, len(kinds))
	for _, k := range kinds {
		if k.Text == "null" {
			t.Nullable = true
			continue
		}
		parts = append(parts, l.ofKind(n, k))
	}
	if len(parts) < 2 {
		return false
	}
	l.union(t, n, parts, name)
	return true
}

// kindsOf gives the types that type lists or, without it, those of the values of
// enum. It gives nothing where they are not known.
func (l *lowering) kindsOf(n *spec.Node) []*spec.Node {
	v := n.Get("type")
	if v != nil {
		for _, name := range v.Elems() {
			if _, known := kindOf(name.Str()); !known && name.Str() != "null" {
				return nil
			}
		}
		return distinctKinds(v.Elems())
	}
	var kinds []*spec.Node
	for _, value := range n.Get("enum").Elems() {
		kind := kindName(kindOfValue(value))
		switch {
		case value.Kind == spec.Null:
			kind = "null"
		case kind == "any", kind == "array", kind == "object":
			return nil
		}
		kinds = append(kinds, spec.NewString(value.Pos, kind))
	}
	return distinctKinds(kinds)
}

// distinctKinds leaves out types that are listed before, and integer beside number.
func distinctKinds(kinds []*spec.Node) []*spec.Node {
	var out []*spec.Node
	for _, k := range kinds {
		listed := func(name string, in []*spec.Node) bool {
			return slices.ContainsFunc(in, func(other *spec.Node) bool { return other.Text == name })
		}
		if !listed(k.Text, out) && (k.Text != "integer" || !listed("number", kinds)) {
			out = append(out, k)
		}
	}
	return out
}

// ofKind gives the schema of those values of n that are of one kind: the keywords
// that have a meaning for it.
func (l *lowering) ofKind(n, name *spec.Node) *spec.Node {
	kind, _ := kindOf(name.Text)
	out := &spec.Node{Kind: spec.Map, Pos: name.Pos, Pointer: n.Pointer + "/type/" + name.Text}
	out.Set("type", name)
	for _, p := range n.Members() {
		switch {
		case l.keywords[p.Key] == annotation, p.Key == "type", p.Key == "nullable", !applies(l.keywords[p.Key], kind):
		case p.Key == "enum":
			values := &spec.Node{Kind: spec.Seq, Pos: p.Value.Pos}
			for _, v := range p.Value.Elems() {
				if isOfType(v, name.Text) {
					values.Items = append(values.Items, v)
				}
			}
			if len(values.Items) > 0 {
				out.Pairs = append(out.Pairs, spec.Pair{Key: p.Key, KeyPos: p.KeyPos, Value: values})
			}
		case p.Key == "format" && !slices.Contains(formats(kind), p.Value.Str()):
		case l.keywords[p.Key] != 0:
			out.Pairs = append(out.Pairs, p)
		}
	}
	return out
}

func typeNames() []string {
	return []string{"boolean", "integer", "number", "string", "array", "object", "null"}
}

func kindOf(name string) (ir.Kind, bool) {
	switch name {
	case "boolean":
		return ir.Boolean, true
	case "integer":
		return ir.Integer, true
	case "number":
		return ir.Number, true
	case "string":
		return ir.String, true
	case "array":
		return ir.Array, true
	case "object":
		return ir.Map, true // object decides between Map and Object
	}
	return ir.Any, false
}

// inferKind guesses the kind of a schema without a type. Where other keywords
// show what is meant, values of other kinds, which JSON Schema would let pass,
// are refused; that is reported as a warning.
func (l *lowering) inferKind(n *spec.Node) ir.Kind {
	kind := l.kindOfKeywords(n)
	values := n.Get("enum").Elems()
	if c := n.Get("const"); c != nil {
		values = []*spec.Node{c}
	}
	if len(values) > 0 {
		kind = kindOfValues(values)
	}
	if kind != ir.Any {
		l.diags.Warnf(n.Pos, "type-missing", "add type: "+kindName(kind), "the schema has no type; it is read as one of type %s", kindName(kind))
	}
	return kind
}

// kindOfKeywords gives the type that the keywords of a schema are about: those of
// objects and arrays before those of text and numbers.
func (l *lowering) kindOfKeywords(n *spec.Node) ir.Kind {
	kind := ir.Any
	for _, p := range n.Members() {
		switch u := l.keywords[p.Key]; {
		case u == ofObject, u == checkedObject:
			kind = ir.Map
		case u == ofArray, u == checkedArray:
			kind = ir.Array
		case kind != ir.Any:
		case u == ofString:
			kind = ir.String
		case u == ofNumber:
			kind = ir.Number
		case p.Key == "format":
			for _, k := range []ir.Kind{ir.String, ir.Number, ir.Integer} {
				if slices.Contains(formats(k), p.Value.Str()) {
					kind = k
				}
			}
		}
	}
	return kind
}

// kindOfValues gives the one kind of the values of an enum, null aside; Any where
// they are of several.
func kindOfValues(values []*spec.Node) ir.Kind {
	kind, first := ir.Any, true
	for _, v := range values {
		k := kindOfValue(v)
		switch {
		case v.Kind == spec.Null:
		case first:
			kind, first = k, false
		case k == ir.Number && kind == ir.Integer, k == ir.Integer && kind == ir.Number:
			kind = ir.Number
		case k != kind:
			return ir.Any
		}
	}
	return kind
}

// wider gives the second kind, but number where the first one is that and the
// second integer.
func wider(a, b ir.Kind) ir.Kind {
	if a == ir.Number && b == ir.Integer {
		return a
	}
	return b
}

func kindOfValue(v *spec.Node) ir.Kind {
	switch v.Kind {
	case spec.Bool:
		return ir.Boolean
	case spec.String:
		return ir.String
	case spec.Number:
		if strings.ContainsAny(v.Text, ".e") {
			return ir.Number
		}
		return ir.Integer
	case spec.Seq:
		return ir.Array
	case spec.Map:
		return ir.Map
	}
	return ir.Any
}
