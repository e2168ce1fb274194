package lower

import (
	"math/big"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// mergeAllOf gives a schema that says what all parts of n's allOf and n itself
// say together, or nil where that can't be said. The nodes of the parts are used
// as they are, so a property has one type wherever it is merged into.
func (l *lowering) mergeAllOf(n *spec.Node) *spec.Node {
	if merged, known := l.merged[n]; known {
		return merged
	}
	merged := l.mergeParts(n)
	l.merged[n] = merged
	return merged
}

// maxMerged is how many schemas allOf, and oneOf with members beside it, may make:
// each of them may double what another one makes.
const maxMerged = 1 << 13

func (l *lowering) mergeParts(n *spec.Node) *spec.Node {
	if len(l.merged) > maxMerged {
		if !l.full {
			l.diags.Errorf(n.Pos, "document-limit", "write the schemas out", "allOf and oneOf make more than %d schemas of this document's", maxMerged)
		}
		l.full = true
		return nil
	}
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
		switch {
		case !taken:
			props.Pairs = append(props.Pairs, q)
		case first.Value.JSON() != q.Value.JSON():
			props.Set(q.Key, both(first.Value, q.Value))
		}
	}
	return true
}

// both gives the schema of values that satisfy two schemas, with the words of the
// first. It takes the place of the first.
func both(a, b *spec.Node) *spec.Node {
	n := &spec.Node{Kind: spec.Map, Pos: a.Pos, Pointer: a.Pointer + "/allOf"}
	for _, key := range []string{"title", "description"} {
		if p, has := a.Lookup(key); has {
			n.Pairs = append(n.Pairs, p)
		}
	}
	return n.Set("allOf", &spec.Node{Kind: spec.Seq, Pos: b.Pos, Items: []*spec.Node{a, b}})
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

// keyword merges any other keyword: to what both parts ask, where that can be
// said.
func (m *merge) keyword(p spec.Pair) bool {
	first, taken := m.out.Lookup(p.Key)
	if !taken {
		m.out.Pairs = append(m.out.Pairs, p)
		return true
	}
	if first.Value.JSON() == p.Value.JSON() {
		return true
	}
	if m.keywords[p.Key] == notChecked {
		m.unchecked(p.KeyPos, p.Key)
		return true
	}
	narrow := tighter(p.Key, first.Value, p.Value)
	if narrow == nil {
		m.diags.Errorf(p.KeyPos, "allof-conflict", "write it in one part only", "%s is already given otherwise at %s", p.Key, first.KeyPos)
		return false
	}
	m.out.Set(p.Key, narrow)
	return true
}

// tighter gives the value of a keyword that asks what two values of it ask, or nil
// where there is none.
func tighter(key string, a, b *spec.Node) *spec.Node {
	switch key {
	case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties":
		return extreme(a, b, 1)
	case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties":
		return extreme(a, b, -1)
	case "uniqueItems":
		if a.True() {
			return a
		}
		return b
	case "type":
		return commonTypes(a, b)
	case "enum":
		return commonItems(a, b)
	case "items", "additionalProperties":
		if a.IsKind(spec.Map) && b.IsKind(spec.Map) {
			return both(a, b)
		}
	}
	return nil
}

// extreme gives the greater of two numbers, or where sign is -1 the smaller one.
func extreme(a, b *spec.Node, sign int) *spec.Node {
	x, okX := new(big.Rat).SetString(a.Text)
	y, okY := new(big.Rat).SetString(b.Text)
	switch {
	case !okX || !okY || a.Kind != spec.Number || b.Kind != spec.Number:
		return nil
	case x.Cmp(y)*sign >= 0:
		return a
	}
	return b
}

// commonTypes gives the types that two values of type have in common.
func commonTypes(a, b *spec.Node) *spec.Node {
	list := func(n *spec.Node) []*spec.Node {
		if n.Kind == spec.Seq {
			return n.Items
		}
		return []*spec.Node{n}
	}
	out := &spec.Node{Kind: spec.Seq, Pos: a.Pos}
	for _, x := range list(a) {
		for _, y := range list(b) {
			switch {
			case x.Str() == y.Str(), x.Str() == "integer" && y.Str() == "number":
				out.Items = append(out.Items, x)
			case x.Str() == "number" && y.Str() == "integer":
				out.Items = append(out.Items, y)
			}
		}
	}
	switch len(out.Items) {
	case 0:
		return nil
	case 1:
		return out.Items[0]
	}
	return out
}

// commonItems gives the values that two lists have in common.
func commonItems(a, b *spec.Node) *spec.Node {
	out := &spec.Node{Kind: spec.Seq, Pos: a.Pos}
	for _, x := range a.Elems() {
		if slices.ContainsFunc(b.Elems(), func(y *spec.Node) bool { return x.JSON() == y.JSON() }) {
			out.Items = append(out.Items, x)
		}
	}
	if len(out.Items) == 0 {
		return nil
	}
	return out
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
