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
	n = ofListedTypes(n)
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
