package lower

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// mergeAllOf gives a schema that says what all parts of n's allOf and n itself
// say together, or nil where that can't be said. The nodes of the parts are used
// as they are, so a property has one type wherever it is merged into.
func (l *lowering) mergeAllOf(n *spec.Node) *spec.Node {
	if l.merging[n] {
		l.diags.Errorf(n.KeyPos("allOf"), "ref-cycle", "remove the part that leads back here", "the schema is a part of itself")
		return nil
	}
	l.merging[n] = true
	defer delete(l.merging, n)
	m := &merge{lowering: l, out: &spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer}}
	if !m.add(n, true) {
		return nil
	}
	for _, part := range n.Get("allOf").Elems() {
		target, ok := l.loader.Resolve(part)
		if !ok {
			return nil
		}
		if target.Has("allOf") {
			if target = l.mergeAllOf(target); target == nil {
				return nil
			}
		}
		if !m.add(target, false) {
			return nil
		}
	}
	return m.finish()
}

// merge collects the parts of an allOf.
type merge struct {
	*lowering
	out    *spec.Node
	closed []*spec.Node // parts with additionalProperties: false
}

// add merges one part. Annotations are taken from the schema itself only.
func (m *merge) add(part *spec.Node, own bool) bool {
	for _, p := range part.Members() {
		switch {
		case p.Key == "allOf":
		case !own && (m.keywords[p.Key] == annotation || strings.HasPrefix(p.Key, "x-")):
		case p.Key == "oneOf" || p.Key == "anyOf":
			m.diags.Errorf(p.KeyPos, "unsupported-keyword", "list the whole objects in oneOf", "%s together with allOf is not supported", p.Key)
			return false
		case p.Key == "additionalProperties" && p.Value.IsKind(spec.Bool):
			if !p.Value.True() {
				m.closed = append(m.closed, part)
			}
		case p.Key == "properties":
			if !m.properties(p) {
				return false
			}
		case p.Key == "required":
			m.required(p)
		case !m.keyword(p):
			return false
		}
	}
	return true
}

func (m *merge) properties(p spec.Pair) bool {
	props := m.out.Get("properties")
	if props == nil {
		props = spec.NewMap(p.Value.Pos)
		m.out.Set("properties", props)
	}
	for _, q := range p.Value.Members() {
		first, taken := props.Lookup(q.Key)
		if taken && first.Value.JSON() != q.Value.JSON() {
			m.diags.Errorf(q.KeyPos, "allof-conflict", "declare it in one part only", "the property %q is declared otherwise at %s", q.Key, first.KeyPos)
			return false
		}
		if !taken {
			props.Pairs = append(props.Pairs, q)
		}
	}
	return true
}

func (m *merge) required(p spec.Pair) {
	list := m.out.Get("required")
	if list == nil {
		list = &spec.Node{Kind: spec.Seq, Pos: p.Value.Pos}
		m.out.Set("required", list)
	}
	for _, r := range p.Value.Elems() {
		if !slices.ContainsFunc(list.Items, func(n *spec.Node) bool { return n.Text == r.Text }) {
			list.Items = append(list.Items, r)
		}
	}
}

// keyword merges any other keyword: it must be the same in all parts.
func (m *merge) keyword(p spec.Pair) bool {
	first, taken := m.out.Lookup(p.Key)
	if !taken {
		m.out.Pairs = append(m.out.Pairs, p)
		return true
	}
	if first.Value.JSON() != p.Value.JSON() {
		m.diags.Errorf(p.KeyPos, "allof-conflict", "write it in one part only", "%s is already given otherwise at %s", p.Key, first.KeyPos)
		return false
	}
	return true
}

// finish closes the object where a part does. A closed part refuses what other
// parts declare, so it must declare everything itself.
func (m *merge) finish() *spec.Node {
	for _, part := range m.closed {
		for _, p := range m.out.Get("properties").Members() {
			if !part.Get("properties").Has(p.Key) {
				m.diags.Errorf(part.KeyPos("additionalProperties"), "allof-closed", "remove additionalProperties: false here",
					"this part of an allOf refuses the property %q of another part, at %s", p.Key, p.KeyPos)
				return nil
			}
		}
		m.out.Set("additionalProperties", part.Get("additionalProperties"))
	}
	return m.out
}
