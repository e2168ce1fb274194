package lower

import (
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// choice reads oneOf or anyOf: a value or null, an enum written as consts, or a
// union of types that are told apart.
func (l *lowering) choice(t *ir.Type, n *spec.Node, name string) {
	key, n, ok := l.choiceKey(n)
	if !ok {
		l.broken[t] = true
		return
	}
	t.Nullable = l.nullable(n)
	parts, ok := l.choices(t, n, key)
	if !ok {
		l.broken[t] = true
		return
	}
	base := besides(n, key)
	switch {
	case len(parts) == 0 && t.Nullable:
		t.Nullable, t.Extra = false, l.extra(name, []*spec.Node{n})
	case len(parts) == 0:
		l.diags.Errorf(n.KeyPos(key), "keyword-value", "", "%s must list at least one schema besides null", key)
		l.broken[t] = true
	case base != nil && l.conditions(parts):
		check := (&spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer}).Set(key, n.Get(key))
		if asksUnevaluated(base) && l.evaluates(parts) {
			check, base = n, withoutUnevaluated(base)
		}
		l.fill(t, l.withCheck(base, check), name)
	case len(parts) == 1:
		l.optional(t, l.schema(l.within(base, parts, 0, n, key), name))
	case l.allConst(parts):
		l.constEnum(t, n, parts, name)
		if asksMore(base) {
			t.Extra = l.extra(name, []*spec.Node{base})
		}
	case asksUnevaluated(base): // it is about what all that fit look at, and does not tell which ones do
		l.union(t, n, l.allWithin(withoutUnevaluated(base), parts, n, key), name)
		t.Extra = l.extra(name, []*spec.Node{n})
	default:
		l.union(t, n, l.allWithin(base, parts, n, key), name)
	}
}

// choiceKey tells which of oneOf and anyOf is a choice of types. Where there are
// both, one of them must be no more than conditions, which are checked as a whole.
func (l *lowering) choiceKey(n *spec.Node) (key string, of *spec.Node, ok bool) {
	if !n.Has("anyOf") {
		return "oneOf", n, true
	}
	if !n.Has("oneOf") {
		return "anyOf", n, true
	}
	for _, other := range []string{"anyOf", "oneOf"} {
		if l.conditions(n.Get(other).Elems()) {
			condition := &spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer}
			of = l.withCheck(n, condition.Set(other, n.Get(other)))
			of.Delete(other)
			return l.choiceKey(of)
		}
	}
	l.diags.Errorf(n.KeyPos("oneOf"), "unsupported-keyword", "write one of them", "oneOf together with anyOf is not supported")
	return "", n, false
}

// asksMore reports whether a schema asks more than a type.
func asksMore(base *spec.Node) bool {
	return slices.ContainsFunc(base.Keys(), func(key string) bool { return key != "type" && key != "title" && key != "description" })
}

// choices gives the schemas that oneOf or anyOf lists, without null. ok is false
// where one of them can't be resolved.
func (l *lowering) choices(t *ir.Type, n *spec.Node, key string) (parts []*spec.Node, ok bool) {
	for _, part := range n.Get(key).Elems() {
		target, ok := l.loader.Resolve(part)
		if !ok {
			return nil, false
		}
		switch {
		case isNull(target):
			t.Nullable = true
			continue
		case target.IsKind(spec.Bool) && !target.True(): // no choice at all
			continue
		}
		parts = append(parts, part)
	}
	return parts, true
}

// isNull reports whether null is the only value of a schema.
func isNull(n *spec.Node) bool {
	c, isConst := n.Lookup("const")
	enum := n.Get("enum").Elems()
	return n.Get("type").Str() == "null" || isConst && c.Value.Kind == spec.Null || len(enum) == 1 && enum[0].Kind == spec.Null
}

// besides gives the schema of what stands beside oneOf or anyOf and holds for
// each choice, or nil where that is nothing but annotations.
func besides(n *spec.Node, key string) *spec.Node {
	table := keywordTable()
	out := &spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer}
	asks := false
	for _, p := range n.Members() {
		switch {
		case p.Key == key, p.Key == "discriminator", p.Key == "nullable", strings.HasPrefix(p.Key, "x-"):
		case table[p.Key] == annotation:
			if p.Key == "title" || p.Key == "description" {
				out.Pairs = append(out.Pairs, p)
			}
		default:
			asks = asks || p.Key != "type"
			out.Pairs = append(out.Pairs, p)
		}
	}
	if !asks && !out.Has("type") {
		return nil
	}
	return out
}

// conditions reports whether the choices only ask something of values whose type
// is given beside them: which members are required, or what they are not.
func (l *lowering) conditions(parts []*spec.Node) bool {
	for _, part := range parts {
		target, _ := l.loader.Resolve(part)
		for _, p := range target.Members() {
			if p.Key != "required" && l.keywords[p.Key] != annotation && !l.isCheckedOnly(p.Key) {
				return false
			}
		}
	}
	return true
}

