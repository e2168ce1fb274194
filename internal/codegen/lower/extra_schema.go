package lower

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// extraRef is the keyword for a reference to a schema of the model by its name.
const extraRef = "\x00ref"

// plainSchema gives a schema as generated code reads it: in the draft 2020-12,
// without annotations, with the name of a schema of the model for a reference.
func (l *lowering) plainSchema(n *spec.Node) *spec.Node {
	switch {
	case n.IsKind(spec.Bool):
		return n
	case !n.IsKind(spec.Map):
		l.diags.Errorf(n.Pos, "schema-kind", "write an object with a type", "this is not a schema")
		return spec.NewMap(n.Pos)
	}
	if _, isRef := n.Ref(); isRef {
		return l.plainRef(n)
	}
	out := spec.NewMap(n.Pos)
	for _, p := range n.Members() {
		l.plainKeyword(out, n, p)
	}
	return out
}

// plainRef gives the reference to the schema that n refers to, which it registers.
func (l *lowering) plainRef(n *spec.Node) *spec.Node {
	if both := l.refAndMore(n); both != nil {
		return l.plainSchema(both)
	}
	out := spec.NewMap(n.Pos)
	target, ok := l.loader.Resolve(n)
	if !ok {
		return out
	}
	name, known := l.extraOf[target]
	if !known {
		name = l.reserveExtra("#" + target.Pointer)
		l.extraOf[target] = name
		l.extras[name] = l.plainText(target)
	}
	return out.Set("$ref", spec.NewString(n.Pos, name))
}

// plainKeyword adds one keyword of n.
func (l *lowering) plainKeyword(out, n *spec.Node, p spec.Pair) {
	v := p.Value
	switch key := p.Key; {
	case key == extraRef:
		out.Set("$ref", v)
	case key == checksKey:
		l.plainList(out, "allOf", v)
	case l.keywords[key] == annotation, strings.HasPrefix(key, "x-"), key == "discriminator", key == "nullable":
	case l.keywords[key] == 0:
		l.unknownKeyword(p, l.knownKeywords())
	case l.keywords[key] == notSupported:
		l.unsupported(p)
	case key == "type":
		out.Set(key, l.plainType(n, v))
	case key == "format":
		if isText(n) && l.format(n, ir.String) != "" {
			out.Set(key, v)
		}
	case key == "pattern":
		out.Set(key, spec.NewString(v.Pos, l.wholePattern(v)))
	case v.IsKind(spec.Bool) && (key == "exclusiveMinimum" || key == "exclusiveMaximum"):
		l.plainBound(out, n, key)
	case (key == "minimum" || key == "maximum") && n.Get("exclusive"+strings.ToUpper(key[:1])+key[1:]).True():
	case slices.Contains(strings.Fields("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf"), key):
		switch r, ok := l.number(n, key); {
		case ok && key == "multipleOf" && r.Sign() <= 0:
			l.diags.Errorf(v.Pos, "keyword-value", "", "multipleOf must be above 0")
		case ok:
			out.Set(key, v)
		}
	case slices.Contains(strings.Fields("minLength maxLength minItems maxItems minContains maxContains minProperties maxProperties"), key):
		if c := l.count(n, key); c != nil {
			out.Set(key, &spec.Node{Kind: spec.Number, Text: strconv.Itoa(*c), Pos: v.Pos})
		}
	case key == "required":
		out.Set(key, l.plainNames(v))
	case key == "uniqueItems":
		if l.flag(n, key) {
			out.Set(key, v)
		}
	case key == "enum" && v.Kind != spec.Seq:
		l.diags.Errorf(v.Pos, "keyword-value", "", "enum must be a list of at least one value")
	case key == "enum", key == "const":
		out.Set(key, v)
	default:
		l.plainParts(out, n, p)
	}
}

// plainParts adds a keyword that holds schemas.
func (l *lowering) plainParts(out, n *spec.Node, p spec.Pair) {
	v := p.Value
	switch p.Key {
	case "allOf", "anyOf", "oneOf", "prefixItems":
		l.plainList(out, p.Key, v)
	case "properties", "dependentSchemas":
		l.plainNamed(out, p.Key, v, func(p spec.Pair) string { return p.Key })
	case "patternProperties":
		l.plainNamed(out, p.Key, v, func(p spec.Pair) string { return l.wholePattern(spec.NewString(p.KeyPos, p.Key)) })
	case "dependencies", "dependentRequired":
		l.plainDependencies(out, v)
	case "items":
		if v.Kind == spec.Seq { // before draft 2020-12
			l.plainList(out, "prefixItems", v)
			return
		}
		out.Set("items", l.plainSchema(v))
	case "additionalItems":
		if n.Get("items").IsKind(spec.Seq) {
			out.Set("items", l.plainSchema(v))
		}
	default:
		out.Set(p.Key, l.plainSchema(v))
	}
}

