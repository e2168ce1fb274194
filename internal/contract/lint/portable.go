package lint

import (
	"math/big"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// portability reports what a schema file that both protocols share must not use,
// since some reader of it knows it by another meaning or not at all.
func portability(v *view, diags *source.Diagnostics) {
	for _, s := range v.schemas {
		if !s.shared {
			continue
		}
		for _, p := range s.node.Pairs {
			portableKeyword(p, diags)
		}
	}
}

func portableKeyword(p spec.Pair, diags *source.Diagnostics) {
	report := func(rule, fix, format string, args ...any) { diags.Errorf(p.KeyPos, rule, fix, format, args...) }
	switch p.Key {
	case "nullable":
		report("portable-nullable", "write type: [T, 'null']", "nullable is of OpenAPI 3.0 alone; other readers take the value for one that is never null")
	case "$defs", "definitions":
		report("portable-definitions", "give each a file of its own", "%s is read under one name by OpenAPI and under another by AsyncAPI", p.Key)
	case "prefixItems", "additionalItems":
		report("portable-tuple", "write an object with a property for each item", "a tuple has no keyword that both documents know")
	case "items":
		if p.Value.IsKind(spec.Seq) {
			report("portable-tuple", "write an object with a property for each item", "a list of schemas under items is a tuple for AsyncAPI and an error for OpenAPI 3.1")
		}
	case "unevaluatedProperties", "unevaluatedItems":
		report("portable-unevaluated", "close the object by additionalProperties: false, with all properties in one place", "AsyncAPI does not know %s and lets everything pass", p.Key)
	case "dependentRequired", "dependentSchemas", "dependencies":
		report("portable-dependent", "write one object for each case, and oneOf", "%s is known to one of the documents only", p.Key)
	case "exclusiveMinimum", "exclusiveMaximum":
		if p.Value.IsKind(spec.Bool) {
			report("portable-bounds", "write the number itself under "+p.Key, "a boolean %s is of OpenAPI 3.0 alone", p.Key)
		}
	case "discriminator":
		report("portable-discriminator", "give each choice a property with a const of its own", "discriminator is an object in OpenAPI and a string in AsyncAPI, and each refuses the other's")
	case "$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor":
		report("portable-id", "refer to the file, and remove it", "%s changes what references mean, for some readers", p.Key)
	case "oneOf":
		for _, choice := range p.Value.Elems() {
			if _, isRef := choice.Ref(); !isRef && !choice.Has("const") && choice.Get("type").Str() != "null" {
				diags.Errorf(choice.Pos, "portable-choice", "give the choice a file of its own and refer to it", "a choice of oneOf that is written in place has no name in generated code")
			}
		}
	case "anyOf", "not", "if", "then", "else", "contains", "minContains", "maxContains", "patternProperties", "propertyNames":
		report("portable-keyword", "describe the value by the keywords of DESIGN.md section 6", "%s has no counterpart in typed languages, and few readers check it", p.Key)
	}
}

// numbers reports numbers whose range depends on the reader.
func numbers(v *view, diags *source.Diagnostics) {
	for _, s := range v.schemas {
		n := s.node
		values := n.Has("const") || n.Has("enum")
		switch {
		case values:
		case hasType(n, "number") && !n.Has("format") && (s.shared || s.usedBy&openAPI != 0):
			diags.Warnf(n.KeyPos("type"), "number-format", "add format: double", "a number without a format is a double here, and of another precision for other readers: some generators make a 32-bit float of it, which keeps 7 digits")
		case hasType(n, "integer") && s.shared && n.Get("format").Str() != "int32" && !safeRange(n):
			diags.Warnf(n.KeyPos("type"), "integer-range", "add minimum and maximum within ±9007199254740991, or format: int32",
				"the integer may be beyond what JavaScript holds exactly")
		}
	}
}

// hasType reports whether name is the type of n, or one of them.
func hasType(n *spec.Node, name string) bool {
	t := n.Get("type")
	return t.Str() == name || slices.ContainsFunc(t.Elems(), func(e *spec.Node) bool { return e.Str() == name })
}

// safeRange reports whether the bounds of an integer keep it within ±(2^53-1).
func safeRange(n *spec.Node) bool {
	limit := new(big.Rat).SetInt64(1<<53 - 1)
	within := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(key string) bool {
			r, ok := new(big.Rat).SetString(number(n.Get(key)))
			return ok && r.Abs(r).Cmp(limit) <= 0
		})
	}
	return within("minimum", "exclusiveMinimum") && within("maximum", "exclusiveMaximum")
}

// number gives the text of a number, and nothing for anything else.
func number(n *spec.Node) string {
	if n.IsKind(spec.Number) {
		return n.Text
	}
	return ""
}

// titles reports shared schema files without a title: their types would be
// named after the file in one language and after the place in another.
func titles(v *view, diags *source.Diagnostics) {
	for _, s := range v.schemas {
		if s.shared && s.node.Pointer == "" && s.node.Get("title").Str() == "" {
			diags.Warnf(s.node.Pos, "title-missing", "add title: "+spec.TypeName(s.node), "the schema file has no title to name its type by")
		}
	}
}

// extensions reports members that look like an extension of Duet and are none,
// so that what they ask for does not happen.
func extensions(v *view, diags *source.Diagnostics) {
	for _, doc := range []*spec.Node{v.OpenAPI, v.AsyncAPI} {
		doc.Walk(func(n *spec.Node) bool {
			for _, p := range n.Members() {
				if meant := misspelt(p.Key); meant != "" {
					diags.Warnf(p.KeyPos, "extension-misspelt", "write "+meant, "there is no extension %q; nothing is done about it", p.Key)
				}
			}
			return true
		})
	}
}

// misspelt gives the extension that key was most likely meant to be: one that it
// differs from by case, dashes, a plural or a slip or two.
func misspelt(key string) string {
	known := []string{
		"x-delivery", "x-rate-limit", "x-max-bytes", "x-flush-interval", "x-close-codes", "x-discriminator", "x-envelope", "x-perspective",
		"x-subprotocol", "x-subprotocol-prefix", "x-topic", "x-message", "x-session", "x-enum-descriptions", "x-reconnect-after",
	}
	if !strings.HasPrefix(key, "x-") || slices.Contains(known, key) {
		return ""
	}
	plain := func(s string) string {
		return strings.TrimSuffix(strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s)), "s")
	}
	for _, k := range known {
		if plain(k) == plain(key) {
			return k
		}
	}
	return spec.Within(key, known, len(key)/6) // no more: others have extensions too
}