// within gives a choice together with what stands beside the choices. Where that
// is the type alone, a choice that has one is left as it is.
func (l *lowering) within(base *spec.Node, parts []*spec.Node, i int, n *spec.Node, key string) *spec.Node {
	target, _ := l.loader.Resolve(parts[i])
	if base == nil {
		return parts[i]
	}
	asks := false
	merged := &spec.Node{Kind: spec.Map, Pos: parts[i].Pos, Pointer: n.Pointer + "/" + key + "/" + strconv.Itoa(i)}
	merged.Pairs = append(merged.Pairs, spec.Pair{Key: "allOf", KeyPos: parts[i].Pos, Value: &spec.Node{Kind: spec.Seq, Pos: parts[i].Pos, Items: []*spec.Node{parts[i]}}})
	for _, p := range base.Pairs {
		if l.keywords[p.Key] != annotation {
			asks = asks || p.Key != "type"
			merged.Pairs = append(merged.Pairs, p)
		}
	}
	if !asks && (target.Has("type") || target.Has("allOf") || target.Has("oneOf") || target.Has("anyOf") || target.Has("const") || target.Has("enum")) {
		return parts[i]
	}
	if title := target.Get("title"); title != nil {
		merged.Pairs = append(merged.Pairs, spec.Pair{Key: "title", KeyPos: title.Pos, Value: title})
	}
	if doc := target.Get("description"); doc != nil {
		merged.Pairs = append(merged.Pairs, spec.Pair{Key: "description", KeyPos: doc.Pos, Value: doc})
	}
	return merged
}

func (l *lowering) allWithin(base *spec.Node, parts []*spec.Node, n *spec.Node, key string) []*spec.Node {
	out := make([]*spec.Node, len(parts))
	for i := range parts {
		out[i] = l.within(base, parts, i, n, key)
	}
	return out
}

// optional makes t the type of src's values, or null where t is nullable.
func (l *lowering) optional(t, src *ir.Type) {
	nullable, doc := t.Nullable || src.Nullable, t.Doc
	*t = *src
	t.Nullable = nullable
	if doc != "" {
		t.Doc = doc
	}
	if nullable {
		l.copies = append(l.copies, nullableCopy{dst: t, src: src})
	}
}

func (l *lowering) allConst(parts []*spec.Node) bool {
	for _, part := range parts {
		target, _ := l.loader.Resolve(part)
		if !target.Has("const") {
			return false
		}
	}
	return true
}

// constEnum reads a oneOf of consts: an enum whose values have descriptions.
func (l *lowering) constEnum(t *ir.Type, n *spec.Node, parts []*spec.Node, name string) {
	if enum := l.mixedEnum(n, parts); enum != nil {
		nullable := t.Nullable
		l.fill(t, enum, name)
		t.Nullable = t.Nullable || nullable
		return
	}
	for _, part := range parts {
		target, _ := l.loader.Resolve(part)
		if k := kindOfValue(target.Get("const")); t.Kind == ir.Any || t.Kind == ir.Integer && k == ir.Number && len(t.Enum) > 0 {
			t.Kind = k
		}
		before := len(t.Enum)
		l.enumValue(t, target.Get("const"))
		if len(t.Enum) > before {
			v := &t.Enum[before]
			v.Doc = target.Get("description").Str()
			if title, ok := spec.TitleName(target); ok {
				v.Name = title
			}
		}
	}
	l.nameEnum(t, n)
	if len(t.Enum) > 1 {
		l.declare(t, name)
	}
}

// mixedEnum gives the enum of consts that no Go constants of one type can be; nil
// where they can.
func (l *lowering) mixedEnum(n *spec.Node, parts []*spec.Node) *spec.Node {
	values := &spec.Node{Kind: spec.Seq, Pos: n.Pos}
	for _, part := range parts {
		target, _ := l.loader.Resolve(part)
		values.Items = append(values.Items, target.Get("const"))
	}
	mixed := func(v *spec.Node) bool { return !isPlain(v) || v.Kind != values.Items[0].Kind }
	if !slices.ContainsFunc(values.Items, mixed) {
		return nil
	}
	out := &spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer}
	return out.Set("enum", values)
}

// union reads a choice of types. How they are told apart is decided at the end,
// when all of them are complete.
func (l *lowering) union(t *ir.Type, n *spec.Node, parts []*spec.Node, name string) {
	t.Kind = ir.Union
	t.Union = &ir.UnionOf{}
	l.declare(t, name)
	name = t.Name
	u := &union{typ: t, pos: n.Pos, what: "choices", fixes: unionFixes, orTry: true, first: n.Has("anyOf")}
	u.try = n.Get("x-discriminator").Str() == validateAll
	for i, part := range parts {
		target, _ := l.loader.Resolve(part)
		v := &ir.Variant{Type: l.variant(part, name, i)}
		if len(u.options) > 0 && slices.ContainsFunc(u.options, func(o option) bool { return o.variant.Type == v.Type }) {
			l.diags.Warnf(part.Pos, "choice-repeated", "remove it", "this choice is listed twice")
			continue
		}
		t.Union.Variants = append(t.Union.Variants, v)
		u.options = append(u.options, option{label: v.Type.Name, pos: part.Pos, variant: v, node: target})
	}
	l.explicit(u, n.Get("discriminator"))
	if n.Has("oneOf") {
		u.done = func() { l.onlyOne(u, parts) }
	}
	l.unions = append(l.unions, u)
}

