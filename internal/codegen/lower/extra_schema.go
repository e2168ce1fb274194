package lower

import (
	"maps"
	"regexp"
	"slices"
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
	out := spec.NewMap(n.Pos)
	l.refSiblings(n)
	target, ok := l.loader.Resolve(n)
	if !ok {
		return out
	}
	name, known := l.extraOf[target]
	if !known {
		name = l.reserveExtra("#" + target.Pointer)
		l.extraOf[target] = name
		l.extras[name] = l.plainSchema(target).JSON()
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
		l.isPattern(v)
		out.Set(key, v)
	case v.IsKind(spec.Bool) && (key == "exclusiveMinimum" || key == "exclusiveMaximum"):
		l.plainBound(out, n, key)
	case (key == "minimum" || key == "maximum") && n.Get("exclusive"+strings.ToUpper(key[:1])+key[1:]).True():
	case slices.Contains(strings.Fields("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf"), key):
		if r, ok := l.number(n, key); ok && (key != "multipleOf" || r.Sign() > 0) {
			out.Set(key, v)
		}
	case slices.Contains(strings.Fields("minLength maxLength minItems maxItems minContains maxContains minProperties maxProperties"), key):
		if l.count(n, key) != nil {
			out.Set(key, v)
		}
	case key == "enum", key == "const", key == "required", key == "uniqueItems":
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
	case "properties", "patternProperties", "dependentSchemas":
		if p.Key == "patternProperties" {
			for _, q := range v.Members() {
				l.isPattern(spec.NewString(q.KeyPos, q.Key))
			}
		}
		l.plainNamed(out, p.Key, v)
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

func (l *lowering) plainNamed(out *spec.Node, key string, v *spec.Node) {
	if v.Kind != spec.Map {
		l.diags.Errorf(v.Pos, "keyword-value", "", "%s must be an object of schemas", key)
		return
	}
	named := spec.NewMap(v.Pos)
	for _, p := range v.Pairs {
		named.Set(p.Key, l.plainSchema(p.Value))
	}
	out.Set(key, named)
}

// plainDependencies adds what members ask of the object that has them: names, or a
// schema.
func (l *lowering) plainDependencies(out, v *spec.Node) {
	for _, p := range v.Members() {
		key, value := "dependentRequired", p.Value
		if p.Value.Kind != spec.Seq {
			key, value = "dependentSchemas", l.plainSchema(p.Value)
		}
		named := out.Get(key)
		if named == nil {
			named = spec.NewMap(v.Pos)
			out.Set(key, named)
		}
		named.Set(p.Key, value)
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
	if limit := n.Get(inclusive); n.Get(key).True() && limit != nil {
		out.Set(key, limit)
	}
}

// isText reports whether a schema may be about strings: the formats of numbers are
// those of types, which are checked with them.
func isText(n *spec.Node) bool {
	v := n.Get("type")
	return v == nil || v.Str() == "string" || slices.ContainsFunc(v.Elems(), func(name *spec.Node) bool { return name.Str() == "string" })
}

// isPattern reports a regular expression that generated code can't use.
func (l *lowering) isPattern(v *spec.Node) bool {
	_, err := regexp.Compile(v.Str())
	if err != nil || v.Kind != spec.String {
		l.diags.Errorf(v.Pos, "pattern", "write it without lookaround and back references", "the pattern %s is not a regular expression of RE2: %v", v.JSON(), err)
		return false
	}
	return true
}

func (l *lowering) knownKeywords() []string { return slices.Sorted(maps.Keys(l.keywords)) }
