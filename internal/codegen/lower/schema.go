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

// refSchema gives the type of a reference. Annotations may stand beside $ref; a
// constraint would be dropped by some readers and kept by others.
func (l *lowering) refSchema(n *spec.Node, hint string) *ir.Type {
	l.refSiblings(n)
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

func (l *lowering) refSiblings(n *spec.Node) {
	for _, p := range n.Members() {
		if p.Key == "$ref" || l.keywords[p.Key] == annotation || strings.HasPrefix(p.Key, "x-") {
			continue
		}
		l.diags.Errorf(p.KeyPos, "ref-sibling", "write allOf: [{$ref: …}, {…}]", "the keyword %q beside $ref has a meaning that depends on the reader", p.Key)
	}
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
