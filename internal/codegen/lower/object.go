package lower

import (
	"slices"
	"strconv"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

func (l *lowering) array(t *ir.Type, n *spec.Node, name string) {
	a := &ir.ArrayOf{MaxItems: l.count(n, "maxItems"), Unique: l.flag(n, "uniqueItems")}
	a.MinItems = l.atLeast(n, "minItems", a.MaxItems)
	t.Array = a
	switch items := n.Get("items"); {
	case n.Has("prefixItems"):
		l.tuple(a, n, "prefixItems", items, name)
	case items.IsKind(spec.Seq):
		l.tuple(a, n, "items", n.Get("additionalItems"), name)
	case items == nil:
		a.Elem = &ir.Type{Pos: n.Pos}
	case items.IsKind(spec.Bool) && !items.True():
		none := 0
		a.MaxItems, a.Elem = &none, &ir.Type{Pos: n.Pos}
	default:
		a.Elem = l.schema(items, name+"Item")
	}
}

// tuple reads an array with a schema for each of its first items, and one for the
// rest, as an array of any of them. Where each stands is checked as a whole.
func (l *lowering) tuple(a *ir.ArrayOf, n *spec.Node, key string, rest *spec.Node, name string) {
	items := n.Get(key).Elems()
	if len(items) == 0 {
		l.diags.Errorf(n.KeyPos(key), "keyword-value", "", "%s must be a list of at least one schema", key)
		a.Elem = &ir.Type{Pos: n.Pos}
		return
	}
	full := len(items)
	if rest.IsKind(spec.Bool) && !rest.True() && (a.MaxItems == nil || *a.MaxItems > full) {
		a.MaxItems = &full
	}
	of := items
	if a.MaxItems == nil || *a.MaxItems > full {
		of = append(of[:full:full], rest)
	}
	a.Elem = l.anyOf(n, of, key, name+"Item")
}

// anyOf gives the type of values of any of the schemas, of which nil and true are
// every value.
func (l *lowering) anyOf(n *spec.Node, schemas []*spec.Node, key, name string) *ir.Type {
	for _, s := range schemas {
		if s == nil || s.True() {
			return &ir.Type{Pos: n.Pos}
		}
	}
	list := distinctSchemas(schemas)
	if len(list) == 1 {
		return l.schema(list[0], name)
	}
	pos := n.KeyPos(key)
	choice := &spec.Node{Kind: spec.Map, Pos: pos, Pointer: n.Pointer + "/" + key}
	before := len(l.unions)
	t := l.schema(choice.Set("anyOf", &spec.Node{Kind: spec.Seq, Pos: pos, Items: list}), name)
	for _, u := range l.unions[before:] {
		u.items = u.items || u.typ == t
	}
	return t
}

// distinctSchemas leaves out schemas that are written as one before.
func distinctSchemas(schemas []*spec.Node) []*spec.Node {
	var out []*spec.Node
	for _, s := range schemas {
		if !slices.ContainsFunc(out, func(o *spec.Node) bool { return o.JSON() == s.JSON() }) {
			out = append(out, s)
		}
	}
	return out
}

// object reads an object: one with declared properties, or closed to all others,
// is an Object and gets a name; any other is a Map.
func (l *lowering) object(t *ir.Type, n *spec.Node, name string) {
	m := &ir.Members{MaxProps: l.count(n, "maxProperties")}
	m.MinProps = l.atLeast(n, "minProperties", m.MaxProps)
	t.Object = m
	additional := n.Get("additionalProperties")
	if n.Has("unevaluatedProperties") && (n.Has(checksKey) || closable(n)) {
		additional = n.Get("unevaluatedProperties")
	}
	m.Closed = additional.IsKind(spec.Bool) && !additional.True()
	if n.Has("properties") || m.Closed && !n.Has("patternProperties") || len(n.Get("required").Elems()) > 0 {
		t.Kind = ir.Object
		l.declare(t, name)
		l.fields(m, n, name)
	}
	switch {
	case len(n.Get("patternProperties").Members()) > 0:
		l.patterns(m, n, additional, name)
	case m.Closed:
	case additional != nil:
		m.Additional = l.schema(additional, name+"Value")
	case t.Kind == ir.Map:
		m.Additional = &ir.Type{Pos: t.Pos}
	}
}

// patterns reads the schemas of members by the pattern of their names: such a
// member is of any of them, or of additionalProperties. By which one is checked as a whole.
func (l *lowering) patterns(m *ir.Members, n, additional *spec.Node, name string) {
	var schemas []*spec.Node
	for _, p := range n.Get("patternProperties").Members() {
		schemas = append(schemas, p.Value)
	}
	if !m.Closed {
		schemas = append(schemas, additional)
	}
	m.Closed = false
	m.Additional = l.anyOf(n, schemas, "patternProperties", name+"Value")
}

func (l *lowering) fields(m *ir.Members, n *spec.Node, name string) {
	props := n.Get("properties")
	if props != nil && props.Kind != spec.Map {
		l.diags.Errorf(props.Pos, "keyword-value", "", "properties must be an object")
		return
	}
	required := l.required(n, props)
	for _, p := range props.Members() {
		m.Fields = append(m.Fields, l.field(p, name, slices.Contains(required, p.Key)))
	}
	for _, r := range n.Get("required").Elems() {
		if r.Kind == spec.String && !hasField(m, r.Text) {
			l.undeclared(m, r, props.Keys())
		}
	}
	l.checkFieldNames(m)
}

func hasField(m *ir.Members, name string) bool {
	return slices.ContainsFunc(m.Fields, func(f *ir.Field) bool { return f.JSON == name })
}

// required gives the names of required and reports other values and repeats.
func (l *lowering) required(n, props *spec.Node) []string {
	v := n.Get("required")
	if v != nil && v.Kind != spec.Seq {
		l.diags.Errorf(v.Pos, "keyword-value", "list the names of the required properties in the object's schema", "required must be a list of names")
	}
	var names []string
	for _, r := range v.Elems() {
		switch {
		case r.Kind != spec.String:
			l.diags.Errorf(r.Pos, "keyword-value", "", "%s is not a name", r.JSON())
		case slices.Contains(names, r.Text):
			l.diags.Warnf(r.Pos, "keyword-value", "remove it", "%s is there twice", r.JSON())
		default:
			names = append(names, r.Text)
		}
	}
	return names
}

// undeclared adds a required member that no property declares.
func (l *lowering) undeclared(m *ir.Members, r *spec.Node, declared []string) {
	near := spec.Closest(r.Text, declared)
	switch {
	case m.Closed && near != "":
		l.diags.Errorf(r.Pos, "required-unknown", "", "there is no property %q (did you mean %q?)", r.Text, near)
	case m.Closed:
		l.diags.Errorf(r.Pos, "required-unknown", "declare it, or remove it here", "the object is closed and has no property %q, so no value is valid", r.Text)
	default:
		l.diags.Warnf(r.Pos, "required-unknown", "declare it under properties", "no property declares %q%s; it may be any value", r.Text, spec.DidYouMean(r.Text, declared))
		m.Fields = append(m.Fields, &ir.Field{Name: fieldName(r.Text), JSON: r.Text, Type: &ir.Type{Pos: r.Pos}, Required: true, Pos: r.Pos})
	}
}

func (l *lowering) field(p spec.Pair, parent string, required bool) *ir.Field {
	f := &ir.Field{Name: fieldName(p.Key), JSON: p.Key, Required: required, Pos: p.KeyPos}
	f.Type = l.schema(p.Value, parent+spec.Pascal(p.Key))
	f.Doc = p.Value.Get("description").Str()
	if f.Doc == "" {
		f.Doc = f.Type.Doc
	}
	described, _ := l.loader.Resolve(p.Value)
	for _, n := range []*spec.Node{p.Value, described} {
		f.ReadOnly = f.ReadOnly || n.Get("readOnly").True()
		f.WriteOnly = f.WriteOnly || n.Get("writeOnly").True()
		if v := n.Get("default"); v != nil && f.Default == "" {
			f.Default, f.DefaultAt = v.JSON(), v.Pos
		}
	}
	return f
}

// fieldName gives the identifier of a member. Generated types have methods and
// a field of their own, which members step aside for.
func fieldName(key string) string {
	name := spec.Pascal(key)
	switch name {
	case "Additional", "LogValue", "String", "GoString", "Validate", "AppendJSON", "DecodeJSON", "MarshalJSON", "UnmarshalJSON", "AppendItemsHead", "AppendItemsTail":
		return name + "Field"
	}
	return name
}

// checkFieldNames gives properties that would be called the same a number, from the
// second on.
func (l *lowering) checkFieldNames(m *ir.Members) {
	seen := map[string]*ir.Field{}
	for _, f := range m.Fields {
		if seen[f.Name] == nil {
			seen[f.Name] = f
		}
	}
	for _, f := range m.Fields {
		first := seen[f.Name]
		if first == f {
			continue
		}
		for i := 2; seen[f.Name] != nil; i++ {
			f.Name = first.Name + strconv.Itoa(i)
		}
		seen[f.Name] = f
		l.diags.Warnf(f.Pos, "name-collision", "rename one of them", "the properties %q and %q, at %s, would both be called %s in generated code; this one is called %s", f.JSON, first.JSON, first.Pos, first.Name, f.Name)
	}
}
