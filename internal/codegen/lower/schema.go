package lower

import (
	"cmp"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// schema gives the type of the schema n. The same schema gives the same type,
// whichever document refers to it. hint names an object, enum or union that is
// written in place and has no title.
func (l *lowering) schema(n *spec.Node, hint string) *ir.Type {
	switch {
	case n.IsKind(spec.Bool) && n.True():
		return &ir.Type{Pos: n.Pos}
	case n.IsKind(spec.Bool): // the member must not be there
		return &ir.Type{Pos: n.Pos, Extra: l.extra(hint, []*spec.Node{n})}
	case !n.IsKind(spec.Map):
		l.diags.Errorf(n.Place(source.Pos{}), "schema-kind", "write an object with a type", "this is not a schema that a value can satisfy")
		return l.unreadable(n.Place(source.Pos{}))
	}
	if t, seen := l.types[n]; seen {
		return t
	}
	if _, isRef := n.Ref(); isRef {
		return l.refSchema(n, hint)
	}
	if twin := l.twins[n]; twin != nil {
		t := l.schema(twin, hint)
		l.types[n] = t
		l.collectChecks(n, t)
		return t
	}
	if only := l.onlyPart(n); only != nil {
		return l.wrapper(n, only, hint)
	}
	t := &ir.Type{Pos: n.Pos}
	name := l.schemaName(n, hint)
	l.types[n] = t
	l.inPlace = append(l.inPlace, placed{t, name})
	l.collectChecks(n, t)
	l.fill(t, n, name)
	return t
}

// refSchema gives the type of a reference. Annotations may stand beside $ref.
func (l *lowering) refSchema(n *spec.Node, hint string) *ir.Type {
	if both := l.refAndMore(n); both != nil {
		t := l.schema(both, hint)
		l.types[n] = t
		return t
	}
	target, ok := l.loader.Resolve(n)
	if !ok || l.merging[n] {
		return l.unreadable(n.Pos)
	}
	l.merging[n] = true
	defer delete(l.merging, n)
	if v := n.Get("default"); v != nil {
		l.checks = append(l.checks, Check{Schema: target, Value: v, What: "default"})
	}
	return l.schema(target, hint)
}

// refAndMore gives a reference with constraints beside it as an allOf of the
// reference, or with null beside it as a choice; nil for one without. JSON Schema
// drops what stands beside up to draft 7, and OpenAPI does in version 3.0; but
// whoever writes it means it.
func (l *lowering) refAndMore(n *spec.Node) *spec.Node {
	if both, known := l.refsAndMore[n]; known {
		return both
	}
	l.refsAndMore[n] = nil
	target, ok := l.loader.Resolve(n)
	var more []spec.Pair
	key := "oneOf"
	for _, p := range n.Members() {
		switch {
		case p.Key == "$ref":
			continue
		case l.keywords[p.Key] == annotation, strings.HasPrefix(p.Key, "x-"):
		case !ok || p.Key == "type" && p.Value.Str() == target.Get("type").Str():
			continue // it says the same
		default:
			l.diags.Warnf(p.KeyPos, "ref-sibling", "write allOf: [{$ref: …}, {…}]", "the keyword %q beside $ref is ignored by some readers; it is taken at its word", p.Key)
			if p.Key != "nullable" {
				key = "allOf"
			}
			l.refsAndMore[n] = &spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer}
		}
		more = append(more, p)
	}
	both := l.refsAndMore[n]
	if both != nil {
		ref, _ := n.Lookup("$ref")
		part := &spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer, Pairs: []spec.Pair{ref}}
		put(both, key, ref.KeyPos, seq(ref.KeyPos, part))
		both.Pairs = append(both.Pairs, more...)
	}
	return both
}

// onlyPart gives the only part of an allOf that stands for the whole schema: the
// way to write a description beside a reference in OpenAPI 3.0.
func (l *lowering) onlyPart(n *spec.Node) *spec.Node {
	parts := n.Get("allOf")
	if len(parts.Elems()) != 1 || l.merging[n] {
		return nil
	}
	for _, key := range n.Keys() {
		if key != "allOf" && l.keywords[key] != annotation && !strings.HasPrefix(key, "x-") {
			return nil
		}
	}
	return parts.Items[0]
}

func (l *lowering) wrapper(n, only *spec.Node, hint string) *ir.Type {
	l.merging[n] = true
	defer delete(l.merging, n)
	t := l.schema(only, hint)
	l.types[n] = t
	return t
}

// schemaName gives the name of a schema that is to be declared: its own, where
// it stands on its own in a file or among the components, or else its title, or
// else that of its place. A title that is the name of a component is left to it.
func (l *lowering) schemaName(n *spec.Node, hint string) string {
	if standsAlone(n) {
		return spec.TypeName(n)
	}
	if name, ok := spec.TitleName(n); ok && !l.reserved[name] {
		return name
	}
	return hint
}

func standsAlone(n *spec.Node) bool {
	tokens, err := spec.SplitPointer(n.Pointer)
	if err != nil || len(tokens) == 0 {
		return err == nil
	}
	return len(tokens) >= 2 && slices.Contains([]string{"schemas", "definitions", "$defs"}, tokens[len(tokens)-2])
}

// collectChecks notes the values that must satisfy n.
func (l *lowering) collectChecks(n *spec.Node, t *ir.Type) {
	values := slices.Clone(n.Get("examples").Elems())
	if v := n.Get("example"); v != nil {
		values = append(values, v)
	}
	for _, v := range values {
		t.Examples = append(t.Examples, ir.Example{JSON: v.JSON(), Pos: v.Pos})
		l.checks = append(l.checks, Check{Schema: n, Value: v, What: "example"})
	}
	if v := n.Get("default"); v != nil {
		l.checks = append(l.checks, Check{Schema: n, Value: v, What: "default"})
	}
}

// fill lowers the schema n, which is no reference, into t.
func (l *lowering) fill(t *ir.Type, n *spec.Node, name string) {
	t.Doc = strings.TrimSpace(cmp.Or(n.Get("description").Str(), n.Get("title").Str()))
	t.Deprecated = n.Get("deprecated").True()
	if n.Has("allOf") {
		merged := l.mergeAllOf(n)
		if merged == nil {
			l.broken[t] = true
			return
		}
		n = merged
	}
	if n.Has("oneOf") || n.Has("anyOf") {
		l.choice(t, n, name)
		return
	}
	if l.severalKinds(t, n, name) {
		return
	}
	var ok bool
	if t.Kind, t.Nullable, ok = l.kind(n); !ok {
		l.broken[t] = true
		return
	}
	l.checkKeywords(n, t.Kind)
	switch t.Kind {
	case ir.Integer, ir.Number:
		l.numeric(t, n)
	case ir.String:
		l.text(t, n)
	case ir.Array:
		l.array(t, n, name)
	case ir.Map:
		l.object(t, n, name)
	}
	l.enum(t, n, name)
	l.addExtra(t, n, name)
}

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
				if k := kindOfValue(v); k == kind || k == ir.Integer && kind == ir.Number {
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
