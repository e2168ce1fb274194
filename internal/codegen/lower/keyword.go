package lower

import (
	"math/big"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// use tells what the lowering does with a keyword of JSON Schema.
type use uint8

const (
	annotation    use = iota + 1 // says nothing about validity
	general                      // applies to every kind
	ofNumber                     // applies to Integer and Number
	ofString                     // applies to String
	ofArray                      // applies to Array
	ofObject                     // applies to Object and Map
	checked                      // narrows what is valid in a way that no type says
	checkedArray                 // the same for Array
	checkedObject                // the same for Object and Map
	notSupported                 // changes what a schema means
)

// keywordTable lists the keywords of JSON Schema, draft-07 to 2020-12, and those
// that OpenAPI and AsyncAPI add.
func keywordTable() map[string]use {
	table := map[string]use{}
	for u, list := range map[use]string{
		annotation: "$schema $id $comment $defs definitions title description default examples example deprecated " +
			"readOnly writeOnly externalDocs xml contentEncoding contentMediaType contentSchema summary",
		general:       "$ref type enum const format allOf oneOf anyOf discriminator nullable",
		ofNumber:      "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
		ofString:      "minLength maxLength pattern",
		ofArray:       "items minItems maxItems uniqueItems prefixItems additionalItems",
		ofObject:      "properties required additionalProperties minProperties maxProperties patternProperties",
		checked:       "not if then else " + checksKey,
		checkedArray:  "contains minContains maxContains unevaluatedItems",
		checkedObject: "propertyNames dependencies dependentRequired dependentSchemas unevaluatedProperties",
		notSupported:  "$anchor $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor $vocabulary",
	} {
		for _, k := range strings.Fields(list) {
			table[k] = u
		}
	}
	return table
}

// checkKeywords reports the keywords of a schema that are unknown, that the
// model has no place for, or that have no meaning for the type.
func (l *lowering) checkKeywords(n *spec.Node, kind ir.Kind) {
	for _, p := range n.Members() {
		u, known := l.keywords[p.Key]
		switch {
		case strings.HasPrefix(p.Key, "x-"), p.Value.IsKind(spec.Null) && p.Key == "default":
		case !known:
			l.unknownKeyword(p, l.knownKeywords())
		case u == notSupported:
			l.unsupported(p)
		case (p.Key == "then" || p.Key == "else") && !n.Has("if"), (p.Key == "minContains" || p.Key == "maxContains") && !n.Has("contains"):
			l.diags.Warnf(p.KeyPos, "keyword-type", "remove it", "%s has no effect without the keyword that it goes with", p.Key)
		case p.Key == "additionalItems" && !n.Get("items").IsKind(spec.Seq):
			l.diags.Warnf(p.KeyPos, "keyword-type", "remove it", "additionalItems has no effect without a list of items")
		case !applies(u, kind):
			l.misplacedKeyword(p, kind)
		}
	}
}

func (l *lowering) unsupported(p spec.Pair) {
	l.diags.Errorf(p.KeyPos, "unsupported-keyword", "describe the value without it", "the keyword %q is not supported", p.Key)
}

// nullable reads the keyword of OpenAPI 3.0. Elsewhere it means nothing to JSON
// Schema; it is taken at its word all the same, with a warning.
func (l *lowering) nullable(n *spec.Node) bool {
	p, has := n.Lookup("nullable")
	if !has || !l.flag(n, "nullable") {
		return false
	}
	if !l.isOAS30(n) {
		l.diags.Warnf(p.KeyPos, "nullable", "write type: [T, 'null']", "nullable is a keyword of OpenAPI 3.0 only; it is read as type: [T, 'null']")
	}
	return true
}

// isOAS30 reports whether a schema is in the dialect of OpenAPI 3.0: in a document
// of that version, or in a payload that says so.
func (l *lowering) isOAS30(n *spec.Node) bool {
	file := n.Pos.File
	if _, known := l.oas30Files[file]; !known {
		l.oas30Files[file] = strings.HasPrefix(l.loader.Load(file).Get("openapi").Str(), "3.0")
	}
	if l.oas30Files[file] {
		return true
	}
	for _, root := range l.oas30Roots {
		if root.Pos.File == n.Pos.File && (n.Pointer == root.Pointer || strings.HasPrefix(n.Pointer, root.Pointer+"/")) {
			return true
		}
	}
	return false
}

func (l *lowering) unknownKeyword(p spec.Pair, names []string) {
	if near := spec.Closest(p.Key, names); near != "" {
		l.diags.Errorf(p.KeyPos, "unknown-keyword", "", "there is no keyword %q (did you mean %q?)", p.Key, near)
		return
	}
	l.diags.Warnf(p.KeyPos, "unknown-keyword", "remove it, or call it x-"+p.Key, "there is no keyword %q; it has no effect", p.Key)
}

// misplacedKeyword reports a keyword that says nothing about values of kind.
// JSON Schema lets it pass, but an untyped schema would lose a constraint.
func (l *lowering) misplacedKeyword(p spec.Pair, kind ir.Kind) {
	if kind == ir.Any {
		l.diags.Errorf(p.KeyPos, "type-missing", "add a type", "the keyword %q needs a type", p.Key)
		return
	}
	l.diags.Warnf(p.KeyPos, "keyword-type", "remove it, or change the type", "the keyword %q has no effect on a value of type %s", p.Key, kindName(kind))
}

func applies(u use, kind ir.Kind) bool {
	switch u {
	case ofNumber:
		return kind == ir.Integer || kind == ir.Number
	case ofString:
		return kind == ir.String
	case ofArray, checkedArray:
		return kind == ir.Array
	case ofObject, checkedObject:
		return kind == ir.Object || kind == ir.Map || kind == ir.Union
	}
	return true
}

func kindName(k ir.Kind) string {
	return [...]string{"any", "boolean", "integer", "number", "string", "array", "object", "object", "union", "box"}[k]
}

// number gives the exact value of a number keyword; ok is false where it is
// absent or, which is reported, no number.
func (l *lowering) number(n *spec.Node, key string) (value *big.Rat, ok bool) {
	v := n.Get(key)
	if v == nil {
		return nil, false
	}
	if v.Kind == spec.Number {
		if r, ok := new(big.Rat).SetString(v.Text); ok {
			return r, true
		}
	}
	l.diags.Errorf(v.Pos, "keyword-value", "", "%s must be a number", key)
	return nil, false
}

// maxCount bounds lengths and counts, so that they fit an int everywhere.
const maxCount = 1<<31 - 1

// count gives the value of a keyword that counts, and nil where it is absent or,
// which is reported, no count.
func (l *lowering) count(n *spec.Node, key string) *int {
	r, ok := l.number(n, key)
	if !ok {
		return nil
	}
	if !r.IsInt() || r.Sign() < 0 || r.Cmp(big.NewRat(maxCount, 1)) > 0 {
		l.diags.Errorf(n.Get(key).Pos, "keyword-value", "", "%s must be a whole number from 0 to %d", key, maxCount)
		return nil
	}
	c := int(r.Num().Int64())
	return &c
}

// atLeast gives the value of a keyword that counts from 0, with 0 for none, and
// reports one above its upper counterpart.
func (l *lowering) atLeast(n *spec.Node, key string, upper *int) int {
	c := l.count(n, key)
	if c == nil {
		return 0
	}
	if upper != nil && *c > *upper {
		l.diags.Errorf(n.Get(key).Pos, "bounds-empty", "swap the bounds", "%s is above its maximum %d, so no value is valid", key, *upper)
	}
	return *c
}

// flag gives the value of a boolean keyword and reports another value.
func (l *lowering) flag(n *spec.Node, key string) bool {
	v := n.Get(key)
	if v != nil && v.Kind != spec.Bool {
		l.diags.Errorf(v.Pos, "keyword-value", "", "%s must be true or false", key)
	}
	return v.True()
}
