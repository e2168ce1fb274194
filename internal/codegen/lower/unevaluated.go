package lower

import (
	"slices"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// closable reports whether unevaluatedProperties means no more than
// additionalProperties does.
func closable(n *spec.Node) bool {
	others := []string{"if", "dependentSchemas", "dependencies", "patternProperties", "additionalProperties", "anyOf", "oneOf", "allOf", checksKey}
	return !slices.ContainsFunc(others, n.Has)
}

// asksUnevaluated reports whether a schema asks something of what no other keyword
// looks at.
func asksUnevaluated(n *spec.Node) bool {
	return n.Has("unevaluatedProperties") || n.Has("unevaluatedItems")
}

func withoutUnevaluated(n *spec.Node) *spec.Node {
	out := *n
	out.Pairs = slices.Clone(n.Pairs)
	out.Delete("unevaluatedProperties")
	out.Delete("unevaluatedItems")
	return &out
}

// evaluates reports whether a choice looks at members that nothing beside it names.
func (l *lowering) evaluates(parts []*spec.Node) bool {
	return slices.ContainsFunc(parts, func(part *spec.Node) bool {
		target, _ := l.loader.Resolve(part)
		return !closable(target)
	})
}

// unevaluated has members refused that no part declares, as n asks: by the type,
// where the members of all parts are known, and else by checking n as a whole.
func (m *merge) unevaluated(n *spec.Node) {
	p, has := n.Lookup("unevaluatedProperties")
	if !has || m.out.Has("additionalProperties") {
		return
	}
	dynamic := func(check *spec.Node) bool { return !closable(check) }
	if m.open || slices.ContainsFunc(m.checks.Items, dynamic) {
		m.checks.Items = append(m.checks.Items, n)
		return
	}
	m.out.Pairs = append(m.out.Pairs, p)
}