func (l *lowering) plainList(out *spec.Node, key string, v *spec.Node) {
	if v.Kind != spec.Seq || len(v.Items) == 0 {
		l.diags.Errorf(v.Pos, "keyword-value", "", "%s must be a list of at least one schema", key)
		return
	}
	list := out.Get(key)
	if list == nil {
		list = &spec.Node{Kind: spec.Seq, Pos: v.Pos}
		out.Set(key, list)
	}
	for _, item := range v.Items {
		list.Items = append(list.Items, l.plainSchema(item))
	}
}

func (l *lowering) plainNamed(out *spec.Node, key string, v *spec.Node, name func(spec.Pair) string) {
	if v.Kind != spec.Map {
		l.diags.Errorf(v.Pos, "keyword-value", "", "%s must be an object of schemas", key)
		return
	}
	named := spec.NewMap(v.Pos)
	for _, p := range v.Pairs {
		named.Set(name(p), l.plainSchema(p.Value))
	}
	out.Set(key, named)
}

// plainDependencies adds what members ask of the object that has them: names, or a
// schema.
func (l *lowering) plainDependencies(out, v *spec.Node) {
	for _, p := range v.Members() {
		key, plain := "dependentSchemas", l.plainSchema
		if p.Value.Kind == spec.Seq {
			key, plain = "dependentRequired", l.plainNames
		}
		named := out.Get(key)
		if named == nil {
			named = spec.NewMap(v.Pos)
			out.Set(key, named)
		}
		named.Set(p.Key, plain(p.Value))
	}
}

// plainType gives the types of a schema, null among them where nullable says so.
func (l *lowering) plainType(n, v *spec.Node) *spec.Node {
	names := []*spec.Node{v}
	if v.Kind == spec.Seq {
		names = slices.Clone(v.Items)
	}
	for _, name := range names {
		if !slices.Contains(typeNames(), name.Str()) {
			l.unknownType(name)
		}
	}
	if l.nullable(n) {
		names = append(names, spec.NewString(v.Pos, "null"))
	}
	if len(names) == 1 {
		return names[0]
	}
	return &spec.Node{Kind: spec.Seq, Pos: v.Pos, Items: names}
}

// plainBound adds a bound that a boolean makes exclusive, as OpenAPI 3.0 has it.
func (l *lowering) plainBound(out, n *spec.Node, key string) {
	inclusive := strings.ToLower(strings.TrimPrefix(key, "exclusive"))
	if _, ok := l.number(n, inclusive); ok && n.Get(key).True() {
		out.Set(key, n.Get(inclusive))
	}
}

// plainNames gives the strings of a list and reports other values.
func (l *lowering) plainNames(v *spec.Node) *spec.Node {
	out := &spec.Node{Kind: spec.Seq, Pos: v.Pos}
	for _, name := range v.Elems() {
		if name.Kind == spec.String {
			out.Items = append(out.Items, name)
		}
	}
	if v.Kind != spec.Seq || len(out.Items) < len(v.Items) {
		l.diags.Errorf(v.Pos, "keyword-value", "", "this must be a list of names")
	}
	return out
}

// plainText gives a schema as generated code has it, which reads no deeper one.
func (l *lowering) plainText(n *spec.Node) string {
	plain := l.plainSchema(n)
	if deeper(plain, maxExtraDepth) {
		l.diags.Errorf(n.Pos, "document-limit", "give the schemas inside names", "the schema, which is checked as a whole, is nested deeper than %d levels", maxExtraDepth)
		return "true"
	}
	return plain.JSON()
}

// maxExtraDepth is how many objects and lists may be nested in a schema of the
// model: less than generated code reads, which puts some around it.
const maxExtraDepth = 56

func deeper(n *spec.Node, levels int) bool {
	if levels < 0 {
		return true
	}
	inside := func(n *spec.Node) bool { return deeper(n, levels-1) }
	return slices.ContainsFunc(n.Items, inside) || slices.ContainsFunc(n.Pairs, func(p spec.Pair) bool { return inside(p.Value) })
}

// isText reports whether a schema may be about strings: the formats of numbers are
// those of types, which are checked with them.
func isText(n *spec.Node) bool {
	v := n.Get("type")
	return v == nil || v.Str() == "string" || slices.ContainsFunc(v.Elems(), func(name *spec.Node) bool { return name.Str() == "string" })
}

func (l *lowering) knownKeywords() []string { return slices.Sorted(maps.Keys(l.keywords)) }
