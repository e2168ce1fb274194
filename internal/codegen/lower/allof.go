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
	if merged != nil && len(merged.Get(checksKey).Elems()) == 0 {
		merged.Delete(checksKey)
	}
	l.merged[n] = merged
	return merged
}

// maxMerged is how many schemas allOf, and oneOf with members beside it, may make:
// each of them may double what another one makes.
const maxMerged = 1 << 13

// maxChoices is how deep choices may be merged into each other. A common schema that
// is a choice of those that include it by allOf goes on without end.
const maxChoices = 40

// choicesAround counts the choices that a schema was made in.
func choicesAround(n *spec.Node) int {
	return strings.Count(n.Pointer, "/oneOf/") + strings.Count(n.Pointer, "/anyOf/")
}

// tooMany reports whether there is no end of what is merged, which it reports once.
func (l *lowering) tooMany(n *spec.Node) bool {
	switch reported := l.full; {
	case len(l.merged) > maxMerged:
		l.full = true
		if !reported {
			l.diags.Errorf(n.Pos, "document-limit", "write the schemas out", "allOf and oneOf make more than %d schemas of this document's", maxMerged)
		}
	case choicesAround(n) > maxChoices:
		l.full = true
		if !reported {
			l.diags.Errorf(n.Pos, "ref-cycle", "move the oneOf of the common schema into a schema of its own, or leave the allOf of its choices out", "the schema is a choice of one that includes it again by allOf, without end")
		}
	default:
		return false
	}
	return true
}

func (l *lowering) mergeParts(n *spec.Node) *spec.Node {
	if l.tooMany(n) {
		return nil
	}
	if l.merging[n] {
		l.diags.Errorf(n.KeyPos("allOf"), "ref-cycle", "remove the part that leads back here", "the schema is a part of itself")
		return nil
	}
	l.merging[n] = true
	defer delete(l.merging, n)
	m := &merge{lowering: l, out: &spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer}, checks: &spec.Node{Kind: spec.Seq, Pos: n.Pos}}
	m.out.Set(checksKey, m.checks)
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
	if m.finish() == nil {
		return nil
	}
	m.unevaluated(n)
	return m.out
}

// merge collects the parts of an allOf.
type merge struct {
	*lowering
	out    *spec.Node
	checks *spec.Node   // of out: what is checked of each part as a whole
	closed []*spec.Node // parts with additionalProperties: false
	others []*spec.Node // parts with a schema for additionalProperties
	rows   []*spec.Node // schemas of all items, from parts that are no tuples
	open   bool         // a part looks at members that none declares
}

// add merges one part. Annotations are taken from the schema itself only.
func (m *merge) add(part *spec.Node, own bool) bool {
	if part.IsKind(spec.Bool) && !part.True() {
		m.diags.Errorf(part.Pos, "schema-kind", "remove it", "no value satisfies this part of an allOf")
		return false
	}
	m.check(part, own)
	for _, p := range part.Members() {
		switch {
		case p.Key == "allOf":
		case m.isCheckedOnly(p.Key):
		case (p.Key == "oneOf" || p.Key == "anyOf") && m.conditions(p.Value.Elems()):
			m.checks.Items = append(m.checks.Items, (&spec.Node{Kind: spec.Map, Pos: p.KeyPos, Pointer: part.Pointer}).Set(p.Key, p.Value))
		case !own && (m.keywords[p.Key] == annotation || strings.HasPrefix(p.Key, "x-")):
		case p.Key == "additionalProperties" && p.Value.IsKind(spec.Bool):
			if m.open = m.open || p.Value.True(); !p.Value.True() {
				m.closed = append(m.closed, part)
			}
		case p.Key == "additionalProperties":
			m.others = append(m.others, part)
			if !m.keyword(p) {
				return false
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
	case "nullable":
		if a.True() {
			return b
		}
		return a
	case "type":
		return commonTypes(a, b)
	case "enum":
		return commonItems(a, b)
	case "items", "additionalProperties":
		if a.IsKind(spec.Map) && b.IsKind(spec.Map) {
			return both(a, b)
		}
	case "patternProperties":
		return bothNamed(a, b)
	case "prefixItems":
		if len(a.Elems()) < len(b.Elems()) {
			return b
		}
		return a // each part is checked as a whole
	case "multipleOf", "pattern":
		return a // and so here
	}
	return nil
}

// bothNamed joins schemas by name, those of the same name to both.
func bothNamed(a, b *spec.Node) *spec.Node {
	out := *a
	out.Pairs = slices.Clone(a.Pairs)
	for _, p := range b.Members() {
		if first := out.Get(p.Key); first != nil && first.JSON() != p.Value.JSON() {
			out.Set(p.Key, both(first, p.Value))
			continue
		}
		out.Set(p.Key, p.Value)
	}
	return &out
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
	for _, part := range slices.Concat(m.closed, m.others) {
		m.otherMembers(part)
	}
	for _, items := range m.rows {
		if m.out.Has("prefixItems") {
			m.checks.Items = append(m.checks.Items, (&spec.Node{Kind: spec.Map, Pos: items.Pos, Pointer: items.Pointer}).Set("items", items))
		}
	}
	return m.out
}

// check notes what a part asks that no type says.
func (m *merge) check(part *spec.Node, own bool) {
	if items := part.Get("items"); items != nil && items.Kind != spec.Seq && !part.Has("prefixItems") {
		m.rows = append(m.rows, items)
	}
	switch {
	case !part.Has("unevaluatedProperties"):
		m.checks.Items = append(m.checks.Items, m.checksOf(part)...)
	case own: // it is about all parts
		rest := *part
		rest.Pairs = slices.Clone(part.Pairs)
		rest.Delete("unevaluatedProperties")
		m.checks.Items = append(m.checks.Items, m.checksOf(&rest)...)
	default:
		m.open = true
		m.checks.Items = append(m.checks.Items, part)
	}
	for _, key := range []string{"multipleOf", "pattern"} {
		if first, v := m.out.Get(key), part.Get(key); first != nil && v != nil && first.JSON() != v.JSON() {
			m.checks.Items = append(m.checks.Items, (&spec.Node{Kind: spec.Map, Pos: v.Pos, Pointer: part.Pointer}).Set(key, v))
		}
	}
}

// otherMembers has members that other parts declare, by name or by pattern, checked
// by what a part has for all but its own.
func (m *merge) otherMembers(part *spec.Node) {
	if part.Has("patternProperties") {
		return // checksOf has said it
	}
	others := func(key string) bool {
		return slices.ContainsFunc(m.out.Get(key).Keys(), func(name string) bool { return !part.Get(key).Has(name) })
	}
	if others("properties") || others("patternProperties") {
		check := &spec.Node{Kind: spec.Map, Pos: part.Pos, Pointer: part.Pointer}
		m.namesBeside(check, part)
		m.checks.Items = append(m.checks.Items, check)
	}
}
