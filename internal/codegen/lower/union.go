package lower

import (
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// choice reads oneOf or anyOf: a value or null, an enum written as consts, or a
// union of objects that a member tells apart.
func (l *lowering) choice(t *ir.Type, n *spec.Node, name string) {
	key := "oneOf"
	if n.Has("anyOf") {
		key = "anyOf"
	}
	if !l.choiceAlone(n, key) {
		l.broken[t] = true
		return
	}
	t.Nullable = l.oas30 && n.Get("nullable").True()
	var parts []*spec.Node
	for _, part := range n.Get(key).Elems() {
		target, ok := l.loader.Resolve(part)
		if !ok {
			l.broken[t] = true
			return
		}
		if target.Get("type").Str() == "null" {
			t.Nullable = true
			continue
		}
		parts = append(parts, part)
	}
	switch {
	case len(parts) == 0:
		l.diags.Errorf(n.KeyPos(key), "keyword-value", "", "%s must list at least one schema besides null", key)
	case len(parts) == 1:
		l.optional(t, l.schema(parts[0], name))
	case l.allConst(parts):
		l.constEnum(t, n, parts, name)
	default:
		l.union(t, n, parts, name)
	}
}

// choiceAlone reports keywords that stand beside oneOf or anyOf and would have
// to be merged into each choice.
func (l *lowering) choiceAlone(n *spec.Node, key string) bool {
	ok := true
	for _, p := range n.Members() {
		switch {
		case p.Key == key, l.keywords[p.Key] == annotation, strings.HasPrefix(p.Key, "x-"):
		case p.Key == "discriminator", p.Key == "nullable" && l.oas30:
		case p.Key == "type" && p.Value.Kind == spec.String:
		default:
			ok = false
			l.diags.Errorf(p.KeyPos, "unsupported-keyword", "write it in each choice", "%q beside %s is not supported", p.Key, key)
		}
	}
	return ok
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
	for _, part := range parts {
		target, _ := l.loader.Resolve(part)
		if t.Kind == ir.Any {
			t.Kind = kindOfValue(target.Get("const"))
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

// union reads a choice of objects. How they are told apart is decided at the
// end, when all of them are complete.
func (l *lowering) union(t *ir.Type, n *spec.Node, parts []*spec.Node, name string) {
	t.Kind = ir.Union
	t.Union = &ir.UnionOf{}
	l.declare(t, name)
	u := &union{typ: t, pos: n.Pos, what: "choices", fixes: unionFixes}
	for i, part := range parts {
		v := &ir.Variant{Type: l.schema(part, name+"Option"+strconv.Itoa(i+1))}
		target, _ := l.loader.Resolve(part)
		t.Union.Variants = append(t.Union.Variants, v)
		u.options = append(u.options, option{label: v.Type.Name, pos: part.Pos, variant: v, node: target})
	}
	l.explicit(u, n.Get("discriminator"))
	l.unions = append(l.unions, u)
}

const unionFixes = "give each object a required property of the same name with a const of its own, name such a property by discriminator, or write one object with optional properties"

// explicit reads a discriminator: the name of a property, as AsyncAPI has it,
// or the object of OpenAPI, whose mapping may name the values.
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
	u.byName = d.IsKind(spec.Map)
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