// onlyOne has values refused that fit several choices, where a member alone tells
// which one it is, or no member at all: a value may have the members of two, and
// what another choice is told by may be left to the one by default.
func (l *lowering) onlyOne(u *union, parts []*spec.Node) {
	vague := func(o option) bool {
		v := o.variant
		return v.Member != "" || len(v.Values)+len(v.Second)+len(v.JSON)+len(v.Topics) == 0
	}
	if u.typ.Extra == "" && u.typ.Union.By != nil && len(u.options) > 1 && slices.ContainsFunc(u.options, vague) {
		list := &spec.Node{Kind: spec.Seq, Pos: u.pos, Items: parts}
		one := &spec.Node{Kind: spec.Map, Pos: u.pos}
		u.typ.Extra = l.extra(u.typ.Name, []*spec.Node{one.Set("oneOf", list)})
	}
}

// variant gives the type of one choice of the union called name: an object as it
// is, and anything else in a box.
func (l *lowering) variant(part *spec.Node, name string, i int) *ir.Type {
	hint := name + "Option" + strconv.Itoa(i+1)
	if base := part.Get("allOf").Elems(); len(base) == 1 { // what within made
		if target, _ := l.loader.Resolve(base[0]); standsAlone(target) {
			hint = name + spec.TypeName(target)
		}
	}
	inner := l.schema(part, hint)
	if inner.Kind == ir.Object && !inner.Nullable || l.broken[inner] {
		return inner
	}
	switch {
	case inner.Name != "" && strings.HasPrefix(inner.Name, name):
		return l.box(inner, inner.Name+"Value", part.Pos)
	case inner.Name != "":
		return l.box(inner, name+inner.Name, part.Pos)
	}
	target, _ := l.loader.Resolve(part)
	if title, ok := spec.TitleName(target); ok {
		return l.box(inner, name+title, part.Pos)
	}
	return l.box(inner, name+boxSuffix(inner), part.Pos)
}

// boxSuffix names a box by what it holds.
func boxSuffix(t *ir.Type) string {
	if t.Kind == ir.Array {
		return "List"
	}
	return spec.Pascal([...]string{"any", "boolean", "integer", "number", "string", "array", "map", "object", "union", "box"}[t.Kind])
}

// box declares a type that holds a value of another.
func (l *lowering) box(inner *ir.Type, name string, pos source.Pos) *ir.Type {
	t := &ir.Type{Kind: ir.Box, Box: inner, Doc: inner.Doc, Pos: pos, Deprecated: inner.Deprecated}
	l.declare(t, name)
	return t
}

const unionFixes = "give each object a required property of the same name with a const of its own, name such a property by discriminator, or write one object with optional properties"

// explicit reads a discriminator: the name of a property, as AsyncAPI has it,
// or the object of OpenAPI, whose mapping may name the values. Both take the name of a
// schema for its value where nothing else is said.
func (l *lowering) explicit(u *union, d *spec.Node) {
	property := d
	if d.IsKind(spec.Map) {
		property = d.Get("propertyName")
	}
	if d == nil {
		return
	}
	if property.Str() == "" {
		l.diags.Errorf(d.Pos, "discriminator", "name a property of all choices", "the discriminator names no property")
		return
	}
	u.pointer, u.pointerPos = "/"+spec.EscapeToken(property.Str()), property.Pos
	u.byName = true
	for _, p := range d.Get("mapping").Members() {
		l.mapping(u, p)
	}
}

// mapping reads one entry of OpenAPI's mapping: a value, and the reference or
// the name of a schema.
func (l *lowering) mapping(u *union, p spec.Pair) {
	text := p.Value.Str()
	for i := range u.options {
		o := &u.options[i]
		if text == o.key() || o.matches(l.loader, p.Value) {
			o.mapped = append(o.mapped, spec.NewString(p.KeyPos, p.Key).JSON())
			return
		}
	}
	l.diags.Errorf(p.Value.Pos, "discriminator", "", "the mapping of %q names %q, which is none of the choices", p.Key, text)
}

// key gives the key of the schema in its section, which OpenAPI takes for its
// discriminator value where nothing else is said.
func (o *option) key() string {
	tokens, err := spec.SplitPointer(o.node.Pointer)
	if err != nil || len(tokens) == 0 {
		return ""
	}
	return tokens[len(tokens)-1]
}

// matches reports whether text, taken as a reference, names the option.
func (o *option) matches(loader *spec.Loader, text *spec.Node) bool {
	if !strings.ContainsAny(text.Str(), "#/.") {
		return false
	}
	ref := spec.NewMap(text.Pos).Set("$ref", text)
	target, ok := loader.Resolve(ref)
	return ok && target == o.node
}
